/* Open cases go on under another version of their service: what fits moves with its timers and clocks, what does not
 * stays and is told, a letter that was sent is not reworded, and every row follows from the log as before. */
#include "bench.h"

static const int64_t DAY_US = 86400 * (int64_t)1000000;
static const char parking[] = "{\"violationCode\":\"1039\",\"plate\":\"示A·12345\",\"at\":\"2026-11-16T08:42\",\"historyVerified\":true}";

/* ---- versions ------------------------------------------------------------------------------------------------------------ */

static void swap(Bench *b, PackFile *files, size_t n, const char *name, const char *from, const char *to) {
    for (size_t i = 0; i < n; i++)
        if (str_is(files[i].name, name)) files[i].bytes = replaced(b, files[i].bytes, from, to);
}

/* The one to begin with: after the letter the case waits to be filed away. */
static void first(Bench *b, PackFile *files, size_t n) {
    add_silence(b, files, n);
    swap(b, files, n, "process.bpmn", "sourceRef=\"letter\" targetRef=\"end\" />",
         "sourceRef=\"letter\" targetRef=\"archive\" /><bpmn:userTask id=\"archive\" name=\"归档\"/>"
         "<bpmn:sequenceFlow id=\"to_end_2\" sourceRef=\"archive\" targetRef=\"end\" />");
    swap(b, files, n, "process.bpmn", "<bpmn:incoming>to_end</bpmn:incoming>", "<bpmn:incoming>to_end_2</bpmn:incoming>");
}

static void reworded(Bench *b, PackFile *files, size_t n) {
    first(b, files, n);
    swap(b, files, n, "letters/decision.en.html", "{{office.name}}", "{{office.name}}, by the new version");
    swap(b, files, n, "process.bpmn", "<bpmn:timeDuration>P5D", "<bpmn:timeDuration>P7D");
    swap(b, files, n, "pack.json", "\"version\": \"", "\"version\": \"9");
    swap(b, files, n, "decide.dmn", "</definitions>", "<!-- another hash --></definitions>");
}

static void renamed(Bench *b, PackFile *files, size_t n) {
    first(b, files, n);
    swap(b, files, n, "process.bpmn", "targetRef=\"decide\"", "targetRef=\"review\"");
    swap(b, files, n, "process.bpmn", "<bpmn:userTask id=\"decide\"", "<bpmn:userTask id=\"review\"");
    swap(b, files, n, "process.bpmn", "sourceRef=\"decide\"", "sourceRef=\"review\"");
    swap(b, files, n, "process.bpmn", "attachedToRef=\"decide\"", "attachedToRef=\"review\"");
    swap(b, files, n, "texts/zh.json", "\"decide\":", "\"review\":");
    swap(b, files, n, "texts/en.json", "\"decide\":", "\"review\":");
}

static void longer_period(Bench *b, PackFile *files, size_t n) {
    first(b, files, n);
    swap(b, files, n, "pack.json", "\"statutory\": {\"n\": 5, \"unit\": \"working\"}, \"law\": [\"rtvp:44\"]", "\"statutory\": {\"n\": 8, \"unit\": \"working\"}, \"law\": [\"rtvp:44\"]");
}

static void stricter_form(Bench *b, PackFile *files, size_t n) {
    first(b, files, n);
    swap(b, files, n, "form.json", "\"maxLength\": 20", "\"maxLength\": 3");
}

/* ---- orders -------------------------------------------------------------------------------------------------------------- */

static int set_up(void **state) {
    *state = new_bench(first);
    return 0;
}

static void install(Bench *b, void (*version)(Bench *b, PackFile *files, size_t n)) {
    b->edit = version;
    reopen_bench(b);
}

static CaseMigration order_of(Bench *b, const char *map) {
    return (CaseMigration){.service = STR("traffic-first-violation"), .changes = map ? json(b, map) : value_null(), .reason = STR("新法施行"), .law = STR("rtvp:44"),
                           .who = {.user = STR("zhao"), .name = STR("赵"), .office = STR("demo-county"), .role = STR("supervisor")},
                           .now_us = NOON_US + DAY_US, .examples = 5};
}

