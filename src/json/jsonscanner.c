#include "json/jsonscanner.h"

#include "base/utf8.h"
#include "json/cpufeatures.h"
#include "json/jsonscalars.h"

#include <limits.h>
#include <stdatomic.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__) && defined(__ARM_NEON) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define HAS_NEON
#include <arm_neon.h>
#endif

#define BLOCK 64

struct kernel {
    const char *name;
    const char *(*string_end)(const char *at, const char *end, bool *escaped);
    const char *(*container_end)(const char *at, const char *end, size_t depth);
};

/* ---- plain C: a byte at a time ---- */

static const char *plain_string_end(const char *at, const char *end, bool *escaped)
{
    *escaped = false;
    while (at < end && *at != '"') {
        if (*at == '\\') {
            *escaped = true;
            if (++at == end) {
                return NULL;
            }
        }
        at++;
    }
    return at < end ? at : NULL;
}

static const char *plain_container_end(const char *at, const char *end, size_t depth)
{
    bool string = false;

    for (; at < end; at++) {
        if (*at == '\\') {
            if (++at == end) {
                return NULL;
            }
        } else if (*at == '"') {
            string = !string;
        } else if (!string && (*at == '{' || *at == '[')) {
            depth++;
        } else if (!string && (*at == '}' || *at == ']') && --depth == 0) {
            return at + 1;
        }
    }
    return NULL;
}

static const struct kernel plain = {"plain", plain_string_end, plain_container_end};

/* ---- blocks of 64 bytes: bit N of a mask is byte N of the block ---- */

#if defined(__x86_64__) || defined(HAS_NEON)
/* What differs between kernels comes as functions, known when they are compiled and so part of the loop. */
#define TEMPLATE static inline __attribute__((always_inline))

struct masks {
    uint64_t quotes, slashes, opens, closes;
};

/* The masks of the block at `at`; behind the text's end nothing is there. */
typedef struct masks masks_function(const char *at, const char *end);

/* Each bit: the number of bits set up to it, odd or even. */
typedef uint64_t parity_function(uint64_t bits);

/* The block at `at`, or a copy with zeros behind it where the text ends before the block does. */
TEMPLATE const void *whole_block(const char *at, const char *end, unsigned char *copy)
{
    size_t left = (size_t)(end - at);

    if (left >= BLOCK) {
        return at;
    }
    memset(copy, 0, BLOCK);
    memcpy(copy, at, left);
    return copy;
}

/*
 * The bytes that a backslash stands before and takes the meaning from. `*carry` is 1 where the last byte of
 * the block before was such a backslash.
 *
 * In a run of backslashes every other one escapes. Adding a run's first bit to the run clears the run and
 * sets the bit behind it; so exclusive or with what was before gives the run and that bit. Done for runs that
 * begin at even places and for those at odd ones, it is known which bits of each are escaped.
 */
TEMPLATE uint64_t escaped_bytes(uint64_t slashes, uint64_t *carry)
{
    const uint64_t even = UINT64_C(0x5555555555555555);
    uint64_t escaped = *carry, starts;

    slashes &= ~escaped;
    starts = slashes & ~(slashes << 1);
    escaped |= ((slashes + (starts & even)) ^ slashes) & ~even;
    escaped |= ((slashes + (starts & ~even)) ^ slashes) & even;
    *carry = (slashes & ~escaped) >> (BLOCK - 1);
    return escaped;
}

TEMPLATE const char *block_string_end(const char *at, const char *end, bool *escaped,
                                      masks_function *masks_of)
{
    uint64_t carry = 0;

    *escaped = false;
    for (; at < end; at += BLOCK) {
        struct masks masks = masks_of(at, end);

        if ((masks.slashes | carry) != 0) {
            masks.quotes &= ~escaped_bytes(masks.slashes, &carry);
        }
        if (masks.quotes != 0) {
            *escaped |= (masks.slashes & (masks.quotes ^ (masks.quotes - 1))) != 0;
            return at + __builtin_ctzll(masks.quotes);
        }
        *escaped |= masks.slashes != 0;
        if (end - at < BLOCK) {
            break;
        }
    }
    return NULL;
}

/* The bit where `depth` comes to zero, or BLOCK; then `*depth` is that behind the block. */
TEMPLATE unsigned place_of_end(uint64_t opens, uint64_t closes, size_t *depth)
{
    if (*depth > (size_t)__builtin_popcountll(closes)) {
        *depth += (size_t)__builtin_popcountll(opens) - (size_t)__builtin_popcountll(closes);
        return BLOCK;
    }
    for (; closes != 0; closes &= closes - 1) {
        uint64_t before = opens & ((closes & -closes) - 1);

        *depth += (size_t)__builtin_popcountll(before) - 1;
        opens ^= before;
        if (*depth == 0) {
            return (unsigned)__builtin_ctzll(closes);
        }
    }
    *depth += (size_t)__builtin_popcountll(opens);
    return BLOCK;
}

