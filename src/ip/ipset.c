#include "ip/ipset.h"

#include "ip/ipsort.h"

#include <string.h>

#define FIRST_ROOM 64

/* The most networks that lie in each other: those of 0 to 128 bits. */
#define MOST_NESTED 129

typedef unsigned __int128 ip_number;

void ip_set_open(struct ip_set *set, struct memory_budget *budget)
{
    *set = (struct ip_set){.budget = budget, .four = {.width = 4}, .six = {.width = 16}};
}

static void free_entries(struct ip_table *table, struct memory_budget *budget)
{
    if (table->entries != NULL) {
        memory_give(budget, table->entries, table->room * ip_entry_size(table->width));
    }
    table->entries = NULL;
    table->count = table->room = 0;
}

static void free_ranges(struct ip_table *table, struct memory_budget *budget)
{
    if (table->firsts != NULL) {
        memory_give(budget, table->firsts, table->ranges * table->width);
    }
    if (table->numbers != NULL) {
        memory_give(budget, table->numbers, table->ranges * sizeof(*table->numbers));
    }
    table->firsts = NULL;
    table->numbers = NULL;
    table->ranges = 0;
}

void ip_set_close(struct ip_set *set)
{
    free_entries(&set->four, set->budget);
    free_entries(&set->six, set->budget);
    free_ranges(&set->four, set->budget);
    free_ranges(&set->six, set->budget);
}

/* ---- adding ---- */

static bool resize_entries(struct ip_table *table, struct memory_budget *budget, size_t room)
{
    size_t size = ip_entry_size(table->width);
    void *resized = table->entries == NULL
                        ? memory_take(budget, room * size)
                        : memory_resize(budget, table->entries, table->room * size, room * size);

    if (resized == NULL) {
        return false;
    }
    table->entries = resized;
    table->room = room;
    return true;
}

bool ip_set_reserve(struct ip_set *set, bool six, size_t count)
{
    struct ip_table *table = six ? &set->six : &set->four;

    return table->room - table->count >= count || resize_entries(table, set->budget, table->count + count);
}

bool ip_set_add(struct ip_set *set, const struct ip_network *network, uint32_t number)
{
    struct ip_table *table = network->address.size == 16 ? &set->six : &set->four;
    uint8_t *entry;

    if (table->count == table->room &&
        !resize_entries(table, set->budget, table->room > 0 ? 2 * table->room : FIRST_ROOM)) {
        return false;
    }
    entry = table->entries + table->count * ip_entry_size(table->width);
    memcpy(entry, network->address.bytes, table->width);
    entry[table->width] = (uint8_t)network->bits;
    memcpy(entry + table->width + 1, &number, sizeof(number));
    table->count++;
    return true;
}

/* ---- finishing ---- */

static ip_number number_of(const uint8_t *bytes, unsigned width)
{
    ip_number number = 0;

    for (unsigned i = 0; i < width; i++) {
        number = number << 8 | bytes[i];
    }
    return number;
}

/* A network that others lie in. */
struct nested {
    ip_number last;
    unsigned bits;
    uint32_t number;
};

/* A walk over the sorted networks that finds the ranges; where the table has no memory for them they are
 * counted. */
struct sweep {
    struct ip_table *table;
    struct nested open[MOST_NESTED]; /* each in the one before */
    int depth;
    ip_number at; /* where the next range begins */
    size_t ranges;
    uint32_t newest; /* the number of the range found last */
};

static void add_range(struct sweep *sweep, uint32_t number)
{
    struct ip_table *table = sweep->table;

    if (number == sweep->newest) {
        return; /* that range goes on */
    }
    sweep->newest = number;
    if (table->numbers != NULL) {
        if (table->width == 4) {
            ((uint32_t *)table->firsts)[sweep->ranges] = (uint32_t)sweep->at;
        } else {
            ((ip_number *)table->firsts)[sweep->ranges] = sweep->at;
        }
        table->numbers[sweep->ranges] = number;
    }
    sweep->ranges++;
}

