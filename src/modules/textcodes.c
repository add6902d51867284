#include "modules/textcodes.h"

#include <string.h>

#define LETTERS_AND_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

const struct textcode textcodes[] = {
    {"hex", "unhex", "0123456789abcdef", 4, false},
    {"base64", "unbase64", LETTERS_AND_DIGITS "+/", 6, true},
    {"base64url", "unbase64url", LETTERS_AND_DIGITS "-_", 6, false},
    {NULL, NULL, NULL, 0, false},
};

/* Letters that stand for as many whole bytes as there can be: 2 for a byte, 4 for three. */
static size_t group_of(const struct textcode *code)
{
    return code->bits == 4 ? 2 : 4;
}

size_t textcode_room(const struct textcode *code, size_t length)
{
    return code->bits == 4 ? 2 * length : (length + 2) / 3 * 4;
}

size_t textcode_encode(const struct textcode *code, const char *bytes, size_t length, char *to)
{
    unsigned value = 0, bits = 0;
    size_t written = 0;

    for (size_t i = 0; i < length; i++) {
        value = (value & 0xFF) << 8 | (unsigned char)bytes[i];
        for (bits += 8; bits >= code->bits; bits -= code->bits) {
            to[written++] = code->alphabet[(value >> (bits - code->bits)) & ((1u << code->bits) - 1)];
        }
    }
    if (bits > 0) {
        to[written++] = code->alphabet[(value << (code->bits - bits)) & ((1u << code->bits) - 1)];
    }
    while (code->padded && written % group_of(code) != 0) {
        to[written++] = '=';
    }
    return written;
}

/* What a letter stands for; -1: it is none. */
static int value_of(const struct textcode *code, char letter)
{
    const char *found;

    if (code->bits == 4 && letter >= 'A' && letter <= 'F') {
        return letter - 'A' + 10;
    }
    found = letter != '\0' ? strchr(code->alphabet, letter) : NULL;
    return found != NULL ? (int)(found - code->alphabet) : -1;
}

/* The letters without padding. NULL, or what is wrong with it. */
static const char *skip_padding(const struct textcode *code, const char *text, size_t *length)
{
    size_t whole = *length, group = group_of(code);

    while (code->bits == 6 && *length > 0 && whole - *length < 2 && text[*length - 1] == '=') {
        --*length;
    }
    if ((code->padded || *length < whole) && whole % group != 0) {
        return "its padding is wrong";
    }
    if (code->bits == 4 && whole % group != 0) {
        return "it has an odd number of digits";
    }
    return *length % group == 1 ? "it ends within a byte" : NULL;
}

const char *textcode_decode(const struct textcode *code, const char *text, size_t length, char *to,
                            size_t *written)
{
    const char *problem = skip_padding(code, text, &length);
    unsigned value = 0, bits = 0;

    *written = 0;
    for (size_t i = 0; problem == NULL && i < length; i++) {
        int letter = value_of(code, text[i]);

        if (letter < 0) {
            return "it has a character that does not belong there";
        }
        value = (value & 0xFF) << code->bits | (unsigned)letter;
        bits += code->bits;
        if (bits >= 8) {
            bits -= 8;
            to[(*written)++] = (char)(value >> bits);
        }
    }
    return problem == NULL && (value & ((1u << bits) - 1)) != 0 ? "its last character has bits of no byte"
                                                                : problem;
}
