/* page_precheck: what would happen, asked before anything is filed. The answers are posted, never part of an address that
 * a history or a log keeps; they travel in the page so that changing them, the other language and the application have
 * them. Nothing is stored and nobody is named. */
#include "http/page_in.h"

#include <inttypes.h>

static bool service_of(HttpRequest *r, const Pack **pack, Err *err) {
    *pack = case_pack(r->site->house, http_param(r, "service"));
    return *pack || err_set(err, ERR_NOT_FOUND, "http", "There is no such service.");
}

/* What was sent: fields of the post, or of a link that fills the form in. */
static Value sent(const HttpRequest *r) { return r->form.kind == VALUE_CONTEXT ? r->form : r->query; }

static bool answered(const HttpRequest *r) {
    Value fields = sent(r);
    return fields.kind == VALUE_CONTEXT && fields.size > (value_get_str(fields, "lang").n > 0 ? 1u : 0u);
}

/* What is asked: the pre-check's questions, or the whole form of a service that has none. */
static const Paper *asked(const Pack *pack) { return pack->questions ? pack->questions : pack->form; }

/* An untouched form shows the form's defaults; a posted one what was posted. row: a button of a list was pressed. */
static Value answers_of(const HttpRequest *r, const Pack *pack, bool *row) {
    Value answers = answered(r) ? paper_from_post(asked(pack), sent(r), r->a) : value_ctx(NULL, 0);
    *row = paper_post_rows(asked(pack), sent(r), answers, r->a, &answers);
    return answers;
}

static bool show_form(HttpRequest *r, HttpResponse *out, const Pack *pack, Value answers, const PaperFaults *faults, Err *err) {
    HttpPage p;
    http_page_begin(&p, r, false);
    Str service = http_word_pick(&p, value_get(pack->json, "title"));
    http_page_str(&p, "title", http_page_say(&p, "precheck.title", "service", service, NULL));
    http_page_str(&p, "service", service);
    http_page_str(&p, "id", pack->id);
    Str lead = pack->questions ? value_get_str(http_word_texts(&p, pack), "lead") : http_page_text(&p, "precheck.lead");
    http_page_str(&p, "lead", lead);
    http_page_str(&p, "lang_form", STR("form"));
    http_page_str(&p, "choose", http_page_text(&p, "precheck.choose"));
    http_page_put(&p, "notices", http_word_notices(&p, pack));
    HttpForm form = {.pack = pack, .form = asked(pack), .answers = answers, .faults = faults, .deciding_only = !pack->questions};
    form.action = str_printf(r->a, "/pre-check/" STR_FMT, STR_ARG(pack->id));
    http_page_put(&p, "groups", http_form_groups(&p, &form));
    if (!faults) return http_page_send(&p, out, 200, "resident/precheck", err);
    Str n = str_printf(r->a, "%zu", faults->n);
    http_page_errors(&p, http_page_say(&p, "precheck.error_head", "n", n, NULL), http_form_errors(&p, pack, faults));
    return http_page_send(&p, out, 422, "resident/precheck", err);
}

bool http_precheck_get(HttpRequest *r, HttpResponse *out, Err *err) {
    const Pack *pack;
    bool row;
    TRY(service_of(r, &pack, err));
    return show_form(r, out, pack, answers_of(r, pack, &row), NULL, err);
}

/* ---- result --------------------------------------------------------------------------------------------------- */

static Str rules_line(const HttpPage *p, Value rules) {
    Buf b = {.a = p->a};
    for (uint32_t i = 0; rules.kind == VALUE_LIST && i < rules.size; i++) {
        if (b.n > 0) buf_c(&b, " · ");
        buf_add(&b, http_page_say(p, "result.rule", "rule", value_get_str(rules.u.list[i], "rule"), NULL));
    }
    return buf_str(&b);
}

/* Ticked and filled fields only; what was left out says nothing. */
static Value answer_rows(HttpPage *p, const Pack *pack, Value answers) {
    Str absent;
    Value groups = http_form_facts(p, pack, answers, &absent);
    ValueBuild rows = {.a = p->a};
    for (uint32_t i = 0; i < groups.size; i++) {
        Value list = value_get(groups.u.list[i], "rows");
        for (uint32_t k = 0; k < list.size; k++) build_item(&rows, list.u.list[k]);
    }
    return build_list(&rows);
}

