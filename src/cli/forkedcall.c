#include "cli/forkedcall.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CALL_TYPE "lure.forkedcall"

/* Bytes that are read at once, and that the child may say before somebody reads: a declaration of many
 * fields. */
#define READ_SIZE 65536
#define PIPE_SIZE (1 << 20)

/* The exit status of a child whose last text is the message of an error of f: none that programs end with. */
#define THREW 113

struct call {
    pid_t child; /* 0: it is finished */
    pid_t owner; /* a later child has a copy of this call, and must leave it alone */
    int in;
    int64_t start;
};

static int64_t milliseconds(void)
{
    return clock_now(CLOCK_MONOTONIC) / CLOCK_MILLISECOND;
}

static bool write_all(int descriptor, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(descriptor, text, length);

        if (written < 0 && errno != EINTR) {
            return false;
        }
        if (written > 0) {
            text += written;
            length -= (size_t)written;
        }
    }
    return true;
}

/* say(text); upvalue: the pipe. Stack: [text] -> [] */
static int say_lj(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);

    if (!write_all((int)lua_tointeger(L, lua_upvalueindex(1)), text, length)) {
        return luaL_error(L, "%s", strerror(errno));
    }
    return 0;
}

static int add_traceback(lua_State *L)
{
    luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1); /* error, message, traceback */
    return 1;
}

/* Ends this child with all that it has started, which SIGKILL would leave behind. */
static void end_group(int number)
{
    (void)number;
    kill(-getpid(), SIGKILL);
}

/* From now on the child ends with its parent. */
static void follow(pid_t parent)
{
    struct sigaction action = {.sa_handler = end_group};

    setpgid(0, 0);
    sigaction(SIGTERM, &action, NULL);
    sigaddset(&action.sa_mask, SIGTERM);
    sigprocmask(SIG_UNBLOCK, &action.sa_mask, NULL); /* whoever started the command may have blocked it */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) {
        _exit(1);
    }
}

/* Runs f in the child. Stack: [f, call] */
static _Noreturn void run_child(lua_State *L, int out, pid_t parent)
{
    int status;

    follow(parent);
    lua_pushcfunction(L, add_traceback); /* f, call, handler */
    lua_pushvalue(L, 1);                 /* f, call, handler, f */
    lua_pushinteger(L, out);             /* f, call, handler, f, out */
    lua_pushcclosure(L, say_lj, 1);      /* f, call, handler, f, say */
    status = lua_pcall(L, 1, 0, 3);      /* f, call, handler[, error] */
    if (status != LUA_OK) {
        write_all(out, lua_tostring(L, -1), lua_rawlen(L, -1));
    }
    _exit(status != LUA_OK ? THREW : 0);
}

/* Reads until the other end of the pipe is closed (true), or the time is up: then what the pipe held counts.
 */
static bool receive_lj(luaL_Buffer *text, int in, int64_t until)
{
    size_t late = 0;

    while (late < PIPE_SIZE) {
        struct pollfd waited = {.fd = in, .events = POLLIN};
        int64_t left = until - milliseconds();
        int ready = poll(&waited, 1, left > 0 ? (int)left : 0);
        ssize_t got;

        if (ready == 0 && left <= 0) {
            return false;
        }
        if (ready <= 0) {
            continue;
        }
        got = read(in, luaL_prepbuffsize(text, READ_SIZE), READ_SIZE);
        if (got == 0) {
            return true;
        }
        if (got > 0) {
            luaL_addsize(text, (size_t)got);
            late += left > 0 ? 0 : (size_t)got;
        }
    }
    return false;
}

/* Kills what is left of the child, and returns the status that it ended with. */
static int end_child(struct call *call)
{
    int status = 0;

    kill(-call->child, SIGKILL);
    while (waitpid(call->child, &status, 0) < 0 && errno == EINTR) {
    }
    close(call->in);
    call->child = 0;
    return status;
}

static int collect_lj(lua_State *L)
{
    struct call *call = luaL_checkudata(L, 1, CALL_TYPE);

    if (call->child != 0 && call->owner == getpid()) {
        end_child(call);
    }
    return 0;
}

/* call:finish(seconds). Stack: [call, seconds] -> [text, ended(, signal)] */
static int finish_lj(lua_State *L)
{
    struct call *call = luaL_checkudata(L, 1, CALL_TYPE);
    int64_t until = call->start + (int64_t)(luaL_checknumber(L, 2) * 1000);
    luaL_Buffer text;
    bool ended;
    int status;

    luaL_argcheck(L, call->child != 0 && call->owner == getpid(), 1, "is finished");
    luaL_buffinit(L, &text);
    ended = receive_lj(&text, call->in, until);
    status = end_child(call);
    luaL_pushresult(&text); /* call, seconds, text */
    if (ended && WIFEXITED(status) && WEXITSTATUS(status) == THREW) {
        return lua_error(L);
    }
    lua_pushboolean(L,
                    ended && WIFEXITED(status) && WEXITSTATUS(status) == 0); /* call, seconds, text, ended */
    if (!ended || !WIFSIGNALED(status)) {
        return 2;
    }
    lua_pushinteger(L, WTERMSIG(status)); /* call, seconds, text, ended, signal */
    return 3;
}

/* No child can be made. Stack: [] -> [nil, message] */
static int refuse(lua_State *L)
{
    lua_pushnil(L);                     /* nil */
    lua_pushstring(L, strerror(errno)); /* nil, message */
    return 2;
}

/* start(f). Stack: [f] -> [call], or [nil, message] */
static int start_lj(lua_State *L)
{
    struct call *call;
    int ends[2];

    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);                              /* f */
    call = lua_newuserdatauv(L, sizeof(*call), 0); /* f, call */
    *call = (struct call){.owner = getpid(), .start = milliseconds()};
    luaL_setmetatable(L, CALL_TYPE);
    fflush(NULL);
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return refuse(L);
    }
    fcntl(ends[1], F_SETPIPE_SZ, PIPE_SIZE); /* where it may not, the child waits for us */
    call->child = fork();
    if (call->child < 0) {
        call->child = 0;
        refuse(L);
        close(ends[0]);
        close(ends[1]);
        return 2;
    }
    if (call->child == 0) {
        run_child(L, ends[1], call->owner);
    }
    setpgid(call->child, call->child); /* whoever comes first */
    close(ends[1]);
    call->in = ends[0];
    return 1;
}

LUAMOD_API int luaopen_lure_forkedcall(lua_State *L)
{
    static const luaL_Reg functions[] = {{"start", start_lj}, {NULL, NULL}};
    static const luaL_Reg methods[] = {{"finish", finish_lj}, {NULL, NULL}};
    static const luaL_Reg metamethods[] = {{"__gc", collect_lj}, {NULL, NULL}};

    luaL_newmetatable(L, CALL_TYPE);  /* metatable */
    luaL_setfuncs(L, metamethods, 0); /* metatable */
    luaL_newlib(L, methods);          /* metatable, methods */
    lua_setfield(L, -2, "__index");   /* metatable */
    luaL_newlib(L, functions);        /* metatable, module */
    return 1;
}
