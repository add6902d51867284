#include "modules/http.h"

#include "base/clock.h"
#include "lua/garbage.h"
#include "lua/metatable.h"
#include "modules/httprequest.h"
#include "modules/httpresponse.h"
#include "modules/httpserve.h"
#include "modules/log.h"
#include "tls/random.h"

#include <arpa/inet.h>
#include <errno.h>
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#define CLIENTS_TYPE "lure.http clients"

#define FIRST_PAUSE   (CLOCK_SECOND / 2)
#define LONGEST_PAUSE (60 * CLOCK_SECOND)
#define LONGEST_ASKED (3600 * CLOCK_SECOND) /* by Retry-After */

/* ---- repetitions ---- */

/* Half a second, twice as long each time, and some luck, so that many do not come back at once. */
static int64_t pause_of(const struct http_request *request)
{
    lua_Integer before = request->retries - request->retries_left;
    int64_t pause = before < 8 ? FIRST_PAUSE << before : LONGEST_PAUSE;
    uint32_t luck = 0;

    pause = pause < LONGEST_PAUSE ? pause : LONGEST_PAUSE;
    random_bytes(&luck, sizeof(luck));
    return pause / 2 + (int64_t)((double)(pause / 2) * luck / UINT32_MAX);
}

/* Once a second for an address: whoever reads the log learns what is wrong before the last attempt. */
static void log_retry(lua_State *L, const struct http_request *request, const char *problem, int64_t pause)
{
    const struct url *url = lua_touserdata(L, AT_CURRENT);
    char text[sizeof(url->shown) + HTTP_PROBLEM + 128];

    snprintf(text, sizeof(text), "%s %s: %s; again in %.1f s, attempts left: %lld", request->function,
             url->shown, problem, (double)pause / (double)CLOCK_SECOND, (long long)request->retries_left);
    log_limited(request->clients->log, LOG_LEVEL_WARNING, text);
}

static int run_k(lua_State *L, int status, lua_KContext context);

/* Begins again later, from the first address on; `asked`: by Retry-After, or -1. */
static int pause_lj(lua_State *L, struct http_request *request, const char *problem, int64_t asked)
{
    int64_t pause = pause_of(request);

    if (asked >= 0) {
        pause = (asked < LONGEST_ASKED ? asked : LONGEST_ASKED) + pause / 8;
    }
    log_retry(L, request, problem, pause);
    httprequest_end_attempt(request);
    request->retries_left--;
    request->step = STEP_PAUSE;
    request->due = task_now(L) + pause;
    return task_wait_lj(L, -1, 0, request->due, 0, run_k);
}

static int fail_attempt_lj(lua_State *L, struct http_request *request, const char *problem, bool lasting)
{
    char text[HTTP_PROBLEM];

    snprintf(text, sizeof(text), "%s", problem);
    httprequest_end_attempt(request);
    return !lasting && request->retries_left > 0 ? pause_lj(L, request, text, -1)
                                                 : httprequest_fail_lj(L, request, text);
}

static int fail_late_lj(lua_State *L, struct http_request *request, const char *what)
{
    char text[128];

    snprintf(text, sizeof(text), "%s within %g s (timeout)", what,
             (double)request->timeout / (double)CLOCK_SECOND);
    return fail_attempt_lj(L, request, text, false);
}

/* ---- one attempt ---- */

