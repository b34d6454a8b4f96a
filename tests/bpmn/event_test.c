/* Events, calls and repetition: who is interrupted, who goes on, what is seen where. Each process is the
 * smallest that shows it; a run is written as the open work. */
#include "bpmn_run.h"

#define MESSAGE    "<d:messageEventDefinition messageRef=\"m\"/>"
#define SIGNAL     "<d:signalEventDefinition signalRef=\"sg\"/>"
#define ERROR(ref) "<d:errorEventDefinition errorRef=\"" ref "\"/>"
#define ESCALATION "<d:escalationEventDefinition escalationRef=\"x\"/>"
#define TOP                                                                                                            \
    "<d:message id=\"m\" name=\"paid\"><d:extensionElements><z:subscription "                                          \
    "correlationKey=\"=no\"/></d:extensionElements></d:message>"                                                       \
    "<d:signal id=\"sg\" name=\"closed\"/><d:error id=\"e\" errorCode=\"E1\"/><d:escalation id=\"x\" "                  \
    "escalationCode=\"X1\"/>"
#define BOUNDARY(id, host, cancel, what)                                                                               \
    "<d:boundaryEvent id=\"" id "\" attachedToRef=\"" host "\" cancelActivity=\"" cancel "\">" what "</"               \
    "d:boundaryEvent>"
#define CATCH(id, what) "<d:intermediateCatchEvent id=\"" id "\">" what "</d:intermediateCatchEvent>"

static void test_message(void **state) {
    Run *r = *state;
    run_load(
        r, START FLOW("f1", "start", "a") USER("a") BOUNDARY("b", "a", "false", MESSAGE) FLOW("f2", "b", "c") USER("c"),
        TOP);
    run_start(r, "{\"no\":7}");
    assert_string_equal(str_c(r->a, json_text(r->a, r->last.wants[1].details)), "{\"name\":\"paid\",\"key\":\"7\"}");
    Err err = {0};
    assert_false(run_step(r, (BpmnHappening){.what = BPMN_MESSAGE, .name = STR("paid"), .key = STR("8")}, &err));
    assert_int_equal(err.code, ERR_STATE);
    for (int i = 0; i < 2; i++) /* it does not interrupt and goes on listening */
        assert_true(run_step(
            r,
            (BpmnHappening){
                .what = BPMN_MESSAGE, .name = STR("paid"), .key = STR("7"), .variables = run_json(r, "{\"fee\":10}")},
            &err));
    assert_string_equal(run_open(r), "a b c c");
    assert_string_equal(run_variables(r), "{\"no\":7,\"fee\":10}");
    run_complete(r, "a", "{}");
    assert_string_equal(run_open(r), "c c");
}

static void test_errors(void **state) {
    Run *r = *state;
    run_load(r,
             START FLOW("f1", "start", "s") "<d:subProcess id=\"s\"><d:startEvent id=\"s0\"/>" FLOW(
                 "g0", "s0", "fork") "<d:parallelGateway id=\"fork\"/>" FLOW("g1", "fork", "a") FLOW("g2", "fork", "b")
                 USER("a") USER("b") FLOW("g3", "b", "bad") "<d:endEvent id=\"bad\">" ERROR(
                     "e") "</d:endEvent></d:subProcess>" BOUNDARY("any", "s", "true", "<d:errorEventDefinition/>")
                     FLOW("f2", "any", "c") USER("c") BOUNDARY("own", "s", "true", ERROR("e")) FLOW("f3", "own", "d")
                         USER("d"),
             TOP);
    run_start(r, "{}");
    run_complete(r, "b", "{}"); /* the handler of this code comes before the one for all; a is cancelled */
    assert_string_equal(run_open(r), "d");
    run_start(r, "{}");
    Err err = {0};
    assert_true(run_step(r, (BpmnHappening){.what = BPMN_ERROR, .token = run_token(r, "a"), .name = STR("E9")}, &err));
    assert_string_equal(run_open(r), "c");
}

