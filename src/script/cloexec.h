/*
 * cloexec: opens every file of Lua's own libraries with close-on-exec.
 *
 * The compiler includes this header before Lua's liolib.c and lauxlib.c, so that files that a script opens
 * do not leak into programs that the host starts.
 */
#ifndef LURE_SCRIPT_CLOEXEC_H
#define LURE_SCRIPT_CLOEXEC_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* `mode` with an "e" behind it; modes of fopen are a few letters. */
static inline const char *cloexec_mode(const char *mode, char *buffer, size_t size)
{
    snprintf(buffer, size, "%se", mode);
    return buffer;
}

static inline FILE *cloexec_fopen(const char *path, const char *mode)
{
    char buffer[16];

    return fopen(path, cloexec_mode(mode, buffer, sizeof(buffer)));
}

static inline FILE *cloexec_freopen(const char *path, const char *mode, FILE *file)
{
    char buffer[16];

    return freopen(path, cloexec_mode(mode, buffer, sizeof(buffer)), file);
}

static inline FILE *cloexec_popen(const char *command, const char *mode)
{
    char buffer[16];

    return popen(command, cloexec_mode(mode, buffer, sizeof(buffer)));
}

static inline FILE *cloexec_tmpfile(void)
{
    FILE *file = tmpfile();

    if (file != NULL) {
        fcntl(fileno(file), F_SETFD, FD_CLOEXEC);
    }
    return file;
}

#define fopen   cloexec_fopen
#define freopen cloexec_freopen
#define popen   cloexec_popen
#define tmpfile cloexec_tmpfile

#endif
