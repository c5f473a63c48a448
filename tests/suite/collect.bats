#!/usr/bin/env bats
# scripts/instructor/collect: what it takes out of what students hand in, however hostile, and what it says.
#
# Every run is done twice, in the cage and with CAGE=none, into out and none; both must have the same
# result, and after both the same things must hold: see collect().

load helper

setup() {
    needs_cage
    command -v zip >/dev/null || skip 'not here: no zip; scripts/machine/need zip'
    cd "$BATS_TEST_TMPDIR" || return
    mkdir in make
    echo untouched >victim
}

# tree FOLDER [TEXT]: a tree of labs with two programs in it.
tree() {
    mkdir -p "$1"/{01-clone-pid1,06-busy-loop}
    echo "clone ${2:-}" >"$1/01-clone-pid1/clone-pid1.c"
    echo "loop ${2:-}" >"$1/06-busy-loop/busy-loop.c"
}

# All that is here but for the two results: names, kinds, modes, times, sums.
outside() {
    find . -mindepth 1 ! -path './out*' ! -path './none*' -printf '%p %y %m %s %t %l\n' | sort
    find . -type f -size -4096k ! -path './out*' ! -path './none*' -execdir cksum {} + | sort
}

processes() {
    find /proc/[0-9]*/{cwd,fd} -lname "$BATS_TEST_TMPDIR/*" 2>/dev/null | grep -v "^/proc/$BASHPID/" || true
}

# no COMMAND...: grep or find finds nothing; what it finds is shown.
no() {
    local found
    found=$("$@") || [ "$? $1" = '1 grep' ]
    [ -z "$found" ] || { printf 'found: %q\n' "$found" && return 1; }
}

# What has to hold of a result, whatever was handed in.
is_sound() {
    local file
    no find "$1" ! -type d ! '(' -type f -perm 644 ')'
    find "$1" -type f -printf '%P\n' >files
    no grep -vE '^students/[A-Za-z0-9@_][A-Za-z0-9@._-]*/(collected|[0-9]+-([a-z0-9-]+)/\2\.c)$' files
    no find "$1" -name '.*'
    for file in "$1"/students/*/collected; do
        is_text "$file"
        no grep -vE '^(name|took [0-9]+-[a-z0-9-]+|note) .' "$file"
    done
    rm files
}

# Valid UTF-8 without a control character, or one that turns the direction.
is_text() {
    iconv -f UTF-8 -t UTF-8 "$1" >/dev/null
    no env LC_ALL=C tr -d '\n -~\200-\377' <"$1"
    no grep -aF -e $'\xe2\x80\xae' -e $'\xe2\x80\xad' -e $'\xe2\x80\xab' -e $'\xe2\x81\xa7' "$1"
}

# Runs the script both ways on in, and checks what always has to hold. Sets status and output. With
# "differ" the two results may.
collect() {
    local before
    before=$(outside && processes)
    run env CAGE=none "$top/scripts/instructor/collect" in none 3>&-
    [ "$status" = 0 ] || echo "$output"
    [ "$status" = 0 ]
    run env -u CAGE "$top/scripts/instructor/collect" in out 3>&-
    echo "$output"
    cat out/students/*/collected
    [ "$status" = 0 ]
    poll 20 is_as_before || diff <(echo "$before") <(outside && processes)
    printf '%s\n' "$output" >said
    is_text said
    rm said
    is_sound out
    is_sound none
    [ "${1:-}" = differ ] || diff -r out none
}

# What is in a cage goes with it, but that takes a moment.
is_as_before() {
    [ "$(outside && processes)" = "$before" ]
}

# took KEY NN-name PATH: that was taken from there, and nothing else for that lab.
took() {
    [ "$(grep "^took $2 " "out/students/$1/collected")" = "took $2 $3" ]
    [ -f "out/students/$1/$2/${2#*-}.c" ]
}

# text KEY NN-name: what is in the program.
text() {
    cat "out/students/$1/$2/${2#*-}.c"
}

# took_nothing KEY
took_nothing() {
    [ -f "out/students/$1/collected" ]
    no grep ^took "out/students/$1/collected"
    no find "out/students/$1" -name '*.c'
}

# noted KEY TEXT: there is a note with that text.
noted() {
    grep '^note ' "out/students/$1/collected" | grep -qF -- "$2"
}

no_notes() {
    no grep ^note "out/students/$1/collected"
}

needs() {
    command -v "$1" >/dev/null || skip "not here: no $1; scripts/machine/need $1"
}

# A small archive of one file of 600 GB, which nobody can unpack in seconds. A bzip2 file may be many
# in a row.
slow_archive() {
    truncate -s 600G zeros
    head -c 100M zeros | bzip2 >part
    for _ in {1..13}; do
        cat part part >twice
        mv twice part
    done
    { tar -c zeros 2>/dev/null | head -c 512 | bzip2 && cat part; } >in/slow.tar.bz2
    rm zeros part
}

# Changes bytes in an archive that has no checksums over them.
patch_bytes() {
    LC_ALL=C sed -i "$1" "$2"
}

