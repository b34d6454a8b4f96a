/* The day of an appointment, and what becomes of it when the hall changes: checking in, missing, other hours, holidays, and
 * what is deleted when. */
#include "book_hall.h"

#define RENEWAL "licence-renewal"
#define VIOLATION "traffic-first-violation" /* one counter with slots serves it */

static DeskCommand wish_in(Hall *h, Str code) { return by_code(h, DESK_CHECK_IN, code, NULL); }

static DeskConfig config_of(Hall *h) {
    DeskConfig c;
    Err err = {0};
    must(desk_config(h->desk, STR("demo-county"), h->a, &c, &err), &err);
    return c;
}

/* The hall with one member exchanged. */
static Value with(Hall *h, const char *member, const char *text) { return value_with(h->a, config_of(h).json, str_of(member), json(h, text)); }

static DeskCommand wish_configure(Hall *h, Value config, Value bookings) {
    DeskCommand c = wish(h, DESK_CONFIGURE, "admin");
    ValueBuild b = {.a = h->a};
    c.who.role = STR("admin");
    build_c(&b, "config", config);
    build_c(&b, "bookings", bookings);
    c.args = build_ctx(&b);
    return c;
}

static Value made(Hall *h) {
    DeskMakeSlots order = {.office = STR("demo-county"), .now_us = h->now_us, .actor = STR("system")};
    Value out;
    Err err = {0};
    must(desk_slots_make(h->desk, &order, h->a, &out, &err), &err);
    return out;
}

static int64_t opened_on(Value made_slots, const char *date) {
    Value days = value_get(made_slots, "days"), day;
    if (!date_parse(str_of(date), &day)) fail_msg("%s is no date", date);
    for (uint32_t i = 0; i < days.size; i++)
        if (value_get(days.u.list[i], "date").u.i == day.u.i) return value_get_int(days.u.list[i], "opened", -1);
    return -1;
}

/* ---- checking in -------------------------------------------------------------------------------------------------------- */

static void checking_in_gives_one_ticket_with_the_turn_of_the_slot(void **state) {
    Hall *h = *state;
    DeskReply b = book(h, RENEWAL, at("2026-11-24", "15:00"), "530000199001010017");
    h->now_us = at("2026-11-24", "14:50");
    DeskCommand in = wish_in(h, b.code), again = wish_in(h, b.code);
    DeskReply first = does(h, &in), second = does(h, &again);
    assert_text(label(&first), "Y01");
    assert_text(second.id, str_c(h->a, first.id));
    h->now_us = at("2026-11-24", "15:05");
    DeskReply walk_in = issue(h, "licence");
    (void)walk_in;
    sit(h, "wang", "w3"); /* serves licences */
    assert_text(act(h, DESK_CALL_NEXT, "wang").id, str_c(h->a, first.id));
    assert_text(booking(h, b.code).state, "checked_in");
}

/* Field bug ZMS-3240: who has not confirmed can be called. */
static void who_has_not_confirmed_is_not_called(void **state) {
    Hall *h = *state;
    DeskReply held = hold(h, RENEWAL, at("2026-11-24", "15:00"));
    DeskCommand tell = wish_tell(h, held.code, "530000199001010017"), in = wish_in(h, held.code);
    does(h, &tell);
    assert_int_equal(refused(h, &in).code, ERR_STATE);
    sit(h, "wang", "w3");
    assert_text(act(h, DESK_CALL_NEXT, "wang").id, "");
}

static void checking_in_is_for_the_day_and_the_office(void **state) {
    Hall *h = *state;
    DeskReply b = book(h, RENEWAL, at("2026-11-25", "09:00"), "530000199001010017");
    DeskCommand early = wish_in(h, b.code), elsewhere = wish_in(h, b.code);
    assert_int_equal(refused(h, &early).code, ERR_STATE);
    h->now_us = at("2026-11-25", "08:45");
    elsewhere.office = STR("demo-post");
    elsewhere.now_us = h->now_us;
    assert_int_equal(refused(h, &elsewhere).code, ERR_STATE);
}

