/* What a case's events tell to those who ask about it: its proposal, its decisions, its letters, and where it has been
 * in the pack's own steps. Reads the stream once; nothing of this is kept anywhere else. */
#include "case/case_in.h"

enum { MAX_EVENTS = 10000 };

/* The record of the proposal; inputs that are the answers and a model that is the version's are not kept twice. */
static Value proposal_of(const Pack *pack, Value answers, Value payload, Arena *a) {
    Value record = case_event_fact(payload, a), kept;
    if (!value_find(record, STR("inputs"), &kept)) record = value_with(a, record, STR("inputs"), answers);
    if (pack && pack->model && !value_find(record, STR("model"), &kept)) record = value_with(a, record, STR("model"), value_str(dmn_hash(pack->model)));
    return record;
}

typedef struct Telling { /* a story on its way */
    const CaseHouse *h;    /* its versions */
    const Pack *pack;      /* of the case now */
    const Pack *force;     /* in force at the event */
    CaseRecord *r;         /* whose proposal is set */
    CaseStory *out;        /* what is told */
    Value answers;         /* as they were at the event */
    ValueBuild decisions, letters, notices, files; /* of the story */
} Telling;

/* The version that begins to be in force by an event. */
static const Pack *version_from(const CaseHouse *h, const StoreEvent *e, Value payload) {
    return case_version(h, value_get_str(payload, str_is(e->kind, "migrated") ? "to" : "pack"));
}

CaseMoment case_letter_moment(const CaseHouse *h, const CaseStory *story, int64_t no) {
    CaseMoment moment = {.answers = value_null()};
    for (size_t i = 0; i < story->events.n; i++) {
        const StoreEvent *e = &story->events.items[i];
        Value payload = story->payloads[i], answers = value_get(payload, "answers");
        bool created = str_is(e->kind, "created"), migrated = str_is(e->kind, "migrated");
        if (created || migrated) moment.pack = version_from(h, e, payload);
        if ((created || migrated || str_is(e->kind, "answered")) && answers.kind == VALUE_CONTEXT) moment.answers = answers;
        if (str_is(e->kind, "letter") && value_get_int(payload, "no", 0) == no) break;
    }
    return moment;
}

static bool is_acceptance(const Pack *pack, const StoreEvent *e, Value payload) {
    if (str_is(e->kind, "accepted") || str_is(e->kind, "refused_filing")) return true;
    const PackSilence *silence = pack && str_is(e->kind, "timer") ? pack_silence(pack, value_get_str(payload, "element")) : NULL;
    return silence && silence->outcome.n == 0; /* nobody did in time: accepted by law (Source: all:32) */
}

static void tell_answered(Telling *t, Value payload, Value at) {
    Value answers = value_get(payload, "answers"), files = value_get(payload, "files");
    int64_t notice = value_get_int(payload, "notice", 0);
    if (answers.kind == VALUE_CONTEXT) t->answers = answers;
    for (uint32_t i = 0; files.kind == VALUE_LIST && i < files.size; i++) build_item(&t->files, value_with(t->files.a, files.u.list[i], STR("at"), at));
    for (size_t i = 0; notice > 0 && i < t->notices.n; i++)
        if (value_get_int(t->notices.u.items[i], "no", 0) == notice)
            t->notices.u.items[i] = value_with(t->notices.a, t->notices.u.items[i], STR("answered_at"), at);
}

static void tell(Telling *t, const StoreEvent *e, Value payload, Arena *a) {
    Value at = case_at(a, t->pack, e->at_us), fact = value_with(a, case_event_fact(payload, a), STR("at"), at);
    if (str_is(e->kind, "created") || str_is(e->kind, "migrated")) t->force = version_from(t->h, e, payload);
    if (str_is(e->kind, "created") || str_is(e->kind, "answered") || str_is(e->kind, "migrated")) tell_answered(t, payload, at);
    if (str_is(e->kind, "proposed")) t->r->proposal = proposal_of(t->force, t->answers, payload, a), t->out->proposed_by = t->force;
    if (str_is(e->kind, "decided")) build_item(&t->decisions, fact);
    if (str_is(e->kind, "letter")) build_item(&t->letters, fact);
    if (str_is(e->kind, "notice")) build_item(&t->notices, fact);
    if (str_is(e->kind, "withdrawn")) t->out->withdrawn = fact;
    t->out->payments = case_payments_tell(t->out->payments, e->kind, fact, a);
    if (!is_acceptance(t->pack, e, payload)) return;
    const char *how = str_is(e->kind, "accepted") ? "accepted" : str_is(e->kind, "timer") ? "silence" : "refused";
    t->out->accepted = value_with(a, fact, STR("how"), value_c(how));
}

bool case_read_story(CaseHouse *h, const Pack *pack, Arena *a, CaseRecord *r, CaseStory *out, Err *err) {
    StoreEvents events;
    TRY(store_events(h->store, str_join2(a, STR("case/"), r->id), 0, MAX_EVENTS, a, &events, err));
    if (events.n == MAX_EVENTS) return err_set(err, ERR_LIMIT, "case", "the case has more than %d events", MAX_EVENTS - 1);
    CaseStory story = {.events = events, .payloads = NEW_ARRAY(a, Value, events.n + 1)};
    Telling t = {.h = h, .pack = pack, .r = r, .out = &story, .decisions = {.a = a}, .letters = {.a = a}, .notices = {.a = a}, .files = {.a = a}};
    for (size_t i = 0; i < events.n; i++) {
        TRY(json_parse(events.items[i].payload, CASE_JSON, a, &story.payloads[i], err));
        tell(&t, &events.items[i], story.payloads[i], a);
    }
    story.decided = build_list(&t.decisions);
    story.sent = build_list(&t.letters);
    story.notices = build_list(&t.notices);
    story.files = build_list(&t.files);
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
        if (staff) build_c(&b, "second", value_get(d, "second_name"));
        build_c(&b, "office", value_get(d, "office"));
        build_c(&b, "how", value_get(d, "how"));
        build_c(&b, "outcome", case_outcome(pack, value_get_str(d, "outcome"), a));
        build_c(&b, "reason", value_get(d, "reason"));
        build_c(&b, "external", value_get(d, "external"));
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
        build_c(&b, "notice", value_get(letter, "notice"));
        build_c(&b, "extension", value_get(letter, "extension"));
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
    for (size_t i = 0; i < n; i++) build_item(&list, step_value(pack, &steps[i], value_is_null(r->process), a));
    return build_list(&list);
}
