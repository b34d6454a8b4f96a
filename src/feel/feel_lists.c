/* feel_lists: the list functions (Source: DMN 1.5 §10.3.4.4). Positions are 1-based, negative ones
 * count from the end. Elements are compared by `=` with "not comparable" read as different. */
#include "feel/feel_in.h"

#include <string.h>

/* Zero-based place of a position in ±[1..n]; false outside or when fractional parts leave nothing. */
static bool place(FeelRun *run, Value position, uint32_t n, uint32_t *out) {
    int64_t i;
    if (!dec_to_int(dec_round(run->arena, position, 0, DEC_DOWN), &i) || i == 0 || i > n || i < -(int64_t)n)
        return false;
    *out = (uint32_t)(i > 0 ? i - 1 : n + i);
    return true;
}

static Value no_place(FeelRun *run) {
    return feel_domain(run, "the list has no item at this position");
}

static Value *room(FeelRun *run, size_t n) {
    return arena_alloc(run->arena, sizeof(Value) * (n + 1));
}

/* ---- folding ---- */
static Value list_contains(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    for (uint32_t i = 0; i < args[0].size; i++)
        if (feel_alike(run, args[0].u.list[i], args[1])) return value_bool(true);
    return value_bool(false);
}

static Value count(FeelRun *run, const Value *args, size_t n) {
    return (void)run, (void)n, value_int(args[0].size);
}

static Value extreme(FeelRun *run, const Value *items, size_t n, int wanted) {
    if (n == 0) return feel_domain(run, "an empty list has no least or greatest item");
    Value best = items[0];
    for (size_t i = 0; i < n; i++) {
        int order;
        if (!feel_order(items[i], best, &order))
            return feel_because(run, "type", "the items cannot be ordered among each other", best, items[i]);
        if (order * wanted > 0) best = items[i];
    }
    return best;
}

static Value least(FeelRun *run, const Value *items, size_t n) {
    return extreme(run, items, n, -1);
}
static Value greatest(FeelRun *run, const Value *items, size_t n) {
    return extreme(run, items, n, 1);
}

static Value fold_numbers(FeelRun *run, const Value *items, size_t n, char op) {
    if (n == 0) return feel_domain(run, "an empty list has no sum, product or mean");
    Value total = items[0];
    for (size_t i = 0; i < n; i++) {
        if (items[i].kind != VALUE_NUMBER)
            return feel_because(run, "type", "the items must be numbers", items[i], value_null());
        if (i && total.kind == VALUE_NUMBER)
            total = op == '+' ? dec_add(run->arena, total, items[i]) : dec_mul(run->arena, total, items[i]);
    }
    return total;
}

static Value sum(FeelRun *run, const Value *items, size_t n) {
    return fold_numbers(run, items, n, '+');
}
static Value product(FeelRun *run, const Value *items, size_t n) {
    return fold_numbers(run, items, n, '*');
}

static Value mean(FeelRun *run, const Value *items, size_t n) {
    return feel_arith(run, '/', fold_numbers(run, items, n, '+'), value_int((int64_t)n));
}

/* Square root of the sum of squared deviations over n - 1. */
static Value stddev(FeelRun *run, const Value *items, size_t n) {
    Value middle = mean(run, items, n), total = value_int(0);
    if (middle.kind == VALUE_NULL) return middle;
    if (n < 2) return feel_domain(run, "a deviation needs two numbers");
    for (size_t i = 0; i < n; i++) {
        Value d = dec_sub(run->arena, items[i], middle);
        total = feel_arith(run, '+', total, feel_arith(run, '*', d, d));
    }
    Value variance = feel_arith(run, '/', total, value_int((int64_t)n - 1));
    return variance.kind == VALUE_NUMBER ? dec_sqrt(run->arena, variance) : variance;
}

/* Stable merge sort with any notion of "goes before"; false when that notion fails. */
typedef struct Sorter {
    FeelRun *run;   /* budget */
    Value precedes; /* a FEEL function, or null for the order of the values */
    Value failure;  /* why it failed */
} Sorter;

