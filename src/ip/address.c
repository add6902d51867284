#include "ip/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* Before the four bytes of an IPv4 address in IPv6. */
static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/* Digits only, up to `most`; -1: it is no such number. */
static int parse_number(const char *at, const char *end, int most)
{
    int sum = 0;

    if (at == end) {
        return -1;
    }
    for (; at < end; at++) {
        if (*at < '0' || *at > '9') {
            return -1;
        }
        sum = sum * 10 + (*at - '0');
        if (sum > most) {
            return -1;
        }
    }
    return sum;
}

/* An address without port, zone or brackets. */
static bool parse_plain(const char *text, size_t length, struct ip_address *address)
{
    char copy[INET6_ADDRSTRLEN + 1];

    if (length == 0 || length >= sizeof(copy) || memchr(text, '\0', length) != NULL) {
        return false;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    memset(address->bytes, 0, sizeof(address->bytes));
    address->size = memchr(text, ':', length) != NULL ? 16 : 4;
    return inet_pton(address->size == 4 ? AF_INET : AF_INET6, copy, address->bytes) == 1;
}

/* The same, with an optional zone, which only IPv6 addresses have. */
static bool parse_zoned(const char *text, size_t length, struct ip_address *address, struct ip_extras *extras)
{
    const char *zone = memchr(text, '%', length);
    size_t before = zone != NULL ? (size_t)(zone - text) : length;

    if (!parse_plain(text, before, address)) {
        return false;
    }
    if (zone == NULL) {
        return true;
    }
    extras->zone = zone + 1;
    extras->zone_length = length - before - 1;
    return address->size == 16 && extras->zone_length > 0 &&
           memchr(extras->zone, '%', extras->zone_length) == NULL;
}

/* ":80", to the end of the text. */
static bool parse_port(const char *at, const char *end, struct ip_extras *extras)
{
    extras->port = at < end && *at == ':' && end - at <= 6 ? parse_number(at + 1, end, UINT16_MAX) : -1;
    return extras->port >= 0;
}

bool ip_parse(const char *text, size_t length, struct ip_address *address, struct ip_extras *extras)
{
    const char *end = text + length, *close, *colon;
    struct ip_extras unused;

    extras = extras != NULL ? extras : &unused;
    *extras = (struct ip_extras){.port = -1};
    if (length > 0 && *text == '[') {
        close = memchr(text, ']', length);
        return close != NULL && parse_zoned(text + 1, (size_t)(close - text - 1), address, extras) &&
               (close + 1 == end || parse_port(close + 1, end, extras));
    }
    if (parse_zoned(text, length, address, extras)) {
        return true;
    }
    *extras = (struct ip_extras){.port = -1};
    colon = memchr(text, ':', length);
    return colon != NULL && parse_port(colon, end, extras) &&
           parse_plain(text, (size_t)(colon - text), address);
}

bool ip_unmap(struct ip_address *address)
{
    if (address->size != 16 || memcmp(address->bytes, mapped_prefix, sizeof(mapped_prefix)) != 0) {
        return false;
    }
    memcpy(address->bytes, address->bytes + sizeof(mapped_prefix), 4);
    memset(address->bytes + 4, 0, 12);
    address->size = 4;
    return true;
}

/* All bits behind the first ones become `bit`. */
static void fill(struct ip_address *address, unsigned bits, bool bit)
{
    for (unsigned i = bits / 8; i < address->size; i++) {
        uint8_t rest = (uint8_t)(i == bits / 8 ? 0xff >> bits % 8 : 0xff);

        address->bytes[i] = (uint8_t)(bit ? address->bytes[i] | rest : address->bytes[i] & ~rest);
    }
}

/* A mask of IPv4 as the number of its bits, which come first: "255.255.0.0" is 16. -1: it is none. */
static int parse_mask(const char *text, size_t length)
{
    struct ip_address mask;
    uint32_t bits = 0;

    if (!parse_plain(text, length, &mask) || mask.size != 4) {
        return -1;
    }
    for (unsigned i = 0; i < mask.size; i++) {
        bits = bits << 8 | mask.bytes[i];
    }
    if ((~bits & (~bits + 1)) != 0) { /* a 1 behind a 0 */
        return -1;
    }
    return bits == 0 ? 0 : 32 - __builtin_ctz(bits);
}

bool ip_parse_network(const char *text, size_t length, struct ip_network *network)
{
    const char *slash = memchr(text, '/', length);
    struct ip_address *address = &network->address;
    int bits;

    if (slash == NULL) {
        if (!ip_parse(text, length, address, NULL)) {
            return false;
        }
        bits = (int)(8 * address->size);
    } else {
        if (!parse_plain(text, (size_t)(slash - text), address)) {
            return false;
        }
        bits = parse_number(slash + 1, text + length, (int)(8 * address->size));
        if (bits < 0 && address->size == 4) {
            bits = parse_mask(slash + 1, (size_t)(text + length - slash - 1));
        }
    }
    if (bits < 0) {
        return false;
    }
    network->bits = (unsigned)bits;
    if (network->bits >= 8 * sizeof(mapped_prefix) && ip_unmap(address)) {
        network->bits -= 8 * (unsigned)sizeof(mapped_prefix);
    }
    fill(address, network->bits, false);
    return true;
}

struct ip_address ip_last(const struct ip_network *network)
{
    struct ip_address last = network->address;

    fill(&last, network->bits, true);
    return last;
}

/* The longest run of two or more groups that are 0, the first of equals: where it begins, and its length. */
static unsigned find_zeros(const uint16_t groups[8], unsigned *begin)
{
    unsigned longest = 0, run = 0;

    for (unsigned i = 0; i < 8; i++) {
        run = groups[i] == 0 ? run + 1 : 0;
        if (run > longest) {
            longest = run;
            *begin = i + 1 - run;
        }
    }
    return longest >= 2 ? longest : 0;
}

size_t ip_print(const struct ip_address *address, char to[IP_TEXT])
{
    const uint8_t *bytes = address->bytes;
    uint16_t groups[8];
    unsigned begin = 0, zeros;
    char *at = to;

    if (address->size == 4) {
        return (size_t)sprintf(to, "%d.%d.%d.%d", bytes[0], bytes[1], bytes[2], bytes[3]);
    }
    for (unsigned i = 0; i < 8; i++) {
        groups[i] = (uint16_t)(bytes[2 * i] << 8 | bytes[2 * i + 1]);
    }
    zeros = find_zeros(groups, &begin);
    for (unsigned i = 0; i < 8; i++) {
        if (zeros > 0 && i == begin) {
            at += sprintf(at, "::");
            i += zeros - 1;
        } else {
            at += sprintf(at, "%s%x", i > 0 && at[-1] != ':' ? ":" : "", groups[i]);
        }
    }
    return (size_t)(at - to);
}

unsigned address_parse(const char *text, size_t length, uint8_t address[16])
{
    struct ip_address parsed;

    if (!ip_parse(text, length, &parsed, NULL)) {
        return 0;
    }
    memcpy(address, parsed.bytes, parsed.size);
    return parsed.size;
}

unsigned network_parse(const char *text, size_t length, uint8_t address[16])
{
    const char *slash = memchr(text, '/', length);
    struct ip_address parsed;

    if (slash == NULL) {
        return address_parse(text, length, address);
    }
    if (!parse_plain(text, (size_t)(slash - text), &parsed) ||
        parse_number(slash + 1, text + length, (int)(8 * parsed.size)) < 0) {
        return 0;
    }
    memcpy(address, parsed.bytes, parsed.size);
    return parsed.size;
}
