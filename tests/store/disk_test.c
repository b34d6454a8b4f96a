/* The disk: one sync for each commit; when it is full, every batch of the group is told so, reading goes on, and
 * writing works again when space returns, without a restart. */
#include "fixture.h"

#include "fault.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 8, ROUNDS = 8 };

typedef struct Client {
    Store *s;         /* shared */
    int number;       /* of this client */
    int written;      /* confirmed */
    int full;         /* told that the disk is full */
    int other;        /* anything else */
    pthread_t thread; /* it runs here */
} Client;

static void *client_main(void *client) {
    Client *c = client;
    char name[32];
    Str stream = {name, (size_t)snprintf(name, sizeof name, "case/%d", c->number)};
    for (int64_t seq = c->written + 1, i = 0; i < ROUNDS; i++) {
        Err err = {0};
        bool ok = fixture_write(c->s, stream, seq, &err);
        seq += ok;
        c->written += ok;
        if (!ok && err.code == ERR_DISK_FULL)
            c->full++;
        else if (!ok)
            c->other++;
    }
    return NULL;
}

/* All clients write at once; gives the sum of what they say is written. */
static int run_clients(Client *clients, int *full_seen) {
    int written = 0;
    *full_seen = 0;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&clients[i].thread, NULL, client_main, &clients[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(clients[i].thread, NULL);
        assert_int_equal(clients[i].other, 0);
        written += clients[i].written;
        *full_seen += clients[i].full;
        clients[i].full = 0;
    }
    return written;
}

static void test_full_disk_harms_nothing(void **state) {
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a);
    Client clients[THREADS];
    int64_t events, bad;
    int full;
    (void)state;
    Store *s = fixture_open(dir);
    for (int i = 0; i < THREADS; i++) clients[i] = (Client){.s = s, .number = i};
    int before = run_clients(clients, &full);
    fault_arm(FAULT_FULL, 5, true); /* a group of all clients writes once a round: full after some, and it stays so */
    int written = run_clients(clients, &full);
    assert_int_equal(written - before + full, THREADS * ROUNDS);
    assert_true(written > before && full > 0);
    assert_int_equal(fixture_count(s, "test_count"), written); /* reading goes on */
    fault_disarm();
    written = run_clients(clients, &full);
    assert_int_equal(full, 0);
    assert_int_equal(fixture_count(s, "test_count"), written);
    store_close(s);
    s = fixture_open(dir);
    assert_int_equal(fixture_count(s, "test_count"), written);
    assert_int_equal(fixture_count(s, "test_halves"), 0);
    assert_true(store_verify(s, &events, &bad, NULL));
    assert_int_equal(events, written);
    assert_int_equal(bad, 0);
    store_close(s);
    fixture_remove(dir);
    arena_free(a);
}

static void test_each_commit_is_one_sync(void **state) {
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a);
    (void)state;
    Store *s = fixture_open(dir);
    assert_true(fixture_write(s, STR("case/1"), 1, NULL));
    fault_arm(FAULT_SYNC, 1000, false); /* only to count */
    for (int64_t seq = 2; seq <= 21; seq++) assert_true(fixture_write(s, STR("case/1"), seq, NULL));
    assert_int_equal(fault_disarm(), 20);
    store_close(s);
    fixture_remove(dir);
    arena_free(a);
}

typedef struct Onlooker { /* a thread that looks again and again */
    Store *s;
    atomic_bool stop;
    pthread_t thread;
} Onlooker;

static void *onlooker_main(void *onlooker) {
    Onlooker *o = onlooker;
    Arena *a = arena_new(0);
    StoreEvents events;
    for (; !atomic_load(&o->stop); arena_reset(a)) {
        assert_true(store_events(o->s, STR("case/1"), 0, 1, a, &events, NULL));
        nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL); /* between its looks the state must be let go */
    }
    arena_free(a);
    return NULL;
}

/* How often the WAL began anew. Source: SQLite's file format, "The WAL File", checkpoint sequence number. */
static uint32_t wal_turn(const char *path) {
    uint8_t head[16] = {0};
    int fd = open(path, O_RDONLY);
    ssize_t n = pread(fd, head, sizeof head, 0);
    assert_true(fd >= 0 && n == sizeof head);
    close(fd);
    return (uint32_t)head[12] << 24 | (uint32_t)head[13] << 16 | (uint32_t)head[14] << 8 | head[15];
}

