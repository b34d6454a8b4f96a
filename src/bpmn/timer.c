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

/* Dates beyond this are no deadlines; keeps sums in range. About the year 33,000. */
static const int64_t FAR = INT64_C(1000000000000);

static bool in_reach(int64_t seconds) {
    return seconds > -FAR && seconds < FAR;
}

static bool at_moment(const BpmnStep *s, Value moment, int64_t *due) {
    int64_t seconds, nanos;
    if (moment.kind != VALUE_DATETIME) return false;
    date_instant(moment, &seconds, &nanos);
    /* a date and time without a zone is the office's */
    if (moment.u.time->form == ZONE_LOCAL) seconds -= s->run->offset;
    if (in_reach(seconds)) *due = seconds * MICRO + nanos / 1000;
    return in_reach(seconds);
}

static bool after(const BpmnStep *s, int64_t from, Value period, int64_t *due) {
    Value start = date_from_unix_us(s->run->arena, from, s->run->offset);
    if (period.kind == VALUE_MONTHS) return at_moment(s, date_add_months(s->run->arena, start, period.u.i), due);
    bool good = period.kind == VALUE_DAYTIME && in_reach(period.u.i);
    if (good) *due = from + period.u.i * MICRO + period.size / 1000;
    return good;
}

static bool at_date(BpmnStep *s, BpmnToken *t, Value v) {
    if (v.kind == VALUE_STRING && !date_parse_datetime(s->run->arena, value_text(v), &v)) return false;
    return at_moment(s, v, &t->due);
}

/* By the office's clock; what was missed while nobody looked is not made up for. */
static bool by_clock(BpmnStep *s, BpmnToken *t, const BpmnCron *cron) {
    int64_t local = s->run->now_us / MICRO + s->run->offset, next;
    if (!bpmn_cron_next(cron, local, &next)) return false;
    t->due = (next - s->run->offset) * MICRO;
    t->left = -1;
    return true;
}

/* The next round counts from when this one was due, so that lateness does not add up. */
static bool in_cycle(BpmnStep *s, BpmnToken *t, Value v) {
    Value period;
    BpmnCron cron;
    int64_t times;
    if (v.kind != VALUE_STRING) return false;
    if (bpmn_cron_read(value_text(v), &cron)) return by_clock(s, t, &cron);
    if (!bpmn_cycle(value_text(v), &times, &period)) return false;
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
    Str text = good ? STR("") : str_head(feel_text(s->run->arena, v, true), 80);
    if (!good) bpmn_trouble(s, id, "no_time", text, "the timer has no time: " STR_FMT, STR_ARG(text));
    return good;
}
