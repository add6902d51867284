#include "regex/regex.h"

#include "regex/loopfreecode.h"

#include <pcre2.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Of what a match needed to backtrack, kept for the next one. */
#define KEPT_FRAMES (64u * 1024u)

/* PCRE2's own check, of which its matcher relies on every detail. 0: the text is valid; else the offset of
 * the character that is not. */
extern int _pcre2_valid_utf_8(PCRE2_SPTR text, PCRE2_SIZE length, PCRE2_SIZE *offset);

/* ---- memory ---- */

/* Before each block; as large as what is aligned for any type. */
struct header {
    size_t size; /* with this */
    size_t unused;
};
_Static_assert(sizeof(struct header) % _Alignof(max_align_t) == 0, "a block behind it is aligned");

/* Garbage is not collected here: the finalizer of another pattern would run in the middle of a match. */
static void *take(size_t size, void *budget)
{
    const size_t whole = size + sizeof(struct header);
    struct header *header;

    if (whole < size || (budget != NULL && !memory_charge_plainly(budget, memory_cost(whole)))) {
        return NULL;
    }
    header = memory_take_charged(budget, whole);
    if (header == NULL) {
        return NULL;
    }
    header->size = whole;
    return header + 1;
}

static void give(void *block, void *budget)
{
    struct header *header = block != NULL ? (struct header *)block - 1 : NULL;

    if (header != NULL) {
        memory_give(budget, header, header->size);
    }
}

/* Makes all but the code. */
static bool prepare(struct regex *regex, struct memory_budget *budget)
{
    regex->general = pcre2_general_context_create(take, give, budget);
    if (regex->general == NULL) {
        return false;
    }
    regex->context = pcre2_match_context_create(regex->general);
    return regex->context != NULL;
}

void regex_close(struct regex *regex)
{
    pcre2_match_data_free(regex->data);
    pcre2_code_free(regex->code);
    pcre2_match_context_free(regex->context);
    give(regex->loopfree, regex->budget);
    pcre2_general_context_free(regex->general);
    *regex = (struct regex){.code = NULL};
}

/* ---- patterns ---- */

static uint32_t options_of(unsigned flags)
{
    static const struct {
        unsigned flag;
        uint32_t option;
    } options[] = {
        {REGEX_CASELESS, PCRE2_CASELESS}, {REGEX_MULTILINE, PCRE2_MULTILINE},
        {REGEX_DOTALL, PCRE2_DOTALL},     {REGEX_EXTENDED, PCRE2_EXTENDED},
        {REGEX_ANCHORED, PCRE2_ANCHORED}, {REGEX_UTF, PCRE2_UTF | PCRE2_UCP},
    };
    /* a pattern cannot ask for UTF-8 by itself: the text is checked only where the caller knows of it */
    uint32_t result = (flags & REGEX_UTF) != 0 ? 0 : PCRE2_NEVER_UTF | PCRE2_NEVER_UCP;

    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        result |= (flags & options[i].flag) != 0 ? options[i].option : 0;
    }
    return result;
}

/* What pcre2_compile says is wrong. */
static void describe(struct regex_problem *problem, int code, size_t offset)
{
    PCRE2_UCHAR text[sizeof(problem->text)] = "";

    pcre2_get_error_message(code, text, sizeof(text));
    snprintf(problem->text, sizeof(problem->text), "%s", (const char *)text);
    problem->offset = offset;
    problem->memory = code == PCRE2_ERROR_HEAP_FAILED;
}

static uint32_t info(const struct regex *regex, uint32_t what)
{
    uint32_t value = 0;

    pcre2_pattern_info(regex->code, what, &value);
    return value;
}

/* Makes a program of the pattern, if it has no loops. False: out of memory. */
static bool make_loopfree(struct regex *regex)
{
    struct loopfree_draft draft;
    void *block;

    if (!loopfree_translate(&draft, regex->code)) {
        return true;
    }
    block = take(loopfree_size(&draft), regex->budget);
    regex->loopfree = block != NULL ? loopfree_place(&draft, block) : NULL;
    return block != NULL;
}

bool regex_compile(struct regex *regex, const char *pattern, size_t length, unsigned flags,
                   struct memory_budget *budget, struct regex_problem *problem)
{
    pcre2_compile_context *context = NULL;
    PCRE2_SIZE offset = 0;
    int code = PCRE2_ERROR_HEAP_FAILED;

