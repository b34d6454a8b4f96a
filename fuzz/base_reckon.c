/* Two number texts with a blank between: what arithmetic gives is a number whose text reads back, or a null that says
 * why.
 * Longest input: 80. */
#include "fuzz/fuzz.h"

static void check(Arena *a, Value v) {
    if (value_is_null(v)) {
        assert(v.u.cause != NULL);
        return;
    }
    Value again;
    Buf b = {.a = a};
    dec_write(&b, v);
    bool good = dec_parse(a, buf_str(&b), &again);
    assert(good && dec_cmp(v, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *a = fuzz_arena(0);
    Str right, left = str_cut(fuzz_text(data, size), ' ', &right);
    Value x, y;
    if (!dec_parse(a, left, &x) || !dec_parse(a, right, &y)) return 0;
    assert(dec_cmp(x, y) == -dec_cmp(y, x));
    check(a, dec_add(a, x, y));
    check(a, dec_sub(a, x, y));
    check(a, dec_mul(a, x, y));
    check(a, dec_div(a, x, y));
    check(a, dec_mod(a, x, y));
    return 0;
}
