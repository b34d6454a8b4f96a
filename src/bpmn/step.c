/* step: the machine. One happening moves tokens until every one of them waits again. Pure: state in,
 * state and wants out. It never acts, never asks a clock, never calls a decision itself. */
#include "bpmn/bpmn_in.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

BpmnToken *bpmn_token(const BpmnStep *s, int64_t id) {
    for (size_t i = 0; id != 0 && i < s->n; i++)
        if (s->tokens[i].id == id && s->tokens[i].wait != WAIT_GONE) return &s->tokens[i];
    return NULL;
}

void bpmn_note(BpmnStep *s, int node, const char *what) {
    ValueBuild b = {.a = s->run->arena};
    build_c(&b, "element", value_str(s->p->nodes[node].seen.id));
    build_c(&b, "what", value_c(what));
    build_item(&s->trail, build_ctx(&b));
}

void bpmn_trouble(BpmnStep *s, int64_t id, const char *format, ...) {
    char text[240];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    BpmnToken *t = bpmn_token(s, id);
    t->wait = WAIT_INCIDENT;
    t->trouble = str_printf(s->run->arena, STR_FMT ": %s", STR_ARG(s->p->nodes[t->node].seen.id), text);
    if (s->incident.n == 0) s->incident = t->trouble;
}

int64_t bpmn_spawn(BpmnStep *s, int node, int64_t scope, int flow) {
    if (s->n == s->cap) {
        s->tokens = arena_grow(s->run->arena, s->tokens, s->cap * sizeof *s->tokens, 2 * s->cap * sizeof *s->tokens);
        s->cap *= 2;
    }
    s->tokens[s->n++] = (BpmnToken){.id = s->next, .node = node, .wait = WAIT_RUN, .scope = scope, .flow = flow};
    return s->next++;
}

/* ---- ending ------------------------------------------------------------------------------------------------- */

/* Events that listen on an activity go with it, silently. */
static void stop_listening(BpmnStep *s, int64_t host) {
    for (size_t i = 1; i < s->n; i++)
        if (s->tokens[i].host == host) s->tokens[i].wait = WAIT_GONE;
}

static void empty_scope(BpmnStep *s, int64_t scope) {
    for (size_t i = 1; i < s->n; i++)
        if (s->tokens[i].wait != WAIT_GONE && s->tokens[i].scope == scope && s->tokens[i].host == 0)
            bpmn_remove(s, s->tokens[i].id);
}

void bpmn_remove(BpmnStep *s, int64_t id) {
    BpmnToken *t = bpmn_token(s, id);
    if (t->wait != WAIT_JOIN && t->wait != WAIT_RUN) bpmn_note(s, t->node, "cancelled");
    stop_listening(s, id);
    empty_scope(s, id);
    t->wait = WAIT_GONE;
}

static bool is_empty(const BpmnStep *s, int64_t scope) {
    for (size_t i = 1; i < s->n; i++)
        if (s->tokens[i].wait != WAIT_GONE && s->tokens[i].scope == scope && s->tokens[i].host == 0) return false;
    return true;
}

/* The last token of a scope is gone: the scope itself is done. */
static void end_scope(BpmnStep *s, int64_t scope) {
    if (!is_empty(s, scope)) return;
    if (scope == BPMN_ROOT) {
        s->ended = true;
        return;
    }
    bpmn_outputs(s, scope, value_null());
    bpmn_leave(s, scope);
}

/* ---- moving -------------------------------------------------------------------------------------------------- */

static BpmnToken done(BpmnStep *s, int64_t id) {
    BpmnToken *t = bpmn_token(s, id);
    bpmn_note(s, t->node, "left");
    stop_listening(s, id);
    t->wait = WAIT_GONE;
    return *t;
}

static void take(BpmnStep *s, const BpmnToken *t, int flow) {
    (void)bpmn_spawn(s, s->p->flows[flow].to, t->scope, flow);
}

void bpmn_leave(BpmnStep *s, int64_t id) {
    BpmnToken t = done(s, id);
    const BpmnElement *node = &s->p->nodes[t.node];
    for (size_t i = 0; i < node->n_out; i++) take(s, &t, node->out[i]);
    if (node->n_out == 0) end_scope(s, t.scope);
}

