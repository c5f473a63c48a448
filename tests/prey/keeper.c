/* keeper SOCKET SECRET: has the secret on its command line, and tells it to whoever connects to that abstract
   socket. It ends with who has started it. */
#include <err.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0), client;

    if (argc != 3)
        errx(2, "usage: keeper SOCKET SECRET");
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "%s", argv[1]);
    if (bind(fd, (struct sockaddr *)&address,
             (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(argv[1]))) ==
            -1 ||
        listen(fd, 5) == -1)
        err(1, "%s", argv[1]);
    puts("ready");
    fflush(stdout);
    while ((client = accept(fd, NULL, NULL)) != -1) {
        if (write(client, argv[2], strlen(argv[2])) == -1)
            warn("%s", argv[1]);
        close(client);
    }
    return 1;
}
