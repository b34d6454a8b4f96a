/* feel_type: types as texts and as tests of values: parsing, conformance, implicit conversion
 * (Source: DMN 1.5 §10.3.2.9). Conformance is asked of values; no conversion reaches inside one. */
#include "feel/feel_in.h"

static const char *const kind_names[] = {
    "Any",
    "Null",
    "boolean",
    "number",
    "string",
    "date",
    "time",
    "date and time",
    "days and time duration",
    "years and months duration",
    "list",
    "context",
    "range",
    "function",
};

const FeelType *feel_type(FeelKind primitive) {
    static const FeelType types[] = {{FEEL_ANY},  {FEEL_NULL},    {FEEL_BOOLEAN},  {FEEL_NUMBER},  {FEEL_STRING},
                                     {FEEL_DATE}, {FEEL_TIME},    {FEEL_DATETIME}, {FEEL_DAYTIME}, {FEEL_MONTHS},
                                     {FEEL_LIST}, {FEEL_CONTEXT}, {FEEL_RANGE},    {FEEL_FUNCTION}};
    assert((size_t)primitive < COUNT_OF(types));
    return &types[primitive];
}

const FeelType *feel_type_list(Arena *a, const FeelType *item) {
    FeelType *t = NEW(a, FeelType);
    *t = (FeelType){.kind = FEEL_LIST, .item = item};
    return t;
}

/* The narrowest common type that name lookup can use; NULL when nothing is known. */
static const FeelType *merge_contexts(Arena *a, const FeelType *x, const FeelType *y) {
    size_t n = x->n;
    Str *keys = NEW_ARRAY(a, Str, x->n + y->n + 1);
    const FeelType **members = NEW_ARRAY(a, const FeelType *, x->n + y->n + 1);
    for (size_t i = 0; i < x->n; i++) keys[i] = x->keys[i], members[i] = x->members[i];
    for (size_t i = 0; i < y->n; i++) {
        size_t at = 0;
        while (at < x->n && !str_eq(x->keys[at], y->keys[i])) at++;
        if (at < x->n)
            members[at] = feel_merge_types(a, x->members[at], y->members[i]);
        else
            keys[n] = y->keys[i], members[n++] = y->members[i];
    }
    FeelType *t = NEW(a, FeelType);
    *t = (FeelType){.kind = FEEL_CONTEXT, .n = n, .keys = keys, .members = members};
    return t;
}

const FeelType *feel_merge_types(Arena *a, const FeelType *x, const FeelType *y) {
    if (!x || !y || x == y) return x == y ? x : NULL;
    if (x->kind == FEEL_NULL) return y;
    if (y->kind == FEEL_NULL) return x;
    if (x->kind != y->kind) return NULL;
    if (x->kind == FEEL_CONTEXT) return merge_contexts(a, x, y);
    if (x->kind == FEEL_LIST) return feel_type_list(a, feel_merge_types(a, x->item, y->item));
    return x->kind == FEEL_FUNCTION ? NULL : x;
}

/* ---- parsing ---- */
static bool parse_list_or_range(FeelParser *p, FeelKind kind, const FeelType **out) {
    FeelType *t = NEW(p->a, FeelType);
    *t = (FeelType){.kind = kind};
    TRY(feel_want(p, '<', "'<' of a type") && feel_parse_type(p, &t->item));
    *out = t;
    return feel_want(p, '>', "'>' of a type");
}

typedef struct Members {
    Str keys[FEEL_ARGS_MAX];                /* context */
    const FeelType *members[FEEL_ARGS_MAX]; /* context, function */
    size_t n;                               /* so far */
} Members;

static bool parse_member_name(FeelParser *p, Str *out) {
    FeelReading r;
    feel_read_name(p->text, p->tok.from, &r);
    for (size_t i = 0; p->tok.kind == TOK_NAME && i < r.count; i++) {
        if (feel_lex(p->text, r.cuts[i].end).kind != ':') continue;
        *out = str_copy(p->a, (Str){r.text, r.cuts[i].n});
        p->tok.to = r.cuts[i].end;
        feel_next(p);
        feel_next(p);
        return true;
    }
    feel_fail(p, "a member name and ':'");
    return false;
}

static bool parse_members(FeelParser *p, bool named, Members *m) {
    TRY(feel_want(p, '<', "'<' of a type"));
    if (feel_take(p, '>')) return true;
    do {
        if (m->n == FEEL_ARGS_MAX) feel_fail(p, "fewer members (64 at most)");
        TRY(!p->failed && (!named || parse_member_name(p, &m->keys[m->n])));
        TRY(feel_parse_type(p, &m->members[m->n]));
        m->n++;
    } while (feel_take(p, ','));
    return feel_want(p, '>', "',' or '>' of a type");
}

