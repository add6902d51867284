/*
 * parse_texts: numbers, addresses and times in texts (event/parsetext.h, typereaders.h; ip/, time/).
 *
 *  - Numbers are what counting digits by hand makes of them; floats read back as the same, by the shortest
 * text.
 *  - What inet_pton takes is an address, also with a port, in brackets, with a zone; so is each address
 * printed again.
 *  - A time is what a regular expression and timegm make of it; what strftime prints in a format is read by
 * that again.
 *  - A field's type reads what the parser that it stands for reads.
 *
 * The first byte of the input says which; the text stands behind it, or, if the byte is from 0x80, decisions
 * about one.
 */
#include "base/pool.h"
#include "event/fieldtypes.h"
#include "event/parsetext.h"
#include "event/typereaders.h"
#include "input.h"
#include "ip/address.h"
#include "time/notations.h"
#include "time/parseformat.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

#define MOST_BYTES 4096u
#define SECOND     UINT64_C(1000000000)

static const char *text; /* ends where its memory ends */
static size_t length;

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "parse_texts: %s: \"", what);
    fwrite(text, 1, length, stderr);
    fprintf(stderr, "\"\n");
    abort();
}

/* ---- numbers ---- */

/* The digits as a number; false: there is another byte, or the number has more than 64 bits. */
static bool count(const char *digits, size_t size, uint64_t *number)
{
    unsigned __int128 sum = 0;

    for (size_t i = 0; i < size; i++) {
        if (!isdigit((unsigned char)digits[i])) {
            return false;
        }
        sum = sum * 10 + (unsigned)(digits[i] - '0');
        if (sum > UINT64_MAX) {
            return false; /* it does not become smaller: all bytes behind it are looked at no more, */
        }                 /* which is fine, since it is none either way */
    }
    *number = (uint64_t)sum;
    return size > 0;
}

static void check_natural(void)
{
    uint64_t expected = 0, number = 0;
    bool good = count(text, length, &expected);

    if (natural_parse(text, length, &number) != good || (good && number != expected)) {
        fail("natural_parse");
    }
    good = good && (length == 1 || *text != '0');
    if (digits_parse(text, length, &number) != good || (good && number != expected)) {
        fail("digits_parse");
    }
}

/* The number by moving its point in the text; false: it is none. */
static bool count_decimal(int scale, bool exact, uint64_t *number)
{
    static char digits[2 * MOST_BYTES], whole[2 * MOST_BYTES + 64];
    size_t at = length > 0 && *text == '-', size = 0, before = 0, begin = at;
    long exponent = 0;
    bool negative = at > 0, is_zero, down;

    for (; at < length && isdigit((unsigned char)text[at]); at++) {
        digits[size++] = text[at];
    }
    before = size;
    if (at == begin) {
        return false;
    }
    if (at < length && text[at] == '.') {
        for (at++; at < length && isdigit((unsigned char)text[at]); at++) {
            digits[size++] = text[at];
        }
        if (size == before) {
            return false;
        }
    }
    if (at < length && (text[at] == 'e' || text[at] == 'E')) {
        at++;
        down = at < length && text[at] == '-';
        at += at < length && (text[at] == '-' || text[at] == '+');
        begin = at;
        for (; at < length && isdigit((unsigned char)text[at]); at++) {
            exponent = exponent < 100000 ? 10 * exponent + text[at] - '0' : exponent;
        }
        if (at == begin) {
            return false;
        }
        exponent = down ? -exponent : exponent;
    }
    if (at < length) {
        return false;
    }
    digits[size] = '\0';
    is_zero = strspn(digits, "0") == size;
    exponent += scale + (long)before;
    if (is_zero) {
        *number = 0;
        return true;
    }
    if (negative) {
        return false;
    }
    if (exponent <= 0) {
        *number = 0;
        return !exact;
    }
    for (size_t i = 0; i < (size_t)exponent; i++) {
        if (i > size + 40) {
            return false; /* too large: not all digits are 0 */
        }
        whole[i] = i < size ? digits[i] : '0';
    }
    if (exact && (size_t)exponent < size && strspn(digits + exponent, "0") < size - (size_t)exponent) {
        return false;
    }
    return count(whole, (size_t)exponent, number);
}

