/* feel_compare: equality, order, membership, ranges (Source: DMN 1.5 §10.3.2.7, §10.3.2.13 tables
 * 50–53). Three-valued: what cannot be compared is null with a cause, never false. */
#include "feel/feel_in.h"

/* ---- order ---- */
static int sign(int64_t a, int64_t b) {
    return (a > b) - (a < b);
}

/* A side without an offset borrows the other's (Source: DMN 1.5 §10.3.2.13 table 53). */
static int32_t shared_offset(const ValueTime *t, const ValueTime *other) {
    return date_offset_of(t->form == ZONE_LOCAL ? other : t);
}

static void moment(const ValueTime *t, const ValueTime *other, int64_t *seconds, int64_t *nanos) {
    *seconds = t->days * 86400 + t->nanos / DATE_NANOS - shared_offset(t, other);
    *nanos = t->nanos % DATE_NANOS;
}

static int order_moments(const ValueTime *x, const ValueTime *y, bool whole_seconds) {
    int64_t xs, xn, ys, yn;
    moment(x, y, &xs, &xn);
    moment(y, x, &ys, &yn);
    return xs != ys || whole_seconds ? sign(xs, ys) : sign(xn, yn);
}

bool feel_order(Value x, Value y, int *order) {
    if (x.kind != y.kind) return false;
    switch ((ValueKind)x.kind) {
    case VALUE_NUMBER:
        *order = dec_cmp(x, y);
        return true;
    case VALUE_STRING:
        *order = str_cmp(value_text(x), value_text(y));
        return true;
    case VALUE_DATE:
    case VALUE_MONTHS:
        *order = sign(x.u.i, y.u.i);
        return true;
    case VALUE_DAYTIME:
        *order = x.u.i != y.u.i ? sign(x.u.i, y.u.i) : sign(x.size, y.size);
        return true;
    case VALUE_TIME:
    case VALUE_DATETIME:
        *order = order_moments(x.u.time, y.u.time, false);
        return true;
    default:
        return false;
    }
}

/* ---- equality ---- */
typedef enum Equal { DIFFERENT, EQUAL, NOT_COMPARABLE } Equal;

static Equal equal(FeelRun *run, Value x, Value y);

static Equal equal_lists(FeelRun *run, Value x, Value y) {
    if (x.size != y.size) return DIFFERENT;
    for (uint32_t i = 0; i < x.size; i++)
        if (equal(run, x.u.list[i], y.u.list[i]) != EQUAL) return DIFFERENT;
    return EQUAL;
}

static Equal equal_contexts(FeelRun *run, Value x, Value y) {
    if (x.size != y.size) return DIFFERENT;
    for (uint32_t i = 0; i < x.size; i++) {
        Value other;
        if (!value_find(y, x.u.ctx[i].key, &other) || equal(run, x.u.ctx[i].value, other) != EQUAL) return DIFFERENT;
    }
    return EQUAL;
}

static Equal equal_ranges(FeelRun *run, const ValueRange *x, const ValueRange *y) {
    if (x->op != y->op || x->lo_in != y->lo_in || x->hi_in != y->hi_in) return DIFFERENT;
    return equal(run, x->lo, y->lo) == EQUAL && equal(run, x->hi, y->hi) == EQUAL ? EQUAL : DIFFERENT;
}

static Equal truth(bool b) {
    return b ? EQUAL : DIFFERENT;
}

static Equal equal_one_kind(FeelRun *run, Value x, Value y) {
    switch ((ValueKind)x.kind) {
    case VALUE_NULL:
        return EQUAL;
    case VALUE_NUMBER:
        return truth(dec_cmp(x, y) == 0);
    case VALUE_STRING:
        return truth(str_eq(value_text(x), value_text(y)));
    case VALUE_BOOL:
    case VALUE_DATE:
    case VALUE_MONTHS:
        return truth(x.u.i == y.u.i);
    case VALUE_DAYTIME:
        return truth(x.u.i == y.u.i && x.size == y.size);
    case VALUE_TIME:
    case VALUE_DATETIME:
        return truth(order_moments(x.u.time, y.u.time, true) == 0); /* whole seconds, §10.3.2.3 */
    case VALUE_LIST:
        return equal_lists(run, x, y);
    case VALUE_CONTEXT:
        return equal_contexts(run, x, y);
    case VALUE_RANGE:
        return equal_ranges(run, x.u.range, y.u.range);
    case VALUE_FUNCTION:
        return truth(x.u.fn == y.u.fn);
    }
    return NOT_COMPARABLE;
}

static Equal equal(FeelRun *run, Value x, Value y) {
    if (x.kind == VALUE_NULL || y.kind == VALUE_NULL) return truth(x.kind == y.kind);
    if (x.kind != y.kind || run->depth >= FEEL_CALLS_MAX || !feel_spend(run, 1)) return NOT_COMPARABLE;
    run->depth++;
    Equal r = equal_one_kind(run, x, y);
    run->depth--;
    return r;
}

bool feel_alike(FeelRun *run, Value x, Value y) {
    return equal(run, x, y) == EQUAL;
}

static Value not_comparable(FeelRun *run, Value x, Value y) {
    if (run->fuel <= 0) return feel_exhausted(run);
    return feel_because(run, x.kind == VALUE_NULL || y.kind == VALUE_NULL ? "null" : "type",
                        "these kinds of values cannot be compared", x, y);
}

Value feel_equal(FeelRun *run, Value x, Value y) {
    Equal r = equal(run, x, y);
    return r == NOT_COMPARABLE ? not_comparable(run, x, y) : feel_bool(r == EQUAL);
}

