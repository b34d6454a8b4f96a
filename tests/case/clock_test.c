/* Deadlines of a case, through the real store: started by the law's moments, suspended and extended with reasons,
 * provisional until the year's days off are published and then reckoned again, with both values in the log. */
#include "bench.h"

static const int64_t DAY_US = 86400 * (int64_t)1000000;

static int set_up(void **state) {
    *state = new_bench(NULL);
    return 0;
}

static ErrCode refused(Bench *b, const CaseReply *on, const char *args) {
    Command c = order(b, CASE_CLOCK, on, NOON_US, args);
    CaseReply r;
    Err err = {0};
    assert_false(case_handle(b->house, &c, b->a, &r, &err));
    return err.code;
}

/* An act of a supervisor. */
static bool leads(Bench *b, CaseReply *on, int64_t at_us, const char *user, const char *args, Err *err) {
    Command c = order(b, CASE_CLOCK, on, at_us, args);
    c.who.role = STR("supervisor");
    c.who.user = c.who.name = str_of(user);
    return case_handle(b->house, &c, b->a, on, err);
}

static Value clock_of(Bench *b, Str id, const char *name) {
    AccessWho who = {.user = STR("wang"), .name = STR("wang"), .office = STR("demo-county"), .role = STR("officer")};
    Value v;
    Err err = {0};
    must(case_view(b->house, &who, id, STR("decision"), NOON_US, b->a, &v, &err), &err);
    Value clocks = value_get(v, "clocks");
    for (uint32_t i = 0; i < clocks.size; i++)
        if (str_is(value_get_str(clocks.u.list[i], "id"), name)) return clocks.u.list[i];
    return value_null();
}

static const char *day_in(Bench *b, Value clock, const char *term) {
    Buf text = {.a = b->a};
    Value due = value_get(value_get(clock, term), "due");
    if (due.kind == VALUE_DATE) date_write(&text, due);
    return str_c(b->a, buf_str(&text));
}

static const char *next_due(Bench *b) {
    AccessWho who = {.user = STR("wang"), .name = STR("wang"), .office = STR("demo-county"), .role = STR("officer")};
    Value page;
    Err err = {0};
    must(case_list(b->house, &who, json(b, "{}"), NOON_US, b->a, &page, &err), &err);
    Buf text = {.a = b->a};
    Value due = value_get(value_get(page, "cases").u.list[0], "due");
    if (due.kind == VALUE_DATE) date_write(&text, due);
    return str_c(b->a, buf_str(&text));
}

static const char on_scene[] = "{\"violationCode\":\"1039\",\"plate\":\"示A·12345\",\"at\":\"2026-11-23T08:42\",\"historyVerified\":true,\"detection\":\"on_scene\"}";
static const char by_camera[] = "{\"violationCode\":\"1039\",\"plate\":\"示A·12345\",\"at\":\"2026-11-23T08:42\",\"historyVerified\":true,\"detection\":\"camera\"}";

static const char not_audited[] = "{\"violationCode\":\"1039\",\"at\":\"2026-11-23T08:42\",\"detection\":\"camera\",\"reviewOk\":false}";

static void clocks_start_and_stop_at_their_moments(void **state) {
    Bench *b = *state;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, by_camera);
    assert_string_equal(day_in(b, clock_of(b, r.id, "decide"), "promised"), "2026-12-01");
    assert_string_equal(day_in(b, clock_of(b, r.id, "decide"), "statutory"), "2027-02-22");
    assert_true(value_is_null(clock_of(b, r.id, "audit"))); /* the record is audited */
    assert_true(value_is_null(clock_of(b, r.id, "file")));
    assert_string_equal(next_due(b), "2026-12-01");
    r = does(b, CASE_ADOPT, &r, NOON_US + 3 * DAY_US, "{}");
    assert_true(str_is(value_get_str(clock_of(b, r.id, "decide"), "state"), "stopped"));
    assert_string_equal(day_in(b, clock_of(b, r.id, "file"), "statutory"), "2026-12-01"); /* decided on a Friday */
    assert_string_equal(next_due(b), "2026-12-01");
    assert_int_equal(refused(b, &r, "{\"clock\":\"decide\",\"do\":\"done\"}"), ERR_STATE);
    r = does(b, CASE_CLOCK, &r, NOON_US + 4 * DAY_US, "{\"clock\":\"file\",\"do\":\"done\"}");
    assert_string_equal(next_due(b), "");
    r = does(b, CASE_CREATE, NULL, NOON_US, not_audited);
    assert_string_equal(day_in(b, clock_of(b, r.id, "audit"), "statutory"), "2026-11-30"); /* from the day of the record */
}

