/*
 * lyinghost_v3, lyinghost_v0 LIBRARY CASE: a host whose numbers and lengths are wrong, mostly by one.
 *
 * Loads the library, whose script LURE_SCRIPT names, and does one of the things below. Exits with 0 if every
 * call answered as its rule says; else with 1 and a message. What is passed stands in memory of just its
 * size, so that a sanitizer sees who reads more.
 */
#if HOST_API == 0
#include "v0/abi.h"
#else
#include "v3/abi.h"
#endif

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
#define SYMBOL(name, ...) plugin_##name##_fn *name;
    PLUGIN_API_SYMBOLS(SYMBOL)
#undef SYMBOL
} api;

static void load(const char *path)
{
    void *library = dlopen(path, RTLD_LOCAL | RTLD_NOW);

    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(2);
    }
#define LOOK_UP(name, ...) *(void **)&api.name = dlsym(library, "plugin_" #name);
    PLUGIN_API_SYMBOLS(LOOK_UP)
#undef LOOK_UP
}

static void expect(bool condition, const char *what, long long of)
{
    if (!condition) {
        fprintf(stderr, "wrong: %s (%lld)\n", what, of);
        exit(1);
    }
}

/* Field numbers that the script, which has one field, has not declared. */
static const uint32_t undeclared[] = {1, 2, INT32_MAX, UINT32_MAX};

#define UNDECLARED_COUNT (sizeof(undeclared) / sizeof(undeclared[0]))

#if HOST_API == 0

static ss_plugin_t *init(void)
{
    ss_plugin_rc rc;
    ss_plugin_t *state = api.init("{}", &rc);

    expect(rc == SS_PLUGIN_SUCCESS, "init", rc);
    return state;
}

static ss_plugin_rc ask(ss_plugin_t *state, const ss_plugin_event *event, uint32_t number,
                        ss_plugin_extract_field *field)
{
    *field = (ss_plugin_extract_field){
        .field_id = number, .field = "x.y", .arg = "", .ftype = FTYPE_STRING, .field_present = true};
    return api.extract_fields(state, event, 1, field);
}

static void ask_for_undeclared(void)
{
    ss_plugin_t *state = init();
    ss_plugin_event event = {.evtnum = 1, .data = (const uint8_t *)"one", .datalen = 3};
    ss_plugin_extract_field field;

    expect(ask(state, &event, 0, &field) == SS_PLUGIN_SUCCESS && strcmp(field.res_str, "one") == 0, "field",
           0);
    for (size_t i = 0; i < UNDECLARED_COUNT; i++) {
        expect(ask(state, &event, undeclared[i], &field) == SS_PLUGIN_FAILURE && !field.field_present,
               "field", undeclared[i]);
    }
    api.destroy(state);
}

static void show_no_data(void)
{
    ss_plugin_t *state = init();
    ss_plugin_event event = {.evtnum = 1, .datalen = 7};
    ss_plugin_extract_field field;

    expect(ask(state, &event, 0, &field) == SS_PLUGIN_SUCCESS && strcmp(field.res_str, "") == 0, "no data",
           7);
    expect(strcmp(api.event_to_string(state, NULL, 7), "") == 0, "event_to_string", 7);
    api.destroy(state);
}

#else

/* ---- fields ---- */

static void forget(ss_plugin_owner_t *owner, const char *component, const char *text,
                   ss_plugin_log_severity severity)
{
    (void)owner, (void)component, (void)text, (void)severity;
}

static ss_plugin_t *init(const ss_plugin_init_tables_input *tables)
{
    ss_plugin_init_input input = {
        .config = "{\"lure\": {\"stderr\": false}}", .tables = tables, .log_fn = forget};
    ss_plugin_rc rc;
    ss_plugin_t *state = api.init(&input, &rc);

    expect(rc == SS_PLUGIN_SUCCESS, "init", rc);
    return state;
}

