/*
 * input: what a fuzz target decides by the bytes of its input.
 *
 * A target that makes what it tries (a document, a function, calls) asks for one number after the other. Each
 * takes a byte or some of the input, so a fuzzer that changes a byte changes a decision. Behind the end of
 * the input each number is 0: what is made must come to an end with those, too.
 *
 * The input is the one of the run: one for each target, not thread safe.
 */
#ifndef LURE_FUZZ_INPUT_H
#define LURE_FUZZ_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What libFuzzer calls, and driver.c where there is no libFuzzer. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Optional: driver.c calls it in the end; a target fails there if its runs tried too little. */
__attribute__((weak)) void fuzz_end(unsigned long runs);

static struct {
    const uint8_t *at, *end;
} input;

static inline void input_begin(const uint8_t *data, size_t size)
{
    input.at = data;
    input.end = data + size;
}

/* Bytes that nothing was decided by. */
static inline size_t input_left(void)
{
    return (size_t)(input.end - input.at);
}

/* A number below `below`, which is not 0; of one byte up to 256, else of four. */
static inline unsigned input_below(unsigned below)
{
    uint32_t number = 0;

    if (below <= 256) {
        number = input.at < input.end ? *input.at++ : 0;
    } else if (input_left() >= sizeof(number)) {
        memcpy(&number, input.at, sizeof(number));
        input.at += sizeof(number);
    } else {
        input.at = input.end;
    }
    return number % below;
}

static inline bool input_once_in(unsigned times)
{
    return input_below(times) == 0;
}

/* At most `most` of the bytes that are left, in *size. */
static inline const char *input_bytes(size_t most, size_t *size)
{
    const uint8_t *bytes = input.at;

    *size = input_left() < most ? input_left() : most;
    input.at += *size;
    return (const char *)bytes;
}

/* The bytes up to the next NUL, or the end, as a text that the caller frees. */
static inline char *input_text(void)
{
    size_t size = input_left() > 0 ? strnlen((const char *)input.at, input_left()) : 0;
    char *text = strndup(size > 0 ? (const char *)input.at : "", size);

    input.at += size + (size < input_left());
    return text;
}

#define INPUT_PICK(list) list[input_below(sizeof(list) / sizeof(list[0]))]

#endif
