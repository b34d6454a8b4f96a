/* Working days and last days of periods, on hand-made years and on twenty years of published data. The published
 * years are judged by an oracle that shares nothing with the code: a table of every day, walked one by one. */
#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
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

static Value json(const char *text) {
    Value v;
    Err err = {0};
    if (!json_parse(str_of(text), (JsonLimits){0}, arena, &v, &err)) fail_msg("%s", err.text);
    return v;
}

static int64_t day(const char *text) {
    Value v;
    assert_true(date_parse(str_of(text), &v));
    return v.u.i;
}

static const char *text_of(int64_t days) {
    Buf b = {.a = arena};
    date_write(&b, (Value){.kind = VALUE_DATE, .u.i = days});
    return str_c(arena, buf_str(&b));
}

static Calendar with(Calendar base, const char *year) {
    Err err = {0};
    Calendar c = {0};
    if (!calendar_with(arena, &base, json(year), &c, &err)) fail_msg("%s", err.text);
    return c;
}

/* 2026 around the Spring Festival: off from Sunday the 15th to Monday the 23rd, Saturdays 14 and 28 made up. */
static const char spring[] =
    "{\"year\": 2026, \"days\": [{\"date\": \"2026-02-14\", \"isOffDay\": false}, {\"date\": \"2026-02-15\", \"isOffDay\": true},"
    "{\"date\": \"2026-02-16\", \"isOffDay\": true}, {\"date\": \"2026-02-17\", \"isOffDay\": true}, {\"date\": \"2026-02-18\", \"kind\": \"rest\"},"
    "{\"date\": \"2026-02-19\", \"kind\": \"rest\"}, {\"date\": \"2026-02-20\", \"kind\": \"rest\"}, {\"date\": \"2026-02-21\", \"kind\": \"rest\"},"
    "{\"date\": \"2026-02-22\", \"kind\": \"rest\"}, {\"date\": \"2026-02-23\", \"kind\": \"rest\"}, {\"date\": \"2026-02-28\", \"kind\": \"work\"}]}";

static void periods_end_where_the_law_says(void **state) {
    (void)state;
    Calendar c = with((Calendar){0}, spring);
    const struct {
        const char *start; /* not counted */
        int64_t n;
        CalendarUnit unit;
        const char *due;
    } cases[] = {
        {"2026-02-12", 1, CALENDAR_WORKING, "2026-02-13"}, /* the start day is not counted */
        {"2026-02-12", 2, CALENDAR_WORKING, "2026-02-14"}, /* a Saturday that is made up counts */
        {"2026-02-12", 3, CALENDAR_WORKING, "2026-02-24"}, /* over the holiday */
        {"2026-02-17", 1, CALENDAR_WORKING, "2026-02-24"}, /* begun on a day off */
        {"2026-02-27", 1, CALENDAR_WORKING, "2026-02-28"},
        {"2026-02-12", 0, CALENDAR_WORKING, "2026-02-12"}, /* the same day */
        {"2026-02-17", 0, CALENDAR_WORKING, "2026-02-24"}, /* begun on a day off: the first day that works */
        {"2026-02-12", 1, CALENDAR_ALL, "2026-02-13"},
        {"2026-02-12", 3, CALENDAR_ALL, "2026-02-24"}, /* ends in the holiday: moves to the first day after it */
        {"2026-02-07", 7, CALENDAR_ALL, "2026-02-14"}, /* ends on a made-up Saturday: stays */
        {"2026-03-01", 6, CALENDAR_ALL, "2026-03-09"}, /* ends on a plain Saturday: moves to Monday */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CalendarDue due = calendar_due(&c, day(cases[i].start), cases[i].n, cases[i].unit);
        assert_string_equal(text_of(due.day), cases[i].due);
        assert_false(due.provisional);
    }
    assert_int_equal(calendar_count(&c, day("2026-02-12"), day("2026-02-24"), CALENDAR_WORKING), 3);
    assert_int_equal(calendar_count(&c, day("2026-02-12"), day("2026-02-24"), CALENDAR_ALL), 12);
    assert_int_equal(calendar_count(&c, day("2026-02-24"), day("2026-02-12"), CALENDAR_ALL), 0);
}