@test "a folder, and tars and zips of all kinds, as a tree or as bare files, give the same programs" {
    tree make/labs
    touch make/labs/Makefile make/labs/01-clone-pid1/README.md
    mkdir make/bare
    cp make/labs/*/*.c make/bare
    cp -r make/labs in/folder
    cp -r make/bare in/bare
    tar -cf in/tar.tar -C make labs
    tar -czf in/gz.tar.gz -C make labs
    tar -czf in/tgz.tgz -C make/labs .
    tar -cJf in/xz.tar.xz -C make labs
    tar -cjf in/bz2.tar.bz2 -C make/bare .
    tar --zstd -cf in/zst.tar.zst -C make labs
    (cd make && zip -qr ../in/zip.zip labs)
    (cd make && zip -qrj ../in/UPPER.ZIP bare)
    collect
    local key
    for key in folder bare tar gz tgz xz bz2 zst zip UPPER; do
        diff make/labs/01-clone-pid1/clone-pid1.c "out/students/$key/01-clone-pid1/clone-pid1.c"
        diff make/labs/06-busy-loop/busy-loop.c "out/students/$key/06-busy-loop/busy-loop.c"
        no_notes "$key"
        [ "$(find "out/students/$key" -type f | wc -l)" = 3 ]
    done
    took folder 01-clone-pid1 01-clone-pid1/clone-pid1.c
    took zip 01-clone-pid1 labs/01-clone-pid1/clone-pid1.c
    took UPPER 06-busy-loop busy-loop.c
    [ "$(head -n 1 out/students/gz/collected)" = 'name gz.tar.gz' ]
    [[ ${lines[-1]} = 'collect: 10 students, 20 programs, 20 of them new or changed, 0 notes '* ]]
}

@test "what an archive is, is found by its content: a suffix may lie" {
    tree make/labs
    tar -czf in/a.zip -C make labs
    tar -cf in/b.tgz -C make labs
    (cd make && zip -qr ../in/c.tar labs)
    tar -cJf in/d.tar.bz2 -C make labs
    collect
    local key
    for key in a b c d; do
        took "$key" 06-busy-loop labs/06-busy-loop/busy-loop.c
        no_notes "$key"
    done
}

@test "a file that only looks like an archive, or half of one, is noted and gives nothing" {
    tree make/labs
    head -c 100000 /dev/urandom >make/labs/06-busy-loop/large
    echo 'Dear teacher, here is my work' >in/letter.zip
    : >in/empty.tar
    : >in/nothing.zip
    head -c 3000 /dev/urandom >in/noise.tgz
    tar -cf make/all.tar -C make labs
    head -c 90000 make/all.tar >in/half.tar
    gzip -c make/all.tar | head -c 90000 >in/half.tar.gz
    (cd make && zip -qr - labs) | head -c 90000 >in/zip-half.zip
    gzip <make/labs/01-clone-pid1/clone-pid1.c >in/program.tgz
    zip -q make/z.zip -j make/labs/06-busy-loop/busy-loop.c
    cp make/z.zip in/sum.zip
    patch_bytes 's/loop /lxxp /' in/sum.zip
    cp in/half.tar.gz in/half-2.zip
    collect
    local key
    for key in letter empty nothing noise half zip-half program sum half-2; do
        took_nothing "$key"
        noted "$key" 'cannot be read: '
    done
    [[ $output = *'letter.zip: nothing was taken: cannot be read: '* ]]
}

@test "a zip that says of no entry what kind it is, or is behind other bytes, is a zip like others" {
    tree make/labs
    (cd make && zip -qr ../in/a.zip labs)
    { echo 'sent by mail' && cat in/a.zip; } >in/b.zip
    patch_bytes 's,\x00\x00\xa4\x81,\x00\x00\xa4\x01,g' in/a.zip
    unzip -Z -s in/a.zip | grep -q '^?'
    tar -cf in/c.zip -C make labs # a suffix may lie
    collect
    local key
    for key in a b c; do
        took "$key" 01-clone-pid1 labs/01-clone-pid1/clone-pid1.c
        took "$key" 06-busy-loop labs/06-busy-loop/busy-loop.c
        no_notes "$key"
    done
}

@test "bytes behind the end of an archive change nothing; an archive without its end gives nothing" {
    local tool
    tree make/labs
    tar -cf make/all.tar -C make labs
    for tool in gzip xz bzip2 zstd; do
        needs "$tool"
        "$tool" -c make/all.tar >make/whole
        { cat make/whole && printf x; } >"in/$tool-1.tar.gz"
        { cat make/whole && head -c 700 /dev/urandom; } >"in/$tool-700.tgz"
        head -c $(($(stat -c %s make/whole) / 2)) make/whole >"in/$tool-half.tgz"
    done
    gzip -c make/all.tar | head -c -8 >in/sum.tar.gz
    printf 12345678x >>in/sum.tar.gz
    collect
    for tool in gzip xz bzip2 zstd; do
        took "$tool-1" 01-clone-pid1 labs/01-clone-pid1/clone-pid1.c
        took "$tool-700" 06-busy-loop labs/06-busy-loop/busy-loop.c
        no_notes "$tool-1"
        took_nothing "$tool-half"
    done
    took_nothing sum
}

@test "a zip made on Windows, with backslashes in its names, is a tree like others" {
    tree make/labs
    (cd make && zip -qr ../in/a.zip labs)
    patch_bytes 's,labs/0,labs\\0,g; s,/clone-pid1,\\clone-pid1,g; s,/busy-loop,\\busy-loop,g' in/a.zip
    patch_bytes 's,PK\x01\x02..,PK\x01\x02\x14\x00,g' in/a.zip # made by: FAT
    unzip -l in/a.zip | grep -F 'labs/01-clone-pid1/clone-pid1.c' || unzip -l in/a.zip | grep -F 'labs\01-clone-pid1\clone-pid1.c'
    collect
    took a 01-clone-pid1 labs/01-clone-pid1/clone-pid1.c
    took a 06-busy-loop labs/06-busy-loop/busy-loop.c
    no_notes a
}

@test "of several files for a lab: folder NN-name, then few folders, then byte order; and a note" {
    tree in/a/x/y deep
    mkdir -p in/a/{b,01-Clone-pid1} in/c/{e,d} in/f
    echo shallow >in/a/clone-pid1.c
    echo other >in/a/01-Clone-pid1/clone-pid1.c
    echo e >in/c/e/busy-loop.c
    echo d >in/c/d/busy-loop.c
    tree in/f/labs right
    tree in/f/solutions wrong
    local key
    for key in a c f; do
        tar -cf "in/t$key.tar" -C "in/$key" --sort=name .
    done
    collect
    for key in '' t; do
        took "${key}a" 01-clone-pid1 x/y/01-clone-pid1/clone-pid1.c
        [ "$(text "${key}a" 01-clone-pid1)" = 'clone deep' ]
        noted "${key}a" '01-clone-pid1: 3 files have its name. x/y/01-clone-pid1/clone-pid1.c counts, and not clone-pid1.c'
        took "${key}c" 06-busy-loop d/busy-loop.c
        noted "${key}c" '06-busy-loop: 2 files have its name. d/busy-loop.c counts, and not e/busy-loop.c'
        [ "$(text "${key}f" 06-busy-loop)" = 'loop right' ]
    done
}

@test "only the exact name counts: no other case, no suffix, no folder of that name" {
    mkdir -p in/a/clone-pid1.c/busy-loop.c in/b
    touch in/a/Clone-pid1.c in/a/clone-pid1.c.old in/a/clone-pid1.C in/a/.clone-pid1.c in/a/busy_loop.c
    touch in/b/{my-,'my ',my\\}clone-pid1.c
    local key
    for key in a b; do
        tar -cf "in/t$key.tar" -C "in/$key" .
        (cd "in/$key" && zip -qr "../z$key.zip" .)
    done
    collect
    for key in {,t,z}{a,b}; do
        took_nothing "$key"
        noted "$key" 'no program of a lab is in it'
    done
}

@test "a program of 1 MiB is taken, a larger one is not; an empty one and zero bytes are noted" {
    mkdir in/{a,b,c,d}
    tree in/d
    head -c 5M /dev/zero >in/d/busy-loop.c
    tar -czf in/td.tgz -C in/d .
    rm -r in/d
    head -c 1048576 /dev/zero | tr '\0' ' ' >in/a/busy-loop.c
    { cat in/a/busy-loop.c && echo; } >in/b/busy-loop.c
    tree in/b
    mv in/b/busy-loop.c in/b/06-busy-loop/busy-loop.c
    : >in/c/busy-loop.c
    printf 'int\0main' >in/c/clone-pid1.c
    local key
    for key in a b c; do
        tar -cJf "in/t$key.tar.xz" -C "in/$key" .
        (cd "in/$key" && zip -qr "../z$key.zip" .)
    done
    collect
    for key in '' t z; do
        cmp in/a/busy-loop.c "out/students/${key}a/06-busy-loop/busy-loop.c"
        noted "${key}b" '06-busy-loop: not taken, for it is larger than 1 MiB: 06-busy-loop/busy-loop.c'
        took "${key}b" 01-clone-pid1 01-clone-pid1/clone-pid1.c
        [ ! -e "out/students/${key}b/06-busy-loop" ]
        took "${key}c" 06-busy-loop busy-loop.c
        noted "${key}c" '06-busy-loop: the file is empty'
        noted "${key}c" '01-clone-pid1: the file has zero bytes in it'
        cmp in/c/clone-pid1.c "out/students/${key}c/01-clone-pid1/clone-pid1.c"
    done
    # One that is much larger is a bomb.
    took_nothing td
    noted td 'cannot be read: it takes more than'
}

@test "names with .. and absolute names reach nothing outside, and are noted" {
    tree make/in/labs
    echo 'hit' >make/in/victim
    tar -cPf in/dots.tar -C make/in --transform 's,^,../../../../,' labs victim
    tar -cPf in/beside.tar -C make/in --transform 's,^victim,../../victim,' labs victim
    tar -cPf in/middle.tgz -C make/in --transform 's,^,x/../../,' labs/06-busy-loop/busy-loop.c victim
    tar -cPzf in/absolute.tar.gz -C make/in --transform "s,^victim,$PWD/victim," --transform "s,^labs,$PWD/labs," labs victim
    mkdir make/deep
    (cd make/deep && zip -qr ../../in/zip.zip ../in)
    local short
    short=$(printf '%*s' "${#PWD}" '' | tr ' ' x)
    mkdir -p "make/deep/$short/01-clone-pid1"
    echo hit >"make/deep/$short/victim"
    echo clone >"make/deep/$short/01-clone-pid1/clone-pid1.c"
    (cd make/deep && zip -qr ../../in/zip-absolute.zip "$short")
    patch_bytes "s,$short,$PWD,g" in/zip-absolute.zip
    collect
    [ "$(<victim)" = untouched ]
    took_nothing dots
    noted dots "cannot be read: tar: ../../../../labs/01-clone-pid1/clone-pid1.c: Member name contains '..'"
    took_nothing middle
    noted middle 'cannot be read: '
    took beside 01-clone-pid1 labs/01-clone-pid1/clone-pid1.c
    noted beside '1 x name with ..; the first: ../../victim'
    took absolute 01-clone-pid1 "${PWD#/}/labs/01-clone-pid1/clone-pid1.c"
    noted absolute "absolute name; the first: $PWD/"
    took zip 01-clone-pid1 in/labs/01-clone-pid1/clone-pid1.c
    noted zip 'name with ..; the first: ../in/'
    noted zip-absolute "absolute name; the first: $PWD/"
}

@test "symbolic links are not followed, whether to a file, to a folder, or through one" {
    mkdir -p secret/01-clone-pid1 in/a/06-busy-loop
    echo secret >secret/01-clone-pid1/clone-pid1.c
    echo loop >in/a/06-busy-loop/busy-loop.c
    ln -s "$PWD/secret" in/a/folder
    ln -s ../../secret/01-clone-pid1 in/a/01-clone-pid1
    ln -s "$PWD/secret/01-clone-pid1/clone-pid1.c" in/a/clone-pid1.c
    ln -s /etc/passwd in/a/06-busy-loop/setns-join.c
    ln -s loop in/a/loop
    ln -s /dev/zero in/a/unshare-fork.c
    tar -cf in/t.tar -C in/a .
    (cd in/a && zip -qry ../z.zip .)
    ln -s ../secret in/linked
    ln -s ../make/labs.zip in/linked.zip
    collect
    local key
    for key in a t z; do
        took "$key" 06-busy-loop 06-busy-loop/busy-loop.c
        [ "$(grep -c ^took "out/students/$key/collected")" = 1 ]
        noted "$key" '6 x symbolic link'
    done
    [ ! -e out/students/linked ]
    [[ $output = *'linked: not graded: it is a symbolic link'*'linked.zip: not graded: it is a symbolic link'* ]]
}

@test "a link in an archive, and then a file through it, writes nothing outside" {
    mkdir -p make/{1,2,3/0ut}
    ln -s "$PWD" make/1/out
    ln -s "$PWD/victim" make/1/busy-loop.c
    echo hit >make/2/victim
    echo hit | tee make/2/busy-loop.c >make/3/0ut/busy-loop.c
    tar -cf in/folder.tar -C make/1 out
    tar -rf in/folder.tar -C make/2 --transform 's,^,out/,' victim busy-loop.c
    tar -cf in/file.tar -C make/1 busy-loop.c
    tar -rf in/file.tar -C make/2 busy-loop.c
    (cd make/1 && zip -qy ../../in/zip.zip out busy-loop.c)
    (cd make/3 && zip -qr ../../in/zip.zip 0ut)
    patch_bytes 's,0ut/,out/,g' in/zip.zip
    # Where a new file can have the inode of a removed one, tar leaves the link.
    collect differ
    [ "$(<victim)" = untouched ]
    noted folder '1 x symbolic link; the first: out -> '
    took folder 06-busy-loop out/busy-loop.c
    noted file '1 x symbolic link; the first: busy-loop.c -> '
    noted zip '2 x symbolic link; the first: '
}

@test "a hard link to a file outside gives nothing and is noted; one inside is a file like others" {
    tree make/labs
    tree secret
    ln make/labs/06-busy-loop/busy-loop.c make/labs/same.c
    tar -cf in/inside.tar -C make --sort=name labs
    ln make/labs/01-clone-pid1/clone-pid1.c make/labs/first
    tar -cPf in/outside.tar -C make --transform "flags=h;s,.*,$PWD/secret/06-busy-loop/busy-loop.c," labs/same.c labs/06-busy-loop
    tar -cPf in/passwd.tar -C make --transform 'flags=h;s,.*,../../../../../../../etc/passwd,' labs/first labs/01-clone-pid1
    collect
    took inside 06-busy-loop labs/06-busy-loop/busy-loop.c
    took_nothing outside
    noted outside '1 x hard link; the first: labs/06-busy-loop/busy-loop.c link to '
    took_nothing passwd
}

@test "a file in a folder that has another name elsewhere may be somebody else's: it is not read" {
    mkdir secret in/a
    echo 'root:x:0:0' >secret/shadow
    ln secret/shadow in/a/clone-pid1.c
    echo loop >in/a/busy-loop.c
    collect
    took a 06-busy-loop busy-loop.c
    [ ! -e out/students/a/01-clone-pid1 ]
    no grep -r root:x out none
    noted a '1 x file that has a second name elsewhere, a hard link'
}

@test "devices and FIFOs are noted; nothing waits for them" {
    mkdir -p in/a/06-busy-loop
    mkfifo in/a/06-busy-loop/busy-loop.c in/a/pipe in/fifo.zip
    tree in/a/labs
    tar -cf in/t.tar -C in/a .
    tar -cf in/device.tar -C /dev --transform 's,^,06-busy-loop/busy-loop.c/,;s,/zero,,' zero null
    collect
    took a 06-busy-loop labs/06-busy-loop/busy-loop.c
    took t 06-busy-loop labs/06-busy-loop/busy-loop.c
    noted a '2 x FIFO; the first: '
    noted t '2 x FIFO; the first: '
    took_nothing device
    noted device '2 x device; the first: '
    [[ $output = *'fifo.zip: not graded: '* ]]
    rm in/fifo.zip
}

@test "setuid bits, and modes that let nobody read, do not come along" {
    tree make/labs
    chmod 6755 make/labs/06-busy-loop/busy-loop.c
    chmod 0 make/labs/01-clone-pid1/clone-pid1.c
    tar -cf in/t.tar -C make --mode=0 labs
    tar -cf in/s.tar -C make --mode=a=rx,ug+s labs
    chmod 7777 make/labs/01-clone-pid1/clone-pid1.c
    (cd make && zip -qr ../in/z.zip labs)
    collect # looks at the modes
    local key
    for key in t s z; do
        [ "$(text "$key" 01-clone-pid1)" = 'clone ' ]
    done
}

@test "root reads folders and archives that are only their owner's to read" {
    needs_root
    tree in/a
    tar -cf in/t.tar -C in/a .
    chown -R 12345:12345 in/*
    chmod -R go= in/*
    collect
    took a 06-busy-loop 06-busy-loop/busy-loop.c
    took t 06-busy-loop 06-busy-loop/busy-loop.c
}

@test "an extended header that changes paths, links or sizes changes nothing outside" {
    tree make/labs
    ln -s x make/labs/link
    tar -cPf in/p.tar --format=posix --pax-option="path:=$PWD/victim" -C make labs/01-clone-pid1/clone-pid1.c
    tar -cPf in/d.tar --format=posix --pax-option='path:=../../../06-busy-loop/busy-loop.c' -C make labs/06-busy-loop/busy-loop.c
    tar -cPf in/l.tar --format=posix --pax-option="linkpath:=$PWD/victim" -C make labs
    tar -cPf in/s.tar --format=posix --pax-option='size:=99999999999' -C make labs
    collect
    [ "$(<victim)" = untouched ]
    took_nothing p
    noted p 'absolute name'
    took_nothing d
    noted d "cannot be read: tar: ../../../06-busy-loop/busy-loop.c: Member name contains '..'"
    took l 06-busy-loop labs/06-busy-loop/busy-loop.c
    took_nothing s
    noted s 'cannot be read: '
}

@test "sparse files of many gigabytes cost nothing" {
    tree make/labs
    truncate -s 900G make/sparse
    truncate -s 900G make/labs/01-clone-pid1/clone-pid1.c
    tar -cSf in/beside.tar -C make sparse labs/06-busy-loop
    tar -cSf in/program.tar -C make labs
    mkdir in/a
    mv make/labs in/a/labs
    rm make/sparse
    collect
    took beside 06-busy-loop labs/06-busy-loop/busy-loop.c
    took_nothing program
    noted program 'cannot be read: '
    noted a 'larger than 1 MiB'
    took a 06-busy-loop labs/06-busy-loop/busy-loop.c
}

@test "archive bombs: large files beside, in the place of a program, in one another, in time" {
    tree make/labs
    head -c 300M /dev/zero >make/zero
    (cd make && zip -q1r ../in/beside.zip zero labs)
    head -c 100M make/zero >make/labs/01-clone-pid1/clone-pid1.c
    rm make/zero
    (cd make && zip -q1r ../in/program.zip labs)
    tar -cf in/program-t.tar.zst --zstd -C make labs
    cp in/program.zip make/labs/01-clone-pid1/clone-pid1.c
    cp in/program.zip make/labs/
    rm make/labs/06-busy-loop/busy-loop.c
    tar -cf in/nested.tar -C make labs
    rm -r make
    slow_archive
    collect
    took beside 06-busy-loop labs/06-busy-loop/busy-loop.c
    took_nothing program
    noted program 'cannot be read: it takes more than '
    took_nothing program-t
    noted program-t 'cannot be read: it takes more than '
    [ "$(grep -c ^took out/students/nested/collected)" = 1 ]
    noted nested '01-clone-pid1: the file has zero bytes'
    took_nothing slow
    noted slow 'cannot be read: it takes more than 5 s'
}

@test "a tool that is killed for what it takes says nothing, and the note does" {
    echo x | bzip2 >in/a.tar.bz2
    mkdir bin
    # shellcheck disable=SC2016 # the stub expands it
    printf '%s\n' '#!/bin/sh' 'kill -KILL $$' >bin/bzip2
    chmod +x bin/bzip2
    run env CAGE=none PATH="$PWD/bin:$PATH" "$top/scripts/instructor/collect" in out
    [ "$status" = 0 ]
    took_nothing a
    noted a 'cannot be read: it takes more than 5 s'
}

@test "an archive with very many entries is read; one with very many programs or links is not" {
    mkdir make/{d,e,f}
    tree make/labs
    seq -f 'make/d/%.0f' 20000 | xargs touch
    seq -f '/x/%.0f' 1000 | xargs ln -st make/e
    tar -cf in/entries.tar -C make d labs
    tar -cf in/links.tar -C make e labs
    yes labs/06-busy-loop/busy-loop.c | head -n 5000 | tar -cf in/programs.tar --hard-dereference -C make -T -
    cp -r make/e in/folder
    tree in/folder
    rm -r make/d
    collect
    took entries 06-busy-loop labs/06-busy-loop/busy-loop.c
    took_nothing links
    took_nothing programs
    noted programs 'cannot be read: more than 500 of its members'
    took folder 06-busy-loop 06-busy-loop/busy-loop.c
    noted folder '1000 x symbolic link'
}

@test "names with newlines, terminal escapes, bad UTF-8, right-to-left marks: shown as text only" {
    local evil=$'a\nname root\ntook 06-busy-loop x\e[31m\xff\xe2\x80\xae\\ \t\x7f*$(touch hit)`touch hit`;\x27"<b>&'
    tree "make/$evil"
    cp -r "make/$evil" "in/$evil"
    tar -cf "in/t$evil.tar" -C make "$evil"
    (cd make && zip -qr ../in/z.zip "$evil")
    mkdir -p "in/plain/$evil" "in/-rf" in/.hidden
    echo loop >"in/plain/$evil/busy-loop.c"
    ln -s "$evil" in/plain/link
    touch "in/-rf/busy-loop.c" "in/$evil.txt"
    collect
    local key=a@0aname@20root@0atook@2006-busy-loop@20x@1b@5b31m@ff@e2@80@ae@5c@20@09@7f@2a@24@28touch@20hit@29@60touch@20hit@60@3b@27@22@3cb@3e@26
    # shellcheck disable=SC2016 # nothing is to be expanded
    local text='a\x0aname root\x0atook 06-busy-loop x\x1b[31m\xff\xe2\x80\xae\\ \x09\x7f*$(touch hit)`touch hit`;'\''"<b>&'
    [ "$(head -n 1 "out/students/$key/collected")" = "name $text" ]
    took "$key" 06-busy-loop 06-busy-loop/busy-loop.c
    took "t$key" 06-busy-loop "$text/06-busy-loop/busy-loop.c"
    [ "$(text z 06-busy-loop)" = "$(text "$key" 06-busy-loop)" ]
    took plain 06-busy-loop "$text/busy-loop.c"
    noted plain "link"
    [[ $output = *"collect: $text.txt: not graded"* ]]
    [ -f out/students/@2drf/collected ]
    [ -f out/students/@2ehidden/collected ]
}

@test "letters of all languages stay readable; a key has none, and two names never have one key" {
    tree 'in/王小明 (2)'
    tree 'in/Zoë'
    tree in/Zo@c3@ab
    tree make/作业
    tar -cf in/t.tar -C make 作业
    (cd make && zip -qr ../in/z.zip 作业)
    collect
    [ "$(head -n 1 'out/students/@e7@8e@8b@e5@b0@8f@e6@98@8e@20@282@29/collected')" = 'name 王小明 (2)' ]
    [ "$(head -n 1 'out/students/Zo@c3@ab/collected')" = 'name Zoë' ]
    [ "$(head -n 1 'out/students/Zo@40c3@40ab/collected')" = 'name Zo@c3@ab' ]
    took t 06-busy-loop 作业/06-busy-loop/busy-loop.c
    took z 06-busy-loop 作业/06-busy-loop/busy-loop.c
}

@test "two names that differ in nothing but case have keys that differ in more" {
    tree in/alice one
    tree in/Alice two
    tree make/labs three
    (cd make && zip -qr ../in/ALICE.ZIP labs)
    collect
    [ "$(text ALICE 06-busy-loop)" = 'loop three' ]
    [ "$(cat out/students/Alice@-*/06-busy-loop/busy-loop.c)" = 'loop two' ]
    [ "$(cat out/students/alice@-*/06-busy-loop/busy-loop.c)" = 'loop one' ]
    [ "$(find out/students -mindepth 1 -maxdepth 1 -printf '%f\n' | tr '[:upper:]' '[:lower:]' | sort -u | wc -l)" = 3 ]
    no_notes ALICE
}

