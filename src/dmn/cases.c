/* dmn/cases: makes input data that exercises every rule and every cell of a model's tables (MC/DC). For each
 * goal it starts from the known case that comes nearest and changes one input, or two, as long as more of
 * the rule's cells fall into place. It promises nothing: coverage tells what was reached. */
#include "dmn/probe_in.h"

#include <string.h>

enum { CASES_BUDGET = 1000000, CLIMB_BUDGET = 20000, FIRST_CASES = 4, MOST_CASES = 20000, SCRATCH = 64 << 20 };

typedef struct Maker {
    Probe probe;
    DmnCases *out;
    Value **values;      /* by leaf: candidates */
    size_t *n_values;    /* how many */
    size_t *used;        /* leaves that the goal's decision needs */
    size_t n_used;
    size_t cap;          /* of out->inputs */
    Arena *scratch;      /* one trial, then forgotten */
    Value *spare;        /* room for the inputs of one case */
    FeelRun run;         /* in the scratch */
    int64_t left;        /* trials left in all */
    int64_t of_goal;     /* trials left for this climb */
} Maker;
typedef struct Goal {
    const Table *t;
    int decision;        /* evaluates the table on its way */
    size_t rule;
    int cell;            /* the only one that shall fail; -1: the rule shall decide */
} Goal;

/* ---- how near is a case to its goal? ------------------------------------------------------------------------------ */
static bool produced(const DmnHit *hit, size_t rule) {
    for (size_t i = 0; i < hit->n_rules; i++)
        if ((size_t)hit->rules[i] == rule) return true;
    return false;
}

/* Cells that are as they shall be, and one more when the rule decides; reached at columns + 1. */
static size_t score_hit(Maker *k, const Goal *g, const DmnHit *hit) {
    size_t score = 0, n = g->t->n_columns;
    for (size_t c = 0; c < n; c++) {
        bool holds = dmn_cell_holds(&k->run, &g->t->cells[g->rule * n + c], hit->frame, hit->inputs[c]);
        score += holds == ((int)c != g->cell);
    }
    return score + (score == n && (g->cell >= 0 || produced(hit, g->rule)));
}

/* 1 more than the best hit of the table; 0 when the table is not evaluated. */
static size_t score(Maker *k, const Goal *g, const Value *inputs) {
    size_t best = 0;
    k->run.fuel = FEEL_FUEL;
    DmnTrace trace = {.a = k->scratch};
    (void)dmn_decide(k->probe.m, g->decision, inputs, &k->run, &trace);
    for (size_t i = 0; i < trace.n; i++) {
        if (trace.hits[i].table != g->t->number) continue;
        size_t s = 1 + score_hit(k, g, &trace.hits[i]);
        best = s > best ? s : best;
    }
    arena_reset(k->scratch);
    k->left--;
    k->of_goal--;
    return best;
}

static size_t full_score(const Goal *g) { return g->t->n_columns + 2; }

/* ---- keeping cases ------------------------------------------------------------------------------------------------------ */
static void cover_with(Maker *k, const Value *inputs, int decision) {
    DmnTrace trace = {.a = k->scratch};
    k->run.fuel = FEEL_FUEL;
    (void)dmn_decide(k->probe.m, decision, inputs, &k->run, &trace);
    dmn_cover_add(k->out->cover, &trace, &k->run);
    arena_reset(k->scratch);
}

static bool is_kept(const Maker *k, const Value *inputs) {
    size_t n = k->probe.m->n_kind[DMN_INPUT];
    for (size_t i = 0; i < k->out->n; i++) {
        size_t same = 0;
        while (same < n && value_same(k->out->inputs[i][same], inputs[same])) same++;
        if (same == n) return true;
    }
    return false;
}

static void keep(Maker *k, const Value *inputs) {
    DmnCases *out = k->out;
    Arena *a = k->probe.run->arena;
    size_t n = k->probe.m->n_kind[DMN_INPUT];
    if (is_kept(k, inputs)) return;
    if (out->n == k->cap) {
        size_t cap = k->cap > 0 ? 2 * k->cap : 64;
        out->inputs = arena_grow(a, out->inputs, k->cap * sizeof(Value *), cap * sizeof(Value *));
        k->cap = cap;
    }
    Value *kept = NEW_ARRAY(a, Value, n);
    if (n > 0) memcpy(kept, inputs, n * sizeof(Value));
    out->inputs[out->n++] = kept;
}

