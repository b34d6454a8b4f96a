/* Any bytes as an expression and as unary tests: compiled, or refused with a place inside the text.
 * Longest input: 128. */
#include "fuzz/feel_scope.h"

static void compile(FeelEntry entry, Str text, Arena *a) {
    const FeelCode *code = NULL;
    ErrList notes = {.a = a};
    Err err = {0};
    if (feel_compile(fuzz_scope(FEEL_STANDARD), entry, text, a, &code, &notes, &err)) {
        assert(code != NULL && str_eq(feel_source(code), text));
        return;
    }
    assert(code == NULL && (err.code == ERR_INPUT || err.code == ERR_LIMIT));
    assert(err.text[0] != '\0' && err.offset >= -1 && err.offset <= (int64_t)text.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *a = fuzz_arena(32 << 20);
    Str text = fuzz_text(data, size);
    compile(FEEL_EXPRESSION, text, a);
    compile(FEEL_UNARY_TESTS, text, a);
    return 0;
}
