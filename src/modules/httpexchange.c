#include "modules/httpexchange.h"

#include "base/clock.h"
#include "http/requestparser.h"
#include "lua/budget.h"
#include "lua/metatable.h"
#include "modules/connection.h"
#include "modules/httpmessage.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define TYPE "lure.http exchange"

/* How long a header may take in all; what a body may take: so long, and this rate; how long an answer may be
 * left untaken. */
#define HEAD_TIME  (10 * CLOCK_SECOND)
#define BODY_TIME  (20 * CLOCK_SECOND)
#define BODY_RATE  4096 /* bytes a second */
#define WRITE_TIME (30 * CLOCK_SECOND)

/* After an answer to a bad request what comes is thrown away, or it would make the system drop the answer,
 * too. */
#define LINGER_TIME  (2 * CLOCK_SECOND)
#define LINGER_BYTES (1024 * 1024)

#define READ_SIZE (16 * 1024)

/* Steps that a connection may make until others have their turn. */
#define STEPS 16

/* The stack of a connection's task. */
enum { CONNECTION = 1, EXCHANGE, TEXT, HANDLED };

enum step { READING, WRITING, LINGERING };

struct exchange {
    struct requestparser parser;
    enum step step;
    bool last;       /* the answer is the connection's last */
    int64_t due;     /* of what is waited for; 0: not set */
    int64_t begun;   /* when the request began to come */
    size_t received; /* of it; while lingering, of what is thrown away */
    int steps;
};

static int run_k(lua_State *L, int status, lua_KContext written);

static const struct http_serving *serving_of(lua_State *L)
{
    return lua_touserdata(L, lua_upvalueindex(1));
}

static int close_lj(lua_State *L)
{
    struct exchange *exchange = lua_touserdata(L, 1);

    requestparser_close(&exchange->parser);
    return 0;
}

static void fill_metatable_lj(lua_State *L)
{
    lua_pushcfunction(L, close_lj); /* metatable, function */
    lua_setfield(L, -2, "__close"); /* metatable */
    lua_pushcfunction(L, close_lj); /* metatable, function */
    lua_setfield(L, -2, "__gc");    /* metatable */
}

void httpexchange_prepare_lj(lua_State *L)
{
    metatable_push_lj(L, TYPE, fill_metatable_lj); /* metatable */
    lua_pop(L, 1);                                 /* */
}

/* ---- answers ---- */

/* What is at the top is sent next. Stack: [..., text] -> [connection, exchange, text] */
static void begin_writing(lua_State *L, struct exchange *exchange, bool last)
{
    lua_replace(L, TEXT);
    lua_settop(L, TEXT); /* connection, exchange, text */
    exchange->step = WRITING;
    exchange->last = last;
    exchange->due = task_now(L) + WRITE_TIME;
}

/* Answers what is no request, or cannot be served. Stack: [...] -> [connection, exchange, text] */
static void refuse_lj(lua_State *L, struct exchange *exchange, int status, const char *problem)
{
    httpmessage_push_plain_lj(L, status, problem != NULL ? problem : "this is no HTTP request", "", false);
    begin_writing(L, exchange, true);
}

static bool is_allowed(const struct http_serving *serving, const char *method)
{
    for (int i = 0; i < serving->methods; i++) {
        if (strcmp(serving->method[i], method) == 0) {
            return true;
        }
    }
    return serving->methods == 0;
}

/* 405, with the methods that are allowed. Stack: [...] -> [connection, exchange, text] */
static void refuse_method_lj(lua_State *L, struct exchange *exchange)
{
    const struct http_serving *serving = serving_of(L);
    luaL_Buffer buffer;

    luaL_buffinit(L, &buffer);
    luaL_addstring(&buffer, "Allow: ");
    for (int i = 0; i < serving->methods; i++) {
        luaL_addstring(&buffer, i > 0 ? ", " : "");
        luaL_addstring(&buffer, serving->method[i]);
    }
    luaL_addstring(&buffer, "\r\n");
    luaL_pushresult(&buffer); /* ..., line */
    httpmessage_push_plain_lj(L, 405, "this method is not allowed here", lua_tostring(L, -1),
                              exchange->parser.keeps_on); /* ..., line, text */
    begin_writing(L, exchange, !exchange->parser.keeps_on);
}

/* ---- the handler ---- */