static bool precedes(Sorter *s, Value x, Value y, bool *out) {
    Value pair[] = {x, y};
    Value v =
        s->precedes.kind == VALUE_FUNCTION ? feel_call(s->run, s->precedes, pair, 2) : feel_compare(s->run, '<', x, y);
    *out = value_is_true(v);
    if (v.kind == VALUE_BOOL && feel_spend(s->run, 1)) return true;
    s->failure = v.kind == VALUE_NULL
                     ? v
                     : feel_because(s->run, "type", "the order function must give true or false", v, value_null());
    return false;
}

static bool merge(Sorter *s, const Value *in, Value *out, size_t from, size_t middle, size_t to) {
    size_t i = from, j = middle;
    for (size_t k = from; k < to; k++) {
        bool right = i == middle;
        if (i < middle && j < to) TRY(precedes(s, in[j], in[i], &right));
        out[k] = right && j < to ? in[j++] : in[i++];
    }
    return true;
}

static bool sorted(Sorter *s, Value list, const Value **out) {
    size_t n = list.size;
    Value *a = room(s->run, n), *b = room(s->run, n);
    if (n) memcpy(a, list.u.list, n * sizeof(Value));
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t from = 0; from < n; from += 2 * width) {
            size_t middle = from + width < n ? from + width : n, to = from + 2 * width < n ? from + 2 * width : n;
            TRY(merge(s, a, b, from, middle, to));
        }
        Value *swap = a;
        a = b;
        b = swap;
    }
    *out = a;
    return true;
}

static Value sort(FeelRun *run, const Value *args, size_t n) {
    Sorter s = {.run = run, .precedes = n > 1 ? args[1] : value_null()};
    const Value *items;
    return sorted(&s, args[0], &items) ? value_list(items, args[0].size) : s.failure;
}

static bool all_numbers(const Value *items, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (items[i].kind != VALUE_NUMBER) return false;
    return true;
}

static Value median(FeelRun *run, const Value *items, size_t n) {
    Sorter s = {.run = run};
    const Value *in_order;
    if (n == 0) return feel_domain(run, "an empty list has no median");
    if (!all_numbers(items, n)) return feel_domain(run, "the items must be numbers");
    if (!sorted(&s, value_list(items, n), &in_order)) return s.failure;
    if (n % 2) return in_order[n / 2];
    return feel_arith(run, '/', feel_arith(run, '+', in_order[n / 2 - 1], in_order[n / 2]), value_int(2));
}

static size_t run_length(const Value *items, size_t n, size_t from) {
    size_t to = from + 1;
    while (to < n && dec_cmp(items[from], items[to]) == 0) to++;
    return to - from;
}

/* All most frequent values, ascending. */
static Value mode(FeelRun *run, const Value *items, size_t n) {
    Sorter s = {.run = run};
    const Value *in_order;
    if (!all_numbers(items, n)) return feel_domain(run, "the items must be numbers");
    if (!sorted(&s, value_list(items, n), &in_order)) return s.failure;
    size_t most = 0, found = 0;
    Value *out = room(run, n);
    for (size_t i = 0, length; i < n; i += length) {
        length = run_length(in_order, n, i);
        if (length > most) most = length, found = 0;
        if (length == most) out[found++] = in_order[i];
    }
    return value_list(out, found);
}

/* `all`: any false is false; `any`: any true is true; otherwise null if an item is null. */
static Value quantify(FeelRun *run, const Value *items, size_t n, bool decisive) {
    Value result = value_bool(!decisive);
    for (size_t i = 0; i < n; i++) {
        if (items[i].kind == VALUE_BOOL && (bool)items[i].u.i == decisive) return items[i];
        if (items[i].kind != VALUE_BOOL)
            result = feel_because(run, "type", "an item is neither true nor false", items[i], value_null());
    }
    return result;
}

