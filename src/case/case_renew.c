/* When a year's days off are published, deadlines that rested on a guess are reckoned again, each with an event
 * that holds both values. It runs while the house opens; it changes nothing but clocks. */
#include "case/case_in.h"

enum { PAGE = 200 };

static bool renew_one(CaseHouse *h, StoreArg id, int64_t now_us, Arena *a, Err *err) {
    CaseRecord before;
    CaseChange change = {.a = a};
    Err trouble = {0};
    TRY(case_read(h, h->get, id, a, &before, err));
    const Pack *pack = case_pack_of(h, &before);
    if (!pack) return true; /* a version that this program cannot read keeps what it has */
    change.pack = pack;
    change.now_us = now_us;
    change.after = before;
    TRY(case_clock_renew(pack, &change, err));
    if (change.n_events == 0) return true;
    StoreBatch *b = store_batch(a);
    case_add_change(h, b, &before, STR("system"), &change);
    if (store_commit(h->store, b, &trouble) || trouble.code == ERR_CONFLICT) return true; /* who was faster reckoned anew too */
    if (err) *err = trouble;
    return false;
}

bool case_renew_clocks(CaseHouse *h, int64_t now_us, Err *err) {
    int64_t after = 0;
    Arena *pages = arena_new(0), *a = arena_new(0);
    bool ok = true, more = true;
    while (ok && more) {
        StoreRows rows;
        ok = store_query(h->store, h->provisional, (StoreArg[]){store_int(after), store_int(PAGE)}, 2, pages, &rows, err);
        more = ok && rows.n == PAGE;
        for (size_t i = 0; ok && i < rows.n; i++) {
            ok = renew_one(h, rows.cells[i], now_us, a, err);
            after = rows.cells[i].i;
            arena_reset(a);
        }
    }
    arena_free(a);
    arena_free(pages);
    return ok;
}
