/*
 * v3/entry: the exported symbols of the plugin API 3, and those of its functions that need no plugin state.
 *
 * Every exported symbol is an indirect function (IFUNC): its resolver runs when the host looks the symbol up,
 * and returns NULL for what the script does not have, because hosts infer a plugin's capabilities from the
 * symbols that exist. The functions behind them are thin: they marshal, make one call, and return.
 *
 * Nothing here refers to an exported symbol: with indirect functions that would crash.
 */
#include "identity/entry_info.h"
#include "identity/loading.h"
#include "v3/statehandle.h"

#include <stdint.h>

#define FIELD_TYPE(identifier, name, number, ...)                                                            \
    _Static_assert((number) == FTYPE_##identifier, "field types have the plugin API's numbers");
#include "event/fieldtypes.def"
#undef FIELD_TYPE
_Static_assert(sizeof(struct bytes) == sizeof(ss_plugin_byte_buffer) &&
                   offsetof(struct bytes, length) == offsetof(ss_plugin_byte_buffer, len) &&
                   offsetof(struct bytes, data) == offsetof(ss_plugin_byte_buffer, ptr),
               "addresses are laid out as the plugin API wants them");
_Static_assert(EVENT_TYPE_PLUGIN == PPME_PLUGINEVENT_E && EVENT_TYPE_ASYNC == PPME_ASYNCEVENT_E,
               "events have libscap's numbers");
#define STATE_TYPE(identifier, name, number, least, most)                                                    \
    _Static_assert((number) == SS_PLUGIN_ST_##identifier,                                                    \
                   "types of state tables have the plugin API's numbers");
#include "script/statetypes.def"
#undef STATE_TYPE
#define LEVEL(identifier, name)                                                                              \
    _Static_assert((int)LOG_LEVEL_##identifier == SS_PLUGIN_LOG_SEV_##identifier,                            \
                   "log levels have the plugin API's numbers");
LOG_LEVELS(LEVEL)
#undef LEVEL

const char *entry_get_init_schema(ss_plugin_schema_type *schema_type)
{
    const char *schema = info_init_schema();

    if (schema_type != NULL) {
        *schema_type = schema != NULL ? SS_PLUGIN_SCHEMA_JSON : SS_PLUGIN_SCHEMA_NONE;
    }
    return schema;
}

/* The API declares this array writable, but nobody writes to it. Hosts of 3.0 call the function before init,
 * and pass only the first argument: the second is not used. */
static uint16_t *writable(const uint16_t *types)
{
    return (uint16_t *)(uintptr_t)types;
}

uint16_t *entry_get_extract_event_types(uint32_t *numtypes, ss_plugin_t *s)
{
    (void)s;
    return writable(info_extract_event_types(numtypes));
}

uint16_t *entry_get_parse_event_types(uint32_t *numtypes, ss_plugin_t *s)
{
    (void)s;
    return writable(info_parse_event_types(numtypes));
}

const char *entry_get_required_event_schema_version(ss_plugin_t *s)
{
    (void)s;
    return info_event_schema_version();
}

/* The key of the script's table that a symbol depends on. */
#define NEEDS_KEY(key)                                                                                       \
    case NEED_##key: {                                                                                       \
        _Static_assert(KEY_HAS_SYMBOL_##key, "script/keys.def: the column `symbol`");                        \
        return identity_has(identity, KEY_##key);                                                            \
    }

/* True if the script of this loading implements the symbol. */
static bool has_symbol(enum plugin_api_need need)
{
    const struct identity *identity = loading_identity();

    if (identity == NULL) {
        return false;
    }
    switch (need) {
    case NEED_REQUIRED:
        return true;
    case NEED_SOURCE:
        return identity_is_source(identity);
    case NEED_INIT_SCHEMA:
        return identity->texts[IDENTITY_INIT_SCHEMA] != NULL;
    case NEED_SYSCALLS:
        return identity_takes_syscalls(identity);
        NEEDS_KEY(PROGRESS)
        NEEDS_KEY(OPEN_PARAMS)
        NEEDS_KEY(FIELDS)
        NEEDS_KEY(PARSE)
        NEEDS_KEY(ASYNC_EVENTS)
        NEEDS_KEY(DUMP_STATE)
        NEEDS_KEY(SET_CONFIG)
        NEEDS_KEY(METRICS)
        NEEDS_KEY(CAPTURE_OPEN)
    }
    return false;
}

enum symbol {
#define SYMBOL(name, since, need, result, parameters) SYMBOL_##name,
    PLUGIN_API_SYMBOLS(SYMBOL)
#undef SYMBOL
};

/* Called by resolvers: true if the symbol exists for this script. The required version is looked up first in
 * every loading. */
static bool is_found(enum symbol symbol, enum plugin_api_need need, unsigned since)
{
    if (symbol == SYMBOL_get_required_api_version) {
        loading_begin(ABI_3);
    }
    if (since > 0) {
        loading_learn(since);
    }
    return need == NEED_REQUIRED || has_symbol(need);
}

#define EXPORT(name, since, need, result, parameters)                                                        \
    _Static_assert((since) <= API_3_NEWEST_MINOR, "base/apiversion.h: the newest minor version");            \
    __attribute__((used)) static plugin_##name##_fn *resolve_##name(void)                                    \
    {                                                                                                        \
        return is_found(SYMBOL_##name, NEED_##need, since) ? entry_##name : NULL;                            \
    }                                                                                                        \
    plugin_##name##_fn plugin_##name __attribute__((ifunc("resolve_" #name)));
PLUGIN_API_SYMBOLS(EXPORT)
