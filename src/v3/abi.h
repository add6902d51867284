/*
 * v3/abi: the plugin API 3.x as of its newest minor version, with the type names of the official headers.
 *
 * New versions only append members to structs, so this one layout serves every 3.x host: a member marked
 * "since 3.N" is beyond the end of what an older host passes, and may be read only if the host is known to
 * be that new.
 *
 * Memory: what a plugin returns is the plugin's, and stays valid until the same function is called again
 * (values: see ss_plugin_field_extract_input). What the host passes is valid only during the call, unless
 * stated otherwise.
 */
#ifndef LURE_V3_ABI_H
#define LURE_V3_ABI_H

#include "base/apiversion.h"
#include "v3/abitypes.h"
#include "v3/tableabi.h"

#include <stdint.h>

#define PLUGIN_API_VERSION_MAJOR 3
#define PLUGIN_API_VERSION_MINOR API_3_NEWEST_MINOR
#define PLUGIN_API_VERSION_PATCH 0

/* ---- what the framework passes to init, extract_fields, parse_event, set_config ---- */

/* Writes to the host's log. `component` NULL: the plugin's name. Safe to keep until destroy. */
typedef void (*ss_plugin_log_fn_t)(ss_plugin_owner_t *o, const char *component, const char *msg,
                                   ss_plugin_log_severity sev);

typedef struct ss_plugin_init_input {
    const char *config;
    ss_plugin_owner_t *owner; /* lives as long as the plugin state */
    const char *(*get_owner_last_error)(ss_plugin_owner_t *o);
    const ss_plugin_init_tables_input *tables; /* NULL for a plugin that neither parses nor extracts */
    ss_plugin_log_fn_t log_fn;                 /* since 3.3 */
} ss_plugin_init_input;

typedef struct ss_plugin_set_config_input {
    const char *config;
} ss_plugin_set_config_input;

/* A value of variable length: an address. */
typedef struct ss_plugin_byte_buffer {
    uint32_t len;
    const void *ptr;
} ss_plugin_byte_buffer;

/*
 * A field asked for (from field_id on), and its values (before it), which the plugin sets.
 * res_len comes uninitialised and has to be set on every path: 0 where there is no value,
 * more than 1 only where the field is a list.
 */
typedef struct ss_plugin_extract_field {
    union {
        const char **str;
        uint64_t *u64;
        uint32_t *u32;
        ss_plugin_bool *boolean;
        ss_plugin_byte_buffer *buf;
    } res; /* an array of res_len values */
    uint64_t res_len;
    uint32_t field_id; /* place in the list that get_fields returns, from 0 */
    const char *field;
    const char *arg_key;        /* the argument as text, if the field takes keys; else NULL */
    uint64_t arg_index;         /* the argument as a number, if the field takes indexes */
    ss_plugin_bool arg_present; /* tells an index of 0 from none */
    uint32_t ftype;             /* ss_plugin_field_type */
    ss_plugin_bool flist;
} ss_plugin_extract_field;

/* Where the values stand in the event, from its header on; {0, 0}: nowhere. One slot for each value. */
typedef struct ss_plugin_extract_value_offsets {
    uint32_t *start;
    uint32_t *length;
} ss_plugin_extract_value_offsets;

/* The values set must stay until the next call (and, for hosts that keep pointers, until the event changes).
 */
typedef struct ss_plugin_field_extract_input {
    ss_plugin_owner_t *owner;
    const char *(*get_owner_last_error)(ss_plugin_owner_t *o);
    uint32_t num_fields;
    ss_plugin_extract_field *fields;
    ss_plugin_table_reader_vtable table_reader;
    ss_plugin_table_reader_vtable_ext *table_reader_ext; /* since 3.1 */
    ss_plugin_extract_value_offsets *value_offsets;      /* since 3.11; NULL: not asked for */
} ss_plugin_field_extract_input;

