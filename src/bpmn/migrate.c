/* migrate: instances of one definition go on in another. What has the same id is the same element, unless the plan
 * says otherwise; a token keeps its place only where the new element is of the same kind, in the same scope and
 * listens to the same events. What has no place is told with its element and reason and never made to fit. */
#include "bpmn/bpmn_in.h"

typedef struct Verdict { /* why a token cannot stay at an element */
    const char *code;    /* NULL: it can */
    const char *text;    /* one sentence */
} Verdict;

typedef struct Join { /* a parallel join that the new definition has otherwise */
    int node;         /* of the new definition */
    uint64_t **reach; /* per flow into it: from where a token can come by it */
} Join;

struct BpmnPlan {
    const BpmnProcess *from, *to; /* definitions */
    int *node;                    /* per old node: the new one, -1 none */
    Verdict *verdicts;            /* per old node */
    bool *restart;                /* per new node: its timer begins anew */
    Join *joins;                  /* n_joins */
    size_t n_joins;               /* of them */
};

/* ---- which element is which ---------------------------------------------------------------------------------- */

static bool refuse(Err *err, Str id, const char *why) {
    err_set(err, ERR_INVALID, "bpmn", "\"" STR_FMT "\": %s", STR_ARG(str_head(id, 60)), why);
    err_element(err, id);
    return false;
}

/* The element of this id in whichever process. */
static bool find(const BpmnProcess *p, Str id, int *out, Err *err) {
    int found = -1;
    for (size_t i = 0; i < p->n_nodes; i++) {
        if (!str_eq(p->nodes[i].seen.id, id)) continue;
        if (found >= 0) return refuse(err, id, "more than one element has this id");
        found = (int)i;
    }
    *out = found;
    return found >= 0 || refuse(err, id, "there is no such element");
}

static int process_of(const BpmnProcess *p, int node) {
    while (p->nodes[node].scope >= 0) node = p->nodes[node].scope;
    return node;
}

/* What has the same id in the file of the same process. Processes are told apart by id alone. */
static int same_id(const BpmnPlan *plan, int at) {
    int process = process_of(plan->from, at);
    Str id = plan->from->nodes[at].seen.id;
    if (process == at) return bpmn_find_process(plan->to, id);
    process = plan->node[process];
    return process < 0 ? -1 : bpmn_find(plan->to, plan->to->nodes[process].file, id);
}

static bool read_moves(BpmnPlan *plan, const BpmnChanges *changes, bool *moved, Err *err) {
    for (size_t i = 0; i < changes->n_moves; i++) {
        int from, to;
        TRY(find(plan->from, changes->moves[i].from, &from, err));
        TRY(find(plan->to, changes->moves[i].to, &to, err));
        if (moved[from]) return refuse(err, changes->moves[i].from, "the plan moves it twice");
        moved[from] = true;
        plan->node[from] = to;
    }
    return true;
}

static bool pair_nodes(BpmnPlan *plan, const BpmnChanges *changes, Arena *a, Err *err) {
    size_t n = plan->from->n_nodes;
    bool *moved = NEW_ARRAY(a, bool, n);
    TRY(read_moves(plan, changes, moved, err));
    for (int processes = 1; processes >= 0; processes--)
        for (size_t i = 0; i < n; i++)
            if (!moved[i] && (plan->from->nodes[i].kind == NODE_PROCESS) == (processes == 1)) plan->node[i] = same_id(plan, (int)i);
    return true;
}

/* One event that two tokens wait for would happen twice. */
static bool keep_events_apart(const BpmnPlan *plan, Arena *a, Err *err) {
    bool *taken = NEW_ARRAY(a, bool, plan->to->n_nodes);
    for (size_t i = 0; i < plan->from->n_nodes; i++) {
        int to = plan->node[i];
        if (to < 0 || !bpmn_waits_for(&plan->to->nodes[to])) continue;
        if (taken[to]) return refuse(err, plan->to->nodes[to].seen.id, "two events would become this one");
        taken[to] = true;
    }
    return true;
}

static bool has_timer(const BpmnElement *node) {
    return node->event == EVENT_DATE || node->event == EVENT_DURATION || node->event == EVENT_CYCLE;
}

static bool read_restarts(BpmnPlan *plan, const BpmnChanges *changes, Err *err) {
    for (size_t i = 0; i < changes->n_restart; i++) {
        int at;
        TRY(find(plan->to, changes->restart[i], &at, err));
        if (!has_timer(&plan->to->nodes[at])) return refuse(err, changes->restart[i], "it has no timer that could begin anew");
        plan->restart[at] = true;
    }
    return true;
}

