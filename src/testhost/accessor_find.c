#include "testhost/accessor.h"

#include <string.h>

struct accessor *accessor_of(ss_plugin_table_t *t)
{
    const ss_plugin_table_input *input = t;

    return input->reader_ext == &own_reader || input->reader_ext == &foreign_reader ? input->table : NULL;
}

/* What stands in the inspector under that name; the key's type is set. NULL: nothing. The lock is held. */
static bool find_named(const struct inspector *inspector, const char *name, struct foreign **found,
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
    if (!find_named(inspector, name, &foreign, &actual)) {
        plugin_owner_fail(client->errors, "failed to find state table '%s'", name);
    } else if (key_type != 0 && key_type != actual) {
        const char *requested = state_type_name(key_type);
        plugin_owner_fail(
            client->errors,
            "table in registry accessed with wrong key type: table='%s', requested='%s', actual='%s'", name,
            requested != NULL ? requested : "unknown", state_type_name(actual));
    } else {
        accessor = accessor_new(client);
        if (accessor != NULL && foreign != NULL) {
            accessor_use_foreign(accessor, foreign);
        } else if (accessor != NULL) {
            inspector->threads->references++;
            accessor_use_own(accessor, inspector->threads, NULL);
        }
    }
    pthread_mutex_unlock(&inspector->lock);
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
