#include "cases.h"

/* Fields of bench/plugins/dummy.lua and bench/floor.c. */
enum { VALUE, STRVALUE, DIVISIBLE, NUM, CALLED, PLUS, WINDOW = PLUS + 100 };

/* Fields of bench/plugins/text.lua; those of bench/plugins/split.lua and when.lua follow in
 * bench/floortext.c. */
enum { FIND, SUB_LOWER, MATCH, MATCH_NUMBER, SPLIT, WHEN = SPLIT + 5 };

/* Fields of bench/plugins/log.lua, and where they, json.at, and those of port.lua stand in floorjson.c. */
enum { SERVICE, NAMES = 5 };
enum { JSON_AT = 12, LOG, PORT = LOG + NAMES + 1 };

#define FLOOR        .floor = "libfloor.so", .params = "", .floor_params = ""
#define DUMMY        .script = "dummy", FLOOR
#define INPUT(file)  .params = file, .floor_params = file, .params_are_file = true
#define ASK(from, n) .work = WORK_ASK, .rounds = 1, .first = from, .count = n
#define THREE        .first = VALUE, .count = 3, .indexes = {0, 0, 3}

/* A function of bench/plugins/text.lua, called for events that are there. */
#define TEXT_CASE(case_name, case_limit, field)                                                              \
    {                                                                                                        \
        case_name, case_limit, AGAINST_LUA, .script = "text", .floor = "libfloortext.so", INPUT("text.log"), \
                                            .lua = true, ASK(field, 1)                                       \
    }

#define LOG_CASE(case_name, case_limit, case_against, file, how, from, n)                                    \
    {                                                                                                        \
        case_name, case_limit, case_against, .script = "log", .floor = "libfloorjson.so", INPUT(file),       \
                                             .environment = {"LURE_BENCH_JSON=" how}, ASK(from, n),          \
                                             .floor_first = LOG                                              \
    }

/* N of the fields dummy.plusN, each once. */
#define PLUS_CASE(n)                                                                                         \
    {                                                                                                        \
        "fields_" #n, DUMMY, .environment = {"LURE_BENCH_PLUS=" #n}, .source = true, ASK(PLUS, n)            \
    }

