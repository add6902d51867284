/*
 * A plugin that sends async events, listens to the capture, and counts. What it does comes
 * with set_config, or is a mode that init is given.
 */
#include "v3/abi.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct plugin {
    char mode[64], error[PLUGIN_MAX_ERRLEN];
    ss_plugin_owner_t *owner;
    ss_plugin_async_event_handler_t handler, kept;
    pthread_t thread;
    int running, peek;
    atomic_bool stop;
    atomic_uint sent, rounds;
    ss_plugin_table_t *threads;
    ss_plugin_table_field_t *comm;
    uint64_t (*table_size)(ss_plugin_table_t *t);
    const char *(*owner_error)(ss_plugin_owner_t *o);
    ss_plugin_routine_t *routine;
};

const char *plugin_get_required_api_version(void)
{
    return "3.1.0";
}

const char *plugin_get_name(void)
{
    return "async";
}

const char *plugin_get_description(void)
{
    return "-";
}

const char *plugin_get_contact(void)
{
    return "-";
}

const char *plugin_get_version(void)
{
    return "1.0.0";
}

const char *plugin_get_async_events(void)
{
    return "[\"tick\",\"state\"]";
}

const char *plugin_get_parse_event_sources(void)
{
    return "[\"x\"]";
}

ss_plugin_rc plugin_parse_event(ss_plugin_t *s, const ss_plugin_event_input *evt,
                                const ss_plugin_event_parse_input *in)
{
    (void)s, (void)evt, (void)in;
    return SS_PLUGIN_SUCCESS;
}

ss_plugin_t *plugin_init(const ss_plugin_init_input *input, ss_plugin_rc *rc)
{
    struct plugin *plugin = calloc(1, sizeof *plugin);

    snprintf(plugin->mode, sizeof plugin->mode, "%s", input->config);
    plugin->owner = input->owner;
    plugin->threads = input->tables->get_table(input->owner, "threads", SS_PLUGIN_ST_INT64);
    plugin->comm = input->tables->fields.get_table_field(plugin->threads, "comm", SS_PLUGIN_ST_STRING);
    *rc = SS_PLUGIN_SUCCESS;
    return plugin;
}

void plugin_destroy(ss_plugin_t *s)
{
    struct plugin *plugin = s;

    if (plugin->peek)
        plugin->table_size(plugin->threads);
    free(plugin);
}

const char *plugin_get_last_error(ss_plugin_t *s)
{
    return ((struct plugin *)s)->error;
}

static int is_mode(const struct plugin *plugin, const char *mode)
{
    return strcmp(plugin->mode, mode) == 0;
}

/* ---- async events ---- */

/* Writes an event with this name, and breaks the rule that the mode names. */
static void write_event(const struct plugin *plugin, unsigned char *to, const char *name, const char *data)
{
    ss_plugin_event header = {.ts = UINT64_MAX, .tid = UINT64_MAX, .type = PPME_ASYNCEVENT_E, .nparams = 3};
    uint32_t lengths[3] = {4, (uint32_t)strlen(name) + 1, (uint32_t)strlen(data)}, id = 0;

    header.len = (uint32_t)sizeof header + 12 + 4 + lengths[1] + lengths[2];
    if (is_mode(plugin, "type"))
        header.type = PPME_PLUGINEVENT_E;
    else if (is_mode(plugin, "params"))
        header.nparams = 2;
    else if (is_mode(plugin, "length"))
        header.len++;
    else if (is_mode(plugin, "id"))
        id = 5;
    else if (is_mode(plugin, "far"))
        header.ts = UINT64_MAX - 1;
    else if (is_mode(plugin, "thread"))
        header.tid = 7;
    memcpy(to, &header, sizeof header);
    memcpy(to + sizeof header, lengths, sizeof lengths);
    memcpy(to + sizeof header + 12, &id, sizeof id);
    memcpy(to + sizeof header + 16, name, lengths[1]);
    memcpy(to + sizeof header + 16 + lengths[1], data, lengths[2]);
}

static ss_plugin_rc send_event(struct plugin *plugin, ss_plugin_async_event_handler_t handler,
                               const char *name, const char *data)
{
    unsigned char event[256];

    write_event(plugin, event, is_mode(plugin, "name") ? "tock" : name, data);
    plugin->sent++;
    return handler(plugin->owner, (ss_plugin_event *)event, plugin->error);
}

static void *send_all(void *argument)
{
    struct plugin *plugin = argument;

    while (!plugin->stop) {
        unsigned char event[256];
        write_event(plugin, event, "tick", "from a thread");
        plugin->handler(plugin->owner, (ss_plugin_event *)event, NULL);
        usleep(100);
    }
    return NULL;
}

ss_plugin_rc plugin_set_async_event_handler(ss_plugin_t *s, ss_plugin_owner_t *owner,
                                            const ss_plugin_async_event_handler_t handler)
{
    struct plugin *plugin = s;

    if (owner != plugin->owner)
        return SS_PLUGIN_FAILURE;
    if (is_mode(plugin, handler != NULL ? "refuse open" : "refuse close")) {
        snprintf(plugin->error, sizeof plugin->error, "I do not like it");
        return SS_PLUGIN_FAILURE;
    }
    if (handler == NULL && plugin->running) {
        plugin->stop = true;
        pthread_join(plugin->thread, NULL);
        plugin->running = 0;
    }
    if (handler != NULL)
        plugin->kept = handler;
    plugin->handler = handler;
    if (handler != NULL && is_mode(plugin, "endless")) {
        plugin->stop = false;
        plugin->running = pthread_create(&plugin->thread, NULL, send_all, plugin) == 0;
    }
    return SS_PLUGIN_SUCCESS;
}

