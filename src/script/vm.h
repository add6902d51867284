/*
 * vm: a Lua state with limits of memory and time, and the protected calls into it.
 *
 * All work in Lua is done in C functions that run inside of a protected call (vm_call). An error becomes a
 * text with file, line and callback. Nothing that can throw runs outside of a protected call.
 *
 * Owner: a plugin state or an identity. Not thread safe.
 */
#ifndef LURE_SCRIPT_VM_H
#define LURE_SCRIPT_VM_H

#include "base/freelists.h"
#include "lua/budget.h"
#include "lua/eval.h"
#include "lua/fastapi.h"
#include "modules/log.h"
#include "script/declaredtables.h"
#include "script/limits.h"
#include "script/scriptsource.h"
#include "task/taskgroup.h"

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

/* The clock for the time limit of a callback. */
enum vm_clock {
    VM_CLOCK_WALL,
    VM_CLOCK_CPU /* the thread's own time: for callbacks that may wait for input */
};

struct vm {
    struct budget budget; /* first: lua/budget.h says why */
    lua_State *L;
    const struct limits *limits;
    const struct script_source *source; /* the script */
    struct log *log;
    struct freelists blocks;
    struct task_state *tasks; /* its address stays */
    int kept; /* how many values stay on the stack: the error handler, then those of vm_keep */

    struct eval_known known; /* functions that the script may call where nothing is called */
    lua_CFunction lines;     /* Lua's own iterator over lines (lua/streamlines.h), or NULL */

    const char *callback; /* what runs now, as messages call it; NULL: the script's top level */
    enum vm_clock clock;
    uint64_t calls;    /* number of the call that runs */
    uint64_t timed;    /* the call whose begin is in `began` */
    double began;      /* seconds on `clock` at the first look in that call */
    int interruptions; /* how many there were then (script/interruption.h) */
    bool out_of_time;  /* the call that runs has used its time: every step throws */
    bool interrupted;  /* ... or was interrupted */
    char stopped[192]; /* the error of that */
    size_t reason;     /* ... without its place begins there */
    bool timed_out;    /* so had the last call that failed */
    bool was_interrupted;
    double
        allowed; /* seconds that the call may take, where they are less than limits->time; 0: they are not */
    bool error_is_ours; /* the error on its way has its place and callback in it already */

    struct script_source **modules; /* Lua files that the script has read (script/luafile.h) */
    size_t module_count;
    bool declaring;                /* the script's top level runs: lure.table may be called */
    struct declared_tables tables; /* that it declares the use of */
    char *problem; /* why one could not be read; here so that it is freed although that throws */

    size_t charged; /* to the budget, for what is not Lua's (script/copies.h) */
    size_t copied;  /* bytes of the copies among that */

    char warning[256]; /* what has come so far of one of Lua's own */

    char *error;     /* of the last call that failed; NULL: out of memory */
    char *traceback; /* of the same, or NULL */
};

/* A new state without libraries, whose collector is stopped until they are opened (garbage_begin); limits,
 * budget, source and log are borrowed and must live longer. False: out of memory. */
bool vm_open(struct vm *vm, const struct limits *limits, struct memory_budget *budget,
             const struct script_source *source, struct log *log);

/* Moves a vm; `from` is closed afterwards. Not during a call. */
void vm_move(struct vm *to, struct vm *from);

/* Releases a list of modules taken out of a vm. */
void vm_free_modules(struct script_source **modules, size_t count);

/* Closes the state. All zero is a closed vm, and may be closed again. */
void vm_close(struct vm *vm);

/*
 * Calls function(L) with `request` as its only argument, a light userdata.
 * False: it threw; vm_error returns the text until the next call. `callback` ("next",
 * "field dummy.value") must live as long as the call.
 */
bool vm_call(struct vm *vm, const char *callback, enum vm_clock clock, lua_CFunction function, void *request);

