/* feel_lex: characters, tokens and readings of names (Source: DMN 1.5 §10.3.1.2). Names are word
 * and symbol sequences; white space separates words and is not part of a name. Knows no scope:
 * which reading holds is decided in feel_name.c. */
#include "feel/feel_in.h"

#include <string.h>

typedef struct CharRange {
    uint32_t lo, hi; /* code points, both included */
} CharRange;

static bool in_ranges(const CharRange *ranges, size_t n, uint32_t c) {
    for (size_t i = 0; i < n; i++)
        if (c >= ranges[i].lo && c <= ranges[i].hi) return true;
    return false;
}

static bool is_start(uint32_t c) {
    static const CharRange ranges[] = {
        {0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x2FF},    {0x370, 0x37D},   {0x37F, 0x1FFF},  {0x200C, 0x200D},
        {0x2070, 0x218F}, {0x2C00, 0x2FEF}, {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF},
    };
    if (c < 128) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '?';
    return c != 0x1680 && c != 0x180E && c != 0xFEFF && in_ranges(ranges, COUNT_OF(ranges), c);
}

static bool is_part(uint32_t c) {
    return is_start(c) || (c >= '0' && c <= '9') || c == 0xB7 || (c >= 0x300 && c <= 0x36F) || c == 0x203F ||
           c == 0x2040;
}

static bool is_symbol(uint32_t c) {
    return c && c < 128 && strchr("./-'+*", (int)c);
}

static bool is_space(uint32_t c) {
    static const CharRange ranges[] = {{0x09, 0x0D},     {0x20, 0x20},     {0x85, 0x85},     {0xA0, 0xA0},
                                       {0x1680, 0x1680}, {0x180E, 0x180E}, {0x2000, 0x200B}, {0x2028, 0x2029},
                                       {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}, {0xFEFF, 0xFEFF}};
    return in_ranges(ranges, COUNT_OF(ranges), c);
}

static bool is_ascii(char c) {
    return (unsigned char)c < 128;
}

static uint32_t peek(Str text, size_t at, size_t *next) {
    *next = at;
    return at < text.n ? utf8_next(text, next) : 0;
}

/* Past a comment at `at`, or `at` itself. */
static size_t skip_comment(Str text, size_t at) {
    if (at + 1 >= text.n || text.p[at] != '/') return at;
    if (text.p[at + 1] == '/') {
        while (at < text.n && text.p[at] != '\n') at++;
        return at;
    }
    if (text.p[at + 1] != '*') return at;
    ptrdiff_t end = str_find(str_sub(text, at + 2, text.n), STR("*/"));
    return end < 0 ? text.n : at + 2 + (size_t)end + 2;
}

size_t feel_skip(Str text, size_t at) {
    for (;;) {
        while (at < text.n && (text.p[at] == ' ' || (text.p[at] >= '\t' && text.p[at] <= '\r'))) at++;
        if (at < text.n && text.p[at] > ' ' && is_ascii(text.p[at]) && text.p[at] != '/')
            return at; /* the usual case */
        size_t next, after = skip_comment(text, at);
        uint32_t c = peek(text, after, &next);
        if (after < text.n && is_space(c)) after = next;
        if (after == at) return at;
        at = after;
    }
}

static size_t skip_digits(Str text, size_t at) {
    while (at < text.n && text.p[at] >= '0' && text.p[at] <= '9') at++;
    return at;
}

/* digits[.digits] or .digits, then an exponent if one is complete; "1..3" keeps its dots. */
static size_t skip_number(Str text, size_t at) {
    at = skip_digits(text, at);
    if (at < text.n && text.p[at] == '.' && skip_digits(text, at + 1) > at + 1) at = skip_digits(text, at + 1);
    if (at < text.n && (text.p[at] == 'e' || text.p[at] == 'E')) {
        size_t sign = at + 1 + (at + 1 < text.n && (text.p[at + 1] == '+' || text.p[at + 1] == '-'));
        if (skip_digits(text, sign) > sign) at = skip_digits(text, sign);
    }
    return at;
}

static bool is_ascii_part(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '?';
}

static size_t skip_word(Str text, size_t at) {
    size_t next;
    while (at < text.n && is_ascii_part(text.p[at])) at++;
    if (at < text.n && is_ascii(text.p[at])) return at;
    for (uint32_t c; at < text.n && (c = peek(text, at, &next), is_part(c));) at = next;
    return at;
}

/* A string literal; without its end, or with a raw line break inside, the token is bad. */
static FeelToken lex_string(Str text, size_t at) {
    for (size_t i = at + 1; i < text.n; i++) {
        if (text.p[i] == '\\')
            i++;
        else if (text.p[i] == '"')
            return (FeelToken){TOK_STRING, at, i + 1};
        else if (text.p[i] >= '\n' && text.p[i] <= '\r')
            break;
    }
    return (FeelToken){TOK_BAD, at, at + 1};
}

static FeelToken lex_mark(Str text, size_t at) {
    static const struct {
        char text[3]; /* two characters */
        int kind;     /* token */
    } pairs[] = {{"**", TOK_POWER}, {"..", TOK_DOTS}, {"!=", TOK_NE},
                 {"<=", TOK_LE},    {">=", TOK_GE},   {"->", TOK_ARROW}};
    Str two = str_sub(text, at, 2);
    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        if (str_is(two, pairs[i].text)) return (FeelToken){pairs[i].kind, at, at + 2};
    if (strchr("+-*/=<>()[]{},:.@", text.p[at])) return (FeelToken){text.p[at], at, at + 1};
    return (FeelToken){TOK_BAD, at, at + 1};
}

