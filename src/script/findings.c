#include "script/findings.h"

#include "script/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST_FINDINGS 50

/* "FILE:LINE: message", or "FILE: message" where the word stands nowhere. */
static char *place_message(const struct source *source, const char *word, const char *message)
{
    int line = word != NULL ? source_line_of(source, word) : 0;

    if (line > 0) {
        return text_format("%s:%d: %s", source->name, line, message);
    }
    return text_format("%s: %s", source->name, message);
}

void findings_add(struct findings *findings, const char *word, const char *format, ...)
{
    char message[1024];
    char *placed, *text;
    va_list arguments;

    if (++findings->count > MOST_FINDINGS) {
        return;
    }
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    placed = place_message(findings->source, word, message);
    text = placed != NULL && findings->text != NULL ? text_format("%s\n%s", findings->text, placed) : placed;
    if (text == NULL) {
        findings->no_memory = true;
        free(placed);
        return;
    }
    if (text != placed) {
        free(placed);
        free(findings->text);
    }
    findings->text = text;
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
