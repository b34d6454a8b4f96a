/* dmn/eval: evaluates boxed expressions (DMN 1.5 §7.3, §10.2.2). Never fails: what is outside its
 * domain is a null with its cause. Frames live in the run's arena because closures may keep them. */
#include "dmn/dmn_in.h"

#include <string.h>

/* ---- common ---------------------------------------------------------------------------------- */
Value dmn_coerce(FeelRun *run, Value v, const FeelType *type) {
    static const uint8_t kinds[] = {
        [FEEL_BOOLEAN] = VALUE_BOOL,    [FEEL_NUMBER] = VALUE_NUMBER, [FEEL_STRING] = VALUE_STRING,
        [FEEL_DATE] = VALUE_DATE,       [FEEL_TIME] = VALUE_TIME,     [FEEL_DATETIME] = VALUE_DATETIME,
        [FEEL_DAYTIME] = VALUE_DAYTIME, [FEEL_MONTHS] = VALUE_MONTHS,
    };
    if (type == NULL || type->kind == FEEL_ANY || v.kind == VALUE_NULL) return v;
    bool plain = type->allowed == NULL && (size_t)type->kind < COUNT_OF(kinds);
    if (plain && kinds[type->kind] == v.kind) return v;
    return feel_coerce(run, v, type);
}

bool dmn_spent(FeelRun *run, Value *why) {
    if (run->fuel <= 0) {
        *why = value_because(run->arena, "fuel", "The evaluation took too many steps.");
        return true;
    }
    run->fuel--;
    if (arena_full(run->arena)) {
        *why = value_because(run->arena, "memory", "The evaluation took too much memory.");
        return true;
    }
    return false;
}

static FeelFrame *new_frame(FeelRun *run, const FeelFrame *outer, size_t n) {
    FeelFrame *frame = arena_alloc(run->arena, sizeof(FeelFrame) + n * sizeof(Value));
    frame->outer = outer;
    frame->slots = (Value *)(frame + 1);
    memset(frame->slots, 0, n * sizeof(Value));
    return frame;
}

/* ---- contexts, lists, relations -------------------------------------------------------------- */
/* Source: DMN 1.5 §10.2.2.4: each entry sees the earlier ones; an entry without a name is the result. */
static Value eval_context(FeelRun *run, const Box *box, const FeelFrame *outer) {
    FeelFrame *frame = new_frame(run, outer, box->n);
    ValueBuild b = {.a = run->arena};
    for (size_t i = 0; i < box->n; i++) {
        Value v = dmn_eval(run, box->parts[i], frame);
        if (box->names[i].n == 0) return v;
        frame->slots[i] = v;
        build_entry(&b, box->names[i], v);
    }
    return build_ctx(&b);
}

static Value eval_list(FeelRun *run, const Box *box, const FeelFrame *frame) {
    Value *items = NEW_ARRAY(run->arena, Value, box->n);
    for (size_t i = 0; i < box->n; i++) items[i] = dmn_eval(run, box->parts[i], frame);
    return value_list(items, box->n);
}

static Value eval_relation(FeelRun *run, const Box *box, const FeelFrame *frame) {
    ValueBuild rows = {.a = run->arena};
    for (size_t i = 0; box->width > 0 && i < box->n; i += box->width) {
        ValueEntry *row = NEW_ARRAY(run->arena, ValueEntry, box->width);
        for (size_t c = 0; c < box->width; c++) {
            row[c].key = box->names[c];
            row[c].value = dmn_eval(run, box->parts[i + c], frame);
        }
        build_item(&rows, value_ctx(row, box->width));
    }
    return build_list(&rows);
}

/* ---- functions ------------------------------------------------------------------------------- */
/* Source: DMN 1.5 §10.2.2.3: bindings are named arguments. */
static Value eval_invocation(FeelRun *run, const Box *box, const FeelFrame *frame) {
    Value function = dmn_eval(run, box->parts[0], frame);
    if (function.kind != VALUE_FUNCTION) return value_because(run->arena, "type", "What is invoked is not a function.");
    size_t n = box->n - 1;
    Value *args = NEW_ARRAY(run->arena, Value, n);
    for (size_t i = 0; i < n; i++) args[i] = dmn_eval(run, box->parts[i + 1], frame);
    if (n == 0) return feel_call(run, function, args, 0);
    return feel_call_named(run, function, box->names, args, n);
}

typedef struct Closure {
    const Box *box;         /* BOX_FUNCTION */
    const FeelFrame *frame; /* where it was defined */
} Closure;

static Value call_closure(FeelRun *run, const void *context, const Value *args, size_t n) {
    const Closure *closure = context;
    assert(n == closure->box->n_params);
    FeelFrame *frame = new_frame(run, closure->frame, n);
    if (n > 0) memcpy(frame->slots, args, n * sizeof(Value));
    return dmn_eval(run, closure->box->parts[0], frame);
}

static Value eval_function(FeelRun *run, const Box *box, const FeelFrame *frame) {
    Closure *closure = arena_alloc(run->arena, sizeof *closure);
    *closure = (Closure){box, frame};
    return feel_function(run->arena, STR(""), box->params, box->n_params, NULL, call_closure, closure);
}

