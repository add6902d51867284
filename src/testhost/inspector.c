#include "testhost/inspector.h"

#include "testhost/accessor.h"
#include "testhost/driver.h"
#include "testhost/entryhandle.h"

#include <stdlib.h>
#include <string.h>

struct field_row {
    const char *name;
    ss_plugin_state_type type;
    bool read_only;
};

/* Those of libsinsp 0.23.2, in its order. */
static const struct field_row thread_fields[] = {
    {"tid", SS_PLUGIN_ST_INT64, false},
    {"pid", SS_PLUGIN_ST_INT64, false},
    {"ptid", SS_PLUGIN_ST_INT64, false},
    {"reaper_tid", SS_PLUGIN_ST_INT64, false},
    {"sid", SS_PLUGIN_ST_INT64, false},
    {"comm", SS_PLUGIN_ST_STRING, false},
    {"exe", SS_PLUGIN_ST_STRING, false},
    {"exe_path", SS_PLUGIN_ST_STRING, false},
    {"exe_writable", SS_PLUGIN_ST_BOOL, false},
    {"exe_upper_layer", SS_PLUGIN_ST_BOOL, false},
    {"exe_lower_layer", SS_PLUGIN_ST_BOOL, false},
    {"exe_from_memfd", SS_PLUGIN_ST_BOOL, false},
    {"args", SS_PLUGIN_ST_TABLE, true},
    {"env", SS_PLUGIN_ST_TABLE, true},
    {"cgroups", SS_PLUGIN_ST_TABLE, true},
    {"flags", SS_PLUGIN_ST_UINT32, false},
    {"fd_limit", SS_PLUGIN_ST_INT64, false},
    {"uid", SS_PLUGIN_ST_UINT32, false},
    {"gid", SS_PLUGIN_ST_UINT32, false},
    {"loginuid", SS_PLUGIN_ST_UINT32, false},
    {"exe_ino", SS_PLUGIN_ST_UINT64, false},
    {"exe_ino_ctime", SS_PLUGIN_ST_UINT64, false},
    {"exe_ino_mtime", SS_PLUGIN_ST_UINT64, false},
    {"vtid", SS_PLUGIN_ST_INT64, false},
    {"vpid", SS_PLUGIN_ST_INT64, false},
    {"vpgid", SS_PLUGIN_ST_INT64, false},
    {"pgid", SS_PLUGIN_ST_INT64, false},
    {"pidns_init_start_ts", SS_PLUGIN_ST_UINT64, false},
    {"root", SS_PLUGIN_ST_STRING, false},
    {"tty", SS_PLUGIN_ST_UINT32, false},
    {"file_descriptors", SS_PLUGIN_ST_TABLE, true},
    {"cwd", SS_PLUGIN_ST_STRING, true},
    {NULL, 0, false},
};

static const struct field_row descriptor_fields[] = {
    {"type", SS_PLUGIN_ST_UINT8, false},
    {"open_flags", SS_PLUGIN_ST_UINT32, false},
    {"name", SS_PLUGIN_ST_STRING, false},
    {"name_raw", SS_PLUGIN_ST_STRING, false},
    {"old_name", SS_PLUGIN_ST_STRING, false},
    {"flags", SS_PLUGIN_ST_UINT32, false},
    {"dev", SS_PLUGIN_ST_UINT32, false},
    {"mount_id", SS_PLUGIN_ST_UINT32, false},
    {"ino", SS_PLUGIN_ST_UINT64, false},
    {"pid", SS_PLUGIN_ST_INT64, false},
    {"fd", SS_PLUGIN_ST_INT64, false},
    {"socket_ipv4_src_ip", SS_PLUGIN_ST_UINT32, false},
    {"socket_ipv4_dest_dip", SS_PLUGIN_ST_UINT32, false},
    {"socket_ipv4_src_port", SS_PLUGIN_ST_UINT16, false},
    {"socket_ipv4_dst_port", SS_PLUGIN_ST_UINT16, false},
    {"socket_ipv4_l4_proto", SS_PLUGIN_ST_UINT8, false},
    {"socket_ipv6_src_ip_low", SS_PLUGIN_ST_UINT64, false},
    {"socket_ipv6_src_ip_high", SS_PLUGIN_ST_UINT64, false},
    {"socket_ipv6_dest_ip_low", SS_PLUGIN_ST_UINT64, false},
    {"socket_ipv6_dest_ip_high", SS_PLUGIN_ST_UINT64, false},
    {"socket_ipv6_src_port", SS_PLUGIN_ST_UINT16, false},
    {"socket_ipv6_dst_port", SS_PLUGIN_ST_UINT16, false},
    {"socket_ipv6_l4_proto", SS_PLUGIN_ST_UINT8, false},
    {"socket_ipv4_server_ip", SS_PLUGIN_ST_UINT32, false},
    {"socket_ipv4_server_port", SS_PLUGIN_ST_UINT16, false},
    {"socket_ipv4_server_l4_proto", SS_PLUGIN_ST_UINT8, false},
    {"socket_ipv6_server_ip_low", SS_PLUGIN_ST_UINT64, false},
    {"socket_ipv6_server_ip_high", SS_PLUGIN_ST_UINT64, false},
    {"socket_ipv6_server_port", SS_PLUGIN_ST_UINT16, false},
    {"socket_ipv6_server_l4_proto", SS_PLUGIN_ST_UINT8, false},
    {"socket_unix_src", SS_PLUGIN_ST_UINT64, false},
    {"socket_unix_dest", SS_PLUGIN_ST_UINT64, false},
    {NULL, 0, false},
};

static const struct field_row text_fields[] = {{"value", SS_PLUGIN_ST_STRING, false}, {NULL, 0, false}};
static const struct field_row pair_fields[] = {
    {"first", SS_PLUGIN_ST_STRING, false}, {"second", SS_PLUGIN_ST_STRING, false}, {NULL, 0, false}};

/* The tables in fields of threads. */
static const struct {
    const char *name;
    const struct field_row *fields;
} subtables[] = {
    {"args", text_fields},
    {"env", text_fields},
    {"cgroups", pair_fields},
    {"file_descriptors", descriptor_fields},
};

static bool add_rows(struct table_kind *kind, const struct field_row *rows)
{
    for (; rows->name != NULL; rows++) {
        struct table_field *field = kind_add(kind, rows->name, rows->type);
        if (field == NULL)
            return false;
        field->read_only = rows->read_only;
    }
    return true;
}

/* Makes threads, with the tables below. */
static bool make_threads(struct inspector *inspector)
{
    inspector->kind = kind_new("threads", "tid");
    if (inspector->kind == NULL || !add_rows(inspector->kind, thread_fields))
        return false;
    for (size_t i = 0; i < sizeof subtables / sizeof subtables[0]; i++) {
        struct table_kind *kind = kind_new(subtables[i].name, NULL);

        kind_find(inspector->kind, subtables[i].name)->entries = kind;
        if (kind == NULL || !add_rows(kind, subtables[i].fields))
            return false;
    }
    inspector->threads = table_new(inspector->kind);
    return inspector->threads != NULL;
}

struct inspector *inspector_new(void)
{
    struct inspector *inspector = calloc(1, sizeof *inspector);

    if (inspector == NULL)
        return NULL;
    inspector->references = 1;
    pthread_mutex_init(&inspector->lock, NULL);
    violations_open(&inspector->violations);
    plugin_owner_open(&inspector->errors);
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
    plugin_owner_close(&inspector->errors);
    violations_close(&inspector->violations);
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