/* What went wrong in the handler, to the log; the client is only told that something did. */
static void log_handler_lj(lua_State *L, const struct exchange *exchange, const char *problem)
{
    const struct request_bytes *target = &exchange->parser.target;
    int length = target->size < 200 ? (int)target->size : 200;

    lua_pushfstring(L, "lure.http.serve: the handler, %s %s: %s", requestparser_method(&exchange->parser),
                    lua_pushlstring(L, target->bytes, (size_t)length), problem);
    log_limited(serving_of(L)->log, LOG_LEVEL_ERROR, lua_tostring(L, -1));
}

/* The handler has returned, or thrown. Stack: [connection, exchange, text, ...] */
static int handled_k(lua_State *L, int status, lua_KContext context)
{
    struct exchange *exchange = lua_touserdata(L, EXCHANGE);
    bool keeps_on = exchange->parser.keeps_on;
    const char *problem;

    (void)context;
    if (status != LUA_OK && status != LUA_YIELD) {
        problem = luaL_tolstring(L, -1, NULL); /* ..., error, message */
    } else {
        lua_settop(L, HANDLED + 2); /* connection, exchange, text, status, headers, body */
        problem = httpmessage_push_answer_lj(L, HANDLED, &exchange->parser, keeps_on);
    }
    if (problem != NULL) {
        log_handler_lj(L, exchange, problem);
        httpmessage_push_plain_lj(L, 500, "the server has failed", "", keeps_on);
    }
    begin_writing(L, exchange, !keeps_on);
    return run_k(L, LUA_OK, 0);
}

/* The request is whole. Stack: [connection, exchange, text] */
static int handle_lj(lua_State *L, struct exchange *exchange)
{
    const char *problem;

    if (!is_allowed(serving_of(L), requestparser_method(&exchange->parser))) {
        refuse_method_lj(L, exchange);
        return run_k(L, LUA_OK, 0);
    }
    lua_pushvalue(L, lua_upvalueindex(2)); /* connection, exchange, text, handler */
    problem = httpmessage_push_request_lj(L, &exchange->parser, CONNECTION);
    if (problem != NULL) {
        refuse_lj(L, exchange, 400, problem);
        return run_k(L, LUA_OK, 0);
    }
    return handled_k(L, lua_pcallk(L, 1, 3, 0, 0, handled_k), 0);
}

/* ---- reading ---- */

/* When what is waited for has to be there. */
static int64_t deadline_of(lua_State *L, struct exchange *exchange)
{
    int64_t body =
        exchange->begun + HEAD_TIME + BODY_TIME + (int64_t)(exchange->received / BODY_RATE) * CLOCK_SECOND;

    if (exchange->step == READING && exchange->parser.state == REQUEST_BODY) {
        return body;
    }
    if (exchange->due == 0) {
        exchange->due = task_now(L) + serving_of(L)->idle;
    }
    return exchange->due;
}

/* Bytes have come, in a header or body. */
static void count_received(lua_State *L, struct exchange *exchange, size_t size)
{
    budget_count(L, size + 32 * BUDGET_OF_STEP);
    exchange->received += size;
    if (exchange->begun == 0 && exchange->parser.state != REQUEST_IDLE) {
        exchange->begun = task_now(L);
        exchange->due = exchange->begun + HEAD_TIME;
    }
}

/* Nothing was received in time. False: the connection is to be closed without a word. */
static bool is_late_lj(lua_State *L, struct exchange *exchange)
{
    if (exchange->step != READING || exchange->parser.state == REQUEST_IDLE) {
        return false;
    }
    refuse_lj(L, exchange, 408, "the request took too long");
    return true;
}

/* What is to be done now that the parser has taken something. True: go on, without reading. */
static bool act_on_state_lj(lua_State *L, struct exchange *exchange)
{
    struct requestparser *parser = &exchange->parser;

    if (parser->state == REQUEST_BAD) {
        refuse_lj(L, exchange, parser->status, parser->problem);
        return true;
    }
    if (parser->state == REQUEST_EXPECT) {
        lua_pushliteral(L, "HTTP/1.1 100 Continue\r\n\r\n"); /* ..., text */
        begin_writing(L, exchange, false);
        return true;
    }
    return parser->state == REQUEST_WHOLE;
}

enum progress { DONE, WAIT, GO_ON };

static enum progress read_some_lj(lua_State *L, struct connection *connection, struct exchange *exchange)
{
    char bytes[READ_SIZE];
    ssize_t got = transport_read(&connection->transport, bytes, sizeof(bytes));

