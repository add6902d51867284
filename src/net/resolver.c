#include "net/resolver.h"

#include "base/forks.h"
#include "base/helperthread.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct resolver_request {
    struct endpoint address;
    struct addrinfo hints;
    struct addrinfo *result;
    int problem; /* EAI_… */
    int system;  /* errno, for EAI_SYSTEM */
    int done;    /* eventfd, or -1 */
    bool is_done;
    int owners; /* who asked, and the thread; changed atomically */
};

static int threads;           /* changed atomically */
static unsigned threads_fork; /* of the process whose threads they are */

static void look_up(struct resolver_request *request)
{
    request->problem =
        getaddrinfo(request->address.host, request->address.port, &request->hints, &request->result);
    request->system = errno;
    __atomic_store_n(&request->is_done, true, __ATOMIC_RELEASE);
}

void resolver_release(struct resolver_request *request)
{
    if (__atomic_sub_fetch(&request->owners, 1, __ATOMIC_ACQ_REL) > 0) {
        return;
    }
    if (request->result != NULL) {
        freeaddrinfo(request->result);
    }
    if (request->done >= 0) {
        close(request->done);
    }
    free(request);
}

static void run(void *argument)
{
    struct resolver_request *request = argument;
    const uint64_t one = 1;

    look_up(request);
    if (write(request->done, &one, sizeof(one)) < 0) {
        abort(); /* the counter was 0: it has room */
    }
    resolver_release(request);
    __atomic_sub_fetch(&threads, 1, __ATOMIC_RELAXED);
}

/* Takes one of the threads that there may be. */
static bool count_thread(void)
{
    if (__atomic_exchange_n(&threads_fork, forks_seen(), __ATOMIC_RELAXED) != forks_seen()) {
        __atomic_store_n(&threads, 0, __ATOMIC_RELAXED);
    }
    if (__atomic_add_fetch(&threads, 1, __ATOMIC_RELAXED) > RESOLVER_THREADS) {
        __atomic_sub_fetch(&threads, 1, __ATOMIC_RELAXED);
        errno = EAGAIN;
        return false;
    }
    return true;
}

static bool start_thread(struct resolver_request *request)
{
    struct helperthread *thread;

    request->done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (request->done < 0 || !count_thread()) {
        return false;
    }
    request->owners = 2;
    request->is_done = false;
    helperthread_collect();
    thread = helperthread_start(run, request, HELPERTHREAD_STACK);
    if (thread == NULL) {
        __atomic_sub_fetch(&threads, 1, __ATOMIC_RELAXED);
        request->owners = 1;
        return false;
    }
    helperthread_leave(thread);
    return true;
}

struct resolver_request *resolver_start(const struct endpoint *address, bool to_listen)
{
    struct resolver_request *request = calloc(1, sizeof(*request));
    int problem;

    if (request == NULL) {
        return NULL;
    }
    request->address = *address;
    request->owners = 1;
    request->done = -1;
    request->hints.ai_socktype = address->kind == ENDPOINT_UDP ? SOCK_DGRAM : SOCK_STREAM;
    request->hints.ai_flags = AI_NUMERICSERV | AI_NUMERICHOST | (to_listen ? AI_PASSIVE : 0);
    look_up(request);
    if (request->problem != EAI_NONAME) {
        return request; /* it is a number */
    }
    request->hints.ai_flags &= ~AI_NUMERICHOST;
    if (!start_thread(request)) {
        problem = errno;
        resolver_release(request);
        errno = problem;
        return NULL;
    }
    return request;
}

int resolver_descriptor(const struct resolver_request *request)
{
    return request->done;
}

bool resolver_is_done(const struct resolver_request *request)
{
    return __atomic_load_n(&request->is_done, __ATOMIC_ACQUIRE);
}

const struct addrinfo *resolver_result(const struct resolver_request *request)
{
    return request->problem == 0 ? request->result : NULL;
}

const char *resolver_problem(const struct resolver_request *request)
{
    return request->problem == EAI_SYSTEM ? strerror(request->system) : gai_strerror(request->problem);
}
