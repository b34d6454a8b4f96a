/* From answers to a proposal with its reasons: on the shipped pack. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "folder.h"

typedef struct World {
    Arena *a;      /* the test's */
    const Pack *p; /* the shipped pack */
} World;
/* 2026-11-24 23:30 UTC is the next morning at UTC+8. */
#define NOW ((date_days(2026, 11, 24) * 1440 + 23 * 60 + 30) * INT64_C(60000000))

static int open_world(void **state) {
    static World world;
    world.a = arena_new(0);
    world.p = folder_pack(world.a);
    *state = &world;
    return 0;
}

static int close_world(void **state) {
    arena_free(((World *)*state)->a);
    return 0;
}

static FeelRun run_of(const World *w) {
    return (FeelRun){.arena = w->a, .fuel = FEEL_FUEL, .now_us = NOW, .offset = 28800};
}

/* Through the form and completed, as an application would be. */
static Value complete(const World *w, const char *json) {
    FeelRun run = run_of(w);
    Value answers, clean, whole;
    PaperFaults faults = {0};
    Err err = {0};
    assert_true(json_parse(str_of(json), (JsonLimits){0}, w->a, &answers, &err));
    paper_check(w->p->form, value_null(), answers, &run, &clean, &faults);
    assert_int_equal(faults.n, 0);
    assert_true(pack_complete(w->p, clean, &run, &whole, &err));
    return whole;
}

static PackProposal propose(const World *w, Value whole, const char *officer) {
    FeelRun run = run_of(w);
    PackProposal proposal;
    Err err = {0};
    if (!pack_propose(w->p, whole, str_of(officer), &run, &proposal, &err)) fail_msg("%s", err.text);
    return proposal;
}

static void test_what_is_left_out_is_filled(void **state) {
    const World *w = *state;
    Value whole = complete(w, "{\"violationCode\":\"1039\"}"), at = value_get(whole, "at");
    assert_true(str_is(value_get_str(whole, "listVersion"), "sample-2021"));
    assert_int_equal(at.kind, VALUE_DATETIME);
    assert_int_equal(at.u.time->days, date_days(2026, 11, 25));
    int64_t us;
    assert_true(pack_history_moment(&w->p->history, whole, &us));
    assert_int_equal(us, NOW + INT64_C(28800000000));
}

/* Parameters are those of the day of the act, not of today. */
static void test_no_list_was_in_force_before_the_first(void **state) {
    const World *w = *state;
    Value whole = complete(w, "{\"violationCode\":\"1039\",\"at\":\"2021-06-30T23:59\"}");
    assert_true(value_is_null(value_get(whole, "listVersion")));
    assert_true(value_is_null(pack_parameter(w->p, STR("window"), date_days(2021, 6, 30))));
    assert_true(str_is(value_text(pack_parameter(w->p, STR("window"), date_days(2021, 7, 1))), "P12M"));
}

static void test_the_deciding_rule_comes_first(void **state) {
    const World *w = *state;
    Value whole = complete(w, "{\"violationCode\":\"1039\",\"historyVerified\":true}");
    PackProposal proposal = propose(w, whole, "");
    Value record = pack_proposal_record(w->p, whole, &proposal, w->a), rules = value_get(record, "rules");
    assert_true(str_is(proposal.outcome, "WARNING"));
    assert_true(str_is(pack_deciding_rule(w->p, &proposal), "D5"));
    assert_true(rules.size >= 2);
    Value first = rules.u.list[0];
    assert_true(str_is(value_get_str(first, "table"), "D") && str_is(value_get_str(first, "rule"), "D5"));
    assert_true(value_get_bool(first, "decides", false));
    assert_true(str_is(value_text(value_get(first, "articles").u.list[0]), "rtsl:90"));
    for (uint32_t i = 1; i < rules.size; i++) assert_false(value_get_bool(rules.u.list[i], "decides", true));
}

static void test_the_officers_outcome_changes_what_follows_only(void **state) {
    const World *w = *state;
    Value whole = complete(w, "{\"violationCode\":\"1039\",\"historyVerified\":true}");
    PackProposal proposed = propose(w, whole, ""), departed = propose(w, whole, "NO_PENALTY");
    assert_true(str_eq(departed.outcome, proposed.outcome));
    assert_false(value_same(value_get(proposed.values, "F"), value_get(departed.values, "F")));
}

/* Which table's explanation is about `table`. */
static Value table_named(Value explained, const char *table) {
    Value tables = value_get(explained, "tables");
    for (uint32_t i = 0; i < tables.size; i++)
        if (str_is(value_get_str(tables.u.list[i], "table"), table)) return tables.u.list[i];
    fail_msg("no table %s", table);
    return value_null();
}

