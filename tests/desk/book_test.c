/* Booking: a time is given once, to a person who proved to have the telephone, and comes back when it is given back. */
#include "book_hall.h"

#include <pthread.h>

#define RENEWAL "licence-renewal"
#define VIOLATION "traffic-first-violation" /* one counter with slots serves it */

static void from_hold_to_booking(void **state) {
    Hall *h = *state;
    DeskReply held = hold(h, RENEWAL, at("2026-11-25", "09:00"));
    assert_text(held.state, "held");
    DeskCommand tell = wish_tell(h, held.code, "530000199001010017");
    does(h, &tell);
    Str digits = told_code(h, held.code);
    DeskCommand confirm = wish_confirm(h, held.code, digits), again = wish_confirm(h, held.code, digits);
    assert_text(does(h, &confirm).state, "booked");
    assert_text(does(h, &again).state, "booked");
    DeskBooking b = booking(h, held.code);
    assert_true(b.minutes == 12 && b.span == 1 && b.start_us == at("2026-11-25", "09:00"));
    Str text = STR("");
    assert_int_equal(waiting(h, held.code, &text), 2);
    assert_true(has(text, "已预约：11 月 25 日（周三）09:00，示例县公安局交通警察大队"));
    assert_true(b.person.n == 32 && !has(b.person, "5300"));
}

/* Field bug ZMS-3436: a double click books twice. */
static void a_double_click_books_once(void **state) {
    Hall *h = *state;
    DeskCommand press = wish_hold(h, VIOLATION, at("2026-11-25", "09:00"));
    DeskReply first = does(h, &press), second = does(h, &press);
    assert_true(second.again && str_eq(first.code, second.code));
    DeskCommand other = wish_hold(h, VIOLATION, at("2026-11-25", "09:00"));
    Err err = refused(h, &other);
    assert_int_equal(err.code, ERR_STATE);
    assert_string_equal(err.element, "start");
}

/* ---- many at once ---------------------------------------------------------------------------------------------------- */

enum { PEOPLE = 64, TIMES = 10 };
typedef struct Person { /* who wants any of the ten, in a process of his own */
    Hall *h;        /* the hall */
    DeskHouse *own; /* the room as his process opened it: no lock is shared */
    int no;         /* of the person */
    int got;        /* times that he was given */
    int strange;    /* answers that are neither yes nor "not free" */
} Person;

static void *wants_one(void *arg) {
    Person *p = arg;
    for (int i = 0; i < TIMES && p->got == 0; i++) {
        Arena *a = arena_new(0);
        ValueBuild b = {.a = a};
        DeskReply r;
        Err err = {0};
        build_c(&b, "service", value_c(VIOLATION));
        build_c(&b, "start", value_int(at("2026-11-25", "09:00") + (i + p->no) % TIMES * 15 * MINUTE_US));
        DeskCommand c = {.what = DESK_HOLD, .office = STR("demo-county"), .key = str_printf(a, "p%d-%d", p->no, i), .version = -1, .now_us = NOON_US + MINUTE_US, .args = build_ctx(&b)};
        for (size_t k = 0; k < sizeof c.seed; k++) c.seed[k] = (uint8_t)(p->no * 37 + i * 11 + (int)k * 101 + (int)(k * k));
        if (desk_handle(p->own, &c, a, &r, &err)) p->got++;
        else if (err.code != ERR_STATE) p->strange++;
        arena_free(a);
    }
    return NULL;
}

/* Field bugs ZMS-1201 (deadlock in reserve) and overbooking: exactly as many are given as there are. */
static void sixty_four_people_want_ten_slots(void **state) {
    Hall *h = *state;
    Person people[PEOPLE];
    pthread_t threads[PEOPLE];
    int got = 0, strange = 0;
    Err err = {0};
    for (int i = 0; i < PEOPLE; i++) {
        people[i] = (Person){.h = h, .no = i};
        must(desk_house(h->store, h->cases, value_null(), NOON_US, h->a, &people[i].own, &err), &err);
    }
    for (int i = 0; i < PEOPLE; i++) assert_int_equal(pthread_create(&threads[i], NULL, wants_one, &people[i]), 0);
    for (int i = 0; i < PEOPLE; i++) {
        pthread_join(threads[i], NULL);
        got += people[i].got;
        strange += people[i].strange;
    }
    assert_int_equal(strange, 0);
    assert_int_equal(got, TIMES);
}

