/*
 * TARGET [--random ROUNDS [SEED]] [FILE|DIRECTORY...]
 * The main function of a fuzz target where there is no libFuzzer: runs the inputs in the files and
 * directories, and then ROUNDS inputs made here: half of them bytes at random, half of them changed from the
 * files. The same arguments run the same inputs. An input that a target ends the process with is left in
 * TARGET.input.
 */
#include "input.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_BYTES (1u << 16)

struct text {
    uint8_t *bytes;
    size_t size;
};

static struct text *files;
static size_t file_count;
static unsigned long runs;
static uint64_t state;

static struct text current;
static char left_in[4096]; /* where the current input is written, if the process ends */

/* xorshift */
static unsigned random_below(unsigned below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)((state >> 16) % below);
}

static void on_abort(int number)
{
    FILE *file = fopen(left_in, "wb"); /* the process ends anyway */

    if (file != NULL) {
        fwrite(current.bytes, 1, current.size, file);
        fclose(file);
        fprintf(stderr, "the input is in %s\n", left_in);
    }
    signal(number, SIG_DFL);
    raise(number);
}

static _Noreturn void die(const char *what)
{
    perror(what);
    exit(2);
}

/* Runs a copy that ends where its memory ends. */
static void run(const uint8_t *bytes, size_t size)
{
    current.bytes = malloc(size + (size == 0));
    current.size = size;
    if (current.bytes == NULL) {
        die("out of memory");
    }
    memcpy(current.bytes, bytes, size);
    LLVMFuzzerTestOneInput(current.bytes, size);
    free(current.bytes);
    runs++;
}

static void run_file(const char *path)
{
    static uint8_t bytes[MOST_BYTES];
    FILE *file = fopen(path, "rb");
    struct text text;

    if (file == NULL) {
        die(path);
    }
    text.size = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    run(bytes, text.size);
    text.bytes = malloc(text.size + 1);
    files = realloc(files, (file_count + 1) * sizeof(*files));
    if (files == NULL || text.bytes == NULL) {
        die(path);
    }
    memcpy(text.bytes, bytes, text.size);
    files[file_count++] = text;
}

static void run_path(const char *path)
{
    struct dirent **entries;
    struct stat status;
    char below[4096];
    int count;

    if (stat(path, &status) != 0) {
        die(path);
    }
    if (!S_ISDIR(status.st_mode)) {
        run_file(path);
        return;
    }
    count = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        snprintf(below, sizeof(below), "%s/%s", path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.') {
            run_path(below);
        }
        free(entries[i]);
    }
    free(entries);
}

static size_t mutate(uint8_t *bytes, size_t size)
{
    static const char structure[] = "\"\\{}[]:,\"\\{}[] \n0-.eEtfnu*/\x00\x01\x7F\xFF";
    size_t at = size > 0 ? random_below((unsigned)size) : 0,
           other = size > 0 ? random_below((unsigned)size) : 0;
    size_t count = 1 + random_below(random_below(4) == 0 ? 70 : 4);

    count = count > size - at ? size - at : count;
    switch (random_below(6)) {
    case 0:
        bytes[at] = (uint8_t)structure[random_below(sizeof(structure) - 1)];
        return size > at + 1 ? size : at + 1;
    case 1:
        bytes[at] = (uint8_t)(bytes[at] ^ (1u << random_below(8)));
        return size;
    case 2:
        memmove(bytes + at, bytes + at + count, size - at - count);
        return size - count;
    case 3:
        if (size == MOST_BYTES) {
            return size;
        }
        memmove(bytes + at + 1, bytes + at, size - at);
        bytes[at] = (uint8_t)(random_below(2) ? random_below(256)
                                              : (unsigned)structure[random_below(sizeof(structure) - 1)]);
        return size + 1;
    case 4:
        count = count > size - other ? size - other : count;
        memmove(bytes + at, bytes + other, count);
        return size;
    default:
        return at;
    }
}

static void run_round(void)
{
    static uint8_t bytes[MOST_BYTES];
    size_t size;

    if (file_count > 0 && random_below(2) == 0) {
        const struct text *file = &files[random_below((unsigned)file_count)];

        memcpy(bytes, file->bytes, file->size);
        size = file->size;
        for (unsigned i = 1 + random_below(4); i > 0; i--) {
            size = mutate(bytes, size);
        }
    } else {
        size = random_below(1u << (3 + random_below(9)));
        for (size_t i = 0; i < size; i++) {
            bytes[i] = (uint8_t)random_below(256);
        }
    }
    run(bytes, size);
}

int main(int argc, char **argv)
{
    unsigned long rounds = 0;
    int at = 1;

    snprintf(left_in, sizeof(left_in), "%s.input", argv[0]);
    signal(SIGABRT, on_abort);
    signal(SIGSEGV, on_abort);
    state = 88172645463325252u;
    if (at < argc && strcmp(argv[at], "--random") == 0 && at + 1 < argc) {
        rounds = strtoul(argv[at + 1], NULL, 10);
        at += 2;
        if (at < argc && strspn(argv[at], "0123456789") == strlen(argv[at])) {
            state += strtoul(argv[at++], NULL, 10);
        }
    }
    if (argc == 1 || (at < argc && argv[at][0] == '-')) {
        fprintf(stderr, "usage: %s [--random ROUNDS [SEED]] [FILE|DIRECTORY...]\n", argv[0]);
        return 2;
    }
    for (; at < argc; at++) {
        run_path(argv[at]);
    }
    for (unsigned long i = 0; i < rounds; i++) {
        run_round();
    }
    if (fuzz_end != NULL && rounds > 0) {
        fuzz_end(runs);
    }
    return 0;
}