/* ---- iteration ------------------------------------------------------------------------------- */
/* A value that is no list counts as a list of one; null and ranges are no domain. */
static bool domain(FeelRun *run, const Box *box, const FeelFrame *frame, Value *single, Value *list, Value *why) {
    Value v = dmn_eval(run, box->parts[0], frame);
    if (v.kind == VALUE_NULL || v.kind == VALUE_RANGE) {
        *why = value_because(run->arena, "type", "There is no list to go through.");
        return false;
    }
    *single = v;
    *list = v.kind == VALUE_LIST ? v : value_list(single, 1);
    return true;
}

static Value eval_for(FeelRun *run, const Box *box, const FeelFrame *outer) {
    Value single, list, why;
    if (!domain(run, box, outer, &single, &list, &why)) return why;
    Value *results = NEW_ARRAY(run->arena, Value, list.size);
    for (uint32_t i = 0; i < list.size; i++) {
        if (dmn_spent(run, &why)) return why;
        FeelFrame *frame = new_frame(run, outer, 2);
        frame->slots[0] = list.u.list[i];
        frame->slots[1] = value_list(results, i);
        results[i] = dmn_eval(run, box->parts[1], frame);
    }
    return value_list(results, list.size);
}

/* Source: DMN 1.5 §10.3.2.14: some is "false or …", every is "true and …"; a condition that is
 * neither boolean nor null spoils the whole. */
static Value eval_quantified(FeelRun *run, const Box *box, const FeelFrame *outer) {
    Value single, list, why;
    if (!domain(run, box, outer, &single, &list, &why)) return why;
    bool decisive = box->kind == BOX_SOME;
    Value result = value_bool(!decisive);
    for (uint32_t i = 0; i < list.size; i++) {
        if (dmn_spent(run, &why)) return why;
        FeelFrame *frame = new_frame(run, outer, 1);
        frame->slots[0] = list.u.list[i];
        Value v = dmn_eval(run, box->parts[1], frame);
        if (v.kind != VALUE_BOOL && v.kind != VALUE_NULL) {
            return value_because(run->arena, "type", "The condition is neither true nor false.");
        }
        bool decided = result.kind == VALUE_BOOL && value_is_true(result) == decisive;
        if (!decided && v.kind == VALUE_NULL) result = v;
        if (v.kind == VALUE_BOOL && value_is_true(v) == decisive) result = v;
    }
    return result;
}

/* Source: DMN 1.5 §10.2.2.9: the match must be true or false for every item. */
static Value eval_filter(FeelRun *run, const Box *box, const FeelFrame *outer) {
    Value single, list, why;
    if (!domain(run, box, outer, &single, &list, &why)) return why;
    ValueBuild kept = {.a = run->arena};
    for (uint32_t i = 0; i < list.size; i++) {
        if (dmn_spent(run, &why)) return why;
        Value item = list.u.list[i];
        FeelFrame *frame = new_frame(run, outer, box->width);
        for (size_t k = 0; k < box->width; k++) {
            if (box->names[k].n == 0)
                frame->slots[k] = item;
            else
                value_find(item, box->names[k], &frame->slots[k]);
        }
        Value match = dmn_eval(run, box->parts[1], frame);
        if (match.kind != VALUE_BOOL) return value_because(run->arena, "type", "The match is neither true nor false.");
        if (value_is_true(match)) build_item(&kept, item);
    }
    return build_list(&kept);
}

/* ---- dispatch -------------------------------------------------------------------------------- */
static Value eval_slot(const Box *box, const FeelFrame *frame) {
    for (int d = box->depth; d > 0; d--) frame = frame->outer;
    return frame->slots[box->slot];
}

static Value eval_kind(FeelRun *run, const Box *box, const FeelFrame *frame) {
    switch (box->kind) {
    case BOX_CONSTANT:
        return box->value;
    case BOX_SLOT:
        return eval_slot(box, frame);
    case BOX_LITERAL:
        return feel_eval(run, box->code, frame);
    case BOX_CONTEXT:
        return eval_context(run, box, frame);
    case BOX_INVOCATION:
        return eval_invocation(run, box, frame);
    case BOX_FUNCTION:
        return eval_function(run, box, frame);
    case BOX_LIST:
        return eval_list(run, box, frame);
    case BOX_RELATION:
        return eval_relation(run, box, frame);
    case BOX_CONDITIONAL:
        return dmn_eval(run, box->parts[value_is_true(dmn_eval(run, box->parts[0], frame)) ? 1 : 2], frame);
    case BOX_FILTER:
        return eval_filter(run, box, frame);
    case BOX_FOR:
        return eval_for(run, box, frame);
    case BOX_SOME:
    case BOX_EVERY:
        return eval_quantified(run, box, frame);
    case BOX_TABLE:
        return dmn_table_eval(run, box->table, frame);
    }
    assert(!"a box of an unknown kind");
    return value_null();
}

Value dmn_eval(FeelRun *run, const Box *box, const FeelFrame *frame) {
    /* The input of most columns: one read. */
    if (box->kind == BOX_SLOT && box->depth == 0 && box->type == NULL) return frame->slots[box->slot];
    return dmn_coerce(run, eval_kind(run, box, frame), box->type);
}
