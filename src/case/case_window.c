/* What a window adds to a case: who applies for whom and how he was known, which originals were seen, a word to the next
 * desk, and answers that one service of a visit takes over from another. The applicant reads all of it himself. */
#include "case/middle_in.h"

#include <string.h>

enum { MAX_NAME = 100, MAX_NUMBER = 40, MAX_BASIS = 500, MAX_NOTE = 500 };

static Value entry_of(Value list, Str id) {
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.size; i++)
        if (str_eq(value_get_str(list.u.list[i], "id"), id)) return list.u.list[i];
    return value_null();
}

/* ---- who applies ------------------------------------------------------------------------------------------------------ */

static bool one_of(Str s, const char *const *words, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (str_is(s, words[i])) return true;
    return false;
}

static bool read_member(Value agent, const char *name, size_t most, bool needed, ValueBuild *b, Err *err) {
    static const struct { const char *name, *text; } wanted[] = {
        {"name", "the agent's name is needed"}, {"id_number", "the number of the agent's document is needed"}, {"basis", "say on what authority the agent acts"},
    };
    Str s = str_trim(value_get_str(agent, name));
    const char *text = "this is needed";
    for (size_t i = 0; i < COUNT_OF(wanted); i++)
        if (strcmp(wanted[i].name, name) == 0) text = wanted[i].text;
    Str element = str_printf(b->a, "agent.%s", name);
    if (needed && s.n == 0) return case_middle_refuse(err, ERR_INVALID, str_c(b->a, element), text);
    if (utf8_count(s) > most) return case_middle_refuse(err, ERR_INVALID, str_c(b->a, element), "this is too long");
    if (s.n > 0) build_c(b, name, value_str(s));
    return true;
}

/* Whoever is entitled may send somebody else, unless the law wants him in person (Source: all:29). */
static bool read_agent(CaseMiddle *m, Value agent, ValueBuild *created, Err *err) {
    static const char *const kinds[] = {"id-card", "residence-permit", "passport", "other"};
    ValueBuild b = {.a = m->out->a};
    if (value_is_null(agent)) return true;
    if (!value_get_bool(m->pack->json, "agents", true)) return case_middle_refuse(err, ERR_INVALID, "agent", "this service is applied for in person");
    if (agent.kind != VALUE_CONTEXT || !one_of(value_get_str(agent, "id_kind"), kinds, COUNT_OF(kinds)))
        return case_middle_refuse(err, ERR_INVALID, "agent.id_kind", "an agent is known by one of the kinds of documents");
    build_c(&b, "id_kind", value_get(agent, "id_kind"));
    TRY(read_member(agent, "name", MAX_NAME, true, &b, err) && read_member(agent, "id_number", MAX_NUMBER, true, &b, err));
    TRY(read_member(agent, "basis", MAX_BASIS, true, &b, err) && read_member(agent, "paper", MAX_NAME, false, &b, err));
    build_c(created, "agent", build_ctx(&b));
    return true;
}

bool case_window_created(CaseMiddle *m, ValueBuild *created, Err *err) {
    static const char *const ways[] = {"card-seen", "card-read", "checked-online", "known-by-papers"};
    Str identified = m->c->identified;
    if (m->c->what == CASE_APPLY) return true;
    if (identified.n > 0 && !one_of(identified, ways, COUNT_OF(ways))) return case_middle_refuse(err, ERR_INVALID, "identified", "this is no way in which a person is known");
    if (identified.n > 0) build_c(created, "identified", value_str(identified));
    return read_agent(m, m->c->agent, created, err);
}

/* ---- what was seen, and a word to the next desk -------------------------------------------------------------------------- */

