#include "base/libraryheap.h"
#include "http/clientparts.h"
#include "lure_version.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* Bytes of all header lines. */
#define MOST_HEAD (256u * 1024u)

/* Of the text of a host's addresses. */
#define ADDRESSES_TEXT 1024

/* ---- what comes ---- */

/* Adds bytes, and keeps a NUL behind them. False: out of memory, or over the limit. */
static bool append(char **text, size_t *size, size_t *room, const char *bytes, size_t count)
{
    if (*room - *size < count + 1) {
        size_t wanted = *size + count + 1 > *room * 2 ? *size + count + 1 : *room * 2;
        char *larger = libraryheap_realloc(*text, wanted < 512 ? 512 : wanted);

        if (larger == NULL) {
            return false;
        }
        *text = larger;
        *room = wanted < 512 ? 512 : wanted;
    }
    memcpy(*text + *size, bytes, count);
    *size += count;
    (*text)[*size] = '\0';
    return true;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *owner)
{
    struct http_running *running = owner;

    count *= size;
    running->too_large = count > running->most - running->public.body_size;
    running->out_of_memory = !running->too_large && !append(&running->public.body, &running->public.body_size,
                                                            &running->body_room, bytes, count);
    return running->too_large || running->out_of_memory ? CURL_WRITEFUNC_ERROR : count;
}

/* One line. Each answer, "100 Continue" too, begins with its own first one. */
static size_t take_head(char *bytes, size_t size, size_t count, void *owner)
{
    struct http_running *running = owner;

    count *= size;
    if (count > 5 && memcmp(bytes, "HTTP/", 5) == 0) {
        running->public.head_size = 0;
    }
    running->out_of_memory =
        running->public.head_size + count > MOST_HEAD ||
        !append(&running->public.head, &running->public.head_size, &running->head_room, bytes, count);
    return running->out_of_memory ? CURL_WRITEFUNC_ERROR : count;
}

static curl_socket_t open_socket(void *owner, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)owner;
    (void)purpose;
    return socket(address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address->protocol);
}

/* The connection's TLS: our certificates, and what is safe today. */
static CURLcode set_tls(CURL *easy, void *config, void *owner)
{
    struct http_running *running = owner;
    struct certificates *certificates = &running->client->certificates;

    (void)easy;
    mbedtls_ssl_conf_cert_profile(config, &mbedtls_x509_crt_profile_default);
    mbedtls_ssl_conf_ca_chain(config, &certificates->authorities, NULL);
    if (certificates_has_own(certificates) &&
        mbedtls_ssl_conf_own_cert(config, &certificates->own, &certificates->key) != 0) {
        return CURLE_OUT_OF_MEMORY;
    }
    return CURLE_OK;
}

/* ---- the end ---- */

/* Takes it out of its client. */
static void leave(struct http_running *running)
{
    curl_multi_remove_handle(running->client->multi, running->easy);
    curl_easy_cleanup(running->easy);
    curl_slist_free_all(running->headers);
    curl_slist_free_all(running->addresses);
    running->easy = NULL;
    running->client = NULL;
    *running->link = running->next;
    if (running->next != NULL) {
        running->next->link = running->link;
    }
}

void transfer_abandon(struct http_running *running, const char *problem)
{
    snprintf(running->public.problem, sizeof(running->public.problem), "%s", problem);
    running->public.outcome = HTTP_FAILED;
    leave(running);
    task_wake_all(&running->public.waiting);
}

static bool may_be_repeated(CURLcode code)
{
    static const CURLcode lasting[] = {
        CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
        CURLE_UNSUPPORTED_PROTOCOL,     CURLE_URL_MALFORMAT,   CURLE_OUT_OF_MEMORY,
        CURLE_BAD_CONTENT_ENCODING};

    for (size_t i = 0; i < sizeof(lasting) / sizeof(lasting[0]); i++) {
        if (code == lasting[i]) {
            return false;
        }
    }
    return true;
}

void transfer_finish(struct http_running *running, CURLcode code)
{
    struct http_transfer *public = &running->public;
    long number = 0;

    public->outcome = HTTP_ANSWERED;
    curl_easy_getinfo(running->easy, CURLINFO_RESPONSE_CODE, &public->status);
    if (running->too_large) {
        public->outcome = HTTP_REFUSED;
        snprintf(public->problem, sizeof(public->problem), "the answer has more than max_body (%zu bytes)",
                 running->most);
    } else if (running->out_of_memory) {
        public->outcome = HTTP_REFUSED;
        snprintf(public->problem, sizeof(public->problem), "the answer: %s",
                 public->head_size > MOST_HEAD / 2 ? "more than 256 KiB of headers" : TEXT_OVER_LIMIT);
    } else if (code == CURLE_COULDNT_CONNECT &&
               curl_easy_getinfo(running->easy, CURLINFO_OS_ERRNO, &number) == CURLE_OK && number != 0) {
        public->outcome = HTTP_FAILED;
        snprintf(public->problem, sizeof(public->problem), "cannot connect: %s", strerror((int)number));
    } else if (code != CURLE_OK) {
        public->outcome = may_be_repeated(code) ? HTTP_FAILED : HTTP_REFUSED;
        snprintf(public->problem, sizeof(public->problem), "%s",
                 running->error[0] != '\0' ? running->error : curl_easy_strerror(code));
        public->problem[strcspn(public->problem, "\r\n")] = '\0';
    }
    leave(running);
    task_wake_all(&public->waiting);
}

