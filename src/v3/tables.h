/*
 * v3/tables: state tables for scripts.
 *
 * `lure.table(name)` at the top level returns an object for a table of the host, of another plugin, or of
 * the script itself (`tables`). It is resolved before `init`: its fields are looked up, or added.
 * Afterwards:
 *
 *   t:get(key) -> entry or nil       t:add(key [, { field = value }]) -> entry
 *   t:erase(key) -> true or false    t:clear()       #t
 *   t:each(function(entry, key) … end)   until it returns false; key: own tables only
 *   t:exists([field])                whether an optional table (optional = true), or its field, exists
 *   entry.field     entry.field = value     entry.field, of type table: a table like t
 *
 * Hosts give access to their tables in init (since 3.5), in extraction, `parse`, `capture_open` and
 * `capture_close`; in other callbacks their use is an error. Own tables can be used everywhere. Entries, and
 * tables in them, are valid only inside of the callback that got them, and are released when it ends.
 */
#ifndef LURE_V3_TABLES_H
#define LURE_V3_TABLES_H

#include "script/manifest.h"
#include "v3/abi.h"
#include "v3/owntables.h"

#include <lua.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct entry_object;
struct handle;
struct iteration;
struct state_table;

struct tables {
    struct own_tables own;
    const char *own_error; /* why a function of theirs has failed last; constant texts, changed atomically */
    struct state_table **resolved; /* what handles stand for, and the tables in their fields */
    size_t count;

    /* What the host allows in the call that runs. */
    const ss_plugin_init_tables_input *init;  /* only in init; NULL: the host gives no tables */
    ss_plugin_table_reader_vtable_ext reader; /* all NULL: no access */
    ss_plugin_table_writer_vtable_ext writer;
    bool accessible; /* they may be other than NULL */
    bool called;     /* functions of the host's may run: the handle's `caller` and others are these: */
    pthread_t caller;
    uintptr_t calling;
    ss_plugin_event *const *behind;

    struct entry_object *live;         /* entries to be released when the callback that runs ends */
    const struct iteration *iterating; /* the innermost `each` that is under way, or NULL */
};

/* Defines the Lua objects for tables. Stack: unchanged */
void tables_open_lj(lua_State *L, struct handle *handle);

/* Offers the script's own tables to the host, and resolves the tables that lure.table has declared. Throws.
 * Stack: unchanged */
void tables_resolve_lj(lua_State *L, struct handle *handle, const struct manifest *manifest);

/* The same after a hot reload, for a script with the same declarations: everything is resolved already. */
void tables_adopt_lj(lua_State *L, struct handle *handle);

/* A callback has ended: releases its entries. */
void tables_release(struct handle *handle);

/* From here to tables_end the host's tables are accessible; NULL: not these functions. Both are copied. */
void tables_begin(struct handle *handle, const ss_plugin_table_reader_vtable_ext *reader,
                  const ss_plugin_table_writer_vtable_ext *writer);

/* The same in init, with what the host gives there, or NULL. */
void tables_begin_init(struct handle *handle, const ss_plugin_init_tables_input *init);

void tables_end(struct handle *handle);

/* After the vm is closed. */
void tables_close(struct handle *handle);

#endif
