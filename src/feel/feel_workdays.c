/* feel_workdays: working days, in both dialects: neither standard nor Camunda knows them. The calendar is a value that the
 * caller passes: a list of published years, or one. It reads no file, and where the calendar does not reach the
 * answer is null with the year that is missing. */
#include "feel/feel_in.h"

static bool read_calendar(FeelRun *run, Value years, Calendar *out, Value *why) {
    Err err = {0};
    *out = (Calendar){0};
    for (uint32_t i = 0; i < years.size; i++) {
        if (!feel_spend(run, 64 + (int64_t)value_get(years.u.list[i], "days").size)) return *why = feel_exhausted(run), false;
        if (calendar_with(run->arena, out, years.u.list[i], out, &err)) continue;
        *why = value_because(run->arena, "domain", "the calendar: %s", err.text);
        return false;
    }
    return true;
}

static int64_t day_of(Value v) { return v.kind == VALUE_DATE ? v.u.i : v.u.time->days; }

static bool in_reach(int64_t day) { return day >= date_days(CALENDAR_YEAR_MIN, 1, 1) && day <= date_days(9000, 1, 1); }

static Value days_after(FeelRun *run, const Value *args, CalendarUnit unit) {
    Calendar calendar;
    Value why;
    int64_t n, start = day_of(args[0]);
    if (!dec_to_int(args[1], &n) || n < 1 || n > CALENDAR_PERIOD_MAX) return feel_domain(run, "a period has whole days, at least one");
    if (!in_reach(start)) return feel_domain(run, "no calendar is published for such a year");
    if (!read_calendar(run, args[2], &calendar, &why)) return why;
    if (!feel_spend(run, n)) return feel_exhausted(run);
    CalendarDue due = calendar_due(&calendar, start, n, unit);
    if (!due.provisional) return (Value){.kind = VALUE_DATE, .u.i = due.day};
    return value_because(run->arena, "domain", "the calendar does not reach: the days off of %lld are missing", (long long)due.unknown_year);
}

static Value working_days_after(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    return days_after(run, args, CALENDAR_WORKING);
}

static Value calendar_days_after(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    return days_after(run, args, CALENDAR_ALL);
}

static const FeelBuiltin rows[] = {
    {"working days after", working_days_after, 3, 3, 0, {{"start", 'e'}, {"days", 'n'}, {"calendar", 'l'}}},
    {"calendar days after", calendar_days_after, 3, 3, 0, {{"start", 'e'}, {"days", 'n'}, {"calendar", 'l'}}},
};
const FeelTable feel_table_workdays = {rows, COUNT_OF(rows)};
