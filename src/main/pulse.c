/* A thread's pulse, for the timers and the couriers: see main_pulse.h. It must never do the work itself. */
#include "main/pulse.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

void main_pulse_start(MainPulse *p) {
    pthread_condattr_t monotonic;
    p->stop = false;
    pthread_mutex_init(&p->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&p->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

bool main_pulse_wait(MainPulse *p) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec++;
    pthread_mutex_lock(&p->lock);
    int rc = 0;
    while (!p->stop && rc == 0) rc = pthread_cond_timedwait(&p->wake, &p->lock, &until);
    bool go_on = !p->stop;
    pthread_mutex_unlock(&p->lock);
    return go_on;
}

bool main_pulse_stopping(MainPulse *p) {
    pthread_mutex_lock(&p->lock);
    bool stop = p->stop;
    pthread_mutex_unlock(&p->lock);
    return stop;
}

void main_pulse_stop(MainPulse *p) {
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->lock);
}

void main_pulse_free(MainPulse *p) {
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->lock);
}

void main_pulse_tell(MainTrouble *last, const char *who, bool ok, const Err *err) {
    if (!ok && strcmp(last->told, err->text) != 0) fprintf(stderr, "yichuang: %s wait: %s\n", who, err->text);
    snprintf(last->told, sizeof last->told, "%s", ok ? "" : err->text);
}
