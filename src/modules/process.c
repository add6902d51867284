#include "modules/process.h"

#include "base/clock.h"
#include "event/value.h"
#include "lua/budget.h"
#include "modules/bytestream.h"
#include "modules/command.h"
#include "modules/descriptor.h"
#include "modules/log.h"
#include "modules/options.h"
#include "process/child.h"
#include "process/reaper.h"

#include <errno.h>
#include <lauxlib.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TYPE "lure.process process"

#define LONGEST_LINE (1024 * 1024)

/* User values: texts that the child, or a message, needs. */
enum { INPUT = 1, NAME, USER_VALUES = NAME };

struct process {
    struct bytestream stream;
    struct child child;
    struct descriptor descriptor; /* the child's, which closes it; -1: it has ended, or was closed */
    struct task_resource resource;
    struct log *log;
    pid_t pid;
    bool killed; /* by the script: that is no failure */
    bool told;   /* the script has asked for its status, which is no error then */
};

static struct process *of_stream(struct bytestream *stream)
{
    return (struct process *)(void *)stream; /* its first member */
}

static struct process *check_lj(lua_State *L)
{
    return luaL_checkudata(L, 1, TYPE);
}

static bool is_closed(const struct process *process)
{
    return descriptor_number(&process->descriptor) < 0;
}

/* `all`: what it has started has to end, too. */
static void end_process(struct process *process, bool all)
{
    descriptor_forget(&process->descriptor);
    child_close(&process->child, all);
}

static void end_with_group(struct task_resource *resource)
{
    end_process((struct process *)(void *)((char *)resource - offsetof(struct process, resource)), true);
}

static int close_lj(lua_State *L)
{
    struct process *process = check_lj(L);

    task_disown(&process->resource);
    end_process(process, true);
    bytestream_close(L, &process->stream);
    return 0;
}

static ssize_t fill(struct bytestream *stream, void *to, size_t room)
{
    struct process *process = of_stream(stream);

    if (is_closed(process)) {
        errno = EAGAIN;
        return -1; /* wait_lj says so */
    }
    child_handle(&process->child);
    return child_read(&process->child, to, room);
}

static int wait_in_lj(lua_State *L, struct process *process, lua_KContext context, lua_KFunction k)
{
    int64_t due = DEADLINE_NONE;

    if (is_closed(process)) {
        return luaL_error(L, "lure.process: it is closed");
    }
    if (process->child.pidfd < 0 && !child_has_ended(&process->child)) {
        due = task_now(L) + CHILD_POLL; /* old kernels do not tell */
    }
    return descriptor_wait_lj(L, &process->descriptor, EPOLLIN, due, context, k);
}

static int wait_lj(lua_State *L, struct bytestream *stream, lua_KContext context, lua_KFunction k)
{
    return wait_in_lj(L, of_stream(stream), context, k);
}

/* Logs that nobody knows how it has ended. Stack: [process, ...] unchanged */
static void log_unknown_lj(lua_State *L, struct process *process)
{
    lua_getiuservalue(L, 1, NAME); /* ..., name */
    lua_pushfstring(L,
                    COMMAND_RUN ": \"%s\": its exit status is not known: the host ignores SIGCHLD, or has "
                                "waited for it",
                    lua_tostring(L, -1)); /* ..., name, text */
    log_limited(process->log, LOG_LEVEL_WARNING, lua_tostring(L, -1));
    lua_pop(L, 2); /* ... */
}

/* Stack: [process, ...] */
static void fail_end_lj(lua_State *L, struct process *process)
{
    const struct child *child = &process->child;
    size_t size;
    const char *line = child_last_line(child, &size);

    lua_getiuservalue(L, 1, NAME);  /* ..., name */
    lua_pushlstring(L, line, size); /* ..., name, line */
    value_clean_lj(L, UTF8_LINE);   /* ..., name, line */
    lua_pushfstring(L, child->end == CHILD_EXITED ? "exit status %d" : "ended by signal %d",
                    child->status); /* ..., name, line, end */
    luaL_error(L, COMMAND_RUN ": \"%s\": %s%s%s", lua_tostring(L, -3), lua_tostring(L, -1),
               size > 0 ? ": " : "", lua_tostring(L, -2));
}

