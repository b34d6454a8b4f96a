/* feel_patterns: matches(), replace(), split(): the string functions over regular expressions
 * (Source: DMN 1.5 §10.3.4.3, XPath F&O §7.6). A wrong pattern or replacement is null with its cause. */
#include "feel/feel_in.h"

typedef struct Use {
    FeelRun *run;       /* budget */
    const FeelRegex *r; /* compiled pattern */
    Str text;           /* searched */
    const char *why;    /* of a wrong pattern */
} Use;

static bool open_pattern(FeelRun *run, const Value *args, size_t n, size_t flags, Use *out) {
    Str none = STR("");
    *out = (Use){.run = run, .text = value_text(args[0])};
    out->r = feel_regex(run->arena, value_text(args[1]),
                        n > flags && args[flags].kind == VALUE_STRING ? value_text(args[flags]) : none, &out->why);
    return out->r;
}

static Value wrong_pattern(const Use *use) {
    return feel_because(use->run, "pattern", use->why, value_null(), value_null());
}

/* A pattern that matches nothing at all would match everywhere (XPath err:FORX0003). */
static bool matches_empty(const Use *use) {
    FeelMatch m;
    return feel_regex_find(feel_regex_open(use->run, use->r, STR("")), 0, &m) != FEEL_NOT_FOUND;
}

static Value matches_with(const Use *use, const Value *args) {
    FeelMatch m;
    (void)args;
    FeelFound found = feel_regex_find(feel_regex_open(use->run, use->r, use->text), 0, &m);
    return found == FEEL_GAVE_UP ? feel_exhausted(use->run) : value_bool(found == FEEL_FOUND);
}

static void add_group(Buf *b, const Use *use, const FeelMatch *m, size_t group) {
    ptrdiff_t from = m->at[2 * group], to = m->at[2 * group + 1];
    if (from >= 0 && to >= from) buf_add(b, str_sub(use->text, (size_t)from, (size_t)(to - from)));
}

/* $N: the most digits that name a group; a lone digit beyond the last group stands for nothing. */
static size_t add_reference(Buf *b, const Use *use, const FeelMatch *m, Str with, size_t at) {
    size_t groups = feel_regex_groups(use->r), group = 0, digits = 0;
    while (at + digits < with.n && with.p[at + digits] >= '0' && with.p[at + digits] <= '9') {
        size_t next = group * 10 + (size_t)(with.p[at + digits] - '0');
        if (digits && next > groups) break;
        group = next;
        digits++;
    }
    if (digits && group <= groups) add_group(b, use, m, group);
    return digits;
}

/* One replacement written out; false when $ or \ stands where it may not (XPath err:FORX0004). */
static bool add_replacement(Buf *b, const Use *use, const FeelMatch *m, Str with) {
    for (size_t i = 0; i < with.n; i++) {
        char c = with.p[i];
        if (feel_regex_literal(use->r) || (c != '$' && c != '\\')) {
            buf_byte(b, c);
        } else if (c == '\\') {
            if (++i == with.n || (with.p[i] != '\\' && with.p[i] != '$')) return false;
            buf_byte(b, with.p[i]);
        } else {
            size_t digits = add_reference(b, use, m, with, i + 1);
            if (!digits) return false;
            i += digits;
        }
    }
    return true;
}

static Value replace_with(const Use *use, const Value *args) {
    FeelRun *run = use->run;
    Buf b = {.a = run->arena};
    FeelMatch m = {.at = {0}};
    Str with = value_text(args[2]);
    if (matches_empty(use)) return feel_domain(run, "a pattern that matches nothing cannot be replaced");
    if (!add_replacement(&(Buf){.a = run->arena}, use, &m, with))
        return feel_domain(run, "'$' and '\\' are misplaced in the replacement");
    FeelSearch *search = feel_regex_open(run, use->r, use->text);
    size_t at = 0;
    for (FeelFound found; (found = feel_regex_find(search, at, &m)) != FEEL_NOT_FOUND; at = (size_t)m.at[1]) {
        if (found == FEEL_GAVE_UP || b.over) return feel_exhausted(run);
        buf_add(&b, str_sub(use->text, at, (size_t)m.at[0] - at));
        add_replacement(&b, use, &m, with);
    }
    buf_add(&b, str_sub(use->text, at, use->text.n));
    return b.over ? feel_exhausted(run) : value_str(buf_str(&b));
}

