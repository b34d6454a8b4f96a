/* date_text: FEEL's lexical forms of dates, times, date-times and durations, read and written
 * (Source: DMN 1.5 §10.3.2.3.4–9, XML Schema Part 2 §3.2.6–9). Must never accept a day that the
 * calendar does not have, nor a field with the wrong number of digits. */
#include "base/date_in.h"

#include <string.h>

typedef struct Scan {
    Str s;     /* the text */
    size_t at; /* next byte */
} Scan;

static bool peek(const Scan *in, char c) {
    return in->at < in->s.n && in->s.p[in->at] == c;
}

static bool take(Scan *in, char c) {
    if (!peek(in, c)) return false;
    in->at++;
    return true;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* All digits at hand, at most `most`. Out: their number and value. */
static size_t digits(Scan *in, size_t most, int64_t *value) {
    size_t n = 0;
    for (*value = 0; n < most && in->at < in->s.n && is_digit(in->s.p[in->at]); n++)
        *value = *value * 10 + (in->s.p[in->at++] - '0');
    return n;
}

static bool two(Scan *in, int *value) {
    int64_t v;
    if (digits(in, 2, &v) != 2) return false;
    *value = (int)v;
    return true;
}

/* [-]YYYY-MM-DD, year of 4 digits or 5 to 9 without a leading zero. */
static bool read_date(Scan *in, Value *out) {
    bool neg = take(in, '-');
    size_t start = in->at;
    int64_t year;
    int month, day;
    size_t n = digits(in, 9, &year);
    if (n < 4 || (n > 4 && in->s.p[start] == '0')) return false;
    if (!take(in, '-') || !two(in, &month) || !take(in, '-') || !two(in, &day)) return false;
    Value v = date_make(neg ? -year : year, month, day);
    if (value_is_null(v)) return false;
    *out = v;
    return true;
}

bool date_parse(Str text, Value *out) {
    Scan in = {text, 0};
    Value v;
    if (!read_date(&in, &v) || in.at != text.n) return false;
    *out = v;
    return true;
}

/* Digits after the point: the first nine count. */
static bool read_nanos(Scan *in, int64_t *nanos) {
    size_t start = in->at;
    int64_t unit = DATE_NANOS, rest;
    *nanos = 0;
    for (size_t i = 0; i < 9 && in->at < in->s.n && is_digit(in->s.p[in->at]); i++)
        *nanos += (unit /= 10) * (in->s.p[in->at++] - '0');
    while (digits(in, 9, &rest)) continue;
    return in->at > start;
}

/* ±hh:mm[:ss], at most 18 hours as in Java. */
static bool read_offset(Scan *in, ValueTime *t) {
    bool west = peek(in, '-');
    in->at++;
    int hour, minute, second = 0;
    if (!two(in, &hour) || !take(in, ':') || !two(in, &minute)) return false;
    if (take(in, ':') && !two(in, &second)) return false;
    int32_t total = hour * 3600 + minute * 60 + second;
    if (minute > 59 || second > 59 || total > 18 * 3600) return false;
    t->form = ZONE_OFFSET;
    t->offset = west ? -total : total;
    return true;
}

static bool read_zone(Scan *in, ValueTime *t) {
    t->form = ZONE_LOCAL;
    if (in->at == in->s.n) return true;
    if (take(in, 'Z') || take(in, 'z')) {
        t->form = ZONE_OFFSET;
        return true;
    }
    if (peek(in, '+') || peek(in, '-')) return read_offset(in, t);
    if (!take(in, '@')) return false;
    t->form = ZONE_NAMED;
    t->zone = str_sub(in->s, in->at, in->s.n);
    in->at = in->s.n;
    return date_zone_known(t->zone);
}

/* hh:mm:ss[.f] and a zone; 24:00:00 is midnight with *next_day set. */
static bool read_time(Scan *in, ValueTime *t, bool *next_day) {
    int hour, minute, second;
    if (!two(in, &hour) || !take(in, ':') || !two(in, &minute) || !take(in, ':') || !two(in, &second)) return false;
    int64_t nanos = 0;
    if (take(in, '.') && !read_nanos(in, &nanos)) return false;
    *next_day = hour == 24;
    if (hour > 24 || minute > 59 || second > 59 || (hour == 24 && (minute || second || nanos))) return false;
    t->nanos = ((hour % 24 * 60 + minute) * INT64_C(60) + second) * DATE_NANOS + nanos;
    return read_zone(in, t) && in->at == in->s.n;
}

static void keep_zone(Arena *a, ValueTime *t) {
    if (t->form == ZONE_NAMED) t->zone = str_copy(a, t->zone);
}

bool date_parse_time(Arena *a, Str text, Value *out) {
    Scan in = {text, 0};
    ValueTime t = {0};
    bool next_day;
    if (!read_time(&in, &t, &next_day)) return false;
    keep_zone(a, &t);
    *out = date_of_time(a, VALUE_TIME, t);
    return true;
}

bool date_parse_datetime(Arena *a, Str text, Value *out) {
    Scan in = {text, 0};
    Value date;
    ValueTime t = {0};
    bool next_day = false;
    if (!read_date(&in, &date)) return false;
    if (in.at < text.n && (!take(&in, 'T') || !read_time(&in, &t, &next_day))) return false;
    t.days = date.u.i + next_day;
    if (!date_in_range(t.days)) return false;
    keep_zone(a, &t);
    *out = date_of_time(a, VALUE_DATETIME, t);
    return true;
}

/* nX with X the wanted letter; leaves the scan alone when the letter differs. */
static bool part(Scan *in, char letter, int64_t *value) {
    Scan try = *in;
    if (!digits(&try, 18, value) || !take(&try, letter)) {
        *value = 0;
        return false;
    }
    *in = try;
    return true;
}

static bool seconds_part(Scan *in, int64_t *seconds, int64_t *nanos) {
    Scan try = *in;
    *nanos = 0;
    if (!digits(&try, 18, seconds) || (take(&try, '.') && !read_nanos(&try, nanos)) || !take(&try, 'S')) {
        *seconds = *nanos = 0;
        return false;
    }
    *in = try;
    return true;
}

static bool months_duration(Scan in, bool neg, Value *out) {
    int64_t years, months, total;
    bool any = part(&in, 'Y', &years);
    any |= part(&in, 'M', &months);
    if (!any || in.at != in.s.n || __builtin_mul_overflow(years, 12, &total) ||
        __builtin_add_overflow(total, months, &total))
        return false;
    *out = (Value){.kind = VALUE_MONTHS, .u.i = neg ? -total : total};
    return true;
}

Value date_daytime(int64_t seconds, int64_t nanos) {
    assert(nanos > -DATE_NANOS && nanos < DATE_NANOS);
    if (nanos < 0) seconds--, nanos += DATE_NANOS;
    return (Value){.kind = VALUE_DAYTIME, .size = (uint32_t)nanos, .u.i = seconds};
}

static bool sum_seconds(int64_t days, int64_t hours, int64_t minutes, int64_t *seconds) {
    return !__builtin_mul_overflow(days, DATE_DAY, &days) && !__builtin_mul_overflow(hours, 3600, &hours) &&
           !__builtin_mul_overflow(minutes, 60, &minutes) && !__builtin_add_overflow(days, hours, &hours) &&
           !__builtin_add_overflow(hours, minutes, &minutes) && !__builtin_add_overflow(*seconds, minutes, seconds);
}

static bool daytime_duration(Scan in, bool neg, Value *out) {
    int64_t days, hours = 0, minutes = 0, seconds = 0, nanos = 0;
    bool any = part(&in, 'D', &days);
    if (take(&in, 'T')) {
        any = part(&in, 'H', &hours);
        any |= part(&in, 'M', &minutes);
        any |= seconds_part(&in, &seconds, &nanos);
    }
    if (!any || in.at != in.s.n || !sum_seconds(days, hours, minutes, &seconds)) return false;
    *out = neg ? date_daytime(-seconds, -nanos) : date_daytime(seconds, nanos);
    return true;
}

bool date_parse_duration(Str text, Value *out) {
    Scan in = {text, 0};
    bool neg = take(&in, '-');
    if (!take(&in, 'P')) return false;
    return months_duration(in, neg, out) || daytime_duration(in, neg, out);
}

static void write_date(Buf *b, int64_t days) {
    int64_t year;
    int month, day;
    date_civil(days, &year, &month, &day);
    buf_printf(b, "%s%04lld-%02d-%02d", year < 0 ? "-" : "", (long long)(year < 0 ? -year : year), month, day);
}

static void write_nanos(Buf *b, int64_t nanos) {
    if (!nanos) return;
    int width = 9;
    while (nanos % 10 == 0) nanos /= 10, width--;
    buf_printf(b, ".%0*lld", width, (long long)nanos);
}

static void write_time(Buf *b, const ValueTime *t) {
    int64_t second = t->nanos / DATE_NANOS;
    buf_printf(b, "%02d:%02d:%02d", (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
    write_nanos(b, t->nanos % DATE_NANOS);
    if (t->form == ZONE_NAMED) {
        buf_byte(b, '@');
        buf_add(b, t->zone);
    }
    if (t->form != ZONE_OFFSET) return;
    int32_t size = t->offset < 0 ? -t->offset : t->offset;
    if (!size)
        buf_byte(b, 'Z');
    else
        buf_printf(b, "%c%02d:%02d", t->offset < 0 ? '-' : '+', size / 3600, size / 60 % 60);
    if (size % 60) buf_printf(b, ":%02d", size % 60);
}

static void write_part(Buf *b, int64_t n, char letter) {
    if (n) buf_printf(b, "%lld%c", (long long)n, letter);
}

static void write_months(Buf *b, int64_t months) {
    buf_c(b, months < 0 ? "-P" : "P");
    if (months < 0) months = -months;
    write_part(b, months / 12, 'Y');
    write_part(b, months % 12, 'M');
    if (!months) buf_c(b, "0M");
}

static void write_daytime(Buf *b, Value v) {
    int64_t seconds = v.u.i, nanos = v.size;
    bool neg = seconds < 0;
    if (neg) seconds = -seconds - (nanos > 0), nanos = nanos ? DATE_NANOS - nanos : 0;
    buf_c(b, neg ? "-P" : "P");
    write_part(b, seconds / DATE_DAY, 'D');
    int64_t rest = seconds % DATE_DAY;
    if (rest || nanos || !seconds) buf_byte(b, 'T');
    write_part(b, rest / 3600, 'H');
    write_part(b, rest / 60 % 60, 'M');
    if (rest % 60 == 0 && !nanos && (seconds || nanos)) return;
    buf_printf(b, "%d", (int)(rest % 60));
    write_nanos(b, nanos);
    buf_byte(b, 'S');
}

void date_write(Buf *b, Value v) {
    switch ((ValueKind)v.kind) {
    case VALUE_DATE:
        write_date(b, v.u.i);
        return;
    case VALUE_TIME:
        write_time(b, v.u.time);
        return;
    case VALUE_DATETIME:
        write_date(b, v.u.time->days);
        buf_byte(b, 'T');
        write_time(b, v.u.time);
        return;
    case VALUE_MONTHS:
        write_months(b, v.u.i);
        return;
    case VALUE_DAYTIME:
        write_daytime(b, v);
        return;
    default:
        assert(!"a temporal value");
    }
}
