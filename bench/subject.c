#include "subject.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void fail(const struct subject *subject, const char *what)
{
    const char *error = subject->state != NULL ? subject->api.get_last_error(subject->state) : dlerror();

    fprintf(stderr, "bench: %s: %s\n", what, error != NULL ? error : "");
    exit(1);
}

static ss_plugin_table_reader_vtable_ext no_tables;

static const char *no_error(ss_plugin_owner_t *o)
{
    (void)o;
    return "";
}

static void look_up(struct subject *subject)
{
#define LOOK_UP(name, since, need, result, parameters)                                                       \
    *(void **)&subject->api.name = dlsym(subject->library, "plugin_" #name);
    PLUGIN_API_SYMBOLS(LOOK_UP)
#undef LOOK_UP
}

static void open_source(struct subject *subject)
{
    ss_plugin_rc rc = SS_PLUGIN_FAILURE;

    subject->instance = subject->api.open(subject->state, subject->params, &rc);
    if (rc != SS_PLUGIN_SUCCESS) {
        fail(subject, "open");
    }
}

void subject_open(struct subject *subject, const char *library, const char *config, const char *params)
{
    const ss_plugin_init_input input = {.config = config, .get_owner_last_error = no_error};
    ss_plugin_rc rc = SS_PLUGIN_FAILURE;

    *subject = (struct subject){.library = dlopen(library, RTLD_NOW | RTLD_LOCAL)};
    if (subject->library == NULL) {
        fail(subject, library);
    }
    look_up(subject);
    if (subject->api.init == NULL || subject->api.next_batch == NULL) {
        fail(subject, "no event source");
    }
    if (subject->api.get_required_api_version()[0] != '3') {
        fprintf(stderr, "bench: %s\n", subject->api.get_required_api_version());
        exit(1);
    }
    subject->state = subject->api.init(&input, &rc);
    if (rc != SS_PLUGIN_SUCCESS) {
        fail(subject, "init");
    }
    snprintf(subject->params, sizeof(subject->params), "%s", params);
    open_source(subject);
    snprintf(subject->source, sizeof(subject->source), "%s", subject->api.get_event_source());
    subject->input.evtsrc = subject->source;
    subject->asked = (ss_plugin_field_extract_input){.get_owner_last_error = no_error,
                                                     .num_fields = 1,
                                                     .fields = &subject->answer,
                                                     .table_reader_ext = &no_tables};
}

void subject_close(struct subject *subject)
{
    subject->api.close(subject->state, subject->instance);
    subject->api.destroy(subject->state);
    dlclose(subject->library);
}

static ss_plugin_rc next_batch(struct subject *subject)
{
    return subject->api.next_batch(subject->state, subject->instance, &subject->count, &subject->events);
}

bool subject_poll(struct subject *subject)
{
    ss_plugin_rc rc = next_batch(subject);

    if (rc == SS_PLUGIN_FAILURE) {
        fail(subject, "next_batch");
    }
    return rc == SS_PLUGIN_SUCCESS;
}

void subject_reopen(struct subject *subject, void (*meanwhile)(void))
{
    subject->api.close(subject->state, subject->instance);
    if (meanwhile != NULL) {
        meanwhile();
    }
    open_source(subject);
}

void subject_next(struct subject *subject)
{
    ss_plugin_rc rc = next_batch(subject);

    if (rc == SS_PLUGIN_EOF) {
        subject_reopen(subject, NULL);
        rc = next_batch(subject);
    }
    if (rc != SS_PLUGIN_SUCCESS) {
        fail(subject, "next_batch");
    }
    subject->used = 0;
}

void subject_turn_to(struct subject *subject, uint32_t number)
{
    subject->input.evt = subject->events[number];
    subject->input.evtnum = ++subject->num;
}

const ss_plugin_event *subject_step(struct subject *subject)
{
    if (subject->used == subject->count) {
        subject_next(subject);
    }
    subject_turn_to(subject, subject->used++);
    return subject->input.evt;
}

void subject_ask(struct subject *subject, const struct request *request)
{
    subject->answer.field_id = subject->first_field + request->field;
    subject->answer.arg_index = request->index;
    subject->answer.arg_key = request->key;
    subject->answer.arg_present = request->index != 0 || request->key != NULL;
    if (subject->api.extract_fields(subject->state, &subject->input, &subject->asked) != SS_PLUGIN_SUCCESS) {
        fail(subject, "extract_fields");
    }
}

/* Types stand in the list of fields in their order, and nowhere else in it. */
bool subject_is_text(const struct subject *subject, uint32_t field)
{
    const char *type = subject->api.get_fields();

    for (uint32_t i = 0; i <= field && type != NULL; i++) {
        type = strstr(type, "\"type\"");
        type = type != NULL ? type + strlen("\"type\"") : NULL;
    }
    return type != NULL && strncmp(type + strspn(type, ": \""), "string", strlen("string")) == 0;
}

const char *subject_show(struct subject *subject)
{
    const char *text = subject->api.event_to_string(subject->state, &subject->input);

    if (text == NULL) {
        fail(subject, "event_to_string");
    }
    return text;
}
