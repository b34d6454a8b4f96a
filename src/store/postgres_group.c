/* How a group is written on PostgreSQL: the turn, all steps of all batches and the commit go out in one stream. A
 * group with a refusal is written once more, each batch under a savepoint.
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
    int64_t from;         /* its number when the turn began */
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

static bool send_own(Turn *t, const char *name) {
    return PQsendQueryPrepared(t->c->pg, name, 0, NULL, NULL, NULL, 1) == 1;
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

static bool ask_next(Turn *t, const StoreStep *step) {
    Str stream = step->event.stream;
    if (find_next(t, stream)) return true;
    if (t->n_nexts == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 16;
        t->nexts = arena_grow(t->a, t->nexts, t->cap * sizeof *t->nexts, cap * sizeof *t->nexts);
        t->cap = cap;
    }
    t->nexts[t->n_nexts++] = (Next){stream, 0};
    StoreArg args[] = {store_int(step->place.stream), store_int(step->place.name)};
    return store_pg_send(t->c, t->s->event_next, args, COUNT_OF(args), &t->err);
}

static bool ask_nexts(Turn *t) {
    for (size_t i = 0; i < t->n; i++) {
        const StoreBatch *b = t->group[i]->batch;
        for (size_t k = 0; k < b->n; k++)
            if (b->steps[k].statement < 0 && b->steps[k].event.seq == STORE_NEXT)
                TRY(ask_next(t, &b->steps[k]));
    }
    return true;
}

/* The server answers this much at once, before what is queued behind it has come to its turn. */
static bool ask_turn(Turn *t) {
    return PQenterPipelineMode(t->c->pg) == 1 && send_own(t, STORE_PG_BEGIN) && send_own(t, STORE_PG_TURN) &&
           send_own(t, STORE_PG_HEAD) && ask_nexts(t) && PQsendFlushRequest(t->c->pg) == 1 && PQflush(t->c->pg) >= 0;
}

/* Rows of the next result. */
static Outcome take_rows(Turn *t, StoreRows *rows) {
    PGresult *r = take(t);
    Outcome outcome = is_good(r) ? WRITTEN : fault_of(t, r, &t->err);
    if (outcome == WRITTEN && !store_pg_rows(r, t->a, rows, &t->err)) outcome = FAILED;
    PQclear(r);
    return outcome == REFUSED ? FAILED : outcome; /* nobody's batch is to blame */
}

/* Another program may have migrated the tables while this one runs. In: the row of STORE_PG_HEAD. */
static bool read_head(Turn *t, const StoreRows *head, StoreChain *out) {
    if (head->n != 1 || head->cells[0].i != (int64_t)t->s->catalog.n_migrations)
        return err_set(&t->err, ERR_BUSY, "store",
                       "the database was changed by another version of this program: start this one again");
    StoreRows last = {.n = head->cells[1].kind != STORE_NULL, .columns = 2, .cells = head->cells + 1};
    return store_chain_of(&last, out, &t->err);
}

static bool read_number(Turn *t, const StoreRows *xid) {
    if (xid->n != 1 || xid->cells[0].s.n >= XID_TEXT)
        return err_set(&t->err, ERR_INVALID, "store", "the database's row store_turn is gone");
    memcpy(t->xid, xid->cells[0].s.p, xid->cells[0].s.n);
    t->xid[xid->cells[0].s.n] = '\0';
    return true;
}

/* Out: end of the log. When it fails, the connection goes with what is left in the pipeline. */
static Outcome take_turn(Turn *t, StoreChain *end) {
    StoreRows begun, xid, head, next;
    StoreRows *const rows[] = {&begun, &xid, &head};
    Outcome outcome = WRITTEN;
    for (size_t i = 0; outcome == WRITTEN && i < COUNT_OF(rows); i++) outcome = take_rows(t, rows[i]);
    for (size_t i = 0; outcome == WRITTEN && i < t->n_nexts; i++) {
        outcome = take_rows(t, &next);
        if (outcome == WRITTEN) t->nexts[i].seq = next.cells[0].i;
    }
    if (outcome == WRITTEN && !(read_number(t, &xid) && read_head(t, &head, end))) outcome = FAILED;
    if (outcome != WRITTEN) store_pg_drop(t->c);
    return outcome;
}

/* ---- batches ------------------------------------------------------------------------------------------------ */
static bool send_event(Turn *t, const StoreStep *step, Err *err) {
    StoreEvent e = step->event;
    StoreArg row[STORE_EVENT_COLUMNS];
    if (e.seq == STORE_NEXT) e.seq = find_next(t, e.stream)->seq++;
    t->chain = store_chain_next(&t->chain, &e);
    store_event_row(&t->chain, &e, &step->place, row);
    return store_pg_send(t->c, t->s->event_add, row, COUNT_OF(row), err);
}

/* In: guarded = the server itself looks whether as many rows change as expected, and fails if not.
 * Out: n = steps that were queued, also when one could not be. */
static bool send_batch(Turn *t, const StoreBatch *b, bool guarded, size_t *n, Err *err) {
    for (*n = 0; *n < b->n; ++*n) {
        const StoreStep *step = &b->steps[*n];
        if (step->statement < 0)
            TRY(send_event(t, step, err));
        else if (guarded && step->expect >= 0)
            TRY(store_pg_send_guarded(t->c, step, err));
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

/* In: guarded as it was sent. Results of the first n steps of a batch. The first fault counts: after it the server runs
 * nothing, of the batches behind it neither. */
static Outcome take_batch(Turn *t, const StoreBatch *b, bool guarded, size_t n, Err *err) {
    Outcome outcome = WRITTEN;
    for (size_t i = 0; i < n && t->c->pg; i++) {
        PGresult *r = take(t);
        if (outcome == WRITTEN && PQresultStatus(r) == PGRES_PIPELINE_ABORTED)
            outcome = REFUSED;
        else if (outcome == WRITTEN && !is_good(r))
            outcome = fault_of(t, r, err);
        else if (outcome == WRITTEN && !guarded && !as_expected(t, &b->steps[i], r, err))
            outcome = REFUSED;
        PQclear(r);
    }
    return t->c->pg ? outcome : AGAIN;
}

static void count_batch(Turn *t, const StoreBatch *b) {
    t->done.batches++;
    for (size_t i = 0; i < b->n; i++) t->done.events += b->steps[i].statement < 0;
}

/* Queues what keeps the end of the log beside it; nothing when it has not moved. */
static bool send_head(Turn *t) {
    StoreArg head[] = {store_int(t->chain.number), store_blob((Str){(const char *)t->chain.hash, STORE_HASH})};
    return t->chain.number == t->from || store_pg_send(t->c, t->s->head_set, head, COUNT_OF(head), &t->err);
}

static Outcome take_head(Turn *t) {
    Err own = {0};
    if (t->chain.number == t->from) return WRITTEN;
    PGresult *r = take(t);
    Outcome outcome = is_good(r) ? WRITTEN : fault_of(t, r, &own);
    PQclear(r);
    if (outcome != WRITTEN && own.code != ERR_NONE) t->err = own;
    return outcome == REFUSED ? FAILED : outcome; /* nobody's batch is to blame */
}

static Outcome keep_head(Turn *t) {
    if (t->chain.number == t->from) return WRITTEN;
    if (!send_head(t) || !sync_pipeline(t)) return lost(t, AGAIN);
    Outcome outcome = take_head(t);
    return t->c->pg && take_sync(t) ? outcome : lost(t, AGAIN);
}

static Outcome run_own(Turn *t, const char *name) {
    Err err = {0};
    if (!send_own(t, name) || !sync_pipeline(t)) return lost(t, AGAIN);
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
    Outcome outcome = run_own(t, STORE_PG_MARK);
    if (outcome != WRITTEN) return outcome;
    w->err = (Err){0};
    bool queued = send_batch(t, w->batch, false, &sent, &w->err);
    if (!t->c->pg || !sync_pipeline(t)) return lost(t, AGAIN);
    Err own = {0};
    outcome = take_batch(t, w->batch, false, sent, &own);
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
    return run_own(t, STORE_PG_UNDO);
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

static Outcome take_commit(Turn *t) {
    PGresult *r = take(t);
    bool saved = is_good(r) && strcmp(PQcmdStatus(r), "COMMIT") == 0;
    Outcome outcome = saved ? WRITTEN : r && PQstatus(t->c->pg) == CONNECTION_OK ? fault_of(t, r, &t->err) : UNKNOWN;
    PQclear(r);
    if (outcome == UNKNOWN) return resolve(t);
    if (!take_sync(t) || PQexitPipelineMode(t->c->pg) != 1) store_pg_drop(t->c); /* it is saved all the same */
    return outcome == REFUSED ? FAILED : outcome;
}

static Outcome commit(Turn *t) {
    return send_own(t, STORE_PG_COMMIT) && sync_pipeline(t) ? take_commit(t) : resolve(t);
}

static void roll_back(Turn *t) {
    if (!t->c->pg) return; /* the server does it */
    if (PQtransactionStatus(t->c->pg) != PQTRANS_IDLE && run_own(t, STORE_PG_ROLLBACK) != WRITTEN) store_pg_drop(t->c);
    if (t->c->pg && PQexitPipelineMode(t->c->pg) != 1) store_pg_drop(t->c);
}

/* ---- a group ---------------------------------------------------------------------------------------------------- */
/* One batch under a savepoint after the other. */
static Outcome write_each(Turn *t) {
    Outcome outcome = ask_turn(t) ? take_turn(t, &t->chain) : lost(t, AGAIN);
    if (outcome == WRITTEN && !(sync_pipeline(t) && take_sync(t))) return lost(t, AGAIN);
    t->from = t->chain.number;
    for (size_t i = 0; outcome == WRITTEN && i < t->n; i++) outcome = write_one(t, t->group[i]);
    if (outcome == WRITTEN) outcome = keep_head(t);
    if (outcome == WRITTEN && t->done.batches > 0) return commit(t);
    roll_back(t);
    return outcome;
}

static bool send_all(Turn *t, size_t sent[STORE_GROUP_MAX]) {
    for (size_t i = 0; i < t->n; i++) TRY(send_batch(t, t->group[i]->batch, true, &sent[i], &t->err));
    return send_head(t);
}

/* What the steps gave, and the commit behind them. A fault in a step is one of the whole pipeline: no commit. */
static Outcome take_all(Turn *t, const size_t sent[STORE_GROUP_MAX]) {
    Outcome outcome = WRITTEN;
    for (size_t i = 0; outcome == WRITTEN && i < t->n; i++) {
        Err own = {0};
        outcome = take_batch(t, t->group[i]->batch, true, sent[i], &own);
        t->group[i]->ok = outcome == WRITTEN;
        if (outcome == WRITTEN) count_batch(t, t->group[i]->batch);
    }
    return outcome == WRITTEN ? take_head(t) : outcome;
}

/* What becomes of a group whose commit was sent, when its answer is lost: all of it or nothing. */
static Outcome resolve_all(Turn *t) {
    Outcome outcome = resolve(t);
    if (outcome != WRITTEN) return outcome;
    t->done = (StoreCounters){.commits = 1};
    for (size_t i = 0; i < t->n; i++) {
        t->group[i]->ok = true;
        count_batch(t, t->group[i]->batch);
    }
    return WRITTEN;
}

/* Reads on to the end of the pipeline, whatever it holds. */
static void drain(Turn *t) {
    for (PGresult *r; t->c->pg && (r = take(t));) {
        bool end = PQresultStatus(r) == PGRES_PIPELINE_SYNC;
        PQclear(r);
        if (end) return;
    }
    store_pg_drop(t->c);
}

/* Everything at once: the steps need not wait for the turn while nobody else writes, because then the end of the
 * log is known. The commit waits for it, and for the transaction's number, which tells its fate should the answer be
 * lost. A refusal ends the whole and is looked into by write_each. */
static Outcome write_all(Turn *t) {
    size_t sent[STORE_GROUP_MAX] = {0};
    StoreChain end, known = t->s->chain;
    if (!ask_turn(t)) return lost(t, AGAIN);
    bool early = t->c->alone && t->n_nexts == 0;
    Outcome outcome = early ? WRITTEN : take_turn(t, &end);
    if (outcome != WRITTEN) return outcome;
    t->chain = early ? known : end;
    t->from = t->chain.number;
    bool queued = send_all(t, sent);
    if (early && t->c->pg && PQflush(t->c->pg) < 0) return lost(t, AGAIN);
    if (early) outcome = take_turn(t, &end);
    if (outcome != WRITTEN) return outcome;
    t->c->alone = end.number == known.number && memcmp(end.hash, known.hash, STORE_HASH) == 0;
    if (!queued || (early && !t->c->alone)) {
        if (!sync_pipeline(t)) return lost(t, AGAIN);
        drain(t);
        roll_back(t);
        return queued ? AGAIN : REFUSED;
    }
    if (!send_own(t, STORE_PG_COMMIT) || !sync_pipeline(t)) return resolve_all(t);
    outcome = take_all(t, sent);
    if (outcome == WRITTEN) return take_commit(t);
    if (!t->c->pg) return resolve_all(t);
    drain(t);
    roll_back(t);
    return outcome;
}

static void answer(Turn *t, Outcome outcome, StoreCounters *done) {
    if (outcome == WRITTEN) {
        if (t->done.batches > 0) *done = t->done;
        if (t->done.batches > 0) t->s->chain = t->chain;
        return;
    }
    for (size_t i = 0; i < t->n; i++) {
        t->group[i]->ok = false;
        t->group[i]->err = t->err;
    }
}

static Outcome write_group(Turn *t, bool each) {
    t->n_nexts = 0;
    t->done = (StoreCounters){.commits = 1};
    if (!store_pg_alive(t->c, &t->err) || !store_pg_guards(t->c, t->group, t->n, &t->err)) return FAILED;
    return each ? write_each(t) : write_all(t);
}

void store_pg_group(Store *s, StoreWaiting **group, size_t n, StoreCounters *done) {
    Turn t = {.s = s, .c = s->writer, .a = group[0]->batch->a, .group = group, .n = n};
    Outcome outcome = AGAIN;
    bool each = false;
    for (int i = 0; i < TRIES && (outcome == AGAIN || outcome == REFUSED); i++) {
        outcome = write_group(&t, each);
        if (outcome == REFUSED) each = true;
    }
    answer(&t, outcome, done);
}
