/* Generated block-structured processes: whoever builds one knows which tasks it must ask for, whatever the
 * order they are done in. Each is run to its end in a random order; a failure prints its seed. */
#include "bpmn_run.h"

enum { SEEDS = 300, DEPTH = 4, STEPS = 2000 };

typedef struct Made {
    Buf xml;       /* elements and flows */
    uint64_t seed; /* of the next choice */
    int ids;       /* elements so far */
    int tasks;     /* tasks that must be asked for */
} Made;

static int choice(uint64_t *seed, int n) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((*seed >> 33) % (uint64_t)n);
}

static int element(Made *m, const char *name) {
    buf_printf(&m->xml, "<d:%s id=\"n%d\"/>", name, ++m->ids);
    return m->ids;
}

static void flow(Made *m, int from, int to, const char *condition) {
    buf_printf(&m->xml, "<d:sequenceFlow id=\"f%d\" sourceRef=\"n%d\" targetRef=\"n%d\">", ++m->ids, from, to);
    if (condition != NULL) buf_printf(&m->xml, "<d:conditionExpression>=%s</d:conditionExpression>", condition);
    buf_c(&m->xml, "</d:sequenceFlow>");
}

static int block(Made *m, int from, const char *condition, int depth, bool live);

static int task(Made *m, int from, const char *condition, bool live) {
    int at = element(m, "userTask");
    flow(m, from, at, condition);
    m->tasks += live;
    return at;
}

/* Splits into branches and joins them again; `takes` says which branches a token goes into. */
static int branches(Made *m, int from, const char *condition, int depth, bool live, const char *gateway) {
    bool exclusive = gateway[0] == 'e', parallel = gateway[0] == 'p';
    int split = element(m, gateway), n = 2 + choice(&m->seed, 2), sure = choice(&m->seed, n), ends[3];
    flow(m, from, split, condition);
    for (int i = 0; i < n; i++) {
        /* behind the branch that is taken an exclusive gateway looks no further */
        bool holds = i == sure || (!exclusive && choice(&m->seed, 2) == 0), taken = parallel || holds;
        const char *text = parallel ? NULL : (exclusive && i > sure) || holds ? "1 = 1" : "1 = 2";
        ends[i] = block(m, split, text, depth - 1, live && taken);
    }
    int join = element(m, gateway);
    for (int i = 0; i < n; i++) flow(m, ends[i], join, NULL);
    return join;
}

static int scope(Made *m, int from, const char *condition, int depth, bool live) {
    int at = ++m->ids;
    buf_printf(&m->xml, "<d:subProcess id=\"n%d\">", at);
    int last = block(m, element(m, "startEvent"), NULL, depth - 1, live), end = element(m, "endEvent");
    flow(m, last, end, NULL);
    buf_c(&m->xml, "</d:subProcess>");
    flow(m, from, at, condition);
    return at;
}

/* A block behind `from`; returns its last element. */
static int block(Made *m, int from, const char *condition, int depth, bool live) {
    int kind = depth == 0 ? 0 : choice(&m->seed, 6);
    if (kind == 1) return block(m, block(m, from, condition, depth - 1, live), NULL, depth - 1, live);
    if (kind == 2) return branches(m, from, condition, depth, live, "exclusiveGateway");
    if (kind == 3) return branches(m, from, condition, depth, live, "parallelGateway");
    if (kind == 4) return branches(m, from, condition, depth, live, "inclusiveGateway");
    if (kind == 5) return scope(m, from, condition, depth, live);
    return task(m, from, condition, live);
}

static int count(Value trail, const char *what) {
    int n = 0;
    for (size_t i = 0; i < trail.size; i++) n += str_is(value_get_str(trail.u.list[i], "what"), what);
    return n;
}

/* Completes tasks in a random order until the process ends; returns how many there were. */
static int finish(Run *r, uint64_t seed) {
    int tasks = 0, entered = count(r->last.trail, "entered"), left = count(r->last.trail, "left");
    while (!r->last.ended && r->last.incident.n == 0 && tasks < STEPS) {
        BpmnWant *wants;
        size_t n = bpmn_waits(r->p, r->state, r->a, &wants);
        assert_true(n > 0);
        Err err;
        int64_t token = wants[choice(&seed, (int)n)].token;
        assert_true(run_step(r, (BpmnHappening){.what = BPMN_COMPLETE, .token = token}, &err));
        tasks++;
        entered += count(r->last.trail, "entered");
        left += count(r->last.trail, "left");
    }
    assert_int_equal(entered, left); /* what began has ended, once */
    return tasks;
}

static void run_seed(Run *r, uint64_t seed) {
    Made m = {.xml = {.a = r->a}, .seed = seed};
    int last = block(&m, element(&m, "startEvent"), NULL, DEPTH, true);
    flow(&m, last, element(&m, "endEvent"), NULL);
    run_load(r, str_c(r->a, buf_str(&m.xml)), "");
    run_start(r, "{}");
    int tasks = finish(r, seed);
    if (r->last.ended && tasks == m.tasks) return;
    fail_msg("seed %d: %d tasks instead of %d, %s %s", (int)seed, tasks, m.tasks, r->last.ended ? "ended" : "open",
             str_c(r->a, r->last.incident));
}

static void test_generated(void **state) {
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_generated)};
    return cmocka_run_group_tests_name("property", tests, NULL, NULL);
}
