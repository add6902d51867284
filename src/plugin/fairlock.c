#include "plugin/fairlock.h"

#include "base/clock.h"

void fairlock_open(struct fair_lock *lock, bool on)
{
    lock->on = on;
    lock->entered = false;
    lock->paused = 0;
    lock->forks = forks_seen();
    if (on) {
        pthread_mutex_init(&lock->next, NULL);
        pthread_mutex_init(&lock->inside, NULL);
    }
}

bool fairlock_revive(struct fair_lock *lock)
{
    if (lock->paused > 0 || (lock->on ? pthread_mutex_trylock(&lock->inside) != 0 : lock->entered)) {
        return false;
    }
    fairlock_open(lock, lock->on);
    return true;
}

void fairlock_lock(struct fair_lock *lock)
{
    pthread_mutex_lock(&lock->next);
    pthread_mutex_lock(&lock->inside);
    pthread_mutex_unlock(&lock->next);
}

void fairlock_unlock(struct fair_lock *lock)
{
    pthread_mutex_unlock(&lock->inside);
}

bool fairlock_try(struct fair_lock *lock, unsigned milliseconds)
{
    struct timespec until;
    bool entered;

    if (!lock->on) {
        return true;
    }
    /* that clock is what pthread_mutex_timedlock goes by */
    until = clock_timespec(clock_now(CLOCK_REALTIME) + milliseconds * CLOCK_MILLISECOND);
    if (pthread_mutex_timedlock(&lock->next, &until) != 0) {
        return false;
    }
    entered = pthread_mutex_timedlock(&lock->inside, &until) == 0;
    pthread_mutex_unlock(&lock->next);
    return entered;
}
