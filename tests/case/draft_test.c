/* Drafts on the real store: kept for the days that the service says and not one longer, looked at again under another version of the
 * service, still there when it is withdrawn, and handed in once. */
#include "bench.h"

static const int64_t DAY_US = 86400000000;
static const char answers[] = "{\"violationCode\":\"1039\",\"plate\":\"示A·10001\",\"personName\":\"岩温\"}";
static const char extra[] = "{\"violationCode\":\"1039\",\"plate\":\"示A·10001\",\"extra\":\"留言\"}";

static int set_up(void **state) {
    *state = new_bench(NULL);
    return 0;
}

static CaseDraft begun(Bench *b, const char *text) {
    CaseDraft d;
    Err err = {0};
    uint8_t seed[32] = {0};
    seed[12] = (uint8_t)++b->turn;
    must(case_draft_open(b->house, STR("traffic-first-violation"), STR(""), json(b, text), seed, NOON_US, b->a, &d, &err), &err);
    return d;
}

static CaseDraft got(Bench *b, Str code, int64_t now_us) {
    CaseDraft d;
    Err err = {0};
    must(case_draft_get(b->house, code, now_us, b->a, &d, &err), &err);
    return d;
}

static CaseLook looked(Bench *b, const CaseDraft *d) {
    CaseLook look;
    Err err = {0};
    must(case_draft_look(b->house, d, NOON_US, OFFSET, b->a, &look, &err), &err);
    return look;
}

static CaseReply handed_in(Bench *b, CaseDraft *d) {
    CaseReply r;
    Err err = {0};
    uint8_t seed[32] = {9, 9, (uint8_t)++b->turn};
    d->office = STR("demo-county");
    must(case_draft_submit(b->house, d, NOON_US, OFFSET, seed, b->a, &r, &err), &err);
    return r;
}

static void lasts(Bench *b, int64_t days) {
    Err err = {0};
    CaseDraft d = begun(b, answers);
    assert_int_equal(d.pack->drafts.days, days);
    int64_t last = NOON_US + days * DAY_US - 1;
    must(case_tick(b->house, last, &err), &err);
    assert_true(str_is(value_get_str(got(b, d.code, last).answers, "personName"), "岩温"));
    assert_true(got(b, d.code, last + 1).expired);
    assert_int_equal(got(b, d.code, last + 1).answers.size, 0);
    must(case_tick(b->house, last + 1, &err), &err);
    assert_int_equal(got(b, d.code, NOON_US).answers.size, 0); /* deleted, whatever a clock says */
    d.answers = json(b, answers);
    assert_false(case_draft_save(b->house, &d, last + 2, b->a, &err));
    CaseReply r;
    uint8_t seed[32] = {1};
    d.office = STR("demo-county");
    assert_false(case_draft_submit(b->house, &d, last + 2, OFFSET, seed, b->a, &r, &err));
}

static void test_it_lasts_thirty_days_unless_told_otherwise(void **state) {
    Bench *b = *state;
    int64_t *days = &((Pack *)(uintptr_t)case_pack(b->house, STR("traffic-first-violation")))->drafts.days;
    *days = 7;
    lasts(b, 7);
    *days = 30;
    lasts(b, 30);
}

