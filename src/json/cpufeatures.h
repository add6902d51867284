/*
 * cpufeatures: what the processor that this runs on can do, beyond what all of its kind can.
 *
 * The compiler's own __builtin_cpu_supports knows every processor there is, in 4 KB; we ask for two sets of
 * instructions. A set counts only if the system keeps its registers, too.
 */
#ifndef LURE_JSON_CPUFEATURES_H
#define LURE_JSON_CPUFEATURES_H

#include <stdbool.h>

#if defined(__x86_64__)
/* AVX2, with PCLMULQDQ, POPCNT and BMI1. */
bool cpu_has_avx2(void);

/* The same, and AVX-512BW on a processor that has VPCLMULQDQ, too: older ones take their clock down for it.
 */
bool cpu_has_avx512(void);
#endif

#endif
