/*
 * findings: collects all errors in a script's declarations, one per line: "FILE:LINE: message".
 *
 * Lua tables have no line numbers, so the line is the first one in which the word in question occurs in the
 * script.
 */
#ifndef LURE_SCRIPT_FINDINGS_H
#define LURE_SCRIPT_FINDINGS_H

#include "script/scriptsource.h"

#include <lua.h>
#include <stdbool.h>

struct findings {
    const struct script_source *source;
    char *text;     /* the lines, without a line end behind the last; NULL: none yet */
    unsigned count; /* of findings, also of those that had no room any more */
    bool no_memory; /* one could not be written down */
};

/* Adds an error at the line where `word` (or NULL) occurs in the script. At most 50 are kept. */
void findings_add(struct findings *findings, const char *word, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* True if what is added from now on is only counted: no text needs to be made. */
bool findings_is_full(const struct findings *findings);

/* Adds an error with a known line. */
void findings_add_at(struct findings *findings, int line, const char *text);

/* Adds an error that begins with its position; only its first line is kept. */
void findings_add_placed(struct findings *findings, const char *text);

/* Adds an error for each key of the table at `index`, called `table` in messages, that is not among `names`.
 * Stack: unchanged */
void findings_check_names_lj(struct findings *findings, lua_State *L, int index, const char *table,
                             const char *const *names);

/* The text of all errors; TEXT_NO_MEMORY if there are some and memory was out for all of them. */
const char *findings_text(const struct findings *findings);

void findings_free(struct findings *findings);

#endif
