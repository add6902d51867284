#include "state/keptvalues.h"

#include "base/text.h"
#include "state/statefolder.h"

#include <stdlib.h>
#include <string.h>

/* As it is written: this, the key, the text. */
struct written {
    uint32_t kind, key_size;
    uint64_t value; /* of a text its size */
};

struct kept_entry {
    struct written head;
    char bytes[]; /* key, text */
};

static size_t text_size(const struct written *head)
{
    return head->kind == KEPT_TEXT ? (size_t)head->value : 0;
}

static size_t entry_size(const struct written *head)
{
    return sizeof(*head) + head->key_size + text_size(head);
}

/* Where the key is, or would be. */
static size_t find(const struct kept_values *values, const char *key, size_t length, bool *found)
{
    size_t low = 0, high = values->count;

    *found = false;
    while (low < high && !*found) {
        const size_t middle = low + (high - low) / 2;
        const struct kept_entry *entry = values->entries[middle];
        const size_t shorter = entry->head.key_size < length ? entry->head.key_size : length;
        int order = memcmp(key, entry->bytes, shorter);

        if (order == 0) {
            order = (length > entry->head.key_size) - (length < entry->head.key_size);
        }
        if (order > 0) {
            low = middle + 1;
        } else {
            high = middle;
            *found = order == 0;
        }
    }
    return high;
}

struct kept_value keptvalues_get(const struct kept_values *values, const char *key, size_t length)
{
    struct kept_value value = {.kind = KEPT_NOTHING};
    bool found;
    const size_t place = find(values, key, length, &found);
    const struct kept_entry *entry;

    if (!found) {
        return value;
    }
    entry = values->entries[place];
    value.kind = (enum kept_kind)entry->head.kind;
    if (value.kind == KEPT_TEXT) {
        value.text = entry->bytes + entry->head.key_size;
        value.size = text_size(&entry->head);
    } else if (value.kind == KEPT_BOOLEAN) {
        value.boolean = entry->head.value != 0;
    } else {
        memcpy(&value.integer, &entry->head.value, sizeof(value.integer)); /* a double has the same bits */
    }
    return value;
}

static struct written head_of(size_t key_size, const struct kept_value *value)
{
    struct written head = {.kind = value->kind, .key_size = (uint32_t)key_size};

    if (value->kind == KEPT_TEXT) {
        head.value = value->size;
    } else if (value->kind == KEPT_BOOLEAN) {
        head.value = value->boolean;
    } else {
        memcpy(&head.value, &value->integer, sizeof(head.value));
    }
    return head;
}

/* Makes room for one more entry. */
static bool make_room(struct kept_values *values)
{
    const size_t one = sizeof(struct kept_entry *), room = values->room > 0 ? 2 * values->room : 8;
    struct kept_entry **grown;

    if (values->count < values->room) {
        return true;
    }
    grown = memory_resize(values->file.budget, values->entries, values->room * one, room * one);
    if (grown == NULL) {
        return false;
    }
    values->entries = grown;
    values->room = room;
    return true;
}

static void drop(struct kept_values *values, struct kept_entry *entry)
{
    const size_t size = entry_size(&entry->head);

    values->bytes -= size;
    memory_give(values->file.budget, entry, size);
}

static void remove_at(struct kept_values *values, size_t place)
{
    drop(values, values->entries[place]);
    values->count--;
    memmove(values->entries + place, values->entries + place + 1,
            (values->count - place) * sizeof(values->entries[0]));
}

static void insert_at(struct kept_values *values, size_t place, struct kept_entry *entry)
{
    memmove(values->entries + place + 1, values->entries + place,
            (values->count - place) * sizeof(values->entries[0]));
    values->entries[place] = entry;
    values->count++;
}

