/* Timers of processes: each timer that a process waits for is a row, written in the same commit as the state
 * that wants it and gone in the commit that fires it. Due ones fire in due order, never early, never twice,
 * late after a downtime. A timer with legal effect follows its clock: it stands still with it, moves with it,
 * and never rests on a calendar that is not published. */
#include "case/case_in.h"

#include <pthread.h>

enum { PER_COMMIT = 256, COLUMNS = 3 }; /* rows of a page: due_us, case_id, token */
static const int64_t SECOND_US = 1000000, DAY_US = 86400 * (int64_t)1000000;

/* When the clock's last day is over in office time; false while nothing may follow from it. */
static bool clock_over(const Pack *pack, Value clocks, const PackSilence *silence, int64_t *due_us) {
    int64_t day;
    if (!case_clock_final_day(clocks, silence->clock, &day)) return false;
    *due_us = (day + 1) * DAY_US - case_office_offset(pack) * SECOND_US;
    return true;
}

size_t case_timers(const Pack *pack, const CaseRecord *r, Arena *a, CaseTimer **out) {
    BpmnWant *waits;
    size_t n = 0, n_waits = value_is_null(r->process) ? 0 : bpmn_waits(pack->process, case_state_whole(pack, r->process, value_null(), a), a, &waits);
    *out = NEW_ARRAY(a, CaseTimer, n_waits + 1);
    for (size_t i = 0; i < n_waits; i++) {
        Value due = waits[i].kind == BPMN_WANT_TIMER ? value_get(waits[i].details, "due") : value_null();
        int64_t seconds, nanos, over;
        if (due.kind != VALUE_DATETIME) continue;
        date_instant(due, &seconds, &nanos);
        CaseTimer timer = {.token = waits[i].token, .node = waits[i].node, .due_us = seconds * SECOND_US + nanos / 1000};
        const PackSilence *silence = pack_silence(pack, bpmn_node(pack->process, timer.node)->id);
        if (silence && !clock_over(pack, r->clocks, silence, &over)) continue;
        if (silence && over > timer.due_us) timer.due_us = over;
        (*out)[n++] = timer;
    }
    return n;
}

/* ---- firing ---------------------------------------------------------------------------------------------------- */

static Str element_of(const Pack *pack, const CaseRecord *r, int64_t token, Arena *a) {
    CaseTimer *timers;
    size_t n = case_timers(pack, r, a, &timers);
    for (size_t i = 0; i < n; i++)
        if (timers[i].token == token) return bpmn_node(pack->process, timers[i].node)->id;
    return STR("");
}

/* A timer whose process cannot go on is set aside with the reason, so that the others fire; the case's next change
 * sets it again. */
static void set_aside(CaseHouse *h, StoreBatch *b, const Pack *pack, const CaseRecord *before, int64_t token, int64_t now_us, const Err *why, Arena *a) {
    CaseChange change = {.a = a, .pack = pack, .now_us = now_us, .after = *before};
    ValueBuild payload = {.a = a};
    build_c(&payload, "token", value_int(token));
    build_c(&payload, "element", value_str(element_of(pack, before, token, a)));
    build_c(&payload, "text", value_str(str_copy(a, str_of(why->text)))); /* why is gone when the batch is written */
    case_change_event(&change, "timer_stopped", build_ctx(&payload));
    case_add_change(h, b, before, STR("system"), &change);
}

static bool still_due(const Pack *pack, const CaseRecord *r, int64_t token, int64_t now_us, Arena *a) {
    CaseTimer *timers;
    size_t n = case_timers(pack, r, a, &timers);
    for (size_t i = 0; i < n; i++)
        if (timers[i].token == token) return timers[i].due_us <= now_us;
    return false;
}

static void build_firing(CaseHouse *h, StoreBatch *b, const Pack *pack, const CaseRecord *before, int64_t token, int64_t now_us) {
    Arena *a = store_batch_arena(b);
    Err why = {0};
    CaseChange change = {.a = a};
    ValueBuild args = {.a = a};
    build_c(&args, "token", value_int(token));
    Command c = {.what = CASE_TIMER, .case_id = before->id, .who = {.user = STR("system"), .name = STR(""), .office = before->office},
                 .version = before->version, .args = build_ctx(&args), .now_us = now_us, .offset = case_office_offset(pack)};
    if (case_decide(pack, before, -1, &c, &change, &why)) case_add_change(h, b, before, STR("system"), &change);
    else set_aside(h, b, pack, before, token, now_us, &why, a);
}

/* Adds to the batch what follows from one row; nothing when the case has moved on since, or when this program
 * cannot read the case's version of the service. */
