/* Any bytes as a date, a time, a date and time, a duration: refused, or read and equal to what its own text reads as.
 * Longest input: 64. */
#include "fuzz/fuzz.h"

static bool read_as(Arena *a, ValueKind kind, Str text, Value *out) {
    switch (kind) {
    case VALUE_DATE:
        return date_parse(text, out);
    case VALUE_TIME:
        return date_parse_time(a, text, out);
    case VALUE_DATETIME:
        return date_parse_datetime(a, text, out);
    default:
        return date_parse_duration(text, out);
    }
}

static void try_kind(Arena *a, ValueKind kind, Str text) {
    Value v, again;
    if (!read_as(a, kind, text, &v)) return;
    Buf first = {.a = a}, second = {.a = a};
    date_write(&first, v);
    bool good = read_as(a, kind, buf_str(&first), &again);
    assert(good && again.kind == v.kind);
    date_write(&second, again);
    assert(str_eq(buf_str(&first), buf_str(&second)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *a = fuzz_arena(0);
    Str text = fuzz_text(data, size);
    try_kind(a, VALUE_DATE, text);
    try_kind(a, VALUE_TIME, text);
    try_kind(a, VALUE_DATETIME, text);
    try_kind(a, VALUE_DAYTIME, text);
    return 0;
}
