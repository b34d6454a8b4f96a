/* dmn/probe: collects values of input data that are worth trying. Only a list of candidates: whoever uses
 * one must decide again to know what it does. */
#include "dmn/probe_in.h"

enum { MOST_ALLOWED = 256, MOST_SCALE = 9 };

/* ---- leaves ------------------------------------------------------------------------------------------------------ */
static void add_leaf(Probe *p, int input, Str member, const FeelType *type) {
    Str variable = p->m->by_kind[DMN_INPUT][input]->variable;
    Str text = member.n == 0 ? variable : str_printf(p->run->arena, STR_FMT "." STR_FMT, STR_ARG(variable), STR_ARG(member));
    p->leaves[p->n_leaves++] = (Leaf){input, member, type, p->m->by_kind[DMN_INPUT][input]->type, text};
}

static size_t count_leaves(const FeelType *type) {
    return type != NULL && type->kind == FEEL_CONTEXT && type->n > 0 ? type->n : 1;
}

void dmn_probe(Probe *p, const DmnModel *m, FeelRun *run) {
    Arena *a = run->arena;
    *p = (Probe){.m = m, .run = run, .complexes = NEW_ARRAY(a, const Complex *, m->n_tables)};
    for (size_t t = 0; t < m->n_tables; t++) p->complexes[t] = dmn_complex(m->tables[t], run);
    size_t n = 0;
    for (size_t i = 0; i < m->n_kind[DMN_INPUT]; i++) n += count_leaves(m->by_kind[DMN_INPUT][i]->type);
    p->leaves = NEW_ARRAY(a, Leaf, n);
    for (size_t i = 0; i < m->n_kind[DMN_INPUT]; i++) {
        const FeelType *type = m->by_kind[DMN_INPUT][i]->type;
        if (type == NULL || type->kind != FEEL_CONTEXT || type->n == 0) add_leaf(p, (int)i, STR(""), type);
        else
            for (size_t k = 0; k < type->n; k++) add_leaf(p, (int)i, type->keys[k], type->members[k]);
    }
}

Value dmn_probe_get(const Leaf *leaf, const Value *inputs) {
    Value v = value_null();
    if (leaf->member.n == 0) return inputs[leaf->input];
    (void)value_find(inputs[leaf->input], leaf->member, &v);
    return v;
}

/* All members are there, unknown: without one of them the value would not be of its type. */
static Value blank_context(Arena *a, const FeelType *type) {
    ValueEntry *entries = NEW_ARRAY(a, ValueEntry, type->n);
    for (size_t i = 0; i < type->n; i++) entries[i].key = type->keys[i];
    return value_ctx(entries, type->n);
}

void dmn_probe_set(Arena *a, const Leaf *leaf, Value *inputs, Value v) {
    Value *slot = &inputs[leaf->input];
    if (leaf->member.n == 0) *slot = v;
    else *slot = value_with(a, slot->kind == VALUE_CONTEXT ? *slot : blank_context(a, leaf->whole), leaf->member, v);
}

bool dmn_probe_needs(const Probe *p, int decision, const Leaf *leaf) {
    const Plan *plan = &p->m->by_kind[DMN_DECISION][decision]->plan;
    for (size_t i = 0; i < plan->n_inputs; i++)
        if (plan->inputs[i] == leaf->input) return true;
    return false;
}

/* ---- places on a line ------------------------------------------------------------------------------------------ */
Value dmn_probe_place(const Probe *p, Value v) {
    int64_t seconds, nanos;
    (void)p;
    switch (v.kind) {
    case VALUE_NUMBER: return v;
    case VALUE_DATE:
    case VALUE_DAYTIME:
    case VALUE_MONTHS: return value_int(v.u.i);
    case VALUE_DATETIME: date_instant(v, &seconds, &nanos); return value_int(seconds);
    default: return value_null();
    }
}

Value dmn_probe_at(const Probe *p, Value like, Value place) {
    int64_t to, from;
    if (place.kind != VALUE_NUMBER) return value_null();
    if (like.kind == VALUE_NUMBER) return place;
    if (!dec_to_int(place, &to)) return value_null();
    switch (like.kind) {
    case VALUE_DATE: return date_add_seconds(p->run->arena, like, (to - like.u.i) * 86400, 0);
    case VALUE_DAYTIME: return date_daytime(to, 0);
    case VALUE_MONTHS: like.u.i = to; return like;
    case VALUE_DATETIME:
        if (!dec_to_int(dmn_probe_place(p, like), &from)) return value_null();
        return date_add_seconds(p->run->arena, like, to - from, 0);
    default: return value_null();
    }
}

