/* Deadlines of a case, through the real store: started by the law's moments, suspended and extended with reasons,
 * provisional until the year's days off are published and then reckoned again, with both values in the log. */
#include "../../src/main_in.h"
#include "case/case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const int64_t DAY_US = 86400 * (int64_t)1000000;
static const int64_t NOON_US = 1795492800 * (int64_t)1000000; /* Tuesday 2026-11-24 12:00 at +08:00 */
enum { OFFSET = 28800 };

typedef struct Bench { /* one counter on a folder of its own */
    Arena *a;
    char dir[64];
    Store *store;
    CaseHouse *house;
    int turn; /* commands so far */
} Bench;

static void must(bool ok, const Err *err) {
    if (!ok) fail_msg("%s: %s: %s", err->room, err->element, err->text);
}

static Value json(Bench *b, const char *text) {
    Value v;
    Err err = {0};
    must(json_parse(str_of(text), (JsonLimits){0}, b->a, &v, &err), &err);
    return v;
}

/* Opens the counter; `year` is one more published calendar, or NULL. */
static void open_bench(Bench *b, const char *year) {
    Err err = {0};
    Value authority, logins, calendars;
    ErrList faults = {.a = b->a};
    Pack *pack;
    PackFile *files;
    size_t n;
    CasePackSource *source = NEW(b->a, CasePackSource);
    StoreSchema schemas[] = {access_schema, case_schema};
    uint8_t seed[32] = {7};
    must(main_read_authority("packs/demo-prefecture", b->a, &authority, &err), &err);
    ValueBuild list = {.a = b->a};
    calendars = value_get(authority, "calendars");
    for (uint32_t i = 0; i < calendars.size; i++) build_item(&list, calendars.u.list[i]);
    if (year) build_item(&list, json(b, year));
    authority = value_with(b->a, authority, STR("calendars"), build_list(&list));
    must(main_read_pack("packs/demo-prefecture/traffic-first-violation", b->a, &files, &n, &err), &err);
    if (!pack_compile(STR("traffic-first-violation"), files, n, authority, b->a, &faults, &pack)) must(false, &faults.items[0]);
    *source = (CasePackSource){pack, files, n};
    must(store_open((StoreOptions){.dir = b->dir}, schemas, COUNT_OF(schemas), &b->store, &err), &err);
    Value offices_only = value_with(b->a, authority, STR("demo_users"), value_list(NULL, 0));
    must(access_install(b->store, offices_only, seed, NOON_US, b->a, &logins, &err), &err);
    must(case_house(b->store, source, 1, NOON_US, b->a, &b->house, &err), &err);
}

static int set_up(void **state) {
    Bench *b = calloc(1, sizeof *b);
    b->a = arena_new(0);
    snprintf(b->dir, sizeof b->dir, "/tmp/yc-clock-XXXXXX");
    assert_non_null(mkdtemp(b->dir));
    open_bench(b, NULL);
    *state = b;
    return 0;
}

static int tear_down(void **state) {
    Bench *b = *state;
    char path[100];
    store_close(b->store);
    arena_free(b->a);
    for (const char *const *name = (const char *const[]){"yichuang.db", "yichuang.db-wal", "yichuang.db-shm", "lock", NULL}; *name; name++) {
        snprintf(path, sizeof path, "%s/%s", b->dir, *name);
        remove(path);
    }
    remove(b->dir);
    free(b);
    return 0;
}

static Command command(Bench *b, CaseDo what, const CaseReply *on, int64_t now_us, const char *args) {
    Command c = {.what = what, .service = STR("traffic-first-violation"), .version = -1, .args = json(b, args), .now_us = now_us, .offset = OFFSET,
                 .who = {.user = STR("wang"), .name = STR("wang"), .office = STR("demo-county"), .role = STR("officer")}};
    for (size_t i = 0; i < sizeof c.seed; i++) c.seed[i] = (uint8_t)(b->turn * 31 + (int)i * 7);
    if (on) c.case_id = on->id, c.version = on->version, c.key = str_printf(b->a, "key-%d", b->turn);
    b->turn++;
    return c;
}

