// lab: 02-unshare-fork
// what: puts a file without an end into the program
// stops: the assembler reads only files that have a size, or its limits end it
// expect: does not compile
__asm__(".incbin \"/dev/zero\"");

int main(void)
{
    return 0;
}
