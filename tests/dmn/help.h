/* tests/dmn/help: short ways to load a model from text and to decide with it. */
#ifndef YC_TESTS_DMN_HELP_H
#define YC_TESTS_DMN_HELP_H

#include "dmn/dmn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HEAD(name)                                                                                                     \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='urn:" name "' name='" name "'>"
#define TAIL "</definitions>"

static inline int help_setup(void **state) {
    *state = arena_new(0);
    return 0;
}

static inline int help_teardown(void **state) {
    arena_free(*state);
    return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, help_setup, help_teardown)

static inline DmnModel *help_load_with(Arena *a, Str xml, DmnOptions options) {
    DmnSource source = {STR("m.dmn"), xml};
    ErrList faults = {.a = a};
    DmnModel *m = NULL;
    if (!dmn_load(&source, 1, options, a, &faults, &m)) {
        for (size_t i = 0; i < faults.n; i++) print_error("%s\n", str_c(a, err_line(a, &faults.items[i])));
    }
    assert_non_null(m);
    return m;
}

static inline DmnModel *help_load(Arena *a, const char *xml) {
    return help_load_with(a, str_of(xml), (DmnOptions){0});
}

static inline Value help_json(Arena *a, const char *json) {
    Value v;
    Err err = {0};
    if (!json_parse(str_of(json), (JsonLimits){0}, a, &v, &err)) fail_msg("bad JSON in the test: %s", err.text);
    return v;
}

static inline FeelRun help_run(Arena *a) {
    return (FeelRun){.arena = a, .fuel = FEEL_FUEL};
}

/* Decides by name from JSON inputs; the result as JSON text. */
static inline const char *help_decide(Arena *a, const DmnModel *m, const char *decision, const char *inputs,
                                      DmnTrace *trace) {
    int index = dmn_find(m, DMN_DECISION, str_of(decision));
    assert_true(index >= 0);
    FeelRun run = help_run(a);
    return str_c(a, json_text(a, dmn_decide_ctx(m, index, help_json(a, inputs), &run, trace)));
}

#endif
