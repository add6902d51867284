#include "plugin/extraction.h"

#include "base/clock.h"
#include "base/text.h"
#include "plugin/batchwriter.h"
#include "plugin/callbacks.h"
#include "plugin/fieldpaths.h"
#include "plugin/foundfield.h"
#include "plugin/plugin.h"

#include <stdlib.h>
#include <string.h>

/* Bytes of the pool that are kept for the next event. */
#define KEPT_BYTES (256u * 1024u)

bool extraction_prepare(struct plugin *plugin)
{
    struct extraction *extraction = &plugin->extraction;

    extraction->pool.budget = extraction->batch_prefetch.pool.budget = &plugin->memory;
    return fieldcache_open(&extraction->cache, plugin->manifest->field_count, &plugin->memory);
}

bool extraction_alloc_fields(struct plugin *plugin)
{
    struct extraction *extraction = &plugin->extraction;
    size_t fields = plugin->script->field_count;

    extraction->fields = calloc(1, sizeof(*extraction->fields) + fields * sizeof(struct field_state));
    if (extraction->fields != NULL) {
        extraction->fields->count = fields;
        extraction->fields->budget = &plugin->memory;
        extraction->fields->when.paths = plugin->script->when;
        pathscan_open(&extraction->fields->paths, plugin->limits.optimize.path_predictor,
                      plugin->script->format, plugin->limits.time, &plugin->memory);
        if (!payloadjson_open(&extraction->fields->format, plugin->script->format, plugin->limits.time,
                              &plugin->memory)) {
            extraction_free_fields(extraction->fields);
            extraction->fields = NULL;
        }
    }
    return extraction->fields != NULL;
}

void extraction_free_fields(struct field_states *fields)
{
    if (fields != NULL) {
        pathscan_close(&fields->paths);
        payloadjson_close(&fields->format);
        fieldeval_close(fields);
        free(fields);
    }
}

void extraction_close(struct extraction *extraction)
{
    free(extraction->use);
    batchprefetch_close(&extraction->batch_prefetch);
    fieldcache_close(&extraction->cache);
    pool_free(&extraction->pool);
    memset(extraction, 0, sizeof(*extraction));
}

/* The bytes of an event: with its header, where it has one. */
static const void *bytes_of(const struct event *event)
{
    return event->raw != NULL ? event->raw : event->data;
}

static size_t size_of(const struct event *event)
{
    return event->raw != NULL ? event->raw_size : event->size;
}

static bool same_bytes(const struct extraction *extraction, const struct event *event)
{
    return extraction->copy != NULL && extraction->event->raw_size == event->raw_size &&
           memcmp(extraction->copy, bytes_of(event), size_of(event)) == 0;
}

/* Is `event` the current one? Hosts reuse buffers, and some number all events 0. */
static bool is_same(const struct extraction *extraction, const struct event *event)
{
    const struct event *shown = extraction->event;

    if (!extraction->has_event || shown->where != event->where || shown->size != event->size ||
        shown->type != event->type) {
        return false;
    }
    if (extraction->batch != NULL) {
        return true; /* the batch has not changed since, or extraction_forget would have been called */
    }
    if (event->bare || shown->bare) {
        return same_bytes(extraction, event);
    }
    return shown->num == event->num && shown->ts == event->ts && shown->tid == event->tid &&
           (event->num != 0 || same_bytes(extraction, event));
}

/* A copy is kept only where a number cannot tell events apart. */
static bool needs_copy(const struct plugin *plugin, const struct event *event)
{
    return plugin->extraction.batch == NULL && (event->num == 0 || plugin->manifest->api == ABI_0);
}

void extraction_forget(struct extraction *extraction)
{
    if (!extraction->has_event) {
        return;
    }
    batchprefetch_leave(&extraction->batch_prefetch);
    fieldcache_reset(&extraction->cache);
    pool_reset(&extraction->pool, KEPT_BYTES);
    extraction->has_event = false;
    extraction->recognizable = false;
    extraction->batch = NULL;
    extraction->copy = NULL;
    extraction->json.made = false;
    extraction->scan = (struct payload_scan){.done = false};
    memset(extraction->prefetched, 0, sizeof(extraction->prefetched));
    extraction->has_prefetched = false;
    extraction->when = VALUE_UNKNOWN;
    extraction->decoded = DECODED_NOT_YET;
    extraction->has_object = false;
    extraction->decode_error = NULL;
}

