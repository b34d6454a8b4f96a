/* Any bytes as JSON: refused with a place, or read, written and read back the same.
 * Longest input: 512. */
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *a = fuzz_arena(0);
    Value v, again;
    Err err = {0};
    if (!json_parse(fuzz_text(data, size), (JsonLimits){0}, a, &v, &err)) {
        assert((err.code == ERR_INPUT || err.code == ERR_LIMIT) && err.text[0] != '\0');
        return 0;
    }
    Str text = json_text(a, v);
    bool good = json_parse(text, (JsonLimits){.bytes = 1 << 24}, a, &again, &err);
    assert(good && value_same(v, again));
    assert(str_eq(text, json_text(a, again)));
    return 0;
}
