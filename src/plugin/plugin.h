/*
 * plugin: one plugin state, whatever plugin API it is asked through.
 *
 * A state has a Lua state of its own, in which the script's top level and then `init`
 * have run. The manifest is borrowed, and must live longer.
 *
 * Not thread safe: hosts call one state from one thread at a time.
 */
#ifndef LURE_PLUGIN_PLUGIN_H
#define LURE_PLUGIN_PLUGIN_H

#include "event/event.h"
#include "plugin/extraction.h"
#include "script/manifest.h"
#include "script/vm.h"

#include <cJSON.h>
#include <stdbool.h>

struct instance;

/* A text for the host that stays until the next one of its kind. */
struct owned_text {
    char *text;
    size_t room;
};

struct plugin {
    const struct manifest *manifest; /* what the host was told */
    const struct manifest *script;   /* what runs: the same, or what the generic identity was bound to */
    struct limits limits;
    struct log log;
    struct vm vm;

    bool ready;               /* `init` has succeeded, so `destroy` will be called */
    int functions[KEY_COUNT]; /* references to the script's callbacks, or LUA_NOREF */
    struct extraction extraction;
    struct instance *instances; /* those that are open */

    char *error; /* for get_last_error; NULL: error_text */
    const char *error_text;
    struct owned_text shown;     /* of event_to_string */
    struct owned_text progress;  /* of get_progress */
    struct owned_text suggested; /* of list_open_params */
};

/*
 * Runs the script and its `init` with `config` (an object; not kept). `limits` are taken over.
 * False: plugin_error says why. plugin_stop must be called in both cases.
 */
bool plugin_start(struct plugin *plugin, const struct manifest *manifest, const struct manifest *script,
                  struct limits limits, const cJSON *config);

/* Closes the instances that are left, calls `destroy` if `init` had succeeded, and gives all memory back. All
 * zero is a stopped plugin. */
void plugin_stop(struct plugin *plugin);

/* The suggestions for open as JSON text; NULL: failed, plugin_error says why. */
const char *plugin_open_params(struct plugin *plugin);

/* Keeps `text` as the last error. */
void plugin_fail(struct plugin *plugin, const char *text);

/* Keeps the error of the vm_call that just failed, and logs it with its traceback. */
void plugin_fail_from_lua(struct plugin *plugin);

/* The last error; never NULL. Valid until the next one. */
const char *plugin_error(const struct plugin *plugin);

/* Calls into the state's vm; see vm_call. */
bool plugin_call(struct plugin *plugin, enum script_key callback, lua_CFunction function, void *request);

/* Pushes the callback, or nil. Stack: [] -> [function] */
void plugin_push_callback(lua_State *L, const struct plugin *plugin, enum script_key callback);

/* Throws the text that a callback gave with `nil, "text"`, in the shape of all errors: the nil is at `index`,
 * the function at `function`. Returns if the callback gave nil alone. */
void plugin_check_failure_lj(lua_State *L, int function, int index);

/* Keeps a copy for the host, a NUL in it as the text "\u0000". NULL: out of memory. */
const char *owned_text_set(struct owned_text *owned, const char *text, size_t length);

void owned_text_free(struct owned_text *owned);

#endif
