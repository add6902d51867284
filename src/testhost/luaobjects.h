/*
 * luaobjects: the host's C structs (libraries, states, instances, events, ...) as Lua objects.
 *
 * Each object keeps alive what it depends on: an event its instance, an instance its state, a state its
 * library, and a state and its inspector each other: as in libsinsp, a plugin lives as long as its inspector
 * if nobody destroys it. Closing goes the other way: a state that is destroyed closes its instances first.
 */
#ifndef LURE_TESTHOST_LUAOBJECTS_H
#define LURE_TESTHOST_LUAOBJECTS_H

#include "testhost/driver.h"

#include <lauxlib.h>
#include <lua.h>

/* Make the metatables. Stack: [] -> [] */
void library_register_lj(lua_State *L);
void state_register_lj(lua_State *L);
void instance_register_lj(lua_State *L);
void event_register_lj(lua_State *L);
void pointer_register_lj(lua_State *L);
void job_register_lj(lua_State *L);
void inspector_register_lj(lua_State *L);
void table_register_lj(lua_State *L);
void metrics_job_register_lj(lua_State *L);
void regex_register_lj(lua_State *L);

/* A metatable of that name with these methods; `gc` also serves __close. Stack: [] -> [] */
void object_register_lj(lua_State *L, const char *type, const luaL_Reg *methods, lua_CFunction gc);

/* host.load, host.event, host.background, host.inspector, host.settings, and of values */
int host_load_lj(lua_State *L);
int host_event_lj(lua_State *L);
int host_background_lj(lua_State *L);
int host_inspector_lj(lua_State *L);
int host_settings_lj(lua_State *L);
int host_glob_lj(lua_State *L);
int host_address_lj(lua_State *L);
int host_regex_lj(lua_State *L);

/* The table of options at `index` (or none) as load_options, whose `only` borrows from a userdata. Errors
 * name the key. Stack: [] -> [that userdata] */
void options_read_lj(lua_State *L, int index, struct load_options *options);

/* Sets the variables of options.env. Stack: [] -> [table for environment_restore_lj] */
void environment_set_lj(lua_State *L, int options);
void environment_restore_lj(lua_State *L, int saved);

/* The object at `index`; an error if it is something else, closed or gone, or if there is a violation. */
struct library *library_check_lj(lua_State *L, int index);
struct state *state_check_lj(lua_State *L, int index);
struct event *event_check_lj(lua_State *L, int index);
struct inspector *inspector_check_lj(lua_State *L, int index);

/* Throws what would make the framework misbehave, as an error that host.is_broken knows. */
int broken_lj(lua_State *L, const char *text);
int host_is_broken_lj(lua_State *L);

/* Throws the recorded violation, if there is one. */
void violations_raise_lj(lua_State *L, struct inspector *inspector);

/* Stack: [] -> [a new inspector] */
void push_inspector_lj(lua_State *L);

/* The inspector at `inspector` begins or ends to keep the state at `state` alive. Stack: [] -> [] */
void inspector_keep_lj(lua_State *L, int inspector, int state, bool keep);

/* What a call returns: true; or nil and why not; or its violation as an error. */
int verdict_lj(lua_State *L, struct state *state, enum verdict verdict, const char *message);

/* Is this function of the driver there? False: [nil, text] are pushed. */
bool driver_has_lj(lua_State *L, const struct state *state, bool has, const char *symbol);

/* A text argument for the plugin: no NUL in it. */
const char *text_check_lj(lua_State *L, int index, const char *missing);

/* Runs init. Stack: [] -> [state] or [nil, message, log]; returns how many. */
int state_new_lj(lua_State *L, int library, const char *config, int inspector);

/* Opens a source. Stack: [] -> [instance] or [nil, message]; returns how many. */
int instance_new_lj(lua_State *L, int state, const char *params);

/* An empty event object that keeps the object at `keep` (0: none) alive. Stack: [] -> [event] */
struct event *event_new_lj(lua_State *L, int keep);

/* A number that Lua's integers may not hold: then its digits. Stack: [] -> [integer or string] */
void push_uint64_lj(lua_State *L, uint64_t number);

/* What the plugin logged since the last time. Stack: [] -> [list] */
void push_log_lj(lua_State *L, struct state *state);

/* A list of texts. Stack: [] -> [list] */
void push_string_list_lj(lua_State *L, const struct string_list *texts);

/* state:extract, state:extract_raw */
int state_extract_lj(lua_State *L);
int state_extract_raw_lj(lua_State *L);

/* Methods of a state that stand in files of their own. */
int state_open_params_lj(lua_State *L);
int state_parse_lj(lua_State *L);
int state_async_open_lj(lua_State *L);
int state_async_events_lj(lua_State *L);
int state_async_wait_lj(lua_State *L);
int state_async_close_lj(lua_State *L);
int state_dump_state_lj(lua_State *L);
int state_kernel_open_lj(lua_State *L);
int state_capture_open_lj(lua_State *L);
int state_capture_close_lj(lua_State *L);
int state_routines_lj(lua_State *L);
int state_metrics_lj(lua_State *L);
int state_ask_metrics_lj(lua_State *L);
int state_set_config_lj(lua_State *L);
int state_console_lj(lua_State *L);

#define LIBRARY_TYPE     "lure.host.library"
#define STATE_TYPE       "lure.host.state"
#define INSTANCE_TYPE    "lure.host.instance"
#define EVENT_TYPE       "lure.host.event"
#define POINTER_TYPE     "lure.host.pointer"
#define JOB_TYPE         "lure.host.job"
#define INSPECTOR_TYPE   "lure.host.inspector"
#define METRICS_JOB_TYPE "lure.host.metrics_job"

#endif
