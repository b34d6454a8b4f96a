/* How long FEEL expressions take once compiled. Prints name=value, nanoseconds an evaluation, median of
 * seven rounds. Usage: feel */
#include "feel/feel.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 7, TURNS = 200000 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_size(const void *x, const void *y) {
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static double round_of(const FeelCode *code, const FeelFrame *frame, int turns) {
    Arena *a = arena_new(0);
    double start = now();
    for (int i = 0; i < turns; i++) {
        FeelRun run = {.arena = a, .fuel = FEEL_FUEL};
        if (value_is_null(feel_eval(&run, code, frame))) abort();
        if (i % 64 == 63) arena_reset(a);
    }
    double spent = (now() - start) / turns;
    arena_free(a);
    return spent;
}

static void measure(const char *name, const FeelScope *scope, const FeelFrame *frame, const char *text, Arena *a) {
    const FeelCode *code;
    Err err = {0};
    if (!feel_compile(scope, FEEL_EXPRESSION, str_of(text), a, &code, NULL, &err)) {
        fprintf(stderr, "%s: %s\n", name, err.text);
        exit(1);
    }
    double rounds[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) rounds[i] = round_of(code, frame, TURNS);
    qsort(rounds, ROUNDS, sizeof *rounds, by_size);
    printf("feel_%s_ns=%.1f\n", name, rounds[ROUNDS / 2]);
}

static void measure_compile(const FeelScope *scope, const char *text) {
    Arena *a = arena_new(0);
    double start = now();
    for (int i = 0; i < 20000; i++) {
        const FeelCode *code;
        if (!feel_compile(scope, FEEL_EXPRESSION, str_of(text), a, &code, NULL, NULL)) abort();
        arena_reset(a);
    }
    printf("feel_compile_ns=%.0f\n", (now() - start) / 20000);
    arena_free(a);
}

static Value offences(Arena *a) {
    ValueBuild list = {.a = a};
    for (int i = 0; i < 20; i++) {
        ValueBuild one = {.a = a};
        build_c(&one, "points", value_int(i * 7 % 7));
        build_c(&one, "class", value_c(i % 3 ? "C1" : "B1"));
        build_item(&list, build_ctx(&one));
    }
    return build_list(&list);
}

int main(void) {
    Arena *a = arena_new(0), *names = arena_new(0);
    FeelScope *scope = feel_scope_inner(names, feel_scope_root(names, FEEL_STANDARD, NULL, NULL));
    static const char *const keys[] = {"price", "quantity", "discount", "tax", "plate", "last", "now", "offences"};
    Value slots[COUNT_OF(keys)] = {{.kind = VALUE_NUMBER, .scale = 2, .u.i = 1995},
                                   value_int(7),
                                   {.kind = VALUE_NUMBER, .scale = 1, .u.i = 35},
                                   value_int(13),
                                   value_c("yn-a12345"),
                                   value_c("2025-09-01"),
                                   value_c("2026-03-01"),
                                   offences(a)};
    for (size_t i = 0; i < COUNT_OF(keys); i++) feel_scope_add(scope, str_of(keys[i]), NULL);
    FeelFrame frame = {NULL, slots};
    static const char arithmetic[] = "(price * quantity - discount) * (1 + tax / 100)";
    measure("arithmetic", scope, &frame, arithmetic, a);
    measure("logic", scope, &frame, "quantity > 5 and tax <= 13 and not(quantity = 3) or tax < 0", a);
    measure("string", scope, &frame,
            "if starts with(plate, \"yn\") then upper case(substring(plate, 1, 2)) + \"-\" + substring(plate, 4) else "
            "\"other\"",
            a);
    measure("dates", scope, &frame, "date(now) - date(last) <= duration(\"P365D\")", a);
    measure("filter", scope, &frame, "count(offences[points > 2 and class = \"C1\"])", a);
    measure("some", scope, &frame, "some v in offences satisfies v.points >= 9 or true", a);
    measure("for", scope, &frame, "sum(for v in offences return v.points)", a);
    measure_compile(scope, arithmetic);
    return 0;
}
