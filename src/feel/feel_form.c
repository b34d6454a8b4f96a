/* feel_form: the forms that stand where a value may stand: literals, lists, ranges, contexts,
 * if, for, some, every, function, calls, filters (Source: DMN 1.5 §10.3.1.2). Only parsing; what
 * the forms do when they run is in feel_run.c, feel_iter.c and feel_call.c. */
#include "feel/feel_in.h"

static Value step_failed(FeelEval *e, const FeelNode *n) {
    return feel_place(e->run, n,
                      feel_because(e->run, "literal", "this text is not a value of the kind it stands for",
                                   value_null(), value_null()));
}

/* A literal whose text is wrong is a null when it runs, not a refusal (Source: DMN 1.5 §10.3.2.14). */
static FeelNode *literal(FeelParser *p, bool good, Value v, size_t from) {
    feel_next(p);
    return feel_done(p, good ? feel_const(p, v, from) : feel_node(p, step_failed, from));
}

static FeelNode *parse_number(FeelParser *p) {
    Value v = value_null();
    bool good = dec_parse(p->a, feel_token_text(p), &v);
    return literal(p, good, v, p->tok.from);
}

static Str string_token(FeelParser *p) {
    return feel_unescape(p->a, str_sub(p->text, p->tok.from + 1, p->tok.to - p->tok.from - 2));
}

static FeelNode *parse_at(FeelParser *p) {
    size_t from = p->tok.from;
    feel_next(p);
    if (p->tok.kind != TOK_STRING) return feel_fail(p, "a string after '@'"), feel_bad(p);
    Value v = feel_at_literal(p->a, string_token(p));
    return literal(p, !value_is_null(v), v, from);
}

static FeelNode *parse_if(FeelParser *p) {
    FeelNode *n = feel_node(p, feel_step_if, p->tok.from);
    feel_next(p);
    n->a = feel_parse(p, LEVEL_ANY);
    if (!feel_take_word(p, "then")) feel_fail(p, "'then'");
    n->b = feel_parse(p, LEVEL_ANY);
    if (!feel_take_word(p, "else")) feel_fail(p, "'else'");
    n->c = feel_parse(p, LEVEL_ANY);
    n->type = feel_merge_types(p->a, n->b->type, n->c->type);
    return feel_done(p, n);
}

static FeelNode *parse_parenthesis(FeelParser *p) {
    size_t from = p->tok.from;
    feel_next(p);
    FeelNode *n = feel_parse(p, LEVEL_ANY);
    if (feel_take(p, TOK_DOTS)) return feel_parse_interval_end(p, n, false, from);
    feel_want(p, ')', "')'");
    return n;
}

static FeelNode *finish_list(FeelParser *p, FeelNodes *items, size_t from) {
    FeelNode *n = feel_node(p, feel_step_list, from);
    n->kids = items->items;
    n->count = (int32_t)items->n;
    const FeelType *type = items->n ? items->items[0]->type : feel_type(FEEL_NULL);
    for (size_t i = 1; i < items->n; i++) type = feel_merge_types(p->a, type, items->items[i]->type);
    n->type = feel_type_list(p->a, type ? type : feel_type(FEEL_ANY));
    return feel_fold(p, n);
}

FeelNode *feel_parse_bracket(FeelParser *p) {
    size_t from = p->tok.from;
    bool open = p->tok.kind == ']';
    feel_next(p);
    FeelNodes items = {0};
    if (!open && feel_take(p, ']')) return finish_list(p, &items, from);
    FeelNode *first = feel_parse(p, LEVEL_ANY);
    if (feel_take(p, TOK_DOTS)) return feel_parse_interval_end(p, first, !open, from);
    if (open) feel_fail(p, "'..' of a range");
    feel_push(p, &items, first);
    while (feel_take(p, ',')) feel_push(p, &items, feel_parse(p, LEVEL_ANY));
    feel_want(p, ']', "',' or ']' in a list");
    return finish_list(p, &items, from);
}

/* The shortest reading at the current token that is followed by `stop` (a mark, or the word "in"). */
static bool read_until(FeelParser *p, int stop, const char *word, Str *out) {
    FeelReading r;
    if (p->tok.kind != TOK_NAME) return false;
    feel_read_name(p->text, p->tok.from, &r);
    for (size_t i = 0; i < r.count; i++) {
        FeelToken after = feel_lex(p->text, r.cuts[i].end);
        bool hit = word ? after.kind == TOK_NAME && str_is(str_sub(p->text, after.from, after.to - after.from), word)
                        : after.kind == stop;
        if (!hit) continue;
        *out = str_copy(p->a, (Str){r.text, r.cuts[i].n});
        p->tok = after;
        return true;
    }
    return false;
}

