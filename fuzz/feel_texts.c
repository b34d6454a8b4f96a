/* Any bytes as a pattern with a text, as a number, as dates and times, as TZif: each is refused or read,
 * and what was read must read back the same from its own text.
 * clang -g -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Isrc fuzz/feel_texts.c src/feel/ src/base/ ... */
#include "base/date_in.h"
#include "feel/feel_in.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_pattern(Arena *a, Str flags, Str pattern, Str text) {
    const char *why;
    if (!utf8_valid(pattern) || !utf8_valid(text)) return;
    const FeelRegex *r = feel_regex(a, pattern, flags, &why);
    FeelRun run = {.arena = a, .fuel = 20000};
    FeelMatch m;
    if (!r || feel_regex_find(feel_regex_open(&run, r, text), 0, &m) != FEEL_FOUND) return;
    assert(m.at[0] >= 0 && m.at[1] >= m.at[0] && (size_t)m.at[1] <= text.n);
}

static void try_number(Arena *a, Str text) {
    Value v, again;
    if (!dec_parse(a, text, &v)) return;
    Buf b = {.a = a};
    dec_write(&b, v);
    bool good = dec_parse(a, buf_str(&b), &again);
    assert(good && dec_cmp(v, again) == 0 && dec_hash(v) == dec_hash(again));
}

static void try_temporal(Arena *a, Str text) {
    Value v = feel_at_literal(a, text);
    if (value_is_null(v)) return;
    Buf b = {.a = a}, c = {.a = a};
    date_write(&b, v);
    Value again = feel_at_literal(a, buf_str(&b));
    assert(again.kind == v.kind);
    date_write(&c, again);
    assert(str_eq(buf_str(&b), buf_str(&c)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const flags[] = {"", "i", "x", "sm", "q", "ix"};
    if (!size) return 0;
    Arena *a = arena_new(64 << 20);
    Str rest, text = {(const char *)data + 1, size - 1}, pattern = str_cut(text, '\n', &rest);
    int32_t offset;
    try_pattern(a, str_of(flags[data[0] % COUNT_OF(flags)]), pattern, rest);
    try_number(a, text);
    try_temporal(a, text);
    date_tzif_offset(text, (int64_t)data[0] << 28, &offset);
    arena_free(a);
    return 0;
}
