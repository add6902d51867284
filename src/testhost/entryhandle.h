/*
 * entryhandle: a reference of a client to an entry of the host's state tables.
 *
 * Each result of get_table_entry, create_table_entry and add_table_entry is a handle of its own, so that a
 * second release, or a use after the release, is detected. For that released handles are kept for a while.
 * Callers hold the inspector's lock.
 */
#ifndef LURE_TESTHOST_ENTRYHANDLE_H
#define LURE_TESTHOST_ENTRYHANDLE_H

#include "testhost/table.h"
#include "testhost/tableregistry.h"

enum handle_state {
    HANDLE_GIVEN,   /* to be released */
    HANDLE_CREATED, /* to be added or destroyed */
    HANDLE_LENT,    /* by an iteration, while it asks about this entry */
    HANDLE_GONE
};

struct entry_handle {
    enum handle_state state;
    const char *gone_by;   /* what made it gone: "released", … */
    struct client *client; /* NULL: it left */
    struct table *table;   /* of which it was asked; a reference */
    struct entry *entry;   /* a reference; NULL: gone */
    struct entry_handle *next, *previous;
};

/* Takes a reference of its own to the entry. NULL: out of memory. */
struct entry_handle *entry_handle_new(struct client *client, struct table *table, struct entry *entry,
                                      enum handle_state state);
void entry_handle_end(struct entry_handle *handle, struct client *client, const char *by);

/* Can the client do this with it? False: the rule that this breaks is kept. `what` as in "read". */
bool entry_handle_check(const struct entry_handle *handle, const struct client *client,
                        const struct table *table, const char *what);

/* Entries that plugins have of this table, or (`kind`) of all tables of this kind and their subtables. */
size_t handles_of_table(const struct inspector *inspector, const struct table *table);
size_t handles_of_kind(const struct inspector *inspector, const struct table_kind *kind);

/* The client cannot release: what it was given is taken back. */
void handles_take_back(struct client *client);

/* The client is no more. */
void handles_forget(struct client *client);

void handles_free(struct inspector *inspector);

#endif
