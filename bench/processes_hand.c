/* The floor: what this disk and SQLite allow when the rows of a step are written by hand, one row a commit and
 * 32 steps a commit. The shape of the rows and the settings are those that the bars were set with. */
#include "processes.h"

#include <sqlite3.h>
#include <stdlib.h>

enum { GROUP = 32, EVENTS_START = 3, EVENTS = 8 };

struct BenchHand {
    sqlite3 *db;
    sqlite3_stmt *begin, *commit, *raw;
    sqlite3_stmt *inst, *token, *task, *timer, *event;                     /* of a start */
    sqlite3_stmt *task_get, *task_drop, *timer_drop, *token_drop, *close; /* of the end */
    sqlite3_int64 started, finished;                                       /* instances so far */
};

static const char vars[] = "{\"plate\":\"A12345\",\"points\":3,\"age\":34,\"kind\":\"renewal\",\"applicant\":"
                           "\"resident-000123\",\"note\":\"first minor violation in 12 months\"}";
static const char schema[] =
    "pragma journal_mode=wal; pragma synchronous=full; pragma cache_size=-65536; pragma wal_autocheckpoint=4000;"
    "create table raw (id integer primary key, v text);"
    "create table inst (id integer primary key, def int, state int, vars text, opened int, closed int);"
    "create table token (id integer primary key, inst int, node int, state int, scope int);"
    "create index token_inst on token (inst);"
    "create table task (id integer primary key, inst int, token int, node int, grp text, assignee text, due int);"
    "create index task_queue on task (grp, due); create index task_inst on task (inst);"
    "create table timer (id integer primary key, inst int, due int, token int);"
    "create index timer_due on timer (due); create index timer_inst on timer (inst);"
    "create table event (inst int, seq int, node int, kind int, at int, data text, primary key (inst, seq))"
    " without rowid;";

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
    sqlite3_stmt *st = NULL;
    bench_check(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) == SQLITE_OK, sqlite3_errmsg(db), NULL);
    return st;
}

static void run(sqlite3_stmt *st) {
    int rc;
    do rc = sqlite3_step(st);
    while (rc == SQLITE_ROW);
    bench_check(rc == SQLITE_DONE, "a statement by hand failed", NULL);
    sqlite3_reset(st);
}

static void run_for(sqlite3_stmt *st, sqlite3_int64 inst) {
    sqlite3_bind_int64(st, 1, inst);
    run(st);
}

BenchHand *bench_hand_open(const char *path) {
    BenchHand *h = calloc(1, sizeof *h);
    bench_check(h && sqlite3_open(path, &h->db) == SQLITE_OK, "the database by hand cannot be opened", NULL);
    bench_check(sqlite3_exec(h->db, schema, NULL, NULL, NULL) == SQLITE_OK, sqlite3_errmsg(h->db), NULL);
    h->begin = prepare(h->db, "begin immediate");
    h->commit = prepare(h->db, "commit");
    h->raw = prepare(h->db, "insert into raw (v) values ('x')");
    h->inst = prepare(h->db, "insert into inst values (?1, 1, 0, ?2, 1, null)");
    h->token = prepare(h->db, "insert into token (inst, node, state, scope) values (?1, 3, 0, 0)");
    h->task = prepare(h->db, "insert into task (inst, token, node, grp, due) values (?1, ?1, 3, 'counter-' || (?1 % 50), 1700000000 + ?1)");
    h->timer = prepare(h->db, "insert into timer (inst, due, token) values (?1, 1800000000 + ?1 % 100000, ?1)");
    h->event = prepare(h->db, "insert into event values (?1, ?2, 3, 1, 1700000000, null)");
    h->task_get = prepare(h->db, "select * from task where inst = ?1");
    h->task_drop = prepare(h->db, "delete from task where inst = ?1");
    h->timer_drop = prepare(h->db, "delete from timer where inst = ?1");
    h->token_drop = prepare(h->db, "delete from token where inst = ?1");
    h->close = prepare(h->db, "update inst set state = 2, closed = 2 where id = ?1");
    return h;
}

void bench_hand_close(BenchHand *h) {
    for (sqlite3_stmt *st; (st = sqlite3_next_stmt(h->db, NULL));) sqlite3_finalize(st);
    sqlite3_close(h->db);
    free(h);
}

static void add_events(BenchHand *h, sqlite3_int64 inst, int from, int to) {
    for (int i = from; i < to; i++) {
        sqlite3_bind_int(h->event, 2, i);
        run_for(h->event, inst);
    }
}

static void start(BenchHand *h) {
    sqlite3_int64 inst = ++h->started;
    sqlite3_bind_text(h->inst, 2, vars, sizeof vars - 1, SQLITE_STATIC);
    run_for(h->inst, inst);
    run_for(h->token, inst);
    run_for(h->task, inst);
    run_for(h->timer, inst);
    add_events(h, inst, 0, EVENTS_START);
}

static void finish(BenchHand *h) {
    sqlite3_int64 inst = ++h->finished;
    run_for(h->task_get, inst);
    run_for(h->task_drop, inst);
    run_for(h->timer_drop, inst);
    run_for(h->token_drop, inst);
    run_for(h->close, inst);
    add_events(h, inst, EVENTS_START, EVENTS);
}

double bench_hand_raw(BenchHand *h, double seconds) {
    double begin = bench_now(), end;
    long n = 0;
    for (; (end = bench_now()) < begin + seconds; n++) {
        run(h->begin);
        run(h->raw);
        run(h->commit);
    }
    return (double)n / (end - begin);
}

/* 32 starts, then their 32 ends. */
double bench_hand_groups(BenchHand *h, double seconds) {
    double begin = bench_now(), end;
    long n = 0;
    for (; (end = bench_now()) < begin + seconds; n += 2 * GROUP) {
        run(h->begin);
        for (int i = 0; i < GROUP; i++) start(h);
        run(h->commit);
        run(h->begin);
        for (int i = 0; i < GROUP; i++) finish(h);
        run(h->commit);
    }
    return (double)n / (end - begin);
}
