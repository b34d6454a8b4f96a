/* markup: the safe part of HTML and a small Markdown. What comes out has only the elements and attributes listed
 * here, closed in order, and links that lead to web pages, mail and telephones. Script, style, events, pictures
 * and frames never pass. Headings sink by one, for
 * the page's own is the first, and none is more than one below that before it. */
#include "paper/paper_in.h"

#include <string.h>

enum { MARKUP_DEPTH = 32, MARKUP_MOST = 1 << 18 };

static const char markup_elements[] = " p br hr h1 h2 h3 h4 h5 h6 ul ol li dl dt dd strong em b i small sub sup code pre blockquote a "
                                      "span div table caption thead tbody tr th td abbr ";
/* Their contents go too: they are no text. */
static const char markup_dropped[] = " script style template iframe object noscript textarea title svg math select ";

typedef struct Markup {
    Str s;                     /* what came */
    size_t at;                 /* next byte */
    Buf out;                   /* what is safe of it */
    Str open[MARKUP_DEPTH];    /* elements that are open */
    size_t depth;              /* of them */
    int heading;               /* level of the last heading */
} Markup;

static bool among(const char *names, Str name) {
    char key[16];
    if (name.n == 0 || name.n > sizeof key - 3) return false;
    key[0] = key[name.n + 1] = ' ';
    memcpy(key + 1, name.p, name.n);
    key[name.n + 2] = 0;
    return strstr(names, key) != NULL;
}

static bool letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool name_byte(char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '-';
}

static bool blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static Str lower(Arena *a, Str s) {
    char *p = arena_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++) p[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] | 0x20) : s.p[i];
    return (Str){p, s.n};
}

/* "&amp;" and "&#20;" stay, another & is one. */
static size_t entity(Str s) {
    size_t i = 1;
    if (i < s.n && s.p[i] == '#') i++;
    size_t from = i;
    while (i < s.n && i < 12 && (letter(s.p[i]) || (s.p[i] >= '0' && s.p[i] <= '9'))) i++;
    return i > from && i < s.n && s.p[i] == ';' ? i + 1 : 0;
}

static void put_text(Buf *b, Str s) {
    while (s.n > 0) {
        size_t n = s.p[0] == '&' ? entity(s) : 0;
        if (n > 0) buf_add(b, str_sub(s, 0, n));
        else buf_html(b, str_sub(s, 0, n = 1));
        s = str_sub(s, n, s.n);
    }
}

static bool safe_link(Str href) {
    static const char *const schemes[] = {"https://", "http://", "mailto:", "tel:", "#"};
    for (size_t i = 0; i < href.n; i++)
        if ((unsigned char)href.p[i] <= ' ' || href.p[i] == '\\') return false;
    for (size_t i = 0; i < COUNT_OF(schemes); i++)
        if (str_starts(href, str_of(schemes[i]))) return true;
    return str_starts(href, STR("/")) && !str_starts(href, STR("//"));
}

static bool whole(Str s) {
    int64_t n;
    return str_to_int(s, &n) && n > 0 && n <= 100;
}

/* The form of a language tag (RFC 5646), not the registry. */
static bool language(Str s) {
    for (size_t i = 0; i < s.n; i++)
        if (!name_byte(s.p[i])) return false;
    return s.n > 0 && s.n <= 35;
}

static bool safe_attribute(Str element, Str name, Str value) {
    if (str_is(name, "href")) return str_is(element, "a") && safe_link(value);
    if (str_is(name, "lang")) return language(value);
    if (str_is(name, "title")) return str_is(element, "abbr");
    if (str_is(name, "start")) return str_is(element, "ol") && whole(value);
    if (str_is(name, "scope")) return str_is(element, "th") && (str_is(value, "row") || str_is(value, "col"));
    bool cell = str_is(element, "th") || str_is(element, "td");
    return cell && (str_is(name, "colspan") || str_is(name, "rowspan")) && whole(value);
}