Value feel_compare(FeelRun *run, char op, Value x, Value y) {
    if (op == '=' || op == '!') {
        Equal r = equal(run, x, y);
        return r == NOT_COMPARABLE ? not_comparable(run, x, y) : feel_bool((r == EQUAL) == (op == '='));
    }
    int order;
    if (!feel_order(x, y, &order)) return not_comparable(run, x, y);
    bool same = order == 0 || ((op == 'l' || op == 'g') && equal_one_kind(run, x, y) == EQUAL);
    switch (op) {
    case '<':
        return feel_bool(order < 0);
    case '>':
        return feel_bool(order > 0);
    case 'l':
        return feel_bool(order < 0 || same);
    default:
        assert(op == 'g');
        return feel_bool(order > 0 || same);
    }
}

Value feel_less(FeelRun *run, Value x, Value y) {
    return feel_compare(run, '<', x, y);
}

/* ---- ranges ---- */
static bool is_ordered(Value v) {
    return (v.kind >= VALUE_NUMBER && v.kind <= VALUE_MONTHS);
}

static Value range_value(FeelRun *run, ValueRange r) {
    ValueRange *kept = NEW(run->arena, ValueRange);
    *kept = r;
    return (Value){.kind = VALUE_RANGE, .u.range = kept};
}

Value feel_range(FeelRun *run, Value lo, Value hi, bool lo_in, bool hi_in) {
    int order;
    bool no_lo = lo.kind == VALUE_NULL, no_hi = hi.kind == VALUE_NULL;
    bool ends = (no_lo ? !lo_in : is_ordered(lo)) && (no_hi ? !hi_in : is_ordered(hi)) && !(no_lo && no_hi);
    if (!ends) return feel_because(run, "range", "a range needs endpoints of an ordered kind", lo, hi);
    if (!no_lo && !no_hi && (!feel_order(lo, hi, &order) || order > 0))
        return feel_because(run, "range", "a range needs a start that is not after its end", lo, hi);
    return range_value(run, (ValueRange){.lo = lo, .hi = hi, .lo_in = lo_in, .hi_in = hi_in});
}

Value feel_unary_range(FeelRun *run, uint8_t op, Value end) {
    bool equality = op == '=' || op == '!';
    if (!is_ordered(end) && !equality)
        return feel_because(run, "range", "a comparison needs a value of an ordered kind", end, value_null());
    ValueRange r = {.op = op};
    if (op != '<' && op != 'l') r.lo = end;
    if (op != '>' && op != 'g') r.hi = end;
    r.lo_in = op == 'g' || op == '=';
    r.hi_in = op == 'l' || op == '=';
    return range_value(run, r);
}

static Value both(Value x, Value y) {
    if (x.kind == VALUE_BOOL && !x.u.i) return x;
    return y.kind == VALUE_BOOL && y.u.i ? x : y;
}

static Value in_range(FeelRun *run, Value x, const ValueRange *r) {
    if (r->op) return feel_compare(run, (char)r->op, x, r->op == '<' || r->op == 'l' ? r->hi : r->lo);
    return both(feel_compare(run, r->lo_in ? 'g' : '>', x, r->lo), feel_compare(run, r->hi_in ? 'l' : '<', x, r->hi));
}

/* True when an element equals x or is itself a list or range that holds it; else false. */
static bool in_list(FeelRun *run, Value x, Value list) {
    if (run->depth >= FEEL_CALLS_MAX) return false;
    run->depth++;
    bool found = feel_alike(run, x, list);
    for (uint32_t i = 0; i < list.size && !found && feel_spend(run, 1); i++) {
        Value item = list.u.list[i];
        if (item.kind == VALUE_LIST)
            found = in_list(run, x, item);
        else if (item.kind == VALUE_RANGE && x.kind != VALUE_RANGE)
            found = feel_true(in_range(run, x, item.u.range));
        else
            found = feel_alike(run, x, item);
    }
    run->depth--;
    return found;
}

Value feel_in(FeelRun *run, Value x, Value set) {
    if (set.kind == VALUE_LIST) return feel_bool(in_list(run, x, set));
    if (set.kind == VALUE_RANGE && x.kind != VALUE_RANGE) return in_range(run, x, set.u.range);
    return feel_equal(run, x, set);
}

/* ---- steps ---- */
int feel_orders(char op) {
    switch (op) {
    case '<':
        return 1;
    case 'l':
        return 3;
    case '=':
        return 2;
    case 'g':
        return 6;
    case '>':
        return 4;
    default:
        assert(op == '!');
        return 5;
    }
}

/* Numbers of one scale compare by their coefficients: what conditions are made of. n->slot holds feel_orders. */
Value feel_step_compare(FeelEval *e, const FeelNode *n) {
    Value x = feel_step(e, n->a), y = feel_step(e, n->b);
    uint64_t head = feel_head(x);
    if (head == feel_head(y) && (head & 0xFFFF) == VALUE_NUMBER)
        return feel_bool(n->slot >> (sign(x.u.i, y.u.i) + 1) & 1);
    return feel_place(e->run, n, feel_compare(e->run, (char)n->op, x, y));
}

Value feel_step_between(FeelEval *e, const FeelNode *n) {
    Value x = feel_step(e, n->a), lo = feel_step(e, n->b), hi = feel_step(e, n->c);
    return feel_place(e->run, n, both(feel_compare(e->run, 'g', x, lo), feel_compare(e->run, 'l', x, hi)));
}
