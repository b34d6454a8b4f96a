/* Who has a case. Nobody needs to have one, and whoever may decide it may act on it then; once somebody has it, others take
 * it over before they act, with a note. Who leads gives it to anybody. It moves nothing of the case itself. */
#include "case/middle_in.h"

enum { MAX_NOTE = 500, AT_ONCE = 500 };

static Str target(const Command *c) { return str_trim(value_get_str(c->args, "to")); }

bool case_assign_whom(CaseHouse *h, const Command *c, Arena *a, AccessWho *whom, Err *err) {
    Err trouble = {0};
    *whom = (AccessWho){0};
    if (target(c).n == 0 || access_person(h->store, target(c), c->now_us, a, whom, &trouble)) return true;
    if (trouble.code == ERR_NOT_FOUND) return case_middle_refuse(err, ERR_INVALID, "to", "there is no such person");
    if (err) *err = trouble;
    return false;
}

bool case_assign_may(CaseHouse *h, const Command *c, const CaseRecord *before, Err *err) {
    bool leads = access_may_for(h->store, &c->who, ACCESS_BOARD, before->office, before->service), takes = str_eq(c->whom.user, c->who.user);
    bool own = str_eq(before->assignee, c->who.user);
    if (c->whom.user.n > 0 && !access_may_for(h->store, &c->whom, ACCESS_CASE_DECIDE, before->office, before->service))
        return case_middle_refuse(err, ERR_INVALID, "to", "this person does not handle cases of that office");
    if (leads || takes || own) return true;
    return err_set(err, ERR_DENIED, "case", "what is not yours is given to others by a supervisor");
}

bool case_assign_left(const Command *c, const CaseRecord *before, Err *err) {
    return str_eq(before->assignee, c->leaver) || err_set(err, ERR_STALE, "case", "somebody else has it by now");
}

/* Acts of those who lead alone, and of who makes or corrects nothing, are theirs whoever has the case. */
static bool is_bound(const CaseMiddle *m, const CaseRecord *before) {
    switch (m->c->what) {
    case CASE_ADOPT:
    case CASE_DEPART:
    case CASE_CORRECT:
    case CASE_CHECK:
    case CASE_ACCEPT: return true;
    case CASE_NOTICE: return before->notices == 0;
    case CASE_CLOCK: return !case_clock_leads(m->c->args);
    case CASE_SUPPLY:
    case CASE_WITHDRAW: return m->c->code.n == 0;
    default: return false;
    }
}

bool case_assign_free(const CaseMiddle *m, const CaseRecord *before, Err *err) {
    if (!before || before->assignee.n == 0 || str_eq(before->assignee, m->c->who.user) || !is_bound(m, before)) return true;
    err_set(err, ERR_STATE, "case", "the case is with " STR_FMT ": take it over first", STR_ARG(before->assignee));
    err_element(err, STR("assignee"));
    return false;
}

/* Why a case leaves somebody is for who had it and who gets it to read. */
static bool check_note(const CaseMiddle *m, const CaseRecord *before, Str note, Err *err) {
    bool had = before->assignee.n > 0, own = str_eq(before->assignee, m->c->who.user), gives = m->c->whom.user.n > 0;
    if (utf8_count(note) > MAX_NOTE) return case_middle_refuse(err, ERR_INVALID, "note", "the note has more than 500 characters");
    if (note.n > 0 || !had || (own && !gives) || m->c->leaver.n > 0) return true;
    return case_middle_refuse(err, ERR_INVALID, "note", "a note is needed: the case goes from one person to another");
}

bool case_assign(CaseMiddle *m, const CaseRecord *before, Err *err) {
    Str note = str_trim(value_get_str(m->c->args, "note"));
    TRY(case_middle_version(m, before, err));
    if (before->board <= CASE_BOARD_ENDED) return err_set(err, ERR_STATE, "case", "the case has ended: nobody has to act on it");
    if (str_eq(before->assignee, m->c->whom.user)) return case_middle_refuse(err, ERR_STATE, "to", "nothing changes: it is so already");
    TRY(check_note(m, before, note, err));
    ValueBuild b = {.a = m->out->a};
    build_c(&b, "to", value_str(m->c->whom.user));
    build_c(&b, "to_name", value_str(m->c->whom.name));
    build_c(&b, "from", value_str(before->assignee));
    if (note.n > 0) build_c(&b, "note", value_str(note));
    if (m->c->leaver.n > 0) build_c(&b, "reason", value_c("disabled"));
    case_middle_who(m, &b);
    case_change_event(m->out, "assigned", build_ctx(&b));
    return true;
}

