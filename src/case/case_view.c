/* A record leaves the house only here: as a clerk's view, whose access line is written in the same commit,
 * or as the resident's own view by tracking code, which names offices and roles, never staff. */
#include "case/case_in.h"

static const int64_t OPEN_US = 10 * 60 * (int64_t)1000000; /* a colleague's look this long ago still counts as open */

int32_t case_office_offset(const Pack *pack) { return pack ? (int32_t)value_get_int(pack->authority, "timezone_offset", 0) : 0; }

int64_t case_day(int64_t us, int32_t offset) {
    int64_t local = us + offset * (int64_t)1000000, day = (int64_t)86400 * 1000000;
    return local / day - (local % day < 0);
}

Value case_at(Arena *a, const Pack *pack, int64_t us) { return date_from_unix_us(a, us - us % 1000000, case_office_offset(pack)); }

Value case_bilingual(Arena *a, Str zh, Str en) {
    ValueBuild b = {.a = a};
    build_c(&b, "zh", value_str(zh));
    build_c(&b, "en", value_str(en));
    return build_ctx(&b);
}

/* First and last four characters; of a short text the ends only. */
Str case_mask(Str s, Arena *a) {
    size_t count = utf8_count(s), keep = count > 8 ? 4 : 1, i = 0;
    Buf b = {.a = a};
    for (size_t at = 0; at < s.n; i++) {
        size_t from = at;
        utf8_next(s, &at);
        if (i < keep || i + keep >= count) buf_add(&b, str_sub(s, from, at - from));
        else buf_byte(&b, '*');
    }
    return buf_str(&b);
}

Value case_masked(const Pack *pack, Value answers, Arena *a) {
    for (uint32_t i = 0; pack && pack->mask.kind == VALUE_LIST && i < pack->mask.size; i++) {
        Value key = pack->mask.u.list[i], secret;
        if (value_find(answers, value_text(key), &secret) && secret.kind == VALUE_STRING)
            answers = value_with(a, answers, value_text(key), value_str(case_mask(value_text(secret), a)));
    }
    return answers;
}

Value case_outcome(const Pack *pack, Str code, Arena *a) {
    if (!code.n) return value_null();
    const PackOutcome *o = pack ? pack_outcome(pack, code) : NULL;
    ValueBuild b = {.a = a};
    build_c(&b, "code", value_str(code));
    build_c(&b, "zh", value_str(o ? o->zh : code));
    build_c(&b, "en", value_str(o ? o->en : code));
    return build_ctx(&b);
}

/* The explanation of the kept proposal, recomputed with the model that made it. */
static bool explanation(const Pack *pack, const CaseRecord *r, int64_t now_us, Arena *a, Value *out, Err *err) {
    *out = value_null();
    if (!pack || value_is_null(r->proposal)) return true;
    FeelRun run = case_run(a, now_us, 0);
    Value typed = value_with(a, r->proposal, STR("inputs"), case_typed(pack, r->answers, &run));
    return pack_explain(pack, typed, &run, out, err);
}

/* What to bring and to pay, from the answers as they are now; null when the pack tells none. */
static bool guide_of(const Pack *pack, const CaseRecord *r, int64_t now_us, Arena *a, Value *out, Err *err) {
    *out = value_null();
    if (!pack || pack->checklist < 0) return true;
    FeelRun run = case_run(a, now_us, case_office_offset(pack));
    return pack_guide(pack, case_typed(pack, r->answers, &run), &run, out, err);
}

static void common_members(const Pack *pack, const CaseRecord *r, bool staff, ValueBuild *b) {
    build_c(b, "version", value_int(r->version));
    build_c(b, "state", value_str(r->state));
    build_c(b, "open", value_bool(!value_is_null(r->process)));
    build_c(b, "service", value_str(r->service));
    build_c(b, "pack", value_str(r->pack_hash));
    build_c(b, "title", pack ? case_bilingual(b->a, pack->title_zh, pack->title_en) : case_bilingual(b->a, r->service, r->service));
    build_c(b, "sample", value_bool(!pack || str_is(pack->status, "sample")));
    build_c(b, "office", value_str(r->office));
    build_c(b, "tracking_code", value_str(r->code));
    build_c(b, "subject", value_str(r->subject));
    build_c(b, "created_at", case_at(b->a, pack, r->created_us));
    build_c(b, "clocks", case_clock_views(pack, r->office, r->clocks, staff, b->a));
    build_c(b, "updated_at", case_at(b->a, pack, r->updated_us));
    build_c(b, "outcome", case_outcome(pack, r->outcome, b->a));
}

static bool write_line(CaseHouse *h, const AccessWho *who, Str id, Str purpose, int64_t now_us, Arena *a, Err *err) {
    StoreBatch *b = store_batch(a);
    access_line(b, who, id, purpose, now_us);
    return store_commit(h->store, b, err);
}

