/* Who may act on which case: a county's officer on what a post below has accepted, a person with one service on that one
 * alone, and nobody without the qualification that the authority asks for, unless a supervisor answers for it. */
#include "bench.h"

static const char answers[] =
    "{\"applicantType\":\"resident\",\"personName\":\"岩温\",\"personId\":\"532801199001011234\",\"phone\":\"13800000000\","
    "\"term\":\"6\",\"validTo\":\"2027-01-10\",\"fullMarks\":\"no\",\"carClass\":\"ordinary\",\"issuedHere\":\"yes\"}";
static const AccessWho boss = {.user = STR_INIT("chen"), .name = STR_INIT("chen"), .office = STR_INIT("prefecture"), .role = STR_INIT("supervisor")};

static int set_up(void **state) {
    *state = service_bench("licence-renewal");
    return 0;
}

static AccessGrant granted(const char *what, unsigned rights, const char *office, bool below, const char *service) {
    return (AccessGrant){.no = 1, .what = str_of(what), .rights = rights, .office = str_of(office), .below = below,
                         .service = str_of(service), .until_us = INT64_MAX};
}

static CaseReply made_at(Bench *b, const char *office) {
    Command c = order(b, CASE_CREATE, NULL, NOON_US, answers);
    CaseReply r;
    Err err = {0};
    c.who.office = str_of(office);
    must(case_handle(b->house, &c, b->a, &r, &err), &err);
    assert_int_equal(r.faults.n, 0);
    return r;
}

static bool accepts(Bench *b, const CaseReply *on, AccessWho who, Err *err) {
    Command c = order(b, CASE_ACCEPT, on, NOON_US, "{\"accept\":true}");
    CaseReply r;
    c.who = who;
    return case_handle(b->house, &c, b->a, &r, err);
}

static void test_a_county_acts_on_what_a_post_accepted(void **state) {
    Bench *b = *state;
    Err err = {0};
    CaseReply posted = made_at(b, "demo-post");
    enum { ALL = 1u << ACCESS_CASE_READ | 1u << ACCESS_CASE_DECIDE };
    AccessGrant narrow = granted("clerk", ALL, "demo-county", false, ""), wide = granted("clerk", ALL, "demo-county", true, "");
    AccessWho li = {.user = STR("li"), .name = STR("li"), .office = STR("demo-county"), .role = STR("clerk"), .grants = &narrow, .n_grants = 1};
    assert_false(accepts(b, &posted, li, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    li.grants = &wide;
    must(accepts(b, &posted, li, &err), &err);
}

static size_t listed(Bench *b, const AccessGrant *grant, int64_t *open) {
    AccessWho who = {.user = STR("li"), .office = STR("demo-county"), .role = STR("clerk"), .grants = grant, .n_grants = 1};
    Value out;
    Err err = {0};
    must(case_list(b->house, &who, value_null(), NOON_US, b->a, &out, &err), &err);
    *open = value_get_int(value_get(out, "counts"), "open", -1);
    return value_get(out, "cases").size;
}

static void test_a_worklist_shows_the_services_granted(void **state) {
    Bench *b = *state;
    int64_t open;
    AccessGrant own = granted("case.read", 1u << ACCESS_CASE_READ, "demo-county", false, "licence-renewal");
    AccessGrant other = granted("case.read", 1u << ACCESS_CASE_READ, "demo-county", false, "vehicle-plate");
    made_at(b, "demo-county");
    assert_int_equal(listed(b, &own, &open), 1);
    assert_int_equal(open, 1);
    assert_int_equal(listed(b, &other, &open), 0);
    assert_int_equal(open, 0);
}

static void ask_for_qualification(Bench *b) {
    uint8_t seed[32] = {9};
    Value logins;
    Err err = {0};
    must(access_install(b->store, json(b, "{\"staff\":{\"qualified\":[\"licence-renewal\"]}}"), seed, NOON_US, b->a, &logins, &err), &err);
}

static void test_expired_qualification_needs_a_supervisor(void **state) {
    Bench *b = *state;
    CaseReply reply;
    Err err = {0};
    ask_for_qualification(b);
    Command c = order(b, CASE_CREATE, NULL, NOON_US, answers);
    assert_false(case_handle(b->house, &c, b->a, &reply, &err));
    assert_int_equal(err.code, ERR_DENIED);
    c.cosigner = boss;
    assert_false(case_handle(b->house, &c, b->a, &reply, &err));
    assert_string_equal(err.element, "cosign_reason");
    c.cosigner.role = STR("clerk");
    assert_false(case_handle(b->house, &c, b->a, &reply, &err));
    assert_int_equal(err.code, ERR_DENIED);
    c.cosigner = boss;
    c.cosign_reason = STR("她的证书上周到期，本人在场。");
    must(case_handle(b->house, &c, b->a, &reply, &err), &err);
    StoreEvents events;
    must(store_latest(b->store, str_join2(b->a, STR("case/"), reply.id), 1, b->a, &events, &err), &err);
    assert_true(str_is(events.items[0].kind, "cosigned"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_county_acts_on_what_a_post_accepted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_worklist_shows_the_services_granted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_expired_qualification_needs_a_supervisor, set_up, tear_down),
    };
    fixture_need_store();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
