/* page_resume: going on with a draft, on any device: by its code, or by the file that it was saved as. */
#include "http/page_apply.h"

static bool show(HttpRequest *r, HttpResponse *out, int status, const char *error, Err *err) {
    HttpPage p;
    http_page_begin(&p, r, false);
    http_page_str(&p, "title", http_page_text(&p, "apply.resume"));
    http_page_put(&p, "forgotten", value_bool(http_query(r, "forgotten").n > 0));
    http_page_str(&p, "code", http_field(r, "code"));
    http_page_str(&p, "other_href", str_printf(r->a, "/apply?lang=%s", str_is(r->lang, "zh") ? "en" : "zh"));
    if (error) {
        ValueBuild one = {.a = r->a}, list = {.a = r->a};
        Str text = http_page_text(&p, error);
        build_c(&one, "key", value_c("code"));
        build_c(&one, "text", value_str(text));
        build_item(&list, build_ctx(&one));
        http_page_str(&p, "code_error", text);
        http_page_errors(&p, http_page_text(&p, "track.error_head"), build_list(&list));
    }
    return http_page_send(&p, out, status, "resident/apply_resume", err);
}

bool http_resume_get(HttpRequest *r, HttpResponse *out, Err *err) {
    return show(r, out, 200, NULL, err);
}

/* What a draft's file says; staff's own fields in it are nobody's to fill in. `posted` is what a page's script saved. */
static Value answers_in(const Pack *pack, Value file, Arena *a) {
    Value answers = value_get(file, "answers"), posted = value_get(file, "posted");
    if (posted.kind == VALUE_CONTEXT) answers = http_apply_answers(pack, posted, a);
    ValueBuild b = {.a = a};
    for (uint32_t i = 0; answers.kind == VALUE_CONTEXT && i < answers.size; i++)
        if (!http_apply_is_staff(pack, answers.u.ctx[i].key)) build_entry(&b, answers.u.ctx[i].key, answers.u.ctx[i].value);
    return build_ctx(&b);
}

/* A new draft of this device with what the file holds. */
static bool from_file(HttpRequest *r, HttpResponse *out, Str bytes, Err *err) {
    Value file;
    Err trouble = {0};
    CaseDraft d;
    bool read = json_parse(bytes, (JsonLimits){.bytes = 2 * CASE_DRAFT_BYTES, .depth = 32}, r->a, &file, &trouble);
    bool ours = read && file.kind == VALUE_CONTEXT && str_is(value_get_str(file, "format"), "yichuang-draft");
    const Pack *pack = ours ? case_pack(r->site->house, value_get_str(file, "service")) : NULL;
    if (!pack) return show(r, out, 422, "apply.bad_file", err);
    Str version = value_get_str(file, "version");
    if (version.n > 128) return show(r, out, 422, "apply.bad_file", err);
    TRY(case_draft_open(r->site->house, pack->id, version, answers_in(pack, file, r->a), r->seed, r->now_us, r->a, &d, err));
    http_draft_cookie_set(r, out, pack->id, d.code);
    http_redirect(out, str_printf(r->a, "/apply/" STR_FMT "/check?resumed=1", STR_ARG(pack->id)));
    return true;
}

bool http_resume_post(HttpRequest *r, HttpResponse *out, Err *err) {
    CaseDraft d;
    Err trouble = {0};
    if (r->oversize > 0) return show(r, out, 422, "apply.bad_file", err);
    if (r->n_sent > 0 && http_field(r, "code").n == 0) return from_file(r, out, r->sent[0].bytes, err);
    if (!case_draft_get(r->site->house, http_field(r, "code"), r->now_us, r->a, &d, &trouble)) {
        if (trouble.code == ERR_INPUT || trouble.code == ERR_NOT_FOUND) return show(r, out, 404, "apply.no_code", err);
        *err = trouble;
        return false;
    }
    if (d.expired) return http_apply_ended(r, out, &d, "expired", err);
    http_draft_cookie_set(r, out, d.service, d.code);
    http_redirect(out, str_printf(r->a, "/apply/" STR_FMT "%s", STR_ARG(d.service), !d.pack ? "" : d.tracking_code.n > 0 ? "/receipt" : "/check?resumed=1"));
    return true;
}
