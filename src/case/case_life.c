/* The life of an application before it is decided, as the law orders it: what the counter has checked, acceptance, one
 * complete notice of what is missing, the answer to it, withdrawal (Source: all:32). Part of the pure middle: it knows the
 * process by the elements accept and supplement and the messages correction-notice and withdrawal, and no service. */
#include "case/middle_in.h"

enum { MAX_ITEMS = 30, MAX_TEXT = 500, MAX_DAYS = 365 };

bool case_is_decision(Str element) { return !str_is(element, "accept") && !str_is(element, "supplement"); }

/* ---- where the process waits ------------------------------------------------------------------------------------ */

static bool waits_at(const Pack *pack, const BpmnWant *want, const char *element) {
    return want->kind == BPMN_WANT_TASK && str_is(bpmn_node(pack->process, want->node)->id, element);
}

static bool waits_for(const BpmnWant *want, const char *message) {
    return want->kind == BPMN_WANT_MESSAGE && str_is(value_get_str(want->details, "name"), message);
}

Value case_acts(const Pack *pack, const CaseRecord *r, Arena *a) {
    BpmnWant *waits;
    bool accept = false, supply = false, notice = false, withdraw = false, decide = false, open = pack && !value_is_null(r->process);
    size_t n = open ? bpmn_waits(pack->process, case_state_whole(pack, r->process, r->answers, a), a, &waits) : 0;
    for (size_t i = 0; i < n; i++) {
        accept |= waits_at(pack, &waits[i], "accept");
        supply |= waits_at(pack, &waits[i], "supplement");
        notice |= waits_for(&waits[i], "correction-notice");
        withdraw |= waits_for(&waits[i], "withdrawal");
        decide |= waits[i].kind == BPMN_WANT_TASK && case_is_decision(bpmn_node(pack->process, waits[i].node)->id);
    }
    ValueBuild b = {.a = a};
    build_c(&b, "check", value_bool(open && (accept || decide) && pack->staff.kind == VALUE_LIST && pack->staff.size > 0));
    build_c(&b, "accept", value_bool(accept));
    build_c(&b, "notice", value_bool(notice));
    build_c(&b, "supply", value_bool(supply));
    build_c(&b, "withdraw", value_bool(withdraw));
    build_c(&b, "decide", value_bool(decide));
    return build_ctx(&b);
}

/* The act may be done now. */
static bool check_act(CaseMiddle *m, const CaseRecord *before, const char *act, const char *otherwise, Err *err) {
    TRY(case_middle_version(m, before, err));
    return value_get_bool(case_acts(m->pack, before, m->out->a), act, false) || err_set(err, ERR_STATE, "case", "%s", otherwise);
}

static int64_t token_at(CaseMiddle *m, const char *element) {
    BpmnWant *waits;
    size_t n = bpmn_waits(m->pack->process, m->process, m->out->a, &waits);
    for (size_t i = 0; i < n; i++)
        if (waits_at(m->pack, &waits[i], element)) return waits[i].token;
    return 0;
}

static int64_t today(const CaseMiddle *m) { return case_day(m->c->now_us, m->c->offset); }

/* ---- answers that change ------------------------------------------------------------------------------------------ */

bool case_is_staff_key(const Pack *pack, Str key) {
    for (uint32_t i = 0; pack->staff.kind == VALUE_LIST && i < pack->staff.size; i++)
        if (str_eq(value_text(pack->staff.u.list[i]), key)) return true;
    return false;
}

typedef enum Whose { ANY, STAFF_ONLY, APPLICANT_ONLY } Whose; /* keys that may change */

static bool check_keys(CaseMiddle *m, Value changes, Whose whose, Err *err) {
    for (uint32_t i = 0; changes.kind == VALUE_CONTEXT && i < changes.size; i++) {
        bool staff = case_is_staff_key(m->pack, changes.u.ctx[i].key);
        if (whose == ANY || staff == (whose == STAFF_ONLY)) continue;
        err_set(err, ERR_INVALID, "case", staff ? "this is for the counter to find out" : "this is the applicant's to say: ask for it by a notice");
        err_element(err, changes.u.ctx[i].key);
        return false;
    }
    return true;
}

