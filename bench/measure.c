#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHECKED_EVENTS 2000u
#define REPEATS        256u /* of a question in WORK_AGAIN, */
#define SHOWN_AGAIN    8u   /* and of how many events of a batch */

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

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

static void open_ours(const struct plan *plan, const struct bench_case *bench, struct subject *subject)
{
    char path[4096], file[4096];

    set_environment(bench);
    snprintf(path, sizeof(path), "%s/%s.lua", plan->scripts, bench->script);
    setenv("LURE_SCRIPT", path, 1);
    subject_open(subject, plan->lure, "{}", params_of(plan, bench, bench->params, file, sizeof(file)));
}

static void open_floor(const struct plan *plan, const struct bench_case *bench, const char *config,
                       struct subject *subject)
{
    char path[4096], file[4096];

    snprintf(path, sizeof(path), "%s/%s", plan->folder, bench->floor);
    subject_open(subject, path, config, params_of(plan, bench, bench->floor_params, file, sizeof(file)));
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

/* The time of asking again what was asked before. */
static double ask_again(struct subject *subject, const struct bench_case *bench)
{
    double begin, taken = 0;

    for (uint32_t i = 0; i < subject->count && i < SHOWN_AGAIN; i++) {
        subject_turn_to(subject, i);
        subject_ask(subject, &bench->requests[0]);
        begin = now();
        for (unsigned again = 0; again < REPEATS; again++) {
            subject_ask(subject, &bench->requests[0]);
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

/* What one thing costs over so many batches. */
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

/* How many batches take the time of a run; they warm everything up, too. */
static uint64_t batches_for(struct subject *subject, const struct bench_case *bench, double seconds)
{
    uint64_t batches = 1;

    for (;;) {
        double begin = now();

        run(subject, bench, batches);
        if (now() - begin > seconds * 1e9 / 2) {
            return batches;
        }
        batches *= 2;
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double median(double *values, unsigned count)
{
    qsort(values, count, sizeof(*values), compare);
    return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

struct result measure_case(const struct plan *plan, const struct bench_case *bench)
{
    struct subject ours, floor;
    double *times = calloc(2 * plan->runs, sizeof(*times));
    uint64_t batches, floor_batches;
    struct result result;

    if (times == NULL) {
        exit(1);
    }
    open_ours(plan, bench, &ours);
    open_floor(plan, bench, "{}", &floor);
    batches = batches_for(&ours, bench, plan->seconds);
    floor_batches = batches_for(&floor, bench, plan->seconds);
    for (unsigned i = 0; i < plan->runs; i++) {
        times[i] = run(&ours, bench, batches);
        times[plan->runs + i] = run(&floor, bench, floor_batches);
    }
    result = (struct result){median(times, plan->runs), median(times + plan->runs, plan->runs)};
    free(times);
    subject_close(&ours);
    subject_close(&floor);
    return result;
}

static _Noreturn void differ(const struct bench_case *bench, uint64_t num, const char *what)
{
    fprintf(stderr, "bench: %s: event %llu: the script and the floor have another %s\n", bench->name,
            (unsigned long long)num, what);
    exit(1);
}

static bool is_text(const struct bench_case *bench, const struct request *request)
{
    return bench->params_are_file || request->field == 1;
}

static void compare_answers(const struct bench_case *bench, struct subject *ours, struct subject *floor)
{
    for (unsigned i = 0; i < bench->count; i++) {
        const struct request request = case_request(bench, i);
        const ss_plugin_extract_field *a = &ours->answer, *b = &floor->answer;

        subject_ask(ours, &request);
        subject_ask(floor, &request);
        if (a->res_len != b->res_len ||
            (a->res_len > 0 && (is_text(bench, &request) ? strcmp(*a->res.str, *b->res.str) != 0
                                                         : *a->res.u64 != *b->res.u64))) {
            differ(bench, ours->num, "value of a field");
        }
    }
}

void measure_check(const struct plan *plan, const struct bench_case *bench)
{
    struct subject ours, floor;

    open_ours(plan, bench, &ours);
    open_floor(plan, bench, "{\"values\": true}", &floor);
    for (unsigned i = 0; i < CHECKED_EVENTS; i++) {
        const ss_plugin_event *a = subject_step(&ours), *b = subject_step(&floor);

        if (a->len != b->len ||
            memcmp((const char *)a + sizeof(*a), (const char *)b + sizeof(*b), a->len - sizeof(*a)) != 0) {
            differ(bench, ours.num, "payload");
        }
        if (bench->work == WORK_SHOW && strcmp(subject_show(&ours), subject_show(&floor)) != 0) {
            differ(bench, ours.num, "text");
        }
        compare_answers(bench, &ours, &floor);
    }
    subject_close(&ours);
    subject_close(&floor);
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

        open_ours(plan, bench, &subject);
        subject_close(&subject);
        times[i] = now() - begin;
        begin = now();
        open_floor(plan, bench, "{}", &subject);
        subject_close(&subject);
        times[plan->runs + i] = now() - begin;
    }
    result = (struct result){median(times, plan->runs), median(times + plan->runs, plan->runs)};
    free(times);
    return result;
}

static double resident(void)
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

/* In a process of its own, which `write_to` hears from. */
static void use_memory(const struct plan *plan, bool of_ours, uint64_t events, int write_to)
{
    const struct bench_case *bench = three_fields();
    struct subject subject;
    double before = resident(), more;

    if (of_ours) {
        open_ours(plan, bench, &subject);
    } else {
        open_floor(plan, bench, "{}", &subject);
    }
    for (uint64_t i = 0; i < events; i++) {
        subject_step(&subject);
        ask_for_all(&subject, bench);
    }
    more = resident() - before;
    _exit(write(write_to, &more, sizeof(more)) == sizeof(more) ? 0 : 1);
}

static double memory_of(const struct plan *plan, bool of_ours, uint64_t events)
{
    int ends[2];
    pid_t child;
    double more = 0;

    if (pipe(ends) != 0 || (child = fork()) < 0) {
        perror("bench");
        exit(1);
    }
    if (child == 0) {
        use_memory(plan, of_ours, events, ends[1]);
    }
    close(ends[1]);
    if (read(ends[0], &more, sizeof(more)) != sizeof(more)) {
        exit(1); /* the child has said why */
    }
    close(ends[0]);
    waitpid(child, NULL, 0);
    return more;
}

struct result measure_memory(const struct plan *plan, uint64_t events)
{
    return (struct result){memory_of(plan, true, events), memory_of(plan, false, events)};
}
