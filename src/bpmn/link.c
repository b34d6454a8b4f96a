/* link: what must hold of a whole process before it may run: flows join elements of one scope,
 * every scope has one start, conditions stand where they are read, everything can be reached. Also
 * prepares what a step wants at hand: flows by node, events by activity, reach of inclusive joins. */
#include "bpmn/bpmn_in.h"

#include <string.h>

/* ---- flows ------------------------------------------------------------------------------------------------- */

static void check_ends(BpmnLoad *l, const BpmnFlow *flow) {
    const BpmnElement *from = &l->p->nodes[flow->from], *to = &l->p->nodes[flow->to];
    if (from->scope != to->scope) bpmn_fault(l, flow->xml, "a flow may not cross the edge of a sub-process");
    if (to->kind == NODE_START || to->kind == NODE_BOUNDARY)
        bpmn_fault(l, flow->xml, "a flow may not lead to a " STR_FMT, STR_ARG(to->seen.type));
    if (from->kind == NODE_END) bpmn_fault(l, flow->xml, "a flow may not leave an end event");
    if (flow->from == 0 || flow->to == 0) bpmn_fault(l, flow->xml, "a flow may not join the process itself");
}

static void join_flows(BpmnLoad *l) {
    BpmnProcess *p = l->p;
    for (size_t i = 0; i < p->n_flows; i++) {
        check_ends(l, &p->flows[i]);
        p->nodes[p->flows[i].from].n_out++;
        p->nodes[p->flows[i].to].n_in++;
    }
    for (size_t i = 0; i < p->n_nodes; i++) {
        BpmnElement *node = &p->nodes[i];
        node->out = NEW_ARRAY(l->a, int, node->n_out);
        node->in = NEW_ARRAY(l->a, int, node->n_in);
        node->n_out = node->n_in = 0;
    }
    for (size_t i = 0; i < p->n_flows; i++) {
        BpmnElement *from = &p->nodes[p->flows[i].from], *to = &p->nodes[p->flows[i].to];
        from->out[from->n_out++] = (int)i;
        to->in[to->n_in++] = (int)i;
    }
}

static bool chooses(const BpmnElement *node) {
    return node->kind == NODE_EXCLUSIVE || node->kind == NODE_INCLUSIVE;
}

static void find_default(BpmnLoad *l, BpmnElement *node) {
    Str id = xml_attr(node->xml, "default");
    if (id.n == 0) return;
    if (!chooses(node)) bpmn_fault(l, node->xml, "a default flow belongs to an exclusive or inclusive gateway");
    for (size_t i = 0; i < node->n_out; i++)
        if (str_eq(l->p->flows[node->out[i]].id, id)) node->by_default = node->out[i];
    if (node->by_default < 0)
        bpmn_fault(l, node->xml, "default names \"" STR_FMT "\", which is no flow leaving here",
                   STR_ARG(str_sub(id, 0, 60)));
    else if (l->p->flows[node->by_default].condition.code != NULL)
        bpmn_fault(l, l->p->flows[node->by_default].xml, "a default flow has no condition");
}

static void check_conditions(BpmnLoad *l, const BpmnElement *node) {
    for (size_t i = 0; i < node->n_out; i++) {
        const BpmnFlow *flow = &l->p->flows[node->out[i]];
        bool given = flow->condition.code != NULL,
             needed = chooses(node) && node->n_out > 1 && node->out[i] != node->by_default;
        if (given && !chooses(node) && node->kind != NODE_PARALLEL)
            bpmn_fault(l, flow->xml, "a condition belongs to a flow that leaves an exclusive or inclusive gateway");
        if (needed && flow->condition.text.n == 0)
            bpmn_fault(l, flow->xml, "this flow needs a condition, or to be the default");
    }
}

/* ---- events on activities, starts ------------------------------------------------------------------------------- */

static bool is_activity(const BpmnElement *node) {
    return node->kind == NODE_SUBPROCESS || (node->kind >= NODE_PASS && node->kind <= NODE_SCRIPT);
}

static void attach(BpmnLoad *l, int at) {
    BpmnElement *node = &l->p->nodes[at];
    Str id = xml_attr(node->xml, "attachedToRef");
    int host = bpmn_find(l->p, id);
    bool good = host > 0 && is_activity(&l->p->nodes[host]) && l->p->nodes[host].scope == node->scope;
    if (!good)
        bpmn_fault(l, node->xml, "attachedToRef names \"" STR_FMT "\", which is no activity here",
                   STR_ARG(str_sub(id, 0, 60)));
    if (node->interrupting && node->event == EVENT_CYCLE)
        bpmn_fault(l, node->xml, "an interrupting timer cannot repeat");
    if (!good) return;
    node->host = host;
    int *link = &l->p->nodes[host].boundary;
    while (*link >= 0) link = &l->p->nodes[*link].next;
    *link = at;
}

