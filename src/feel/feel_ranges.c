/* feel_ranges: how points and ranges lie to each other (Source: DMN 1.5 §10.3.4.9) and range().
 * Each relation is written as in the standard, over three-valued comparisons. A missing end
 * lies beyond every point. */
#include "feel/feel_in.h"

/* A point, or a range with both ends; a point is a range from itself to itself. */
typedef struct Side {
    Value a, b;  /* start, end; null = unbounded */
    bool ai, bi; /* included */
    bool point;  /* not a range */
} Side;

static Side side(Value v) {
    if (v.kind != VALUE_RANGE) return (Side){v, v, true, true, true};
    const ValueRange *r = v.u.range;
    return (Side){r->lo, r->hi, r->lo_in, r->hi_in, false};
}

/* Order of two ends; a null start lies below and a null end above everything. */
static int ends(Value x, int x_null, Value y, int y_null) {
    int order = 0;
    if (x.kind == VALUE_NULL || y.kind == VALUE_NULL) {
        int left = x.kind == VALUE_NULL ? x_null : 0, right = y.kind == VALUE_NULL ? y_null : 0;
        return left - right;
    }
    bool good = feel_order(x, y, &order);
    assert(good);
    (void)good;
    return order;
}

static int a_a(const Side *r, const Side *s) {
    return ends(r->a, -1, s->a, -1);
}
static int a_b(const Side *r, const Side *s) {
    return ends(r->a, -1, s->b, 1);
}
static int b_a(const Side *r, const Side *s) {
    return ends(r->b, 1, s->a, -1);
}
static int b_b(const Side *r, const Side *s) {
    return ends(r->b, 1, s->b, 1);
}

static bool before(const Side *r, const Side *s) {
    return b_a(r, s) < 0 || (b_a(r, s) == 0 && !(r->bi && s->ai));
}
static bool after(const Side *r, const Side *s) {
    return before(s, r);
}
static bool meets(const Side *r, const Side *s) {
    return r->bi && s->ai && b_a(r, s) == 0;
}
static bool met_by(const Side *r, const Side *s) {
    return meets(s, r);
}
static bool overlaps(const Side *r, const Side *s) {
    return (b_a(r, s) > 0 || (b_a(r, s) == 0 && r->bi && s->ai)) &&
           (a_b(r, s) < 0 || (a_b(r, s) == 0 && r->ai && s->bi));
}
static bool overlaps_before(const Side *r, const Side *s) {
    return (a_a(r, s) < 0 || (a_a(r, s) == 0 && r->ai && !s->ai)) &&
           (b_a(r, s) > 0 || (b_a(r, s) == 0 && r->bi && s->ai)) &&
           (b_b(r, s) < 0 || (b_b(r, s) == 0 && (!r->bi || s->bi)));
}
static bool overlaps_after(const Side *r, const Side *s) {
    return overlaps_before(s, r);
}
static bool finishes(const Side *r, const Side *s) {
    if (r->point) return s->bi && b_b(r, s) == 0;
    return r->bi == s->bi && b_b(r, s) == 0 && (a_a(r, s) > 0 || (a_a(r, s) == 0 && (!r->ai || s->ai)));
}
static bool finished_by(const Side *r, const Side *s) {
    return finishes(s, r);
}
static bool includes(const Side *r, const Side *s) {
    if (s->point) return (a_a(r, s) < 0 && b_b(r, s) > 0) || (a_a(r, s) == 0 && r->ai) || (b_b(r, s) == 0 && r->bi);
    return (a_a(r, s) < 0 || (a_a(r, s) == 0 && (r->ai || !s->ai))) &&
           (b_b(r, s) > 0 || (b_b(r, s) == 0 && (r->bi || !s->bi)));
}
static bool during(const Side *r, const Side *s) {
    return includes(s, r);
}
static bool starts(const Side *r, const Side *s) {
    if (r->point) return s->ai && a_a(r, s) == 0;
    return a_a(r, s) == 0 && r->ai == s->ai && (b_b(r, s) < 0 || (b_b(r, s) == 0 && (!r->bi || s->bi)));
}
static bool started_by(const Side *r, const Side *s) {
    return starts(s, r);
}
static bool coincides(const Side *r, const Side *s) {
    return a_a(r, s) == 0 && b_b(r, s) == 0 && r->ai == s->ai && r->bi == s->bi;
}

