#include "base/clock.h"
#include "base/forks.h"
#include "base/libraryheap.h"
#include "http/clientparts.h"
#include "tls/config.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Connections that are open at once, others wait; and those that are kept for later. */
#define MOST_CONNECTIONS 256L
#define MOST_KEPT        16L

/* A socket of libcurl's that the poller watches. */
struct http_socket {
    struct poller_watch watch;
    struct http_client *client;
    struct http_socket *next, **link;
};

#define OWNER(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))

/* ---- once for the process ---- */

static struct fork_lock lock; /* of the begin of libcurl */

__attribute__((constructor)) static void open_lock(void)
{
    fork_lock_open(&lock, 0);
}

/* The lock is held. */
static bool start_curl(void)
{
    struct libraryheap *before = libraryheap_enter(NULL); /* what it makes stays */
    bool started =
        curl_global_init_mem(CURL_GLOBAL_DEFAULT, libraryheap_malloc, libraryheap_free, libraryheap_realloc,
                             libraryheap_strdup, libraryheap_calloc) == CURLE_OK;

    libraryheap_leave(before);
    return started;
}

/* False: the kernel gives no random bytes. */
static bool prepare(void)
{
    static bool prepared, usable;
    bool result;

    if (!tls_start()) {
        return false;
    }
    pthread_mutex_lock(&lock.mutex);
    if (!prepared) {
        usable = start_curl();
        prepared = true;
    }
    result = usable;
    pthread_mutex_unlock(&lock.mutex);
    return result;
}

/* ---- sockets and time, as libcurl wants them ---- */

/* Takes transfers that have ended out of libcurl. */
static void collect(struct http_client *client)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(client->multi, &left)) != NULL) {
        struct http_running *running = NULL;

        if (message->msg == CURLMSG_DONE) {
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&running);
            transfer_finish(running, message->data.result);
        }
    }
}

static void act(struct http_client *client, curl_socket_t fd, int events)
{
    struct libraryheap *before = libraryheap_enter(client->heap);
    int running;
    CURLMcode code = curl_multi_socket_action(client->multi, fd, events, &running);

    collect(client);
    while (code != CURLM_OK && client->transfers != NULL) {
        transfer_abandon(client->transfers, curl_multi_strerror(code));
    }
    libraryheap_leave(before);
    client->end_if_retired(client);
}