bool extraction_is_shown(const struct extraction *extraction, const struct event *event)
{
    return is_same(extraction, event);
}

/* Begins a new event. Returns where the caller writes it. */
static inline struct event *begin(struct extraction *extraction)
{
    extraction->event = &extraction->shown;
    extraction->has_event = true;
    if (extraction->object != NULL) {
        extraction->object->shown++;
    }
    return extraction->event;
}

/* Makes the decoded value, where it is the payload or its document, refer to the payload of `event`. */
static void move_value(struct extraction *extraction, const struct event *event)
{
    struct eval_value *value = &extraction->value;
    const char *payload = extraction->event->data;
    const size_t size = extraction->event->size;

    if (extraction->decoded == DECODED_VALUE && (value->kind == EVAL_DOCUMENT || value->kind == EVAL_TEXT) &&
        (value->text.data == payload ||
         (value->kind == EVAL_DOCUMENT && (uintptr_t)value->text.data - (uintptr_t)payload < size))) {
        value->text.data = (const char *)event->data + (value->text.data - payload);
    }
}

void extraction_show(struct plugin *plugin, const struct event *event)
{
    struct extraction *extraction = &plugin->extraction;

    if (is_same(extraction, event)) {
        if (!event->bare) { /* the payload and the source's name may stand elsewhere by now */
            move_value(extraction, event);
            *extraction->event = *event;
        }
        return;
    }
    extraction_forget(extraction);
    extraction->batch = instances_batch(plugin->instances, event->where);
    *begin(extraction) = *event;
    if (needs_copy(plugin, event)) {
        extraction->copy = pool_take(&extraction->pool, size_of(event));
        if (extraction->copy != NULL) {
            memcpy(extraction->copy, bytes_of(event), size_of(event));
        }
    }
}

struct event *extraction_show_next(struct extraction *extraction)
{
    struct batch_writer *batch = extraction->batch;

    extraction_forget(extraction);
    extraction->batch = batch;
    extraction->recognizable = true;
    return begin(extraction);
}

struct event *extraction_show_prefetched(struct extraction *extraction)
{
    struct batch_prefetch *prefetch = &extraction->batch_prefetch;
    struct event *events = prefetch->prefetched->events;

    fieldcache_next_event(&extraction->cache);
    if (extraction->pool.used > 0) {
        pool_reset(&extraction->pool, KEPT_BYTES);
    }
    extraction->value = prefetch->prefetched->values[prefetch->position];
    extraction->decoded = extraction->value.kind == EVAL_NIL ? DECODED_NOT_OURS : DECODED_VALUE;
    extraction->has_object = false;
    extraction->event = &events[prefetch->position++];
    extraction->json.made = false;
    extraction->scan = (struct payload_scan){.done = false};
    memset(extraction->prefetched, 0, sizeof(extraction->prefetched));
    extraction->when = VALUE_UNKNOWN;
    extraction->object->shown++;
    prefetch->next = prefetch->position < prefetch->count ? events[prefetch->position].where : NULL;
    return extraction->event;
}

/* Converts a value of the script's field number `number` to what the plugin API has for its type. */
static inline void complete(struct plugin *plugin, size_t number, struct value *value)
{
    if (plugin->script->api == ABI_0 &&
        !value_make_plain(value, plugin->script->fields[number].type, &plugin->extraction.pool)) {
        callbacks_no_memory(plugin, number, value);
    }
}

/* Extracts a field by its path; see fieldpaths_evaluate. */
static void extract_by_path(struct plugin *plugin, size_t number, const struct argument *argument,
                            struct scanned_path *path, struct value *value)
{
    fieldpaths_evaluate(plugin, number, argument, path, value);
    if (value->outcome == VALUE_FAILED) {
        callbacks_path_failed(plugin, number, value);
    }
    complete(plugin, number, value);
}

/* Extracts a field by a call of its function. */
static void extract_by_call(struct plugin *plugin, size_t number, const struct argument *argument,
                            struct value *value)
{
    if (field_has_path(&plugin->script->fields[number])) {
        foundfield_extract(plugin, number, argument, value);
    } else {
        callbacks_field(plugin, number, argument, value);
    }
    complete(plugin, number, value);
}

