/*
 * advance: adds payloads to the batch that `next`, or an iterator, would return, without calling it
 * (lua/eval.h, lua/streamlines.h, lure.file.tail).
 *
 * Used by nextbatch.c and by no one else. Counts the calls that it stands for.
 */
#ifndef LURE_PLUGIN_ADVANCE_H
#define LURE_PLUGIN_ADVANCE_H

#include "plugin/instance.h"
#include "plugin/plugin.h"

#include <lua.h>
#include <stdbool.h>

/* Whether that is worthwhile. */
static inline bool advance_is_tried(const struct instance *instance)
{
    const struct plugin *plugin = instance->plugin;

    return plugin->limits.optimize.direct_evaluation &&
           (instance->iterates ||
            (plugin->extraction.fields->next != NULL && eval_is_tried(&instance->history)));
}

/* Goes on for as long as nothing need be called; advance_is_tried. True: the batch ends with that. In a call.
 * Stack: unchanged */
bool advance_lj(lua_State *L, struct next_calls *calls);

/* The same for `next` before its coroutine is resumed, which that does not need. */
bool advance_outside(struct instance *instance);

#endif
