/*
 * v3/entry_extract: the exported functions that get events from the host: extract_fields, event_to_string,
 * parse_event.
 */
#include "base/text.h"
#include "plugin/callbacks.h"
#include "plugin/valueoffsets.h"
#include "v3/batch.h"
#include "v3/statehandle.h"

#include <string.h>

/* Keeps the rare branch off the hot path. */
#define LIKELY(condition)   __builtin_expect((condition), 1)
#define UNLIKELY(condition) __builtin_expect((condition), 0)

static uint32_t parameter_length(const struct event *event, uint32_t number)
{
    uint32_t length;

    memcpy(&length, event->raw + sizeof(ss_plugin_event) + number * sizeof(length), sizeof(length));
    return length;
}

/* Finds the payload of a plugin event, or the data of an async event, which follow the id, or id and name.
 * False: the lengths are inconsistent. */
static inline bool find_payload(struct event *event)
{
    uint32_t count = event->type == PPME_ASYNCEVENT_E ? 3 : 2;
    uint64_t before = sizeof(ss_plugin_event) + count * sizeof(uint32_t) + sizeof(uint32_t);

    if (event->parameters != count || event->raw_size < before ||
        parameter_length(event, 0) != sizeof(uint32_t)) {
        return false;
    }
    before += count == 3 ? parameter_length(event, 1) : 0;
    event->size = parameter_length(event, count - 1);
    if (before + event->size > event->raw_size) {
        return false;
    }
    event->data = event->raw + before;
    event->has_payload = true;
    return true;
}

static inline __attribute__((always_inline)) bool read_event(const ss_plugin_event_input *input,
                                                             struct event *event)
{
    const ss_plugin_event *header = input->evt;

    *event = (struct event){
        /* all of them: what is left out would be cleared first, by a slow instruction */
        .data = "",
        .size = 0,
        .has_payload = false,
        .num = input->evtnum,
        .ts = header->ts,
        .tid = (int64_t)header->tid,
        .type = header->type,
        .parameters = header->nparams,
        .raw = (const unsigned char *)header,
        .raw_size = header->len,
        .source = input->evtsrc,
        .where = header,
        .bare = false,
    };
    if (header->len < sizeof(*header)) {
        return false;
    }
    return (header->type != PPME_PLUGINEVENT_E && header->type != PPME_ASYNCEVENT_E) || find_payload(event);
}

bool handle_read_event(const ss_plugin_event_input *input, struct event *event)
{
    return read_event(input, event);
}

/* The same, only for events that the script asks for. */
static bool read_wanted(const struct plugin *plugin, const struct filter *filter,
                        const ss_plugin_event_input *input, struct event *event)
{
    const struct manifest *manifest = plugin->manifest;

    return filter_takes(filter, manifest->event_source, input->evt->type, input->evtsrc) &&
           read_event(input, event);
}

static inline bool has_event(const ss_plugin_event_input *input)
{
    return input != NULL && input->evt != NULL;
}

const char *entry_event_to_string(ss_plugin_t *s, const ss_plugin_event_input *evt)
{
    struct plugin *plugin = handle_enter(s);
    struct event event;
    const char *text = NULL;

    if (plugin == NULL) {
        return NULL;
    }
    if (has_event(evt) && handle_read_event(evt, &event) && event.type == PPME_PLUGINEVENT_E) {
        extraction_show(plugin, &event);
        text = extraction_text(plugin);
    } else {
        plugin_fail(plugin, "to_string: the event is no plugin event");
    }
    handle_leave(s);
    return text;
}

/* If a field takes both kinds of argument, hosts also give an index as text. */
static void read_argument(const struct field *field, const ss_plugin_extract_field *request,
                          struct argument *argument)
{
    *argument = (struct argument){.kind = ARGUMENT_NONE};
    if (!request->arg_present || !field->has_arg) {
        return;
    }
    if (field->arg_key && request->arg_key != NULL) {
        extraction_argument(field, request->arg_key, argument);
    } else if (field->arg_index) {
        /* scripts have no larger integers, and no list is that long */
        uint64_t index = request->arg_index <= INT64_MAX ? request->arg_index : INT64_MAX;

        *argument = (struct argument){.kind = ARGUMENT_INDEX, .index = index};
    }
}

