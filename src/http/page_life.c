/* page_life: the clerk's acts before a decision: what was checked, acceptance, the one notice of what is missing, its answer
 * and withdrawal for the applicant. A blocked act stays visible with its reason; what was typed always comes back. */
#include "http/page_desk.h"

#include <inttypes.h>
#include <string.h>

enum { FIELD_ROWS = 3, DAYS = 10 }; /* rows for fields of the form in a notice; working days that the page suggests */

static bool posted(const HttpRequest *r, const char *act) { return str_ends(r->path, str_of(act)); }

static bool is_staff_key(const Pack *pack, Str key) {
    for (uint32_t i = 0; pack->staff.kind == VALUE_LIST && i < pack->staff.size; i++)
        if (str_eq(value_text(pack->staff.u.list[i]), key)) return true;
    return false;
}

/* ---- what was handed in -------------------------------------------------------------------------------------------- */

/* The n-th paper of the case: what opens it, and what it is. */
static Value file_view(const HttpPage *p, Value view, uint32_t n) {
    Value file = value_get(view, "files").u.list[n];
    Str name = value_get_str(file, "name");
    ValueBuild b = {.a = p->a};
    build_c(&b, "name", value_str(name));
    build_c(&b, "tag", value_str(http_word_tag(p, name)));
    build_c(&b, "size", value_str(http_megabytes(p, value_get_int(file, "bytes", 0))));
    build_c(&b, "time", value_str(http_word_time(p, value_get(file, "at"))));
    build_c(&b, "href", value_str(str_printf(p->a, "/staff/cases/" STR_FMT "/files/%" PRIu32, STR_ARG(value_get_str(view, "id")), n + 1)));
    build_c(&b, "pdf", value_bool(str_is(value_get_str(file, "type"), "application/pdf")));
    return build_ctx(&b);
}

static Value files_of(const HttpPage *p, Value view, Str evidence) {
    Value files = value_get(view, "files");
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; files.kind == VALUE_LIST && i < files.size; i++)
        if (str_eq(value_get_str(files.u.list[i], "evidence"), evidence)) build_item(&list, file_view(p, view, i));
    return build_list(&list);
}

static bool has_line(Value lines, Str evidence) {
    for (uint32_t i = 0; lines.kind == VALUE_LIST && i < lines.size; i++)
        if (str_eq(value_get_str(lines.u.list[i], "id"), evidence)) return true;
    return false;
}

/* Papers of kinds that the answers do not ask for (any more). */
static Value other_files(const HttpPage *p, Value view, Value lines) {
    Value files = value_get(view, "files");
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; files.kind == VALUE_LIST && i < files.size; i++)
        if (!has_line(lines, value_get_str(files.u.list[i], "evidence"))) build_item(&list, file_view(p, view, i));
    return build_list(&list);
}

static Str field_named(const HttpRequest *r, const char *what, Str id) {
    return http_field(r, str_c(r->a, str_printf(r->a, "%s:" STR_FMT, what, STR_ARG(id))));
}

/* On the table, as ticked now or kept before, or handed in as a file. */
static bool is_seen(const HttpPage *p, Value view, Str id) {
    Value seen = value_get(view, "seen");
    bool is = files_of(p, view, id).size > 0;
    if (http_field(p->r, "do").n > 0) return field_named(p->r, "seen", id).n > 0;
    for (uint32_t i = 0; seen.kind == VALUE_LIST && i < seen.size; i++) is |= str_eq(value_text(seen.u.list[i]), id);
    return is;
}

static void put_checklist(HttpPage *p, Value view) {
    Value lines = value_get(value_get(view, "guide"), "checklist");
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; lines.kind == VALUE_LIST && i < lines.size; i++) {
        Value line = lines.u.list[i];
        Str needed = value_get_str(line, "needed");
        ValueBuild b = {.a = p->a};
        Str id = value_get_str(line, "id");
        build_c(&b, "id", value_str(id));
        build_c(&b, "must", value_bool(str_is(needed, "must")));
        build_c(&b, "ticked", value_bool(is_seen(p, view, id)));
        build_c(&b, "name", value_str(http_word_pick(p, line)));
        build_c(&b, "needed", value_str(http_page_text(p, str_c(p->a, str_join2(p->a, STR("guide."), needed)))));
        build_c(&b, "files", files_of(p, view, value_get_str(line, "id")));
        build_item(&list, build_ctx(&b));
    }
    Value others = other_files(p, view, lines);
    http_page_put(p, "other_files", others);
    http_page_put(p, "has_other_files", value_bool(others.size > 0));
    http_page_put(p, "has_checklist", value_bool(list.n > 0 || others.size > 0));
    http_page_put(p, "checklist", build_list(&list));
}

