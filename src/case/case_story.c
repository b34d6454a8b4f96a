/* What a case's events tell to those who ask about it: its proposal, its decisions, its letters, and where it has been
 * in the pack's own steps. Reads the stream once; nothing of this is kept anywhere else. */
#include "case/case_in.h"

enum { MAX_EVENTS = 10000 };

/* The record of the proposal; inputs that are the answers and a model that is the version's are not kept twice. */
static Value proposal_of(const Pack *pack, const CaseRecord *r, Value payload, Arena *a) {
    Value record = case_event_fact(payload, a), kept;
    if (!value_find(record, STR("inputs"), &kept)) record = value_with(a, record, STR("inputs"), r->answers);
    if (pack && pack->model && !value_find(record, STR("model"), &kept)) record = value_with(a, record, STR("model"), value_str(dmn_hash(pack->model)));
    return record;
}

static Value dated(const Pack *pack, const StoreEvent *e, Value payload, Arena *a) {
    return value_with(a, case_event_fact(payload, a), STR("at"), case_at(a, pack, e->at_us));
}

bool case_read_story(CaseHouse *h, const Pack *pack, Arena *a, CaseRecord *r, CaseStory *out, Err *err) {
    StoreEvents events;
    ValueBuild decisions = {.a = a}, letters = {.a = a};
    TRY(store_events(h->store, str_join2(a, STR("case/"), r->id), 0, MAX_EVENTS, a, &events, err));
    if (events.n == MAX_EVENTS) return err_set(err, ERR_LIMIT, "case", "the case has more than %d events", MAX_EVENTS - 1);
    CaseStory story = {.events = events, .payloads = NEW_ARRAY(a, Value, events.n + 1)};
    for (size_t i = 0; i < events.n; i++) {
        const StoreEvent *e = &events.items[i];
        Value *payload = &story.payloads[i];
        TRY(json_parse(e->payload, CASE_JSON, a, payload, err));
        if (str_is(e->kind, "proposed")) r->proposal = proposal_of(pack, r, *payload, a);
        if (str_is(e->kind, "decided")) build_item(&decisions, dated(pack, e, *payload, a));
        if (str_is(e->kind, "letter")) build_item(&letters, dated(pack, e, *payload, a));
    }
    story.decided = build_list(&decisions);
    story.sent = build_list(&letters);
    *out = story;
    return true;
}

