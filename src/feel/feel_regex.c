/* feel_regex: patterns to programs. Syntax is that of XML Schema Part 2 Appendix F with the additions
 * of XPath F&O §7.6.1: anchors, reluctant quantifiers, groups, back-references, flags s m i x q.
 * Every deviation is an error; nothing is guessed. */
#include "feel/feel_regex_in.h"

#include <string.h>

typedef struct Pattern {
    FeelRegex *r;                 /* under construction */
    Arena *a;                     /* owner */
    Str s;                        /* the pattern */
    size_t at;                    /* next byte */
    const char *why;              /* first error, or NULL */
    bool closed[FEEL_GROUPS_MAX]; /* groups that may be referred to */
    int depth;                    /* parentheses and brackets around */
} Pattern;

static bool fail(Pattern *p, const char *why) {
    if (!p->why) p->why = why;
    return false;
}

static bool at_end(const Pattern *p) {
    return p->at >= p->s.n;
}
static bool peek(const Pattern *p, char c) {
    return !at_end(p) && p->s.p[p->at] == c;
}
static bool take(Pattern *p, char c) {
    if (!peek(p, c)) return false;
    p->at++;
    return true;
}

static bool emit(Pattern *p, FeelOp op, int32_t x, int32_t y) {
    FeelRegex *r = p->r;
    if (r->n >= FEEL_PROGRAM_MAX) return fail(p, "the pattern is too large");
    if (r->n == r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 32;
        r->code = arena_grow(p->a, r->code, r->cap * sizeof(FeelInst), cap * sizeof(FeelInst));
        r->cap = cap;
    }
    r->code[r->n++] = (FeelInst){(uint8_t)op, x, y};
    return true;
}

static bool emit_set(Pattern *p, FeelSet set) {
    FeelRegex *r = p->r;
    if (r->n_sets == r->cap_sets) {
        size_t cap = r->cap_sets ? r->cap_sets * 2 : 4;
        r->sets = arena_grow(p->a, r->sets, r->cap_sets * sizeof(FeelSet), cap * sizeof(FeelSet));
        r->cap_sets = cap;
    }
    r->sets[r->n_sets] = set;
    return emit(p, OP_SET, (int32_t)r->n_sets++, 0);
}

static bool emit_char(Pattern *p, uint32_t cp) {
    if (!p->r->caseless) return emit(p, OP_CHAR, (int32_t)cp, 0);
    FeelSet set = {.a = p->a};
    feel_set_variants(&set, cp);
    return emit_set(p, set);
}

/* ---- escapes and classes ---- */
static const char *const single_escapes = "nrt\\|.?*+(){}-[]^$";

static bool single_escape(char c, uint32_t *cp) {
    if (!c || !strchr(single_escapes, c)) return false;
    *cp = c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : (uint32_t)(unsigned char)c;
    return true;
}

/* After `\p` or `\P`: {name}. */
static bool property(Pattern *p, bool negate, FeelSet *out) {
    if (!take(p, '{')) return fail(p, "'{' must follow \\p");
    size_t from = p->at;
    while (!at_end(p) && !peek(p, '}')) p->at++;
    FeelSet set = {.a = p->a};
    if (!feel_set_property(&set, str_sub(p->s, from, p->at - from)) || !take(p, '}'))
        return fail(p, "no such category or block");
    feel_set_close(&set);
    if (p->r->caseless) feel_set_fold(&set);
    if (negate) set = feel_set_not(&set);
    feel_set_join(out, &set);
    return true;
}

/* After a backslash: a class of characters into *out, or one character. */
static bool class_escape(Pattern *p, FeelSet *out, uint32_t *cp, bool *is_char) {
    if (at_end(p)) return fail(p, "the pattern ends in a backslash");
    char c = p->s.p[p->at++];
    *is_char = single_escape(c, cp);
    if (*is_char) return true;
    if (c == 'p' || c == 'P') return property(p, c == 'P', out);
    return feel_set_class(out, c) ? true : fail(p, "unknown escape");
}

static bool parse_class(Pattern *p, FeelSet *out);

