/* Four eyes: a decision that the service has a second person look at has no effect before; neither of the two is the other;
 * the second one may refuse, with the reason; what changes the case meanwhile ends the waiting. */
#include "bench.h"

static const char by_camera[] = "{\"violationCode\":\"1039\",\"plate\":\"示A·12345\",\"at\":\"2026-11-23T08:42\",\"historyVerified\":true,\"detection\":\"camera\"}";

static void want_two(Bench *b, PackFile *files, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (str_is(files[i].name, "pack.json")) files[i].bytes = replaced(b, files[i].bytes, "\"outcomes\": [", "\"four_eyes\": {\"outcomes\": [\"WARNING\"]}, \"outcomes\": [");
}

static int set_up(void **state) {
    *state = new_bench(want_two);
    return 0;
}

static bool as(Bench *b, CaseDo what, CaseReply *on, const char *user, const char *args, Err *err) {
    Command c = order(b, what, on, NOON_US, args);
    c.who.user = c.who.name = str_of(user);
    *err = (Err){0};
    return case_handle(b->house, &c, b->a, on, err);
}

static Value view(Bench *b, Str id) {
    AccessWho who = {.user = STR("wang"), .name = STR("wang"), .office = STR("demo-county"), .role = STR("officer")};
    Value v;
    Err err = {0};
    must(case_view(b->house, &who, id, STR("decision"), NOON_US, b->a, &v, &err), &err);
    return v;
}

static void nothing_is_decided_before_the_second_person_agrees(void **state) {
    Bench *b = *state;
    Err err;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, by_camera);
    must(as(b, CASE_ADOPT, &r, "wang", "{}", &err), &err);
    Value v = view(b, r.id);
    assert_int_equal(value_get(v, "decisions").size, 0);
    assert_int_equal(value_get(v, "letters").size, 0);
    assert_true(str_is(value_get_str(value_get(value_get(v, "second"), "outcome"), "code"), "WARNING"));
    assert_false(as(b, CASE_ADOPT, &r, "sun", "{}", &err)); /* it waits */
    assert_int_equal(err.code, ERR_STATE);
    assert_false(as(b, CASE_SECOND, &r, "wang", "{\"agree\":true}", &err)); /* not himself */
    assert_int_equal(err.code, ERR_DENIED);
    must(as(b, CASE_SECOND, &r, "sun", "{\"agree\":true}", &err), &err);
    v = view(b, r.id);
    Value decided = value_get(v, "decisions");
    assert_int_equal(decided.size, 1);
    assert_true(str_is(value_get_str(decided.u.list[0], "by"), "wang") && str_is(value_get_str(decided.u.list[0], "second"), "sun"));
    assert_int_equal(value_get(v, "letters").size, 1);
    assert_true(value_is_null(value_get(v, "second")));
    assert_false(as(b, CASE_SECOND, &r, "sun", "{\"agree\":true}", &err)); /* nothing waits any more */
    assert_int_equal(err.code, ERR_STATE);
}

static void the_second_person_may_refuse_with_the_reason(void **state) {
    Bench *b = *state;
    Err err;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, by_camera);
    must(as(b, CASE_ADOPT, &r, "wang", "{}", &err), &err);
    assert_false(as(b, CASE_SECOND, &r, "sun", "{\"agree\":false,\"reason\":\" \"}", &err));
    assert_string_equal(err.element, "reason");
    must(as(b, CASE_SECOND, &r, "sun", "{\"agree\":false,\"reason\":\"照片看不清\"}", &err), &err);
    assert_true(value_is_null(value_get(view(b, r.id), "second")));
    /* An outcome that needs no second person is decided at once. */
    must(as(b, CASE_DEPART, &r, "wang", "{\"outcome\":\"NO_PENALTY\",\"reason\":\"证据不足\"}", &err), &err);
    assert_int_equal(value_get(view(b, r.id), "decisions").size, 1);
    /* A correction to one that does waits again. */
    must(as(b, CASE_CORRECT, &r, "wang", "{\"outcome\":\"WARNING\",\"reason\":\"补到证据\"}", &err), &err);
    assert_int_equal(value_get(view(b, r.id), "decisions").size, 1);
    must(as(b, CASE_SECOND, &r, "sun", "{\"agree\":true}", &err), &err);
    assert_int_equal(value_get(view(b, r.id), "decisions").size, 2);
}

static void what_changes_the_case_ends_the_waiting(void **state) {
    Bench *b = *state;
    Err err;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, by_camera);
    must(as(b, CASE_ADOPT, &r, "wang", "{}", &err), &err);
    Command c = order(b, CASE_MOVE, &r, NOON_US, "{\"cancel\":\"decide\",\"begin\":\"decide\",\"reason\":\"换人\"}");
    c.who.role = STR("supervisor");
    must(case_handle(b->house, &c, b->a, &r, &err), &err);
    assert_false(as(b, CASE_SECOND, &r, "sun", "{\"agree\":true}", &err));
    assert_int_equal(err.code, ERR_STATE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_decided_before_the_second_person_agrees, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_second_person_may_refuse_with_the_reason, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_changes_the_case_ends_the_waiting, set_up, tear_down),
    };
    fixture_need_store();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
