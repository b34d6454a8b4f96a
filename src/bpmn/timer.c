/* timer: when a timer is due. The clock is the caller's; a timer that repeats counts its times down. It
 * never reads a clock and never fires anything itself. */
#include "bpmn/bpmn_in.h"

static const int64_t MICRO = 1000000;

/* R/PT1H, R3/P1D. Source: ISO 8601 repeating intervals, as in processes.md §2. */
bool bpmn_cycle(Str text, int64_t *times, Value *period) {
    Str rest;
    Str head = str_cut(text, '/', &rest);
    if (!str_starts(head, STR("R")) || !date_parse_duration(rest, period)) return false;
    *times = -1;
    return head.n == 1 || (str_to_int(str_sub(head, 1, head.n), times) && *times > 0);
}

static int64_t moment_us(const BpmnStep *s, Value moment) {
    int64_t seconds, nanos;
    date_instant(moment, &seconds, &nanos);
    /* a date and time without a zone is the office's */
    if (moment.u.time->form == ZONE_LOCAL) seconds -= s->run->offset;
    return seconds * MICRO + nanos / 1000;
}

static bool after(const BpmnStep *s, int64_t from, Value period, int64_t *due) {
    Value start = date_from_unix_us(s->run->arena, from, s->run->offset);
    if (period.kind == VALUE_MONTHS)
        *due = moment_us(s, date_add_months(s->run->arena, start, period.u.i));
    else if (period.kind == VALUE_DAYTIME)
        *due = from + period.u.i * MICRO + period.size / 1000;
    return period.kind == VALUE_MONTHS || period.kind == VALUE_DAYTIME;
}

static bool at_date(BpmnStep *s, BpmnToken *t, Value v) {
    if (v.kind == VALUE_STRING && !date_parse_datetime(s->run->arena, value_text(v), &v)) return false;
    if (v.kind == VALUE_DATETIME) t->due = moment_us(s, v);
    return v.kind == VALUE_DATETIME;
}

/* The next round counts from when this one was due, so that lateness does not add up. */
static bool in_cycle(BpmnStep *s, BpmnToken *t, Value v) {
    Value period;
    int64_t times;
    if (v.kind != VALUE_STRING || !bpmn_cycle(value_text(v), &times, &period)) return false;
    bool again = t->left != 0;
    if (!again) t->left = times;
    return after(s, again ? t->due : s->run->now_us, period, &t->due);
}

static bool when(BpmnStep *s, BpmnToken *t, BpmnEvent event, Value v) {
    if (event == EVENT_DATE) return at_date(s, t, v);
    if (event == EVENT_CYCLE) return in_cycle(s, t, v);
    if (v.kind == VALUE_STRING && !date_parse_duration(value_text(v), &v)) return false;
    return after(s, s->run->now_us, v, &t->due);
}

bool bpmn_timer_set(BpmnStep *s, int64_t id) {
    BpmnToken *t = bpmn_token(s, id);
    const BpmnElement *node = &s->p->nodes[t->node];
    Value v = bpmn_eval(s, t->scope, &node->timer);
    bool good = when(s, t, node->event, v);
    t->wait = WAIT_TIMER;
    if (!good)
        bpmn_trouble(s, id, "the timer has no time: " STR_FMT,
                     STR_ARG(str_sub(feel_text(s->run->arena, v, true), 0, 80)));
    return good;
}
