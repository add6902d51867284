#include "process/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEFAULT_PATH "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"

#define FIRST_OTHER 3 /* descriptor behind the standard files */

#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#define CLOSE_ON_EXEC (1U << 2) /* CLOSE_RANGE_CLOEXEC, since Linux 5.11 */

#define MANY_DESCRIPTORS 1048576

/* The child's ends of the pipes, and the one on which it says why it failed. */
struct child_side {
    int input, output, errors, failure;
};

struct failure {
    int problem;
    enum spawn_step step;
};

/* What getdents64 writes. */
struct directory_entry {
    uint64_t inode;
    int64_t offset;
    unsigned short size;
    unsigned char type;
    char name[];
};

/* The number that the text is; -1: it is none. */
static int descriptor_named(const char *name)
{
    int number = 0;

    for (; *name >= '0' && *name <= '9' && number < INT_MAX / 10; name++) {
        number = 10 * number + (*name - '0');
    }
    return *name == '\0' ? number : -1;
}

/* From here to run_program: what the child does in our memory. Only system calls: another thread may hold any
 * lock. */

static bool close_listed_on_exec(void)
{
    char buffer[4096] __attribute__((aligned(8)));
    int directory = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    long got;

    if (directory < 0) {
        return false;
    }
    while ((got = syscall(SYS_getdents64, directory, buffer, sizeof(buffer))) > 0) {
        for (long at = 0; at < got;) {
            const struct directory_entry *entry = (const void *)(buffer + at);
            int number = descriptor_named(entry->name);

            if (number >= FIRST_OTHER) {
                fcntl(number, F_SETFD, FD_CLOEXEC);
            }
            at += entry->size;
        }
    }
    close(directory);
    return got == 0;
}

/* Whatever the host left open. */
static void close_others_on_exec(void)
{
    struct rlimit limit;

    if (syscall(SYS_close_range, FIRST_OTHER, UINT_MAX, CLOSE_ON_EXEC) == 0 || close_listed_on_exec()) {
        return;
    }
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > MANY_DESCRIPTORS) {
        limit.rlim_cur = MANY_DESCRIPTORS;
    }
    for (int i = FIRST_OTHER; i < (int)limit.rlim_cur; i++) {
        fcntl(i, F_SETFD, FD_CLOEXEC);
    }
}

