#include "plugin/asking.h"

#include "plugin/plugin.h"
#include "script/text.h"

#include <lauxlib.h>
#include <stdint.h>
#include <string.h>

/* Keeps references to a field's name and to its function, or the script's `extract`. Stack: [field] -> [] */
static void bind_field_lj(lua_State *L, struct plugin *plugin, size_t number)
{
    struct extraction *extraction = &plugin->extraction;
    const char *expected = plugin->script->fields[number].name;
    const char *name;

    lua_pushliteral(L, "name"); /* field, key */
    lua_rawget(L, -2);          /* field, name */
    name = lua_tostring(L, -1);
    if (name == NULL || strcmp(name, expected) != 0) {
        vm_fail_lj(L, 0,
                   "field \"%s\" is not where it was when the script was first run; declare the same fields "
                   "every time",
                   expected);
    }
    extraction->names[number] = luaL_ref(L, LUA_REGISTRYINDEX); /* field */
    lua_pushliteral(L, "extract");                              /* field, key */
    if (lua_rawget(L, -2) != LUA_TFUNCTION) {                   /* field, function */
        lua_pop(L, 1);                                          /* field */
        plugin_push_callback(L, plugin, KEY_EXTRACT);           /* field, function */
    }
    extraction->functions[number] = luaL_ref(L, LUA_REGISTRYINDEX); /* field */
    lua_pop(L, 1);                                                  /* */
}

void asking_open_lj(lua_State *L, struct plugin *plugin, int index)
{
    struct extraction *extraction = &plugin->extraction;

    index = lua_absindex(L, index);
    extraction->object = event_object_new_lj(L);                    /* object */
    extraction->object_reference = luaL_ref(L, LUA_REGISTRYINDEX);  /* */
    lua_pushboolean(L, 0);                                          /* false: a reference of its own */
    extraction->decoded_reference = luaL_ref(L, LUA_REGISTRYINDEX); /* */
    if (plugin->script->field_count == 0) {
        return;
    }
    lua_pushliteral(L, "fields");                                                                 /* key */
    if (lua_rawget(L, index) != LUA_TTABLE || lua_rawlen(L, -1) != plugin->script->field_count) { /* fields */
        vm_fail_lj(L, 0,
                   "the list of fields is not what it was when the script was first run; declare the same "
                   "fields every time");
    }
    for (size_t i = 0; i < plugin->script->field_count; i++) {
        if (lua_rawgeti(L, -1, (lua_Integer)i + 1) != LUA_TTABLE) { /* fields, field */
            vm_fail_lj(L, 0, "field %zu is not what it was when the script was first run", i + 1);
        }
        bind_field_lj(L, plugin, i); /* fields */
    }
    lua_pop(L, 1); /* */
}

/* Shows the event to the script for the time of one call. */
static bool call_with_event(struct plugin *plugin, const char *callback, enum script_key use,
                            lua_CFunction function, void *request)
{
    bool done;

    plugin->extraction.object->event = &plugin->extraction.event;
    done = plugin_call_named(plugin, callback, (int)use, function, request);
    plugin->extraction.object->event = NULL;
    return done;
}

/* An event without payload, and no `decode` that makes something of it: its value is nil. */
static bool has_no_value(const struct plugin *plugin)
{
    return !plugin->extraction.event.has_payload && plugin->functions[KEY_DECODE] == LUA_NOREF;
}

/* Pushes what `decode` made of the event. Stack: [] -> [value] */
static void push_decoded(lua_State *L, const struct plugin *plugin)
{
    if (has_no_value(plugin)) {
        lua_pushnil(L); /* value */
    } else {
        lua_rawgeti(L, LUA_REGISTRYINDEX, plugin->extraction.decoded_reference); /* value */
    }
}

