/* The writer: callers that wait together share one durable commit. The first of them leads: it writes for all
 * while the next group gathers, so that a caller who is alone never waits for another thread. A batch that is
 * refused leaves its neighbours untouched. Nobody is answered before the commit is on disk, and after a disk
 * error the process stops: a retried fsync may lie. */
#include "store/store_in.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* The dirty pages of a failed fsync may already be dropped: only recovery from the disk tells the truth. */
static _Noreturn void stop_process(const Err *err) {
    fprintf(stderr,
            "store: the disk failed and this process stops now, so that nothing unsaved is confirmed: %s (%s)\n",
            err->text, err->cause);
    fflush(stderr);
    abort();
}

/* The next free place in a stream whose writer does not care which it gets. */
static bool next_seq(Store *s, const StorePlace *place, Arena *a, int64_t *out, Err *err) {
    StoreArg args[] = {store_int(place->stream), store_int(place->name)};
    StoreRows rows;
    TRY(s->engine->query(s->writer, s->event_next, args, COUNT_OF(args), a, &rows, err));
    assert(rows.n == 1);
    *out = rows.cells[0].i;
    return true;
}

/* In: an arena of the thread that waits for this batch, which is still while we write. */
static bool run_event(Store *s, const StoreStep *step, Arena *a, Err *err) {
    StoreEvent event = step->event, *e = &event;
    int64_t changed;
    if (e->seq == STORE_NEXT) TRY(next_seq(s, &step->place, a, &e->seq, err));
    StoreArg args[STORE_EVENT_COLUMNS];
    StoreChain next = store_chain_next(&s->chain, e);
    store_event_row(&next, e, &step->place, args);
    TRY(s->engine->run(s->writer, s->event_add, args, COUNT_OF(args), &changed, err));
    s->chain = next;
    return true;
}

static bool run_step(Store *s, const StoreStep *step, Arena *a, Err *err) {
    int64_t changed = 0;
    if (step->statement < 0) return run_event(s, step, a, err);
    TRY(s->engine->run(s->writer, step->statement, step->args, step->n_args, &changed, err));
    if (step->expect < 0 || changed == step->expect) return true;
    return err_set(err, ERR_CONFLICT, "store",
                   "somebody else changed this meanwhile (" STR_FMT ": %lld rows, not %lld)",
                   STR_ARG(s->catalog.statements[step->statement].name), (long long)changed, (long long)step->expect);
}

/* In: marked = under a savepoint of its own, so that it can be undone alone. */
static bool run_batch(Store *s, const StoreBatch *b, bool marked, Err *err) {
    if (marked) TRY(s->engine->control(s->writer, STORE_MARK, err));
    for (size_t i = 0; i < b->n; i++) TRY(run_step(s, &b->steps[i], b->a, err));
    return !marked || s->engine->control(s->writer, STORE_KEEP, err);
}

/* A refusal concerns one batch; anything else (full, busy, failed disk) concerns the whole group. */
static bool is_refusal(ErrCode code) {
    return code == ERR_CONFLICT || code == ERR_INVALID;
}

/* Runs every batch in one transaction. False when it cannot be committed; without marks a refusal is such a
 * reason, with them the refused batch is undone and answered. */
static bool run_group(Store *s, StoreWaiting **group, size_t n, bool marked, StoreCounters *done, Err *err) {
    TRY(s->engine->control(s->writer, STORE_BEGIN, err));
    for (size_t i = 0; i < n; i++) {
        StoreWaiting *w = group[i];
        StoreChain before = s->chain;
        w->ok = run_batch(s, w->batch, marked, &w->err);
        if (w->ok) {
            done->batches++;
            done->events += s->chain.number - before.number;
            continue;
        }
        s->chain = before;
        if (!marked || !is_refusal(w->err.code)) {
            *err = w->err;
            return false;
        }
        TRY(s->engine->control(s->writer, STORE_UNDO, err));
    }
    return true;
}

