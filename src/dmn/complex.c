/* dmn/complex: cuts the columns of a table into classes of values that its cells do not tell apart, and
 * finds for each cell its classes. Exact for cells made of constants; a cell that is an expression is
 * marked general and is never guessed at. */
#include "dmn/complex_in.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_TESTS = 256 };

typedef struct Cut { /* one column being cut */
    FeelRun *run;
    const Table *t;
    size_t column;
    const FeelType *type;   /* of the values; NULL = Any */
    Axis *axis;
    size_t room[VALUE_MONTHS + 1]; /* constants that each slice may still receive */
    bool named[VALUE_MONTHS + 1];  /* kinds that some cell names */
} Cut;

/* ---- order -------------------------------------------------------------------------------------------------- */
bool dmn_is_ordered(uint8_t kind) {
    return kind == VALUE_NUMBER || (kind >= VALUE_DATE && kind <= VALUE_MONTHS);
}

int dmn_order(FeelRun *run, Value x, Value y) {
    if (x.kind == VALUE_NUMBER) return dec_cmp(x, y);
    if (x.kind == VALUE_DATE || x.kind == VALUE_MONTHS) return (x.u.i > y.u.i) - (x.u.i < y.u.i);
    return value_is_true(feel_less(run, y, x)) - value_is_true(feel_less(run, x, y));
}

static int order_text(Value x, Value y) {
    size_t n = x.size < y.size ? x.size : y.size;
    int order = n > 0 ? memcmp(x.u.s, y.u.s, n) : 0;
    return order != 0 ? order : (x.size > y.size) - (x.size < y.size);
}

static int order_points(FeelRun *run, Value x, Value y) {
    return x.kind == VALUE_STRING ? order_text(x, y) : dmn_order(run, x, y);
}

/* ---- reading tests --------------------------------------------------------------------------------------------- */
/* Times with and without a zone do not compare: only local ones make classes. */
static bool is_placed(Value v) {
    bool timed = v.kind == VALUE_TIME || v.kind == VALUE_DATETIME;
    return dmn_is_ordered(v.kind) && (!timed || v.u.time->form == ZONE_LOCAL);
}

static bool is_plain_range(const ValueRange *r) {
    bool lo = r->lo.kind != VALUE_NULL, hi = r->hi.kind != VALUE_NULL;
    if (r->op == 0 && !(lo && hi)) return false;
    if (lo && hi && r->lo.kind != r->hi.kind) return false;
    return (lo || hi) && (!lo || is_placed(r->lo)) && (!hi || is_placed(r->hi));
}

static bool is_plain(const FeelTest *test) {
    if (test->kind == FEEL_TEST_ANY) return true;
    if (test->kind == FEEL_TEST_RANGE) return is_plain_range(test->value.u.range);
    if (test->kind != FEEL_TEST_EQUAL) return false;
    uint8_t kind = test->value.kind;
    return kind == VALUE_NULL || kind == VALUE_BOOL || kind == VALUE_STRING || is_placed(test->value);
}

/* The alternatives of unary tests; 0 when one of them is more than a comparison with constants. */
static size_t read_tests(const FeelCode *code, FeelTest *tests, bool *negated) {
    size_t n = feel_cell(code, tests, MOST_TESTS, negated);
    for (size_t i = 0; i < n; i++)
        if (!is_plain(&tests[i])) return 0;
    return n;
}

static uint8_t kind_of(const FeelTest *test) {
    if (test->kind != FEEL_TEST_RANGE) return test->value.kind;
    const ValueRange *r = test->value.u.range;
    return r->lo.kind != VALUE_NULL ? r->lo.kind : r->hi.kind;
}

/* ---- points ------------------------------------------------------------------------------------------------------ */
typedef void (*Visit)(Cut *cut, Value constant);

static void count_point(Cut *cut, Value constant) {
    cut->named[constant.kind] = true;
    cut->room[constant.kind]++;
}

static void add_point(Cut *cut, Value constant) {
    Slice *s = &cut->axis->slices[constant.kind];
    if (constant.kind == VALUE_STRING || dmn_is_ordered(constant.kind)) s->points[s->n_points++] = constant;
}

