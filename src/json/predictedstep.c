#include "json/predictedstep.h"

#include "json/jsonlookup.h"

#include <string.h>

/* ---- places ---- */

/* Notes that a limit was reached: pathpredictor.c clears the predictor after a while. */
static void note_full(struct pathpredictor *predictor)
{
    if (predictor->full == 0) {
        predictor->full = predictor->scan;
    }
}

/* A copy of `place`, known from `from` on. NULL: out of memory, or there are too many. */
static struct predictor_place *add_place(struct pathpredictor *predictor, struct predictor_place *from,
                                         const struct predictor_place *place)
{
    struct predictor_place *added;

    if (predictor->places == PREDICTOR_PLACES) {
        note_full(predictor);
        return NULL;
    }
    added = pool_take(&predictor->pool, sizeof(*added));
    if (added == NULL) {
        return NULL;
    }
    *added = *place;
    predictor->places++;
    if (from != NULL) {
        added->sibling = from->others;
        from->others = added;
    }
    return added;
}

/* The same object with one more child found. NULL: out of memory. */
static struct predictor_place *place_after(struct pathpredictor *predictor, struct predictor_place *from,
                                           struct path_node *child)
{
    struct predictor_place *place = from->others;

    while (place != NULL && (place->found != child || place->node != from->node)) {
        place = place->sibling;
    }
    if (place != NULL) {
        return place;
    }
    return add_place(predictor, from,
                     &(struct predictor_place){.node = from->node,
                                               .outer = from->outer,
                                               .lists = from->lists,
                                               .left = from->left - 1,
                                               .before = from,
                                               .found = child});
}

/* The begin of an object of `node` inside, behind which it goes on at `outer`. NULL: out of memory. */
static struct predictor_place *place_inside(struct pathpredictor *predictor, struct predictor_place *from,
                                            struct path_node *node, struct predictor_place *outer,
                                            unsigned lists)
{
    struct predictor_place *place = from->others;

    while (place != NULL && (place->node != node || place->found != NULL)) {
        place = place->sibling;
    }
    if (place != NULL) {
        return place;
    }
    return add_place(
        predictor, from,
        &(struct predictor_place){.node = node, .outer = outer, .lists = lists, .left = node->children});
}

static bool was_found(const struct predictor_place *place, const struct path_node *child)
{
    for (; place->before != NULL; place = place->before) {
        if (place->found == child) {
            return true;
        }
    }
    return false;
}

/* ---- parsing a step ---- */

struct reading {
    struct pathpredictor *predictor;
    const char *at, *end;
    struct predictor_place *place;
    struct predictor_step *step; /* what it becomes */
};

/* Behind a value and `closes` brackets the step leads to `place`, or, where nothing is left there, behind
 * that. */
static void lead_to(struct predictor_step *step, struct predictor_place *place, size_t closes)
{
    while (place != NULL && place->left == 0) {
        closes += 1 + place->lists;
        place = place->outer;
    }
    step->to = place;
    step->closes = (uint8_t)(place != NULL ? closes : 0);
}

/* The object's closing bracket is at `at`. True: the step goes on behind it. */
static bool leave_object(struct reading *reading)
{
    const struct predictor_place *place = reading->place;

    reading->at++;
    if (place->outer != NULL && place->lists == 0 && place->outer->left > 0) {
        reading->place = place->outer;
        return true;
    }
    reading->step->kind = STEP_NOTHING;
    lead_to(reading->step, place->outer, place->lists);
    return false;
}

/* Ends the step at a value that is skipped, or found without reading what is inside. */
static void end_at_value(struct reading *reading, struct path_node *node)
{
    struct predictor_step *step = reading->step;

    step->node = node != NULL && node->wanted ? node : NULL;
    if (*reading->at == '"') {
        step->kind = STEP_STRING;
        reading->at++;
    } else if (*reading->at == '{' || *reading->at == '[') {
        step->kind = STEP_CONTAINER;
        reading->at++;
    } else {
        step->kind = STEP_WORD;
    }
}

static bool has_first_only(const struct path_node *node)
{
    return node->numbers != NULL && node->numbers->part->number == 0 && node->numbers->next_number == NULL &&
           node->star == NULL && !node->wanted;
}

enum reads { READS_ON, READS_DONE, READS_FAILED };

/* Enters lists of which only the first element is wanted; `*lists` counts them. NULL: one is empty. */
static struct path_node *pass_lists(struct reading *reading, struct path_node *node, unsigned *lists)
{
    while (*reading->at == '[' && has_first_only(node)) {
        reading->at = json_skip_space(reading->at + 1, reading->end);
        if (reading->at == reading->end || *reading->at == ']') {
            return NULL;
        }
        node = node->numbers;
        ++*lists;
    }
    return node;
}

/*
 * The value of a child, at `at`. The begin of an object whose members are wanted, and of a list of which only
 * the first element is, are part of the step; anything else ends it.
 */
static enum reads read_child(struct reading *reading, struct path_node *child)
{
    struct predictor_place *behind = place_after(reading->predictor, reading->place, child);
    const char *begin = reading->at;
    unsigned lists = 0;
    struct path_node *node = pass_lists(reading, child, &lists);

