/* feel_iter: for, some, every and filters (Source: DMN 1.5 §10.3.2.5, §10.3.2.14 table 54 ff). Each
 * turn uses fuel, so that a loop over a loop ends with a cause and not with the reader's patience. */
#include "feel/feel_in.h"

/* What one variable runs over: a list, or whole numbers or days from lo to hi, up or down. */
typedef struct Span {
    Value list;   /* a list, or */
    int64_t lo;   /* first of the span */
    int64_t n;    /* turns */
    int down;     /* -1 when counting down, else 1 */
    uint8_t kind; /* VALUE_LIST, VALUE_NUMBER or VALUE_DATE */
} Span;

static bool span_of(Value lo, Value hi, Span *out) {
    int64_t from, to;
    if (lo.kind != hi.kind) return false;
    if (lo.kind == VALUE_DATE)
        from = lo.u.i, to = hi.u.i;
    else if (!value_to_int(lo, &from) || !value_to_int(hi, &to))
        return false;
    int64_t distance;
    if (__builtin_sub_overflow(to, from, &distance) || distance == INT64_MIN || distance == INT64_MAX ||
        distance == -INT64_MAX)
        return false;
    *out = (Span){
        .lo = from, .n = (distance < 0 ? -distance : distance) + 1, .down = distance < 0 ? -1 : 1, .kind = lo.kind};
    return true;
}

static Value item_at(const Span *s, int64_t i) {
    if (s->kind == VALUE_LIST) return s->list.u.list[i];
    return (Value){.kind = s->kind, .u.i = s->lo + i * s->down};
}

typedef struct Loop {
    FeelEval *e;       /* the activation */
    const FeelNode *n; /* for, some or every */
    Value *out;        /* results of a for */
    size_t count, cap; /* used, allocated */
    Value verdict;     /* of a quantifier so far; of a for: null when it failed */
    bool stop;         /* no more turns */
} Loop;

static void stop_with(Loop *l, Value v) {
    l->stop = true;
    l->verdict = feel_place(l->e->run, l->n, v);
}

static bool domain_of(Loop *l, const FeelTurn *t, Span *out) {
    FeelRun *run = l->e->run;
    Value v = feel_step(l->e, t->domain), hi = t->until ? feel_step(l->e, t->until) : value_null();
    if (t->until) {
        if (span_of(v, hi, out)) return true;
    } else if (v.kind != VALUE_NULL && v.kind != VALUE_RANGE) {
        Value *one = arena_alloc(run->arena, sizeof(Value));
        *one = v;
        Value list = v.kind == VALUE_LIST ? v : value_list(one, 1);
        *out = (Span){.list = list, .n = list.size, .kind = VALUE_LIST, .down = 1};
        return true;
    }
    stop_with(l, feel_because(run, "domain", "this cannot be iterated over", v, hi));
    return false;
}

static void collect(Loop *l, Value v) {
    if (l->count == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 8;
        l->out = arena_grow(l->e->run->arena, l->out, l->cap * sizeof(Value), cap * sizeof(Value));
        l->cap = cap;
    }
    l->out[l->count++] = v;
}

static void turn_for(Loop *l) {
    if (l->n->op) l->e->frame.slots[l->n->slot] = value_list(l->out, l->count); /* partial */
    collect(l, feel_step(l->e, l->n->a));
}

/* Or over all turns, and the same for `every` with the roles of true and false exchanged. */
static void turn_quantified(Loop *l, bool decisive) {
    Value v = feel_step(l->e, l->n->a);
    if (v.kind == VALUE_NULL)
        l->verdict = l->verdict.kind == VALUE_BOOL && (bool)l->verdict.u.i == decisive ? l->verdict : v;
    else if (v.kind != VALUE_BOOL)
        stop_with(l, feel_because(l->e->run, "type", "the condition is neither true nor false", v, value_null()));
    else if ((bool)v.u.i == decisive)
        l->verdict = v;
}

static void turns(Loop *l, int i) {
    const FeelTurn *t = (const FeelTurn *)l->n->more + i;
    Span span;
    if (!domain_of(l, t, &span)) return;
    bool last = i + 1 == l->n->up;
    for (int64_t k = 0; k < span.n && !l->stop; k++) {
        if (!feel_spend(l->e->run, l->n->a->cost)) {
            stop_with(l, feel_exhausted(l->e->run));
            return;
        }
        l->e->frame.slots[t->slot] = item_at(&span, k);
        if (!last)
            turns(l, i + 1);
        else if (l->n->step == feel_step_for)
            turn_for(l);
        else
            turn_quantified(l, l->n->step == feel_step_some);
    }
}

Value feel_step_for(FeelEval *e, const FeelNode *n) {
    Loop l = {.e = e, .n = n};
    turns(&l, 0);
    return l.stop ? l.verdict : value_list(l.out, l.count);
}

Value feel_step_some(FeelEval *e, const FeelNode *n) {
    Loop l = {.e = e, .n = n, .verdict = feel_bool(false)};
    turns(&l, 0);
    return l.verdict;
}

Value feel_step_every(FeelEval *e, const FeelNode *n) {
    Loop l = {.e = e, .n = n, .verdict = feel_bool(true)};
    turns(&l, 0);
    return l.verdict;
}

/* ---- filters (Source: DMN 1.5 §10.3.2.5 table 68) ---- */
static Value at_index(FeelRun *run, Value list, Value index) {
    int64_t i;
    if (value_to_int(index, &i)) {
        if (i > 0 && i <= list.size) return list.u.list[i - 1];
        if (i < 0 && -i <= list.size) return list.u.list[list.size + i];
    }
    return feel_because(run, "domain", "the list has no item at this position", list, index);
}

static Value condition(FeelEval *e, const FeelNode *n, Value item) {
    e->frame.slots[n->slot] = item;
    return feel_step(e, n->b);
}

static Value select_items(FeelEval *e, const FeelNode *n, Value list, Value first) {
    Value *out = arena_alloc(e->run->arena, sizeof(Value) * list.size);
    size_t count = 0;
    for (uint32_t i = 0; i < list.size; i++) {
        if (!feel_spend(e->run, n->b->cost)) return feel_exhausted(e->run);
        Value keep = i ? condition(e, n, list.u.list[i]) : first;
        if (keep.kind != VALUE_BOOL && keep.kind != VALUE_NULL)
            return feel_because(e->run, "type", "a filter needs a number or true or false", list, keep);
        if (feel_true(keep)) out[count++] = list.u.list[i];
    }
    return value_list(out, count);
}

static Value filter(FeelEval *e, const FeelNode *n, Value of) {
    if (of.kind == VALUE_NULL) return feel_because(e->run, "null", "null cannot be filtered", of, value_null());
    Value *one = arena_alloc(e->run->arena, sizeof(Value));
    *one = of;
    Value list = of.kind == VALUE_LIST ? of : value_list(one, 1);
    Value first = condition(e, n, list.size ? list.u.list[0] : value_null());
    if (first.kind == VALUE_NUMBER) return at_index(e->run, list, first); /* an index, told by its value */
    return list.size ? select_items(e, n, list, first) : list;
}

Value feel_step_filter(FeelEval *e, const FeelNode *n) {
    Value of = feel_step(e, n->a);
    if (n->b->kind == NODE_CONST && n->b->value.kind == VALUE_NUMBER && of.kind == VALUE_LIST)
        return feel_place(e->run, n, at_index(e->run, of, n->b->value));
    return feel_place(e->run, n, filter(e, n, of));
}