/* ---- is it still the same? ---------------------------------------------------------------------------------------- */

static bool same_code(const BpmnCode *x, const BpmnCode *y) {
    return str_eq(x->text, y->text) && (x->code == NULL) == (y->code == NULL);
}

static bool same_kind(const BpmnElement *x, const BpmnElement *y) {
    return x->kind == y->kind && x->event == y->event && str_eq(x->seen.type, y->seen.type) && x->triggered == y->triggered &&
           x->undoes == y->undoes && x->interrupting == y->interrupting;
}

static bool same_many(const BpmnMany *x, const BpmnMany *y) {
    return x->on == y->on && x->sequential == y->sequential && str_eq(x->item, y->item) && str_eq(x->results, y->results) &&
           same_code(&x->result, &y->result) && same_code(&x->until, &y->until);
}

static bool leads_to(const BpmnPlan *plan, int from, int to) {
    return from < 0 ? to < 0 : plan->node[from] == to;
}

static bool same_place(const BpmnPlan *plan, const BpmnElement *x, const BpmnElement *y) {
    return leads_to(plan, x->scope, y->scope) && leads_to(plan, x->host, y->host);
}

static bool same_message(const BpmnElement *x, const BpmnElement *y) {
    return !bpmn_waits_for(x) || (same_code(&x->name, &y->name) && same_code(&x->key, &y->key));
}

/* ---- which events listen: those of the new element must all be those of the old ------------------------------------- */

static bool had_boundary(const BpmnPlan *plan, const BpmnElement *old, int event) {
    for (int b = old->boundary; b >= 0; b = plan->from->nodes[b].next)
        if (plan->node[b] == event) return true;
    return false;
}

static bool had_handler(const BpmnPlan *plan, const BpmnElement *old, int start) {
    for (int h = old->handler; h >= 0; h = plan->from->nodes[h].next)
        if (plan->node[plan->from->nodes[h].start] == start) return true;
    return false;
}

static bool had_choice(const BpmnPlan *plan, const BpmnElement *old, int event) {
    for (size_t i = 0; i < old->n_out; i++)
        if (plan->node[plan->from->flows[old->out[i]].to] == event) return true;
    return false;
}

/* The element whose parts are at work inside: a call's is the process. */
static const BpmnElement *inside(const BpmnProcess *p, const BpmnElement *node) {
    return node->kind == NODE_CALL ? &p->nodes[node->to] : node;
}

static bool same_events(const BpmnPlan *plan, const BpmnElement *x, const BpmnElement *y) {
    const BpmnElement *nodes = plan->to->nodes;
    for (int b = y->boundary; b >= 0; b = nodes[b].next)
        if (bpmn_waits_for(&nodes[b]) && !had_boundary(plan, x, b)) return false;
    for (int h = inside(plan->to, y)->handler; h >= 0; h = nodes[h].next)
        if (bpmn_waits_for(&nodes[nodes[h].start]) && !had_handler(plan, inside(plan->from, x), nodes[h].start)) return false;
    for (size_t i = 0; y->kind == NODE_EVENTS && i < y->n_out; i++)
        if (!had_choice(plan, x, plan->to->flows[y->out[i]].to)) return false;
    return true;
}

static Verdict judge(const BpmnPlan *plan, int at) {
    if (plan->node[at] < 0) return (Verdict){"removed", "the new version has no such element"};
    const BpmnElement *x = &plan->from->nodes[at], *y = &plan->to->nodes[plan->node[at]];
    if (!same_kind(x, y)) return (Verdict){"type", "the new version has an element of another type here"};
    if (!same_place(plan, x, y)) return (Verdict){"scope", "the new version has it in another scope or at another activity"};
    if (!same_many(&x->many, &y->many)) return (Verdict){"multi-instance", "the new version repeats it in another way"};
    if (x->kind == NODE_CALL && !leads_to(plan, x->to, y->to)) return (Verdict){"called", "the new version calls another process"};
    bool same_results = str_eq(x->results, y->results) && same_code(&x->result, &y->result);
    if (x->kind == NODE_ADHOC && !same_results) return (Verdict){"results", "the new version collects other results"};
    if (!same_message(x, y)) return (Verdict){"message", "the new version waits for another message, signal or key"};
    if (!same_events(plan, x, y)) return (Verdict){"event", "in the new version an event listens here that nothing has opened"};
    return (Verdict){NULL, NULL};
}

