/* The clock of the counter: one thread that tells room case once a second what time it is, so that due timers
 * fire. It decides nothing; trouble is printed when it changes and tried again. */
#include "main/timer.h"
#include "main/main_in.h"
#include "main/pulse.h"

#include <pthread.h>
#include <string.h>

struct MainTimer {
    pthread_t thread;  /* runs until the pulse stops */
    MainPulse pulse;   /* once a second */
    CaseHouse *house;  /* whose timers */
    DeskHouse *desk;   /* whose days */
};

static void *run(void *arg) {
    MainTimer *t = arg;
    MainTrouble last = {""};
    do {
        Err err = {0};
        bool ok = case_tick(t->house, main_now_us(), &err) && desk_tick(t->desk, main_now_us(), &err);
        main_pulse_tell(&last, "timers", ok, &err);
    } while (main_pulse_wait(&t->pulse));
    return NULL;
}

bool main_timer_start(CaseHouse *house, DeskHouse *desk, Arena *a, MainTimer **out, Err *err) {
    MainTimer *t = NEW(a, MainTimer);
    t->house = house;
    t->desk = desk;
    main_pulse_start(&t->pulse);
    int rc = pthread_create(&t->thread, NULL, run, t);
    if (rc != 0) return err_set(err, ERR_BUSY, "main", "the timer thread does not start: %s", strerror(rc));
    *out = t;
    return true;
}

void main_timer_stop(MainTimer *t) {
    main_pulse_stop(&t->pulse);
    pthread_join(t->thread, NULL);
    main_pulse_free(&t->pulse);
}
