#include "lua/evalmatch.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#define LONGEST_PATTERN 128

/* Steps that reading a byte of a pattern takes: a range is up to 256 members. */
#define STEPS_OF_BYTE 8

enum item_kind {
    ITEM_BYTE,
    ITEM_ANY,
    ITEM_CLASS,   /* %a */
    ITEM_SET,     /* without classes: `members` has it */
    ITEM_CLASSES, /* a set with classes */
    ITEM_OPEN,    /* the capture begins, */
    ITEM_CLOSE    /* and ends */
};

struct item {
    uint8_t kind;            /* enum item_kind */
    unsigned char byte;      /* or the letter of the class */
    char repeats;            /* `*`, `+`, `-` or `?`; 0: once */
    bool excludes;           /* a set that begins with `^` */
    const char *begin, *end; /* of a set, what is between its brackets */
    uint64_t members[4];     /* of a set: a bit for each byte */
};

struct matcher {
    struct item items[MATCH_ITEMS];
    int count;
    bool is_anchored, ends_text; /* `^` at its begin, `$` at its end */
    const char *end;             /* of the text */
    unsigned steps, most;
    const char *open, *close, *behind; /* the capture, and the end of the match */
};

/* Is the byte of the class that the letter stands for? */
static bool is_of_class(unsigned char byte, unsigned char letter)
{
    bool is = false;

    switch (tolower(letter)) {
    case 'a':
        is = isalpha(byte) != 0;
        break;
    case 'c':
        is = iscntrl(byte) != 0;
        break;
    case 'd':
        is = isdigit(byte) != 0;
        break;
    case 'g':
        is = isgraph(byte) != 0;
        break;
    case 'l':
        is = islower(byte) != 0;
        break;
    case 'p':
        is = ispunct(byte) != 0;
        break;
    case 's':
        is = isspace(byte) != 0;
        break;
    case 'u':
        is = isupper(byte) != 0;
        break;
    case 'w':
        is = isalnum(byte) != 0;
        break;
    case 'x':
        is = isxdigit(byte) != 0;
        break;
    case 'z':
        is = byte == '\0';
        break;
    default:
        return byte == letter;
    }
    return is == (islower(letter) != 0);
}

/* ---- the pattern ---- */

/* Does `%` with that letter stand for one byte? Not with a capture's number, nor in %b and %f. */
static bool is_class(unsigned char letter)
{
    return !isdigit(letter) && letter != 'b' && letter != 'f';
}

static void add_member(struct item *item, unsigned byte)
{
    item->members[byte / 64] |= UINT64_C(1) << byte % 64;
}

/* What is between the brackets of a set: bytes and ranges, or also classes. */
static void read_members(struct item *item)
{
    const char *at = item->begin;

    item->kind = ITEM_SET;
    memset(item->members, 0, sizeof(item->members));
    while (at < item->end) {
        if (*at == '%') {
            unsigned char letter = (unsigned char)at[1];

            if (isalpha(letter)) {
                item->kind = ITEM_CLASSES;
                return;
            }
            add_member(item, letter);
            at += 2;
        } else if (at + 2 < item->end && at[1] == '-') {
            for (unsigned byte = (unsigned char)at[0]; byte <= (unsigned char)at[2]; byte++) {
                add_member(item, byte);
            }
            at += 3;
        } else {
            add_member(item, (unsigned char)*at++);
        }
    }
}

/* The set whose bracket is before `at`. Returns what is behind it; NULL: it has no end. */
static const char *read_set(struct item *item, const char *at, const char *end)
{
    item->excludes = at < end && *at == '^';
    item->begin = at += item->excludes;
    do { /* the first may be a bracket itself */
        if (at == end) {
            return NULL;
        }
        at += *at == '%' ? 2 : 1;
    } while (at < end && *at != ']');
    if (at >= end) {
        return NULL;
    }
    item->end = at;
    read_members(item);
    return at + 1;
}

/* What stands for one byte, at `at`. Returns what is behind it; NULL: it is something else. */
static const char *read_single(struct item *item, const char *at, const char *end)
{
    const char first = *at++;

    if (first == '[') {
        return read_set(item, at, end);
    }
    item->kind = first == '.' ? ITEM_ANY : first == '%' ? ITEM_CLASS : ITEM_BYTE;
    item->byte = (unsigned char)first;
    if (first != '%') {
        return at;
    }
    if (at == end || !is_class((unsigned char)*at)) {
        return NULL;
    }
    item->byte = (unsigned char)*at;
    item->kind = isalpha(item->byte) ? ITEM_CLASS : ITEM_BYTE;
    return at + 1;
}

static bool is_repetition(char letter)
{
    return letter == '*' || letter == '+' || letter == '-' || letter == '?';
}

/* False: it has something that is left to string.match. */
static bool read_pattern(struct matcher *matcher, const char *at, const char *end)
{
    int opened = 0, closed = 0;

    matcher->is_anchored = at < end && *at == '^';
    at += matcher->is_anchored;
    matcher->ends_text = false;
    for (matcher->count = 0; at < end; matcher->count++) {
        struct item *item = &matcher->items[matcher->count];

        if (*at == '$' && at + 1 == end) {
            matcher->ends_text = true;
            break;
        }
        if (matcher->count == MATCH_ITEMS) {
            return false;
        }
        item->repeats = 0;
        if (*at == '(' || *at == ')') {
            item->kind = *at == '(' ? ITEM_OPEN : ITEM_CLOSE;
            opened += *at == '(';
            closed += *at == ')';
            if (opened > 1 || closed > opened || (*at == '(' && at + 1 < end && at[1] == ')')) {
                return false;
            }
            at++;
            continue;
        }
        at = read_single(item, at, end);
        if (at == NULL) {
            return false;
        }
        if (at < end && is_repetition(*at)) {
            item->repeats = *at++;
        }
    }
    return opened == closed;
}

