/*
 * Which functions of the host's tables may be used in the current call. Own tables are always accessible.
 */
#include "v3/resolvedtable.h"
#include "v3/statehandle.h"

#include <string.h>

const ss_plugin_table_reader_vtable_ext *state_table_reader(const struct state_table *table)
{
    const struct tables *tables = &table->handle->tables;

    if (table->own) {
        return &own_reader;
    }
    return tables->reader.get_table_entry != NULL ? &tables->reader : NULL;
}

const ss_plugin_table_writer_vtable_ext *state_table_writer(const struct state_table *table)
{
    const struct tables *tables = &table->handle->tables;

    if (table->own) {
        return &own_writer;
    }
    return tables->writer.write_entry_field != NULL ? &tables->writer : NULL;
}

/* From here to leave_host what the host's tables call of the plugin is refused, as in handle_call_host; only
 * that prefetch still knows the event, so extract_fields must not move on to the next. */
static void enter_host(struct handle *handle)
{
    static ss_plugin_event *const none = NULL;
    struct tables *tables = &handle->tables;

    tables->called = true;
    tables->caller = handle->caller;
    tables->calling = handle->calling;
    tables->behind = handle->shown.behind;
    handle->shown.behind = &none;
    __atomic_store_n(&handle->caller, pthread_self(), __ATOMIC_RELAXED);
    handle->calling = (uintptr_t)__builtin_frame_address(0) - 1; /* calls from here are not nested ones */
}

static void leave_host(struct handle *handle)
{
    if (handle->tables.called) {
        handle->tables.called = false;
        handle->shown.behind = handle->tables.behind;
        handle->calling = handle->tables.calling;
        __atomic_store_n(&handle->caller, handle->tables.caller, __ATOMIC_RELAXED);
    }
}

/* What has no function at all for one of the things that scripts do is no access. */
static bool can_read(const ss_plugin_table_reader_vtable_ext *reader)
{
    return reader->get_table_name != NULL && reader->get_table_size != NULL &&
           reader->get_table_entry != NULL && reader->read_entry_field != NULL &&
           reader->release_table_entry != NULL && reader->iterate_entries != NULL;
}

static bool can_write(const ss_plugin_table_writer_vtable_ext *writer)
{
    return writer->clear_table != NULL && writer->erase_table_entry != NULL &&
           writer->create_table_entry != NULL && writer->destroy_table_entry != NULL &&
           writer->add_table_entry != NULL && writer->write_entry_field != NULL;
}

void tables_begin(struct handle *handle, const ss_plugin_table_reader_vtable_ext *reader,
                  const ss_plugin_table_writer_vtable_ext *writer)
{
    struct tables *tables = &handle->tables;

    leave_host(handle);
    if (tables->accessible) {
        memset(&tables->reader, 0, sizeof(tables->reader));
        memset(&tables->writer, 0, sizeof(tables->writer));
    }
    tables->accessible = tables->count > 0 || tables->init != NULL;
    if (!tables->accessible) {
        return;
    }
    if (reader != NULL && can_read(reader)) {
        tables->reader = *reader;
    }
    if (writer != NULL && can_write(writer)) {
        tables->writer = *writer;
    }
    if (reader != NULL || writer != NULL) {
        enter_host(handle);
    }
}

void tables_begin_init(struct handle *handle, const ss_plugin_init_tables_input *init)
{
    bool whole = init != NULL && handle->minor >= SINCE_INIT_TABLES;

    handle->tables.init = init;
    tables_begin(handle, whole ? init->reader_ext : NULL, whole ? init->writer_ext : NULL);
}

void tables_end(struct handle *handle)
{
    handle->tables.init = NULL;
    tables_begin(handle, NULL, NULL);
}
