// lab: 01-clone-pid1
// what: puts files of the machine into the program, which prints them
// stops: the assembler sees what the compiler sees
// expect: does not compile
// expect: /etc/shadow
#include <stdio.h>

__asm__(".section .rodata\nsecret: .incbin \"/etc/shadow\"\nend: .byte 0\n.text");
__asm__(".section .rodata\nother: .incbin \"@canary@/neighbour.c\"\n.byte 0\n.text");
extern const char secret[];

int main(void)
{
    printf("got through: %s\n", secret);
    return 0;
}
