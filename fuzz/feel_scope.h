/* feel_scope: the names that the FEEL targets know, compiled once: with blanks and symbols, because those are what
 * makes a FEEL name hard to read. Nothing here may depend on an input. */
#ifndef YC_FUZZ_FEEL_SCOPE_H
#define YC_FUZZ_FEEL_SCOPE_H

#include "feel/feel.h"
#include "fuzz/fuzz.h"

static inline const FeelScope *fuzz_scope(FeelDialect dialect) {
    static const char *const names[] = {"amount", "list of things", "a-b"};
    static const FeelScope *scopes[2];
    if (!scopes[dialect]) {
        FeelScope *s = feel_scope_inner(fuzz_house(), feel_scope_root(fuzz_house(), dialect, NULL, NULL));
        for (size_t i = 0; i < COUNT_OF(names); i++) feel_scope_add(s, str_of(names[i]), NULL);
        scopes[dialect] = s;
    }
    return scopes[dialect];
}

#endif
