/* What the triples cannot show: cells as an index sees them, causes of nulls, budgets, host functions,
 * conversion, refusals with their place. */
#include "feel/feel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static Arena *arena;

static int set_up(void **state) {
    (void)state;
    arena = arena_new(64 << 20);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static FeelRun new_run(void) {
    return (FeelRun){.arena = arena, .fuel = FEEL_FUEL};
}

static const FeelCode *compile(FeelEntry entry, const char *text) {
    const FeelCode *code = NULL;
    Err err = {0};
    FeelScope *scope = feel_scope_inner(arena, feel_scope_root(arena, FEEL_STANDARD, NULL, NULL));
    feel_scope_add(scope, STR("limit"), feel_type(FEEL_NUMBER));
    if (!feel_compile(scope, entry, str_of(text), arena, &code, NULL, &err)) fail_msg("%s: %s", text, err.text);
    return code;
}

static Value eval(const char *text) {
    FeelRun run = new_run();
    Value limit = value_int(10);
    return feel_eval(&run, compile(FEEL_EXPRESSION, text), &(FeelFrame){NULL, &limit});
}

static bool cell(const char *text, const char *input) {
    FeelRun run = new_run();
    Value limit = value_int(10);
    return feel_test(&run, compile(FEEL_UNARY_TESTS, text), &(FeelFrame){NULL, &limit}, eval(input));
}

static void cells_are_tested_as_the_standard_says(void **state) {
    (void)state;
    static const struct {
        const char *cell, *input;
        bool satisfied;
    } rows[] = {
        {"-", "null", true},
        {"5", "5", true},
        {"< 5", "4", true},
        {"< 5", "\"x\"", false},
        {"\"a\", \"b\"", "\"b\"", true},
        {"not(5, 6)", "7", true},
        {"not(5, 6)", "5", false},
        {"not(< 5)", "\"x\"", false},
        {"[1..5)", "5", false},
        {"null", "null", true},
        {"false", "false", true},
        {"? > 5 and ? < limit", "7", true},
        {"> limit", "11", true},
        {"[1, 2, 3]", "2", true},
        {"[1, 2]", "[1, 2]", true},
        {"-5", "-5", true},
        {"date(\"2026-01-01\")", "@\"2026-01-01\"", true},
        {"starts with(?, \"A\")", "\"AB\"", true},
        {"= 5", "5", true},
        {"!= 5", "6", true},
        {"(< 3)", "2", true},
        {"5", "null", false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (cell(rows[i].cell, rows[i].input) != rows[i].satisfied)
            fail_msg("%s against %s", rows[i].cell, rows[i].input);
}

static size_t kinds(const char *text, FeelTest *tests, bool *negated) {
    return feel_cell(compile(FEEL_UNARY_TESTS, text), tests, 4, negated);
}

static void an_index_can_read_constant_cells(void **state) {
    (void)state;
    FeelTest t[4];
    bool negated;
    assert_int_equal(kinds("-", t, &negated), 1);
    assert_int_equal(t[0].kind, FEEL_TEST_ANY);
    assert_int_equal(kinds("\"a\", -5, date(\"2026-01-01\")", t, &negated), 3);
    for (int i = 0; i < 3; i++) assert_int_equal(t[i].kind, FEEL_TEST_EQUAL);
    assert_int_equal(t[2].value.kind, VALUE_DATE);
    assert_int_equal(kinds("not([1..5), > 10)", t, &negated), 2);
    assert_true(negated);
    assert_true(t[0].kind == FEEL_TEST_RANGE && t[0].value.u.range->lo_in && !t[0].value.u.range->hi_in);
    assert_true(t[1].kind == FEEL_TEST_RANGE && t[1].value.u.range->op == '>');
    assert_int_equal(kinds("> limit", t, &negated), 0);
    assert_int_equal(kinds("? > 5", t, &negated), 0);
    assert_int_equal(kinds("1, 2, 3, 4, 5", t, &negated), 0);
}

static void a_null_says_why_and_where(void **state) {
    (void)state;
    Value v = eval("1 + (2 * \"x\")");
    assert_true(value_is_null(v) && v.u.cause);
    assert_string_equal(v.u.cause->kind, "null");
    assert_int_equal(v.u.cause->from, 0);
    const ValueCause *beneath = v.u.cause->cause;
    assert_non_null(beneath);
    assert_string_equal(beneath->kind, "type");
    assert_int_equal(beneath->right, VALUE_STRING);
    assert_int_equal(beneath->from, 5);
    assert_int_equal(beneath->to, 12);
    assert_string_equal(eval("1 / 0").u.cause->kind, "division_by_zero");
    assert_null(eval("null").u.cause);
}

static void budgets_end_an_evaluation(void **state) {
    (void)state;
    assert_string_equal(eval("for a in 1..100000, b in 1..100000 return 1").u.cause->kind, "fuel");
    assert_true(value_is_null(eval("{f: function(n) 1 + f(n), r: f(1)}.r")));
    assert_true(value_is_null(eval("count(for i in 1..200 return partial = partial)[1] > 0")));
    assert_true(value_is_null(eval("for x in 1..9223372036854775807 return x")));
    Buf deep = {.a = arena};
    for (int i = 0; i < 1000; i++) buf_c(&deep, "(");
    const FeelCode *code;
    Err err = {0};
    FeelScope *root = feel_scope_root(arena, FEEL_STANDARD, NULL, NULL);
    assert_false(feel_compile(root, FEEL_EXPRESSION, buf_str(&deep), arena, &code, NULL, &err));
}

static void refusals_have_a_place(void **state) {
    (void)state;
    const FeelCode *code;
    Err err = {0};
    FeelScope *root = feel_scope_root(arena, FEEL_STANDARD, NULL, NULL);
    assert_false(feel_compile(root, FEEL_EXPRESSION, STR("1 +\n  * 2"), arena, &code, NULL, &err));
    assert_int_equal(err.line, 2);
    assert_int_equal(err.column, 3);
    assert_int_equal(err.offset, 6);
    ErrList notes = {.a = arena};
    assert_true(feel_compile(root, FEEL_EXPRESSION, STR("speed > 5"), arena, &code, &notes, &err));
    assert_int_equal(notes.n, 1);
    assert_non_null(strstr(notes.items[0].text, "speed"));
}

static Value twice(FeelRun *run, const void *context, const Value *args, size_t n) {
    (void)context, (void)n;
    return dec_mul(run->arena, args[0], value_int(2));
}

static void functions_of_the_host_convert_arguments(void **state) {
    (void)state;
    FeelParam x = {STR("x"), feel_type(FEEL_NUMBER)};
    Value slot = feel_function(arena, STR("twice"), &x, 1, feel_type(FEEL_NUMBER), twice, NULL);
    FeelScope *scope = feel_scope_inner(arena, feel_scope_root(arena, FEEL_STANDARD, NULL, NULL));
    feel_scope_add(scope, STR("twice"), NULL);
    static const char *const texts[] = {"twice(3)",     "twice([3])",  "twice(x: 3)",
                                        "twice(\"3\")", "twice(y: 3)", "twice()"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        const FeelCode *code;
        FeelRun run = new_run();
        assert_true(feel_compile(scope, FEEL_EXPRESSION, str_of(texts[i]), arena, &code, NULL, NULL));
        Value v = feel_eval(&run, code, &(FeelFrame){NULL, &slot});
        assert_true(i < 3 ? value_same(v, value_int(6)) : value_is_null(v));
    }
}

static void types_are_read_and_convert(void **state) {
    (void)state;
    const FeelType *t;
    Err err = {0};
    assert_true(feel_type_parse(STR("list<context<a: number, b c: date and time>>"), NULL, NULL, arena, &t, &err));
    assert_true(str_is(feel_type_text(arena, t), "list<context<a: number, b c: date and time>>"));
    assert_false(feel_type_parse(STR("tPerson"), NULL, NULL, arena, &t, &err));
    assert_false(feel_type_parse(STR("list<"), NULL, NULL, arena, &t, &err));
    FeelRun run = new_run();
    assert_int_equal(feel_coerce(&run, eval("[5]"), feel_type(FEEL_NUMBER)).kind, VALUE_NUMBER);
    assert_int_equal(feel_coerce(&run, eval("[[5]]"), feel_type(FEEL_NUMBER)).kind, VALUE_NULL);
    assert_int_equal(feel_coerce(&run, eval("5"), feel_type_list(arena, feel_type(FEEL_NUMBER))).kind, VALUE_LIST);
    assert_int_equal(feel_coerce(&run, eval("@\"2026-01-01\""), feel_type(FEEL_DATETIME)).kind, VALUE_DATETIME);
    assert_int_equal(feel_coerce(&run, eval("5"), feel_type(FEEL_STRING)).kind, VALUE_NULL);
}

static void functions_outlive_the_call_that_made_them(void **state) {
    (void)state;
    Value adders = eval("for i in 1..3 return function(x) x + i");
    FeelRun run = new_run();
    for (int i = 0; i < 3; i++) {
        Value ten = value_int(10);
        assert_true(value_same(feel_call(&run, adders.u.list[i], &ten, 1), value_int(11 + i)));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cells_are_tested_as_the_standard_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_index_can_read_constant_cells, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_null_says_why_and_where, set_up, tear_down),
        cmocka_unit_test_setup_teardown(budgets_end_an_evaluation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refusals_have_a_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(functions_of_the_host_convert_arguments, set_up, tear_down),
        cmocka_unit_test_setup_teardown(types_are_read_and_convert, set_up, tear_down),
        cmocka_unit_test_setup_teardown(functions_outlive_the_call_that_made_them, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
