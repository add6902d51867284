/*
 * networks: sets of IP networks (ip/), and addresses and networks as texts.
 *
 *  - A set finds for addresses at the bounds of its networks, and for any others, the number that a look
 * through all of them finds.
 *  - An address printed is read again as the same, and is what inet_ntop prints, but for IPv4 in IPv6.
 *  - A text that is a network is one of its first address, too, and its set has it from the first to the
 * last.
 *
 * The input is decisions; from a first byte of 0x80 on a text stands behind it.
 */
#include "input.h"
#include "ip/address.h"
#include "ip/ipset.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST_NETWORKS 100
#define MOST_BYTES    4096u

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "networks: %s\n", what);
    abort();
}

/* Few different bytes, so that networks lie in each other. */
static struct ip_address make_address(void)
{
    static const uint8_t bytes[] = {0, 0, 0xff, 0xff, 0x80, 0x7f, 1, 10};
    struct ip_address address = {.size = input_once_in(2) ? 4 : 16};

    for (unsigned i = 0; i < address.size; i++) {
        address.bytes[i] = (uint8_t)(i < 2 || input_once_in(4) ? INPUT_PICK(bytes) : 0);
    }
    return address;
}

static struct ip_network make_network(void)
{
    struct ip_address address = make_address();
    char text[2 * IP_TEXT];
    struct ip_network network;
    size_t length = ip_print(&address, text);
    unsigned bits;

    if (address.size == 4 && input_once_in(2)) {
        struct ip_network whole = {.address = {.size = 4}, .bits = input_below(33)};
        struct ip_address mask = ip_last(&whole); /* of hosts */

        for (unsigned i = 0; i < 4; i++) {
            mask.bytes[i] = (uint8_t)~mask.bytes[i];
        }
        text[length++] = '/';
        length += ip_print(&mask, text + length);
        bits = whole.bits;
    } else {
        bits = input_below(8 * address.size + 1);
        length += (size_t)sprintf(text + length, "/%u", bits);
    }
    if (!ip_parse_network(text, length, &network)) {
        fail("a network is none");
    }
    if (address.size == 4 && network.bits != bits) {
        fail("a network has another number of bits");
    }
    return network;
}

/* Bit by bit. */
static bool is_inside(const struct ip_network *network, const struct ip_address *address)
{
    if (network->address.size != address->size) {
        return false;
    }
    for (unsigned bit = 0; bit < network->bits; bit++) {
        if (((network->address.bytes[bit / 8] ^ address->bytes[bit / 8]) >> (7 - bit % 8) & 1) != 0) {
            return false;
        }
    }
    return true;
}

static uint32_t refer(const struct ip_network *networks, unsigned count, const struct ip_address *address)
{
    uint32_t found = IP_SET_NONE;

    for (unsigned i = 0; i < count; i++) { /* of equal ones the last */
        if (is_inside(&networks[i], address) &&
            (found == IP_SET_NONE || networks[i].bits >= networks[found].bits)) {
            found = i;
        }
    }
    return found;
}

/* The address before or after; that of the other end of all addresses at an end. */
static struct ip_address beside(struct ip_address address, bool after)
{
    for (unsigned i = address.size; i > 0; i--) {
        address.bytes[i - 1] = (uint8_t)(address.bytes[i - 1] + (after ? 1 : -1));
        if (address.bytes[i - 1] != (after ? 0 : 0xff)) {
            break;
        }
    }
    return address;
}

static void check_found(const struct ip_set *set, const struct ip_network *networks, unsigned count,
                        struct ip_address address)
{
    if (ip_set_find(set, &address) != refer(networks, count, &address)) {
        fail("the network of an address is another one");
    }
}

static void check_set(void)
{
    struct ip_network networks[MOST_NETWORKS];
    unsigned count = input_below(MOST_NETWORKS + 1);
    struct ip_set set;

    ip_set_open(&set, NULL);
    for (unsigned i = 0; i < count; i++) {
        networks[i] = make_network();
        if (!ip_set_add(&set, &networks[i], i)) {
            fail("memory is out");
        }
    }
    if (!ip_set_finish(&set)) {
        fail("memory is out");
    }
    for (unsigned i = 0; i < count; i++) {
        struct ip_address last = ip_last(&networks[i]);

        check_found(&set, networks, count, networks[i].address);
        check_found(&set, networks, count, beside(networks[i].address, false));
        check_found(&set, networks, count, last);
        check_found(&set, networks, count, beside(last, true));
        check_found(&set, networks, count, make_address());
    }
    ip_set_close(&set);
}

static void check_printed(void)
{
    struct ip_address address = make_address(), again;
    char text[IP_TEXT], expected[INET6_ADDRSTRLEN];
    size_t length = ip_print(&address, text);

    inet_ntop(address.size == 4 ? AF_INET : AF_INET6, address.bytes, expected, sizeof(expected));
    if (strcmp(text, expected) != 0 && (address.size == 4 || strchr(expected, '.') == NULL)) {
        fail("an address is printed otherwise than by inet_ntop");
    }
    if (length != strlen(text) || !ip_parse(text, length, &again, NULL) || again.size != address.size ||
        memcmp(again.bytes, address.bytes, sizeof(again.bytes)) != 0) {
        fail("a printed address is another one, or none");
    }
}

static void check_text(const char *text, size_t length)
{
    struct ip_network network, again;
    struct ip_address last;
    struct ip_set set;
    char printed[IP_TEXT + 8];
    size_t size;

    if (!ip_parse_network(text, length, &network)) {
        return;
    }
    size = ip_print(&network.address, printed);
    size += (size_t)sprintf(printed + size, "/%u", network.bits);
    if (!ip_parse_network(printed, size, &again) || again.bits != network.bits ||
        memcmp(&again.address, &network.address, sizeof(again.address)) != 0) {
        fail("a printed network is another one, or none");
    }
    ip_set_open(&set, NULL);
    if (!ip_set_add(&set, &network, 5) || !ip_set_finish(&set)) {
        fail("memory is out");
    }
    last = ip_last(&network);
    if (ip_set_find(&set, &network.address) != 5 || ip_set_find(&set, &last) != 5) {
        fail("a set has not all of its network");
    }
    ip_set_close(&set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > MOST_BYTES) {
        return 0;
    }
    if (data[0] >= 0x80) {
        check_text((const char *)data + 1, size - 1);
        return 0;
    }
    input_begin(data + 1, size - 1);
    if (data[0] % 4 == 0) {
        check_printed();
    } else {
        check_set();
    }
    return 0;
}