bool case_view(CaseHouse *h, const AccessWho *who, Str id, Str purpose, int64_t now_us, Arena *a, Value *out, Err *err) {
    assert(purpose.n);
    CaseRecord r;
    CaseStory story;
    AccessLooks looks;
    Value trace, appeal, stuck, guide, fees;
    TRY(case_read_for(h, who, ACCESS_CASE_READ, id, a, &r, err));
    const Pack *pack = case_pack_of(h, &r);
    TRY(case_read_story(h, pack, a, &r, &story, err));
    Value decisions = case_decision_rows(pack, &story, true, a), letters = case_letter_rows(&story, a);
    TRY(explanation(story.proposed_by, &r, now_us, a, &trace, err));
    TRY(case_looks(h, r.id, &story, a, &looks, err));
    TRY(case_stuck_rows(h, pack, &r, now_us, a, &stuck, err));
    TRY(guide_of(pack, &r, now_us, a, &guide, err));
    TRY(case_fees_view(pack, &r, &story, true, now_us, a, &fees, err));
    TRY(case_appeal(pack, &r, &story, decisions, letters, now_us, a, &appeal, err));
    ValueBuild b = {.a = a};
    build_c(&b, "id", value_str(r.id));
    common_members(pack, &r, true, &b);
    build_c(&b, "answers", case_masked(pack, r.answers, a));
    build_c(&b, "proposal", value_is_null(r.proposal) ? r.proposal : value_with(a, r.proposal, STR("inputs"), case_masked(pack, value_get(r.proposal, "inputs"), a)));
    build_c(&b, "proposed", case_outcome(pack, r.proposed, a));
    build_c(&b, "trace", trace);
    build_c(&b, "decisions", decisions);
    build_c(&b, "letters", letters);
    build_c(&b, "appeal", appeal);
    build_c(&b, "stuck", stuck);
    TRY(case_second_read(h, a, &r, err));
    build_c(&b, "second", case_second_view(pack, &r, a));
    build_c(&b, "assignee", case_assignee(h, r.assignee, a));
    build_c(&b, "assignments", case_assign_rows(pack, &story, a));
    build_c(&b, "assignable", value_bool(r.board > CASE_BOARD_ENDED));
    build_c(&b, "may_assign", value_bool(access_may_for(h->store, who, ACCESS_BOARD, r.office, r.service)));
    build_c(&b, "moves", case_move_rows(pack, &story, a));
    case_life_put(pack, &r, &story, true, &b);
    case_window_put(&story, true, &b);
    build_c(&b, "wants_decision", value_bool(value_get_bool(case_acts(pack, &r, a), "decide", false)));
    build_c(&b, "guide", guide);
    build_c(&b, "may_ask_again", value_bool(access_may_for(h->store, who, ACCESS_CASE_MOVE, r.office, r.service)));
    build_c(&b, "others", value_int(case_others(&looks, who->user, now_us - OPEN_US)));
    build_c(&b, "may_decide", value_bool(access_may_for(h->store, who, ACCESS_CASE_DECIDE, r.office, r.service)));
    build_c(&b, "fees", fees);
    build_c(&b, "may_pay", value_bool(access_may_for(h->store, who, ACCESS_CASH, r.office, r.service)));
    build_c(&b, "may_refund", value_bool(access_may_for(h->store, who, ACCESS_BOARD, r.office, r.service)));
    build_c(&b, "may_extend", value_bool(access_may_for(h->store, who, ACCESS_CASE_MOVE, r.office, r.service)));
    /* Last, so that nothing is shown whose line was not written. */
    TRY(write_line(h, who, r.id, purpose, now_us, a, err));
    *out = build_ctx(&b);
    return true;
}

/* Where tokens are, which of them wait, what may begin by hand: per element; all none when the process has ended. */
static bool look_at_process(const Pack *pack, const CaseRecord *r, Arena *a, int **places, bool **waits, bool **begins, Err *err) {
    size_t n = bpmn_nodes(pack->process);
    *places = NEW_ARRAY(a, int, n);
    *waits = NEW_ARRAY(a, bool, n);
    *begins = NEW_ARRAY(a, bool, n);
    if (value_is_null(r->process)) return true;
    Value state = case_state_whole(pack, r->process, r->answers, a);
    BpmnWant *wants;
    size_t n_wants = bpmn_waits(pack->process, state, a, &wants);
    for (size_t i = 0; i < n_wants; i++) (*waits)[wants[i].node] = true;
    return bpmn_places(pack->process, state, a, places, err) && bpmn_may_begin(pack->process, state, a, begins, err);
}

static bool steps_of(const Pack *pack, const CaseRecord *r, Arena *a, Value *out, Err *err) {
    ValueBuild list = {.a = a};
    int *places;
    bool *waits, *begins;
    if (!pack) return err_set(err, ERR_STATE, "case", "the service of this case is not installed");
    TRY(look_at_process(pack, r, a, &places, &waits, &begins, err));
    for (size_t i = 0; i < bpmn_nodes(pack->process); i++) {
        const BpmnNode *node = bpmn_node(pack->process, (int)i);
        if (str_is(node->type, "process")) continue;
        ValueBuild b = {.a = a};
        build_c(&b, "id", value_str(node->id));
        build_c(&b, "name", value_str(node->name));
        build_c(&b, "type", value_str(node->type));
        build_c(&b, "here", value_int(places[i]));
        build_c(&b, "waits", value_bool(waits[i] && places[i] > 0));
        build_c(&b, "begins", value_bool(begins[i]));
        build_item(&list, build_ctx(&b));
    }
    *out = build_list(&list);
    return true;
}

