/*
 * loopfree: matches patterns that have no loops, as most patterns for lines of logs, several times faster
 * than PCRE2's interpreter.
 *
 * A pattern is loop-free if no group of it repeats, and if it is made of nothing but bytes and classes of
 * bytes, which may repeat, groups, alternatives, and assertions about a place (^, $, \b): without references,
 * look-arounds, atomic groups, recursion and verbs. Its program is a list of steps that only go forward, so
 * that each has at most one choice to come back to, and groups need not be copied for that.
 *
 * The program is translated from what PCRE2 has compiled (loopfreecode.h): the syntax, the flags and what is
 * found are PCRE2's. fuzz/regex.c compares both.
 *
 * Owner of a program: who compiled the pattern. It refers to PCRE2's code, which has to live as long. One
 * match at a time. Not thread safe.
 */
#ifndef LURE_REGEX_LOOPFREE_H
#define LURE_REGEX_LOOPFREE_H

#include "regex/regex.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum loopfree_kind {
    LOOPFREE_BYTES,      /* these bytes */
    LOOPFREE_CLASS,      /* a byte of a class */
    LOOPFREE_POSSESSIVE, /* `least` to `most` bytes of a class: as many as there are */
    LOOPFREE_GREEDY,     /* the same, then fewer */
    LOOPFREE_LAZY,       /* as few as there may be, then more */
    LOOPFREE_MARK,       /* an end of a group is here */
    LOOPFREE_SPLIT,      /* the next step, or else that at `to` */
    LOOPFREE_SKIP,       /* the step at `to`, or else the next */
    LOOPFREE_JUMP,       /* the step at `to` */
    LOOPFREE_ASSERTION,  /* this place is such a one */
    LOOPFREE_MATCH       /* the end */
};

enum loopfree_assertion {
    LOOPFREE_TEXT_BEGIN,    /* \A, ^ */
    LOOPFREE_LINE_BEGIN,    /* ^ of each line */
    LOOPFREE_SEARCH_BEGIN,  /* \G */
    LOOPFREE_TEXT_END,      /* \z */
    LOOPFREE_LAST_LINE_END, /* \Z, $ */
    LOOPFREE_LINE_END,      /* $ of each line */
    LOOPFREE_WORD_EDGE,     /* \b, by the class of the step, which is that of words */
    LOOPFREE_NO_WORD_EDGE   /* \B */
};

/* How bytes of a class are passed over. */
enum loopfree_scan {
    LOOPFREE_EACH,  /* by the table */
    LOOPFREE_UNTIL, /* up to the only byte that is not of the class */
    LOOPFREE_ALL    /* it has all bytes */
};

#define LOOPFREE_ENDLESS UINT32_MAX

struct loopfree_step {
    enum loopfree_kind kind;
    enum loopfree_scan scan;
    enum loopfree_assertion assertion;
    unsigned char until;        /* LOOPFREE_UNTIL */
    unsigned char mask;         /* of its class in `table` */
    short next;                 /* the byte that has to stand behind a repetition; -1: that is not known */
    const unsigned char *table; /* of a class; the bytes themselves of LOOPFREE_BYTES */
    uint32_t least, most;       /* of a repetition; `least` is the length of LOOPFREE_BYTES */
    uint16_t number;      /* of a mark: 2 * group, + 1 at its end; in a draft also of a class or bytes */
    uint16_t group;       /* that is all of a possessive repetition; 0: none is */
    uint16_t to;          /* the number of a step */
    uint16_t first, last; /* groups that lie in the ways that part at a split or skip; none: last < first */
};

/* A step that can go on in another way. */
struct loopfree_choice {
    const struct loopfree_step *step;
    const unsigned char *at;    /* where it went on */
    const unsigned char *limit; /* of a repetition: how far back or on it can go */
};

struct loopfree {
    struct loopfree_step *steps;
    struct loopfree_choice *choices; /* room for one of each step */
    size_t step_count;
    bool anchored;           /* a match begins where the search does */
    bool begins_line;        /* or behind a line break */
    bool has_begin;          /* `begin` says something */
    unsigned char begin[32]; /* 256 bits: bytes that it begins with */
    short first;             /* the only one; -1: there are others, or that is not known */
    short required, other;   /* it has the one or the other of these bytes; -1: that is not known */
    bool required_behind;    /* behind its first byte */
    size_t least;            /* of bytes that it has */
};

/* As regex_match; `groups` gets the offsets of each group's begin and end, SIZE_MAX where it has no part in
 * the match. */
enum regex_result loopfree_match(struct loopfree *program, const char *text, size_t length, size_t from,
                                 bool not_empty, size_t *groups, struct regex_steps *steps);

#endif
