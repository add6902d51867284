/*
 * calls_v3: every function of the plugin API 3 as a call with what stands in `given`: for badcalls.c.
 *
 * `given` holds all that a host passes, structs of the host included, and no call takes anything from
 * elsewhere. A function of the API without a call here does not build.
 */
#include "v3/abi.h"

#include "loaded.h"

static struct given {
    ss_plugin_t *state;
    ss_instance_t *instance;
    const char *params;
    ss_plugin_rc *rc;
    uint32_t *number;
    ss_plugin_event ***events;
    ss_plugin_schema_type *schema_type;
    ss_plugin_owner_t *owner;
    ss_plugin_async_event_handler_t handler;
    const ss_plugin_event_input *event_input;
    const ss_plugin_field_extract_input *extract_input;
    const ss_plugin_event_parse_input *parse_input;
    const ss_plugin_capture_listen_input *listen_input;
    const ss_plugin_set_config_input *config_input;
    const ss_plugin_init_input *init_input;

    ss_plugin_event_input event;
    ss_plugin_field_extract_input extract;
    ss_plugin_extract_field fields[3];
    ss_plugin_extract_value_offsets offsets;
    ss_plugin_event_parse_input parse;
    ss_plugin_capture_listen_input listen;
    ss_plugin_set_config_input config;
    ss_plugin_init_input init;
    ss_plugin_init_tables_input tables;
    ss_plugin_table_info infos[1];
    ss_plugin_table_fieldinfo fieldinfos[1];
    ss_plugin_table_fields_vtable_ext fields_ext;
    ss_plugin_table_reader_vtable_ext reader;
    ss_plugin_table_writer_vtable_ext writer;
    uint64_t cell; /* the value in the one entry of the host's table */
} given, good;

/* What the pointers in `given` lead to and the library writes. */
static ss_plugin_rc rc;
static uint32_t number;
static ss_plugin_event **events;
static ss_plugin_schema_type schema_type;

/* ---- the host's table: one entry with one field ---- */

static const char *owner_error(ss_plugin_owner_t *o)
{
    (void)o;
    return "the host says why";
}

static ss_plugin_table_info *list_tables(ss_plugin_owner_t *o, uint32_t *count)
{
    (void)o;
    *count = 1;
    return given.infos;
}

static ss_plugin_table_t *get_table(ss_plugin_owner_t *o, const char *name, ss_plugin_state_type type)
{
    (void)o, (void)name, (void)type;
    return given.infos;
}

static ss_plugin_rc add_table(ss_plugin_owner_t *o, const ss_plugin_table_input *input)
{
    (void)o, (void)input;
    return SS_PLUGIN_SUCCESS;
}

static const ss_plugin_table_fieldinfo *list_table_fields(ss_plugin_table_t *t, uint32_t *count)
{
    (void)t;
    *count = 1;
    return given.fieldinfos;
}

static ss_plugin_table_field_t *get_table_field(ss_plugin_table_t *t, const char *name,
                                                ss_plugin_state_type type)
{
    (void)t, (void)name, (void)type;
    return given.fieldinfos;
}

static const char *get_table_name(ss_plugin_table_t *t)
{
    (void)t;
    return "hosts";
}

static uint64_t get_table_size(ss_plugin_table_t *t)
{
    (void)t;
    return 1;
}

static ss_plugin_table_entry_t *get_table_entry(ss_plugin_table_t *t, const ss_plugin_state_data *key)
{
    (void)t;
    return key->u64 == 1 ? &given.cell : NULL;
}

static ss_plugin_rc read_entry_field(ss_plugin_table_t *t, ss_plugin_table_entry_t *e,
                                     const ss_plugin_table_field_t *f, ss_plugin_state_data *out)
{
    (void)t, (void)f;
    out->u64 = *(uint64_t *)e;
    return SS_PLUGIN_SUCCESS;
}

static void release_table_entry(ss_plugin_table_t *t, ss_plugin_table_entry_t *e)
{
    (void)t, (void)e;
}

static ss_plugin_bool iterate_entries(ss_plugin_table_t *t, ss_plugin_table_iterator_func_t it,
                                      ss_plugin_table_iterator_state_t *s)
{
    (void)t;
    return it(s, &given.cell);
}

static ss_plugin_rc clear_table(ss_plugin_table_t *t)
{
    (void)t;
    return SS_PLUGIN_SUCCESS;
}

static ss_plugin_rc erase_table_entry(ss_plugin_table_t *t, const ss_plugin_state_data *key)
{
    (void)t, (void)key;
    return SS_PLUGIN_SUCCESS;
}

static ss_plugin_table_entry_t *create_table_entry(ss_plugin_table_t *t)
{
    (void)t;
    return &given.cell;
}

static ss_plugin_table_entry_t *add_table_entry(ss_plugin_table_t *t, const ss_plugin_state_data *key,
                                                ss_plugin_table_entry_t *e)
{
    (void)t, (void)key;
    return e;
}

