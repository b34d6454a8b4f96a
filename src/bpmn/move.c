/* move: tokens enter elements, do what the element does, leave, end. A scope's token holds those inside
 * it and goes on when the last of them is gone. It never decides anything a model does not say. */
#include "bpmn/bpmn_in.h"

#include <stdarg.h>
#include <stdio.h>

BpmnToken *bpmn_token(const BpmnStep *s, int64_t id) {
    for (size_t i = 0; id != 0 && i < s->n; i++)
        if (s->tokens[i].id == id && s->tokens[i].wait != WAIT_GONE) return &s->tokens[i];
    return NULL;
}

const BpmnElement *bpmn_at(const BpmnStep *s, int64_t id) {
    return &s->p->nodes[bpmn_token(s, id)->node];
}

int bpmn_inside(const BpmnStep *s, const BpmnToken *scope) {
    const BpmnElement *node = &s->p->nodes[scope->node];
    return node->kind == NODE_CALL ? node->to : scope->node;
}

bool bpmn_is_one(const BpmnStep *s, const BpmnToken *t) {
    const BpmnToken *body = bpmn_token(s, t->scope);
    return body != NULL && body->node == t->node;
}

bool bpmn_is_body(const BpmnStep *s, const BpmnToken *t) {
    return s->p->nodes[t->node].many.on && !bpmn_is_one(s, t);
}

void bpmn_note(BpmnStep *s, int node, const char *what) {
    ValueEntry *entries = arena_alloc(s->run->arena, 2 * sizeof *entries);
    entries[0] = (ValueEntry){STR("element"), value_str(s->p->nodes[node].seen.id)};
    entries[1] = (ValueEntry){STR("what"), value_c(what)};
    build_item(&s->trail, value_ctx(entries, 2));
}

void bpmn_trouble(BpmnStep *s, int64_t id, const char *code, Str about, const char *format, ...) {
    char text[240];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    BpmnToken *t = bpmn_token(s, id);
    t->wait = WAIT_INCIDENT;
    t->fault = str_of(code);
    t->about = about;
    t->trouble = str_printf(s->run->arena, STR_FMT ": %s", STR_ARG(s->p->nodes[t->node].seen.id), text);
    if (s->incident.n == 0) s->incident = t->trouble;
}

int64_t bpmn_spawn(BpmnStep *s, int node, int64_t scope, int flow) {
    if (s->n == s->cap) {
        size_t size = s->cap * sizeof *s->tokens;
        s->tokens = arena_grow(s->run->arena, s->tokens, size, 2 * size);
        s->cap *= 2;
    }
    s->tokens[s->n++] = (BpmnToken){.id = s->next, .node = node, .wait = WAIT_RUN, .scope = scope, .flow = flow};
    return s->next++;
}

/* ---- ending ------------------------------------------------------------------------------------------------- */

/* Events that listen go with what they listen for, silently. */
void bpmn_stop(BpmnStep *s, int64_t host, bool inside) {
    for (size_t i = 1; i < s->n; i++)
        if (s->tokens[i].host == host && (!inside || s->tokens[i].scope == host)) s->tokens[i].wait = WAIT_GONE;
}

static bool is_in(const BpmnToken *t, int64_t scope) {
    return t->wait != WAIT_GONE && t->wait != WAIT_DONE && t->scope == scope && t->host == 0;
}

void bpmn_empty(BpmnStep *s, int64_t scope) {
    for (size_t i = 1; i < s->n; i++)
        if (is_in(&s->tokens[i], scope)) bpmn_remove(s, s->tokens[i].id);
}

void bpmn_remove(BpmnStep *s, int64_t id) {
    BpmnToken *t = bpmn_token(s, id);
    bool inside = t->wait != WAIT_JOIN && (t->wait != WAIT_RUN || t->entered);
    if (inside) bpmn_note(s, t->node, bpmn_is_body(s, t) ? "dropped" : "cancelled");
    bpmn_stop(s, id, false);
    bpmn_empty(s, id);
    bpmn_forget(s, id);
    t->wait = WAIT_GONE;
    bpmn_call_off(s, id);
}

