// How a function of the host's does not return: by a C++ exception, or by longjmp.
#include "leaving.h"

#include <csetjmp>
#include <cstdlib>

static std::jmp_buf out;
static bool throws;

extern "C" void leave(void)
{
    if (throws) {
        throw 1;
    }
    std::longjmp(out, 1);
}

static bool is_left_by_throw(void (*call)(void))
{
    try {
        call();
    } catch (int) {
        return true;
    }
    return false;
}

static bool is_left_by_jump(void (*call)(void))
{
    if (setjmp(out) != 0) {
        return true;
    }
    call();
    return false;
}

extern "C" bool is_left(void (*call)(void), bool by_throw)
{
    throws = by_throw;
    return by_throw ? is_left_by_throw(call) : is_left_by_jump(call);
}
