/* calendar: which days an authority works, from the years that a government has published, and the last day of
 * a period counted by the law's rules. A year that is not published is never guessed silently: what rests on
 * one is marked. Pure. */
#include <string.h>

#include "base/base.h"

enum { NAMED_MAX = 400 }; /* days that one year may name */

/* Position of the first named day that is not before `day`. */
static size_t first_from(const Calendar *c, int64_t day) {
    size_t lo = 0, hi = c->n_days;
    while (lo < hi) {
        size_t middle = (lo + hi) / 2;
        if (c->days[middle].day < day) lo = middle + 1;
        else hi = middle;
    }
    return lo;
}

bool calendar_works(const Calendar *c, int64_t day) {
    assert(c);
    size_t at = first_from(c, day);
    if (at < c->n_days && c->days[at].day == day) return c->days[at].works;
    return date_weekday(day) <= 5;
}

static bool has_year(const Calendar *c, int64_t year) {
    for (size_t i = 0; i < c->n_years; i++)
        if (c->years[i] == year) return true;
    return false;
}

static int64_t year_of(int64_t day) {
    int64_t year;
    int month, of_month;
    date_civil(day, &year, &month, &of_month);
    return year;
}

/* ---- counting ------------------------------------------------------------------------------------------------ */

/* Days looked at one after the other. */
typedef struct Walk {
    const Calendar *c; /* what is published */
    int64_t year;      /* of the day looked at last */
    int64_t unknown;   /* first year that was needed and is not published; 0 = none */
} Walk;

static bool works(Walk *w, int64_t day) {
    int64_t year = year_of(day);
    if (year != w->year && !w->unknown && !has_year(w->c, year)) w->unknown = year;
    w->year = year;
    return calendar_works(w->c, day);
}

CalendarDue calendar_due(const Calendar *c, int64_t start, int64_t n, CalendarUnit unit) {
    assert(c && n >= 1 && n <= CALENDAR_PERIOD_MAX);
    assert(start >= date_days(1, 1, 1) && start <= date_days(9900, 1, 1));
    Walk w = {.c = c, .year = INT64_MIN};
    int64_t day = start; /* the day on which it begins is not counted (Source: cpl:85) */
    if (unit == CALENDAR_WORKING)
        while (n > 0) n -= works(&w, ++day);
    else
        day += n;
    /* A last day off moves to the first working day after it (Source: cpl:85; arl:88). */
    while (unit == CALENDAR_ALL && !works(&w, day)) day++;
    return (CalendarDue){.day = day, .provisional = w.unknown != 0, .unknown_year = w.unknown};
}

int64_t calendar_count(const Calendar *c, int64_t from, int64_t to, CalendarUnit unit) {
    assert(c);
    if (to <= from) return 0;
    if (unit == CALENDAR_ALL) return to - from;
    int64_t n = 0;
    for (int64_t day = from + 1; day <= to; day++) n += calendar_works(c, day);
    return n;
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

static bool refuse(Arena *a, uint32_t item, Err *err, const char *text) {
    err_set(err, ERR_INPUT, "base", "%s", text);
    err_element(err, str_printf(a, "/days/%u", item));
    return false;
}

/* One named day: {date, kind: "rest"|"work"} or, as github.com/NateScarlet/holiday-cn writes it, {date, isOffDay}. */
static bool read_day(Value v, int64_t year, uint32_t item, Arena *a, CalendarDay *out, Err *err) {
    Value date, off;
    Str kind = value_get_str(v, "kind"), text = value_get_str(v, "date");
    if (text.n != 10 || !date_parse(text, &date)) return refuse(a, item, err, "a named day needs a date YYYY-MM-DD");
    int64_t apart = year_of(date.u.i) - year;
    if (apart < -1 || apart > 1) return refuse(a, item, err, "the day lies more than a year away from the calendar's year");
    *out = (CalendarDay){.day = date.u.i, .works = str_is(kind, "work")};
    bool by_flag = value_find(v, STR("isOffDay"), &off) && off.kind == VALUE_BOOL;
    if (by_flag) out->works = !value_is_true(off);
    if (by_flag == (str_is(kind, "rest") || str_is(kind, "work")))
        return refuse(a, item, err, "a named day needs either isOffDay or a kind, rest or work");
    return true;
}

/* Puts a day in its place. A year may name days of its neighbours; both must then say the same. */
static bool put_day(Calendar *c, CalendarDay *days, CalendarDay one, uint32_t item, Arena *a, Err *err) {
    size_t at = first_from(c, one.day);
    if (at < c->n_days && days[at].day == one.day)
        return days[at].works == one.works || refuse(a, item, err, "the day is called a day off and a working day");
    memmove(days + at + 1, days + at, (c->n_days - at) * sizeof *days);
    days[at] = one;
    c->n_days++;
    return true;
}

bool calendar_with(Arena *a, const Calendar *base, Value published, Calendar *out, Err *err) {
    assert(a && base && out);
    int64_t year = value_get_int(published, "year", -1);
    Value named = value_get(published, "days");
    if (year < CALENDAR_YEAR_MIN || year > CALENDAR_YEAR_MAX)
        return err_set(err, ERR_INPUT, "base", "a calendar needs a year from %d to %d", CALENDAR_YEAR_MIN, CALENDAR_YEAR_MAX);
    if (named.kind != VALUE_LIST || named.size > NAMED_MAX)
        return err_set(err, ERR_INPUT, "base", "a calendar needs a list of at most %d named days", NAMED_MAX);
    if (base->n_years == CALENDAR_YEARS_MAX) return err_set(err, ERR_LIMIT, "base", "more than %d calendars", CALENDAR_YEARS_MAX);
    CalendarDay *days = NEW_ARRAY(a, CalendarDay, base->n_days + named.size + 1);
    Calendar made = *base;
    if (base->n_days) memcpy(days, base->days, base->n_days * sizeof *days);
    made.days = days;
    for (uint32_t i = 0; i < named.size; i++) {
        CalendarDay one;
        TRY(read_day(named.u.list[i], year, i, a, &one, err));
        TRY(put_day(&made, days, one, i, a, err));
    }
    /* A file that names no day is a year whose days off are not announced yet. */
    if (named.size > 0 && !has_year(base, year)) made.years[made.n_years++] = (int16_t)year;
    *out = made;
    return true;
}
