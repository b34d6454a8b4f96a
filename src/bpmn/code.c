/* code: FEEL inside a process. Process variables come at run time, FEEL wants its names before:
 * each expression is compiled over the names that its own text mentions, and a mentioned variable
 * that nobody has set is null. Must never guess that a text is an expression: "=" says so. */
#include "bpmn/bpmn_in.h"

#include <string.h>

enum { CODE_NAMES = 200 }; /* most variables one expression may mention */

static bool word_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool word_part(char c) {
    return word_start(c) || (c >= '0' && c <= '9');
}

static bool is_keyword(Str word) {
    static const char *const keywords[] = {"if",    "then",      "else", "for",   "in",       "return",  "some",
                                           "every", "satisfies", "and",  "or",    "not",      "between", "instance",
                                           "of",    "null",      "true", "false", "function", "external"};
    for (size_t i = 0; i < COUNT_OF(keywords); i++)
        if (str_is(word, keywords[i])) return true;
    return false;
}

/* Skips a string literal or a comment that begins at i; returns where it ends, or i. */
static size_t skip_quiet(Str s, size_t i) {
    char c = s.p[i], next = i + 1 < s.n ? s.p[i + 1] : 0;
    if (c == '"') {
        for (i++; i < s.n && s.p[i] != '"'; i++) i += s.p[i] == '\\';
        return i < s.n ? i + 1 : s.n;
    }
    ptrdiff_t end;
    if (c != '/' || (next != '/' && next != '*')) return i;
    end = str_find(str_sub(s, i + 2, s.n), next == '/' ? STR("\n") : STR("*/"));
    return end < 0 ? s.n : i + 2 + (size_t)end + (next == '*' ? 2 : 1);
}

static size_t skip_blank(Str s, size_t i) {
    while (i < s.n && (unsigned char)s.p[i] <= ' ') i++;
    return i;
}

/* The words of a text that may be variables: not after a dot, not before a bracket, no keyword.
 * Too many is harmless: a local name or a built-in of several words comes before them. */
static size_t mentioned(Str s, Str *names, size_t most) {
    size_t n = 0;
    bool member = false;
    for (size_t i = 0; i < s.n;) {
        size_t end = skip_quiet(s, i);
        if (end == i && !word_start(s.p[i])) {
            bool range = s.p[i] == '.' && i > 0 && s.p[i - 1] == '.';
            if ((unsigned char)s.p[i] > ' ') member = s.p[i] == '.' && !range;
            i++;
            continue;
        }
        bool word = end == i;
        while (word && end < s.n && word_part(s.p[end])) end++;
        Str found = str_sub(s, i, end - i);
        size_t after = skip_blank(s, end);
        bool call = after < s.n && s.p[after] == '(', known = false;
        for (size_t k = 0; k < n; k++) known = known || str_eq(names[k], found);
        if (word && !member && !call && !known && !is_keyword(found) && n < most) names[n++] = found;
        member = false;
        i = end;
    }
    return n;
}

static void language_fault(BpmnLoad *l, const XmlNode *xml, const Err *err) {
    if (err->line > 0)
        bpmn_fault(l, xml, "FEEL, line %d column %d: %s", err->line, err->column, err->text);
    else
        bpmn_fault(l, xml, "FEEL: %s", err->text);
}

BpmnCode bpmn_code_feel(BpmnLoad *l, const XmlNode *xml, Str text) {
    if (str_starts(text, STR("="))) text = str_sub(text, 1, text.n);
    Str names[CODE_NAMES];
    BpmnCode c = {.text = text, .n = mentioned(text, names, CODE_NAMES)};
    if (str_trim(text).n == 0) {
        bpmn_fault(l, xml, "an empty expression");
        return c;
    }
    FeelScope *scope = feel_scope_inner(l->a, l->root);
    Str *kept = NEW_ARRAY(l->a, Str, c.n);
    for (size_t i = 0; i < c.n; i++) {
        kept[i] = names[i];
        (void)feel_scope_add(scope, names[i], feel_type(FEEL_ANY));
    }
    c.names = kept;
    ErrList notes = {.a = l->a};
    Err err = {0};
    if (!feel_compile(scope, FEEL_EXPRESSION, text, l->a, &c.code, &notes, &err)) language_fault(l, xml, &err);
    for (size_t i = 0; i < notes.n; i++) language_fault(l, xml, &notes.items[i]);
    return c;
}