TEMPLATE const char *block_container_end(const char *at, const char *end, size_t depth,
                                         masks_function *masks_of, parity_function *parity)
{
    uint64_t carry = 0, string = 0; /* all bits set where a string goes on from the block before */

    for (; at < end; at += BLOCK) {
        struct masks masks = masks_of(at, end);
        uint64_t inside;
        unsigned place;

        if ((masks.slashes | carry) != 0) {
            uint64_t escaped = escaped_bytes(masks.slashes, &carry);

            masks.quotes &= ~escaped;
            masks.opens &= ~escaped;
            masks.closes &= ~escaped;
        }
        inside = parity(masks.quotes) ^ string;
        string = -(inside >> (BLOCK - 1));
        place = place_of_end(masks.opens & ~inside, masks.closes & ~inside, &depth);
        if (place < BLOCK) {
            return at + place + 1;
        }
        if (end - at < BLOCK) {
            break;
        }
    }
    return NULL;
}

static inline uint64_t shifted_parity(uint64_t bits)
{
    for (unsigned shift = 1; shift < BLOCK; shift *= 2) {
        bits ^= bits << shift;
    }
    return bits;
}
#endif

/* ---- x86-64: SSE2, which all have; AVX2 with a carry-less multiplication ---- */

#if defined(__x86_64__)
#define WITH_AVX2 __attribute__((target("avx2,pclmul,popcnt,bmi")))

static inline uint64_t sse2_equal(const __m128i bytes[4], char byte)
{
    const __m128i wanted = _mm_set1_epi8(byte);
    uint64_t mask = 0;

    for (int i = 0; i < 4; i++) {
        mask |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes[i], wanted)) << (16 * i);
    }
    return mask;
}

static inline struct masks sse2_masks(const char *at, const char *end)
{
    unsigned char copy[BLOCK];
    const void *block = whole_block(at, end, copy);
    __m128i bytes[4];
    struct masks masks;

    for (int i = 0; i < 4; i++) {
        bytes[i] = _mm_loadu_si128((const __m128i *)block + i);
    }
    masks.quotes = sse2_equal(bytes, '"');
    masks.slashes = sse2_equal(bytes, '\\');
    for (int i = 0; i < 4; i++) {
        bytes[i] = _mm_or_si128(bytes[i], _mm_set1_epi8('{' ^ '[')); /* "[" becomes "{", "]" becomes "}" */
    }
    masks.opens = sse2_equal(bytes, '{');
    masks.closes = sse2_equal(bytes, '}');
    return masks;
}

static const char *sse2_string_end(const char *at, const char *end, bool *escaped)
{
    return block_string_end(at, end, escaped, sse2_masks);
}

static const char *sse2_container_end(const char *at, const char *end, size_t depth)
{
    return block_container_end(at, end, depth, sse2_masks, shifted_parity);
}

static const struct kernel sse2 = {"sse2", sse2_string_end, sse2_container_end};

WITH_AVX2 static inline uint64_t avx2_equal(__m256i low, __m256i high, char byte)
{
    const __m256i wanted = _mm256_set1_epi8(byte);

    return (uint64_t)(unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted)) |
           (uint64_t)(unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted)) << 32;
}

WITH_AVX2 static inline struct masks avx2_masks(const char *at, const char *end)
{
    unsigned char copy[BLOCK];
    const void *block = whole_block(at, end, copy);
    __m256i low = _mm256_loadu_si256(block), high = _mm256_loadu_si256((const __m256i *)block + 1);
    const __m256i bit = _mm256_set1_epi8('{' ^ '[');
    struct masks masks;

    masks.quotes = avx2_equal(low, high, '"');
    masks.slashes = avx2_equal(low, high, '\\');
    low = _mm256_or_si256(low, bit);
    high = _mm256_or_si256(high, bit);
    masks.opens = avx2_equal(low, high, '{');
    masks.closes = avx2_equal(low, high, '}');
    return masks;
}

WITH_AVX2 static inline uint64_t multiplied_parity(uint64_t bits)
{
    return (uint64_t)_mm_cvtsi128_si64(
        _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)bits), _mm_set1_epi8(-1), 0));
}

WITH_AVX2 static const char *avx2_string_end(const char *at, const char *end, bool *escaped)
{
    return block_string_end(at, end, escaped, avx2_masks);
}

WITH_AVX2 static const char *avx2_container_end(const char *at, const char *end, size_t depth)
{
    return block_container_end(at, end, depth, avx2_masks, multiplied_parity);
}

static const struct kernel avx2 = {"avx2", avx2_string_end, avx2_container_end};
#endif

/* ---- aarch64: NEON, which all have ---- */

