/* page_error: pages for when things do not go well: what happened, whether entries are safe, what to do. They
 * never show an internal message. */
#include "http/page_in.h"

#include <string.h>

/* The text for a problem; a neighbour's where it has none of its own. */
static const char *text_key(const HttpProblem *p) {
    if (strcmp(p->code, "read_only") == 0) return "read_only";
    switch (p->status) {
    case 401: return "401";
    case 403: return "403";
    case 404: return "404";
    case 405: return "405";
    case 409: return "409";
    case 412: return "412";
    case 413: return "413";
    case 422: return "422";
    case 429: return "429";
    case 503: return "503";
    case 507: return "507";
    default: return p->status >= 500 ? "500" : "400";
    }
}

static bool is_staff(const HttpRequest *r) {
    return r->path.n >= 6 && str_starts(r->path, STR("/staff"));
}

typedef struct TypedField { /* one field as the page showed it */
    Str label, value;       /* label "": not for people */
} TypedField;

/* A field of a service's form, in its words; false when the service has none of that name. */
static bool form_field(const HttpPage *p, const Pack *pack, Str name, Str sent, TypedField *out) {
    out->label = http_word(http_word_texts(p, pack), "fields", name, STR(""));
    out->value = str_is(sent, "true") ? http_page_text(p, "yes") : http_word_value(p, pack, name, value_str(sent));
    return out->label.n > 0;
}

static TypedField field_of(const HttpPage *p, Str name, Str sent) {
    TypedField f = {STR(""), sent};
    bool outcome = str_is(name, "outcome"), found = false;
    if (str_is(name, "reason")) f.label = http_page_text(p, "view.reason");
    if (outcome) f.label = http_page_text(p, "view.instead");
    for (size_t i = 0; i < case_pack_count(p->r->site->house) && !found && f.label.n == 0; i++)
        found = form_field(p, case_pack_at(p->r->site->house, i), name, sent, &f);
    for (size_t i = 0; i < case_pack_count(p->r->site->house) && outcome; i++)
        f.value = http_word_outcome(p, case_pack_at(p->r->site->house, i), f.value);
    return f;
}

/* Our own trouble in the middle of a form: what was typed is shown, and one button sends it again. */
static void put_typed(HttpPage *p) {
    Value fields = http_typed_fields(p->r, p->r->form);
    ValueBuild rows = {.a = p->a};
    for (uint32_t i = 0; i < fields.size; i++) {
        TypedField f = field_of(p, value_get_str(fields.u.list[i], "name"), value_get_str(fields.u.list[i], "value"));
        if (f.label.n == 0 || f.value.n == 0) continue;
        ValueBuild b = {.a = p->a};
        build_c(&b, "label", value_str(f.label));
        build_c(&b, "value", value_str(f.value));
        build_item(&rows, build_ctx(&b));
    }
    http_page_put(p, "has_typed", value_bool(fields.size > 0));
    http_page_put(p, "typed", build_list(&rows));
    http_page_put(p, "sent", fields);
    http_page_str(p, "again", p->r->target);
    if (fields.size > 0) http_page_str(p, "lang_form", STR("form"));
}

void http_page_problem(HttpRequest *r, const HttpProblem *problem, HttpResponse *out) {
    HttpPage p;
    Err err = {0};
    bool staff = is_staff(r), ours = problem->status >= 500 || problem->status == 429;
    const char *key = text_key(problem);
    http_page_begin(&p, r, staff);
    http_page_str(&p, "title", http_page_text(&p, str_c(r->a, str_printf(r->a, "problem.%s", key))));
    http_page_str(&p, "text", http_page_say(&p, str_c(r->a, str_printf(r->a, "problem.%s_text", key)), "seconds",
                                            str_printf(r->a, "%d", problem->retry_s), NULL));
    http_page_put(&p, "ours", value_bool(ours));
    /* A page that answers a form cannot be fetched in the other language: the list can. */
    if (staff && r->form.kind == VALUE_CONTEXT && !ours)
        http_page_str(&p, "other_href", str_printf(r->a, "/staff/cases?lang=%s", str_is(r->lang, "zh") ? "en" : "zh"));
    if (ours) put_typed(&p);
    http_page_put(&p, "reload", value_bool(problem->status == 429 && str_is(r->method, "GET")));
    if (http_page_send(&p, out, problem->status, staff ? "clerk/problem" : "resident/problem", &err)) return;
    http_html(out, problem->status, STR("<!doctype html><title>500</title><p>The page could not be made.</p>\n"));
}