/* One field asked for, N others declared. */
#define UNASKED_CASE(n)                                                                                      \
    {                                                                                                        \
        "unasked_" #n, DUMMY, .environment = {"LURE_BENCH_PLUS=" #n}, .source = true, ASK(VALUE, 1)          \
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
    {"payload_" #n, LETTERS(n, m), .source = true}, {"payload_read_" #n, LETTERS(n, m), ASK(STRVALUE, 1)},   \
    {                                                                                                        \
        "payload_unread_" #n, LETTERS(n, m), ASK(NUM, 1)                                                     \
    }

/* Five fields of a line in one of the formats of bench/plugins/formats.lua. */
#define FORMAT_CASE(case_name, case_limit, case_against, format, how, number)                                \
    {                                                                                                        \
        case_name, case_limit, case_against,                                                                 \
            .script = "formats", .floor = "libfloorformats.so", INPUT(format ".log"),                        \
            .environment = {"LURE_BENCH_FORMAT=" format, "LURE_BENCH_HOW=" how}, ASK(0, 5),                  \
            .floor_first = 5 * (number)                                                                      \
    }

/* Against C, and against the same by patterns. */
#define FORMAT_CASES(format, number)                                                                         \
    FORMAT_CASE(format "_fields", 8, NULL, format, "format", number),                                        \
        FORMAT_CASE(format "_patterns", 0, NULL, format, "patterns", number),                                \
        FORMAT_CASE(format "_instead", 0.5, format "_patterns", format, "format", number)

#define JSON_CASE(case_name, case_limit, case_against, file, how, n)                                         \
    {                                                                                                        \
        case_name, case_limit, case_against,                                                                 \
            .script = "json", .floor = "libfloorjson.so", INPUT(file),                                       \
            .environment = {"LURE_BENCH_JSON=" how, "LURE_BENCH_FIELDS=" #n}, .source = true, ASK(0, n)      \
    }

/* The first ten paths of `lua5.4 bench/events.lua --paths`. */
static const char *const ten_paths[] = {
    "/verb",
    "/objectRef/namespace",
    "/annotations/authorization.k8s.io~1decision",
    "/auditID",
    "/stage",
    "/requestURI",
    "/user/username",
    "/sourceIPs/0",
    "/objectRef/resource",
    "/responseStatus/code",
};

const struct bench_case bench_cases[] = {
    /* what people write */
    {"called_trivial", 1.4, AGAINST_LUA, DUMMY, .lua = true, ASK(CALLED, 1)},
    TEXT_CASE("called_find", 1.2, FIND),
    TEXT_CASE("called_sub_lower", 1.2, SUB_LOWER),
    TEXT_CASE("called_match", 0.45, MATCH),
    TEXT_CASE("called_match_number", 0.45, MATCH_NUMBER),
    {"decode_split", 0.7, AGAINST_LUA, .script = "split", .floor = "libfloortext.so", INPUT("text.log"),
     .lua = true, ASK(0, 5), .floor_first = SPLIT},
    {"time_parse", 0.7, NULL, .script = "when", .floor = "libfloortext.so", INPUT("text.log"), ASK(0, 1),
     .floor_first = WHEN},
    LOG_CASE("decode_json_parse", 3.9, NULL, "json.log", "parse", SERVICE, 5),
    LOG_CASE("decode_json_decode", 0, NULL, "json.log", "decode", SERVICE, 5),
    LOG_CASE("json_list_path", 0, NULL, "list.log", "paths", NAMES, 1),
    LOG_CASE("json_list", 1.5, "json_list_path", "list.log", "parse", NAMES, 1),
    JSON_CASE("json_paths_10", 0, NULL, "audit_1792.jsonl", "paths", 10),
    {"arg_pointer", 2, "json_paths_10", .script = "json", .floor = "libfloorjson.so",
     INPUT("audit_1792.jsonl"), .environment = {"LURE_BENCH_JSON=argument"}, .source = true, ASK(0, 10),
     .floor_first = JSON_AT, .keys = ten_paths},
    FORMAT_CASES("logfmt", 0),
    FORMAT_CASE("regex_fields", 15, NULL, "logfmt", "regex", 0),
    FORMAT_CASES("csv", 1),
    FORMAT_CASES("combined", 2),
    FORMAT_CASES("syslog", 3),
    FORMAT_CASES("cef", 4),
    FORMAT_CASES("leef", 5),
    FORMAT_CASE("format_regex", 15, NULL, "regex", "format", 6),
    FORMAT_CASE("format_regex_lua", 0, NULL, "regex", "patterns", 6),
    FORMAT_CASE("format_regex_instead", 0.5, "format_regex_lua", "regex", "format", 6),
    {"next_format", 0, NULL, .script = "format", .floor = "libfloorformat.so", .params = "",
     .floor_params = "", .lua = true, .source = true},
    {"lines", 2.5, NULL, .script = "text", .floor = "libfloorgetline.so", INPUT("text.log"), .lua = true,
     .source = true},
    {"window_update", 3, NULL, .script = "window", .floor = "libfloor.so", .params = "",
     .floor_params = "{\"keys\": 100000}", ASK(0, 1), .floor_first = WINDOW},

    {"source_integer", 3.2, NULL, DUMMY, .source = true},
    {"source_string", 6, NULL, .script = "strings", FLOOR, .source = true},
    {"one_field", 0, NULL, DUMMY, ASK(VALUE, 1)},
    {"source_and_3_fields", 4, NULL, DUMMY, .source = true, .work = WORK_ASK, .rounds = 1, THREE},
    {"five_rules", 1.8, NULL, DUMMY, .source = true, .work = WORK_ASK, .rounds = 5, THREE},
    {"to_string", 14, NULL, DUMMY, .work = WORK_SHOW},
    {"cached", 2, NULL, DUMMY, .work = WORK_AGAIN, .count = 1, .first = VALUE},
    {"cached_text", 0, NULL, DUMMY, .work = WORK_AGAIN, .count = 1, .first = STRVALUE},
    {"cached_argument", 0, NULL, DUMMY, .work = WORK_AGAIN, .count = 1, .first = DIVISIBLE, .indexes = {3}},
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
    JSON_CASE("json_paths_3", 0.6, NULL, "audit_1792.jsonl", "paths", 3),
    JSON_CASE("json_paths_3_30k", 0.35, NULL, "audit_30720.jsonl", "paths", 3),
    JSON_CASE("json_paths_12", 1.3, "json_paths_3", "audit_1792.jsonl", "paths", 12),
    {"json_port_12", 0.5, NULL, .script = "port", .floor = "libfloorjson.so", INPUT("audit_1792.jsonl"),
     .source = true, ASK(0, 12), .floor_first = PORT},
    JSON_CASE("json_parse_3", 1.5, NULL, "audit_1792.jsonl", "parse", 3),
    JSON_CASE("json_decode", 8, NULL, "audit_1792.jsonl", "decode", 3),
    {"ip_contains", 3, NULL, .script = "networks", .floor = "libfloornetworks.so", INPUT("text.log"),
     ASK(0, 1)},
    {"sha256_1m", 2, NULL, .script = "digest", .floor = "libfloordigest.so", INPUT("text.log"), ASK(0, 1)},
};

const size_t bench_case_count = sizeof(bench_cases) / sizeof(bench_cases[0]);

struct request case_request(const struct bench_case *bench, unsigned number)
{
    struct request request = {.field = bench->first};

    if (bench->keys != NULL) {
        request.key = bench->keys[number];
        return request;
    }
    request.field += number;
    request.index = number < MOST_INDEXES ? bench->indexes[number] : 0;
    return request;
}
