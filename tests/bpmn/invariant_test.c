/* Generated processes with every kind of waiting, driven at random: after each step what must always hold is looked
 * at, whatever the outcome. A failure is made smaller by building fewer blocks from the same seed, and printed as a
 * case file with its BPMN. PROPERTY_RUNS says how many (make property). */
#include "bpmn_run.h"

#include <stdio.h>

enum { RUNS = 300, BUDGET = 10, STEPS = 25, VARS = 4, NODES = 400 };

static const int64_t HOUR_US = INT64_C(3600) * 1000000;

typedef struct Gen {
    Buf xml, beside; /* elements and flows; messages, signals, errors */
    uint64_t seed;   /* of the next choice */
    int ids, budget; /* elements so far; blocks that may still be built */
    bool tells;      /* what one branch does another sees: it sets variables, undoes what was done, or is waited for */
} Gen;

static int choice(uint64_t *seed, int n) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((*seed >> 33) % (uint64_t)n);
}

/* ---- building ---------------------------------------------------------------------------------------------------- */

static int element(Gen *g, const char *name, const char *attributes, const char *inside) {
    buf_printf(&g->xml, "<d:%s id=\"n%d\" %s>%s</d:%s>\n", name, ++g->ids, attributes, inside, name);
    return g->ids;
}

static void flow(Gen *g, int from, int to, const char *condition) {
    buf_printf(&g->xml, "<d:sequenceFlow id=\"f%d\" sourceRef=\"n%d\" targetRef=\"n%d\">", ++g->ids, from, to);
    if (condition != NULL) buf_printf(&g->xml, "<d:conditionExpression>=%s</d:conditionExpression>", condition);
    buf_c(&g->xml, "</d:sequenceFlow>\n");
}

static const char *condition(Gen *g) {
    return str_c(g->xml.a, str_printf(g->xml.a, "v%d = %s", choice(&g->seed, VARS), choice(&g->seed, 2) ? "true" : "false"));
}

/* A definition of something to wait for, declared beside the process where it must be. */
static const char *event(Gen *g) {
    Arena *a = g->xml.a;
    int id = ++g->ids;
    switch (choice(&g->seed, 5)) {
    case 0: return TIMER("timeDuration", "PT1H");
    case 1:
        buf_printf(&g->beside, "<d:signal id=\"s%d\" name=\"s%d\"/>", id, id % 3 + 1000 * id);
        return str_c(a, str_printf(a, "<d:signalEventDefinition signalRef=\"s%d\"/>", id));
    case 2: return str_c(a, str_printf(a, "<d:conditionalEventDefinition><d:condition>=%s</d:condition></d:conditionalEventDefinition>", condition(g)));
    default:
        buf_printf(&g->beside, "<d:message id=\"m%d\" name=\"m%d\"/>", id, id);
        return str_c(a, str_printf(a, "<d:messageEventDefinition messageRef=\"m%d\"/>", id));
    }
}

static int block(Gen *g, int from, const char *when);

static int next_to(Gen *g, int from, const char *when, int at) {
    flow(g, from, at, when);
    return at;
}

static int branches(Gen *g, int from, const char *when, const char *gateway) {
    int split = element(g, gateway, "", ""), n = 2 + choice(&g->seed, 2), ends[3];
    bool parallel = gateway[0] == 'p';
    g->tells = g->tells || gateway[0] == 'i';
    flow(g, from, split, when);
    for (int i = 0; i < n; i++) {
        bool sure = i + 1 == n; /* one holds always, so that nothing stands still for want of a flow */
        ends[i] = block(g, split, parallel ? NULL : sure ? "true" : condition(g));
    }
    int join = element(g, gateway, "", "");
    for (int i = 0; i < n; i++) flow(g, ends[i], join, NULL);
    return join;
}

static int inside(Gen *g, const char *start, const char *attributes) {
    int at = ++g->ids;
    buf_printf(&g->xml, "<d:subProcess id=\"n%d\" %s>\n", at, attributes);
    int last = block(g, element(g, "startEvent", choice(&g->seed, 2) ? "" : "isInterrupting=\"false\"", start), NULL);
    flow(g, last, element(g, "endEvent", "", choice(&g->seed, 8) ? "" : "<d:terminateEventDefinition/>"), NULL);
    if (start[0] == '\0' && choice(&g->seed, 3) == 0) (void)inside(g, event(g), "triggeredByEvent=\"true\"");
    buf_c(&g->xml, "</d:subProcess>\n");
    return at;
}

