/* dmn/analyse: what is wrong with a decision table for some value of its inputs: gaps, overlaps, masked and
 * dead rules, conflicting outputs, each with a value for each input that shows it (DMN 1.5 §8.2.10,
 * §8.3.3). It reports and never changes a table; what it cannot decide exactly it says. */
#include "dmn/complex_in.h"

#include <string.h>

enum { SEARCH_BUDGET = 100000000 };

typedef struct Analysis {
    const Complex *x;
    FeelRun *run;
    DmnFindings *out;
    size_t of_kind[DMN_UNFINISHED + 1]; /* findings so far in this table */
    int64_t budget;                     /* steps left for all searches */
    Bits *better;                       /* rules preferred to the one looked at */
} Analysis;

const char *dmn_finding_name(DmnFindingKind kind) {
    static const char *const names[] = {
        [DMN_GAP] = "gap",   [DMN_OVERLAP] = "overlap", [DMN_CONFLICT] = "conflict",     [DMN_MASKED] = "masked",
        [DMN_DEAD] = "dead", [DMN_INEXACT] = "inexact", [DMN_UNFINISHED] = "unfinished",
    };
    assert((size_t)kind < COUNT_OF(names));
    return names[kind];
}

/* ---- findings ----------------------------------------------------------------------------------------------- */
/* NULL when there are enough of its kind. */
static DmnFinding *add(Analysis *an, DmnFindingKind kind, int rule, int other, int input) {
    DmnFindings *out = an->out;
    if (an->of_kind[kind]++ >= DMN_MOST_FINDINGS) {
        out->more++;
        return NULL;
    }
    if (out->n == out->cap) {
        size_t cap = out->cap > 0 ? 2 * out->cap : 16;
        out->items = arena_grow(out->a, out->items, out->cap * sizeof(DmnFinding), cap * sizeof(DmnFinding));
        out->cap = cap;
    }
    DmnFinding *f = &out->items[out->n++];
    *f = (DmnFinding){.kind = kind, .table = an->x->t->number, .rule = rule, .other = other, .input = input};
    return f;
}

/* The first value of each class set bears witness. In: sets that are not empty. */
static void show(Analysis *an, DmnFinding *f, const Bits *const *box) {
    size_t n = an->x->t->n_columns;
    Value *witness = NEW_ARRAY(an->out->a, Value, n);
    Str *area = NEW_ARRAY(an->out->a, Str, n);
    for (size_t c = 0; c < n; c++) {
        const Axis *axis = &an->x->axes[c];
        witness[c] = value_copy(an->out->a, axis->values[dmn_set_first(box[c])]);
        area[c] = dmn_area(an->out->a, axis, box[c]);
    }
    f->witness = witness;
    f->area = area;
}

/* ---- cells: expressions, and those that never hold --------------------------------------------------------------- */
static void find_general(Analysis *an) {
    const Table *t = an->x->t;
    for (size_t r = 0; r < t->n_rules; r++)
        for (size_t c = 0; c < t->n_columns; c++)
            if (an->x->axes[c].general[r]) add(an, DMN_INEXACT, (int)r, -1, (int)c);
}

/* The witness of a dead rule satisfies its other cells, and still the rule does not match. */
static void show_dead(Analysis *an, DmnFinding *f) {
    size_t n = an->x->t->n_columns;
    const Bits **box = NEW_ARRAY(an->run->arena, const Bits *, n);
    for (size_t c = 0; c < n; c++) {
        const Axis *axis = &an->x->axes[c];
        box[c] = dmn_axis_set(axis, (size_t)f->rule);
        if (dmn_set_empty(box[c], axis->words)) box[c] = axis->live;
        if (dmn_set_empty(box[c], axis->words)) return; /* no value of the column is allowed at all */
    }
    show(an, f, box);
}

