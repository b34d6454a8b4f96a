/* feel_property: the named parts of dates, times, durations and ranges (Source: DMN 1.5 §10.3.2.5
 * tables 65–67, §10.3.2.7). A kind that lacks the part gives null with a cause. */
#include "feel/feel_in.h"

typedef enum Part {
    PART_YEAR,
    PART_MONTH,
    PART_DAY,
    PART_WEEKDAY,
    PART_HOUR,
    PART_MINUTE,
    PART_SECOND,
    PART_OFFSET,
    PART_TIMEZONE,
    PART_YEARS,
    PART_MONTHS,
    PART_DAYS,
    PART_HOURS,
    PART_MINUTES,
    PART_SECONDS,
    PART_START,
    PART_END,
    PART_START_IN,
    PART_END_IN,
    PART_NONE,
} Part;

static Part part_named(Str name) {
    static const char *const names[] = {
        "year",   "month", "day",   "weekday", "hour",    "minute", "second", "time offset",    "timezone",     "years",
        "months", "days",  "hours", "minutes", "seconds", "start",  "end",    "start included", "end included",
    };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_is(name, names[i])) return (Part)i;
    return PART_NONE;
}

static bool within(Part part, Part lo, Part hi) {
    return part >= lo && part <= hi;
}

static bool has(FeelKind kind, Part part) {
    switch (kind) {
    case FEEL_DATE:
        return within(part, PART_YEAR, PART_WEEKDAY);
    case FEEL_DATETIME:
        return within(part, PART_YEAR, PART_TIMEZONE);
    case FEEL_TIME:
        return within(part, PART_HOUR, PART_TIMEZONE);
    case FEEL_MONTHS:
        return within(part, PART_YEARS, PART_MONTHS);
    case FEEL_DAYTIME:
        return within(part, PART_DAYS, PART_SECONDS);
    case FEEL_RANGE:
        return within(part, PART_START, PART_END_IN);
    default:
        return false;
    }
}

bool feel_has_property(FeelKind kind, Str name) {
    return has(kind, part_named(name));
}

static Value of_days(int64_t days, Part part) {
    int64_t year;
    int month, day;
    date_civil(days, &year, &month, &day);
    return value_int(part == PART_YEAR    ? year
                     : part == PART_MONTH ? month
                     : part == PART_DAY   ? day
                                          : date_weekday(days));
}

static Value seconds_and_nanos(FeelRun *run, int64_t seconds, int64_t nanos) {
    int scale = nanos ? 9 : 0;
    for (; nanos && nanos % 10 == 0; nanos /= 10) scale--;
    return dec_add(run->arena, value_int(seconds),
                   (Value){.kind = VALUE_NUMBER, .scale = (int16_t)scale, .u.i = nanos});
}

static Value of_zone(FeelRun *run, Value v, Part part) {
    const ValueTime *t = v.u.time;
    if (part == PART_TIMEZONE && t->form == ZONE_NAMED) return value_str(t->zone);
    bool fixed = t->form == ZONE_OFFSET || (t->form == ZONE_NAMED && v.kind == VALUE_DATETIME);
    if (part == PART_OFFSET && fixed) return (Value){.kind = VALUE_DAYTIME, .u.i = date_offset_of(t)};
    return feel_because(run, "missing", "this value has no such offset or zone", v, value_null());
}

static Value of_clock(FeelRun *run, Value v, Part part) {
    int64_t second = v.u.time->nanos / DATE_NANOS;
    switch (part) {
    case PART_HOUR:
        return value_int(second / 3600);
    case PART_MINUTE:
        return value_int(second / 60 % 60);
    case PART_SECOND:
        return seconds_and_nanos(run, second % 60, v.u.time->nanos % DATE_NANOS);
    case PART_OFFSET:
    case PART_TIMEZONE:
        return of_zone(run, v, part);
    default:
        return of_days(v.u.time->days, part);
    }
}

/* Every component carries the sign of the whole. */
static Value of_daytime(FeelRun *run, Value v, Part part) {
    int64_t seconds = v.u.i, nanos = v.size, sign = seconds < 0 ? -1 : 1;
    if (sign < 0) seconds = -seconds - (nanos > 0), nanos = nanos ? DATE_NANOS - nanos : 0;
    switch (part) {
    case PART_DAYS:
        return value_int(sign * (seconds / 86400));
    case PART_HOURS:
        return value_int(sign * (seconds / 3600 % 24));
    case PART_MINUTES:
        return value_int(sign * (seconds / 60 % 60));
    default:
        return seconds_and_nanos(run, sign * (seconds % 60), sign * nanos);
    }
}

/* Of `= 10` both ends are 10; of `!= 10` nothing is an end. */
static Value of_range(const ValueRange *r, Part part) {
    switch (part) {
    case PART_START:
        return r->op == '!' ? value_null() : r->lo;
    case PART_END:
        return r->op == '!' ? value_null() : r->hi;
    case PART_START_IN:
        return value_bool(r->lo_in);
    default:
        return value_bool(r->hi_in);
    }
}

Value feel_property(FeelRun *run, Value of, Str name) {
    static const FeelKind kinds[] = {
        [VALUE_DATE] = FEEL_DATE,       [VALUE_TIME] = FEEL_TIME,     [VALUE_DATETIME] = FEEL_DATETIME,
        [VALUE_DAYTIME] = FEEL_DAYTIME, [VALUE_MONTHS] = FEEL_MONTHS, [VALUE_RANGE] = FEEL_RANGE};
    assert(of.kind < COUNT_OF(kinds));
    Part part = part_named(name);
    if (!has(kinds[of.kind], part))
        return feel_because(run, "missing", "this kind of value has no such property", of, value_null());
    switch ((ValueKind)of.kind) {
    case VALUE_DATE:
        return of_days(of.u.i, part);
    case VALUE_TIME:
    case VALUE_DATETIME:
        return of_clock(run, of, part);
    case VALUE_MONTHS:
        return value_int(part == PART_YEARS ? of.u.i / 12 : of.u.i % 12);
    case VALUE_DAYTIME:
        return of_daytime(run, of, part);
    default:
        return of_range(of.u.range, part);
    }
}