static bool is_truth(const Maker *k, size_t leaf) { return k->n_values[leaf] > 0 && k->values[leaf][0].kind == VALUE_BOOL; }

static void change(Maker *k, Value *inputs, size_t leaf, Value v) {
    dmn_probe_set(k->probe.run->arena, &k->probe.leaves[leaf], inputs, v);
}

/* ---- climbing ---------------------------------------------------------------------------------------------------------------- */
/* Tries each value of a leaf; keeps the first that brings the goal nearer. */
static bool improve_one(Maker *k, const Goal *g, Value *inputs, size_t leaf, size_t *best) {
    Value *slot = &inputs[k->probe.leaves[leaf].input], before = *slot;
    for (size_t v = 0; v < k->n_values[leaf] && k->of_goal > 0; v++) {
        change(k, inputs, leaf, k->values[leaf][v]);
        size_t s = score(k, g, inputs);
        if (s > *best) {
            *best = s;
            return true;
        }
        *slot = before;
    }
    return false;
}

/* Sets all truth values that a column names together: `a and b and c` needs them all at once. */
static bool improve_together(Maker *k, const Goal *g, Value *inputs, const Column *column, bool truth, size_t *best) {
    size_t n = k->probe.m->n_kind[DMN_INPUT], changed = 0;
    Value *before = k->spare;
    memcpy(before, inputs, n * sizeof(Value));
    for (size_t i = 0; i < k->probe.n_leaves; i++) {
        if (!is_truth(k, i) || !dmn_probe_names(column, &k->probe.leaves[i])) continue;
        change(k, inputs, i, value_bool(truth));
        changed++;
    }
    size_t s = changed > 1 && k->of_goal > 0 ? score(k, g, inputs) : 0;
    if (s > *best) {
        *best = s;
        return true;
    }
    memcpy(inputs, before, n * sizeof(Value));
    return false;
}

static bool improve_columns(Maker *k, const Goal *g, Value *inputs, size_t *best) {
    for (size_t t = 0; t < k->probe.m->n_tables; t++) {
        const Table *table = k->probe.m->tables[t];
        for (size_t c = 0; c < table->n_columns; c++)
            for (int truth = 0; truth <= 1; truth++)
                if (improve_together(k, g, inputs, &table->columns[c], truth, best)) return true;
    }
    return false;
}

/* Changes one leaf to anything and looks again with another. */
static bool improve_two(Maker *k, const Goal *g, Value *inputs, size_t *best) {
    for (size_t i = 0; i < k->n_used; i++) {
        size_t first = k->used[i];
        Value *slot = &inputs[k->probe.leaves[first].input], before = *slot;
        for (size_t v = 0; v < k->n_values[first] && k->of_goal > 0; v++) {
            change(k, inputs, first, k->values[first][v]);
            for (size_t j = i + 1; j < k->n_used; j++)
                if (improve_one(k, g, inputs, k->used[j], best)) return true;
            *slot = before;
        }
    }
    return false;
}

static bool improve(Maker *k, const Goal *g, Value *inputs, size_t *best) {
    for (size_t i = 0; i < k->n_used; i++)
        if (improve_one(k, g, inputs, k->used[i], best)) return true;
    return improve_columns(k, g, inputs, best) || improve_two(k, g, inputs, best);
}

/* The known case that comes nearest, copied to inputs. */
static size_t start(Maker *k, const Goal *g, Value *inputs) {
    size_t n = k->probe.m->n_kind[DMN_INPUT], best = 0, best_score = 0;
    for (size_t i = 0; i < k->out->n; i++) {
        size_t s = score(k, g, k->out->inputs[i]);
        if (s > best_score) best = i, best_score = s;
        if (best_score == full_score(g)) break;
    }
    if (n > 0) memcpy(inputs, k->out->inputs[best], n * sizeof(Value));
    return best_score;
}

static bool is_shown(const Maker *k, const Goal *g) {
    const DmnTableCover *seen = &k->out->cover->tables[g->t->number];
    return g->cell < 0 ? seen->rules[g->rule] > 0 : seen->cells[g->rule * g->t->n_columns + (size_t)g->cell];
}

