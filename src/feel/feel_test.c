/* feel_test: unary tests and `in` (Source: DMN 1.5 §7.3.2, §10.3.2.10). Whether a test is a
 * comparison or a condition over ? is decided by its syntax. Every test reads the tested value
 * from the local slot its node names. */
#include "feel/feel_in.h"

static FeelNode *test_node(FeelParser *p, FeelNodeKind kind, FeelStep step, int32_t slot, size_t from) {
    FeelNode *n = feel_node(p, step, from);
    n->kind = (uint8_t)kind;
    n->slot = slot;
    return n;
}

/* Whatever value stands there: equal to it, or in it. Also the tail of a bracket-less interval in parentheses. */
static FeelNode *value_test(FeelParser *p, FeelNode *value, const FeelLocal *tested, size_t from) {
    bool over = tested->used;
    FeelNode *n = test_node(p, over ? NODE_TEST_TRUE : NODE_TEST_VALUE,
                            over ? feel_step_test_true : feel_step_test_value, tested->slot, from);
    n->a = value;
    return feel_done(p, n);
}

static FeelNode *parse_test(FeelParser *p, FeelLocal *tested, int level) {
    size_t from = p->tok.from;
    uint8_t op = feel_comparison(p);
    tested->used = false;
    if (!op) return value_test(p, feel_parse(p, level), tested, from);
    feel_next(p);
    FeelNode *n = test_node(p, NODE_TEST_CMP, feel_step_test_cmp, tested->slot, from);
    n->op = op;
    n->a = feel_parse_endpoint(p);
    if (n->a->kind == NODE_CONST) n->value = feel_unary_range(p->fold, op, n->a->value); /* for feel_cell */
    return feel_done(p, n);
}

static FeelNode *tests_node(FeelParser *p, FeelNodes *tests, const FeelLocal *tested, size_t from) {
    FeelNode *n = test_node(p, NODE_TESTS, feel_step_tests, tested->slot, from);
    n->kids = tests->items;
    n->count = (int32_t)tests->n;
    return feel_done(p, n);
}

static FeelNode *parse_test_list(FeelParser *p, FeelLocal *tested, int level) {
    FeelNodes tests = {0};
    size_t from = p->tok.from;
    do feel_push(p, &tests, parse_test(p, tested, level));
    while (feel_take(p, ',') && !p->failed);
    return tests_node(p, &tests, tested, from);
}

/* After `in (`: tests, or the start of an interval. */
static FeelNode *parse_in_parenthesis(FeelParser *p, FeelLocal *tested) {
    FeelNodes tests = {0};
    size_t from = p->tok.from;
    feel_next(p);
    FeelNode *first = parse_test(p, tested, LEVEL_ANY);
    if (p->tok.kind == TOK_DOTS && first->kind == NODE_TEST_VALUE) {
        feel_next(p);
        FeelNode *interval = feel_parse_interval_end(p, first->a, false, from);
        feel_push(p, &tests, value_test(p, interval, tested, from));
        return tests_node(p, &tests, tested, from);
    }
    feel_push(p, &tests, first);
    while (feel_take(p, ',') && !p->failed) feel_push(p, &tests, parse_test(p, tested, LEVEL_ANY));
    feel_want(p, ')', "',' or ')' after a test");
    return tests_node(p, &tests, tested, from);
}

static bool continues_value(const FeelParser *p, FeelToken t) {
    static const int marks[] = {'[', '(', '.', '+', '-', '*', '/', TOK_POWER};
    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        if (t.kind == marks[i]) return true;
    }
    return t.kind == TOK_NAME && str_is(str_sub(p->text, t.from, t.to - t.from), "instance");
}

/* Does the parenthesis here only begin a longer value, as in `x in (xs)[item > 2]`? Then it holds no tests: `in` binds
 * looser than filters and arithmetic (grammar rules 4, 49c). Source: DMN 1.5 §10.3.1.2. */
static bool begins_value(const FeelParser *p) {
    int depth = 0;
    FeelToken t = p->tok;
    for (;; t = feel_lex(p->text, t.to)) {
        if (t.kind == TOK_END || t.kind == TOK_BAD) return false;
        if (t.kind == '(' || t.kind == '[' || t.kind == '{') depth++;
        if (t.kind == ')' || t.kind == ']' || t.kind == '}') depth--;
        if (depth == 0) return t.kind == ')' && continues_value(p, feel_lex(p->text, t.to));
    }
}

FeelNode *feel_parse_in(FeelParser *p, FeelNode *left) {
    FeelLocal *outside = p->locals;
    FeelNode *n = feel_node(p, feel_step_in, (size_t)left->from);
    FeelLocal *tested = feel_bind(p, STR("?"), left->type);
    n->a = left;
    n->slot = tested->slot;
    bool tests = p->tok.kind == '(' && !begins_value(p);
    n->b = tests ? parse_in_parenthesis(p, tested) : parse_test(p, tested, LEVEL_ADD);
    n->type = feel_type(FEEL_BOOLEAN);
    p->locals = outside;
    return feel_done(p, n);
}

static FeelNode *parse_negation(FeelParser *p, FeelLocal *tested) {
    feel_next(p);
    feel_want(p, '(', "'(' after 'not'");
    FeelNode *n = parse_test_list(p, tested, LEVEL_ANY);
    n->op = 'n';
    feel_want(p, ')', "',' or ')' after a test");
    return n;
}