/* The value of one field; NULL: an error. */
static const struct value *find_value(struct plugin *plugin, const ss_plugin_extract_field *request)
{
    const struct value *value;
    struct argument argument;

    if (request->field_id >= plugin->manifest->field_count) {
        plugin_fail(plugin, "extract_fields: the host asks for a field that was never declared");
        return NULL;
    }
    read_argument(&plugin->manifest->fields[request->field_id], request, &argument);
    value = extraction_get(plugin, request->field_id, &argument);
    if (value->outcome == VALUE_FAILED) {
        plugin_fail(plugin, value->error);
        return NULL;
    }
    return value;
}

/* Extracts one field, and, with `offsets`, the positions of its values. False: an error. */
static bool extract_one(struct plugin *plugin, ss_plugin_extract_field *request,
                        ss_plugin_extract_value_offsets *offsets)
{
    const struct value *value;

    request->res_len = 0;
    value = find_value(plugin, request);
    if (value == NULL) {
        return false;
    }
    if (value->outcome != VALUE_PRESENT) {
        return true;
    }
    if (offsets != NULL &&
        !valueoffsets_find(&plugin->extraction, value, &offsets->start, &offsets->length)) {
        plugin_fail(plugin, TEXT_NO_MEMORY);
        return false;
    }
    request->res.str = value->cells;
    request->res_len = value->count;
    return true;
}

static void clear_results(const ss_plugin_field_extract_input *in)
{
    if (in == NULL || in->fields == NULL) {
        return;
    }
    for (uint32_t i = 0; i < in->num_fields; i++) {
        in->fields[i].res_len = 0;
    }
}

/* The struct for offsets, if the host asks for them, and is new enough to have it. */
static ss_plugin_extract_value_offsets *requested_offsets(const struct handle *handle,
                                                          const ss_plugin_field_extract_input *in)
{
    ss_plugin_extract_value_offsets *offsets =
        handle->minor >= SINCE_VALUE_OFFSETS ? in->value_offsets : NULL;

    if (offsets != NULL) {
        *offsets = (ss_plugin_extract_value_offsets){NULL, NULL};
    }
    return offsets;
}

/* True if the event is that of the last call: the most frequent case, since hosts ask for one field per call,
 * and again for every rule. An event of our own batch is recognized by its address, as long as the batch is
 * the same; is_shown_again compares headers, for events with a number; extraction_show decides all other
 * cases. */
static inline bool is_own_again(const struct handle *handle, const struct plugin *plugin,
                                const ss_plugin_event_input *input)
{
    return handle->shown.own == input->evt && plugin->extraction.recognizable &&
           handle->shown.input.evtsrc == input->evtsrc;
}

/* The same for events of others, and if the state has a lock, by comparing the event with the last one. */
static bool is_shown_again(const struct handle *handle, const ss_plugin_event_input *input)
{
    return memcmp(&handle->shown.input, input, sizeof(*input)) == 0 &&
           memcmp(&handle->shown.header, input->evt, sizeof(handle->shown.header)) == 0;
}

/* The cache slot of the one field that is asked for; NULL: find_value has to do more. */
static inline struct cache_slot *find_slot(const struct handle *handle, const struct plugin *plugin,
                                           const ss_plugin_field_extract_input *in)
{
    const struct manifest *manifest = plugin->manifest;
    const struct fieldcache *cache = &plugin->extraction.cache;
    const ss_plugin_extract_field *request = in->fields;
    const struct field *field;

    if (in->num_fields != 1 || request == NULL ||
        (handle->minor >= SINCE_VALUE_OFFSETS && in->value_offsets != NULL)) {
        return NULL;
    }
    if (LIKELY(!request->arg_present)) {
        return fieldcache_slot(cache, request->field_id);
    }
    if (request->field_id >= manifest->field_count) {
        return NULL;
    }
    field = &manifest->fields[request->field_id];
    return field->arg_index && !(field->arg_key && request->arg_key != NULL)
               ? fieldcache_slot_at(cache, request->field_id, request->arg_index)
               : NULL;
}

/* Writes a present or absent value to the host's struct. */
static inline ss_plugin_rc give(ss_plugin_extract_field *request, const struct value *value)
{
    if (LIKELY(value->outcome == VALUE_PRESENT)) {
        request->res_len = value->count;
        request->res.str = value->cells;
    } else {
        request->res_len = 0;
    }
    return SS_PLUGIN_SUCCESS;
}

