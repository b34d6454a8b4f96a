/* All open cases of a service go over to its version in force: page by page, each case whole or not at all; what does not
 * fit stays where it is and is told. A run that was killed goes on where it stopped, because a case that has gone over is
 * not asked for again. Looking and moving are the same walk; only the second writes. */
#include "case/migrate_in.h"

enum { PAGE = 256, MAX_REASONS = 200, MAX_PLANS = 100 };

typedef struct Reason { /* one thing that keeps cases from going over */
    Str element, text, from; /* where, why, in which version */
    const char *code;        /* of the misfit */
    int64_t n;               /* cases */
    ValueBuild cases;        /* some of them */
} Reason;

typedef struct Left { /* a version that cases leave */
    Str hash;         /* of it */
    const Pack *pack; /* NULL when this program cannot read it */
    CasePlan plan;    /* from it, when it can */
    int64_t cases, fits;
} Left;

typedef struct Walk { /* one order on its way */
    CaseHouse *h;
    const CaseMigration *order;
    const Pack *to;            /* the version in force */
    int page, count;           /* statements */
    bool writes;               /* a run */
    Arena *a, *of_page;        /* of the whole; of one page */
    Left *left;                /* n_left versions */
    size_t n_left;
    Reason *reasons;           /* n_reasons */
    size_t n_reasons;
    int64_t cases, fits, moved, changed; /* counted so far */
    Str office;                /* that was asked about last */
    bool may;                  /* the answer */
} Walk;

/* ---- what was found ----------------------------------------------------------------------------------------------------- */

static Reason *reason_of(Walk *w, const BpmnMisfit *m, Str from) {
    for (size_t i = 0; i < w->n_reasons; i++) {
        Reason *r = &w->reasons[i];
        if (str_is(str_of(m->code), r->code) && str_eq(m->element, r->element) && str_eq(m->text, r->text) && str_eq(from, r->from)) return r;
    }
    bool full = w->n_reasons == MAX_REASONS;
    Reason *r = &w->reasons[full ? MAX_REASONS - 1 : w->n_reasons++];
    if (!full)
        *r = (Reason){.element = str_copy(w->a, m->element), .text = str_copy(w->a, m->text), .from = from, .code = m->code, .cases = {.a = w->a}};
    else if (str_is(str_of(r->code), "more")) return r;
    else *r = (Reason){.element = STR(""), .text = STR("other reasons; they are told when these are gone"), .from = STR(""), .code = "more", .n = r->n, .cases = r->cases};
    return r;
}

static void note(Walk *w, Left *left, const CaseRecord *r, const CaseMisfits *misfits) {
    w->cases++;
    left->cases++;
    if (misfits->n == 0) w->fits++, left->fits++;
    for (size_t i = 0; i < misfits->n; i++) {
        Reason *reason = reason_of(w, &misfits->items[i], left->hash);
        reason->n++;
        if (reason->cases.n < w->order->examples) build_item(&reason->cases, value_str(str_copy(w->a, r->id)));
    }
}

/* ---- one case --------------------------------------------------------------------------------------------------------------- */

/* Err: as case_plan. */
static bool left_of(Walk *w, Str hash, Left **out, Err *err) {
    for (size_t i = 0; i < w->n_left; i++) {
        *out = &w->left[i];
        if (str_eq(w->left[i].hash, hash)) return true;
    }
    if (w->n_left == MAX_PLANS) return err_set(err, ERR_LIMIT, "case", "cases of more than %d versions", MAX_PLANS);
    Left *left = &w->left[w->n_left];
    *left = (Left){.hash = str_copy(w->a, hash), .pack = case_version(w->h, hash)};
    if (left->pack) TRY(case_plan(w->order, left->pack, w->to, w->a, &left->plan, err));
    w->n_left++;
    *out = left;
    return true;
}

static bool may_move(Walk *w, Str office) {
    if (!str_eq(office, w->office)) {
        w->office = str_copy(w->a, office);
        w->may = access_may_for(w->h->store, &w->order->who, ACCESS_CASE_MIGRATE, office, w->order->service);
    }
    return w->may;
}

