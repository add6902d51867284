/*
 * violations: remembers the first violation of the plugin API's rules that could not be reported at once.
 *
 * What a plugin does wrong in a function of the host, on any thread, cannot be a Lua error there and then.
 * It is kept here, and raised by the next call from Lua. Thread safe.
 */
#ifndef LURE_TESTHOST_VIOLATIONS_H
#define LURE_TESTHOST_VIOLATIONS_H

#include <pthread.h>
#include <stdbool.h>

#define VIOLATION_TEXT 512

struct violations {
    pthread_mutex_t lock;
    bool broken;
    char text[VIOLATION_TEXT];
};

void violations_open(struct violations *violations);
void violations_close(struct violations *violations);

/* Keeps the text, unless one is kept already. */
__attribute__((format(printf, 2, 3))) void violations_add(struct violations *violations, const char *format,
                                                          ...);

/* Takes the text out into `text` (VIOLATION_TEXT bytes). False: there is none. */
bool violations_take(struct violations *violations, char *text);

#endif
