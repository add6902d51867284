#include "waitfloor.h"

#include "sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* The body of a request becomes a line. */
static void take_body(void *owner, const char *body, size_t size)
{
    struct waitfloor *floor = owner;

    if (size < sizeof(floor->bytes) - floor->size) {
        memcpy(floor->bytes + floor->size, body, size);
        floor->size += size;
        floor->bytes[floor->size++] = '\n';
    }
}

/* The standard output of `cat FIFO`. */
static void start_program(struct waitfloor *floor, const char *path)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0 || (floor->child = fork()) < 0) {
        sockets_die("fork");
    }
    if (floor->child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execlp("cat", "cat", path, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    floor->fd = ends[0];
}

void waitfloor_open(struct waitfloor *floor, const struct feed *feed)
{
    *floor = (struct waitfloor){.kind = feed->kind, .fd = -1, .listener = -1, .file = -1};
    if (feed->kind == KIND_TAIL) {
        floor->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        floor->file = open(feed->where, O_RDONLY | O_CLOEXEC);
        if (floor->file < 0 || inotify_add_watch(floor->fd, feed->where, IN_MODIFY) < 0) {
            sockets_die(feed->where);
        }
    } else if (feed->kind == KIND_PROCESS) {
        start_program(floor, feed->where);
    } else if (feed->kind == KIND_UDP) {
        floor->fd = sockets_receiver(feed->port);
    } else if (feed->kind == KIND_TCP) {
        floor->fd = floor->listener = sockets_listener(feed->port);
    } else if (feed->kind == KIND_HTTP) {
        floor->server = (struct httpfloor){.take = take_body, .owner = floor};
        httpfloor_open(&floor->server, feed->port);
    }
}

/* There is something. */
static void read_some(struct waitfloor *floor)
{
    char events[4096];
    ssize_t got;

    if (floor->fd == floor->listener) {
        floor->fd = accept4(floor->listener, NULL, NULL, SOCK_CLOEXEC);
        return;
    }
    if (floor->kind == KIND_TAIL && read(floor->fd, events, sizeof(events)) < 0 && errno != EAGAIN) {
        sockets_die("inotify");
    }
    got = read(floor->kind == KIND_TAIL ? floor->file : floor->fd, floor->bytes, sizeof(floor->bytes));
    floor->size = got > 0 ? (size_t)got : 0;
}

void waitfloor_wait(struct waitfloor *floor, int milliseconds)
{
    struct pollfd wanted = {.fd = floor->fd, .events = POLLIN};

    floor->size = 0;
    if (floor->kind == KIND_HTTP) {
        httpfloor_step(&floor->server, milliseconds);
    } else if (poll(&wanted, 1, milliseconds) > 0) {
        read_some(floor);
    }
}

void waitfloor_close(struct waitfloor *floor)
{
    if (floor->kind == KIND_HTTP) {
        httpfloor_close(&floor->server);
    }
    if (floor->child > 0) {
        kill(floor->child, SIGTERM);
        waitpid(floor->child, NULL, 0);
    }
    if (floor->listener >= 0 && floor->listener != floor->fd) {
        close(floor->listener);
    }
    if (floor->file >= 0) {
        close(floor->file);
    }
    if (floor->fd >= 0) {
        close(floor->fd);
    }
}
