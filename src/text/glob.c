#include "text/glob.h"

#include <stdbool.h>
#include <string.h>

void glob_begin(struct glob *glob, const char *pattern, size_t pattern_length, const char *text,
                size_t length)
{
    *glob = (struct glob){
        .pattern = pattern, .pattern_end = pattern + pattern_length, .text = text, .text_end = text + length};
}

/* The "]" of the set whose "[" is at `at`; NULL: it is none. */
static const char *set_end(const char *at, const char *end)
{
    at++;
    at += at < end && *at == '!';
    at += at < end && *at == ']';
    return at < end ? memchr(at, ']', (size_t)(end - at)) : NULL;
}

static bool is_in_set(const char *at, const char *end, char letter)
{
    const unsigned char byte = (unsigned char)letter;
    const bool negated = at[1] == '!';
    bool found = false;

    for (at += 1 + negated; at < end; at++) {
        const unsigned char first = (unsigned char)*at;
        unsigned char last = first;

        if (end - at > 2 && at[1] == '-') {
            last = (unsigned char)at[2];
            at += 2;
        }
        found = found || (first <= byte && byte <= last);
    }
    return found != negated;
}

/* Does the element of the pattern, no star, take the letter? *next: what is behind it; *cost: bytes looked
 * at. */
static bool takes(const struct glob *glob, char letter, const char **next, size_t *cost)
{
    const char *at = glob->pattern;
    const char *end = *at == '[' ? set_end(at, glob->pattern_end) : NULL;

    *next = end != NULL ? end + 1 : at + 1;
    *cost = end == NULL && *at == '[' ? (size_t)(glob->pattern_end - at) : (size_t)(*next - at);
    return *at == '?' || (end != NULL ? is_in_set(at, end, letter) : *at == letter);
}

enum glob_result glob_match(struct glob *glob, size_t bytes)
{
    for (size_t done = 0; done < bytes; done++) {
        const char *next;
        size_t cost = 0;

        if (glob->pattern < glob->pattern_end && *glob->pattern == '*') {
            glob->star = ++glob->pattern;
            glob->retry = glob->text;
            continue;
        }
        if (glob->text == glob->text_end) {
            return glob->pattern == glob->pattern_end ? GLOB_YES : GLOB_NO;
        }
        if (glob->pattern < glob->pattern_end && takes(glob, *glob->text, &next, &cost)) {
            glob->pattern = next;
            glob->text++;
        } else if (glob->star != NULL) {
            glob->pattern = glob->star;
            glob->text = ++glob->retry;
        } else {
            return GLOB_NO;
        }
        done += cost;
    }
    return GLOB_MORE;
}
