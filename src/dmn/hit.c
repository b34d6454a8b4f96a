/* dmn/hit: evaluates a decision table (DMN 1.5 §8.2.10, §10.3.2.10): inputs, matching rules, hit
 * policy, aggregation, default; and notes the hit in the trace. Whatever goes wrong is a null with
 * its cause; a table never fails. */
#include "dmn/dmn_in.h"

#include <string.h>

enum { FEW_INPUTS = 16, FEW_RULES = 2 };

/* ---- outputs --------------------------------------------------------------------------------- */
static Value entry(FeelRun *run, const Table *t, const FeelFrame *frame, int rule, size_t output) {
    return dmn_eval(run, t->entries[(size_t)rule * t->n_outputs + output], frame);
}

/* One output: its value. Several: a context by output name. */
static Value rule_output(FeelRun *run, const Table *t, const FeelFrame *frame, int rule) {
    if (t->is_ready[rule]) return t->ready[rule];
    if (t->n_outputs == 1) return entry(run, t, frame, rule, 0);
    ValueEntry *entries = NEW_ARRAY(run->arena, ValueEntry, t->n_outputs);
    for (size_t i = 0; i < t->n_outputs; i++) {
        entries[i].key = t->outputs[i].name;
        entries[i].value = entry(run, t, frame, rule, i);
    }
    return value_ctx(entries, t->n_outputs);
}

static Value default_of(FeelRun *run, const Output *output, const FeelFrame *frame) {
    return output->otherwise != NULL ? dmn_eval(run, output->otherwise, frame) : value_null();
}

/* Source: DMN 1.5 §8.2.11: the default counts only when no rule matches. */
static Value no_match(FeelRun *run, const Table *t, const FeelFrame *frame) {
    if (t->none_ready) return t->none;
    if (t->n_outputs == 1) return default_of(run, &t->outputs[0], frame);
    ValueEntry *entries = NEW_ARRAY(run->arena, ValueEntry, t->n_outputs);
    for (size_t i = 0; i < t->n_outputs; i++) {
        entries[i] = (ValueEntry){t->outputs[i].name, default_of(run, &t->outputs[i], frame)};
    }
    return value_ctx(entries, t->n_outputs);
}

static Value output_list(FeelRun *run, const Table *t, const FeelFrame *frame, const int *rules, size_t n) {
    Value *items = NEW_ARRAY(run->arena, Value, n);
    for (size_t i = 0; i < n; i++) items[i] = rule_output(run, t, frame, rules[i]);
    return value_list(items, n);
}

/* ---- priority -------------------------------------------------------------------------------- */
static bool ranks_as(FeelRun *run, const FeelTest *test, Value v) {
    if (test->kind == FEEL_TEST_ANY) return true;
    if (test->kind == FEEL_TEST_EQUAL) return value_is_true(feel_equal(run, v, test->value));
    return value_is_true(feel_in(run, v, test->value));
}

/* A value that is not listed ranks last. */
static size_t rank(FeelRun *run, const Output *output, Value v) {
    size_t i = 0;
    while (i < output->n_ranks && !ranks_as(run, &output->ranks[i], v)) i++;
    return i;
}

/* Source: DMN 1.5 §8.2.10: the leftmost output with listed values decides, then the next. */
static bool outranks(const Table *t, const size_t *x, const size_t *y) {
    for (size_t i = 0; i < t->n_outputs; i++) {
        if (x[i] != y[i]) return x[i] < y[i];
    }
    return false;
}

static size_t *ranks_of(FeelRun *run, const Table *t, const FeelFrame *frame, int rule) {
    size_t *ranks = NEW_ARRAY(run->arena, size_t, t->n_outputs);
    for (size_t i = 0; i < t->n_outputs; i++) {
        const Output *output = &t->outputs[i];
        if (output->n_ranks > 0) ranks[i] = rank(run, output, entry(run, t, frame, rule, i));
    }
    return ranks;
}

