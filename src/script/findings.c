#include "script/findings.h"

#include "base/text.h"
#include "event/value.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_FINDINGS 50

/* "FILE:LINE: message", or "FILE: message" if the word does not occur. */
static char *format_finding(const struct script_source *source, const char *word, const char *message)
{
    int line = word != NULL ? script_source_line_of(source, word) : 0;

    if (line > 0) {
        return text_format("%s:%d: %s", source->name, line, message);
    }
    return text_format("%s: %s", source->name, message);
}

/* Adds a line, sanitized; takes over `line`, which is NULL if memory is out. */
static void add_line(struct findings *findings, char *line)
{
    char *text = line != NULL ? utf8_copy(line, strlen(line), UTF8_LINE) : NULL;

    free(line);
    if (findings->text != NULL && text != NULL) {
        line = text;
        text = text_format("%s\n\t%s", findings->text, line);
        free(line);
    }
    if (text == NULL) {
        findings->no_memory = true;
        return;
    }
    free(findings->text);
    findings->text = text;
}

bool findings_is_full(const struct findings *findings)
{
    return findings->count >= MOST_FINDINGS;
}

void findings_add(struct findings *findings, const char *word, const char *format, ...)
{
    char message[1024];
    va_list arguments;

    if (++findings->count > MOST_FINDINGS) {
        return;
    }
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    add_line(findings, format_finding(findings->source, word, message));
}

void findings_add_placed(struct findings *findings, const char *text)
{
    static const char no_file[] = "\n\tno file ";
    /* what `require` adds is a list of all places where it looked, a line each: the first is beside the
     * script */
    const char *place = strstr(text, no_file);
    int length = (int)strcspn(text, "\n");

    findings->count++;
    if (place != NULL) {
        place += strlen("\n\t");
        add_line(findings,
                 text_format("%.*s %.*s, nor elsewhere", length, text, (int)strcspn(place, "\n"), place));
    } else {
        add_line(findings, text_format("%.*s", length, text));
    }
}

void findings_add_at(struct findings *findings, int line, const char *text)
{
    findings->count++;
    add_line(findings, text_format("%s:%d: %s", findings->source->name, line, text));
}

void findings_check_names_lj(struct findings *findings, lua_State *L, int index, const char *table,
                             const char *const *names)
{
    char got[96];

    index = lua_absindex(L, index);
    lua_pushnil(L);                   /* key */
    while (lua_next(L, index) != 0) { /* key, value */
        const char *name = value_name(L, -2);

        lua_pop(L, 1); /* key */
        if (name == NULL) {
            value_describe(L, -1, got, sizeof(got));
            findings_add(findings, NULL, "%s has the key %s; its keys are names", table, got);
        } else if (!text_is_among(name, names)) {
            const char *nearest = text_nearest(name, names);

            findings_add(findings, name, "unknown key \"%.80s\" in %s%s%s%s", name, table,
                         nearest != NULL ? "; did you mean \"" : "", nearest != NULL ? nearest : "",
                         nearest != NULL ? "\"?" : "");
        }
    }
}

const char *findings_text(const struct findings *findings)
{
    return findings->text != NULL ? findings->text : TEXT_NO_MEMORY;
}

void findings_free(struct findings *findings)
{
    free(findings->text);
    findings->text = NULL;
}
