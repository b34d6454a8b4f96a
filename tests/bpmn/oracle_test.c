/* Generated processes, run by room bpmn and by the naive interpreter side by side: after every step the same tasks
 * are open, and both have ended or stand still. A failure is made smaller by building fewer blocks from the same seed
 * and printed with its file and steps. */
#include "bpmn_run.h"
#include "naive.h"

#include <stdio.h>

enum { SEEDS = 400, BUDGET = 14, STEPS = 40 };

typedef struct Gen {
    NaiveModel m;
    uint64_t seed; /* of the next choice */
    int budget;    /* blocks that may still be built */
    int scope;     /* around the next element */
} Gen;

static int choice(uint64_t *seed, int n) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((*seed >> 33) % (uint64_t)n);
}

/* ---- building -------------------------------------------------------------------------------------------------- */

static int node(Gen *g, NaiveKind kind) {
    assert_true(g->m.n_nodes < NAIVE_NODES);
    g->m.nodes[g->m.n_nodes] = (NaiveNode){.kind = kind, .scope = g->scope, .host = -1, .by_default = -1};
    return g->m.n_nodes++;
}

static int flow(Gen *g, int from, int to, int when) {
    assert_true(g->m.n_flows < NAIVE_FLOWS);
    g->m.flows[g->m.n_flows] = (NaiveFlow){from, to, when};
    return g->m.n_flows++;
}

static int condition(Gen *g) {
    int k = 1 + choice(&g->seed, NAIVE_VARS);
    return choice(&g->seed, 2) == 0 ? k : -k;
}

static int block(Gen *g, int from, int when);

static int task(Gen *g, int from, int when) {
    int at = node(g, NAIVE_TASK);
    flow(g, from, at, when);
    return at;
}

/* A branch may go on into its neighbour instead of to the join: what makes inclusive joins hard. */
static int branches(Gen *g, int from, int when, NaiveKind kind) {
    int split = node(g, kind), n = 2 + choice(&g->seed, 2), ends[3], heads[3];
    flow(g, from, split, when);
    for (int i = 0; i < n; i++) {
        heads[i] = node(g, NAIVE_XOR);
        bool last = i + 1 == n;
        int f = flow(g, split, heads[i], kind == NAIVE_AND || last ? 0 : condition(g));
        if (last && kind != NAIVE_AND) g->m.nodes[split].by_default = f;
        ends[i] = block(g, heads[i], 0);
    }
    int join = node(g, kind);
    for (int i = 0; i < n; i++) {
        bool crosses = kind == NAIVE_OR && i + 1 < n && choice(&g->seed, 3) == 0;
        int fork = crosses ? node(g, NAIVE_XOR) : ends[i];
        if (crosses) {
            flow(g, ends[i], fork, 0);
            flow(g, fork, heads[i + 1], condition(g));
        }
        int f = flow(g, fork, join, 0);
        if (crosses) g->m.nodes[fork].by_default = f;
    }
    int out = node(g, NAIVE_XOR); /* a join that only joins */
    int f = flow(g, join, out, 0);
    if (kind != NAIVE_AND) g->m.nodes[join].by_default = f;
    return out;
}

static int sub(Gen *g, int from, int when) {
    int at = node(g, NAIVE_SUB), around = g->scope;
    flow(g, from, at, when);
    g->scope = at;
    int last = block(g, node(g, NAIVE_START), 0), end = node(g, NAIVE_END);
    flow(g, last, end, 0);
    g->scope = around;
    return at;
}

static int loop(Gen *g, int from, int when) {
    int head = node(g, NAIVE_XOR);
    flow(g, from, head, when);
    int last = task(g, block(g, head, 0), 0), fork = node(g, NAIVE_XOR);
    flow(g, last, fork, 0);
    flow(g, fork, head, condition(g));
    int out = node(g, NAIVE_XOR);
    g->m.nodes[fork].by_default = flow(g, fork, out, 0);
    return out;
}

static int guarded(Gen *g, int from, int when) {
    int at = choice(&g->seed, 2) == 0 ? task(g, from, when) : sub(g, from, when);
    int event = node(g, NAIVE_BOUNDARY);
    g->m.nodes[event].host = at;
    g->m.nodes[event].interrupting = choice(&g->seed, 2) == 0;
    int last = task(g, event, 0);
    if (!g->m.nodes[event].interrupting || choice(&g->seed, 3) == 0) {
        flow(g, last, node(g, choice(&g->seed, 4) == 0 ? NAIVE_TERMINATE : NAIVE_END), 0);
        return at;
    }
    int merge = node(g, NAIVE_XOR);
    flow(g, at, merge, 0);
    flow(g, last, merge, 0);
    return merge;
}

