/* A disk that is really full: a small tmpfs in a mount namespace of our own. Skipped where the system does
 * not let us mount. Complements nth_write_test, whose full disk is only told. */
#include "fixture.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static bool mount_small(const char *dir) {
    return unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("small", dir, "tmpfs", 0, "size=3m,mode=0700") == 0;
}

/* Takes `bytes` of the disk away, or gives them back (0). */
static void occupy(const char *path, off_t bytes) {
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, 0), 0);
    if (bytes > 0) assert_int_equal(posix_fallocate(fd, 0, bytes), 0);
    close(fd);
}

/* Writes until the disk is full or `most` are written; gives the last number written. */
static int64_t write_until_full(Store *s, int64_t from, int64_t most, Err *err) {
    int64_t seq = from;
    *err = (Err){0};
    while (seq < most && fixture_write(s, STR("case/1"), seq + 1, err)) seq++;
    return seq;
}

static void test_full_and_freed(void **state) {
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a), *ballast = fixture_path(a, dir, "ballast");
    const char *data = fixture_path(a, dir, "data");
    int64_t events, bad, written = 0;
    Err err;
    (void)state;
    if (!mount_small(dir)) {
        fixture_remove(dir);
        puts("# skipped: the system lets us mount nothing");
        return;
    }
    Store *s = fixture_open(data);
    for (int round = 0; round < 3; round++) {
        occupy(ballast, 2 * 1024 * 1024);
        written = write_until_full(s, written, 10000, &err);
        assert_int_equal(err.code, ERR_DISK_FULL);
        assert_non_null(strstr(err.text, "the disk is full"));
        assert_int_equal(fixture_count(s, "test_count"), written);
        assert_false(store_backup(s, fixture_path(a, dir, "copy"), &err));
        assert_int_equal(err.code, ERR_DISK_FULL);
        occupy(ballast, 0);
        written = write_until_full(s, written, written + 20, &err);
        assert_int_equal(err.code, ERR_NONE);
        store_close(s); /* makes the WAL small, so that the next round has something to fill */
        s = fixture_open(data);
    }
    assert_true(store_verify(s, &events, &bad, NULL));
    assert_int_equal(events, written);
    assert_int_equal(bad, 0);
    assert_int_equal(fixture_count(s, "test_halves"), 0);
    store_close(s);
    umount2(dir, MNT_DETACH);
    fixture_remove(dir);
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_full_and_freed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
