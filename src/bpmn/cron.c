/* cron: times given as "second minute hour day month weekday", the office's clock. Fields are *, ?, numbers,
 * names, ranges, lists and steps (Source: Zeebe's timer cycles, which follow Spring's CronExpression, less L,
 * W, # and macros). It never guesses: a field that is not understood makes the whole text no cron. */
#include "bpmn/bpmn_in.h"

enum { CRON_FIELDS = 6, CRON_DAYS = 366 * 8 + 2 }; /* eight years hold every leap day, even around 2100 */
enum { SECOND, MINUTE, HOUR, DAY, MONTH, WEEKDAY };

typedef struct CronField { /* what a field may hold */
    int first, last;       /* numbers */
    const char *names;     /* three letters each, from `first` on, or NULL */
} CronField;

static const CronField fields[CRON_FIELDS] = {{0, 59, NULL},
                                              {0, 59, NULL},
                                              {0, 23, NULL},
                                              {1, 31, NULL},
                                              {1, 12, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"},
                                              {0, 7, "SUNMONTUEWEDTHUFRISAT"}};

static bool read_number(Str text, const CronField *f, int *out) {
    int64_t n = 0;
    for (int i = 0; f->names != NULL && text.n == 3 && f->names[3 * i] != 0; i++) {
        if (!str_eq(text, (Str){f->names + 3 * i, 3})) continue;
        *out = f->first + i;
        return true;
    }
    if (text.n == 0 || text.n > 2 || !str_to_int(text, &n) || n < f->first || n > f->last) return false;
    *out = (int)n;
    return true;
}

/* One of a list: "*", "5", "1-5", "0/2", "1-5/2". */
static bool read_item(Str text, const CronField *f, uint64_t *bits) {
    Str step_text, to_text;
    Str range = str_cut(text, '/', &step_text);
    bool stepped = range.n < text.n;
    Str from_text = str_cut(range, '-', &to_text);
    bool any = str_is(range, "*") || str_is(range, "?"), ranged = from_text.n < range.n;
    int from = f->first, to = f->last, step = 1;
    if (!any) TRY(read_number(from_text, f, &from));
    if (ranged)
        TRY(read_number(to_text, f, &to));
    else if (!any && !stepped)
        to = from;
    if (stepped) TRY(read_number(step_text, &(CronField){1, 59, NULL}, &step));
    for (int i = from; i <= to; i += step) *bits |= UINT64_C(1) << i;
    return from <= to;
}

static bool read_field(Str text, const CronField *f, uint64_t *bits) {
    *bits = 0;
    do {
        Str item = str_cut(text, ',', &text);
        TRY(read_item(item, f, bits));
    } while (text.n > 0);
    return true;
}

bool bpmn_cron_read(Str text, BpmnCron *out) {
    for (int i = 0; i < CRON_FIELDS; i++) {
        text = str_trim(text);
        Str field = str_cut(text, ' ', &text);
        TRY(read_field(field, &fields[i], &out->bits[i]));
    }
    if ((out->bits[WEEKDAY] & (UINT64_C(1) << 7)) != 0) out->bits[WEEKDAY] |= 1; /* 7 is Sunday too */
    return str_trim(text).n == 0;
}

static bool has(const BpmnCron *cron, int field, int value) {
    return (cron->bits[field] >> value & 1) != 0;
}

static bool is_day(const BpmnCron *cron, int64_t days) {
    int64_t year;
    int month, day;
    date_civil(days, &year, &month, &day);
    return has(cron, MONTH, month) && has(cron, DAY, day) && has(cron, WEEKDAY, date_weekday(days) % 7);
}

/* The first second of a day, from `second` on, that fits; -1 none. */
static int in_day(const BpmnCron *cron, int second) {
    for (int hour = second / 3600; hour < 24; hour++) {
        if (!has(cron, HOUR, hour)) continue;
        for (int s = second > hour * 3600 ? second : hour * 3600; s < (hour + 1) * 3600; s++)
            if (has(cron, MINUTE, s / 60 % 60) && has(cron, SECOND, s % 60)) return s;
    }
    return -1;
}

bool bpmn_cron_next(const BpmnCron *cron, int64_t after_seconds, int64_t *next_seconds) {
    int64_t start = after_seconds + 1, days = start >= 0 ? start / 86400 : (start - 86399) / 86400;
    int second = (int)(start - days * 86400);
    for (int i = 0; i < CRON_DAYS; i++, second = 0) {
        int found = is_day(cron, days + i) ? in_day(cron, second) : -1;
        if (found < 0) continue;
        *next_seconds = (days + i) * 86400 + found;
        return true;
    }
    return false;
}
