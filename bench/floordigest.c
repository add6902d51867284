/*
 * floordigest: bench/plugins/digest.lua in C, by the libcrypto of OpenSSL that is installed.
 */
#include "floorbatch.h"
#include "v3/abi.h"

#include <dlfcn.h>
#include <stdlib.h>

#define SIZE (1u << 20)

struct state {
    unsigned char *(*digest)(const unsigned char *text, size_t length, unsigned char *to);
    uint64_t begin;
    unsigned char text[SIZE];
};

FLOOR_IDENTITY("digest", "The floor: a digest of what is long")

const char *plugin_get_fields(void)
{
    return "[{\"name\": \"digest.begin\", \"type\": \"uint64\", \"desc\": \"Its first byte\"}]";
}

const char *plugin_get_last_error(ss_plugin_t *s)
{
    (void)s;
    return "no libcrypto.so.3, or out of memory";
}

void plugin_destroy(ss_plugin_t *s)
{
    free(s);
}

ss_plugin_t *plugin_init(const ss_plugin_init_input *input, ss_plugin_rc *rc)
{
    struct state *state = calloc(1, sizeof(*state));
    void *library = dlopen("libcrypto.so.3", RTLD_NOW);

    (void)input;
    *rc = SS_PLUGIN_FAILURE;
    if (state != NULL && library != NULL) {
        *(void **)&state->digest = dlsym(library, "SHA256");
        *rc = state->digest != NULL ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
    }
    return state;
}

ss_plugin_rc plugin_extract_fields(ss_plugin_t *s, const ss_plugin_event_input *evt,
                                   const ss_plugin_field_extract_input *in)
{
    struct state *state = s;
    uint32_t size = 0;
    const char *payload = floor_payload(evt, &size);

    for (uint32_t i = 0; i < in->num_fields; i++) {
        in->fields[i].res_len = payload != NULL && size > 0;
        if (in->fields[i].res_len == 1) {
            unsigned char digest[32];

            state->text[0] = (unsigned char)payload[0];
            state->digest(state->text, SIZE, digest);
            state->begin = digest[0];
            in->fields[i].res.u64 = &state->begin;
        }
    }
    return SS_PLUGIN_SUCCESS;
}