static void a_clock_that_does_not_apply_does_not_run(void **state) {
    Bench *b = *state;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, on_scene);
    assert_true(value_is_null(clock_of(b, r.id, "audit")));
    r = does(b, CASE_DEPART, &r, NOON_US, "{\"outcome\":\"NO_PENALTY\",\"reason\":\"已当场改正\"}");
    assert_true(value_is_null(clock_of(b, r.id, "file")));
}

static void time_that_does_not_count_is_added(void **state) {
    Bench *b = *state;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, on_scene);
    assert_int_equal(refused(b, &r, "{\"clock\":\"decide\",\"do\":\"suspend\",\"reason\":\" \"}"), ERR_INVALID);
    assert_int_equal(refused(b, &r, "{\"clock\":\"decide\",\"do\":\"resume\"}"), ERR_STATE);
    assert_int_equal(refused(b, &r, "{\"clock\":\"none\",\"do\":\"resume\"}"), ERR_INVALID);
    r = does(b, CASE_CLOCK, &r, NOON_US, "{\"clock\":\"decide\",\"do\":\"suspend\",\"reason\":\"鉴定\"}");
    assert_true(str_is(value_get_str(clock_of(b, r.id, "decide"), "state"), "suspended"));
    assert_string_equal(next_due(b), "");
    /* Tuesday to Monday: six days, four of them working days. */
    r = does(b, CASE_CLOCK, &r, NOON_US + 6 * DAY_US, "{\"clock\":\"decide\",\"do\":\"resume\"}");
    assert_string_equal(day_in(b, clock_of(b, r.id, "decide"), "promised"), "2026-12-07");
    assert_string_equal(day_in(b, clock_of(b, r.id, "decide"), "statutory"), "2027-03-01"); /* the 28th is a Sunday */
}

/* One asks for more time, another one who leads grants it, and the applicant reads why (Source: all:42). */
static void an_extension_needs_four_eyes(void **state) {
    static const char ask[] = "{\"clock\":\"decide\",\"do\":\"extend\",\"days\":30,\"reason\":\"案情复杂\"}", yes[] = "{\"clock\":\"decide\",\"do\":\"approve\"}";
    Bench *b = *state;
    Err err = {0};
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, on_scene);
    assert_int_equal(refused(b, &r, "{\"clock\":\"decide\",\"do\":\"extend\",\"days\":0,\"reason\":\"复杂\"}"), ERR_INVALID);
    assert_int_equal(refused(b, &r, "{\"clock\":\"decide\",\"do\":\"extend\",\"days\":3,\"reason\":\" \"}"), ERR_INVALID);
    assert_false(leads(b, &r, NOON_US, "chen", yes, &err)); /* nobody asked */
    assert_int_equal(err.code, ERR_STATE);
    r = does(b, CASE_CLOCK, &r, NOON_US, ask);
    assert_string_equal(day_in(b, clock_of(b, r.id, "decide"), "statutory"), "2027-02-22"); /* asking moves nothing */
    assert_int_equal(refused(b, &r, ask), ERR_STATE);
    assert_int_equal(refused(b, &r, yes), ERR_DENIED);
    must(leads(b, &r, NOON_US, "chen", "{\"clock\":\"decide\",\"do\":\"refuse\",\"reason\":\"证据已齐\"}", &err), &err);
    assert_true(value_is_null(value_get(clock_of(b, r.id, "decide"), "asked")));
    must(leads(b, &r, NOON_US, "chen", ask, &err), &err);
    assert_false(leads(b, &r, NOON_US, "chen", yes, &err)); /* her own */
    assert_int_equal(err.code, ERR_DENIED);
    must(leads(b, &r, NOON_US + DAY_US, "qian", yes, &err), &err);
    Value clock = clock_of(b, r.id, "decide"), given = value_get(clock, "extensions");
    assert_string_equal(day_in(b, clock, "statutory"), "2027-03-24");
    assert_string_equal(day_in(b, clock, "promised"), "2026-12-01");
    assert_true(given.size == 1 && str_is(value_get_str(given.u.list[0], "reason"), "案情复杂"));
    Value seen;
    must(case_track(b->house, r.tracking_code, NOON_US, b->a, &seen, &err), &err);
    Str told = json_text(b->a, value_get(seen, "clocks"));
    assert_true(str_find(told, STR("案情复杂")) >= 0 && str_find(told, STR("证据已齐")) < 0 && str_find(told, STR("chen")) < 0);
    rows_are_as_the_log_has_them(b);
}

