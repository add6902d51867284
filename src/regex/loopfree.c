#include "regex/loopfree.h"

#include <string.h>

/* Of a step, in nanoseconds as regex/steps.h has them; it is less than an opcode of PCRE2's takes. */
#define UNITS_OF_STEP 2

/* The bytes of a text that are searched for one in a unit. */
#define SEARCHED_OF_UNIT 16

/* As PCRE2: a required byte is not searched for in what is longer, behind a place where a match is looked for
 * only there, or anywhere. */
#define MOST_SEARCHED_ONCE 5000
#define MOST_SEARCHED      (1000 * MOST_SEARCHED_ONCE)

/* ---- matches ---- */

struct attempt {
    const struct loopfree_step *steps;
    struct loopfree_choice *choices;
    size_t depth; /* of choices */
    const unsigned char *text, *end, *from, *start;
    size_t *groups;
    struct regex_steps *count;
    bool not_empty;
};

static inline bool has(const struct loopfree_step *step, const unsigned char *at)
{
    return (step->table[*at] & step->mask) != 0;
}

/* The first byte up to `limit` that is not of the class. */
static inline const unsigned char *pass(const struct attempt *attempt, const struct loopfree_step *step,
                                        const unsigned char *at, const unsigned char *limit)
{
    const unsigned char *const begin = at, *found;

    switch (step->scan) {
    case LOOPFREE_EACH:
        while (at < limit && has(step, at)) {
            at++;
        }
        REGEX_COUNT(attempt->count, at - begin);
        break;
    case LOOPFREE_UNTIL:
        found = memchr(at, step->until, (size_t)(limit - at));
        at = found != NULL ? found : limit;
        REGEX_COUNT(attempt->count, (at - begin) / SEARCHED_OF_UNIT);
        break;
    case LOOPFREE_ALL:
        at = limit;
        break;
    }
    return at;
}

static inline const unsigned char *behind(const unsigned char *at, const unsigned char *end, uint32_t most)
{
    return (size_t)(end - at) < most ? end : at + most;
}

static inline void keep_choice(struct attempt *attempt, const struct loopfree_step *step,
                               const unsigned char *at, const unsigned char *limit)
{
    attempt->choices[attempt->depth++] = (struct loopfree_choice){step, at, limit};
}

/* None of the groups in ways that part there has a part in the match. */
static void forget_groups(const struct attempt *attempt, const struct loopfree_step *split)
{
    for (size_t i = split->first; i <= split->last; i++) {
        attempt->groups[2 * i] = attempt->groups[2 * i + 1] = SIZE_MAX;
    }
}

/* As many bytes of the class as there are, and may be; perhaps they are a group. False: there are too few. */
static inline bool run(const struct attempt *attempt, const struct loopfree_step *step,
                       const unsigned char **at)
{
    const unsigned char *const begin = *at, *const limit = behind(begin, attempt->end, step->most);
    const unsigned char *const end = pass(attempt, step, begin, limit);

    *at = end;
    if (step->group != 0) {
        attempt->groups[2 * step->group] = (size_t)(begin - attempt->text);
        attempt->groups[2 * step->group + 1] = (size_t)(end - attempt->text);
    }
    return (size_t)(end - begin) >= step->least;
}

/* Of a greedy repetition: the last place before `at` where it may end, not before `limit`. */
static const unsigned char *fewer(const struct attempt *attempt, const struct loopfree_step *step,
                                  const unsigned char *at, const unsigned char *limit)
{
    const unsigned char *const begin = at--;

    while (at > limit && step->next >= 0 && *at != step->next) {
        at--;
    }
    REGEX_COUNT(attempt->count, begin - at);
    return at;
}

/* Of a lazy one: the first place from `at` on where it may end, not behind `limit`; its bytes are checked. */
static const unsigned char *more(const struct attempt *attempt, const struct loopfree_step *step,
                                 const unsigned char *at, const unsigned char *limit)
{
    const unsigned char *const begin = at;

    while (at < limit && step->next >= 0 && *at != step->next && has(step, at)) {
        at++;
    }
    REGEX_COUNT(attempt->count, at - begin);
    return at;
}

