/*
 * cpufeatures: which instructions this processor has beyond those that every processor of its architecture
 * has.
 *
 * A set of instructions counts only if the operating system keeps its registers, too. The compiler's
 * __builtin_cpu_supports would bring a table of every processor, of 4 KB.
 */
#ifndef LURE_JSON_CPUFEATURES_H
#define LURE_JSON_CPUFEATURES_H

#include <stdbool.h>

#if defined(__x86_64__)
/* AVX2, with PCLMULQDQ, POPCNT and BMI1. */
bool cpu_has_avx2(void);
#endif

#endif