/* Writes the flows whose condition holds. false: one gives neither true nor false. */
static bool choose(BpmnStep *s, const BpmnToken *t, bool *chosen, size_t *n) {
    const BpmnElement *node = &s->p->nodes[t->node];
    *n = 0;
    for (size_t i = 0; i < node->n_out; i++) {
        const BpmnFlow *flow = &s->p->flows[node->out[i]];
        bool plain = flow->condition.code == NULL;
        Value v = plain ? value_bool(node->out[i] != node->by_default) : bpmn_eval(s, t->scope, &flow->condition);
        if (v.kind != VALUE_BOOL) {
            bpmn_trouble(s, t->id, "the condition \"" STR_FMT "\" gives neither true nor false",
                         STR_ARG(str_sub(flow->condition.text, 0, 80)));
            return false;
        }
        chosen[i] = value_is_true(v) && !(node->kind == NODE_EXCLUSIVE && *n > 0);
        *n += chosen[i];
        if (chosen[i] && node->kind == NODE_EXCLUSIVE) break;
    }
    return true;
}

static void choose_flows(BpmnStep *s, int64_t id) {
    const BpmnToken t = *bpmn_token(s, id);
    const BpmnElement *node = &s->p->nodes[t.node];
    bool *chosen = NEW_ARRAY(s->run->arena, bool, node->n_out);
    size_t n;
    if (!choose(s, &t, chosen, &n)) return;
    if (n == 0 && node->by_default < 0) {
        bpmn_trouble(s, id, "no flow matches and there is no default");
        return;
    }
    (void)done(s, id);
    for (size_t i = 0; i < node->n_out; i++)
        if (chosen[i] || (n == 0 && node->out[i] == node->by_default)) take(s, &t, node->out[i]);
}

/* ---- joins ---------------------------------------------------------------------------------------------------- */

static BpmnToken *arrived(const BpmnStep *s, int node, int64_t scope, int flow) {
    for (size_t i = 1; i < s->n; i++) {
        BpmnToken *t = &s->tokens[i];
        if (t->wait == WAIT_JOIN && t->node == node && t->scope == scope && t->flow == flow) return t;
    }
    return NULL;
}

/* Takes one token from each flow that has one and goes on as a single token. */
static void join(BpmnStep *s, int at, int64_t scope) {
    const BpmnElement *node = &s->p->nodes[at];
    for (size_t i = 0; i < node->n_in; i++) {
        BpmnToken *t = arrived(s, at, scope, node->in[i]);
        if (t != NULL) t->wait = WAIT_GONE;
    }
    (void)bpmn_spawn(s, at, scope, -1);
}

static bool all_arrived(const BpmnStep *s, int at, int64_t scope) {
    const BpmnElement *node = &s->p->nodes[at];
    for (size_t i = 0; i < node->n_in; i++)
        if (arrived(s, at, scope, node->in[i]) == NULL) return false;
    return true;
}

static bool still_comes(const BpmnStep *s, int at, int64_t scope, const uint64_t *reach) {
    for (size_t i = 1; i < s->n; i++) {
        const BpmnToken *t = &s->tokens[i];
        if (t->wait == WAIT_GONE || t->scope != scope || t->host != 0 || t->node == at) continue;
        if ((reach[t->node / 64] >> (t->node % 64) & 1) != 0) return true;
    }
    return false;
}

/* An inclusive join goes on when no token can come any more by a flow that has none yet.
 * Source: BPMN 2.0.2 §13.4.3. */
static bool is_complete(const BpmnStep *s, int at, int64_t scope) {
    const BpmnElement *node = &s->p->nodes[at];
    for (size_t i = 0; i < node->n_in; i++)
        if (arrived(s, at, scope, node->in[i]) == NULL && still_comes(s, at, scope, node->reach[i])) return false;
    return true;
}

static bool join_inclusive(BpmnStep *s) {
    for (size_t i = 1; i < s->n; i++) {
        const BpmnToken *t = &s->tokens[i];
        bool waits = t->wait == WAIT_JOIN && s->p->nodes[t->node].kind == NODE_INCLUSIVE;
        if (!waits || !is_complete(s, t->node, t->scope)) continue;
        join(s, t->node, t->scope);
        return true;
    }
    return false;
}

/* ---- entering --------------------------------------------------------------------------------------------------- */

static Value groups_of(BpmnStep *s, Value v) {
    if (v.kind != VALUE_STRING) return v;
    ValueBuild list = {.a = s->run->arena};
    Str rest = value_text(v);
    while (rest.n > 0) {
        Str one = str_trim(str_cut(rest, ',', &rest));
        if (one.n > 0) build_item(&list, value_str(one));
    }
    return build_list(&list);
}