/* ---- the beginning ---- */

/* "+host:port:address,address", for CURLOPT_RESOLVE: libcurl looks nothing up itself. */
static bool add_addresses(struct http_running *running, const struct url *url, const struct addrinfo *list)
{
    char text[ADDRESSES_TEXT], number[NI_MAXHOST];
    int length = snprintf(text, sizeof(text), "+%s:%s:", url->host, url->port);
    size_t begin = (size_t)length;

    for (const struct addrinfo *at = list; at != NULL; at = at->ai_next) {
        if (getnameinfo(at->ai_addr, at->ai_addrlen, number, sizeof(number), NULL, 0, NI_NUMERICHOST) == 0 &&
            (size_t)length + strlen(number) + 2 < sizeof(text)) {
            length += snprintf(text + length, sizeof(text) - (size_t)length, "%s%s",
                               (size_t)length > begin ? "," : "", number);
        }
    }
    running->addresses = curl_slist_append(NULL, text);
    return running->addresses != NULL &&
           curl_easy_setopt(running->easy, CURLOPT_RESOLVE, running->addresses) == 0;
}

static bool add_headers(struct http_running *running, const struct http_order *order)
{
    for (size_t i = 0; i < order->header_count; i++) {
        struct curl_slist *longer = curl_slist_append(running->headers, order->headers[i]);

        if (longer == NULL) {
            return false;
        }
        running->headers = longer;
    }
    return curl_easy_setopt(running->easy, CURLOPT_HTTPHEADER, running->headers) == CURLE_OK;
}

static bool set_request(struct http_running *running, const struct http_order *order)
{
    CURL *easy = running->easy;
    bool set = curl_easy_setopt(easy, CURLOPT_URL, order->url->text) == CURLE_OK;

    /* a path with ".." may be signed, or the name of an object */
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    if (order->body != NULL) {
        set = set &&
              curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)order->body_size) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_POSTFIELDS, order->body) == CURLE_OK;
    }
    if (strcmp(order->method, "HEAD") == 0) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else {
        set = set && curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, order->method) == CURLE_OK;
    }
    if (order->url->has_user) {
        set = set && curl_easy_setopt(easy, CURLOPT_USERNAME, order->url->user) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_PASSWORD, order->url->password) == CURLE_OK;
    }
    return set && add_headers(running, order);
}

/* The proxy that was named, or none: also none of the environment's. */
static bool set_proxy(CURL *easy, const struct url *proxy)
{
    bool set = curl_easy_setopt(easy, CURLOPT_PROXY, proxy != NULL ? proxy->text : "") == CURLE_OK &&
               curl_easy_setopt(easy, CURLOPT_NOPROXY, "") == CURLE_OK;

    if (set && proxy != NULL && proxy->has_user) {
        set = curl_easy_setopt(easy, CURLOPT_PROXYUSERNAME, proxy->user) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_PROXYPASSWORD, proxy->password) == CURLE_OK;
    }
    return set;
}

static bool set_common(struct http_running *running)
{
    CURL *easy = running->easy;

    curl_easy_setopt(easy, CURLOPT_PRIVATE, running);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, running->error);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, running);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_head);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, running);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, set_tls);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, running);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, running->unverified ? 0L : 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, running->unverified ? 0L : 2L);
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_USERAGENT, "lure/" LURE_VERSION) == CURLE_OK;
}

static bool begin(struct http_running *running, struct http_client *client, const struct http_order *order)
{
    running->easy = curl_easy_init();
    running->most = order->most;
    running->unverified = order->unverified;
    return running->easy != NULL && set_common(running) && set_request(running, order) &&
           set_proxy(running->easy, order->proxy) &&
           (order->addresses == NULL ||
            add_addresses(running, order->proxy != NULL ? order->proxy : order->url, order->addresses)) &&
           curl_multi_add_handle(client->multi, running->easy) == CURLM_OK;
}

static void link_running(struct http_running *running, struct http_client *client)
{
    running->client = client;
    running->next = client->transfers;
    running->link = &client->transfers;
    if (running->next != NULL) {
        running->next->link = &running->next;
    }
    client->transfers = running;
}

struct http_transfer *http_transfer_start(struct http_client *client, const struct http_order *order)
{
    struct libraryheap *before = libraryheap_enter(client->heap);
    struct http_running *running = libraryheap_calloc(1, sizeof(*running));

    if (running != NULL && begin(running, client, order)) {
        link_running(running, client);
    } else if (running != NULL) {
        curl_easy_cleanup(running->easy);
        curl_slist_free_all(running->headers);
        curl_slist_free_all(running->addresses);
        libraryheap_free(running);
        running = NULL;
    }
    libraryheap_leave(before);
    return running != NULL ? &running->public : NULL;
}

void http_transfer_release(struct http_transfer *transfer)
{
    struct http_running *running = (struct http_running *)transfer;
    struct http_client *client = running->client;
    struct libraryheap *before = libraryheap_enter(client != NULL ? client->heap : NULL);

    if (client != NULL) {
        leave(running);
    }
    libraryheap_free(running->public.head);
    libraryheap_free(running->public.body);
    libraryheap_free(running);
    libraryheap_leave(before);
    if (client != NULL) {
        client->end_if_retired(client);
    }
}
