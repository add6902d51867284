#include "sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG  4096
#define ATTEMPTS 1000
#define PAUSE    10000 /* microseconds */

void sockets_die(const char *what)
{
    perror(what);
    exit(1);
}

static struct sockaddr_in address_of(unsigned short port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static int bound(int type, unsigned short port)
{
    const struct sockaddr_in address = address_of(port);
    const int on = 1;
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
        sockets_die("bind");
    }
    return fd;
}

int sockets_listener(unsigned short port)
{
    int fd = bound(SOCK_STREAM | SOCK_NONBLOCK, port);

    if (listen(fd, BACKLOG) != 0) {
        sockets_die("listen");
    }
    return fd;
}

int sockets_receiver(unsigned short port)
{
    return bound(SOCK_DGRAM, port);
}

int sockets_connect(int type, unsigned short port)
{
    const struct sockaddr_in address = address_of(port);
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

    for (int i = 0; fd >= 0 && i < ATTEMPTS; i++) {
        if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0) {
            return fd;
        }
        if (errno != ECONNREFUSED) {
            break;
        }
        usleep(PAUSE);
    }
    sockets_die("connect");
}
