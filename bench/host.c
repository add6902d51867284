/*
 * host: measures liblure.so against plugins in C.
 *
 *     host [--quick | --tiny | --check] LIBLURE SCRIPTS FOLDER [CASE...]
 *
 * Prints a line for each case, with tabs between: its name, "ns" or "bytes", ours, the floor's, that of stock
 * Lua (0: not measured), the limit (0: none), and what the limit is against: "floor", "lua", or a case.
 * Before that it proves that all sides give the same, which with --check is all. --quick takes some seconds,
 * --tiny none.
 */
#include "check.h"
#include "measure.h"
#include "process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void usage(void)
{
    fprintf(stderr, "usage: host [--quick | --tiny | --check] LIBLURE SCRIPTS FOLDER [CASE...]\n");
    exit(2);
}

static void print(const char *name, const char *unit, struct result result, double limit, const char *against)
{
    printf("%s\t%s\t%.1f\t%.1f\t%.1f\t%g\t%s\n", name, unit, result.ours, result.floor, result.lua, limit,
           against != NULL ? against : "floor");
    fflush(stdout);
}

static const char *const others[] = {"load", "memory_1m_events", "memory_10m_events"};

static void check_names(char **names, int count)
{
    for (int i = 0; i < count; i++) {
        bool known = false;

        for (size_t j = 0; j < sizeof(others) / sizeof(others[0]); j++) {
            known = known || strcmp(others[j], names[i]) == 0;
        }
        for (size_t j = 0; j < bench_case_count; j++) {
            known = known || strcmp(bench_cases[j].name, names[i]) == 0;
        }
        if (!known) {
            fprintf(stderr, "bench: no case is called %s\n", names[i]);
            exit(2);
        }
    }
}

static bool is_asked(const char *name, char **names, int count)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return count == 0;
}

/* How much is measured. */
static const struct amount {
    const char *option; /* or "" */
    unsigned runs;
    double seconds;  /* of one run: short, so that few are disturbed by others on the machine */
    uint64_t events; /* that memory is looked at after */
} amounts[] = {{"", 301, 0.001, 10000000},
               {"--quick", 51, 0.0005, 1000000},
               {"--tiny", 5, 0.00001, 1000},
               {"--check", 0, 0, 0}};

static const struct amount *find_amount(const char *option)
{
    for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++) {
        if (strcmp(amounts[i].option, option) == 0) {
            return &amounts[i];
        }
    }
    usage();
}

static void check(const struct plan *plan, char **names, int count)
{
    for (size_t i = 0; i < bench_case_count; i++) {
        if (is_asked(bench_cases[i].name, names, count)) {
            check_case(plan, &bench_cases[i]);
        }
    }
}

static void measure(const struct plan *plan, const struct amount *amount, char **names, int count)
{
    for (size_t i = 0; i < bench_case_count; i++) {
        if (is_asked(bench_cases[i].name, names, count)) {
            print(bench_cases[i].name, "ns", measure_case(plan, &bench_cases[i]), bench_cases[i].limit,
                  bench_cases[i].against);
        }
    }
    if (is_asked(others[0], names, count)) {
        print(others[0], "ns", measure_load(plan), 0, NULL);
    }
    if (is_asked(others[1], names, count)) {
        print(others[1], "bytes", measure_memory(plan, amount->events / 10), 0, NULL);
    }
    if (is_asked(others[2], names, count)) {
        print(others[2], "bytes", measure_memory(plan, amount->events), 0, NULL);
    }
}

int main(int argc, char **argv)
{
    bool has_option = argc > 1 && strncmp(argv[1], "--", 2) == 0;
    const struct amount *amount = find_amount(has_option ? argv[1] : "");
    struct plan plan = {.runs = amount->runs, .seconds = amount->seconds};

    argc -= 1 + has_option;
    argv += 1 + has_option;
    if (argc < 3) {
        usage();
    }
    plan.lure = argv[0];
    plan.scripts = argv[1];
    plan.folder = argv[2];
    check_names(argv + 3, argc - 3);
    process_pin(true);
    check(&plan, argv + 3, argc - 3);
    if (amount->runs > 0) {
        measure(&plan, amount, argv + 3, argc - 3);
    }
    return 0;
}