typedef struct ss_plugin_event_parse_input {
    ss_plugin_owner_t *owner;
    const char *(*get_owner_last_error)(ss_plugin_owner_t *o);
    ss_plugin_table_reader_vtable table_reader;
    ss_plugin_table_writer_vtable table_writer;
    ss_plugin_table_reader_vtable_ext *table_reader_ext; /* since 3.1 */
    ss_plugin_table_writer_vtable_ext *table_writer_ext; /* since 3.1 */
} ss_plugin_event_parse_input;

/* ---- async events, capture listening, metrics ---- */

/*
 * Takes one async event; it is copied. `err`, if not NULL, has room for PLUGIN_MAX_ERRLEN
 * bytes and gets the text where the result is SS_PLUGIN_FAILURE.
 */
typedef ss_plugin_rc (*ss_plugin_async_event_handler_t)(ss_plugin_owner_t *o, const ss_plugin_event *evt,
                                                        char *err);

/* One round of a routine; 0: it is not called again. */
typedef ss_plugin_bool (*ss_plugin_routine_fn_t)(ss_plugin_t *s, ss_plugin_routine_state_t *i);

/* The framework's thread pool. A routine is called again as soon as it returns. */
typedef struct ss_plugin_routine_vtable {
    ss_plugin_routine_t *(*subscribe)(ss_plugin_owner_t *o, ss_plugin_routine_fn_t f,
                                      ss_plugin_routine_state_t *i);
    ss_plugin_rc (*unsubscribe)(ss_plugin_owner_t *o, ss_plugin_routine_t *r);
} ss_plugin_routine_vtable;

typedef struct ss_plugin_capture_listen_input {
    ss_plugin_owner_t *owner;
    ss_plugin_routine_vtable *routine;
    ss_plugin_table_reader_vtable_ext *table_reader_ext;
    ss_plugin_table_writer_vtable_ext *table_writer_ext;
    const char *(*get_owner_last_error)(ss_plugin_owner_t *o); /* since 3.9 */
} ss_plugin_capture_listen_input;

typedef enum ss_plugin_metric_value_type {
    SS_PLUGIN_METRIC_VALUE_TYPE_U32 = 0, /* numbers since 3.6; 3.5, which no loader asks, began at 1 */
    SS_PLUGIN_METRIC_VALUE_TYPE_S32 = 1,
    SS_PLUGIN_METRIC_VALUE_TYPE_U64 = 2,
    SS_PLUGIN_METRIC_VALUE_TYPE_S64 = 3,
    SS_PLUGIN_METRIC_VALUE_TYPE_D = 4,
    SS_PLUGIN_METRIC_VALUE_TYPE_F = 5,
    SS_PLUGIN_METRIC_VALUE_TYPE_I = 6
} ss_plugin_metric_value_type;

typedef union ss_plugin_metric_value {
    uint32_t u32;
    int32_t s32;
    uint64_t u64;
    int64_t s64;
    double d;
    float f;
    int i;
} ss_plugin_metric_value;

typedef enum ss_plugin_metric_type {
    SS_PLUGIN_METRIC_TYPE_MONOTONIC = 0,
    SS_PLUGIN_METRIC_TYPE_NON_MONOTONIC = 1
} ss_plugin_metric_type;

typedef struct ss_plugin_metric {
    const char *name;
    ss_plugin_metric_type type;
    ss_plugin_metric_value value;
    ss_plugin_metric_value_type value_type;
} ss_plugin_metric;

/* ---- the functions ---- */

/* Which plugins have a symbol: the symbols that are there decide what a plugin can do. */
enum plugin_api_need {
    NEED_REQUIRED, /* all: no loader accepts a library without it */
    NEED_SOURCE,   /* those with events of their own */
    NEED_INIT_SCHEMA,
    NEED_PROGRESS,
    NEED_OPEN_PARAMS,
    NEED_FIELDS,
    NEED_PARSE,
    NEED_ASYNC_EVENTS,
    NEED_DUMP_STATE,
    NEED_SET_CONFIG,
    NEED_METRICS,
    NEED_CAPTURE_OPEN,
    NEED_SYSCALLS /* those that are shown events of the kernel */
};

