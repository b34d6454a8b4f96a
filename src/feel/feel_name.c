/* feel_name: what a name means, settled by scope and longest match, never by data (Source: DMN 1.5
 * §10.3.1.2, §10.3.2.11). One exception is bounded: inside a filter over items of unknown type, a
 * name is first looked for in the item. Members after '.' are found by the known type. */
#include "feel/feel_in.h"

typedef struct Found {
    FeelLocal *local;        /* a local name, or */
    FeelLocal *holder;       /* an item scope whose value has the member, or */
    const FeelType *type;    /* of a host's name … */
    int32_t slot, up;        /* … in this slot, that many scopes out; -1 when none */
    const FeelBuiltin *rows; /* a built-in with n_rows signatures */
    size_t n_rows;
} Found;

static const FeelType *item_of(const FeelType *t) {
    while (t && t->kind == FEEL_LIST) t = t->item;
    return t;
}

static const FeelType *context_member(const FeelType *t, Str name) {
    for (size_t i = 0; t && t->kind == FEEL_CONTEXT && i < t->n; i++)
        if (str_eq(t->keys[i], name)) return t->members[i] ? t->members[i] : feel_type(FEEL_ANY);
    return NULL;
}

const FeelType *feel_member_type(Arena *a, const FeelType *of, Str name) {
    if (!of) return NULL;
    if (of->kind == FEEL_LIST) {
        const FeelType *member = feel_member_type(a, of->item, name);
        return member ? feel_type_list(a, member) : NULL;
    }
    if (of->kind == FEEL_CONTEXT) return context_member(of, name);
    if (!feel_has_property(of->kind, name)) return NULL;
    if (of->kind == FEEL_RANGE) return str_ends(name, STR("included")) ? feel_type(FEEL_BOOLEAN) : of->item;
    return feel_type(str_is(name, "time offset") ? FEEL_DAYTIME : str_is(name, "timezone") ? FEEL_STRING : FEEL_NUMBER);
}

static bool find_outer(const FeelParser *p, Str name, Found *out) {
    int32_t up = p->level + 1;
    for (const FeelScope *s = p->scope; s->outer; s = s->outer, up++)
        for (size_t i = s->n; i-- > 0;)
            if (str_eq(s->names[i].name, name)) {
                *out = (Found){.slot = (int32_t)i, .up = up, .type = s->names[i].type};
                return true;
            }
    out->slot = -1;
    out->rows = feel_find_builtin(feel_scope_top(p->scope)->dialect, name, &out->n_rows);
    return out->rows;
}

static bool find(const FeelParser *p, Str name, Found *out) {
    *out = (Found){.slot = -1};
    for (FeelLocal *l = p->locals; l; l = l->outer) {
        if (l->item && context_member(item_of(l->type), name)) {
            out->holder = l;
            return true;
        }
        if (!l->item && str_eq(l->name, name)) {
            out->local = l;
            return true;
        }
    }
    return find_outer(p, name, out);
}

/* An item scope whose members nobody knows, inside of which `found` was not yet reached. */
static FeelLocal *open_item(const FeelParser *p, const Found *found) {
    for (FeelLocal *l = p->locals; l && l != found->local && l != found->holder; l = l->outer) {
        const FeelType *t = item_of(l->type);
        if (l->item && (!t || t->kind == FEEL_ANY)) return l;
    }
    return NULL;
}

/* ---- steps ---- */
static Value step_local(FeelEval *e, const FeelNode *n) {
    return e->frame.slots[n->slot];
}

static Value unsupplied(FeelEval *e, const FeelNode *n) __attribute__((noinline));
static Value unsupplied(FeelEval *e, const FeelNode *n) {
    Value why = feel_because(e->run, "missing", "no value was supplied for the name", value_null(), value_null());
    return feel_place(e->run, n, why);
}

static Value step_outer(FeelEval *e, const FeelNode *n) {
    const FeelFrame *f = e->frame.outer;
    return f ? f->slots[n->slot] : unsupplied(e, n);
}

static Value step_far(FeelEval *e, const FeelNode *n) {
    const FeelFrame *f = &e->frame;
    for (int i = 0; f && i < n->up; i++) f = f->outer;
    return f ? f->slots[n->slot] : unsupplied(e, n);
}

static Value step_unknown(FeelEval *e, const FeelNode *n) {
    return feel_place(e->run, n,
                      feel_because(e->run, "unknown_name", "no such name is in scope", value_null(), value_null()));
}

/* A member of the filtered item if it has one, else what the name means outside. */
static Value step_item_or(FeelEval *e, const FeelNode *n) {
    Value item = feel_step(e, n->b), v;
    if (item.kind == VALUE_CONTEXT && value_find(item, n->name, &v)) return v;
    return feel_step(e, n->a);
}

static Value step_item_member(FeelEval *e, const FeelNode *n) {
    return feel_place(e->run, n, feel_member(e->run, feel_step(e, n->a), n->name));
}

static FeelNode *variable(FeelParser *p, int32_t slot, int32_t up, const FeelType *type, size_t from) {
    FeelNode *n = feel_node(p, up == 0 ? step_local : up == 1 ? step_outer : step_far, from);
    n->kind = NODE_VAR;
    n->slot = slot;
    n->up = (int16_t)up;
    n->type = type;
    n->cost = 1;
    return n;
}

