/* words: texts with {{expressions}} in them, as form-js writes labels, descriptions and texts (feelers).
 * Carried out: {{expression}}, {{#if condition}}…{{/if}} and a whole text that begins with =. A value is put
 * in as text: it can never become markup. */
#include "paper/paper_in.h"

enum { WORDS_PIECES = 400, WORDS_DEPTH = 8 };

typedef struct WordsCompile {
    PaperWordsIn in;           /* where */
    PaperWords *out;           /* under construction */
    size_t open[WORDS_DEPTH];  /* pieces of {{#if}} that are not closed yet */
    size_t depth;              /* of them */
    Err *err;                  /* what is wrong */
} WordsCompile;

static PaperWord *add_piece(WordsCompile *c) {
    return &c->out->items[c->out->n++];
}

static bool add_code(WordsCompile *c, Str text) {
    PaperWord *piece = add_piece(c);
    return feel_compile(c->in.scope, FEEL_EXPRESSION, text, c->in.a, &piece->code, c->in.notes, c->err);
}

static bool begin_if(WordsCompile *c, Str condition) {
    if (c->depth == WORDS_DEPTH) return err_set(c->err, ERR_LIMIT, "paper", "{{#if}} within too many others");
    c->open[c->depth++] = c->out->n;
    return add_code(c, condition);
}

static bool end_if(WordsCompile *c) {
    if (c->depth == 0) return err_set(c->err, ERR_INPUT, "paper", "{{/if}} without its {{#if}}");
    size_t at = c->open[--c->depth];
    c->out->items[at].skip = c->out->n - at;
    return true;
}

/* One {{…}}. */
static bool add_tag(WordsCompile *c, Str inside) {
    bool code = inside.n > 0 && inside.p[0] != '#' && inside.p[0] != '/';
    if (str_starts(inside, STR("#if "))) return begin_if(c, str_sub(inside, 4, inside.n));
    if (str_is(inside, "/if")) return end_if(c);
    if (code) return add_code(c, inside);
    return err_set(c->err, ERR_INPUT, "paper", "of templating {{expression}} and {{#if condition}} are carried out");
}

static size_t pieces(Str text) {
    size_t n = 1;
    for (size_t i = 0; i + 1 < text.n; i++) n += text.p[i] == '{' && text.p[i + 1] == '{' ? 2 : 0;
    return n;
}

static bool add_text(WordsCompile *c, Str text) {
    while (text.n > 0) {
        ptrdiff_t open = str_find(text, STR("{{"));
        size_t head = open < 0 ? text.n : (size_t)open;
        if (head > 0) add_piece(c)->text = str_sub(text, 0, head);
        if (open < 0) break;
        text = str_sub(text, head + 2, text.n);
        ptrdiff_t close = str_find(text, STR("}}"));
        if (close < 0) return err_set(c->err, ERR_INPUT, "paper", "of templating, {{ is not closed");
        TRY(add_tag(c, str_trim(str_sub(text, 0, (size_t)close))));
        text = str_sub(text, (size_t)close + 2, text.n);
    }
    return c->depth == 0 || err_set(c->err, ERR_INPUT, "paper", "of templating, {{#if}} is not closed");
}

bool paper_words_compile(PaperWordsIn in, Str text, PaperWords *out, Err *err) {
    assert(in.scope && in.a && out);
    PaperWords w = {0};
    WordsCompile c = {.in = in, .out = &w, .err = err};
    size_t n = pieces(text);
    if (n > WORDS_PIECES) return err_set(err, ERR_LIMIT, "paper", "a text with too many {{expressions}}");
    w.items = NEW_ARRAY(in.a, PaperWord, n);
    if (str_starts(text, STR("="))) TRY(add_code(&c, str_sub(text, 1, text.n)));
    else TRY(add_text(&c, text));
    *out = w;
    return true;
}

/* ---- carrying out -------------------------------------------------------------------------------------- */

static void put_markdown(Buf *b, Str s) {
    for (size_t i = 0; i < s.n; i++) {
        bool mark = (unsigned char)s.p[i] < 0x80 && s.p[i] > ' ' &&
                    str_find(STR("\\`*_{}[]()#+-.!|<>&~"), str_sub(s, i, 1)) >= 0;
        if (mark) buf_byte(b, '\\');
        buf_byte(b, s.p[i] == '\n' || s.p[i] == '\r' ? ' ' : s.p[i]);
    }
}

static void put(Buf *b, Value v, PaperQuote quote) {
    if (value_is_null(v)) return;
    Str text = feel_text(b->a, v, false);
    if (quote == PAPER_PLAIN) buf_add(b, text);
    if (quote == PAPER_INTO_HTML) buf_html(b, text);
    if (quote == PAPER_INTO_MARKDOWN) put_markdown(b, text);
}

Str paper_words(const PaperFill *f, PaperWords words, PaperQuote quote) {
    if (words.n == 0) return STR("");
    if (words.n == 1 && words.items[0].code == NULL) return words.items[0].text;
    Buf b = {.a = f->sheet->run->arena, .limit = PAPER_BYTES};
    for (size_t i = 0; i < words.n; i++) {
        const PaperWord *piece = &words.items[i];
        if (piece->code == NULL) {
            buf_add(&b, piece->text);
            continue;
        }
        Value v = feel_eval(f->sheet->run, piece->code, &f->frame);
        if (piece->skip == 0) put(&b, v, quote);
        else if (!value_is_true(v)) i += piece->skip - 1;
    }
    return buf_str(&b);
}
