/* bpmn_world: a small host for case files: instances of the processes of one definition, a virtual clock,
 * workers that answer jobs. It stands where room case stands in the product and decides nothing itself. */
#ifndef YC_BPMN_WORLD_H
#define YC_BPMN_WORLD_H

#include "bpmn/bpmn.h"

#define WORLD_BEGIN (INT64_C(1767225600) * 1000000) /* 2026-01-01T00:00:00Z */

enum { WORLD_INSTANCES = 64, WORLD_STEPS = 10000, WORLD_SEEN = 64 };

typedef struct Instance {
    Value state;    /* of the process */
    Str as;         /* name that later steps use */
    bool ended;     /* over */
    bool cancelled; /* by a step */
    Str incident;   /* latest, "" none */
} Instance;

typedef struct Open { /* open work of one instance */
    Instance *instance;
    BpmnWant want;
} Open;

typedef struct World {
    const BpmnProcess *p;          /* the definition */
    Arena *a;                      /* of the case */
    Value file, one;               /* case file, case */
    int64_t now_us;                /* virtual clock */
    Instance all[WORLD_INSTANCES]; /* n_all */
    size_t n_all;
    ValueBuild trace;      /* labels of what was done, or ids of handled tasks */
    ValueBuild assigned;   /* {token, assignee} */
    bool accepted;         /* the last step was taken */
    Open seen[WORLD_SEEN]; /* n_seen open tasks, as the case listed them */
    size_t n_seen;
    size_t most_jobs;    /* most jobs ever open at the same time */
    ValueBuild entered;  /* ids of elements entered, for activation numbers */
    Value held;          /* list of job types that nobody answers */
    int steps;           /* engine steps so far, against endless cases */
    const char *trouble; /* what the runner itself could not do */
} World;

/* Runs the steps and checks what is expected. NULL when all is well, else what was not. */
const char *world_run(World *w);

/* world.c, for expectations */
size_t world_open(World *w, BpmnWantKind kind, Open *out, size_t most); /* of all instances, oldest first */
const BpmnNode *world_node(const World *w, const Open *open);
/* expect.c */
const char *world_expect(World *w, Value expect);
bool world_passes(World *w, const Open *open, Value filter); /* {name, key, assignee, candidateGroup, candidateUser} */

#endif
