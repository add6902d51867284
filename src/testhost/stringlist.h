/*
 * stringlist: lists of strings, and the parser of JSON lists of strings that plugins return, as in libsinsp.
 */
#ifndef LURE_TESTHOST_STRINGLIST_H
#define LURE_TESTHOST_STRINGLIST_H

#include <stdbool.h>
#include <stddef.h>

struct string_list {
    char **items;
    size_t count;
};

/* Reads a JSON list of strings, as the lists of event sources are. `symbol` is where it comes from. */
bool string_list_read(struct string_list *texts, const char *plugin, const char *symbol, const char *json,
                      bool may_be_empty, char *message);
bool string_list_add(struct string_list *texts, const char *text);
bool string_list_have(const struct string_list *texts, const char *text);
void string_list_free(struct string_list *texts);

#endif
