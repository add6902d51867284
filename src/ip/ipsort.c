#include "ip/ipsort.h"

#include <string.h>

/* As few are sorted by insertion. */
#define FEW 32

#define LARGEST_ENTRY 21

static void swap_entries(uint8_t *a, uint8_t *b, size_t size)
{
    uint8_t kept[LARGEST_ENTRY];

    memcpy(kept, a, size);
    memcpy(a, b, size);
    memcpy(b, kept, size);
}

static void insertion_sort(uint8_t *entries, size_t count, unsigned width)
{
    const size_t size = ip_entry_size(width);
    uint8_t kept[LARGEST_ENTRY];

    for (size_t i = 1; i < count; i++) {
        size_t to = i;

        memcpy(kept, entries + i * size, size);
        while (to > 0 && memcmp(entries + (to - 1) * size, kept, width + 1) > 0) {
            to--;
        }
        memmove(entries + (to + 1) * size, entries + to * size, (i - to) * size);
        memcpy(entries + to * size, kept, size);
    }
}

/* Moves each entry to those with the same byte at `digit`; `ends`: where those of each byte end. */
static void distribute(uint8_t *entries, size_t count, unsigned width, unsigned digit, size_t ends[256])
{
    const size_t size = ip_entry_size(width);
    size_t next[256] = {0}, sum = 0;

    for (size_t i = 0; i < count; i++) {
        next[entries[i * size + digit]]++;
    }
    for (unsigned byte = 0; byte < 256; byte++) {
        size_t begin = sum;

        sum += next[byte];
        next[byte] = begin;
        ends[byte] = sum;
    }
    for (unsigned byte = 0; byte < 256; byte++) {
        while (next[byte] < ends[byte]) {
            uint8_t *entry = entries + next[byte] * size;

            if (entry[digit] == byte) {
                next[byte]++;
            } else {
                swap_entries(entry, entries + next[entry[digit]]++ * size, size);
            }
        }
    }
}

/* Entries are equal before `digit`. Recursive, once for each byte of an address and its bits. */
static void sort_from(uint8_t *entries, size_t count, unsigned width, unsigned digit)
{
    size_t ends[256], begin = 0;

    if (count <= FEW) {
        insertion_sort(entries, count, width);
        return;
    }
    distribute(entries, count, width, digit, ends);
    for (unsigned byte = 0; byte < 256 && digit < width; byte++) {
        sort_from(entries + begin * ip_entry_size(width), ends[byte] - begin, width, digit + 1);
        begin = ends[byte];
    }
}

void ip_sort(uint8_t *entries, size_t count, unsigned width)
{
    sort_from(entries, count, width, 0);
}
