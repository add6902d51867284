/*
 * paths: evaluates the JSON Pointers of a field on an event's payload, without parsing the whole text.
 *
 * The text is scanned once for all pointers that are wanted (pathtree.h), and a value that none leads into is
 * skipped by its brackets and quotes. So a payload that is broken behind the value still has the value. Of
 * equal keys the first counts. Nothing outside the payload is read, which needs no NUL behind it, and nothing
 * recurses in the payload's depth.
 *
 * `*` in a pointer stands for each element of a list or an object. Several pointers of one
 * field are alternatives: the first that finds anything answers. Where a path of a field with many
 * values ends at a list, that stands for its elements, as if `*` were behind it. An index picks the element
 * at the first `*`; what no `*` leads to has the index 0 alone. A byte order mark is passed over.
 * Alternatives for each element, conditions and the path of a default come from a recipe (pathrecipe.h).
 *
 * A `struct paths` is immutable: threads may share it.
 */
#ifndef LURE_JSON_PATHS_H
#define LURE_JSON_PATHS_H

#include "base/pool.h"
#include "event/fieldtypes.h"
#include "event/value.h"
#include "json/pathrecipe.h"
#include "json/pathtree.h"
#include "lua/integertext.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct paths {
    struct pointer *pointers; /* the alternatives; for each of them those of all conditions; the default's */
    size_t count;             /* of the alternatives */
    size_t total;             /* of all */
    const struct path_condition *conditions; /* the recipe's (pathrecipe.h) */
    size_t condition_count;
    bool has_fallback; /* the last one leads to the default */
};

/* What a field wants of a payload. */
struct paths_request {
    const struct field_type *type;
    bool list;
    bool has_index; /* picks the element at the first `*`, or of the list at the end, from 0 */
    uint64_t index;
    const char *fallback; /* JSON text of what stands for a missing value or element, or NULL */
    const char *null;     /* JSON text of what stands for null, or NULL: nothing does */
    const char *join;     /* a list becomes one text, with this between its elements; or NULL */
    bool keys;            /* an object stands for the names of its members */
    bool all;             /* without one of the elements there is no value */
};

/*
 * Compiles `count` pointers. NULL: `*error` is a text that the caller frees (NULL: out of memory).
 */
struct paths *paths_compile(const char *const *pointers, size_t count, char **error);

/* NULL is allowed. */
void paths_free(struct paths *paths);

/* True if any of the pointers has a `*`. */
bool paths_has_star(const struct paths *paths);

/* The nodes of all pointers in a tree, in its memory, added where they are new. NULL: out of memory. */
struct path_node **paths_add(const struct paths *paths, struct pathtree *tree);

/*
 * Fills `value` from the tree's last scan, which was over this payload, with the nodes that paths_add gave:
 * present, absent, or, where the pool is out of memory, failed. Of one that is absent because it would be too
 * long `error` says so.
 */
void paths_answer(const struct paths *paths, const struct pathtree *tree, struct path_node *const *nodes,
                  const char *payload, size_t size, const struct paths_request *request, struct pool *pool,
                  struct value *value);

/* The node of the value, where the paths are a single one without a `*`; else NULL. */
const struct path_node *paths_single(const struct paths *paths, struct path_node *const *nodes);

/* Did the last scan find a string there whose bytes are its text? */
static inline bool paths_is_plain_text(const struct pathtree *tree, const struct path_node *node)
{
    return pathtree_found(tree, node) && !tree->no_memory && node->text != PATH_NO_TEXT;
}

/* A single value, and where it is in the payload. */
struct single {
    union {
        const char *text;
        uint64_t number;
        uint32_t truth;
        struct bytes bytes;
    } cell;
    uint32_t start;
    char text[];
};

static inline void single_to_value(struct single *single, const struct path_node *node, struct value *value)
{
    single->start = node->place;
    value->outcome = VALUE_PRESENT;
    value->count = 1;
    value->cells = &single->cell;
    value->starts = &single->start;
    value->lengths = NULL;
}

/* A fast path of paths_answer for such a node and a field that is no list. False, and nothing is changed: the
 * last scan found no value of the type there, or memory is out; paths_answer tells which. */
bool paths_answer_single(const struct pathtree *tree, const struct path_node *node,
                         const struct field_type *type, const char *payload, size_t size, struct pool *pool,
                         struct value *value);

/* Short texts are copied as a fixed number of bytes, where the payload has as many: without a loop. */
#define PATHS_SHORTEST 32
#define PATHS_SHORT    64

/* Copies the text of `length` bytes at `from`, where `capacity` can be read. NULL: the pool needs a new
 * chunk. */
static inline __attribute__((always_inline)) struct single *
single_take_short(const char *from, uint32_t length, size_t capacity, struct pool *pool)
{
    struct single *single = pool_take_quickly(pool, sizeof(*single) + capacity + 1);

    if (single != NULL) {
        memcpy(single->text, from, capacity);
        single->text[length] = '\0';
        single->cell.text = single->text;
    }
    return single;
}

/* The integer from 0 whose length a scan has found; false: it is something else, or may go on. */
static inline bool paths_read_integer(const struct path_node *node, const char *at, const char *end,
                                      uint64_t *number)
{
    return node->word > 0 && node->word <= INTEGER_SAFE_DIGITS && (node->word == 1 || *at != '0') &&
           at + node->word < end && json_ends_word(at + node->word, end) &&
           integer_read(at, node->word, number);
}

/* A fast path of paths_answer_single for a field of strings: short plain strings, the most frequent values,
 * and integers. */
static inline __attribute__((always_inline)) bool paths_answer_short(const struct pathtree *tree,
                                                                     const struct path_node *node,
                                                                     const char *payload, size_t size,
                                                                     struct pool *pool, struct value *value)
{
    struct single *single = NULL;
    const char *at;
    uint64_t number;
    size_t left;

    if (!pathtree_found(tree, node) || tree->no_memory) {
        return false;
    }
    at = payload + node->place;
    left = size - node->place;
    if (node->text <= PATHS_SHORTEST && left > PATHS_SHORTEST) {
        single = single_take_short(at + 1, node->text, PATHS_SHORTEST, pool);
    } else if (node->text <= PATHS_SHORT && left > PATHS_SHORT) {
        single = single_take_short(at + 1, node->text, PATHS_SHORT, pool);
    } else if (left > PATHS_SHORTEST && paths_read_integer(node, at, payload + size, &number)) {
        single = single_take_short(at, node->word, PATHS_SHORTEST, pool);
    }
    if (single == NULL) {
        return false;
    }
    single_to_value(single, node, value);
    return true;
}

/* Has the value at `at` one of the condition's texts? */
bool paths_has_text(const char *at, const char *end, const struct path_condition *condition);

/* paths_answer with a tree and a scan of its own. */
void paths_find(const struct paths *paths, const char *payload, size_t size,
                const struct paths_request *request, struct pool *pool, struct value *value);

/* Finds the lengths that belong to `value->starts`: only hosts that show offsets need them. Of a string both
 * are those of its inside. `payload` is the one that the value was found in. False: out of memory. */
bool paths_complete_offsets(struct value *value, const char *payload, size_t size, struct pool *pool);

#endif
