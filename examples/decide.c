/* decide: makes one decision with libdmn and tells which rules made it.
 * Usage: decide MODEL.dmn DECISION JSON; prints every fault of a model that is refused. */
#include <yichuang/dmn.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

static const dmn_model *load(feel_arena *a, const char *path) {
    static char bytes[8 << 20];
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        perror(path);
        return NULL;
    }
    dmn_file file = {path, bytes, fread(bytes, 1, sizeof bytes, f)};
    fclose(f);
    dmn_faults faults;
    const dmn_model *m = dmn_model_load(a, &file, 1, NULL, &faults);
    for (size_t i = 0; m == NULL && i < faults.n; i++) fprintf(stderr, "%s\n", faults.items[i].line);
    return m;
}

static void tell(const dmn_model *m, const dmn_trace *trace) {
    for (size_t i = 0; i < dmn_trace_steps(trace); i++) {
        dmn_step step = dmn_trace_step(trace, i);
        for (size_t r = 0; r < step.n_rules; r++) {
            feel_string id = dmn_model_rule_id(m, step.table, step.rules[r]);
            feel_string law = dmn_model_rule_note(m, step.table, step.rules[r], "Law");
            printf("%.*s: rule %.*s (%.*s)\n", (int)step.decision.n, step.decision.p, (int)id.n, id.p, (int)law.n,
                   law.p);
        }
    }
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    feel_arena *house = feel_arena_new(0, 0), *request = feel_arena_new(64 << 10, 64 << 20);
    const dmn_model *m = load(house, argv[1]);
    if (m == NULL) return 1;
    int decision = dmn_model_find(m, DMN_PART_DECISION, argv[2]);
    feel_value input;
    feel_fault fault = {.line = "there is no such decision"};
    if (decision < 0 || !dmn_model_read(m, request, argv[3], strlen(argv[3]), &input, &fault)) {
        fprintf(stderr, "%s\n", fault.line);
        return 1;
    }
    feel_run run = {.arena = request, .now_us = (int64_t)time(NULL) * 1000000};
    dmn_trace *trace = dmn_trace_new(request);
    feel_string json =
        feel_value_to_json(request, dmn_model_invoke(m, DMN_PART_DECISION, decision, input, &run, trace));
    printf("%.*s\n", (int)json.n, json.p);
    tell(m, trace);
    feel_arena_free(request);
    feel_arena_free(house);
    return 0;
}
