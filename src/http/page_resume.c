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

bool http_resume_post(HttpRequest *r, HttpResponse *out, Err *err) {
    CaseDraft d;
    Err trouble = {0};
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
