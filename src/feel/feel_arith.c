/* feel_arith: + - * / ** and unary minus on every pair of kinds that has a meaning (Source: DMN 1.5
 * §10.3.2.15 tables 57–61); every other pair is null. Numbers of equal scale take the short way. */
#include "feel/feel_in.h"

static Value no_meaning(FeelRun *run, Value x, Value y) {
    return feel_because(run, x.kind == VALUE_NULL || y.kind == VALUE_NULL ? "null" : "type",
                        "this operation has no meaning for these kinds of values", x, y);
}

static Value too_large(FeelRun *run, Value x, Value y) {
    return feel_because(run, "overflow", "the result is out of range", x, y);
}

/* ---- durations as numbers and back ---- */
static const int nanos_scale = 9;

Value feel_seconds(FeelRun *run, Value d) {
    Value nanos = {.kind = VALUE_NUMBER, .scale = (int16_t)(d.size ? nanos_scale : 0), .u.i = d.size};
    return dec_add(run->arena, value_int(d.u.i), nanos);
}

/* Rounded half-even to nanoseconds. */
static Value daytime_of(FeelRun *run, Value seconds) {
    int64_t whole, part;
    Arena *a = run->arena;
    if (seconds.kind != VALUE_NUMBER) return seconds;
    Value exact = dec_round(a, seconds, nanos_scale, DEC_HALF_EVEN), floor = dec_floor(a, exact, 0);
    Value rest = dec_mul(a, dec_sub(a, exact, floor), value_int(DATE_NANOS));
    if (!dec_to_int(floor, &whole) || !dec_to_int(rest, &part)) return too_large(run, seconds, value_null());
    return date_daytime(whole, part);
}

static Value months_of(FeelRun *run, Value months) {
    int64_t whole;
    if (months.kind != VALUE_NUMBER) return months;
    if (!dec_to_int(dec_round(run->arena, months, 0, DEC_DOWN), &whole)) return too_large(run, months, value_null());
    return (Value){.kind = VALUE_MONTHS, .u.i = whole};
}

static Value number_of(FeelRun *run, Value duration) {
    return duration.kind == VALUE_MONTHS ? value_int(duration.u.i) : feel_seconds(run, duration);
}

static Value duration_of(FeelRun *run, ValueKind kind, Value number) {
    return kind == VALUE_MONTHS ? months_of(run, number) : daytime_of(run, number);
}

static bool is_duration(Value v) {
    return v.kind == VALUE_MONTHS || v.kind == VALUE_DAYTIME;
}

static Value negated(FeelRun *run, Value v) {
    return duration_of(run, v.kind, dec_neg(run->arena, number_of(run, v)));
}

/* ---- moments ---- */
static Value add_duration(FeelRun *run, Value moment, Value d) {
    if (d.kind == VALUE_DAYTIME) return date_add_seconds(run->arena, moment, d.u.i, d.size);
    return moment.kind == VALUE_TIME ? no_meaning(run, moment, d) : date_add_months(run->arena, moment, d.u.i);
}

static bool is_moment(Value v) {
    return v.kind == VALUE_DATE || v.kind == VALUE_DATETIME || v.kind == VALUE_TIME;
}

/* Seconds and nanoseconds since 1970 UTC; a date is its midnight in UTC. Out: has it an offset? */
static bool instant(Value v, int64_t *seconds, int64_t *nanos) {
    if (v.kind == VALUE_DATE) {
        *seconds = v.u.i * 86400;
        *nanos = 0;
        return true;
    }
    date_instant(v, seconds, nanos);
    return v.u.time->form != ZONE_LOCAL;
}

static Value time_difference(FeelRun *run, Value x, Value y) {
    const ValueTime *a = x.u.time, *b = y.u.time;
    if ((a->form == ZONE_LOCAL) != (b->form == ZONE_LOCAL))
        return feel_because(run, "zone", "one time has an offset, the other has none", x, y);
    int64_t nanos = a->nanos - b->nanos - (date_offset_of(a) - (int64_t)date_offset_of(b)) * DATE_NANOS;
    return date_daytime(nanos / DATE_NANOS, nanos % DATE_NANOS);
}