FeelToken feel_lex(Str text, size_t at) {
    at = feel_skip(text, at);
    if (at >= text.n) return (FeelToken){TOK_END, at, at};
    char c = text.p[at];
    if ((c >= '0' && c <= '9') || (c == '.' && skip_digits(text, at + 1) > at + 1))
        return (FeelToken){TOK_NUMBER, at, skip_number(text, at)};
    if (c == '"') return lex_string(text, at);
    size_t next;
    if (is_start(peek(text, at, &next))) return (FeelToken){TOK_NAME, at, skip_word(text, at)};
    return c ? lex_mark(text, at) : (FeelToken){TOK_BAD, at, at + 1};
}

void feel_read_name(Str text, size_t at, FeelReading *out) {
    size_t n = 0, next;
    bool after_word = false;
    out->count = 0;
    while (out->count < FEEL_RUN_MAX) {
        size_t here = feel_skip(text, at), end = skip_word(text, here);
        bool word = end > here;
        if (!word) {
            uint32_t c = peek(text, here, &next);
            if (out->count == 0 || !is_symbol(c) || (c == '.' && here + 1 < text.n && text.p[here + 1] == '.')) break;
            end = next;
        }
        bool blank = word && after_word;
        if (n + blank + (end - here) >= FEEL_NAME_MAX) break;
        if (blank) out->text[n++] = ' ';
        memcpy(out->text + n, text.p + here, end - here);
        n += end - here;
        out->cuts[out->count].n = (uint16_t)n;
        out->cuts[out->count].word = word;
        out->cuts[out->count++].end = end;
        after_word = word;
        at = end;
    }
}

Str feel_name(Arena *a, Str raw) {
    FeelReading r;
    feel_read_name(raw, 0, &r);
    bool whole = r.count && feel_skip(raw, r.cuts[r.count - 1].end) == raw.n;
    return whole ? str_copy(a, (Str){r.text, r.cuts[r.count - 1].n}) : str_copy(a, str_trim(raw));
}

bool feel_is_name(Str text) {
    size_t next;
    if (!text.n || !is_start(peek(text, 0, &next))) return false;
    FeelReading r;
    feel_read_name(text, 0, &r);
    Str first = feel_token_text(&(FeelParser){.text = text, .tok = feel_lex(text, 0)});
    return str_eq((Str){r.text, r.cuts[r.count - 1].n}, text) && !feel_is_keyword(first);
}

bool feel_is_keyword(Str word) {
    static const char *const words[] = {"for",      "in",        "return", "if",    "then",    "else",     "some",
                                        "every",    "satisfies", "and",    "or",    "between", "instance", "of",
                                        "function", "external",  "true",   "false", "null"};
    for (size_t i = 0; i < COUNT_OF(words) && word.n; i++)
        if (word.p[0] == words[i][0] && str_is(word, words[i])) return true;
    return false;
}

static bool hex(Str s, size_t at, size_t n, uint32_t *out) {
    *out = 0;
    if (at + n > s.n) return false;
    for (size_t i = at; i < at + n; i++) {
        char c = s.p[i], low = (char)(c | 32);
        if (!((c >= '0' && c <= '9') || (low >= 'a' && low <= 'f'))) return false;
        *out = *out * 16 + (uint32_t)(c <= '9' ? c - '0' : low - 'a' + 10);
    }
    return true;
}

/* \uXXXX (a surrogate pair makes one code point) or \UXXXXXX at s[at]. Out: bytes eaten, 0 = none. */
static size_t unicode_escape(Str s, size_t at, uint32_t *cp) {
    uint32_t low;
    if (s.p[at + 1] == 'U') return hex(s, at + 2, 6, cp) && *cp <= 0x10FFFF && (*cp < 0xD800 || *cp > 0xDFFF) ? 8 : 0;
    if (s.p[at + 1] != 'u' || !hex(s, at + 2, 4, cp)) return 0;
    if (*cp < 0xD800 || *cp > 0xDFFF) return 6;
    if (*cp > 0xDBFF || at + 7 >= s.n || s.p[at + 6] != '\\' || s.p[at + 7] != 'u' || !hex(s, at + 8, 4, &low))
        return 0;
    if (low < 0xDC00 || low > 0xDFFF) return 0;
    *cp = 0x10000 + ((*cp - 0xD800) << 10) + (low - 0xDC00);
    return 12;
}

Str feel_unescape(Arena *a, Str s) {
    if (!s.n || !memchr(s.p, '\\', s.n)) return str_copy(a, s);
    char *out = arena_alloc(a, s.n);
    size_t n = 0;
    for (size_t i = 0; i < s.n;) {
        static const char from[] = "\"\\'nrt", to[] = "\"\\'\n\r\t";
        const char *known = s.p[i] == '\\' && i + 1 < s.n ? strchr(from, s.p[i + 1]) : NULL;
        uint32_t cp;
        size_t eaten = s.p[i] == '\\' && i + 1 < s.n ? unicode_escape(s, i, &cp) : 0;
        if (known && *known)
            out[n++] = to[known - from], i += 2;
        else if (eaten)
            n += utf8_put(out + n, cp), i += eaten;
        else
            out[n++] = s.p[i++]; /* \d and its like stay: they are for regular expressions */
    }
    return (Str){out, n};
}
