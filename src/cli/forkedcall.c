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

/* Runs f in the child. The exit status 1 means that the last text is an error message. Stack: [seconds, f] */
static _Noreturn void run_child(lua_State *L, int out, pid_t parent)
{
    int status;

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(1);
    }
    lua_pushcfunction(L, add_traceback); /* seconds, f, handler */
    lua_insert(L, 2);                    /* seconds, handler, f */
    lua_pushinteger(L, out);             /* seconds, handler, f, out */
    lua_pushcclosure(L, say_lj, 1);      /* seconds, handler, f, say */
    status = lua_pcall(L, 1, 0, 2);      /* seconds, handler[, error] */
    if (status != LUA_OK) {
        write_all(out, lua_tostring(L, -1), lua_rawlen(L, -1));
    }
    _exit(status != LUA_OK);
}

/* Reads until the other end of the pipe is closed (true), or the time is up. */
static bool receive_lj(luaL_Buffer *text, int in, int64_t until)
{
    for (;;) {
        struct pollfd waited = {.fd = in, .events = POLLIN};
        int64_t left = until - milliseconds();
        ssize_t got;

        if (left <= 0) {
            return false;
        }
        if (poll(&waited, 1, (int)left) <= 0) {
            continue;
        }
        got = read(in, luaL_prepbuffer(text), LUAL_BUFFERSIZE);
        if (got == 0) {
            return true;
        }
        if (got > 0) {
            luaL_addsize(text, (size_t)got);
        }
    }
}

static int forked_call_lj(lua_State *L)
{
    int64_t until = milliseconds() + (int64_t)(luaL_checknumber(L, 1) * 1000);
    pid_t child, self = getpid();
    int status = 0, ends[2];
    luaL_Buffer text;
    bool ended;

    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2); /* seconds, f */
    fflush(NULL);
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return luaL_error(L, "%s", strerror(errno));
    }
    child = fork();
    if (child < 0) {
        close(ends[0]);
        close(ends[1]);
        return luaL_error(L, "%s", strerror(errno));
    }
    if (child == 0) {
        run_child(L, ends[1], self);
    }
    setpgid(child, child); /* whoever comes first */
    close(ends[1]);
    luaL_buffinit(L, &text);
    ended = receive_lj(&text, ends[0], until);
    kill(-child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    close(ends[0]);
    luaL_pushresult(&text); /* seconds, f, text */
    if (ended && WIFEXITED(status) && WEXITSTATUS(status) != 0) {
        return lua_error(L);
    }
    lua_pushboolean(L, ended && WIFEXITED(status)); /* seconds, f, text, ended */
    if (!ended || !WIFSIGNALED(status)) {
        return 2;
    }
    lua_pushinteger(L, WTERMSIG(status)); /* seconds, f, text, ended, signal */
    return 3;
}

LUAMOD_API int luaopen_lure_forkedcall(lua_State *L)
{
    lua_pushcfunction(L, forked_call_lj); /* function */
    return 1;
}
