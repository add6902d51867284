/*
 * address: IP addresses and networks as texts, and back.
 *
 * Texts need not end with NUL. Nothing is allocated. Thread safe.
 */
#ifndef LURE_IP_ADDRESS_H
#define LURE_IP_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for an address as text. */
#define IP_TEXT 40

struct ip_address {
    uint8_t bytes[16]; /* in network order; those beyond `size` are 0 */
    unsigned size;     /* 4 or 16 */
};

/* What stands with an address: "[fe80::1%eth0]:80". */
struct ip_extras {
    const char *zone; /* in the text; NULL: there is none */
    size_t zone_length;
    int port; /* -1: there is none */
};

struct ip_network {
    struct ip_address address; /* the first one */
    unsigned bits;
};

/* Parses an address; port and zone after it and brackets around it are left out ("1.2.3.4:80", "[::1]:80",
 * "fe80::1%eth0"). `extras` may be NULL. False: it is none. */
bool ip_parse(const char *text, size_t length, struct ip_address *address, struct ip_extras *extras);

/* An IPv4 address in IPv6 ("::ffff:1.2.3.4") becomes that of IPv4. True: it was one. */
bool ip_unmap(struct ip_address *address);

/* Parses "10.0.0.0/8", "10.0.0.0/255.0.0.0", or an address as above, as a network of all its bits; bits
 * behind the prefix become 0. Of addresses of IPv4 in IPv6 it is one of IPv4. */
bool ip_parse_network(const char *text, size_t length, struct ip_network *network);

/* Its last address. */
struct ip_address ip_last(const struct ip_network *network);

/* Prints an address as RFC 5952 wants it. Returns the length; there is a NUL behind it. */
size_t ip_print(const struct ip_address *address, char to[IP_TEXT]);

/* For fields, which keep addresses as they are: 4 or 16 bytes, 0: it is none. */
unsigned address_parse(const char *text, size_t length, uint8_t address[16]);

/* The same for an address or a network, "10.0.0.0/8": then the address before the "/", unmasked. */
unsigned network_parse(const char *text, size_t length, uint8_t address[16]);

#endif