/* ---- the match ---- */

static bool is_of_classes(const struct item *item, unsigned char byte)
{
    const char *at = item->begin;

    while (at < item->end) {
        if (*at == '%') {
            if (is_of_class(byte, (unsigned char)at[1])) {
                return true;
            }
            at += 2;
        } else if (at + 2 < item->end && at[1] == '-') {
            if ((unsigned char)at[0] <= byte && byte <= (unsigned char)at[2]) {
                return true;
            }
            at += 3;
        } else if ((unsigned char)*at++ == byte) {
            return true;
        }
    }
    return false;
}

static inline bool is_of_set(const struct item *item, unsigned char byte)
{
    return (item->members[byte / 64] >> byte % 64 & 1) != item->excludes;
}

static bool is_of(const struct item *item, unsigned char byte)
{
    switch (item->kind) {
    case ITEM_BYTE:
        return byte == item->byte;
    case ITEM_ANY:
        return true;
    case ITEM_CLASS:
        return is_of_class(byte, item->byte);
    case ITEM_SET:
        return is_of_set(item, byte);
    default:
        return is_of_classes(item, byte) != item->excludes;
    }
}

/* Counts steps. False: there are too many. */
static inline bool count_steps(struct matcher *matcher, size_t steps)
{
    matcher->steps =
        steps < matcher->most - matcher->steps ? matcher->steps + (unsigned)steps : matcher->most;
    return matcher->steps < matcher->most;
}

/* How many bytes from `at` on the item stands for. */
static size_t run_of(struct matcher *matcher, const struct item *item, const char *at)
{
    const char *begin = at, *end = matcher->end;

    if ((size_t)(end - at) > matcher->most - matcher->steps) {
        end = at + (matcher->most - matcher->steps); /* then it is abandoned */
    }
    if (item->kind == ITEM_SET) {
        while (at < end && is_of_set(item, (unsigned char)*at)) {
            at++;
        }
    } else {
        while (at < end && is_of(item, (unsigned char)*at)) {
            at++;
        }
    }
    return (size_t)(at - begin);
}

static bool match(struct matcher *matcher, int number, const char *at);

/* As often as it goes, but at least `least` times. */
static bool match_most(struct matcher *matcher, int number, const char *at, size_t least)
{
    size_t count = run_of(matcher, &matcher->items[number], at);

    if (!count_steps(matcher, count)) {
        return false;
    }
    for (; count >= least; count--) {
        if (match(matcher, number + 1, at + count)) {
            return true;
        }
        if (count == 0) {
            break;
        }
    }
    return false;
}

/* As seldom as it goes. */
static bool match_fewest(struct matcher *matcher, int number, const char *at)
{
    while (!match(matcher, number + 1, at)) {
        if (at == matcher->end || !is_of(&matcher->items[number], (unsigned char)*at) ||
            !count_steps(matcher, 1)) {
            return false;
        }
        at++;
    }
    return true;
}

/* Does the text from `at` on match the items from `number` on? Recurses once for each of them. */
static bool match(struct matcher *matcher, int number, const char *at)
{
    if (!count_steps(matcher, 1)) {
        return false;
    }
    for (; number < matcher->count; number++) {
        const struct item *item = &matcher->items[number];

        if (item->kind == ITEM_OPEN) {
            matcher->open = at;
        } else if (item->kind == ITEM_CLOSE) {
            matcher->close = at;
        } else if (item->repeats == 0) {
            if (at == matcher->end || !is_of(item, (unsigned char)*at)) {
                return false;
            }
            at++;
        } else if (item->repeats == '-') {
            return match_fewest(matcher, number, at);
        } else if (item->repeats != '?') {
            return match_most(matcher, number, at, item->repeats == '+');
        } else if (at < matcher->end && is_of(item, (unsigned char)*at) &&
                   match(matcher, number + 1, at + 1)) {
            return true;
        }
    }
    matcher->behind = at;
    return !matcher->ends_text || at == matcher->end;
}

bool evalmatch_find(const struct eval_text *text, const struct eval_text *pattern, unsigned most,
                    unsigned *steps, struct eval_text *found)
{
    struct matcher matcher;
    const char *at = text->data;
    bool matches;

    matcher.steps = *steps;
    matcher.most = most;
    if (pattern->size > LONGEST_PATTERN || *steps > most ||
        !count_steps(&matcher, STEPS_OF_BYTE * pattern->size) ||
        !read_pattern(&matcher, pattern->data, pattern->data + pattern->size)) {
        return false;
    }
    matcher.end = text->data + text->size;
    matcher.open = matcher.close = NULL;
    do {
        matches = match(&matcher, 0, at);
    } while (!matches && !matcher.is_anchored && at++ < matcher.end && matcher.steps < most);
    *steps = matcher.steps;
    *found = (struct eval_text){NULL, 0};
    if (matches && matcher.close != NULL) {
        *found = (struct eval_text){matcher.open, (size_t)(matcher.close - matcher.open)};
    } else if (matches) {
        *found = (struct eval_text){at, (size_t)(matcher.behind - at)};
    }
    return matches || matcher.steps < most;
}
