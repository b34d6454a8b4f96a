/* Folding the log again: reads every event of a store and makes the projections anew in an empty one, by the same
 * folds that made them. Needs nothing but the log: versions of packs lie in it. Changes nothing in the first store. */
#include "case/case_in.h"

enum { PAGE = 500, CASE_PAGE = 1000, BATCH_CASES = 100, MAX_VERSIONS = 2000 };

typedef struct Refold {    /* one folding on its way */
    Store *log;            /* whose events */
    CaseFold *further;     /* of other rooms */
    CaseHouse house;       /* the store to fill, and versions from the log */
    Arena *a;              /* of the whole; versions */
    Arena *page;           /* of the events being folded */
    StoreBatch *b;         /* rows to be written */
    int cases;             /* in the batch */
} Refold;

static bool flush(Refold *f, Err *err) {
    bool ok = store_commit(f->house.store, f->b, err);
    f->cases = 0;
    return ok;
}

/* Rows reach back into the page they came from. */
static void new_page(Refold *f) {
    arena_reset(f->page);
    f->b = store_batch(f->page);
}

static bool fold_version(Refold *f, const StoreEvent *e, Err *err) {
    Value payload;
    if (f->house.n_versions == MAX_VERSIONS) return err_set(err, ERR_LIMIT, "case", "more than %d versions of packs", MAX_VERSIONS);
    TRY(json_parse(e->payload, CASE_FILES, f->a, &payload, err));
    Str id = str_copy(f->a, str_sub(e->stream, 5, e->stream.n - 5)); /* after "pack/" */
    case_compile_version(&f->house, id, payload, value_null(), f->a);
    return true;
}

/* A case that has gone over names a version that may come later in the log. */
static bool version_of(Refold *f, Str service, Str hash, const Pack **out, Err *err) {
    StoreEvents events;
    *out = case_version(&f->house, hash);
    if (*out) return true;
    TRY(store_events(f->log, str_join2(f->page, STR("pack/"), service), 0, MAX_VERSIONS, f->page, &events, err));
    for (size_t i = 0; i < events.n; i++) TRY(fold_version(f, &events.items[i], err));
    *out = case_version(&f->house, hash);
    return true;
}

static bool fold_events(Refold *f, const StoreEvents *events, const Pack **pack, Arena *a, CaseRecord *r, Err *err) {
    for (size_t i = 0; i < events->n; i++) {
        const StoreEvent *e = &events->items[i];
        Value payload;
        TRY(json_parse(e->payload, CASE_JSON, a, &payload, err));
        if (!*pack) *pack = case_version(&f->house, value_get_str(payload, "pack"));
        if (str_is(e->kind, "migrated")) TRY(version_of(f, r->service, value_get_str(payload, "to"), pack, err));
        if (!*pack) return err_set(err, ERR_STATE, "case", "event %lld: this program cannot read the version of the service", (long long)e->number);
        case_fold(*pack, e->kind, payload, e->at_us, a, r);
    }
    return true;
}

/* A whole case at once, when its first event comes. */
static bool fold_case(Refold *f, Str stream, Err *err) {
    Arena *a = f->page;
    CaseRecord r = {.id = str_sub(stream, 5, stream.n - 5)}; /* after "case/" */
    const Pack *pack = NULL;
    StoreEvents events;
    int64_t after = 0;
    do {
        TRY(store_events(f->log, stream, after, CASE_PAGE, a, &events, err));
        TRY(fold_events(f, &events, &pack, a, &r, err));
        if (events.n > 0) after = events.items[events.n - 1].seq;
    } while (events.n == CASE_PAGE);
    case_project(&f->house, f->b, pack, NULL, &r);
    f->cases++;
    return true;
}

static bool fold_event(Refold *f, const StoreEvent *e, Err *err) {
    TRY(access_fold(f->house.store, f->b, e, err) && case_cash_fold(&f->house, f->b, e, err));
    if (f->further) TRY(f->further(f->house.store, f->b, e, err));
    if (str_starts(e->stream, STR("pack/")) && str_is(e->kind, "installed")) return fold_version(f, e, err);
    return !str_starts(e->stream, STR("case/")) || e->seq != 1 || fold_case(f, e->stream, err);
}

/* Out: the last number folded; the same when nothing is left. */
static bool fold_page(Refold *f, int64_t *number, Err *err) {
    StoreEvents events;
    new_page(f);
    TRY(store_log(f->log, *number, PAGE, f->page, &events, err));
    for (size_t i = 0; i < events.n; i++) {
        TRY(fold_event(f, &events.items[i], err));
        *number = events.items[i].number;
        if (f->cases >= BATCH_CASES) break;
    }
    return events.n == 0 || flush(f, err);
}

bool case_refold(Store *log, Store *into, CaseFold *further, CaseTold *told, void *who, Err *err) {
    assert(log && into && log != into);
    Refold f = {.log = log, .further = further, .a = arena_new(0), .page = arena_new(0), .house = {.store = into, .cap_versions = MAX_VERSIONS}};
    f.house.versions = NEW_ARRAY(f.a, const Pack *, MAX_VERSIONS);
    case_statements(&f.house);
    int64_t number = 0;
    bool ok = true, more = true;
    while (ok && more) {
        int64_t from = number;
        ok = fold_page(&f, &number, err);
        more = number > from;
        if (ok && told) told(who, number);
    }
    arena_free(f.page);
    arena_free(f.a);
    return ok;
}
