/*
 * pluginowner: the `ss_plugin_owner_t` of the plugin API: what a plugin state sees of its host.
 *
 * It keeps what the plugin logs, or writes it to standard error, and the last error of the host's own
 * functions. A logged error is written with the next line, or when the owner is closed; until then a caller
 * that shows that error itself can take it. Thread safe: plugins log, and call the host's functions, on any
 * thread.
 */
#ifndef LURE_TESTHOST_PLUGINOWNER_H
#define LURE_TESTHOST_PLUGINOWNER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct log_line {
    char *component; /* NULL: the plugin itself */
    char *message;
    int severity; /* 1 fatal … 8 trace */
};

struct plugin_owner {
    bool open;
    pthread_mutex_t lock;
    struct log_line *lines;
    size_t count;
    const char
        *speaker; /* the lines are written to standard error, those without a component as this; or NULL */
    bool failed;  /* `error` holds a text */
    char error[1024];
};

void plugin_owner_open(struct plugin_owner *owner);
void plugin_owner_close(struct plugin_owner *owner);

/* What a severity is called; "none" for a number that is none. */
const char *severity_name(int severity);

/* Keeps a copy of a line, or writes it; one for which there is no memory is lost. */
void plugin_owner_log(struct plugin_owner *owner, const char *component, const char *message, int severity);

/* Takes all lines out that are kept; the caller frees them with log_lines_free. */
struct log_line *plugin_owner_take_log(struct plugin_owner *owner, size_t *count);
void log_lines_free(struct log_line *lines, size_t count);

/* What get_owner_last_error returns: NULL, or the text kept last; until this thread asks again. */
const char *plugin_owner_last_error(struct plugin_owner *owner);
__attribute__((format(printf, 2, 3))) void plugin_owner_fail(struct plugin_owner *owner, const char *format,
                                                             ...);

#endif