static Value all(FeelRun *run, const Value *items, size_t n) {
    return quantify(run, items, n, false);
}
static Value any(FeelRun *run, const Value *items, size_t n) {
    return quantify(run, items, n, true);
}

/* ---- building ---- */
static Value sublist(FeelRun *run, const Value *args, size_t n) {
    uint32_t start;
    int64_t length;
    if (!place(run, args[1], args[0].size, &start)) return no_place(run);
    length = args[0].size - start;
    if (n > 2 && (!dec_to_int(dec_round(run->arena, args[2], 0, DEC_DOWN), &length) || length < 1 ||
                  length > args[0].size - start))
        return feel_domain(run, "the list has not so many items from there on");
    return value_list(args[0].u.list + start, (size_t)length);
}

static Value append(FeelRun *run, const Value *args, size_t n) {
    Value *out = room(run, args[0].size + n);
    if (args[0].size) memcpy(out, args[0].u.list, sizeof(Value) * args[0].size);
    memcpy(out + args[0].size, args + 1, sizeof(Value) * (n - 1));
    return value_list(out, args[0].size + n - 1);
}

static Value concatenate(FeelRun *run, const Value *args, size_t n) {
    size_t total = 0, at = 0;
    for (size_t i = 0; i < n; i++) total += args[i].size;
    if (total > FEEL_LIST_MAX || !feel_spend(run, (int64_t)total)) return feel_exhausted(run);
    Value *out = room(run, total);
    for (size_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < args[i].size; k++) out[at++] = args[i].u.list[k];
    return value_list(out, total);
}

static Value distinct(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    Value *out = room(run, args[0].size);
    size_t kept = 0;
    for (uint32_t i = 0; i < args[0].size; i++) {
        size_t k = 0;
        while (k < kept && !feel_alike(run, out[k], args[0].u.list[i])) k++;
        if (k == kept) out[kept++] = args[0].u.list[i];
        if (run->fuel <= 0) return feel_exhausted(run);
    }
    return value_list(out, kept);
}

static Value union_of(FeelRun *run, const Value *args, size_t n) {
    Value whole = concatenate(run, args, n);
    return whole.kind == VALUE_LIST ? distinct(run, &whole, 1) : whole;
}

static Value insert_before(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    uint32_t at, size = args[0].size;
    if (!place(run, args[1], size, &at)) return no_place(run);
    Value *out = room(run, size + 1);
    memcpy(out, args[0].u.list, sizeof(Value) * at);
    out[at] = args[2];
    memcpy(out + at + 1, args[0].u.list + at, sizeof(Value) * (size - at));
    return value_list(out, size + 1);
}

static Value remove_at(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    uint32_t at, size = args[0].size;
    if (!place(run, args[1], size, &at)) return no_place(run);
    Value *out = room(run, size);
    memcpy(out, args[0].u.list, sizeof(Value) * at);
    memcpy(out + at, args[0].u.list + at + 1, sizeof(Value) * (size - at - 1));
    return value_list(out, size - 1);
}

static Value replace_at(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    uint32_t at;
    if (!place(run, args[1], args[0].size, &at)) return no_place(run);
    Value copy = feel_list_of(run, args[0].u.list, args[0].size);
    ((Value *)(uintptr_t)copy.u.list)[at] = args[2];
    return copy;
}

static Value replace_matching(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    if (feel_arity(args[1].u.fn) != 2)
        return feel_because(run, "arguments", "the match function needs two parameters", args[1], value_null());
    Value *out = room(run, args[0].size);
    for (uint32_t i = 0; i < args[0].size; i++) {
        Value pair[] = {args[0].u.list[i], args[2]}, hit = feel_call(run, args[1], pair, 2);
        if (hit.kind != VALUE_BOOL)
            return feel_because(run, "type", "the match function must give true or false", hit, value_null());
        out[i] = hit.u.i ? args[2] : args[0].u.list[i];
    }
    return value_list(out, args[0].size);
}

