/* feel_call: functions as values and how arguments reach them: literals, built-ins, functions of the
 * host (Source: DMN 1.5 §10.3.2.13, §10.3.4). An argument that cannot be converted makes the whole
 * call null and the body never runs. */
#include "feel/feel_in.h"

#include <string.h>

static Value wrong_call(FeelRun *run, const char *text) {
    return feel_because(run, "arguments", text, value_null(), value_null());
}

Value feel_domain(FeelRun *run, const char *text) {
    return feel_because(run, "domain", text, value_null(), value_null());
}

Value feel_list_of(FeelRun *run, const Value *items, size_t n) {
    Value *kept = arena_alloc(run->arena, sizeof(Value) * (n + 1));
    if (n) memcpy(kept, items, sizeof(Value) * n);
    return value_list(kept, n);
}

/* ---- built-ins ---- */
/* Built-in names are letters and blanks, 25 at most: most readings fall here. */
static bool may_be_builtin(Str name) {
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] != ' ' && (name.p[i] < 'a' || name.p[i] > 'z') && name.p[i] != '6' && name.p[i] != '4')
            return false; /* … and base64 */
    return name.n && name.n <= 25;
}

const FeelBuiltin *feel_find_builtin(FeelDialect dialect, Str name, size_t *n_rows) {
    if (!may_be_builtin(name)) return NULL;
    if (dialect == FEEL_CAMUNDA) name = feel_camunda_name(name);
    const FeelTable *const tables[] = {&feel_table_lists,    &feel_table_strings,  &feel_table_numbers,
                                       &feel_table_dates,    &feel_table_contexts, &feel_table_ranges,
                                       &feel_table_patterns, &feel_table_camunda,  &feel_table_workdays};
    for (size_t t = 0; t < COUNT_OF(tables); t++)
        for (size_t i = 0; i < tables[t]->n; i++) {
            const FeelBuiltin *row = &tables[t]->rows[i];
            if (row->name[0] != name.p[0] || !str_is(name, row->name) ||
                (row->flags & FEEL_EXTRA && dialect != FEEL_CAMUNDA))
                continue;
            *n_rows = 1;
            while (i + *n_rows < tables[t]->n && str_is(name, row[*n_rows].name)) ++*n_rows;
            return row;
        }
    return NULL;
}

Value feel_builtin_value(Arena *a, const FeelBuiltin *rows, size_t n_rows) {
    FeelFn *fn = NEW(a, FeelFn);
    *fn = (FeelFn){.rows = rows, .n_rows = n_rows, .name = str_of(rows->name)};
    return (Value){.kind = VALUE_FUNCTION, .u.fn = fn};
}

/* Does a value suit a type letter? Capitals also take null; 'a' takes anything. */
static bool suits(char type, Value v) {
    static const char letters[] = "\0bnsdtmuylcrf"; /* by ValueKind */
    if (type == 'a') return true;
    if (v.kind == VALUE_NULL) return type >= 'A' && type <= 'Z';
    if (type >= 'A' && type <= 'Z') type = (char)(type + 32);
    if (type == 'e') return v.kind == VALUE_DATE || v.kind == VALUE_DATETIME; /* either */
    return letters[v.kind] == type;
}

/* Implicit conversion of one argument (Source: DMN 1.5 §10.3.2.9.4). */
static bool convert(FeelRun *run, char type, Value *v) {
    if (suits(type, *v)) return true;
    if (type == 'l' && v->kind != VALUE_NULL) {
        *v = feel_list_of(run, v, 1);
        return true;
    }
    if (v->kind != VALUE_LIST || v->size != 1 || !suits(type, v->u.list[0])) return false;
    *v = v->u.list[0];
    return true;
}

static bool convert_all(FeelRun *run, const FeelBuiltin *row, const Value *in, size_t n, Value *out) {
    for (size_t i = 0; i < n; i++) {
        size_t at = i < row->max ? i : row->max - 1u;
        out[i] = in[i];
        if (!convert(run, row->args[at].type, &out[i])) return false;
    }
    return true;
}