static ss_plugin_rc write_entry_field(ss_plugin_table_t *t, ss_plugin_table_entry_t *e,
                                      const ss_plugin_table_field_t *f, const ss_plugin_state_data *in)
{
    (void)t, (void)f;
    *(uint64_t *)e = in->u64;
    return SS_PLUGIN_SUCCESS;
}

static void hear(ss_plugin_owner_t *o, const char *component, const char *text, ss_plugin_log_severity level)
{
    (void)o, (void)component, (void)text, (void)level;
}

static ss_plugin_rc take_event(ss_plugin_owner_t *o, const ss_plugin_event *event, char *error)
{
    (void)o, (void)event, (void)error;
    return SS_PLUGIN_SUCCESS;
}

/* ---- what a good host passes ---- */

static void fill_given(void)
{
    given = (struct given){
        .params = "",
        .rc = &rc,
        .number = &number,
        .events = &events,
        .schema_type = &schema_type,
        .owner = &rc,
        .handler = take_event,
        .event_input = &given.event,
        .extract_input = &given.extract,
        .parse_input = &given.parse,
        .listen_input = &given.listen,
        .config_input = &given.config,
        .init_input = &given.init,
        .event = {NULL, 0, "bad"}, /* number 0: looked at anew in every call */
        .fields =
            {{.field_id = 0, .field = "bad.data", .ftype = FTYPE_STRING},
             {.field_id = 1, .field = "bad.key", .ftype = FTYPE_STRING, .arg_present = 1, .arg_key = "k"},
             {.field_id = 2, .field = "bad.host", .ftype = FTYPE_UINT64}},
        .extract = {.owner = &rc,
                    .get_owner_last_error = owner_error,
                    .num_fields = 3,
                    .fields = given.fields,
                    .table_reader_ext = &given.reader},
        .parse = {.owner = &rc,
                  .get_owner_last_error = owner_error,
                  .table_reader_ext = &given.reader,
                  .table_writer_ext = &given.writer},
        .listen = {.owner = &rc,
                   .table_reader_ext = &given.reader,
                   .table_writer_ext = &given.writer,
                   .get_owner_last_error = owner_error},
        .config = {"{}"},
        .init = {"{}", &rc, owner_error, &given.tables, hear},
        .tables = {list_tables,
                   get_table,
                   add_table,
                   {list_table_fields, get_table_field, get_table_field},
                   &given.fields_ext,
                   &given.reader,
                   &given.writer},
        .infos = {{"hosts", SS_PLUGIN_ST_UINT64}},
        .fieldinfos = {{"n", SS_PLUGIN_ST_UINT64, 0}},
        .fields_ext = {list_table_fields, get_table_field, get_table_field},
        .reader = {get_table_name, get_table_size, get_table_entry, read_entry_field, release_table_entry,
                   iterate_entries},
        .writer = {clear_table, erase_table_entry, create_table_entry, release_table_entry, add_table_entry,
                   write_entry_field},
        .cell = 7,
    };
}

/* ---- the calls ---- */

static enum answer call_get_required_api_version(void)
{
    return told(api.get_required_api_version());
}
static enum answer call_get_version(void)
{
    return told(api.get_version());
}
static enum answer call_get_last_error(void)
{
    return told(api.get_last_error(given.state));
}
static enum answer call_get_name(void)
{
    return told(api.get_name());
}
static enum answer call_get_description(void)
{
    return told(api.get_description());
}
static enum answer call_get_contact(void)
{
    return told(api.get_contact());
}
static enum answer call_get_init_schema(void)
{
    return told(api.get_init_schema(given.schema_type));
}

static enum answer call_init(void)
{
    ss_plugin_t *state = api.init(given.init_input, given.rc);

    if (given.rc != NULL && rc != SS_PLUGIN_SUCCESS) {
        expect(state != NULL && api.get_last_error(state)[0] != '\0', "init fails without an error");
    }
    api.destroy(state);
    return NO_STATE_NEEDED;
}

/* Of a state that may be destroyed: not the one that the other calls need. */
static enum answer call_destroy(void)
{
    api.destroy(given.state == good.state ? api.init(good.init_input, good.rc) : given.state);
    return NO_STATE_NEEDED;
}

static enum answer call_get_id(void)
{
    return api.get_id() == 999 ? NO_STATE_NEEDED : REFUSED;
}
static enum answer call_get_event_source(void)
{
    return told(api.get_event_source());
}

static enum answer call_open(void)
{
    ss_instance_t *instance = api.open(given.state, given.params, given.rc);

    if (instance != NULL) {
        api.close(given.state, instance);
    }
    expect(given.rc == NULL || (rc == SS_PLUGIN_SUCCESS) == (instance != NULL), "the result of open");
    return done_if(instance != NULL);
}

/* Of an instance of its own. */
static enum answer call_close(void)
{
    api.close(given.state, given.instance == good.instance ? api.open(good.state, "", &rc) : given.instance);
    return given.instance == good.instance && given.state == good.state ? DONE : REFUSED;
}

