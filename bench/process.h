/*
 * process: the processor and the memory of a measurement's process.
 */
#ifndef LURE_BENCH_PROCESS_H
#define LURE_BENCH_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

/* Pins this process to the last CPU that it may use, which others begin with last; or to the first. */
void process_pin(bool last);

/* Bytes of memory that it has in use. */
double process_resident(void);

/* A child that measures: what it writes, a list of numbers. */
struct measuring {
    int from;
    int child;
};

/* Runs measure(of, numbers) in a child, which has `count` numbers to give. Ends the program where it fails.
 */
struct measuring process_begin(void (*measure)(void *of, double *numbers), void *of, size_t count);

/* Waits until the child has measured. */
void process_end(struct measuring *measuring, double *numbers, size_t count);

#endif
