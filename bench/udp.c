/*
 * udp: what a message of UDP costs on loopback, as an event of bench/plugins/udp.lua and in a loop of
 * recvmmsg.
 *
 *   udp LIBRARY ROUNDS
 *
 * In each round as many messages as surely fit into a socket's buffer are sent, and then received: by turns.
 * Only receiving is measured: CPU time of this thread, which is all there is. Prints a line as bench/host
 * does.
 */
#include "sockets.h"
#include "subject.h"
#include "timing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT     19514 /* below those that clients get */
#define SIZE     200
#define MESSAGES 128 /* fit into 212992 bytes, the least buffer that Linux has by default */
#define AT_ONCE  64
#define WARM_UP  20
#define LIMIT    "2.5"

static double cpu_time(void)
{
    return timing_now(CLOCK_THREAD_CPUTIME_ID);
}

static void send_messages(int fd)
{
    char message[SIZE];

    memset(message, 'x', sizeof(message));
    for (int i = 0; i < MESSAGES; i++) {
        if (send(fd, message, sizeof(message), 0) != SIZE) {
            sockets_die("send");
        }
    }
}

/* The floor: with senders, and a copy of each message, as an event source needs them. */
static double receive_plainly(int fd)
{
    static char bytes[AT_ONCE][65536], kept[MESSAGES * SIZE];
    static struct sockaddr_storage senders[AT_ONCE];
    struct mmsghdr headers[AT_ONCE];
    struct iovec parts[AT_ONCE];
    double begin = cpu_time();

    for (int got = 0; got < MESSAGES;) {
        int count;

        memset(headers, 0, sizeof(headers));
        for (int i = 0; i < AT_ONCE; i++) {
            parts[i] = (struct iovec){bytes[i], sizeof(bytes[i])};
            headers[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i],
                                                 .msg_iovlen = 1,
                                                 .msg_name = &senders[i],
                                                 .msg_namelen = sizeof(senders[i])};
        }
        count = recvmmsg(fd, headers, AT_ONCE, MSG_WAITFORONE, NULL);
        if (count < 0) {
            sockets_die("recvmmsg");
        }
        for (int i = 0; i < count && got < MESSAGES; i++, got++) {
            memcpy(kept + got * SIZE, bytes[i], headers[i].msg_len < SIZE ? headers[i].msg_len : SIZE);
        }
    }
    return cpu_time() - begin;
}

static double receive_events(struct subject *subject)
{
    double begin = cpu_time();

    for (uint32_t got = 0; got < MESSAGES; got += subject->count) {
        subject_next(subject);
    }
    return cpu_time() - begin;
}

static double median(double *times, int count)
{
    return timing_quantile(times, (size_t)count, 0.5) / MESSAGES;
}

int main(int argc, char **argv)
{
    int rounds = argc == 3 ? atoi(argv[2]) : 0, plain, senders[2];
    struct subject subject;
    char params[64];
    double *ours, *floor;

    if (rounds < 1) {
        fprintf(stderr, "usage: udp LIBRARY ROUNDS, with LURE_SCRIPT=bench/plugins/udp.lua\n");
        return 2;
    }
    ours = calloc((size_t)rounds, sizeof(*ours));
    floor = calloc((size_t)rounds, sizeof(*floor));
    snprintf(params, sizeof(params), "udp://127.0.0.1:%d", PORT);
    subject_open(&subject, argv[1], "", params);
    plain = sockets_receiver(PORT + 1);
    senders[0] = sockets_connect(SOCK_DGRAM, PORT + 1);
    senders[1] = sockets_connect(SOCK_DGRAM, PORT);
    for (int i = -WARM_UP; i < rounds; i++) {
        double time[2];

        send_messages(senders[0]);
        time[0] = receive_plainly(plain);
        send_messages(senders[1]);
        time[1] = receive_events(&subject);
        if (i >= 0) {
            floor[i] = time[0];
            ours[i] = time[1];
        }
    }
    printf("udp_200\ttime\t%.1f\t%.1f\t0\t" LIMIT "\tfloor\n", median(ours, rounds), median(floor, rounds));
    subject_close(&subject);
    close(plain);
    close(senders[0]);
    close(senders[1]);
    return 0;
}
