/*
 * v0/abi: the plugin API 0.3.0 (Falco 0.31, sysdig 0.29), with the type names of the official headers.
 *
 * Memory: what a plugin returns is the plugin's, and stays valid until the same function is called again.
 * What the host passes is valid only during the call.
 */
#ifndef LURE_V0_ABI_H
#define LURE_V0_ABI_H

#include <stdbool.h>
#include <stdint.h>

#define PLUGIN_API_VERSION_MAJOR 0
#define PLUGIN_API_VERSION_MINOR 3
#define PLUGIN_API_VERSION_PATCH 0

typedef enum ss_plugin_type {
    TYPE_SOURCE_PLUGIN = 1,   /* has events of its own, and perhaps fields */
    TYPE_EXTRACTOR_PLUGIN = 2 /* has fields for the events of others */
} ss_plugin_type;

typedef enum ss_plugin_field_type { FTYPE_UINT64 = 8, FTYPE_STRING = 9 } ss_plugin_field_type;

typedef enum ss_plugin_rc {
    SS_PLUGIN_SUCCESS = 0,
    SS_PLUGIN_FAILURE = 1,
    SS_PLUGIN_TIMEOUT = -1,
    SS_PLUGIN_EOF = 2,
    SS_PLUGIN_NOT_SUPPORTED = 3
} ss_plugin_rc;

typedef enum ss_plugin_schema_type {
    SS_PLUGIN_SCHEMA_NONE = 0, /* the config is any text */
    SS_PLUGIN_SCHEMA_JSON = 1  /* the config is JSON, checked by a JSON Schema */
} ss_plugin_schema_type;

/* Handles that the plugin makes and the framework only passes back. */
typedef void ss_plugin_t;   /* a plugin's state, made by init */
typedef void ss_instance_t; /* an open source, made by open */

/* An event, both as the plugin returns it (next_batch) and as the framework shows it (extract_fields). */
typedef struct ss_plugin_event {
    uint64_t evtnum;     /* set by the framework, not by the plugin */
    const uint8_t *data; /* the payload */
    uint32_t datalen;
    uint64_t ts; /* nanoseconds since the epoch; all ones: the host's clock */
} ss_plugin_event;

/* A field asked for, and from field_present on, what the plugin has to set: that one on every path. */
typedef struct ss_plugin_extract_field {
    uint32_t field_id; /* place in the list that get_fields returns, from 0 */
    const char *field;
    const char *arg; /* "" where none was given, from the hosts we know; or NULL */
    uint32_t ftype;  /* ss_plugin_field_type */

    bool field_present;
    const char *res_str;
    uint64_t res_u64;
} ss_plugin_extract_field;

/* Which plugins have a symbol. */
enum plugin_api_need {
    NEED_UNUSED,   /* none of this type: it is not looked up */
    NEED_REQUIRED, /* all: no loader accepts a library without it */
    NEED_INIT_SCHEMA,
    NEED_PROGRESS,
    NEED_OPEN_PARAMS,
    NEED_FIELDS
};

/*
 * Every symbol of the API, in the order in which the framework first looks them up (it
 * calls get_required_api_version and get_type before it looks for the rest):
 *
 *     X(name, source, extractor, result, (parameters))
 *
 * The exported symbol is plugin_<name>. `source` and `extractor` say whether a plugin of
 * that type has it (enum plugin_api_need, without NEED_).
 *
 * Names, schemas and the like are asked for at any time; event_source and id also before
 * init. init may return a state although it fails, so that the error can be read.
 * get_progress returns hundredths of a percent. next_batch returns an array of events; to
 * EOF and TIMEOUT belongs a count of 0.
 */
#define PLUGIN_API_SYMBOLS(X)                                                                                \
    X(get_required_api_version, REQUIRED, REQUIRED, const char *, (void))                                    \
    X(get_type, REQUIRED, REQUIRED, uint32_t, (void))                                                        \
    X(get_last_error, REQUIRED, REQUIRED, const char *, (ss_plugin_t * s))                                   \
    X(get_name, REQUIRED, REQUIRED, const char *, (void))                                                    \
    X(get_description, REQUIRED, REQUIRED, const char *, (void))                                             \
    X(get_contact, REQUIRED, REQUIRED, const char *, (void))                                                 \
    X(get_version, REQUIRED, REQUIRED, const char *, (void))                                                 \
    X(init, REQUIRED, REQUIRED, ss_plugin_t *, (const char *config, ss_plugin_rc *rc))                       \
    X(destroy, REQUIRED, REQUIRED, void, (ss_plugin_t * s))                                                  \
    X(get_fields, FIELDS, REQUIRED, const char *, (void))                                                    \
    X(extract_fields, FIELDS, REQUIRED, ss_plugin_rc,                                                        \
      (ss_plugin_t * s, const ss_plugin_event *evt, uint32_t num_fields, ss_plugin_extract_field *fields))   \
    X(get_init_schema, INIT_SCHEMA, INIT_SCHEMA, const char *, (ss_plugin_schema_type * schema_type))        \
    X(get_id, REQUIRED, UNUSED, uint32_t, (void))                                                            \
    X(get_event_source, REQUIRED, UNUSED, const char *, (void))                                              \
    X(open, REQUIRED, UNUSED, ss_instance_t *, (ss_plugin_t * s, const char *params, ss_plugin_rc *rc))      \
    X(close, REQUIRED, UNUSED, void, (ss_plugin_t * s, ss_instance_t * h))                                   \
    X(next_batch, REQUIRED, UNUSED, ss_plugin_rc,                                                            \
      (ss_plugin_t * s, ss_instance_t * h, uint32_t * nevts, ss_plugin_event * *evts))                       \
    X(event_to_string, REQUIRED, UNUSED, const char *,                                                       \
      (ss_plugin_t * s, const uint8_t *data, uint32_t datalen))                                              \
    X(get_progress, PROGRESS, UNUSED, const char *,                                                          \
      (ss_plugin_t * s, ss_instance_t * h, uint32_t * progress_pct))                                         \
    X(list_open_params, OPEN_PARAMS, UNUSED, const char *, (ss_plugin_t * s, ss_plugin_rc * rc))             \
    X(get_extract_event_sources, UNUSED, FIELDS, const char *, (void))

/* Function types (plugin_init_fn), and the exported functions themselves (plugin_init). */
#define PLUGIN_API_DECLARE(name, source, extractor, result, parameters)                                      \
    typedef result plugin_##name##_fn parameters;                                                            \
    extern __attribute__((visibility("default"))) plugin_##name##_fn plugin_##name;
PLUGIN_API_SYMBOLS(PLUGIN_API_DECLARE)
#undef PLUGIN_API_DECLARE

#endif
