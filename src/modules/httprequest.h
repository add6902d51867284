/*
 * httprequest: what a script asks lure.http for: its options, read and checked once, and how far it is.
 */
#ifndef LURE_MODULES_HTTPREQUEST_H
#define LURE_MODULES_HTTPREQUEST_H

#include "http/client.h"
#include "http/url.h"
#include "net/resolver.h"

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

/* What a request keeps on its stack. REQUEST is to be closed. */
enum {
    AT_URL = 1, /* its text; what is sent lies in AT_CURRENT */
    AT_OPTIONS,
    AT_BODY,    /* text or nil */
    AT_REQUEST, /* struct http_request */
    AT_FIRST,   /* struct url that was asked for */
    AT_CURRENT, /* struct url: the same, or where redirects have led to */
    AT_HEADERS, /* list of "name: value" */
    AT_PROXY,   /* struct url or nil */
    AT_TOP = AT_PROXY
};

enum http_step { STEP_BEGIN, STEP_LOOK_UP, STEP_TRANSFER, STEP_PAUSE };

struct http_request {
    struct http_clients *clients;
    const char *function; /* "lure.http.get" */
    char method[24];      /* that was asked for */
    char sent[24];        /* the same; after some redirects GET */
    bool bodiless;        /* a redirect has made it a GET */
    bool foreign;         /* redirects have led to another origin: what is secret stays here */
    bool unverified;      /* tls.verify is false */
    bool has_type;        /* the script has given a Content-Type */
    int64_t timeout;      /* ns of one attempt */
    int64_t due;          /* when this one ends, or the pause */
    lua_Integer redirects, redirects_left;
    lua_Integer retries, retries_left;
    size_t most;
    struct certificate_paths paths;
    enum http_step step;
    struct resolver_request *lookup;
    struct http_transfer *transfer;
};

/* Reads URL, options and body, and makes the other values. `method` NULL: an option. Throws for what is
 * wrong. Stack: [url, options, body] -> up to AT_TOP */
struct http_request *httprequest_read_lj(lua_State *L, struct http_clients *clients, const char *function,
                                         const char *method);

/* Releases what an attempt has made. */
void httprequest_end_attempt(struct http_request *request);

/* A userdata with the address. Stack: [] -> [url]; throws for what is none */
struct url *httprequest_push_url_lj(lua_State *L, const char *function, const char *text,
                                    const struct url *base);

/* lure.http: URL without its secrets: ... Throws. */
int httprequest_fail_lj(lua_State *L, const struct http_request *request, const char *problem);

#endif
