/* Instances that go on in another version: what has the same id keeps its place, what has none is told with element and
 * reason, and on generated processes it does not matter whether a step or the migration comes first. */
#include "bpmn_made.h"

enum { SEEDS = 150, DEPTH = 4, STEPS = 200 };

static BpmnProcess *load(Run *r, const char *body) {
    run_load(r, body, "<d:message id=\"m\" name=\"paid\"/><d:message id=\"other\" name=\"refunded\"/>");
    return r->p;
}

typedef struct Way { /* what a plan makes of the run's state */
    Value state;
    BpmnMisfits misfits;
} Way;

static Way migrate_by(Run *r, const BpmnProcess *from, const BpmnProcess *to, BpmnChanges changes) {
    Way way = {0};
    BpmnPlan *plan;
    Err err = {0};
    if (!bpmn_plan(from, to, &changes, r->a, &plan, &err)) fail_msg("%s", err.text);
    Value before = run_json(r, str_c(r->a, json_text(r->a, r->state)));
    if (!bpmn_migrate(plan, before, value_null(), &r->feel, &way.state, &way.misfits, &err)) fail_msg("%s", err.text);
    return way;
}

static Way migrate(Run *r, const BpmnProcess *from, const BpmnProcess *to) {
    return migrate_by(r, from, to, (BpmnChanges){0});
}

static void go_on(Run *r, BpmnProcess *to, Way way) {
    assert_int_equal(way.misfits.n, 0);
    r->p = to;
    r->state = way.state;
}

/* "element code" of the only misfit. */
static void assert_misfit(Way way, const char *element, const char *code) {
    assert_int_equal(way.misfits.n, 1);
    assert_string_equal(way.misfits.items[0].code, code);
    assert_true(str_is(way.misfits.items[0].element, element));
}

#define MESSAGE(id, ref) "<d:receiveTask id=\"" id "\" messageRef=\"" ref "\"/>"
#define FORK(id)         "<d:parallelGateway id=\"" id "\"/>"
#define ALARM(id, host, time)                                                                                          \
    "<d:boundaryEvent id=\"" id "\" attachedToRef=\"" host "\">" TIMER("timeDuration", time) "</d:boundaryEvent>" FLOW(id "_out", id, "end")

static const char two[] = START USER("a") END FLOW("f1", "start", "a") FLOW("f2", "a", "end");
static const char three[] = START USER("a") USER("b") END FLOW("f1", "start", "a") FLOW("f2", "a", "b") FLOW("f3", "b", "end");

static void a_token_goes_on_where_it_is(void **state) {
    Run *r = *state;
    BpmnProcess *from = load(r, two);
    run_start(r, "{\"x\": 1}");
    BpmnProcess *to = load(r, three);
    go_on(r, to, migrate(r, from, to));
    assert_string_equal(run_open(r), "a");
    run_complete(r, "a", "{}");
    assert_string_equal(run_open(r), "b");
    assert_string_equal(run_variables(r), "{\"x\":1}");
}

static void a_removed_element_is_told_until_the_plan_says_where_to(void **state) {
    Run *r = *state;
    BpmnProcess *from = load(r, three);
    run_start(r, "{}");
    run_complete(r, "a", "{}");
    BpmnProcess *to = load(r, two);
    assert_misfit(migrate(r, from, to), "b", "removed");
    BpmnMove move = {STR("b"), STR("a")};
    go_on(r, to, migrate_by(r, from, to, (BpmnChanges){.moves = &move, .n_moves = 1}));
    assert_string_equal(run_open(r), "a");
}

typedef struct Change { /* two bodies, and what the second has no place for when the first waits at its task */
    const char *from, *to, *element, *code;
} Change;

