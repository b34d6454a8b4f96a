/* template: Mustache for pages and letters (Source: Mustache specification 1.3, the core modules:
 * interpolation, sections, inverted, comments, partials, delimiters). A template is parsed once
 * into a flat array and rendered many times. It must never fetch anything by itself: partials
 * are handed in, a partial that is not there is empty text, as the specification asks. */
#include "base/base.h"

#include <string.h>

enum {
    TEMPLATE_BYTES = 1 << 20,  /* longest text of one template */
    TEMPLATE_NODES = 1 << 16,  /* most pieces in one template */
    TEMPLATE_DEPTH = 64,       /* sections inside sections, names inside names, partials inside partials */
    TEMPLATE_STEPS = 10000000, /* pieces rendered for one page */
};

typedef enum NodeKind { NODE_TEXT, NODE_VALUE, NODE_RAW, NODE_SECTION, NODE_INVERTED, NODE_PARTIAL } NodeKind;

typedef struct TemplateNode {
    NodeKind kind;
    bool line_start; /* text only: its first byte begins a line */
    Str text;        /* text, or the tag's name */
    Str indent;      /* partial alone on its line: the blanks before it */
    size_t end;      /* section: index of the first piece behind it */
} TemplateNode;

struct Template {
    TemplateNode *nodes; /* n of them, sections before their contents */
    size_t n;
};

/* ---- parsing ------------------------------------------------------------------------------------ */

typedef struct TemplateParse {
    Str text;                    /* the whole template */
    size_t at;                   /* read up to here */
    size_t from;                 /* text from here on is not yet a piece */
    Str open, close;             /* delimiters in force */
    TemplateNode *nodes;         /* n used of cap */
    size_t n, cap;
    size_t stack[TEMPLATE_DEPTH]; /* open sections */
    size_t depth;                /* how many */
    Arena *a;                    /* owner of everything kept */
    Err *err;                    /* where trouble is told */
} TemplateParse;

typedef struct TemplateTag {
    char sigil;       /* # ^ / > ! = & { or 0 for a plain value */
    Str name;         /* what stands inside, trimmed */
    size_t start;     /* first byte of the tag */
    size_t end;       /* first byte behind it */
    bool alone;       /* it stands alone on its line */
    size_t line_from; /* alone: first byte of that line */
    size_t line_end;  /* alone: first byte behind that line */
} TemplateTag;

static bool template_fail(TemplateParse *p, size_t at, const char *text, Str what)
{
    int line = 1, column = 1;
    for (size_t i = 0; i < at && i < p->text.n; i++) {
        column = p->text.p[i] == '\n' ? 1 : column + 1;
        line += p->text.p[i] == '\n';
    }
    (void)err_set(p->err, ERR_INPUT, "base", "template: %s \"" STR_FMT "\"", text, STR_ARG(str_head(what, 60)));
    if (p->err != NULL) err_at(p->err, line, column, (int64_t)at);
    return false;
}

static ptrdiff_t template_find(Str text, size_t from, Str needle)
{
    ptrdiff_t found = str_find(str_sub(text, from, text.n), needle);
    return found < 0 ? -1 : found + (ptrdiff_t)from;
}

static bool template_push(TemplateParse *p, TemplateNode node)
{
    if (p->n == TEMPLATE_NODES)
        return err_set(p->err, ERR_LIMIT, "base", "template: more than %d pieces", TEMPLATE_NODES);
    if (p->n == p->cap) {
        size_t cap = p->cap == 0 ? 32 : p->cap * 2;
        p->nodes = arena_grow(p->a, p->nodes, p->cap * sizeof *p->nodes, cap * sizeof *p->nodes);
        p->cap = cap;
    }
    p->nodes[p->n++] = node;
    return true;
}

/* Makes the text up to `to` a piece. */
static bool template_push_text(TemplateParse *p, size_t to)
{
    if (to == p->from) return true;
    bool line_start = p->from == 0 || p->text.p[p->from - 1] == '\n';
    return template_push(p, (TemplateNode){.kind = NODE_TEXT, .line_start = line_start, .text = str_sub(p->text, p->from, to - p->from)});
}

