/* dec: FEEL's exact decimals (Source: DMN 1.5 §10.3.2.3.1). A number is an int64 coefficient with a
 * scale while it fits and spills to decimal128 when it does not; both paths give the same value and
 * scale. Must never lose a digit that 34 digits can hold, and never answer with NaN or infinity. */
#include "base/dec_in.h"

#include <stdio.h>
#include <stdlib.h>

DecCoef dec_power(int n) {
    static const uint64_t low[] = {
        1,
        10,
        100,
        1000,
        10000,
        100000,
        1000000,
        10000000,
        100000000,
        1000000000,
        10000000000,
        100000000000,
        1000000000000,
        10000000000000,
        100000000000000,
        1000000000000000,
        10000000000000000,
        100000000000000000,
        1000000000000000000,
        10000000000000000000ULL,
    };
    assert(n >= 0 && n < DEC_POWERS);
    return n < 20 ? low[n] : (DecCoef)low[19] * low[n - 19];
}

int dec_digits(DecCoef c) {
    int n = 1;
    while (n < DEC_POWERS && c >= dec_power(n)) n++;
    return n;
}

static bool inline_number(Value x) {
    return !(x.flags & VALUE_SPILLED);
}

Dec dec_open(Value x) {
    assert(x.kind == VALUE_NUMBER);
    if (!inline_number(x)) return dec_decode(*x.u.dec);
    bool neg = x.u.i < 0;
    return (Dec){.c = neg ? -(uint64_t)x.u.i : (uint64_t)x.u.i, .scale = x.scale, .neg = neg};
}

static Value small(int64_t i, int scale) {
    return (Value){.kind = VALUE_NUMBER, .scale = (int16_t)scale, .u.i = i};
}

/* Brings the scale into decimal128's range where zeros can be added or dropped. */
static Dec fit_scale(Dec d) {
    if (d.scale > DEC_SCALE_MAX) d = dec_cut(d, DEC_SCALE_MAX, DEC_HALF_EVEN);
    while (d.scale < DEC_SCALE_MIN && d.c && d.c < dec_power(DEC_DIGITS - 1)) d.c *= 10, d.scale++;
    if (!d.c && d.scale < DEC_SCALE_MIN) d.scale = DEC_SCALE_MIN;
    if (d.scale < DEC_SCALE_MIN) d.alien = true;
    return d;
}

Value dec_close(Arena *a, Dec d) {
    if (!d.alien && d.c >= dec_power(DEC_DIGITS)) {
        d = dec_cut(d, d.scale - (dec_digits(d.c) - DEC_DIGITS), DEC_HALF_EVEN);
        if (d.c == dec_power(DEC_DIGITS)) d.c /= 10, d.scale--;
    }
    if (!d.alien) d = fit_scale(d);
    if (d.alien) return value_because(a, "overflow", "the number is too large");
    if (d.c <= INT64_MAX) return small(d.neg ? -(int64_t)d.c : (int64_t)d.c, d.scale);
    ValueDec *bits = NEW(a, ValueDec);
    *bits = dec_encode(d);
    return (Value){.kind = VALUE_NUMBER, .flags = VALUE_SPILLED, .u.dec = bits};
}

static Value through_bid(Arena *a, DecOp op, Value x, Value y) {
    return dec_close(a, dec_bid(op, dec_open(x), dec_open(y)));
}

/* x.i brought to `scale` digits; false when it does not fit. */
static bool align(Value x, int scale, int64_t *out) {
    int up = scale - x.scale;
    return up <= 18 && !__builtin_mul_overflow(x.u.i, (int64_t)dec_power(up), out);
}

static bool align_both(Value x, Value y, int64_t *xi, int64_t *yi, int *scale) {
    if (!inline_number(x) || !inline_number(y)) return false;
    *scale = x.scale > y.scale ? x.scale : y.scale;
    return align(x, *scale, xi) && align(y, *scale, yi);
}

/* INT64_MIN stays out of the inline form so that negation and size are symmetric. */
static bool symmetric(int64_t i) {
    return i != INT64_MIN;
}

Value dec_add(Arena *a, Value x, Value y) {
    int64_t xi, yi, sum;
    int scale;
    if (align_both(x, y, &xi, &yi, &scale) && !__builtin_add_overflow(xi, yi, &sum) && symmetric(sum))
        return small(sum, scale);
    return through_bid(a, DEC_OP_ADD, x, y);
}

Value dec_sub(Arena *a, Value x, Value y) {
    int64_t xi, yi, sum;
    int scale;
    if (align_both(x, y, &xi, &yi, &scale) && !__builtin_sub_overflow(xi, yi, &sum) && symmetric(sum))
        return small(sum, scale);
    Dec minus = dec_open(y);
    minus.neg = minus.c && !minus.neg;
    return dec_close(a, dec_bid(DEC_OP_ADD, dec_open(x), minus));
}

Value dec_mul(Arena *a, Value x, Value y) {
    int64_t product;
    int scale = x.scale + y.scale;
    if (inline_number(x) && inline_number(y) && scale <= DEC_SCALE_MAX && scale >= DEC_SCALE_MIN &&
        !__builtin_mul_overflow(x.u.i, y.u.i, &product) && symmetric(product))
        return small(product, scale);
    return through_bid(a, DEC_OP_MUL, x, y);
}

