/* The board and who has a case: counted by last day and by service over the rows as they are, the least time left first;
 * taken, handed over, given to others and released, each with who and why; and what must not happen. */
#include "bench.h"

static const int64_t DAY_US = 86400 * (int64_t)1000000;
static const char by_camera[] = "{\"violationCode\":\"1039\",\"plate\":\"示A·12345\",\"at\":\"2026-11-23T08:42\",\"historyVerified\":true,\"detection\":\"camera\"}";

/* People of the county, with the right to sign in nowhere: rooms ask for what they may, not for passwords. */
static const char people[] = "[{\"user\":\"wang\",\"role\":\"officer\",\"office\":\"demo-county\",\"name\":{\"zh\":\"王\",\"en\":\"Wang\"}},"
    "{\"user\":\"sun\",\"role\":\"officer\",\"office\":\"demo-county\",\"name\":{\"zh\":\"孙\",\"en\":\"Sun\"}},"
    "{\"user\":\"zhou\",\"role\":\"supervisor\",\"office\":\"demo-county\",\"name\":{\"zh\":\"周\",\"en\":\"Zhou\"}},"
    "{\"user\":\"li\",\"role\":\"legal\",\"office\":\"demo-county\",\"name\":{\"zh\":\"李\",\"en\":\"Li\"}}]";

static int set_up(void **state) {
    Bench *b = new_bench(NULL);
    Value logins, authority = value_with(b->a, bench_authority(b), STR("demo_users"), json(b, people));
    uint8_t seed[32] = {9};
    Err err = {0};
    must(access_install(b->store, authority, seed, NOON_US, b->a, &logins, &err), &err);
    *state = b;
    return 0;
}

static AccessWho person(const char *user, const char *role) {
    return (AccessWho){.user = str_of(user), .name = str_of(user), .office = STR("demo-county"), .role = str_of(role)};
}

static Value board(Bench *b, int64_t at_us, const char *filter) {
    AccessWho zhou = person("zhou", "supervisor");
    Value v;
    Err err = {0};
    must(case_board(b->house, &zhou, json(b, filter), at_us, OFFSET, b->a, &v, &err), &err);
    return v;
}

static int64_t count(Value board, const char *what) { return value_get_int(value_get(board, "counts"), what, -1); }

static bool assigns(Bench *b, CaseReply *on, const char *user, const char *role, const char *args, Err *err) {
    Command c = order(b, CASE_ASSIGN, on, NOON_US, args);
    c.who = person(user, role);
    *err = (Err){0};
    return case_handle(b->house, &c, b->a, on, err);
}

static ErrCode adopting(Bench *b, CaseReply *on, const char *user, const char **element) {
    static Err err;
    Command c = order(b, CASE_ADOPT, on, NOON_US, "{}");
    err = (Err){0};
    c.who = person(user, "officer");
    if (case_handle(b->house, &c, b->a, on, &err)) return ERR_NONE;
    *element = err.element;
    return err.code;
}