static Value call_variadic(FeelRun *run, const FeelBuiltin *row, const Value *args, size_t n) {
    if (n == 0) return wrong_call(run, "an argument is missing");
    if (n == 1 && args[0].kind == VALUE_NULL)
        return feel_because(run, "null", "a list is needed, not null", args[0], value_null());
    if (n == 1 && args[0].kind == VALUE_LIST) return row->fn(run, args[0].u.list, args[0].size);
    return row->fn(run, args, n);
}

static Value no_row(FeelRun *run, const Value *args, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (args[i].kind == VALUE_NULL)
            return feel_because(run, "null", "the function does not accept null here", args[i], value_null());
    return feel_because(run, "arguments", "number or kinds of the arguments do not fit the function",
                        n ? args[0] : value_null(), n > 1 ? args[1] : value_null());
}

Value feel_call_builtin(FeelRun *run, const FeelBuiltin *rows, size_t n_rows, const Value *args, size_t n) {
    enum { FEW = 5 };
    Value few[FEW];
    for (size_t i = 0; i < n_rows; i++) {
        const FeelBuiltin *row = &rows[i];
        if (row->flags & FEEL_VARIADIC) return call_variadic(run, row, args, n);
        if (n < row->min || (n > row->max && !(row->flags & FEEL_REST))) continue;
        Value *fitted = n <= FEW ? few : arena_alloc(run->arena, sizeof(Value) * n);
        if (convert_all(run, row, args, n, fitted)) return row->fn(run, fitted, n);
    }
    return no_row(run, args, n);
}

/* Puts named arguments in the row's order; false when a name is not of this row or comes twice. */
static bool reorder(const FeelBuiltin *row, const Str *names, const Value *args, size_t n, Value *out, size_t *used) {
    bool given[COUNT_OF(row->args)] = {false};
    for (size_t i = 0; i < n; i++) {
        size_t at = 0;
        while (at < row->max && !str_is(names[i], row->args[at].name)) at++;
        if (at == row->max || given[at]) return false;
        given[at] = true;
        out[at] = args[i];
        if (at + 1 > *used) *used = at + 1;
    }
    return true;
}

Value feel_call_builtin_named(FeelRun *run, const FeelBuiltin *rows, size_t n_rows, const Str *names, const Value *args,
                              size_t n) {
    for (size_t i = 0; i < n_rows; i++) {
        Value ordered[COUNT_OF(rows->args)] = {{0}};
        size_t used = rows[i].min;
        if (!reorder(&rows[i], names, args, n, ordered, &used)) continue;
        if (rows[i].flags & FEEL_VARIADIC) return call_variadic(run, &rows[i], ordered, 1);
        Value fitted[COUNT_OF(rows->args)];
        if (convert_all(run, &rows[i], ordered, used, fitted)) return rows[i].fn(run, fitted, used);
    }
    return no_row(run, args, n);
}

/* ---- literals and functions of the host ---- */
Value feel_step_lambda(FeelEval *e, const FeelNode *n) {
    const FeelLambda *lambda = n->more;
    size_t bytes = sizeof(Value) * (size_t)lambda->captured;
    Value *slots = arena_alloc(e->run->arena, bytes + 1);
    if (bytes) memcpy(slots, e->frame.slots, bytes);
    FeelFn *fn = NEW(e->run->arena, FeelFn);
    *fn = (FeelFn){
        .lambda = lambda, .frame = {e->frame.outer, slots}, .params = lambda->params, .n = lambda->n, .name = STR("")};
    return (Value){.kind = VALUE_FUNCTION, .u.fn = fn};
}

