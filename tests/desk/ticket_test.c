/* Tickets and calling: who took a number is called once, in turn, at one counter. */
#include "hall.h"

static void a_ticket_is_called_at_the_counter_that_serves_its_queue(void **state) {
    Hall *h = *state;
    DeskReply b = issue(h, "vehicle"), a = issue(h, "licence");
    assert_text(label(&b), "B01");
    assert_text(label(&a), "A01");
    sit(h, "wang", "w3");
    DeskReply called = act(h, DESK_CALL_NEXT, "wang");
    assert_text(called.id, str_c(h->a, a.id)); /* the licence counter leaves the vehicle alone */
    assert_text(called.state, "called");
}

static void a_press_that_comes_twice_is_one_ticket(void **state) { /* field bug: double print on retry */
    Hall *h = *state;
    DeskCommand press = wish(h, DESK_ISSUE, NULL);
    press.queue = STR("licence");
    DeskReply first = does(h, &press), second = does(h, &press), other;
    assert_true(second.again && !first.again && str_eq(first.id, second.id) && str_eq(first.code, second.code));
    assert_text(label(&second), "A01");
    other = issue(h, "licence");
    assert_text(label(&other), "A02");
    press.queue = STR("vehicle");
    assert_int_equal(refused(h, &press).code, ERR_KEY_REUSED);
}

static void nobody_is_called_twice(void **state) { /* field bug: double call */
    Hall *h = *state;
    DeskReply t = issue(h, "licence");
    sit(h, "wang", "w1");
    sit(h, "li", "w2");
    DeskReply one = act(h, DESK_CALL_NEXT, "wang"), two = act(h, DESK_CALL_NEXT, "li");
    assert_text(one.id, str_c(h->a, t.id));
    assert_text(two.id, "");
    DeskCommand more = wish(h, DESK_CALL_NEXT, "wang");
    assert_int_equal(refused(h, &more).code, ERR_STATE);
}

static void a_counter_has_one_clerk_and_a_clerk_one_counter(void **state) {
    Hall *h = *state;
    sit(h, "wang", "w1");
    DeskCommand same = wish(h, DESK_SIT, "li");
    same.counter = STR("w1");
    assert_int_equal(refused(h, &same).code, ERR_STATE);
    sit(h, "wang", "w2");
    sit(h, "li", "w1");
    act(h, DESK_LEAVE, "wang");
    DeskCommand call = wish(h, DESK_CALL_NEXT, "wang");
    assert_int_equal(refused(h, &call).code, ERR_STATE);
}

int main(void) {
    fixture_need_store();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_ticket_is_called_at_the_counter_that_serves_its_queue, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_press_that_comes_twice_is_one_ticket, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_is_called_twice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_counter_has_one_clerk_and_a_clerk_one_counter, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
