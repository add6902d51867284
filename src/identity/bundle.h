/*
 * bundle: the script that `lure pack` has put into this very library, with its modules.
 *
 * The section ".lure_bundle" is a segment of its own: a head, and behind it what is packed,
 *
 *   { module length, name length, text length (32 bits each, little endian), module, name, text } ...
 *
 * the script first, whose module is "". `lure pack` (lua/lure/cli/bundle.lua) writes it into
 * a copy of the library; in the library as it is built there is only the head. The head has the
 * length and a checksum of what is behind it, so that a file that was cut short, or changed, is
 * told from a library without a script; nothing outside the segment is read.
 */
#ifndef LURE_IDENTITY_BUNDLE_H
#define LURE_IDENTITY_BUNDLE_H

#include "script/scriptsource.h"

#include <stdbool.h>

/* True if there is a script in this library, be it damaged. */
bool bundle_exists(void);

/* The script, with its modules. NULL: `*problem` is a text that the caller frees (NULL: out of memory). */
struct script_source *bundle_read(char **problem);

#endif