static void check_decimal(void)
{
    static const int scales[] = {0, 3, 6, 9};

    for (size_t i = 0; i < 8; i++) {
        uint64_t expected = 0, number = 0;
        bool exact = i % 2 == 0, good = count_decimal(scales[i / 2], exact, &expected);

        if (decimal_parse(text, length, scales[i / 2], exact, &number) != good ||
            (good && number != expected)) {
            fail("decimal_parse");
        }
    }
}

static void check_float(void)
{
    char printed[FLOAT_TEXT];
    double number, again;
    size_t size;

    if (length < sizeof(number)) {
        return;
    }
    memcpy(&number, text, sizeof(number));
    if (!isfinite(number)) {
        return;
    }
    size = float_text(number, printed);
    again = strtod(printed, NULL);
    if (size != strlen(printed) || memcmp(&again, &number, sizeof(number)) != 0) {
        fail(printed);
    }
}

/* ---- addresses ---- */

static void check_same_address(const char *format, const char *address, const uint8_t *expected,
                               unsigned size)
{
    char wrapped[128];
    uint8_t again[16];
    int written = snprintf(wrapped, sizeof(wrapped), format, address);

    if (address_parse(wrapped, (size_t)written, again) != size || memcmp(again, expected, size) != 0) {
        fail(wrapped);
    }
}

static void check_address(void)
{
    uint8_t address[16], expected[16];
    unsigned size = address_parse(text, length, address), right = 0;
    char copy[64], printed[INET6_ADDRSTRLEN];
    const char *colon;
    uint64_t port;

    if (length < sizeof(copy) && memchr(text, '\0', length) == NULL) {
        memcpy(copy, text, length);
        copy[length] = '\0';
        right = inet_pton(AF_INET, copy, expected) == 1    ? 4
                : inet_pton(AF_INET6, copy, expected) == 1 ? 16
                                                           : 0;
    }
    if (right > 0 && (size != right || memcmp(address, expected, size) != 0)) {
        fail("not the address of inet_pton");
    }
    if (size == 0) {
        return;
    }
    colon = memrchr(text, ':', length);
    if ((size == 4 || (*text == '[' && text[length - 1] != ']')) && colon != NULL &&
        (!count(colon + 1, length - (size_t)(colon + 1 - text), &port) || port > UINT16_MAX)) {
        fail("an address with a port that is none");
    }
    inet_ntop(size == 4 ? AF_INET : AF_INET6, address, printed, sizeof(printed));
    check_same_address("%s", printed, address, size);
    check_same_address(size == 4 ? "%s:80" : "[%s]:65535", printed, address, size);
    check_same_address("[%s]", printed, address, size);
    if (size == 16) {
        check_same_address("%s%%eth0", printed, address, size);
    }
    if (network_parse(text, length, expected) != size && memchr(text, '/', length) == NULL) {
        fail("an address that is no network");
    }
}

static void check_network(void)
{
    const char *slash = memchr(text, '/', length);
    uint8_t network[16], address[16];
    unsigned size = network_parse(text, length, network);
    uint64_t bits = 0;

    if (slash == NULL || size == 0) {
        return;
    }
    if (address_parse(text, (size_t)(slash - text), address) != size || memcmp(address, network, size) != 0 ||
        !count(slash + 1, length - (size_t)(slash - text) - 1, &bits) || bits > 8 * size) {
        fail("network_parse");
    }
}

/* ---- times ---- */

static const struct time_defaults defaults = {.year = 1970};

static bool time_parse(const char *from, size_t size, uint64_t *ns)
{
    struct instant instant;

    return time_read_rfc3339(from, size, &defaults, &instant) == TIME_READ_OK &&
           instant_nanoseconds_unsigned(&instant, ns);
}

static bool time_parse_format(const char *format, const char *from, size_t size, uint64_t *ns)
{
    struct instant instant;

    return time_read_format(format, from, size, &defaults, &instant) == TIME_READ_OK &&
           instant_nanoseconds_unsigned(&instant, ns);
}

