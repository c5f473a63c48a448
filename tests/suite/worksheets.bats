#!/usr/bin/env bats
# The worksheets and the README: every command block behind a line "<!-- run -->" is run, and what it
# prints is compared with what stands there. Numbers are N: PIDs, inodes and times vary.
#
#   <!-- run -->          by a plain user, and as root when we are
#   <!-- run: root -->    needs root; "root v1" or "root v2" also the cpuset of that version.
#                         v2 is shown in a virtual machine where this one has none.
#   <!-- run: guest v1 -->  or v2: as root in a virtual machine with those cgroups, never on this one

load helper

setup_file() {
    load helper
    export work
    work=$(mktemp -d) # bats' own folders are closed to other users
    make -s -C "$top" BUILD="$work/build" FROM=solutions programs
    # Where the blocks run: the project, with that build folder. The root of lab 23 takes a static busybox.
    mkdir "$work/project"
    ln -s "$top"/* "$work/project/"
    ln -sfn "$work/build" "$work/project/build"
    ! "$top/scripts/machine/need" --try busybox-static >/dev/null || make -s -C "$top" BUILD="$work/build" root
    PATH=$PATH:$(printf '%s:' "$work"/build/solutions/*/)
    export PATH
    chmod -R a+rX "$work"
}

teardown_file() {
    rm -rf "$work"
}

mounted_v1() {
    grep -qE ' - cgroup [^ ]* ([^ ]*,)?cpuset(,|$)' /proc/self/mountinfo
}

mounted_v2() {
    local top
    while read -r top; do
        grep -qw cpuset "$top/cgroup.controllers" && return
    done < <(awk '$(NF-2) == "cgroup2" { print $5 }' /proc/self/mountinfo)
    return 1
}

# Runs $work/block as its mark says.
run_block() {
    local how=(timeout 60 bash "$work/block")
    if [[ $1 = *guest* ]]; then
        how=("$top/scripts/machine/vm" --cgroup "v${1//[!12]/}" --cpus 2 -- "${how[@]}")
    elif [[ $1 = *v2* ]] && ! { mounted_v2 && [ "$EUID" = 0 ]; }; then
        how=("$top/scripts/machine/vm" --cgroup v2 --cpus 2 -- "${how[@]}")
    elif [[ $1 != *root* && $EUID = 0 ]]; then
        how=(as_nobody "${how[@]}")
    fi
    (cd "$work/project" && LC_ALL=C "${how[@]}") 2>&1 </dev/null | sed -E 's/[0-9]+/N/g; s/\r$//'
}

# check_file FILE MARK: all its blocks with that mark.
# shellcheck disable=SC2094 # the sheet is only read
check_file() {
    local line mark='' inside='' bad=0
    while IFS= read -r line; do
        case $line in
            '<!-- run'*) mark=$line ;;
            '```console') [ "$mark" != "$2" ] || { inside=yes && : >"$work/block" && : >"$work/expected"; } ;;
            '```')
                if [ -n "$inside" ]; then
                    count=$((count + 1))
                    chmod a+r "$work/block"
                    run_block "$mark" >"$work/seen"
                    diff -u --label "$1" --label 'what was printed' "$work/expected" "$work/seen" || bad=1
                fi
                mark='' inside=''
                ;;
            '$ '* | '# '*) [ -z "$inside" ] || printf '%s\n' "${line:2}" >>"$work/block" ;;
            *) [ -z "$inside" ] || sed -E 's/[0-9]+/N/g' <<<"$line" >>"$work/expected" ;;
        esac
    done <"$1"
    return "$bad"
}

