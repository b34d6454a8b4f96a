/* The worklist: what waits, oldest first, office by office. It shows what is needed to pick the next case;
 * opening one is another matter (case_view) and is logged. */
#include "case/case_in.h"

#include <string.h>

enum { DEFAULT_LIMIT = 50, MAX_LIMIT = 200, COLUMNS = 10 };

typedef struct Row { /* one line of a worklist */
    const StoreArg *c; /* COLUMNS cells */
} Row;

/* Identifiers grow with time. */
static int by_age(const StoreArg *x, const StoreArg *y) { return x[0].i < y[0].i ? -1 : x[0].i > y[0].i; }

/* Merges the sorted lists of several offices: insertion from the back, each list is short. */
static size_t merge(Row *rows, size_t n, size_t cap, const StoreRows *more) {
    for (size_t i = 0; i < more->n; i++) {
        const StoreArg *c = more->cells + i * more->columns;
        size_t at = n < cap ? n++ : cap;
        if (at == cap) {
            if (by_age(c, rows[cap - 1].c) >= 0) break;
            at = cap - 1;
        }
        while (at > 0 && by_age(c, rows[at - 1].c) < 0) {
            rows[at] = rows[at - 1];
            at--;
        }
        rows[at].c = c;
    }
    return n;
}

static Value row_value(const CaseHouse *h, const StoreArg *c, Arena *a) {
    const Pack *pack = case_pack(h, c[1].s);
    ValueBuild b = {.a = a};
    build_c(&b, "id", value_str(store_id_text(a, c[0].i)));
    build_c(&b, "service", value_str(c[1].s));
    build_c(&b, "title", case_bilingual(a, pack ? pack->title_zh : c[1].s, pack ? pack->title_en : c[1].s));
    build_c(&b, "version", value_int(c[2].i));
    build_c(&b, "state", value_str(c[3].s));
    build_c(&b, "tracking_code", value_str(case_code_text(a, c[4].i)));
    build_c(&b, "subject", value_str(c[5].s));
    build_c(&b, "created_at", case_at(a, pack, case_id_us(c[0].i)));
    build_c(&b, "proposed", case_outcome(pack, c[6].s, a));
    build_c(&b, "outcome", case_outcome(pack, c[7].s, a));
    build_c(&b, "office", value_str(c[8].s));
    build_c(&b, "due", c[9].kind == STORE_INT ? (Value){.kind = VALUE_DATE, .u.i = c[9].i} : value_null());
    return build_ctx(&b);
}

typedef struct Filter { /* a checked filter */
    Str state, term; /* "" = all; folded search term */
    int64_t code, id; /* what the term is also, or -1 */
    int64_t after;    /* identifier */
    size_t limit;
} Filter;

static int64_t as_code(Str term) {
    int64_t code;
    return case_code_number(term, &code) ? code : -1;
}

static int64_t as_id(Str term, Arena *a) {
    Str small = str_copy(a, term);
    char *p = (char *)small.p;
    int64_t id;
    for (size_t i = 0; i < small.n; i++)
        if (p[i] >= 'A' && p[i] <= 'Z') p[i] = (char)(p[i] - 'A' + 'a');
    return store_id_read(small, &id) ? id : -1;
}

static bool read_filter(Value filter, Arena *a, Filter *out, Err *err) {
    Filter f = {.state = value_get_str(filter, "state"), .limit = DEFAULT_LIMIT};
    Str find = str_trim(value_get_str(filter, "find")), after = value_get_str(filter, "after");
    if (find.n > 200) return err_set(err, ERR_INVALID, "case", "find takes at most 200 bytes");
    f.term = case_fold_term(a, find);
    f.code = as_code(find);
    f.id = as_id(find, a);
    int64_t limit = value_get_int(filter, "limit", DEFAULT_LIMIT);
    if (limit < 1 || limit > MAX_LIMIT) return err_set(err, ERR_INVALID, "case", "limit must lie between 1 and %d", MAX_LIMIT);
    f.limit = (size_t)limit;
    if (f.state.n && !str_is(f.state, "proposed") && !str_is(f.state, "decided"))
        return err_set(err, ERR_INVALID, "case", "state must be proposed or decided");
    if (after.n && !store_id_read(after, &f.after)) return err_set(err, ERR_INVALID, "case", "after must be a value that `next` gave");
    *out = f;
    return true;
}