static void try_case(Walk *w, const Left *left, const CaseRecord *r, CaseChange *change, CaseMisfits *misfits) {
    *misfits = (CaseMisfits){0};
    if (w->writes && !may_move(w, r->office)) case_misfit(misfits, r->office, "office", STR("this person has no right over the cases of this office"));
    else if (!left->pack) case_misfit(misfits, STR(""), "version", STR("this program cannot read the version of the service"));
    else case_migrate(&left->plan, r, w->writes, change, misfits);
}

/* Adds a case that fits to the batch. */
static bool take_case(Walk *w, const CaseRecord *r, StoreBatch *b, bool *fits, bool tell, Err *err) {
    Left *left = NULL;
    CaseChange change = {.a = store_batch_arena(b)};
    CaseMisfits misfits;
    TRY(left_of(w, r->pack_hash, &left, err));
    try_case(w, left, r, &change, &misfits);
    if (tell) note(w, left, r, &misfits);
    *fits = misfits.n == 0;
    if (*fits && w->writes) case_add_change(w->h, b, r, access_actor(change.a, &w->order->who), &change);
    return true;
}

/* ---- one page ---------------------------------------------------------------------------------------------------------------- */

/* Somebody changed one of the page: each is read again and goes over alone. One that changes just then is left. */
static bool move_alone(Walk *w, const StoreRows *rows, Err *err) {
    for (size_t i = 0; i < rows->n; i++) {
        Err trouble = {0};
        CaseRecord r;
        bool fits = false;
        StoreBatch *b = store_batch(w->of_page);
        TRY(case_read(w->h, w->h->get, rows->cells[i * rows->columns], w->of_page, &r, err));
        if (str_eq(r.pack_hash, w->to->hash) || value_is_null(r.process)) continue;
        TRY(take_case(w, &r, b, &fits, false, err));
        if (!fits) continue;
        if (store_commit(w->h->store, b, &trouble)) w->moved++;
        else if (trouble.code == ERR_CONFLICT) w->changed++;
        else {
            if (err) *err = trouble;
            return false;
        }
    }
    return true;
}

static bool commit_page(Walk *w, const StoreRows *rows, StoreBatch *b, int64_t n, Err *err) {
    Err trouble = {0};
    if (n == 0 || store_commit(w->h->store, b, &trouble)) {
        w->moved += n;
        return true;
    }
    if (trouble.code == ERR_CONFLICT) return move_alone(w, rows, err);
    if (err) *err = trouble;
    return false;
}

static bool walk_page(Walk *w, const StoreRows *rows, Err *err) {
    StoreBatch *b = store_batch(w->of_page);
    int64_t n = 0;
    for (size_t i = 0; i < rows->n; i++) {
        CaseRecord r;
        bool fits = false;
        const StoreArg *cells = rows->cells + i * rows->columns;
        if (w->order->from.n > 0 && !str_starts(cells[2].s, w->order->from)) continue;
        TRY(case_read_row(w->h, cells, w->of_page, &r, err));
        TRY(take_case(w, &r, b, &fits, true, err));
        n += fits;
    }
    return !w->writes || commit_page(w, rows, b, n, err);
}

static bool walk(Walk *w, CaseProgress *told, void *who, Err *err) {
    StoreRows rows;
    StoreArg service = store_text(w->order->service), to = store_text(w->to->hash), after = store_int(0);
    TRY(store_query(w->h->store, w->count, (StoreArg[]){service, to}, 2, w->a, &rows, err));
    int64_t total = rows.cells[0].i, seen = 0;
    do {
        arena_reset(w->of_page);
        TRY(store_query(w->h->store, w->page, (StoreArg[]){service, to, after, store_int(PAGE)}, 4, w->of_page, &rows, err));
        if (rows.n > 0) after = store_int(rows.cells[(rows.n - 1) * rows.columns].i);
        TRY(walk_page(w, &rows, err));
        seen += (int64_t)rows.n;
        if (told && rows.n > 0) told(who, seen, total);
    } while (rows.n == PAGE);
    return true;
}

