/*
 * regex: any bytes as a pattern and a text (src/regex/regex.h): what is found lies in the text, a match ends
 * where its steps do, and memory is given back. Patterns of the part that POSIX has in common: glibc's
 * regexec finds a match where there is one, at the same place, and none that is shorter. And patterns most of
 * which have no loops: their own program (src/regex/loopfree.h) finds what PCRE2's interpreter does.
 */
#include "regex/regex.h"
#include "input.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST_WINDOWS 8 /* of steps */
#define MOST_TEXT    256u

static char pattern[512];
static size_t pattern_length;
static unsigned windows, repeats;

static _Noreturn void fail(const char *what, const char *text, size_t length)
{
    fprintf(stderr, "%s: pattern \"%.*s\", text \"", what, (int)pattern_length, pattern);
    fwrite(text, 1, length, stderr);
    fprintf(stderr, "\"\n");
    abort();
}

static bool go_on(void *owner)
{
    (void)owner;
    return ++windows < MOST_WINDOWS;
}

static enum regex_result match(struct regex *regex, const char *text, size_t length, size_t from,
                               bool not_empty)
{
    struct regex_steps steps = {.left = REGEX_WINDOW, .go_on = go_on};
    enum regex_result result;

    windows = 0;
    result = regex_match(regex, text, length, from, not_empty, &steps);
    if (windows > MOST_WINDOWS) {
        fail("goes on although it was stopped", text, length);
    }
    return result;
}

static void check_groups(const struct regex *regex, const char *text, size_t length)
{
    for (uint32_t group = 0; group <= regex->groups; group++) {
        size_t begin, end;

        if (regex_group(regex, group, &begin, &end) && (begin > end || end > length)) {
            fail("a group is not in the text", text, length);
        }
    }
    for (uint32_t i = 0; i < regex->name_count; i++) {
        uint32_t group;
        const char *name = regex_name(regex, i, &group);

        if (*name == '\0' || group == 0 || group > regex->groups) {
            fail("a name has no group", text, length);
        }
    }
}

/* ---- any bytes ---- */

static void try_bytes(void)
{
    struct memory_budget budget = {.limit = input_once_in(4) ? 20000 + input_below(60000) : 1u << 26};
    const unsigned flags = input_below(64);
    struct regex_problem problem;
    struct regex regex;
    char repaired[MOST_TEXT];
    const char *bytes, *text;
    size_t length, from;

    pattern_length = input_below(120);
    bytes = input_bytes(pattern_length, &pattern_length);
    memcpy(pattern, bytes, pattern_length);
    text = input_bytes(MOST_TEXT, &length);
    if (!regex_compile(&regex, pattern, pattern_length, flags, &budget, &problem)) {
        if (!problem.memory && (problem.offset > pattern_length || problem.text[0] == '\0')) {
            fail("the problem has no place or no text", text, length);
        }
    } else {
        if ((flags & REGEX_UTF) != 0 && regex_utf8_length(text, length) < length) {
            regex_repair(repaired, text, length);
            text = repaired;
            if (regex_utf8_length(text, length) < length) {
                fail("is no UTF-8 when it is repaired", text, length);
            }
        }
        from = 0;
        for (bool empty = false;;) {
            size_t begin, end;

            if (match(&regex, text, length, from, empty) != REGEX_MATCH) {
                break;
            }
            check_groups(&regex, text, length);
            regex_group(&regex, 0, &begin, &end);
            if (end < from || (end == from && empty)) {
                fail("matches go backwards", text, length);
            }
            empty = begin == end;
            from = end;
            regex_trim(&regex);
        }
        regex_close(&regex);
    }
    if (budget.used != 0) {
        fail("memory stays charged", text, length);
    }
}

/* ---- what POSIX has, too ---- */

static void add(const char *text)
{
    const size_t length = strlen(text);

    if (pattern_length + length < sizeof(pattern)) {
        memcpy(pattern + pattern_length, text, length + 1);
        pattern_length += length;
    }
}

