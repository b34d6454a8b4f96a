/* Timers of processes through the real store, with silence that the law takes for a decision after five working
 * days: fired once and in order, never early, late after a downtime, standing still with its clock, and not on a
 * calendar that is not published. */
#include "../../src/main_in.h"
#include "case/case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const int64_t SECOND_US = 1000000, DAY_US = 86400 * (int64_t)1000000;
static const int64_t NOON_US = 1795492800 * (int64_t)1000000; /* Tuesday 2026-11-24 12:00 at +08:00 */
static const int64_t OVER_US = 1796140800 * (int64_t)1000000; /* Wednesday 2026-12-02 00:00: after five working days */
enum { OFFSET = 28800 };

typedef struct Bench { /* one counter on a folder of its own */
    Arena *a;
    char dir[64];
    Store *store;
    CaseHouse *house;
    int turn;    /* commands so far */
    bool broken; /* the process asks for what no counter does */
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

/* ---- the service: the demo's, and a boundary timer at the officer's task ------------------------------------- */

static Str replaced(Bench *b, Str bytes, const char *from, const char *to) {
    ptrdiff_t at = str_find(bytes, str_of(from));
    assert_true(at >= 0);
    Str head = str_join2(b->a, str_sub(bytes, 0, (size_t)at), str_of(to));
    return str_join2(b->a, head, str_sub(bytes, (size_t)at + strlen(from), bytes.n));
}

static const char boundary[] =
    "<bpmn:boundaryEvent id=\"unanswered\" attachedToRef=\"decide\"><bpmn:outgoing>to_silence</bpmn:outgoing>"
    "<bpmn:timerEventDefinition id=\"five_days\"><bpmn:timeDuration>P5D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    "<bpmn:sequenceFlow id=\"to_silence\" sourceRef=\"unanswered\" targetRef=\"letter\" />"
    "<bpmn:serviceTask id=\"letter\" name=\"制作决定书\">";
static const char silence[] =
    "\"silence\": [{\"timer\": \"unanswered\", \"clock\": \"notice\", \"outcome\": \"NO_PENALTY\"}], \"clocks\": ["
    "{\"id\": \"notice\", \"name\": {\"zh\": \"一次告知\", \"en\": \"One notice\"}, \"start\": \"created\", \"stop\": \"decided\","
    "\"statutory\": {\"n\": 5, \"unit\": \"working\"}, \"law\": [\"rtvp:44\"]},";

static void add_silence(Bench *b, PackFile *files, size_t n) {
    for (size_t i = 0; i < n; i++) {
        Str *bytes = &files[i].bytes;
        if (str_is(files[i].name, "process.bpmn")) *bytes = replaced(b, *bytes, "<bpmn:serviceTask id=\"letter\" name=\"制作决定书\">", boundary);
        if (str_is(files[i].name, "process.bpmn"))
            *bytes = replaced(b, *bytes, "<bpmn:incoming>to_letter</bpmn:incoming>", "<bpmn:incoming>to_letter</bpmn:incoming><bpmn:incoming>to_silence</bpmn:incoming>");
        if (b->broken && str_is(files[i].name, "process.bpmn")) *bytes = replaced(b, *bytes, "type=\"letter\"", "type=\"fax\"");
        if (str_is(files[i].name, "pack.json")) *bytes = replaced(b, *bytes, "\"clocks\": [", silence);
    }
}

static void open_bench(Bench *b) {
    Err err = {0};
    Value authority, logins;
    ErrList faults = {.a = b->a};
    Pack *pack;
    PackFile *files;
    size_t n;
    CasePackSource *source = NEW(b->a, CasePackSource);
    StoreSchema schemas[] = {access_schema, case_schema};
    uint8_t seed[32] = {7};
    must(main_read_authority("packs/demo-prefecture", b->a, &authority, &err), &err);
    must(main_read_pack("packs/demo-prefecture/traffic-first-violation", b->a, &files, &n, &err), &err);
    add_silence(b, files, n);
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
    snprintf(b->dir, sizeof b->dir, "/tmp/yc-timer-XXXXXX");
    assert_non_null(mkdtemp(b->dir));
    open_bench(b);
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

/* ---- acts and looks -------------------------------------------------------------------------------------------- */

static CaseReply does(Bench *b, CaseDo what, const CaseReply *on, int64_t now_us, const char *args) {
    Command c = {.what = what, .service = STR("traffic-first-violation"), .version = -1, .args = json(b, args), .now_us = now_us, .offset = OFFSET,
                 .who = {.user = STR("wang"), .name = STR("wang"), .office = STR("demo-county"), .role = STR("officer")}};
    CaseReply r;
    Err err = {0};
    for (size_t i = 0; i < sizeof c.seed; i++) c.seed[i] = (uint8_t)(b->turn * 31 + (int)i * 7);
    if (on) c.case_id = on->id, c.version = on->version, c.key = str_printf(b->a, "key-%d", b->turn);
    b->turn++;
    must(case_handle(b->house, &c, b->a, &r, &err), &err);
    assert_int_equal(r.faults.n, 0);
    return r;
}

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
    store_close(b->store);
    open_bench(b);
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
    store_close(b->store);
    b->broken = true;
    open_bench(b);
    CaseReply r = registered(b, NOON_US);
    tick(b, OVER_US);
    tick(b, OVER_US + DAY_US);
    must(store_events(b->store, str_join2(b->a, STR("case/"), r.id), r.version, 100, b->a, &events, &err), &err);
    assert_int_equal(events.n, 1);
    assert_true(str_is(events.items[0].kind, "timer_stopped") && str_find(events.items[0].payload, STR("fax")) > 0);
    assert_false(decided(b, r.id));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(silence_decides_after_the_last_day, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_decides_in_time_stops_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_clock_that_stands_still_holds_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(after_a_downtime_they_fire_in_due_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_follows_from_a_year_not_published, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_that_cannot_go_on_is_set_aside_with_its_reason, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
