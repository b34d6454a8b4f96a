/* dmn/plan: evaluates decisions in the order found at load, each once, only those that are needed
 * (DMN 1.5 §10.4 "lazily"). All memory comes from the run's arena; nothing outlives the run here. */
#include "dmn/dmn_in.h"

static Value need_value(const Need *need, const Value *pool) {
    return need->source >= 0 ? pool[need->source] : need->node->function;
}

static Value made_value(FeelRun *run, const Slot *slot, const Value *pool) {
    if (!slot->is_import) return need_value(&slot->needs[0], pool);
    ValueBuild b = {.a = run->arena};
    for (size_t i = 0; i < slot->n; i++) build_entry(&b, slot->needs[i].name, need_value(&slot->needs[i], pool));
    return build_ctx(&b);
}

FeelFrame *dmn_plan_frame(FeelRun *run, const Node *node, const Value *pool) {
    FeelFrame *frame = arena_alloc(run->arena, sizeof(FeelFrame) + node->n_slots * sizeof(Value));
    frame->outer = NULL;
    frame->slots = (Value *)(frame + 1);
    for (size_t i = 0; i < node->n_slots; i++) {
        const Slot *slot = &node->slots[i];
        frame->slots[i] = slot->source >= 0 ? pool[slot->source] : made_value(run, slot, pool);
    }
    return frame;
}

void dmn_plan_run(FeelRun *run, const DmnModel *m, const Plan *plan, Pool pool) {
    Pool values = pool + m->n_kind[DMN_INPUT];
    for (size_t i = 0; i < plan->n_steps; i++) {
        const Node *node = m->by_kind[DMN_DECISION][plan->steps[i]];
        Value *out = &values[plan->steps[i]];
        if (dmn_spent(run, out)) continue;
        *out = dmn_coerce(run, dmn_eval(run, node->body, dmn_plan_frame(run, node, pool)), node->result);
    }
}

static Value decide(FeelRun *run, const DmnModel *m, const Plan *plan, int decision, const Value *inputs) {
    Pool pool = arena_alloc(run->arena, (m->n_kind[DMN_INPUT] + m->n_kind[DMN_DECISION]) * sizeof(Value));
    for (size_t i = 0; i < plan->n_inputs; i++) {
        int slot = plan->inputs[i];
        pool[slot] = dmn_coerce(run, inputs[slot], m->by_kind[DMN_INPUT][slot]->type);
    }
    dmn_plan_run(run, m, plan, pool);
    return pool[m->n_kind[DMN_INPUT] + (size_t)decision];
}

Value dmn_decide(const DmnModel *m, int decision, const Value *inputs, FeelRun *run, DmnTrace *trace) {
    assert(m != NULL && run != NULL && run->arena != NULL);
    assert(decision >= 0 && (size_t)decision < m->n_kind[DMN_DECISION]);
    assert(inputs != NULL || m->n_kind[DMN_INPUT] == 0);
    assert(trace == NULL || trace->a != NULL);
    const Plan *plan = &m->by_kind[DMN_DECISION][decision]->plan;
    void *outer = run->trace;
    Value v;
    run->trace = trace;
    if (plan->direct == NULL || !dmn_direct(run, m, plan->direct, inputs, &v))
        v = decide(run, m, plan, decision, inputs);
    run->trace = outer;
    return v;
}

/* ---- inputs by name -------------------------------------------------------------------------- */
static bool find_named(Value inputs, Str name, Str variable, Value *out) {
    return value_find(inputs, name, out) || value_find(inputs, variable, out);
}

/* An imported model's input lies in a context under the import's name. */
static bool find_input(Value inputs, const Module *mod, const Node *node, Value *out) {
    if (node->module == mod) return find_named(inputs, node->name, node->variable, out);
    for (size_t i = 0; i < mod->n_imports; i++) {
        const Import *import = &mod->imports[i];
        Value inner = inputs;
        if (import->module == NULL || (import->name.n > 0 && !value_find(inputs, import->name, &inner))) continue;
        if (find_input(inner, import->module, node, out)) return true;
    }
    return false;
}

/* Requests mostly come in the order of the slots: a look at the same place saves the search. */
static bool find_in_place(Value inputs, size_t i, Str name, Value *out) {
    if (inputs.kind != VALUE_CONTEXT || i >= inputs.size || !str_eq(inputs.u.ctx[i].key, name)) return false;
    *out = inputs.u.ctx[i].value;
    return true;
}

void dmn_slots(const DmnModel *m, Value inputs, Value *slots) {
    assert(m != NULL && (slots != NULL || m->n_kind[DMN_INPUT] == 0));
    const Module *main = &m->modules[0];
    for (size_t i = 0; i < m->n_kind[DMN_INPUT]; i++) {
        const Node *node = m->by_kind[DMN_INPUT][i];
        if (node->module == main && find_in_place(inputs, i, node->name, &slots[i])) continue;
        if (!find_input(inputs, main, node, &slots[i])) slots[i] = value_null();
    }
}

Value dmn_decide_ctx(const DmnModel *m, int decision, Value inputs, FeelRun *run, DmnTrace *trace) {
    assert(m != NULL && run != NULL && run->arena != NULL);
    Value *slots = NEW_ARRAY(run->arena, Value, m->n_kind[DMN_INPUT]);
    dmn_slots(m, inputs, slots);
    return dmn_decide(m, decision, slots, run, trace);
}

/* Source: DMN 1.5 §10.4: called by the host, a missing or unsuitable argument is null and the logic
 * runs all the same. */
Value dmn_invoke(const DmnModel *m, DmnKind kind, int index, Value args, FeelRun *run, DmnTrace *trace) {
    assert(m != NULL && run != NULL && run->arena != NULL);
    assert(kind == DMN_DECISION || kind == DMN_BKM || kind == DMN_SERVICE);
    assert(index >= 0 && (size_t)index < m->n_kind[kind]);
    assert(trace == NULL || trace->a != NULL);
    if (kind == DMN_DECISION) return dmn_decide_ctx(m, index, args, run, trace);
    const Node *node = m->by_kind[kind][index];
    Value *values = NEW_ARRAY(run->arena, Value, node->n_params);
    for (size_t i = 0; i < node->n_params; i++) {
        const FeelParam *param = &node->params[i];
        bool found = kind == DMN_SERVICE && find_input(args, &m->modules[0], node->given[i], &values[i]);
        if (!found && !value_find(args, param->name, &values[i])) values[i] = value_null();
        values[i] = dmn_coerce(run, values[i], param->type);
    }
    void *outer = run->trace;
    run->trace = trace;
    Value v = feel_call(run, node->function, values, node->n_params);
    run->trace = outer;
    return v;
}
