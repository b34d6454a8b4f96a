/* Puts history in order and counts priors: rows by subject, within a subject by time and id, then one
 * window that slides. It must never compare a row with another subject's, nor with a later one. */
#include <stdlib.h>
#include <string.h>

#include "study/study_in.h"

enum { ID_DIGITS = 18 }; /* digits that surely fit an int64 */

static bool all_digits(Str s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return s.n > 0;
}

Str study_number(int64_t n, char room[24]) {
    assert(n >= 0);
    char *at = room + 24;
    do *--at = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    return (Str){at, (size_t)(room + 24 - at)};
}

StudyId study_id(StudyTable *t, Str text) {
    bool plain = text.n <= ID_DIGITS && all_digits(text) && (text.n == 1 || text.p[0] != '0');
    if (!plain) return ~(StudyId)study_word(&t->ids, text);
    StudyId number = 0;
    for (size_t i = 0; i < text.n; i++) number = number * 10 + (text.p[i] - '0');
    return number;
}

Str study_id_text(const StudyTable *t, StudyId id, char room[24]) {
    if (id < 0) return study_word_text(&t->ids, (uint32_t)~id);
    return study_number(id, room);
}

int study_id_cmp(const StudyTable *t, StudyId a, StudyId b) {
    if (a >= 0 && b >= 0) return (a > b) - (a < b);
    char room_a[24], room_b[24];
    Str x = study_id_text(t, a, room_a), y = study_id_text(t, b, room_b);
    bool x_number = all_digits(x), y_number = all_digits(y);
    if (x_number != y_number) return x_number ? -1 : 1;
    if (x_number) {
        while (x.n > 1 && x.p[0] == '0') x = str_sub(x, 1, x.n - 1);
        while (y.n > 1 && y.p[0] == '0') y = str_sub(y, 1, y.n - 1);
        if (x.n != y.n) return x.n < y.n ? -1 : 1;
    }
    return str_cmp(x, y);
}

typedef struct Order {
    const StudyTable *t; /* whose rows */
    bool by_recorded;    /* which time orders */
} Order;

static int64_t time_of(const Order *o, uint32_t row) {
    const StudyRow *r = study_row(o->t, row);
    return o->by_recorded ? r->recorded : r->occurred;
}

/* Time, then id, then place in the file: a total order. */
static int before(const void *left, const void *right, void *order) {
    const Order *o = order;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    int64_t ta = time_of(o, a), tb = time_of(o, b);
    if (ta != tb) return ta < tb ? -1 : 1;
    int ids = study_id_cmp(o->t, study_row(o->t, a)->id, study_row(o->t, b)->id);
    return ids ? ids : (a > b) - (a < b);
}

/* Files come nearly sorted, and a subject seldom has more than a few rows. */
static void sort(Order *o, uint32_t *rows, size_t n) {
    enum { FEW = 24 };
    if (n > FEW) {
        qsort_r(rows, n, sizeof *rows, before, o);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        uint32_t row = rows[i];
        size_t at = i;
        for (; at > 0 && before(&rows[at - 1], &row, o) > 0; at--) rows[at] = rows[at - 1];
        rows[at] = row;
    }
}

static int ends_before(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* When each row stops to count, in order. A later row may stop first: 31 January 08:00 and 30 January 20:00
 * both end with February, at their own hours. */
static void window_ends(const Order *o, const PackHistory *reading, const uint32_t *rows, size_t n, int64_t *ends) {
    bool rising = true;
    for (size_t i = 0; i < n; i++) {
        ends[i] = pack_history_until(reading, time_of(o, rows[i]));
        rising = rising && (i == 0 || ends[i - 1] <= ends[i]);
    }
    if (!rising) qsort(ends, n, sizeof *ends, ends_before);
}

/* Earlier rows less those whose window has ended; a window that has ended by now was an earlier row's. */
static void slide(const Order *o, const uint32_t *rows, size_t n, const int64_t *ends, uint32_t *priors) {
    size_t ended = 0;
    for (size_t i = 1; i < n; i++) {
        int64_t now = time_of(o, rows[i]);
        while (ended < i && ends[ended] <= now) ended++;
        priors[rows[i]] = (uint32_t)(i - ended);
    }
}

void study_priors(const StudyTable *t, const PackHistory *reading, const bool *counts, Arena *scratch,
                  uint32_t *priors) {
    assert(t && reading && counts && scratch && priors);
    size_t n = t->rows.n, subjects = t->subjects.words.n;
    Order order = {t, reading->by_recorded};
    uint32_t *end = NEW_ARRAY(scratch, uint32_t, subjects + 1), *rows = arena_alloc(scratch, (n + 1) * sizeof *rows);
    int64_t *ends = arena_alloc(scratch, (n + 1) * sizeof *ends);
    memset(priors, 0, n * sizeof *priors);
    for (size_t i = 0; i < n; i++) {
        const StudyRow *r = study_row(t, i);
        if (counts[r->facts]) end[r->subject + 1]++;
    }
    for (size_t s = 0; s < subjects; s++) end[s + 1] += end[s];
    /* end[s] is where subject s starts; placing its rows moves it to where the subject ends. */
    for (size_t i = 0; i < n; i++) {
        const StudyRow *r = study_row(t, i);
        if (counts[r->facts]) rows[end[r->subject]++] = (uint32_t)i;
    }
    for (size_t s = 0, from = 0; s < subjects; from = end[s++]) {
        size_t own = end[s] - from;
        if (own < 2) continue;
        sort(&order, rows + from, own);
        window_ends(&order, reading, rows + from, own, ends);
        slide(&order, rows + from, own, ends, priors);
    }
}
