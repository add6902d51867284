#include "v3/tableentries.h"

#include "v3/statehandle.h"

void entry_take(struct tables *tables, struct entry_object *object, ss_plugin_table_entry_t *entry,
                enum entry_state state)
{
    object->entry = entry;
    object->state = state;
    object->next = tables->live;
    object->link = &tables->live;
    if (tables->live != NULL) {
        tables->live->link = &object->next;
    }
    tables->live = object;
}

void entry_let_go(struct entry_object *object)
{
    const ss_plugin_table_reader_vtable_ext *reader;
    const ss_plugin_table_writer_vtable_ext *writer;

    if (object->state == ENTRY_GONE) {
        return;
    }
    reader = state_table_reader(object->kind);
    writer = state_table_writer(object->kind);
    if (object->state == ENTRY_HELD && reader != NULL) {
        reader->release_table_entry(object->table, object->entry);
    } else if (object->state == ENTRY_CREATED && writer != NULL) {
        writer->destroy_table_entry(object->table, object->entry);
    }
    object->state = ENTRY_GONE;
    *object->link = object->next;
    if (object->next != NULL) {
        object->next->link = object->link;
    }
}

void entries_end_lent(struct tables *tables, const ss_plugin_table_entry_t *entry)
{
    struct entry_object *object = tables->live;

    while (object != NULL && (object->state != ENTRY_LENT || object->entry != entry)) {
        object = object->next;
    }
    if (object != NULL) {
        entry_let_go(object);
    }
}

void tables_release(struct handle *handle)
{
    struct tables *tables = &handle->tables;

    while (tables->live != NULL) {
        entry_let_go(tables->live);
    }
}
