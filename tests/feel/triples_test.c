/* Runs the triples of the *.test files in this folder: an expression, optionally `with` a context,
 * and after `=>` the value as FEEL writes it. camunda.test runs in that dialect. Blank lines part them, # starts a
 * comment. */
#include "feel/feel.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct Triple {
    Buf expression; /* lines joined */
    Str context;    /* FEEL context literal or "" */
    Str expected;   /* FEEL text */
    int line;       /* of the => */
} Triple;

static Str read_file(Arena *a, const char *path) {
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char *bytes = arena_alloc(a, 1 << 20);
    size_t n = fread(bytes, 1, 1 << 20, f);
    fclose(f);
    return (Str){bytes, n};
}

static FeelRun new_run(Arena *a) {
    return (FeelRun){.arena = a, .fuel = FEEL_FUEL, .now_us = 1767225600000000};
}

static Value context_of(Arena *a, Str text) {
    FeelRun run = new_run(a);
    const FeelCode *code;
    FeelScope *root = feel_scope_root(a, FEEL_STANDARD, NULL, NULL);
    if (!text.n) return value_ctx(NULL, 0);
    assert_true(feel_compile(root, FEEL_EXPRESSION, text, a, &code, NULL, NULL));
    return feel_eval(&run, code, NULL);
}

static Str evaluate(Arena *a, FeelDialect dialect, Str expression, Value context) {
    FeelScope *scope = feel_scope_inner(a, feel_scope_root(a, dialect, NULL, NULL));
    Value *slots = NEW_ARRAY(a, Value, context.size + 1);
    for (uint32_t i = 0; i < context.size; i++)
        slots[feel_scope_add(scope, context.u.ctx[i].key, NULL)] = context.u.ctx[i].value;
    FeelRun run = new_run(a);
    const FeelCode *code;
    Err err = {0};
    if (!feel_compile(scope, FEEL_EXPRESSION, expression, a, &code, NULL, &err))
        return str_printf(a, "error: %s", err.text);
    return feel_text(a, feel_eval(&run, code, &(FeelFrame){NULL, slots}), true);
}

static int check(Arena *a, const char *file, const Triple *t) {
    FeelDialect dialect = str_is(str_of(file), "camunda.test") ? FEEL_CAMUNDA : FEEL_STANDARD;
    Str got = evaluate(a, dialect, buf_str(&t->expression), context_of(a, t->context));
    if (str_eq(got, t->expected) || (str_is(t->expected, "error") && str_starts(got, STR("error: ")))) return 0;
    Str text = buf_str(&t->expression);
    fprintf(stderr, "%s:%d: " STR_FMT "\n  expected " STR_FMT "\n  got      " STR_FMT "\n", file, t->line,
            STR_ARG(text), STR_ARG(t->expected), STR_ARG(got));
    return 1;
}

static int run_file(const char *file, const char *path, int *count) {
    Arena *a = arena_new(0);
    Str rest = read_file(a, path);
    int wrong = 0, line = 0;
    Triple t = {.expression = {.a = a}};
    while (rest.n) {
        Str text = str_trim(str_cut(rest, '\n', &rest));
        t.line = ++line;
        if (str_starts(text, STR("# ")) || !text.n) continue;
        if (str_starts(text, STR("with ")))
            t.context = str_sub(text, 5, text.n);
        else if (str_starts(text, STR("=> "))) {
            t.expected = str_sub(text, 3, text.n);
            wrong += check(a, file, &t);
            ++*count;
            t = (Triple){.expression = {.a = a}};
        } else {
            buf_add(&t.expression, text);
            buf_byte(&t.expression, '\n');
        }
    }
    arena_free(a);
    return wrong;
}

static void every_triple_holds(void **state) {
    (void)state;
    const char *folder = getenv("TRIPLES");
    assert_non_null(folder);
    DIR *d = opendir(folder);
    assert_non_null(d);
    int wrong = 0, count = 0;
    for (struct dirent *e; (e = readdir(d));) {
        if (!str_ends(str_of(e->d_name), STR(".test"))) continue;
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        wrong += run_file(e->d_name, path, &count);
    }
    closedir(d);
    assert_true(count > 0);
    assert_int_equal(wrong, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_triple_holds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
