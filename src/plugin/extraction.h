/*
 * extraction: extracts the values of fields from the current event: the one that the host shows.
 *
 * A value is looked up in the field cache, else found by the field's path, by direct evaluation of its
 * function, or by a call of it. Values lie in a pool, which never moves memory, and are valid until the event
 * changes: some versions of libsinsp keep pointers while rules are evaluated.
 *
 * Owner: the plugin state. Not thread safe: callers hold the state's lock.
 */
#ifndef LURE_PLUGIN_EXTRACTION_H
#define LURE_PLUGIN_EXTRACTION_H

#include "base/pool.h"
#include "event/event.h"
#include "json/pathtree.h"
#include "plugin/batchprefetch.h"
#include "plugin/circuitbreaker.h"
#include "plugin/fieldcache.h"
#include "plugin/fieldeval.h"
#include "plugin/pathscan.h"
#include "plugin/payloadjson.h"
#include "script/field.h"

#include <lua.h>
#include <stdbool.h>

struct batch_writer;
struct plugin;
struct callback_use;

enum decoded { DECODED_NOT_YET, DECODED_VALUE, DECODED_NOT_OURS, DECODED_FAILED };

/* The state of a script's field that outlives events. */
struct field_state {
    struct scanned_path path;           /* which it declares */
    struct fieldeval_function direct;   /* its function, for direct evaluation, */
    struct fieldeval_function of_found; /* or that of a field with a path */
    int arguments;                      /* how many it is called with */
    struct breaker breaker;
};

struct field_states {
    struct memory_budget *budget;
    struct pathscan paths;
    struct payload_format format;
    struct scanned_path when;   /* the script's, if it has one */
    struct eval_function *next; /* NULL: it has to be called */
    struct fieldeval_function decode;
    struct eval_list *list; /* the room for the list that a function returns; NULL: none does */
    size_t count;
    struct field_state states[]; /* by field of the script */
};

struct extraction {
    struct batch_prefetch batch_prefetch;
    struct fieldcache cache;
    struct pool pool;
    struct event *event; /* the current one: */
    struct event shown;  /* it, unless it is one of batchprefetch.h's */
    bool has_event;      /* `event` is set */
    bool recognizable;   /* its number identifies it, or it is our own; and the script has fields of it */
    struct batch_writer *batch;  /* of this state, that its payload is in, or NULL */
    void *copy;                  /* its payload, where its number does not identify it; in the pool */
    enum decoded decoded;        /* the result of `decode` */
    struct eval_value value;     /* the decoded value, the functions' first argument, where DECODED_VALUE */
    bool has_object;             /* it is a document, for which KEPT_DECODED is the script's */
    const char *decode_error;    /* DECODED_FAILED; in the pool */
    struct event_object *object; /* what callbacks see */
    struct field_states *fields; /* the state of the script's fields */
    struct payload_json json;    /* its payload as JSON, where the script has a format */
    struct payload_scan scan;    /* what was found of paths in that */
    enum value_outcome when;     /* whether the script's `when` finds something in it; VALUE_UNKNOWN */
    bool prefetched[PREFETCH_LISTS]; /* the fields of the last event were prefetched */
    bool has_prefetched;             /* functions were evaluated whose fields were not requested yet */
    int kept;                        /* where callbacks.h has what it pushes on the vm's stack */
    struct callback_use *use;        /* of the first `used` fields; NULL: no profile is wanted */
    size_t used;
};

/* False: out of memory. */
bool extraction_prepare(struct plugin *plugin);

/* Allocates the state of the script's fields. False: out of memory. Before keptcallbacks_open_lj. */
bool extraction_alloc_fields(struct plugin *plugin);

/* NULL is allowed. */
void extraction_free_fields(struct field_states *fields);

void extraction_close(struct extraction *extraction);

/* True if `event` is the current one: values that hosts got of it must stay valid. */
bool extraction_is_shown(const struct extraction *extraction, const struct event *event);

/* Makes `event` the current one. The cached values stay if it is the same as before. */
void extraction_show(struct plugin *plugin, const struct event *event);

/* Makes batch_prefetch.next the current one. The caller sets number, time, thread and source. */
struct event *extraction_show_prefetched(struct extraction *extraction);

/* Makes another event of the same batch the current one, which the caller writes. The script is known to have
 * fields of it. */
struct event *extraction_show_next(struct extraction *extraction);

/* There is no current event any more: the batch that it may have come from is about to change. */
void extraction_forget(struct extraction *extraction);

/* A callback of the script is about to run, and might change what functions return: drops what was prefetched
 * from them. */
static inline void extraction_script_runs(struct extraction *extraction)
{
    if (extraction->has_prefetched) {
        fieldcache_drop(&extraction->cache, PREFETCH_FUNCTIONS);
        fieldcache_end_prefetch(&extraction->cache);
        extraction->has_prefetched = false;
    }
    if (extraction->has_event) {
        batchprefetch_drop(&extraction->batch_prefetch);
    }
}

/*
 * The value of field number `field` in the current event. Never NULL, never VALUE_UNKNOWN;
 * VALUE_FAILED is logged the first time. Valid until the event changes.
 */
const struct value *extraction_get(struct plugin *plugin, size_t field, const struct argument *argument);

/* The same, where the field's slot is known. */
const struct value *extraction_get_at(struct plugin *plugin, struct cache_slot *slot);

/*
 * The argument of `field` that the text `text` (NULL: none) means: an integer where the field
 * takes an index and the text is decimal without leading zero, else a key. False: the field
 * takes an index only and the text is none.
 */
bool extraction_argument(const struct field *field, const char *text, struct argument *argument);

/* The current event as text for event_to_string. Valid until the next call. NULL: out of memory. */
const char *extraction_text(struct plugin *plugin);

#endif
