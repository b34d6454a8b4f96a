/* The pure middle: a record and a command in, events and the record after out. It runs the pack's process
 * until every token waits for a person, and fulfils on the way what the process wants. The same code serves
 * the counter, a try-out and the tests; it must never see the store, a clock or randomness of its own. */
#include "case/middle_in.h"

#include <string.h>

enum { MAX_STEPS = 64, MAX_REFERENCE = 100 };

/* Whole seconds: an act or an answer is not dated finer than people write. */
FeelRun case_run(Arena *a, int64_t now_us, int32_t offset) {
    return (FeelRun){.arena = a, .fuel = FEEL_FUEL, .now_us = now_us - now_us % 1000000, .offset = offset};
}

/* Holds nothing that JSON would give back otherwise: no time, no cause of a null, no number but a plain whole one. */
static bool is_plain(Value v, int depth) {
    bool plain = depth > 0;
    switch ((ValueKind)v.kind) {
    case VALUE_NULL: return v.u.cause == NULL;
    case VALUE_BOOL:
    case VALUE_STRING: return true;
    case VALUE_NUMBER: return v.flags == 0 && v.scale == 0;
    case VALUE_LIST:
        for (uint32_t i = 0; plain && i < v.size; i++) plain = is_plain(v.u.list[i], depth - 1);
        return plain;
    case VALUE_CONTEXT:
        for (uint32_t i = 0; plain && i < v.size; i++) plain = is_plain(v.u.ctx[i].value, depth - 1);
        return plain;
    default: return false;
    }
}

bool case_plain(Arena *a, Value v, Value *out, Err *err) {
    enum { SHALLOW = 20 };
    if (!is_plain(v, SHALLOW)) return json_parse(json_text(a, v), (JsonLimits){0}, a, out, err);
    *out = v;
    return true;
}

Value case_typed(const Pack *pack, Value answers, FeelRun *run) {
    Value typed = answers;
    PaperFaults faults = {0};
    paper_check(pack->form, answers, answers, run, &typed, &faults);
    return typed;
}

bool case_complete(const Pack *pack, Value given, Value answers, int64_t priors, FeelRun *run, Value *complete, PaperFaults *faults, Err *err) {
    Value clean, full;
    paper_check(pack->form, given, answers, run, &clean, faults);
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

static void add_event(CaseMiddle *m, const char *kind, Value payload) { case_change_event(m->out, kind, payload); }

static void note_entered(CaseMiddle *m, Value element) {
    Str state = pack_state(m->pack, value_text(element));
    build_item(&m->entered, element);
    if (state.n > 0) build_item(&m->states, value_str(state));
}

/* Most steps of most processes never look at them. */
static Value typed(CaseMiddle *m) {
    if (!m->is_typed) m->typed = case_typed(m->pack, m->out->after.answers, m->run);
    m->is_typed = true;
    return m->typed;
}

static bool turn(CaseMiddle *m, const char *moment, Err *err) {
    return m->pack->n_clocks == 0 || case_clock_turn(m->pack, moment, typed(m), m->run, m->out, err);
}

/* Clocks that a state of the case starts or stops. */
static bool turn_states(CaseMiddle *m, Err *err) {
    Arena *a = m->out->a;
    for (size_t i = 0; i < m->states.n; i++)
        TRY(turn(m, str_c(a, value_text(m->states.u.items[i])), err));
    m->states.n = 0;
    return true;
}

/* What the process went through, for the log. */
static void note_trail(CaseMiddle *m, Value trail) {
    for (uint32_t i = 0; trail.kind == VALUE_LIST && i < trail.size; i++) {
        Str what = value_get_str(trail.u.list[i], "what");
        Value element = value_get(trail.u.list[i], "element");
        if (str_is(what, "entered")) note_entered(m, element);
        else if (str_is(what, "left") || str_is(what, "cancelled")) build_item(&m->left, element);
    }
}

/* The last event of a command tells how the process moved by it. */
static void add_moved(CaseMiddle *m) {
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
    case_fold_move(m->pack, moved, &out->after, out->a);
}

static bool same_incidents(const BpmnIncident *x, size_t n_x, const BpmnIncident *y, size_t n_y) {
    bool same = n_x == n_y;
    for (size_t i = 0; same && i < n_x; i++) same = x[i].token == y[i].token && str_eq(x[i].text, y[i].text);
    return same;
}

/* An incident is a state of the case: the step holds, the token stands. All that stand now, when that has changed. */
static void add_incidents(CaseMiddle *m, Value process_before) {
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
        build_c(&one, "code", value_str(are[i].code));
        build_c(&one, "about", value_str(are[i].about));
        build_item(&list, build_ctx(&one));
    }
    build_c(&b, "standing", build_list(&list));
    add_event(m, "incident", build_ctx(&b));
}