/*
 * Every symbol of the API, in the order in which the framework looks them up:
 *
 *     X(name, since, need, result, (parameters))
 *
 * The exported symbol is plugin_<name>. `since` is the first minor version whose loader
 * looks it up. `need` says which plugins have it (enum plugin_api_need, without NEED_).
 *
 * A state or instance may be NULL in get_last_error and close. next_batch returns an array
 * of pointers to events; to EOF and TIMEOUT belongs a count of 0. The two functions that
 * list event types take the state only since 3.1; 3.0 calls them before init.
 */
#define PLUGIN_API_SYMBOLS(X)                                                                                \
    X(get_required_api_version, 0, REQUIRED, const char *, (void))                                           \
    X(get_version, 0, REQUIRED, const char *, (void))                                                        \
    X(get_last_error, 0, REQUIRED, const char *, (ss_plugin_t * s))                                          \
    X(get_name, 0, REQUIRED, const char *, (void))                                                           \
    X(get_description, 0, REQUIRED, const char *, (void))                                                    \
    X(get_contact, 0, REQUIRED, const char *, (void))                                                        \
    X(get_init_schema, 0, INIT_SCHEMA, const char *, (ss_plugin_schema_type * schema_type))                  \
    X(init, 0, REQUIRED, ss_plugin_t *, (const ss_plugin_init_input *input, ss_plugin_rc *rc))               \
    X(destroy, 0, REQUIRED, void, (ss_plugin_t * s))                                                         \
    X(get_id, 0, SOURCE, uint32_t, (void))                                                                   \
    X(get_event_source, 0, SOURCE, const char *, (void))                                                     \
    X(open, 0, SOURCE, ss_instance_t *, (ss_plugin_t * s, const char *params, ss_plugin_rc *rc))             \
    X(close, 0, SOURCE, void, (ss_plugin_t * s, ss_instance_t * h))                                          \
    X(next_batch, 0, SOURCE, ss_plugin_rc,                                                                   \
      (ss_plugin_t * s, ss_instance_t * h, uint32_t * nevts, ss_plugin_event * **evts))                      \
    X(get_progress, 0, PROGRESS, const char *,                                                               \
      (ss_plugin_t * s, ss_instance_t * h, uint32_t * progress_pct))                                         \
    X(list_open_params, 0, OPEN_PARAMS, const char *, (ss_plugin_t * s, ss_plugin_rc * rc))                  \
    X(event_to_string, 0, SOURCE, const char *, (ss_plugin_t * s, const ss_plugin_event_input *evt))         \
    X(get_fields, 0, FIELDS, const char *, (void))                                                           \
    X(extract_fields, 0, FIELDS, ss_plugin_rc,                                                               \
      (ss_plugin_t * s, const ss_plugin_event_input *evt, const ss_plugin_field_extract_input *in))          \
    X(get_extract_event_sources, 0, FIELDS, const char *, (void))                                            \
    X(get_extract_event_types, 0, FIELDS, uint16_t *, (uint32_t * numtypes, ss_plugin_t * s))                \
    X(get_parse_event_types, 0, PARSE, uint16_t *, (uint32_t * numtypes, ss_plugin_t * s))                   \
    X(get_parse_event_sources, 0, PARSE, const char *, (void))                                               \
    X(parse_event, 0, PARSE, ss_plugin_rc,                                                                   \
      (ss_plugin_t * s, const ss_plugin_event_input *evt, const ss_plugin_event_parse_input *in))            \
    X(get_async_event_sources, 0, ASYNC_EVENTS, const char *, (void))                                        \
    X(get_async_events, 0, ASYNC_EVENTS, const char *, (void))                                               \
    X(set_async_event_handler, 0, ASYNC_EVENTS, ss_plugin_rc,                                                \
      (ss_plugin_t * s, ss_plugin_owner_t * owner, const ss_plugin_async_event_handler_t handler))           \
    X(dump_state, 10, DUMP_STATE, ss_plugin_rc,                                                              \
      (ss_plugin_t * s, ss_plugin_owner_t * owner, const ss_plugin_async_event_handler_t handler))           \
    X(set_config, 4, SET_CONFIG, ss_plugin_rc, (ss_plugin_t * s, const ss_plugin_set_config_input *i))       \
    X(get_metrics, 6, METRICS, ss_plugin_metric *, (ss_plugin_t * s, uint32_t * num_metrics))                \
    X(capture_open, 7, CAPTURE_OPEN, ss_plugin_rc,                                                           \
      (ss_plugin_t * s, const ss_plugin_capture_listen_input *i))                                            \
    X(capture_close, 7, CAPTURE_OPEN, ss_plugin_rc,                                                          \
      (ss_plugin_t * s, const ss_plugin_capture_listen_input *i))                                            \
    X(get_required_event_schema_version, 12, SYSCALLS, const char *, (ss_plugin_t * s))

