/* An incident is a state of the case: the step that met it holds, the token stands, everybody sees why, and a
 * supervisor has it tried again with corrected variables, or moves the case on. */
#include "bench.h"

/* A gateway behind the proposal whose condition is over a variable that nobody has set: neither true nor false. */
static void with_gateway(Bench *b, PackFile *files, size_t n) {
    for (size_t i = 0; i < n; i++) {
        Str *bytes = &files[i].bytes;
        if (!str_is(files[i].name, "process.bpmn")) continue;
        *bytes = replaced(b, *bytes, "sourceRef=\"propose\" targetRef=\"decide\" />", "sourceRef=\"propose\" targetRef=\"which\" />"
            "<bpmn:exclusiveGateway id=\"which\"><bpmn:incoming>to_decide</bpmn:incoming><bpmn:outgoing>yes</bpmn:outgoing></bpmn:exclusiveGateway>"
            "<bpmn:sequenceFlow id=\"yes\" sourceRef=\"which\" targetRef=\"decide\"><bpmn:conditionExpression>=checked = true and checked</bpmn:conditionExpression></bpmn:sequenceFlow>");
        *bytes = replaced(b, *bytes, "<bpmn:incoming>to_decide</bpmn:incoming>\n", "<bpmn:incoming>yes</bpmn:incoming>\n");
    }
}

static int set_up(void **state) {
    *state = new_bench(with_gateway);
    return 0;
}

static AccessWho person(const char *user, const char *role) {
    return (AccessWho){.user = str_of(user), .name = str_of(user), .office = STR("demo-county"), .role = str_of(role)};
}

static CaseReply registered(Bench *b) {
    return does(b, CASE_CREATE, NULL, NOON_US, "{\"violationCode\":\"1039\",\"plate\":\"示A·12345\",\"at\":\"2026-11-23T08:42\",\"historyVerified\":true}");
}

static Value seen(Bench *b, Str id) {
    AccessWho who = person("wang", "officer");
    Value v;
    Err err = {0};
    must(case_view(b->house, &who, id, STR("decision"), NOON_US, b->a, &v, &err), &err);
    return v;
}

static Value stuck_for(Bench *b, AccessWho who) {
    Value v;
    Err err = {0};
    must(case_stuck(b->house, &who, NOON_US, b->a, &v, &err), &err);
    return v;
}

static bool act_as(Bench *b, AccessWho who, CaseDo what, CaseReply *on, const char *args, Err *err) {
    Command c = order(b, what, on, NOON_US, args);
    CaseReply r;
    c.who = who;
    if (!case_handle(b->house, &c, b->a, &r, err)) return false;
    *on = r;
    return true;
}

/* What a supervisor sends, from the list. */
static const char *retry_of(Bench *b, Value one, const char *more) {
    Str key = value_get_str(one, "key"), what = value_get_str(one, "what");
    return str_c(b->a, str_printf(b->a, "{\"what\":\"" STR_FMT "\",\"key\":\"" STR_FMT "\",\"reason\":\"已核对\"%s}", STR_ARG(what), STR_ARG(key), more));
}

static void the_step_holds_and_everybody_sees_why(void **state) {
    Bench *b = *state;
    CaseReply r = registered(b);
    Value v = seen(b, r.id), one = value_get(v, "stuck").u.list[0];
    assert_true(str_is(value_get_str(value_get(v, "proposed"), "code"), "WARNING"));
    assert_true(str_is(value_get_str(one, "what"), "incident") && str_is(value_get_str(one, "element"), "which"));
    assert_true(str_is(value_get_str(one, "code"), "no_flow") && value_get_str(one, "about").n == 0);
    assert_false(value_get_bool(v, "wants_decision", true));
    assert_int_equal(stuck_for(b, person("chen", "supervisor")).size, 1);
    assert_int_equal(stuck_for(b, person("wang", "officer")).size, 0);
    Err err = {0};
    assert_false(act_as(b, person("wang", "officer"), CASE_ADOPT, &r, "{}", &err));
    assert_int_equal(err.code, ERR_STATE);
}

static void a_supervisor_corrects_and_tries_again(void **state) {
    Bench *b = *state;
    Err err = {0};
    CaseReply r = registered(b);
    Value one = stuck_for(b, person("chen", "supervisor")).u.list[0];
    /* Once more without a correction: it stands as before, and the record says that it was tried. */
    must(act_as(b, person("chen", "supervisor"), CASE_RETRY, &r, retry_of(b, one, ""), &err), &err);
    assert_int_equal(value_get(seen(b, r.id), "stuck").size, 1);
    one = stuck_for(b, person("chen", "supervisor")).u.list[0];
    assert_false(act_as(b, person("admin", "admin"), CASE_RETRY, &r, retry_of(b, one, ",\"variables\":{\"checked\":true}"), &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    err = (Err){0};
    must(act_as(b, person("chen", "supervisor"), CASE_RETRY, &r, retry_of(b, one, ",\"variables\":{\"checked\":true}"), &err), &err);
    Value v = seen(b, r.id);
    assert_int_equal(value_get(v, "stuck").size, 0);
    assert_true(value_get_bool(v, "wants_decision", false));
    assert_int_equal(stuck_for(b, person("chen", "supervisor")).size, 0);
    assert_false(act_as(b, person("chen", "supervisor"), CASE_RETRY, &r, retry_of(b, one, ""), &err));
    assert_int_equal(err.code, ERR_STATE);
    err = (Err){0};
    must(act_as(b, person("wang", "officer"), CASE_ADOPT, &r, "{}", &err), &err);
}

static void what_does_not_stand_is_not_tried_again(void **state) {
    Bench *b = *state;
    CaseReply r = registered(b);
    static const char *const wrong[] = {
        "{\"what\":\"incident\",\"key\":\"99\",\"reason\":\"x\"}", "{\"what\":\"incident\",\"key\":\"x\",\"reason\":\"x\"}",
        "{\"what\":\"timer\",\"key\":\"1\",\"reason\":\"x\"}", "{\"what\":\"effect\",\"key\":\"c/1/1\",\"reason\":\"x\"}", "{\"what\":\"\",\"key\":\"\",\"reason\":\"x\"}",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        Err err = {0};
        assert_false(act_as(b, person("chen", "supervisor"), CASE_RETRY, &r, wrong[i], &err));
        assert_int_equal(err.code, ERR_STATE);
    }
    assert_int_equal(value_get(seen(b, r.id), "version").u.i, r.version);
}

int main(void) {
    fixture_need_store();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_step_holds_and_everybody_sees_why, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_supervisor_corrects_and_tries_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_does_not_stand_is_not_tried_again, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