Value feel_function(Arena *a, Str name, const FeelParam *params, size_t n, const FeelType *result, FeelNative native,
                    const void *context) {
    assert(native && n <= FEEL_ARGS_MAX);
    FeelFn *fn = NEW(a, FeelFn);
    *fn = (FeelFn){.name = name, .params = params, .n = n, .result = result, .native = native, .context = context};
    return (Value){.kind = VALUE_FUNCTION, .u.fn = fn};
}

size_t feel_arity(const FeelFn *fn) {
    return fn->rows ? fn->rows->max : fn->n;
}

static Value call_native(FeelRun *run, const FeelFn *fn, const Value *args, size_t n) {
    if (run->depth >= FEEL_CALLS_MAX || !feel_spend(run, 1)) return feel_exhausted(run);
    run->depth++;
    Value v = fn->native(run, fn->context, args, n);
    run->depth--;
    return feel_coerce(run, v, fn->result);
}

Value feel_call(FeelRun *run, Value function, const Value *args, size_t n) {
    enum { FEW = 4 };
    if (function.kind != VALUE_FUNCTION)
        return feel_because(run, "type", "this is not a function", function, value_null());
    const FeelFn *fn = function.u.fn;
    if (fn->rows) return feel_call_builtin(run, fn->rows, fn->n_rows, args, n);
    if (n != fn->n) return wrong_call(run, "the number of arguments is wrong");
    Value few[FEW], *fitted = n <= FEW ? few : arena_alloc(run->arena, sizeof(Value) * n);
    for (size_t i = 0; i < n; i++) {
        fitted[i] = feel_coerce(run, args[i], fn->params[i].type);
        if (fitted[i].kind == VALUE_NULL && args[i].kind != VALUE_NULL) return fitted[i];
    }
    if (fn->native) return call_native(run, fn, fitted, n);
    return feel_run_body(run, fn->lambda->body, fn->lambda->slots, &fn->frame, fitted, n);
}

Value feel_call_named(FeelRun *run, Value function, const Str *names, const Value *args, size_t n) {
    if (function.kind != VALUE_FUNCTION)
        return feel_because(run, "type", "this is not a function", function, value_null());
    const FeelFn *fn = function.u.fn;
    if (fn->rows) return feel_call_builtin_named(run, fn->rows, fn->n_rows, names, args, n);
    Value *ordered = NEW_ARRAY(run->arena, Value, fn->n + 1);
    for (size_t i = 0; i < n; i++) {
        size_t at = 0;
        while (at < fn->n && !str_eq(fn->params[at].name, names[i])) at++;
        if (at == fn->n) return wrong_call(run, "the function has no parameter of this name");
        ordered[at] = args[i];
    }
    return feel_call(run, function, ordered, fn->n);
}

static Value *evaluate_arguments(FeelEval *e, const FeelNode *n, Value *few, int32_t n_few) {
    Value *args = n->count <= n_few ? few : arena_alloc(e->run->arena, sizeof(Value) * (size_t)n->count);
    for (int32_t i = 0; i < n->count; i++) args[i] = feel_step(e, n->kids[i]);
    return args;
}

Value feel_step_call(FeelEval *e, const FeelNode *n) {
    Value few[4], function = feel_step(e, n->a), *args = evaluate_arguments(e, n, few, 4);
    return feel_place(e->run, n, feel_call(e->run, function, args, (size_t)n->count));
}

Value feel_step_call_named(FeelEval *e, const FeelNode *n) {
    Value few[4], function = feel_step(e, n->a), *args = evaluate_arguments(e, n, few, 4);
    return feel_place(e->run, n, feel_call_named(e->run, function, n->names, args, (size_t)n->count));
}

Value feel_step_builtin(FeelEval *e, const FeelNode *n) {
    const FeelFn *fn = n->more;
    Value few[4], *args = evaluate_arguments(e, n, few, 4);
    return feel_place(e->run, n, feel_call_builtin(e->run, fn->rows, fn->n_rows, args, (size_t)n->count));
}