static Value plan(Bench *b, const char *map) {
    Err err = {0};
    Value report;
    CaseMigration order = order_of(b, map);
    int64_t events = store_counters(b->store).events;
    must(case_migrate_plan(b->house, &order, NULL, NULL, b->a, &report, &err), &err);
    assert_int_equal(store_counters(b->store).events, events); /* only looked */
    return report;
}

static Value run(Bench *b, const char *map) {
    Err err = {0};
    Value report;
    CaseMigration order = order_of(b, map);
    must(case_migrate_run(b->house, &order, NULL, NULL, b->a, &report, &err), &err);
    return report;
}

static void assert_counts(Value report, int cases, int fits, int migrated) {
    Arena *a = arena_new(0);
    bool good = value_get_int(report, "cases", -1) == cases && value_get_int(report, "fits", -1) == fits && value_get_int(report, "migrated", -1) == migrated;
    if (!good) fail_msg("%s", str_c(a, json_text(a, report)));
    arena_free(a);
}

static void assert_misfit(Value report, const char *code, const char *element, Str id) {
    Value misfits = value_get(report, "misfits");
    assert_int_equal(misfits.size, 1);
    assert_true(str_is(value_get_str(misfits.u.list[0], "code"), code));
    assert_true(str_is(value_get_str(misfits.u.list[0], "element"), element));
    assert_int_equal(value_get_int(misfits.u.list[0], "n", 0), 1);
    assert_true(str_eq(value_text(value_get(misfits.u.list[0], "cases").u.list[0]), id));
}

static Value view(Bench *b, Str id) {
    AccessWho who = {.user = STR("wang"), .name = STR("wang"), .office = STR("demo-county"), .role = STR("officer")};
    Err err = {0};
    Value out;
    must(case_view(b->house, &who, id, STR("handling"), NOON_US + DAY_US, b->a, &out, &err), &err);
    return out;
}

static CaseReply seen(Bench *b, Str id) {
    Value v = view(b, id);
    return (CaseReply){.id = id, .version = value_get_int(v, "version", 0), .tracking_code = value_get_str(v, "tracking_code")};
}

/* ---- stories -------------------------------------------------------------------------------------------------------------- */

static void a_case_goes_over_with_its_timer_and_goes_on(void **state) {
    Bench *b = *state;
    CaseReply made = does(b, CASE_CREATE, NULL, NOON_US, parking);
    Str was = value_get_str(view(b, made.id), "pack");
    install(b, reworded);
    assert_counts(plan(b, NULL), 1, 1, 0);
    assert_counts(run(b, NULL), 1, 1, 1);
    assert_counts(run(b, NULL), 0, 0, 0); /* it is not asked for again */
    Value after = view(b, made.id);
    assert_false(str_eq(value_get_str(after, "pack"), was));
    assert_true(str_eq(value_get_str(after, "pack"), case_pack(b->house, STR("traffic-first-violation"))->hash));
    assert_true(value_get(after, "trace").kind == VALUE_CONTEXT && !value_get_bool(value_get(after, "trace"), "other_version", false));
    rows_are_as_the_log_has_them(b);
    Err err = {0};
    must(case_tick(b->house, NOON_US + 20 * DAY_US, &err), &err); /* the time that it had, not the new one's, and not never */
    assert_true(str_is(value_get_str(value_get(view(b, made.id), "outcome"), "code"), "NO_PENALTY"));
}

static void a_timer_begins_anew_when_the_order_says_so(void **state) {
    Bench *b = *state;
    CaseReply made = does(b, CASE_CREATE, NULL, NOON_US, parking);
    install(b, reworded);
    assert_counts(run(b, "{\"restart\":[\"unanswered\"]}"), 1, 1, 1);
    Err err = {0};
    must(case_tick(b->house, NOON_US + 8 * DAY_US - 1000000, &err), &err); /* seven days from the day of the order */
    assert_true(value_is_null(value_get(view(b, made.id), "outcome")));
    must(case_tick(b->house, NOON_US + 8 * DAY_US, &err), &err);
    assert_false(value_is_null(value_get(view(b, made.id), "outcome")));
}

