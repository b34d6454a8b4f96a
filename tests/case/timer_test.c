/* Timers of processes through the real store, with silence that the law takes for a decision after five working
 * days: fired once and in order, never early, late after a downtime, standing still with its clock, and not on a
 * calendar that is not published. */
#include "bench.h"

#include <pthread.h>

static const int64_t SECOND_US = 1000000, DAY_US = 86400 * (int64_t)1000000;
static const int64_t OVER_US = 1796140800 * (int64_t)1000000; /* Wednesday 2026-12-02 00:00: after five working days */

/* The same, but the process asks for a second letter in the same step, which no counter does. */
static void break_job(Bench *b, PackFile *files, size_t n) {
    add_silence(b, files, n);
    for (size_t i = 0; i < n; i++) {
        Str *bytes = &files[i].bytes;
        if (!str_is(files[i].name, "process.bpmn")) continue;
        *bytes = replaced(b, *bytes, "<bpmn:incoming>to_silence</bpmn:incoming>", "<bpmn:incoming>to_second</bpmn:incoming>");
        *bytes = replaced(b, *bytes, "sourceRef=\"unanswered\" targetRef=\"letter\" />", "sourceRef=\"unanswered\" targetRef=\"first\" />"
            "<bpmn:serviceTask id=\"first\"><bpmn:extensionElements><zeebe:taskDefinition type=\"letter\" /></bpmn:extensionElements>"
            "<bpmn:incoming>to_silence</bpmn:incoming><bpmn:outgoing>to_second</bpmn:outgoing></bpmn:serviceTask>"
            "<bpmn:sequenceFlow id=\"to_second\" sourceRef=\"first\" targetRef=\"letter\" />");
    }
}

static int set_up(void **state) {
    *state = new_bench(add_silence);
    return 0;
}

/* ---- acts and looks -------------------------------------------------------------------------------------------- */

static CaseReply registered(Bench *b, int64_t now_us) {
    Str args = str_printf(b->a, "{\"violationCode\":\"1039\",\"plate\":\"示A·%d\",\"at\":\"2026-11-23T08:42\",\"historyVerified\":true}", 10000 + b->turn);
    return does(b, CASE_CREATE, NULL, now_us, str_c(b->a, args));
}

static void tick(Bench *b, int64_t now_us) {
    Err err = {0};
    must(case_tick(b->house, now_us, &err), &err);
}

static Value seen(Bench *b, Str id) {
    AccessWho who = {.user = STR("wang"), .name = STR("wang"), .office = STR("demo-county"), .role = STR("officer")};
    Value v;
    Err err = {0};
    must(case_view(b->house, &who, id, STR("decision"), NOON_US, b->a, &v, &err), &err);
    return v;
}

static bool decided(Bench *b, Str id) { return str_is(value_get_str(seen(b, id), "state"), "decided"); }

/* Place of the decision in the whole log. */
static int64_t decided_at(Bench *b, Str id) {
    StoreEvents events;
    Err err = {0};
    must(store_events(b->store, str_join2(b->a, STR("case/"), id), 0, 100, b->a, &events, &err), &err);
    int64_t found = 0, times = 0;
    for (size_t i = 0; i < events.n; i++)
        if (str_is(events.items[i].kind, "decided")) found = events.items[i].number, times++;
    assert_int_equal(times, 1);
    return found;
}

/* ---- what must hold ------------------------------------------------------------------------------------------------ */

static void silence_decides_after_the_last_day(void **state) {
    Bench *b = *state;
    CaseReply r = registered(b, NOON_US);
    tick(b, OVER_US - 1);
    assert_false(decided(b, r.id)); /* five days of the process are over, five working days are not */
    tick(b, OVER_US);
    Value v = seen(b, r.id), decision = value_get(v, "decisions").u.list[0];
    assert_true(decided(b, r.id));
    assert_true(str_is(value_get_str(decision, "how"), "silence"));
    assert_true(str_is(value_get_str(value_get(decision, "outcome"), "code"), "NO_PENALTY"));
    assert_int_equal(value_get(v, "letters").size, 1);
    tick(b, OVER_US + DAY_US); /* and not a second time, nor with the clock set back */
    tick(b, OVER_US);
    decided_at(b, r.id);
    Str html;
    Err err = {0};
    must(case_letter(b->house, NULL, r.tracking_code, 1, STR("zh"), OVER_US, b->a, &html, &err), &err);
    assert_true(str_find(html, STR("第三十三条")) > 0); /* the outcome's article, not the rule's */
}

static void who_decides_in_time_stops_it(void **state) {
    Bench *b = *state;
    CaseReply r = registered(b, NOON_US);
    r = does(b, CASE_ADOPT, &r, OVER_US - SECOND_US, "{}");
    tick(b, OVER_US + DAY_US);
    assert_true(str_is(value_get_str(value_get(seen(b, r.id), "decisions").u.list[0], "how"), "adopted"));
    decided_at(b, r.id);
}

