/* Fees through the real store: what is due is computed, taken once, given back once and by somebody else; receipts of an
 * office have no gap though many take money at once; a counted drawer takes nothing more. */
#include "bench.h"

#include <pthread.h>

static const int64_t TODAY = 20781; /* 2026-11-24 */
static const char answers[] =
    "{\"applicantType\":\"resident\",\"personName\":\"岩温\",\"personId\":\"53280119900101123x\",\"phone\":\"13800004321\","
    "\"term\":\"6\",\"validTo\":\"2027-01-10\",\"fullMarks\":\"no\",\"carClass\":\"ordinary\",\"issuedHere\":\"yes\"}";
static const char cash[] = "{\"method\":\"cash\",\"counter\":\"3\"}";

static int set_up(void **state) {
    *state = service_bench("licence-renewal");
    return 0;
}

static AccessWho person(const char *user, const char *role, const char *office) {
    return (AccessWho){.user = str_of(user), .name = str_of(user), .office = str_of(office), .role = str_of(role)};
}

static Value fees(Bench *b, const CaseReply *on) {
    AccessWho who = person("wang", "officer", "demo-county");
    Err err = {0};
    Value out;
    must(case_view(b->house, &who, on->id, STR("handling"), NOON_US, b->a, &out, &err), &err);
    return value_get(out, "fees");
}

static void refused(Bench *b, const Command *c, ErrCode code, const char *element) {
    CaseReply r;
    Err err = {0};
    assert_false(case_handle(b->house, c, b->a, &r, &err));
    assert_int_equal(err.code, code);
    if (element) assert_string_equal(err.element, element);
}

static CaseReply done(Bench *b, const Command *c) {
    CaseReply r;
    Err err = {0};
    must(case_handle(b->house, c, b->a, &r, &err), &err);
    return r;
}

static Value payment(Bench *b, const CaseReply *on, uint32_t i) {
    Value list = value_get(fees(b, on), "payments");
    assert_true(i < list.size);
    return list.u.list[i];
}

static void test_paid_once_though_pressed_twice(void **state) {
    Bench *b = *state;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, answers), first, second;
    assert_int_equal(value_get_int(fees(b, &r), "due", -1), 1000);
    Command c = order(b, CASE_PAY, &r, NOON_US, cash);
    first = done(b, &c);
    second = done(b, &c);
    assert_true(second.again && second.version == first.version);
    assert_int_equal(value_get_int(fees(b, &r), "due", -1), 0);
    assert_int_equal(value_get(fees(b, &r), "payments").size, 1);
    assert_true(str_is(value_get_str(payment(b, &r, 0), "receipt"), "demo-county-2026-000001"));
    Command more = order(b, CASE_PAY, &first, NOON_US, cash);
    refused(b, &more, ERR_STATE, "fees");
    Command seen = order(b, CASE_PAY, &r, NOON_US, cash); /* another page, still showing the old version */
    refused(b, &seen, ERR_STALE, NULL);
}

static void test_refused_before_anything_is_taken(void **state) {
    Bench *b = *state;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, answers);
    Command c = order(b, CASE_PAY, &r, NOON_US, "{\"method\":\"barter\"}");
    refused(b, &c, ERR_INVALID, "method");
    c = order(b, CASE_PAY, &r, NOON_US, "{\"method\":\"cash\",\"fen\":900}");
    refused(b, &c, ERR_STALE, "fees");
    c = order(b, CASE_PAY, &r, NOON_US, cash);
    c.who = person("zhao", "clerk", "second-county");
    refused(b, &c, ERR_NOT_FOUND, NULL);
    r = does(b, CASE_WITHDRAW, &r, NOON_US, "{\"reason\":\"本人来窗口提出\"}");
    c = order(b, CASE_PAY, &r, NOON_US, cash);
    refused(b, &c, ERR_STATE, NULL);
}

