/* Effects of a process through the real store: wanted in the step, done outside once, reported back; and what must
 * not happen: one dropped, one done by two couriers, a wait that a jumping clock makes endless. */
#include "courier/courier_in.h"
#include "post.h"

typedef struct Post { /* the other side, and the clock */
    Bench *b;
    int64_t now;
    CourierAnswer answer;  /* what it will say */
    Str keys[32];          /* of the tries it saw */
    int64_t at[32];        /* and when */
    Value seen;            /* inputs of the last */
    size_t n;
} Post;

static CourierAnswer hears(void *self, const CaseEffect *e, int64_t now_us, Arena *a) {
    Post *p = self;
    (void)a;
    assert_true(p->n < 32);
    p->at[p->n] = now_us;
    p->keys[p->n++] = str_copy(p->b->a, e->key);
    p->seen = value_copy(p->b->a, e->inputs);
    return p->answer;
}

static void with_message(Bench *b, PackFile *files, size_t n) { add_message(b, files, n, "4", ""); }
static void without_waiting(Bench *b, PackFile *files, size_t n) { add_message(b, files, n, "4", "<zeebe:header key=\"wait\" value=\"no\" />"); }

static int set_up_with(void **state, void (*edit)(Bench *b, PackFile *files, size_t n)) {
    Bench *b = new_bench(edit);
    Post *p = NEW(b->a, Post);
    *p = (Post){.b = b, .now = NOON_US, .answer = {.said = COURIER_DID}};
    *state = p;
    return 0;
}
static int set_up(void **state) { return set_up_with(state, with_message); }
static int set_up_unwaited(void **state) { return set_up_with(state, without_waiting); }
static int clear(void **state) {
    Bench *b = ((Post *)*state)->b;
    void *bench = b;
    return tear_down(&bench);
}

static Value seen(Post *p, Str id) {
    AccessWho who = {.user = STR("chen"), .name = STR("chen"), .office = STR("demo-county"), .role = STR("supervisor")};
    Value v;
    Err err = {0};
    must(case_view(p->b->house, &who, id, STR("decision"), p->now, p->b->a, &v, &err), &err);
    return v;
}

static Value stuck(Post *p) {
    AccessWho who = {.user = STR("chen"), .name = STR("chen"), .office = STR("demo-county"), .role = STR("supervisor")};
    Value v;
    Err err = {0};
    must(case_stuck(p->b->house, &who, p->now, p->b->a, &v, &err), &err);
    return v;
}

/* A supervisor's retry of the first thing that stands still. */
static bool retries(Post *p, const char *variables, Err *err) {
    Value one = stuck(p).u.list[0];
    CaseReply on = {.id = value_get_str(one, "case"), .version = value_get_int(one, "version", 0)}, r;
    Command c = order(p->b, CASE_RETRY, &on, p->now, str_c(p->b->a, str_printf(p->b->a, "{\"what\":\"" STR_FMT "\",\"key\":\"" STR_FMT "\",\"reason\":\"对方已恢复\"%s}",
                      STR_ARG(value_get_str(one, "what")), STR_ARG(value_get_str(one, "key")), variables)));
    c.who = (AccessWho){.user = STR("chen"), .name = STR("chen"), .office = STR("demo-county"), .role = STR("supervisor")};
    return case_handle(p->b->house, &c, p->b->a, &r, err);
}

static bool is_decided(Post *p, Str id) { return str_is(value_get_str(seen(p, id), "state"), "decided"); }

/* ---- what must hold ---------------------------------------------------------------------------------------------- */

static void a_process_waits_for_its_message(void **state) {
    Post *p = *state;
    CaseReply r = decided(p->b, p->now);
    assert_false(is_decided(p, r.id));
    p->answer.variables = json(p->b, "{\"sent\":\"yes\"}");
    Courier *c = new_courier(p->b, &p->now, hears, p, 1);
    assert_int_equal(go_round(c), 1);
    assert_true(str_starts(p->keys[0], str_join2(p->b->a, r.id, STR("/"))));
    assert_true(value_get_str(p->seen, "plate").n > 0);
    assert_true(is_decided(p, r.id));
    assert_int_equal(value_get(seen(p, r.id), "letters").size, 1);
    assert_int_equal(go_round(c), 0);
    courier_free(c);
}

