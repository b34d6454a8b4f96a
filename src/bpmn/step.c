/* step: one happening, and the tokens run until every one of them waits again. Pure: state in, state and
 * wants out. It never acts, never asks a clock, never calls a decision itself. */
#include "bpmn/bpmn_in.h"

static BpmnToken *waiting_for(const BpmnStep *s, const BpmnHappening *h) {
    for (size_t i = 1; i < s->n; i++) {
        BpmnToken *t = &s->tokens[i];
        bool same = t->wait == WAIT_MESSAGE && str_eq(t->name, h->name);
        if (same && (h->key.p == NULL || str_eq(t->key, h->key))) return t;
    }
    return NULL;
}

/* The start event that a happening names. */
static bool find_start(const BpmnProcess *p, const BpmnHappening *h, int *start, Err *err) {
    *start = h->name.n == 0 ? p->nodes[0].start : -1;
    for (size_t i = 0; h->name.n > 0 && i < p->n_nodes && *start < 0; i++) {
        const BpmnNode *seen = &p->nodes[i].seen;
        bool process = h->key.n == 0 || str_eq(h->key, seen->process);
        if (process && str_eq(seen->id, h->name) && bpmn_starts_process(p, (int)i)) *start = (int)i;
    }
    bool good = *start >= 0 && (h->name.n > 0 || p->nodes[*start].event == EVENT_NONE);
    return good || err_set(err, ERR_STATE, "bpmn", "no start event \"" STR_FMT "\"", STR_ARG(str_head(h->name, 60)));
}

static bool begin(BpmnStep *s, const BpmnHappening *h, Err *err) {
    int start;
    TRY(find_start(s->p, h, &start, err));
    s->cap = 16;
    s->tokens = arena_alloc(s->run->arena, s->cap * sizeof *s->tokens);
    Value variables = h->variables.kind == VALUE_CONTEXT ? h->variables : value_ctx(NULL, 0);
    s->tokens[s->n++] = (BpmnToken){
        .id = BPMN_ROOT, .node = s->p->nodes[start].scope, .wait = WAIT_SCOPE, .flow = -1, .vars = variables};
    s->at = 1;
    s->next = s->first = BPMN_ROOT + 1;
    bpmn_listen_inside(s, BPMN_ROOT);
    (void)bpmn_spawn(s, start, BPMN_ROOT, -1);
    return true;
}

static bool waits_for(const BpmnStep *s, int64_t id, BpmnDo what) {
    const BpmnToken *t = bpmn_token(s, id);
    if (t == NULL || id == BPMN_ROOT) return false;
    if (what == BPMN_TIMER) return t->wait == WAIT_TIMER && t->due <= s->run->now_us;
    if (what == BPMN_RETRY) return t->wait == WAIT_INCIDENT;
    if (what == BPMN_ERROR) return t->wait == WAIT_JOB || t->wait == WAIT_TASK;
    bool plain_receive = t->wait == WAIT_MESSAGE && t->name.n == 0;
    return t->wait == WAIT_TASK || t->wait == WAIT_JOB || t->wait == WAIT_DECISION || plain_receive;
}

static bool is_possible(const BpmnStep *s, const BpmnHappening *h, Err *err) {
    if (h->what == BPMN_SET && h->token != 0 && bpmn_token(s, h->token) == NULL)
        return err_set(err, ERR_STATE, "bpmn", "there is no token %lld", (long long)h->token);
    bool named = h->what == BPMN_COMPLETE || h->what == BPMN_TIMER || h->what == BPMN_ERROR || h->what == BPMN_RETRY;
    if (named && !waits_for(s, h->token, h->what))
        return err_set(err, ERR_STATE, "bpmn", "token %lld does not wait for that", (long long)h->token);
    if (h->what == BPMN_MODIFY) return bpmn_can_modify(s, h, err);
    if (h->what == BPMN_MESSAGE && waiting_for(s, h) == NULL)
        return err_set(err, ERR_STATE, "bpmn", "nothing waits for the message \"" STR_FMT "\"",
                       STR_ARG(str_head(h->name, 60)));
    return true;
}

static void fail(BpmnStep *s, const BpmnHappening *h) {
    if (!bpmn_throw(s, h->token, EVENT_ERROR, h->name, h->variables))
        bpmn_trouble(s, h->token, "not_caught", str_head(h->name, 60), "nobody catches the error \"" STR_FMT "\"", STR_ARG(str_head(h->name, 60)));
}

