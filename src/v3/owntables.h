/*
 * v3/owntables: state tables that a script offers to other plugins ("own" tables, as opposed to those of the
 * host).
 *
 * Their entries are in C memory, so that other plugins can read and write them with the functions of the
 * plugin API, on any thread, without entering Lua; the script uses the same functions. All tables of a
 * plugin state share one lock.
 *
 * Entries are reference counted: an entry that was erased, or whose table was dropped, is freed when the
 * last holder releases it. A text read from an entry is valid as long as the entry is held. Iterators are
 * called without the lock, and may throw C++ exceptions through our frames.
 */
#ifndef LURE_V3_OWNTABLES_H
#define LURE_V3_OWNTABLES_H

#include "base/memorybudget.h"
#include "script/declaredtables.h"
#include "v3/abi.h"

#include <stdbool.h>

struct own_table;

/* Reports why a function failed to the plugin state. `text` is constant. */
typedef void (*own_failure)(void *owner, const char *text);

/* What all tables of one plugin state share. */
struct own_tables {
    struct own_root *root;
    struct own_table **items; /* in the order of the declarations */
    size_t count;
};

/* Creates the tables that a script declares, which are charged to the budget. False: out of memory.
 * own_tables_drop is needed in both cases. */
bool own_tables_make(struct own_tables *tables, const struct declared_tables *declared,
                     struct memory_budget *budget, own_failure failure, void *owner);

/* Bytes that they hold now. */
size_t own_tables_used(const struct own_tables *tables);

/* Drops all tables, on which no iteration is running. Entries that others hold stay until they are released,
 * and are charged no more. */
void own_tables_drop(struct own_tables *tables);

/* What the host is told of a table. Valid as long as the table. */
const ss_plugin_table_input *own_table_input(const struct own_table *table);

/* The key of an entry that is in a table. Valid as long as the entry is held. */
void own_entry_key(ss_plugin_table_entry_t *entry, ss_plugin_state_data *key);

extern const ss_plugin_table_reader_vtable_ext own_reader;
extern const ss_plugin_table_writer_vtable_ext own_writer;
extern const ss_plugin_table_fields_vtable_ext own_fields;
extern const ss_plugin_table_fields_vtable own_plain_fields;

/* How many places of a table a loop over it looks at: entries, and where others were before. */
size_t own_table_places(const ss_plugin_table_t *table);

/* As get_table_entry and erase_table_entry, but a missing entry is not reported as a failure. */
ss_plugin_table_entry_t *own_table_find(ss_plugin_table_t *table, const ss_plugin_state_data *key);
bool own_table_erase(ss_plugin_table_t *table, const ss_plugin_state_data *key);

#endif
