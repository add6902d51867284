#include "plugin/valueoffsets.h"

#include "json/paths.h"
#include "plugin/payloadjson.h"

#include <string.h>

/* Fills in where the values stand in a payload of another format. Memory that is out leaves them unknown. */
static void add_origins(struct extraction *extraction, const struct value *value, uint32_t before,
                        uint32_t *starts, uint32_t *lengths)
{
    const struct event *event = extraction->event;

    for (uint32_t i = 0; i < value->count; i++) {
        uint32_t start, length;

        if (value->starts[i] != VALUE_NOWHERE &&
            format_origin(&extraction->fields->format.state, event->data, event->size, &extraction->pool,
                          &extraction->json.origins, value->starts[i], &start, &length)) {
            starts[i] = start + before;
            lengths[i] = length;
        }
    }
}

bool valueoffsets_find(struct extraction *extraction, const struct value *value, uint32_t **starts,
                       uint32_t **lengths)
{
    const struct event *event = extraction->event;
    struct pool *pool = &extraction->pool;
    struct value found = *value;
    uint32_t before = event->raw != NULL ? (uint32_t)((const unsigned char *)event->data - event->raw) : 0;

    *starts = pool_take(pool, value->count * sizeof(**starts));
    *lengths = pool_take(pool, value->count * sizeof(**lengths));
    if (*starts == NULL || *lengths == NULL) {
        return false;
    }
    memset(*starts, 0, value->count * sizeof(**starts));
    memset(*lengths, 0, value->count * sizeof(**lengths));
    if (found.starts == NULL) {
        return true;
    }
    if (found.lengths == NULL &&
        !payloadjson_is_payload(extraction->fields->format.state.format)) { /* those of functions are known */
        add_origins(extraction, &found, before, *starts, *lengths);
        return true;
    }
    if (found.lengths == NULL) {
        found.starts = *starts;
        memcpy(found.starts, value->starts, value->count * sizeof(**starts));
        if (!paths_complete_offsets(&found, event->data, event->size, pool)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < value->count; i++) {
        bool known = found.starts[i] != VALUE_NOWHERE;

        (*lengths)[i] = known ? found.lengths[i] : 0;
        (*starts)[i] = known ? found.starts[i] + before : 0;
    }
    return true;
}