/* Runs `decode`, or takes the payload. Stack: [plugin] -> [] */
static int call_decode_lj(lua_State *L)
{
    struct plugin *plugin = lua_touserdata(L, 1);
    struct extraction *extraction = &plugin->extraction;

    lua_rawgeti(L, LUA_REGISTRYINDEX, extraction->object_reference); /* plugin, event */
    if (plugin->functions[KEY_DECODE] == LUA_NOREF) {
        event_object_push_data_lj(L, 2, extraction->object); /* plugin, event, value */
    } else {
        plugin_push_callback(L, plugin, KEY_DECODE); /* plugin, event, decode */
        lua_pushvalue(L, 3);                         /* plugin, event, decode, decode */
        lua_pushvalue(L, 2);                         /* plugin, event, decode, decode, event */
        lua_call(L, 1, 2);                           /* plugin, event, decode, value, message */
        plugin_check_failure_lj(L, 3, 4);
        lua_settop(L, 4); /* plugin, event, decode, value */
    }
    extraction->decoded = lua_isnil(L, -1) ? DECODED_NOT_OURS : DECODED_VALUE;
    if (extraction->decoded == DECODED_VALUE) { /* a nil would free the reference's number */
        lua_rawseti(L, LUA_REGISTRYINDEX, extraction->decoded_reference);
    }
    return 0;
}

enum decoded asking_decode(struct plugin *plugin)
{
    struct extraction *extraction = &plugin->extraction;
    const char *error;

    if (extraction->decoded == DECODED_NOT_YET && has_no_value(plugin)) {
        extraction->decoded = DECODED_VALUE; /* field functions look at the event itself */
    }
    if (extraction->decoded != DECODED_NOT_YET) {
        return extraction->decoded;
    }
    if (!call_with_event(plugin, script_keys[KEY_DECODE].name, KEY_DECODE, call_decode_lj, plugin)) {
        error = vm_error(&plugin->vm);
        extraction->decoded = DECODED_FAILED;
        extraction->decode_error = pool_text(&extraction->pool, error, strlen(error));
        vm_log_error(&plugin->vm);
    }
    return extraction->decoded;
}

struct field_call {
    struct plugin *plugin;
    size_t number;
    const struct field *field;
    const struct argument *argument;
    struct value *value;
};

/* Throws what is wrong with the value at `index`. */
static void refuse_value_lj(lua_State *L, const struct field_call *call, int index, enum value_read why)
{
    char got[96];

    if (why == VALUE_READ_MEMORY) {
        luaL_error(L, TEXT_NO_MEMORY);
    }
    value_describe(L, index, got, sizeof(got));
    vm_fail_lj(L, 2, "expected %s%s, got %s", call->field->list ? "each element to be " : "",
               call->field->type->expected, got);
}

/* How many elements the table at `index` has as a sequence without holes and other keys; throws if it is
 * none. */
static size_t count_elements_lj(lua_State *L, const struct field_call *call, int index)
{
    size_t length = lua_rawlen(L, index), count = 0;
    char got[96];

    lua_pushnil(L);                   /* key */
    while (lua_next(L, index) != 0) { /* key, value */
        lua_pop(L, 1);                /* key */
        if (!lua_isinteger(L, -1) || lua_tointeger(L, -1) < 1 ||
            (lua_Unsigned)lua_tointeger(L, -1) > length) {
            value_describe(L, -1, got, sizeof(got));
            vm_fail_lj(L, 2, "expected a list without holes (%s), got a table with the key %s",
                       call->field->type->name, got);
        }
        count++;
    }
    if (count != length || length > UINT32_MAX) {
        vm_fail_lj(L, 2, "expected a list without holes (%s), got one with nil among its elements",
                   call->field->type->name);
    }
    return length;
}

