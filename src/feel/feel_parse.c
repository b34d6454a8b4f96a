/* feel_parse: operators and their precedence (Source: DMN 1.5 §10.3.1.2), and the entry that turns
 * text into code. Operators bind as the notes' table says: all associate to the left, unary minus
 * binds tighter than **. The first syntax error wins; parsing then runs on harmlessly to its end. */
#include "feel/feel_in.h"

#include <string.h>

static void line_of(Str text, size_t at, int *line, int *column) {
    *line = *column = 1;
    for (size_t i = 0; i < at && i < text.n; i++) {
        if (text.p[i] == '\n') ++*line, *column = 0;
        if ((text.p[i] & 0xC0) != 0x80) ++*column;
    }
}

/* A bad token is a byte; people see characters. */
static Str whole_character(const FeelParser *p) {
    size_t to = p->tok.to;
    while (to < p->text.n && (p->text.p[to] & 0xC0) == 0x80) to++;
    return str_sub(p->text, p->tok.from, to - p->tok.from);
}

void feel_fail(FeelParser *p, const char *wanted) {
    if (p->failed) return;
    p->failed = true;
    int line, column;
    line_of(p->text, p->tok.from, &line, &column);
    Str got = p->tok.kind == TOK_BAD ? whole_character(p) : feel_token_text(p);
    const char *hint = feel_hint(p);
    if (p->tok.kind == TOK_END)
        err_set(p->err, ERR_INPUT, "feel", "%s expected, but the expression ends", wanted);
    else
        err_set(p->err, ERR_INPUT, "feel", "%s expected at '" STR_FMT "'%s%s", wanted, (int)(got.n > 60 ? 60 : got.n),
                got.p, hint ? "; " : "", hint ? hint : "");
    if (p->err) err_at(p->err, line, column, (int64_t)p->tok.from);
}

void feel_next(FeelParser *p) {
    p->tok = p->failed ? (FeelToken){TOK_END, p->text.n, p->text.n} : feel_lex(p->text, p->tok.to);
}

Str feel_token_text(const FeelParser *p) {
    return str_sub(p->text, p->tok.from, p->tok.to - p->tok.from);
}

bool feel_take(FeelParser *p, int kind) {
    if (p->tok.kind != kind) return false;
    feel_next(p);
    return true;
}

bool feel_want(FeelParser *p, int kind, const char *wanted) {
    if (feel_take(p, kind)) return true;
    feel_fail(p, wanted);
    p->tok = (FeelToken){TOK_END, p->text.n, p->text.n};
    return false;
}

bool feel_at_word(const FeelParser *p, const char *word) {
    return p->tok.kind == TOK_NAME && str_is(feel_token_text(p), word);
}

bool feel_take_word(FeelParser *p, const char *word) {
    if (!feel_at_word(p, word)) return false;
    feel_next(p);
    return true;
}

bool feel_enter(FeelParser *p) {
    if (++p->depth > FEEL_NESTING_MAX) feel_fail(p, "less nesting (128 levels)");
    return !p->failed;
}

void feel_leave(FeelParser *p) {
    p->depth--;
}

FeelNode *feel_node(FeelParser *p, FeelStep step, size_t from) {
    FeelNode *n = NEW(p->a, FeelNode);
    n->step = step;
    n->from = (int32_t)from;
    n->to = (int32_t)p->tok.to;
    return n;
}

static void weigh(FeelNode *n, const FeelNode *kid) {
    if (!kid) return;
    n->cost += kid->cost;
    if (kid->height >= n->height) n->height = kid->height + 1;
}

FeelNode *feel_done(FeelParser *p, FeelNode *n) {
    n->cost = 1;
    weigh(n, n->a);
    weigh(n, n->b);
    weigh(n, n->c);
    for (int32_t i = 0; n->kids && i < n->count; i++) weigh(n, n->kids[i]);
    size_t end = p->tok.from; /* up to the last token before the current one */
    while (end > (size_t)n->from && strchr(" \t\r\n", p->text.p[end - 1])) end--;
    n->to = (int32_t)end;
    return n;
}

static bool constant(const FeelNode *n) {
    return !n || n->kind == NODE_CONST;
}

