/*
 * regex: regular expressions as Perl has them, by PCRE2: compiled once, then matched against texts, with
 * groups by number and by name. Patterns in which no group repeats are matched by a program of our own
 * (regex/loopfree.h), with the same result.
 *
 * The time of a match is bounded by `steps` (regex/steps.h), however the pattern backtracks; there is no
 * recursion on the C stack. All memory, of the pattern, of a match and of what it backtracks over, is charged
 * to a budget. Nothing throws.
 *
 * Without REGEX_UTF patterns and texts are bytes: any will do. With it the pattern has to be valid UTF-8,
 * which is checked, and the text too, which is not: regex_is_utf8 tells. A text that is none must not be
 * matched (regex_repair).
 *
 * Owner: who compiles it. One match at a time; the groups are of the last one, offsets into its text. Not
 * thread safe.
 */
#ifndef LURE_REGEX_REGEX_H
#define LURE_REGEX_REGEX_H

#include "base/memorybudget.h"
#include "regex/steps.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes of the longest pattern. */
#define REGEX_LONGEST 65535

enum regex_flag {
    REGEX_CASELESS = 1 << 0,
    REGEX_MULTILINE = 1 << 1,  /* ^ and $ at each line */
    REGEX_DOTALL = 1 << 2,     /* . is a line break, too */
    REGEX_EXTENDED = 1 << 3,   /* white space and comments in the pattern */
    REGEX_UTF = 1 << 4,        /* characters, with their properties, instead of bytes */
    REGEX_ANCHORED = 1 << 5,   /* matches at the place where it begins only */
    REGEX_INTERPRETED = 1 << 6 /* by PCRE2's interpreter, also without loops: the same, to compare */
};

/* All zero is closed. */
struct regex {
    struct pcre2_real_general_context_8 *general;
    struct pcre2_real_code_8 *code;
    struct pcre2_real_match_context_8 *context;
    struct pcre2_real_match_data_8 *data;
    struct loopfree *loopfree; /* matches instead of PCRE2 (regex/loopfree.h); or NULL */
    struct memory_budget *budget;
    uint32_t groups; /* without that of the whole match */
    uint32_t name_count, name_size;
    const unsigned char *names;
};

struct regex_problem {
    bool memory;    /* it is out, or over the limit: `text` says nothing */
    size_t offset;  /* bytes of the pattern before what is wrong */
    char text[160]; /* lower case, one line */
};

/* Compiles a pattern. False: `problem` says why, and nothing has to be closed. Time: at most about a
 * microsecond for each byte of the pattern. */
bool regex_compile(struct regex *regex, const char *pattern, size_t length, unsigned flags,
                   struct memory_budget *budget, struct regex_problem *problem);

/* May be closed again. */
void regex_close(struct regex *regex);

enum regex_result {
    REGEX_MATCH,
    REGEX_NO_MATCH,
    REGEX_STOPPED, /* by `steps`, or by a limit that the pattern sets itself, as (*LIMIT_MATCH=1000) does */
    REGEX_MEMORY,  /* out of memory, or over the limit */
    REGEX_FAILED   /* the pattern recurses without end */
};

/* Finds the first match that begins at `from` or behind it; what stands before can be looked back at.
 * `not_empty`: an empty match at `from` is none. */
enum regex_result regex_match(struct regex *regex, const char *text, size_t length, size_t from,
                              bool not_empty, struct regex_steps *steps);

/* Of the last match: group 0 is all of it, 1 to `groups` are those of the pattern. False: it has no part in
 * the match. */
bool regex_group(const struct regex *regex, uint32_t group, size_t *begin, size_t *end);

/* The name `index`, from 0 to name_count - 1, in the order of their bytes; its group in *group. With (?J)
 * several may be the same. It lives as long as the pattern. */
const char *regex_name(const struct regex *regex, uint32_t index, uint32_t *group);

/* Frees what a match that backtracked far has needed, beyond a few pages; its groups stay. */
void regex_trim(struct regex *regex);

/* The bytes before the first that is not of valid UTF-8; `length`: there is none. */
size_t regex_utf8_length(const char *text, size_t length);

/* Writes a copy of the text of the same length to `to`, each byte that is not of valid UTF-8 as U+001A. */
void regex_repair(char *to, const char *text, size_t length);

#endif