static CaseReply does(Bench *b, CaseDo what, const CaseReply *on, int64_t now_us, const char *args) {
    Command c = command(b, what, on, now_us, args);
    CaseReply r;
    Err err = {0};
    must(case_handle(b->house, &c, b->a, &r, &err), &err);
    assert_int_equal(r.faults.n, 0);
    return r;
}

static ErrCode refused(Bench *b, const CaseReply *on, const char *args) {
    Command c = command(b, CASE_CLOCK, on, NOON_US, args);
    CaseReply r;
    Err err = {0};
    assert_false(case_handle(b->house, &c, b->a, &r, &err));
    return err.code;
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
    assert_int_equal(refused(b, &r, "{\"clock\":\"decide\",\"do\":\"extend\",\"days\":0,\"reason\":\"复杂\"}"), ERR_INVALID);
    assert_int_equal(refused(b, &r, "{\"clock\":\"none\",\"do\":\"resume\"}"), ERR_INVALID);
    r = does(b, CASE_CLOCK, &r, NOON_US, "{\"clock\":\"decide\",\"do\":\"suspend\",\"reason\":\"鉴定\"}");
    assert_true(str_is(value_get_str(clock_of(b, r.id, "decide"), "state"), "suspended"));
    assert_string_equal(next_due(b), "");
    /* Tuesday to Monday: six days, four of them working days. */
    r = does(b, CASE_CLOCK, &r, NOON_US + 6 * DAY_US, "{\"clock\":\"decide\",\"do\":\"resume\"}");
    assert_string_equal(day_in(b, clock_of(b, r.id, "decide"), "promised"), "2026-12-07");
    assert_string_equal(day_in(b, clock_of(b, r.id, "decide"), "statutory"), "2027-03-01"); /* the 28th is a Sunday */
    r = does(b, CASE_CLOCK, &r, NOON_US + 6 * DAY_US, "{\"clock\":\"decide\",\"do\":\"extend\",\"days\":30,\"reason\":\"案情复杂\"}");
    assert_string_equal(day_in(b, clock_of(b, r.id, "decide"), "statutory"), "2027-03-30");
    assert_string_equal(day_in(b, clock_of(b, r.id, "decide"), "promised"), "2026-12-07");
}

static const char year_2027[] =
    "{\"year\": 2027, \"source\": \"made up\", \"licence\": \"\", \"checked_on\": \"\", \"checked_by\": \"\", \"papers\": [],"
    "\"days\": [{\"date\": \"2027-02-22\", \"name\": \"\", \"kind\": \"rest\"}]}";

/* What was sent stays as it was sent: a person may rely on the day in their hands. */
static void a_letter_keeps_the_day_it_told(void **state) {
    Bench *b = *state;
    Err err = {0};
    Str before, after;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, on_scene);
    r = does(b, CASE_ADOPT, &r, NOON_US + DAY_US, "{}");
    must(case_letter(b->house, NULL, r.tracking_code, 1, STR("zh"), NOON_US, b->a, &before, &err), &err);
    store_close(b->store);
    open_bench(b, year_2027);
    must(case_letter(b->house, NULL, r.tracking_code, 1, STR("zh"), NOON_US, b->a, &after, &err), &err);
    assert_true(str_eq(before, after));
}

static void a_calendar_that_arrives_moves_a_provisional_day(void **state) {
    Bench *b = *state;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, on_scene);
    assert_true(value_get_bool(value_get(clock_of(b, r.id, "decide"), "statutory"), "provisional", false));
    for (int again = 0; again < 2; again++) { /* opening twice moves it once */
        store_close(b->store);
        open_bench(b, year_2027);
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
        cmocka_unit_test_setup_teardown(a_letter_keeps_the_day_it_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_calendar_that_arrives_moves_a_provisional_day, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
