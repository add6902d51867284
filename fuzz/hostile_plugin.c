/*
 * hostile_plugin: a plugin whose answers come from bytes that a fuzz target feeds it: texts of any kind or
 * none, JSON that is none, codes and counts that do not fit, events whose lengths lie, calls of the host's
 * functions in any function. Pointers are NULL or good, and counts no larger than what is there: the rest no
 * host can see.
 */
#include "v3/abi.h"

#include <stddef.h>
#include <string.h>

__attribute__((visibility("default"))) void hostile_feed(const unsigned char *bytes, size_t size);

static struct {
    const unsigned char *at, *end;
} answers;
static char raw[256]; /* bytes of the input as a text */
static char lengthy[70000];
static ss_plugin_log_fn_t log_function;
static ss_plugin_owner_t *owner;
static ss_plugin_init_tables_input tables; /* of the host, during init */
static ss_plugin_table_t *threads;         /* what init got of them, or NULL */
static ss_plugin_table_field_t *field;     /* a string */

void hostile_feed(const unsigned char *bytes, size_t size)
{
    static unsigned char kept[4096];

    size = size < sizeof(kept) ? size : sizeof(kept);
    memcpy(kept, bytes, size);
    answers.at = kept;
    answers.end = kept + size;
    log_function = NULL;
    threads = NULL;
    field = NULL;
}

static unsigned below(unsigned most)
{
    return answers.at < answers.end ? *answers.at++ % most : 0;
}

#define PICK(list) list[below(sizeof(list) / sizeof(list[0]))]

/* Mostly the text that is right. */
static const char *text(const char *right)
{
    static const char *const texts[] = {"",   "\xff\xfe", "\x1b[31m\x07\n", "x",  "\xe2\x80\xae", "%s%n%x",
                                        "{}", "[]",       "null",           "[1]"};
    unsigned what = below(8);

    if (what == 1) {
        return PICK(texts);
    }
    if (what == 2) {
        size_t length = below(sizeof(raw) - 1);

        length = length < (size_t)(answers.end - answers.at) ? length : (size_t)(answers.end - answers.at);
        memcpy(raw, answers.at, length);
        raw[length] = '\0';
        answers.at += length;
        return raw;
    }
    if (what == 3) {
        memset(lengthy, 'A', sizeof(lengthy) - 1);
        return below(4) == 3 ? NULL : lengthy;
    }
    return right;
}

static int code(void)
{
    static const int codes[] = {
        SS_PLUGIN_SUCCESS, SS_PLUGIN_SUCCESS, SS_PLUGIN_SUCCESS,       SS_PLUGIN_FAILURE,
        SS_PLUGIN_TIMEOUT, SS_PLUGIN_EOF,     SS_PLUGIN_NOT_SUPPORTED, 77};

    return PICK(codes);
}

/* The log, in any function. */
static void talk(void)
{
    unsigned what = below(4);

    if (what == 1 && log_function != NULL) {
        const char *message = text("a line\nand another");

        log_function(owner, text(NULL), message != NULL ? message : "", (ss_plugin_log_severity)below(12));
    }
}

#pragma GCC diagnostic ignored "-Wmissing-prototypes"

const char *plugin_get_required_api_version(void)
{
    return text("3.12.0");
}

const char *plugin_get_version(void)
{
    return text("0.1.0");
}

const char *plugin_get_name(void)
{
    return text("hostile");
}

const char *plugin_get_description(void)
{
    return text("-");
}

const char *plugin_get_contact(void)
{
    return text("-");
}

const char *plugin_get_last_error(ss_plugin_t *s)
{
    (void)s;
    return text("it failed");
}

const char *plugin_get_init_schema(ss_plugin_schema_type *schema_type)
{
    *schema_type = (ss_plugin_schema_type)below(3);
    return text("{\"type\": \"object\"}");
}

