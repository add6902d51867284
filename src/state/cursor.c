#include "state/cursor.h"

#include "base/hash.h"
#include "base/text.h"
#include "state/statefolder.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool cursor_open(struct cursor *cursor, const struct state_place *place, const char *source,
                 const char *params)
{
    uint64_t hash = hash_bytes(HASH_BASIS, source, strlen(source) + 1);
    char suffix[48], *folder, *name, *identity;

    *cursor = (struct cursor){.file = {.file = -1}};
    hash = hash_bytes(hash, params, strlen(params));
    snprintf(suffix, sizeof(suffix), "-%016" PRIx64 ".cursor", hash);
    folder = text_copy(place->folder);
    name = statefolder_file(place->plugin, suffix);
    /* parameters may hold secrets, so only their hash is written */
    identity = text_format("plugin: %s\nevent source: %s\nopen parameters: hash %016" PRIx64 "\n",
                           place->plugin, source, hash);
    if ((folder != NULL) != (place->folder != NULL) || name == NULL || identity == NULL) {
        free(folder);
        free(name);
        free(identity);
        return false;
    }
    return slotfile_open(&cursor->file, folder, name, identity, place->teller, place->budget);
}

const char *cursor_newest(const struct cursor *cursor, size_t *size)
{
    if (cursor->is_staged) {
        *size = cursor->staged_size;
        return cursor->staged;
    }
    *size = cursor->file.size;
    return cursor->file.size > 0 ? cursor->file.content : NULL;
}

bool cursor_stage(struct cursor *cursor, const char *text, size_t size)
{
    if (size > CURSOR_MOST) {
        return false;
    }
    if (size > cursor->room) {
        char *grown = memory_resize(cursor->file.budget, cursor->staged, cursor->room, size);

        if (grown == NULL) {
            return false;
        }
        cursor->staged = grown;
        cursor->room = size;
    }
    if (size > 0) {
        memcpy(cursor->staged, text, size);
    }
    cursor->staged_size = size;
    cursor->is_staged = true;
    return true;
}

void cursor_commit(struct cursor *cursor)
{
    if (cursor->is_staged && slotfile_write(&cursor->file, cursor->staged, cursor->staged_size)) {
        cursor->is_staged = false;
    }
}

void cursor_close(struct cursor *cursor)
{
    struct memory_budget *budget = cursor->file.budget;

    slotfile_close(&cursor->file);
    memory_give(budget, cursor->staged, cursor->room);
    cursor->staged = NULL;
    cursor->staged_size = cursor->room = 0;
    cursor->is_staged = false;
}
