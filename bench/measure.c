#include "measure.h"

#include "process.h"
#include "timing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIDES       3u   /* ours, the floor, stock Lua */
#define REPEATS     256u /* of an extraction in WORK_AGAIN, */
#define SHOWN_AGAIN 8u   /* and of how many events of a batch */

static double now(void)
{
    return timing_now(CLOCK_MONOTONIC);
}

static void ask_for_all(struct subject *subject, const struct bench_case *bench)
{
    for (unsigned round = 0; round < bench->rounds; round++) {
        for (unsigned i = 0; i < bench->count; i++) {
            const struct request request = case_request(bench, i);

            subject_ask(subject, &request);
        }
    }
}

/* The time of extracting again what was extracted before. */
static double ask_again(struct subject *subject, const struct bench_case *bench)
{
    const struct request request = case_request(bench, 0);
    double begin, taken = 0;

    for (uint32_t i = 0; i < subject->count && i < SHOWN_AGAIN; i++) {
        subject_turn_to(subject, i);
        subject_ask(subject, &request);
        begin = now();
        for (unsigned again = 0; again < REPEATS; again++) {
            subject_ask(subject, &request);
        }
        taken += now() - begin;
    }
    return taken;
}

static void work_on_batch(struct subject *subject, const struct bench_case *bench)
{
    for (uint32_t i = 0; bench->work != WORK_NONE && i < subject->count; i++) {
        subject_turn_to(subject, i);
        if (bench->work == WORK_ASK) {
            ask_for_all(subject, bench);
        } else {
            subject_show(subject);
        }
    }
}

/* What is measured: a plugin, or stock Lua beside the plugin that has its events. */
struct side {
    struct subject *subject;
    struct stock *stock; /* or NULL */
    uint64_t batches;    /* of a run */
    double *times;
};

/* The time of one unit of work, over so many batches. */
static double run(struct subject *subject, const struct bench_case *bench, uint64_t batches)
{
    double begin = now(), taken = 0;
    uint64_t things = 0;

    for (uint64_t i = 0; i < batches; i++) {
        double work_begin;

        subject_next(subject);
        work_begin = bench->source ? 0 : now();
        if (bench->work == WORK_AGAIN) {
            taken += ask_again(subject, bench);
            things += (subject->count < SHOWN_AGAIN ? subject->count : SHOWN_AGAIN) * REPEATS;
            continue;
        }
        work_on_batch(subject, bench);
        taken += bench->source ? 0 : now() - work_begin;
        things += subject->count;
    }
    return (bench->source ? now() - begin : taken) / (double)things;
}

/* The same in stock Lua; the events that it is shown come from `floor`, in no time. */
static double run_stock(struct stock *stock, struct subject *floor, const struct bench_case *bench,
                        uint64_t batches)
{
    double taken = 0;
    uint64_t things = 0;

    for (uint64_t i = 0; i < batches; i++) {
        double begin;

        subject_next(floor);
        begin = now();
        for (uint32_t event = 0; event < floor->count; event++) {
            if (bench->source) {
                stock_next(stock);
                continue;
            }
            sides_show_to_stock(stock, floor->events[event]);
            for (unsigned field = 0; field < bench->count; field++) {
                stock_ask(stock, case_request(bench, field).field);
            }
        }
        taken += now() - begin;
        things += floor->count;
    }
    return taken / (double)things;
}

static double run_side(const struct side *side, const struct bench_case *bench, uint64_t batches)
{
    return side->stock != NULL ? run_stock(side->stock, side->subject, bench, batches)
                               : run(side->subject, bench, batches);
}

/* How many batches take the time of a run; they warm everything up, too. */
static uint64_t batches_for(const struct side *side, const struct bench_case *bench, double seconds)
{
    uint64_t batches = 1;

    for (;;) {
        double begin = now();

        run_side(side, bench, batches);
        if (now() - begin > seconds * 1e9 / 2) {
            return batches;
        }
        batches *= 2;
    }
}

struct result measure_case(const struct plan *plan, const struct bench_case *bench)
{
    struct subject ours, floor;
    double *times = calloc(SIDES * (size_t)plan->runs, sizeof(*times)), medians[SIDES] = {0};
    struct side sides[SIDES] = {{.subject = &ours}, {.subject = &floor}, {.subject = &floor}};
    unsigned count = bench->lua ? SIDES : SIDES - 1;

    if (times == NULL) {
        exit(1);
    }
    sides_open_ours(plan, bench, &ours);
    sides_open_floor(plan, bench, "{}", &floor);
    sides[SIDES - 1].stock = sides_open_stock(plan, bench);
    for (unsigned side = 0; side < count; side++) {
        sides[side].times = times + side * plan->runs;
        sides[side].batches = batches_for(&sides[side], bench, plan->seconds);
    }
    for (unsigned i = 0; i < plan->runs; i++) {
        for (unsigned side = 0; side < count; side++) {
            sides[side].times[i] = run_side(&sides[side], bench, sides[side].batches);
        }
    }
    for (unsigned side = 0; side < count; side++) {
        medians[side] = timing_quantile(sides[side].times, plan->runs, 0.5);
    }
    free(times);
    subject_close(&ours);
    subject_close(&floor);
    if (bench->lua) {
        stock_close(sides[SIDES - 1].stock);
    }
    return (struct result){medians[0], medians[1], medians[2]};
}

static const struct bench_case *three_fields(void)
{
    for (size_t i = 0; i < bench_case_count; i++) {
        if (strcmp(bench_cases[i].name, "source_and_3_fields") == 0) {
            return &bench_cases[i];
        }
    }
    abort();
}

struct result measure_load(const struct plan *plan)
{
    const struct bench_case *bench = three_fields();
    double *times = calloc(2 * plan->runs, sizeof(*times));
    struct result result;

    if (times == NULL) {
        exit(1);
    }
    for (unsigned i = 0; i < plan->runs; i++) {
        struct subject subject;
        double begin = now();

        sides_open_ours(plan, bench, &subject);
        subject_close(&subject);
        times[i] = now() - begin;
        begin = now();
        sides_open_floor(plan, bench, "{}", &subject);
        subject_close(&subject);
        times[plan->runs + i] = now() - begin;
    }
    result = (struct result){timing_quantile(times, plan->runs, 0.5),
                             timing_quantile(times + plan->runs, plan->runs, 0.5), 0};
    free(times);
    return result;
}

/* How memory is used. */
struct memory_use {
    const struct plan *plan;
    bool of_ours;
    uint64_t events;
};

static void use_memory(void *of, double *more)
{
    const struct memory_use *use = of;
    const struct bench_case *bench = three_fields();
    struct subject subject;
    double before = process_resident();

    if (use->of_ours) {
        sides_open_ours(use->plan, bench, &subject);
    } else {
        sides_open_floor(use->plan, bench, "{}", &subject);
    }
    for (uint64_t i = 0; i < use->events; i++) {
        subject_step(&subject);
        ask_for_all(&subject, bench);
    }
    *more = process_resident() - before;
}

static double memory_of(const struct plan *plan, bool of_ours, uint64_t events)
{
    struct memory_use use = {plan, of_ours, events};
    struct measuring measuring = process_begin(use_memory, &use, 1);
    double more = 0;

    process_end(&measuring, &more, 1);
    return more;
}

struct result measure_memory(const struct plan *plan, uint64_t events)
{
    return (struct result){memory_of(plan, true, events), memory_of(plan, false, events), 0};
}
