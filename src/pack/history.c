/* How priors are counted: the words of a window, and until when a prior counts under it.
 * Used by the case over its events and by replay over columns, so that both count alike.
 * It must never know what is counted: that is the pack's. */
#include "pack/pack.h"

#define DAY_US INT64_C(86400000000)
enum { MONTHS_MAX = 1200, DAYS_MAX = 36600 };

/* Local civil time splits at midnight, before 1970 too. */
static int64_t day_of(int64_t us) {
    int64_t day = us / DAY_US;
    return us % DAY_US < 0 ? day - 1 : day;
}

bool pack_history_window(Str text, PackHistory *history, Err *err) {
    assert(history);
    if (str_is(text, "year")) {
        history->window = PACK_WINDOW_YEAR;
        history->window_n = 1;
        return true;
    }
    bool months = str_ends(text, STR("M")), days = str_ends(text, STR("D"));
    int64_t n = 0, most = months ? MONTHS_MAX : DAYS_MAX;
    if (!str_starts(text, STR("P")) || !(months || days) || text.n < 3 || text.p[1] < '0' || text.p[1] > '9' ||
        !str_to_int(str_sub(text, 1, text.n - 2), &n) || n < 1 || n > most)
        return err_set(err, ERR_INVALID, "pack",
                       "The window \"" STR_FMT "\" is none of year, P1M to P%dM, P1D to P%dD.",
                       STR_ARG(str_head(text, 40)), MONTHS_MAX, DAYS_MAX);
    history->window = months ? PACK_WINDOW_MONTHS : PACK_WINDOW_DAYS;
    history->window_n = n;
    return true;
}

/* Whole months later at the same time of day; a day the month lacks becomes its last (29 Feb → 28 Feb). */
static int64_t months_later(int64_t us, int64_t months) {
    int64_t day = day_of(us), year, at;
    int month, date;
    date_civil(day, &year, &month, &date);
    at = year * 12 + (month - 1) + months;
    year = at / 12;
    month = (int)(at % 12) + 1;
    int last = date_month_length(year, month);
    return date_days(year, month, date < last ? date : last) * DAY_US + (us - day * DAY_US);
}

int64_t pack_history_until(const PackHistory *history, int64_t prior_us) {
    assert(history && history->window_n > 0);
    if (history->window == PACK_WINDOW_DAYS) return prior_us + history->window_n * DAY_US;
    if (history->window == PACK_WINDOW_MONTHS) return months_later(prior_us, history->window_n);
    int64_t year;
    int month, date;
    date_civil(day_of(prior_us), &year, &month, &date);
    return date_days(year + 1, 1, 1) * DAY_US;
}

bool pack_history_counts(const PackHistory *history, int64_t prior_us, int64_t now_us) {
    return now_us < pack_history_until(history, prior_us);
}

bool pack_history_moment(const PackHistory *history, Value answers, int64_t *us) {
    assert(history && us);
    Value when = value_null();
    if (history->occurred.n == 0 || !value_find(answers, history->occurred, &when)) return false;
    if (when.kind == VALUE_DATE) {
        *us = when.u.i * DAY_US;
        return true;
    }
    /* The civil time as written: an act has one local time, whatever zone the counter runs in. */
    if (when.kind == VALUE_DATETIME) *us = when.u.time->days * DAY_US + when.u.time->nanos / 1000;
    return when.kind == VALUE_DATETIME;
}
