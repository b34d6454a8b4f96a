/* Processes: how tokens move, what they wait for, what variables they see, and which files are
 * refused. A run is written as the trail of elements entered and the open work after each step. */
#include "bpmn_run.h"

/* A statutory process in small: register, propose, decide, letter. */
static void test_decide(void **state) {
    Run *r = *state;
    run_load(
        r,
        START FLOW("f1", "start",
                   "propose") "<d:businessRuleTask "
                              "id=\"propose\"><d:extensionElements><z:calledDecision decisionId=\"D\" "
                              "resultVariable=\"proposal\"/></d:extensionElements></"
                              "d:businessRuleTask>" FLOW(
                                  "f2", "propose",
                                  "decide") "<d:userTask "
                                            "id=\"decide\"><d:extensionElements><z:formDefinition "
                                            "formId=\"form\"/><z:assignmentDefinition "
                                            "assignee=\"=owner\" candidateGroups=\"officer, chief\"/>"
                                            "<z:taskSchedule dueDate=\"=now() + "
                                            "duration(&quot;P5D&quot;)\"/></d:extensionElements></"
                                            "d:userTask>" FLOW("f3", "decide",
                                                               "letter") "<d:serviceTask "
                                                                         "id=\"letter\"><d:extensionElements><z:"
                                                                         "taskDefinition "
                                                                         "type=\"letter\"/><z:taskHeaders><z:header "
                                                                         "key=\"letter\" "
                                                                         "value=\"decision\"/></z:taskHeaders>"
                                                                         "<z:ioMapping><z:input "
                                                                         "source=\"=decision.outcome\" "
                                                                         "target=\"outcome\"/><z:output "
                                                                         "source=\"=number\" "
                                                                         "target=\"letters.first\"/></z:ioMapping></"
                                                                         "d:extensionElements></d:serviceTask>" FLOW(
                                                                             "f4", "letter", "end") END,
        "");
    run_start(r, "{\"owner\":\"wang\",\"code\":\"1039\"}");
    assert_string_equal(run_entered(r), "start propose");
    assert_int_equal(r->last.n_wants, 1);
    assert_int_equal(r->last.wants[0].kind, BPMN_WANT_DECISION);
    assert_string_equal(str_c(r->a, bpmn_node(r->p, r->last.wants[0].node)->decision_id), "D");
    run_complete(r, "propose", "{\"proposal\":{\"outcome\":\"WARNING\"}}");
    assert_string_equal(run_variables(r),
                        "{\"owner\":\"wang\",\"code\":\"1039\",\"proposal\":{\"outcome\":\"WARNING\"}}");
    assert_string_equal(str_c(r->a, json_text(r->a, r->last.wants[0].details)),
                        "{\"assignee\":\"wang\",\"groups\":[\"officer\",\"chief\"],\"due\":\"2026-11-23T12:00:00Z\"}");
    run_complete(r, "decide", "{\"decision\":{\"outcome\":\"WARNING\"}}");
    assert_string_equal(str_c(r->a, json_text(r->a, r->last.wants[0].details)),
                        "{\"inputs\":{\"outcome\":\"WARNING\"},\"headers\":{\"letter\":\"decision\"}}");
    run_complete(r, "letter", "{\"number\":7,\"scratch\":1}");
    assert_true(r->last.ended);
    assert_string_equal(str_c(r->a, json_text(r->a, value_get(value_get(r->state, "variables"), "letters"))),
                        "{\"first\":7}");
    assert_true(value_is_null(value_get(value_get(r->state, "variables"), "scratch")));
    assert_string_equal(run_open(r), "");
}