/* ---- the report ----------------------------------------------------------------------------------------------------------------- */

static Value left_value(const Left *left, Arena *a) {
    ValueBuild b = {.a = a};
    build_c(&b, "hash", value_str(left->hash));
    build_c(&b, "version", value_str(left->pack ? left->pack->version : STR("")));
    build_c(&b, "cases", value_int(left->cases));
    build_c(&b, "fits", value_int(left->fits));
    return build_ctx(&b);
}

static Value reason_value(const Reason *reason, Arena *a) {
    ValueBuild b = {.a = a};
    build_c(&b, "code", value_c(reason->code));
    build_c(&b, "element", value_str(reason->element));
    build_c(&b, "text", value_str(reason->text));
    build_c(&b, "from", value_str(reason->from));
    build_c(&b, "n", value_int(reason->n));
    build_c(&b, "cases", build_list(&reason->cases));
    return build_ctx(&b);
}

static Value report_of(const Walk *w) {
    ValueBuild b = {.a = w->a}, from = {.a = w->a}, misfits = {.a = w->a};
    for (size_t i = 0; i < w->n_left; i++) build_item(&from, left_value(&w->left[i], w->a));
    for (size_t i = 0; i < w->n_reasons; i++) build_item(&misfits, reason_value(&w->reasons[i], w->a));
    build_c(&b, "service", value_str(w->order->service));
    build_c(&b, "to", value_str(w->to->hash));
    build_c(&b, "version", value_str(w->to->version));
    build_c(&b, "from", build_list(&from));
    build_c(&b, "cases", value_int(w->cases));
    build_c(&b, "fits", value_int(w->fits));
    build_c(&b, "migrated", value_int(w->moved));
    build_c(&b, "changed", value_int(w->changed));
    build_c(&b, "misfits", build_list(&misfits));
    return build_ctx(&b);
}

/* Some version that is left begins with the hash. */
static bool knows_from(const CaseHouse *h, const CaseMigration *order) {
    for (size_t i = 0; order->from.n > 0 && i < h->n_versions; i++)
        if (str_eq(h->versions[i]->id, order->service) && str_starts(h->versions[i]->hash, order->from)) return true;
    return order->from.n == 0;
}

static bool carry_out(CaseHouse *h, const CaseMigration *order, bool writes, CaseProgress *told, void *who, Arena *a, Value *report, Err *err) {
    assert(h && order && a && report);
    Walk w = {.h = h, .order = order, .to = case_pack(h, order->service), .writes = writes, .a = a, .left = NEW_ARRAY(a, Left, MAX_PLANS),
              .reasons = NEW_ARRAY(a, Reason, MAX_REASONS), .page = store_statement(h->store, "case_migrate_page"),
              .count = store_statement(h->store, "case_migrate_count")};
    if (!w.to) return err_set(err, ERR_NOT_FOUND, "case", "there is no service " STR_FMT, STR_ARG(str_head(order->service, 60)));
    if (!knows_from(h, order)) return err_set(err, ERR_NOT_FOUND, "case", "no version of this service has such a hash");
    TRY(case_check_changes(order->changes, err));
    w.of_page = arena_new(0);
    bool ok = walk(&w, told, who, err);
    if (ok) *report = report_of(&w);
    arena_free(w.of_page);
    return ok;
}

bool case_migrate_plan(CaseHouse *h, const CaseMigration *order, CaseProgress *told, void *who, Arena *a, Value *report, Err *err) {
    return carry_out(h, order, false, told, who, a, report, err);
}

bool case_migrate_run(CaseHouse *h, const CaseMigration *order, CaseProgress *told, void *who, Arena *a, Value *report, Err *err) {
    if (!access_may(h->store, &order->who, ACCESS_CASE_MIGRATE, STR("")))
        return err_set(err, ERR_DENIED, "case", "only a supervisor or a lawyer lets cases go over to another version");
    return carry_out(h, order, true, told, who, a, report, err);
}