/* ---- who confirms ------------------------------------------------------------------------------------------------------ */

/* Field bug ZMS-763: the check of the address can be gone round. */
static void nobody_confirms_without_the_code(void **state) {
    Hall *h = *state;
    DeskReply held = hold(h, RENEWAL, at("2026-11-25", "09:00"));
    DeskCommand early = wish_confirm(h, held.code, STR("000000")), empty = by_code(h, DESK_CONFIRM, held.code, "{}");
    assert_int_equal(refused(h, &early).code, ERR_STATE); /* nobody was told anything */
    DeskCommand tell = wish_tell(h, held.code, "530000199001010017");
    does(h, &tell);
    Str digits = told_code(h, held.code);
    assert_int_equal(refused(h, &empty).code, ERR_DENIED);
    for (int i = 0; i < 9; i++) {
        DeskCommand wrong = wish_confirm(h, held.code, str_is(digits, "123456") ? STR("654321") : STR("123456"));
        refused(h, &wrong);
    }
    DeskCommand right = wish_confirm(h, held.code, digits);
    assert_int_equal(refused(h, &right).code, ERR_BUSY); /* guessed at ten times */
    assert_text(booking(h, held.code).state, "held");
}

static void an_older_code_holds_no_more(void **state) {
    Hall *h = *state;
    DeskReply held = hold(h, RENEWAL, at("2026-11-25", "09:00"));
    for (int i = 0; i < 2; i++) {
        DeskCommand tell = wish_tell(h, held.code, "530000199001010017");
        Str before = i > 0 ? told_code(h, held.code) : STR("");
        does(h, &tell);
        DeskCommand old = wish_confirm(h, held.code, before);
        if (i > 0) assert_int_equal(refused(h, &old).code, ERR_DENIED);
    }
    DeskCommand third = wish_tell(h, held.code, "530000199001010017"), fourth = wish_tell(h, held.code, "530000199001010017");
    does(h, &third);
    assert_int_equal(refused(h, &fourth).code, ERR_LIMIT);
}

static void a_person_has_one_of_a_service(void **state) {
    Hall *h = *state;
    DeskReply first = book(h, RENEWAL, at("2026-11-25", "09:00"), "530000199001010017");
    DeskReply second = hold(h, RENEWAL, at("2026-11-25", "10:00"));
    DeskCommand tell = wish_tell(h, second.code, "5300 0019 9001 0100-17");
    Err err = refused(h, &tell);
    assert_true(err.code == ERR_STATE && strcmp(err.element, "person") == 0);
    book(h, "vehicle-licence-replace", at("2026-11-25", "10:30"), "530000199001010017"); /* another service */
    DeskCommand cancel = by_code(h, DESK_CALL_OFF, first.code, NULL), tell_again = wish_tell(h, second.code, "530000199001010017");
    does(h, &cancel);
    does(h, &tell_again);
}

static void the_name_is_fixed_once_it_is_booked(void **state) {
    Hall *h = *state;
    DeskReply b = book(h, RENEWAL, at("2026-11-25", "09:00"), "530000199001010017");
    DeskCommand tell = wish_tell(h, b.code, "530000199001010025");
    assert_int_equal(refused(h, &tell).code, ERR_STATE);
}

/* ---- giving back -------------------------------------------------------------------------------------------------------- */

static bool is_free(Hall *h, const char *service, int64_t start_us) {
    DeskReply r;
    Err err = {0};
    DeskCommand c = wish_hold(h, service, start_us);
    bool ok = desk_handle(h->desk, &c, h->a, &r, &err);
    if (!ok) assert_string_equal(err.element, "start");
    return ok;
}

static void what_is_given_back_comes_again_after_a_while(void **state) {
    Hall *h = *state;
    int64_t start = at("2026-11-26", "09:00");
    DeskReply b = book(h, VIOLATION, start, "530000199001010017");
    DeskCommand cancel = by_code(h, DESK_CALL_OFF, b.code, NULL);
    does(h, &cancel);
    assert_false(is_free(h, VIOLATION, start)); /* whoever waits for it cannot take it at once */
    h->now_us += 4 * MINUTE_US;
    assert_false(is_free(h, VIOLATION, start));
    h->now_us += 60 * MINUTE_US;
    assert_true(is_free(h, VIOLATION, start));
}

