#include "script/vm.h"

#include "base/text.h"
#include "event/value.h"
#include "lua/budget.h"
#include "lua/fastapi.h"
#include "script/thrown.h"
#include "script/timelimit.h"

#include <lauxlib.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Stack slots for values that are pushed outside of a protected call. */
#define PUSHED 16

/* Blocks from this size on are charged to the time budget, a unit for so many bytes. */
#define LARGE_BLOCK   4096
#define BYTES_OF_UNIT 8

/* As TEXT_OVER_LIMIT, with the number of bytes. */
#define NO_MEMORY "not enough memory (limit: " MEMORY_LIMIT_NAME ", %zu bytes)"

/* Large blocks are charged to the time budget as well: they are about to be filled. */
static __attribute__((noinline)) void *allocate_large(struct vm *vm, void *block, size_t old_size,
                                                      size_t new_size)
{
    if (vm->L != NULL) {
        budget_count(vm->L, new_size / BYTES_OF_UNIT);
    }
    return block == NULL ? freelists_take(&vm->blocks, new_size)
                         : freelists_resize(&vm->blocks, block, old_size, new_size);
}

/* The allocator, which is charged to the budget of memory. Nothing may be thrown here. */
static void *allocate(void *ud, void *block, size_t old_size, size_t new_size)
{
    struct vm *vm = ud;

    if (new_size >= LARGE_BLOCK) {
        return allocate_large(vm, block, old_size, new_size);
    }
    if (block == NULL) { /* old_size is the kind of object */
        return new_size > 0 ? freelists_take(&vm->blocks, new_size) : NULL;
    }
    if (new_size == 0) {
        freelists_give(&vm->blocks, block, old_size);
        return NULL;
    }
    return freelists_resize(&vm->blocks, block, old_size, new_size);
}

/* Receives Lua's warnings, which are only about errors in __gc and __close. They come in pieces. */
static void warn(void *ud, const char *text, int to_be_continued)
{
    struct vm *vm = ud;
    size_t length = strlen(vm->warning);

    snprintf(vm->warning + length, sizeof(vm->warning) - length, "%s", text);
    if (to_be_continued) {
        return;
    }
    if (vm->warning[0] != '@') { /* that would be a control message */
        log_limited(vm->log, LOG_LEVEL_WARNING, vm->warning);
    }
    vm->warning[0] = '\0';
}

bool vm_open(struct vm *vm, const struct limits *limits, struct memory_budget *budget,
             const struct script_source *source, struct log *log)
{
    *vm = (struct vm){.limits = limits, .source = source, .log = log};
    freelists_open(&vm->blocks, budget, limits->optimize.block_allocator ? FREELISTS_KEPT : 0);
    vm->tasks = calloc(1, sizeof(*vm->tasks));
    vm->L = vm->tasks != NULL ? lua_newstate(allocate, vm) : NULL;
    if (vm->L == NULL) {
        free(vm->tasks);
        vm->tasks = NULL;
        freelists_close(&vm->blocks);
        return false;
    }
    task_state_open(vm->L, vm->tasks);
    lua_pushcfunction(vm->L, thrown_handle_lj); /* handler */
    vm->kept = VM_HANDLER;
    lua_setwarnf(vm->L, warn, vm);
    budget_open(vm->L, &vm->budget, timelimit_look_lj);
    lua_gc(vm->L, LUA_GCGEN, 0, 0);
    lua_gc(vm->L, LUA_GCSTOP);
    return true;
}

void vm_move(struct vm *to, struct vm *from)
{
    *to = *from;
    *from = (struct vm){.L = NULL};
    if (to->L != NULL) {
        lua_setallocf(to->L, allocate, to);
        lua_setwarnf(to->L, warn, to);
    }
}

void vm_free_modules(struct script_source **modules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        script_source_release(modules[i]);
    }
    free(modules);
}

void vm_close(struct vm *vm)
{
    if (vm->L != NULL) {
        lua_close(vm->L);
    }
    freelists_close(&vm->blocks);
    memory_release(vm->blocks.budget, vm->charged);
    vm->charged = 0;
    vm->L = NULL;
    free(vm->tasks);
    vm->tasks = NULL;
    vm_free_modules(vm->modules, vm->module_count);
    vm->modules = NULL;
    vm->module_count = 0;
    declared_tables_free(&vm->tables);
    free(vm->problem);
    vm->problem = NULL;
    free(vm->error);
    free(vm->traceback);
    vm->error = vm->traceback = NULL;
}

