/* page_admin: offices and users for whoever manages them: lists, forms, and one order of room access for each. What cannot
 * be taken back easily is tried first and shown before it is done. A new password is on one page, once. */
#include "http/page_in.h"

#include <string.h>

typedef struct Shown { /* what the page says beside its lists; zero when nothing */
    const char *done;      /* path of the text that says what was done */
    Str password;          /* made just now, "" none */
    const char *error;     /* path of the text that says why not */
    Str field;             /* where, "" the whole */
    const char *preview;   /* path of the text that says what would happen: asks for a yes */
} Shown;

static const struct {
    const char *word;    /* field `do` */
    AccessDo what;       /* the order */
    bool asks;           /* shown before it is done */
} acts[] = {
    {"add_user", ACCESS_USER_ADD, false},         {"grant", ACCESS_USER_GRANT, false},       {"revoke", ACCESS_USER_REVOKE, false},
    {"qualify", ACCESS_USER_QUALIFY, false},      {"move", ACCESS_USER_MOVE, false},         {"disable", ACCESS_USER_DISABLE, true},
    {"enable", ACCESS_USER_ENABLE, false},        {"password", ACCESS_USER_PASSWORD, true},  {"sessions", ACCESS_USER_SESSIONS, true},
    {"add_office", ACCESS_OFFICE_ADD, false},     {"move_office", ACCESS_OFFICE_MOVE, true}, {"rename_office", ACCESS_OFFICE_RENAME, false},
};

/* ---- views ---- */
static Str office_name(const HttpPage *p, Value offices, Str id) {
    for (uint32_t i = 0; i < offices.size; i++)
        if (str_eq(value_get_str(offices.u.list[i], "id"), id)) return http_word_pick(p, value_get(offices.u.list[i], "name"));
    return id.n > 0 ? id : http_page_text(p, "admin.every_office");
}

static Value options_of(const HttpPage *p, Value list) {
    ValueBuild out = {.a = p->a};
    for (uint32_t i = 0; i < list.size; i++) {
        ValueBuild b = {.a = p->a};
        build_c(&b, "id", value_get(list.u.list[i], "id"));
        build_c(&b, "name", value_str(http_word_pick(p, list.u.list[i])));
        build_item(&out, build_ctx(&b));
    }
    return build_list(&out);
}

/* The tree as a list: each office behind as many marks as it lies deep. */
static Value office_rows(const HttpPage *p, Value offices) {
    ValueBuild out = {.a = p->a};
    for (uint32_t i = 0; i < offices.size; i++) {
        Value o = offices.u.list[i];
        ValueBuild b = {.a = p->a};
        Buf marks = {.a = p->a};
        for (int64_t depth = value_get_int(o, "depth", 0); depth > 0; depth--) buf_c(&marks, "— ");
        build_c(&b, "id", value_get(o, "id"));
        build_c(&b, "marks", value_str(buf_str(&marks)));
        build_c(&b, "name", value_str(http_word_pick(p, value_get(o, "name"))));
        build_item(&out, build_ctx(&b));
    }
    return build_list(&out);
}

static Value service_options(const HttpPage *p) {
    ValueBuild out = {.a = p->a};
    bool zh = str_is(http_page_lang(p), "zh");
    for (size_t i = 0; i < case_pack_count(p->r->site->house); i++) {
        const Pack *pack = case_pack_at(p->r->site->house, i);
        ValueBuild b = {.a = p->a};
        build_c(&b, "id", value_str(pack->id));
        build_c(&b, "name", value_str(zh ? pack->title_zh : pack->title_en));
        build_item(&out, build_ctx(&b));
    }
    return build_list(&out);
}

static Str service_name(const HttpPage *p, Str id) {
    const Pack *pack = case_pack(p->r->site->house, id);
    if (id.n == 0) return http_page_text(p, "admin.every_service");
    return !pack ? id : str_is(http_page_lang(p), "zh") ? pack->title_zh : pack->title_en;
}

