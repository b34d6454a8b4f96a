/* feel_run: evaluation: budgets, causes of nulls, and the plain steps (constants, lists, contexts,
 * logic, paths). Nothing here fails: what has no value is null and says why. */
#include "feel/feel_in.h"

#include <string.h>

Value feel_because(FeelRun *run, const char *kind, const char *text, Value x, Value y) {
    ValueCause *cause = NEW(run->arena, ValueCause);
    const ValueCause *beneath = x.kind == VALUE_NULL && x.u.cause ? x.u.cause : y.kind == VALUE_NULL ? y.u.cause : NULL;
    *cause = (ValueCause){
        .kind = kind, .text = str_of(text), .from = -1, .to = -1, .left = x.kind, .right = y.kind, .cause = beneath};
    return (Value){.kind = VALUE_NULL, .u.cause = cause};
}

Value feel_place(FeelRun *run, const FeelNode *n, Value v) {
    if (v.kind != VALUE_NULL || !v.u.cause || v.u.cause->from >= 0) return v;
    ValueCause *cause = NEW(run->arena, ValueCause);
    *cause = *v.u.cause;
    cause->from = n->from;
    cause->to = n->to;
    return (Value){.kind = VALUE_NULL, .u.cause = cause};
}

bool feel_spend(FeelRun *run, int64_t steps) {
    run->fuel = run->fuel > steps ? run->fuel - steps : 0;
    return run->fuel > 0 && !arena_full(run->arena);
}

Value feel_exhausted(FeelRun *run) {
    return feel_because(run, "fuel", "the evaluation used up its budget of steps or memory", value_null(),
                        value_null());
}

static Value too_deep(FeelRun *run) {
    return feel_because(run, "depth", "functions call each other too deeply", value_null(), value_null());
}

static Value run_with_slots(FeelRun *run, const FeelNode *body, int32_t n_slots, const FeelFrame *outer,
                            const Value *args, size_t n) {
    enum { FEW = 12 };
    Value few[FEW];
    FeelEval e = {run, {outer, n_slots <= FEW ? few : NEW_ARRAY(run->arena, Value, n_slots)}};
    for (int32_t i = 0; i < n_slots; i++) e.frame.slots[i] = (size_t)i < n ? args[i] : value_null();
    return body->step(&e, body);
}

Value feel_run_body(FeelRun *run, const FeelNode *body, int32_t n_slots, const FeelFrame *outer, const Value *args,
                    size_t n) {
    if (run->depth >= FEEL_CALLS_MAX || run->height + body->height > FEEL_HEIGHT_MAX) return too_deep(run);
    run->fuel -= body->cost; /* loops also watch memory; a body by itself is bounded by its text */
    if (run->fuel <= 0) return feel_exhausted(run);
    run->depth++;
    run->height += body->height;
    FeelEval bare = {run, {outer, NULL}};
    Value v = n_slots ? run_with_slots(run, body, n_slots, outer, args, n) : body->step(&bare, body);
    run->height -= body->height;
    run->depth--;
    return v;
}

Value feel_eval(FeelRun *run, const FeelCode *code, const FeelFrame *frame) {
    assert(run && run->arena && code->entry == FEEL_EXPRESSION);
    return feel_run_body(run, code->root, code->slots, frame, NULL, 0);
}

/* ---- steps ---- */
Value feel_step_const(FeelEval *e, const FeelNode *n) {
    (void)e;
    return n->value;
}

Value feel_step_list(FeelEval *e, const FeelNode *n) {
    Value *items = arena_alloc(e->run->arena, sizeof(Value) * (size_t)(n->count + 1));
    for (int32_t i = 0; i < n->count; i++) items[i] = feel_step(e, n->kids[i]);
    return value_list(items, (size_t)n->count);
}

/* A function named by an entry may call itself by that name: its own slot is patched in. */
static void let_see_itself(Value v, int32_t slot, const FeelNode *n) {
    if (n->kind != NODE_FUNCTION) return;
    const FeelFn *fn = v.u.fn;
    if (slot < fn->lambda->captured) fn->frame.slots[slot] = v;
}

