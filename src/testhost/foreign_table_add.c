#include "base/text.h"
#include "testhost/accessor.h"
#include "testhost/driver.h"

#include <stdlib.h>
#include <string.h>

/* Adds a plugin's table, checked and copied as libsinsp does it. Messages are libsinsp's. */

static void release_nothing(ss_plugin_table_t *t, ss_plugin_table_entry_t *e)
{
    (void)t, (void)e;
}

static ss_plugin_bool iterate_nothing(ss_plugin_table_t *t, ss_plugin_table_iterator_func_t it,
                                      ss_plugin_table_iterator_state_t *s)
{
    (void)t, (void)it, (void)s;
    return 0;
}

/* Plugins made for 3.0 have plain structs only: what is not in them does nothing. */
static void extend(struct foreign *foreign)
{
    memcpy(&foreign->reader, &foreign->input.reader, sizeof foreign->input.reader);
    memcpy(&foreign->writer, &foreign->input.writer, sizeof foreign->input.writer);
    memcpy(&foreign->fields, &foreign->input.fields, sizeof foreign->input.fields);
    foreign->reader.release_table_entry = release_nothing;
    foreign->reader.iterate_entries = iterate_nothing;
}

/* Are all functions of the first struct there, and the same in the second? */
static bool are_complete(const void *functions, size_t size, const void *plain)
{
    void (*none)(void) = NULL;

    for (size_t i = 0; i < size; i += sizeof none)
        if (memcmp((const char *)functions + i, &none, sizeof none) == 0)
            return false;
    return memcmp(functions, plain, size) == 0;
}

/* NULL, or what is wrong with the functions; they are copied. */
static const char *take_functions(struct foreign *foreign, const ss_plugin_table_input *in, bool extended)
{
    const ss_plugin_table_input *input = &foreign->input;

    if (!extended) {
        memcpy(&foreign->input, in, offsetof(ss_plugin_table_input, reader_ext));
        extend(foreign);
    } else {
        foreign->input = *in;
        if (in->reader_ext == NULL || in->writer_ext == NULL || in->fields_ext == NULL)
            return "extended vtables must all be defined";
        foreign->reader = *in->reader_ext;
        foreign->writer = *in->writer_ext;
        foreign->fields = *in->fields_ext;
    }
    if (!are_complete(&foreign->reader, sizeof input->reader, &input->reader) ||
        foreign->reader.release_table_entry == NULL || foreign->reader.iterate_entries == NULL)
        return "broken or inconsistent reader vtables";
    if (!are_complete(&foreign->writer, sizeof input->writer, &input->writer))
        return "broken or inconsistent writer vtables";
    if (!are_complete(&foreign->fields, sizeof input->fields, &input->fields))
        return "broken or inconsistent fields vtables";
    return NULL;
}

static bool is_taken(const struct inspector *inspector, const char *name)
{
    if (strcmp(inspector->kind->name, name) == 0)
        return true;
    for (const struct foreign *foreign = inspector->offered; foreign != NULL; foreign = foreign->next)
        if (foreign->owner != NULL && strcmp(foreign->name, name) == 0)
            return true;
    return false;
}

void foreign_free(struct foreign *foreign)
{
    if (foreign == NULL)
        return;
    free(foreign->name);
    free(foreign->owner_name);
    free(foreign);
}

static struct foreign *foreign_new(struct state *state, const char *name)
{
    struct foreign *foreign = calloc(1, sizeof *foreign);

    if (foreign == NULL)
        return NULL;
    foreign->owner = state;
    foreign->owner_name = strdup(state->library->name);
    foreign->name = strdup(name);
    if (foreign->owner_name != NULL && foreign->name != NULL)
        return foreign;
    foreign_free(foreign);
    return NULL;
}

static void link_foreign(struct inspector *inspector, struct foreign *foreign)
{
    foreign->next = inspector->offered;
    inspector->offered = foreign;
}

/* What is wrong with the other members; NULL: nothing. */
static const char *check_input(const struct inspector *inspector, const ss_plugin_table_input *in)
{
    if (in == NULL)
        return "input is null";
    if (in->name == NULL)
        return "name is null";
    if (in->table == NULL)
        return "table is null";
    if (state_type_name(in->key_type) == NULL || in->key_type == SS_PLUGIN_ST_TABLE)
        return "a key of a table cannot have this type";
    return is_taken(inspector, in->name) ? "table added to registry multiple times" : NULL;
}

bool foreign_add(struct state *state, const ss_plugin_table_input *in)
{
    struct inspector *inspector = state->inspector;
    struct foreign *foreign = NULL;
    const char *fault;

    pthread_mutex_lock(&inspector->lock);
    fault = check_input(inspector, in);
    if (fault == NULL) {
        foreign = foreign_new(state, in->name);
        fault = foreign != NULL ? take_functions(foreign, in, state->library->required_minor >= 1)
                                : TEXT_NO_MEMORY;
    }
    if (fault == NULL) {
        link_foreign(inspector, foreign);
    } else {
        plugin_owner_fail(&state->owner, "failure in adding state table%s%s defined by plugin '%s': %s",
                          in != NULL && in->name != NULL ? " " : "",
                          in != NULL && in->name != NULL ? in->name : "", state->library->name, fault);
        foreign_free(foreign);
    }
    pthread_mutex_unlock(&inspector->lock);
    return fault == NULL;
}
