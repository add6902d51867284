#include "hostconfig/yamlescape.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK         'Z'
#define LONGEST_MARK 8u
#define DIGITS       2u

/* Limit for the size of all escapes; beyond it libyaml gets the text unchanged. */
#define MOST_ADDED (16u << 20)

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

struct writer {
    FILE *to;
    size_t mark;
    size_t added;
};

/* ---- which bytes ---- */

/* Decodes the UTF-8 character at `at`, of at most `left` bytes: its length, and its number. 0: ill-formed. */
static size_t character_at(const unsigned char *at, size_t left, uint32_t *number)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = at[0] < 0x80   ? 1
                    : at[0] < 0xC2 ? 0
                    : at[0] < 0xE0 ? 2
                    : at[0] < 0xF0 ? 3
                    : at[0] < 0xF5 ? 4
                                   : 0;

    if (length == 0 || length > left) {
        return 0;
    }
    *number = length == 1 ? at[0] : at[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80) {
            return 0;
        }
        *number = *number << 6 | (at[i] & 0x3Fu);
    }
    return *number >= least[length] ? length : 0;
}

/* True if libyaml reads the character as yaml-cpp does. */
static bool is_plain(uint32_t number)
{
    if (number < 0xA0) {
        return number == '\t' || number == '\n' || (number >= ' ' && number < 0x7F);
    }
    return number != 0x2028 && number != 0x2029 && number != 0xFEFF && (number < 0xD800 || number > 0xDFFF) &&
           number != 0xFFFE && number != 0xFFFF && number <= 0x10FFFF;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* True for characters that libyaml accepts in the name of an anchor. */
static bool is_word(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           byte == '_' || byte == '-';
}

/* The length of what may be the name of an anchor after the "&" or "*" before `at`. In a text it may be none,
 * so it ends before characters that would have a meaning there. */
static size_t name_length(const char *at, size_t left)
{
    size_t length = 0;

    while (length < left && !is_blank(at[length]) && strchr("[]{},\"'\\", at[length]) == NULL) {
        length++;
    }
    while (length > 0 && at[length - 1] == ':') { /* the end of a key */
        length--;
    }
    return length;
}

static bool begins_name(const char *text, size_t at)
{
    return (text[at] == '&' || text[at] == '*') &&
           (at == 0 || is_blank(text[at - 1]) || strchr("[{,", text[at - 1]) != NULL);
}

/* ---- writing ---- */

static void write_escaped(struct writer *writer, const char *bytes, size_t length)
{
    static const char mark[] = "ZZZZZZZZ";

    if (writer->added > MOST_ADDED) {
        fwrite(bytes, 1, length, writer->to);
        return;
    }
    for (size_t i = 0; i < length; i++) {
        fprintf(writer->to, "%.*s%02x", (int)writer->mark, mark, (unsigned char)bytes[i]);
        writer->added += writer->mark + DIGITS;
    }
}

/* Copies, escaped, what may be the name of an anchor. */
static void write_name(struct writer *writer, const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (is_word(name[i])) {
            fputc(name[i], writer->to);
        } else {
            write_escaped(writer, name + i, 1);
        }
    }
}

/* Copies or escapes the character at `at`; returns its length. */
static size_t write_character(struct writer *writer, const char *at, size_t left)
{
    uint32_t number;
    size_t length = character_at((const unsigned char *)at, left, &number);

    if (left > 1 && at[0] == '\r' && at[1] == '\n') {
        fputc('\r', writer->to);
        return 1;
    }
    if (length == 0 || !is_plain(number)) {
        length = length == 0 ? 1 : length;
        write_escaped(writer, at, length);
    } else {
        fwrite(at, 1, length, writer->to);
    }
    return length;
}

/* The end of the lines before the first document: directives, comments, and empty lines. */
static size_t head_length(const char *text, size_t length)
{
    size_t at = 0;

    while (at < length) {
        size_t first = at;

        while (first < length && (text[first] == ' ' || text[first] == '\t')) {
            first++;
        }
        if (first < length && strchr("#\r\n", text[first]) == NULL && text[at] != '%') {
            break;
        }
        while (at < length && text[at] != '\n') {
            at++;
        }
        at += at < length;
    }
    return at;
}

static bool is_directive(const char *text, size_t at)
{
    return text[at] == '%' && (at == 0 || text[at - 1] == '\n') && strncmp(text + at, "%TAG", 4) != 0;
}

static void write_text(struct writer *writer, const char *text, size_t length)
{
    size_t head = head_length(text, length), at = 0, name;

    while (at < length) {
        if (at < head && is_directive(text, at)) {
            fputc('#', writer->to);
            at++;
        } else if (begins_name(text, at)) {
            fputc(text[at++], writer->to);
            name = name_length(text + at, length - at);
            write_name(writer, text + at, name);
            at += name;
        } else {
            at += write_character(writer, text + at, length - at);
        }
    }
}

/* ---- a whole text ---- */

static size_t longest_run(const char *text, size_t length)
{
    size_t longest = 0, run = 0;

    for (size_t i = 0; i < length; i++) {
        run = text[i] == MARK ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

/* True for UTF-16, by its byte order mark. */
static bool is_wide(const char *text, size_t length)
{
    return length >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0);
}

size_t yaml_nul_line(const char *text, size_t length)
{
    const char *nul = is_wide(text, length) ? NULL : memchr(text, '\0', length);
    size_t line = nul != NULL ? 1 : 0;

    for (const char *at = text; nul != NULL && at < nul; at++) {
        line += *at == '\n';
    }
    return line;
}

struct yaml_escaped yaml_escape(const char *text, size_t length)
{
    bool wide = is_wide(text, length);
    size_t run = longest_run(text, length);
    size_t skipped = length >= 3 && memcmp(text, BYTE_ORDER_MARK, 3) == 0 ? 3 : 0;
    struct yaml_escaped escaped = {.mark = wide || run >= LONGEST_MARK ? 0 : run + 1};
    struct writer writer = {.to = open_memstream(&escaped.text, &escaped.length), .mark = escaped.mark};
    bool failed = writer.to == NULL;

    if (!failed && escaped.mark == 0) {
        fwrite(text, 1, length, writer.to);
    } else if (!failed) {
        write_text(&writer, text + skipped, length - skipped);
    }
    if (!failed) {
        failed = ferror(writer.to) != 0;
        failed = fclose(writer.to) != 0 || failed;
    }
    if (failed) {
        free(escaped.text);
        escaped.text = NULL;
    }
    return escaped;
}

static int digit_of(char letter)
{
    return letter >= '0' && letter <= '9'   ? letter - '0'
           : letter >= 'a' && letter <= 'f' ? letter - 'a' + 10
                                            : -1;
}

void yaml_unescape(const struct yaml_escaped *escaped, char *value)
{
    char *to = value;
    size_t run = 0;

    if (escaped->mark == 0) {
        return;
    }
    for (const char *at = value; *at != '\0'; at++) {
        *to++ = *at;
        run = *at == MARK ? run + 1 : 0;
        if (run >= escaped->mark && at[1] != MARK && digit_of(at[1]) >= 0 && digit_of(at[2]) >= 0) {
            to -= escaped->mark;
            *to++ = (char)(digit_of(at[1]) << 4 | digit_of(at[2]));
            at += DIGITS;
            run = 0;
        }
    }
    *to = '\0';
}
