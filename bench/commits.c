/* How fast steps become durable, beside what the disk and SQLite themselves allow in the same seconds.
 * Usage: commits DIR. Prints name=value: raw_commits_per_s (one small row a commit, no store),
 * group32_per_s (the store's rows written by hand, 32 steps a commit), store_1_per_s and store_64_per_s
 * (through the store with 1 and 64 waiting threads), commits_64 (steps that shared one commit, on average).
 * Slices of each kind alternate and the medians are printed, because disks change their mind. */
#include "store/store.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { ROUNDS = 7, THREADS = 64, KINDS = 4 };
static const double slice = 0.3; /* seconds */

#define EVENT_COLUMNS "number, stream, seq, kind, actor, at_us, payload, hash"
#define PAYLOAD                                                                                                        \
    "{\"outcome\":\"WARNING\",\"rule\":\"D5\",\"model\":\"0f6a9f0e5e1d4c2b\",\"articles\":[\"rtsl:90\"],"              \
    "\"inputs\":{\"priorVehicle\":0,\"priorDriver\":0,\"corrected\":false,\"violationCode\":\"1039\"}}"
#define ROW_TABLE "create table bench_row (id text not null primary key, version integer not null, state text not null)"
#define ROW_ADD   "insert into bench_row (id, version, state) values "

static const StoreSchema bench_schema = {
    "bench",
    STR_INIT("-- migration 1: rows\n-- table bench_row: scratch\n" ROW_TABLE ";\n-- statement bench_row_add\n" ROW_ADD "($1, $2, $3);\n")};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void check(bool ok, const char *what) {
    if (ok) return;
    fprintf(stderr, "commits: %s\n", what);
    exit(1);
}

/* ---- by hand ------------------------------------------------------------------------------------------------ */
typedef struct Hand {
    sqlite3 *db;                                      /* a database of its own */
    sqlite3_stmt *begin, *commit, *raw, *event, *row; /* prepared once */
    int64_t steps;                                    /* written so far */
} Hand;

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
    sqlite3_stmt *st = NULL;
    check(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) == SQLITE_OK, sqlite3_errmsg(db));
    return st;
}

static void run(sqlite3_stmt *st) {
    check(sqlite3_step(st) == SQLITE_DONE, "a statement failed");
    sqlite3_reset(st);
}

static Hand hand_open(const char *path) {
    Hand h = {0};
    check(sqlite3_open(path, &h.db) == SQLITE_OK, "cannot open");
    check(sqlite3_exec(
              h.db,
              "pragma journal_mode=wal; pragma synchronous=full; pragma cache_size=-16000;"
              "create table raw (id integer primary key, v text);"
              "create table event (number integer primary key, stream text not null, seq integer not null,"
              "kind text, actor text, at_us integer, payload text, hash blob, unique (stream, seq)) strict;" ROW_TABLE
              " strict",
              NULL, NULL, NULL) == SQLITE_OK,
          sqlite3_errmsg(h.db));
    h.begin = prepare(h.db, "begin immediate");
    h.commit = prepare(h.db, "commit");
    h.raw = prepare(h.db, "insert into raw (v) values ('x')");
    h.event =
        prepare(h.db, "insert into event (" EVENT_COLUMNS ") values (?1, ?2, 1, 'case.proposed', 'wang', 1, ?3, ?4)");
    h.row = prepare(h.db, ROW_ADD "(?1, 1, 'proposed')");
    return h;
}

static void hand_step(Hand *h) {
    char stream[40], hash[32] = {1};
    int n = snprintf(stream, sizeof stream, "case/%lld", (long long)++h->steps);
    sqlite3_bind_int64(h->event, 1, h->steps);
    sqlite3_bind_text(h->event, 2, stream, n, SQLITE_STATIC);
    sqlite3_bind_text(h->event, 3, PAYLOAD, -1, SQLITE_STATIC);
    sqlite3_bind_blob(h->event, 4, hash, sizeof hash, SQLITE_STATIC);
    sqlite3_bind_text(h->row, 1, stream, n, SQLITE_STATIC);
    run(h->event);
    run(h->row);
}

