/* The life of one application, through the real store and the demo pack: registered, proposed, decided,
 * corrected; and what must not happen: a stale act, a second use of a key, another office's look. */
#include "bench.h"

#include <pthread.h>

/* The same service, one version on: D5 proposes no penalty. */
static void move_on(Bench *b, PackFile *files, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (str_is(files[i].name, "decide.dmn"))
            files[i].bytes = replaced(b, files[i].bytes, "<outputEntry id=\"D5_out1\"><text>\"WARNING\"", "<outputEntry id=\"D5_out1\"><text>\"NO_PENALTY\"");
}

static int set_up(void **state) {
    *state = new_bench(NULL);
    return 0;
}

static AccessWho officer(const char *user, const char *office) {
    return (AccessWho){.user = str_of(user), .name = str_of(user), .office = str_of(office), .role = STR("officer")};
}

static Command command(Bench *b, CaseDo what, const char *key, const char *args) {
    Command c = order(b, what, NULL, NOON_US + b->turn, args);
    c.key = str_of(key);
    return c;
}

static CaseReply registered(Bench *b, const char *args) {
    Command c = command(b, CASE_CREATE, "", args);
    CaseReply r;
    Err err = {0};
    must(case_handle(b->house, &c, b->a, &r, &err), &err);
    assert_int_equal(r.faults.n, 0);
    return r;
}

static const char first_parking[] = "{\"violationCode\":\"1039\",\"plate\":\"示A·12345\",\"at\":\"2026-11-16T08:42\",\"historyVerified\":true}";

static Value view(Bench *b, Str id, const char *user, const char *office) {
    AccessWho who = officer(user, office);
    Value v;
    Err err = {0};
    must(case_view(b->house, &who, id, STR("decision"), NOON_US, b->a, &v, &err), &err);
    return v;
}

static void proposal_explains_itself(void **state) {
    Bench *b = *state;
    CaseReply r = registered(b, first_parking);
    Value v = view(b, r.id, "wang", "demo-county");
    assert_true(str_is(value_get_str(v, "state"), "proposed"));
    assert_true(str_is(value_get_str(value_get(v, "proposed"), "code"), "WARNING"));
    Value rules = value_get(value_get(v, "proposal"), "rules");
    assert_true(str_is(value_get_str(rules.u.list[0], "rule"), "D5"));
    assert_int_equal(value_get(v, "trace").kind, VALUE_CONTEXT);
}

static void adopt_correct_and_letters(void **state) {
    Bench *b = *state;
    CaseReply r = registered(b, first_parking), after;
    Err err = {0};
    Command c = command(b, CASE_ADOPT, "k1", "{}");
    c.case_id = r.id;
    c.version = r.version;
    must(case_handle(b->house, &c, b->a, &after, &err), &err);
    assert_true(str_is(after.state, "decided"));
    assert_true(after.version > r.version);
    CaseReply same;
    must(case_handle(b->house, &c, b->a, &same, &err), &err); /* the same key and body: the same answer */
    assert_true(same.again && same.version == after.version);
    c.key = STR("k2");
    assert_false(case_handle(b->house, &c, b->a, &same, &err));
    assert_int_equal(err.code, ERR_STALE);
    /* Sixty days end on Saturday 2027-01-23; what 2027 has off is not published in the demo's calendars. */
    Value appeal = value_get(view(b, r.id, "wang", "demo-county"), "appeal");
    assert_int_equal(value_get(appeal, "reconsideration_until").u.i, date_days(2027, 1, 25));
    assert_true(value_get_bool(appeal, "reconsideration_provisional", false));
    Command fix = command(b, CASE_CORRECT, "k3", "{\"outcome\":\"NO_PENALTY\",\"reason\":\"已当场改正\"}");
    fix.case_id = r.id;
    fix.version = after.version;
    must(case_handle(b->house, &fix, b->a, &after, &err), &err);
    Value v = view(b, r.id, "wang", "demo-county");
    assert_int_equal(value_get(v, "decisions").size, 2); /* corrected, never erased */
    assert_int_equal(value_get(v, "letters").size, 2);
    AccessWho who = officer("wang", "demo-county");
    static const char *const langs[] = {"zh", "en"};
    for (size_t i = 0; i < 2; i++) {
        Str first, second;
        must(case_letter(b->house, &who, r.id, 1, str_of(langs[i]), NOON_US, b->a, &first, &err), &err);
        must(case_letter(b->house, NULL, r.tracking_code, 2, str_of(langs[i]), NOON_US, b->a, &second, &err), &err);
        assert_true(str_find(second, STR("已当场改正")) >= 0);
        assert_true(str_find(first, STR("已当场改正")) < 0);
        /* 60 days from 24 November end on Saturday 23 January: the law moves that to Monday. */
        assert_true(str_find(first, i ? STR("25 January 2027") : STR("2027 年 1 月 25 日")) >= 0);
    }
}

