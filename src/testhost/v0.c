#include "testhost/driver.h"
#include "v0/abi.h"

#include <stdlib.h>
#include <string.h>

enum {
#define SYMBOL(name, source, extractor, result, parameters) SYMBOL_##name,
    PLUGIN_API_SYMBOLS(SYMBOL)
#undef SYMBOL
        SYMBOL_COUNT
};

/* name, need in a source, need in an extractor */
static const struct {
    const char *name;
    enum plugin_api_need need[2];
} known[] = {
#define SYMBOL(name, source, extractor, result, parameters) {#name, {NEED_##source, NEED_##extractor}},
    PLUGIN_API_SYMBOLS(SYMBOL)
#undef SYMBOL
};

#define API(library, name) ((plugin_##name##_fn *)(library)->symbols[SYMBOL_##name].address)

static bool is_source(const struct library *library)
{
    return library->capabilities & CAPABILITY_SOURCING;
}

/* ---- loading ---- */

static void look_up(struct library *library, size_t symbol)
{
    library->symbols[symbol].address = library_look_up(library, known[symbol].name);
}

/* The version is looked up and asked before anything else. */
static bool check_api_version(struct library *library, char *message)
{
    unsigned version[3];

    look_up(library, SYMBOL_get_required_api_version);
    if (API(library, get_required_api_version) == NULL)
        return message_fail(message, "Could not resolve plugin_get_required_api_version function");
    if (!library_keep(&library->required_api_version, API(library, get_required_api_version)(),
                      "get_required_api_version", message))
        return false;
    if (!library_parse_version(library->required_api_version, version))
        return message_fail(message, "Could not parse version string from %s", library->required_api_version);
    if (version[0] != PLUGIN_API_VERSION_MAJOR || version[1] > PLUGIN_API_VERSION_MINOR ||
        (version[1] == PLUGIN_API_VERSION_MINOR && version[2] > PLUGIN_API_VERSION_PATCH))
        return message_fail(message, "Unsupported plugin required api version %s",
                            library->required_api_version);
    library->required_minor = version[1];
    return true;
}

static bool read_type(struct library *library, char *message)
{
    look_up(library, SYMBOL_get_type);
    if (API(library, get_type) == NULL)
        return message_fail(message, "Could not resolve plugin_get_type function");
    switch (API(library, get_type)()) {
    case TYPE_SOURCE_PLUGIN:
        library->capabilities = CAPABILITY_SOURCING;
        return true;
    case TYPE_EXTRACTOR_PLUGIN:
        library->capabilities = CAPABILITY_EXTRACTION;
        return true;
    default:
        return message_fail(message, "Wrong plugin type.");
    }
}

/* Looks up the other symbols in order, up to the first missing one that is required. */
static bool look_up_rest(struct library *library, char *message)
{
    int type = is_source(library) ? 0 : 1;

    for (size_t i = SYMBOL_get_type + 1; i < SYMBOL_COUNT; i++) {
        if (known[i].need[type] == NEED_UNUSED)
            continue;
        look_up(library, i);
        if (known[i].need[type] == NEED_REQUIRED && library->symbols[i].address == NULL)
            return message_fail(message, "Dynamic library symbol plugin_%s not present", known[i].name);
    }
    return true;
}

static bool read_names(struct library *library, char *message)
{
    unsigned version[3];

    if (!library_keep(&library->name, API(library, get_name)(), "get_name", message) ||
        !library_keep(&library->description, API(library, get_description)(), "get_description", message) ||
        !library_keep(&library->contact, API(library, get_contact)(), "get_contact", message) ||
        !library_keep(&library->version, API(library, get_version)(), "get_version", message))
        return false;
    return library_parse_version(library->version, version) ||
           message_fail(message, "Could not parse version string from %s", library->version);
}

static bool read_fields(struct library *library, char *message)
{
    const char *json;

    if (API(library, get_fields) == NULL)
        return true;
    json = API(library, get_fields)();
    if (json == NULL)
        return message_fail(message, "error in plugin %s: get_fields returned a null string", library->name);
    library->capabilities |= CAPABILITY_EXTRACTION;
    return library_keep(&library->fields_json, json, "get_fields", message) &&
           fields_read(&library->fields, 0, library->name, library->fields_json, message);
}

static bool read_extractor(struct library *library, char *message)
{
    const char *json;

    if (API(library, get_extract_event_sources) == NULL)
        return true;
    json = API(library, get_extract_event_sources)();
    if (json == NULL || json[0] == '\0')
        return message_fail(message, "error in plugin %s: get_extract_event_sources returned an empty string",
                            library->name);
    return string_list_read(&library->extract_sources, library->name, "get_extract_event_sources", json,
                            false, message);
}

static bool read_schema(struct library *library, char *message)
{
    ss_plugin_schema_type type = SS_PLUGIN_SCHEMA_NONE;
    const char *schema;

    if (API(library, get_init_schema) == NULL)
        return true;
    schema = API(library, get_init_schema)(&type);
    library->json_schema = type == SS_PLUGIN_SCHEMA_JSON;
    return schema == NULL || schema[0] == '\0' || type == SS_PLUGIN_SCHEMA_NONE ||
           library_keep(&library->init_schema, schema, "get_init_schema", message);
}