static void test_stale(void **state) {
    Run *r = *state;
    run_load(r, START FLOW("f1", "start", "a") USER("a") FLOW("f2", "a", "b") USER("b") FLOW("f3", "b", "end") END, "");
    run_start(r, "{}");
    int64_t a = run_token(r, "a");
    run_complete(r, "a", "{}");
    Err err = {0};
    assert_false(run_step(r, (BpmnHappening){.what = BPMN_COMPLETE, .token = a}, &err));
    assert_int_equal(err.code, ERR_STATE);
    assert_string_equal(run_open(r), "b");
    run_complete(r, "b", "{}");
    assert_false(run_step(r, (BpmnHappening){.what = BPMN_CANCEL}, &err));
    assert_int_equal(err.code, ERR_STATE);
}

static void test_exclusive(void **state) {
    Run *r = *state;
    run_load(
        r,
        START FLOW("f1", "start", "g") "<d:exclusiveGateway id=\"g\" default=\"fd\"/>" WHEN("f2", "g", "a", "n &lt; 5")
            WHEN("f3", "g", "b", "n &lt; 10") FLOW("fd", "g", "c") USER("a") USER("b") USER("c"),
        "");
    run_start(r, "{\"n\":3}");
    assert_string_equal(run_open(r), "a");
    run_start(r, "{\"n\":7}");
    assert_string_equal(run_open(r), "b");
    run_start(r, "{\"n\":10}");
    assert_string_equal(run_open(r), "c");
    run_start(r, "{}"); /* n is null: neither true nor false, and nobody guesses */
    assert_string_equal(run_open(r), "");
    assert_true(str_starts(r->last.incident, STR("g: the condition \"n < 5\"")));
}

static void test_parallel(void **state) {
    Run *r = *state;
    run_load(r,
             START FLOW("f1", "start", "fork") "<d:parallelGateway id=\"fork\"/>" FLOW("f2", "fork", "a")
                 FLOW("f3", "fork", "b") USER("a") USER("b") FLOW("f4", "a", "sync")
                     FLOW("f5", "b", "sync") "<d:parallelGateway id=\"sync\"/>" FLOW("f6", "sync", "c") USER("c"),
             "");
    run_start(r, "{}");
    assert_string_equal(run_open(r), "a b");
    run_complete(r, "b", "{\"y\":2}");
    assert_string_equal(run_open(r), "a");
    run_complete(r, "a", "{\"x\":1}");
    assert_string_equal(run_entered(r), "sync c");
    assert_string_equal(run_variables(r), "{\"y\":2,\"x\":1}");
}

static void test_inclusive(void **state) {
    Run *r = *state;
    run_load(r,
             START FLOW("f1", "start", "fork") "<d:inclusiveGateway id=\"fork\" default=\"fd\"/>" WHEN(
                 "f2", "fork", "a", "n &gt; 1") WHEN("f3", "fork", "b", "n &gt; 2") FLOW("fd", "fork", "c") USER("a")
                 USER("b") USER("c") FLOW("f4", "a", "sync") FLOW("f5", "b", "sync")
                     FLOW("f6", "c", "sync") "<d:inclusiveGateway id=\"sync\"/>" FLOW("f7", "sync", "d") USER("d"),
             "");
    run_start(r, "{\"n\":3}");
    assert_string_equal(run_open(r), "a b");
    run_complete(r, "a", "{}");
    assert_string_equal(run_open(r), "b");
    run_complete(r, "b", "{}");
    assert_string_equal(run_open(r), "d");
    run_start(r, "{\"n\":2}");
    run_complete(r, "a", "{}");
    assert_string_equal(run_open(r), "d");
    run_start(r, "{\"n\":0}");
    assert_string_equal(run_open(r), "c");
}

