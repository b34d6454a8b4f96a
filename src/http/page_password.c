/* page_password: another password, chosen by who has it. One that an administrator has read out opens nothing else. */
#include "http/page_in.h"

static bool show(HttpRequest *r, HttpResponse *out, const char *field, const char *error, Err *err) {
    HttpPage p;
    http_page_begin(&p, r, true);
    http_page_str(&p, "title", http_page_text(&p, "password.title"));
    http_page_put(&p, "first", value_bool(r->who.first_password));
    if (error) {
        ValueBuild one = {.a = r->a}, list = {.a = r->a};
        build_c(&one, "key", value_c(field));
        build_c(&one, "text", value_str(http_page_text(&p, error)));
        build_item(&list, build_ctx(&one));
        http_page_errors(&p, http_page_text(&p, "password.error_head"), build_list(&list));
    }
    return http_page_send(&p, out, error ? 422 : 200, "clerk/password", err);
}

bool http_password_get(HttpRequest *r, HttpResponse *out, Err *err) { return show(r, out, "", NULL, err); }

bool http_password_post(HttpRequest *r, HttpResponse *out, Err *err) {
    Str fresh = http_field(r, "fresh"), token;
    AccessWho who;
    Err trouble = {0};
    if (http_page_only_show(r)) return show(r, out, "", NULL, err);
    if (!str_eq(fresh, http_field(r, "again"))) return show(r, out, "again", "password.differs", err);
    if (access_password_change(r->site->store, &r->who, http_field(r, "old"), fresh, r->seed, r->now_us, r->a, &trouble)) {
        TRY(access_sign_in(r->site->store, r->who.user, fresh, r->seed, r->now_us, r->a, &token, &who, err));
        http_set_session(r, out, token);
        http_redirect(out, STR("/staff"));
        return true;
    }
    if (trouble.code == ERR_INVALID) return show(r, out, "fresh", "password.weak", err);
    if (trouble.code == ERR_DENIED) return show(r, out, "old", "password.wrong", err);
    if (trouble.code == ERR_BUSY) return show(r, out, "old", "signin.busy", err);
    *err = trouble;
    return false;
}