static void what_is_not_published_is_provisional(void **state) {
    (void)state;
    Calendar c = with(with((Calendar){0}, spring), "{\"year\": 2027, \"days\": []}");
    CalendarDue last = calendar_due(&c, day("2026-12-30"), 1, CALENDAR_WORKING);
    CalendarDue past = calendar_due(&c, day("2026-12-30"), 2, CALENDAR_WORKING);
    assert_false(last.provisional);
    assert_true(past.provisional && past.unknown_year == 2027);
    assert_string_equal(text_of(past.day), "2027-01-01"); /* by the week, for want of better */
    /* In calendar days only the last day matters. */
    assert_true(calendar_due(&c, day("2026-11-30"), 60, CALENDAR_ALL).provisional);
    assert_false(calendar_due(&c, day("2025-01-01"), 500, CALENDAR_ALL).provisional);
    assert_true(calendar_due(&c, day("2025-01-01"), 500, CALENDAR_WORKING).provisional);
    /* When the year arrives, the same period ends elsewhere and for good. */
    c = with(with((Calendar){0}, spring), "{\"year\": 2027, \"days\": [{\"date\": \"2027-01-01\", \"kind\": \"rest\"}]}");
    past = calendar_due(&c, day("2026-12-30"), 2, CALENDAR_WORKING);
    assert_false(past.provisional);
    assert_string_equal(text_of(past.day), "2027-01-04");
}

/* A second file of a year is a layer over the first: it says days anew, and knows no year by itself. */
static void layers_say_days_anew(void **state) {
    (void)state;
    Calendar nation = with((Calendar){0}, spring);
    Calendar prefecture = with(nation, "{\"year\": 2026, \"days\": [{\"date\": \"2026-04-13\", \"kind\": \"rest\"}, {\"date\": \"2026-04-14\", \"kind\": \"rest\"}]}");
    Calendar post = with(prefecture, "{\"year\": 2026, \"days\": [{\"date\": \"2026-04-14\", \"kind\": \"work\"}, {\"date\": \"2026-04-11\", \"kind\": \"work\"}]}");
    int64_t friday = day("2026-04-10");
    assert_string_equal(text_of(calendar_due(&nation, friday, 1, CALENDAR_WORKING).day), "2026-04-13");
    assert_string_equal(text_of(calendar_due(&prefecture, friday, 1, CALENDAR_WORKING).day), "2026-04-15");
    assert_string_equal(text_of(calendar_due(&post, friday, 2, CALENDAR_WORKING).day), "2026-04-14");
    assert_string_equal(text_of(calendar_due(&prefecture, friday, 3, CALENDAR_ALL).day), "2026-04-15");
    Calendar none = with(with(nation, "{\"year\": 2027, \"days\": []}"), "{\"year\": 2027, \"days\": [{\"date\": \"2027-04-13\", \"kind\": \"rest\"}]}");
    assert_false(calendar_knows(&none, 2027) || calendar_works(&none, day("2027-04-13")));
    Err err = {0};
    const char *both = "{\"year\": 2026, \"days\": [{\"date\": \"2026-04-13\", \"kind\": \"rest\"}, {\"date\": \"2026-04-13\", \"kind\": \"work\"}]}";
    assert_false(calendar_with(arena, &nation, json(both), &none, &err));
    assert_string_equal(err.element, "/days/1");
}

/* Another year's file may name a neighbour's day, but must not contradict it. */
static void neighbours_agree(void **state) {
    (void)state;
    Calendar c = with((Calendar){0}, spring), out;
    Err err = {0};
    (void)with(c, "{\"year\": 2027, \"days\": [{\"date\": \"2026-02-14\", \"kind\": \"work\"}]}");
    assert_false(calendar_with(arena, &c, json("{\"year\": 2027, \"days\": [{\"date\": \"2026-02-14\", \"kind\": \"rest\"}]}"), &out, &err));
}

