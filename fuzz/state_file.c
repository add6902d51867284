/*
 * state_file: files of lure.state and cursors (state/slotfile.h) with any bytes: as they are, as the content
 * of a valid file, and as changes of a file that was written.
 *
 *  - A file is read as what was written, or what was written before, or is put aside; never as something
 * else.
 *  - Values that are read are written so that they are read as the same.
 */
#include "input.h"
#include "scratch.h"
#include "state/keptvalues.h"
#include "state/slotlayout.h"
#include "state/statefolder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#define PLUGIN "fuzz"

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "state_file: %s\n", what);
    abort();
}

static void ignore(void *owner, bool grave, const char *text)
{
    (void)owner;
    (void)grave;
    if (text == NULL) {
        fail("no text");
    }
}

static struct kept_values open_values(void)
{
    const struct state_place place = {
        .folder = scratch_directory, .plugin = PLUGIN, .teller = {.tell = ignore}};
    struct kept_values values;

    if (!keptvalues_open(&values, &place)) {
        fail("it cannot be opened");
    }
    return values;
}

static void write_file(const uint8_t *bytes, size_t size)
{
    int file = open(scratch_path(PLUGIN ".state"), O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (file < 0 || write(file, bytes, size) != (ssize_t)size) {
        fail("the file cannot be written");
    }
    close(file);
}

/* All bytes of the values, as they are written. */
static char *copy_content(struct kept_values *values, size_t *size)
{
    char *copy;

    values->changed = true; /* it is written again, whatever was read */
    if (!keptvalues_commit(values)) {
        fail("it cannot be written");
    }
    *size = values->file.size;
    copy = malloc(*size + 1);
    memcpy(copy, *size > 0 ? values->file.content : "", *size);
    return copy;
}

static void check_values(void)
{
    struct kept_values values = open_values();
    size_t size, again_size;
    char *content = copy_content(&values, &size), *again;

    keptvalues_close(&values);
    values = open_values();
    again = copy_content(&values, &again_size);
    if (size != again_size || memcmp(content, again, size) != 0) {
        fail("values are read as others");
    }
    keptvalues_close(&values);
    free(content);
    free(again);
}

/* A valid file, whose content is any bytes. */
static void check_content(void)
{
    size_t size;
    const char *bytes = input_bytes(70000, &size);
    int file = open(scratch_path(PLUGIN ".state"), O_RDWR | O_CREAT | O_TRUNC, 0600);
    struct slots_found found;
    char *read = malloc(size + 1);

    if (file < 0 || !slots_write_new(file, "plugin: " PLUGIN "\n", slot_size_for(size), 1, bytes, size) ||
        !slots_read(file, "plugin: " PLUGIN "\n", SLOTFILE_MOST, &found) || found.size != size ||
        !slots_read_content(file, &found, read) || memcmp(read, bytes, size) != 0) {
        fail("the content is another one");
    }
    free(read);
    close(file);
    check_values();
}

static void set_integer(struct kept_values *values, int64_t integer)
{
    const struct kept_value value = {.kind = KEPT_INTEGER, .integer = integer};

    if (keptvalues_set(values, "k", 1, &value) != KEPT_DONE || !keptvalues_commit(values)) {
        fail("a value is not taken");
    }
}

/* A file that was written some times, and then changed. */
static void check_changed(void)
{
    const int64_t written = 1 + (int64_t)input_below(6);
    struct kept_values values = open_values();
    struct kept_value value;
    bool changed = false;
    int file;

    for (int64_t i = 1; i <= written; i++) {
        set_integer(&values, i);
    }
    keptvalues_close(&values);
    file = open(scratch_path(PLUGIN ".state"), O_RDWR);
    while (input_left() > 0) {
        const off_t at = (off_t)input_below(5 * SLOT_PAGE);
        const char byte = (char)input_below(256);
        char before;

        if (pread(file, &before, 1, at) != 1 || pwrite(file, &byte, 1, at) != 1) {
            fail("the file is too short");
        }
        changed = changed || before != byte;
    }
    close(file);
    values = open_values();
    value = keptvalues_get(&values, "k", 1);
    if (value.kind != KEPT_NOTHING &&
        (value.kind != KEPT_INTEGER || value.integer < 1 || value.integer > written)) {
        fail("a value was never written");
    }
    if (!changed && (value.kind != KEPT_INTEGER || value.integer != written)) {
        fail("the last value is lost");
    }
    keptvalues_close(&values);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (scratch_directory[0] == '\0') {
        scratch_make(0);
    }
    input_begin(data, size);
    switch (input_below(3)) {
    case 0:
        write_file(input.at, input_left());
        check_values();
        break;
    case 1:
        check_content();
        break;
    default:
        check_changed();
    }
    unlink(scratch_path(PLUGIN ".state"));
    unlink(scratch_path(PLUGIN ".state.corrupt"));
    return 0;
}
