/* Prints every row of the route table as a line of JSON: method, path, api, right, purpose (or null), needs (bits), body
 * (required members with their types). The matrix of roles and offices is walked from it, so that no route is forgotten. */
#include <stdio.h>

#include "http/http_in.h"

static Value body_of(Arena *a, const HttpMember *members) {
    static const char *const types[] = {"string", "integer", "boolean", "object", "list", "any"};
    ValueBuild b = {.a = a};
    for (; members && members->name; members++)
        if (members->required) build_c(&b, members->name, value_c(types[members->type]));
    return build_ctx(&b);
}

static void print_row(Arena *a, const HttpRoute *r) {
    ValueBuild b = {.a = a};
    build_c(&b, "method", value_c(r->method));
    build_c(&b, "path", value_c(r->path));
    build_c(&b, "api", value_bool(r->kind == HTTP_API));
    build_c(&b, "right", value_c(access_right_name(r->right)));
    build_c(&b, "purpose", r->purpose ? value_c(r->purpose) : value_null());
    build_c(&b, "needs", value_int(r->needs));
    build_c(&b, "body", body_of(a, r->body));
    Str line = json_text(a, build_ctx(&b));
    printf(STR_FMT "\n", STR_ARG(line));
}

int main(void) {
    Arena *a = arena_new(0);
    for (size_t i = 0; i < http_route_count(); i++) print_row(a, http_route_at(i));
    arena_free(a);
    return 0;
}