static void use_tables(void)
{
    uint32_t count = 0;
    const ss_plugin_state_data key = {.s64 = 7};

    if (tables.list_tables == NULL || below(2) == 0) {
        return;
    }
    tables.list_tables(owner, &count);
    threads = tables.get_table(owner, below(3) == 2 ? "\xff" : "threads",
                               (ss_plugin_state_type)(below(2) ? below(30) : 4));
    if (threads != NULL && tables.fields_ext != NULL) {
        const char *name = text("x.y");

        tables.fields_ext->list_table_fields(threads, &count);
        tables.fields_ext->add_table_field(threads, name != NULL ? name : "z",
                                           (ss_plugin_state_type)below(30));
        tables.fields_ext->get_table_field(threads, "uid", (ss_plugin_state_type)below(30));
        field = tables.fields_ext->get_table_field(threads, "comm", SS_PLUGIN_ST_STRING);
    }
    if (threads != NULL && tables.reader_ext != NULL) {
        tables.reader_ext->get_table_size(threads);
        tables.reader_ext->get_table_entry(threads, &key); /* which is never released */
    }
}

ss_plugin_t *plugin_init(const ss_plugin_init_input *in, ss_plugin_rc *rc)
{
    static int state;

    log_function = in->log_fn;
    owner = in->owner;
    talk();
    if (in->tables != NULL) {
        tables = *in->tables;
        use_tables();
        memset(&tables, 0, sizeof(tables));
    }
    if (below(16) != 15) {
        *rc = (ss_plugin_rc)code();
    }
    return below(8) == 7 ? NULL : &state;
}

void plugin_destroy(ss_plugin_t *s)
{
    (void)s;
    talk();
}

uint32_t plugin_get_id(void)
{
    return below(4) == 3 ? 0 : 999;
}

const char *plugin_get_event_source(void)
{
    return text("hostile");
}

ss_instance_t *plugin_open(ss_plugin_t *s, const char *params, ss_plugin_rc *rc)
{
    static int instance;

    (void)s;
    (void)params;
    talk();
    *rc = (ss_plugin_rc)code();
    return below(6) == 5 ? NULL : &instance;
}

void plugin_close(ss_plugin_t *s, ss_instance_t *h)
{
    (void)s;
    (void)h;
    talk();
}

/* An event of some bytes, whose own length is right, and those of its parameters may lie. */
static ss_plugin_event *make_event(unsigned char bytes[128], unsigned type)
{
    ss_plugin_event header = {
        .ts = below(2) ? UINT64_MAX : 1, .tid = below(2) ? UINT64_MAX : 3, .type = (uint16_t)type};
    uint32_t lengths[3] = {4, type == PPME_ASYNCEVENT_E ? 2 : below(80), below(60)};
    uint32_t id = below(3) == 2 ? below(256) : 999;

    header.nparams = below(6) == 5 ? below(256) : type == PPME_ASYNCEVENT_E ? 3 : 2;
    header.len = below(6) == 5 ? below(128) : 38 + lengths[1];
    for (size_t i = 0; i < 3; i++) {
        lengths[i] = below(8) == 7 ? UINT32_MAX - below(64) : lengths[i];
    }
    memset(bytes, 'a', 128);
    memcpy(bytes + sizeof(header), lengths, sizeof(lengths));
    if (type == PPME_ASYNCEVENT_E) {
        header.len = header.len < 128 ? 44 + lengths[2] : header.len;
        header.len = header.len < 128 ? header.len : 127;
        memcpy(bytes + 38, &id, sizeof(id));
        memcpy(bytes + 42, below(4) == 3 ? "bb" : "a\0", 2);
    } else {
        memcpy(bytes + 34, &id, sizeof(id));
    }
    memcpy(bytes, &header, sizeof(header));
    return (ss_plugin_event *)(void *)bytes;
}

ss_plugin_rc plugin_next_batch(ss_plugin_t *s, ss_instance_t *h, uint32_t *nevts, ss_plugin_event ***evts)
{
    static unsigned char bytes[4][128];
    static ss_plugin_event *events[4];

    (void)s;
    (void)h;
    talk();
    for (size_t i = 0; i < 4; i++) {
        static const unsigned types[] = {
            PPME_PLUGINEVENT_E, PPME_PLUGINEVENT_E, PPME_PLUGINEVENT_E, 3, PPME_ASYNCEVENT_E, 65535};

        events[i] = below(16) == 15 ? NULL : make_event(bytes[i], PICK(types));
    }
    if (below(16) != 15) {
        *nevts = below(5);
        *evts = below(12) == 11 ? NULL : events;
    }
    return (ss_plugin_rc)code();
}