/* Function types (plugin_init_fn), and the exported functions themselves (plugin_init). */
#define PLUGIN_API_DECLARE(name, since, need, result, parameters)                                            \
    typedef result plugin_##name##_fn parameters;                                                            \
    extern __attribute__((visibility("default"))) plugin_##name##_fn plugin_##name;
PLUGIN_API_SYMBOLS(PLUGIN_API_DECLARE)
#undef PLUGIN_API_DECLARE

/* All functions as one struct, for plugins that are linked in: its order is not that of the look-ups. */
typedef struct plugin_api {
    plugin_get_required_api_version_fn *get_required_api_version;
    plugin_get_init_schema_fn *get_init_schema;
    plugin_init_fn *init;
    plugin_destroy_fn *destroy;
    plugin_get_last_error_fn *get_last_error;
    plugin_get_name_fn *get_name;
    plugin_get_description_fn *get_description;
    plugin_get_contact_fn *get_contact;
    plugin_get_version_fn *get_version;
    struct { /* sourcing */
        plugin_get_id_fn *get_id;
        plugin_get_event_source_fn *get_event_source;
        plugin_open_fn *open;
        plugin_close_fn *close;
        plugin_list_open_params_fn *list_open_params;
        plugin_get_progress_fn *get_progress;
        plugin_event_to_string_fn *event_to_string;
        plugin_next_batch_fn *next_batch;
    };
    struct { /* extraction */
        plugin_get_extract_event_types_fn *get_extract_event_types;
        plugin_get_extract_event_sources_fn *get_extract_event_sources;
        plugin_get_fields_fn *get_fields;
        plugin_extract_fields_fn *extract_fields;
    };
    struct { /* parsing */
        plugin_get_parse_event_types_fn *get_parse_event_types;
        plugin_get_parse_event_sources_fn *get_parse_event_sources;
        plugin_parse_event_fn *parse_event;
    };
    struct { /* async events */
        plugin_get_async_event_sources_fn *get_async_event_sources;
        plugin_get_async_events_fn *get_async_events;
        plugin_set_async_event_handler_fn *set_async_event_handler;
        plugin_dump_state_fn *dump_state; /* since 3.10, and so all behind it stood one place lower before */
    };
    plugin_set_config_fn *set_config;           /* since 3.4 */
    plugin_get_metrics_fn *get_metrics;         /* since 3.5 */
    struct {                                    /* capture listening */
        plugin_capture_open_fn *capture_open;   /* since 3.7 */
        plugin_capture_close_fn *capture_close; /* since 3.7 */
    };
    plugin_get_required_event_schema_version_fn *get_required_event_schema_version; /* since 3.12 */
} plugin_api;

#endif