static bool office_rows(CaseHouse *h, Str office, const Filter *f, Arena *a, StoreRows *out, Err *err) {
    StoreArg limit = store_int((int64_t)f->limit + 1), from = store_int(f->after), at = store_word(office);
    if (f->term.n)
        return store_query(h->store, h->find, (StoreArg[]){store_text(f->term), at, store_int(f->code), store_int(f->id), limit}, 5, a, out, err);
    if (f->state.n) return store_query(h->store, h->worklist, (StoreArg[]){at, store_word(f->state), from, limit}, 4, a, out, err);
    return store_query(h->store, h->worklist_all, (StoreArg[]){at, from, limit}, 3, a, out, err);
}

static bool add_counts(CaseHouse *h, Str office, int64_t *proposed, int64_t *decided, Arena *a, Err *err) {
    StoreRows rows;
    TRY(store_query(h->store, h->counts, (StoreArg[]){store_text(office)}, 1, a, &rows, err));
    for (size_t i = 0; i < rows.n; i++) {
        const StoreArg *c = rows.cells + i * rows.columns;
        *(str_is(c[0].s, "proposed") ? proposed : decided) += c[1].i;
    }
    return true;
}

bool case_list(CaseHouse *h, const AccessWho *who, Value filter, int64_t now_us, Arena *a, Value *out, Err *err) {
    (void)now_us;
    if (!who->user.n) return err_set(err, ERR_NO_SESSION, "case", "sign in first");
    Filter f = {0};
    StoreRows offices;
    int64_t proposed = 0, decided = 0;
    TRY(read_filter(filter, a, &f, err));
    TRY(access_offices(h->store, who, a, &offices, err));
    size_t cap = f.limit + 1, n = 0;
    Row *rows = NEW_ARRAY(a, Row, cap);
    for (size_t i = 0; i < offices.n; i++) {
        Str office = offices.cells[i * offices.columns].s;
        StoreRows more;
        TRY(office_rows(h, office, &f, a, &more, err));
        TRY(add_counts(h, office, &proposed, &decided, a, err));
        n = merge(rows, n, cap, &more);
    }
    ValueBuild list = {.a = a}, counts = {.a = a}, b = {.a = a};
    for (size_t i = 0; i < n && i < f.limit; i++) build_item(&list, row_value(h, rows[i].c, a));
    build_c(&counts, "proposed", value_int(proposed));
    build_c(&counts, "decided", value_int(decided));
    build_c(&b, "cases", build_list(&list));
    const StoreArg *last = n > f.limit && !f.term.n ? rows[f.limit - 1].c : NULL;
    build_c(&b, "next", last ? value_str(store_id_text(a, last[0].i)) : value_null());
    build_c(&b, "counts", build_ctx(&counts));
    *out = build_ctx(&b);
    return true;
}

bool case_next(CaseHouse *h, const AccessWho *who, Str after_id, Arena *a, Str *id, Err *err) {
    CaseRecord here;
    Value page, filter;
    TRY(case_read_for(h, who, ACCESS_CASE_READ, after_id, a, &here, err));
    *id = STR("");
    for (int from_start = 0; from_start < 2 && !id->n; from_start++) { /* past the end, the list begins anew */
        ValueBuild b = {.a = a};
        build_c(&b, "state", value_c("proposed"));
        build_c(&b, "limit", value_int(2));
        if (!from_start) build_c(&b, "after", value_str(here.id));
        filter = build_ctx(&b);
        TRY(case_list(h, who, filter, 0, a, &page, err));
        Value cases = value_get(page, "cases");
        for (uint32_t i = 0; i < cases.size && !id->n; i++) {
            Str found = value_get_str(cases.u.list[i], "id");
            if (!str_eq(found, after_id)) *id = found;
        }
    }
    return true;
}
