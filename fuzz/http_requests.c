/*
 * http_requests: any bytes as what a client sends to lure.http.serve (http/requestparser.h).
 *
 *  - The same requests are found whether the bytes come at once, one at a time, or in pieces, and all end
 * alike.
 *  - A request keeps the bounds, and cannot be understood in another way: one Host, one way to tell where its
 * body ends, names and values of headers without ends of lines.
 *  - What was kept of it is given back.
 *
 * The first byte decides how large a body may be, the second how the pieces are cut.
 */
#include "http/requestparser.h"
#include "input.h"

#include <stdio.h>
#include <stdlib.h>

static const uint8_t *bytes;
static size_t length;
static unsigned long requests, refusals;

struct log {
    char *text;
    size_t size;
    FILE *file;
};

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "http_requests: %s:\n", what);
    fwrite(bytes, 1, length, stderr);
    fputc('\n', stderr);
    abort();
}

/* ---- one request ---- */

/* What tells where a body ends. */
struct framing {
    unsigned hosts, lengths, codings, lines;
    bool chunked;
    unsigned long long said; /* by Content-Length */
};

static void take_length(struct framing *framing, const char *value)
{
    char *end;

    framing->lengths++;
    framing->said = strtoull(value, &end, 10);
    if (*value < '0' || *value > '9' || *end != '\0') {
        fail("a length that is no number");
    }
}

static void take_header(struct framing *framing, const char *name, const char *value)
{
    framing->lines++;
    if (*name == '\0' || strpbrk(name, " \t\r\n:ABCDEFGHIJKLMNOPQRSTUVWXYZ") != NULL ||
        strpbrk(value, "\r\n") != NULL) {
        fail("a header that is none");
    }
    if (*value == ' ' || *value == '\t' ||
        (*value != '\0' && strchr(" \t", value[strlen(value) - 1]) != NULL)) {
        fail("a value with spaces around it");
    }
    if (strcmp(name, "host") == 0) {
        framing->hosts++;
    } else if (strcmp(name, "content-length") == 0) {
        take_length(framing, value);
    } else if (strcmp(name, "transfer-encoding") == 0) {
        framing->codings++;
        framing->chunked = strcasecmp(value, "chunked") == 0;
    }
}

static void check_request(const struct requestparser *parser)
{
    const char *at = parser->headers.size > 0 ? parser->headers.bytes : "", *end = at + parser->headers.size;
    bool is_1_1 = parser->parser.http_minor == 1;
    struct framing framing = {0};

    while (at < end) {
        const char *value = at + strnlen(at, (size_t)(end - at)) + 1, *next;

        next = value < end ? value + strnlen(value, (size_t)(end - value)) + 1 : value;
        if (next > end || next == value) {
            fail("headers that are not names and values");
        }
        take_header(&framing, at, value);
        at = next;
    }
    if (parser->target.size > REQUEST_TARGET || parser->headers.size > REQUEST_HEADERS ||
        framing.lines > REQUEST_LINES || parser->body.size > parser->most) {
        fail("a request beyond the bounds");
    }
    if (framing.hosts > 1 || (framing.hosts == 0 && is_1_1) || parser->parser.http_major != 1) {
        fail("a request that may be for another host");
    }
    if (framing.lengths + framing.codings > 1 || (framing.codings > 0 && (!framing.chunked || !is_1_1)) ||
        (framing.lengths == 1 && framing.said != parser->body.size) ||
        (framing.lengths + framing.codings == 0 && parser->body.size > 0)) {
        fail("a body whose end can be understood in two ways");
    }
}

static void write_bytes(const struct request_bytes *kept, FILE *to)
{
    fprintf(to, "%zu\n", kept->size);
    if (kept->size > 0) {
        fwrite(kept->bytes, 1, kept->size, to);
    }
    fputc('\n', to);
}

static void write_request(const struct requestparser *parser, FILE *to)
{
    fprintf(to, "%s %d\n", requestparser_method(parser), parser->keeps_on);
    write_bytes(&parser->target, to);
    write_bytes(&parser->headers, to);
    write_bytes(&parser->body, to);
}

/* ---- the stream ---- */

/* Takes what is there; false: nothing more is to come. */
static bool drain(struct requestparser *parser, FILE *to)
{
    while (parser->state == REQUEST_WHOLE || parser->state == REQUEST_EXPECT) {
        if (parser->state == REQUEST_EXPECT) {
            fputs("100\n", to);
            requestparser_continue(parser);
        } else {
            check_request(parser);
            requests++;
            write_request(parser, to);
            requestparser_next(parser);
        }
    }
    return parser->state != REQUEST_BAD;
}

/* What is found where the bytes come in pieces of at most `most`, cut as `seed` says. */
static struct log run(size_t body, size_t most, uint32_t seed)
{
    struct memory_budget budget = {.limit = (size_t)64 << 20};
    struct requestparser parser;
    struct log log = {NULL, 0, NULL};
    size_t at = 0;

    log.file = open_memstream(&log.text, &log.size);
    requestparser_open(&parser, &budget, body);
    while (at < length) {
        size_t size = 1 + (seed >> 16) % most;
        char *piece;

        seed = seed * 1664525 + 1013904223;
        size = size < length - at ? size : length - at;
        piece = malloc(size); /* what is read beyond its end is seen */
        memcpy(piece, bytes + at, size);
        requestparser_take(&parser, piece, size);
        free(piece);
        at += size;
        if (!drain(&parser, log.file)) {
            refusals++;
            if (parser.status < 400 || parser.status > 505) {
                fail("a bad request without a status");
            }
            break;
        }
    }
    fprintf(log.file, "%d", (int)parser.state);
    fclose(log.file);
    requestparser_close(&parser);
    if (budget.used != 0) {
        fail("memory that was not given back");
    }
    return log;
}

static void compare(const struct log *one, struct log other, const char *what)
{
    if (one->size != other.size || memcmp(one->text, other.text, one->size) != 0) {
        fprintf(stderr, "%s\nbut at once\n%s\n", other.text, one->text);
        fail(what);
    }
    free(other.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned bodies[] = {4096, 0, 1, 100, 1 << 20};
    struct log whole;
    size_t body;
    uint32_t seed;

    input_begin(data, size);
    body = INPUT_PICK(bodies);
    seed = input_below(256) * 2654435761u;
    bytes = input.at;
    length = input_left();
    whole = run(body, 1u << 31, 0xFFFFFFFF);
    compare(&whole, run(body, 1, 0), "byte by byte something else is found");
    compare(&whole, run(body, 40, seed), "in pieces something else is found");
    free(whole.text);
    return 0;
}

void fuzz_end(unsigned long runs)
{
    printf("%lu requests, and %lu refused, in %lu runs, each three times\n", requests, refusals, runs);
    if (requests < runs / 20 || refusals < runs / 20) {
        fprintf(stderr, "http_requests: too few to have tried anything\n");
        exit(1);
    }
}