static void skip_blanks(Markup *m) {
    while (m->at < m->s.n && (blank(m->s.p[m->at]) || m->s.p[m->at] == '/')) m->at++;
}

static Str take_name(Markup *m) {
    size_t from = m->at;
    while (m->at < m->s.n && name_byte(m->s.p[m->at])) m->at++;
    return lower(m->out.a, str_sub(m->s, from, m->at - from));
}

static Str take_value(Markup *m) {
    skip_blanks(m);
    if (m->at == m->s.n || m->s.p[m->at] != '=') return STR("");
    for (m->at++; m->at < m->s.n && blank(m->s.p[m->at]);) m->at++;
    char quote = m->at < m->s.n ? m->s.p[m->at] : 0;
    bool quoted = quote == '"' || quote == '\'';
    size_t from = m->at += quoted;
    while (m->at < m->s.n && (quoted ? m->s.p[m->at] != quote : !blank(m->s.p[m->at]) && m->s.p[m->at] != '>')) m->at++;
    Str value = str_sub(m->s, from, m->at - from);
    m->at += quoted && m->at < m->s.n;
    return value;
}

/* Reads attributes up to the >; writes the safe ones when `element` is written. */
static void take_attributes(Markup *m, Str element, bool write) {
    for (skip_blanks(m); m->at < m->s.n && m->s.p[m->at] != '>'; skip_blanks(m)) {
        size_t before = m->at;
        Str name = take_name(m), value = name.n > 0 ? take_value(m) : STR("");
        if (m->at == before) m->at++;
        if (!write || !safe_attribute(element, name, value)) continue;
        buf_printf(&m->out, " " STR_FMT "=\"", STR_ARG(name));
        put_text(&m->out, value);
        buf_byte(&m->out, '"');
    }
    m->at += m->at < m->s.n;
}

static bool is_heading(Str name) {
    return name.n == 2 && name.p[0] == 'h' && name.p[1] >= '1' && name.p[1] <= '6';
}

static void close_to(Markup *m, size_t depth) {
    while (m->depth > depth) {
        m->depth--;
        buf_printf(&m->out, "</" STR_FMT ">", STR_ARG(m->open[m->depth]));
    }
}

static void close_element(Markup *m, Str name) {
    for (size_t i = m->depth; i > 0; i--)
        if (str_eq(m->open[i - 1], name) || (is_heading(name) && is_heading(m->open[i - 1]))) {
            close_to(m, i - 1);
            return;
        }
}

/* As deep as a heading may be. */
static int sunk(int level, int *before) {
    int deepest = *before == 0 ? 2 : *before + 1;
    *before = level + 1 < deepest ? level + 1 : deepest;
    if (*before > 6) *before = 6;
    return *before;
}

static void drop_until_closed(Markup *m, Str name) {
    Str end = str_printf(m->out.a, "</" STR_FMT, STR_ARG(name));
    while (m->at < m->s.n && !str_eq(lower(m->out.a, str_sub(m->s, m->at, end.n)), end)) {
        const char *next = memchr(m->s.p + m->at + 1, '<', m->s.n - m->at - 1);
        m->at = next ? (size_t)(next - m->s.p) : m->s.n;
    }
}

static void take_tag(Markup *m) {
    bool end = m->s.p[m->at + 1] == '/';
    m->at += 1 + end;
    Str name = take_name(m), element = name;
    bool known = among(markup_elements, name), empty = str_is(name, "br") || str_is(name, "hr");
    bool write = known && !end && (empty || m->depth < MARKUP_DEPTH);
    if (write && is_heading(name)) element = str_printf(m->out.a, "h%d", sunk(name.p[1] - '0', &m->heading));
    if (write) buf_printf(&m->out, "<" STR_FMT, STR_ARG(element));
    take_attributes(m, element, write);
    if (write) buf_byte(&m->out, '>');
    if (write && !empty) m->open[m->depth++] = element;
    if (end) close_element(m, element);
    if (!end && among(markup_dropped, name)) drop_until_closed(m, name);
}