static bool is_number(const char *host)
{
    unsigned char address[16];

    return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

/* The proxy or the host: who is connected to. */
static const struct url *peer_of(lua_State *L)
{
    return lua_touserdata(L, lua_isuserdata(L, AT_PROXY) ? AT_PROXY : AT_CURRENT);
}

/* Begins to look the name up; false: that is not needed. */
static bool look_up_lj(lua_State *L, struct http_request *request)
{
    const struct url *peer = peer_of(L);
    struct endpoint endpoint = {.kind = ENDPOINT_TCP};

    if (is_number(peer->host)) {
        return false;
    }
    snprintf(endpoint.host, sizeof(endpoint.host), "%s", peer->host);
    snprintf(endpoint.port, sizeof(endpoint.port), "%s", peer->port);
    request->lookup = resolver_start(&endpoint, false);
    if (request->lookup == NULL && errno != EAGAIN) {
        httprequest_fail_lj(L, request, strerror(errno));
    }
    return true;
}

/* What is to be sent; headers with secrets do not go to another origin. Stack: [...] -> [..., texts] */
static void push_headers_lj(lua_State *L, const struct http_request *request, struct http_order *order)
{
    static const char *const secret[] = {"authorization:", "cookie:", "proxy-authorization:"};
    lua_Integer count = (lua_Integer)lua_rawlen(L, AT_HEADERS);
    const char **texts = lua_newuserdatauv(L, (size_t)(count + 1) * sizeof(*texts), 0); /* texts */

    order->headers = texts;
    for (lua_Integer i = 1; i <= count; i++) {
        const char *text;
        bool held = false;

        lua_rawgeti(L, AT_HEADERS, i); /* texts, text */
        text = lua_tostring(L, -1);
        lua_pop(L, 1); /* texts */
        for (size_t j = 0; request->foreign && j < sizeof(secret) / sizeof(secret[0]); j++) {
            held = held || strncasecmp(text, secret[j], strlen(secret[j])) == 0;
        }
        if (!held && !(request->bodiless && strncasecmp(text, "content-type: ", 14) == 0)) {
            texts[order->header_count++] = text;
        }
    }
}

/* Stack: unchanged */
static void start_lj(lua_State *L, struct http_request *request)
{
    char problem[CERTIFICATES_PATH + 256];
    struct certificate_paths paths;
    struct http_order order = {.url = lua_touserdata(L, AT_CURRENT),
                               .proxy = lua_touserdata(L, AT_PROXY),
                               .method = request->sent,
                               .most = request->most,
                               .unverified = request->unverified};
    struct http_client *client;

    memset(&paths, 0, sizeof(paths));
    if (order.url->secure) {
        paths = request->paths;
        certificates_find_system(&paths);
        if (!request->unverified && paths.path[CERTIFICATES_CA][0] == '\0') {
            httprequest_fail_lj(L, request,
                                "this system has no file of certificate authorities where it is usual; "
                                "name one in tls.ca or $SSL_CERT_FILE");
        }
    }
    push_headers_lj(L, request, &order); /* ..., texts */
    if (request->lookup != NULL) {
        order.addresses = resolver_result(request->lookup);
    }
    if (!request->bodiless && !lua_isnil(L, AT_BODY)) {
        order.body = lua_tolstring(L, AT_BODY, &order.body_size);
    }
    if (!GARBAGE_RETRY(L, (client = http_client_for(request->clients, task_current(L), &paths, problem,
                                                    sizeof(problem))) != NULL)) {
        httprequest_fail_lj(L, request, problem);
    }
    if (!GARBAGE_RETRY(L, (request->transfer = http_transfer_start(client, &order)) != NULL)) {
        httprequest_fail_lj(L, request, TEXT_OVER_LIMIT);
    }
    lua_pop(L, 1); /* ... */
    if (request->lookup != NULL) {
        resolver_release(request->lookup);
        request->lookup = NULL;
    }
    request->step = STEP_TRANSFER;
}

/* ---- answers ---- */

static bool is_redirect(long status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* Goes on where the answer says. False: it says nothing. */
static bool redirect_lj(lua_State *L, struct http_request *request)
{
    const struct url *from = lua_touserdata(L, AT_CURRENT), *to;
    long status = request->transfer->status;
    size_t length;
    const char *where = httpresponse_header(request->transfer, "location", &length);

    if (where == NULL || length == 0) {
        return false;
    }
    if (request->redirects_left-- == 0) {
        lua_pushfstring(L, "redirected more than %d times", (int)request->redirects);
        httprequest_fail_lj(L, request, lua_tostring(L, -1));
    }
    lua_pushlstring(L, where, length);                                             /* ..., where */
    to = httprequest_push_url_lj(L, request->function, lua_tostring(L, -1), from); /* ..., where, url */
    if (from->secure && !to->secure) {
        httprequest_fail_lj(L, request, "redirected from https to http, which others can read and change");
    }
    request->foreign = request->foreign || !url_same_origin(from, to);
    if (status == 303 ? strcmp(request->sent, "HEAD") != 0
                      : status <= 302 && strcmp(request->sent, "POST") == 0) {
        strcpy(request->sent, "GET");
        request->bodiless = true;
    }
    lua_replace(L, AT_CURRENT); /* ..., where */
    lua_pop(L, 1);              /* ... */
    httprequest_end_attempt(request);
    return true;
}

static bool is_passing(long status)
{
    return status == 429 || (status >= 500 && status != 501 && status != 505);
}

/* 1: the answer is at the top; 0: a redirect; -1: paused, and `*result` is to be returned. */
static int take_answer_lj(lua_State *L, struct http_request *request, int *result)
{
    if (is_redirect(request->transfer->status) && request->redirects > 0 && redirect_lj(L, request)) {
        return 0;
    }
    if (is_passing(request->transfer->status) && request->retries_left > 0) {
        char problem[32];

        snprintf(problem, sizeof(problem), "status %ld", request->transfer->status);
        *result = pause_lj(L, request, problem, httpresponse_retry_after(request->transfer));
        return -1;
    }
    httpresponse_push_lj(L, request->transfer, lua_touserdata(L, AT_CURRENT)); /* ..., response */
    httprequest_end_attempt(request);
    return 1;
}

/* ---- the steps ---- */

/* Begins at the first address. Stack: unchanged */
static void begin_lj(lua_State *L, struct http_request *request)
{
    lua_pushvalue(L, AT_FIRST); /* ..., url */
    lua_replace(L, AT_CURRENT); /* ... */
    strcpy(request->sent, request->method);
    request->bodiless = request->foreign = false;
    request->redirects_left = request->redirects;
    request->due = task_now(L) + request->timeout;
    request->step = STEP_LOOK_UP;
}

/* True: the transfer runs; else `*result` is to be returned. */
static bool go_on_to_transfer_lj(lua_State *L, struct http_request *request, int *result)
{
    if (request->lookup == NULL && !look_up_lj(L, request)) {
        start_lj(L, request);
        return true;
    }
    if (request->lookup == NULL || !resolver_is_done(request->lookup)) {
        int64_t now = task_now(L);

        if (now >= request->due) {
            *result = fail_late_lj(L, request, "DNS did not answer");
        } else if (request->lookup == NULL) { /* all of the resolver's threads wait */
            *result = task_wait_lj(L, -1, 0, now + CLOCK_SECOND / 20, 0, run_k);
        } else {
            *result = task_wait_lj(L, resolver_descriptor(request->lookup), EPOLLIN, request->due, 0, run_k);
        }
        return false;
    }
    if (resolver_result(request->lookup) == NULL) {
        *result = fail_attempt_lj(L, request, resolver_problem(request->lookup), false);
        return false;
    }
    start_lj(L, request);
    return true;
}

/* 1: the answer is at the top; 0: on to the next address; -1: `*result` is to be returned. */
static int go_on_to_answer_lj(lua_State *L, struct http_request *request, int *result)
{
    const struct http_transfer *transfer = request->transfer;

    if (transfer->outcome == HTTP_ANSWERED) {
        return take_answer_lj(L, request, result);
    }
    if (transfer->outcome != HTTP_RUNNING) {
        *result = fail_attempt_lj(L, request, transfer->problem, transfer->outcome == HTTP_REFUSED);
    } else if (task_now(L) >= request->due) {
        *result = fail_late_lj(L, request, "no complete answer");
    } else {
        *result = task_wait_in_lj(L, &request->transfer->waiting, request->due, 0, run_k);
    }
    return -1;
}

static int run_k(lua_State *L, int status, lua_KContext context)
{
    struct http_request *request = lua_touserdata(L, AT_REQUEST);
    int result = 0, answered;

    (void)status;
    (void)context;
    if (request->step == STEP_PAUSE && task_now(L) < request->due) {
        return task_wait_lj(L, -1, 0, request->due, 0, run_k);
    }
    if (request->step == STEP_BEGIN || request->step == STEP_PAUSE) {
        begin_lj(L, request);
    }
    for (;;) {
        if (request->step == STEP_LOOK_UP && !go_on_to_transfer_lj(L, request, &result)) {
            return result;
        }
        answered = go_on_to_answer_lj(L, request, &result);
        if (answered != 0) {
            return answered > 0 ? 1 : result;
        }
        request->step = STEP_LOOK_UP;
    }
}

/* ---- the functions ---- */

static struct http_clients *clients_of(lua_State *L)
{
    return lua_touserdata(L, lua_upvalueindex(1));
}

/* lure.http.get(url [, options]) */
static int get_lj(lua_State *L)
{
    task_check_lj(L, "lure.http.get");
    lua_settop(L, 2); /* url, options */
    lua_pushnil(L);   /* url, options, body */
    httprequest_read_lj(L, clients_of(L), "lure.http.get", "GET");
    return run_k(L, LUA_OK, 0);
}

/* lure.http.post(url, body [, options]) */
static int post_lj(lua_State *L)
{
    task_check_lj(L, "lure.http.post");
    lua_settop(L, 3); /* url, body, options */
    lua_insert(L, 2); /* url, options, body */
    httprequest_read_lj(L, clients_of(L), "lure.http.post", "POST");
    return run_k(L, LUA_OK, 0);
}

/* lure.http.request(options) */
static int request_lj(lua_State *L)
{
    task_check_lj(L, "lure.http.request");
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);           /* options */
    lua_getfield(L, 1, "url");  /* options, url */
    lua_insert(L, 1);           /* url, options */
    lua_getfield(L, 2, "body"); /* url, options, body */
    httprequest_read_lj(L, clients_of(L), "lure.http.request", NULL);
    return run_k(L, LUA_OK, 0);
}

static int close_clients_lj(lua_State *L)
{
    http_clients_close(lua_touserdata(L, 1));
    return 0;
}

static void fill_metatable_lj(lua_State *L)
{
    lua_pushcfunction(L, close_clients_lj); /* metatable, function */
    lua_setfield(L, -2, "__gc");            /* metatable */
}

/* Stack: [] -> [clients] */
static void push_clients_lj(lua_State *L)
{
    struct http_clients *clients = lua_newuserdatauv(L, sizeof(*clients), 0); /* clients */

    *clients = (struct http_clients){.budget = lua_touserdata(L, lua_upvalueindex(2)),
                                     .log = lua_touserdata(L, lua_upvalueindex(1))};
    metatable_set_lj(L, CLIENTS_TYPE, fill_metatable_lj);
}

int luaopen_lure_http(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"get", get_lj}, {"post", post_lj}, {"request", request_lj}, {"serve", httpserve_lj}, {NULL, NULL}};

    luaL_newlibtable(L, functions); /* table */
    push_clients_lj(L);             /* table, clients */
    luaL_setfuncs(L, functions, 1); /* table */
    return 1;
}
