/*
 * tail: what a line of a file that is there costs, as an event of bench/plugins/tail.lua and of a plugin in C
 * by getline.
 *
 *   tail LIBRARY FLOOR FOLDER ROUNDS, with LURE_SCRIPT=bench/plugins/tail.lua and LURE_STATE, a directory
 *
 * In each round both read the whole file, by turns; the cursor that lure keeps on disk is removed before, so
 * that it begins anew. CPU time of this thread; opening does not count. Prints a line as bench/host does.
 */
#include "subject.h"
#include "timing.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINES   20000
#define SIZE    200
#define WARM_UP 5

static void write_lines(const char *path)
{
    FILE *file = fopen(path, "w");
    char line[SIZE + 1];

    memset(line, 'x', sizeof(line));
    for (int i = 0; file != NULL && i < LINES; i++) {
        line[snprintf(line, sizeof(line), "%d", i)] = ' ';
        fprintf(file, "%.*s\n", SIZE, line);
    }
    if (file == NULL || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

/* Removes the cursor. */
static void forget(void)
{
    char pattern[4096];
    glob_t found;

    snprintf(pattern, sizeof(pattern), "%s/*.cursor", getenv("LURE_STATE"));
    if (glob(pattern, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            unlink(found.gl_pathv[i]);
        }
        globfree(&found);
    }
}

/* The time of a line; `meanwhile`: see subject_reopen. */
static double read_lines(struct subject *subject, void (*meanwhile)(void))
{
    double begin;

    subject_reopen(subject, meanwhile);
    begin = timing_now(CLOCK_THREAD_CPUTIME_ID);
    for (uint32_t got = 0; got < LINES; got += subject->count) {
        subject_next(subject);
    }
    return (timing_now(CLOCK_THREAD_CPUTIME_ID) - begin) / LINES;
}

int main(int argc, char **argv)
{
    int rounds = argc == 5 ? atoi(argv[4]) : 0;
    struct subject ours, floor;
    double *times;
    char path[4096];

    if (rounds < 1 || getenv("LURE_STATE") == NULL) {
        fprintf(stderr,
                "usage: tail LIBRARY FLOOR FOLDER ROUNDS, with LURE_SCRIPT=bench/plugins/tail.lua and "
                "LURE_STATE, a directory\n");
        return 2;
    }
    times = calloc(2 * (size_t)rounds, sizeof(*times));
    snprintf(path, sizeof(path), "%s/lines_200.log", argv[3]);
    write_lines(path);
    forget();
    subject_open(&ours, argv[1], "", path);
    subject_open(&floor, argv[2], "", path);
    for (int i = -WARM_UP; i < rounds; i++) {
        double time = read_lines(&floor, NULL);

        times[i < 0 ? 0 : i] = time;
        time = read_lines(&ours, forget);
        times[rounds + (i < 0 ? 0 : i)] = time;
    }
    printf("tail_200\tns\t%.1f\t%.1f\t0\t3\tfloor\n", timing_quantile(times + rounds, (size_t)rounds, 0.5),
           timing_quantile(times, (size_t)rounds, 0.5));
    subject_close(&ours);
    subject_close(&floor);
    return 0;
}
