/*
 * backgroundjob: loads a plugin, makes and destroys a state of it, again and again on a thread of
 * its own, as Falco does when it reloads its configuration while sources run.
 */
#ifndef LURE_TESTHOST_BACKGROUNDJOB_H
#define LURE_TESTHOST_BACKGROUNDJOB_H

#include "testhost/library.h"
#include "testhost/message.h"

#include <pthread.h>
#include <stdbool.h>

struct job {
    pthread_t thread;
    bool running;
    const char *path, *config; /* borrowed until job_join */
    struct load_options options;
    unsigned times;
    bool failed;
    char message[HOST_MESSAGE]; /* of the first failure, which ends it */
};

/* False: no thread could be made. */
bool job_start(struct job *job);

/* Waits for its end. May be called again. */
void job_join(struct job *job);

#endif
