/* naive: a second interpreter of processes, written to be obviously right and not to be fast: a state is never
 * changed, only followed by another; an inclusive join searches the graph anew each time. It knows nothing of room
 * bpmn, reads no XML and exists to disagree with it. */
#ifndef YC_NAIVE_H
#define YC_NAIVE_H

#include "base/base.h"

enum { NAIVE_NODES = 400, NAIVE_FLOWS = 800, NAIVE_VARS = 6 };

typedef enum NaiveKind {
    NAIVE_START,
    NAIVE_END,
    NAIVE_TERMINATE,
    NAIVE_TASK,
    NAIVE_SUB,
    NAIVE_BOUNDARY, /* of a message */
    NAIVE_XOR,
    NAIVE_AND,
    NAIVE_OR,
} NaiveKind;
typedef struct NaiveNode {
    NaiveKind kind;
    int scope;         /* sub-process around it, -1 the process */
    int host;          /* boundary: what it sits on */
    bool interrupting; /* boundary */
    int by_default;    /* gateway: flow when no condition holds, -1 none */
} NaiveNode;
typedef struct NaiveFlow {
    int from, to; /* nodes */
    int when;     /* k + 1: variable k is true; -(k + 1): it is false; 0 always */
} NaiveFlow;
typedef struct NaiveModel {
    NaiveNode nodes[NAIVE_NODES]; /* n_nodes */
    int n_nodes;
    NaiveFlow flows[NAIVE_FLOWS]; /* n_flows */
    int n_flows;
} NaiveModel;

typedef struct NaiveToken {
    int id, node, scope, flow; /* scope: token of the sub-process, 0 the process; flow it came by, -1 none */
    bool moves;                /* it has not yet done what its node does */
} NaiveToken;
typedef struct NaiveState {
    const NaiveToken *tokens; /* n, oldest first */
    int n, next;              /* next: id of the next one */
    bool vars[NAIVE_VARS];
} NaiveState;

NaiveState naive_start(const NaiveModel *m, const bool *vars, Arena *a);
/* The oldest token at the task goes on, after the variables have changed. */
NaiveState naive_complete(const NaiveModel *m, NaiveState s, int task, const bool *vars, Arena *a);
NaiveState naive_message(const NaiveModel *m, NaiveState s, int boundary, const bool *vars, Arena *a);
int naive_at(NaiveState s, int node);                   /* tokens there */
bool naive_ended(NaiveState s);
bool naive_stuck(const NaiveModel *m, NaiveState s);    /* only joins are left, and none can go on */

#endif
