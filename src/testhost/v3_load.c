#include "testhost/v3.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Version of the kernel events that this host would have: libsinsp 0.23.2's. */
static const unsigned event_schema[3] = {4, 1, 0};

static const struct {
    const char *name;
    unsigned since;
    bool required;
} known[] = {
#define SYMBOL(name, since, need, result, parameters) {#name, since, NEED_##need == NEED_REQUIRED},
    PLUGIN_API_SYMBOLS(SYMBOL)
#undef SYMBOL
};

unsigned v3_symbol_since(int symbol)
{
    return known[symbol].since;
}

static bool look_up_all(struct library *library, char *message)
{
    library->symbols = calloc(SYMBOL_COUNT, sizeof *library->symbols);
    if (library->symbols == NULL)
        return message_fail(message, "error allocating plugin handle");
    library->symbol_count = SYMBOL_COUNT;
    for (size_t i = 0; i < SYMBOL_COUNT; i++) {
        library->symbols[i].name = known[i].name;
        if (known[i].since <= library->options.minor)
            library->symbols[i].address = library_look_up(library, known[i].name);
    }
    return true;
}

static bool check_api_version(struct library *library, char *message)
{
    unsigned minor = library->options.minor;
    unsigned patch = minor == 4 ? 1 : 0; /* 3.4.0 was never released */
    unsigned wanted[3];
    const char *fault = NULL;

    if (API(library, get_required_api_version) == NULL)
        return message_fail(message, "plugin_get_required_api_version symbol not implemented");
    if (!library_keep(&library->required_api_version, API(library, get_required_api_version)(),
                      "get_required_api_version", message))
        return false;
    if (!library_parse_version(library->required_api_version, wanted))
        return message_fail(message, "plugin provided an invalid required API version: '%s'",
                            library->required_api_version);
    if (wanted[0] != PLUGIN_API_VERSION_MAJOR)
        fault = "major versions disagree";
    else if (minor < wanted[1])
        fault = "framework's minor is less than the requested one";
    else if (minor == wanted[1] && patch < wanted[2])
        fault = "framework's patch is less than the requested one";
    library->required_minor = wanted[1];
    return fault == NULL ||
           message_fail(message,
                        "plugin required API version '%s' not compatible with the framework's API version "
                        "'3.%u.%u': %s",
                        library->required_api_version, minor, patch, fault);
}

static bool check_required_symbols(struct library *library, char *message)
{
    for (size_t i = 0; i < SYMBOL_COUNT; i++)
        if (known[i].required && library->symbols[i].address == NULL)
            return message_fail(message, "required symbol not implemented: '%s'", known[i].name);
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
    if (!library_parse_version(library->version, version))
        return message_fail(message, "plugin provided an invalid version string: '%s'", library->version);
    return library_keep(&library->required_api_version, API(library, get_required_api_version)(),
                        "get_required_api_version", message);
}

static bool read_sourcing(struct library *library, char *message)
{
    bool open = API(library, open) != NULL, close = API(library, close) != NULL;
    bool next = API(library, next_batch) != NULL;

    if (!open && !close && !next)
        return true;
    if (!open || !close || !next)
        return message_fail(
            message, "broken plugin capabilities: must implement all of 'plugin_open', 'plugin_close', "
                     "and 'plugin_next_batch' (event sourcing)");
    if (API(library, get_id) != NULL)
        library->id = API(library, get_id)();
    if (API(library, get_event_source) != NULL &&
        !library_keep(&library->event_source, API(library, get_event_source)(), "get_event_source", message))
        return false;
    if (library->event_source != NULL && library->event_source[0] == '\0') {
        free(library->event_source);
        library->event_source = NULL;
    }
    if ((library->id != 0) != (library->event_source != NULL))
        return message_fail(message, "broken plugin capabilities: must implement both 'plugin_get_id' and "
                                     "'plugin_get_event_source' or neither (event sourcing)");
    library->capabilities |= CAPABILITY_SOURCING;
    return true;
}

/* The other capabilities: each a pair of symbols; the second alone breaks it. */
static bool read_pairs(struct library *library, char *message)
{
    const struct {
        enum capability capability;
        const void *first, *second;
        const char *text;
    } pairs[] = {
        {CAPABILITY_EXTRACTION, API(library, get_fields), API(library, extract_fields),
         "'plugin_get_fields' and 'plugin_extract_fields' (field extraction)"},
        {CAPABILITY_ASYNC, API(library, get_async_events), API(library, set_async_event_handler),
         "'plugin_get_async_events' and 'plugin_set_async_event_handler' (async events)"},
        {CAPABILITY_LISTENING, API(library, capture_close), API(library, capture_open),
         "'plugin_capture_open' and 'plugin_capture_close' (capture listening)"},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (pairs[i].second == NULL)
            continue;
        if (pairs[i].first == NULL)
            return message_fail(message, "broken plugin capabilities: must implement both %s", pairs[i].text);
        library->capabilities |= pairs[i].capability;
    }
    if (API(library, parse_event) != NULL)
        library->capabilities |= CAPABILITY_PARSING;
    return true;
}

static bool read_capabilities(struct library *library, char *message)
{
    if (!read_sourcing(library, message) || !read_pairs(library, message))
        return false;
    if (library->capabilities == 0)
        return message_fail(message, "plugin does not implement any capability");
    if (library->event_source != NULL && strcmp(library->event_source, "syscall") == 0)
        return message_fail(message, "plugin can't implement the reserved event source 'syscall'");
    return true;
}

