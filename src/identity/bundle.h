/*
 * bundle: reads the script, and its modules, that `lure pack` has put into this copy of the library.
 *
 * The ELF section ".lure_bundle" is a segment of its own: a header, and after it the packed files,
 *
 *   { module length, name length, text length (32 bits each, little endian), module, name, text } ...
 *
 * the script first, with "" as its module. `lure pack` (lua/lure/cli/bundle.lua) writes them into a copy of
 * the library; the library as it is built has only the header. The header holds length and checksum of what
 * follows, so that a truncated or modified file is detected. Nothing outside of the segment is read.
 */
#ifndef LURE_IDENTITY_BUNDLE_H
#define LURE_IDENTITY_BUNDLE_H

#include "script/scriptsource.h"

#include <stdbool.h>

/* True if this library has a packed script, even a damaged one. */
bool bundle_exists(void);

/* The script, with its modules. NULL: `*problem` is a text that the caller frees (NULL: out of memory). */
struct script_source *bundle_read(char **problem);

#endif
