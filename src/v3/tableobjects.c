/*
 * Lua objects for state tables: handles (`lure.table`), tables in entries, entries.
 */
#include "event/value.h"
#include "lua/budget.h"
#include "v3/resolvedtable.h"
#include "v3/statehandle.h"
#include "v3/tableentries.h"
#include "v3/tablefields.h"

#include <lauxlib.h>
#include <string.h>

#define NESTED_TABLE "table in a state table"
#define ENTRY        "entry of a state table"

/* Units of the time budget that a place in a table takes: it is looked at, and what is there is held. */
#define UNITS_OF_PLACE 4

/* Bytes of an entry without its texts. */
#define ENTRY_ROOM 4096u

/* A table in an entry, which is kept in its user value: it is valid as long as the entry. */
struct nested_object {
    const struct state_table *kind;
    ss_plugin_table_t *table;
    const struct entry_object *entry;
};

/* A table that the script uses: its description, and the table itself. */
struct used_table {
    const struct state_table *kind;
    ss_plugin_table_t *table;
    const ss_plugin_table_reader_vtable_ext *reader;
    const ss_plugin_table_writer_vtable_ext *writer; /* NULL: may not be written now */
};

static struct tables *tables_of(const struct state_table *kind)
{
    return &kind->handle->tables;
}

static void refuse_now_lj(lua_State *L, const struct state_table *kind, const char *what)
{
    const char *callback = vm_of(L)->callback;

    luaL_error(L,
               "state table \"%s\": the host does not let it be %s in %s; it does in parse, capture_open and "
               "capture_close%s",
               kind->name, what, callback != NULL ? callback : "the script's top level",
               strcmp(what, "read") == 0 ? ", and where fields are extracted" : "");
}

/* One `each`. The host calls us for every entry, and must not be jumped over: the script runs in a protected
 * call, and its error is thrown again when the host has returned. */
struct iteration {
    lua_State *L;
    const struct used_table *used;
    ss_plugin_table_entry_t *entry;
    bool failed;                   /* the error is on the stack */
    const struct iteration *outer; /* under way around it, or NULL */
};

/* Containers of hosts must not be changed during an iteration. Own tables can be. */
static bool is_iterated(const struct state_table *kind)
{
    const struct iteration *iteration = tables_of(kind)->iterating;

    while (iteration != NULL && iteration->used->kind != kind) {
        iteration = iteration->outer;
    }
    return iteration != NULL && !kind->own;
}

/* Own tables take no memory that garbage has: it is collected where they may need `size` bytes, and some. */
static void make_room(lua_State *L, const struct state_table *kind, size_t size)
{
    struct memory_budget *budget = vm_of(L)->blocks.budget;

    if (kind->own && memory_left(budget) < size + ENTRY_ROOM) {
        memory_make_room(budget, size);
    }
}

/* Charges a loop over an own table; those of hosts are not ours to know. */
static void charge_loop_lj(lua_State *L, const struct used_table *used)
{
    if (used->kind->own) {
        budget_charge_lj(L, UNITS_OF_PLACE * own_table_places(used->table));
    }
}

/* Checks the table at 1: a handle, or a table in an entry. `writing`: it is about to be changed. */
static struct used_table check_table_lj(lua_State *L, bool writing)
{
    struct table_handle *handle = luaL_testudata(L, 1, TABLE_HANDLE);
    struct used_table used = {NULL, NULL, NULL, NULL};

    if (handle != NULL && handle->table != NULL) {
        used.kind = handle->table;
        used.table = used.kind->table;
        if (used.table == NULL) {
            luaL_error(L, "state table \"%s\": the host has no such table; ask for it with exists()",
                       used.kind->name);
        }
    } else if (handle != NULL) {
        luaL_error(L, "state table \"%s\": it can be used from init on", handle->declared->name);
    } else {
        const struct nested_object *nested = luaL_checkudata(L, 1, NESTED_TABLE);

        used.kind = nested->kind;
        used.table = nested->table;
        if (nested->entry->state == ENTRY_GONE) {
            luaL_error(L,
                       "this table \"%s\" is gone: its entry is, which is valid only inside the call, or the "
                       "step of each, that got it",
                       used.kind->name);
        }
    }
    used.reader = state_table_reader(used.kind);
    used.writer = state_table_writer(used.kind);
    if (used.reader == NULL) {
        refuse_now_lj(L, used.kind, "read");
    }
    if (writing && used.writer == NULL) {
        refuse_now_lj(L, used.kind, "written");
    }
    make_room(L, used.kind, 0);
    if (writing && is_iterated(used.kind)) {
        luaL_error(L,
                   "state table \"%s\": a table of the host cannot get or lose entries while it is iterated; "
                   "note what "
                   "is to be done, and do it behind each",
                   used.kind->name);
    }
    return used;
}

