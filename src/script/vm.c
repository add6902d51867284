#include "script/vm.h"

#include "base/clock.h"
#include "base/text.h"
#include "event/value.h"
#include "lua/fastapi.h"
#include "lua/stephook.h"

#include <ctype.h>
#include <lauxlib.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Steps (lua/stephook.h) between two checks of the clock: well under 0.1 ms. */
#define STEPS_BETWEEN_LOOKS 1000

/* Stack slots for values that are pushed outside of a protected call. */
#define PUSHED 16

/* Registry keys: the addresses of these. */
static const char traceback_key = 0;

struct vm *vm_of(lua_State *L)
{
    void *vm;

    lua_getallocf(L, &vm);
    return vm;
}

/* Resizes a block. */
static __attribute__((noinline)) void *resize(struct vm *vm, void *block, size_t old_size, size_t new_size)
{
    void *result;

    if (new_size > old_size && new_size - old_size > vm->limits->memory - vm->memory) {
        return NULL;
    }
    result = freelists_resize(&vm->blocks, block, old_size, new_size);
    if (result != NULL) {
        vm->memory = vm->memory - old_size + new_size;
    } else if (new_size <= old_size) {
        return block; /* Lua expects that shrinking cannot fail */
    }
    return result;
}

/* The allocator: counts memory, and refuses what exceeds the limit. Shrinking never fails. */
static void *allocate(void *ud, void *block, size_t old_size, size_t new_size)
{
    struct vm *vm = ud;
    void *result;

    if (block == NULL) { /* old_size is the kind of object */
        if (new_size == 0 || new_size > vm->limits->memory - vm->memory) {
            return NULL;
        }
        result = freelists_take(&vm->blocks, new_size);
        vm->memory += result != NULL ? new_size : 0;
        return result;
    }
    if (new_size == 0) {
        freelists_give(&vm->blocks, block, old_size);
        vm->memory -= old_size;
        return NULL;
    }
    return resize(vm, block, old_size, new_size);
}

static double seconds(enum vm_clock clock)
{
    int64_t now = clock_now(clock == VM_CLOCK_CPU ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC);

    return (double)now / (double)CLOCK_SECOND;
}

/* The time a call has used, counted from the first time that the hook sees it. */
static bool used_its_time(struct vm *vm)
{
    double now = seconds(vm->clock);

    if (vm->timed != vm->calls) {
        vm->timed = vm->calls;
        vm->began = now;
    }
    return now - vm->began > vm->limits->time;
}

/* The hook that checks the clock. Once the time is up it runs at every instruction, so that neither pcall nor
 * coroutine.resume lets the script continue. */
static void hook_lj(lua_State *L, lua_Debug *activation)
{
    struct vm *vm = vm_of(L);

    (void)activation;
    if (!vm->out_of_time && !used_its_time(vm)) {
        stephook_set(L, hook_lj, STEPS_BETWEEN_LOOKS);
        return;
    }
    vm->out_of_time = true;
    lua_sethook(L, hook_lj, LUA_MASKCOUNT, 1);
    lua_sethook(vm->L, hook_lj, LUA_MASKCOUNT, 1);
    luaL_where(L, 0); /* place: level 0 is the function that the hook interrupts */
    lua_pushfstring(L, "stopped after %f s%s (limit: init_config.lure.time)", vm->limits->time,
                    vm->clock == VM_CLOCK_CPU ? " of CPU time" : ""); /* place, text */
    lua_concat(L, 2);                                                 /* text */
    lua_error(L);
}

/* Length of a "FILE:LINE: " at the beginning of `text`; 0 if there is none. */
static size_t position_length(const char *text, const char *name)
{
    size_t skip = strncmp(text, name, strlen(name)) == 0 ? strlen(name) : strcspn(text, " ");
    const char *colon = memchr(text, ':', skip + 1);

    while (colon != NULL && !isdigit((unsigned char)colon[1])) {
        colon = strchr(colon + 1, ':');
    }
    if (colon == NULL || colon > text + skip) {
        return 0;
    }
    colon++;
    while (isdigit((unsigned char)*colon)) {
        colon++;
    }
    return strncmp(colon, ": ", 2) == 0 ? (size_t)(colon + 2 - text) : 0;
}

/* Pushes the script's current position, for an error that has none. Stack: [] -> [place] */
static void push_place_lj(lua_State *L, const struct vm *vm)
{
    lua_Debug info;

    for (int level = 1; lua_getstack(L, level, &info); level++) {
        lua_getinfo(L, "Sl", &info);
        if (info.currentline > 0) {
            lua_pushfstring(L, "%s:%d: ", info.short_src, info.currentline); /* place */
            return;
        }
    }
    lua_pushfstring(L, "%s: ", vm->source->name); /* place */
}

/* Inserts the callback's name after the position in the text at the top. Stack: [text] -> [text] */
static void add_callback_lj(lua_State *L, const struct vm *vm)
{
    const char *text = lua_tostring(L, -1);
    size_t place = position_length(text, vm->source->name);

    if (place == 0) {
        push_place_lj(L, vm); /* text, place */
    } else {
        lua_pushlstring(L, text, place); /* text, place */
    }
    if (vm->callback != NULL) {
        lua_pushfstring(L, "%s%s: %s", lua_tostring(L, -1), vm->callback,
                        text + place); /* text, place, text */
    } else {
        lua_pushfstring(L, "%s%s", lua_tostring(L, -1), text + place); /* text, place, text */
    }
    lua_replace(L, -3); /* text, place */
    lua_pop(L, 1);      /* text */
}