static int loop(Gen *g, int from, const char *when) {
    int head = next_to(g, from, when, element(g, "exclusiveGateway", "", ""));
    int last = block(g, head, NULL), task = next_to(g, last, NULL, element(g, "userTask", "", ""));
    int fork = next_to(g, task, NULL, element(g, "exclusiveGateway", "", ""));
    flow(g, fork, head, condition(g));
    return next_to(g, fork, "true", element(g, "exclusiveGateway", "", ""));
}

/* An activity with an event on it; what the event leads to ends there or comes back. */
static int guarded(Gen *g, int from, const char *when) {
    bool stops = choice(&g->seed, 2) == 0;
    int at = choice(&g->seed, 2) ? element(g, "userTask", "", "") : inside(g, "", "");
    flow(g, from, at, when);
    const char *how = str_c(g->xml.a, str_printf(g->xml.a, "attachedToRef=\"n%d\" cancelActivity=\"%s\"", at, stops ? "true" : "false"));
    int aside = block(g, element(g, "boundaryEvent", how, event(g)), NULL);
    if (!stops || choice(&g->seed, 3) == 0) {
        flow(g, aside, element(g, "endEvent", "", ""), NULL);
        return at;
    }
    int merge = next_to(g, at, NULL, element(g, "exclusiveGateway", "", ""));
    flow(g, aside, merge, NULL);
    return merge;
}

static int by_event(Gen *g, int from, const char *when) {
    int gateway = next_to(g, from, when, element(g, "eventBasedGateway", "", "")), merge = element(g, "exclusiveGateway", "", "");
    for (int i = 0; i < 2; i++) flow(g, block(g, next_to(g, gateway, NULL, element(g, "intermediateCatchEvent", "", event(g))), NULL), merge, NULL);
    return merge;
}

static int work(Gen *g, int from, const char *when) {
    static const char *const until[] = {"", "<d:completionCondition>=numberOfCompletedInstances = 2</d:completionCondition>"};
    Arena *a = g->xml.a;
    const char *many = str_c(a, str_printf(a, "<d:multiInstanceLoopCharacteristics isSequential=\"%s\"><d:extensionElements><z:loopCharacteristics "
                                              "inputCollection=\"=[1,2,3]\" inputElement=\"i\" outputCollection=\"all%d\" outputElement=\"=i\"/>"
                                              "</d:extensionElements>%s</d:multiInstanceLoopCharacteristics>",
                                           choice(&g->seed, 2) ? "true" : "false", g->ids, until[choice(&g->seed, 2)]));
    int kind = choice(&g->seed, 7), at;
    g->tells = g->tells || kind == 1 || kind == 2; /* a called process brings back all it was given */
    if (kind == 0) at = element(g, "userTask", "", many);
    else if (kind == 1) at = element(g, "callActivity", "calledElement=\"called\"", "");
    else if (kind == 2) at = element(g, "scriptTask", "", "<d:extensionElements><z:script expression=\"=v0\" resultVariable=\"v1\"/></d:extensionElements>");
    else if (kind == 3) at = element(g, "serviceTask", "", "<d:extensionElements><z:taskDefinition type=\"sms\"/></d:extensionElements>");
    else if (kind == 4) at = element(g, "intermediateCatchEvent", "", event(g));
    else at = element(g, "userTask", "", "");
    return next_to(g, from, when, at);
}

/* A task that can be undone, and the event that undoes it. */
static int undone(Gen *g, int from, const char *when) {
    Arena *a = g->xml.a;
    g->tells = true;
    int task = next_to(g, from, when, element(g, "userTask", "", ""));
    int event_ = element(g, "boundaryEvent", str_c(a, str_printf(a, "attachedToRef=\"n%d\"", task)), "<d:compensateEventDefinition/>");
    int undo = element(g, "userTask", "isForCompensation=\"true\"", "");
    buf_printf(&g->xml, "<d:association id=\"a%d\" sourceRef=\"n%d\" targetRef=\"n%d\"/>\n", undo, event_, undo);
    int last = block(g, task, NULL);
    return next_to(g, last, NULL, element(g, "intermediateThrowEvent", "", str_c(a, str_printf(a, "<d:compensateEventDefinition activityRef=\"n%d\"/>", task))));
}

static int block(Gen *g, int from, const char *when) {
    if (g->budget-- <= 0) return work(g, from, when);
    switch (choice(&g->seed, 10)) {
    case 0: return branches(g, from, when, "exclusiveGateway");
    case 1: return branches(g, from, when, "parallelGateway");
    case 2: return branches(g, from, when, "inclusiveGateway");
    case 3: return next_to(g, from, when, inside(g, "", ""));
    case 4: return loop(g, from, when);
    case 5: return guarded(g, from, when);
    case 6: return by_event(g, from, when);
    case 7: return undone(g, from, when);
    case 8: return work(g, from, when);
    default: return block(g, block(g, from, when), NULL);
    }
}

