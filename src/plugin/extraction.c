#include "plugin/extraction.h"

#include "plugin/plugin.h"
#include "plugin/sourcing.h"
#include "script/text.h"

#include <lauxlib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How much of the pool's memory is kept from event to event. */
#define KEPT_BYTES (256u * 1024u)

bool extraction_prepare(struct plugin *plugin)
{
    struct extraction *extraction = &plugin->extraction;
    size_t fields = plugin->script->field_count;

    extraction->functions = calloc(fields + 1, sizeof(int));
    extraction->names = calloc(fields + 1, sizeof(int));
    return extraction->functions != NULL && extraction->names != NULL &&
           memo_open(&extraction->memo, plugin->manifest->field_count);
}

void extraction_close(struct plugin *plugin)
{
    struct extraction *extraction = &plugin->extraction;

    free(extraction->functions);
    free(extraction->names);
    memo_close(&extraction->memo);
    pool_free(&extraction->pool);
    memset(extraction, 0, sizeof(*extraction));
}

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
        vm_fail_lj(L, 0, "field \"%s\" is not where it was when the script was first run; declare the same fields "
                         "every time", expected);
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

void extraction_open_lj(lua_State *L, struct plugin *plugin, int index)
{
    struct extraction *extraction = &plugin->extraction;

    index = lua_absindex(L, index);
    extraction->object = event_object_new_lj(L);                           /* object */
    extraction->object_reference = luaL_ref(L, LUA_REGISTRYINDEX);         /* */
    lua_pushboolean(L, 0);                                                 /* false: a reference of its own */
    extraction->decoded_reference = luaL_ref(L, LUA_REGISTRYINDEX);        /* */
    if (plugin->script->field_count == 0) {
        return;
    }
    lua_pushliteral(L, "fields"); /* key */
    if (lua_rawget(L, index) != LUA_TTABLE || lua_rawlen(L, -1) != plugin->script->field_count) { /* fields */
        vm_fail_lj(L, 0, "the list of fields is not what it was when the script was first run; declare the same "
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

static bool same_bytes(const struct extraction *extraction, const struct event *event)
{
    return extraction->copy != NULL && memcmp(extraction->copy, event->data, event->size) == 0;
}

/* Is `event` the one shown before? Hosts reuse buffers, and some number all events 0. */
static bool is_same(const struct extraction *extraction, const struct event *event)
{
    const struct event *shown = &extraction->event;

    if (!extraction->shows || shown->where != event->where || shown->size != event->size ||
        shown->type != event->type) {
        return false;
    }
    if (extraction->own) {
        return true; /* the batch has not changed since, or extraction_forget would have been called */
    }
    if (event->bare || shown->bare) {
        return same_bytes(extraction, event);
    }
    return shown->num == event->num && shown->ts == event->ts && shown->tid == event->tid &&
           (event->num != 0 || same_bytes(extraction, event));
}

/* Only where a number cannot tell events apart is a copy kept. */
static bool needs_copy(const struct plugin *plugin, const struct event *event)
{
    return !plugin->extraction.own && (event->num == 0 || plugin->manifest->api == ABI_0);
}

void extraction_forget(struct plugin *plugin)
{
    struct extraction *extraction = &plugin->extraction;

    if (!extraction->shows) {
        return;
    }
    memo_reset(&extraction->memo);
    pool_reset(&extraction->pool, KEPT_BYTES);
    extraction->shows = false;
    extraction->copy = NULL;
    extraction->decoded = DECODED_NOT_YET;
    extraction->decode_error = NULL;
}

void extraction_show(struct plugin *plugin, const struct event *event)
{
    struct extraction *extraction = &plugin->extraction;

    if (is_same(extraction, event)) {
        if (!event->bare) {
            extraction->event = *event; /* the payload and the source's name may stand elsewhere by now */
        }
        return;
    }
    extraction_forget(plugin);
    extraction->event = *event;
    extraction->shows = true;
    extraction->own = sourcing_owns(plugin, event->where);
    if (needs_copy(plugin, event)) {
        extraction->copy = pool_take(&extraction->pool, event->size);
        if (extraction->copy != NULL) {
            memcpy(extraction->copy, event->data, event->size);
        }
    }
    if (extraction->object != NULL) {
        extraction->object->shown++;
    }
}

/* Shows the event to the script for the time of one call. */
static bool call_with_event(struct plugin *plugin, const char *callback, lua_CFunction function, void *request)
{
    bool done;

    plugin->extraction.object->event = &plugin->extraction.event;
    done = vm_call(&plugin->vm, callback, VM_CLOCK_WALL, function, request);
    plugin->extraction.object->event = NULL;
    return done;
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
    lua_rawseti(L, LUA_REGISTRYINDEX, extraction->decoded_reference);
    return 0;
}

/* What the script makes of the payload, once per event. */
static enum decoded decode(struct plugin *plugin)
{
    struct extraction *extraction = &plugin->extraction;
    const char *error;

    if (extraction->decoded != DECODED_NOT_YET) {
        return extraction->decoded;
    }
    if (!call_with_event(plugin, script_keys[KEY_DECODE].name, call_decode_lj, plugin)) {
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

/* How many elements the table at `index` has as a sequence without holes and other keys; throws if it is none. */
static size_t count_elements_lj(lua_State *L, const struct field_call *call, int index)
{
    size_t length = lua_rawlen(L, index), count = 0;
    char got[96];

    lua_pushnil(L);                   /* key */
    while (lua_next(L, index) != 0) { /* key, value */
        lua_pop(L, 1);                /* key */
        if (!lua_isinteger(L, -1) || lua_tointeger(L, -1) < 1 || (lua_Unsigned)lua_tointeger(L, -1) > length) {
            value_describe(L, -1, got, sizeof(got));
            vm_fail_lj(L, 2, "expected a list without holes (%s), got a table with the key %s", call->field->type->name,
                       got);
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

static int call_field_lj(lua_State *L)
{
    const struct field_call *call = lua_touserdata(L, 1);
    const struct extraction *extraction = &call->plugin->extraction;

    lua_rawgeti(L, LUA_REGISTRYINDEX, extraction->functions[call->number]); /* call, function */
    lua_pushvalue(L, 2);                                                    /* call, function, function */
    lua_rawgeti(L, LUA_REGISTRYINDEX, extraction->decoded_reference);       /* ..., value */
    push_argument_lj(L, call->argument);                                    /* ..., value, arg */
    lua_rawgeti(L, LUA_REGISTRYINDEX, extraction->object_reference);        /* ..., value, arg, event */
    lua_rawgeti(L, LUA_REGISTRYINDEX, extraction->names[call->number]);     /* ..., value, arg, event, field */
    lua_call(L, 4, 2);                                                      /* call, function, value, message */
    plugin_check_failure_lj(L, 2, 3);
    if (lua_isnil(L, 3)) {
        call->value->outcome = VALUE_ABSENT;
    } else if (call->field->list) {
        take_list_lj(L, call, 3);
    } else {
        take_single_lj(L, call, 3);
    }
    return 0;
}

/* Makes the value a failed one; the text is kept in the pool. */
static void fail_value(struct plugin *plugin, struct value *value, const char *error)
{
    const char *copy = pool_text(&plugin->extraction.pool, error, strlen(error));

    *value = (struct value){.outcome = VALUE_FAILED, .error = copy != NULL ? copy : TEXT_NO_MEMORY};
}

/* Answers a field with a function of the script. */
static void ask_script(struct plugin *plugin, const struct field_call *call)
{
    enum decoded decoded;

    if (plugin->vm.L == NULL || plugin->extraction.object == NULL) {
        fail_value(plugin, call->value, "the plugin is not initialised");
        return;
    }
    decoded = decode(plugin);
    if (decoded == DECODED_NOT_OURS) {
        call->value->outcome = VALUE_ABSENT;
    } else if (decoded == DECODED_FAILED) {
        fail_value(plugin, call->value,
                   plugin->extraction.decode_error != NULL ? plugin->extraction.decode_error : TEXT_NO_MEMORY);
    } else if (!call_with_event(plugin, call->field->label, call_field_lj, (void *)(uintptr_t)call)) {
        fail_value(plugin, call->value, vm_error(&plugin->vm));
        vm_log_error(&plugin->vm);
    }
}

/* Answers a field with a path: from the payload's text, without Lua. */
static void follow_path(struct plugin *plugin, const struct field_call *call)
{
    (void)plugin;
    (void)call;
}

static void find_out(struct plugin *plugin, const struct field_call *call)
{
    if (call->field->path != NULL || call->field->path_is_arg) {
        follow_path(plugin, call);
    } else {
        ask_script(plugin, call);
    }
    if (plugin->script->api == ABI_0 &&
        !value_make_plain(call->value, call->field->type, &plugin->extraction.pool)) {
        fail_value(plugin, call->value, TEXT_NO_MEMORY);
    }
}

/* The script's own field that a field of the generic identity, with its name as argument, stands for. */
static const struct field *generic_field(struct plugin *plugin, size_t number, const struct argument *argument,
                                         struct value *value)
{
    const struct field *generic = &plugin->manifest->fields[number];
    const struct field *field =
        argument->kind == ARGUMENT_KEY ? manifest_field(plugin->script, argument->key) : NULL;
    char *error = NULL;

    if (field == NULL) {
        error = text_format("%s: the script %s has no field called \"%s\"", generic->name,
                            plugin->script->source->name, argument->kind == ARGUMENT_KEY ? argument->key : "");
    } else if (field->type != generic->type || field->list) {
        error = text_format("%s: the field \"%s\" has the type %s%s", generic->name, field->name,
                            field->list ? "list of " : "", field->type->name);
    }
    if (field == NULL || error != NULL) {
        fail_value(plugin, value, error != NULL ? error : TEXT_NO_MEMORY);
        log_limited(&plugin->log, LOG_LEVEL_ERROR, value->error);
        free(error);
        return NULL;
    }
    return field;
}

static const struct value out_of_memory = {.outcome = VALUE_FAILED, .error = TEXT_NO_MEMORY};

const struct value *extraction_get(struct plugin *plugin, size_t number, const struct argument *argument)
{
    static const struct argument none = {.kind = ARGUMENT_NONE};
    struct extraction *extraction = &plugin->extraction;
    struct value *value;
    const struct field *field;

    if (number >= extraction->memo.fields) {
        return &out_of_memory;
    }
    value = memo_find(&extraction->memo, &extraction->pool, number, argument);
    if (value == NULL) {
        return &out_of_memory;
    }
    if (value->outcome != VALUE_UNKNOWN) {
        return value;
    }
    if (plugin->manifest == plugin->script) {
        field = &plugin->script->fields[number];
    } else {
        field = generic_field(plugin, number, argument, value);
        argument = &none;
    }
    if (field != NULL) {
        size_t own_number = (size_t)(field - plugin->script->fields);

        find_out(plugin, &(struct field_call){plugin, own_number, field, argument, value});
    }
    return value;
}

/* Decimal digits without a leading zero, in 64 bits. */
static bool read_index(const char *text, uint64_t *index)
{
    size_t digits = strspn(text, "0123456789");
    uint64_t sum = 0;

    if (digits == 0 || text[digits] != '\0' || (digits > 1 && text[0] == '0')) {
        return false;
    }
    for (; *text != '\0'; text++) {
        if (__builtin_mul_overflow(sum, 10u, &sum) || __builtin_add_overflow(sum, (unsigned)(*text - '0'), &sum)) {
            return false;
        }
    }
    *index = sum;
    return sum <= INT64_MAX;
}

bool extraction_argument(const struct field *field, const char *text, struct argument *argument)
{
    *argument = (struct argument){.kind = ARGUMENT_NONE};
    if (text == NULL || !field->has_arg) {
        return true;
    }
    if (field->arg_index && read_index(text, &argument->index)) {
        argument->kind = ARGUMENT_INDEX;
        return true;
    }
    if (!field->arg_key) {
        return false;
    }
    argument->kind = ARGUMENT_KEY;
    argument->key = text;
    return true;
}

static int call_to_string_lj(lua_State *L)
{
    struct plugin *plugin = lua_touserdata(L, 1);
    const struct extraction *extraction = &plugin->extraction;
    size_t length;
    const char *text;
    char got[96];

    plugin_push_callback(L, plugin, KEY_TO_STRING);                   /* plugin, function */
    lua_pushvalue(L, 2);                                              /* plugin, function, function */
    lua_rawgeti(L, LUA_REGISTRYINDEX, extraction->decoded_reference); /* ..., value */
    lua_rawgeti(L, LUA_REGISTRYINDEX, extraction->object_reference);  /* ..., value, event */
    lua_call(L, 2, 2);                                                /* plugin, function, text, message */
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

const char *extraction_text(struct plugin *plugin)
{
    const struct event *event = &plugin->extraction.event;

    if (plugin->vm.L != NULL && plugin->functions[KEY_TO_STRING] != LUA_NOREF && plugin->extraction.object != NULL &&
        decode(plugin) == DECODED_VALUE) {
        if (call_with_event(plugin, script_keys[KEY_TO_STRING].name, call_to_string_lj, plugin)) {
            return plugin->shown.text;
        }
        plugin_fail_from_lua(plugin);
    }
    return owned_text_set(&plugin->shown, event->data, event->size);
}