    if (behind == NULL) {
        return READS_FAILED;
    }
    if (node == NULL) {
        node = child;
        lists = 0;
        reading->at = begin;
    } else if (*reading->at == '{' && node->children > 0 && node->star == NULL && !node->wanted) {
        reading->place = place_inside(reading->predictor, reading->place, node, behind, lists);
        return reading->place != NULL ? READS_ON : READS_FAILED;
    }
    if ((*reading->at == '{' && (node->children > 0 || node->star != NULL)) ||
        (*reading->at == '[' && (node->numbers != NULL || node->star != NULL))) {
        reading->step->kind = STEP_VISITED;
        reading->step->node = node;
    } else {
        end_at_value(reading, node);
    }
    lead_to(reading->step, behind, lists);
    return READS_DONE;
}

/* A key and its value, at `at`. */
static enum reads read_key(struct reading *reading)
{
    struct path_node *child;
    struct json_key key;

    reading->at = json_read_key(reading->at, reading->end, &key);
    if (reading->at == NULL) {
        return READS_FAILED;
    }
    child = path_node_child(reading->place->node, &key);
    if (child != NULL && !was_found(reading->place, child)) {
        return read_child(reading, child);
    }
    end_at_value(reading, NULL);
    lead_to(reading->step, reading->place, 0);
    return READS_DONE;
}

/* From the place up to the next value that is no part of the step. False: the text is broken or unusual. */
static bool read_step(struct reading *reading)
{
    bool first = reading->place->node == NULL; /* an opening bracket comes next, else an end of a value */

    if (first) {
        reading->place = reading->place->others;
    }
    for (;;) {
        enum reads reads;

        reading->at = first ? json_skip_space(reading->at + 1, reading->end)
                            : json_next_element(reading->at, reading->end, '}');
        if (reading->at == NULL || reading->at == reading->end) {
            return false;
        }
        if (*reading->at == '}') {
            if (!leave_object(reading)) {
                return true;
            }
            first = false;
            continue;
        }
        reads = read_key(reading);
        if (reads != READS_ON) {
            return reads == READS_DONE;
        }
        first = true;
    }
}

/* ---- steps ---- */

static struct predictor_step **bucket_of_step(struct predictor_place *place, const char *bytes, size_t length)
{
    return &place->steps[(length + 5 * (size_t)(unsigned char)bytes[length / 2]) % PLACE_BUCKETS];
}

/* The step as it is kept, added where it is new; NULL: it is not. */
static struct predictor_step *keep_step(struct pathpredictor *predictor, struct predictor_place *from,
                                        const char *bytes, size_t length, const struct predictor_step *step)
{
    struct predictor_step **bucket = bucket_of_step(from, bytes, length), *kept = *bucket;

    if (length > STEP_BYTES) {
        return NULL;
    }
    while (kept != NULL && (kept->length != length || !json_same_bytes(kept->bytes, bytes, length) ||
                            kept->kind != step->kind)) {
        kept = kept->sibling;
    }
    if (kept != NULL) {
        return kept;
    }
    if (from->count == PLACE_STEPS || predictor->steps == PREDICTOR_STEPS) {
        note_full(predictor);
        return NULL;
    }
    kept = pool_take(&predictor->pool, sizeof(*kept));
    if (kept != NULL) {
        *kept = *step;
        kept->trust = 0;
        kept->length = (uint8_t)length;
        memcpy(kept->bytes, bytes, length);
        kept->sibling = *bucket;
        *bucket = kept;
        from->count++;
        predictor->steps++;
    }
    return kept;
}

const char *predictor_read(struct pathpredictor *predictor, struct predictor_place *place, const char *at,
                           const char *end, struct predictor_step *read, struct predictor_step **kept)
{
    struct reading reading = {predictor, at, end, place, read};

    *read = (struct predictor_step){.trust = STEP_GIVEN_UP};
    if (!read_step(&reading)) {
        return NULL;
    }
    *kept = keep_step(predictor, place, at, (size_t)(reading.at - at), read);
    return reading.at;
}

void predictor_update_trust(struct predictor_step *step, const char *value, const char *behind)
{
    size_t size = (size_t)(behind - value);
    bool fits = size <= (size_t)STEP_BYTES - step->length;

    if (fits && step->whole == step->length + size &&
        json_same_bytes(step->bytes + step->length, value, size)) {
        step->trust = (int8_t)(step->trust + (step->trust < STEP_TRUSTED));
        return;
    }
    step->trust = step->trust == STEP_TRUSTED ? 0 : (int8_t)(step->trust - 1);
    step->whole = 0;
    if (fits && step->trust > STEP_GIVEN_UP) {
        step->whole = (uint8_t)(step->length + size);
        memcpy(step->bytes + step->length, value, size);
    }
}

bool predictor_begin(struct pathpredictor *predictor, struct path_node *root)
{
    predictor->begin = add_place(predictor, NULL, &(struct predictor_place){.node = NULL});
    return predictor->begin != NULL && place_inside(predictor, predictor->begin, root, NULL, 0) != NULL;
}