static Str parse_key(FeelParser *p) {
    Str key = STR("");
    if (p->tok.kind == TOK_STRING) {
        key = string_token(p);
        feel_next(p);
    } else if (!read_until(p, ':', NULL, &key))
        feel_fail(p, "a key and ':'");
    feel_want(p, ':', "':' after the key");
    return key;
}

static bool has_key(const Str *keys, size_t n, Str key) {
    for (size_t i = 0; i < n; i++)
        if (str_eq(keys[i], key)) return true;
    return false;
}

typedef struct Entries {
    Str *keys;        /* n of them */
    int32_t *slots;   /* where each entry's value lives for the later ones */
    size_t cap;       /* allocated keys and slots */
    FeelNodes values; /* as many */
    bool twice;       /* a key occurs twice */
} Entries;

static void make_room(FeelParser *p, Entries *en) {
    if (en->values.n < en->cap) return;
    size_t cap = en->cap ? en->cap * 2 : 4;
    en->keys = arena_grow(p->a, en->keys, en->cap * sizeof(Str), cap * sizeof(Str));
    en->slots = arena_grow(p->a, en->slots, en->cap * sizeof(int32_t), cap * sizeof(int32_t));
    en->cap = cap;
}

/* An entry's name is in scope after it (Source: DMN 1.5 §10.3.2.6); a function's already in its body. */
static void parse_entry(FeelParser *p, Entries *en) {
    make_room(p, en);
    size_t i = en->values.n;
    Str key = parse_key(p);
    en->twice |= has_key(en->keys, i, key);
    en->keys[i] = key;
    FeelLocal *self = feel_at_word(p, "function") ? feel_bind(p, feel_name(p->a, key), NULL) : NULL;
    FeelNode *value = feel_parse(p, LEVEL_ANY);
    if (self)
        self->type = value->type;
    else
        self = feel_bind(p, feel_name(p->a, key), value->type);
    en->slots[i] = self->slot;
    feel_push(p, &en->values, value);
}

static const FeelType *entries_type(FeelParser *p, const Entries *en) {
    FeelType *t = NEW(p->a, FeelType);
    const FeelType **members = NEW_ARRAY(p->a, const FeelType *, en->values.n + 1);
    for (size_t i = 0; i < en->values.n; i++) members[i] = en->values.items[i]->type;
    *t = (FeelType){.kind = FEEL_CONTEXT, .n = en->values.n, .keys = en->keys, .members = members};
    return t;
}

FeelNode *feel_parse_brace(FeelParser *p) {
    size_t from = p->tok.from;
    FeelLocal *outside = p->locals;
    Entries en = {0};
    feel_next(p);
    if (p->tok.kind != '}') {
        do parse_entry(p, &en);
        while (feel_take(p, ',') && !p->failed);
    }
    feel_want(p, '}', "',' or '}' in a context");
    p->locals = outside;
    FeelNode *n = feel_node(p, feel_step_context, from);
    n->kids = en.values.items;
    n->count = (int32_t)en.values.n;
    n->names = en.keys;
    n->more = en.slots;
    n->op = en.twice ? 'd' : 0;
    n->type = entries_type(p, &en);
    return feel_done(p, n);
}

static const FeelType *element_type(const FeelType *t) {
    return t && t->kind == FEEL_LIST ? t->item : t;
}

/* `x in domain` or `x in lo..hi`, several with commas; later ones see the earlier variables. */
static void parse_turns(FeelParser *p, FeelNode *n) {
    FeelNodes domains = {0};
    FeelTurn *turns = NEW_ARRAY(p->a, FeelTurn, FEEL_ARGS_MAX);
    size_t count = 0;
    do {
        Str name = STR("");
        if (count == FEEL_ARGS_MAX || !read_until(p, 0, "in", &name)) feel_fail(p, "a variable and 'in'");
        if (p->failed) break;
        feel_next(p);
        FeelTurn *turn = &turns[count++];
        turn->domain = feel_parse(p, LEVEL_ANY);
        feel_push(p, &domains, turn->domain);
        if (feel_take(p, TOK_DOTS)) {
            turn->until = feel_parse(p, LEVEL_ANY);
            feel_push(p, &domains, turn->until);
        }
        turn->slot = feel_bind(p, name, turn->until ? NULL : element_type(turn->domain->type))->slot;
    } while (feel_take(p, ','));
    n->kids = domains.items;
    n->count = (int32_t)domains.n;
    n->more = turns;
    n->up = (int16_t)count; /* turns; the node is no name, so `up` is free */
}

