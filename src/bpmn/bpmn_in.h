/* bpmn_in: what the files of room bpmn share. A definition is flat arrays of nodes and flows; each
 * process is a node that holds others. A run is an array of tokens; a token at a process, sub-process or
 * call is a scope that holds the tokens inside it. Never included by another room. */
#ifndef YC_BPMN_IN_H
#define YC_BPMN_IN_H

#include "bpmn/bpmn.h"

enum {
    BPMN_NODES = 5000,       /* most elements of a definition */
    BPMN_DEPTH = 16,         /* sub-processes inside sub-processes */
    BPMN_ACTIVATIONS = 1000, /* most elements entered in one step */
    BPMN_ROOT = 1,           /* token of the process itself */
};

typedef enum BpmnKind { /* what an element does, however it is spelled; activities stand together */
                        NODE_PROCESS,
                        NODE_SUBPROCESS,
                        NODE_ADHOC,
                        NODE_CALL,
                        NODE_PASS,
                        NODE_USER,
                        NODE_JOB,
                        NODE_RULE,
                        NODE_SCRIPT,
                        NODE_RECEIVE,
                        NODE_START,
                        NODE_END,
                        NODE_CATCH,
                        NODE_THROW,
                        NODE_BOUNDARY,
                        NODE_EXCLUSIVE,
                        NODE_PARALLEL,
                        NODE_INCLUSIVE,
                        NODE_EVENTS,
} BpmnKind;

typedef enum BpmnEvent { /* those that a token can wait for come first */
                         EVENT_NONE,
                         EVENT_DATE,
                         EVENT_DURATION,
                         EVENT_CYCLE,
                         EVENT_MESSAGE,
                         EVENT_SIGNAL,
                         EVENT_CONDITION,
                         EVENT_ERROR,
                         EVENT_ESCALATION,
                         EVENT_LINK,
                         EVENT_TERMINATE,
                         EVENT_COMPENSATION,
} BpmnEvent;

