#include "feed.h"

#include "sockets.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_PORT 19540 /* below those that clients get */

const char *const kind_names[KINDS] = {"sleep", "tail", "process", "udp", "tcp", "http"};

void feed_prepare(struct feed *feed, enum kind kind, const char *folder, int number)
{
    *feed = (struct feed){.kind = kind, .port = (unsigned short)(FIRST_PORT + number), .fd = -1};
    if (kind != KIND_TAIL && kind != KIND_PROCESS) {
        snprintf(feed->where, sizeof(feed->where), "%d", feed->port);
        return;
    }
    snprintf(feed->where, sizeof(feed->where), "%s/feed_%s_%d", folder, kind_names[kind], number);
    unlink(feed->where);
    if (kind == KIND_TAIL) {
        feed->fd = open(feed->where, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    }
    if (kind == KIND_TAIL ? feed->fd < 0 : mkfifo(feed->where, 0600) != 0) {
        sockets_die(feed->where);
    }
}

void feed_connect(struct feed *feed)
{
    if (feed->kind == KIND_PROCESS) {
        feed->fd = open(feed->where, O_RDWR | O_CLOEXEC); /* does not wait for the reader */
    } else if (feed->kind >= KIND_UDP) {
        feed->fd = sockets_connect(feed->kind == KIND_UDP ? SOCK_DGRAM : SOCK_STREAM, feed->port);
    }
}

void feed_send(const struct feed *feed, const char *text)
{
    char bytes[512], answer[512];
    int size = snprintf(bytes, sizeof(bytes), feed->kind == KIND_UDP ? "%s" : "%s\n", text);

    if (feed->kind == KIND_HTTP) {
        size = snprintf(bytes, sizeof(bytes),
                        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %zu\r\n\r\n%s", strlen(text),
                        text);
    }
    if (write(feed->fd, bytes, (size_t)size) != size ||
        (feed->kind == KIND_HTTP && read(feed->fd, answer, sizeof(answer)) <= 0)) {
        sockets_die("feed");
    }
}

void feed_remove(const struct feed *feed)
{
    if (feed->kind == KIND_TAIL || feed->kind == KIND_PROCESS) {
        unlink(feed->where);
    }
}
