/*
 * lure.host: the Falco plugin framework in a Lua module.
 *
 * It loads any plugin of the plugin API 0.3.0 or 3.x as libsinsp and libscap do (order of look-ups and calls,
 * checks, messages), and calls it. What the framework would refuse is returned as nil and a message; what
 * would make it misbehave or crash is a Lua error that names the violated rule. All memory that a plugin gets
 * ends at an unmapped page, and structs are no longer than those of the emulated version of the host.
 *
 *   local host = require "lure.host"
 *
 *   host.load(path [, options]) -> library | nil, message, { required_api_version = text }
 *       options: minor = number      play a host of plugin API 3.<minor>; default: the newest
 *                api = 0 | 3         default: 0 where the library has plugin_get_type
 *                lazy = false        RTLD_LAZY, as hosts up to libs 0.21
 *                env = { K = V }     in the environment while the library is loaded
 *                log_to_stderr = false   what the plugin logs goes there; its last error, if state:log
 *                                        does not take it, with the next line or at the end
 *                symbols_only = {}   look up these names only (without "plugin_")
 *   library:info() -> table          see lua_library.c
 *   library:init([config [, { inspector = i }]]) -> state | nil, message, log
 *       without an inspector the state has one of its own
 *   library:loading_again() -> as host.load, with the same path and options
 *
 *   state:open([params]) -> instance | nil, message
 *   state:open_params() -> { { value =, desc =, separator = }, … } | nil, message
 *   state:extract(event, "field[argument]" [, { offsets = true, unasked = true }])
 *       -> value | nil | nil, message; with offsets also { { start, length }, … }
 *       unasked: ask also where the plugin takes no events of that type or source
 *   state:extract(event, { "a", "b[1]" }) -> { value, …, n = 2 } | nil, message
 *   state:extract_raw(event, "field[argument]") -> pointer | nil, message
 *       pointer:read() reads the value out of the plugin's memory, now
 *       pointer:address() -> where that is, as an integer (API 0: 0)
 *   state:to_string(event) -> text
 *   state:last_error() -> text       state:extract_event_types() -> list | "all"
 *   state:log() -> { { severity =, message =, component = }, … }  since the last time
 *   state:inspector() -> inspector
 *   state:destroy()                  closes first: instances, async handler, capture, routines
 *
 *   state:parse(event [, { unasked = true }]) -> true | false | nil, message
 *       false: the plugin did not ask for events of that type or source
 *   state:parse_event_types() -> list | "all"
 *   state:set_config(text) -> true | nil, message
 *   state:metrics() -> { { name =, value =, type =, value_type = }, … } | nil, message
 *       type: "monotonic", "non_monotonic"; value_type: "u32", "s32", "u64", "s64",
 *       "double", "float", "int"
 *   state:ask_metrics() -> job | nil, message
 *       asks on a thread of its own every millisecond; job:join() -> how many times
 *
 *   state:console(request [, text [, event]]) -> text | nil, message
 *       what lure's own library returns beyond the plugin API (v3/console.h); no host asks for it
 *
 *   state:async_open([{ fail = text, source = name }]) -> true | nil, message
 *       sets the handler; `fail`: it refuses all events so; `source`: the open event source
 *       (default: the plugin's own, else "syscall")
 *   state:async_events() -> { { name =, data =, ts =, tid =, plugin_id = }, … }  since the last time
 *   state:async_wait(count [, seconds = 10]) -> boolean    until so many came since init
 *   state:async_close() -> true | nil, message
 *   state:dump_state() -> as async_events | nil, message
 *
 *   state:kernel_open() -> true | nil, message
 *       what hosts of 3.12 do when they begin to read events of the kernel: is the event schema
 *       that the plugin asks for theirs? Opening any other engine compares nothing
 *   state:capture_open() -> true | nil, message
 *   state:capture_close() -> true | nil, message           waits for the routines
 *   state:routines() -> how many are in the thread pool (each has a thread of its own)
 *
 *   host.inspector() -> inspector    what states share: the state tables
 *   inspector:tables() -> { NAME = type of its keys, … }
 *   inspector:table(name [, { legacy = true }]) -> table | nil, message
 *       "threads" (int64), with the subtables "args", "env", "cgroups" and "file_descriptors"
 *       (int64); or a plugin's.
 *       legacy: use it as a host of 3.0
 *   table:name() table:size() table:fields() -> { NAME = { type =, read_only = }, … }
 *   table:add_field(name, type) -> true | nil, message
 *   table:add(key [, { NAME = value, … }]) -> true | nil, message
 *   table:get(key) -> { NAME = value, … } | nil, message    without subtables
 *   table:read(key, field) -> value | nil, message
 *   table:write(key, field, value) -> true | nil, message   the host itself may write all its fields
 *   table:erase(key) table:clear() -> true | nil, message
 *   table:keys([field]) -> list      by iterating; of a plugin's table: what that field holds
 *   table:entries() -> list of what get returns, by iterating
 *   table:subtable(key, field) -> table | nil, message      keeps the entry that it is in
 *   table:share(key, field, other) -> true | nil, message   the subtable of the entry `other`
 *   table:hold(key) -> held | nil, message                  an entry that is kept
 *   held:read(field) held:write(field, value) held:release()
 *   table:references() -> how many entries of this table of the host's own (and of its
 *       subtables) plugins were given and did not release, add or destroy yet
 *
 *   A rule that a plugin breaks inside a function of the host's, on whatever thread, is an
 *   error of this call or the next on a state, a table or an instance.
 *
 *   instance:next_batch() -> rc, events, message
 *       rc: "success", "timeout", "eof", "failure", "not supported". An event is gone with
 *       the next batch. The message of a failure that comes with events is state:last_error(),
 *       to be read when they were used.
 *   instance:progress() -> number from 0 to 1, text
 *   instance:close()
 *
 *   event.data .size .ts .num .tid .type .plugin_id .source
 *   event:copy([{ num =, ts =, tid =, data =, source =, id = }]) -> event of the host's own
 *   host.event { data =, num =, ts =, tid =, id =, source =, buffer = event } -> event
 *       without `id` and `source` any plugin takes it as its own; `buffer`: use the memory
 *       of that event, which is gone then
 *   host.event { type = 402, params = { bytes, … }, wide = true } -> any other event
 *   host.event { bytes = the whole event in libscap's layout, num =, source = }
 *
 *   host.background(path, { times =, config =, … options of load }) -> job
 *       loads, inits and destroys again and again on a thread of its own
 *   job:join() -> true | nil, message
 *
 *   host.settings(path, request, file [, schema]) -> text | nil, message
 *       what lure's own library at `path` makes of a YAML file (hostconfig/lure_settings.h); no host asks for
 * it
 *
 *   host.glob(pattern, text [, caseless]) -> boolean       by fnmatch(3), as the operator glob
 *   host.address(text) -> 4 or 16 bytes | nil              by inet_pton(3)
 *   host.regex(pattern) -> regex | nil, message
 *       of PCRE2, with characters of UTF-8; it is tried at the beginning of texts only
 *   regex:matches(text) -> boolean | nil, message          nil: not UTF-8, after a second, no memory
 *
 *   host.is_broken(problem) -> boolean
 *       is this error a rule that a plugin broke, and not a wrong use of lure.host
 *   host.redirect_stderr(path) -> restore
 *       sends standard error of the whole process to a file, until restore() is called
 *
 * Values: integers (above 2^63-1 their digits), strings, booleans, addresses as text,
 * lists as tables, absent ones as nil.
 */