static void test_timers(void **state) {
    Run *r = *state;
    run_load(r,
             START FLOW("f1", "start", "wait") "<d:intermediateCatchEvent id=\"wait\">" TIMER(
                 "timeDuration",
                 "=duration(&quot;PT&quot; + string(hours) + &quot;H&quot;)") "</d:intermediateCatchEvent>" FLOW("f2",
                                                                                                                 "wait",
                                                                                                                 "a")
                 USER("a") "<d:boundaryEvent id=\"late\" attachedToRef=\"a\">" TIMER(
                     "timeDate", "2026-11-19T09:00:00Z") "</d:boundaryEvent>" FLOW("f3", "late", "b")
                     USER("b") "<d:boundaryEvent id=\"remind\" attachedToRef=\"a\" cancelActivity=\"false\">" TIMER(
                         "timeCycle", "R2/PT1H") "</d:boundaryEvent>" FLOW("f4", "remind", "c") USER("c"),
             "");
    run_start(r, "{\"hours\":2}");
    assert_string_equal(str_c(r->a, json_text(r->a, r->last.wants[0].details)), "{\"due\":\"2026-11-18T14:00:00Z\"}");
    Err err = {0};
    assert_false(
        run_step(r, (BpmnHappening){.what = BPMN_TIMER, .token = run_token(r, "wait")}, &err)); /* never early */
    assert_int_equal(err.code, ERR_STATE);
    r->feel.now_us = NOON + INT64_C(2) * 3600 * 1000000;
    run_fire(r, "wait");
    assert_string_equal(run_open(r), "a late remind");
    r->feel.now_us += INT64_C(3601) * 1000000; /* a second late: the next still counts from when it was due */
    run_fire(r, "remind");
    assert_string_equal(str_c(r->a, json_text(r->a, r->last.wants[0].details)), "{\"due\":\"2026-11-18T16:00:00Z\"}");
    r->feel.now_us += INT64_C(3600) * 1000000;
    run_fire(r, "remind");
    assert_string_equal(run_open(r), "a late c c");
    r->feel.now_us += INT64_C(86400) * 1000000;
    run_fire(r, "late");
    assert_string_equal(run_open(r), "c c b");
}

static void test_sub_process(void **state) {
    Run *r = *state;
    run_load(
        r,
        START FLOW("f1", "start",
                   "s") "<d:subProcess id=\"s\"><d:extensionElements><z:ioMapping><z:input source=\"=1\" "
                        "target=\"inner\"/><z:output source=\"=inner + 1\" "
                        "target=\"outer\"/></z:ioMapping></d:extensionElements>"
                        "<d:startEvent id=\"s0\"/>" FLOW("g1", "s0", "fork") "<d:parallelGateway id=\"fork\"/>" FLOW(
                            "g2", "fork", "a") FLOW("g3", "fork", "b") USER("a") USER("b")
                            FLOW("g4", "b",
                                 "stop") "<d:endEvent "
                                         "id=\"stop\"><d:terminateEventDefinition/></d:endEvent></d:subProcess>" FLOW(
                                             "f2", "s", "after") USER("after"),
        "");
    run_start(r, "{}");
    assert_string_equal(run_open(r), "a b");
    run_complete(r, "a", "{\"inner\":5,\"seen\":true}"); /* a's flow just ends; inner is the sub-process's own */
    assert_string_equal(run_open(r), "b");
    run_complete(r, "b", "{}");
    assert_string_equal(run_open(r), "after");
    assert_string_equal(run_variables(r), "{\"seen\":true,\"outer\":6}");
    run_start(r, "{}");
    run_complete(r, "b", "{}"); /* terminate ends the scope, with a still open */
    assert_string_equal(run_open(r), "after");
    Err err;
    assert_true(run_step(r, (BpmnHappening){.what = BPMN_CANCEL}, &err));
    assert_true(r->last.ended);
}

static void test_incidents(void **state) {
    Run *r = *state;
    run_load(r,
             START FLOW("f1", "start", "t") "<d:scriptTask id=\"t\"><d:extensionElements><z:script expression=\"=n + "
                                            "1\" resultVariable=\"n\"/></d:extensionElements></d:scriptTask>" FLOW(
                                                "f2", "t", "g") "<d:exclusiveGateway id=\"g\"/>" WHEN("f3", "g", "t",
                                                                                                      "n &lt; limit")
                                                WHEN("f4", "g", "end", "n &gt; 900") END,
             "");
    run_start(r, "{\"n\":0,\"limit\":0}");
    assert_string_equal(str_c(r->a, r->last.incident), "g: no flow matches and there is no default");
    assert_false(r->last.ended);
    run_start(r, "{\"n\":0,\"limit\":1000000}");
    assert_true(str_find(r->last.incident, STR("never waits")) > 0);
}

