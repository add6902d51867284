#include "plugin/foundvalue.h"

#include "lua/budget.h"
#include "modules/json_document.h"
#include "plugin/fieldresults.h"

/* Pushes one JSON value. A list or an object becomes a document with a text of its own. Stack: [] -> [value]
 */
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

    if (!call->field->finds_many) {
        push_json_lj(L, cells);
        return 1;
    }
    lua_createtable(L, count < 64 ? (int)count : 64, 0); /* call, list */
    for (uint32_t i = 0; i < count; i++) {
        push_json_lj(L, &cells[i]); /* call, list, value */
        lua_rawseti(L, 2, (lua_Integer)i + 1);
    }
    return 1;
}