/* Notes the event as that of the last call. */
static inline void note_shown(struct handle *handle, const ss_plugin_event_input *input, bool own)
{
    handle->shown.input = *input;
    if (own && !handle_plugin(handle)->lock.on) {
        handle->shown.own = input->evt;
    } else {
        handle->shown.own = &no_event;
        memcpy(&handle->shown.header, input->evt, sizeof(handle->shown.header));
    }
}

/* Makes an event the current one. False: the script has no fields for it. */
static __attribute__((noinline)) bool show_wanted(struct handle *handle, const ss_plugin_event_input *input)
{
    static ss_plugin_event *const none = NULL;
    struct plugin *plugin = handle_plugin(handle);
    struct extraction *extraction = &plugin->extraction;
    struct event event;

    if (!read_wanted(plugin, &plugin->manifest->extract, input, &event)) {
        return false;
    }
    state_check_reload(&handle->state, &event);
    extraction_show(plugin, &event);
    note_shown(handle, input, extraction->batch != NULL);
    handle->shown.behind = extraction->batch != NULL && event.type == PPME_PLUGINEVENT_E
                               ? batch_behind(extraction->batch, input->evt)
                               : &none;
    extraction->recognizable =
        plugin->limits.optimize.event_check && (extraction->batch != NULL || event.num != 0);
    return true;
}

/* Makes the next event of the batch the current one, so that the script has fields of it. The script cannot
 * have been swapped meanwhile. False: it is passed as another source's, or the host has changed it. */
static __attribute__((noinline)) bool move_on(struct handle *handle, const ss_plugin_event_input *input)
{
    struct plugin *plugin = handle_plugin(handle);
    struct event *event;

    if (handle->shown.input.evtsrc != input->evtsrc) {
        return false;
    }
    note_shown(handle, input, true);
    handle->shown.behind++;
    if (plugin->extraction.batch_prefetch.next != input->evt) {
        event = extraction_show_next(&plugin->extraction);
        if (!read_event(input, event) || event->type != PPME_PLUGINEVENT_E) {
            extraction_forget(&plugin->extraction);
            return false;
        }
        return true;
    }
    event = extraction_show_prefetched(&plugin->extraction);
    event->num = input->evtnum;
    event->ts = input->evt->ts;
    event->tid = (int64_t)input->evt->tid;
    event->source = input->evtsrc;
    return true;
}

/* True if it is the event of the last call, or the next one in its batch. */
static bool is_current_or_next(struct handle *handle, const struct plugin *plugin,
                               const ss_plugin_event_input *input)
{
    if (!plugin->extraction.recognizable) {
        return false;
    }
    return *handle->shown.behind == input->evt ? move_on(handle, input) : is_shown_again(handle, input);
}

/* Extracts several fields, or one with offsets or tables. */
static __attribute__((noinline)) bool extract_several(struct handle *handle,
                                                      const ss_plugin_field_extract_input *in,
                                                      ss_plugin_extract_value_offsets *offsets)
{
    bool all = true;

    if (handle->tables.count > 0) {
        tables_begin(handle, handle->minor >= SINCE_EXT_TABLES ? in->table_reader_ext : NULL, NULL);
    }
    offsets = in->num_fields == 1 ? offsets : NULL; /* who asks for them asks for one field at a time */
    for (uint32_t i = 0; i < in->num_fields; i++) {
        all = extract_one(handle_plugin(handle), &in->fields[i], offsets) && all;
    }
    if (handle->tables.count > 0) {
        tables_end(handle);
    }
    return all;
}

/* Extracts fields in the general case. `again`: the event is that of the last call. */
static __attribute__((noinline)) ss_plugin_rc extract(struct handle *handle, const ss_plugin_event_input *evt,
                                                      const ss_plugin_field_extract_input *in, bool again)
{
    struct plugin *plugin = handle_enter(handle);
    ss_plugin_extract_value_offsets *offsets;
    bool all = true;

    if (plugin == NULL) {
        clear_results(in);
        return SS_PLUGIN_FAILURE;
    }
    if (!has_event(evt) || in == NULL || (in->fields == NULL && in->num_fields > 0)) {
        handle_refuse_null(handle, "extract_fields: the host passes no event, or no fields");
        clear_results(in);
        handle_leave(handle);
        return SS_PLUGIN_FAILURE;
    }
    offsets = requested_offsets(handle, in);
    again = again || (plugin->lock.on && is_current_or_next(handle, plugin, evt));
    if (!again && !show_wanted(handle, evt)) {
        clear_results(in);
    } else if (in->num_fields == 1 && offsets == NULL && handle->tables.count == 0) {
        all = extract_one(plugin, in->fields, NULL);
    } else {
        all = extract_several(handle, in, offsets);
    }
    handle_leave(handle);
    return all ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
}

