/* page_case: the clerk's page of one case: facts, proposal with its reasons, the decision. Showing it writes
 * the access line (room case does, in the same commit); the page itself changes nothing. */
#include "http/page_in.h"

#include <inttypes.h>

/* ---- what officers decided -------------------------------------------------------------------------------- */

static Str how_word(const HttpPage *p, Value d) {
    Str how = value_get_str(d, "how"), proposed = http_word_pick(p, value_get(d, "proposal_outcome"));
    if (str_is(how, "adopted")) return http_page_text(p, "view.adopted_how");
    if (str_is(how, "silence")) return http_page_text(p, "view.silence_how");
    if (str_is(how, "departed")) return http_page_say(p, "view.departed_how", "outcome", proposed, NULL);
    return http_page_text(p, "view.corrected_how");
}

/* Who decided, and who agreed. */
static Str two_people(const HttpPage *p, Value d) {
    Str by = value_get_str(d, "by"), second = value_get_str(d, "second");
    return second.n == 0 ? by : http_page_say(p, "second.both", "by", by, "second", second, NULL);
}

static Value decision_view(const HttpPage *p, Value d) {
    Str time = http_word_time(p, value_get(d, "at"));
    ValueBuild b = {.a = p->a};
    build_c(&b, "outcome", value_str(http_word_pick(p, value_get(d, "outcome"))));
    build_c(&b, "how", value_str(how_word(p, d)));
    build_c(&b, "by", value_str(http_page_say(p, "view.by", "time", time, "by", two_people(p, d), NULL)));
    build_c(&b, "reason", value_get(d, "reason"));
    build_c(&b, "tag", value_str(http_word_tag(p, value_get_str(d, "reason"))));
    return build_ctx(&b);
}

Value http_case_decisions(const HttpPage *p, Value decisions) {
    ValueBuild list = {.a = p->a};
    for (uint32_t i = decisions.size; i-- > 0;) build_item(&list, decision_view(p, decisions.u.list[i]));
    return build_list(&list);
}

/* ---- the officer's form -------------------------------------------------------------------------------------- */