/* ---- what the counter finds out ---------------------------------------------------------------------------------------- */

static bool has_staff_field(const Pack *pack, Value fields) {
    for (uint32_t i = 0; fields.kind == VALUE_LIST && i < fields.size; i++)
        if (is_staff_key(pack, value_get_str(fields.u.list[i], "key"))) return true;
    return false;
}

static void put_check(HttpPage *p, const Pack *pack, Value view, const HttpTyped *typed) {
    ValueBuild list = {.a = p->a};
    Value answers = value_get(view, "answers");
    for (uint32_t i = 0; typed->check.kind == VALUE_CONTEXT && i < typed->check.size; i++)
        answers = value_with(p->a, answers, typed->check.u.ctx[i].key, typed->check.u.ctx[i].value);
    HttpForm form = {.pack = pack, .form = pack->form, .answers = answers, .faults = typed->faults, .action = STR("")};
    Value groups = http_form_groups(p, &form);
    for (uint32_t i = 0; i < groups.size; i++)
        if (has_staff_field(pack, value_get(groups.u.list[i], "fields"))) build_item(&list, groups.u.list[i]);
    http_page_put(p, "check_groups", build_list(&list));
    http_page_put(p, "check_open", value_bool(typed->faults != NULL));
    http_page_str(p, "choose", http_page_text(p, "precheck.choose"));
}

/* ---- the notice ---------------------------------------------------------------------------------------------------------- */

static Value fault_options(const HttpPage *p, const Pack *pack, Str chosen) {
    Value words = value_get(http_word_texts(p, pack), "faults");
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; words.kind == VALUE_CONTEXT && i < words.size; i++) {
        ValueBuild b = {.a = p->a};
        build_c(&b, "code", value_str(words.u.ctx[i].key));
        build_c(&b, "label", words.u.ctx[i].value);
        build_c(&b, "selected", value_bool(str_eq(words.u.ctx[i].key, chosen)));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

/* Ticked before anybody looks: what must be there and is not. */
static bool is_missing(const HttpPage *p, Value view, Value line) {
    return str_is(value_get_str(line, "needed"), "must") && !is_seen(p, view, value_get_str(line, "id"));
}

static void put_papers(HttpPage *p, const Pack *pack, Value view) {
    const HttpRequest *r = p->r;
    bool back = posted(r, "/correction-notice");
    Value lines = value_get(value_get(view, "guide"), "checklist");
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; lines.kind == VALUE_LIST && i < lines.size; i++) {
        Value line = lines.u.list[i];
        Str id = value_get_str(line, "id");
        if (str_is(value_get_str(line, "needed"), "not_needed")) continue;
        ValueBuild b = {.a = p->a};
        build_c(&b, "id", value_str(id));
        build_c(&b, "name", value_str(http_word_pick(p, line)));
        build_c(&b, "ticked", value_bool(back ? field_named(r, "paper", id).n > 0 : is_missing(p, view, line)));
        build_c(&b, "faults", fault_options(p, pack, back ? field_named(r, "fault", id) : STR("missing")));
        build_c(&b, "text", value_str(back ? field_named(r, "text", id) : STR("")));
        build_item(&list, build_ctx(&b));
    }
    http_page_put(p, "papers", build_list(&list));
}