/* An operation on constants is done now; one that fails stays, so that it tells why when it runs. */
FeelNode *feel_fold(FeelParser *p, FeelNode *n) {
    feel_done(p, n);
    bool all = constant(n->a) && constant(n->b) && constant(n->c) && n->height < 2 && !p->failed;
    for (int32_t i = 0; n->kids && i < n->count; i++) all = all && constant(n->kids[i]);
    if (!all) return n;
    FeelEval e = {.run = p->fold};
    Value v = n->step(&e, n);
    if (value_is_null(v)) return n;
    FeelNode *folded = feel_const(p, v, (size_t)n->from);
    folded->to = n->to;
    return folded;
}

static const FeelType *type_of_value(Arena *a, Value v);

static const FeelType *context_type(Arena *a, Value v) {
    FeelType *t = NEW(a, FeelType);
    Str *keys = NEW_ARRAY(a, Str, v.size + 1);
    const FeelType **members = NEW_ARRAY(a, const FeelType *, v.size + 1);
    for (uint32_t i = 0; i < v.size; i++) {
        keys[i] = v.u.ctx[i].key;
        members[i] = type_of_value(a, v.u.ctx[i].value);
    }
    *t = (FeelType){.kind = FEEL_CONTEXT, .n = v.size, .keys = keys, .members = members};
    return t;
}

static const FeelType *type_of_value(Arena *a, Value v) {
    static const FeelKind kinds[] = {FEEL_NULL, FEEL_BOOLEAN,  FEEL_NUMBER,  FEEL_STRING, FEEL_DATE,
                                     FEEL_TIME, FEEL_DATETIME, FEEL_DAYTIME, FEEL_MONTHS};
    if (v.kind < COUNT_OF(kinds)) return feel_type(kinds[v.kind]);
    if (v.kind == VALUE_CONTEXT) return context_type(a, v);
    if (v.kind == VALUE_RANGE) return feel_type(FEEL_RANGE);
    if (v.kind != VALUE_LIST) return NULL;
    const FeelType *item = v.size ? type_of_value(a, v.u.list[0]) : NULL;
    for (uint32_t i = 1; i < v.size; i++) item = feel_merge_types(a, item, type_of_value(a, v.u.list[i]));
    return feel_type_list(a, item ? item : feel_type(FEEL_ANY));
}

FeelNode *feel_const(FeelParser *p, Value v, size_t from) {
    FeelNode *n = feel_node(p, feel_step_const, from);
    n->kind = NODE_CONST;
    n->value = v;
    n->cost = 1;
    n->type = type_of_value(p->a, v);
    return n;
}

FeelNode *feel_bad(FeelParser *p) {
    feel_fail(p, "a value");
    return feel_const(p, value_null(), p->tok.from);
}

void feel_push(FeelParser *p, FeelNodes *list, FeelNode *n) {
    if (list->n == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 4;
        list->items = arena_grow(p->a, list->items, list->cap * sizeof(FeelNode *), cap * sizeof(FeelNode *));
        list->cap = cap;
    }
    list->items[list->n++] = n;
}

int32_t feel_new_slot(FeelParser *p) {
    if (p->slots >= FEEL_SLOTS_MAX) {
        feel_fail(p, "fewer names (1024 at most)");
        return 0;
    }
    return p->slots++;
}

FeelLocal *feel_bind(FeelParser *p, Str name, const FeelType *type) {
    FeelLocal *local = NEW(p->a, FeelLocal);
    *local = (FeelLocal){.outer = p->locals, .name = name, .type = type, .slot = feel_new_slot(p), .level = p->level};
    p->locals = local;
    return local;
}

uint8_t feel_comparison(const FeelParser *p) {
    switch (p->tok.kind) {
    case '<':
    case '>':
    case '=':
        return (uint8_t)p->tok.kind;
    case TOK_LE:
        return 'l';
    case TOK_GE:
        return 'g';
    case TOK_NE:
        return '!';
    default:
        return 0;
    }
}

static FeelNode *binary(FeelParser *p, FeelStep step, FeelNode *left, FeelNode *right, FeelKind result) {
    FeelNode *n = feel_node(p, feel_quick_step(step, left, right), (size_t)left->from);
    n->a = left;
    n->b = right;
    if (result != FEEL_ANY) n->type = feel_type(result);
    if (step == feel_step_div && right->kind == NODE_CONST && feel_power_of_ten(right->value) > 0) {
        n->step = feel_step_div_tens;
        n->slot = feel_power_of_ten(right->value);
    }
    return feel_fold(p, n);
}

