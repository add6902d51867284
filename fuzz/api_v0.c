/*
 * api_v0: the functions of the plugin API 0.3.0 in any order, with odd arguments, for scripts of all kinds
 * (apiscript.h): two plugin states, several instances, some closed or of the other state, payloads of any
 * length, scripts that change between the calls. What hosts get is read, and its texts are checked.
 */
#include "apicommon.h"
#include "apiscript.h"
#include "v0/abi.h"

#define STATES     2
#define INSTANCES  4
#define MOST_STEPS 80

struct one {
    ss_plugin_t *plugin;                 /* NULL: none */
    ss_plugin_t *ended;                  /* that was destroyed last, or NULL */
    ss_instance_t *instances[INSTANCES]; /* also closed ones */
    unsigned last;                       /* of them, that was opened last */
    ss_plugin_event *events;             /* of the last batch, until the next call for an instance; or NULL */
    uint32_t count;
};

static struct {
#define MEMBER(name, source, extractor, result, parameters) plugin_##name##_fn *name;
    PLUGIN_API_SYMBOLS(MEMBER)
#undef MEMBER
} api;

static void *library;
static struct one ones[STATES];
static uint64_t event_number;
static unsigned long started, delivered, extracted; /* states, events, values */

/* A script and a loading of it. */
static void load(void)
{
    ss_plugin_schema_type type;

    apiscript_write(false);
#define LOOK_UP(name, source, extractor, result, parameters)                                                 \
    api.name = (plugin_##name##_fn *)(uintptr_t)dlsym(library, "plugin_" #name);
    PLUGIN_API_SYMBOLS(LOOK_UP)
#undef LOOK_UP
#define READ(name)                                                                                           \
    if (api.name != NULL) {                                                                                  \
        check_text(#name, api.name());                                                                       \
    }
    READ(get_required_api_version)
    READ(get_name)
    READ(get_description)
    READ(get_contact)
    READ(get_version)
    READ(get_fields)
    READ(get_event_source)
    READ(get_extract_event_sources)
#undef READ
    if (api.get_init_schema != NULL) {
        check_text("schema", api.get_init_schema(&type));
    }
}

static void destroy(struct one *one)
{
    ss_plugin_t *plugin = one->plugin;

    if (plugin != NULL) {
        api.destroy(plugin);
        *one = (struct one){.ended = plugin};
    }
}

/* The state; rarely none, or the one that was destroyed. */
static ss_plugin_t *state_of(const struct one *one)
{
    unsigned what = input_below(64);

    return what == 63 ? NULL : what == 62 ? one->ended : one->plugin;
}

/* `pointer`, rarely NULL. */
#define OR_NULL(pointer) (input_below(64) == 63 ? NULL : (pointer))

static void init(struct one *one)
{
    ss_plugin_rc rc = SS_PLUGIN_SUCCESS;

    destroy(one);
    one->plugin = api.init(apiscript_config(), OR_NULL(&rc));
    if (one->plugin != NULL && rc != SS_PLUGIN_SUCCESS) {
        check_text("error of init", api.get_last_error(state_of(one)));
    }
    started += one->plugin != NULL && rc == SS_PLUGIN_SUCCESS;
}

/* An event of the last batch, or one made here. `memory`: its payload, which the caller frees. */
static ss_plugin_event make_event(const struct one *one, uint8_t **memory)
{
    ss_plugin_event event = {.ts = 1};
    size_t size;
    const char *bytes;

    *memory = NULL;
    event_number += input_once_in(3) ? 0 : 1;
    if (one->count > 0 && !input_once_in(3)) {
        event = one->events[input_below(one->count < 256 ? one->count : 256)];
        event.evtnum = event_number;
        return event;
    }
    event.evtnum = input_once_in(6) ? 0 : event_number;
    bytes = input_bytes(input_below(48), &size);
    *memory = malloc(size + 1); /* ends where the payload ends, but for an empty one */
    if (*memory == NULL) {
        abort();
    }
    memcpy(*memory, bytes, size);
    event.data = input_once_in(12) ? NULL : *memory;
    event.datalen = (uint32_t)size;
    return event;
}

/* Asks for fields of the event. */
static void extract(struct one *one, const ss_plugin_event *event)
{
    static const char *const arguments[] = {"", "/a", "0", "7", "18446744073709551616", "/a/~", "\xff", NULL};
    ss_plugin_extract_field fields[4];
    uint32_t count = input_below(5);
    ss_plugin_rc rc = SS_PLUGIN_SUCCESS;

    memset(fields, 0, sizeof(fields));
    for (uint32_t i = 0; i < count; i++) {
        fields[i].field_id = input_below(11);
        fields[i].arg = INPUT_PICK(arguments);
        fields[i].field_present = true;
    }
    rc = api.extract_fields(state_of(one), OR_NULL(event), count, OR_NULL(fields));
    for (uint32_t i = 0; i < count; i++) {
        extracted += fields[i].field_present;
        if (fields[i].field_present && fields[i].res_str != NULL) {
            check_text("value", fields[i].res_str);
        }
    }
    if (rc != SS_PLUGIN_SUCCESS) {
        check_text("error of extract_fields", api.get_last_error(state_of(one)));
    }
}

/* Asks for fields of an event, some times. */
static void extract_some(struct one *one)
{
    uint8_t *memory;
    const ss_plugin_event event = make_event(one, &memory);

    for (unsigned i = 1 + input_below(4); i > 0; i--) {
        extract(one, &event);
    }
    free(memory);
}

/* An instance: most often the last one; else another, maybe closed, of the other state, or NULL. */
static ss_instance_t *pick_instance(const struct one *one)
{
    unsigned what = input_below(16);

    if (what < 12) {
        return one->instances[one->last];
    }
    return what == 15 ? NULL : ones[what == 14 ? 0 : input_below(STATES)].instances[input_below(INSTANCES)];
}

static void open_source(struct one *one)
{
    static const char *const params[] = {"", "x", NULL, "{}", "\xff"};
    unsigned last = input_below(INSTANCES);
    ss_instance_t **place = &one->instances[last];
    ss_plugin_rc rc = SS_PLUGIN_SUCCESS;

    one->count = 0;
    if (*place != NULL) {
        api.close(state_of(one), *place);
    }
    one->last = last;
    *place = api.open(state_of(one), INPUT_PICK(params), OR_NULL(&rc));
    if (rc != SS_PLUGIN_SUCCESS) {
        check_text("error of open", api.get_last_error(state_of(one)));
    }
}

static void next_batch(struct one *one)
{
    uint32_t count = 0;
    ss_plugin_event *events = NULL;
    ss_plugin_rc rc = api.next_batch(state_of(one), pick_instance(one), OR_NULL(&count), OR_NULL(&events));

    count = events != NULL ? count : 0;
    delivered += count;
    for (uint32_t i = 0; i < count; i++) {
        read_all(events[i].data, events[i].datalen);
    }
    one->events = events;
    one->count = count;
    if (rc == SS_PLUGIN_FAILURE) {
        check_text("error of next_batch", api.get_last_error(state_of(one)));
    }
}

static void do_other(struct one *one)
{
    uint8_t *memory = NULL;
    ss_plugin_event event;
    ss_plugin_rc rc = SS_PLUGIN_SUCCESS;
    uint32_t percent;

    switch (input_below(5)) {
    case 0:
        one->count = 0;
        api.close(state_of(one), pick_instance(one));
        break;
    case 1:
        if (api.get_progress != NULL) {
            check_text("progress", api.get_progress(state_of(one), pick_instance(one), OR_NULL(&percent)));
        }
        break;
    case 2:
        if (api.list_open_params != NULL) {
            check_text("open_params", api.list_open_params(state_of(one), OR_NULL(&rc)));
        }
        break;
    case 3:
        event = make_event(one, &memory);
        check_text("event_to_string", api.event_to_string(state_of(one), event.data, event.datalen));
        free(memory);
        break;
    default:
        apiscript_write(false); /* the script changes, and there is time to see it */
        coarse_seconds += 2;
        check_text("last error", api.get_last_error(state_of(one)));
    }
}

static void step(struct one *one)
{
    unsigned what = input_below(14);

    if (one->plugin == NULL || what == 13) {
        if (what % 2 == 0) {
            load();
        }
        init(one);
        if (one->plugin != NULL && api.open != NULL && input_below(4) < 3) {
            open_source(one);
        }
    } else if (what < 4 && api.extract_fields != NULL) {
        extract_some(one);
    } else if (what < 7 && api.next_batch != NULL) {
        next_batch(one);
    } else if (what < 9 && api.open != NULL) {
        open_source(one);
    } else if (what == 12) {
        destroy(one);
    } else if (api.open != NULL) {
        do_other(one);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (library == NULL) {
        library = open_library(FUZZ_LIBRARY);
    }
    input_begin(data, size);
    dup2(no_stderr, STDERR_FILENO);
    load();
    init(&ones[0]);
    for (unsigned i = 0; input_left() > 0 && i < MOST_STEPS; i++) {
        step(&ones[input_once_in(4) ? 1 : 0]);
    }
    for (size_t i = 0; i < STATES; i++) {
        destroy(&ones[i]);
    }
    dup2(real_stderr, STDERR_FILENO);
    return 0;
}

/* Most scripts run, and give events and values. */
void fuzz_end(unsigned long runs)
{
    if (started < runs / 2 || delivered < runs || extracted < runs / 4) {
        fprintf(stderr, "only %lu states, %lu events and %lu values in %lu runs\n", started, delivered,
                extracted, runs);
        abort();
    }
}
