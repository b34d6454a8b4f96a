/* dmn/scope: the names that exist where an expression stands, kept beside room feel's own scopes so
 * that an expression which is only a variable's name becomes a slot read, and so that frames of the
 * right shape can be made without running anything. Exists only while loading. */
#include "dmn/dmn_in.h"

#include <string.h>

Scope *dmn_scope_inner(Loader *l, const Scope *outer) {
    Scope *scope = NEW(l->a, Scope);
    scope->feel = feel_scope_inner(l->a, outer->feel);
    scope->outer = outer;
    return scope;
}

int dmn_scope_add(Loader *l, Scope *scope, Str name, const FeelType *type) {
    if (scope->n == scope->cap) {
        int cap = scope->cap > 0 ? 2 * scope->cap : 8;
        Str *names = NEW_ARRAY(l->a, Str, cap);
        const FeelType **types = NEW_ARRAY(l->a, const FeelType *, cap);
        if (scope->n > 0) {
            memcpy(names, scope->names, sizeof(Str) * (size_t)scope->n);
            memcpy(types, scope->types, sizeof(FeelType *) * (size_t)scope->n);
        }
        scope->names = names;
        scope->types = types;
        scope->cap = cap;
    }
    scope->names[scope->n] = feel_name(l->a, name);
    scope->types[scope->n] = type;
    int slot = feel_scope_add(scope->feel, scope->names[scope->n], type != NULL ? type : feel_type(FEEL_ANY));
    assert(slot == scope->n);
    scope->n++;
    return slot;
}

/* Source: DMN 1.5 §10.3.1.2: no shorter match can win against the whole text, and the innermost
 * scope wins among equals. Literals cannot be names. */
bool dmn_scope_find(Loader *l, const Scope *scope, Str text, int *depth, int *slot, const FeelType **type) {
    if (text.n == 0 || text.n > 1000 || str_is(text, "true") || str_is(text, "false") || str_is(text, "null"))
        return false;
    Str name = feel_name(l->a, text);
    for (int d = 0; scope->outer != NULL; scope = scope->outer, d++) {
        for (int i = scope->n - 1; i >= 0; i--) {
            if (!str_eq(scope->names[i], name)) continue;
            *depth = d;
            *slot = i;
            *type = scope->types[i];
            return true;
        }
    }
    return false;
}

const FeelFrame *dmn_scope_blank(Arena *a, const Scope *scope) {
    if (scope->outer == NULL) return NULL;
    FeelFrame *frame = NEW(a, FeelFrame);
    frame->slots = NEW_ARRAY(a, Value, scope->n);
    frame->outer = dmn_scope_blank(a, scope->outer);
    return frame;
}
