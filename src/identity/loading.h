/*
 * loading: the snapshot of the identity that is taken when a host loads the library.
 *
 * Falco loads plugins again in the same process, on another thread, while plugin states run, and gets the
 * same library. A loading begins when plugin_get_required_api_version is looked up; the script is read again
 * if it has changed. Questions of a thread are answered from the loading last begun on it, or else from the
 * newest of all.
 *
 * This is the only global state of the library, beside the memory of ended states (base/slots.h). Every
 * function is thread safe. loading_begin and loading_learn run while the dynamic loader holds its lock, and
 * therefore wait for no other thread.
 */
#ifndef LURE_IDENTITY_LOADING_H
#define LURE_IDENTITY_LOADING_H

#include "identity/identity.h"

/* Begins a loading on this thread. */
void loading_begin(enum abi api);

/* Notes that the host has looked up a symbol that only hosts of the plugin API 3.`minor` and later know. */
void loading_learn(unsigned minor);

/*
 * The identity of this thread's loading. Valid until this thread's next loading; NULL only
 * where memory is out.
 */
const struct identity *loading_identity(void);

/* The same with a reference that the caller releases, and the newest minor version noted. */
struct identity *loading_take(unsigned *minor);

#endif
