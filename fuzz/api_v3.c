/*
 * api_v3: the functions of the plugin API 3 in any order, with odd arguments, for scripts of all kinds
 * (apiscript.h): two plugin states, several instances, some closed or of the other state, events with lengths
 * that lie, the async handler set and taken away, scripts that change between the calls. What hosts get is
 * read, and its texts are checked.
 */
#include "apicommon.h"
#include "apihost.h"
#include "apiscript.h"
#include "v3/abi.h"

#define STATES      2
#define INSTANCES   4
#define MOST_STEPS  80
#define MOST_FIELDS 16

struct one {
    ss_plugin_t *plugin;                 /* NULL: none */
    ss_plugin_t *ended;                  /* that was destroyed last, or NULL */
    ss_instance_t *instances[INSTANCES]; /* also closed ones */
    unsigned last;                       /* of them, that was opened last */
    ss_plugin_event **events;            /* of the last batch, until the next call for an instance; or NULL */
    uint32_t count;
    ss_plugin_field_type types[MOST_FIELDS];
    unsigned fields;             /* how many it has */
    ss_plugin_table_input table; /* that it offered last */
    unsigned char *event;        /* the host's own, as long as it says */
};

static struct {
#define MEMBER(name, since, need, result, parameters) plugin_##name##_fn *name;
    PLUGIN_API_SYMBOLS(MEMBER)
#undef MEMBER
} api;

static void *library;
static struct one ones[STATES];
static uint64_t event_number;
static unsigned long started, delivered, extracted; /* states, events, values */

/* ---- loading, beginning and end ---- */

