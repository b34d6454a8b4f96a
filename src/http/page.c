/* page: the templates and texts, read once at start, and the frame around every page: language, links,
 * who is signed in. Knows no service and no case. */
#include "http/page_in.h"
#include "http/page_files.h"
#include "http/tongue.h"

#include <stdarg.h>
#include <string.h>

struct HttpPages {
    TemplateSet set;      /* every template, as a partial of every other */
    Value texts[2];       /* zh, en */
    Value tongues;        /* id → texts: those of its base, its own words marked; only of languages that have words */
    Value icons;          /* name → svg element */
};

/* ---- start ------------------------------------------------------------------------------------------ */

static bool read_json(const HttpFile *file, Arena *house, Value *out, Err *err) {
    return json_parse((Str){file->bytes, *file->size}, (JsonLimits){0}, house, out, err);
}

static Value draw_icons(Value paths, Arena *house) {
    ValueBuild b = {.a = house};
    for (uint32_t i = 0; i < paths.size; i++) {
        Str d = value_text(paths.u.ctx[i].value);
        Str svg = str_printf(house,
                             "<svg class=\"ic\" viewBox=\"0 0 20 20\" aria-hidden=\"true\" focusable=\"false\">"
                             "<path d=\"" STR_FMT "\"/></svg>",
                             STR_ARG(d));
        build_entry(&b, paths.u.ctx[i].key, value_str(svg));
    }
    return build_ctx(&b);
}

static bool read_tongues(HttpPages *pages, Arena *house, Err *err) {
    Value all;
    ValueBuild b = {.a = house};
    TRY(read_json(&http_tongues, house, &all, err));
    for (uint32_t i = 0; i < all.size; i++) {
        const HttpTongue *t = http_tongue(all.u.ctx[i].key);
        if (!t) return err_set(err, ERR_INVALID, "http", "tongues.json has a language that the registry lacks: " STR_FMT ".", STR_ARG(all.u.ctx[i].key));
        Value base = pages->texts[str_is(http_tongue_base(t), "zh") ? 0 : 1], own = all.u.ctx[i].value;
        if (own.size > 0) build_entry(&b, all.u.ctx[i].key, http_tongue_texts(base, own, house));
    }
    pages->tongues = build_ctx(&b);
    return true;
}

bool http_pages_open(HttpSite *site, Arena *house, Err *err) {
    HttpPages *pages = NEW(house, HttpPages);
    Str *names = NEW_ARRAY(house, Str, http_template_count);
    const Template **templates = NEW_ARRAY(house, const Template *, http_template_count);
    for (size_t i = 0; i < http_template_count; i++) {
        const HttpFile *file = &http_templates[i];
        names[i] = str_of(file->name);
        if (!template_parse((Str){file->bytes, *file->size}, house, &templates[i], err)) {
            err_file(err, names[i]);
            return false;
        }
    }
    pages->set = (TemplateSet){names, templates, http_template_count};
    Value paths;
    TRY(read_json(&http_texts_zh, house, &pages->texts[0], err));
    TRY(read_json(&http_texts_en, house, &pages->texts[1], err));
    TRY(read_tongues(pages, house, err));
    TRY(read_json(&http_icons, house, &paths, err));
    pages->icons = draw_icons(paths, house);
    site->pages = pages;
    return true;
}

/* ---- texts ------------------------------------------------------------------------------------------- */

Value http_page_texts(const HttpSite *site, Str lang) { return site->pages->texts[str_is(lang, "zh") ? 0 : 1]; }

Str http_page_lang(const HttpPage *p) { return p->r->lang; }

Str http_page_text(const HttpPage *p, const char *path) {
    Value v = p->t;
    for (Str rest = str_of(path); rest.n > 0;) {
        Str key = str_cut(rest, '.', &rest);
        bool found = value_find(v, key, &v);
        assert(found);
    }
    return value_text(v);
}

static Str replace(Arena *a, Str text, Str name, Str value) {
    Str mark = str_printf(a, "{" STR_FMT "}", STR_ARG(name));
    ptrdiff_t at = str_find(text, mark);
    if (at < 0) return text;
    Str head = str_join2(a, str_sub(text, 0, (size_t)at), value);
    return str_join2(a, head, str_sub(text, (size_t)at + mark.n, text.n));
}

