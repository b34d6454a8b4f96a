/* bpmn: processes (BPMN 2.0, Zeebe dialect): definition + state + happening → new state + wants.
 * Pure. It never acts by itself and never calls dmn: it returns what it wants and is told the answer. */
#ifndef YC_BPMN_H
#define YC_BPMN_H

#include "base/base.h"
#include "feel/feel.h"

typedef struct BpmnProcess BpmnProcess;
/* Compiles the executable processes of one file; the first is the one that starts. Refuses every element it
 * does not execute, with element id and reason, all faults at once. Out: NULL when refused. */
bool bpmn_load(Str file, Str bytes, Arena *a, ErrList *faults, BpmnProcess **out) MUST_USE;
typedef struct BpmnFile {
    Str name;  /* for messages */
    Str bytes; /* BPMN XML */
} BpmnFile;
/* The same for several files whose processes call each other. */
bool bpmn_load_files(const BpmnFile *files, size_t n, Arena *a, ErrList *faults, BpmnProcess **out) MUST_USE;
Str bpmn_id(const BpmnProcess *p);
Str bpmn_hash(const BpmnProcess *p); /* 64 hex digits */
Str bpmn_xml(const BpmnProcess *p);  /* the first file, as it was read: what a viewer draws */

typedef struct BpmnNode { /* what others may know of an element */
    Str id, name;
    Str type;        /* local BPMN name: "userTask" */
    Str form_id;     /* zeebe:formDefinition */
    Str decision_id; /* zeebe:calledDecision */
    Str result_name; /* its resultVariable */
    Str job_type;    /* zeebe:taskDefinition type: "letter" */
    Str retries;     /* its retries, as written */
    Str groups;      /* zeebe:assignmentDefinition candidateGroups, when constant */
    Str assignee;    /* its assignee, when constant */
    Str called;      /* zeebe:calledElement: id of the process called */
    Str process;     /* id of the process it belongs to */
    Str event;       /* what an event waits for or does: "timer" "message" "signal" …, else "" */
    Str example;     /* zeebe:property camundaModeler:exampleOutputJson: what its work gives in a test */
    Str event_name;  /* of an event: its message or signal when constant, so that the host knows what it may send */
} BpmnNode;
typedef struct BpmnWarning { /* what may go wrong when it runs, told when it is loaded */
    Str element; /* id */
    Str text;    /* one sentence */
} BpmnWarning;
size_t bpmn_warnings(const BpmnProcess *p, const BpmnWarning **out);
size_t bpmn_nodes(const BpmnProcess *p);
const BpmnNode *bpmn_node(const BpmnProcess *p, int node);
bool bpmn_starts_process(const BpmnProcess *p, int node); /* a start event of a process, not of a part of it */

/* Does the condition of a conditional start event hold over these variables? The host asks, then starts it by name. */
bool bpmn_start_holds(const BpmnProcess *p, int node, Value variables, FeelRun *run);

/* ---- one step ---------------------------------------------------------------------------------------- */
typedef enum BpmnDo {
    BPMN_START,    /* variables = start variables; name = id of a start event ("" the plain one of the
                    * first process), key = its process where several have such an id */
    BPMN_COMPLETE, /* a waiting token (user task, decision, job) is done; variables = its results by name */
    BPMN_ERROR,    /* a waiting job failed as the business foresees; name = error code */
    BPMN_MESSAGE,  /* name + correlation key (key.p NULL: by name alone) + variables */
    BPMN_SIGNAL,   /* name + variables, to everything that waits for it; nothing may wait */
    BPMN_TIMER,    /* a due timer of a token */
    BPMN_SET,      /* variables are corrected: local ones of a token, or (token 0) those of the process */
    BPMN_RETRY,    /* a token with an incident tries its element again; variables = corrections first */
    BPMN_MODIFY,   /* a supervisor's hand: the token's element is cancelled (0 none), the element `name` of the
                    * process `key` begins ("" none), with local variables. The host keeps the reason. */
    BPMN_CANCEL,   /* the whole instance */
} BpmnDo;
typedef struct BpmnHappening {
    BpmnDo what;
    int64_t token;   /* COMPLETE, ERROR, TIMER, SET, RETRY, MODIFY */
    Str name, key;   /* START, ERROR, MESSAGE, SIGNAL, MODIFY */
    Value variables; /* context, or null */
    Value given;     /* names that expressions find beneath all variables, in this step only: what the host knows and
                      * no state keeps (the calendar); or null */
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
    int node;      /* where the token is */
    Value details; /* DECISION: {inputs}; JOB: {inputs, headers}; TIMER: {due: datetime}; TASK: {assignee, groups,
                    * users, due, follow_up, priority}; MESSAGE: {name, key} */
} BpmnWant;
/* State is a Value (context), so that it is stored and compared as data: {tokens, variables, next, ended}. */
typedef struct BpmnResult {
    Value state;     /* the new state */
    BpmnWant *wants; /* new wants of this step, in order */
    size_t n_wants;
    Value trail;   /* list of {element, what} in order, for the event log: "entered" "left" "cancelled",
                    * of a multi-instance as a whole "opened" "closed" "dropped" */
    Value signals; /* thrown by this step, for other instances: list of {name, variables} */
    bool ended;    /* no token is left */
    Str incident;  /* not "": what stopped a token (no flow matched, mapping failed …) */
} BpmnResult;
/* In: state null for BPMN_START. Runs until every token waits (cap 1,000 activations, then an incident).
 * Err: ERR_STATE when the token is not waiting for that. */
