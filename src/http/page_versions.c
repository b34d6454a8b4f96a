/* page_versions: the versions of services that are kept here, what changed from one to another, and which years of days off
 * are published, for who looks after them. It shows what is law and what is set up, never a case. */
#include "http/page_in.h"

#include <inttypes.h>

enum { LINES_MAX = 400 }; /* of a page; the verb pack diff tells all */

/* ---- versions ---- */

static Str short_hash(Str hash) { return str_head(hash, 12); }

static Value version_view(const HttpPage *p, Value v, Str chosen_from, Str chosen_to) {
    Str hash = value_get_str(v, "hash");
    ValueBuild b = {.a = p->a};
    build_c(&b, "href", value_str(str_printf(p->a, "/staff/admin/packs/" STR_FMT, STR_ARG(value_get_str(v, "service")))));
    build_c(&b, "title", value_str(http_word_pick(p, value_get(v, "title"))));
    build_c(&b, "version", value_get(v, "version"));
    build_c(&b, "hash", value_str(hash));
    build_c(&b, "short", value_str(short_hash(hash)));
    build_c(&b, "since", value_str(http_word_time(p, value_get(v, "since"))));
    build_c(&b, "open", value_get(v, "open"));
    build_c(&b, "in_force", value_get(v, "in_force"));
    build_c(&b, "is_from", value_bool(str_eq(hash, chosen_from)));
    build_c(&b, "is_to", value_bool(str_eq(hash, chosen_to)));
    return build_ctx(&b);
}

static void begin(HttpPage *p, HttpRequest *r) {
    http_page_begin(p, r, true);
    http_page_put(p, "on_admin", value_bool(true));
}

bool http_packs_get(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpPage p;
    Value versions;
    ValueBuild rows = {.a = r->a};
    TRY(case_versions(r->site->house, r->a, &versions, err));
    begin(&p, r);
    http_page_str(&p, "title", http_page_text(&p, "versions.title"));
    for (uint32_t i = 0; i < versions.size; i++) build_item(&rows, version_view(&p, versions.u.list[i], STR(""), STR("")));
    http_page_put(&p, "versions", build_list(&rows));
    return http_page_send(&p, out, 200, "clerk/packs", err);
}

/* ---- what changed ---- */

/* Those of one service, oldest first. */
static Value versions_of(Value all, Str service, Arena *a) {
    ValueBuild own = {.a = a};
    for (uint32_t i = 0; i < all.size; i++)
        if (str_eq(value_get_str(all.u.list[i], "service"), service)) build_item(&own, all.u.list[i]);
    return build_list(&own);
}

static Str hash_at(Value versions, uint32_t i) { return value_get_str(versions.u.list[i], "hash"); }

static Value file_view(const HttpPage *p, Value file, uint32_t no, size_t *told) {
    ValueBuild b = {.a = p->a}, lines = {.a = p->a};
    Value all = value_get(file, "lines");
    Str change = value_get_str(file, "change");
    for (uint32_t i = 0; i < all.size && *told < LINES_MAX; i++, ++*told) build_item(&lines, all.u.list[i]);
    int64_t more = value_get_int(file, "more", 0) + (int64_t)(all.size - lines.n);
    build_c(&b, "no", value_int(no));
    build_c(&b, "file", value_get(file, "file"));
    build_c(&b, "change", value_str(http_word(value_get(p->t, "versions"), "changes", change, change)));
    build_c(&b, "lines", build_list(&lines));
    build_c(&b, "more", value_str(more > 0 ? http_page_say(p, "versions.more", "n", str_printf(p->a, "%" PRId64, more), NULL) : STR("")));
    return build_ctx(&b);
}

static bool put_diff(HttpPage *p, Str service, Str from, Str to, Err *err) {
    Value was, is;
    size_t told = 0;
    ValueBuild files = {.a = p->a};
    TRY(case_version_files(p->r->site->store, service, from, p->a, &was, err));
    TRY(case_version_files(p->r->site->store, service, to, p->a, &is, err));
    Value diff = pack_diff(was, is, p->a);
    for (uint32_t i = 0; i < diff.size; i++) build_item(&files, file_view(p, diff.u.list[i], i, &told));
    http_page_put(p, "files", build_list(&files));
    http_page_put(p, "alike", value_bool(diff.size == 0));
    return true;
}

bool http_pack_get(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpPage p;
    Value all;
    Str service = http_param(r, "service"), from = http_query(r, "from"), to = http_query(r, "to");
    ValueBuild rows = {.a = r->a};
    TRY(case_versions(r->site->house, r->a, &all, err));
    Value own = versions_of(all, service, r->a);
    if (own.size == 0) return err_set(err, ERR_NOT_FOUND, "http", "no version of such a service is kept here");
    if (to.n == 0) to = hash_at(own, own.size - 1);
    if (from.n == 0) from = hash_at(own, own.size > 1 ? own.size - 2 : 0);
    begin(&p, r);
    http_page_str(&p, "title", http_word_pick(&p, value_get(own.u.list[own.size - 1], "title")));
    for (uint32_t i = 0; i < own.size; i++) build_item(&rows, version_view(&p, own.u.list[i], from, to));
    http_page_put(&p, "versions", build_list(&rows));
    http_page_put(&p, "several", value_bool(own.size > 1));
    http_page_str(&p, "action", r->path);
    if (own.size > 1) TRY(put_diff(&p, service, from, to, err));
    return http_page_send(&p, out, 200, "clerk/versions", err);
}

/* ---- years ---- */

static Value calendar_view(const HttpPage *p, Value c) {
    Value name = value_get(c, "name");
    ValueBuild b = {.a = p->a};
    build_c(&b, "id", value_get(c, "calendar"));
    build_c(&b, "name", value_str(value_is_null(name) ? http_page_text(p, "years.nation") : http_word_pick(p, name)));
    build_c(&b, "years", value_get(c, "years"));
    return build_ctx(&b);
}

bool http_calendars_get(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpPage p;
    int64_t today = (r->now_us / 1000000 + r->offset) / 86400, missing = 0;
    ValueBuild rows = {.a = r->a};
    assert(case_pack_count(r->site->house) > 0);
    Value calendars = pack_calendar_years(case_pack_at(r->site->house, 0), today, r->a);
    begin(&p, r);
    http_page_str(&p, "title", http_page_text(&p, "years.title"));
    for (uint32_t i = 0; i < calendars.size; i++) {
        build_item(&rows, calendar_view(&p, calendars.u.list[i]));
        missing += value_get_int(calendars.u.list[i], "missing", 0);
    }
    http_page_put(&p, "calendars", build_list(&rows));
    http_page_put(&p, "complete", value_bool(missing == 0));
    return http_page_send(&p, out, 200, "clerk/years", err);
}