static Value field_options(const HttpPage *p, const Pack *pack, Str chosen) {
    ValueBuild list = {.a = p->a};
    for (size_t i = 0; i < paper_fields(pack->form); i++) {
        Str key = paper_key(pack->form, i);
        if (is_staff_key(pack, key)) continue;
        ValueBuild b = {.a = p->a};
        build_c(&b, "key", value_str(key));
        build_c(&b, "label", value_str(http_word(http_word_texts(p, pack), "fields", key, paper_label(pack->form, i))));
        build_c(&b, "selected", value_bool(str_eq(key, chosen)));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

static void put_notice(HttpPage *p, const Pack *pack, Value view) {
    const HttpRequest *r = p->r;
    bool back = posted(r, "/correction-notice");
    ValueBuild rows = {.a = p->a};
    put_papers(p, pack, view);
    for (int i = 1; i <= FIELD_ROWS; i++) {
        Str n = str_printf(p->a, "%d", i);
        ValueBuild b = {.a = p->a};
        build_c(&b, "n", value_str(n));
        build_c(&b, "fields", field_options(p, pack, field_named(r, "field", n)));
        build_c(&b, "text", value_str(field_named(r, "said", n)));
        build_item(&rows, build_ctx(&b));
    }
    http_page_put(p, "field_rows", build_list(&rows));
    http_page_str(p, "days", back ? http_field(r, "days") : str_printf(p->a, "%d", DAYS));
    http_page_str(p, "notice_reason", back ? http_field(r, "reason") : STR(""));
    http_page_put(p, "notice_open", value_bool(back));
    http_page_put(p, "second", value_bool(value_get(view, "notices").size > 0));
}

static Value notice_view(const HttpPage *p, Value notice) {
    Value items = value_get(notice, "items"), answered = value_get(notice, "answered_at");
    ValueBuild list = {.a = p->a}, b = {.a = p->a};
    for (uint32_t i = 0; i < items.size; i++) build_item(&list, http_life_item(p, items.u.list[i]));
    Str no = str_printf(p->a, "%" PRId64, value_get_int(notice, "no", 0));
    build_c(&b, "head", value_str(http_page_say(p, "life.notice_no", "no", no, "time", http_word_time(p, value_get(notice, "at")), "by", value_get_str(notice, "by"), NULL)));
    build_c(&b, "items", build_list(&list));
    build_c(&b, "until", value_str(http_page_say(p, "life.until", "day", http_word_date(p, value_get(notice, "until")), NULL)));
    build_c(&b, "answered", value_str(value_is_null(answered) ? STR("") : http_page_say(p, "life.answered", "time", http_word_time(p, answered), NULL)));
    build_c(&b, "reason", value_get(notice, "reason"));
    return build_ctx(&b);
}

/* An item in the reader's language: {name, what, text, tag}. */
Value http_life_item(const HttpPage *p, Value item) {
    Value what = value_get(item, "what");
    ValueBuild b = {.a = p->a};
    build_c(&b, "kind", value_get(item, "kind"));
    build_c(&b, "id", value_get(item, "id"));
    build_c(&b, "name", value_str(http_word_pick(p, value_get(item, "name"))));
    build_c(&b, "what", value_str(value_is_null(what) ? STR("") : http_word_pick(p, what)));
    build_c(&b, "text", value_get(item, "text"));
    build_c(&b, "tag", value_str(http_word_tag(p, value_get_str(item, "text"))));
    return build_ctx(&b);
}

/* ---- the card ------------------------------------------------------------------------------------------------------------ */

static Str accepted_line(const HttpPage *p, Value accepted) {
    Str how = value_get_str(accepted, "how"), time = http_word_time(p, value_get(accepted, "at"));
    if (value_is_null(accepted)) return STR("");
    if (str_is(how, "silence")) return http_page_say(p, "life.by_silence", "time", time, NULL);
    const char *say = str_is(how, "refused") ? "life.was_refused" : "life.was_accepted";
    return http_page_say(p, say, "time", time, "office", http_life_office(p, value_get_str(accepted, "office")), "by", value_get_str(accepted, "by"),
                         "reason", value_get_str(accepted, "reason"), NULL);
}

static Str withdrawn_line(const HttpPage *p, Value withdrawn) {
    Str time = http_word_time(p, value_get(withdrawn, "at")), by = value_get_str(withdrawn, "by");
    if (value_is_null(withdrawn)) return STR("");
    bool himself = value_get_bool(withdrawn, "applicant", false);
    return http_page_say(p, himself ? "life.withdrawn_himself" : "life.withdrawn_here", "time", time, "by", by, "reason", value_get_str(withdrawn, "reason"), NULL);
}

Str http_life_office(const HttpPage *p, Str id) {
    AccessOffice office;
    Err err = {0};
    if (!access_office(p->r->site->store, id, p->a, &office, &err)) return id;
    return str_is(p->r->lang, "zh") ? office.name_zh : office.name_en;
}

/* Why an act cannot be done now; "" when it can. */
static Str blocked(const HttpPage *p, Value view, const char *act, const char *why) {
    if (!value_get_bool(view, "may_decide", false)) return http_page_text(p, "view.cannot");
    return value_get_bool(value_get(view, "acts"), act, false) ? STR("") : http_page_text(p, why);
}

static void put_acts(HttpPage *p, Value view) {
    Value notices = value_get(view, "notices");
    Str accept = blocked(p, view, "accept", "life.not_accept"), notice = blocked(p, view, "notice", "life.not_notice");
    if (notice.n == 0 && notices.size > 0 && !value_get_bool(view, "may_ask_again", false)) notice = http_page_text(p, "life.told_once");
    http_page_str(p, "accept_blocked", accept);
    http_page_str(p, "notice_blocked", notice);
    http_page_put(p, "may_check", value_bool(blocked(p, view, "check", "life.not_now").n == 0));
    http_page_put(p, "may_supply", value_bool(blocked(p, view, "supply", "life.not_now").n == 0));
    http_page_put(p, "may_withdraw", value_bool(blocked(p, view, "withdraw", "life.not_now").n == 0));
}

static bool has_life(Value view) {
    static const char *const acts[] = {"accept", "notice", "supply", "withdraw"};
    bool has = value_get(view, "notices").size > 0 || !value_is_null(value_get(view, "accepted")) || !value_is_null(value_get(view, "withdrawn"));
    for (size_t i = 0; i < COUNT_OF(acts); i++) has |= value_get_bool(value_get(view, "acts"), acts[i], false);
    return has;
}

void http_life_put(HttpPage *p, const Pack *pack, Value view, const HttpTyped *typed) {
    Value notices = value_get(view, "notices");
    ValueBuild told = {.a = p->a};
    http_page_put(p, "life", value_bool(has_life(view)));
    if (!has_life(view)) return;
    for (uint32_t i = notices.size; i-- > 0;) build_item(&told, notice_view(p, notices.u.list[i]));
    http_page_put(p, "life_notices", build_list(&told));
    http_page_str(p, "accepted_line", accepted_line(p, value_get(view, "accepted")));
    http_page_str(p, "withdrawn_line", withdrawn_line(p, value_get(view, "withdrawn")));
    http_page_str(p, "refuse_reason", posted(p->r, "/refuse") ? http_field(p->r, "reason") : STR(""));
    http_page_str(p, "supply_note", posted(p->r, "/supply") ? http_field(p->r, "note") : STR(""));
    http_page_str(p, "withdraw_reason", posted(p->r, "/withdraw") ? http_field(p->r, "reason") : STR(""));
    put_acts(p, view);
    put_checklist(p, view);
    put_check(p, pack, view, typed);
    put_notice(p, pack, view);
}

/* ---- the acts ------------------------------------------------------------------------------------------------------------ */

/* Staff fields of the posted form; one left empty is taken back. */
Value http_life_checked(const HttpRequest *r, const Pack *pack) {
    Value all = paper_from_post(pack->form, r->form, r->a);
    ValueBuild b = {.a = r->a}, args = {.a = r->a};
    for (uint32_t i = 0; pack->staff.kind == VALUE_LIST && i < pack->staff.size; i++) {
        Value answer = value_null(), key = pack->staff.u.list[i];
        bool found = value_find(all, value_text(key), &answer);
        build_entry(&b, value_text(key), found ? answer : value_null());
    }
    build_c(&args, "answers", build_ctx(&b));
    return build_ctx(&args);
}

static void add_item(ValueBuild *list, const char *kind, Str id, Str fault, Str text) {
    ValueBuild b = {.a = list->a};
    build_c(&b, kind, value_str(id));
    if (fault.n > 0) build_c(&b, "fault", value_str(fault));
    build_c(&b, "text", value_str(text));
    build_item(list, build_ctx(&b));
}

static Value noticed(const HttpRequest *r, const Pack *pack) {
    Value evidence = value_get(pack->json, "evidence");
    ValueBuild items = {.a = r->a}, args = {.a = r->a};
    int64_t days = 0;
    for (uint32_t i = 0; evidence.kind == VALUE_LIST && i < evidence.size; i++) {
        Str id = value_get_str(evidence.u.list[i], "id");
        if (field_named(r, "paper", id).n > 0) add_item(&items, "evidence", id, field_named(r, "fault", id), field_named(r, "text", id));
    }
    for (int i = 1; i <= FIELD_ROWS; i++) {
        Str n = str_printf(r->a, "%d", i), key = field_named(r, "field", n);
        if (key.n > 0) add_item(&items, "field", key, STR(""), field_named(r, "said", n));
    }
    if (!str_to_int(str_trim(http_field(r, "days")), &days)) days = 0;
    build_c(&args, "items", build_list(&items));
    build_c(&args, "days", value_int(days));
    if (http_field(r, "reason").n > 0) build_c(&args, "reason", value_str(http_field(r, "reason")));
    return build_ctx(&args);
}

static Value with_field(const HttpRequest *r, const char *name) {
    ValueBuild args = {.a = r->a};
    build_c(&args, name, value_str(http_field(r, name)));
    return build_ctx(&args);
}

static Value accepting(const HttpRequest *r, bool accept) {
    return value_with(r->a, with_field(r, "reason"), STR("accept"), value_bool(accept));
}

/* What the page says beside the acts; NULL when the trouble is not the form's. */
static const char *word_of(const Err *trouble) {
    static const struct { const char *element, *word; } words[] = {
        {"reason", "life.reason_missing"}, {"items", "life.items_missing"}, {"days", "life.days_wrong"},
        {"answers", "life.nothing"},       {"note", "life.note_long"},
    };
    if (str_is(str_of(trouble->element), "assignee")) return "assign.first";
    if (trouble->code == ERR_STALE || trouble->code == ERR_STATE) return "life.moved";
    for (size_t i = 0; trouble->code == ERR_INVALID && i < COUNT_OF(words); i++)
        if (str_is(str_of(trouble->element), words[i].element)) return words[i].word;
    return NULL;
}

static bool read_command(HttpRequest *r, CaseDo what, Value args, Command *c, Err *err) {
    int64_t version;
    if (!str_to_int(http_field(r, "version"), &version) || http_field(r, "key").n == 0)
        return err_set(err, ERR_INPUT, "http", "The form is incomplete; open the page again.");
    *c = (Command){.what = what, .case_id = http_param(r, "id"), .who = r->who, .key = http_field(r, "key"),
                   .version = version, .args = args, .now_us = r->now_us, .offset = r->offset};
    memcpy(c->seed, r->seed, sizeof c->seed);
    return true;
}

/* On the page that it came from. */
static bool show_again(HttpRequest *r, HttpResponse *out, const HttpTyped *typed, Err *err) {
    return http_desk_back(r).n > 0 ? http_desk_show(r, out, http_param(r, "id"), typed, err) : http_case_show(r, out, typed, err);
}

/* step: names the sentence that the next page begins with. */
static bool carry_out(HttpRequest *r, HttpResponse *out, CaseDo what, const char *step, Value args, Err *err) {
    Command c;
    CaseReply reply = {0};
    Err trouble = {0};
    HttpTyped typed = {.check = value_get(args, "answers")};
    if (http_page_only_show(r)) return show_again(r, out, &typed, err);
    TRY(read_command(r, what, args, &c, err));
    bool ok = case_handle(r->site->house, &c, r->a, &reply, &trouble);
    typed.life_error = ok ? NULL : word_of(&trouble);
    if (reply.faults.n > 0) typed.faults = &reply.faults;
    if (typed.life_error || typed.faults) return show_again(r, out, &typed, err);
    if (!ok) {
        *err = trouble;
        return false;
    }
    Str id = http_param(r, "id"), desk = http_desk_back(r);
    http_redirect(out, desk.n > 0 ? str_printf(r->a, STR_FMT "?case=" STR_FMT "&step=%s", STR_ARG(desk), STR_ARG(id), step)
                                  : str_printf(r->a, "/staff/cases/" STR_FMT "?step=%s", STR_ARG(id), step));
    return true;
}

/* The version of the service that the case began with. */
static bool pack_of(HttpRequest *r, const Pack **out, Err *err) {
    return case_pack_for(r->site->house, &r->who, http_param(r, "id"), r->a, out, err);
}

bool http_case_check_post(HttpRequest *r, HttpResponse *out, Err *err) {
    const Pack *pack;
    TRY(pack_of(r, &pack, err));
    return carry_out(r, out, CASE_CHECK, "check", http_life_checked(r, pack), err);
}

bool http_case_accept_post(HttpRequest *r, HttpResponse *out, Err *err) {
    return carry_out(r, out, CASE_ACCEPT, "accept", accepting(r, true), err);
}

bool http_case_refuse_post(HttpRequest *r, HttpResponse *out, Err *err) {
    return carry_out(r, out, CASE_ACCEPT, "refuse", accepting(r, false), err);
}

bool http_case_notice_post(HttpRequest *r, HttpResponse *out, Err *err) {
    const Pack *pack;
    TRY(pack_of(r, &pack, err));
    return carry_out(r, out, CASE_NOTICE, "notice", noticed(r, pack), err);
}

bool http_case_supply_post(HttpRequest *r, HttpResponse *out, Err *err) {
    return carry_out(r, out, CASE_SUPPLY, "supply", with_field(r, "note"), err);
}

bool http_case_withdraw_post(HttpRequest *r, HttpResponse *out, Err *err) {
    return carry_out(r, out, CASE_WITHDRAW, "withdraw", with_field(r, "reason"), err);
}
