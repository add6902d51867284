/*
 * scriptlocation: finds the script of this library, in the order that identity.h gives.
 */
#ifndef LURE_IDENTITY_SCRIPTLOCATION_H
#define LURE_IDENTITY_SCRIPTLOCATION_H

#include <cJSON.h>
#include <stdbool.h>

struct location {
    bool packed;       /* the script is in this very library */
    char *script;      /* path of the script; NULL: none is named, or it is packed */
    char *base;        /* directory that a relative init_config.script is relative to */
    cJSON *lure;       /* init_config.lure of the entry that names it, or NULL */
    char *origin;      /* where that entry stands, or NULL */
    char *name;        /* that the plugin must have in this host; NULL: any */
    char *name_origin; /* where that stands */
    cJSON *written;    /* init_config as hostconfig/initconfig.h has it; NULL: it is no map */
    bool shows_log;    /* the host writes what plugins log, errors at least, to standard error */
};

/* False: `*problem` says what is wrong (NULL: out of memory), and the caller frees it. */
bool locate_script(struct location *location, char **problem);

void location_free(struct location *location);

#endif
