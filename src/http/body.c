/* Reading the body and the query against what the route's row declares. Says which member is wrong and why;
 * what the members mean is the handler's and the rooms' affair. */
#include "http/body.h"
#include "http/head.h"

static const HttpMember no_query[] = {{NULL}};

static const char *type_name(HttpType type) {
    static const char *const names[] = {[HTTP_STRING] = "a string",       [HTTP_INTEGER] = "a whole number",
                                        [HTTP_BOOLEAN] = "true or false", [HTTP_OBJECT] = "an object",
                                        [HTTP_LIST] = "a list",           [HTTP_ANY] = "any value"};
    return names[type];
}

static bool type_fits(HttpType type, Value v) {
    int64_t whole;
    switch (type) {
    case HTTP_STRING:
        return v.kind == VALUE_STRING;
    case HTTP_INTEGER:
        return value_to_int(v, &whole);
    case HTTP_BOOLEAN:
        return v.kind == VALUE_BOOL;
    case HTTP_OBJECT:
        return v.kind == VALUE_CONTEXT;
    case HTTP_LIST:
        return v.kind == VALUE_LIST;
    case HTTP_ANY:
        return true;
    }
    return false;
}

static const HttpMember *member(const HttpMember *members, Str name) {
    for (; members->name; members++)
        if (str_is(name, members->name)) return members;
    return NULL;
}

static bool no_unknown(HttpRequest *r, HttpResponse *out, const HttpMember *members, Value given) {
    for (uint32_t i = 0; i < given.size; i++) {
        Str name = given.u.ctx[i].key;
        if (member(members, name)) continue;
        Str shown = str_head(name, 64);
        while (!utf8_valid(shown)) shown.n--;
        http_member_fault(r, out, shown, "unknown",
                          str_printf(r->a, "There is no member \"" STR_FMT "\".", STR_ARG(shown)));
        return false;
    }
    return true;
}

static bool fits_members(HttpRequest *r, HttpResponse *out, const HttpMember *members, Value given) {
    TRY(no_unknown(r, out, members, given));
    for (; members->name; members++) {
        Value v;
        Str name = str_of(members->name);
        bool there = value_find(given, name, &v);
        if (there && !type_fits(members->type, v)) {
            http_member_fault(r, out, name, "type",
                              str_printf(r->a, "\"%s\" must be %s.", members->name, type_name(members->type)));
            return false;
        }
        if (!there && members->required) {
            http_member_fault(r, out, name, "required", str_printf(r->a, "\"%s\" is missing.", members->name));
            return false;
        }
    }
    return true;
}

/* Query values are text; a row that wants a whole number gets one. */
static Value typed_query(const HttpRequest *r, const HttpMember *members) {
    ValueBuild b = {.a = r->a};
    for (uint32_t i = 0; i < r->query.size; i++) {
        ValueEntry e = r->query.u.ctx[i];
        const HttpMember *m = member(members, e.key);
        int64_t whole;
        if (m && m->type == HTTP_INTEGER && e.value.kind == VALUE_STRING && str_to_int(value_text(e.value), &whole))
            e.value = value_int(whole);
        build_entry(&b, e.key, e.value);
    }
    return build_ctx(&b);
}

static bool read_query(HttpRequest *r, HttpResponse *out) {
    const HttpMember *members = r->route->query ? r->route->query : no_query;
    r->query = typed_query(r, members);
    return fits_members(r, out, members, r->query);
}

static bool requires_member(const HttpMember *members) {
    for (; members->name; members++)
        if (members->required) return true;
    return false;
}

static bool read_json(HttpRequest *r, HttpResponse *out) {
    Err err = {0};
    if (r->body.n == 0 && !requires_member(r->route->body)) {
        r->json = value_ctx(NULL, 0);
        return true;
    }
    if (!str_is(STR("application/json"), http_media_type(r->headers.content_type))) {
        http_refuse(r, out, 415, "media_type", "请求内容须为 application/json。", "The body must be application/json.");
        return false;
    }
    if (!json_parse(r->body, (JsonLimits){.bytes = HTTP_BODY_LIMIT, .depth = 32}, r->a, &r->json, &err)) {
        HttpProblem p = http_problem_of(r, &err);
        http_problem(r, out, &p);
        return false;
    }
    if (r->json.kind != VALUE_CONTEXT) {
        http_member_fault(r, out, STR(""), "type", STR("The body must be an object."));
        return false;
    }
    return fits_members(r, out, r->route->body, r->json);
}

/* A form that names no Origin must carry the session's token (a browser that names one was checked already). */
static bool check_form_token(HttpRequest *r, HttpResponse *out) {
    if (r->headers.origin.n || !http_signed_in(r)) return true;
    if (access_form_token_ok(&r->who, http_field(r, "form_token"))) return true;
    http_refuse(r, out, 403, "form_token", "表单已失效，请重新打开页面。",
                "The form is no longer valid; open the page again.");
    return false;
}

static bool read_any_form(HttpRequest *r, Err *err) {
    bool files = str_is(STR("multipart/form-data"), http_media_type(r->headers.content_type));
    if (r->oversize > 0) r->form = value_ctx(NULL, 0);
    if (r->oversize > 0) return true;
    return files ? http_read_multipart(r, err) : http_read_form(r->body, r->a, &r->form, err);
}

static bool read_form(HttpRequest *r, HttpResponse *out) {
    Err err = {0};
    const char *type = http_media_type(r->headers.content_type);
    bool files = str_is(STR("multipart/form-data"), type) && r->route->needs & HTTP_TAKES_FILES;
    if (!files && !str_is(STR("application/x-www-form-urlencoded"), type)) {
        http_refuse(r, out, 415, "media_type", "请求内容须为表单。", "The body must be a form.");
        return false;
    }
    if (!read_any_form(r, &err)) {
        HttpProblem p = http_problem_of(r, &err);
        http_problem(r, out, &p);
        return false;
    }
    return check_form_token(r, out);
}

bool http_read_posted(HttpRequest *r, HttpResponse *out) {
    bool posted = r->route->kind == HTTP_PAGE && str_is(r->method, "POST");
    return posted ? read_form(r, out) : true;
}

bool http_read_members(HttpRequest *r, HttpResponse *out) {
    if (r->route->kind != HTTP_API) return true;
    TRY(read_query(r, out));
    return r->route->body ? read_json(r, out) : true;
}
