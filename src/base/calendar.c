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

static const CalendarYear *find_year(const Calendar *c, int64_t year) {
    for (size_t i = 0; i < c->n_years; i++)
        if (c->years[i].year == year) return &c->years[i];
    return NULL;
}

bool calendar_knows(const Calendar *c, int64_t year) {
    assert(c);
    const CalendarYear *given = find_year(c, year);
    return given && given->known;
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
    if (year != w->year && !w->unknown && !calendar_knows(w->c, year)) w->unknown = year;
    w->year = year;
    return calendar_works(w->c, day);
}

CalendarDue calendar_due(const Calendar *c, int64_t start, int64_t n, CalendarUnit unit) {
    assert(c && n >= 0 && n <= CALENDAR_PERIOD_MAX);
    assert(start >= date_days(1, 1, 1) && start <= date_days(9900, 1, 1));
    Walk w = {.c = c, .year = INT64_MIN};
    int64_t day = start; /* the day on which it begins is not counted (Source: cpl:85) */
    if (unit == CALENDAR_WORKING)
        while (n > 0) n -= works(&w, ++day);
    else
        day += n;
    /* A last day off moves to the first working day after it (Source: cpl:85; arl:88): also the day itself. */
    while (!works(&w, day)) day++;
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

/* Puts a day in its place. Where it is named already, `over` says it anew; else both must say the same. */
static bool put_day(Calendar *c, CalendarDay *days, CalendarDay one, bool over, uint32_t item, Arena *a, Err *err) {
    size_t at = first_from(c, one.day);
    if (at < c->n_days && days[at].day == one.day) {
        if (!over && days[at].works != one.works) return refuse(a, item, err, "the day is called a day off and a working day");
        days[at] = one;
        return true;
    }
    memmove(days + at + 1, days + at, (c->n_days - at) * sizeof *days);
    days[at] = one;
    c->n_days++;
    return true;
}

/* A calendar with room for more days. */
static Calendar roomy(const Calendar *base, uint32_t more, CalendarDay **days, Arena *a) {
    Calendar made = *base;
    *days = NEW_ARRAY(a, CalendarDay, base->n_days + more + 1);
    if (base->n_days) memcpy(*days, base->days, base->n_days * sizeof **days);
    made.days = *days;
    return made;
}

/* A year that is new may name days of its neighbours, and must agree with them; one that is given already is a
 * layer over what is there. Neither may contradict itself. */
static bool add_days(const Calendar *base, Value named, int64_t year, Arena *a, Calendar *out, Err *err) {
    CalendarDay *days, *own_days, one;
    Calendar made = roomy(base, named.size, &days, a), own = roomy(&(Calendar){0}, named.size, &own_days, a);
    bool over = find_year(base, year) != NULL;
    for (uint32_t i = 0; i < named.size; i++) {
        TRY(read_day(named.u.list[i], year, i, a, &one, err));
        TRY(put_day(&own, own_days, one, false, i, a, err));
        TRY(put_day(&made, days, one, over, i, a, err));
    }
    /* A file that names no day is a year whose days off are not announced yet. */
    if (!over) made.years[made.n_years++] = (CalendarYear){(int16_t)year, named.size > 0};
    *out = made;
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
    return add_days(base, named, year, a, out, err);
}