Value case_decision_rows(const Pack *pack, const CaseStory *story, bool staff, Arena *a) {
    ValueBuild list = {.a = a};
    for (uint32_t i = 0; i < story->decided.size; i++) {
        Value d = story->decided.u.list[i];
        ValueBuild b = {.a = a};
        build_c(&b, "no", value_get(d, "no"));
        build_c(&b, "at", value_get(d, "at"));
        if (staff) build_c(&b, "by", value_get(d, "by_name"));
        build_c(&b, "office", value_get(d, "office"));
        build_c(&b, "how", value_get(d, "how"));
        build_c(&b, "outcome", case_outcome(pack, value_get_str(d, "outcome"), a));
        build_c(&b, "reason", value_get(d, "reason"));
        build_c(&b, "proposal_outcome", case_outcome(pack, value_get_str(d, "proposed"), a));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

Value case_letter_rows(const CaseStory *story, Arena *a) {
    ValueBuild list = {.a = a};
    for (uint32_t i = 0; i < story->sent.size; i++) {
        Value letter = story->sent.u.list[i];
        int64_t day;
        bool told = value_to_int(value_get(letter, "appeal_day"), &day);
        ValueBuild b = {.a = a};
        build_c(&b, "no", value_get(letter, "no"));
        build_c(&b, "letter", value_get(letter, "letter"));
        build_c(&b, "at", value_get(letter, "at"));
        build_c(&b, "decision", value_get(letter, "decision"));
        build_c(&b, "appeal_day", told ? (Value){.kind = VALUE_DATE, .u.i = day} : value_null());
        build_c(&b, "appeal_provisional", value_get(letter, "appeal_provisional"));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

static Str element_name(const Pack *pack, Str id) {
    for (size_t i = 0; i < bpmn_nodes(pack->process); i++) {
        const BpmnNode *node = bpmn_node(pack->process, (int)i);
        if (str_eq(node->id, id)) return node->name.n ? node->name : id;
    }
    return id;
}

Value case_move_rows(const Pack *pack, const CaseStory *story, Arena *a) {
    ValueBuild list = {.a = a};
    for (size_t i = 0; pack && i < story->events.n; i++) {
        Value payload = story->payloads[i];
        if (!str_is(story->events.items[i].kind, "by_hand")) continue;
        ValueBuild b = {.a = a};
        build_c(&b, "at", case_at(a, pack, story->events.items[i].at_us));
        build_c(&b, "by", value_get(payload, "by_name"));
        build_c(&b, "office", value_get(payload, "office"));
        build_c(&b, "from", value_str(element_name(pack, value_get_str(payload, "cancelled"))));
        build_c(&b, "to", value_str(element_name(pack, value_get_str(payload, "begun"))));
        build_c(&b, "reason", value_get(payload, "reason"));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

/* ---- steps --------------------------------------------------------------------------------------------------------- */

typedef struct Step { /* one step of the pack's texts */
    Str id;             /* BPMN id */
    bool here, past;    /* a token is in it; one has been through it */
    int64_t at_us;      /* when it was last entered or left */
} Step;

static Step *find_step(Step *steps, size_t n, Str id) {
    for (size_t i = 0; i < n; i++)
        if (str_eq(steps[i].id, id)) return &steps[i];
    return NULL;
}

static void note(Step *steps, size_t n, Value ids, bool entered, int64_t at_us) {
    for (uint32_t i = 0; ids.kind == VALUE_LIST && i < ids.size; i++) {
        Step *step = ids.u.list[i].kind == VALUE_STRING ? find_step(steps, n, value_text(ids.u.list[i])) : NULL;
        if (!step) continue;
        step->here = entered;
        step->past |= !entered;
        step->at_us = at_us;
    }
}

/* Within one command a token enters before it leaves; what waits now is told by the state. */
static void note_moves(const Pack *pack, const CaseRecord *r, const CaseStory *story, Step *steps, size_t n, Arena *a) {
    BpmnWant *waits;
    for (size_t i = 0; i < story->events.n; i++) {
        Value moved = value_get(story->payloads[i], "moved");
        note(steps, n, value_get(moved, "entered"), true, story->events.items[i].at_us);
        note(steps, n, value_get(moved, "left"), false, story->events.items[i].at_us);
    }
    size_t n_waits = value_is_null(r->process) ? 0 : bpmn_waits(pack->process, case_state_whole(pack, r->process, r->answers, a), a, &waits);
    for (size_t i = 0; i < n_waits; i++) {
        Step *step = find_step(steps, n, bpmn_node(pack->process, waits[i].node)->id);
        if (step) step->here = true;
    }
}

static Value step_value(const Pack *pack, const Step *step, bool ended, Arena *a) {
    Str zh = value_get_str(value_get(pack->texts_zh, "steps"), str_c(a, step->id));
    Str en = value_get_str(value_get(pack->texts_en, "steps"), str_c(a, step->id));
    bool done = step->past || (ended && step->here); /* an end event is entered and never left */
    ValueBuild b = {.a = a};
    build_c(&b, "id", value_str(step->id));
    build_c(&b, "name", case_bilingual(a, zh, en));
    build_c(&b, "state", value_c(step->here && !ended ? "now" : done ? "done" : "ahead"));
    build_c(&b, "at", step->at_us ? case_at(a, pack, step->at_us) : value_null());
    return build_ctx(&b);
}

Value case_steps(const Pack *pack, const CaseRecord *r, const CaseStory *story, Arena *a) {
    Value texts = pack ? value_get(pack->texts_zh, "steps") : value_null();
    size_t n = texts.kind == VALUE_CONTEXT ? texts.size : 0;
    Step *steps = NEW_ARRAY(a, Step, n + 1);
    for (size_t i = 0; i < n; i++) steps[i].id = texts.u.ctx[i].key;
    if (n > 0) note_moves(pack, r, story, steps, n, a);
    ValueBuild list = {.a = a};
    for (size_t i = 0; i < n; i++) build_item(&list, step_value(pack, &steps[i], str_is(r->state, "decided"), a));
    return build_list(&list);
}
