#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

const void *pointer_shown(const void *address); /* as in pointers.h, which is for Lua's sources */

#define ROUNDS 4

static uint64_t keys[ROUNDS];

/* Where the kernel has no random bytes ready, what it gave the process at its start must do. */
static void draw_keys(void)
{
    const void *random = (const void *)getauxval(AT_RANDOM);
    struct timespec now = {0};

#ifdef SYS_getrandom
    if (syscall(SYS_getrandom, keys, sizeof(keys), 1 /* do not wait */) == (long)sizeof(keys)) {
        return;
    }
#endif
    if (random != NULL) {
        memcpy(keys, random, 16);
    }
    clock_gettime(CLOCK_MONOTONIC, &now);
    keys[2] = keys[0] * 0x9E3779B97F4A7C15 + (uint64_t)now.tv_nsec;
    keys[3] = keys[1] * 0xBF58476D1CE4E5B9 + (uint64_t)(uintptr_t)&now;
}

static uint32_t mix(uint32_t half, uint64_t key)
{
    uint64_t mixed = (half + key) * 0xBF58476D1CE4E5B9;

    mixed = (mixed ^ (mixed >> 31) ^ key) * 0x94D049BB133111EB;
    return (uint32_t)(mixed >> 32);
}

/* A Feistel network: each number comes of one address. */
const void *pointer_shown(const void *address)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    uint32_t left = (uint32_t)((uint64_t)(uintptr_t)address >> 32), right = (uint32_t)(uintptr_t)address;

    if (address == NULL) {
        return NULL;
    }
    pthread_once(&once, draw_keys);
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t mixed = left ^ mix(right, keys[round]);

        left = right;
        right = mixed;
    }
    return (const void *)(uintptr_t)((uint64_t)left << 32 | right);
}
