/* feel_dates: constructors and functions of dates, times and durations (Source: DMN 1.5 §10.3.4.1,
 * §10.3.4.7). The clock is the run's: today() and now() give one value through an evaluation. */
#include "feel/feel_in.h"

static Value unreadable(FeelRun *run, const char *text, Value v) {
    return feel_because(run, "domain", text, v, value_null());
}

/* ---- date ---- */
static Value date_from(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    Value v = args[0];
    if (v.kind == VALUE_DATE) return v;
    if (v.kind == VALUE_DATETIME) return (Value){.kind = VALUE_DATE, .u.i = v.u.time->days};
    return v.kind == VALUE_STRING && date_parse(value_text(v), &v) ? v : unreadable(run, "this is not a date", v);
}

static Value date_of_parts(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    int64_t year, month, day;
    if (!dec_to_int(args[0], &year) || !dec_to_int(args[1], &month) || !dec_to_int(args[2], &day) || month < 1 ||
        month > 12 || day < 1 || day > 31)
        return feel_domain(run, "there is no such day");
    Value v = date_make(year, (int)month, (int)day);
    return v.kind == VALUE_DATE ? v : feel_domain(run, "there is no such day");
}

/* ---- date and time ---- */
static Value midnight(FeelRun *run, Value date, uint8_t form) {
    return date_of_time(run->arena, VALUE_DATETIME, (ValueTime){.days = date.u.i, .form = form});
}

static Value datetime_from(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    Value v = args[0];
    if (v.kind == VALUE_DATETIME) return v;
    if (v.kind == VALUE_DATE) return midnight(run, v, ZONE_OFFSET);
    return v.kind == VALUE_STRING && date_parse_datetime(run->arena, value_text(v), &v)
               ? v
               : unreadable(run, "this is not a date and time", v);
}

/* The date's own time and zone are dropped (Source: DMN 1.5 table 71). */
static Value datetime_of_parts(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    ValueTime t = *args[1].u.time;
    t.days = args[0].kind == VALUE_DATE ? args[0].u.i : args[0].u.time->days;
    return date_of_time(run->arena, VALUE_DATETIME, t);
}

/* ---- time ---- */
static Value time_from(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    Value v = args[0];
    ValueTime t = {.form = ZONE_OFFSET};
    switch ((ValueKind)v.kind) {
    case VALUE_TIME:
        return v;
    case VALUE_DATE:
        return date_of_time(run->arena, VALUE_TIME, t);
    case VALUE_DATETIME:
        t = *v.u.time;
        t.days = 0;
        return date_of_time(run->arena, VALUE_TIME, t);
    default:
        return v.kind == VALUE_STRING && date_parse_time(run->arena, value_text(v), &v)
                   ? v
                   : unreadable(run, "this is not a time", v);
    }
}

static Value time_of_parts(FeelRun *run, const Value *args, size_t n) {
    int64_t hour, minute, nanos;
    Value exact = dec_mul(run->arena, args[2], value_int(DATE_NANOS));
    bool good = dec_to_int(args[0], &hour) && dec_to_int(args[1], &minute) && hour >= 0 && hour < 24 && minute >= 0 &&
                minute < 60 && exact.kind == VALUE_NUMBER && dec_to_int(dec_floor(run->arena, exact, 0), &nanos) &&
                nanos >= 0 && nanos < 60 * DATE_NANOS;
    if (!good) return feel_domain(run, "there is no such time of day");
    ValueTime t = {.nanos = (hour * 60 + minute) * 60 * DATE_NANOS + nanos, .form = ZONE_LOCAL};
    if (n > 3 && args[3].kind == VALUE_DAYTIME) {
        int64_t offset = args[3].u.i;
        if (args[3].size || offset > 18 * 3600 || offset < -18 * 3600)
            return feel_domain(run, "an offset is at most 18 hours of whole seconds");
        t.form = ZONE_OFFSET;
        t.offset = (int32_t)offset;
    }
    return date_of_time(run->arena, VALUE_TIME, t);
}

/* ---- durations ---- */
static Value duration_from(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    Value v = args[0];
    if (v.kind == VALUE_DAYTIME || v.kind == VALUE_MONTHS) return v;
    return v.kind == VALUE_STRING && date_parse_duration(value_text(v), &v)
               ? v
               : unreadable(run, "this is not a duration", v);
}