static void staff_finds_who_shows_an_identity_document(void **state) {
    Hall *h = *state;
    DeskReply b = book(h, RENEWAL, at("2026-11-24", "15:00"), "530000199001010017");
    h->now_us = at("2026-11-24", "14:50");
    DeskCommand visitor = wish(h, DESK_CHECK_IN, NULL), clerk = wish(h, DESK_CHECK_IN, "wang"), other = wish(h, DESK_CHECK_IN, "wang");
    visitor.args = clerk.args = json(h, "{\"person\":\"530000199001010017\"}");
    other.args = json(h, "{\"person\":\"530000199001010025\"}");
    assert_int_equal(refused(h, &visitor).code, ERR_DENIED);
    assert_int_equal(refused(h, &other).code, ERR_NOT_FOUND);
    DeskReply in = does(h, &clerk);
    assert_text(value_get_str(in.view, "appointment"), str_c(h->a, b.id));
}

/* Field bug ZMS-1034: who was missed can be recalled, on the same day. */
static void who_comes_late_waits_from_then_on(void **state) {
    Hall *h = *state;
    DeskReply b = book(h, RENEWAL, at("2026-11-24", "15:00"), "530000199001010017"), c = book(h, RENEWAL, at("2026-11-24", "15:15"), "530000199001010025");
    h->now_us = at("2026-11-24", "15:31");
    tick(h);
    assert_text(booking(h, b.code).state, "missed");
    assert_text(booking(h, c.code).state, "booked");
    h->now_us = at("2026-11-24", "16:00");
    DeskReply before = issue(h, "licence");
    DeskCommand in = wish_in(h, b.code);
    does(h, &in);
    sit(h, "wang", "w3");
    assert_text(act(h, DESK_CALL_NEXT, "wang").id, str_c(h->a, before.id));
    tick(h);
    h->now_us = at("2026-11-25", "09:00");
    DeskCommand tomorrow = wish_in(h, c.code);
    assert_int_equal(refused(h, &tomorrow).code, ERR_STATE);
}

static void an_appointment_follows_its_ticket(void **state) {
    Hall *h = *state;
    DeskReply b = book(h, RENEWAL, at("2026-11-24", "15:00"), "530000199001010017");
    h->now_us = at("2026-11-24", "14:50");
    DeskCommand in = wish_in(h, b.code);
    DeskReply ticket = does(h, &in);
    sit(h, "wang", "w3");
    act(h, DESK_CALL_NEXT, "wang");
    act(h, DESK_MISS, "wang");
    assert_text(booking(h, b.code).state, "missed");
    DeskCommand restore = wish(h, DESK_RESTORE, "wang");
    restore.ticket = ticket.id;
    does(h, &restore);
    assert_text(booking(h, b.code).state, "checked_in");
    act(h, DESK_CALL_NEXT, "wang");
    act(h, DESK_ARRIVE, "wang");
    act(h, DESK_FINISH, "wang");
    assert_text(booking(h, b.code).state, "fulfilled");
}

/* ---- messages and what is kept ------------------------------------------------------------------------------------------ */

static void one_is_reminded_once(void **state) {
    Hall *h = *state;
    Str text = STR("");
    DeskReply b = book(h, RENEWAL, at("2026-11-26", "09:00"), "530000199001010017");
    tick(h);
    int before = waiting(h, b.code, NULL);
    h->now_us = at("2026-11-25", "09:00");
    tick(h);
    tick(h);
    assert_int_equal(waiting(h, b.code, &text), before + 1);
    assert_true(has(text, "提醒"));
}

static bool is_known(Hall *h, Str code) {
    DeskContact c;
    Err err = {0};
    must(desk_contact(h->desk, booking(h, code).number, h->a, &c, &err), &err);
    return c.known;
}

/* Field bug OF #3544: what is deleted had a future appointment. */
static void who_has_an_appointment_is_not_pruned(void **state) {
    Hall *h = *state;
    DeskReply far = book(h, RENEWAL, at("2026-12-04", "09:00"), "530000199001010017"), near = book(h, RENEWAL, at("2026-11-24", "15:00"), "530000199001010025");
    DeskReply given_up = book(h, RENEWAL, at("2026-11-25", "15:00"), "530000199001010033");
    DeskCommand cancel = by_code(h, DESK_CALL_OFF, given_up.code, NULL);
    does(h, &cancel);
    assert_false(is_known(h, given_up.code));
    h->now_us = at("2026-11-25", "14:00");
    tick(h);
    assert_true(is_known(h, near.code) && is_known(h, far.code));
    h->now_us = at("2026-11-25", "15:01");
    tick(h);
    assert_false(is_known(h, near.code));
    h->now_us = at("2026-12-03", "15:01");
    tick(h);
    assert_true(is_known(h, far.code));
    DeskCommand move = wish_move(h, far.code, at("2026-12-04", "10:00"));
    does(h, &move);
}