static Value outcome_options(const HttpPage *p, const Pack *pack, Str chosen, Str current) {
    ValueBuild list = {.a = p->a};
    for (size_t i = 0; i < pack->n_outcomes; i++) {
        const PackOutcome *o = &pack->outcomes[i];
        if (!o->departable || str_eq(o->code, current)) continue;
        ValueBuild b = {.a = p->a};
        build_c(&b, "code", value_str(o->code));
        build_c(&b, "label", value_str(http_word_outcome(p, pack, o->code)));
        build_c(&b, "selected", value_bool(str_eq(o->code, chosen)));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

/* A key for this showing of the page: pressing twice is once, showing again is a new act. */
static Str fresh_key(const HttpRequest *r) {
    Buf b = {.a = r->a};
    for (int i = 0; i < 16; i++) buf_printf(&b, "%02x", r->seed[i]);
    return buf_str(&b);
}

static bool is_wrong(const HttpTyped *typed) {
    return typed->outcome_error || typed->reason_error || typed->clock_error || typed->external_error || typed->life_error || typed->assign_error || typed->second_error || typed->file_error.n > 0 || typed->faults;
}

static void add_error(const HttpPage *p, ValueBuild *errors, const char *field, Str text) {
    ValueBuild b = {.a = p->a};
    build_c(&b, "key", value_c(field));
    build_c(&b, "text", value_str(text));
    build_item(errors, build_ctx(&b));
}

/* Beside the field and in the summary at the top. */
static void put_error(HttpPage *p, ValueBuild *errors, const char *field, const char *key, const char *path) {
    Str text = path ? http_page_text(p, path) : STR("");
    http_page_str(p, key, text);
    if (path) add_error(p, errors, field, text);
}

static void put_typed(HttpPage *p, const Pack *pack, const HttpTyped *typed) {
    ValueBuild errors = {.a = p->a};
    http_page_put(p, "depart_open", value_bool(typed->outcome.n + typed->reason.n > 0 || typed->outcome_error || typed->reason_error || typed->external_error));
    http_page_str(p, "reason", typed->reason);
    put_error(p, &errors, "outcome", "outcome_error", typed->outcome_error);
    put_error(p, &errors, "reason", "reason_error", typed->reason_error);
    http_page_str(p, "external", typed->external);
    put_error(p, &errors, "external", "external_error", typed->external_error);
    put_error(p, &errors, "clocks", "clock_error", typed->clock_error);
    put_error(p, &errors, "life", "life_error", typed->life_error);
    put_error(p, &errors, "second", "second_error", typed->second_error);
    put_error(p, &errors, "assign", "assign_error", typed->assign_error);
    if (typed->file_error.n > 0) add_error(p, &errors, "file", typed->file_error);
    Value faults = typed->faults ? http_form_errors(p, pack, typed->faults) : value_null();
    for (uint32_t i = 0; faults.kind == VALUE_LIST && i < faults.size; i++) build_item(&errors, faults.u.list[i]);
    http_page_errors(p, http_page_text(p, "view.error_head"), build_list(&errors));
}

/* The document itself is issued in another system: what its reference there is called. */
static void put_external(HttpPage *p, const Pack *pack) {
    Value external = value_get(pack->json, "external");
    if (external.kind != VALUE_CONTEXT) return;
    http_page_str(p, "external_label", http_word_pick(p, value_get(external, "label")));
    http_page_str(p, "external_system", http_word_pick(p, value_get(external, "system")));
}

static bool may_stand(const Pack *pack, Str code) {
    const PackOutcome *o = pack_outcome(pack, code);
    return o && o->departable;
}

static void put_decision(HttpPage *p, const Pack *pack, Value view, const HttpTyped *typed) {
    bool may = value_get_bool(view, "may_decide", false), open = value_get_bool(view, "open", false);
    bool now = value_get_bool(view, "wants_decision", false);
    Str proposed = value_get_str(value_get(view, "proposed"), "code");
    Str current = open ? proposed : value_get_str(value_get(view, "outcome"), "code");
    ValueBuild b = {.a = p->a};
    build_c(&b, "adopt", value_str(http_page_say(p, "view.adopt", "outcome", http_word_outcome(p, pack, proposed), NULL)));
    http_page_str(p, "key", fresh_key(p->r));
    http_page_put(p, "version", value_get(view, "version"));
    http_page_put(p, "outcomes", outcome_options(p, pack, typed->outcome, current));
    build_c(&b, "waits", value_bool(!may_stand(pack, proposed)));
    http_page_put(p, "cannot", value_bool(!may));
    http_page_put(p, "not_now", value_bool(may && open && !now));
    http_page_put(p, "decide", may && open && now ? build_ctx(&b) : value_null());
    http_page_put(p, "correct", value_bool(may && !open && value_get(view, "decisions").size > 0));
    http_page_put(p, "preview", value_bool(open && now));
    http_page_put(p, "decisions", http_case_decisions(p, value_get(view, "decisions")));
    if (may) http_page_str(p, "lang_form", STR("form"));
    put_external(p, pack);
    put_typed(p, pack, typed);
}

/* ---- letters, record -------------------------------------------------------------------------------------------- */

/* By its kind; of a kind that only the pack knows, by its number. */
static Str letter_name(const HttpPage *p, Str kind, int64_t no) {
    Value name;
    if (value_find(value_get(p->t, "letter_kind"), kind, &name)) return value_text(name);
    return http_page_say(p, "view.letter_name", "no", str_printf(p->a, "%" PRId64, no), NULL);
}

static void put_letters(HttpPage *p, Value letters, Str self) {
    ValueBuild list = {.a = p->a};
    for (uint32_t i = letters.size; i-- > 0;) {
        int64_t no = value_get_int(letters.u.list[i], "no", 1);
        Str base = str_printf(p->a, STR_FMT "/letters/%" PRId64 "?lang=", STR_ARG(self), no);
        ValueBuild b = {.a = p->a};
        build_c(&b, "name", value_str(letter_name(p, value_get_str(letters.u.list[i], "letter"), no)));
        build_c(&b, "time", value_str(http_word_time(p, value_get(letters.u.list[i], "at"))));
        build_c(&b, "zh", value_str(str_join2(p->a, base, STR("zh"))));
        build_c(&b, "en", value_str(str_join2(p->a, base, STR("en"))));
        build_item(&list, build_ctx(&b));
    }
    http_page_put(p, "letters", build_list(&list));
}

static void add_event(const HttpPage *p, ValueBuild *list, Value at, const char *path, Str detail) {
    ValueBuild b = {.a = p->a};
    build_c(&b, "time", value_str(http_word_time(p, at)));
    build_c(&b, "what", value_str(http_page_text(p, path)));
    build_c(&b, "detail", value_str(detail));
    build_item(list, build_ctx(&b));
}

/* What a supervisor moved, with the reason: nobody finds a case at another place without knowing why. */
static void put_moves(const HttpPage *p, Value moves, ValueBuild *list) {
    for (uint32_t i = 0; i < moves.size; i++) {
        Value move = moves.u.list[i];
        Str from = value_get_str(move, "from"), to = value_get_str(move, "to"), none = http_page_text(p, "process.nothing");
        Str detail = http_page_say(p, "process.moved_how", "from", from.n ? from : none, "to", to.n ? to : none, "by", value_get_str(move, "by"),
                                   "reason", value_get_str(move, "reason"), NULL);
        add_event(p, list, value_get(move, "at"), "event.moved", detail);
    }
}

/* Who had it, and what they told each other. */
static void put_assignments(const HttpPage *p, Value rows, ValueBuild *list) {
    for (uint32_t i = 0; i < rows.size; i++) {
        Value one = rows.u.list[i];
        Str to = value_get_str(one, "to"), note = value_get_str(one, "note");
        const char *how = to.n ? "assign.was_given" : value_get_bool(one, "disabled", false) ? "assign.was_left" : "assign.was_released";
        Str detail = http_page_say(p, how, "by", value_get_str(one, "by"), "to", to, NULL);
        if (note.n > 0) detail = str_printf(p->a, STR_FMT STR_FMT STR_FMT, STR_ARG(detail), STR_ARG(http_page_text(p, "colon")), STR_ARG(note));
        add_event(p, list, value_get(one, "at"), "event.assigned", detail);
    }
}

static void put_history(HttpPage *p, Value view) {
    Value decisions = value_get(view, "decisions");
    ValueBuild list = {.a = p->a};
    add_event(p, &list, value_get(view, "created_at"), "event.created", STR(""));
    for (uint32_t i = 0; i < decisions.size; i++) {
        Value d = decisions.u.list[i];
        bool corrected = str_is(value_get_str(d, "how"), "corrected");
        add_event(p, &list, value_get(d, "at"), corrected ? "event.corrected" : "event.decided",
                  http_word_pick(p, value_get(d, "outcome")));
    }
    put_moves(p, value_get(view, "moves"), &list);
    put_assignments(p, value_get(view, "assignments"), &list);
    http_page_put(p, "history", build_list(&list));
}

/* ---- the page ------------------------------------------------------------------------------------------------------ */

static void put_head(HttpPage *p, Value view) {
    Str service = http_word_pick(p, value_get(view, "title")), subject = value_get_str(view, "subject");
    bool open = value_get_bool(view, "open", false);
    Str purpose = http_word(p->t, "purpose", str_of(p->r->route->purpose), STR(""));
    Str title = subject.n == 0 ? service : str_printf(p->a, STR_FMT " · " STR_FMT, STR_ARG(subject), STR_ARG(service));
    http_page_str(p, "title", title);
    http_page_str(p, "page_keys", STR("case"));
    http_page_put(p, "on_cases", value_bool(true));
    http_page_put(p, "code", value_get(view, "tracking_code"));
    http_page_str(p, "purpose", http_page_say(p, "view.purpose", "purpose", purpose, NULL));
    http_page_str(p, "state", http_case_state(p, value_get_str(view, "state")));
    http_page_str(p, "chip", open ? STR("soon") : STR("plain"));
    http_page_put(p, "open", value_bool(open));
    http_page_put(p, "service_sample", value_get(view, "sample"));
    http_page_str(p, "track", str_printf(p->a, "/track/" STR_FMT, STR_ARG(value_get_str(view, "tracking_code"))));
    if (value_get_int(view, "others", 0) > 0) http_page_str(p, "colleague", http_page_text(p, "view.colleague"));
}

static void put_standing(HttpPage *p, Value stuck) {
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; i < stuck.size; i++) {
        Value one = stuck.u.list[i];
        Str name = value_get_str(one, "name"), why = value_get_str(one, "reason");
        ValueBuild b = {.a = p->a};
        build_c(&b, "step", value_str(name.n ? name : value_get_str(one, "element")));
        build_c(&b, "why", value_str(why.n ? why : http_page_text(p, "stuck.no_why")));
        build_item(&list, build_ctx(&b));
    }
    http_page_put(p, "standing", build_list(&list));
}

static void put_appeal(HttpPage *p, Value view) {
    AccessOffice office;
    Err err = {0};
    bool zh = str_is(p->r->lang, "zh");
    if (!access_office(p->r->site->store, value_get_str(view, "office"), p->a, &office, &err)) return;
    http_page_str(p, "appeal", http_word_appeal(p, value_get(view, "appeal"), zh ? office.government_zh : office.government_en));
}

bool http_case_show(HttpRequest *r, HttpResponse *out, const HttpTyped *typed, Err *err) {
    HttpPage p;
    Value view;
    Str absent, id = http_param(r, "id");
    Str self = str_printf(r->a, "/staff/cases/" STR_FMT, STR_ARG(id));
    TRY(case_view(r->site->house, &r->who, id, str_of(r->route->purpose), r->now_us, r->a, &view, err));
    const Pack *pack = case_view_pack(r->site->house, view);
    if (!pack) return err_set(err, ERR_STATE, "http", "The service of this case is not installed.");
    http_page_begin(&p, r, true);
    put_head(&p, view);
    http_page_str(&p, "self", self);
    http_page_put(&p, "facts", http_form_facts(&p, pack, value_get(view, "answers"), &absent));
    http_page_str(&p, "absent", absent);
    http_why_put(&p, pack, value_get(view, "proposal"), value_get(view, "trace"));
    put_appeal(&p, view);
    put_decision(&p, pack, view, typed);
    http_second_put(&p, pack, view, typed->second_error);
    http_assign_put(&p, view, typed->assign_error);
    http_life_put(&p, pack, view, typed);
    TRY(http_papers_put(&p, pack, view, typed, err));
    http_clock_put(&p, pack, value_get(view, "clocks"), value_get_bool(view, "may_decide", false),
                   value_get_bool(view, "may_extend", false));
    put_standing(&p, value_get(view, "stuck"));
    put_letters(&p, value_get(view, "letters"), self);
    put_history(&p, view);
    http_notice_put(&p);
    return http_page_send(&p, out, is_wrong(typed) ? 422 : 200, "clerk/case", err);
}

bool http_case_page_get(HttpRequest *r, HttpResponse *out, Err *err) {
    return http_case_show(r, out, &(HttpTyped){0}, err);
}
