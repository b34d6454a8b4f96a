/* state: an instance as data and back. The value holds nothing but JSON kinds, so that it reads the
 * same after it was stored: {process, variables, next, ended, tokens: [{id, at, wait, …}]}. Also what the open
 * tokens ask of the world. A state that does not fit its definition is refused, never repaired. */
#include "bpmn/bpmn_in.h"

#include <string.h>

static const Str waits[WAITS] = {STR_INIT("gone"), STR_INIT("run"), STR_INIT("scope"), STR_INIT("join"),
                                 STR_INIT("task"), STR_INIT("job"), STR_INIT("decision"), STR_INIT("timer"),
                                 STR_INIT("message"), STR_INIT("signal"), STR_INIT("condition"), STR_INIT("events"),
                                 STR_INIT("incident"), STR_INIT("compensation"), STR_INIT("done")};

/* Members of a token as it is written, and their places. */
enum { ABOUT, AT, BY, CAUSE, DETAILS, DUE, FAULT, FILE_NO, HELD, HOST, ID, KEY, LEFT, NAME, SCOPE, TROUBLE, VARIABLES, WAIT, MEMBERS };
static const Str members[MEMBERS] = {STR_INIT("about"), STR_INIT("at"),   STR_INIT("by"),   STR_INIT("cause"), STR_INIT("details"),
                                     STR_INIT("due"),  STR_INIT("fault"), STR_INIT("file"), STR_INIT("held"),  STR_INIT("host"),
                                     STR_INIT("id"),   STR_INIT("key"),  STR_INIT("left"),  STR_INIT("name"),
                                     STR_INIT("scope"), STR_INIT("trouble"), STR_INIT("variables"), STR_INIT("wait")};

/* What a member is not given stays null. Tokens have few members: one look over them instead of one for each that may be there. */
static void read_members(Value v, Value out[MEMBERS]) {
    memset(out, 0, MEMBERS * sizeof *out);
    for (uint32_t i = 0; v.kind == VALUE_CONTEXT && i < v.size; i++) {
        Str key = v.u.ctx[i].key;
        for (int m = 0; m < MEMBERS; m++)
            if (key.n == members[m].n && memcmp(key.p, members[m].p, key.n) == 0) out[m] = v.u.ctx[i].value;
    }
}

static int64_t int_of(Value v, int64_t otherwise) {
    int64_t i;
    return value_to_int(v, &i) ? i : otherwise;
}

static Str text_of(Value v) { return v.kind == VALUE_STRING ? value_text(v) : STR(""); }

static bool read_token(BpmnStep *s, Value v) {
    Value m[MEMBERS];
    read_members(v, m);
    Str wait = text_of(m[WAIT]);
    int64_t by = int_of(m[BY], -1);
    BpmnToken t = {.id = int_of(m[ID], 0),
                   .node = bpmn_find(s->p, (int)int_of(m[FILE_NO], 0), text_of(m[AT])),
                   .scope = int_of(m[SCOPE], BPMN_ROOT),
                   .host = int_of(m[HOST], 0),
                   .cause = int_of(m[CAUSE], 0),
                   .flow = -1,
                   .due = int_of(m[DUE], 0),
                   .left = int_of(m[LEFT], 0),
                   .held = value_is_true(m[HELD]),
                   .name = text_of(m[NAME]),
                   .key = text_of(m[KEY]),
                   .vars = m[VARIABLES],
                   .details = m[DETAILS],
                   .trouble = text_of(m[TROUBLE]),
                   .fault = text_of(m[FAULT]),
                   .about = text_of(m[ABOUT])};
    for (int w = WAIT_SCOPE; w < WAITS; w++)
        if (str_eq(wait, waits[w])) t.wait = (BpmnWait)w;
    if (t.node <= 0 || t.wait == WAIT_GONE || t.id <= BPMN_ROOT || t.id >= s->next || bpmn_token(s, t.id) != NULL)
        return false;
    const BpmnElement *node = &s->p->nodes[t.node];
    if (by >= 0 && by < (int64_t)node->n_in) t.flow = node->in[by];
    if (t.wait == WAIT_JOIN && t.flow < 0) return false;
    s->tokens[s->n++] = t;
    return true;
}

/* A listening event belongs to the activity, scope or gateway that it names. */
static bool listens_well(const BpmnStep *s, const BpmnToken *t) {
    const BpmnElement *node = &s->p->nodes[t->node];
    const BpmnToken *host = bpmn_token(s, t->host);
    if (host == NULL || !bpmn_waits_for(node)) return false;
    if (node->kind == NODE_BOUNDARY) return host->node == node->host && host->scope == t->scope;
    if (node->kind == NODE_START) return t->host == t->scope && s->p->nodes[node->scope].scope == bpmn_inside(s, host);
    return host->wait == WAIT_EVENTS && host->scope == t->scope;
}

