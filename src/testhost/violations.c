#include "testhost/violations.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void rules_open(struct rules *rules)
{
    memset(rules, 0, sizeof *rules);
    pthread_mutex_init(&rules->lock, NULL);
}

void rules_close(struct rules *rules)
{
    pthread_mutex_destroy(&rules->lock);
}

void rules_break(struct rules *rules, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    pthread_mutex_lock(&rules->lock);
    if (!rules->broken)
        vsnprintf(rules->text, sizeof rules->text, format, values);
    rules->broken = true;
    pthread_mutex_unlock(&rules->lock);
    va_end(values);
}

bool rules_take(struct rules *rules, char *text)
{
    bool broken;

    pthread_mutex_lock(&rules->lock);
    broken = rules->broken;
    if (broken)
        memcpy(text, rules->text, sizeof rules->text);
    rules->broken = false;
    pthread_mutex_unlock(&rules->lock);
    return broken;
}
