/* Four eyes: where the service says so, what one person decides takes effect once a second one agrees. Until then nothing
 * has happened: no decision, no letter. Whatever changes the case meanwhile ends the waiting. Part of the pure middle. */
#include "case/middle_in.h"

bool case_second_needed(const Pack *pack, Str outcome) {
    Value outcomes = value_get(value_get(pack->json, "four_eyes"), "outcomes");
    bool needed = false;
    for (uint32_t i = 0; outcomes.kind == VALUE_LIST && i < outcomes.size; i++) needed |= str_eq(value_text(outcomes.u.list[i]), outcome);
    return needed;
}

/* Events after which somebody has to decide anew. */
bool case_second_ends(Str kind) {
    static const char *const ends[] = {"answered", "proposed", "notice", "withdrawn", "decided", "by_hand", "migrated", "timer", "second_refused"};
    bool is = false;
    for (size_t i = 0; i < COUNT_OF(ends); i++) is |= str_is(kind, ends[i]);
    return is;
}

bool case_second_ask(CaseMiddle *m, const char *how, Str outcome, Str reason, Err *err) {
    Str reference = str_trim(value_get_str(m->c->args, "external"));
    if (m->out->after.second > 0) return err_set(err, ERR_STATE, "case", "a decision waits for a second person already");
    ValueBuild b = {.a = m->out->a};
    build_c(&b, "how", value_c(how));
    build_c(&b, "outcome", value_str(outcome));
    build_c(&b, "reason", value_str(reason));
    if (reference.n > 0) build_c(&b, "external", value_str(reference));
    build_c(&b, "by", value_str(m->c->who.user));
    case_middle_who(m, &b);
    case_change_event(m->out, "second_asked", build_ctx(&b));
    return true;
}

bool case_second_check(const CaseMiddle *m, const CaseRecord *before, Err *err) {
    TRY(case_middle_version(m, before, err));
    if (before->second == 0) return err_set(err, ERR_STATE, "case", "no decision waits for a second person");
    if (!str_eq(value_get_str(before->asked, "by"), m->c->who.user)) return true;
    return err_set(err, ERR_DENIED, "case", "who decided is not the second person");
}

bool case_second_refuse(CaseMiddle *m, Err *err) {
    Str reason = str_trim(value_get_str(m->c->args, "reason"));
    TRY(case_middle_reason(reason, err));
    ValueBuild b = {.a = m->out->a};
    build_c(&b, "reason", value_str(reason));
    build_c(&b, "by", value_str(m->c->who.user));
    case_middle_who(m, &b);
    case_change_event(m->out, "second_refused", build_ctx(&b));
    return true;
}

/* The first person's wish, as it was said. */
Command case_second_wish(const CaseMiddle *m, const CaseRecord *before) {
    Command first = *m->c;
    first.who.user = value_get_str(before->asked, "by");
    first.who.name = value_get_str(before->asked, "by_name");
    first.who.office = value_get_str(before->asked, "office");
    first.args = before->asked;
    return first;
}

/* ---- the store and what others see ------------------------------------------------------------------------------ */

bool case_second_read(CaseHouse *h, Arena *a, CaseRecord *r, Err *err) {
    StoreEvents events;
    r->asked = value_null();
    if (r->second == 0) return true;
    TRY(store_events(h->store, str_join2(a, STR("case/"), r->id), r->second - 1, 1, a, &events, err));
    return events.n == 0 || json_parse(events.items[0].payload, CASE_JSON, a, &r->asked, err);
}

Value case_second_view(const Pack *pack, const CaseRecord *r, Arena *a) {
    if (value_is_null(r->asked)) return value_null();
    ValueBuild b = {.a = a};
    build_c(&b, "how", value_get(r->asked, "how"));
    build_c(&b, "outcome", case_outcome(pack, value_get_str(r->asked, "outcome"), a));
    build_c(&b, "reason", value_get(r->asked, "reason"));
    build_c(&b, "external", value_get(r->asked, "external"));
    build_c(&b, "by", value_get(r->asked, "by"));
    build_c(&b, "by_name", value_get(r->asked, "by_name"));
    return build_ctx(&b);
}