static void add_alternatives(unsigned depth);

static void add_item(unsigned depth)
{
    static const char *const singles[] = {"a", "b", "c", "a", "b", ".", "[ab]", "[^a]", "[b-c]", "[^bc]"};
    static const char *const suffixes[] = {"", "", "", "*", "+", "?", "{2}", "{0,2}", "{1,}"};
    const unsigned kind = input_below(16);
    const char *suffix;

    if (kind >= 11 && depth > 0) {
        add("(");
        add_alternatives(depth - 1);
        add(")");
    } else {
        add(INPUT_PICK(singles));
    }
    suffix = INPUT_PICK(suffixes);
    if (*suffix != '\0' && repeats > 0) {
        repeats--;
        add(suffix);
    }
}

static void add_alternatives(unsigned depth)
{
    for (unsigned more = input_below(3);; more--) {
        for (unsigned i = 1 + input_below(3); i > 0; i--) {
            add_item(depth);
        }
        if (more == 0) {
            return;
        }
        add("|");
    }
}

static void compare_with_posix(void)
{
    static const char letters[] = "abcABx";
    const bool caseless = input_once_in(4), anchored = input_once_in(6), ended = input_once_in(6);
    struct memory_budget budget = {.limit = 1u << 28};
    struct regex_problem problem;
    struct regex regex;
    char text[25];
    size_t length = input_below(sizeof(text)), begin = 0, end = 0;
    enum regex_result result;
    regmatch_t its;
    regex_t posix;
    int status;

    pattern_length = 0;
    repeats = 4;
    add(anchored ? "^(" : "(");
    add_alternatives(2);
    add(ended ? ")$" : ")");
    for (size_t i = 0; i < length; i++) {
        text[i] = letters[input_below(sizeof(letters) - 1)];
    }
    text[length] = '\0';
    if (!regex_compile(&regex, pattern, pattern_length, REGEX_DOTALL | (caseless ? REGEX_CASELESS : 0),
                       &budget, &problem)) {
        fail(problem.text, text, length);
    }
    if (regcomp(&posix, pattern, REG_EXTENDED | (caseless ? REG_ICASE : 0)) != 0) {
        fail("POSIX has no such pattern", text, length);
    }
    status = regexec(&posix, text, 1, &its, 0);
    result = match(&regex, text, length, 0, false);
    if (result == REGEX_MATCH) {
        check_groups(&regex, text, length);
        regex_group(&regex, 0, &begin, &end);
    }
    if (result != REGEX_STOPPED &&
        ((result == REGEX_MATCH) != (status == 0) || result > REGEX_NO_MATCH ||
         (status == 0 && ((size_t)its.rm_so != begin || (size_t)its.rm_eo < end)))) {
        fail("POSIX finds another match", text, length);
    }
    regfree(&posix);
    regex_close(&regex);
    if (budget.used != 0) {
        fail("memory stays charged", text, length);
    }
}

/* ---- patterns without loops, and PCRE2's interpreter ---- */

static unsigned long loopfree_matches;

/* What both find is the same, unless one of them is stopped; the interpreter is, first. */
static void compare_groups(const struct regex *quick, const struct regex *its, const char *text,
                           size_t length)
{
    for (uint32_t group = 0; group <= quick->groups; group++) {
        size_t begin = 0, end = 0, its_begin = 0, its_end = 0;
        const bool has = regex_group(quick, group, &begin, &end);

        if (has != regex_group(its, group, &its_begin, &its_end) ||
            (has && (begin != its_begin || end != its_end))) {
            fail("PCRE2 finds another group", text, length);
        }
    }
}