/* An event that listens tries its time or name again; anything else enters its element anew. */
static void retry(BpmnStep *s, const BpmnHappening *h) {
    const BpmnToken t = *bpmn_token(s, h->token);
    for (size_t i = 0; h->variables.kind == VALUE_CONTEXT && i < h->variables.size; i++)
        bpmn_set(s, t.id, h->variables.u.ctx[i].key, h->variables.u.ctx[i].value);
    bpmn_stop(s, t.id, false);
    BpmnToken *again = bpmn_token(s, t.id);
    again->trouble = again->fault = again->about = (Str){NULL, 0};
    if (t.host != 0)
        bpmn_await(s, t.id);
    else
        bpmn_enter(s, t.id);
}

static void correct(BpmnStep *s, const BpmnHappening *h) {
    for (size_t i = 0; h->variables.kind == VALUE_CONTEXT && i < h->variables.size; i++)
        bpmn_set_local(s, h->token == 0 ? BPMN_ROOT : h->token, h->variables.u.ctx[i].key,
                       h->variables.u.ctx[i].value);
}

static void happen(BpmnStep *s, const BpmnHappening *h) {
    switch (h->what) {
    case BPMN_START:
        break;
    case BPMN_COMPLETE:
        bpmn_complete(s, h->token, h->variables);
        break;
    case BPMN_ERROR:
        fail(s, h);
        break;
    case BPMN_MESSAGE:
        bpmn_fire(s, waiting_for(s, h)->id, h->variables);
        break;
    case BPMN_SIGNAL:
        bpmn_signal(s, h->name, h->variables);
        s->signals.n = 0; /* it came from outside and need not go there again */
        break;
    case BPMN_SET:
        correct(s, h);
        break;
    case BPMN_RETRY:
        retry(s, h);
        break;
    case BPMN_TIMER:
        bpmn_fire(s, h->token, value_null());
        break;
    case BPMN_MODIFY:
        bpmn_modify(s, h);
        break;
    case BPMN_CANCEL:
        bpmn_empty(s, BPMN_ROOT);
        s->ended = true;
        break;
    }
}

/* Nothing is left that anybody could answer: say so instead of standing still for ever. */
static void look_for_standstill(BpmnStep *s) {
    int64_t stuck = 0;
    for (size_t i = 1; i < s->n && !s->ended; i++) {
        const BpmnToken *t = &s->tokens[i];
        if (t->wait == WAIT_JOIN)
            stuck = t->id;
        else if (t->wait != WAIT_GONE && t->wait != WAIT_DONE && t->wait != WAIT_SCOPE)
            return;
    }
    if (stuck != 0) bpmn_trouble(s, stuck, "join_waits", STR(""), "this join waits for a token that can never come");
}

bool bpmn_start_holds(const BpmnProcess *p, int node, Value variables, FeelRun *run) {
    assert(p != NULL && run != NULL && bpmn_starts_process(p, node));
    BpmnToken process = {
        .id = BPMN_ROOT, .node = p->nodes[node].scope, .wait = WAIT_SCOPE, .flow = -1, .vars = variables};
    BpmnStep s = {.p = p, .run = run, .tokens = &process, .n = 1};
    bool conditional = p->nodes[node].event == EVENT_CONDITION;
    return conditional && value_is_true(bpmn_eval(&s, BPMN_ROOT, &p->nodes[node].condition));
}

/* New wants: those of tokens that this step made, and of the one that tried again. */
static void finish(BpmnStep *s, const BpmnHappening *h, BpmnResult *out) {
    look_for_standstill(s);
    *out = (BpmnResult){.state = bpmn_state_write(s),
                        .trail = build_list(&s->trail),
                        .signals = build_list(&s->signals),
                        .ended = s->ended,
                        .incident = s->incident,
                        .wants = arena_alloc(s->run->arena, s->n * sizeof(BpmnWant))};
    int64_t again = h->what == BPMN_RETRY ? h->token : 0;
    for (size_t i = 1; i < s->n && !s->ended; i++)
        if (s->tokens[i].id >= s->first || s->tokens[i].id == again) out->n_wants += bpmn_want(s, &s->tokens[i], &out->wants[out->n_wants]);
}

bool bpmn_step(const BpmnProcess *p, Value state, const BpmnHappening *h, FeelRun *run, BpmnResult *out, Err *err) {
    assert(p != NULL && h != NULL && run != NULL && run->arena != NULL && out != NULL);
    BpmnStep s = {.p = p, .run = run, .given = h->given, .trail = {.a = run->arena}, .signals = {.a = run->arena}};
    bool start = h->what == BPMN_START;
    if (start != value_is_null(state))
        return err_set(err, ERR_STATE, "bpmn", start ? "this process has already begun" : "this process has not begun");
    if (start)
        TRY(begin(&s, h, err));
    else
        TRY(bpmn_state_read(&s, state, err));
    if (s.ended) return err_set(err, ERR_STATE, "bpmn", "this process has ended");
    TRY(is_possible(&s, h, err));
    happen(&s, h);
    bpmn_run(&s);
    finish(&s, h, out);
    return true;
}
