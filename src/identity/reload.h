/*
 * reload: a state whose script is swapped when its file changes.
 *
 * With init_config.lure.reload the files of the script and of the modules it has required
 * are looked at every so many seconds, inside calls of the host in which nothing of Lua
 * runs: when it asks for a batch, or, where no source is open, when it shows another event.
 * If they have changed, and the script still declares what the host was told (compatibility.h),
 * it takes over (plugin/swapping.h). If not, or if anything fails, that is logged once, and
 * the script that runs goes on until the files change again.
 */
#ifndef LURE_IDENTITY_RELOAD_H
#define LURE_IDENTITY_RELOAD_H

#include "event/event.h"

#include <stdbool.h>

struct reload;
struct state;

/*
 * Begins to look after the script of a state that has started, with the host's text of its configuration. A
 * script that cannot be swapped is left alone, with a warning. False: out of memory.
 */
bool reload_begin(struct state *state, const char *config);

/* NULL is allowed. */
void reload_end(struct reload *reload);

/* From now on `config`, which is taken over, is the configuration. */
void reload_keep_config(struct reload *reload, char *config);

/*
 * Looks, if it is time, and swaps the scripts. The caller has a turn, and may lose it for a while; `event` is
 * the one that the host shows, NULL: it asks for a batch.
 */
void reload_check(struct state *state, const struct event *event);

#endif
