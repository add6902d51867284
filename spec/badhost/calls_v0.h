/*
 * calls_v0: every function of the plugin API 0.3.0 as a call with what stands in `given`; as calls_v3.h.
 */
#include "v0/abi.h"

#include "loaded.h"

static struct given {
    ss_plugin_t *state;
    ss_instance_t *instance;
    const char *text; /* configuration and parameters */
    ss_plugin_rc *rc;
    uint32_t *number;
    ss_plugin_event **events;
    ss_plugin_schema_type *schema_type;
    const ss_plugin_event *shown;
    uint64_t field_count;
    ss_plugin_extract_field *asked;

    ss_plugin_event event;
    ss_plugin_extract_field fields[3];
} given, good;

/* What the pointers in `given` lead to and the library writes. */
static ss_plugin_rc rc;
static uint32_t number;
static ss_plugin_event *events;
static ss_plugin_schema_type schema_type;

static void fill_given(void)
{
    given = (struct given){
        .text = "{}",
        .rc = &rc,
        .number = &number,
        .events = &events,
        .schema_type = &schema_type,
        .shown = &given.event,
        .field_count = 3,
        .asked = given.fields,
        .event = {1, (const uint8_t *)"a", 1, 1},
        .fields = {{.field_id = 0, .field = "bad.data", .arg = "", .ftype = FTYPE_STRING},
                   {.field_id = 1, .field = "bad.key", .arg = "k", .ftype = FTYPE_STRING},
                   {.field_id = 2, .field = "bad.host", .arg = "", .ftype = FTYPE_UINT64}},
    };
}

static enum answer call_get_required_api_version(void)
{
    return told(api.get_required_api_version());
}
static enum answer call_get_type(void)
{
    return api.get_type() == TYPE_SOURCE_PLUGIN ? NO_STATE_NEEDED : REFUSED;
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
static enum answer call_get_version(void)
{
    return told(api.get_version());
}
static enum answer call_get_fields(void)
{
    return told(api.get_fields());
}
static enum answer call_get_init_schema(void)
{
    return told(api.get_init_schema(given.schema_type));
}
static enum answer call_get_id(void)
{
    return api.get_id() == 999 ? NO_STATE_NEEDED : REFUSED;
}
static enum answer call_get_event_source(void)
{
    return told(api.get_event_source());
}

static enum answer call_init(void)
{
    ss_plugin_t *state = api.init(given.text, given.rc);

    expect(state != NULL && (given.rc == NULL || rc == SS_PLUGIN_SUCCESS), "it fails");
    api.destroy(state);
    return NO_STATE_NEEDED;
}

/* Of a state that may be destroyed: not the one that the other calls need. */
static enum answer call_destroy(void)
{
    api.destroy(given.state == good.state ? api.init("{}", &rc) : given.state);
    return NO_STATE_NEEDED;
}

static enum answer call_open(void)
{
    ss_instance_t *instance = api.open(given.state, given.text, given.rc);

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
    return done_if(api.event_to_string(given.state, given.event.data, given.event.datalen) != NULL);
}

static enum answer call_extract_fields(void)
{
    return done_if(api.extract_fields(given.state, given.shown, (uint32_t)given.field_count, given.asked) ==
                   SS_PLUGIN_SUCCESS);
}

/* For plugins without a source. */
static enum answer call_get_extract_event_sources(void)
{
    return api.get_extract_event_sources == NULL ? NO_STATE_NEEDED : REFUSED;
}

static ss_plugin_t *init_state(const char *config)
{
    return api.init(config, &rc);
}

/* The state is as good as new. */
static void expect_works(void)
{
    ss_plugin_extract_field field = good.fields[0];

    expect(api.next_batch(good.state, good.instance, &number, &events) == SS_PLUGIN_SUCCESS && number == 1,
           "next_batch works");
    expect(api.extract_fields(good.state, &events[0], 1, &field) == SS_PLUGIN_SUCCESS &&
               field.field_present && strcmp(field.res_str, "a") == 0,
           "extract_fields works");
}