/* Stack: [value] -> [text] */
static int show_lj(lua_State *L)
{
    luaL_tolstring(L, 1, NULL);
    return 1;
}

/* Converts the error at 1 to a text. A __tostring runs protected, since an error in the message handler would
 * call the handler again. That of strings is not called: while an error of the hook, which is a string,
 * propagates, no hook could stop it. Stack: [..] -> [..., text] */
static void push_thrown_lj(lua_State *L)
{
    char thrown[96], failure[96];

    if (lua_isstring(L, 1)) {
        lua_pushvalue(L, 1); /* ..., text or number */
        lua_tostring(L, -1); /* ..., text */
        return;
    }
    value_describe(L, 1, thrown, sizeof(thrown));
    if (luaL_getmetafield(L, 1, "__tostring") == LUA_TNIL) {
        lua_pushfstring(L, "threw a value that is no text (%s)", thrown); /* ..., text */
        return;
    }
    lua_pushcfunction(L, show_lj);         /* ..., show */
    lua_pushvalue(L, 1);                   /* ..., show, error */
    if (lua_pcall(L, 1, 1, 0) == LUA_OK) { /* ..., text */
        return;
    }
    if (lua_isstring(L, -1)) {
        lua_pushfstring(L, "threw a %s whose __tostring failed: %s", thrown, lua_tostring(L, -1));
    } else {
        value_describe(L, -1, failure, sizeof(failure));
        lua_pushfstring(L, "threw a %s whose __tostring threw a value that is no text (%s)", thrown, failure);
    }
}

/* Turns whatever was thrown into a text with its place, and keeps the traceback. */
static int handle_error_lj(lua_State *L)
{
    struct vm *vm = vm_of(L);

    push_thrown_lj(L); /* ..., text */
    value_clean_lj(L, UTF8_MESSAGE);
    if (vm->error_is_ours) {
        vm->error_is_ours = false;
        return 1;
    }
    add_callback_lj(L, vm);                            /* error, text */
    luaL_traceback(L, L, lua_tostring(L, -1), 1);      /* error, text, traceback */
    lua_rawsetp(L, LUA_REGISTRYINDEX, &traceback_key); /* error, text */
    return 1;
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

bool vm_open(struct vm *vm, const struct limits *limits, const struct script_source *source, struct log *log)
{
    *vm = (struct vm){.limits = limits, .source = source, .log = log};
    vm->blocks.most = limits->optimize.block_allocator ? FREELISTS_KEPT : 0;
    vm->L = lua_newstate(allocate, vm);
    if (vm->L == NULL) {
        freelists_close(&vm->blocks);
        return false;
    }
    lua_pushcfunction(vm->L, handle_error_lj); /* handler */
    vm->kept = VM_HANDLER;
    lua_setwarnf(vm->L, warn, vm);
    stephook_set(vm->L, hook_lj, STEPS_BETWEEN_LOOKS);
    lua_gc(vm->L, LUA_GCGEN, 0, 0);
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
    vm->L = NULL;
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

/* Takes the error text at the top, and the traceback that belongs to it. Nothing here throws. */
static void keep_error(struct vm *vm, int status)
{
    const char *text = lua_tostring(vm->L, -1);

    free(vm->error);
    free(vm->traceback);
    vm->traceback = NULL;
    if (status == LUA_ERRMEM) {
        vm->error = text_format("%s: %s%snot enough memory (limit: init_config.lure.memory, %zu bytes)",
                                vm->source->name, vm->callback != NULL ? vm->callback : "",
                                vm->callback != NULL ? ": " : "", vm->limits->memory);
    } else {
        vm->error = text_copy(text != NULL ? text : "an error whose text cannot be shown");
    }
    if (lua_rawgetp(vm->L, LUA_REGISTRYINDEX, &traceback_key) == LUA_TSTRING) { /* text, traceback */
        vm->traceback = text_copy(lua_tostring(vm->L, -1));
    }
    lua_pushnil(vm->L);                                    /* text, traceback, nil */
    lua_rawsetp(vm->L, LUA_REGISTRYINDEX, &traceback_key); /* text, traceback */
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

void vm_end_failed(struct vm *vm, int status)
{
    if (status != LUA_OK) {
        keep_error(vm, status);
        vm->timed_out = vm->out_of_time;
    }
    if (vm->out_of_time) {
        vm->out_of_time = false;
        stephook_set(vm->L, hook_lj, STEPS_BETWEEN_LOOKS);
    }
    vm->error_is_ours = false;
}

void vm_call_again(struct vm *vm)
{
    vm->calls++;
}

const char *vm_error(const struct vm *vm)
{
    return vm->error != NULL ? vm->error : TEXT_NO_MEMORY;
}

void vm_log_error(struct vm *vm)
{
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
