/*
 * cases: the list of benchmark cases that script/bench runs in one process.
 *
 * Each case is a script, an equivalent plugin in C (the "floor"), and the host's work for the events of
 * both. Some cases also run the same functions of the script in a bare loop of stock Lua.
 */
#ifndef LURE_BENCH_CASES_H
#define LURE_BENCH_CASES_H

#include "subject.h"

enum work {
    WORK_NONE, /* events are only made */
    WORK_ASK,  /* each is asked for fields, in each round for all of them */
    WORK_SHOW, /* each is made a text */
    WORK_AGAIN /* one is asked for the same fields again and again */
};

#define MOST_INDEXES 3

#define AGAINST_LUA "lua"

struct bench_case {
    const char *name;
    double limit; /* of our time, in multiples of what it is measured against; 0: none */
    const char
        *against; /* NULL: the floor; AGAINST_LUA; or a case of the same floor, both in multiples of that */
    const char *script; /* in bench/plugins, without ".lua" */
    const char *floor;  /* the library of the twin */
    const char *environment[2];
    const char *params, *floor_params; /* for open; a file's name is put behind the folder's */
    bool params_are_file;
    bool lua;    /* in stock Lua, too */
    bool source; /* the time that next_batch takes counts */
    enum work work;
    unsigned rounds; /* of rules, in each of which all is asked for */
    unsigned count;  /* of fields, from the first on */
    uint32_t first;
    uint32_t floor_first;           /* the floor's number of our field 0 */
    uint64_t indexes[MOST_INDEXES]; /* arguments of the first fields; 0: none */
    const char *const *keys;        /* instead of fields: so many arguments of the first; or NULL */
};

extern const struct bench_case bench_cases[];
extern const size_t bench_case_count;

/* Request number `number` of the case, below its count. */
struct request case_request(const struct bench_case *bench, unsigned number);

#endif
