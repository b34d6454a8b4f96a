/* A thread's pulse: works, waits a second, works again, until it is told to stop. It knows nothing of the work. */
#ifndef YC_MAIN_PULSE_H
#define YC_MAIN_PULSE_H

#include "base/base.h"

#include <pthread.h>

typedef struct MainPulse {
    pthread_mutex_t lock; /* guards stop */
    pthread_cond_t wake;  /* signalled when stop is set; by the monotonic clock: a wall clock set back stops nothing */
    bool stop;            /* no further beat */
} MainPulse;
typedef struct MainTrouble { /* what was printed last: the same trouble is printed once */
    char told[sizeof((Err *)0)->text];
} MainTrouble;

void main_pulse_start(MainPulse *p);
bool main_pulse_wait(MainPulse *p);    /* a second; false when it shall end */
bool main_pulse_stopping(MainPulse *p);
void main_pulse_stop(MainPulse *p);    /* wakes all that wait */
void main_pulse_free(MainPulse *p);    /* after the threads have ended */
/* Prints "yichuang: WHO wait: TEXT" when it is news. In: err is read only when not ok. */
void main_pulse_tell(MainTrouble *last, const char *who, bool ok, const Err *err);

#endif