const char *plugin_get_progress(ss_plugin_t *s, ss_instance_t *h, uint32_t *progress_pct)
{
    (void)s;
    (void)h;
    *progress_pct = below(2) ? UINT32_MAX - below(200) : below(256);
    return text("half");
}

const char *plugin_list_open_params(ss_plugin_t *s, ss_plugin_rc *rc)
{
    (void)s;
    *rc = (ss_plugin_rc)code();
    return text("[{\"value\": \"x\", \"desc\": 1, \"separator\": null}]");
}

const char *plugin_event_to_string(ss_plugin_t *s, const ss_plugin_event_input *evt)
{
    (void)s;
    (void)evt;
    talk();
    return text("an event");
}

const char *plugin_get_fields(void)
{
    return text("[{\"name\": \"h.s\", \"type\": \"string\", \"desc\": \"-\", \"arg\": {\"isKey\": true, "
                "\"isIndex\": true}},"
                " {\"name\": \"h.l\", \"type\": \"uint64\", \"desc\": \"-\", \"isList\": true},"
                " {\"name\": \"h.a\", \"type\": \"ipaddr\", \"desc\": \"-\", \"isList\": true},"
                " {\"name\": \"h.b\", \"type\": \"bool\", \"desc\": \"-\", \"properties\": [\"hidden\"]}]");
}

ss_plugin_rc plugin_extract_fields(ss_plugin_t *s, const ss_plugin_event_input *evt,
                                   const ss_plugin_field_extract_input *in)
{
    static uint64_t numbers[4];
    static uint32_t truths[4], places[4];
    static const char *texts[4];
    static ss_plugin_byte_buffer buffers[4];

    (void)s;
    (void)evt;
    talk();
    for (uint32_t i = 0; i < in->num_fields; i++) {
        ss_plugin_extract_field *asked = &in->fields[i];

        for (size_t k = 0; k < 4; k++) {
            numbers[k] = below(2) ? UINT64_MAX : below(256);
            truths[k] = below(3);
            texts[k] = text("value");
            buffers[k] =
                (ss_plugin_byte_buffer){below(4) == 3 ? below(256) : 4, below(8) == 7 ? NULL : lengthy};
            places[k] = below(4) == 3 ? UINT32_MAX - below(50) : below(60);
        }
        if (below(12) == 11) {
            continue; /* nothing is set */
        }
        asked->res_len = below(4);
        switch (asked->ftype) {
        case FTYPE_STRING:
            asked->res.str = texts;
            break;
        case FTYPE_BOOL:
            asked->res.u32 = truths;
            break;
        case FTYPE_IPADDR:
        case FTYPE_IPNET:
            asked->res.buf = buffers;
            break;
        default:
            asked->res.u64 = numbers;
        }
        asked->res.u64 = below(12) == 11 ? NULL : asked->res.u64;
    }
    if (in->value_offsets != NULL && below(3) > 0) {
        in->value_offsets->start = below(6) == 5 ? NULL : places;
        in->value_offsets->length = below(6) == 5 ? NULL : places;
    }
    return (ss_plugin_rc)code();
}

static uint16_t *types(uint32_t *count)
{
    static uint16_t numbers[] = {322, 3, 402, 65535};

    *count = below(5);
    return below(4) == 3 ? NULL : numbers;
}

uint16_t *plugin_get_extract_event_types(uint32_t *numtypes, ss_plugin_t *s)
{
    (void)s;
    return types(numtypes);
}

const char *plugin_get_extract_event_sources(void)
{
    return text("[\"hostile\", \"syscall\"]");
}

uint16_t *plugin_get_parse_event_types(uint32_t *numtypes, ss_plugin_t *s)
{
    (void)s;
    return types(numtypes);
}

const char *plugin_get_parse_event_sources(void)
{
    return text("[]");
}

static ss_plugin_bool visit(ss_plugin_table_iterator_state_t *s, ss_plugin_table_entry_t *e)
{
    (void)e;
    return --*(int *)s > 0;
}

/* Uses the table that init got: entries that are held, released, released again, of no table, with fields of
 * any type. */