static void check_scope(BpmnLoad *l, const BpmnElement *node) {
    if (node->kind == NODE_PROCESS || node->kind == NODE_SUBPROCESS) {
        if (node->start < 0) bpmn_fault(l, node->xml, "no start event");
        return;
    }
    if (node->kind == NODE_START && node->n_out == 0) bpmn_fault(l, node->xml, "a start event that leads nowhere");
    if (node->kind == NODE_BOUNDARY && node->n_out == 0)
        bpmn_fault(l, node->xml, "a boundary event that leads nowhere");
    bool gateway = node->kind >= NODE_EXCLUSIVE;
    if (gateway && node->n_out == 0) bpmn_fault(l, node->xml, "a gateway that leads nowhere");
}

static void find_start(BpmnLoad *l, int at) {
    BpmnElement *node = &l->p->nodes[at], *scope = &l->p->nodes[node->scope];
    if (scope->start >= 0)
        bpmn_fault(l, node->xml, "a second start event");
    else
        scope->start = at;
}

static void check_timer(BpmnLoad *l, const BpmnElement *node) {
    Value moment;
    int64_t times;
    Str text = node->timer.text;
    if (text.n == 0 || node->timer.code != NULL) return;
    bool good = true;
    if (node->event == EVENT_DATE) good = date_parse_datetime(l->a, text, &moment);
    if (node->event == EVENT_DURATION) good = date_parse_duration(text, &moment);
    if (node->event == EVENT_CYCLE) good = bpmn_cycle(text, &times, &moment);
    if (!good)
        bpmn_fault(l, node->xml, "\"" STR_FMT "\" is no %s", STR_ARG(str_sub(text, 0, 60)),
                   node->event == EVENT_DATE       ? "date and time"
                   : node->event == EVENT_DURATION ? "duration"
                                                   : "cycle (R3/PT1H)");
    if (node->event == EVENT_CYCLE && node->kind == NODE_CATCH)
        bpmn_fault(l, node->xml, "a timer in the flow cannot repeat");
}

/* ---- reach ------------------------------------------------------------------------------------------------------- */

typedef struct Walk { /* nodes that a token can come to */
    bool *seen;       /* per node */
    int *stack;       /* seen, but not yet left */
    size_t n;         /* entries of stack */
} Walk;

static void come_to(Walk *w, int node) {
    if (node < 0 || w->seen[node]) return;
    w->seen[node] = true;
    w->stack[w->n++] = node;
}

static void check_reach(BpmnLoad *l) {
    BpmnProcess *p = l->p;
    Walk w = {NEW_ARRAY(l->a, bool, p->n_nodes), NEW_ARRAY(l->a, int, p->n_nodes), 0};
    come_to(&w, 0);
    while (w.n > 0) {
        const BpmnElement *node = &p->nodes[w.stack[--w.n]];
        for (size_t i = 0; i < node->n_out; i++) come_to(&w, p->flows[node->out[i]].to);
        for (int b = node->boundary; b >= 0; b = p->nodes[b].next) come_to(&w, b);
        come_to(&w, node->start);
    }
    for (size_t i = 0; i < p->n_nodes; i++) {
        int around = p->nodes[i].scope;
        if (!w.seen[i] && w.seen[around] && p->nodes[around].start >= 0)
            bpmn_fault(l, p->nodes[i].xml, "no token can ever come here");
    }
}

/* The nodes from which a token can come to the join by this flow without passing the join itself.
 * Source: BPMN 2.0.2 §13.4.3, as Zeebe reads it. */
static uint64_t *reach_of(BpmnLoad *l, int join, int flow, int *stack) {
    const BpmnProcess *p = l->p;
    uint64_t *bits = NEW_ARRAY(l->a, uint64_t, (p->n_nodes + 63) / 64);
    size_t n = 0;
    stack[n++] = p->flows[flow].from;
    while (n > 0) {
        int at = stack[--n];
        const BpmnElement *node = &p->nodes[at];
        if (at == join || (bits[at / 64] >> (at % 64) & 1) != 0) continue;
        bits[at / 64] |= UINT64_C(1) << (at % 64);
        for (size_t i = 0; i < node->n_in; i++) stack[n++] = p->flows[node->in[i]].from;
        if (node->host >= 0) stack[n++] = node->host;
    }
    return bits;
}

static void prepare_join(BpmnLoad *l, int at) {
    BpmnElement *node = &l->p->nodes[at];
    node->reach = NEW_ARRAY(l->a, uint64_t *, node->n_in);
    int *stack = NEW_ARRAY(l->a, int, l->p->n_flows + 2 * l->p->n_nodes + 1);
    for (size_t i = 0; i < node->n_in; i++) node->reach[i] = reach_of(l, at, node->in[i], stack);
}

void bpmn_link(BpmnLoad *l) {
    BpmnProcess *p = l->p;
    join_flows(l);
    for (size_t i = 1; i < p->n_nodes; i++) {
        if (p->nodes[i].kind == NODE_BOUNDARY) attach(l, (int)i);
        if (p->nodes[i].kind == NODE_START) find_start(l, (int)i);
        find_default(l, &p->nodes[i]);
        check_conditions(l, &p->nodes[i]);
        check_timer(l, &p->nodes[i]);
    }
    for (size_t i = 0; i < p->n_nodes; i++) {
        if (p->nodes[i].kind == NODE_INCLUSIVE && p->nodes[i].n_in > 1) prepare_join(l, (int)i);
        check_scope(l, &p->nodes[i]);
    }
    check_reach(l);
}