/* x / 10^k with as few digits after the point as the exact quotient needs. */
static bool by_power(int64_t x, int64_t y, int *scale, int64_t *out) {
    int k = 0;
    while (k < 18 && (int64_t)dec_power(k) < y) k++;
    if ((int64_t)dec_power(k) != y) return false;
    for (; k > 0 && x % 10 == 0; k--) x /= 10;
    *scale += k;
    *out = x;
    return true;
}

/* Long division for divisors made of twos and fives: it ends. */
static bool by_twos_and_fives(int64_t x, int64_t y, int *scale, int64_t *out) {
    if (y <= 0 || y > INT64_C(100000000000000000)) return false;
    int64_t odd = y >> __builtin_ctzll((uint64_t)y), q = x / y, rest = x % y;
    while (odd % 5 == 0) odd /= 5;
    if (odd != 1) return false;
    for (; rest; rest = rest * 10 % y, ++*scale)
        if (__builtin_mul_overflow(q, 10, &q) || __builtin_add_overflow(q, rest * 10 / y, &q)) return false;
    *out = q;
    return symmetric(q);
}

static bool exact_quotient(Value x, Value y, Value *out) {
    int64_t q;
    int scale = x.scale - y.scale;
    if (!inline_number(x) || !inline_number(y) || !symmetric(x.u.i)) return false;
    if (x.u.i % y.u.i == 0)
        q = x.u.i / y.u.i;
    else if (!by_power(x.u.i, y.u.i, &scale, &q) && !by_twos_and_fives(x.u.i, y.u.i, &scale, &q))
        return false;
    *out = small(q, scale);
    return scale <= DEC_SCALE_MAX && scale >= DEC_SCALE_MIN;
}

Value dec_div(Arena *a, Value x, Value y) {
    Value q;
    if (dec_sign(y) == 0) return value_because(a, "division_by_zero", "a number cannot be divided by zero");
    return exact_quotient(x, y, &q) ? q : through_bid(a, DEC_OP_DIV, x, y);
}

Value dec_neg(Arena *a, Value x) {
    Dec d = dec_open(x);
    d.neg = d.c && !d.neg;
    return dec_close(a, d);
}

Value dec_mod(Arena *a, Value x, Value y) {
    if (dec_sign(y) == 0) return value_because(a, "division_by_zero", "modulo by zero has no value");
    int64_t xi, yi;
    int scale;
    if (align_both(x, y, &xi, &yi, &scale) && yi != -1) {
        int64_t rest = xi % yi;
        return small(rest && (rest < 0) != (yi < 0) ? rest + yi : rest, scale);
    }
    Value rest = through_bid(a, DEC_OP_FMOD, x, y);
    if (value_is_null(rest) || dec_sign(rest) == 0 || dec_sign(rest) == dec_sign(y)) return rest;
    return dec_add(a, rest, y);
}

int dec_sign(Value x) {
    if (inline_number(x)) return (x.u.i > 0) - (x.u.i < 0);
    return dec_decode(*x.u.dec).neg ? -1 : 1;
}

/* Order of magnitudes; both non-zero. */
static int compare_sizes(Dec x, Dec y) {
    int top_x = dec_digits(x.c) - x.scale, top_y = dec_digits(y.c) - y.scale;
    if (top_x != top_y) return top_x < top_y ? -1 : 1;
    int up = x.scale - y.scale; /* same top digit, so |up| < 38 and the product stays below 10^38 */
    if (up > 0) y.c *= dec_power(up);
    if (up < 0) x.c *= dec_power(-up);
    return x.c < y.c ? -1 : x.c > y.c;
}

int dec_cmp(Value x, Value y) {
    if (x.scale == y.scale && inline_number(x) && inline_number(y)) return (x.u.i > y.u.i) - (x.u.i < y.u.i);
    int sign_x = dec_sign(x), sign_y = dec_sign(y);
    if (sign_x != sign_y || sign_x == 0) return (sign_x > sign_y) - (sign_x < sign_y);
    return sign_x * compare_sizes(dec_open(x), dec_open(y));
}

Dec dec_strip(Dec d) {
    while (d.c && d.c % 10 == 0) d.c /= 10, d.scale--;
    if (!d.c) d.scale = 0;
    return d;
}

bool dec_is_int(Value x) {
    if (inline_number(x) && x.scale <= 0) return true;
    return dec_strip(dec_open(x)).scale <= 0;
}

bool dec_to_int(Value x, int64_t *out) {
    if (inline_number(x) && x.scale == 0) {
        *out = x.u.i;
        return true;
    }
    Dec d = dec_strip(dec_open(x));
    if (d.scale > 0 || d.scale < -18) return false;
    d.c *= dec_power(-d.scale); /* at most 34 - 1 + 19 digits are cut off by the test above: c < 10^34 */
    if (d.c > INT64_MAX) return false;
    *out = d.neg ? -(int64_t)d.c : (int64_t)d.c;
    return true;
}

double dec_to_double(Value x) {
    Dec d = dec_open(x);
    char text[64];
    snprintf(text, sizeof text, "%s%llu%018llue%d", d.neg ? "-" : "", (unsigned long long)(d.c / dec_power(18)),
             (unsigned long long)(d.c % dec_power(18)), -d.scale);
    return strtod(text, NULL);
}

uint64_t dec_hash(Value x) {
    Dec d = dec_strip(dec_open(x));
    uint64_t h = (uint64_t)d.c ^ (uint64_t)(d.c >> 64) * 0x9E3779B97F4A7C15ULL ^ (uint64_t)(d.scale * 2 + d.neg) << 40;
    h = (h ^ h >> 31) * 0xBF58476D1CE4E5B9ULL;
    return h ^ h >> 29;
}