static void test_saving_prolongs_it_and_is_not_lost_to_another(void **state) {
    Bench *b = *state;
    Err err = {0};
    CaseDraft d = begun(b, "{}"), other = d;
    assert_true(d.expires_us <= NOON_US + DAY_US); /* nothing in it yet */
    d.answers = json(b, answers);
    must(case_draft_save(b->house, &d, NOON_US + DAY_US / 2, b->a, &err), &err);
    assert_int_equal(got(b, d.code, NOON_US).expires_us, NOON_US + DAY_US / 2 + 30 * DAY_US);
    other.answers = json(b, extra);
    assert_false(case_draft_save(b->house, &other, NOON_US, b->a, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
}

static void test_it_becomes_one_case(void **state) {
    Bench *b = *state;
    Err err = {0};
    CaseDraft d = begun(b, answers);
    CaseReply first = handed_in(b, &d), again = handed_in(b, &d);
    assert_true(first.id.n > 0 && str_eq(first.id, again.id) && str_eq(first.tracking_code, again.tracking_code));
    assert_true(!first.again && again.again);
    CaseDraft after = got(b, d.code, NOON_US);
    assert_true(str_eq(after.tracking_code, first.tracking_code));
    assert_int_equal(after.answers.size, 0);
    assert_false(case_draft_save(b->house, &after, NOON_US, b->a, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
}

static void test_what_is_wrong_is_handed_in_by_nobody(void **state) {
    Bench *b = *state;
    CaseDraft d = begun(b, extra);
    CaseReply r = handed_in(b, &d);
    assert_int_equal(r.faults.n, 1);
    assert_true(str_is(r.faults.items[0].key, "extra") && r.id.n == 0);
    assert_true(got(b, d.code, NOON_US).tracking_code.n == 0);
}

/* ---- another version ------------------------------------------------------------------------------------------------ */

static void ask_more(Bench *b, PackFile *files, size_t n) {
    for (size_t i = 0; i < n; i++) {
        Str *bytes = &files[i].bytes;
        if (str_is(files[i].name, "form.json"))
            *bytes = replaced(b, *bytes, "\"components\": [", "\"components\": [{\"type\":\"textfield\",\"id\":\"f_extra\",\"key\":\"extra\",\"label\":\"留言\"},");
        if (str_is(files[i].name, "texts/en.json")) *bytes = replaced(b, *bytes, "\"fields\": {", "\"fields\": {\"extra\": \"Message\",");
        if (str_is(files[i].name, "texts/zh.json")) *bytes = replaced(b, *bytes, "\"fields\": {", "\"fields\": {\"extra\": \"留言\",");
    }
}

static void test_a_new_question_is_told(void **state) {
    Bench *b = *state;
    CaseDraft d = begun(b, answers);
    b->edit = ask_more;
    reopen_bench(b);
    d = got(b, d.code, NOON_US);
    CaseLook look = looked(b, &d);
    assert_true(look.changed && look.faults.n == 0);
    assert_int_equal(look.added.size, 1);
    assert_true(str_is(value_text(look.added.u.list[0]), "extra"));
    assert_true(str_is(value_get_str(look.fitting, "personName"), "岩温"));
}

static void test_what_is_asked_no_more_is_told_and_not_sent(void **state) {
    Bench *b = *state;
    Err err = {0};
    b->edit = ask_more;
    reopen_bench(b);
    CaseDraft d = begun(b, extra);
    assert_int_equal(looked(b, &d).faults.n, 0);
    b->edit = NULL;
    reopen_bench(b);
    d = got(b, d.code, NOON_US);
    assert_true(str_is(value_get_str(d.answers, "extra"), "留言")); /* still there to be read */
    CaseLook look = looked(b, &d);
    assert_true(look.changed && look.faults.n == 0);
    assert_int_equal(look.gone.size, 1);
    d.answers = look.fitting;
    must(case_draft_save(b->house, &d, NOON_US, b->a, &err), &err);
    d = got(b, d.code, NOON_US);
    assert_false(looked(b, &d).changed);
    assert_true(handed_in(b, &d).id.n > 0);
}

static void test_a_withdrawn_service_leaves_the_answers(void **state) {
    Bench *b = *state;
    Err err = {0};
    CaseReply r;
    uint8_t seed[32] = {1};
    CaseDraft d = begun(b, answers);
    must(case_house(b->store, NULL, 0, NOON_US, b->a, &b->house, &err), &err);
    d = got(b, d.code, NOON_US);
    assert_true(d.pack == NULL && d.kept != NULL && !d.expired);
    assert_true(str_is(value_get_str(d.answers, "personName"), "岩温"));
    assert_false(case_draft_submit(b->house, &d, NOON_US, OFFSET, seed, b->a, &r, &err));
    assert_int_equal(err.code, ERR_STATE);
}

static void test_codes(void **state) {
    Bench *b = *state;
    Err err = {0};
    CaseDraft d;
    assert_false(case_draft_get(b->house, STR("K7Q4"), NOON_US, b->a, &d, &err));
    assert_int_equal(err.code, ERR_INPUT);
    uint8_t random[8] = {1, 2, 3};
    assert_false(case_draft_get(b->house, case_code_make(random, b->a), NOON_US, b->a, &d, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_it_lasts_thirty_days_unless_told_otherwise, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_saving_prolongs_it_and_is_not_lost_to_another, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_it_becomes_one_case, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_wrong_is_handed_in_by_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_new_question_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_asked_no_more_is_told_and_not_sent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_withdrawn_service_leaves_the_answers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_codes, set_up, tear_down),
    };
    fixture_need_store();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
