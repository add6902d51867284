/*
 * v0/entry: the exported functions of the plugin API 0.3.0, as indirect functions; see v3/entry.c.
 */
#include "base/slots.h"
#include "base/text.h"
#include "identity/entry_info.h"
#include "identity/loading.h"
#include "identity/state.h"
#include "plugin/lifecycle.h"
#include "v0/abi.h"
#include "v0/batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((int)SOURCE_EVENTS == SS_PLUGIN_SUCCESS && (int)SOURCE_FAILED == SS_PLUGIN_FAILURE &&
                   (int)SOURCE_TIMEOUT == SS_PLUGIN_TIMEOUT && (int)SOURCE_END == SS_PLUGIN_EOF,
               "outcomes have the plugin API's numbers");

static uint32_t entry_get_type(void)
{
    const struct identity *identity = loading_identity();

    return identity == NULL || identity_is_source(identity) ? TYPE_SOURCE_PLUGIN : TYPE_EXTRACTOR_PLUGIN;
}

static const char *entry_get_init_schema(ss_plugin_schema_type *schema_type)
{
    const char *schema = info_init_schema();

    if (schema_type != NULL) {
        *schema_type = schema != NULL ? SS_PLUGIN_SCHEMA_JSON : SS_PLUGIN_SCHEMA_NONE;
    }
    return schema;
}

/* Tells the host, if it has passed where. */
static void give_rc(ss_plugin_rc *rc, bool success)
{
    if (rc != NULL) {
        *rc = success ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
    }
}

static struct slots states = {.size = sizeof(struct state)};

__attribute__((destructor)) static void free_states(void)
{
    slots_free(&states);
}

static ss_plugin_t *entry_init(const char *config, ss_plugin_rc *rc)
{
    unsigned minor;
    struct state *state = slots_take(&states);

    if (state != NULL) {
        state_start(state, loading_take(&minor), config, (struct log){0}, (struct framework){.owner = NULL});
    }
    if (state != NULL && state->started) {
        plugin_begin(&state->plugin);
    }
    give_rc(rc, state != NULL && state->started);
    return state;
}

static void entry_destroy(ss_plugin_t *s)
{
    struct state *state = s;

    if (state != NULL && fairlock_is_usable(&state->plugin.lock) && slots_end(state)) {
        bool much = memory_is_much(&state->plugin.memory);

        state_end(state);
        slots_give(&states, s);
        if (much) {
            memory_give_back_pages();
        }
    }
}

static struct plugin *plugin_of(ss_plugin_t *s)
{
    return &((struct state *)s)->plugin;
}

static const char *entry_get_last_error(ss_plugin_t *s)
{
    return s != NULL ? plugin_error(plugin_of(s)) : TEXT_NO_STATE;
}

/* The plugin, with its lock, which is on where `init` has left tasks. NULL, with its error set, if init has
 * failed or the state was destroyed. NULL for NULL. */
static struct plugin *enter(ss_plugin_t *s)
{
    struct state *state = s;

    if (state == NULL) {
        return NULL;
    }
    if (!state->started) {
        if (state->identity != NULL) { /* else it was destroyed, which is its last error */
            plugin_fail_plain(&state->plugin, "the plugin is not initialised");
        }
        return NULL;
    }
    if (!fairlock_is_usable(&state->plugin.lock)) {
        plugin_fail_plain(&state->plugin, "the plugin was in use when this process was forked");
        return NULL;
    }
    fairlock_enter(&state->plugin.lock);
    return &state->plugin;
}

static void leave(struct plugin *plugin)
{
    fairlock_leave(&plugin->lock);
}

static ss_instance_t *entry_open(ss_plugin_t *s, const char *params, ss_plugin_rc *rc)
{
    struct plugin *plugin = enter(s);
    struct instance *instance = NULL;

    if (plugin != NULL) {
        instance = state_open(s, params, batch_new(&plugin->memory));
        leave(plugin);
    }
    give_rc(rc, instance != NULL);
    return instance;
}

static void entry_close(ss_plugin_t *s, ss_instance_t *h)
{
    struct plugin *plugin = enter(s);

    if (plugin != NULL) {
        eventsource_close_found(plugin, h);
        leave(plugin);
    }
}

