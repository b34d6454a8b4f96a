/* bpmn_in: what the files of room bpmn share. A definition is flat arrays of nodes and flows; node 0
 * is the process itself. A run is an array of tokens; a token at a process or sub-process is a scope
 * that holds the tokens inside it. Never included by another room. */
#ifndef YC_BPMN_IN_H
#define YC_BPMN_IN_H

#include "bpmn/bpmn.h"

enum {
    BPMN_NODES = 5000,       /* most elements of a process */
    BPMN_DEPTH = 16,         /* sub-processes inside sub-processes */
    BPMN_ACTIVATIONS = 1000, /* most elements entered in one step */
    BPMN_ROOT = 1,           /* token of the process itself */
};

typedef enum BpmnKind { /* what an element does, however it is spelled */
                        NODE_PROCESS,
                        NODE_SUBPROCESS,
                        NODE_START,
                        NODE_END,
                        NODE_CATCH,
                        NODE_BOUNDARY,
                        NODE_PASS,
                        NODE_USER,
                        NODE_JOB,
                        NODE_RULE,
                        NODE_SCRIPT,
                        NODE_EXCLUSIVE,
                        NODE_PARALLEL,
                        NODE_INCLUSIVE,
} BpmnKind;
typedef enum BpmnEvent { EVENT_NONE, EVENT_DATE, EVENT_DURATION, EVENT_CYCLE, EVENT_TERMINATE } BpmnEvent;

typedef struct BpmnCode { /* a constant text or a FEEL expression over process variables */
    Str text;             /* the constant, or the expression's source */
    const FeelCode *code; /* NULL for a constant */
    const Str *names;     /* n variables it may read, in slot order */
    size_t n;
} BpmnCode;

typedef struct BpmnMapping { /* zeebe:input, zeebe:output */
    BpmnCode source;         /* what is read */
    Str target;              /* dotted path that is set */
} BpmnMapping;
typedef struct BpmnMappings {
    BpmnMapping *items; /* n of them, in document order */
    size_t n;
} BpmnMappings;

typedef struct BpmnFlow {
    Str id;
    int from, to;       /* nodes */
    BpmnCode condition; /* code NULL: none */
    const XmlNode *xml; /* where it is written; loading only */
} BpmnFlow;

typedef struct BpmnElement {
    BpmnNode seen; /* what others may know */
    BpmnKind kind;
    BpmnEvent event; /* of start, end, catch, boundary */
    int scope;       /* the process or sub-process around it, -1 for the process */
    int *out, *in;   /* flows, n_out and n_in of them, as written */
    size_t n_out, n_in;
    int by_default;                                             /* gateway: flow when no other is taken, -1 none */
    int start;                                                  /* process, sub-process: its start event, -1 none */
    int host;                                                   /* boundary: the activity it sits on, -1 none */
    bool interrupting;                                          /* boundary: it ends its host */
    int boundary;                                               /* activity: first event on it, -1 none */
    int next;                                                   /* boundary: next event on the same activity, -1 none */
    BpmnMappings inputs, outputs;                               /* zeebe:ioMapping */
    BpmnCode timer;                                             /* date, duration or cycle */
    BpmnCode script;                                            /* script task */
    BpmnCode assignee, groups, users, due, follow_up, priority; /* user task */
    Value headers;                                              /* zeebe:taskHeaders as a context, null when none */
    uint64_t **reach;   /* inclusive join: per incoming flow, the nodes that can still come by it */
    const XmlNode *xml; /* where it is written; loading only */
} BpmnElement;

struct BpmnProcess {
    Str id, hash, file; /* process id; SHA-256 of the file; its name */
    BpmnElement *nodes; /* n_nodes */
    size_t n_nodes;
    BpmnFlow *flows; /* n_flows */
    size_t n_flows;
    int *index; /* open-addressed table of node ids; n_index a power of two, -1 free */
    size_t n_index;
};

/* ---- loading ------------------------------------------------------------------------------------------ */
typedef struct BpmnLoad {
    BpmnProcess *p;  /* under construction */
    FeelScope *root; /* FEEL's built-ins */
    Arena *a;        /* owner */
    ErrList *faults; /* everything that is wrong */
} BpmnLoad;

