/*
 * loopfree: matches patterns that have no loops, as most patterns for lines of logs, several times faster
 * than PCRE2's interpreter.
 *
 * A pattern is loop-free if no group of it repeats, and if it is made of nothing but bytes and classes of
 * bytes, which may repeat, groups, alternatives, and assertions about a place (^, $, \b): without references,
 * look-arounds, atomic groups, recursion and verbs. Its program is a list of steps that only go forward, so
 * that each has at most one choice to come back to, and groups need not be copied for that.
 *
 * The program is translated from what PCRE2 has compiled (loopfreecode.c): the syntax, the flags and what is
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

/* A pattern that needs more is PCRE2's. */
#define LOOPFREE_MOST_STEPS   256
#define LOOPFREE_MOST_CLASSES 64
#define LOOPFREE_MOST_BYTES   1024

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
    uint16_t
        number; /* of the class or the first of the bytes, in a draft; of a mark: 2 * group, + 1 at its end */
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
    bool anchored;              /* a match begins where the search does */
    bool begins_line;           /* or behind a line break */
    short first;                /* the byte that it begins with; -1: that is not known */
    short required;             /* a byte that it has in it, and behind `first`; -1: that is not known */
    const unsigned char *begin; /* 256 bits: bytes that it begins with; NULL: that is not known */
    size_t least;               /* of bytes that it has */
};

/* A program that is being made; large, but for the C stack. */
struct loopfree_draft {
    struct loopfree program; /* without its arrays */
    struct loopfree_step steps[LOOPFREE_MOST_STEPS];
    unsigned char classes[LOOPFREE_MOST_CLASSES][32]; /* 256 bits */
    unsigned char bytes[LOOPFREE_MOST_BYTES];
    size_t class_count, byte_count;
};

/* Translates a pattern. False: it is not loop-free, or larger than the limits above. */
bool loopfree_translate(struct loopfree_draft *draft, const struct pcre2_real_code_8 *code);

/* The bytes that the program takes. */
size_t loopfree_size(const struct loopfree_draft *draft);

/* Makes the program in a block of that size, which is aligned for any type. */
struct loopfree *loopfree_place(const struct loopfree_draft *draft, void *block);

/* As regex_match; `groups` gets the offsets of each group's begin and end, SIZE_MAX where it has no part in
 * the match. */
enum regex_result loopfree_match(struct loopfree *program, const char *text, size_t length, size_t from,
                                 bool not_empty, size_t *groups, struct regex_steps *steps);

#endif