static enum source_outcome fill(struct state *state, ss_instance_t *h, uint32_t *nevts,
                                ss_plugin_event **evts)
{
    struct instance *instance;
    enum source_outcome outcome;

    if (nevts == NULL || evts == NULL) {
        plugin_fail_plain(&state->plugin, "next_batch: the host passes no place for the events");
        return SOURCE_FAILED;
    }
    state_check_reload(state, NULL);
    instance = eventsource_find(&state->plugin, h);
    if (instance == NULL) {
        return SOURCE_FAILED;
    }
    outcome = eventsource_fill(instance);
    *nevts = batch_count(eventsource_writer(instance));
    *evts = batch_events(eventsource_writer(instance));
    return outcome;
}

static ss_plugin_rc entry_next_batch(ss_plugin_t *s, ss_instance_t *h, uint32_t *nevts,
                                     ss_plugin_event **evts)
{
    struct plugin *plugin = enter(s);
    enum source_outcome outcome;

    if (nevts != NULL) {
        *nevts = 0;
    }
    if (plugin == NULL) {
        return SS_PLUGIN_FAILURE;
    }
    outcome = fill(s, h, nevts, evts);
    leave(plugin);
    return (ss_plugin_rc)outcome;
}

static const char *entry_get_progress(ss_plugin_t *s, ss_instance_t *h, uint32_t *progress_pct)
{
    struct plugin *plugin = enter(s);
    struct instance *instance = plugin != NULL ? eventsource_find(plugin, h) : NULL;
    uint32_t hundredths = 0;
    const char *text = instance != NULL ? eventsource_progress(instance, &hundredths) : "";

    if (plugin != NULL) {
        leave(plugin);
    }
    if (progress_pct != NULL) {
        *progress_pct = hundredths;
    }
    return text;
}

static const char *entry_list_open_params(ss_plugin_t *s, ss_plugin_rc *rc)
{
    struct plugin *plugin = enter(s);
    const char *text = plugin != NULL ? plugin_open_params(plugin) : NULL;

    if (plugin != NULL) {
        leave(plugin);
    }
    give_rc(rc, text != NULL);
    return text;
}

/* Converts the host's event. Its source is the script's own: hosts of this API pass no other. */
static struct event make_event(const struct manifest *manifest, const uint8_t *data, uint32_t size,
                               uint64_t num, uint64_t ts)
{
    return (struct event){
        .data = data != NULL ? data : (const uint8_t *)"",
        .size = data != NULL ? size : 0,
        .has_payload = true,
        .num = num,
        .ts = ts,
        .tid = -1,
        .type = EVENT_TYPE_PLUGIN,
        .source = manifest->event_source,
        .where = data,
    };
}

/* For event_to_string the host passes only a payload: number and time are unknown. */
static const char *entry_event_to_string(ss_plugin_t *s, const uint8_t *data, uint32_t datalen)
{
    struct plugin *plugin = enter(s);
    struct event event;
    const char *text;

    if (plugin == NULL) {
        return NULL;
    }
    event = make_event(plugin->manifest, data, datalen, 0, 0);
    event.bare = true;
    extraction_show(plugin, &event);
    text = extraction_text(plugin);
    leave(plugin);
    return text;
}

/* Reads the argument, which hosts of this API do not check. False: the field does not take it, which was
 * logged. */
static bool read_argument(struct plugin *plugin, const struct field *field, const char *text,
                          struct argument *argument)
{
    char problem[256];

    if (text != NULL && text[0] == '\0') {
        text = NULL; /* how these hosts say that there is none */
    }
    if (text == NULL && field->has_arg && field->arg_required) {
        snprintf(problem, sizeof(problem), "%s: needs an argument: %s[%s]", field->label, field->name,
                 field->arg_index ? "3" : "key");
    } else if (extraction_argument(field, text, argument)) {
        return true;
    } else {
        snprintf(problem, sizeof(problem),
                 "%s: expected an index (digits, without leading zeros) as the argument, got \"%.80s\"",
                 field->label, text);
    }
    plugin_fail(plugin, problem);
    log_limited(&plugin->log, LOG_LEVEL_ERROR, problem);
    return false;
}

