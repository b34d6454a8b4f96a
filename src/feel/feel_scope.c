/* feel_scope: chains of names known before any data is seen. Slots are numbered as names are
 * added. Adding is for the host; the parser only looks. */
#include "feel/feel_in.h"

FeelScope *feel_scope_root(Arena *a, FeelDialect dialect, FeelTypeLookup lookup, const void *lookup_context) {
    FeelScope *s = NEW(a, FeelScope);
    *s = (FeelScope){.a = a, .dialect = dialect, .lookup = lookup, .lookup_context = lookup_context};
    return s;
}

FeelScope *feel_scope_inner(Arena *a, const FeelScope *outer) {
    assert(outer);
    FeelScope *s = NEW(a, FeelScope);
    *s = (FeelScope){.a = a, .outer = outer};
    return s;
}

int feel_scope_add(FeelScope *scope, Str name, const FeelType *type) {
    assert(scope->outer && "the root holds built-ins only");
    if (scope->n == scope->cap) {
        size_t cap = scope->cap ? scope->cap * 2 : 8;
        scope->names = arena_grow(scope->a, scope->names, scope->cap * sizeof(FeelName), cap * sizeof(FeelName));
        scope->cap = cap;
    }
    scope->names[scope->n] = (FeelName){feel_name(scope->a, name), type};
    return (int)scope->n++;
}

void feel_scope_registry(FeelScope *root, const FeelRegistry *registry) {
    assert(!root->outer);
    root->registry = registry;
}

const FeelScope *feel_scope_top(const FeelScope *scope) {
    while (scope->outer) scope = scope->outer;
    return scope;
}