    if (got > 0 && exchange->step == LINGERING) {
        exchange->received += (size_t)got;
        budget_count(L, (size_t)got / 8 + 32 * BUDGET_OF_STEP);
        return exchange->received > LINGER_BYTES ? DONE : GO_ON;
    }
    if (got > 0) {
        requestparser_take(&exchange->parser, bytes, (size_t)got);
        count_received(L, exchange, (size_t)got);
        return GO_ON;
    }
    return got < 0 && errno == EAGAIN ? WAIT : DONE;
}

/* ---- writing ---- */

/* The text was sent. */
static enum progress end_writing(lua_State *L, struct connection *connection, struct exchange *exchange)
{
    lua_pushnil(L);
    lua_replace(L, TEXT);
    exchange->due = 0;
    if (exchange->last) {
        exchange->step = LINGERING;
        exchange->received = 0;
        exchange->due = task_now(L) + LINGER_TIME;
        shutdown(descriptor_number(&connection->descriptor), SHUT_WR);
        return exchange->parser.state == REQUEST_BAD ? GO_ON : DONE;
    }
    exchange->step = READING;
    if (exchange->parser.state == REQUEST_EXPECT) {
        requestparser_continue(&exchange->parser);
        exchange->begun = task_now(L);
        return GO_ON;
    }
    exchange->begun = 0;
    exchange->received = 0;
    requestparser_next(&exchange->parser);
    count_received(L, exchange, 0);
    return exchange->parser.state == REQUEST_IDLE && transport_waits(&connection->transport) ? WAIT : GO_ON;
}

static enum progress write_some(lua_State *L, struct connection *connection, struct exchange *exchange,
                                lua_KContext *written)
{
    size_t size;
    const char *text = lua_tolstring(L, TEXT, &size);
    ssize_t sent = transport_write(&connection->transport, text + *written, size - (size_t)*written);

    if (sent < 0) {
        return errno == EAGAIN ? WAIT : DONE;
    }
    budget_count(L, (size_t)sent / 8 + 32 * BUDGET_OF_STEP);
    *written += sent;
    exchange->due = task_now(L) + WRITE_TIME;
    if ((size_t)*written < size) {
        return GO_ON;
    }
    *written = 0;
    return end_writing(L, connection, exchange);
}

/* ---- the connection ---- */

/* It would wait. Stack: unchanged */
static int wait_lj(lua_State *L, struct connection *connection, struct exchange *exchange,
                   lua_KContext written)
{
    int64_t due = deadline_of(L, exchange);

    exchange->steps = 0;
    if (task_now(L) >= due) {
        return is_late_lj(L, exchange) ? run_k(L, LUA_OK, 0) : 0;
    }
    return descriptor_wait_lj(L, &connection->descriptor, connection->transport.wants, due, written, run_k);
}

/* Stack: [connection, exchange, text] */
static int run_k(lua_State *L, int status, lua_KContext written)
{
    struct connection *connection = lua_touserdata(L, CONNECTION);
    struct exchange *exchange = lua_touserdata(L, EXCHANGE);
    enum progress progress = GO_ON;

    (void)status;
    while (progress == GO_ON && descriptor_number(&connection->descriptor) >= 0) {
        if (++exchange->steps > STEPS) {
            exchange->steps = 0;
            return task_wait_lj(L, -1, 0, task_now(L), written, run_k);
        }
        if (exchange->step == READING && act_on_state_lj(L, exchange)) {
            if (exchange->parser.state == REQUEST_WHOLE && exchange->step == READING) {
                return handle_lj(L, exchange);
            }
            continue;
        }
        progress = exchange->step == WRITING ? write_some(L, connection, exchange, &written)
                                             : read_some_lj(L, connection, exchange);
    }
    return progress == WAIT ? wait_lj(L, connection, exchange, written) : 0;
}

int httpexchange_run_lj(lua_State *L)
{
    struct exchange *exchange;

    lua_settop(L, 1);                                      /* connection */
    exchange = lua_newuserdatauv(L, sizeof(*exchange), 0); /* connection, exchange */
    memset(exchange, 0, sizeof(*exchange));
    requestparser_open(&exchange->parser, serving_of(L)->budget, serving_of(L)->most);
    luaL_setmetatable(L, TYPE);
    lua_toclose(L, EXCHANGE);
    lua_pushnil(L); /* connection, exchange, text */
    return run_k(L, LUA_OK, 0);
}
