/*
 * longjump: a cheaper setjmp and longjmp for Lua's errors, in its ldo.c and in our fastapi.c.
 *
 * A protected call is made for every field, and the C library's setjmp would be a tenth of its time. The
 * compiler's own saves no registers: what is live behind it is read from the stack again. With sanitizers,
 * which support the C library's only, that one is used.
 *
 * Force-included when Lua's ldo.c is compiled.
 */
#ifndef LURE_LUA_LONGJUMP_H
#define LURE_LUA_LONGJUMP_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) &&     \
    !defined(__SANITIZE_THREAD__)

typedef void *jump_buffer[5];

#define LURE_LUA_JUMP_TO

/* Never inlined: it must not be in the function that has set the jump. */
__attribute__((noreturn, noipa, visibility("hidden"))) void jump_to(jump_buffer buffer);

#define LUAI_THROW(L, c) jump_to((c)->b)
#define LUAI_TRY(L, c, a)                                                                                    \
    if (__builtin_setjmp((c)->b) == 0) {                                                                     \
        a                                                                                                    \
    }
#define luai_jmpbuf jump_buffer

#else

#include <setjmp.h>

/* not _longjmp, which ThreadSanitizer does not see: it would take what was jumped out of for still called */
#define LUAI_THROW(L, c) longjmp((c)->b, 1)
#define LUAI_TRY(L, c, a)                                                                                    \
    if (setjmp((c)->b) == 0) {                                                                               \
        a                                                                                                    \
    }
#define luai_jmpbuf jmp_buf

#endif

#endif
