#include "floormap.h"

#include "base/hash.h"

#include <string.h>

#define CELLS   (1u << 18) /* less than half of them are taken */
#define LONGEST 8u

struct cell {
    char key[LONGEST];
    uint32_t length, count;
};

static struct cell cells[CELLS];

uint64_t floor_map_count(const char *key, uint32_t length)
{
    const uint64_t hash = hash_bytes(HASH_BASIS, key, length);
    uint32_t at = (uint32_t)(hash ^ hash >> 32) % CELLS;

    while (cells[at].count > 0 && (cells[at].length != length || memcmp(cells[at].key, key, length) != 0)) {
        at = (at + 1) % CELLS;
    }
    if (cells[at].count == 0) {
        memcpy(cells[at].key, key, length < LONGEST ? length : LONGEST);
        cells[at].length = length;
    }
    return ++cells[at].count;
}
