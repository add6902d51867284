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
#include "identity/state.h"
#include "v3/abi.h"
#include "v3/batch.h"

#include <stdlib.h>
#include <string.h>

_Static_assert((int)TYPE_UINT64 == FTYPE_UINT64 && (int)TYPE_STRING == FTYPE_STRING &&
                   (int)TYPE_RELTIME == FTYPE_RELTIME && (int)TYPE_ABSTIME == FTYPE_ABSTIME &&
                   (int)TYPE_BOOL == FTYPE_BOOL && (int)TYPE_IPADDR == FTYPE_IPADDR &&
                   (int)TYPE_IPNET == FTYPE_IPNET,
               "field types have the plugin API's numbers");
_Static_assert(sizeof(struct bytes) == sizeof(ss_plugin_byte_buffer) &&
                   offsetof(struct bytes, length) == offsetof(ss_plugin_byte_buffer, len) &&
                   offsetof(struct bytes, data) == offsetof(ss_plugin_byte_buffer, ptr),
               "addresses are laid out as the plugin API wants them");
_Static_assert(EVENT_TYPE_PLUGIN == PPME_PLUGINEVENT_E, "plugin events have libscap's number");
_Static_assert((int)LOG_LEVEL_FATAL == SS_PLUGIN_LOG_SEV_FATAL &&
                   (int)LOG_LEVEL_TRACE == SS_PLUGIN_LOG_SEV_TRACE,
               "log levels have the plugin API's numbers");

/* First minor version whose init gives a log function. */
#define LOG_SINCE 3u

/* What the host calls a plugin state. */
struct handle {
    struct state *state;
    ss_plugin_log_fn_t log_fn; /* the host's, or NULL */
    ss_plugin_owner_t *owner;
};

/* What the host calls an instance. */
struct opened {
    struct instance *instance;
    struct batch *batch; /* the instance's */
};

static const char *entry_get_init_schema(ss_plugin_schema_type *schema_type)
{
    const char *schema = info_init_schema();

    *schema_type = schema != NULL ? SS_PLUGIN_SCHEMA_JSON : SS_PLUGIN_SCHEMA_NONE;
    return schema;
}

/* Hosts of 3.0 call this with the first argument only; the second is not looked at. */
static uint16_t *entry_get_extract_event_types(uint32_t *numtypes, ss_plugin_t *s)
{
    static uint16_t plugin_events[] = {EVENT_TYPE_PLUGIN};

    (void)s;
    *numtypes = 1;
    return plugin_events;
}

/* The host's log, as modules/log.h calls it. */
static void log_to_host(void *owner, const char *component, const char *text, enum log_level level)
{
    struct handle *handle = owner;

    handle->log_fn(handle->owner, component, text, (ss_plugin_log_severity)level);
}

/* Older hosts pass a struct that ends before log_fn. */
static void take_log(struct handle *handle, const ss_plugin_init_input *input, unsigned minor)
{
    handle->owner = input->owner;
    handle->log_fn = minor >= LOG_SINCE ? input->log_fn : NULL;
}

static ss_plugin_t *entry_init(const ss_plugin_init_input *input, ss_plugin_rc *rc)
{
    struct handle *handle = calloc(1, sizeof(*handle));
    struct identity *identity;
    struct log log = {0};
    unsigned minor;

    *rc = SS_PLUGIN_FAILURE;
    if (handle == NULL) {
        return NULL;
    }
    identity = loading_take(&minor);
    take_log(handle, input, minor);
    if (handle->log_fn != NULL) {
        log.sink = log_to_host;
        log.owner = handle;
    }
    handle->state = state_new(identity, input->config, log);
    if (handle->state == NULL) {
        free(handle);
        return NULL;
    }
    *rc = handle->state->started ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
    return handle;
}

static void entry_destroy(ss_plugin_t *s)
{
    struct handle *handle = s;

    if (handle != NULL) {
        state_free(handle->state);
        free(handle);
    }
}

static struct plugin *plugin_of(ss_plugin_t *s)
{
    struct handle *handle = s;

    return &handle->state->plugin;
}

static const char *entry_get_last_error(ss_plugin_t *s)
{
    return s != NULL ? plugin_error(plugin_of(s)) : "out of memory";
}

static ss_instance_t *entry_open(ss_plugin_t *s, const char *params, ss_plugin_rc *rc)
{
    struct handle *handle = s;
    struct opened *opened = calloc(1, sizeof(*opened));

    *rc = SS_PLUGIN_FAILURE;
    if (opened != NULL) {
        opened->batch =
            batch_new(handle->state->identity->manifest != NULL ? handle->state->identity->manifest->id : 0);
    }
    if (opened == NULL || opened->batch == NULL) {
        plugin_fail(plugin_of(s), "out of memory");
        free(opened);
        return NULL;
    }
    opened->instance = state_open(handle->state, params, batch_writer(opened->batch));
    if (opened->instance == NULL) {
        free(opened);
        return NULL;
    }
    *rc = SS_PLUGIN_SUCCESS;
    return opened;
}

static void entry_close(ss_plugin_t *s, ss_instance_t *h)
{
    struct opened *opened = h;

    (void)s;
    if (opened != NULL) {
        sourcing_close(opened->instance);
        free(opened);
    }
}