/* Throws the host's error message of the function that just failed. */
static int fail_lj(lua_State *L, const struct state_table *kind, const char *what)
{
    const char *why = kind->own ? __atomic_load_n(&tables_of(kind)->own_error, __ATOMIC_ACQUIRE)
                                : tablefields_owner_error(kind->handle);

    return luaL_error(L, "state table \"%s\": %s: %s", kind->name, what, why);
}

static void read_key_lj(lua_State *L, const struct used_table *used, ss_plugin_state_data *key)
{
    state_value_read_lj(L, 2, used->kind->key, "key", key);
}

/* A new entry object without an entry. Stack: [] -> [entry] */
static struct entry_object *push_entry_lj(lua_State *L, const struct used_table *used)
{
    struct entry_object *entry = lua_newuserdatauv(L, sizeof(*entry), 0); /* entry */

    *entry = (struct entry_object){.kind = used->kind, .table = used->table, .state = ENTRY_GONE};
    luaL_setmetatable(L, ENTRY);
    return entry;
}

static int get_lj(lua_State *L)
{
    struct used_table used = check_table_lj(L, false);
    struct entry_object *object;
    ss_plugin_table_entry_t *entry;
    ss_plugin_state_data key;

    read_key_lj(L, &used, &key);
    object = push_entry_lj(L, &used); /* ..., entry */
    entry =
        used.kind->own ? own_table_find(used.table, &key) : used.reader->get_table_entry(used.table, &key);
    if (entry == NULL) {
        lua_pushnil(L); /* ..., entry, nil */
    } else {
        entry_take(tables_of(used.kind), object, entry, ENTRY_HELD);
    }
    return 1;
}

static const struct state_field *find_field_lj(lua_State *L, const struct state_table *kind, int index)
{
    const struct state_field *field;
    char got[96];

    state_table_push_names(L, kind); /* names */
    lua_pushvalue(L, index);         /* names, name */
    lua_rawget(L, -2);               /* names, field */
    field = lua_touserdata(L, -1);
    lua_pop(L, 2); /* */
    if (field == NULL) {
        value_describe(L, index, got, sizeof(got));
        luaL_error(L,
                   "state table \"%s\" has no field %s; if it is to be added, declare it: lure.table(name, { "
                   "fields = { "
                   "NAME = TYPE } })",
                   kind->name, got);
    }
    return field;
}

/* Converts the value at `index` for a field; a text is replaced by its sanitized form. Stack: unchanged */
static void read_value_lj(lua_State *L, const struct state_field *field, int index,
                          ss_plugin_state_data *data)
{
    if (field->type->number == STATE_TABLE) {
        luaL_error(L, "field \"%s\": a table in an entry cannot be replaced; write to its entries",
                   field->name);
    }
    state_value_read_lj(L, index, field->type, field->name, data);
    if (field->type->number == STATE_STRING) {
        lua_pushvalue(L, index); /* text */
        value_clean_lj(L, UTF8_TEXT);
        data->str = lua_tostring(L, -1);
        lua_replace(L, index); /* */
    }
}

/* Writes the value at `index` into a field. */
static void write_field_lj(lua_State *L, const struct used_table *used, ss_plugin_table_entry_t *entry,
                           const struct state_field *field, int index)
{
    ss_plugin_state_data data;

    read_value_lj(L, field, index, &data);
    make_room(L, used->kind, field->type->number == STATE_STRING ? strlen(data.str) : 0);
    if (used->writer->write_entry_field(used->table, entry, field->field, &data) != SS_PLUGIN_SUCCESS) {
        fail_lj(L, used->kind, field->name);
    }
}

/* t:exists([field]): whether an optional table, or its field, exists */
static int exists_lj(lua_State *L)
{
    const struct table_handle *handle = luaL_checkudata(L, 1, TABLE_HANDLE);
    const struct state_table *kind = handle->table;
    bool exists = kind != NULL && kind->table != NULL;

    if (exists && !lua_isnoneornil(L, 2)) {
        luaL_checktype(L, 2, LUA_TSTRING);
        state_table_push_names(L, kind);        /* ..., names */
        lua_pushvalue(L, 2);                    /* ..., names, name */
        exists = lua_rawget(L, -2) != LUA_TNIL; /* ..., names, field */
    }
    lua_pushboolean(L, exists); /* ..., exists */
    return 1;
}