static Value user_row(const HttpPage *p, Value user, Value offices) {
    Str role = value_get_str(user, "role");
    ValueBuild b = {.a = p->a};
    build_c(&b, "login", value_get(user, "login"));
    build_c(&b, "name", value_str(http_word_pick(p, value_get(user, "name"))));
    build_c(&b, "office", value_str(office_name(p, offices, value_get_str(user, "office"))));
    build_c(&b, "role", value_str(http_word(p->t, "role", role, role)));
    build_c(&b, "disabled", value_get(user, "disabled"));
    return build_ctx(&b);
}

/* The last day, as a list writes dates; "" without end. */
static Str last_day(const HttpPage *p, Value until_us) {
    int64_t us;
    if (!value_to_int(until_us, &us)) return STR("");
    return str_head(http_word_time(p, date_from_unix_us(p->a, us - 1, p->r->offset)), 10);
}

static Str grant_name(const HttpPage *p, Str what) {
    Value lists[] = {access_role_list(p->a), access_scope_list(p->a)};
    for (size_t k = 0; k < COUNT_OF(lists); k++)
        for (uint32_t i = 0; i < lists[k].size; i++)
            if (str_eq(value_get_str(lists[k].u.list[i], "id"), what)) return http_word_pick(p, lists[k].u.list[i]);
    return what;
}

static Value grant_rows(const HttpPage *p, Value grants, Value offices) {
    ValueBuild out = {.a = p->a};
    for (uint32_t i = 0; i < grants.size; i++) {
        Value g = grants.u.list[i];
        ValueBuild b = {.a = p->a};
        build_c(&b, "no", value_get(g, "no"));
        build_c(&b, "what", value_str(grant_name(p, value_get_str(g, "what"))));
        build_c(&b, "office", value_str(office_name(p, offices, value_get_str(g, "office"))));
        build_c(&b, "below", value_get(g, "below"));
        build_c(&b, "service", value_str(service_name(p, value_get_str(g, "service"))));
        build_c(&b, "until", value_str(last_day(p, value_get(g, "until_us"))));
        build_c(&b, "expired", value_get(g, "expired"));
        build_item(&out, build_ctx(&b));
    }
    return build_list(&out);
}

static Value qualification_rows(const HttpPage *p, Value list) {
    ValueBuild out = {.a = p->a};
    for (uint32_t i = 0; i < list.size; i++) {
        Value q = list.u.list[i];
        ValueBuild b = {.a = p->a};
        build_c(&b, "id", value_get(q, "service"));
        build_c(&b, "service", value_str(service_name(p, value_get_str(q, "service"))));
        build_c(&b, "until", value_str(last_day(p, value_get(q, "until_us"))));
        build_c(&b, "expired", value_get(q, "expired"));
        build_item(&out, build_ctx(&b));
    }
    return build_list(&out);
}

static Value session_rows(const HttpPage *p, Value list) {
    ValueBuild out = {.a = p->a};
    for (uint32_t i = 0; i < list.size; i++) {
        ValueBuild b = {.a = p->a};
        int64_t since = value_get_int(list.u.list[i], "since_us", 0), seen = value_get_int(list.u.list[i], "seen_us", 0);
        build_c(&b, "since", value_str(http_word_time(p, date_from_unix_us(p->a, since, p->r->offset))));
        build_c(&b, "seen", value_str(http_word_time(p, date_from_unix_us(p->a, seen, p->r->offset))));
        build_item(&out, build_ctx(&b));
    }
    return build_list(&out);
}

/* ---- the pages ---- */
static void put_shown(HttpPage *p, const Shown *shown) {
    if (shown->done) {
        ValueBuild b = {.a = p->a};
        build_c(&b, "text", value_str(http_page_text(p, shown->done)));
        http_page_put(p, "notice", build_ctx(&b));
    }
    if (shown->error) {
        ValueBuild one = {.a = p->a}, list = {.a = p->a};
        build_c(&one, "key", value_str(shown->field.n > 0 ? shown->field : STR("main")));
        build_c(&one, "text", value_str(http_page_text(p, shown->error)));
        build_item(&list, build_ctx(&one));
        http_page_errors(p, http_page_text(p, "admin.error_head"), build_list(&list));
    }
    if (shown->preview) {
        ValueBuild b = {.a = p->a};
        build_c(&b, "text", value_str(http_page_text(p, shown->preview)));
        build_c(&b, "fields", http_typed_fields(p->r, p->r->form));
        http_page_put(p, "preview", build_ctx(&b));
    }
    http_page_str(p, "password", shown->password);
}