/* Behind a greedy or lazy one; NULL: there are too few. */
static const unsigned char *repeat(struct attempt *attempt, const struct loopfree_step *step,
                                   const unsigned char *at)
{
    const unsigned char *const least = at + step->least, *limit;

    if ((size_t)(attempt->end - at) < step->least) {
        return NULL;
    }
    limit = behind(at, attempt->end, step->most);
    if (step->kind == LOOPFREE_LAZY) {
        if (pass(attempt, step, at, least) < least) {
            return NULL;
        }
        at = more(attempt, step, least, limit);
        keep_choice(attempt, step, at, limit);
        return at;
    }
    at = pass(attempt, step, at, limit);
    if (at < least) {
        return NULL;
    }
    if (at > least) {
        keep_choice(attempt, step, at, least);
    }
    return at;
}

static bool is_word_edge(const struct attempt *attempt, const struct loopfree_step *step,
                         const unsigned char *at)
{
    return (at > attempt->text && has(step, at - 1)) != (at < attempt->end && has(step, at));
}

static bool holds(const struct attempt *attempt, const struct loopfree_step *step, const unsigned char *at)
{
    switch (step->assertion) {
    case LOOPFREE_TEXT_BEGIN:
        return at == attempt->text;
    case LOOPFREE_LINE_BEGIN:
        return at == attempt->text || (at < attempt->end && at[-1] == '\n');
    case LOOPFREE_SEARCH_BEGIN:
        return at == attempt->from;
    case LOOPFREE_TEXT_END:
        return at == attempt->end;
    case LOOPFREE_LAST_LINE_END:
        return at == attempt->end || (attempt->end - at == 1 && *at == '\n');
    case LOOPFREE_LINE_END:
        return at == attempt->end || *at == '\n';
    case LOOPFREE_WORD_EDGE:
        return is_word_edge(attempt, step, at);
    case LOOPFREE_NO_WORD_EDGE:
        return !is_word_edge(attempt, step, at);
    }
    return false;
}

/* May the match end there? */
static bool may_end(const struct attempt *attempt, const unsigned char *at)
{
    return !attempt->not_empty || at > attempt->from;
}

/* Goes on at another way that was left; NULL: there is none. */
static const struct loopfree_step *turn_back(struct attempt *attempt, const unsigned char **at)
{
    while (attempt->depth > 0) {
        struct loopfree_choice *choice = &attempt->choices[attempt->depth - 1];
        const struct loopfree_step *step = choice->step;

        if (step->kind == LOOPFREE_GREEDY) {
            *at = choice->at = fewer(attempt, step, choice->at, choice->limit);
            attempt->depth -= choice->at == choice->limit;
            return step + 1;
        }
        if (step->kind == LOOPFREE_LAZY) {
            if (choice->at < choice->limit && has(step, choice->at)) {
                *at = choice->at = more(attempt, step, choice->at + 1, choice->limit);
                return step + 1;
            }
            attempt->depth--;
            continue;
        }
        attempt->depth--;
        *at = choice->at;
        forget_groups(attempt, step);
        return step->kind == LOOPFREE_SPLIT ? attempt->steps + step->to : step + 1;
    }
    return NULL;
}

/* Most are one byte, and most do not stand there where the first does not. */
static inline bool stand_there(const struct attempt *attempt, const struct loopfree_step *step,
                               const unsigned char *at)
{
    return (size_t)(attempt->end - at) >= step->least && *at == *step->table &&
           (step->least == 1 || memcmp(at + 1, step->table + 1, step->least - 1) == 0);
}

/* Tries to match from attempt->start on. */
static enum regex_result try(struct attempt *attempt)
{
    const struct loopfree_step *step = attempt->steps;
    const unsigned char *at = attempt->start;

