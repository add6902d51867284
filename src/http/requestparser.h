/*
 * requestparser: takes one HTTP/1 request after the other out of a stream of bytes.
 *
 * llhttp parses, strictly: what two readers could understand in two ways (Content-Length with
 * Transfer-Encoding, two lengths, a space before a colon, a line end without CR) is refused, and so is a
 * transfer coding that it overlooks (none, or others before chunked), so no request
 * can be smuggled behind another. What a client can make us keep is bounded, and charged to a memory budget.
 * Between two requests nothing is kept.
 *
 * Owner: the connection's task, with the plugin state's lock. Nothing throws.
 */
#ifndef LURE_HTTP_REQUESTPARSER_H
#define LURE_HTTP_REQUESTPARSER_H

#include "base/memorybudget.h"

#include <llhttp.h>
#include <stdbool.h>
#include <stddef.h>

/* Of the request line's target, of all header lines, and their number. */
#define REQUEST_TARGET  (8u * 1024u)
#define REQUEST_HEADERS (32u * 1024u)
#define REQUEST_LINES   100u

enum request_state {
    REQUEST_IDLE,   /* nothing of a request is there */
    REQUEST_HEAD,   /* in its header */
    REQUEST_EXPECT, /* the client waits for "100 Continue" before it sends the body */
    REQUEST_BODY,   /* in its body */
    REQUEST_WHOLE,  /* to be taken; requestparser_next goes on */
    REQUEST_BAD,    /* `status` says what to answer before the connection is closed */
};

struct request_bytes {
    char *bytes;
    size_t size, room;
};

struct requestparser {
    llhttp_t parser;
    struct memory_budget *budget;
    enum request_state state;
    int status;             /* of a bad one: 400, 413, … */
    const char *problem;    /* in words */
    size_t most;            /* bytes of a body */
    bool expects, keeps_on; /* Expect: 100-continue; the connection may be used again */
    unsigned lines, hosts, codings;
    size_t trailers; /* bytes */
    struct request_bytes target, body;
    struct request_bytes headers; /* "name", NUL, "value", NUL, … in lower case names */
    size_t line;                  /* where the line that is being read begins in them */
    struct request_bytes rest;    /* what came behind the request */
};

void requestparser_open(struct requestparser *parser, struct memory_budget *budget, size_t most);
void requestparser_close(struct requestparser *parser);

/* Takes bytes that were received, in any state but WHOLE and BAD. */
void requestparser_take(struct requestparser *parser, const char *bytes, size_t size);

/* In EXPECT: "100 Continue" was sent. */
void requestparser_continue(struct requestparser *parser);

/* In WHOLE: the request was taken. What has come behind it is parsed. */
void requestparser_next(struct requestparser *parser);

/* The method's name. */
const char *requestparser_method(const struct requestparser *parser);

#endif