static void visit_tests(Cut *cut, const FeelCode *code, Visit visit) {
    FeelTest tests[MOST_TESTS];
    bool negated;
    size_t n = code != NULL ? read_tests(code, tests, &negated) : 0;
    for (size_t i = 0; i < n; i++) {
        if (tests[i].kind == FEEL_TEST_EQUAL) visit(cut, tests[i].value);
        if (tests[i].kind != FEEL_TEST_RANGE) continue;
        const ValueRange *r = tests[i].value.u.range;
        if (r->lo.kind != VALUE_NULL) visit(cut, r->lo);
        if (r->hi.kind != VALUE_NULL) visit(cut, r->hi);
    }
}

/* Everything that may tell values of the column apart: its cells, its input values, its type's. */
static void visit_all(Cut *cut, Visit visit) {
    for (size_t r = 0; r < cut->t->n_rules; r++) visit_tests(cut, cut->t->cells[r * cut->t->n_columns + cut->column].code, visit);
    visit_tests(cut, cut->t->columns[cut->column].values, visit);
    for (const FeelType *type = cut->type; type != NULL; type = type->base) visit_tests(cut, type->allowed, visit);
}

static void merge_sort(FeelRun *run, Value *items, Value *scratch, size_t n) {
    if (n < 2) return;
    size_t half = n / 2, i = 0, j = half, k = 0;
    merge_sort(run, items, scratch, half);
    merge_sort(run, items + half, scratch, n - half);
    while (i < half && j < n) scratch[k++] = order_points(run, items[j], items[i]) < 0 ? items[j++] : items[i++];
    while (i < half) scratch[k++] = items[i++];
    while (j < n) scratch[k++] = items[j++];
    memcpy(items, scratch, n * sizeof(Value));
}

static void sort_points(Cut *cut, Slice *s) {
    if (s->n_points == 0) return;
    merge_sort(cut->run, s->points, NEW_ARRAY(cut->run->arena, Value, s->n_points), s->n_points);
    size_t kept = 1;
    for (size_t i = 1; i < s->n_points; i++)
        if (order_points(cut->run, s->points[kept - 1], s->points[i]) != 0) s->points[kept++] = s->points[i];
    s->n_points = kept;
}

/* ---- classes ------------------------------------------------------------------------------------------------------- */
/* Kinds that come: the type's, else those that cells name. */
static bool comes(const Cut *cut, uint8_t kind) {
    static const uint8_t kinds[] = {
        [FEEL_BOOLEAN] = VALUE_BOOL, [FEEL_NUMBER] = VALUE_NUMBER,     [FEEL_STRING] = VALUE_STRING,   [FEEL_DATE] = VALUE_DATE,
        [FEEL_TIME] = VALUE_TIME,    [FEEL_DATETIME] = VALUE_DATETIME, [FEEL_DAYTIME] = VALUE_DAYTIME, [FEEL_MONTHS] = VALUE_MONTHS,
    };
    if (kind == VALUE_NULL) return cut->named[VALUE_NULL];
    if (cut->type == NULL || cut->type->kind == FEEL_ANY) return cut->named[kind];
    return (size_t)cut->type->kind < COUNT_OF(kinds) && kinds[cut->type->kind] == kind;
}

static size_t count_classes(const Slice *s, uint8_t kind) {
    if (kind == VALUE_NULL) return 1;
    if (kind == VALUE_BOOL) return 2;
    return kind == VALUE_STRING ? s->n_points + 1 : 2 * s->n_points + 1;
}

static void lay_out(Cut *cut) {
    Axis *axis = cut->axis;
    for (uint8_t kind = VALUE_NULL; kind <= VALUE_MONTHS; kind++) {
        Slice *s = &axis->slices[kind];
        if (!comes(cut, kind)) continue;
        sort_points(cut, s);
        *s = (Slice){axis->n, count_classes(s, kind), s->n_points, s->points};
        axis->n += s->n;
    }
    /* Nothing is known of the values: one class, and any value stands for it. */
    if (axis->n == 0) axis->n = axis->slices[VALUE_NULL].n = 1;
    axis->words = (axis->n + 63) / 64;
}

/* ---- a value of each class ------------------------------------------------------------------------------------------- */
static Value blank_of(Cut *cut, uint8_t kind) {
    if (kind == VALUE_NUMBER) return value_int(0);
    if (kind == VALUE_DAYTIME) return date_daytime(0, 0);
    if (kind == VALUE_TIME || kind == VALUE_DATETIME) return date_of_time(cut->run->arena, kind, (ValueTime){0});
    return (Value){.kind = kind};
}

