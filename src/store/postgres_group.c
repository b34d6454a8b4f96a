/* How a group is written on PostgreSQL: one round trip to take the turn and see the end of the log, one for all
 * steps of all batches, one to commit. A group with a refusal is written once more, each batch under a savepoint.
 * A commit whose answer was lost is looked up; nobody is told "not saved" before the server has said so. */
#include "store/postgres.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    TRIES = 6,          /* of one group: after a lost connection, a deadlock, a refusal */
    RESOLVE_MS = 30000, /* longest search for what became of a commit */
    LOOK_MS = 100,      /* between two looks */
    XID_TEXT = 24       /* bytes of a transaction's number */
};

typedef struct Next { /* a stream whose next place the writer gives */
    Str stream;       /* its name */
    int64_t seq;      /* the place */
} Next;
typedef struct Turn {     /* one transaction that writes a group */
    Store *s;             /* the store */
    StoreConn *c;         /* its writer */
    Arena *a;             /* of the thread that waits for the first batch, which is still while we write */
    StoreWaiting **group; /* the batches */
    size_t n;             /* of group */
    StoreChain chain;     /* end of the log, as far as it is written */
    Next *nexts;          /* streams with STORE_NEXT */
    size_t n_nexts, cap;  /* of nexts */
    char xid[XID_TEXT];   /* the transaction's number at the server */
    StoreCounters done;   /* what it has written */
    Err err;              /* why it cannot be committed */
} Turn;
typedef enum Outcome {
    WRITTEN, /* durable, or nothing of it was wanted */
    REFUSED, /* one batch stops the others */
    AGAIN,   /* the same may succeed when tried again */
    FAILED,  /* certainly not written: t->err */
    UNKNOWN  /* t->err says that nobody knows */
} Outcome;

/* ---- the pipeline ------------------------------------------------------------------------------------------- */
static Outcome lost(Turn *t, Outcome outcome) {
    store_pg_trouble(t->c, NULL, &t->err);
    store_pg_drop(t->c);
    return outcome;
}

/* One result, owned by the caller; NULL when the connection is gone. */
static PGresult *take(Turn *t) {
    PGresult *r = t->c->pg ? PQgetResult(t->c->pg) : NULL;
    if (r && PQresultStatus(r) != PGRES_PIPELINE_SYNC) PQclear(PQgetResult(t->c->pg));
    return r;
}

static bool is_good(const PGresult *r) {
    return PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK;
}

static bool send_text(Turn *t, const char *sql) {
    return PQsendQueryParams(t->c->pg, sql, 0, NULL, NULL, NULL, NULL, 1) == 1;
}

static bool sync_pipeline(Turn *t) {
    return PQpipelineSync(t->c->pg) == 1;
}

static bool take_sync(Turn *t) {
    PGresult *r = take(t);
    bool ok = r && PQresultStatus(r) == PGRES_PIPELINE_SYNC;
    PQclear(r);
    return ok;
}

/* Why a result is not good. */
static Outcome fault_of(Turn *t, const PGresult *r, Err *err) {
    if (!r) return lost(t, AGAIN);
    bool again = store_pg_again(r);
    store_pg_trouble(t->c, r, err);
    if (!t->c->pg || again) {
        t->err = *err;
        return AGAIN;
    }
    return err->code == ERR_CONFLICT || err->code == ERR_INVALID || err->code == ERR_LIMIT ? REFUSED : FAILED;
}

/* ---- taking the turn ------------------------------------------------------------------------------------------ */
static Next *find_next(Turn *t, Str stream) {
    for (size_t i = 0; i < t->n_nexts; i++)
        if (str_eq(t->nexts[i].stream, stream)) return &t->nexts[i];
    return NULL;
}

static bool ask_next(Turn *t, Str stream) {
    if (find_next(t, stream)) return true;
    if (t->n_nexts == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 16;
        t->nexts = arena_grow(t->a, t->nexts, t->cap * sizeof *t->nexts, cap * sizeof *t->nexts);
        t->cap = cap;
    }
    t->nexts[t->n_nexts++] = (Next){stream, 0};
    return store_pg_send(t->c, t->s->event_next, (StoreArg[]){store_text(stream)}, 1, &t->err);
}

static bool ask_nexts(Turn *t) {
    for (size_t i = 0; i < t->n; i++) {
        const StoreBatch *b = t->group[i]->batch;
        for (size_t k = 0; k < b->n; k++)
            if (b->steps[k].statement < 0 && b->steps[k].event.seq == STORE_NEXT)
                TRY(ask_next(t, b->steps[k].event.stream));
    }
    return true;
}

