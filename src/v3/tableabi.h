/*
 * v3/tableabi: how the plugin API 3.x shares state tables: what the framework and each plugin have to call of
 * each other. Members marked "since 3.N" are beyond the end of what an older host passes (v3/abi.h).
 */
#ifndef LURE_V3_TABLEABI_H
#define LURE_V3_TABLEABI_H

#include "v3/abitypes.h"

typedef enum ss_plugin_state_type {
    SS_PLUGIN_ST_INT8 = 1,
    SS_PLUGIN_ST_INT16 = 2,
    SS_PLUGIN_ST_INT32 = 3,
    SS_PLUGIN_ST_INT64 = 4,
    SS_PLUGIN_ST_UINT8 = 5,
    SS_PLUGIN_ST_UINT16 = 6,
    SS_PLUGIN_ST_UINT32 = 7,
    SS_PLUGIN_ST_UINT64 = 8,
    SS_PLUGIN_ST_STRING = 9,
    SS_PLUGIN_ST_TABLE = 10, /* since 3.5 */
    SS_PLUGIN_ST_BOOL = 25
} ss_plugin_state_type;

/* A key of a table or a value in it. A string read is the table's owner's. */
typedef union ss_plugin_state_data {
    int8_t s8;
    int16_t s16;
    int32_t s32;
    int64_t s64;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    const char *str;
    ss_plugin_bool b;
    ss_plugin_table_t *table; /* since 3.5 */
} ss_plugin_state_data;

typedef struct ss_plugin_table_info {
    const char *name;
    ss_plugin_state_type key_type;
} ss_plugin_table_info;

typedef struct ss_plugin_table_fieldinfo {
    const char *name;
    ss_plugin_state_type field_type;
    ss_plugin_bool read_only;
} ss_plugin_table_fieldinfo;

/* Asked for each entry of a table; 0 ends the iteration. */
typedef ss_plugin_bool (*ss_plugin_table_iterator_func_t)(ss_plugin_table_iterator_state_t *s,
                                                          ss_plugin_table_entry_t *e);

/*
 * Functions of a table, in three groups: its fields, reading, writing. Each group comes
 * as a plain struct that never grows (3.0) and as one with _ext that has more (3.1).
 * NULL, SS_PLUGIN_FAILURE or, for a size, all ones say that it failed; the text is then
 * the owner's last error.
 */
typedef struct ss_plugin_table_fields_vtable {
    const ss_plugin_table_fieldinfo *(*list_table_fields)(ss_plugin_table_t *t, uint32_t *nfields);
    ss_plugin_table_field_t *(*get_table_field)(ss_plugin_table_t *t, const char *name,
                                                ss_plugin_state_type data_type);
    ss_plugin_table_field_t *(*add_table_field)(ss_plugin_table_t *t, const char *name,
                                                ss_plugin_state_type data_type);
} ss_plugin_table_fields_vtable;

typedef struct ss_plugin_table_fields_vtable_ext {
    const ss_plugin_table_fieldinfo *(*list_table_fields)(ss_plugin_table_t *t, uint32_t *nfields);
    ss_plugin_table_field_t *(*get_table_field)(ss_plugin_table_t *t, const char *name,
                                                ss_plugin_state_type data_type);
    ss_plugin_table_field_t *(*add_table_field)(ss_plugin_table_t *t, const char *name,
                                                ss_plugin_state_type data_type);
} ss_plugin_table_fields_vtable_ext;

typedef struct ss_plugin_table_reader_vtable {
    const char *(*get_table_name)(ss_plugin_table_t *t);
    uint64_t (*get_table_size)(ss_plugin_table_t *t);
    ss_plugin_table_entry_t *(*get_table_entry)(ss_plugin_table_t *t, const ss_plugin_state_data *key);
    ss_plugin_rc (*read_entry_field)(ss_plugin_table_t *t, ss_plugin_table_entry_t *e,
                                     const ss_plugin_table_field_t *f, ss_plugin_state_data *out);
} ss_plugin_table_reader_vtable;