static void test_uncaught(void **state) {
    Run *r = *state;
    run_load(r, START FLOW("f1", "start", "bad") "<d:endEvent id=\"bad\">" ERROR("e") "</d:endEvent>", TOP);
    run_start(r, "{}");
    assert_string_equal(str_c(r->a, r->last.incident), "bad: nobody catches the error \"E1\"");
    assert_false(r->last.ended);
}

static void test_escalation(void **state) {
    Run *r = *state;
    run_load(r,
             START FLOW("f1", "start", "s") "<d:subProcess id=\"s\"><d:startEvent id=\"s0\"/>" FLOW(
                 "g1", "s0", "up") "<d:intermediateThrowEvent id=\"up\">" ESCALATION
                                   "</d:intermediateThrowEvent>" FLOW("g2", "up", "a")
                                       USER("a") FLOW("g9", "a", "s1") "<d:endEvent id=\"s1\"/></d:subProcess>" BOUNDARY("b", "s", "false", ESCALATION)
                                           FLOW("f2", "b", "chief") USER("chief"),
             TOP);
    run_start(r, "{}");
    assert_string_equal(run_open(r), "chief a");
}

static void test_event_sub_process(void **state) {
    Run *r = *state;
    static const char *const interrupting[] = {"true", "false"};
    for (size_t i = 0; i < COUNT_OF(interrupting); i++) {
        run_load(
            r,
            str_printf(r->a, "%s%s%s",
                       START FLOW("f1", "start", "a") USER("a") FLOW("f2", "a", "end") END
                       "<d:subProcess id=\"h\" triggeredByEvent=\"true\"><d:startEvent id=\"h0\" isInterrupting=\"",
                       interrupting[i],
                       "\">" SIGNAL "</d:startEvent>" FLOW("g1", "h0", "note") USER("note") "</d:subProcess>")
                .p,
            TOP);
        run_start(r, "{}");
        Err err = {0};
        assert_true(run_step(r, (BpmnHappening){.what = BPMN_SIGNAL, .name = STR("closed")}, &err));
        assert_string_equal(run_open(r), i == 0 ? "note" : "a note");
    }
    run_complete(r, "a", "{}");
    assert_false(r->last.ended); /* the handler is still at work */
    run_complete(r, "note", "{}");
    assert_true(r->last.ended);
}

static void test_signal(void **state) {
    Run *r = *state;
    run_load(r,
             START FLOW("f1", "start", "fork") "<d:parallelGateway id=\"fork\"/>" FLOW("f2", "fork", "wait")
                 CATCH("wait", SIGNAL) FLOW("f3", "wait", "a") USER("a") FLOW("f4", "fork", "b") USER("b")
                     FLOW("f5", "b", "tell") "<d:endEvent id=\"tell\">" SIGNAL "</d:endEvent>",
             TOP);
    run_start(r, "{}");
    run_complete(r, "b", "{}");
    assert_string_equal(run_open(r), "a");
    assert_string_equal(str_c(r->a, json_text(r->a, r->last.signals)), "[{\"name\":\"closed\",\"variables\":{}}]");
}

static void test_event_gateway(void **state) {
    Run *r = *state;
    run_load(r,
             START FLOW("f1", "start", "g") "<d:eventBasedGateway id=\"g\"/>" FLOW("f2", "g", "m1") CATCH("m1", MESSAGE)
                 FLOW("f3", "m1", "a") USER("a") FLOW("f4", "g", "t1") CATCH("t1", TIMER("timeDuration", "P5D"))
                     FLOW("f5", "t1", "b") USER("b"),
             TOP);
    run_start(r, "{\"no\":1}");
    assert_string_equal(run_open(r), "m1 t1");
    r->feel.now_us += INT64_C(5) * 86400 * 1000000;
    run_fire(r, "t1"); /* five days of silence */
    assert_string_equal(run_open(r), "b");
}