/* ---- the hall changes --------------------------------------------------------------------------------------------------- */

static void making_slots_again_changes_nothing(void **state) {
    Hall *h = *state;
    book(h, RENEWAL, at("2026-11-25", "09:00"), "530000199001010017");
    assert_int_equal(value_get_int(made(h), "opened", -1) + value_get_int(made(h), "shut", -1), 0);
}

/* Field bug ZMS-1207: an exception overrides a public holiday. */
static void a_holiday_has_no_slots_whatever_an_exception_says(void **state) {
    Hall *h = *state;
    h->now_us = at("2026-09-25", "12:00");
    DeskCommand c = wish_configure(h, with(h, "exceptions", "[{\"date\":\"2026-10-01\",\"hours\":[{\"from\":\"09:00\",\"to\":\"10:00\"}]},"
                                           "{\"date\":\"2026-10-02\",\"on_holiday\":true,\"hours\":[{\"from\":\"09:00\",\"to\":\"10:00\"}]}]"), value_null());
    does(h, &c);
    Value slots = made(h);
    assert_int_equal(opened_on(slots, "2026-10-01"), 0);
    assert_int_equal(opened_on(slots, "2026-10-02"), 8);
    assert_int_equal(opened_on(slots, "2026-09-28"), 48);
}

/* Field bug ZMS-1020: an exception beside the weekly hours books one counter twice. */
static void an_exception_beside_the_week_overbooks_nobody(void **state) {
    Hall *h = *state;
    int64_t start = at("2026-11-25", "09:00");
    book(h, VIOLATION, start, "530000199001010017");
    DeskCommand c = wish_configure(h, with(h, "exceptions", "[{\"date\":\"2026-11-25\",\"hours\":[{\"from\":\"08:35\",\"to\":\"10:35\"},{\"from\":\"09:00\",\"to\":\"10:00\"}]}]"), value_null());
    does(h, &c);
    tick(h);
    for (int m = -10; m <= 10; m += 5) { /* nothing lies across what is taken */
        DeskCommand other = wish_hold(h, VIOLATION, start + m * MINUTE_US);
        assert_int_equal(refused(h, &other).code, ERR_STATE);
    }
}

/* Field bugs ZMS-1352 (duration after opening hours were deleted) and the silent loss of bookings. */
static void other_hours_ask_first_what_becomes_of_whom(void **state) {
    Hall *h = *state;
    Value list;
    Err err = {0};
    DeskReply gone = book(h, VIOLATION, at("2026-11-25", "09:00"), "530000199001010017"), stays = book(h, VIOLATION, at("2026-11-25", "15:00"), "530000199001010025");
    DeskReply moves = book(h, VIOLATION, at("2026-11-26", "09:00"), "530000199001010033");
    Value afternoons = with(h, "hours", "[{\"days\":[1,2,3,4,5],\"from\":\"14:30\",\"to\":\"17:30\"}]");
    must(desk_affected_view(h->desk, STR("demo-county"), afternoons, h->now_us, h->a, &list, &err), &err);
    assert_int_equal(list.size, 2);
    DeskCommand silent = wish_configure(h, afternoons, value_null());
    assert_string_equal(refused(h, &silent).element, "bookings");
    DeskCommand mute = wish_configure(h, afternoons, args(h, "{\"" STR_FMT "\":{\"do\":\"cancel\"},\"" STR_FMT "\":{\"do\":\"cancel\"}}", STR_ARG(gone.id), STR_ARG(moves.id)));
    assert_int_equal(refused(h, &mute).code, ERR_INVALID);
    DeskCommand wrong = wish_configure(h, afternoons, args(h, "{\"" STR_FMT "\":{\"do\":\"cancel\",\"reason\":\"x\"},\"" STR_FMT "\":{\"do\":\"move\",\"start\":%lld}}",
                                       STR_ARG(gone.id), STR_ARG(moves.id), (long long)at("2026-11-26", "10:00")));
    assert_int_equal(refused(h, &wrong).code, ERR_INVALID);
    assert_text(booking(h, gone.code).state, "booked"); /* nothing of it came true */
    DeskCommand told = wish_configure(h, afternoons, args(h, "{\"" STR_FMT "\":{\"do\":\"cancel\",\"reason\":\"上午停电\"},\"" STR_FMT "\":{\"do\":\"move\",\"start\":%lld}}",
                                      STR_ARG(gone.id), STR_ARG(moves.id), (long long)at("2026-11-26", "15:00")));
    does(h, &told);
    Str text = STR("");
    waiting(h, gone.code, &text);
    assert_true(has(text, "上午停电"));
    assert_true(booking(h, moves.code).start_us == at("2026-11-26", "15:00") && booking(h, moves.code).minutes == 15);
    assert_true(booking(h, stays.code).minutes == 15 && booking(h, stays.code).start_us == at("2026-11-25", "15:00"));
}

