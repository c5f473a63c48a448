// lab: 03-setns-join
// what: lets the assembler read files of the machine, and say in its errors what is in them
// stops: it sees /usr and this file only
// expect: does not compile
// expect: /etc/passwd
__asm__(".include \"/etc/passwd\"");
__asm__(".include \"@canary@/neighbour.c\"");

int main(void)
{
    return 0;
}