@test "any path, and any CDPATH: the same result" {
    local name
    tree in/alice
    mkdir -p scratch
    # shellcheck disable=SC2016 # nothing is to be expanded
    for name in "it's" 'a$b' '100%' 'a:b' 'R&D' 'a#b' 'a"b' '(late)' 'Zoë' -x '~x' 'a\b' 'a=b' 'a*b' ' '; do
        mkdir "in/$name" "./$name"
        cp -r in/alice "./$name/alice"
        run env CDPATH=".:$PWD" "$top/scripts/instructor/collect" "./$name" "$PWD/out/$name"
        echo "$name: $output"
        [ "$status" = 0 ]
        diff -r in/alice/06-busy-loop "$PWD/out/$name/students/alice/06-busy-loop"
        [ "$(find "$PWD/out/$name" -type f | wc -l)" = 3 ]
    done
    [ "$(find out -mindepth 1 -maxdepth 1 | wc -l)" = 15 ]
}

@test "very long names: of a student, and of a path" {
    local long i
    long=$(printf '%0250d' 0 | tr 0 x)
    tree "in/$long"
    tree "in/${long}y"
    tree "in/$(printf '%080d' 0 | sed 's/0/明/g')"
    mkdir make/a
    cd make/a
    for i in {1..20}; do
        mkdir "$long"
        cd "$long"
    done
    echo loop >busy-loop.c
    cd "$BATS_TEST_TMPDIR"
    tar -cf in/t.tar -C make a
    mv make/a in/deep
    collect
    [ "$(find out/students -mindepth 1 -maxdepth 1 | wc -l)" = 5 ]
    [ "$(find out/students -mindepth 1 -maxdepth 1 -printf '%f\n' | awk 'length > 240' | wc -l)" = 0 ]
    [ "$(cat out/students/*/collected | awk '{ if (length > longest) longest = length } END { print longest }')" -lt 1000 ]
    [ "$(cat out/students/*/collected | grep -c '^took 01-clone-pid1')" = 3 ]
}