/* One character of a class, plain or escaped; a whole class goes straight into *set. */
static bool class_item(Pattern *p, FeelSet *set, uint32_t *cp, bool *is_char) {
    *is_char = true;
    if (at_end(p)) return fail(p, "a class is not closed");
    if (take(p, '\\')) return class_escape(p, set, cp, is_char);
    *cp = utf8_next(p->s, &p->at);
    return *cp != '[' && *cp != ']' ? true : fail(p, "'[' and ']' must be escaped in a class");
}

static bool at_range(const Pattern *p) {
    return p->at + 1 < p->s.n && p->s.p[p->at] == '-' && p->s.p[p->at + 1] != ']' && p->s.p[p->at + 1] != '[';
}

static bool class_range(Pattern *p, FeelSet *positive, bool first) {
    uint32_t lo = 0, hi = 0;
    bool is_char, dash = peek(p, '-');
    TRY(class_item(p, positive, &lo, &is_char));
    if (!is_char) return true;
    hi = lo;
    if (at_range(p)) {
        if (dash && !first) return fail(p, "'-' cannot start a range");
        p->at++;
        TRY(class_item(p, positive, &hi, &is_char));
        if (!is_char || hi < lo) return fail(p, "a range runs backwards");
    } else if (dash && !first && !peek(p, ']') && !peek(p, '-'))
        return fail(p, "'-' must stand first or last in a class");
    feel_set_add(positive, lo, hi);
    return true;
}

/* After `[`. Case variants are added before negation and subtraction (XPath F&O §7.6.1.1, flag i). */
static bool class_body(Pattern *p, FeelSet *out) {
    bool negate = take(p, '^'), first = true, minus = false;
    FeelSet positive = {.a = p->a}, less = {.a = p->a};
    while (first || (!peek(p, ']') && !at_end(p))) {
        minus = !first && p->at + 1 < p->s.n && peek(p, '-') && p->s.p[p->at + 1] == '[';
        if (minus) break;
        TRY(class_range(p, &positive, first));
        first = false;
    }
    if (minus) {
        p->at += 2;
        TRY(parse_class(p, &less));
    }
    if (!take(p, ']')) return fail(p, "a class is not closed");
    feel_set_close(&positive);
    if (p->r->caseless) feel_set_fold(&positive);
    *out = negate ? feel_set_not(&positive) : positive;
    if (minus) *out = feel_set_minus(out, &less);
    return true;
}

static bool parse_class(Pattern *p, FeelSet *out) {
    if (++p->depth > FEEL_NESTING_MAX) return fail(p, "the pattern is nested too deeply");
    TRY(class_body(p, out));
    p->depth--;
    return true;
}

/* ---- atoms ---- */
static bool parse_branches(Pattern *p);

static bool parse_group(Pattern *p) {
    if (++p->depth > FEEL_NESTING_MAX) return fail(p, "the pattern is nested too deeply");
    bool captures = true;
    if (take(p, '?')) {
        if (!take(p, ':')) return fail(p, "only (?: ) may start with (?");
        captures = false;
    }
    if (captures && p->r->groups + 1 >= FEEL_GROUPS_MAX) return fail(p, "the pattern has too many groups");
    int32_t group = captures ? (int32_t)++p->r->groups : 0;
    TRY(!captures || emit(p, OP_SAVE, 2 * group, 0));
    TRY(parse_branches(p));
    if (!take(p, ')')) return fail(p, "')' is missing");
    if (captures) p->closed[group] = true;
    p->depth--;
    return !captures || emit(p, OP_SAVE, 2 * group + 1, 0);
}

/* \N…: as many digits as name a group (XPath F&O §7.6.1); it must be closed already. */
static bool parse_back(Pattern *p) {
    size_t group = (size_t)(p->s.p[p->at++] - '0');
    while (!at_end(p) && p->s.p[p->at] >= '0' && p->s.p[p->at] <= '9' &&
           group * 10 + (size_t)(p->s.p[p->at] - '0') <= p->r->groups)
        group = group * 10 + (size_t)(p->s.p[p->at++] - '0');
    if (group == 0 || group > p->r->groups || !p->closed[group])
        return fail(p, "a back-reference needs a closed group");
    p->r->back = true;
    return emit(p, OP_BACK, (int32_t)group, 0);
}

