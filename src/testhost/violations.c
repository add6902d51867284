#include "testhost/violations.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void violations_open(struct violations *violations)
{
    memset(violations, 0, sizeof *violations);
    pthread_mutex_init(&violations->lock, NULL);
}

void violations_close(struct violations *violations)
{
    pthread_mutex_destroy(&violations->lock);
}

void violations_add(struct violations *violations, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    pthread_mutex_lock(&violations->lock);
    if (!violations->broken)
        vsnprintf(violations->text, sizeof violations->text, format, values);
    violations->broken = true;
    pthread_mutex_unlock(&violations->lock);
    va_end(values);
}

bool violations_take(struct violations *violations, char *text)
{
    bool broken;

    pthread_mutex_lock(&violations->lock);
    broken = violations->broken;
    if (broken)
        memcpy(text, violations->text, sizeof violations->text);
    violations->broken = false;
    pthread_mutex_unlock(&violations->lock);
    return broken;
}