/* Extracts a field by its path, or a call of its function. */
static void extract_field(struct plugin *plugin, size_t number, const struct argument *argument,
                          struct value *value)
{
    if (field_is_path(&plugin->script->fields[number])) {
        extract_by_path(plugin, number, argument, fieldpaths_of(plugin, number, argument), value);
    } else {
        extract_by_call(plugin, number, argument, value);
    }
}

/* The same, counted. The time of `decode` is its own; an event that it does not decode needs no call. */
static void extract_counted(struct plugin *plugin, size_t number, const struct argument *argument,
                            struct value *value)
{
    struct callback_use *use = &plugin->extraction.use[number];
    bool runs = field_has_path(&plugin->script->fields[number]) || callbacks_decode(plugin) == DECODED_VALUE;
    int64_t begin = clock_now(CLOCK_MONOTONIC);

    extract_field(plugin, number, argument, value);
    if (runs) {
        use->calls++;
        use->errors += value->outcome == VALUE_FAILED;
        use->nanoseconds += clock_now(CLOCK_MONOTONIC) - begin;
    }
}

/* The script's own field that a field of the generic identity, with its name as argument, stands for. */
static const struct field *generic_field(struct plugin *plugin, size_t number,
                                         const struct argument *argument, struct value *value)
{
    const struct field *generic = &plugin->manifest->fields[number];
    const struct field *field =
        argument->kind == ARGUMENT_KEY ? manifest_field(plugin->script, argument->key) : NULL;
    char *error = NULL;

    if (field == NULL) {
        error =
            text_format("%s: the script %s has no field called \"%s\"", generic->name,
                        plugin->script->source->name, argument->kind == ARGUMENT_KEY ? argument->key : "");
    } else if (field->type != generic->type || field->list) {
        error = text_format("%s: the field \"%s\" has the type %s%s", generic->name, field->name,
                            field->list ? "list of " : "", field->type->name);
    }
    if (field == NULL || error != NULL) {
        callbacks_fail(plugin, value, error != NULL ? error : TEXT_NO_MEMORY);
        log_limited(&plugin->log, LOG_LEVEL_ERROR, value->error);
        free(error);
        return NULL;
    }
    return field;
}

/* Extracts a field by direct evaluation. False: its function must be called. */
static inline bool extract_directly(struct plugin *plugin, size_t number, const struct argument *argument,
                                    struct value *value)
{
    return plugin->extraction.fields->states[number].direct.function != NULL &&
           fieldeval_tries(plugin, number) && callbacks_decode(plugin) == DECODED_VALUE &&
           fieldeval_field(plugin, number, argument, value);
}

/* Extracts a field of the generic identity, or one whose extraction is counted. */
static void extract_otherwise(struct plugin *plugin, const struct cache_slot *slot, struct value *value)
{
    static const struct argument none = {.kind = ARGUMENT_NONE};
    const struct extraction *extraction = &plugin->extraction;
    const struct argument *argument = &slot->argument;
    size_t number = slot->field;
    const struct field *field;

    if (plugin->manifest != plugin->script) {
        field = generic_field(plugin, number, argument, value);
        if (field == NULL) {
            return;
        }
        number = (size_t)(field - plugin->script->fields);
        argument = &none;
    }
    /* a reload of the script behind the generic identity may bring more fields than there are counts */
    if (extraction->use != NULL && number < extraction->used) {
        extract_counted(plugin, number, argument, value);
    } else if (!extract_directly(plugin, number, argument, value)) {
        extract_field(plugin, number, argument, value);
    }
}

/*
 * Prefetches the fields of a list that were requested for the last event, once one of them was extracted:
 * together they take a third of the time. The value of a path depends on nothing but the event; the result of
 * a function may change when the script runs (extraction_script_runs).
 */
