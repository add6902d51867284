/*
 * http: what lure.http.serve costs (bench/plugins/http.lua), beside a bare loop of epoll with the same
 * parser.
 *
 *   http LIBRARY CASE, with LURE_SCRIPT=bench/plugins/http.lua
 *
 * http_post: requests a second of CPU time on connections that stay, of which the server has enough to do,
 * and the 99th percentile of their times. The server has a CPU, and the clients another. idle_connections:
 * the memory of 10,000 connections on which a request was answered. Prints lines as bench/host does.
 */
#include "httpfloor.h"
#include "httpload.h"
#include "process.h"
#include "sockets.h"
#include "subject.h"
#include "timing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define PORT        19520 /* below those that clients get */
#define CONNECTIONS 16
#define SECONDS     1
#define IDLE        10000
#define STEP        20 /* milliseconds that the floor waits, as lure does */

static const char *library;

static struct httpload load_of(bool idle)
{
    return (struct httpload){
        .port = PORT, .connections = idle ? IDLE : CONNECTIONS, .seconds = idle ? 0 : SECONDS};
}

/* What the process has used so far: memory, or CPU time of its one thread. */
static double used(bool idle)
{
    return idle ? process_resident() : timing_now(CLOCK_THREAD_CPUTIME_ID);
}

/* Ends the clients. Numbers: the memory, or the CPU time of a request and the 99th percentile of its time. */
static void finish(struct httpload *load, bool idle, double before, double *numbers)
{
    double more = used(idle) - before;
    struct httpload_result result = httpload_end(load);

    numbers[0] = idle ? more : more / result.requests;
    numbers[1] = result.p99;
}

static void measure_ours(void *of, double *numbers)
{
    bool idle = *(bool *)of;
    struct httpload load = load_of(idle);
    struct subject subject;
    char address[64];
    double before;

    process_pin(true);
    snprintf(address, sizeof(address), "tcp://127.0.0.1:%d", PORT);
    subject_open(&subject, library, "", address);
    before = used(idle);
    httpload_start(&load);
    while (!httpload_is_done(&load)) {
        subject_poll(&subject);
    }
    finish(&load, idle, before, numbers);
}

/* As an event source does, it keeps a copy of each payload. */
static void keep(void *owner, const char *body, size_t size)
{
    static char kept[1 << 20];
    size_t *place = owner;

    if (*place + size > sizeof(kept)) {
        *place = 0;
    }
    memcpy(kept + *place, body, size);
    *place += size;
}

static void measure_floor(void *of, double *numbers)
{
    bool idle = *(bool *)of;
    struct httpload load = load_of(idle);
    size_t place = 0;
    struct httpfloor server = {.take = keep, .owner = &place};
    double before;

    process_pin(true);
    httpfloor_open(&server, PORT);
    before = used(idle);
    httpload_start(&load);
    while (!httpload_is_done(&load)) {
        httpfloor_step(&server, STEP);
    }
    finish(&load, idle, before, numbers);
}

static void measure(void (*side)(void *of, double *numbers), bool idle, double *numbers)
{
    struct measuring measuring = process_begin(side, &idle, 2);

    process_end(&measuring, numbers, 2);
}

/* Both ends of the connections need a descriptor. */
static void raise_limit(void)
{
    struct rlimit limit = {.rlim_cur = IDLE + 1000, .rlim_max = IDLE + 1000}, now;

    if (getrlimit(RLIMIT_NOFILE, &now) == 0 && now.rlim_max > limit.rlim_max) {
        limit.rlim_max = now.rlim_max;
    }
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        sockets_die("bench: idle_connections needs 11000 descriptors");
    }
}

int main(int argc, char **argv)
{
    bool idle = argc == 3 && strcmp(argv[2], "idle_connections") == 0;
    double ours[2], floor[2];

    if (argc != 3 || (!idle && strcmp(argv[2], "http_post") != 0)) {
        fprintf(
            stderr,
            "usage: http LIBRARY http_post | idle_connections, with LURE_SCRIPT=bench/plugins/http.lua\n");
        return 2;
    }
    library = argv[1];
    if (idle) {
        raise_limit();
    }
    measure(measure_floor, idle, floor);
    measure(measure_ours, idle, ours);
    if (idle) {
        printf("idle_connections\tbytes\t%.1f\t%.1f\t0\t1e8\titself\n", ours[0], floor[0]);
    } else {
        printf("http_post\tthroughput\t%.1f\t%.1f\t0\t0.5\tfloor\n", ours[0], floor[0]);
        printf("http_post_p99\ttime\t%.1f\t%.1f\t0\t3\tfloor\n", ours[1], floor[1]);
    }
    return 0;
}