bool bpmn_step(const BpmnProcess *p, Value state, const BpmnHappening *h, FeelRun *run, BpmnResult *out,
               Err *err) MUST_USE;
/* The open work: what the tokens are waiting for, derived from a state. */
size_t bpmn_waits(const BpmnProcess *p, Value state, Arena *a, BpmnWant **out);
typedef struct BpmnIncident {
    int64_t token; /* to be tried again by BPMN_RETRY */
    int node;      /* where it stands */
    Str text;      /* "element: what stopped it" */
    Str code;      /* the same as a stable word: "no_flow" "not_boolean" "no_event_name" "no_message_key" "no_items"
                    * "no_elements" "not_caught" "endless" "join_waits" "no_time"; "" in states of earlier versions */
    Str about;     /* what with: the condition, the error's name, the value; "" = nothing */
} BpmnIncident;
/* The tokens that are stopped, derived from a state. */
size_t bpmn_incidents(const BpmnProcess *p, Value state, Arena *a, BpmnIncident **out);

/* Which elements may begin by hand now (BPMN_MODIFY). Out: bpmn_nodes() answers. Err: as bpmn_places. */
bool bpmn_may_begin(const BpmnProcess *p, Value state, Arena *a, bool **out, Err *err) MUST_USE;

/* How many tokens are at each element now; those that only listen or wait to be joined are at none.
 * Out: bpmn_nodes() numbers. Err: ERR_INPUT when the state does not belong to the process. */
bool bpmn_places(const BpmnProcess *p, Value state, Arena *a, int **out, Err *err) MUST_USE;

/* ---- another version of the definition ------------------------------------------------------------------- */
typedef struct BpmnPlan BpmnPlan; /* how instances of one definition become instances of another */
typedef struct BpmnMove { /* an element of the old definition is that one of the new */
    Str from, to;         /* ids */
} BpmnMove;
typedef struct BpmnChanges { /* what a plan says beyond "what has the same id is the same" */
    const BpmnMove *moves;   /* n_moves */
    size_t n_moves;          /* of them */
    const Str *restart;      /* n_restart timer events of the new definition that begin anew; the others keep their time */
    size_t n_restart;        /* of them */
} BpmnChanges;
/* Err: ERR_INVALID with the element: there is none or more than one of this id, it has no timer, two events would
 * become one. */
bool bpmn_plan(const BpmnProcess *from, const BpmnProcess *to, const BpmnChanges *changes, Arena *a, BpmnPlan **out,
               Err *err) MUST_USE;
typedef struct BpmnMisfit { /* what an instance has and the new definition has no place for */
    Str element;            /* of the old definition; of a join that would wait for ever, of the new one */
    const char *code;       /* "removed" "type" "scope" "multi-instance" "event" "message" "called" "results" "flow"
                             * "join" "job" "compensation" "timer" */
    Str text;               /* one sentence */
} BpmnMisfit;
typedef struct BpmnMisfits {
    BpmnMisfit *items;
    size_t n; /* of items */
} BpmnMisfits;
/* An instance goes on in the new definition: every token at its element there, nothing begins and nothing ends.
 * In: given as in BpmnHappening. Out: the new state, unless there are misfits. Err: ERR_INPUT as bpmn_places;
 * ERR_STATE when it has ended. */
bool bpmn_migrate(const BpmnPlan *plan, Value state, Value given, FeelRun *run, Value *out, BpmnMisfits *misfits,
                  Err *err) MUST_USE;

#endif