@test "a zip that asks for a password gives nothing, and asks nobody" {
    tree make/labs
    (cd make && zip -qrP secret ../in/z.zip labs)
    needs script
    collect
    took_nothing z
    noted z 'cannot be read: it has a password'
    run env CAGE=none script -qec "timeout 20 $(printf %q "$top/scripts/instructor/collect") in out" /dev/null </dev/null
    [ "$status" = 0 ]
    [[ $output != *[Pp]assword:* ]]
}

@test "a second run changes nothing; a changed file alone is written; what is gone goes" {
    tree in/a
    tree make/labs
    tar -cf in/b.tar -C make labs
    mkdir out
    collect
    local before after
    before=$(find out -printf '%p %T@ %i\n' | sort)
    collect
    [ "$(find out -printf '%p %T@ %i\n' | sort | grep -v '^out\(/students\)\? ')" = "$(grep -v '^out\(/students\)\? ' <<<"$before")" ]
    [[ $output = *'2 students, 4 programs, 0 of them new or changed, 0 notes'* ]]

    touch now
    echo changed >>in/a/06-busy-loop/busy-loop.c
    collect
    [ "$(find out -type f -newer now)" = out/students/a/06-busy-loop/busy-loop.c ]
    [[ $output = *'4 programs, 1 of them new or changed'* ]]
    [ "$(text a 06-busy-loop)" = $'loop \nchanged' ]

    # What later steps made of a program goes with it; a new one comes.
    touch now out/students/{a,b}/{01-clone-pid1,06-busy-loop}/record out/students/b/note
    rm in/a/01-clone-pid1/clone-pid1.c
    echo join >in/a/setns-join.c
    run "$top/scripts/instructor/collect" in out
    [ "$status" = 0 ]
    [ ! -e out/students/a/01-clone-pid1 ]
    [ -e out/students/a/06-busy-loop/record ]
    took a 03-setns-join setns-join.c
    [ "$(find out -name '*.c' -newer now)" = out/students/a/03-setns-join/setns-join.c ]

    rm in/b.tar
    run "$top/scripts/instructor/collect" in out
    [ "$status" = 0 ]
    [[ $output = *'b: no longer in SUBMISSIONS, removed'* ]]
    [ ! -e out/students/b ]
    [ -e out/students/a ]
}

