/* gateway: where flows part and meet. A condition must give true or false, never null; a
 * join takes one token from each flow. It never looks at anything but tokens and variables. */
#include "bpmn/bpmn_in.h"

/* ---- choosing ------------------------------------------------------------------------------------------------ */

typedef struct Choice { /* which flows a token takes */
    bool *taken;        /* per flow that leaves */
    size_t n;           /* how many */
    size_t held;        /* how many of them by a condition, or as good as that at a gateway */
} Choice;

static bool is_gateway(const BpmnElement *node) {
    return node->kind == NODE_EXCLUSIVE || node->kind == NODE_INCLUSIVE;
}

static void take(Choice *c, const BpmnElement *node, size_t i, bool conditional) {
    c->taken[i] = true;
    c->n++;
    c->held += conditional || is_gateway(node);
}

/* false: a condition gives neither true nor false. */
static bool test_flows(BpmnStep *s, const BpmnToken *t, Choice *c) {
    const BpmnElement *node = &s->p->nodes[t->node];
    for (size_t i = 0; i < node->n_out; i++) {
        const BpmnFlow *flow = &s->p->flows[node->out[i]];
        bool conditional = flow->condition.code != NULL;
        Value v = conditional ? bpmn_eval(s, t->scope, &flow->condition) : value_bool(node->out[i] != node->by_default);
        if (v.kind != VALUE_BOOL) {
            Str text = str_head(flow->condition.text, 80);
            bpmn_trouble(s, t->id, "not_boolean", text, "the condition \"" STR_FMT "\" gives neither true nor false", STR_ARG(text));
            return false;
        }
        if (value_is_true(v)) take(c, node, i, conditional);
        if (c->n > 0 && node->kind == NODE_EXCLUSIVE) return true;
    }
    for (size_t i = 0; i < node->n_out && c->held == 0; i++)
        if (node->out[i] == node->by_default) take(c, node, i, true);
    return true;
}

void bpmn_choose(BpmnStep *s, int64_t id) {
    const BpmnToken t = *bpmn_token(s, id);
    const BpmnElement *node = &s->p->nodes[t.node];
    Choice c = {.taken = NEW_ARRAY(s->run->arena, bool, node->n_out)};
    if (!test_flows(s, &t, &c)) return;
    if (c.n == 0) {
        bpmn_trouble(s, id, "no_flow", STR(""), "no flow matches and there is no default");
        return;
    }
    bpmn_done(s, id);
    for (size_t i = 0; i < node->n_out; i++)
        if (c.taken[i]) (void)bpmn_spawn(s, s->p->flows[node->out[i]].to, t.scope, node->out[i]);
}

/* ---- joining --------------------------------------------------------------------------------------------------- */

static BpmnToken *arrived(const BpmnStep *s, int node, int64_t scope, int flow) {
    for (size_t i = 1; i < s->n; i++) {
        BpmnToken *t = &s->tokens[i];
        if (t->wait == WAIT_JOIN && t->node == node && t->scope == scope && t->flow == flow) return t;
    }
    return NULL;
}

/* Takes one token from each flow that has one and goes on as a single token. */
static void join(BpmnStep *s, int at, int64_t scope) {
    const BpmnElement *node = &s->p->nodes[at];
    for (size_t i = 0; i < node->n_in; i++) {
        BpmnToken *t = arrived(s, at, scope, node->in[i]);
        if (t != NULL) t->wait = WAIT_GONE;
    }
    (void)bpmn_spawn(s, at, scope, -1);
}

static bool all_arrived(const BpmnStep *s, int at, int64_t scope) {
    const BpmnElement *node = &s->p->nodes[at];
    for (size_t i = 0; i < node->n_in; i++)
        if (arrived(s, at, scope, node->in[i]) == NULL) return false;
    return true;
}

static bool still_comes(const BpmnStep *s, int at, int64_t scope, const uint64_t *reach) {
    for (size_t i = 1; i < s->n; i++) {
        const BpmnToken *t = &s->tokens[i];
        if (t->wait == WAIT_GONE || t->wait == WAIT_DONE || t->scope != scope || t->host != 0 || t->node == at) continue;
        if ((reach[t->node / 64] >> (t->node % 64) & 1) != 0) return true;
    }
    return false;
}

/* An inclusive join goes on when no token can come any more by a flow that has none yet.
 * Source: BPMN 2.0.2 §13.4.3. */
static bool is_complete(const BpmnStep *s, int at, int64_t scope) {
    const BpmnElement *node = &s->p->nodes[at];
    for (size_t i = 0; i < node->n_in; i++)
        if (arrived(s, at, scope, node->in[i]) == NULL && still_comes(s, at, scope, node->reach[i])) return false;
    return true;
}

bool bpmn_join_inclusive(BpmnStep *s) {
    for (size_t i = 1; i < s->n; i++) {
        const BpmnToken *t = &s->tokens[i];
        bool waits = t->wait == WAIT_JOIN && s->p->nodes[t->node].kind == NODE_INCLUSIVE;
        if (!waits || !is_complete(s, t->node, t->scope)) continue;
        join(s, t->node, t->scope);
        return true;
    }
    return false;
}

bool bpmn_arrive(BpmnStep *s, int64_t id) {
    const BpmnToken t = *bpmn_token(s, id);
    const BpmnElement *node = &s->p->nodes[t.node];
    bool joins = (node->kind == NODE_PARALLEL || node->kind == NODE_INCLUSIVE) && node->n_in > 1 && t.flow >= 0;
    if (!joins) return false;
    bpmn_token(s, id)->wait = WAIT_JOIN;
    if (node->kind == NODE_PARALLEL && all_arrived(s, t.node, t.scope)) join(s, t.node, t.scope);
    return true;
}