static void add_detail(BpmnStep *s, int64_t id, ValueBuild *b, const char *key, const BpmnCode *code, bool list) {
    if (code->text.n == 0) return;
    Value v = bpmn_eval(s, id, code);
    if (value_is_null(v)) return;
    bool temporal = v.kind == VALUE_DATE || v.kind == VALUE_DATETIME;
    if (temporal) v = value_str(feel_text(s->run->arena, v, false));
    build_c(b, key, list ? groups_of(s, v) : v);
}

static void wait_for_task(BpmnStep *s, int64_t id) {
    const BpmnElement *node = &s->p->nodes[bpmn_token(s, id)->node];
    ValueBuild b = {.a = s->run->arena};
    add_detail(s, id, &b, "assignee", &node->assignee, false);
    add_detail(s, id, &b, "groups", &node->groups, true);
    add_detail(s, id, &b, "users", &node->users, true);
    add_detail(s, id, &b, "due", &node->due, false);
    add_detail(s, id, &b, "follow_up", &node->follow_up, false);
    add_detail(s, id, &b, "priority", &node->priority, false);
    BpmnToken *t = bpmn_token(s, id);
    t->details = build_ctx(&b);
    t->wait = WAIT_TASK;
}

static void complete(BpmnStep *s, int64_t id, Value results) {
    bpmn_outputs(s, id, results);
    bpmn_leave(s, id);
}

static Value named(BpmnStep *s, Str name, Value v) {
    return value_with(s->run->arena, value_ctx(NULL, 0), name, v);
}

static void end(BpmnStep *s, int64_t id) {
    const BpmnToken t = *bpmn_token(s, id);
    bpmn_outputs(s, id, value_null());
    if (s->p->nodes[t.node].event != EVENT_TERMINATE) {
        bpmn_leave(s, id);
        return;
    }
    (void)done(s, id);
    empty_scope(s, t.scope);
    end_scope(s, t.scope);
}

static void arrive(BpmnStep *s, int64_t id) {
    const BpmnToken t = *bpmn_token(s, id);
    bpmn_token(s, id)->wait = WAIT_JOIN;
    if (s->p->nodes[t.node].kind == NODE_PARALLEL && all_arrived(s, t.node, t.scope)) join(s, t.node, t.scope);
}

static bool joins(const BpmnElement *node, const BpmnToken *t) {
    return (node->kind == NODE_PARALLEL || node->kind == NODE_INCLUSIVE) && node->n_in > 1 && t->flow >= 0;
}

static void enter_scope(BpmnStep *s, int64_t id, int start) {
    bpmn_token(s, id)->wait = WAIT_SCOPE;
    (void)bpmn_spawn(s, start, id, -1);
}

/* What an element does once its inputs are there. */
static void perform(BpmnStep *s, int64_t id, const BpmnElement *node) {
    switch (node->kind) {
    case NODE_START:
    case NODE_PASS:
        complete(s, id, value_null());
        break;
    case NODE_END:
        end(s, id);
        break;
    case NODE_USER:
        wait_for_task(s, id);
        break;
    case NODE_JOB:
        bpmn_token(s, id)->wait = WAIT_JOB;
        break;
    case NODE_RULE:
        bpmn_token(s, id)->wait = WAIT_DECISION;
        break;
    case NODE_SCRIPT:
        complete(s, id, named(s, node->seen.result_name, bpmn_eval(s, id, &node->script)));
        break;
    case NODE_CATCH:
        (void)bpmn_timer_set(s, id);
        break;
    case NODE_EXCLUSIVE:
    case NODE_INCLUSIVE:
        choose_flows(s, id);
        break;
    case NODE_PARALLEL:
        bpmn_leave(s, id);
        break;
    case NODE_SUBPROCESS:
        enter_scope(s, id, node->start);
        break;
    case NODE_PROCESS:
    case NODE_BOUNDARY:
        assert(!"no token is ever sent here");
    }
}

static void enter(BpmnStep *s, int64_t id) {
    const BpmnToken t = *bpmn_token(s, id);
    const BpmnElement *node = &s->p->nodes[t.node];
    if (joins(node, &t)) {
        arrive(s, id);
        return;
    }
    bpmn_note(s, t.node, "entered");
    if (++s->activations > BPMN_ACTIVATIONS) {
        bpmn_trouble(s, id, "more than %d elements in one step: this loop never waits", BPMN_ACTIVATIONS);
        return;
    }
    bpmn_inputs(s, id);
    bpmn_listen(s, id);
    perform(s, id, node);
}