/* What is asked after the turn is ours sees everything that was written before. */
static bool ask_turn(Turn *t) {
    return PQenterPipelineMode(t->c->pg) == 1 && send_text(t, "begin") &&
           send_text(t, "select pg_current_xact_id()::text from store_turn for update") &&
           send_text(t, "select count(*) from store_migration") &&
           store_pg_send(t->c, store_catalog_find(&t->s->catalog, "store_event_last"), NULL, 0, &t->err) &&
           ask_nexts(t) && sync_pipeline(t);
}

/* Rows of the next result. */
static Outcome take_rows(Turn *t, StoreRows *rows) {
    PGresult *r = take(t);
    Outcome outcome = is_good(r) ? WRITTEN : fault_of(t, r, &t->err);
    if (outcome == WRITTEN && !store_pg_rows(r, t->a, rows, &t->err)) outcome = FAILED;
    PQclear(r);
    return outcome == REFUSED ? FAILED : outcome; /* nobody's batch is to blame */
}

/* Another program may have migrated the tables while this one runs. */
static bool same_tables(Turn *t, const StoreRows *count) {
    return count->cells[0].i == (int64_t)t->s->catalog.n_migrations ||
           err_set(&t->err, ERR_BUSY, "store",
                   "the database was changed by another version of this program: start this one again");
}

static bool read_turn(Turn *t, const StoreRows *xid, const StoreRows *last) {
    if (xid->n != 1 || xid->cells[0].s.n >= XID_TEXT)
        return err_set(&t->err, ERR_INVALID, "store", "the database's row store_turn is gone");
    memcpy(t->xid, xid->cells[0].s.p, xid->cells[0].s.n);
    t->xid[xid->cells[0].s.n] = '\0';
    return store_chain_of(last, &t->chain, &t->err);
}

static Outcome take_turn(Turn *t) {
    StoreRows begun, xid, count, last;
    StoreRows *const rows[] = {&begun, &xid, &count, &last};
    t->n_nexts = 0;
    t->done = (StoreCounters){.commits = 1};
    if (!store_pg_alive(t->c, &t->err)) return FAILED;
    if (!ask_turn(t)) return lost(t, AGAIN);
    Outcome outcome = WRITTEN;
    for (size_t i = 0; outcome == WRITTEN && i < COUNT_OF(rows); i++) outcome = take_rows(t, rows[i]);
    for (size_t i = 0; outcome == WRITTEN && i < t->n_nexts; i++) {
        StoreRows next;
        outcome = take_rows(t, &next);
        if (outcome == WRITTEN) t->nexts[i].seq = next.cells[0].i;
    }
    if (outcome != WRITTEN) store_pg_drop(t->c); /* with what is left in the pipeline */
    if (outcome != WRITTEN) return outcome;
    if (!take_sync(t)) return lost(t, AGAIN);
    return same_tables(t, &count) && read_turn(t, &xid, &last) ? WRITTEN : FAILED;
}

/* ---- batches ------------------------------------------------------------------------------------------------ */
static bool send_event(Turn *t, const StoreEvent *given, Err *err) {
    StoreEvent e = *given;
    StoreArg row[STORE_EVENT_COLUMNS];
    if (e.seq == STORE_NEXT) e.seq = find_next(t, e.stream)->seq++;
    t->chain = store_chain_next(&t->chain, &e);
    store_event_row(&t->chain, &e, row);
    return store_pg_send(t->c, t->s->event_add, row, COUNT_OF(row), err);
}

/* Out: n = steps that were queued, also when one could not be. */
static bool send_batch(Turn *t, const StoreBatch *b, size_t *n, Err *err) {
    for (*n = 0; *n < b->n; ++*n) {
        const StoreStep *step = &b->steps[*n];
        if (step->statement < 0)
            TRY(send_event(t, &step->event, err));
        else
            TRY(store_pg_send(t->c, step->statement, step->args, step->n_args, err));
    }
    return true;
}

static bool as_expected(Turn *t, const StoreStep *step, const PGresult *r, Err *err) {
    int64_t changed = 0;
    if (step->expect < 0 || step->statement < 0) return true;
    if (str_to_int(str_of(PQcmdTuples((PGresult *)r)), &changed) && changed == step->expect) return true;
    return err_set(
        err, ERR_CONFLICT, "store", "somebody else changed this meanwhile (" STR_FMT ": %lld rows, not %lld)",
        STR_ARG(t->s->catalog.statements[step->statement].name), (long long)changed, (long long)step->expect);
}

