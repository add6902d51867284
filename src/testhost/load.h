/*
 * load: loads a plugin's shared object with dlopen, and checks it as the framework does.
 *
 * Lua is not used here: a library can be loaded on any thread. The shared object is never closed, as in
 * Falco; loading the same file again repeats all look-ups and checks.
 */
#ifndef LURE_TESTHOST_LOAD_H
#define LURE_TESTHOST_LOAD_H

#include "testhost/library.h"

/* Loads the file at `path`. NULL: `message` says why; `answered`, to be freed, is then the version text or
 * NULL. */
struct library *library_load(const char *path, const struct load_options *options, char *message,
                             char **answered);

#endif