static void find_dead(Analysis *an) {
    const Table *t = an->x->t;
    for (size_t r = 0; r < t->n_rules; r++)
        for (size_t c = 0; c < t->n_columns; c++) {
            const Axis *axis = &an->x->axes[c];
            bool told = t->cells[r * t->n_columns + c].faulty; /* as a fault of the model */
            if (told || !dmn_set_empty(dmn_axis_set(axis, r), axis->words)) continue;
            DmnFinding *f = add(an, DMN_DEAD, (int)r, -1, (int)c);
            if (f != NULL) show_dead(an, f);
        }
}

/* ---- pairs of rules ------------------------------------------------------------------------------------------------- */
static bool meet(const Complex *x, size_t r, size_t s) {
    for (size_t c = 0; c < x->t->n_columns; c++) {
        const Axis *axis = &x->axes[c];
        if (!dmn_set_meets(dmn_axis_set(axis, r), dmn_axis_set(axis, s), axis->words)) return false;
    }
    return true;
}

/* Outputs that are expressions count as different only when their texts are. */
static bool same_output(const Table *t, size_t r, size_t s) {
    if (t->is_ready[r] && t->is_ready[s]) return value_same(t->ready[r], t->ready[s]);
    for (size_t o = 0; o < t->n_outputs; o++)
        if (!str_eq(t->entry_texts[r * t->n_outputs + o], t->entry_texts[s * t->n_outputs + o])) return false;
    return true;
}

static void show_pair(Analysis *an, DmnFinding *f, size_t r, size_t s) {
    size_t n = an->x->t->n_columns;
    const Bits **box = NEW_ARRAY(an->run->arena, const Bits *, n);
    for (size_t c = 0; c < n; c++) {
        const Axis *axis = &an->x->axes[c];
        Bits *both = NEW_ARRAY(an->run->arena, Bits, axis->words);
        for (size_t w = 0; w < axis->words; w++) both[w] = dmn_axis_set(axis, r)[w] & dmn_axis_set(axis, s)[w];
        box[c] = both;
    }
    show(an, f, box);
}

/* Source: DMN 1.5 §8.2.10: under UNIQUE no two rules may match, under ANY only with equal outputs. */
static void find_pairs(Analysis *an) {
    const Table *t = an->x->t;
    if (t->policy != HIT_UNIQUE && t->policy != HIT_ANY) return;
    for (size_t r = 0; r < t->n_rules; r++) {
        if (!dmn_set_has(an->x->sure, r)) continue;
        for (size_t s = r + 1; s < t->n_rules; s++) {
            if (!dmn_set_has(an->x->sure, s) || !meet(an->x, r, s)) continue;
            bool same = same_output(t, r, s);
            if (same && t->policy == HIT_ANY) continue;
            DmnFinding *f = add(an, same ? DMN_OVERLAP : DMN_CONFLICT, (int)r, (int)s, -1);
            if (f != NULL) show_pair(an, f, r, s);
        }
    }
}

/* ---- searches --------------------------------------------------------------------------------------------------------- */
static bool search(Analysis *an, const Bits **universe, const Bits *rules, bool (*found)(Search *, const Bits *const *), void *context) {
    Search s = {.x = an->x, .a = an->run->arena, .universe = universe, .rules = rules, .found = found, .context = context, .budget = an->budget};
    dmn_search(&s);
    an->budget = s.budget;
    return s.budget >= 0;
}

static bool note_gap(Search *s, const Bits *const *box) {
    Analysis *an = s->context;
    DmnFinding *f = add(an, DMN_GAP, -1, -1, -1);
    if (f != NULL) show(an, f, box);
    return f != NULL;
}

/* Source: DMN 1.5 §8.2.11: with a default output no input is without an answer. */
static bool find_gaps(Analysis *an) {
    const Table *t = an->x->t;
    for (size_t o = 0; o < t->n_outputs; o++)
        if (t->outputs[o].otherwise != NULL) return true;
    const Bits **universe = NEW_ARRAY(an->run->arena, const Bits *, t->n_columns);
    Bits *rules = NEW_ARRAY(an->run->arena, Bits, an->x->words);
    for (size_t c = 0; c < t->n_columns; c++) universe[c] = an->x->axes[c].live;
    for (size_t r = 0; r < t->n_rules; r++)
        if (!dmn_set_has(an->x->dead, r)) dmn_set_add(rules, r);
    return search(an, universe, rules, note_gap, an);
}

