/* Slots as arithmetic: hours, holidays and clock changes in, slots out; and what is taken stays. */
#include "desk/book_in.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static const int64_t MINUTE_US = 60000000;
static Arena *a;

static int set_up(void **state) {
    (void)state;
    a = arena_new(0);
    return 0;
}
static int tear_down(void **state) {
    (void)state;
    arena_free(a);
    return 0;
}

static Value json(const char *text) {
    Value v;
    Err err = {0};
    if (!json_parse(str_of(text), (JsonLimits){0}, a, &v, &err)) fail_msg("%s", err.text);
    return v;
}

static const DeskZone china = {.offset = 28800};

static DeskSlots slots_of(DeskZone zone, int64_t day, const char *hours, const char *counters, int64_t minutes) {
    DeskPiece pieces[DESK_PIECES];
    DeskSlots out;
    size_t n = desk_pieces(zone, day, json(hours), pieces);
    desk_slots_wanted(pieces, n, json(counters), minutes, a, &out);
    return out;
}

static void test_slots_fill_the_hours(void **state) {
    (void)state;
    int64_t day = date_days(2026, 11, 24);
    DeskSlots s = slots_of(china, day, "[{\"from\":\"08:30\",\"to\":\"09:40\"},{\"from\":\"14:30\",\"to\":\"15:00\"}]", "[\"b\",\"a\"]", 15);
    assert_int_equal(s.n, 2 * (4 + 2)); /* the last 10 minutes of the morning are no slot */
    assert_true(str_is(s.items[0].counter, "a") && s.items[0].start_us == desk_local_us(china, day, 510, false));
    assert_true(s.items[4].start_us == desk_local_us(china, day, 870, false));
}

/* Field bug ZMS-1020. */
static void test_exception_and_series_do_not_overbook(void **state) {
    (void)state;
    int64_t day = date_days(2026, 11, 24);
    DeskSlots s = slots_of(china, day, "[{\"from\":\"09:00\",\"to\":\"10:00\"},{\"from\":\"08:30\",\"to\":\"10:30\"},{\"from\":\"10:30\",\"to\":\"11:00\"}]", "[\"a\"]", 30);
    assert_int_equal(s.n, 5);
    for (size_t i = 1; i < s.n; i++) assert_true(s.items[i].start_us == s.items[i - 1].start_us + 30 * MINUTE_US);
}

static void test_clock_change_at_night(void **state) {
    (void)state;
    DeskZone berlin = {.name = STR("Europe/Berlin"), .offset = 3600};
    const char *night = "[{\"from\":\"00:00\",\"to\":\"06:00\"}]";
    DeskSlots spring = slots_of(berlin, date_days(2026, 3, 29), night, "[\"a\"]", 30); /* 02:00 becomes 03:00 */
    DeskSlots autumn = slots_of(berlin, date_days(2026, 10, 25), night, "[\"a\"]", 30); /* 03:00 becomes 02:00 */
    assert_int_equal(spring.n, 10);
    assert_int_equal(autumn.n, 14);
    for (size_t i = 1; i < autumn.n; i++) assert_true(autumn.items[i].start_us == autumn.items[i - 1].start_us + 30 * MINUTE_US);
    DeskPiece p[DESK_PIECES];
    int64_t change_us = desk_local_us(berlin, date_days(2026, 3, 29), 180, false);
    assert_int_equal(desk_pieces(berlin, date_days(2026, 3, 29), json("[{\"from\":\"01:00\",\"to\":\"02:30\"}]"), p), 1);
    assert_true(p[0].to_us <= change_us); /* an end that the night leaves out is never later */
    assert_int_equal(desk_pieces(berlin, date_days(2026, 10, 25), json("[{\"from\":\"02:30\",\"to\":\"02:45\"}]"), p), 1);
    assert_int_equal((p[0].to_us - p[0].from_us) / MINUTE_US, 75); /* both times */
}

static void test_what_is_taken_stays(void **state) {
    (void)state;
    int64_t day = date_days(2026, 11, 24);
    DeskSlots have = slots_of(china, day, "[{\"from\":\"09:00\",\"to\":\"10:00\"}]", "[\"a\"]", 15);
    have.items[1].appointment = 7; /* 09:15 */
    DeskSlots wanted = slots_of(china, day, "[{\"from\":\"09:00\",\"to\":\"10:00\"}]", "[\"a\"]", 20);
    DeskSlotChange c = desk_slots_change(&have, &wanted, a);
    assert_int_equal(c.shut.n, 3);
    assert_int_equal(c.open.n, 1); /* 09:40; 09:00 and 09:20 would lie across what is taken */
    assert_true(c.open.items[0].start_us == have.items[0].start_us + 40 * MINUTE_US);
    DeskSlotChange none = desk_slots_change(&have, &have, a);
    assert_int_equal(none.open.n + none.shut.n, 0);
}

