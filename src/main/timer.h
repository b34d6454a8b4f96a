/* The counter's clock thread: started by serve once the house is open, stopped before the store closes. */
#ifndef YC_MAIN_TIMER_H
#define YC_MAIN_TIMER_H

#include "case/case.h"
#include "desk/desk.h"

typedef struct MainTimer MainTimer;
/* Fires what is due at once, then looks every second. Err: ERR_BUSY when the system gives no thread. */
bool main_timer_start(CaseHouse *house, DeskHouse *desk, Arena *a, MainTimer **out, Err *err) MUST_USE;
void main_timer_stop(MainTimer *t); /* waits for the tick under way */

#endif
