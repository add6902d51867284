/*
 * v3/listening: a script that listens to captures as they open and close.
 *
 * `capture_open(capture)` and `capture_close(capture)`; `capture:every(seconds, function)`
 * calls the function on the state's timer until it returns false, the function that `every`
 * returned is called, or the capture closes.
 */
#ifndef LURE_V3_LISTENING_H
#define LURE_V3_LISTENING_H

#include <stdbool.h>

struct every;
struct handle;

struct listening {
    bool open;           /* between capture_open and capture_close: `every` may be called */
    struct every *calls; /* what `every` has made; each is a userdata that the registry holds */
};

/* Nothing is called any more: for destroy. The caller has no turn. */
void listening_stop(struct handle *handle);

#endif
