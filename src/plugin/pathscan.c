#include "plugin/pathscan.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* Scans for a single path of an event, until one scan finds all that fields declare. */
#define MOST_SEPARATE 4

const char pathscan_over_time[] =
    "stopped: the event's payload was searched for too many new arguments of paths (limit: "
    "init_config.lure.time)";

#define BUCKETS_BYTES (PATHSCAN_BUCKETS * sizeof(struct argument_path *))

struct argument_path {
    struct scanned_path path;
    struct argument_path *next; /* in its bucket */
    struct paths *own;          /* or NULL: it is none */
    size_t parts;               /* of these */
    size_t number;              /* of the field */
    char key[];
};

/* What an argument, its parts and their texts take, about. */
static size_t cost_of(const struct argument_path *argument)
{
    size_t pointers = argument->own != NULL ? argument->own->total : 0;

    return sizeof(*argument) +
           (1 + pointers) * (strlen(argument->key) + memory_cost(sizeof(struct pointer))) +
           argument->parts * (sizeof(struct pointer_part) + memory_cost(1));
}

void pathscan_open(struct pathscan *paths, bool predicts, const struct format *format, double seconds,
                   struct memory_budget *budget)
{
    *paths =
        (struct pathscan){.tree = {.pool = &paths->pool, .predictor = predicts ? &paths->predictor : NULL},
                          .predictor.pool.budget = budget,
                          .format = format,
                          .most = (int64_t)(seconds * (double)CLOCK_SECOND),
                          .pool.budget = budget};
}

void pathscan_close(struct pathscan *paths)
{
    for (size_t i = 0; paths->arguments != NULL && i < PATHSCAN_BUCKETS; i++) {
        while (paths->arguments[i] != NULL) {
            struct argument_path *argument = paths->arguments[i];

            paths->arguments[i] = argument->next;
            memory_release(paths->pool.budget, cost_of(argument));
            paths_free(argument->own);
            free(argument);
        }
    }
    memory_give(paths->pool.budget, paths->arguments, BUCKETS_BYTES);
    pathpredictor_clear(&paths->predictor);
    pool_free(&paths->pool);
}

/* ---- arguments ---- */

/* NULL: it is no JSON Pointer, or memory is out: then `*no_memory` is set. */
static struct paths *compile(const struct pathscan *paths, const struct field *field, const char *key,
                             bool *no_memory)
{
    char *error = NULL;
    struct paths *compiled = path_recipe_build(&field->recipe, key, &error);

    *no_memory = compiled == NULL && error == NULL;
    free(error);
    if (paths->format != NULL && !format_name_columns(paths->format, compiled)) {
        *no_memory = true;
        paths_free(compiled);
        compiled = NULL;
    }
    return compiled;
}

static size_t count_parts(const struct paths *paths)
{
    size_t parts = 0;

    for (size_t i = 0; paths != NULL && i < paths->total; i++) {
        parts += paths->pointers[i].count;
    }
    return parts;
}

static struct argument_path *compile_argument(const struct pathscan *paths, const struct field *field,
                                              size_t number, const char *key)
{
    size_t size = strlen(key) + 1;
    struct argument_path *argument = calloc(1, sizeof(*argument) + size);
    bool no_memory;

    if (argument == NULL) {
        return NULL;
    }
    memcpy(argument->key, key, size);
    argument->number = number;
    argument->own = compile(paths, field, key, &no_memory);
    argument->parts = count_parts(argument->own);
    argument->path.paths = argument->own;
    if (no_memory) {
        free(argument);
        return NULL;
    }
    return argument;
}

/* Makes the buckets, unless they are there. NULL: out of memory. */
static struct argument_path **bucket_of_path(struct pathscan *paths, size_t number, const char *key)
{
    if (paths->arguments == NULL) {
        paths->arguments = memory_take(paths->pool.budget, BUCKETS_BYTES);
        if (paths->arguments == NULL) {
            return NULL;
        }
        memset(paths->arguments, 0, BUCKETS_BYTES);
    }
    return &paths->arguments[hash_bytes(HASH_BASIS ^ number, key, strlen(key)) % PATHSCAN_BUCKETS];
}

struct scanned_path *pathscan_argument(struct pathscan *paths, const struct field *field, size_t number,
                                       const char *key)
{
    struct argument_path **bucket = bucket_of_path(paths, number, key), *argument;

    if (bucket == NULL) {
        return NULL;
    }
    argument = *bucket;
    while (argument != NULL && (argument->number != number || strcmp(argument->key, key) != 0)) {
        argument = argument->next;
    }
    if (argument != NULL) {
        return &argument->path;
    }
    argument = compile_argument(paths, field, number, key);
    if (argument == NULL) {
        return NULL;
    }
    if (!memory_charge(paths->pool.budget, cost_of(argument))) {
        paths_free(argument->own);
        free(argument);
        return NULL;
    }
    argument->next = *bucket;
    *bucket = argument;
    return &argument->path;
}

/* Scans the payload for one path. */
static void find_alone(const struct pathscan *paths, struct payload_scan *scan, const struct paths *path,
                       const struct event *event, const struct paths_request *request, struct pool *pool,
                       struct value *value)
{
    const int64_t begin = clock_now(CLOCK_MONOTONIC);

    if (scan->spent >= paths->most) {
        *value = (struct value){.outcome = VALUE_FAILED, .error = pathscan_over_time};
        return;
    }
    paths_find(path, event->data, event->size, request, pool, value);
    scan->spent += clock_now(CLOCK_MONOTONIC) - begin;
}

