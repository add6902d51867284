/*
 * hostconfig: finds the entry for this library in the host's own configuration, and the script that it
 * names.
 *
 * Works only if the running program is falco, sysdig or csysdig. Their command line and configuration files
 * are read in the same way as they read them; an entry is ours if its library is this very file (by device
 * and inode). Runs while the dynamic loader holds its lock: starts no thread, and is bounded in time and
 * memory.
 */
#ifndef LURE_HOSTCONFIG_HOSTCONFIG_H
#define LURE_HOSTCONFIG_HOSTCONFIG_H

#include <cJSON.h>
#include <stdbool.h>

struct hostconfig_entry {
    char *script;      /* absolute path; NULL: the entry names none */
    char *base;        /* directory that a relative script is relative to */
    char *init_config; /* JSON text, or "" */
    char *origin;      /* where it stands, for messages: "falco.yaml:14" */
    char *name;        /* that the plugin must have in this host; NULL: any */
    char *name_origin; /* where that stands; NULL as above */
    cJSON *written;    /* init_config as it is written, where it is a map (initconfig.h); or NULL */
    bool shows_log;    /* the host writes what plugins log, errors at least, to standard error */
};

enum hostconfig_answer {
    HOSTCONFIG_NONE,   /* the host's configuration has no entry for this library, or there is no such host */
    HOSTCONFIG_FOUND,  /* `entry` is filled */
    HOSTCONFIG_REFUSED /* the entries cannot work */
};

/*
 * Looks for the entry of `library` (its path) in the configuration of the program that runs, in the
 * working directory `directory` (NULL: there is none). REFUSED: `*problem` is a text that the caller frees
 * (NULL: out of memory). NONE: it may be a text, too: why a file could not be read, which matters only where
 * nothing else names a script. The entry is to be freed in all cases.
 */
enum hostconfig_answer hostconfig_find_self(const char *library, const char *directory,
                                            struct hostconfig_entry *entry, char **problem);

void hostconfig_entry_free(struct hostconfig_entry *entry);

#endif
