/* page_code: the form for a tracking code, and what may be miscopied in one. No sign-in, nothing stored. */
#include "http/page_in.h"

#include <inttypes.h>

/* Symbols of a code as typed: capitals, without blanks and hyphens. */
static Str symbols(Arena *a, Str typed) {
    Buf b = {.a = a, .limit = 64};
    for (size_t i = 0; i < typed.n; i++) {
        char c = typed.p[i];
        if (c == ' ' || c == '-') continue;
        buf_byte(&b, c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
    }
    return buf_str(&b);
}

/* The group that holds a symbol no code contains, 0 when none does. */
static int foreign_group(Str code) {
    const Str alphabet = STR("0123456789ABCDEFGHIJKLMNOPQRSTVWXYZ"); /* I, L and O are read as 1, 1 and 0 */
    for (size_t i = 0; i < code.n; i++)
        if (str_find(alphabet, str_sub(code, i, 1)) < 0) return (int)(i / 4) + 1;
    return 0;
}

static Str wrong_code(const HttpPage *p, Str typed) {
    enum { SYMBOLS = 13 };
    Str code = symbols(p->a, typed);
    if (code.n == 0) return http_page_text(p, "track.empty");
    size_t n = utf8_count(code);
    if (n != SYMBOLS) return http_page_say(p, "track.length", "n", str_printf(p->a, "%zu", n), NULL);
    int group = foreign_group(code);
    if (group == 0) return http_page_text(p, "track.unknown");
    return http_page_say(p, "track.wrong_group", "group", str_printf(p->a, "%d", group), NULL);
}

bool http_track_form(HttpRequest *r, HttpResponse *out, Str typed, bool wrong, Err *err) {
    HttpPage p;
    http_page_begin(&p, r, false);
    http_page_str(&p, "title", http_page_text(&p, "track.title"));
    http_page_str(&p, "code", typed);
    if (wrong) http_page_str(&p, "error", wrong_code(&p, typed));
    return http_page_send(&p, out, wrong && typed.n > 0 ? 404 : 200, "resident/track", err);
}

bool http_track_form_get(HttpRequest *r, HttpResponse *out, Err *err) {
    Value typed;
    char code[14];
    if (!value_find(r->query, STR("code"), &typed)) return http_track_form(r, out, STR(""), false, err);
    Str text = http_query(r, "code");
    if (!case_code_read(text, code)) return http_track_form(r, out, text, true, err);
    http_redirect(out, str_printf(r->a, "/track/%.4s-%.4s-%.4s-%c", code, code + 4, code + 8, code[12]));
    return true;
}
