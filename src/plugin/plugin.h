/*
 * plugin: a plugin state: one running script with its Lua state, as plugin_init of any API version makes it.
 *
 * A state has a Lua state of its own, in which the script's top level and then `init`
 * have run. The manifest is borrowed, and must live longer.
 *
 * Hosts call one state from one thread at a time, but for metrics, and `async`, `every` and what `init` has
 * spawned run on a thread of ours. Exported functions take the state's lock (fairlock.h) first; callers of
 * the functions here hold it.
 */
#ifndef LURE_PLUGIN_PLUGIN_H
#define LURE_PLUGIN_PLUGIN_H

#include "event/event.h"
#include "plugin/background.h"
#include "plugin/extraction.h"
#include "plugin/fairlock.h"
#include "script/manifest.h"
#include "script/vm.h"
#include "state/keptvalues.h"

#include <cJSON.h>
#include <stdbool.h>

struct instance;

/* A text for the host that stays until the next one of its kind. */
struct owned_text {
    char *text;
    size_t capacity;
    struct memory_budget *budget; /* that it is charged to; NULL: none */
};

/* The calls of a callback, or of a field's function, and their time. Behind those of the keys are others. */
struct callback_use {
    uint64_t calls, errors;
    int64_t nanoseconds;
};

#define USE_OF_EVERY   KEY_COUNT
#define USE_OF_CONSOLE (KEY_COUNT + 1) /* code that the program lure runs in the state (v3/console.h) */
#define USE_OF_SPAWN   (KEY_COUNT + 2) /* tasks of lure.spawn */
#define USE_COUNT      (KEY_COUNT + 3)

/* What a plugin API adds to the script's world; the functions may be NULL. */
struct framework {
    void (*open_lj)(lua_State *L, void *owner); /* before the script's top level; throws. Stack: unchanged */
    /* between it and `init`; throws. Stack: unchanged */
    void (*resolve_lj)(lua_State *L, const struct manifest *manifest, void *owner);
    void (*end_call)(void *owner); /* after each callback */
    void *owner;

    /* For another script to take over (scriptswap.h): closes what is open in the script that runs, and opens
     * it in the one that runs then (false: plugin_error says why); and begins with its `async` anew, unless
     * that goes on. */
    void (*close)(void *owner);
    bool (*open)(void *owner);
    void (*go_on)(void *owner, bool swapped);
};

/* One script in its Lua state: the part of a plugin state that a reload replaces, put aside. */
struct running {
    const struct manifest *manifest, *script;
    struct vm vm;
    struct background *background;
    size_t copied;
    bool ready;
    int table;
    int functions[KEY_COUNT];
    struct event_object *object;
    struct field_states *fields;
    int kept;
};

struct plugin {
    struct fair_lock lock;
    struct script_clock clock;       /* of the script's waits */
    struct background_thread thread; /* that runs the tasks of `background` */
    struct framework framework;
    bool counts; /* times are kept: the script has metrics, or a profile is wanted */
    struct callback_use use[USE_COUNT];
    struct breaker breakers[KEY_COUNT]; /* of the callbacks that hosts call for every event */

    const struct manifest *manifest; /* what the host was told */
    const struct manifest *script;   /* what runs: the same, or what the generic identity was bound to */
    struct limits limits;
    struct memory_budget memory; /* of all that the script uses; while another takes over, of both */
    uint64_t reclaimed;          /* the number of the vm's call in which garbage was last collected for it */
    struct log log;
    struct vm vm;
    struct state_place place; /* where cursors and `kept` are on disk; its folder is the plugin state's */
    struct kept_values kept;  /* lure.state; opened when it is first used */
    struct background *background; /* tasks of no event source; NULL: no script */

    size_t copied;            /* bytes that are charged for the script's manifest */
    bool ready;               /* `init` has succeeded, so `destroy` will be called */
    int table;                /* reference to the script's table */
    int functions[KEY_COUNT]; /* references to the script's callbacks, or LUA_NOREF */
    struct extraction extraction;
    struct instance *instances; /* those that are open */
    struct instance *opening;   /* one that is not yet among them, or NULL */
    bool swapping;              /* another script takes over: its `init` and `open` wait with the lock */

    char *error;                 /* for get_last_error */
    const char *error_text;      /* a constant that stands in for it, or NULL; changed atomically */
    struct owned_text shown;     /* of event_to_string */
    struct owned_text progress;  /* of get_progress */
    struct owned_text suggested; /* of list_open_params */
};

/* Keeps `text` as the last error, as UTF8_MESSAGE. */
void plugin_fail(struct plugin *plugin, const char *text);

/* The same for a constant text, on any thread. */
void plugin_fail_plain(struct plugin *plugin, const char *text);

/* Keeps the error of the vm_call that just failed, and logs it with its traceback. */
void plugin_fail_from_lua(struct plugin *plugin);

/* The last error; never NULL. Valid until the next one. */
const char *plugin_error(const struct plugin *plugin);

/* The clock for the limit of what is counted as `use`. */
enum vm_clock plugin_clock(int use);

/* Calls into the state's vm, in the name of `callback`; see vm_call. */
bool plugin_call(struct plugin *plugin, enum script_key callback, lua_CFunction function, void *request);

/* The same; `name` is what messages call it, `use` what it is counted as. */
bool plugin_call_named(struct plugin *plugin, const char *name, int use, lua_CFunction function,
                       void *request);

/* The same for what was pushed; see vm_call_pushed. */
bool plugin_call_pushed(struct plugin *plugin, int use, const struct vm_call *call);

/* A second part of such a call, counted with it; false: the call has failed. */
bool plugin_call_rest(struct plugin *plugin, const char *name, int use, int arguments);

/* Inside such a call, whose callback has returned: it is called again, with a new time limit. */
void plugin_call_again(struct plugin *plugin, enum script_key callback);

/* Counts calls that direct evaluation (lua/eval.h) has replaced. */
void plugin_count_calls(struct plugin *plugin, enum script_key callback, uint64_t calls);

/* Pushes the callback, or nil. Stack: [] -> [function] */
void plugin_push_callback(lua_State *L, const struct plugin *plugin, enum script_key callback);

/* Throws the text that a callback gave with `nil, "text"`, in the shape of all errors: the nil is at `index`,
 * the function at `function`. Returns if the callback gave nil alone. */
void plugin_check_failure_lj(lua_State *L, int function, int index);

/* Keeps a copy for the host, as UTF8_TEXT. NULL: out of memory, or over the limit; the old one is gone, too.
 */
const char *owned_text_set(struct owned_text *owned, const char *text, size_t length);

void owned_text_free(struct owned_text *owned);

#endif