/* Which of point and range each side may be. */
typedef enum Shapes { POINT_POINT = 1, POINT_RANGE = 2, RANGE_POINT = 4, RANGE_RANGE = 8, ALL_SHAPES = 15 } Shapes;

static bool one_kind(const Side *r, const Side *s) {
    Value all[] = {r->a, r->b, s->a, s->b}, first = value_null();
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        int order;
        if (all[i].kind == VALUE_NULL) continue;
        if (first.kind == VALUE_NULL) first = all[i];
        if (!feel_order(first, all[i], &order)) return false;
    }
    return true;
}

static Value relate(FeelRun *run, const Value *args, int shapes, bool (*holds)(const Side *, const Side *)) {
    Side r = side(args[0]), s = side(args[1]);
    int shape = r.point ? (s.point ? POINT_POINT : POINT_RANGE) : s.point ? RANGE_POINT : RANGE_RANGE;
    bool null = (r.point && r.a.kind == VALUE_NULL) || (s.point && s.a.kind == VALUE_NULL);
    bool odd = (!r.point && args[0].u.range->op == '!') || (!s.point && args[1].u.range->op == '!');
    if (null || odd || !(shapes & shape) || !one_kind(&r, &s))
        return feel_because(run, "type", "these points and ranges cannot be related", args[0], args[1]);
    return value_bool(holds(&r, &s));
}

#define RELATION(fn, shapes)                                                                                           \
    static Value fn##_values(FeelRun *run, const Value *args, size_t n) {                                              \
        return (void)n, relate(run, args, shapes, fn);                                                                 \
    }
RELATION(before, ALL_SHAPES)
RELATION(after, ALL_SHAPES)
RELATION(meets, RANGE_RANGE)
RELATION(met_by, RANGE_RANGE)
RELATION(overlaps, RANGE_RANGE)
RELATION(overlaps_before, RANGE_RANGE)
RELATION(overlaps_after, RANGE_RANGE)
RELATION(finishes, POINT_RANGE | RANGE_RANGE)
RELATION(finished_by, RANGE_POINT | RANGE_RANGE)
RELATION(includes, RANGE_POINT | RANGE_RANGE)
RELATION(during, POINT_RANGE | RANGE_RANGE)
RELATION(starts, POINT_RANGE | RANGE_RANGE)
RELATION(started_by, RANGE_POINT | RANGE_RANGE)
RELATION(coincides, POINT_POINT | RANGE_RANGE)

/* ---- range(from): a range literal as text (Source: DMN 1.5 table 71) ---- */
static bool literal_end(const FeelNode *n) {
    return n->kind == NODE_CONST && n->value.kind != VALUE_LIST;
}

static bool blank(Str s) {
    return str_trim(s).n == 0;
}

/* Text of one endpoint to its value: number, string, at-literal, or a constructor of a string literal. */
static bool endpoint(FeelRun *run, Str text, Value *out) {
    static const char *const allowed[] = {"date", "time", "date and time", "duration"};
    FeelScope *scope = feel_scope_root(run->arena, FEEL_STANDARD, NULL, NULL);
    const FeelCode *code;
    if (blank(text)) {
        *out = value_null();
        return true;
    }
    if (!feel_compile(scope, FEEL_EXPRESSION, text, run->arena, &code, NULL, NULL) || !literal_end(code->root))
        return false;
    Str rest, head = str_trim(str_cut(text, '(', &rest));
    bool call = head.n < str_trim(text).n && text.p[0] != '"' && text.p[0] != '@', good = !call;
    for (size_t i = 0; call && i < COUNT_OF(allowed); i++)
        good |= str_is(feel_name(run->arena, head), allowed[i]) && str_trim(rest).p[0] == '"';
    *out = code->root->value;
    return good && out->kind != VALUE_NULL && out->kind != VALUE_BOOL;
}

/* Position of the `..` outside of strings, or -1. */
static ptrdiff_t dots(Str s) {
    bool quoted = false;
    for (size_t i = 0; i + 1 < s.n; i++) {
        if (s.p[i] == '\\' && quoted)
            i++;
        else if (s.p[i] == '"')
            quoted = !quoted;
        else if (!quoted && s.p[i] == '.' && s.p[i + 1] == '.')
            return (ptrdiff_t)i;
    }
    return -1;
}

