#include "process.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_NUMBERS 8

static void pin_to(size_t cpu)
{
    cpu_set_t one;

    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    sched_setaffinity(0, sizeof(one), &one);
}

void process_pin(bool last)
{
    cpu_set_t allowed;
    size_t chosen = CPU_SETSIZE;

    if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) {
        return;
    }
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &allowed) && (last || chosen == CPU_SETSIZE)) {
            chosen = cpu;
        }
    }
    pin_to(chosen);
}

double process_resident(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long pages = 0;

    if (file == NULL || fscanf(file, "%*d %ld", &pages) != 1) {
        fprintf(stderr, "bench: /proc/self/statm cannot be read\n");
        exit(1);
    }
    fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

struct measuring process_begin(void (*measure)(void *of, double *numbers), void *of, size_t count)
{
    const ssize_t size = (ssize_t)(count * sizeof(double));
    double numbers[MOST_NUMBERS] = {0};
    struct measuring measuring;
    int ends[2];

    if (count > MOST_NUMBERS || pipe(ends) != 0 || (measuring.child = fork()) < 0) {
        perror("bench");
        exit(1);
    }
    if (measuring.child == 0) {
        close(ends[0]);
        measure(of, numbers);
        _exit(write(ends[1], numbers, (size_t)size) == size ? 0 : 1);
    }
    close(ends[1]);
    measuring.from = ends[0];
    return measuring;
}

void process_end(struct measuring *measuring, double *numbers, size_t count)
{
    const ssize_t size = (ssize_t)(count * sizeof(*numbers));

    if (read(measuring->from, numbers, (size_t)size) != size) {
        exit(1); /* the child has written why */
    }
    close(measuring->from);
    waitpid(measuring->child, NULL, 0);
}
