#include "v3/owntableentries.h"

#include "base/hash.h"
#include "base/text.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_BUCKETS 16u

void own_root_enter(struct own_root *root)
{
    pthread_mutex_lock(&root->lock.mutex);
    root->references++;
}

void own_root_leave(struct own_root *root)
{
    bool last = --root->references == 0;

    pthread_mutex_unlock(&root->lock.mutex);
    if (last) { /* nobody else can reach it */
        fork_lock_close(&root->lock);
        free(root);
    }
}

void *own_resize(struct own_root *root, void *block, size_t before, size_t size)
{
    size_t more = memory_cost(size), given = block != NULL ? memory_cost(before) : 0;
    void *larger;

    if (more > root->most - root->used || !memory_charge_shared(root->budget, more)) {
        return NULL;
    }
    larger = realloc(block, size);
    if (larger == NULL) {
        memory_release_shared(root->budget, more);
        return NULL;
    }
    memset((unsigned char *)larger + before, 0, size - before);
    memory_release_shared(root->budget, given);
    root->used += more - given;
    return larger;
}

void *own_take(struct own_root *root, size_t size)
{
    return own_resize(root, NULL, 0, size);
}

void own_give(struct own_root *root, void *block, size_t size)
{
    if (block != NULL) {
        root->used -= memory_cost(size);
        memory_release_shared(root->budget, memory_cost(size));
        free(block);
    }
}

/* A text that counts. */
static char *take_text(struct own_root *root, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = own_take(root, size);

    if (copy != NULL) {
        memcpy(copy, text, size);
    }
    return copy;
}

static void give_text(struct own_root *root, char *text)
{
    if (text != NULL) {
        own_give(root, text, strlen(text) + 1);
    }
}

struct own_field *own_schema_add(struct own_schema *schema, const char *name, const struct state_type *type)
{
    struct own_field **fields = realloc(schema->fields, (schema->count + 1) * sizeof(struct own_field *));
    ss_plugin_table_fieldinfo *infos;
    struct own_field *field;

    if (fields == NULL) {
        return NULL;
    }
    schema->fields = fields;
    infos = realloc(schema->infos, (schema->count + 1) * sizeof(*infos));
    if (infos == NULL) {
        return NULL;
    }
    schema->infos = infos;
    field = calloc(1, sizeof(*field));
    if (field == NULL || (field->name = text_copy(name)) == NULL) {
        free(field);
        return NULL;
    }
    field->schema = schema;
    field->type = type;
    field->number = schema->count;
    infos[schema->count] =
        (ss_plugin_table_fieldinfo){.name = field->name, .field_type = (ss_plugin_state_type)type->number};
    fields[schema->count++] = field;
    return field;
}

void own_schema_release(struct own_schema *schema)
{
    if (schema == NULL || --schema->references > 0) {
        return;
    }
    for (size_t i = 0; i < schema->count; i++) {
        own_schema_release(schema->fields[i]->nested);
        free(schema->fields[i]->name);
        free(schema->fields[i]);
    }
    free(schema->fields);
    free(schema->infos);
    free(schema->name);
    free(schema);
}

struct own_table *own_table_new(struct own_root *root, struct own_schema *schema)
{
    struct own_table *table = own_take(root, sizeof(*table));

    if (table == NULL) {
        return NULL;
    }
    table->buckets = own_take(root, FIRST_BUCKETS * sizeof(struct own_entry *));
    if (table->buckets == NULL) {
        own_give(root, table, sizeof(*table));
        return NULL;
    }
    table->bucket_count = FIRST_BUCKETS;
    table->references = 1;
    table->root = root;
    table->schema = schema;
    root->references++;
    schema->references++;
    return table;
}

void own_table_release(struct own_table *table)
{
    struct own_root *root = table->root;

    if (--table->references > 0) {
        return;
    }
    own_schema_release(table->schema);
    own_give(root, table->buckets, table->bucket_count * sizeof(struct own_entry *));
    own_give(root, table, sizeof(*table));
    root->references--;
}

static bool is_text(const struct own_table *table)
{
    return table->schema->key->number == STATE_STRING;
}

/* The significant bits of an integer key: hosts leave garbage in the others. */
static uint64_t integer_of(const struct own_table *table, const ss_plugin_state_data *key)
{
    switch (table->schema->key->number) {
    case STATE_INT8:
    case STATE_UINT8:
        return key->u8;
    case STATE_INT16:
    case STATE_UINT16:
        return key->u16;
    case STATE_INT32:
    case STATE_UINT32:
        return key->u32;
    case STATE_BOOL:
        return key->b != 0;
    case STATE_INT64:
    case STATE_UINT64:
        return key->u64;
    case STATE_STRING:
    case STATE_TABLE: /* no integers */
        break;
    }
    return 0;
}

