/* The pure middle: a record and a command in, events and the record after out. It runs the pack's process
 * until every token waits for a person, and fulfils on the way what the process wants. The same code serves
 * the counter, a try-out and the tests; it must never see the store, a clock or randomness of its own. */
#include "case/case_in.h"

#include <string.h>

enum { MAX_STEPS = 64, MAX_REASON = 2000 };

typedef struct Middle { /* one command on its way */
    const Pack *pack;      /* the service */
    const Command *c;      /* the command */
    int64_t priors;        /* counted by the pack's history, -1 = not counted */
    CaseChange *out;       /* what shall become true */
    FeelRun *run;          /* fuel and clock */
    Value typed;           /* complete answers with their types, once asked for */
    bool is_typed;         /* they were */
    Value process;         /* state of the process; null before it starts */
    int64_t letters;       /* how many there were before */
    ValueBuild entered, left; /* ids of process elements, in order */
    bool stepped, stopped; /* the process was told something; a token met an incident */
    ValueBuild states;        /* states that those entered mean, in order */
} Middle;

/* Whole seconds: an act or an answer is not dated finer than people write. */
FeelRun case_run(Arena *a, int64_t now_us, int32_t offset) {
    return (FeelRun){.arena = a, .fuel = FEEL_FUEL, .now_us = now_us - now_us % 1000000, .offset = offset};
}

bool case_plain(Arena *a, Value v, Value *out, Err *err) { return json_parse(json_text(a, v), (JsonLimits){0}, a, out, err); }

Value case_typed(const Pack *pack, Value answers, FeelRun *run) {
    Value typed = answers;
    PaperFaults faults = {0};
    paper_check(pack->form, answers, answers, run, &typed, &faults);
    return typed;
}

bool case_complete(const Pack *pack, Value answers, int64_t priors, FeelRun *run, Value *complete, PaperFaults *faults, Err *err) {
    Value clean, full;
    paper_check(pack->form, value_null(), answers, run, &clean, faults);
    if (faults->n) return true;
    Value told;
    bool is_told = pack->has_history && value_find(clean, pack->history.into, &told);
    if (priors >= 0) { /* people may know of more than we do, never of less */
        int64_t said = 0;
        if (is_told && !value_to_int(told, &said)) said = 0;
        if (priors > said) clean = value_with(run->arena, clean, pack->history.into, value_int(priors));
    }
    /* Derived answers pass the form's rules too: a pack cannot smuggle in what a person could not say. */
    TRY(pack_complete(pack, clean, run, &full, err));
    paper_check(pack->form, full, full, run, complete, faults);
    return true;
}

void case_change_event(CaseChange *out, const char *kind, Value payload) {
    assert(out->n_events < CASE_EVENTS);
    out->events[out->n_events++] = (CaseEvent){kind, payload};
    case_fold(out->pack, str_of(kind), payload, out->now_us, out->a, &out->after);
}

static void add_event(Middle *m, const char *kind, Value payload) { case_change_event(m->out, kind, payload); }

static void note_entered(Middle *m, Value element) {
    Str state = pack_state(m->pack, value_text(element));
    build_item(&m->entered, element);
    if (state.n > 0) build_item(&m->states, value_str(state));
}

/* Most steps of most processes never look at them. */
static Value typed(Middle *m) {
    if (!m->is_typed) m->typed = case_typed(m->pack, m->out->after.answers, m->run);
    m->is_typed = true;
    return m->typed;
}

static bool turn(Middle *m, const char *moment, Err *err) {
    return m->pack->n_clocks == 0 || case_clock_turn(m->pack, moment, typed(m), m->run, m->out, err);
}

/* Clocks that a state of the case starts or stops. */
static bool turn_states(Middle *m, Err *err) {
    Arena *a = m->out->a;
    for (size_t i = 0; i < m->states.n; i++)
        TRY(turn(m, str_c(a, value_text(m->states.u.items[i])), err));
    m->states.n = 0;
    return true;
}

/* What the process went through, for the log. */
static void note_trail(Middle *m, Value trail) {
    for (uint32_t i = 0; trail.kind == VALUE_LIST && i < trail.size; i++) {
        Str what = value_get_str(trail.u.list[i], "what");
        Value element = value_get(trail.u.list[i], "element");
        if (str_is(what, "entered")) note_entered(m, element);
        else if (str_is(what, "left") || str_is(what, "cancelled")) build_item(&m->left, element);
    }
}

