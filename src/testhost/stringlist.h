/*
 * stringlist: lists of texts, and the JSON lists that plugins answer, read as libsinsp reads them.
 */
#ifndef LURE_TESTHOST_STRINGLIST_H
#define LURE_TESTHOST_STRINGLIST_H

#include <stdbool.h>
#include <stddef.h>

struct texts {
    char **items;
    size_t count;
};

/* Reads a JSON list of strings, as the lists of event sources are. `symbol` is where it comes from. */
bool texts_read(struct texts *texts, const char *plugin, const char *symbol, const char *json,
                bool may_be_empty, char *message);
bool texts_add(struct texts *texts, const char *text);
bool texts_have(const struct texts *texts, const char *text);
void texts_free(struct texts *texts);

#endif
