/* OpenAPI 3.1, generated from the route table: what is not a row there is not documented, and what is a row
 * cannot stay undocumented. */
#include "http/http_in.h"

static const char *const errors_of_all[] = {"400", "404", "405", "422", "500"};

static Value text(const char *key, const char *value, Arena *a) {
    ValueBuild b = {.a = a};
    build_c(&b, key, value_c(value));
    return build_ctx(&b);
}

static Value schema_of(HttpType type, const char *doc, Arena *a) {
    static const char *const names[] = {
        [HTTP_STRING] = "string", [HTTP_INTEGER] = "integer", [HTTP_BOOLEAN] = "boolean",
        [HTTP_OBJECT] = "object", [HTTP_LIST] = "array",      [HTTP_ANY] = NULL};
    ValueBuild b = {.a = a};
    if (names[type]) build_c(&b, "type", value_c(names[type]));
    if (doc) build_c(&b, "description", value_c(doc));
    return build_ctx(&b);
}

static Value object_of(const HttpMember *members, bool closed, Arena *a) {
    ValueBuild b = {.a = a}, properties = {.a = a}, required = {.a = a};
    for (; members->name; members++) {
        build_c(&properties, members->name, schema_of(members->type, members->doc, a));
        if (members->required) build_item(&required, value_c(members->name));
    }
    build_c(&b, "type", value_c("object"));
    build_c(&b, "properties", build_ctx(&properties));
    if (required.n) build_c(&b, "required", build_list(&required));
    if (closed) build_c(&b, "additionalProperties", value_bool(false));
    return build_ctx(&b);
}

static Value json_content(const char *type, Value schema, Arena *a) {
    ValueBuild media = {.a = a}, b = {.a = a};
    build_c(&media, "schema", schema);
    build_c(&b, type, build_ctx(&media));
    return build_ctx(&b);
}

static void add_parameter(ValueBuild *list, Str name, const char *in, bool required, Value schema) {
    ValueBuild b = {.a = list->a};
    build_c(&b, "name", value_str(name));
    build_c(&b, "in", value_c(in));
    build_c(&b, "required", value_bool(required));
    build_c(&b, "schema", schema);
    build_item(list, build_ctx(&b));
}

static Value parameters(const HttpRoute *r, Arena *a) {
    ValueBuild list = {.a = a};
    for (Str rest = str_of(r->path); rest.n > 0;) {
        Str part = str_cut(rest, '/', &rest);
        if (part.n > 2 && part.p[0] == '{')
            add_parameter(&list, str_sub(part, 1, part.n - 2), "path", true, schema_of(HTTP_STRING, NULL, a));
    }
    for (const HttpMember *m = r->query; m && m->name; m++)
        add_parameter(&list, str_of(m->name), "query", m->required, schema_of(m->type, m->doc, a));
    if (r->needs & (HTTP_NEEDS_KEY | HTTP_TAKES_KEY))
        add_parameter(&list, STR("Idempotency-Key"), "header", r->needs & HTTP_NEEDS_KEY,
                      schema_of(HTTP_STRING, "The same key and body give the same answer", a));
    if (r->needs & HTTP_NEEDS_VERSION)
        add_parameter(&list, STR("If-Match"), "header", true, schema_of(HTTP_STRING, "The version you decided on", a));
    return build_list(&list);
}

static void add_problem(ValueBuild *responses, const char *status) {
    ValueBuild b = {.a = responses->a};
    int64_t number = 0;
    bool whole = str_to_int(str_of(status), &number);
    assert(whole);
    build_c(&b, "description", value_c(http_title((int)number, STR("en"))));
    build_c(&b, "content",
            json_content("application/problem+json", text("$ref", "#/components/schemas/Problem", b.a), b.a));
    build_c(responses, status, build_ctx(&b));
}

static Value reply_content(const HttpRoute *r, Arena *a) {
    ValueBuild b = {.a = a}, media = {.a = a};
    build_c(&media, "schema", object_of(r->reply, false, a));
    build_c(&b, "application/json", build_ctx(&media));
    if (r->needs & HTTP_GIVES_LD) build_c(&b, "application/ld+json", build_ctx(&media));
    return build_ctx(&b);
}