/* ---- what a process may want ---- */

/* Inputs that are the answers, and the model that is the version's, are told by the first event. */
static Value without_known(const CaseMiddle *m, Value record) {
    ValueBuild b = {.a = m->out->a};
    for (uint32_t i = 0; i < record.size; i++) {
        ValueEntry e = record.u.ctx[i];
        bool known = str_is(e.key, "inputs") ? value_same(e.value, m->out->after.answers)
                                             : str_is(e.key, "model") && str_eq(value_text(e.value), dmn_hash(m->pack->model));
        if (!known) build_entry(&b, e.key, e.value);
    }
    return build_ctx(&b);
}

static bool fulfil_decision(CaseMiddle *m, const BpmnNode *node, Value *variables, Err *err) {
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

/* The first decision of the process, made anew with answers that have changed. */
bool case_middle_propose(CaseMiddle *m, Err *err) {
    Value variables;
    for (size_t i = 0; i < bpmn_nodes(m->pack->process); i++) {
        const BpmnNode *node = bpmn_node(m->pack->process, (int)i);
        if (!str_is(node->type, "businessRuleTask")) continue;
        TRY(fulfil_decision(m, node, &variables, err));
        return case_middle_go(m, (BpmnHappening){.what = BPMN_SET, .variables = variables}, err);
    }
    return true;
}

/* A letter keeps the last day that it told: a calendar that arrives later must not reword what was sent. */
static bool keep_last_day(CaseMiddle *m, ValueBuild *letter, Err *err) {
    PackProposal proposal = {0};
    bool refuses = m->c->what == CASE_ACCEPT && !value_get_bool(m->c->args, "accept", false);
    TRY(pack_propose(m->pack, typed(m), refuses ? CASE_NOT_ACCEPTED : m->out->after.outcome, m->run, &proposal, err));
    Value concluded = value_get(proposal.values, str_c(m->out->a, value_get_str(m->pack->json, "decision")));
    int64_t days = value_get_int(value_get(concluded, "appeal"), "reconsideration_days", 0);
    if (days < 1 || days > CALENDAR_PERIOD_MAX) return true;
    Value now = date_from_unix_us(m->out->a, m->c->now_us, m->c->offset);
    CalendarDue last = calendar_due(&m->pack->calendar, now.u.time->days, days, CALENDAR_ALL);
    build_c(letter, "appeal_day", value_int(last.day));
    build_c(letter, "appeal_provisional", value_bool(last.provisional));
    return true;
}

/* The applicant is told why it takes longer (Source: all:42). */
static bool grants(const CaseMiddle *m) { return m->c->what == CASE_CLOCK && str_is(value_get_str(m->c->args, "do"), "approve"); }

static bool issue_letter(CaseMiddle *m, Str letter, Err *err) {
    ValueBuild b = {.a = m->out->a};
    build_c(&b, "no", value_int(m->out->after.letters + 1));
    build_c(&b, "letter", value_str(letter));
    build_c(&b, "decision", value_int(m->out->after.decisions));
    if (m->c->what == CASE_NOTICE) build_c(&b, "notice", value_int(m->out->after.notices));
    if (grants(m)) build_c(&b, "extension", case_clock_extension(m->pack, m->out->after.clocks, value_get_str(m->c->args, "clock"), m->out->a));
    TRY(keep_last_day(m, &b, err));
    add_event(m, "letter", build_ctx(&b));
    return true;
}

/* A letter is issued in the step; its header `send` says by what it goes out besides. */
static bool fulfil_letter(CaseMiddle *m, const BpmnNode *node, const BpmnWant *want, Err *err) {
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
static bool fulfil_job(CaseMiddle *m, const BpmnNode *node, const BpmnWant *want, bool *done, Err *err) {
    if (!pack_does_job(node->job_type))
        return err_set(err, ERR_STATE, "case", "the process asks for a job of type " STR_FMT ", which this counter does not do", STR_ARG(node->job_type));
    if (str_is(node->job_type, "letter")) return fulfil_letter(m, node, want, err);
    *done = str_is(value_get_str(value_get(want->details, "headers"), "wait"), "no");
    return case_want_effect(m->out, node->job_type, node, want, !*done, value_null(), err);
}

/* Fulfils one want at once, or leaves it to a person. */
static bool fulfil(CaseMiddle *m, const BpmnWant *want, BpmnHappening *next, bool *done, Err *err) {
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
static Value calendar_of(const CaseMiddle *m) {
    ValueBuild b = {.a = m->out->a};
    build_c(&b, "calendar", value_get(m->pack->authority, "calendars"));
    return build_ctx(&b);
}

/* Runs until all that is wanted needs a person or time. */
bool case_middle_go(CaseMiddle *m, BpmnHappening happening, Err *err) {
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

static bool create(CaseMiddle *m, Err *err) {
    Arena *a = m->out->a;
    const Command *c = m->c;
    TRY(case_complete(m->pack, value_null(), c->args, m->priors, m->run, &m->typed, &m->out->faults, err));
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
    if (c->what == CASE_APPLY) build_c(&b, "channel", value_c("online"));
    TRY(case_window_created(m, &b, err));
    if (c->files.kind == VALUE_LIST && c->files.size > 0) build_c(&b, "files", case_upload_kept(c->files, a));
    add_event(m, "created", build_ctx(&b));
    TRY(case_middle_go(m, (BpmnHappening){.what = BPMN_START, .variables = answers}, err));
    return turn(m, "created", err);
}

bool case_middle_refuse(Err *err, ErrCode code, const char *element, const char *text) {
    err_set(err, code, "case", "%s", text);
    err_element(err, str_of(element));
    return false;
}

bool case_middle_version(const CaseMiddle *m, const CaseRecord *before, Err *err) {
    if (before->version == m->c->version) return true;
    return err_set(err, ERR_STALE, "case", "the case has changed: it is at version %lld now", (long long)before->version);
}

static bool check_open(CaseMiddle *m, const CaseRecord *before, Err *err) {
    TRY(case_middle_version(m, before, err));
    if (!value_is_null(before->process)) return true;
    return err_set(err, ERR_STATE, "case", "the case is " STR_FMT ": its process has ended", STR_ARG(before->state));
}

bool case_middle_reason(Str reason, Err *err) {
    if (reason.n && utf8_count(reason) <= CASE_REASON_MAX) return true;
    err_set(err, ERR_INVALID, "case", reason.n ? "the reason is longer than %d characters" : "a reason is needed%.0d", CASE_REASON_MAX);
    err_element(err, STR("reason"));
    return false;
}

void case_middle_who(const CaseMiddle *m, ValueBuild *b) {
    if (m->c->code.n > 0) {
        build_c(b, "by", value_c("applicant"));
        return;
    }
    build_c(b, "by_name", value_str(m->c->who.name));
    build_c(b, "office", value_str(m->c->who.office));
}

/* Variables of the process that are answers are the new ones: what is kept of it tells those that differ alone. */
void case_middle_answered(CaseMiddle *m) {
    m->is_typed = false;
    m->process = case_state_whole(m->pack, m->out->after.process, m->out->after.answers, m->out->a);
}

/* An outcome of the officer's own: known, open to choice, with a reason that people will read. */
static bool check_own(CaseMiddle *m, Str *outcome, Str *reason, Err *err) {
    *outcome = value_get_str(m->c->args, "outcome");
    *reason = str_trim(value_get_str(m->c->args, "reason"));
    const PackOutcome *known = pack_outcome(m->pack, *outcome);
    if (!known || !known->departable) {
        err_set(err, ERR_INVALID, "case", known ? "this outcome cannot be chosen by an officer" : "no such outcome");
        err_element(err, STR("outcome"));
        return false;
    }
    return case_middle_reason(*reason, err);
}

/* The document itself is issued in another system: its reference there, where the decision needs one. */
static bool check_external(CaseMiddle *m, Str outcome, Err *err) {
    Value external = value_get(m->pack->json, "external"), outcomes = value_get(external, "outcomes");
    Str reference = str_trim(value_get_str(m->c->args, "external"));
    bool needed = false;
    for (uint32_t i = 0; value_get_bool(external, "required", false) && outcomes.kind == VALUE_LIST && i < outcomes.size; i++)
        needed |= str_eq(value_text(outcomes.u.list[i]), outcome);
    if (reference.n > 0 && external.kind != VALUE_CONTEXT) return case_middle_refuse(err, ERR_INVALID, "external", "this service has no reference in another system");
    if (utf8_count(reference) > MAX_REFERENCE) return case_middle_refuse(err, ERR_INVALID, "external", "the reference has more than 100 characters");
    return !needed || reference.n > 0 || case_middle_refuse(err, ERR_INVALID, "external", "the reference in the system that issues the document is needed");
}

/* Where it is handed in and where it is decided may be two offices. */
static bool check_office(CaseMiddle *m, Err *err) {
    if (case_office_fits(m->pack, "decided_by", m->c->who.office)) return true;
    return err_set(err, ERR_DENIED, "case", "this service is not decided at an office like yours");
}

/* A decision: an outcome that may stand as one, at an office that may make it, with its reference outside. */
static bool may_stand(CaseMiddle *m, Str outcome, Err *err) {
    const PackOutcome *known = pack_outcome(m->pack, outcome);
    if (!known || !known->departable)
        return case_middle_refuse(err, ERR_STATE, "outcome", "this proposal is no decision: something is to be checked or decided first");
    return check_office(m, err) && check_external(m, outcome, err);
}

static Value decide_so(CaseMiddle *m, const char *how, Str outcome, Str reason) {
    Arena *a = m->out->a;
    Str reference = str_trim(value_get_str(m->c->args, "external"));
    ValueBuild b = {.a = a};
    build_c(&b, "no", value_int(m->out->after.decisions + 1));
    build_c(&b, "how", value_c(how));
    build_c(&b, "outcome", value_str(outcome));
    build_c(&b, "reason", value_str(reason));
    build_c(&b, "proposed", value_str(m->out->after.proposed));
    build_c(&b, "by_name", value_str(m->c->who.name));
    build_c(&b, "office", value_str(m->c->who.office));
    if (reference.n > 0) build_c(&b, "external", value_str(reference));
    if (m->second) build_c(&b, "second", value_str(m->second->user));
    if (m->second) build_c(&b, "second_name", value_str(m->second->name));
    Value decision = build_ctx(&b);
    add_event(m, "decided", decision);
    return decision;
}

/* The task that a decision completes: any but those that accept and complete an application. */
static bool find_decision(CaseMiddle *m, int64_t *token, Err *err) {
    BpmnWant *waits;
    size_t n = bpmn_waits(m->pack->process, m->process, m->out->a, &waits);
    for (size_t i = 0; i < n; i++) {
        if (waits[i].kind != BPMN_WANT_TASK || !case_is_decision(bpmn_node(m->pack->process, waits[i].node)->id)) continue;
        *token = waits[i].token;
        return true;
    }
    return err_set(err, ERR_STATE, "case", "the process does not wait for a decision");
}

/* Where the service says so, a second person agrees first. */
static bool waits_for_second(const CaseMiddle *m, Str outcome) { return !m->second && case_second_needed(m->pack, outcome); }

static bool decide_and_go(CaseMiddle *m, const char *how, Str outcome, Str reason, Err *err) {
    int64_t token = 0;
    TRY(find_decision(m, &token, err));
    TRY(may_stand(m, outcome, err));
    if (waits_for_second(m, outcome)) return case_second_ask(m, how, outcome, reason, err);
    ValueBuild b = {.a = m->out->a};
    build_c(&b, "decision", decide_so(m, how, outcome, reason));
    TRY(case_middle_go(m, (BpmnHappening){.what = BPMN_COMPLETE, .token = token, .variables = build_ctx(&b)}, err));
    return turn(m, "decided", err);
}

static bool adopt(CaseMiddle *m, const CaseRecord *before, Err *err) {
    TRY(check_open(m, before, err) && case_fees_hold(m, before, "decision", err));
    return decide_and_go(m, "adopted", before->proposed, STR(""), err);
}

static bool depart(CaseMiddle *m, const CaseRecord *before, Err *err) {
    Str outcome, reason;
    TRY(check_open(m, before, err) && case_fees_hold(m, before, "decision", err));
    TRY(check_own(m, &outcome, &reason, err));
    if (str_eq(outcome, before->proposed)) return case_middle_refuse(err, ERR_INVALID, "outcome", "this is the proposed outcome: adopt it");
    return decide_and_go(m, "departed", outcome, reason, err);
}

/* A further decision with a reason: the earlier one stays in the record, a new letter goes out. */
static bool correct(CaseMiddle *m, const CaseRecord *before, Err *err) {
    Str outcome, reason;
    TRY(case_middle_version(m, before, err));
    if (!value_is_null(before->process) || before->decisions == 0)
        return err_set(err, ERR_STATE, "case", "the case is " STR_FMT ": there is no decision to correct", STR_ARG(before->state));
    TRY(check_own(m, &outcome, &reason, err));
    TRY(may_stand(m, outcome, err));
    if (waits_for_second(m, outcome)) return case_second_ask(m, "corrected", outcome, reason, err);
    decide_so(m, "corrected", outcome, reason);
    return issue_letter(m, m->pack->letters[0].id, err);
}

/* The second person agrees: the first one's decision is made, as it was said. */
static bool second(CaseMiddle *m, const CaseRecord *before, Err *err) {
    TRY(case_second_check(m, before, err));
    if (!value_get_bool(m->c->args, "agree", false)) return case_second_refuse(m, err);
    const Command *own = m->c;
    Command first = case_second_wish(m, before);
    m->c = &first;
    m->second = &own->who;
    Str how = value_get_str(before->asked, "how");
    bool ok = str_is(how, "corrected") ? correct(m, before, err) : str_is(how, "departed") ? depart(m, before, err) : adopt(m, before, err);
    m->c = own;
    return ok;
}

/* A due timer. Where the law says what follows from silence, that is decided first (Source: all:32). */
static bool fire(CaseMiddle *m, Err *err) {
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
    TRY(case_middle_go(m, (BpmnHappening){.what = BPMN_TIMER, .token = token}, err));
    return !decides || turn(m, "decided", err);
}

/* ---- what came back from outside, and what stood still ---- */

static bool waits_here(CaseMiddle *m, int64_t token, Str element) {
    BpmnWant *waits;
    size_t n = bpmn_waits(m->pack->process, m->process, m->out->a, &waits);
    for (size_t i = 0; i < n; i++)
        if (waits[i].kind == BPMN_WANT_JOB && waits[i].token == token) return str_eq(bpmn_node(m->pack->process, waits[i].node)->id, element);
    return false;
}

/* A courier's report. A token that went elsewhere meanwhile is left alone. */
static bool report(CaseMiddle *m, const CaseRecord *before, Err *err) {
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
    int64_t token = value_get_int(args, "token", 0), payment = value_get_int(args, "payment", 0);
    if (payment > 0) case_pay_report(m, before, payment, dead || refused);
    if (dead || !waits || !waits_here(m, token, value_get_str(args, "element"))) return true;
    if (refused) return case_middle_go(m, (BpmnHappening){.what = BPMN_ERROR, .token = token, .name = code}, err);
    return case_middle_go(m, (BpmnHappening){.what = BPMN_COMPLETE, .token = token, .variables = value_get(args, "variables")}, err);
}

/* What stands still is tried again; the record keeps who wanted it and why. */
static bool again(CaseMiddle *m, const CaseRecord *before, Err *err) {
    Value args = m->c->args, variables = value_get(args, "variables");
    Str what = value_get_str(args, "what"), key = value_get_str(args, "key"), reason = str_trim(value_get_str(args, "reason"));
    bool incident = str_is(what, "incident");
    int64_t token = 0;
    TRY(case_middle_version(m, before, err));
    TRY(case_middle_reason(reason, err));
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
    return !incident || case_middle_go(m, (BpmnHappening){.what = BPMN_RETRY, .token = token, .variables = variables}, err);
}

static bool move_clock(CaseMiddle *m, const CaseRecord *before, Err *err) {
    const PackClock *clock = pack_clock(m->pack, value_get_str(m->c->args, "clock"));
    TRY(case_middle_version(m, before, err));
    TRY(case_clock_act(m->pack, m->c, m->out, err));
    return !grants(m) || !clock->letter.n || issue_letter(m, clock->letter, err);
}

/* Where the case is: the token that waits at the element. Err: ERR_STATE. */
static bool find_token(CaseMiddle *m, Str element, int64_t *token, Err *err) {
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
static bool move(CaseMiddle *m, const CaseRecord *before, Err *err) {
    Arena *a = m->out->a;
    Str cancel = value_get_str(m->c->args, "cancel"), reason = str_trim(value_get_str(m->c->args, "reason"));
    BpmnHappening h = {.what = BPMN_MODIFY, .name = value_get_str(m->c->args, "begin")};
    TRY(check_open(m, before, err));
    TRY(case_middle_reason(reason, err));
    if (cancel.n) TRY(find_token(m, cancel, &h.token, err));
    ValueBuild b = {.a = a};
    build_c(&b, "cancelled", value_str(cancel));
    build_c(&b, "begun", value_str(h.name));
    build_c(&b, "reason", value_str(reason));
    build_c(&b, "by_name", value_str(m->c->who.name));
    build_c(&b, "office", value_str(m->c->who.office));
    add_event(m, "by_hand", build_ctx(&b));
    TRY(case_middle_go(m, h, err));
    bool open = !value_get_bool(m->process, "ended", false);
    return open || err_set(err, ERR_STATE, "case", "the process would end without a decision");
}

static bool act(CaseMiddle *m, const CaseRecord *before, Err *err) {
    TRY(case_assign_free(m, before, err));
    switch (m->c->what) {
    case CASE_CREATE:
    case CASE_APPLY: return create(m, err);
    case CASE_ADOPT: return adopt(m, before, err);
    case CASE_DEPART: return depart(m, before, err);
    case CASE_CORRECT: return correct(m, before, err);
    case CASE_CLOCK: return move_clock(m, before, err);
    case CASE_TIMER: return fire(m, err);
    case CASE_MOVE: return move(m, before, err);
    case CASE_RETRY: return again(m, before, err);
    case CASE_REPORT: return report(m, before, err);
    case CASE_CHECK: return case_life_check(m, before, err);
    case CASE_ACCEPT: return case_life_accept(m, before, err);
    case CASE_NOTICE: return case_life_notice(m, before, err);
    case CASE_SUPPLY: return case_life_supply(m, before, err);
    case CASE_WITHDRAW: return case_life_withdraw(m, before, err);
    case CASE_SEE: return case_window_see(m, before, err);
    case CASE_NOTE: return case_window_note(m, before, err);
    case CASE_PAY: return case_pay(m, before, err);
    case CASE_REFUND: return case_refund(m, before, err);
    case CASE_ASSIGN: return case_assign(m, before, err);
    case CASE_SECOND: return second(m, before, err);
    }
    assert(!"a command");
    return false;
}

bool case_decide(const Pack *pack, const CaseRecord *before, int64_t priors, const Command *c, CaseChange *out, Err *err) {
    assert(pack && c && out->a && pack->n_letters > 0 && (before || c->what == CASE_CREATE || c->what == CASE_APPLY));
    FeelRun run = case_run(out->a, c->now_us, c->offset);
    CaseMiddle m = {.pack = pack, .c = c, .priors = priors, .out = out, .run = &run, .entered = {.a = out->a}, .left = {.a = out->a}, .states = {.a = out->a}};
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