static void a_clock_that_stands_still_holds_it(void **state) {
    Bench *b = *state;
    CaseReply r = registered(b, NOON_US);
    r = does(b, CASE_CLOCK, &r, NOON_US, "{\"clock\":\"notice\",\"do\":\"suspend\",\"reason\":\"鉴定\"}");
    tick(b, OVER_US + 10 * DAY_US);
    assert_false(decided(b, r.id));
    r = does(b, CASE_CLOCK, &r, NOON_US + 7 * DAY_US, "{\"clock\":\"notice\",\"do\":\"resume\"}"); /* five working days later */
    tick(b, OVER_US + 7 * DAY_US - 1);
    assert_false(decided(b, r.id));
    tick(b, OVER_US + 7 * DAY_US);
    assert_true(decided(b, r.id));
}

static void after_a_downtime_they_fire_in_due_order(void **state) {
    Bench *b = *state;
    CaseReply late = registered(b, NOON_US + DAY_US), early = registered(b, NOON_US);
    reopen_bench(b);
    tick(b, OVER_US + 20 * DAY_US);
    assert_true(decided_at(b, early.id) < decided_at(b, late.id));
}

static void nothing_follows_from_a_year_not_published(void **state) {
    Bench *b = *state;
    CaseReply r = registered(b, NOON_US + 35 * DAY_US); /* 2026-12-29: ends in 2027 */
    tick(b, OVER_US + 100 * DAY_US);
    assert_false(decided(b, r.id));
}

static void one_that_cannot_go_on_is_set_aside_with_its_reason(void **state) {
    Bench *b = *state;
    StoreEvents events;
    Err err = {0};
    b->edit = break_job;
    reopen_bench(b);
    CaseReply r = registered(b, NOON_US);
    tick(b, OVER_US);
    tick(b, OVER_US + DAY_US);
    must(store_events(b->store, str_join2(b->a, STR("case/"), r.id), r.version, 100, b->a, &events, &err), &err);
    assert_int_equal(events.n, 1);
    assert_true(str_is(events.items[0].kind, "timer_stopped") && str_find(events.items[0].payload, STR("two letters")) > 0);
    Value stuck;
    AccessWho chen = {.user = STR("chen"), .name = STR("chen"), .office = STR("demo-county"), .role = STR("supervisor")};
    must(case_stuck(b->house, &chen, OVER_US, b->a, &stuck, &err), &err);
    assert_int_equal(stuck.size, 1);
    assert_true(str_is(value_get_str(stuck.u.list[0], "what"), "timer") && str_is(value_get_str(stuck.u.list[0], "element"), "unanswered"));
    /* Tried again by hand: it fires again, and stops again. */
    Command again = order(b, CASE_RETRY, &r, OVER_US + DAY_US, str_c(b->a, str_printf(b->a, "{\"what\":\"timer\",\"key\":\"" STR_FMT "\",\"reason\":\"x\"}",
                          STR_ARG(value_get_str(stuck.u.list[0], "key")))));
    CaseReply after;
    again.who = chen;
    again.version = r.version + 1;
    must(case_handle(b->house, &again, b->a, &after, &err), &err);
    must(case_stuck(b->house, &chen, OVER_US, b->a, &stuck, &err), &err);
    assert_int_equal(stuck.size, 0);
    tick(b, OVER_US + DAY_US);
    must(case_stuck(b->house, &chen, OVER_US, b->a, &stuck, &err), &err);
    assert_int_equal(stuck.size, 1);
    assert_false(decided(b, r.id));
}

static void *tick_often(void *bench) {
    for (int i = 0; i < 3; i++) tick(bench, OVER_US + i * SECOND_US);
    return NULL;
}

/* Only where several server processes may share a store. */
static void two_servers_fire_each_once(void **state) {
    enum { CASES = 40 };
    Bench *b = *state, other = {.a = arena_new(0), .dir = b->dir, .edit = b->edit};
    CaseReply made[CASES];
    pthread_t thread;
    if (!fixture_on_postgres()) {
        arena_free(other.a);
        return;
    }
    open_bench(&other);
    for (int i = 0; i < CASES; i++) made[i] = registered(b, NOON_US);
    assert_int_equal(pthread_create(&thread, NULL, tick_often, &other), 0);
    tick_often(b);
    pthread_join(thread, NULL);
    for (int i = 0; i < CASES; i++) assert_true(decided(b, made[i].id) && decided_at(b, made[i].id) > 0);
    store_close(other.store);
    arena_free(other.a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(silence_decides_after_the_last_day, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_decides_in_time_stops_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_clock_that_stands_still_holds_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(after_a_downtime_they_fire_in_due_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_follows_from_a_year_not_published, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_that_cannot_go_on_is_set_aside_with_its_reason, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_servers_fire_each_once, set_up, tear_down),
    };
    fixture_need_store();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