static bool parse_escape(Pattern *p) {
    FeelSet set = {.a = p->a};
    uint32_t cp = 0;
    bool is_char;
    if (!at_end(p) && p->s.p[p->at] >= '0' && p->s.p[p->at] <= '9') return parse_back(p);
    TRY(class_escape(p, &set, &cp, &is_char));
    if (is_char) return emit_char(p, cp);
    feel_set_close(&set);
    return emit_set(p, set);
}

/* Any character; without flag s neither line feed nor carriage return. */
static bool emit_dot(Pattern *p) {
    FeelSet ends = {.a = p->a};
    if (!p->r->dot_all) {
        feel_set_add(&ends, '\n', '\n');
        feel_set_add(&ends, '\r', '\r');
    }
    return emit_set(p, feel_set_not(&ends));
}

static bool parse_atom(Pattern *p) {
    FeelSet set = {.a = p->a};
    if (take(p, '(')) return parse_group(p);
    if (take(p, '[')) return parse_class(p, &set) && emit_set(p, set);
    if (take(p, '\\')) return parse_escape(p);
    if (take(p, '.')) return emit_dot(p);
    if (take(p, '^')) return emit(p, OP_START, 0, 0);
    if (take(p, '$')) return emit(p, OP_END, 0, 0);
    uint32_t cp = utf8_next(p->s, &p->at);
    if (cp < 128 && cp && strchr("?*+{}]", (int)cp)) return fail(p, "this character must be escaped");
    return emit_char(p, cp);
}

/* ---- quantifiers ---- */
typedef struct Repeat {
    int min, max; /* -1 = no end */
    bool lazy;    /* reluctant */
} Repeat;

static bool read_count(Pattern *p, int *out) {
    size_t from = p->at;
    for (*out = 0; !at_end(p) && p->s.p[p->at] >= '0' && p->s.p[p->at] <= '9'; p->at++) {
        *out = *out * 10 + (p->s.p[p->at] - '0');
        if (*out > FEEL_REPEAT_MAX) return fail(p, "a repetition is too large");
    }
    return p->at > from || fail(p, "a number is missing in { }");
}

static bool read_braces(Pattern *p, Repeat *out) {
    TRY(read_count(p, &out->min));
    out->max = out->min;
    if (take(p, ',')) {
        out->max = -1;
        if (!peek(p, '}')) TRY(read_count(p, &out->max));
    }
    if (out->max >= 0 && out->max < out->min) return fail(p, "a repetition runs backwards");
    return take(p, '}') || fail(p, "'}' is missing");
}

static bool read_quantifier(Pattern *p, Repeat *out, bool *any) {
    *any = true;
    *out = (Repeat){0, -1, false};
    if (take(p, '{'))
        TRY(read_braces(p, out));
    else if (take(p, '?'))
        out->max = 1;
    else if (take(p, '+'))
        out->min = 1;
    else if (!take(p, '*'))
        *any = false;
    if (*any) out->lazy = take(p, '?');
    return true;
}

static bool copy_code(Pattern *p, const FeelInst *code, size_t n) {
    for (size_t i = 0; i < n; i++) TRY(emit(p, code[i].op, code[i].x, code[i].y));
    return true;
}

static bool split(Pattern *p, bool lazy, int32_t into, int32_t past) {
    return emit(p, OP_SPLIT, lazy ? past : into, lazy ? into : past);
}