@test "a folder in GRADES/students that is not from here is left alone, also if a student has its name" {
    mkdir -p out/students/{foreign,bob}
    echo mine | tee out/students/foreign/file >out/students/bob/file
    ln -s ../../make out/students/carol
    echo 'name else' >make/collected
    tree in/alice
    tree in/bob
    tree in/carol
    run "$top/scripts/instructor/collect" in out
    [ "$status" = 0 ]
    [ "$(find out/students/foreign out/students/bob make -type f)" = $'out/students/foreign/file\nout/students/bob/file\nmake/collected' ]
    [ "$(<make/collected)" = 'name else' ]
    [[ $output = *'bob: NOT GRADED: '*'/out/students/bob is there, and not from this script'* ]]
    [[ $output = *'carol: NOT GRADED: '* ]]
    [[ ${lines[-1]} = 'collect: 1 students, '* ]]
}

@test "two entries with one key: the first counts, and it is said in three places" {
    tree in/alice folder
    tree make/labs zip
    (cd make && zip -qr ../in/alice.zip labs)
    tar -czf in/alice.tar.gz -C make labs
    tree in/alice-2
    collect
    [ "$(text alice 06-busy-loop)" = 'loop folder' ]
    [ "$(head -n 1 out/students/alice/collected)" = 'name alice' ]
    noted alice 'not read, for it has the same KEY: alice.tar.gz'
    noted alice 'not read, for it has the same KEY: alice.zip'
    [[ $output = *'alice.tar.gz: NOT GRADED: it has the same KEY as alice.'*'alice.zip: NOT GRADED'* ]]
    [[ ${lines[-1]} = 'collect: 2 students, '*' 2 notes '* ]]
}

