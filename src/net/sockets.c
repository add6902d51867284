#include "net/sockets.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BACKLOG 1024

#define IDLE_BEFORE_PROBES 60 /* s */

#ifndef SO_MEMINFO
#define SO_MEMINFO 55
#endif
#define MEMINFO_DROPS 8 /* SK_MEMINFO_DROPS of linux/sock_diag.h */
#define MEMINFO_SIZE  9

static int socket_type(enum endpoint_kind kind)
{
    return (endpoint_is_datagram(kind) ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
}

/* Closes the socket and keeps errno. */
static int give_up(int fd)
{
    int problem = errno;

    close(fd);
    errno = problem;
    return -1;
}

static void set_option(int fd, int level, int option, int value)
{
    setsockopt(fd, level, option, &value, sizeof(value));
}

int sockets_listen(enum endpoint_kind kind, const struct sockaddr *socket_address, socklen_t length)
{
    int fd = socket(socket_address->sa_family, socket_type(kind), 0);

    if (fd < 0) {
        return -1;
    }
    if (kind == ENDPOINT_TCP) {
        set_option(fd, SOL_SOCKET, SO_REUSEADDR,
                   1); /* connections of a plugin that was here before may linger */
    } else {
        set_option(fd, SOL_SOCKET, SO_RXQ_OVFL, 1);
    }
    if (bind(fd, socket_address, length) != 0 || (kind == ENDPOINT_TCP && listen(fd, BACKLOG) != 0)) {
        return give_up(fd);
    }
    return fd;
}

static void set_path(struct sockaddr_un *local, const char *path)
{
    memset(local, 0, sizeof(*local));
    local->sun_family = AF_UNIX;
    memcpy(local->sun_path, path, strlen(path) + 1);
}

/* Removes a socket that nobody listens at. */
static bool remove_stale(enum endpoint_kind kind, const struct sockaddr_un *local)
{
    struct stat status;
    bool is_stale;
    int fd;

    if (lstat(local->sun_path, &status) != 0) {
        return errno == ENOENT;
    }
    if (!S_ISSOCK(status.st_mode)) {
        errno = EEXIST;
        return false;
    }
    fd = socket(AF_UNIX, socket_type(kind), 0);
    if (fd < 0) {
        return false;
    }
    is_stale = connect(fd, (const struct sockaddr *)local, sizeof(*local)) != 0 && errno == ECONNREFUSED;
    close(fd);
    errno = EADDRINUSE;
    return is_stale && (unlink(local->sun_path) == 0 || errno == ENOENT);
}

static bool bind_path(int fd, const struct sockaddr_un *local, int mode, struct socket_file *file)
{
    struct stat status;

    if (mode >= 0) {
        fchmod(fd, (mode_t)mode); /* or the file could be opened for a moment */
    }
    if (bind(fd, (const struct sockaddr *)local, sizeof(*local)) != 0) {
        return false;
    }
    if (lstat(local->sun_path, &status) != 0) {
        return false;
    }
    memcpy(file->path, local->sun_path, sizeof(file->path));
    file->device = status.st_dev;
    file->inode = status.st_ino;
    return mode < 0 || chmod(local->sun_path, (mode_t)mode) == 0; /* whatever the umask */
}

int sockets_listen_path(enum endpoint_kind kind, const char *path, int mode, struct socket_file *file)
{
    struct sockaddr_un local;
    int fd;

    set_path(&local, path);
    file->path[0] = '\0';
    if (!remove_stale(kind, &local)) {
        return -1;
    }
    fd = socket(AF_UNIX, socket_type(kind), 0);
    if (fd < 0) {
        return -1;
    }
    if (!bind_path(fd, &local, mode, file) || (kind == ENDPOINT_UNIX && listen(fd, BACKLOG) != 0)) {
        int problem = errno;

        sockets_remove_file(file);
        errno = problem;
        return give_up(fd);
    }
    return fd;
}

void sockets_remove_file(struct socket_file *file)
{
    struct stat status;

    if (file->path[0] != '\0' && lstat(file->path, &status) == 0 && status.st_dev == file->device &&
        status.st_ino == file->inode) {
        unlink(file->path);
    }
    file->path[0] = '\0';
}

void sockets_set_buffer(int fd, int bytes)
{
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) != 0) {
        set_option(fd, SOL_SOCKET, SO_RCVBUF, bytes);
    }
}

static int begin_connect(int fd, const struct sockaddr *socket_address, socklen_t length)
{
    if (fd < 0) {
        return -1;
    }
    if (connect(fd, socket_address, length) != 0 && errno != EINPROGRESS && errno != EINTR) {
        return give_up(fd);
    }
    return fd;
}

int sockets_connect(const struct sockaddr *socket_address, socklen_t length)
{
    int fd = socket(socket_address->sa_family, socket_type(ENDPOINT_TCP), 0);

    return begin_connect(fd, socket_address, length);
}

int sockets_connect_path(const char *path)
{
    struct sockaddr_un local;

    set_path(&local, path);
    return begin_connect(socket(AF_UNIX, socket_type(ENDPOINT_UNIX), 0), (const struct sockaddr *)&local,
                         sizeof(local));
}

int sockets_connect_problem(int fd)
{
    int problem = 0;
    socklen_t length = sizeof(problem);

    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &length) == 0 ? problem : errno;
}

int sockets_accept(int fd, struct sockaddr_storage *peer, socklen_t *length)
{
    int accepted;

    do {
        *length = sizeof(*peer);
        accepted = accept4(fd, (struct sockaddr *)peer, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
        /* one that was reset before it was accepted is none */
    } while (accepted < 0 && (errno == EINTR || errno == ECONNABORTED || errno == EPROTO));
    return accepted;
}

void sockets_keep_alive(int fd)
{
    set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, IDLE_BEFORE_PROBES);
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

bool sockets_dropped(int fd, uint32_t *dropped)
{
    uint32_t values[MEMINFO_SIZE];
    socklen_t length = sizeof(values);

    if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, values, &length) != 0 || length < sizeof(values)) {
        return false;
    }
    *dropped = values[MEMINFO_DROPS];
    return true;
}
