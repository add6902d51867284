/*
 * log: log messages of lure and, through `lure.log`, of scripts.
 *
 * They go to the host's log if it has one, and to standard error. Messages are sanitized (UTF8_MESSAGE in
 * base/utf8.h): a line that begins with a tab continues the message before it. Those of scripts are cut at
 * 64 KiB, and on standard error all at 4 KiB. A `struct log` belongs to a plugin state. Functions that do not
 * end in `_lj` do not throw.
 */
#ifndef LURE_MODULES_LOG_H
#define LURE_MODULES_LOG_H

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

/* From gravest to least: X(identifier, name). From 1 on, the plugin API's own numbers
 * (ss_plugin_log_severity). */
#define LOG_LEVELS(X)                                                                                        \
    X(FATAL, "fatal")                                                                                        \
    X(CRITICAL, "critical")                                                                                  \
    X(ERROR, "error")                                                                                        \
    X(WARNING, "warning")                                                                                    \
    X(NOTICE, "notice")                                                                                      \
    X(INFO, "info")                                                                                          \
    X(DEBUG, "debug")                                                                                        \
    X(TRACE, "trace")

enum log_level {
    LOG_LEVEL_NONE,
#define LOG_LEVEL(identifier, name) LOG_LEVEL_##identifier,
    LOG_LEVELS(LOG_LEVEL)
#undef LOG_LEVEL
};

/* "fatal, critical, ...", for messages. */
extern const char *const log_level_names;

/* The host's log function: `owner` is the host's own, `text` ends with a NUL. */
typedef void (*log_sink)(void *owner, const char *component, const char *text, enum log_level level);

/* Rate limiting: messages that begin with the same "FILE:LINE: " are written once a second. */
#define LOG_PLACES 16

struct log_place {
    char name[64];        /* what its messages begin with; "": none yet */
    int64_t told;         /* when one was last written, ns */
    uint64_t untold;      /* those that were only counted since */
    enum log_level level; /* of the last one */
};

struct log {
    const char *component; /* the plugin's name; NULL: "lure" */
    enum log_level least;  /* what is less grave is dropped */
    log_sink sink;         /* the host's log, or NULL */
    bool sink_only;        /* what it has is not written to standard error as well */
    void *owner;
    struct log_place places[LOG_PLACES]; /* of log_limited */
};

/* LOG_LEVEL_NONE if there is no such level. */
enum log_level log_level_named(const char *name);

/* Writes one message to the host's log, or, where it has none, to standard error. */
void log_write(struct log *log, enum log_level level, const char *text);

/* The same, to both unless `sink_only`: for messages that must be seen although some hosts hide those of
 * plugins (Falco 0.38 to 0.40). */
void log_both(struct log *log, enum log_level level, const char *text);

/* As log_both, at most once a second for each position; suppressed messages are counted, and the count is
 * logged with the next message, or by log_flush. */
void log_limited(struct log *log, enum log_level level, const char *text);

/* Logs the counts of suppressed messages. */
void log_flush(struct log *log);

/* Pushes the table `lure.log`: a function for each level, called as (format, ...). `format`: string.format.
 * Stack: [format] -> [table] */
void log_open_lj(lua_State *L, struct log *log);

/* Pushes a function that logs all its arguments as one message, `separator` between them. Stack: [] ->
 * [function] */
void log_push_say_lj(lua_State *L, struct log *log, enum log_level level, const char *separator);

#endif
