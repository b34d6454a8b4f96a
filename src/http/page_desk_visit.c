/* page_desk_visit: what lies on the desk: the services of the visit as tabs, the one in hand with its checklist, what the
 * counter finds out, its clocks and its fee; and the form of a further service, with what the visit has told already. */
#include "http/page_desk.h"

#include <inttypes.h>
#include <string.h>

/* ---- tabs ------------------------------------------------------------------------------------------------------------- */

static Value tab(HttpDesk *d, Str id, size_t n, Err *err) {
    const Pack *pack = NULL;
    HttpPage *p = &d->p;
    if (!case_pack_for(p->r->site->house, &p->r->who, id, p->a, &pack, err)) return value_null();
    ValueBuild b = {.a = p->a};
    build_c(&b, "title", value_str(http_word_pick(p, value_get(pack->json, "title"))));
    build_c(&b, "href", value_str(str_printf(p->a, "/staff/desk/" STR_FMT "?case=" STR_FMT, STR_ARG(d->ticket_id), STR_ARG(id))));
    build_c(&b, "tab_on", value_bool(str_eq(id, d->case_id)));
    build_c(&b, "n", value_int((int64_t)n));
    return build_ctx(&b);
}

static bool in_visit(Value cases, Str id) {
    for (uint32_t i = 0; cases.kind == VALUE_LIST && i < cases.size; i++)
        if (str_eq(value_text(cases.u.list[i]), id)) return true;
    return false;
}

static bool put_tabs(HttpDesk *d, Value cases, Err *err) {
    ValueBuild list = {.a = d->p.a};
    for (uint32_t i = 0; cases.kind == VALUE_LIST && i < cases.size; i++) {
        Value one = tab(d, value_text(cases.u.list[i]), i + 1, err);
        if (value_is_null(one)) return false;
        build_item(&list, one);
    }
    http_page_put(&d->p, "tabs", build_list(&list));
    http_page_put(&d->p, "has_tabs", value_bool(list.n > 0));
    return true;
}

/* ---- a further service ---------------------------------------------------------------------------------------------------- */

static void add_service(HttpDesk *d, Str id, ValueBuild *list) {
    const Pack *pack = case_pack(d->p.r->site->house, id);
    if (!pack) return;
    ValueBuild b = {.a = d->p.a};
    build_c(&b, "title", value_str(http_word_pick(&d->p, value_get(pack->json, "title"))));
    build_c(&b, "href", value_str(str_printf(d->p.a, "/staff/desk/" STR_FMT "?service=" STR_FMT, STR_ARG(d->ticket_id), STR_ARG(id))));
    build_item(list, build_ctx(&b));
}

static bool lists(Value list, Str id) {
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.size; i++)
        if (list.u.list[i].kind == VALUE_STRING && str_eq(value_text(list.u.list[i]), id)) return true;
    return false;
}

/* First what was asked for at the kiosk, then what the queue is for, then all others. */
static void put_services(HttpDesk *d) {
    Value queues = value_get(d->hall, "queues"), wished = value_get(d->ticket, "services"), queue = value_null();
    ValueBuild first = {.a = d->p.a}, rest = {.a = d->p.a};
    for (uint32_t i = 0; queues.kind == VALUE_LIST && i < queues.size; i++)
        if (str_eq(value_get_str(queues.u.list[i], "id"), value_get_str(d->ticket, "queue"))) queue = value_get(queues.u.list[i], "services");
    for (uint32_t i = 0; wished.kind == VALUE_LIST && i < wished.size; i++) add_service(d, value_text(wished.u.list[i]), &first);
    for (uint32_t i = 0; queue.kind == VALUE_LIST && i < queue.size; i++)
        if (!lists(wished, value_text(queue.u.list[i]))) add_service(d, value_text(queue.u.list[i]), &first);
    for (size_t i = 0; i < case_pack_count(d->p.r->site->house); i++) {
        Str id = case_pack_at(d->p.r->site->house, i)->id;
        if (!lists(wished, id) && !lists(queue, id)) add_service(d, id, &rest);
    }
    http_page_put(&d->p, "adding", value_bool(true));
    http_page_put(&d->p, "likely", build_list(&first));
    http_page_put(&d->p, "others", build_list(&rest));
}

