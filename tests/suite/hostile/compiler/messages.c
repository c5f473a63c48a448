// lab: 02-unshare-fork
// what: escape sequences in the compiler's messages
// stops: who shows them escapes them
// expect: does not compile
#error "]0;owned[2J[8m â€® txet ›1A "
#warning "</pre><script>alert(1)</script>"
int aâ€®b = ÿ;
