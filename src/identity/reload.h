/*
 * reload: hot reload, which replaces a plugin state's script when its file changes.
 *
 * With init_config.lure.reload the files of the script and of its modules are checked at that interval,
 * inside calls of the host during which no Lua runs: when the host asks for a batch, or, if no event source
 * is open, when it shows a new event. If a file has changed, and was then left alone for an interval (who
 * writes it in steps may not be done), and the script still declares what the host was told
 * (compatibility.h), the new script takes over (plugin/scriptswap.h). Otherwise, and on any error, that is
 * logged once, and the old script continues until the files change again.
 *
 * Not thread safe: callers hold the state's lock.
 */
#ifndef LURE_IDENTITY_RELOAD_H
#define LURE_IDENTITY_RELOAD_H

#include "event/event.h"

#include <stdbool.h>

struct reload;
struct state;

/* Begins to watch the script of a started state; `config` is the host's text of its configuration. If the
 * script cannot be swapped it is not watched, which is logged as a warning. False: out of memory. */
bool reload_begin(struct state *state, const char *config);

/* NULL is allowed. */
void reload_end(struct reload *reload);

/* Takes over `config` as the configuration from now on. */
void reload_keep_config(struct reload *reload, char *config);

/*
 * Checks the files, if it is time, and swaps the scripts. The caller holds the state's lock, which may be
 * released for a while; `event` is the one that the host shows, NULL: it asks for a batch.
 */
void reload_check(struct state *state, const struct event *event);

#endif
