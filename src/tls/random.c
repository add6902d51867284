#include "tls/random.h"

#include <errno.h>
#include <fcntl.h>
#include <mbedtls/entropy.h>
#include <psa/crypto.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Headers of glibc 2.17 are older than the system call. */
#ifdef SYS_getrandom
#define GETRANDOM SYS_getrandom
#elif defined(__x86_64__)
#define GETRANDOM 318
#elif defined(__aarch64__)
#define GETRANDOM 278
#endif

/* For kernels before 3.17. */
static bool from_device(unsigned char *bytes, size_t count)
{
    int device = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    int problem;

    while (device >= 0 && count > 0) {
        ssize_t got = read(device, bytes, count);

        if (got == 0 || (got < 0 && errno != EINTR)) {
            break;
        }
        if (got > 0) {
            bytes += got;
            count -= (size_t)got;
        }
    }
    problem = errno;
    if (device >= 0) {
        close(device);
    }
    errno = problem;
    return device >= 0 && count == 0;
}

bool random_bytes(void *bytes, size_t count)
{
    unsigned char *to = bytes;

    while (count > 0) {
        long got = syscall(GETRANDOM, to, count, 0);

        if (got < 0 && errno == ENOSYS) {
            return from_device(to, count);
        }
        if (got < 0 && errno != EINTR) {
            return false;
        }
        if (got > 0) {
            to += got;
            count -= (size_t)got;
        }
    }
    return true;
}

/* ---- what Mbed TLS calls ---- */

int mbedtls_hardware_poll(void *data, unsigned char *output, size_t size, size_t *got);

int mbedtls_hardware_poll(void *data, unsigned char *output, size_t size, size_t *got)
{
    (void)data;
    *got = 0;
    if (!random_bytes(output, size)) {
        return MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
    }
    *got = size;
    return 0;
}

psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t *context, uint8_t *output,
                                             size_t size, size_t *got)
{
    (void)context;
    *got = 0;
    if (!random_bytes(output, size)) {
        return PSA_ERROR_INSUFFICIENT_ENTROPY;
    }
    *got = size;
    return PSA_SUCCESS;
}
