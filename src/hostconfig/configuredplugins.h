/*
 * configuredplugins: the list of the plugins that a host's configuration loads.
 *
 * falcoconfig.c and sysdigargs.c fill it; hostconfig.c finds in it the entry of this library, and
 * lure_settings.c prints it for the program lure.
 */
#ifndef LURE_HOSTCONFIG_CONFIGUREDPLUGINS_H
#define LURE_HOSTCONFIG_CONFIGUREDPLUGINS_H

#include <cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/* Where Falco looks for a library with a relative path. */
#define FALCO_PLUGINS "/usr/share/falco/plugins"

struct configured_plugin {
    char *library;     /* path, or name, as the host was given it */
    char *name;        /* of the entry, or NULL */
    char *name_origin; /* where that stands: "falco.yaml:12"; NULL as above */
    char *origin;      /* "falco.yaml:14", or the option: for messages */
    char *file;        /* "falco.yaml", or NULL where no file names it */
    char *base;        /* directory that a relative script is relative to */
    char *init_config; /* JSON text, or ""; NULL: too large */
    cJSON *written;    /* init_config as it is written, where it is a map (initconfig.h); or NULL */
    char *open_params; /* as written; NULL: none */
    char *bad_open;    /* where they stand, if they are no text; NULL: they are */
};

struct configured_plugins {
    struct configured_plugin *list;
    size_t count;
    bool no_memory; /* one could not be added */
    size_t spent;   /* bytes of init_configs, about */
    char *fault;    /* why a file of the configuration could not be read; or NULL */
    bool shows_log; /* the host writes what plugins log, errors at least, to standard error */
};

/* Appends an empty entry. NULL: out of memory. */
struct configured_plugin *configured_plugins_add(struct configured_plugins *candidates);

void configured_plugins_free(struct configured_plugins *candidates);

struct node;

/* Appends an entry of the list `plugins` in a configuration, if it names a library. */
void configured_plugins_add_entry(struct configured_plugins *candidates, const struct node *entry);

/* Finds the script that the entry names. False: `*problem` says what is wrong (NULL: out of memory). `*path`
 * may stay NULL. The caller frees both. */
bool configured_plugin_script(const struct configured_plugin *candidate, char **path, char **problem);

struct forest;

/* Takes over the error of the files that were read. */
void configured_plugins_take_fault(struct configured_plugins *candidates, struct forest *forest);

/* Reads the plugins in Falco's configuration, for this command line. */
void falcoconfig_read(struct configured_plugins *candidates, char *const *words, size_t count,
                      const char *directory);

/* Reads the plugins on sysdig's command line, and in a file named there. */
void sysdigargs_read(struct configured_plugins *candidates, char *const *words, size_t count,
                     const char *directory);

#endif