/* Checks the values in the table at 3 before anything is changed. Throws. */
static void check_values_lj(lua_State *L, const struct state_table *kind)
{
    ss_plugin_state_data data;

    lua_pushnil(L);               /* ..., name */
    while (lua_next(L, 3) != 0) { /* ..., name, value */
        const struct state_field *field = find_field_lj(L, kind, lua_gettop(L) - 1);

        read_value_lj(L, field, lua_gettop(L), &data);
        lua_pop(L, 1); /* ..., name */
    }
}

/* t:add(key [, values]): the values are written once the entry is in the table; in libsinsp's own lists an
 * entry that is in none yet has no memory for them. */
static int add_lj(lua_State *L)
{
    struct used_table used = check_table_lj(L, true);
    struct entry_object *object;
    ss_plugin_table_entry_t *entry;
    ss_plugin_state_data key;

    if (!lua_isnoneornil(L, 3)) {
        luaL_checktype(L, 3, LUA_TTABLE);
        check_values_lj(L, used.kind);
    }
    lua_settop(L, 3); /* table, key, values */
    read_key_lj(L, &used, &key);
    object = push_entry_lj(L, &used); /* table, key, values, entry */
    entry = used.writer->create_table_entry(used.table);
    if (entry == NULL) {
        return fail_lj(L, used.kind, "add");
    }
    entry_take(tables_of(used.kind), object, entry, ENTRY_CREATED);
    entry = used.writer->add_table_entry(used.table, &key, object->entry);
    if (entry == NULL) { /* it is still ours */
        return fail_lj(L, used.kind, "add");
    }
    object->entry = entry;
    object->state = ENTRY_HELD;
    if (lua_istable(L, 3)) {
        lua_pushnil(L);               /* ..., entry, name */
        while (lua_next(L, 3) != 0) { /* ..., entry, name, value */
            write_field_lj(L, &used, entry, find_field_lj(L, used.kind, lua_gettop(L) - 1), lua_gettop(L));
            lua_pop(L, 1); /* ..., entry, name */
        }
    }
    return 1;
}

static int erase_lj(lua_State *L)
{
    struct used_table used = check_table_lj(L, true);
    ss_plugin_state_data key;

    read_key_lj(L, &used, &key);
    lua_pushboolean(L, used.kind->own
                           ? own_table_erase(used.table, &key)
                           : used.writer->erase_table_entry(used.table, &key) == SS_PLUGIN_SUCCESS);
    return 1;
}

static int clear_lj(lua_State *L)
{
    struct used_table used = check_table_lj(L, true);

    charge_loop_lj(L, &used);
    if (used.writer->clear_table(used.table) != SS_PLUGIN_SUCCESS) {
        return fail_lj(L, used.kind, "clear");
    }
    return 0;
}

static int size_lj(lua_State *L)
{
    struct used_table used = check_table_lj(L, false);
    uint64_t size = used.reader->get_table_size(used.table);

    if (size == UINT64_MAX) {
        return fail_lj(L, used.kind, "size");
    }
    lua_pushinteger(L, (lua_Integer)size);
    return 1;
}

/* Stack: [iteration, function] -> [result] */
static int visit_lj(lua_State *L)
{
    struct iteration *iteration = lua_touserdata(L, 1);
    struct tables *tables = tables_of(iteration->used->kind);
    struct entry_object *object = push_entry_lj(L, iteration->used); /* iteration, function, entry */

    lua_insert(L, 2);    /* iteration, entry, function */
    lua_pushvalue(L, 2); /* iteration, entry, function, entry */
    if (iteration->used->kind->own) {
        ss_plugin_state_data key;

        own_entry_key(iteration->entry, &key);
        state_value_push_lj(L, iteration->used->kind->key, &key); /* ..., entry, key */
    } else {
        lua_pushnil(L); /* ..., entry, nil */
    }
    entry_take(tables, object, iteration->entry, ENTRY_LENT);
    lua_call(L, 2, 1); /* iteration, entry, result */
    return 1;
}

static ss_plugin_bool visit(ss_plugin_table_iterator_state_t *s, ss_plugin_table_entry_t *e)
{
    struct iteration *iteration = s;
    lua_State *L = iteration->L;
    bool goes_on;

    iteration->entry = e;
    lua_pushcfunction(L, visit_lj);                      /* ..., visit */
    lua_pushlightuserdata(L, iteration);                 /* ..., visit, iteration */
    lua_pushvalue(L, 2);                                 /* ..., visit, iteration, function */
    iteration->failed = lua_pcall(L, 2, 1, 0) != LUA_OK; /* ..., result or error */
    entries_end_lent(tables_of(iteration->used->kind), e);
    if (iteration->failed) {
        return 0;
    }
    goes_on = lua_isnil(L, -1) || lua_toboolean(L, -1);
    lua_pop(L, 1); /* ... */
    return goes_on;
}

