/* Blobs: grown in parts, sealed by their hash, kept once, gone with their last holder, and there again after a backup. */
#include "fixture.h"

#include <string.h>

static void commit(Store *s, StoreBatch *b) {
    Err err = {0};
    if (!store_commit(s, b, &err)) fail_msg("%s (%s)", err.text, err.cause);
}

static void grow(Store *s, Arena *a, int64_t id, const char *one, const char *two) {
    StoreBatch *b = store_batch(a);
    store_blob_begin(s, b, id);
    store_blob_append(s, b, id, 0, str_of(one));
    store_blob_append(s, b, id, (int64_t)strlen(one), str_of(two));
    commit(s, b);
}

static int64_t sealed(Store *s, Arena *a, int64_t id) {
    Err err = {0};
    StoreBlob blob;
    int64_t kept = 0;
    StoreBatch *b = store_batch(a);
    assert_true(store_blob_get(s, id, a, &blob, &err));
    assert_true(store_blob_hash(s, &blob, blob.hash, &err));
    assert_true(store_blob_seal(s, b, &blob, a, &kept, &err));
    commit(s, b);
    return kept;
}

static bool there(Store *s, Arena *a, int64_t id) {
    Err err = {0};
    StoreBlob blob;
    return store_blob_get(s, id, a, &blob, &err);
}

static void drop(Store *s, Arena *a, int64_t id) {
    StoreBatch *b = store_batch(a);
    store_blob_drop(s, b, id);
    commit(s, b);
}

static void test_equal_bytes_are_kept_once(void **state) {
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a);
    Store *s = fixture_open(dir);
    Err err = {0};
    StoreBlob blob;
    Str part;
    (void)state;
    grow(s, a, 7, "ab", "cd");
    assert_int_equal(sealed(s, a, 7), 7);
    grow(s, a, 8, "a", "bcd");
    assert_int_equal(sealed(s, a, 8), 7);
    assert_false(there(s, a, 8));
    assert_true(store_blob_get(s, 7, a, &blob, &err));
    assert_true(blob.sealed && blob.size == 4);
    /* SHA-256 of "abcd" */
    assert_int_equal(blob.hash[0], 0x88);
    assert_int_equal(blob.hash[31], 0x89);
    assert_true(store_blob_part(s, 7, 2, a, &part, &err) && str_is(part, "cd"));
    assert_true(store_blob_part(s, 7, 4, a, &part, &err) && part.n == 0);
    drop(s, a, 7);
    assert_true(there(s, a, 7));
    drop(s, a, 7);
    assert_false(there(s, a, 7));
    assert_true(store_blob_part(s, 7, 0, a, &part, &err) && part.n == 0);
    store_close(s);
    fixture_remove(dir);
    arena_free(a);
}

static void test_it_grows_at_its_end_only(void **state) {
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a);
    Store *s = fixture_open(dir);
    (void)state;
    grow(s, a, 7, "ab", "cd");
    for (int i = 0; i < 2; i++) { /* in the middle; behind a gap */
        Err err = {0};
        StoreBatch *b = store_batch(a);
        store_blob_append(s, b, 7, i == 0 ? 2 : 5, STR("x"));
        assert_false(store_commit(s, b, &err));
        assert_int_equal(err.code, ERR_CONFLICT);
    }
    sealed(s, a, 7);
    Err err = {0};
    StoreBatch *b = store_batch(a);
    store_blob_append(s, b, 7, 4, STR("x"));
    assert_false(store_commit(s, b, &err));
    store_close(s);
    fixture_remove(dir);
    arena_free(a);
}

static void test_a_backup_has_them(void **state) {
    Arena *a = arena_new(0);
    const char *top = fixture_dir(a), *data = fixture_path(a, top, "data"), *copy = fixture_path(a, top, "copy"), *back = fixture_path(a, top, "back");
    Store *s = fixture_open(data);
    Err err = {0};
    StoreBlob blob;
    uint8_t hash[32];
    char zeros[3000] = {0};
    (void)state;
    StoreBatch *b = store_batch(a);
    store_blob_begin(s, b, 7);
    store_blob_append(s, b, 7, 0, (Str){zeros, sizeof zeros});
    commit(s, b);
    sealed(s, a, 7);
    assert_true(store_backup(s, copy, &err));
    if (!store_restore(copy, fixture_place(a, back), &fixture_schema, 1, &err)) fail_msg("%s (%s)", err.text, err.cause);
    Store *again = fixture_open(back);
    assert_true(store_blob_get(again, 7, a, &blob, &err));
    assert_true(store_blob_hash(again, &blob, hash, &err));
    assert_memory_equal(hash, blob.hash, sizeof hash);
    store_close(again);
    store_close(s);
    fixture_remove(top);
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_bytes_are_kept_once),
        cmocka_unit_test(test_it_grows_at_its_end_only),
        cmocka_unit_test(test_a_backup_has_them),
    };
    fixture_need_store();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
