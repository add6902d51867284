#include "cli/screensignals.h"

#include <errno.h>
#include <lauxlib.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static char restoring[64];
static volatile sig_atomic_t restoring_length;
static volatile sig_atomic_t goes_on;
static volatile sig_atomic_t is_left; /* before it was stopped */

static void stop(int number);
static void go_on(int number);
static void end(int number);

static const struct {
    int number;
    void (*handle)(int number);
} handled[] = {
    {SIGTSTP, stop}, {SIGCONT, go_on}, {SIGQUIT, end}, {SIGABRT, end},
    {SIGSEGV, end},  {SIGBUS, end},    {SIGFPE, end},  {SIGILL, end},
};

void screen_restore(void)
{
    (void)!write(STDOUT_FILENO, restoring, (size_t)restoring_length);
}

/* Does with the signal what it does by default: it comes as soon as it is let in. */
static void raise_by_default(int number)
{
    struct sigaction by_default = {.sa_handler = SIG_DFL};
    sigset_t one;

    sigaction(number, &by_default, NULL);
    sigemptyset(&one);
    sigaddset(&one, number);
    kill(getpid(), number);
    pthread_sigmask(SIG_UNBLOCK, &one, NULL);
}

static void stop(int number)
{
    struct sigaction again = {.sa_handler = stop, .sa_flags = SA_RESTART};
    int problem = errno;

    screen_restore();
    is_left = 1;
    raise_by_default(number); /* returns when the program goes on */
    sigaction(number, &again, NULL);
    errno = problem;
}

/* Also behind SIGSTOP, which nobody can handle. */
static void go_on(int number)
{
    (void)number;
    goes_on = 1;
}

static void end(int number)
{
    screen_restore();
    raise_by_default(number);
}

/* Signals get these handlers where they have none, and lose them again. */
static void handle_signals(bool on)
{
    for (size_t i = 0; i < sizeof(handled) / sizeof(handled[0]); i++) {
        struct sigaction ours = {.sa_handler = handled[i].handle, .sa_flags = SA_RESTART};
        struct sigaction by_default = {.sa_handler = SIG_DFL};
        struct sigaction present;

        if (sigaction(handled[i].number, NULL, &present) == 0 &&
            present.sa_handler == (on ? SIG_DFL : handled[i].handle)) {
            sigaction(handled[i].number, on ? &ours : &by_default, NULL);
        }
    }
}

int screen_restore_terminal_lj(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);

    luaL_argcheck(L, length <= sizeof(restoring), 1, "at most 64 bytes");
    restoring_length = 0; /* a signal may come meanwhile */
    memcpy(restoring, text, length);
    restoring_length = (sig_atomic_t)length;
    handle_signals(length > 0);
    return 0;
}

int screen_has_stopped_lj(lua_State *L)
{
    lua_pushboolean(L, goes_on != 0); /* stopped */
    lua_pushboolean(L, is_left != 0); /* stopped, left */
    goes_on = is_left = 0;
    return 2;
}

int screen_is_foreground_lj(lua_State *L)
{
    pid_t group = tcgetpgrp((int)luaL_checkinteger(L, 1));

    lua_pushboolean(L, group < 0 || group == getpgrp()); /* answer */
    return 1;
}
