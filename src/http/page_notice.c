/* page_notice: what was just done, told on the page that follows. The query names a case, not words: a link
 * from elsewhere can point at a case but cannot put a sentence on the page. */
#include "http/page_in.h"

static void put(HttpPage *p, Str text, Str href, Str link) {
    ValueBuild b = {.a = p->a};
    build_c(&b, "text", value_str(text));
    build_c(&b, "href", value_str(href));
    build_c(&b, "link", value_str(link));
    http_page_put(p, "notice", build_ctx(&b));
}

static void put_done(HttpPage *p, Str done) {
    bool here = str_ends(p->r->path, str_join2(p->a, STR("/"), done)), list = str_is(p->r->path, "/staff/cases");
    if (here) {
        put(p, http_page_text(p, "list.corrected_notice"), STR(""), STR(""));
        return;
    }
    Str letter = str_printf(p->a, "/staff/cases/" STR_FMT "/letters/1", STR_ARG(done));
    put(p, http_page_text(p, list ? "list.no_more" : "list.done_notice"), letter, http_page_text(p, "list.done_letter"));
}

static void put_step(HttpPage *p, Str step) {
    Value words = value_null();
    if (step.n > 0 && value_find(value_get(value_get(p->t, "life"), "done"), step, &words)) put(p, value_text(words), STR(""), STR(""));
}

void http_notice_put(HttpPage *p) {
    char code[14];
    put_step(p, http_query(p->r, "step"));
    Str done = http_query(p->r, "done"), registered = http_query(p->r, "registered");
    if (done.n > 0) put_done(p, done);
    if (!case_code_read(registered, code)) return;
    Str shown = str_printf(p->a, "%.4s-%.4s-%.4s-%c", code, code + 4, code + 8, code[12]);
    put(p, http_page_say(p, "list.registered_notice", "code", shown, NULL), STR(""), STR(""));
}