/* Promised by 2026-12-01, in five working days. */
static void colours_follow_the_last_day(void **state) {
    Bench *b = *state;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, by_camera), other = does(b, CASE_CREATE, NULL, NOON_US, by_camera);
    Value v = board(b, NOON_US, "{}");
    assert_int_equal(count(v, "ok"), 2);
    assert_int_equal(value_get(v, "nearest").u.i, date_days(2026, 12, 1));
    assert_int_equal(count(board(b, NOON_US + 6 * DAY_US, "{}"), "ok"), 2);   /* the last day is tomorrow */
    assert_int_equal(count(board(b, NOON_US + 7 * DAY_US, "{}"), "soon"), 2);
    assert_int_equal(count(board(b, NOON_US + 7 * DAY_US, "{}"), "free"), 2);
    v = board(b, NOON_US + 8 * DAY_US, "{}");
    assert_int_equal(count(v, "late"), 2);
    assert_int_equal(value_get(v, "oldest").u.i, date_days(2026, 12, 1));
    r = does(b, CASE_CLOCK, &r, NOON_US, "{\"clock\":\"decide\",\"do\":\"suspend\",\"reason\":\"鉴定\"}");
    assert_int_equal(count(board(b, NOON_US, "{}"), "held"), 1);
    r = does(b, CASE_CLOCK, &r, NOON_US, "{\"clock\":\"decide\",\"do\":\"resume\"}");
    /* Decided in time, the file still to be made; then done, too late. */
    r = does(b, CASE_ADOPT, &r, NOON_US, "{}");
    assert_int_equal(count(board(b, NOON_US, "{}"), "open"), 2);
    assert_int_equal(count(board(b, NOON_US, "{}"), "closed"), 0);
    does(b, CASE_CLOCK, &r, NOON_US + DAY_US, "{\"clock\":\"file\",\"do\":\"done\"}");
    v = board(b, NOON_US + DAY_US, "{}");
    assert_int_equal(count(v, "closed"), 1);
    assert_int_equal(count(v, "in_time"), 1);
    other = does(b, CASE_ADOPT, &other, NOON_US + 20 * DAY_US, "{}");
    does(b, CASE_CLOCK, &other, NOON_US + 20 * DAY_US, "{\"clock\":\"file\",\"do\":\"done\"}");
    v = board(b, NOON_US + 20 * DAY_US, "{}");
    assert_int_equal(count(v, "closed"), 1); /* yesterday's are not today's */
    assert_int_equal(count(v, "in_time"), 0);
    assert_int_equal(count(v, "open"), 0);
    assert_int_equal(count(board(b, NOON_US, "{}"), "closed"), 0); /* a clock that is set back counts what it can */
}

/* Midnight in the office, not in Greenwich. */
static void the_day_ends_at_midnight_there(void **state) {
    static const int64_t HOUR_US = 3600 * (int64_t)1000000;
    Bench *b = *state;
    does(b, CASE_CREATE, NULL, NOON_US, by_camera);
    int64_t last_noon = NOON_US + 7 * DAY_US;
    assert_int_equal(count(board(b, last_noon + 12 * HOUR_US - 1, "{}"), "soon"), 1);
    assert_int_equal(count(board(b, last_noon + 12 * HOUR_US, "{}"), "late"), 1);
    assert_int_equal(count(board(b, last_noon - 12 * HOUR_US - 1, "{}"), "ok"), 1);
}

static void the_least_time_left_comes_first_page_by_page(void **state) {
    enum { CASES = 7 };
    Bench *b = *state;
    for (int i = 0; i < CASES; i++) does(b, CASE_CREATE, NULL, NOON_US + (CASES - i) * 2 * DAY_US, by_camera); /* the last one is the most urgent */
    const char *filter = "{\"limit\":3}";
    int64_t before = 0;
    size_t seen = 0;
    for (int page = 0; page < 4 && filter; page++) {
        Value v = board(b, NOON_US, filter), first = value_get(v, "first");
        for (uint32_t i = 0; i < first.size; i++, seen++) {
            assert_true(value_get(first.u.list[i], "due").u.i >= before);
            before = value_get(first.u.list[i], "due").u.i;
        }
        Value next = value_get(v, "next");
        filter = next.kind == VALUE_STRING ? str_c(b->a, str_printf(b->a, "{\"limit\":3,\"after\":\"" STR_FMT "\"}", STR_ARG(value_text(next)))) : NULL;
    }
    assert_int_equal(seen, CASES);
    assert_int_equal(value_get_int(value_get(board(b, NOON_US, "{}"), "services").u.list[0], "open", 0), CASES);
}

