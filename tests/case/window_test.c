/* What a window adds to a case: somebody who acts for the applicant, originals that were seen, a word to the next desk, and
 * answers that the second service of a visit takes over. Source: all:29. */
#include "bench.h"

static const char answers[] =
    "{\"applicantType\":\"resident\",\"personName\":\"岩温\",\"personId\":\"532801199001011234\",\"phone\":\"13800000000\","
    "\"term\":\"6\",\"validTo\":\"2027-01-10\",\"fullMarks\":\"no\",\"carClass\":\"ordinary\",\"issuedHere\":\"yes\"}";
static const char agent[] = "{\"name\":\"玉罕\",\"id_kind\":\"id-card\",\"id_number\":\"532801199202025678\",\"basis\":\"委托书 2026-11-20\",\"paper\":\"委托书\"}";
static const AccessWho wang = {.user = STR_INIT("wang"), .name = STR_INIT("wang"), .office = STR_INIT("demo-county"), .role = STR_INIT("officer")};

static int set_up(void **state) {
    *state = service_bench("licence-renewal");
    return 0;
}

static Value view(Bench *b, const CaseReply *on) {
    Err err = {0};
    Value out;
    must(case_view(b->house, &wang, on->id, STR("handling"), NOON_US, b->a, &out, &err), &err);
    return out;
}

static Value track(Bench *b, const CaseReply *on) {
    Err err = {0};
    Value out;
    must(case_track(b->house, on->tracking_code, NOON_US, b->a, &out, &err), &err);
    return out;
}

static void refused(Bench *b, const Command *c, ErrCode code, const char *element) {
    CaseReply r;
    Err err = {0};
    assert_false(case_handle(b->house, c, b->a, &r, &err));
    assert_int_equal(err.code, code);
    assert_string_equal(err.element, element);
}

static void test_somebody_acts_for_the_applicant(void **state) {
    Bench *b = *state;
    Err err = {0};
    CaseReply r;
    Str html;
    Command c = order(b, CASE_CREATE, NULL, NOON_US, answers);
    c.identified = STR("card-seen");
    c.agent = json(b, agent);
    must(case_handle(b->house, &c, b->a, &r, &err), &err);
    Value of = view(b, &r), seen = value_get(of, "agent");
    assert_true(str_is(value_get_str(seen, "name"), "玉罕") && str_is(value_get_str(seen, "id_number"), "5328**********5678"));
    assert_true(str_is(value_get_str(of, "identified"), "card-seen"));
    assert_true(str_find(json_text(b->a, track(b, &r)), STR("199202025678")) < 0);
    r = does(b, CASE_ACCEPT, &r, NOON_US, "{\"accept\":true}");
    must(case_letter(b->house, &wang, r.id, 1, STR("zh"), NOON_US, b->a, &html, &err), &err);
    assert_true(str_find(html, STR("玉罕")) >= 0 && str_find(html, STR("199202025678")) < 0);
}

static void test_an_agent_is_known_or_refused(void **state) {
    Bench *b = *state;
    Command c = order(b, CASE_CREATE, NULL, NOON_US, answers);
    c.agent = json(b, "{\"name\":\"玉罕\",\"id_kind\":\"library-card\",\"id_number\":\"1\",\"basis\":\"x\"}");
    refused(b, &c, ERR_INVALID, "agent.id_kind");
    c.agent = json(b, "{\"name\":\" \",\"id_kind\":\"id-card\",\"id_number\":\"1\",\"basis\":\"x\"}");
    refused(b, &c, ERR_INVALID, "agent.name");
    c.agent = json(b, "{\"name\":\"玉罕\",\"id_kind\":\"id-card\",\"id_number\":\"1\",\"basis\":\"\"}");
    refused(b, &c, ERR_INVALID, "agent.basis");
    c.agent = value_null();
    c.identified = STR("by-face");
    refused(b, &c, ERR_INVALID, "identified");
}

static void test_seen_and_noted(void **state) {
    Bench *b = *state;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, answers);
    Command c = order(b, CASE_SEE, &r, NOON_US, "{\"seen\":[\"nothing\"]}");
    refused(b, &c, ERR_INVALID, "seen");
    c = order(b, CASE_NOTE, &r, NOON_US, "{\"text\":\"  \"}");
    refused(b, &c, ERR_INVALID, "text");
    r = does(b, CASE_SEE, &r, NOON_US, "{\"seen\":[\"medical\"]}");
    r = does(b, CASE_NOTE, &r, NOON_US, "{\"text\":\"照片明天补来\"}");
    Value of = view(b, &r), his = track(b, &r);
    assert_int_equal(value_get(of, "seen").size, 1);
    Value note = value_get(his, "notes").u.list[0];
    assert_true(str_is(value_get_str(note, "text"), "照片明天补来"));
    assert_true(value_is_null(value_get(note, "by"))); /* an office, never a name */
    assert_true(str_is(value_get_str(value_get(of, "notes").u.list[0], "by"), "wang"));
}

static void test_the_second_service_takes_over(void **state) {
    Bench *b = *state;
    Err err = {0};
    Value carried;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, answers);
    must(case_carry(b->house, &wang, r.id, STR("licence-renewal"), NOON_US, b->a, &carried, &err), &err);
    assert_true(str_is(value_get_str(carried, "personId"), "532801199001011234"));
    AccessWho zhao = {.user = STR("zhao"), .name = STR("zhao"), .office = STR("second-county"), .role = STR("clerk")};
    assert_false(case_carry(b->house, &zhao, r.id, STR("licence-renewal"), NOON_US, b->a, &carried, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_somebody_acts_for_the_applicant, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_agent_is_known_or_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_seen_and_noted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_second_service_takes_over, set_up, tear_down),
    };
    fixture_need_store();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
