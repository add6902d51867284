/*
 * mbedtls_sha256: Mbed TLS's sha256.c, with the SHA extensions of x86-64 for whole blocks: four times as
 * fast.
 *
 * Mbed TLS has such for aarch64 only. Blocks that are not whole, and processors without them, are left to its
 * own functions. Thread safe: whether there are such extensions is the same whoever asks first.
 */
#ifdef __x86_64__
#define mbedtls_sha256_update sha256_update_portable
#define mbedtls_sha256        sha256_portable
#endif
#include "sha256.c"

#ifdef __x86_64__
#undef mbedtls_sha256_update
#undef mbedtls_sha256
#include <cpuid.h>
#include <immintrin.h>
#include <stdatomic.h>
#include <stdbool.h>

#define BLOCK 64

static bool find_extensions(void)
{
    unsigned eax, ebx, ecx, edx;

    if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0 || (ecx & bit_SSE4_1) == 0) {
        return false;
    }
    return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 && (ebx & bit_SHA) != 0;
}

/* Asks the processor once, since virtual machines take microseconds for it. */
static bool has_extensions(void)
{
    static atomic_int found; /* 1: there are some; -1: there are none; 0: nobody has asked */
    int known = atomic_load_explicit(&found, memory_order_relaxed);

    if (known == 0) {
        known = find_extensions() ? 1 : -1;
        atomic_store_explicit(&found, known, memory_order_relaxed);
    }
    return known > 0;
}

/* The 64 rounds of one block. The instructions want the state as the words ABEF and CDGH, the first highest.
 */
__attribute__((target("sha,sse4.1"))) static void add_block(__m128i *abef, __m128i *cdgh,
                                                            const unsigned char *block)
{
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    const __m128i abef_before = *abef, cdgh_before = *cdgh;
    __m128i words[4]; /* the newest sixteen of the message schedule, four each */

#pragma GCC unroll 16
    for (int i = 0; i < 16; i++) {
        __m128i sums, *const four = &words[i % 4];
        const __m128i newest = words[(i + 3) % 4];

        if (i < 4) {
            *four = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)block + i), swap);
        } else {
            *four = _mm_add_epi32(_mm_sha256msg1_epu32(*four, words[(i + 1) % 4]),
                                  _mm_alignr_epi8(newest, words[(i + 2) % 4], 4));
            *four = _mm_sha256msg2_epu32(*four, newest);
        }
        sums = _mm_add_epi32(*four, _mm_loadu_si128((const __m128i *)K + i));
        *cdgh = _mm_sha256rnds2_epu32(*cdgh, *abef, sums);
        *abef = _mm_sha256rnds2_epu32(*abef, *cdgh, _mm_shuffle_epi32(sums, 0x0E));
    }
    *abef = _mm_add_epi32(*abef, abef_before);
    *cdgh = _mm_add_epi32(*cdgh, cdgh_before);
}

__attribute__((target("sha,sse4.1"))) static void add_blocks(uint32_t state[8], const unsigned char *blocks,
                                                             size_t count)
{
    __m128i *const halves = (__m128i *)state;
    const __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128(halves), 0xB1);
    const __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128(halves + 1), 0x1B);
    __m128i abef = _mm_alignr_epi8(cdab, efgh, 8), cdgh = _mm_blend_epi16(efgh, cdab, 0xF0), feba, dchg;

    for (; count > 0; count--, blocks += BLOCK) {
        add_block(&abef, &cdgh, blocks);
    }
    feba = _mm_shuffle_epi32(abef, 0x1B);
    dchg = _mm_shuffle_epi32(cdgh, 0xB1);
    _mm_storeu_si128(halves, _mm_blend_epi16(feba, dchg, 0xF0));
    _mm_storeu_si128(halves + 1, _mm_alignr_epi8(dchg, feba, 8));
}

int mbedtls_sha256_update(mbedtls_sha256_context *ctx, const unsigned char *input, size_t length)
{
    const size_t fill = (BLOCK - ctx->total[0] % BLOCK) % BLOCK;

    if (length >= fill + BLOCK && has_extensions()) {
        const size_t whole = (length - fill) / BLOCK * BLOCK;
        const int result = sha256_update_portable(ctx, input, fill);
        const uint64_t total = ((uint64_t)ctx->total[1] << 32 | ctx->total[0]) + whole;

        if (result != 0) {
            return result;
        }
        add_blocks(ctx->state, input + fill, whole / BLOCK);
        ctx->total[0] = (uint32_t)total;
        ctx->total[1] = (uint32_t)(total >> 32);
        input += fill + whole;
        length -= fill + whole;
    }
    return sha256_update_portable(ctx, input, length);
}

int mbedtls_sha256(const unsigned char *input, size_t length, unsigned char *output, int is_224)
{
    mbedtls_sha256_context ctx;
    int result;

    mbedtls_sha256_init(&ctx);
    result = mbedtls_sha256_starts(&ctx, is_224);
    if (result == 0) {
        result = mbedtls_sha256_update(&ctx, input, length);
    }
    if (result == 0) {
        result = mbedtls_sha256_finish(&ctx, output);
    }
    mbedtls_sha256_free(&ctx);
    return result;
}
#endif
