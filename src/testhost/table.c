#include "testhost/table.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    ss_plugin_state_type type;
    size_t size;
} state_types[] = {
    {"int8", SS_PLUGIN_ST_INT8, sizeof(int8_t)},
    {"int16", SS_PLUGIN_ST_INT16, sizeof(int16_t)},
    {"int32", SS_PLUGIN_ST_INT32, sizeof(int32_t)},
    {"int64", SS_PLUGIN_ST_INT64, sizeof(int64_t)},
    {"uint8", SS_PLUGIN_ST_UINT8, sizeof(uint8_t)},
    {"uint16", SS_PLUGIN_ST_UINT16, sizeof(uint16_t)},
    {"uint32", SS_PLUGIN_ST_UINT32, sizeof(uint32_t)},
    {"uint64", SS_PLUGIN_ST_UINT64, sizeof(uint64_t)},
    {"string", SS_PLUGIN_ST_STRING, sizeof(const char *)},
    {"table", SS_PLUGIN_ST_TABLE, sizeof(ss_plugin_table_t *)},
    {"bool", SS_PLUGIN_ST_BOOL, sizeof(ss_plugin_bool)},
};
enum { STATE_TYPES = sizeof state_types / sizeof state_types[0] };

const char *state_type_name(ss_plugin_state_type type)
{
    for (size_t i = 0; i < STATE_TYPES; i++)
        if (state_types[i].type == type)
            return state_types[i].name;
    return NULL;
}

ss_plugin_state_type state_type_of(const char *name)
{
    for (size_t i = 0; i < STATE_TYPES; i++)
        if (strcmp(state_types[i].name, name) == 0)
            return state_types[i].type;
    return (ss_plugin_state_type)0;
}

static size_t state_type_size(ss_plugin_state_type type)
{
    for (size_t i = 0; i < STATE_TYPES; i++)
        if (state_types[i].type == type)
            return state_types[i].size;
    return 0;
}

/* ---- fields ---- */

struct table_kind *kind_new(const char *name, const char *key_field)
{
    struct table_kind *kind = calloc(1, sizeof *kind);

    if (kind != NULL) {
        kind->name = name;
        kind->key_field = key_field;
    }
    return kind;
}

void kind_free(struct table_kind *kind)
{
    if (kind == NULL)
        return;
    for (size_t i = 0; i < kind->count; i++) {
        kind_free(kind->fields[i]->entries);
        free(kind->fields[i]->name);
        free(kind->fields[i]);
    }
    free(kind->fields);
    guard_free(&kind->listed);
    free(kind);
}

struct table_field *kind_find(const struct table_kind *kind, const char *name)
{
    for (size_t i = 0; i < kind->count; i++)
        if (strcmp(kind->fields[i]->name, name) == 0)
            return kind->fields[i];
    return NULL;
}

struct table_field *kind_add(struct table_kind *kind, const char *name, ss_plugin_state_type type)
{
    struct table_field **fields = realloc(kind->fields, (kind->count + 1) * sizeof(struct table_field *));
    struct table_field *field = calloc(1, sizeof *field);

    if (fields != NULL)
        kind->fields = fields;
    if (field != NULL)
        field->name = strdup(name);
    if (fields == NULL || field == NULL || field->name == NULL) {
        free(field);
        return NULL;
    }
    field->type = type;
    field->place = kind->count;
    kind->fields[kind->count++] = field;
    return field;
}

bool kind_has(const struct table_kind *kind, const void *field)
{
    for (size_t i = 0; i < kind->count; i++)
        if (kind->fields[i] == field)
            return true;
    return false;
}

/* ---- tables ---- */

struct table *table_new(struct table_kind *kind)
{
    struct table *table = calloc(1, sizeof *table);

    if (table != NULL) {
        table->references = 1;
        table->kind = kind;
    }
    return table;
}

void table_unref(struct table *table)
{
    if (table == NULL || --table->references > 0)
        return;
    table_clear(table);
    free(table->entries);
    free(table);
}

