/* A form with files as browsers send it (RFC 7578): parts between boundaries, each with a name and perhaps the name of a
 * file. Takes bytes from outside and refuses what is not exactly right; files are borrowed, never copied. Fuzzed by
 * fuzz/http_multipart.c. */
#include "http/body.h"
#include "http/head.h"

#include <string.h>
#include <strings.h>

enum { BOUNDARY_MAX = 70, HEADERS_MAX = 2048, FIELD_MAX = 64 * 1024, PARTS_MAX = 100 };

static bool refuse(Err *err, const char *text) { return err_set(err, ERR_INPUT, "http", "%s", text); }

static ptrdiff_t find(Str s, size_t from, Str what) {
    const char *hit = from <= s.n ? memmem(s.p + from, s.n - from, what.p, what.n) : NULL;
    return hit ? hit - s.p : -1;
}

/* The next parameter of a header, its value in quotes or not; false behind the last. In a quoted one browsers write %22
 * for a quote, so the next quote ends it. */
static bool next_parameter(Str *rest, Str *key, Str *value) {
    ptrdiff_t semicolon = find(*rest, 0, STR(";"));
    if (semicolon < 0) return false;
    *key = str_trim(str_cut(str_sub(*rest, (size_t)semicolon + 1, rest->n), '=', rest));
    *rest = str_trim(*rest);
    bool quoted = rest->n > 0 && rest->p[0] == '"';
    ptrdiff_t end = quoted ? find(*rest, 1, STR("\"")) : find(*rest, 0, STR(";"));
    if (quoted && end < 0) return false;
    size_t from = quoted ? 1 : 0, to = end < 0 ? rest->n : (size_t)end;
    *value = quoted ? str_sub(*rest, from, to - from) : str_trim(str_sub(*rest, 0, to));
    *rest = str_sub(*rest, to, rest->n);
    return true;
}

static bool parameter(Str header, const char *name, Str *out) {
    Str key;
    while (next_parameter(&header, &key, out))
        if (key.n == strlen(name) && strncasecmp(key.p, name, key.n) == 0) return true;
    return false;
}

static Str header_of(Str head, const char *name) {
    for (Str rest = head; rest.n > 0;) {
        Str value, line = str_trim(str_cut(rest, '\n', &rest));
        Str key = str_trim(str_cut(line, ':', &value));
        if (key.n == strlen(name) && strncasecmp(key.p, name, key.n) == 0) return str_trim(value);
    }
    return STR("");
}

static bool is_text(Str s) {
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c < 32 && c != '\t' && c != '\r' && c != '\n') || c == 127) return false;
    }
    return utf8_valid(s);
}

static bool add_part(HttpRequest *r, ValueBuild *fields, Str head, Str body, Err *err) {
    Str name, file, told = header_of(head, "Content-Disposition");
    if (!str_starts(told, STR("form-data")) || !parameter(told, "name", &name) || name.n == 0 || !is_text(name))
        return refuse(err, "A part of the form has no name.");
    if (parameter(told, "filename", &file)) {
        if (file.n == 0 && body.n == 0) return true; /* no file was chosen */
        if (r->n_sent == HTTP_FILES) return err_set(err, ERR_LIMIT, "http", "More than %d files.", HTTP_FILES);
        r->sent[r->n_sent++] = (HttpSent){str_copy(r->a, name), is_text(file) ? str_copy(r->a, file) : STR("file"), header_of(head, "Content-Type"), body};
        return true;
    }
    if (body.n > FIELD_MAX) return err_set(err, ERR_LIMIT, "http", "A field has more than %d bytes.", FIELD_MAX);
    if (!is_text(body)) return refuse(err, "A field is no UTF-8 text.");
    for (size_t i = 0; i < fields->n; i++)
        if (str_eq(fields->u.entries[i].key, name)) return refuse(err, "A field came twice.");
    build_entry(fields, str_copy(r->a, name), value_str(str_copy(r->a, body)));
    return true;
}

bool http_read_multipart(HttpRequest *r, Err *err) {
    Str boundary, body = r->body;
    ValueBuild fields = {.a = r->a};
    if (!parameter(r->headers.content_type, "boundary", &boundary) || boundary.n == 0 || boundary.n > BOUNDARY_MAX)
        return refuse(err, "The form has no boundary.");
    Str first = str_join2(r->a, STR("--"), boundary), mark = str_join2(r->a, STR("\r\n"), first);
    if (!str_starts(body, first)) return refuse(err, "The form does not begin with its boundary.");
    size_t at = first.n;
    for (int parts = 0; !str_eq(str_sub(body, at, 2), STR("--")); parts++) {
        ptrdiff_t head_end = find(body, at, STR("\r\n\r\n")), end = head_end < 0 ? -1 : find(body, (size_t)head_end + 2, mark);
        if (parts == PARTS_MAX) return err_set(err, ERR_LIMIT, "http", "More than %d parts.", PARTS_MAX);
        if (end < 0 || !str_eq(str_sub(body, at, 2), STR("\r\n"))) return refuse(err, "A part of the form does not end.");
        size_t from = (size_t)head_end + 4;
        if (from - at > HEADERS_MAX) return err_set(err, ERR_LIMIT, "http", "A part's head has more than %d bytes.", HEADERS_MAX);
        Str head = str_sub(body, at + 2, (size_t)head_end - at), bytes = (size_t)end > from ? str_sub(body, from, (size_t)end - from) : STR("");
        TRY(add_part(r, &fields, head, bytes, err));
        at = (size_t)end + mark.n;
    }
    r->form = build_ctx(&fields);
    return true;
}
