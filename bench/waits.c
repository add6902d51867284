/*
 * waits: what sources that wait cost, by kind, beside the same with plain system calls (waitfloor.h).
 *
 *   waits LIBRARY FOLDER idle | latency [QUICK], with LURE_SCRIPT=bench/plugins/waits.lua
 *
 * idle: the share of a CPU that waiting takes, and how long it takes to end the source. latency: the time
 * from when an event is there until the host has it, the 99th percentile, with batches of one event or of
 * 4096, whichever is worse; events come one by one, 1 to 3 ms apart. Prints lines as bench/host does.
 */
#include "feed.h"
#include "process.h"
#include "subject.h"
#include "timing.h"
#include "waitfloor.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEP         20  /* milliseconds that the floor waits, as lure does */
#define SETTLE       0.3 /* seconds */
#define IDLE         3.0
#define EVENTS       500
#define QUICK_EVENTS 100
#define LONGEST      30.0 /* seconds until all events have come */

static const char *library;

/* One measurement of a kind. */
struct waiting {
    struct feed feed;
    bool ours;
    const char *batch;  /* events of one */
    int events, number; /* of those that come */
    double *times;
    struct subject subject;
    struct waitfloor floor;
};

static double now(void)
{
    return timing_now(CLOCK_MONOTONIC);
}

static void open_source(struct waiting *waiting)
{
    char params[sizeof(waiting->feed.where) + 16];

    if (!waiting->ours) {
        waitfloor_open(&waiting->floor, &waiting->feed);
        return;
    }
    if (waiting->batch != NULL) {
        setenv("LURE_BENCH_BATCH", waiting->batch, 1);
    }
    snprintf(params, sizeof(params), "%s %s", kind_names[waiting->feed.kind], waiting->feed.where);
    subject_open(&waiting->subject, library, "", params);
    subject_poll(&waiting->subject); /* begins to listen */
}

static void close_source(struct waiting *waiting)
{
    if (waiting->ours) {
        subject_close(&waiting->subject);
    } else {
        waitfloor_close(&waiting->floor);
    }
}

/* Texts with the time at which they were sent have come, one a line. */
static void take_events(struct waiting *waiting, const char *text, size_t size)
{
    double at = now(), sent = 0;

    for (size_t i = 0; i <= size; i++) {
        if (i < size && text[i] >= '0' && text[i] <= '9') {
            sent = 10 * sent + (text[i] - '0');
        } else if (sent > 0 && waiting->number < waiting->events) {
            waiting->times[waiting->number++] = at - sent;
            sent = 0;
        }
    }
}

/* Waits for what comes, as a host does. */
static void step(struct waiting *waiting)
{
    const struct subject *subject = &waiting->subject;

    if (!waiting->ours) {
        waitfloor_wait(&waiting->floor, STEP);
        take_events(waiting, waiting->floor.bytes, waiting->floor.size);
        return;
    }
    if (!subject_poll(&waiting->subject)) {
        return;
    }
    for (uint32_t i = 0; i < subject->count; i++) {
        take_events(waiting, (const char *)subject->events[i] + PLUGIN_EVENT_PAYLOAD_OFFSET,
                    subject->events[i]->len - PLUGIN_EVENT_PAYLOAD_OFFSET);
    }
}

static void wait_for(struct waiting *waiting, double seconds)
{
    double end = now() + seconds * 1e9;

    while (now() < end) {
        step(waiting);
    }
}

/* Numbers: the share of a CPU in percent, the ns that ending it takes. */
static void measure_idle(void *of, double *numbers)
{
    struct waiting *waiting = of;
    double begin, cpu;

    open_source(waiting);
    feed_connect(&waiting->feed);
    wait_for(waiting, SETTLE);
    cpu = timing_now(CLOCK_PROCESS_CPUTIME_ID);
    begin = now();
    wait_for(waiting, IDLE);
    numbers[0] = 100 * (timing_now(CLOCK_PROCESS_CPUTIME_ID) - cpu) / (now() - begin);
    begin = now();
    close_source(waiting);
    numbers[1] = now() - begin;
}