/* null takes an answer back. */
static Value with_changes(Value answers, Value changes, Arena *a) {
    ValueBuild b = {.a = a};
    Value change;
    for (uint32_t i = 0; i < answers.size; i++)
        if (!value_find(changes, answers.u.ctx[i].key, &change)) build_entry(&b, answers.u.ctx[i].key, answers.u.ctx[i].value);
    for (uint32_t i = 0; i < changes.size; i++)
        if (!value_is_null(changes.u.ctx[i].value)) build_entry(&b, changes.u.ctx[i].key, changes.u.ctx[i].value);
    return build_ctx(&b);
}

/* Out: complete answers with the changes in them, as JSON; null when nothing changes. False answers are in out->faults. */
static bool changed_answers(CaseMiddle *m, const CaseRecord *before, Value changes, Value *out, Err *err) {
    Arena *a = m->out->a;
    Value complete = value_null();
    *out = value_null();
    if (changes.kind != VALUE_CONTEXT || changes.size == 0) return true;
    Value all = with_changes(before->answers, changes, a);
    TRY(case_complete(m->pack, before->answers, all, -1, m->run, &complete, &m->out->faults, err));
    if (m->out->faults.n > 0) return true;
    TRY(case_plain(a, complete, &complete, err));
    if (!value_same(complete, before->answers)) *out = complete;
    return true;
}

static void put_answers(CaseMiddle *m, Value answers, ValueBuild *b) {
    int64_t occurred;
    if (value_is_null(answers)) return;
    build_c(b, "answers", answers);
    if (m->pack->has_history && pack_history_moment(&m->pack->history, case_typed(m->pack, answers, m->run), &occurred))
        build_c(b, "occurred", value_int(occurred));
}

/* What the counter found out: it changes what is proposed, and moves nothing. */
bool case_life_check(CaseMiddle *m, const CaseRecord *before, Err *err) {
    Value changes = value_get(m->c->args, "answers"), answers;
    TRY(check_act(m, before, "check", "nothing is to be checked in this case now", err));
    TRY(check_keys(m, changes, STAFF_ONLY, err));
    TRY(changed_answers(m, before, changes, &answers, err));
    if (m->out->faults.n > 0) return true;
    if (value_is_null(answers)) return case_middle_refuse(err, ERR_INVALID, "answers", "nothing has changed");
    ValueBuild b = {.a = m->out->a};
    put_answers(m, answers, &b);
    case_middle_who(m, &b);
    case_change_event(m->out, "answered", build_ctx(&b));
    case_middle_answered(m);
    return case_middle_propose(m, err);
}

/* ---- acceptance ---------------------------------------------------------------------------------------------------- */

static Str kind_of(const Pack *pack, Str office) {
    Value offices = value_get(pack->authority, "offices");
    for (uint32_t i = 0; offices.kind == VALUE_LIST && i < offices.size; i++)
        if (str_eq(value_get_str(offices.u.list[i], "id"), office)) return value_get_str(offices.u.list[i], "kind");
    return STR("");
}

/* An office of one of the kinds that the pack lists under `key`; any when it lists none. */
bool case_office_fits(const Pack *pack, const char *key, Str office) {
    Value kinds = value_get(pack->json, key);
    Str kind = kind_of(pack, office);
    for (uint32_t i = 0; kinds.kind == VALUE_LIST && i < kinds.size; i++)
        if (str_eq(value_text(kinds.u.list[i]), kind)) return true;
    return kinds.kind != VALUE_LIST || kinds.size == 0;
}

bool case_decided_at(const Pack *pack, Str office) { return case_office_fits(pack, "decided_by", office); }

