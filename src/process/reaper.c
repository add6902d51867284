#include "process/reaper.h"

#include "base/clock.h"
#include "base/forks.h"
#include "base/helperthread.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>

#define BETWEEN_LOOKS (5 * CLOCK_MILLISECOND)
#define PATIENCE      CLOCK_SECOND              /* from SIGTERM to SIGKILL */
#define FOR_OTHERS    (100 * CLOCK_MILLISECOND) /* of the group, once the first process has ended */
#define LONGEST_WAIT  (2 * CLOCK_SECOND)

struct dying {
    struct dying *next;
    pid_t pid;
    int64_t due; /* when SIGKILL comes */
    bool ended, killed;
};

/* Behind forks_lock. */
static struct dying *list;
static unsigned list_fork; /* of the process whose children they are */
static bool runs;          /* the thread will look at the list again */
static struct helperthread *thread;

static void sleep_between(void)
{
    struct timespec time = clock_timespec(BETWEEN_LOOKS);

    nanosleep(&time, NULL);
}

/* Has it ended? It stays a zombie. A child that is none any more, because the host has waited for it, is
 * gone. */
static bool has_ended(pid_t pid, bool *gone)
{
    siginfo_t info = {.si_pid = 0};
    int result = waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT);

    *gone = result != 0 && errno == ECHILD;
    return result == 0 && info.si_pid == pid;
}

/* True: it is no more. */
static bool look_at(struct dying *dying)
{
    int64_t now = clock_now(CLOCK_MONOTONIC);
    bool gone;
    bool ended = has_ended(dying->pid, &gone);

    if (gone) {
        return true;
    }
    if (ended && !dying->ended && now + FOR_OTHERS < dying->due) {
        dying->due = now + FOR_OTHERS;
    }
    dying->ended = ended;
    if (!dying->killed && now >= dying->due) {
        kill(-dying->pid, SIGKILL);
        dying->killed = true;
    }
    return dying->ended && dying->killed && waitpid(dying->pid, NULL, WNOHANG) != 0;
}

/* Takes out those that are no more, and in a forked child all. The lock is held. */
static struct dying *take_gone(void)
{
    struct dying *gone = NULL, *dying, **link = &list;
    bool forked = list_fork != forks_seen();

    while ((dying = *link) != NULL) {
        if (forked || look_at(dying)) {
            *link = dying->next;
            dying->next = gone;
            gone = dying;
        } else {
            link = &dying->next;
        }
    }
    if (forked) {
        list_fork = forks_seen();
        runs = false;
    }
    return gone;
}

static void free_all(struct dying *gone)
{
    while (gone != NULL) {
        struct dying *next = gone->next;

        free(gone);
        gone = next;
    }
}

static void run(void *argument)
{
    bool more;

    (void)argument;
    do {
        struct dying *gone;

        sleep_between();
        forks_lock();
        gone = take_gone();
        more = runs = list != NULL;
        forks_unlock();
        free_all(gone);
    } while (more);
}

/* Without a thread, or memory: at once. */
static void kill_now(pid_t pid)
{
    kill(-pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
}

/* The lock is held. Adds one; true: a thread has to be started, and `*ended` joined. */
static bool add(struct dying *dying, struct helperthread **ended)
{
    bool start = !runs;

    dying->next = list;
    list = dying;
    runs = true;
    *ended = start ? thread : NULL;
    thread = start ? NULL : thread;
    return start;
}

static void start_thread(void)
{
    struct helperthread *started = helperthread_start(run, NULL, HELPERTHREAD_STACK), *other = NULL;

    forks_lock();
    if (started == NULL) {
        runs = false;
    } else {
        other = thread; /* which was started after ours has ended */
        thread = started;
    }
    forks_unlock();
    if (other != NULL) {
        helperthread_leave(other);
    } else if (started == NULL) {
        reaper_finish();
    }
}

void reaper_take(pid_t pid)
{
    struct dying *dying = calloc(1, sizeof(*dying)), *gone;
    struct helperthread *ended;
    bool start;

    if (dying == NULL) {
        kill_now(pid);
        return;
    }
    kill(-pid, SIGTERM);
    kill(-pid, SIGCONT); /* one that is stopped ends only then */
    dying->pid = pid;
    dying->due = clock_now(CLOCK_MONOTONIC) + PATIENCE;
    forks_lock();
    gone = take_gone();
    start = add(dying, &ended);
    forks_unlock();
    free_all(gone);
    if (ended != NULL) {
        helperthread_join(ended);
    }
    if (start) {
        start_thread();
    }
}

void reaper_finish(void)
{
    int64_t until = clock_now(CLOCK_MONOTONIC) + LONGEST_WAIT;
    struct helperthread *ended = NULL;
    bool more;

    do {
        struct dying *gone;

        forks_lock();
        gone = take_gone();
        more = list != NULL || runs;
        if (!more) {
            ended = thread;
            thread = NULL;
        }
        forks_unlock();
        free_all(gone);
        if (more) {
            sleep_between();
        }
    } while (more && clock_now(CLOCK_MONOTONIC) < until);
    if (ended != NULL) {
        helperthread_join(ended);
    }
    helperthread_collect();
}