/* Inside of such a call: restarts the time limit. */
void vm_call_again(struct vm *vm);

/* Moves the `count` elements of the list in the registry to the stack, where they stay: pushing one of them
 * needs no look-up, and cannot throw. Returns the index of the first; 0: out of memory. */
int vm_keep(struct vm *vm, int reference, int count);

/* What is called, and how. */
struct vm_call {
    const char *callback; /* as in vm_call */
    enum vm_clock clock;
    int arguments, results;
    const struct call_text *texts; /* arguments that become strings first (lua/fastapi.h) */
    int text_count;
};

/* The stack index of the error handler during the life of the state. */
#define VM_HANDLER 1

/* Handles a failed call, or one whose time was up: keeps the error at the top. Returns the call's status: one
 * that has used its time has failed. */
int vm_end_failed(struct vm *vm, int status);

/* Calls the pushed function with the arguments pushed after it, like vm_call. Outside of a protected call
 * only values that cannot throw may be pushed: kept values, numbers, light userdata, C functions. False: it
 * threw. True: the results are above the kept values, until vm_drop. */
static inline __attribute__((always_inline)) bool vm_call_pushed(struct vm *vm, const struct vm_call *call)
{
    int status;

    vm->callback = call->callback;
    vm->clock = call->clock;
    vm->calls++;
    status = fastapi_pcall(vm->L, call->arguments, call->results, VM_HANDLER, call->texts, call->text_count);
    if (__builtin_expect(status != LUA_OK || vm->out_of_time || vm->error_is_ours, 0)) {
        status = vm_end_failed(vm, status);
    }
    return status == LUA_OK;
}

void vm_drop(struct vm *vm);

/* Handles that a coroutine has thrown, or that its time was up. Returns its status. */
int vm_end_resume_failed(struct vm *vm, lua_State *thread, int status);

/*
 * Resumes a coroutine of the state; what is called, or the results of its yield, and the arguments are at its
 * top. LUA_OK or LUA_YIELD: `*results` values are there. Else it threw, which vm_error tells; its `<close>`
 * variables have run, and it can be used anew.
 */
static inline __attribute__((always_inline)) int vm_resume(struct vm *vm, lua_State *thread,
                                                           const struct vm_call *call, int *results)
{
    int status;

    vm->callback = call->callback;
    vm->clock = call->clock;
    vm->calls++;
    status = lua_resume(thread, vm->L, call->arguments, results);
    if (__builtin_expect((status != LUA_OK && status != LUA_YIELD) || vm->out_of_time || vm->error_is_ours,
                         0)) {
        status = vm_end_resume_failed(vm, thread, status);
    }
    return status;
}

/* Closes a coroutine that is suspended, in the name of `callback`; its `<close>` variables may take so many
 * seconds. False: one threw; as vm_call. */
bool vm_close_thread(struct vm *vm, lua_State *thread, const char *callback, double seconds);

/* Keeps an error as if a call had failed; `place`: the coroutine where the script is, or NULL. */
void vm_set_error(struct vm *vm, lua_State *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The text of the last call that failed; never NULL. */
const char *vm_error(const struct vm *vm);

/* Logs text and traceback of the last failed call, at most once a second; not that it was interrupted. */
void vm_log_error(struct vm *vm);

/* The vm that `L` belongs to. */
static inline struct vm *vm_of(lua_State *L)
{
    void *vm;

    lua_getallocf(L, &vm);
    return vm;
}

/*
 * Throws "FILE:LINE: CALLBACK: message", where the line is that of the function at `function`
 * (0: none). For what a callback returned, which has no line of its own.
 */
int vm_fail_lj(lua_State *L, int function, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Throws that memory is out, with the limit. */
int vm_no_memory_lj(lua_State *L);

/* Throws "PLACE: message" for a known position: "FILE:LINE: ", or NULL. */
int vm_fail_at_lj(lua_State *L, const char *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
