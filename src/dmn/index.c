/* dmn/index: builds the index of a decision table at load. Per column: string constants → hash →
 * rules; numbers and dates → sorted points and the intervals between them → rules; booleans and null
 * → rules. It must give exactly what running each cell would give (a property test holds it to that);
 * whatever it cannot express stays a residual cell. */
#include "dmn/index_in.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_TESTS = 256 };

typedef struct CellTests { /* a cell made of constants only */
    const FeelTest *tests; /* n alternatives */
    size_t n;              /* 0: the cell is irrelevant or residual */
    bool negated;          /* not(…) */
} CellTests;

typedef struct Builder {
    Arena *a;
    const Table *t;
    size_t column;    /* being indexed */
    size_t words;     /* per row */
    size_t heads;     /* words before each row */
    CellTests *cells; /* of the column, by rule */
    Word *always;     /* rules set in every row: irrelevant and residual cells */
    Word *residual;   /* rules to be run */
    size_t budget;    /* bytes of rows that may still be made */
} Builder;

static void set(Word *row, size_t rule) {
    row[rule / 64] |= (Word)1 << (rule % 64);
}

/* ---- reading cells --------------------------------------------------------------------------- */
static bool is_point(Value v) {
    return v.kind == VALUE_NUMBER || v.kind == VALUE_DATE;
}

/* Ranges over numbers or dates with constant ends, as the unary forms and [a..b] give them. */
static bool is_plain_range(Value v) {
    const ValueRange *r = v.u.range;
    if (r->op == '=' || r->op == '!') return false;
    bool lo = r->lo.kind != VALUE_NULL, hi = r->hi.kind != VALUE_NULL;
    /* An interval with a null end has no members; leave that to the language. */
    if (r->op == 0 && !(lo && hi)) return false;
    if (lo && hi && r->lo.kind != r->hi.kind) return false;
    return (lo || hi) && (!lo || is_point(r->lo)) && (!hi || is_point(r->hi));
}

static bool is_plain(const FeelTest *test) {
    if (test->kind == FEEL_TEST_RANGE) return is_plain_range(test->value);
    if (test->kind != FEEL_TEST_EQUAL) return false;
    uint8_t kind = test->value.kind;
    return kind == VALUE_NULL || kind == VALUE_BOOL || kind == VALUE_STRING || is_point(test->value);
}

static uint8_t kind_of(const FeelTest *test) {
    if (test->kind == FEEL_TEST_EQUAL) return test->value.kind;
    const ValueRange *r = test->value.u.range;
    return r->lo.kind != VALUE_NULL ? r->lo.kind : r->hi.kind;
}

/* not(…) holds only when every alternative is false, never null: with constants of one kind that is
 * decided per kind of input (Source: DMN 1.5 §7.3.2); mixed kinds are left to the language. */
static bool is_indexable(const CellTests *cell) {
    for (size_t i = 0; i < cell->n; i++) {
        if (!is_plain(&cell->tests[i])) return false;
        if (!cell->negated) continue;
        if (kind_of(&cell->tests[i]) != kind_of(&cell->tests[0]) || kind_of(&cell->tests[i]) == VALUE_NULL)
            return false;
    }
    return true;
}

static void read_cells(Builder *b) {
    FeelTest tests[MOST_TESTS];
    for (size_t r = 0; r < b->t->n_rules; r++) {
        const Cell *cell = &b->t->cells[r * b->t->n_columns + b->column];
        if (cell->faulty) continue;
        CellTests *read = &b->cells[r];
        if (cell->code != NULL) read->n = feel_cell(cell->code, tests, MOST_TESTS, &read->negated);
        bool irrelevant = cell->code == NULL || (read->n == 1 && tests[0].kind == FEEL_TEST_ANY && !read->negated);
        FeelTest *kept = NEW_ARRAY(b->a, FeelTest, read->n);
        if (read->n > 0) memcpy(kept, tests, read->n * sizeof(FeelTest));
        read->tests = kept;
        if (!irrelevant && read->n > 0 && is_indexable(read)) continue;
        read->n = 0;
        set(b->always, r);
        if (!irrelevant) set(b->residual, r);
    }
}