/* Extracts fields of the event of the last call that are not known yet. `slot`: from find_slot. */
static __attribute__((noinline)) ss_plugin_rc extract_unknown(struct handle *handle,
                                                              const ss_plugin_event_input *evt,
                                                              const ss_plugin_field_extract_input *in,
                                                              struct cache_slot *slot)
{
    struct plugin *plugin = handle_plugin(handle);
    const struct value *value;

    if (slot == NULL || handle->tables.count > 0) {
        return extract(handle, evt, in, true);
    }
    fairlock_enter(&plugin->lock); /* it is off */
    value = extraction_get_at(plugin, slot);
    fairlock_leave(&plugin->lock);
    if (LIKELY(value->outcome != VALUE_FAILED)) {
        return give(in->fields, value);
    }
    in->fields->res_len = 0;
    plugin_fail(plugin, value->error);
    return SS_PLUGIN_FAILURE;
}

/* Extracts fields of the event of the last call. */
static inline __attribute__((always_inline)) ss_plugin_rc
extract_more(struct handle *handle, const ss_plugin_event_input *evt, const ss_plugin_field_extract_input *in)
{
    struct plugin *plugin = handle_plugin(handle);
    struct cache_slot *slot = find_slot(handle, plugin, in);
    const struct value *value = slot != NULL ? fieldcache_known(&plugin->extraction.cache, slot) : NULL;

    return LIKELY(value != NULL) ? give(in->fields, value) : extract_unknown(handle, evt, in, slot);
}

/* Extracts fields of an event that may not be that of the last call. */
static __attribute__((noinline)) ss_plugin_rc
extract_next(struct handle *handle, const ss_plugin_event_input *evt, const ss_plugin_field_extract_input *in)
{
    struct plugin *plugin = handle_plugin(handle);
    bool again = false;

    if (!plugin->lock.on && evt->evt != NULL) { /* with a lock it is checked while the lock is held */
        fairlock_enter(&plugin->lock);
        again = is_current_or_next(handle, plugin, evt);
        fairlock_leave(&plugin->lock);
    }
    return again ? extract_more(handle, evt, in) : extract(handle, evt, in, false);
}

/* The fast path: fields of the event of the last call that are in the field cache, or were prefetched. */
ss_plugin_rc entry_extract_fields(ss_plugin_t *s, const ss_plugin_event_input *evt,
                                  const ss_plugin_field_extract_input *in)
{
    struct handle *handle = s;

    if (UNLIKELY(handle == NULL || evt == NULL || in == NULL)) {
        return extract(handle, evt, in, false);
    }
    return is_own_again(handle, handle_plugin(handle), evt) ? extract_more(handle, evt, in)
                                                            : extract_next(handle, evt, in);
}

ss_plugin_rc entry_parse_event(ss_plugin_t *s, const ss_plugin_event_input *evt,
                               const ss_plugin_event_parse_input *in)
{
    struct handle *handle = s;
    struct plugin *plugin = handle_enter(handle);
    struct event event;
    bool done = true;

    if (plugin == NULL) {
        return SS_PLUGIN_FAILURE;
    }
    if (!has_event(evt) || in == NULL) {
        done = handle_refuse_null(handle, "parse_event: the host passes no event, or no tables");
    } else if (read_wanted(plugin, &plugin->manifest->parse, evt, &event)) {
        bool ext = handle->minor >= SINCE_EXT_TABLES;

        state_check_reload(&handle->state, &event);
        tables_begin(handle, ext ? in->table_reader_ext : NULL, ext ? in->table_writer_ext : NULL);
        extraction_show(plugin, &event);
        done = callbacks_parse(plugin);
        tables_end(handle);
    }
    handle_leave(handle);
    return done ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
}
