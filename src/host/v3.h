/*
 * v3: what the two halves of the API 3 driver share: loading (v3_load.c) and driving (v3.c).
 */
#ifndef LURE_HOST_V3_H
#define LURE_HOST_V3_H

#include "host/driver.h"
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

/* Keeps what get_*_event_types answers, by the framework's rules for an empty answer. */
bool v3_keep_event_types(struct event_types *types, plugin_get_extract_event_types_fn *get,
                         ss_plugin_t *plugin, const struct texts *sources);

/* Is the event schema that the plugin asks for the host's? Asked after init, of those who take kernel events.
 */
bool v3_check_schema(struct state *state, char *message);

/* What the framework hands out besides events: state tables. This host has none. */
extern ss_plugin_table_fields_vtable_ext v3_table_fields;
extern ss_plugin_table_reader_vtable_ext v3_table_reader;
extern ss_plugin_table_writer_vtable_ext v3_table_writer;
ss_plugin_table_info *v3_list_tables(ss_plugin_owner_t *o, uint32_t *ntables);
ss_plugin_table_t *v3_get_table(ss_plugin_owner_t *o, const char *name, ss_plugin_state_type key_type);
ss_plugin_rc v3_add_table(ss_plugin_owner_t *o, const ss_plugin_table_input *in);

#endif
