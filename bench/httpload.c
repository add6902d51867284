#include "httpload.h"

#include "process.h"
#include "sockets.h"
#include "timing.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define BODY   1500
#define EVENTS 64
#define MOST   2000000 /* requests whose time is kept */

struct client {
    int fd;
    double sent;
    char end[4]; /* the last bytes of the answer so far */
};

static char request[BODY + 256];
static size_t request_size;
static double *times;
static size_t count;

static void make_request(void)
{
    static char body[BODY];

    memset(body, 'x', sizeof(body));
    request_size =
        (size_t)snprintf(request, sizeof(request),
                         "POST /hook HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nAccept: */*\r\n"
                         "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%.*s",
                         BODY, BODY, body);
    times = calloc(MOST, sizeof(*times));
    if (times == NULL) {
        sockets_die("calloc");
    }
}

static void send_request(struct client *client)
{
    memset(client->end, 0, sizeof(client->end));
    client->sent = timing_now(CLOCK_MONOTONIC);
    if (send(client->fd, request, request_size, MSG_NOSIGNAL) != (ssize_t)request_size) {
        sockets_die("send");
    }
}

/* Reads what there is of an answer. True: that is whole. */
static bool read_answer(struct client *client)
{
    char bytes[4096];
    ssize_t got = recv(client->fd, bytes, sizeof(bytes), 0);

    if (got <= 0) {
        sockets_die("recv");
    }
    for (ssize_t i = got > 4 ? got - 4 : 0; i < got; i++) {
        memmove(client->end, client->end + 1, 3);
        client->end[3] = bytes[i];
    }
    if (memcmp(client->end, "\r\n\r\n", 4) != 0) {
        return false;
    }
    if (count < MOST) {
        times[count++] = timing_now(CLOCK_MONOTONIC) - client->sent;
    }
    return true;
}

/* One request on each connection. */
static void send_one_by_one(const struct httpload *load)
{
    for (int i = 0; i < load->connections; i++) {
        struct client client = {.fd = sockets_connect(SOCK_STREAM, load->port)};

        send_request(&client);
        while (!read_answer(&client)) {
        }
    }
}

static void send_all_the_time(const struct httpload *load)
{
    struct client *clients = calloc((size_t)load->connections, sizeof(*clients));
    double end = timing_now(CLOCK_MONOTONIC) + load->seconds * 1e9;
    int epoll = epoll_create1(EPOLL_CLOEXEC);

    if (clients == NULL || epoll < 0) {
        sockets_die("clients");
    }
    for (int i = 0; i < load->connections; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &clients[i]};

        clients[i].fd = sockets_connect(SOCK_STREAM, load->port);
        epoll_ctl(epoll, EPOLL_CTL_ADD, clients[i].fd, &event);
        send_request(&clients[i]);
    }
    while (timing_now(CLOCK_MONOTONIC) < end) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(epoll, events, EVENTS, 1000);

        for (int i = 0; i < ready; i++) {
            if (read_answer(events[i].data.ptr)) {
                send_request(events[i].data.ptr);
            }
        }
    }
}

static _Noreturn void run(const struct httpload *load, int to, int until)
{
    struct httpload_result result;
    double begin = timing_now(CLOCK_MONOTONIC);
    char end;

    process_pin(false);
    make_request();
    if (load->seconds > 0) {
        send_all_the_time(load);
    } else {
        send_one_by_one(load);
    }
    result.taken = timing_now(CLOCK_MONOTONIC) - begin;
    result.requests = (double)count;
    result.p99 = timing_quantile(times, count, 0.99);
    if (write(to, &result, sizeof(result)) != sizeof(result) || read(until, &end, 1) < 0) {
        _exit(1);
    }
    _exit(0);
}

void httpload_start(struct httpload *load)
{
    int results[2], ends[2];

    if (pipe(results) != 0 || pipe(ends) != 0 || (load->child = fork()) < 0) {
        sockets_die("fork");
    }
    if (load->child == 0) {
        close(results[0]);
        close(ends[1]);
        run(load, results[1], ends[0]);
    }
    close(results[1]);
    close(ends[0]);
    load->from = results[0];
    load->until = ends[1];
}

bool httpload_is_done(const struct httpload *load)
{
    struct pollfd wanted = {.fd = load->from, .events = POLLIN};

    return poll(&wanted, 1, 0) > 0;
}

struct httpload_result httpload_end(struct httpload *load)
{
    struct httpload_result result;

    if (read(load->from, &result, sizeof(result)) != sizeof(result)) {
        exit(1); /* the child has written why */
    }
    close(load->from);
    close(load->until);
    waitpid(load->child, NULL, 0);
    return result;
}
