/* page_process: the drawing of a case's process with the tokens on it, and the supervisor's form to put the case at
 * another place. The steps stand in the page as a list; the viewer's script draws them when there is one. */
#include "http/page_in.h"

#include <string.h>

static Value step_view(const HttpPage *p, const Pack *pack, Value step) {
    Str id = value_get_str(step, "id"), name = http_word_step(p, pack, id, value_get_str(step, "name"));
    ValueBuild b = {.a = p->a};
    build_c(&b, "id", value_str(id));
    build_c(&b, "name", value_str(name));
    build_c(&b, "tag", value_str(http_word_tag(p, name)));
    build_c(&b, "type", value_str(http_word(p->t, "bpmn", value_get_str(step, "type"), value_get_str(step, "type"))));
    build_c(&b, "here", value_int(value_get_int(step, "here", 0)));
    build_c(&b, "is_here", value_bool(value_get_int(step, "here", 0) > 0));
    return build_ctx(&b);
}

static bool put_steps(HttpPage *p, const Pack *pack, Value steps) {
    ValueBuild list = {.a = p->a};
    bool any = false;
    for (uint32_t i = 0; i < steps.size; i++) {
        build_item(&list, step_view(p, pack, steps.u.list[i]));
        any = any || value_get_int(steps.u.list[i], "here", 0) > 0;
    }
    http_page_put(p, "steps", build_list(&list));
    return any;
}

typedef struct Typed { /* a move that could not be made; zero when nothing was typed */
    Str cancel, begin, reason; /* as typed */
    const char *error;         /* path of the text that says why */
} Typed;

static Value choice_view(const HttpPage *p, const Pack *pack, Value step, Str chosen) {
    Str id = value_get_str(step, "id"), name = http_word_step(p, pack, id, value_get_str(step, "name"));
    ValueBuild b = {.a = p->a};
    build_c(&b, "id", value_str(id));
    build_c(&b, "name", value_str(name));
    build_c(&b, "type", value_str(http_word(p->t, "bpmn", value_get_str(step, "type"), value_get_str(step, "type"))));
    build_c(&b, "selected", value_bool(str_eq(id, chosen)));
    return build_ctx(&b);
}

/* The supervisor's form: what waits may be called off, what the process allows may begin. */
static void put_move(HttpPage *p, const Pack *pack, Value view, const Typed *typed) {
    Value steps = value_get(view, "steps");
    ValueBuild from = {.a = p->a}, to = {.a = p->a}, form = {.a = p->a};
    Buf key = {.a = p->a};
    if (!value_get_bool(view, "may_move", false)) return;
    for (uint32_t i = 0; i < steps.size; i++) {
        Value step = steps.u.list[i];
        if (value_get_bool(step, "waits", false)) build_item(&from, choice_view(p, pack, step, typed->cancel));
        if (value_get_bool(step, "begins", false)) build_item(&to, choice_view(p, pack, step, typed->begin));
    }
    for (int i = 0; i < 16; i++) buf_printf(&key, "%02x", p->r->seed[i]);
    build_c(&form, "from", build_list(&from));
    build_c(&form, "to", build_list(&to));
    build_c(&form, "key", value_str(buf_str(&key)));
    build_c(&form, "version", value_get(view, "version"));
    build_c(&form, "reason", value_str(typed->reason));
    build_c(&form, "open", value_bool(typed->error != NULL));
    build_c(&form, "error", value_str(typed->error ? http_page_text(p, typed->error) : STR("")));
    http_page_put(p, "move", build_ctx(&form));
}

static void put_outcome(HttpPage *p, const Typed *typed) {
    ValueBuild errors = {.a = p->a}, b = {.a = p->a};
    if (typed->error) {
        build_c(&b, "key", value_c("reason"));
        build_c(&b, "text", value_str(http_page_text(p, typed->error)));
        build_item(&errors, build_ctx(&b));
        http_page_errors(p, http_page_text(p, "process.error_head"), build_list(&errors));
    } else if (str_is(http_query(p->r, "done"), "1")) {
        build_c(&b, "text", value_str(http_page_text(p, "process.done")));
        http_page_put(p, "notice", build_ctx(&b));
    }
}

