/* Any bytes as a process file. What loads is run: the first open work is answered again and again, and
 * every state must read back and name only what the definition has.
 * Longest input: 6000. */
#include "bpmn/bpmn.h"
#include "fuzz/fuzz.h"

enum { STEPS = 20 };

static BpmnHappening answer(const BpmnWant *want) {
    BpmnHappening h = {.what = BPMN_COMPLETE, .token = want->token};
    if (want->kind == BPMN_WANT_TIMER) h.what = BPMN_TIMER;
    if (want->kind == BPMN_WANT_MESSAGE && value_get_str(want->details, "name").n > 0) {
        h.what = BPMN_MESSAGE;
        h.name = value_get_str(want->details, "name");
    }
    return h;
}

static void run(const BpmnProcess *p, Arena *a) {
    FeelRun feel = {.arena = a, .fuel = FEEL_FUEL, .now_us = FUZZ_NOW};
    BpmnHappening h = {.what = BPMN_START};
    Value state = value_null();
    for (int i = 0; i < STEPS; i++) {
        BpmnResult r;
        BpmnWant *wants;
        Err err = {0};
        if (!bpmn_step(p, state, &h, &feel, &r, &err)) {
            assert(err.code == ERR_STATE);
            return;
        }
        /* as the store gives it back */
        assert(json_parse(json_text(a, r.state), (JsonLimits){.bytes = (size_t)1 << 26}, a, &state, &err));
        size_t n = bpmn_waits(p, state, a, &wants);
        assert(!r.ended || n == 0);
        for (size_t k = 0; k < n; k++) assert(bpmn_node(p, wants[k].node)->id.n > 0);
        if (n == 0) return;
        h = answer(&wants[(size_t)i % n]);
        feel.now_us += INT64_C(30) * 86400 * 1000000;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *a = fuzz_arena(0);
    ErrList faults = {.a = a};
    BpmnProcess *p = NULL;
    bool good = bpmn_load(STR("f.bpmn"), fuzz_text(data, size), a, &faults, &p);
    assert(good == (faults.n == 0));
    if (good) run(p, a);
    return 0;
}
