/* main_cpt: the host of a test case in Camunda's JSON format: it does for process instances what room case does in
 * the product, on a clock that only the case moves. It decides nothing itself: steps are room bpmn's, decisions
 * room dmn's. */
#include "main/process_in.h"

enum { OPEN = 512 };

size_t cpt_open(const Cpt *c, BpmnWantKind kind, CptOpen *out, size_t most) {
    size_t n = 0;
    for (size_t i = 0; i < c->n_all; i++) {
        BpmnWant *wants;
        size_t count = c->all[i].ended ? 0 : bpmn_waits(c->p, c->all[i].state, c->a, &wants);
        for (size_t k = 0; k < count && n < most; k++)
            if (wants[k].kind == kind) out[n++] = (CptOpen){(CptInstance *)&c->all[i], wants[k]};
    }
    return n;
}

/* ---- steps ------------------------------------------------------------------------------------------------ */

/* Tasks that are new are kept; those that are gone and were not completed were cancelled. */
static void look_at_tasks(Cpt *c, CptInstance *in, const BpmnHappening *h) {
    BpmnWant *wants;
    size_t n = in->ended ? 0 : bpmn_waits(c->p, in->state, c->a, &wants);
    for (size_t t = 0; t < c->n_tasks; t++) {
        CptTask *task = &c->tasks[t];
        bool open = false;
        for (size_t i = 0; i < n; i++) open = open || wants[i].token == task->token;
        if (task->instance != in || open || !str_is(str_of(task->state), "IS_CREATED")) continue;
        task->state = h->what == BPMN_COMPLETE && h->token == task->token ? "IS_COMPLETED" : "IS_CANCELED";
    }
    for (size_t i = 0; i < n; i++) {
        bool old = wants[i].kind != BPMN_WANT_TASK;
        for (size_t t = 0; t < c->n_tasks; t++)
            old = old || (c->tasks[t].instance == in && c->tasks[t].token == wants[i].token);
        if (!old && c->n_tasks < CPT_TASKS)
            c->tasks[c->n_tasks++] = (CptTask){in, wants[i].token, wants[i].node, wants[i].details, "IS_CREATED"};
    }
}

bool cpt_step(Cpt *c, CptInstance *in, BpmnHappening h, Err *err) {
    FeelRun run = {.arena = c->a, .fuel = FEEL_FUEL, .now_us = c->now_us};
    BpmnResult r;
    if (c->steps++ > CPT_STEPS) return err_set(err, ERR_LIMIT, "main", "the case does not come to rest");
    TRY(bpmn_step(c->p, in->state, &h, &run, &r, err));
    in->state = r.state;
    in->ended = r.ended;
    for (size_t i = 0; i < r.trail.size; i++) build_item(&in->trail, r.trail.u.list[i]);
    look_at_tasks(c, in, &h);
    for (size_t i = 0; i < r.signals.size; i++)
        TRY(cpt_signal(c, value_get_str(r.signals.u.list[i], "name"), value_get(r.signals.u.list[i], "variables"), in, err));
    return true;
}

bool cpt_begin(Cpt *c, const BpmnNode *start, Value variables, Err *err) {
    if (c->n_all == CPT_INSTANCES) return err_set(err, ERR_LIMIT, "main", "more than %d instances", CPT_INSTANCES);
    CptInstance *in = &c->all[c->n_all++];
    *in = (CptInstance){.process = start->process, .trail = {.a = c->a}, .received = {.a = c->a}};
    return cpt_step(c, in, (BpmnHappening){.what = BPMN_START, .name = start->id, .key = start->process, .variables = variables}, err);
}

/* Starts the processes that begin with such an event. */
static bool begin_by(Cpt *c, const char *event, Str name, Value variables, bool *any, Err *err) {
    for (size_t i = 0; i < bpmn_nodes(c->p); i++) {
        const BpmnNode *node = bpmn_node(c->p, (int)i);
        bool fits = bpmn_starts_process(c->p, (int)i) && str_is(node->event, event) && str_eq(node->event_name, name);
        if (fits) TRY(cpt_begin(c, node, variables, err));
        *any = *any || fits;
    }
    return true;
}

