/*
 * commandline: the options with values on a host's command line.
 *
 * Words are taken apart as getopt_long (sysdig) and cxxopts (Falco) do: letters may share a
 * word, a value stands in the rest of the word, behind "=", or in the next word, whatever that
 * begins with; "--" ends them. What a host would refuse is never seen here, since it stops.
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
