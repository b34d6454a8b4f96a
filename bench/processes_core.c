/* What one step of a process costs without a disk: core_instances_per_s for a process of one person's task,
 * a choice by FEEL and one decision, which room dmn takes as room case would ask it. */
#include "bpmn/bpmn.h"
#include "dmn/dmn.h"
#include "processes.h"

static const char model[] =
    "<b:definitions xmlns:b=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" "
    "xmlns:z=\"http://camunda.org/schema/zeebe/1.0\">"
    "<b:process id=\"small\" isExecutable=\"true\"><b:startEvent id=\"start\"/><b:sequenceFlow id=\"f1\" "
    "sourceRef=\"start\" targetRef=\"apply\"/>"
    "<b:userTask id=\"apply\"/><b:sequenceFlow id=\"f2\" sourceRef=\"apply\" targetRef=\"gw\"/><b:exclusiveGateway "
    "id=\"gw\" default=\"f4\"/>"
    "<b:sequenceFlow id=\"f3\" sourceRef=\"gw\" targetRef=\"rule\"><b:conditionExpression>=points &lt; "
    "12</b:conditionExpression></b:sequenceFlow>"
    "<b:sequenceFlow id=\"f4\" sourceRef=\"gw\" targetRef=\"refused\"/><b:businessRuleTask "
    "id=\"rule\"><b:extensionElements>"
    "<z:calledDecision decisionId=\"d\" resultVariable=\"result\"/></b:extensionElements></b:businessRuleTask>"
    "<b:sequenceFlow id=\"f5\" sourceRef=\"rule\" targetRef=\"done\"/><b:endEvent id=\"done\"/><b:endEvent "
    "id=\"refused\"/></b:process></b:definitions>";

#define RULE(id, points, age, result)                                                                                  \
    "<rule id=\"" id "\"><inputEntry id=\"" id "a\"><text>" points "</text></inputEntry><inputEntry id=\"" id "b\"><text>"  \
    age "</text></inputEntry><outputEntry id=\"" id "c\"><text>\"" result "\"</text></outputEntry></rule>"
static const char decision[] =
    "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" id=\"m\" name=\"m\" namespace=\"m\">"
    "<inputData id=\"i1\" name=\"points\"><variable name=\"points\" typeRef=\"number\"/></inputData>"
    "<inputData id=\"i2\" name=\"age\"><variable name=\"age\" typeRef=\"number\"/></inputData>"
    "<decision id=\"d\" name=\"Result\"><variable name=\"Result\" typeRef=\"string\"/>"
    "<informationRequirement id=\"r1\"><requiredInput href=\"#i1\"/></informationRequirement>"
    "<informationRequirement id=\"r2\"><requiredInput href=\"#i2\"/></informationRequirement>"
    "<decisionTable id=\"t\" hitPolicy=\"FIRST\">"
    "<input id=\"c1\"><inputExpression id=\"e1\" typeRef=\"number\"><text>points</text></inputExpression></input>"
    "<input id=\"c2\"><inputExpression id=\"e2\" typeRef=\"number\"><text>age</text></inputExpression></input>"
    "<output id=\"o\" typeRef=\"string\"/>"
    RULE("R1", "0", "&gt;= 18", "warning") RULE("R2", "&lt; 3", "-", "fine50") RULE("R3", "&lt; 9", "-", "fine200")
    RULE("R4", "-", "-", "fine") "</decisionTable></decision></definitions>";

typedef struct Core { /* what all instances share */
    const BpmnProcess *p;
    const DmnModel *m;
    int decision; /* of the model */
} Core;

static Value one(Arena *a, const char *key, Value v) {
    ValueBuild b = {.a = a};
    build_c(&b, key, v);
    return build_ctx(&b);
}

static bool instance(const Core *b, FeelRun *run) {
    const BpmnProcess *p = b->p;
    Arena *a = run->arena;
    ValueBuild start = {.a = a};
    BpmnResult r;
    build_c(&start, "points", value_int(3));
    build_c(&start, "age", value_int(30));
    run->fuel = FEEL_FUEL;
    TRY(bpmn_step(p, value_null(), &(BpmnHappening){.what = BPMN_START, .variables = build_ctx(&start)}, run, &r,
                  NULL));
    BpmnHappening applied = {.what = BPMN_COMPLETE, .token = r.wants[0].token, .variables = value_null()};
    TRY(bpmn_step(p, r.state, &applied, run, &r, NULL));
    DmnTrace trace = {.a = a};
    Value result = dmn_decide_ctx(b->m, b->decision, value_get(r.wants[0].details, "inputs"), run, &trace);
    if (result.kind != VALUE_STRING || trace.n != 1) return false;
    BpmnHappening decided = {.what = BPMN_COMPLETE, .token = r.wants[0].token, .variables = one(a, "result", result)};
    TRY(bpmn_step(p, r.state, &decided, run, &r, NULL));
    return r.ended;
}

void bench_core(const Bench *bench) {
    Arena *house = arena_new(0), *request = arena_new(0);
    ErrList faults = {.a = house};
    BpmnProcess *p;
    DmnModel *m;
    DmnSource source = {.name = STR("small.dmn"), .bytes = str_of(decision)};
    (void)bench;
    bench_check(bpmn_load(STR("small.bpmn"), str_of(model), house, &faults, &p), "the process does not load", NULL);
    bench_check(dmn_load(&source, 1, (DmnOptions){.dialect = FEEL_STANDARD}, house, &faults, &m), "the decision does not load", NULL);
    Core core = {p, m, dmn_find(m, DMN_DECISION, STR("d"))};
    FeelRun run = {.arena = request};
    double begin = bench_now(), end = begin;
    long n = 0;
    for (; end - begin < 2.0; end = bench_now())
        for (int i = 0; i < 1000; i++, n++) {
            bench_check(instance(&core, &run), "an instance did not end", NULL);
            arena_reset(request);
        }
    bench_line("core_instances_per_s", (double)n / (end - begin), 0);
    arena_free(request);
    arena_free(house);
}
