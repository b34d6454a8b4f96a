/* event: what waits, what is thrown and who catches it. A listening event is a token with a host: the
 * activity it sits on, the scope it may interrupt, or the gateway that offers it. Errors and escalations
 * have no such token: whoever throws looks outward for a handler. */
#include "bpmn/bpmn_in.h"

/* ---- waiting ------------------------------------------------------------------------------------------------ */

static Str text_of(BpmnStep *s, int64_t scope, const BpmnCode *code) {
    Value v = bpmn_eval(s, scope, code);
    return value_is_null(v) ? (Str){NULL, 0} : feel_text(s->run->arena, v, false);
}

static void await_named(BpmnStep *s, int64_t id, const BpmnElement *node, BpmnWait wait) {
    int64_t scope = bpmn_token(s, id)->scope;
    Str name = text_of(s, scope, &node->name), key = text_of(s, scope, &node->key);
    BpmnToken *t = bpmn_token(s, id);
    t->wait = wait;
    t->name = name;
    t->key = key;
    if (name.n == 0 && node->name.text.n > 0)
        bpmn_trouble(s, id, "no_event_name", STR(""), "the event it waits for has no name");
    else if (node->key.text.n > 0 && key.n == 0)
        bpmn_trouble(s, id, "no_message_key", name, "the message has no correlation key");
}

void bpmn_await(BpmnStep *s, int64_t id) {
    const BpmnElement *node = bpmn_at(s, id);
    switch (node->event) {
    case EVENT_DATE:
    case EVENT_DURATION:
    case EVENT_CYCLE:
        (void)bpmn_timer_set(s, id);
        break;
    case EVENT_MESSAGE:
        await_named(s, id, node, WAIT_MESSAGE);
        break;
    case EVENT_SIGNAL:
        await_named(s, id, node, WAIT_SIGNAL);
        break;
    case EVENT_CONDITION:
        bpmn_token(s, id)->wait = WAIT_CONDITION;
        break;
    default:
        assert(!"nothing waits for this event");
    }
}

static void listen(BpmnStep *s, BpmnToken with) {
    int64_t id = bpmn_spawn(s, with.node, with.scope, -1);
    BpmnToken *t = bpmn_token(s, id);
    t->host = with.host;
    t->due = with.due;
    t->left = with.left;
    bpmn_await(s, id);
}

void bpmn_listen(BpmnStep *s, int64_t id) {
    const BpmnToken host = *bpmn_token(s, id);
    for (int b = s->p->nodes[host.node].boundary; b >= 0; b = s->p->nodes[b].next)
        if (bpmn_waits_for(&s->p->nodes[b])) listen(s, (BpmnToken){.node = b, .scope = host.scope, .host = id});
}

void bpmn_listen_inside(BpmnStep *s, int64_t scope) {
    int inside = bpmn_inside(s, bpmn_token(s, scope));
    for (int h = s->p->nodes[inside].handler; h >= 0; h = s->p->nodes[h].next) {
        int start = s->p->nodes[h].start;
        if (bpmn_waits_for(&s->p->nodes[start])) listen(s, (BpmnToken){.node = start, .scope = scope, .host = scope});
    }
}

void bpmn_offer(BpmnStep *s, int64_t id) {
    const BpmnToken t = *bpmn_token(s, id);
    const BpmnElement *node = &s->p->nodes[t.node];
    bpmn_token(s, id)->wait = WAIT_EVENTS;
    for (size_t i = 0; i < node->n_out; i++)
        listen(s, (BpmnToken){.node = s->p->flows[node->out[i]].to, .scope = t.scope, .host = id});
}

/* ---- happening ------------------------------------------------------------------------------------------------ */

static void go_on(BpmnStep *s, int node, int64_t scope, Value results) {
    int64_t id = bpmn_spawn(s, node, scope, -1);
    bpmn_note(s, node, "entered");
    bpmn_complete(s, id, results);
}

/* A boundary event has happened to its activity. */
static void on_activity(BpmnStep *s, int boundary, int64_t host, Value results) {
    int64_t scope = bpmn_token(s, host)->scope;
    if (s->p->nodes[boundary].interrupting) bpmn_remove(s, host);
    go_on(s, boundary, scope, results);
}

/* The start of an event sub-process has happened in its scope. */
static void in_scope(BpmnStep *s, int start, int64_t scope, Value results) {
    if (s->p->nodes[start].interrupting) {
        bpmn_stop(s, scope, true);
        bpmn_empty(s, scope);
    }
    int handler = s->p->nodes[start].scope;
    int64_t id = bpmn_spawn(s, handler, scope, -1);
    bpmn_note(s, handler, "entered");
    bpmn_inputs(s, id);
    bpmn_token(s, id)->wait = WAIT_SCOPE;
    bpmn_listen_inside(s, id);
    go_on(s, start, id, results);
}

static void choose_event(BpmnStep *s, const BpmnToken *t, Value results) {
    bpmn_token(s, t->id)->host = 0;
    bpmn_done(s, t->host);
    bpmn_note(s, t->node, "entered");
    bpmn_complete(s, t->id, results);
}

