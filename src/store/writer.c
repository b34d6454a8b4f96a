/* The writer: one thread that merges the waiting batches into one durable commit. Each batch runs under
 * its own savepoint, so one that fails leaves its neighbours untouched. It answers nobody before the
 * commit is on disk, and after a disk error it stops the process: a retried fsync may lie. */
#include "store/store_in.h"

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
static bool next_seq(Store *s, Str stream, Arena *a, int64_t *out, Err *err) {
    StoreArg args[] = {store_text(stream)};
    StoreRows rows;
    TRY(s->engine->query(s->writer, s->event_next, args, COUNT_OF(args), a, &rows, err));
    assert(rows.n == 1);
    *out = rows.cells[0].i;
    return true;
}

/* In: an arena of the thread that waits for this batch, which is still while we write. */
static bool run_event(Store *s, const StoreEvent *given, Arena *a, Err *err) {
    StoreEvent event = *given, *e = &event;
    int64_t changed;
    if (e->seq == STORE_NEXT) TRY(next_seq(s, e->stream, a, &e->seq, err));
    StoreChain next = store_chain_next(&s->chain, e);
    StoreArg args[] = {store_int(next.number), store_text(e->stream),
                       store_int(e->seq),      store_text(e->kind),
                       store_text(e->actor),   store_int(e->at_us),
                       store_text(e->payload), store_blob((Str){(const char *)next.hash, STORE_HASH})};
    TRY(s->engine->run(s->writer, s->event_add, args, COUNT_OF(args), &changed, err));
    s->chain = next;
    return true;
}

static bool run_step(Store *s, const StoreStep *step, Arena *a, Err *err) {
    int64_t changed = 0;
    if (step->statement < 0) return run_event(s, &step->event, a, err);
    TRY(s->engine->run(s->writer, step->statement, step->args, step->n_args, &changed, err));
    if (step->expect < 0 || changed == step->expect) return true;
    return err_set(err, ERR_CONFLICT, "store",
                   "somebody else changed this meanwhile (" STR_FMT ": %lld rows, not %lld)",
                   STR_ARG(s->catalog.statements[step->statement].name), (long long)changed, (long long)step->expect);
}

static bool run_batch(Store *s, const StoreBatch *b, Err *err) {
    TRY(s->engine->control(s->writer, STORE_MARK, err));
    for (size_t i = 0; i < b->n; i++) TRY(run_step(s, &b->steps[i], b->a, err));
    return s->engine->control(s->writer, STORE_KEEP, err);
}

/* A refusal concerns one batch; anything else (full, busy, failed disk) concerns the whole group. */
static bool is_refusal(ErrCode code) {
    return code == ERR_CONFLICT || code == ERR_INVALID;
}

/* Runs every batch; those refused are undone and answered. False when the group as a whole cannot go on. */
static bool run_group(Store *s, StoreWaiting **group, size_t n, StoreCounters *done, Err *err) {
    TRY(s->engine->control(s->writer, STORE_BEGIN, err));
    for (size_t i = 0; i < n; i++) {
        StoreWaiting *w = group[i];
        StoreChain before = s->chain;
        w->ok = run_batch(s, w->batch, &w->err);
        if (w->ok) {
            done->batches++;
            done->events += s->chain.number - before.number;
            continue;
        }
        s->chain = before;
        if (!is_refusal(w->err.code)) {
            *err = w->err;
            return false;
        }
        TRY(s->engine->control(s->writer, STORE_UNDO, err));
    }
    return true;
}

/* Also those refused before: their conflict may have been with a neighbour that is now undone too. */
static void refuse_group(StoreWaiting **group, size_t n, const Err *err) {
    for (size_t i = 0; i < n; i++) {
        group[i]->ok = false;
        group[i]->err = *err;
    }
}

static void commit_group(Store *s, StoreWaiting **group, size_t n, StoreCounters *done) {
    StoreChain before = s->chain;
    StoreCounters now = {.commits = 1};
    Err err = {0};
    bool ok = run_group(s, group, n, &now, &err);
    if (ok && now.batches > 0) ok = s->engine->control(s->writer, STORE_COMMIT, &err);
    if (ok && now.batches > 0) {
        *done = now;
        return;
    }
    if (err.code == ERR_IO) stop_process(&err);
    s->chain = before;
    if (!ok) refuse_group(group, n, &err);
    Err undone = {0};
    if (!s->engine->control(s->writer, STORE_ROLLBACK, &undone)) stop_process(&undone);
}

/* Waits for work. 0 when the store closes and nothing waits any more. */
static size_t take_group(Store *s, StoreWaiting **group) {
    size_t n = 0;
    pthread_mutex_lock(&s->lock);
    while (!s->first && !s->closing) pthread_cond_wait(&s->work, &s->lock);
    for (; s->first && n < STORE_GROUP_MAX; s->waiting--) {
        group[n++] = s->first;
        s->first = s->first->next;
    }
    if (!s->first) s->last = NULL;
    pthread_mutex_unlock(&s->lock);
    return n;
}

static void answer_group(Store *s, StoreWaiting **group, size_t n, const StoreCounters *done) {
    pthread_mutex_lock(&s->lock);
    s->counters.commits += done->commits;
    s->counters.batches += done->batches;
    s->counters.events += done->events;
    for (size_t i = 0; i < n; i++) {
        group[i]->done = true;
        pthread_cond_signal(&group[i]->wake);
    }
    pthread_mutex_unlock(&s->lock);
}

static void *writer_main(void *store) {
    Store *s = store;
    StoreWaiting *group[STORE_GROUP_MAX];
    for (size_t n; (n = take_group(s, group)) > 0;) {
        StoreCounters done = {0};
        Err err = {0};
        commit_group(s, group, n, &done);
        answer_group(s, group, n, &done);
        if (!s->engine->tidy(s->writer, &err)) stop_process(&err);
    }
    return NULL;
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
    pthread_cond_signal(&s->work);
    return true;
}

bool store_commit(Store *s, StoreBatch *b, Err *err) {
    assert(s && b && !s->read_only);
    if (arena_full(b->a)) return err_set(err, ERR_LIMIT, "store", "this request has used all the memory it may");
    StoreWaiting w = {.batch = b, .wake = PTHREAD_COND_INITIALIZER};
    pthread_mutex_lock(&s->lock);
    assert(!s->closing);
    bool queued = enqueue(s, &w);
    while (queued && !w.done) pthread_cond_wait(&w.wake, &s->lock);
    pthread_mutex_unlock(&s->lock);
    pthread_cond_destroy(&w.wake);
    if (!queued) return err_set(err, ERR_BUSY, "store", "too many changes are waiting; try again");
    if (!w.ok && err) *err = w.err;
    return w.ok;
}

bool store_writer_start(Store *s, Err *err) {
    s->event_add = store_catalog_find(&s->catalog, "store_event_add");
    s->event_next = store_catalog_find(&s->catalog, "store_event_next");
    TRY(store_chain_load(s->engine, s->writer, &s->catalog, &s->chain, err));
    s->thread_runs = pthread_create(&s->thread, NULL, writer_main, s) == 0;
    return s->thread_runs || err_set(err, ERR_BUSY, "store", "the writer thread could not be started");
}

void store_writer_stop(Store *s) {
    pthread_mutex_lock(&s->lock);
    s->closing = true;
    pthread_cond_signal(&s->work);
    pthread_mutex_unlock(&s->lock);
    if (s->thread_runs) pthread_join(s->thread, NULL);
    s->thread_runs = false;
}