Str http_page_say(const HttpPage *p, const char *path, ...) {
    Str text = http_page_text(p, path);
    va_list args;
    va_start(args, path);
    for (const char *name; (name = va_arg(args, const char *)) != NULL;)
        text = replace(p->a, text, str_of(name), va_arg(args, Str));
    va_end(args);
    return text;
}

/* ---- links ------------------------------------------------------------------------------------------- */

static void add_encoded(Buf *b, Str s) {
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~:", c);
        if (c != 0 && plain)
            buf_byte(b, (char)c);
        else
            buf_printf(b, "%%%02X", c);
    }
}

static void add_pair(Buf *b, Str name, Value value) {
    if (value.kind == VALUE_LIST) {
        for (uint32_t i = 0; i < value.size; i++) add_pair(b, name, value.u.list[i]);
        return;
    }
    if (value.kind != VALUE_STRING) return;
    if (b->n > 0) buf_byte(b, '&');
    add_encoded(b, name);
    buf_byte(b, '=');
    add_encoded(b, value_text(value));
}

Str http_page_query(Arena *a, Value fields) {
    Buf b = {.a = a};
    for (uint32_t i = 0; fields.kind == VALUE_CONTEXT && i < fields.size; i++)
        add_pair(&b, fields.u.ctx[i].key, fields.u.ctx[i].value);
    return buf_str(&b);
}

Str http_page_in(const HttpPage *p, Str lang) {
    Value query = p->r->query.kind == VALUE_CONTEXT ? p->r->query : value_ctx(NULL, 0);
    Value fields = value_with(p->a, query, STR("lang"), value_str(lang));
    return str_printf(p->a, STR_FMT "?" STR_FMT, STR_ARG(p->r->path), STR_ARG(http_page_query(p->a, fields)));
}

/* ---- the frame ----------------------------------------------------------------------------------------- */

void http_page_put(HttpPage *p, const char *key, Value v) {
    for (size_t i = 0; i < p->view.n; i++) {
        if (!str_is(p->view.u.entries[i].key, key)) continue;
        p->view.u.entries[i].value = v;
        return;
    }
    build_c(&p->view, key, v);
}

void http_page_str(HttpPage *p, const char *key, Str s) { http_page_put(p, key, value_str(s)); }

static void put_authority(HttpPage *p) {
    Value authority = p->r->site->authority;
    ValueBuild b = {.a = p->a};
    build_c(&b, "name", value_str(http_word_pick(p, value_get(authority, "name"))));
    build_c(&b, "phone", value_get(authority, "phone"));
    build_c(&b, "hours", value_str(http_word_pick(p, value_get(authority, "hours"))));
    http_page_put(p, "authority", build_ctx(&b));
    http_page_put(p, "sample", value_get(authority, "sample"));
}

static void put_who(HttpPage *p) {
    const AccessWho *who = &p->r->who;
    if (!p->staff || !http_signed_in(p->r)) return;
    AccessOffice office = {0};
    Err err = {0};
    bool zh = str_is(p->r->lang, "zh");
    bool known = access_office(p->r->site->store, who->office, p->a, &office, &err);
    ValueBuild b = {.a = p->a};
    Str name = zh || who->name_en.n == 0 ? who->name : who->name_en;
    build_c(&b, "name", value_str(name));
    build_c(&b, "tag", value_str(http_word_tag(p, name)));
    build_c(&b, "role", value_str(http_word(p->t, "role", who->role, who->role)));
    build_c(&b, "office", value_str(!known ? who->office : zh ? office.name_zh : office.name_en));
    http_page_put(p, "who", build_ctx(&b));
    http_page_put(p, "may_register", value_bool(access_may(p->r->site->store, who, ACCESS_CASE_CREATE, STR(""))));
    http_page_put(p, "may_ratings", value_bool(access_may(p->r->site->store, who, ACCESS_RATINGS, STR(""))));
    http_page_put(p, "may_serve", value_bool(access_may(p->r->site->store, who, ACCESS_TICKET_SERVE, STR(""))));
    http_page_put(p, "may_cash", value_bool(access_may(p->r->site->store, who, ACCESS_CASH, STR("")) || access_may(p->r->site->store, who, ACCESS_BOARD, STR(""))));
    http_page_put(p, "may_admin", value_bool(access_may(p->r->site->store, who, ACCESS_USER_ADMIN, STR(""))));
    http_page_put(p, "may_packs", value_bool(access_may(p->r->site->store, who, ACCESS_PACK_ADMIN, STR(""))));
    http_page_put(p, "may_board", value_bool(access_may(p->r->site->store, who, ACCESS_BOARD, STR(""))));
    http_page_put(p, "may_stuck", value_bool(access_may(p->r->site->store, who, ACCESS_STUCK, STR(""))));
    http_page_str(p, "form_token", http_form_token(p->r));
}