static Value reverse(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    Value *out = room(run, args[0].size);
    for (uint32_t i = 0; i < args[0].size; i++) out[i] = args[0].u.list[args[0].size - 1 - i];
    return value_list(out, args[0].size);
}

static Value index_of(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    Value *out = room(run, args[0].size);
    size_t found = 0;
    for (uint32_t i = 0; i < args[0].size; i++)
        if (feel_alike(run, args[0].u.list[i], args[1])) out[found++] = value_int(i + 1);
    return value_list(out, found);
}

static bool flatten_into(FeelRun *run, ValueBuild *out, Value list, int depth) {
    if (depth > FEEL_NESTING_MAX || !feel_spend(run, list.size + 1)) return false;
    for (uint32_t i = 0; i < list.size; i++) {
        if (list.u.list[i].kind != VALUE_LIST)
            build_item(out, list.u.list[i]);
        else
            TRY(flatten_into(run, out, list.u.list[i], depth + 1));
    }
    return true;
}

static Value flatten(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    ValueBuild out = {.a = run->arena};
    return flatten_into(run, &out, args[0], 0) ? build_list(&out) : feel_exhausted(run);
}

static const FeelBuiltin rows[] = {
    {"list contains", list_contains, 2, 2, 0, {{"list", 'l'}, {"element", 'a'}}},
    {"count", count, 1, 1, 0, {{"list", 'l'}}},
    {"min", least, 1, 1, FEEL_VARIADIC, {{"list", 'l'}}},
    {"max", greatest, 1, 1, FEEL_VARIADIC, {{"list", 'l'}}},
    {"sum", sum, 1, 1, FEEL_VARIADIC, {{"list", 'l'}}},
    {"product", product, 1, 1, FEEL_VARIADIC, {{"list", 'l'}}},
    {"mean", mean, 1, 1, FEEL_VARIADIC, {{"list", 'l'}}},
    {"median", median, 1, 1, FEEL_VARIADIC, {{"list", 'l'}}},
    {"stddev", stddev, 1, 1, FEEL_VARIADIC, {{"list", 'l'}}},
    {"mode", mode, 1, 1, FEEL_VARIADIC, {{"list", 'l'}}},
    {"all", all, 1, 1, FEEL_VARIADIC, {{"list", 'l'}}},
    {"any", any, 1, 1, FEEL_VARIADIC, {{"list", 'l'}}},
    {"sublist", sublist, 2, 3, 0, {{"list", 'l'}, {"start position", 'n'}, {"length", 'n'}}},
    {"append", append, 2, 2, FEEL_REST, {{"list", 'l'}, {"item", 'a'}}},
    {"concatenate", concatenate, 1, 1, FEEL_REST, {{"list", 'l'}}},
    {"union", union_of, 1, 1, FEEL_REST, {{"list", 'l'}}},
    {"distinct values", distinct, 1, 1, 0, {{"list", 'l'}}},
    {"insert before", insert_before, 3, 3, 0, {{"list", 'l'}, {"position", 'n'}, {"newItem", 'a'}}},
    {"remove", remove_at, 2, 2, 0, {{"list", 'l'}, {"position", 'n'}}},
    {"list replace", replace_at, 3, 3, 0, {{"list", 'l'}, {"position", 'n'}, {"newItem", 'a'}}},
    {"list replace", replace_matching, 3, 3, 0, {{"list", 'l'}, {"match", 'f'}, {"newItem", 'a'}}},
    {"reverse", reverse, 1, 1, 0, {{"list", 'l'}}},
    {"index of", index_of, 2, 2, 0, {{"list", 'l'}, {"match", 'a'}}},
    {"flatten", flatten, 1, 1, 0, {{"list", 'l'}}},
    {"sort", sort, 2, 2, 0, {{"list", 'l'}, {"precedes", 'f'}}},
};
const FeelTable feel_table_lists = {rows, COUNT_OF(rows)};