#define AROUND(inner) START inner END
static const Change changes[] = {
    {two, AROUND("<d:manualTask id=\"a\"/>" FLOW("f1", "start", "a") FLOW("f2", "a", "end")), "a", "type"},
    {two,
     AROUND("<d:subProcess id=\"s\"><d:startEvent id=\"in\"/>" USER("a") "<d:endEvent id=\"out\"/>" FLOW("g", "in", "a") FLOW("h", "a", "out") "</d:subProcess>" FLOW("f1", "start", "s") FLOW("f2", "s", "end")),
     "a", "scope"},
    {two, AROUND("<d:userTask id=\"a\"><d:multiInstanceLoopCharacteristics><d:extensionElements><z:loopCharacteristics inputCollection=\"=[1]\"/></d:extensionElements></d:multiInstanceLoopCharacteristics></d:userTask>" FLOW("f1", "start", "a") FLOW("f2", "a", "end")),
     "a", "multi-instance"},
    {two, START USER("a") END FLOW("f1", "start", "a") FLOW("f2", "a", "end") ALARM("late", "a", "P1D"), "a", "event"},
    {START USER("a") END FLOW("f1", "start", "a") FLOW("f2", "a", "end") ALARM("late", "a", "P1D"), two, "late", "removed"},
    {AROUND(MESSAGE("a", "m") FLOW("f1", "start", "a") FLOW("f2", "a", "end")),
     AROUND(MESSAGE("a", "other") FLOW("f1", "start", "a") FLOW("f2", "a", "end")), "a", "message"},
    {two,
     START USER("a") END FLOW("f1", "start", "a") FLOW("f2", "a", "end")
     "<d:subProcess id=\"watch\" triggeredByEvent=\"true\"><d:startEvent id=\"alarm\">" TIMER("timeDuration", "P1D") "</d:startEvent>"
     "<d:endEvent id=\"rung\"/>" FLOW("w", "alarm", "rung") "</d:subProcess>",
     "p", "event"},
    /* a join that gets one more branch, after the fork */
    {START FORK("fork") USER("a") USER("b") FORK("join") END FLOW("f1", "start", "fork") FLOW("f2", "fork", "a") FLOW("f3", "fork", "b")
     FLOW("f4", "a", "join") FLOW("f5", "b", "join") FLOW("f6", "join", "end"),
     START FORK("fork") USER("a") USER("b") USER("c") FORK("join") END FLOW("f1", "start", "fork") FLOW("f2", "fork", "a") FLOW("f3", "fork", "b")
     FLOW("f4", "a", "join") FLOW("f5", "b", "join") FLOW("f6", "join", "end") FLOW("f7", "fork", "c") FLOW("f8", "c", "join"),
     "join", "join"},
};

static void what_has_no_place_is_told_with_its_reason(void **state) {
    Run *r = *state;
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        BpmnProcess *from = load(r, changes[i].from);
        run_start(r, "{}");
        assert_misfit(migrate(r, from, load(r, changes[i].to)), changes[i].element, changes[i].code);
    }
}

static void a_job_given_out_keeps_its_name(void **state) {
    Run *r = *state;
#define JOB(id) "<d:serviceTask id=\"" id "\"><d:extensionElements><z:taskDefinition type=\"print\"/></d:extensionElements></d:serviceTask>"
    BpmnProcess *from = load(r, AROUND(JOB("a") FLOW("f1", "start", "a") FLOW("f2", "a", "end")));
    run_start(r, "{}");
    BpmnProcess *to = load(r, AROUND(JOB("b") FLOW("f1", "start", "b") FLOW("f2", "b", "end")));
    BpmnMove move = {STR("a"), STR("b")};
    assert_misfit(migrate_by(r, from, to, (BpmnChanges){.moves = &move, .n_moves = 1}), "a", "job");
}

/* A branch that waits at a join waits there by the same flow, whatever was put in before it. */
static void a_waiting_branch_stays_joined(void **state) {
    Run *r = *state;
    BpmnProcess *from = load(r, changes[COUNT_OF(changes) - 1].from);
    run_start(r, "{}");
    run_complete(r, "a", "{}");
    BpmnProcess *to = load(r, START FORK("fork") USER("a") USER("b") USER("c") FORK("join") END FLOW("f1", "start", "fork") FLOW("f2", "fork", "a")
                           FLOW("f3", "fork", "b") FLOW("x", "a", "c") FLOW("f4", "c", "join") FLOW("f5", "b", "join") FLOW("f6", "join", "end"));
    go_on(r, to, migrate(r, from, to));
    run_complete(r, "b", "{}");
    assert_true(r->last.ended);
}

static int64_t due_of(Run *r) {
    BpmnWant *wants;
    size_t n = bpmn_waits(r->p, r->state, r->a, &wants);
    int64_t seconds = 0, nanos;
    for (size_t i = 0; i < n; i++)
        if (wants[i].kind == BPMN_WANT_TIMER) date_instant(value_get(wants[i].details, "due"), &seconds, &nanos);
    return seconds;
}

static void a_timer_keeps_its_time_or_begins_anew(void **state) {
    Run *r = *state;
    BpmnProcess *from = load(r, START USER("a") END FLOW("f1", "start", "a") FLOW("f2", "a", "end") ALARM("late", "a", "P1D"));
    run_start(r, "{}");
    int64_t due = due_of(r), day = 86400;
    BpmnProcess *to = load(r, START USER("a") END FLOW("f1", "start", "a") FLOW("f2", "a", "end") ALARM("late", "a", "P3D"));
    Str late = STR("late");
    r->feel.now_us += 3600 * INT64_C(1000000);
    Value before = r->state;
    go_on(r, to, migrate(r, from, to));
    assert_int_equal(due_of(r), due);
    r->state = before;
    go_on(r, to, migrate_by(r, from, to, (BpmnChanges){.restart = &late, .n_restart = 1}));
    assert_int_equal(due_of(r), due + 2 * day + 3600);
}

