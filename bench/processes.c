/* What one step of a process costs without a disk: processes --core prints core_instances_per_s=N for a
 * process of one person's task, a choice by FEEL and one decision, answered as room case would. */
#include "bpmn/bpmn.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

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

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static Value one(Arena *a, const char *key, Value v) {
    ValueBuild b = {.a = a};
    build_c(&b, key, v);
    return build_ctx(&b);
}

static bool instance(const BpmnProcess *p, FeelRun *run) {
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
    BpmnHappening decided = {
        .what = BPMN_COMPLETE, .token = r.wants[0].token, .variables = one(a, "result", value_c("fine"))};
    TRY(bpmn_step(p, r.state, &decided, run, &r, NULL));
    return r.ended;
}

int main(int argc, char **argv) {
    if (argc != 2 || strcmp(argv[1], "--core") != 0) {
        fprintf(stderr, "usage: processes --core\n");
        return 2;
    }
    Arena *house = arena_new(0), *request = arena_new(0);
    ErrList faults = {.a = house};
    BpmnProcess *p;
    if (!bpmn_load(STR("small.bpmn"), str_of(model), house, &faults, &p)) return 1;
    FeelRun run = {.arena = request};
    double begin = seconds(), end = begin;
    long n = 0;
    for (; end - begin < 2.0; end = seconds())
        for (int i = 0; i < 1000; i++, n++) {
            if (!instance(p, &run)) return 1;
            arena_reset(request);
        }
    printf("core_instances_per_s=%.0f\n", (double)n / (end - begin));
    arena_free(request);
    arena_free(house);
    return 0;
}
