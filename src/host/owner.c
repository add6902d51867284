#include "host/owner.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What Falco shows unless it is told otherwise. */
#define SEVERITY_INFO 6

void owner_open(struct owner *owner)
{
    memset(owner, 0, sizeof *owner);
    pthread_mutex_init(&owner->lock, NULL);
    owner->open = true;
}

void owner_close(struct owner *owner)
{
    if (!owner->open)
        return;
    log_lines_free(owner->lines, owner->count);
    pthread_mutex_destroy(&owner->lock);
    memset(owner, 0, sizeof *owner);
}

const char *severity_name(int severity)
{
    static const char *const names[] = {"none",   "fatal", "critical", "error", "warning",
                                        "notice", "info",  "debug",    "trace"};

    return names[severity >= 1 && severity <= 8 ? severity : 0];
}

void owner_log(struct owner *owner, const char *component, const char *message, int severity)
{
    struct log_line line;
    struct log_line *lines;

    if (owner->speaker != NULL) {
        if (severity <= SEVERITY_INFO)
            fprintf(stderr, "%s: %s: %s\n", component != NULL ? component : owner->speaker,
                    severity_name(severity), message != NULL ? message : "(NULL)");
        return;
    }
    line = (struct log_line){component != NULL ? strdup(component) : NULL,
                             strdup(message != NULL ? message : "(NULL)"), severity};
    pthread_mutex_lock(&owner->lock);
    lines = realloc(owner->lines, (owner->count + 1) * sizeof *lines);
    if (lines != NULL)
        owner->lines = lines;
    if (lines != NULL && line.message != NULL) {
        lines[owner->count++] = line;
        memset(&line, 0, sizeof line);
    }
    pthread_mutex_unlock(&owner->lock);
    free(line.component);
    free(line.message);
}

struct log_line *owner_take_log(struct owner *owner, size_t *count)
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

const char *owner_last_error(struct owner *owner)
{
    static _Thread_local char text[sizeof owner->error];
    bool failed;

    pthread_mutex_lock(&owner->lock);
    failed = owner->failed;
    memcpy(text, owner->error, sizeof text);
    pthread_mutex_unlock(&owner->lock);
    return failed ? text : NULL;
}

void owner_fail(struct owner *owner, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    pthread_mutex_lock(&owner->lock);
    vsnprintf(owner->error, sizeof owner->error, format, values);
    owner->failed = true;
    pthread_mutex_unlock(&owner->lock);
    va_end(values);
}
