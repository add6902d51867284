/*
 * floornetworks: bench/plugins/networks.lua in C: inet_pton, and a trie with a node for each bit.
 */
#include "floorbatch.h"
#include "v3/abi.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdlib.h>

#define NETWORKS  1000000
#define ADDRESSES 4096
#define LOOKS     50
#define TIME_AT   14u /* minutes and seconds in a line */

struct node {
    uint32_t next[2]; /* by the next bit; 0: there is none */
    uint32_t is_network;
};

struct state {
    struct node *nodes; /* the first is the root */
    uint32_t used, room;
    uint64_t seed, hits;
    char texts[ADDRESSES][INET_ADDRSTRLEN];
};

FLOOR_IDENTITY("networks", "The floor: addresses in networks")

const char *plugin_get_fields(void)
{
    return "[{\"name\": \"networks.hits\", \"type\": \"uint64\", \"desc\": \"How many lie in one\"}]";
}

const char *plugin_get_last_error(ss_plugin_t *s)
{
    (void)s;
    return "";
}

static uint32_t next_random(struct state *state)
{
    state->seed = state->seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state->seed >> 32);
}

static unsigned bit_of(uint32_t address, unsigned bit)
{
    return address >> (31 - bit) & 1;
}

/* The number of a new node; 0: memory is out. */
static uint32_t add_node(struct state *state)
{
    if (state->used == state->room) {
        uint32_t room = state->room > 0 ? 2 * state->room : 1024;
        struct node *nodes = realloc(state->nodes, room * sizeof(*nodes));

        if (nodes == NULL) {
            return 0;
        }
        state->nodes = nodes;
        state->room = room;
    }
    state->nodes[state->used] = (struct node){0};
    return state->used++;
}

static bool add_network(struct state *state, uint32_t address, unsigned bits)
{
    uint32_t at = 0;

    for (unsigned bit = 0; bit < bits; bit++) {
        if (state->nodes[at].next[bit_of(address, bit)] == 0) {
            uint32_t added = add_node(state);

            if (added == 0) {
                return false;
            }
            state->nodes[at].next[bit_of(address, bit)] = added;
        }
        at = state->nodes[at].next[bit_of(address, bit)];
    }
    state->nodes[at].is_network = 1;
    return true;
}

/* The smallest network that has the address is the last on the way. */
static bool is_inside(const struct state *state, uint32_t address)
{
    bool found = false;
    uint32_t at = 0;

    for (unsigned bit = 0; bit < 32; bit++) {
        found = found || state->nodes[at].is_network != 0;
        at = state->nodes[at].next[bit_of(address, bit)];
        if (at == 0) {
            return found;
        }
    }
    return found || state->nodes[at].is_network != 0;
}

static bool make(struct state *state)
{
    state->seed = 42;
    add_node(state);
    for (int i = 0; i < NETWORKS; i++) {
        uint32_t address = next_random(state);

        if (!add_network(state, address, 16 + next_random(state) % 17)) {
            return false;
        }
    }
    for (int i = 0; i < ADDRESSES; i++) {
        uint32_t address = htonl(next_random(state));

        inet_ntop(AF_INET, &address, state->texts[i], sizeof(state->texts[i]));
    }
    return true;
}

void plugin_destroy(ss_plugin_t *s)
{
    struct state *state = s;

    free(state->nodes);
    free(state);
}

ss_plugin_t *plugin_init(const ss_plugin_init_input *input, ss_plugin_rc *rc)
{
    struct state *state = calloc(1, sizeof(*state));

    (void)input;
    *rc = state != NULL && make(state) ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
    return state;
}

static uint64_t count(const struct state *state, const char *line)
{
    const char *time = line + TIME_AT;
    int at = ((time[0] - '0') * 10 + time[1] - '0') * 60 + (time[3] - '0') * 10 + time[4] - '0';
    uint64_t hits = 0;

    for (int i = at; i < at + LOOKS; i++) {
        uint32_t address;

        hits += inet_pton(AF_INET, state->texts[i], &address) == 1 && is_inside(state, ntohl(address));
    }
    return hits;
}

ss_plugin_rc plugin_extract_fields(ss_plugin_t *s, const ss_plugin_event_input *evt,
                                   const ss_plugin_field_extract_input *in)
{
    struct state *state = s;
    uint32_t size = 0;
    const char *payload = floor_payload(evt, &size);

    for (uint32_t i = 0; i < in->num_fields; i++) {
        in->fields[i].res_len = payload != NULL && size > TIME_AT + 5;
        if (in->fields[i].res_len == 1) {
            state->hits = count(state, payload);
            in->fields[i].res.u64 = &state->hits;
        }
    }
    return SS_PLUGIN_SUCCESS;
}
