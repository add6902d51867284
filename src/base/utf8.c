#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

/* Longest escape of one character: \u{e0001} */
#define LONGEST_SHOWN 9u

/* Inlined into callers that pass constants, so that each form has a specialized loop. */
#define TEMPLATE static inline __attribute__((always_inline))

/* ---- plain bytes ---- */

/* True if one of eight bytes is not ASCII, or is below `least`, which is at most 0x20. */
static inline bool has_below(uint64_t bytes, unsigned least)
{
    return (((bytes - EACH_BYTE(least)) | bytes) & EACH_BYTE(0x80)) != 0;
}

static inline bool is_plain(unsigned char byte, enum utf8_form form)
{
    return form == UTF8_TEXT ? byte - 1u < 0x7F : byte >= ' ' && byte < 0x7F;
}

#if defined(__SSE2__)
/* A mask of those of sixteen bytes that are not plain. As signed bytes, those that are not ASCII are
 * negative. */
TEMPLATE __m128i find_odd(const char *at, enum utf8_form form)
{
    const __m128i bytes = _mm_loadu_si128((const __m128i *)at);
    const __m128i odd = _mm_cmplt_epi8(bytes, _mm_set1_epi8(form == UTF8_TEXT ? 1 : ' '));

    return form == UTF8_TEXT ? odd : _mm_or_si128(odd, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7F)));
}

/* Skips plain text, sixteen bytes at a time (the last block may overlap), or up to the first block that is
 * not plain. */
TEMPLATE const char *skip_sixteens(const char *at, const char *end, enum utf8_form form)
{
    const char *begin = at;

    for (; end - at >= 64; at += 64) {
        const __m128i first = _mm_or_si128(find_odd(at, form), find_odd(at + 16, form));
        const __m128i last = _mm_or_si128(find_odd(at + 32, form), find_odd(at + 48, form));

        if (_mm_movemask_epi8(_mm_or_si128(first, last)) != 0) {
            break;
        }
    }
    for (; end - at >= 16; at += 16) {
        unsigned odd = (unsigned)_mm_movemask_epi8(find_odd(at, form));

        if (odd != 0) {
            return at + __builtin_ctz(odd);
        }
    }
    return end - begin >= 16 && _mm_movemask_epi8(find_odd(end - 16, form)) == 0 ? end : at;
}
#else
#define skip_sixteens(at, end, form) (at)
#endif

/* The first byte that needs care in the form, or `end`. */
TEMPLATE const char *skip_plain(const char *at, const char *end, enum utf8_form form)
{
    at = skip_sixteens(at, end, form);
    for (; end - at >= 8; at += 8) {
        uint64_t bytes;

        memcpy(&bytes, at, sizeof(bytes));
        if (has_below(bytes, form == UTF8_TEXT ? 1 : ' ') ||
            (form != UTF8_TEXT && has_below(bytes ^ EACH_BYTE(0x7F), 1))) {
            break;
        }
    }
    while (at < end && is_plain((unsigned char)*at, form)) {
        at++;
    }
    return at;
}

/* Copies eight bytes; true if all of them are plain. */
static inline bool copy_eight(char *to, const char *from)
{
    uint64_t bytes;

    memcpy(&bytes, from, sizeof(bytes));
    memcpy(to, &bytes, sizeof(bytes));
    return !has_below(bytes, 1);
}

/* The same of less than eight. */
static inline bool copy_few(char *to, const char *from, size_t length)
{
    uint32_t first, last;

    if (length >= sizeof(first)) { /* the first four and the last four */
        memcpy(&first, from, sizeof(first));
        memcpy(&last, from + length - sizeof(last), sizeof(last));
        memcpy(to, &first, sizeof(first));
        memcpy(to + length - sizeof(last), &last, sizeof(last));
        return !has_below((uint64_t)last << 32 | first, 1);
    }
    for (size_t i = 0; i < length; i++) {
        to[i] = from[i];
        if (!is_plain((unsigned char)from[i], UTF8_TEXT)) {
            return false;
        }
    }
    return true;
}

#if defined(__SSE2__)
#define STEP 16u