static Str letter(Bench *b, Str id) {
    AccessWho who = {.user = STR("wang"), .name = STR("wang"), .office = STR("demo-county"), .role = STR("officer")};
    Err err = {0};
    Str html;
    must(case_letter(b->house, &who, id, 1, STR("en"), NOON_US + 3 * DAY_US, b->a, &html, &err), &err);
    return html;
}

static void a_letter_that_was_sent_is_not_reworded(void **state) {
    Bench *b = *state;
    CaseReply decided = does(b, CASE_CREATE, NULL, NOON_US, parking);
    decided = does(b, CASE_ADOPT, &decided, NOON_US, "{}");
    Str before = letter(b, decided.id);
    install(b, reworded);
    assert_counts(run(b, NULL), 1, 1, 1); /* it waits to be filed away */
    assert_true(str_eq(letter(b, decided.id), before));
    assert_true(str_find(before, STR("by the new version")) < 0);
    CaseReply later = does(b, CASE_CREATE, NULL, NOON_US, parking);
    later = does(b, CASE_ADOPT, &later, NOON_US, "{}");
    assert_true(str_find(letter(b, later.id), STR("by the new version")) >= 0);
}

static void what_does_not_fit_stays_and_is_told(void **state) {
    Bench *b = *state;
    CaseReply waits = does(b, CASE_CREATE, NULL, NOON_US, parking);
    CaseReply decided = does(b, CASE_CREATE, NULL, NOON_US, parking);
    decided = does(b, CASE_ADOPT, &decided, NOON_US, "{}");
    install(b, renamed);
    Value report = plan(b, NULL);
    assert_counts(report, 2, 1, 0);
    assert_int_equal(value_get(report, "misfits").size, 2); /* the task, and the event at it */
    assert_counts(run(b, NULL), 2, 1, 1);
    CaseReply still = seen(b, waits.id);
    assert_int_equal(still.version, waits.version);
    (void)does(b, CASE_CLOCK, &still, NOON_US, "{\"clock\":\"notice\",\"do\":\"suspend\",\"reason\":\"鉴定\"}"); /* and works as before */
    assert_counts(run(b, "{\"elements\":{\"decide\":\"review\"}}"), 1, 1, 1);
    still = seen(b, waits.id);
    (void)does(b, CASE_ADOPT, &still, NOON_US + 2 * DAY_US, "{}");
}

static Str due(Bench *b, Str id) {
    Value clocks = value_get(view(b, id), "clocks");
    for (uint32_t i = 0; i < clocks.size; i++)
        if (str_is(value_get_str(clocks.u.list[i], "id"), "notice")) return json_text(b->a, clocks.u.list[i]);
    return STR("");
}

static void a_period_changes_only_when_told_and_never_begins_anew(void **state) {
    Bench *b = *state;
    CaseReply made = does(b, CASE_CREATE, NULL, NOON_US, parking);
    assert_true(str_find(due(b, made.id), STR("\"start\":\"2026-11-24\"")) >= 0 && str_find(due(b, made.id), STR("\"due\":\"2026-12-01\"")) >= 0);
    install(b, longer_period);
    assert_misfit(plan(b, NULL), "clock", "notice", made.id);
    assert_counts(run(b, "{\"clocks\":\"keep\"}"), 1, 0, 0);
    assert_counts(run(b, "{\"clocks\":\"recompute\"}"), 1, 1, 1);
    assert_true(str_find(due(b, made.id), STR("\"start\":\"2026-11-24\"")) >= 0 && str_find(due(b, made.id), STR("\"due\":\"2026-12-04\"")) >= 0);
}