/* What a called process brings back: its variables, unless output mappings pick from them. */
static Value come_back(BpmnStep *s, int64_t id) {
    BpmnToken *t = bpmn_token(s, id);
    const BpmnElement *node = &s->p->nodes[t->node];
    Value inside = t->vars;
    if (node->outputs.n > 0) return value_null();
    t->vars = t->details; /* the call's own, as they were before it */
    t->details = value_null();
    return node->keep_out ? value_null() : inside;
}

bool bpmn_is_empty(const BpmnStep *s, int64_t scope) {
    for (size_t i = 1; i < s->n; i++)
        if (is_in(&s->tokens[i], scope)) return false;
    return true;
}

void bpmn_end_scope(BpmnStep *s, int64_t scope) {
    if (!bpmn_is_empty(s, scope)) return;
    if (scope == BPMN_ROOT) {
        s->ended = true;
        return;
    }
    const BpmnToken *t = bpmn_token(s, scope);
    if (t->wait != WAIT_SCOPE) return;
    if (t->cause != 0 && !s->p->nodes[t->node].undoes) {
        bpmn_close_undone(s, scope);
        return;
    }
    bpmn_complete(s, scope, bpmn_at(s, scope)->kind == NODE_CALL ? come_back(s, scope) : bpmn_adhoc_results(s, scope));
}

/* ---- leaving -------------------------------------------------------------------------------------------------- */

void bpmn_done(BpmnStep *s, int64_t id) {
    BpmnToken *t = bpmn_token(s, id);
    bpmn_note(s, t->node, bpmn_is_body(s, t) ? "closed" : "left");
    bpmn_stop(s, id, false);
    bool record = bpmn_is_record(s, id);
    if (!record || s->p->nodes[t->node].kind == NODE_CALL) bpmn_forget(s, id);
    t->wait = record ? WAIT_DONE : WAIT_GONE;
}

void bpmn_leave(BpmnStep *s, int64_t id) {
    const BpmnToken t = *bpmn_token(s, id);
    const BpmnElement *node = &s->p->nodes[t.node];
    if (bpmn_is_one(s, &t)) {
        bpmn_end_one(s, id);
        return;
    }
    if (node->guarded) {
        bpmn_choose(s, id);
        return;
    }
    bpmn_keep_adhoc(s, id);
    bpmn_done(s, id);
    for (size_t i = 0; i < node->n_out; i++) (void)bpmn_spawn(s, s->p->flows[node->out[i]].to, t.scope, node->out[i]);
    bpmn_look_at_adhoc(s, t.scope);
    if (node->n_out == 0 && bpmn_token(s, t.scope) != NULL) bpmn_end_scope(s, t.scope);
}

