/* dec_text: decimals from and to text. Reading rounds half-even to 34 digits; writing is always
 * plain notation with the scale kept, as FEEL's string() shows it. Must never read what is not
 * wholly a number. */
#include "base/dec_in.h"

typedef struct Scan {
    Str s;     /* the text */
    size_t at; /* next byte */
} Scan;

static bool next_digit(Scan *in, int *digit) {
    if (in->at >= in->s.n || in->s.p[in->at] < '0' || in->s.p[in->at] > '9') return false;
    *digit = in->s.p[in->at++] - '0';
    return true;
}

static bool take(Scan *in, char c) {
    if (in->at >= in->s.n || in->s.p[in->at] != c) return false;
    in->at++;
    return true;
}

/* Reads digits into d; those beyond 37 only leave a trace in the last guard digit, which is enough
 * to round the first 34 correctly. Out: how many digits there were. */
static size_t read_digits(Scan *in, Dec *d, bool fraction) {
    size_t n = 0;
    for (int digit; next_digit(in, &digit); n++) {
        if (d->c < dec_power(37)) {
            d->c = d->c * 10 + (unsigned)digit;
            d->scale += fraction;
        } else {
            if (digit && d->c % 5 == 0) d->c++; /* never a trailing zero then */
            d->scale -= !fraction;
        }
    }
    return n;
}

static bool read_exponent(Scan *in, Dec *d) {
    if (!take(in, 'e') && !take(in, 'E')) return true;
    bool neg = take(in, '-');
    if (!neg) take(in, '+');
    int value = 0, digit;
    size_t n = 0;
    for (; next_digit(in, &digit); n++)
        if (value < 1000000) value = value * 10 + digit;
    d->scale += neg ? value : -value;
    return n > 0;
}

/* The whole text as a decimal, not yet rounded. */
static bool read_number(Str text, Dec *out) {
    if (text.n > 100000) return false;
    Scan in = {text, 0};
    Dec d = {.c = 0};
    bool neg = take(&in, '-');
    size_t whole = read_digits(&in, &d, false);
    if (take(&in, '.') && read_digits(&in, &d, true) == 0) return false;
    if (whole == 0 && (in.at == neg || in.s.p[in.at - 1] == '.')) return false;
    TRY(read_exponent(&in, &d));
    d.neg = neg && d.c;
    *out = d;
    return in.at == text.n;
}

static bool close_number(Arena *a, Dec d, Value *out) {
    Value v = dec_close(a, d);
    if (value_is_null(v)) return false;
    *out = v;
    return true;
}

bool dec_parse(Arena *a, Str text, Value *out) {
    Dec d;
    return read_number(text, &d) && close_number(a, d, out);
}

bool dec_parse_exact(Arena *a, Str text, Value *out) {
    Dec d;
    TRY(read_number(text, &d));
    Dec least = dec_strip(d); /* digits beyond the 37th leave a mark that is no zero */
    if (least.c >= dec_power(DEC_DIGITS) || least.scale > DEC_SCALE_MAX) return false;
    return close_number(a, d.c >= dec_power(DEC_DIGITS) || d.scale > DEC_SCALE_MAX ? least : d, out);
}

static void zeros(Buf *b, int n) {
    for (int i = 0; i < n; i++) buf_byte(b, '0');
}

/* The digits of c, the last one first. */
static int write_digits(DecCoef c, char text[40]) {
    int n = 0;
    for (; c > UINT64_MAX; c /= 10) text[n++] = (char)('0' + (int)(c % 10));
    uint64_t small = (uint64_t)c; /* dividing these is far cheaper */
    do text[n++] = (char)('0' + (int)(small % 10));
    while (small /= 10);
    return n;
}

void dec_write(Buf *b, Value x) {
    Dec d = dec_open(x);
    char text[40];
    int n = write_digits(d.c, text);
    if (d.neg) buf_byte(b, '-');
    if (n <= d.scale)
        zeros(b, 1);
    else
        for (int i = n; i-- > (d.scale > 0 ? d.scale : 0);) buf_byte(b, text[i]);
    if (d.scale < 0 && !(n == 1 && text[0] == '0')) zeros(b, -d.scale);
    if (d.scale <= 0) return;
    buf_byte(b, '.');
    zeros(b, d.scale - n);
    for (int i = n < d.scale ? n : d.scale; i-- > 0;) buf_byte(b, text[i]);
}