/* A copy of an error's text, which may be as long as the script's memory. NULL: out of memory. */
static char *copy_error(const char *text)
{
    size_t length = strlen(text);

    if (length <= THROWN_LONGEST) {
        return text_copy(text);
    }
    length = THROWN_LONGEST;
    while (((unsigned char)text[length] & 0xC0) == 0x80) { /* inside a character */
        length--;
    }
    return text_format("%.*s...", (int)length, text);
}

/* Takes the error text at the top, and the traceback that belongs to it. Nothing here throws. */
static void keep_error(struct vm *vm, int status)
{
    const char *text = lua_tostring(vm->L, -1);

    free(vm->error);
    free(vm->traceback);
    vm->traceback = NULL;
    if (status == LUA_ERRMEM) {
        vm->error =
            text_format("%s: %s%s" NO_MEMORY, vm->source->name, vm->callback != NULL ? vm->callback : "",
                        vm->callback != NULL ? ": " : "", vm->limits->memory);
    } else {
        vm->error = copy_error(text != NULL ? text : "an error whose text cannot be shown");
    }
    if (vm->out_of_time && (text == NULL || strstr(text, vm->stopped + vm->reason) == NULL)) {
        free(vm->error); /* a later error has taken the place of ours */
        vm->error = text_format("%s: %s%s%s", vm->source->name, vm->callback != NULL ? vm->callback : "",
                                vm->callback != NULL ? ": " : "", vm->stopped + vm->reason);
    }
    if (lua_rawgetp(vm->L, LUA_REGISTRYINDEX, &thrown_traceback_key) == LUA_TSTRING) { /* text, traceback */
        vm->traceback = copy_error(lua_tostring(vm->L, -1));
    }
    lua_pushnil(vm->L);                                           /* text, traceback, nil */
    lua_rawsetp(vm->L, LUA_REGISTRYINDEX, &thrown_traceback_key); /* text, traceback */
    vm_drop(vm);
}

bool vm_call(struct vm *vm, const char *callback, enum vm_clock clock, lua_CFunction function, void *request)
{
    lua_pushcfunction(vm->L, function);    /* function */
    lua_pushlightuserdata(vm->L, request); /* function, request */
    return vm_call_pushed(vm, &(struct vm_call){.callback = callback, .clock = clock, .arguments = 1});
}

int vm_keep(struct vm *vm, int reference, int count)
{
    int list, first = vm->kept + 1;

    if (!lua_checkstack(vm->L, count + PUSHED)) {
        return 0;
    }
    lua_rawgeti(vm->L, LUA_REGISTRYINDEX, reference); /* list */
    list = lua_gettop(vm->L);
    for (int i = 1; i <= count; i++) {
        lua_rawgeti(vm->L, list, i); /* list, element... */
    }
    lua_remove(vm->L, list); /* element... */
    luaL_unref(vm->L, LUA_REGISTRYINDEX, reference);
    vm->kept = lua_gettop(vm->L);
    return first;
}

void vm_drop(struct vm *vm)
{
    fastapi_drop(vm->L, vm->kept);
}

int vm_end_failed(struct vm *vm, int status)
{
    if (vm->out_of_time && status == LUA_OK) { /* it came to its end without another step */
        vm_drop(vm);
        lua_pushnil(vm->L); /* nil, for the error */
        status = LUA_ERRRUN;
    }
    if (status != LUA_OK) {
        keep_error(vm, status);
        vm->was_interrupted = vm->out_of_time && vm->interrupted;
        vm->timed_out = vm->out_of_time && !vm->interrupted;
    }
    if (vm->out_of_time) {
        vm->out_of_time = false;
        budget_fill(vm->L);
    }
    vm->error_is_ours = false;
    return status;
}