/* The last event of a command tells how the process moved by it. */
static void add_moved(Middle *m) {
    CaseChange *out = m->out;
    if (out->n_events == 0 || !m->stepped) return;
    CaseEvent *last = &out->events[out->n_events - 1];
    Value kept = case_state_keep(m->pack, m->process, out->after.answers, out->a);
    ValueBuild b = {.a = out->a};
    if (m->entered.n) build_c(&b, "entered", build_list(&m->entered));
    if (m->left.n) build_c(&b, "left", build_list(&m->left));
    case_state_tell(out->after.process, kept, out->after.said, &b);
    Value moved = build_ctx(&b);
    last->payload = value_with(out->a, last->payload, STR("moved"), moved);
    case_fold_move(moved, &out->after, out->a);
}

static bool same_incidents(const BpmnIncident *x, size_t n_x, const BpmnIncident *y, size_t n_y) {
    bool same = n_x == n_y;
    for (size_t i = 0; same && i < n_x; i++) same = x[i].token == y[i].token && str_eq(x[i].text, y[i].text);
    return same;
}

/* An incident is a state of the case: the step holds, the token stands. All that stand now, when that has changed. */
static void add_incidents(Middle *m, Value process_before) {
    Arena *a = m->out->a;
    BpmnIncident *were = NULL, *are = NULL;
    size_t n_were = value_is_null(process_before) ? 0 : bpmn_incidents(m->pack->process, process_before, a, &were);
    if (n_were == 0 && !m->stopped) return;
    size_t n = bpmn_incidents(m->pack->process, m->process, a, &are);
    if (same_incidents(were, n_were, are, n)) return;
    ValueBuild list = {.a = a}, b = {.a = a};
    for (size_t i = 0; i < n; i++) {
        ValueBuild one = {.a = a};
        build_c(&one, "token", value_int(are[i].token));
        build_c(&one, "element", value_str(bpmn_node(m->pack->process, are[i].node)->id));
        build_c(&one, "text", value_str(are[i].text));
        build_item(&list, build_ctx(&one));
    }
    build_c(&b, "standing", build_list(&list));
    add_event(m, "incident", build_ctx(&b));
}

/* ---- what a process may want ---- */

/* Inputs that are the answers, and the model that is the version's, are told by the first event. */
static Value without_known(const Middle *m, Value record) {
    ValueBuild b = {.a = m->out->a};
    for (uint32_t i = 0; i < record.size; i++) {
        ValueEntry e = record.u.ctx[i];
        bool known = str_is(e.key, "inputs") ? value_same(e.value, m->out->after.answers)
                                             : str_is(e.key, "model") && str_eq(value_text(e.value), dmn_hash(m->pack->model));
        if (!known) build_entry(&b, e.key, e.value);
    }
    return build_ctx(&b);
}

static bool fulfil_decision(Middle *m, const BpmnNode *node, Value *variables, Err *err) {
    Arena *a = m->out->a;
    PackProposal proposal = {0};
    TRY(pack_propose(m->pack, typed(m), STR(""), m->run, &proposal, err));
    Value record, values;
    TRY(case_plain(a, pack_proposal_record(m->pack, typed(m), &proposal, a), &record, err));
    TRY(case_plain(a, proposal.values, &values, err));
    add_event(m, "proposed", without_known(m, record));
    ValueBuild b = {.a = a};
    build_entry(&b, node->result_name.n ? node->result_name : STR("proposal"), values);
    *variables = build_ctx(&b);
    return true;
}

/* A letter keeps the last day that it told: a calendar that arrives later must not reword what was sent. */
static bool keep_last_day(Middle *m, ValueBuild *letter, Err *err) {
    PackProposal proposal = {0};
    TRY(pack_propose(m->pack, typed(m), m->out->after.outcome, m->run, &proposal, err));
    Value concluded = value_get(proposal.values, str_c(m->out->a, value_get_str(m->pack->json, "decision")));
    int64_t days = value_get_int(value_get(concluded, "appeal"), "reconsideration_days", 0);
    if (days < 1 || days > CALENDAR_PERIOD_MAX) return true;
    Value now = date_from_unix_us(m->out->a, m->c->now_us, m->c->offset);
    CalendarDue last = calendar_due(&m->pack->calendar, now.u.time->days, days, CALENDAR_ALL);
    build_c(letter, "appeal_day", value_int(last.day));
    build_c(letter, "appeal_provisional", value_bool(last.provisional));
    return true;
}

