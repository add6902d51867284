/*
 * pathscan: evaluates fields with a `path` on an event's payload, all of them in one scan of the text.
 *
 * The first such field that is extracted from an event scans the payload for all paths that were used with
 * earlier events; paths of fields that no host uses cost nothing. A new path is found by a scan of its own,
 * and is added to the tree for later events. Where an event has many new paths, one scan finds all that the
 * script's fields declare, so the first event of a script with many fields is not scanned once for each.
 *
 * The paths of a field that depend on its argument are compiled once for each argument and then are some of
 * these paths, as long as there is memory; arguments beyond that are compiled and scanned for each time.
 *
 * The scans of their own of one event take at most the time that a call may take: beyond it values fail.
 *
 * Of an event here only its payload is read, which is JSON: see payloadjson.h.
 *
 * Owner: the plugin state. Not thread safe. Without memory the values fail, and all stays usable.
 */
#ifndef LURE_PLUGIN_PATHSCAN_H
#define LURE_PLUGIN_PATHSCAN_H

#include "base/pool.h"
#include "event/event.h"
#include "format/format.h"
#include "json/pathpredictor.h"
#include "json/paths.h"
#include "json/pathtree.h"
#include "script/manifest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATHSCAN_BUCKETS 1024u

/* The path of a field, or of one argument of a field. All zero: it was not used yet. */
struct scanned_path {
    const struct paths *paths;
    struct path_node **nodes;       /* in the tree; NULL: it was not added yet */
    const struct path_node *single; /* the only node, where the path is a single one without a `*` */
    uint64_t scans;                 /* of the tree when it was added: results of that scan lack it */
    const struct field_type *type;
};

struct argument_path;

/* The error of values that failed because the scans of their own of one event took too long. */
extern const char pathscan_over_time[];

/* What outlives events. */
struct pathscan {
    struct pathtree tree;
    struct pathpredictor predictor;
    struct pool pool;                 /* of the tree's nodes */
    const struct format *format;      /* of the payloads, or NULL */
    int64_t most;                     /* ns that scans for single paths may take in one event */
    struct argument_path **arguments; /* PATHSCAN_BUCKETS lists of them; NULL: there was none yet */
};

/* What was found in one event's payload. All zero: it was not scanned yet. */
struct payload_scan {
    bool done;              /* for what is in the tree */
    unsigned separate;      /* declared paths that were found by a scan of their own */
    int64_t spent;          /* ns that these and those of new arguments took */
    struct pathtree *whole; /* NULL, or the tree of all that fields declare: */
    struct path_node ***nodes;
};

/* `predicts`: with the path predictor. `format`: of the script whose fields they are. `seconds`: that a call
 * may take. */
void pathscan_open(struct pathscan *paths, bool predicts, const struct format *format, double seconds,
                   struct memory_budget *budget);
void pathscan_close(struct pathscan *paths);

/* The path of field number `number` for the argument `key`; NULL: there is no room for it, or no memory. */
struct scanned_path *pathscan_argument(struct pathscan *paths, const struct field *field, size_t number,
                                       const char *key);

/* Extracts field number `number` of the script from the event's payload. `path` is the field's, or its
 * argument's; one that is no JSON Pointer has no value. */
void pathscan_answer(struct pathscan *paths, struct payload_scan *scan, const struct manifest *script,
                     size_t number, struct scanned_path *path, const struct event *event,
                     const struct paths_request *request, struct pool *pool, struct value *value);

/* The text that a path has found, where the event's scan is done and that is a plain string, in the payload.
 * NULL: it may be something else. */
const char *pathscan_plain_text(const struct pathscan *paths, const struct payload_scan *scan,
                                const struct scanned_path *path, const struct event *event, size_t *size);

/* Does `path` find something in the event's payload, other than null? VALUE_PRESENT, VALUE_ABSENT, or, where
 * memory is out, VALUE_FAILED. */
enum value_outcome pathscan_finds(struct pathscan *paths, struct payload_scan *scan,
                                  struct scanned_path *path, const struct event *event, struct pool *pool);

/* The same for an argument that pathscan_argument has no memory for. */
void pathscan_answer_key(const struct pathscan *paths, struct payload_scan *scan, const struct field *field,
                         const char *key, const struct event *event, const struct paths_request *request,
                         struct pool *pool, struct value *value);

/* A fast path of pathscan_answer where the scan is done, and a single plain value was found. False: that is
 * not so, and nothing is changed. */
static inline __attribute__((always_inline)) bool
pathscan_answer_single(const struct pathscan *paths, const struct payload_scan *scan,
                       const struct scanned_path *path, const struct event *event, struct pool *pool,
                       struct value *value)
{
    if (!scan->done || path->single == NULL) {
        return false;
    }
    return (path->type->kind == CELL_TEXT &&
            paths_answer_short(&paths->tree, path->single, event->data, event->size, pool, value)) ||
           paths_answer_single(&paths->tree, path->single, path->type, event->data, event->size, pool, value);
}

#endif
