/* A replay through the shipped pack: a small table with every fault, any order of rows, two readings, and
 * the two-year table of the shared data when it is here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>


#include "../pack/folder.h"
#include "study/study.h"

static const Pack *pack;
static Arena *house;

static int open_pack(void **state) {
    (void)state;
    house = arena_new(0);
    pack = folder_pack(house);
    return 0;
}

static int close_pack(void **state) {
    (void)state;
    arena_free(house);
    return 0;
}

static ptrdiff_t read_text(void *context, char *into, size_t n) {
    Str *rest = context;
    size_t take = rest->n < n ? rest->n : n;
    if (take > 0) memcpy(into, rest->p, take);
    *rest = str_sub(*rest, take, rest->n);
    return (ptrdiff_t)take;
}

static bool write_text(void *context, const char *bytes, size_t n) {
    buf_add(context, (Str){bytes, n});
    return true;
}

static bool write_nothing(void *context, const char *bytes, size_t n) {
    (void)context, (void)bytes, (void)n;
    return false;
}

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

typedef struct Result {
    bool ok;                                  /* study_replay's answer */
    Err err;                                  /* when it was no */
    StudyReport report;                       /* when it was yes */
    const char *verdicts, *refused, *changed; /* files */
} Result;

/* compare: "" = none, else as on the command line. */
static Result replay(Arena *a, Str csv, const char *compare) {
    Buf texts[3] = {{.a = a}, {.a = a}, {.a = a}};
    StudyWriter writers[3];
    Result r = {0};
    for (size_t i = 0; i < 3; i++) writers[i] = (StudyWriter){write_text, &texts[i]};
    StudyReplay q = {.pack = pack,
                     .csv = {.read = read_text, .context = &csv, .total = -1},
                     .year = 2025,
                     .reading = pack->history,
                     .other = pack->history,
                     .verdicts = &writers[0],
                     .refused = &writers[1],
                     .changed = &writers[2],
                     .clock = seconds};
    q.compare = *compare != 0;
    if (q.compare) assert_true(study_reading(str_of(compare), &q.other, &r.err));
    r.ok = study_replay(&q, a, &r.report, &r.err);
    r.verdicts = str_c(a, buf_str(&texts[0]));
    r.refused = str_c(a, buf_str(&texts[1]));
    r.changed = str_c(a, buf_str(&texts[2]));
    return r;
}

#define HEADER "id,vehicle,occurred,recorded,code,minor,status,county,channel\n"

