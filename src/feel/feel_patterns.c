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

static Value matches(FeelRun *run, const Value *args, size_t n) {
    Use use;
    FeelMatch m;
    if (!open_pattern(run, args, n, 2, &use)) return wrong_pattern(&use);
    FeelFound found = feel_regex_find(feel_regex_open(run, use.r, use.text), 0, &m);
    return found == FEEL_GAVE_UP ? feel_exhausted(run) : value_bool(found == FEEL_FOUND);
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

static Value replace(FeelRun *run, const Value *args, size_t n) {
    Use use;
    if (!open_pattern(run, args, n, 3, &use)) return wrong_pattern(&use);
    if (matches_empty(&use)) return feel_domain(run, "a pattern that matches nothing cannot be replaced");
    Buf b = {.a = run->arena};
    FeelMatch m = {.at = {0}};
    if (!add_replacement(&(Buf){.a = run->arena}, &use, &m, value_text(args[2])))
        return feel_domain(run, "'$' and '\\' are misplaced in the replacement");
    FeelSearch *search = feel_regex_open(run, use.r, use.text);
    size_t at = 0;
    for (FeelFound found; (found = feel_regex_find(search, at, &m)) != FEEL_NOT_FOUND; at = (size_t)m.at[1]) {
        if (found == FEEL_GAVE_UP || b.over) return feel_exhausted(run);
        buf_add(&b, str_sub(use.text, at, (size_t)m.at[0] - at));
        add_replacement(&b, &use, &m, value_text(args[2]));
    }
    buf_add(&b, str_sub(use.text, at, use.text.n));
    return b.over ? feel_exhausted(run) : value_str(buf_str(&b));
}

static Value split(FeelRun *run, const Value *args, size_t n) {
    Use use;
    if (!open_pattern(run, args, n, n, &use)) return wrong_pattern(&use);
    if (matches_empty(&use)) return feel_domain(run, "a delimiter that matches nothing cannot split");
    ValueBuild out = {.a = run->arena};
    FeelMatch m;
    FeelSearch *search = feel_regex_open(run, use.r, use.text);
    size_t at = 0;
    for (FeelFound found; (found = feel_regex_find(search, at, &m)) != FEEL_NOT_FOUND; at = (size_t)m.at[1]) {
        if (found == FEEL_GAVE_UP) return feel_exhausted(run);
        build_item(&out, value_str(str_sub(use.text, at, (size_t)m.at[0] - at)));
    }
    build_item(&out, value_str(str_sub(use.text, at, use.text.n)));
    return build_list(&out);
}

static const FeelBuiltin rows[] = {
    {"matches", matches, 2, 3, 0, {{"input", 's'}, {"pattern", 's'}, {"flags", 'S'}}},
    {"replace", replace, 3, 4, 0, {{"input", 's'}, {"pattern", 's'}, {"replacement", 's'}, {"flags", 'S'}}},
    {"split", split, 2, 2, 0, {{"string", 's'}, {"delimiter", 's'}}},
};
const FeelTable feel_table_patterns = {rows, COUNT_OF(rows)};
