/* Generated block-structured processes: whoever builds one knows which tasks it must ask for, whatever the
 * order they are done in. Each is run to its end in a random order; a failure prints its seed. */
#include "bpmn_made.h"

enum { SEEDS = 300, DEPTH = 4, STEPS = 2000 };

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
        int64_t token = wants[made_choice(&seed, (int)n)].token;
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
    int last = made_block(&m, made_element(&m, "startEvent"), NULL, DEPTH, true);
    made_flow(&m, last, made_element(&m, "endEvent"), NULL);
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
