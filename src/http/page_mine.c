/* page_mine: what an applicant does himself with the tracking code: answers the notice of what is missing, withdraws. Each
 * act wants four characters of a number that the application told; what was typed comes back with the reason. */
#include "http/page_in.h"

#include <inttypes.h>
#include <string.h>

typedef struct Mine { /* one case, by its code */
    HttpPage p;       /* the page */
    const Pack *pack; /* its service */
    Value view;       /* what case_track told */
    Str code;         /* as printed */
    const char *error; /* path of the text that says what is wrong; NULL when nothing is */
    const char *at;    /* field that it belongs to */
    const PaperFaults *faults; /* of the answers, or NULL */
    CaseOwn own;      /* the case in his hands; only when known */
    bool known;       /* has this device shown lately that it is his? */
} Mine;

static bool open_mine(Mine *m, HttpRequest *r, HttpResponse *out, bool *found, Err *err) {
    Err trouble = {0};
    Str typed = http_param(r, "code");
    *found = case_track(r->site->house, typed, r->now_us, r->a, &m->view, &trouble);
    if (!*found && trouble.code == ERR_NOT_FOUND) return http_track_form(r, out, typed, true, err);
    if (!*found) {
        *err = trouble;
        return false;
    }
    m->pack = case_view_pack(r->site->house, m->view);
    m->code = value_get_str(m->view, "tracking_code");
    if (!m->pack) return err_set(err, ERR_STATE, "http", "The service of this case is not installed.");
    return http_own_known(r, m->code, &m->own, &m->known, err);
}

static bool may(const Mine *m, const char *act) { return value_get_bool(value_get(m->view, "acts"), act, false); }

static Str key_of(const HttpRequest *r) {
    Str kept = http_field(r, "key");
    Buf b = {.a = r->a};
    for (int i = 0; kept.n == 0 && i < 16; i++) buf_printf(&b, "%02x", r->seed[i]);
    return kept.n > 0 ? kept : buf_str(&b);
}

/* ---- the frame -------------------------------------------------------------------------------------------------------- */

static void put_errors(Mine *m) {
    HttpPage *p = &m->p;
    ValueBuild list = {.a = p->a};
    if (m->error) {
        ValueBuild b = {.a = p->a};
        Str text = http_page_text(p, m->error);
        build_c(&b, "key", value_c(m->at));
        build_c(&b, "text", value_str(text));
        build_item(&list, build_ctx(&b));
        http_page_str(p, str_c(p->a, str_printf(p->a, "%s_error", m->at)), text);
    }
    Value faults = m->faults ? http_form_errors(p, m->pack, m->faults) : value_null();
    for (uint32_t i = 0; faults.kind == VALUE_LIST && i < faults.size; i++) build_item(&list, faults.u.list[i]);
    if (list.n > 0) http_page_errors(p, http_page_text(p, "mine.error_head"), build_list(&list));
}

static void begin(Mine *m, HttpRequest *r, const char *title) {
    HttpPage *p = &m->p;
    http_page_begin(p, r, false);
    http_page_str(p, "title", http_page_text(p, title));
    http_page_str(p, "code", m->code);
    http_page_str(p, "service", http_word_pick(p, value_get(m->view, "title")));
    http_page_str(p, "back", str_printf(r->a, "/track/" STR_FMT, STR_ARG(m->code)));
    http_page_str(p, "self", r->path);
    http_page_put(p, "version", value_get(m->view, "version"));
    http_page_str(p, "key", key_of(r));
    http_page_str(p, "proof", http_field(r, "proof"));
    http_page_str(p, "note", http_field(r, "note"));
    http_page_str(p, "reason", http_field(r, "reason"));
    http_page_put(p, "provable", value_get(m->view, "provable"));
    http_page_put(p, "ask_proof", value_bool(!m->known));
    http_page_str(p, "lang_form", STR("form"));
    put_errors(m);
}

/* ---- the notice -------------------------------------------------------------------------------------------------------- */

/* The one that is not answered, or the last. */
static Value notice_of(const Mine *m) {
    Value notices = value_get(m->view, "notices");
    return notices.size > 0 ? notices.u.list[notices.size - 1] : value_null();
}

static bool asks_for(Value notice, Str key) {
    Value items = value_get(notice, "items");
    for (uint32_t i = 0; i < items.size; i++)
        if (str_is(value_get_str(items.u.list[i], "kind"), "field") && str_eq(value_get_str(items.u.list[i], "id"), key)) return true;
    return false;
}

/* Those fields of the form that the notice asks for. They begin empty: what stood there was wrong, and a code alone shows
 * no numbers. The other answers tell what is asked at all. */
