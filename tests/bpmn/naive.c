/* naive: see naive.h. Each function takes a state and returns the next; nothing is ever written twice. */
#include "naive.h"

/* ---- states -------------------------------------------------------------------------------------------------- */

static NaiveState with(NaiveState s, int node, int scope, int flow, Arena *a) {
    NaiveToken *tokens = NEW_ARRAY(a, NaiveToken, (size_t)s.n + 1);
    for (int i = 0; i < s.n; i++) tokens[i] = s.tokens[i];
    tokens[s.n] = (NaiveToken){s.next, node, scope, flow, true};
    NaiveState after = s;
    after.tokens = tokens;
    after.n++;
    after.next++;
    return after;
}

static NaiveState without(NaiveState s, int id, Arena *a) {
    NaiveToken *tokens = NEW_ARRAY(a, NaiveToken, (size_t)s.n + 1);
    NaiveState after = s;
    after.n = 0;
    for (int i = 0; i < s.n; i++)
        if (s.tokens[i].id != id) tokens[after.n++] = s.tokens[i];
    after.tokens = tokens;
    return after;
}

static NaiveState at_rest(NaiveState s, int id, Arena *a) {
    NaiveToken *tokens = NEW_ARRAY(a, NaiveToken, (size_t)s.n + 1);
    for (int i = 0; i < s.n; i++) {
        tokens[i] = s.tokens[i];
        if (tokens[i].id == id) tokens[i].moves = false;
    }
    s.tokens = tokens;
    return s;
}

static NaiveState without_all_in(NaiveState s, int scope, Arena *a) {
    for (int i = 0; i < s.n; i++)
        if (s.tokens[i].scope == scope)
            return without_all_in(without_all_in(without(s, s.tokens[i].id, a), s.tokens[i].id, a), scope, a);
    return s;
}

static const NaiveToken *oldest_at(NaiveState s, int node) {
    for (int i = 0; i < s.n; i++)
        if (s.tokens[i].node == node) return &s.tokens[i];
    return NULL;
}

static const NaiveToken *waiting(NaiveState s, int node, int scope, int flow) {
    for (int i = 0; i < s.n; i++) {
        const NaiveToken *t = &s.tokens[i];
        if (!t->moves && t->node == node && t->scope == scope && t->flow == flow) return t;
    }
    return NULL;
}

/* ---- going on ---------------------------------------------------------------------------------------------------- */

static bool holds(const NaiveFlow *f, NaiveState s) {
    return f->when == 0 || s.vars[(f->when > 0 ? f->when : -f->when) - 1] == (f->when > 0);
}

static NaiveState along(const NaiveModel *m, NaiveState s, int flow, int scope, Arena *a) {
    return with(s, m->flows[flow].to, scope, flow, a);
}

static NaiveState by_all(const NaiveModel *m, NaiveState s, int node, int scope, Arena *a) {
    for (int f = 0; f < m->n_flows; f++)
        if (m->flows[f].from == node) s = along(m, s, f, scope, a);
    return s;
}

/* By the flows that hold, only the first of them at an exclusive gateway; by the default one when there is none. */
static NaiveState by_choice(const NaiveModel *m, NaiveState s, int node, int scope, Arena *a) {
    int taken = 0;
    for (int f = 0; f < m->n_flows; f++) {
        bool goes = m->flows[f].from == node && f != m->nodes[node].by_default && holds(&m->flows[f], s);
        if (!goes || (taken > 0 && m->nodes[node].kind == NAIVE_XOR)) continue;
        s = along(m, s, f, scope, a);
        taken++;
    }
    return taken == 0 ? along(m, s, m->nodes[node].by_default, scope, a) : s;
}

static int ways_in(const NaiveModel *m, int node) {
    int n = 0;
    for (int f = 0; f < m->n_flows; f++) n += m->flows[f].to == node;
    return n;
}

/* Takes one token of each flow that has one. */
static NaiveState take_joined(const NaiveModel *m, NaiveState s, int node, int scope, Arena *a) {
    for (int f = 0; f < m->n_flows; f++) {
        const NaiveToken *t = m->flows[f].to == node ? waiting(s, node, scope, f) : NULL;
        if (t != NULL) s = without(s, t->id, a);
    }
    return s;
}

static NaiveState arrive_and(const NaiveModel *m, NaiveState s, NaiveToken t, Arena *a) {
    s = at_rest(s, t.id, a);
    for (int f = 0; f < m->n_flows; f++)
        if (m->flows[f].to == t.node && waiting(s, t.node, t.scope, f) == NULL) return s;
    return by_all(m, take_joined(m, s, t.node, t.scope, a), t.node, t.scope, a);
}

static int start_of(const NaiveModel *m, int scope) {
    for (int i = 0; i < m->n_nodes; i++)
        if (m->nodes[i].kind == NAIVE_START && m->nodes[i].scope == scope) return i;
    return -1;
}

