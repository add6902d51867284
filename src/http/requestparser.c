#include "http/requestparser.h"

#include <string.h>

/* Bytes that most targets and headers fit into. */
#define FIRST_ROOM 256u

/* ---- bytes that are kept ---- */

static bool append(struct requestparser *parser, struct request_bytes *to, const char *bytes, size_t size)
{
    if (to->room - to->size < size) {
        size_t twice = to->room > 0 ? to->room * 2 : FIRST_ROOM;
        size_t room = to->size + size > twice ? to->size + size : twice;
        char *larger = memory_resize(parser->budget, to->bytes, to->room, room);

        if (larger == NULL) {
            return false;
        }
        to->bytes = larger;
        to->room = room;
    }
    if (size > 0) {
        memcpy(to->bytes + to->size, bytes, size);
    }
    to->size += size;
    return true;
}

static void forget(struct requestparser *parser, struct request_bytes *bytes)
{
    if (bytes->bytes != NULL) {
        memory_give(parser->budget, bytes->bytes, bytes->room);
    }
    *bytes = (struct request_bytes){NULL, 0, 0};
}

/* Always -1, for llhttp. */
static int refuse(struct requestparser *parser, int status, const char *problem)
{
    parser->status = status;
    parser->problem = problem;
    return -1;
}

static int keep(struct requestparser *parser, struct request_bytes *to, const char *bytes, size_t size,
                size_t most, int status, const char *problem)
{
    if (size > most - to->size) {
        return refuse(parser, status, problem);
    }
    return append(parser, to, bytes, size) ? 0 : refuse(parser, 503, "not enough memory");
}

/* ---- what llhttp finds ---- */

static int on_begin(llhttp_t *llhttp)
{
    struct requestparser *parser = llhttp->data;

    parser->state = REQUEST_HEAD;
    return 0;
}

static int on_url(llhttp_t *llhttp, const char *at, size_t size)
{
    struct requestparser *parser = llhttp->data;

    return keep(parser, &parser->target, at, size, REQUEST_TARGET, 414, "the address is too long");
}

/* Behind the body there may be more headers. They could change what was checked before, so they are dropped.
 */
static bool is_trailer(const struct requestparser *parser)
{
    return parser->state != REQUEST_HEAD;
}

static int keep_header(struct requestparser *parser, const char *bytes, size_t size)
{
    static const char problem[] = "the headers are too long";

    if (is_trailer(parser)) {
        parser->trailers += size;
        return parser->trailers <= REQUEST_HEADERS ? 0 : refuse(parser, 431, problem);
    }
    return keep(parser, &parser->headers, bytes, size, REQUEST_HEADERS, 431, problem);
}

static int on_name(llhttp_t *llhttp, const char *at, size_t size)
{
    struct requestparser *parser = llhttp->data;
    size_t before = parser->headers.size;
    int result = keep_header(parser, at, size);

    for (size_t i = before; i < parser->headers.size; i++) {
        char *letter = &parser->headers.bytes[i];

        *letter = (char)(*letter >= 'A' && *letter <= 'Z' ? *letter + ('a' - 'A') : *letter);
    }
    return result;
}

static int on_value(llhttp_t *llhttp, const char *at, size_t size)
{
    struct requestparser *parser = llhttp->data;

    if (memchr(at, '\0', size) != NULL || memchr(at, '\r', size) != NULL || memchr(at, '\n', size) != NULL) {
        return refuse(parser, 400, "a header has control characters");
    }
    return keep_header(parser, at, size);
}

static int on_part_end(llhttp_t *llhttp)
{
    return keep_header(llhttp->data, "", 1);
}

/* Spaces behind a value, which llhttp leaves there. The NUL behind the name stops. */
static void cut_spaces(struct requestparser *parser)
{
    const char *bytes = parser->headers.bytes;
    size_t size = parser->headers.size;

    while (size > 0 && (bytes[size - 1] == ' ' || bytes[size - 1] == '\t')) {
        size--;
    }
    parser->headers.size = size;
}

static int on_line_end(llhttp_t *llhttp)
{
    struct requestparser *parser = llhttp->data;
    const char *name, *value;

    if (!is_trailer(parser)) {
        cut_spaces(parser);
    }
    if (on_part_end(llhttp) != 0) {
        return -1;
    }
    if (is_trailer(parser)) {
        return 0;
    }
    if (++parser->lines > REQUEST_LINES) {
        return refuse(parser, 431, "there are too many headers");
    }
    name = parser->headers.bytes + parser->line;
    value = name + strlen(name) + 1;
    parser->line = parser->headers.size;
    if (name[0] == 'h' && strcmp(name, "host") == 0) {
        parser->hosts++;
    }
    if (name[0] == 't' && strcmp(name, "transfer-encoding") == 0 &&
        (strcasecmp(value, "chunked") != 0 || ++parser->codings > 1)) {
        return refuse(parser, 501,
                      "expected chunked as the only transfer coding"); /* llhttp overlooks an empty one */
    }
    if (name[0] == 'e' && strcmp(name, "expect") == 0) {
        if (strcasecmp(value, "100-continue") != 0) {
            return refuse(parser, 417, "only 100-continue can be expected");
        }
        parser->expects = true;
    }
    return 0;
}

