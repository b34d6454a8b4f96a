/* date_tzif: the offset of a zone at a moment, read straight from its TZif bytes (RFC 9636) and the
 * POSIX rule in their footer. Every read is bounds-checked: wrong bytes give "unknown", never a
 * crash. Must never keep state. */
#include "base/date_in.h"

#include <string.h>

typedef struct Zone {
    Str transitions; /* 8 bytes each */
    Str indexes;     /* 1 byte each */
    Str types;       /* 6 bytes each */
    Str rule;        /* footer without its line ends; may be empty */
    size_t n;        /* transitions */
} Zone;

static uint64_t big_endian(const char *p, int bytes) {
    uint64_t v = 0;
    for (int i = 0; i < bytes; i++) v = v << 8 | (uint8_t)p[i];
    return v;
}

static bool take(Str *rest, uint64_t n, Str *out) {
    if (n > rest->n) return false;
    *out = str_sub(*rest, 0, (size_t)n);
    *rest = str_sub(*rest, (size_t)n, rest->n);
    return true;
}

static bool open_zone(Str bytes, Zone *z) {
    Str head, skipped, rest = bytes;
    TRY(take(&rest, 44, &head));
    TRY(str_starts(head, STR("TZif")) && head.p[4] >= '2');
    uint64_t counts[6]; /* isut, isstd, leap, transitions, types, characters */
    for (int i = 0; i < 6; i++) counts[i] = big_endian(head.p + 20 + 4 * i, 4);
    z->n = counts[3];
    TRY(take(&rest, counts[3] * 8, &z->transitions) && take(&rest, counts[3], &z->indexes) &&
        take(&rest, counts[4] * 6, &z->types));
    TRY(take(&rest, counts[5] + counts[2] * 12 + counts[1] + counts[0], &skipped));
    z->rule = str_trim(rest);
    return z->types.n > 0;
}

static int64_t transition(const Zone *z, size_t i) {
    return (int64_t)big_endian(z->transitions.p + 8 * i, 8);
}

static bool type_offset(const Zone *z, size_t type, int32_t *offset) {
    if (type * 6 + 6 > z->types.n) return false;
    *offset = (int32_t)big_endian(z->types.p + type * 6, 4);
    return true;
}

/* ---- the POSIX rule: std offset [dst [offset] , start [/time] , end [/time]] ---- */
typedef struct Scan {
    Str s;     /* the rule */
    size_t at; /* next byte */
} Scan;

static bool peek(const Scan *in, char c) {
    return in->at < in->s.n && in->s.p[in->at] == c;
}

static bool eat(Scan *in, char c) {
    if (!peek(in, c)) return false;
    in->at++;
    return true;
}

static bool number(Scan *in, int most, int *out) {
    size_t start = in->at;
    for (*out = 0; in->at < in->s.n && in->s.p[in->at] >= '0' && in->s.p[in->at] <= '9'; in->at++) {
        *out = *out * 10 + (in->s.p[in->at] - '0');
        if (*out > most) return false;
    }
    return in->at > start;
}

static bool zone_name(Scan *in) {
    size_t start = in->at;
    bool quoted = eat(in, '<');
    while (in->at < in->s.n &&
           (quoted ? in->s.p[in->at] != '>' : (in->s.p[in->at] | 32) >= 'a' && (in->s.p[in->at] | 32) <= 'z'))
        in->at++;
    return (!quoted || eat(in, '>')) && in->at > start;
}

/* [+-]h[:m[:s]] in seconds. */
static bool clock_time(Scan *in, int32_t *out) {
    bool neg = eat(in, '-');
    int h, m = 0, s = 0;
    if (!neg) eat(in, '+');
    TRY(number(in, 167, &h));
    if (eat(in, ':')) TRY(number(in, 59, &m));
    if (eat(in, ':')) TRY(number(in, 59, &s));
    *out = (neg ? -1 : 1) * (h * 3600 + m * 60 + s);
    return true;
}

/* Day of the w-th weekday d of a month (w 5 = last), counted from 1970. */
static int64_t nth_weekday(int64_t year, int month, int week, int weekday) {
    int64_t first = date_days(year, month, 1);
    int64_t day = first + (weekday + 7 - date_weekday(first) % 7) % 7 + (week - 1) * 7;
    return day < first + date_month_length(year, month) ? day : day - 7;
}

/* One change of the year in local seconds since 1970, before the offset is applied. */
static bool change(Scan *in, int64_t year, int64_t *out) {
    int a, month, week, weekday;
    int32_t time = 7200;
    if (eat(in, 'M')) {
        TRY(number(in, 12, &month) && month && eat(in, '.') && number(in, 5, &week) && week && eat(in, '.') &&
            number(in, 6, &weekday));
        *out = nth_weekday(year, month, week, weekday);
    } else {
        bool julian = eat(in, 'J');
        TRY(number(in, 365, &a) && (!julian || a));
        bool leap = date_month_length(year, 2) == 29;
        *out = date_days(year, 1, 1) + (julian ? a - 1 + (leap && a > 59) : a);
    }
    if (eat(in, '/')) TRY(clock_time(in, &time));
    *out = *out * DATE_DAY + time;
    return true;
}

static int64_t year_of(int64_t seconds) {
    int64_t year;
    int month, day;
    date_civil(seconds / DATE_DAY - (seconds % DATE_DAY < 0), &year, &month, &day);
    return year;
}

static bool rule_offset(Str rule, int64_t utc, int32_t *offset) {
    Scan in = {rule, 0};
    int32_t standard, summer;
    int64_t start, end, year;
    TRY(zone_name(&in) && clock_time(&in, &standard));
    standard = -standard; /* POSIX counts west of Greenwich */
    if (in.at == rule.n) {
        *offset = standard;
        return true;
    }
    TRY(zone_name(&in));
    summer = standard + 3600;
    if (!peek(&in, ',')) {
        TRY(clock_time(&in, &summer));
        summer = -summer;
    }
    year = year_of(utc + standard);
    TRY(eat(&in, ',') && change(&in, year, &start) && eat(&in, ',') && change(&in, year, &end) && in.at == rule.n);
    start -= standard;
    end -= summer;
    bool is_summer = start < end ? utc >= start && utc < end : utc >= start || utc < end;
    *offset = is_summer ? summer : standard;
    return true;
}

bool date_tzif_offset(Str tzif, int64_t utc, int32_t *offset) {
    Zone z;
    TRY(open_zone(tzif, &z));
    size_t lo = 0, hi = z.n; /* transitions at or before utc */
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (transition(&z, middle) <= utc)
            lo = middle + 1;
        else
            hi = middle;
    }
    if (lo == z.n && z.rule.n) return rule_offset(z.rule, utc, offset);
    return type_offset(&z, lo ? (uint8_t)z.indexes.p[lo - 1] : 0, offset);
}
