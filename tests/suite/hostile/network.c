// lab: 01-clone-pid1
// what: speaks with the machine and the world: TCP, UDP, a socket in the abstract namespace, the
//       host of a virtual machine, raw packets, netlink
// stops: a network namespace of its own; a seccomp filter for the kinds of sockets that it does not hold
// expect: refused: TCP to 127.0.0.1
// expect: refused: the abstract socket
// expect: refused: AF_VSOCK
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void tried(const char *what, bool failed)
{
    printf(failed ? "refused: %s: %s\n" : "got through: %s\n", what, strerror(errno));
}

static void internet(const char *what, int type, const char *address, int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((unsigned short)port)};

    inet_pton(AF_INET, address, &to.sin_addr);
    tried(what,
          connect(socket(AF_INET, type, 0), (struct sockaddr *)&to, sizeof to) == -1);
}

static void local(const char *what, const char *name)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t length = strlen(name);

    memcpy(to.sun_path, name, length);
    if (name[0] == '@')
        to.sun_path[0] = '\0';
    tried(what, connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&to,
                        (socklen_t)(sizeof(sa_family_t) + length)) == -1);
}

int main(void)
{
    struct if_nameindex *interface = if_nameindex();

    internet("TCP to 127.0.0.1", SOCK_STREAM, "127.0.0.1", atoi("@port@"));
    internet("DNS", SOCK_DGRAM, "8.8.8.8", 53);
    internet("the neighbourhood", SOCK_STREAM, "10.0.0.1", 22);
    local("the abstract socket", "@"
                                 "@socket@");
    local("D-Bus", "/run/dbus/system_bus_socket");
    local("Docker", "/var/run/docker.sock");
    tried("AF_VSOCK", socket(40, SOCK_STREAM, 0) == -1);
    tried("AF_BLUETOOTH", socket(31, SOCK_RAW, 1) == -1);
    tried("AF_ALG", socket(38, SOCK_SEQPACKET, 0) == -1);
    for (; interface && interface->if_index; interface++)
        if (strcmp(interface->if_name, "lo") != 0 &&
            strncmp(interface->if_name, "tunl", 4) != 0 &&
            strncmp(interface->if_name, "sit", 3) != 0)
            printf("interface %s\n", interface->if_name);
    return 0;
}