/* Whole months from one to the other, cut toward zero; time of day and zone play no part. */
static Value months_between(FeelRun *run, const Value *args, size_t n) {
    (void)run, (void)n;
    int64_t years[2], months;
    int month[2], day[2];
    for (int i = 0; i < 2; i++)
        date_civil(args[i].kind == VALUE_DATE ? args[i].u.i : args[i].u.time->days, &years[i], &month[i], &day[i]);
    months = (years[1] - years[0]) * 12 + month[1] - month[0];
    if (months > 0 && day[1] < day[0]) months--;
    if (months < 0 && day[1] > day[0]) months++;
    return (Value){.kind = VALUE_MONTHS, .u.i = months};
}

/* ---- calendar ---- */
static int64_t days_of(Value v) {
    return v.kind == VALUE_DATE ? v.u.i : v.u.time->days;
}

static Value day_of_year(FeelRun *run, const Value *args, size_t n) {
    (void)run, (void)n;
    int64_t year;
    int month, day;
    date_civil(days_of(args[0]), &year, &month, &day);
    return value_int(days_of(args[0]) - date_days(year, 1, 1) + 1);
}

static Value day_of_week(FeelRun *run, const Value *args, size_t n) {
    static const char *const names[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    (void)run, (void)n;
    return value_c(names[date_weekday(days_of(args[0])) - 1]);
}

static Value month_of_year(FeelRun *run, const Value *args, size_t n) {
    static const char *const names[] = {"January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December"};
    int64_t year;
    int month, day;
    (void)run, (void)n;
    date_civil(days_of(args[0]), &year, &month, &day);
    return value_c(names[month - 1]);
}

/* ISO 8601: the week belongs to the year that holds its Thursday. */
static Value week_of_year(FeelRun *run, const Value *args, size_t n) {
    (void)run, (void)n;
    int64_t days = days_of(args[0]), thursday = days - date_weekday(days) + 4, year;
    int month, day;
    date_civil(thursday, &year, &month, &day);
    return value_int((thursday - date_days(year, 1, 1)) / 7 + 1);
}

static Value now(FeelRun *run, const Value *args, size_t n) {
    (void)args, (void)n;
    return date_from_unix_us(run->arena, run->now_us, run->offset);
}

static Value today(FeelRun *run, const Value *args, size_t n) {
    return (Value){.kind = VALUE_DATE, .u.i = now(run, args, n).u.time->days};
}

/* ---- at-literals: tried by shape ---- */
Value feel_at_literal(Arena *a, Str text) {
    Value v;
    if (date_parse_duration(text, &v) || date_parse(text, &v) || date_parse_time(a, text, &v) ||
        date_parse_datetime(a, text, &v))
        return v;
    return value_because(a, "literal", "no date, time or duration reads like this");
}

static const FeelBuiltin rows[] = {
    {"date", date_from, 1, 1, 0, {{"from", 's'}}},
    {"date", date_from, 1, 1, 0, {{"from", 'e'}}},
    {"date", date_of_parts, 3, 3, 0, {{"year", 'n'}, {"month", 'n'}, {"day", 'n'}}},
    {"date and time", datetime_from, 1, 1, 0, {{"from", 's'}}},
    {"date and time", datetime_from, 1, 1, 0, {{"from", 'e'}}},
    {"date and time", datetime_of_parts, 2, 2, 0, {{"date", 'e'}, {"time", 't'}}},
    {"time", time_from, 1, 1, 0, {{"from", 's'}}},
    {"time", time_from, 1, 1, 0, {{"from", 't'}}},
    {"time", time_from, 1, 1, 0, {{"from", 'e'}}},
    {"time", time_of_parts, 3, 4, 0, {{"hour", 'n'}, {"minute", 'n'}, {"second", 'n'}, {"offset", 'U'}}},
    {"duration", duration_from, 1, 1, 0, {{"from", 's'}}},
    {"duration", duration_from, 1, 1, 0, {{"from", 'u'}}},
    {"duration", duration_from, 1, 1, 0, {{"from", 'y'}}},
    {"years and months duration", months_between, 2, 2, 0, {{"from", 'e'}, {"to", 'e'}}},
    {"day of year", day_of_year, 1, 1, 0, {{"date", 'e'}}},
    {"day of week", day_of_week, 1, 1, 0, {{"date", 'e'}}},
    {"month of year", month_of_year, 1, 1, 0, {{"date", 'e'}}},
    {"week of year", week_of_year, 1, 1, 0, {{"date", 'e'}}},
    {"now", now, 0, 0, FEEL_IMPURE, {{NULL, 0}}},
    {"today", today, 0, 0, FEEL_IMPURE, {{NULL, 0}}},
};
const FeelTable feel_table_dates = {rows, COUNT_OF(rows)};