static void look_up(void)
{
#define LOOK_UP(name, since, need, result, parameters)                                                       \
    api.name = (plugin_##name##_fn *)(uintptr_t)dlsym(library, "plugin_" #name);
    PLUGIN_API_SYMBOLS(LOOK_UP)
#undef LOOK_UP
}

static void read_identity(void)
{
    ss_plugin_schema_type type;
    uint32_t count = 0;

#define READ(name)                                                                                           \
    if (api.name != NULL) {                                                                                  \
        check_text(#name, api.name());                                                                       \
    }
    READ(get_required_api_version)
    READ(get_version)
    READ(get_name)
    READ(get_description)
    READ(get_contact)
    READ(get_event_source)
    READ(get_fields)
    READ(get_extract_event_sources)
    READ(get_parse_event_sources)
    READ(get_async_event_sources)
    READ(get_async_events)
#undef READ
    if (api.get_init_schema != NULL) {
        check_text("schema", api.get_init_schema(&type));
    }
    if (api.get_extract_event_types != NULL) {
        const uint16_t *types = api.get_extract_event_types(&count, NULL);

        read_all(types, count * sizeof(*types));
    }
    if (api.get_parse_event_types != NULL) {
        const uint16_t *types = api.get_parse_event_types(&count, NULL);

        read_all(types, count * sizeof(*types));
    }
}

/* A script and a loading of it. */
static void load(void)
{
    apiscript_write(true);
    look_up();
    read_identity();
}

static void forget_batch(struct one *one)
{
    one->events = NULL;
    one->count = 0;
}

static void destroy(struct one *one)
{
    ss_plugin_t *plugin = one->plugin;

    if (plugin == NULL) {
        return;
    }
    api.destroy(plugin);
    free(one->event);
    *one = (struct one){.ended = plugin};
}

/* The state; rarely none, or the one that was destroyed. */
static ss_plugin_t *state_of(const struct one *one)
{
    unsigned what = input_below(64);

    return what == 63 ? NULL : what == 62 ? one->ended : one->plugin;
}

/* `pointer`, rarely NULL. */
#define OR_NULL(pointer) (input_below(64) == 63 ? NULL : (pointer))

/* The types of all fields in what get_fields returns, and how many there are; UINT64 behind them. */
static unsigned read_types(ss_plugin_field_type types[MOST_FIELDS])
{
    static const char key[] = "\"type\":\"";
    const char *at = api.get_fields != NULL ? api.get_fields() : "";
    unsigned count = 0;

    for (size_t i = 0; i < MOST_FIELDS; i++) {
        types[i] = FTYPE_UINT64;
    }
    for (; count < MOST_FIELDS && (at = strstr(at, key)) != NULL; count++) {
        at += strlen(key);
        types[count] = strncmp(at, "string", 6) == 0   ? FTYPE_STRING
                       : strncmp(at, "bool", 4) == 0   ? FTYPE_BOOL
                       : strncmp(at, "ipaddr", 6) == 0 ? FTYPE_IPADDR
                                                       : FTYPE_UINT64;
    }
    return count;
}

static void init(struct one *one)
{
    static ss_plugin_table_fields_vtable_ext fields;
    static ss_plugin_table_reader_vtable_ext reader;
    static ss_plugin_table_writer_vtable_ext writer;
    const ss_plugin_init_tables_input tables = {
        .list_tables = host_list_tables,
        .get_table = host_get_table,
        .add_table = host_add_table,
        .fields_ext = &fields,
        .reader_ext = &reader,
        .writer_ext = &writer,
    };
    const ss_plugin_init_input given = {
        .config = apiscript_config(),
        .owner = &one->table,
        .get_owner_last_error = host_error,
        .tables = api.get_fields != NULL || api.parse_event != NULL ? &tables : NULL,
        .log_fn = input_below(4) == 3 ? NULL : host_log,
    };
    ss_plugin_rc rc = SS_PLUGIN_SUCCESS;

    destroy(one);
    one->fields = read_types(one->types); /* of the loading that the state is made from */
    one->plugin = api.init(OR_NULL(&given), OR_NULL(&rc));
    if (one->plugin != NULL && rc != SS_PLUGIN_SUCCESS) {
        check_text("error of init", api.get_last_error(one->plugin));
    }
    started += one->plugin != NULL && rc == SS_PLUGIN_SUCCESS;
}

/* ---- events ---- */

/* An event of the plugin's last batch, or one made here: of any type, with lengths that may lie inside of it.
 */
static const ss_plugin_event *make_event(struct one *one)
{
    static const uint16_t types[] = {
        PPME_PLUGINEVENT_E, PPME_PLUGINEVENT_E, PPME_ASYNCEVENT_E, 3, 307, 60000};
    static const char *const payloads[] = {"{\"a\": [1, \"x\"], \"b\": {\"a\": true}}", "", "12", "{\"a\"",
                                           "\xff"};
    ss_plugin_event header = {.ts = event_number, .tid = UINT64_MAX};
    const char *payload;
    uint32_t lengths[3];

    if (one->count > 0 && !input_once_in(3)) {
        return one->events[input_below(one->count < 256 ? one->count : 256)];
    }
    payload = INPUT_PICK(payloads);
    header.type = INPUT_PICK(types);
    header.nparams = input_once_in(8) ? input_below(256) : header.type == PPME_ASYNCEVENT_E ? 3 : 2;
    header.len = (uint32_t)(sizeof(header) + sizeof(lengths) + 4 + strlen(payload));
    header.len = input_once_in(6) ? input_below(header.len) : header.len;
    lengths[0] = input_once_in(12) ? input_below(256) : 4;
    lengths[1] = input_once_in(6)                   ? input_below(UINT32_MAX)
                 : header.type == PPME_ASYNCEVENT_E ? 2
                                                    : (uint32_t)strlen(payload);
    lengths[2] = input_once_in(6) ? input_below(UINT32_MAX) : (uint32_t)strlen(payload);
    free(one->event);
    one->event = calloc(1, header.len > sizeof(header) ? header.len : sizeof(header));
    if (one->event == NULL) {
        abort();
    }
    memcpy(one->event, &header, sizeof(header));
    for (size_t i = 0, at = sizeof(header); i < 3 && at + 4 <= header.len; i++, at += 4) {
        memcpy(one->event + at, &lengths[i], 4);
    }
    if (header.len > sizeof(header) + sizeof(lengths) + 4 && header.type != PPME_ASYNCEVENT_E) {
        memcpy(one->event + sizeof(header) + sizeof(lengths), payload,
               header.len - sizeof(header) - sizeof(lengths) - 4);
    }
    return (const ss_plugin_event *)(const void *)one->event;
}

static ss_plugin_event_input show(struct one *one)
{
    static const char *const sources[] = {"x", "x", "syscall", NULL, "other"};
    ss_plugin_event_input shown = {.evt = make_event(one), .evtsrc = INPUT_PICK(sources)};

    event_number += input_once_in(3) ? 0 : 1;
    shown.evtnum = input_once_in(6) ? 0 : event_number;
    return shown;
}

static void read_value(const struct one *one, const ss_plugin_extract_field *field)
{
    for (uint64_t i = 0; i < field->res_len; i++) {
        switch (one->types[field->field_id]) {
        case FTYPE_STRING:
            check_text("value", field->res.str[i]);
            break;
        case FTYPE_BOOL:
            read_all(&field->res.boolean[i], sizeof(field->res.boolean[i]));
            break;
        case FTYPE_IPADDR:
            read_all(field->res.buf[i].ptr, field->res.buf[i].len);
            break;
        case FTYPE_UINT64:
        case FTYPE_RELTIME:
        case FTYPE_ABSTIME:
        case FTYPE_IPNET:
            read_all(&field->res.u64[i], sizeof(field->res.u64[i]));
            break;
        }
    }
}

/* Asks for fields of the event. */
static void extract(struct one *one, const ss_plugin_event_input *shown)
{
    static const char *const keys[] = {"/a", "", "0", "18446744073709551616", "/a/~", "\xff", NULL, "/b/a"};
    ss_plugin_extract_value_offsets offsets = {NULL, NULL};
    ss_plugin_extract_field fields[4];
    ss_plugin_field_extract_input in = {
        .owner = &one->table, .get_owner_last_error = host_error, .fields = fields};
    ss_plugin_rc rc = SS_PLUGIN_SUCCESS;

    in.num_fields = input_once_in(2) ? 1 : input_below(5);
    in.value_offsets = input_once_in(4) ? &offsets : NULL;
    memset(fields, 0x5a, sizeof(fields));
    for (uint32_t i = 0; i < in.num_fields; i++) {
        fields[i].field_id = input_below(one->fields > 0 ? one->fields + (input_below(16) == 15) : 1);
        fields[i].arg_present = input_below(2);
        fields[i].arg_key = fields[i].arg_present ? INPUT_PICK(keys) : NULL;
        fields[i].arg_index = input_once_in(4) ? UINT64_MAX : input_below(4);
    }
    rc = api.extract_fields(state_of(one), OR_NULL(shown), OR_NULL(&in));
    for (uint32_t i = 0; rc == SS_PLUGIN_SUCCESS && i < in.num_fields; i++) {
        read_value(one, &fields[i]);
        extracted += fields[i].res_len;
    }
    if (rc == SS_PLUGIN_SUCCESS && in.num_fields == 1 && offsets.start != NULL) {
        read_all(offsets.start, fields[0].res_len * sizeof(*offsets.start));
        read_all(offsets.length, fields[0].res_len * sizeof(*offsets.length));
    }
    if (rc != SS_PLUGIN_SUCCESS) {
        check_text("error of extract_fields", api.get_last_error(state_of(one)));
    }
}

/* Asks for fields of an event, some times. */
static void extract_some(struct one *one)
{
    const ss_plugin_event_input shown = show(one);

    for (unsigned i = 1 + input_below(4); i > 0; i--) {
        extract(one, &shown);
    }
}

static void parse(struct one *one)
{
    const ss_plugin_event_input shown = show(one);
    const ss_plugin_event_parse_input in = {
        .owner = &one->table,
        .get_owner_last_error = host_error,
        .table_reader_ext = one->table.reader_ext,
        .table_writer_ext = one->table.writer_ext,
    };

    api.parse_event(state_of(one), OR_NULL(&shown), OR_NULL(&in));
}

/* ---- event sources ---- */

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
    static const char *const params[] = {"", "x", NULL, "{}", "{\"a\": 1}", "\xff"};
    unsigned last = input_below(INSTANCES);
    ss_instance_t **place = &one->instances[last];
    ss_plugin_rc rc = SS_PLUGIN_SUCCESS;

    forget_batch(one);
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
    ss_plugin_event **events = NULL;
    ss_plugin_rc rc = api.next_batch(state_of(one), pick_instance(one), OR_NULL(&count), OR_NULL(&events));

    forget_batch(one);
    count = events != NULL ? count : 0;
    delivered += count;
    for (uint32_t i = 0; i < count; i++) {
        read_all(events[i], events[i]->len);
    }
    if (rc == SS_PLUGIN_SUCCESS || rc == SS_PLUGIN_FAILURE) {
        one->events = events;
        one->count = count;
    }
    if (rc == SS_PLUGIN_FAILURE) {
        check_text("error of next_batch", api.get_last_error(state_of(one)));
    }
}

static void other_source(struct one *one)
{
    ss_plugin_event_input shown;
    ss_plugin_rc rc = SS_PLUGIN_SUCCESS;
    uint32_t percent;

    switch (input_below(4)) {
    case 0:
        forget_batch(one);
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
    default:
        shown = show(one);
        check_text("event_to_string", api.event_to_string(state_of(one), OR_NULL(&shown)));
    }
}

/* ---- the rest ---- */

static void read_metrics(struct one *one)
{
    uint32_t count = 0;
    const ss_plugin_metric *metrics = api.get_metrics(state_of(one), OR_NULL(&count));

    for (uint32_t i = 0; i < count; i++) {
        check_text("metric", metrics[i].name);
        read_all(&metrics[i], sizeof(metrics[i]));
    }
}

static void do_rare(struct one *one)
{
    const ss_plugin_capture_listen_input listen = {
        .owner = &one->table,
        .routine = &(ss_plugin_routine_vtable){host_subscribe, host_unsubscribe},
        .table_reader_ext = one->table.reader_ext,
        .table_writer_ext = one->table.writer_ext,
        .get_owner_last_error = host_error,
    };
    unsigned what = input_below(8);

    refuses = input_below(4) == 3;
    if (what < 2 && api.set_async_event_handler != NULL) {
        api.set_async_event_handler(state_of(one), &one->table, what == 0 ? host_take : NULL);
    } else if (what == 2 && api.dump_state != NULL) {
        api.dump_state(state_of(one), &one->table, host_take);
    } else if (what == 3 && api.set_config != NULL) {
        api.set_config(state_of(one), OR_NULL((&(ss_plugin_set_config_input){apiscript_config()})));
    } else if (what == 4 && api.get_metrics != NULL) {
        read_metrics(one);
    } else if (what == 5 && api.capture_open != NULL) {
        api.capture_open(state_of(one), OR_NULL(&listen));
    } else if (what == 6 && api.capture_close != NULL) {
        api.capture_close(state_of(one), OR_NULL(&listen));
    } else if (what == 7) {
        apiscript_write(true); /* the script changes, and there is time to see it */
        coarse_seconds += 2;
    }
    check_text("last error", api.get_last_error(state_of(one)));
    refuses = false;
}

static void step(struct one *one)
{
    unsigned what = input_below(16);

    if (one->plugin == NULL || what == 15) {
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
    } else if (what == 7 && api.open != NULL) {
        open_source(one);
    } else if (what < 10 && api.close != NULL) {
        other_source(one);
    } else if (what < 12 && api.parse_event != NULL) {
        parse(one);
    } else if (what == 12) {
        host_use_table(&one->table);
    } else if (what == 13 && input_once_in(8)) {
        destroy(one);
    } else {
        do_rare(one);
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