static bool parse_composite(FeelParser *p, FeelKind kind, const FeelType **out) {
    Members m = {.n = 0};
    TRY(parse_members(p, kind == FEEL_CONTEXT, &m));
    FeelType *t = NEW(p->a, FeelType);
    Str *keys = NEW_ARRAY(p->a, Str, m.n + 1);
    t->members = NEW_ARRAY(p->a, const FeelType *, m.n + 1);
    for (size_t i = 0; i < m.n; i++) keys[i] = m.keys[i], t->members[i] = m.members[i];
    t->kind = kind;
    t->keys = keys;
    t->n = m.n;
    *out = t;
    if (kind == FEEL_CONTEXT) return true;
    return feel_want(p, TOK_ARROW, "'->' of a function type") && feel_parse_type(p, &t->item);
}

static const FeelType *primitive_named(Str name) {
    for (FeelKind k = FEEL_ANY; k <= FEEL_MONTHS; k++)
        if (str_is(name, kind_names[k])) return feel_type(k);
    return NULL;
}

/* The longest name that is a user's type or a primitive. Not finding one is no syntax error: the
 * name is skipped and *out stays untouched (Source: DMN 1.5 §10.3.2.9.3). */
static bool parse_named(FeelParser *p, const FeelType **out) {
    const FeelScope *top = feel_scope_top(p->scope);
    FeelReading r;
    feel_read_name(p->text, p->tok.from, &r);
    for (size_t i = r.count; i-- > 0;) {
        Str name = {r.text, r.cuts[i].n};
        const FeelType *t = top->lookup ? top->lookup(top->lookup_context, name) : NULL;
        if (!t) t = primitive_named(name);
        if (!t) continue;
        p->tok.to = r.cuts[i].end;
        feel_next(p);
        *out = t;
        return true;
    }
    feel_next(p);
    return false;
}

bool feel_parse_type(FeelParser *p, const FeelType **out) {
    if (p->tok.kind != TOK_NAME) feel_fail(p, "a type");
    if (!feel_enter(p)) return false;
    bool open = feel_lex(p->text, p->tok.to).kind == '<', found;
    FeelKind kind = feel_at_word(p, "list")       ? FEEL_LIST
                    : feel_at_word(p, "range")    ? FEEL_RANGE
                    : feel_at_word(p, "context")  ? FEEL_CONTEXT
                    : feel_at_word(p, "function") ? FEEL_FUNCTION
                                                  : FEEL_ANY;
    if (!open || kind == FEEL_ANY)
        found = parse_named(p, out);
    else {
        feel_next(p);
        found =
            kind == FEEL_LIST || kind == FEEL_RANGE ? parse_list_or_range(p, kind, out) : parse_composite(p, kind, out);
    }
    feel_leave(p);
    return found;
}

bool feel_type_parse(Str text, FeelTypeLookup lookup, const void *context, Arena *a, const FeelType **out, Err *err) {
    FeelScope scope = {.a = a, .lookup = lookup, .lookup_context = context};
    FeelRun fold = {.arena = a};
    FeelParser p = {.text = str_copy(a, text), .a = a, .scope = &scope, .err = err, .fold = &fold};
    feel_next(&p);
    const FeelType *found = NULL;
    bool good = feel_parse_type(&p, &found);
    if (good && p.tok.kind != TOK_END) feel_fail(&p, "the end of the type");
    if (p.failed) return false;
    if (!good) return err_set(err, ERR_INVALID, "feel", "unknown type '" STR_FMT "'", STR_ARG(text));
    *out = found;
    return true;
}

static void write_type(Buf *b, const FeelType *t) {
    if (!t) t = feel_type(FEEL_ANY);
    if (t->name.n) {
        buf_add(b, t->name);
        return;
    }
    buf_c(b, kind_names[t->kind]);
    if (t->kind < FEEL_LIST || (!t->item && !t->n)) return;
    buf_byte(b, '<');
    if (t->kind == FEEL_LIST || t->kind == FEEL_RANGE) write_type(b, t->item);
    for (size_t i = 0; (t->kind == FEEL_CONTEXT || t->kind == FEEL_FUNCTION) && i < t->n; i++) {
        if (i) buf_c(b, ", ");
        if (t->kind == FEEL_CONTEXT) buf_printf(b, STR_FMT ": ", STR_ARG(t->keys[i]));
        write_type(b, t->members[i]);
    }
    buf_byte(b, '>');
    if (t->kind == FEEL_FUNCTION) buf_c(b, "->"), write_type(b, t->item);
}