typedef struct BpmnCode { /* a constant text or a FEEL expression over process variables */
    Str text;             /* the constant, or the expression's source; "" when not given */
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

typedef struct BpmnMany { /* multi-instance */
    bool on;              /* the activity has it */
    bool sequential;      /* one after the other */
    BpmnCode items;       /* inputCollection */
    Str item;             /* inputElement: local variable */
    Str results;          /* outputCollection: variable outside */
    BpmnCode result;      /* outputElement */
    BpmnCode until;       /* completionCondition */
} BpmnMany;

typedef struct BpmnElement {
    BpmnNode seen; /* what others may know */
    BpmnKind kind;
    BpmnEvent event; /* of start, end, catch, throw, boundary, receive */
    int scope;       /* the process or sub-process around it, -1 for a process */
    int *out, *in;   /* flows, n_out and n_in of them, as written */
    size_t n_out, n_in;
    int by_default;               /* gateway: flow when no other is taken, -1 none */
    int start;                    /* process, sub-process: its start event (a plain one if there is one), -1 none */
    int handler;                  /* process, sub-process: first event sub-process in it, -1 none */
    int host;                     /* boundary: the activity it sits on, -1 none */
    int boundary;                 /* activity: first event on it, -1 none */
    int next;                     /* boundary, event sub-process: the next one of the same host or scope, -1 none */
    int to;                       /* call: the process; throwing link: its catching one; -1 none */
    int undo;                     /* activity: its compensation handler, -1 none */
    int undone;                   /* throwing compensation: the activity it means, -1 all */
    bool undoes;                  /* activity: a compensation handler */
    bool guarded;                 /* a flow that leaves has a condition */
    bool interrupting;            /* boundary, start of an event sub-process: it ends what it interrupts */
    bool triggered;               /* event sub-process */
    BpmnMappings inputs, outputs; /* zeebe:ioMapping */
    BpmnCode timer;               /* date, duration or cycle */
    BpmnCode name;                /* message, signal, link: its name; error, escalation: its code, "" any */
    BpmnCode key;                 /* message: correlation key, "" none */
    BpmnCode condition;           /* conditional event */
    BpmnCode script;              /* script task */
    BpmnCode assignee, groups, users, due, follow_up, priority; /* user task */
    Value headers;                                              /* zeebe:taskHeaders as a context, null when none */
    BpmnCode picked;                                            /* ad-hoc: names of the elements that begin */
    BpmnCode until;         /* ad-hoc: enough when it holds; code NULL: when all are done */
    Str results;            /* ad-hoc: outputCollection, "" none */
    BpmnCode result;        /* ad-hoc: outputElement */
    bool lets_finish;       /* ad-hoc: those under way are not cancelled then */
    BpmnMany many;          /* multi-instance */
    bool keep_in, keep_out; /* call: not all variables go in, come out */
    uint64_t **reach;       /* inclusive join: per incoming flow, the nodes that can still come by it */
    int file;               /* which file it is written in; ids are its own */
    const XmlNode *xml;     /* the same; loading only */
} BpmnElement;

struct BpmnProcess {
    Str id, hash;       /* id of the first process; SHA-256 of the files */
    Str xml;            /* the first file */
    BpmnElement *nodes; /* n_nodes; node 0 is the first process */
    size_t n_nodes;
    BpmnFlow *flows; /* n_flows */
    size_t n_flows;
    BpmnWarning *warnings; /* n_warnings */
    size_t n_warnings;
    int *index; /* open-addressed table of node ids; n_index a power of two, -1 free */
    size_t n_index;
};

/* ---- loading ------------------------------------------------------------------------------------------ */
typedef struct BpmnLoad {
    BpmnProcess *p;             /* under construction */
    const BpmnFile *files;      /* all that are loaded */
    int file;                   /* being read or judged */
    const XmlNode *definitions; /* its first element */
    const XmlNode **ids;        /* n_ids: what has an id in this file, ordered by it */
    size_t n_ids;               /* of them */
    FeelScope *root;            /* FEEL's built-ins */
    Arena *a;                   /* owner */
    ErrList *faults;            /* everything that is wrong */
    bool refused;               /* an element of this kind is not carried out: what names it is not told again */
} BpmnLoad;

void bpmn_fault(BpmnLoad *l, const XmlNode *xml, const char *format, ...) PRINTF_LIKE(3, 4);
bool bpmn_is(const XmlNode *xml, const char *name);              /* an element of the BPMN namespace */
bool bpmn_executable(const XmlNode *xml);                        /* a process that is to be run */
void bpmn_read_ids(BpmnLoad *l, size_t most);                    /* of a file with that many elements */
void bpmn_check_rules(BpmnLoad *l, const XmlNode *xml);          /* parts that must be there, words they may be */
Str bpmn_local(Str reference);                                   /* the name without the prefix of its file */
const XmlNode *bpmn_named(const BpmnLoad *l, Str id);            /* what the id names in this file, or NULL */
const XmlNode *bpmn_zeebe(const XmlNode *xml, const char *name); /* first such extension of an element, or NULL */
void bpmn_read(BpmnLoad *l, const XmlNode *process);             /* elements, then flows */
void bpmn_read_zeebe(BpmnLoad *l, BpmnElement *node);            /* an element's extensions */
bool bpmn_is_definition(const XmlNode *xml);                     /* of an event */
void bpmn_read_event(BpmnLoad *l, BpmnElement *node, const XmlNode *xml);
void bpmn_read_message(BpmnLoad *l, BpmnElement *node, const XmlNode *xml); /* its messageRef */
void bpmn_read_many(BpmnLoad *l, BpmnElement *node, const XmlNode *xml);    /* multi-instance */
bool bpmn_waits_for(const BpmnElement *node);                               /* a token can wait for its event */
void bpmn_link(BpmnLoad *l);                                                /* what must hold of the whole */
void bpmn_check_file(BpmnLoad *l, const XmlNode *definitions);      /* pools, message flows, what stands at the top */
void bpmn_link_undo(BpmnLoad *l, int at);                           /* a compensation event on an activity */
void bpmn_link_throw(BpmnLoad *l, int at);                          /* one that throws */
void bpmn_check_refs(BpmnLoad *l, const XmlNode *xml);              /* references inside it that are only read */
void bpmn_reach(BpmnLoad *l);                                       /* what a token can come to */
uint64_t *bpmn_reach_join(const BpmnProcess *p, int join, int flow, Arena *a); /* from where, by this flow into it: a bit per node */
void bpmn_check_name(BpmnLoad *l, const XmlNode *xml, const char *attribute); /* of a variable, where it is given */
BpmnCode bpmn_code(BpmnLoad *l, const XmlNode *xml, Str text);      /* "=expression" or constant text */
BpmnCode bpmn_code_feel(BpmnLoad *l, const XmlNode *xml, Str text); /* an expression, with or without the sign */
int bpmn_find(const BpmnProcess *p, int file, Str id);              /* node or -1 */
int bpmn_find_process(const BpmnProcess *p, Str id);                /* in any file; node or -1 */
bool bpmn_cycle(Str text, int64_t *times, Value *period);           /* R3/PT1H; times -1 = for ever */

typedef struct BpmnCron { /* times by the clock */
    uint64_t bits[6];     /* second, minute, hour, day, month, weekday (0 Sunday): bit per value */
} BpmnCron;
bool bpmn_cron_read(Str text, BpmnCron *out);
/* The next fitting second after one, both since 1970 in the same zone; false: there is none. */
bool bpmn_cron_next(const BpmnCron *cron, int64_t after_seconds, int64_t *next_seconds);

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
    WAIT_MESSAGE,
    WAIT_SIGNAL,
    WAIT_CONDITION,
    WAIT_EVENTS,
    WAIT_INCIDENT,
    WAIT_COMPENSATION, /* until what it threw is undone */
    WAIT_DONE,         /* a record of what could be undone: no longer at work */
    WAITS
} BpmnWait;

