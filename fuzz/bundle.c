/*
 * bundle: any bytes as what `lure pack` puts into a library (identity/bundle.h), with a head that fits and as
 * they are.
 *
 * Files are read if the bytes are just these files, the first of them the script; else the bundle is damaged.
 * Lengths that lie read nothing beyond the end of the bytes.
 */
#include "identity/bundle.c" /* its parts: the rest is in the segment of this program */
#include "input.h"

#include <stdio.h>
#include <stdlib.h>

/* How many files the bytes are; 0: they are none. */
static size_t count_files(const uint8_t *data, size_t size)
{
    size_t files = 0, at = 0;

    while (at < size) {
        uint32_t lengths[3];

        if (size - at < sizeof(lengths)) {
            return 0;
        }
        memcpy(lengths, data + at, sizeof(lengths));
        at += sizeof(lengths);
        for (size_t i = 0; i < 3; i++) {
            if (size - at < lengths[i]) {
                return 0;
            }
            at += lengths[i];
        }
        files++;
    }
    return files;
}

static void check_head(const uint8_t *data, size_t size)
{
    struct bundle_head made = {MAGIC, size, hash_bytes(HASH_BASIS, (const char *)data, size)};
    char *bytes = malloc(sizeof(made) + size);
    struct cursor segment = {bytes, sizeof(made) + size};

    memcpy(bytes, &made, sizeof(made));
    memcpy(bytes + sizeof(made), data, size);
    if (!take_head(&segment) || segment.left != size) {
        fprintf(stderr, "bundle: a good head is refused\n");
        abort();
    }
    if (size > 0) {
        segment = (struct cursor){bytes, sizeof(made) + size};
        bytes[sizeof(made) + data[0] % size] ^= 1;
        if (take_head(&segment)) {
            fprintf(stderr, "bundle: a changed byte is not seen\n");
            abort();
        }
    }
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct script_source *script = NULL;
    size_t files = count_files(data, size);

    if (take_files((struct cursor){(const char *)data, size}, &script) != (files > 0) ||
        (files > 0 && (script == NULL || script->module_count != files - 1))) {
        fprintf(stderr, "bundle: %zu files are read as others\n", files);
        abort();
    }
    script_source_release(script);
    check_head(data, size);
    return 0;
}