static void reset_signals(void)
{
    struct sigaction by_default = {.sa_handler = SIG_DFL};
    sigset_t none;

    for (int number = 1; number < NSIG; number++) {
        sigaction(number, &by_default, NULL);
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Returns only on failure, with the reason in errno. */
static enum spawn_step run_program(const struct spawn_request *request, const struct child_side *side)
{
    setpgid(0, 0);
    if (dup2(side->input, STDIN_FILENO) < 0 || dup2(side->output, STDOUT_FILENO) < 0 ||
        dup2(side->errors, STDERR_FILENO) < 0) {
        return SPAWN_PIPES;
    }
    close_others_on_exec();
    if (request->directory != NULL && chdir(request->directory) != 0) {
        return SPAWN_DIRECTORY;
    }
    reset_signals();
    execve(request->program, request->words, request->environment);
    return SPAWN_PROGRAM;
}

__attribute__((noreturn, noinline)) static void run_child(const struct spawn_request *request,
                                                          const struct child_side *side)
{
    struct failure failure;

    failure.step = run_program(request, side);
    failure.problem = errno;
    while (write(side->failure, &failure, sizeof(failure)) < 0 && errno == EINTR) {
    }
    _exit(127);
}

static void close_one(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

/* Descriptors that are not the standard files, even where the host has closed its own. */
static bool raise_descriptor(int *fd)
{
    int raised;

    if (*fd >= FIRST_OTHER) {
        return true;
    }
    raised = fcntl(*fd, F_DUPFD_CLOEXEC, FIRST_OTHER);
    if (raised < 0) {
        return false;
    }
    close(*fd);
    *fd = raised;
    return true;
}

static bool open_pipe(int *reader, int *writer)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0) {
        return false;
    }
    *reader = ends[0];
    *writer = ends[1];
    return raise_descriptor(reader) && raise_descriptor(writer);
}

static bool set_nonblocking(int fd)
{
    return fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

static bool open_input(bool has_input, struct child_side *side, struct spawned *spawned)
{
    if (has_input) {
        return open_pipe(&side->input, &spawned->input) && set_nonblocking(spawned->input);
    }
    side->input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return side->input >= 0 && raise_descriptor(&side->input);
}

static bool open_pipes(bool has_input, struct child_side *side, struct spawned *spawned, int *failure)
{
    return open_input(has_input, side, spawned) && open_pipe(&spawned->output, &side->output) &&
           open_pipe(&spawned->errors, &side->errors) && open_pipe(failure, &side->failure) &&
           set_nonblocking(spawned->output) && set_nonblocking(spawned->errors);
}

/* A signal handler must not run in the child while it has our memory, so all signals are blocked meanwhile.
 */
static pid_t start_child(const struct spawn_request *request, const struct child_side *side)
{
    sigset_t all, before;
    pid_t pid;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid = vfork();
    if (pid == 0) {
        run_child(request, side);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return pid;
}

/* What the child says before it runs the program; nothing: it runs. (Under qemu-user vfork is fork, and this
 * waits for it.) */
static struct failure read_failure(int fd)
{
    struct failure failure = {0, SPAWN_PROGRAM};
    ssize_t got;

    do {
        got = read(fd, &failure, sizeof(failure));
    } while (got < 0 && errno == EINTR);
    return failure;
}

static void close_side(struct child_side *side)
{
    close_one(&side->input);
    close_one(&side->output);
    close_one(&side->errors);
    close_one(&side->failure);
}

static int start_with_pipes(const struct spawn_request *request, struct child_side *side,
                            struct spawned *spawned, int failure_reader, enum spawn_step *step)
{
    struct failure failure;

    *step = SPAWN_FORK;
    spawned->pid = start_child(request, side);
    if (spawned->pid < 0) {
        return errno;
    }
    close_side(side);
    failure = read_failure(failure_reader);
    if (failure.problem != 0) {
        *step = failure.step;
        while (waitpid(spawned->pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    return failure.problem;
}

bool spawn_run(const struct spawn_request *request, struct spawned *spawned, enum spawn_step *step)
{
    struct child_side side = {-1, -1, -1, -1};
    int failure = -1, problem;

    *spawned = (struct spawned){-1, -1, -1, -1};
    *step = SPAWN_PIPES;
    if (open_pipes(request->has_input, &side, spawned, &failure)) {
        problem = start_with_pipes(request, &side, spawned, failure, step);
    } else {
        problem = errno;
    }
    close_side(&side);
    close_one(&failure);
    if (problem != 0) {
        close_one(&spawned->input);
        close_one(&spawned->output);
        close_one(&spawned->errors);
        errno = problem;
    }
    return problem == 0;
}

/* 0, or the errno of a file that cannot be run. */
static int check_program(const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0) {
        return errno == ENOTDIR ? ENOENT : errno;
    }
    return !S_ISREG(status.st_mode) || faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) != 0 ? EACCES : 0;
}

bool spawn_find(const char *name, const char *path, char *found, size_t size)
{
    int problem = ENOENT;
    const char *directory = path != NULL ? path : DEFAULT_PATH;

    for (;;) {
        int length = (int)strcspn(directory, ":");
        int written = length > 0
                          ? snprintf(found, size, "%.*s/%s", length, directory, name)
                          : snprintf(found, size, "./%s", name); /* an empty entry is the working directory */
        int result = written >= 0 && (size_t)written < size ? check_program(found) : ENAMETOOLONG;

        if (result == 0) {
            return true;
        }
        problem = result == EACCES ? EACCES : problem;
        if (directory[length] == '\0') {
            errno = problem;
            return false;
        }
        directory += length + 1;
    }
}
