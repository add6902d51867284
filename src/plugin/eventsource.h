/*
 * eventsource: opens an event source of the script, fills its batches by calling `next`, and closes it.
 *
 * Payloads are copied once, into a batch in the layout of the host's plugin API; the batch is
 * given at open, and belongs to the instance.
 *
 * When `next` throws, or returns what is no payload, it is retried with exponential back-off, from 10 ms to
 * 1 s. Only after limits.max_errors in a row the source fails, because then Falco ends. `nil, "why"` fails at
 * once.
 *
 * Callers hold the plugin state's lock.
 */
#ifndef LURE_PLUGIN_EVENTSOURCE_H
#define LURE_PLUGIN_EVENTSOURCE_H

#include "plugin/batchwriter.h"

#include <cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct plugin;

/* The numbers are the plugin API's, in 0.3.0 as in 3 (ss_plugin_rc). */
enum source_outcome {
    SOURCE_TIMEOUT = -1, /* no events now */
    SOURCE_EVENTS = 0,   /* the batch has at least one */
    SOURCE_FAILED = 1,   /* plugin_error says why */
    SOURCE_END = 2       /* no events any more */
};

struct instance;

/*
 * Calls the script's `open`. `params` is an object where the script declares `params`, else a string; `text`
 * is the host's text of them (NULL: none), of which a copy is kept for reloads and the cursor. NULL:
 * plugin_error says why. `batch` is the instance's from then on, and freed with it in both cases.
 */
struct instance *eventsource_open(struct plugin *plugin, struct batch_writer *batch, const cJSON *params,
                                  const char *text);

/* Fills the batch, waiting for the script at most limits.batch.milliseconds; releases the lock meanwhile. */
enum source_outcome eventsource_fill(struct instance *instance);

/* The batch that it was opened with. */
struct batch_writer *eventsource_writer(const struct instance *instance);

/*
 * The instance that the host's pointer stands for. NULL, with plugin_error set: it is none of the state's
 * that are open, for example one that was closed before.
 */
struct instance *eventsource_find(struct plugin *plugin, const void *pointer);

/* Calls the script's `close` and frees the instance. */
void eventsource_close(struct instance *instance);

/* The same for a host's pointer. What eventsource_find does not find, and an instance whose batch is being
 * filled, is left alone, with plugin_error set. */
void eventsource_close_found(struct plugin *plugin, const void *pointer);

/* The script is no longer called for those that are open (plugin_abandon). */
void eventsource_abandon(struct plugin *plugin);

/* True if a thread is in eventsource_fill, or in eventsource_open, perhaps waiting without the lock. */
bool eventsource_is_filling(const struct plugin *plugin);

/* How far it is, in hundredths of a percent, and a text that stays until the next call. */
const char *eventsource_progress(struct instance *instance, uint32_t *hundredths);

#endif
