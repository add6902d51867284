/*
 * commandline: iterates over the options with values on a host's command line.
 *
 * The words are parsed as getopt_long (sysdig) and cxxopts (Falco) do: several letters can share a word; a
 * value is the rest of the word, what follows "=", or the next word, even if that begins with "-"; "--" ends
 * the options. Command lines that the host rejects need not be handled, since it exits before it loads a
 * plugin.
 */
#ifndef LURE_HOSTCONFIG_COMMANDLINE_H
#define LURE_HOSTCONFIG_COMMANDLINE_H

#include <stdbool.h>
#include <stddef.h>

struct option_kind {
    char letter;      /* or 0 */
    bool in_word;     /* its value stands in the same word, or there is none */
    const char *name; /* or NULL; the last kind has neither letter nor name */
};

struct options {
    const struct option_kind *kinds; /* those that take a value: all others take none */
    char *const *words;              /* the first is the program's name */
    size_t count;
    size_t at;           /* the word last looked at */
    const char *letters; /* what is left of a word of letters, or NULL */
};

/* The next option that has a value. NULL: there is no other. */
const struct option_kind *options_next(struct options *options, const char **value);

#endif
