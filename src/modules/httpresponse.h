/*
 * httpresponse: the answer that lure.http gives a script: status, headers, body, url, and :json().
 */
#ifndef LURE_MODULES_HTTPRESPONSE_H
#define LURE_MODULES_HTTPRESPONSE_H

#include "http/client.h"

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

/* Pushes the table. `url` is shown. Stack: [] -> [response] */
void httpresponse_push_lj(lua_State *L, const struct http_transfer *transfer, const struct url *url);

/* The value of a header in the answer's head, with its length; NULL: it has none. `name` is in lower case. */
const char *httpresponse_header(const struct http_transfer *transfer, const char *name, size_t *length);

/* Retry-After, as ns from now; -1: there is none. */
int64_t httpresponse_retry_after(const struct http_transfer *transfer);

#endif