/* Originals that lie on the table: all that were seen so far. */
bool case_window_see(CaseMiddle *m, const CaseRecord *before, Err *err) {
    Value seen = value_get(m->c->args, "seen"), evidence = value_get(m->pack->json, "evidence");
    ValueBuild list = {.a = m->out->a}, b = {.a = m->out->a};
    TRY(case_middle_version(m, before, err));
    if (value_is_null(before->process)) return err_set(err, ERR_STATE, "case", "the case has ended");
    if (seen.kind != VALUE_LIST || (evidence.kind == VALUE_LIST && seen.size > evidence.size)) return case_middle_refuse(err, ERR_INVALID, "seen", "what was seen is a list of papers of the service");
    for (uint32_t i = 0; i < seen.size; i++) {
        Value id = seen.u.list[i];
        if (id.kind != VALUE_STRING || value_is_null(entry_of(evidence, value_text(id)))) return case_middle_refuse(err, ERR_INVALID, "seen", "the service knows no such paper");
        build_item(&list, id);
    }
    build_c(&b, "seen", build_list(&list));
    case_middle_who(m, &b);
    case_change_event(m->out, "seen", build_ctx(&b));
    return true;
}

bool case_window_note(CaseMiddle *m, const CaseRecord *before, Err *err) {
    Str text = str_trim(value_get_str(m->c->args, "text"));
    ValueBuild b = {.a = m->out->a};
    TRY(case_middle_version(m, before, err));
    if (text.n == 0 || utf8_count(text) > MAX_NOTE) return case_middle_refuse(err, ERR_INVALID, "text", "a note has 1 to 500 characters");
    build_c(&b, "text", value_str(text));
    case_middle_who(m, &b);
    case_change_event(m->out, "noted", build_ctx(&b));
    return true;
}

/* ---- as a case shows it ----------------------------------------------------------------------------------------------------- */

static Value agent_view(Value agent, Arena *a) {
    if (value_is_null(agent)) return agent;
    return value_with(a, agent, STR("id_number"), value_str(case_mask(value_get_str(agent, "id_number"), a)));
}

Value case_agent(const CaseStory *story, Arena *a) {
    return agent_view(story->events.n > 0 ? value_get(story->payloads[0], "agent") : value_null(), a);
}

void case_window_put(const CaseStory *story, bool staff, ValueBuild *b) {
    Value created = story->events.n > 0 ? story->payloads[0] : value_null(), seen = value_list(NULL, 0);
    ValueBuild notes = {.a = b->a};
    for (size_t i = 0; i < story->events.n; i++) {
        Str kind = story->events.items[i].kind;
        Value payload = story->payloads[i];
        if (str_is(kind, "seen")) seen = value_get(payload, "seen");
        if (!str_is(kind, "noted")) continue;
        ValueBuild note = {.a = b->a};
        build_c(&note, "at_us", value_int(story->events.items[i].at_us));
        build_c(&note, "text", value_get(payload, "text"));
        build_c(&note, "office", value_get(payload, "office"));
        if (staff) build_c(&note, "by", value_get(payload, "by_name"));
        build_item(&notes, build_ctx(&note));
    }
    build_c(b, "agent", case_agent(story, b->a));
    build_c(b, "identified", value_get(created, "identified"));
    build_c(b, "seen", seen);
    build_c(b, "notes", build_list(&notes));
}

/* ---- what one service takes over from another ----------------------------------------------------------------------------------- */

bool case_carry(CaseHouse *h, const AccessWho *who, Str from, Str service, int64_t now_us, Arena *a, Value *out, Err *err) {
    assert(h && who && a && out);
    CaseRecord r;
    const Pack *to = case_pack(h, service);
    StoreBatch *b = store_batch(a);
    ValueBuild carried = {.a = a};
    if (!to) return err_set(err, ERR_NOT_FOUND, "case", "there is no such service");
    TRY(case_read_for(h, who, ACCESS_CASE_READ, from, a, &r, err));
    for (size_t i = 0; i < paper_fields(to->form); i++) {
        Value answer;
        Str key = paper_key(to->form, i);
        if (!case_is_staff_key(to, key) && value_find(r.answers, key, &answer)) build_entry(&carried, key, answer);
    }
    access_line(b, who, r.id, STR("handling"), now_us);
    TRY(store_commit(h->store, b, err));
    *out = build_ctx(&carried);
    return true;
}