/* Makes the error at a coroutine's top a text at the main thread's. Returns the status of that. */
static int take_thread_error(struct vm *vm, lua_State *thread, int status)
{
    if (status == LUA_ERRMEM) { /* as for a protected call, no handler is called */
        lua_xmove(thread, vm->L, 1);
        return status;
    }
    lua_pushcfunction(vm->L, thrown_handle_thread_lj); /* function */
    lua_xmove(thread, vm->L, 1);                       /* function, error */
    lua_pushlightuserdata(vm->L, thread);              /* function, error, coroutine */
    return lua_pcall(vm->L, 2, 1, 0) == LUA_ERRMEM ? LUA_ERRMEM : status;
}

static bool is_error(int status)
{
    return status != LUA_OK && status != LUA_YIELD;
}

int vm_end_resume_failed(struct vm *vm, lua_State *thread, int status)
{
    int ended;

    if (is_error(status)) {
        status = take_thread_error(vm, thread, status);
    }
    if (is_error(status) || vm->out_of_time) {
        lua_closethread(thread, vm->L);
        lua_settop(thread, 0);
    }
    ended = vm_end_failed(vm, status == LUA_YIELD ? LUA_OK : status);
    return ended == LUA_OK ? status : ended;
}

bool vm_close_thread(struct vm *vm, lua_State *thread, const char *callback, double seconds)
{
    int status;

    vm->callback = callback;
    vm->clock = VM_CLOCK_WALL;
    vm->calls++;
    vm->allowed = seconds;
    status = lua_closethread(thread, vm->L);
    if (is_error(status)) {
        status = take_thread_error(vm, thread, status);
    }
    lua_settop(thread, 0);
    status = vm_end_failed(vm, status);
    vm->allowed = 0;
    return status == LUA_OK;
}

void vm_call_again(struct vm *vm)
{
    vm->calls++;
}

const char *vm_error(const struct vm *vm)
{
    return vm->error != NULL ? vm->error : TEXT_NO_MEMORY;
}

void vm_set_error(struct vm *vm, lua_State *place, const char *format, ...)
{
    char text[512], where[LUA_IDSIZE + 16];
    va_list arguments;
    lua_Debug info;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    snprintf(where, sizeof(where), "%s", vm->source->name);
    if (place != NULL && timelimit_place(place, &info)) {
        snprintf(where, sizeof(where), "%s:%d", info.short_src, info.currentline);
    }
    free(vm->error);
    free(vm->traceback);
    vm->traceback = NULL;
    vm->error = text_format("%s: %s", where, text);
}

void vm_log_error(struct vm *vm)
{
    if (vm->was_interrupted) {
        return; /* whoever has sent the signal knows */
    }
    log_limited(vm->log, LOG_LEVEL_ERROR, vm->traceback != NULL ? vm->traceback : vm_error(vm));
}

int vm_fail_lj(lua_State *L, int function, const char *format, ...)
{
    struct vm *vm = vm_of(L);
    char text[512];
    va_list arguments;
    lua_Debug info = {.linedefined = -1};

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (function != 0 && lua_isfunction(L, function)) {
        lua_pushvalue(L, function);  /* function */
        lua_getinfo(L, ">S", &info); /* */
    }
    if (info.linedefined > 0) {
        lua_pushfstring(L, "%s:%d: ", info.short_src, info.linedefined); /* place */
    } else {
        lua_pushfstring(L, "%s: ", vm->source->name); /* place */
    }
    lua_pushfstring(L, "%s%s%s", vm->callback != NULL ? vm->callback : "", vm->callback != NULL ? ": " : "",
                    text); /* place, text */
    lua_concat(L, 2);      /* text */
    vm->error_is_ours = true;
    return lua_error(L);
}

int vm_no_memory_lj(lua_State *L)
{
    char text[sizeof(NO_MEMORY) + 20];

    snprintf(text, sizeof(text), NO_MEMORY, vm_of(L)->limits->memory);
    return luaL_error(L, "%s", text);
}

int vm_fail_at_lj(lua_State *L, const char *place, const char *format, ...)
{
    struct vm *vm = vm_of(L);
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (place != NULL && place[0] != '\0') {
        lua_pushfstring(L, "%s%s", place, text); /* text */
    } else {
        lua_pushfstring(L, "%s: %s", vm->source->name, text); /* text */
    }
    vm->error_is_ours = true;
    return lua_error(L);
}