/* Finds the ranges before `first`; networks that end there are closed. */
static void advance(struct sweep *sweep, ip_number first)
{
    while (sweep->depth > 0 && sweep->open[sweep->depth - 1].last < first) {
        const struct nested *top = &sweep->open[--sweep->depth];

        if (sweep->at <= top->last) {
            add_range(sweep, top->number);
            sweep->at = top->last + 1;
        }
    }
    if (sweep->at < first) {
        add_range(sweep, sweep->depth > 0 ? sweep->open[sweep->depth - 1].number : IP_SET_NONE);
        sweep->at = first;
    }
}

/* Finds the ranges up to the last address. */
static void finish_sweep(struct sweep *sweep)
{
    ip_number most = sweep->table->width == 4 ? UINT32_MAX : ~(ip_number)0;

    advance(sweep, most);
    while (sweep->depth > 1 && sweep->open[sweep->depth - 1].last < most) {
        sweep->depth--;
    }
    add_range(sweep, sweep->depth > 0 ? sweep->open[sweep->depth - 1].number : IP_SET_NONE);
}

static void open_network(struct sweep *sweep, const uint8_t *entry)
{
    unsigned width = sweep->table->width, bits = entry[width];
    ip_number first = number_of(entry, width), size = 1;
    struct nested *top;
    uint32_t number;

    memcpy(&number, entry + width + 1, sizeof(number));
    advance(sweep, first);
    top = &sweep->open[sweep->depth];
    if (sweep->depth > 0 && top[-1].bits == bits) {
        top[-1].number = number > top[-1].number ? number : top[-1].number; /* the same network */
        return;
    }
    size = bits > 0 ? size << (8 * width - bits) : 0; /* 2^128 is 0, too */
    *top = (struct nested){first + size - 1, bits, number};
    if (bits == 0 && width == 4) {
        top->last = UINT32_MAX;
    }
    sweep->depth++;
}

static size_t sweep_table(struct ip_table *table)
{
    struct sweep sweep = {.table = table, .newest = IP_SET_NONE};

    for (size_t i = 0; i < table->count; i++) {
        open_network(&sweep, table->entries + i * ip_entry_size(table->width));
    }
    finish_sweep(&sweep);
    return sweep.ranges;
}

static bool finish_table(struct ip_table *table, struct memory_budget *budget)
{
    size_t ranges;

    if (table->count == 0) {
        return true;
    }
    resize_entries(table, budget, table->count); /* makes it smaller, or leaves it as it is */
    ip_sort(table->entries, table->count, table->width);
    ranges = sweep_table(table);
    table->ranges = ranges;
    table->firsts = memory_take(budget, ranges * table->width);
    table->numbers = memory_take(budget, ranges * sizeof(*table->numbers));
    if (table->firsts == NULL || table->numbers == NULL) {
        free_ranges(table, budget);
        return false;
    }
    sweep_table(table);
    free_entries(table, budget);
    return true;
}

bool ip_set_finish(struct ip_set *set)
{
    return finish_table(&set->four, set->budget) && finish_table(&set->six, set->budget);
}

/* ---- asking ---- */

/* The number of the last range that begins at or before an address. */
#define FIND(type, table, address)                                                                           \
    do {                                                                                                     \
        const type *firsts = (table)->firsts;                                                                \
        type wanted = (type)number_of((address)->bytes, sizeof(type));                                       \
        size_t at = 0;                                                                                       \
                                                                                                             \
        for (size_t left = (table)->ranges; left > 1;) {                                                     \
            size_t half = left / 2;                                                                          \
                                                                                                             \
            at += firsts[at + half] <= wanted ? half : 0;                                                    \
            left -= half;                                                                                    \
        }                                                                                                    \
        return firsts[at] <= wanted ? (table)->numbers[at] : IP_SET_NONE;                                    \
    } while (0)

static uint32_t find_four(const struct ip_table *table, const struct ip_address *address)
{
    FIND(uint32_t, table, address);
}

static uint32_t find_six(const struct ip_table *table, const struct ip_address *address)
{
    FIND(ip_number, table, address);
}

uint32_t ip_set_find(const struct ip_set *set, const struct ip_address *address)
{
    const struct ip_table *table = address->size == 4 ? &set->four : &set->six;

    if (table->ranges == 0) {
        return IP_SET_NONE;
    }
    return address->size == 4 ? find_four(table, address) : find_six(table, address);
}
