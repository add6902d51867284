/*
 * loading: one time that a host loads this library.
 *
 * Falco loads again in the same process while plugin states run, on another thread, and
 * gets the same library. A loading begins when plugin_get_required_api_version is looked
 * up: the script is read again if it changed. What a thread asks then is answered from
 * the loading last begun on it, else from the newest of all.
 *
 * The only global state of the library; every function is thread safe. loading_begin and
 * loading_learn run inside the dynamic loader's lock, and so wait for no other thread.
 */
#ifndef LURE_IDENTITY_LOADING_H
#define LURE_IDENTITY_LOADING_H

#include "identity/identity.h"

/* Begins a loading on this thread. */
void loading_begin(enum abi api);

/* The host has looked for a symbol that only hosts of the plugin API 3.`minor` and later know. */
void loading_learn(unsigned minor);

/*
 * The identity of this thread's loading. Valid until this thread's next loading; NULL only
 * where memory is out.
 */
const struct identity *loading_identity(void);

/* The same with a reference that the caller releases, and the newest minor version learned. */
struct identity *loading_take(unsigned *minor);

#endif