static bool issue_letter(Middle *m, Str letter, Err *err) {
    ValueBuild b = {.a = m->out->a};
    build_c(&b, "no", value_int(m->out->after.letters + 1));
    build_c(&b, "letter", value_str(letter));
    build_c(&b, "decision", value_int(m->out->after.decisions));
    TRY(keep_last_day(m, &b, err));
    add_event(m, "letter", build_ctx(&b));
    return true;
}

/* A letter is issued in the step; its header `send` says by what it goes out besides. */
static bool fulfil_letter(Middle *m, const BpmnNode *node, const BpmnWant *want, Err *err) {
    Value headers = value_get(want->details, "headers");
    Str letter = value_get_str(headers, "letter"), send = value_get_str(headers, "send");
    if (m->out->after.letters > m->letters) return err_set(err, ERR_STATE, "case", "the process asks for two letters in one step");
    if (!letter.n) letter = m->pack->letters[0].id;
    TRY(issue_letter(m, letter, err));
    if (!send.n) return true;
    ValueBuild b = {.a = m->out->a};
    build_c(&b, "letter", value_str(letter));
    build_c(&b, "no", value_int(m->out->after.letters));
    return case_want_effect(m->out, send, node, want, false, build_ctx(&b), err);
}

/* What is done outside becomes an effect; the process waits for it unless its header `wait` is "no". */
static bool fulfil_job(Middle *m, const BpmnNode *node, const BpmnWant *want, bool *done, Err *err) {
    if (!pack_does_job(node->job_type))
        return err_set(err, ERR_STATE, "case", "the process asks for a job of type " STR_FMT ", which this counter does not do", STR_ARG(node->job_type));
    if (str_is(node->job_type, "letter")) return fulfil_letter(m, node, want, err);
    *done = str_is(value_get_str(value_get(want->details, "headers"), "wait"), "no");
    return case_want_effect(m->out, node->job_type, node, want, !*done, value_null(), err);
}

/* Fulfils one want at once, or leaves it to a person. */
static bool fulfil(Middle *m, const BpmnWant *want, BpmnHappening *next, bool *done, Err *err) {
    const BpmnNode *node = bpmn_node(m->pack->process, want->node);
    *done = true;
    *next = (BpmnHappening){.what = BPMN_COMPLETE, .token = want->token};
    switch (want->kind) {
    case BPMN_WANT_DECISION: return fulfil_decision(m, node, &next->variables, err);
    case BPMN_WANT_JOB: return fulfil_job(m, node, want, done, err);
    case BPMN_WANT_TASK:
    case BPMN_WANT_TIMER:
    case BPMN_WANT_MESSAGE: *done = false; return true;
    }
    assert(!"a kind of want");
    return false;
}

/* Due dates and timers may count working days: expressions find the authority's published years as `calendar`. */
static Value calendar_of(const Middle *m) {
    ValueBuild b = {.a = m->out->a};
    build_c(&b, "calendar", value_get(m->pack->authority, "calendars"));
    return build_ctx(&b);
}

/* Runs until all that is wanted needs a person or time. */
static bool advance(Middle *m, BpmnHappening happening, Err *err) {
    BpmnWant open[MAX_STEPS];
    size_t n_open = 0, next_open = 0;
    for (int steps = 0; steps < MAX_STEPS; steps++) {
        BpmnResult result = {0};
        happening.given = calendar_of(m);
        TRY(bpmn_step(m->pack->process, m->process, &happening, m->run, &result, err));
        m->stepped = true;
        m->stopped |= result.incident.n > 0;
        m->process = result.state;
        note_trail(m, result.trail);
        if (n_open + result.n_wants > MAX_STEPS) break;
        for (size_t i = 0; i < result.n_wants; i++) open[n_open++] = result.wants[i];
        bool done = false;
        while (!done && next_open < n_open) TRY(fulfil(m, &open[next_open++], &happening, &done, err));
        if (!done) return turn_states(m, err);
    }
    return err_set(err, ERR_LIMIT, "case", "the process takes more than %d steps without waiting for a person", MAX_STEPS);
}

