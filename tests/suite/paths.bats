#!/usr/bin/env bats
# Any name of a folder is as good as another; what is not ours is left as it is.

load helper
dir='' # what teardown removes: never one of whoever started us

setup_file() {
    load helper
    export tree=$BATS_FILE_TMPDIR/tree
    copy_of_project "$tree"
    make -s -C "$tree" witness
}

teardown() {
    rm -rf "${dir:-}"
}

project() {
    make -s -C "$tree" "$@"
}

# refused WORD: with status 2, a sentence, and nothing made.
refused() {
    [[ $status = 2 && $output = *"$1"* && $output = *'Error 2'* && $output != *FAIL* ]]
}

@test "FROM and BUILD have any character in their names" {
    local name
    # shellcheck disable=SC2016 # nobody expands these
    for name in "O'X" a:b 100% 'a;b' 'a$b' 'a"b' 'a*b' a=b 'X (late)' 'a#b' 'a&b|c' 'a\b' ä -x 'x[1]' ',a  B' \
        '~x' '^ ..' '$(id)' '`id`' ' lead'; do
        echo "name: $name"
        mkdir -p "$BATS_TEST_TMPDIR/$name/b"
        ln -s "$tree/solutions" "$BATS_TEST_TMPDIR/$name/$name"
        run project check1 FROM="$BATS_TEST_TMPDIR/$name/$name" BUILD="$BATS_TEST_TMPDIR/$name/b/$name"
        [[ $status = 0 && $output = *"$all_passed"* ]]
        run project FROM="$BATS_TEST_TMPDIR/$name/$name" BUILD="$BATS_TEST_TMPDIR/$name/b/$name"
        [[ $status = 0 && $output = *' 1  clone-pid1 '*' done '* ]]
        project clean BUILD="$BATS_TEST_TMPDIR/$name/b/$name"
        [ -z "$(ls -A "$BATS_TEST_TMPDIR/$name/b")" ]
    done
}

@test "relative ones, one that begins with -, and ~" {
    ln -s solutions "$tree/-x"
    local from
    # shellcheck disable=SC2088 # make does
    for from in -x ./solutions ../tree/solutions '~/solutions'; do
        HOME=$tree run project check1 FROM="$from"
        [[ $status = 0 && $output = *"$all_passed"* ]]
    done
    HOME=$tree run project check1 FROM=solutions BUILD='~/b'
    [ "$status" = 0 ]
    [ -d "$tree/b/solutions" ]
    HOME=$tree run project clean BUILD='~/b'
    [ ! -e "$tree/b" ]
    run project check1 FROM=solutions BUILD='~nobody/b'
    refused '~nobody/b'
    [ ! -e "$tree/~nobody" ]
    run project check1 FROM=nowhere BUILD="$BATS_TEST_TMPDIR/new"
    refused 'FROM=nowhere'
    [ ! -e "$BATS_TEST_TMPDIR/new" ]
}

@test "the project itself lies in such a folder" {
    local copy="$BATS_TEST_TMPDIR/O'X a\$b \"c\" 100% d:e #&f\\g (1) [ä]"
    copy_of_project "$copy"
    run make -s -C "$copy" check1 FROM=solutions
    [[ $status = 0 && $output = *"$all_passed"* ]]
    run make -s -C "$copy" lab1
    [[ $output = *'TODO 1'* ]]
    run make -s -C "$copy" hint1
    [[ $output = 'Hint 1'* ]]
    run make -s -C "$copy"
    [[ $status = 0 && $output = *'not started'* ]]
    run make -s -C "$copy" run1 FROM=solutions
    [ "$status" = 0 ]
    run make -s -C "$copy" clean
    [ ! -e "$copy/build" ]
}

@test "a folder with files of somebody else is neither used, nor given away, nor removed" {
    dir=$(mktemp -d)
    copy_of_project "$dir/tree"
    [ "$EUID" != 0 ] || chown -R 65534:65534 "$dir/tree"
    mkdir "$dir/shared" "$dir/empty"
    echo mine >"$dir/shared/mine"
    find "$dir/shared" -ls >"$dir/before"
    local verb
    for verb in lab1 hint1 run1 doctor handout witness clean; do
        run make -s -C "$dir/tree" "$verb" BUILD="$dir/shared"
        refused "$dir/shared"
        find "$dir/shared" -ls | diff "$dir/before" -
    done
    run make -s -C "$dir/tree" BUILD="$dir/shared"
    [ "$status" = 0 ]
    find "$dir/shared" -ls | diff "$dir/before" -
    # Where nothing is, there is nothing to be kept.
    run make -s -C "$dir/tree" check1 FROM=solutions BUILD="$dir/empty"
    [ "$status" = 0 ]
    run make -s -C "$dir/tree" clean BUILD="$dir/empty"
    [ "$status" = 0 ]
    [ ! -e "$dir/empty" ]
    run make -s -C "$dir/tree" clean BUILD="$dir/empty"
    [ "$status" = 0 ]
}

@test "a folder build that is somebody else's; and one of an older edition" {
    dir=$(mktemp -d)
    copy_of_project "$dir/tree"
    mkdir "$dir/tree/build"
    echo mine >"$dir/tree/build/mine"
    run make -s -C "$dir/tree" clean
    refused 'BUILD=build is left as it is'
    run make -s -C "$dir/tree" lab1
    refused 'BUILD=build'
    [ "$(<"$dir/tree/build/mine")" = mine ]
    # That one had a witness, and no mark.
    rm "$dir/tree/build/mine"
    cp "$tree/build/witness" "$dir/tree/build/"
    run make -s -C "$dir/tree" check1 FROM=solutions
    [ "$status" = 0 ]
    make -s -C "$dir/tree" clean
    [ ! -e "$dir/tree/build" ]
}

@test "root gives away what root has made, and no file that has another name elsewhere" {
    needs_root
    dir=$(mktemp -d)
    copy_of_project "$dir/tree"
    make -s -C "$dir/tree" witness
    chown -R 65534:65534 "$dir/tree"
    echo secret >"$dir/of-root"
    ln "$dir/of-root" "$dir/tree/build/link"
    make -s -C "$dir/tree" check1 FROM=solutions
    [ "$(stat -c %u "$dir/of-root")" = 0 ]
    [ "$(find "$dir/tree" -user 0)" = "$dir/tree/build/link" ]
}
