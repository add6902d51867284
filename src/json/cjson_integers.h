/*
 * cjson_integers: integers in cJSON trees, from -2^63 to 2^64-1.
 *
 * cJSON has numbers as doubles, which lose integers beyond 2^53, and writes 15 digits of them. Of integers
 * with more the decimal text is kept in the number's `valuestring`, where cJSON copies and frees it.
 */
#ifndef LURE_JSON_CJSON_INTEGERS_H
#define LURE_JSON_CJSON_INTEGERS_H

#include <cJSON.h>
#include <stdbool.h>
#include <stdint.h>

/* True if `item` (NULL: none) is a number that is an integer up to 2^63-1, also if written as 5.0 or 1e3. */
bool cjson_integer(const cJSON *item, int64_t *integer);

/* Is the number `a` less than `b`? Exact between integers up to 2^63-1. */
bool cjson_is_less(const cJSON *a, const cJSON *b);

/* The number for messages. */
#define CJSON_NUMBER_TEXT 32
void cjson_number_text(const cJSON *number, char text[CJSON_NUMBER_TEXT]);

/* The tree as text, with its integers, all digits of floats, and NULs (cjson_nuls.h). The caller frees it
 * with cJSON_free; NULL: out of memory. */
char *cjson_text(const cJSON *tree);

/* A new number; NULL: out of memory. */
cJSON *cjson_create_integer(int64_t integer);

/* Keeps the integers of the text of which `tree` was just made. False: out of memory. */
bool cjson_keep_integers(cJSON *tree, const char *text);

#endif
