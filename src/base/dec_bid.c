/* dec_bid: the one file that speaks to libintelrdfpmath (decimal128, BID encoding). Rounding stays
 * half-even for ever: the library's rounding mode is a shared variable, so directed rounding is
 * done by dec_cut instead. Must never let a _Decimal128 or a library type out. */
#define DECIMAL_CALL_BY_REFERENCE      0
#define DECIMAL_GLOBAL_ROUNDING        1
#define DECIMAL_GLOBAL_EXCEPTION_FLAGS 1
#include <bid_conf.h>
#include <bid_functions.h>

#include "base/dec_in.h"

static const int exponent_bias = 6176;

ValueDec dec_encode(Dec d) {
    assert(d.scale <= DEC_SCALE_MAX && d.scale >= DEC_SCALE_MIN && !d.alien);
    uint64_t exponent = (uint64_t)(exponent_bias - d.scale);
    return (ValueDec){{(uint64_t)d.c, (uint64_t)(d.c >> 64) | exponent << 49 | (uint64_t)d.neg << 63}};
}

Dec dec_decode(ValueDec bits) {
    uint64_t high = bits.w[1];
    if ((high >> 61 & 3) == 3) return (Dec){.alien = true}; /* infinity, NaN; also non-canonical, never made here */
    Dec d = {.c = (DecCoef)(high & 0x1FFFFFFFFFFFFULL) << 64 | bits.w[0],
             .scale = exponent_bias - (int)(high >> 49 & 0x3FFF)};
    d.neg = d.c != 0 && high >> 63;
    return d;
}

static BID_UINT128 bid_of(Dec d) {
    ValueDec bits = dec_encode(d);
    return (BID_UINT128){{bits.w[0], bits.w[1]}};
}

Dec dec_bid(DecOp op, Dec x, Dec y) {
    BID_UINT128 a = bid_of(x), b = bid_of(y), r = a;
    switch (op) {
    case DEC_OP_ADD:
        r = bid128_add(a, b);
        break;
    case DEC_OP_MUL:
        r = bid128_mul(a, b);
        break;
    case DEC_OP_DIV:
        r = bid128_div(a, b);
        break;
    case DEC_OP_FMOD:
        r = bid128_fmod(a, b);
        break;
    case DEC_OP_SQRT:
        r = bid128_sqrt(a);
        break;
    }
    return dec_decode((ValueDec){{r.w[0], r.w[1]}});
}