#define CALLED                                                                                                          \
    "</d:process><d:process id=\"called\" isExecutable=\"true\"><d:startEvent id=\"c0\"/>" FLOW("c1", "c0", "ct") USER("ct") FLOW("c2", "ct", "ce") \
    "<d:endEvent id=\"ce\"/>"

/* ---- what always holds (each gives NULL, or what does not hold) -------------------------------------------------------- */

static bool is_one_of(Str word, const char *const *words) {
    for (; *words != NULL; words++)
        if (str_is(word, *words)) return true;
    return false;
}

static const char *const asks[] = {"task", "job", "decision", "timer", "message", NULL};
static const char *const still[] = {"task", "job", "decision", "timer", "message", "signal", "condition", "incident", NULL};

static Value token_of(Value tokens, int64_t id) {
    for (uint32_t i = 0; i < tokens.size; i++)
        if (value_get_int(tokens.u.list[i], "id", 0) == id) return tokens.u.list[i];
    return value_null();
}

static const char *check_token(Value tokens, uint32_t at, int64_t next) {
    Value t = tokens.u.list[at], scope;
    int64_t id = value_get_int(t, "id", 0), around = value_get_int(t, "scope", 1), host = value_get_int(t, "host", 0);
    Str wait = value_get_str(t, "wait");
    if (id <= 1 || id >= next) return "a token has an id that was not given";
    for (uint32_t i = 0; i < at; i++)
        if (value_get_int(tokens.u.list[i], "id", 0) == id) return "two tokens have one id";
    if (host > 1 && value_is_null(token_of(tokens, host))) return "an event listens for a token that is gone";
    if (around == 1) return str_is(wait, "run") || str_is(wait, "gone") ? "a token is still on its way" : NULL;
    scope = token_of(tokens, around);
    bool live = str_is(value_get_str(scope, "wait"), "scope"), record = str_is(wait, "done") && str_is(value_get_str(scope, "wait"), "done");
    return live || record ? NULL : "a token stands in a scope that is gone";
}

static const char *check_waits(const Run *r, Value tokens) {
    BpmnWant *wants;
    size_t n = bpmn_waits(r->p, r->state, r->a, &wants), asking = 0, standing = 0;
    for (uint32_t i = 0; i < tokens.size; i++) {
        asking += is_one_of(value_get_str(tokens.u.list[i], "wait"), asks);
        standing += is_one_of(value_get_str(tokens.u.list[i], "wait"), still);
    }
    if (n != asking) return "a token that waits does not ask once";
    for (size_t i = 0; i < n; i++) {
        if (value_is_null(token_of(tokens, wants[i].token))) return "a wait has no token";
        for (size_t k = 0; k < i; k++)
            if (wants[k].token == wants[i].token) return "a token asks twice";
    }
    if (!r->last.ended && standing == 0) return "it is open and nothing waits";
    if (r->last.ended && tokens.size > 0) return "it has ended and tokens are left";
    return NULL;
}

/* A join that can never go on: its tokens stopped before they came in. */
static bool stands_before(const Run *r, const BpmnNode *node) {
    Value tokens = value_get(r->state, "tokens");
    bool found = false;
    for (uint32_t i = 0; i < tokens.size; i++)
        found = found || (str_eq(value_get_str(tokens.u.list[i], "at"), node->id) && str_is(value_get_str(tokens.u.list[i], "wait"), "incident"));
    return found && str_ends(node->type, STR("Gateway"));
}

/* What the trail says is where the tokens are. */
static const char *check_trail(const Run *r, int *balance) {
    Value trail = r->last.trail;
    int *places;
    Err err = {0};
    for (uint32_t i = 0; i < trail.size; i++) {
        Str what = value_get_str(trail.u.list[i], "what"), at = value_get_str(trail.u.list[i], "element");
        int by = str_is(what, "entered") ? 1 : str_is(what, "left") || str_is(what, "cancelled") ? -1 : 0;
        for (size_t k = 0; k < bpmn_nodes(r->p); k++)
            if (str_eq(bpmn_node(r->p, (int)k)->id, at)) balance[k] += by;
    }
    if (!bpmn_places(r->p, r->state, r->a, &places, &err)) return "the state is not read again";
    for (size_t k = 0; k < bpmn_nodes(r->p); k++)
        if (balance[k] != places[k] && !stands_before(r, bpmn_node(r->p, (int)k)))
            return str_c(r->a, str_printf(r->a, STR_FMT ": the trail leaves %d tokens, the state has %d", STR_ARG(bpmn_node(r->p, (int)k)->id), balance[k], places[k]));
    return NULL;
}

