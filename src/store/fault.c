/* Named places at which a test may end the process as kill -9 does, to meet a moment that chance would miss:
 * YICHUANG_FAULT=PLACE[:N] ends it when PLACE is passed for the N-th time (1 unless given). Unset, a place costs one
 * comparison. The places: before-commit, after-commit, after-lease, before-report. */
#include "store/store_in.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void store_fault_plan(Store *s) {
    const char *plan = getenv("YICHUANG_FAULT");
    const char *colon = plan ? strchr(plan, ':') : NULL;
    if (!plan || !*plan) return;
    s->fault = str_copy(s->a, (Str){plan, colon ? (size_t)(colon - plan) : strlen(plan)});
    atomic_store(&s->fault_left, colon ? strtol(colon + 1, NULL, 10) : 1);
}

void store_fault(Store *s, const char *place) {
    if (s->fault.n == 0 || !str_is(s->fault, place)) return;
    if (atomic_fetch_sub(&s->fault_left, 1) == 1) kill(getpid(), SIGKILL);
}
