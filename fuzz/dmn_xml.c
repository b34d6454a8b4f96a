/* The whole way from foreign bytes to a decision: XML, model, tables, evaluation, why. A model that is
 * refused has a fault that says so; one that loads decides without crashing, whatever the inputs.
 * Longest input: 4000. */
#include "dmn/dmn_in.h"
#include "fuzz/fuzz.h"

enum { MOST_DECISIONS = 32 };

static void decide_all(const DmnModel *m, Arena *a) {
    size_t n = dmn_input_count(m);
    Value *inputs = NEW_ARRAY(a, Value, n);
    for (size_t i = 0; i < n; i++) inputs[i] = i % 2 == 0 ? value_int((int64_t)i) : value_c("text");
    DmnTrace trace = {.a = a};
    for (size_t d = 0; d < m->n_kind[DMN_DECISION] && d < MOST_DECISIONS; d++) {
        FeelRun run = {.arena = a, .fuel = 10000};
        dmn_decide(m, (int)d, inputs, &run, &trace);
    }
    for (size_t i = 0; i < trace.n; i++) {
        FeelRun run = {.arena = a, .fuel = 10000};
        DmnRuleWhy *why = NEW_ARRAY(a, DmnRuleWhy, dmn_rules(m, trace.hits[i].table));
        dmn_why(m, &trace.hits[i], &run, why);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *a = fuzz_arena(64 << 20);
    DmnSource source = {STR("fuzz.dmn"), fuzz_text(data, size)};
    ErrList faults = {.a = a};
    DmnModel *m = NULL;
    bool lenient = size % 2 == 0;
    if (dmn_load(&source, 1, (DmnOptions){.lenient = lenient, .registry = dmn_java_registry()}, a, &faults, &m)) {
        assert(m != NULL && (lenient || faults.n == 0));
        decide_all(m, a);
    } else {
        assert(m == NULL && faults.n > 0 && faults.items[0].text[0] != '\0');
    }
    return 0;
}