/* Field bug ZMS-1216: 30 minutes become 10 after an edit. */
static void an_appointment_keeps_its_duration(void **state) {
    Hall *h = *state;
    DeskReply b = book(h, VIOLATION, at("2026-11-25", "09:00"), "530000199001010017");
    Value queues = value_get(config_of(h).json, "queues");
    ValueBuild other = {.a = h->a};
    for (uint32_t i = 0; i < queues.size; i++) build_item(&other, value_with(h->a, queues.u.list[i], STR("minutes"), value_int(40)));
    DeskCommand c = wish_configure(h, value_with(h->a, config_of(h).json, STR("queues"), build_list(&other)), value_null()), move = wish_move(h, b.code, at("2026-11-26", "09:00"));
    does(h, &c);
    does(h, &move);
    assert_true(booking(h, b.code).minutes == 15 && booking(h, b.code).span == 1);
    DeskReply longer = book(h, VIOLATION, at("2026-11-26", "09:15"), "530000199001010025");
    assert_true(booking(h, longer.code).minutes == 40 && booking(h, longer.code).span == 3);
    DeskCommand across = wish_hold(h, VIOLATION, at("2026-11-26", "09:45"));
    assert_int_equal(refused(h, &across).code, ERR_STATE);
}

static void an_office_takes_so_many_and_no_more(void **state) {
    Hall *h = *state;
    DeskCommand c = wish_configure(h, with(h, "slots", "{\"most\":1,\"counters\":[\"w5\",\"w6\"]}"), value_null());
    does(h, &c);
    hold(h, RENEWAL, at("2026-11-25", "09:00"));
    DeskCommand more = wish_hold(h, RENEWAL, at("2026-11-25", "09:15"));
    assert_int_equal(refused(h, &more).code, ERR_STATE);
}

static void a_plan_is_checked(void **state) {
    Hall *h = *state;
    static const char *const wrong[] = {"{\"counters\":[\"w9\"]}", "{\"counters\":[]}", "{\"counters\":[\"w1\"],\"minutes\":1}", "{\"counters\":[\"w1\",\"w1\"]}",
                                        "{\"counters\":[\"w1\"],\"more\":1}", "[]"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        DeskCommand c = wish_configure(h, with(h, "slots", wrong[i]), value_null());
        assert_int_equal(refused(h, &c).code, ERR_INVALID);
    }
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up_booking, tear_down)
int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(checking_in_gives_one_ticket_with_the_turn_of_the_slot), STORY(who_has_not_confirmed_is_not_called), STORY(checking_in_is_for_the_day_and_the_office),
        STORY(staff_finds_who_shows_an_identity_document), STORY(who_comes_late_waits_from_then_on), STORY(an_appointment_follows_its_ticket), STORY(one_is_reminded_once),
        STORY(who_has_an_appointment_is_not_pruned), STORY(making_slots_again_changes_nothing), STORY(a_holiday_has_no_slots_whatever_an_exception_says),
        STORY(an_exception_beside_the_week_overbooks_nobody), STORY(other_hours_ask_first_what_becomes_of_whom), STORY(an_appointment_keeps_its_duration),
        STORY(an_office_takes_so_many_and_no_more), STORY(a_plan_is_checked),
    };
    return cmocka_run_group_tests_name("the day", tests, NULL, NULL);
}
