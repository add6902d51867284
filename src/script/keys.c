#include "script/keys.h"

#include <lua.h>
#include <stddef.h>

const struct script_key_info script_keys[KEY_COUNT] = {
#define SCRIPT_KEY(identifier, name, kinds, needs, since, ...)                                               \
    {name, kinds, KEY_NEEDS_##needs, KEY_SINCE_##since, __VA_ARGS__},
#include "script/keys.def"
#undef SCRIPT_KEY
};

const char *const script_key_names[] = {
#define SCRIPT_KEY(identifier, name, ...) name,
#include "script/keys.def"
#undef SCRIPT_KEY
    NULL,
};

const char *key_expected(unsigned kinds)
{
    static const struct {
        unsigned kinds;
        const char *text;
    } texts[] = {
        {KEY_IS_STRING, "a string"},
        {KEY_IS_INTEGER, "an integer"},
        {KEY_IS_NUMBER, "a number"},
        {KEY_IS_TABLE, "a table"},
        {KEY_IS_FUNCTION, "a function"},
        {KEY_IS_BOOLEAN, "true or false"},
        {KEY_IS_TABLE | KEY_IS_FUNCTION, "a table or a function"},
        {KEY_IS_STRING | KEY_IS_TABLE, "a string or a list of strings"},
        {KEY_IS_FUNCTION | KEY_IS_BOOLEAN, "a function or true"},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (texts[i].kinds == kinds) {
            return texts[i].text;
        }
    }
    return "a string, a number, true or false";
}

bool key_accepts(unsigned kinds, int lua_type, bool integral)
{
    switch (lua_type) {
    case LUA_TSTRING:
        return (kinds & KEY_IS_STRING) != 0;
    case LUA_TNUMBER:
        return (kinds & KEY_IS_NUMBER) != 0 || (integral && (kinds & KEY_IS_INTEGER) != 0);
    case LUA_TTABLE:
        return (kinds & KEY_IS_TABLE) != 0;
    case LUA_TFUNCTION:
        return (kinds & KEY_IS_FUNCTION) != 0;
    case LUA_TBOOLEAN:
        return (kinds & KEY_IS_BOOLEAN) != 0;
    default:
        return false;
    }
}