/* A tag that begins a line in the page: an indented partial writes its indentation there. */
static bool template_push_start(TemplateParse *p, size_t at)
{
    if (at > 0 && p->text.p[at - 1] != '\n') return true;
    return template_push(p, (TemplateNode){.kind = NODE_TEXT, .line_start = true});
}

static bool template_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* A tag that shows nothing and stands alone on its line takes the whole line with it. */
static void template_alone(const TemplateParse *p, TemplateTag *tag)
{
    if (tag->sigil == 0 || tag->sigil == '&' || tag->sigil == '{') return;
    size_t from = tag->start, end = tag->end;
    while (from > p->from && template_blank(p->text.p[from - 1])) from--;
    if (from > 0 && p->text.p[from - 1] != '\n') return;
    while (end < p->text.n && template_blank(p->text.p[end])) end++;
    if (end < p->text.n && p->text.p[end] == '\r') end++;
    if (end < p->text.n && p->text.p[end] != '\n') return;
    tag->alone = true;
    tag->line_from = from;
    tag->line_end = end < p->text.n ? end + 1 : end;
}

/* Reads the tag that opens at p->at. */
static bool template_tag(TemplateParse *p, TemplateTag *tag)
{
    *tag = (TemplateTag){.start = p->at};
    size_t inside = p->at + p->open.n;
    char sigil = inside < p->text.n ? p->text.p[inside] : 0;
    Str close = p->close;
    if (sigil != 0 && strchr("#^/>!=&{<$", sigil) != NULL) {
        tag->sigil = sigil;
        inside++;
        if (sigil == '{') close = str_join2(p->a, STR("}"), p->close);
        if (sigil == '=') close = str_join2(p->a, STR("="), p->close);
    }
    ptrdiff_t end = template_find(p->text, inside, close);
    if (end < 0) return template_fail(p, tag->start, "this tag is never closed:", str_sub(p->text, tag->start, 30));
    tag->name = str_trim(str_sub(p->text, inside, (size_t)end - inside));
    tag->end = (size_t)end + close.n;
    if (tag->name.n == 0 && tag->sigil != '!') return template_fail(p, tag->start, "a tag without a name:", str_sub(p->text, tag->start, 30));
    if (sigil == '<' || sigil == '$') return template_fail(p, tag->start, "inheritance is not supported:", tag->name);
    template_alone(p, tag);
    return true;
}

static bool template_delimiters(TemplateParse *p, const TemplateTag *tag)
{
    Str rest;
    Str open = str_cut(tag->name, ' ', &rest);
    Str close = str_trim(rest);
    bool good = open.n > 0 && close.n > 0 && str_find(close, STR(" ")) < 0 && str_find(tag->name, STR("=")) < 0;
    if (!good) return template_fail(p, tag->start, "these are no delimiters:", tag->name);
    p->open = open;
    p->close = close;
    return true;
}

static bool template_open_section(TemplateParse *p, const TemplateTag *tag)
{
    if (p->depth == TEMPLATE_DEPTH)
        return err_set(p->err, ERR_LIMIT, "base", "template: sections more than %d deep", TEMPLATE_DEPTH);
    p->stack[p->depth++] = p->n;
    NodeKind kind = tag->sigil == '#' ? NODE_SECTION : NODE_INVERTED;
    return template_push(p, (TemplateNode){.kind = kind, .text = tag->name});
}

static bool template_close_section(TemplateParse *p, const TemplateTag *tag)
{
    if (p->depth == 0) return template_fail(p, tag->start, "this end has no section:", tag->name);
    TemplateNode *section = &p->nodes[p->stack[--p->depth]];
    if (!str_eq(section->text, tag->name)) return template_fail(p, tag->start, "this end belongs to another section:", tag->name);
    section->end = p->n;
    return true;
}

