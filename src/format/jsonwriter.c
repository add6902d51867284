#include "format/jsonwriter.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* Room for what a payload becomes, most often. */
#define ROOM(size) ((size) + (size) / 2 + 256)

/* A byte in an escape of six. */
#define ESCAPED 6

void json_writer_open(struct json_writer *writer, struct pool *pool, const char *payload, size_t size)
{
    const size_t room = ROOM(size);

    *writer = (struct json_writer){.pool = pool, .payload = payload, .origins = writer->origins};
    writer->text = writer->at = pool_take(pool, room);
    writer->no_memory = writer->text == NULL;
    writer->end = writer->text != NULL ? writer->text + room : NULL;
}

bool json_writer_grow(struct json_writer *writer, size_t size)
{
    const size_t used = (size_t)(writer->at - writer->text),
                 room = 2 * (size_t)(writer->end - writer->text) + size;
    char *text = writer->no_memory ? NULL : pool_take(writer->pool, room);

    if (text == NULL) {
        writer->no_memory = true;
        return false;
    }
    memcpy(text, writer->text, used);
    writer->text = text;
    writer->at = text + used;
    writer->end = text + room;
    return true;
}

/* Room for so many bytes more. */
static inline bool has_room(struct json_writer *writer, size_t size)
{
    return (size_t)(writer->end - writer->at) >= size || json_writer_grow(writer, size);
}

static inline void put_byte(struct json_writer *writer, char byte)
{
    if (has_room(writer, 1)) {
        *writer->at++ = byte;
    }
}

/* The first byte that needs an escape, or `end`. */
static const char *plain_end(const char *at, const char *end)
{
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20) {
        at++;
    }
    return at;
}

#define EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

/* True if none of eight bytes needs an escape; the others may be taken for some that do. */
static inline bool is_plain(uint64_t bytes)
{
    const uint64_t quotes = bytes ^ EACH_BYTE('"'), slashes = bytes ^ EACH_BYTE('\\');
    const uint64_t special = ((bytes - EACH_BYTE(0x20)) & ~bytes) | ((quotes - EACH_BYTE(1)) & ~quotes) |
                             ((slashes - EACH_BYTE(1)) & ~slashes);

    return (special & EACH_BYTE(0x80)) == 0;
}

/* Copies bytes, while none needs an escape, eight at a time: those of the last may overlap the ones before.
 * Returns how many; perhaps not all that could be. */
static size_t copy_plain(char *to, const char *from, size_t length)
{
    size_t at = 0;
    uint64_t bytes;

#if defined(__SSE2__)
    for (; length - at >= 16; at += 16) {
        const __m128i sixteen = _mm_loadu_si128((const __m128i *)(from + at));
        const __m128i low = _mm_cmpeq_epi8(_mm_max_epu8(sixteen, _mm_set1_epi8(0x1F)), _mm_set1_epi8(0x1F));
        const __m128i quotes = _mm_cmpeq_epi8(sixteen, _mm_set1_epi8('"')),
                      slashes = _mm_cmpeq_epi8(sixteen, _mm_set1_epi8('\\'));

        const int special = _mm_movemask_epi8(_mm_or_si128(low, _mm_or_si128(quotes, slashes)));

        _mm_storeu_si128((__m128i *)(to + at), sixteen); /* there is room; who goes on writes over the rest */
        if (special != 0) {
            return at + (size_t)__builtin_ctz((unsigned)special);
        }
    }
#endif
    for (; length >= 8 && at < length; at += 8) {
        at = length - at < 8 ? length - 8 : at;
        memcpy(&bytes, from + at, 8);
        if (!is_plain(bytes)) {
            return at;
        }
        memcpy(to + at, &bytes, 8);
    }
    if (length < 8 && length >= 4) {
        uint32_t first, last;

        memcpy(&first, from, 4);
        memcpy(&last, from + length - 4, 4);
        if (is_plain((uint64_t)last << 32 | first)) {
            memcpy(to, &first, 4);
            memcpy(to + length - 4, &last, 4);
            return length;
        }
    }
    for (; at < length && from[at] != '"' && from[at] != '\\' && (unsigned char)from[at] >= 0x20; at++) {
        to[at] = from[at];
    }
    return at;
}

static void put_escaped(struct json_writer *writer, unsigned char byte)
{
    static const char digits[] = "0123456789abcdef";

    if (!has_room(writer, ESCAPED)) {
        return;
    }
    *writer->at++ = '\\';
    if (byte >= 0x20) {
        *writer->at++ = (char)byte;
        return;
    }
    memcpy(writer->at, "u00", 3);
    writer->at[3] = digits[byte >> 4];
    writer->at[4] = digits[byte & 0xF];
    writer->at += ESCAPED - 1;
}

