#include "file/filemark.h"

#include "base/hash.h"

#include <string.h>

uint64_t filemark_hash(const void *bytes, size_t size)
{
    const char *at = bytes;
    uint64_t hash = HASH_BASIS ^ size, word;

    /* eight bytes at once: it is computed for every line */
    for (; size >= sizeof(word); size -= sizeof(word), at += sizeof(word)) {
        memcpy(&word, at, sizeof(word));
        hash = (hash ^ word) * UINT64_C(0x9fb21c651e98df25);
        hash ^= hash >> 32;
    }
    return hash_bytes(hash, at, size);
}

/* The hash of so many bytes of the file. False: it does not have them. */
static bool hash_of(struct filesource *source, uint64_t position, size_t size, uint64_t *hash)
{
    char bytes[FILEMARK_HEAD];

    if (size > 0 && filesource_read(source, bytes, size, position) != (ssize_t)size) {
        return false;
    }
    *hash = filemark_hash(bytes, size);
    return true;
}

void filemark_move(struct filemark *mark, uint64_t offset, const char *at)
{
    mark->offset = offset;
    mark->last = filemark_hash(at - filemark_last(offset), filemark_last(offset));
}

bool filemark_grow(struct filemark *mark, struct filesource *source)
{
    char bytes[FILEMARK_HEAD];
    const ssize_t got = filesource_read(source, bytes, sizeof(bytes), 0);

    if (got < (ssize_t)mark->head_size || filemark_hash(bytes, mark->head_size) != mark->head) {
        return false;
    }
    mark->head_size = (size_t)got;
    mark->head = filemark_hash(bytes, mark->head_size);
    return true;
}

bool filemark_set(struct filemark *mark, struct filesource *source, uint64_t offset)
{
    mark->offset = offset;
    return hash_of(source, offset - filemark_last(offset), filemark_last(offset), &mark->last);
}

bool filemark_has_head(const struct filemark *mark, struct filesource *source)
{
    uint64_t hash;

    return mark->head_size > 0 && mark->head_size <= FILEMARK_HEAD &&
           hash_of(source, 0, (size_t)mark->head_size, &hash) && hash == mark->head;
}

bool filemark_fits(const struct filemark *mark, struct filesource *source)
{
    const size_t size = filemark_last(mark->offset);
    uint64_t hash;

    return (mark->head_size == 0 || filemark_has_head(mark, source)) &&
           hash_of(source, mark->offset - size, size, &hash) && hash == mark->last;
}

/* Writes the number and a character before it. Returns where it ends. */
static char *write_number(char *to, char before, uint64_t number)
{
    int digits = 1;

    while (digits < 16 && number >> (4 * digits) != 0) {
        digits++;
    }
    *to++ = before;
    while (digits-- > 0) {
        *to++ = "0123456789abcdef"[number >> (4 * digits) & 15];
    }
    return to;
}

size_t filemark_write(const struct filemark *mark, char *to)
{
    const uint64_t numbers[] = {mark->inode, mark->offset, mark->head_size,
                                mark->head,  mark->last,   mark->missed};
    char *at = write_number(to, ';', mark->device);

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        at = write_number(at, ':', numbers[i]);
    }
    return (size_t)(at - to);
}

/* Reads up to 16 hexadecimal digits. NULL: there are none. */
static const char *read_number(uint64_t *number, const char *text, const char *end)
{
    const char *at = text;

    *number = 0;
    for (; at < end && at - text < 16; at++) {
        const char digit = *at;

        if (digit >= '0' && digit <= '9') {
            *number = *number << 4 | (uint64_t)(digit - '0');
        } else if (digit >= 'a' && digit <= 'f') {
            *number = *number << 4 | (uint64_t)(digit - 'a' + 10);
        } else {
            break;
        }
    }
    return at > text ? at : NULL;
}

const char *filemark_read(struct filemark *mark, const char *text, const char *end)
{
    uint64_t *const numbers[] = {&mark->device, &mark->inode, &mark->offset, &mark->head_size,
                                 &mark->head,   &mark->last,  &mark->missed};

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (text == NULL || text == end || *text != (i == 0 ? ';' : ':')) {
            return NULL;
        }
        text = read_number(numbers[i], text + 1, end);
    }
    return text;
}
