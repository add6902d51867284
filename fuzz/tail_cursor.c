/*
 * tail_cursor: any bytes as the cursor of a tail (file/tail.h): as they are, behind a begin that fits, and as
 * changes of a cursor that the tail has given.
 *
 *  - A mark that is read is written as one that is read as the same.
 *  - A tail with a cursor gives whole lines of its file, in their order, up to the last one, or none. With
 * its own, unchanged, it gives those behind it.
 */
#include "base/hash.h"
#include "file/filemark.h"
#include "file/tail.h"
#include "input.h"
#include "scratch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* There is no inotify here: the kernel takes milliseconds to end its watches. */
int inotify_init1(int flags);

int inotify_init1(int flags)
{
    (void)flags;
    return -1;
}

#define LINES 40

static char lines[LINES][64];

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "tail_cursor: %s\n", what);
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

/* The file, at first. */
static void make_file(void)
{
    FILE *file;

    scratch_make(0);
    file = fopen(scratch_path("script.lua"), "w");
    for (int i = 0; i < LINES; i++) {
        snprintf(lines[i], sizeof(lines[i]), "line %d %.*s", i, i,
                 "........................................");
        fprintf(file, "%s\n", lines[i]);
    }
    fclose(file);
}

static struct tail *open_tail(const char *pattern, const char *cursor, size_t size)
{
    const struct tail_options options = {.pattern = pattern,
                                         .max_line = 1000,
                                         .cursor = cursor,
                                         .cursor_size = size,
                                         .teller = {.tell = ignore}};
    char *problem = NULL;
    struct tail *tail = tail_open(&options, &problem);

    if (tail == NULL && problem == NULL) {
        fail("it is refused without a reason");
    }
    if (tail != NULL && cursor != NULL && !tail_knows(pattern, cursor, size)) {
        fail("a cursor that it takes is none");
    }
    free(problem);
    return tail;
}

/* The number of the line; LINES: it is none of the file's. */
static int number_of(const char *line, size_t size)
{
    int number = 0;

    while (number < LINES && (strlen(lines[number]) != size || memcmp(lines[number], line, size) != 0)) {
        number++;
    }
    return number;
}

/* Reads all. Returns the number of the first line; LINES: there is none. */
static int read_lines(struct tail *tail)
{
    int first = LINES, next = -1;
    enum tail_outcome outcome;
    const char *line;
    size_t size;

    while ((outcome = tail_next(tail, &line, &size)) == TAIL_LINE || outcome == TAIL_BUSY) {
        const int number = outcome == TAIL_LINE ? number_of(line, size) : next;

        if (number == LINES || (next >= 0 && number != next)) {
            fail("it gives what is no line, or not the next one");
        }
        first = next < 0 ? number : first;
        next = number + 1;
    }
    if (outcome == TAIL_NO_MEMORY || (next >= 0 && next != LINES)) {
        fail("it does not give all lines");
    }
    return first;
}

static void check_mark(const char *text, size_t size)
{
    struct filemark mark, again;
    char written[FILEMARK_TEXT];
    const char *end = filemark_read(&mark, text, text + size);
    size_t length;

    if (end == NULL) {
        return;
    }
    length = filemark_write(&mark, written);
    if (end > text + size || length > sizeof(written) ||
        filemark_read(&again, written, written + length) != written + length ||
        memcmp(&mark, &again, sizeof(mark)) != 0) {
        fail("a mark is read as another one");
    }
}

/* The bytes behind a begin that fits, or, for `plain`, alone. */
static void check_any(const char *pattern, bool plain)
{
    size_t size, used = 0;
    const char *bytes = input_bytes(100000, &size);
    char *cursor = malloc(size + 64);
    struct tail *tail;

    if (!plain) {
        used =
            (size_t)sprintf(cursor, "tail1:%" PRIx64 ":5", hash_bytes(HASH_BASIS, pattern, strlen(pattern)));
    }
    memcpy(cursor + used, bytes, size);
    cursor = realloc(cursor, used + size + (used + size == 0)); /* sanitizers see its end */
    tail = open_tail(pattern, cursor, used + size);
    if (tail != NULL) {
        read_lines(tail);
        tail_close(tail);
    }
    free(cursor);
}

/* A cursor of its own, with some bytes changed. */
static void check_changed(const char *pattern)
{
    const int taken = (int)input_below(LINES);
    struct tail *tail = open_tail(pattern, NULL, 0);
    const char *line, *given;
    size_t size;
    char *cursor;
    bool changed = false;

    for (int i = 0; i < taken; i++) {
        if (tail_next(tail, &line, &size) != TAIL_LINE) {
            fail("a line is missing");
        }
    }
    given = tail_cursor(tail, &size);
    cursor = malloc(size);
    memcpy(cursor, given, size);
    tail_close(tail);
    while (input_left() > 0) {
        const size_t at = input_below((unsigned)size);
        const char byte = (char)input_below(256);

        changed = changed || cursor[at] != byte;
        cursor[at] = byte;
    }
    tail = open_tail(pattern, cursor, size);
    if (tail == NULL && !changed) {
        fail("its own cursor is refused");
    }
    if (tail != NULL) {
        const int first = read_lines(tail);

        if (!changed && first != taken) {
            fail("it does not go on behind its cursor");
        }
        tail_close(tail);
    }
    free(cursor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char pattern[128];
    unsigned kind;

    if (scratch_directory[0] == '\0') {
        make_file();
    }
    snprintf(pattern, sizeof(pattern), "%s", scratch_path("script.lua"));
    check_mark((const char *)data, size);
    input_begin(data, size);
    kind = input_below(3);
    if (kind == 2) {
        check_changed(pattern);
    } else {
        check_any(pattern, kind == 1);
    }
    return 0;
}
