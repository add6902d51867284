#include "json/pathpredictor.h"

#include "json/pathdescent.h"
#include "json/predictedstep.h"

#define FULL_FOR 65536u /* scans, until a predictor that is full is cleared */

/* After so many mispredicted scans the predictor backs off: for the first number of scans, then twice as
 * many, and so on. */
#define MOST_MISPREDICTED 32
#define FIRST_BACKOFF     64u
#define LONGEST_BACKOFF   65536u

/* json_same_bytes, out of line: for the rare long steps. */
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

/* Notes that the node's string begins at `at`; `text` is the length of its inside, where that is plain. */
static inline void find_string(const struct path_scan *scan, struct path_node *node, const char *at,
                               uint32_t text)
{
    node->scan = scan->tree->scans;
    node->place = (uint32_t)(at - scan->payload);
    node->text = text;
    node->word = 0;
}

/* Skips the value of a step, which begins at `at`; of strings and containers `at` is behind the first byte.
 * NULL: it has no end. */
static inline const char *pass_value(struct path_scan *scan, struct predictor_step *step, const char *at)
{
    const char *behind = at;
    bool escaped, plain = false;

    switch (step->kind) {
    case STEP_STRING:
        if (step->node == NULL) {
            behind = json_string_end(at, scan->end, &escaped);
        } else {
            behind = json_plain_string_end(at, scan->end, &plain);
            find_string(scan, step->node, at - 1, plain ? (uint32_t)(behind - at) : PATH_NO_TEXT);
        }
        if (behind == NULL) {
            return NULL;
        }
        behind++;
        break;
    case STEP_CONTAINER:
        if (step->node != NULL) {
            scan_found(scan, step->node, at - 1);
        }
        if (step->to != NULL) {
            behind = json_container_rest(at, scan->end, 1);
        }
        break;
    case STEP_WORD:
        behind = json_skip_word(at, scan->end);
        if (step->node != NULL) {
            scan_found(scan, step->node, at);
            step->node->word = behind != NULL ? (uint32_t)(behind - at) : 0;
        }
        return behind;
    case STEP_VISITED:
        return pathdescent_pass(scan, step->node, at);
    default:
        return at;
    }
    if (behind != NULL && step->trust != STEP_GIVEN_UP && step->to != NULL && (step->node == NULL || plain)) {
        predictor_update_trust(step, at, behind);
    }
    return behind;
}

void pathpredictor_clear(struct pathpredictor *predictor)
{
    pool_free(&predictor->pool);
    *predictor = (struct pathpredictor){.pool.budget = predictor->pool.budget};
}

/* True if predictions can be tried for this text. */
static bool is_ready(struct pathpredictor *predictor, struct path_scan *scan, const char *at)
{
    struct path_node *root = &scan->tree->root;

    if (*at != '{' || root->children == 0 || root->star != NULL || root->wanted) {
        return false;
    }
    if (predictor->backoff > 0) {
        predictor->backoff--;
        return false;
    }
    if (predictor->full > 0 && scan->tree->scans - predictor->full > FULL_FOR) {
        pathpredictor_clear(predictor);
    }
    if (predictor->begin == NULL && !predictor_begin(predictor, root)) {
        pathpredictor_clear(predictor);
        return false;
    }
    predictor->scan = scan->tree->scans;
    return true;
}

/* Counts mispredicted scans, and backs off behind too many. */
static void update_backoff(struct pathpredictor *predictor, bool mispredicted)
{
    if (!mispredicted) {
        predictor->mispredicted -= predictor->mispredicted > 0;
    } else if (++predictor->mispredicted == MOST_MISPREDICTED) {
        predictor->mispredicted = 0;
        predictor->backoff = predictor->next_backoff > 0 ? predictor->next_backoff : FIRST_BACKOFF;
        predictor->next_backoff =
            predictor->backoff < LONGEST_BACKOFF ? 2 * predictor->backoff : LONGEST_BACKOFF;
    }
}

struct progress {
    unsigned steps, reads; /* so far; those of them that were parsed, because neither prediction was right */
    const char *behind;    /* where the value of the last such step begins */
    struct predictor_step read; /* that step, where it is not kept */
};

/* The step from `place` at `at` where the expected one was wrong; progress->behind is where its value begins.
 * NULL: there is none. */
static __attribute__((noinline)) struct predictor_step *
find_step(struct pathpredictor *predictor, const struct path_scan *scan, struct predictor_place *place,
          const char *at, struct predictor_next *next, struct progress *progress)
{
    struct predictor_step *step = next->other;

    if (step != NULL && is_at(step, at, scan->end)) {
        progress->behind = at + step->length;
    } else {
        progress->reads++;
        progress->behind = predictor_read(predictor, place, at, scan->end, &progress->read, &step);
        if (progress->behind == NULL) {
            return NULL;
        }
    }
    *next = (struct predictor_next){step, next->expected};
    return step != NULL ? step : &progress->read;
}

/* Takes steps from the begin until nothing more is wanted. False: that was not reached. */
static bool follow(struct pathpredictor *predictor, struct path_scan *scan, const char *at,
                   struct progress *progress)
{
    struct predictor_place *place = predictor->begin;
    struct predictor_next *next = &place->next;
    unsigned steps = 0;

    for (; place != NULL && at != NULL; steps++) {
        struct predictor_step *step = next->expected;

        if (step != NULL && step->trust == STEP_TRUSTED && bytes_are_at(step, step->whole, at, scan->end)) {
            if (step->node != NULL) {
                find_string(scan, step->node, at + step->length - 1,
                            (uint32_t)(step->whole - step->length - 1));
            }
            at += step->whole;
        } else {
            if (step != NULL && is_at(step, at, scan->end)) {
                at += step->length;
            } else {
                step = find_step(predictor, scan, place, at, next, progress);
                if (step == NULL) {
                    return false;
                }
                at = progress->behind;
            }
            at = pass_value(scan, step, at);
        }
        if (step->closes > 0) {
            scan->open = step->closes;
            at = scan_close(scan, at);
        }
        place = step->to;
        next = &step->next;
    }
    progress->steps = steps;
    return at != NULL;
}

bool pathpredictor_scan(struct pathpredictor *predictor, struct path_scan *scan, const char *at)
{
    struct progress progress;
    bool done;

    if (!is_ready(predictor, scan, at)) {
        return false;
    }
    progress.steps = progress.reads = 0;
    done = follow(predictor, scan, at, &progress);
    update_backoff(predictor, !done || 4 * progress.reads > progress.steps);
    return done;
}