static const char *check_all(const Run *r, int *balance) {
    Value tokens = value_get(r->state, "tokens");
    const char *wrong = NULL;
    for (uint32_t i = 0; i < tokens.size && wrong == NULL; i++) wrong = check_token(tokens, i, value_get_int(r->state, "next", 0));
    if (wrong == NULL) wrong = check_waits(r, tokens);
    return wrong == NULL ? check_trail(r, balance) : wrong;
}

/* ---- steps -------------------------------------------------------------------------------------------------------------- */

typedef struct Play {
    Run r;              /* the process */
    uint64_t seed;      /* of the next choice */
    Buf steps;          /* what was done, as a case file tells it */
    int balance[NODES]; /* of the trail */
} Play;

static Value random_vars(Play *p) {
    ValueBuild b = {.a = p->r.a};
    for (int i = 0; i < VARS; i++)
        if (choice(&p->seed, 2)) build_entry(&b, str_printf(p->r.a, "v%d", i), value_bool(choice(&p->seed, 2)));
    return build_ctx(&b);
}

static void tell(Play *p, const char *verb, const char *key, Str of, Value vars) {
    buf_printf(&p->steps, "%s{\"do\":\"%s\",\"%s\":\"" STR_FMT "\",\"vars\":", p->steps.n ? ",\n " : "", verb, key, STR_ARG(of));
    json_write(&p->steps, vars);
    buf_c(&p->steps, "}");
}

/* A signal that some token waits for, or a change of variables. */
static BpmnHappening from_outside(Play *p) {
    Value tokens = value_get(p->r.state, "tokens"), vars = random_vars(p);
    for (uint32_t i = 0; i < tokens.size; i++) {
        if (!str_is(value_get_str(tokens.u.list[i], "wait"), "signal")) continue;
        Str name = value_get_str(tokens.u.list[i], "name");
        tell(p, "signal", "name", name, vars);
        return (BpmnHappening){.what = BPMN_SIGNAL, .name = name, .variables = vars};
    }
    tell(p, "setVars", "as", STR(""), vars);
    return (BpmnHappening){.what = BPMN_SET, .variables = vars};
}

static BpmnHappening pick(Play *p) {
    BpmnWant *wants;
    size_t n = bpmn_waits(p->r.p, p->r.state, p->r.a, &wants);
    if (n == 0 || choice(&p->seed, 5) == 0) return from_outside(p);
    const BpmnWant *w = &wants[choice(&p->seed, (int)n)];
    Str id = bpmn_node(p->r.p, w->node)->id, name = value_get_str(w->details, "name");
    Value vars = random_vars(p);
    if (w->kind == BPMN_WANT_TIMER) {
        tell(p, "fireTimer", "element", id, value_ctx(NULL, 0));
        return (BpmnHappening){.what = BPMN_TIMER, .token = w->token};
    }
    if (w->kind == BPMN_WANT_MESSAGE) {
        tell(p, "message", "name", name, vars);
        return (BpmnHappening){.what = BPMN_MESSAGE, .name = name, .variables = vars};
    }
    tell(p, w->kind == BPMN_WANT_JOB ? "job" : "complete", "task", id, vars);
    return (BpmnHappening){.what = BPMN_COMPLETE, .token = w->token, .variables = vars};
}

/* The same step from the state in memory and from the one that was stored and read again. */
static const char *step(Play *p, BpmnHappening h) {
    Err err = {0};
    BpmnResult direct = {0};
    if (h.what == BPMN_TIMER) p->r.feel.now_us += 2 * HOUR_US;
    FeelRun feel = {.arena = p->r.a, .fuel = FEEL_FUEL, .now_us = p->r.feel.now_us};
    if (!bpmn_step(p->r.p, p->r.state, &h, &feel, &direct, &err)) return str_c(p->r.a, str_of(err.text));
    if (!run_step(&p->r, h, &err)) return "refused after it was stored";
    if (!str_eq(json_text(p->r.a, direct.state), json_text(p->r.a, p->r.state))) return "goes on otherwise after it was stored";
    return NULL;
}