static void answers_that_the_new_form_refuses_are_told(void **state) {
    Bench *b = *state;
    CaseReply made = does(b, CASE_CREATE, NULL, NOON_US, parking);
    install(b, stricter_form);
    assert_misfit(plan(b, NULL), "answers", "plate", made.id);
    assert_counts(run(b, "{\"drop\":[\"plate\"]}"), 1, 1, 1);
    assert_true(str_find(json_text(b->a, value_get(view(b, made.id), "answers")), STR("plate")) < 0);
}

static void only_who_may_moves_cases_and_only_his_own(void **state) {
    Bench *b = *state;
    CaseReply made = does(b, CASE_CREATE, NULL, NOON_US, parking);
    install(b, reworded);
    Err err = {0};
    Value report;
    CaseMigration order = order_of(b, NULL);
    order.who.role = STR("officer");
    assert_false(case_migrate_run(b->house, &order, NULL, NULL, b->a, &report, &err));
    assert_int_equal(err.code, ERR_DENIED);
    order.who.role = STR("supervisor");
    order.who.office = STR("nowhere");
    must(case_migrate_run(b->house, &order, NULL, NULL, b->a, &report, &err), &err);
    assert_misfit(report, "office", "demo-county", made.id);
    order.who.role = STR("legal");
    must(case_migrate_run(b->house, &order, NULL, NULL, b->a, &report, &err), &err);
    assert_counts(report, 1, 1, 1);
}

static void the_event_tells_who_why_and_by_which_law(void **state) {
    Bench *b = *state;
    CaseReply made = does(b, CASE_CREATE, NULL, NOON_US, parking);
    install(b, reworded);
    (void)run(b, "{\"restart\":[\"unanswered\"]}");
    StoreEvents events;
    Err err = {0};
    must(store_latest(b->store, str_join2(b->a, STR("case/"), made.id), 1, b->a, &events, &err), &err);
    assert_true(str_is(events.items[0].kind, "migrated") && str_is(events.items[0].actor, "supervisor demo-county zhao"));
    Value payload = json(b, str_c(b->a, events.items[0].payload));
    assert_true(str_is(value_get_str(payload, "reason"), "新法施行") && str_is(value_get_str(payload, "law"), "rtvp:44"));
    assert_int_equal(value_get(value_get(payload, "changes"), "restart").size, 1);
    assert_int_equal(value_get_str(payload, "from").n + value_get_str(payload, "to").n, 128);
}

static void wrong_orders_are_refused(void **state) {
    Bench *b = *state;
    (void)does(b, CASE_CREATE, NULL, NOON_US, parking);
    install(b, reworded);
    static const struct {
        const char *map, *element;
    } bad[] = {{"[]", "map"}, {"{\"timers\":{}}", "timers"}, {"{\"clocks\":\"reset\"}", "clocks"}, {"{\"restart\":[\"decide\"]}", "decide"},
               {"{\"elements\":{\"decide\":\"nobody\"}}", "nobody"}, {"{\"elements\":[]}", "elements"}, {"{\"drop\":\"plate\"}", "drop"}};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        Err err = {0};
        Value report;
        CaseMigration order = order_of(b, bad[i].map);
        assert_false(case_migrate_plan(b->house, &order, NULL, NULL, b->a, &report, &err));
        assert_int_equal(err.code, ERR_INVALID);
        assert_string_equal(err.element, bad[i].element);
    }
    CaseMigration order = order_of(b, NULL);
    Err err = {0};
    Value report;
    order.from = STR("ffff");
    assert_false(case_migrate_plan(b->house, &order, NULL, NULL, b->a, &report, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(a_case_goes_over_with_its_timer_and_goes_on),
        STORY(a_timer_begins_anew_when_the_order_says_so),
        STORY(a_letter_that_was_sent_is_not_reworded),
        STORY(what_does_not_fit_stays_and_is_told),
        STORY(a_period_changes_only_when_told_and_never_begins_anew),
        STORY(answers_that_the_new_form_refuses_are_told),
        STORY(only_who_may_moves_cases_and_only_his_own),
        STORY(the_event_tells_who_why_and_by_which_law),
        STORY(wrong_orders_are_refused),
    };
    return cmocka_run_group_tests_name("migrate", tests, NULL, NULL);
}
