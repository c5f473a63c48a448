#!/usr/bin/env bats
# The worksheets and the README: every command block behind a line "<!-- run -->" is run, and what it
# prints is compared with what stands there. Numbers are N: PIDs, inodes and times vary.
#
#   <!-- run -->          by a plain user, and as root when we are
#   <!-- run: root -->    needs root; "root v1" or "root v2" also the cpuset of that version.
#                         v2 is shown in a guest where this machine has none.

load helper

setup_file() {
    load helper
    export work
    work=$(mktemp -d) # bats' own folders are closed to other users
    make -s -C "$top" BUILD="$work/build" FROM=solutions programs
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

# Runs $work/block as the mark says; 77 if that cannot be had here.
run_block() {
    local how=(timeout 60 bash "$work/block")
    case $1 in
        '<!-- run -->')
            [ "$EUID" != 0 ] || how=(as_nobody "${how[@]}")
            ;;
        *v2*)
            if ! mounted_v2 || [ "$EUID" != 0 ]; then
                "$top/scripts/need" --try qemu >/dev/null || return 77
                how=("$top/scripts/vm" --cgroup v2 --cpus 2 -- "${how[@]}")
            fi
            ;;
        *root*)
            [ "$EUID" = 0 ] || return 77
            [[ $1 != *v1* ]] || mounted_v1 || return 77
            ;;
    esac
    (cd "$top" && LC_ALL=C "${how[@]}") 2>&1 </dev/null | sed -E 's/[0-9]+/N/g; s/\r$//'
}

# check_file FILE: all its blocks.
# shellcheck disable=SC2094 # the sheet is only read
check_file() {
    local line mark='' inside='' count=0 skipped=0 bad=0
    while IFS= read -r line; do
        case $line in
            '<!-- run'*) mark=$line ;;
            '```console') [ -z "$mark" ] || { inside=yes && : >"$work/block" && : >"$work/expected"; } ;;
            '```')
                if [ -n "$inside" ]; then
                    local status=0
                    chmod a+r "$work/block"
                    run_block "$mark" >"$work/seen" || status=$?
                    count=$((count + 1))
                    if [ "$status" = 77 ]; then
                        skipped=$((skipped + 1))
                    else
                        diff -u --label "$1" --label 'what was printed' "$work/expected" "$work/seen" || bad=$((bad + 1))
                    fi
                fi
                mark='' inside=''
                ;;
            '$ '* | '# '*) [ -z "$inside" ] || printf '%s\n' "${line:2}" >>"$work/block" ;;
            *) [ -z "$inside" ] || sed -E 's/[0-9]+/N/g' <<<"$line" >>"$work/expected" ;;
        esac
    done <"$1"
    echo "$1: $count blocks, $skipped not here, $bad differ"
    ((bad == 0 && count > skipped))
}

@test "the blocks of the README do what stands there" {
    check_file "$top/README.md"
}

@test "the blocks of every worksheet do what stands there" {
    local sheet bad=0
    for sheet in "$top"/labs/*/README.md; do
        check_file "$sheet" || bad=1
    done
    [ "$bad" = 0 ]
}

@test "a block that prints something else is found" {
    # shellcheck disable=SC2016 # no command is meant
    printf '<!-- run -->\n```console\n$ echo one\ntwo\n```\n' >"$BATS_TEST_TMPDIR/sheet.md"
    run check_file "$BATS_TEST_TMPDIR/sheet.md"
    [ "$status" != 0 ]
    [[ $output = *'-two'*'+one'* ]]
}

@test "every worksheet has its checks, and every lab its worksheet and its notes" {
    local check
    for check in "$top"/tests/[0-9]*-*.bats; do
        check=$(basename "$check" .bats)
        [ -f "$top/labs/$check/README.md" ]
        [ -f "$top/solutions/$check/README.md" ]
        [ -f "$top/solutions/$check/demo.bash" ]
    done
    for check in "$top"/labs/*/; do
        [ -f "$top/tests/$(basename "$check").bats" ]
    done
}
