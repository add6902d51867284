#include "plugin/turns.h"

#include "base/clock.h"

void turns_open(struct turns *turns, bool on)
{
    turns->on = on;
    if (on) {
        pthread_mutex_init(&turns->next, NULL);
        pthread_mutex_init(&turns->inside, NULL);
    }
}

void turns_close(struct turns *turns)
{
    if (turns->on) {
        pthread_mutex_destroy(&turns->next);
        pthread_mutex_destroy(&turns->inside);
    }
    turns->on = false;
}

void turns_lock(struct turns *turns)
{
    pthread_mutex_lock(&turns->next);
    pthread_mutex_lock(&turns->inside);
    pthread_mutex_unlock(&turns->next);
}

void turns_unlock(struct turns *turns)
{
    pthread_mutex_unlock(&turns->inside);
}

bool turns_try(struct turns *turns, unsigned milliseconds)
{
    struct timespec until;
    bool entered;

    if (!turns->on) {
        return true;
    }
    /* that clock is what pthread_mutex_timedlock goes by */
    until = clock_timespec(clock_now(CLOCK_REALTIME) + milliseconds * CLOCK_MILLISECOND);
    if (pthread_mutex_timedlock(&turns->next, &until) != 0) {
        return false;
    }
    entered = pthread_mutex_timedlock(&turns->inside, &until) == 0;
    pthread_mutex_unlock(&turns->next);
    return entered;
}
