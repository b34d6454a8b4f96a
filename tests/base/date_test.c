/* The calendar and its texts: real days only, years to ±999,999,999, durations normalised. */
#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static Arena *arena;

static int set_up(void **state) {
    (void)state;
    arena = arena_new(0);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static const char *text_of(Value v) {
    Buf b = {.a = arena};
    if (!value_is_null(v)) date_write(&b, v);
    return str_c(arena, buf_str(&b));
}

/* Reads by any form, writes back; "" when no form takes it. */
static const char *round_trip(const char *text) {
    Value v = value_null();
    Str s = str_of(text);
    if (!date_parse(s, &v) && !date_parse_time(arena, s, &v) && !date_parse_datetime(arena, s, &v) &&
        !date_parse_duration(s, &v))
        return "";
    return text_of(v);
}

static void days_count_from_1970(void **state) {
    (void)state;
    assert_int_equal(date_days(1970, 1, 1), 0);
    assert_int_equal(date_days(2000, 3, 1), 11017);
    assert_int_equal(date_days(0, 2, 29) + 1, date_days(0, 3, 1));
    assert_int_equal(date_weekday(date_days(2026, 1, 1)), 4);
    assert_int_equal(date_weekday(date_days(-1, 12, 31)), 5);
    for (int64_t days = -1000000000; days < 1000000000; days += 9999991) {
        int64_t year;
        int month, day;
        date_civil(days, &year, &month, &day);
        assert_int_equal(date_days(year, month, day), days);
    }
}

static void texts_round_trip(void **state) {
    (void)state;
    static const char *const same[] = {
        "2026-02-28",
        "-0044-03-15",
        "999999999-12-31",
        "-999999999-01-01",
        "10:20:30",
        "10:20:30.5",
        "10:20:30Z",
        "10:20:30-05:30",
        "10:20:30+01:00:05",
        "2026-01-01T00:00:00@Etc/UTC",
        "P1D",
        "-PT1H2M",
        "P1Y2M",
        "PT0S",
        "P0M",
        "P1DT2H3M4.123456789S",
        "-PT0.5S",
    };
    for (size_t i = 0; i < COUNT_OF(same); i++) assert_string_equal(round_trip(same[i]), same[i]);
    assert_string_equal(round_trip("PT1000M"), "PT16H40M");
    assert_string_equal(round_trip("-P100M"), "-P8Y4M");
    assert_string_equal(round_trip("PT24H"), "P1D");
    assert_string_equal(round_trip("2026-12-31T24:00:00"), "2027-01-01T00:00:00");
    assert_string_equal(round_trip("10:20:30+00:00"), "10:20:30Z");
}

static void wrong_texts_are_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "2026-02-29",
        "+2026-01-01",
        "998-01-01",
        "02026-01-01",
        "1000000000-01-01",
        "2026-1-01",
        "2026-01-01T",
        "7:20:00",
        "10:20",
        "10:60:00",
        "24:00:01",
        "10:00:00+19:00",
        "10:00:00+5:00",
        "10:00:00Z@Etc/UTC",
        "10:00:00@Nowhere/City",
        "P",
        "PT",
        "P1S",
        "P1Y1D",
        "P1DT",
        "1Y",
        "P-1D",
        "",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) assert_string_equal(round_trip(wrong[i]), "");
}

static Value date(const char *text) {
    Value v;
    assert_true(date_parse(str_of(text), &v));
    return v;
}

static void arithmetic_respects_months_and_midnight(void **state) {
    (void)state;
    assert_string_equal(text_of(date_add_months(arena, date("2024-01-31"), 1)), "2024-02-29");
    assert_string_equal(text_of(date_add_months(arena, date("-2021-01-01"), -1)), "-2022-12-01");
    assert_string_equal(text_of(date_add_months(arena, date("999999999-12-01"), 1)), "");
    assert_string_equal(text_of(date_add_seconds(arena, date("2021-01-02"), -3600, 0)), "2021-01-01");
    assert_string_equal(text_of(date_add_seconds(arena, date("2021-01-02"), 36 * 3600, 0)), "2021-01-03");
    Value t;
    assert_true(date_parse_time(arena, STR("23:00:00Z"), &t));
    assert_string_equal(text_of(date_add_seconds(arena, t, -24 * 3600 + 7200, 0)), "01:00:00Z");
    assert_string_equal(text_of(date_from_unix_us(arena, -1, 3600)), "1970-01-01T00:59:59.999999+01:00");
}

static int32_t offset_at(const char *zone, const char *moment, bool local) {
    Value v;
    assert_true(date_parse_datetime(arena, str_of(moment), &v));
    int64_t seconds, nanos;
    int32_t offset = -1;
    date_instant(v, &seconds, &nanos);
    assert_true(date_zone_offset(str_of(zone), seconds, local, &offset));
    return offset;
}

static void zones_follow_their_rules(void **state) {
    (void)state;
    assert_int_equal(offset_at("Europe/Paris", "2026-01-01T00:00:00", false), 3600);
    assert_int_equal(offset_at("Europe/Paris", "2050-07-01T00:00:00", false), 7200); /* by the footer's rule */
    assert_int_equal(offset_at("Australia/Melbourne", "2050-01-01T00:00:00", false), 39600);
    assert_int_equal(offset_at("Asia/Shanghai", "1988-07-01T00:00:00", false), 32400);
    assert_int_equal(offset_at("Etc/UTC", "1800-01-01T00:00:00", false), 0);
    assert_int_equal(offset_at("Europe/Paris", "2026-03-29T02:30:00", true), 3600); /* a gap: the offset before it */
    assert_int_equal(offset_at("Europe/Paris", "2026-10-25T02:30:00", true), 7200); /* an overlap: the earlier one */
    assert_false(date_zone_known(STR("Europe/Atlantis")) || date_zone_known(STR("europe/paris")) ||
                 date_zone_known(STR("")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_count_from_1970),
        cmocka_unit_test(texts_round_trip),
        cmocka_unit_test(wrong_texts_are_refused),
        cmocka_unit_test(zones_follow_their_rules),
        cmocka_unit_test(arithmetic_respects_months_and_midnight),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
