#include "tls/certificates.h"

#include "base/libraryheap.h"
#include "tls/random.h"

#include <errno.h>
#include <fcntl.h>
#include <mbedtls/error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void certificates_find_system(struct certificate_paths *paths)
{
    static const char *const usual[] = {
        "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Alpine */
        "/etc/pki/tls/certs/ca-bundle.crt",                  /* Red Hat */
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* the same, newer */
        "/etc/ssl/ca-bundle.pem",                            /* SUSE */
        "/etc/ssl/cert.pem",                                 /* Alpine without its bundle */
    };
    const char *named = secure_getenv("SSL_CERT_FILE");
    char *path = paths->path[CERTIFICATES_CA];

    if (!paths->system || path[0] != '\0') {
        return;
    }
    if (named != NULL && named[0] != '\0' && strlen(named) < CERTIFICATES_PATH) {
        strcpy(path, named);
        return;
    }
    for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
        if (access(usual[i], R_OK) == 0) {
            strcpy(path, usual[i]);
            return;
        }
    }
}

/* Reads what `file` is, with a NUL at the end; NULL: errno says why not. To be freed by libraryheap_free. */
static unsigned char *read_open(int file, struct stat *status, size_t *size)
{
    unsigned char *bytes;
    size_t got = 0;

    if (fstat(file, status) != 0) {
        return NULL;
    }
    if (!S_ISREG(status->st_mode) || status->st_size > CERTIFICATES_LARGEST) {
        errno = S_ISREG(status->st_mode) ? EFBIG : EINVAL;
        return NULL;
    }
    bytes = libraryheap_malloc((size_t)status->st_size + 1);
    while (bytes != NULL && got < (size_t)status->st_size) {
        ssize_t now = read(file, bytes + got, (size_t)status->st_size - got);

        if (now == 0 || (now < 0 && errno != EINTR)) {
            break;
        }
        got += now > 0 ? (size_t)now : 0;
    }
    if (bytes == NULL) {
        errno = ENOMEM;
        return NULL;
    }
    bytes[got] = '\0';
    *size = got + 1;
    return bytes;
}

static unsigned char *read_file(const char *path, struct stat *status, size_t *size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    unsigned char *bytes = NULL;
    int problem;

    if (file >= 0) {
        bytes = read_open(file, status, size);
        problem = errno;
        close(file);
        errno = problem;
    }
    return bytes;
}

static int random_for_key(void *data, unsigned char *output, size_t size)
{
    (void)data;
    return random_bytes(output, size) ? 0 : MBEDTLS_ERR_PK_BAD_INPUT_DATA;
}

/* 0, or Mbed TLS's number. Of authorities those that it does not understand are left out. */
static int parse(struct certificates *certificates, enum certificates_file file, const unsigned char *bytes,
                 size_t size)
{
    int result;

    if (file == CERTIFICATES_KEY) {
        return mbedtls_pk_parse_key(&certificates->key, bytes, size, NULL, 0, random_for_key, NULL);
    }
    if (file == CERTIFICATES_OWN) {
        result = mbedtls_x509_crt_parse(&certificates->own, bytes, size);
        return result > 0 ? MBEDTLS_ERR_X509_INVALID_FORMAT : result;
    }
    result = mbedtls_x509_crt_parse(&certificates->authorities, bytes, size);
    return result > 0 && certificates->authorities.version != 0 ? 0 : result;
}

static void explain(char *problem, size_t size, const char *path, int result)
{
    char why[128];

    mbedtls_strerror(result, why, sizeof(why));
    snprintf(problem, size, "%s: %s", path, result > 0 ? "has no certificate" : why);
}

static bool load_file(struct certificates *certificates, enum certificates_file file, const char *path,
                      char *problem, size_t size)
{
    struct stat status;
    size_t length;
    unsigned char *bytes = read_file(path, &status, &length);
    int result;

    if (bytes == NULL) {
        snprintf(problem, size, "%s: %s", path, errno == EINVAL ? "is not a regular file" : strerror(errno));
        return false;
    }
    certificates->changed[file] = status.st_mtim;
    certificates->inode[file] = status.st_ino;
    result = parse(certificates, file, bytes, length);
    memset(bytes, 0, length);
    __asm__ volatile("" : : "r"(bytes) : "memory"); /* a key does not stay in memory that is free */
    libraryheap_free(bytes);
    if (result != 0) {
        explain(problem, size, path, result);
    }
    return result == 0;
}

static bool check_pair(struct certificates *certificates, const struct certificate_paths *paths,
                       char *problem, size_t size)
{
    bool own = paths->path[CERTIFICATES_OWN][0] != '\0', key = paths->path[CERTIFICATES_KEY][0] != '\0';

    if (own != key) {
        snprintf(problem, size, "%s is given without %s", own ? "cert" : "key", own ? "key" : "cert");
        return false;
    }
    if (own && mbedtls_pk_check_pair(&certificates->own.pk, &certificates->key, random_for_key, NULL) != 0) {
        snprintf(problem, size, "%s is not the key of %s", paths->path[CERTIFICATES_KEY],
                 paths->path[CERTIFICATES_OWN]);
        return false;
    }
    return true;
}

bool certificates_load(struct certificates *certificates, const struct certificate_paths *paths,
                       char *problem, size_t size)
{
    bool loaded = true;

    memset(certificates, 0, sizeof(*certificates));
    mbedtls_x509_crt_init(&certificates->authorities);
    mbedtls_x509_crt_init(&certificates->own);
    mbedtls_pk_init(&certificates->key);
    for (enum certificates_file file = 0; loaded && file < CERTIFICATES_FILES; file++) {
        const char *path = paths->path[file];

        loaded = path[0] == '\0' || load_file(certificates, file, path, problem, size);
    }
    loaded = loaded && check_pair(certificates, paths, problem, size);
    if (!loaded) {
        certificates_free(certificates);
    }
    return loaded;
}

void certificates_free(struct certificates *certificates)
{
    mbedtls_x509_crt_free(&certificates->authorities);
    mbedtls_x509_crt_free(&certificates->own);
    mbedtls_pk_free(&certificates->key);
}

bool certificates_changed(const struct certificates *certificates, const struct certificate_paths *paths)
{
    struct stat status;

    for (enum certificates_file file = 0; file < CERTIFICATES_FILES; file++) {
        const struct timespec *then = &certificates->changed[file];

        /* a file that is missing for a moment, because it is replaced, is not another one */
        if (paths->path[file][0] != '\0' && stat(paths->path[file], &status) == 0 &&
            (status.st_mtim.tv_sec != then->tv_sec || status.st_mtim.tv_nsec != then->tv_nsec ||
             status.st_ino != certificates->inode[file])) {
            return true;
        }
    }
    return false;
}
