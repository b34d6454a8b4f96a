/* dmn/search: finds the boxes of a complex that none of the given rules covers, column by column: the
 * classes of a column are parted by the rules that still hold, and each part is followed with the rules
 * that hold on it. Whole boxes are found, not cells, so neighbouring gaps come out as one. */
#include "dmn/complex_in.h"

#include <string.h>

typedef struct Part {  /* classes of one column on which the same rules hold */
    Bits *classes;
    Bits *rules;
} Part;
typedef struct Walk {
    Search *s;
    Part **parts;      /* by column: as many as it has classes */
    const Bits **box;  /* by column: classes chosen so far, behind that the universe */
    Bits *full;        /* by column: rules that hold in the whole rest of the universe from there on */
} Walk;

static bool is_full(const Search *s, size_t column, size_t rule) {
    const Axis *axis = &s->x->axes[column];
    return dmn_set_within(s->universe[column], dmn_axis_set(axis, rule), axis->words);
}

static void find_full(Walk *w) {
    const Search *s = w->s;
    size_t words = s->x->words, n = s->x->t->n_columns;
    w->full = NEW_ARRAY(s->a, Bits, (n + 1) * words);
    memcpy(w->full + n * words, s->rules, words * sizeof(Bits));
    for (size_t c = n; c-- > 0;) {
        const Bits *after = w->full + (c + 1) * words;
        for (size_t r = 0; r < s->x->t->n_rules; r++)
            if (dmn_set_has(after, r) && is_full(s, c, r)) dmn_set_add(w->full + c * words, r);
    }
}

static void make_parts(Walk *w) {
    const Complex *x = w->s->x;
    Arena *a = w->s->a;
    w->parts = NEW_ARRAY(a, Part *, x->t->n_columns);
    for (size_t c = 0; c < x->t->n_columns; c++) {
        size_t n = x->axes[c].n, each = x->axes[c].words + x->words;
        Bits *bits = NEW_ARRAY(a, Bits, n * each);
        w->parts[c] = NEW_ARRAY(a, Part, n);
        for (size_t i = 0; i < n; i++) w->parts[c][i] = (Part){bits + i * each, bits + i * each + x->axes[c].words};
    }
}

/* Parts a rule cuts through fall in two; those it holds on note it. */
static size_t part_by(Walk *w, size_t column, size_t rule, size_t n) {
    const Axis *axis = &w->s->x->axes[column];
    const Bits *set = dmn_axis_set(axis, rule);
    Part *parts = w->parts[column];
    size_t before = n;
    for (size_t i = 0; i < before; i++) {
        if (!dmn_set_meets(parts[i].classes, set, axis->words)) continue;
        if (!dmn_set_within(parts[i].classes, set, axis->words)) {
            Part *rest = &parts[n++];
            for (size_t k = 0; k < axis->words; k++) {
                rest->classes[k] = parts[i].classes[k] & ~set[k];
                parts[i].classes[k] &= set[k];
            }
            memcpy(rest->rules, parts[i].rules, w->s->x->words * sizeof(Bits));
        }
        dmn_set_add(parts[i].rules, rule);
    }
    w->s->budget -= (int64_t)(before * axis->words);
    return n;
}

static size_t part(Walk *w, size_t column, const Bits *rules) {
    const Search *s = w->s;
    Part *parts = w->parts[column];
    memcpy(parts[0].classes, s->universe[column], s->x->axes[column].words * sizeof(Bits));
    memset(parts[0].rules, 0, s->x->words * sizeof(Bits));
    size_t n = 1;
    for (size_t k = 0; k < s->x->words; k++)
        for (Bits left = rules[k]; left != 0; left &= left - 1) n = part_by(w, column, k * 64 + (size_t)__builtin_ctzll(left), n);
    return n;
}

/* Out: false to stop everything. Depth: one level a column, at most DMN_MOST_COLUMNS. */
static bool follow(Walk *w, size_t column, const Bits *rules) {
    Search *s = w->s;
    if (dmn_set_empty(rules, s->x->words)) return s->found(s, w->box);
    if (dmn_set_meets(rules, w->full + column * s->x->words, s->x->words)) return true;
    if (s->budget < 0) return false;
    size_t n = part(w, column, rules);
    for (size_t i = 0; i < n; i++) {
        w->box[column] = w->parts[column][i].classes;
        TRY(follow(w, column + 1, w->parts[column][i].rules));
    }
    w->box[column] = s->universe[column];
    return true;
}

void dmn_search(Search *s) {
    assert(s->x != NULL && s->a != NULL && s->universe != NULL && s->rules != NULL && s->found != NULL);
    size_t n = s->x->t->n_columns;
    Walk w = {.s = s, .box = NEW_ARRAY(s->a, const Bits *, n)};
    for (size_t c = 0; c < n; c++) {
        if (dmn_set_empty(s->universe[c], s->x->axes[c].words)) return;
        w.box[c] = s->universe[c];
    }
    find_full(&w);
    make_parts(&w);
    (void)follow(&w, 0, s->rules);
}
