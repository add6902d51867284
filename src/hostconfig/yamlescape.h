/*
 * yamlescape: escapes what yaml-cpp accepts in YAML and libyaml does not, so that libyaml reads the same
 * tree.
 *
 * Falco and sysdig read their configuration with yaml-cpp, which takes any byte, any name of an anchor and
 * any directive. Before libyaml reads the text, what it refuses or reads differently is escaped: bytes that
 * are not UTF-8, control characters, line breaks that yaml-cpp does not know, and characters in what looks
 * like the name of an anchor or an alias. An escape is a marker, longer than any run of its letter in the
 * text, and two hexadecimal digits. Letters and digits alone mean nothing in YAML, so escapes within a value
 * can be decoded afterwards. Line numbers do not change. Directives except %TAG become comments, and tabs on
 * lines that are otherwise empty, or before a comment, become spaces.
 */
#ifndef LURE_HOSTCONFIG_YAMLESCAPE_H
#define LURE_HOSTCONFIG_YAMLESCAPE_H

#include <stddef.h>

struct yaml_escaped {
    char *text; /* the owner frees it; NULL: out of memory */
    size_t length;
    size_t mark; /* letters in the mark of an escape; 0: nothing is escaped */
};

/* The line, from 1, of the first NUL byte: libyaml and C would cut off the value that has it. 0: there is
 * none, or it is UTF-16, which has such bytes. */
size_t yaml_nul_line(const char *text, size_t length);

/* A text of UTF-16, or with a run of more letters than a mark may have, is copied as it is. */
struct yaml_escaped yaml_escape(const char *text, size_t length);

/* Puts back, in its place, what was escaped in a value. */
void yaml_unescape(const struct yaml_escaped *escaped, char *value);

#endif