static bool stands_well(const BpmnStep *s, const BpmnToken *t) {
    const BpmnElement *node = &s->p->nodes[t->node];
    const BpmnToken *scope = bpmn_token(s, t->scope);
    const BpmnToken *cause = bpmn_token(s, t->cause);
    bool record = t->wait == WAIT_DONE, throws = node->event == EVENT_COMPENSATION && node->kind != NODE_BOUNDARY;
    if (scope == NULL || scope->id >= t->id) return false;
    if (scope->wait != WAIT_SCOPE && !(record && scope->wait == WAIT_DONE)) return false;
    if (t->cause != 0 && (cause == NULL || cause->wait != WAIT_COMPENSATION)) return false;
    if (t->wait == WAIT_COMPENSATION && !throws) return false;
    if (record && (node->kind > NODE_RECEIVE || t->host != 0 || t->cause != 0)) return false;
    if (t->host != 0) return listens_well(s, t);
    bool body = bpmn_is_body(s, t);
    bool holds = body || (node->kind >= NODE_SUBPROCESS && node->kind <= NODE_CALL);
    if (t->wait == WAIT_SCOPE && body && value_get(t->details, "items").kind != VALUE_LIST) return false;
    if (t->wait == WAIT_SCOPE && !holds) return false;
    return bpmn_is_body(s, scope) ? scope->node == t->node : node->scope == bpmn_inside(s, scope);
}

bool bpmn_state_fits(const BpmnStep *s) {
    for (size_t i = 1; i < s->n; i++)
        if (!stands_well(s, &s->tokens[i])) return false;
    return true;
}

bool bpmn_state_read(BpmnStep *s, Value state, Err *err) {
    Value tokens = value_get(state, "tokens"), variables = value_get(state, "variables");
    size_t n = tokens.kind == VALUE_LIST ? tokens.size : 0;
    s->cap = 2 * n + 16;
    s->tokens = arena_alloc(s->run->arena, s->cap * sizeof *s->tokens);
    int process = bpmn_find_process(s->p, value_get_str(state, "process"));
    s->tokens[s->n++] =
        (BpmnToken){.id = BPMN_ROOT, .node = process, .wait = WAIT_SCOPE, .flow = -1, .vars = variables};
    s->next = s->first = value_get_int(state, "next", 0);
    s->ended = value_get_bool(state, "ended", false);
    s->at = 1;
    bool good = variables.kind == VALUE_CONTEXT && s->next > BPMN_ROOT && process >= 0 &&
                s->p->nodes[process].kind == NODE_PROCESS;
    for (size_t i = 0; good && i < n; i++) good = read_token(s, tokens.u.list[i]);
    if (!good || !bpmn_state_fits(s))
        return err_set(err, ERR_INPUT, "bpmn", "the state does not belong to process " STR_FMT, STR_ARG(s->p->id));
    s->at = s->n;
    return true;
}

/* Which of the flows into its element it came by; flows need no id. */
static int64_t came_by(const BpmnStep *s, const BpmnToken *t) {
    const BpmnElement *node = &s->p->nodes[t->node];
    for (size_t i = 0; i < node->n_in; i++)
        if (node->in[i] == t->flow) return (int64_t)i;
    return -1;
}

static Value write_token(const BpmnStep *s, const BpmnToken *t) {
    ValueBuild b = {.a = s->run->arena};
    build_c(&b, "id", value_int(t->id));
    build_c(&b, "at", value_str(s->p->nodes[t->node].seen.id));
    build_c(&b, "wait", value_str(waits[t->wait]));
    if (t->scope != BPMN_ROOT) build_c(&b, "scope", value_int(t->scope));
    if (t->cause != 0) build_c(&b, "cause", value_int(t->cause));
    if (t->host != 0) build_c(&b, "host", value_int(t->host));
    if (s->p->nodes[t->node].file > 0) build_c(&b, "file", value_int(s->p->nodes[t->node].file));
    bool came = t->wait == WAIT_JOIN || (t->wait == WAIT_INCIDENT && t->flow >= 0);
    if (came) build_c(&b, "by", value_int(came_by(s, t)));
    if (t->wait == WAIT_TIMER) build_c(&b, "due", value_int(t->due));
    if (t->held) build_c(&b, "held", value_bool(true));
    if (t->name.n > 0) build_c(&b, "name", value_str(t->name));
    if (t->key.n > 0) build_c(&b, "key", value_str(t->key));
    if (t->left != 0) build_c(&b, "left", value_int(t->left));
    if (!value_is_null(t->vars)) build_c(&b, "variables", t->vars);
    if (!value_is_null(t->details)) build_c(&b, "details", t->details);
    if (t->trouble.n > 0) build_c(&b, "trouble", value_str(t->trouble));
    if (t->fault.n > 0) build_c(&b, "fault", value_str(t->fault));
    if (t->about.n > 0) build_c(&b, "about", value_str(t->about));
    return build_ctx(&b);
}

