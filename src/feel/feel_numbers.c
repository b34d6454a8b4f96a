/* feel_numbers: the number functions and not(), is() (Source: DMN 1.5 §10.3.4.1, §10.3.4.2,
 * §10.3.4.5, §10.3.4.6). Arguments arrive converted; outside its domain each is null with a cause. */
#include "feel/feel_in.h"

/* A scale within decimal128's reach (Source: DMN 1.5 table 76). */
static bool scale_of(Value v, int *out) {
    int64_t i;
    if (!dec_to_int(v, &i) || i < -6111 || i > 6176) return false;
    *out = (int)i;
    return true;
}

static Value bad_scale(FeelRun *run) {
    return feel_domain(run, "the scale must be a whole number from -6111 to 6176");
}

static Value rounded(FeelRun *run, const Value *args, DecRound mode) {
    int scale;
    return scale_of(args[1], &scale) ? dec_round(run->arena, args[0], scale, mode) : bad_scale(run);
}

static Value round_up(FeelRun *run, const Value *args, size_t n) {
    return (void)n, rounded(run, args, DEC_UP);
}
static Value round_down(FeelRun *run, const Value *args, size_t n) {
    return (void)n, rounded(run, args, DEC_DOWN);
}
static Value round_half_up(FeelRun *run, const Value *args, size_t n) {
    return (void)n, rounded(run, args, DEC_HALF_UP);
}
static Value round_half_down(FeelRun *run, const Value *args, size_t n) {
    return (void)n, rounded(run, args, DEC_HALF_DOWN);
}

/* Half-even, and shown with the scale asked for: decimal(1, 2) is 1.00. */
static Value decimal(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    int scale;
    if (!scale_of(args[1], &scale)) return bad_scale(run);
    Value cut = dec_round(run->arena, args[0], scale, DEC_HALF_EVEN);
    return cut.kind == VALUE_NUMBER && scale > 0 && scale <= 34
               ? dec_add(run->arena, cut, (Value){.kind = VALUE_NUMBER, .scale = (int16_t)scale})
               : cut;
}

static Value toward(FeelRun *run, const Value *args, size_t n, Value (*cut)(Arena *, Value, int)) {
    int scale = 0;
    if (n > 1 && !scale_of(args[1], &scale)) return bad_scale(run);
    return cut(run->arena, args[0], scale);
}

static Value floor_of(FeelRun *run, const Value *args, size_t n) {
    return toward(run, args, n, dec_floor);
}
static Value ceiling_of(FeelRun *run, const Value *args, size_t n) {
    return toward(run, args, n, dec_ceiling);
}

static Value absolute(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    Value v = args[0];
    bool negative = v.kind == VALUE_NUMBER ? dec_sign(v) < 0 : v.u.i < 0;
    if (v.kind != VALUE_NUMBER && v.kind != VALUE_DAYTIME && v.kind != VALUE_MONTHS)
        return feel_because(run, "type", "abs needs a number or a duration", v, value_null());
    return !negative ? v : v.kind == VALUE_NUMBER ? dec_neg(run->arena, v) : feel_arith(run, '*', v, value_int(-1));
}

static Value modulo(FeelRun *run, const Value *args, size_t n) {
    return (void)n, dec_mod(run->arena, args[0], args[1]);
}
static Value square_root(FeelRun *run, const Value *args, size_t n) {
    return (void)n, dec_sqrt(run->arena, args[0]);
}
static Value exponential(FeelRun *run, const Value *args, size_t n) {
    return (void)n, dec_exp(run->arena, args[0]);
}
static Value logarithm(FeelRun *run, const Value *args, size_t n) {
    return (void)n, dec_log(run->arena, args[0]);
}

/* Not whole: neither odd nor even. */
static Value parity(FeelRun *run, Value v, int64_t wanted) {
    if (!dec_is_int(v)) return value_bool(false);
    return value_bool(dec_cmp(dec_mod(run->arena, v, value_int(2)), value_int(wanted)) == 0);
}

static Value odd(FeelRun *run, const Value *args, size_t n) {
    return (void)n, parity(run, args[0], 1);
}
static Value even(FeelRun *run, const Value *args, size_t n) {
    return (void)n, parity(run, args[0], 0);
}

static Value negation(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    if (args[0].kind == VALUE_BOOL) return value_bool(!args[0].u.i);
    return feel_because(run, "type", "not() needs true or false", args[0], value_null());
}

