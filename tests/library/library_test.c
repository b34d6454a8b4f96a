/* The public libraries as a stranger uses them: this file includes yichuang/dmn.h and nothing else of
 * ours, and is linked with the shared library. */
#include <yichuang/dmn.h>

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- counting malloc: the C library asks this program's own first ------------------------------ */
#ifdef COUNT_MALLOC
extern void *__libc_malloc(size_t n);
static size_t mallocs;
void *malloc(size_t n) {
    __atomic_fetch_add(&mallocs, 1, __ATOMIC_RELAXED);
    return __libc_malloc(n);
}
#endif

typedef struct Fixture {
    feel_arena *house, *request;
    const dmn_model *m;
    int charge;
} Fixture;

static int setup(void **state) {
    static Fixture f;
    static char bytes[1 << 20];
    FILE *file = fopen(EXAMPLES "/loan.dmn", "rb");
    if (file == NULL) return 1;
    size_t n = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    f.house = feel_arena_new(0, 0);
    f.request = feel_arena_new(64 << 10, 0);
    f.m = dmn_model_load(f.house, &(dmn_file){"loan.dmn", bytes, n}, 1, NULL, NULL);
    memset(bytes, 'x', n); /* the model must not lean on them */
    f.charge = f.m != NULL ? dmn_model_find(f.m, DMN_PART_DECISION, "charge") : -1;
    *state = &f;
    return f.charge < 0;
}

static int teardown(void **state) {
    Fixture *f = *state;
    feel_arena_free(f->request);
    feel_arena_free(f->house);
    return 0;
}

static feel_run run_in(feel_arena *a) {
    return (feel_run){.arena = a};
}

#define assert_text(s, text)                                                                                           \
    do {                                                                                                               \
        feel_string got = (s);                                                                                         \
        assert_int_equal(got.n, strlen(text));                                                                         \
        assert_memory_equal(got.p, text, got.n);                                                                       \
    } while (0)

/* ---- feel -------------------------------------------------------------------------------------- */
static feel_value eval(feel_arena *a, const char *text, const char *json) {
    static const char *const names[] = {"x", "long name", "f"};
    feel_settings settings = {.names = names, .n_names = 3};
    const feel_expression *e = feel_expression_compile(a, &settings, text, strlen(text), NULL);
    assert_non_null(e);
    feel_value context;
    assert_true(feel_value_from_json(a, json, strlen(json), &context, NULL));
    feel_run run = run_in(a);
    return feel_expression_eval_context(e, context, &run);
}

static void test_expressions_see_names_and_keep_decimals(void **state) {
    Fixture *f = *state;
    assert_text(feel_value_to_json(f->request, eval(f->request, "x + long name", "{\"x\": 0.1, \"long name\": 0.2}")),
                "0.3");
    feel_value day = feel_value_parse(f->request, FEEL_VALUE_DATE, "2026-02-28"), values[3] = {day};
    feel_settings settings = {.names = (const char *const[]){"x"}, .n_names = 1};
    const feel_expression *e = feel_expression_compile(f->request, &settings, "x + duration(\"P1D\")", 19, NULL);
    feel_run run = run_in(f->request);
    assert_text(feel_value_text(f->request, feel_expression_eval(e, values, &run), false), "2026-03-01");
}

static void test_a_null_tells_its_cause_down_to_the_first(void **state) {
    Fixture *f = *state;
    feel_cause cause;
    assert_true(feel_value_cause(eval(f->request, "1 + 1/0", "{}"), &cause));
    assert_true(feel_cause_beneath(&cause, &cause));
    assert_string_equal(cause.kind, "division_by_zero");
    assert_false(feel_cause_beneath(&cause, &cause));
    assert_false(feel_value_cause(feel_value_null(), &cause));
    assert_true(feel_value_cause(feel_value_parse(f->request, FEEL_VALUE_DATE, "2026-02-30"), &cause));
    assert_true(feel_value_cause(feel_value_string(f->request, "\xff", 1), &cause));
}