/* The same of sixteen. */
static inline bool copy_step(char *to, const char *from)
{
    _mm_storeu_si128((__m128i *)to, _mm_loadu_si128((const __m128i *)from));
    return _mm_movemask_epi8(find_odd(from, UTF8_TEXT)) == 0;
}
#else
#define STEP      8u
#define copy_step copy_eight
#endif

bool utf8_copy_ascii(char *to, const char *from, size_t length)
{
    if (length >= STEP) {
        for (size_t i = 0; i + STEP < length; i += STEP) {
            if (!copy_step(to + i, from + i)) {
                return false;
            }
        }
        return copy_step(to + length - STEP, from + length - STEP); /* some of them once more */
    }
    if (length >= 8) {
        bool first = copy_eight(to, from);

        return copy_eight(to + length - 8, from + length - 8) && first;
    }
    return copy_few(to, from, length);
}

/* ---- characters ---- */

/* What may follow a first byte: the number of bytes, and the range of the second one (Unicode, table 3-7). */
struct sequence {
    unsigned char first, last; /* of the first byte */
    unsigned char more;
    unsigned char least, most; /* of the second */
};

static const struct sequence sequences[] = {
    {0x00, 0x7F, 0, 0, 0},       {0xC2, 0xDF, 1, 0x80, 0xBF}, {0xE0, 0xE0, 2, 0xA0, 0xBF},
    {0xE1, 0xEC, 2, 0x80, 0xBF}, {0xED, 0xED, 2, 0x80, 0x9F}, {0xEE, 0xEF, 2, 0x80, 0xBF},
    {0xF0, 0xF0, 3, 0x90, 0xBF}, {0xF1, 0xF3, 3, 0x80, 0xBF}, {0xF4, 0xF4, 3, 0x80, 0x8F},
};

/* A character, or an ill-formed part that is replaced by U+FFFD. */
struct character {
    size_t length;
    uint32_t number; /* where it is well formed */
    bool good;
};

/* Is it a byte that no character begins with? */
static inline bool is_ill_formed(unsigned char byte)
{
    return (byte >= 0x80 && byte < 0xC2) || byte > 0xF4;
}

static struct character read_character(const char *text, const char *end)
{
    const unsigned char *at = (const unsigned char *)text;
    const struct sequence *sequence = sequences;
    struct character read = {1, *at, false};

    if (is_ill_formed(*at)) {
        return read;
    }
    while (*at > sequence->last) {
        if (++sequence == sequences + sizeof(sequences) / sizeof(sequences[0])) {
            return read;
        }
    }
    if (*at < sequence->first) {
        return read;
    }
    read.number &= sequence->more == 0 ? 0x7Fu : 0x3Fu >> sequence->more; /* the first byte's part of it */
    for (size_t i = 1; i <= sequence->more; i++) {
        unsigned char least = i == 1 ? sequence->least : 0x80, most = i == 1 ? sequence->most : 0xBF;

        if (text + i == end || at[i] < least || at[i] > most) {
            return read;
        }
        read.number = read.number << 6 | (at[i] & 0x3Fu);
        read.length++;
    }
    read.good = true;
    return read;
}

const struct utf8_range utf8_hidden[] = {
    {0x80, 0x9F},     {0xAD, 0xAD},       {0x34F, 0x34F},     {0x61C, 0x61C},     {0x115F, 0x1160},
    {0x17B4, 0x17B5}, {0x180B, 0x180F},   {0x200B, 0x200F},   {0x2028, 0x202E},   {0x2060, 0x206F},
    {0x3164, 0x3164}, {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},
    {0xFFFE, 0xFFFF}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}, {0, 0},
};

static bool is_hidden(uint32_t number)
{
    const struct utf8_range *range = utf8_hidden;

    while (range->first != 0 && number > range->last) {
        range++;
    }
    return range->first != 0 && number >= range->first;
}

/* True if the character at `at` need not be escaped. */
static bool is_allowed(const char *at, const char *end, const struct character *character,
                       enum utf8_form form)
{
    uint32_t number = character->number;