void http_page_begin(HttpPage *p, HttpRequest *r, bool staff) {
    bool zh = str_is(r->lang, "zh");
    const HttpPages *pages = r->site->pages;
    Str other = zh ? STR("en") : STR("zh");
    *p = (HttpPage){.r = r, .a = r->a, .t = pages->texts[zh ? 0 : 1], .staff = staff, .view = {.a = r->a}};
    (void)value_find(pages->tongues, r->tongue, &p->t);
    http_page_str(p, "lang", r->lang);
    http_page_str(p, "html_lang", zh ? STR("zh-CN") : STR("en"));
    http_page_put(p, "t", p->t);
    http_page_put(p, "ic", pages->icons);
    http_page_str(p, "brand", http_page_text(p, staff ? "staff_brand" : "brand"));
    http_page_str(p, "css", http_asset_url(r->site, staff ? "staff.css" : "resident.css", r->a));
    http_page_str(p, "js", http_asset_url(r->site, "keys.js", r->a));
    http_page_str(p, "other_lang", other);
    http_page_str(p, "other_href", http_page_in(p, other));
    put_authority(p);
    put_who(p);
}

void http_page_services(HttpPage *p) {
    ValueBuild list = {.a = p->a};
    for (size_t i = 0; i < case_pack_count(p->r->site->house); i++) {
        const Pack *pack = case_pack_at(p->r->site->house, i);
        ValueBuild b = {.a = p->a};
        build_c(&b, "id", value_str(pack->id));
        build_c(&b, "title", value_str(http_word_pick(p, value_get(pack->json, "title"))));
        build_c(&b, "subtitle", value_str(http_word_pick(p, value_get(pack->json, "subtitle"))));
        build_item(&list, build_ctx(&b));
    }
    http_page_put(p, "services", build_list(&list));
}

void http_page_errors(HttpPage *p, Str head, Value errors) {
    http_page_put(p, "has_errors", value_bool(errors.size > 0));
    if (errors.size == 0) return;
    http_page_str(p, "error_head", head);
    http_page_put(p, "errors", errors);
    http_page_put(p, "error", value_bool(true));
}

bool http_page_only_show(const HttpRequest *r) {
    return http_field(r, "show").n > 0 || http_field(r, "lang").n > 0;
}

bool http_page_send(HttpPage *p, HttpResponse *out, int status, const char *template_name, Err *err) {
    enum { YEAR = 365 * 24 * 3600 };
    const TemplateSet *set = &p->r->site->pages->set;
    Buf html = {.a = p->a};
    size_t i = 0;
    while (i < set->n && !str_is(set->names[i], template_name)) i++;
    assert(i < set->n);
    TRY(template_render(set->templates[i], build_ctx(&p->view), set, &html, err));
    Value own;
    bool marked = value_find(p->r->site->pages->tongues, p->r->tongue, &own);
    http_html(out, status, marked ? http_tongue_mark(buf_str(&html), http_tongue(p->r->tongue), p->a) : buf_str(&html));
    if (str_eq(http_query(p->r, "lang"), p->r->tongue))
        http_set_cookie(p->r, out, "yc_lang", p->r->tongue, YEAR, true);
    return true;
}
