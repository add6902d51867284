/*
 * clocale: makes the functions of the C library behave as in the locale "C", whatever locale the process has.
 *
 * A host, or another library in its process, may have called setlocale: then a decimal point may be a
 * comma, letters and the order of texts are those of a language, and messages are translated. Nothing
 * that lure reads, writes or compares may depend on that. So this header is force-included in all of Lua,
 * cJSON and every layer (cmake/dependencies.cmake), and redefines the functions that depend on the locale.
 * spec/checks/library_spec.lua searches for those that it misses.
 *
 * Threads: any. The locale of the process and of the thread stay as they are.
 */
#ifndef LURE_LUA_CLOCALE_H
#define LURE_LUA_CLOCALE_H

#include <ctype.h>
#include <limits.h>
#include <locale.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* glibc has one object for it, which is not counted and need not be freed. */
static inline locale_t clocale(void)
{
    return newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* ---- numbers ---- */

#define strtod(text, end) strtod_l(text, end, clocale())

__attribute__((format(printf, 3, 4))) static inline int clocale_snprintf(char *to, size_t size,
                                                                         const char *format, ...)
{
    locale_t before = uselocale(clocale());
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(to, size, format, arguments);
    va_end(arguments);
    uselocale(before);
    return length;
}

__attribute__((format(printf, 2, 3))) static inline int clocale_fprintf(FILE *file, const char *format, ...)
{
    locale_t before = uselocale(clocale());
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vfprintf(file, format, arguments);
    va_end(arguments);
    uselocale(before);
    return length;
}

__attribute__((format(scanf, 2, 3))) static inline int clocale_sscanf(const char *text, const char *format,
                                                                      ...)
{
    locale_t before = uselocale(clocale());
    va_list arguments;
    int count;

    va_start(arguments, format);
    count = vsscanf(text, format, arguments);
    va_end(arguments);
    uselocale(before);
    return count;
}

#undef snprintf
#undef sprintf
#undef fprintf
#undef sscanf
#define fprintf          clocale_fprintf
#define snprintf         clocale_snprintf
#define sprintf(to, ...) clocale_snprintf(to, (size_t)INT_MAX, __VA_ARGS__) /* cJSON's; it knows its room */
#define sscanf           clocale_sscanf

/* What Lua writes and reads a decimal point as. */
#define lua_getlocaledecpoint() '.'

/* ---- letters: those of ASCII ---- */

static inline bool clocale_between(int letter, int first, int last)
{
    return (unsigned)letter - (unsigned)first <= (unsigned)last - (unsigned)first;
}

#undef isdigit
#undef islower
#undef isupper
#undef isalpha
#undef isalnum
#undef isxdigit
#undef isspace
#undef isgraph
#undef isprint
#undef ispunct
#undef iscntrl
#undef tolower
#undef toupper
#define isdigit(letter)  clocale_between(letter, '0', '9')
#define islower(letter)  clocale_between(letter, 'a', 'z')
#define isupper(letter)  clocale_between(letter, 'A', 'Z')
#define isalpha(letter)  clocale_between((letter) | 0x20, 'a', 'z')
#define isalnum(letter)  clocale_isalnum(letter)
#define isxdigit(letter) clocale_isxdigit(letter)
#define isspace(letter)  clocale_isspace(letter)
#define isgraph(letter)  clocale_between(letter, '!', '~')
#define isprint(letter)  clocale_between(letter, ' ', '~')
#define ispunct(letter)  clocale_ispunct(letter)
#define iscntrl(letter)  clocale_iscntrl(letter)
#define tolower(letter)  clocale_tolower(letter)
#define toupper(letter)  clocale_toupper(letter)

static inline bool clocale_isalnum(int letter)
{
    return isalpha(letter) || isdigit(letter);
}

static inline bool clocale_isxdigit(int letter)
{
    return isdigit(letter) || clocale_between(letter | 0x20, 'a', 'f');
}

static inline bool clocale_isspace(int letter)
{
    return letter == ' ' || clocale_between(letter, '\t', '\r');
}

static inline bool clocale_ispunct(int letter)
{
    return isgraph(letter) && !isalnum(letter);
}

static inline bool clocale_iscntrl(int letter)
{
    return clocale_between(letter, 0, 0x1F) || letter == 0x7F;
}

static inline int clocale_tolower(int letter)
{
    return isupper(letter) ? letter + ('a' - 'A') : letter;
}

static inline int clocale_toupper(int letter)
{
    return islower(letter) ? letter - ('a' - 'A') : letter;
}

/* ---- texts ---- */

#undef strcasecmp
#undef strncasecmp
#define strcoll(a, b)                      strcmp(a, b)
#define strcasecmp(a, b)                   strcasecmp_l(a, b, clocale())
#define strncasecmp(a, b, size)            strncasecmp_l(a, b, size, clocale())
#define strftime(to, size, format, moment) strftime_l(to, size, format, moment, clocale())
#define strerror(number)                   strerror_l(number, clocale())

#endif