static Value split_with(const Use *use, const Value *args) {
    (void)args;
    if (matches_empty(use)) return feel_domain(use->run, "a delimiter that matches nothing cannot split");
    ValueBuild out = {.a = use->run->arena};
    FeelMatch m;
    FeelSearch *search = feel_regex_open(use->run, use->r, use->text);
    size_t at = 0;
    for (FeelFound found; (found = feel_regex_find(search, at, &m)) != FEEL_NOT_FOUND; at = (size_t)m.at[1]) {
        if (found == FEEL_GAVE_UP) return feel_exhausted(use->run);
        build_item(&out, value_str(str_sub(use->text, at, (size_t)m.at[0] - at)));
    }
    build_item(&out, value_str(str_sub(use->text, at, use->text.n)));
    return build_list(&out);
}

static Value matches(FeelRun *run, const Value *args, size_t n) {
    Use use;
    return open_pattern(run, args, n, 2, &use) ? matches_with(&use, args) : wrong_pattern(&use);
}

static Value replace(FeelRun *run, const Value *args, size_t n) {
    Use use;
    return open_pattern(run, args, n, 3, &use) ? replace_with(&use, args) : wrong_pattern(&use);
}

static Value split(FeelRun *run, const Value *args, size_t n) {
    Use use;
    return open_pattern(run, args, n, 2, &use) ? split_with(&use, args) : wrong_pattern(&use);
}

static const FeelBuiltin rows[] = {
    {"matches", matches, 2, 3, 0, {{"input", 's'}, {"pattern", 's'}, {"flags", 'S'}}},
    {"replace", replace, 3, 4, 0, {{"input", 's'}, {"pattern", 's'}, {"replacement", 's'}, {"flags", 'S'}}},
    {"split", split, 2, 2, 0, {{"string", 's'}, {"delimiter", 's'}}},
};
const FeelTable feel_table_patterns = {rows, COUNT_OF(rows)};

/* ---- calls whose pattern is a literal: compiled once, with the expression ---- */
typedef struct Ready {
    const FeelRegex *r;                               /* the pattern */
    Value (*with)(const Use *use, const Value *args); /* what to do */
    const FeelFn *fn;                                 /* the function, for arguments that need conversion */
} Ready;

static bool all_strings(const Value *args, int32_t n) {
    for (int32_t i = 0; i < n; i++)
        if (args[i].kind != VALUE_STRING) return false;
    return true;
}

static Value step_ready(FeelEval *e, const FeelNode *n) {
    const Ready *ready = n->more;
    Value args[4];
    for (int32_t i = 0; i < n->count; i++) args[i] = feel_step(e, n->kids[i]);
    Use use = {.run = e->run, .r = ready->r};
    if (!all_strings(args, n->count))
        return feel_place(e->run, n,
                          feel_call_builtin(e->run, ready->fn->rows, ready->fn->n_rows, args, (size_t)n->count));
    use.text = value_text(args[0]);
    return feel_place(e->run, n, ready->with(&use, args));
}

static bool is_text(const FeelNode *n) {
    return n->kind == NODE_CONST && n->value.kind == VALUE_STRING;
}

/* Pattern and flags must be literals; the replacement, third of replace(), need not be. */
static bool literal_pattern(const FeelNode *call, const FeelBuiltin *row) {
    if (call->count < row->min || call->count > row->max || !is_text(call->kids[1])) return false;
    return call->count == row->min || is_text(call->kids[row->min]);
}

void feel_prepare_pattern(FeelParser *p, FeelNode *call, const FeelFn *fn) {
    static Value (*const with[])(const Use *, const Value *) = {matches_with, replace_with, split_with};
    size_t row = 0;
    const char *why;
    while (row < COUNT_OF(rows) && fn->rows != &rows[row]) row++;
    if (row == COUNT_OF(rows) || !literal_pattern(call, &rows[row])) return;
    Str flags = call->count > rows[row].min ? value_text(call->kids[rows[row].min]->value) : STR("");
    const FeelRegex *r = feel_regex(p->a, value_text(call->kids[1]->value), flags, &why);
    if (!r) return;
    Ready *ready = NEW(p->a, Ready);
    *ready = (Ready){r, with[row], fn};
    call->more = ready;
    call->step = step_ready;
}
