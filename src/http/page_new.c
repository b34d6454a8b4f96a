/* page_new: registration: the service's form, filled by the clerk, becomes a case. */
#include "http/page_in.h"

#include <string.h>

static bool service_of(HttpRequest *r, const Pack **pack, Err *err) {
    *pack = case_pack(r->site->house, http_query(r, "service"));
    return *pack || err_set(err, ERR_NOT_FOUND, "http", "There is no such service.");
}

/* One key per filled form: sent twice, it registers once. */
static Str form_key(const HttpRequest *r) {
    Str kept = http_field(r, "key");
    if (kept.n > 0) return kept;
    Buf b = {.a = r->a};
    for (int i = 0; i < 16; i++) buf_printf(&b, "%02x", r->seed[i]);
    return buf_str(&b);
}

static bool show_form(HttpRequest *r, HttpResponse *out, const Pack *pack, Value answers, const PaperFaults *faults, Err *err) {
    HttpPage p;
    http_page_begin(&p, r, true);
    Str service = http_word_pick(&p, value_get(pack->json, "title"));
    http_page_str(&p, "title", http_page_say(&p, "new.title", "service", service, NULL));
    http_page_put(&p, "on_new", value_bool(true));
    http_page_str(&p, "id", pack->id);
    http_page_str(&p, "key", form_key(r));
    http_page_str(&p, "lang_form", STR("form"));
    http_page_str(&p, "choose", http_page_text(&p, "precheck.choose"));
    Str action = str_printf(r->a, "/staff/cases/new?service=" STR_FMT, STR_ARG(pack->id));
    HttpForm form = {.pack = pack, .form = pack->form, .answers = answers, .faults = faults, .action = action};
    http_page_put(&p, "groups", http_form_groups(&p, &form));
    if (!faults) return http_page_send(&p, out, 200, "clerk/new", err);
    Str n = str_printf(r->a, "%zu", faults->n);
    http_page_errors(&p, http_page_say(&p, "new.error_head", "n", n, NULL), http_form_errors(&p, pack, faults));
    return http_page_send(&p, out, 422, "clerk/new", err);
}

bool http_case_new_get(HttpRequest *r, HttpResponse *out, Err *err) {
    const Pack *pack;
    TRY(service_of(r, &pack, err));
    return show_form(r, out, pack, value_ctx(NULL, 0), NULL, err);
}

bool http_case_new_post(HttpRequest *r, HttpResponse *out, Err *err) {
    const Pack *pack;
    CaseReply reply = {0};
    TRY(service_of(r, &pack, err));
    Value answers = paper_from_post(pack->form, r->form, r->a);
    bool row = paper_post_rows(pack->form, r->form, answers, r->a, &answers);
    if (row || http_page_only_show(r)) return show_form(r, out, pack, answers, NULL, err);
    Command c = {.what = CASE_CREATE, .service = pack->id, .who = r->who, .key = form_key(r), .version = -1,
                 .args = answers, .now_us = r->now_us, .offset = r->offset};
    memcpy(c.seed, r->seed, sizeof c.seed);
    TRY(case_handle(r->site->house, &c, r->a, &reply, err));
    if (reply.faults.n > 0) return show_form(r, out, pack, answers, &reply.faults, err);
    http_redirect(out, str_printf(r->a, "/staff/cases/" STR_FMT "?registered=" STR_FMT, STR_ARG(reply.id), STR_ARG(reply.tracking_code)));
    return true;
}

/* ---- which service ------------------------------------------------------------------------------------------------ */

static bool says(Value words, Str find) {
    bool found = words.kind == VALUE_STRING && str_find(value_text(words), find) >= 0;
    for (uint32_t i = 0; !found && words.kind == VALUE_LIST && i < words.size; i++) found = says(words.u.list[i], find);
    for (uint32_t i = 0; !found && words.kind == VALUE_CONTEXT && i < words.size; i++) found = says(words.u.ctx[i].value, find);
    return found;
}

/* By its names, its words or the first letters of its pinyin. */
static bool fits(const Pack *pack, Str find) {
    static const char *const members[] = {"title", "subtitle", "keywords", "id"};
    bool found = find.n == 0;
    for (size_t i = 0; i < COUNT_OF(members); i++) found |= says(value_get(pack->json, members[i]), find);
    return found;
}

bool http_register_get(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpPage p;
    Str find = str_trim(http_query(r, "find"));
    ValueBuild list = {.a = r->a};
    http_page_begin(&p, r, true);
    for (size_t i = 0; i < case_pack_count(r->site->house); i++) {
        const Pack *pack = case_pack_at(r->site->house, i);
        if (!fits(pack, find)) continue;
        ValueBuild b = {.a = r->a};
        build_c(&b, "id", value_str(pack->id));
        build_c(&b, "title", value_str(http_word_pick(&p, value_get(pack->json, "title"))));
        build_c(&b, "subtitle", value_str(http_word_pick(&p, value_get(pack->json, "subtitle"))));
        build_item(&list, build_ctx(&b));
    }
    http_page_str(&p, "title", http_page_text(&p, "register.title"));
    http_page_put(&p, "on_new", value_bool(true));
    http_page_str(&p, "find", find);
    http_page_put(&p, "has_services", value_bool(list.n > 0));
    http_page_put(&p, "found", build_list(&list));
    return http_page_send(&p, out, 200, "clerk/register", err);
}
