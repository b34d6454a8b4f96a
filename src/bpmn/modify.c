/* modify: a supervisor moves a token by hand, because a case stands where the drawing does not lead on. What is
 * cancelled is cancelled with everything inside; what begins, begins as if a flow had come to it. Scopes around it that
 * are not open are opened, without their start (Source: Camunda 8.9, process instance modification). What could not
 * have come about by the drawing is refused. */
#include "bpmn/bpmn_in.h"

static int find_element(const BpmnStep *s, const BpmnHappening *h) {
    for (size_t i = 0; i < s->p->n_nodes; i++) {
        const BpmnNode *seen = &s->p->nodes[i].seen;
        if (str_eq(seen->id, h->name) && (h->key.n == 0 || str_eq(h->key, seen->process))) return (int)i;
    }
    return -1;
}

/* The open scopes whose elements are those of a node. */
static size_t open_scopes(const BpmnStep *s, int node, int64_t *one) {
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) {
        const BpmnToken *t = &s->tokens[i];
        if (t->wait != WAIT_SCOPE || bpmn_inside(s, t) != node || (i > 0 && bpmn_is_body(s, t))) continue;
        *one = t->id;
        n++;
    }
    return n;
}

/* "" or why an element cannot begin by hand. */
static const char *hindrance(const BpmnStep *s, int at) {
    const BpmnElement *node = &s->p->nodes[at];
    bool listens = node->kind == NODE_BOUNDARY || (node->kind == NODE_START && s->p->nodes[node->scope].triggered);
    if (node->kind == NODE_PROCESS || node->triggered || node->undoes || listens) return "it begins by its event only";
    for (size_t i = 0; i < node->n_in; i++)
        if (s->p->nodes[s->p->flows[node->in[i]].from].kind == NODE_EVENTS) return "its event-based gateway begins it";
    int64_t scope;
    for (at = node->scope;; at = node->scope) {
        size_t n = open_scopes(s, at, &scope);
        node = &s->p->nodes[at];
        if (n == 1) return "";
        if (n > 1) return "what is around it is open more than once";
        if (node->scope < 0) return "its process is not at work here";
        if (node->triggered || node->undoes || node->many.on) return "what is around it is not open";
    }
}

bool bpmn_can_modify(const BpmnStep *s, const BpmnHappening *h, Err *err) {
    const BpmnToken *t = bpmn_token(s, h->token);
    bool held = t != NULL && t->id != BPMN_ROOT && t->host == 0 && t->wait != WAIT_DONE && !bpmn_is_one(s, t);
    if (h->token != 0 && !held)
        return err_set(err, ERR_STATE, "bpmn", "token %lld is at no element that can be cancelled alone", (long long)h->token);
    if (h->name.n == 0) return h->token != 0 || err_set(err, ERR_INPUT, "bpmn", "nothing to cancel or to begin");
    int at = find_element(s, h);
    const char *why = at < 0 ? "there is no such element" : hindrance(s, at);
    return why[0] == '\0' || err_set(err, ERR_STATE, "bpmn", "\"" STR_FMT "\" cannot begin by hand: %s",
                                     STR_ARG(str_head(h->name, 60)), why);
}

bool bpmn_may_begin(const BpmnProcess *p, Value state, Arena *a, bool **out, Err *err) {
    assert(p != NULL && a != NULL && out != NULL);
    FeelRun run = {.arena = a};
    BpmnStep s = {.p = p, .run = &run};
    TRY(bpmn_state_read(&s, state, err));
    *out = NEW_ARRAY(a, bool, p->n_nodes);
    for (size_t i = 0; i < p->n_nodes; i++) (*out)[i] = hindrance(&s, (int)i)[0] == '\0';
    return true;
}

static int64_t scope_for(BpmnStep *s, int node) {
    int64_t scope;
    if (open_scopes(s, node, &scope) > 0) return scope;
    int64_t id = bpmn_spawn(s, node, scope_for(s, s->p->nodes[node].scope), -1);
    bpmn_note(s, node, "entered");
    bpmn_listen(s, id);
    bpmn_inputs(s, id);
    bpmn_token(s, id)->wait = WAIT_SCOPE;
    bpmn_listen_inside(s, id);
    return id;
}

/* The element begins before the other is cancelled, so that the scope they share does not end in between. */
void bpmn_modify(BpmnStep *s, const BpmnHappening *h) {
    if (h->name.n > 0) {
        int at = find_element(s, h);
        int64_t id = bpmn_spawn(s, at, scope_for(s, s->p->nodes[at].scope), -1);
        for (size_t i = 0; h->variables.kind == VALUE_CONTEXT && i < h->variables.size; i++)
            bpmn_set_local(s, id, h->variables.u.ctx[i].key, h->variables.u.ctx[i].value);
    }
    if (h->token == 0) return;
    int64_t scope = bpmn_token(s, h->token)->scope;
    bpmn_remove(s, h->token);
    /* a scope in which nothing is left is cancelled with it */
    while (scope != BPMN_ROOT && bpmn_is_empty(s, scope)) {
        int64_t around = bpmn_token(s, scope)->scope;
        bpmn_remove(s, scope);
        scope = around;
    }
    s->ended = scope == BPMN_ROOT && bpmn_is_empty(s, BPMN_ROOT);
}
