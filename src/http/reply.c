/* Filling a response: JSON, pages, redirects, cookies, compression. Knows no route and no room's data; what
 * every response carries (policy, caching) is added once, by http_finish. */
#include "http/reply.h"
#include "http/head.h"
#include "http/http_in.h"

#include <zlib.h>

void http_header(HttpResponse *out, const char *name, Str value) {
    assert(out->n_headers < HTTP_HEADERS_OUT);
    out->headers[out->n_headers++] = (HttpHeader){name, value};
}

void http_set_cookie(const HttpRequest *r, HttpResponse *out, const char *name, Str value, int64_t seconds,
                     bool hidden) {
    Buf b = {.a = r->a};
    buf_printf(&b, "%s=" STR_FMT "; Path=/; SameSite=Lax", name, STR_ARG(value));
    if (seconds != 0) buf_printf(&b, "; Max-Age=%lld", (long long)(seconds > 0 ? seconds : 0));
    if (hidden) buf_c(&b, "; HttpOnly");
    if (r->site->secure) buf_c(&b, "; Secure");
    http_header(out, "Set-Cookie", buf_str(&b));
}

/* Source: RFC 6265bis §4.1.3.2: a __Host- cookie is Secure, has Path=/ and no Domain; plain http may not set it. */
const char *http_session_cookie(bool secure) {
    return secure ? "__Host-yc_session" : "yc_session";
}

void http_set_session(const HttpRequest *r, HttpResponse *out, Str token) {
    http_set_cookie(r, out, http_session_cookie(r->site->secure), token, token.n ? 0 : -1, true);
}

void http_json(const HttpRequest *r, HttpResponse *out, int status, Value body) {
    Buf b = {.a = r->a};
    json_write(&b, body);
    buf_byte(&b, '\n');
    assert(!b.over);
    out->status = status;
    out->type = "application/json";
    out->body = buf_str(&b);
}

void http_html(HttpResponse *out, int status, Str html) {
    out->status = status;
    out->type = "text/html; charset=utf-8";
    out->body = html;
}

void http_redirect(HttpResponse *out, Str location) {
    bool ours =
        location.n > 0 && location.p[0] == '/' && (location.n == 1 || (location.p[1] != '/' && location.p[1] != '\\'));
    out->status = 303;
    http_header(out, "Location", ours ? location : STR("/"));
}

void http_etag(const HttpRequest *r, HttpResponse *out, int64_t version) {
    http_header(out, "ETag", str_printf(r->a, "\"%lld\"", (long long)version));
}

bool http_gzip(Str plain, Arena *a, Str *out) {
    enum { GZIP = 15 + 16, LEVEL = 5, MEMORY = 8 };
    z_stream z = {0};
    if (deflateInit2(&z, LEVEL, Z_DEFLATED, GZIP, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK) return false;
    size_t room = deflateBound(&z, plain.n);
    char *p = arena_alloc(a, room);
    z.next_in = (Bytef *)(uintptr_t)plain.p;
    z.avail_in = (uInt)plain.n;
    z.next_out = (Bytef *)p;
    z.avail_out = (uInt)room;
    bool done = deflate(&z, Z_FINISH) == Z_STREAM_END;
    size_t n = z.total_out;
    deflateEnd(&z);
    if (!done || n >= plain.n) return false;
    *out = (Str){p, n};
    return true;
}

static void compress_body(const HttpRequest *r, HttpResponse *out) {
    enum { WORTH_IT = 1024 };
    Str small;
    http_header(out, "Vary", STR("Accept-Encoding"));
    if (out->body.n <= WORTH_IT || !http_accepts_gzip(r->headers.accept_encoding)) return;
    if (!http_gzip(out->body, r->a, &small)) return;
    out->body = small;
    out->encoded = true;
}

/* What came from outside may stand in a header (a Location): nothing but visible ASCII and blanks leaves. */
static Str visible(Arena *a, Str value) {
    Buf b = {.a = a};
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        if (c >= ' ' && c <= '~')
            buf_byte(&b, (char)c);
        else
            buf_printf(&b, "%%%02X", c);
    }
    return buf_str(&b);
}

void http_finish(const HttpRequest *r, HttpResponse *out) {
    bool page = !r->route || r->route->kind == HTTP_PAGE;
    if (!out->encoded && out->body.n && !out->stream.n) compress_body(r, out);
    if (out->encoded) http_header(out, "Content-Encoding", STR("gzip"));
    if (out->type) http_header(out, "Content-Type", str_of(out->type));
    http_header(out, "Cache-Control", str_of(out->cache ? out->cache : "no-store"));
    http_header(out, "Content-Security-Policy",
                STR("default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
                    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"));
    http_header(out, "X-Content-Type-Options", STR("nosniff"));
    /* A page with no-referrer would make the browser post its forms with "Origin: null"
     * (Source: Fetch §3.2, append a request Origin header); same-origin tells other sites just as little. */
    http_header(out, "Referrer-Policy", page ? STR("same-origin") : STR("no-referrer"));
    for (size_t i = 0; i < out->n_headers; i++) out->headers[i].value = visible(r->a, out->headers[i].value);
    if (r->site->secure) http_header(out, "Strict-Transport-Security", STR("max-age=31536000"));
}