typedef struct Ranked {
    int rule;            /* rule number */
    const size_t *ranks; /* by output; equal where an output does not count */
} Ranked;

/* Stable merge sort, best first: ties keep the order of the rules. */
static void sort_ranked(const Table *t, Ranked *items, Ranked *scratch, size_t n) {
    if (n < 2) return;
    size_t half = n / 2, i = 0, j = half, k = 0;
    sort_ranked(t, items, scratch, half);
    sort_ranked(t, items + half, scratch, n - half);
    while (i < half && j < n) scratch[k++] = outranks(t, items[j].ranks, items[i].ranks) ? items[j++] : items[i++];
    while (i < half) scratch[k++] = items[i++];
    while (j < n) scratch[k++] = items[j++];
    memcpy(items, scratch, n * sizeof(Ranked));
}

static void sort_by_priority(FeelRun *run, const Table *t, const FeelFrame *frame, int *rules, size_t n) {
    Ranked *items = NEW_ARRAY(run->arena, Ranked, n), *scratch = NEW_ARRAY(run->arena, Ranked, n);
    for (size_t i = 0; i < n; i++) items[i] = (Ranked){rules[i], ranks_of(run, t, frame, rules[i])};
    sort_ranked(t, items, scratch, n);
    for (size_t i = 0; i < n; i++) rules[i] = items[i].rule;
}

/* ---- policies -------------------------------------------------------------------------------- */
static Value hit_unique(FeelRun *run, const Table *t, const FeelFrame *frame, const int *rules, size_t n) {
    if (n == 1) return rule_output(run, t, frame, rules[0]);
    return value_because(run->arena, "hit_policy", "Rules %d and %d both match in a table where only one may.",
                         rules[0] + 1, rules[1] + 1);
}

static Value hit_any(FeelRun *run, const Table *t, const FeelFrame *frame, const int *rules, size_t n) {
    for (size_t o = 0; o < t->n_outputs; o++) {
        Value first = entry(run, t, frame, rules[0], o);
        for (size_t i = 1; i < n; i++) {
            if (value_is_true(feel_equal(run, first, entry(run, t, frame, rules[i], o)))) continue;
            return value_because(run->arena, "hit_policy", "Rules %d and %d match with different outputs.",
                                 rules[0] + 1, rules[i] + 1);
        }
    }
    return rule_output(run, t, frame, rules[0]);
}

static Value sum(FeelRun *run, const Value *items, size_t n) {
    Value total = value_int(0);
    for (size_t i = 0; i < n; i++) {
        if (items[i].kind != VALUE_NUMBER)
            return value_because(run->arena, "type", "An output to be added is not a number.");
        total = dec_add(run->arena, total, items[i]);
        if (total.kind != VALUE_NUMBER) return total;
    }
    return total;
}

static Value extreme(FeelRun *run, const Value *items, size_t n, bool want_least) {
    Value best = items[0];
    for (size_t i = 0; i < n; i++) {
        /* Also compares the first with itself: a null or a kind without order spoils the whole. */
        Value less = want_least ? feel_less(run, items[i], best) : feel_less(run, best, items[i]);
        if (less.kind != VALUE_BOOL) return value_because(run->arena, "type", "The outputs cannot be compared.");
        if (value_is_true(less)) best = items[i];
    }
    return best;
}

/* Source: DMN 1.5 §8.2.10: C+ C# C< C> over the outputs of all matching rules. */
static Value hit_collect(FeelRun *run, const Table *t, const FeelFrame *frame, const int *rules, size_t n) {
    if (t->aggregation == AGGREGATE_COUNT) return value_int((int64_t)n);
    Value list = output_list(run, t, frame, rules, n);
    if (t->aggregation == AGGREGATE_NONE) return list;
    if (t->n_outputs != 1) return value_because(run->arena, "hit_policy", "Several outputs cannot be aggregated.");
    if (t->aggregation == AGGREGATE_SUM) return sum(run, list.u.list, n);
    return extreme(run, list.u.list, n, t->aggregation == AGGREGATE_MIN);
}