static void a_hold_that_nobody_confirms_lapses(void **state) {
    Hall *h = *state;
    int64_t start = at("2026-11-26", "09:00");
    DeskReply held = hold(h, VIOLATION, start);
    h->now_us += 9 * MINUTE_US;
    tick(h);
    assert_text(booking(h, held.code).state, "held");
    h->now_us += 2 * MINUTE_US;
    DeskCommand late = wish_tell(h, held.code, "530000199001010017");
    assert_int_equal(refused(h, &late).code, ERR_STATE); /* before time has brought it, too */
    tick(h);
    assert_text(booking(h, held.code).state, "cancelled");
    h->now_us += 61 * MINUTE_US;
    assert_true(is_free(h, VIOLATION, start));
}

/* Field bug ZMS-400: cancelled before the confirmation was mailed. */
static void what_is_cancelled_is_not_confirmed_afterwards(void **state) {
    Hall *h = *state;
    DeskReply held = hold(h, RENEWAL, at("2026-11-25", "09:00"));
    DeskCommand tell = wish_tell(h, held.code, "530000199001010017"), cancel_held = by_code(h, DESK_CALL_OFF, held.code, NULL);
    does(h, &tell);
    Str digits = told_code(h, held.code);
    does(h, &cancel_held);
    assert_int_equal(waiting(h, held.code, NULL), 0);
    DeskCommand confirm = wish_confirm(h, held.code, digits);
    assert_int_equal(refused(h, &confirm).code, ERR_STATE);
    DeskReply b = book(h, RENEWAL, at("2026-11-25", "09:15"), "530000199001010017");
    DeskCommand cancel = by_code(h, DESK_CALL_OFF, b.code, NULL), again = by_code(h, DESK_CALL_OFF, b.code, NULL);
    does(h, &cancel);
    assert_text(does(h, &again).state, "cancelled");
    Str text = STR("");
    assert_int_equal(waiting(h, b.code, &text), 1); /* that it was booked is told no more */
    assert_true(has(text, "已取消"));
}

/* Field bug ZMS-1234: moved, but the date is unchanged. */
static void a_moved_one_is_the_same_at_another_time(void **state) {
    Hall *h = *state;
    int64_t before = at("2026-11-25", "09:00"), after = at("2026-11-26", "15:00");
    DeskReply b = book(h, VIOLATION, before, "530000199001010017");
    DeskCommand move = wish_move(h, b.code, after);
    assert_text(does(h, &move).id, str_c(h->a, b.id));
    Str text = STR("");
    waiting(h, b.code, &text);
    assert_true(has(text, "11 月 26 日（周四）15:00") && !has(text, "11 月 25 日"));
    assert_true(booking(h, b.code).start_us == after);
    assert_false(is_free(h, VIOLATION, after));
    h->now_us += 61 * MINUTE_US;
    assert_true(is_free(h, VIOLATION, before));
    DeskCommand taken = wish_move(h, b.code, before);
    assert_int_equal(refused(h, &taken).code, ERR_STATE);
    assert_true(booking(h, b.code).start_us == after); /* all or nothing */
}

static void it_is_moved_and_cancelled_until_it_begins(void **state) { /* field bug ZMS-919 */
    Hall *h = *state;
    DeskReply b = book(h, RENEWAL, at("2026-11-24", "15:00"), "530000199001010017");
    h->now_us = at("2026-11-24", "15:00");
    DeskCommand move = wish_move(h, b.code, at("2026-11-26", "15:00")), cancel = by_code(h, DESK_CALL_OFF, b.code, NULL);
    assert_int_equal(refused(h, &move).code, ERR_STATE);
    assert_int_equal(refused(h, &cancel).code, ERR_STATE);
}

static void moving_has_an_end(void **state) {
    Hall *h = *state;
    DeskReply b = book(h, RENEWAL, at("2026-11-25", "09:00"), "530000199001010017");
    for (int i = 0; i < DESK_MOVES; i++) {
        DeskCommand move = wish_move(h, b.code, at("2026-11-26", "09:00") + i * HOUR_US / 2);
        does(h, &move);
    }
    DeskCommand more = wish_move(h, b.code, at("2026-11-27", "09:00"));
    assert_int_equal(refused(h, &more).code, ERR_STATE);
}

