#include "testhost/accessor.h"

#include "testhost/entryhandle.h"

#include <stdlib.h>
#include <string.h>

void accessor_use(struct accessor *accessor, ss_plugin_table_reader_vtable_ext *reader,
                  ss_plugin_table_writer_vtable_ext *writer, ss_plugin_table_fields_vtable_ext *fields)
{
    ss_plugin_table_input *input = &accessor->input;

    input->table = accessor;
    memcpy(&input->reader, reader, sizeof input->reader);
    memcpy(&input->writer, writer, sizeof input->writer);
    memcpy(&input->fields, fields, sizeof input->fields);
    input->reader_ext = reader;
    input->writer_ext = writer;
    input->fields_ext = fields;
}

struct accessor *accessor_new(struct client *client)
{
    struct accessor *accessor = calloc(1, sizeof *accessor);

    if (accessor == NULL)
        return NULL;
    accessor->client = client;
    accessor->next = client->first;
    client->first = accessor;
    return accessor;
}

/* The lock is held. */
static void drop(struct accessor *accessor)
{
    table_unref(accessor->own);
    entry_unref(accessor->parent);
    accessor->own = NULL;
    accessor->parent = NULL;
    accessor->gone = true;
}

/* Calls may be nested: a plugin's table is asked by another plugin. */
static _Thread_local unsigned calls;

void client_begin_call(struct client *client)
{
    calls += !client->in_call;
    client->in_call = true;
}

bool tables_may_be_used(void)
{
    return calls > 0;
}

void client_end_call(struct client *client)
{
    struct inspector *inspector = client->inspector;
    struct accessor **link = &client->first;
    size_t room = sizeof client->gone / sizeof client->gone[0];

    if (!client->in_call)
        return;
    client->in_call = false;
    calls--;
    pthread_mutex_lock(&inspector->lock);
    if (!client->releases)
        handles_take_back(client);
    while (*link != NULL) {
        struct accessor *accessor = *link;
        struct accessor **slot = &client->gone[client->gone_count % room];
        if (!accessor->ephemeral || !pthread_equal(accessor->thread, pthread_self())) {
            link = &accessor->next;
            continue;
        }
        *link = accessor->next;
        drop(accessor);
        free(*slot);
        *slot = accessor;
        client->gone_count++;
    }
    pthread_mutex_unlock(&inspector->lock);
}

void client_free(struct client *client)
{
    size_t room = sizeof client->gone / sizeof client->gone[0];

    pthread_mutex_lock(&client->inspector->lock);
    while (client->first != NULL) {
        struct accessor *accessor = client->first;
        client->first = accessor->next;
        drop(accessor);
        free(accessor);
    }
    for (size_t i = 0; i < room; i++)
        free(client->gone[i]);
    pthread_mutex_unlock(&client->inspector->lock);
}