#if defined(HAS_NEON)
/* One bit of each byte of 64 that are all ones or all zeros. */
static inline uint64_t neon_bits(const uint8x16_t bytes[4])
{
    static const uint8_t places[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t place = vld1q_u8(places);
    uint8x16_t sum = vpaddq_u8(vpaddq_u8(vandq_u8(bytes[0], place), vandq_u8(bytes[1], place)),
                               vpaddq_u8(vandq_u8(bytes[2], place), vandq_u8(bytes[3], place)));

    sum = vpaddq_u8(sum, sum);
    return vgetq_lane_u64(vreinterpretq_u64_u8(sum), 0);
}

static inline uint64_t neon_equal(const uint8x16_t bytes[4], char byte)
{
    const uint8x16_t wanted = vdupq_n_u8((uint8_t)byte);
    uint8x16_t equal[4];

    for (int i = 0; i < 4; i++) {
        equal[i] = vceqq_u8(bytes[i], wanted);
    }
    return neon_bits(equal);
}

static inline struct masks neon_masks(const char *at, const char *end)
{
    unsigned char copy[BLOCK];
    const void *block = whole_block(at, end, copy);
    uint8x16_t bytes[4];
    struct masks masks;

    for (int i = 0; i < 4; i++) {
        bytes[i] = vld1q_u8((const uint8_t *)block + 16 * i);
    }
    masks.quotes = neon_equal(bytes, '"');
    masks.slashes = neon_equal(bytes, '\\');
    for (int i = 0; i < 4; i++) {
        bytes[i] = vorrq_u8(bytes[i], vdupq_n_u8('{' ^ '[')); /* "[" becomes "{", "]" becomes "}" */
    }
    masks.opens = neon_equal(bytes, '{');
    masks.closes = neon_equal(bytes, '}');
    return masks;
}

static const char *neon_string_end(const char *at, const char *end, bool *escaped)
{
    return block_string_end(at, end, escaped, neon_masks);
}

static const char *neon_container_end(const char *at, const char *end, size_t depth)
{
    return block_container_end(at, end, depth, neon_masks, shifted_parity);
}

static const struct kernel neon = {"neon", neon_string_end, neon_container_end};
#endif

/* ---- which one ---- */

/* All that this processor can run, the best first. */
static size_t list_kernels(const struct kernel *list[JSON_MOST_KERNELS])
{
    size_t count = 0;

#if defined(__x86_64__)
    if (cpu_has_avx2()) {
        list[count++] = &avx2;
    }
    list[count++] = &sse2;
#elif defined(HAS_NEON)
    list[count++] = &neon;
#endif
    list[count++] = &plain;
    return count;
}

/* NULL until somebody skips. Threads that choose at the same time choose the same. */
static const struct kernel *_Atomic chosen;

static const struct kernel *choose(void)
{
    const struct kernel *list[JSON_MOST_KERNELS];

    list_kernels(list);
    atomic_store_explicit(&chosen, list[0], memory_order_relaxed);
    return list[0];
}

static inline const struct kernel *kernel(void)
{
    const struct kernel *known = atomic_load_explicit(&chosen, memory_order_relaxed);

    return known != NULL ? known : choose();
}

size_t json_kernels(const char *names[JSON_MOST_KERNELS])
{
    const struct kernel *list[JSON_MOST_KERNELS];
    size_t count = list_kernels(list);

    for (size_t i = 0; i < count; i++) {
        names[i] = list[i]->name;
    }
    return count;
}

bool json_use_kernel(const char *name)
{
    const struct kernel *list[JSON_MOST_KERNELS];
    size_t count = list_kernels(list);

    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i]->name, name) == 0) {
            atomic_store_explicit(&chosen, list[i], memory_order_relaxed);
            return true;
        }
    }
    return false;
}

const char *json_long_string_end(const char *at, const char *end, bool *escaped)
{
    return kernel()->string_end(at, end, escaped);
}

const char *json_odd_string_end(const char *at, const char *end, bool *is_plain)
{
    bool escaped;
    const char *close = json_long_string_end(at, end, &escaped);

    *is_plain = close != NULL && !escaped && json_plain_end(at, close) == close &&
                utf8_clean(at, (size_t)(close - at), UTF8_TEXT) == (size_t)(close - at);
    return close;
}

const char *json_container_end(const char *at, const char *end)
{
    return kernel()->container_end(at, end, 0);
}

const char *json_container_rest(const char *at, const char *end, size_t depth)
{
    return kernel()->container_end(at, end, depth);
}

/* The bytes that no number or word has, beside those that end it (json_ends_word). */
static const bool stops[UCHAR_MAX + 1] = {
    ['\0'] = true, ['\t'] = true, ['\n'] = true, ['\r'] = true, [' '] = true, ['"'] = true,
    [','] = true,  ['['] = true,  ['\\'] = true, [']'] = true,  ['{'] = true, ['}'] = true};

const char *json_skip_word(const char *at, const char *end)
{
    const char *begin = at;

    while (at < end && !stops[(unsigned char)*at]) {
        at++;
    }
    return at > begin ? at : NULL;
}
