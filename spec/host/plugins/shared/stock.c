#include "stock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 16 };

struct item {
    unsigned references;
    uint64_t key;
    int64_t count;
    char label[32];
    struct stock *parts;
};

struct stock {
    struct item *items[MOST];
    ss_plugin_table_input input;
};

const char *stock_error = "";

static const ss_plugin_table_fieldinfo fields[] = {
    {"count", SS_PLUGIN_ST_INT64, 0},
    {"label", SS_PLUGIN_ST_STRING, 0},
    {"parts", SS_PLUGIN_ST_TABLE, 1},
};

static const ss_plugin_table_fieldinfo *list_fields(ss_plugin_table_t *t, uint32_t *nfields)
{
    (void)t;
    *nfields = 3;
    return fields;
}

static ss_plugin_table_field_t *get_field(ss_plugin_table_t *t, const char *name, ss_plugin_state_type type)
{
    (void)t;
    for (int i = 0; i < 3; i++)
        if (strcmp(fields[i].name, name) == 0 && fields[i].field_type == type)
            return (ss_plugin_table_field_t *)&fields[i];
    stock_error = "a stock has no such field";
    return NULL;
}

static ss_plugin_table_field_t *add_field(ss_plugin_table_t *t, const char *name, ss_plugin_state_type type)
{
    (void)t, (void)name, (void)type;
    stock_error = "a stock takes no more fields";
    return NULL;
}

static const char *get_name(ss_plugin_table_t *t)
{
    return ((struct stock *)t)->input.name;
}

static uint64_t get_size(ss_plugin_table_t *t)
{
    uint64_t size = 0;

    for (int i = 0; i < MOST; i++)
        size += ((struct stock *)t)->items[i] != NULL;
    return size;
}

static struct item **find(struct stock *stock, uint64_t key)
{
    for (int i = 0; i < MOST; i++)
        if (stock->items[i] != NULL && stock->items[i]->key == key)
            return &stock->items[i];
    return NULL;
}

static ss_plugin_table_entry_t *get_entry(ss_plugin_table_t *t, const ss_plugin_state_data *key)
{
    struct item **item = find(t, key->u64);

    if (item == NULL) {
        stock_error = "not in stock";
        return NULL;
    }
    (*item)->references++;
    return *item;
}

static void drop(struct item *item)
{
    if (--item->references > 0)
        return;
    stock_free(item->parts);
    free(item);
}

static void release_entry(ss_plugin_table_t *t, ss_plugin_table_entry_t *e)
{
    (void)t;
    drop(e);
}

static ss_plugin_rc read_field(ss_plugin_table_t *t, ss_plugin_table_entry_t *e,
                               const ss_plugin_table_field_t *f, ss_plugin_state_data *out)
{
    struct item *item = e;

    (void)t;
    if (f == &fields[0])
        out->s64 = item->count;
    else if (f == &fields[1])
        out->str = item->label;
    else if (item->parts != NULL || (item->parts = stock_new()) != NULL)
        out->table = stock_input(item->parts);
    return SS_PLUGIN_SUCCESS;
}

static ss_plugin_bool iterate(ss_plugin_table_t *t, ss_plugin_table_iterator_func_t it,
                              ss_plugin_table_iterator_state_t *s)
{
    struct stock *stock = t;

    for (int i = 0; i < MOST; i++)
        if (stock->items[i] != NULL && !it(s, stock->items[i]))
            return 0;
    return 1;
}

static ss_plugin_rc erase(ss_plugin_table_t *t, const ss_plugin_state_data *key)
{
    struct item **item = find(t, key->u64);

    if (item == NULL) {
        stock_error = "not in stock";
        return SS_PLUGIN_FAILURE;
    }
    drop(*item);
    *item = NULL;
    return SS_PLUGIN_SUCCESS;
}

static ss_plugin_rc clear(ss_plugin_table_t *t)
{
    struct stock *stock = t;

    for (int i = 0; i < MOST; i++) {
        if (stock->items[i] != NULL)
            drop(stock->items[i]);
        stock->items[i] = NULL;
    }
    return SS_PLUGIN_SUCCESS;
}

static ss_plugin_table_entry_t *create_entry(ss_plugin_table_t *t)
{
    struct item *item = calloc(1, sizeof *item);

    (void)t;
    if (item != NULL)
        item->references = 1;
    return item;
}

static ss_plugin_table_entry_t *add_entry(ss_plugin_table_t *t, const ss_plugin_state_data *key,
                                          ss_plugin_table_entry_t *e)
{
    struct stock *stock = t;
    struct item *item = e;
    struct item **slot = find(stock, key->u64);

    for (int i = 0; i < MOST && slot == NULL; i++)
        if (stock->items[i] == NULL)
            slot = &stock->items[i];
    if (slot == NULL) {
        stock_error = "the stock is full";
        return NULL;
    }
    if (*slot != NULL)
        drop(*slot);
    item->key = key->u64;
    item->references++; /* one is the table's, one the caller's */
    *slot = item;
    return item;
}

static ss_plugin_rc write_field(ss_plugin_table_t *t, ss_plugin_table_entry_t *e,
                                const ss_plugin_table_field_t *f, const ss_plugin_state_data *in)
{
    struct item *item = e;

    (void)t;
    if (f == &fields[0])
        item->count = in->s64;
    else
        snprintf(item->label, sizeof item->label, "%s", in->str);
    return SS_PLUGIN_SUCCESS;
}

static ss_plugin_table_reader_vtable_ext reader = {get_name,   get_size,      get_entry,
                                                   read_field, release_entry, iterate};
static ss_plugin_table_writer_vtable_ext writer = {clear,         erase,     create_entry,
                                                   release_entry, add_entry, write_field};
static ss_plugin_table_fields_vtable_ext functions = {list_fields, get_field, add_field};

struct stock *stock_new(void)
{
    struct stock *stock = calloc(1, sizeof *stock);

    if (stock == NULL)
        return NULL;
    stock->input.name = "stock";
    stock->input.key_type = SS_PLUGIN_ST_UINT64;
    stock->input.table = stock;
    memcpy(&stock->input.reader, &reader, sizeof stock->input.reader);
    memcpy(&stock->input.writer, &writer, sizeof stock->input.writer);
    memcpy(&stock->input.fields, &functions, sizeof stock->input.fields);
    stock->input.reader_ext = &reader;
    stock->input.writer_ext = &writer;
    stock->input.fields_ext = &functions;
    return stock;
}

void stock_free(struct stock *stock)
{
    if (stock == NULL)
        return;
    for (int i = 0; i < MOST; i++)
        if (stock->items[i] != NULL) {
            stock->items[i]->references = 1; /* hosts of 3.0 release nothing */
            drop(stock->items[i]);
        }
    free(stock);
}

ss_plugin_table_input *stock_input(struct stock *stock)
{
    return &stock->input;
}
