/* date: the proleptic Gregorian calendar with a year 0, moments and arithmetic on them
 * (Source: DMN 1.5 §10.3.2.3.4–9). Pure: it never asks what day it is. Day counts are exact for
 * years within ±999,999,999; past that results are null with a cause. */
#include "base/date_in.h"

static int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
}

int64_t date_days(int64_t year, int month, int day) {
    assert(month >= 1 && month <= 12);
    int64_t y = year - (month <= 2), era = floor_div(y, 400);
    int64_t in_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + of_year - 719468;
}

void date_civil(int64_t days, int64_t *year, int *month, int *day) {
    int64_t z = days + 719468, era = floor_div(z, 146097), of_era = z - era * 146097;
    int64_t in_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * in_era + in_era / 4 - in_era / 100), mp = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = in_era + era * 400 + (*month <= 2);
}

int date_month_length(int64_t year, int month) {
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    assert(month >= 1 && month <= 12);
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return lengths[month - 1] + (month == 2 && leap);
}

int date_weekday(int64_t days) {
    return (int)((days % 7 + 10) % 7) + 1;
} /* 1970-01-01 was a Thursday */

bool date_in_range(int64_t days) {
    return days >= date_days(-DATE_YEAR_MAX, 1, 1) && days <= date_days(DATE_YEAR_MAX, 12, 31);
}

Value date_make(int64_t year, int month, int day) {
    if (year < -DATE_YEAR_MAX || year > DATE_YEAR_MAX || month < 1 || month > 12 || day < 1 ||
        day > date_month_length(year, month))
        return value_null();
    return (Value){.kind = VALUE_DATE, .u.i = date_days(year, month, day)};
}

Value date_of_time(Arena *a, ValueKind kind, ValueTime t) {
    assert(kind == VALUE_TIME || kind == VALUE_DATETIME);
    assert(t.nanos >= 0 && t.nanos < DATE_DAY_NANOS);
    ValueTime *kept = NEW(a, ValueTime);
    *kept = t;
    return (Value){.kind = (uint8_t)kind, .u.time = kept};
}

static Value out_of_range(Arena *a) {
    return value_because(a, "overflow", "the date leaves the calendar");
}

static bool add_months(int64_t days, int64_t months, int64_t *out) {
    int64_t year;
    int month, day;
    date_civil(days, &year, &month, &day);
    if (months > 24000000000 || months < -24000000000) return false;
    int64_t total = year * 12 + month - 1 + months;
    year = floor_div(total, 12);
    month = (int)(total - year * 12) + 1;
    if (year < -DATE_YEAR_MAX || year > DATE_YEAR_MAX) return false;
    int length = date_month_length(year, month);
    *out = date_days(year, month, day < length ? day : length);
    return true;
}

Value date_add_months(Arena *a, Value v, int64_t months) {
    assert(v.kind == VALUE_DATE || v.kind == VALUE_DATETIME);
    int64_t days;
    if (!add_months(v.kind == VALUE_DATE ? v.u.i : v.u.time->days, months, &days)) return out_of_range(a);
    if (v.kind == VALUE_DATE) return (Value){.kind = VALUE_DATE, .u.i = days};
    ValueTime t = *v.u.time;
    t.days = days;
    return date_of_time(a, VALUE_DATETIME, t);
}

int32_t date_offset_of(const ValueTime *t) {
    int32_t offset = t->form == ZONE_OFFSET ? t->offset : 0;
    if (t->form == ZONE_NAMED) date_zone_offset(t->zone, t->days * DATE_DAY + t->nanos / DATE_NANOS, true, &offset);
    return offset;
}

void date_instant(Value datetime, int64_t *seconds, int64_t *nanos) {
    assert(datetime.kind == VALUE_DATETIME);
    const ValueTime *t = datetime.u.time;
    *seconds = t->days * DATE_DAY + t->nanos / DATE_NANOS - date_offset_of(t);
    *nanos = t->nanos % DATE_NANOS;
}

/* Puts a moment given in seconds since 1970 on t's own clock face. */
static bool set_instant(ValueTime *t, int64_t utc, int64_t nanos) {
    int32_t offset = t->form == ZONE_OFFSET ? t->offset : 0;
    if (t->form == ZONE_NAMED) date_zone_offset(t->zone, utc, false, &offset);
    int64_t local = utc + offset;
    t->days = floor_div(local, DATE_DAY);
    t->nanos = (local - t->days * DATE_DAY) * DATE_NANOS + nanos;
    return date_in_range(t->days);
}

static Value add_to_datetime(Arena *a, Value v, int64_t seconds, int64_t nanos) {
    int64_t utc, part;
    date_instant(v, &utc, &part);
    part += nanos;
    ValueTime t = *v.u.time;
    if (__builtin_add_overflow(utc, seconds, &utc) || utc > DATE_SECONDS_MAX || utc < -DATE_SECONDS_MAX ||
        !set_instant(&t, utc + part / DATE_NANOS, part % DATE_NANOS))
        return out_of_range(a);
    return date_of_time(a, VALUE_DATETIME, t);
}

Value date_add_seconds(Arena *a, Value v, int64_t seconds, int64_t nanos) {
    assert(nanos >= 0 && nanos < DATE_NANOS);
    if (v.kind == VALUE_DATETIME) return add_to_datetime(a, v, seconds, nanos);
    if (v.kind == VALUE_DATE) { /* midnight plus the duration, then the day it falls in */
        int64_t days = v.u.i + floor_div(seconds, DATE_DAY);
        return date_in_range(days) ? (Value){.kind = VALUE_DATE, .u.i = days} : out_of_range(a);
    }
    assert(v.kind == VALUE_TIME);
    ValueTime t = *v.u.time;
    int64_t of_day = (seconds % DATE_DAY + DATE_DAY) % DATE_DAY * DATE_NANOS + nanos + t.nanos;
    t.nanos = of_day % DATE_DAY_NANOS;
    return date_of_time(a, VALUE_TIME, t);
}

Value date_from_unix_us(Arena *a, int64_t us, int32_t offset_seconds) {
    int64_t seconds = floor_div(us, 1000000);
    ValueTime t = {.form = ZONE_OFFSET, .offset = offset_seconds};
    set_instant(&t, seconds, (us - seconds * 1000000) * 1000);
    return date_of_time(a, VALUE_DATETIME, t);
}