/* Answers of the visit's last case that this form asks too. */
static bool carried(HttpDesk *d, Value *out, Err *err) {
    Value cases = value_get(d->ticket, "cases");
    *out = value_ctx(NULL, 0);
    if (cases.kind != VALUE_LIST || cases.size == 0) return true;
    HttpRequest *r = d->p.r;
    TRY(case_carry(r->site->house, &r->who, value_text(cases.u.list[cases.size - 1]), d->service, r->now_us, r->a, out, err));
    if (out->size > 0) http_page_str(&d->p, "carried", http_page_say(&d->p, "desk.carried", "n", str_printf(r->a, "%" PRIu32, out->size), NULL));
    return true;
}

static void put_agent(HttpDesk *d, const Pack *pack, const char *error) {
    static const char *const names[] = {"name", "id_number", "basis", "paper"};
    static const char *const kinds[] = {"id-card", "residence-permit", "passport", "other"};
    static const char *const ways[] = {"card-seen", "card-read", "checked-online", "known-by-papers"};
    HttpPage *p = &d->p;
    ValueBuild b = {.a = p->a}, list = {.a = p->a}, known = {.a = p->a};
    for (size_t i = 0; i < COUNT_OF(names); i++) build_c(&b, names[i], value_str(http_field(p->r, str_c(p->a, str_printf(p->a, "agent:%s", names[i])))));
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        ValueBuild one = {.a = p->a}, way = {.a = p->a};
        build_c(&one, "code", value_c(kinds[i]));
        build_c(&one, "label", value_str(http_word(value_get(p->t, "desk"), "id_kind", str_of(kinds[i]), str_of(kinds[i]))));
        build_c(&one, "selected", value_bool(str_is(http_field(p->r, "agent:id_kind"), kinds[i])));
        build_item(&list, build_ctx(&one));
        build_c(&way, "code", value_c(ways[i]));
        build_c(&way, "label", value_str(http_word(value_get(p->t, "desk"), "known", str_of(ways[i]), str_of(ways[i]))));
        build_c(&way, "selected", value_bool(str_is(http_field(p->r, "identified"), ways[i])));
        build_item(&known, build_ctx(&way));
    }
    build_c(&b, "kinds", build_list(&list));
    build_c(&b, "agent_error", value_str(error ? http_page_text(p, error) : STR("")));
    build_c(&b, "agent_open", value_bool(error || http_field(p->r, "agent:name").n > 0));
    http_page_put(p, "known", build_list(&known));
    http_page_put(p, "agent_form", value_get_bool(pack->json, "agents", true) ? build_ctx(&b) : value_null());
}

bool http_desk_form_put(HttpDesk *d, Value answers, const PaperFaults *faults, const char *agent_error, Err *err) {
    HttpPage *p = &d->p;
    const Pack *pack = case_pack(p->r->site->house, d->service);
    if (!pack) return err_set(err, ERR_NOT_FOUND, "http", "There is no such service.");
    Str action = str_printf(p->a, "/staff/desk/" STR_FMT "/services/" STR_FMT, STR_ARG(d->ticket_id), STR_ARG(pack->id));
    HttpForm form = {.pack = pack, .form = pack->form, .answers = answers, .faults = faults, .action = action};
    TRY(put_tabs(d, value_get(d->ticket, "cases"), err));
    http_page_put(p, "registering", value_bool(true));
    http_page_str(p, "form_action", action);
    http_page_str(p, "service_title", http_word_pick(p, value_get(pack->json, "title")));
    http_page_str(p, "choose", http_page_text(p, "precheck.choose"));
    http_page_put(p, "groups", http_form_groups(p, &form));
    put_agent(d, pack, agent_error);
    if (!faults) return true;
    Str n = str_printf(p->a, "%zu", faults->n);
    http_page_errors(p, http_page_say(p, "new.error_head", "n", n, NULL), http_form_errors(p, pack, faults));
    return true;
}

/* ---- the case in hand ------------------------------------------------------------------------------------------------------- */

static Str money(const HttpPage *p, int64_t fen) {
    int64_t n = fen < 0 ? -fen : fen;
    return http_page_say(p, "guide.yuan", "n", str_printf(p->a, "%s%" PRId64 ".%02" PRId64, fen < 0 ? "−" : "", n / 100, n % 100), NULL);
}