static int block(Gen *g, int from, int when) {
    if (g->budget-- <= 0) return task(g, from, when);
    switch (choice(&g->seed, 8)) {
    case 0: return branches(g, from, when, NAIVE_XOR);
    case 1: return branches(g, from, when, NAIVE_AND);
    case 2:
    case 3: return branches(g, from, when, NAIVE_OR);
    case 4: return sub(g, from, when);
    case 5: return loop(g, from, when);
    case 6: return guarded(g, from, when);
    default: return block(g, block(g, from, when), 0);
    }
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static const char *const names[] = {"startEvent",    "endEvent",         "endEvent",        "userTask",        "subProcess",
                                    "boundaryEvent", "exclusiveGateway", "parallelGateway", "inclusiveGateway"};

static void write_flows(Buf *b, const NaiveModel *m, int scope) {
    for (int f = 0; f < m->n_flows; f++) {
        const NaiveFlow *flow_ = &m->flows[f];
        if (m->nodes[flow_->from].scope != scope) continue;
        buf_printf(b, "<d:sequenceFlow id=\"f%d\" sourceRef=\"n%d\" targetRef=\"n%d\">", f, flow_->from, flow_->to);
        int when = flow_->when;
        if (when != 0)
            buf_printf(b, "<d:conditionExpression>=%s(v%d)</d:conditionExpression>", when > 0 ? "" : "not", (when > 0 ? when : -when) - 1);
        buf_c(b, "</d:sequenceFlow>\n");
    }
}

static void write_scope(Buf *b, const NaiveModel *m, int scope) {
    for (int i = 0; i < m->n_nodes; i++) {
        const NaiveNode *n = &m->nodes[i];
        if (n->scope != scope) continue;
        buf_printf(b, "<d:%s id=\"n%d\"", names[n->kind], i);
        if (n->by_default >= 0) buf_printf(b, " default=\"f%d\"", n->by_default);
        if (n->kind == NAIVE_BOUNDARY)
            buf_printf(b, " attachedToRef=\"n%d\" cancelActivity=\"%s\"", n->host, n->interrupting ? "true" : "false");
        buf_c(b, ">");
        if (n->kind == NAIVE_BOUNDARY) buf_printf(b, "<d:messageEventDefinition messageRef=\"m%d\"/>", i);
        if (n->kind == NAIVE_TERMINATE) buf_c(b, "<d:terminateEventDefinition/>");
        if (n->kind == NAIVE_SUB) write_scope(b, m, i);
        buf_printf(b, "</d:%s>\n", names[n->kind]);
    }
    write_flows(b, m, scope);
}

static const char *write_messages(const NaiveModel *m, Arena *a) {
    Buf b = {.a = a};
    for (int i = 0; i < m->n_nodes; i++)
        if (m->nodes[i].kind == NAIVE_BOUNDARY) buf_printf(&b, "<d:message id=\"m%d\" name=\"m%d\"/>", i, i);
    return str_c(a, buf_str(&b));
}

/* ---- side by side ------------------------------------------------------------------------------------------------ */

typedef struct Pair {
    Run r;        /* room bpmn */
    NaiveState s; /* the other */
    Buf steps;    /* what was done, for the report */
} Pair;

static Value variables(const bool *vars, Arena *a) {
    ValueBuild b = {.a = a};
    for (int i = 0; i < NAIVE_VARS; i++) build_entry(&b, str_printf(a, "v%d", i), value_bool(vars[i]));
    return build_ctx(&b);
}

static int open_at(Pair *p, int at) {
    BpmnWant *wants;
    size_t n = bpmn_waits(p->r.p, p->r.state, p->r.a, &wants);
    int found = 0;
    for (size_t i = 0; i < n; i++) found += str_eq(bpmn_node(p->r.p, wants[i].node)->id, str_printf(p->r.a, "n%d", at));
    return found;
}

/* NULL, or in what they differ. */
static const char *compare(Pair *p, const NaiveModel *m) {
    Arena *a = p->r.a;
    for (int i = 0; i < m->n_nodes; i++) {
        NaiveKind kind = m->nodes[i].kind;
        int here = kind == NAIVE_TASK ? naive_at(p->s, i) : kind == NAIVE_BOUNDARY ? naive_at(p->s, m->nodes[i].host) : -1;
        int there = here < 0 ? -1 : open_at(p, i);
        if (here != there) return str_printf(a, "n%d is open %d times, not %d", i, there, here).p;
    }
    if (naive_ended(p->s) != p->r.last.ended) return p->r.last.ended ? "it has ended" : "it has not ended";
    if (naive_stuck(m, p->s) != (p->r.last.incident.n > 0))
        return p->r.last.incident.n > 0 ? str_c(a, p->r.last.incident) : "it stands still and does not say so";
    return NULL;
}

/* One of what could happen now; -1 nothing. */
static int pick(const NaiveModel *m, NaiveState s, uint64_t *seed) {
    int able[2 * NAIVE_NODES], n = 0;
    for (int i = 0; i < m->n_nodes; i++) {
        const NaiveNode *node_ = &m->nodes[i];
        bool task_ = node_->kind == NAIVE_TASK && naive_at(s, i) > 0;
        if (task_ || (node_->kind == NAIVE_BOUNDARY && naive_at(s, node_->host) > 0)) able[n++] = i;
        if (task_) able[n++] = i; /* tasks twice as often as messages */
    }
    return n == 0 ? -1 : able[choice(seed, n)];
}

static void happen(Pair *p, const NaiveModel *m, int at, const bool *vars) {
    Err err = {0};
    Arena *a = p->r.a;
    Str id = str_printf(a, "n%d", at), name = str_printf(a, "m%d", at);
    bool message = m->nodes[at].kind == NAIVE_BOUNDARY;
    BpmnHappening h = {.what = message ? BPMN_MESSAGE : BPMN_COMPLETE, .name = name, .variables = variables(vars, a)};
    if (!message) h.token = run_token(&p->r, str_c(a, id));
    buf_printf(&p->steps, "%s n%d %s; ", message ? "message to" : "complete", at, str_c(a, json_text(a, h.variables)));
    assert_true(run_step(&p->r, h, &err));
    p->s = message ? naive_message(m, p->s, at, vars, a) : naive_complete(m, p->s, at, vars, a);
}

static const char *play(uint64_t seed, int budget, Arena *a, bool report) {
    Gen *g = NEW(a, Gen);
    *g = (Gen){.seed = seed, .budget = budget, .scope = -1};
    int last = block(g, node(g, NAIVE_START), 0);
    flow(g, last, node(g, NAIVE_END), 0);
    Buf xml = {.a = a};
    write_scope(&xml, &g->m, -1);
    Pair p = {.r = {.a = a, .feel = {.arena = a, .fuel = FEEL_FUEL, .now_us = NOON}}, .steps = {.a = a}};
    bool vars[NAIVE_VARS];
    for (int i = 0; i < NAIVE_VARS; i++) vars[i] = choice(&seed, 2) == 0;
    run_load(&p.r, str_c(a, buf_str(&xml)), write_messages(&g->m, a));
    run_start(&p.r, str_c(a, json_text(a, variables(vars, a))));
    p.s = naive_start(&g->m, vars, a);
    const char *wrong = compare(&p, &g->m);
    for (int i = 0; i < STEPS && wrong == NULL && !p.r.last.ended; i++) {
        int at = pick(&g->m, p.s, &seed);
        if (at < 0) break;
        vars[choice(&seed, NAIVE_VARS)] = choice(&seed, 2) == 0;
        happen(&p, &g->m, at, vars);
        wrong = compare(&p, &g->m);
    }
    Str file = buf_str(&xml), done = buf_str(&p.steps);
    if (report) fprintf(stderr, STR_FMT "\n" STR_FMT "\n", STR_ARG(file), STR_ARG(done));
    return wrong;
}

static void test_side_by_side(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    for (uint64_t seed = 1, last = run_count(SEEDS); seed <= last; seed++, arena_reset(a)) {
        if (play(seed, BUDGET, a, false) == NULL) continue;
        int budget = 0;
        while (play(seed, budget, a, false) == NULL) budget++;
        fail_msg("seed %d with %d blocks: %s", (int)seed, budget, play(seed, budget, a, true));
    }
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_side_by_side)};
    return cmocka_run_group_tests_name("oracle", tests, NULL, NULL);
}