/* ---- the commands ---- */

static bool create(Middle *m, Err *err) {
    Arena *a = m->out->a;
    const Command *c = m->c;
    TRY(case_complete(m->pack, c->args, m->priors, m->run, &m->typed, &m->out->faults, err));
    if (m->out->faults.n) return true;
    m->is_typed = true;
    Value answers;
    int64_t occurred;
    ValueBuild b = {.a = a};
    TRY(case_plain(a, m->typed, &answers, err));
    m->out->after.id = case_id_make(a, c->now_us, c->seed);
    build_c(&b, "service", value_str(m->pack->id));
    build_c(&b, "pack", value_str(m->pack->hash));
    build_c(&b, "office", value_str(c->who.office));
    build_c(&b, "code", value_str(case_code_make(c->seed + 10, a)));
    build_c(&b, "answers", answers);
    if (m->pack->has_history && pack_history_moment(&m->pack->history, m->typed, &occurred)) build_c(&b, "occurred", value_int(occurred));
    add_event(m, "created", build_ctx(&b));
    TRY(advance(m, (BpmnHappening){.what = BPMN_START, .variables = answers}, err));
    return turn(m, "created", err);
}

static bool check_version(Middle *m, const CaseRecord *before, const char *state, Err *err) {
    if (before->version != m->c->version)
        return err_set(err, ERR_STALE, "case", "the case has changed: it is at version %lld now", (long long)before->version);
    if (state && !str_is(before->state, state))
        return err_set(err, ERR_STATE, "case", "the case is %.*s, not %s", STR_ARG(before->state), state);
    return true;
}

static bool check_reason(Str reason, Err *err) {
    if (reason.n && utf8_count(reason) <= MAX_REASON) return true;
    err_set(err, ERR_INVALID, "case", reason.n ? "the reason is longer than %d characters" : "a reason is needed%.0d", MAX_REASON);
    err_element(err, STR("reason"));
    return false;
}

/* An outcome of the officer's own: known, open to choice, with a reason that people will read. */
static bool check_own(Middle *m, Str *outcome, Str *reason, Err *err) {
    *outcome = value_get_str(m->c->args, "outcome");
    *reason = str_trim(value_get_str(m->c->args, "reason"));
    const PackOutcome *known = pack_outcome(m->pack, *outcome);
    if (!known || !known->departable) {
        err_set(err, ERR_INVALID, "case", known ? "this outcome cannot be chosen by an officer" : "no such outcome");
        err_element(err, STR("outcome"));
        return false;
    }
    return check_reason(*reason, err);
}

static Value decide_so(Middle *m, const char *how, Str outcome, Str reason) {
    Arena *a = m->out->a;
    ValueBuild b = {.a = a};
    build_c(&b, "no", value_int(m->out->after.decisions + 1));
    build_c(&b, "how", value_c(how));
    build_c(&b, "outcome", value_str(outcome));
    build_c(&b, "reason", value_str(reason));
    build_c(&b, "proposed", value_str(m->out->after.proposed));
    build_c(&b, "by_name", value_str(m->c->who.name));
    build_c(&b, "office", value_str(m->c->who.office));
    Value decision = build_ctx(&b);
    add_event(m, "decided", decision);
    return decision;
}

static bool complete_task(Middle *m, Value decision, Err *err) {
    BpmnWant *waits;
    size_t n = bpmn_waits(m->pack->process, m->process, m->out->a, &waits);
    for (size_t i = 0; i < n; i++) {
        if (waits[i].kind != BPMN_WANT_TASK) continue;
        ValueBuild b = {.a = m->out->a};
        build_c(&b, "decision", decision);
        return advance(m, (BpmnHappening){.what = BPMN_COMPLETE, .token = waits[i].token, .variables = build_ctx(&b)}, err);
    }
    return err_set(err, ERR_STATE, "case", "the process does not wait for an officer");
}

static bool adopt(Middle *m, const CaseRecord *before, Err *err) {
    TRY(check_version(m, before, "proposed", err));
    TRY(complete_task(m, decide_so(m, "adopted", before->proposed, STR("")), err));
    return turn(m, "decided", err);
}

