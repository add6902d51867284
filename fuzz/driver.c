/*
 * json_paths [ROUNDS [SEED]] [--file FILE]
 * Runs the fuzz target over texts made here: documents of all kinds, and what mutations make of them. The
 * same arguments run the same texts; --file runs one text, as libFuzzer leaves it where something is wrong.
 */
#include "random.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST_BYTES 8192u

static uint8_t text[MOST_BYTES];
static size_t length;

static void add(const char *bytes)
{
    size_t size = strlen(bytes);

    if (length + size <= MOST_BYTES) {
        memcpy(text + length, bytes, size);
        length += size;
    }
}

static void add_space(void)
{
    static const char *const spaces[] = {" ", "\n", "\t", "\r\n  ", "                                     "};

    if (once_in(8)) {
        add(PICK(spaces));
    }
}

static void add_string(void)
{
    static const char *const parts[] = {
        "a",
        "b",
        "x y",
        "\\\"",
        "\\\\",
        "\\n",
        "\\u0041",
        "\\u0000",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\\ud83d\\ude00",
        "\\ud800",
        "\xC3\xA4",
        "\\/",
        "0123456789abcdef0123456789abcdef",
        "\\\\\\\"",
        "\xFF",
    };

    add("\"");
    for (unsigned i = random_below(6) * random_below(once_in(10) ? 20 : 4); i > 0; i--) {
        add(PICK(parts));
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

    if (once_in(16)) {
        add_string();
        return;
    }
    add("\"");
    add(PICK(keys));
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

    if (once_in(2)) {
        add_string();
    } else {
        add(PICK(scalars));
    }
}

static void add_value(unsigned depth)
{
    bool object = once_in(2);

    if (depth == 0 || once_in(3)) {
        add_scalar();
        return;
    }
    add(object ? "{" : "[");
    for (unsigned i = 0, count = random_below(6); i < count; i++) {
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

/* Containers in containers, more than a block is long. */
static void add_depths(void)
{
    unsigned count = 1 + random_below(300);

    add("{\"b\":");
    for (unsigned i = 0; i < count; i++) {
        add(once_in(2) ? "[" : "{\"a\":");
    }
    add("0");
    for (unsigned i = 0; i < count; i++) {
        add(once_in(2) ? "]" : "}");
    }
    add(",\"a\":1}");
}

static void mutate(void)
{
    static const char structure[] = "\"\\{}[]:,\"\\{}[] \n0-.eEtfnu*/\x00\x01\x7F\xFF";

    for (unsigned i = 1 + random_below(4); i > 0 && length > 0; i--) {
        size_t at = random_below((unsigned)length), other = random_below((unsigned)length);
        size_t size = 1 + random_below(once_in(4) ? 70 : 4);

        size = size > length - at ? length - at : size;
        switch (random_below(6)) {
        case 0:
            text[at] = (uint8_t)structure[random_below(sizeof(structure) - 1)];
            break;
        case 1:
            text[at] = (uint8_t)(text[at] ^ (1u << random_below(8)));
            break;
        case 2:
            memmove(text + at, text + at + size, length - at - size);
            length -= size;
            break;
        case 3:
            if (length < MOST_BYTES) {
                memmove(text + at + 1, text + at, length - at);
                text[at] = (uint8_t)structure[random_below(sizeof(structure) - 1)];
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

static void run_rounds(unsigned long rounds)
{
    for (unsigned long i = 0; i < rounds; i++) {
        length = 0;
        add_space();
        if (once_in(16)) {
            add_depths();
        } else {
            add_value(1 + random_below(7));
        }
        add_space();
        LLVMFuzzerTestOneInput(text, length);
        for (unsigned j = 0; j < 3; j++) {
            mutate();
            LLVMFuzzerTestOneInput(text, length);
        }
    }
}

static bool run_file(const char *path)
{
    static uint8_t bytes[1u << 20];
    FILE *file = fopen(path, "rb");
    size_t size;

    if (file == NULL) {
        perror(path);
        return false;
    }
    size = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    return LLVMFuzzerTestOneInput(bytes, size) == 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--file") == 0) {
        return run_file(argv[2]) ? 0 : 1;
    }
    if (argc > 3 || (argc > 1 && argv[1][0] == '-')) {
        fprintf(stderr, "usage: json_paths [ROUNDS [SEED]], or --file FILE\n");
        return 2;
    }
    random_state = 88172645463325252u + (argc > 2 ? strtoul(argv[2], NULL, 10) : 0);
    run_rounds(argc > 1 ? strtoul(argv[1], NULL, 10) : 1000);
    return 0;
}