/* Sends the events, in a process of its own. */
static int begin_to_send(const struct waiting *waiting)
{
    struct feed feed = waiting->feed;
    char text[64];
    int child = fork();

    if (child != 0) {
        return child;
    }
    feed_connect(&feed);
    usleep(100000);
    for (int i = 0; i < waiting->events; i++) {
        usleep(1000 + (unsigned)(i * 7919) % 2000);
        snprintf(text, sizeof(text), "%.0f", now());
        feed_send(&feed, text);
    }
    usleep(100000);
    _exit(0);
}

/* Number: the 99th percentile of the latencies. */
static void measure_latency(void *of, double *numbers)
{
    struct waiting *waiting = of;
    double end = now() + LONGEST * 1e9;
    int child;

    waiting->times = calloc((size_t)waiting->events, sizeof(*waiting->times));
    open_source(waiting);
    child = begin_to_send(waiting);
    while (waitpid(child, NULL, WNOHANG) == 0 && now() < end) { /* the last one may want an answer */
        step(waiting);
    }
    kill(child, SIGKILL);
    close_source(waiting);
    if (waiting->number < waiting->events) {
        fprintf(stderr, "bench: latency_%s: only %d of %d events came\n", kind_names[waiting->feed.kind],
                waiting->number, waiting->events);
        exit(1);
    }
    numbers[0] = timing_quantile(waiting->times, (size_t)waiting->number, 0.99);
}

/* All kinds at once: none of them does anything. */
static void print_idle(const char *folder)
{
    static struct waiting all[KINDS][2];
    struct measuring measuring[KINDS][2];
    double numbers[KINDS][2][2];

    for (int kind = 0; kind < KINDS; kind++) {
        for (int ours = 0; ours < 2; ours++) {
            all[kind][ours].ours = ours;
            feed_prepare(&all[kind][ours].feed, (enum kind)kind, folder, 2 * kind + ours);
            measuring[kind][ours] = process_begin(measure_idle, &all[kind][ours], 2);
        }
    }
    for (int kind = 0; kind < KINDS; kind++) {
        for (int ours = 0; ours < 2; ours++) {
            process_end(&measuring[kind][ours], numbers[kind][ours], 2);
            feed_remove(&all[kind][ours].feed);
        }
        printf("idle_%s\tpercent\t%.4f\t%.4f\t0\t0.5\titself\n", kind_names[kind], numbers[kind][1][0],
               numbers[kind][0][0]);
    }
    for (int kind = 0; kind < KINDS; kind++) {
        printf("stop_%s\tns\t%.1f\t%.1f\t0\t2e9\titself\n", kind_names[kind], numbers[kind][1][1],
               numbers[kind][0][1]);
    }
}

static double latency_of(enum kind kind, const char *folder, int events, const char *batch)
{
    static struct waiting waiting;
    struct measuring measuring;
    double latency;

    waiting = (struct waiting){.ours = batch != NULL, .batch = batch, .events = events};
    feed_prepare(&waiting.feed, kind, folder, kind);
    measuring = process_begin(measure_latency, &waiting, 1);
    process_end(&measuring, &latency, 1);
    feed_remove(&waiting.feed);
    return latency;
}

static void print_latency(const char *folder, int events)
{
    for (int kind = KIND_TAIL; kind < KINDS; kind++) {
        double floor = latency_of((enum kind)kind, folder, events, NULL),
               small = latency_of((enum kind)kind, folder, events, "1"),
               large = latency_of((enum kind)kind, folder, events, "4096");

        printf("latency_%s\tns\t%.1f\t%.1f\t0\t5e6\titself\n", kind_names[kind],
               small > large ? small : large, floor);
    }
}

int main(int argc, char **argv)
{
    if (argc < 4 || (strcmp(argv[3], "idle") != 0 && strcmp(argv[3], "latency") != 0)) {
        fprintf(
            stderr,
            "usage: waits LIBRARY FOLDER idle | latency [QUICK], with LURE_SCRIPT=bench/plugins/waits.lua\n");
        return 2;
    }
    library = argv[1];
    setenv("LURE_STATE", "none", 1);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (strcmp(argv[3], "idle") == 0) {
        print_idle(argv[2]);
    } else {
        print_latency(argv[2], argc > 4 ? QUICK_EVENTS : EVENTS);
    }
    return 0;
}