static bool template_apply(TemplateParse *p, const TemplateTag *tag)
{
    TemplateNode node = {.kind = NODE_VALUE, .text = tag->name};
    switch (tag->sigil) {
    case '!': return true;
    case '=': return template_delimiters(p, tag);
    case '#':
    case '^': return template_open_section(p, tag);
    case '/': return template_close_section(p, tag);
    case '>':
        node.kind = NODE_PARTIAL;
        if (tag->alone) node.indent = str_sub(p->text, tag->line_from, tag->start - tag->line_from);
        return template_push(p, node);
    case '&':
    case '{': node.kind = NODE_RAW; break;
    default: break;
    }
    return template_push(p, node);
}

bool template_parse(Str text, Arena *a, const Template **out, Err *err)
{
    assert(a != NULL && out != NULL);
    if (text.n > TEMPLATE_BYTES) return err_set(err, ERR_LIMIT, "base", "template: longer than %d bytes", TEMPLATE_BYTES);
    if (!utf8_valid(text)) return err_set(err, ERR_INPUT, "base", "template: not UTF-8");
    TemplateParse p = {.text = str_copy(a, text), .open = STR("{{"), .close = STR("}}"), .a = a, .err = err};
    ptrdiff_t open;
    while ((open = template_find(p.text, p.at, p.open)) >= 0) {
        TemplateTag tag;
        p.at = (size_t)open;
        TRY(template_tag(&p, &tag));
        TRY(template_push_text(&p, tag.alone ? tag.line_from : tag.start));
        if (!tag.alone) TRY(template_push_start(&p, tag.start));
        TRY(template_apply(&p, &tag));
        p.at = p.from = tag.alone ? tag.line_end : tag.end;
    }
    TRY(template_push_text(&p, p.text.n));
    if (p.depth > 0) return template_fail(&p, p.text.n, "this section is never ended:", p.nodes[p.stack[p.depth - 1]].text);
    Template *t = NEW(a, Template);
    *t = (Template){.nodes = p.nodes, .n = p.n};
    *out = t;
    return true;
}

/* ---- rendering ---------------------------------------------------------------------------------- */

typedef struct TemplateScope { /* the context stack, innermost first */
    const struct TemplateScope *outer;
    Value value; /* what names are looked up in */
} TemplateScope;

typedef struct TemplateRender {
    const TemplateSet *partials; /* by name, or NULL */
    Buf *b;                      /* the page */
    int64_t steps;               /* pieces left before it is too much */
    int depth;                   /* sections and partials open */
    Err *err;                    /* where trouble is told */
} TemplateRender;

static bool template_range(TemplateRender *r, const Template *t, size_t from, size_t end, const TemplateScope *scope, Str indent);

static Value template_lookup(const TemplateScope *scope, Str name)
{
    if (str_is(name, ".")) return scope->value;
    Str rest;
    Str head = str_cut(name, '.', &rest);
    Value found = value_null();
    while (scope != NULL && !value_find(scope->value, head, &found)) scope = scope->outer;
    /* Only the first part climbs outward: a.b is never b of some other a. */
    while (rest.n > 0) {
        head = str_cut(rest, '.', &rest);
        Value member = value_null();
        if (!value_find(found, head, &member)) return value_null();
        found = member;
    }
    return found;
}

/* No: null, false, "", 0 and the empty list, as the browsers' implementation has it. */
static bool template_holds(Value v)
{
    switch ((ValueKind)v.kind) {
    case VALUE_NULL: return false;
    case VALUE_BOOL: return v.u.i != 0;
    case VALUE_STRING:
    case VALUE_LIST: return v.size > 0;
    case VALUE_NUMBER: return dec_sign(v) != 0;
    default: return true;
    }
}

static void template_value(Buf *b, Value v, bool raw)
{
    Buf text = {.a = b->a, .limit = b->limit};
    switch ((ValueKind)v.kind) {
    case VALUE_NULL: return;
    case VALUE_STRING: text.p = (char *)v.u.s, text.n = v.size; break;
    case VALUE_NUMBER: dec_write(&text, v); break;
    case VALUE_DATE:
    case VALUE_TIME:
    case VALUE_DATETIME:
    case VALUE_DAYTIME:
    case VALUE_MONTHS: date_write(&text, v); break;
    default: json_write(&text, v); break;
    }
    if (raw) buf_add(b, buf_str(&text));
    else buf_html(b, buf_str(&text));
    b->over = b->over || text.over;
}