#include "testhost/luaobjects.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Stack: upvalue 1 is the descriptor that was standard error; -1: it was set back */
static int restore_stderr_lj(lua_State *L)
{
    int saved = (int)lua_tointeger(L, lua_upvalueindex(1));

    if (saved >= 0) {
        fflush(stderr);
        dup2(saved, STDERR_FILENO);
        close(saved);
        lua_pushinteger(L, -1); /* -1 */
        lua_replace(L, lua_upvalueindex(1));
    }
    return 0;
}

static int redirect_stderr_lj(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    int saved, file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    if (file < 0)
        return luaL_error(L, "%s: %s", path, strerror(errno));
    fflush(stderr);
    saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    dup2(file, STDERR_FILENO);
    close(file);
    lua_pushinteger(L, saved);                 /* saved */
    lua_pushcclosure(L, restore_stderr_lj, 1); /* restore */
    return 1;
}

static const luaL_Reg functions[] = {
    {"load", host_load_lj},
    {"event", host_event_lj},
    {"background", host_background_lj},
    {"inspector", host_inspector_lj},
    {"settings", host_settings_lj},
    {"redirect_stderr", redirect_stderr_lj},
    {"glob", host_glob_lj},
    {"address", host_address_lj},
    {"regex", host_regex_lj},
    {"is_broken", host_is_broken_lj},
    {NULL, NULL},
};

__attribute__((visibility("default"))) int luaopen_lure_host(lua_State *L);

int luaopen_lure_host(lua_State *L)
{
    library_register_lj(L);
    state_register_lj(L);
    instance_register_lj(L);
    event_register_lj(L);
    pointer_register_lj(L);
    job_register_lj(L);
    inspector_register_lj(L);
    table_register_lj(L);
    metrics_job_register_lj(L);
    regex_register_lj(L);
    luaL_newlib(L, functions); /* module */
    return 1;
}
