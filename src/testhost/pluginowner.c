#include "testhost/pluginowner.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What Falco shows unless it is told otherwise. */
#define SEVERITY_INFO 6

#define SEVERITY_ERROR 3

void plugin_owner_open(struct plugin_owner *owner)
{
    memset(owner, 0, sizeof *owner);
    pthread_mutex_init(&owner->lock, NULL);
    owner->open = true;
}

const char *severity_name(int severity)
{
    static const char *const names[] = {"none",   "fatal", "critical", "error", "warning",
                                        "notice", "info",  "debug",    "trace"};

    return names[severity >= 1 && severity <= 8 ? severity : 0];
}

static void write_line(const struct plugin_owner *owner, const struct log_line *line)
{
    const char *speaker = line->component != NULL ? line->component : owner->speaker;
    char *shown, *message;

    if (line->severity > SEVERITY_INFO)
        return;
    shown = utf8_copy(speaker, strlen(speaker), UTF8_LINE);
    message = utf8_copy(line->message, strlen(line->message), UTF8_MESSAGE);
    if (shown != NULL && message != NULL)
        fprintf(stderr, "%s: %s: %s\n", shown, severity_name(line->severity), message);
    free(shown);
    free(message);
}

/* Writes the lines that are kept; the caller has the lock. */
static void write_kept(struct plugin_owner *owner)
{
    for (size_t i = 0; i < owner->count; i++)
        write_line(owner, &owner->lines[i]);
    log_lines_free(owner->lines, owner->count);
    owner->lines = NULL;
    owner->count = 0;
}

/* Takes over the line's texts, or leaves them where memory is out; the caller has the lock. */
static void keep_line(struct plugin_owner *owner, struct log_line *line)
{
    struct log_line *lines = realloc(owner->lines, (owner->count + 1) * sizeof *lines);

    if (lines == NULL)
        return;
    owner->lines = lines;
    lines[owner->count++] = *line;
    memset(line, 0, sizeof *line);
}

void plugin_owner_log(struct plugin_owner *owner, const char *component, const char *message, int severity)
{
    struct log_line line = {component != NULL ? strdup(component) : NULL,
                            strdup(message != NULL ? message : "(NULL)"), severity};

    pthread_mutex_lock(&owner->lock);
    if (owner->speaker != NULL)
        write_kept(owner);
    if (line.message != NULL && owner->speaker != NULL && severity != SEVERITY_ERROR)
        write_line(owner, &line);
    else if (line.message != NULL)
        keep_line(owner, &line);
    pthread_mutex_unlock(&owner->lock);
    free(line.component);
    free(line.message);
}

void plugin_owner_close(struct plugin_owner *owner)
{
    if (!owner->open)
        return;
    if (owner->speaker != NULL)
        write_kept(owner);
    log_lines_free(owner->lines, owner->count);
    pthread_mutex_destroy(&owner->lock);
    memset(owner, 0, sizeof *owner);
}

struct log_line *plugin_owner_take_log(struct plugin_owner *owner, size_t *count)
{
    struct log_line *lines;

    pthread_mutex_lock(&owner->lock);
    lines = owner->lines;
    *count = owner->count;
    owner->lines = NULL;
    owner->count = 0;
    pthread_mutex_unlock(&owner->lock);
    return lines;
}

void log_lines_free(struct log_line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(lines[i].component);
        free(lines[i].message);
    }
    free(lines);
}

const char *plugin_owner_last_error(struct plugin_owner *owner)
{
    static _Thread_local char text[sizeof owner->error];
    bool failed;

    pthread_mutex_lock(&owner->lock);
    failed = owner->failed;
    memcpy(text, owner->error, sizeof text);
    pthread_mutex_unlock(&owner->lock);
    return failed ? text : NULL;
}

void plugin_owner_fail(struct plugin_owner *owner, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    pthread_mutex_lock(&owner->lock);
    vsnprintf(owner->error, sizeof owner->error, format, values);
    owner->failed = true;
    pthread_mutex_unlock(&owner->lock);
    va_end(values);
}