enum kept_outcome keptvalues_set(struct kept_values *values, const char *key, size_t length,
                                 const struct kept_value *value)
{
    const struct written head = head_of(length, value);
    const size_t size = entry_size(&head);
    bool found;
    size_t place = find(values, key, length, &found);
    const size_t before = found ? entry_size(&values->entries[place]->head) : 0;
    struct kept_entry *entry;

    if (value->kind == KEPT_NOTHING) {
        if (found) {
            remove_at(values, place);
            values->changed = true;
        }
        return KEPT_DONE;
    }
    if (text_size(&head) > KEPTVALUES_MOST || values->bytes - before + size > KEPTVALUES_MOST) {
        return KEPT_TOO_MUCH;
    }
    entry = make_room(values) ? memory_take(values->file.budget, size) : NULL;
    if (entry == NULL) {
        return KEPT_NO_MEMORY;
    }
    entry->head = head;
    memcpy(entry->bytes, key, length);
    if (value->kind == KEPT_TEXT && value->size > 0) {
        memcpy(entry->bytes + length, value->text, value->size);
    }
    if (found) {
        drop(values, values->entries[place]);
        values->entries[place] = entry;
    } else {
        insert_at(values, place, entry);
    }
    values->bytes += size;
    values->changed = true;
    return KEPT_DONE;
}

/* Reads the file's content, which its checksum has found whole. False: out of memory. */
static bool read_entries(struct kept_values *values)
{
    const char *at = values->file.size > 0 ? values->file.content : NULL;
    const char *end = at != NULL ? at + values->file.size : NULL;
    struct written head;

    while (at != NULL && (size_t)(end - at) >= sizeof(head)) {
        struct kept_value value;

        memcpy(&head, at, sizeof(head));
        at += sizeof(head);
        if (head.key_size > (size_t)(end - at) || text_size(&head) > (size_t)(end - at) - head.key_size) {
            break;
        }
        value = (struct kept_value){.kind = (enum kept_kind)head.kind};
        memcpy(&value.integer, &head.value, sizeof(value.integer));
        value.text = at + head.key_size;
        value.size = text_size(&head);
        if (value.kind == KEPT_BOOLEAN) {
            value.boolean = head.value != 0;
        }
        if (keptvalues_set(values, at, head.key_size, &value) == KEPT_NO_MEMORY) {
            return false;
        }
        at += head.key_size + text_size(&head);
    }
    values->changed = false;
    return true;
}

bool keptvalues_open(struct kept_values *values, const struct state_place *place)
{
    char *folder = text_copy(place->folder), *name = statefolder_file(place->plugin, ".state");
    char *identity = text_format("plugin: %s\n", place->plugin);

    *values = (struct kept_values){.file = {.file = -1}};
    if ((folder != NULL) != (place->folder != NULL) || name == NULL || identity == NULL) {
        free(folder);
        free(name);
        free(identity);
        return false;
    }
    if (!slotfile_open(&values->file, folder, name, identity, place->teller, place->budget)) {
        return false;
    }
    values->open = true;
    if (!read_entries(values)) {
        keptvalues_close(values);
        return false;
    }
    return true;
}

bool keptvalues_commit(struct kept_values *values)
{
    char *content, *at;
    bool done;

    if (!values->changed) {
        return true;
    }
    content = at = memory_take(values->file.budget, values->bytes + 1);
    if (content == NULL) {
        return false;
    }
    for (size_t i = 0; i < values->count; i++) {
        const size_t size = entry_size(&values->entries[i]->head);

        memcpy(at, values->entries[i], size);
        at += size;
    }
    done = slotfile_write(&values->file, content, values->bytes);
    memory_give(values->file.budget, content, values->bytes + 1);
    values->changed = !done;
    return done;
}

void keptvalues_close(struct kept_values *values)
{
    if (!values->open) {
        return;
    }
    keptvalues_commit(values);
    for (size_t i = 0; i < values->count; i++) {
        drop(values, values->entries[i]);
    }
    memory_give(values->file.budget, values->entries, values->room * sizeof(values->entries[0]));
    slotfile_close(&values->file);
    *values = (struct kept_values){.open = false};
}