/* Field bugs ZMS-1352 and ZMS-1207: a day that is shut has no slots, and what was taken on it is still there. */
static void test_a_day_that_is_shut(void **state) {
    (void)state;
    DeskSlots have = slots_of(china, date_days(2026, 11, 24), "[{\"from\":\"09:00\",\"to\":\"10:00\"}]", "[\"a\"]", 15), nothing = {0};
    have.items[0].appointment = 7;
    DeskSlotChange c = desk_slots_change(&have, &nothing, a);
    assert_int_equal(c.open.n, 0);
    assert_int_equal(c.shut.n, 3);
}

static void test_a_run_is_free_and_without_a_gap(void **state) {
    (void)state;
    DeskSlots s = slots_of(china, date_days(2026, 11, 24), "[{\"from\":\"09:00\",\"to\":\"10:00\"},{\"from\":\"14:00\",\"to\":\"15:00\"}]", "[\"a\",\"b\"]", 15);
    assert_int_equal(desk_slots_run(&s, 0, 30, 0), 2);
    assert_int_equal(desk_slots_run(&s, 0, 25, 0), 2);
    assert_int_equal(desk_slots_run(&s, 3, 30, 0), 0); /* noon lies between */
    assert_int_equal(desk_slots_run(&s, 7, 30, 0), 0); /* another counter's */
    s.items[1].appointment = 7;
    assert_int_equal(desk_slots_run(&s, 0, 30, 0), 0);
    assert_int_equal(desk_slots_run(&s, 0, 15, 0), 1);
    s.items[0].free_us = 5;
    assert_int_equal(desk_slots_run(&s, 0, 15, 4), 0);
    assert_int_equal(desk_slots_run(&s, 0, 15, 5), 1);
}

/* ---- for calendar programs ------------------------------------------------------------------------------------------------ */

static bool has(Str text, const char *part) { return str_find(text, str_of(part)) >= 0; }

static void test_a_calendar_program_reads_it(void **state) {
    (void)state;
    DeskIcs e = {.id = STR("c0123456789ab"), .host = STR("demo-prefecture"), .version = 3, .start_us = desk_local_us(china, date_days(2026, 11, 25), 540, false), .minutes = 12,
                 .now_us = desk_local_us(china, date_days(2026, 11, 24), 720, false), .title = STR("换证；a, b; c\\d"), .place = STR("示例县公安局交通警察大队示例县公安局交通警察大队"),
                 .text = STR("一行\n两行\r")};
    Str text = desk_ics(&e, a);
    assert_true(str_starts(text, STR("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")) && str_ends(text, STR("END:VEVENT\r\nEND:VCALENDAR\r\n")));
    assert_true(has(text, "\r\nUID:c0123456789ab@demo-prefecture\r\nSEQUENCE:3\r\nDTSTAMP:20261124T040000Z\r\nDTSTART:20261125T010000Z\r\nDTEND:20261125T011200Z\r\n"));
    assert_true(has(text, "SUMMARY:换证；a\\, b\\; c\\\\d\r\n") && has(text, "DESCRIPTION:一行\\n两行\r\n"));
    assert_true(has(text, "METHOD:PUBLISH") && has(text, "STATUS:CONFIRMED"));
    for (Str rest = text, line; rest.n > 0;) {
        line = str_cut(rest, '\n', &rest);
        assert_true(line.n <= 76 && str_ends(line, STR("\r")) && utf8_valid(line));
    }
    e.cancelled = true;
    text = desk_ics(&e, a);
    assert_true(has(text, "METHOD:CANCEL") && has(text, "STATUS:CANCELLED") && !has(text, "VALARM"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slots_fill_the_hours),      cmocka_unit_test(test_exception_and_series_do_not_overbook),
        cmocka_unit_test(test_clock_change_at_night),     cmocka_unit_test(test_what_is_taken_stays),
        cmocka_unit_test(test_a_day_that_is_shut),        cmocka_unit_test(test_a_run_is_free_and_without_a_gap),
        cmocka_unit_test(test_a_calendar_program_reads_it),
    };
    return cmocka_run_group_tests_name("desk slots", tests, set_up, tear_down);
}
