/* The n-th write fails, for every n of a scenario from the first start to the last close. A full disk may
 * refuse, a broken one stops the process; either way nothing confirmed is lost and nothing is half-written. */
#include "fixture.h"

#include "fault.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SMALL = 6,    /* batches of the small scenario: every point is tried */
    LARGE = 110,  /* batches of the one that is long enough for checkpoints */
    STRIDE = 101, /* points between two tries of the large one */
};

typedef struct Told {
    int64_t written; /* batches confirmed: seq 1 … written */
    int refused;     /* told that the disk is full, at start or at a batch */
    int other;       /* any other error */
} Told;

/* With `large`, each payload fills pages until the WAL must be copied back. */
static bool write_one(Store *s, int64_t seq, bool large, Err *err) {
    if (!large) return fixture_write(s, STR("case/1"), seq, err);
    Arena *a = arena_new(0);
    StoreBatch *b = store_batch(a);
    Str payload = {arena_zero(a, 90000), 90000};
    memset((char *)payload.p, 'x', payload.n);
    StoreArg row[] = {store_text(str_printf(a, "case/1/%lld", (long long)seq)), store_int(seq)};
    store_event(b, STR("case/1"), seq, STR("made"), STR("wang"), seq, payload);
    store_add(b, store_statement(s, "test_add"), row, 2);
    bool ok = store_commit(s, b, err);
    arena_free(a);
    return ok;
}

static void note(Told *told, const Err *err) {
    if (err->code == ERR_DISK_FULL)
        told->refused++;
    else
        told->other++;
}

/* Open, write, close. `confirm` (or -1) gets one byte for each confirmed batch before the next begins. */
static Told scenario(const char *dir, int batches, int confirm) {
    Told told = {0};
    Err err = {0};
    Store *s;
    if (!store_open((StoreOptions){.dir = dir}, &fixture_schema, 1, &s, &err)) {
        note(&told, &err);
        return told;
    }
    for (int i = 0; i < batches; i++) {
        err = (Err){0};
        if (!write_one(s, told.written + 1, batches == LARGE, &err)) {
            note(&told, &err);
            continue;
        }
        told.written++;
        if (confirm >= 0 && write(confirm, "x", 1) != 1) _exit(9);
    }
    store_close(s);
    return told;
}

/* What a healthy start finds: at least what was confirmed, at most `extra` more, all of it whole. */
static void look(const char *dir, int64_t confirmed, int64_t extra, long n) {
    int64_t events, bad;
    Store *s = fixture_open(dir);
    assert_true(store_verify(s, &events, &bad, NULL));
    if (bad != 0 || events < confirmed || events > confirmed + extra)
        fail_msg("point %ld: %lld confirmed, %lld found, %lld bad", n, (long long)confirmed, (long long)events,
                 (long long)bad);
    assert_int_equal(fixture_count(s, "test_count"), events);
    assert_int_equal(fixture_count(s, "test_halves"), 0);
    assert_true(fixture_write(s, STR("case/2"), 1, NULL));
    store_close(s);
}

/* One try with a full disk; false when point n does not exist any more. */
static bool try_full(int batches, long n, bool stays) {
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a);
    fault_arm(FAULT_FULL, n, stays);
    Told told = scenario(dir, batches, -1);
    long points = fault_disarm();
    assert_int_equal(told.other, 0);
    look(dir, told.written, 0, n);
    fixture_remove(dir);
    arena_free(a);
    return points >= n;
}

/* The failing process, away from this one. Gives its wait status; *confirmed counts what it confirmed. */
static int run_broken(const char *dir, int batches, long n, int64_t *confirmed, char *said, size_t room) {
    int confirm[2], speech[2];
    assert_int_equal(pipe(confirm), 0);
    assert_int_equal(pipe(speech), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        signal(SIGABRT, SIG_DFL); /* not the test library's */
        dup2(speech[1], 2);
        fault_arm(FAULT_BROKEN, n, false);
        scenario(dir, batches, confirm[1]);
        _exit(fault_disarm() >= n ? 0 : 7);
    }
    close(confirm[1]);
    close(speech[1]);
    int status;
    char byte;
    *confirmed = 0;
    while (read(confirm[0], &byte, 1) == 1) ++*confirmed;
    ssize_t heard = read(speech[0], said, room - 1);
    said[heard > 0 ? heard : 0] = '\0';
    assert_int_equal(waitpid(child, &status, 0), child);
    close(confirm[0]);
    close(speech[0]);
    return status;
}

/* One try with a broken disk. Counts stops; false when point n does not exist any more. */
static bool try_broken(int batches, long n, int *stops) {
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a);
    int64_t confirmed;
    char said[400];
    int status = run_broken(dir, batches, n, &confirmed, said, sizeof said);
    bool stopped = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
    if (stopped)
        assert_non_null(strstr(said, "the disk failed and this process stops"));
    else
        assert_true(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 7));
    *stops += stopped;
    look(dir, confirmed, 1, n); /* the batch that was being written may have arrived */
    fixture_remove(dir);
    arena_free(a);
    return stopped || WEXITSTATUS(status) != 7;
}

static void test_every_write_meets_a_full_disk(void **state) {
    (void)state;
    for (int stays = 0; stays < 2; stays++) {
        long n = 1;
        while (try_full(SMALL, n, stays)) n++;
        assert_in_range(n, 20, 1000);
    }
}

static void test_checkpoints_meet_a_full_disk(void **state) {
    (void)state;
    for (int stays = 0; stays < 2; stays++)
        for (long n = 1; try_full(LARGE, n, stays); n += STRIDE) continue;
}

/* Systems make a disk read-only after an error of theirs, while we run. */
static void test_the_disk_turns_read_only(void **state) {
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a);
    Store *s = fixture_open(dir);
    Err err = {0};
    (void)state;
    for (int64_t seq = 1; seq <= 3; seq++) {
        assert_true(fixture_write(s, STR("case/1"), seq, NULL));
        fault_arm(FAULT_READ_ONLY, 1, true);
        for (int again = 0; again < 2; again++) {
            assert_false(fixture_write(s, STR("case/1"), seq + 1, &err));
            assert_int_equal(err.code, ERR_READ_ONLY);
            assert_int_equal(fixture_count(s, "test_count"), seq);
        }
        fault_disarm();
    }
    store_close(s);
    look(dir, 3, 0, 0);
    fixture_remove(dir);
    arena_free(a);
}

static void test_every_write_meets_a_broken_disk(void **state) {
    int stops = 0;
    long n = 1;
    (void)state;
    while (try_broken(SMALL, n, &stops)) n++;
    assert_in_range(stops, SMALL * 2, n); /* each commit stops the process at its writes and at its sync */
}

static void test_checkpoints_meet_a_broken_disk(void **state) {
    int stops = 0;
    (void)state;
    for (long n = 1; try_broken(LARGE, n, &stops); n += STRIDE) continue;
    assert_true(stops > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_write_meets_a_full_disk),
        cmocka_unit_test(test_checkpoints_meet_a_full_disk),
        cmocka_unit_test(test_the_disk_turns_read_only),
        cmocka_unit_test(test_every_write_meets_a_broken_disk),
        cmocka_unit_test(test_checkpoints_meet_a_broken_disk),
    };
    fault_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