static void test_each_row_is_refused_skipped_or_decided(void **state) {
    (void)state;
    const char *csv =
        HEADER "1,v1,2025-03-01T10:00,2025-03-01T10:05,1039,1,valid,652701,camera\n"   /* line 2: first, warning */
               "2,v1,2025-03-02T10:00,2025-03-02T10:05,1039,1,valid,652701,camera\n"   /* second, ordinary */
               "3,v2,2024-12-31T23:59,2025-01-01T10:05,1039,1,valid,652701,camera\n"   /* other year */
               "4,v2,2025-01-02T10:00,2025-01-02T10:05,1230,0,valid,652701,camera\n"   /* not minor */
               "5,v2,2025-01-03T10:00,2025-01-03T10:05,1039,1,revoked,652701,camera\n" /* revoked */
               "6,v3,2024-01-03T10:00,2024-01-03T10:05,1039,0,revoked,652701,camera\n" /* other year before not minor */
               "7,v3\n"                                                                /* line 8: broken */
               "8,v3,2025-02-29T10:00,2025-03-01T10:05,1039,1,valid,652701,camera\n"   /* bad date */
               "9,v3,2025-02-28T25:00,2025-03-01T10:05,1039,1,valid,652701,camera\n"   /* bad date */
               "10,INCMPT,2025-03-01T10:00,2025-03-01T10:05,1039,1,valid,652701,camera\n"
               "11,INCMPT,2025-03-01T10:00,2025-02-30T10:05,1039,1,valid,652701,camera\n" /* bad date first */
               "12,v,2025-03-01T10:00,2025-03-01T10:05,1039,1,valid,652701,camera\n"
               "13,v3,2025-03-01T10:00,2025-03-01T10:05,1039,1,valid,652701,camera,more\n"
               "\n"
               "14,\"v3,2025-03-01T10:00,2025-03-01T10:05,1039,1,valid,652701,camera\n" /* line 16: open quote */
               "15,v3,2025-03-01T10:00,2025-03-01T10:05,1039,2,valid,652701,camera\n"
               "16,v3,2025-03-01T10:00,2025-03-01T10:05,1039,1,lost,652701,camera\n"
               ",v3,2025-03-01T10:00,2025-03-01T10:05,1039,1,valid,652701,camera\n"
               "\"1,9\",\"v4\",2025-03-01T10:00,2025-03-01T10:05,\"1039\",1,valid,\"\",camera\r\n"
               "20,v5,2025-03-01T10:00,2025-03-01T10:05,9999,1,valid,652701,officer"; /* off the list; no line end */
    Arena *a = arena_new(0);
    Result r = replay(a, str_of(csv), "");
    if (!r.ok) fail_msg("%s", r.err.text);
    assert_int_equal(r.report.rows, 20);
    assert_int_equal(r.report.decided, 4);
    assert_string_equal(str_c(a, json_text(a, r.report.skipped)), "{\"other_year\":2,\"not_minor\":1,\"revoked\":1}");
    assert_string_equal(str_c(a, json_text(a, r.report.refused)),
                        "{\"broken_row\":7,\"bad_date\":3,\"placeholder_plate\":2}");
    assert_int_equal(value_get_int(r.report.outcomes, "WARNING", -1), 2);
    assert_int_equal(value_get_int(r.report.outcomes, "ORDINARY", -1), 1);
    assert_int_equal(value_get_int(r.report.outcomes, "OFFICER_CONSIDERS", -1), 1);
    assert_int_equal(value_get_int(r.report.outcomes, "ERASED", -1), 0);
    assert_true(value_is_null(r.report.compare_outcomes));
    assert_string_equal(
        r.refused, "line,reason\n8,broken_row\n9,bad_date\n10,bad_date\n11,placeholder_plate\n12,bad_date\n"
                   "13,placeholder_plate\n14,broken_row\n15,broken_row\n16,broken_row\n17,broken_row\n18,broken_row\n"
                   "19,broken_row\n");
    assert_ptr_equal(strstr(r.verdicts, "id,outcome,rule,article\n1,WARNING,D5,rtsl:90 "), r.verdicts);
    assert_non_null(strstr(r.verdicts, "\n2,ORDINARY,D7,"));
    assert_non_null(strstr(r.verdicts, "\n\"1,9\",WARNING,D5,"));
    assert_non_null(strstr(r.verdicts, "\n20,OFFICER_CONSIDERS,D8,"));
    arena_free(a);
}

/* Columns in another order, rows in another order, ids that tie. */
static void test_rows_come_in_any_order(void **state) {
    (void)state;
    const char *csv = "\xef\xbb\xbfvehicle,id,recorded,occurred,channel,minor,status,code\r\n"
                      "v1,10,2025-05-01T08:00,2025-05-01T08:00,camera,1,valid,1039\r\n"
                      "v1,9,2025-05-01T08:00,2025-05-01T08:00,camera,1,valid,1039\r\n"
                      "v1,1,2026-05-01T07:59,2026-05-01T07:59,camera,1,valid,1039\r\n"
                      "v1,2,2025-04-30T08:00,2025-04-30T08:00,camera,1,revoked,1039\r\n";
    Arena *a = arena_new(0);
    Result r = replay(a, str_of(csv), "revoked=count");
    if (!r.ok) fail_msg("%s", r.err.text);
    assert_non_null(strstr(r.verdicts, "\n9,WARNING,D5"));
    assert_non_null(strstr(r.verdicts, "\n10,ORDINARY,D7"));
    assert_int_equal(r.report.changed, 1);
    assert_string_equal(r.changed, "id,outcome,rule,other_outcome,other_rule\n9,WARNING,D5,ORDINARY,D7\n");
    assert_int_equal(value_get_int(r.report.compare_outcomes, "ORDINARY", -1), 2);
    arena_free(a);
}