static int on_headers(llhttp_t *llhttp)
{
    struct requestparser *parser = llhttp->data;
    bool is_1_1 = llhttp->http_major == 1 && llhttp->http_minor == 1;
    bool has_body = (llhttp->flags & F_CHUNKED) != 0 || llhttp->content_length > 0;

    if (llhttp->http_major != 1) {
        return refuse(parser, 505, "expected HTTP/1.1 or HTTP/1.0");
    }
    if (parser->hosts > 1 || (parser->hosts == 0 && is_1_1)) {
        return refuse(parser, 400, "expected one Host header");
    }
    if ((llhttp->flags & F_CHUNKED) != 0 && !is_1_1) {
        return refuse(parser, 400, "HTTP/1.0 has no chunks");
    }
    if (llhttp->method == HTTP_CONNECT) {
        return refuse(parser, 501, "this is no proxy");
    }
    if ((llhttp->flags & F_CHUNKED) == 0 && llhttp->content_length > parser->most) {
        return refuse(parser, 413, "the body is too large");
    }
    llhttp->upgrade = 0; /* nothing else is spoken here, and a client may ask for what it likes */
    parser->keeps_on = llhttp_should_keep_alive(llhttp) != 0;
    parser->state = has_body && parser->expects && is_1_1 ? REQUEST_EXPECT : REQUEST_BODY;
    return parser->state == REQUEST_EXPECT ? HPE_PAUSED : 0;
}

static int on_body(llhttp_t *llhttp, const char *at, size_t size)
{
    struct requestparser *parser = llhttp->data;

    return keep(parser, &parser->body, at, size, parser->most, 413, "the body is too large");
}

static int on_whole(llhttp_t *llhttp)
{
    struct requestparser *parser = llhttp->data;

    parser->state = REQUEST_WHOLE;
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_message_begin = on_begin,
    .on_url = on_url,
    .on_header_field = on_name,
    .on_header_value = on_value,
    .on_header_field_complete = on_part_end,
    .on_header_value_complete = on_line_end,
    .on_headers_complete = on_headers,
    .on_body = on_body,
    .on_message_complete = on_whole,
};

/* ---- the stream ---- */

void requestparser_open(struct requestparser *parser, struct memory_budget *budget, size_t most)
{
    memset(parser, 0, sizeof(*parser));
    llhttp_init(&parser->parser, HTTP_REQUEST, &settings);
    parser->parser.data = parser;
    parser->budget = budget;
    parser->most = most;
}

void requestparser_close(struct requestparser *parser)
{
    forget(parser, &parser->target);
    forget(parser, &parser->headers);
    forget(parser, &parser->body);
    forget(parser, &parser->rest);
}

/* What llhttp says is wrong, as an answer. */
static void take_error(struct requestparser *parser, llhttp_errno_t error)
{
    parser->state = REQUEST_BAD;
    if (parser->status == 0) {
        parser->status = error == HPE_INVALID_METHOD ? 501 : error == HPE_INVALID_VERSION ? 505 : 400;
        parser->problem = llhttp_get_error_reason(&parser->parser);
    }
}

void requestparser_take(struct requestparser *parser, const char *bytes, size_t size)
{
    llhttp_errno_t error = llhttp_execute(&parser->parser, bytes, size);
    const char *stop;

    if (error == HPE_PAUSED) {
        stop = llhttp_get_error_pos(&parser->parser);
        stop = stop != NULL ? stop : bytes + size;
        if (!append(parser, &parser->rest, stop, (size_t)(bytes + size - stop))) {
            refuse(parser, 503, "not enough memory");
            parser->state = REQUEST_BAD;
        }
    } else if (error != HPE_OK) {
        take_error(parser, error);
    }
}

/* Parses what was left. */
static void take_rest(struct requestparser *parser)
{
    struct request_bytes rest = parser->rest;

    parser->rest = (struct request_bytes){NULL, 0, 0};
    if (rest.size > 0) {
        requestparser_take(parser, rest.bytes, rest.size);
    }
    forget(parser, &rest);
}

void requestparser_continue(struct requestparser *parser)
{
    parser->state = REQUEST_BODY;
    llhttp_resume(&parser->parser);
    take_rest(parser);
}

void requestparser_next(struct requestparser *parser)
{
    forget(parser, &parser->target);
    forget(parser, &parser->headers);
    forget(parser, &parser->body);
    parser->lines = parser->hosts = parser->codings = 0;
    parser->line = 0;
    parser->trailers = 0;
    parser->expects = false;
    parser->state = REQUEST_IDLE;
    llhttp_resume(&parser->parser);
    take_rest(parser);
}

const char *requestparser_method(const struct requestparser *parser)
{
    return llhttp_method_name((llhttp_method_t)parser->parser.method);
}