static void template_text(Buf *b, const TemplateNode *node, Str indent)
{
    if (indent.n == 0) {
        buf_add(b, node->text);
        return;
    }
    if (node->line_start) buf_add(b, indent);
    size_t from = 0;
    for (size_t i = 0; i + 1 < node->text.n; i++) {
        if (node->text.p[i] != '\n') continue;
        buf_add(b, str_sub(node->text, from, i + 1 - from));
        buf_add(b, indent);
        from = i + 1;
    }
    buf_add(b, str_sub(node->text, from, node->text.n));
}

static bool template_tick(TemplateRender *r)
{
    if (r->b->over || r->steps-- == 0) return err_set(r->err, ERR_LIMIT, "base", "template: the page grows too long");
    return true;
}

static bool template_deeper(TemplateRender *r, const Template *t, size_t from, size_t end, const TemplateScope *scope, Str indent)
{
    TRY(template_tick(r));
    if (r->depth == TEMPLATE_DEPTH)
        return err_set(r->err, ERR_LIMIT, "base", "template: sections and partials more than %d deep", TEMPLATE_DEPTH);
    r->depth++;
    TRY(template_range(r, t, from, end, scope, indent));
    r->depth--;
    return true;
}

static bool template_section(TemplateRender *r, const Template *t, size_t at, const TemplateScope *scope, Str indent)
{
    const TemplateNode *node = &t->nodes[at];
    Value v = template_lookup(scope, node->text);
    if (node->kind == NODE_INVERTED)
        return template_holds(v) || template_deeper(r, t, at + 1, node->end, scope, indent);
    if (!template_holds(v)) return true;
    if (v.kind != VALUE_LIST) {
        TemplateScope inner = {scope, v};
        return template_deeper(r, t, at + 1, node->end, &inner, indent);
    }
    for (size_t i = 0; i < v.size; i++) {
        TemplateScope inner = {scope, v.u.list[i]};
        TRY(template_deeper(r, t, at + 1, node->end, &inner, indent));
    }
    return true;
}

static bool template_partial(TemplateRender *r, const TemplateNode *node, const TemplateScope *scope, Str indent)
{
    for (size_t i = 0; r->partials != NULL && i < r->partials->n; i++) {
        if (!str_eq(r->partials->names[i], node->text)) continue;
        const Template *t = r->partials->templates[i];
        Str deeper = node->indent.n == 0 ? indent : str_join2(r->b->a, indent, node->indent);
        return template_deeper(r, t, 0, t->n, scope, deeper);
    }
    return true;
}

static bool template_range(TemplateRender *r, const Template *t, size_t from, size_t end, const TemplateScope *scope, Str indent)
{
    for (size_t i = from; i < end; i++) {
        const TemplateNode *node = &t->nodes[i];
        TRY(template_tick(r));
        switch (node->kind) {
        case NODE_TEXT: template_text(r->b, node, indent); break;
        case NODE_VALUE: template_value(r->b, template_lookup(scope, node->text), false); break;
        case NODE_RAW: template_value(r->b, template_lookup(scope, node->text), true); break;
        case NODE_PARTIAL: TRY(template_partial(r, node, scope, indent)); break;
        case NODE_SECTION:
        case NODE_INVERTED:
            TRY(template_section(r, t, i, scope, indent));
            i = node->end - 1;
            break;
        }
    }
    return true;
}

bool template_render(const Template *t, Value view, const TemplateSet *partials, Buf *b, Err *err)
{
    assert(t != NULL && b != NULL && b->a != NULL);
    TemplateScope scope = {NULL, view};
    TemplateRender r = {.partials = partials, .b = b, .steps = TEMPLATE_STEPS, .err = err};
    TRY(template_range(&r, t, 0, t->n, &scope, (Str){NULL, 0}));
    if (b->over) return err_set(err, ERR_LIMIT, "base", "template: the page grows too long");
    return true;
}
