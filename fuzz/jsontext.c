#include "jsontext.h"
#include "input.h"

static uint8_t text[JSONTEXT_BYTES];
static size_t length;

static void add(const char *bytes)
{
    size_t size = strlen(bytes);

    if (length + size <= JSONTEXT_BYTES) {
        memcpy(text + length, bytes, size);
        length += size;
    }
}

static void add_space(void)
{
    static const char *const spaces[] = {" ", "\n", "\t", "\r\n  ", "                                     "};

    if (input_once_in(8)) {
        add(INPUT_PICK(spaces));
    }
}

static void add_string(void)
{
    static const char *const parts[] = {
        "a",        "b",        "x y",     "\\\"",
        "\\\\",     "\\n",      "\\u0041", "\\u0000",
        "\\u001f",  "{",        "}",       "[",
        "]",        ",",        ":",       "\\ud83d\\ude00",
        "\\ud800",  "\xC3\xA4", "\\/",     "0123456789abcdef0123456789abcdef",
        "\\\\\\\"", "\xFF",
    };

    add("\"");
    for (unsigned i = input_below(6) * input_below(input_once_in(10) ? 20 : 4); i > 0; i--) {
        add(INPUT_PICK(parts));
    }
    add("\"");
}

static void add_key(void)
{
    static const char *const keys[] = {
        "a",        "a",    "b",        "b",    "c",
        "\\u0061",  "0",    "1",        "",     "x",
        "y",        "a/b",  "k\\\"q",   "verb", "\\u00e4",
        "\xC3\xA4", "user", "username", "spec", "long key that takes more than sixteen bytes"};

    if (input_once_in(16)) {
        add_string();
        return;
    }
    add("\"");
    add(INPUT_PICK(keys));
    add("\"");
}

static void add_scalar(void)
{
    static const char *const scalars[] = {
        "0",
        "-0",
        "1",
        "12",
        "-7",
        "1.50",
        "1e3",
        "1E-2",
        "9223372036854775807",
        "true",
        "true",
        "false",
        "null",
        "18446744073709551615",
        "18446744073709551616",
        "\"\"",
    };

    if (input_once_in(2)) {
        add_string();
    } else {
        add(INPUT_PICK(scalars));
    }
}

static void add_value(unsigned depth)
{
    bool object = input_once_in(2);

    if (depth == 0 || input_once_in(3)) {
        add_scalar();
        return;
    }
    add(object ? "{" : "[");
    for (unsigned i = 0, count = input_below(6); i < count; i++) {
        if (i > 0) {
            add(",");
        }
        add_space();
        if (object) {
            add_key();
            add_space();
            add(":");
            add_space();
        }
        add_value(depth - 1);
        add_space();
    }
    add(object ? "}" : "]");
}

/* More elements, or keys, than those that wait for their table (json_decode.c) or are remembered
 * (json_document.c). */
static void add_many(void)
{
    bool object = input_once_in(2);

    add(object ? "{" : "[");
    for (unsigned i = 0, count = input_below(200); i < count; i++) {
        if (i > 0) {
            add(",");
        }
        if (object) {
            add_key();
            add(":");
        }
        add_value(input_once_in(8) ? 1 : 0);
    }
    add(object ? "}" : "]");
}

/* Containers in containers, more than a block is long. */
static void add_depths(void)
{
    unsigned count = 1 + input_below(300);

    add("{\"b\":");
    for (unsigned i = 0; i < count; i++) {
        add(input_once_in(2) ? "[" : "{\"a\":");
    }
    add("0");
    for (unsigned i = 0; i < count; i++) {
        add(input_once_in(2) ? "]" : "}");
    }
    add(",\"a\":1}");
}

static void mutate(void)
{
    static const char structure[] = "\"\\{}[]:,\"\\{}[] \n0-.eEtfnu*/\x00\x01\x7F\xFF";

    if (length > 0) {
        size_t at = input_below((unsigned)length), other = input_below((unsigned)length);
        size_t size = 1 + input_below(input_once_in(4) ? 70 : 4);

        size = size > length - at ? length - at : size;
        switch (input_below(6)) {
        case 0:
            text[at] = (uint8_t)structure[input_below(sizeof(structure) - 1)];
            break;
        case 1:
            text[at] = (uint8_t)(text[at] ^ (1u << input_below(8)));
            break;
        case 2:
            memmove(text + at, text + at + size, length - at - size);
            length -= size;
            break;
        case 3:
            if (length < JSONTEXT_BYTES) {
                memmove(text + at + 1, text + at, length - at);
                text[at] = (uint8_t)structure[input_below(sizeof(structure) - 1)];
                length++;
            }
            break;
        case 4:
            size = size > length - other ? length - other : size;
            memmove(text + at, text + other, size);
            break;
        default:
            length = at;
        }
    }
}

const uint8_t *jsontext_of(const uint8_t *data, size_t *size)
{
    if (*size == 0 || data[0] < 0x80) {
        return data;
    }
    input_begin(data, *size);
    length = 0;
    switch (input_below(256) % 16) {
    case 0:
        add_depths();
        break;
    case 1:
        add_many();
        break;
    default:
        add_space();
        add_value(1 + input_below(7));
        add_space();
    }
    for (unsigned i = 0; i < 4 && input_left() > 0; i++) {
        mutate();
    }
    *size = length;
    return text;
}