static Value asked_fields(Mine *m, Value notice) {
    HttpRequest *r = m->p.r;
    Value items = value_get(notice, "items"), answers = value_get(m->view, "answers"), typed;
    Value posted = r->form.kind == VALUE_CONTEXT ? paper_from_post(m->pack->form, r->form, r->a) : value_null();
    for (uint32_t i = 0; i < items.size; i++) {
        Str key = value_get_str(items.u.list[i], "id");
        if (asks_for(notice, key)) answers = value_with(r->a, answers, key, value_find(posted, key, &typed) ? typed : value_null());
    }
    HttpForm form = {.pack = m->pack, .form = m->pack->form, .answers = answers, .faults = m->faults, .action = STR("")};
    Value groups = http_form_groups(&m->p, &form);
    ValueBuild list = {.a = r->a};
    for (uint32_t i = 0; i < groups.size; i++) {
        Value fields = value_get(groups.u.list[i], "fields");
        for (uint32_t k = 0; fields.kind == VALUE_LIST && k < fields.size; k++)
            if (asks_for(notice, value_get_str(fields.u.list[k], "key"))) build_item(&list, fields.u.list[k]);
    }
    return build_list(&list);
}

static Str law_of(const Mine *m) {
    const PackArticle *article = pack_article(m->pack, STR("all:32"));
    if (!article) return STR("");
    bool zh = str_is(m->p.r->lang, "zh");
    return str_printf(m->p.a, zh ? "《" STR_FMT "》" STR_FMT : STR_FMT ", " STR_FMT, STR_ARG(zh ? article->instrument_zh : article->instrument_en),
                      STR_ARG(zh ? article->number_zh : article->number_en));
}

static void put_letter(Mine *m, Value notice) {
    Value letters = value_get(m->view, "letters");
    for (uint32_t i = 0; i < letters.size; i++)
        if (value_same(value_get(letters.u.list[i], "notice"), value_get(notice, "no")))
            http_page_str(&m->p, "letter", str_printf(m->p.a, "/track/" STR_FMT "/letters/%" PRId64 "?lang=" STR_FMT, STR_ARG(m->code),
                                                      value_get_int(letters.u.list[i], "no", 0), STR_ARG(m->p.r->lang)));
}

static bool comes_as_file(const Mine *m, Str evidence) {
    Value kinds = value_get(m->pack->json, "evidence");
    for (uint32_t i = 0; kinds.kind == VALUE_LIST && i < kinds.size; i++)
        if (str_eq(value_get_str(kinds.u.list[i], "id"), evidence)) return http_upload_accept(&m->p, kinds.u.list[i]).n > 0;
    return false;
}

/* With what was handed over for it already, and the way to hand it over. */
static Value item_view(const Mine *m, Value item, uint32_t n, bool open, const CaseUploads *sent) {
    Arena *a = m->p.a;
    Str id = value_get_str(item, "id");
    bool paper = str_is(value_get_str(item, "kind"), "evidence");
    bool file = open && paper && value_get_bool(m->view, "provable", false) && comes_as_file(m, id);
    Value papers = paper ? http_upload_views(&m->p, sent, id, true, STR("")) : value_list(NULL, 0);
    Value view = value_with(a, http_life_item(&m->p, item), STR("n"), value_int(n));
    view = value_with(a, view, STR("sent"), papers);
    view = value_with(a, view, STR("open"), value_bool(open && papers.size == 0));
    return value_with(a, view, STR("hand"), file ? value_str(str_printf(a, "/track/" STR_FMT "/files#file-" STR_FMT, STR_ARG(m->code), STR_ARG(id))) : value_str(STR("")));
}

static bool show_notice(Mine *m, HttpRequest *r, HttpResponse *out, Err *err) {
    Value notice = notice_of(m), items = value_get(notice, "items");
    ValueBuild list = {.a = r->a};
    CaseUploads sent = {0};
    bool open = may(m, "supply");
    begin(m, r, open ? "mine.notice" : "mine.notice_answered");
    HttpPage *p = &m->p;
    if (m->known && open) TRY(case_upload_list(r->site->house, m->own.key, r->a, &sent, err));
    for (uint32_t i = 0; i < items.size; i++) build_item(&list, item_view(m, items.u.list[i], i + 1, open, &sent));
    http_page_put(p, "open", value_bool(open));
    http_page_put(p, "items", build_list(&list));
    http_page_str(p, "lead", http_page_say(p, items.size == 1 ? "mine.lead_one" : "mine.lead", "day", http_word_day(p, value_get(notice, "at")), "n",
                                           str_printf(r->a, "%" PRIu32, items.size), NULL));
    http_page_str(p, "until", http_page_say(p, "mine.until", "day", http_word_date(p, value_get(notice, "until")), NULL));
    http_page_str(p, "law", law_of(m));
    http_page_str(p, "office", http_life_office(p, value_get_str(notice, "office")));
    http_page_put(p, "fields", open ? asked_fields(m, notice) : value_null());
    http_page_str(p, "choose", http_page_text(p, "precheck.choose"));
    put_letter(m, notice);
    return http_page_send(p, out, m->error || m->faults ? 422 : 200, "resident/notice", err);
}