static void test_every_rule_says_why_or_why_not(void **state) {
    const World *w = *state;
    Value whole = complete(w, "{\"violationCode\":\"1039\",\"historyVerified\":true,\"at\":\"2026-11-16T08:42\"}"),
          kept, explained;
    PackProposal proposal = propose(w, whole, "");
    FeelRun run = run_of(w);
    Err err = {0};
    /* As an event keeps it: JSON, in which times are texts. */
    Str json = json_text(w->a, pack_proposal_record(w->p, whole, &proposal, w->a));
    assert_true(json_parse(json, (JsonLimits){0}, w->a, &kept, &err));
    assert_true(pack_explain(w->p, kept, &run, &explained, &err));
    assert_true(str_is(value_get_str(explained, "outcome"), "WARNING"));
    Value d = table_named(explained, "D"), rules = value_get(d, "rules");
    assert_int_equal(rules.size, 8);
    assert_true(value_get(d, "inputs").size > 0);
    assert_true(str_is(value_get_str(rules.u.list[4], "why"), "matched"));
    assert_true(str_is(value_get_str(rules.u.list[0], "why"), "cell"));
    assert_true(value_get_str(rules.u.list[0], "column").n > 0 && value_get_str(rules.u.list[0], "value").n > 0);
    assert_true(str_is(value_get_str(rules.u.list[0], "wanted"), "\"SERIOUS\""));
    assert_true(str_is(value_get_str(rules.u.list[6], "why"), "earlier"));
    assert_true(str_is(value_get_str(rules.u.list[6], "earlier"), "D5"));
    /* One prior, and it would be an ordinary fine. */
    Value flip = value_get(explained, "flip");
    assert_true(str_is(value_get_str(flip, "input"), "priorVehicle"));
    assert_int_equal(value_get_int(flip, "from", -1), 0);
    assert_int_equal(value_get_int(flip, "value", -1), 1);
    assert_true(str_is(value_get_str(flip, "outcome"), "ORDINARY"));
    assert_true(str_is(value_get_str(flip, "rule"), "D7"));
}

static void test_another_models_record_is_not_recomputed(void **state) {
    const World *w = *state;
    FeelRun run = run_of(w);
    Value record, explained;
    Err err = {0};
    assert_true(json_parse(STR("{\"model\":\"0\",\"outcome\":\"WARNING\",\"inputs\":{}}"), (JsonLimits){0}, w->a,
                           &record, &err));
    assert_true(pack_explain(w->p, record, &run, &explained, &err));
    assert_true(value_get_bool(explained, "other_version", false));
    assert_int_equal(value_get(explained, "tables").size, 0);
}

static void test_what_counts_as_history(void **state) {
    const World *w = *state;
    const struct {
        const char *code, *outcome;
        bool counts;
    } cases[] = {{"1039", "WARNING", true}, {"1039", "ERASED", false}, {"9999", "ORDINARY", false}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FeelRun run = run_of(w);
        Err err = {0};
        bool counts;
        Value whole = complete(w, str_c(w->a, str_printf(w->a, "{\"violationCode\":\"%s\"}", cases[i].code)));
        PackProposal proposal = propose(w, whole, "");
        assert_true(pack_history_applies(w->p, whole, proposal.values, str_of(cases[i].outcome), &run, &counts, &err));
        assert_int_equal(counts, cases[i].counts);
    }
}

static void test_out_of_fuel_is_trouble_not_an_answer(void **state) {
    const World *w = *state;
    Value whole = complete(w, "{\"violationCode\":\"1039\"}");
    FeelRun run = run_of(w);
    PackProposal proposal;
    Err err = {0};
    run.fuel = 3;
    assert_false(pack_propose(w->p, whole, STR(""), &run, &proposal, &err));
    assert_int_equal(err.code, ERR_LIMIT);
}

static void test_the_worked_cases_pass_and_hit_every_rule(void **state) {
    const World *w = *state;
    PackTest result;
    Err err = {0};
    assert_true(pack_test(w->p, NOW, w->a, &result, &err));
    if (result.failed > 0) fail_msg("%s", str_c(w->a, json_text(w->a, result.failures)));
    if (result.unhit.size > 0) fail_msg("%s", str_c(w->a, json_text(w->a, result.unhit)));
    assert_true(result.passed >= 40);
    assert_int_equal(result.rules_hit, result.rules);
}

/* A decision counts working days by the authority's years, which it gets as the input `calendar`. */
static void test_a_decision_counts_working_days(void **state) {
    World w = *(const World *)*state;
    Folder f = folder_open(w.a);
    ErrList faults;
    Pack *p;
    folder_change(&f, "decide.dmn", "<inputData ", "<inputData id=\"calendar\" name=\"calendar\"><variable id=\"calendar_v\" name=\"calendar\"/></inputData>\n  <inputData ");
    folder_change(&f, "decide.dmn", "<informationRequirement id=\"proposal_A\">", "<informationRequirement id=\"proposal_calendar\"><requiredInput href=\"#calendar\"/></informationRequirement><informationRequirement id=\"proposal_A\">");
    folder_change(&f, "decide.dmn", "\"proposal_class_x\" typeRef=\"string\"><text>C.class</text>", "\"proposal_class_x\" typeRef=\"string\"><text>string(working days after(date(\"2026-09-30\"), 1, calendar))</text>");
    if (!folder_compile(&f, &faults, &p)) fail_msg(STR_FMT, STR_ARG(err_line(w.a, &faults.items[0])));
    w.p = p;
    PackProposal proposal = propose(&w, complete(&w, "{\"violationCode\":\"1039\"}"), "");
    assert_true(str_is(value_get_str(value_get(proposal.values, "proposal"), "class"), "2026-10-08"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_left_out_is_filled),
        cmocka_unit_test(test_no_list_was_in_force_before_the_first),
        cmocka_unit_test(test_the_deciding_rule_comes_first),
        cmocka_unit_test(test_the_officers_outcome_changes_what_follows_only),
        cmocka_unit_test(test_every_rule_says_why_or_why_not),
        cmocka_unit_test(test_another_models_record_is_not_recomputed),
        cmocka_unit_test(test_what_counts_as_history),
        cmocka_unit_test(test_out_of_fuel_is_trouble_not_an_answer),
        cmocka_unit_test(test_a_decision_counts_working_days),
        cmocka_unit_test(test_the_worked_cases_pass_and_hit_every_rule),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