static Value moved(Cut *cut, Value v, int64_t step) {
    Arena *a = cut->run->arena;
    switch (v.kind) {
    case VALUE_NUMBER: return dec_add(a, step > 0 ? dec_floor(a, v, 0) : dec_ceiling(a, v, 0), value_int(step));
    case VALUE_DAYTIME: return date_daytime(v.u.i + step, v.size);
    case VALUE_TIME:
    case VALUE_DATETIME: return date_add_seconds(a, v, step, 0);
    default: v.u.i += step; return v;
    }
}

static bool lies_between(Cut *cut, const Value *lo, Value v, const Value *hi) {
    if (lo != NULL && (v.kind != lo->kind || dmn_order(cut->run, *lo, v) >= 0)) return false;
    return hi == NULL || (v.kind == hi->kind && dmn_order(cut->run, v, *hi) < 0);
}

/* A value between two constants, as plain as possible; false when there is none. */
static bool between(Cut *cut, uint8_t kind, const Value *lo, const Value *hi, Value *out) {
    Arena *a = cut->run->arena;
    if (lo == NULL && hi == NULL) {
        *out = blank_of(cut, kind);
        return true;
    }
    *out = lo != NULL ? moved(cut, *lo, 1) : moved(cut, *hi, -1);
    if (lies_between(cut, lo, *out, hi)) return true;
    if (lo == NULL || hi == NULL) return false;
    if (kind == VALUE_NUMBER) *out = dec_div(a, dec_add(a, *lo, *hi), value_int(2));
    else if (kind == VALUE_TIME || kind == VALUE_DATETIME) *out = date_add_seconds(a, *lo, 0, 1);
    else if (kind == VALUE_DAYTIME && lo->size + 1 < DATE_NANOS) out->u.i = lo->u.i, out->size = lo->size + 1;
    return lies_between(cut, lo, *out, hi);
}

/* A text that is none of the constants. */
static Value other_text(Cut *cut, const Slice *s) {
    Str text = s->n_points > 0 ? STR("other") : STR("");
    for (size_t i = 0; i < s->n_points; i++) /* sorted: a longer text meets no earlier constant */
        if (str_eq(value_text(s->points[i]), text)) text = str_join2(cut->run->arena, text, STR("_"));
    return value_str(text);
}

static void name_class(Cut *cut, size_t class, Value v) {
    cut->axis->values[class] = v;
    dmn_set_add(cut->axis->live, class);
}

static void name_slice(Cut *cut, uint8_t kind) {
    const Slice *s = &cut->axis->slices[kind];
    if (s->n == 0) return;
    if (kind == VALUE_NULL) name_class(cut, s->first, value_null());
    if (kind == VALUE_BOOL) {
        name_class(cut, s->first, value_bool(false));
        name_class(cut, s->first + 1, value_bool(true));
    }
    if (kind == VALUE_STRING) {
        for (size_t i = 0; i < s->n_points; i++) name_class(cut, s->first + i, s->points[i]);
        name_class(cut, s->first + s->n_points, other_text(cut, s));
    }
    if (!dmn_is_ordered(kind)) return;
    for (size_t i = 0; i <= s->n_points; i++) {
        Value v;
        const Value *lo = i > 0 ? &s->points[i - 1] : NULL, *hi = i < s->n_points ? &s->points[i] : NULL;
        if (between(cut, kind, lo, hi, &v)) name_class(cut, s->first + 2 * i, v);
        if (hi != NULL) name_class(cut, s->first + 2 * i + 1, *hi);
    }
}

/* ---- allowed values ---------------------------------------------------------------------------------------------------- */
/* An expression among the allowed values is run on the one value of the class: at worst a class is kept
 * or lost whole, and a finding still names a value that may come. */
static void drop_unwanted(Cut *cut) {
    Axis *axis = cut->axis;
    const FeelCode *allowed = cut->t->columns[cut->column].values;
    bool typed = cut->type != NULL && cut->type->allowed != NULL;
    if (allowed == NULL && !typed) return;
    for (size_t c = 0; c < axis->n; c++) {
        Value v = axis->values[c];
        bool fine = allowed == NULL || v.kind == VALUE_NULL || feel_test(cut->run, allowed, cut->t->blank, v);
        fine = fine && (!typed || v.kind == VALUE_NULL || feel_conforms(cut->run, v, cut->type));
        if (!fine) axis->live[c / 64] &= ~((Bits)1 << (c % 64));
    }
}

