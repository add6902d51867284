/*
 * knownpaths: which paths can find something in payloads of a format, so that a name that is written wrong is
 * found before the first event.
 *
 * Formats with a fixed set of parts say it in formats.def; CSV and regular expressions have their columns and
 * groups. JSON, and CSV whose payloads bring their header, may have anything. Thread safe.
 */
#ifndef LURE_FORMAT_KNOWNPATHS_H
#define LURE_FORMAT_KNOWNPATHS_H

#include "format/format.h"

/* Why a path never finds anything. */
struct path_fault {
    const struct format *format; /* which has no such part, */
    size_t part;                 /* the one with this number, from 0; */
    bool is_text;                /* because what stands before it is a text */
    char nearest[64];            /* the name of a part that it may have been meant to be, or "" */
};

/* Can a payload of the format have something there? False: `*fault` says why not. The names of columns stand
 * for their numbers already (format_name_columns); a part `*` is any. */
bool knownpaths_can_find(const struct format *format, const struct pointer *pointer,
                         struct path_fault *fault);

/* Writes what the format has, for a message: "/client /ident", cut where there is no more room, of which
 * there are 16 bytes at least. */
void knownpaths_list(const struct format *format, char *text, size_t size);

#endif