/* All output was read. */
static bool finish_lj(lua_State *L, struct bytestream *stream)
{
    struct process *process = of_stream(stream);
    struct child *child = &process->child;

    if (!is_closed(process)) {
        child_handle(child);
        if (!child_has_ended(child)) {
            return false;
        }
        task_disown(&process->resource);
        end_process(process, false);
        if (child->end == CHILD_UNKNOWN) {
            log_unknown_lj(L, process);
        }
    }
    if (!process->told && !process->killed &&
        (child->end == CHILD_SIGNALLED || (child->end == CHILD_EXITED && child->status != 0))) {
        fail_end_lj(L, process);
    }
    return true;
}

static const struct bytestream_class stream_class = {"lure.process", false, fill, wait_lj, finish_lj, NULL};

static int read_lj(lua_State *L)
{
    check_lj(L);
    lua_settop(L, 2); /* process, how */
    task_check_lj(L, "lure.process: process:read");
    return bytestream_read_lj(L);
}

static int next_line_lj(lua_State *L)
{
    check_lj(L);
    lua_settop(L, 1); /* process */
    task_check_lj(L, "lure.process: process:lines");
    return bytestream_line_lj(L);
}

/* Stack: [process] -> [function, process] */
static int lines_lj(lua_State *L)
{
    check_lj(L);
    lua_pushcfunction(L, next_line_lj); /* process, function */
    lua_pushvalue(L, 1);                /* process, function, process */
    return 2;
}

/* Output that nobody reads would keep it from going on. */
static void drop_output(struct process *process)
{
    char bytes[16384];

    while (child_read(&process->child, bytes, sizeof(bytes)) > 0) {
    }
}

/* Stack: [process] -> [status], or [nil, message] */
static int push_status_lj(lua_State *L, struct process *process)
{
    const struct child *child = &process->child;

    process->told = true;
    if (child->end == CHILD_UNKNOWN || child->end == CHILD_RUNS) {
        lua_pushnil(L); /* process, nil */
        lua_pushstring(L, child->end == CHILD_RUNS
                              ? "it was closed before its end"
                              : "the host has taken its exit status"); /* process, nil, text */
        return 2;
    }
    lua_pushinteger(L,
                    child->end == CHILD_EXITED ? child->status : 128 + child->status); /* process, status */
    return 1;
}

static int wait_k(lua_State *L, int status, lua_KContext context)
{
    struct process *process = lua_touserdata(L, 1);

    (void)status;
    if (!is_closed(process)) {
        child_handle(&process->child);
        drop_output(process);
        if (!child_has_ended(&process->child)) {
            return wait_in_lj(L, process, context, wait_k);
        }
        task_disown(&process->resource);
        end_process(process, false);
    }
    return push_status_lj(L, process);
}

/* process:wait() -> integer, as a shell has it; nil, message */
static int wait_method_lj(lua_State *L)
{
    struct process *process = check_lj(L);

    lua_settop(L, 1); /* process */
    task_check_lj(L, "lure.process: process:wait");
    process->stream.ended = true; /* lines and read have nothing more to give */
    bytestream_close(L, &process->stream);
    return wait_k(L, LUA_OK, 0);
}

static int kill_lj(lua_State *L)
{
    static const char *const names[] = {"TERM", "KILL", "INT", "HUP", "USR1", "USR2", NULL};
    static const int numbers[] = {SIGTERM, SIGKILL, SIGINT, SIGHUP, SIGUSR1, SIGUSR2};
    struct process *process = check_lj(L);
    int number = numbers[luaL_checkoption(L, 2, "TERM", names)];

    process->killed = true;
    child_signal(&process->child, number);
    return 0;
}

/* process.pid, and the methods, which are upvalue 1. */
static int index_lj(lua_State *L)
{
    const char *name = lua_tostring(L, 2);
    const struct process *process = check_lj(L);

    if (name != NULL && strcmp(name, "pid") == 0) {
        lua_pushinteger(L, process->pid); /* process, name, pid */
        return 1;
    }
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(1)); /* process, name, method or nil */
    return 1;
}

static int tostring_lj(lua_State *L)
{
    const struct process *process = check_lj(L);

    lua_getiuservalue(L, 1, NAME); /* process, name */
    lua_pushfstring(L, "process (%s, %d%s)", lua_tostring(L, -1), (int)process->pid,
                    is_closed(process) ? ", ended" : ""); /* process, name, text */
    return 1;
}