static void test_retry(void **state) {
    Run *r = *state;
    run_load(r,
             START FLOW("f1", "start", "g") "<d:exclusiveGateway id=\"g\"/>" WHEN("f2", "g", "a", "n = 1")
                 WHEN("f3", "g", "b", "n = 2") USER("a") USER("b"),
             "");
    run_start(r, "{\"n\":3}");
    BpmnIncident *stopped;
    Err err = {0};
    assert_int_equal(bpmn_incidents(r->p, r->state, r->a, &stopped), 1);
    assert_true(run_step(
        r, (BpmnHappening){.what = BPMN_RETRY, .token = stopped[0].token, .variables = run_json(r, "{\"n\":2}")},
        &err));
    assert_string_equal(run_open(r), "b");
    assert_int_equal(bpmn_incidents(r->p, r->state, r->a, &stopped), 0);
}

static void test_standstill(void **state) {
    Run *r = *state;
    run_load(r,
             START FLOW("f1", "start", "g") "<d:exclusiveGateway id=\"g\" default=\"f3\"/>" WHEN(
                 "f2", "g", "sync", "true") FLOW("f3", "g", "a") USER("a")
                 FLOW("f4", "a", "sync") "<d:parallelGateway id=\"sync\"/>" FLOW("f5", "sync", "end") END,
             "");
    run_start(r, "{}");
    assert_true(str_starts(r->last.incident, STR("sync: this join waits")));
}

static const char *modify(Run *r, const char *cancelled, const char *begun) {
    Err err = {0};
    int64_t token = cancelled[0] == '\0' ? 0 : run_token(r, cancelled);
    BpmnHappening h = {.what = BPMN_MODIFY, .token = token, .name = str_of(begun)};
    return run_step(r, h, &err) ? run_open(r) : str_c(r->a, str_of(err.text));
}

static void test_modify(void **state) {
    Run *r = *state;
    run_load(r,
             START FLOW("f1", "start", "a") USER("a") FLOW("f2", "a", "s") "<d:subProcess id=\"s\"><d:startEvent id=\"s0\"/>"
                 FLOW("g1", "s0", "b") USER("b") FLOW("g2", "b", "c") USER("c") FLOW("g3", "c", "s1") "<d:endEvent id=\"s1\"/></d:subProcess>"
                 "<d:boundaryEvent id=\"late\" attachedToRef=\"s\">" TIMER("timeDuration", "P1D") "</d:boundaryEvent>"
                 FLOW("f3", "late", "end") FLOW("f4", "s", "end") END,
             "");
    run_start(r, "{}");
    assert_string_equal(modify(r, "a", "c"), "late c"); /* the sub-process is opened for it */
    assert_string_equal(modify(r, "", "b"), "late c b");
    assert_string_equal(modify(r, "", "late"), "\"late\" cannot begin by hand: it begins by its event only");
    assert_string_equal(modify(r, "", "gone"), "\"gone\" cannot begin by hand: there is no such element");
    assert_string_equal(modify(r, "b", ""), "late c");
    assert_string_equal(modify(r, "c", "a"), "a"); /* the empty sub-process is cancelled */
    assert_string_equal(modify(r, "a", ""), "");
    assert_true(r->last.ended);
}

static void test_loop_is_told(void **state) {
    Run *r = *state;
    const BpmnWarning *warnings;
    run_load(r,
             START FLOW("f1", "start", "m") "<d:exclusiveGateway id=\"m\"/>" FLOW("f2", "m", "t") "<d:task id=\"t\"/>"
                 FLOW("f3", "t", "x") "<d:exclusiveGateway id=\"x\" default=\"f5\"/>" WHEN("f4", "x", "m", "n = 1")
                     FLOW("f5", "x", "u") USER("u") FLOW("f6", "u", "t"),
             "");
    assert_int_equal(bpmn_warnings(r->p, &warnings), 2); /* where flows meet: m and t */
    assert_true(str_is(warnings[0].element, "m"));
    run_start(r, "{\"n\":1}");
    assert_true(str_find(r->last.incident, STR("never waits")) > 0);
}

