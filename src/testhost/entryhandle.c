#include "testhost/entryhandle.h"

#include <stdlib.h>
#include <string.h>

struct entry_handle *entry_handle_new(struct client *client, struct table *table, struct entry *entry,
                                      enum handle_state state)
{
    struct inspector *inspector = client->inspector;
    struct entry_handle *handle = calloc(1, sizeof *handle);

    if (handle == NULL)
        return NULL;
    handle->state = state;
    handle->client = client;
    handle->table = table;
    table->references++;
    handle->entry = entry_ref(entry);
    handle->next = inspector->live;
    if (inspector->live != NULL)
        inspector->live->previous = handle;
    inspector->live = handle;
    return handle;
}

static void drop(struct entry_handle *handle)
{
    entry_unref(handle->entry);
    table_unref(handle->table);
    handle->entry = NULL;
    handle->table = NULL;
}

void entry_handle_end(struct entry_handle *handle, struct client *client, const char *by)
{
    struct inspector *inspector = client->inspector;
    size_t count = sizeof inspector->gone / sizeof inspector->gone[0];
    struct entry_handle **slot = &inspector->gone[inspector->gone_count++ % count];

    if (handle->previous != NULL)
        handle->previous->next = handle->next;
    else
        inspector->live = handle->next;
    if (handle->next != NULL)
        handle->next->previous = handle->previous;
    drop(handle);
    handle->state = HANDLE_GONE;
    handle->gone_by = by;
    free(*slot);
    *slot = handle;
}

bool entry_handle_check(const struct entry_handle *handle, const struct client *client,
                        const struct table *table, const char *what)
{
    struct violations *violations = &client->inspector->violations;
    const char *who = client->name != NULL ? client->name : "(the spec)";

    if (handle == NULL)
        violations_add(violations, "plugin %s: %s of no entry (NULL) of table \"%s\"", who, what,
                       table->kind->name);
    else if (handle->state == HANDLE_GONE)
        violations_add(violations, "plugin %s: %s of an entry of table \"%s\" that was %s before", who, what,
                       table->kind->name, handle->gone_by);
    else if (handle->table != table)
        violations_add(violations, "plugin %s: %s of an entry of table \"%s\" as one of another table \"%s\"",
                       who, what, handle->table->kind->name, table->kind->name);
    else
        return true;
    return false;
}

static bool counts(const struct entry_handle *handle)
{
    return handle->state != HANDLE_LENT && (handle->client == NULL || handle->client->name != NULL);
}

size_t handles_of_table(const struct inspector *inspector, const struct table *table)
{
    size_t count = 0;

    for (const struct entry_handle *handle = inspector->live; handle != NULL; handle = handle->next)
        count += counts(handle) && handle->table == table;
    return count;
}

static bool is_below(const struct table_kind *kind, const struct table_kind *top)
{
    if (kind == top)
        return true;
    for (size_t i = 0; i < top->count; i++)
        if (top->fields[i]->entries != NULL && is_below(kind, top->fields[i]->entries))
            return true;
    return false;
}

size_t handles_of_kind(const struct inspector *inspector, const struct table_kind *kind)
{
    size_t count = 0;

    for (const struct entry_handle *handle = inspector->live; handle != NULL; handle = handle->next)
        count += counts(handle) && is_below(handle->table->kind, kind);
    return count;
}

void handles_take_back(struct client *client)
{
    struct entry_handle *next;

    for (struct entry_handle *handle = client->inspector->live; handle != NULL; handle = next) {
        next = handle->next;
        if (handle->client == client && handle->state == HANDLE_GIVEN)
            entry_handle_end(handle, client, "taken back at the end of the call");
    }
}

void handles_forget(struct client *client)
{
    for (struct entry_handle *handle = client->inspector->live; handle != NULL; handle = handle->next)
        if (handle->client == client)
            handle->client = NULL;
}

void handles_free(struct inspector *inspector)
{
    size_t count = sizeof inspector->gone / sizeof inspector->gone[0];

    while (inspector->live != NULL) {
        struct entry_handle *handle = inspector->live;
        inspector->live = handle->next;
        drop(handle);
        free(handle);
    }
    for (size_t i = 0; i < count; i++)
        free(inspector->gone[i]);
}
