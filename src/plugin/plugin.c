#include "plugin/plugin.h"

#include "base/clock.h"
#include "base/text.h"
#include "base/utf8.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

/* Texts of more bytes are not kept room for. */
#define KEPT_TEXT (64u * 1024u)

const char *owned_text_set(struct owned_text *owned, const char *text, size_t length)
{
    size_t needed = utf8_write(NULL, 0, text, length, UTF8_TEXT) + 1;

    if (needed > owned->capacity || owned->capacity > KEPT_TEXT) {
        owned_text_free(owned);
        owned->text = memory_take(owned->budget, needed);
        if (owned->text == NULL) {
            return NULL;
        }
        owned->capacity = needed;
    }
    utf8_write(owned->text, needed, text, length, UTF8_TEXT);
    return owned->text;
}

void owned_text_free(struct owned_text *owned)
{
    memory_give(owned->budget, owned->text, owned->capacity);
    owned->text = NULL;
    owned->capacity = 0;
}

void plugin_fail(struct plugin *plugin, const char *text)
{
    char *copy = utf8_copy(text, strlen(text), UTF8_MESSAGE);

    free(plugin->error);
    plugin->error = copy;
    plugin_fail_plain(plugin, copy != NULL ? NULL : TEXT_NO_MEMORY);
}

void plugin_fail_plain(struct plugin *plugin, const char *text)
{
    __atomic_store_n(&plugin->error_text, text, __ATOMIC_RELEASE);
}

void plugin_fail_from_lua(struct plugin *plugin)
{
    plugin_fail(plugin, vm_error(&plugin->vm));
    vm_log_error(&plugin->vm);
}

const char *plugin_error(const struct plugin *plugin)
{
    const char *text = __atomic_load_n(&plugin->error_text, __ATOMIC_ACQUIRE);

    if (text != NULL) {
        return text;
    }
    return plugin->error != NULL ? plugin->error : "";
}

/* Callbacks that may wait for input are limited in CPU time. */
enum vm_clock plugin_clock(int callback)
{
    bool waits = callback < KEY_COUNT ? script_keys[callback].waits
                                      : callback == USE_OF_SPAWN || callback == USE_OF_EVERY;

    return waits ? VM_CLOCK_CPU : VM_CLOCK_WALL;
}

bool plugin_call(struct plugin *plugin, enum script_key callback, lua_CFunction function, void *request)
{
    return plugin_call_named(plugin, script_keys[callback].name, (int)callback, function, request);
}

static void end_call(struct plugin *plugin)
{
    if (plugin->framework.end_call != NULL) {
        plugin->framework.end_call(plugin->framework.owner);
    }
}

bool plugin_call_named(struct plugin *plugin, const char *name, int use, lua_CFunction function,
                       void *request)
{
    lua_pushcfunction(plugin->vm.L, function);    /* function */
    lua_pushlightuserdata(plugin->vm.L, request); /* function, request */
    return plugin_call_pushed(
        plugin, use, &(struct vm_call){.callback = name, .clock = plugin_clock(use), .arguments = 1});
}

bool plugin_call_pushed(struct plugin *plugin, int use, const struct vm_call *call)
{
    struct callback_use *counted = &plugin->use[use];
    bool timed = plugin->counts || !plugin->ready; /* `init` comes before anyone can ask for a profile */
    int64_t begin = timed ? clock_now(CLOCK_MONOTONIC) : 0;
    bool done;

    extraction_script_runs(&plugin->extraction);
    done = vm_call_pushed(&plugin->vm, call);
    counted->calls++;
    counted->errors += !done;
    if (timed) {
        counted->nanoseconds += clock_now(CLOCK_MONOTONIC) - begin;
    }
    end_call(plugin);
    return done;
}

bool plugin_call_rest(struct plugin *plugin, const char *name, int use, int arguments)
{
    const struct vm_call call = {.callback = name, .clock = plugin_clock(use), .arguments = arguments};
    bool done = vm_call_pushed(&plugin->vm, &call);

    plugin->use[use].errors += !done;
    return done;
}

void plugin_call_again(struct plugin *plugin, enum script_key callback)
{
    plugin->use[callback].calls++;
    end_call(plugin);
    vm_call_again(&plugin->vm);
}

void plugin_count_calls(struct plugin *plugin, enum script_key callback, uint64_t calls)
{
    plugin->use[callback].calls += calls;
}

void plugin_push_callback(lua_State *L, const struct plugin *plugin, enum script_key callback)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, plugin->functions[callback]); /* function: nil for LUA_NOREF */
}

void plugin_check_failure_lj(lua_State *L, int function, int index)
{
    char got[96];

    if (lua_type(L, index) != LUA_TNIL || lua_isnoneornil(L, index + 1)) {
        return;
    }
    if (lua_type(L, index + 1) != LUA_TSTRING) {
        value_describe(L, index + 1, got, sizeof(got));
        vm_fail_lj(L, function, "expected a string behind nil (what went wrong), got %s", got);
    }
    lua_pushvalue(L, index + 1); /* ..., text */
    value_clean_lj(L, UTF8_MESSAGE);
    vm_fail_lj(L, function, "%s", lua_tostring(L, -1));
}
