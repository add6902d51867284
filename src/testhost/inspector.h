/*
 * inspector: what the plugin states of one event source share: state tables.
 *
 * It has a table "threads", much as libsinsp's, and the tables that plugins offer. Who uses
 * tables is a client: a plugin state, or the host itself for a spec. Counted: each state,
 * each Lua object holds a reference.
 */
#ifndef LURE_TESTHOST_INSPECTOR_H
#define LURE_TESTHOST_INSPECTOR_H

#include "testhost/owner.h"
#include "testhost/rules.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct accessor;
struct client;
struct foreign;
struct handle;
struct state;
struct table;
struct table_kind;

/* Who uses tables. */
struct client {
    struct inspector *inspector;
    struct owner *errors; /* where the text of a failure goes */
    const char *name;     /* of the plugin; NULL: the host itself */
    bool subtables;       /* it knows them: the played host is 3.5 or later */
    bool releases;        /* it can release entries: made for 3.1 or later */
    bool in_call;
    struct accessor *first;     /* the tables that it found */
    struct accessor *gone[256]; /* the last subtables that it was lent */
    size_t gone_count;
};

struct inspector {
    unsigned references;
    pthread_mutex_t lock; /* for all below but `rules`; never held while a plugin runs */
    struct rules rules;
    struct table_kind *kind; /* of threads */
    struct table *threads;
    struct foreign *offered;  /* the plugins' tables */
    struct handle *live;      /* entries that are with a client */
    struct handle *gone[256]; /* the last ones that are not any more */
    size_t gone_count;
    struct client host;
    struct owner errors; /* of `host` */
};

/* NULL: out of memory. */
struct inspector *inspector_new(void);
struct inspector *inspector_ref(struct inspector *inspector);
void inspector_unref(struct inspector *inspector);

/* A state's part in it, to be left when the state is destroyed: then the tables that it offered are gone. */
bool inspector_join(struct inspector *inspector, struct state *state);
void inspector_leave(struct state *state);

/* A call into the client's plugin, that may use tables, begins on this thread. */
void client_begin_call(struct client *client);

/* Is this thread in such a call, of any client? Elsewhere the host may be at work on tables. */
bool tables_may_be_used(void);

/* The call is over, if one began: what the client was lent for it is gone. */
void client_end_call(struct client *client);

/* For tables: frees all accessors. */
void client_free(struct client *client);

#endif
