#include "lua/shellcommand.h"

#include <errno.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHELL "/bin/sh"

extern char **environ;

int command_run(const char *command)
{
    char *const words[] = {(char *)"sh", (char *)"-c", (char *)command, NULL};
    int status, problem;
    pid_t child;

    if (command == NULL) {
        return access(SHELL, X_OK) == 0;
    }
    problem = posix_spawn(&child, SHELL, NULL, NULL, words, environ);
    if (problem != 0) {
        errno = problem;
        return -1;
    }
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            return -1;
        }
    }
    return status;
}
