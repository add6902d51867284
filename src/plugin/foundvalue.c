#include "plugin/foundvalue.h"

#include "json/jsonscalars.h"
#include "json/jsonscanner.h"
#include "lua/budget.h"
#include "lua/integertext.h"
#include "modules/json_document.h"
#include "plugin/fieldresults.h"

/* Digits of an integer that surely is one of Lua's. */
#define SAFE_DIGITS 18

/* Pushes one JSON value; nil: it is broken inside, as a string with a line break. A list or an object becomes
 * a document with a text of its own. Stack: [] -> [value] */
static void push_json_lj(lua_State *L, const struct bytes *json)
{
    const char *begin = json->data, *text;

    budget_charge_lj(L, BUDGET_OF_STEP + json->length / 8);
    if (*begin == '{' || *begin == '[') {
        text = lua_pushlstring(L, begin, json->length);                          /* text */
        document_push_root_lj(L, text, text + json->length);                     /* text, document */
        lua_remove(L, -2);                                                       /* document */
    } else if (!document_push_scalar_lj(L, begin, begin + json->length, true)) { /* value */
        lua_pushnil(L);
    }
}

int foundvalue_push_lj(lua_State *L)
{
    const struct field_call *call = lua_touserdata(L, 1);
    const struct bytes *cells = call->found->cells;
    uint32_t count = call->found->count;
    lua_Integer length = 0;

    if (!call->field->finds_many) {
        push_json_lj(L, cells);
        return 1;
    }
    lua_createtable(L, count < 64 ? (int)count : 64, 0); /* call, list */
    for (uint32_t i = 0; i < count; i++) {
        push_json_lj(L, &cells[i]); /* call, list, value */
        if (lua_isnil(L, 3)) {
            lua_pop(L, 1); /* call, list */
        } else {
            lua_rawseti(L, 2, ++length); /* call, list */
        }
    }
    if (length == 0) {
        lua_pushnil(L); /* call, list, nil */
    }
    return 1;
}

/* The inside of a string. */
static bool eval_string(const char *begin, const char *end, struct eval_value *value)
{
    bool is_plain;
    const char *close = json_plain_string_end(begin, end, &is_plain);

    value->kind = EVAL_TEXT;
    value->text = (struct eval_text){begin, is_plain ? (size_t)(close - begin) : 0};
    return is_plain;
}

bool foundvalue_eval(const struct bytes *json, const struct eval_documents *documents,
                     struct eval_value *value)
{
    const struct eval_text text = {json->data, json->length};
    const char *begin = text.data;
    bool is_integer;
    uint64_t number;

    switch (*begin) {
    case '"':
        return eval_string(begin + 1, begin + text.size, value);
    case '{':
    case '[':
        return documents->open(&text, value);
    case 't':
    case 'f':
        value->kind = EVAL_BOOLEAN;
        value->boolean = *begin == 't';
        return true;
    default:
        if (text.size > SAFE_DIGITS ||
            json_number_length(begin, begin + text.size, &is_integer) != text.size || !is_integer ||
            !integer_read(begin, text.size, &number)) {
            return false;
        }
        value->kind = EVAL_INTEGER;
        value->integer = (int64_t)number;
        return true;
    }
}
