/* Value: the one data model. Immutable 16 bytes; what it points to lives in an arena. */
#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MAX_DEPTH = 256 };

Value value_null(void) { return (Value){.kind = VALUE_NULL}; }

Value value_because(Arena *a, const char *kind, const char *format, ...) {
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    ValueCause *cause = NEW(a, ValueCause);
    *cause = (ValueCause){.kind = kind, .text = str_copy(a, str_of(text)), .from = -1, .to = -1};
    return (Value){.kind = VALUE_NULL, .u.cause = cause};
}

Value value_bool(bool b) { return (Value){.kind = VALUE_BOOL, .u.i = b}; }

Value value_int(int64_t i) { return (Value){.kind = VALUE_NUMBER, .u.i = i}; }

Value value_str(Str s) {
    assert(s.n < UINT32_MAX);
    return (Value){.kind = VALUE_STRING, .size = (uint32_t)s.n, .u.s = s.p};
}

Value value_c(const char *literal) { return value_str(str_of(literal)); }

Value value_list(const Value *items, size_t n) {
    assert(n < UINT32_MAX);
    return (Value){.kind = VALUE_LIST, .size = (uint32_t)n, .u.list = items};
}

Value value_ctx(const ValueEntry *entries, size_t n) {
    assert(n < UINT32_MAX);
    return (Value){.kind = VALUE_CONTEXT, .size = (uint32_t)n, .u.ctx = entries};
}

bool value_is_null(Value v) { return v.kind == VALUE_NULL; }

bool value_is_true(Value v) { return v.kind == VALUE_BOOL && v.u.i; }

Str value_text(Value v) {
    assert(v.kind == VALUE_STRING);
    return (Str){v.u.s, v.size};
}

const char *value_kind_name(ValueKind kind) {
    static const char *const names[] = {
        "null",          "boolean", "number",          "string", "date",    "time",     "date and time", "days and time duration",
        "years and months duration", "list", "context", "range",  "function",
    };
    assert((size_t)kind < COUNT_OF(names));
    return names[kind];
}

/* Length and first byte tell most names apart without a call. */
static inline bool same_key(Str a, Str b) {
    return a.n == b.n && (a.n == 0 || (a.p[0] == b.p[0] && memcmp(a.p, b.p, a.n) == 0));
}

bool value_find(Value v, Str key, Value *out) {
    if (v.kind != VALUE_CONTEXT) return false;
    for (uint32_t i = 0; i < v.size; i++)
        if (same_key(v.u.ctx[i].key, key)) {
            *out = v.u.ctx[i].value;
            return true;
        }
    return false;
}

Value value_get(Value v, const char *key) {
    Value member;
    return value_find(v, str_of(key), &member) ? member : value_null();
}

Str value_get_str(Value v, const char *key) {
    Value member = value_get(v, key);
    return member.kind == VALUE_STRING ? value_text(member) : STR("");
}

bool value_get_bool(Value v, const char *key, bool otherwise) {
    Value member = value_get(v, key);
    return member.kind == VALUE_BOOL ? member.u.i != 0 : otherwise;
}

int64_t value_get_int(Value v, const char *key, int64_t otherwise) {
    int64_t i;
    return value_to_int(value_get(v, key), &i) ? i : otherwise;
}

bool value_to_int(Value v, int64_t *out) { return v.kind == VALUE_NUMBER && dec_to_int(v, out); }

Value value_with(Arena *a, Value v, Str key, Value member) {
    assert(v.kind == VALUE_CONTEXT || v.kind == VALUE_NULL);
    uint32_t n = v.kind == VALUE_CONTEXT ? v.size : 0;
    ValueEntry *entries = NEW_ARRAY(a, ValueEntry, n + 1);
    if (n) memcpy(entries, v.u.ctx, n * sizeof *entries);
    for (uint32_t i = 0; i < n; i++)
        if (str_eq(entries[i].key, key)) {
            entries[i].value = member;
            return value_ctx(entries, n);
        }
    entries[n] = (ValueEntry){key, member};
    return value_ctx(entries, n + 1);
}

static Value copy_deep(Arena *a, Value v, int depth);

static Value copy_list(Arena *a, Value v, int depth) {
    Value *items = NEW_ARRAY(a, Value, v.size);
    for (uint32_t i = 0; i < v.size; i++) items[i] = copy_deep(a, v.u.list[i], depth);
    return value_list(items, v.size);
}

static Value copy_ctx(Arena *a, Value v, int depth) {
    ValueEntry *entries = NEW_ARRAY(a, ValueEntry, v.size);
    for (uint32_t i = 0; i < v.size; i++)
        entries[i] = (ValueEntry){str_copy(a, v.u.ctx[i].key), copy_deep(a, v.u.ctx[i].value, depth)};
    return value_ctx(entries, v.size);
}

static const ValueCause *copy_cause(Arena *a, const ValueCause *from, int depth) {
    if (!from || depth > MAX_DEPTH) return NULL;
    ValueCause *cause = NEW(a, ValueCause);
    *cause = *from;
    cause->text = str_copy(a, from->text);
    cause->cause = copy_cause(a, from->cause, depth + 1);
    return cause;
}

