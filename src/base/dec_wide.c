/* dec_wide: exponential, logarithm and powers to the last of 34 digits, computed with some 64: the library's
 * own are off by one there in a quarter of all cases, and bring two megabytes of tables. Numbers here are
 * decimal floats of eight limbs; errors stay thirty digits below what is shown. Must never be used where a
 * result is exact by nature. */
#include "base/dec_in.h"

#include <math.h>

enum { LIMBS = 8, BASE = 1000000000, LIMB_DIGITS = 9, FAR = 4000 /* limbs: far beyond decimal128 */ };

typedef struct Wide {
    uint32_t d[LIMBS]; /* most significant first, d[0] is not 0 unless all are */
    int exp;           /* value = 0.d0d1… times BASE^exp */
    bool neg;          /* sign */
} Wide;

static bool is_zero(const Wide *x) {
    return x->d[0] == 0;
}

/* Takes the first limbs of n that are not leading zeros. exp belongs to limb 0. */
static Wide normal(const uint32_t *limbs, int n, int exp, bool neg) {
    Wide out = {.neg = neg};
    int from = 0;
    while (from < n && limbs[from] == 0) from++;
    if (from == n) return (Wide){.exp = 0};
    for (int i = 0; i < LIMBS && from + i < n; i++) out.d[i] = limbs[from + i];
    out.exp = exp - from;
    return out;
}

static Wide wide_of(Dec x) {
    enum { N = 5 };
    int power = -x.scale, whole = power >= 0 ? power / LIMB_DIGITS : -((-power + LIMB_DIGITS - 1) / LIMB_DIGITS);
    uint64_t factor = (uint64_t)dec_power(power - whole * LIMB_DIGITS), carry = 0;
    uint32_t limbs[N];
    for (int i = N; i-- > 0; x.c /= BASE) {
        uint64_t v = (uint64_t)(x.c % BASE) * factor + carry;
        limbs[i] = (uint32_t)(v % BASE);
        carry = v / BASE;
    }
    return normal(limbs, N, whole + N, x.neg);
}

static Wide wide_int(int64_t i) {
    return wide_of((Dec){.c = (DecCoef)(i < 0 ? -i : i), .neg = i < 0});
}

/* 37 digits and a mark for what is left of them: enough for the one rounding in dec_close. */
static Dec dec_of(const Wide *x) {
    Dec out = {.scale = -LIMB_DIGITS * x->exp, .neg = x->neg && !is_zero(x)};
    bool rest = false;
    for (int i = 0; i < LIMBS; i++)
        for (uint32_t unit = BASE / 10, limb = x->d[i]; unit; limb %= unit, unit /= 10) {
            if (out.c < dec_power(36))
                out.c = out.c * 10 + limb / unit, out.scale++;
            else
                rest |= limb / unit != 0;
        }
    if (rest && out.c % 5 == 0) out.c++;
    return out;
}

static Wide multiply(const Wide *x, const Wide *y) {
    uint32_t limbs[2 * LIMBS] = {0};
    for (int i = LIMBS; i-- > 0;) {
        uint64_t carry = 0;
        for (int k = LIMBS; k-- > 0;) {
            uint64_t v = (uint64_t)x->d[i] * y->d[k] + limbs[i + k + 1] + carry;
            limbs[i + k + 1] = (uint32_t)(v % BASE);
            carry = v / BASE;
        }
        limbs[i] = (uint32_t)carry;
    }
    return normal(limbs, 2 * LIMBS, x->exp + y->exp, x->neg != y->neg);
}

static Wide divide_small(const Wide *x, uint32_t n) {
    uint32_t limbs[2 * LIMBS] = {0};
    uint64_t rest = 0;
    for (int i = 0; i < 2 * LIMBS; i++) {
        uint64_t v = rest * BASE + (i < LIMBS ? x->d[i] : 0);
        limbs[i] = (uint32_t)(v / n);
        rest = v % n;
    }
    return normal(limbs, 2 * LIMBS, x->exp, x->neg);
}

static int compare_sizes(const Wide *x, const Wide *y) {
    if (is_zero(x) || is_zero(y)) return !is_zero(x) - !is_zero(y);
    if (x->exp != y->exp) return x->exp < y->exp ? -1 : 1;
    for (int i = 0; i < LIMBS; i++)
        if (x->d[i] != y->d[i]) return x->d[i] < y->d[i] ? -1 : 1;
    return 0;
}

/* Limb i of y on x's scale, where limb 0 is one above x's first. */
static int64_t shifted(const Wide *y, int distance, int i) {
    int at = i - 1 - distance;
    return at >= 0 && at < LIMBS ? y->d[at] : 0;
}

