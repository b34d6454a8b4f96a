/* feel_hint: what a person most likely meant where an expression breaks off: the slips of those who write
 * tables rather than programs. It only words messages; whether a text is FEEL is never decided here. */
#include "feel/feel_in.h"

#include <string.h>

static bool begins(const FeelParser *p, const char *text) {
    return str_starts(str_sub(p->text, p->tok.from, p->text.n), str_of(text));
}

static bool begins_any(const FeelParser *p, const char *const *texts, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (begins(p, texts[i])) return true;
    }
    return false;
}

/* The last character before the token that is no blank; 0 at the start. */
static char before(const FeelParser *p) {
    for (size_t i = p->tok.from; i > 0; i--) {
        if (p->text.p[i - 1] != ' ') return p->text.p[i - 1];
    }
    return 0;
}

static bool after_word(const FeelParser *p, const char *word) {
    return str_ends(str_trim(str_sub(p->text, 0, p->tok.from)), str_of(word));
}

static const char *of_comparison(const FeelParser *p) {
    char c = before(p);
    if (p->tok.kind == '>' && c == '<') return "not equal is written !=, or not(...)";
    if ((p->tok.kind == '>' || p->tok.kind == '<') && c == '=') return "at least is written >=, at most <=";
    if (p->tok.kind == '=' && c == '=') return "equal is written with one =";
    return NULL;
}

static const char *of_characters(const FeelParser *p) {
    static const char *const quotes[] = {"“", "”", "‘", "’", "„", "'"}, *const signs[] = {"≤", "≥", "≠"};
    if (begins(p, "\"") && p->tok.kind == TOK_BAD) return "the text that begins here has no closing quotation mark";
    if (begins_any(p, quotes, COUNT_OF(quotes))) return "text stands between straight quotation marks, \"like this\"";
    if (begins_any(p, signs, COUNT_OF(signs))) return "at most is written <=, at least >=, not equal !=";
    return NULL;
}

/* Chinese punctuation counts as letters of names (Source: DMN 1.5 §10.3.1.2). */
bool feel_is_wide(Str name) {
    static const char *const marks[] = {"（", "）", "，", "。", "：", "；", "、", "＜", "＞", "＝", "［", "］", "＂", "「", "」"};
    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        if (str_find(name, str_of(marks[i])) >= 0) return true;
    }
    return false;
}

static bool is_digit(const FeelParser *p, size_t at) {
    return at < p->text.n && p->text.p[at] >= '0' && p->text.p[at] <= '9';
}

const char *feel_hint(const FeelParser *p) {
    const char *hint = of_characters(p);
    if (!hint) hint = of_comparison(p);
    if (hint) return hint;
    if (p->tok.kind == TOK_DOTS) return "a range stands between brackets, like [18..20] or (18..20)";
    if (feel_at_word(p, "and")) return "a range is written [18..20), and two conditions name the value: ? >= 18 and ? < 20";
    if (p->tok.kind == ',' && p->tok.from > 0 && is_digit(p, p->tok.from - 1) && is_digit(p, p->tok.to))
        return "the decimal sign is a point, and thousands are not separated";
    if (after_word(p, "not")) return "a negation is written not(...)";
    return NULL;
}

/* date("2024-02-30") is null, and a null equals a null: in a table it would match what is missing. */
void feel_note_constant(FeelParser *p, const FeelNode *n, const FeelFn *fn) {
    static const char *const makers[] = {"date", "time", "date and time", "duration"};
    bool is_text = n->count == 1 && n->kids[0]->kind == NODE_CONST && n->kids[0]->value.kind == VALUE_STRING;
    for (size_t i = 0; i < COUNT_OF(makers) && is_text && p->notes && !p->failed; i++) {
        if (!str_is(fn->name, makers[i])) continue;
        Str text = value_text(n->kids[0]->value);
        Err *note = errlist_add(p->notes, ERR_INVALID, "feel", "\"" STR_FMT "\" is no %s", (int)(text.n > 60 ? 60 : text.n), text.p, makers[i]);
        if (note) err_at(note, 0, 0, n->from);
    }
}