/* Hashes a text, or mixes an integer's bits (splitmix64). */
static size_t hash_of(const struct own_table *table, const ss_plugin_state_data *key)
{
    uint64_t hash;

    if (!is_text(table)) {
        hash = integer_of(table, key) + UINT64_C(0x9e3779b97f4a7c15);
        hash = (hash ^ (hash >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        hash = (hash ^ (hash >> 27)) * UINT64_C(0x94d049bb133111eb);
        return (size_t)(hash ^ (hash >> 31));
    }
    hash = hash_bytes(HASH_BASIS, key->str, strlen(key->str));
    return (size_t)(hash ^ (hash >> 32));
}

static bool same_key(const struct own_table *table, const ss_plugin_state_data *a,
                     const ss_plugin_state_data *b)
{
    return is_text(table) ? strcmp(a->str, b->str) == 0 : integer_of(table, a) == integer_of(table, b);
}

static struct own_entry **bucket_of(const struct own_table *table, const ss_plugin_state_data *key)
{
    return &table->buckets[hash_of(table, key) % table->bucket_count];
}

struct own_entry *own_entry_find(const struct own_table *table, const ss_plugin_state_data *key)
{
    struct own_entry *entry = *bucket_of(table, key);

    while (entry != NULL && !same_key(table, &entry->key, key)) {
        entry = entry->next;
    }
    return entry;
}

struct own_entry *own_entry_new(struct own_table *table)
{
    struct own_entry *entry = own_take(table->root, sizeof(*entry));

    if (entry != NULL) {
        entry->table = table;
        entry->references = 1;
        table->references++;
    }
    return entry;
}

static void free_texts(struct own_root *root, struct own_text *text)
{
    while (text != NULL) {
        struct own_text *older = text->older;

        own_give(root, text, sizeof(*text) + strlen(text->text) + 1);
        text = older;
    }
}

void own_table_empty(struct own_table *table)
{
    for (size_t i = 0; i < table->bucket_count; i++) {
        while (table->buckets[i] != NULL) {
            own_entry_unlink(table->buckets[i]);
        }
    }
}

/* Removes a table with all its entries; those that are held stay. */
static void drop_table(struct own_table *table)
{
    own_table_empty(table);
    own_table_release(table);
}

static void free_entry(struct own_entry *entry)
{
    struct own_root *root = entry->table->root;

    for (size_t i = 0; i < entry->count; i++) {
        const struct own_field *field = entry->table->schema->fields[i];

        if (field->type->number == STATE_STRING) {
            free_texts(root, entry->cells[i].text);
        } else if (field->type->number == STATE_TABLE && entry->cells[i].table != NULL) {
            drop_table(entry->cells[i].table);
        }
    }
    if (is_text(entry->table)) {
        give_text(root, (char *)(uintptr_t)entry->key.str);
    }
    free_texts(root, entry->overwritten);
    own_give(root, entry->cells, entry->count * sizeof(*entry->cells));
    own_give(root, entry, sizeof(*entry));
}

void own_entry_hold(struct own_entry *entry)
{
    entry->references++;
    entry->table->references++;
}

void own_entry_release(struct own_entry *entry)
{
    struct own_table *table = entry->table;

    if (entry->references == 0) {
        return; /* released more often than it was taken */
    }
    entry->references--;
    if (entry->references == 0) {
        free_texts(table->root, entry->overwritten);
        entry->overwritten = NULL;
        if (!entry->linked) {
            free_entry(entry);
        }
    }
    own_table_release(table);
}

/* Doubles the number of buckets, and rehashes. If memory is out the old ones stay. */
static void grow(struct own_table *table)
{
    struct own_table larger = *table;

    larger.bucket_count = 2 * table->bucket_count;
    larger.buckets = own_take(table->root, larger.bucket_count * sizeof(struct own_entry *));
    if (larger.buckets == NULL) {
        return;
    }
    for (size_t i = 0; i < table->bucket_count; i++) {
        while (table->buckets[i] != NULL) {
            struct own_entry *entry = table->buckets[i], **bucket = bucket_of(&larger, &entry->key);

            table->buckets[i] = entry->next;
            entry->next = *bucket;
            *bucket = entry;
        }
    }
    own_give(table->root, table->buckets, table->bucket_count * sizeof(struct own_entry *));
    table->buckets = larger.buckets;
    table->bucket_count = larger.bucket_count;
}

bool own_entry_link(struct own_entry *entry, const ss_plugin_state_data *key)
{
    struct own_table *table = entry->table;
    struct own_entry *before, **bucket;

    entry->key = *key;
    if (is_text(table)) {
        entry->key.str = take_text(table->root, key->str);
        if (entry->key.str == NULL) {
            return false;
        }
    }
    before = own_entry_find(table, key);
    if (before != NULL) {
        own_entry_unlink(before);
    }
    if (table->count >= table->bucket_count) {
        grow(table);
    }
    bucket = bucket_of(table, &entry->key);
    entry->next = *bucket;
    *bucket = entry;
    entry->linked = true;
    table->count++;
    return true;
}

void own_entry_unlink(struct own_entry *entry)
{
    struct own_entry **link = bucket_of(entry->table, &entry->key);

    while (*link != entry) {
        link = &(*link)->next;
    }
    *link = entry->next;
    entry->linked = false;
    entry->table->count--;
    if (entry->references == 0) {
        free_entry(entry);
    }
}

union own_cell *own_entry_cell(struct own_entry *entry, const struct own_field *field)
{
    if (field->number >= entry->count) {
        size_t count = entry->table->schema->count;
        union own_cell *cells = own_resize(entry->table->root, entry->cells, entry->count * sizeof(*cells),
                                           count * sizeof(*cells));

        if (cells == NULL) {
            return NULL;
        }
        entry->cells = cells;
        entry->count = count;
    }
    return &entry->cells[field->number];
}

bool own_entry_set_text(struct own_entry *entry, union own_cell *cell, const char *text)
{
    size_t length = strlen(text), size = utf8_write(NULL, 0, text, length, UTF8_TEXT) + 1;
    struct own_root *root = entry->table->root;
    struct own_text *copy = own_take(root, sizeof(*copy) + size);

    if (copy == NULL) {
        return false;
    }
    copy->older = NULL;
    utf8_write(copy->text, size, text, length, UTF8_TEXT);
    if (cell->text != NULL) {
        if (entry->references > 0) { /* somebody may have read it */
            cell->text->older = entry->overwritten;
            entry->overwritten = cell->text;
        } else {
            own_give(root, cell->text, sizeof(*cell->text) + strlen(cell->text->text) + 1);
        }
    }
    cell->text = copy;
    return true;
}
