/*
 * v3/owntableentries: memory of the state tables that a script offers: tables, entries, iterations, with
 * their reference counts.
 *
 * An internal header of the owntable*.c. Callers hold the root's
 * lock. All functions that can fail do so only if memory is out.
 *
 * The lock is never held while foreign code runs. A C++ exception or a longjmp can leave an iteration of a
 * foreign iterator; what the iteration holds is then released when the same thread iterates again, or else
 * with the plugin state.
 */
#ifndef LURE_V3_OWNTABLEENTRIES_H
#define LURE_V3_OWNTABLEENTRIES_H

#include "base/forks.h"
#include "script/declaredtables.h"
#include "v3/owntables.h"

#include <stdint.h>

struct own_iteration;

/* Lock and failures of all tables of a plugin state; lives as long as the last of them. */
struct own_root {
    struct fork_lock lock;
    struct own_iteration *iterations; /* those under way, of all threads */
    unsigned references;
    struct memory_budget *budget; /* of the plugin state; NULL: it is gone */
    size_t used, most;            /* bytes that tables, entries and texts hold, and may hold */
    own_failure failure;          /* NULL: the plugin state is gone */
    void *owner;
};

/* Allocates memory that is charged to the plugin state. NULL: out of memory, or over the limit. A block that
 * grows is charged twice meanwhile. */
void *own_take(struct own_root *root, size_t size);
void *own_resize(struct own_root *root, void *block, size_t before, size_t size);
void own_give(struct own_root *root, void *block, size_t size);

/* Takes the lock, and a reference until it is released. Leaving frees the root with the last reference. */
void own_root_enter(struct own_root *root);
void own_root_leave(struct own_root *root);

struct own_schema;

/* One field of all entries of a table. Never moves, never goes before its schema. */
struct own_field {
    struct own_schema *schema;
    char *name;
    const struct state_type *type;
    size_t number;             /* in the order of their making */
    struct own_schema *nested; /* of the tables in a field of type table */
};

/* What a table, or all the tables in one field, have in common. */
struct own_schema {
    unsigned references;
    char *name;
    const struct state_type *key;
    struct own_field **fields;
    ss_plugin_table_fieldinfo *infos; /* the same, for hosts */
    size_t count;
};

/*
 * A table as the framework knows it is a `ss_plugin_table_input`: the one that is offered, and so also the
 * one that stands in a field. It comes first, so that one pointer is good for the framework and for us.
 */
struct own_table {
    ss_plugin_table_input input;
    struct own_root *root;
    struct own_schema *schema;
    unsigned references; /* one of its owner, and one of each entry held */
    struct own_entry **buckets;
    size_t bucket_count, count;
};

/* A text in an entry; the one that was overwritten stays while the entry is held. */
struct own_text {
    struct own_text *older;
    char text[];
};

union own_cell {
    ss_plugin_state_data data;
    struct own_text *text;
    struct own_table *table;
};

struct own_entry {
    struct own_table *table;
    struct own_entry *next;   /* in its bucket */
    unsigned references;      /* of those who hold it, or made it */
    bool linked;              /* it is in the table */
    ss_plugin_state_data key; /* a string is the entry's own */
    union own_cell *cells;    /* by the number of the field */
    size_t count;             /* of cells: fields may have been added since */
    struct own_text *overwritten;
};

/* A new field; the schema grows. NULL: out of memory. */
struct own_field *own_schema_add(struct own_schema *schema, const char *name, const struct state_type *type);
void own_schema_release(struct own_schema *schema);

/* A new table, with the functions of the plugin API for whoever uses it. NULL: out of memory. */
struct own_table *own_table_offered(struct own_root *root, struct own_schema *schema);

/* A new table with one reference. NULL: out of memory. */
struct own_table *own_table_new(struct own_root *root, struct own_schema *schema);
void own_table_release(struct own_table *table);

/* Takes all entries out; those that are held stay. */
void own_table_empty(struct own_table *table);

struct own_entry *own_entry_find(const struct own_table *table, const ss_plugin_state_data *key);

/* A new entry, in no table yet, with one reference, which holds the table too. NULL: out of memory. */
struct own_entry *own_entry_new(struct own_table *table);
void own_entry_hold(struct own_entry *entry);
void own_entry_release(struct own_entry *entry);

/* Puts it into its table, in place of one with the same key. False: out of memory. */
bool own_entry_link(struct own_entry *entry, const ss_plugin_state_data *key);
void own_entry_unlink(struct own_entry *entry);

/* The cell of a field; NULL: out of memory. */
union own_cell *own_entry_cell(struct own_entry *entry, const struct own_field *field);

/* Overwrites a text. False: out of memory. */
bool own_entry_set_text(struct own_entry *entry, union own_cell *cell, const char *text);

/* A snapshot of the entries of a table; each is held until the iteration has passed it. */
struct own_iteration {
    struct own_iteration *following; /* in the root */
    pthread_t thread;
    uintptr_t frame; /* of the function that iterates */
    size_t room, count, next, released;
    struct own_entry *entries[];
};

/* Ends, too, what earlier calls of this thread have not ended. NULL: out of memory. */
struct own_iteration *own_iteration_begin(const struct own_table *table, uintptr_t frame);

/* The next entry that is still in the table, valid until the next call; NULL: no more. */
struct own_entry *own_iteration_next(struct own_iteration *iteration);
void own_iteration_end(struct own_root *root, struct own_iteration *iteration);
void own_iterations_end_all(struct own_root *root);

#endif
