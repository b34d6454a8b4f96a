/* dec, inside: a decimal taken apart into sign, coefficient and scale. Only the dec_*.c files
 * of room base include this; nobody outside sees 128-bit integers or the BID encoding. */
#ifndef YC_DEC_IN_H
#define YC_DEC_IN_H

#include "base/base.h"

typedef unsigned __int128 DecCoef;
typedef struct Dec {
    DecCoef c;  /* coefficient */
    int scale;  /* digits after the point: value = c * 10^-scale */
    bool neg;   /* sign; zero is never negative */
    bool alien; /* infinity or NaN came out of an operation */
} Dec;
enum { DEC_DIGITS = 34, DEC_SCALE_MAX = 6176, DEC_SCALE_MIN = -6111, DEC_POWERS = 39 };
typedef enum DecOp { DEC_OP_ADD, DEC_OP_MUL, DEC_OP_DIV, DEC_OP_FMOD, DEC_OP_SQRT } DecOp;

/* 10^n for n in 0 … 38. */
DecCoef dec_power(int n);
/* Number of decimal digits, 1 for zero. */
int dec_digits(DecCoef c);
Dec dec_open(Value x);
/* The canonical Value of d: rounded half-even to 34 digits, inline whenever the coefficient fits
 * 63 bits, otherwise decimal128. Null with a cause on overflow. */
Value dec_close(Arena *a, Dec d);
/* Cuts d to at most `scale` digits after the point. */
Dec dec_cut(Dec d, int scale, DecRound mode);
/* Without trailing zeros; zero has scale 0. */
Dec dec_strip(Dec d);
/* The one door to libintelrdfpmath; y is ignored by unary operations. */
Dec dec_bid(DecOp op, Dec x, Dec y);
/* Encoding of d; In: at most 34 digits, scale in range. */
ValueDec dec_encode(Dec d);
Dec dec_decode(ValueDec bits);
/* Not exact by nature: right to the last digit but for ties nobody has met (dec_wide.c).
 * In: x is positive for log and pow, n within ±999,999,999. */
Dec dec_wide_exp(Dec x);
Dec dec_wide_log(Dec x);
Dec dec_wide_pow(Dec x, Dec y);
Dec dec_wide_power(Dec x, int64_t n);

#endif
