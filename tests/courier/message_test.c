/* Messages that are no case's go by the couriers: once, in no event, and not at all when they are stopped in time. */
#include "post.h"

typedef struct Box { /* where the courier of the story puts them */
    Bench *b;       /* whose arena keeps them */
    Str texts[8];   /* what came */
    size_t n;       /* of texts */
    bool down;      /* it takes nothing */
} Box;

static CourierAnswer take(void *self, const CaseEffect *e, int64_t now_us, Arena *a) {
    (void)now_us, (void)a;
    Box *box = self;
    if (box->down) return (CourierAnswer){.said = COURIER_NEVER, .reason = STR("no such number")};
    if (box->n < COUNT_OF(box->texts)) box->texts[box->n++] = str_copy(box->b->a, value_get_str(e->inputs, "text"));
    return (CourierAnswer){.said = COURIER_DID};
}

static int set_up(void **state) {
    *state = new_bench(NULL);
    return 0;
}

static void say(Bench *b, const char *key, const char *about, int64_t now_us) {
    Err err = {0};
    StoreBatch *batch = store_batch(b->a);
    CaseMessage m = {.key = str_of(key), .kind = STR("sms"), .about = str_of(about), .to = STR("13800000000"), .text = str_of(key), .lang = STR("zh")};
    case_message_add(b->house, batch, &m, now_us);
    must(store_commit(b->store, batch, &err), &err);
}

static Value all(Bench *b) {
    Value list;
    Err err = {0};
    must(case_messages(b->house, b->a, &list, &err), &err);
    return list;
}

static void test_it_is_sent_once_and_is_in_no_event(void **state) {
    Bench *b = *state;
    Box box = {.b = b};
    int64_t clock = NOON_US;
    int64_t events = store_counters(b->store).events;
    Courier *c = new_courier(b, &clock, take, &box, 1);
    say(b, "a1/1", "a1", NOON_US);
    assert_int_equal(go_round(c), 1);
    assert_int_equal(go_round(c), 0);
    assert_int_equal(box.n, 1);
    assert_true(str_is(value_get_str(all(b).u.list[0], "state"), "sent"));
    assert_int_equal(store_counters(b->store).events, events);
    courier_free(c);
}

static void test_what_is_stopped_is_not_sent(void **state) {
    Bench *b = *state;
    Box box = {.b = b};
    Err err = {0};
    int64_t clock = NOON_US;
    Courier *c = new_courier(b, &clock, take, &box, 1);
    StoreBatch *batch = store_batch(b->a);
    say(b, "a1/1", "a1", NOON_US);
    say(b, "a2/1", "a2", NOON_US);
    case_message_stop(b->house, batch, STR("a1"));
    must(store_commit(b->store, batch, &err), &err);
    assert_int_equal(go_round(c), 1);
    assert_true(box.n == 1 && str_is(box.texts[0], "a2/1"));
    courier_free(c);
}

static void test_a_dead_one_is_listed_and_tried_again(void **state) {
    Bench *b = *state;
    Box box = {.b = b, .down = true};
    Err err = {0};
    Value dead;
    int64_t clock = NOON_US;
    Courier *c = new_courier(b, &clock, take, &box, 1);
    say(b, "a1/1", "a1", NOON_US);
    go_round(c);
    must(case_outbox_list(b->store, true, b->a, &dead, &err), &err);
    assert_true(dead.size == 1 && str_is(value_get_str(dead.u.list[0], "reason"), "no such number"));
    box.down = false;
    must(case_outbox_retry(b->house, STR("a1/1"), STR("the number is right"), NOON_US, b->a, &err), &err);
    assert_int_equal(go_round(c), 1);
    assert_int_equal(box.n, 1);
    assert_false(case_outbox_retry(b->house, STR("a1/1"), STR("again"), NOON_US, b->a, &err));
    courier_free(c);
}

static void test_it_is_gone_after_some_days(void **state) {
    Bench *b = *state;
    Err err = {0};
    int64_t late = NOON_US + CASE_MESSAGE_DAYS * INT64_C(86400000000);
    say(b, "a1/1", "a1", NOON_US);
    must(case_tick(b->house, late - 1, &err), &err);
    assert_int_equal(all(b).size, 1);
    must(case_tick(b->house, late, &err), &err);
    assert_int_equal(all(b).size, 0);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(test_it_is_sent_once_and_is_in_no_event), STORY(test_what_is_stopped_is_not_sent),
        STORY(test_a_dead_one_is_listed_and_tried_again), STORY(test_it_is_gone_after_some_days),
    };
    return cmocka_run_group_tests_name("messages", tests, NULL, NULL);
}