typedef struct BpmnToken {
    int64_t id;    /* never used twice in an instance */
    int node;      /* where it is */
    BpmnWait wait; /* what it waits for */
    int64_t scope; /* token around it, 0 for the process */
    int64_t host;  /* event that listens: token of the activity, scope or gateway it listens for, else 0 */
    int64_t cause; /* of a handler at work, or a scope opened for one: token of the event that threw, else 0 */
    int flow;      /* the flow it came by, -1 none or joined */
    int64_t due;   /* timer: microseconds since 1970 UTC */
    int64_t left;  /* cycle: times it will still fire, -1 = for ever */
    bool held;     /* condition: it held when it was last looked at */
    bool entered;  /* it has come in, though it does not wait yet: within a step only */
    Str name, key; /* message, signal */
    Value vars;    /* local variables, null when none; of the process all of them */
    Value details; /* user task: who and until when; multi-instance: {items, results, begun, done}; call: its own
                    * variables, null when none */
    Str trouble;   /* incident: why, in a sentence */
    Str fault, about; /* the same as a word, and what with */
} BpmnToken;

typedef struct BpmnStep { /* one step under way */
    const BpmnProcess *p; /* the definition */
    FeelRun *run;         /* arena, clock, fuel */
    Value given;          /* by the host, beneath all variables */
    BpmnToken *tokens;    /* n; tokens[0] is the process; gone ones stay until the state is written */
    size_t n, cap;
    size_t at;          /* tokens before it have run */
    int64_t next;       /* next token id */
    int64_t first;      /* first token id of this step */
    int activations;    /* elements entered so far */
    bool ended;         /* the process is over */
    ValueBuild trail;   /* what happened, for the log */
    ValueBuild signals; /* thrown: {name, variables} */
    Str incident;       /* the first of this step */
} BpmnStep;

bool bpmn_state_read(BpmnStep *s, Value state, Err *err) MUST_USE;
bool bpmn_state_fits(const BpmnStep *s); /* every token stands where its definition lets it */
Value bpmn_state_write(const BpmnStep *s);
/* What a token asks of the world; false when it asks nothing. */
bool bpmn_want(BpmnStep *s, const BpmnToken *t, BpmnWant *out);