static bool only_dash(const FeelParser *p) {
    return p->tok.kind == '-' && feel_lex(p->text, p->tok.to).kind == TOK_END;
}

FeelNode *feel_parse_unary_tests(FeelParser *p) {
    FeelLocal *tested = feel_bind(p, STR("?"), NULL);
    if (only_dash(p)) {
        FeelNodes any = {0};
        size_t from = p->tok.from;
        feel_next(p);
        feel_push(p, &any, feel_done(p, test_node(p, NODE_TEST_ANY, feel_step_test_any, tested->slot, from)));
        return tests_node(p, &any, tested, from);
    }
    if (feel_at_word(p, "not") && feel_lex(p->text, p->tok.to).kind == '(') return parse_negation(p, tested);
    return parse_test_list(p, tested, LEVEL_ANY);
}

/* ---- steps ---- */
Value feel_step_test_any(FeelEval *e, const FeelNode *n) {
    (void)e, (void)n;
    return feel_bool(true);
}

Value feel_step_test_value(FeelEval *e, const FeelNode *n) {
    Value v = feel_step(e, n->a);
    bool no_range = v.kind == VALUE_NULL && n->a->step == feel_step_interval; /* [1..null] is no value to equal */
    return no_range ? v : feel_place(e->run, n, feel_in(e->run, e->frame.slots[n->slot], v));
}

Value feel_step_test_cmp(FeelEval *e, const FeelNode *n) {
    return feel_place(e->run, n, feel_compare(e->run, (char)n->op, e->frame.slots[n->slot], feel_step(e, n->a)));
}

Value feel_step_test_true(FeelEval *e, const FeelNode *n) {
    Value v = feel_step(e, n->a);
    if (v.kind == VALUE_BOOL || v.kind == VALUE_NULL) return v;
    return feel_place(e->run, n, feel_in(e->run, e->frame.slots[n->slot], v));
}

/* Disjunction; with op 'n' its negation. A null stays null unless a test holds. */
Value feel_step_tests(FeelEval *e, const FeelNode *n) {
    Value result = feel_bool(false);
    for (int32_t i = 0; i < n->count; i++) {
        Value v = feel_step(e, n->kids[i]);
        if (feel_true(v)) {
            result = v;
            break;
        }
        if (v.kind == VALUE_NULL) result = v;
    }
    return n->op == 'n' && result.kind == VALUE_BOOL ? feel_bool(!result.u.i) : result;
}

Value feel_step_in(FeelEval *e, const FeelNode *n) {
    Value tested = feel_step(e, n->a);
    e->frame.slots[n->slot] = tested;
    return feel_step(e, n->b);
}

bool feel_test(FeelRun *run, const FeelCode *code, const FeelFrame *frame, Value input) {
    assert(code->entry == FEEL_UNARY_TESTS);
    return feel_true(feel_run_body(run, code->root, code->slots, frame, &input, 1));
}

/* ---- what a table index wants to know ---- */
static bool plain(Value v) {
    return v.kind <= VALUE_MONTHS && !(v.kind == VALUE_NULL && v.u.cause);
}

static bool classify(const FeelNode *n, FeelTest *out) {
    if (n->kind == NODE_TEST_ANY) {
        *out = (FeelTest){.kind = FEEL_TEST_ANY};
        return true;
    }
    if (n->kind == NODE_TEST_CMP) {
        *out = (FeelTest){n->op == '=' ? FEEL_TEST_EQUAL : FEEL_TEST_RANGE, n->op == '=' ? n->a->value : n->value};
        return n->value.kind == VALUE_RANGE && n->op != '!';
    }
    if (n->kind != NODE_TEST_VALUE || n->a->kind != NODE_CONST) return false;
    Value v = n->a->value;
    bool range = v.kind == VALUE_RANGE && v.u.range->op != '=' && v.u.range->op != '!';
    *out = (FeelTest){range ? FEEL_TEST_RANGE : FEEL_TEST_EQUAL, v};
    return range || plain(v);
}

size_t feel_cell(const FeelCode *code, FeelTest *tests, size_t cap, bool *negated) {
    assert(code->entry == FEEL_UNARY_TESTS && tests && negated);
    const FeelNode *root = code->root;
    *negated = root->op == 'n';
    if ((size_t)root->count > cap) return 0;
    for (int32_t i = 0; i < root->count; i++)
        if (!classify(root->kids[i], &tests[i])) return 0;
    return (size_t)root->count;
}

/* An interval of constants stays a step only when it is none: what can be folded was. */
static bool is_void(const FeelNode *test) {
    const FeelNode *a = test->a;
    if (test->kind == NODE_TEST_CMP) return a->kind == NODE_CONST && value_is_null(test->value);
    return test->kind == NODE_TEST_VALUE && a->step == feel_step_interval && a->a->kind == NODE_CONST &&
           a->b->kind == NODE_CONST;
}

bool feel_cell_void(const FeelCode *code) {
    assert(code->entry == FEEL_UNARY_TESTS);
    const FeelNode *root = code->root;
    for (int32_t i = 0; i < root->count; i++)
        if (!is_void(root->kids[i])) return false;
    return root->op != 'n';
}