FeelNode *feel_parse_for(FeelParser *p) {
    FeelLocal *outside = p->locals;
    FeelNode *n = feel_node(p, feel_step_for, p->tok.from);
    feel_next(p);
    parse_turns(p, n);
    if (!feel_take_word(p, "return")) feel_fail(p, "',' or 'return'");
    n->slot = feel_bind(p, STR("partial"), NULL)->slot;
    n->a = feel_parse(p, LEVEL_ANY);
    n->type = feel_type_list(p->a, n->a->type ? n->a->type : feel_type(FEEL_ANY));
    n->op = p->locals->used; /* is `partial` wanted? */
    p->locals = outside;
    return feel_done(p, n);
}

FeelNode *feel_parse_quantified(FeelParser *p, bool every) {
    FeelLocal *outside = p->locals;
    FeelNode *n = feel_node(p, every ? feel_step_every : feel_step_some, p->tok.from);
    feel_next(p);
    parse_turns(p, n);
    if (!feel_take_word(p, "satisfies")) feel_fail(p, "',' or 'satisfies'");
    n->a = feel_parse(p, LEVEL_ANY);
    n->type = feel_type(FEEL_BOOLEAN);
    p->locals = outside;
    return feel_done(p, n);
}

/* name[: type] up to ',' or ')'. */
static bool parse_parameter(FeelParser *p, FeelParam *out) {
    if (read_until(p, ':', NULL, &out->name)) {
        feel_next(p);
        if (!feel_parse_type(p, &out->type)) out->type = NULL;
    } else if (!read_until(p, ',', NULL, &out->name) && !read_until(p, ')', NULL, &out->name))
        feel_fail(p, "a parameter name");
    return !p->failed;
}

static size_t parse_parameters(FeelParser *p, FeelParam *params) {
    size_t n = 0;
    feel_want(p, '(', "'(' after 'function'");
    if (feel_take(p, ')')) return 0;
    do {
        if (n == FEEL_ARGS_MAX) feel_fail(p, "fewer parameters (64 at most)");
        if (p->failed || !parse_parameter(p, &params[n])) return n;
        n++;
    } while (feel_take(p, ','));
    feel_want(p, ')', "',' or ')' after a parameter");
    return n;
}

typedef struct External {
    const FeelRegistry *registry; /* of the root scope */
    const FeelParam *params;      /* n of them */
    size_t n;                     /* parameters */
} External;

/* {java: {class, method signature}}, or the two entries directly (Source: DMN 1.5 §10.3.2.13.3). */
static Value step_external(FeelEval *e, const FeelNode *n) {
    const External *x = n->more;
    Value body = feel_step(e, n->a), java = value_get(body, "java");
    if (java.kind == VALUE_CONTEXT) body = java;
    Value found = value_null();
    if (x->registry)
        found = x->registry->find(x->registry->context, e->run->arena, value_get_str(body, "class"),
                                  value_get_str(body, "method signature"), x->params, x->n);
    if (found.kind == VALUE_FUNCTION) return found;
    return feel_place(
        e->run, n,
        feel_because(e->run, "external", "no such external function is registered", value_null(), value_null()));
}

static FeelNode *external(FeelParser *p, FeelNode *body, const FeelParam *params, size_t n_params, size_t from) {
    FeelNode *n = feel_node(p, step_external, from);
    External *x = NEW(p->a, External);
    *x = (External){feel_scope_top(p->scope)->registry, params, n_params};
    n->a = body;
    n->more = x;
    return feel_done(p, n);
}

static const FeelType *function_type(FeelParser *p, const FeelType *result, size_t n) {
    FeelType *t = NEW(p->a, FeelType);
    *t = (FeelType){.kind = FEEL_FUNCTION, .item = result, .n = n, .members = NEW_ARRAY(p->a, const FeelType *, n + 1)};
    return t;
}

FeelNode *feel_parse_function(FeelParser *p) {
    FeelParser outside = *p;
    size_t from = p->tok.from;
    FeelLambda *f = NEW(p->a, FeelLambda);
    FeelParam *params = NEW_ARRAY(p->a, FeelParam, FEEL_ARGS_MAX);
    feel_next(p);
    f->n = parse_parameters(p, params);
    f->params = params;
    bool is_external = feel_take_word(p, "external");
    if (!is_external) {
        p->level++;
        p->slots = 0;
        for (size_t i = 0; i < f->n; i++) feel_bind(p, params[i].name, params[i].type);
    }
    FeelNode *body = feel_parse(p, LEVEL_ANY);
    if (is_external) return external(p, body, params, f->n, from);
    f->body = body;
    f->slots = p->slots;
    f->captured = outside.slots;
    p->level = outside.level;
    p->slots = outside.slots;
    p->locals = outside.locals;
    FeelNode *n = feel_node(p, feel_step_lambda, from);
    n->kind = NODE_FUNCTION;
    n->more = f;
    n->a = body; /* for its cost */
    n->type = function_type(p, body->type, f->n);
    return feel_done(p, n);
}

