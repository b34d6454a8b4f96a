/* The window of priors: its words, and the moment at which a prior stops counting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "pack/pack.h"

#define MINUTE INT64_C(60000000)
static int64_t at(int64_t year, int month, int day, int hour, int minute) {
    return (date_days(year, month, day) * 1440 + hour * 60 + minute) * MINUTE;
}
static PackHistory window(const char *text) {
    PackHistory h = {0};
    Err err = {0};
    assert_true(pack_history_window(str_of(text), &h, &err));
    return h;
}

static void test_months_end_at_the_same_time_of_day(void **state) {
    (void)state;
    PackHistory h = window("P12M");
    int64_t prior = at(2024, 5, 7, 9, 30), later = at(2025, 5, 7, 9, 30);
    assert_true(pack_history_counts(&h, prior, later - 1));
    assert_false(pack_history_counts(&h, prior, later));
}

/* A month without that day ends on its last one. */
static void test_leap_day_becomes_28_february(void **state) {
    (void)state;
    PackHistory h = window("P12M"), one = window("P1M");
    assert_int_equal(pack_history_until(&h, at(2024, 2, 29, 8, 0)), at(2025, 2, 28, 8, 0));
    assert_int_equal(pack_history_until(&h, at(2024, 2, 28, 8, 0)), at(2025, 2, 28, 8, 0));
    assert_int_equal(pack_history_until(&one, at(2025, 12, 31, 23, 59)), at(2026, 1, 31, 23, 59));
    assert_int_equal(pack_history_until(&h, at(1968, 2, 29, 1, 0)), at(1969, 2, 28, 1, 0));
}

static void test_days_are_24_hours_each(void **state) {
    (void)state;
    PackHistory h = window("P365D");
    assert_int_equal(pack_history_until(&h, at(2024, 2, 1, 12, 0)), at(2025, 1, 31, 12, 0));
}

static void test_year_is_the_calendar_year(void **state) {
    (void)state;
    PackHistory h = window("year");
    assert_true(pack_history_counts(&h, at(2025, 1, 1, 0, 0), at(2025, 12, 31, 23, 59)));
    assert_false(pack_history_counts(&h, at(2024, 12, 31, 23, 59), at(2025, 1, 1, 0, 0)));
}

static void test_other_words_are_refused(void **state) {
    (void)state;
    const char *bad[] = {"",    "P",      "PM",      "P0M",  "P-1M", "P+1M", "P12",
                         "12M", "P1201M", "P99999D", "P12Y", "Year", "P1.5M"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        PackHistory h = {.window_n = 7};
        Err err = {0};
        assert_false(pack_history_window(str_of(bad[i]), &h, &err));
        assert_int_equal(err.code, ERR_INVALID);
        assert_int_equal(h.window_n, 7);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_months_end_at_the_same_time_of_day),
        cmocka_unit_test(test_leap_day_becomes_28_february),
        cmocka_unit_test(test_days_are_24_hours_each),
        cmocka_unit_test(test_year_is_the_calendar_year),
        cmocka_unit_test(test_other_words_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