static void put_fee_items(HttpPage *p, Value fees) {
    Value items = value_get(fees, "items");
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; items.kind == VALUE_LIST && i < items.size; i++) {
        int64_t fen = value_get_int(items.u.list[i], "fen", -1);
        ValueBuild b = {.a = p->a};
        build_c(&b, "name", value_str(http_word_pick(p, value_get(items.u.list[i], "name"))));
        build_c(&b, "amount", value_str(fen < 0 ? http_page_text(p, "guide.unknown") : money(p, fen)));
        build_c(&b, "unverified", value_bool(value_get_str(items.u.list[i], "checked_by").n == 0));
        build_item(&list, build_ctx(&b));
    }
    http_page_put(p, "fee_items", build_list(&list));
    http_page_put(p, "no_fee", value_bool(list.n == 0));
}

static void put_payments(HttpPage *p, Value fees, Str self) {
    Value payments = value_get(fees, "payments");
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; payments.kind == VALUE_LIST && i < payments.size; i++) {
        Value one = payments.u.list[i];
        bool back = !value_is_null(value_get(one, "refund"));
        ValueBuild b = {.a = p->a};
        build_c(&b, "amount", value_str(money(p, value_get_int(one, "fen", 0))));
        build_c(&b, "method", value_str(http_word(value_get(p->t, "fees"), "method", value_get_str(one, "method"), STR(""))));
        build_c(&b, "pay_state", value_str(back ? http_page_text(p, "fees.refunded") : http_word(value_get(p->t, "fees"), "state", value_get_str(one, "state"), STR(""))));
        build_c(&b, "receipt", value_get(one, "receipt"));
        build_c(&b, "href", value_str(str_printf(p->a, STR_FMT "/receipts/%" PRId64, STR_ARG(self), value_get_int(one, "no", 0))));
        build_item(&list, build_ctx(&b));
    }
    http_page_put(p, "payments", build_list(&list));
}

static void put_fees(HttpPage *p, Value view, Str self) {
    static const char *const methods[] = {"cash", "card", "qr"};
    Value fees = value_get(view, "fees");
    int64_t due = value_get_int(fees, "due", -1);
    ValueBuild list = {.a = p->a};
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        ValueBuild b = {.a = p->a};
        build_c(&b, "code", value_c(methods[i]));
        build_c(&b, "label", value_str(http_word(value_get(p->t, "fees"), "method", str_of(methods[i]), STR(""))));
        build_c(&b, "selected", value_bool(i == 0));
        build_item(&list, build_ctx(&b));
    }
    put_fee_items(p, fees);
    put_payments(p, fees, self);
    http_page_put(p, "methods", build_list(&list));
    http_page_put(p, "fen", value_int(due));
    http_page_str(p, "due_text", due > 0 ? http_page_say(p, "fees.due", "amount", money(p, due), NULL) : STR(""));
    http_page_put(p, "may_pay", value_bool(due > 0 && value_get_bool(view, "may_pay", false)));
}

/* Who does what: where it is accepted, decided, issued. */
static Str who_does(const HttpPage *p, const Pack *pack, Value view) {
    Value external = value_get(value_get(pack->json, "external"), "system");
    bool here = value_get_bool(view, "may_decide", false) && case_decided_at(pack, p->r->who.office);
    Str who = http_page_text(p, here ? "desk.here" : "desk.elsewhere");
    if (value_is_null(external)) return who;
    return str_join2(p->a, who, http_page_say(p, "desk.issues", "system", http_word_pick(p, external), NULL));
}

static void put_notes(HttpPage *p, Value notes) {
    ValueBuild list = {.a = p->a};
    for (uint32_t i = notes.size; i-- > 0;) {
        Value note = notes.u.list[i];
        ValueBuild b = {.a = p->a};
        build_c(&b, "text", value_get(note, "text"));
        build_c(&b, "tag", value_str(http_word_tag(p, value_get_str(note, "text"))));
        build_c(&b, "by", value_get(note, "by"));
        build_c(&b, "time", value_str(http_word_time(p, date_from_unix_us(p->a, value_get_int(note, "at_us", 0) / 1000000 * 1000000, p->r->offset))));
        build_item(&list, build_ctx(&b));
    }
    http_page_put(p, "notes", build_list(&list));
}