static Wide add(const Wide *x, const Wide *y) {
    if (compare_sizes(x, y) < 0) return add(y, x);
    if (is_zero(y)) return *x;
    enum { N = 2 * LIMBS + 1 };
    uint32_t limbs[N];
    int distance = x->exp - y->exp > N ? N : x->exp - y->exp;
    int64_t carry = 0, sign = x->neg == y->neg ? 1 : -1;
    for (int i = N; i-- > 0;) {
        int64_t v = shifted(x, 0, i) + sign * shifted(y, distance, i) + carry;
        carry = v < 0 ? -1 : v / BASE;
        limbs[i] = (uint32_t)(v - carry * BASE);
    }
    return normal(limbs, N, x->exp + 1, x->neg);
}

static Wide subtract(const Wide *x, Wide y) {
    y.neg = !y.neg;
    return add(x, &y);
}

/* First limbs as a double; the exponent is left out. */
static double lead(const Wide *x) {
    return x->d[0] + (double)x->d[1] / BASE + (double)x->d[2] / BASE / BASE;
}

/* Newton: r(2 - vr), from nine digits to more than sixty-four in three doublings. */
static Wide reciprocal(const Wide *v) {
    Wide two = wide_int(2), r = wide_of((Dec){.c = (DecCoef)(1e18 / lead(v)), .scale = 18, .neg = v->neg});
    r.exp += 1 - v->exp;
    for (int i = 0; i < 4; i++) {
        Wide product = multiply(v, &r), step = subtract(&two, product);
        r = multiply(&r, &step);
    }
    return r;
}

/* Taylor on x / 2^k, then k squarings. In: |x| < 2^14. */
static Wide exponential(const Wide *x) {
    int k = 0;
    double size = is_zero(x) ? 0 : lead(x) * pow(BASE, x->exp - 1);
    while (size > 1.0 / 1024) size /= 2, k++;
    Wide t = divide_small(x, UINT32_C(1) << k), term = wide_int(1), sum = term;
    for (uint32_t n = 1; !is_zero(&term) && term.exp > -LIMBS - 1; n++) {
        Wide next = multiply(&term, &t);
        term = divide_small(&next, n);
        sum = add(&sum, &term);
    }
    while (k-- > 0) sum = multiply(&sum, &sum);
    return sum;
}

/* Newton on the exponential: y + x e^-y - 1, from twelve digits to ninety in three doublings. In: x > 0. */
static Wide logarithm(const Wide *x) {
    double guess = log(lead(x)) + (x->exp - 1) * LIMB_DIGITS * log(10);
    Wide y = wide_of((Dec){.c = (DecCoef)(fabs(guess) * 1e12), .scale = 12, .neg = guess < 0}), one = wide_int(1);
    for (int i = 0; i < 3; i++) {
        Wide minus = y;
        minus.neg = !minus.neg;
        Wide e = exponential(&minus), product = multiply(x, &e), step = subtract(&product, one);
        y = add(&y, &step);
    }
    return y;
}

/* Powers of ten too large or too small for decimal128 need no digits. */
static Dec beyond(bool large) {
    return large ? (Dec){.alien = true} : (Dec){.c = 0};
}

static Dec exp_of(const Wide *x) {
    Wide limit = wide_int(15000);
    if (compare_sizes(x, &limit) > 0) return beyond(!x->neg);
    Wide e = exponential(x);
    return dec_of(&e);
}

Dec dec_wide_exp(Dec x) {
    Wide w = wide_of(x);
    return exp_of(&w);
}

Dec dec_wide_log(Dec x) {
    Wide w = wide_of(x), y = logarithm(&w);
    return dec_of(&y);
}

Dec dec_wide_pow(Dec x, Dec y) {
    Wide base = wide_of(x), by = wide_of(y), log_x = logarithm(&base), product = multiply(&log_x, &by);
    return exp_of(&product);
}

Dec dec_wide_power(Dec x, int64_t n) {
    Wide base = wide_of(x), r = wide_int(1);
    for (int64_t rest = n < 0 ? -n : n; rest; rest /= 2) {
        if (base.exp > FAR || base.exp < -FAR) return beyond((base.exp > 0) == (n > 0));
        if (rest % 2) r = multiply(&r, &base);
        if (rest > 1) base = multiply(&base, &base);
    }
    if (r.exp > FAR || r.exp < -FAR) return beyond((r.exp > 0) == (n > 0));
    if (n < 0) r = reciprocal(&r);
    return dec_of(&r);
}
