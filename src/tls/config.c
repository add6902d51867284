#include "tls/config.h"

#include "base/forks.h"
#include "time/calendar.h"
#include "tls/random.h"

#include <mbedtls/platform_util.h>
#include <mbedtls/threading.h>
#include <psa/crypto.h>
#include <pthread.h>
#include <stdio.h>

static bool started;

/* Its mutexes are free in a forked child. The first is taken while one of the others is held. */
__attribute__((constructor)) static void keep_mutexes_usable(void)
{
    static struct fork_lock locks[3];

    fork_lock_adopt(&locks[0], &mbedtls_threading_psa_globaldata_mutex.MBEDTLS_PRIVATE(mutex), 0);
    fork_lock_adopt(&locks[1], &mbedtls_threading_psa_rngdata_mutex.MBEDTLS_PRIVATE(mutex), 1);
    fork_lock_adopt(&locks[2], &mbedtls_threading_key_slot_mutex.MBEDTLS_PRIVATE(mutex), 1);
}

struct tm *mbedtls_platform_gmtime_r(const mbedtls_time_t *seconds, struct tm *parts)
{
    *parts = calendar_time(*seconds);
    return parts;
}

static void start(void)
{
    struct libraryheap *before = libraryheap_enter(NULL); /* what it makes stays */

    started = psa_crypto_init() == PSA_SUCCESS;
    libraryheap_leave(before);
}

bool tls_start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, start);
    return started;
}

static int random_for_tls(void *data, unsigned char *output, size_t size)
{
    (void)data;
    return random_bytes(output, size) ? 0 : MBEDTLS_ERR_SSL_INTERNAL_ERROR;
}

static bool set_up(struct tls_config *config, enum tls_role role, bool verify)
{
    bool has_authorities = config->certificates.authorities.version != 0;
    int mode = role == TLS_CLIENT ? (verify ? MBEDTLS_SSL_VERIFY_REQUIRED : MBEDTLS_SSL_VERIFY_NONE)
                                  : (has_authorities ? MBEDTLS_SSL_VERIFY_REQUIRED : MBEDTLS_SSL_VERIFY_NONE);

    mbedtls_ssl_config_init(&config->ssl);
    if (mbedtls_ssl_config_defaults(&config->ssl, (int)role, MBEDTLS_SSL_TRANSPORT_STREAM,
                                    MBEDTLS_SSL_PRESET_DEFAULT) != 0) {
        return false;
    }
    mbedtls_ssl_conf_rng(&config->ssl, random_for_tls, NULL);
    mbedtls_ssl_conf_authmode(&config->ssl, mode);
    mbedtls_ssl_conf_cert_profile(&config->ssl, &mbedtls_x509_crt_profile_default);
    mbedtls_ssl_conf_ca_chain(&config->ssl, &config->certificates.authorities, NULL);
    return !certificates_has_own(&config->certificates) ||
           mbedtls_ssl_conf_own_cert(&config->ssl, &config->certificates.own, &config->certificates.key) == 0;
}

/* The heap is entered; it is the caller's where this fails. */
static struct tls_config *make(struct libraryheap *heap, const struct certificate_paths *paths,
                               enum tls_role role, bool verify, char *problem, size_t size)
{
    struct tls_config *config = libraryheap_calloc(1, sizeof(*config));

    if (config == NULL) {
        return NULL;
    }
    config->heap = heap;
    config->holders = 1;
    config->paths = *paths;
    if (certificates_load(&config->certificates, paths, problem, size)) {
        if (set_up(config, role, verify)) {
            return config;
        }
        mbedtls_ssl_config_free(&config->ssl);
        certificates_free(&config->certificates);
    }
    libraryheap_free(config);
    return NULL;
}

struct tls_config *tls_config_open(struct memory_budget *budget, const struct certificate_paths *paths,
                                   enum tls_role role, bool verify, char *problem, size_t size)
{
    struct libraryheap *heap, *before;
    struct tls_config *config;

    if (!tls_start()) {
        snprintf(problem, size, "the kernel gives no random bytes");
        return NULL;
    }
    snprintf(problem, size, TEXT_OVER_LIMIT);
    heap = libraryheap_open(budget);
    if (heap == NULL) {
        return NULL;
    }
    before = libraryheap_enter(heap);
    config = make(heap, paths, role, verify, problem, size);
    libraryheap_leave(before);
    if (config == NULL) {
        libraryheap_close(heap);
    } else {
        config->budget = budget;
    }
    return config;
}

void tls_config_release(struct tls_config *config)
{
    struct libraryheap *heap = config->heap, *before;

    if (--config->holders > 0) {
        return;
    }
    before = libraryheap_enter(heap);
    mbedtls_ssl_config_free(&config->ssl);
    certificates_free(&config->certificates);
    libraryheap_free(config);
    libraryheap_leave(before);
    libraryheap_close(heap);
}
