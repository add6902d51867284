/*
 * url: addresses of HTTP requests, taken apart by libcurl's own parser, so that nobody reads them
 * differently.
 *
 * Only http and https. What may be secret (user, password, query) does not stand in `shown`, which is for
 * messages.
 *
 * Nothing of the caller's is kept. Any thread.
 */
#ifndef LURE_HTTP_URL_H
#define LURE_HTTP_URL_H

#include <stdbool.h>
#include <stddef.h>

#define URL_LONGEST 8192
#define URL_HOST    256

struct url {
    char text[URL_LONGEST]; /* without user, password and fragment */
    char shown[512];        /* scheme, host, path; shortened */
    char host[URL_HOST];    /* without brackets */
    char port[8];
    char user[URL_HOST], password[URL_HOST]; /* decoded */
    bool secure;                             /* https */
    bool has_user;
};

/* Reads `text`; where `base` is not NULL, as a link that stands in a document of that address. NULL, or what
 * is wrong. */
const char *url_read(struct url *url, const char *text, const struct url *base);

/* True if scheme, host and port are the same: what is secret may be sent on. */
bool url_same_origin(const struct url *a, const struct url *b);

#endif
