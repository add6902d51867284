#include "task/poller.h"

#include "base/clock.h"
#include "base/forks.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Deadlines that are reached at one go: each may set itself again at once. */
#define MOST_REACHED 1024

/* Milliseconds. */
#define SHORT_SLEEP 10

static int64_t now(void)
{
    return clock_now(CLOCK_MONOTONIC);
}

static void close_descriptors(struct poller *poller)
{
    if (poller->epoll > 0) {
        close(poller->epoll);
    }
    if (poller->wakeup > 0) {
        close(poller->wakeup);
    }
    poller->epoll = poller->wakeup = 0;
}

static bool control(const struct poller *poller, int operation, struct poller_watch *watch)
{
    struct epoll_event event = {.events = watch->events, .data.ptr = watch};

    return epoll_ctl(poller->epoll, operation, watch->fd, &event) == 0;
}

/* Standard input, output and error may be closed in a host: 0 stands for a descriptor that is not open. */
static int not_zero(int fd)
{
    int other;

    if (fd != 0) {
        return fd;
    }
    other = dup(fd); /* epoll and eventfd are both closed by exec; so must this be */
    if (other > 0 && fcntl(other, F_SETFD, FD_CLOEXEC) != 0) {
        close(other);
        other = -1;
    }
    close(fd);
    return other;
}