static void times_outside_the_plan_are_not_given(void **state) {
    Hall *h = *state;
    assert_false(is_free(h, RENEWAL, at("2026-11-24", "12:00")));  /* closed */
    assert_false(is_free(h, RENEWAL, at("2026-11-28", "09:00")));  /* Saturday */
    assert_false(is_free(h, RENEWAL, at("2026-11-25", "09:05")));  /* between two slots */
    assert_false(is_free(h, RENEWAL, at("2027-03-01", "09:00")));  /* too far away */
    h->now_us = at("2026-11-24", "14:45");
    assert_false(is_free(h, RENEWAL, at("2026-11-24", "15:30")));  /* too soon */
    assert_true(is_free(h, RENEWAL, at("2026-11-24", "16:00")));
    DeskCommand none = wish_hold(h, "no-such-service", at("2026-11-25", "09:00"));
    assert_string_equal(refused(h, &none).element, "service");
}

/* ---- what is shown -------------------------------------------------------------------------------------------------------- */

static void what_is_shown_as_free_can_be_held(void **state) {
    Hall *h = *state;
    Value days, times;
    int64_t minutes, day = 0;
    Err err = {0};
    must(desk_free_days(h->desk, STR("demo-county"), STR(VIOLATION), h->now_us, h->a, &days, &minutes, &err), &err);
    assert_int_equal(days.size, 14);
    assert_int_equal(value_get_int(days.u.list[0], "free", -1), 12); /* the afternoon, at one counter */
    assert_int_equal(value_get_int(days.u.list[1], "free", -1), 24);
    assert_int_equal(value_get_int(days.u.list[4], "free", -1), 0);  /* Saturday */
    assert_true(minutes == 15 && value_to_int(value_get(days.u.list[1], "day"), &day));
    for (uint32_t left = 24; left > 21; left--) {
        must(desk_free_times(h->desk, STR("demo-county"), STR(VIOLATION), day, h->now_us, h->a, &times, &err), &err);
        assert_int_equal(times.size, left);
        hold(h, VIOLATION, value_get_int(times.u.list[0], "start", 0));
    }
    Value offices;
    must(desk_bookable(h->desk, STR(RENEWAL), h->a, &offices, &err), &err);
    assert_int_equal(offices.size, 2);
    must(desk_bookable(h->desk, STR(VIOLATION), h->a, &offices, &err), &err);
    assert_int_equal(offices.size, 1);
}

static void a_view_tells_no_name(void **state) {
    Hall *h = *state;
    Value view, list;
    Err err = {0};
    DeskReply b = book(h, RENEWAL, at("2026-11-24", "15:00"), "530000199001010017");
    must(desk_appointment(h->desk, b.code, h->now_us, h->a, &view, &err), &err);
    Str text = json_text(h->a, view);
    assert_true(!has(text, "岩温") && !has(text, "13800000000") && !has(text, "5300") && has(text, "\"to\":\"0000\""));
    AccessWho clerk = staff(h, "wang", "clerk"), nobody = {0};
    must(desk_appointments(h->desk, &clerk, STR("demo-county"), h->now_us, h->a, &list, &err), &err);
    text = json_text(h->a, list);
    assert_true(list.size == 1 && !has(text, "岩温") && !has(text, str_c(h->a, b.code)));
    assert_false(desk_appointments(h->desk, &nobody, STR("demo-county"), h->now_us, h->a, &list, &err));
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up_booking, tear_down)
int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(from_hold_to_booking), STORY(a_double_click_books_once), STORY(sixty_four_people_want_ten_slots), STORY(nobody_confirms_without_the_code),
        STORY(an_older_code_holds_no_more), STORY(a_person_has_one_of_a_service), STORY(the_name_is_fixed_once_it_is_booked),
        STORY(what_is_given_back_comes_again_after_a_while), STORY(a_hold_that_nobody_confirms_lapses), STORY(what_is_cancelled_is_not_confirmed_afterwards),
        STORY(a_moved_one_is_the_same_at_another_time), STORY(it_is_moved_and_cancelled_until_it_begins), STORY(moving_has_an_end),
        STORY(times_outside_the_plan_are_not_given), STORY(what_is_shown_as_free_can_be_held), STORY(a_view_tells_no_name),
    };
    return cmocka_run_group_tests_name("booking", tests, NULL, NULL);
}