/* Where the entry with this key is, or would be. */
static size_t place_of(const struct table *table, int64_t key)
{
    size_t from = 0, to = table->count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (table->entries[middle]->key < key)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

struct entry *table_find(const struct table *table, int64_t key)
{
    size_t place = place_of(table, key);

    return place < table->count && table->entries[place]->key == key ? table->entries[place] : NULL;
}

static bool set_key_field(struct entry *entry)
{
    const char *name = entry->kind->key_field;
    const struct table_field *field = name != NULL ? kind_find(entry->kind, name) : NULL;
    ss_plugin_state_data value = {.s64 = entry->key};

    return field == NULL || entry_write(entry, field, &value);
}

/* Room for one more. */
static bool reserve(struct table *table)
{
    size_t room = table->room == 0 ? 8 : 2 * table->room;
    struct entry **entries;

    if (table->count < table->room)
        return true;
    entries = realloc(table->entries, room * sizeof(struct entry *));
    if (entries == NULL)
        return false;
    table->entries = entries;
    table->room = room;
    return true;
}

bool table_put(struct table *table, int64_t key, struct entry *entry)
{
    size_t place;

    if (!reserve(table))
        return false;
    table_remove(table, key);
    entry->key = key;
    if (!set_key_field(entry))
        return false;
    entry->table = table;
    place = place_of(table, key);
    memmove(&table->entries[place + 1], &table->entries[place],
            (table->count++ - place) * sizeof(struct entry *));
    table->entries[place] = entry_ref(entry);
    return true;
}

bool table_remove(struct table *table, int64_t key)
{
    struct entry *entry = table_find(table, key);
    size_t place = place_of(table, key);

    if (entry == NULL)
        return false;
    table->count--;
    memmove(&table->entries[place], &table->entries[place + 1],
            (table->count - place) * sizeof(struct entry *));
    entry->table = NULL;
    entry_unref(entry);
    return true;
}

void table_clear(struct table *table)
{
    while (table->count > 0)
        table_remove(table, table->entries[table->count - 1]->key);
}

/* ---- entries ---- */

struct entry *entry_new(struct table_kind *kind)
{
    struct entry *entry = calloc(1, sizeof *entry);

    if (entry != NULL) {
        entry->references = 1;
        entry->kind = kind;
    }
    return entry;
}

struct entry *entry_ref(struct entry *entry)
{
    entry->references++;
    return entry;
}

void entry_unref(struct entry *entry)
{
    if (entry == NULL || --entry->references > 0)
        return;
    for (size_t i = 0; i < entry->count; i++) {
        if (entry->kind->fields[i]->type == SS_PLUGIN_ST_STRING)
            free((char *)entry->values[i].str);
        else if (entry->kind->fields[i]->type == SS_PLUGIN_ST_TABLE)
            table_unref(entry->values[i].table);
    }
    free(entry->values);
    free(entry);
}

/* Room for the field's value. */
static ss_plugin_state_data *entry_slot(struct entry *entry, const struct table_field *field)
{
    size_t count = entry->kind->count;
    ss_plugin_state_data *values;

    if (field->place < entry->count)
        return &entry->values[field->place];
    values = realloc(entry->values, count * sizeof *values);
    if (values == NULL)
        return NULL;
    memset(values + entry->count, 0, (count - entry->count) * sizeof *values);
    entry->values = values;
    entry->count = count;
    return &values[field->place];
}

ss_plugin_state_data entry_read(struct entry *entry, const struct table_field *field)
{
    ss_plugin_state_data *slot = entry_slot(entry, field);
    ss_plugin_state_data value = {0};

    if (slot != NULL && field->type == SS_PLUGIN_ST_TABLE && slot->table == NULL)
        slot->table = table_new(field->entries);
    if (slot != NULL)
        value = *slot;
    if (field->type == SS_PLUGIN_ST_STRING && value.str == NULL)
        value.str = "";
    return value;
}

bool entry_write(struct entry *entry, const struct table_field *field, const ss_plugin_state_data *value)
{
    ss_plugin_state_data *slot = entry_slot(entry, field);
    char *text;

    if (slot == NULL)
        return false;
    if (field->type != SS_PLUGIN_ST_STRING) {
        memset(slot, 0, sizeof *slot);
        memcpy(slot, value, state_type_size(field->type)); /* the other bytes may be anything */
        return true;
    }
    text = strdup(value->str != NULL ? value->str : "");
    if (text == NULL)
        return false;
    free((char *)slot->str);
    slot->str = text;
    return true;
}

bool entry_share(struct entry *entry, struct entry *other, const struct table_field *field)
{
    struct table *shared = entry_read(other, field).table;
    ss_plugin_state_data *slot = entry_slot(entry, field);

    if (shared == NULL || slot == NULL)
        return false;
    shared->references++;
    table_unref(slot->table);
    slot->table = shared;
    return true;
}
