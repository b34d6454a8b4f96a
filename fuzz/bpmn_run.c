/* Any bytes as happenings, one a line, to the processes of bpmn_run.bpmn: a letter for what happens, then token, name,
 * key and variables in JSON, cut by tabs. Tokens count through the open work first, so that most lines reach some. Each
 * is served or refused, the state reads back from its JSON, and only what the definition has waits in it.
 * Longest input: 512. */
#include "bpmn/bpmn.h"
#include "fuzz/fuzz.h"

enum { STEPS = 24 };
extern const char fuzz_bpmn_run[];
extern const size_t fuzz_bpmn_run_size;

static const BpmnProcess *process(void) {
    static BpmnProcess *p;
    ErrList faults = {.a = fuzz_house()};
    if (!p) {
        bool good =
            bpmn_load(STR("bpmn_run.bpmn"), (Str){fuzz_bpmn_run, fuzz_bpmn_run_size}, fuzz_house(), &faults, &p);
        assert(good);
    }
    return p;
}

static BpmnDo what_of(Str word) {
    static const char letters[] = "scemiftrx"; /* in the order of BpmnDo */
    for (int i = 0; letters[i]; i++)
        if (word.n > 0 && word.p[0] == letters[i]) return (BpmnDo)i;
    return BPMN_COMPLETE;
}

/* "0" is the first open work, "1" the second …; what is past them is a token's own number. */
static int64_t token_of(Str word, Value state, Arena *a) {
    int64_t n;
    BpmnWant *wants;
    size_t open = value_is_null(state) ? 0 : bpmn_waits(process(), state, a, &wants);
    if (!str_to_int(word, &n)) n = 0;
    return n >= 0 && (size_t)n < open ? wants[n].token : n;
}

static BpmnHappening read_line(Str line, Value state, Arena *a) {
    Str word;
    BpmnHappening h = {.what = what_of(line)};
    str_cut(line, '\t', &line);
    word = str_cut(line, '\t', &line);
    h.token = token_of(word, state, a);
    h.name = str_cut(line, '\t', &line);
    h.key = str_cut(line, '\t', &line);
    if (!utf8_valid(h.name)) h.name = STR("");
    if (!utf8_valid(h.key) || h.key.n == 0) h.key = (Str){0};
    if (!json_parse(line, (JsonLimits){0}, a, &h.variables, NULL) || h.variables.kind != VALUE_CONTEXT)
        h.variables = value_null();
    return h;
}

static void check_state(Value state, bool ended, Arena *a) {
    BpmnWant *wants;
    BpmnIncident *incidents;
    size_t n = bpmn_waits(process(), state, a, &wants);
    assert(!ended || n == 0);
    for (size_t i = 0; i < n; i++) assert(bpmn_node(process(), wants[i].node)->id.n > 0);
    n = bpmn_incidents(process(), state, a, &incidents);
    for (size_t i = 0; i < n; i++) assert(incidents[i].text.n > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *a = fuzz_arena(0);
    FeelRun feel = {.arena = a, .fuel = 20000, .now_us = FUZZ_NOW};
    Str rest = fuzz_text(data, size);
    Value state = value_null();
    for (int i = 0; i < STEPS && rest.n > 0; i++) {
        BpmnResult r;
        Err err = {0};
        BpmnHappening h = read_line(str_cut(rest, '\n', &rest), state, a);
        if (value_is_null(state)) h.what = BPMN_START;
        if (!bpmn_step(process(), state, &h, &feel, &r, &err)) {
            assert(err.code != ERR_NONE && err.text[0] != '\0');
            continue;
        }
        bool good = json_parse(json_text(a, r.state), (JsonLimits){.bytes = (size_t)1 << 26}, a, &state, &err);
        assert(good); /* as the store gives it back */
        check_state(state, r.ended, a);
        feel.now_us += INT64_C(86400) * 1000000;
    }
    return 0;
}
