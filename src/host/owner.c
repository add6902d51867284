#include "host/owner.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

void owner_log(struct owner *owner, const char *component, const char *message, int severity)
{
    struct log_line line = {component != NULL ? strdup(component) : NULL,
                            strdup(message != NULL ? message : "(NULL)"), severity};
    struct log_line *lines;

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
