/* What cases weigh: bytes of an open instance without its events, of a closed case of ten steps with its whole
 * history, and the time in which many timers that are due at once all fire. Sizes are read from SQLite's pages. */
#include "processes.h"
#include "main/main_in.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum { OFFICERS = 2, CLOSED = 5000, STEPS = 10 };

/* ---- filling ---- */
typedef struct Filler { /* one officer's share */
    BenchClient client;
    pthread_t thread;
    long n;        /* cases to open */
    bool tells;    /* of the progress */
} Filler;

static void *fill_share(void *arg) {
    Filler *f = arg;
    double next = bench_now() + 2;
    for (long i = 0; i < f->n; i++) {
        bench_create(&f->client);
        if (!f->tells || bench_now() < next) continue;
        fprintf(stderr, "processes: %ld of %ld cases opened\n", i * OFFICERS, f->n * OFFICERS);
        next = bench_now() + 5;
    }
    return NULL;
}

void bench_fill(const BenchCounter *at, long n, int64_t fixed_us, char code[32]) {
    Filler fillers[OFFICERS];
    bench_disk_hurry(true);
    for (int i = 0; i < OFFICERS; i++) {
        fillers[i] = (Filler){.n = n / OFFICERS + (i < n % OFFICERS), .tells = i == 0};
        bench_client_open(at, 100 + i, &fillers[i].client);
        fillers[i].client.fixed_us = fixed_us;
        bench_check(pthread_create(&fillers[i].thread, NULL, fill_share, &fillers[i]) == 0, "no thread", NULL);
    }
    for (int i = 0; i < OFFICERS; i++) {
        pthread_join(fillers[i].thread, NULL);
        memcpy(code, fillers[i].client.code, 32);
        bench_client_close(&fillers[i].client);
    }
    bench_disk_hurry(false);
}

/* ---- weighing ---- */
/* Bytes of the pages of the tables and indexes that `where` chooses, free space in them included. */
static double weigh(const char *folder, const char *where) {
    sqlite3 *db;
    sqlite3_stmt *st = NULL;
    char path[500], sql[500];
    snprintf(path, sizeof path, "%s/yichuang.db", folder);
    snprintf(sql, sizeof sql, "select coalesce(sum(d.pgsize), 0) from dbstat d join sqlite_schema s on s.name = d.name where d.aggregate = 1 and %s", where);
    bench_check(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK, "the store cannot be weighed", NULL);
    bench_check(sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW, sqlite3_errmsg(db), NULL);
    double bytes = sqlite3_column_double(st, 0);
    sqlite3_finalize(st);
    sqlite3_close(db);
    return bytes;
}

static const char without_events[] = "s.tbl_name not like 'store_event%' and s.tbl_name <> 'case_answer'";

void bench_closed(const Bench *b) {
    BenchCounter counter;
    BenchClient client;
    bench_counter_open(b, "closed", BENCH_TEN, &counter);
    bench_client_open(&counter, 1, &client);
    bench_disk_hurry(true);
    for (int i = 0; i < CLOSED; i++) {
        bench_create(&client);
        for (int k = 1; k < STEPS; k++) bench_decide(&client);
        bench_check(client.id[0] == '\0', "the case did not end after ten steps", NULL);
    }
    bench_disk_hurry(false);
    bench_client_close(&client);
    const char *folder = str_c(counter.a, str_of(bench_path(b, counter.a, "closed")));
    store_close(counter.store);
    /* Kept answers expire; all else stays as long as the case. */
    bench_line("closed_case_bytes", weigh(folder, "s.tbl_name <> 'case_answer'") / CLOSED, 0);
    bench_line("closed_case_events_bytes", weigh(folder, "s.tbl_name like 'store_event%'") / CLOSED, 0);
    arena_free(counter.a);
}

/* ---- a large store ---- */
static void measure_start(const Bench *b, const char *folder, const char *code) {
    BenchServer server;
    bench_server_start(folder, false, &server);
    double ms = bench_server_first_answer(&server, code);
    bench_line("start_ms_1m", ms, 0);
    bench_line("rss_mb_1m", (double)bench_server_rss_kb(&server) / 1024, 1);
    bench_server_stop(&server);
    (void)b;
}

void bench_open(const Bench *b) {
    BenchCounter counter;
    char code[32];
    bench_counter_open(b, "open", BENCH_SMALL, &counter);
    bench_fill(&counter, b->open, 0, code);
    const char *folder = bench_path(b, counter.a, "open");
    store_close(counter.store);
    bench_line("open_instances", (double)b->open, 0);
    bench_line("open_instance_bytes", weigh(folder, without_events) / (double)b->open, 0);
    measure_start(b, folder, code);
    arena_free(counter.a);
}

/* ---- timers ---- */
static int64_t waiting(const BenchCounter *c, const char *state) {
    Arena *a = arena_new(0);
    Value list;
    Err err = {0};
    AccessWho who = {.user = STR("bench"), .name = STR("bench"), .office = STR("bench"), .role = STR("officer")};
    ValueBuild filter = {.a = a};
    build_c(&filter, "limit", value_int(1));
    bench_check(case_list(c->house, &who, build_ctx(&filter), main_now_us(), a, &list, &err), "the list", &err);
    int64_t n = value_get_int(value_get(list, "counts"), state, -1);
    arena_free(a);
    return n;
}

void bench_timers(const Bench *b) {
    static const int64_t hour_us = 3600 * (int64_t)1000000;
    BenchCounter counter;
    Err err = {0};
    char code[32];
    int64_t opened_us = main_now_us() / 1000000 * 1000000 - 2 * hour_us;
    bench_counter_open(b, "timers", BENCH_SMALL, &counter);
    bench_fill(&counter, b->timers, opened_us, code);
    bench_check(case_tick(counter.house, opened_us + hour_us - 1, &err), "a tick", &err);
    bench_check(waiting(&counter, "proposed") == b->timers, "a timer fired early", NULL);
    double begin = bench_now();
    bench_check(case_tick(counter.house, opened_us + hour_us, &err), "a tick", &err);
    double took = bench_now() - begin;
    int64_t events = store_counters(counter.store).events;
    bench_check(waiting(&counter, "decided") == b->timers, "not all timers fired", NULL);
    bench_check(case_tick(counter.house, opened_us + 2 * hour_us, &err), "a tick", &err);
    bench_check(store_counters(counter.store).events == events, "a timer fired twice", NULL);
    bench_line("timers", (double)b->timers, 0);
    bench_line("timers_100k_s", took, 2);
    bench_counter_close(&counter);
}
