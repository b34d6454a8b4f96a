/* page_sign: signing in and out. What was typed when a session ended travels through the sign-in form and is
 * shown again, never carried out: the officer presses the button. */
#include "http/head.h"
#include "http/page_in.h"

#define TYPED "typed."

/* ---- the form ------------------------------------------------------------------------------------------------ */

static void add_field(ValueBuild *list, Str name, Value value) {
    if (value.kind == VALUE_LIST) {
        for (uint32_t i = 0; i < value.size; i++) add_field(list, name, value.u.list[i]);
        return;
    }
    ValueBuild b = {.a = list->a};
    build_c(&b, "name", value_str(name));
    build_c(&b, "value", value);
    build_item(list, build_ctx(&b));
}

Value http_typed_fields(const HttpRequest *r, Value form) {
    ValueBuild list = {.a = r->a};
    for (uint32_t i = 0; form.kind == VALUE_CONTEXT && i < form.size; i++)
        if (!str_is(form.u.ctx[i].key, "form_token")) add_field(&list, form.u.ctx[i].key, form.u.ctx[i].value);
    return build_list(&list);
}

/* Only our own staff pages, so that nobody can be sent elsewhere after signing in. */
static Str safe_back(Str back) {
    bool ours = (str_starts(back, STR("/staff/cases")) || str_starts(back, STR("/staff/board"))) && str_find(back, STR("\\")) < 0 && str_find(back, STR("//")) < 0;
    for (size_t i = 0; i < back.n && ours; i++) ours = (unsigned char)back.p[i] > ' ' && (unsigned char)back.p[i] < 127;
    return ours ? back : STR("/staff/cases");
}

typedef struct SignIn { /* what the form shows and carries */
    Str back;         /* where to go afterwards */
    Value typed;      /* [{name, value}] */
    bool ended;       /* a session ended in the middle of something */
    const char *wrong; /* path of the text that says why not, NULL at first */
    int status;       /* of the reply */
} SignIn;

static bool show(HttpRequest *r, HttpResponse *out, const SignIn *s, Err *err) {
    HttpPage p;
    r->who = (AccessWho){0};
    http_page_begin(&p, r, true);
    http_page_str(&p, "title", http_page_text(&p, "signin.title"));
    http_page_str(&p, "back", s->back);
    http_page_put(&p, "typed", s->typed);
    http_page_put(&p, "ended", value_bool(s->ended));
    http_page_str(&p, "user", s->wrong ? http_field(r, "user") : STR(""));
    http_page_str(&p, "lang_form", STR("form"));
    http_page_str(&p, "other_href", str_is(r->lang, "zh") ? STR("/staff/sign-in?lang=en") : STR("/staff/sign-in?lang=zh"));
    if (s->wrong) {
        ValueBuild one = {.a = r->a}, list = {.a = r->a};
        build_c(&one, "key", value_c("user"));
        build_c(&one, "text", value_str(http_page_text(&p, s->wrong)));
        build_item(&list, build_ctx(&one));
        http_page_errors(&p, http_page_text(&p, "signin.error_head"), build_list(&list));
    }
    return http_page_send(&p, out, s->status, "clerk/signin", err);
}

bool http_staff_get(HttpRequest *r, HttpResponse *out, Err *err) {
    (void)err;
    bool reads = access_may(r->site->store, &r->who, ACCESS_CASE_READ, STR(""));
    http_redirect(out, reads ? STR("/staff/cases") : STR("/staff/stuck"));
    return true;
}

bool http_sign_in_get(HttpRequest *r, HttpResponse *out, Err *err) {
    return show(r, out, &(SignIn){.back = STR("/staff/cases"), .typed = value_list(NULL, 0), .status = 200}, err);
}

void http_page_no_session(HttpRequest *r, HttpResponse *out) {
    Err err = {0};
    bool posted = r->form.kind == VALUE_CONTEXT;
    SignIn s = {.back = safe_back(r->target), .typed = http_typed_fields(r, r->form), .ended = posted, .status = 401};
    if (!show(r, out, &s, &err)) http_refuse(r, out, 500, "page", "登录页出错了。", "The sign-in page failed.");
}

/* ---- signing in -------------------------------------------------------------------------------------------------- */

/* The fields that travelled, under their own names, with the mark that they are to be shown only. */
static Value travelled(const HttpRequest *r) {
    ValueBuild b = {.a = r->a};
    for (uint32_t i = 0; r->form.kind == VALUE_CONTEXT && i < r->form.size; i++) {
        Str name = r->form.u.ctx[i].key;
        if (str_starts(name, STR(TYPED)))
            build_entry(&b, str_sub(name, sizeof TYPED - 1, name.n), r->form.u.ctx[i].value);
    }
    return b.n == 0 ? value_null() : value_with(r->a, build_ctx(&b), STR("show"), value_c("1"));
}

/* Shows the form that the session's end interrupted, filled as it was. */
static bool resume(const HttpRequest *r, HttpResponse *out, Str back, Value form, Err *err) {
    HttpRequest again = *r;
    Str query, allow;
    again.target = back;
    again.form = form;
    if (!http_split_target(back, &again.path, &query)) return err_set(err, ERR_INPUT, "http", "The way back is no path.");
    TRY(http_read_form(query, r->a, &again.query, err));
    if (http_match(STR("POST"), again.path, r->a, &again.route, again.params, &allow) != HTTP_MATCHED)
        return err_set(err, ERR_NOT_FOUND, "http", "The way back leads nowhere.");
    if (!access_may(r->site->store, &again.who, again.route->right, STR("")))
        return err_set(err, ERR_DENIED, "http", "Your role does not allow this.");
    return again.route->handler(&again, out, err);
}

bool http_sign_in_post(HttpRequest *r, HttpResponse *out, Err *err) {
    Str token, back = safe_back(http_field(r, "back"));
    Err trouble = {0};
    AccessWho who = {0};
    Value form = travelled(r);
    SignIn s = {.back = back, .status = 200, .ended = !value_is_null(form)};
    ValueBuild typed = {.a = r->a};
    for (uint32_t i = 0; form.kind == VALUE_CONTEXT && i + 1 < form.size; i++) add_field(&typed, form.u.ctx[i].key, form.u.ctx[i].value);
    s.typed = build_list(&typed);
    if (http_field(r, "lang").n > 0) return show(r, out, &s, err);
    if (!access_sign_in(r->site->store, http_field(r, "user"), http_field(r, "password"), r->seed, r->now_us, r->a, &token, &who, &trouble)) {
        if (trouble.code != ERR_DENIED && trouble.code != ERR_BUSY) {
            *err = trouble;
            return false;
        }
        s.wrong = trouble.code == ERR_BUSY ? "signin.busy" : "signin.wrong";
        s.status = 422;
        return show(r, out, &s, err);
    }
    r->who = who;
    http_set_session(r, out, token);
    if (!value_is_null(form)) return resume(r, out, back, form, err);
    http_redirect(out, back);
    return true;
}

bool http_sign_out_post(HttpRequest *r, HttpResponse *out, Err *err) {
    TRY(access_sign_out(r->site->store, r->token, err));
    http_set_session(r, out, STR(""));
    http_redirect(out, STR("/staff/sign-in"));
    return true;
}