static ss_plugin_rc ask(ss_plugin_t *state, const void *event, uint64_t event_number, uint32_t number,
                        ss_plugin_extract_field *field)
{
    const ss_plugin_event_input input = {event, event_number, "x"};
    const ss_plugin_field_extract_input in = {.num_fields = 1, .fields = field};

    *field =
        (ss_plugin_extract_field){.res_len = 99, .field_id = number, .field = "x.y", .ftype = FTYPE_STRING};
    return api.extract_fields(state, &input, &in);
}

/* Of the plugin's own events, of which extract_fields answers the second time from the field cache. */
static void ask_for_undeclared(void)
{
    ss_plugin_t *state = init(NULL);
    ss_plugin_rc rc;
    ss_instance_t *instance = api.open(state, "", &rc);
    ss_plugin_extract_field field;
    ss_plugin_event **batch;
    uint32_t count;

    expect(api.next_batch(state, instance, &count, &batch) == SS_PLUGIN_SUCCESS && count > 0, "next_batch",
           count);
    for (int round = 0; round < 3; round++) {
        expect(ask(state, batch[0], 1, 0, &field) == SS_PLUGIN_SUCCESS && field.res_len == 1, "field", 0);
        for (size_t i = 0; i < UNDECLARED_COUNT; i++) {
            expect(ask(state, batch[0], 1, undeclared[i], &field) == SS_PLUGIN_FAILURE && field.res_len == 0,
                   "field", undeclared[i]);
        }
    }
    api.close(state, instance);
    api.destroy(state);
}

/* ---- events ---- */

#define PAYLOAD 10u
#define NAME    5u

/* An event with so many bytes in all, which says that its last parameter has `size` bytes. The caller frees
 * it. */
static void *make_event(uint16_t type, uint32_t length, uint32_t size)
{
    const uint32_t plugin[] = {4, size}, async[] = {4, NAME, size};
    bool is_async = type == PPME_ASYNCEVENT_E;
    const ss_plugin_event header = {.len = length, .type = type, .nparams = is_async ? 3 : 2};
    size_t lengths = is_async ? sizeof(async) : sizeof(plugin);
    unsigned char whole[128], *event = malloc(length);

    memset(whole, 'p', sizeof(whole));
    memcpy(whole, &header, sizeof(header));
    memcpy(whole + sizeof(header), is_async ? async : plugin, lengths);
    memcpy(event, whole, length);
    return event;
}

/* The field of such an event is its payload, of PAYLOAD bytes at most. */
static void show_event(ss_plugin_t *state, uint16_t type, uint32_t length, uint32_t size, bool good)
{
    static uint64_t number;
    void *event = make_event(type, length, size);
    ss_plugin_extract_field field;

    expect(ask(state, event, ++number, 0, &field) == SS_PLUGIN_SUCCESS, "extract_fields", length);
    expect(field.res_len == (good ? 1 : 0), good ? "payload that fits" : "payload that does not fit", size);
    expect(!good || strlen(field.res.str[0]) == size, "length of a payload", size);
    free(event);
}

static void show_lengths(void)
{
    ss_plugin_t *state = init(NULL);
    uint32_t plugin = sizeof(ss_plugin_event) + 2 * 4 + 4, async = sizeof(ss_plugin_event) + 3 * 4 + 4 + NAME;

    for (uint32_t size = 0; size <= PAYLOAD; size++) {
        show_event(state, PPME_PLUGINEVENT_E, plugin + PAYLOAD, size, true);
        show_event(state, PPME_ASYNCEVENT_E, async + PAYLOAD, size, true);
    }
    for (uint32_t size = PAYLOAD + 1; size != PAYLOAD; size = 2 * size + 1 > size ? 2 * size + 1 : PAYLOAD) {
        show_event(state, PPME_PLUGINEVENT_E, plugin + PAYLOAD, size, false);
        show_event(state, PPME_ASYNCEVENT_E, async + PAYLOAD, size, false);
    }
    for (uint32_t length = sizeof(ss_plugin_event); length < plugin; length++) {
        show_event(state, PPME_PLUGINEVENT_E, length, 0, false);
    }
    for (uint32_t length = sizeof(ss_plugin_event); length < async; length++) {
        show_event(state, PPME_ASYNCEVENT_E, length, 0, false);
    }
    api.destroy(state);
}