static bool depart(Middle *m, const CaseRecord *before, Err *err) {
    Str outcome, reason;
    TRY(check_version(m, before, "proposed", err));
    TRY(check_own(m, &outcome, &reason, err));
    if (str_eq(outcome, before->proposed)) {
        err_set(err, ERR_INVALID, "case", "this is the proposed outcome: adopt it");
        err_element(err, STR("outcome"));
        return false;
    }
    TRY(complete_task(m, decide_so(m, "departed", outcome, reason), err));
    return turn(m, "decided", err);
}

/* A further decision with a reason: the earlier one stays in the record, a new letter goes out. */
static bool correct(Middle *m, const CaseRecord *before, Err *err) {
    Str outcome, reason;
    TRY(check_version(m, before, "decided", err));
    TRY(check_own(m, &outcome, &reason, err));
    decide_so(m, "corrected", outcome, reason);
    return issue_letter(m, m->pack->letters[0].id, err);
}

/* A due timer. Where the law says what follows from silence, that is decided first (Source: all:32). */
static bool fire(Middle *m, Err *err) {
    BpmnWant *waits;
    int64_t token = value_get_int(m->c->args, "token", 0);
    const PackSilence *silence = NULL;
    ValueBuild b = {.a = m->out->a};
    size_t n = bpmn_waits(m->pack->process, m->process, m->out->a, &waits);
    for (size_t i = 0; i < n; i++) {
        if (waits[i].token != token || waits[i].kind != BPMN_WANT_TIMER) continue;
        Str element = bpmn_node(m->pack->process, waits[i].node)->id;
        silence = pack_silence(m->pack, element);
        build_c(&b, "element", value_str(element));
    }
    add_event(m, "timer", build_ctx(&b));
    bool decides = silence && silence->outcome.n > 0;
    if (decides) decide_so(m, "silence", silence->outcome, STR(""));
    TRY(advance(m, (BpmnHappening){.what = BPMN_TIMER, .token = token}, err));
    return !decides || turn(m, "decided", err);
}

/* ---- what came back from outside, and what stood still ---- */

static bool waits_here(Middle *m, int64_t token, Str element) {
    BpmnWant *waits;
    size_t n = bpmn_waits(m->pack->process, m->process, m->out->a, &waits);
    for (size_t i = 0; i < n; i++)
        if (waits[i].kind == BPMN_WANT_JOB && waits[i].token == token) return str_eq(bpmn_node(m->pack->process, waits[i].node)->id, element);
    return false;
}

/* A courier's report. A token that went elsewhere meanwhile is left alone. */
static bool report(Middle *m, Err *err) {
    Arena *a = m->out->a;
    Value args = m->c->args;
    Str how = value_get_str(args, "how"), code = value_get_str(args, "code");
    bool dead = str_is(how, "dead"), refused = str_is(how, "refused"), waits = value_get_bool(args, "waits", false);
    ValueBuild b = {.a = a};
    build_c(&b, "key", value_get(args, "key"));
    if (dead) build_c(&b, "reason", value_get(args, "reason"));
    else if (refused && !waits) build_c(&b, "reason", value_str(str_printf(a, "refused: " STR_FMT, STR_ARG(code))));
    else if (refused) build_c(&b, "error", value_str(code));
    add_event(m, dead || (refused && !waits) ? "effect_dead" : "effect_done", build_ctx(&b));
    int64_t token = value_get_int(args, "token", 0);
    if (dead || !waits || !waits_here(m, token, value_get_str(args, "element"))) return true;
    if (refused) return advance(m, (BpmnHappening){.what = BPMN_ERROR, .token = token, .name = code}, err);
    return advance(m, (BpmnHappening){.what = BPMN_COMPLETE, .token = token, .variables = value_get(args, "variables")}, err);
}

