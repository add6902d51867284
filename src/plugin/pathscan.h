/*
 * pathscan: the paths of a script that are found in one pass over an event's payload.
 *
 * The first path that is asked of an event scans its payload for all that earlier events were asked for;
 * paths that nobody asked for cost nothing. One that is new is found in a pass of its own, and joins the
 * others for the events to come. An event of which many new ones are asked has one more pass, for all that
 * fields declare: the first event of a script with many fields does not take its size for each of them.
 *
 * The argument of a field with `path = lure.ARG` is compiled once, and is one of these paths from then on, up
 * to PATHSCAN_PARTS parts in all; what is beyond them is compiled and found anew each time.
 *
 * Owner: the plugin state. Not thread safe. Without memory the values fail, and all stays usable.
 */
#ifndef LURE_PLUGIN_PATHSCAN_H
#define LURE_PLUGIN_PATHSCAN_H

#include "base/pool.h"
#include "event/event.h"
#include "json/pathpredictor.h"
#include "json/paths.h"
#include "json/pathtree.h"
#include "script/manifest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATHSCAN_PARTS   8192u
#define PATHSCAN_BUCKETS 64u

/* The path of a field, or of one argument of a field. All zero: nobody asked for it yet. */
struct scanned_path {
    const struct paths *paths;
    struct path_node **nodes;       /* where it is in the tree; NULL: it has not joined yet */
    const struct path_node *single; /* the one of them that answers it, where there are no others */
    uint64_t walks;                 /* that there had been when it joined: they know nothing of it */
    const struct field_type *type;
};

struct argument_path;

/* What is kept from event to event. */
struct pathscan {
    struct pathtree tree;
    struct pathpredictor predictor;
    struct pool pool; /* of the tree's nodes */
    size_t parts;     /* of the arguments: */
    struct argument_path *arguments[PATHSCAN_BUCKETS];
};

/* What was found in one event's payload. All zero: it was not scanned yet. */
struct scan {
    bool done;              /* for what is in the tree */
    unsigned alone;         /* paths that were found in a pass of their own */
    struct pathtree *whole; /* NULL, or the tree of all that fields declare: */
    struct path_node ***nodes;
};

/* `predicts`: with the path predictor. */
void pathscan_open(struct pathscan *paths, bool predicts);
void pathscan_close(struct pathscan *paths);

/* The path that the argument `key` of field number `number` is; NULL: there is no room for it, or no memory.
 */
struct scanned_path *pathscan_argument(struct pathscan *paths, size_t number, const char *key);

/* Answers field number `number` of the script from the event's payload. `path` is the field's, or its
 * argument's; one that is no JSON Pointer has no value. */
void pathscan_answer(struct pathscan *paths, struct scan *scan, const struct manifest *script, size_t number,
                     struct scanned_path *path, const struct event *event,
                     const struct paths_request *request, struct pool *pool, struct value *value);

/* The same for an argument that has no path of its own. */
void pathscan_answer_key(const char *key, const struct event *event, const struct paths_request *request,
                         struct pool *pool, struct value *value);

/* The same where the scan is done, and one plain value was found: with little around it. False: that is not
 * so, and nothing is changed. */
static inline __attribute__((always_inline)) bool
pathscan_answer_single(const struct pathscan *paths, const struct scan *scan, const struct scanned_path *path,
                       const struct event *event, struct pool *pool, struct value *value)
{
    if (!scan->done || path->single == NULL) {
        return false;
    }
    return (path->type->kind == CELL_TEXT &&
            paths_answer_short(&paths->tree, path->single, event->data, event->size, pool, value)) ||
           paths_answer_single(&paths->tree, path->single, path->type, event->data, event->size, pool, value);
}

#endif