bool case_process(CaseHouse *h, const AccessWho *who, Str id, Str purpose, int64_t now_us, Arena *a, Value *out, Err *err) {
    assert(purpose.n);
    CaseRecord r;
    Value steps;
    TRY(case_read_for(h, who, ACCESS_CASE_READ, id, a, &r, err));
    const Pack *pack = case_pack_of(h, &r);
    TRY(steps_of(pack, &r, a, &steps, err));
    ValueBuild b = {.a = a};
    build_c(&b, "id", value_str(r.id));
    common_members(pack, &r, true, &b);
    build_c(&b, "steps", steps);
    build_c(&b, "may_move", value_bool(!value_is_null(r.process) && access_may_for(h->store, who, ACCESS_CASE_MOVE, r.office, r.service)));
    TRY(write_line(h, who, r.id, purpose, now_us, a, err));
    *out = build_ctx(&b);
    return true;
}

bool case_by_code(CaseHouse *h, Str code, Arena *a, CaseRecord *out, Err *err) {
    int64_t number;
    if (!case_code_number(code, &number)) return err_set(err, ERR_NOT_FOUND, "case", "this is not a tracking code: a symbol is wrong or missing");
    return case_read(h, h->get_by_code, store_int(number), a, out, err);
}

bool case_track(CaseHouse *h, Str code, int64_t now_us, Arena *a, Value *out, Err *err) {
    CaseRecord r;
    CaseStory story;
    AccessLooks looks;
    bool may_rate = false;
    Value trace, appeal, fees;
    TRY(case_by_code(h, code, a, &r, err));
    const Pack *pack = case_pack_of(h, &r);
    TRY(case_read_story(h, pack, a, &r, &story, err));
    Value decisions = case_decision_rows(pack, &story, false, a), letters = case_letter_rows(&story, a);
    TRY(case_looks(h, r.id, &story, a, &looks, err));
    TRY(explanation(story.proposed_by, &r, now_us, a, &trace, err));
    TRY(case_appeal(pack, &r, &story, decisions, letters, now_us, a, &appeal, err));
    TRY(case_may_rate(h, &r, a, &may_rate, err));
    TRY(case_fees_view(pack, &r, &story, false, now_us, a, &fees, err));
    bool decided = r.decisions > 0;
    ValueBuild b = {.a = a};
    common_members(pack, &r, false, &b);
    build_c(&b, "answers", case_masked(pack, r.answers, a));
    build_c(&b, "steps", case_steps(pack, &r, &story, a));
    build_c(&b, "decisions", decisions);
    /* A proposal is not a decision: reasons are told once a person has decided. */
    build_c(&b, "rules", decided ? value_get(r.proposal, "rules") : value_list(NULL, 0));
    build_c(&b, "trace", decided ? trace : value_null());
    build_c(&b, "appeal", decided || case_was_refused(&story) ? appeal : value_null());
    build_c(&b, "letters", letters);
    case_life_put(pack, &r, &story, false, &b);
    case_window_put(&story, false, &b);
    build_c(&b, "channel", value_str(case_channel(&story)));
    build_c(&b, "fees", fees);
    build_c(&b, "may_rate", value_bool(may_rate));
    build_c(&b, "provable", value_bool(pack && value_get(pack->json, "proof").kind == VALUE_LIST));
    build_c(&b, "lookers", case_lookers(pack, &looks, a));
    *out = build_ctx(&b);
    return true;
}

bool case_precheck(CaseHouse *h, Str service, Value answers, int64_t now_us, int32_t offset, Arena *a, Value *out, PaperFaults *faults, Err *err) {
    const Pack *pack = case_pack(h, service);
    if (!pack) return err_set(err, ERR_NOT_FOUND, "case", "no such service");
    FeelRun run = case_run(a, now_us, offset);
    Value complete, trace;
    PackProposal proposal = {0};
    if (pack->questions) return pack_precheck(pack, answers, &run, faults, out, err);
    TRY(case_complete(pack, value_null(), answers, -1, &run, &complete, faults, err));
    if (faults->n) return true;
    TRY(pack_propose(pack, complete, STR(""), &run, &proposal, err));
    Value record = pack_proposal_record(pack, complete, &proposal, a);
    TRY(pack_explain(pack, record, &run, &trace, err));
    ValueBuild b = {.a = a};
    build_c(&b, "outcome", value_str(proposal.outcome));
    build_c(&b, "title", case_outcome(pack, proposal.outcome, a));
    build_c(&b, "rules", value_get(record, "rules"));
    build_c(&b, "inputs", complete);
    build_c(&b, "trace", trace);
    *out = build_ctx(&b);
    return true;
}