/* ---- flows and joins -------------------------------------------------------------------------------------------------- */

/* Which of several flows between the same two elements. */
static size_t place_among(const BpmnProcess *p, int flow) {
    const BpmnFlow *f = &p->flows[flow];
    const BpmnElement *to = &p->nodes[f->to];
    size_t place = 0;
    for (size_t i = 0; i < to->n_in && to->in[i] != flow; i++) place += p->flows[to->in[i]].from == f->from;
    return place;
}

/* The new flow that a token has come by: the same id, else the same ends. -1: none. */
static int flow_of(const BpmnPlan *plan, int flow) {
    const BpmnFlow *f = &plan->from->flows[flow];
    const BpmnElement *to = &plan->to->nodes[plan->node[f->to]];
    size_t place = place_among(plan->from, flow);
    for (size_t i = 0; f->id.n > 0 && i < to->n_in; i++)
        if (str_eq(plan->to->flows[to->in[i]].id, f->id)) return to->in[i];
    for (size_t i = 0; plan->node[f->from] >= 0 && i < to->n_in; i++)
        if (plan->to->flows[to->in[i]].from == plan->node[f->from] && place-- == 0) return to->in[i];
    return -1;
}

static bool is_as_before(const BpmnPlan *plan, int join) {
    for (size_t i = 0; i < plan->from->n_nodes; i++) {
        const BpmnElement *old = &plan->from->nodes[i], *new = &plan->to->nodes[join];
        if (plan->node[i] != join || plan->verdicts[i].code != NULL || old->n_in != new->n_in) continue;
        size_t same = 0;
        for (size_t k = 0; k < old->n_in; k++) same += flow_of(plan, old->in[k]) >= 0;
        return same == old->n_in;
    }
    return false;
}

static void find_joins(BpmnPlan *plan, Arena *a) {
    plan->joins = NEW_ARRAY(a, Join, plan->to->n_nodes);
    for (size_t i = 0; i < plan->to->n_nodes; i++) {
        const BpmnElement *node = &plan->to->nodes[i];
        if (node->kind != NODE_PARALLEL || node->n_in < 2 || is_as_before(plan, (int)i)) continue;
        Join *join = &plan->joins[plan->n_joins++];
        *join = (Join){.node = (int)i, .reach = NEW_ARRAY(a, uint64_t *, node->n_in)};
        for (size_t k = 0; k < node->n_in; k++) join->reach[k] = bpmn_reach_join(plan->to, (int)i, node->in[k], a);
    }
}

bool bpmn_plan(const BpmnProcess *from, const BpmnProcess *to, const BpmnChanges *changes, Arena *a, BpmnPlan **out, Err *err) {
    assert(from != NULL && to != NULL && changes != NULL && a != NULL && out != NULL);
    BpmnPlan *plan = NEW(a, BpmnPlan);
    *plan = (BpmnPlan){.from = from, .to = to, .node = NEW_ARRAY(a, int, from->n_nodes), .verdicts = NEW_ARRAY(a, Verdict, from->n_nodes),
                       .restart = NEW_ARRAY(a, bool, to->n_nodes)};
    TRY(pair_nodes(plan, changes, a, err));
    TRY(keep_events_apart(plan, a, err));
    TRY(read_restarts(plan, changes, err));
    for (size_t i = 0; i < from->n_nodes; i++) plan->verdicts[i] = judge(plan, (int)i);
    find_joins(plan, a);
    *out = plan;
    return true;
}

/* ---- one instance -------------------------------------------------------------------------------------------------------- */

typedef struct Moving { /* an instance on its way */
    const BpmnPlan *plan; /* by which */
    BpmnStep s;           /* its tokens */
    BpmnMisfits misfits;  /* found so far, at most cap of them */
    size_t cap;
} Moving;

static void misfit(Moving *m, Str element, const char *code, Str text) {
    assert(m->misfits.n < m->cap);
    m->misfits.items[m->misfits.n++] = (BpmnMisfit){element, code, text};
}

