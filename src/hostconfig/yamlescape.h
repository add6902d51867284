/*
 * yamlescape: makes a text that yaml-cpp reads one that libyaml reads, too.
 *
 * Falco and sysdig read their configuration with yaml-cpp, which takes any byte, any name of an anchor and
 * any directive. What libyaml refuses, or reads in another way, is escaped before it reads the text: bytes
 * that are no UTF-8, control characters, line breaks that yaml-cpp has not, and signs in what looks like the
 * name of an anchor or an alias. An escape is a mark, which is longer than any run of its letter in the text,
 * and two hexadecimal digits: letters and digits alone, which mean nothing in YAML, and so what was escaped
 * within a value comes back as it was. Lines stay where they are. Directives become comments, but for %TAG,
 * and tabs on lines that are otherwise empty, or before a comment, become spaces.
 */
#ifndef LURE_HOSTCONFIG_YAMLESCAPE_H
#define LURE_HOSTCONFIG_YAMLESCAPE_H

#include <stddef.h>

struct yaml_escaped {
    char *text; /* the owner frees it; NULL: out of memory */
    size_t length;
    size_t mark; /* letters in the mark of an escape; 0: nothing is escaped */
};

/* A text of UTF-16, or with a run of more letters than a mark may have, is copied as it is. */
struct yaml_escaped yaml_escape(const char *text, size_t length);

/* Puts back, in its place, what was escaped in a value. */
void yaml_unescape(const struct yaml_escaped *escaped, char *value);

#endif