/* Stack: [..., value at `index`] unchanged */
static void take_list_lj(lua_State *L, const struct field_call *call, int index)
{
    struct pool *pool = &call->plugin->extraction.pool;
    const struct field_type *type = call->field->type;
    char got[96];
    size_t count;
    unsigned char *cells;

    if (!lua_istable(L, index)) {
        value_describe(L, index, got, sizeof(got));
        vm_fail_lj(L, 2, "expected a list (%s), got %s", type->name, got);
    }
    count = count_elements_lj(L, call, index);
    if (count == 0) {
        call->value->outcome = VALUE_ABSENT;
        return;
    }
    cells = pool_take(pool, count * type->cell);
    if (cells == NULL) {
        luaL_error(L, TEXT_NO_MEMORY);
    }
    for (size_t i = 0; i < count; i++) {
        enum value_read read;

        lua_rawgeti(L, index, (lua_Integer)i + 1); /* element */
        read = value_read_lua(L, -1, type, pool, cells + i * type->cell);
        if (read != VALUE_READ_OK) {
            refuse_value_lj(L, call, -1, read);
        }
        lua_pop(L, 1); /* */
    }
    *call->value = (struct value){.outcome = VALUE_PRESENT, .count = (uint32_t)count, .cells = cells};
}

static void take_single_lj(lua_State *L, const struct field_call *call, int index)
{
    struct pool *pool = &call->plugin->extraction.pool;
    void *cell = pool_take(pool, call->field->type->cell);
    enum value_read read =
        cell != NULL ? value_read_lua(L, index, call->field->type, pool, cell) : VALUE_READ_MEMORY;

    if (read != VALUE_READ_OK) {
        refuse_value_lj(L, call, index, read);
    }
    *call->value = (struct value){.outcome = VALUE_PRESENT, .count = 1, .cells = cell};
}

static void push_argument_lj(lua_State *L, const struct argument *argument)
{
    if (argument->kind == ARGUMENT_INDEX) {
        lua_pushinteger(L, (lua_Integer)argument->index);
    } else if (argument->kind == ARGUMENT_KEY) {
        lua_pushstring(L, argument->key);
    } else {
        lua_pushnil(L);
    }
}

/* One offset and its length, at -2 and -1: inside the payload. */
static void take_offset_lj(lua_State *L, const struct field_call *call, uint32_t number)
{
    size_t size = call->plugin->extraction.event.size;
    lua_Integer start = lua_tointeger(L, -2), length = lua_tointeger(L, -1);
    char got[2][64];

    if (!lua_isinteger(L, -2) || !lua_isinteger(L, -1) || start < 0 || length < 0 || (size_t)start > size ||
        (size_t)length > size - (size_t)start) {
        value_describe(L, -2, got[0], sizeof(got[0]));
        value_describe(L, -1, got[1], sizeof(got[1]));
        vm_fail_lj(L, 2,
                   "expected the value's offset (from 0) and length inside the payload of %zu bytes behind "
                   "the value, "
                   "got %s and %s",
                   size, got[0], got[1]);
    }
    call->value->starts[number] = (uint32_t)start;
    call->value->lengths[number] = (uint32_t)length;
}

/* What stands behind a value: where it is in the payload; for a list, two lists. Stack: [call, function,
 * value, offset, length] unchanged */
static void take_offsets_lj(lua_State *L, const struct field_call *call)
{
    struct value *value = call->value;
    struct pool *pool = &call->plugin->extraction.pool;
    char got[96];

    value->starts = pool_take(pool, value->count * sizeof(uint32_t));
    value->lengths = pool_take(pool, value->count * sizeof(uint32_t));
    if (value->starts == NULL || value->lengths == NULL) {
        luaL_error(L, TEXT_NO_MEMORY);
    }
    if (!call->field->list) {
        take_offset_lj(L, call, 0);
        return;
    }
    for (int index = 4; index <= 5; index++) {
        if (!lua_istable(L, index) || lua_rawlen(L, index) != value->count) {
            value_describe(L, index, got, sizeof(got));
            vm_fail_lj(L, 2,
                       "expected a list of %u offsets and one of as many lengths behind the list, got %s",
                       value->count, got);
        }
    }
    for (uint32_t i = 0; i < value->count; i++) {
        lua_rawgeti(L, 4, (lua_Integer)i + 1); /* ..., offset */
        lua_rawgeti(L, 5, (lua_Integer)i + 1); /* ..., offset, length */
        take_offset_lj(L, call, i);
        lua_pop(L, 2); /* ... */
    }
}

