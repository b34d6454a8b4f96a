/* Reads a local civil time: 2025-03-01T08:05, with seconds and up to six decimals if need be.
 * It must never repair an impossible date: 29 February 2025 or hour 25 is refused. */
#include "study/study_in.h"

/* `n` digits at p as a number, -1 when one is no digit. */
static int digits(const char *p, size_t n) {
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9') return -1;
        value = value * 10 + (p[i] - '0');
    }
    return value;
}

/* ":SS" or ":SS.f…" as microseconds, -1 when it is none. */
static int64_t seconds(Str text) {
    int whole = text.n >= 3 && text.p[0] == ':' ? digits(text.p + 1, 2) : -1;
    if (whole < 0 || whole > 59) return -1;
    int64_t us = (int64_t)whole * 1000000;
    if (text.n == 3) return us;
    size_t n = text.n - 4;
    int fraction = text.p[3] == '.' && n >= 1 && n <= 6 ? digits(text.p + 4, n) : -1;
    if (fraction < 0) return -1;
    int64_t part = fraction;
    for (; n < 6; n++) part *= 10;
    return us + part;
}

bool study_moment(Str text, int64_t *us) {
    const char *p = text.p;
    if (text.n < 16 || p[4] != '-' || p[7] != '-' || p[10] != 'T' || p[13] != ':') return false;
    int year = digits(p, 4), month = digits(p + 5, 2), day = digits(p + 8, 2);
    int hour = digits(p + 11, 2), minute = digits(p + 14, 2);
    /* Year 1…9998 leaves room for every window (pack_history_until). */
    if (year < 1 || year > 9998 || month < 1 || month > 12 || day < 1 || day > date_month_length(year, month))
        return false;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return false;
    int64_t rest = text.n == 16 ? 0 : seconds(str_sub(text, 16, text.n - 16));
    if (rest < 0) return false;
    *us = ((date_days(year, month, day) * 24 + hour) * 60 + minute) * INT64_C(60000000) + rest;
    return true;
}