Str paper_safe_html(Arena *a, Str html) {
    Markup m = {.s = str_head(html, MARKUP_MOST), .out = {.a = a}};
    while (m.at < m.s.n) {
        const char *next = memchr(m.s.p + m.at, '<', m.s.n - m.at);
        size_t to = next ? (size_t)(next - m.s.p) : m.s.n;
        put_text(&m.out, str_sub(m.s, m.at, to - m.at));
        m.at = to;
        if (to == m.s.n) break;
        Str rest = str_sub(m.s, to, m.s.n);
        char second = rest.n > 1 ? rest.p[1] : 0, third = rest.n > 2 ? rest.p[2] : 0;
        ptrdiff_t end = str_starts(rest, STR("<!--")) ? str_find(rest, STR("-->")) : -1;
        if (letter(second) || (second == '/' && letter(third))) take_tag(&m);
        else if (end >= 0) m.at += (size_t)end + 3;
        else buf_html(&m.out, str_sub(m.s, m.at++, 1));
    }
    close_to(&m, 0);
    return buf_str(&m.out);
}

/* ---- Markdown ---------------------------------------------------------------------------------------------- */

static void inline_text(Buf *b, Str s, int depth);

/* [words](address) at the head of s: how many bytes it takes, 0 = it is none. */
static size_t put_link(Buf *b, Str s, int depth) {
    ptrdiff_t middle = str_find(s, STR("](")), end = middle < 0 ? -1 : str_find(str_sub(s, (size_t)middle, s.n), STR(")"));
    if (middle < 1 || end < 0) return 0;
    Str words = str_sub(s, 1, (size_t)middle - 1), href = str_sub(s, (size_t)middle + 2, (size_t)end - 2);
    if (safe_link(href)) {
        buf_c(b, "<a href=\"");
        put_text(b, href);
        buf_c(b, "\">");
    }
    inline_text(b, words, depth + 1);
    if (safe_link(href)) buf_c(b, "</a>");
    return (size_t)(middle + end) + 1;
}

/* mark…mark at the head of s as an element: bytes taken, 0 = none. */
static size_t put_span(Buf *b, Str s, const char *mark, const char *element, int depth) {
    size_t n = strlen(mark);
    if (!str_starts(s, str_of(mark)) || s.n <= 2 * n || blank(s.p[n])) return 0;
    ptrdiff_t end = str_find(str_sub(s, n, s.n), str_of(mark));
    if (end < 1 || blank(s.p[n + (size_t)end - 1])) return 0;
    buf_printf(b, "<%s>", element);
    Str inside = str_sub(s, n, (size_t)end);
    if (*mark == '`') buf_html(b, inside);
    else inline_text(b, inside, depth + 1);
    buf_printf(b, "</%s>", element);
    return (size_t)end + 2 * n;
}

static size_t put_mark(Buf *b, Str s, int depth) {
    static const char *const spans[][2] = {{"**", "strong"}, {"__", "strong"}, {"*", "em"}, {"`", "code"}};
    if (depth >= 8) return 0;
    if (s.p[0] == '[') return put_link(b, s, depth);
    for (size_t i = 0; i < COUNT_OF(spans); i++) {
        size_t n = put_span(b, s, spans[i][0], spans[i][1], depth);
        if (n > 0) return n;
    }
    return 0;
}

