/* How fast steps become durable on PostgreSQL, beside what the server itself allows in the same seconds.
 * Usage: postgres URL, of an empty database, or with a cluster of its own:
 *   YC_POSTGRES_FSYNC=on tests/postgres/with sh -c 'build/bench/postgres "$YC_POSTGRES"'
 * Prints name=value: one_statement_8_per_s (8 connections, each inserts a row of 300 bytes a
 * commit, the row that ../shared/bench/storage/pg.sh calls insert300B), store_1_per_s and store_8_per_s (an event
 * of 300 bytes and a row through one store with 1 and 8 waiting threads), two_stores_8_per_s (the same 8 threads on
 * two stores, as two server processes would share the database), batches_per_commit_8. Slices alternate; medians. */
#include "store/store.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 5, THREADS = 8, KINDS = 4, BODY = 300 };
static const double slice = 0.5; /* seconds */

static const StoreSchema bench_schema = {
    "bench",
    STR_INIT("-- migration 1: what a step changes\n-- table bench_row: scratch\n"
             "create table bench_row (id text not null primary key, version integer not null, state text not null);\n"
             "-- statement bench_row_add\ninsert into bench_row (id, version, state) values ($1, $2, $3);\n")};

typedef struct Crowd {
    const char *url;    /* of the database */
    Store *stores[2];   /* the second one for two_stores_8_per_s */
    int n_stores;       /* in use */
    atomic_llong steps; /* written so far, also numbers the streams */
    atomic_int next;    /* of the threads of a slice */
    double until;       /* when the slice ends */
    char body[BODY];    /* what every row holds */
} Crowd;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void check(bool ok, const char *what) {
    if (ok) return;
    fprintf(stderr, "postgres: %s\n", what);
    exit(1);
}

static void *insert_main(void *crowd) {
    Crowd *c = crowd;
    PGconn *pg = PQconnectdb(c->url);
    const char *const values[] = {c->body};
    PQclear(PQprepare(pg, "i", "insert into bench_one (body) values ($1)", 1, NULL));
    while (now() < c->until) {
        PGresult *r = PQexecPrepared(pg, "i", 1, values, (int[]){BODY}, NULL, 0);
        check(PQresultStatus(r) == PGRES_COMMAND_OK, PQerrorMessage(pg));
        PQclear(r);
        atomic_fetch_add(&c->steps, 1);
    }
    PQfinish(pg);
    return NULL;
}

static void *store_main(void *crowd) {
    Crowd *c = crowd;
    Arena *a = arena_new(0);
    Store *s = c->stores[atomic_fetch_add(&c->next, 1) % c->n_stores];
    int row = store_statement(s, "bench_row_add");
    while (now() < c->until) {
        Err err = {0};
        arena_reset(a);
        StoreBatch *b = store_batch(a);
        Str id = store_id_text(a, (int64_t)atomic_fetch_add(&c->steps, 1) + 1), stream = str_join2(a, STR("case/"), id);
        StoreArg args[] = {store_text(stream), store_int(1), store_text(STR("proposed"))};
        store_event(b, stream, 1, STR("proposed"), STR("wang"), 1, (Str){c->body, BODY - 1});
        store_expect(b, row, args, 3, 1);
        check(store_commit(s, b, &err), err.text);
    }
    arena_free(a);
    return NULL;
}

static double run_slice(Crowd *c, void *(*work)(void *), int threads, int stores) {
    pthread_t thread[THREADS];
    long long before = atomic_load(&c->steps);
    double start = now();
    c->until = start + slice;
    c->n_stores = stores;
    for (int i = 0; i < threads; i++) check(pthread_create(&thread[i], NULL, work, c) == 0, "no thread");
    for (int i = 0; i < threads; i++) pthread_join(thread[i], NULL);
    return (double)(atomic_load(&c->steps) - before) / (now() - start);
}

static int by_value(const void *x, const void *y) {
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

/* In: an empty database. */
static void prepare(Crowd *c) {
    Err err = {0};
    PGconn *pg = PQconnectdb(c->url);
    PGresult *r = PQexec(pg, "create table bench_one (id bigserial primary key, body text not null)");
    check(PQresultStatus(r) == PGRES_COMMAND_OK, PQerrorMessage(pg));
    PQclear(r);
    PQfinish(pg);
    memset(c->body, 'x', BODY - 1);
    for (int i = 0; i < 2; i++)
        check(store_open((StoreOptions){.dir = c->url}, &bench_schema, 1, &c->stores[i], &err), err.text);
}

int main(int argc, char **argv) {
    static const char *const names[KINDS] = {"one_statement_8_per_s", "store_1_per_s", "store_8_per_s",
                                             "two_stores_8_per_s"};
    double rates[KINDS][ROUNDS];
    check(argc == 2 && store_is_url(argv[1]), "usage: postgres URL (of an empty database)");
    Crowd crowd = {.url = argv[1]};
    StoreCounters shared = {0};
    prepare(&crowd);
    for (int i = 0; i < ROUNDS; i++) {
        rates[0][i] = run_slice(&crowd, insert_main, THREADS, 1);
        rates[1][i] = run_slice(&crowd, store_main, 1, 1);
        StoreCounters before = store_counters(crowd.stores[0]);
        rates[2][i] = run_slice(&crowd, store_main, THREADS, 1);
        shared.commits += store_counters(crowd.stores[0]).commits - before.commits;
        shared.batches += store_counters(crowd.stores[0]).batches - before.batches;
        rates[3][i] = run_slice(&crowd, store_main, THREADS, 2);
    }
    for (int k = 0; k < KINDS; k++) {
        qsort(rates[k], ROUNDS, sizeof rates[k][0], by_value);
        printf("%s=%.0f\n", names[k], rates[k][ROUNDS / 2]);
    }
    printf("batches_per_commit_8=%.1f\n", (double)shared.batches / (double)shared.commits);
    store_close(crowd.stores[1]);
    store_close(crowd.stores[0]);
    return 0;
}
