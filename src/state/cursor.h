/*
 * cursor: how far an event source was delivered, kept across a stop, a crash and a reload.
 *
 * The script gives a cursor, a text, behind a payload. It is *staged* while its batch is filled. When the
 * host asks for the next batch, it has taken this one: cursor_commit makes what is staged the cursor that is
 * kept. So the kept cursor is never newer than what the host has taken, and at most
 * one batch is delivered twice. A commit is one system call that does not wait for the disk (slotfile.h).
 *
 * The file is PLUGIN-HASH.cursor, where the hash is that of event source and open parameters: the same source
 * opened with other parameters has a cursor of its own.
 *
 * Owner: the open event source. Callers hold the plugin state's lock.
 */
#ifndef LURE_STATE_CURSOR_H
#define LURE_STATE_CURSOR_H

#include "state/slotfile.h"
#include "state/stateplace.h"

#include <stdbool.h>
#include <stddef.h>

/* The longest cursor. */
#define CURSOR_MOST SLOTFILE_MOST

struct cursor {
    struct slotfile file; /* its content is the kept one */
    char *staged;
    size_t staged_size, room;
    bool is_staged;
};

/* Reads the kept cursor. `params` is the host's text of the open parameters. Problems with the file are told,
 * and the cursor is in memory only. False: out of memory. */
bool cursor_open(struct cursor *cursor, const struct state_place *place, const char *source,
                 const char *params);

/* The newest: the staged one, else the kept one; NULL: there is none. Valid until the next call. */
const char *cursor_newest(const struct cursor *cursor, size_t *size);

/* Stages one, in place of what is staged. False: longer than CURSOR_MOST, or out of memory. */
bool cursor_stage(struct cursor *cursor, const char *text, size_t size);

/* The host has taken the batch. */
void cursor_commit(struct cursor *cursor);

/* The end: waits until the kept one is on the disk, and frees all. What is staged is dropped. All zero is a
 * closed one. */
void cursor_close(struct cursor *cursor);

#endif