static void put_agent_line(HttpPage *p, Value view) {
    Value agent = value_get(view, "agent");
    Str known = value_get_str(view, "identified");
    if (known.n > 0) http_page_str(p, "known_line", http_word(value_get(p->t, "desk"), "known", known, known));
    if (value_is_null(agent)) return;
    http_page_str(p, "agent_line", http_page_say(p, "desk.agent_line", "name", value_get_str(agent, "name"), "number", value_get_str(agent, "id_number"), "basis",
                                                 value_get_str(agent, "basis"), NULL));
}

static void put_decision(HttpPage *p, const Pack *pack, Value view) {
    Str proposed = value_get_str(value_get(view, "proposed"), "code");
    const PackOutcome *o = pack_outcome(pack, proposed);
    Value external = value_get(pack->json, "external");
    bool wants = value_get_bool(view, "wants_decision", false) && value_get_bool(view, "may_decide", false);
    ValueBuild b = {.a = p->a};
    build_c(&b, "outcome", value_str(http_word_outcome(p, pack, proposed)));
    build_c(&b, "adopt", value_str(http_page_say(p, "view.adopt", "outcome", http_word_outcome(p, pack, proposed), NULL)));
    build_c(&b, "waits", value_bool(!o || !o->departable));
    http_page_put(p, "decide", wants ? build_ctx(&b) : value_null());
    http_page_put(p, "decided", http_case_decisions(p, value_get(view, "decisions")));
    if (external.kind != VALUE_CONTEXT) return;
    http_page_str(p, "external_label", http_word_pick(p, value_get(external, "label")));
    http_page_str(p, "external_system", http_word_pick(p, value_get(external, "system")));
}

static void put_errors(HttpDesk *d, const Pack *pack) {
    HttpPage *p = &d->p;
    if (d->typed->life_error) http_page_str(p, "life_error", http_page_text(p, d->typed->life_error));
    if (d->typed->external_error) http_page_str(p, "external_error", http_page_text(p, d->typed->external_error));
    http_page_str(p, "external", d->typed->external);
    if (d->typed->faults) http_page_errors(p, http_page_text(p, "view.error_head"), http_form_errors(p, pack, d->typed->faults));
}

static bool put_case(HttpDesk *d, Err *err) {
    HttpPage *p = &d->p;
    HttpRequest *r = p->r;
    Value view;
    Str absent, self = str_printf(r->a, "/staff/cases/" STR_FMT, STR_ARG(d->case_id));
    TRY(case_view(r->site->house, &r->who, d->case_id, STR("handling"), r->now_us, r->a, &view, err));
    const Pack *pack = case_view_pack(r->site->house, view);
    if (!pack) return err_set(err, ERR_STATE, "http", "The service of this case is not installed.");
    http_page_put(p, "case", value_bool(true));
    http_page_str(p, "case_id", d->case_id);
    http_page_str(p, "self", self);
    http_page_put(p, "version", value_get(view, "version"));
    http_page_put(p, "code", value_get(view, "tracking_code"));
    http_page_put(p, "subject", value_get(view, "subject"));
    http_page_str(p, "state", http_case_state(p, value_get_str(view, "state")));
    http_page_put(p, "facts", http_form_facts(p, pack, value_get(view, "answers"), &absent));
    http_page_str(p, "who_does", who_does(p, pack, view));
    http_life_put(p, pack, view, d->typed);
    http_clock_put(p, pack, value_get(view, "clocks"), false, false);
    put_fees(p, view, self);
    put_notes(p, value_get(view, "notes"));
    put_agent_line(p, view);
    put_decision(p, pack, view);
    put_errors(d, pack);
    return true;
}

bool http_desk_visit_put(HttpDesk *d, Err *err) {
    Value cases = value_get(d->ticket, "cases");
    bool has_cases = cases.kind == VALUE_LIST && cases.size > 0, adding = http_query(d->p.r, "add").n > 0;
    if (value_is_null(d->ticket)) return true;
    if (d->service.n > 0) {
        Value answers;
        return carried(d, &answers, err) && http_desk_form_put(d, answers, NULL, NULL, err);
    }
    if (d->case_id.n == 0 && has_cases && !adding) d->case_id = value_text(cases.u.list[cases.size - 1]);
    if (d->case_id.n > 0 && !in_visit(cases, d->case_id)) return err_set(err, ERR_NOT_FOUND, "http", "This case is not part of the visit.");
    TRY(put_tabs(d, cases, err));
    if (d->case_id.n > 0) return put_case(d, err);
    put_services(d);
    return true;
}
