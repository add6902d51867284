/*
 * heldlocks MUTEX: forks while another thread holds a mutex of Mbed TLS, which it lets go of once the fork
 * waits for it; the child makes a key. Exits with 0 if the child can, and the fork has waited.
 *
 * heldlocks libcurl: exits with 0 if libcurl has no lock of its own.
 *
 * heldlocks numbers: exits with 0 if a child makes other random numbers than its parent.
 */
#include "tls/config.h"

#include <curl/curl.h>
#include <mbedtls/threading.h>
#include <psa/crypto.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
    const char *name;
    mbedtls_threading_mutex_t *mutex,
        *inner; /* inner: taken while the mutex is held, as Mbed TLS does; or NULL */
} mutexes[] = {
    {"key slots", &mbedtls_threading_key_slot_mutex, &mbedtls_threading_psa_globaldata_mutex},
    {"random numbers", &mbedtls_threading_psa_rngdata_mutex, &mbedtls_threading_psa_globaldata_mutex},
    {"global data", &mbedtls_threading_psa_globaldata_mutex, NULL},
};

static size_t chosen;
static bool held, forked, released; /* changed atomically */

static bool is_set(const bool *flag)
{
    return __atomic_load_n(flag, __ATOMIC_ACQUIRE);
}

static void set(bool *flag)
{
    __atomic_store_n(flag, true, __ATOMIC_RELEASE);
}

/* Does the first thread sleep? */
static bool main_waits(void)
{
    char path[64], state = '?';
    FILE *file;

    snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)getpid());
    file = fopen(path, "r");
    if (file != NULL) {
        if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1) {
            state = '?';
        }
        fclose(file);
    }
    return state == 'S';
}

static void *hold(void *unused)
{
    mbedtls_mutex_lock(mutexes[chosen].mutex);
    set(&held);
    while (!is_set(&forked) && !main_waits()) {
        sched_yield();
    }
    if (mutexes[chosen].inner != NULL) {
        mbedtls_mutex_lock(mutexes[chosen].inner);
        mbedtls_mutex_unlock(mutexes[chosen].inner);
    }
    set(&released);
    mbedtls_mutex_unlock(mutexes[chosen].mutex);
    return unused;
}

static bool make_key(void)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key;

    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_DERIVE);
    psa_set_key_algorithm(&attributes, PSA_ALG_ECDH);
    return psa_generate_key(&attributes, &key) == PSA_SUCCESS && psa_destroy_key(key) == PSA_SUCCESS;
}

static bool makes_numbers_of_its_own(void)
{
    unsigned char here[32], there[32];
    int ends[2];
    pid_t child;

    if (!tls_start() || psa_generate_random(here, sizeof(here)) != PSA_SUCCESS || pipe(ends) != 0) {
        return false;
    }
    child = fork();
    if (child == 0) {
        _exit(psa_generate_random(there, sizeof(there)) != PSA_SUCCESS ||
              write(ends[1], there, sizeof(there)) != (ssize_t)sizeof(there));
    }
    return child > 0 && psa_generate_random(here, sizeof(here)) == PSA_SUCCESS &&
           read(ends[0], there, sizeof(there)) == (ssize_t)sizeof(there) &&
           memcmp(here, there, sizeof(here)) != 0;
}

int main(int argc, char **argv)
{
    pthread_t holder;
    pid_t child;
    int status;

    if (argc == 2 && strcmp(argv[1], "libcurl") == 0) {
        return (curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_THREADSAFE) != 0;
    }
    if (argc == 2 && strcmp(argv[1], "numbers") == 0) {
        return !makes_numbers_of_its_own();
    }
    while (chosen < sizeof(mutexes) / sizeof(mutexes[0]) &&
           (argc < 2 || strcmp(argv[1], mutexes[chosen].name) != 0)) {
        chosen++;
    }
    if (chosen == sizeof(mutexes) / sizeof(mutexes[0]) || !tls_start() || !make_key() ||
        pthread_create(&holder, NULL, hold, NULL) != 0) {
        return 2;
    }
    alarm(60); /* it hangs */
    while (!is_set(&held)) {
        sched_yield();
    }
    child = fork();
    if (child == 0) {
        alarm(30);
        _exit(is_set(&released) && make_key() ? 0 : 1);
    }
    set(&forked);
    pthread_join(holder, NULL);
    return child > 0 && waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
}
