/*
 * writers: the functions of formats.def, each in a file with the name of its format.
 */
#ifndef LURE_FORMAT_WRITERS_H
#define LURE_FORMAT_WRITERS_H

#include "format/format.h"

/* `key=value key="value" key`, as text/logfmt.h reads it: /KEY; true for a key alone. */
format_writer logfmt_write;

/* RFC 5424 and RFC 3164, also without parts of them and with a count of octets before: /priority /facility
 * /severity /facility_name /severity_name /version /timestamp /host /app /pid /id /data/ID/NAME /message. */
format_writer syslog_write;

/* /version /vendor /product /device_version /class /name /severity /extension/KEY; a header of syslog before
 * it is passed over. */
format_writer cef_write;

/* Versions 1.0 and 2.0: /version /vendor /product /product_version /event /attributes/KEY; the same. */
format_writer leef_write;

/* The first record, as text/csv.h reads it: /COLUMN, or /0, /1, ... where a column has no name. A record that
 * repeats the names of the columns is a header, and gives nothing. */
format_writer csv_write;

/* The access logs of Apache and nginx, "common" too: /client /ident /user /time /request /method /target
 * /protocol /status /bytes /referer /agent. A `-` stands for nothing. Escapes as both write them. */
format_writer combined_write;

/* The first match of the pattern: /NAME of each named group, or its number; /0 is all of the match. */
format_writer regex_write;

#endif