static Value difference(FeelRun *run, Value x, Value y) {
    int64_t xs, xn, ys, yn;
    if (x.kind == VALUE_TIME && y.kind == VALUE_TIME) return time_difference(run, x, y);
    if (x.kind == VALUE_TIME || y.kind == VALUE_TIME) return no_meaning(run, x, y);
    if (instant(x, &xs, &xn) != instant(y, &ys, &yn))
        return feel_because(run, "zone", "one moment has an offset, the other has none", x, y);
    int64_t seconds = xs - ys, nanos = xn - yn;
    if (nanos < 0) seconds--, nanos += DATE_NANOS;
    return (Value){.kind = VALUE_DAYTIME, .size = (uint32_t)nanos, .u.i = seconds};
}

/* ---- the operators ---- */
static Value concatenate(FeelRun *run, Value x, Value y) {
    if ((uint64_t)x.size + y.size > UINT32_MAX / 2 || !feel_spend(run, 1 + (x.size + y.size) / 64))
        return feel_exhausted(run);
    return value_str(str_join2(run->arena, value_text(x), value_text(y)));
}

static Value add(FeelRun *run, Value x, Value y) {
    if (x.kind == VALUE_STRING && y.kind == VALUE_STRING) return concatenate(run, x, y);
    if (is_duration(x) && x.kind == y.kind)
        return duration_of(run, x.kind, dec_add(run->arena, number_of(run, x), number_of(run, y)));
    if (is_moment(x) && is_duration(y)) return add_duration(run, x, y);
    if (is_duration(x) && is_moment(y)) return add_duration(run, y, x);
    return no_meaning(run, x, y);
}

static Value subtract(FeelRun *run, Value x, Value y) {
    if (is_duration(x) && x.kind == y.kind)
        return duration_of(run, x.kind, dec_sub(run->arena, number_of(run, x), number_of(run, y)));
    if (is_moment(x) && is_moment(y)) return difference(run, x, y);
    if (!is_moment(x) || !is_duration(y)) return no_meaning(run, x, y);
    Value minus = negated(run, y);
    return minus.kind == VALUE_NULL ? minus : add_duration(run, x, minus);
}

static Value multiply(FeelRun *run, Value x, Value y) {
    if (is_duration(y) && x.kind == VALUE_NUMBER) return multiply(run, y, x);
    if (!is_duration(x) || y.kind != VALUE_NUMBER) return no_meaning(run, x, y);
    return duration_of(run, x.kind, dec_mul(run->arena, number_of(run, x), y));
}

static Value divide(FeelRun *run, Value x, Value y) {
    if (!is_duration(x)) return no_meaning(run, x, y);
    if (y.kind == x.kind) return dec_div(run->arena, number_of(run, x), number_of(run, y));
    if (y.kind != VALUE_NUMBER) return no_meaning(run, x, y);
    return duration_of(run, x.kind, dec_div(run->arena, number_of(run, x), y));
}

static Value on_numbers(Arena *a, char op, Value x, Value y) {
    switch (op) {
    case '+':
        return dec_add(a, x, y);
    case '-':
        return dec_sub(a, x, y);
    case '*':
        return dec_mul(a, x, y);
    case '/':
        return dec_div(a, x, y);
    default:
        return dec_pow(a, x, y);
    }
}

Value feel_arith(FeelRun *run, char op, Value x, Value y) {
    if (x.kind == VALUE_NUMBER && y.kind == VALUE_NUMBER) return on_numbers(run->arena, op, x, y);
    switch (op) {
    case '+':
        return add(run, x, y);
    case '-':
        return subtract(run, x, y);
    case '*':
        return multiply(run, x, y);
    case '/':
        return divide(run, x, y);
    default:
        return no_meaning(run, x, y);
    }
}

/* ---- steps; those of + - * are in feel_quick.c ---- */
Value feel_step_div(FeelEval *e, const FeelNode *n) {
    Value x = feel_step(e, n->a), y = feel_step(e, n->b);
    return feel_place(e->run, n, feel_arith(e->run, '/', x, y));
}

Value feel_step_pow(FeelEval *e, const FeelNode *n) {
    Value x = feel_step(e, n->a), y = feel_step(e, n->b);
    return feel_place(e->run, n, feel_arith(e->run, '^', x, y));
}

Value feel_step_neg(FeelEval *e, const FeelNode *n) {
    Value x = feel_step(e, n->a);
    if (x.kind == VALUE_NUMBER) return dec_neg(e->run->arena, x);
    if (is_duration(x)) return feel_place(e->run, n, negated(e->run, x));
    return feel_place(e->run, n, no_meaning(e->run, x, value_null()));
}
