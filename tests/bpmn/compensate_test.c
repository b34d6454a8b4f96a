/* Compensation: what was done is undone, what was not is left alone, and whoever threw it waits for the end. */
#include "bpmn_run.h"

#define UNDO(on, by)                                                                                                   \
    "<d:boundaryEvent id=\"" on "_undo\" attachedToRef=\"" on "\"><d:compensateEventDefinition/></d:boundaryEvent>"    \
    "<d:association id=\"" on "_a\" sourceRef=\"" on "_undo\" targetRef=\"" by "\"/>"                                  \
    "<d:userTask id=\"" by "\" isForCompensation=\"true\"/>"
#define THROW(id, what)                                                                                                \
    "<d:intermediateThrowEvent id=\"" id "\"><d:compensateEventDefinition " what "/></d:intermediateThrowEvent>"

static void test_done_is_undone(void **state) {
    Run *r = *state;
    run_load(r,
             START FLOW("f1", "start", "split") "<d:parallelGateway id=\"split\"/>" FLOW("f2", "split", "a")
                 FLOW("f3", "split", "b") USER("a") UNDO("a", "ua") USER("b") UNDO("b", "ub") FLOW("f4", "a", "back")
                     THROW("back", "") FLOW("f5", "back", "after") USER("after"),
             "");
    run_start(r, "{}");
    run_complete(r, "a", "{}");
    assert_string_equal(run_open(r), "b ua"); /* b is not done yet */
    run_complete(r, "ua", "{}");
    assert_string_equal(run_open(r), "b after");
    run_complete(r, "b", "{}");
    run_complete(r, "after", "{}");
    assert_true(r->last.ended);
}

static void test_one_activity(void **state) {
    Run *r = *state;
    run_load(r,
             START FLOW("f1", "start", "a") USER("a") UNDO("a", "ua") FLOW("f2", "a", "b") USER("b") UNDO("b", "ub")
                 FLOW("f3", "b", "back") THROW("back", "activityRef=\"b\"") FLOW("f4", "back", "end") END,
             "");
    run_start(r, "{}");
    run_complete(r, "a", "{}");
    run_complete(r, "b", "{}");
    assert_string_equal(run_open(r), "ub");
    run_complete(r, "ub", "{}");
    assert_true(r->last.ended);
}

/* The local variables of the sub-process are there again when its parts are undone. */
static void test_inside_a_sub_process(void **state) {
    Run *r = *state;
    run_load(r,
             START FLOW("f1", "start", "s") "<d:subProcess id=\"s\"><d:extensionElements><z:ioMapping><z:input source=\"=7\" "
                                            "target=\"seat\"/></z:ioMapping></d:extensionElements><d:startEvent id=\"s0\"/>"
                 FLOW("g1", "s0", "a") USER("a") "<d:boundaryEvent id=\"u\" attachedToRef=\"a\"><d:compensateEventDefinition/>"
                 "</d:boundaryEvent><d:association id=\"as\" sourceRef=\"u\" targetRef=\"ua\"/><d:scriptTask id=\"ua\" "
                 "isForCompensation=\"true\"><d:extensionElements><z:script expression=\"=seat + 1\" resultVariable=\"freed\"/>"
                 "</d:extensionElements></d:scriptTask>" FLOW("g9", "a", "s1") "<d:endEvent id=\"s1\"/></d:subProcess>"
                 FLOW("f2", "s", "back") THROW("back", "") FLOW("f3", "back", "after") USER("after"),
             "");
    run_start(r, "{}");
    run_complete(r, "a", "{}");
    assert_string_equal(run_open(r), "after");
    assert_string_equal(run_variables(r), "{\"freed\":8}");
    run_complete(r, "after", "{}");
    assert_true(r->last.ended);
}

