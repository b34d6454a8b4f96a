/* main_process_in: what the files behind `yichuang process` share: the models of a folder, and a test case of
 * Camunda's JSON format under way: its instances, its clock, its stand-ins for workers and decisions. */
#ifndef YC_MAIN_PROCESS_IN_H
#define YC_MAIN_PROCESS_IN_H

#include "bpmn/bpmn.h"
#include "dmn/dmn.h"
#include "main/main_in.h"

enum { CPT_INSTANCES = 200, CPT_TASKS = 1000, CPT_MESSAGES = 200, CPT_STEPS = 5000, CPT_FILES = 64 };

typedef struct CptModels {     /* what a file of test cases runs on */
    BpmnFile *files;           /* n_files process files */
    size_t n_files;
    DmnModel **decisions;      /* n_decisions loaded decision models */
    size_t n_decisions;
} CptModels;

typedef struct CptInstance { /* one process instance */
    Value state;             /* of the process */
    Str process;             /* id of its process */
    bool ended, cancelled;   /* over; by force */
    ValueBuild trail;        /* {element, what} of all its steps */
    ValueBuild received;     /* {name, key} of messages it took */
} CptInstance;

typedef struct CptTask {   /* a user task, also when it is over */
    CptInstance *instance; /* where it is */
    int64_t token;         /* its token there */
    int node;              /* its element */
    Value details;         /* assignee, groups, due … */
    const char *state;     /* IS_CREATED, IS_COMPLETED, IS_CANCELED */
} CptTask;

typedef struct CptMessage { /* published, perhaps not taken yet */
    Str name, key;
    Value variables;
    int64_t until_us; /* it is offered until then */
    bool taken;
} CptMessage;

typedef struct Cpt { /* a test case under way */
    Arena *a;        /* of the case */
    const CptModels *models;
    const BpmnProcess *p;
    int64_t now_us;                  /* the case's clock */
    CptInstance all[CPT_INSTANCES];  /* n_all, oldest first */
    size_t n_all;
    CptTask tasks[CPT_TASKS];        /* n_tasks */
    size_t n_tasks;
    CptMessage messages[CPT_MESSAGES]; /* n_messages */
    size_t n_messages;
    ValueBuild workers;   /* instructions that stand in for job workers, the last of a type counts */
    ValueBuild stand_ins; /* instructions that stand in for decisions */
    ValueBuild decided;   /* {id, name, output, rules} of every decision table and decision evaluated */
    int steps;            /* engine steps so far, against endless cases */
} Cpt;

typedef struct CptOpen { /* a want of an instance */
    CptInstance *instance;
    BpmnWant want;
} CptOpen;

/* ---- the engine's host (main_cpt.c) ---- */
bool cpt_step(Cpt *c, CptInstance *in, BpmnHappening h, Err *err) MUST_USE;
bool cpt_begin(Cpt *c, const BpmnNode *start, Value variables, Err *err) MUST_USE;
/* Answers decisions and stood-in jobs, hands over messages, fires due timers, until nothing moves. */
bool cpt_settle(Cpt *c, Err *err) MUST_USE;
bool cpt_signal(Cpt *c, Str name, Value variables, const CptInstance *but, Err *err) MUST_USE;
/* Hands a message over once. *taken: somebody took it. */
bool cpt_message(Cpt *c, CptMessage *m, bool *taken, Err *err) MUST_USE;
bool cpt_decide(Cpt *c, Str id, Value variables, Value *out, Err *err) MUST_USE;
size_t cpt_open(const Cpt *c, BpmnWantKind kind, CptOpen *out, size_t most); /* oldest first */
/* Example data of the element, or the instruction's variables. */
bool cpt_results(const Cpt *c, Value instruction, int node, Value *out, Err *err) MUST_USE;

/* ---- instructions ---- */
bool cpt_act(Cpt *c, Str type, Value instruction, bool *known, Err *err) MUST_USE;          /* main_cpt_act.c */
bool cpt_assert(Cpt *c, Str type, Value instruction, bool *known, Err *err) MUST_USE;       /* main_cpt_assert.c */
bool cpt_selects_element(const Cpt *c, Value selector, int node);                            /* {elementId, elementName} */
CptInstance *cpt_instance(Cpt *c, Value selector);                                           /* {processDefinitionId}, the latest */
CptTask *cpt_task(Cpt *c, Value selector);                                                   /* an open one first, else the latest */

/* Plays the test cases of a file on models, and prints what fails. Err: the file, or a model, is refused. */
bool main_process_play(const CptModels *models, const char *path, bool json, Arena *a, size_t *passed, size_t *failed, Err *err) MUST_USE;
int main_process(int argc, char **argv);
extern const char main_process_usage[];

#endif
