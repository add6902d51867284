#include "cli/childprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs in the child between fork and exec. It returns only on failure, with the reason in errno. */
static void exec_program(char **words, int output, pid_t parent)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) {
        _exit(1);
    }
    if (output < 0 || (dup2(output, STDOUT_FILENO) >= 0 && dup2(output, STDERR_FILENO) >= 0)) {
        execvp(words[0], words);
    }
}

/* The errno of a failed exec, which the child writes to the pipe; 0: the pipe was closed by exec. */
static int read_failure(int in)
{
    int problem = 0;
    ssize_t got;

    do {
        got = read(in, &problem, sizeof(problem));
    } while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof(problem) ? problem : 0;
}

/* 0, or an errno. */
static int run(char **words, int output, pid_t *child)
{
    pid_t parent = getpid();
    int ends[2], problem;

    if (pipe2(ends, O_CLOEXEC) != 0) {
        return errno;
    }
    *child = fork();
    if (*child == 0) {
        exec_program(words, output, parent);
        problem = errno;
        _exit(write(ends[1], &problem, sizeof(problem)) < 0 ? 126 : 127);
    }
    problem = *child < 0 ? errno : 0;
    close(ends[1]);
    if (problem == 0) {
        setpgid(*child, *child); /* whoever comes first */
        problem = read_failure(ends[0]);
        if (problem != 0) {
            waitpid(*child, NULL, 0);
        }
    }
    close(ends[0]);
    return problem;
}

/* The list at index 1 as a vector that Lua keeps. Stack: [list, ...] -> [list, ..., vector] */
static char **words_lj(lua_State *L)
{
    lua_Integer count = luaL_len(L, 1);
    char **words;

    luaL_argcheck(L, count > 0, 1, "expected words");
    words = lua_newuserdatauv(L, ((size_t)count + 1) * sizeof(char *), 0);
    for (lua_Integer i = 0; i < count; i++) {
        lua_rawgeti(L, 1, i + 1);                              /* list, ..., vector, word */
        words[i] = (char *)(uintptr_t)luaL_checkstring(L, -1); /* the list keeps it */
        lua_pop(L, 1);                                         /* list, ..., vector */
    }
    words[count] = NULL;
    return words;
}

static int start_lj(lua_State *L)
{
    const char *path = luaL_optstring(L, 2, NULL);
    char **words = words_lj(L);
    int output = -1, problem = 0;
    pid_t child = -1;

    if (path != NULL) {
        output = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        problem = output < 0 ? errno : 0;
    }
    problem = problem != 0 ? problem : run(words, output, &child);
    if (output >= 0) {
        close(output);
    }
    if (problem != 0) {
        lua_pushnil(L);                                            /* ..., nil */
        lua_pushfstring(L, "%s: %s", words[0], strerror(problem)); /* ..., nil, message */
        lua_pushinteger(L, problem);                               /* ..., nil, message, errno */
        return 3;
    }
    lua_pushinteger(L, child); /* ..., pid */
    return 1;
}

static int status_lj(lua_State *L)
{
    pid_t child = (pid_t)luaL_checkinteger(L, 1);
    int status;
    pid_t ended;

    do {
        ended = waitpid(child, &status, WNOHANG);
    } while (ended < 0 && errno == EINTR);
    if (ended == 0) {
        return 0;
    }
    if (ended < 0) {
        return luaL_error(L, "no child %d: %s", (int)child, strerror(errno));
    }
    lua_pushinteger(L, WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status)); /* pid, status */
    return 1;
}

static int stop_lj(lua_State *L)
{
    static const char *const names[] = {"TERM", "KILL", NULL};
    static const int numbers[] = {SIGTERM, SIGKILL};
    pid_t child = (pid_t)luaL_checkinteger(L, 1);

    luaL_argcheck(L, child > 1, 1, "expected a pid");
    kill(-child, numbers[luaL_checkoption(L, 2, "TERM", names)]);
    return 0;
}

LUAMOD_API int luaopen_lure_childprocess(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"start", start_lj}, {"status", status_lj}, {"stop", stop_lj}, {NULL, NULL}};

    luaL_newlib(L, functions); /* module */
    return 1;
}