/* Extracts one field. False: an error. */
static bool extract_field(struct plugin *plugin, ss_plugin_extract_field *request)
{
    const struct value *value;
    const struct field *field;
    struct argument argument;

    request->field_present = false;
    if (request->field_id >= plugin->manifest->field_count) {
        plugin_fail(plugin, "extract_fields: the host asks for a field that was never declared");
        return false;
    }
    field = &plugin->manifest->fields[request->field_id];
    if (!read_argument(plugin, field, request->arg, &argument)) {
        return false;
    }
    value = extraction_get(plugin, request->field_id, &argument);
    if (value->outcome == VALUE_FAILED) {
        plugin_fail(plugin, value->error);
        return false;
    }
    if (value->outcome == VALUE_PRESENT) {
        request->field_present = true;
        if (cell_is_string_there(field->type->kind)) {
            request->res_str = *(const char *const *)value->cells;
        } else {
            request->res_u64 = *(const uint64_t *)value->cells;
        }
    }
    return true;
}

static void clear_results(uint32_t num_fields, ss_plugin_extract_field *fields)
{
    for (uint32_t i = 0; fields != NULL && i < num_fields; i++) {
        fields[i].field_present = false;
    }
}

/* False: an error. */
static bool extract_fields(struct state *state, const ss_plugin_event *evt, uint32_t num_fields,
                           ss_plugin_extract_field *fields)
{
    struct plugin *plugin = &state->plugin;
    struct event event;
    bool all = true;

    if (evt == NULL || (fields == NULL && num_fields > 0)) {
        plugin_fail_plain(plugin, "extract_fields: the host passes no event, or no fields");
        clear_results(num_fields, fields);
        return false;
    }
    event = make_event(plugin->manifest, evt->data, evt->datalen, evt->evtnum, evt->ts);
    state_check_reload(state, &event);
    extraction_show(plugin, &event);
    for (uint32_t i = 0; i < num_fields; i++) {
        all = extract_field(plugin, &fields[i]) && all;
    }
    return all;
}

static ss_plugin_rc entry_extract_fields(ss_plugin_t *s, const ss_plugin_event *evt, uint32_t num_fields,
                                         ss_plugin_extract_field *fields)
{
    struct plugin *plugin = enter(s);
    bool all;

    if (plugin == NULL) {
        clear_results(num_fields, fields);
        return SS_PLUGIN_FAILURE;
    }
    all = extract_fields(s, evt, num_fields, fields);
    leave(plugin);
    return all ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
}

/* True if the script implements a symbol. */
static bool has_symbol(enum plugin_api_need need, const struct identity *identity)
{
    switch (need) {
    case NEED_UNUSED:
        return false;
    case NEED_REQUIRED:
        return true;
    case NEED_INIT_SCHEMA:
        return identity->texts[IDENTITY_INIT_SCHEMA] != NULL;
    case NEED_PROGRESS:
        return identity_has(identity, KEY_PROGRESS);
    case NEED_OPEN_PARAMS:
        return identity_has(identity, KEY_OPEN_PARAMS);
    case NEED_FIELDS:
        return identity_has(identity, KEY_FIELDS);
    }
    return false;
}

enum symbol {
#define SYMBOL(name, source, extractor, result, parameters) SYMBOL_##name,
    PLUGIN_API_SYMBOLS(SYMBOL)
#undef SYMBOL
};

/* Called by resolvers: true if the symbol exists for this script. The required version is looked up first in
 * every loading. */
static bool is_found(enum symbol symbol, enum plugin_api_need source, enum plugin_api_need extractor)
{
    const struct identity *identity;

    if (symbol == SYMBOL_get_required_api_version) {
        loading_begin(ABI_0);
    }
    identity = loading_identity();
    if (identity == NULL || identity->manifest == NULL) {
        return source == NEED_REQUIRED && extractor == NEED_REQUIRED;
    }
    return has_symbol(identity_is_source(identity) ? source : extractor, identity);
}

/* entry_NAME implements the exported plugin_NAME. */
#define EXPORT(name, source, extractor, result, parameters)                                                  \
    __attribute__((used)) static plugin_##name##_fn *resolve_##name(void)                                    \
    {                                                                                                        \
        return is_found(SYMBOL_##name, NEED_##source, NEED_##extractor) ? entry_##name : NULL;               \
    }                                                                                                        \
    plugin_##name##_fn plugin_##name __attribute__((ifunc("resolve_" #name)));
PLUGIN_API_SYMBOLS(EXPORT)
