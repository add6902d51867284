/*
 * ipset: a set of IP networks, each with a number, which finds the smallest network that an address lies in.
 *
 * Networks are added, then the set is finished, then it can be asked: a finished one is a list of ranges
 * without holes or overlaps, 8 bytes each for IPv4 and 20 for IPv6, at most two for a network. Meanwhile a
 * network takes 9 or 21 bytes more.
 *
 * Owner: who opens it. Its memory is charged to the budget. Not thread safe; a finished set may be read by
 * several.
 */
#ifndef LURE_IP_IPSET_H
#define LURE_IP_IPSET_H

#include "base/memorybudget.h"
#include "ip/address.h"

/* No network's number. */
#define IP_SET_NONE UINT32_MAX

/* The networks of one version of IP. */
struct ip_table {
    unsigned width; /* bytes of an address */
    uint8_t *entries;
    size_t count, room; /* of entries */
    void *firsts;       /* of each range, as numbers in ascending order */
    uint32_t *numbers;  /* of the network that it belongs to */
    size_t ranges;
};

struct ip_set {
    struct memory_budget *budget;
    struct ip_table four, six;
};

void ip_set_open(struct ip_set *set, struct memory_budget *budget);
void ip_set_close(struct ip_set *set);

/* Makes room for so many more networks of one version, which is optional. False: there is no memory. */
bool ip_set_reserve(struct ip_set *set, bool six, size_t count);

/* `number` is not IP_SET_NONE. Of equal networks the greatest number counts. False: there is no memory. */
bool ip_set_add(struct ip_set *set, const struct ip_network *network, uint32_t number);

/* Nothing can be added afterwards. False: there is no memory; it can be tried again. */
bool ip_set_finish(struct ip_set *set);

/* The number of the smallest network that has the address, or IP_SET_NONE. */
uint32_t ip_set_find(const struct ip_set *set, const struct ip_address *address);

#endif