static bool load(struct library *library, char *message)
{
    library->symbols = calloc(SYMBOL_COUNT, sizeof *library->symbols);
    if (library->symbols == NULL)
        return message_no_memory(message);
    library->symbol_count = SYMBOL_COUNT;
    for (size_t i = 0; i < SYMBOL_COUNT; i++)
        library->symbols[i].name = known[i].name;
    if (!check_api_version(library, message) || !read_type(library, message) ||
        !look_up_rest(library, message) || !read_names(library, message) || !read_fields(library, message))
        return false;
    if (is_source(library)) {
        library->id = API(library, get_id)();
        if (!library_keep(&library->event_source, API(library, get_event_source)(), "get_event_source",
                          message))
            return false;
        if (library->fields_json != NULL &&
            !string_list_add(&library->extract_sources, library->event_source))
            return message_no_memory(message);
    } else if (!read_extractor(library, message)) {
        return false;
    }
    return read_schema(library, message);
}

/* ---- a plugin's state and its instances ---- */

static enum verdict init(struct state *state, const char *config, char *message)
{
    ss_plugin_rc *rc = guard_take(&state->shown.count, sizeof *rc);
    const char *text = guard_copy(&state->shown.text, config, strlen(config) + 1);

    if (rc == NULL || text == NULL)
        return out_of_memory(message);
    state->plugin = API(state->library, init)(text, rc);
    guard_spoil(&state->shown.text);
    if ((int)*rc == UNSET_32) {
        message_fail(message, "plugin_init did not set the result code");
        return VERDICT_BROKEN;
    }
    return *rc == SS_PLUGIN_SUCCESS ? VERDICT_FINE : VERDICT_FAILED;
}

static void destroy(struct state *state)
{
    API(state->library, destroy)(state->plugin);
}

static const char *last_error(struct state *state)
{
    return API(state->library, get_last_error)(state->plugin);
}

static enum verdict open_instance(struct instance *instance, const char *params, char *message)
{
    struct state *state = instance->state;
    ss_plugin_rc *rc = guard_take(&state->shown.count, sizeof *rc);
    const char *text = guard_copy(&state->shown.text, params, strlen(params) + 1);

    if (rc == NULL || text == NULL)
        return out_of_memory(message);
    *rc = SS_PLUGIN_FAILURE;
    instance->plugin = API(state->library, open)(state->plugin, text, rc);
    guard_spoil(&state->shown.text);
    return *rc == SS_PLUGIN_SUCCESS ? VERDICT_FINE : VERDICT_FAILED;
}

static void close_instance(struct instance *instance)
{
    API(instance->state->library, close)(instance->state->plugin, instance->plugin);
}

static enum verdict next_batch(struct instance *instance, char *message)
{
    struct state *state = instance->state;
    uint32_t *count = guard_take(&state->shown.count, sizeof *count);
    ss_plugin_event **events = guard_take(&state->shown.batch, sizeof *events);
    int rc;

    if (count == NULL || events == NULL)
        return out_of_memory(message);
    rc = (int)API(state->library, next_batch)(state->plugin, instance->plugin, count, events);
    return instance_take_batch(instance, rc, *count, *events, message);
}

static enum verdict event_at(struct instance *instance, uint32_t index, struct event *event, char *message)
{
    const struct library *library = instance->state->library;
    const ss_plugin_event *answer = (const ss_plugin_event *)instance->events + index;

    if (answer->data == NULL && answer->datalen > 0) {
        message_fail(message, "next_batch of plugin %s answered an event of %u bytes without data",
                     library->name, (unsigned)answer->datalen);
        return VERDICT_BROKEN;
    }
    *event = (struct event){
        .payload = answer->data,
        .size = answer->datalen,
        .ts = answer->ts != UINT64_MAX ? answer->ts : event_now(),
        .tid = UINT64_MAX,
        .num = ++instance->delivered,
        .type = EVENT_TYPE_PLUGIN,
        .plugin_id = library->id,
        .source = library->event_source,
        .instance = instance,
        .batch = instance->batch,
    };
    return VERDICT_FINE;
}

static const char *progress(struct instance *instance, uint32_t *percent)
{
    struct state *state = instance->state;
    const char *text;

    *percent = 0;
    if (API(state->library, get_progress) == NULL || instance->plugin == NULL)
        return "";
    text = API(state->library, get_progress)(state->plugin, instance->plugin, percent);
    return text != NULL ? text : "";
}

static enum verdict open_params(struct state *state, const char **json)
{
    ss_plugin_rc rc = SS_PLUGIN_FAILURE;

    *json = NULL;
    if (state->plugin == NULL || API(state->library, list_open_params) == NULL)
        return VERDICT_FINE;
    *json = API(state->library, list_open_params)(state->plugin, &rc);
    return rc == SS_PLUGIN_SUCCESS ? VERDICT_FINE : VERDICT_FAILED;
}

/* ---- events shown to the plugin ---- */