/* What stands still is tried again; the record keeps who wanted it and why. */
static bool again(Middle *m, const CaseRecord *before, Err *err) {
    Value args = m->c->args, variables = value_get(args, "variables");
    Str what = value_get_str(args, "what"), key = value_get_str(args, "key"), reason = str_trim(value_get_str(args, "reason"));
    bool incident = str_is(what, "incident");
    int64_t token = 0;
    TRY(check_version(m, before, NULL, err));
    TRY(check_reason(reason, err));
    if (incident && !str_to_int(key, &token)) return err_set(err, ERR_STATE, "case", "this does not stand still");
    if (!value_is_null(variables) && (!incident || variables.kind != VALUE_CONTEXT)) {
        err_set(err, ERR_INVALID, "case", "only an incident takes variables, as an object");
        err_element(err, STR("variables"));
        return false;
    }
    ValueBuild b = {.a = m->out->a};
    build_c(&b, "what", value_str(what));
    build_c(&b, "key", value_str(key));
    build_c(&b, "reason", value_str(reason));
    build_c(&b, "by_name", value_str(m->c->who.name));
    build_c(&b, "office", value_str(m->c->who.office));
    if (incident) build_c(&b, "variables", variables);
    add_event(m, "retried", build_ctx(&b));
    return !incident || advance(m, (BpmnHappening){.what = BPMN_RETRY, .token = token, .variables = variables}, err);
}

static bool move_clock(Middle *m, const CaseRecord *before, Err *err) {
    TRY(check_version(m, before, NULL, err));
    return case_clock_act(m->pack, m->c, m->out, err);
}

/* Where the case is: the token that waits at the element. Err: ERR_STATE. */
static bool find_token(Middle *m, Str element, int64_t *token, Err *err) {
    BpmnWant *waits;
    size_t n = bpmn_waits(m->pack->process, m->process, m->out->a, &waits);
    for (size_t i = 0; i < n; i++) {
        if (!str_eq(bpmn_node(m->pack->process, waits[i].node)->id, element)) continue;
        *token = waits[i].token;
        return true;
    }
    err_set(err, ERR_STATE, "case", "the case does not wait at this element");
    err_element(err, STR("cancel"));
    return false;
}

/* A supervisor puts the case at another place of its process; the record keeps who and why. */
static bool move(Middle *m, const CaseRecord *before, Err *err) {
    Arena *a = m->out->a;
    Str cancel = value_get_str(m->c->args, "cancel"), reason = str_trim(value_get_str(m->c->args, "reason"));
    BpmnHappening h = {.what = BPMN_MODIFY, .name = value_get_str(m->c->args, "begin")};
    TRY(check_version(m, before, "proposed", err));
    TRY(check_reason(reason, err));
    if (cancel.n) TRY(find_token(m, cancel, &h.token, err));
    ValueBuild b = {.a = a};
    build_c(&b, "cancelled", value_str(cancel));
    build_c(&b, "begun", value_str(h.name));
    build_c(&b, "reason", value_str(reason));
    build_c(&b, "by_name", value_str(m->c->who.name));
    build_c(&b, "office", value_str(m->c->who.office));
    add_event(m, "by_hand", build_ctx(&b));
    TRY(advance(m, h, err));
    bool open = !value_get_bool(m->process, "ended", false);
    return open || err_set(err, ERR_STATE, "case", "the process would end without a decision");
}

static bool act(Middle *m, const CaseRecord *before, Err *err) {
    switch (m->c->what) {
    case CASE_CREATE: return create(m, err);
    case CASE_ADOPT: return adopt(m, before, err);
    case CASE_DEPART: return depart(m, before, err);
    case CASE_CORRECT: return correct(m, before, err);
    case CASE_CLOCK: return move_clock(m, before, err);
    case CASE_TIMER: return fire(m, err);
    case CASE_MOVE: return move(m, before, err);
    case CASE_RETRY: return again(m, before, err);
    case CASE_REPORT: return report(m, err);
    }
    assert(!"a command");
    return false;
}

bool case_decide(const Pack *pack, const CaseRecord *before, int64_t priors, const Command *c, CaseChange *out, Err *err) {
    assert(pack && c && out->a && pack->n_letters > 0 && (before || c->what == CASE_CREATE));
    FeelRun run = case_run(out->a, c->now_us, c->offset);
    Middle m = {.pack = pack, .c = c, .priors = priors, .out = out, .run = &run, .entered = {.a = out->a}, .left = {.a = out->a}, .states = {.a = out->a}};
    out->pack = pack;
    out->now_us = c->now_us;
    if (before) {
        out->after = *before;
        m.letters = before->letters;
        m.process = case_state_whole(pack, before->process, before->answers, out->a);
    }
    Value process_before = m.process;
    TRY(act(&m, before, err));
    add_incidents(&m, process_before);
    add_moved(&m);
    return true;
}