/* move.c. Tokens are named by id, because the array moves when it grows. */
BpmnToken *bpmn_token(const BpmnStep *s, int64_t id); /* alive, or NULL */
const BpmnElement *bpmn_at(const BpmnStep *s, int64_t id);
int bpmn_inside(const BpmnStep *s, const BpmnToken *scope); /* the node whose elements a scope holds */
bool bpmn_is_body(const BpmnStep *s, const BpmnToken *t);   /* a multi-instance as a whole */
bool bpmn_is_one(const BpmnStep *s, const BpmnToken *t);    /* one instance inside a multi-instance body */
int64_t bpmn_spawn(BpmnStep *s, int node, int64_t scope, int flow);
void bpmn_leave(BpmnStep *s, int64_t id);                   /* by every outgoing flow */
void bpmn_complete(BpmnStep *s, int64_t id, Value results); /* output mappings, then leave */
void bpmn_done(BpmnStep *s, int64_t id);                    /* gone without going on */
void bpmn_remove(BpmnStep *s, int64_t id);                  /* cancelled, with everything inside and on it */
void bpmn_empty(BpmnStep *s, int64_t scope);                /* everything inside is cancelled */
bool bpmn_is_empty(const BpmnStep *s, int64_t scope);        /* nothing is at work inside */
void bpmn_end_scope(BpmnStep *s, int64_t scope);            /* if nothing is left inside */
void bpmn_stop(BpmnStep *s, int64_t host, bool inside);     /* events that listen for it (inside it only) */
void bpmn_enter(BpmnStep *s, int64_t id);                   /* a token comes to its element */
void bpmn_run(BpmnStep *s);                                 /* until every token waits */
void bpmn_note(BpmnStep *s, int node, const char *what);    /* adds to the trail */
/* A token stands. In: code = a stable word for what happened, about = what it happened with, "" = nothing; then the sentence. */
void bpmn_trouble(BpmnStep *s, int64_t id, const char *code, Str about, const char *format, ...) PRINTF_LIKE(5, 6);
void bpmn_open(BpmnStep *s, int64_t id); /* a scope begins: its events, its start */

/* compensate.c */
bool bpmn_is_record(const BpmnStep *s, int64_t id);  /* it can be undone, now that it ends */
void bpmn_forget(BpmnStep *s, int64_t scope);        /* the records inside */
void bpmn_compensate(BpmnStep *s, int64_t id);       /* a throwing event sends out its handlers */
void bpmn_call_off(BpmnStep *s, int64_t cause);      /* what an event threw that is cancelled */
void bpmn_close_undone(BpmnStep *s, int64_t id);
bool bpmn_look_at_compensation(BpmnStep *s);         /* one that threw goes on when all is undone */

/* modify.c */
bool bpmn_can_modify(const BpmnStep *s, const BpmnHappening *h, Err *err) MUST_USE;
void bpmn_modify(BpmnStep *s, const BpmnHappening *h);

/* gateway.c */
bool bpmn_arrive(BpmnStep *s, int64_t id); /* at a join: true, it waits there now or went on joined */
bool bpmn_join_inclusive(BpmnStep *s);     /* one join that can go on does */
void bpmn_choose(BpmnStep *s, int64_t id); /* exclusive, inclusive: leaves by the flows that hold */

/* code.c */
Value bpmn_eval(BpmnStep *s, int64_t scope, const BpmnCode *code);
Value bpmn_visible(const BpmnStep *s, int64_t scope);         /* all variables a token sees, one context */
void bpmn_set(BpmnStep *s, int64_t scope, Str path, Value v); /* where it exists, else in the process */
void bpmn_set_local(BpmnStep *s, int64_t id, Str path, Value v);
void bpmn_inputs(BpmnStep *s, int64_t id);
void bpmn_outputs(BpmnStep *s, int64_t id, Value results);

/* timer.c, event.c, many.c */
bool bpmn_timer_set(BpmnStep *s, int64_t id);           /* when it is due; false: an incident */
void bpmn_await(BpmnStep *s, int64_t id);               /* the token waits for its element's event */
void bpmn_listen(BpmnStep *s, int64_t id);              /* opens the boundary events of an activity */
void bpmn_listen_inside(BpmnStep *s, int64_t scope);    /* opens the event sub-processes of a scope */
void bpmn_offer(BpmnStep *s, int64_t id);               /* event-based gateway: opens its events */
void bpmn_fire(BpmnStep *s, int64_t id, Value results); /* a waiting event has happened */
bool bpmn_throw(BpmnStep *s, int64_t id, BpmnEvent event, Str code, Value results); /* false: nobody caught it */
void bpmn_signal(BpmnStep *s, Str name, Value results);
bool bpmn_look_at_conditions(BpmnStep *s); /* fires one that has come true */
void bpmn_open_adhoc(BpmnStep *s, int64_t id);
void bpmn_keep_adhoc(BpmnStep *s, int64_t id);         /* an element in it ends a thread: its result is kept */
Value bpmn_adhoc_results(BpmnStep *s, int64_t scope);  /* what was kept, by the collection's name */
void bpmn_look_at_adhoc(BpmnStep *s, int64_t scope);
void bpmn_begin_many(BpmnStep *s, int64_t id); /* multi-instance body */
void bpmn_end_one(BpmnStep *s, int64_t id);    /* one of its instances is done */

#endif