/* ---- withdrawal -------------------------------------------------------------------------------------------------------- */

static bool show_withdraw(Mine *m, HttpRequest *r, HttpResponse *out, Err *err) {
    begin(m, r, "mine.withdraw");
    http_page_put(&m->p, "open", value_bool(may(m, "withdraw")));
    return http_page_send(&m->p, out, m->error ? 422 : 200, "resident/withdraw", err);
}

/* ---- carried out --------------------------------------------------------------------------------------------------------- */

/* Beside which field, and in which words; false when the trouble is not the form's. */
static bool word_of(Mine *m, const Err *trouble) {
    bool proof = str_is(str_of(trouble->room), "access");
    m->at = proof ? "proof" : "note";
    m->error = proof && trouble->code == ERR_DENIED  ? "mine.proof_wrong"
               : proof && trouble->code == ERR_BUSY  ? "mine.proof_busy"
               : trouble->code == ERR_INVALID        ? "mine.nothing"
               : trouble->code == ERR_STALE          ? "mine.stale"
               : trouble->code == ERR_STATE          ? "mine.not_now" : NULL;
    return m->error != NULL;
}

static Str proof_of(const Mine *m, const HttpRequest *r) { return m->known ? http_own_proof(r, m->code) : http_field(r, "proof"); }

typedef bool Show(Mine *m, HttpRequest *r, HttpResponse *out, Err *err);

static bool carry_out(Mine *m, HttpRequest *r, HttpResponse *out, CaseDo what, Value args, Show *show, Err *err) {
    int64_t version;
    CaseReply reply = {0};
    Err trouble = {0};
    if (!str_to_int(http_field(r, "version"), &version)) version = -1;
    Command c = {.what = what, .code = m->code, .proof = proof_of(m, r), .key = key_of(r), .version = version, .args = args, .now_us = r->now_us, .offset = r->offset};
    memcpy(c.seed, r->seed, sizeof c.seed);
    bool ok = case_handle(r->site->house, &c, r->a, &reply, &trouble);
    if (reply.faults.n > 0) m->faults = &reply.faults;
    if (m->faults || (!ok && word_of(m, &trouble))) return show(m, r, out, err);
    if (!ok) {
        *err = trouble;
        return false;
    }
    http_redirect(out, str_printf(r->a, "/track/" STR_FMT "?done=%s", STR_ARG(m->code), what == CASE_SUPPLY ? "supply" : "withdraw"));
    return true;
}

/* Of the posted form only what the notice asks for. */
static Value supplied(const Mine *m, const HttpRequest *r) {
    Value all = paper_from_post(m->pack->form, r->form, r->a), items = value_get(notice_of(m), "items"), answer;
    ValueBuild answers = {.a = r->a}, args = {.a = r->a};
    for (uint32_t i = 0; i < items.size; i++) {
        Str key = value_get_str(items.u.list[i], "id");
        if (!str_is(value_get_str(items.u.list[i], "kind"), "field")) continue;
        build_entry(&answers, key, value_find(all, key, &answer) ? answer : value_null());
    }
    if (answers.n > 0) build_c(&args, "answers", build_ctx(&answers));
    build_c(&args, "note", value_str(http_field(r, "note")));
    return build_ctx(&args);
}

static bool answer(Mine *m, HttpRequest *r, HttpResponse *out, Err *err) {
    if (http_page_only_show(r)) return show_notice(m, r, out, err);
    return carry_out(m, r, out, CASE_SUPPLY, supplied(m, r), show_notice, err);
}

static bool withdraw(Mine *m, HttpRequest *r, HttpResponse *out, Err *err) {
    ValueBuild args = {.a = r->a};
    build_c(&args, "reason", value_str(http_field(r, "reason")));
    if (http_page_only_show(r)) return show_withdraw(m, r, out, err);
    if (http_field(r, "sure").n > 0) return carry_out(m, r, out, CASE_WITHDRAW, build_ctx(&args), show_withdraw, err);
    m->error = "mine.sure_missing";
    m->at = "sure";
    return show_withdraw(m, r, out, err);
}

static bool with_case(HttpRequest *r, HttpResponse *out, Show *show, Err *err) {
    Mine m = {0};
    bool found;
    TRY(open_mine(&m, r, out, &found, err));
    return !found || show(&m, r, out, err);
}

bool http_track_notice_get(HttpRequest *r, HttpResponse *out, Err *err) { return with_case(r, out, show_notice, err); }
bool http_track_notice_post(HttpRequest *r, HttpResponse *out, Err *err) { return with_case(r, out, answer, err); }
bool http_track_withdraw_get(HttpRequest *r, HttpResponse *out, Err *err) { return with_case(r, out, show_withdraw, err); }
bool http_track_withdraw_post(HttpRequest *r, HttpResponse *out, Err *err) { return with_case(r, out, withdraw, err); }