Str feel_type_text(Arena *a, const FeelType *t) {
    Buf b = {.a = a};
    write_type(&b, t);
    return buf_str(&b);
}

/* ---- conformance ---- */
/* In: beside: the members of the context v is a member of, or NULL. */
static bool conforms(FeelRun *run, Value v, const FeelType *t, const FeelFrame *beside);

static bool items_conform(FeelRun *run, Value v, const FeelType *item, const FeelFrame *beside) {
    bool free = !item || (item->kind == FEEL_ANY && !item->allowed);
    for (uint32_t i = 0; !free && i < v.size; i++)
        if (!conforms(run, v.u.list[i], item, beside)) return false;
    return true;
}

/* Source: DMN 1.5 §7.3.3: constraints of components that name each other. */
static bool related_conform(FeelRun *run, Value v, const FeelType *t) {
    FeelFrame frame = {.slots = NEW_ARRAY(run->arena, Value, t->n)};
    for (size_t i = 0; i < t->n; i++)
        if (!value_find(v, t->keys[i], &frame.slots[i])) return false;
    for (size_t i = 0; i < t->n; i++)
        if (!conforms(run, frame.slots[i], t->members[i], &frame)) return false;
    return true;
}

/* More keys are allowed, missing ones are not; a null member conforms (§10.3.2.9.4). */
static bool members_conform(FeelRun *run, Value v, const FeelType *t) {
    if (t->related) return related_conform(run, v, t);
    for (size_t i = 0; i < t->n; i++) {
        Value member;
        if (!value_find(v, t->keys[i], &member) || !conforms(run, member, t->members[i], NULL)) return false;
    }
    return true;
}

static bool ends_conform(FeelRun *run, const ValueRange *r, const FeelType *end) {
    return !end || (conforms(run, r->lo, end, NULL) && conforms(run, r->hi, end, NULL));
}

static bool kind_conforms(FeelRun *run, Value v, const FeelType *t, const FeelFrame *beside) {
    switch (t->kind) {
    case FEEL_ANY:
        return true;
    case FEEL_LIST:
        return v.kind == VALUE_LIST && items_conform(run, v, t->item, beside);
    case FEEL_CONTEXT:
        return v.kind == VALUE_CONTEXT && members_conform(run, v, t);
    case FEEL_RANGE:
        return v.kind == VALUE_RANGE && ends_conform(run, v.u.range, t->item);
    case FEEL_FUNCTION:
        return v.kind == VALUE_FUNCTION && (!t->item || feel_arity(v.u.fn) == t->n);
    default:
        return (int)v.kind == (int)t->kind - 1; /* FEEL_BOOLEAN … FEEL_MONTHS follow VALUE_BOOL … VALUE_MONTHS */
    }
}

static bool conforms(FeelRun *run, Value v, const FeelType *t, const FeelFrame *beside) {
    if (!t || v.kind == VALUE_NULL) return true;
    if (run->depth >= FEEL_CALLS_MAX || !feel_spend(run, 1)) return false;
    run->depth++;
    bool good = t->base ? conforms(run, v, t->base, beside) : kind_conforms(run, v, t, beside);
    bool checked = t->allowed && (beside || !t->beside);
    if (good && checked) good = feel_test(run, t->allowed, t->beside ? beside : NULL, v);
    run->depth--;
    return good;
}

bool feel_conforms(FeelRun *run, Value v, const FeelType *t) {
    return conforms(run, v, t, NULL);
}

static Value midnight_utc(FeelRun *run, Value date) {
    return date_of_time(run->arena, VALUE_DATETIME, (ValueTime){.days = date.u.i, .form = ZONE_OFFSET});
}

Value feel_coerce(FeelRun *run, Value v, const FeelType *t) {
    if (!t || v.kind == VALUE_NULL || feel_conforms(run, v, t)) return v;
    const FeelType *plain = t->base ? t->base : t;
    if (plain->kind == FEEL_LIST && v.kind != VALUE_LIST) {
        Value *one = NEW(run->arena, Value);
        *one = v;
        Value list = value_list(one, 1);
        if (feel_conforms(run, list, t)) return list;
    }
    if (v.kind == VALUE_LIST && v.size == 1 && feel_conforms(run, v.u.list[0], t)) return v.u.list[0];
    if (plain->kind == FEEL_DATETIME && v.kind == VALUE_DATE) {
        Value moment = midnight_utc(run, v);
        if (feel_conforms(run, moment, t)) return moment;
    }
    bool constraint = t->allowed && feel_conforms(run, v, plain);
    return feel_because(run, constraint ? "constraint" : "type",
                        constraint ? "the value is not among those allowed"
                                   : "the value is not of the type wanted here",
                        v, value_null());
}
