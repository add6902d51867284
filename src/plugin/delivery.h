/*
 * delivery: what an event source has delivered: its cursor, and acknowledgements.
 *
 * A script gives either behind a payload and its time. A cursor, a string, is kept on disk (state/cursor.h).
 * An acknowledgement, a function, is called as a task, in the order of the events. Both are due when the host
 * has taken the batch: when it asks for the next one. A host that closes the source may have looked at none
 * of the last batch (Falco looks for signals before each event), so that comes again.
 *
 * Owner: the instance. Callers hold the plugin state's lock.
 */
#ifndef LURE_PLUGIN_DELIVERY_H
#define LURE_PLUGIN_DELIVERY_H

#include "state/cursor.h"
#include "task/taskgroup.h"

#include <lua.h>
#include <stdbool.h>

struct instance;
struct plugin;

struct delivery {
    struct cursor cursor;
    bool open;                      /* `cursor` is: since it was first used */
    int functions;                  /* reference to the acknowledgements, by number, or LUA_NOREF */
    int thread;                     /* reference to the coroutine that calls them */
    struct task task;               /* the same */
    lua_Integer given, due, called; /* numbers of the last of each */
};

/* Gives the module its lure.cursor, before the script runs. Stack: [] -> [] */
void delivery_open_lj(lua_State *L, struct plugin *plugin);

/* Keeps what stands at `index` behind a payload that was added to the batch: a cursor, an acknowledgement or
 * nil; else throws. Stack: unchanged */
void delivery_stage_lj(lua_State *L, struct instance *instance, int index);

/* Throws where the value is none of these. Stack: unchanged */
void delivery_check_lj(lua_State *L, const struct instance *instance, int index);

/* The host has taken the batch. Acknowledgements are ready to run. */
void delivery_commit(struct instance *instance);

/* Goes on with the acknowledgements, when their task is ready. */
void delivery_resume(struct instance *instance);

/* The end of the script: waits a second for the acknowledgements that are due. */
void delivery_finish(struct instance *instance);

/* Lets go of what the script has given. */
void delivery_forget(struct instance *instance);

/* Waits until the cursor is on the disk, and frees all. */
void delivery_close(struct instance *instance);

#endif