/* What depends on what the token does there. */
static Verdict judge_token(const BpmnPlan *plan, const BpmnToken *t) {
    const BpmnElement *x = &plan->from->nodes[t->node], *y = &plan->to->nodes[plan->node[t->node]];
    bool same_job = str_eq(x->seen.id, y->seen.id) && str_eq(x->seen.job_type, y->seen.job_type);
    if (t->wait == WAIT_JOB && !same_job) return (Verdict){"job", "its job is given out already, under its old name and type"};
    if (t->wait == WAIT_DONE && !leads_to(plan, x->undo, y->undo)) return (Verdict){"compensation", "the new version undoes it in another way"};
    bool joins = x->kind == NODE_PARALLEL || x->kind == NODE_INCLUSIVE;
    if (joins && t->flow >= 0 && flow_of(plan, t->flow) < 0) return (Verdict){"flow", "the flow that a token came by is gone"};
    return (Verdict){NULL, NULL};
}

static void check_token(Moving *m, const BpmnToken *t) {
    Verdict v = m->plan->verdicts[t->node];
    if (v.code == NULL) v = judge_token(m->plan, t);
    if (v.code != NULL) misfit(m, m->plan->from->nodes[t->node].seen.id, v.code, str_of(v.text));
}

static void move_tokens(Moving *m) {
    m->s.p = m->plan->to;
    for (size_t i = 0; i < m->s.n; i++) {
        BpmnToken *t = &m->s.tokens[i];
        if (t->flow >= 0) t->flow = flow_of(m->plan, t->flow);
        t->node = m->plan->node[t->node];
    }
}

/* Can a token come to the join by this flow, or does one wait there that did? */
static bool is_fed(const BpmnStep *s, const BpmnToken *scope, const Join *join, size_t k) {
    for (size_t i = 1; i < s->n; i++) {
        const BpmnToken *t = &s->tokens[i];
        if (t->scope != scope->id || t->wait == WAIT_DONE) continue;
        bool waits = t->node == join->node && t->flow == s->p->nodes[join->node].in[k];
        if (waits || join->reach[k][t->node / 64] >> (t->node % 64) & 1) return true;
    }
    return false;
}

/* A token that has passed the fork comes to a join that now waits for a branch nobody is in. */
static void check_joins(Moving *m) {
    for (size_t j = 0; j < m->plan->n_joins; j++) {
        const Join *join = &m->plan->joins[j];
        const BpmnElement *node = &m->s.p->nodes[join->node];
        for (size_t i = 0; i < m->s.n; i++) {
            const BpmnToken *scope = &m->s.tokens[i];
            if (scope->wait != WAIT_SCOPE || bpmn_inside(&m->s, scope) != node->scope) continue;
            size_t fed = 0;
            for (size_t k = 0; k < node->n_in; k++) fed += is_fed(&m->s, scope, join, k);
            if (fed > 0 && fed < node->n_in) misfit(m, node->seen.id, "join", STR("this join would wait for a branch that no token is in"));
        }
    }
}

static void restart_timers(Moving *m) {
    for (size_t i = 1; i < m->s.n; i++) {
        BpmnToken *t = &m->s.tokens[i];
        if (t->wait != WAIT_TIMER || !m->plan->restart[t->node]) continue;
        t->left = 0;
        if (!bpmn_timer_set(&m->s, t->id)) misfit(m, m->s.p->nodes[t->node].seen.id, "timer", m->s.tokens[i].trouble);
    }
}

bool bpmn_migrate(const BpmnPlan *plan, Value state, Value given, FeelRun *run, Value *out, BpmnMisfits *misfits, Err *err) {
    assert(plan != NULL && run != NULL && run->arena != NULL && out != NULL && misfits != NULL);
    Moving m = {.plan = plan, .s = {.p = plan->from, .run = run, .given = given}};
    TRY(bpmn_state_read(&m.s, state, err));
    if (m.s.ended) return err_set(err, ERR_STATE, "bpmn", "this process has ended");
    m.cap = m.s.n * (2 + plan->n_joins);
    m.misfits.items = NEW_ARRAY(run->arena, BpmnMisfit, m.cap);
    for (size_t i = 0; i < m.s.n; i++) check_token(&m, &m.s.tokens[i]);
    if (m.misfits.n == 0) {
        move_tokens(&m);
        check_joins(&m);
        restart_timers(&m);
    }
    *misfits = m.misfits;
    if (m.misfits.n > 0) return true;
    if (!bpmn_state_fits(&m.s)) return err_set(err, ERR_STATE, "bpmn", "the tokens do not stand in the new version as they must");
    *out = bpmn_state_write(&m.s);
    return true;
}
