#include "cases.h"

/* Fields of bench/plugins/dummy.lua and bench/floor.c. */
enum { VALUE, STRVALUE, DIVISIBLE, NUM, CALLED, PLUS };

#define FLOOR     .floor = "libfloor.so", .params = "", .floor_params = ""
#define DUMMY     .script = "dummy", FLOOR
#define THREE     .count = 3, .requests = {{VALUE, 0}, {STRVALUE, 0}, {DIVISIBLE, 3}}
#define ONE(what) .rounds = 1, .count = 1, .requests = {{what, 0}}

/* N of the fields dummy.plusN, each once. */
#define PLUS_CASE(n)                                                                                         \
    {                                                                                                        \
        "fields_" #n, DUMMY, .environment = {"LURE_BENCH_PLUS=" #n}, .source = true, .work = WORK_ASK,       \
                             .rounds = 1, .count = n, .requests = {{PLUS, 0}}, .first = PLUS                 \
    }

/* One field asked for, N others declared. */
#define UNASKED_CASE(n)                                                                                      \
    {                                                                                                        \
        "unasked_" #n, DUMMY, .environment = {"LURE_BENCH_PLUS=" #n}, .source = true, .work = WORK_ASK,      \
                              ONE(VALUE)                                                                     \
    }

#define BATCH_CASE(n)                                                                                        \
    {                                                                                                        \
        "batch_" #n, .script = "dummy", .floor = "libfloor.so", .params = "",                                \
                     .floor_params = "{\"batch\": " #n "}", .environment = {"LURE_BENCH_BATCH=" #n},         \
                     .source = true                                                                          \
    }

/* Payloads of N letters; a batch has M. */
#define LETTERS(n, m)                                                                                        \
    .script = "letters", .floor = "libfloor.so", .params = "{\"size\": " #n "}",                             \
    .floor_params = "{\"size\": " #n ", \"batch\": " #m "}"

#define PAYLOAD_CASES(n, m)                                                                                  \
    {"payload_" #n, LETTERS(n, m), .source = true},                                                          \
        {"payload_read_" #n, LETTERS(n, m), .work = WORK_ASK, ONE(STRVALUE)},                                \
    {                                                                                                        \
        "payload_unread_" #n, LETTERS(n, m), .work = WORK_ASK, ONE(NUM)                                      \
    }

#define JSON_CASE(case_name, case_limit, file, how, n)                                                       \
    {                                                                                                        \
        case_name, case_limit, .script = "json", .floor = "libfloorjson.so", .params = file,                 \
                               .floor_params = file, .params_are_file = true,                                \
                               .environment = {"LURE_BENCH_JSON=" how, "LURE_BENCH_FIELDS=" #n},             \
                               .source = true, .work = WORK_ASK, .rounds = 1, .count = n, .requests = {      \
                                   {0, 0},                                                                   \
                                   {1, 0},                                                                   \
                                   {2, 0}                                                                    \
                               }                                                                             \
    }

const struct bench_case bench_cases[] = {
    {"source_integer", 3.2, DUMMY, .source = true},
    {"source_string", 6, .script = "strings", FLOOR, .source = true},
    {"one_field", 0, DUMMY, .work = WORK_ASK, ONE(VALUE)},
    {"one_field_called", 0, DUMMY, .work = WORK_ASK, ONE(CALLED)},
    {"source_and_3_fields", 4, DUMMY, .source = true, .work = WORK_ASK, .rounds = 1, THREE},
    {"five_rules", 1.8, DUMMY, .source = true, .work = WORK_ASK, .rounds = 5, THREE},
    {"to_string", 14, DUMMY, .work = WORK_SHOW},
    {"memo", 2, DUMMY, .work = WORK_AGAIN, .count = 1, .requests = {{VALUE, 0}}},
    {"memo_text", 0, DUMMY, .work = WORK_AGAIN, .count = 1, .requests = {{STRVALUE, 0}}},
    {"memo_argument", 0, DUMMY, .work = WORK_AGAIN, .count = 1, .requests = {{DIVISIBLE, 3}}},
    PLUS_CASE(1),
    PLUS_CASE(10),
    PLUS_CASE(100),
    UNASKED_CASE(0),
    UNASKED_CASE(10),
    UNASKED_CASE(100),
    BATCH_CASE(1),
    BATCH_CASE(8),
    BATCH_CASE(64),
    BATCH_CASE(512),
    BATCH_CASE(4096),
    PAYLOAD_CASES(20, 512),
    PAYLOAD_CASES(200, 512),
    PAYLOAD_CASES(2000, 512),
    PAYLOAD_CASES(65536, 16),
    JSON_CASE("json_paths_3", 0.6, "audit_1792.jsonl", "paths", 3),
    JSON_CASE("json_paths_3_30k", 0.35, "audit_30720.jsonl", "paths", 3),
    JSON_CASE("json_paths_12", 0, "audit_1792.jsonl", "paths", 12),
    JSON_CASE("json_parse_3", 1.5, "audit_1792.jsonl", "parse", 3),
    JSON_CASE("json_decode", 8, "audit_1792.jsonl", "decode", 3),
};

const size_t bench_case_count = sizeof(bench_cases) / sizeof(bench_cases[0]);

struct request case_request(const struct bench_case *bench, unsigned number)
{
    if (bench->count <= LISTED_REQUESTS) {
        return bench->requests[number];
    }
    return (struct request){bench->first + number, 0};
}
