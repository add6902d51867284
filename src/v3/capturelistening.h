/*
 * v3/capturelistening: the capability "capture listening": a script learns when a capture opens and closes.
 *
 * The host's calls reach the script as `capture_open(capture)` and `capture_close(capture)`.
 * `capture:every(seconds, function)` calls the function repeatedly, as a background task, which may wait,
 * until it returns false, the function that `every` returned is called, or the capture closes.
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
    int count;           /* how many these are */
    bool begun;          /* `every` was called since that was last ended: tasks may be left */
};

/* For a hot reload: closes an open capture in the old script, and opens it in the new one, which cannot use
 * the host's tables then. False: plugin_error says why. */
void listening_close(struct handle *handle);
bool listening_open(struct handle *handle);

/* How many of the functions given to `every` are suspended now (plugin/circuitbreaker.h). */
size_t listening_suspended(const struct handle *handle);

/* For destroy: nothing is called any more. Called without the lock. */
void listening_stop(struct handle *handle);

#endif
