/* page_process: the drawing of a case's process with the tokens on it. The steps stand in the page as a list; the
 * viewer's script draws them when there is one. Changes nothing. */
#include "http/page_in.h"

static Value step_view(const HttpPage *p, Value step) {
    Str id = value_get_str(step, "id"), name = value_get_str(step, "name");
    ValueBuild b = {.a = p->a};
    build_c(&b, "id", value_str(id));
    build_c(&b, "name", value_str(name.n > 0 ? name : id));
    build_c(&b, "tag", value_str(http_word_tag(p, name)));
    build_c(&b, "type", value_str(http_word(p->t, "bpmn", value_get_str(step, "type"), value_get_str(step, "type"))));
    build_c(&b, "here", value_int(value_get_int(step, "here", 0)));
    build_c(&b, "is_here", value_bool(value_get_int(step, "here", 0) > 0));
    return build_ctx(&b);
}

static bool put_steps(HttpPage *p, Value steps) {
    ValueBuild list = {.a = p->a};
    bool any = false;
    for (uint32_t i = 0; i < steps.size; i++) {
        build_item(&list, step_view(p, steps.u.list[i]));
        any = any || value_get_int(steps.u.list[i], "here", 0) > 0;
    }
    http_page_put(p, "steps", build_list(&list));
    return any;
}

bool http_case_process_get(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpPage p;
    Value view;
    Str id = http_param(r, "id");
    TRY(case_process(r->site->house, &r->who, id, str_of(r->route->purpose), r->now_us, r->a, &view, err));
    http_page_begin(&p, r, true);
    Str purpose = http_word(p.t, "purpose", str_of(r->route->purpose), STR(""));
    http_page_str(&p, "title", http_page_say(&p, "process.title", "service", http_word_pick(&p, value_get(view, "title")), NULL));
    http_page_put(&p, "on_cases", value_bool(true));
    http_page_put(&p, "code", value_get(view, "tracking_code"));
    http_page_str(&p, "purpose", http_page_say(&p, "view.purpose", "purpose", purpose, NULL));
    http_page_put(&p, "ended", value_bool(!put_steps(&p, value_get(view, "steps"))));
    http_page_str(&p, "back", str_printf(r->a, "/staff/cases/" STR_FMT, STR_ARG(id)));
    http_page_str(&p, "drawing", str_printf(r->a, "/staff/drawings/" STR_FMT, STR_ARG(value_get_str(view, "pack"))));
    http_page_str(&p, "process_js", http_asset_url(r->site, "process.js", r->a));
    http_page_str(&p, "process_css", http_asset_url(r->site, "process.css", r->a));
    return http_page_send(&p, out, 200, "clerk/process", err);
}

bool http_drawing_get(HttpRequest *r, HttpResponse *out, Err *err) {
    TRY(case_drawing(r->site->house, http_param(r, "hash"), &out->body, err));
    out->type = "application/xml; charset=utf-8";
    out->cache = "private, max-age=31536000, immutable"; /* a version never changes */
    return true;
}
