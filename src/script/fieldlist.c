#include "script/fieldlist.h"

#include "event/value.h"
#include "script/copies.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

/* By name; fields without a name come first. */
static int compare_names(const void *a, const void *b)
{
    const struct field *const *x = a, *const *y = b;

    if ((*x)->name == NULL || (*y)->name == NULL) {
        return ((*x)->name != NULL) - ((*y)->name != NULL);
    }
    return strcmp((*x)->name, (*y)->name);
}

static void check_names_lj(lua_State *L, const struct field *fields, size_t count, struct findings *findings)
{
    const struct field **sorted = lua_newuserdatauv(L, count * sizeof(*sorted), 0); /* sorted */

    for (size_t i = 0; i < count; i++) {
        sorted[i] = &fields[i];
    }
    qsort(sorted, count, sizeof(*sorted), compare_names);
    for (size_t i = 1; i < count; i++) {
        if (sorted[i - 1]->name != NULL && compare_names(&sorted[i - 1], &sorted[i]) == 0) {
            findings_add(findings, sorted[i]->name, "two fields are called \"%s\"", sorted[i]->name);
        }
    }
    lua_pop(L, 1); /* */
}

/* The list must have only elements: a field under a string key would silently be lost. */
static void check_list_lj(lua_State *L, int index, size_t length, struct findings *findings)
{
    char got[96];

    lua_pushnil(L);                   /* key */
    while (lua_next(L, index) != 0) { /* key, value */
        lua_pop(L, 1);                /* key */
        if (!lua_isinteger(L, -1) || lua_tointeger(L, -1) < 1 ||
            (lua_Unsigned)lua_tointeger(L, -1) > length) {
            value_describe(L, -1, got, sizeof(got));
            findings_add(findings, "fields",
                         "fields: expected a list without holes, got a table with the key %s", got);
        }
    }
}

void fields_read_lj(lua_State *L, int index, enum abi api, bool for_all, struct field **fields, size_t *count,
                    struct findings *findings)
{
    size_t length;
    char got[96];

    index = lua_absindex(L, index);
    length = lua_rawlen(L, index);
    check_list_lj(L, index, length, findings);
    if (length == 0) {
        findings_add(findings, "fields", "fields: expected a list with at least one field");
        return;
    }
    copies_charge_lj(L, length * sizeof(**fields));
    *fields = calloc(length, sizeof(**fields));
    if (*fields == NULL) {
        vm_no_memory_lj(L);
    }
    for (size_t i = 0; i < length; i++) {
        *count = i + 1;
        lua_rawgeti(L, index, (lua_Integer)i + 1); /* field */
        if (lua_istable(L, -1)) {
            field_read_lj(L, -1, api, for_all, i + 1, &(*fields)[i], findings);
        } else {
            value_describe(L, -1, got, sizeof(got));
            findings_add(findings, "fields", "field %zu: expected a table, got %s", i + 1, got);
        }
        lua_pop(L, 1); /* */
    }
    check_names_lj(L, *fields, *count, findings);
}

void fields_free(struct field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        field_clear(&fields[i]);
    }
    free(fields);
}