static void test_condition(void **state) {
    Run *r = *state;
    run_load(r,
             START FLOW("f1", "start", "a") USER("a") FLOW("f2", "a", "b") USER(
                 "b") "<d:subProcess id=\"h\" triggeredByEvent=\"true\"><d:startEvent id=\"h0\" "
                      "isInterrupting=\"false\"><d:conditionalEventDefinition><d:condition>=sum &gt; 10</d:condition>"
                      "</d:conditionalEventDefinition></d:startEvent>" FLOW("g1", "h0", "check")
                          USER("check") "</d:subProcess>",
             TOP);
    run_start(r, "{\"sum\":5}");
    assert_string_equal(run_open(r), "a");
    run_complete(r, "a", "{\"sum\":11}");
    assert_string_equal(run_open(r), "b check"); /* once, not again while it goes on holding */
    run_complete(r, "check", "{}");
    assert_string_equal(run_open(r), "b");
}

static void test_link(void **state) {
    Run *r = *state;
    run_load(r,
             START FLOW("f1", "start", "jump") "<d:intermediateThrowEvent id=\"jump\"><d:linkEventDefinition "
                                               "name=\"L\"/></d:intermediateThrowEvent>" CATCH(
                                                   "land", "<d:linkEventDefinition name=\"L\"/>")
                                                   FLOW("f2", "land", "a") USER("a"),
             TOP);
    run_start(r, "{}");
    assert_string_equal(run_open(r), "a");
}

#define MANY(kind, more)                                                                                               \
    "<d:multiInstanceLoopCharacteristics isSequential=\"" kind                                                         \
    "\"><d:extensionElements><z:loopCharacteristics inputCollection=\"=offices\" "                                     \
    "inputElement=\"office\" outputCollection=\"answers\" outputElement=\"=office + "                                  \
    "answer\"/></d:extensionElements>" more "</d:multiInstanceLoopCharacteristics>"

static void test_many(void **state) {
    Run *r = *state;
    run_load(r,
             START FLOW("f1", "start", "ask") "<d:userTask id=\"ask\">" MANY("false", "") "</d:userTask>" FLOW(
                 "f2", "ask", "after") USER("after"),
             "");
    run_start(r, "{\"offices\":[\"A\",\"B\"]}");
    assert_string_equal(run_open(r), "ask ask");
    run_complete(r, "ask", "{\"answer\":\"yes\"}");
    run_complete(r, "ask", "{\"answer\":\"no\"}");
    assert_string_equal(run_open(r), "after");
    assert_string_equal(str_c(r->a, json_text(r->a, value_get(value_get(r->state, "variables"), "answers"))),
                        "[\"Ayes\",\"Bno\"]");
    run_start(r, "{\"offices\":[]}");
    assert_string_equal(run_open(r), "after");
    run_start(r, "{\"offices\":3}");
    assert_true(str_find(r->last.incident, STR("no list")) > 0);
}

static void test_one_after_the_other(void **state) {
    Run *r = *state;
    run_load(r,
             START FLOW("f1", "start", "ask") "<d:userTask id=\"ask\">" MANY(
                 "true", "<d:completionCondition>=answer = \"stop\" or numberOfCompletedInstances = "
                         "3</d:completionCondition>") "</d:userTask>" BOUNDARY("late", "ask", "true",
                                                                               TIMER("timeDuration", "P1D"))
                 FLOW("f3", "late", "chase") USER("chase") FLOW("f2", "ask", "after") USER("after"),
             "");
    run_start(r, "{\"offices\":[\"A\",\"B\",\"C\"]}");
    run_complete(r, "ask", "{\"answer\":\"go\"}");
    assert_string_equal(run_open(r), "late ask"); /* one clock for all of them */
    run_complete(r, "ask", "{\"answer\":\"stop\"}");
    assert_string_equal(run_open(r), "after");
    run_start(r, "{\"offices\":[\"A\",\"B\",\"C\"]}");
    r->feel.now_us += INT64_C(86400) * 1000000;
    run_fire(r, "late");
    assert_string_equal(run_open(r), "chase");
}

