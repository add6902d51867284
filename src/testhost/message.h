/*
 * message: formats error messages into buffers of HOST_MESSAGE bytes, which the callers own.
 */
#ifndef LURE_TESTHOST_MESSAGE_H
#define LURE_TESTHOST_MESSAGE_H

#include <stdbool.h>

/* Errors of the framework's loader, as it prints them: this long, with the NUL. */
#define HOST_MESSAGE 1024

/* Formats into `message`, cut to fit; false, so that failing is one line. */
__attribute__((format(printf, 2, 3))) bool message_fail(char *message, const char *format, ...);

/* The same for want of memory. */
bool message_no_memory(char *message);

/* A message that was cut because it fills its memory does not end inside of a character. */
void message_end_whole(char *message);

#endif