/* ---- cells ------------------------------------------------------------------------------------------------------------- */
static size_t class_of(const Cut *cut, Value v) {
    const Slice *s = &cut->axis->slices[v.kind];
    if (v.kind == VALUE_NULL) return s->first;
    if (v.kind == VALUE_BOOL) return s->first + (v.u.i != 0);
    size_t lo = 0, hi = s->n_points;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (order_points(cut->run, s->points[mid], v) < 0) lo = mid + 1;
        else hi = mid;
    }
    return s->first + (v.kind == VALUE_STRING ? lo : 2 * lo + 1);
}

static void add_test(const Cut *cut, const FeelTest *test, Bits *set) {
    const Slice *s = &cut->axis->slices[kind_of(test)];
    if (s->n == 0) return;
    if (test->kind == FEEL_TEST_EQUAL) {
        dmn_set_add(set, class_of(cut, test->value));
        return;
    }
    const ValueRange *r = test->value.u.range;
    size_t from = r->lo.kind == VALUE_NULL ? s->first : class_of(cut, r->lo) + (r->lo_in ? 0 : 1);
    size_t to = r->hi.kind == VALUE_NULL ? s->first + s->n - 1 : class_of(cut, r->hi) - (r->hi_in ? 0 : 1);
    for (size_t c = from; c <= to; c++) dmn_set_add(set, c);
}

static void cut_cell(Cut *cut, size_t rule) {
    Axis *axis = cut->axis;
    const Cell *cell = &cut->t->cells[rule * cut->t->n_columns + cut->column];
    Bits *set = axis->sets + rule * axis->words;
    FeelTest tests[MOST_TESTS];
    bool negated = false, any = cell->code == NULL;
    if (cell->faulty || (!any && feel_cell_void(cell->code))) return;
    size_t n = any ? 0 : read_tests(cell->code, tests, &negated);
    axis->general[rule] = !any && n == 0;
    any = any || n == 0 || (tests[0].kind == FEEL_TEST_ANY && !negated);
    if (any) memset(set, 0xff, axis->words * sizeof(Bits));
    for (size_t i = 0; !any && !negated && i < n; i++) add_test(cut, &tests[i], set);
    /* not(…) has its own way with nulls and other kinds: ask the language, class by class. */
    for (size_t c = 0; !any && negated && c < axis->n; c++)
        if (feel_test(cut->run, cell->code, cut->t->blank, axis->values[c])) dmn_set_add(set, c);
    for (size_t w = 0; w < axis->words; w++) set[w] &= axis->live[w];
}

static void cut_column(Cut *cut) {
    Axis *axis = cut->axis;
    Arena *a = cut->run->arena;
    visit_all(cut, count_point);
    for (uint8_t kind = 0; kind <= VALUE_MONTHS; kind++) axis->slices[kind].points = NEW_ARRAY(a, Value, cut->room[kind]);
    visit_all(cut, add_point);
    lay_out(cut);
    axis->values = NEW_ARRAY(a, Value, axis->n);
    axis->live = NEW_ARRAY(a, Bits, axis->words);
    axis->sets = NEW_ARRAY(a, Bits, axis->words * cut->t->n_rules);
    axis->general = NEW_ARRAY(a, bool, cut->t->n_rules);
    for (uint8_t kind = 0; kind <= VALUE_MONTHS; kind++) name_slice(cut, kind);
    drop_unwanted(cut);
    for (size_t r = 0; r < cut->t->n_rules; r++) cut_cell(cut, r);
}

const Complex *dmn_complex(const Table *t, FeelRun *run) {
    Arena *a = run->arena;
    Complex *x = NEW(a, Complex);
    *x = (Complex){.t = t, .axes = NEW_ARRAY(a, Axis, t->n_columns), .words = (t->n_rules + 63) / 64};
    x->sure = NEW_ARRAY(a, Bits, x->words);
    x->dead = NEW_ARRAY(a, Bits, x->words);
    for (size_t c = 0; c < t->n_columns; c++) {
        const Column *column = &t->columns[c];
        const FeelType *type = column->type != NULL ? column->type : column->input->known;
        Cut cut = {.run = run, .t = t, .column = c, .type = type, .axis = &x->axes[c]};
        cut_column(&cut);
    }
    for (size_t r = 0; r < t->n_rules; r++) {
        bool sure = true;
        for (size_t c = 0; c < t->n_columns; c++) {
            sure = sure && !x->axes[c].general[r];
            if (dmn_set_empty(dmn_axis_set(&x->axes[c], r), x->axes[c].words)) dmn_set_add(x->dead, r);
        }
        if (sure) dmn_set_add(x->sure, r);
    }
    return x;
}
