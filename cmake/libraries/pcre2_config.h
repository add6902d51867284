/*
 * What lure uses of PCRE2: the library for bytes and UTF-8, without JIT, which would need pages that are writable and
 * executable. Its own limits of time and memory are out of the way: src/regex/steps.h ends a match, and the budget of
 * the plugin state bounds the heap. In front of each of its files.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#define PCRE2_STATIC 1 /* as who uses it has it */
#define PCRE2_EXPORT
#define SUPPORT_PCRE2_8
#define SUPPORT_UNICODE
#define HAVE_MEMMOVE             1
#define HAVE_BUILTIN_UNREACHABLE 1
#define LINK_SIZE                2 /* a compiled pattern has at most 64 KB */
#define PARENS_NEST_LIMIT        250
#define MAX_NAME_SIZE            128
#define MAX_NAME_COUNT           10000
#define MAX_VARLOOKBEHIND        255
#define NEWLINE_DEFAULT          2 /* LF */
#define HEAP_LIMIT               0xfffffffe
#define MATCH_LIMIT              0xfffffffe
#define MATCH_LIMIT_DEPTH        0xfffffffe
#define NEVER_BACKSLASH_C        /* it would cut a character of UTF-8 */
