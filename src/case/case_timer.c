/* Timers of processes: each timer that a process waits for is a row, written in the same commit as the state
 * that wants it and gone in the commit that fires it. Due ones fire in due order, never early, never twice,
 * late after a downtime. A timer with legal effect follows its clock: it stands still with it, moves with it,
 * and never rests on a calendar that is not published. */
#include "case/case_in.h"

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

/* One commit for n rows of different cases. */
static bool fire_some(CaseHouse *h, const StoreArg *row, size_t n, int64_t now_us, Arena *a, Err *err) {
    StoreBatch *b = store_batch(a);
    size_t fired = 0;
    for (size_t i = 0; i < n; i++) TRY(fire_one(h, b, row + i * COLUMNS, now_us, &fired, err));
    return fired == 0 || store_commit(h->store, b, err);
}

/* How many rows from the first one on are of different cases: what one commit can hold in due order. */
static size_t different(const StoreArg *row, size_t n) {
    for (size_t i = 1; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (row[i * COLUMNS + 1].i == row[k * COLUMNS + 1].i) return i;
    return n;
}

/* When somebody changes one of the cases meanwhile, each is tried alone; one that changed has new rows. */
static bool fire_all(CaseHouse *h, const StoreArg *row, size_t n, int64_t now_us, Arena *a, Err *err) {
    Err trouble = {0};
    bool ok = fire_some(h, row, n, now_us, a, &trouble), again = !ok && trouble.code == ERR_CONFLICT;
    for (size_t i = 0; again && i < n; i++) {
        ok = fire_some(h, row + i * COLUMNS, 1, now_us, a, &trouble) || trouble.code == ERR_CONFLICT;
        again = ok;
    }
    if (!ok && err) *err = trouble;
    return ok;
}

bool case_tick(CaseHouse *h, int64_t now_us, Err *err) {
    assert(h);
    int64_t now = now_us - now_us % SECOND_US; /* processes see whole seconds */
    Arena *a = arena_new(0);
    StoreArg due = store_int(INT64_MIN), id = store_int(0), token = store_int(0);
    bool ok = true;
    for (size_t n = 1; ok && n > 0;) { /* each row once a tick: one that stays does not stop the others */
        StoreRows rows;
        arena_reset(a);
        ok = store_query(h->store, h->timer_due, (StoreArg[]){store_int(now), due, id, token, store_int(PER_COMMIT)}, 5, a, &rows, err);
        n = ok ? different(rows.cells, rows.n) : 0;
        if (n == 0) break;
        const StoreArg *last = rows.cells + (n - 1) * COLUMNS;
        due = last[0], id = last[1], token = last[2];
        ok = fire_all(h, rows.cells, n, now, a, err);
    }
    arena_free(a);
    return ok;
}
