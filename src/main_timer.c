/* The clock of the counter: one thread that tells room case once a second what time it is, so that due timers
 * fire. It decides nothing; trouble is printed when it changes and tried again. */
#include "main_timer.h"
#include "main_in.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct MainTimer {
    pthread_t thread;      /* runs until stop */
    pthread_mutex_t lock;  /* guards stop */
    pthread_cond_t wake;   /* signalled when stop is set */
    bool stop;             /* no further tick */
    CaseHouse *house;      /* whose timers */
};

/* False when it shall end. */
static bool wait_a_second(MainTimer *t) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec++;
    pthread_mutex_lock(&t->lock);
    int rc = 0;
    while (!t->stop && rc == 0) rc = pthread_cond_timedwait(&t->wake, &t->lock, &until);
    bool go_on = !t->stop;
    pthread_mutex_unlock(&t->lock);
    return go_on;
}

static void *run(void *arg) {
    MainTimer *t = arg;
    char told[sizeof((Err *)0)->text] = "";
    do {
        Err err = {0};
        bool ok = case_tick(t->house, main_now_us(), &err);
        if (!ok && strcmp(told, err.text) != 0) fprintf(stderr, "yichuang: timers wait: %s\n", err.text);
        snprintf(told, sizeof told, "%s", ok ? "" : err.text);
    } while (wait_a_second(t));
    return NULL;
}

bool main_timer_start(CaseHouse *house, Arena *a, MainTimer **out, Err *err) {
    MainTimer *t = NEW(a, MainTimer);
    pthread_condattr_t monotonic;
    t->house = house;
    pthread_mutex_init(&t->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC); /* a wall clock set back must not stop the ticks */
    pthread_cond_init(&t->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    int rc = pthread_create(&t->thread, NULL, run, t);
    if (rc != 0) return err_set(err, ERR_BUSY, "main", "the timer thread does not start: %s", strerror(rc));
    *out = t;
    return true;
}

void main_timer_stop(MainTimer *t) {
    pthread_mutex_lock(&t->lock);
    t->stop = true;
    pthread_cond_signal(&t->wake);
    pthread_mutex_unlock(&t->lock);
    pthread_join(t->thread, NULL);
    pthread_cond_destroy(&t->wake);
    pthread_mutex_destroy(&t->lock);
}
