/*
 * accessor: access of one client (a plugin, or the host itself) to one state table.
 *
 * The opaque ss_plugin_table_t that clients get is an ss_plugin_table_input, as in libsinsp: that of an
 * accessor, or what a plugin returned as a subtable of its own. The functions that a client calls are in
 * v3_tables.c; they call those of the accessor: own_table.c for tables of the host, foreign_table.c for
 * tables that another plugin offers.
 */
#ifndef LURE_TESTHOST_ACCESSOR_H
#define LURE_TESTHOST_ACCESSOR_H

#include "testhost/table.h"
#include "testhost/tableregistry.h"

/* A table that a plugin offers. */
struct foreign {
    struct foreign *next;
    char *name;          /* as it was added */
    struct state *owner; /* NULL: destroyed */
    char *owner_name;
    ss_plugin_table_input input;
    ss_plugin_table_reader_vtable_ext reader;
    ss_plugin_table_writer_vtable_ext writer;
    ss_plugin_table_fields_vtable_ext fields;
};

struct accessor {
    ss_plugin_table_input input; /* its functions, with this accessor as their table */
    struct accessor *next;
    struct client *client;
    struct table *own;    /* a reference */
    struct entry *parent; /* of a subtable of the host's own: the entry it is in; a reference */
    struct foreign *foreign;
    bool ephemeral; /* a subtable, that is there until the call ends in which it was read */
    bool gone;
    pthread_t thread; /* of that call */
};

extern ss_plugin_table_reader_vtable_ext own_reader, foreign_reader;
extern ss_plugin_table_writer_vtable_ext own_writer, foreign_writer;
extern ss_plugin_table_fields_vtable_ext own_fields, foreign_fields;

/* A new one for the client, which sees nothing yet. NULL: out of memory. The inspector's lock is held. */
struct accessor *accessor_new(struct client *client);

/* Gives it its functions. */
void accessor_use(struct accessor *accessor, ss_plugin_table_reader_vtable_ext *reader,
                  ss_plugin_table_writer_vtable_ext *writer, ss_plugin_table_fields_vtable_ext *fields);

/* Shows a table of the host's own, to which it takes over a reference as to the entry that it is in, or a
 * plugin's. */
void accessor_use_own(struct accessor *accessor, struct table *table, struct entry *parent);
void accessor_use_foreign(struct accessor *accessor, struct foreign *foreign);

/* The accessor behind what a client has; NULL: it is a plugin's own subtable. */
struct accessor *accessor_of(ss_plugin_table_t *t);

/* What plugins are shown: functions for every accessor. */
extern const ss_plugin_table_reader_vtable_ext table_reader;
extern const ss_plugin_table_writer_vtable_ext table_writer;
extern const ss_plugin_table_fields_vtable_ext table_fields;

/* The inspector's lock is not to be held for any of these. */

/* The table of that name; NULL: there is none, or it has keys of another type. */
struct accessor *accessor_find(struct client *client, const char *name, ss_plugin_state_type key_type);

/* All tables; the array has room for `room`. Returns how many there are. */
size_t tables_list(struct inspector *inspector, ss_plugin_table_info *infos, size_t room);

/* A call into the client's plugin, that may use tables, begins on this thread. */
void client_begin_call(struct client *client);

/* Is this thread in such a call, of any client? Elsewhere the host may be at work on tables. */
bool tables_may_be_used(void);

/* The call is over, if one began: what the client was lent for it is gone. */
void client_end_call(struct client *client);

/* For tables: frees all accessors. */
void client_free(struct client *client);

/* Adds what a plugin offers. False: the owner's last error says why not. */
bool foreign_add(struct state *state, const ss_plugin_table_input *in);
void foreign_free(struct foreign *foreign);

#endif
