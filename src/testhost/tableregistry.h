/*
 * tableregistry: the structs of an inspector's state tables, and of the clients that use them.
 *
 * A client is a plugin state, or the host itself on behalf of a spec.
 */
#ifndef LURE_TESTHOST_TABLEREGISTRY_H
#define LURE_TESTHOST_TABLEREGISTRY_H

#include "testhost/pluginowner.h"
#include "testhost/violations.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct accessor;
struct client;
struct foreign;
struct entry_handle;
struct state;
struct table;
struct table_kind;

/* Who uses tables. */
struct client {
    struct inspector *inspector;
    struct plugin_owner *errors; /* where the text of a failure goes */
    const char *name;            /* of the plugin; NULL: the host itself */
    bool subtables;              /* it knows them: the played host is 3.5 or later */
    bool releases;               /* it can release entries: made for 3.1 or later */
    bool in_call;
    struct accessor *first;     /* the tables that it found */
    struct accessor *gone[256]; /* the last subtables that it was lent */
    size_t gone_count;
};

struct inspector {
    unsigned references;
    pthread_mutex_t lock; /* for all below but `violations`; never held while a plugin runs */
    struct violations violations;
    struct table_kind *kind; /* of threads */
    struct table *threads;
    struct foreign *offered;        /* the plugins' tables */
    struct entry_handle *live;      /* entries that are with a client */
    struct entry_handle *gone[256]; /* the last ones that are not any more */
    size_t gone_count;
    struct client host;
    struct plugin_owner errors; /* of `host` */
};

#endif
