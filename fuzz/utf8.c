/*
 * utf8: makes texts of good and bad bytes, and fails where a form (base/utf8.h) is not what a decoder of one
 * byte after the other, the one of the WHATWG's Encoding Standard, makes of it; where Lua's utf8.len does not
 * take it; where it is another form when it is made again, or holds what it may not; or where a text that is
 * cut is not the begin of the whole. Each text ends where its memory ends.
 */
#include "base/utf8.h"
#include "input.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_BYTES 160u
#define MOST_SHOWN (6u * MOST_BYTES + 1)

static char text[MOST_BYTES];
static size_t length;

static _Noreturn void fail(const char *what, enum utf8_form form)
{
    fprintf(stderr, "%s, form %d, %zu bytes:", what, (int)form, length);
    for (size_t i = 0; i < length; i++) {
        fprintf(stderr, " %02x", (unsigned char)text[i]);
    }
    fputc('\n', stderr);
    abort();
}

static void add(const char *bytes, size_t size)
{
    size = size < MOST_BYTES - length ? size : MOST_BYTES - length;
    memcpy(text + length, bytes, size);
    length += size;
}

static void make_text(void)
{
    static const char *const parts[] = {
        "\xC3\xA4",
        "\xE2\x82\xAC",
        "\xF0\x9F\x98\x80",
        "\xEF\xBF\xBD",
        "\xC2\x80",
        "\xC2\x9B",
        "\xC2\x9F",
        "\xC2\xA0",
        "\xE2\x80\xA8",
        "\xE2\x80\xA9",
        "\xDF\xBF",
        "\xE0\xA0\x80",
        "\xED\x9F\xBF",
        "\xEE\x80\x80",
        "\xEF\xBF\xBF",
        "\xF0\x90\x80\x80",
        "\xF4\x8F\xBF\xBF",
        "\xC0\xAF",
        "\xC1\xBF",
        "\xE0\x80\xAF",
        "\xE0\x9F\xBF",
        "\xED\xA0\x80",
        "\xED\xBF\xBF",
        "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80",
        "\xF5\x80\x80\x80",
        "\xFF",
        "\xFE",
        "\x80",
        "\xBF",
        "\xC3",
        "\xE2\x82",
        "\xF0\x9F\x98",
        "\xF0\x9F",
        "\n",
        "\n\t",
        "\n\n",
        "\t",
        "\r\n",
        "\x1B[31m",
        "\x7F",
        "\xE2\x80\xAE",
        "\xE2\x80\xAF",
        "\xC2\xAD",
        "\xF3\xA0\x81\x81",
        "0123456789abcdef",
        "0123456789abcde",
    };
    unsigned count = input_below(8);

    length = 0;
    for (unsigned i = 0; i < count; i++) {
        const char *part = parts[input_below(sizeof(parts) / sizeof(parts[0]))];
        char byte;

        switch (input_below(5)) {
        case 0: /* so that what comes stands anywhere in a block */
            add("plain text that has more than thirty-two bytes, or sixty-four: so many and then some more",
                input_below(80));
            break;
        case 1:
            byte = (char)input_below(256);
            add(&byte, 1);
            break;
        case 2:
            add("", 1);
            break;
        default:
            add(part, strlen(part));
        }
    }
}

/* ---- the reference ---- */

struct decoder {
    unsigned needed, lower, upper;
    uint32_t character;
};

#define WANTS_MORE UINT32_MAX
#define BAD        (UINT32_MAX - 1) /* where more bytes were needed, the byte is read again */

static uint32_t decode(struct decoder *decoder, unsigned char byte)
{
    if (decoder->needed == 0) {
        decoder->lower = 0x80;
        decoder->upper = 0xBF;
        if (byte <= 0x7F) {
            return byte;
        }
        if (byte >= 0xC2 && byte <= 0xDF) {
            decoder->needed = 1;
            decoder->character = byte & 0x1Fu;
        } else if (byte >= 0xE0 && byte <= 0xEF) {
            decoder->lower = byte == 0xE0 ? 0xA0 : 0x80;
            decoder->upper = byte == 0xED ? 0x9F : 0xBF;
            decoder->needed = 2;
            decoder->character = byte & 0xFu;
        } else if (byte >= 0xF0 && byte <= 0xF4) {
            decoder->lower = byte == 0xF0 ? 0x90 : 0x80;
            decoder->upper = byte == 0xF4 ? 0x8F : 0xBF;
            decoder->needed = 3;
            decoder->character = byte & 7u;
        } else {
            return BAD;
        }
        return WANTS_MORE;
    }
    if (byte < decoder->lower || byte > decoder->upper) {
        return BAD;
    }
    decoder->lower = 0x80;
    decoder->upper = 0xBF;
    decoder->character = decoder->character << 6 | (byte & 0x3Fu);
    return --decoder->needed == 0 ? decoder->character : WANTS_MORE;
}

static bool is_hidden(uint32_t character)
{
    bool found = false;

    for (const struct utf8_range *range = utf8_hidden; range->first != 0; range++) {
        found = found || (character >= range->first && character <= range->last);
    }
    return found;
}

/* What one character becomes; `rest` is what comes behind it. */
static char *show(char *to, uint32_t character, const char *from, size_t bytes, const char *rest,
                  enum utf8_form form)
{
    const char *end = text + length;
    bool control = character < 0x20 || character == 0x7F;

