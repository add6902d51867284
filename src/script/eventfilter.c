#include "script/eventfilter.h"

#include "base/text.h"
#include "event/event.h"
#include "event/eventtable.h"
#include "event/value.h"
#include "script/copies.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

static bool has_name(const cJSON *names, const char *name)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, names)
    {
        if (cJSON_IsString(item) && strcmp(item->valuestring, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Stack: [list] unchanged */
static bool are_names_lj(lua_State *L)
{
    bool good = lua_rawlen(L, -1) > 0;

    for (lua_Integer i = 1; good && i <= (lua_Integer)lua_rawlen(L, -1); i++) {
        size_t length = 0;
        const char *name = lua_rawgeti(L, -1, i) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : NULL;

        good = name != NULL && utf8_is_name(name, length);
        lua_pop(L, 1); /* list */
    }
    return good;
}

cJSON *names_read_lj(lua_State *L, int index, enum script_key key, struct findings *findings)
{
    const char *name = script_keys[key].name;
    cJSON *names = NULL;

    index = lua_absindex(L, index);
    lua_pushstring(L, name); /* name */
    lua_rawget(L, index);    /* list */
    if (are_names_lj(L)) {
        names = copies_json_lj(L, -1, name);
    }
    lua_pop(L, 1); /* */
    if (!cJSON_IsArray(names)) {
        cJSON_Delete(names);
        findings_add(findings, name, "%s: expected a list of names, such as { \"one\", \"two\" }", name);
        return NULL;
    }
    return names;
}

/* Room for as many types more. */
static void make_room_lj(lua_State *L, struct filter *filter, size_t more)
{
    uint16_t *types = realloc(filter->types, (filter->count + more) * sizeof(*types));

    if (types == NULL) {
        vm_no_memory_lj(L);
        return;
    }
    filter->types = types;
}

static void add_type_lj(lua_State *L, struct filter *filter, uint16_t type)
{
    for (uint32_t i = 0; i < filter->count; i++) {
        if (filter->types[i] == type) {
            return;
        }
    }
    make_room_lj(L, filter, 1);
    filter->types[filter->count++] = type;
}

/* Adds all types of one event name: enter and exit. False: there is none. */
static bool add_named_lj(lua_State *L, struct filter *filter, const char *name)
{
    uint16_t types[64];
    size_t count = event_types_named(name, types, sizeof(types) / sizeof(types[0]));

    for (size_t i = 0; i < count; i++) {
        add_type_lj(L, filter, types[i]);
    }
    return count > 0;
}

/* Stack: [..., item] unchanged */
static void read_event_type_lj(lua_State *L, const char *key, struct filter *filter,
                               struct findings *findings)
{
    const char *name, *nearest, *names[EVENT_TYPES + 1];
    char got[96];
    lua_Integer number;

    name = value_name(L, -1);
    if (name != NULL) {
        if (!add_named_lj(L, filter, name)) {
            event_names(names);
            nearest = text_nearest(name, names);
            findings_add(findings, name, "%s: there is no event type called \"%s\"%s%s%s", key, name,
                         nearest != NULL ? "; did you mean \"" : "", nearest != NULL ? nearest : "",
                         nearest != NULL ? "\"?" : "");
        }
        return;
    }
    number = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : -1;
    if (number < 0 || number >= EVENT_TYPES) {
        value_describe(L, -1, got, sizeof(got));
        findings_add(findings, key,
                     "%s: expected names or numbers of event types, such as \"open\" or 322, got %s", key,
                     got);
        return;
    }
    add_type_lj(L, filter, (uint16_t)number);
}

static void read_types_lj(lua_State *L, int index, const char *key, struct filter *filter,
                          struct findings *findings)
{
    lua_pushstring(L, key); /* key */
    lua_rawget(L, index);   /* list */
    if (lua_rawlen(L, -1) == 0) {
        findings_add(findings, key, "%s: expected a list of event types, such as { \"open\", 322 }", key);
    }
    for (lua_Integer i = 1; i <= (lua_Integer)lua_rawlen(L, -1); i++) {
        lua_rawgeti(L, -1, i); /* list, item */
        read_event_type_lj(L, key, filter, findings);
        lua_pop(L, 1); /* list */
    }
    lua_pop(L, 1); /* */
}

void filter_read_lj(lua_State *L, int index, const bool *has, enum script_key sources, enum script_key types,
                    struct filter *filter, struct findings *findings)
{
    index = lua_absindex(L, index);
    if (has[sources]) {
        filter->sources = names_read_lj(L, index, sources, findings);
    }
    if (has[types]) {
        read_types_lj(L, index, script_keys[types].name, filter, findings);
    } else if (!has_name(filter->sources, FILTER_SYSCALL)) {
        add_type_lj(L, filter, EVENT_TYPE_PLUGIN);
    }
}

void filter_free(struct filter *filter)
{
    cJSON_Delete(filter->sources);
    free(filter->types);
}

static bool takes_type(const struct filter *filter, uint16_t type)
{
    for (uint32_t i = 0; i < filter->count; i++) {
        if (filter->types[i] == type) {
            return true;
        }
    }
    return filter->count == 0;
}

/* As strcmp(a, b) == 0, without a call: source names are short, and compared for each event. */
static inline bool is_same(const char *a, const char *b)
{
    while (*a == *b && *a != '\0') {
        a++;
        b++;
    }
    return *a == *b;
}

bool filter_takes(const struct filter *filter, const char *own, uint16_t type, const char *source)
{
    if (!takes_type(filter, type)) {
        return false;
    }
    if (source == NULL || (own != NULL && is_same(own, source))) {
        return true;
    }
    return filter->sources != NULL ? has_name(filter->sources, source) : own == NULL;
}

bool filter_takes_syscalls(const struct filter *filter)
{
    for (uint32_t i = 0; i < filter->count; i++) {
        if (filter->types[i] != EVENT_TYPE_PLUGIN) {
            return true;
        }
    }
    return filter->count == 0;
}