@test "other things in SUBMISSIONS are reported and not graded; a folder without a program is a student" {
    tree in/alice
    mkdir in/bob
    touch in/{README,.DS_Store,busy-loop.c,grades.7z,.zip}
    collect
    local name
    for name in README .DS_Store busy-loop.c grades.7z .zip; do
        [[ $output = *"collect: $name: not graded: it is no folder, tar or zip"* ]]
    done
    took_nothing bob
    [[ $output = *'bob: nothing was taken: no program of a lab is in it'* ]]
    [ "$(find out/students -mindepth 1 -maxdepth 1 | wc -l)" = 2 ]
}

# refused TEXT ARGUMENTS...: status 2, that text, and nothing was made.
refused() {
    local before text=$1
    before=$(find . | sort)
    run "$top/scripts/instructor/collect" "${@:2}"
    echo "$output"
    [ "$status" = 2 ]
    [[ $output = *"$text"* ]]
    [ "$(find . | sort)" = "$before" ]
}

@test "SUBMISSIONS or GRADES that is of no use: what is wrong, status 2, and nothing changes" {
    refused usage:
    refused usage: in
    refused usage: in out more
    refused usage: --check in
    refused 'SUBMISSIONS=nowhere is not there' nowhere out
    refused 'SUBMISSIONS=victim is a file' victim out
    refused 'SUBMISSIONS=in has no folder, tar or zip' in out
    touch in/README
    refused 'SUBMISSIONS=in has no folder, tar or zip' in out
    tree in/alice
    refused 'One of SUBMISSIONS=in and GRADES=in lies in the other' in in
    refused 'lies in the other' in in/out
    refused 'lies in the other' in .
    refused 'lies in the other' in in/../in/alice
    ln -s in/alice link
    refused 'lies in the other' in link/out
    refused 'GRADES=victim is of no use' in victim
    # --check says the same, and makes nothing when all is well.
    refused 'lies in the other' --check in in/out
    run "$top/scripts/instructor/collect" --check in out
    [ "$status" = 0 ]
    [ -z "$output" ]
    [ ! -e out ]
    # "in" and "in2" are only alike.
    run "$top/scripts/instructor/collect" in in2
    [ "$status" = 0 ]
}

