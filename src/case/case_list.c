/* The worklist: what waits, oldest first, office by office. It shows what is needed to pick the next case;
 * opening one is another matter (case_view) and is logged. */
#include "case/case_in.h"

#include <string.h>

enum { DEFAULT_LIMIT = 50, MAX_LIMIT = 200 };

typedef struct Row { /* one line of a worklist */
    const StoreArg *c; /* CASE_ROW_COLUMNS cells */
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

/* States of a case, and whether somebody still has to do something. */
static const struct {
    const char *state;
    bool open;
} states[] = {
    {"proposed", true},   {"submitted", true},  {"awaiting_correction", true}, {"accepted", true},  {"in_review", true}, {"suspended", true},
    {"decided", false},   {"delivered", false}, {"withdrawn", false},          {"rejected", false}, {"closed", false},
};

static bool is_group(Str s) { return str_is(s, "open") || str_is(s, "ended"); }

static bool is_state(Str s) {
    bool known = false;
    for (size_t i = 0; i < COUNT_OF(states); i++) known |= str_is(s, states[i].state);
    return known;
}

static bool wanted(Str filter, size_t i) {
    return str_is(filter, states[i].state) || (is_group(filter) && states[i].open == str_is(filter, "open"));
}

static bool is_open(Str state) {
    bool open = false;
    for (size_t i = 0; i < COUNT_OF(states); i++) open |= states[i].open && str_is(state, states[i].state);
    return open;
}

Value case_row_value(CaseHouse *h, const StoreArg *c, Arena *a) {
    const Pack *pack = case_pack(h, c[1].s);
    ValueBuild b = {.a = a};
    build_c(&b, "id", value_str(store_id_text(a, c[0].i)));
    build_c(&b, "service", value_str(c[1].s));
    build_c(&b, "title", case_bilingual(a, pack ? pack->title_zh : c[1].s, pack ? pack->title_en : c[1].s));
    build_c(&b, "version", value_int(c[2].i));
    build_c(&b, "state", value_str(c[3].s));
    build_c(&b, "open", value_bool(is_open(c[3].s)));
    build_c(&b, "tracking_code", value_str(case_code_text(a, c[4].i)));
    build_c(&b, "subject", value_str(c[5].s));
    build_c(&b, "created_at", case_at(a, pack, case_id_us(c[0].i)));
    build_c(&b, "proposed", case_outcome(pack, c[6].s, a));
    build_c(&b, "outcome", case_outcome(pack, c[7].s, a));
    build_c(&b, "office", value_str(c[8].s));
    build_c(&b, "due", case_board_is_day(c[9].i) ? (Value){.kind = VALUE_DATE, .u.i = c[9].i} : value_null());
    build_c(&b, "held", value_bool(c[9].i == CASE_BOARD_HELD));
    Str login = c[10].kind == STORE_TEXT ? c[10].s : STR("");
    build_c(&b, "assignee", value_str(login));
    build_c(&b, "assignee_name", value_get(case_assignee(h, login, a), "name"));
    return build_ctx(&b);
}

typedef struct Filter { /* a checked filter */
    Str state, term; /* "" = all; folded search term */
    bool nobody;     /* only what nobody has */
    Str mine;        /* login: only what they have; "" = all */
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

static bool read_whose(Value filter, const AccessWho *who, Filter *f, Err *err) {
    Str whose = value_get_str(filter, "whose");
    f->nobody = str_is(whose, "nobody");
    if (f->nobody && f->state.n == 0) f->state = STR("open");
    if (str_is(whose, "mine")) f->mine = who->user;
    return whose.n == 0 || f->nobody || f->mine.n > 0 || err_set(err, ERR_INVALID, "case", "whose must be mine or nobody");
}

static bool read_filter(Value filter, const AccessWho *who, Arena *a, Filter *out, Err *err) {
    Filter f = {.state = value_get_str(filter, "state"), .limit = DEFAULT_LIMIT};
    Str find = str_trim(value_get_str(filter, "find")), after = value_get_str(filter, "after");
    if (find.n > 200) return err_set(err, ERR_INVALID, "case", "find takes at most 200 bytes");
    f.term = case_fold_term(a, find);
    f.code = as_code(find);
    f.id = as_id(find, a);
    int64_t limit = value_get_int(filter, "limit", DEFAULT_LIMIT);
    if (limit < 1 || limit > MAX_LIMIT) return err_set(err, ERR_INVALID, "case", "limit must lie between 1 and %d", MAX_LIMIT);
    f.limit = (size_t)limit;
    if (f.state.n && !is_group(f.state) && !is_state(f.state)) return err_set(err, ERR_INVALID, "case", "state must be open, ended or a state of a case");
    if (after.n && !store_id_read(after, &f.after)) return err_set(err, ERR_INVALID, "case", "after must be a value that `next` gave");
    TRY(read_whose(filter, who, &f, err));
    *out = f;
    return true;
}

typedef struct Page { /* the rows found so far */
    Row *rows;         /* oldest first */
    size_t n, cap;     /* of them; one more than asked for, so that it is known whether there are more */
} Page;

static bool add_rows(CaseHouse *h, int statement, const StoreArg *args, size_t n_args, Page *page, Arena *a, Err *err) {
    StoreRows more;
    TRY(store_query(h->store, statement, args, n_args, a, &more, err));
    page->n = merge(page->rows, page->n, page->cap, &more);
    return true;
}

static bool place_rows(CaseHouse *h, const AccessPlace *place, const Filter *f, Page *page, Arena *a, Err *err) {
    StoreArg limit = store_int((int64_t)f->limit + 1), from = store_int(f->after), at = store_word(place->office), service = store_text(place->service);
    if (f->term.n)
        return add_rows(h, h->find, (StoreArg[]){store_text(f->term), at, store_int(f->code), store_int(f->id), limit, service}, 6, page, a, err);
    if (f->mine.n) return add_rows(h, h->worklist_mine, (StoreArg[]){at, store_word(f->mine), from, limit, service}, 5, page, a, err);
    if (!f->state.n) return add_rows(h, h->worklist_all, (StoreArg[]){at, from, limit, service}, 4, page, a, err);
    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (wanted(f->state, i))
            TRY(add_rows(h, f->nobody ? h->worklist_free : h->worklist, (StoreArg[]){at, store_word(str_of(states[i].state)), from, limit, service}, 5, page, a, err));
    return true;
}

static bool read_page(CaseHouse *h, const AccessPlaces *places, const Filter *f, Arena *a, Page *out, Err *err) {
    *out = (Page){.rows = NEW_ARRAY(a, Row, f->limit + 1), .cap = f->limit + 1};
    for (size_t i = 0; i < places->n; i++) TRY(place_rows(h, &places->items[i], f, out, a, err));
    return true;
}

typedef struct Counts { /* of a person's offices */
    int64_t n[COUNT_OF(states)]; /* cases in each state */
    int64_t mine, taken;         /* open ones that the person has; that anybody has */
} Counts;

static bool add_counts(CaseHouse *h, const AccessWho *who, const AccessPlace *place, Counts *counts, Arena *a, Err *err) {
    StoreRows rows;
    TRY(store_query(h->store, h->counts, (StoreArg[]){store_text(place->office), store_text(place->service)}, 2, a, &rows, err));
    for (size_t i = 0; i < rows.n; i++)
        for (size_t k = 0; k < COUNT_OF(states); k++)
            if (str_is(rows.cells[i * rows.columns].s, states[k].state)) counts->n[k] += rows.cells[i * rows.columns + 1].i;
    TRY(store_query(h->store, h->counts_taken, (StoreArg[]){store_text(place->office), store_text(who->user), store_text(place->service)}, 3, a, &rows, err));
    for (size_t i = 0; i < rows.n; i++) {
        const StoreArg *c = rows.cells + i * rows.columns;
        if (is_open(c[0].s)) counts->taken += c[2].i;
        if (c[1].i) counts->mine += c[2].i;
    }
    return true;
}

/* Every state that some case is in, and how many are open and ended. */
static Value counts_value(const Counts *counts, Arena *a) {
    ValueBuild b = {.a = a};
    int64_t sums[2] = {0};
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        sums[states[i].open] += counts->n[i];
        if (counts->n[i] > 0) build_c(&b, states[i].state, value_int(counts->n[i]));
    }
    build_c(&b, "open", value_int(sums[1]));
    build_c(&b, "ended", value_int(sums[0]));
    build_c(&b, "mine", value_int(counts->mine));
    build_c(&b, "nobody", value_int(sums[1] - counts->taken));
    return build_ctx(&b);
}

bool case_list(CaseHouse *h, const AccessWho *who, Value filter, int64_t now_us, Arena *a, Value *out, Err *err) {
    (void)now_us;
    if (!who->user.n) return err_set(err, ERR_NO_SESSION, "case", "sign in first");
    Filter f = {0};
    AccessPlaces places;
    Counts counts = {0};
    TRY(read_filter(filter, who, a, &f, err));
    TRY(access_places(h->store, who, ACCESS_CASE_READ, a, &places, err));
    Page page;
    TRY(read_page(h, &places, &f, a, &page, err));
    for (size_t i = 0; i < places.n; i++) TRY(add_counts(h, who, &places.items[i], &counts, a, err));
    ValueBuild list = {.a = a}, b = {.a = a};
    for (size_t i = 0; i < page.n && i < f.limit; i++) build_item(&list, case_row_value(h, page.rows[i].c, a));
    build_c(&b, "cases", build_list(&list));
    const StoreArg *last = page.n > f.limit && !f.term.n ? page.rows[f.limit - 1].c : NULL;
    build_c(&b, "next", last ? value_str(store_id_text(a, last[0].i)) : value_null());
    build_c(&b, "counts", counts_value(&counts, a));
    *out = build_ctx(&b);
    return true;
}

/* Nobody has it, or who asks. */
static bool is_for(const StoreArg *c, const AccessWho *who) { return c[10].kind != STORE_TEXT || str_eq(c[10].s, who->user); }

bool case_next(CaseHouse *h, const AccessWho *who, Str after_id, Arena *a, Str *id, Err *err) {
    CaseRecord here;
    AccessPlaces places;
    int64_t own = case_id_arg(after_id).i;
    TRY(case_read_for(h, who, ACCESS_CASE_READ, after_id, a, &here, err));
    TRY(access_places(h->store, who, ACCESS_CASE_READ, a, &places, err));
    *id = STR("");
    for (int from_start = 0; from_start < 2 && !id->n; from_start++) { /* past the end, the list begins anew */
        Filter f = {.state = STR("open"), .after = from_start ? 0 : own, .limit = DEFAULT_LIMIT};
        Page page;
        TRY(read_page(h, &places, &f, a, &page, err));
        for (size_t i = 0; i < page.n && !id->n; i++)
            if (page.rows[i].c[0].i != own && is_for(page.rows[i].c, who)) *id = store_id_text(a, page.rows[i].c[0].i);
    }
    return true;
}
