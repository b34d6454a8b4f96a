/* dec_round: cutting decimals to a scale, and the functions that are not exact by nature: powers,
 * roots, exponential, logarithm. Must never touch the library's rounding mode (see dec_bid.c). */
#include "base/dec_in.h"

/* Is the magnitude to be raised by one, given how the lost part compares with a half? */
static bool raises(DecRound mode, bool lost, int against_half, bool odd) {
    switch (mode) {
    case DEC_UP:
        return lost;
    case DEC_DOWN:
        return false;
    case DEC_HALF_UP:
        return against_half >= 0;
    case DEC_HALF_DOWN:
        return against_half > 0;
    case DEC_HALF_EVEN:
        return against_half > 0 || (against_half == 0 && odd);
    }
    return false;
}

Dec dec_cut(Dec d, int scale, DecRound mode) {
    if (d.scale <= scale) return d;
    int drop = d.scale - scale;
    DecCoef unit = drop < DEC_POWERS ? dec_power(drop) : 0;
    DecCoef kept = unit ? d.c / unit : 0, lost = unit ? d.c % unit : d.c;
    int against_half = !unit || lost * 2 < unit ? -1 : lost * 2 > unit;
    if (raises(mode, lost != 0, against_half, kept & 1)) kept++;
    return (Dec){.c = kept, .scale = scale, .neg = d.neg && kept != 0};
}

Value dec_round(Arena *a, Value x, int scale, DecRound mode) {
    return dec_close(a, dec_cut(dec_open(x), scale, mode));
}

Value dec_floor(Arena *a, Value x, int scale) {
    return dec_round(a, x, scale, dec_sign(x) < 0 ? DEC_UP : DEC_DOWN);
}

Value dec_ceiling(Arena *a, Value x, int scale) {
    return dec_round(a, x, scale, dec_sign(x) > 0 ? DEC_UP : DEC_DOWN);
}

static Value unary(Arena *a, DecOp op, Value x) {
    Dec d = dec_open(x);
    return dec_close(a, dec_bid(op, d, d));
}

Value dec_sqrt(Arena *a, Value x) {
    if (dec_sign(x) < 0) return value_because(a, "domain", "a negative number has no square root");
    return unary(a, DEC_OP_SQRT, x);
}

Value dec_exp(Arena *a, Value x) {
    return dec_sign(x) ? unary(a, DEC_OP_EXP, x) : value_int(1);
}

Value dec_log(Arena *a, Value x) {
    if (dec_sign(x) <= 0) return value_because(a, "domain", "only positive numbers have a logarithm");
    return dec_cmp(x, value_int(1)) ? unary(a, DEC_OP_LOG, x) : value_int(0);
}

/* c^n when it keeps within 34 digits: then the power is exact. */
static bool exact_power(DecCoef c, int64_t n, DecCoef *out) {
    DecCoef r = 1, limit = dec_power(DEC_DIGITS) - 1;
    if (n > 128) return false;
    for (int64_t i = 0; i < n; i++) {
        if (c && r > limit / c) return false;
        r *= c;
    }
    *out = r;
    return true;
}

/* A power with a whole exponent that can be had exactly, or by one division (correctly rounded). */
static bool whole_power(Arena *a, Value x, int64_t n, Value *out) {
    Dec d = dec_open(x), p = {.c = 0};
    int64_t size = n < 0 ? -n : n;
    while (d.c && d.c % 10 == 0) d.c /= 10, d.scale--;
    if (d.scale > 300 || d.scale < -300 || !exact_power(d.c, d.c == 1 && size > 128 && size <= 6000 ? 1 : size, &p.c))
        return false;
    p.scale = (int)(d.scale * size);
    p.neg = d.neg && size % 2;
    *out = dec_close(a, p);
    if (n < 0 && !value_is_null(*out)) *out = dec_div(a, value_int(1), *out);
    while (out->kind == VALUE_NUMBER && out->scale < 0 && out->scale > -18 && !(out->flags & VALUE_SPILLED) &&
           out->u.i <= INT64_MAX / 10 && out->u.i >= -(INT64_MAX / 10))
        out->u.i *= 10, out->scale++;
    return true;
}

Value dec_pow(Arena *a, Value x, Value y) {
    int64_t n;
    bool whole = dec_to_int(y, &n);
    if (dec_cmp(y, value_int(999999999)) > 0 || dec_cmp(y, value_int(-999999999)) < 0)
        return value_because(a, "domain", "an exponent must lie within 999,999,999");
    if (dec_sign(x) == 0) {
        if (dec_sign(y) < 0) return value_because(a, "domain", "zero cannot be raised to a negative power");
        return value_int(dec_sign(y) == 0);
    }
    if (dec_sign(x) < 0 && !whole) return value_because(a, "domain", "a negative base needs a whole exponent");
    Value exact;
    if (whole && whole_power(a, x, n, &exact)) return exact;
    return dec_close(a, dec_bid(DEC_OP_POW, dec_open(x), dec_open(y)));
}
