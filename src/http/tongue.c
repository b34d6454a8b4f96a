/* tongue: the languages that a reader may ask for. Chinese and English say everything; the others say what speakers have
 * written into web/shared/tongues.json, and fall back on the first complete language of their chain for the rest. It must
 * never invent a word, and never let a fallback pass for the reader's own language. */
#include "http/tongue.h"

#include <string.h>

/* Source: the prefecture's languages. Nobody may be told what they read by their people, so nothing but the request says. */
static const HttpTongue TONGUES[] = {
    {"zh", "zh-CN", "zh"}, {"en", "en", "en"}, {"khb", "khb-Talu", "zh"}, {"lo", "lo", "en zh"},
    {"my", "my", "en zh"}, {"hni", "hni", "zh"}, {"lhu", "lhu", "zh"},
};
#define MARK_ON  "\xEE\x80\x80" /* U+E000 and U+E001, private use: around a word of the reader's own language */
#define MARK_OFF "\xEE\x80\x81"
enum { MARK_BYTES = 3 };

const HttpTongue *http_tongue(Str id) {
    for (size_t i = 0; i < COUNT_OF(TONGUES); i++)
        if (str_is(id, TONGUES[i].id)) return &TONGUES[i];
    return NULL;
}

size_t http_tongue_count(void) { return COUNT_OF(TONGUES); }

const HttpTongue *http_tongue_at(size_t i) {
    assert(i < COUNT_OF(TONGUES));
    return &TONGUES[i];
}

Str http_tongue_base(const HttpTongue *t) {
    assert(t);
    Str rest = str_of(t->chain);
    while (rest.n > 0) {
        Str id = str_cut(rest, ' ', &rest);
        if (str_is(id, "zh") || str_is(id, "en")) return id;
    }
    return STR("zh");
}

Value http_tongue_texts(Value base, Value own, Arena *a) {
    if (base.kind == VALUE_STRING)
        return own.kind == VALUE_STRING ? value_str(str_printf(a, MARK_ON STR_FMT MARK_OFF, STR_ARG(value_text(own)))) : base;
    if (base.kind != VALUE_CONTEXT) return base;
    ValueBuild b = {.a = a};
    for (uint32_t i = 0; i < base.size; i++) {
        Value mine = value_null();
        (void)value_find(own, base.u.ctx[i].key, &mine);
        build_entry(&b, base.u.ctx[i].key, http_tongue_texts(base.u.ctx[i].value, mine, a));
    }
    return build_ctx(&b);
}

/* Elements whose text holds no other element. */
static bool is_plain(Str html, size_t at) {
    static const char *const names[] = {"<title", "<option", "<textarea"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_starts(str_sub(html, at, html.n), str_of(names[i]))) return true;
    return false;
}

static bool is_mark(Str html, size_t at, const char *mark) {
    return at + MARK_BYTES <= html.n && memcmp(html.p + at, mark, MARK_BYTES) == 0;
}

Str http_tongue_mark(Str html, const HttpTongue *t, Arena *a) {
    Buf b = {.a = a};
    bool tag = false, plain = false, open = false; /* open: marks that people typed cannot unbalance the page */
    for (size_t at = 0; at < html.n;) {
        char c = html.p[at];
        bool on = is_mark(html, at, MARK_ON), off = is_mark(html, at, MARK_OFF);
        if (on || off) {
            bool here = !tag && !plain && open == off;
            if (here && on) buf_printf(&b, "<span lang=\"%s\">", t->tag);
            if (here && off) buf_c(&b, "</span>");
            if (here) open = on;
            at += MARK_BYTES;
            continue;
        }
        if (c == '<') {
            tag = true;
            plain = is_plain(html, at);
        }
        if (c == '>') tag = false;
        buf_byte(&b, c);
        at++;
    }
    return buf_str(&b);
}
