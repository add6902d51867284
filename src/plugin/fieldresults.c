#include "plugin/fieldresults.h"

#include "base/text.h"
#include "event/parsetext.h"
#include "lua/budget.h"
#include "lua/fastapi.h"
#include "plugin/plugin.h"

#include <lauxlib.h>
#include <stdint.h>

/* Longer ones are charged by their length, not by that of the list. */
#define LISTED_TEXT 1024

/* Throws what is wrong with the value at `index`. */
static void refuse_value_lj(lua_State *L, const struct field_call *call, int index, enum value_read why)
{
    char got[96];

    if (why == VALUE_READ_MEMORY) {
        vm_no_memory_lj(L);
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

/* A long text is charged to the time budget. */
static void charge_text_lj(lua_State *L, int index)
{
    size_t length;
    const char *text = lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, &length) : NULL;

    if (text != NULL) {
        value_charge_text_lj(L, text, length);
        budget_charge_lj(L, BUDGET_OF_STEP);
    }
}

/* Writes element `number`, from 1, of the table at `index` as a cell. Stack unchanged */
static void take_element_lj(lua_State *L, const struct field_call *call, int index, size_t number, void *cell)
{
    struct pool *pool = &call->plugin->extraction.pool;
    enum value_read read;

    lua_rawgeti(L, index, (lua_Integer)number); /* element */
    charge_text_lj(L, -1);
    read = value_read_lua(L, -1, call->field->type, pool, cell);
    if (read != VALUE_READ_OK) {
        refuse_value_lj(L, call, -1, read);
    }
    lua_pop(L, 1); /* */
}

/* Stack: [..., value at `index`] unchanged */
static void take_list_lj(lua_State *L, const struct field_call *call, int index)
{
    struct pool *pool = &call->plugin->extraction.pool;
    const struct field_type *type = call->field->type;
    char got[96];
    size_t count, length;
    unsigned char *cells;
    bool plain;

    if (!lua_istable(L, index)) {
        value_describe(L, index, got, sizeof(got));
        vm_fail_lj(L, 2, "expected a list (%s), got %s", type->name, got);
    }
    plain = fastapi_sequence(L, index, &count) && count <= UINT32_MAX;
    count = plain ? count : count_elements_lj(L, call, index);
    if (count == 0) {
        call->value->outcome = VALUE_ABSENT;
        return;
    }
    cells = pool_take(pool, count * type->cell);
    if (cells == NULL) {
        vm_no_memory_lj(L);
    }
    budget_charge_lj(L, count * BUDGET_OF_STEP);
    for (size_t i = 0; i < count; i++) {
        const char *text = plain ? fastapi_element_text(L, index, i + 1, &length) : NULL;
        void *cell = cells + i * type->cell;

        if (text == NULL || length > LISTED_TEXT ||
            type->read_text(type, text, length, pool, cell) != VALUE_READ_OK) {
            take_element_lj(L, call, index, i + 1, cell);
        }
    }
    *call->value = (struct value){.outcome = VALUE_PRESENT, .count = (uint32_t)count, .cells = cells};
}

static void take_single_lj(lua_State *L, const struct field_call *call, int index)
{
    struct pool *pool = &call->plugin->extraction.pool;
    void *cell = pool_take(pool, call->field->type->cell);
    enum value_read read;

    charge_text_lj(L, index);
    read = cell != NULL ? value_read_lua(L, index, call->field->type, pool, cell) : VALUE_READ_MEMORY;

    if (read != VALUE_READ_OK) {
        refuse_value_lj(L, call, index, read);
    }
    *call->value = (struct value){.outcome = VALUE_PRESENT, .count = 1, .cells = cell};
}

/* One offset and its length, at -2 and -1: inside the payload. */
static void take_offset_lj(lua_State *L, const struct field_call *call, uint32_t number)
{
    size_t size = call->plugin->extraction.event->size;
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
        vm_no_memory_lj(L);
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

int fieldresults_any_lj(lua_State *L)
{
    const struct field_call *call = lua_touserdata(L, 1);

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

/* The most common kinds of value; false: see value_read_lua. */
static bool read_common(lua_State *L, const struct field_type *type, struct pool *pool, void *cell)
{
    size_t length;
    const char *text;

    if (type->is_whole && fastapi_natural(L, 3, cell)) {
        return true;
    }
    text = type->is_whole || type->kind == CELL_TEXT ? fastapi_text(L, 3, &length) : NULL;
    if (text == NULL || type->is_whole) {
        return text != NULL && natural_parse(text, length, cell);
    }
    if (length > VALUE_SHORT_TEXT) {
        return false;
    }
    *(const char **)cell = value_text(pool, text, length);
    return *(const char **)cell != NULL;
}

/* Is the value a text whose conversion is to be charged? */
static bool is_long_text(lua_State *L)
{
    size_t length;

    return fastapi_text(L, 3, &length) != NULL && length > VALUE_SHORT_TEXT;
}

bool fieldresults_plain(lua_State *L, const struct field_call *call)
{
    const struct field_type *type = call->field->type;
    struct pool *pool = &call->plugin->extraction.pool;
    void *cell;

    if (fastapi_is_nil(L, 3) && fastapi_is_nil(L, 2)) {
        call->value->outcome = VALUE_ABSENT;
        return true;
    }
    if (call->field->list || !fastapi_is_nil(L, 1)) {
        return false;
    }
    cell = pool_take(pool, type->cell);
    if (cell == NULL) {
        return false;
    }
    if (!read_common(L, type, pool, cell) &&
        (is_long_text(L) || value_read_lua(L, -3, type, pool, cell) != VALUE_READ_OK)) {
        return false;
    }
    *call->value = (struct value){.outcome = VALUE_PRESENT, .count = 1, .cells = cell};
    return true;
}

bool fieldresults_text(const struct eval_text *text, const struct field_type *type, struct pool *pool,
                       void *cell)
{
    return type->read_text(type, text->data, text->size, pool, cell) == VALUE_READ_OK;
}

/* The value as a cell of the type. False: it is none, or memory is out. */
static bool write_cell(const struct eval_value *result, const struct field_type *type, struct pool *pool,
                       void *cell)
{
    if (result->kind == EVAL_TEXT) {
        return fieldresults_text(&result->text, type, pool, cell);
    }
    switch (type->kind) {
    case CELL_BOOL:
        *(uint32_t *)cell = result->kind == EVAL_BOOLEAN && result->boolean;
        return result->kind == EVAL_BOOLEAN;
    case CELL_NATURAL:
        *(uint64_t *)cell = (uint64_t)result->integer;
        return type->is_whole && result->kind == EVAL_INTEGER && result->integer >= 0;
    case CELL_TEXT:
    case CELL_ADDRESS:
        break;
    }
    return false;
}

enum value_outcome fieldresults_cell(const struct eval_value *result, const struct field_type *type,
                                     struct pool *pool, void *cell)
{
    if (result->kind == EVAL_NIL) {
        return VALUE_ABSENT;
    }
    return write_cell(result, type, pool, cell) ? VALUE_PRESENT : VALUE_UNKNOWN;
}

bool fieldresults_eval(const struct eval_value *result, const struct field *field, struct pool *pool,
                       struct value *value)
{
    const struct field_type *type = field->type;
    const struct eval_value *values = result->kind == EVAL_LIST ? result->list->values : result;
    int count = result->kind == EVAL_LIST ? result->list->count : result->kind != EVAL_NIL;
    unsigned char *cells;

    if (count == 0) {
        value->outcome = VALUE_ABSENT;
        return result->kind == EVAL_NIL || field->list;
    }
    cells = (result->kind == EVAL_LIST) == field->list ? pool_take(pool, (size_t)count * type->cell) : NULL;
    for (int i = 0; cells != NULL && i < count; i++) {
        if (!write_cell(&values[i], type, pool, cells + (size_t)i * type->cell)) {
            return false;
        }
    }
    *value = (struct value){.outcome = VALUE_PRESENT, .count = (uint32_t)count, .cells = cells};
    return cells != NULL;
}

bool fieldresults_can_eval(const struct field *field, enum abi api)
{
    switch (field->type->kind) {
    case CELL_TEXT:
    case CELL_NATURAL:
        return !field->list || api != ABI_0;
    case CELL_BOOL:
        return api != ABI_0; /* which has other cells */
    case CELL_ADDRESS:
        break;
    }
    return false;
}