static void identity_numbers_stay_masked(void **state) {
    Bench *b = *state;
    CaseReply r = registered(b, "{\"violationCode\":\"1039\",\"personId\":\"530000199201010017\"}");
    Value seen;
    Err err = {0};
    must(case_track(b->house, r.tracking_code, NOON_US, b->a, &seen, &err), &err);
    assert_true(str_find(json_text(b->a, seen), STR("199201")) < 0);
    assert_true(str_find(json_text(b->a, seen), STR("5300**********0017")) >= 0);
    assert_true(str_find(json_text(b->a, view(b, r.id, "wang", "demo-county")), STR("199201")) < 0);
}

static void departing_needs_an_outcome_and_a_reason(void **state) {
    Bench *b = *state;
    CaseReply r = registered(b, first_parking), after;
    static const struct {
        const char *args, *element;
    } rows[] = {
        {"{\"outcome\":\"NO_PENALTY\",\"reason\":\"  \"}", "reason"},
        {"{\"outcome\":\"FINE\",\"reason\":\"x\"}", "outcome"},
        {"{\"outcome\":\"WARNING\",\"reason\":\"x\"}", "outcome"}, /* as proposed: nothing to depart from */
        {"{\"outcome\":\"OFFICER_CONSIDERS\",\"reason\":\"x\"}", "outcome"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Err err = {0};
        Command c = command(b, CASE_DEPART, "d", rows[i].args);
        c.case_id = r.id;
        c.version = r.version;
        assert_false(case_handle(b->house, &c, b->a, &after, &err));
        assert_int_equal(err.code, ERR_INVALID);
        assert_string_equal(err.element, rows[i].element);
    }
}

static void keys_bind_one_body(void **state) {
    Bench *b = *state;
    CaseReply r;
    Err err = {0};
    Command c = command(b, CASE_CREATE, "same", first_parking);
    must(case_handle(b->house, &c, b->a, &r, &err), &err);
    Command other = command(b, CASE_CREATE, "same", "{\"violationCode\":\"1344\"}");
    assert_false(case_handle(b->house, &other, b->a, &r, &err));
    assert_int_equal(err.code, ERR_KEY_REUSED);
}

static CaseReply keyed(Bench *b, const char *key, int64_t now_us, ErrCode expected) {
    CaseReply r = {0};
    Err err = {0};
    Command c = command(b, CASE_CREATE, key, first_parking);
    c.now_us = now_us;
    c.seed[31] = 0; /* looks at kept answers */
    assert_true(case_handle(b->house, &c, b->a, &r, &err) == (expected == ERR_NONE));
    assert_int_equal(err.code, expected);
    return r;
}

/* Answers are forgotten after a month by those that come later, and not before. */
static void an_answer_is_kept_for_a_month(void **state) {
    Bench *b = *state;
    const int64_t day_us = 86400000000;
    Str first = keyed(b, "old", NOON_US, ERR_NONE).id;
    for (int i = 0; i < 40; i++) keyed(b, str_c(b->a, str_printf(b->a, "day30-%d", i)), NOON_US + 30 * day_us + i, ERR_NONE);
    CaseReply again = keyed(b, "old", NOON_US + 30 * day_us, ERR_NONE);
    assert_true(again.again && str_eq(again.id, first));
    for (int i = 0; i < 40; i++) keyed(b, str_c(b->a, str_printf(b->a, "day31-%d", i)), NOON_US + 31 * day_us + i, ERR_NONE);
    assert_false(keyed(b, "old", NOON_US + 31 * day_us, ERR_NONE).again);
}

/* The same request in several threads at once is done once. */
enum { ASKERS = 8 };
typedef struct Asker { /* one of them */
    Bench *b;         /* the counter */
    Arena *a;         /* its own */
    const Command *c; /* the request */
    CaseReply r;      /* what it hears */
    bool ok;          /* it hears yes */
} Asker;

static void *ask(void *asker) {
    Asker *me = asker;
    Err err = {0};
    Command c = *me->c;
    c.seed[0] = (uint8_t)(uintptr_t)me;
    me->ok = case_handle(me->b->house, &c, me->a, &me->r, &err);
    return NULL;
}

static void a_key_is_done_once(void **state) {
    Bench *b = *state;
    Asker askers[ASKERS];
    pthread_t threads[ASKERS];
    Command c = command(b, CASE_CREATE, "many", first_parking);
    int fresh = 0;
    for (int i = 0; i < ASKERS; i++) {
        askers[i] = (Asker){.b = b, .a = arena_new(0), .c = &c};
        assert_int_equal(pthread_create(&threads[i], NULL, ask, &askers[i]), 0);
    }
    for (int i = 0; i < ASKERS; i++) {
        pthread_join(threads[i], NULL);
        assert_true(askers[i].ok && str_eq(askers[i].r.id, askers[0].r.id));
        fresh += !askers[i].r.again;
    }
    for (int i = 0; i < ASKERS; i++) arena_free(askers[i].a);
    assert_int_equal(fresh, 1);
}

static void priors_are_counted_by_plate(void **state) {
    Bench *b = *state;
    registered(b, "{\"violationCode\":\"1039\",\"plate\":\"示A·777\",\"at\":\"2026-03-02T17:20\",\"historyVerified\":true}");
    CaseReply r = registered(b, "{\"violationCode\":\"1039\",\"plate\":\"示a777\",\"at\":\"2026-11-16T08:42\",\"historyVerified\":true}");
    Value v = view(b, r.id, "wang", "demo-county");
    assert_true(str_is(value_get_str(value_get(v, "proposed"), "code"), "ORDINARY"));
    assert_int_equal(value_get_int(value_get(v, "answers"), "priorVehicle", -1), 1);
    r = registered(b, "{\"violationCode\":\"1039\",\"plate\":\"示A777\",\"at\":\"2028-11-16T08:42\",\"historyVerified\":true}");
    assert_true(str_is(value_get_str(value_get(view(b, r.id, "wang", "demo-county"), "proposed"), "code"), "WARNING"));
}

static void another_office_sees_nothing(void **state) {
    Bench *b = *state;
    CaseReply r = registered(b, first_parking);
    AccessWho stranger = officer("zhao", "second-county");
    Value v;
    Err err = {0};
    assert_false(case_view(b->house, &stranger, r.id, STR("decision"), NOON_US, b->a, &v, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void every_look_is_a_line_without_a_name(void **state) {
    Bench *b = *state;
    CaseReply r = registered(b, first_parking);
    Value seen;
    Err err = {0};
    assert_int_equal(value_get_int(view(b, r.id, "wang", "demo-county"), "others", -1), 0);
    view(b, r.id, "li", "demo-county");
    must(case_track(b->house, r.tracking_code, NOON_US, b->a, &seen, &err), &err);
    assert_int_equal(value_get(seen, "lookers").size, 3); /* registering and two looks */
    Str text = json_text(b->a, seen);
    assert_true(str_find(text, STR("wang")) < 0);
    assert_int_equal(value_get(seen, "trace").kind, VALUE_NULL); /* a proposal is not told as a decision */
    StoreEvents lines; /* each look is in the chained log, as the registering is with its case's events */
    must(store_events(b->store, str_join2(b->a, STR("access/"), r.id), 0, 10, b->a, &lines, &err), &err);
    assert_int_equal(lines.n, 2);
    assert_int_equal(lines.items[1].seq, 2);
    Value second = view(b, r.id, "wang", "demo-county");
    assert_int_equal(value_get_int(second, "others", -1), 1); /* li has it open too */
    assert_int_equal(value_get_int(value_get(second, "appeal"), "reconsideration_days", 0), 60);
}

static void worklist_finds_by_plate_and_pages(void **state) {
    Bench *b = *state;
    AccessWho who = officer("wang", "demo-county");
    Value page, next;
    Err err = {0};
    for (int i = 0; i < 5; i++) registered(b, first_parking);
    Command last = command(b, CASE_CREATE, "", "{\"violationCode\":\"1344\",\"plate\":\"示B·9\"}");
    CaseReply r;
    last.now_us += 1000; /* within a second order is by the 4096th part of it */
    must(case_handle(b->house, &last, b->a, &r, &err), &err);
    must(case_list(b->house, &who, json(b, "{\"find\":\"示b9\"}"), NOON_US, b->a, &page, &err), &err);
    assert_int_equal(value_get(page, "cases").size, 1);
    Str names[] = {r.id, r.tracking_code};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        ValueBuild find = {.a = b->a};
        build_c(&find, "find", value_str(names[i]));
        must(case_list(b->house, &who, build_ctx(&find), NOON_US, b->a, &page, &err), &err);
        assert_int_equal(value_get(page, "cases").size, 1);
        assert_true(str_eq(value_get_str(value_get(page, "cases").u.list[0], "id"), r.id));
    }
    must(case_list(b->house, &who, json(b, "{\"limit\":4}"), NOON_US, b->a, &page, &err), &err);
    assert_int_equal(value_get(page, "cases").size, 4);
    ValueBuild rest = {.a = b->a};
    build_c(&rest, "after", value_get(page, "next"));
    must(case_list(b->house, &who, build_ctx(&rest), NOON_US, b->a, &next, &err), &err);
    assert_int_equal(value_get(next, "cases").size, 2);
    assert_true(str_eq(value_get_str(value_get(next, "cases").u.list[1], "id"), r.id));
    Str id;
    must(case_next(b->house, &who, r.id, b->a, &id, &err), &err);
    assert_true(str_eq(id, value_get_str(value_get(page, "cases").u.list[0], "id"))); /* begins anew */
}

static void a_second_start_keeps_the_version(void **state) {
    Bench *b = *state;
    CaseReply r = registered(b, first_parking);
    reopen_bench(b);
    assert_int_equal(value_get(view(b, r.id, "wang", "demo-county"), "trace").kind, VALUE_CONTEXT);
    StoreEvents events;
    Err err = {0};
    must(store_events(b->store, STR("pack/traffic-first-violation"), 0, 10, b->a, &events, &err), &err);
    assert_int_equal(events.n, 1);
}

static void a_case_keeps_the_version_it_began_with(void **state) {
    Bench *b = *state;
    CaseReply old = registered(b, first_parking), decided;
    Err err = {0};
    b->edit = move_on;
    reopen_bench(b);
    CaseReply fresh = registered(b, "{\"violationCode\":\"1039\",\"plate\":\"示A·1\",\"historyVerified\":true}");
    assert_true(str_is(value_get_str(value_get(view(b, fresh.id, "wang", "demo-county"), "proposed"), "code"), "NO_PENALTY"));
    Value v = view(b, old.id, "wang", "demo-county");
    assert_true(value_get(value_get(v, "trace"), "tables").size > 0);
    assert_true(case_view_pack(b->house, v) != case_pack(b->house, STR("traffic-first-violation")));
    Command c = command(b, CASE_ADOPT, "k", "{}");
    c.case_id = old.id;
    c.version = old.version;
    must(case_handle(b->house, &c, b->a, &decided, &err), &err);
    v = view(b, old.id, "wang", "demo-county");
    assert_true(str_is(value_get_str(value_get(v, "outcome"), "code"), "WARNING"));
}

#define LIFE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
int main(void) {
    const struct CMUnitTest tests[] = {
        LIFE(proposal_explains_itself),   LIFE(adopt_correct_and_letters),   LIFE(departing_needs_an_outcome_and_a_reason),
        LIFE(identity_numbers_stay_masked), LIFE(keys_bind_one_body),         LIFE(an_answer_is_kept_for_a_month), LIFE(a_key_is_done_once),
        LIFE(priors_are_counted_by_plate), LIFE(another_office_sees_nothing),
        LIFE(every_look_is_a_line_without_a_name), LIFE(worklist_finds_by_plate_and_pages), LIFE(a_second_start_keeps_the_version),
        LIFE(a_case_keeps_the_version_it_began_with),
    };
    fixture_need_store();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
