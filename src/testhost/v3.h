/*
 * v3: declarations shared by the files of the driver for the plugin API 3 (v3*.c).
 */
#ifndef LURE_TESTHOST_V3_H
#define LURE_TESTHOST_V3_H

#include "testhost/driver.h"
#include "v3/abi.h"

/* Places of the symbols in library->symbols: SYMBOL_init and so on. */
enum {
#define SYMBOL(name, since, need, result, parameters) SYMBOL_##name,
    PLUGIN_API_SYMBOLS(SYMBOL)
#undef SYMBOL
        SYMBOL_COUNT
};

/* The function plugin_<name> of a library; NULL if it has none. */
#define API(library, name) ((plugin_##name##_fn *)(library)->symbols[SYMBOL_##name].address)

/* All look-ups and checks that come before init. */
bool v3_load(struct library *library, char *message);

/* The first minor version whose loader looks this symbol up. */
unsigned v3_symbol_since(int symbol);

/* Keeps what get_*_event_types returns, by the framework's rules for an empty answer. */
bool v3_keep_event_types(struct event_types *types, plugin_get_extract_event_types_fn *get,
                         ss_plugin_t *plugin, const struct string_list *sources);

/* What init is shown of state tables. */
ss_plugin_table_info *v3_list_tables(ss_plugin_owner_t *o, uint32_t *ntables);
ss_plugin_table_t *v3_get_table(ss_plugin_owner_t *o, const char *name, ss_plugin_state_type key_type);
ss_plugin_rc v3_add_table(ss_plugin_owner_t *o, const ss_plugin_table_input *in);

/*
 * The functions of tables, in shown.table_reader, table_writer and table_fields, for one call
 * into the plugin. False: out of memory.
 */
bool v3_show_tables(struct state *state);
void v3_hide_tables(struct state *state);

/* Shows an event in shown.input; NULL: out of memory. Then hides it. */
const ss_plugin_event_input *v3_show_event(struct state *state, const struct event *event);
void v3_hide_event(struct state *state);

/* Would libsinsp show this event to a plugin that takes these types and sources? */
bool v3_takes_event(const struct event_types *types, const struct string_list *sources,
                    const struct event *event);

/* What get_owner_last_error is. */
const char *v3_owner_last_error(ss_plugin_owner_t *o);

/* Is the function there? False: `message` says whether the plugin or the played host has none. */
bool v3_has(const struct state *state, int symbol, char *message);

/* The parts of the driver that stand in files of their own. */
enum verdict v3_extract(struct state *state, const struct event *event, const struct field_request *requests,
                        uint32_t count, bool offsets, bool unasked, struct result *results, char *message);
enum verdict v3_parse(struct state *state, const struct event *event, bool unasked, bool *shown,
                      char *message);
enum verdict v3_async_open(struct state *state, char *message);
enum verdict v3_async_close(struct state *state, char *message);
enum verdict v3_dump_state(struct state *state, struct async_list *events, char *message);
enum verdict v3_kernel_open(struct state *state, char *message);
enum verdict v3_capture_open(struct state *state, char *message);
enum verdict v3_capture_close(struct state *state, char *message);
enum verdict v3_metrics(struct state *state, struct metric **metrics, uint32_t *count, char *message);
enum verdict v3_set_config(struct state *state, const char *config, char *message);
enum verdict v3_console(struct state *state, const char *request, const char *text, const struct event *event,
                        const char **answer, char *message);

#endif