# check_all MARK: the blocks with that mark, of all worksheets and the README.
check_all() {
    local sheet bad=0
    count=0
    for sheet in "$top"/README.md "$top"/labs/*/README.md; do
        [ -e "$work/build/root" ] || ! grep -q '^[$] .*build/root' "$sheet" || continue
        check_file "$sheet" "$1" || bad=1
    done
    echo "$count blocks"
    ((bad == 0 && count > 0))
}

@test "the blocks for everybody do what stands there" {
    local user=()
    [ "$EUID" != 0 ] || user=(as_nobody)
    "${user[@]}" unshare --user --map-root-user true || skip 'not here: no user namespaces; see make doctor'
    "${user[@]}" ls "$top/labs" >/dev/null || skip 'not here: a plain user may not read this folder; clone it to another one'
    check_all '<!-- run -->'
}

@test "the blocks for root do what stands there" {
    needs_root
    check_all '<!-- run: root -->'
}

@test "the blocks for root and cgroup v1 do what stands there" {
    needs_root
    mounted_v1 || skip 'not here: cpuset is not on v1; make vm CGROUP=v1'
    check_all '<!-- run: root v1 -->'
}

@test "the blocks for root and cgroup v2 do what stands there" {
    if ! { mounted_v2 && [ "$EUID" = 0 ]; }; then
        "$top/scripts/machine/need" --try qemu >/dev/null || skip 'not here: cpuset is not on v2; scripts/machine/need qemu'
        # What it says when it gets its kernel for the first time is not on the worksheet.
        "$top/scripts/machine/vm" --cgroup v2 true || skip 'not here: cpuset is not on v2, and no guest starts; scripts/machine/vm true'
    fi
    check_all '<!-- run: root v2 -->'
}

@test "the blocks for the virtual machine do what stands there" {
    "$top/scripts/machine/need" --try qemu >/dev/null || skip 'not here: no virtual machine; scripts/machine/need qemu'
    "$top/scripts/machine/vm" true || skip 'not here: no guest starts; scripts/machine/vm true'
    check_all '<!-- run: guest v1 -->'
    check_all '<!-- run: guest v2 -->'
}

@test "a block that prints something else is found" {
    # shellcheck disable=SC2016 # no command is meant
    printf '<!-- run -->\n```console\n$ echo one\ntwo\n```\n' >"$BATS_TEST_TMPDIR/sheet.md"
    run check_file "$BATS_TEST_TMPDIR/sheet.md" '<!-- run -->'
    [ "$status" != 0 ]
    [[ $output = *'-two'*'+one'* ]]
}

@test "every worksheet has its checks, and every lab its worksheet and its notes" {
    local check
    for check in "$top"/tests/[0-9]*-*.bats; do
        check=$(basename "$check" .bats)
        [ -f "$top/labs/$check/README.md" ]
        [ -f "$top/labs/$check/answers.md" ]
        [ -f "$top/solutions/$check/README.md" ]
        [ -f "$top/solutions/$check/demo.bash" ]
    done
    for check in "$top"/labs/*/; do
        [ -f "$top/tests/$(basename "$check").bats" ]
    done
}

# questions FILE: the numbers of those below "Predict" and "Explain", a line each.
questions() {
    sed -nE '/^## (Predict|Explain)/,/^## [^PE]/{ /^## (Predict|Explain)/p; s/^([0-9]+)[.] .*/\1/p; }' "$1"
}

# shellcheck disable=SC2016 # $PWD stands in the sheet
@test "every worksheet names the article, sets PATH before its first transcript, and has an answer to each question" {
    local sheet first
    for sheet in "$top"/labs/*/README.md; do
        echo "$sheet"
        first=$(head -n 1 "$sheet")
        [[ $first = '*Article: ['*'](../ARTICLE.md), section '* ]]
        [[ $(sed -n 2p "$sheet") =~ ^\*[0-9]+\ minutes,\ level\ [123]\ of\ 3 ]]
        [[ $(sed '/^```console/,$d' "$sheet") = *'for bash'*'PATH=$PWD/build/labs/'* ]]
        [ "$(questions "$sheet" | wc -l)" -ge 8 ]
        diff <(questions "$sheet") <(questions "${sheet%README.md}answers.md")
        [ -z "$(awk 'length > 79' "${sheet%README.md}answers.md")" ]
    done
}

# shellcheck disable=SC2016 # `...` is Markdown
@test "the table of the eleven subsystems has what the labs write for them, in README and in the worksheet, in both languages" {
    local lab line number name old new page count=0
    for lab in "$top"/tests/[0-9]*.bats; do
        number=$(basename "$lab") number=$((10#${number%%-*}))
        while IFS= read -r line; do
            IFS='|' read -r name old _ new _ <<<"${line// | /|}"
            for page in "$top"/{README,labs/15-cgroup-memory-limit/README}.md; do
                grep -q "^| $name | $old | [^|]* | $new | [^|]* | $number |\$" "$page"
                grep -q "^| $name | [^|]* | [^|]* | [^|]* | [^|]* | $number |\$" "${page%.md}.zh.md"
            done
            ((count += 1))
        done < <(sed -n 's/^# subsystem: //p' "$lab")
    done
    [ "$count" = 11 ]
    grep -qF -- "$(grep '^Recorded on 20' "$top/README.md")" "$top/labs/15-cgroup-memory-limit/README.md"
    # The deck has what the kernel said.
    diff <(sed -nE 's/^\| (\w+) \| [^|]* \| ([^|]*) \| [^|]* \| ([^|]*) \| ([0-9]+) \|$/| `\1` | `\2` | `\3` | \4 |/p' "$top/README.md") \
        <(sed -n "/^## All eleven, in/,/^<!-*$/{ /^| \`/p; }" "$top/slides/deck.md")
    grep -qFx "| $(sed -nE 's/^Recorded on (.*): (v1 on .*), (v2 on .*)[.]$/\1 | \2 | \3/p' "$top/README.md") | lab |" "$top/slides/deck.md"
}
