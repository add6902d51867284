#include "base/text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_WORD 63u

char *text_format(const char *format, ...)
{
    va_list arguments, again;
    int length;
    char *text = NULL;

    va_start(arguments, format);
    va_copy(again, arguments);
    length = vsnprintf(NULL, 0, format, arguments);
    if (length >= 0) {
        text = malloc((size_t)length + 1);
    }
    if (text != NULL) {
        vsnprintf(text, (size_t)length + 1, format, again);
    }
    va_end(again);
    va_end(arguments);
    return text;
}

char *text_copy(const char *text)
{
    return text != NULL ? strdup(text) : NULL;
}

bool text_same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool text_is_among(const char *word, const char *const *words)
{
    while (*words != NULL && strcmp(*words, word) != 0) {
        words++;
    }
    return *words != NULL;
}

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t smaller = a < b ? a : b;

    return smaller < c ? smaller : c;
}

static int lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? letter | 0x20 : letter;
}

/* The Levenshtein distance: letters to insert, remove or change, whether they are capitals or not. */
static size_t distance(const char *from, const char *to)
{
    size_t row[LONGEST_WORD + 1];
    size_t width = strlen(to);

    if (width > LONGEST_WORD || strlen(from) > LONGEST_WORD) {
        return SIZE_MAX; /* not compared */
    }
    for (size_t i = 0; i <= width; i++) {
        row[i] = i;
    }
    for (size_t line = 1; from[line - 1] != '\0'; line++) {
        size_t diagonal = row[0];

        row[0] = line;
        for (size_t i = 1; i <= width; i++) {
            size_t above = row[i];

            row[i] =
                smallest(above + 1, row[i - 1] + 1, diagonal + (lower(from[line - 1]) != lower(to[i - 1])));
            diagonal = above;
        }
    }
    return row[width];
}

const char *text_nearest(const char *word, const char *const *words)
{
    size_t best = strlen(word) / 3 + 2; /* a third of the letters may be wrong, and one more */
    const char *nearest = NULL;

    for (; *words != NULL; words++) {
        size_t away = distance(word, *words);

        if (away < best && away < strlen(*words)) {
            best = away;
            nearest = *words;
        }
    }
    return nearest;
}