/* Why a program could not be started. */
static int fail_start_lj(lua_State *L, const struct command *command, enum spawn_step step)
{
    const char *why = strerror(errno);

    if (step == SPAWN_DIRECTORY) {
        return luaL_error(L, COMMAND_RUN ": cwd \"%s\": %s", command->request.directory, why);
    }
    if (step == SPAWN_PROGRAM && errno == ENOEXEC) {
        why = "neither a program nor a script that begins with \"#!\"";
    }
    return luaL_error(L, COMMAND_RUN ": \"%s\": %s", command->request.words[0], why);
}

/* Stack: [..., process, input or nil] -> [..., process] */
static void start_lj(lua_State *L, struct process *process, const struct command *command)
{
    enum spawn_step step;

    lua_setiuservalue(L, -2, INPUT);              /* ..., process */
    lua_pushstring(L, command->request.words[0]); /* ..., process, name */
    lua_setiuservalue(L, -2, NAME);               /* ..., process */
    if (!child_start(&process->child, &command->request, command->input, command->input_size, &step)) {
        fail_start_lj(L, command, step);
    }
    process->pid = process->child.pid;
    task_own(task_current(L), &process->resource);
    descriptor_open(&process->descriptor, child_descriptor(&process->child));
}

/* lure.process.run(words [, options]) */
static int run_lj(lua_State *L)
{
    struct command command;
    struct process *process;
    lua_Integer longest;

    lua_settop(L, 2); /* words, options */
    task_check_lj(L, COMMAND_RUN);
    command_read_lj(L, &command); /* words, options, ..., input */
    longest = options_integer_lj(L, 2, COMMAND_RUN, "max_line", LONGEST_LINE, 1, INT32_MAX);
    process = lua_newuserdatauv(L, sizeof(*process), USER_VALUES); /* ..., input, process */
    memset(process, 0, sizeof(*process));
    bytestream_open(&process->stream, &stream_class, (size_t)longest);
    child_init(&process->child);
    descriptor_open(&process->descriptor, -1);
    process->resource.end = end_with_group;
    process->log = lua_touserdata(L, lua_upvalueindex(1));
    luaL_setmetatable(L, TYPE);
    lua_pushvalue(L, -2); /* ..., input, process, input */
    budget_charge_lj(L, 1000000);
    start_lj(L, process, &command);
    return 1;
}

/* The state is closed: children that were ended before are waited for. */
static int finish_children_lj(lua_State *L)
{
    (void)L;
    reaper_finish();
    return 0;
}

/* A value that is collected last of all, since it is made first. Stack: [...] unchanged */
static void finish_with_state_lj(lua_State *L)
{
    lua_newuserdatauv(L, 0, 0);               /* ..., userdata */
    lua_createtable(L, 0, 1);                 /* ..., userdata, metatable */
    lua_pushcfunction(L, finish_children_lj); /* ..., userdata, metatable, function */
    lua_setfield(L, -2, "__gc");              /* ..., userdata, metatable */
    lua_setmetatable(L, -2);                  /* ..., userdata */
    luaL_ref(L, LUA_REGISTRYINDEX);           /* ... */
}

int luaopen_lure_process(lua_State *L)
{
    static const luaL_Reg methods[] = {{"lines", lines_lj}, {"read", read_lj},   {"wait", wait_method_lj},
                                       {"kill", kill_lj},   {"close", close_lj}, {NULL, NULL}};
    static const luaL_Reg metamethods[] = {
        {"__gc", close_lj}, {"__close", close_lj}, {"__tostring", tostring_lj}, {NULL, NULL}};

    finish_with_state_lj(L);
    luaL_newmetatable(L, TYPE); /* metatable */
    luaL_setfuncs(L, metamethods, 0);
    luaL_newlib(L, methods);               /* metatable, methods */
    lua_pushcclosure(L, index_lj, 1);      /* metatable, function */
    lua_setfield(L, -2, "__index");        /* metatable */
    lua_pop(L, 1);                         /* */
    lua_createtable(L, 0, 1);              /* module */
    lua_pushvalue(L, lua_upvalueindex(1)); /* module, log */
    lua_pushcclosure(L, run_lj, 1);        /* module, function */
    lua_setfield(L, -2, "run");            /* module */
    return 1;
}