/* Results of the first n steps of a batch. The first fault counts: after it the server runs nothing, of the batches
 * behind it neither. */
static Outcome take_batch(Turn *t, const StoreBatch *b, size_t n, Err *err) {
    Outcome outcome = WRITTEN;
    for (size_t i = 0; i < n && t->c->pg; i++) {
        PGresult *r = take(t);
        if (outcome == WRITTEN && PQresultStatus(r) == PGRES_PIPELINE_ABORTED)
            outcome = REFUSED;
        else if (outcome == WRITTEN && !is_good(r))
            outcome = fault_of(t, r, err);
        else if (outcome == WRITTEN && !as_expected(t, &b->steps[i], r, err))
            outcome = REFUSED;
        PQclear(r);
    }
    return t->c->pg ? outcome : AGAIN;
}

static void count_batch(Turn *t, const StoreBatch *b) {
    t->done.batches++;
    for (size_t i = 0; i < b->n; i++) t->done.events += b->steps[i].statement < 0;
}

/* All batches in one round trip; a refusal of one ends it. */
static Outcome write_all(Turn *t) {
    size_t sent[STORE_GROUP_MAX], n = 0;
    Outcome outcome = WRITTEN;
    bool queued = true;
    for (; queued && n < t->n; n++) queued = send_batch(t, t->group[n]->batch, &sent[n], &t->group[n]->err);
    if (!t->c->pg || !sync_pipeline(t)) return lost(t, AGAIN);
    for (size_t i = 0; i < n && t->c->pg; i++) {
        Err own = {0};
        Outcome of_batch = take_batch(t, t->group[i]->batch, sent[i], &own);
        if (outcome == WRITTEN && of_batch != WRITTEN) outcome = of_batch, t->err = own;
        if (outcome == WRITTEN) count_batch(t, t->group[i]->batch), t->group[i]->ok = true;
    }
    if (!t->c->pg || !take_sync(t)) return lost(t, AGAIN);
    if (outcome == WRITTEN && !queued) outcome = REFUSED, t->err = t->group[n - 1]->err;
    return outcome;
}

static Outcome run_text(Turn *t, const char *sql) {
    Err err = {0};
    if (!send_text(t, sql) || !sync_pipeline(t)) return lost(t, AGAIN);
    PGresult *r = take(t);
    Outcome outcome = is_good(r) ? WRITTEN : fault_of(t, r, &err);
    PQclear(r);
    if (t->c->pg && !take_sync(t)) return lost(t, AGAIN);
    if (outcome != WRITTEN && err.code != ERR_NONE) t->err = err;
    return outcome == REFUSED ? FAILED : outcome;
}

/* One batch under a savepoint: a refusal is answered, the others go on. */
static Outcome write_one(Turn *t, StoreWaiting *w) {
    StoreChain before = t->chain;
    Next *nexts = NEW_ARRAY(t->a, Next, t->n_nexts);
    size_t sent;
    if (t->n_nexts > 0) memcpy(nexts, t->nexts, t->n_nexts * sizeof *nexts);
    Outcome outcome = run_text(t, "savepoint batch");
    if (outcome != WRITTEN) return outcome;
    w->err = (Err){0};
    bool queued = send_batch(t, w->batch, &sent, &w->err);
    if (!t->c->pg || !sync_pipeline(t)) return lost(t, AGAIN);
    Err own = {0};
    outcome = take_batch(t, w->batch, sent, &own);
    if (!t->c->pg || !take_sync(t)) return lost(t, AGAIN);
    if (outcome != WRITTEN)
        w->err = own;
    else if (!queued)
        outcome = REFUSED;
    w->ok = outcome == WRITTEN;
    if (w->ok) count_batch(t, w->batch);
    if (outcome == FAILED) t->err = own;
    if (outcome != REFUSED) return outcome;
    t->chain = before;
    if (t->n_nexts > 0) memcpy(t->nexts, nexts, t->n_nexts * sizeof *nexts);
    return run_text(t, "rollback to savepoint batch");
}

static Outcome write_each(Turn *t) {
    Outcome outcome = WRITTEN;
    for (size_t i = 0; outcome == WRITTEN && i < t->n; i++) outcome = write_one(t, t->group[i]);
    return outcome;
}

