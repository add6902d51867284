/*
 * cjson_parse: parses JSON to a cJSON tree, for what is read once: configuration, schemas.
 *
 * Any thread may call it: a lock guards cJSON's parser, which keeps the place of the last error in a global
 * variable.
 */
#ifndef LURE_JSON_CJSON_PARSE_H
#define LURE_JSON_CJSON_PARSE_H

#include <cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Reads the whole text, which ends with a NUL. NULL: it is no JSON; `*fault` (which may be NULL)
 * is then the byte where that shows, from 0. The caller deletes the tree. NULs in texts are as cjson_nuls.h
 * says, and integers as cjson_integers.h does.
 */
cJSON *json_parse(const char *text, size_t *fault);

/* Of the members of one name in an object, at every depth, only the last stays: as the JSON of hosts has it.
 * False: out of memory. */
bool json_keep_last(cJSON *tree);

#endif