/* The payload in the memory that the plugin sees. sinsp 0.29 copies every event of a batch into one buffer,
 * which the next reuses; an event that the host made is passed in place. */
static const uint8_t *show_payload(struct state *state, const struct event *event)
{
    if (event->instance == NULL)
        return event->payload;
    return guard_copy(&state->shown.payload, event->payload, event->size);
}

static enum verdict to_string(struct state *state, const struct event *event, const char **text,
                              char *message)
{
    const uint8_t *payload = show_payload(state, event);

    *text = NULL;
    if (API(state->library, event_to_string) == NULL)
        return VERDICT_FINE;
    if (payload == NULL && event->size > 0)
        return out_of_memory(message);
    *text = API(state->library, event_to_string)(state->plugin, payload, (uint32_t)event->size);
    return VERDICT_FINE;
}

static ss_plugin_extract_field *show_fields(struct state *state, const struct field_request *requests,
                                            uint32_t count)
{
    ss_plugin_extract_field *fields = guard_take(&state->shown.fields, count * sizeof *fields);
    size_t size = 0;
    char *to;

    for (uint32_t i = 0; i < count; i++)
        size += requests[i].argument != NULL ? strlen(requests[i].argument) + 1 : 1;
    to = guard_take(&state->shown.arguments, size);
    if (fields == NULL || to == NULL)
        return NULL;
    for (uint32_t i = 0; i < count; i++) {
        fields[i].field_id = requests[i].id;
        fields[i].field = requests[i].field->name;
        fields[i].arg = to; /* "" where there is none: the framework passes a std::string */
        fields[i].ftype = requests[i].field->number;
        to = stpcpy(to, requests[i].argument != NULL ? requests[i].argument : "") + 1;
    }
    return fields;
}

static enum verdict take_results(struct state *state, const struct field_request *requests, uint32_t count,
                                 struct result *results, char *message)
{
    const ss_plugin_extract_field *answers = (ss_plugin_extract_field *)state->shown.fields.data;

    for (uint32_t i = 0; i < count; i++) {
        const struct field *field = requests[i].field;
        unsigned char present;
        const char *rule = NULL;
        memcpy(&present, &answers[i].field_present, sizeof present);
        if (present == UNSET_8)
            rule = "field_present was not set";
        else if (present && field->cell == FIELD_TEXT && answers[i].res_str == UNSET_POINTER)
            rule = "field_present is true, and res_str was not set";
        if (rule != NULL) {
            message_fail(message, "extract_fields of plugin %s, field %s: %s", state->library->name,
                         field->name, rule);
            return VERDICT_BROKEN;
        }
        results[i] = (struct result){.field = field, .count = present ? 1 : 0, .is_inline = true};
        if (present && field->cell == FIELD_TEXT) /* the framework takes NULL for "" */
            results[i].text = answers[i].res_str != NULL ? answers[i].res_str : "";
        else if (present)
            results[i].number = answers[i].res_u64;
    }
    return VERDICT_FINE;
}

/* True if sinsp would ask this plugin: a source for its own events, an extractor by event source. */
static bool is_compatible(const struct library *library, const struct event *event)
{
    if (event->type != EVENT_TYPE_PLUGIN)
        return false;
    if (is_source(library))
        return event->any_plugin || event->plugin_id == library->id;
    return event->source == NULL || library->extract_sources.count == 0 ||
           string_list_have(&library->extract_sources, event->source);
}

static enum verdict extract(struct state *state, const struct event *event,
                            const struct field_request *requests, uint32_t count, bool offsets, bool unasked,
                            struct result *results, char *message)
{
    ss_plugin_event shown = {.evtnum = event->num,
                             .data = show_payload(state, event),
                             .datalen = (uint32_t)event->size,
                             .ts = event->ts};
    ss_plugin_extract_field *fields;
    const ss_plugin_event *input;
    ss_plugin_rc rc;

    (void)offsets; /* API 0 has none */
    if ((!unasked && !is_compatible(state->library, event)) || API(state->library, extract_fields) == NULL) {
        for (uint32_t i = 0; i < count; i++)
            results[i] = (struct result){.field = requests[i].field};
        return VERDICT_FINE;
    }
    fields = show_fields(state, requests, count);
    input = guard_copy(&state->shown.input, &shown, sizeof shown);
    if (fields == NULL || input == NULL || shown.data == NULL)
        return out_of_memory(message);
    rc = API(state->library, extract_fields)(state->plugin, input, count, fields);
    guard_spoil(&state->shown.input);
    guard_spoil(&state->shown.arguments);
    if (rc != SS_PLUGIN_SUCCESS)
        return VERDICT_FAILED;
    return take_results(state, requests, count, results, message);
}

const struct driver driver_v0 = {
    .api = 0,
    .failures = "Plugin handle or get_last_error function not defined",
    .load = load,
    .init = init,
    .destroy = destroy,
    .last_error = last_error,
    .open = open_instance,
    .close = close_instance,
    .next_batch = next_batch,
    .event_at = event_at,
    .progress = progress,
    .open_params = open_params,
    .to_string = to_string,
    .extract = extract,
};
