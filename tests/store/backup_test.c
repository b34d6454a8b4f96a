/* Backups: taken while others write, put back equal; a damaged one and a full folder are refused. */
#include "fixture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct Traffic {
    Store *s;           /* being written */
    atomic_bool stop;   /* asks the writer to end */
    atomic_int written; /* events confirmed so far */
} Traffic;

static void *traffic_main(void *traffic) {
    Traffic *t = traffic;
    for (int64_t i = 1; !atomic_load(&t->stop); i++)
        if (fixture_write(t->s, STR("case/1"), i, NULL)) atomic_fetch_add(&t->written, 1);
    return NULL;
}

static void test_backup_while_writing_comes_back_whole(void **state) {
    Arena *a = arena_new(0);
    const char *top = fixture_dir(a), *data = fixture_path(a, top, "data"), *copy = fixture_path(a, top, "copy"),
               *back = fixture_path(a, top, "back"), *place = fixture_place(a, back);
    Traffic t = {.s = fixture_open(data)};
    pthread_t thread;
    int64_t events, bad;
    Err err = {0};
    struct stat st;
    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, traffic_main, &t), 0);
    while (atomic_load(&t.written) < 20) continue;
    int before = atomic_load(&t.written);
    if (!store_backup(t.s, copy, &err)) fail_msg("%s (%s)", err.text, err.cause);
    atomic_store(&t.stop, true);
    pthread_join(thread, NULL);
    assert_int_equal(stat(fixture_path(a, copy, "yichuang.db"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    if (!store_restore(copy, place, &fixture_schema, 1, &err)) fail_msg("%s (%s)", err.text, err.cause);
    Store *s = fixture_open(back);
    assert_true(store_verify(s, &events, &bad, NULL));
    assert_int_equal(bad, 0);
    assert_in_range(events, before, atomic_load(&t.written));
    assert_int_equal(fixture_count(s, "test_count"), events);
    assert_int_equal(fixture_count(s, "test_halves"), 0);
    assert_true(fixture_write(s, STR("case/2"), 1, NULL));
    assert_false(store_restore(copy, place, &fixture_schema, 1, &err)); /* over a running store */
    assert_non_null(strstr(err.text, "not empty"));
    assert_false(store_backup(s, copy, &err));
    store_close(s);
    store_close(t.s);
    fixture_remove(top);
    arena_free(a);
}

/* Changes one byte of the file. */
static void damage(const char *path, long at) {
    FILE *f = fopen(path, "r+b");
    assert_non_null(f);
    fseek(f, at, SEEK_SET);
    int byte = fgetc(f);
    fseek(f, at, SEEK_SET);
    fputc(byte ^ 1, f);
    fclose(f);
}

static void copy_file(const char *from, const char *to) {
    char bytes[1 << 16];
    FILE *in = fopen(from, "r"), *out = fopen(to, "w");
    assert_true(in && out);
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, in)) > 0;) assert_int_equal(fwrite(bytes, 1, n, out), n);
    fclose(in);
    fclose(out);
}

/* What a killed process leaves: the database and its WAL, without the WAL's index. */
static void copy_killed(Arena *a, const char *from, const char *to) {
    assert_int_equal(mkdir(to, 0700), 0);
    copy_file(fixture_path(a, from, "yichuang.db"), fixture_path(a, to, "yichuang.db"));
    copy_file(fixture_path(a, from, "yichuang.db-wal"), fixture_path(a, to, "yichuang.db-wal"));
}

/* As `yichuang backup` does beside a running server, and after a kill -9 that left a WAL behind. */
static void test_backup_by_a_reader(void **state) {
    Arena *a = arena_new(0);
    const char *top = fixture_dir(a), *data = fixture_path(a, top, "data"), *back = fixture_path(a, top, "back");
    Store *s = fixture_open(data), *reader;
    (void)state;
    assert_true(fixture_write(s, STR("case/1"), 1, NULL));
    assert_true(store_open((StoreOptions){data, true}, &fixture_schema, 1, &reader, NULL));
    assert_true(store_backup(reader, fixture_path(a, top, "copy"), NULL));
    store_close(reader);
    copy_killed(a, data, fixture_path(a, top, "killed"));
    store_close(s);
    assert_true(store_open((StoreOptions){fixture_path(a, top, "killed"), true}, &fixture_schema, 1, &reader, NULL));
    assert_int_equal(fixture_count(reader, "test_count"), 1);
    store_close(reader);
    assert_true(store_restore(fixture_path(a, top, "copy"), back, &fixture_schema, 1, NULL));
    s = fixture_open(back);
    assert_int_equal(fixture_count(s, "test_count"), 1);
    store_close(s);
    fixture_remove(top);
    arena_free(a);
}

