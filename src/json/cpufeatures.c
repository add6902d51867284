#include "json/cpufeatures.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <stdint.h>

/* Registers whose contents the system keeps (XCR0): those of AVX, and of AVX-512 besides. */
#define KEEPS_AVX    UINT64_C(0x06)
#define KEEPS_AVX512 UINT64_C(0xE6)

/* Features (Intel's manual, CPUID): of leaf 1 in ECX, of leaf 7 in EBX and in ECX. */
#define LEAF_1_AVX2     (bit_PCLMUL | bit_POPCNT | bit_OSXSAVE | bit_AVX)
#define LEAF_7_AVX2     (bit_AVX2 | bit_BMI)
#define LEAF_7_AVX512   (bit_AVX512F | bit_AVX512BW)
#define LEAF_7_AVX512_C bit_VPCLMULQDQ

static uint64_t kept_registers(void)
{
    uint32_t low, high;

    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

/* What leaf 7 says in EBX and ECX, and which registers are kept; all zero without the basics of AVX2. */
struct features {
    unsigned b, c;
    uint64_t kept;
};

static struct features look(void)
{
    struct features features = {0, 0, 0};
    unsigned a, b, c, d;

    if (__get_cpuid(1, &a, &b, &c, &d) != 0 && (c & LEAF_1_AVX2) == LEAF_1_AVX2 &&
        __get_cpuid_count(7, 0, &a, &features.b, &features.c, &d) != 0) {
        features.kept = kept_registers();
    }
    return features;
}

bool cpu_has_avx2(void)
{
    const struct features features = look();

    return (features.b & LEAF_7_AVX2) == LEAF_7_AVX2 && (features.kept & KEEPS_AVX) == KEEPS_AVX;
}

bool cpu_has_avx512(void)
{
    const struct features features = look();

    return (features.b & (LEAF_7_AVX2 | LEAF_7_AVX512)) == (LEAF_7_AVX2 | LEAF_7_AVX512) &&
           (features.c & LEAF_7_AVX512_C) == LEAF_7_AVX512_C &&
           (features.kept & KEEPS_AVX512) == KEEPS_AVX512;
}
#endif