static void test_given_back_once_and_by_another(void **state) {
    Bench *b = *state;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, answers);
    r = does(b, CASE_PAY, &r, NOON_US, cash);
    Command c = order(b, CASE_REFUND, &r, NOON_US, "{\"payment\":1,\"reason\":\"收重了\"}");
    refused(b, &c, ERR_DENIED, NULL); /* a clerk */
    c.who = person("wang", "supervisor", "prefecture");
    refused(b, &c, ERR_DENIED, "payment"); /* who took it */
    c.who = person("chen", "supervisor", "prefecture");
    c.args = json(b, "{\"payment\":1,\"reason\":\" \"}");
    refused(b, &c, ERR_INVALID, "reason");
    c.args = json(b, "{\"payment\":1,\"reason\":\"收重了\"}");
    r = done(b, &c);
    assert_true(str_is(value_get_str(value_get(payment(b, &r, 0), "refund"), "receipt"), "prefecture-2026-000001"));
    assert_int_equal(value_get_int(fees(b, &r), "due", -1), 1000);
    c = order(b, CASE_REFUND, &r, NOON_US, "{\"payment\":1,\"reason\":\"再退\"}");
    c.who = person("chen", "supervisor", "prefecture");
    refused(b, &c, ERR_STATE, "payment");
    r = does(b, CASE_PAY, &r, NOON_US, "{\"method\":\"card\",\"reference\":\"POS-7\",\"counter\":\"3\"}");
    assert_true(str_is(value_get_str(payment(b, &r, 1), "receipt"), "demo-county-2026-000002"));
}

static void test_the_pack_may_want_it_before_acceptance(void **state) {
    Bench *b = *state;
    Pack *pack = (Pack *)case_pack(b->house, STR("licence-renewal"));
    pack->fees_before = STR("acceptance");
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, answers);
    Command c = order(b, CASE_ACCEPT, &r, NOON_US, "{\"accept\":true}");
    refused(b, &c, ERR_STATE, "fees");
    r = does(b, CASE_PAY, &r, NOON_US, cash);
    (void)does(b, CASE_ACCEPT, &r, NOON_US, "{\"accept\":true}");
}

/* ---- the drawer ------------------------------------------------------------------------------------------------------ */

static Value drawer(Bench *b, int64_t day) {
    AccessWho who = person("chen", "supervisor", "prefecture");
    Err err = {0};
    Value list;
    must(case_cash(b->house, &who, day, b->a, &list, &err), &err);
    return list.size > 0 ? list.u.list[0] : value_null();
}

static ErrCode closes(Bench *b, const char *counted, const char *reason) {
    AccessWho who = person("wang", "officer", "demo-county");
    CaseDrawer d = {STR("demo-county"), STR("wang"), STR("3"), TODAY};
    Err err = {0};
    return case_cash_close(b->house, &who, &d, json(b, counted), str_of(reason), NOON_US, OFFSET, b->a, &err) ? ERR_NONE : err.code;
}

static void test_a_counted_drawer_takes_nothing_more(void **state) {
    Bench *b = *state;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, answers), other = does(b, CASE_CREATE, NULL, NOON_US, answers);
    assert_int_equal(closes(b, "{\"cash\":0,\"card\":0,\"qr\":0}", ""), ERR_NOT_FOUND);
    r = does(b, CASE_PAY, &r, NOON_US, cash);
    assert_int_equal(value_get_int(value_get(drawer(b, TODAY), "expected"), "cash", 0), 1000);
    assert_int_equal(closes(b, "{\"cash\":900,\"card\":0,\"qr\":0}", ""), ERR_INVALID);
    assert_int_equal(closes(b, "{\"cash\":-1,\"card\":0,\"qr\":0}", "x"), ERR_INVALID);
    assert_int_equal(closes(b, "{\"cash\":900,\"card\":0,\"qr\":0}", "找零多给 1 元"), ERR_NONE);
    assert_int_equal(closes(b, "{\"cash\":900,\"card\":0,\"qr\":0}", "找零多给 1 元"), ERR_NONE); /* pressed twice */
    assert_int_equal(closes(b, "{\"cash\":1000,\"card\":0,\"qr\":0}", ""), ERR_STATE);
    assert_int_equal(value_get_int(drawer(b, TODAY), "difference", 0), -100);
    other = does(b, CASE_PAY, &other, NOON_US, cash);
    assert_int_equal(value_get_int(drawer(b, TODAY), "payments", 0), 1);
    assert_int_equal(value_get_int(value_get(drawer(b, TODAY + 1), "expected"), "cash", 0), 1000);
}

enum { PAYERS = 16 };
typedef struct Payer { /* one clerk who takes money */
    Bench *b;
    Command c;
    bool ok;
} Payer;

