/* dmn/match: which rules of a table match given input values. One row of bits per column, ANDed word
 * by word; only rules that survive have their residual cells run. Tracing does not change the path. */
#include "dmn/index_in.h"

bool dmn_cell_holds(FeelRun *run, const Cell *cell, const FeelFrame *frame, Value input) {
    if (cell->faulty) return false;
    return cell->code == NULL || feel_test(run, cell->code, frame, input);
}

/* ---- from value to class --------------------------------------------------------------------- */
/* The value as an integer on the scale of the keys; false when it cannot be said exactly. */
static bool scaled(const Points *points, Value v, int64_t *key) {
    if (v.kind == VALUE_DATE) {
        *key = v.u.i;
        return true;
    }
    if ((v.flags & VALUE_SPILLED) || v.scale < 0 || v.scale > points->scale) return false;
    *key = v.u.i;
    for (int s = v.scale; s < points->scale; s++) {
        if (__builtin_mul_overflow(*key, 10, key)) return false;
    }
    return true;
}

static size_t class_by_value(const Points *points, Value v) {
    size_t lo = 0, hi = points->n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (dec_cmp(points->values[mid], v) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < points->n && dec_cmp(points->values[lo], v) == 0 ? 2 * lo + 1 : 2 * lo;
}

size_t dmn_index_class(const Points *points, Value v) {
    int64_t key;
    if (points->n == 0) return 0;
    if (points->keys != NULL && scaled(points, v, &key)) return dmn_class_of_key(points, key);
    return class_by_value(points, v);
}

/* ---- survivors ------------------------------------------------------------------------------- */
typedef struct Search {
    FeelRun *run;           /* for cells that must be run */
    const Table *t;         /* whose rules are searched */
    const FeelFrame *frame; /* its scope */
    const Value *inputs;    /* by column */
    const Word **rows;      /* n_rows rows to AND */
    size_t n_rows;
    const Word *suspects; /* rules of which a cell must be run */
} Search;

/* Runs what the index left open for a surviving rule. */
static bool residual_holds(const Search *s, size_t rule) {
    const Index *index = s->t->index;
    for (size_t c = 0; c < s->t->n_columns; c++) {
        const ColumnIndex *column = &index->columns[c];
        if (column->trivial) continue;
        if (!dmn_bit(column->residual, rule) && dmn_row(index, column, s->inputs[c]) != NULL) continue;
        if (!dmn_cell_holds(s->run, &s->t->cells[rule * s->t->n_columns + c], s->frame, s->inputs[c])) return false;
    }
    return true;
}

static void choose_rows(Search *s) {
    const Index *index = s->t->index;
    s->suspects = index->residual;
    s->rows[s->n_rows++] = index->all;
    for (size_t c = 0; c < s->t->n_columns; c++) {
        const ColumnIndex *column = &index->columns[c];
        if (column->trivial) continue;
        const Word *row = dmn_row(index, column, s->inputs[c]);
        if (row != NULL)
            s->rows[s->n_rows++] = row;
        else
            s->suspects = index->all;
    }
}

/* Tables of up to 64 rules: one word, and no match is known at the first column that excludes all. */
static Word match_word(Search *s) {
    const Index *index = s->t->index;
    Word left = index->all[0];
    s->suspects = index->residual;
    for (size_t c = 0; c < s->t->n_columns && left != 0; c++) {
        const ColumnIndex *column = &index->columns[c];
        if (column->trivial) continue;
        const Word *row = dmn_row(index, column, s->inputs[c]);
        if (row != NULL)
            left &= row[0];
        else
            s->suspects = index->all;
    }
    return left;
}

static size_t collect(const Search *s, size_t word, Word left, size_t most, int *rules, size_t found) {
    for (; left != 0 && found < most; left &= left - 1) {
        size_t rule = word * 64 + (size_t)__builtin_ctzll(left);
        if (dmn_bit(s->suspects, rule) && !residual_holds(s, rule)) continue;
        rules[found++] = (int)rule;
    }
    return found;
}

/* What all rows have in one word, or in one of the words before them. */
static Word common(const Search *s, ptrdiff_t word) {
    Word left = s->rows[0][word];
    for (size_t i = 1; i < s->n_rows; i++) left &= s->rows[i][word];
    return left;
}

size_t dmn_match(FeelRun *run, const Table *t, const FeelFrame *frame, const Value *inputs, size_t most, int *rules) {
    if (t->n_rules == 0) return 0;
    const Word *rows[DMN_MOST_COLUMNS + 1];
    Search s = {.run = run, .t = t, .frame = frame, .inputs = inputs, .rows = rows};
    if (t->index->words == 1) {
        Word left = match_word(&s);
        return collect(&s, 0, left, most, rules, 0);
    }
    choose_rows(&s);
    size_t found = 0;
    for (size_t h = 0; h < t->index->heads; h++) {
        Word words = common(&s, (ptrdiff_t)h - (ptrdiff_t)t->index->heads);
        for (; words != 0 && found < most; words &= words - 1) {
            size_t w = h * 64 + (size_t)__builtin_ctzll(words);
            found = collect(&s, w, common(&s, (ptrdiff_t)w), most, rules, found);
        }
    }
    return found;
}
