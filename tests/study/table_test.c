/* Lines, fields, moments, and priors against a naive count of all pairs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "study/study_in.h"

typedef struct Bytes {
    const char *p; /* what the reader gives */
    size_t n, at;  /* its length, how far it is */
    size_t step;   /* most bytes of one read */
} Bytes;
static ptrdiff_t give(void *context, char *into, size_t n) {
    Bytes *b = context;
    size_t take = b->n - b->at;
    if (take > b->step) take = b->step;
    if (take > n) take = n;
    memcpy(into, b->p + b->at, take);
    b->at += take;
    return (ptrdiff_t)take;
}

static void test_lines_are_numbered_and_cut(void **state) {
    (void)state;
    const char *text = "a,b\r\n\n\"x,\"\"y\",\nlast";
    for (size_t step = 1; step < 8; step += 3) {
        Arena *a = arena_new(0);
        Bytes bytes = {text, strlen(text), 0, step};
        StudyCsv csv;
        StudyLine line;
        bool more;
        Err err = {0};
        Str f[4];
        study_csv_open(&csv, (StudyReader){.read = give, .context = &bytes}, a);
        assert_true(study_csv_line(&csv, &line, &more, &err) && more);
        assert_int_equal(study_csv_fields(line, f, 4), 2);
        assert_true(str_is(f[1], "b"));
        assert_true(study_csv_line(&csv, &line, &more, &err) && more);
        assert_int_equal(line.n, 0);
        assert_true(study_csv_line(&csv, &line, &more, &err) && more);
        assert_int_equal(study_csv_fields(line, f, 4), 2);
        assert_true(str_is(f[0], "x,\"y") && str_is(f[1], ""));
        assert_true(study_csv_line(&csv, &line, &more, &err) && more);
        assert_int_equal(line.number, 4);
        assert_true(study_csv_line(&csv, &line, &more, &err) && !more);
        arena_free(a);
    }
}

/* A line beyond the limit spoils itself only. */
static void test_a_long_line_does_not_swallow_the_next(void **state) {
    (void)state;
    size_t n = 3 * STUDY_LINE_MAX * 4;
    Arena *a = arena_new(0);
    char *text = arena_alloc(a, n + 3);
    memset(text, 'x', n);
    memcpy(text + n, "\nok", 3);
    Bytes bytes = {text, n + 3, 0, 5000};
    StudyCsv csv;
    StudyLine line;
    bool more;
    Err err = {0};
    study_csv_open(&csv, (StudyReader){.read = give, .context = &bytes}, a);
    assert_true(study_csv_line(&csv, &line, &more, &err) && more && !line.fits);
    assert_true(study_csv_line(&csv, &line, &more, &err) && more && line.fits);
    assert_int_equal(line.number, 2);
    assert_memory_equal(line.p, "ok", 2);
    arena_free(a);
}

static void test_broken_quoting_and_bytes_are_seen(void **state) {
    (void)state;
    const char *bad[] = {"\"open", "a,\"b", "\"a\"b,c", "a\"b", "1,2,3,4,5"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        char copy[16];
        Str f[4];
        size_t n = strlen(bad[i]);
        memcpy(copy, bad[i], n);
        assert_int_equal(study_csv_fields((StudyLine){.p = copy, .n = n}, f, 4), 0);
    }
    const struct {
        const char *text;
        bool clean;
    } lines[] = {{"plain text, long enough", true}, {"第九十条, 20 yuan", true},
                 {"tab\there and more", false},     {"short\x01", false},
                 {"\xff bad utf-8 here", false},    {"zero at the end\x1f", false}};
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        char copy[32];
        size_t n = strlen(lines[i].text);
        memcpy(copy, lines[i].text, n);
        assert_int_equal(study_csv_clean((StudyLine){.p = copy, .n = n}), lines[i].clean);
    }
}

static void test_moments(void **state) {
    (void)state;
    int64_t us = 0;
    assert_true(study_moment(STR("1970-01-02T01:02"), &us));
    assert_int_equal(us, INT64_C(90120000000));
    assert_true(study_moment(STR("2024-02-29T23:59:59.25"), &us));
    assert_int_equal(us % 1000000, 250000);
    const char *bad[] = {"2025-02-29T10:00",  "2025-06-01T25:00",
                         "2025-06-01T24:00",  "2025-13-01T10:00",
                         "2025-00-01T10:00",  "2025-06-31T10:00",
                         "2025-06-00T10:00",  "2025-06-01T10:60",
                         "2025-06-01 10:00",  "2025-06-01",
                         "2025-06-01T10:00Z", "2025-06-01T10:00:60",
                         "2025-6-1T10:00",    "",
                         "0000-01-01T00:00",  "2025-06-01T10:00:00."};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (study_moment(str_of(bad[i]), &us)) fail_msg("%s is no moment", bad[i]);
}

