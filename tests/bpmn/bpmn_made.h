/* bpmn_made: generated block-structured processes. Whoever builds one knows which tasks it must ask for, whatever the
 * order they are done in. For the tests of this room only. */
#ifndef YC_BPMN_MADE_H
#define YC_BPMN_MADE_H

#include "bpmn_run.h"

typedef struct Made {
    Buf xml;       /* elements and flows */
    uint64_t seed; /* of the next choice */
    int ids;       /* elements so far */
    int tasks;     /* tasks that must be asked for */
} Made;

static inline int made_choice(uint64_t *seed, int n) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((*seed >> 33) % (uint64_t)n);
}

static inline int made_element(Made *m, const char *name) {
    buf_printf(&m->xml, "<d:%s id=\"n%d\"/>", name, ++m->ids);
    return m->ids;
}

static inline void made_flow(Made *m, int from, int to, const char *condition) {
    buf_printf(&m->xml, "<d:sequenceFlow id=\"f%d\" sourceRef=\"n%d\" targetRef=\"n%d\">", ++m->ids, from, to);
    if (condition != NULL) buf_printf(&m->xml, "<d:conditionExpression>=%s</d:conditionExpression>", condition);
    buf_c(&m->xml, "</d:sequenceFlow>");
}

static inline int made_block(Made *m, int from, const char *condition, int depth, bool live);

static inline int made_task(Made *m, int from, const char *condition, bool live) {
    int at = made_element(m, "userTask");
    made_flow(m, from, at, condition);
    m->tasks += live;
    return at;
}

/* Splits into branches and joins them again; `takes` says which branches a token goes into. */
static inline int made_branches(Made *m, int from, const char *condition, int depth, bool live, const char *gateway) {
    bool exclusive = gateway[0] == 'e', parallel = gateway[0] == 'p';
    int split = made_element(m, gateway), n = 2 + made_choice(&m->seed, 2), sure = made_choice(&m->seed, n), ends[3];
    made_flow(m, from, split, condition);
    for (int i = 0; i < n; i++) {
        /* behind the branch that is taken an exclusive gateway looks no further */
        bool holds = i == sure || (!exclusive && made_choice(&m->seed, 2) == 0), taken = parallel || holds;
        const char *text = parallel ? NULL : (exclusive && i > sure) || holds ? "1 = 1" : "1 = 2";
        ends[i] = made_block(m, split, text, depth - 1, live && taken);
    }
    int join = made_element(m, gateway);
    for (int i = 0; i < n; i++) made_flow(m, ends[i], join, NULL);
    return join;
}

static inline int made_scope(Made *m, int from, const char *condition, int depth, bool live) {
    int at = ++m->ids;
    buf_printf(&m->xml, "<d:subProcess id=\"n%d\">", at);
    int last = made_block(m, made_element(m, "startEvent"), NULL, depth - 1, live), end = made_element(m, "endEvent");
    made_flow(m, last, end, NULL);
    buf_c(&m->xml, "</d:subProcess>");
    made_flow(m, from, at, condition);
    return at;
}

/* A block behind `from`; returns its last element. */
static inline int made_block(Made *m, int from, const char *condition, int depth, bool live) {
    int kind = depth == 0 ? 0 : made_choice(&m->seed, 6);
    if (kind == 1) return made_block(m, made_block(m, from, condition, depth - 1, live), NULL, depth - 1, live);
    if (kind == 2) return made_branches(m, from, condition, depth, live, "exclusiveGateway");
    if (kind == 3) return made_branches(m, from, condition, depth, live, "parallelGateway");
    if (kind == 4) return made_branches(m, from, condition, depth, live, "inclusiveGateway");
    if (kind == 5) return made_scope(m, from, condition, depth, live);
    return made_task(m, from, condition, live);
}

#endif
