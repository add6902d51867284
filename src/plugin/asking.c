#include "plugin/asking.h"

#include "plugin/plugin.h"
#include "plugin/taking.h"
#include "script/text.h"

#include <lauxlib.h>
#include <stdint.h>
#include <string.h>

/* What is kept on the vm's stack, in this order; behind it each field's function and name. */
enum kept { KEPT_OBJECT, KEPT_DECODED, KEPT_DECODE, KEPT_TO_STRING, KEPT_PARSE, KEPT_FIELDS };

/* The registry key of the event object: its address. */
static const char event_key = 'e';

static int function_of(size_t field)
{
    return KEPT_FIELDS + 2 * (int)field;
}

/* Adds a field's function, or the script's `extract`, and its name. Stack: [list, field] -> [list] */
static void add_field_lj(lua_State *L, struct plugin *plugin, size_t number)
{
    const char *expected = plugin->script->fields[number].name;
    const char *name;

    lua_pushliteral(L, "extract");            /* list, field, key */
    if (lua_rawget(L, -2) != LUA_TFUNCTION) { /* list, field, function */
        lua_pop(L, 1);                        /* list, field */
        plugin_push_callback(L, plugin, KEY_EXTRACT);
    }
    lua_rawseti(L, -3, function_of(number) + 1); /* list, field */
    lua_pushliteral(L, "name");                  /* list, field, key */
    lua_rawget(L, -2);                           /* list, field, name */
    name = lua_tostring(L, -1);
    if (name == NULL || strcmp(name, expected) != 0) {
        vm_fail_lj(L, 0,
                   "field \"%s\" is not where it was when the script was first run; declare the same fields "
                   "every time",
                   expected);
    }
    lua_rawseti(L, -3, function_of(number) + 2); /* list, field */
    lua_pop(L, 1);                               /* list */
}

/* Adds all fields of the plugin table at `index` to the list at the top. */
static void add_fields_lj(lua_State *L, struct plugin *plugin, int index)
{
    int list = lua_gettop(L);

    lua_pushliteral(L, "fields");                                                                 /* key */
    if (lua_rawget(L, index) != LUA_TTABLE || lua_rawlen(L, -1) != plugin->script->field_count) { /* fields */
        vm_fail_lj(L, 0,
                   "the list of fields is not what it was when the script was first run; declare the same "
                   "fields every time");
    }
    for (size_t i = 0; i < plugin->script->field_count; i++) {
        lua_pushvalue(L, list);                                     /* fields, list */
        if (lua_rawgeti(L, -2, (lua_Integer)i + 1) != LUA_TTABLE) { /* fields, list, field */
            vm_fail_lj(L, 0, "field %zu is not what it was when the script was first run", i + 1);
        }
        add_field_lj(L, plugin, i); /* fields, list */
        lua_pop(L, 1);              /* fields */
    }
    lua_pop(L, 1); /* */
}

void asking_open_lj(lua_State *L, struct plugin *plugin, int index)
{
    struct extraction *extraction = &plugin->extraction;

    index = lua_absindex(L, index);
    lua_newtable(L);                             /* list */
    extraction->object = event_object_new_lj(L); /* list, object */
    lua_pushvalue(L, -1);                        /* list, object, object */
    lua_rawsetp(L, LUA_REGISTRYINDEX, &event_key);
    lua_rawseti(L, -2, KEPT_OBJECT + 1); /* list */
    plugin_push_callback(L, plugin, KEY_DECODE);
    lua_rawseti(L, -2, KEPT_DECODE + 1); /* list */
    plugin_push_callback(L, plugin, KEY_TO_STRING);
    lua_rawseti(L, -2, KEPT_TO_STRING + 1); /* list */
    plugin_push_callback(L, plugin, KEY_PARSE);
    lua_rawseti(L, -2, KEPT_PARSE + 1); /* list */
    if (plugin->script->field_count > 0) {
        add_fields_lj(L, plugin, index);
    }
    extraction->kept = luaL_ref(L, LUA_REGISTRYINDEX); /* */
}

bool asking_keep(struct plugin *plugin)
{
    struct extraction *extraction = &plugin->extraction;

    extraction->kept = vm_keep(&plugin->vm, extraction->kept, function_of(plugin->script->field_count));
    return extraction->kept != 0;
}

void asking_push_event(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &event_key); /* event */
}

/* Stack: [] -> [value] */
static void push_kept(const struct plugin *plugin, int which)
{
    lua_pushvalue(plugin->vm.L, plugin->extraction.kept + which);
}

/* Calls what was pushed, and shows the event to the script meanwhile. Stack: [function, arguments...] ->
 * [results...] */
