#!/usr/bin/env bats
# scripts/instructor/collect: what it takes out of what students hand in, however hostile, and what it says.
#
# After every run the same things must hold: see collect().

load helper

setup() {
    command -v zip unzip >/dev/null || skip 'not here: no zip, or no unzip; scripts/machine/need zip unzip'
    needs libarchive
    export BUILD=$BATS_FILE_TMPDIR/build
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

# All that is here but for the result: names, kinds, modes, times, sums.
outside() {
    find . -mindepth 1 ! -path './out*' -printf '%p %y %m %s %t %l\n' | sort
    find . -type f -size -4096k ! -path './out*' -execdir cksum {} + | sort
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

# Runs the script on in, and checks what always has to hold. Sets status and output.
collect() {
    local before
    before=$(outside && processes)
    run "$top/scripts/instructor/collect" in out 3>&-
    echo "$output"
    cat out/students/*/collected
    [ "$status" = 0 ]
    poll 20 is_as_before || diff <(echo "$before") <(outside && processes)
    printf '%s\n' "$output" >said
    is_text said
    rm said
    is_sound out
}

# What reads goes with its caller, but that takes a moment.
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
    no find "out/students/$1" -mindepth 1 -name '*.c'
}

# noted KEY TEXT: there is a note with that text.
noted() {
    grep '^note ' "out/students/$1/collected" | grep -qF -- "$2"
}

no_notes() {
    no grep ^note "out/students/$1/collected"
}

needs() {
    local why
    why=$(bash "$top/scripts/machine/need" --try "$@") || skip "not here: $why"
}

# expect <<END: lines KEYS WHAT TEXT. WHAT is 1 or 6 (the program of that lab was taken from the path TEXT),
# no (nothing was taken), note (with TEXT in it), or clean (there is no note). KEYS have commas between them.
expect() {
    local keys key what text
    while IFS=' ' read -r keys what text; do
        for key in ${keys//,/ }; do
            case $what in
                1) took "$key" 01-clone-pid1 "$text" ;;
                6) took "$key" 06-busy-loop "$text" ;;
                no) took_nothing "$key" ;;
                note) noted "$key" "$text" ;;
                clean) no_notes "$key" ;;
            esac || { echo "not so: $key $what $text" && return 1; }
        done
    done
}

# archive FOLDER NAME...: packs what is in a folder as in/NAME, by the suffix.
archive() {
    local name
    for name in "${@:2}"; do
        case $name in
            *.zip | *.ZIP) (cd "$1" && zip -qry "$OLDPWD/in/$name" .) ;;
            *) tar --auto-compress --sort=name -cf "in/$name" -C "$1" . ;;
        esac
    done
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

@test "a folder, and archives of all kinds, as a tree or as bare files, give the same programs" {
    tree make/labs
    touch make/labs/Makefile make/labs/01-clone-pid1/README.md
    mkdir make/bare
    cp make/labs/*/*.c make/bare
    cp -r make/labs in/folder
    cp -r make/bare in/bare
    mkdir make/x
    cp -r make/labs make/x
    archive make/x tar.tar gz.tar.gz xz.tar.xz zst.tar.zst zip.zip
    archive make/labs tgz.tgz
    archive make/bare bz2.tar.bz2 UPPER.ZIP
    # One of each that no free tool makes everywhere, with the same two programs in labs/.
    base64 -d >in/seven.7z <<<'N3q8ryccAAM5SYnYhAAAAAAAAAAhAAAAAAAAAPA2fPZLzsnPS1XgysnPL1DgAgAAAIEzB64Pzt0HYQkqrrlcOAMJmS+DKhnwTT+XtiyXWm449xvDBWwSYl2tGcRTj3Ogsy6JC/JOKRGQ+WTyLal9gUyjthFK1sf4EPGLUgzJ/gCDj7DhCsnEjqLwqpnklSMmnjGIy3niqU9w3JamScyP//7JRAAXBg8BCXUABwsBAAEjAwEBBV0AAIAADIC0CgEcWZzxAAA='
    base64 -d >in/rar.rar <<<'UmFyIRoHAM+QcwAADQAAAAAAAAA9DXQAgD8ABwAAAAcAAAAD/OLSowAAAFAUMB8ApIEAAGxhYnNcMDEtY2xvbmUtcGlkMVxjbG9uZS1waWQxLmNjbG9uZSAKc/V0AIA9AAYAAAAGAAAAA6fMc5cAAABQFDAdAKSBAABsYWJzXDA2LWJ1c3ktbG9vcFxidXN5LWxvb3AuY2xvb3AgCsQ9ewBABwA='
    base64 -d >in/rar5.rar <<<'UmFyIRoHAQDFGjMyAwEAAFI1CzsuAgIHBAekgwL84tKjAAEfbGFicy8wMS1jbG9uZS1waWQxL2Nsb25lLXBpZDEuY2Nsb25lIAqBEogTLAICBgQGpIMCp8xzlwABHWxhYnMvMDYtYnVzeS1sb29wL2J1c3ktbG9vcC5jbG9vcCAKGbI6NQMFAAA='
    # Archives in a folder and in one another; what an archive is, is found by its content: a suffix may lie.
    mkdir in/{inner,deep}
    cp in/seven.7z in/inner/labs.zip
    tar -czf in/deep/c.tgz -C in seven.7z
    (cd in/deep && zip -q c.zip c.tgz && rm c.tgz)
    cp in/gz.tar.gz in/lies.zip
    cp in/zip.zip in/lies-2.tar
    cp in/xz.tar.xz in/lies-3.tar.bz2
    collect
    local key
    for key in folder bare tar gz tgz xz bz2 zst zip UPPER seven rar rar5 inner deep lies lies-2 lies-3; do
        diff make/labs/01-clone-pid1/clone-pid1.c "out/students/$key/01-clone-pid1/clone-pid1.c"
        diff make/labs/06-busy-loop/busy-loop.c "out/students/$key/06-busy-loop/busy-loop.c"
        no_notes "$key"
        [ "$(find "out/students/$key" -type f | wc -l)" = 3 ]
    done
    expect <<'END'
folder 1 01-clone-pid1/clone-pid1.c
zip,seven,rar,rar5,lies,lies-2,lies-3 1 labs/01-clone-pid1/clone-pid1.c
UPPER 6 busy-loop.c
inner 6 labs.zip/labs/06-busy-loop/busy-loop.c
deep 6 c.zip/c.tgz/seven.7z/labs/06-busy-loop/busy-loop.c
END
    [ "$(head -n 1 out/students/gz/collected)" = 'name gz' ]
    [ "$(head -n 1 out/students/seven/collected)" = 'name seven' ]
    [[ ${lines[-1]} = 'collect: 18 students, 36 programs, 36 of them new or changed, 0 notes '* ]]
}

@test "a file that only looks like an archive, or half of one, is noted and gives nothing" {
    local tool
    tree make/labs
    head -c 100000 /dev/urandom >make/labs/06-busy-loop/large
    echo 'Dear teacher, here is my work' >in/letter.zip
    : >in/empty.tar
    : >in/nothing.zip
    head -c 3000 /dev/urandom >in/noise.tgz
    tar -cf make/all.tar -C make labs
    head -c 90000 make/all.tar >in/half.tar
    (cd make && zip -qr - labs) | head -c 90000 >in/zip-half.zip
    gzip <make/labs/01-clone-pid1/clone-pid1.c >in/program.tgz
    zip -q in/sum.zip -j make/labs/06-busy-loop/busy-loop.c
    patch_bytes 's/loop /lxxp /' in/sum.zip
    for tool in gzip xz bzip2 zstd; do
        needs "$tool"
        "$tool" -c make/all.tar | head -c 90000 >"in/$tool-half.tgz"
    done
    cp in/gzip-half.tgz in/lies.zip
    mkdir in/mixed
    cp make/labs/06-busy-loop/busy-loop.c in/gzip-half.tgz in/mixed
    collect
    expect <<'END'
letter,empty,nothing,noise,half,zip-half,program,sum,gzip-half,xz-half,bzip2-half,zstd-half,lies no
letter,empty,nothing,noise,half,zip-half,program,sum,gzip-half,xz-half,bzip2-half,zstd-half,lies note cannot be read: 
letter note Needed: the same as another zip or tar
mixed 6 busy-loop.c
mixed note cannot be read: gzip-half.tgz: 
END
    [[ $output = *'letter: nothing was taken: cannot be read: '* ]]
}

@test "odd but honest: no kind in a zip, bytes before or behind an archive, backslashes of Windows" {
    local tool
    tree make/labs
    (cd make && zip -qr ../in/kind.zip labs)
    { echo 'sent by mail' && cat in/kind.zip; } >in/mail.zip
    cp in/kind.zip in/slash.zip
    patch_bytes 's,\x00\x00\xa4\x81,\x00\x00\xa4\x01,g' in/kind.zip
    unzip -Z -s in/kind.zip | grep -q '^?'
    patch_bytes 's,labs/0,labs\\0,g; s,/clone-pid1,\\clone-pid1,g; s,/busy-loop,\\busy-loop,g' in/slash.zip
    patch_bytes 's,PK\x01\x02..,PK\x01\x02\x14\x00,g' in/slash.zip # made by: FAT
    tar -cf make/all.tar -C make labs
    for tool in gzip xz bzip2 zstd; do
        needs "$tool"
        { "$tool" -c make/all.tar && printf x; } >"in/$tool-1.tar.gz"
        { "$tool" -c make/all.tar && head -c 700 /dev/urandom; } >"in/$tool-700.tgz"
    done
    mkdir -p make/mac/__MACOSX/labs/06-busy-loop
    cp -r make/labs make/mac
    touch make/mac/__MACOSX/labs/06-busy-loop/{._busy-loop.c,busy-loop.c} make/mac/labs/._clone-pid1.c
    archive make/mac mac.zip
    collect
    expect <<'END'
kind,mail,slash,gzip-1,gzip-700,bzip2-1,bzip2-700,mac 1 labs/01-clone-pid1/clone-pid1.c
kind,mail,slash,gzip-1,gzip-700,bzip2-1,bzip2-700,mac 6 labs/06-busy-loop/busy-loop.c
kind,mail,slash,gzip-1,gzip-700,bzip2-1,bzip2-700,mac clean
xz-1,xz-700,zstd-1,zstd-700 no
xz-1,xz-700,zstd-1,zstd-700 note Needed: the same as another zip or tar
END
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
        archive "in/$key" "t$key.tar"
    done
    # Of the same path twice, the second is the newer.
    tree make/1 old
    tree make/2 new
    tar -cf in/twice.tar -C make/1 .
    tar -rf in/twice.tar -C make/2 .
    collect
    expect <<'END'
a,ta 1 x/y/01-clone-pid1/clone-pid1.c
a,ta note 01-clone-pid1: 3 files have its name. This one counts: x/y/01-clone-pid1/clone-pid1.c
c,tc 6 d/busy-loop.c
c,tc note 06-busy-loop: 2 files have its name. This one counts: d/busy-loop.c
twice clean
END
    for key in '' t; do
        [ "$(text "${key}a" 01-clone-pid1)" = 'clone deep' ]
        [ "$(text "${key}f" 06-busy-loop)" = 'loop right' ]
    done
    [ "$(text twice 06-busy-loop)" = 'loop new' ]
}

@test "only the exact name counts; each one that is nearly right is named, unless the right one is there" {
    mkdir -p in/a/clone-pid1.c/busy-loop.c in/b in/c/01-clone-pid1
    touch in/a/{Setns-Join.c,unshare-fork.c.old,.clone-pid1.c,busy_loop.c,busy-loop,busy-loop.o,setns-join.md}
    touch in/b/{'clone-pid1 (1).c',unshare-fork.c.txt,03-setns-join.c,busy-loop.C,ns-inode-listing_ann.c,my-cgroup-cpuset-pin.c}
    touch in/c/01-clone-pid1/main.c
    tree in/d
    touch in/d/01-clone-pid1/{clone-pid1.c.c,help.c} in/d/{old-busy-loop.c,'busy-loop(2).c.txt'}
    local key
    for key in a b c d; do
        archive "in/$key" "t$key.tar" "z$key.zip"
    done
    collect
    expect <<'END'
a,b,c,ta,tb,tc,za,zb,zc no
a,ta,za note not taken: Setns-Join.c. Rename it to setns-join.c, then grade again
a,ta,za note not taken: unshare-fork.c.old. Rename it
a,ta,za note not taken: .clone-pid1.c. Rename it
a,ta,za note not taken: busy_loop.c. Rename it
b,tb,zb note not taken: clone-pid1 (1).c. Rename it
b,tb,zb note not taken: unshare-fork.c.txt. Rename it
b,tb,zb note not taken: 03-setns-join.c. Rename it
b,tb,zb note not taken: busy-loop.C. Rename it
b,tb,zb note not taken: ns-inode-listing_ann.c. Rename it
b,tb,zb note not taken: my-cgroup-cpuset-pin.c. Rename it
c,tc,zc note not taken: 01-clone-pid1/main.c. Rename it to clone-pid1.c
d,td,zd clean
END
    [ "$(grep -c ^note out/students/a/collected)" = 4 ]
    [ "$(grep -c ^note out/students/b/collected)" = 6 ]
}

@test "a program of 1 MiB is taken, a larger one is not; an empty one and zero bytes are noted" {
    mkdir in/{a,b,c,d}
    tree in/d
    head -c 5M /dev/zero >in/d/busy-loop.c
    archive in/d td.tgz
    rm -r in/d
    head -c 1048576 /dev/zero | tr '\0' ' ' >in/a/busy-loop.c
    { cat in/a/busy-loop.c && echo; } >in/b/busy-loop.c
    tree in/b
    mv in/b/busy-loop.c in/b/06-busy-loop/busy-loop.c
    : >in/c/busy-loop.c
    printf 'int\0main' >in/c/clone-pid1.c
    local key
    for key in a b c; do
        archive "in/$key" "t$key.tar.xz" "z$key.zip"
    done
    collect
    expect <<'END'
b,tb,zb note 06-busy-loop: not taken, because it is larger than 1 MiB: 06-busy-loop/busy-loop.c
b,tb,zb 1 01-clone-pid1/clone-pid1.c
c,tc,zc 6 busy-loop.c
c,tc,zc note 06-busy-loop: the file is empty
c,tc,zc note 01-clone-pid1: the file has zero bytes in it
td 6 06-busy-loop/busy-loop.c
END
    for key in '' t z; do
        cmp in/a/busy-loop.c "out/students/${key}a/06-busy-loop/busy-loop.c"
        [ ! -e "out/students/${key}b/06-busy-loop" ]
        cmp in/c/clone-pid1.c "out/students/${key}c/01-clone-pid1/clone-pid1.c"
    done
}

@test "names with .. and absolute names, also in extended headers, reach nothing outside, and are noted" {
    local short
    tree make/in/labs
    ln -s x make/in/labs/link
    echo 'hit' >make/in/victim
    tar -cPf in/dots.tar -C make/in --transform 's,^,../../../../,' labs victim
    tar -cPf in/beside.tar -C make/in --transform 's,^victim,../../victim,' labs victim
    tar -cPf in/middle.tgz -C make/in --transform 's,^,x/../../,' labs/06-busy-loop/busy-loop.c victim
    tar -cPzf in/absolute.tar.gz -C make/in --transform "s,^victim,$PWD/victim," --transform "s,^labs,$PWD/labs," labs victim
    tar -cPf in/p.tar --format=posix --pax-option="path:=$PWD/victim" -C make/in labs/01-clone-pid1/clone-pid1.c
    tar -cPf in/d.tar --format=posix --pax-option='path:=../../../06-busy-loop/busy-loop.c' -C make/in labs/06-busy-loop/busy-loop.c
    tar -cPf in/l.tar --format=posix --pax-option="linkpath:=$PWD/victim" -C make/in labs
    tar -cPf in/s.tar --format=posix --pax-option='size:=99999999999' -C make/in labs
    mkdir make/deep
    (cd make/deep && zip -qr ../../in/zip.zip ../in)
    short=$(printf '%*s' "${#PWD}" '' | tr ' ' x)
    mkdir -p "make/deep/$short/01-clone-pid1"
    echo hit >"make/deep/$short/victim"
    echo clone >"make/deep/$short/01-clone-pid1/clone-pid1.c"
    (cd make/deep && zip -qr ../../in/zip-absolute.zip "$short")
    patch_bytes "s,$short,$PWD,g" in/zip-absolute.zip
    collect
    [ "$(<victim)" = untouched ]
    expect <<END
dots 1 ../../../../labs/01-clone-pid1/clone-pid1.c
dots note name that leads out of the archive; the first: ../../../../labs
middle 6 x/../../labs/06-busy-loop/busy-loop.c
middle note 2 x name that leads out of the archive; the first: x/../../labs/06-busy-loop/busy-loop.c
beside 1 labs/01-clone-pid1/clone-pid1.c
beside note 1 x name that leads out of the archive; the first: ../../victim
absolute 1 ${PWD#/}/labs/01-clone-pid1/clone-pid1.c
absolute note name that leads out of the archive; the first: $PWD/
zip 1 ../in/labs/01-clone-pid1/clone-pid1.c
zip note name that leads out of the archive; the first: ../in/
zip-absolute note name that leads out of the archive; the first: $PWD/
p no
p note name that leads out of the archive
d 6 ../../../06-busy-loop/busy-loop.c
l 6 labs/06-busy-loop/busy-loop.c
s no
s note cannot be read: 
END
}

@test "symbolic links are not followed, whether to a file, to a folder, or through one" {
    mkdir -p secret/01-clone-pid1 in/a/06-busy-loop make/{1,2,3/0ut}
    echo secret >secret/01-clone-pid1/clone-pid1.c
    echo loop >in/a/06-busy-loop/busy-loop.c
    ln -s "$PWD/secret" in/a/folder
    ln -s ../../secret/01-clone-pid1 in/a/01-clone-pid1
    ln -s "$PWD/secret/01-clone-pid1/clone-pid1.c" in/a/clone-pid1.c
    ln -s /etc/passwd in/a/06-busy-loop/setns-join.c
    ln -s loop in/a/loop
    ln -s /dev/zero in/a/unshare-fork.c
    archive in/a t.tar z.zip
    ln -s ../secret in/linked
    ln -s ../make/labs.zip in/linked-2.zip
    # A link in an archive, and then a file through it.
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
    collect
    [ "$(<victim)" = untouched ]
    no grep -r secret out
    local key
    for key in a t z; do
        [ "$(grep -c ^took "out/students/$key/collected")" = 1 ]
    done
    expect <<'END'
a,t,z 6 06-busy-loop/busy-loop.c
a,t,z note 6 x link, device or the like, not followed
linked,linked-2 no
linked note not read, because it is not a folder or an archive. Put what it is into a folder with the name of the student: linked
linked-2 note not read, because it is not a folder or an archive
folder note 1 x link, device or the like, not followed; the first: out
folder 6 out/busy-loop.c
file 6 busy-loop.c
file note 1 x link, device or the like, not followed; the first: busy-loop.c
zip note 2 x link, device or the like, not followed; the first: 
END
}

@test "hard links: of an archive none is followed; a file with a second name may be somebody else's" {
    tree make/labs
    tree secret
    ln make/labs/06-busy-loop/busy-loop.c make/labs/same.c
    tar -cf in/inside.tar -C make --sort=name labs
    ln make/labs/01-clone-pid1/clone-pid1.c make/labs/first
    tar -cPf in/outside.tar -C make --transform "flags=h;s,.*,$PWD/secret/06-busy-loop/busy-loop.c," labs/same.c labs/06-busy-loop
    tar -cPf in/passwd.tar -C make --transform 'flags=h;s,.*,../../../../../../../etc/passwd,' labs/first labs/01-clone-pid1
    mkdir in/a
    echo 'root:x:0:0' >secret/shadow
    (cd secret && zip -q shadow.zip 01-clone-pid1/clone-pid1.c)
    ln secret/shadow in/a/clone-pid1.c
    ln secret/shadow.zip in/a/labs.zip
    echo loop >in/a/busy-loop.c
    collect
    no grep -r root:x out
    [ ! -e out/students/a/01-clone-pid1 ]
    expect <<'END'
inside 6 labs/06-busy-loop/busy-loop.c
outside,passwd no
outside note 1 x link, device or the like, not followed; the first: labs/06-busy-loop/busy-loop.c
a 6 busy-loop.c
a note 2 x link, device or the like, not followed; the first: 
END
}

@test "devices and FIFOs are noted; nothing waits for them; odd modes do not come along" {
    mkdir -p in/a/06-busy-loop
    mkfifo in/a/06-busy-loop/busy-loop.c in/a/pipe in/fifo.zip
    tree in/a/labs
    archive in/a t.tar
    tar -cf in/device.tar -C /dev --transform 's,^,06-busy-loop/busy-loop.c/,;s,/zero,,' zero null
    tree make/labs
    chmod 6755 make/labs/06-busy-loop/busy-loop.c
    tar -cf in/none.tar -C make --mode=0 labs
    tar -cf in/setuid.tar -C make --mode=a=rx,ug+s labs
    chmod 7777 make/labs/01-clone-pid1/clone-pid1.c
    (cd make && zip -qr ../in/z.zip labs)
    collect # looks at the modes
    rm in/fifo.zip
    expect <<'END'
a,t 6 labs/06-busy-loop/busy-loop.c
a,t note 2 x link, device or the like, not followed; the first: 
device no
device note 2 x link, device or the like, not followed; the first: 
fifo no
fifo note not read, because it is not a folder or an archive
none,setuid,z 1 labs/01-clone-pid1/clone-pid1.c
END
    [[ $output = *'fifo: nothing was taken: '* ]]
}

@test "root reads folders and archives that are only their owner's to read" {
    needs_root
    tree in/a
    tree in/x_123_assignsubmission_file_
    archive in/a t.tar y_1_assignsubmission_file_labs.zip
    chown -R 12345:12345 in/*
    chmod -R go= in/*
    collect
    expect <<'END'
a,t,x_123 6 06-busy-loop/busy-loop.c
y_1 6 labs.zip/06-busy-loop/busy-loop.c
END
}

@test "sparse files, bombs, entries without end, archives in one another: bounded, and said" {
    tree make/labs
    truncate -s 900G make/sparse make/labs/01-clone-pid1/clone-pid1.c
    tar -cSf in/sparse.tar -C make sparse labs/06-busy-loop
    tar -cSf in/sparse-program.tar -C make labs
    mkdir in/a
    mv make/labs in/a/labs
    rm make/sparse
    tree make/labs
    head -c 300M /dev/zero >make/zero
    (cd make && zip -q1r ../in/beside.zip zero labs)
    head -c 100M make/zero >make/labs/01-clone-pid1/clone-pid1.c
    rm make/zero
    (cd make && zip -q1r ../in/program.zip labs)
    tar -cf in/program-t.tar.zst --zstd -C make labs
    cp in/program.zip make/labs/01-clone-pid1/clone-pid1.c
    head -c 70M /dev/zero >make/labs/large.zip
    rm make/labs/06-busy-loop/busy-loop.c
    tar -cf in/nested.tar.gz -I gzip -C make labs
    rm -r make/labs
    tree make/labs
    (cd make && zip -qr 4.zip labs && zip -q 3.zip 4.zip && zip -q 2.zip 3.zip && zip -q ../in/four.zip 2.zip)
    mkdir make/{d,e}
    seq -f 'make/d/%.0f' 20000 | xargs touch
    seq -f '/x/%.0f' 1000 | xargs ln -st make/e
    tar -cf in/entries.tar -C make d labs
    tar -cf in/links.tar -C make e labs
    yes labs/06-busy-loop/busy-loop.c | head -n 5000 | tar -cf in/programs.tar --hard-dereference -C make -T -
    cp -r make/e in/folder
    tree in/folder
    rm -r make
    slow_archive
    collect
    expect <<'END'
sparse,sparse-program,a,beside,program,program-t,entries,links,programs 6 labs/06-busy-loop/busy-loop.c
sparse,beside,entries,programs clean
sparse-program,a,program,program-t note 01-clone-pid1: not taken, because it is larger than 1 MiB
nested note 01-clone-pid1: the file has zero bytes
nested note not read, because it is larger than 64 MiB: labs/large.zip
four no
four note not read, because more than 3 archives are in one another: 2.zip/3.zip/4.zip
links,folder note 1000 x link, device or the like, not followed
folder 6 06-busy-loop/busy-loop.c
slow no
slow note cannot be read: it takes more than 5 s
END
    [ "$(grep -c ^took out/students/nested/collected)" = 1 ]
}

@test "whoever is killed for what is used, or breaks, says nothing, and the note does" {
    local program sum
    tree in/a
    export BUILD=$PWD/build
    # shellcheck disable=SC2016 # nothing is to be expanded
    for program in 'kill -KILL $$' 'kill -ABRT $$' 'echo "unpack: broken" >&2; exit 3' 'printf "note lie\0took 06-busy-loop x\0"; exit 1'; do
        "$top/scripts/instructor/collect" in out
        took a 06-busy-loop 06-busy-loop/busy-loop.c
        # shellcheck disable=SC2016
        printf '%s\n' '#!/bin/bash' '[ "$1" = --check ] && exit' "$program" >build/unpack
        read -r sum _ < <(sha256sum build/unpack)
        sed -i "s|^[0-9a-f]*  $BUILD|$sum  $BUILD|" build/unpack.of
        run "$top/scripts/instructor/collect" in out
        [ "$status" = 0 ]
        took_nothing a
        no grep lie out/students/a/collected
        case $program in
            kill*) noted a 'cannot be read: it takes more than 5 s' ;;
            echo*) noted a 'cannot be read: unpack: broken' ;;
            *) noted a 'cannot be read: its reader ended with status 1' ;;
        esac
        rm build/*
    done
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
    noted "$key.txt" "not read, because it is not a folder or an archive"
    [[ $output = *"collect: $text.txt: nothing was taken"* ]]
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

@test "an archive that asks for a password gives nothing, and asks nobody" {
    tree make/labs
    (cd make && zip -qrP secret ../in/z.zip labs)
    needs script
    mkdir in/inner
    cp in/z.zip in/inner
    collect
    expect <<'END'
z,inner no
z note cannot be read: it has a password. Needed: the same without
inner note cannot be read: z.zip: it has a password. Needed: the same without
END
    run script -qec "timeout 20 $(printf %q "$top/scripts/instructor/collect") in out" /dev/null </dev/null
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
    touch now out/students/{a,b}/{01-clone-pid1,06-busy-loop}/{record,result,verdicts} out/students/b/note
    mkdir out/students/a/04-ns-inode-listing
    touch out/students/a/04-ns-inode-listing/record # it says that nothing was handed in
    rm in/a/01-clone-pid1/clone-pid1.c
    echo join >in/a/setns-join.c
    run "$top/scripts/instructor/collect" in out
    [ "$status" = 0 ]
    [ ! -e out/students/a/01-clone-pid1 ]
    [ -e out/students/a/06-busy-loop/record ]
    [ -e out/students/a/04-ns-inode-listing/record ]
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
    archive make alice.zip alice.tar.gz
    tree in/alice-2
    collect
    [ "$(text alice 06-busy-loop)" = 'loop folder' ]
    [ "$(head -n 1 out/students/alice/collected)" = 'name alice' ]
    noted alice 'not read, because it has the same KEY: alice.tar.gz'
    noted alice 'not read, because it has the same KEY: alice.zip'
    [[ $output = *'alice.tar.gz: NOT GRADED: it has the same KEY as alice.'*'alice.zip: NOT GRADED'* ]]
    [[ ${lines[-1]} = 'collect: 2 students, '*' 2 notes '* ]]
}

@test "whatever may be somebody's has a row, also if it cannot be read; what is nobody's is said" {
    tree in/alice
    mkdir in/bob in/__MACOSX
    touch in/{README,.DS_Store,busy-loop.c,six.docx,letter.pdf,grades.csv,.zip,empty.7z,empty.rar}
    collect
    local name
    for name in README .DS_Store grades.csv .zip; do
        [[ $output = *"collect: $name: not graded: it is not a folder or an archive"* ]]
    done
    expect <<'END'
bob,busy-loop.c,six.docx,letter.pdf,empty no
bob note no program of a lab is in it
busy-loop.c note not read, because it is not a folder or an archive. Put what it is into a folder with the name of the student: busy-loop.c
six.docx,letter.pdf note not read, because it is not a folder or an archive
empty note cannot be read: 
empty note not read, because it has the same KEY: empty.rar
END
    [[ $output = *'bob: nothing was taken: no program of a lab is in it'* ]]
    [ "$(find out/students -mindepth 1 -maxdepth 1 | wc -l)" = 6 ]
}

# What Moodle, Canvas and Gradescope give for five students, in a folder.
lms() {
    tree make/labs zip
    (cd make && zip -qr labs.zip labs)
    mkdir -p "$1/Stud One_48213_assignsubmission_"{file,onlinetext}_ "$1"/submission_{12,13}
    cp make/labs.zip "$1/Stud One_48213_assignsubmission_file_"
    echo 'my words' >"$1/Stud One_48213_assignsubmission_onlinetext_/onlinetext.html"
    cp make/labs.zip "$1/Zoë 王_48214_assignsubmission_file_labs.zip"
    echo 'busy one' >"$1/onestud_48213_990121_busy-loop.c"
    echo 'busy nine' >"$1/onestud_48213_990129_busy-loop-9.c"
    echo 'busy ten' >"$1/onestud_LATE_48213_990140_busy-loop-10.c"
    cp make/labs/01*/*.c "$1/onestud_48213_990131_clone-pid1.c"
    cp make/labs.zip "$1/twostud_48215_990140999_labs-2.zip"
    echo '%PDF' >"$1/threestud_48216_990141_letter.pdf"
    touch "$1/threestud_48216_990142_clone-pid1 (1).c"
    cp make/labs/*/*.c "$1/submission_12"
    printf '%s:\n  :submitters:\n  - :name: %s\n    :sid: "1"\n' submission_12 'Grace Scope' >"$1/submission_metadata.yml"
}

lms_is_right() {
    expect <<'END'
Stud@20One_48213 6 labs.zip/labs/06-busy-loop/busy-loop.c
Zo@c3@ab@20@e7@8e@8b_48214 6 labs.zip/labs/06-busy-loop/busy-loop.c
Stud@20One_48213,Zo@c3@ab@20@e7@8e@8b_48214,twostud_48215,submission_12 clean
onestud_48213 1 clone-pid1.c
onestud_48213 6 busy-loop.c
onestud_48213 note not read, because there is a newer try of it: onestud_48213_990121_busy-loop.c
onestud_48213 note not read, because there is a newer try of it: onestud_48213_990129_busy-loop-9.c
onestud_48213 note late, as Canvas says: onestud_LATE_48213_990140_busy-loop-10.c
twostud_48215 1 labs.zip/labs/01-clone-pid1/clone-pid1.c
threestud_48216 no
threestud_48216 note not taken: clone-pid1 (1).c. Rename it to clone-pid1.c, then grade again
submission_12 1 clone-pid1.c
submission_13 no
submission_13 note no program of a lab is in it
END
    [ "$(text onestud_48213 06-busy-loop)" = 'busy ten' ]
    [ "$(find out/students -mindepth 1 -maxdepth 1 | wc -l)" = 7 ]
}

@test "Moodle's, Canvas's and Gradescope's files, as they are, below a folder, or as one archive" {
    local form
    lms make/class
    for form in plain below zip tar wrapped; do
        echo "# $form"
        rm -rf in out
        mkdir in
        case $form in
            plain) cp -r make/class/* in ;;
            below) cp -r make/class "in/exported class" ;;
            zip) archive make/class all.zip ;;
            tar) archive make/class all.tar.gz ;;
            wrapped)
                mkdir make/more
                cp -r make/class/submission_1* make/class/*.yml make/class/Stud* make/class/Zo* make/more
                tar -czf in/all.tgz -C make more
                ;;
        esac
        collect
        if [ "$form" = wrapped ]; then
            expect <<<'submission_12 1 clone-pid1.c'
            expect <<<'Stud@20One_48213 6 labs.zip/labs/06-busy-loop/busy-loop.c'
            [ "$(find out/students -mindepth 1 -maxdepth 1 | wc -l)" = 4 ]
        else
            lms_is_right
        fi
        [[ $form != plain && $form != below ]] || [ "$(head -n 1 out/students/submission_12/collected)" = 'name Grace Scope, submission_12' ]
    done
}

@test "no archive of a student is taken for a class, and two names that only look like Canvas's are two" {
    lms make/class
    archive make/class mallory.zip
    tree "in/Stud One_48213_assignsubmission_file_" mine
    echo a >in/hw_2024_1101_ann.c
    tree make/ann
    (cd make/ann && zip -qr ../../in/hw_2024_1101_bob.zip .)
    collect
    [ "$(text Stud@20One_48213 06-busy-loop)" = 'loop mine' ]
    expect <<'END'
Stud@20One_48213 clean
hw_2024_1101_ann.c no
hw_2024_1101_bob 6 06-busy-loop/busy-loop.c
END
    [ "$(find out/students -mindepth 1 -maxdepth 1 | wc -l)" = 4 ]
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
    refused 'SUBMISSIONS=in has no folder or archive in it' in out
    touch in/README
    refused 'SUBMISSIONS=in has no folder or archive in it' in out
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

@test "a reader that cannot be locked up reads nothing: status 3, why, and nothing changes" {
    local sum
    tree in/alice
    export BUILD=$PWD/build
    "$top/scripts/instructor/collect" --check in out
    printf '%s\n' '#!/bin/sh' 'echo "unpack: no seccomp" >&2; exit 1' >build/unpack
    read -r sum _ < <(sha256sum build/unpack)
    sed -i "s|^[0-9a-f]*  $BUILD|$sum  $BUILD|" build/unpack.of
    run "$top/scripts/instructor/collect" in out
    [ "$status" = 3 ]
    [[ $output = *'unpack: no seccomp'*'does not work here, see above'*'allows seccomp'* ]]
    [ ! -e out ]
}

@test "no compiler: status 3 and what to type, and nothing changes" {
    tree in/alice
    mkdir bin
    ln -s /usr/bin/* /bin/* bin/ 2>/dev/null || true
    rm -f bin/{cc,gcc,clang}
    run env -u CC PATH="$PWD/bin" "$top/scripts/instructor/collect" in out
    [ "$status" = 3 ]
    [[ $output = *'not on this machine: cc. Type: scripts/machine/need cc'* ]]
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
    collect
    local dir
    dir=$(mktemp -d)
    cp -r in "$top/scripts" "$dir"
    unset BUILD
    mkdir -p "$dir/tests"
    cp "$top"/tests/[0-9]*.bats "$dir/tests"
    chmod -R a+rX "$dir"
    chmod 777 "$dir"
    run as_nobody bash -c "cd '$dir' && scripts/instructor/collect in out"
    echo "$output"
    diff -r out "$dir/out" || status=99
    rm -r "$dir"
    [ "$status" = 0 ]
    took carol 06-busy-loop labs/06-busy-loop/busy-loop.c
}

# This run is through with alice, and in the middle of the slow one.
unpacks() {
    [ -e out/students/alice/collected ] && grep -qsF "$PWD/in/slow.tar.bz2" /proc/[0-9]*/maps
}

ended() {
    ! kill -0 "$1" 2>/dev/null
}

no_process() {
    [ -z "$(processes)" ]
}

@test "locked up: a library that is led astray gets at no file, process or network; no file of the caller is open" {
    tree in/a
    archive in/a b.zip
    # In the place of libarchive's function, which is called when the door is locked.
    cat >astray.c <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#define TRY(call) printf("note %s: " #call "%c", (call) == -1 ? "refused" : "GOT THROUGH", 0)
int archive_read_open_memory(void *archive, const void *bytes, size_t size)
{
    char *const none[] = {NULL};
    char byte;
    int (*next)(void *, const void *, size_t) = dlsym(RTLD_NEXT, "archive_read_open_memory");
    TRY(open("/", O_RDONLY));
    TRY(open("mine", O_WRONLY | O_CREAT, 0600));
    TRY(chmod("tree", 0777));
    TRY(fchmod(1, 06777));
    TRY(unlink("said"));
    TRY(fork());
    TRY(execve("/bin/true", none, none));
    TRY(kill(getppid(), SIGTERM));
    TRY(socket(AF_INET, SOCK_STREAM, 0));
    TRY(ptrace(PTRACE_TRACEME, 0, 0, 0));
    TRY(read(0, &byte, 1));
    TRY(fcntl(1, F_GETFL));
    int files = 0;
    for (int fd = 3; fd < 100; fd++)
        files += write(fd, "", 0) == 0;
    printf("note files: %d%c", files, 0);
    return next(archive, bytes, size);
}
END
    cc -shared -fPIC -w -o astray.so astray.c -ldl
    exec 15>mark
    run env LD_PRELOAD="$PWD/astray.so" "$top/scripts/instructor/collect" in out
    exec 15>&-
    cat out/students/b/collected
    [ "$status" = 0 ]
    took b 06-busy-loop 06-busy-loop/busy-loop.c
    [ "$(grep -c '^note refused: ' out/students/b/collected)" = 12 ]
    no grep 'GOT THROUGH' out/students/b/collected
    # One file for each lab, to write its program.
    grep -qx "note files: $(grep -Lx '# what: demonstration' "$top"/tests/[0-9]*.bats | wc -l)" out/students/b/collected
    no_notes a
}

@test "SIGINT, SIGTERM and SIGKILL in the middle leave no process, and no half of a student" {
    slow_archive
    tree in/alice
    local signal
    for signal in INT TERM HUP KILL; do
        rm -rf out
        # A shell starts what is in the background with SIGINT ignored, and nohup ignores SIGHUP.
        env --default-signal=INT,HUP "$top/scripts/instructor/collect" in out 2>/dev/null 3>&- &
        poll 300 unpacks
        kill -"$signal" $!
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