void json_put(struct json_writer *writer, const char *run, size_t length)
{
    const char *end = run + length;

    while (run < end) {
        size_t plain;

        if (!has_room(writer, (size_t)(end - run))) {
            return;
        }
        plain = copy_plain(writer->at, run, (size_t)(end - run));
        writer->at += plain;
        run += plain;
        plain = (size_t)(plain_end(run, end) - run); /* up to what needs an escape, a few bytes */
        memcpy(writer->at, run, plain);
        writer->at += plain;
        run += plain;
        if (run < end) {
            put_escaped(writer, (unsigned char)*run++);
        }
    }
}

/* The comma, where it is needed before what comes. */
static inline void separate(struct json_writer *writer)
{
    if (writer->separate) {
        put_byte(writer, ',');
    }
    writer->separate = true;
}

void json_write_bracket(struct json_writer *writer, char bracket)
{
    const bool opens = bracket == '{' || bracket == '[';

    if (opens) {
        separate(writer);
    }
    put_byte(writer, bracket);
    writer->separate = !opens;
}

void json_write_key(struct json_writer *writer, const char *key, size_t length)
{
    separate(writer);
    if (has_room(writer, length + 3) && copy_plain(writer->at + 1, key, length) == length) {
        *writer->at = '"';
        memcpy(writer->at + 1 + length, "\":", 2);
        writer->at += length + 3;
    } else {
        put_byte(writer, '"');
        json_put(writer, key, length);
        put_byte(writer, '"');
        put_byte(writer, ':');
    }
    writer->separate = false;
}

void json_write_column(struct json_writer *writer, const char *name, size_t length, size_t number)
{
    char digits[24], *first = digits + sizeof(digits);

    if (length == 0) {
        do {
            *--first = (char)('0' + number % 10);
            number /= 10;
        } while (number > 0);
        length = (size_t)(digits + sizeof(digits) - first);
        name = first;
    }
    json_write_key(writer, name, length);
}

void json_write_word(struct json_writer *writer, const char *word)
{
    const size_t length = strlen(word);

    separate(writer);
    if (has_room(writer, length)) {
        memcpy(writer->at, word, length);
        writer->at += length;
    }
}

/* False: out of memory. */
static bool take_origin(struct json_writer *writer)
{
    struct json_origins *origins = writer->origins;

    if (origins->count == origins->room) {
        const size_t room = origins->room == 0 ? 16 : 2 * origins->room;
        struct json_origin *list = pool_take(writer->pool, room * sizeof(*list));

        if (list == NULL) {
            return false;
        }
        if (origins->count > 0) {
            memcpy(list, origins->list, origins->count * sizeof(*list));
        }
        origins->list = list;
        origins->room = room;
    }
    origins->count++;
    return true;
}

void json_begin_text(struct json_writer *writer, const char *from)
{
    separate(writer);
    if (writer->origins != NULL) {
        if (take_origin(writer)) {
            writer->origins->list[writer->origins->count - 1] = (struct json_origin){
                .place = (uint32_t)(writer->at - writer->text), .start = (uint32_t)(from - writer->payload)};
        } else {
            writer->no_memory = true;
        }
    }
    put_byte(writer, '"');
}

void json_end_text(struct json_writer *writer, const char *to)
{
    put_byte(writer, '"');
    if (writer->origins != NULL && writer->origins->count > 0) {
        struct json_origin *origin = &writer->origins->list[writer->origins->count - 1];

        origin->length = (uint32_t)(to - writer->payload) - origin->start;
    }
}

bool json_write_plain(struct json_writer *writer, const char *from, const char *to)
{
    const size_t length = (size_t)(to - from), comma = writer->separate;

    if (writer->origins != NULL || !has_room(writer, length + 3) ||
        copy_plain(writer->at + comma + 1, from, length) != length) {
        return false;
    }
    writer->at[0] = ',';
    writer->at[comma] = writer->at[comma + 1 + length] = '"';
    writer->at += comma + length + 2;
    writer->separate = true;
    return true;
}

void json_write_text(struct json_writer *writer, const char *from, const char *to)
{
    if (!json_write_plain(writer, from, to)) {
        json_begin_text(writer, from);
        json_put(writer, from, (size_t)(to - from));
        json_end_text(writer, to);
    }
}
