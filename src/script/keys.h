/*
 * keys: every key of the table that a script returns.
 *
 * One list: the reader of the manifest, its suggestions for slips and the documentation
 * go by it (specs compare docs/reference.md with it).
 */
#ifndef LURE_SCRIPT_KEYS_H
#define LURE_SCRIPT_KEYS_H

#include <stdbool.h>

/* What a key's value may be. */
enum key_kind {
    KEY_IS_STRING = 1 << 0,
    KEY_IS_INTEGER = 1 << 1,
    KEY_IS_NUMBER = 1 << 2,
    KEY_IS_TABLE = 1 << 3,
    KEY_IS_FUNCTION = 1 << 4,
    KEY_IS_BOOLEAN = 1 << 5
};

/* What else the script must have for the key to make sense. */
enum key_needs {
    KEY_NEEDS_NOTHING,
    KEY_NEEDS_SOURCE, /* `open` or `next` */
    KEY_NEEDS_FIELDS,
    KEY_NEEDS_PARSE,
    KEY_NEEDS_EVENTS, /* any of the three: the script is shown events */
    KEY_NEEDS_STATE,  /* `fields` or `parse`: hosts give state tables to no one else */
    KEY_NEEDS_ASYNC,  /* `async_events` */
    KEY_NEEDS_CAPTURE /* `capture_open` */
};

/* Which plugin APIs have what a key stands for. */
enum key_since { KEY_SINCE_0, KEY_SINCE_3 };

