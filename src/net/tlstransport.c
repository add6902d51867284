#include "net/tlstransport.h"

#include <errno.h>
#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define PROBLEM 200

struct tls_stream {
    mbedtls_ssl_context ssl;
    struct tls_config *config;
    int fd;
    bool failed;           /* nothing can be sent any more */
    char problem[PROBLEM]; /* "": none */
};

static struct tls_stream *stream_of(const struct transport *transport)
{
    return transport->data;
}

/* ---- the socket, as Mbed TLS wants it ---- */

static int send_bytes(void *owner, const unsigned char *bytes, size_t size)
{
    ssize_t sent;

    do {
        sent = send(((struct tls_stream *)owner)->fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0) {
        return errno == EAGAIN || errno == EWOULDBLOCK ? MBEDTLS_ERR_SSL_WANT_WRITE
                                                       : MBEDTLS_ERR_NET_CONN_RESET;
    }
    return (int)sent;
}

static int receive_bytes(void *owner, unsigned char *bytes, size_t room)
{
    ssize_t got;

    do {
        got = recv(((struct tls_stream *)owner)->fd, bytes, room, MSG_DONTWAIT);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return errno == EAGAIN || errno == EWOULDBLOCK ? MBEDTLS_ERR_SSL_WANT_READ
                                                       : MBEDTLS_ERR_NET_CONN_RESET;
    }
    return (int)got;
}

/* ---- the class ---- */

/* What is wrong, as errno and in words. Always -1. */
static ssize_t fail(struct transport *transport, int result)
{
    struct tls_stream *stream = stream_of(transport);
    uint32_t refused;
    size_t length;

    if (result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE) {
        transport->wants = result == MBEDTLS_ERR_SSL_WANT_READ ? EPOLLIN : EPOLLOUT;
        errno = EAGAIN;
        return -1;
    }
    stream->failed = true;
    if (result == MBEDTLS_ERR_NET_CONN_RESET || result == MBEDTLS_ERR_SSL_CONN_EOF) {
        errno = ECONNRESET;
        return -1;
    }
    refused = mbedtls_ssl_get_verify_result(&stream->ssl);
    if (result == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED && refused != 0 && refused != UINT32_MAX) {
        mbedtls_x509_crt_verify_info(stream->problem, sizeof(stream->problem), "", refused);
        length = strcspn(stream->problem, "\n");
        stream->problem[length] = '\0';
    } else {
        mbedtls_strerror(result, stream->problem, sizeof(stream->problem));
    }
    errno = EPROTO;
    return -1;
}

static ssize_t read_tls(struct transport *transport, void *to, size_t room)
{
    struct tls_stream *stream = stream_of(transport);
    struct libraryheap *before = libraryheap_enter(stream->config->heap);
    int got = mbedtls_ssl_read(&stream->ssl, to, room);

    libraryheap_leave(before);
    if (got >= 0 || got == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) {
        return got > 0 ? got : 0;
    }
    return fail(transport, got);
}

static ssize_t write_tls(struct transport *transport, const void *from, size_t size)
{
    struct tls_stream *stream = stream_of(transport);
    struct libraryheap *before = libraryheap_enter(stream->config->heap);
    int sent = mbedtls_ssl_write(&stream->ssl, from, size);

    libraryheap_leave(before);
    return sent >= 0 ? sent : fail(transport, sent);
}

static void close_tls(struct transport *transport)
{
    struct tls_stream *stream = stream_of(transport);
    struct tls_config *config = stream->config;
    struct libraryheap *before = libraryheap_enter(config->heap);

    if (!stream->failed && mbedtls_ssl_is_handshake_over(&stream->ssl)) {
        mbedtls_ssl_close_notify(&stream->ssl); /* if there is room */
    }
    mbedtls_ssl_free(&stream->ssl);
    libraryheap_free(stream);
    libraryheap_leave(before);
    tls_config_release(config);
    transport->data = NULL;
}

static const char *problem_of_tls(const struct transport *transport)
{
    return errno == EPROTO && stream_of(transport)->problem[0] != '\0' ? stream_of(transport)->problem : NULL;
}

int transport_shake_hands(struct transport *transport)
{
    struct tls_stream *stream = stream_of(transport);
    struct libraryheap *before = libraryheap_enter(stream->config->heap);
    int result = mbedtls_ssl_handshake(&stream->ssl);

    libraryheap_leave(before);
    return result == 0 ? 0 : (int)fail(transport, result);
}

bool transport_open_tls(struct transport *transport, int fd, struct tls_config *config, const char *name)
{
    static const struct transport_class tls = {read_tls, write_tls, close_tls, problem_of_tls, true};
    struct libraryheap *before = libraryheap_enter(config->heap);
    struct tls_stream *stream = libraryheap_calloc(1, sizeof(*stream));
    bool open = false;

    if (stream != NULL) {
        stream->config = config;
        stream->fd = fd;
        mbedtls_ssl_init(&stream->ssl);
        open = mbedtls_ssl_setup(&stream->ssl, &config->ssl) == 0 &&
               mbedtls_ssl_set_hostname(&stream->ssl, name) == 0;
        if (open) {
            mbedtls_ssl_set_bio(&stream->ssl, stream, send_bytes, receive_bytes, NULL);
            *transport = (struct transport){.class = &tls, .fd = fd, .data = stream};
            tls_config_hold(config);
        } else {
            mbedtls_ssl_free(&stream->ssl);
            libraryheap_free(stream);
        }
    }
    libraryheap_leave(before);
    return open;
}