static int call_field_lj(lua_State *L)
{
    const struct field_call *call = lua_touserdata(L, 1);
    const struct extraction *extraction = &call->plugin->extraction;

    lua_rawgeti(L, LUA_REGISTRYINDEX, extraction->functions[call->number]); /* call, function */
    lua_pushvalue(L, 2);                                                    /* call, function, function */
    push_decoded(L, call->plugin);                                          /* ..., value */
    push_argument_lj(L, call->argument);                                    /* ..., value, arg */
    lua_rawgeti(L, LUA_REGISTRYINDEX, extraction->object_reference);        /* ..., value, arg, event */
    lua_rawgeti(L, LUA_REGISTRYINDEX, extraction->names[call->number]); /* ..., value, arg, event, field */
    lua_call(L, 4, 3); /* call, function, value, message or offset, length */
    plugin_check_failure_lj(L, 2, 3);
    if (lua_isnil(L, 3)) {
        call->value->outcome = VALUE_ABSENT;
        return 0;
    }
    if (call->field->list) {
        take_list_lj(L, call, 3);
    } else {
        take_single_lj(L, call, 3);
    }
    if (!lua_isnil(L, 5) &&
        call->value->outcome == VALUE_PRESENT) { /* two alone come from gsub and the like */
        take_offsets_lj(L, call);
    }
    return 0;
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
        if (!call_with_event(plugin, call.field->label, KEY_EXTRACT, call_field_lj, &call)) {
            asking_fail(plugin, value, vm_error(&plugin->vm));
            vm_log_error(&plugin->vm);
        }
    }
}

static int call_to_string_lj(lua_State *L)
{
    struct plugin *plugin = lua_touserdata(L, 1);
    const struct extraction *extraction = &plugin->extraction;
    size_t length;
    const char *text;
    char got[96];

    plugin_push_callback(L, plugin, KEY_TO_STRING);                  /* plugin, function */
    lua_pushvalue(L, 2);                                             /* plugin, function, function */
    push_decoded(L, plugin);                                         /* ..., value */
    lua_rawgeti(L, LUA_REGISTRYINDEX, extraction->object_reference); /* ..., value, event */
    lua_call(L, 2, 2);                                               /* plugin, function, text, message */
    plugin_check_failure_lj(L, 2, 3);
    if (lua_type(L, 3) != LUA_TSTRING) {
        value_describe(L, 3, got, sizeof(got));
        vm_fail_lj(L, 2, "expected a string, got %s", got);
    }
    text = lua_tolstring(L, 3, &length);
    if (owned_text_set(&plugin->shown, text, length) == NULL) {
        luaL_error(L, TEXT_NO_MEMORY);
    }
    return 0;
}

bool asking_text(struct plugin *plugin)
{
    if (plugin->functions[KEY_TO_STRING] == LUA_NOREF || asking_decode(plugin) != DECODED_VALUE) {
        return false;
    }
    if (!call_with_event(plugin, script_keys[KEY_TO_STRING].name, KEY_TO_STRING, call_to_string_lj, plugin)) {
        plugin_fail_from_lua(plugin);
        return false;
    }
    return true;
}

/* Stack: [plugin] -> [] */
static int call_parse_lj(lua_State *L)
{
    struct plugin *plugin = lua_touserdata(L, 1);

    plugin_push_callback(L, plugin, KEY_PARSE);                             /* plugin, parse */
    lua_pushvalue(L, 2);                                                    /* plugin, parse, parse */
    lua_rawgeti(L, LUA_REGISTRYINDEX, plugin->extraction.object_reference); /* plugin, parse, parse, event */
    lua_call(L, 1, 2); /* plugin, parse, result, message */
    plugin_check_failure_lj(L, 2, 3);
    return 0;
}

bool asking_parse(struct plugin *plugin)
{
    if (!call_with_event(plugin, script_keys[KEY_PARSE].name, KEY_PARSE, call_parse_lj, plugin)) {
        plugin_fail_from_lua(plugin);
        return false;
    }
    return true;
}