static const char *const refused[][3] = {
    /* body, element named, part of the sentence */
    {USER("a"), "p", "no start event"},
    {START FLOW("f", "start", "x"), "x", "complexGateway"},
    {START FLOW("f", "start", "gone"), "f", "gone"},
    {START USER("a") USER("b") FLOW("f", "start", "a"), "b", "no token can ever come here"},
    {START FLOW("f", "start", "a") USER("a") USER("a"), "a", "given twice"},
    {START FLOW("f", "start", "g") "<d:exclusiveGateway id=\"g\"/>" WHEN("f2", "g", "a", "1 +")
         WHEN("f3", "g", "a", "true") USER("a"),
     "f2", "FEEL"},
    {START FLOW("f", "start", "g") "<d:exclusiveGateway id=\"g\"/>" FLOW("f2", "g", "a")
         WHEN("f3", "g", "a", "true") USER("a"),
     "f2", "needs a condition"},
    {START WHEN("f", "start", "a", "true") USER("a"), "start", "nothing to choose"},
    {START FLOW("f", "start", "a") "<d:serviceTask id=\"a\"/>", "a", "taskDefinition"},
    {START FLOW("f", "start", "a") "<d:businessRuleTask id=\"a\"/>", "a", "calledDecision"},
    {START FLOW(
         "f", "start",
         "a") "<d:userTask id=\"a\"><d:extensionElements><z:taskListeners/></d:extensionElements></d:userTask>",
     "a", "taskListeners"},
    {START FLOW("f", "start", "a") "<d:userTask id=\"a\"><d:multiInstanceLoopCharacteristics/></d:userTask>", "a",
     "inputCollection"},
    {START FLOW("f", "start", "a") "<d:intermediateCatchEvent id=\"a\">" TIMER(
         "timeDuration", "5 days") "</d:intermediateCatchEvent>",
     "a", "no duration"},
    {START FLOW("f", "start", "a") USER("a") "<d:boundaryEvent id=\"b\" attachedToRef=\"z\">" TIMER(
         "timeDuration", "P5D") "</d:boundaryEvent>" FLOW("f2", "b", "a"),
     "b", "attachedToRef"},
    {START FLOW("f", "start", "s") "<d:subProcess id=\"s\"><d:startEvent id=\"s0\"/>" USER("in")
         FLOW("f2", "s0", "in") "</d:subProcess>" FLOW("f3", "in", "out") USER("out") FLOW("f4", "s", "out"),
     "f3", "edge"},
    {START FLOW("f", "start", "a") "<d:task id=\"a\"><d:dataOutputAssociation id=\"o\"><d:targetRef>start"
                                   "</d:targetRef></d:dataOutputAssociation></d:task>",
     "o", "which is a startEvent"},
    {START FLOW("f", "start", "a") "<d:intermediateCatchEvent id=\"a\"><d:timerEventDefinition id=\"t\"/>"
                                   "</d:intermediateCatchEvent>",
     "a", "needs one of"}, /* the event, not its definition */
    {START FLOW("f", "start", "a") "<d:userTask id=\"a\"><d:extensionElements><z:priorityDefinition priority=\"high\"/>"
                                   "</d:extensionElements></d:userTask>",
     "a", "priority"},
    {START FLOW("f", "start", "a") "<d:userTask id=\"a\"><d:extensionElements><z:formDefinition formId=\"x\" "
                                   "bindingType=\"versionTag\"/></d:extensionElements></d:userTask>",
     "a", "versionTag"},
    {START FLOW("f", "start", "a") "<d:userTask id=\"a\"><d:extensionElements><z:ioMapping><z:output source=\"=1\" "
                                   "target=\"1a\"/></z:ioMapping></d:extensionElements></d:userTask>",
     "a", "no name of a variable"},
    {START FLOW("f", "start", "a") USER("a") "<d:association id=\"n\" sourceRef=\"a\"/>", "n", "needs targetRef"},
    {START FLOW("f", "start", "a") USER("a") "<d:association id=\"n\" sourceRef=\"a\" targetRef=\"x\"/>", "n",
     "not in this file"},
    {START FLOW("f", "start", "a") "<d:userTask id=\"a\" isForCompensation=\"1\"/>", "a", "isForCompensation may not"},
    {START FLOW("f", "start", "s") "<d:subProcess id=\"s\"><d:startEvent id=\"s0\"/>" USER("in")
         FLOW("f2", "s0", "in") "</d:subProcess>",
     "s", "needs an end event"},
    {START FLOW("f", "start", "a") USER("a") "<d:boundaryEvent id=\"b\" attachedToRef=\"a\"><d:errorEventDefinition/>"
         "</d:boundaryEvent>" FLOW("g", "b", "a") "<d:boundaryEvent id=\"c\" attachedToRef=\"a\"><d:errorEventDefinition/>"
         "</d:boundaryEvent>" FLOW("h", "c", "a"),
     "c", "the same error as b"},
};