static void parse_arguments(FeelParser *p, FeelNode *call) {
    FeelNodes args = {0};
    Str *names = NEW_ARRAY(p->a, Str, FEEL_ARGS_MAX), name;
    feel_next(p);
    bool named = read_until(p, ':', NULL, &name);
    if (p->tok.kind != ')') {
        for (;;) {
            if (named) feel_want(p, ':', "':' after an argument's name");
            if (args.n == FEEL_ARGS_MAX) feel_fail(p, "fewer arguments (64 at most)");
            if (p->failed) break;
            names[args.n] = named ? name : STR("");
            feel_push(p, &args, feel_parse(p, LEVEL_ANY));
            if (!feel_take(p, ',')) break;
            if (named && !read_until(p, ':', NULL, &name)) feel_fail(p, "a named argument");
        }
    }
    feel_want(p, ')', "',' or ')' after an argument");
    call->kids = args.items;
    call->count = (int32_t)args.n;
    call->names = named ? names : NULL;
}

FeelNode *feel_parse_call(FeelParser *p, FeelNode *f) {
    FeelNode *n = feel_node(p, feel_step_call, (size_t)f->from);
    n->a = f;
    parse_arguments(p, n);
    if (n->names) n->step = feel_step_call_named;
    if (f->type && f->type->kind == FEEL_FUNCTION) n->type = f->type->item;
    const FeelFn *fn = f->kind == NODE_CONST && f->value.kind == VALUE_FUNCTION ? f->value.u.fn : NULL;
    if (!fn || !fn->rows || n->names) return feel_done(p, n);
    n->a = NULL;
    n->more = fn;
    n->step = feel_step_builtin;
    feel_prepare_pattern(p, n, fn);
    if (fn->rows->flags & FEEL_IMPURE) return feel_done(p, n);
    FeelNode *folded = feel_fold(p, n);
    if (folded == n) feel_note_constant(p, n, fn);
    return folded;
}

FeelNode *feel_parse_filter(FeelParser *p, FeelNode *of) {
    FeelLocal *outside = p->locals;
    FeelNode *n = feel_node(p, feel_step_filter, (size_t)of->from);
    feel_next(p);
    FeelLocal *item = feel_bind(p, STR("item"), element_type(of->type)), *members = NEW(p->a, FeelLocal);
    *members =
        (FeelLocal){.outer = item, .type = element_type(of->type), .slot = item->slot, .level = p->level, .item = true};
    p->locals = members; /* inside `item`: a member of that name hides the element */
    n->a = of;
    n->slot = item->slot;
    n->b = feel_parse(p, LEVEL_ANY);
    feel_want(p, ']', "']' after the filter");
    p->locals = outside;
    n->type = n->b->type && n->b->type->kind == FEEL_NUMBER ? element_type(of->type) : of->type;
    return feel_done(p, n);
}

static FeelNode *parse_unary_range(FeelParser *p) {
    FeelNode *n = feel_node(p, feel_step_unary_range, p->tok.from);
    n->op = feel_comparison(p);
    feel_next(p);
    n->a = feel_parse_endpoint(p);
    n->type = feel_type(FEEL_RANGE);
    return feel_fold(p, n);
}

static FeelNode *parse_word(FeelParser *p) {
    size_t from = p->tok.from;
    if (feel_at_word(p, "if")) return parse_if(p);
    if (feel_at_word(p, "for")) return feel_parse_for(p);
    if (feel_at_word(p, "some")) return feel_parse_quantified(p, false);
    if (feel_at_word(p, "every")) return feel_parse_quantified(p, true);
    if (feel_at_word(p, "function")) return feel_parse_function(p);
    if (feel_at_word(p, "true")) return literal(p, true, value_bool(true), from);
    if (feel_at_word(p, "false")) return literal(p, true, value_bool(false), from);
    if (feel_at_word(p, "null")) return literal(p, true, value_null(), from);
    return feel_is_keyword(feel_token_text(p)) ? feel_bad(p) : feel_parse_name(p);
}

FeelNode *feel_parse_primary(FeelParser *p) {
    switch (p->tok.kind) {
    case TOK_NUMBER:
        return parse_number(p);
    case TOK_STRING:
        return literal(p, true, value_str(string_token(p)), p->tok.from);
    case '@':
        return parse_at(p);
    case '(':
        return parse_parenthesis(p);
    case '[':
    case ']':
        return feel_parse_bracket(p);
    case '{':
        return feel_parse_brace(p);
    case TOK_NAME:
        return parse_word(p);
    default:
        return feel_comparison(p) ? parse_unary_range(p) : feel_bad(p);
    }
}
