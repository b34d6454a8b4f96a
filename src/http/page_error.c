/* Pages for when things do not go well: an error in the reader's language, and the way to sign in. They say
 * what happened and what to do; they never show an internal message. */
#include "http/http_in.h"

bool http_pages_open(HttpSite *site, Arena *house, Err *err) {
    (void)house;
    (void)err;
    site->pages = NULL;
    return true;
}

void http_page_problem(HttpRequest *r, const HttpProblem *p, HttpResponse *out) {
    Buf b = {.a = r->a};
    buf_printf(&b, "<!doctype html><html lang=\"" STR_FMT "\"><title>%d</title><h1>%s</h1><p>", STR_ARG(r->lang),
               p->status, http_title(p->status, r->lang));
    buf_html(&b, p->detail);
    buf_c(&b, "</p></html>\n");
    http_html(out, p->status, buf_str(&b));
}

void http_page_no_session(HttpRequest *r, HttpResponse *out) {
    http_refuse(r, out, 401, "no_session", "请先登录。", "Sign in first.");
}
