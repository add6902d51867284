/*
 * random: bytes from the kernel, for keys.
 *
 * Mbed TLS takes all its randomness from here, call by call. Nothing is kept between two calls, so a forked
 * process never repeats what its parent had.
 *
 * Threads: any.
 */
#ifndef LURE_TLS_RANDOM_H
#define LURE_TLS_RANDOM_H

#include <stdbool.h>
#include <stddef.h>

/* Fills `bytes`. False: the kernel gives none (errno says why), as in a chroot without /dev before
 * Linux 3.17. */
bool random_bytes(void *bytes, size_t count);

#endif