/* Accepted, or refused to be accepted with the reason; either way the applicant gets it in writing (Source: all:32). */
bool case_life_accept(CaseMiddle *m, const CaseRecord *before, Err *err) {
    bool accepts = value_get_bool(m->c->args, "accept", false);
    Str reason = str_trim(value_get_str(m->c->args, "reason"));
    TRY(check_act(m, before, "accept", "the case does not wait to be accepted", err));
    if (!case_office_fits(m->pack, "accepted_at", m->c->who.office)) return err_set(err, ERR_DENIED, "case", "this service is not accepted at an office like yours");
    TRY(accepts ? case_fees_hold(m, before, "acceptance", err) : case_middle_reason(reason, err));
    ValueBuild b = {.a = m->out->a}, variables = {.a = m->out->a};
    if (!accepts) build_c(&b, "reason", value_str(reason));
    case_middle_who(m, &b);
    case_change_event(m->out, accepts ? "accepted" : "refused_filing", build_ctx(&b));
    build_c(&variables, "accepted", value_bool(accepts));
    TRY(case_middle_go(m, (BpmnHappening){.what = BPMN_COMPLETE, .token = token_at(m, "accept"), .variables = build_ctx(&variables)}, err));
    return !value_get_bool(m->process, "ended", false) || case_clock_end(today(m), m->out, err);
}

/* ---- one notice ------------------------------------------------------------------------------------------------------ */

static Value entry_of(Value list, Str id) {
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.size; i++)
        if (str_eq(value_get_str(list.u.list[i], "id"), id)) return list.u.list[i];
    return value_null();
}

static bool has_field(const Pack *pack, Str key) {
    for (size_t i = 0; i < paper_fields(pack->form); i++)
        if (str_eq(paper_key(pack->form, i), key)) return true;
    return false;
}

static bool is_fault(const Pack *pack, Str fault) {
    Value words;
    return value_find(value_get(pack->texts_zh, "faults"), fault, &words);
}

/* Names a paper or a field of the service, and says what is wrong with it, by a word of the pack or in writing. */
static bool read_item(CaseMiddle *m, Value item, Value *out, Err *err) {
    Str evidence = value_get_str(item, "evidence"), field = value_get_str(item, "field"), fault = value_get_str(item, "fault");
    Str text = str_trim(value_get_str(item, "text"));
    bool known = evidence.n > 0 ? !value_is_null(entry_of(value_get(m->pack->json, "evidence"), evidence)) : has_field(m->pack, field);
    if (!known || (evidence.n > 0 && field.n > 0)) return case_middle_refuse(err, ERR_INVALID, "items", "each item names one paper or one field of the service");
    if (fault.n > 0 ? !is_fault(m->pack, fault) : text.n == 0)
        return case_middle_refuse(err, ERR_INVALID, "items", "each item says what is wrong: by one of the service's words, or in writing");
    if (utf8_count(text) > MAX_TEXT) return case_middle_refuse(err, ERR_INVALID, "items", "a text of the notice has more than 500 characters");
    ValueBuild b = {.a = m->out->a};
    build_c(&b, evidence.n > 0 ? "evidence" : "field", value_str(evidence.n > 0 ? evidence : field));
    if (fault.n > 0) build_c(&b, "fault", value_str(fault));
    if (text.n > 0) build_c(&b, "text", value_str(text));
    *out = build_ctx(&b);
    return true;
}

static bool read_items(CaseMiddle *m, Value *out, Err *err) {
    Value items = value_get(m->c->args, "items"), item;
    ValueBuild list = {.a = m->out->a};
    if (items.kind != VALUE_LIST || items.size == 0 || items.size > MAX_ITEMS)
        return case_middle_refuse(err, ERR_INVALID, "items", "a notice lists all that is missing: 1 to 30 items");
    for (uint32_t i = 0; i < items.size; i++) {
        TRY(read_item(m, items.u.list[i], &item, err));
        build_item(&list, item);
    }
    *out = build_list(&list);
    return true;
}