static void bad_calendars_are_refused(void **state) {
    (void)state;
    const char *bad[] = {
        "[]", "{}", "{\"year\": 2026}", "{\"year\": 0, \"days\": []}", "{\"year\": 2026.5, \"days\": []}",
        "{\"year\": 2026, \"days\": [1]}", "{\"year\": 2026, \"days\": [{\"date\": \"2026-02-30\", \"kind\": \"rest\"}]}",
        "{\"year\": 2026, \"days\": [{\"date\": \"2026-02-03\"}]}", "{\"year\": 2026, \"days\": [{\"date\": \"2026-02-03\", \"kind\": \"off\"}]}",
        "{\"year\": 2026, \"days\": [{\"date\": \"2026-02-03\", \"kind\": \"rest\", \"isOffDay\": true}]}",
        "{\"year\": 2026, \"days\": [{\"date\": \"2024-02-03\", \"kind\": \"rest\"}]}",
        "{\"year\": 2026, \"days\": [{\"date\": \"2026-02-03\", \"kind\": \"rest\"}, {\"date\": \"2026-02-03\", \"kind\": \"work\"}]}",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        Calendar none = {0}, c;
        Err err = {0};
        assert_false(calendar_with(arena, &none, json(bad[i]), &c, &err));
        assert_int_equal(err.code, ERR_INPUT);
    }
}

/* ---- twenty years -------------------------------------------------------------------------------------------- */

enum { FROM = 2007, TO = 2026, MOST_DAYS = 366 * (TO - FROM + 1) };

/* 2 where the text says off, 1 where it says made up, 0 where it is silent: found in the bytes, not in the tree. */
static int said(const char *files, const char *date) {
    const char *at = strstr(files, date);
    if (!at) return 0;
    return strncmp(strstr(at, "isOffDay") + strlen("isOffDay\": "), "true", 4) == 0 ? 2 : 1;
}

static void twenty_published_years(void **state) {
    (void)state;
    Calendar c = {0};
    Buf all = {.a = arena};
    for (int year = FROM; year <= TO; year++) {
        char path[100];
        snprintf(path, sizeof path, "../shared/data/holidays/holiday-cn-%d.json", year);
        FILE *f = fopen(path, "rb");
        if (!f) {
            print_message("# skipped: %s is not here\n", path);
            return;
        }
        char bytes[20000];
        size_t n = fread(bytes, 1, sizeof bytes - 1, f);
        fclose(f);
        bytes[n] = '\0';
        buf_c(&all, bytes);
        c = with(c, bytes);
    }
    buf_byte(&all, '\0');
    static bool works[MOST_DAYS + 400];
    int64_t first = day("2007-01-01"), wrong = 0;
    size_t n = 0, asked = 0;
    int weekday = 1; /* 2007-01-01 was a Monday */
    for (int year = FROM; year <= TO; year++)
        for (int month = 1; month <= 12; month++)
            for (int d = 1; d <= (month == 2 ? 28 + (year % 4 == 0) : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31); d++) {
                char date[12];
                snprintf(date, sizeof date, "%d-%02d-%02d", year, month, d);
                int word = said(all.p, date);
                works[n++] = word ? word == 1 : weekday <= 5;
                weekday = weekday % 7 + 1;
            }
    for (size_t i = 0; i < n; i++) wrong += calendar_works(&c, first + (int64_t)i) != works[i];
    for (size_t start = 0; start + 120 < n; start++)
        for (int64_t length = 1; length <= 30; length += 1 + (int64_t)start % 3) {
            size_t worked = start, ended = start + (size_t)length;
            for (int64_t left = length; left > 0;) left -= works[++worked];
            while (!works[ended]) ended++;
            CalendarDue one = calendar_due(&c, first + (int64_t)start, length, CALENDAR_WORKING);
            CalendarDue two = calendar_due(&c, first + (int64_t)start, length, CALENDAR_ALL);
            wrong += one.day != first + (int64_t)worked || one.provisional;
            wrong += two.day != first + (int64_t)ended || two.provisional;
            asked += 2;
        }
    print_message("# %zu days and %zu periods of %d to %d: %lld wrong\n", n, asked, FROM, TO, (long long)wrong);
    assert_int_equal(n, 7305);
    assert_int_equal(wrong, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(periods_end_where_the_law_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_published_is_provisional, set_up, tear_down),
        cmocka_unit_test_setup_teardown(layers_say_days_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(neighbours_agree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_calendars_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(twenty_published_years, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