/* ---- rows ------------------------------------------------------------------------------------ */
static size_t stride(const Builder *b) {
    return b->heads + b->words;
}

static Word *new_rows(Builder *b, size_t n) {
    size_t bytes = n * stride(b) * sizeof(Word);
    if (bytes > b->budget) return NULL;
    b->budget -= bytes;
    Word *rows = (Word *)arena_zero(b->a, bytes) + b->heads;
    for (size_t i = 0; i < n; i++) memcpy(rows + i * stride(b), b->always, b->words * sizeof(Word));
    return rows;
}

/* Fills the heads of n rows that are complete. */
static void summarise(const Builder *b, const Word *rows, size_t n) {
    for (size_t i = 0; b->heads > 0 && i < n; i++) {
        const Word *row = rows + i * stride(b);
        Word *heads = (Word *)row - b->heads;
        for (size_t w = 0; w < b->words; w++)
            if (row[w] != 0) set(heads, w);
    }
}

/* Does a cell hold for a value of a class that has no constant: null, or a kind without any? */
static bool holds_for_null(const CellTests *cell) {
    bool found = false, all_equal = true;
    for (size_t i = 0; i < cell->n; i++) {
        found = found || kind_of(&cell->tests[i]) == VALUE_NULL;
        all_equal = all_equal && cell->tests[i].kind == FEEL_TEST_EQUAL;
    }
    /* null = "a" is false, so not("a") holds for null; null < 10 is null, so not(< 10) does not. */
    return cell->negated ? all_equal : found;
}

static bool holds_for_bool(const CellTests *cell, int value) {
    bool found = false;
    for (size_t i = 0; i < cell->n; i++) {
        const FeelTest *test = &cell->tests[i];
        found = found || (kind_of(test) == VALUE_BOOL && test->value.u.i == value);
    }
    return cell->negated ? kind_of(&cell->tests[0]) == VALUE_BOOL && !found : found;
}

static bool build_small(Builder *b, ColumnIndex *out) {
    Word *rows = new_rows(b, 3);
    TRY(rows != NULL);
    for (size_t r = 0; r < b->t->n_rules; r++) {
        const CellTests *cell = &b->cells[r];
        if (cell->n == 0) continue;
        if (holds_for_null(cell)) set(rows, r);
        if (holds_for_bool(cell, 0)) set(rows + stride(b), r);
        if (holds_for_bool(cell, 1)) set(rows + 2 * stride(b), r);
    }
    summarise(b, rows, 3);
    out->null_row = rows;
    out->bool_rows[0] = rows + stride(b);
    out->bool_rows[1] = rows + 2 * stride(b);
    return true;
}

/* ---- strings --------------------------------------------------------------------------------- */
/* The place of a text, its own row made when it is new; NULL when the budget is spent. */
static StringClass *text_class(Builder *b, ColumnIndex *out, Str text) {
    uint64_t key = dmn_text_key(text);
    size_t last = ((size_t)1 << (64 - out->text_shift)) - 1, i = dmn_text_place(key, out->text_shift);
    while (out->texts[i].row != NULL && !dmn_text_is(&out->texts[i], key, text)) i = (i + 1) & last;
    StringClass *place = &out->texts[i];
    if (place->row != NULL) return place;
    Word *row = new_rows(b, 1);
    if (row == NULL) return NULL;
    memcpy(row, out->other_text, b->words * sizeof(Word));
    *place = (StringClass){key, text, row};
    return place;
}

static size_t count_tests(const Builder *b, uint8_t kind) {
    size_t n = 0;
    for (size_t r = 0; r < b->t->n_rules; r++) {
        for (size_t i = 0; i < b->cells[r].n; i++) n += kind_of(&b->cells[r].tests[i]) == kind;
    }
    return n;
}

static bool mark_texts(Builder *b, ColumnIndex *out, size_t r) {
    const CellTests *cell = &b->cells[r];
    for (size_t i = 0; i < cell->n; i++) {
        if (kind_of(&cell->tests[i]) != VALUE_STRING) continue;
        StringClass *place = text_class(b, out, value_text(cell->tests[i].value));
        TRY(place != NULL);
        Word *row = (Word *)place->row;
        if (cell->negated)
            row[r / 64] &= ~((Word)1 << (r % 64));
        else
            set(row, r);
    }
    return true;
}