/* ---- is(): the same element of the domain, zones as written (Source: DMN 1.5 §10.3.4.6) ---- */
static bool same_time(const ValueTime *x, const ValueTime *y) {
    return x->days == y->days && x->nanos == y->nanos && x->form == y->form &&
           (x->form != ZONE_OFFSET || x->offset == y->offset) && (x->form != ZONE_NAMED || str_eq(x->zone, y->zone));
}

static Value is(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    Value x = args[0], y = args[1];
    if (x.kind != y.kind) return value_bool(false);
    if (x.kind == VALUE_TIME || x.kind == VALUE_DATETIME) return value_bool(same_time(x.u.time, y.u.time));
    return value_bool(feel_alike(run, x, y));
}

/* ---- number(from, grouping separator, decimal separator) (Source: DMN 1.5 table 71) ---- */
static bool one_of(Value v, const char *allowed) {
    for (; *allowed; allowed++)
        if (v.size == 1 && v.u.s[0] == *allowed) return true;
    return v.kind == VALUE_NULL;
}

static Value to_number(FeelRun *run, const Value *args, size_t n) {
    Value from = args[0], group = n > 1 ? args[1] : value_null(), point = n > 2 ? args[2] : value_null(), v;
    if (from.kind == VALUE_NUMBER && n == 1) return from;
    if (from.kind != VALUE_STRING) return feel_because(run, "type", "number() reads a string", from, value_null());
    bool clash =
        group.kind == VALUE_STRING && point.kind == VALUE_STRING && str_eq(value_text(group), value_text(point));
    if (!one_of(group, " ,.") || !one_of(point, ".,") || clash)
        return feel_domain(run, "these separators cannot be used together");
    Buf b = {.a = run->arena};
    for (uint32_t i = 0; i < from.size; i++) {
        char c = from.u.s[i];
        if (group.kind == VALUE_STRING && c == group.u.s[0]) continue;
        buf_byte(&b, point.kind == VALUE_STRING && c == point.u.s[0] ? '.'
                     : point.kind == VALUE_STRING && c == '.'        ? '?'
                                                                     : c);
    }
    return dec_parse(run->arena, buf_str(&b), &v)
               ? v
               : feel_because(run, "domain", "the text is not a number", from, value_null());
}

static const FeelBuiltin rows[] = {
    {"decimal", decimal, 2, 2, 0, {{"n", 'n'}, {"scale", 'n'}}},
    {"floor", floor_of, 1, 2, 0, {{"n", 'n'}, {"scale", 'n'}}},
    {"ceiling", ceiling_of, 1, 2, 0, {{"n", 'n'}, {"scale", 'n'}}},
    {"round up", round_up, 2, 2, 0, {{"n", 'n'}, {"scale", 'n'}}},
    {"round down", round_down, 2, 2, 0, {{"n", 'n'}, {"scale", 'n'}}},
    {"round half up", round_half_up, 2, 2, 0, {{"n", 'n'}, {"scale", 'n'}}},
    {"round half down", round_half_down, 2, 2, 0, {{"n", 'n'}, {"scale", 'n'}}},
    {"abs", absolute, 1, 1, 0, {{"n", 'n'}}},
    {"abs", absolute, 1, 1, 0, {{"n", 'u'}}},
    {"abs", absolute, 1, 1, 0, {{"n", 'y'}}},
    {"modulo", modulo, 2, 2, 0, {{"dividend", 'n'}, {"divisor", 'n'}}},
    {"sqrt", square_root, 1, 1, 0, {{"number", 'n'}}},
    {"exp", exponential, 1, 1, 0, {{"number", 'n'}}},
    {"log", logarithm, 1, 1, 0, {{"number", 'n'}}},
    {"odd", odd, 1, 1, 0, {{"number", 'n'}}},
    {"even", even, 1, 1, 0, {{"number", 'n'}}},
    {"not", negation, 1, 1, 0, {{"negand", 'a'}}},
    {"is", is, 2, 2, 0, {{"value1", 'a'}, {"value2", 'a'}}},
    {"number", to_number, 1, 1, FEEL_EXTRA, {{"from", 'a'}}},
    {"number", to_number, 3, 3, 0, {{"from", 's'}, {"grouping separator", 'S'}, {"decimal separator", 'S'}}},
};
const FeelTable feel_table_numbers = {rows, COUNT_OF(rows)};
