/*
 * cpufeatures: detects vector instructions of the processor at run time (CPUID), for jsonscanner.h.
 *
 * In place of the compiler's __builtin_cpu_supports, whose tables of all processors take 4 KB. A set of
 * instructions counts only if the operating system saves its registers, too.
 */
#ifndef LURE_JSON_CPUFEATURES_H
#define LURE_JSON_CPUFEATURES_H

#include <stdbool.h>

#if defined(__x86_64__)
/* AVX2, with PCLMULQDQ, POPCNT and BMI1. */
bool cpu_has_avx2(void);
#endif

#endif