static bool show(HttpRequest *r, HttpResponse *out, const Typed *typed, Err *err) {
    HttpPage p;
    Value view;
    Str id = http_param(r, "id"), handling = STR("handling");
    TRY(case_process(r->site->house, &r->who, id, handling, r->now_us, r->a, &view, err));
    http_page_begin(&p, r, true);
    const Pack *pack = case_view_pack(r->site->house, view);
    Str purpose = http_word(p.t, "purpose", handling, STR(""));
    http_page_str(&p, "title", http_page_say(&p, "process.title", "service", http_word_pick(&p, value_get(view, "title")), NULL));
    http_page_put(&p, "on_cases", value_bool(true));
    http_page_put(&p, "code", value_get(view, "tracking_code"));
    http_page_str(&p, "purpose", http_page_say(&p, "view.purpose", "purpose", purpose, NULL));
    http_page_put(&p, "ended", value_bool(!put_steps(&p, pack, value_get(view, "steps"))));
    put_move(&p, pack, view, typed);
    put_outcome(&p, typed);
    http_page_str(&p, "back", str_printf(r->a, "/staff/cases/" STR_FMT, STR_ARG(id)));
    http_page_str(&p, "drawing", str_printf(r->a, "/staff/drawings/" STR_FMT, STR_ARG(value_get_str(view, "pack"))));
    http_page_str(&p, "process_js", http_asset_url(r->site, "process.js", r->a));
    http_page_str(&p, "process_css", http_asset_url(r->site, "process.css", r->a));
    return http_page_send(&p, out, typed->error ? 422 : 200, "clerk/process", err);
}

bool http_case_process_get(HttpRequest *r, HttpResponse *out, Err *err) { return show(r, out, &(Typed){0}, err); }

/* What the page says beside the form; NULL when the trouble is not the form's. */
static const char *word_of(const Err *trouble) {
    if (trouble->code == ERR_INVALID) return "process.reason_missing";
    if (trouble->code == ERR_INPUT) return "process.choose";
    return trouble->code == ERR_STALE || trouble->code == ERR_STATE ? "process.cannot" : NULL;
}

bool http_case_process_post(HttpRequest *r, HttpResponse *out, Err *err) {
    CaseReply reply;
    Err trouble = {0};
    int64_t version;
    Typed typed = {.cancel = http_field(r, "cancel"), .begin = http_field(r, "begin"), .reason = http_field(r, "reason")};
    if (http_page_only_show(r)) return show(r, out, &typed, err);
    if (!str_to_int(http_field(r, "version"), &version) || http_field(r, "key").n == 0)
        return err_set(err, ERR_INPUT, "http", "The form is incomplete; open the page again.");
    ValueBuild args = {.a = r->a};
    build_c(&args, "cancel", value_str(typed.cancel));
    build_c(&args, "begin", value_str(typed.begin));
    build_c(&args, "reason", value_str(typed.reason));
    Command c = {.what = CASE_MOVE, .case_id = http_param(r, "id"), .who = r->who, .key = http_field(r, "key"), .version = version,
                 .args = build_ctx(&args), .now_us = r->now_us, .offset = r->offset};
    memcpy(c.seed, r->seed, sizeof c.seed);
    if (case_handle(r->site->house, &c, r->a, &reply, &trouble)) {
        http_redirect(out, str_printf(r->a, "/staff/cases/" STR_FMT "/process?done=1", STR_ARG(http_param(r, "id"))));
        return true;
    }
    typed.error = word_of(&trouble);
    if (typed.error) return show(r, out, &typed, err);
    *err = trouble;
    return false;
}

bool http_drawing_get(HttpRequest *r, HttpResponse *out, Err *err) {
    TRY(case_drawing(r->site->house, http_param(r, "hash"), &out->body, err));
    out->type = "application/xml; charset=utf-8";
    out->cache = "private, max-age=31536000, immutable"; /* a version never changes */
    return true;
}