static NaiveState arrive(const NaiveModel *m, NaiveState s, NaiveToken t, Arena *a) {
    const NaiveNode *node = &m->nodes[t.node];
    switch (node->kind) {
    case NAIVE_TASK:
        return at_rest(s, t.id, a);
    case NAIVE_SUB:
        return with(at_rest(s, t.id, a), start_of(m, t.node), t.id, -1, a);
    case NAIVE_AND:
        return arrive_and(m, s, t, a);
    case NAIVE_OR:
        if (ways_in(m, t.node) > 1) return at_rest(s, t.id, a);
        return by_choice(m, without(s, t.id, a), t.node, t.scope, a);
    case NAIVE_XOR:
        return by_choice(m, without(s, t.id, a), t.node, t.scope, a);
    case NAIVE_TERMINATE:
        return without_all_in(s, t.scope, a);
    case NAIVE_START:
    case NAIVE_END:
    case NAIVE_BOUNDARY:
        return by_all(m, without(s, t.id, a), t.node, t.scope, a);
    }
    return s;
}

/* ---- inclusive joins ------------------------------------------------------------------------------------------------ */

/* Can a token go from a node to a flow without passing the join? */
static bool leads_to(const NaiveModel *m, int from, int flow, int join, bool *seen) {
    if (from == join || seen[from]) return false;
    seen[from] = true;
    if (m->flows[flow].from == from) return true;
    for (int f = 0; f < m->n_flows; f++)
        if (m->flows[f].from == from && leads_to(m, m->flows[f].to, flow, join, seen)) return true;
    for (int i = 0; i < m->n_nodes; i++)
        if (m->nodes[i].kind == NAIVE_BOUNDARY && m->nodes[i].host == from && leads_to(m, i, flow, join, seen)) return true;
    return false;
}

static bool may_still_come(const NaiveModel *m, NaiveState s, int join, int scope, int flow) {
    for (int i = 0; i < s.n; i++) {
        bool seen[NAIVE_NODES] = {false};
        if (s.tokens[i].scope == scope && leads_to(m, s.tokens[i].node, flow, join, seen)) return true;
    }
    return false;
}

static bool is_ready(const NaiveModel *m, NaiveState s, const NaiveToken *t) {
    if (m->nodes[t->node].kind != NAIVE_OR) return false;
    for (int f = 0; f < m->n_flows; f++)
        if (m->flows[f].to == t->node && waiting(s, t->node, t->scope, f) == NULL &&
            may_still_come(m, s, t->node, t->scope, f))
            return false;
    return true;
}

/* ---- until nothing moves ----------------------------------------------------------------------------------------------- */

static bool holds_any(NaiveState s, int scope) {
    for (int i = 0; i < s.n; i++)
        if (s.tokens[i].scope == scope) return true;
    return false;
}

/* One thing that happens by itself. false: there is none. */
static bool next(const NaiveModel *m, NaiveState s, Arena *a, NaiveState *after) {
    for (int i = 0; i < s.n; i++) {
        if (!s.tokens[i].moves) continue;
        *after = arrive(m, s, s.tokens[i], a);
        return true;
    }
    for (int i = 0; i < s.n; i++) {
        const NaiveToken t = s.tokens[i];
        if (m->nodes[t.node].kind != NAIVE_SUB || holds_any(s, t.id)) continue;
        *after = by_all(m, without(s, t.id, a), t.node, t.scope, a);
        return true;
    }
    for (int i = 0; i < s.n; i++) {
        const NaiveToken t = s.tokens[i];
        if (!is_ready(m, s, &t)) continue;
        *after = by_choice(m, take_joined(m, s, t.node, t.scope, a), t.node, t.scope, a);
        return true;
    }
    return false;
}

static NaiveState run(const NaiveModel *m, NaiveState s, Arena *a) {
    NaiveState after;
    while (next(m, s, a, &after)) s = after;
    return s;
}

static NaiveState told(NaiveState s, const bool *vars) {
    for (int i = 0; i < NAIVE_VARS; i++) s.vars[i] = vars[i];
    return s;
}

NaiveState naive_start(const NaiveModel *m, const bool *vars, Arena *a) {
    NaiveState s = told((NaiveState){.next = 1}, vars);
    return run(m, with(s, start_of(m, -1), 0, -1, a), a);
}

NaiveState naive_complete(const NaiveModel *m, NaiveState s, int task, const bool *vars, Arena *a) {
    const NaiveToken t = *oldest_at(s, task);
    return run(m, by_all(m, without(told(s, vars), t.id, a), task, t.scope, a), a);
}

NaiveState naive_message(const NaiveModel *m, NaiveState s, int boundary, const bool *vars, Arena *a) {
    const NaiveToken host = *oldest_at(s, m->nodes[boundary].host);
    s = told(s, vars);
    if (m->nodes[boundary].interrupting) s = without(without_all_in(s, host.id, a), host.id, a);
    return run(m, by_all(m, s, boundary, host.scope, a), a);
}

int naive_at(NaiveState s, int node) {
    int n = 0;
    for (int i = 0; i < s.n; i++) n += s.tokens[i].node == node;
    return n;
}

bool naive_ended(NaiveState s) {
    return s.n == 0;
}

bool naive_stuck(const NaiveModel *m, NaiveState s) {
    for (int i = 0; i < s.n; i++) {
        if (m->nodes[s.tokens[i].node].kind == NAIVE_TASK) return false;
        for (int b = 0; b < m->n_nodes; b++)
            if (m->nodes[b].kind == NAIVE_BOUNDARY && m->nodes[b].host == s.tokens[i].node) return false;
    }
    return s.n > 0;
}
