/*
 * v3/capturelistening: the capability "capture listening": a script learns when a capture opens and closes.
 *
 * The host's calls reach the script as `capture_open(capture)` and `capture_close(capture)`.
 * `capture:every(seconds, function)` calls the function repeatedly on the state's timer thread, until it
 * returns false, the function that `every` returned is called, or the capture closes.
 */
#ifndef LURE_V3_CAPTURELISTENING_H
#define LURE_V3_CAPTURELISTENING_H

#include <stdbool.h>
#include <stddef.h>

struct every;
struct handle;

struct listening {
    bool open;           /* between capture_open and capture_close: `every` may be called */
    bool told;           /* the script that runs knows of it */
    struct every *calls; /* what `every` has made; each is a userdata that the registry holds */
    bool paused;         /* `every` begins only when this ends */
};

/* For another script to take over: nothing is called any more, without a turn; and it goes on. */
void listening_pause(struct handle *handle);
void listening_go_on(struct handle *handle);

/* Between the two: the capture, where one is open, closes in the script that runs, and opens in the one that
 * runs then, which cannot use the host's tables. False: plugin_error says why. */
void listening_close(struct handle *handle);
bool listening_open(struct handle *handle);

/* How many of the functions given to `every` are suspended now (plugin/breaker.h). */
size_t listening_suspended(const struct handle *handle);

/* Nothing is called any more: for destroy. The caller has no turn. */
void listening_stop(struct handle *handle);

#endif
