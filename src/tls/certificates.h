/*
 * certificates: whom a TLS connection trusts, and who we are: certificates and a private key out of PEM
 * files.
 *
 * Files are read by lure, not by Mbed TLS: regular ones of at most CERTIFICATES_LARGEST bytes, close-on-exec.
 * Without a file of authorities those of the system are taken: $SSL_CERT_FILE, else the first of the usual
 * paths of Debian, Red Hat, SUSE and Alpine.
 *
 * Owner: who loads them. Memory is charged to the library heap that is entered (base/libraryheap.h), both to
 * load and to free. Not thread safe; once loaded any number of connections of one thread may use them.
 */
#ifndef LURE_TLS_CERTIFICATES_H
#define LURE_TLS_CERTIFICATES_H

#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#define CERTIFICATES_LARGEST (4 * 1024 * 1024)

/* Longest path, with its NUL. */
#define CERTIFICATES_PATH 1024

enum certificates_file { CERTIFICATES_CA, CERTIFICATES_OWN, CERTIFICATES_KEY, CERTIFICATES_FILES };

/* Which files; "": none. */
struct certificate_paths {
    char path[CERTIFICATES_FILES][CERTIFICATES_PATH];
    bool system; /* without a file of authorities: those of the system */
};

struct certificates {
    mbedtls_x509_crt authorities;
    mbedtls_x509_crt own; /* with those between it and an authority */
    mbedtls_pk_context key;
    struct timespec changed[CERTIFICATES_FILES]; /* as the files were when they were read */
    ino_t inode[CERTIFICATES_FILES];
};

/* Puts the system's file of authorities into `paths`, if it is wanted and there is one. */
void certificates_find_system(struct certificate_paths *paths);

/* False: `problem` (of `size` bytes) says which file and why; nothing has to be freed. A certificate without
 * its key, or a key that is not its, is refused. */
bool certificates_load(struct certificates *certificates, const struct certificate_paths *paths,
                       char *problem, size_t size);

void certificates_free(struct certificates *certificates);

/* True if a file is another than the one that was read. */
bool certificates_changed(const struct certificates *certificates, const struct certificate_paths *paths);

static inline bool certificates_has_own(const struct certificates *certificates)
{
    return certificates->own.version != 0;
}

#endif