/* ---- several at once ---------------------------------------------------------------------------------------------- */

void case_assign_all(CaseHouse *h, const Command *c, CaseOrder *orders, size_t n, Arena *a) {
    assert(h && c && c->what == CASE_ASSIGN && c->key.n > 0 && (orders || n == 0));
    for (size_t i = 0; i < n; i++) {
        Command one = *c;
        CaseReply reply;
        one.case_id = orders[i].id;
        one.version = orders[i].version;
        one.key = str_printf(a, STR_FMT "/" STR_FMT, STR_ARG(c->key), STR_ARG(orders[i].id));
        orders[i].done = case_handle(h, &one, a, &reply, &orders[i].trouble);
    }
}

/* One page of what somebody has in an office; those that others change meanwhile stay behind and are found again. */
static bool release_page(CaseHouse *h, const Command *c, Str office, Str login, int64_t *after, size_t *found, int64_t *released, Arena *a, Err *err) {
    StoreRows rows;
    TRY(store_query(h->store, h->of_assignee, (StoreArg[]){store_text(office), store_text(login), store_int(*after), store_int(AT_ONCE)}, 4, a, &rows, err));
    CaseOrder *orders = NEW_ARRAY(a, CaseOrder, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) orders[i] = (CaseOrder){.id = store_id_text(a, rows.cells[2 * i].i), .version = rows.cells[2 * i + 1].i};
    case_assign_all(h, c, orders, rows.n, a);
    for (size_t i = 0; i < rows.n; i++) *released += orders[i].done;
    if (rows.n > 0) *after = rows.cells[2 * (rows.n - 1)].i;
    *found = rows.n;
    return true;
}

bool case_release_all(CaseHouse *h, const AccessWho *who, Str login, Str note, int64_t now_us, int32_t offset, Arena *a, int64_t *released, Err *err) {
    assert(h && who && who->user.n > 0 && login.n > 0);
    AccessWho still;
    Err gone = {0};
    Value offices;
    ValueBuild args = {.a = a};
    if (access_person(h->store, login, now_us, a, &still, &gone)) return err_set(err, ERR_STATE, "case", "this person can still sign in: disable them first");
    if (gone.code != ERR_NOT_FOUND) {
        if (err) *err = gone;
        return false;
    }
    build_c(&args, "to", value_str(STR("")));
    build_c(&args, "note", value_str(note));
    Command c = {.what = CASE_ASSIGN, .who = *who, .leaver = login, .args = build_ctx(&args), .now_us = now_us, .offset = offset,
                 .key = str_printf(a, "release/" STR_FMT "/%lld", STR_ARG(login), (long long)now_us)};
    TRY(access_office_list(h->store, a, &offices, err));
    *released = 0;
    for (uint32_t i = 0; i < offices.size; i++) {
        int64_t after = 0;
        for (size_t found = AT_ONCE; found == AT_ONCE;)
            TRY(release_page(h, &c, value_get_str(offices.u.list[i], "id"), login, &after, &found, released, a, err));
    }
    return true;
}

/* ---- what others see ------------------------------------------------------------------------------------------------ */

Value case_assignee(CaseHouse *h, Str login, Arena *a) {
    AccessWho person;
    Err err = {0};
    if (login.n == 0) return value_null();
    bool known = access_person(h->store, login, 0, a, &person, &err);
    ValueBuild b = {.a = a};
    build_c(&b, "user", value_str(login));
    build_c(&b, "name", value_str(known ? person.name : login));
    return build_ctx(&b);
}

Value case_assign_rows(const Pack *pack, const CaseStory *story, Arena *a) {
    ValueBuild list = {.a = a};
    for (size_t i = 0; i < story->events.n; i++) {
        Value payload = story->payloads[i];
        if (!str_is(story->events.items[i].kind, "assigned")) continue;
        ValueBuild b = {.a = a};
        build_c(&b, "at", case_at(a, pack, story->events.items[i].at_us));
        build_c(&b, "by", value_get(payload, "by_name"));
        build_c(&b, "to", value_get(payload, "to_name"));
        build_c(&b, "note", value_get(payload, "note"));
        build_c(&b, "disabled", value_bool(str_is(value_get_str(payload, "reason"), "disabled")));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}