static double raw_slice(Hand *h) {
    double start = now();
    long n = 0;
    for (; now() < start + slice; n++) {
        run(h->begin);
        run(h->raw);
        run(h->commit);
    }
    return (double)n / (now() - start);
}

static double group_slice(Hand *h) {
    double start = now();
    long n = 0;
    for (; now() < start + slice; n += 32) {
        run(h->begin);
        for (int i = 0; i < 32; i++) hand_step(h);
        run(h->commit);
    }
    return (double)n / (now() - start);
}

/* ---- through the store ---------------------------------------------------------------------------------------- */
typedef struct Crowd {
    Store *s;           /* shared */
    atomic_llong steps; /* written so far, also numbers the streams */
    double until;       /* when the slice ends */
} Crowd;

static void *crowd_main(void *crowd) {
    Crowd *c = crowd;
    Arena *a = arena_new(0);
    int row = store_statement(c->s, "bench_row_add");
    while (now() < c->until) {
        arena_reset(a);
        StoreBatch *b = store_batch(a);
        Str stream = str_printf(a, "case/%lld", (long long)atomic_fetch_add(&c->steps, 1));
        StoreArg args[] = {store_text(stream), store_int(1), store_text(STR("proposed"))};
        store_event(b, stream, 1, STR("case.proposed"), STR("wang"), 1, STR(PAYLOAD));
        store_expect(b, row, args, 3, 1);
        check(store_commit(c->s, b, NULL), "a batch was refused");
    }
    arena_free(a);
    return NULL;
}

static double crowd_slice(Crowd *c, int threads) {
    pthread_t thread[THREADS];
    long long before = atomic_load(&c->steps);
    double start = now();
    c->until = start + slice;
    for (int i = 0; i < threads; i++) check(pthread_create(&thread[i], NULL, crowd_main, c) == 0, "no thread");
    for (int i = 0; i < threads; i++) pthread_join(thread[i], NULL);
    return (double)(atomic_load(&c->steps) - before) / (now() - start);
}

static int by_value(const void *x, const void *y) {
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

int main(int argc, char **argv) {
    static const char *const names[KINDS] = {"raw_commits_per_s", "group32_per_s", "store_1_per_s", "store_64_per_s"};
    double rates[KINDS][ROUNDS];
    char dir[400], path[420];
    check(argc == 2 && strlen(argv[1]) < 300, "usage: commits DIR");
    mkdir(argv[1], 0700);
    snprintf(dir, sizeof dir, "%s/commits-XXXXXX", argv[1]);
    check(mkdtemp(dir) != NULL, "cannot create a folder");
    snprintf(path, sizeof path, "%s/hand.db", dir);
    Hand hand = hand_open(path);
    Crowd crowd = {0};
    check(store_open((StoreOptions){.dir = dir}, &bench_schema, 1, &crowd.s, NULL), "cannot open the store");
    StoreCounters shared = {0};
    for (int i = 0; i < ROUNDS; i++) {
        rates[0][i] = raw_slice(&hand);
        rates[2][i] = crowd_slice(&crowd, 1);
        rates[1][i] = group_slice(&hand);
        StoreCounters before = store_counters(crowd.s);
        rates[3][i] = crowd_slice(&crowd, THREADS);
        shared.commits += store_counters(crowd.s).commits - before.commits;
        shared.batches += store_counters(crowd.s).batches - before.batches;
    }
    for (int k = 0; k < KINDS; k++) {
        qsort(rates[k], ROUNDS, sizeof rates[k][0], by_value);
        printf("%s=%.0f\n", names[k], rates[k][ROUNDS / 2]);
    }
    printf("batches_per_commit_64=%.1f\n", (double)shared.batches / (double)shared.commits);
    store_close(crowd.s);
    return 0;
}