static FeelNode *local_variable(FeelParser *p, FeelLocal *l, size_t from) {
    l->used = true;
    return variable(p, l->slot, p->level - l->level, l->type, from);
}

static FeelNode *builtin_value(FeelParser *p, const Found *f, size_t from) {
    FeelNode *n = feel_const(p, feel_builtin_value(p->a, f->rows, f->n_rows), from);
    n->type = feel_type(FEEL_FUNCTION);
    return n;
}

static FeelNode *item_member(FeelParser *p, FeelLocal *holder, Str name, size_t from) {
    FeelNode *n = feel_node(p, step_item_member, from);
    n->a = local_variable(p, holder, from);
    n->name = name;
    n->type = feel_member_type(p->a, item_of(holder->type), name);
    return n;
}

static FeelNode *found_node(FeelParser *p, const Found *f, Str name, size_t from) {
    if (f->local) return local_variable(p, f->local, from);
    if (f->holder) return item_member(p, f->holder, name, from);
    if (f->slot >= 0) return variable(p, f->slot, f->up, f->type, from);
    return builtin_value(p, f, from);
}

static FeelNode *item_or(FeelParser *p, FeelLocal *holder, FeelNode *otherwise, Str name) {
    FeelNode *n = feel_node(p, step_item_or, (size_t)otherwise->from);
    n->a = otherwise;
    n->b = local_variable(p, holder, (size_t)otherwise->from);
    n->name = name;
    return n;
}

static void note_unknown(FeelParser *p, Str name) {
    if (!p->notes || p->failed) return;
    Buf b = {.a = p->a};
    buf_printf(&b, "unknown name '" STR_FMT "'", STR_ARG(name));
    if (feel_is_wide(name))
        buf_c(&b, "; signs are half-width: ( ) , < > <= >= = !=");
    else if (str_eq(str_trim(p->text), name)) /* often a text without its quotation marks */
        buf_printf(&b, "; a text would be \"" STR_FMT "\"", STR_ARG(name));
    Str text = buf_str(&b);
    Err *note = errlist_add(p->notes, ERR_INVALID, "feel", STR_FMT, STR_ARG(text));
    if (note) err_at(note, 0, 0, (int64_t)p->tok.from);
}

/* With no type to go by: one word and the plain words after it. Keywords end it. */
static size_t plain_words(Str text, const FeelReading *r) {
    size_t n = 1, start = r->count ? r->cuts[0].end : 0;
    for (; n < r->count && r->cuts[n].word && r->cuts[n - 1].word; n++) {
        size_t from = feel_skip(text, start);
        if (feel_is_keyword(str_sub(text, from, r->cuts[n].end - from))) break;
        start = r->cuts[n].end;
    }
    return n;
}

static Str reading(Arena *a, const FeelReading *r, size_t cut) {
    return str_copy(a, (Str){r->text, r->cuts[cut].n});
}

static FeelNode *unknown(FeelParser *p, const FeelReading *r, size_t from) {
    FeelLocal *holder = open_item(p, &(Found){0});
    size_t words = holder ? plain_words(p->text, r) : 1;
    Str name = reading(p->a, r, words - 1);
    if (!holder) note_unknown(p, name);
    p->tok.to = r->cuts[words - 1].end;
    FeelNode *n = feel_node(p, step_unknown, from);
    n->name = name;
    feel_next(p);
    return feel_done(p, holder ? item_or(p, holder, n, name) : n);
}

FeelNode *feel_parse_name(FeelParser *p) {
    FeelReading r;
    size_t from = p->tok.from;
    feel_read_name(p->text, from, &r);
    Found f;
    for (size_t i = r.count; i-- > 0;) {
        if (!find(p, (Str){r.text, r.cuts[i].n}, &f)) continue;
        Str name = reading(p->a, &r, i);
        p->tok.to = r.cuts[i].end;
        FeelNode *n = found_node(p, &f, name, from);
        feel_next(p);
        FeelLocal *holder = open_item(p, &f);
        if (holder && !(f.rows && p->tok.kind == '(')) n = item_or(p, holder, n, name);
        return feel_done(p, n);
    }
    return r.count ? unknown(p, &r, from) : feel_bad(p);
}

/* How many readings the member takes: the longest that the type knows, else a guess by words. */
static size_t member_cut(const FeelParser *p, const FeelReading *r, const FeelType *type) {
    static const char *const properties[] = {"time offset", "start included", "end included"};
    for (size_t i = r->count; i-- > 0;)
        if (feel_member_type(p->a, type, (Str){r->text, r->cuts[i].n})) return i;
    for (size_t i = r->count; i-- > 0;)
        for (size_t k = 0; k < COUNT_OF(properties); k++)
            if (str_is((Str){r->text, r->cuts[i].n}, properties[k])) return i;
    return plain_words(p->text, r) - 1;
}

FeelNode *feel_parse_member(FeelParser *p, FeelNode *of) {
    FeelReading r;
    feel_read_name(p->text, p->tok.from, &r);
    if (p->tok.kind != TOK_NAME || !r.count) {
        feel_fail(p, "a member name after '.'");
        return of;
    }
    size_t cut = member_cut(p, &r, of->type);
    FeelNode *n = feel_node(p, feel_step_path, (size_t)of->from);
    n->a = of;
    n->name = reading(p->a, &r, cut);
    n->type = feel_member_type(p->a, of->type, n->name);
    p->tok.to = r.cuts[cut].end;
    feel_next(p);
    return feel_done(p, n);
}