/* Twice done is twice undone; an event sub-process undoes what was done around it. */
static void test_after_an_error(void **state) {
    Run *r = *state;
    run_load(r,
             START FLOW("f1", "start", "a") USER("a") UNDO("a", "ua") FLOW("f2", "a", "more")
                 "<d:exclusiveGateway id=\"more\" default=\"f4\"/>" WHEN("f3", "more", "a", "again") FLOW("f4", "more", "bad")
                 "<d:endEvent id=\"bad\"><d:errorEventDefinition errorRef=\"e\"/></d:endEvent>"
                 "<d:subProcess id=\"h\" triggeredByEvent=\"true\"><d:startEvent id=\"h0\"><d:errorEventDefinition/>"
                 "</d:startEvent>" FLOW("g1", "h0", "all") "<d:endEvent id=\"all\"><d:compensateEventDefinition/></d:endEvent>"
                 "</d:subProcess>",
             "<d:error id=\"e\" errorCode=\"E\"/>");
    run_start(r, "{}");
    run_complete(r, "a", "{\"again\":true}");
    run_complete(r, "a", "{\"again\":false}");
    assert_string_equal(run_open(r), "ua ua");
    run_complete(r, "ua", "{}");
    assert_false(r->last.ended);
    run_complete(r, "ua", "{}");
    assert_true(r->last.ended);
}

/* Whoever threw it is cancelled: then nobody waits for the handlers, and they are called off. */
static void test_called_off(void **state) {
    Run *r = *state;
    Err err = {0};
    run_load(r,
             START FLOW("f1", "start", "a") USER("a") UNDO("a", "ua") FLOW("f2", "a", "b") USER("b")
                 "<d:subProcess id=\"h\" triggeredByEvent=\"true\"><d:startEvent id=\"h0\" isInterrupting=\"false\">"
                 "<d:signalEventDefinition signalRef=\"s\"/></d:startEvent>" FLOW("g1", "h0", "split")
                 "<d:parallelGateway id=\"split\"/>" FLOW("g2", "split", "back") THROW("back", "") FLOW("g3", "back", "end")
                 "<d:endEvent id=\"end\"/>" FLOW("g4", "split", "stop") USER("stop") FLOW("g5", "stop", "all")
                 "<d:endEvent id=\"all\"><d:terminateEventDefinition/></d:endEvent></d:subProcess>",
             "<d:signal id=\"s\" name=\"s\"/>");
    run_start(r, "{}");
    run_complete(r, "a", "{}");
    assert_true(run_step(r, (BpmnHappening){.what = BPMN_SIGNAL, .name = STR("s")}, &err));
    assert_string_equal(run_open(r), "b stop ua");
    run_complete(r, "stop", "{}");
    assert_string_equal(run_open(r), "b");
    run_complete(r, "b", "{}");
    assert_true(r->last.ended);
}

static void test_refused(void **state) {
    Run *r = *state;
    static const char *const bodies[][2] = {
        {START FLOW("f", "start", "a") USER("a") "<d:boundaryEvent id=\"u\" attachedToRef=\"a\">"
                                                 "<d:compensateEventDefinition/></d:boundaryEvent>",
         "u"},
        {START FLOW("f", "start", "a") USER("a") "<d:userTask id=\"h\" isForCompensation=\"true\"/>", "h"},
        {START FLOW("f", "start", "a") USER("a") UNDO("a", "h") FLOW("g", "a", "h"), "h"},
        {START FLOW("f", "start", "t") THROW("t", "activityRef=\"t\""), "t"},
        {START FLOW("f", "start", "t") THROW("t", "waitForCompletion=\"false\""), "t"},
    };
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        ErrList faults = {.a = r->a};
        BpmnProcess *p;
        assert_false(bpmn_load(STR("p.bpmn"), str_printf(r->a, "%s%s%s", HEAD, bodies[i][0], TAIL), r->a, &faults, &p));
        assert_string_equal(faults.items[0].element, bodies[i][1]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_RUN(test_done_is_undone), IN_RUN(test_one_activity), IN_RUN(test_inside_a_sub_process),
        IN_RUN(test_after_an_error), IN_RUN(test_called_off),
        IN_RUN(test_refused),
    };
    return cmocka_run_group_tests_name("compensate", tests, NULL, NULL);
}