/* ---- entries of the script's tables ---- */

static ss_plugin_table_input numbers, texts; /* named by the type of their field */

static ss_plugin_rc add_table(ss_plugin_owner_t *owner, const ss_plugin_table_input *table)
{
    (void)owner;
    *(strcmp(table->name, "texts") == 0 ? &texts : &numbers) = *table;
    return SS_PLUGIN_SUCCESS;
}

static ss_plugin_t *init_with_tables(void)
{
    static const ss_plugin_init_tables_input tables = {.add_table = add_table};
    ss_plugin_t *state = init(&tables);

    expect(numbers.table != NULL && texts.table != NULL, "two tables", 2);
    return state;
}

static ss_plugin_table_entry_t *add_entry(const ss_plugin_table_input *table, const ss_plugin_state_data *key)
{
    const ss_plugin_table_writer_vtable_ext *writer = table->writer_ext;
    ss_plugin_table_entry_t *entry = writer->create_table_entry(table->table);

    expect(writer->add_table_entry(table->table, key, entry) == entry, "add_table_entry", 1);
    return entry;
}

static void release_twice(void)
{
    ss_plugin_t *state = init_with_tables();
    const ss_plugin_table_input *table = &numbers;
    const ss_plugin_state_data key = {.u64 = 7};
    ss_plugin_table_entry_t *entry;

    table->reader_ext->release_table_entry(table->table, add_entry(table, &key));
    for (int round = 0; round < 3; round++) {
        entry = table->reader_ext->get_table_entry(table->table, &key);
        table->reader_ext->release_table_entry(table->table, entry);
        table->reader_ext->release_table_entry(table->table, entry);
    }
    expect(table->reader_ext->get_table_size(table->table) == 1, "get_table_size", 1);
    expect(table->reader_ext->get_table_entry(table->table, &key) == entry, "get_table_entry", 7);
    table->reader_ext->release_table_entry(table->table, entry);
    api.destroy(state);
}

static void add_twice(void)
{
    ss_plugin_t *state = init_with_tables();
    const ss_plugin_table_input *table = &numbers, *other = &texts;
    const ss_plugin_state_data key = {.u64 = 7}, more = {.u64 = 8};
    ss_plugin_table_entry_t *entry = add_entry(table, &key);

    expect(table->writer_ext->add_table_entry(table->table, &more, entry) == NULL, "added twice", 1);
    expect(other->writer_ext->add_table_entry(other->table, &more, entry) == NULL, "added to another", 1);
    table->reader_ext->release_table_entry(table->table, entry);
    expect(table->reader_ext->get_table_size(table->table) == 1, "get_table_size", 1);
    expect(table->writer_ext->erase_table_entry(table->table, &key) == SS_PLUGIN_SUCCESS, "erase", 7);
    expect(table->reader_ext->get_table_size(table->table) == 0, "get_table_size", 0);
    api.destroy(state);
}

/* A text is read and written as a text only by the field that is one. */
static void use_foreign_field(void)
{
    ss_plugin_t *state = init_with_tables();
    const ss_plugin_table_input *table = &numbers, *other = &texts;
    const ss_plugin_state_data key = {.u64 = 7}, number = {.u64 = 12345};
    ss_plugin_table_entry_t *entry = add_entry(table, &key);
    ss_plugin_table_field_t *text =
        other->fields_ext->get_table_field(other->table, "value", SS_PLUGIN_ST_STRING);
    ss_plugin_table_field_t *own =
        table->fields_ext->get_table_field(table->table, "value", SS_PLUGIN_ST_UINT64);
    ss_plugin_state_data out = number;

    expect(text != NULL && own != NULL, "get_table_field", 2);
    expect(table->writer_ext->write_entry_field(table->table, entry, own, &number) == SS_PLUGIN_SUCCESS,
           "write", 1);
    expect(table->reader_ext->read_entry_field(table->table, entry, text, &out) == SS_PLUGIN_FAILURE, "read",
           1);
    expect(table->writer_ext->write_entry_field(table->table, entry, text, &number) == SS_PLUGIN_FAILURE,
           "write", 2);
    table->reader_ext->release_table_entry(table->table, entry);
    api.destroy(state);
}

