/*
 * table: a state table of the emulated host: its fields, entries and subtables.
 *
 * It is independent of plugins, and has no lock: callers hold the inspector's. Tables and entries are
 * reference counted: an erased entry exists until its last holder releases it, as in libsinsp.
 */
#ifndef LURE_TESTHOST_TABLE_H
#define LURE_TESTHOST_TABLE_H

#include "testhost/guardpage.h"
#include "v3/abi.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table_kind;

struct table_field {
    char *name;
    ss_plugin_state_type type;
    bool read_only;             /* for plugins */
    bool dynamic;               /* added by a plugin */
    struct table_kind *entries; /* what stands in a subtable; NULL: it is none */
    size_t place;
};

/* What all tables of one kind share: the "file_descriptors" of every thread have the same fields. */
struct table_kind {
    const char *name;
    const char *key_field; /* set to the key when an entry is added; NULL: none */
    struct table_field **fields;
    size_t count;
    struct guard listed; /* what list_table_fields returned last */
};

struct entry {
    unsigned references;
    struct table_kind *kind;
    struct table *table; /* NULL: in none (not yet, or erased) */
    int64_t key;
    ss_plugin_state_data *values; /* by place; strings are the entry's own, subtables references */
    size_t count;                 /* fields that came later are not there yet: 0, "", no table */
};

/* Keys are int64 numbers. */
struct table {
    unsigned references;
    struct table_kind *kind;
    struct entry **entries; /* by key */
    size_t count, room;
    unsigned iterations; /* that go on now */
};

/* Names of SS_PLUGIN_ST_*; NULL: no such type. */
const char *state_type_name(ss_plugin_state_type type);
/* 0: no such name. */
ss_plugin_state_type state_type_of(const char *name);

/* `name` and `key_field` are borrowed. NULL: out of memory. */
struct table_kind *kind_new(const char *name, const char *key_field);
void kind_free(struct table_kind *kind);
struct table_field *kind_find(const struct table_kind *kind, const char *name);
/* Adds a field, to be completed by the caller. NULL: out of memory. */
struct table_field *kind_add(struct table_kind *kind, const char *name, ss_plugin_state_type type);
/* Is this one of its fields? */
bool kind_has(const struct table_kind *kind, const void *field);

struct table *table_new(struct table_kind *kind);
void table_unref(struct table *table);
/* NULL: none. The reference stays the table's. */
struct entry *table_find(const struct table *table, int64_t key);
/* Puts an entry in, in the place of one of the same key; takes a reference of its own. False: out of memory.
 */
bool table_put(struct table *table, int64_t key, struct entry *entry);
/* False: there is none. */
bool table_remove(struct table *table, int64_t key);
void table_clear(struct table *table);

/* With one reference, the caller's. */
struct entry *entry_new(struct table_kind *kind);
struct entry *entry_ref(struct entry *entry);
void entry_unref(struct entry *entry);
/* A string is the entry's own, until it is written again. A subtable is made when it is first read. */
ss_plugin_state_data entry_read(struct entry *entry, const struct table_field *field);
/* Copies a string. False: out of memory. */
bool entry_write(struct entry *entry, const struct table_field *field, const ss_plugin_state_data *value);
/* The subtable of `entry` is that of `other` from now on. False: out of memory. */
bool entry_share(struct entry *entry, struct entry *other, const struct table_field *field);

#endif
