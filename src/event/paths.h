/*
 * paths: JSON Pointers into an event's payload, answered from its text.
 *
 * Nothing is parsed but what lies on the way: the text is walked once for all pointers that are asked for
 * (pathtree.h), and a value that none wants is skipped by its brackets and quotes. So a payload that is
 * broken behind the value has it all the same. Of equal keys the first counts. Nothing outside the payload
 * is read, which needs no NUL behind it, and nothing recurses in the payload's depth.
 *
 * `*` in a pointer stands for each element of a list or an object. Several pointers of one
 * field are alternatives: the first that finds anything answers.
 *
 * A `struct paths` is immutable: threads may share it.
 */
#ifndef LURE_EVENT_PATHS_H
#define LURE_EVENT_PATHS_H

#include "event/pathtree.h"
#include "event/pool.h"
#include "event/types.h"
#include "event/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct paths;

/* What is asked of a payload. */
struct paths_request {
    const struct field_type *type;
    bool list;
    bool has_index; /* picks the element at the first `*`, from 0 */
    uint64_t index;
    const char *fallback; /* JSON text of what stands for a missing value or element, or NULL */
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
 * Fills `value` from the tree's last walk, which was over this payload, with the nodes that paths_add gave:
 * present, absent, or, where the pool is out of memory, failed.
 */
void paths_answer(const struct paths *paths, const struct pathtree *tree, struct path_node *const *nodes,
                  const char *payload, size_t size, const struct paths_request *request, struct pool *pool,
                  struct value *value);

/* The same with a tree and a walk of its own. */
void paths_find(const struct paths *paths, const char *payload, size_t size,
                const struct paths_request *request, struct pool *pool, struct value *value);

/* Finds the lengths that belong to `value->starts`, once somebody asks; of a string both are those of its
 * inside. `payload` is the one that the value was found in. False: out of memory. */
bool paths_complete_offsets(struct value *value, const char *payload, size_t size, struct pool *pool);

#endif