static bool call_with_event(struct plugin *plugin, const char *callback, enum script_key use, int arguments,
                            int results)
{
    bool done;

    plugin->extraction.object->event = &plugin->extraction.event;
    done = plugin_call_pushed(plugin, callback, (int)use, arguments, results);
    plugin->extraction.object->event = NULL;
    return done;
}

/* The rest of a call, which may throw: rest_lj(request, function, results...). Stack: [results...] -> [] */
static bool finish(struct plugin *plugin, const char *callback, enum script_key use, int function,
                   lua_CFunction rest_lj, void *request)
{
    lua_State *L = plugin->vm.L;
    int first = plugin->vm.kept + 1, results = lua_gettop(L) - plugin->vm.kept;

    lua_pushcfunction(L, rest_lj);     /* results..., rest */
    lua_pushlightuserdata(L, request); /* results..., rest, request */
    push_kept(plugin, function);       /* results..., rest, request, function */
    lua_rotate(L, first, 3);           /* rest, request, function, results... */
    return plugin_call_rest(plugin, callback, (int)use, 2 + results);
}

/* Throws the text behind a nil. Stack: [request, function, nil, text] */
static int throw_failure_lj(lua_State *L)
{
    plugin_check_failure_lj(L, 2, 3);
    return 0;
}

/* An event without payload, and no `decode` that makes something of it: its value is nil. */
static bool has_no_value(const struct plugin *plugin)
{
    return !plugin->extraction.event.has_payload && plugin->functions[KEY_DECODE] == LUA_NOREF;
}

/* Pushes what `decode` made of the event. Stack: [] -> [value] */
static void push_decoded(const struct plugin *plugin)
{
    if (has_no_value(plugin)) {
        lua_pushnil(plugin->vm.L); /* value */
    } else {
        push_kept(plugin, KEPT_DECODED); /* value */
    }
}

/* Stands for a script's `decode`. Stack: [event] -> [payload] */
static int take_payload_lj(lua_State *L)
{
    event_object_push_data_lj(L, 1, lua_touserdata(L, 1));
    return 1;
}

/* Runs `decode`, and keeps its value. False: it failed. */
static bool decode(struct plugin *plugin)
{
    const char *name = script_keys[KEY_DECODE].name;
    struct extraction *extraction = &plugin->extraction;
    lua_State *L = plugin->vm.L;

    if (plugin->functions[KEY_DECODE] == LUA_NOREF) {
        lua_pushcfunction(L, take_payload_lj); /* function */
    } else {
        push_kept(plugin, KEPT_DECODE); /* function */
    }
    push_kept(plugin, KEPT_OBJECT); /* function, event */
    if (!call_with_event(plugin, name, KEY_DECODE, 1, 2)) {
        return false;
    }
    if (lua_isnil(L, -2) && !lua_isnil(L, -1)) { /* nil, text */
        return finish(plugin, name, KEY_DECODE, KEPT_DECODE, throw_failure_lj, plugin);
    }
    extraction->decoded = lua_isnil(L, -2) ? DECODED_NOT_OURS : DECODED_VALUE;
    lua_pop(L, 1);                                   /* value */
    lua_replace(L, extraction->kept + KEPT_DECODED); /* */
    return true;
}

enum decoded asking_decode(struct plugin *plugin)
{
    struct extraction *extraction = &plugin->extraction;
    const char *error;

    if (extraction->decoded == DECODED_NOT_YET && has_no_value(plugin)) {
        extraction->decoded = DECODED_VALUE; /* field functions look at the event itself */
    }
    if (extraction->decoded == DECODED_NOT_YET && !decode(plugin)) {
        error = vm_error(&plugin->vm);
        extraction->decoded = DECODED_FAILED;
        extraction->decode_error = pool_text(&extraction->pool, error, strlen(error));
        vm_log_error(&plugin->vm);
    }
    return extraction->decoded;
}

/* Stack: [key] -> [text] */
static int push_key_lj(lua_State *L)
{
    lua_pushstring(L, lua_touserdata(L, 1)); /* key, text */
    return 1;
}

/* Pushes the argument; for a text that takes a call of its own. False: out of memory, and nothing is pushed
 * any more. Stack: [...] -> [..., argument] */
static bool push_argument(struct plugin *plugin, const struct field_call *call)
{
    lua_State *L = plugin->vm.L;

    switch (call->argument->kind) {
    case ARGUMENT_INDEX:
        lua_pushinteger(L, (lua_Integer)call->argument->index);
        return true;
    case ARGUMENT_KEY:
        lua_pushcfunction(L, push_key_lj);                                /* function */
        lua_pushlightuserdata(L, (void *)(uintptr_t)call->argument->key); /* function, key */
        return vm_call_pushed(&plugin->vm, call->field->label, VM_CLOCK_WALL, 1, 1);
    default:
        lua_pushnil(L);
        return true;
    }
}