/* ---- committing ------------------------------------------------------------------------------------------------ */
static void pause_ms(int64_t ms) {
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

typedef enum Fate { COMMITTED, GONE, OPEN, UNSEEN } Fate; /* of a transaction; UNSEEN: nobody can be asked */

static Fate look_up(Turn *t) {
    const char *const xid[] = {t->xid};
    Err ignored = {0};
    if (!store_pg_alive(t->c, &ignored)) return UNSEEN;
    PGresult *r = PQexecParams(t->c->pg, "select pg_xact_status($1::xid8)", 1, NULL, xid, NULL, NULL, 0);
    const char *said = PQresultStatus(r) == PGRES_TUPLES_OK && !PQgetisnull(r, 0, 0) ? PQgetvalue(r, 0, 0) : "";
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    Fate fate = UNSEEN;
    if (strcmp(said, "committed") == 0)
        fate = COMMITTED;
    else if (strcmp(said, "in progress") == 0)
        fate = OPEN;
    else if (strcmp(said, "aborted") == 0)
        fate = GONE;
    else if (state && strcmp(state, "22023") == 0)
        fate = GONE; /* a number this server never gave: it lost the commit */
    PQclear(r);
    if (fate == UNSEEN) store_pg_drop(t->c);
    return fate;
}

/* The connection went away between the wish to commit and the answer. */
static Outcome resolve(Turn *t) {
    Fate fate = UNSEEN;
    Outcome outcome = lost(t, AGAIN);
    for (int64_t end = store_pg_clock_ms() + RESOLVE_MS;
         (fate == UNSEEN || fate == OPEN) && store_pg_clock_ms() < end;) {
        fate = look_up(t);
        if (fate == UNSEEN || fate == OPEN) pause_ms(LOOK_MS);
    }
    if (fate == COMMITTED) return WRITTEN;
    if (fate == GONE) return outcome;
    err_set(&t->err, ERR_IO, "store",
            "the database went away while it saved, and whether it did is not known: look before you try again");
    return UNKNOWN;
}

static Outcome commit(Turn *t) {
    if (!send_text(t, "commit") || !sync_pipeline(t)) return resolve(t);
    PGresult *r = take(t);
    bool saved = is_good(r) && strcmp(PQcmdStatus(r), "COMMIT") == 0;
    Outcome outcome = saved ? WRITTEN : r && PQstatus(t->c->pg) == CONNECTION_OK ? fault_of(t, r, &t->err) : UNKNOWN;
    PQclear(r);
    if (outcome == UNKNOWN) return resolve(t);
    if (!take_sync(t) || PQexitPipelineMode(t->c->pg) != 1) store_pg_drop(t->c); /* it is saved all the same */
    return outcome == REFUSED ? FAILED : outcome;
}

static void roll_back(Turn *t) {
    if (!t->c->pg) return; /* the server does it */
    if (PQtransactionStatus(t->c->pg) != PQTRANS_IDLE && run_text(t, "rollback") != WRITTEN) store_pg_drop(t->c);
    if (t->c->pg && PQexitPipelineMode(t->c->pg) != 1) store_pg_drop(t->c);
}

/* ---- a group ---------------------------------------------------------------------------------------------------- */
static Outcome write_group(Turn *t, bool each) {
    Outcome outcome = take_turn(t);
    if (outcome == WRITTEN) outcome = each ? write_each(t) : write_all(t);
    if (outcome == WRITTEN && t->done.batches > 0) return commit(t);
    roll_back(t);
    return outcome;
}

static void answer(Turn *t, Outcome outcome, StoreCounters *done) {
    if (outcome == WRITTEN) {
        if (t->done.batches > 0) *done = t->done;
        t->s->chain = t->chain;
        return;
    }
    for (size_t i = 0; i < t->n; i++) {
        t->group[i]->ok = false;
        t->group[i]->err = t->err;
    }
}

void store_pg_group(Store *s, StoreWaiting **group, size_t n, StoreCounters *done) {
    Turn t = {.s = s, .c = s->writer, .a = group[0]->batch->a, .group = group, .n = n};
    Outcome outcome = AGAIN;
    bool each = false;
    for (int i = 0; i < TRIES && (outcome == AGAIN || (outcome == REFUSED && n > 1)); i++) {
        outcome = write_group(&t, each);
        if (outcome == REFUSED) each = true;
    }
    answer(&t, outcome, done);
}