static void test_call(void **state) {
    Run *r = *state;
    run_load(
        r,
        START FLOW("f1", "start", "call") "<d:callActivity id=\"call\"><d:extensionElements><z:calledElement "
                                          "processId=\"q\" propagateAllParentVariables=\"false\"/>"
                                          "<z:ioMapping><z:input source=\"=no + 1\" "
                                          "target=\"n\"/></z:ioMapping></d:extensionElements></d:callActivity>" FLOW(
                                              "f2", "call", "after") USER("after"),
        "<d:process id=\"q\" isExecutable=\"true\"><d:startEvent id=\"q0\"/>" FLOW(
            "q1", "q0", "inner") "<d:userTask id=\"inner\"><d:extensionElements>"
                                 "<z:assignmentDefinition assignee=\"=if no = null then string(n) else "
                                 "&quot;leak&quot;\"/></d:extensionElements></d:userTask></d:process>");
    run_start(r, "{\"no\":1}");
    assert_string_equal(str_c(r->a, value_get_str(r->last.wants[0].details, "assignee")), "2");
    run_complete(r, "inner", "{\"found\":true,\"n\":9}");
    assert_string_equal(run_open(r), "after");
    assert_string_equal(run_variables(r), "{\"no\":1,\"found\":true}"); /* n is the call's own */
}

static void test_adhoc_results(void **state) {
    Run *r = *state;
    run_load(r,
             START FLOW("f1", "start", "h") "<d:adHocSubProcess id=\"h\"><d:extensionElements><z:adHoc "
                                            "activeElementsCollection=\"=[&quot;a&quot;,&quot;b&quot;]\" outputCollection=\"all\" "
                                            "outputElement=\"=answer\"/></d:extensionElements>" USER("a") USER("b")
                                            "</d:adHocSubProcess>" FLOW("f2", "h", "after") USER("after"),
             "");
    run_start(r, "{}");
    run_complete(r, "b", "{\"answer\":2}");
    run_complete(r, "a", "{\"answer\":1}");
    assert_string_equal(run_open(r), "after");
    assert_string_equal(run_variables(r), "{\"answer\":1,\"all\":[2,1]}");
}

static void test_adhoc(void **state) {
    Run *r = *state;
    run_load(r,
             START FLOW("f1", "start",
                        "h") "<d:adHocSubProcess id=\"h\"><d:extensionElements><z:adHoc "
                             "activeElementsCollection=\"=wanted\"/></d:extensionElements>"
                             "<d:completionCondition>=answer = \"clear\"</d:completionCondition>" USER("police")
                                 FLOW("g1", "police", "report") USER("report") USER("tax")
                                     USER("court") "</d:adHocSubProcess>" FLOW("f2", "h", "after") USER("after"),
             "");
    run_start(r, "{\"wanted\":[\"police\",\"court\"]}");
    assert_string_equal(run_open(r), "police court");
    run_complete(r, "police", "{}");
    assert_string_equal(run_open(r), "court report");
    run_complete(r, "court", "{}");
    run_complete(r, "report", "{}");
    assert_string_equal(run_open(r), "after");
    run_start(r, "{\"wanted\":[\"police\",\"court\"]}");
    run_complete(r, "court", "{\"answer\":\"clear\"}"); /* enough: the other enquiry is called off */
    assert_string_equal(run_open(r), "after");
    run_start(r, "{\"wanted\":[\"report\"]}"); /* does not begin by itself */
    assert_true(r->last.incident.n > 0);
}

/* Monday to Friday at nine by the office's clock, from a Friday noon. */
static void test_clock(void **state) {
    Run *r = *state;
    run_load(r,
             START FLOW("f1", "start", "a") USER("a")
                 BOUNDARY("b", "a", "false", TIMER("timeCycle", "0 0 9 ? * MON-FRI")) FLOW("f2", "b", "c") USER("c"),
             "");
    r->feel.now_us = (NOON / 1000000 + 2 * 86400) * 1000000; /* Friday 20 November */
    r->feel.offset = 8 * 3600;
    run_start(r, "{}");
    assert_string_equal(str_c(r->a, json_text(r->a, r->last.wants[1].details)), "{\"due\":\"2026-11-23T01:00:00Z\"}");
    r->feel.now_us += INT64_C(3) * 86400 * 1000000;
    run_fire(r, "b");
    assert_string_equal(str_c(r->a, json_text(r->a, r->last.wants[0].details)), "{\"due\":\"2026-11-24T01:00:00Z\"}");
    static const char *const bad[] = {"0 0 9 * *", "0 0 24 * * *", "x 0 9 * * *", "0 0 9 L * ?", "0 5-1 9 * * *"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        ErrList faults = {.a = r->a};
        BpmnProcess *p;
        Str file = str_printf(
            r->a, "%s%s%s%s",
            HEAD START FLOW("f1", "start", "a")
                USER("a") "<d:boundaryEvent id=\"b\" attachedToRef=\"a\"><d:timerEventDefinition><d:timeCycle>",
            bad[i], "</d:timeCycle></d:timerEventDefinition></d:boundaryEvent>", FLOW("f2", "b", "c") USER("c") TAIL);
        assert_false(bpmn_load(STR("p.bpmn"), file, r->a, &faults, &p));
        assert_int_equal(faults.n, 1);
    }
}