    *regex = (struct regex){.budget = budget};
    *problem = (struct regex_problem){.memory = true};
    if (length > REGEX_LONGEST) {
        *problem = (struct regex_problem){.offset = REGEX_LONGEST};
        snprintf(problem->text, sizeof(problem->text), "longer than %d bytes", REGEX_LONGEST);
        return false;
    }
    if (prepare(regex, budget)) {
        context = pcre2_compile_context_create(regex->general);
    }
    if (context != NULL) {
        regex->code = pcre2_compile((PCRE2_SPTR)pattern, length, options_of(flags), &code, &offset, context);
        pcre2_compile_context_free(context);
    }
    if (regex->code == NULL) {
        describe(problem, code, offset);
        regex_close(regex);
        return false;
    }
    regex->data = pcre2_match_data_create_from_pattern(regex->code, regex->general);
    if (regex->data == NULL || ((flags & REGEX_INTERPRETED) == 0 && !make_loopfree(regex))) {
        regex_close(regex);
        return false;
    }
    regex->groups = info(regex, PCRE2_INFO_CAPTURECOUNT);
    regex->name_count = info(regex, PCRE2_INFO_NAMECOUNT);
    regex->name_size = info(regex, PCRE2_INFO_NAMEENTRYSIZE);
    pcre2_pattern_info(regex->code, PCRE2_INFO_NAMETABLE, &regex->names);
    return true;
}

/* ---- matches ---- */

enum regex_result regex_match(struct regex *regex, const char *text, size_t length, size_t from,
                              bool not_empty, struct regex_steps *steps)
{
    const uint32_t options = PCRE2_NO_UTF_CHECK | (not_empty ? PCRE2_NOTEMPTY_ATSTART : 0);
    int code;

    if (regex->loopfree != NULL) {
        return loopfree_match(regex->loopfree, text, length, from, not_empty,
                              pcre2_get_ovector_pointer(regex->data), steps);
    }
    pcre2_set_callout(regex->context, NULL, steps); /* the patched matcher finds it there */
    code = pcre2_match(regex->code, (PCRE2_SPTR)text, length, from, options, regex->data, regex->context);
    if (code > 0) {
        return REGEX_MATCH;
    }
    switch (code) {
    case PCRE2_ERROR_NOMATCH:
        return REGEX_NO_MATCH;
    case PCRE2_ERROR_NOMEMORY:
        return REGEX_MEMORY;
    case PCRE2_ERROR_MATCHLIMIT:
    case PCRE2_ERROR_DEPTHLIMIT:
    case PCRE2_ERROR_HEAPLIMIT: /* only a pattern can set one that is reached */
        return REGEX_STOPPED;
    default:
        return REGEX_FAILED;
    }
}

bool regex_group(const struct regex *regex, uint32_t group, size_t *begin, size_t *end)
{
    const PCRE2_SIZE *offsets = pcre2_get_ovector_pointer(regex->data) + 2 * (size_t)group;

    *begin = offsets[0];
    *end = offsets[1] < offsets[0] ? offsets[0] : offsets[1]; /* \K in a look-ahead */
    return *begin != PCRE2_UNSET;
}

const char *regex_name(const struct regex *regex, uint32_t index, uint32_t *group)
{
    const unsigned char *entry = regex->names + (size_t)index * regex->name_size;

    *group = (uint32_t)entry[0] << 8 | entry[1];
    return (const char *)entry + 2;
}

void regex_trim(struct regex *regex)
{
    pcre2_match_data *fresh;

    if (pcre2_get_match_data_heapframes_size(regex->data) <= KEPT_FRAMES) {
        return;
    }
    fresh = pcre2_match_data_create_from_pattern(regex->code, regex->general);
    if (fresh != NULL) {
        memcpy(pcre2_get_ovector_pointer(fresh), pcre2_get_ovector_pointer(regex->data),
               (1 + (size_t)regex->groups) * 2 * sizeof(PCRE2_SIZE));
        pcre2_match_data_free(regex->data);
        regex->data = fresh;
    }
}

/* ---- UTF-8 ---- */

size_t regex_utf8_length(const char *text, size_t length)
{
    PCRE2_SIZE offset = 0;

    return _pcre2_valid_utf_8((PCRE2_SPTR)text, length, &offset) == 0 ? length : offset;
}

void regex_repair(char *to, const char *text, size_t length)
{
    const char unknown = 0x1a;

    memcpy(to, text, length);
    for (size_t at = 0; (at += regex_utf8_length(to + at, length - at)) < length; at++) {
        to[at] = unknown;
    }
}