/* Of a key only its bits are compared: hosts leave anything in the others. */
static void use_garbage(void)
{
    ss_plugin_t *state = init_with_tables();
    const ss_plugin_table_input *table = &numbers;
    bool is_bool = table->key_type == SS_PLUGIN_ST_BOOL;
    ss_plugin_state_data clean = {.u64 = 1}, dirty = {.u64 = UINT64_C(0x1234567800000000)};

    if (is_bool) {
        dirty.b = 2; /* true, as 1 is */
    } else {
        dirty.u64 = UINT64_C(0x1234567812345600);
        dirty.u8 = 1;
    }
    table->reader_ext->release_table_entry(table->table, add_entry(table, &clean));
    table->reader_ext->release_table_entry(table->table, add_entry(table, &dirty));
    expect(table->reader_ext->get_table_size(table->table) == 1, "get_table_size", 1);
    expect(table->writer_ext->erase_table_entry(table->table, &dirty) == SS_PLUGIN_SUCCESS, "erase", 1);
    api.destroy(state);
}

/* ---- batches ---- */

static uint32_t next_batch(ss_plugin_t *state, ss_instance_t *instance, ss_plugin_event ***batch)
{
    uint32_t count;

    expect(api.next_batch(state, instance, &count, batch) == SS_PLUGIN_SUCCESS && count >= 100, "next_batch",
           count);
    return count;
}

/* The field of the next events is prefetched from the batch, whose last events say that they are longer. */
static void change_batch(void)
{
    ss_plugin_t *state = init(NULL);
    ss_plugin_rc rc;
    ss_instance_t *instance = api.open(state, "", &rc);
    ss_plugin_extract_field field;
    ss_plugin_event **batch;
    uint64_t number = 0;

    for (int round = 0; round < 20; round++) {
        uint32_t count = next_batch(state, instance, &batch), changed = round % 2 == 0 ? count : count / 2;

        for (uint32_t i = changed; i < count; i++) {
            const uint32_t lengths[] = {4, 100};

            memcpy((unsigned char *)batch[i] + sizeof(ss_plugin_event), lengths, sizeof(lengths));
        }
        for (uint32_t i = 0; i < count; i++) {
            expect(ask(state, batch[i], ++number, 0, &field) == SS_PLUGIN_SUCCESS, "extract_fields", i);
            expect(field.res_len == (i < changed ? 1 : 0), "values", i);
        }
    }
    api.close(state, instance);
    api.destroy(state);
}

/* ---- errors ---- */

static ss_plugin_rc refuse_event(ss_plugin_owner_t *owner, const ss_plugin_event *event, char *error)
{
    (void)owner, (void)event;
    memset(error, 'x', PLUGIN_MAX_ERRLEN);
    return SS_PLUGIN_FAILURE;
}

static void refuse_without_end(void)
{
    ss_plugin_t *state = init(NULL);

    expect(api.dump_state(state, NULL, refuse_event) == SS_PLUGIN_FAILURE, "dump_state", 0);
    expect(strlen(api.get_last_error(state)) < 2 * PLUGIN_MAX_ERRLEN, "get_last_error", 0);
    api.destroy(state);
}
#endif

/* ---- cases ---- */

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
    {"field numbers", ask_for_undeclared},
#if HOST_API == 0
    {"no data", show_no_data},
#else
    {"lengths", show_lengths},
    {"released twice", release_twice},
    {"added twice", add_twice},
    {"a foreign field", use_foreign_field},
    {"garbage", use_garbage},
    {"a changed batch", change_batch},
    {"an error without end", refuse_without_end},
#endif
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 3 && i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (strcmp(cases[i].name, argv[2]) == 0) {
            load(argv[1]);
            cases[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: %s LIBRARY CASE\n", argv[0]);
    return 2;
}