@test "without bwrap, or with one that does not work: status 3 and what to type; CAGE=none goes on" {
    tree in/alice
    mkdir bin
    ln -s /usr/bin/* /bin/* bin/ 2>/dev/null || true
    rm bin/bwrap
    run env -u CAGE PATH="$PWD/bin" "$top/scripts/instructor/collect" in out
    [ "$status" = 3 ]
    [[ $output = *'not on this machine: bwrap. Type: scripts/machine/need bwrap'*CAGE=none* ]]
    [ ! -e out ]
    printf '%s\n' '#!/bin/sh' 'echo "bwrap: no user namespaces" >&2; exit 1' >bin/bwrap
    chmod +x bin/bwrap
    run env -u CAGE PATH="$PWD/bin" "$top/scripts/instructor/collect" in out
    [ "$status" = 3 ]
    [[ $output = *'bwrap: no user namespaces'*'does not work here'*CAGE=none* ]]
    [ ! -e out ]
    run env CAGE=none PATH="$PWD/bin" "$top/scripts/instructor/collect" in out
    [ "$status" = 0 ]
    took alice 06-busy-loop 06-busy-loop/busy-loop.c
}

@test "a tool that an archive needs is missing: status 3 and what to type, and nothing changes" {
    tree make/labs
    (cd make && zip -qr ../in/a.zip labs)
    tar -cJf in/b.tar.xz -C make labs
    tar -cjf in/c.tar.bz2 -C make labs
    mkdir bin
    ln -s /usr/bin/* /bin/* bin/ 2>/dev/null || true
    rm bin/{unzip,xz}
    ln -sf "$(command -v bash)" bin/busybox
    ln -sf busybox bin/find
    run env PATH="$PWD/bin" "$top/scripts/instructor/collect" in out
    [ "$status" = 3 ]
    [[ $output = *'Type: scripts/machine/need '*unzip* && $output = *'Type: scripts/machine/need '*find* && $output = *'Type: scripts/machine/need '*xz* && $output != *bzip2* ]]
    [ ! -e out ]
}

@test "a plain user collects with the same result" {
    needs_root
    tree in/alice
    tree make/labs
    (cd make && zip -qr ../in/bob.zip labs)
    tar -cf in/carol.tar -C make --mode=0 labs
    mkdir make/labs/busy-loop.c
    touch make/labs/busy-loop.c/x
    tar -cf in/dan.tar -C make --mode=0 --sort=name labs
    collect differ
    local dir
    dir=$(mktemp -d)
    cp -r in "$top/scripts" "$dir"
    mkdir -p "$dir/tests"
    cp "$top"/tests/[0-9]*.bats "$dir/tests"
    chmod -R a+rX "$dir"
    chmod 777 "$dir"
    run as_nobody bash -c "cd '$dir' && scripts/instructor/collect in out && CAGE=none scripts/instructor/collect in none && diff -r out none"
    echo "$output"
    diff -r out "$dir/out" || status=99
    rm -r "$dir"
    [ "$status" = 0 ]
    took carol 06-busy-loop labs/06-busy-loop/busy-loop.c
}

# This run is through with alice, and in the middle of the slow one.
unpacks() {
    [ -e out/students/alice/collected ] && [ -n "$(find /proc/[0-9]*/fd/0 -lname "$PWD/in/slow.tar.bz2" 2>/dev/null)" ]
}