static void test_ids_compare_as_numbers_when_they_are(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    StudyTable t;
    study_words_init(&t.ids, a);
    const char *rising[] = {"9", "010", "11", "99999999999999999999", "100000000000000000000", "10a", "9a"};
    for (size_t i = 0; i + 1 < COUNT_OF(rising); i++) {
        StudyId x = study_id(&t, str_of(rising[i])), y = study_id(&t, str_of(rising[i + 1]));
        assert_true(study_id_cmp(&t, x, y) < 0 && study_id_cmp(&t, y, x) > 0);
        char room[24];
        assert_true(str_is(study_id_text(&t, x, room), rising[i]));
    }
    arena_free(a);
}

static uint64_t next(uint64_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    return *seed ^= *seed << 17;
}

/* What "earlier" and "still counts" mean, pair by pair. */
static uint32_t naive(const StudyTable *t, const PackHistory *h, const bool *counts, size_t row) {
    const StudyRow *r = study_row(t, row);
    uint32_t n = 0;
    for (size_t i = 0; i < t->rows.n && counts[r->facts]; i++) {
        const StudyRow *p = study_row(t, i);
        if (i == row || p->subject != r->subject || !counts[p->facts]) continue;
        int64_t then = h->by_recorded ? p->recorded : p->occurred, now = h->by_recorded ? r->recorded : r->occurred;
        if (then > now || (then == now && p->id > r->id)) continue;
        n += pack_history_counts(h, then, now);
    }
    return n;
}

/* Few subjects, coarse times: many ties, long windows, rows in any order. */
static void random_table(StudyTable *t, Arena *a, uint64_t *seed, size_t n) {
    *t = (StudyTable){.rows = {.a = a, .item = sizeof(StudyRow)}};
    study_words_init(&t->subjects, a);
    study_words_init(&t->ids, a);
    int64_t start = date_days(2023, 12, 25), day = INT64_C(86400000000);
    const char *subjects[] = {"v1", "v2", "v3"};
    for (size_t i = 0; i < n; i++) {
        StudyRow *r = study_column_add(&t->rows);
        int64_t occurred = (start + (int64_t)(next(seed) % 1000)) * day;
        *r = (StudyRow){.occurred = occurred,
                        .recorded = occurred + (int64_t)(next(seed) % 20) * day,
                        .id = (StudyId)(i * 7919 % n),
                        .subject = study_word(&t->subjects, str_of(subjects[next(seed) % 3])),
                        .facts = (uint32_t)(next(seed) % 3)};
    }
}

static void test_priors_equal_the_naive_count(void **state) {
    (void)state;
    const char *windows[] = {"P12M", "P1M", "P365D", "P30D", "year"};
    const bool counts[] = {true, true, false};
    uint64_t seed = 88172645463325252u;
    for (size_t round = 0; round < 40; round++) {
        Arena *a = arena_new(0);
        StudyTable t;
        size_t n = round < 20 ? 1 + round : 157;
        random_table(&t, a, &seed, n);
        PackHistory h = {.by_recorded = round % 2};
        Err err = {0};
        assert_true(pack_history_window(str_of(windows[round % COUNT_OF(windows)]), &h, &err));
        uint32_t *priors = NEW_ARRAY(a, uint32_t, n);
        study_priors(&t, &h, counts, a, priors);
        for (size_t i = 0; i < n; i++) assert_int_equal(priors[i], naive(&t, &h, counts, i));
        arena_free(a);
    }
}

/* Both windows end with February, the later prior's at an earlier hour. */
static void test_a_later_prior_may_stop_counting_first(void **state) {
    (void)state;
    const char *times[] = {"2025-01-30T20:00", "2025-01-31T08:00", "2025-02-28T12:00"};
    const bool counts[] = {true};
    uint32_t priors[3];
    Arena *a = arena_new(0);
    StudyTable t = {.rows = {.a = a, .item = sizeof(StudyRow)}};
    PackHistory h = {0};
    Err err = {0};
    study_words_init(&t.subjects, a);
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        StudyRow *r = study_column_add(&t.rows);
        *r = (StudyRow){.id = (StudyId)i, .subject = study_word(&t.subjects, STR("v1"))};
        assert_true(study_moment(str_of(times[i]), &r->occurred));
    }
    assert_true(pack_history_window(STR("P1M"), &h, &err));
    study_priors(&t, &h, counts, a, priors);
    assert_int_equal(priors[1], 1);
    assert_int_equal(priors[2], 1);
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_are_numbered_and_cut),
        cmocka_unit_test(test_a_long_line_does_not_swallow_the_next),
        cmocka_unit_test(test_broken_quoting_and_bytes_are_seen),
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_ids_compare_as_numbers_when_they_are),
        cmocka_unit_test(test_priors_equal_the_naive_count),
        cmocka_unit_test(test_a_later_prior_may_stop_counting_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