/* t:each(function) */
static int each_lj(lua_State *L)
{
    struct used_table used = check_table_lj(L, false);
    struct tables *tables = tables_of(used.kind);
    struct iteration iteration = {L, &used, NULL, false, tables->iterating};

    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2); /* table, function */
    charge_loop_lj(L, &used);
    luaL_checkstack(L, 8, NULL); /* stack slots for `visit`, which runs outside of a protected call */
    tables->iterating = &iteration;
    used.reader->iterate_entries(used.table, visit, &iteration); /* nothing throws over this frame */
    tables->iterating = iteration.outer;
    return iteration.failed ? lua_error(L) : 0;
}

/* ---- entries ---- */

static struct used_table check_entry_lj(lua_State *L, struct entry_object **object, bool writing)
{
    struct used_table used;

    *object = luaL_checkudata(L, 1, ENTRY);
    if ((*object)->state == ENTRY_GONE) {
        luaL_error(
            L, "this entry of the state table \"%s\" is gone: it is valid only inside the call that got it",
            (*object)->kind->name);
    }
    used = (struct used_table){(*object)->kind, (*object)->table, state_table_reader((*object)->kind),
                               state_table_writer((*object)->kind)};
    if (used.reader == NULL) {
        refuse_now_lj(L, used.kind, "read");
    }
    if (writing && used.writer == NULL) {
        refuse_now_lj(L, used.kind, "written");
    }
    return used;
}

static int entry_index_lj(lua_State *L)
{
    struct entry_object *object;
    struct used_table used = check_entry_lj(L, &object, false);
    const struct state_field *field = find_field_lj(L, used.kind, 2);
    struct nested_object *nested;
    ss_plugin_state_data data;

    if (used.reader->read_entry_field(used.table, object->entry, field->field, &data) != SS_PLUGIN_SUCCESS) {
        return fail_lj(L, used.kind, field->name);
    }
    if (field->type->number != STATE_TABLE) {
        state_value_push_lj(L, field->type, &data);
        return 1;
    }
    nested = lua_newuserdatauv(L, sizeof(*nested), 1); /* entry, name, nested */
    *nested = (struct nested_object){field->nested, data.table, object};
    lua_pushvalue(L, 1);         /* entry, name, nested, entry */
    lua_setiuservalue(L, -2, 1); /* entry, name, nested */
    luaL_setmetatable(L, NESTED_TABLE);
    return 1;
}

static int entry_newindex_lj(lua_State *L)
{
    struct entry_object *object;
    struct used_table used = check_entry_lj(L, &object, true);

    write_field_lj(L, &used, object->entry, find_field_lj(L, used.kind, 2), 3);
    return 0;
}

/* The garbage collector frees an entry before its call has ended: it is released now. */
static int entry_gc_lj(lua_State *L)
{
    entry_let_go(luaL_checkudata(L, 1, ENTRY));
    return 0;
}

/* Fills a metatable, which is hidden from scripts. Stack: [metatable] -> [] */
static void seal_lj(lua_State *L, const luaL_Reg *functions)
{
    luaL_setfuncs(L, functions, 0);     /* metatable */
    lua_pushboolean(L, 0);              /* metatable, false */
    lua_setfield(L, -2, "__metatable"); /* metatable */
    lua_pop(L, 1);                      /* */
}

void tableobjects_open_lj(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"get", get_lj},   {"add", add_lj},       {"erase", erase_lj}, {"clear", clear_lj},
        {"each", each_lj}, {"exists", exists_lj}, {NULL, NULL},
    };
    static const luaL_Reg table_functions[] = {{"__len", size_lj}, {NULL, NULL}};
    static const luaL_Reg entry_functions[] = {
        {"__index", entry_index_lj}, {"__newindex", entry_newindex_lj}, {"__gc", entry_gc_lj}, {NULL, NULL}};
    static const char *const tables[] = {TABLE_HANDLE, NESTED_TABLE};

    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        luaL_newmetatable(L, tables[i]); /* metatable */
        luaL_newlib(L, methods);         /* metatable, methods */
        lua_setfield(L, -2, "__index");  /* metatable */
        seal_lj(L, table_functions);     /* */
    }
    luaL_newmetatable(L, ENTRY); /* metatable */
    seal_lj(L, entry_functions); /* */
}