static void one_that_nothing_waits_for_goes_out_beside(void **state) {
    Post *p = *state;
    CaseReply r = decided(p->b, p->now);
    assert_true(is_decided(p, r.id));
    Courier *c = new_courier(p->b, &p->now, hears, p, 1);
    assert_int_equal(go_round(c), 1);
    assert_int_equal(go_round(c), 0);
    assert_int_equal(p->n, 1);
    courier_free(c);
}

static void without_a_way_out_it_is_a_dead_letter_that_can_be_tried_again(void **state) {
    Post *p = *state;
    Err err = {0};
    CaseReply r = decided(p->b, p->now);
    Courier *none = new_courier(p->b, &p->now, NULL, NULL, 1), *c = new_courier(p->b, &p->now, hears, p, 2);
    assert_int_equal(go_round(none), 1);
    Value one = stuck(p).u.list[0], dead;
    assert_true(value_get_bool(one, "dead", false));
    assert_true(str_find(value_get_str(one, "reason"), STR("no way out is configured for sms")) >= 0);
    must(case_outbox_list(p->b->store, true, p->b->a, &dead, &err), &err);
    assert_int_equal(dead.size, 1);
    p->now += 86400 * SECOND_US;
    assert_int_equal(go_round(c), 0);
    must(retries(p, "", &err), &err);
    assert_int_equal(stuck(p).size, 0);
    assert_int_equal(go_round(c), 1);
    assert_true(str_eq(p->keys[0], value_get_str(one, "key")));
    assert_true(is_decided(p, r.id));
    courier_free(none);
    courier_free(c);
}

static void failed_tries_wait_longer_each_time_and_end(void **state) {
    Post *p = *state;
    CaseReply r = decided(p->b, p->now);
    p->answer = (CourierAnswer){.said = COURIER_LATER, .reason = STR("busy")};
    Courier *c = new_courier(p->b, &p->now, hears, p, 1);
    for (int s = 0; s < 120; s++, p->now += SECOND_US) go_round(c);
    assert_int_equal(p->n, 4); /* retries="4" */
    for (size_t i = 1; i < p->n; i++) {
        int64_t waited = p->at[i] - p->at[i - 1], most = (5 << (i - 1)) * SECOND_US;
        assert_true(str_eq(p->keys[i], p->keys[0]));
        assert_true(waited >= most / 2 && waited <= most + SECOND_US);
    }
    Value one = value_get(seen(p, r.id), "stuck").u.list[0];
    assert_true(str_find(value_get_str(one, "reason"), STR("given up after 4 tries: busy")) >= 0);
    courier_free(c);
}

static void waits_double_up_to_an_hour_and_differ_by_lot(void **state) {
    (void)state;
    uint8_t one[32] = {1}, two[32] = {2};
    assert_true(courier_wait_us(one, STR("c/1/1"), 1) != courier_wait_us(two, STR("c/1/1"), 1));
    assert_int_equal(courier_wait_us(one, STR("c/1/1"), 3), courier_wait_us(one, STR("c/1/1"), 3));
    for (int64_t n = 12; n < 1000; n += 100) {
        int64_t wait = courier_wait_us(one, STR("c/1/1"), n);
        assert_true(wait >= 1800 * SECOND_US && wait <= 3600 * SECOND_US);
    }
}

static void a_lease_is_one_courier_s_until_it_ends(void **state) {
    Post *p = *state;
    Err err = {0};
    CaseEffects got;
    decided(p->b, p->now);
    CaseClaim claim = {.owner = STR("one"), .now_us = p->now, .until_us = p->now + 300 * SECOND_US, .beyond_us = p->now + 7200 * SECOND_US, .limit = 8};
    must(case_claim(p->b->house, &claim, p->b->a, &got, &err), &err);
    assert_int_equal(got.n, 1); /* and then that courier dies */
    Courier *c = new_courier(p->b, &p->now, hears, p, 2);
    assert_int_equal(go_round(c), 0);
    p->now += 301 * SECOND_US;
    assert_int_equal(go_round(c), 1);
    /* The first one wakes up: its report and its wish for later change nothing. */
    CaseReport late = {.key = got.items[0].key, .how = CASE_DEAD, .reason = STR("late"), .now_us = p->now};
    must(case_report(p->b->house, &late, p->b->a, &err), &err);
    must(case_later(p->b->house, got.items[0].key, STR("one"), p->now, STR("late"), &err), &err);
    assert_int_equal(stuck(p).size, 0);
    assert_int_equal(go_round(c), 0);
    courier_free(c);
}