static void inline_text(Buf *b, Str s, int depth) {
    while (s.n > 0) {
        bool escaped = s.p[0] == '\\' && s.n > 1 && (unsigned char)s.p[1] < 0x80 && !name_byte(s.p[1]) && !blank(s.p[1]);
        bool dash = s.n > 1 && s.p[0] == '\\' && s.p[1] == '-';
        size_t n = escaped || dash ? 2 : put_mark(b, s, depth);
        if (escaped || dash) buf_html(b, str_sub(s, 1, 1));
        if (n == 0) {
            n = s.p[0] == '&' && entity(s) > 0 ? entity(s) : 1;
            put_text(b, str_sub(s, 0, n));
        }
        s = str_sub(s, n, s.n);
    }
}

typedef enum Block { BLOCK_NONE, BLOCK_TEXT, BLOCK_HEADING, BLOCK_ITEM, BLOCK_NUMBER, BLOCK_QUOTE, BLOCK_RULE } Block;

/* What a line is; *inside: its text. */
static Block block_of(Str line, Str *inside, int *level) {
    Str s = str_trim(line);
    size_t hashes = 0, digits = 0;
    while (hashes < s.n && s.p[hashes] == '#') hashes++;
    while (digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9') digits++;
    *inside = s;
    *level = (int)hashes;
    if (s.n == 0) return BLOCK_NONE;
    if (str_is(s, "---") || str_is(s, "***")) return BLOCK_RULE;
    if (hashes > 0 && hashes <= 6 && hashes < s.n && s.p[hashes] == ' ') {
        *inside = str_sub(s, hashes + 1, s.n);
        return BLOCK_HEADING;
    }
    bool item = s.n > 1 && (s.p[0] == '-' || s.p[0] == '*' || s.p[0] == '+') && s.p[1] == ' ';
    bool number = digits > 0 && digits <= 3 && str_starts(str_sub(s, digits, s.n), STR(". "));
    bool quote = s.p[0] == '>';
    if (item || number || quote) *inside = str_trim(str_sub(s, number ? digits + 2 : item ? 2 : 1, s.n));
    return item ? BLOCK_ITEM : number ? BLOCK_NUMBER : quote ? BLOCK_QUOTE : BLOCK_TEXT;
}

static const char *block_box(Block b) {
    return b == BLOCK_ITEM ? "ul" : b == BLOCK_NUMBER ? "ol" : b == BLOCK_QUOTE ? "blockquote" : b == BLOCK_TEXT ? "p" : NULL;
}

static void put_line(Buf *b, Block kind, Block before, Str inside, int level) {
    const char *box = block_box(kind);
    bool begins = kind != before;
    if (begins && block_box(before)) buf_printf(b, "</%s>", block_box(before));
    if (begins && box) buf_printf(b, "<%s>", box);
    if (!begins && (kind == BLOCK_TEXT || kind == BLOCK_QUOTE)) buf_byte(b, '\n');
    if (kind == BLOCK_RULE) buf_c(b, "<hr>");
    if (kind == BLOCK_HEADING) buf_printf(b, "<h%d>", level);
    if (kind == BLOCK_ITEM || kind == BLOCK_NUMBER) buf_c(b, "<li>");
    if (kind != BLOCK_NONE && kind != BLOCK_RULE) inline_text(b, inside, 0);
    if (kind == BLOCK_HEADING) buf_printf(b, "</h%d>", level);
    if (kind == BLOCK_ITEM || kind == BLOCK_NUMBER) buf_c(b, "</li>");
}

Str paper_markdown(Arena *a, Str text) {
    Buf b = {.a = a};
    Block before = BLOCK_NONE;
    int heading = 0;
    text = str_head(text, MARKUP_MOST);
    while (text.n > 0) {
        Str line = str_cut(text, '\n', &text), inside;
        int level;
        Block kind = block_of(line, &inside, &level);
        if (kind == BLOCK_HEADING) level = sunk(level, &heading);
        put_line(&b, kind, before, inside, level);
        if (kind == BLOCK_TEXT && str_ends(line, STR("  "))) buf_c(&b, "<br>");
        before = kind;
    }
    put_line(&b, BLOCK_NONE, before, STR(""), 0);
    return buf_str(&b);
}
