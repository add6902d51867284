/*
 * teller: where a part that knows no log says what is wrong, in a sentence.
 *
 * `tell` copies the text; it does not throw. `grave`: something is lost, or not done.
 */
#ifndef LURE_BASE_TELLER_H
#define LURE_BASE_TELLER_H

#include <stdbool.h>

struct teller {
    void (*tell)(void *owner, bool grave, const char *text);
    void *owner;
};

/* Tells a text, as printf; at most 2 KiB. */
void teller_say(const struct teller *teller, bool grave, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