static void test_message_start(void **state) {
    Run *r = *state;
    run_load(r, "<d:startEvent id=\"start\">" MESSAGE "</d:startEvent>" FLOW("f1", "start", "a") USER("a"), TOP);
    assert_string_equal(str_c(r->a, bpmn_node(r->p, 1)->event_name), "paid");
    Err err = {0};
    r->state = value_null();
    assert_false(run_step(r, (BpmnHappening){.what = BPMN_START}, &err)); /* it has no plain start */
    assert_true(run_step(r, (BpmnHappening){.what = BPMN_START, .name = STR("start")}, &err));
    assert_string_equal(run_open(r), "a");
}

/* Working days are counted by a calendar that the host gives with each step; no state keeps it. */
static void test_given(void **state) {
    Run *r = *state;
    run_load(r,
             START FLOW("f1", "start", "a") USER("a") FLOW("f2", "a", "b")
                 "<d:userTask id=\"b\"><d:extensionElements><z:taskSchedule dueDate=\"=string(working days after(date(&quot;2026-02-13&quot;), 1, "
                 "calendar)) + &quot;T00:00:00&quot;\"/></d:extensionElements></d:userTask>",
             "");
    run_start(r, "{}");
    Value given = run_json(r, "{\"calendar\":[{\"year\":2026,\"days\":[{\"date\":\"2026-02-14\",\"isOffDay\":false}]}]}");
    Err err = {0};
    assert_true(run_step(r, (BpmnHappening){.what = BPMN_COMPLETE, .token = run_token(r, "a"), .given = given}, &err));
    Str kept = json_text(r->a, r->state);
    assert_true(str_find(kept, STR("2026-02-14T00:00:00")) > 0); /* a Saturday that is worked */
    assert_true(str_find(kept, STR("isOffDay")) < 0);
}

/* What comes in and is interrupted at once has still come in and gone. */
static void test_trail(void **state) {
    Run *r = *state;
    run_load(r,
             START FLOW("f1", "start", "a") USER("a") "<d:boundaryEvent id=\"b\" attachedToRef=\"a\"><d:conditionalEventDefinition>"
                                                      "<d:condition>=late</d:condition></d:conditionalEventDefinition></d:boundaryEvent>"
                 FLOW("f2", "b", "c") USER("c"),
             "");
    run_start(r, "{\"late\":true}");
    assert_string_equal(run_entered(r), "start a b c");
    bool gone = false;
    for (uint32_t i = 0; i < r->last.trail.size; i++) {
        Value v = r->last.trail.u.list[i];
        gone = gone || (str_is(value_get_str(v, "element"), "a") && str_is(value_get_str(v, "what"), "cancelled"));
    }
    assert_true(gone);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_RUN(test_message),
        IN_RUN(test_errors),
        IN_RUN(test_uncaught),
        IN_RUN(test_escalation),
        IN_RUN(test_event_sub_process),
        IN_RUN(test_signal),
        IN_RUN(test_event_gateway),
        IN_RUN(test_condition),
        IN_RUN(test_link),
        IN_RUN(test_many),
        IN_RUN(test_one_after_the_other),
        IN_RUN(test_call),
        IN_RUN(test_clock),
        IN_RUN(test_adhoc),
        IN_RUN(test_adhoc_results),
        IN_RUN(test_message_start),
        IN_RUN(test_trail),
        IN_RUN(test_given),
    };
    return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
