// lab: 01-clone-pid1
// what: loads a plugin into the compiler, reads a precompiled header, writes files: by pragmas
// stops: none of that can be asked for in a source
// expect: fail
#pragma GCC plugin "/tmp/plugin.so"
#pragma GCC option "-fplugin=/tmp/plugin.so"
#pragma GCC optimize("-fplugin=/tmp/plugin.so")
#pragma GCC optimize("-fdump-tree-all")
#pragma comment(linker, "-o /tmp/other")
#pragma GCC pch_preprocess "/etc/shadow"
#pragma GCC dependency "/etc/shadow"

int main(void)
{
    return 0;
}
