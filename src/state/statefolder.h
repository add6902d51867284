/*
 * statefolder: the directory in which lure keeps what has to outlive the host: cursors and lure.state.
 *
 * It is the configured one, else $LURE_STATE ("none": nothing is kept), else the first of $STATE_DIRECTORY
 * (systemd's StateDirectory=), else /var/lib/lure. It must belong to root or to the process's user, and
 * nobody else may write there. A directory that is missing is made when something is first written, with the
 * mode 0700; the one above it must exist.
 *
 * Thread safe.
 */
#ifndef LURE_STATE_STATEFOLDER_H
#define LURE_STATE_STATEFOLDER_H

#include <stdbool.h>

#define STATEFOLDER_DEFAULT "/var/lib/lure"

/* Its path; the caller frees it. `configured`: of init_config, or NULL. NULL: there is none (`*none`), or out
 * of memory. */
char *statefolder_path(const char *configured, bool *none);

/*
 * Opens it; the caller closes the descriptor. `make`: a missing one is made. -1: `*problem` says why, and the
 * caller frees it; it is NULL where the directory is missing and `make` is false, and when memory is out.
 */
int statefolder_open(const char *path, bool make, char **problem);

/* The name of a file in it, "PLUGIN" + `suffix`. Characters of the plugin's name other than letters, digits,
 * "_",
 * "-" and "." become "%2F"; a long name is cut. The caller frees it. NULL: out of memory. */
char *statefolder_file(const char *plugin, const char *suffix);

#endif
