#include "json/pathpredictor.h"

#include "json/pathdescent.h"
#include "json/predictedstep.h"

#define FULL_FOR 65536u /* walks, until a predictor that is full is begun anew */

/* After so many walks that were misled a predictor rests: for the first number of walks, then twice as many,
 * and so on. */
#define MOST_MISLED 32
#define FIRST_REST  64u
#define LAST_REST   65536u

/* json_same_bytes, for what is seldom so long. */
static __attribute__((noinline)) bool same_bytes(const char *a, const char *b, size_t length)
{
    return json_same_bytes(a, b, length);
}

/* True if the first `length` bytes of a step stand at `at`, with something behind them. */
static inline bool bytes_are_at(const struct predictor_step *step, size_t length, const char *at,
                                const char *end)
{
#if defined(__SSE2__)
    if (length <= 32 && end - at > 32) { /* most are, and this has no loop */
        uint64_t wanted = (UINT64_C(1) << length) - 1;

        return (json_same_mask(at, step->bytes) & wanted) == wanted;
    }
#endif
    return (size_t)(end - at) > length && same_bytes(at, step->bytes, length);
}

static inline bool is_at(const struct predictor_step *step, const char *at, const char *end)
{
    char value;

    if (!bytes_are_at(step, step->length, at, end)) {
        return false;
    }
    value = at[step->length];
    switch (step->kind) { /* the value's first byte is one of the others' bytes */
    case STEP_WORD:
        return !json_ends_word(at + step->length, end) && value != '"' && value != '{' && value != '[';
    case STEP_VISITED:
        return (unsigned char)value > ' ';
    default:
        return true;
    }
}

/* The node's string begins at `at`; `text` is the length of its inside, where that is plain. */
static inline void find_string(const struct walk *walk, struct path_node *node, const char *at, uint32_t text)
{
    node->walk = walk->tree->walks;
    node->place = (uint32_t)(at - walk->payload);
    node->text = text;
    node->word = 0;
}

/* Over the value of a step, which begins at `at`, or, of strings and containers, behind its first byte there.
 * NULL: it has no end. */
static inline const char *pass_value(struct walk *walk, struct predictor_step *step, const char *at)
{
    const char *behind = at;
    bool escaped, plain = false;

    switch (step->kind) {
    case STEP_STRING:
        if (step->node == NULL) {
            behind = json_string_end(at, walk->end, &escaped);
        } else {
            behind = json_plain_string_end(at, walk->end, &plain);
            find_string(walk, step->node, at - 1, plain ? (uint32_t)(behind - at) : PATH_NO_TEXT);
        }
        if (behind == NULL) {
            return NULL;
        }
        behind++;
        break;
    case STEP_CONTAINER:
        if (step->node != NULL) {
            walk_find(walk, step->node, at - 1);
        }
        if (step->to != NULL) {
            behind = json_container_rest(at, walk->end, 1);
        }
        break;
    case STEP_WORD:
        behind = json_skip_word(at, walk->end);
        if (step->node != NULL) {
            walk_find(walk, step->node, at);
            step->node->word = behind != NULL ? (uint32_t)(behind - at) : 0;
        }
        return behind;
    case STEP_VISITED:
        return pathvisit_over(walk, step->node, at);
    default:
        return at;
    }
    if (behind != NULL && step->trust != STEP_GIVEN_UP && step->to != NULL && (step->node == NULL || plain)) {
        predictor_watch(step, at, behind);
    }
    return behind;
}

void pathpredictor_clear(struct pathpredictor *predictor)
{
    pool_free(&predictor->pool);
    *predictor = (struct pathpredictor){.begin = NULL};
}

/* True if there is a predictor from the begin on. */
static bool is_ready(struct pathpredictor *predictor, struct walk *walk, const char *at)
{
    struct path_node *root = &walk->tree->root;

    if (*at != '{' || root->children == 0 || root->star != NULL || root->wanted) {
        return false;
    }
    if (predictor->rest > 0) {
        predictor->rest--;
        return false;
    }
    if (predictor->full > 0 && walk->tree->walks - predictor->full > FULL_FOR) {
        pathpredictor_clear(predictor);
    }
    if (predictor->begin == NULL && !predictor_begin(predictor, root)) {
        pathpredictor_clear(predictor);
        return false;
    }
    predictor->walk = walk->tree->walks;
    return true;
}

/* Looks whether the predictor is worth it. */
static void judge(struct pathpredictor *predictor, bool misled)
{
    if (!misled) {
        predictor->misled -= predictor->misled > 0;
    } else if (++predictor->misled == MOST_MISLED) {
        predictor->misled = 0;
        predictor->rest = predictor->next_rest > 0 ? predictor->next_rest : FIRST_REST;
        predictor->next_rest = predictor->rest < LAST_REST ? 2 * predictor->rest : LAST_REST;
    }
}

/* How a walk goes. */
struct going {
    unsigned steps, reads;      /* so far; those of them that were not expected, nor the other time */
    const char *behind;         /* the last of those: where its value begins */
    struct predictor_step read; /* the same, where it is not kept */
};

/* The step that leads away from `place` at `at`, where the one that is expected does not; going->behind is
 * where its value begins. NULL: there is none. */
static __attribute__((noinline)) struct predictor_step *
find_step(struct pathpredictor *predictor, const struct walk *walk, struct predictor_place *place,
          const char *at, struct predictor_next *next, struct going *going)
{
    struct predictor_step *step = next->other;

    if (step != NULL && is_at(step, at, walk->end)) {
        going->behind = at + step->length;
    } else {
        going->reads++;
        going->behind = predictor_read(predictor, place, at, walk->end, &going->read, &step);
        if (going->behind == NULL) {
            return NULL;
        }
    }
    *next = (struct predictor_next){step, next->expected};
    return step != NULL ? step : &going->read;
}

/* From the begin to the end of all that is wanted. False: it is not to be reached so. */
static bool follow(struct pathpredictor *predictor, struct walk *walk, const char *at, struct going *going)
{
    struct predictor_place *place = predictor->begin;
    struct predictor_next *next = &place->next;
    unsigned steps = 0;

    for (; place != NULL && at != NULL; steps++) {
        struct predictor_step *step = next->expected;

        if (step != NULL && step->trust == STEP_TRUSTED && bytes_are_at(step, step->whole, at, walk->end)) {
            if (step->node != NULL) {
                find_string(walk, step->node, at + step->length - 1,
                            (uint32_t)(step->whole - step->length - 1));
            }
            at += step->whole;
        } else {
            if (step != NULL && is_at(step, at, walk->end)) {
                at += step->length;
            } else {
                step = find_step(predictor, walk, place, at, next, going);
                if (step == NULL) {
                    return false;
                }
                at = going->behind;
            }
            at = pass_value(walk, step, at);
        }
        if (step->closes > 0) {
            walk->open = step->closes;
            at = walk_close(walk, at);
        }
        place = step->to;
        next = &step->next;
    }
    going->steps = steps;
    return at != NULL;
}

bool pathpredictor_follow(struct pathpredictor *predictor, struct walk *walk, const char *at)
{
    struct going going;
    bool done;

    if (!is_ready(predictor, walk, at)) {
        return false;
    }
    going.steps = going.reads = 0;
    done = follow(predictor, walk, at, &going);
    judge(predictor, !done || 4 * going.reads > going.steps);
    return done;
}
