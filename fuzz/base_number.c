/* Any bytes as the text of a number: refused, or read and equal to what its own text reads as.
 * Longest input: 64. */
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *a = fuzz_arena(0);
    Str text = fuzz_text(data, size);
    Value v, again, exact;
    if (!dec_parse(a, text, &v)) {
        assert(!dec_parse_exact(a, text, &exact));
        return 0;
    }
    if (dec_parse_exact(a, text, &exact)) assert(dec_cmp(v, exact) == 0);
    Buf b = {.a = a};
    dec_write(&b, v);
    bool good = dec_parse(a, buf_str(&b), &again);
    assert(good && dec_cmp(v, again) == 0 && dec_hash(v) == dec_hash(again));
    return 0;
}
