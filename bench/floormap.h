/*
 * floormap: a bare hash map that counts texts: what bench/plugins/window.lua is measured against.
 *
 * One for the process; it forgets nothing.
 */
#ifndef LURE_BENCH_FLOORMAP_H
#define LURE_BENCH_FLOORMAP_H

#include <stdint.h>

/* Counts a key of at most 8 bytes; returns how often it was counted. */
uint64_t floor_map_count(const char *key, uint32_t length);

#endif
