#include "script/timelimit.h"

#include "base/clock.h"
#include "lua/budget.h"
#include "script/interruption.h"
#include "script/vm.h"

#include <lauxlib.h>
#include <stdio.h>

static double seconds(enum vm_clock clock)
{
    int64_t now = clock_now(clock == VM_CLOCK_CPU ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC);

    return (double)now / (double)CLOCK_SECOND;
}

/* Seconds that a call may take which begins after an interruption, `close` or `destroy`. */
#define TIME_TO_END 1.0

/* The seconds that the call may take. */
static double limit_of(const struct vm *vm)
{
    double limit = vm->allowed > 0 && vm->allowed < vm->limits->time ? vm->allowed : vm->limits->time;

    return vm->interruptions > 0 && limit > TIME_TO_END ? TIME_TO_END : limit;
}

/* Whether the call must end; it began with the first look at the clock. It has used its time, or would with
 * so many nanoseconds more, or is interrupted. */
static bool must_end(struct vm *vm, size_t ahead)
{
    int interruptions = interruption_count();
    double now = seconds(vm->clock);

    if (vm->timed != vm->calls) {
        vm->timed = vm->calls;
        vm->began = now;
        vm->interruptions = interruptions;
    }
    vm->interrupted = interruptions % 2 != 0 || interruptions != vm->interruptions;
    return vm->interrupted || now - vm->began + (double)ahead / (double)CLOCK_SECOND > limit_of(vm);
}

bool timelimit_place(lua_State *L, lua_Debug *info)
{
    for (int level = 0; lua_getstack(L, level, info); level++) {
        lua_getinfo(L, "Sl", info);
        if (info->currentline > 0) {
            return true;
        }
    }
    return false;
}

/* From now on the call's error is that its time is up. */
static void run_out_of_time(lua_State *L, struct vm *vm)
{
    lua_Debug info;
    double limit = limit_of(vm);
    char *text = vm->stopped;
    const char *const end = vm->stopped + sizeof(vm->stopped);

    if (timelimit_place(L, &info)) {
        text += snprintf(text, LUA_IDSIZE + 16, "%s:%d: ", info.short_src, info.currentline);
    }
    vm->reason = (size_t)(text - vm->stopped);
    if (vm->interrupted) {
        snprintf(text, (size_t)(end - text), "interrupted by a signal");
    } else {
        snprintf(text, (size_t)(end - text), "stopped after %.14g s%s (limit: %s)", limit,
                 vm->clock == VM_CLOCK_CPU ? " of CPU time" : "",
                 limit >= vm->limits->time ? TIME_LIMIT_NAME
                 : vm->allowed > 0         ? "of what is cancelled"
                                           : "at the program's end");
    }
    vm->out_of_time = true;
}

/* Looks at the clock. Once the time is up every step throws, so neither pcall nor coroutine.resume lets the
 * script continue. */
void timelimit_look_lj(lua_State *L, size_t ahead)
{
    void *ud;
    struct vm *vm;

    lua_getallocf(L, &ud);
    vm = ud;
    if (!vm->out_of_time && !must_end(vm, ahead)) {
        budget_fill(L);
        return;
    }
    if (!vm->out_of_time) {
        run_out_of_time(L, vm);
    }
    budget_empty(L);
    lua_checkstack(L, LUA_MINSTACK); /* without it there are Lua's own spare places */
    lua_pushstring(L, vm->stopped);  /* text */
    lua_error(L);
}
