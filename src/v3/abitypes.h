/*
 * v3/abitypes: the small types of the plugin API 3.x: numbers that name something, handles, events.
 */
#ifndef LURE_V3_ABITYPES_H
#define LURE_V3_ABITYPES_H

#include <stdint.h>

/* Longest error text that hosts keep, with its NUL. */
#define PLUGIN_MAX_ERRLEN 1024

/* Where the payload of a plugin event begins: header 26, two lengths of 4, plugin id 4. */
#define PLUGIN_EVENT_PAYLOAD_OFFSET 38

/* Event types that plugins write (numbers of libscap's event table). */
#define PPME_PLUGINEVENT_E 322 /* parameters: plugin id (4 bytes), payload */
#define PPME_ASYNCEVENT_E  402 /* parameters: plugin id (4 bytes), name with NUL, data */

typedef uint32_t ss_plugin_bool;

typedef enum ss_plugin_field_type {
    FTYPE_UINT64 = 8,
    FTYPE_STRING = 9,
    FTYPE_RELTIME = 20, /* nanoseconds */
    FTYPE_ABSTIME = 21, /* nanoseconds since the epoch */
    FTYPE_BOOL = 25,
    FTYPE_IPADDR = 40, /* 4 or 16 bytes in network order */
    FTYPE_IPNET = 41   /* the same */
} ss_plugin_field_type;

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

typedef enum ss_plugin_log_severity {
    SS_PLUGIN_LOG_SEV_FATAL = 1,
    SS_PLUGIN_LOG_SEV_CRITICAL = 2,
    SS_PLUGIN_LOG_SEV_ERROR = 3,
    SS_PLUGIN_LOG_SEV_WARNING = 4,
    SS_PLUGIN_LOG_SEV_NOTICE = 5,
    SS_PLUGIN_LOG_SEV_INFO = 6,
    SS_PLUGIN_LOG_SEV_DEBUG = 7,
    SS_PLUGIN_LOG_SEV_TRACE = 8
} ss_plugin_log_severity;

/* Handles that one side makes and the other only passes back. */
typedef void ss_plugin_t;                      /* a plugin's state, made by init */
typedef void ss_instance_t;                    /* an open source, made by open */
typedef void ss_plugin_owner_t;                /* the framework, as seen by one plugin state */
typedef void ss_plugin_table_t;                /* a state table */
typedef void ss_plugin_table_entry_t;          /* an entry of a table; to be released */
typedef void ss_plugin_table_field_t;          /* a way to one field of all entries of a table */
typedef void ss_plugin_table_iterator_state_t; /* what the asking side hands to itself while iterating */
typedef void ss_plugin_routine_t;              /* a routine in the framework's thread pool */
typedef void ss_plugin_routine_state_t; /* what the plugin hands to itself in each round of a routine */

/* ---- events ---- */

/*
 * The header of an event, libscap's own: 26 bytes without padding. Behind it stand the
 * lengths of all parameters (2 or 4 bytes each, as the type says; 4 in plugin and async
 * events), then the parameters. Events need not be aligned.
 */
typedef struct __attribute__((packed)) ss_plugin_event {
    uint64_t ts;  /* nanoseconds since the epoch; all ones: the host's clock */
    uint64_t tid; /* thread; all ones: none */
    uint32_t len; /* of the whole event, header included */
    uint16_t type;
    uint32_t nparams;
} ss_plugin_event;

/* An event that the framework shows to a plugin. */
typedef struct ss_plugin_event_input {
    const ss_plugin_event *evt;
    uint64_t evtnum;    /* counted by the framework, from 1; may have gaps, may be 0 in other hosts */
    const char *evtsrc; /* name of the event source ("syscall" for the kernel's) */
} ss_plugin_event_input;

#endif
