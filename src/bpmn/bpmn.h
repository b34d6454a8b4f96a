/* bpmn: processes (BPMN 2.0, Zeebe dialect): definition + state + happening → new state + wants.
 * Pure. It never acts by itself and never calls dmn: it returns what it wants and is told the answer. */
#ifndef YC_BPMN_H
#define YC_BPMN_H

#include "base/base.h"
#include "feel/feel.h"

typedef struct BpmnProcess BpmnProcess;
/* Compiles one file. Refuses every element it does not execute, with element id and reason, all faults
 * at once. Out: NULL when refused. */
bool bpmn_load(Str file, Str bytes, Arena *a, ErrList *faults, BpmnProcess **out) MUST_USE;
Str bpmn_id(const BpmnProcess *p);
Str bpmn_hash(const BpmnProcess *p); /* 64 hex digits */

typedef struct BpmnNode { /* what others may know of an element */
    Str id, name;
    Str type;        /* local BPMN name: "userTask" */
    Str form_id;     /* zeebe:formDefinition */
    Str decision_id; /* zeebe:calledDecision */
    Str result_name; /* its resultVariable */
    Str job_type;    /* zeebe:taskDefinition type: "letter" */
    Str groups;      /* zeebe:assignmentDefinition candidateGroups */
} BpmnNode;
size_t bpmn_nodes(const BpmnProcess *p);
const BpmnNode *bpmn_node(const BpmnProcess *p, int node);

/* ---- one step ---------------------------------------------------------------------------------------- */
typedef enum BpmnDo {
    BPMN_START,    /* variables = start variables */
    BPMN_COMPLETE, /* a waiting token (user task, decision, job) is done; variables = its results by name */
    BPMN_MESSAGE,  /* name + correlation key */
    BPMN_TIMER,    /* a due timer of a token */
    BPMN_CANCEL,
} BpmnDo;
typedef struct BpmnHappening {
    BpmnDo what;
    int64_t token;   /* COMPLETE, TIMER */
    Str name, key;   /* MESSAGE */
    Value variables; /* context, or null */
} BpmnHappening;
typedef enum BpmnWantKind {
    BPMN_WANT_DECISION,
    BPMN_WANT_TASK,
    BPMN_WANT_JOB,
    BPMN_WANT_TIMER,
    BPMN_WANT_MESSAGE
} BpmnWantKind;
typedef struct BpmnWant {
    BpmnWantKind kind;
    int64_t token; /* answer it with BPMN_COMPLETE of this token */
    int node;
    Value details; /* JOB: input mappings and headers; TIMER: {due: datetime}; TASK: {assignee, groups, due} */
} BpmnWant;
/* State is a Value (context), so that it is stored and compared as data: {tokens, variables, next, ended}. */
typedef struct BpmnResult {
    Value state;     /* the new state */
    BpmnWant *wants; /* new wants of this step, in order */
    size_t n_wants;
    Value trail;  /* list of {element, what: "entered"|"left"} in order, for the event log */
    bool ended;   /* no token is left */
    Str incident; /* not "": what stopped a token (no flow matched, mapping failed …) */
} BpmnResult;
/* In: state null for BPMN_START. Runs until every token waits (cap 1,000 activations, then an incident).
 * Err: ERR_STATE when the token is not waiting for that. */
bool bpmn_step(const BpmnProcess *p, Value state, const BpmnHappening *h, FeelRun *run, BpmnResult *out,
               Err *err) MUST_USE;
/* What all tokens wait for now (the open work), derived from a state. */
size_t bpmn_waits(const BpmnProcess *p, Value state, Arena *a, BpmnWant **out);

#endif
