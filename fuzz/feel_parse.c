/* Any bytes as an expression and as unary tests: what compiles is run with little fuel, and its value
 * must be writable as text. Seed with the expressions of tests/feel.
 * clang -g -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Isrc fuzz/feel_parse.c src/feel/ src/base/ ... */
#include "feel/feel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static FeelRun new_run(Arena *a) {
    return (FeelRun){.arena = a, .fuel = 20000, .now_us = 1795003200000000};
}

static void run_expression(const FeelScope *scope, Str text, const FeelFrame *frame, Arena *a) {
    const FeelCode *code;
    ErrList notes = {.a = a};
    Err err = {0};
    if (!feel_compile(scope, FEEL_EXPRESSION, text, a, &code, &notes, &err)) {
        assert(err.code == ERR_INPUT || err.code == ERR_LIMIT);
        return;
    }
    FeelRun run = new_run(a);
    Value v = feel_eval(&run, code, frame);
    feel_text(a, v, true);
    assert(run.depth == 0 && run.height == 0);
}

static void run_tests(const FeelScope *scope, Str text, const FeelFrame *frame, Arena *a) {
    const FeelCode *code;
    FeelTest tests[8];
    bool negated;
    if (!feel_compile(scope, FEEL_UNARY_TESTS, text, a, &code, NULL, NULL)) return;
    FeelRun run = new_run(a);
    feel_test(&run, code, frame, value_int(5));
    feel_cell(code, tests, COUNT_OF(tests), &negated);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *a = arena_new(32 << 20);
    Str text = {(const char *)data, size};
    FeelScope *scope = feel_scope_inner(a, feel_scope_root(a, FEEL_STANDARD, NULL, NULL));
    Value slots[] = {value_int(7), value_list((Value[]){value_int(1), value_c("b")}, 2), value_c("text")};
    static const char *const names[] = {"amount", "list of things", "a-b"};
    for (size_t i = 0; i < COUNT_OF(names); i++) feel_scope_add(scope, str_of(names[i]), NULL);
    run_expression(scope, text, &(FeelFrame){NULL, slots}, a);
    run_tests(scope, text, &(FeelFrame){NULL, slots}, a);
    arena_free(a);
    return 0;
}