static Value copy_range(Arena *a, Value v, int depth) {
    ValueRange *range = NEW(a, ValueRange);
    *range = *v.u.range;
    range->lo = copy_deep(a, range->lo, depth);
    range->hi = copy_deep(a, range->hi, depth);
    v.u.range = range;
    return v;
}

static Value copy_time(Arena *a, Value v) {
    ValueTime *time = NEW(a, ValueTime);
    *time = *v.u.time;
    time->zone = str_copy(a, time->zone);
    v.u.time = time;
    return v;
}

static Value copy_number(Arena *a, Value v) {
    if (!(v.flags & VALUE_SPILLED)) return v;
    ValueDec *dec = NEW(a, ValueDec);
    *dec = *v.u.dec;
    v.u.dec = dec;
    return v;
}

static Value copy_deep(Arena *a, Value v, int depth) {
    assert(depth < MAX_DEPTH);
    switch ((ValueKind)v.kind) {
    case VALUE_NULL: v.u.cause = copy_cause(a, v.u.cause, 0); return v;
    case VALUE_NUMBER: return copy_number(a, v);
    case VALUE_STRING: return value_str(str_copy(a, value_text(v)));
    case VALUE_TIME:
    case VALUE_DATETIME: return copy_time(a, v);
    case VALUE_LIST: return copy_list(a, v, depth + 1);
    case VALUE_CONTEXT: return copy_ctx(a, v, depth + 1);
    case VALUE_RANGE: return copy_range(a, v, depth + 1);
    case VALUE_BOOL:
    case VALUE_DATE:
    case VALUE_DAYTIME:
    case VALUE_MONTHS:
    case VALUE_FUNCTION: return v;
    }
    assert(!"a kind of value");
    return v;
}

Value value_copy(Arena *a, Value v) { return copy_deep(a, v, 0); }

static bool same_time(const ValueTime *x, const ValueTime *y) {
    return x->days == y->days && x->nanos == y->nanos && x->form == y->form &&
           (x->form != ZONE_OFFSET || x->offset == y->offset) && (x->form != ZONE_NAMED || str_eq(x->zone, y->zone));
}

static bool same_deep(Value x, Value y, int depth);

static bool same_list(Value x, Value y, int depth) {
    if (x.size != y.size) return false;
    for (uint32_t i = 0; i < x.size; i++)
        if (!same_deep(x.u.list[i], y.u.list[i], depth)) return false;
    return true;
}

static bool same_ctx(Value x, Value y, int depth) {
    if (x.size != y.size) return false;
    for (uint32_t i = 0; i < x.size; i++) {
        Value other;
        if (!value_find(y, x.u.ctx[i].key, &other) || !same_deep(x.u.ctx[i].value, other, depth)) return false;
    }
    return true;
}

static bool same_range(const ValueRange *x, const ValueRange *y, int depth) {
    return x->op == y->op && x->lo_in == y->lo_in && x->hi_in == y->hi_in && same_deep(x->lo, y->lo, depth) &&
           same_deep(x->hi, y->hi, depth);
}

static bool same_deep(Value x, Value y, int depth) {
    assert(depth < MAX_DEPTH);
    if (x.kind != y.kind) return false;
    switch ((ValueKind)x.kind) {
    case VALUE_NULL: return true;
    case VALUE_NUMBER: return dec_cmp(x, y) == 0;
    case VALUE_STRING: return str_eq(value_text(x), value_text(y));
    case VALUE_TIME:
    case VALUE_DATETIME: return same_time(x.u.time, y.u.time);
    case VALUE_LIST: return same_list(x, y, depth + 1);
    case VALUE_CONTEXT: return same_ctx(x, y, depth + 1);
    case VALUE_RANGE: return same_range(x.u.range, y.u.range, depth + 1);
    case VALUE_DAYTIME: return x.u.i == y.u.i && x.size == y.size;
    case VALUE_BOOL:
    case VALUE_DATE:
    case VALUE_MONTHS: return x.u.i == y.u.i;
    case VALUE_FUNCTION: return x.u.fn == y.u.fn;
    }
    assert(!"a kind of value");
    return false;
}

bool value_same(Value a, Value b) { return same_deep(a, b, 0); }

static void grow(ValueBuild *b, size_t item) {
    assert(b->a);
    if (b->n < b->cap) return;
    size_t cap = b->cap ? b->cap * 2 : 8;
    b->u.p = arena_grow(b->a, b->u.p, b->cap * item, cap * item);
    b->cap = cap;
}

void build_item(ValueBuild *b, Value v) {
    grow(b, sizeof(Value));
    b->u.items[b->n++] = v;
}

void build_entry(ValueBuild *b, Str key, Value v) {
    grow(b, sizeof(ValueEntry));
    b->u.entries[b->n++] = (ValueEntry){key, v};
}

void build_c(ValueBuild *b, const char *key, Value v) { build_entry(b, str_of(key), v); }

Value build_list(const ValueBuild *b) { return value_list(b->u.items, b->n); }

Value build_ctx(const ValueBuild *b) { return value_ctx(b->u.entries, b->n); }