static void test_text_that_is_not_feel_is_refused_with_its_place(void **state) {
    Fixture *f = *state;
    feel_fault fault;
    assert_null(feel_expression_compile(f->request, NULL, "1 +\n+ )", 7, &fault));
    assert_int_equal(fault.line_number, 2);
    assert_null(feel_expression_compile(f->request, NULL, "stranger", 8, &fault));
    assert_non_null(strstr(fault.text, "stranger"));
    feel_value v;
    assert_false(feel_value_from_json(f->request, "{\"a\":1,\"a\":2}", 13, &v, &fault));
    assert_string_equal(fault.code, "input");
}

static void test_steps_end_an_evaluation(void **state) {
    Fixture *f = *state;
    const char *text = "count(for i in 1..100000 return i)";
    const feel_expression *e = feel_expression_compile(f->request, NULL, text, strlen(text), NULL);
    feel_run run = {.arena = f->request, .steps = 1000};
    feel_cause cause;
    feel_value v = feel_expression_eval(e, NULL, &run);
    assert_true(feel_value_cause(v, &cause));
    run.steps = 0;
    assert_text(feel_value_to_json(f->request, feel_expression_eval(e, NULL, &run)), "100000");
}

static feel_value twice(feel_arena *a, const void *context, const feel_value *args, size_t n) {
    int64_t i = 0;
    (void)a, (void)n;
    return feel_value_to_integer(args[0], &i) ? feel_value_integer(i * *(const int *)context) : feel_value_null();
}

static void test_a_function_of_the_host_is_called_by_position_and_by_name(void **state) {
    Fixture *f = *state;
    static const int two = 2;
    static const char *const names[] = {"f"}, *const parameters[] = {"n"};
    const char *text = "f(4) + f(n: 1)";
    feel_value function = feel_value_function(f->request, "f", parameters, 1, twice, &two);
    feel_settings settings = {.names = names, .n_names = 1};
    const feel_expression *e = feel_expression_compile(f->request, &settings, text, strlen(text), NULL);
    feel_run run = run_in(f->request);
    assert_text(feel_value_to_json(f->request, feel_expression_eval(e, &function, &run)), "10");
}

static void test_unary_tests(void **state) {
    Fixture *f = *state;
    feel_settings settings = {.unary_tests = true};
    const feel_expression *e = feel_expression_compile(f->request, &settings, "[1..3), 7", 9, NULL);
    feel_run run = run_in(f->request);
    assert_true(feel_expression_test(e, NULL, feel_value_integer(7), &run));
    assert_false(feel_expression_test(e, NULL, feel_value_integer(3), &run));
}

static void test_values_are_made_and_read(void **state) {
    Fixture *f = *state;
    feel_value items[] = {feel_value_boolean(true), feel_value_parse(f->request, FEEL_VALUE_NUMBER, "1.50")};
    static const char *const keys[] = {"yes", "price"};
    feel_value c = feel_value_context(f->request, keys, items, 2), copy = feel_value_copy(f->house, c);
    feel_arena_reset(f->request);
    bool yes = false;
    double price = 0;
    int64_t whole;
    assert_int_equal(feel_value_size(copy), 2);
    assert_text(feel_value_key(copy, 1), "price");
    assert_true(feel_value_to_boolean(feel_value_item(copy, 0), &yes) && yes);
    assert_true(feel_value_to_double(feel_value_member(copy, "price"), &price) && price == 1.5);
    assert_false(feel_value_to_integer(feel_value_member(copy, "price"), &whole));
    assert_int_equal(feel_value_kind(feel_value_member(copy, "none")), FEEL_VALUE_NULL);
}

/* ---- dmn --------------------------------------------------------------------------------------- */
#define LATE "{\"due\": \"2026-03-01\", \"returned\": \"2026-03-13\", \"child\": false}"

