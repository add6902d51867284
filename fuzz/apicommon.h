/*
 * apicommon: for the fuzz targets that call a plugin API's functions: the library, time, and checks of texts.
 */
#ifndef LURE_FUZZ_APICOMMON_H
#define LURE_FUZZ_APICOMMON_H

#include "base/utf8.h"
#include "input.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Seconds of the coarse clock, by which the library looks for changed files: the input says when they pass.
 */
static time_t coarse_seconds = 1000;

int clock_gettime(clockid_t clock, struct timespec *time)
{
    if (clock == CLOCK_MONOTONIC_COARSE) {
        *time = (struct timespec){.tv_sec = coarse_seconds};
        return 0;
    }
    return (int)syscall(SYS_clock_gettime, clock, time);
}

/* Where sanitizers write. */
__attribute__((weak)) void __sanitizer_set_report_fd(void *descriptor);

static int real_stderr, no_stderr; /* what plugins log is not shown */

static inline void *open_library(const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);

    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        abort();
    }
    real_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    no_stderr = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (__sanitizer_set_report_fd != NULL) {
        __sanitizer_set_report_fd((void *)(intptr_t)real_stderr);
    }
    return library;
}

static inline void fail(const char *what, const char *text)
{
    dprintf(real_stderr, "%s: %s\n", what, text);
    abort();
}

/* A text that a host gets; NULL where it may be. */
static inline void check_text(const char *what, const char *text)
{
    if (text != NULL && utf8_clean(text, strlen(text), UTF8_TEXT) < strlen(text)) {
        fail(what, text);
    }
}

/* Memory that a host gets is read, for sanitizers. */
static inline void read_all(const void *memory, size_t size)
{
    static volatile unsigned char sum;

    for (size_t i = 0; i < size; i++) {
        sum = (unsigned char)(sum + ((const unsigned char *)memory)[i]);
    }
}

#endif
