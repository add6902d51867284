#include "host/inspector.h"

#include "host/accessor.h"
#include "host/driver.h"
#include "host/handle.h"

#include <stdlib.h>
#include <string.h>

/* The fields of threads and of file descriptors: a good part of libsinsp's. */
static const struct field_row {
    const char *name;
    ss_plugin_state_type type;
    bool read_only;
} thread_fields[] =
    {
        {"tid", SS_PLUGIN_ST_INT64, false},
        {"pid", SS_PLUGIN_ST_INT64, false},
        {"ptid", SS_PLUGIN_ST_INT64, false},
        {"sid", SS_PLUGIN_ST_INT64, false},
        {"vtid", SS_PLUGIN_ST_INT64, false},
        {"vpid", SS_PLUGIN_ST_INT64, false},
        {"comm", SS_PLUGIN_ST_STRING, false},
        {"exe", SS_PLUGIN_ST_STRING, false},
        {"exe_path", SS_PLUGIN_ST_STRING, false},
        {"exe_writable", SS_PLUGIN_ST_BOOL, false},
        {"exe_ino", SS_PLUGIN_ST_UINT64, false},
        {"uid", SS_PLUGIN_ST_UINT32, false},
        {"gid", SS_PLUGIN_ST_UINT32, false},
        {"flags", SS_PLUGIN_ST_UINT32, false},
        {"fd_limit", SS_PLUGIN_ST_INT64, false},
        {"cwd", SS_PLUGIN_ST_STRING, true},
        {"file_descriptors", SS_PLUGIN_ST_TABLE, true},
},
  descriptor_fields[] = {
      {"fd", SS_PLUGIN_ST_INT64, false},
      {"name", SS_PLUGIN_ST_STRING, false},
      {"type", SS_PLUGIN_ST_UINT8, false},
      {"open_flags", SS_PLUGIN_ST_UINT32, false},
      {"dev", SS_PLUGIN_ST_UINT32, false},
      {"mount_id", SS_PLUGIN_ST_UINT32, false},
      {"ino", SS_PLUGIN_ST_UINT64, false},
      {"pid", SS_PLUGIN_ST_INT64, false},
      {"socket_ipv4_src_port", SS_PLUGIN_ST_UINT16, false},
};

static bool add_rows(struct table_kind *kind, const struct field_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct table_field *field = kind_add(kind, rows[i].name, rows[i].type);
        if (field == NULL)
            return false;
        field->read_only = rows[i].read_only;
    }
    return true;
}

/* Makes threads, with descriptors below. */
static bool make_threads(struct inspector *inspector)
{
    struct table_kind *descriptors;

    inspector->kind = kind_new("threads", "tid");
    if (inspector->kind == NULL ||
        !add_rows(inspector->kind, thread_fields, sizeof thread_fields / sizeof thread_fields[0]))
        return false;
    descriptors = kind_new("file_descriptors", NULL);
    if (descriptors == NULL)
        return false;
    kind_find(inspector->kind, "file_descriptors")->entries = descriptors;
    inspector->threads = table_new(inspector->kind);
    return inspector->threads != NULL &&
           add_rows(descriptors, descriptor_fields, sizeof descriptor_fields / sizeof descriptor_fields[0]);
}

struct inspector *inspector_new(void)
{
    struct inspector *inspector = calloc(1, sizeof *inspector);

    if (inspector == NULL)
        return NULL;
    inspector->references = 1;
    pthread_mutex_init(&inspector->lock, NULL);
    rules_open(&inspector->rules);
    owner_open(&inspector->errors);
    inspector->host = (struct client){
        .inspector = inspector, .errors = &inspector->errors, .subtables = true, .releases = true};
    if (make_threads(inspector))
        return inspector;
    inspector_unref(inspector);
    return NULL;
}

struct inspector *inspector_ref(struct inspector *inspector)
{
    pthread_mutex_lock(&inspector->lock);
    inspector->references++;
    pthread_mutex_unlock(&inspector->lock);
    return inspector;
}

void inspector_unref(struct inspector *inspector)
{
    unsigned left;

    if (inspector == NULL)
        return;
    pthread_mutex_lock(&inspector->lock);
    left = --inspector->references;
    pthread_mutex_unlock(&inspector->lock);
    if (left > 0)
        return;
    client_free(&inspector->host);
    handles_free(inspector);
    while (inspector->offered != NULL) {
        struct foreign *foreign = inspector->offered;
        inspector->offered = foreign->next;
        foreign_free(foreign);
    }
    table_unref(inspector->threads);
    kind_free(inspector->kind);
    owner_close(&inspector->errors);
    rules_close(&inspector->rules);
    pthread_mutex_destroy(&inspector->lock);
    free(inspector);
}

bool inspector_join(struct inspector *inspector, struct state *state)
{
    const struct library *library = state->library;
    struct client *client = calloc(1, sizeof *client);

    if (client == NULL)
        return false;
    *client = (struct client){
        .inspector = inspector,
        .errors = &state->owner,
        .name = library->name,
        .subtables = library->options.minor >= 5,
        .releases = library->options.minor >= 1 && library->required_minor >= 1,
    };
    state->client = client;
    state->inspector = inspector_ref(inspector);
    return true;
}

void inspector_leave(struct state *state)
{
    struct inspector *inspector = state->inspector;

    if (inspector == NULL)
        return;
    pthread_mutex_lock(&inspector->lock);
    for (struct foreign *foreign = inspector->offered; foreign != NULL; foreign = foreign->next)
        if (foreign->owner == state)
            foreign->owner = NULL;
    handles_forget(state->client);
    pthread_mutex_unlock(&inspector->lock);
    client_free(state->client);
    free(state->client);
    state->client = NULL;
    state->inspector = NULL;
    inspector_unref(inspector);
}
