/* feel_contexts: the context functions (Source: DMN 1.5 §10.3.4.8). Entries keep their order; an
 * existing key keeps its place when it is overwritten. */
#include "feel/feel_in.h"

static Value get_value(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    Value v;
    if (value_find(args[0], value_text(args[1]), &v)) return v;
    return feel_because(run, "missing", "the context has no such member", args[0], value_null());
}

static Value get_entries(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    ValueBuild list = {.a = run->arena};
    for (uint32_t i = 0; i < args[0].size; i++) {
        ValueBuild entry = {.a = run->arena};
        build_c(&entry, "key", value_str(args[0].u.ctx[i].key));
        build_c(&entry, "value", args[0].u.ctx[i].value);
        build_item(&list, build_ctx(&entry));
    }
    return build_list(&list);
}

static Value context(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    ValueBuild out = {.a = run->arena};
    for (uint32_t i = 0; i < args[0].size; i++) {
        Value entry = args[0].u.list[i], key, value, twice;
        if (!value_find(entry, STR("key"), &key) || !value_find(entry, STR("value"), &value) ||
            key.kind != VALUE_STRING)
            return feel_because(run, "domain", "each entry needs a key, which is a string, and a value", entry,
                                value_null());
        if (value_find(build_ctx(&out), value_text(key), &twice))
            return feel_because(run, "duplicate_key", "a key occurs twice", key, value_null());
        if (!feel_spend(run, i)) return feel_exhausted(run);
        build_entry(&out, value_text(key), value);
    }
    return build_ctx(&out);
}

static Value put(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    return value_with(run->arena, args[0], value_text(args[1]), args[2]);
}

/* Follows keys[at…] inward; every step but the last must lead to a context. */
static Value put_path(FeelRun *run, Value ctx, Value keys, uint32_t at, Value value) {
    if (keys.u.list[at].kind != VALUE_STRING || ctx.kind != VALUE_CONTEXT)
        return feel_because(run, "domain", "the path does not lead through contexts", ctx, keys.u.list[at]);
    Str key = value_text(keys.u.list[at]);
    Value inner;
    if (at + 1 == keys.size) return value_with(run->arena, ctx, key, value);
    if (!value_find(ctx, key, &inner) || at >= FEEL_NESTING_MAX)
        return feel_because(run, "missing", "the path names a member that is not there", ctx, value_null());
    inner = put_path(run, inner, keys, at + 1, value);
    return inner.kind == VALUE_NULL ? inner : value_with(run->arena, ctx, key, inner);
}

static Value put_at(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    if (args[1].size == 0) return feel_domain(run, "an empty path leads nowhere");
    return put_path(run, args[0], args[1], 0, args[2]);
}

static Value merge(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    Value out = value_ctx(NULL, 0);
    for (uint32_t i = 0; i < args[0].size; i++) {
        Value next = args[0].u.list[i];
        if (next.kind != VALUE_CONTEXT)
            return feel_because(run, "type", "only contexts can be merged", next, value_null());
        for (uint32_t k = 0; k < next.size; k++) {
            if (!feel_spend(run, out.size)) return feel_exhausted(run);
            out = value_with(run->arena, out, next.u.ctx[k].key, next.u.ctx[k].value);
        }
    }
    return out;
}

static const FeelBuiltin rows[] = {
    {"get value", get_value, 2, 2, 0, {{"m", 'c'}, {"key", 's'}}},
    {"get entries", get_entries, 1, 1, 0, {{"m", 'c'}}},
    {"context", context, 1, 1, 0, {{"entries", 'l'}}},
    {"context put", put, 3, 3, 0, {{"context", 'c'}, {"key", 's'}, {"value", 'a'}}},
    {"context put", put_at, 3, 3, 0, {{"context", 'c'}, {"keys", 'l'}, {"value", 'a'}}},
    {"context merge", merge, 1, 1, 0, {{"contexts", 'l'}}},
};
const FeelTable feel_table_contexts = {rows, COUNT_OF(rows)};