Value dmn_hit(FeelRun *run, const Table *t, const FeelFrame *frame, int *rules, size_t *n) {
    if (*n == 0) return no_match(run, t, frame);
    switch (t->policy) {
    case HIT_UNIQUE:
        return hit_unique(run, t, frame, rules, *n);
    case HIT_ANY:
        return hit_any(run, t, frame, rules, *n);
    case HIT_FIRST:
        return rule_output(run, t, frame, rules[0]);
    case HIT_PRIORITY:
        sort_by_priority(run, t, frame, rules, *n);
        *n = 1;
        return rule_output(run, t, frame, rules[0]);
    case HIT_OUTPUT_ORDER:
        sort_by_priority(run, t, frame, rules, *n);
        return output_list(run, t, frame, rules, *n);
    case HIT_RULE_ORDER:
        return output_list(run, t, frame, rules, *n);
    case HIT_COLLECT:
        return hit_collect(run, t, frame, rules, *n);
    }
    assert(!"a hit policy that does not exist");
    return value_null();
}

/* ---- the table ------------------------------------------------------------------------------- */
static size_t most_matches(const Table *t) {
    if (t->policy == HIT_FIRST) return 1;
    if (t->policy == HIT_UNIQUE) return 2;
    return t->n_rules;
}

/* A trace that outlives the run gets copies. */
static void keep(DmnTrace *trace, DmnHit *hit) {
    Value *inputs = NEW_ARRAY(trace->a, Value, hit->n_inputs);
    for (size_t i = 0; i < hit->n_inputs; i++) inputs[i] = value_copy(trace->a, hit->inputs[i]);
    int *rules = arena_alloc(trace->a, hit->n_rules * sizeof(int));
    if (hit->n_rules > 0) memcpy(rules, hit->rules, hit->n_rules * sizeof(int));
    hit->inputs = inputs;
    hit->rules = rules;
    hit->output = value_copy(trace->a, hit->output);
    hit->frame = NULL;
}

void dmn_note(FeelRun *run, const Table *t, const FeelFrame *frame, const Value *inputs, const int *rules, size_t n,
              Value output) {
    DmnTrace *trace = run->trace;
    if (trace->n == trace->cap) {
        size_t cap = trace->cap > 0 ? 2 * trace->cap : 8;
        trace->hits = arena_grow(trace->a, trace->hits, trace->cap * sizeof(DmnHit), cap * sizeof(DmnHit));
        trace->cap = cap;
    }
    DmnHit *hit = &trace->hits[trace->n++];
    *hit = (DmnHit){
        .table = t->number,
        .decision = t->owner->name,
        .decision_id = t->owner->id,
        .n_inputs = t->n_columns,
        .inputs = inputs,
        .n_rules = n,
        .rules = rules,
        .output = output,
        .frame = frame,
    };
    if (trace->a != run->arena) keep(trace, hit);
}

Value dmn_table_eval(FeelRun *run, const Table *t, const FeelFrame *frame) {
    if (t->n_outputs == 0) return value_because(run->arena, "missing", "The table has no output.");
    size_t most = most_matches(t);
    /* Only a trace keeps these; the usual small table then needs no memory at all. */
    Value few_inputs[FEW_INPUTS];
    int few_rules[FEW_RULES];
    bool traced = run->trace != NULL;
    Value *inputs =
        traced || t->n_columns > FEW_INPUTS ? arena_alloc(run->arena, t->n_columns * sizeof(Value)) : few_inputs;
    int *rules = traced || most > FEW_RULES ? arena_alloc(run->arena, most * sizeof(int)) : few_rules;
    for (size_t i = 0; i < t->n_columns; i++) inputs[i] = dmn_eval(run, t->columns[i].input, frame);
    size_t n = dmn_match(run, t, frame, inputs, most, rules);
    Value output = dmn_hit(run, t, frame, rules, &n);
    if (traced) dmn_note(run, t, frame, inputs, rules, n, output);
    return output;
}