Value dmn_probe_beside(const Probe *p, Value v, int direction) {
    Arena *a = p->run->arena;
    Value step = value_int(direction);
    if (v.kind == VALUE_NUMBER) {
        /* As fine as the number is written: 18 → 19, 2.5 → 2.6. */
        bool fine = !(v.flags & VALUE_SPILLED) && v.scale > 0 && v.scale <= MOST_SCALE;
        if (fine) step.scale = v.scale;
        return dec_add(a, v, step);
    }
    return dmn_probe_at(p, v, dec_add(a, dmn_probe_place(p, v), step));
}

/* ---- candidates ---------------------------------------------------------------------------------------------------- */
bool dmn_probe_suits(const Probe *p, const Leaf *leaf, Value v) {
    return v.kind != VALUE_NULL && (leaf->type == NULL || feel_conforms(p->run, v, leaf->type));
}

static void offer(const Probe *p, const Leaf *leaf, Value v, ValueBuild *out) {
    if (!dmn_probe_suits(p, leaf, v)) return;
    for (size_t i = 0; i < out->n; i++)
        if (value_same(out->u.items[i], v)) return;
    build_item(out, v);
}

static bool is_word_byte(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }

/* Does the name stand in the text as a whole word? "" stands everywhere. */
static bool names(Str text, Str name) {
    if (name.n == 0) return true;
    for (size_t i = 0; i + name.n <= text.n; i++) {
        if (!str_eq(str_sub(text, i, name.n), name)) continue;
        bool starts = i == 0 || !is_word_byte(text.p[i - 1]), ends = i + name.n == text.n || !is_word_byte(text.p[i + name.n]);
        if (starts && ends) return true;
    }
    return false;
}

static void offer_axis(const Probe *p, const Leaf *leaf, const Axis *axis, bool unnamed, ValueBuild *out) {
    for (uint8_t kind = VALUE_NUMBER; kind <= VALUE_MONTHS; kind++) {
        const Slice *s = &axis->slices[kind];
        for (size_t i = 0; s->n > 0 && i < s->n_points; i++) {
            offer(p, leaf, s->points[i], out);
            if (!dmn_is_ordered(kind)) continue;
            offer(p, leaf, dmn_probe_beside(p, s->points[i], 1), out);
            offer(p, leaf, dmn_probe_beside(p, s->points[i], -1), out);
        }
        if (unnamed && s->n > 0 && kind == VALUE_STRING) offer(p, leaf, axis->values[s->first + s->n - 1], out);
    }
}

static void offer_allowed(const Probe *p, const Leaf *leaf, ValueBuild *out) {
    FeelTest tests[MOST_ALLOWED];
    bool negated;
    for (const FeelType *type = leaf->type; type != NULL; type = type->base) {
        size_t n = type->allowed != NULL ? feel_cell(type->allowed, tests, MOST_ALLOWED, &negated) : 0;
        for (size_t i = 0; i < n; i++)
            if (tests[i].kind == FEEL_TEST_EQUAL) offer(p, leaf, tests[i].value, out);
    }
}

bool dmn_probe_names(const Column *column, const Leaf *leaf) { return names(column->text, leaf->text); }

/* Out: did any column name it? */
static bool offer_columns(const Probe *p, const Leaf *leaf, Str name, bool unnamed, ValueBuild *out) {
    bool any = false;
    for (size_t t = 0; t < p->m->n_tables; t++) {
        const Table *table = p->m->tables[t];
        for (size_t c = 0; c < table->n_columns; c++) {
            if (!names(table->columns[c].text, name)) continue;
            offer_axis(p, leaf, &p->complexes[t]->axes[c], unnamed, out);
            any = true;
        }
    }
    return any;
}

void dmn_probe_constants(const Probe *p, const Leaf *leaf, bool unnamed, ValueBuild *out) {
    offer(p, leaf, value_bool(true), out);
    offer(p, leaf, value_bool(false), out);
    offer_allowed(p, leaf, out);
    /* An input that no column names, but only another decision: any constant may matter to it. */
    if (!offer_columns(p, leaf, leaf->text, unnamed, out)) (void)offer_columns(p, leaf, STR(""), unnamed, out);
}
