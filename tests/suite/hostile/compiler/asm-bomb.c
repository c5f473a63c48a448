// lab: 01-clone-pid1
// what: a line of assembler that becomes gigabytes
// stops: limits of memory, of CPU time, and of the size of a file
// expect: does not compile
__asm__(".rept 100000000\n.rept 100000000\n.quad 1\n.endr\n.endr");

int main(void)
{
    return 0;
}