Value bpmn_state_write(const BpmnStep *s) {
    ValueBuild tokens = {.a = s->run->arena}, b = {.a = s->run->arena};
    for (size_t i = 1; i < s->n && !s->ended; i++)
        if (s->tokens[i].wait != WAIT_GONE) build_item(&tokens, write_token(s, &s->tokens[i]));
    build_c(&b, "process", value_str(s->p->nodes[s->tokens[0].node].seen.id));
    build_c(&b, "variables", s->tokens[0].vars);
    build_c(&b, "next", value_int(s->next));
    build_c(&b, "ended", value_bool(s->ended));
    build_c(&b, "tokens", build_list(&tokens));
    return build_ctx(&b);
}

/* ---- what tokens ask for ------------------------------------------------------------------------------------- */

static Value job_details(const BpmnStep *s, const BpmnToken *t) {
    ValueBuild b = {.a = s->run->arena};
    Value headers = s->p->nodes[t->node].headers;
    build_c(&b, "inputs", value_is_null(t->vars) ? value_ctx(NULL, 0) : t->vars);
    build_c(&b, "headers", value_is_null(headers) ? value_ctx(NULL, 0) : headers);
    return build_ctx(&b);
}

static Value message_details(const BpmnStep *s, const BpmnToken *t) {
    ValueBuild b = {.a = s->run->arena};
    build_c(&b, "name", value_str(t->name));
    build_c(&b, "key", value_str(t->key));
    return build_ctx(&b);
}

static Value one_detail(const BpmnStep *s, const char *key, Value v) {
    ValueBuild b = {.a = s->run->arena};
    build_c(&b, key, v);
    return build_ctx(&b);
}

bool bpmn_want(BpmnStep *s, const BpmnToken *t, BpmnWant *out) {
    BpmnWant want = {.token = t->id, .node = t->node};
    switch (t->wait) {
    case WAIT_TASK:
        want.kind = BPMN_WANT_TASK;
        want.details = t->details;
        break;
    case WAIT_JOB:
        want.kind = BPMN_WANT_JOB;
        want.details = job_details(s, t);
        break;
    case WAIT_DECISION:
        want.kind = BPMN_WANT_DECISION;
        want.details = one_detail(s, "inputs", bpmn_visible(s, t->id));
        break;
    case WAIT_TIMER:
        want.kind = BPMN_WANT_TIMER;
        want.details = one_detail(s, "due", date_from_unix_us(s->run->arena, t->due, 0));
        break;
    case WAIT_MESSAGE:
        want.kind = BPMN_WANT_MESSAGE;
        want.details = message_details(s, t);
        break;
    default:
        return false;
    }
    *out = want;
    return true;
}

size_t bpmn_incidents(const BpmnProcess *p, Value state, Arena *a, BpmnIncident **out) {
    assert(p != NULL && a != NULL && out != NULL);
    FeelRun run = {.arena = a};
    BpmnStep s = {.p = p, .run = &run};
    size_t n = 0;
    *out = NULL;
    if (!bpmn_state_read(&s, state, NULL)) return 0;
    *out = NEW_ARRAY(a, BpmnIncident, s.n);
    for (size_t i = 1; i < s.n; i++) {
        const BpmnToken *t = &s.tokens[i];
        if (t->wait == WAIT_INCIDENT) (*out)[n++] = (BpmnIncident){t->id, t->node, t->trouble, t->fault, t->about};
    }
    return n;
}

size_t bpmn_waits(const BpmnProcess *p, Value state, Arena *a, BpmnWant **out) {
    assert(p != NULL && a != NULL && out != NULL);
    FeelRun run = {.arena = a};
    BpmnStep s = {.p = p, .run = &run};
    size_t n = 0;
    *out = NULL;
    if (!bpmn_state_read(&s, state, NULL)) return 0;
    *out = NEW_ARRAY(a, BpmnWant, s.n);
    for (size_t i = 1; i < s.n; i++) n += bpmn_want(&s, &s.tokens[i], &(*out)[n]);
    return n;
}

bool bpmn_places(const BpmnProcess *p, Value state, Arena *a, int **out, Err *err) {
    assert(p != NULL && a != NULL && out != NULL);
    FeelRun run = {.arena = a};
    BpmnStep s = {.p = p, .run = &run};
    TRY(bpmn_state_read(&s, state, err));
    int *places = NEW_ARRAY(a, int, p->n_nodes);
    for (size_t i = 1; i < s.n; i++) {
        const BpmnToken *t = &s.tokens[i];
        bool at_work = t->host == 0 && t->wait != WAIT_JOIN && t->wait != WAIT_DONE;
        places[t->node] += at_work && !bpmn_is_body(&s, t);
    }
    *out = places;
    return true;
}
