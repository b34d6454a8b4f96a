/* pattern: a form's pattern is JavaScript's; FEEL's matches() has the syntax of XPath. Classes that differ are
 * spelt out, so that both accept the same texts; what XPath cannot say (looking around, word boundaries, names
 * of groups) is refused when the form is loaded. One difference is meant: a character beyond U+FFFF is one. */
#include "paper/paper_in.h"

#include <string.h>

enum { PATTERN_MOST = 2000 }; /* longest pattern, in bytes */

typedef struct Script {
    Str s;      /* JavaScript's */
    size_t at;  /* next byte */
    Buf out;    /* XPath's */
    bool class; /* inside [ ] */
} Script;

static bool refuse(Err *err, const char *what) {
    return err_set(err, ERR_INPUT, "paper", "a pattern with %s", what);
}

/* Source: ECMA-262, CharacterClassEscape; XPath's \d and \w are Unicode's. */
static const char *class_of(char c) {
    switch (c) {
    case 'd':
        return "0-9";
    case 'w':
        return "0-9A-Z_a-z";
    case 's':
        return "\\t\\n\\r \v\f\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";
    default:
        return NULL;
    }
}

static bool put_code(Script *r, size_t digits, Err *err) {
    uint32_t cp = 0;
    for (size_t i = 0; i < digits; i++, r->at++) {
        char c = r->at < r->s.n ? r->s.p[r->at] : 0;
        const char *hex = "0123456789abcdefABCDEF", *found = c ? strchr(hex, c) : NULL;
        if (!found) return refuse(err, "\\u or \\x that is no code");
        size_t value = (size_t)(found - hex);
        cp = cp * 16 + (uint32_t)(value > 15 ? value - 6 : value);
    }
    if (cp == 0 || (cp >= 0xd800 && cp < 0xe000)) return refuse(err, "a code that is no character");
    char utf8[4];
    if (cp < 0x80 && strchr("\\|.?*+(){}-[]^$", (int)cp)) buf_byte(&r->out, '\\');
    buf_add(&r->out, (Str){utf8, utf8_put(utf8, cp)});
    return true;
}

static bool put_escape(Script *r, Err *err) {
    if (r->at == r->s.n) return refuse(err, "a backslash at its end");
    char c = r->s.p[r->at++], lower = (char)(c | 0x20);
    const char *members = class_of(lower);
    if (members && c == lower) {
        buf_printf(&r->out, r->class ? "%s" : "[%s]", members);
        return true;
    }
    if (members && !r->class) {
        buf_printf(&r->out, "[^%s]", members);
        return true;
    }
    if (c == 'u' || c == 'x') return put_code(r, c == 'u' ? 4 : 2, err);
    if (c == 'n' || c == 'r' || c == 't') buf_printf(&r->out, "\\%c", c);
    else if (c == 'f' || c == 'v') buf_byte(&r->out, c == 'f' ? '\f' : '\v');
    else if (c >= '1' && c <= '9' && !r->class) buf_printf(&r->out, "\\%c", c);
    else if (strchr("\\|.?*+(){}-[]^$", c)) buf_printf(&r->out, "\\%c", c);
    else if (strchr("/\"'#%&,:;<=>@_`~! ", c)) buf_byte(&r->out, c);
    else return refuse(err, "an escape that FEEL cannot say");
    return true;
}

/* A brace that begins no {n,m} stands for itself. */
static bool counts(const Script *r) {
    size_t i = r->at, digits = 0, commas = 0;
    for (; i < r->s.n && r->s.p[i] != '}'; i++) {
        bool digit = r->s.p[i] >= '0' && r->s.p[i] <= '9';
        if (!digit && r->s.p[i] != ',') return false;
        digits += digit && commas == 0;
        commas += r->s.p[i] == ',';
    }
    return i < r->s.n && digits > 0 && commas < 2;
}

static bool begin_group(Script *r, Err *err) {
    buf_byte(&r->out, '(');
    if (r->at == r->s.n || r->s.p[r->at] != '?') return true;
    if (str_sub(r->s, r->at, 2).n < 2 || r->s.p[r->at + 1] != ':') return refuse(err, "a group that looks around or has a name");
    buf_c(&r->out, "?:");
    r->at += 2;
    return true;
}

static bool put_outside(Script *r, char c, Err *err) {
    if (c == '(') return begin_group(r, err);
    if (c == '.') {
        buf_c(&r->out, "[^\\n\\r\u2028\u2029]");
        return true;
    }
    if (c == '[') {
        r->class = true;
        bool negated = r->at < r->s.n && r->s.p[r->at] == '^';
        buf_c(&r->out, negated ? "[^" : "[");
        r->at += negated;
        return (r->at < r->s.n && r->s.p[r->at] != ']') || refuse(err, "an empty class");
    }
    bool plain = c == ']' || c == '}' || (c == '{' && !counts(r));
    if (plain) buf_byte(&r->out, '\\');
    buf_byte(&r->out, c);
    if (c == '{' && !plain)
        while (r->s.p[r->at - 1] != '}') buf_byte(&r->out, r->s.p[r->at++]);
    return true;
}

/* In a class only ] \ - and a leading ^ mean anything to JavaScript. */
static void put_inside(Script *r, char c) {
    bool range = c == '-' && r->at < r->s.n && r->s.p[r->at] != ']' && r->at >= 2 && r->s.p[r->at - 2] != '[' &&
                 !(r->s.p[r->at - 2] == '^' && r->at >= 3 && r->s.p[r->at - 3] == '[');
    if (c == ']') r->class = false;
    else if (c == '[' || c == '^' || (c == '-' && !range)) buf_byte(&r->out, '\\');
    buf_byte(&r->out, c);
}

bool paper_pattern(Arena *a, Str script, Str *out, Err *err) {
    assert(a && out);
    Script r = {.s = script, .out = {.a = a}};
    if (script.n > PATTERN_MOST) return refuse(err, "too many characters");
    while (r.at < script.n) {
        char c = script.p[r.at++];
        if (c == '\\') TRY(put_escape(&r, err));
        else if (r.class) put_inside(&r, c);
        else TRY(put_outside(&r, c, err));
    }
    if (r.class) return refuse(err, "a class that is not closed");
    *out = buf_str(&r.out);
    return true;
}
