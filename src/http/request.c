/* What a handler asks of its request. Reads only what was checked before; computes nothing else. */
#include "http/http_in.h"

Str http_param(const HttpRequest *r, const char *name) {
    assert(r->route);
    size_t at = 0;
    for (Str rest = str_of(r->route->path); rest.n > 0;) {
        Str part = str_cut(rest, '/', &rest);
        if (part.n < 2 || part.p[0] != '{') continue;
        if (str_is(str_sub(part, 1, part.n - 2), name)) return r->params[at];
        at++;
    }
    assert(!"the pattern has no such name");
    return STR("");
}

Str http_query(const HttpRequest *r, const char *name) {
    return value_get_str(r->query, name);
}

Str http_field(const HttpRequest *r, const char *name) {
    Value v = value_get(r->form, name);
    if (v.kind == VALUE_LIST && v.size > 0) v = v.u.list[0];
    return v.kind == VALUE_STRING ? value_text(v) : STR("");
}

bool http_signed_in(const HttpRequest *r) {
    return r->who.user.n > 0;
}

Str http_form_token(const HttpRequest *r) {
    return http_signed_in(r) ? access_form_token(r->a, &r->who) : STR("");
}
