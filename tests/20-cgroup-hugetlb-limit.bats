#!/usr/bin/env bats
# Lab 20, cgroup-hugetlb-limit: what its checks ask, of the record that the witness made of these runs:
#> run promised
#>   guest
#>   group hugetlb
#>   hugepages 8
#>   stay mmap:
#>   start GROUP
#>   until mmap:
#>   file hugetlb.2MB.current hugetlb.2MB.usage_in_bytes
#>   go
#> run full
#>   guest
#>   group hugetlb
#>   hugepages 8
#>   stay touched 2
#>   start GROUP
#>   until touched 2
#>   file hugetlb.2MB.current hugetlb.2MB.usage_in_bytes
#>   go
#>   until max:
#>   file hugetlb.2MB.max hugetlb.2MB.limit_in_bytes
#>   file hugetlb.2MB.events hugetlb.2MB.failcnt
#> run no-child
#>   guest
#>   group hugetlb
#>   hugepages 8
#>   refuse clone EAGAIN
#>   start GROUP
#> run no-pages
#>   guest
#>   group hugetlb
#>   hugepages 0
#>   start GROUP
#> run nowhere
#>   guest
#>   start /nowhere
#> run none
#>   guest
#>   start
#> run two
#>   guest
#>   start /tmp /tmp

# what: demonstration
# subsystem: hugetlb | hugetlb.2MB.limit_in_bytes | file (hugetlb.2MB.failcnt [1-9].*) | hugetlb.2MB.max | file hugetlb.2MB.events (max [1-9].*)

load record

PAGES=2 WANTED=4 PAGE=2097152

# group RUN: reads what the group had. Sets used, limit and refused.
group() {
    in_run "$1"
    given
    ! happened hugepages '([0-9]+)' || ((BASH_REMATCH[1] >= 8)) ||
        not_here "this machine gives ${BASH_REMATCH[1]} of 8 huge pages; type the same with VM=1"
    in_file 'hugetlb.2MB.current|hugetlb.2MB.usage_in_bytes' '([0-9]+)' || true
    used=$text
    in_file 'hugetlb.2MB.max|hugetlb.2MB.limit_in_bytes' '(.*)' || true
    limit=$text
    in_file 'hugetlb.2MB.events' 'max ([0-9]+)' || in_file 'hugetlb.2MB.failcnt' '([0-9]+)' || true
    refused=${text:-0}
}

must_have_limit() {
    local likely='the file of that name in GROUP takes bytes, and a page has 2 MiB'
    [ "$limit" = $((PAGES * PAGE)) ] ||
        wrong "the limit of the group for pages of 2 MiB is $limit" "$((PAGES * PAGE)), which is $PAGES pages" "$(likely "$likely")"
}

# must_use PAGES WHEN LIKELY
must_use() {
    [ "${used:-0}" = $(($1 * PAGE)) ] ||
        wrong "$2 the group has $((${used:-0} / PAGE)) huge pages" "$1" "$3"
}

# why_not_refused: the kernel has refused the group nothing.
why_not_refused() {
    if ((used == 0)); then
        echo 'these were no huge pages: mmap() gives some with MAP_HUGETLB only'
    else
        echo 'a signal that comes from the program itself, or from another cause, is no work of the limit'
    fi
}

@test "The limit of a group for huge pages is a number in one of its files" {
    group full
    must_have_limit
}

@test "The child enters the group, and its parent stays outside" {
    after 1
    group full
    must_be_entered "$refused" 'before it asks for memory'
}

@test "mmap() asks the group nothing: four pages are promised, and none is there" {
    after 2
    group promised
    must_say 'mmap: 4 pages' 'mmap: 4 pages' 'the limit is one of pages in use: hugetlb.2MB.rsvd is another one, and there mmap() says no'
    must_be_by_child 'mmap: '
    must_use 0 'after mmap()' 'they were touched before that was said, or MAP_POPULATE did it'
}

@test "A page counts when it is touched" {
    after 3
    group full
    must_say "child: touched $PAGES" "child: touched $PAGES" 'say it after each page, in a line of its own'
    must_be_by_child 'child: touched '
    must_use "$PAGES" "after \"child: touched $PAGES\"" 'one byte in each page of 2 MiB touches it, and MAP_HUGETLB makes it such a page'
    ! happened out "child: touched (3|$WANTED)" ||
        wrong "\"${rest[at]}\"" "the child is gone by then: the group has no third page" "$(likely 'the limit is of another group, or larger')"
}

@test "The page too much is no memory: the kernel refuses it, and the signal is SIGBUS" {
    after 4
    group full
    ((refused > 0)) || wrong 'the kernel has refused the group no page' 'one: the third' "$(why_not_refused)"
    ((refused == 1)) || wrong "the kernel has refused the group a page $refused times" 'once: the child ends'
    must_tell parent SIGBUS 'parent: child was killed by X' 'the status of waitpid() says which signal it was'
}

@test "The group has counted it" {
    after 5
    group full
    must_tell parent "$refused" 'max: X' 'it is the number in hugetlb.2MB.events (v2) or hugetlb.2MB.failcnt (v1)'
}

@test "It ends by itself, and leaves nothing behind" {
    after 6
    in_run full
    must_exit 0
    must_leave_nothing
    in_run promised
    must_exit 0
    must_leave_nothing
}

@test "What the kernel refuses is an error, and said: exit status 1" {
    after 1
    in_run no-child
    must_report_errno 'child: .*' 'parent: .*'
    in_run no-pages
    must_exit 1 'this machine has no huge page: mmap() said so, and nobody has looked at what it returned'
    happened err '.*Cannot allocate memory.*' || wrong "this machine has no huge page; on stderr stands: $(lines_said err)" 'Cannot allocate memory'
    must_leave_nothing
    in_run nowhere
    must_exit 1 'there is no such group: a call failed, and nobody has looked at what it returned'
    happened err '.*No such file or directory.*' || wrong "there is no such group; on stderr stands: $(lines_said err)" 'No such file or directory'
}

@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    must_refuse_bad_arguments none two
}