bool cpt_signal(Cpt *c, Str name, Value variables, const CptInstance *but, Err *err) {
    size_t before = c->n_all;
    bool any = false;
    for (size_t i = 0; i < before; i++)
        if (&c->all[i] != but && !c->all[i].ended)
            TRY(cpt_step(c, &c->all[i], (BpmnHappening){.what = BPMN_SIGNAL, .name = name, .variables = variables}, err));
    return begin_by(c, "signal", name, variables, &any, err);
}

/* Source: Camunda docs, messages: a message is correlated once to each process, and may start one. */
bool cpt_message(Cpt *c, CptMessage *m, bool *taken, Err *err) {
    CptOpen open[OPEN];
    size_t n = cpt_open(c, BPMN_WANT_MESSAGE, open, OPEN);
    *taken = false;
    for (size_t i = 0; i < n && !*taken; i++) {
        Value details = open[i].want.details;
        if (!str_eq(value_get_str(details, "name"), m->name) || !str_eq(value_get_str(details, "key"), m->key)) continue;
        ValueBuild b = {.a = c->a};
        build_c(&b, "name", value_str(m->name));
        build_c(&b, "key", value_str(m->key));
        build_item(&open[i].instance->received, build_ctx(&b));
        *taken = true;
        TRY(cpt_step(c, open[i].instance, (BpmnHappening){.what = BPMN_MESSAGE, .name = m->name, .key = m->key, .variables = m->variables}, err));
    }
    if (!*taken) TRY(begin_by(c, "message", m->name, m->variables, taken, err));
    m->taken = *taken;
    return true;
}

/* ---- decisions ------------------------------------------------------------------------------------------------ */

static void keep_decision(Cpt *c, Str id, Str name, Value output, const DmnHit *hit) {
    ValueBuild b = {.a = c->a}, rules = {.a = c->a};
    for (size_t i = 0; hit != NULL && i < hit->n_rules; i++) build_item(&rules, value_int(hit->rules[i] + 1));
    build_c(&b, "id", value_str(id));
    build_c(&b, "name", value_str(name));
    build_c(&b, "output", output);
    build_c(&b, "rules", build_list(&rules));
    build_item(&c->decided, build_ctx(&b));
}

static bool stand_in(const Cpt *c, Str id, Value *out) {
    for (size_t i = c->stand_ins.n; i > 0; i--) {
        Value instruction = c->stand_ins.u.items[i - 1];
        if (!str_eq(value_get_str(instruction, "decisionDefinitionId"), id)) continue;
        if (!value_find(instruction, STR("decisionOutput"), out)) *out = value_get(instruction, "variables");
        return true;
    }
    return false;
}

bool cpt_decide(Cpt *c, Str id, Value variables, Value *out, Err *err) {
    FeelRun run = {.arena = c->a, .fuel = FEEL_FUEL, .now_us = c->now_us};
    DmnTrace trace = {.a = c->a};
    if (stand_in(c, id, out)) {
        keep_decision(c, id, id, *out, NULL);
        return true;
    }
    for (size_t i = 0; i < c->models->n_decisions; i++) {
        const DmnModel *m = c->models->decisions[i];
        int decision = dmn_find(m, DMN_DECISION, id);
        if (decision < 0) continue;
        *out = dmn_decide_ctx(m, decision, variables, &run, &trace);
        bool own = false;
        for (size_t h = 0; h < trace.n; h++) {
            own = own || str_eq(trace.hits[h].decision_id, id);
            keep_decision(c, trace.hits[h].decision_id, trace.hits[h].decision, trace.hits[h].output, &trace.hits[h]);
        }
        if (!own) keep_decision(c, id, dmn_decision_name(m, decision), *out, NULL);
        return true;
    }
    return err_set(err, ERR_NOT_FOUND, "main", "no model here has a decision \"" STR_FMT "\"", STR_ARG(str_head(id, 80)));
}

