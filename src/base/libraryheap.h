/*
 * libraryheap: memory of libraries that have one allocator for the whole process (Mbed TLS, libcurl,
 * libyaml), charged to the plugin state that uses them.
 *
 * Between libraryheap_enter and libraryheap_leave what a library allocates on the calling thread is charged
 * to a heap, which has the state's budget. A block knows its heap, so it may be freed at any time. Outside
 * of them it is charged to nobody: so is what a library makes once for the process. Blocks that outlive the
 * state (there are none if it frees what it has made) keep the heap, without a budget.
 *
 * Owner of a heap: the plugin state. Its blocks are allocated and freed with the state's lock held, those
 * that outlive it by any thread. When memory is out, or over the limit, the libraries get NULL and say so.
 */
#ifndef LURE_BASE_LIBRARYHEAP_H
#define LURE_BASE_LIBRARYHEAP_H

#include "base/memorybudget.h"

#include <stddef.h>

struct libraryheap;

/* NULL: out of memory. The heap itself is charged, too. */
struct libraryheap *libraryheap_open(struct memory_budget *budget);
void libraryheap_close(struct libraryheap *heap);

/* What it has charged now, in bytes. */
size_t libraryheap_used(const struct libraryheap *heap);

/* The heap before, to be given to libraryheap_leave. They nest. NULL: charged to nobody. */
struct libraryheap *libraryheap_enter(struct libraryheap *heap);
void libraryheap_leave(struct libraryheap *before);

/* What the libraries call: as those of the C library, with blocks of their own. */
void *libraryheap_malloc(size_t size);
void *libraryheap_calloc(size_t count, size_t size);
void *libraryheap_realloc(void *block, size_t size);
char *libraryheap_strdup(const char *text);
void libraryheap_free(void *block);

/* For zlib, whose streams have an allocator each: `opaque` is the heap. */
void *libraryheap_zalloc(void *opaque, unsigned count, unsigned size);
void libraryheap_zfree(void *opaque, void *block);

#endif
