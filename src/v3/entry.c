/*
 * v3/entry: the exported functions of the plugin API 3.
 *
 * Thin shells: marshal, one call, return. Every exported symbol is an indirect function:
 * its resolver runs when the host looks the symbol up, and answers NULL for what the script
 * does not have, because hosts infer a plugin's capabilities from the symbols that exist.
 * Nothing here refers to an exported symbol: with indirect functions that would crash.
 */
#include "identity/info.h"
#include "identity/loading.h"
#include "v3/handle.h"

#include <stdint.h>

#define FIELD_TYPE(identifier, name, number, ...)                                                            \
    _Static_assert((number) == FTYPE_##identifier, "field types have the plugin API's numbers");
#include "event/types.def"
#undef FIELD_TYPE
_Static_assert(sizeof(struct bytes) == sizeof(ss_plugin_byte_buffer) &&
                   offsetof(struct bytes, length) == offsetof(ss_plugin_byte_buffer, len) &&
                   offsetof(struct bytes, data) == offsetof(ss_plugin_byte_buffer, ptr),
               "addresses are laid out as the plugin API wants them");
_Static_assert(EVENT_TYPE_PLUGIN == PPME_PLUGINEVENT_E && EVENT_TYPE_ASYNC == PPME_ASYNCEVENT_E,
               "events have libscap's numbers");
_Static_assert((int)STATE_INT8 == SS_PLUGIN_ST_INT8 && (int)STATE_UINT64 == SS_PLUGIN_ST_UINT64 &&
                   (int)STATE_STRING == SS_PLUGIN_ST_STRING && (int)STATE_TABLE == SS_PLUGIN_ST_TABLE &&
                   (int)STATE_BOOL == SS_PLUGIN_ST_BOOL,
               "types of state tables have the plugin API's numbers");
_Static_assert((int)LOG_LEVEL_FATAL == SS_PLUGIN_LOG_SEV_FATAL &&
                   (int)LOG_LEVEL_TRACE == SS_PLUGIN_LOG_SEV_TRACE,
               "log levels have the plugin API's numbers");

const char *entry_get_init_schema(ss_plugin_schema_type *schema_type)
{
    const char *schema = info_init_schema();

    *schema_type = schema != NULL ? SS_PLUGIN_SCHEMA_JSON : SS_PLUGIN_SCHEMA_NONE;
    return schema;
}

/* The API has this array writable, and nobody writes to it. Hosts of 3.0 call with the first argument only,
 * before init: the second is not looked at. */
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

/* What there is behind each symbol. */
static const plugin_api entries = {
    .get_required_api_version = info_required_api_version,
    .get_version = info_version,
    .get_last_error = entry_get_last_error,
    .get_name = info_name,
    .get_description = info_description,
    .get_contact = info_contact,
    .get_init_schema = entry_get_init_schema,
    .init = entry_init,
    .destroy = entry_destroy,
    .get_id = info_id,
    .get_event_source = info_event_source,
    .open = entry_open,
    .close = entry_close,
    .next_batch = entry_next_batch,
    .get_progress = entry_get_progress,
    .list_open_params = entry_list_open_params,
    .event_to_string = entry_event_to_string,
    .get_fields = info_fields,
    .extract_fields = entry_extract_fields,
    .get_extract_event_sources = info_extract_event_sources,
    .get_extract_event_types = entry_get_extract_event_types,
    .get_parse_event_sources = info_parse_event_sources,
    .get_parse_event_types = entry_get_parse_event_types,
    .parse_event = entry_parse_event,
    .get_async_event_sources = info_async_event_sources,
    .get_async_events = info_async_events,
    .set_async_event_handler = entry_set_async_event_handler,
    .dump_state = entry_dump_state,
    .set_config = entry_set_config,
    .get_metrics = entry_get_metrics,
    .capture_open = entry_capture_open,
    .capture_close = entry_capture_close,
    .get_required_event_schema_version = entry_get_required_event_schema_version,
};

enum symbol {
#define SYMBOL(name, since, need, result, parameters) SYMBOL_##name,
    PLUGIN_API_SYMBOLS(SYMBOL)
#undef SYMBOL
};

/* True if the script that is being loaded has what the symbol stands for. */
static bool has_symbol(enum symbol symbol)
{
    const struct identity *identity = loading_identity();

    if (identity == NULL) {
        return false;
    }
    switch (symbol) {
    case SYMBOL_get_id:
    case SYMBOL_get_event_source:
    case SYMBOL_open:
    case SYMBOL_close:
    case SYMBOL_next_batch:
    case SYMBOL_event_to_string:
        return identity_is_source(identity);
    case SYMBOL_get_fields:
    case SYMBOL_extract_fields:
    case SYMBOL_get_extract_event_sources:
    case SYMBOL_get_extract_event_types:
        return identity_has(identity, KEY_FIELDS);
    case SYMBOL_get_init_schema:
        return identity->texts[IDENTITY_INIT_SCHEMA] != NULL;
    case SYMBOL_get_progress:
        return identity_has(identity, KEY_PROGRESS);
    case SYMBOL_list_open_params:
        return identity_has(identity, KEY_OPEN_PARAMS);
    case SYMBOL_get_parse_event_types:
    case SYMBOL_get_parse_event_sources:
    case SYMBOL_parse_event:
        return identity_has(identity, KEY_PARSE);
    case SYMBOL_get_async_event_sources:
    case SYMBOL_get_async_events:
    case SYMBOL_set_async_event_handler:
        return identity_has(identity, KEY_ASYNC_EVENTS);
    case SYMBOL_dump_state:
        return identity_has(identity, KEY_DUMP_STATE);
    case SYMBOL_set_config:
        return identity_has(identity, KEY_SET_CONFIG);
    case SYMBOL_get_metrics:
        return identity_has(identity, KEY_METRICS);
    case SYMBOL_capture_open:
    case SYMBOL_capture_close:
        return identity_has(identity, KEY_CAPTURE_OPEN);
    case SYMBOL_get_required_event_schema_version:
        return identity_takes_syscalls(identity);
    default:
        return false;
    }
}

/* The host looks a symbol up: true if there is to be one. Every loading looks for the required version first.
 */
static bool is_found(enum symbol symbol, bool required, unsigned since)
{
    if (symbol == SYMBOL_get_required_api_version) {
        loading_begin(ABI_3);
    }
    if (since > 0) {
        loading_learn(since);
    }
    return required || has_symbol(symbol);
}

#define REQUIRED true
#define OPTIONAL false
#define EXPORT(name, since, need, result, parameters)                                                        \
    __attribute__((used)) static plugin_##name##_fn *resolve_##name(void)                                    \
    {                                                                                                        \
        return is_found(SYMBOL_##name, need, since) ? entries.name : NULL;                                   \
    }                                                                                                        \
    plugin_##name##_fn plugin_##name __attribute__((ifunc("resolve_" #name)));
PLUGIN_API_SYMBOLS(EXPORT)