static bool read_sources(struct library *library, struct string_list *sources, const char *symbol,
                         const char *(*get)(void), char *message)
{
    if (get != NULL && !string_list_read(sources, library->name, symbol, get(), true, message))
        return false;
    if (library->event_source != NULL && !string_list_have(sources, library->event_source) &&
        !string_list_add(sources, library->event_source))
        return message_no_memory(message);
    return true;
}

static bool read_fields(struct library *library, char *message)
{
    const char *json = API(library, get_fields)();

    if (json == NULL)
        return message_fail(message, "error in plugin %s: get_fields returned a null string", library->name);
    return library_keep(&library->fields_json, json, "get_fields", message) &&
           fields_read(&library->fields, 3, library->name, library->fields_json, message) &&
           read_sources(library, &library->extract_sources, "get_extract_event_sources",
                        API(library, get_extract_event_sources), message);
}

static bool read_async(struct library *library, char *message)
{
    return read_sources(library, &library->async_sources, "get_async_event_sources",
                        API(library, get_async_event_sources), message) &&
           string_list_read(&library->async_events, library->name, "get_async_events",
                            API(library, get_async_events)(), false, message);
}

static bool read_schema(struct library *library, char *message)
{
    ss_plugin_schema_type type = SS_PLUGIN_SCHEMA_NONE;
    const char *schema;

    if (API(library, get_init_schema) == NULL)
        return true;
    schema = API(library, get_init_schema)(&type);
    library->json_schema = type == SS_PLUGIN_SCHEMA_JSON;
    if (schema == NULL || schema[0] == '\0' || type == SS_PLUGIN_SCHEMA_NONE)
        return true;
    if (type != SS_PLUGIN_SCHEMA_JSON)
        return message_fail(message, "error in plugin %s: get_init_schema returned an unknown schema type %d",
                            library->name, (int)type);
    return library_keep(&library->init_schema, schema, "get_init_schema", message);
}

bool v3_load(struct library *library, char *message)
{
    if (!look_up_all(library, message) || !check_api_version(library, message) ||
        !check_required_symbols(library, message) || !read_names(library, message) ||
        !read_capabilities(library, message))
        return false;
    if ((library->capabilities & CAPABILITY_EXTRACTION) && !read_fields(library, message))
        return false;
    if ((library->capabilities & CAPABILITY_PARSING) &&
        !read_sources(library, &library->parse_sources, "get_parse_event_sources",
                      API(library, get_parse_event_sources), message))
        return false;
    if ((library->capabilities & CAPABILITY_ASYNC) && !read_async(library, message))
        return false;
    /* 3.0 hosts ask before init, with one argument: where the plugin looks for the state is garbage */
    if (library->options.minor == 0 && (library->capabilities & CAPABILITY_EXTRACTION) &&
        !v3_keep_event_types(&library->extract_types, API(library, get_extract_event_types), UNSET_POINTER,
                             &library->extract_sources))
        return message_no_memory(message);
    if (library->options.minor == 0 && (library->capabilities & CAPABILITY_PARSING) &&
        !v3_keep_event_types(&library->parse_types, API(library, get_parse_event_types), UNSET_POINTER,
                             &library->parse_sources))
        return message_no_memory(message);
    return read_schema(library, message);
}

bool v3_keep_event_types(struct event_types *types, plugin_get_extract_event_types_fn *get,
                         ss_plugin_t *plugin, const struct string_list *sources)
{
    uint32_t count = 0;
    const uint16_t *answer = get != NULL ? get(&count, plugin) : NULL;
    size_t room;

    if (answer == NULL)
        count = 0;
    room = count > 0 ? count : 1;
    types->items = malloc(room * sizeof *types->items);
    if (types->items == NULL)
        return false;
    types->count = count;
    if (count > 0) {
        memcpy(types->items, answer, count * sizeof *types->items);
    } else if (sources->count == 0 || string_list_have(sources, "syscall")) {
        types->all = true;
    } else {
        types->items[0] = PPME_PLUGINEVENT_E;
        types->count = 1;
    }
    return true;
}

static bool takes_kernel_events(const struct event_types *types)
{
    for (size_t i = 0; i < types->count; i++)
        if (types->items[i] != PPME_PLUGINEVENT_E)
            return true;
    return types->all;
}

enum verdict v3_kernel_open(struct state *state, char *message)
{
    struct library *library = state->library;
    const char *wanted = NULL, *fault = NULL;
    unsigned version[3] = {3, 0, 0};

    if (!takes_kernel_events(&state->extract_types) && !takes_kernel_events(&state->parse_types))
        return VERDICT_FINE;
    if (library->options.minor < 12 || !library_looks_up(library, "get_required_event_schema_version"))
        return VERDICT_FINE; /* a host that does not ask does not compare either */
    if (API(library, get_required_event_schema_version) != NULL)
        wanted = API(library, get_required_event_schema_version)(state->plugin);
    if (wanted != NULL && !library_parse_version(wanted, version))
        fault = "it is no version";
    else if (version[0] != event_schema[0])
        fault = "major versions disagree";
    else if (version[1] > event_schema[1])
        fault = "minor version is less than the requested one";
    else if (version[1] == event_schema[1] && version[2] > event_schema[2])
        fault = "patch version is less than the requested one";
    if (fault == NULL)
        return VERDICT_FINE;
    message_fail(message,
                 "plugin %s required event schema version '%s' not compatible with the event schema version "
                 "in use '%u.%u.%u': %s",
                 library->name, wanted != NULL ? wanted : "3.0.0", event_schema[0], event_schema[1],
                 event_schema[2], fault);
    return VERDICT_REFUSED;
}
