#include "testhost/backgroundjob.h"

#include "testhost/driver.h"
#include "testhost/inspector.h"
#include "testhost/load.h"

#include <signal.h>
#include <stdlib.h>

static bool load_once(struct background_job *job)
{
    char *answered;
    struct library *library = library_load(job->path, &job->options, job->message, &answered);
    struct inspector *inspector;
    struct state state;
    char rule[VIOLATION_TEXT];
    enum verdict verdict;

    free(answered);
    if (library == NULL)
        return false;
    inspector = inspector_new();
    if (inspector == NULL) {
        library_free(library);
        return false;
    }
    verdict = state_init(&state, library, inspector, job->config, job->message);
    if (verdict == VERDICT_FAILED)
        message_fail(job->message, "%s", state_last_error(&state));
    state_destroy(&state);
    state_release(&state);
    if (violations_take(&inspector->violations, rule)) {
        message_fail(job->message, "%s", rule);
        verdict = VERDICT_BROKEN;
    }
    inspector_unref(inspector);
    library_free(library);
    return verdict == VERDICT_FINE;
}

static void *run_job(void *argument)
{
    struct background_job *job = argument;

    for (unsigned i = 0; i < job->times && !job->failed; i++)
        job->failed = !load_once(job);
    return NULL;
}

bool background_job_start(struct background_job *job)
{
    sigset_t all, old;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    job->running = pthread_create(&job->thread, NULL, run_job, job) == 0;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return job->running;
}

void background_job_join(struct background_job *job)
{
    if (job->running)
        pthread_join(job->thread, NULL);
    job->running = false;
}