/* By the time recorded: the act of March came to the office after the act of June. */
static void test_late_records_count_late(void **state) {
    (void)state;
    const char *csv = HEADER "1,v1,2025-03-01T10:00,2025-07-01T10:00,1039,1,valid,1,camera\n"
                             "2,v1,2025-06-01T10:00,2025-06-01T10:05,1039,1,valid,1,camera\n";
    Arena *a = arena_new(0);
    Result r = replay(a, str_of(csv), "order=recorded");
    assert_true(r.ok);
    assert_string_equal(
        r.changed, "id,outcome,rule,other_outcome,other_rule\n1,WARNING,D5,ORDINARY,D7\n2,ORDINARY,D7,WARNING,D5\n");
    arena_free(a);
}

static void test_a_wrong_file_is_refused_as_a_whole(void **state) {
    (void)state;
    const struct {
        const char *csv, *text;
        ErrCode code;
    } files[] = {{"", "no header", ERR_INPUT},
                 {"id,vehicle\n", "no column occurred", ERR_INVALID},
                 {"id,vehicle,occurred,recorded,code,minor,status,code,channel\n", "column code twice", ERR_INVALID},
                 {"id,\"vehicle\n", "header is broken", ERR_INPUT}};
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        Arena *a = arena_new(0);
        Result r = replay(a, str_of(files[i].csv), "");
        assert_false(r.ok);
        assert_int_equal(r.err.code, files[i].code);
        assert_non_null(strstr(r.err.text, files[i].text));
        arena_free(a);
    }
}

static void test_a_header_alone_is_a_year_without_cases(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    Result r = replay(a, STR(HEADER), "window=year");
    assert_true(r.ok);
    assert_int_equal(r.report.rows, 0);
    assert_string_equal(r.verdicts, "id,outcome,rule,article\n");
    arena_free(a);
}

static void test_a_result_that_cannot_be_written_is_trouble(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    Str csv = STR(HEADER "1,v1,2025-03-01T10:00,2025-03-01T10:05,1039,1,valid,652701,camera\n");
    StudyWriter full = {write_nothing, NULL};
    StudyReport report;
    Err err = {0};
    StudyReplay q = {.pack = pack,
                     .csv = {.read = read_text, .context = &csv, .total = -1},
                     .year = 2025,
                     .reading = pack->history,
                     .verdicts = &full,
                     .clock = seconds};
    assert_false(study_replay(&q, a, &report, &err));
    assert_int_equal(err.code, ERR_IO);
    arena_free(a);
}

static void test_words_of_a_reading(void **state) {
    (void)state;
    PackHistory h = pack->history;
    Err err = {0};
    assert_true(study_reading(STR("window=P6M"), &h, &err) && study_reading(STR("revoked=count"), &h, &err) &&
                study_reading(STR("order=recorded"), &h, &err));
    assert_true(h.window_n == 6 && h.count_revoked && h.by_recorded);
    const char *bad[] = {"window", "window=", "order=id", "revoked=yes", "territory=all", ""};
    for (size_t i = 0; i < COUNT_OF(bad); i++) assert_false(study_reading(str_of(bad[i]), &h, &err));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_row_is_refused_skipped_or_decided),
        cmocka_unit_test(test_rows_come_in_any_order),
        cmocka_unit_test(test_late_records_count_late),
        cmocka_unit_test(test_a_wrong_file_is_refused_as_a_whole),
        cmocka_unit_test(test_a_header_alone_is_a_year_without_cases),
        cmocka_unit_test(test_a_result_that_cannot_be_written_is_trouble),
        cmocka_unit_test(test_words_of_a_reading),
    };
    return cmocka_run_group_tests(tests, open_pack, close_pack);
}
