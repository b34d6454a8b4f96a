/* Comparing projections: the rows of one table in two stores, side by side in the order of its key. Says where they
 * part first; repairs nothing. */
#include "store/store_in.h"

#include <string.h>

enum { PAGE = 1000 };

typedef struct Side {  /* one of the two tables being read */
    Store *s;          /* where it is */
    const StoreTable *table; /* which */
    Arena *a;          /* of the page */
    Arena *keys;       /* of the key after which the next page begins */
    StoreArg after[STORE_KEYS + 1]; /* that key, and the limit */
    StoreRows page;    /* rows at hand */
    size_t at;         /* next of them */
    int statement;     /* the dump */
} Side;

size_t store_projections(const Store *s) {
    return s->catalog.n_projections;
}

Str store_projection(const Store *s, size_t i) {
    assert(i < s->catalog.n_projections);
    return s->catalog.tables[i].name;
}

static Side side_of(Store *s, const StoreTable *table, Arena *a) {
    const char *dump = str_c(a, str_join2(a, table->name, STR("_dump")));
    Side side = {.s = s, .table = table, .a = arena_new(0), .keys = arena_new(0), .statement = store_statement(s, dump)};
    for (size_t i = 0; i < table->n_keys; i++) side.after[i] = table->keys[i] == STORE_TEXT ? store_text(STR("")) : store_int(INT64_MIN);
    side.after[table->n_keys] = store_int(PAGE);
    return side;
}

static void close_side(Side *side) {
    arena_free(side->a);
    arena_free(side->keys);
}

/* The next row, NULL at the end. */
static bool next_row(Side *side, const StoreArg **row, Err *err) {
    *row = NULL;
    if (side->at == side->page.n && (side->page.n == PAGE || side->page.columns == 0)) {
        arena_reset(side->a);
        TRY(store_query(side->s, side->statement, side->after, side->table->n_keys + 1, side->a, &side->page, err));
        side->at = 0;
    }
    if (side->at == side->page.n) return true;
    *row = side->page.cells + side->at++ * side->page.columns;
    if (side->at < side->page.n) return true;
    arena_reset(side->keys);
    for (size_t i = 0; i < side->table->n_keys; i++) {
        side->after[i] = (*row)[i];
        side->after[i].s = str_copy(side->keys, (*row)[i].s);
    }
    return true;
}

static int order(const StoreArg *x, const StoreArg *y, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (x[i].kind != y[i].kind) return x[i].kind < y[i].kind ? -1 : 1;
        if (x[i].i != y[i].i) return x[i].i < y[i].i ? -1 : 1;
        int rc = str_cmp(x[i].s, y[i].s);
        if (rc != 0) return rc;
    }
    return 0;
}

static Value cell_value(const StoreArg *c, Arena *a) {
    if (c->kind == STORE_NULL) return value_null();
    if (c->kind == STORE_INT) return value_int(c->i);
    return value_str(c->kind == STORE_TEXT && utf8_valid(c->s) ? str_copy(a, c->s) : str_printf(a, "%zu bytes", c->s.n));
}

static Str row_json(const StoreArg *row, size_t n, Arena *a) {
    ValueBuild list = {.a = a};
    if (!row) return STR("");
    for (size_t i = 0; i < n; i++) build_item(&list, cell_value(&row[i], a));
    return json_text(a, build_list(&list));
}

static void tell(const Side *side, const StoreArg *here, const StoreArg *there, Arena *a, StoreDifference *out) {
    size_t keys = side->table->n_keys, columns = side->page.columns;
    int rc = !here ? 1 : !there ? -1 : order(here, there, keys);
    out->differs = true;
    out->key = row_json(rc <= 0 ? here : there, keys, a);
    out->here = row_json(rc <= 0 ? here : NULL, columns, a);
    out->there = row_json(rc >= 0 ? there : NULL, columns, a);
}

static bool compare(Side *here, Side *there, Arena *a, StoreDifference *out, Err *err) {
    for (;;) {
        const StoreArg *x, *y;
        TRY(next_row(here, &x, err));
        TRY(next_row(there, &y, err));
        if (!x && !y) return true;
        if (!x || !y || order(x, y, here->page.columns) != 0) {
            tell(x ? here : there, x, y, a, out);
            return true;
        }
        out->rows++;
    }
}

bool store_compare(Store *here, Store *there, size_t i, Arena *a, StoreDifference *out, Err *err) {
    assert(here && there && a && out && i < here->catalog.n_projections);
    const StoreTable *table = &here->catalog.tables[i];
    Side x = side_of(here, table, a), y = side_of(there, table, a);
    StoreDifference found = {0};
    bool ok = compare(&x, &y, a, &found, err);
    close_side(&x);
    close_side(&y);
    if (ok) *out = found;
    return ok;
}