static Value no_range(FeelRun *run) {
    return feel_domain(run, "the text is not a range of literals");
}

static Value to_range(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    Str s = str_trim(value_text(args[0]));
    ptrdiff_t at = dots(s);
    if (at < 1 || s.n < 4) return no_range(run);
    char open = s.p[0], close = s.p[s.n - 1];
    bool lo_in = open == '[', hi_in = close == ']';
    Value lo, hi;
    if (!(lo_in || open == '(' || open == ']') || !(hi_in || close == ')' || close == '[')) return no_range(run);
    if ((size_t)at + 2 > s.n - 1 || !endpoint(run, str_trim(str_sub(s, 1, (size_t)at - 1)), &lo)) return no_range(run);
    if (!endpoint(run, str_trim(str_sub(s, (size_t)at + 2, s.n - 3 - (size_t)at)), &hi)) return no_range(run);
    if (lo.kind == VALUE_NULL && hi.kind != VALUE_NULL && !lo_in)
        return feel_unary_range(run, hi_in ? 'l' : '<', hi); /* (..2) is < 2 */
    if (hi.kind == VALUE_NULL && lo.kind != VALUE_NULL && !hi_in) return feel_unary_range(run, lo_in ? 'g' : '>', lo);
    return feel_range(run, lo, hi, lo_in, hi_in);
}

#define POINTS                                                                                                         \
    {                                                                                                                  \
        {"point1", 'a'}, {                                                                                             \
            "point2", 'a'                                                                                              \
        }                                                                                                              \
    }
#define POINT_IN                                                                                                       \
    {                                                                                                                  \
        {"point", 'a'}, {                                                                                              \
            "range", 'a'                                                                                               \
        }                                                                                                              \
    }
#define IN_POINT                                                                                                       \
    {                                                                                                                  \
        {"range", 'a'}, {                                                                                              \
            "point", 'a'                                                                                               \
        }                                                                                                              \
    }
#define RANGES                                                                                                         \
    {                                                                                                                  \
        {"range1", 'a'}, {                                                                                             \
            "range2", 'a'                                                                                              \
        }                                                                                                              \
    }
static const FeelBuiltin rows[] = {
    {"before", before_values, 2, 2, 0, POINTS},
    {"before", before_values, 2, 2, 0, POINT_IN},
    {"before", before_values, 2, 2, 0, IN_POINT},
    {"before", before_values, 2, 2, 0, RANGES},
    {"after", after_values, 2, 2, 0, POINTS},
    {"after", after_values, 2, 2, 0, POINT_IN},
    {"after", after_values, 2, 2, 0, IN_POINT},
    {"after", after_values, 2, 2, 0, RANGES},
    {"meets", meets_values, 2, 2, 0, RANGES},
    {"met by", met_by_values, 2, 2, 0, RANGES},
    {"overlaps", overlaps_values, 2, 2, 0, RANGES},
    {"overlaps before", overlaps_before_values, 2, 2, 0, RANGES},
    {"overlaps after", overlaps_after_values, 2, 2, 0, RANGES},
    {"finishes", finishes_values, 2, 2, 0, POINT_IN},
    {"finishes", finishes_values, 2, 2, 0, RANGES},
    {"finished by", finished_by_values, 2, 2, 0, IN_POINT},
    {"finished by", finished_by_values, 2, 2, 0, RANGES},
    {"includes", includes_values, 2, 2, 0, IN_POINT},
    {"includes", includes_values, 2, 2, 0, RANGES},
    {"during", during_values, 2, 2, 0, POINT_IN},
    {"during", during_values, 2, 2, 0, RANGES},
    {"starts", starts_values, 2, 2, 0, POINT_IN},
    {"starts", starts_values, 2, 2, 0, RANGES},
    {"started by", started_by_values, 2, 2, 0, IN_POINT},
    {"started by", started_by_values, 2, 2, 0, RANGES},
    {"coincides", coincides_values, 2, 2, 0, POINTS},
    {"coincides", coincides_values, 2, 2, 0, RANGES},
    {"range", to_range, 1, 1, 0, {{"from", 's'}}},
};
const FeelTable feel_table_ranges = {rows, COUNT_OF(rows)};
