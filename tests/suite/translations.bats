#!/usr/bin/env bats
# scripts/suite/translations, on a tree of its own with one worksheet, its translation, and the article's page.
# shellcheck disable=SC2016 # no command is meant

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    mkdir -p scripts/suite labs/01-x
    cp "$top/scripts/suite/translations" scripts/suite/
    cp "$top/scripts/lib.bash" scripts/
    english=labs/01-x/README.md chinese=labs/01-x/README.zh.md
    printf '%s\n' '# Words' 'See [lab 1](01-x/README.md).' >labs/ARTICLE.md
    printf '%s\n' '*Article: [it](../ARTICLE.md).*' '# Lab 1: x' 'See <https://a.org/b>.' '## Run' '<!-- run -->' \
        '```console' '# echo one' 'one' '```' '### More' >"$english"
    translate '# 词汇' '见[实验 1](01-x/README.zh.md)。' labs/ARTICLE.md >labs/ARTICLE.zh.md
    page=('[English](README.md)' '*原文：[它](../ARTICLE.zh.md)。*' '# 实验 1：x' '参见 <https://a.org/b>。' '## 运行' '<!-- run -->'
        '```console' '# echo one' 'one' '```' '### 更多')
    translated
}

# translate LINE... ENGLISH: a translation of that file, with these lines.
translate() {
    printf '<!-- of %s %s -->\n' "$(basename "${*: -1}")" "$(blob "${*: -1}")"
    printf '%s\n' "${@:1:$#-1}"
}

# By another way than the script's.
blob() {
    { printf 'blob %d\0' "$(stat -c %s "$1")" && cat "$1"; } | sha1sum | sed 's/ .*//'
}

translated() {
    translate "${page[@]}" "$english" >"$chinese"
}

# finds TEXT...: a finding, in these words.
finds() {
    local text
    run scripts/suite/translations
    echo "$output"
    [ "$status" -eq 1 ]
    for text; do
        [[ $output == *"$text"* ]]
    done
}

@test "a page that says the same is no finding, with a way back or without" {
    run scripts/suite/translations
    echo "$output"
    [[ $status -eq 0 && -z $output ]]
    page=("${page[@]:1}")
    translated
    run scripts/suite/translations
    [[ $status -eq 0 && -z $output ]]
}

@test "the first line is what git says" {
    command -v git >/dev/null || skip 'not here: no git; scripts/machine/need git'
    [ "$(head -n 1 "$chinese")" = "<!-- of README.md $(git hash-object --no-filters "$english") -->" ]
}

@test "a stale page: the difference, if git knows it, and what to type; then it is clean" {
    local old
    old=$(blob "$english")
    echo 'One sentence more.' >>"$english"
    finds "$chinese is stale: $english was changed" "git does not have $old"
    command -v git >/dev/null || skip 'not here: no git; scripts/machine/need git'
    git init -q
    sed -i '$d' "$english"
    git add labs
    echo 'One sentence more.' >>"$english"
    finds "$chinese is stale: $english was changed" 'This is to be translated:' $'\n+One sentence more.' 'type: sed -i'
    bash -c "$(sed -n 's/^When that is done, type: //p' <<<"$output")"
    run scripts/suite/translations
    [[ $status -eq 0 && -z $output ]]
}

@test "a first line of another form, and a page without its English one" {
    sed -i 1d "$chinese"
    finds "$chinese: its first line must be <!-- of README.md $(blob "$english") -->"
    translate "${page[@]}" "$english" | sed '1s/README/OTHER/' >"$chinese"
    finds "$chinese: its first line must be <!-- of README.md $(blob "$english") -->"
    rm "$english"
    finds "$chinese: there is no $english"
}

@test "a changed block, a moved block and a mark that is missing" {
    page[8]='一'
    translated
    finds "$chinese: its blocks are not those of $english" $'\n-one\n+一'
    page[8]='one ' && translated
    finds "$chinese: its blocks are not those of $english" $'\n-one\n+one '
    page[8]='one' page[5]=''
    translated
    finds "$chinese: its blocks are not those of $english" $'\n-<!-- run -->'
}

@test "a missing heading, and one of another level; a comment in a block is none" {
    page[10]='更多' && translated
    finds "$chinese: its headings are not those of $english" $'\n-###'
    page[10]='## 更多' && translated
    finds "$chinese: its headings are not those of $english" $'\n-###\n+##'
    [[ $output != *'its blocks'* && $output != *'its links'* ]]
}

@test "a wrong link, a missing one, and one to a page that is not there" {
    page[1]='*原文：[它](../OTHER.md)。*' && translated
    finds "$chinese: its links are not those of $english" '< ../ARTICLE.md' '> ../OTHER.md'
    page[1]='*原文：[它](../ARTICLE.md)。*' page[3]='参见。' && translated
    finds '< https://a.org/b'
    [[ $output != *$'\n> '* && $output != *'../ARTICLE'* ]]
    page[3]='参见 <https://a.org/b>。' && translated
    run scripts/suite/translations
    [[ $status -eq 0 && -z $output ]]
    page[1]='*原文：[它](../ARTICLE.zh.md)。*' && translated
    rm labs/ARTICLE.zh.md
    finds "$chinese: there is no ../ARTICLE.zh.md"
}

@test "a picture may have a Chinese one, and each of them must be there" {
    echo '<img src="a.png" alt="x">' >>"$english"
    page+=('<img src="a.zh.png" alt="图">')
    translated
    finds "$english: there is no a.png" "$chinese: there is no a.zh.png"
    touch labs/01-x/a.png labs/01-x/a.zh.png
    run scripts/suite/translations
    [[ $status -eq 0 && -z $output ]]
    page[-1]='<img src="b.zh.png" alt="图">' && translated
    touch labs/01-x/b.zh.png
    finds "$chinese: its links are not those of $english" '< a.png' '> b.png'
}

@test "a worksheet, or the article's page, without a translation" {
    rm "$chinese"
    finds "$english has no translation. Write $chinese; its first line:" "<!-- of README.md $(blob "$english") -->"
    translated
    rm labs/ARTICLE.zh.md
    finds 'labs/ARTICLE.md has no translation'
}

@test "scripts/suite/translations explains itself, and refuses wrong usage" {
    run scripts/suite/translations --help
    [ "$status" -eq 0 ]
    [[ $output == "Usage: scripts/suite/translations"* ]]
    run scripts/suite/translations x
    [ "$status" -eq 2 ]
}

@test "the project's own translations are clean" {
    run "$top/scripts/suite/translations"
    echo "$output"
    [[ $status -eq 0 && -z $output ]]
}
