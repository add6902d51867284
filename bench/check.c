#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECKED_EVENTS 2000u

static _Noreturn void differ(const struct bench_case *bench, uint64_t num, const char *what)
{
    fprintf(stderr, "bench: %s: event %llu: %s not the same\n", bench->name, (unsigned long long)num, what);
    exit(1);
}

static bool are_same(const ss_plugin_extract_field *a, const ss_plugin_extract_field *b, bool texts)
{
    if (a->res_len != b->res_len) {
        return false;
    }
    for (uint64_t i = 0; i < a->res_len; i++) {
        if (texts ? strcmp(a->res.str[i], b->res.str[i]) != 0 : a->res.u64[i] != b->res.u64[i]) {
            return false;
        }
    }
    return true;
}

static bool is_same_in_stock(const ss_plugin_extract_field *ours, struct stock_value value, bool texts)
{
    if (!value.exists || ours->res_len != 1) {
        return value.exists == (ours->res_len == 1);
    }
    return texts ? strcmp(*ours->res.str, value.text) == 0 : *ours->res.u64 == value.number;
}

static void compare_answers(const struct bench_case *bench, struct subject *ours, struct subject *floor,
                            struct stock *stock)
{
    for (unsigned i = 0; i < bench->count; i++) {
        const struct request request = case_request(bench, i);
        bool texts = subject_is_text(ours, request.field);

        subject_ask(ours, &request);
        subject_ask(floor, &request);
        if (ours->answer.res_len == 0) {
            differ(bench, ours->num, "no field has no value: a field is");
        }
        if (!are_same(&ours->answer, &floor->answer, texts)) {
            differ(bench, ours->num, "a field of the script and of the floor are");
        }
        if (stock != NULL && !is_same_in_stock(&ours->answer, stock_ask(stock, request.field), texts)) {
            differ(bench, ours->num, "a field of the script and in stock Lua are");
        }
    }
}

static void compare_payloads(const struct bench_case *bench, const struct subject *ours,
                             const struct subject *floor, struct stock *stock)
{
    const ss_plugin_event *a = ours->input.evt, *b = floor->input.evt;
    struct stock_value value;

    if (a->len != b->len ||
        memcmp((const char *)a + sizeof(*a), (const char *)b + sizeof(*b), a->len - sizeof(*a)) != 0) {
        differ(bench, ours->num, "payloads of the script and of the floor are");
    }
    if (stock == NULL || !bench->source) {
        return;
    }
    value = stock_next(stock);
    if (value.length != a->len - PLUGIN_EVENT_PAYLOAD_OFFSET ||
        memcmp(value.text, (const char *)a + PLUGIN_EVENT_PAYLOAD_OFFSET, value.length) != 0) {
        differ(bench, ours->num, "payloads of the script and in stock Lua are");
    }
}

void check_case(const struct plan *plan, const struct bench_case *bench)
{
    struct subject ours, floor;
    struct stock *stock;

    sides_open_ours(plan, bench, &ours);
    sides_open_floor(plan, bench, "{\"values\": true}", &floor);
    stock = sides_open_stock(plan, bench);
    for (unsigned i = 0; i < CHECKED_EVENTS; i++) {
        const ss_plugin_event *event = subject_step(&ours);

        subject_step(&floor);
        compare_payloads(bench, &ours, &floor, stock);
        if (bench->work == WORK_SHOW && strcmp(subject_show(&ours), subject_show(&floor)) != 0) {
            differ(bench, ours.num, "texts of the script and of the floor are");
        }
        if (stock != NULL) {
            sides_show_to_stock(stock, event);
        }
        compare_answers(bench, &ours, &floor, stock);
    }
    subject_close(&ours);
    subject_close(&floor);
    if (stock != NULL) {
        stock_close(stock);
    }
}