static bool climb(Maker *k, const Goal *g, Value *inputs, size_t from) {
    k->of_goal = k->left < CLIMB_BUDGET ? k->left : CLIMB_BUDGET;
    while (from < full_score(g) && improve(k, g, inputs, &from)) {}
    if (from < full_score(g)) return false;
    keep(k, inputs);
    cover_with(k, inputs, g->decision);
    return true;
}

/* From the nearest case, and when that leads nowhere from the first ones, which differ most. */
static void reach(Maker *k, const Goal *g, Value *inputs) {
    if (is_shown(k, g) || k->left <= 0 || k->out->n == MOST_CASES) return;
    size_t best = start(k, g, inputs), n = k->probe.m->n_kind[DMN_INPUT];
    if (climb(k, g, inputs, best)) return;
    for (size_t i = 0; i < FIRST_CASES && i < k->out->n && k->left > 0; i++) {
        if (n > 0) memcpy(inputs, k->out->inputs[i], n * sizeof(Value));
        if (climb(k, g, inputs, score(k, g, inputs))) return;
    }
}

/* ---- all goals ------------------------------------------------------------------------------------------------------------------ */
/* A decision that evaluates the table: its own, or for a BKM's table every one in turn is tried. */
static void reach_table(Maker *k, const Table *t, int decision, Value *inputs) {
    k->n_used = 0;
    for (size_t i = 0; i < k->probe.n_leaves; i++)
        if (dmn_probe_needs(&k->probe, decision, &k->probe.leaves[i])) k->used[k->n_used++] = i;
    for (size_t r = 0; r < t->n_rules; r++) {
        reach(k, &(Goal){t, decision, r, -1}, inputs);
        for (size_t c = 0; c < t->n_columns; c++)
            if (dmn_cell_matters(k->probe.m, t->number, (int)r, (int)c)) reach(k, &(Goal){t, decision, r, (int)c}, inputs);
    }
}

/* First cases to climb from: all truth values one way or the other, the rest at its first or last candidate. */
static void keep_ends(Maker *k, Value *inputs) {
    const DmnModel *m = k->probe.m;
    for (int end = 0; end < FIRST_CASES; end++) {
        for (size_t i = 0; i < k->probe.n_leaves; i++) {
            bool last = is_truth(k, i) ? end & 1 : end & 2;
            if (k->n_values[i] > 0) change(k, inputs, i, k->values[i][last ? k->n_values[i] - 1 : 0]);
        }
        keep(k, inputs);
        for (size_t d = 0; m->n_tables > 0 && d < m->n_kind[DMN_DECISION]; d++)
            if (dmn_is_top(m, (int)d)) cover_with(k, inputs, (int)d);
    }
}

static void gather(Maker *k) {
    size_t n = k->probe.n_leaves;
    Arena *a = k->probe.run->arena;
    k->values = NEW_ARRAY(a, Value *, n);
    k->n_values = NEW_ARRAY(a, size_t, n);
    k->used = NEW_ARRAY(a, size_t, n);
    for (size_t i = 0; i < n; i++) {
        ValueBuild b = {.a = a};
        dmn_probe_constants(&k->probe, &k->probe.leaves[i], true, &b);
        k->values[i] = b.u.items;
        k->n_values[i] = b.n;
    }
}

void dmn_cases(const DmnModel *m, FeelRun *run, DmnCases *out) {
    assert(m != NULL && run != NULL && run->arena != NULL && out != NULL);
    *out = (DmnCases){.cover = dmn_cover(m, run->arena)};
    Maker k = {.out = out, .scratch = arena_new(SCRATCH), .run = *run, .left = CASES_BUDGET};
    k.run.arena = k.scratch;
    dmn_probe(&k.probe, m, run);
    gather(&k);
    k.spare = NEW_ARRAY(run->arena, Value, m->n_kind[DMN_INPUT]);
    Value *inputs = NEW_ARRAY(run->arena, Value, m->n_kind[DMN_INPUT]);
    keep_ends(&k, inputs);
    for (size_t t = 0; t < m->n_tables; t++) {
        const Node *owner = m->tables[t]->owner;
        for (size_t d = 0; d < m->n_kind[DMN_DECISION]; d++) {
            bool own = owner->kind == DMN_DECISION && (size_t)owner->index == d;
            if (own || (owner->kind != DMN_DECISION && dmn_is_top(m, (int)d))) reach_table(&k, m->tables[t], (int)d, inputs);
        }
    }
    arena_free(k.scratch);
}
