/* bpmn_run: a process under test: short spellings for its elements, and a run that goes through JSON and
 * back after each step, as the store does. For the tests of this room only. */
#ifndef YC_BPMN_RUN_H
#define YC_BPMN_RUN_H

#include "bpmn/bpmn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define HEAD                                                                                                           \
    "<d:definitions xmlns:d=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" "                                          \
    "xmlns:z=\"http://camunda.org/schema/zeebe/1.0\">"                                                                 \
    "<d:process id=\"p\" isExecutable=\"true\">"
#define TAIL               "</d:process></d:definitions>"
#define START              "<d:startEvent id=\"start\"/>"
#define END                "<d:endEvent id=\"end\"/>"
#define FLOW(id, from, to) "<d:sequenceFlow id=\"" id "\" sourceRef=\"" from "\" targetRef=\"" to "\"/>"
#define WHEN(id, from, to, feel)                                                                                       \
    "<d:sequenceFlow id=\"" id "\" sourceRef=\"" from "\" targetRef=\"" to "\"><d:conditionExpression>=" feel          \
    "</d:conditionExpression></d:sequenceFlow>"
#define USER(id) "<d:userTask id=\"" id "\"/>"

static const int64_t NOON = INT64_C(1795003200) * 1000000; /* 2026-11-18T12:00:00Z */

typedef struct Run {
    Arena *a;        /* of the whole test */
    BpmnProcess *p;  /* definition */
    FeelRun feel;    /* clock and fuel */
    Value state;     /* after the last step */
    BpmnResult last; /* of the last step */
} Run;

static inline int setup(void **state) {
    Arena *a = arena_new(0);
    Run *r = NEW(a, Run);
    r->a = a;
    r->feel = (FeelRun){.arena = a, .fuel = FEEL_FUEL, .now_us = NOON};
    *state = r;
    return 0;
}

static inline int teardown(void **state) {
    Run *r = *state;
    arena_free(r->a);
    return 0;
}

/* The process's elements, and what stands beside it in the file. */
static inline void run_load(Run *r, const char *body, const char *beside) {
    ErrList faults = {.a = r->a};
    bool good = bpmn_load(STR("p.bpmn"), str_printf(r->a, "%s%s</d:process>%s</d:definitions>", HEAD, body, beside),
                          r->a, &faults, &r->p);
    for (size_t i = 0; i < faults.n; i++) print_message("%s\n", str_c(r->a, err_line(r->a, &faults.items[i])));
    assert_true(good);
}

static inline Value run_json(Run *r, const char *text) {
    Value v;
    Err err;
    assert_true(json_parse(str_of(text), (JsonLimits){0}, r->a, &v, &err));
    return v;
}

static inline bool run_step(Run *r, BpmnHappening h, Err *err) {
    /* through JSON and back, as the store keeps it */
    Value before = r->state;
    if (!value_is_null(before)) before = run_json(r, str_c(r->a, json_text(r->a, before)));
    r->feel.fuel = FEEL_FUEL;
    if (!bpmn_step(r->p, before, &h, &r->feel, &r->last, err)) return false;
    r->state = r->last.state;
    return true;
}

static inline void run_start(Run *r, const char *variables) {
    Err err;
    r->state = value_null();
    assert_true(run_step(r, (BpmnHappening){.what = BPMN_START, .variables = run_json(r, variables)}, &err));
}

/* Elements entered in the last step. */
static inline const char *run_entered(Run *r) {
    Buf b = {.a = r->a};
    for (size_t i = 0; i < r->last.trail.size; i++) {
        Value v = r->last.trail.u.list[i];
        if (!str_is(value_get_str(v, "what"), "entered")) continue;
        if (b.n > 0) buf_byte(&b, ' ');
        buf_add(&b, value_get_str(v, "element"));
    }
    return str_c(r->a, buf_str(&b));
}

static inline const char *run_open(Run *r) {
    BpmnWant *wants;
    size_t n = bpmn_waits(r->p, r->state, r->a, &wants);
    Buf b = {.a = r->a};
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s" STR_FMT, i > 0 ? " " : "", STR_ARG(bpmn_node(r->p, wants[i].node)->id));
    return str_c(r->a, buf_str(&b));
}

static inline int64_t run_token(Run *r, const char *element) {
    BpmnWant *wants;
    size_t n = bpmn_waits(r->p, r->state, r->a, &wants);
    for (size_t i = 0; i < n; i++)
        if (str_is(bpmn_node(r->p, wants[i].node)->id, element)) return wants[i].token;
    fail_msg("nothing waits at %s", element);
    return 0;
}

static inline void run_complete(Run *r, const char *element, const char *variables) {
    Err err;
    assert_true(run_step(
        r, (BpmnHappening){.what = BPMN_COMPLETE, .token = run_token(r, element), .variables = run_json(r, variables)},
        &err));
}

static inline void run_fire(Run *r, const char *element) {
    Err err;
    assert_true(run_step(r, (BpmnHappening){.what = BPMN_TIMER, .token = run_token(r, element)}, &err));
}

static inline const char *run_variables(Run *r) {
    return str_c(r->a, json_text(r->a, value_get(r->state, "variables")));
}

/* How many processes to generate: PROPERTY_RUNS (make property), else a few. */
static inline uint64_t run_count(int64_t few) {
    const char *asked = getenv("PROPERTY_RUNS");
    assert_true(asked == NULL || str_to_int(str_of(asked), &few));
    return (uint64_t)few;
}

#define TIMER(kind, time) "<d:timerEventDefinition><d:" kind ">" time "</d:" kind "></d:timerEventDefinition>"
#define IN_RUN(test)      cmocka_unit_test_setup_teardown(test, setup, teardown)

#endif
