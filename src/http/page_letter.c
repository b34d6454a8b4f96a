/* page_letter: a letter on its sheet of paper, for the resident by tracking code and for staff by case. The
 * inside comes filled from room case; here is only the page around it. */
#include "http/page_in.h"

static bool show(HttpRequest *r, HttpResponse *out, Str html, Str back, bool preview, Err *err) {
    HttpPage p;
    http_page_begin(&p, r, false);
    http_page_str(&p, "title", http_page_text(&p, "letter.title"));
    http_page_str(&p, "css", http_asset_url(r->site, "letter.css", r->a));
    http_page_str(&p, "letter_lang", str_is(r->lang, "zh") ? STR("zh-CN") : STR("en"));
    http_page_str(&p, "body", html);
    http_page_str(&p, "back", back);
    http_page_put(&p, "preview", value_bool(preview));
    return http_page_send(&p, out, 200, "shared/letter", err);
}

static bool letter_number(HttpRequest *r, int64_t *no, Err *err) {
    if (str_to_int(http_param(r, "no"), no)) return true;
    return err_set(err, ERR_NOT_FOUND, "http", "There is no such letter.");
}

bool http_track_letter_get(HttpRequest *r, HttpResponse *out, Err *err) {
    int64_t no;
    Str html, code = http_param(r, "code");
    TRY(letter_number(r, &no, err));
    TRY(case_letter(r->site->house, NULL, code, no, r->lang, r->now_us, r->a, &html, err));
    return show(r, out, html, str_printf(r->a, "/track/" STR_FMT, STR_ARG(code)), false, err);
}

bool http_case_letter_get(HttpRequest *r, HttpResponse *out, Err *err) {
    int64_t no;
    Str html, id = http_param(r, "id");
    TRY(letter_number(r, &no, err));
    TRY(case_letter(r->site->house, &r->who, id, no, r->lang, r->now_us, r->a, &html, err));
    return show(r, out, html, str_printf(r->a, "/staff/cases/" STR_FMT, STR_ARG(id)), no == 0, err);
}