static bool build_texts(Builder *b, ColumnIndex *out) {
    int bits = 2;
    size_t n = count_tests(b, VALUE_STRING);
    while (((size_t)1 << bits) < 4 * n) bits++; /* sparse: the first place is nearly always the right one */
    Word *other = new_rows(b, 1);
    TRY(other != NULL);
    for (size_t r = 0; r < b->t->n_rules; r++) {
        const CellTests *cell = &b->cells[r];
        if (cell->n > 0 && cell->negated && kind_of(&cell->tests[0]) == VALUE_STRING) set(other, r);
    }
    out->other_text = other;
    out->text_shift = 64 - bits;
    out->texts = NEW_ARRAY(b->a, StringClass, (size_t)1 << bits);
    for (size_t r = 0; r < b->t->n_rules; r++) TRY(mark_texts(b, out, r));
    summarise(b, other, 1);
    for (size_t i = 0; i < (size_t)1 << bits; i++)
        if (out->texts[i].row != NULL) summarise(b, out->texts[i].row, 1);
    return true;
}

/* ---- numbers and dates ----------------------------------------------------------------------- */
static int compare_points(const void *x, const void *y) {
    const Value *a = x, *b = y;
    if (a->kind == VALUE_NUMBER) return dec_cmp(*a, *b);
    return (a->u.i > b->u.i) - (a->u.i < b->u.i);
}

static size_t gather_points(const Builder *b, uint8_t kind, Value *out) {
    size_t n = 0;
    for (size_t r = 0; r < b->t->n_rules; r++) {
        for (size_t i = 0; i < b->cells[r].n; i++) {
            const FeelTest *test = &b->cells[r].tests[i];
            if (kind_of(test) != kind) continue;
            if (test->kind == FEEL_TEST_EQUAL) {
                out[n++] = test->value;
                continue;
            }
            const ValueRange *range = test->value.u.range;
            if (range->lo.kind != VALUE_NULL) out[n++] = range->lo;
            if (range->hi.kind != VALUE_NULL) out[n++] = range->hi;
        }
    }
    return n;
}

static size_t sort_unique(Value *points, size_t n) {
    if (n == 0) return 0;
    qsort(points, n, sizeof(Value), compare_points);
    size_t kept = 1;
    for (size_t i = 1; i < n; i++) {
        if (compare_points(&points[kept - 1], &points[i]) != 0) points[kept++] = points[i];
    }
    return kept;
}

/* Integers compare faster than decimals: bring all points to one scale where they fit. */
static void find_keys(Builder *b, Points *points) {
    int scale = 0;
    if (points->n == 0) return;
    for (size_t i = 0; i < points->n; i++) {
        const Value *v = &points->values[i];
        if (v->kind != VALUE_NUMBER) continue;
        if ((v->flags & VALUE_SPILLED) || v->scale < 0 || v->scale > 9) return;
        if (v->scale > scale) scale = v->scale;
    }
    int64_t *keys = NEW_ARRAY(b->a, int64_t, points->n);
    for (size_t i = 0; i < points->n; i++) {
        keys[i] = points->values[i].u.i;
        int from = points->values[i].kind == VALUE_NUMBER ? points->values[i].scale : 0;
        for (int s = from; s < scale; s++) {
            if (__builtin_mul_overflow(keys[i], 10, &keys[i])) return;
        }
    }
    points->keys = keys;
    points->scale = scale;
}

/* Points that lie near each other, as ages, counts and days do: the class of each integer is kept. */
static void find_near(Builder *b, Points *points) {
    size_t n = points->n;
    if (points->keys == NULL) return;
    int64_t low, high;
    if (__builtin_sub_overflow(points->keys[0], 1, &low) || __builtin_add_overflow(points->keys[n - 1], 1, &high))
        return;
    uint64_t span = (uint64_t)high - (uint64_t)low;
    if (span >= DMN_MOST_NEAR) return;
    uint16_t *near = NEW_ARRAY(b->a, uint16_t, span + 1);
    for (uint64_t i = 0; i <= span; i++) near[i] = (uint16_t)dmn_class_of_key(points, low + (int64_t)i);
    points->near = near;
    points->low = low;
    points->high = high;
}

