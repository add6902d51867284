/*
 * cjson_nuls: NULs in the texts of cJSON trees.
 *
 * cJSON ends texts with a NUL, so that one inside of a text would cut it off. In trees a NUL is the two bytes
 * C0 80, as in Java's modified UTF-8; UTF-8 has no such bytes. Keys and values have it, are compared with it,
 * and are printed as \u0000 again (cjson_text).
 */
#ifndef LURE_JSON_CJSON_NULS_H
#define LURE_JSON_CJSON_NULS_H

#include <cJSON.h>
#include <stddef.h>

/* The JSON text with C0 80 for each \u0000. The caller frees it; NULL: out of memory. */
char *cjson_hide_nuls(const char *text);

/* The place in `text` of what is at `place` of its copy by cjson_hide_nuls. */
size_t cjson_place_of(const char *text, size_t place);

/* A printed text, which is taken over, with \u0000 for each NUL. The caller frees it with cJSON_free; NULL:
 * out of memory. */
char *cjson_show_nuls(char *text);

/* A new string of `length` bytes. NULL: out of memory. */
cJSON *cjson_create_text(const char *text, size_t length);

/* Writes a text of a tree, with its NULs, to `to`, which has room for as many bytes. Returns the length of
 * what was written. */
size_t cjson_restore_nuls(char *to, const char *text);

#endif