static FeelNode *parse_between(FeelParser *p, FeelNode *left) {
    FeelNode *n = feel_node(p, feel_step_between, (size_t)left->from);
    n->a = left;
    n->b = feel_parse(p, LEVEL_ADD);
    if (!feel_take_word(p, "and")) feel_fail(p, "'and' of 'between'");
    n->c = feel_parse(p, LEVEL_ADD);
    n->type = feel_type(FEEL_BOOLEAN);
    return feel_fold(p, n);
}

/* What stands after a comparison sign. A second sign begins no endpoint: `> > 7` is a slip of the pen, not the
 * range `> 7`, which needs its parentheses here (grammar rules 7, 18). Source: DMN 1.5 §10.3.1.2. */
FeelNode *feel_parse_endpoint(FeelParser *p) {
    return feel_comparison(p) ? feel_bad(p) : feel_parse(p, LEVEL_ADD);
}

static FeelNode *compare_with(FeelParser *p, FeelNode *left, uint8_t op) {
    feel_next(p);
    FeelNode *n = feel_node(p, feel_step_compare, (size_t)left->from);
    n->op = op;
    n->slot = feel_orders((char)op);
    n->a = left;
    n->b = feel_parse_endpoint(p);
    n->type = feel_type(FEEL_BOOLEAN);
    return feel_fold(p, n);
}

typedef struct Infix {
    int level;     /* binding */
    FeelStep step; /* NULL: see infix_word, comparison */
} Infix;

static Infix infix_of(const FeelParser *p) {
    switch (p->tok.kind) {
    case '+':
        return (Infix){LEVEL_ADD, feel_step_add};
    case '-':
        return (Infix){LEVEL_ADD, feel_step_sub};
    case '*':
        return (Infix){LEVEL_MULTIPLY, feel_step_mul};
    case '/':
        return (Infix){LEVEL_MULTIPLY, feel_step_div};
    case TOK_POWER:
        return (Infix){LEVEL_POWER, feel_step_pow};
    default:
        break;
    }
    if (feel_comparison(p) || feel_at_word(p, "between") || feel_at_word(p, "in")) return (Infix){LEVEL_COMPARE, NULL};
    if (feel_at_word(p, "and")) return (Infix){LEVEL_AND, feel_step_and};
    if (feel_at_word(p, "or")) return (Infix){LEVEL_OR, feel_step_or};
    return (Infix){0, NULL};
}

/* What + - * / give is known when both sides are numbers; it lets member names be found. */
static FeelKind result_kind(const Infix *op, const FeelNode *left, const FeelNode *right) {
    if (op->level <= LEVEL_AND) return FEEL_BOOLEAN;
    bool same = left->type && right->type && left->type->kind == right->type->kind;
    return same && (left->type->kind == FEEL_NUMBER || left->type->kind == FEEL_STRING) ? left->type->kind : FEEL_ANY;
}

static FeelNode *parse_unary(FeelParser *p);

FeelNode *feel_parse(FeelParser *p, int level) {
    if (!feel_enter(p)) return feel_bad(p);
    FeelNode *left = parse_unary(p);
    for (Infix op; op = infix_of(p), op.level && op.level >= level && !p->failed;) {
        uint8_t comparison = feel_comparison(p);
        if (comparison)
            left = compare_with(p, left, comparison);
        else if (feel_take_word(p, "between"))
            left = parse_between(p, left);
        else if (feel_take_word(p, "in"))
            left = feel_parse_in(p, left);
        else {
            feel_next(p);
            FeelNode *right = feel_parse(p, op.level + 1);
            left = binary(p, op.step, left, right, result_kind(&op, left, right));
        }
    }
    feel_leave(p);
    return left;
}

/* Would a filter opened here be complete and followed by a closing mark? Decides `[1..10[x` (§10.3.2.7). */
static bool filter_before_closing(const FeelParser *p) {
    char open[FEEL_NESTING_MAX];
    int depth = 0;
    FeelToken t = p->tok;
    do {
        if (t.kind == '(' || t.kind == '[' || t.kind == '{') {
            if (depth == FEEL_NESTING_MAX) return false;
            open[depth++] = t.kind == '(' ? ')' : t.kind == '[' ? ']' : '}';
        } else if (t.kind == ')' || t.kind == ']' || t.kind == '}') {
            if (open[--depth] != t.kind) return false;
        } else if (t.kind == TOK_END || t.kind == TOK_BAD)
            return false;
        t = feel_lex(p->text, t.to);
    } while (depth > 0);
    return t.kind == ')' || t.kind == ']' || t.kind == '[';
}

