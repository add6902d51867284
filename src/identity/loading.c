#include "identity/loading.h"

#include "base/forks.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

struct loading {
    struct loading *next;
    pid_t thread;
    uint64_t number; /* also in the thread's own variable, since thread ids are reused */
    struct identity *identity;
    unsigned minor;
};

static struct loading *loadings;   /* newest first, one a thread */
static uint64_t count;             /* of loadings so far */
static _Thread_local uint64_t own; /* number of this thread's loading; 0: none */

static pid_t this_thread(void)
{
    return (pid_t)syscall(SYS_gettid);
}

/* True if the thread has ended. */
static bool is_gone(pid_t thread)
{
    return syscall(SYS_tgkill, getpid(), thread, 0) != 0;
}

/* This thread's loading; the lock is held. */
static struct loading *find_of_thread(void)
{
    for (struct loading *loading = loadings; loading != NULL; loading = loading->next) {
        if (own != 0 && loading->number == own) {
            return loading;
        }
    }
    return NULL;
}

/* Removes the loadings of this thread and of those that have ended; the lock is held. */
static struct loading *remove_old(void)
{
    struct loading *old = NULL, **link = &loadings;
    pid_t thread = this_thread();

    while (*link != NULL) {
        struct loading *loading = *link;

        if (loading->thread == thread || is_gone(loading->thread)) {
            *link = loading->next;
            loading->next = old;
            old = loading;
        } else {
            link = &loading->next;
        }
    }
    return old;
}

static void free_loadings(struct loading *loading)
{
    while (loading != NULL) {
        struct loading *next = loading->next;

        identity_release(loading->identity);
        free(loading);
        loading = next;
    }
}

/* Takes over a reference to `identity` as this thread's loading. */
static struct loading *add_loading(struct identity *identity, unsigned minor)
{
    struct loading *loading = calloc(1, sizeof(*loading));
    struct loading *old;

    if (loading == NULL) {
        identity_release(identity);
        return NULL;
    }
    loading->thread = this_thread();
    loading->identity = identity;
    loading->minor = minor;
    forks_lock();
    old = remove_old();
    loading->number = own = ++count;
    loading->next = loadings;
    loadings = loading;
    forks_unlock();
    free_loadings(old);
    return loading;
}

/* The newest identity of all, with a reference, or NULL. */
static struct identity *newest(unsigned *minor)
{
    struct identity *identity = NULL;

    forks_lock();
    if (loadings != NULL) {
        identity = identity_hold(loadings->identity);
        *minor = loadings->minor;
    }
    forks_unlock();
    return identity;
}

void loading_begin(enum abi api)
{
    unsigned minor = 0;
    struct identity *previous = newest(&minor);
    struct identity *identity = identity_make(api, previous);

    identity_release(previous);
    if (identity != NULL) {
        add_loading(identity, 0);
    }
}

void loading_learn(unsigned minor)
{
    struct loading *loading;

    forks_lock();
    loading = find_of_thread();
    if (loading != NULL && loading->minor < minor) {
        loading->minor = minor;
    }
    forks_unlock();
}

const struct identity *loading_identity(void)
{
    struct loading *loading;
    struct identity *identity;
    unsigned minor = 0;

    forks_lock();
    loading = find_of_thread();
    forks_unlock();
    if (loading == NULL) {
        /* a thread that never loaded: the newest becomes its own, so that it stays while it is used */
        identity = newest(&minor);
        loading = identity != NULL ? add_loading(identity, minor) : NULL;
    }
    return loading != NULL ? loading->identity : NULL;
}

struct identity *loading_take(unsigned *minor)
{
    struct identity *identity = NULL;
    struct loading *loading;

    *minor = 0;
    forks_lock();
    loading = find_of_thread();
    if (loading != NULL) {
        identity = identity_hold(loading->identity);
        *minor = loading->minor;
    }
    forks_unlock();
    return identity != NULL ? identity : newest(minor);
}

/* Frees everything when the library is unloaded. */
__attribute__((destructor)) static void forget_all(void)
{
    struct loading *all = loadings;

    loadings = NULL;
    free_loadings(all);
}