/* The end of the log, kept beside it. */
static bool keep_head(Store *s, StoreChain before, Err *err) {
    int64_t changed = 0;
    if (s->chain.number == before.number) return true;
    StoreArg args[] = {store_int(s->chain.number), store_blob((Str){(const char *)s->chain.hash, STORE_HASH})};
    return s->engine->run(s->writer, s->head_set, args, COUNT_OF(args), &changed, err);
}

static void roll_back(Store *s, StoreChain before) {
    Err undone = {0};
    s->chain = before;
    if (!s->engine->control(s->writer, STORE_ROLLBACK, &undone)) stop_process(&undone);
}

/* Also those refused before: their conflict may have been with a neighbour that is now undone too. */
static void refuse_group(StoreWaiting **group, size_t n, const Err *err) {
    for (size_t i = 0; i < n; i++) {
        group[i]->ok = false;
        group[i]->err = *err;
    }
}

/* Savepoints cost each batch two commands and copies of pages, and a refusal is rare: the group runs without
 * them first, and only after a refusal again with them. */
void store_group_by_steps(Store *s, StoreWaiting **group, size_t n, StoreCounters *done) {
    StoreChain before = s->chain;
    StoreCounters now = {.commits = 1};
    Err err = {0};
    bool ok = run_group(s, group, n, false, &now, &err);
    if (!ok && n > 1 && is_refusal(err.code)) {
        roll_back(s, before);
        now = (StoreCounters){.commits = 1};
        ok = run_group(s, group, n, true, &now, &err);
    }
    if (ok) store_fault(s, "before-commit");
    if (ok && now.batches > 0) ok = keep_head(s, before, &err) && s->engine->control(s->writer, STORE_COMMIT, &err);
    if (ok && now.batches > 0) {
        *done = now;
        return;
    }
    if (err.code == ERR_IO) stop_process(&err);
    if (!ok) refuse_group(group, n, &err);
    roll_back(s, before);
}

/* ---- taking turns ------------------------------------------------------------------------------------------ */
/* Takes what waits, the oldest first; the leader's own batch is among it. */
static size_t take_group(Store *s, StoreWaiting **group) {
    size_t n = 0;
    pthread_mutex_lock(&s->lock);
    for (; s->first && n < STORE_GROUP_MAX; s->waiting--) {
        group[n++] = s->first;
        s->first = s->first->next;
    }
    if (!s->first) s->last = NULL;
    pthread_mutex_unlock(&s->lock);
    return n;
}

static void count(Store *s, const StoreCounters *done) {
    atomic_fetch_add(&s->epoch, 1); /* whoever is answered reads what was written */
    pthread_mutex_lock(&s->lock);
    s->counters.commits += done->commits;
    s->counters.batches += done->batches;
    s->counters.events += done->events;
    pthread_mutex_unlock(&s->lock);
}

/* Each has a semaphore of its own: nobody who wakes waits for a lock that the others want too. */
static void wake_answered(StoreWaiting *w) {
    w->done = true;
    sem_post(&w->wake); /* its owner may be gone from here on */
}

/* To wake takes as long as a short statement: the leader, for whom all wait, wakes some, and they wake the others. */
static void answer_group(StoreWaiting *own, StoreWaiting **group, size_t n) {
    size_t from = group[0] == own ? 1 : 0;
    own->done = true;
    for (size_t i = from; i < n; i += STORE_TOLD_TOGETHER) {
        size_t last = i + STORE_TOLD_TOGETHER < n ? i + STORE_TOLD_TOGETHER - 1 : n - 1;
        group[last]->next = NULL;
        wake_answered(group[i]);
    }
}

static void wake_others(StoreWaiting *first) {
    for (StoreWaiting *w = first, *next; w; w = next) {
        next = w->next;
        w->next = NULL;
        wake_answered(w);
    }
}