Value feel_step_context(FeelEval *e, const FeelNode *n) {
    if (n->op == 'd')
        return feel_place(
            e->run, n,
            feel_because(e->run, "duplicate_key", "a key occurs twice in the context", value_null(), value_null()));
    ValueEntry *entries = arena_alloc(e->run->arena, sizeof(ValueEntry) * (size_t)(n->count + 1));
    const int32_t *slots = n->more;
    for (int32_t i = 0; i < n->count; i++) {
        Value v = feel_step(e, n->kids[i]);
        let_see_itself(v, slots[i], n->kids[i]);
        e->frame.slots[slots[i]] = v;
        entries[i] = (ValueEntry){n->names[i], v};
    }
    return value_ctx(entries, (size_t)n->count);
}

Value feel_step_if(FeelEval *e, const FeelNode *n) {
    return feel_step(e, feel_true(feel_step(e, n->a)) ? n->b : n->c);
}

static Value not_boolean(FeelEval *e, const FeelNode *n, Value x, Value y) {
    return feel_place(e->run, n, feel_because(e->run, "type", "'and' and 'or' need true or false", x, y));
}

/* Three-valued logic; what is not boolean counts as unknown (Source: DMN 1.5 §10.3.2.12 table 48). */
static Value logic(FeelEval *e, const FeelNode *n, bool decisive) {
    Value x = feel_step(e, n->a);
    if (x.kind == VALUE_BOOL && (bool)x.u.i == decisive) return x;
    Value y = feel_step(e, n->b);
    if (y.kind == VALUE_BOOL && (bool)y.u.i == decisive) return y;
    return x.kind == VALUE_BOOL && y.kind == VALUE_BOOL ? y : not_boolean(e, n, x, y);
}

Value feel_step_and(FeelEval *e, const FeelNode *n) {
    return logic(e, n, false);
}

Value feel_step_or(FeelEval *e, const FeelNode *n) {
    return logic(e, n, true);
}

Value feel_step_instance(FeelEval *e, const FeelNode *n) {
    Value v = feel_step(e, n->a);
    if (!n->target)
        return feel_place(e->run, n, feel_because(e->run, "type", "'instance of' names no type", v, value_null()));
    if (v.kind == VALUE_NULL) return feel_bool(n->target->kind == FEEL_NULL); /* null is of type Null alone */
    return feel_bool(feel_conforms(e->run, v, n->target));
}

Value feel_step_interval(FeelEval *e, const FeelNode *n) {
    Value lo = feel_step(e, n->a), hi = feel_step(e, n->b);
    return feel_place(e->run, n, feel_range(e->run, lo, hi, n->op & 1, n->op & 2));
}

Value feel_step_unary_range(FeelEval *e, const FeelNode *n) {
    return feel_place(e->run, n, feel_unary_range(e->run, n->op, feel_step(e, n->a)));
}

/* ---- paths (Source: DMN 1.5 §10.3.2.5) ---- */
static Value list_member(FeelRun *run, Value of, Str name) {
    if (!feel_spend(run, of.size)) return feel_exhausted(run);
    Value *items = arena_alloc(run->arena, sizeof(Value) * (of.size + 1));
    for (uint32_t i = 0; i < of.size; i++) items[i] = feel_member(run, of.u.list[i], name);
    return value_list(items, of.size);
}

Value feel_member(FeelRun *run, Value of, Str name) {
    Value v;
    switch ((ValueKind)of.kind) {
    case VALUE_CONTEXT:
        if (value_find(of, name, &v)) return v;
        return feel_because(run, "missing", "the context has no such member", of, value_null());
    case VALUE_LIST:
        if (run->depth < FEEL_CALLS_MAX) {
            run->depth++;
            v = list_member(run, of, name);
            run->depth--;
            return v;
        }
        return feel_exhausted(run);
    case VALUE_DATE:
    case VALUE_TIME:
    case VALUE_DATETIME:
    case VALUE_DAYTIME:
    case VALUE_MONTHS:
    case VALUE_RANGE:
        return feel_property(run, of, name);
    default:
        return feel_because(run, "type", "this kind of value has no members", of, value_null());
    }
}

Value feel_step_path(FeelEval *e, const FeelNode *n) {
    return feel_place(e->run, n, feel_member(e->run, feel_step(e, n->a), n->name));
}