typedef struct ss_plugin_table_reader_vtable_ext {
    const char *(*get_table_name)(ss_plugin_table_t *t);
    uint64_t (*get_table_size)(ss_plugin_table_t *t);
    ss_plugin_table_entry_t *(*get_table_entry)(ss_plugin_table_t *t, const ss_plugin_state_data *key);
    ss_plugin_rc (*read_entry_field)(ss_plugin_table_t *t, ss_plugin_table_entry_t *e,
                                     const ss_plugin_table_field_t *f, ss_plugin_state_data *out);
    /* for each entry that get_table_entry or add_table_entry returned */
    void (*release_table_entry)(ss_plugin_table_t *t, ss_plugin_table_entry_t *e);
    /* 0 also where the function asked ended it */
    ss_plugin_bool (*iterate_entries)(ss_plugin_table_t *t, ss_plugin_table_iterator_func_t it,
                                      ss_plugin_table_iterator_state_t *s);
} ss_plugin_table_reader_vtable_ext;

/* A created entry is the asking side's until it is added or destroyed; adding replaces one of the same key.
 */
typedef struct ss_plugin_table_writer_vtable {
    ss_plugin_rc (*clear_table)(ss_plugin_table_t *t);
    ss_plugin_rc (*erase_table_entry)(ss_plugin_table_t *t, const ss_plugin_state_data *key);
    ss_plugin_table_entry_t *(*create_table_entry)(ss_plugin_table_t *t);
    void (*destroy_table_entry)(ss_plugin_table_t *t, ss_plugin_table_entry_t *e);
    ss_plugin_table_entry_t *(*add_table_entry)(ss_plugin_table_t *t, const ss_plugin_state_data *key,
                                                ss_plugin_table_entry_t *entry);
    ss_plugin_rc (*write_entry_field)(ss_plugin_table_t *t, ss_plugin_table_entry_t *e,
                                      const ss_plugin_table_field_t *f, const ss_plugin_state_data *in);
} ss_plugin_table_writer_vtable;

typedef struct ss_plugin_table_writer_vtable_ext {
    ss_plugin_rc (*clear_table)(ss_plugin_table_t *t);
    ss_plugin_rc (*erase_table_entry)(ss_plugin_table_t *t, const ss_plugin_state_data *key);
    ss_plugin_table_entry_t *(*create_table_entry)(ss_plugin_table_t *t);
    void (*destroy_table_entry)(ss_plugin_table_t *t, ss_plugin_table_entry_t *e);
    ss_plugin_table_entry_t *(*add_table_entry)(ss_plugin_table_t *t, const ss_plugin_state_data *key,
                                                ss_plugin_table_entry_t *entry);
    ss_plugin_rc (*write_entry_field)(ss_plugin_table_t *t, ss_plugin_table_entry_t *e,
                                      const ss_plugin_table_field_t *f, const ss_plugin_state_data *in);
} ss_plugin_table_writer_vtable_ext;

/*
 * A table that a plugin offers (add_table). All of it, what it points to included, is the
 * plugin's and stays until destroy. Since 3.1 each _ext pointer must be set, and hold the
 * same functions as its plain twin.
 */
typedef struct ss_plugin_table_input {
    const char *name;
    ss_plugin_state_type key_type;
    ss_plugin_table_t *table; /* not NULL; first argument of all the functions */
    ss_plugin_table_reader_vtable reader;
    ss_plugin_table_writer_vtable writer;
    ss_plugin_table_fields_vtable fields;
    ss_plugin_table_reader_vtable_ext *reader_ext; /* since 3.1 */
    ss_plugin_table_writer_vtable_ext *writer_ext; /* since 3.1 */
    ss_plugin_table_fields_vtable_ext *fields_ext; /* since 3.1 */
} ss_plugin_table_input;

/* How a plugin finds tables during init. What the functions answer lives as long as the plugin state. */
typedef struct ss_plugin_init_tables_input {
    ss_plugin_table_info *(*list_tables)(ss_plugin_owner_t *o, uint32_t *ntables);
    ss_plugin_table_t *(*get_table)(ss_plugin_owner_t *o, const char *name, ss_plugin_state_type key_type);
    ss_plugin_rc (*add_table)(ss_plugin_owner_t *o, const ss_plugin_table_input *in);
    ss_plugin_table_fields_vtable fields;
    ss_plugin_table_fields_vtable_ext *fields_ext; /* since 3.1 */
    ss_plugin_table_reader_vtable_ext *reader_ext; /* since 3.5 */
    ss_plugin_table_writer_vtable_ext *writer_ext; /* since 3.5 */
} ss_plugin_init_tables_input;

#endif