/* The answers as hidden fields, without what only this page needs (no form key begins with a dot). */
static Value carried(const HttpRequest *r) {
    static const char *const own[] = {"lang", "show", ".page"};
    ValueBuild list = {.a = r->a};
    Value fields = http_typed_fields(r, sent(r));
    for (uint32_t i = 0; i < fields.size; i++) {
        Str name = value_get_str(fields.u.list[i], "name");
        bool mine = false;
        for (size_t k = 0; k < COUNT_OF(own); k++) mine = mine || str_is(name, own[k]);
        if (!mine) build_item(&list, fields.u.list[i]);
    }
    return build_list(&list);
}

/* What both kinds of result say: the answer in words, why, the law, and what was asked. */
static void put_result(HttpPage *p, const Pack *pack, Value answers, Value means, Value rules) {
    HttpRequest *r = p->r;
    http_page_str(p, "service", http_word_pick(p, value_get(pack->json, "title")));
    http_page_put(p, "means", value_get(means, "means"));
    http_page_put(p, "reasons", http_why_reasons(p, pack, rules));
    http_page_str(p, "rules", rules_line(p, rules));
    http_page_put(p, "articles", http_word_articles(p, pack, http_why_refs(p, rules)));
    http_page_put(p, "answers", answer_rows(p, pack, answers));
    http_page_put(p, "notices", http_word_notices(p, pack));
    http_page_str(p, "id", pack->id);
    http_page_str(p, "lang_form", STR("again"));
    http_page_put(p, "sent", carried(r));
}

static bool show_result(HttpRequest *r, HttpResponse *out, const Pack *pack, Value answers, Value result, Err *err) {
    HttpPage p;
    http_page_begin(&p, r, false);
    Str code = value_get_str(result, "outcome"), outcome = http_word_outcome(&p, pack, code);
    http_page_str(&p, "title", str_join2(r->a, http_page_text(&p, "result.you_would"), outcome));
    http_page_str(&p, "outcome", outcome);
    put_result(&p, pack, answers, value_get(value_get(http_word_texts(&p, pack), "outcomes"), str_c(r->a, code)), value_get(result, "rules"));
    return http_page_send(&p, out, 200, "resident/result", err);
}

static bool goes_online(const Pack *pack) {
    Value channels = value_get(pack->json, "channels");
    for (uint32_t i = 0; channels.kind == VALUE_LIST && i < channels.size; i++)
        if (str_is(value_text(channels.u.list[i]), "online")) return true;
    return false;
}

static bool show_guide(HttpRequest *r, HttpResponse *out, const Pack *pack, Value answers, Value guide, Err *err) {
    HttpPage p;
    http_page_begin(&p, r, false);
    Value words = value_get(value_get(http_word_texts(&p, pack), "results"), str_c(r->a, value_get_str(guide, "result")));
    Str outcome = value_get_str(words, "name");
    http_page_str(&p, "title", outcome);
    http_page_str(&p, "outcome", outcome);
    http_page_put(&p, "eligible", value_get(guide, "eligible"));
    http_page_put(&p, "online", value_bool(goes_online(pack)));
    put_result(&p, pack, answers, words, value_get(guide, "rules"));
    http_guide_put(&p, pack, guide);
    return http_page_send(&p, out, 200, "resident/guide", err);
}

/* The language was switched on the form, or the answers shall be changed. On the result a switch shows it again. */
static bool shows_form(const HttpRequest *r) {
    bool result = str_is(http_field(r, ".page"), "result");
    return http_field(r, "show").n > 0 || (http_field(r, "lang").n > 0 && !result);
}

bool http_precheck_post(HttpRequest *r, HttpResponse *out, Err *err) {
    const Pack *pack;
    PaperFaults faults = {0};
    Value result;
    bool row;
    TRY(service_of(r, &pack, err));
    Value answers = answers_of(r, pack, &row);
    if (row || shows_form(r)) return show_form(r, out, pack, answers, NULL, err);
    TRY(case_precheck(r->site->house, pack->id, answers, r->now_us, r->offset, r->a, &result, &faults, err));
    if (faults.n > 0) return show_form(r, out, pack, answers, &faults, err);
    return (pack->questions ? show_guide : show_result)(r, out, pack, answers, result, err);
}
