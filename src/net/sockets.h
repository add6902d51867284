/*
 * sockets: opens sockets that listen, connect and accept. All are non-blocking and close-on-exec.
 *
 * No memory is allocated. Thread safe. Errors: -1, or false, and errno.
 */
#ifndef LURE_NET_SOCKETS_H
#define LURE_NET_SOCKETS_H

#include "net/endpoint.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/* The file of a unix socket that listens. */
struct socket_file {
    char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)]; /* "": there is none */
    dev_t device;
    ino_t inode;
};

/* A socket of one address that listens (streams), or receives. */
int sockets_listen(enum endpoint_kind kind, const struct sockaddr *socket_address, socklen_t length);

/*
 * The same for a path. A socket that stands there already, and that nobody listens at, is removed first;
 * EADDRINUSE: somebody does; EEXIST: something else stands there. `mode`: the file's permissions; -1: as the
 * process's umask says.
 */
int sockets_listen_path(enum endpoint_kind kind, const char *path, int mode, struct socket_file *file);

/* Removes the file, if it is still the one that sockets_listen_path has made. */
void sockets_remove_file(struct socket_file *file);

/* Asks for a receive buffer of so many bytes; without privileges the system's limit (net.core.rmem_max)
 * counts. */
void sockets_set_buffer(int fd, int bytes);

/* Begins to connect. EINPROGRESS is no error: wait for EPOLLOUT, then ask sockets_connect_problem. */
int sockets_connect(const struct sockaddr *socket_address, socklen_t length);
int sockets_connect_path(const char *path);

/* 0, or the errno of a connection that was attempted. */
int sockets_connect_problem(int fd);

/* Accepts one; -1: errno is EAGAIN where none waits. */
int sockets_accept(int fd, struct sockaddr_storage *peer, socklen_t *length);

/* Streams of TCP: notices after some minutes that the other machine is gone. */
void sockets_keep_alive(int fd);

/* How many messages the system has dropped because the buffer was full. False: the kernel does not say
 * (before 4.12). */
bool sockets_dropped(int fd, uint32_t *dropped);

#endif
