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
static void exec_program(char **words, const int outputs[2], pid_t parent)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) {
        _exit(1);
    }
    if (dup2(outputs[0], STDOUT_FILENO) >= 0 && dup2(outputs[1], STDERR_FILENO) >= 0) {
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

/* `outputs`: what its standard output and standard error are. 0, or an errno. */
static int run(char **words, const int outputs[2], pid_t *child)
{
    pid_t parent = getpid();
    int ends[2], problem;

    if (pipe2(ends, O_CLOEXEC) != 0) {
        return errno;
    }
    *child = fork();
    if (*child == 0) {
        exec_program(words, outputs, parent);
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

/* Stack: [...] -> [..., nil, message, errno] */
static int push_problem_lj(lua_State *L, const char *program, int problem)
{
    lua_pushnil(L);                                           /* ..., nil */
    lua_pushfstring(L, "%s: %s", program, strerror(problem)); /* ..., nil, message */
    lua_pushinteger(L, problem);                              /* ..., nil, message, errno */
    return 3;
}

static void close_both(const int files[2])
{
    for (int i = 0; i < 2; i++) {
        if (files[i] >= 0) {
            close(files[i]);
        }
    }
}

static int start_lj(lua_State *L)
{
    const char *path = luaL_checkstring(L, 2);
    char **words = words_lj(L);
    int output = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), problem;
    const int outputs[2] = {output, output};
    pid_t child = -1;

    problem = output < 0 ? errno : run(words, outputs, &child);
    if (output >= 0) {
        close(output);
    }
    if (problem != 0) {
        return push_problem_lj(L, words[0], problem);
    }
    lua_pushinteger(L, child); /* ..., pid */
    return 1;
}

static int start_piped_lj(lua_State *L)
{
    char **words = words_lj(L);
    int output[2] = {-1, -1}, error[2] = {-1, -1}, problem = 0;
    pid_t child = -1;

    if (pipe2(output, O_CLOEXEC) != 0 || pipe2(error, O_CLOEXEC) != 0) {
        problem = errno;
    } else {
        problem = run(words, (const int[]){output[1], error[1]}, &child);
    }
    close_both((const int[]){output[1], error[1]});
    if (problem != 0) {
        close_both((const int[]){output[0], error[0]});
        return push_problem_lj(L, words[0], problem);
    }
    lua_pushinteger(L, child);     /* ..., pid */
    lua_pushinteger(L, output[0]); /* ..., pid, output */
    lua_pushinteger(L, error[0]);  /* ..., pid, output, error */
    return 3;
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
    static const luaL_Reg functions[] = {{"start", start_lj},
                                         {"start_piped", start_piped_lj},
                                         {"status", status_lj},
                                         {"stop", stop_lj},
                                         {NULL, NULL}};

    luaL_newlib(L, functions); /* module */
    return 1;
}
