/*
 * violations: the first rule that plugins of an inspector broke where no caller could be told.
 *
 * What a plugin does inside the host's own functions, on any thread, cannot be a Lua error
 * there and then. It is kept here and raised by the next call from Lua. Thread safe.
 */
#ifndef LURE_TESTHOST_VIOLATIONS_H
#define LURE_TESTHOST_VIOLATIONS_H

#include <pthread.h>
#include <stdbool.h>

#define RULE_TEXT 512

struct rules {
    pthread_mutex_t lock;
    bool broken;
    char text[RULE_TEXT];
};

void rules_open(struct rules *rules);
void rules_close(struct rules *rules);

/* Keeps the text, unless one is kept already. */
__attribute__((format(printf, 2, 3))) void rules_break(struct rules *rules, const char *format, ...);

/* Takes the text out into `text` (RULE_TEXT bytes). False: there is none. */
bool rules_take(struct rules *rules, char *text);

#endif
