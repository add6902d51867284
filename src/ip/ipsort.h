/*
 * ipsort: sorts the networks of a set in place.
 *
 * An entry has the bytes of an address (`width`, 4 or 16), the number of bits, and four more bytes. The order
 * is that of addresses, and of bits where these are equal; nothing else counts. It takes a time in proportion
 * to the number of entries. Nothing is allocated. Thread safe.
 */
#ifndef LURE_IP_IPSORT_H
#define LURE_IP_IPSORT_H

#include <stddef.h>
#include <stdint.h>

static inline size_t ip_entry_size(unsigned width)
{
    return width + 5;
}

void ip_sort(uint8_t *entries, size_t count, unsigned width);

#endif
