/*
 * pathreason: explains why paths have no value in a payload, for people who write them (`lure check`).
 *
 * It resolves the path with the functions that extraction uses, and tells what was found: a value that does
 * not fit the field's type, or the part of the path that is there and what it lacks.
 *
 * Not made for speed: nothing is kept from payload to payload.
 */
#ifndef LURE_JSON_PATHREASON_H
#define LURE_JSON_PATHREASON_H

#include "json/paths.h"

#include <stddef.h>

enum path_reason {
    PATH_REASON_NONE,    /* none is known: there is a value */
    PATH_REASON_MISSING, /* there is nothing, or null: many events lack something */
    PATH_REASON_MISFIT   /* there is something, and the field's type does not take it */
};

/* Enough for what pathreason_find writes; more is cut. */
#define PATH_REASON_TEXT 1024

/*
 * Why `paths` give no value: `text` gets one line of UTF-8, such as
 *
 *   /uid is the text "6x"; uint64 takes an integer from 0, or digits
 *   /user is there, but has no "name"
 *
 * Of several reasons, of elements and of alternatives, a misfit is told before what is missing.
 */
enum path_reason pathreason_find(const struct paths *paths, const char *payload, size_t size,
                                 const struct paths_request *request, struct pool *pool,
                                 char text[PATH_REASON_TEXT]);

#endif