static void on_ready(struct poller_watch *watch, uint32_t events)
{
    struct http_socket *socket = OWNER(watch, struct http_socket, watch);
    int what = ((events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
               ((events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
               ((events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);

    act(socket->client, watch->fd, what);
}

static void on_deadline(struct poller_deadline *deadline)
{
    act(OWNER(deadline, struct http_client, deadline), CURL_SOCKET_TIMEOUT, 0);
}

static int set_timer(CURLM *multi, long milliseconds, void *owner)
{
    struct http_client *client = owner;

    (void)multi;
    if (milliseconds < 0) {
        poller_unset(client->poller, &client->deadline);
    } else {
        poller_set_real(client->poller, &client->deadline,
                        clock_now(CLOCK_MONOTONIC) + milliseconds * CLOCK_MILLISECOND);
    }
    return 0;
}

static void forget_socket(struct http_socket *socket)
{
    poller_remove(socket->client->poller, &socket->watch);
    *socket->link = socket->next;
    if (socket->next != NULL) {
        socket->next->link = socket->link;
    }
    libraryheap_free(socket);
}

static int watch_new(struct http_client *client, curl_socket_t fd, uint32_t events)
{
    struct http_socket *socket = libraryheap_calloc(1, sizeof(*socket));

    if (socket == NULL) {
        return -1;
    }
    socket->client = client;
    socket->watch = (struct poller_watch){.fd = fd, .events = events, .ready = on_ready};
    if (!poller_add(client->poller, &socket->watch)) {
        libraryheap_free(socket);
        return -1;
    }
    socket->next = client->sockets;
    socket->link = &client->sockets;
    if (socket->next != NULL) {
        socket->next->link = &socket->next;
    }
    client->sockets = socket;
    curl_multi_assign(client->multi, fd, socket);
    return 0;
}

static int set_socket(CURL *easy, curl_socket_t fd, int what, void *owner, void *known)
{
    struct http_client *client = owner;
    struct http_socket *socket = known;
    uint32_t events =
        ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0u) | ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0u);

    (void)easy;
    if (what != CURL_POLL_REMOVE) {
        return socket == NULL                                          ? watch_new(client, fd, events)
               : poller_change(client->poller, &socket->watch, events) ? 0
                                                                       : -1;
    }
    if (socket != NULL) {
        curl_multi_assign(client->multi, fd, NULL);
        forget_socket(socket);
    }
    return 0;
}

/* ---- clients ---- */

static void unlink_client(struct http_client *client)
{
    if (client->link != NULL) {
        *client->link = client->next;
        if (client->next != NULL) {
            client->next->link = client->link;
        }
        client->link = NULL;
    }
}

/* Ends the client, with what is left of it. */
static void end_client(struct task_resource *resource)
{
    struct http_client *client = OWNER(resource, struct http_client, resource);
    struct libraryheap *heap = client->heap, *before = libraryheap_enter(heap);

    unlink_client(client);
    while (client->transfers != NULL) {
        transfer_abandon(client->transfers, "the event source was closed");
    }
    curl_multi_cleanup(client->multi);
    while (client->sockets != NULL) {
        forget_socket(client->sockets);
    }
    poller_unset(client->poller, &client->deadline);
    certificates_free(&client->certificates);
    libraryheap_free(client);
    libraryheap_leave(before);
    libraryheap_close(heap);
}

static void end_if_retired(struct http_client *client)
{
    if (client->link == NULL && client->transfers == NULL) {
        task_disown(&client->resource);
        end_client(&client->resource);
    }
}

void http_clients_close(struct http_clients *clients)
{
    while (clients->first != NULL) {
        struct http_client *client = clients->first;

        task_disown(&client->resource);
        end_client(&client->resource);
    }
}

static void set_up(struct http_client *client)
{
    curl_multi_setopt(client->multi, CURLMOPT_SOCKETFUNCTION, set_socket);
    curl_multi_setopt(client->multi, CURLMOPT_SOCKETDATA, client);
    curl_multi_setopt(client->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(client->multi, CURLMOPT_TIMERDATA, client);
    curl_multi_setopt(client->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, MOST_CONNECTIONS);
    curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, MOST_KEPT);
    curl_multi_setopt(client->multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
}

/* The heap is entered, and freed by the caller if this fails. */
static struct http_client *make_client(struct libraryheap *heap, const struct certificate_paths *paths,
                                       char *problem, size_t size)
{
    struct http_client *client = libraryheap_calloc(1, sizeof(*client));

    if (client == NULL) {
        return NULL;
    }
    client->heap = heap;
    client->paths = *paths;
    client->end_if_retired = end_if_retired;
    if (certificates_load(&client->certificates, paths, problem, size)) {
        client->multi = curl_multi_init();
        if (client->multi != NULL) {
            set_up(client);
            return client;
        }
        certificates_free(&client->certificates);
    }
    libraryheap_free(client);
    return NULL;
}

static struct http_client *open_client(struct http_clients *clients, struct task *task,
                                       const struct certificate_paths *paths, char *problem, size_t size)
{
    struct libraryheap *heap = libraryheap_open(clients->budget), *before;
    struct http_client *client;

    snprintf(problem, size, TEXT_OVER_LIMIT);
    if (heap == NULL) {
        return NULL;
    }
    before = libraryheap_enter(heap);
    client = make_client(heap, paths, problem, size);
    libraryheap_leave(before);
    if (client == NULL) {
        libraryheap_close(heap);
        return NULL;
    }
    client->group = task_group_of(task);
    client->poller = task_poller(task);
    client->deadline.reached = on_deadline;
    client->resource.end = end_client;
    client->next = clients->first;
    client->link = &clients->first;
    if (client->next != NULL) {
        client->next->link = &client->next;
    }
    clients->first = client;
    task_own(task, &client->resource);
    return client;
}

static bool same_paths(const struct certificate_paths *a, const struct certificate_paths *b)
{
    for (enum certificates_file file = 0; file < CERTIFICATES_FILES; file++) {
        if (strcmp(a->path[file], b->path[file]) != 0) {
            return false;
        }
    }
    return true;
}

struct http_client *http_client_for(struct http_clients *clients, struct task *task,
                                    const struct certificate_paths *paths, char *problem, size_t size)
{
    struct http_client *client;

    if (!prepare()) {
        snprintf(problem, size, "Mbed TLS or libcurl cannot be used: the kernel gives no random bytes");
        return NULL;
    }
    for (client = clients->first; client != NULL; client = client->next) {
        if (client->group == task_group_of(task) && same_paths(&client->paths, paths)) {
            break;
        }
    }
    if (client != NULL && certificates_changed(&client->certificates, paths)) {
        unlink_client(client); /* transfers that run keep it */
        end_if_retired(client);
        client = NULL;
    }
    return client != NULL ? client : open_client(clients, task, paths, problem, size);
}