static enum answer call_next_batch(void)
{
    return done_if(api.next_batch(given.state, given.instance, given.number, given.events) ==
                   SS_PLUGIN_SUCCESS);
}

static enum answer call_get_progress(void)
{
    return done_if(api.get_progress(given.state, given.instance, given.number)[0] != '\0');
}

static enum answer call_list_open_params(void)
{
    return done_if(api.list_open_params(given.state, given.rc) != NULL);
}

static enum answer call_event_to_string(void)
{
    return done_if(api.event_to_string(given.state, given.event_input) != NULL);
}

static enum answer call_get_fields(void)
{
    return told(api.get_fields());
}

/* Of one field, as hosts ask, and of all of them. */
static enum answer call_extract_fields(void)
{
    enum answer answer;

    for (uint32_t i = 0; i < 3; i++) {
        ss_plugin_field_extract_input one = given.extract;

        one.num_fields = given.extract.num_fields == 0 ? 0 : 1;
        one.fields = given.extract.fields != NULL ? given.extract.fields + i : NULL;
        one.value_offsets = i == 0 ? &given.offsets : NULL;
        api.extract_fields(given.state, given.event_input, given.extract_input != NULL ? &one : NULL);
    }
    answer =
        done_if(api.extract_fields(given.state, given.event_input, given.extract_input) == SS_PLUGIN_SUCCESS);
    if (answer == DONE && memcmp(&given, &good, offsetof(struct given, fields)) == 0) {
        for (uint32_t i = 0; i < 3; i++) {
            expect(given.fields[i].field_id != good.fields[i].field_id || given.fields[i].res_len <= 1,
                   "the number of values");
        }
    }
    return answer;
}

static enum answer call_get_extract_event_sources(void)
{
    return told(api.get_extract_event_sources());
}

static enum answer call_get_extract_event_types(void)
{
    api.get_extract_event_types(given.number, given.state);
    return NO_STATE_NEEDED;
}

static enum answer call_get_parse_event_types(void)
{
    api.get_parse_event_types(given.number, given.state);
    return NO_STATE_NEEDED;
}

static enum answer call_get_parse_event_sources(void)
{
    return told(api.get_parse_event_sources());
}

static enum answer call_parse_event(void)
{
    return done_if(api.parse_event(given.state, given.event_input, given.parse_input) == SS_PLUGIN_SUCCESS);
}

static enum answer call_get_async_event_sources(void)
{
    return told(api.get_async_event_sources());
}
static enum answer call_get_async_events(void)
{
    return told(api.get_async_events());
}

/* That it is removed always succeeds, where there is a state: hosts would throw in a destructor. */
static enum answer call_set_async_event_handler(void)
{
    bool set = api.set_async_event_handler(given.state, given.owner, given.handler) == SS_PLUGIN_SUCCESS;

    expect(given.state == NULL ||
               api.set_async_event_handler(given.state, given.owner, NULL) == SS_PLUGIN_SUCCESS,
           "the handler is removed");
    return given.handler != NULL ? done_if(set) : NO_STATE_NEEDED;
}

static enum answer call_dump_state(void)
{
    return done_if(api.dump_state(given.state, given.owner, given.handler) == SS_PLUGIN_SUCCESS);
}

static enum answer call_set_config(void)
{
    return done_if(api.set_config(given.state, given.config_input) == SS_PLUGIN_SUCCESS);
}

static enum answer call_get_metrics(void)
{
    return done_if(api.get_metrics(given.state, given.number) != NULL);
}

static enum answer call_capture_open(void)
{
    return done_if(api.capture_open(given.state, given.listen_input) == SS_PLUGIN_SUCCESS);
}

/* As set_async_event_handler. */
static enum answer call_capture_close(void)
{
    expect(api.capture_close(given.state, given.listen_input) == SS_PLUGIN_SUCCESS || given.state == NULL,
           "the capture is closed");
    return NO_STATE_NEEDED;
}

static enum answer call_get_required_event_schema_version(void)
{
    return told(api.get_required_event_schema_version(given.state));
}

static ss_plugin_t *init_state(const char *config)
{
    ss_plugin_init_input input = good.init;

    input.config = config;
    return api.init(&input, &rc);
}

/* The state is as good as new: a function of each of its parts does what it should. */
static void expect_works(void)
{
    ss_plugin_event_input input = {NULL, 0, "bad"};
    ss_plugin_field_extract_input in = good.extract;
    ss_plugin_extract_field field = good.fields[0];

    expect(api.next_batch(good.state, good.instance, &number, &events) == SS_PLUGIN_SUCCESS && number == 1,
           "next_batch works");
    input.evt = events[0];
    in.num_fields = 1;
    in.fields = &field;
    expect(api.extract_fields(good.state, &input, &in) == SS_PLUGIN_SUCCESS && field.res_len == 1 &&
               strcmp(field.res.str[0], "a") == 0,
           "extract_fields works");
    expect(api.parse_event(good.state, &input, &good.parse) == SS_PLUGIN_SUCCESS, "parse_event works");
    good.event.evt = given.event.evt = events[0];
}
