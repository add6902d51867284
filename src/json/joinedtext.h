/*
 * joinedtext: one text of all texts of a value, as `join` makes it: with a separator between them.
 *
 * A field's default may be long, and may stand for each of many missing elements, so that a small payload
 * could have a text of gigabytes. So all that are joined for one field have at most JOINED_MOST bytes.
 *
 * Texts are in the pool given. Nothing is kept. Any thread.
 */
#ifndef LURE_JSON_JOINEDTEXT_H
#define LURE_JSON_JOINEDTEXT_H

#include "base/pool.h"
#include "event/value.h"

#include <stddef.h>

/* With their NULs. */
#define JOINED_MOST ((size_t)16 << 20)

enum joined { JOINED_DONE, JOINED_TOO_LONG, JOINED_NO_MEMORY };

/* Joins the texts that are the value's cells. `*left`: the bytes that may still be joined for the field. */
enum joined joinedtext_make(const struct value *value, const char *separator, size_t *left, struct pool *pool,
                            const char **text);

#endif
