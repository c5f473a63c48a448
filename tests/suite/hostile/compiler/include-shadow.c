// lab: 01-clone-pid1
// what: lets the compiler read files of the machine, and say in its errors what is in them
// stops: the compiler sees /usr and this file only
// expect: does not compile
// expect: /etc/shadow
#include "/etc/shadow"
#include "/etc/passwd"
#include "/root/.ssh/id_rsa"
#include "/proc/1/environ"

int main(void)
{
    return 0;
}