void bpmn_fault(BpmnLoad *l, const XmlNode *xml, const char *format, ...) PRINTF_LIKE(3, 4);
bool bpmn_is(const XmlNode *xml, const char *name);                 /* an element of the BPMN namespace */
void bpmn_read(BpmnLoad *l, const XmlNode *process);                /* elements, then flows */
void bpmn_read_zeebe(BpmnLoad *l, BpmnElement *node);               /* an element's extensions */
void bpmn_link(BpmnLoad *l);                                        /* what must hold of the whole */
BpmnCode bpmn_code(BpmnLoad *l, const XmlNode *xml, Str text);      /* "=expression" or constant text */
BpmnCode bpmn_code_feel(BpmnLoad *l, const XmlNode *xml, Str text); /* an expression, with or without the sign */
int bpmn_find(const BpmnProcess *p, Str id);                        /* node or -1 */
bool bpmn_cycle(Str text, int64_t *times, Value *period);           /* R3/PT1H; times -1 = for ever */

/* ---- running ------------------------------------------------------------------------------------------- */
typedef enum BpmnWait {
    WAIT_GONE,
    WAIT_RUN,
    WAIT_SCOPE,
    WAIT_JOIN,
    WAIT_TASK,
    WAIT_JOB,
    WAIT_DECISION,
    WAIT_TIMER,
    WAIT_INCIDENT,
    WAITS
} BpmnWait;

typedef struct BpmnToken {
    int64_t id;    /* never used twice in an instance */
    int node;      /* where it is */
    BpmnWait wait; /* what it waits for */
    int64_t scope; /* token around it, 0 for the process */
    int64_t host;  /* boundary event that listens: its activity's token, else 0 */
    int flow;      /* the flow it came by, -1 none or joined */
    int64_t due;   /* timer: microseconds since 1970 UTC */
    int64_t left;  /* cycle: times it will still fire, -1 = for ever */
    Value vars;    /* local variables, null when none; of the process all of them */
    Value details; /* user task: who and until when */
    Str trouble;   /* incident: why */
} BpmnToken;

typedef struct BpmnStep { /* one step under way */
    const BpmnProcess *p;
    FeelRun *run;      /* arena, clock, fuel */
    BpmnToken *tokens; /* n; tokens[0] is the process; gone ones stay until the state is written */
    size_t n, cap;
    size_t at;        /* tokens before it have run */
    int64_t next;     /* next token id */
    int64_t first;    /* first token id of this step */
    int activations;  /* elements entered so far */
    bool ended;       /* the process is over */
    ValueBuild trail; /* what happened, for the log */
    Str incident;     /* the first of this step */
} BpmnStep;

bool bpmn_state_read(BpmnStep *s, Value state, Err *err) MUST_USE;
Value bpmn_state_write(const BpmnStep *s);
/* What a token asks of the world; false when it asks nothing. */
bool bpmn_want(BpmnStep *s, const BpmnToken *t, BpmnWant *out);

/* Tokens are named by id, because the array moves when it grows. */
BpmnToken *bpmn_token(const BpmnStep *s, int64_t id); /* alive, or NULL */
int64_t bpmn_spawn(BpmnStep *s, int node, int64_t scope, int flow);
void bpmn_leave(BpmnStep *s, int64_t id);                /* by every outgoing flow */
void bpmn_remove(BpmnStep *s, int64_t id);               /* with everything inside and on it */
void bpmn_run(BpmnStep *s);                              /* until every token waits */
void bpmn_note(BpmnStep *s, int node, const char *what); /* adds to the trail */
void bpmn_trouble(BpmnStep *s, int64_t id, const char *format, ...) PRINTF_LIKE(3, 4);

Value bpmn_eval(BpmnStep *s, int64_t scope, const BpmnCode *code);
Value bpmn_visible(const BpmnStep *s, int64_t scope);         /* all variables a token sees, one context */
void bpmn_set(BpmnStep *s, int64_t scope, Str name, Value v); /* where it exists, else in the process */
void bpmn_inputs(BpmnStep *s, int64_t id);
void bpmn_outputs(BpmnStep *s, int64_t id, Value results);

bool bpmn_timer_set(BpmnStep *s, int64_t id); /* when it is due; false: an incident */
void bpmn_listen(BpmnStep *s, int64_t id);    /* opens the boundary events of an activity */
void bpmn_fire(BpmnStep *s, int64_t id);      /* a waiting event has happened */

#endif