static int number_of(const regmatch_t *match)
{
    int number = 0;

    for (regoff_t i = match->rm_so; i >= 0 && i < match->rm_eo; i++) {
        number = 10 * number + (text[i] - '0');
    }
    return number;
}

static bool refer_to_time(const char *terminated, uint64_t *ns)
{
    static regex_t pattern;
    static bool is_made;
    regmatch_t parts[13];
    struct tm tm = {0}, again;
    int64_t seconds, east;
    uint64_t fraction = 0, weight = SECOND;

    if (!is_made) {
        regcomp(&pattern,
                "^([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})([.,]([0-9]+))?"
                "( ?([Zz]|[Uu][Tt][Cc]|[Gg][Mm][Tt]|[+-]([0-9]{2}):?([0-9]{2})?))?$",
                REG_EXTENDED);
        is_made = true;
    }
    if (strlen(terminated) != length || strchr(terminated, '\n') != NULL ||
        regexec(&pattern, terminated, 13, parts, 0) != 0 || terminated[length - 1] == ':') {
        return false;
    }
    tm.tm_year = number_of(&parts[1]) - 1900;
    tm.tm_mon = number_of(&parts[2]) - 1;
    tm.tm_mday = number_of(&parts[3]);
    again = tm;
    timegm(&again); /* which moves days that are none */
    if (again.tm_mon != tm.tm_mon || again.tm_mday != tm.tm_mday || number_of(&parts[1]) == 0) {
        return false;
    }
    seconds = number_of(&parts[4]) * 3600 + number_of(&parts[5]) * 60 + number_of(&parts[6]);
    east = number_of(&parts[11]) * 3600 + number_of(&parts[12]) * 60;
    if (number_of(&parts[4]) > 23 || number_of(&parts[5]) > 59 || number_of(&parts[6]) > 60 ||
        number_of(&parts[11]) > 23 || number_of(&parts[12]) > 59) {
        return false;
    }
    seconds += timegm(&tm) - (parts[10].rm_so >= 0 && text[parts[10].rm_so] == '-' ? -east : east);
    for (regoff_t i = parts[8].rm_so; i >= 0 && i < parts[8].rm_eo && weight > 1; i++) {
        weight /= 10;
        fraction += weight * (uint64_t)(text[i] - '0');
    }
    return seconds >= 0 && !__builtin_mul_overflow((uint64_t)seconds, SECOND, ns) &&
           !__builtin_add_overflow(*ns, fraction, ns);
}

static void check_time(void)
{
    char *terminated = strndup(text, length);
    uint64_t expected = 0, ns = 0;
    bool good = refer_to_time(terminated, &expected);

    if (time_parse(text, length, &ns) != good || (good && ns != expected)) {
        fail("time_parse");
    }
    free(terminated);
}

/* Any format and any text: they are parsed, or not. */
static void check_any_format(void)
{
    char *format = strndup(text, length);
    size_t before = strlen(format);
    const char *unknown;
    uint64_t ns;

    if (before < length) {
        if (!time_check_format(format, &unknown) &&
            (*unknown != '%' || unknown < format || unknown >= format + before)) {
            fail("what is unknown in the format is not in it");
        }
        time_parse_format(format, text + before + 1, length - before - 1, &ns);
    }
    free(format);
}