static bool fire_one(CaseHouse *h, StoreBatch *b, const StoreArg *row, int64_t now_us, size_t *fired, Err *err) {
    Arena *a = store_batch_arena(b);
    CaseRecord before;
    TRY(case_read(h, h->get, row[1], a, &before, err));
    const Pack *pack = case_pack_of(h, &before);
    if (!pack || !still_due(pack, &before, row[2].i, now_us, a)) return true;
    build_firing(h, b, pack, &before, row[2].i, now_us);
    ++*fired;
    return true;
}

/* Out: a batch for n rows of different cases, and how many of them fire. */
static bool build_page(CaseHouse *h, const StoreArg *row, size_t n, int64_t now_us, Arena *a, StoreBatch **batch, size_t *fired, Err *err) {
    *batch = store_batch(a);
    *fired = 0;
    for (size_t i = 0; i < n; i++) TRY(fire_one(h, *batch, row + i * COLUMNS, now_us, fired, err));
    return true;
}

/* How many rows from the first one on are of different cases: what one commit can hold in due order. */
static size_t different(const StoreArg *row, size_t n) {
    for (size_t i = 1; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (row[i * COLUMNS + 1].i == row[k * COLUMNS + 1].i) return i;
    return n;
}

typedef struct Page { /* rows that fire in one commit */
    CaseHouse *h;      /* whose timers */
    Arena *a;          /* of all below */
    StoreRows rows;    /* the first n of them fire */
    size_t n, fired;   /* rows; those that have an effect */
    int64_t now_us;    /* of the tick */
    StoreBatch *batch; /* what they do */
    bool ok;           /* written */
    Err err;           /* why not */
    pthread_t thread;  /* it is being written there */
    bool apart;        /* a thread writes it */
} Page;

/* When somebody changed one of the cases meanwhile, each is tried alone; one that changed has new rows. */
static void write_alone(Page *p) {
    for (size_t i = 0; p->ok && i < p->n; i++) {
        Err trouble = {0};
        p->ok = build_page(p->h, p->rows.cells + i * COLUMNS, 1, p->now_us, p->a, &p->batch, &p->fired, &trouble) &&
                (p->fired == 0 || store_commit(p->h->store, p->batch, &trouble));
        if (!p->ok) p->err = trouble;
        p->ok |= trouble.code == ERR_CONFLICT;
    }
}

static void *write_page(void *page) {
    Page *p = page;
    p->ok = p->fired == 0 || store_commit(p->h->store, p->batch, &p->err);
    if (p->ok || p->err.code != ERR_CONFLICT) return NULL;
    p->ok = true;
    write_alone(p);
    return NULL;
}

/* False when the page before could not be written. */
static bool finish_page(Page *p, Err *err) {
    if (p->apart) pthread_join(p->thread, NULL);
    p->apart = false;
    if (!p->ok && err) *err = p->err;
    return p->ok;
}

/* Reads the page behind `last` and works out what its timers do. Each row comes once a tick: one that stays does not
 * stop the others. */
static bool read_page(Page *p, StoreArg last[COLUMNS], Err *err) {
    arena_reset(p->a);
    StoreArg args[] = {store_int(p->now_us), last[0], last[1], last[2], store_int(PER_COMMIT)};
    TRY(store_query(p->h->store, p->h->timer_due, args, COUNT_OF(args), p->a, &p->rows, err));
    p->n = different(p->rows.cells, p->rows.n);
    for (int i = 0; p->n > 0 && i < COLUMNS; i++) last[i] = p->rows.cells[(p->n - 1) * COLUMNS + (size_t)i];
    return build_page(p->h, p->rows.cells, p->n, p->now_us, p->a, &p->batch, &p->fired, err);
}

/* Pages are written one after the other; while one is, the next is worked out. */
static bool fire_pages(Page pages[2], Err *err) {
    StoreArg last[COLUMNS] = {store_int(INT64_MIN), store_int(0), store_int(0)};
    for (int i = 0;; i = !i) {
        Page *p = &pages[i], *before = &pages[!i];
        TRY(read_page(p, last, err));
        TRY(finish_page(before, err));
        if (p->n == 0) return true;
        p->apart = p->rows.n == PER_COMMIT && pthread_create(&p->thread, NULL, write_page, p) == 0;
        if (!p->apart) write_page(p);
    }
}

bool case_tick(CaseHouse *h, int64_t now_us, Err *err) {
    assert(h);
    Page pages[2];
    for (int i = 0; i < 2; i++) /* processes see whole seconds */
        pages[i] = (Page){.h = h, .a = arena_new(0), .now_us = now_us - now_us % SECOND_US, .ok = true};
    bool ok = fire_pages(pages, err);
    for (int i = 0; i < 2; i++) {
        if (pages[i].apart) pthread_join(pages[i].thread, NULL);
        arena_free(pages[i].a);
    }
    return ok && case_draft_expire(h, now_us, err) && case_message_expire(h, now_us, err);
}
