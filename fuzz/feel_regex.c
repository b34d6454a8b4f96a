/* Any bytes as flags (one byte), a pattern (to the line's end) and a text: refused with a reason, or searched to the
 * end within its fuel.
 * Longest input: 48. */
#include "feel/feel_in.h"
#include "fuzz/fuzz.h"

static void try_pattern(Arena *a, Str flags, Str pattern, Str text) {
    if (!utf8_valid(pattern) || !utf8_valid(text)) return;
    const char *why = NULL;
    const FeelRegex *r = feel_regex(a, pattern, flags, &why);
    if (!r) {
        assert(why != NULL);
        return;
    }
    FeelRun run = {.arena = a, .fuel = 1000};
    FeelMatch m;
    if (feel_regex_find(feel_regex_open(&run, r, text), 0, &m) != FEEL_FOUND) return;
    assert(m.at[0] >= 0 && m.at[1] >= m.at[0] && (size_t)m.at[1] <= text.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const flags[] = {"", "i", "x", "sm", "q", "ix"};
    if (!size) return 0;
    Str text, pattern = str_cut(fuzz_text(data + 1, size - 1), '\n', &text);
    try_pattern(fuzz_arena(64 << 20), str_of(flags[data[0] % COUNT_OF(flags)]), pattern, text);
    return 0;
}
