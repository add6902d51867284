#include "process/child.h"

#include "process/reaper.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

#define MOST_AT_ONCE 65536 /* of standard error, so that a flood of it does not keep us */

void child_init(struct child *child)
{
    memset(child, 0, sizeof(*child));
    child->events = child->pidfd = child->input = child->output = child->errors = -1;
}

static void close_one(struct child *child, int *fd)
{
    if (*fd >= 0) {
        /* closing does not do that while a forked child of the host's has a copy */
        epoll_ctl(child->events, EPOLL_CTL_DEL, *fd, NULL);
        close(*fd);
        *fd = -1;
    }
}

static bool watch(const struct child *child, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events, .data = {.fd = fd}};

    return fd < 0 || epoll_ctl(child->events, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool watch_all(struct child *child)
{
    child->events = epoll_create1(EPOLL_CLOEXEC);
    return child->events >= 0 && watch(child, child->output, EPOLLIN) &&
           watch(child, child->errors, EPOLLIN) && watch(child, child->input, EPOLLOUT) &&
           watch(child, child->pidfd, EPOLLIN);
}

/* write, without SIGPIPE: MSG_NOSIGNAL is for sockets only. */
static ssize_t write_quietly(int fd, const void *from, size_t size)
{
    const struct timespec now = {0, 0};
    sigset_t pipe, before, pending;
    bool was_pending;
    ssize_t written;
    int problem;

    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigpending(&pending);
    was_pending = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe, &before);
    do {
        written = write(fd, from, size);
    } while (written < 0 && errno == EINTR);
    problem = errno;
    if (written < 0 && problem == EPIPE && !was_pending) {
        sigtimedwait(&pipe, NULL, &now); /* takes ours, which only this thread can have */
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = problem;
    return written;
}

static void write_input(struct child *child)
{
    while (child->input >= 0 && child->rest_size > 0) {
        ssize_t written = write_quietly(child->input, child->rest, child->rest_size);

        if (written < 0) {
            if (errno != EAGAIN) {
                close_one(child, &child->input); /* it does not want the rest */
            }
            return;
        }
        child->rest += written;
        child->rest_size -= (size_t)written;
    }
    close_one(child, &child->input);
}

bool child_start(struct child *child, const struct spawn_request *request, const char *input, size_t size,
                 enum spawn_step *step)
{
    struct spawned spawned;

    if (!spawn_run(request, &spawned, step)) {
        return false;
    }
    child->pid = spawned.pid;
    child->input = spawned.input;
    child->output = spawned.output;
    child->errors = spawned.errors;
    child->rest = input;
    child->rest_size = size;
    child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
    if (!watch_all(child)) {
        int problem = errno;

        child_close(child, true);
        *step = SPAWN_PIPES;
        errno = problem;
        return false;
    }
    write_input(child);
    return true;
}

/* Keeps the last bytes of what comes. */
static void keep_tail(struct child *child, const char *bytes, size_t size)
{
    size_t kept = child->tail_size;

    if (size > CHILD_TAIL) {
        bytes += size - CHILD_TAIL;
        size = CHILD_TAIL;
    }
    if (kept + size > CHILD_TAIL) {
        kept = CHILD_TAIL - size;
        memmove(child->tail, child->tail + child->tail_size - kept, kept);
    }
    memcpy(child->tail + kept, bytes, size);
    child->tail_size = kept + size;
}

static void read_errors(struct child *child)
{
    char bytes[4096];
    size_t sum = 0;
    ssize_t got = 1;

    while (child->errors >= 0 && got > 0 && sum < MOST_AT_ONCE) {
        do {
            got = read(child->errors, bytes, sizeof(bytes));
        } while (got < 0 && errno == EINTR);
        if (got > 0) {
            keep_tail(child, bytes, (size_t)got);
            sum += (size_t)got;
        } else if (got == 0 || errno != EAGAIN) {
            close_one(child, &child->errors);
        }
    }
}

static void set_end(struct child *child, enum child_end end, int status)
{
    child->end = end;
    child->status = status;
    close_one(child, &child->pidfd); /* it stays readable */
}

/* It stays a zombie. */
static void look_for_end(struct child *child)
{
    siginfo_t info = {.si_pid = 0};
    int result;

    if (child->end != CHILD_RUNS || child->pid == 0) {
        return;
    }
    result = waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT);
    if (result == 0 && info.si_pid == child->pid) {
        set_end(child, info.si_code == CLD_EXITED ? CHILD_EXITED : CHILD_SIGNALLED, info.si_status);
    } else if (result != 0 && errno == ECHILD) {
        child->pid = 0; /* somebody else has waited for it: the number may be another process's by now */
        set_end(child, CHILD_UNKNOWN, 0);
    }
}

void child_handle(struct child *child)
{
    struct epoll_event ready[4];
    int count = child->events >= 0 ? epoll_wait(child->events, ready, 4, 0) : 0;
    bool errors = false;

    if (child->pidfd < 0) {
        look_for_end(child);
    }
    for (int i = 0; i < count; i++) {
        int fd = ready[i].data.fd;

        if (fd == child->input) {
            write_input(child);
        } else if (fd == child->pidfd) {
            look_for_end(child);
        }
        errors = errors || fd == child->errors;
    }
    if (errors || child->end != CHILD_RUNS) {
        read_errors(child); /* what it wrote last is there, once it has ended */
    }
}

ssize_t child_read(struct child *child, void *to, size_t room)
{
    ssize_t got;

    if (child->output < 0) {
        return 0;
    }
    do {
        got = read(child->output, to, room);
    } while (got < 0 && errno == EINTR);
    if (got == 0) {
        close_one(child, &child->output); /* it would stay readable */
    }
    return got;
}

void child_signal(const struct child *child, int signal)
{
    if (child->pid != 0) {
        kill(-child->pid, signal);
    }
}

const char *child_last_line(const struct child *child, size_t *size)
{
    size_t end = child->tail_size, begin;

    while (end > 0 && strchr("\r\n \t", child->tail[end - 1]) != NULL) {
        end--;
    }
    for (begin = end; begin > 0 && child->tail[begin - 1] != '\n'; begin--) {
    }
    *size = end - begin;
    return child->tail + begin;
}

void child_close(struct child *child, bool all)
{
    pid_t pid = child->pid;

    child->pid = 0;
    close_one(child, &child->input);
    close_one(child, &child->output);
    close_one(child, &child->errors);
    close_one(child, &child->pidfd);
    close_one(child, &child->events);
    if (pid != 0 && (all || child->end == CHILD_RUNS)) {
        reaper_take(pid);
    } else if (pid != 0) {
        waitpid(pid, NULL, WNOHANG); /* a zombie */
    }
}