void bpmn_complete(BpmnStep *s, int64_t id, Value results) {
    bpmn_outputs(s, id, results);
    bpmn_leave(s, id);
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
    const BpmnElement *node = bpmn_at(s, id);
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

void bpmn_open(BpmnStep *s, int64_t id) {
    bpmn_token(s, id)->wait = WAIT_SCOPE;
    (void)bpmn_spawn(s, s->p->nodes[bpmn_inside(s, bpmn_token(s, id))].start, id, -1);
    bpmn_listen_inside(s, id);
}

/* A called process sees what its caller lets in, and nothing else. */
static void call(BpmnStep *s, int64_t id) {
    const BpmnToken t = *bpmn_token(s, id);
    Value inside = s->p->nodes[t.node].keep_in ? t.vars : bpmn_visible(s, id);
    BpmnToken *caller = bpmn_token(s, id);
    caller->details = t.vars;
    caller->vars = value_is_null(inside) ? value_ctx(NULL, 0) : inside;
    bpmn_open(s, id);
}

static void run_script(BpmnStep *s, int64_t id, const BpmnElement *node) {
    Value v = bpmn_eval(s, id, &node->script);
    bpmn_complete(s, id, value_with(s->run->arena, value_ctx(NULL, 0), node->seen.result_name, v));
}

static Str name_of(BpmnStep *s, int64_t id, const BpmnCode *code) {
    Value v = bpmn_eval(s, id, code);
    return v.kind == VALUE_STRING ? value_text(v) : feel_text(s->run->arena, v, false);
}

/* What an event does when a token comes to it. false: an incident, or the token is gone. */
static bool act(BpmnStep *s, int64_t id, const BpmnElement *node) {
    Str name = name_of(s, id, &node->name);
    Value inputs = bpmn_token(s, id)->vars;
    bool caught = true;
    if (node->event == EVENT_SIGNAL) bpmn_signal(s, name, inputs);
    if (node->event == EVENT_ESCALATION) (void)bpmn_throw(s, id, EVENT_ESCALATION, name, inputs);
    if (node->event == EVENT_ERROR) caught = bpmn_throw(s, id, EVENT_ERROR, name, inputs);
    if (node->event == EVENT_COMPENSATION) {
        bpmn_compensate(s, id);
        return false;
    }
    if (!caught) bpmn_trouble(s, id, "not_caught", str_head(name, 60), "nobody catches the error \"" STR_FMT "\"", STR_ARG(str_head(name, 60)));
    return caught && bpmn_token(s, id) != NULL;
}

static void end(BpmnStep *s, int64_t id, const BpmnElement *node) {
    const BpmnToken t = *bpmn_token(s, id);
    if (!act(s, id, node)) return;
    if (node->event != EVENT_TERMINATE) {
        bpmn_complete(s, id, value_null());
        return;
    }
    bpmn_outputs(s, id, value_null());
    bpmn_done(s, id);
    bpmn_empty(s, t.scope);
    bpmn_end_scope(s, t.scope);
}

static void throw_on(BpmnStep *s, int64_t id, const BpmnElement *node) {
    const BpmnToken t = *bpmn_token(s, id);
    if (!act(s, id, node)) return;
    if (node->event != EVENT_LINK) {
        bpmn_complete(s, id, value_null());
        return;
    }
    bpmn_outputs(s, id, value_null());
    bpmn_done(s, id);
    (void)bpmn_spawn(s, node->to, t.scope, -1);
}

/* What an element does once its inputs are there. */
static void perform(BpmnStep *s, int64_t id, const BpmnElement *node) {
    switch (node->kind) {
    case NODE_START:
    case NODE_PASS:
        bpmn_complete(s, id, value_null());
        break;
    case NODE_END:
        end(s, id, node);
        break;
    case NODE_THROW:
        throw_on(s, id, node);
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
        run_script(s, id, node);
        break;
    case NODE_CATCH:
        if (node->event == EVENT_LINK)
            bpmn_complete(s, id, value_null());
        else
            bpmn_await(s, id);
        break;
    case NODE_RECEIVE:
        bpmn_await(s, id);
        break;
    case NODE_EXCLUSIVE:
    case NODE_INCLUSIVE:
        bpmn_choose(s, id);
        break;
    case NODE_PARALLEL:
        bpmn_leave(s, id);
        break;
    case NODE_EVENTS:
        bpmn_offer(s, id);
        break;
    case NODE_SUBPROCESS:
        bpmn_open(s, id);
        break;
    case NODE_ADHOC:
        bpmn_open_adhoc(s, id);
        break;
    case NODE_CALL:
        call(s, id);
        break;
    case NODE_PROCESS:
    case NODE_BOUNDARY:
        assert(!"no token is ever sent here");
    }
}

void bpmn_enter(BpmnStep *s, int64_t id) {
    if (bpmn_arrive(s, id)) return;
    const BpmnToken t = *bpmn_token(s, id);
    const BpmnElement *node = &s->p->nodes[t.node];
    bool one = bpmn_is_one(s, &t);
    bpmn_note(s, t.node, node->many.on && !one ? "opened" : "entered");
    bpmn_token(s, id)->entered = true;
    if (++s->activations > BPMN_ACTIVATIONS) {
        bpmn_trouble(s, id, "endless", STR(""), "more than %d elements in one step: this loop never waits", BPMN_ACTIVATIONS);
        return;
    }
    if (!one) bpmn_listen(s, id);
    while (node->boundary >= 0 && bpmn_look_at_conditions(s)) continue; /* one may hold from the beginning */
    if (bpmn_token(s, id) == NULL) return;
    if (node->many.on && !one) {
        bpmn_begin_many(s, id);
        return;
    }
    bpmn_inputs(s, id);
    perform(s, id, node);
}

void bpmn_run(BpmnStep *s) {
    do {
        for (; s->at < s->n && !s->ended; s->at++)
            if (s->tokens[s->at].wait == WAIT_RUN) bpmn_enter(s, s->tokens[s->at].id);
    } while (!s->ended && (bpmn_look_at_conditions(s) || bpmn_look_at_compensation(s) || bpmn_join_inclusive(s)));
}