/* What strftime prints, of a time and a format of the input. */
static void check_printed_time(void)
{
    static const char *const weekdays[] = {"", "%a ", "%A, "};
    static const char *const dates[] = {"%Y-%m-%d", "%F",       "%d/%b/%Y", "%e %B %Y", "%Y %j",
                                        "%D",       "%h %d %Y", "%d.%m.%y", "%Y%m%d",   "%n%F%t"};
    static const char *const times[] = {"%H:%M:%S", "%T", "%I:%M:%S %p", "%p%I %M %S", "%R:%S", "%%%T"};
    static const char *const zones[] = {"", " %z", " %Z", "%z"};
    char format[64], printed[128];
    time_t seconds;
    struct tm tm;
    uint64_t ns;
    size_t size;

    input_begin((const uint8_t *)text, length);
    seconds = (time_t)(((uint64_t)input_below(UINT32_MAX) << 1) % 3124224000u); /* up to 2068: %y */
    if (input_once_in(8)) {
        snprintf(format, sizeof(format), "%%s");
    } else {
        snprintf(format, sizeof(format), "%s%s %s%s", INPUT_PICK(weekdays), INPUT_PICK(dates),
                 INPUT_PICK(times), INPUT_PICK(zones));
    }
    gmtime_r(&seconds, &tm);
    tm.tm_zone = "UTC";
    if (strcmp(format, "%s") == 0) {
        size = (size_t)sprintf(printed, "%llu", (unsigned long long)seconds);
    } else {
        size = strftime(printed, sizeof(printed), format, &tm);
    }
    if (!time_parse_format(format, printed, size, &ns) || ns != (uint64_t)seconds * SECOND) {
        fprintf(stderr, "%s printed as %s\n", format, printed);
        fail("a printed time is another one, or none");
    }
}

/* ---- types ---- */

static void check_readers(void)
{
    struct pool pool = {0};

    for (const struct field_type *type = field_types; type->name != NULL; type++) {
        uint64_t cell[4] = {0}, number;
        uint8_t address[16];
        bool good = type->read_text(type, text, length, &pool, cell) == VALUE_READ_OK, right = good;

        if (strcmp(type->name, "uint64") == 0 || strcmp(type->name, "reltime") == 0) {
            right = natural_parse(text, length, &number);
        } else if (strcmp(type->name, "abstime") == 0) {
            right = natural_parse(text, length, &number) || time_parse(text, length, &number);
        } else if (strcmp(type->name, "ipaddr") == 0) {
            right = address_parse(text, length, address) > 0;
        } else if (strcmp(type->name, "ipnet") == 0) {
            right = network_parse(text, length, address) > 0;
        } else if (strcmp(type->name, "string") == 0) {
            right = true;
        }
        if (good != right) {
            fail(type->name);
        }
        if (type->read_number != NULL) {
            type->read_number(type, text, length, &pool, cell);
        }
    }
    pool_free(&pool);
}

/* A text of what numbers, addresses and times are made of. */
static void make_text(const uint8_t *data, size_t size)
{
    static const char *const parts[] = {"0",
                                        "1",
                                        "9",
                                        "18446744073709551615",
                                        "184467440737095516",
                                        "15",
                                        ":",
                                        ".",
                                        "-",
                                        "e",
                                        "E+",
                                        "/",
                                        "T",
                                        " ",
                                        "2024-02-29",
                                        "1900-02-29",
                                        "33",
                                        "Z",
                                        "UTC",
                                        "+0",
                                        "10:00:00",
                                        ",5",
                                        "[",
                                        "]",
                                        "::",
                                        "1.2.3.4",
                                        "fe80::1",
                                        "%x",
                                        ":8",
                                        "65535",
                                        ";",
                                        "2400-02-29T23:59:60"};
    static char made[MOST_BYTES];
    char *to = made;

    input_begin(data, size);
    for (unsigned i = 1 + input_below(1 + input_below(8)); i > 0; i--) {
        to = stpcpy(to, INPUT_PICK(parts));
    }
    length = (size_t)(to - made);
    text = memcpy(malloc(length), made, length); /* which ends where its memory ends */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const checks[])(void) = {check_natural,    check_decimal,      check_float,
                                           check_address,    check_network,      check_time,
                                           check_any_format, check_printed_time, check_readers};

    if (size > 0 && size <= MOST_BYTES) {
        bool is_made = data[0] >= 0x80;

        if (is_made) {
            make_text(data + 1, size - 1);
        } else {
            text = (const char *)data + 1;
            length = size - 1;
        }
        checks[data[0] % (sizeof(checks) / sizeof(checks[0]))]();
        if (is_made) {
            free((void *)(uintptr_t)text);
        }
    }
    return 0;
}