    if (character == BAD) {
        return stpcpy(to, "\xEF\xBF\xBD");
    }
    if (character == 0) {
        return stpcpy(to, "\\u0000");
    }
    if (form != UTF8_TEXT && is_hidden(character)) {
        return to + sprintf(to, "\\u{%x}", (unsigned)character);
    }
    if (form == UTF8_MESSAGE && character == '\n') {
        while (rest < end && *rest == '\n') {
            rest++;
        }
        if (rest == end) {
            return to;
        }
        *to++ = '\n';
        if (from[1] != '\t') {
            *to++ = '\t';
        }
        return to;
    }
    if (form == UTF8_TEXT || !control || (form == UTF8_MESSAGE && character == '\t')) {
        memcpy(to, from, bytes);
        return to + bytes;
    }
    switch (character) {
    case '\n':
        return stpcpy(to, "\\n");
    case '\r':
        return stpcpy(to, "\\r");
    case '\t':
        return stpcpy(to, "\\t");
    default:
        return to + sprintf(to, "\\x%02x", (unsigned)character);
    }
}

static size_t refer(char *to, enum utf8_form form)
{
    struct decoder decoder = {0};
    char *begin = to;
    const char *from = text;

    for (const char *at = text; at < text + length;) {
        bool needed = decoder.needed > 0;
        uint32_t character = decode(&decoder, (unsigned char)*at);

        if (character == BAD && needed) {
            decoder.needed = 0;
        } else {
            at++;
        }
        if (character != WANTS_MORE) {
            to = show(to, character, from, (size_t)(at - from), at, form);
            from = at;
        }
    }
    if (decoder.needed > 0) {
        to = stpcpy(to, "\xEF\xBF\xBD");
    }
    return (size_t)(to - begin);
}

/* ---- checks ---- */

static bool lua_takes(lua_State *L, const char *bytes, size_t size)
{
    bool takes;

    lua_pushvalue(L, 1);               /* len, len */
    lua_pushlstring(L, bytes, size);   /* len, len, text */
    lua_call(L, 1, 1);                 /* len, count */
    takes = lua_isinteger(L, -1) != 0; /* nil: it is not valid */
    lua_pop(L, 1);                     /* len */
    return takes;
}

static void check_cut(const char *given, const char *whole, size_t size, enum utf8_form form, lua_State *L)
{
    size_t room = 1 + input_below((unsigned)size + 4), written;
    char *cut = malloc(room);

    written = utf8_write(cut, room, given, length, form);
    if (written >= room || written > size || memcmp(cut, whole, written) != 0 || cut[written] != '\0' ||
        (form == UTF8_MESSAGE && written > 0 && cut[written - 1] == '\n') ||
        (room > size && written != size) || !lua_takes(L, cut, written)) {
        fail("a text that is cut is no begin of the whole", form);
    }
    /* the longest escape, \u{e0001}, and a NUL */
    if (size > written + 10 && written + 10 < room) {
        fail("more of it would have had room", form);
    }
    free(cut);
}

static void check_form(const char *given, enum utf8_form form, lua_State *L)
{
    char expected[MOST_SHOWN], written[MOST_SHOWN], again[MOST_SHOWN];
    size_t wanted = refer(expected, form), size = utf8_write(written, sizeof(written), given, length, form);
    size_t clean = utf8_clean(given, length, form);

    if (size != wanted || memcmp(expected, written, size) != 0 || written[size] != '\0' ||
        utf8_write(NULL, 0, given, length, form) != size) {
        fail("it is not what the reference says", form);
    }
    if ((clean == length) != (size == length && memcmp(given, written, size) == 0) ||
        memcmp(given, written, clean) != 0) {
        fail("it is found clean, or not, and is the other", form);
    }
    if (utf8_write(again, sizeof(again), written, size, form) != size || memcmp(again, written, size) != 0 ||
        utf8_clean(written, size, form) != size) {
        fail("it is another one when it is made again", form);
    }
    if (!lua_takes(L, written, size) || memchr(written, '\0', size) != NULL) {
        fail("it is not UTF-8 without NUL", form);
    }
    check_cut(given, written, size, form, L);
}

static void check_copy(const char *given)
{
    char *copy = malloc(length + 1);
    bool plain = true;

    for (size_t i = 0; i < length; i++) {
        plain = plain && (unsigned char)given[i] - 1u < 0x7F;
    }
    if (utf8_copy_ascii(copy, given, length) != plain || (plain && memcmp(copy, given, length) != 0)) {
        fail("a copy of ASCII is wrong", UTF8_TEXT);
    }
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static lua_State *L;
    char *given;

    if (L == NULL) {
        L = luaL_newstate();
        luaL_openlibs(L);
        lua_getglobal(L, "utf8");  /* utf8 */
        lua_getfield(L, 1, "len"); /* utf8, len */
        lua_remove(L, 1);          /* len */
    }
    input_begin(data, size);
    make_text();
    given = malloc(length + (length == 0));
    memcpy(given, text, length);
    check_form(given, UTF8_TEXT, L);
    check_form(given, UTF8_MESSAGE, L);
    check_form(given, UTF8_LINE, L);
    check_copy(given);
    free(given);
    return 0;
}
