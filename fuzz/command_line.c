/*
 * command_line: the options that hostconfig/commandline.h finds are those of getopt_long.
 *
 * The input is the words of a command line, a line each. What getopt_long refuses is not compared.
 */
#include "hostconfig/commandline.h"
#include "input.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST_WORDS 64

/* Some like those of hosts; Without a name, and without a letter, too. */
static const struct option_kind kinds[] = {
    {'B', true, "bpf"},        {'H', false, "plugin"}, {'c', false, NULL},
    {'n', false, "numevents"}, {'o', false, "over"},   {0, false, "override"},
    {0, false, "log"},         {0, true, "inside"},    {0, false, NULL},
};

static const struct option names[] = {
    {"bpf", optional_argument, NULL, 'B'},       {"plugin", required_argument, NULL, 'H'},
    {"numevents", required_argument, NULL, 'n'}, {"over", required_argument, NULL, 'o'},
    {"override", required_argument, NULL, 1005}, {"log", required_argument, NULL, 1006},
    {"inside", optional_argument, NULL, 1007},   {NULL, 0, NULL, 0},
};

static const char letters[] = "B::H:c:n:o:";

struct found {
    const struct option_kind *kind;
    const char *value;
};

static const struct option_kind *kind_of(int code)
{
    if (code > 1000) {
        return &kinds[code - 1000];
    }
    for (size_t i = 0; i < 5; i++) {
        if (kinds[i].letter == code) {
            return &kinds[i];
        }
    }
    return NULL;
}

/* What getopt_long finds, of a copy of the words, which it sorts. False: it refuses something that is ours.
 */
static bool refer(char *const *words, size_t count, struct found *found, size_t *options)
{
    char *sorted[MOST_WORDS + 1];
    int code;

    memcpy(sorted, words, count * sizeof(*words));
    sorted[count] = NULL;
    optind = 0;
    opterr = 0;
    *options = 0;
    while ((code = getopt_long((int)count, sorted, letters, names, NULL)) != -1) {
        if (code == '?' && (optopt == 0 || kind_of(optopt) != NULL)) {
            return false; /* an unknown or ambiguous name, or no value */
        }
        if (code != '?' && optarg != NULL) {
            found[(*options)++] = (struct found){kind_of(code), optarg};
        }
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct found found[MOST_WORDS * 2];
    char *words[MOST_WORDS], *line, *rest;
    const struct option_kind *kind;
    size_t count = 0, options, at = 0;
    const char *value;

    input_begin(data, size);
    line = rest = input_text();
    while (count < MOST_WORDS && (words[count] = strsep(&rest, "\n")) != NULL) {
        count++;
    }
    if (refer(words, count, found, &options)) {
        struct options ours = {.kinds = kinds, .words = words, .count = count};

        while ((kind = options_next(&ours, &value)) != NULL) {
            if (at == options || kind != found[at].kind || strcmp(value, found[at].value) != 0) {
                fprintf(stderr, "command_line: option %zu is another one: %s\n", at, value);
                abort();
            }
            at++;
        }
        if (at < options) {
            fprintf(stderr, "command_line: %zu options of %zu\n", at, options);
            abort();
        }
    }
    free(line);
    return 0;
}
