/*
 * floorformat: bench/plugins/format.lua in C: snprintf, and the generator of Lua 5.4's math.random.
 */
#include "floorbatch.h"
#include "v3/abi.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define BATCH_EVENTS 512u
#define LONGEST      64

FLOOR_IDENTITY("format", "The floor: samples by snprintf")

struct script_source {
    struct floor_batch batch;
    uint64_t sample, random[4]; /* xoshiro256** */
};

static uint64_t rotate_left(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

static uint64_t next_random(uint64_t *state)
{
    uint64_t result = rotate_left(state[1] * 5, 7) * 9, shifted = state[1] << 17;

    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate_left(state[3], 45);
    return result;
}

/* From 1 to 100: seven bits of what comes, the first such that are below 100. */
static unsigned percent(uint64_t *state)
{
    unsigned bits;

    do {
        bits = next_random(state) & 127;
    } while (bits >= 100);
    return bits + 1;
}

ss_instance_t *plugin_open(ss_plugin_t *s, const char *params, ss_plugin_rc *rc)
{
    struct script_source *source = calloc(1, sizeof(*source));

    (void)params;
    *rc = SS_PLUGIN_FAILURE;
    if (source == NULL || !floor_batch_open(&source->batch, BATCH_EVENTS, LONGEST)) {
        plugin_close(s, source);
        return NULL;
    }
    source->random[0] = 42; /* as math.randomseed(42) */
    source->random[1] = 255;
    for (int i = 0; i < 16; i++) {
        next_random(source->random);
    }
    *rc = SS_PLUGIN_SUCCESS;
    return source;
}

void plugin_close(ss_plugin_t *s, ss_instance_t *h)
{
    struct script_source *source = h;

    (void)s;
    if (source != NULL) {
        floor_batch_close(&source->batch);
        free(source);
    }
}

ss_plugin_rc plugin_next_batch(ss_plugin_t *s, ss_instance_t *h, uint32_t *nevts, ss_plugin_event ***evts)
{
    struct script_source *source = h;
    struct floor_batch *batch = &source->batch;

    (void)s;
    floor_batch_reset(batch);
    while (batch->count < batch->room) {
        int size = snprintf((char *)floor_batch_payload(batch), LONGEST, "sample %" PRIu64 ": %u %%",
                            ++source->sample, percent(source->random));

        floor_batch_add(batch, (uint32_t)size);
    }
    *nevts = batch->count;
    *evts = batch->events;
    return SS_PLUGIN_SUCCESS;
}