static bool decide_next(Cpt *c, bool *moved, Err *err) {
    CptOpen open;
    Value output;
    if (cpt_open(c, BPMN_WANT_DECISION, &open, 1) == 0) return true;
    const BpmnNode *node = bpmn_node(c->p, open.want.node);
    TRY(cpt_decide(c, node->decision_id, value_get(open.want.details, "inputs"), &output, err));
    *moved = true;
    Value results = value_with(c->a, value_ctx(NULL, 0), node->result_name, output);
    return cpt_step(c, open.instance, (BpmnHappening){.what = BPMN_COMPLETE, .token = open.want.token, .variables = results}, err);
}

/* ---- stand-ins for workers --------------------------------------------------------------------------------------- */

bool cpt_results(const Cpt *c, Value instruction, int node, Value *out, Err *err) {
    *out = value_get(instruction, "variables");
    if (!value_get_bool(instruction, "useExampleData", false)) return true;
    const BpmnNode *seen = bpmn_node(c->p, node);
    if (seen->example.n == 0) return err_set(err, ERR_NOT_FOUND, "main", "the element " STR_FMT " has no example data", STR_ARG(seen->id));
    return json_parse(seen->example, (JsonLimits){0}, c->a, out, err);
}

static const Value *worker_for(const Cpt *c, Str job_type) {
    for (size_t i = c->workers.n; i > 0; i--)
        if (str_eq(value_get_str(c->workers.u.items[i - 1], "jobType"), job_type)) return &c->workers.u.items[i - 1];
    return NULL;
}

static bool work_next(Cpt *c, bool *moved, Err *err) {
    CptOpen open[OPEN];
    size_t n = cpt_open(c, BPMN_WANT_JOB, open, OPEN);
    for (size_t i = 0; i < n; i++) {
        const Value *worker = worker_for(c, bpmn_node(c->p, open[i].want.node)->job_type);
        if (worker == NULL) continue;
        Str code = value_get_str(*worker, "errorCode");
        BpmnHappening h = {.what = code.n > 0 ? BPMN_ERROR : BPMN_COMPLETE, .token = open[i].want.token, .name = code};
        TRY(cpt_results(c, *worker, open[i].want.node, &h.variables, err));
        *moved = true;
        return cpt_step(c, open[i].instance, h, err);
    }
    return true;
}

/* ---- messages and the clock --------------------------------------------------------------------------------------- */

static bool offer_next(Cpt *c, bool *moved, Err *err) {
    for (size_t i = 0; i < c->n_messages && !*moved; i++)
        if (!c->messages[i].taken && c->messages[i].until_us > c->now_us) TRY(cpt_message(c, &c->messages[i], moved, err));
    return true;
}

static int64_t due_of(const CptOpen *open) {
    int64_t seconds, nanos;
    date_instant(value_get(open->want.details, "due"), &seconds, &nanos);
    return seconds * 1000000 + nanos / 1000;
}

static bool fire_next(Cpt *c, bool *moved, Err *err) {
    CptOpen open[OPEN];
    size_t n = cpt_open(c, BPMN_WANT_TIMER, open, OPEN), first = n;
    for (size_t i = 0; i < n; i++)
        if (due_of(&open[i]) <= c->now_us && (first == n || due_of(&open[i]) < due_of(&open[first]))) first = i;
    if (first == n) return true;
    *moved = true;
    return cpt_step(c, open[first].instance, (BpmnHappening){.what = BPMN_TIMER, .token = open[first].want.token}, err);
}

bool cpt_settle(Cpt *c, Err *err) {
    bool moved = true;
    while (moved) {
        moved = false;
        TRY(decide_next(c, &moved, err));
        if (!moved) TRY(work_next(c, &moved, err));
        if (!moved) TRY(offer_next(c, &moved, err));
        if (!moved) TRY(fire_next(c, &moved, err));
    }
    return true;
}