static int status_of(const Shown *shown) { return shown->error ? 422 : 200; }

static bool show_admin(HttpRequest *r, HttpResponse *out, const Shown *shown, Err *err) {
    HttpPage p;
    Value offices, users;
    ValueBuild rows = {.a = r->a};
    TRY(access_office_list(r->site->store, r->a, &offices, err));
    TRY(access_user_list(r->site->store, &r->who, r->a, &users, err));
    http_page_begin(&p, r, true);
    http_page_str(&p, "title", http_page_text(&p, "admin.title"));
    http_page_put(&p, "on_admin", value_bool(true));
    for (uint32_t i = 0; i < users.size; i++) build_item(&rows, user_row(&p, users.u.list[i], offices));
    http_page_put(&p, "users", build_list(&rows));
    http_page_put(&p, "offices", office_rows(&p, offices));
    http_page_put(&p, "roles", options_of(&p, access_role_list(r->a)));
    http_page_str(&p, "action", STR("/staff/admin"));
    put_shown(&p, shown);
    return http_page_send(&p, out, status_of(shown), "clerk/admin", err);
}

static bool show_user(HttpRequest *r, HttpResponse *out, Str login, const Shown *shown, Err *err) {
    HttpPage p;
    Value offices, user;
    TRY(access_office_list(r->site->store, r->a, &offices, err));
    TRY(access_user_view(r->site->store, &r->who, login, r->now_us, r->a, &user, err));
    http_page_begin(&p, r, true);
    http_page_str(&p, "title", http_word_pick(&p, value_get(user, "name")));
    http_page_put(&p, "on_admin", value_bool(true));
    http_page_put(&p, "user", user_row(&p, user, offices));
    http_page_put(&p, "own", value_bool(str_eq(login, r->who.user)));
    http_page_put(&p, "version", value_get(user, "version"));
    http_page_put(&p, "grants", grant_rows(&p, value_get(user, "grants"), offices));
    http_page_put(&p, "qualifications", qualification_rows(&p, value_get(user, "qualifications")));
    http_page_put(&p, "sessions", session_rows(&p, value_get(user, "sessions")));
    http_page_put(&p, "offices", office_rows(&p, offices));
    http_page_put(&p, "roles", options_of(&p, access_role_list(r->a)));
    http_page_put(&p, "scopes", options_of(&p, access_scope_list(r->a)));
    http_page_put(&p, "services", service_options(&p));
    http_page_str(&p, "action", str_printf(r->a, "/staff/admin/users/" STR_FMT, STR_ARG(login)));
    put_shown(&p, shown);
    return http_page_send(&p, out, status_of(shown), "clerk/user", err);
}

bool http_admin_get(HttpRequest *r, HttpResponse *out, Err *err) {
    return show_admin(r, out, &(Shown){.done = str_is(http_query(r, "done"), "1") ? "admin.done" : NULL}, err);
}

bool http_admin_user_get(HttpRequest *r, HttpResponse *out, Err *err) {
    return show_user(r, out, http_param(r, "login"), &(Shown){.done = str_is(http_query(r, "done"), "1") ? "admin.done" : NULL}, err);
}

/* ---- orders ---- */
static Value names_of(const HttpRequest *r) {
    ValueBuild b = {.a = r->a};
    build_c(&b, "zh", value_str(str_trim(http_field(r, "name_zh"))));
    build_c(&b, "en", value_str(str_trim(http_field(r, "name_en"))));
    return build_ctx(&b);
}

/* The fields of any of the forms. Out: false, a date or a number is none. */
static bool args_of(const HttpRequest *r, Value *out) {
    static const char *const texts[] = {"office", "role", "what", "service", "reason", "parent"};
    ValueBuild b = {.a = r->a};
    Str until = str_trim(http_field(r, "until")), no = http_field(r, "no");
    Value day;
    int64_t number = 0;
    build_c(&b, "name", names_of(r));
    for (size_t i = 0; i < COUNT_OF(texts); i++) build_c(&b, texts[i], value_str(str_trim(http_field(r, texts[i]))));
    build_c(&b, "below", value_bool(http_field(r, "below").n > 0));
    if (no.n > 0 && !str_to_int(no, &number)) return false;
    build_c(&b, "no", value_int(number));
    if (until.n > 0 && (until.n != 10 || !date_parse(until, &day))) return false;
    if (until.n > 0) build_c(&b, "until_us", value_int(((day.u.i + 1) * 86400 - r->offset) * 1000000));
    *out = build_ctx(&b);
    return true;
}