ended() {
    ! kill -0 "$1" 2>/dev/null
}

no_process() {
    [ -z "$(processes)" ]
}

@test "the cage: own namespaces, no capability, no descriptor of the caller, /usr and the submission" {
    tree in/alice
    tree make/labs
    tar -cf in/bob.tar -C make labs
    # In the place of bwrap: before each run, the same cage looks at itself.
    mkdir bin
    cat >bin/bwrap <<END
#!/usr/bin/env bash
for ((i = 1; i <= \$#; i++)); do
    [ "\${!i}" != --remount-ro ] || last=\$i
done
[ "\${!#}" = : ] || $(command -v bwrap) "\${@:1:last-1}" --proc /proc bash -c '
    grep -E "^(CapEff|CapBnd|NoNewPrivs):" /proc/self/status
    readlink /proc/self/ns/*
    cut -d" " -f5 /proc/self/mountinfo
    ls -l /proc/self/fd
    ulimit -t -f -v -c
    chmod 6777 /proc/self/fd/1[0-9]' >"$PWD/cage-\${*:last+6:1}"
exec $(command -v bwrap) "\$@"
END
    chmod +x bin/bwrap
    exec 9<.
    run env PATH="$PWD/bin:$PATH" "$top/scripts/instructor/collect" in out
    exec 9<&-
    [ "$status" = 0 ]
    local cage kind
    for cage in cage-find cage-tar; do
        cat "$cage"
        for kind in cgroup ipc mnt net pid uts; do
            grep -q "^$kind:" "$cage"
            no grep -F "$(readlink /proc/self/ns/$kind)" "$cage"
        done
        grep -qx 'NoNewPrivs:.1' "$cage"
        no grep -vE '^(/|/usr|/bin|/lib|/lib64|/tmp|/tmp/in|/proc(/.*)?|Cap.*|NoNew.*|[a-z_]*:\[.*|total 0|l.* -> .*|.*\(.*, -[tfvc]\).*)$' "$cage"
        [ "$(grep -c '^(core file size .* 0|cpu time .* 5|file size .* 65536|virtual memory .* 1048576)$' -E "$cage")" = 4 ]
        no grep -vE '^[^l]| -> (/proc/[0-9]*/fd|.*/out/students/[.]fresh/(tree/.*[.]c|errors|nothing)|.*/cage-.*|.*/in/bob[.]tar)$' "$cage"
    done
    is_sound out # whatever is done to modes in there
    grep -qx 'CapEff:.0*' cage-tar
    # Root may read folders of others there: CAP_DAC_READ_SEARCH.
    grep -qx "CapEff:.0*$([ "$EUID" != 0 ] || echo 4)" cage-find
}

# Without a cage, what SIGKILL leaves ends when its time is up.
@test "SIGINT, SIGTERM and SIGKILL in the middle leave no process, and no half of a student" {
    slow_archive
    tree in/alice
    # Without a cage, one for which there is no end at all.
    mkdir bin
    printf '%s\n' '#!/bin/sh' 'exec tail -f /dev/null' >bin/bzip2
    chmod +x bin/bzip2
    local signal path=$PATH
    for signal in INT TERM HUP none-INT none-TERM KILL; do
        rm -rf out
        [[ $signal != none* ]] || PATH=$PWD/bin:$path
        # A shell starts what is in the background with SIGINT ignored, and nohup ignores SIGHUP.
        CAGE=${signal%-*} env --default-signal=INT,HUP "$top/scripts/instructor/collect" in out 2>/dev/null 3>&- &
        poll 300 unpacks
        kill -"${signal#*-}" $!
        PATH=$path
        poll 60 ended $!
        status=0
        wait $! || status=$?
        [ "$status" -gt 128 ]
        poll 60 no_process || { echo "after $signal:" && processes && false; }
        [ -e out/students/alice/collected ]
        [ ! -e out/students/slow ]
        [ "$signal" = KILL ] || [ ! -e out/students/.fresh ]
    done
    # What SIGKILL leaves, the next run removes.
    [ -e out/students/.fresh ]
    rm in/slow.tar.bz2
    collect
}