static void only_a_supervisor_sees_it_and_only_his_offices(void **state) {
    Bench *b = *state;
    AccessWho wang = person("wang", "officer"), far = person("far", "supervisor");
    Value v;
    Err err = {0};
    does(b, CASE_CREATE, NULL, NOON_US, by_camera);
    assert_false(case_board(b->house, &wang, json(b, "{}"), NOON_US, OFFSET, b->a, &v, &err));
    assert_int_equal(err.code, ERR_DENIED);
    far.office = STR("demo-post");
    must(case_board(b->house, &far, json(b, "{}"), NOON_US, OFFSET, b->a, &v, &err), &err);
    assert_int_equal(count(v, "open"), 0);
    assert_false(case_board(b->house, &far, json(b, "{\"office\":\"demo-county\"}"), NOON_US, OFFSET, b->a, &v, &err));
    assert_int_equal(err.code, ERR_DENIED);
    AccessWho zhou = person("zhou", "supervisor");
    assert_false(case_board(b->house, &zhou, json(b, "{\"after\":\"5\"}"), NOON_US, OFFSET, b->a, &v, &err));
    assert_int_equal(err.code, ERR_INVALID);
}

/* ---- who has it -------------------------------------------------------------------------------------------------------- */

static void who_acts_on_what_another_has_takes_it_over(void **state) {
    Bench *b = *state;
    Err err;
    const char *element = "";
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, by_camera);
    must(assigns(b, &r, "wang", "officer", "{\"to\":\"wang\"}", &err), &err);
    assert_int_equal(adopting(b, &r, "sun", &element), ERR_STATE);
    assert_string_equal(element, "assignee");
    assert_false(assigns(b, &r, "sun", "officer", "{\"to\":\"sun\"}", &err)); /* without a word */
    assert_int_equal(err.code, ERR_INVALID);
    assert_false(assigns(b, &r, "sun", "officer", "{\"to\":\"\",\"note\":\"放回\"}", &err)); /* it is not his */
    assert_int_equal(err.code, ERR_DENIED);
    must(assigns(b, &r, "sun", "officer", "{\"to\":\"sun\",\"note\":\"王今天外出\"}", &err), &err);
    assert_false(assigns(b, &r, "sun", "officer", "{\"to\":\"sun\"}", &err)); /* he has it */
    assert_int_equal(err.code, ERR_STATE);
    assert_int_equal(adopting(b, &r, "sun", &element), ERR_NONE);
}

static void a_case_is_handed_over_with_a_note(void **state) {
    Bench *b = *state;
    Err err;
    AccessWho sun = person("sun", "officer");
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, by_camera);
    must(assigns(b, &r, "wang", "officer", "{\"to\":\"wang\"}", &err), &err);
    assert_false(assigns(b, &r, "wang", "officer", "{\"to\":\"sun\"}", &err));
    assert_string_equal(err.element, "note");
    assert_false(assigns(b, &r, "wang", "officer", "{\"to\":\"nobody-here\",\"note\":\"x\"}", &err));
    assert_string_equal(err.element, "to");
    assert_false(assigns(b, &r, "wang", "officer", "{\"to\":\"li\",\"note\":\"x\"}", &err)); /* who may not decide */
    assert_string_equal(err.element, "to");
    must(assigns(b, &r, "wang", "officer", "{\"to\":\"sun\",\"note\":\"等医院回函\"}", &err), &err);
    Value v, list;
    must(case_view(b->house, &sun, r.id, STR("handling"), NOON_US, b->a, &v, &err), &err);
    assert_true(str_is(value_get_str(value_get(v, "assignee"), "name"), "孙"));
    Value rows = value_get(v, "assignments");
    assert_int_equal(rows.size, 2);
    assert_true(str_is(value_get_str(rows.u.list[1], "note"), "等医院回函"));
    does(b, CASE_CREATE, NULL, NOON_US, by_camera);
    must(case_list(b->house, &sun, json(b, "{\"whose\":\"mine\"}"), NOON_US, b->a, &list, &err), &err);
    assert_int_equal(value_get(list, "cases").size, 1);
    assert_int_equal(value_get_int(value_get(list, "counts"), "mine", 0), 1);
    assert_int_equal(value_get_int(value_get(list, "counts"), "nobody", 0), 1);
    must(case_list(b->house, &sun, json(b, "{\"whose\":\"nobody\"}"), NOON_US, b->a, &list, &err), &err);
    assert_int_equal(value_get(list, "cases").size, 1);
    assert_false(case_list(b->house, &sun, json(b, "{\"whose\":\"his\"}"), NOON_US, b->a, &list, &err));
    must(assigns(b, &r, "sun", "officer", "{\"to\":\"\"}", &err), &err); /* his own needs no word */
}