/* Trouble that a person can mend, as a text; NULL: any other. */
static const char *told_of(const HttpRequest *r, const Err *e) {
    if (e->code == ERR_STALE) return "admin.stale";
    if (e->code == ERR_DENIED) return "admin.denied";
    if (e->code == ERR_LIMIT) return "admin.limit";
    if (e->code != ERR_INVALID) return NULL;
    return str_c(r->a, str_printf(r->a, "admin.errors.%s", e->element));
}

typedef bool Show(HttpRequest *r, HttpResponse *out, const Shown *shown, Err *err);

static bool show_own_user(HttpRequest *r, HttpResponse *out, const Shown *shown, Err *err) { return show_user(r, out, http_param(r, "login"), shown, err); }

/* What a disabled person had goes back to those who are there. */
static bool release_cases(const HttpRequest *r, const AccessOrder *o, Err *err) {
    int64_t released;
    return case_release_all(r->site->house, &r->who, o->subject, value_get_str(o->args, "reason"), r->now_us, r->offset, r->a, &released, err);
}

static bool carry_out(HttpRequest *r, HttpResponse *out, AccessOrder *o, size_t act, Show *show, Err *err) {
    AccessOrdered done;
    Err trouble = {0};
    Shown shown = {0};
    bool user_made = o->what == ACCESS_USER_ADD;
    o->dry_run = acts[act].asks && http_field(r, "confirm").n == 0;
    if (!access_order(r->site->store, o, r->a, &done, &trouble)) {
        shown.error = told_of(r, &trouble);
        shown.field = str_of(trouble.element);
        if (shown.error) return show(r, out, &shown, err);
        *err = trouble;
        return false;
    }
    if (o->what == ACCESS_USER_DISABLE && !o->dry_run) TRY(release_cases(r, o, err));
    if (o->dry_run) shown.preview = str_c(r->a, str_printf(r->a, "admin.previews.%s", acts[act].word));
    else if (done.password.n > 0) shown = (Shown){.done = user_made ? "admin.user_made" : "admin.password_made", .password = done.password};
    else {
        http_redirect(out, str_join2(r->a, r->path, STR("?done=1")));
        return true;
    }
    return show(r, out, &shown, err);
}

static bool order(HttpRequest *r, HttpResponse *out, Str subject, bool user, Show *show, Err *err) {
    AccessOrder o = {.subject = subject, .version = -1, .who = r->who, .now_us = r->now_us};
    size_t act = COUNT_OF(acts);
    if (http_page_only_show(r)) return show(r, out, &(Shown){0}, err);
    for (size_t i = 0; i < COUNT_OF(acts); i++)
        if (str_is(http_field(r, "do"), acts[i].word)) act = i;
    bool here = act < COUNT_OF(acts) && user == (acts[act].what > ACCESS_USER_ADD && acts[act].what < ACCESS_OFFICE_ADD);
    if (!here || (user && !str_to_int(http_field(r, "version"), &o.version))) return err_set(err, ERR_INPUT, "http", "The form is incomplete; open the page again.");
    o.what = acts[act].what;
    if (!args_of(r, &o.args)) return show(r, out, &(Shown){.error = "admin.errors.until", .field = STR("until")}, err);
    memcpy(o.seed, r->seed, sizeof o.seed);
    return carry_out(r, out, &o, act, show, err);
}

bool http_admin_post(HttpRequest *r, HttpResponse *out, Err *err) {
    return order(r, out, str_trim(http_field(r, "subject")), false, show_admin, err);
}

bool http_admin_user_post(HttpRequest *r, HttpResponse *out, Err *err) {
    return order(r, out, http_param(r, "login"), true, show_own_user, err);
}
