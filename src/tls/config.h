/*
 * config: how connections with one identity speak TLS: Mbed TLS's configuration, with its certificates.
 *
 * TLS 1.2 and 1.3. A client verifies the server's certificate and name, unless it is told not to. A server
 * that has a file of authorities wants a certificate of one of them from its clients.
 *
 * Owner: it is counted; each connection holds it. It has a library heap of its own, which its connections use
 * as well (base/libraryheap.h). Callers hold the plugin state's lock.
 */
#ifndef LURE_TLS_CONFIG_H
#define LURE_TLS_CONFIG_H

#include "base/libraryheap.h"
#include "tls/certificates.h"

#include <mbedtls/ssl.h>
#include <stdbool.h>
#include <stddef.h>

enum tls_role { TLS_CLIENT = MBEDTLS_SSL_IS_CLIENT, TLS_SERVER = MBEDTLS_SSL_IS_SERVER };

struct tls_config {
    size_t holders;
    struct memory_budget *budget;
    struct libraryheap *heap;
    struct certificate_paths paths;
    struct certificates certificates;
    mbedtls_ssl_config ssl;
};

/* Once for the process; the heap that is entered does not matter. False: the kernel gives no random bytes. */
bool tls_start(void);

/* One that the caller holds. NULL: `problem` (of `size` bytes) says why. */
struct tls_config *tls_config_open(struct memory_budget *budget, const struct certificate_paths *paths,
                                   enum tls_role role, bool verify, char *problem, size_t size);

static inline struct tls_config *tls_config_hold(struct tls_config *config)
{
    config->holders++;
    return config;
}

void tls_config_release(struct tls_config *config);

#endif