static void two_supervisors_give_it_away_once(void **state) {
    Bench *b = *state;
    Err err;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, by_camera), stale = r;
    must(assigns(b, &r, "zhou", "supervisor", "{\"to\":\"sun\"}", &err), &err);
    assert_false(assigns(b, &stale, "chen", "supervisor", "{\"to\":\"wang\"}", &err));
    assert_int_equal(err.code, ERR_STALE);
}

static void several_are_given_at_once_each_for_itself(void **state) {
    enum { GIVEN = 5 };
    Bench *b = *state;
    CaseOrder orders[GIVEN];
    for (int i = 0; i < GIVEN; i++) {
        CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, by_camera);
        orders[i] = (CaseOrder){.id = r.id, .version = i == 2 ? r.version - 1 : r.version}; /* one has changed meanwhile */
    }
    Command c = order(b, CASE_ASSIGN, NULL, NOON_US, "{\"to\":\"sun\",\"note\":\"分担\"}");
    c.who = person("zhou", "supervisor");
    c.key = STR("five");
    case_assign_all(b->house, &c, orders, GIVEN, b->a);
    for (int i = 0; i < GIVEN; i++) assert_int_equal(orders[i].done, i != 2);
    assert_int_equal(orders[2].trouble.code, ERR_STALE);
    case_assign_all(b->house, &c, orders, GIVEN, b->a); /* pressed twice */
    assert_true(orders[0].done && !orders[2].done);
}

/* An administrator reads no case; what he disables somebody for is done by the counter, in his name, with the reason. */
static void who_is_disabled_has_no_case_any_more(void **state) {
    Bench *b = *state;
    Err err = {0};
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, by_camera), other = does(b, CASE_CREATE, NULL, NOON_US, by_camera);
    AccessWho admin = person("gao", "admin"), li = person("li", "legal");
    AccessOrder o = {.what = ACCESS_USER_DISABLE, .subject = STR("sun"), .version = -1, .now_us = NOON_US};
    AccessOrdered done;
    Value view;
    int64_t released = 0;
    must(assigns(b, &r, "sun", "officer", "{\"to\":\"sun\"}", &err), &err);
    must(assigns(b, &other, "wang", "officer", "{\"to\":\"wang\"}", &err), &err);
    assert_false(case_release_all(b->house, &admin, STR("sun"), STR("调离"), NOON_US, OFFSET, b->a, &released, &err));
    assert_int_equal(err.code, ERR_STATE);
    must(access_order(b->store, &o, b->a, &done, &err), &err);
    must(case_release_all(b->house, &admin, STR("sun"), STR("调离"), NOON_US, OFFSET, b->a, &released, &err), &err);
    assert_int_equal(released, 1);
    must(case_view(b->house, &li, r.id, STR("audit"), NOON_US, b->a, &view, &err), &err);
    Value rows = value_get(view, "assignments"), last = rows.u.list[rows.size - 1];
    assert_true(value_is_null(value_get(view, "assignee")) && value_get_bool(last, "disabled", false));
    assert_true(str_is(value_get_str(last, "by"), "gao") && str_is(value_get_str(last, "note"), "调离"));
    must(case_view(b->house, &li, other.id, STR("audit"), NOON_US, b->a, &view, &err), &err);
    assert_true(str_is(value_get_str(value_get(view, "assignee"), "user"), "wang"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(colours_follow_the_last_day, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_day_ends_at_midnight_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_least_time_left_comes_first_page_by_page, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_a_supervisor_sees_it_and_only_his_offices, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_acts_on_what_another_has_takes_it_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_case_is_handed_over_with_a_note, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_supervisors_give_it_away_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(several_are_given_at_once_each_for_itself, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_is_disabled_has_no_case_any_more, set_up, tear_down),
    };
    fixture_need_store();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
