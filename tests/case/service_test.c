/* An ordinary service through the real store: five working days of silence accept an application and decide nothing;
 * acceptance starts the clock of the decision; the receipt is there before any decision. Source: all:32. */
#include "bench.h"

static const int64_t OVER_US = 1796140800 * (int64_t)1000000; /* Wednesday 2026-12-02 00:00: after five working days */

static const char answers[] =
    "{\"applicantType\":\"resident\",\"personName\":\"岩温\",\"personId\":\"532801199001011234\",\"phone\":\"13800000000\","
    "\"term\":\"6\",\"validTo\":\"2027-01-10\",\"fullMarks\":\"no\",\"carClass\":\"ordinary\",\"issuedHere\":\"yes\"}";

static int set_up(void **state) {
    *state = service_bench("licence-renewal");
    return 0;
}

static const AccessWho wang = {.user = STR_INIT("wang"), .name = STR_INIT("wang"), .office = STR_INIT("demo-county"), .role = STR_INIT("officer")};

static Value view(Bench *b, const CaseReply *on, int64_t now_us) {
    Err err = {0};
    Value out;
    must(case_view(b->house, &wang, on->id, STR("handling"), now_us, b->a, &out, &err), &err);
    return out;
}

static Value clock_of(Value view_of, const char *id) {
    Value clocks = value_get(view_of, "clocks");
    for (uint32_t i = 0; i < clocks.size; i++)
        if (str_is(value_get_str(clocks.u.list[i], "id"), id)) return clocks.u.list[i];
    return value_null();
}

static void tick(Bench *b, int64_t now_us) {
    Err err = {0};
    must(case_tick(b->house, now_us, &err), &err);
}

static void test_silence_accepts_and_decides_nothing(void **state) {
    Bench *b = *state;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, answers);
    tick(b, OVER_US - 1000000);
    Value before = view(b, &r, OVER_US - 1000000);
    assert_true(str_is(value_get_str(clock_of(before, "acceptance"), "state"), "running"));
    assert_true(value_is_null(clock_of(before, "decision")));
    tick(b, OVER_US);
    Value after = view(b, &r, OVER_US);
    assert_true(str_is(value_get_str(clock_of(after, "acceptance"), "state"), "stopped"));
    assert_true(str_is(value_get_str(clock_of(after, "decision"), "state"), "running"));
    assert_int_equal(value_get(after, "decisions").size, 0);
    assert_true(str_is(value_get_str(value_get(after, "letters").u.list[0], "letter"), "receipt"));
}

static void test_a_receipt_needs_no_decision(void **state) {
    Bench *b = *state;
    Err err = {0};
    Str html;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, answers);
    tick(b, OVER_US);
    must(case_letter(b->house, &wang, r.id, 1, STR("zh"), OVER_US, b->a, &html, &err), &err);
    assert_true(str_find(html, STR("受理凭证")) >= 0);
    assert_true(str_find(html, STR("2027 年 1 月 10 日")) >= 0); /* a date in words */
    assert_true(str_find(html, STR("2026 年 12 月 2 日")) >= 0);
    assert_true(str_find(html, STR("理由")) < 0);
}

static int set_up_deferral(void **state) {
    *state = service_bench("deferral");
    return 0;
}

static const char away[] =
    "{\"applicantType\":\"resident\",\"personName\":\"岩温\",\"personId\":\"532801199001011234\",\"phone\":\"13800000000\","
    "\"matter\":\"renewal\",\"why2\":\"military\",\"validTo\":\"2027-03-01\",\"issuedHere\":\"yes\",\"until\":\"2029-03-01\","
    "\"at\":\"2026-11-24\",\"cause\":\"proved\",\"papers\":\"complete\"}";

/* Ten working days more at most, by a second person, and the applicant gets a letter with the reason (Source: all:42). */
static void test_an_extension_is_told_by_letter(void **state) {
    Bench *b = *state;
    Err err = {0};
    Str html;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, away);
    tick(b, OVER_US);
    r.version = value_get_int(view(b, &r, OVER_US), "version", 0);
    Command c = order(b, CASE_CLOCK, &r, OVER_US, "{\"clock\":\"decision\",\"do\":\"extend\",\"days\":11,\"reason\":\"向部队核实\"}");
    assert_false(case_handle(b->house, &c, b->a, &r, &err));
    assert_int_equal(err.code, ERR_INVALID);
    r = does(b, CASE_CLOCK, &r, OVER_US, "{\"clock\":\"decision\",\"do\":\"extend\",\"days\":10,\"reason\":\"向部队核实\"}");
    int64_t letters = value_get(view(b, &r, OVER_US), "letters").size;
    c = order(b, CASE_CLOCK, &r, OVER_US, "{\"clock\":\"decision\",\"do\":\"approve\"}");
    c.who = (AccessWho){.user = STR("chen"), .name = STR("chen"), .office = STR("prefecture"), .role = STR("supervisor")};
    must(case_handle(b->house, &c, b->a, &r, &err), &err);
    must(case_letter(b->house, &wang, r.id, letters + 1, STR("zh"), OVER_US, b->a, &html, &err), &err);
    assert_true(str_find(html, STR("延长10个工作日")) >= 0 && str_find(html, STR("理由：向部队核实")) >= 0);
    must(case_letter(b->house, &wang, r.id, letters + 1, STR("en"), OVER_US, b->a, &html, &err), &err);
    assert_true(str_find(html, STR("10 working days")) >= 0);
    rows_are_as_the_log_has_them(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_silence_accepts_and_decides_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_receipt_needs_no_decision, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_extension_is_told_by_letter, set_up_deferral, tear_down),
    };
    fixture_need_store();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