static Value responses(const HttpRoute *r, Arena *a) {
    ValueBuild list = {.a = a}, good = {.a = a};
    build_c(&good, "description", value_c(r->doc));
    if (r->reply) build_c(&good, "content", reply_content(r, a));
    build_entry(&list, str_printf(a, "%d", r->success ? r->success : 200), build_ctx(&good));
    for (size_t i = 0; i < COUNT_OF(errors_of_all); i++) add_problem(&list, errors_of_all[i]);
    if (r->right != ACCESS_PUBLIC) {
        add_problem(&list, "401");
        add_problem(&list, "403");
    }
    if (r->body) {
        add_problem(&list, "413");
        add_problem(&list, "415");
        add_problem(&list, "507");
    }
    if (r->needs & HTTP_NEEDS_VERSION) {
        add_problem(&list, "409");
        add_problem(&list, "412");
        add_problem(&list, "428");
    }
    if (r->cost) add_problem(&list, "429");
    add_problem(&list, "503");
    return build_ctx(&list);
}

static Value security(const HttpRoute *r, Arena *a) {
    ValueBuild list = {.a = a}, scheme = {.a = a};
    if (r->right == ACCESS_PUBLIC) return build_list(&list);
    build_c(&scheme, "session", value_list(NULL, 0));
    build_item(&list, build_ctx(&scheme));
    return build_list(&list);
}

static Value operation(const HttpRoute *r, Arena *a) {
    ValueBuild b = {.a = a}, body = {.a = a};
    build_c(&b, "summary", value_c(r->doc));
    if (r->purpose) build_c(&b, "x-logged-purpose", value_c(r->purpose));
    build_c(&b, "security", security(r, a));
    Value list = parameters(r, a);
    if (list.size > 0) build_c(&b, "parameters", list);
    if (r->body && r->body->name) {
        build_c(&body, "required", value_bool(true));
        build_c(&body, "content", json_content("application/json", object_of(r->body, true, a), a));
        build_c(&b, "requestBody", build_ctx(&body));
    }
    build_c(&b, "responses", responses(r, a));
    return build_ctx(&b);
}

static const char *method_key(const HttpRoute *r) {
    return str_is(STR("GET"), r->method) ? "get" : str_is(STR("POST"), r->method) ? "post" : str_is(STR("PATCH"), r->method) ? "patch" : "delete";
}

static bool documented(const HttpRoute *r) {
    return r->kind != HTTP_PAGE && r->handler && r->doc;
}

/* All methods of the row's path, unless an earlier row has the same path. */
static void add_path(ValueBuild *paths, size_t at) {
    const HttpRoute *row = http_route_at(at);
    ValueBuild methods = {.a = paths->a};
    for (size_t i = 0; i < http_route_count(); i++) {
        const HttpRoute *r = http_route_at(i);
        if (!str_is(str_of(r->path), row->path)) continue;
        if (i < at) return;
        build_c(&methods, method_key(r), operation(r, paths->a));
    }
    build_c(paths, row->path, build_ctx(&methods));
}

static const HttpMember problem_members[] = {
    {"type", HTTP_STRING, true, "/problems/CODE"},
    {"title", HTTP_STRING, true, "What kind of problem, by Accept-Language"},
    {"status", HTTP_INTEGER, true, "The HTTP status"},
    {"detail", HTTP_STRING, false, "This occurrence in one sentence"},
    {"errors", HTTP_LIST, false, "One entry per wrong member: field, code, message"},
    {"position", HTTP_INTEGER, false, "Byte where reading the JSON failed, from 0"},
    {"line", HTTP_INTEGER, false, "The same place: line, from 1"},
    {"column", HTTP_INTEGER, false, "The same place: column, from 1"},
    {NULL},
};

static Value components(Arena *a) {
    ValueBuild b = {.a = a}, schemas = {.a = a}, schemes = {.a = a}, session = {.a = a};
    build_c(&schemas, "Problem", object_of(problem_members, false, a));
    build_c(&session, "type", value_c("apiKey"));
    build_c(&session, "in", value_c("cookie"));
    build_c(&session, "name", value_c("yc_session"));
    build_c(&session, "description", value_c("__Host-yc_session behind TLS"));
    build_c(&schemes, "session", build_ctx(&session));
    build_c(&b, "schemas", build_ctx(&schemas));
    build_c(&b, "securitySchemes", build_ctx(&schemes));
    return build_ctx(&b);
}

Str http_openapi(Arena *a) {
    ValueBuild b = {.a = a}, info = {.a = a}, paths = {.a = a};
    build_c(&info, "title", value_c("Yichuang"));
    build_c(&info, "version", value_c("1"));
    build_c(&info, "license", text("name", "Apache-2.0", a));
    for (size_t i = 0; i < http_route_count(); i++)
        if (documented(http_route_at(i))) add_path(&paths, i);
    build_c(&b, "openapi", value_c("3.1.0"));
    build_c(&b, "info", build_ctx(&info));
    build_c(&b, "paths", build_ctx(&paths));
    build_c(&b, "components", components(a));
    return json_text(a, build_ctx(&b));
}
