#include "testhost/accessor.h"

#include "testhost/handle.h"

#include <stdlib.h>
#include <string.h>

struct accessor *accessor_of(ss_plugin_table_t *t)
{
    const ss_plugin_table_input *input = t;

    return input->reader_ext == &own_reader || input->reader_ext == &foreign_reader ? input->table : NULL;
}

static void use(struct accessor *accessor, ss_plugin_table_reader_vtable_ext *reader,
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

static void use_own(struct accessor *accessor, struct table *table, struct entry *parent)
{
    accessor->own = table;
    accessor->parent = parent;
    accessor->input.name = table->kind->name;
    accessor->input.key_type = SS_PLUGIN_ST_INT64;
    use(accessor, &own_reader, &own_writer, &own_fields);
}

static void use_foreign(struct accessor *accessor, struct foreign *foreign)
{
    accessor->foreign = foreign;
    accessor->input.name = foreign->name;
    accessor->input.key_type = foreign->input.key_type;
    use(accessor, &foreign_reader, &foreign_writer, &foreign_fields);
}

/* A new one for the client, which sees nothing yet. The lock is held. */
static struct accessor *accessor_new(struct client *client)
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

/* What stands in the inspector under that name; the key's type is set. NULL: nothing. The lock is held. */
static bool find(const struct inspector *inspector, const char *name, struct foreign **found,
                 ss_plugin_state_type *key_type)
{
    *found = NULL;
    *key_type = SS_PLUGIN_ST_INT64;
    if (strcmp(inspector->kind->name, name) == 0)
        return true;
    for (struct foreign *foreign = inspector->offered; foreign != NULL; foreign = foreign->next)
        if (foreign->owner != NULL && strcmp(foreign->name, name) == 0) {
            *found = foreign;
            *key_type = foreign->input.key_type;
            return true;
        }
    return false;
}

struct accessor *accessor_find(struct client *client, const char *name, ss_plugin_state_type key_type)
{
    struct inspector *inspector = client->inspector;
    struct accessor *accessor = NULL;
    struct foreign *foreign;
    ss_plugin_state_type actual;

    pthread_mutex_lock(&inspector->lock);
    if (!find(inspector, name, &foreign, &actual)) {
        owner_fail(client->errors, "failed to find state table '%s'", name);
    } else if (key_type != 0 && key_type != actual) {
        const char *requested = state_type_name(key_type);
        owner_fail(client->errors,
                   "table in registry accessed with wrong key type: table='%s', requested='%s', actual='%s'",
                   name, requested != NULL ? requested : "unknown", state_type_name(actual));
    } else {
        accessor = accessor_new(client);
        if (accessor != NULL && foreign != NULL) {
            use_foreign(accessor, foreign);
        } else if (accessor != NULL) {
            inspector->threads->references++;
            use_own(accessor, inspector->threads, NULL);
        }
    }
    pthread_mutex_unlock(&inspector->lock);
    return accessor;
}

struct accessor *accessor_of_subtable(struct client *client, struct table *table, struct entry *parent)
{
    struct accessor *accessor;

    pthread_mutex_lock(&client->inspector->lock);
    accessor = accessor_new(client);
    if (accessor != NULL) {
        accessor->ephemeral = client->name != NULL;
        accessor->thread = pthread_self();
        table->references++;
        use_own(accessor, table, entry_ref(parent));
    }
    entry_unref(parent);
    pthread_mutex_unlock(&client->inspector->lock);
    return accessor;
}

size_t tables_list(struct inspector *inspector, ss_plugin_table_info *infos, size_t room)
{
    size_t count = 0;

    pthread_mutex_lock(&inspector->lock);
    if (room > 0)
        infos[0] = (ss_plugin_table_info){inspector->kind->name, SS_PLUGIN_ST_INT64};
    count++;
    for (const struct foreign *foreign = inspector->offered; foreign != NULL; foreign = foreign->next) {
        if (foreign->owner == NULL)
            continue;
        if (count < room)
            infos[count] = (ss_plugin_table_info){foreign->input.name, foreign->input.key_type};
        count++;
    }
    pthread_mutex_unlock(&inspector->lock);
    return count;
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