void bpmn_check_name(BpmnLoad *l, const XmlNode *xml, const char *attribute) {
    Str name = xml_attr(xml, attribute);
    bool starts = true, good = name.n > 0;
    for (size_t i = 0; i < name.n; i++) {
        bool dot = name.p[i] == '.';
        good = good && (starts ? word_start(name.p[i]) : dot || word_part(name.p[i]));
        starts = dot;
    }
    if ((!good || starts) && xml_has(xml, attribute))
        bpmn_fault(l, xml, "%s \"" STR_FMT "\" is no name of a variable", attribute, STR_ARG(str_head(name, 60)));
}

BpmnCode bpmn_code(BpmnLoad *l, const XmlNode *xml, Str text) {
    if (str_starts(text, STR("="))) return bpmn_code_feel(l, xml, text);
    return (BpmnCode){.text = text};
}

/* ---- variables ------------------------------------------------------------------------------------------- */

/* The scope outside a token, 0 when nothing outside is visible: a called process sees only its own. */
static int64_t outside(const BpmnStep *s, const BpmnToken *t) {
    bool called = s->p->nodes[t->node].kind == NODE_CALL && t->wait == WAIT_SCOPE && !value_is_null(t->vars);
    return called ? 0 : t->scope;
}

static bool look_up(const BpmnStep *s, int64_t scope, Str name, Value *out) {
    for (const BpmnToken *t = bpmn_token(s, scope); t != NULL; t = bpmn_token(s, outside(s, t)))
        if (value_find(t->vars, name, out)) return true;
    return value_find(s->given, name, out);
}

Value bpmn_eval(BpmnStep *s, int64_t scope, const BpmnCode *code) {
    if (code->code == NULL) return value_str(code->text);
    Value *slots = NEW_ARRAY(s->run->arena, Value, code->n);
    for (size_t i = 0; i < code->n; i++)
        if (!look_up(s, scope, code->names[i], &slots[i])) slots[i] = value_null();
    FeelFrame frame = {.slots = slots};
    return feel_eval(s->run, code->code, &frame);
}

Value bpmn_visible(const BpmnStep *s, int64_t scope) {
    const BpmnToken *t = bpmn_token(s, scope);
    if (t == NULL) return value_ctx(NULL, 0);
    int64_t around = outside(s, t);
    if (around == 0) return t->vars;
    Value all = bpmn_visible(s, around);
    for (size_t i = 0; t->vars.kind == VALUE_CONTEXT && i < t->vars.size; i++)
        all = value_with(s->run->arena, all, t->vars.u.ctx[i].key, t->vars.u.ctx[i].value);
    return all;
}

/* The context with the member at a dotted path set. */
static Value with_path(Arena *a, Value context, Str path, Value v) {
    Str rest;
    Str head = str_cut(path, '.', &rest);
    if (context.kind != VALUE_CONTEXT) context = value_ctx(NULL, 0);
    if (rest.n == 0) return value_with(a, context, head, v);
    Value inner = value_null();
    (void)value_find(context, head, &inner);
    return value_with(a, context, head, with_path(a, inner, rest, v));
}

void bpmn_set_local(BpmnStep *s, int64_t id, Str path, Value v) {
    BpmnToken *t = bpmn_token(s, id);
    t->vars = with_path(s->run->arena, t->vars, path, v);
}

void bpmn_set(BpmnStep *s, int64_t scope, Str path, Value v) {
    Str rest;
    Str name = str_cut(path, '.', &rest);
    Value old;
    const BpmnToken *t = bpmn_token(s, scope);
    while (outside(s, t) != 0 && !value_find(t->vars, name, &old)) t = bpmn_token(s, outside(s, t));
    bpmn_set_local(s, t->id, path, v);
}

void bpmn_inputs(BpmnStep *s, int64_t id) {
    const BpmnMappings *m = &s->p->nodes[bpmn_token(s, id)->node].inputs;
    for (size_t i = 0; i < m->n; i++) bpmn_set_local(s, id, m->items[i].target, bpmn_eval(s, id, &m->items[i].source));
}

/* Results stay inside when output mappings say what leaves, else all of them leave. */
void bpmn_outputs(BpmnStep *s, int64_t id, Value results) {
    const BpmnMappings *m = &bpmn_at(s, id)->outputs;
    int64_t around = bpmn_token(s, id)->scope;
    for (size_t i = 0; results.kind == VALUE_CONTEXT && i < results.size; i++) {
        Str name = results.u.ctx[i].key;
        BpmnToken *t = bpmn_token(s, id);
        Value old, v = results.u.ctx[i].value;
        bool own = m->n > 0 || value_find(t->vars, name, &old);
        if (own)
            t->vars = value_with(s->run->arena, t->vars, name, v);
        else
            bpmn_set(s, around, name, v);
    }
    for (size_t i = 0; i < m->n; i++) bpmn_set(s, around, m->items[i].target, bpmn_eval(s, id, &m->items[i].source));
}