static bool note_decides(Search *s, const Bits *const *box) {
    (void)box;
    *(bool *)s->context = true;
    return false;
}

/* Which of two matching rules does the hit policy prefer? -1 when its output is not known yet. */
static int preferred(Analysis *an, size_t r, size_t s) {
    const Table *t = an->x->t;
    if (t->policy == HIT_FIRST) return (int)(r < s ? r : s);
    if (!t->is_ready[r] || !t->is_ready[s]) return -1;
    int rules[2] = {(int)(r < s ? r : s), (int)(r < s ? s : r)};
    size_t n = 2;
    (void)dmn_hit(an->run, t, t->blank, rules, &n);
    return rules[0];
}

static bool holds_at(const Complex *x, size_t rule, const Bits *const *box) {
    for (size_t c = 0; c < x->t->n_columns; c++)
        if (!dmn_set_has(dmn_axis_set(&x->axes[c], rule), dmn_set_first(box[c]))) return false;
    return true;
}

/* Who decides at the witness in the masked rule's stead. */
static int decider(Analysis *an, const Bits *const *box) {
    int best = -1;
    for (size_t r = 0; r < an->x->t->n_rules; r++) {
        if (!dmn_set_has(an->better, r) || !holds_at(an->x, r, box)) continue;
        if (best < 0 || preferred(an, (size_t)best, r) == (int)r) best = (int)r;
    }
    return best;
}

static bool find_masked_rule(Analysis *an, size_t rule) {
    const Table *t = an->x->t;
    memset(an->better, 0, an->x->words * sizeof(Bits));
    for (size_t r = 0; r < t->n_rules; r++) {
        bool counts = r != rule && dmn_set_has(an->x->sure, r) && !dmn_set_has(an->x->dead, r);
        if (counts && meet(an->x, r, rule) && preferred(an, r, rule) == (int)r) dmn_set_add(an->better, r);
    }
    if (dmn_set_empty(an->better, an->x->words)) return true;
    const Bits **own = NEW_ARRAY(an->run->arena, const Bits *, t->n_columns);
    for (size_t c = 0; c < t->n_columns; c++) own[c] = dmn_axis_set(&an->x->axes[c], rule);
    bool decides = false;
    TRY(search(an, own, an->better, note_decides, &decides));
    if (decides) return true;
    DmnFinding *f = add(an, DMN_MASKED, (int)rule, decider(an, own), -1);
    if (f != NULL) show(an, f, own);
    return true;
}

/* Source: DMN 1.5 §8.2.10: under FIRST and PRIORITY a rule may match and never decide. */
static bool find_masked(Analysis *an) {
    const Table *t = an->x->t;
    if (t->policy != HIT_FIRST && t->policy != HIT_PRIORITY) return true;
    an->better = NEW_ARRAY(an->run->arena, Bits, an->x->words);
    for (size_t r = 0; r < t->n_rules; r++) {
        if (dmn_set_has(an->x->dead, r)) continue;
        TRY(find_masked_rule(an, r));
    }
    return true;
}

void dmn_analyse(const DmnModel *m, int table, FeelRun *run, DmnFindings *findings) {
    assert(m != NULL && run != NULL && run->arena != NULL && findings != NULL && findings->a != NULL);
    assert(table >= 0 && (size_t)table < m->n_tables);
    Analysis an = {.x = dmn_complex(m->tables[table], run), .run = run, .out = findings, .budget = SEARCH_BUDGET};
    bool finished = find_gaps(&an);
    find_pairs(&an);
    finished = find_masked(&an) && finished;
    find_dead(&an);
    find_general(&an);
    if (!finished) add(&an, DMN_UNFINISHED, -1, -1, -1);
}