/* What a state is, but for the order in which its tokens and variables came. */
static Str summary(const Run *r, Value state) {
    Value tokens = value_get(state, "tokens");
    uint64_t sum = 0;
    for (uint32_t i = 0; i < tokens.size; i++) {
        Str at = value_get_str(tokens.u.list[i], "at"), wait = value_get_str(tokens.u.list[i], "wait");
        sum += str_hash(str_printf(r->a, STR_FMT "/" STR_FMT, STR_ARG(at), STR_ARG(wait)));
    }
    Value vars = value_get(state, "variables");
    for (uint32_t i = 0; i < vars.size; i++) sum += str_hash(str_join2(r->a, vars.u.ctx[i].key, json_text(r->a, vars.u.ctx[i].value)));
    return str_printf(r->a, "%u tokens %llx %d", tokens.size, (unsigned long long)sum, value_get_bool(state, "ended", false));
}

static bool complete(Run *r, int64_t token) {
    Err err;
    return run_step(r, (BpmnHappening){.what = BPMN_COMPLETE, .token = token}, &err);
}

/* Two tasks that leave each other open may be done in either order. */
static const char *check_order(const Play *p) {
    BpmnWant *wants;
    size_t n = bpmn_waits(p->r.p, p->r.state, p->r.a, &wants);
    int64_t first = 0, second = 0;
    for (size_t i = 0; i < n; i++)
        if (wants[i].kind == BPMN_WANT_TASK) second = first, first = wants[i].token;
    if (second == 0) return NULL;
    Run ab = p->r, ba = p->r;
    bool both = complete(&ab, first) && complete(&ab, second) && complete(&ba, second) && complete(&ba, first);
    if (!both || ab.last.incident.n > 0 || ba.last.incident.n > 0) return NULL;
    Str x = summary(&ab, ab.state), y = summary(&ba, ba.state);
    if (str_eq(x, y)) return NULL;
    x = json_text(p->r.a, ab.state), y = json_text(p->r.a, ba.state);
    return str_c(p->r.a, str_printf(p->r.a, "order matters: " STR_FMT " or " STR_FMT, STR_ARG(x), STR_ARG(y)));
}

static void print_case(const Play *p, uint64_t seed, Str body, Str beside) {
    Str steps = buf_str(&p->steps);
    fprintf(stderr, "{\"format\":\"yichuang-bpmn-case/1\",\"suite\":\"generated\",\"tier\":\"zeebe\",\"bpmn\":[\"seed-%llu.bpmn\"],\"cases\":[{\"id\":\"seed-%llu\","
            "\"steps\":[\n " STR_FMT "]}]}\n%s" STR_FMT CALLED "</d:process>" STR_FMT "</d:definitions>\n",
            (unsigned long long)seed, (unsigned long long)seed, STR_ARG(steps), HEAD, STR_ARG(body), STR_ARG(beside));
}

static const char *play(uint64_t seed, int budget, Arena *a, bool report) {
    Gen g = {.xml = {.a = a}, .beside = {.a = a}, .seed = seed, .budget = budget};
    int last = block(&g, element(&g, "startEvent", "", ""), NULL);
    flow(&g, last, element(&g, "endEvent", "", ""), NULL);
    Play *p = NEW(a, Play);
    *p = (Play){.r = {.a = a, .feel = {.arena = a, .fuel = FEEL_FUEL, .now_us = NOON}}, .steps = {.a = a}, .seed = seed};
    run_load(&p->r, str_c(a, str_printf(a, STR_FMT "%s", STR_ARG(buf_str(&g.xml)), CALLED)), str_c(a, buf_str(&g.beside)));
    assert_true(bpmn_nodes(p->r.p) < NODES);
    Value vars = random_vars(p);
    tell(p, "start", "process", STR("p"), vars);
    p->r.state = value_null();
    const char *wrong = step(p, (BpmnHappening){.what = BPMN_START, .variables = vars});
    for (int i = 0; wrong == NULL; i++) {
        wrong = check_all(&p->r, p->balance);
        if (wrong == NULL && !g.tells) wrong = check_order(p);
        if (i == STEPS || p->r.last.ended || wrong != NULL) break;
        wrong = step(p, pick(p));
    }
    if (report) print_case(p, seed, buf_str(&g.xml), buf_str(&g.beside));
    return wrong;
}

static void test_invariants(void **state) {
    (void)state;
    uint64_t runs = run_count(RUNS);
    Arena *a = arena_new(0);
    for (uint64_t seed = 1; seed <= runs; seed++, arena_reset(a)) {
        if (play(seed, BUDGET, a, false) == NULL) continue;
        int budget = 0;
        while (play(seed, budget, a, false) == NULL) budget++;
        fail_msg("seed %d with %d blocks: %s", (int)seed, budget, play(seed, budget, a, true));
    }
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_invariants)};
    return cmocka_run_group_tests_name("invariant", tests, NULL, NULL);
}