/* Opens the descriptors. What was watched in a parent process is watched again. */
static bool open_descriptors(struct poller *poller)
{
    struct epoll_event event = {.events = EPOLLIN};
    int error;

    poller->forks = forks_seen();
    poller->epoll = not_zero(epoll_create1(EPOLL_CLOEXEC));
    poller->wakeup = not_zero(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (poller->epoll > 0 && poller->wakeup > 0 &&
        epoll_ctl(poller->epoll, EPOLL_CTL_ADD, poller->wakeup, &event) == 0) {
        for (struct poller_watch *watch = poller->watches; watch != NULL; watch = watch->next) {
            control(poller, EPOLL_CTL_ADD, watch); /* one that was closed meanwhile is ready never */
        }
        return true;
    }
    error = errno;
    close_descriptors(poller);
    errno = error;
    return false;
}

static bool prepare(struct poller *poller)
{
    if (poller->epoll > 0 && poller->forks == forks_seen()) {
        return true;
    }
    close_descriptors(poller);
    poller->waiting = false; /* in the parent */
    poller->count = poller->next = 0;
    return open_descriptors(poller);
}

void poller_close(struct poller *poller)
{
    close_descriptors(poller);
    *poller = (struct poller){.clock = poller->clock};
}

bool poller_add(struct poller *poller, struct poller_watch *watch)
{
    if (!prepare(poller) || !control(poller, EPOLL_CTL_ADD, watch)) {
        return false;
    }
    watch->next = poller->watches;
    watch->link = &poller->watches;
    if (watch->next != NULL) {
        watch->next->link = &watch->next;
    }
    poller->watches = watch;
    return true;
}

bool poller_change(struct poller *poller, struct poller_watch *watch, uint32_t events)
{
    uint32_t before = watch->events;

    watch->events = events;
    if (before == events) {
        return true;
    }
    if (!prepare(poller) || !control(poller, EPOLL_CTL_MOD, watch)) {
        watch->events = before;
        return false;
    }
    return true;
}

void poller_remove(struct poller *poller, struct poller_watch *watch)
{
    if (watch->link == NULL) {
        return;
    }
    if (poller->epoll > 0 && poller->forks == forks_seen()) {
        control(poller, EPOLL_CTL_DEL, watch);
    }
    *watch->link = watch->next;
    if (watch->next != NULL) {
        watch->next->link = watch->link;
    }
    watch->link = NULL;
    if (poller->waiting) {
        poller->stale = true;
        return;
    }
    for (int i = poller->next; i < poller->count; i++) { /* what is got already, but not called */
        if (poller->events[i].data.ptr == watch) {
            poller->events[i].data.ptr = NULL;
        }
    }
}

static struct deadlines *heap_of(struct poller *poller, const struct poller_deadline *deadline)
{
    return deadline->real ? &poller->real_deadlines : &poller->deadlines;
}

static void set(struct poller *poller, struct poller_deadline *deadline, int64_t due, bool real)
{
    poller_unset(poller, deadline);
    deadline->due = due;
    deadline->real = real;
    deadlines_add(heap_of(poller, deadline), deadline);
    if (poller->waiting && (real ? due : due - scriptclock_ahead(poller->clock)) < poller->until) {
        poller_wake(poller);
    }
}

void poller_set(struct poller *poller, struct poller_deadline *deadline, int64_t due)
{
    set(poller, deadline, due, false);
}

void poller_set_real(struct poller *poller, struct poller_deadline *deadline, int64_t due)
{
    set(poller, deadline, due, true);
}

int64_t poller_due(const struct poller *poller)
{
    return poller->deadlines.soonest != NULL ? poller->deadlines.soonest->due : DEADLINE_NONE;
}

void poller_unset(struct poller *poller, struct poller_deadline *deadline)
{
    if (deadline->set) {
        deadlines_remove(heap_of(poller, deadline), deadline);
    }
}

void poller_wake(struct poller *poller)
{
    const uint64_t one = 1;

    if (poller->wakeup > 0 && write(poller->wakeup, &one, sizeof(one)) < 0) {
        return; /* it is so full that it wakes anyway */
    }
}

/* When the next deadline of the script's clock is by CLOCK_MONOTONIC; DEADLINE_NONE: none will be reached. */
static int64_t real_due(const struct poller *poller)
{
    int64_t due = poller_due(poller);

    if (due == DEADLINE_NONE || scriptclock_stands(poller->clock) == 0) {
        return due == DEADLINE_NONE ? due : due - scriptclock_ahead(poller->clock);
    }
    return due <= scriptclock_now(poller->clock) ? 0 : DEADLINE_NONE;
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

void poller_enter(struct poller *poller, int64_t until)
{
    prepare(poller);
    if (poller->real_deadlines.soonest != NULL) {
        until = sooner(until, poller->real_deadlines.soonest->due);
    }
    poller->until = sooner(until, real_due(poller));
    poller->count = poller->next = 0;
    poller->stale = false;
    poller->waiting = true;
}

/* In milliseconds, rounded up: else the last of them would be a busy loop. */
static int timeout(int64_t until)
{
    int64_t left;

    if (until == DEADLINE_NONE) {
        return -1;
    }
    left = until - now();
    if (left <= 0) {
        return 0;
    }
    left = (left - 1) / CLOCK_MILLISECOND + 1;
    return left > INT_MAX ? INT_MAX : (int)left;
}

/* Where there is no descriptor to wait with: no other thread can wake it. */
static int sleep_shortly(int milliseconds)
{
    struct timespec time = clock_timespec(SHORT_SLEEP * CLOCK_MILLISECOND);

    if (milliseconds >= 0 && milliseconds < SHORT_SLEEP) {
        time = clock_timespec(milliseconds * CLOCK_MILLISECOND);
    }
    return nanosleep(&time, NULL);
}

static void get_events(struct poller *poller, int milliseconds)
{
    poller->count = poller->epoll > 0 ? epoll_wait(poller->epoll, poller->events, POLLER_EVENTS, milliseconds)
                                      : sleep_shortly(milliseconds);
    poller->interrupted = poller->count < 0;
}

void poller_wait(struct poller *poller)
{
    get_events(poller, timeout(poller->until));
}

/* Other threads' wake-ups have done their work. */
static void drain(const struct poller *poller)
{
    uint64_t count;

    while (read(poller->wakeup, &count, sizeof(count)) < 0 && errno == EINTR) {
    }
}

static void call_watches(struct poller *poller)
{
    while (poller->next < poller->count) {
        const struct epoll_event *event = &poller->events[poller->next++];
        struct poller_watch *watch = event->data.ptr;

        if (watch != NULL) {
            watch->ready(watch, event->events);
        }
    }
}

static void call_deadlines(struct deadlines *deadlines, const struct script_clock *clock)
{
    struct poller_deadline *soonest = deadlines->soonest;
    int64_t at = soonest != NULL ? scriptclock_now(clock) : 0;

    for (int i = 0; i < MOST_REACHED && soonest != NULL && soonest->due <= at; i++) {
        deadlines_remove(deadlines, soonest);
        soonest->reached(soonest);
        soonest = deadlines->soonest;
    }
}

void poller_leave(struct poller *poller)
{
    bool interrupted = poller->interrupted;

    poller->waiting = false;
    if (poller->stale) { /* a watch was removed meanwhile, whose event may be among those got */
        get_events(poller, 0);
        poller->interrupted = interrupted;
    }
    for (int i = 0; i < poller->count; i++) {
        if (poller->events[i].data.ptr == NULL) {
            drain(poller);
        }
    }
    call_watches(poller);
    call_deadlines(&poller->deadlines, poller->clock);
    call_deadlines(&poller->real_deadlines, NULL);
}

void poller_run(struct poller *poller, int64_t until)
{
    poller_enter(poller, until);
    poller_wait(poller);
    poller_leave(poller);
}
