/*
 * patterns: a prefilter for Lua's pattern matcher, in its lstrlib.c only (cmake/patch-lua.cmake).
 *
 * Lua tries a pattern at each position of the subject, and a repetition byte by byte. Most patterns begin
 * with plain text, or have it behind a repetition: positions without that text are skipped with
 * memchr, and the text is not matched again. Runs of a class are one loop. What matches, what is
 * captured and which error is thrown are as in Lua: only attempts that would fail at the plain text are
 * left out, and of a repetition never the first, which meets every error before it.
 *
 * Nothing is allocated, and nothing but the subject's bytes and the pattern's is read. What is skipped or run
 * over is charged to the time budget.
 */
#ifndef LURE_LUA_PATTERNS_H
#define LURE_LUA_PATTERNS_H

#include "lua/budgetsteps.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Plain text that every match begins with. */
struct pattern_begin {
    int byte;         /* the first of it; -1: there is none */
    const char *more; /* what follows in the pattern */
    size_t length;    /* of that */

    size_t known;     /* bytes at a place that was sought which need not be matched again */
    const char *rest; /* of the pattern, behind those */
};

#define PATTERN_MOST_OPEN 31 /* one more may be too many captures */

/* Bytes that are special somewhere in a pattern, and NUL. */
static const bool pattern_special[256] = {
    ['\0'] = true, ['^'] = true, ['$'] = true, ['*'] = true, ['+'] = true, ['?'] = true, ['.'] = true,
    ['('] = true,  [')'] = true, ['['] = true, [']'] = true, ['%'] = true, ['-'] = true,
};

static inline bool pattern_is_plain(char c)
{
    return !pattern_special[(unsigned char)c];
}

/* Is the item before `at` optional in a match? */
static inline bool pattern_is_optional(const char *at, const char *end)
{
    return at < end && (*at == '*' || *at == '?' || *at == '-');
}

/* The one byte that the item at `p` stands for, and in `after` where the item ends; -1: it may be another. */
static inline int pattern_byte(const char *p, const char *end, const char **after)
{
    bool escaped = p < end && *p == '%';

    p += escaped;
    *after = p + 1;
    if (p >= end || pattern_is_optional(p + 1, end) ||
        (escaped ? isalnum((unsigned char)*p) : !pattern_is_plain(*p))) {
        return -1;
    }
    return (unsigned char)*p;
}

/* `anchored`: it is tried at one place only. */
static inline struct pattern_begin pattern_begin(const char *p, const char *end, bool anchored)
{
    struct pattern_begin begin = {.byte = -1, .rest = p};
    const char *after;

    if (anchored) {
        return begin;
    }
    for (int open = 0; open < PATTERN_MOST_OPEN && p < end && *p == '('; open++) {
        p += p + 1 < end && p[1] == ')' ? 2 : 1;
    }
    begin.byte = pattern_byte(p, end, &begin.more);
    if (begin.byte < 0) {
        return begin;
    }
    for (after = begin.more; after < end && pattern_is_plain(*after); after++) {
    }
    after -= after > begin.more && pattern_is_optional(after, end);
    begin.length = (size_t)(after - begin.more);
    if (p == begin.rest) { /* no capture begins before */
        bool repeats = after < end && *after == '+';

        begin.known = begin.length + !repeats;
        begin.rest = begin.known > 0 ? after - repeats : p;
    }
    return begin;
}

/* The first place from `s` on where a match may begin; NULL: there is none. */
static inline const char *pattern_seek(lua_State *L, const struct pattern_begin *begin, const char *s,
                                       const char *end)
{
    const char *at;

    if (begin->byte < 0) {
        return s;
    }
    while ((at = memchr(s, begin->byte, (size_t)(end - s))) != NULL) {
        if ((size_t)(end - at) > begin->length && memcmp(at + 1, begin->more, begin->length) == 0) {
            BUDGET_SCAN(L, (size_t)(at - s));
            return at;
        }
        BUDGET_CHARGE(L, BUDGET_OF_STEP + ((size_t)(at - s) + begin->length) / 16);
        s = at + 1;
    }
    BUDGET_SCAN(L, (size_t)(end - s));
    return NULL;
}

/* The byte that the rest of a pattern, behind a repetition, begins with; -1: it may be another. */
static inline int pattern_next(const char *p, const char *end)
{
    while (p < end && (*p == '(' || *p == ')')) {
        p++;
    }
    return pattern_byte(p, end, &p);
}

/* How many repetitions, at most `count`, leave `next` behind them; -1: none. */
static inline ptrdiff_t pattern_last(lua_State *L, int next, const char *s, ptrdiff_t count)
{
    const char *last;

    if (next < 0 || count < 0) {
        return count;
    }
    last = memrchr(s, next, (size_t)count + 1);
    BUDGET_CHARGE(L, (size_t)(count - (last != NULL ? last - s : 0)) / 32);
    return last != NULL ? last - s : -1;
}

/* After each byte `i` that is compared with a set of so many bytes. */
#define BUDGET_SET(L, i, size) ((size) > 64 ? budget_charge_lj(L, (size_t)(size)) : BUDGET_BYTE(L, i))

#define PATTERN_RUN(test)                                                                                    \
    while (s < end && (test)) {                                                                              \
        s++;                                                                                                 \
        BUDGET_BYTE(L, s - begin);                                                                           \
    }                                                                                                        \
    break
#define PATTERN_CLASS(letter, upper, is)                                                                     \
    case letter:                                                                                             \
        PATTERN_RUN(is((unsigned char)*s));                                                                  \
    case upper:                                                                                              \
        PATTERN_RUN(!is((unsigned char)*s))

/* How many bytes from `s` on are of the item from `p` to `item_end`; -1: it is a set of more than a byte. */
static inline ptrdiff_t pattern_run(lua_State *L, const char *s, const char *end, const char *p,
                                    const char *item_end)
{
    const char *begin = s;
    int plain = (unsigned char)*p;

    if (plain == '.') {
        return end - s;
    }
    if (plain == '[') {
        if (item_end - p != 4 || p[1] != '^') {
            return -1;
        }
        s = memchr(s, p[2], (size_t)(end - s));
        s = s != NULL ? s : end;
        BUDGET_CHARGE(L, (size_t)(s - begin) / 32);
        return s - begin;
    }
    if (plain == '%') {
        plain = (unsigned char)p[1];
        switch (plain) {
            PATTERN_CLASS('a', 'A', isalpha);
            PATTERN_CLASS('c', 'C', iscntrl);
            PATTERN_CLASS('d', 'D', isdigit);
            PATTERN_CLASS('g', 'G', isgraph);
            PATTERN_CLASS('l', 'L', islower);
            PATTERN_CLASS('p', 'P', ispunct);
            PATTERN_CLASS('s', 'S', isspace);
            PATTERN_CLASS('u', 'U', isupper);
            PATTERN_CLASS('w', 'W', isalnum);
            PATTERN_CLASS('x', 'X', isxdigit);
        case 'z':
        case 'Z':
            return -1;
        default:
            PATTERN_RUN((unsigned char)*s == plain);
        }
        return s - begin;
    }
    while (s < end && (unsigned char)*s == plain) {
        s++;
        BUDGET_BYTE(L, s - begin);
    }
    return s - begin;
}

#endif