    if (!character->good || number == 0) {
        return false;
    }
    if (form == UTF8_TEXT) {
        return true;
    }
    if (form == UTF8_MESSAGE && number == '\n') {
        return end - at > 1 && at[1] == '\t';
    }
    return (form == UTF8_MESSAGE && number == '\t') ||
           (number >= ' ' && number != 0x7F && !is_hidden(number));
}

/* Writes the escape of such a character; returns its length. */
static size_t write_escape(char shown[LONGEST_SHOWN + 1], const struct character *character,
                           enum utf8_form form)
{
    static const char names[] = "\n\r\t", letters[] = "nrt";
    uint32_t number = character->number;
    const char *name;

    if (!character->good) {
        memcpy(shown, "\xEF\xBF\xBD", 4);
        return 3;
    }
    if (number == 0) {
        memcpy(shown, "\\u0000", 7);
        return 6;
    }
    if (number > 0x7F) {
        return (size_t)snprintf(shown, LONGEST_SHOWN + 1, "\\u{%x}", (unsigned)number);
    }
    if (form == UTF8_MESSAGE && number == '\n') {
        memcpy(shown, "\n\t", 3);
        return 2;
    }
    name = strchr(names, (int)number);
    return (size_t)(name != NULL ? snprintf(shown, LONGEST_SHOWN + 1, "\\%c", letters[name - names])
                                 : snprintf(shown, LONGEST_SHOWN + 1, "\\x%02x", (unsigned)number));
}

TEMPLATE size_t clean(const char *text, size_t length, enum utf8_form form)
{
    const char *at = text, *end = text + length;

    for (;;) {
        struct character character;

        at = skip_plain(at, end, form);
        if (at == end) {
            return length;
        }
        character = read_character(at, end);
        if (!is_allowed(at, end, &character, form)) {
            return (size_t)(at - text);
        }
        at += character.length;
    }
}

size_t utf8_clean(const char *text, size_t length, enum utf8_form form)
{
    switch (form) {
    case UTF8_TEXT:
        return clean(text, length, UTF8_TEXT);
    case UTF8_MESSAGE:
        return clean(text, length, UTF8_MESSAGE);
    case UTF8_LINE:
        break;
    }
    return clean(text, length, UTF8_LINE);
}

bool utf8_is_name(const char *text, size_t length)
{
    return length > 0 && utf8_clean(text, length, UTF8_LINE) == length;
}

/* How many of these sanitized bytes fit: whole characters, and no line break of a message without its tab. */
static size_t fitting_length(const char *text, size_t length, size_t room, enum utf8_form form)
{
    if (length <= room) {
        return length;
    }
    while (room > 0 &&
           (((unsigned char)text[room] & 0xC0) == 0x80 || (form == UTF8_MESSAGE && text[room - 1] == '\n'))) {
        room--;
    }
    return room;
}

size_t utf8_write(char *to, size_t size, const char *text, size_t length, enum utf8_form form)
{
    const char *at = text, *end = text + length;
    size_t room = to != NULL ? size - 1 : SIZE_MAX, written = 0;

    while (form == UTF8_MESSAGE && end > text && end[-1] == '\n') {
        end--;
    }
    while (at < end) {
        size_t good = utf8_clean(at, (size_t)(end - at), form),
               fits = fitting_length(at, good, room - written, form);
        char shown[LONGEST_SHOWN + 1];
        struct character character;

        if (to != NULL) {
            memcpy(to + written, at, fits);
        }
        written += fits;
        at += good;
        if (fits < good || at == end) {
            break;
        }
        do { /* those that are behind it at once */
            character = read_character(at, end);
            fits = write_escape(shown, &character, form);
            if (fits > room - written) {
                goto full;
            }
            if (to != NULL) {
                memcpy(to + written, shown, fits);
            }
            written += fits;
            at += character.length;
        } while (at < end && is_ill_formed((unsigned char)*at));
    }
full:
    if (to != NULL) {
        to[written] = '\0';
    }
    return written;
}

char *utf8_copy(const char *text, size_t length, enum utf8_form form)
{
    size_t size = utf8_write(NULL, 0, text, length, form) + 1;
    char *copy = malloc(size);

    if (copy != NULL) {
        utf8_write(copy, size, text, length, form);
    }
    return copy;
}
