#include "sides.h"

#include <stdio.h>
#include <stdlib.h>

/* The open parameters: as they stand, or the path of a file. */
static const char *params_of(const struct plan *plan, const struct bench_case *bench, const char *params,
                             char *buffer, size_t size)
{
    if (!bench->params_are_file) {
        return params;
    }
    snprintf(buffer, size, "%s/%s", plan->folder, params);
    return buffer;
}

static void set_environment(const struct bench_case *bench)
{
    unsetenv("LURE_BENCH_PLUS");
    unsetenv("LURE_BENCH_BATCH");
    for (size_t i = 0; i < sizeof(bench->environment) / sizeof(bench->environment[0]); i++) {
        if (bench->environment[i] != NULL) {
            putenv((char *)(uintptr_t)bench->environment[i]);
        }
    }
}

/* The path of the script, which is set up for the case. */
static void find_script(const struct plan *plan, const struct bench_case *bench, char *path, size_t size)
{
    set_environment(bench);
    snprintf(path, size, "%s/%s.lua", plan->scripts, bench->script);
}

void sides_open_ours(const struct plan *plan, const struct bench_case *bench, struct subject *subject)
{
    char path[4096], file[4096];

    find_script(plan, bench, path, sizeof(path));
    setenv("LURE_SCRIPT", path, 1);
    subject_open(subject, plan->lure, "{}", params_of(plan, bench, bench->params, file, sizeof(file)));
}

void sides_open_floor(const struct plan *plan, const struct bench_case *bench, const char *config,
                      struct subject *subject)
{
    char path[4096], file[4096];

    snprintf(path, sizeof(path), "%s/%s", plan->folder, bench->floor);
    subject_open(subject, path, config, params_of(plan, bench, bench->floor_params, file, sizeof(file)));
    subject->first_field = bench->floor_first;
}

struct stock *sides_open_stock(const struct plan *plan, const struct bench_case *bench)
{
    char path[4096], file[4096];

    if (!bench->lua) {
        return NULL;
    }
    find_script(plan, bench, path, sizeof(path));
    return stock_open(path, params_of(plan, bench, bench->params, file, sizeof(file)));
}

void sides_show_to_stock(struct stock *stock, const ss_plugin_event *event)
{
    stock_turn_to(stock, (const char *)event + PLUGIN_EVENT_PAYLOAD_OFFSET,
                  event->len - PLUGIN_EVENT_PAYLOAD_OFFSET);
}