static void *pay(void *arg) {
    Payer *p = arg;
    Arena *a = arena_new(0);
    CaseReply r;
    p->ok = case_handle(p->b->house, &p->c, a, &r, NULL);
    arena_free(a);
    return NULL;
}

static void test_receipts_have_no_gap_though_many_take_money(void **state) {
    Bench *b = *state;
    static Payer payers[PAYERS];
    pthread_t threads[PAYERS];
    AccessWho chen = person("chen", "supervisor", "prefecture");
    Value list;
    Err err = {0};
    for (size_t i = 0; i < PAYERS; i++) {
        CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, answers);
        payers[i] = (Payer){.b = b, .c = order(b, CASE_PAY, &r, NOON_US, cash)};
    }
    for (size_t i = 0; i < PAYERS; i++) assert_int_equal(pthread_create(&threads[i], NULL, pay, &payers[i]), 0);
    for (size_t i = 0; i < PAYERS; i++) pthread_join(threads[i], NULL);
    for (size_t i = 0; i < PAYERS; i++) assert_true(payers[i].ok);
    must(case_receipts(b->house, &chen, TODAY, STR(""), b->a, &list, &err), &err);
    assert_int_equal(list.size, PAYERS);
    for (uint32_t i = 0; i < PAYERS; i++) {
        Str number = str_printf(b->a, "demo-county-2026-%06u", (unsigned)(PAYERS - i));
        assert_true(str_eq(value_get_str(list.u.list[i], "receipt"), number));
    }
    must(case_receipts(b->house, &chen, 0, STR("demo-county-2026-000007"), b->a, &list, &err), &err);
    assert_int_equal(list.size, 1);
    assert_false(case_receipts(b->house, &chen, 0, STR("demo-county-2026-000099"), b->a, &list, &err));
    assert_int_equal(value_get_int(drawer(b, TODAY), "payments", 0), PAYERS);
}

/* ---- a provider ---------------------------------------------------------------------------------------------------------- */

static Str asked(Bench *b) {
    Value list;
    Err err = {0};
    must(case_outbox_list(b->store, false, b->a, &list, &err), &err);
    return list.size > 0 ? value_get_str(list.u.list[0], "key") : STR("");
}

static void reports(Bench *b, Str key, const char *variables) {
    Err err = {0};
    must(case_report(b->house, &(CaseReport){.key = key, .how = CASE_DONE, .variables = json(b, variables), .now_us = NOON_US}, b->a, &err), &err);
}

static void test_a_provider_is_asked_and_answers(void **state) {
    Bench *b = *state;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, answers);
    Command c = order(b, CASE_PAY, &r, NOON_US, "{\"method\":\"online\"}");
    c.who = (AccessWho){0};
    c.case_id = STR("");
    c.code = r.tracking_code;
    r = done(b, &c);
    assert_true(str_is(value_get_str(payment(b, &r, 0), "state"), "created"));
    Command twice = order(b, CASE_PAY, &r, NOON_US, cash);
    refused(b, &twice, ERR_STATE, "fees"); /* it is on its way */
    reports(b, asked(b), "{\"state\":\"failed\"}");
    assert_true(str_is(value_get_str(payment(b, &r, 0), "state"), "failed"));
    r.version = value_get_int(fees(b, &r), "due", 0) == 1000 ? r.version + 2 : 0;
    r = does(b, CASE_PAY, &r, NOON_US, "{\"method\":\"online\"}");
    reports(b, asked(b), "{\"state\":\"success\",\"reference\":\"P-1\"}");
    assert_true(str_is(value_get_str(payment(b, &r, 1), "state"), "success"));
    assert_true(str_is(value_get_str(payment(b, &r, 1), "receipt"), "demo-county-2026-000001"));
    assert_int_equal(value_get_int(fees(b, &r), "due", -1), 0);
    assert_int_equal(asked(b).n, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_paid_once_though_pressed_twice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused_before_anything_is_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_given_back_once_and_by_another, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_pack_may_want_it_before_acceptance, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_counted_drawer_takes_nothing_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_receipts_have_no_gap_though_many_take_money, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_provider_is_asked_and_answers, set_up, tear_down),
    };
    fixture_need_store();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
