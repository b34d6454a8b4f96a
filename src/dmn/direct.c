/* dmn/direct: decides the usual decision, one table over input data alone, without frames or memory.
 * It must give exactly what the general way gives: whatever is not plain (a value of another kind than
 * the column's, a cell to be run, several hits, an output to be computed) is left to that. */
#include "dmn/direct_in.h"

/* ---- at load --------------------------------------------------------------------------------- */
/* The kind of values that pass a type unchanged; false when that takes more than a look. */
static bool plain_kind(const FeelType *type, uint8_t *kind) {
    if (type == NULL || type->kind == FEEL_ANY) return true;
    if (type->allowed != NULL || type->kind < FEEL_BOOLEAN || type->kind > FEEL_MONTHS) return false;
    uint8_t wanted = (uint8_t)(type->kind - FEEL_BOOLEAN + VALUE_BOOL);
    if (*kind != DMN_ANY_KIND && *kind != wanted) return false;
    *kind = wanted;
    return true;
}

static bool plan_column(const DmnModel *m, const Node *node, const Table *t, size_t c, DirectColumn *out) {
    const Box *input = t->columns[c].input;
    const ColumnIndex *index = &t->index->columns[c];
    if (input->kind != BOX_SLOT || input->depth != 0) return false;
    int source = node->slots[input->slot].source;
    if (!index->indexed) return false;
    *out = (DirectColumn){.index = index->trivial ? NULL : index, .input = (size_t)source, .kind = DMN_ANY_KIND};
    return plain_kind(m->by_kind[DMN_INPUT][source]->type, &out->kind) && plain_kind(input->type, &out->kind);
}

static bool is_candidate(const DmnModel *m, const Node *node) {
    const Box *body = node->body;
    for (size_t i = 0; i < node->n_slots; i++)
        if (node->slots[i].source < 0 || (size_t)node->slots[i].source >= m->n_kind[DMN_INPUT]) return false;
    if (node->plan.n_steps != 1 || node->result != NULL || body->kind != BOX_TABLE || body->type != NULL) return false;
    const Table *t = body->table;
    bool single =
        t->policy == HIT_UNIQUE || t->policy == HIT_FIRST || t->policy == HIT_ANY || t->policy == HIT_PRIORITY;
    return single && t->n_outputs > 0 && t->n_rules > 0 && t->n_columns <= DMN_MOST_DIRECT;
}

const Direct *dmn_direct_build(Arena *a, const DmnModel *m, const Node *node) {
    if (!is_candidate(m, node)) return NULL;
    const Table *t = node->body->table;
    Direct *d = arena_zero(a, sizeof(Direct) + t->n_columns * sizeof(DirectColumn));
    *d = (Direct){.t = t, .node = node, .n = t->n_columns};
    for (size_t c = 0; c < d->n; c++)
        if (!plan_column(m, node, t, c, &d->columns[c])) return NULL;
    return d;
}

/* ---- one case -------------------------------------------------------------------------------- */
/* Words of n rows taken together. */
static Word common(const Word *const *rows, size_t n, ptrdiff_t word) {
    Word left = rows[0][word];
    for (size_t i = 1; i < n; i++) left &= rows[i][word];
    return left;
}

/* The one rule that n rows of several words have in common. */
static int rule_of_rows(const Table *t, const Word *const *rows, size_t n) {
    const ptrdiff_t heads = (ptrdiff_t)t->index->heads;
    int found = DIRECT_NONE;
    for (ptrdiff_t h = 0; h < heads; h++) {
        for (Word words = common(rows, n, h - heads); words != 0; words &= words - 1) {
            size_t w = (size_t)h * 64 + (size_t)__builtin_ctzll(words);
            int rule = dmn_direct_rule(t, w, common(rows, n, (ptrdiff_t)w));
            if (rule == DIRECT_NONE) continue;
            if (rule == DIRECT_UNSURE || found != DIRECT_NONE) return DIRECT_UNSURE;
            if (t->policy == HIT_FIRST) return rule;
            found = rule;
        }
    }
    return found;
}

static inline bool passes(const DirectColumn *column, Value v) {
    return v.kind == column->kind || v.kind == VALUE_NULL || column->kind == DMN_ANY_KIND;
}

/* Tables of up to 64 rules. */
static int rule_of_word(const Direct *d, const Value *inputs) {
    const Index *index = d->t->index;
    Word left = index->all[0];
    for (const DirectColumn *c = d->columns, *end = c + d->n; c < end; c++) {
        Value v = inputs[c->input];
        if (!passes(c, v)) return DIRECT_UNSURE;
        if (c->index == NULL) continue;
        const Word *row = dmn_row(index, c->index, v);
        if (row == NULL) return DIRECT_UNSURE;
        left &= row[0];
    }
    return dmn_direct_rule(d->t, 0, left);
}

static int rule_of_words(const Direct *d, const Value *inputs) {
    const Index *index = d->t->index;
    const Word *rows[DMN_MOST_DIRECT + 1];
    size_t n = 0;
    rows[n++] = index->all;
    for (const DirectColumn *c = d->columns, *end = c + d->n; c < end; c++) {
        Value v = inputs[c->input];
        if (!passes(c, v)) return DIRECT_UNSURE;
        if (c->index == NULL) continue;
        rows[n] = dmn_row(index, c->index, v);
        if (rows[n++] == NULL) return DIRECT_UNSURE;
    }
    return rule_of_rows(d->t, rows, n);
}

/* The trace keeps what the general way would: the column's values, the rule, the frame. */
static void note(FeelRun *run, const DmnModel *m, const Direct *d, const Value *inputs, int rule, Value output) {
    const Node *node = d->node;
    FeelFrame *frame = arena_alloc(run->arena, sizeof(FeelFrame) + (node->n_slots + d->n) * sizeof(Value));
    *frame = (FeelFrame){.outer = NULL, .slots = (Value *)(frame + 1)};
    for (size_t i = 0; i < node->n_slots; i++) {
        int source = node->slots[i].source;
        frame->slots[i] = dmn_coerce(run, inputs[source], m->by_kind[DMN_INPUT][source]->type);
    }
    Value *values = frame->slots + node->n_slots;
    for (size_t c = 0; c < d->n; c++) values[c] = inputs[d->columns[c].input];
    int *rules = arena_alloc(run->arena, sizeof(int));
    *rules = rule;
    dmn_note(run, d->t, frame, values, rules, rule >= 0, output);
}

bool dmn_direct(FeelRun *run, const DmnModel *m, const Direct *d, const Value *inputs, Value *out) {
    if (run->fuel <= 0 || arena_full(run->arena)) return false;
    const Table *t = d->t;
    int rule = t->index->words == 1 ? rule_of_word(d, inputs) : rule_of_words(d, inputs);
    if (rule >= 0 ? !t->is_ready[rule] : rule == DIRECT_UNSURE || !t->none_ready) return false;
    run->fuel--;
    *out = rule >= 0 ? t->ready[rule] : t->none;
    if (run->trace != NULL) note(run, m, d, inputs, rule, *out);
    return true;
}