static void test_damaged_backup_is_refused(void **state) {
    Arena *a = arena_new(0);
    const char *top = fixture_dir(a), *data = fixture_path(a, top, "data"), *copy = fixture_path(a, top, "copy"),
               *back = fixture_place(a, fixture_path(a, top, "back"));
    const char *db = fixture_path(a, copy, "yichuang.db"), *manifest = fixture_path(a, copy, "manifest.json");
    Store *s = fixture_open(data);
    Err err = {0};
    (void)state;
    assert_true(fixture_write(s, STR("case/1"), 1, NULL));
    assert_true(store_backup(s, copy, NULL));
    store_close(s);
    damage(db, 9000);
    assert_false(store_restore(copy, back, &fixture_schema, 1, &err));
    assert_int_equal(err.code, ERR_INVALID);
    damage(db, 9000);
    damage(manifest, 70);
    assert_false(store_restore(copy, back, &fixture_schema, 1, &err));
    damage(manifest, 70);
    assert_true(store_restore(copy, back, &fixture_schema, 1, NULL)); /* the failures left the folder empty */
    fixture_remove(top);
    arena_free(a);
}

/* As a village post moves to its county's database: everything there is the same, and goes on from there. */
static void test_from_one_store_to_the_other_and_back(void **state) {
    Arena *a = arena_new(0);
    const char *top = fixture_dir(a), *village = fixture_path(a, top, "village"), *out = fixture_path(a, top, "out"),
               *county = fixture_place(a, fixture_path(a, top, "county")), *home = fixture_path(a, top, "home"),
               *again = fixture_path(a, top, "again");
    Err err = {0};
    int64_t events, bad;
    Store *s;
    (void)state;
    assert_true(store_open((StoreOptions){.dir = village}, &fixture_schema, 1, &s, NULL));
    for (int i = 1; i <= 1500; i++) assert_true(fixture_write(s, STR("case/1"), i, NULL));
    assert_true(store_backup(s, out, NULL));
    store_close(s);
    StoreSchema none = {"other", STR("")};
    assert_false(store_restore(out, county, &none, 1, &err)); /* a program that does not know the room */
    assert_int_equal(err.code, ERR_INVALID);
    if (!store_restore(out, county, &fixture_schema, 1, &err)) fail_msg("%s (%s)", err.text, err.cause);
    assert_true(store_open((StoreOptions){.dir = county}, &fixture_schema, 1, &s, NULL));
    assert_true(fixture_write(s, STR("case/1"), 1501, NULL));
    assert_false(store_restore(out, county, &fixture_schema, 1, &err));
    assert_non_null(strstr(err.text, "is not empty"));
    if (!store_backup(s, home, &err)) fail_msg("%s (%s)", err.text, err.cause);
    store_close(s);
    if (!store_restore(home, again, &fixture_schema, 1, &err)) fail_msg("%s (%s)", err.text, err.cause);
    assert_true(store_open((StoreOptions){.dir = again}, &fixture_schema, 1, &s, NULL));
    assert_true(store_verify(s, &events, &bad, NULL));
    assert_int_equal(bad, 0);
    assert_int_equal(events, 1501);
    assert_int_equal(fixture_count(s, "test_count"), 1501);
    assert_int_equal(fixture_count(s, "test_halves"), 0);
    assert_true(fixture_write(s, STR("case/1"), 1502, NULL));
    store_close(s);
    fixture_remove(top);
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest on_sqlite[] = {
        cmocka_unit_test(test_backup_while_writing_comes_back_whole),
        cmocka_unit_test(test_backup_by_a_reader),
        cmocka_unit_test(test_damaged_backup_is_refused),
    };
    const struct CMUnitTest on_postgres[] = {
        cmocka_unit_test(test_backup_while_writing_comes_back_whole),
        cmocka_unit_test(test_damaged_backup_is_refused),
        cmocka_unit_test(test_from_one_store_to_the_other_and_back),
    };
    fixture_need_store();
    return fixture_on_postgres() ? cmocka_run_group_tests(on_postgres, NULL, NULL)
                                 : cmocka_run_group_tests(on_sqlite, NULL, NULL);
}