static bool repeats(const BpmnToken *t) {
    return t->left < 0 || t->left > 1;
}

static BpmnToken next_round(const BpmnToken *t) {
    BpmnToken next = *t;
    if (next.left > 0) next.left--;
    return next;
}

/* A timer's listener is used up, and listens again while its cycle lasts; others go on listening. */
static void listen_again(BpmnStep *s, const BpmnToken *t, const BpmnElement *node) {
    if (t->wait != WAIT_TIMER) return;
    bpmn_token(s, t->id)->wait = WAIT_GONE;
    if (repeats(t) && !node->interrupting) listen(s, next_round(t));
}

void bpmn_fire(BpmnStep *s, int64_t id, Value results) {
    const BpmnToken t = *bpmn_token(s, id);
    const BpmnElement *node = &s->p->nodes[t.node];
    if (t.host == 0) {
        if (t.wait == WAIT_TIMER && repeats(&t)) listen(s, next_round(&t));
        bpmn_complete(s, id, results);
        return;
    }
    if (node->kind != NODE_BOUNDARY && node->kind != NODE_START) {
        choose_event(s, &t, results);
        return;
    }
    listen_again(s, &t, node);
    if (node->kind == NODE_BOUNDARY)
        on_activity(s, t.node, t.host, results);
    else
        in_scope(s, t.node, t.host, results);
}

void bpmn_signal(BpmnStep *s, Str name, Value results) {
    ValueBuild b = {.a = s->run->arena};
    build_c(&b, "name", value_str(name));
    build_c(&b, "variables", value_is_null(results) ? value_ctx(NULL, 0) : results);
    build_item(&s->signals, build_ctx(&b));
    int64_t before = s->next; /* what begins to wait because of it is too late for it */
    for (size_t i = 1; i < s->n && s->tokens[i].id < before; i++)
        if (s->tokens[i].wait == WAIT_SIGNAL && str_eq(s->tokens[i].name, name)) bpmn_fire(s, s->tokens[i].id, results);
}

bool bpmn_look_at_conditions(BpmnStep *s) {
    for (size_t i = 1; i < s->n; i++) {
        const BpmnToken t = s->tokens[i];
        if (t.wait != WAIT_CONDITION) continue;
        bool holds = value_is_true(bpmn_eval(s, t.host == 0 ? t.scope : t.host, &s->p->nodes[t.node].condition));
        s->tokens[i].held = holds;
        if (!holds || t.held) continue;
        bpmn_fire(s, t.id, value_null());
        return true;
    }
    return false;
}

/* ---- throwing --------------------------------------------------------------------------------------------------- */

static bool matches(const BpmnElement *node, BpmnEvent event, Str code, bool exactly) {
    return node->event == event && (exactly ? str_eq(node->name.text, code) : node->name.text.n == 0);
}

/* The event sub-process of a scope that handles it: start event, or -1. */
static int handler_in(const BpmnStep *s, const BpmnToken *scope, BpmnEvent event, Str code, bool exactly) {
    for (int h = s->p->nodes[bpmn_inside(s, scope)].handler; h >= 0; h = s->p->nodes[h].next)
        if (matches(&s->p->nodes[s->p->nodes[h].start], event, code, exactly)) return s->p->nodes[h].start;
    return -1;
}

static int boundary_on(const BpmnStep *s, const BpmnToken *activity, BpmnEvent event, Str code, bool exactly) {
    for (int b = s->p->nodes[activity->node].boundary; b >= 0; b = s->p->nodes[b].next)
        if (matches(&s->p->nodes[b], event, code, exactly)) return b;
    return -1;
}

static bool catch_on(BpmnStep *s, int64_t activity, BpmnEvent event, Str code, Value results) {
    const BpmnToken *t = bpmn_token(s, activity);
    if (t->id == BPMN_ROOT || bpmn_is_one(s, t)) return false;
    int found = boundary_on(s, t, event, code, true);
    if (found < 0) found = boundary_on(s, t, event, code, false);
    if (found >= 0) on_activity(s, found, activity, results);
    return found >= 0;
}

static bool catch_in(BpmnStep *s, int64_t from, int64_t scope, BpmnEvent event, Str code, Value results) {
    /* what a handler throws is not for the handlers beside it */
    if (bpmn_at(s, from)->triggered || bpmn_is_one(s, bpmn_token(s, from))) return false;
    const BpmnToken *t = bpmn_token(s, scope);
    int found = handler_in(s, t, event, code, true);
    if (found < 0) found = handler_in(s, t, event, code, false);
    if (found >= 0) in_scope(s, found, scope, results);
    return found >= 0;
}

bool bpmn_throw(BpmnStep *s, int64_t id, BpmnEvent event, Str code, Value results) {
    for (int64_t at = id; at != BPMN_ROOT;) {
        int64_t scope = bpmn_token(s, at)->scope;
        if (catch_on(s, at, event, code, results) || catch_in(s, at, scope, event, code, results)) return true;
        at = scope;
    }
    return false;
}
