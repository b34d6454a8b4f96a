/* reach: which elements a token can come to. An element that none can come to is refused, because it
 * would never do anything; an inclusive join is told from where a token can still come to it. */
#include "bpmn/bpmn_in.h"

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

static void walk_on(const BpmnProcess *p, Walk *w, int at) {
    const BpmnElement *node = &p->nodes[at];
    bool scope = node->kind == NODE_PROCESS || node->kind == NODE_SUBPROCESS;
    for (size_t i = 0; i < node->n_out; i++) come_to(w, p->flows[node->out[i]].to);
    for (int b = node->boundary; b >= 0; b = p->nodes[b].next) come_to(w, b);
    for (int h = node->handler; h >= 0; h = p->nodes[h].next) come_to(w, h);
    for (size_t i = 0; node->kind == NODE_ADHOC && i < p->n_nodes; i++)
        if (p->nodes[i].scope == at && p->nodes[i].n_in == 0 && p->nodes[i].host < 0 && !p->nodes[i].undoes) come_to(w, (int)i);
    for (size_t i = 0; scope && i < p->n_nodes; i++)
        if (p->nodes[i].scope == at && p->nodes[i].kind == NODE_START) come_to(w, (int)i);
    come_to(w, node->to);
}

/* Behind an element that was refused nothing is reached: that one is told. */
static void check_reach(BpmnLoad *l) {
    BpmnProcess *p = l->p;
    if (l->refused) return;
    Walk w = {NEW_ARRAY(l->a, bool, p->n_nodes), NEW_ARRAY(l->a, int, p->n_nodes), 0};
    for (size_t i = 0; i < p->n_nodes; i++)
        if (p->nodes[i].kind == NODE_PROCESS) come_to(&w, (int)i);
    while (w.n > 0) walk_on(p, &w, w.stack[--w.n]);
    for (size_t i = 0; i < p->n_nodes; i++) {
        int around = p->nodes[i].scope;
        l->file = p->nodes[i].file;
        if (!w.seen[i] && w.seen[around] && (p->nodes[around].start >= 0 || p->nodes[around].kind == NODE_ADHOC))
            bpmn_fault(l, p->nodes[i].xml, "no token can ever come here");
    }
}

/* The nodes from which a token can come to the join by this flow without passing the join itself.
 * Source: BPMN 2.0.2 §13.4.3, as Zeebe reads it. */
static uint64_t *reach_of(const BpmnProcess *p, int join, int flow, Walk *w, Arena *a) {
    uint64_t *bits = NEW_ARRAY(a, uint64_t, (p->n_nodes + 63) / 64);
    for (size_t i = 0; i < p->n_nodes; i++) w->seen[i] = (int)i == join;
    come_to(w, p->flows[flow].from);
    while (w->n > 0) {
        int at = w->stack[--w->n];
        const BpmnElement *node = &p->nodes[at];
        bits[at / 64] |= UINT64_C(1) << (at % 64);
        for (size_t i = 0; i < node->n_in; i++) come_to(w, p->flows[node->in[i]].from);
        come_to(w, node->host);
        bool link = node->kind == NODE_CATCH && node->event == EVENT_LINK;
        for (size_t i = 0; link && i < p->n_nodes; i++)
            if (p->nodes[i].kind == NODE_THROW && p->nodes[i].to == at) come_to(w, (int)i);
    }
    return bits;
}

uint64_t *bpmn_reach_join(const BpmnProcess *p, int join, int flow, Arena *a) {
    Walk w = {NEW_ARRAY(a, bool, p->n_nodes), NEW_ARRAY(a, int, p->n_nodes), 0};
    return reach_of(p, join, flow, &w, a);
}

/* ---- loops that never wait ------------------------------------------------------------------------------------- */

static bool may_wait(const BpmnElement *node) {
    bool passes = node->kind == NODE_PASS || node->kind == NODE_SCRIPT || node->kind == NODE_RULE ||
                  node->kind == NODE_THROW || node->kind == NODE_EXCLUSIVE || node->kind == NODE_PARALLEL ||
                  node->kind == NODE_INCLUSIVE;
    return !passes || node->many.on;
}

/* Can a token that leaves come back without anything that waits? */
static bool comes_back(const BpmnProcess *p, int at, Walk *w) {
    for (size_t i = 0; i < p->n_nodes; i++) w->seen[i] = false;
    w->n = 0;
    for (int from = at;; from = w->stack[--w->n]) {
        const BpmnElement *node = &p->nodes[from];
        for (size_t i = 0; i < node->n_out; i++) {
            int to = p->flows[node->out[i]].to;
            if (to == at) return true;
            if (!may_wait(&p->nodes[to])) come_to(w, to);
        }
        if (w->n == 0) return false;
    }
}

/* Such a loop may well end, so it is only told; when it runs, a step is cut off (BPMN_ACTIVATIONS). It is
 * told where flows meet. Cost: such elements × flows. */
static void warn_of_loops(BpmnLoad *l, Walk *w) {
    BpmnProcess *p = l->p;
    p->warnings = NEW_ARRAY(l->a, BpmnWarning, p->n_nodes);
    for (size_t i = 0; i < p->n_nodes; i++) {
        const BpmnElement *node = &p->nodes[i];
        if (may_wait(node) || node->n_in < 2 || !comes_back(p, (int)i, w)) continue;
        p->warnings[p->n_warnings++] =
            (BpmnWarning){node->seen.id, STR("a token can come back here without waiting for anything")};
    }
}

void bpmn_reach(BpmnLoad *l) {
    BpmnProcess *p = l->p;
    Walk w = {NEW_ARRAY(l->a, bool, p->n_nodes), NEW_ARRAY(l->a, int, p->n_nodes), 0};
    check_reach(l);
    warn_of_loops(l, &w);
    for (size_t i = 0; i < p->n_nodes; i++) {
        BpmnElement *node = &p->nodes[i];
        if (node->kind != NODE_INCLUSIVE || node->n_in < 2) continue;
        node->reach = NEW_ARRAY(l->a, uint64_t *, node->n_in);
        for (size_t k = 0; k < node->n_in; k++) node->reach[k] = reach_of(p, (int)i, node->in[k], &w, l->a);
    }
}