void bpmn_run(BpmnStep *s) {
    do {
        for (; s->at < s->n && !s->ended; s->at++)
            if (s->tokens[s->at].wait == WAIT_RUN) enter(s, s->tokens[s->at].id);
    } while (!s->ended && join_inclusive(s));
}

/* ---- happenings ---------------------------------------------------------------------------------------------------
 */

static bool begin(BpmnStep *s, const BpmnHappening *h) {
    s->tokens = NEW_ARRAY(s->run->arena, BpmnToken, 16);
    s->cap = 16;
    Value variables = h->variables.kind == VALUE_CONTEXT ? h->variables : value_ctx(NULL, 0);
    s->tokens[s->n++] = (BpmnToken){.id = BPMN_ROOT, .wait = WAIT_SCOPE, .flow = -1, .vars = variables};
    s->at = 1;
    s->next = s->first = BPMN_ROOT + 1;
    (void)bpmn_spawn(s, s->p->nodes[0].start, BPMN_ROOT, -1);
    return true;
}

static bool waits_for(const BpmnStep *s, int64_t id, BpmnDo what) {
    const BpmnToken *t = bpmn_token(s, id);
    if (t == NULL || id == BPMN_ROOT) return false;
    if (what == BPMN_TIMER) return t->wait == WAIT_TIMER && t->due <= s->run->now_us;
    return t->wait == WAIT_TASK || t->wait == WAIT_JOB || t->wait == WAIT_DECISION;
}

static void happen(BpmnStep *s, const BpmnHappening *h) {
    if (h->what == BPMN_TIMER) {
        bpmn_fire(s, h->token);
        return;
    }
    if (h->what == BPMN_CANCEL) {
        empty_scope(s, BPMN_ROOT);
        s->ended = true;
        return;
    }
    complete(s, h->token, h->variables);
}

/* Nothing is left that anybody could answer: say so instead of standing still for ever. */
static void look_for_standstill(BpmnStep *s) {
    int64_t stuck = 0;
    for (size_t i = 1; i < s->n && !s->ended; i++) {
        const BpmnToken *t = &s->tokens[i];
        if (t->wait == WAIT_JOIN)
            stuck = t->id;
        else if (t->wait != WAIT_GONE && t->wait != WAIT_SCOPE)
            return;
    }
    if (stuck != 0 && s->incident.n == 0) bpmn_trouble(s, stuck, "this join waits for a token that can never come");
}

static void finish(BpmnStep *s, BpmnResult *out) {
    look_for_standstill(s);
    *out = (BpmnResult){
        .state = bpmn_state_write(s), .trail = build_list(&s->trail), .ended = s->ended, .incident = s->incident};
    out->wants = NEW_ARRAY(s->run->arena, BpmnWant, s->n);
    for (size_t i = 1; i < s->n && !s->ended; i++)
        if (s->tokens[i].id >= s->first) out->n_wants += bpmn_want(s, &s->tokens[i], &out->wants[out->n_wants]);
}

bool bpmn_step(const BpmnProcess *p, Value state, const BpmnHappening *h, FeelRun *run, BpmnResult *out, Err *err) {
    assert(p != NULL && h != NULL && run != NULL && run->arena != NULL && out != NULL);
    BpmnStep s = {.p = p, .run = run, .trail = {.a = run->arena}};
    bool start = h->what == BPMN_START;
    if (start != value_is_null(state))
        return err_set(err, ERR_STATE, "bpmn", start ? "this process has already begun" : "this process has not begun");
    if (start)
        TRY(begin(&s, h));
    else
        TRY(bpmn_state_read(&s, state, err));
    if (s.ended) return err_set(err, ERR_STATE, "bpmn", "this process has ended");
    if (h->what == BPMN_MESSAGE)
        return err_set(err, ERR_STATE, "bpmn", "nothing waits for the message " STR_FMT, STR_ARG(h->name));
    bool named_token = h->what == BPMN_COMPLETE || h->what == BPMN_TIMER;
    if (named_token && !waits_for(&s, h->token, h->what))
        return err_set(err, ERR_STATE, "bpmn", "token %lld does not wait for that", (long long)h->token);
    if (!start) happen(&s, h);
    bpmn_run(&s);
    finish(&s, out);
    return true;
}
