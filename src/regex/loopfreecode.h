/*
 * loopfreecode: reads what PCRE2 has compiled as a program of regex/loopfree.h.
 *
 * An opcode that is not known here makes a pattern one that is not loop-free, so that those of a newer PCRE2
 * do.
 */
#ifndef LURE_REGEX_LOOPFREECODE_H
#define LURE_REGEX_LOOPFREECODE_H

#include "regex/loopfreedraft.h"

struct pcre2_real_code_8;

/* False: the pattern is not loop-free, or needs more than a program may have. */
bool loopfree_translate(struct loopfree_draft *draft, const struct pcre2_real_code_8 *code);

#endif
