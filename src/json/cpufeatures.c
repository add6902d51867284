#include "json/cpufeatures.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <stdint.h>

/* Registers whose contents the operating system keeps (XCR0): those of AVX. */
#define KEEPS_AVX UINT64_C(0x06)

/* Features (Intel's manual, CPUID): of leaf 1 in ECX, of leaf 7 in EBX. */
#define LEAF_1 (bit_PCLMUL | bit_POPCNT | bit_OSXSAVE | bit_AVX)
#define LEAF_7 (bit_AVX2 | bit_BMI)

static uint64_t kept_registers(void)
{
    uint32_t low, high;

    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

bool cpu_has_avx2(void)
{
    unsigned a, b, c, d;

    if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & LEAF_1) != LEAF_1) {
        return false;
    }
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & LEAF_7) == LEAF_7 &&
           (kept_registers() & KEEPS_AVX) == KEEPS_AVX;
}
#endif
