/*
 * backgroundjob: loads a plugin, and makes and destroys a plugin state, repeatedly on a thread of its own.
 *
 * Falco does this when it reloads its configuration while event sources run.
 */
#ifndef LURE_TESTHOST_BACKGROUNDJOB_H
#define LURE_TESTHOST_BACKGROUNDJOB_H

#include "testhost/library.h"
#include "testhost/message.h"

#include <pthread.h>
#include <stdbool.h>

struct background_job {
    pthread_t thread;
    bool running;
    const char *path, *config; /* borrowed until background_job_join */
    struct load_options options;
    unsigned times;
    bool failed;
    char message[HOST_MESSAGE]; /* of the first failure, which ends it */
};

/* False: no thread could be made. */
bool background_job_start(struct background_job *job);

/* Waits for its end. May be called again. */
void background_job_join(struct background_job *job);

#endif
