/* The cursor of a tail: a text with the mark of each file. */
#include "base/hash.h"
#include "base/text.h"
#include "file/tailparts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char cursor_begin[] = "tail1:";

/* Of the pattern, so that a cursor is only used for the files that it is of. */
static uint64_t pattern_hash(const char *pattern)
{
    return hash_bytes(HASH_BASIS, pattern, strlen(pattern));
}

const char *tail_cursor(struct tail *tail, size_t *size)
{
    const size_t room = 64 + (tail->count + tail->lost_count) * FILEMARK_TEXT;
    size_t used;

    tail_settle(tail);
    if (room > tail->cursor_room) {
        char *grown = memory_resize(tail->budget, tail->cursor, tail->cursor_room, room);

        if (grown == NULL) {
            return NULL;
        }
        tail->cursor = grown;
        tail->cursor_room = room;
        tail->cursor_looked = 0;
    }
    if (tail->cursor_looked != tail->looked) { /* its begin is the same until the next look */
        tail->cursor_looked = tail->looked;
        tail->cursor_begin = (size_t)sprintf(tail->cursor, "%s%" PRIx64 ":%" PRIx64, cursor_begin,
                                             pattern_hash(tail->pattern), (uint64_t)tail->looked);
    }
    used = tail->cursor_begin;
    for (struct followed *file = tail->files; file != NULL; file = file->next) {
        file->mark.missed = file->named || file->mark.offset < (uint64_t)file->seen.st_size;
        used += filemark_write(&file->mark, tail->cursor + used);
    }
    for (size_t i = 0; i < tail->lost_count; i++) { /* a look that is not over yet */
        used += filemark_write(&tail->lost[i], tail->cursor + used);
    }
    *size = used;
    return tail->cursor;
}

/* Reads the begin of a cursor of that pattern. Returns what is behind it; NULL: it is none. */
static const char *read_begin(const char *pattern, const char *cursor, size_t size, int64_t *looked)
{
    char begin[64];
    uint64_t hash, time;
    int length = 0;

    if (size < sizeof(cursor_begin)) {
        return NULL;
    }
    snprintf(begin, sizeof(begin), "%.*s", (int)(size < 60 ? size : 60), cursor);
    if (sscanf(begin, "tail1:%" SCNx64 ":%" SCNx64 "%n", &hash, &time, &length) != 2 ||
        hash != pattern_hash(pattern)) {
        return NULL;
    }
    *looked = (int64_t)time;
    return cursor + length;
}

bool tail_knows(const char *pattern, const char *cursor, size_t size)
{
    int64_t looked;

    return read_begin(pattern, cursor, size, &looked) != NULL;
}

bool tail_read_cursor(struct tail *tail, const struct tail_options *options, char **problem)
{
    const char *end = options->cursor + options->cursor_size;
    const char *at = read_begin(options->pattern, options->cursor, options->cursor_size, &tail->looked);
    const size_t most = options->cursor_size / 10 + 1;

    if (at == NULL) {
        *problem =
            text_format("%s: expected a cursor of a tail of this path, got another text", options->pattern);
        return false;
    }
    tail->lost = memory_take(tail->budget, most * sizeof(*tail->lost));
    if (tail->lost == NULL) {
        return false;
    }
    tail->lost_room = most;
    while (at != end) {
        at = filemark_read(&tail->lost[tail->lost_count], at, end);
        if (at == NULL) {
            *problem = text_format("%s: the cursor is cut or broken", options->pattern);
            return false;
        }
        tail->lost_count++;
    }
    return true;
}