/* Runs the field's function. False: it failed. */
static bool ask(struct plugin *plugin, struct field_call *call)
{
    const char *label = call->field->label;
    int function = function_of(call->number);
    bool done = true;

    push_kept(plugin, function); /* function */
    push_decoded(plugin);        /* function, value */
    if (!push_argument(plugin, call)) {
        return false;
    }
    push_kept(plugin, KEPT_OBJECT);  /* function, value, arg, event */
    push_kept(plugin, function + 1); /* function, value, arg, event, field */
    if (!call_with_event(plugin, label, KEY_EXTRACT, 4, 3)) {
        return false;
    }
    if (!taking_plain(plugin->vm.L, call)) {
        done = finish(plugin, label, KEY_EXTRACT, function, taking_any_lj, call);
    }
    vm_drop(&plugin->vm);
    return done;
}

void asking_fail(struct plugin *plugin, struct value *value, const char *error)
{
    const char *copy = pool_text(&plugin->extraction.pool, error, strlen(error));

    *value = (struct value){.outcome = VALUE_FAILED, .error = copy != NULL ? copy : TEXT_NO_MEMORY};
}

void asking_field(struct plugin *plugin, size_t number, const struct argument *argument, struct value *value)
{
    const struct extraction *extraction = &plugin->extraction;
    struct field_call call = {plugin, number, &plugin->script->fields[number], argument, value};

    switch (asking_decode(plugin)) {
    case DECODED_NOT_OURS:
        value->outcome = VALUE_ABSENT;
        break;
    case DECODED_FAILED:
        asking_fail(plugin, value,
                    extraction->decode_error != NULL ? extraction->decode_error : TEXT_NO_MEMORY);
        break;
    default:
        if (!ask(plugin, &call)) {
            asking_fail(plugin, value, vm_error(&plugin->vm));
            vm_log_error(&plugin->vm);
        }
    }
}

/* Says what is wrong with the text. Stack: [plugin, function, text, message] */
static int refuse_text_lj(lua_State *L)
{
    char got[96];

    plugin_check_failure_lj(L, 2, 3);
    if (lua_type(L, 3) == LUA_TSTRING) {
        return luaL_error(L, TEXT_NO_MEMORY);
    }
    value_describe(L, 3, got, sizeof(got));
    return vm_fail_lj(L, 2, "expected a string, got %s", got);
}

/* Stack: [text, message] -> [] */
static bool take_text(struct plugin *plugin)
{
    lua_State *L = plugin->vm.L;
    size_t length;
    const char *text = lua_type(L, -2) == LUA_TSTRING ? lua_tolstring(L, -2, &length) : NULL;

    if (text == NULL || owned_text_set(&plugin->shown, text, length) == NULL) {
        return finish(plugin, script_keys[KEY_TO_STRING].name, KEY_TO_STRING, KEPT_TO_STRING, refuse_text_lj,
                      plugin);
    }
    vm_drop(&plugin->vm);
    return true;
}

bool asking_text(struct plugin *plugin)
{
    if (plugin->functions[KEY_TO_STRING] == LUA_NOREF || asking_decode(plugin) != DECODED_VALUE) {
        return false;
    }
    push_kept(plugin, KEPT_TO_STRING); /* function */
    push_decoded(plugin);              /* function, value */
    push_kept(plugin, KEPT_OBJECT);    /* function, value, event */
    if (!call_with_event(plugin, script_keys[KEY_TO_STRING].name, KEY_TO_STRING, 2, 2) ||
        !take_text(plugin)) {
        plugin_fail_from_lua(plugin);
        return false;
    }
    return true;
}

bool asking_parse(struct plugin *plugin)
{
    const char *name = script_keys[KEY_PARSE].name;
    lua_State *L = plugin->vm.L;
    bool done;

    push_kept(plugin, KEPT_PARSE);                         /* function */
    push_kept(plugin, KEPT_OBJECT);                        /* function, event */
    done = call_with_event(plugin, name, KEY_PARSE, 1, 2); /* result, message */
    if (done && lua_isnil(L, -2) && !lua_isnil(L, -1)) {   /* nil, text */
        done = finish(plugin, name, KEY_PARSE, KEPT_PARSE, throw_failure_lj, plugin);
    }
    vm_drop(&plugin->vm);
    if (!done) {
        plugin_fail_from_lua(plugin);
    }
    return done;
}