static void a_clock_set_back_delays_nothing_for_long(void **state) {
    Post *p = *state;
    CaseReply r = decided(p->b, p->now);
    p->answer = (CourierAnswer){.said = COURIER_LATER, .reason = STR("busy")};
    Courier *c = new_courier(p->b, &p->now, hears, p, 1);
    assert_int_equal(go_round(c), 1);
    p->now -= 86400 * SECOND_US;
    p->answer = (CourierAnswer){.said = COURIER_DID};
    assert_int_equal(go_round(c), 1);
    assert_true(is_decided(p, r.id));
    p->now += 3 * 86400 * SECOND_US;
    assert_int_equal(go_round(c), 0);
    courier_free(c);
}

static void an_error_that_no_handler_takes_is_an_incident(void **state) {
    Post *p = *state;
    Err err = {0};
    CaseReply r = decided(p->b, p->now);
    p->answer = (CourierAnswer){.said = COURIER_REFUSED, .code = STR("NO_SUCH_NUMBER")};
    Courier *c = new_courier(p->b, &p->now, hears, p, 1);
    assert_int_equal(go_round(c), 1);
    Value one = stuck(p).u.list[0];
    assert_true(str_is(value_get_str(one, "what"), "incident") && str_is(value_get_str(one, "element"), "tell"));
    assert_true(str_find(value_get_str(one, "reason"), STR("NO_SUCH_NUMBER")) >= 0);
    assert_int_equal(value_get(seen(p, r.id), "stuck").size, 1);
    p->answer = (CourierAnswer){.said = COURIER_DID};
    must(retries(p, ",\"variables\":{\"plate\":\"示A·99999\"}", &err), &err);
    assert_int_equal(stuck(p).size, 0);
    assert_int_equal(go_round(c), 1);
    assert_false(str_eq(p->keys[0], p->keys[1])); /* wanted anew: another effect */
    assert_true(is_decided(p, r.id));
    courier_free(c);
}

static void a_file_is_written_once_and_whole(void **state) {
    Post *p = *state;
    Err err = {0};
    void *self;
    char folder[64];
    CaseEffect e = {.key = STR("c1/2/3"), .kind = STR("sms"), .at_us = NOON_US, .inputs = json(p->b, "{\"to\":\"x\"}"), .headers = value_null()};
    snprintf(folder, sizeof folder, "/tmp/yc-sent-XXXXXX");
    assert_non_null(mkdtemp(folder));
    must(courier_folder(folder, p->b->a, &self, &err), &err);
    assert_int_equal(courier_to_folder(self, &e, NOON_US, p->b->a).said, COURIER_DID);
    char *path = str_c(p->b->a, str_printf(p->b->a, "%s/c1-2-3.json", folder));
    Str bytes;
    Value body;
    must(main_read_file(path, 4096, p->b->a, &bytes, &err), &err);
    must(json_parse(bytes, (JsonLimits){0}, p->b->a, &body, &err), &err);
    assert_true(str_is(value_get_str(body, "key"), "c1/2/3"));
    e.inputs = value_null(); /* the same key again writes nothing */
    assert_int_equal(courier_to_folder(self, &e, NOON_US, p->b->a).said, COURIER_DID);
    Str again;
    must(main_read_file(path, 4096, p->b->a, &again, &err), &err);
    assert_true(str_eq(bytes, again));
    remove(path);
    assert_int_equal(remove(folder), 0);
    assert_int_equal(courier_to_folder(self, &e, NOON_US, p->b->a).said, COURIER_LATER);
}

