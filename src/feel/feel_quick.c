/* feel_quick: + - * and division by tens on inline numbers, the steps that rules of fees and fines are
 * made of. There is a step for each combination of near operands (constants and the caller's values),
 * which are read without a call. Must give what feel_arith gives; all but the plain case goes there. */
#include "feel/feel_in.h"

/* ---- two inline numbers: kind, flags and scale are one word of the value ---- */
static const uint64_t scale_bits = UINT64_C(0x07FF0000); /* scales 0 … 2047 */
static const int scale_shift = 16;

/* Are both inline numbers with a scale from 0 to 2047? */
static inline bool plain(uint64_t x, uint64_t y) {
    return ((x | y) & ~scale_bits) == VALUE_NUMBER && x & y & VALUE_NUMBER;
}

static const int64_t tens[] = {1,
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
                               1000000000000000000};

/* Brings the coefficient with the smaller scale to the larger one. */
static inline bool align(uint64_t *xh, uint64_t *yh, int64_t *x, int64_t *y) {
    if (*xh == *yh) return true;
    bool left = *xh < *yh;
    uint64_t distance = (left ? *yh - *xh : *xh - *yh) >> scale_shift;
    if (distance >= COUNT_OF(tens) || __builtin_mul_overflow(left ? *x : *y, tens[distance], left ? x : y))
        return false;
    *xh = left ? *yh : *xh;
    return true;
}

static Value slow(FeelEval *e, const FeelNode *n, char op, Value x, Value y) __attribute__((noinline));
static Value slow(FeelEval *e, const FeelNode *n, char op, Value x, Value y) {
    return feel_place(e->run, n, feel_arith(e->run, op, x, y));
}

/* ---- near operands ---- */
static inline bool is_near(const FeelNode *n) {
    return n->kind == NODE_CONST || (n->kind == NODE_VAR && n->up == 1);
}

/* In: a near operand, and a frame around. */
static inline Value near(const FeelEval *e, const FeelNode *n) {
    return n->kind == NODE_CONST ? n->value : e->frame.outer->slots[n->slot];
}

/* One of + - * with what is known of its operands; each step below is a copy of it. */
static inline Value operate(FeelEval *e, const FeelNode *n, char op, bool left, bool right)
    __attribute__((always_inline));
static Value operate_apart(FeelEval *e, const FeelNode *n, char op) __attribute__((noinline));

static inline Value operate(FeelEval *e, const FeelNode *n, char op, bool left, bool right) {
    if ((left || right) && !e->frame.outer) return operate_apart(e, n, op);
    Value x = left ? near(e, n->a) : feel_step(e, n->a), y = right ? near(e, n->b) : feel_step(e, n->b);
    uint64_t xh = feel_head(x), yh = feel_head(y);
    int64_t a = x.u.i, b = y.u.i, result = 0;
    bool fits = plain(xh, yh) && (op == '*' || align(&xh, &yh, &a, &b));
    if (op == '+') fits = fits && !__builtin_add_overflow(a, b, &result);
    if (op == '-') fits = fits && !__builtin_sub_overflow(a, b, &result);
    if (op == '*') fits = fits && !__builtin_mul_overflow(a, b, &result);
    if (!fits || result == INT64_MIN) return slow(e, n, op, x, y);
    return feel_from_words(op == '*' ? xh + (yh & scale_bits) : xh, result);
}

static Value operate_apart(FeelEval *e, const FeelNode *n, char op) {
    Value x = feel_step(e, n->a), y = feel_step(e, n->b);
    return slow(e, n, op, x, y);
}

/* ---- steps ---- */
Value feel_step_add(FeelEval *e, const FeelNode *n) {
    return operate(e, n, '+', false, false);
}
static Value add_left(FeelEval *e, const FeelNode *n) {
    return operate(e, n, '+', true, false);
}
static Value add_right(FeelEval *e, const FeelNode *n) {
    return operate(e, n, '+', false, true);
}
static Value add_both(FeelEval *e, const FeelNode *n) {
    return operate(e, n, '+', true, true);
}

Value feel_step_sub(FeelEval *e, const FeelNode *n) {
    return operate(e, n, '-', false, false);
}
static Value sub_left(FeelEval *e, const FeelNode *n) {
    return operate(e, n, '-', true, false);
}
static Value sub_right(FeelEval *e, const FeelNode *n) {
    return operate(e, n, '-', false, true);
}
static Value sub_both(FeelEval *e, const FeelNode *n) {
    return operate(e, n, '-', true, true);
}

Value feel_step_mul(FeelEval *e, const FeelNode *n) {
    return operate(e, n, '*', false, false);
}
static Value mul_left(FeelEval *e, const FeelNode *n) {
    return operate(e, n, '*', true, false);
}
static Value mul_right(FeelEval *e, const FeelNode *n) {
    return operate(e, n, '*', false, true);
}
static Value mul_both(FeelEval *e, const FeelNode *n) {
    return operate(e, n, '*', true, true);
}

/* The step for the operands at hand; others than + - * have only one. */
FeelStep feel_quick_step(FeelStep step, const FeelNode *left, const FeelNode *right) {
    static const FeelStep steps[][4] = {
        {feel_step_add, add_left, add_right, add_both},
        {feel_step_sub, sub_left, sub_right, sub_both},
        {feel_step_mul, mul_left, mul_right, mul_both},
    };
    for (size_t i = 0; i < COUNT_OF(steps); i++)
        if (steps[i][0] == step) return steps[i][is_near(left) + 2 * is_near(right)];
    return step;
}

/* ---- division by tens ---- */
/* Division by a constant 10^k, k in `slot`: percentages and the like. */
Value feel_step_div_tens(FeelEval *e, const FeelNode *n) {
    Value x = is_near(n->a) && e->frame.outer ? near(e, n->a) : feel_step(e, n->a);
    uint64_t head = feel_head(x), k = (uint64_t)n->slot;
    if (!plain(head, head)) return slow(e, n, '/', x, n->b->value);
    int64_t i = x.u.i;
    for (; k > 0 && i % 10 == 0; k--) i /= 10;
    return feel_from_words(head + (k << scale_shift), i);
}

/* The power of ten that a constant divisor is, or -1. */
int feel_power_of_ten(Value v) {
    for (size_t k = 1; v.kind == VALUE_NUMBER && !v.flags && v.scale == 0 && k < COUNT_OF(tens); k++)
        if (v.u.i == tens[k]) return (int)k;
    return -1;
}
