/* dec_round: cutting decimals to a scale, and the domains of powers, roots, exponential and logarithm.
 * Must never touch the library's rounding mode (see dec_bid.c). */
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

Value dec_sqrt(Arena *a, Value x) {
    if (dec_sign(x) < 0) return value_because(a, "domain", "a negative number has no square root");
    Dec d = dec_open(x);
    return dec_close(a, dec_bid(DEC_OP_SQRT, d, d));
}

Value dec_exp(Arena *a, Value x) {
    return dec_sign(x) ? dec_close(a, dec_wide_exp(dec_open(x))) : value_int(1);
}

Value dec_log(Arena *a, Value x) {
    if (dec_sign(x) <= 0) return value_because(a, "domain", "only positive numbers have a logarithm");
    return dec_cmp(x, value_int(1)) ? dec_close(a, dec_wide_log(dec_open(x))) : value_int(0);
}

/* c^n when it keeps within 34 digits: then the power is exact. */
static bool exact_power(DecCoef c, int64_t n, DecCoef *out) {
    DecCoef r = 1, limit = dec_power(DEC_DIGITS) - 1;
    if (c == 1) n = 0;
    if (n > 128) return false;
    for (int64_t i = 0; i < n; i++) {
        if (r > limit / c) return false;
        r *= c;
    }
    *out = r;
    return true;
}

/* Rounded, then without zeros at the end but for those before the point. */
static Value tidy(Arena *a, Dec d) {
    Value v = dec_close(a, d);
    if (v.kind != VALUE_NUMBER) return v;
    d = dec_strip(dec_open(v));
    while (d.scale < 0 && d.c < dec_power(17)) d.c *= 10, d.scale++;
    return dec_close(a, d);
}

/* A power with a whole exponent, exact where 34 digits can be. In: x is not 0. */
static Value whole_power(Arena *a, Dec x, int64_t n) {
    Dec d = dec_strip(x), p = {.neg = d.neg && n % 2};
    int64_t size = n < 0 ? -n : n, scale;
    bool exact = exact_power(d.c, size, &p.c) && !__builtin_mul_overflow((int64_t)d.scale, size, &scale) &&
                 scale > -6000 && scale < 6000;
    if (!exact) return tidy(a, dec_wide_power(x, n));
    p.scale = (int)scale;
    Value v = tidy(a, p);
    return n < 0 && v.kind == VALUE_NUMBER ? dec_div(a, value_int(1), v) : v;
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
    if (whole) return whole_power(a, dec_open(x), n);
    return tidy(a, dec_wide_pow(dec_open(x), dec_open(y)));
}