/* identifier, name, kinds, needs, since */
#define SCRIPT_KEYS(X)                                                                                       \
    X(NAME, "name", KEY_IS_STRING, KEY_NEEDS_NOTHING, KEY_SINCE_0)                                           \
    X(DESCRIPTION, "description", KEY_IS_STRING, KEY_NEEDS_NOTHING, KEY_SINCE_0)                             \
    X(CONTACT, "contact", KEY_IS_STRING, KEY_NEEDS_NOTHING, KEY_SINCE_0)                                     \
    X(VERSION, "version", KEY_IS_STRING, KEY_NEEDS_NOTHING, KEY_SINCE_0)                                     \
    X(ID, "id", KEY_IS_INTEGER, KEY_NEEDS_NOTHING, KEY_SINCE_0)                                              \
    X(EVENT_SOURCE, "event_source", KEY_IS_STRING, KEY_NEEDS_NOTHING, KEY_SINCE_0)                           \
    X(REQUIRED_API_VERSION, "required_api_version", KEY_IS_STRING, KEY_NEEDS_NOTHING, KEY_SINCE_0)           \
    X(FIELDS, "fields", KEY_IS_TABLE, KEY_NEEDS_NOTHING, KEY_SINCE_0)                                        \
    X(CONFIG, "config", KEY_IS_TABLE, KEY_NEEDS_NOTHING, KEY_SINCE_0)                                        \
    X(INIT_SCHEMA, "init_schema", KEY_IS_STRING, KEY_NEEDS_NOTHING, KEY_SINCE_0)                             \
    X(PARAMS, "params", KEY_IS_TABLE, KEY_NEEDS_SOURCE, KEY_SINCE_0)                                         \
    X(OPEN_PARAMS, "open_params", KEY_IS_TABLE | KEY_IS_FUNCTION, KEY_NEEDS_SOURCE, KEY_SINCE_0)             \
    X(BATCH, "batch", KEY_IS_TABLE, KEY_NEEDS_SOURCE, KEY_SINCE_0)                                           \
    X(INIT, "init", KEY_IS_FUNCTION, KEY_NEEDS_NOTHING, KEY_SINCE_0)                                         \
    X(DESTROY, "destroy", KEY_IS_FUNCTION, KEY_NEEDS_NOTHING, KEY_SINCE_0)                                   \
    X(OPEN, "open", KEY_IS_FUNCTION, KEY_NEEDS_NOTHING, KEY_SINCE_0)                                         \
    X(NEXT, "next", KEY_IS_FUNCTION, KEY_NEEDS_NOTHING, KEY_SINCE_0)                                         \
    X(CLOSE, "close", KEY_IS_FUNCTION, KEY_NEEDS_SOURCE, KEY_SINCE_0)                                        \
    X(PROGRESS, "progress", KEY_IS_FUNCTION, KEY_NEEDS_SOURCE, KEY_SINCE_0)                                  \
    X(TO_STRING, "to_string", KEY_IS_FUNCTION, KEY_NEEDS_SOURCE, KEY_SINCE_0)                                \
    X(DECODE, "decode", KEY_IS_FUNCTION, KEY_NEEDS_EVENTS, KEY_SINCE_0)                                      \
    X(EXTRACT, "extract", KEY_IS_FUNCTION, KEY_NEEDS_FIELDS, KEY_SINCE_0)                                    \
    X(EXTRACT_EVENT_SOURCES, "extract_event_sources", KEY_IS_TABLE, KEY_NEEDS_FIELDS, KEY_SINCE_0)           \
    X(EXTRACT_EVENT_TYPES, "extract_event_types", KEY_IS_TABLE, KEY_NEEDS_FIELDS, KEY_SINCE_3)               \
    X(REQUIRED_EVENT_SCHEMA_VERSION, "required_event_schema_version", KEY_IS_STRING, KEY_NEEDS_STATE,        \
      KEY_SINCE_3)                                                                                           \
    X(PARSE, "parse", KEY_IS_FUNCTION, KEY_NEEDS_NOTHING, KEY_SINCE_3)                                       \
    X(PARSE_EVENT_SOURCES, "parse_event_sources", KEY_IS_TABLE, KEY_NEEDS_PARSE, KEY_SINCE_3)                \
    X(PARSE_EVENT_TYPES, "parse_event_types", KEY_IS_TABLE, KEY_NEEDS_PARSE, KEY_SINCE_3)                    \
    X(ASYNC, "async", KEY_IS_FUNCTION, KEY_NEEDS_ASYNC, KEY_SINCE_3)                                         \
    X(ASYNC_EVENTS, "async_events", KEY_IS_TABLE, KEY_NEEDS_NOTHING, KEY_SINCE_3)                            \
    X(ASYNC_EVENT_SOURCES, "async_event_sources", KEY_IS_TABLE, KEY_NEEDS_ASYNC, KEY_SINCE_3)                \
    X(ASYNC_INTERVAL, "async_interval", KEY_IS_NUMBER, KEY_NEEDS_ASYNC, KEY_SINCE_3)                         \
    X(CAPTURE_OPEN, "capture_open", KEY_IS_FUNCTION, KEY_NEEDS_NOTHING, KEY_SINCE_3)                         \
    X(CAPTURE_CLOSE, "capture_close", KEY_IS_FUNCTION, KEY_NEEDS_CAPTURE, KEY_SINCE_3)                       \
    X(TABLES, "tables", KEY_IS_TABLE, KEY_NEEDS_STATE, KEY_SINCE_3)                                          \
    X(METRICS, "metrics", KEY_IS_FUNCTION | KEY_IS_BOOLEAN, KEY_NEEDS_NOTHING, KEY_SINCE_3)                  \
    X(SET_CONFIG, "set_config", KEY_IS_FUNCTION, KEY_NEEDS_NOTHING, KEY_SINCE_3)                             \
    X(DUMP_STATE, "dump_state", KEY_IS_FUNCTION, KEY_NEEDS_ASYNC, KEY_SINCE_3)                               \
    X(RELOAD, "reload", KEY_IS_FUNCTION, KEY_NEEDS_NOTHING, KEY_SINCE_0)

enum script_key {
#define SCRIPT_KEY_NUMBER(identifier, name, kinds, needs, since) KEY_##identifier,
    SCRIPT_KEYS(SCRIPT_KEY_NUMBER)
#undef SCRIPT_KEY_NUMBER
        KEY_COUNT
};

struct script_key_info {
    const char *name;
    unsigned kinds; /* enum key_kind, or'ed */
    enum key_needs needs;
    enum key_since since;
};

/* By enum script_key. */
extern const struct script_key_info script_keys[KEY_COUNT];

/* All names, ended by NULL: for text_nearest. */
extern const char *const script_key_names[];

/* "a string", "a table or a function": what a key of these kinds expects. */
const char *key_expected(unsigned kinds);

/* True if a value of the Lua type `lua_type`, integral or not, is of these kinds. */
bool key_accepts(unsigned kinds, int lua_type, bool integral);

#endif