/* A state that readers share must not keep the WAL from starting anew. On a busy machine a look may be under way when it
 * is tried, so there are three chances before the housekeeping, at 32000 pages, waits for readers anyway. */
static void test_readers_do_not_make_the_wal_grow(void **state) {
    enum { COMMITS = 100, PAGES = 30000 };
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a), *wal = fixture_path(a, dir, "yichuang.db-wal");
    struct stat file = {0};
    (void)state;
    Onlooker o = {.s = fixture_open(dir)};
    uint32_t first = wal_turn(wal);
    int64_t seq = 0;
    assert_int_equal(pthread_create(&o.thread, NULL, onlooker_main, &o), 0);
    while (wal_turn(wal) == first && file.st_size < PAGES * (off_t)4120) {
        for (int i = 0; i < COMMITS; i++) assert_true(fixture_write(o.s, STR("case/1"), ++seq, NULL));
        assert_int_equal(stat(wal, &file), 0);
    }
    atomic_store(&o.stop, true);
    pthread_join(o.thread, NULL);
    assert_int_not_equal(wal_turn(wal), first);
    store_close(o.s);
    fixture_remove(dir);
    arena_free(a);
}

/* Most commits find their room in the file: a sync then has no new length to record. */
static void test_the_wal_grows_ahead(void **state) {
    enum { COMMITS = 100, CHANGES = 10 };
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a), *wal = fixture_path(a, dir, "yichuang.db-wal");
    struct stat file = {0};
    int changes = 0;
    (void)state;
    Store *s = fixture_open(dir);
    for (int64_t seq = 1, size = 0; seq <= COMMITS; seq++, size = file.st_size) {
        assert_true(fixture_write(s, STR("case/1"), seq, NULL));
        assert_int_equal(stat(wal, &file), 0);
        changes += file.st_size != size;
    }
    assert_in_range(changes, 1, CHANGES);
    store_close(s);
    fixture_remove(dir);
    arena_free(a);
}

/* More callers than a group holds, so that some are left for the round after. */
static void test_a_crowd_is_answered(void **state) {
    enum { CROWD = 400 };
    static Client clients[CROWD];
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a);
    pthread_attr_t small;
    (void)state;
    Store *s = fixture_open(dir);
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 256 * 1024);
    for (int i = 0; i < CROWD; i++) {
        clients[i] = (Client){.s = s, .number = i};
        assert_int_equal(pthread_create(&clients[i].thread, &small, client_main, &clients[i]), 0);
    }
    pthread_attr_destroy(&small);
    for (int i = 0; i < CROWD; i++) {
        pthread_join(clients[i].thread, NULL);
        assert_int_equal(clients[i].written, ROUNDS);
    }
    assert_int_equal(fixture_count(s, "test_count"), CROWD * ROUNDS);
    store_close(s);
    fixture_remove(dir);
    arena_free(a);
}

static bool has_wal(Arena *a, const char *dir) {
    sqlite3 *db;
    sqlite3_stmt *st;
    assert_int_equal(sqlite3_open(fixture_path(a, dir, "yichuang.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "pragma journal_mode", -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    bool wal = strcmp((const char *)sqlite3_column_text(st, 0), "wal") == 0;
    sqlite3_finalize(st);
    sqlite3_close(db);
    return wal;
}

/* With any other journal readers would hold up the writer. */
static void test_a_new_database_has_a_wal_or_is_refused(void **state) {
    (void)state;
    for (long n = 1; n <= 12; n++) {
        Arena *a = arena_new(0);
        const char *dir = fixture_dir(a);
        Store *s;
        Err err = {0};
        fault_arm(FAULT_FULL, n, false);
        bool ok = store_open((StoreOptions){.dir = dir}, &fixture_schema, 1, &s, &err);
        fault_disarm();
        if (!ok) assert_int_equal(err.code, ERR_DISK_FULL);
        if (!ok) s = fixture_open(dir);
        assert_true(has_wal(a, dir));
        store_close(s);
        fixture_remove(dir);
        arena_free(a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full_disk_harms_nothing),
        cmocka_unit_test(test_each_commit_is_one_sync),
        cmocka_unit_test(test_a_crowd_is_answered),
        cmocka_unit_test(test_a_new_database_has_a_wal_or_is_refused),
        cmocka_unit_test(test_readers_do_not_make_the_wal_grow),
        cmocka_unit_test(test_the_wal_grows_ahead),
    };
    fault_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