/* Matches the pattern in both ways. */
static void compare_interpreter(const char *text, size_t length, unsigned flags, size_t from, bool not_empty)
{
    struct memory_budget budget = {.limit = 1u << 28};
    struct regex_problem problem;
    struct regex quick, its;
    enum regex_result result, expected;

    if (!regex_compile(&quick, pattern, pattern_length, flags, &budget, &problem)) {
        return;
    }
    if (!regex_compile(&its, pattern, pattern_length, flags | REGEX_INTERPRETED, &budget, &problem)) {
        fail(problem.text, text, length);
    }
    result = match(&quick, text, length, from, not_empty);
    expected = match(&its, text, length, from, not_empty);
    if (expected <= REGEX_NO_MATCH && result != expected) {
        fail("PCRE2 has another result", text, length);
    }
    if (expected == REGEX_MATCH) {
        compare_groups(&quick, &its, text, length);
        loopfree_matches += quick.loopfree != NULL;
    }
    regex_close(&quick);
    regex_close(&its);
    if (budget.used != 0) {
        fail("memory stays charged", text, length);
    }
}

static void add_quick_alternatives(unsigned depth);

static void add_quick_item(unsigned depth)
{
    static const char *const singles[] = {"a",    "b",    "1",       " ",   "=",      "\\d",    "\\S", "\\w",
                                          "[ab]", "[^b]", ".",       "\\s", "[^a ]",  "\\n",    "\\h", "\\D",
                                          "\\W",  "\\N",  "(?i:aB)", "\\v", "(?s:.)", "[^\\n=]"},
                             *const assertions[] = {"^",   "$",   "\\b", "\\B",    "\\A",
                                                    "\\z", "\\Z", "\\G", "(?m:^)", "(?m:$)"},
                             *const suffixes[] = {"",     "",       "",       "*",  "+",   "?",
                                                  "*?",   "+?",     "??",     "*+", "{2}", "{0,2}",
                                                  "{2,}", "{1,3}?", "{0,2}+", "?+"},
                             *const optional[] = {"", "", "", "", "", "?", "??", "?+", "{2}", "*"};
    const unsigned kind = input_below(16);

    if (kind >= 12 && depth > 0) {
        add(kind == 12 ? "(?:" : "(");
        add_quick_alternatives(depth - 1);
        add(")");
        add(INPUT_PICK(optional));
    } else if (kind == 0) {
        add(INPUT_PICK(assertions));
    } else {
        add(INPUT_PICK(singles));
        add(INPUT_PICK(suffixes));
    }
}

static void add_quick_alternatives(unsigned depth)
{
    for (unsigned more = input_once_in(3) ? input_below(3) : 0;; more--) {
        for (unsigned i = input_below(5); i > 0; i--) {
            add_quick_item(depth);
        }
        if (more == 0) {
            return;
        }
        add("|");
    }
}

static void compare_quick(void)
{
    static const char letters[] = "ab1 =\nABab1 ";
    const unsigned flags = input_below(16) & ~(unsigned)REGEX_EXTENDED;
    const unsigned anchored = input_once_in(8) ? REGEX_ANCHORED : 0;
    char text[33];
    size_t length = input_below(sizeof(text)),
           from = input_once_in(2) ? 0 : input_below((unsigned)length + 1);

    pattern_length = 0;
    add_quick_alternatives(3);
    for (size_t i = 0; i < length; i++) {
        text[i] = letters[input_below(sizeof(letters) - 1)];
    }
    text[length] = '\0';
    compare_interpreter(text, length, flags | anchored, from, input_once_in(4));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned kind;

    input_begin(data, size);
    kind = input_below(4);
    if (kind == 0) {
        compare_with_posix();
    } else if (kind == 2) {
        compare_quick();
    } else {
        try_bytes();
    }
    return 0;
}

void fuzz_end(unsigned long runs)
{
    if (runs >= 1000 && loopfree_matches < runs / 40) {
        fprintf(stderr, "only %lu of %lu patterns are matched without PCRE2\n", loopfree_matches, runs);
        abort();
    }
}