ss_plugin_rc plugin_parse_event(ss_plugin_t *s, const ss_plugin_event_input *evt,
                                const ss_plugin_event_parse_input *in)
{
    const ss_plugin_table_reader_vtable_ext *reader = in->table_reader_ext;
    const ss_plugin_table_writer_vtable_ext *writer = in->table_writer_ext;
    ss_plugin_state_data data = {.u64 = 0}, key = {.s64 = below(3) + 6};
    ss_plugin_table_entry_t *entry = NULL;
    int most = 3;

    (void)s;
    (void)evt;
    for (unsigned i = below(8); threads != NULL && reader != NULL && writer != NULL && i > 0; i--) {
        unsigned what = below(10);

        if (what < 2) {
            entry = what == 0 ? reader->get_table_entry(threads, &key) : writer->create_table_entry(threads);
        } else if (what == 2) {
            reader->iterate_entries(threads, visit, &most);
        } else if (what == 3) {
            writer->erase_table_entry(threads, &key);
        } else if (what == 4) {
            writer->clear_table(threads);
        } else if (entry != NULL && what == 5) {
            reader->release_table_entry(threads, entry);
        } else if (entry != NULL && what == 6) {
            writer->destroy_table_entry(threads, entry);
        } else if (entry != NULL && what == 7) {
            writer->add_table_entry(threads, &key, entry);
        } else if (entry != NULL && field != NULL) {
            reader->read_entry_field(threads, entry, field, &data);
            data.str = below(4) == 3 ? NULL : "\xff";
            writer->write_entry_field(threads, entry, field, &data);
        }
    }
    talk();
    return (ss_plugin_rc)code();
}

const char *plugin_get_async_event_sources(void)
{
    return text("[\"hostile\"]");
}

const char *plugin_get_async_events(void)
{
    return text("[\"a\"]");
}

static void send(ss_plugin_owner_t *to, const ss_plugin_async_event_handler_t handler)
{
    unsigned char bytes[128];
    char error[PLUGIN_MAX_ERRLEN] = "";

    for (unsigned i = below(3); handler != NULL && i > 0; i--) {
        handler(to, make_event(bytes, below(6) == 5 ? PPME_PLUGINEVENT_E : PPME_ASYNCEVENT_E),
                below(2) ? error : NULL);
    }
}

ss_plugin_rc plugin_set_async_event_handler(ss_plugin_t *s, ss_plugin_owner_t *o,
                                            const ss_plugin_async_event_handler_t handler)
{
    (void)s;
    send(o, handler);
    return (ss_plugin_rc)code();
}

ss_plugin_rc plugin_dump_state(ss_plugin_t *s, ss_plugin_owner_t *o,
                               const ss_plugin_async_event_handler_t handler)
{
    (void)s;
    send(o, handler);
    return (ss_plugin_rc)code();
}

ss_plugin_rc plugin_set_config(ss_plugin_t *s, const ss_plugin_set_config_input *i)
{
    (void)s;
    (void)i;
    talk();
    return (ss_plugin_rc)code();
}

ss_plugin_metric *plugin_get_metrics(ss_plugin_t *s, uint32_t *num_metrics)
{
    static ss_plugin_metric metrics[3];

    (void)s;
    for (size_t i = 0; i < 3; i++) {
        metrics[i].name = text("h.metric");
        metrics[i].type = (ss_plugin_metric_type)below(3);
        metrics[i].value.u64 = UINT64_MAX - below(3);
        metrics[i].value_type = (ss_plugin_metric_value_type)below(9);
    }
    *num_metrics = below(4);
    return below(6) == 5 ? NULL : metrics;
}

ss_plugin_rc plugin_capture_open(ss_plugin_t *s, const ss_plugin_capture_listen_input *i)
{
    (void)s;
    (void)i;
    talk();
    return (ss_plugin_rc)code();
}

ss_plugin_rc plugin_capture_close(ss_plugin_t *s, const ss_plugin_capture_listen_input *i)
{
    (void)s;
    (void)i;
    talk();
    return (ss_plugin_rc)code();
}

const char *plugin_get_required_event_schema_version(ss_plugin_t *s)
{
    (void)s;
    return text("4.0.0");
}
