/* page_error: pages for when things do not go well: what happened, whether entries are safe, what to do. They
 * never show an internal message. */
#include "http/page_in.h"

#include <inttypes.h>

/* The text for a status; a neighbour's where it has none of its own. */
static const char *text_key(int status) {
    switch (status) {
    case 401: return "401";
    case 403: return "403";
    case 404: return "404";
    case 405: return "405";
    case 409: return "409";
    case 412: return "412";
    case 413: return "413";
    case 422: return "422";
    case 429:
    case 503: return "503";
    case 507: return "507";
    default: return status >= 500 ? "500" : "400";
    }
}

static bool is_staff(const HttpRequest *r) {
    return r->path.n >= 6 && str_starts(r->path, STR("/staff"));
}

/* What a field is called on the page it was typed into. */
static Str field_label(const HttpPage *p, Str name) {
    if (str_is(name, "outcome")) return http_page_text(p, "view.instead");
    if (str_is(name, "reason")) return http_page_text(p, "view.reason");
    for (size_t i = 0; i < case_pack_count(p->r->site->house); i++) {
        Value texts = http_word_texts(p, case_pack_at(p->r->site->house, i));
        Str label = http_word(texts, "fields", name, STR(""));
        if (label.n > 0) return label;
    }
    return STR("");
}

/* Our own trouble in the middle of a form: what was typed is shown, and one button sends it again. */
static void put_typed(HttpPage *p) {
    Value fields = http_typed_fields(p->r, p->r->form);
    ValueBuild rows = {.a = p->a};
    for (uint32_t i = 0; i < fields.size; i++) {
        Str label = field_label(p, value_get_str(fields.u.list[i], "name")), value = value_get_str(fields.u.list[i], "value");
        if (label.n == 0 || value.n == 0) continue;
        ValueBuild b = {.a = p->a};
        build_c(&b, "label", value_str(label));
        build_c(&b, "value", value_str(value));
        build_item(&rows, build_ctx(&b));
    }
    http_page_put(p, "has_typed", value_bool(fields.size > 0));
    http_page_put(p, "typed", build_list(&rows));
    http_page_put(p, "sent", fields);
    http_page_str(p, "again", p->r->target);
}

void http_page_problem(HttpRequest *r, const HttpProblem *problem, HttpResponse *out) {
    HttpPage p;
    Err err = {0};
    bool staff = is_staff(r), ours = problem->status >= 500;
    const char *key = text_key(problem->status);
    http_page_begin(&p, r, staff);
    http_page_str(&p, "title", http_page_text(&p, str_c(r->a, str_printf(r->a, "problem.%s", key))));
    http_page_str(&p, "text", http_page_text(&p, str_c(r->a, str_printf(r->a, "problem.%s_text", key))));
    http_page_put(&p, "ours", value_bool(ours));
    if (staff && ours) put_typed(&p);
    if (http_page_send(&p, out, problem->status, staff ? "clerk/problem" : "resident/problem", &err)) return;
    http_html(out, problem->status, STR("<!doctype html><title>500</title><p>The page could not be made.</p>\n"));
}