static void wrong_ways_out_are_refused(void **state) {
    Post *p = *state;
    static const char *const wrong[] = {
        "{}", "[{\"kind\":\"sms\"}]", "[{\"folder\":\"/tmp\"}]", "[{\"kind\":\"sms\",\"folder\":\"/tmp\",\"url\":\"https://x\"}]",
        "[{\"kind\":\"sms\",\"url\":\"https://x\"}]", "[{\"kind\":\"sms\",\"folder\":\"/tmp\",\"colour\":\"red\"}]",
        "[{\"kind\":\"sms\",\"url\":\"https://x\",\"secret_file\":\"/nowhere\"}]", "[{\"kind\":\"sms\",\"folder\":3}]",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        CourierAdapters made;
        Err err = {0};
        assert_false(courier_adapters(json(p->b, wrong[i]), "/tmp", p->b->a, &made, &err));
        assert_true(err.text[0]);
    }
    void *self;
    Err err = {0};
    Str secret = STR("0123456789abcdef");
    assert_false(courier_webhook(STR("http://example.org/"), secret, p->b->a, &self, &err));
    assert_false(courier_webhook(STR("http://localhost.example.org/"), secret, p->b->a, &self, &err));
    assert_false(courier_webhook(STR("https://example.org/"), STR("short"), p->b->a, &self, &err));
    must(courier_webhook(STR("http://127.0.0.1:1/"), secret, p->b->a, &self, &err), &err);
}

static int set_up_renewal(void **state) {
    Bench *b = service_bench("licence-renewal");
    Post *p = NEW(b->a, Post);
    *p = (Post){.b = b, .now = NOON_US};
    *state = p;
    return 0;
}

/* The simulated provider ends after its states, and is asked no more; what is on its way is not taken twice. */
static void a_provider_is_asked_until_it_has_ended(void **state) {
    Post *p = *state;
    CaseReply r = does(p->b, CASE_CREATE, NULL, p->now, "{\"applicantType\":\"resident\",\"personName\":\"岩温\",\"personId\":\"532801199001011234\",\"phone\":\"13800000000\","
                                                        "\"term\":\"6\",\"validTo\":\"2027-01-10\",\"fullMarks\":\"no\",\"carClass\":\"ordinary\",\"issuedHere\":\"yes\"}");
    (void)does(p->b, CASE_PAY, &r, p->now, "{\"method\":\"online\"}");
    Courier *c = new_courier(p->b, &p->now, courier_to_provider, NULL, 1);
    int tries = 0;
    for (int s = 0; s < 120; s++, p->now += SECOND_US) tries += (int)go_round(c);
    assert_int_equal(tries, 4);
    Value payments = value_get(value_get(seen(p, r.id), "fees"), "payments");
    assert_int_equal(payments.size, 1);
    assert_true(str_is(value_get_str(payments.u.list[0], "state"), "success"));
    assert_true(str_starts(value_get_str(payments.u.list[0], "reference"), STR("SIM-")));
    courier_free(c);
}

int main(void) {
    fixture_need_store();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_process_waits_for_its_message, set_up, clear),
        cmocka_unit_test_setup_teardown(one_that_nothing_waits_for_goes_out_beside, set_up_unwaited, clear),
        cmocka_unit_test_setup_teardown(without_a_way_out_it_is_a_dead_letter_that_can_be_tried_again, set_up, clear),
        cmocka_unit_test_setup_teardown(failed_tries_wait_longer_each_time_and_end, set_up, clear),
        cmocka_unit_test(waits_double_up_to_an_hour_and_differ_by_lot),
        cmocka_unit_test_setup_teardown(a_lease_is_one_courier_s_until_it_ends, set_up, clear),
        cmocka_unit_test_setup_teardown(a_clock_set_back_delays_nothing_for_long, set_up, clear),
        cmocka_unit_test_setup_teardown(an_error_that_no_handler_takes_is_an_incident, set_up, clear),
        cmocka_unit_test_setup_teardown(a_file_is_written_once_and_whole, set_up, clear),
        cmocka_unit_test_setup_teardown(wrong_ways_out_are_refused, set_up, clear),
        cmocka_unit_test_setup_teardown(a_provider_is_asked_until_it_has_ended, set_up_renewal, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