static ss_plugin_rc next_batch_rc(enum source_outcome outcome)
{
    switch (outcome) {
    case SOURCE_EVENTS:
        return SS_PLUGIN_SUCCESS;
    case SOURCE_TIMEOUT:
        return SS_PLUGIN_TIMEOUT;
    case SOURCE_END:
        return SS_PLUGIN_EOF;
    case SOURCE_FAILED:
        break;
    }
    return SS_PLUGIN_FAILURE;
}

static ss_plugin_rc entry_next_batch(ss_plugin_t *s, ss_instance_t *h, uint32_t *nevts,
                                     ss_plugin_event ***evts)
{
    struct opened *opened = h;
    enum source_outcome outcome = sourcing_fill(opened->instance);

    (void)s;
    *nevts = batch_count(opened->batch);
    *evts = batch_events(opened->batch);
    return next_batch_rc(outcome);
}

static const char *entry_get_progress(ss_plugin_t *s, ss_instance_t *h, uint32_t *progress_pct)
{
    struct opened *opened = h;

    (void)s;
    return sourcing_progress(opened->instance, progress_pct);
}

/* The plugin, or NULL, with its error set, where init failed. */
static struct plugin *started_plugin(ss_plugin_t *s)
{
    struct handle *handle = s;

    if (!handle->state->started) {
        plugin_fail(plugin_of(s), "the plugin is not initialised");
        return NULL;
    }
    return plugin_of(s);
}

static const char *entry_list_open_params(ss_plugin_t *s, ss_plugin_rc *rc)
{
    struct plugin *plugin = started_plugin(s);
    const char *text = plugin != NULL ? plugin_open_params(plugin) : NULL;

    *rc = text != NULL ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
    return text;
}

/* Reads a plugin event. False: it is of another type, or its lengths do not add up. */
static bool read_event(const ss_plugin_event_input *input, struct event *event)
{
    const ss_plugin_event *header = input->evt;
    const unsigned char *bytes = (const unsigned char *)header;
    uint32_t lengths[2];

    if (header->type != PPME_PLUGINEVENT_E || header->nparams != 2 ||
        header->len < PLUGIN_EVENT_PAYLOAD_OFFSET) {
        return false;
    }
    memcpy(lengths, bytes + sizeof(*header), sizeof(lengths));
    if (lengths[0] != sizeof(uint32_t) || lengths[1] > header->len - PLUGIN_EVENT_PAYLOAD_OFFSET) {
        return false;
    }
    *event = (struct event){
        .data = bytes + PLUGIN_EVENT_PAYLOAD_OFFSET,
        .size = lengths[1],
        .num = input->evtnum,
        .ts = header->ts,
        .tid = (int64_t)header->tid,
        .type = header->type,
        .source = input->evtsrc,
        .where = header,
    };
    return true;
}

static const char *entry_event_to_string(ss_plugin_t *s, const ss_plugin_event_input *evt)
{
    struct plugin *plugin = started_plugin(s);
    struct event event;

    if (plugin == NULL) {
        return NULL;
    }
    if (!read_event(evt, &event)) {
        plugin_fail(plugin, "to_string: the event is no plugin event");
        return NULL;
    }
    extraction_show(plugin, &event);
    return extraction_text(plugin);
}

/* Where a field takes both, hosts give an index also as text. */
static void read_argument(const struct field *field, const ss_plugin_extract_field *asked,
                          struct argument *argument)
{
    *argument = (struct argument){.kind = ARGUMENT_NONE};
    if (!asked->arg_present || !field->has_arg) {
        return;
    }
    if (field->arg_key && asked->arg_key != NULL) {
        extraction_argument(field, asked->arg_key, argument);
    } else if (field->arg_index) {
        *argument = (struct argument){.kind = ARGUMENT_INDEX, .index = asked->arg_index};
    }
}

/* Answers one field. False: its extraction failed. */
static bool answer(struct plugin *plugin, ss_plugin_extract_field *asked)
{
    const struct value *value;
    struct argument argument;

    asked->res_len = 0;
    if (asked->field_id >= plugin->manifest->field_count) {
        plugin_fail(plugin, "extract_fields: the host asks for a field that was never declared");
        return false;
    }
    read_argument(&plugin->manifest->fields[asked->field_id], asked, &argument);
    value = extraction_get(plugin, asked->field_id, &argument);
    if (value->outcome == VALUE_FAILED) {
        plugin_fail(plugin, value->error);
        return false;
    }
    if (value->outcome == VALUE_PRESENT) {
        asked->res.str = value->cells;
        asked->res_len = value->count;
    }
    return true;
}

static void answer_nothing(const ss_plugin_field_extract_input *in)
{
    for (uint32_t i = 0; i < in->num_fields; i++) {
        in->fields[i].res_len = 0;
    }
}

static ss_plugin_rc entry_extract_fields(ss_plugin_t *s, const ss_plugin_event_input *evt,
                                         const ss_plugin_field_extract_input *in)
{
    struct plugin *plugin = started_plugin(s);
    struct event event;
    bool all = true;

    if (plugin == NULL || !read_event(evt, &event)) {
        answer_nothing(in);
        return plugin != NULL ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
    }
    extraction_show(plugin, &event);
    for (uint32_t i = 0; i < in->num_fields; i++) {
        all = answer(plugin, &in->fields[i]) && all;
    }
    return all ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
}

/* What there is behind each symbol; NULL for what no script can have. */
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
        return identity->init_schema != NULL;
    case SYMBOL_get_progress:
        return identity_has(identity, KEY_PROGRESS);
    case SYMBOL_list_open_params:
        return identity_has(identity, KEY_OPEN_PARAMS);
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
