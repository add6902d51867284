/*
 * sides: the three implementations that a case compares: the script in liblure.so, its floor in C, and its
 * functions in stock Lua.
 *
 * On failure every function ends the program with a message.
 */
#ifndef LURE_BENCH_SIDES_H
#define LURE_BENCH_SIDES_H

#include "cases.h"
#include "stock.h"

/* Where things are, and how long it may take. */
struct plan {
    const char *lure;    /* the path of liblure.so */
    const char *scripts; /* the folder of the scripts */
    const char *folder;  /* of the floor's libraries and of the files with events */
    unsigned runs;
    double seconds; /* of one run of one side */
};

void sides_open_ours(const struct plan *plan, const struct bench_case *bench, struct subject *subject);
void sides_open_floor(const struct plan *plan, const struct bench_case *bench, const char *config,
                      struct subject *subject);

/* NULL where the case is not measured in stock Lua. */
struct stock *sides_open_stock(const struct plan *plan, const struct bench_case *bench);

/* The event's payload is that of the fields that are asked for next. */
void sides_show_to_stock(struct stock *stock, const ss_plugin_event *event);

#endif