    attempt->depth = 0;
    while (step != NULL) {
        bool good = true;

        REGEX_STEP(attempt->count, UNITS_OF_STEP, REGEX_STOPPED);
        switch (step->kind) {
        case LOOPFREE_BYTES:
            good = stand_there(attempt, step, at);
            at += good ? step->least : 0;
            break;
        case LOOPFREE_CLASS:
            good = at < attempt->end && has(step, at);
            at += good;
            break;
        case LOOPFREE_POSSESSIVE:
            good = run(attempt, step, &at);
            break;
        case LOOPFREE_GREEDY:
        case LOOPFREE_LAZY:
            at = repeat(attempt, step, at);
            good = at != NULL;
            break;
        case LOOPFREE_MARK:
            attempt->groups[step->number] = (size_t)(at - attempt->text);
            break;
        case LOOPFREE_SPLIT:
        case LOOPFREE_SKIP:
            forget_groups(attempt, step);
            keep_choice(attempt, step, at, NULL);
            step = step->kind == LOOPFREE_SPLIT ? step : attempt->steps + step->to - 1;
            break;
        case LOOPFREE_JUMP:
            step = attempt->steps + step->to - 1;
            break;
        case LOOPFREE_ASSERTION:
            good = holds(attempt, step, at);
            break;
        case LOOPFREE_MATCH:
            good = may_end(attempt, at);
            if (good) {
                attempt->groups[0] = (size_t)(attempt->start - attempt->text);
                attempt->groups[1] = (size_t)(at - attempt->text);
                return REGEX_MATCH;
            }
            break;
        }
        step = good ? step + 1 : turn_back(attempt, &at);
    }
    return REGEX_NO_MATCH;
}

/* ---- where a match may begin ---- */

static const unsigned char *find_byte(const struct attempt *attempt, const unsigned char *at, short byte)
{
    const unsigned char *found = memchr(at, byte, (size_t)(attempt->end - at));

    REGEX_COUNT(attempt->count, ((found != NULL ? found : attempt->end) - at) / SEARCHED_OF_UNIT);
    return found;
}

/* The first place from `at` on where a match can begin, as far as its first byte tells; NULL: there is none.
 */
static const unsigned char *find_begin(const struct loopfree *program, const struct attempt *attempt,
                                       const unsigned char *at)
{
    const unsigned char *const begin = at, *const end = attempt->end;

    if (program->first >= 0) {
        return find_byte(attempt, at, program->first);
    }
    if (program->begins_line) {
        if (at > attempt->from) {
            at = memchr(at - 1, '\n', (size_t)(end - at + 1));
            at = at != NULL ? at + 1 : end;
        }
        REGEX_COUNT(attempt->count, (at - begin) / SEARCHED_OF_UNIT);
        return at;
    }
    while (program->has_begin && at < end && (program->begin[*at / 8] >> *at % 8 & 1) == 0) {
        at++;
    }
    REGEX_COUNT(attempt->count, at - begin);
    return program->has_begin && at == end ? NULL : at;
}

/* Is the byte there that each match has? `*seen` is where it was last found. */
static bool has_required(const struct loopfree *program, const struct attempt *attempt,
                         const unsigned char *start, const unsigned char **seen)
{
    const unsigned char *at = start + (program->required_behind && start < attempt->end);
    const size_t left = (size_t)(attempt->end - start);

    if (program->required < 0 || at <= *seen ||
        left >= (program->anchored ? MOST_SEARCHED_ONCE : MOST_SEARCHED)) {
        return true;
    }
    *seen = find_byte(attempt, at, program->required);
    if (*seen == NULL && program->other != program->required) {
        *seen = find_byte(attempt, at, program->other);
    }
    return *seen != NULL;
}

enum regex_result loopfree_match(struct loopfree *program, const char *text, size_t length, size_t from,
                                 bool not_empty, size_t *groups, struct regex_steps *steps)
{
    const unsigned char *bytes = (const unsigned char *)text, *required = NULL;
    struct attempt attempt = {.steps = program->steps,
                              .choices = program->choices,
                              .text = bytes,
                              .end = bytes + length,
                              .from = bytes + from,
                              .groups = groups,
                              .count = steps,
                              .not_empty = not_empty};

    for (const unsigned char *start = attempt.from; start <= attempt.end; start++) {
        enum regex_result result;

        if (!program->anchored) {
            start = find_begin(program, &attempt, start);
        }
        if (start == NULL || (size_t)(attempt.end - start) < program->least ||
            !has_required(program, &attempt, start, &required)) {
            return REGEX_NO_MATCH;
        }
        attempt.start = start;
        result = try(&attempt);
        if (result != REGEX_NO_MATCH || program->anchored) {
            return result;
        }
    }
    return REGEX_NO_MATCH;
}