static void prefetch_fields(struct plugin *plugin, enum prefetch_list list)
{
    struct extraction *extraction = &plugin->extraction;
    struct cache_slot **link = &extraction->cache.lists[list], *slot;
    const struct event *event =
        list == PREFETCH_PATHS ? fieldpaths_json(plugin) : NULL; /* it was made: cannot fail */

    extraction->prefetched[list] = true;
    while ((slot = fieldcache_next_prefetch(&extraction->cache, &link)) != NULL) {
        if (list == PREFETCH_PATHS) {
            if (event == NULL ||
                !pathscan_answer_single(&extraction->fields->paths, &extraction->scan, slot->path, event,
                                        &extraction->pool, &slot->value)) {
                extract_by_path(plugin, slot->field, &slot->argument, slot->path, &slot->value);
            }
        } else if (extract_directly(plugin, slot->field, &slot->argument, &slot->value)) {
            extraction->has_prefetched = true;
        }
    }
    if (list == PREFETCH_FUNCTIONS && batchprefetch_begin(plugin)) {
        extraction->has_prefetched = true;
    }
}

/* Fills a slot after a cache miss. */
static __attribute__((noinline)) void extract_value(struct plugin *plugin, struct cache_slot *slot)
{
    struct extraction *extraction = &plugin->extraction;
    enum prefetch_list list;

    if (plugin->script->when != NULL && fieldpaths_is_other(plugin, &slot->value)) {
        return;
    }
    if (plugin->manifest != plugin->script || extraction->use != NULL) {
        extract_otherwise(plugin, slot, &slot->value);
        return;
    }
    if (field_is_path(&plugin->script->fields[slot->field])) {
        if (slot->path == NULL) {
            slot->path = fieldpaths_of(plugin, slot->field, &slot->argument);
        }
        extract_by_path(plugin, slot->field, &slot->argument, slot->path, &slot->value);
        if (slot->path == NULL) {
            return;
        }
        list = PREFETCH_PATHS;
    } else if (extract_directly(plugin, slot->field, &slot->argument, &slot->value)) {
        plugin->use[KEY_EXTRACT].calls++;
        list = PREFETCH_FUNCTIONS;
    } else {
        extract_by_call(plugin, slot->field, &slot->argument, &slot->value);
        return;
    }
    fieldcache_list(&extraction->cache, list, slot);
    if (!extraction->prefetched[list] && plugin->limits.optimize.prefetch) {
        prefetch_fields(plugin, list);
    }
}

const struct value *extraction_get_at(struct plugin *plugin, struct cache_slot *slot)
{
    fieldcache_request(&plugin->extraction.cache, slot);
    if (slot->value.outcome == VALUE_UNKNOWN) {
        extract_value(plugin, slot);
    }
    return &slot->value;
}

static const struct value out_of_memory = {.outcome = VALUE_FAILED, .error = TEXT_OVER_LIMIT};

const struct value *extraction_get(struct plugin *plugin, size_t number, const struct argument *argument)
{
    struct extraction *extraction = &plugin->extraction;
    struct cache_slot *slot =
        number < extraction->cache.fields ? fieldcache_find(&extraction->cache, number, argument) : NULL;

    return slot != NULL ? extraction_get_at(plugin, slot) : &out_of_memory;
}

/* Decimal digits without a leading zero, in 64 bits. */
static bool read_index(const char *text, uint64_t *index)
{
    size_t digits = strspn(text, "0123456789");
    uint64_t sum = 0;

    if (digits == 0 || text[digits] != '\0' || (digits > 1 && text[0] == '0')) {
        return false;
    }
    for (; *text != '\0'; text++) {
        if (__builtin_mul_overflow(sum, 10u, &sum) ||
            __builtin_add_overflow(sum, (unsigned)(*text - '0'), &sum)) {
            return false;
        }
    }
    *index = sum;
    return sum <= INT64_MAX;
}

bool extraction_argument(const struct field *field, const char *text, struct argument *argument)
{
    *argument = (struct argument){.kind = ARGUMENT_NONE};
    if (text == NULL || !field->has_arg) {
        return true;
    }
    if (field->arg_index && read_index(text, &argument->index)) {
        argument->kind = ARGUMENT_INDEX;
        return true;
    }
    if (!field->arg_key) {
        return false;
    }
    argument->kind = ARGUMENT_KEY;
    argument->key = text;
    return true;
}

const char *extraction_text(struct plugin *plugin)
{
    const struct event *event = plugin->extraction.event;
    const char *text;

    if (callbacks_text(plugin)) {
        return plugin->shown.text;
    }
    text = owned_text_set(&plugin->shown, event->data, event->size);
    if (text == NULL) {
        plugin_fail(plugin, "to_string: " TEXT_OVER_LIMIT);
    }
    return text;
}