static FeelNode *parse_postfix(FeelParser *p, bool interval_end) {
    FeelNode *n = feel_parse_primary(p);
    while (!p->failed) {
        if (feel_take(p, '.'))
            n = feel_parse_member(p, n);
        else if (p->tok.kind == '(')
            n = feel_parse_call(p, n);
        else if (p->tok.kind == '[' && (!interval_end || filter_before_closing(p)))
            n = feel_parse_filter(p, n);
        else
            break;
    }
    return n;
}

static FeelNode *parse_instance(FeelParser *p, bool interval_end) {
    FeelNode *n = parse_postfix(p, interval_end);
    while (feel_take_word(p, "instance")) {
        FeelNode *test = feel_node(p, feel_step_instance, (size_t)n->from);
        if (!feel_take_word(p, "of")) feel_fail(p, "'of' after 'instance'");
        if (!feel_parse_type(p, &test->target)) test->target = NULL;
        test->a = n;
        test->type = feel_type(FEEL_BOOLEAN);
        n = feel_done(p, test);
    }
    return n;
}

static FeelNode *parse_minus(FeelParser *p, bool interval_end) {
    size_t from = p->tok.from;
    if (!feel_take(p, '-')) return parse_instance(p, interval_end);
    FeelNode *n = feel_node(p, feel_step_neg, from);
    n->a = feel_enter(p) ? parse_minus(p, interval_end) : feel_bad(p);
    feel_leave(p);
    n->type = n->a->type;
    return feel_fold(p, n);
}

static FeelNode *parse_unary(FeelParser *p) {
    return parse_minus(p, false);
}

static bool at_closing(const FeelParser *p) {
    return p->tok.kind == ')' || p->tok.kind == ']' || p->tok.kind == '[';
}

/* The part after `..`; in an interval a `[` may close it. Operators around the endpoint are allowed. */
FeelNode *feel_parse_interval_end(FeelParser *p, FeelNode *lo, bool lo_in, size_t from) {
    FeelNode *n = feel_node(p, feel_step_interval, from);
    FeelNode *hi = parse_minus(p, true);
    for (Infix op; op = infix_of(p), op.level >= LEVEL_ADD && !p->failed;) {
        feel_next(p);
        FeelNode *right = op.level == LEVEL_ADD ? feel_parse(p, LEVEL_MULTIPLY) : parse_minus(p, true);
        hi = binary(p, op.step, hi, right, FEEL_ANY);
    }
    if (!at_closing(p)) feel_fail(p, "')', ']' or '[' at the end of the range");
    n->op = (uint8_t)((lo_in ? 1 : 0) | (p->tok.kind == ']' ? 2 : 0));
    feel_next(p);
    n->a = lo;
    n->b = hi;
    n->type = feel_type(FEEL_RANGE);
    return feel_fold(p, n);
}

static bool start(FeelParser *p, const FeelScope *scope, Str text, Arena *a, ErrList *notes, Err *err, FeelRun *fold) {
    *p = (FeelParser){.text = text, .a = a, .scope = scope, .notes = notes, .err = err, .fold = fold};
    *fold = (FeelRun){.arena = a, .fuel = 100000};
    if (text.n > FEEL_TEXT_MAX)
        return err_set(err, ERR_LIMIT, "feel", "an expression may have 65,536 bytes, this one has %zu", text.n);
    if (!utf8_valid(text)) return err_set(err, ERR_INPUT, "feel", "the expression is not valid UTF-8");
    feel_next(p);
    return true;
}

bool feel_compile(const FeelScope *scope, FeelEntry entry, Str text, Arena *a, const FeelCode **out, ErrList *notes,
                  Err *err) {
    assert(scope && out);
    FeelParser p;
    FeelRun fold;
    TRY(start(&p, scope, str_copy(a, text), a, notes, err, &fold));
    const FeelNode *root = entry == FEEL_UNARY_TESTS ? feel_parse_unary_tests(&p) : feel_parse(&p, LEVEL_ANY);
    if (p.tok.kind != TOK_END) feel_fail(&p, "an operator or the end");
    if (p.failed) return false;
    FeelCode *code = NEW(a, FeelCode);
    *code = (FeelCode){.root = root, .source = p.text, .slots = p.slots, .entry = entry};
    *out = code;
    return true;
}

Str feel_source(const FeelCode *code) {
    return code->source;
}

const FeelType *feel_code_type(const FeelCode *code) {
    return code->root->type;
}

bool feel_constant(const FeelCode *code, Value *out) {
    if (code->root->kind != NODE_CONST) return false;
    *out = code->root->value;
    return true;
}