/* Lays out the atom's code at [from, n) so often as the quantifier says. */
static bool repeat(Pattern *p, size_t from, Repeat q) {
    size_t n = p->r->n - from;
    FeelInst *code = NEW_ARRAY(p->a, FeelInst, n + 1);
    memcpy(code, p->r->code + from, n * sizeof *code);
    p->r->n = from;
    for (int i = 0; i < q.min; i++) TRY(copy_code(p, code, n));
    if (q.max < 0) {
        int32_t length = (int32_t)n;
        TRY(split(p, q.lazy, 1, length + 3) && emit(p, OP_GUARD, (int32_t)p->r->loops++, 0));
        return copy_code(p, code, n) && emit(p, OP_JUMP, -(length + 2), 0);
    }
    for (int i = q.min; i < q.max; i++) {
        int32_t left = (int32_t)((size_t)(q.max - i) * (n + 1));
        TRY(split(p, q.lazy, 1, left) && copy_code(p, code, n));
    }
    return true;
}

static bool parse_branch(Pattern *p) {
    while (!at_end(p) && !peek(p, '|') && !peek(p, ')')) {
        size_t from = p->r->n;
        Repeat q;
        bool any;
        TRY(parse_atom(p) && read_quantifier(p, &q, &any));
        if (any) TRY(repeat(p, from, q));
    }
    return true;
}

/* One branch after another; earlier ones are tried first. */
static bool parse_branches(Pattern *p) {
    size_t from = p->r->n;
    TRY(parse_branch(p));
    if (!take(p, '|')) return true;
    size_t n = p->r->n - from;
    FeelInst *first = NEW_ARRAY(p->a, FeelInst, n + 1);
    memcpy(first, p->r->code + from, n * sizeof *first);
    p->r->n = from;
    TRY(emit(p, OP_SPLIT, 1, (int32_t)n + 2) && copy_code(p, first, n) && emit(p, OP_JUMP, 0, 0));
    size_t jump = p->r->n - 1;
    if (++p->depth > FEEL_NESTING_MAX * 2) return fail(p, "the pattern has too many branches");
    TRY(parse_branches(p));
    p->depth--;
    p->r->code[jump].x = (int32_t)(p->r->n - jump);
    return true;
}

/* ---- whole patterns ---- */
/* Flag x: white space goes before anything is read, even after a backslash, but not inside classes. */
static Str without_space(Arena *a, Str s) {
    char *out = arena_alloc(a, s.n + 1);
    size_t n = 0;
    int classes = 0;
    bool escaped = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!classes && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) continue;
        if (c == '[' && !escaped) classes++;
        if (c == ']' && !escaped && classes) classes--;
        escaped = c == '\\' && !escaped;
        out[n++] = c;
    }
    return (Str){out, n};
}

static bool read_flags(FeelRegex *r, Str flags, bool *spaced) {
    for (size_t i = 0; i < flags.n; i++) {
        switch (flags.p[i]) {
        case 's':
            r->dot_all = true;
            break;
        case 'm':
            r->lines = true;
            break;
        case 'i':
            r->caseless = true;
            break;
        case 'x':
            *spaced = true;
            break;
        case 'q':
            r->literal = true;
            break;
        default:
            return false;
        }
    }
    return true;
}

static bool parse_literal(Pattern *p) {
    while (!at_end(p)) TRY(emit_char(p, utf8_next(p->s, &p->at)));
    return true;
}

const FeelRegex *feel_regex(Arena *a, Str pattern, Str flags, const char **why) {
    FeelRegex *r = NEW(a, FeelRegex);
    bool spaced = false;
    *why = "unknown flag";
    if (!read_flags(r, flags, &spaced)) return NULL;
    *why = "the pattern is too long";
    if (pattern.n > FEEL_PATTERN_MAX) return NULL;
    Pattern *p = NEW(a, Pattern);
    *p = (Pattern){.r = r, .a = a, .s = spaced && !r->literal ? without_space(a, pattern) : pattern};
    bool good = emit(p, OP_SAVE, 0, 0) && (r->literal ? parse_literal(p) : parse_branches(p));
    if (good && !at_end(p)) good = fail(p, "')' without '('");
    *why = p->why;
    return good && emit(p, OP_SAVE, 1, 0) && emit(p, OP_MATCH, 0, 0) ? r : NULL;
}

size_t feel_regex_groups(const FeelRegex *r) {
    return r->groups;
}

bool feel_regex_literal(const FeelRegex *r) {
    return r->literal;
}