/* All that is missing is told once, in writing (Source: all:32). Who wants to tell more later says why. */
bool case_life_notice(CaseMiddle *m, const CaseRecord *before, Err *err) {
    Value items;
    Str reason = str_trim(value_get_str(m->c->args, "reason"));
    int64_t days = value_get_int(m->c->args, "days", 0);
    TRY(check_act(m, before, "notice", "the case does not wait to be accepted: only then can something be asked for", err));
    TRY(read_items(m, &items, err));
    if (days < 1 || days > MAX_DAYS) return case_middle_refuse(err, ERR_INVALID, "days", "the time to answer is 1 to 365 working days");
    if (before->notices > 0) TRY(case_middle_reason(reason, err));
    ValueBuild b = {.a = m->out->a};
    CalendarDue until = calendar_due(&m->pack->calendar, today(m), days, CALENDAR_WORKING);
    build_c(&b, "no", value_int(before->notices + 1));
    build_c(&b, "items", items);
    build_c(&b, "until", value_int(until.day));
    build_c(&b, "provisional", value_bool(until.provisional));
    if (before->notices > 0) build_c(&b, "reason", value_str(reason));
    case_middle_who(m, &b);
    case_change_event(m->out, "notice", build_ctx(&b));
    TRY(case_clock_hold(m->pack, before->notices + 1, today(m), m->out, err));
    return case_middle_go(m, (BpmnHappening){.what = BPMN_MESSAGE, .name = STR("correction-notice")}, err);
}

/* ---- the answer to it -------------------------------------------------------------------------------------------------- */

/* By the applicant, or at the counter for him. The decisions are made anew on the way. */
bool case_life_supply(CaseMiddle *m, const CaseRecord *before, Err *err) {
    Value changes = value_get(m->c->args, "answers"), files = m->c->files, answers;
    Str note = str_trim(value_get_str(m->c->args, "note"));
    TRY(check_act(m, before, "supply", "the case waits for nothing from the applicant", err));
    TRY(check_keys(m, changes, m->c->code.n > 0 ? APPLICANT_ONLY : ANY, err));
    if (utf8_count(note) > CASE_REASON_MAX) return case_middle_refuse(err, ERR_INVALID, "note", "the note has more than 2000 characters");
    TRY(changed_answers(m, before, changes, &answers, err));
    if (m->out->faults.n > 0) return true;
    bool has_files = files.kind == VALUE_LIST && files.size > 0;
    if (value_is_null(answers) && !has_files && note.n == 0) return case_middle_refuse(err, ERR_INVALID, "answers", "nothing was completed");
    ValueBuild b = {.a = m->out->a};
    build_c(&b, "notice", value_int(before->notices));
    put_answers(m, answers, &b);
    if (has_files) build_c(&b, "files", case_upload_kept(files, m->out->a));
    if (note.n > 0) build_c(&b, "note", value_str(note));
    case_middle_who(m, &b);
    case_change_event(m->out, "answered", build_ctx(&b));
    case_middle_answered(m);
    TRY(case_clock_release(m->pack, today(m), m->out, err));
    return case_middle_go(m, (BpmnHappening){.what = BPMN_COMPLETE, .token = token_at(m, "supplement")}, err);
}

/* ---- withdrawal -------------------------------------------------------------------------------------------------------- */

bool case_life_withdraw(CaseMiddle *m, const CaseRecord *before, Err *err) {
    Str reason = str_trim(value_get_str(m->c->args, "reason"));
    TRY(check_act(m, before, "withdraw", "the case cannot be withdrawn any more", err));
    if (m->c->code.n == 0) TRY(case_middle_reason(reason, err)); /* at the counter: how it was asked for */
    if (utf8_count(reason) > CASE_REASON_MAX) return case_middle_refuse(err, ERR_INVALID, "reason", "the reason has more than 2000 characters");
    ValueBuild b = {.a = m->out->a};
    if (reason.n > 0) build_c(&b, "reason", value_str(reason));
    case_middle_who(m, &b);
    case_change_event(m->out, "withdrawn", build_ctx(&b));
    TRY(case_middle_go(m, (BpmnHappening){.what = BPMN_MESSAGE, .name = STR("withdrawal")}, err));
    return !value_get_bool(m->process, "ended", false) || case_clock_end(today(m), m->out, err);
}