static const char year_2027[] =
    "{\"year\": 2027, \"source\": \"made up\", \"licence\": \"\", \"checked_on\": \"\", \"checked_by\": \"\", \"papers\": [],"
    "\"days\": [{\"date\": \"2027-02-22\", \"name\": \"\", \"kind\": \"rest\"}]}";

static void promise_by_office(Bench *b, PackFile *files, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (str_is(files[i].name, "pack.json"))
            files[i].bytes = replaced(b, files[i].bytes, "\"promised\": {", "\"promised\": {\"calendar\": \"office\", ");
}

/* A promise is counted by the days of the office that decides, the law's period by the nation's. */
static void a_term_counts_by_its_layer(void **state) {
    Bench *b = *state;
    const int64_t april_us = NOON_US - 228 * DAY_US; /* Friday 2026-04-10 */
    b->edit = promise_by_office;
    reopen_bench(b);
    CaseReply r = does(b, CASE_CREATE, NULL, april_us, "{\"violationCode\":\"1039\",\"at\":\"2026-04-10T08:42\",\"historyVerified\":true,\"detection\":\"on_scene\"}");
    Value clock = clock_of(b, r.id, "decide");
    assert_string_equal(day_in(b, clock, "promised"), "2026-04-22"); /* not 13 to 15 April */
    assert_string_equal(day_in(b, clock, "statutory"), "2026-07-09");
    assert_true(value_get_str(value_get(value_get(clock, "promised"), "calendar"), "en").n > 0);
    assert_true(value_is_null(value_get(value_get(clock, "statutory"), "calendar")));
    rows_are_as_the_log_has_them(b);
}

/* What was sent stays as it was sent: a person may rely on the day in their hands. */
static void a_letter_keeps_the_day_it_told(void **state) {
    Bench *b = *state;
    Err err = {0};
    Str before, after;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, on_scene);
    r = does(b, CASE_ADOPT, &r, NOON_US + DAY_US, "{}");
    must(case_letter(b->house, NULL, r.tracking_code, 1, STR("zh"), NOON_US, b->a, &before, &err), &err);
    b->year = year_2027;
    reopen_bench(b);
    must(case_letter(b->house, NULL, r.tracking_code, 1, STR("zh"), NOON_US, b->a, &after, &err), &err);
    assert_true(str_eq(before, after));
}

static void a_calendar_that_arrives_moves_a_provisional_day(void **state) {
    Bench *b = *state;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, on_scene);
    assert_true(value_get_bool(value_get(clock_of(b, r.id, "decide"), "statutory"), "provisional", false));
    for (int again = 0; again < 2; again++) { /* opening twice moves it once */
        b->year = year_2027;
        reopen_bench(b);
    }
    Value clock = clock_of(b, r.id, "decide");
    assert_string_equal(day_in(b, clock, "statutory"), "2027-02-23");
    assert_false(value_get_bool(value_get(clock, "statutory"), "provisional", true));
    StoreEvents events;
    Err err = {0};
    must(store_events(b->store, str_join2(b->a, STR("case/"), r.id), r.version, 10, b->a, &events, &err), &err);
    assert_int_equal(events.n, 1);
    Value told = json(b, str_c(b->a, events.items[0].payload));
    assert_true(str_is(value_get_str(told, "what"), "recomputed"));
    assert_true(str_is(value_get_str(told, "was_due"), "2027-02-22") && str_is(value_get_str(told, "due"), "2027-02-23"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(clocks_start_and_stop_at_their_moments, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_clock_that_does_not_apply_does_not_run, set_up, tear_down),
        cmocka_unit_test_setup_teardown(time_that_does_not_count_is_added, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_extension_needs_four_eyes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_term_counts_by_its_layer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_letter_keeps_the_day_it_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_calendar_that_arrives_moves_a_provisional_day, set_up, tear_down),
    };
    fixture_need_store();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
