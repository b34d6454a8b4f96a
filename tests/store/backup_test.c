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
               *back = fixture_path(a, top, "back");
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
    if (!store_restore(copy, back, &err)) fail_msg("%s (%s)", err.text, err.cause);
    Store *s = fixture_open(back);
    assert_true(store_verify(s, &events, &bad, NULL));
    assert_int_equal(bad, 0);
    assert_in_range(events, before, atomic_load(&t.written));
    assert_int_equal(fixture_count(s, "test_count"), events);
    assert_int_equal(fixture_count(s, "test_halves"), 0);
    assert_true(fixture_write(s, STR("case/2"), 1, NULL));
    assert_false(store_restore(copy, back, &err)); /* over a running store */
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

static void test_damaged_backup_is_refused(void **state) {
    Arena *a = arena_new(0);
    const char *top = fixture_dir(a), *data = fixture_path(a, top, "data"), *copy = fixture_path(a, top, "copy"),
               *back = fixture_path(a, top, "back");
    const char *db = fixture_path(a, copy, "yichuang.db"), *manifest = fixture_path(a, copy, "manifest.json");
    Store *s = fixture_open(data);
    Err err = {0};
    (void)state;
    assert_true(fixture_write(s, STR("case/1"), 1, NULL));
    assert_true(store_backup(s, copy, NULL));
    store_close(s);
    damage(db, 9000);
    assert_false(store_restore(copy, back, &err));
    assert_int_equal(err.code, ERR_INVALID);
    damage(db, 9000);
    damage(manifest, 70);
    assert_false(store_restore(copy, back, &err));
    damage(manifest, 70);
    assert_true(store_restore(copy, back, NULL)); /* the failures left the folder empty */
    fixture_remove(top);
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_backup_while_writing_comes_back_whole),
        cmocka_unit_test(test_damaged_backup_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