/* The one who leads goes on while others wait, up to a number of rounds: who must first be woken stands behind all
 * those who were just answered. Then the first of those who wait leads; when nobody does, the next who comes.
 * Out: whether the caller goes on. */
static bool goes_on(Store *s, int round) {
    pthread_mutex_lock(&s->lock);
    StoreWaiting *next = s->first;
    bool same = next && round < STORE_ROUNDS_MAX;
    s->leading = next;
    if (!next) pthread_cond_signal(&s->rest);
    pthread_mutex_unlock(&s->lock);
    if (next && !same) sem_post(&next->wake);
    return same;
}

/* A state that a reader holds would keep the housekeeping from its end. */
static void tidy(Store *s) {
    Err err = {0};
    store_readers_hold(s, false);
    if (!s->engine->tidy(s->writer, &err)) stop_process(&err);
    store_readers_hold(s, true);
}

/* One round for all who wait. The next round, if another leads it, begins while this one's callers are told, but the
 * housekeeping keeps it waiting. Out: whether the caller leads another. */
static bool lead_round(Store *s, StoreWaiting *own, int round) {
    StoreWaiting *group[STORE_GROUP_MAX];
    StoreCounters done = {0};
    size_t n = take_group(s, group);
    assert(round > 1 || group[0] == own);
    s->engine->group(s, group, n, &done);
    store_fault(s, "after-commit");
    bool due = s->engine->due && s->engine->due(s->writer), more = false;
    count(s, &done);
    if (!due) more = goes_on(s, round);
    answer_group(own, group, n);
    if (!due) return more;
    tidy(s);
    return goes_on(s, round);
}

static void lead(Store *s, StoreWaiting *own) {
    int round = 1;
    while (lead_round(s, own, round)) round++;
}

/* False when the queue is at its limit. */
static bool enqueue(Store *s, StoreWaiting *w) {
    if (s->waiting >= STORE_WAITING_MAX) return false;
    if (s->last)
        s->last->next = w;
    else
        s->first = w;
    s->last = w;
    s->waiting++;
    return true;
}

bool store_commit_numbers(Store *s, const StoreBatch *b, Err *err) {
    StoreWaiting w = {.batch = b};
    sem_init(&w.wake, 0, 0);
    pthread_mutex_lock(&s->lock);
    assert(!s->closing);
    bool queued = enqueue(s, &w), leads = queued && !s->leading;
    s->leading |= leads;
    pthread_mutex_unlock(&s->lock);
    while (queued && !leads && sem_wait(&w.wake) != 0) assert(errno == EINTR);
    if (w.done) wake_others(w.next);
    if (queued && !w.done) lead(s, &w);
    sem_destroy(&w.wake);
    if (!queued) return err_set(err, ERR_BUSY, "store", "too many changes are waiting; try again");
    if (!w.ok && err) *err = w.err;
    return w.ok;
}

bool store_commit(Store *s, StoreBatch *b, Err *err) {
    assert(s && b && !s->read_only);
    if (arena_full(b->a)) return err_set(err, ERR_LIMIT, "store", "this request has used all the memory it may");
    TRY(store_words_number(s, b, err));
    return store_commit_numbers(s, b, err);
}

bool store_writer_start(Store *s, Err *err) {
    s->event_add = store_catalog_find(&s->catalog, "store_event_add");
    s->event_next = store_catalog_find(&s->catalog, "store_event_next");
    s->head_set = store_catalog_find(&s->catalog, "store_head_set");
    s->word_add = store_catalog_find(&s->catalog, "store_word_add");
    s->word_get = store_catalog_find(&s->catalog, "store_word_get");
    return store_chain_load(s->engine, s->writer, &s->catalog, &s->chain, err);
}

void store_writer_stop(Store *s) {
    pthread_mutex_lock(&s->lock);
    s->closing = true;
    while (s->leading) pthread_cond_wait(&s->rest, &s->lock);
    pthread_mutex_unlock(&s->lock);
}