ss_plugin_rc plugin_dump_state(ss_plugin_t *s, ss_plugin_owner_t *owner,
                               const ss_plugin_async_event_handler_t handler)
{
    struct plugin *plugin = s;

    if (owner != plugin->owner)
        return SS_PLUGIN_FAILURE;
    if (is_mode(plugin, "no dump")) {
        snprintf(plugin->error, sizeof plugin->error, "nothing to dump");
        return SS_PLUGIN_FAILURE;
    }
    if (send_event(plugin, handler, "state", "one") != SS_PLUGIN_SUCCESS)
        return SS_PLUGIN_FAILURE;
    return send_event(plugin, handler, "state", "two");
}

/* "send" sends an event, "late" one by the handler that was taken back; all else is a mode. */
ss_plugin_rc plugin_set_config(ss_plugin_t *s, const ss_plugin_set_config_input *i)
{
    struct plugin *plugin = s;

    if (strcmp(i->config, "send") == 0)
        return send_event(plugin, plugin->handler, "tick", "a\nb");
    if (strcmp(i->config, "late") == 0)
        return send_event(plugin, plugin->kept, "tick", "");
    if (strcmp(i->config, "nonsense") == 0) {
        snprintf(plugin->error, sizeof plugin->error, "what is that?");
        return SS_PLUGIN_FAILURE;
    }
    snprintf(plugin->mode, sizeof plugin->mode, "%s", i->config);
    return SS_PLUGIN_SUCCESS;
}

/* ---- listening ---- */

static ss_plugin_bool round_of(ss_plugin_t *s, ss_plugin_routine_state_t *i)
{
    struct plugin *plugin = s;

    usleep(100);
    if (plugin->peek)
        plugin->table_size(plugin->threads);
    return ++plugin->rounds < *(unsigned *)i;
}

static void add_thread(struct plugin *plugin, const ss_plugin_capture_listen_input *in)
{
    ss_plugin_state_data key = {.s64 = 1}, value = {.str = "listening"};
    ss_plugin_table_entry_t *entry = in->table_writer_ext->create_table_entry(plugin->threads);

    in->table_writer_ext->write_entry_field(plugin->threads, entry, plugin->comm, &value);
    entry = in->table_writer_ext->add_table_entry(plugin->threads, &key, entry);
    in->table_reader_ext->release_table_entry(plugin->threads, entry);
}

ss_plugin_rc plugin_capture_open(ss_plugin_t *s, const ss_plugin_capture_listen_input *i)
{
    static unsigned five = 5, endless = -1u;
    struct plugin *plugin = s;

    if (is_mode(plugin, "greedy"))
        plugin->owner_error = i->get_owner_last_error;
    if (is_mode(plugin, "refuse capture")) {
        snprintf(plugin->error, sizeof plugin->error, "no capture");
        return SS_PLUGIN_FAILURE;
    }
    add_thread(plugin, i);
    plugin->peek = is_mode(plugin, "peek");
    plugin->table_size = i->table_reader_ext->get_table_size;
    plugin->routine =
        i->routine->subscribe(i->owner, round_of, is_mode(plugin, "five rounds") ? &five : &endless);
    return plugin->routine != NULL ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
}

ss_plugin_rc plugin_capture_close(ss_plugin_t *s, const ss_plugin_capture_listen_input *i)
{
    struct plugin *plugin = s;

    if (is_mode(plugin, "refuse end")) {
        snprintf(plugin->error, sizeof plugin->error, "not yet");
        return SS_PLUGIN_FAILURE;
    }
    if (plugin->routine != NULL && !is_mode(plugin, "forgetful"))
        i->routine->unsubscribe(i->owner, plugin->routine);
    plugin->routine = NULL;
    return SS_PLUGIN_SUCCESS;
}

/* ---- metrics ---- */

ss_plugin_metric *plugin_get_metrics(ss_plugin_t *s, uint32_t *num_metrics)
{
    static ss_plugin_metric metrics[7] = {
        {.name = "rounds", .value_type = SS_PLUGIN_METRIC_VALUE_TYPE_U64},
        {.name = "sent", .value_type = SS_PLUGIN_METRIC_VALUE_TYPE_U32},
        {"cold", SS_PLUGIN_METRIC_TYPE_NON_MONOTONIC, {.s32 = -3}, SS_PLUGIN_METRIC_VALUE_TYPE_S32},
        {"colder", SS_PLUGIN_METRIC_TYPE_NON_MONOTONIC, {.s64 = INT64_MIN}, SS_PLUGIN_METRIC_VALUE_TYPE_S64},
        {"part", SS_PLUGIN_METRIC_TYPE_NON_MONOTONIC, {.d = 0.5}, SS_PLUGIN_METRIC_VALUE_TYPE_D},
        {"half", SS_PLUGIN_METRIC_TYPE_NON_MONOTONIC, {.f = 0.25f}, SS_PLUGIN_METRIC_VALUE_TYPE_F},
        {"int", SS_PLUGIN_METRIC_TYPE_NON_MONOTONIC, {.i = -1}, SS_PLUGIN_METRIC_VALUE_TYPE_I},
    };
    static ss_plugin_metric nameless[1], strange[1] = {{.name = "x", .value_type = 9}};
    struct plugin *plugin = s;

    *num_metrics = 1;
    if (is_mode(plugin, "nameless"))
        return nameless;
    if (is_mode(plugin, "strange"))
        return strange;
    if (is_mode(plugin, "no array"))
        return NULL;
    *num_metrics = 7;
    metrics[0].value.u64 = plugin->rounds;
    metrics[1].value.u32 = plugin->sent;
    return metrics;
}