static void plans_that_cannot_be_are_refused(void **state) {
    Run *r = *state;
    const BpmnProcess *to = load(r, two), *from = load(r, START USER("a") END FLOW("f1", "start", "a") FLOW("f2", "a", "end")
                                                       ALARM("late", "a", "P1D") ALARM("later", "a", "P2D"));
    const BpmnMove unknown = {STR("nobody"), STR("a")}, nowhere = {STR("a"), STR("nobody")}, twice[] = {{STR("a"), STR("a")}, {STR("a"), STR("a")}};
    const BpmnMove merged = {STR("later"), STR("late")};
    Str task = STR("a");
    const struct {
        BpmnChanges changes;
        const BpmnProcess *to;
        const char *element;
    } bad[] = {
        {{.moves = &unknown, .n_moves = 1}, to, "nobody"}, {{.moves = &nowhere, .n_moves = 1}, to, "nobody"},
        {{.moves = twice, .n_moves = 2}, to, "a"},         {{.restart = &task, .n_restart = 1}, to, "a"},
        {{.moves = &merged, .n_moves = 1}, from, "late"},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        BpmnPlan *plan;
        Err err = {0};
        assert_false(bpmn_plan(from, bad[i].to, &bad[i].changes, r->a, &plan, &err));
        assert_int_equal(err.code, ERR_INVALID);
        assert_string_equal(err.element, bad[i].element);
    }
}

/* ---- generated processes ---------------------------------------------------------------------------------------------- */

static BpmnProcess *made(Run *r, uint64_t seed, bool extra) {
    Made m = {.xml = {.a = r->a}, .seed = seed};
    int last = made_block(&m, made_element(&m, "startEvent"), NULL, DEPTH, true);
    if (extra) last = made_task(&m, last, NULL, true);
    made_flow(&m, last, made_element(&m, "endEvent"), NULL);
    run_load(r, str_c(r->a, buf_str(&m.xml)), "");
    return r->p;
}

static bool step(Run *r, int64_t token) {
    Err err = {0};
    assert_true(run_step(r, (BpmnHappening){.what = BPMN_COMPLETE, .token = token}, &err));
    return !r->last.ended && r->last.incident.n == 0;
}

static void assert_same(Run *r, uint64_t seed, Value x, Value y) {
    Str one = json_text(r->a, x), other = json_text(r->a, y);
    if (!str_eq(one, other)) fail_msg("seed %d: " STR_FMT "\nis not " STR_FMT, (int)seed, STR_ARG(one), STR_ARG(other));
}

/* At every moment: an identical definition changes nothing; with one more task at the end, step and migration commute. */
static void run_seed(Run *r, uint64_t seed) {
    BpmnProcess *longer = made(r, seed, true), *same = made(r, seed, false), *p = made(r, seed, false);
    uint64_t chance = seed;
    bool open = true;
    r->p = p;
    run_start(r, "{}");
    for (int i = 0; open && i < STEPS; i++) {
        BpmnWant *wants;
        size_t n = bpmn_waits(p, r->state, r->a, &wants);
        Way there = migrate(r, p, longer), back = migrate(r, p, same);
        assert_int_equal(there.misfits.n + back.misfits.n, 0);
        assert_same(r, seed, back.state, r->state);
        if (n == 0) return; /* nobody can do anything: an incident */
        int64_t token = wants[made_choice(&chance, (int)n)].token;
        Run other = {.a = r->a, .p = longer, .feel = r->feel, .state = there.state};
        bool other_open = step(&other, token);
        open = step(r, token);
        if (open && other_open) assert_same(r, seed, migrate(r, p, longer).state, other.state);
        else assert_int_equal(other.last.ended, false); /* the task at the end waits */
    }
}

static void on_generated_processes_the_order_does_not_matter(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    for (uint64_t seed = 1, last = run_count(SEEDS); seed <= last; seed++) {
        Run r = {.a = a, .feel = {.arena = a, .fuel = FEEL_FUEL, .now_us = NOON}};
        run_seed(&r, seed);
        arena_reset(a);
    }
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_RUN(a_token_goes_on_where_it_is),
        IN_RUN(a_removed_element_is_told_until_the_plan_says_where_to),
        IN_RUN(what_has_no_place_is_told_with_its_reason),
        IN_RUN(a_job_given_out_keeps_its_name),
        IN_RUN(a_waiting_branch_stays_joined),
        IN_RUN(a_timer_keeps_its_time_or_begins_anew),
        IN_RUN(plans_that_cannot_be_are_refused),
        cmocka_unit_test(on_generated_processes_the_order_does_not_matter),
    };
    return cmocka_run_group_tests_name("migrate", tests, NULL, NULL);
}
