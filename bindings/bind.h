/* bind: what the two shims share: the same bits seen from both sides of the public headers. A feel_value is
 * a Value, a feel_arena an Arena, a feel_string a Str; nothing is converted, only renamed. */
#ifndef YC_BIND_H
#define YC_BIND_H

#include "feel/feel.h"

#include <string.h>
#include <yichuang/feel.h>

_Static_assert(sizeof(feel_value) == sizeof(Value) && sizeof(feel_string) == sizeof(Str), "the same bits");

static inline Arena *bind_arena(feel_arena *a) {
    return (Arena *)a;
}

static inline Value bind_in(feel_value v) {
    Value out;
    memcpy(&out, &v, sizeof out);
    return out;
}

static inline feel_value bind_out(Value v) {
    feel_value out;
    memcpy(&out, &v, sizeof out);
    return out;
}

static inline const Value *bind_values(const feel_value *values) {
    return (const Value *)values;
}

static inline feel_string bind_text(Str s) {
    return (feel_string){s.p, s.n};
}

static inline FeelDialect bind_dialect(feel_dialect dialect) {
    return dialect == FEEL_DIALECT_CAMUNDA ? FEEL_CAMUNDA : FEEL_STANDARD;
}

static inline FeelRun bind_run(const feel_run *run) {
    assert(run != NULL && run->arena != NULL && run->steps >= 0);
    return (FeelRun){
        .arena = bind_arena(run->arena),
        .fuel = run->steps > 0 ? run->steps : FEEL_FUEL,
        .now_us = run->now_us,
        .offset = run->offset,
    };
}

static inline feel_fault bind_fault(Arena *a, const Err *err) {
    return (feel_fault){
        .code = err_code_name(err->code),
        .line = str_c(a, err_line(a, err)),
        .text = str_c(a, str_of(err->text)),
        .file = str_c(a, str_of(err->file)),
        .element = str_c(a, str_of(err->element)),
        .cell = str_c(a, str_of(err->cell)),
        .line_number = err->line,
        .column = err->column,
    };
}

#endif