static void class_span(const Points *points, const FeelTest *test, size_t *from, size_t *to) {
    if (test->kind == FEEL_TEST_EQUAL) {
        *from = *to = dmn_index_class(points, test->value);
        return;
    }
    const ValueRange *r = test->value.u.range;
    *from = r->lo.kind == VALUE_NULL ? 0 : dmn_index_class(points, r->lo) + (r->lo_in ? 0 : 1);
    *to = r->hi.kind == VALUE_NULL ? 2 * points->n : dmn_index_class(points, r->hi) - (r->hi_in ? 0 : 1);
}

static void mark_span(Builder *b, Word *rows, size_t rule, size_t from, size_t to, bool on) {
    for (size_t c = from; c <= to; c++) {
        Word *word = rows + c * stride(b) + rule / 64;
        Word bit = (Word)1 << (rule % 64);
        *word = on ? *word | bit : *word & ~bit;
    }
}

static bool build_points(Builder *b, uint8_t kind, Points *points) {
    Value *values = NEW_ARRAY(b->a, Value, 2 * count_tests(b, kind));
    points->n = sort_unique(values, gather_points(b, kind, values));
    points->values = values;
    find_keys(b, points);
    find_near(b, points);
    Word *rows = new_rows(b, 2 * points->n + 1);
    TRY(rows != NULL);
    for (size_t r = 0; r < b->t->n_rules; r++) {
        const CellTests *cell = &b->cells[r];
        if (cell->n > 0 && cell->negated && kind_of(&cell->tests[0]) == kind)
            mark_span(b, rows, r, 0, 2 * points->n, true);
        for (size_t i = 0; i < cell->n; i++) {
            if (kind_of(&cell->tests[i]) != kind) continue;
            size_t from, to;
            class_span(points, &cell->tests[i], &from, &to);
            mark_span(b, rows, r, from, to, !cell->negated);
        }
    }
    summarise(b, rows, 2 * points->n + 1);
    points->rows = rows;
    return true;
}

/* ---- all columns ----------------------------------------------------------------------------- */
static void build_column(Builder *b, ColumnIndex *out) {
    b->always = NEW_ARRAY(b->a, Word, b->words);
    b->residual = NEW_ARRAY(b->a, Word, b->words);
    b->cells = NEW_ARRAY(b->a, CellTests, b->t->n_rules);
    read_cells(b);
    out->residual = b->residual;
    out->trivial = true;
    for (size_t r = 0; r < b->t->n_rules; r++) {
        if (!dmn_bit(b->always, r) || dmn_bit(b->residual, r)) out->trivial = false;
    }
    out->indexed = build_small(b, out) && build_texts(b, out) && build_points(b, VALUE_NUMBER, &out->numbers) &&
                   build_points(b, VALUE_DATE, &out->dates);
}

const Index *dmn_index_build(Arena *a, const Table *t) {
    Index *index = NEW(a, Index);
    index->words = (t->n_rules + 63) / 64;
    index->heads = index->words > 1 ? (index->words + 63) / 64 : 0;
    index->stride = index->heads + index->words;
    index->columns = NEW_ARRAY(a, ColumnIndex, t->n_columns);
    Word *residual = NEW_ARRAY(a, Word, index->words), *all = NEW_ARRAY(a, Word, index->stride) + index->heads;
    Builder b = {.a = a, .t = t, .words = index->words, .heads = index->heads, .budget = DMN_MOST_INDEX};
    for (size_t c = 0; c < t->n_columns; c++) {
        b.column = c;
        build_column(&b, &index->columns[c]);
        for (size_t w = 0; w < index->words; w++) residual[w] |= index->columns[c].residual[w];
    }
    for (size_t r = 0; r < t->n_rules; r++) set(all, r);
    summarise(&b, all, 1);
    index->residual = residual;
    index->all = all;
    return index;
}