static void test_json_in_json_out_with_dates(void **state) {
    Fixture *f = *state;
    feel_run run = run_in(f->request);
    feel_string json;
    feel_fault fault;
    assert_true(dmn_model_answer(f->m, f->charge, LATE, strlen(LATE), &run, &json, NULL));
    assert_text(json, "1.20");
    assert_false(dmn_model_answer(f->m, f->charge, "[]", 2, &run, &json, &fault));
    assert_string_equal(fault.code, "input");
    assert_int_equal(dmn_model_find(f->m, DMN_PART_DECISION, "no such"), -1);
    assert_int_equal(dmn_model_inputs(f->m), 3);
    assert_text(dmn_model_input_type(f->request, f->m, 0), "date");
}

static void test_a_trace_tells_rule_article_and_why_not(void **state) {
    Fixture *f = *state;
    feel_run run = run_in(f->request);
    feel_value input;
    assert_true(dmn_model_read(f->m, f->request, LATE, strlen(LATE), &input, NULL));
    dmn_trace *trace = dmn_trace_new(f->request);
    dmn_model_invoke(f->m, DMN_PART_DECISION, f->charge, input, &run, trace);
    assert_int_equal(dmn_trace_steps(trace), 1);
    dmn_step step = dmn_trace_step(trace, 0);
    assert_int_equal(step.n_rules, 1);
    assert_text(dmn_model_rule_id(f->m, step.table, step.rules[0]), "late");
    assert_text(dmn_model_rule_note(f->m, step.table, step.rules[0], "Law"), "rules:8");
    const dmn_reason *why = dmn_trace_why(f->m, trace, 0, &run);
    assert_int_equal(why[1].kind, DMN_REASON_CELL_FAILED);
    assert_int_equal(why[1].input, 1);
    assert_int_equal(why[2].kind, DMN_REASON_MATCHED);
}

static void test_all_faults_of_a_model_come_at_once(void **state) {
    Fixture *f = *state;
    static const char bad[] =
        "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='u' name='m'>\n"
        "<decision id='d1' name='one'><literalExpression><text>1 +</text></literalExpression></decision>\n"
        "<decision id='d2' name='two'><literalExpression><text>nobody</text></literalExpression></decision>\n"
        "</definitions>";
    dmn_faults faults;
    assert_null(dmn_model_load(f->request, &(dmn_file){"bad.dmn", bad, strlen(bad)}, 1, NULL, &faults));
    assert_int_equal(faults.n, 2);
    assert_string_equal(faults.items[0].file, "bad.dmn");
    assert_string_equal(faults.items[1].element, "d2");
    assert_int_equal(faults.items[1].line_number, 3);
}

static feel_value external(const void *context, feel_arena *a, const char *class_name, const char *signature) {
    static const char *const parameters[] = {"n"};
    if (strcmp(class_name, "host") != 0 || strcmp(signature, "twice(int)") != 0) return feel_value_null();
    return feel_value_function(a, "twice", parameters, 1, twice, context);
}

static void test_external_functions_are_closed_until_the_host_offers_them(void **state) {
    Fixture *f = *state;
    static const char xml[] =
        "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='u' name='m'>"
        "<decision name='d'><knowledgeRequirement><requiredKnowledge href='#b'/></knowledgeRequirement>"
        "<literalExpression><text>b(21)</text></literalExpression></decision>"
        "<businessKnowledgeModel id='b' name='b'><encapsulatedLogic kind='Java'><formalParameter name='n'/><context>"
        "<contextEntry><variable "
        "name='class'/><literalExpression><text>\"host\"</text></literalExpression></contextEntry>"
        "<contextEntry><variable name='method signature'/><literalExpression><text>\"twice(int)\"</text>"
        "</literalExpression></contextEntry></context></encapsulatedLogic></businessKnowledgeModel></definitions>";
    static const int two = 2;
    dmn_file file = {"m.dmn", xml, strlen(xml)};
    assert_null(dmn_model_load(f->request, &file, 1, NULL, NULL));
    dmn_settings settings = {.external = external, .external_context = &two};
    const dmn_model *m = dmn_model_load(f->request, &file, 1, &settings, NULL);
    assert_non_null(m);
    feel_run run = run_in(f->request);
    assert_text(feel_value_to_json(f->request, dmn_model_decide(m, 0, NULL, &run, NULL)), "42");
}