static void test_refused(void **state) {
    Run *r = *state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        ErrList faults = {.a = r->a};
        BpmnProcess *p = NULL;
        Str file =
            str_printf(r->a, "%s%s%s", HEAD, refused[i][0], i == 1 ? "<d:complexGateway id=\"x\"/>" TAIL : TAIL);
        assert_false(bpmn_load(STR("p.bpmn"), file, r->a, &faults, &p));
        bool found = false;
        for (size_t k = 0; k < faults.n; k++)
            found = found || (str_is(str_of(faults.items[k].element), refused[i][1]) &&
                              str_find(str_of(faults.items[k].text), str_of(refused[i][2])) >= 0);
        if (!found)
            fail_msg("%s: %s", refused[i][2],
                     faults.n > 0 ? str_c(r->a, err_line(r->a, &faults.items[0])) : "no fault");
        assert_null(p);
    }
}

static void test_all_at_once(void **state) {
    Run *r = *state;
    ErrList faults = {.a = r->a};
    BpmnProcess *p;
    assert_false(bpmn_load(STR("p.bpmn"),
                           STR(HEAD "<d:callActivity id=\"a\"/><d:serviceTask id=\"b\"/>" FLOW("f", "b", "c") TAIL),
                           r->a, &faults, &p));
    assert_int_equal(faults.n, 4); /* callActivity, no job type, dangling flow, no start */
    assert_int_equal(faults.items[0].line, 1);
}

/* The gateway is refused; that flows name it and nothing is behind it follows from that. */
static void test_what_follows_is_not_told(void **state) {
    Run *r = *state;
    ErrList faults = {.a = r->a};
    BpmnProcess *p;
    assert_false(bpmn_load(STR("p.bpmn"), STR(HEAD START FLOW("f", "start", "x") "<d:complexGateway id=\"x\"/>" FLOW("g", "x", "end") "<d:endEvent id=\"end\"/>" TAIL),
                           r->a, &faults, &p));
    assert_int_equal(faults.n, 1);
    assert_true(str_is(str_of(faults.items[0].element), "x"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_RUN(test_decide),    IN_RUN(test_stale),      IN_RUN(test_exclusive),   IN_RUN(test_parallel),
        IN_RUN(test_inclusive), IN_RUN(test_timers),     IN_RUN(test_sub_process), IN_RUN(test_incidents),
        IN_RUN(test_retry),     IN_RUN(test_standstill), IN_RUN(test_refused),     IN_RUN(test_all_at_once),
        IN_RUN(test_modify),    IN_RUN(test_loop_is_told), IN_RUN(test_what_follows_is_not_told),
    };
    return cmocka_run_group_tests_name("bpmn", tests, NULL, NULL);
}