void pathscan_answer_key(const struct pathscan *paths, struct payload_scan *scan, const struct field *field,
                         const char *key, const struct event *event, const struct paths_request *request,
                         struct pool *pool, struct value *value)
{
    bool no_memory;
    struct paths *compiled = compile(paths, field, key, &no_memory);

    if (compiled != NULL) {
        find_alone(paths, scan, compiled, event, request, pool, value);
    } else if (no_memory) {
        *value = (struct value){.outcome = VALUE_FAILED, .error = TEXT_NO_MEMORY};
    }
    paths_free(compiled);
}

/* ---- evaluation ---- */

/* Adds the path to the tree. */
static void join(struct pathscan *paths, struct scanned_path *path, const struct field *field, enum abi api)
{
    bool is_plain = api == ABI_3 || cell_is_plain(field->type->kind); /* as it is, for the host */

    path->nodes = paths_add(path->paths, &paths->tree);
    path->scans = paths->tree.scans;
    path->type = field->type;
    if (path->nodes != NULL && is_plain && !field->list && !field->has_extract && field->join == NULL &&
        !field->keys) {
        path->single = paths_single(path->paths, path->nodes);
    }
}

/* Scans for all that the script's fields declare, in the event's pool. False: out of memory. */
static bool scan_whole(struct payload_scan *scan, const struct manifest *script, const struct event *event,
                       struct pool *pool)
{
    struct pathtree *whole = pool_take(pool, sizeof(*whole));
    struct path_node ***nodes = pool_take(pool, script->field_count * sizeof(struct path_node **));

    if (whole == NULL || nodes == NULL) {
        return false;
    }
    *whole = (struct pathtree){.pool = pool};
    for (size_t i = 0; i < script->field_count; i++) {
        const struct paths *path = script->fields[i].path;

        nodes[i] = path != NULL ? paths_add(path, whole) : NULL;
        if (path != NULL && nodes[i] == NULL) {
            return false;
        }
    }
    pathtree_scan(whole, event->data, event->size, pool);
    scan->whole = whole;
    scan->nodes = nodes;
    return true;
}

/* Finds a path that was added behind the event's scan. */
static void answer_new(const struct pathscan *paths, struct payload_scan *scan, const struct manifest *script,
                       size_t number, const struct scanned_path *path, const struct event *event,
                       const struct paths_request *request, struct pool *pool, struct value *value)
{
    bool is_declared = !script->fields[number].path_has_arg;

    if (is_declared && (scan->whole != NULL ||
                        (++scan->separate > MOST_SEPARATE && scan_whole(scan, script, event, pool)))) {
        paths_answer(path->paths, scan->whole, scan->nodes[number], event->data, event->size, request, pool,
                     value);
    } else {
        find_alone(paths, scan, path->paths, event, request, pool, value);
    }
}

void pathscan_answer(struct pathscan *paths, struct payload_scan *scan, const struct manifest *script,
                     size_t number, struct scanned_path *path, const struct event *event,
                     const struct paths_request *request, struct pool *pool, struct value *value)
{
    const struct field *field = &script->fields[number];

    if (!field->path_has_arg) {
        path->paths = field->path;
    }
    if (path->paths == NULL) {
        return;
    }
    if (path->nodes == NULL) {
        join(paths, path, field, script->api);
    }
    if (path->nodes == NULL || (scan->done && path->scans == paths->tree.scans)) {
        answer_new(paths, scan, script, number, path, event, request, pool, value);
        return;
    }
    if (!scan->done) {
        pathtree_scan(&paths->tree, event->data, event->size, pool);
        scan->done = true;
    }
    if (path->single != NULL && request->fallback == NULL && !path->paths->has_fallback &&
        !pathtree_found(&paths->tree, path->single) && !paths->tree.no_memory) {
        return; /* absent, as it is */
    }
    if (path->single == NULL ||
        !paths_answer_single(&paths->tree, path->single, path->type, event->data, event->size, pool, value)) {
        paths_answer(path->paths, &paths->tree, path->nodes, event->data, event->size, request, pool, value);
    }
}

const char *pathscan_plain_text(const struct pathscan *paths, const struct payload_scan *scan,
                                const struct scanned_path *path, const struct event *event, size_t *size)
{
    const struct path_node *first = path->nodes != NULL ? path->nodes[0] : NULL;

    if (first == NULL || !scan->done || path->scans == paths->tree.scans || first->level > 0 ||
        path->paths->condition_count > 0 || !paths_is_plain_text(&paths->tree, first)) {
        return NULL;
    }
    *size = first->text;
    return event->data + first->place + 1;
}

enum value_outcome pathscan_finds(struct pathscan *paths, struct payload_scan *scan,
                                  struct scanned_path *path, const struct event *event, struct pool *pool)
{
    const struct paths_request request = {.type = &json_value_type};
    struct value value;

    if (path->nodes == NULL) {
        path->nodes = paths_add(path->paths, &paths->tree);
        path->scans = paths->tree.scans;
        path->single = path->nodes != NULL ? paths_single(path->paths, path->nodes) : NULL;
    }
    if (path->nodes == NULL || (scan->done && path->scans == paths->tree.scans)) {
        paths_find(path->paths, event->data, event->size, &request, pool, &value);
        return value.outcome;
    }
    if (!scan->done) {
        pathtree_scan(&paths->tree, event->data, event->size, pool);
        scan->done = true;
    }
    if (path->single != NULL && paths_is_plain_text(&paths->tree, path->single)) { /* as an id mostly is */
        return VALUE_PRESENT;
    }
    paths_answer(path->paths, &paths->tree, path->nodes, event->data, event->size, &request, pool, &value);
    return value.outcome;
}