static void test_analysis_shows_a_gap_with_its_witness(void **state) {
    Fixture *f = *state;
    feel_run run = run_in(f->request);
    size_t n;
    const dmn_finding *found = dmn_model_analyse(f->m, 0, &run, &n);
    assert_int_equal(n, 1);
    assert_string_equal(found[0].kind, "gap"); /* a day and a half late */
    double days = 0;
    assert_true(feel_value_to_double(found[0].witness[0], &days));
    assert_true(days > 0 && days < 1);
}

/* ---- the promises of embedding ------------------------------------------------------------------ */
enum { THREADS = 4, ROUNDS = 2000 };

/* Lates by 1 to 30 days; the answer is known. */
static void *decide_often(void *state) {
    Fixture *f = state;
    feel_arena *a = feel_arena_new(0, 0);
    size_t wrong = 0;
    for (int i = 0; i < ROUNDS; i++) {
        char json[96], expected[16];
        int days = i % 30 + 1;
        snprintf(json, sizeof json, "{\"due\":\"2026-03-01\",\"returned\":\"2026-03-%02d\",\"child\":false}", days + 1);
        snprintf(expected, sizeof expected, "%d.%d0", days / 10, days % 10);
        feel_run run = run_in(a);
        feel_string out = {"", 0};
        bool ok = dmn_model_answer(f->m, f->charge, json, strlen(json), &run, &out, NULL);
        if (!ok || out.n != strlen(expected) || memcmp(out.p, expected, out.n) != 0) wrong++;
        feel_arena_reset(a);
    }
    feel_arena_free(a);
    return (void *)wrong;
}

static void test_threads_share_a_model(void **state) {
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, decide_often, *state), 0);
    for (int i = 0; i < THREADS; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
}

#ifdef COUNT_MALLOC
static void test_deciding_takes_no_malloc(void **state) {
    Fixture *f = *state;
    feel_run run = run_in(f->request);
    feel_string json;
    feel_arena_reset(f->request);
    size_t before = mallocs;
    assert_true(before > 0); /* the fixture took some: the counter counts */
    for (int i = 0; i < ROUNDS; i++) {
        feel_value input;
        dmn_trace *trace = dmn_trace_new(f->request);
        bool ok = dmn_model_read(f->m, f->request, LATE, strlen(LATE), &input, NULL);
        if (ok) dmn_model_invoke(f->m, DMN_PART_DECISION, f->charge, input, &run, trace);
        if (ok) ok = dmn_model_answer(f->m, f->charge, LATE, strlen(LATE), &run, &json, NULL);
        feel_arena_reset(f->request);
        if (!ok) fail_msg("it must decide");
    }
    assert_int_equal(mallocs - before, 0);
}
#endif

int main(void) {
    const struct CMUnitTest tests[] = {
#ifdef COUNT_MALLOC
        cmocka_unit_test(test_deciding_takes_no_malloc),
#endif
        cmocka_unit_test(test_expressions_see_names_and_keep_decimals),
        cmocka_unit_test(test_a_null_tells_its_cause_down_to_the_first),
        cmocka_unit_test(test_text_that_is_not_feel_is_refused_with_its_place),
        cmocka_unit_test(test_steps_end_an_evaluation),
        cmocka_unit_test(test_a_function_of_the_host_is_called_by_position_and_by_name),
        cmocka_unit_test(test_unary_tests),
        cmocka_unit_test(test_values_are_made_and_read),
        cmocka_unit_test(test_json_in_json_out_with_dates),
        cmocka_unit_test(test_a_trace_tells_rule_article_and_why_not),
        cmocka_unit_test(test_all_faults_of_a_model_come_at_once),
        cmocka_unit_test(test_external_functions_are_closed_until_the_host_offers_them),
        cmocka_unit_test(test_analysis_shows_a_gap_with_its_witness),
        cmocka_unit_test(test_threads_share_a_model),
    };
    return cmocka_run_group_tests_name("library", tests, setup, teardown);
}
