/* Any bytes as an expression and as unary tests in one of the two dialects: what compiles is run with little fuel, its
 * value must be writable as text, and nothing may be left on the counts of depth and height.
 * Longest input: 256. */
#include "fuzz/feel_scope.h"

enum { FUEL = 5000 };

static FeelRun new_run(Arena *a) {
    return (FeelRun){.arena = a, .fuel = FUEL, .now_us = FUZZ_NOW};
}

static void run_expression(const FeelScope *scope, Str text, const FeelFrame *frame, Arena *a) {
    const FeelCode *code;
    if (!feel_compile(scope, FEEL_EXPRESSION, text, a, &code, NULL, NULL)) return;
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
    assert(run.depth == 0 && run.height == 0);
    size_t n = feel_cell(code, tests, COUNT_OF(tests), &negated);
    assert(n <= COUNT_OF(tests));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *a = fuzz_arena(32 << 20);
    Str text = fuzz_text(data, size);
    const FeelScope *scope = fuzz_scope(size % 4 == 3 ? FEEL_CAMUNDA : FEEL_STANDARD);
    Value slots[] = {value_int(7), value_list((Value[]){value_int(1), value_c("b")}, 2), value_c("text")};
    FeelFrame frame = {NULL, slots};
    run_expression(scope, text, &frame, a);
    run_tests(scope, text, &frame, a);
    return 0;
}
