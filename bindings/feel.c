/* libfeel: the public names of yichuang/feel.h over room feel. It adds no meaning of its own; it must
 * never keep state, and never hand out what does not lie in the caller's arena. */
#include "bind.h"

_Static_assert((int)FEEL_VALUE_FUNCTION == (int)VALUE_FUNCTION && (int)FEEL_VALUE_DATE == (int)VALUE_DATE,
               "same kinds");

/* ---- memory ---------------------------------------------------------------------------------- */
feel_arena *feel_arena_new(size_t first, size_t limit) {
    return (feel_arena *)arena_sized(first, limit);
}

void feel_arena_reset(feel_arena *a) {
    arena_reset(bind_arena(a));
}

void feel_arena_free(feel_arena *a) {
    arena_free(bind_arena(a));
}

size_t feel_arena_used(const feel_arena *a) {
    assert(a != NULL);
    return arena_used((const Arena *)a);
}

/* ---- values: making -------------------------------------------------------------------------- */
feel_value feel_value_null(void) {
    return bind_out(value_null());
}

feel_value feel_value_boolean(bool b) {
    return bind_out(value_bool(b));
}

feel_value feel_value_integer(int64_t i) {
    return bind_out(value_int(i));
}

feel_value feel_value_string(feel_arena *a, const char *p, size_t n) {
    assert(a != NULL && (p != NULL || n == 0));
    Str text = {p, n};
    if (n > UINT32_MAX || !utf8_valid(text))
        return bind_out(value_because(bind_arena(a), "domain", "The bytes are not a text in UTF-8."));
    return bind_out(value_str(str_copy(bind_arena(a), text)));
}

static bool parse(Arena *a, feel_kind kind, Str text, Value *out) {
    switch (kind) {
    case FEEL_VALUE_NUMBER:
        return dec_parse(a, text, out);
    case FEEL_VALUE_DATE:
        return date_parse(text, out);
    case FEEL_VALUE_TIME:
        return date_parse_time(a, text, out);
    case FEEL_VALUE_DATE_TIME:
        return date_parse_datetime(a, text, out);
    case FEEL_VALUE_DAYTIME:
    case FEEL_VALUE_MONTHS:
        return date_parse_duration(text, out) && (int)out->kind == (int)kind;
    default:
        assert(!"a kind that has a text of its own");
        return false;
    }
}

feel_value feel_value_parse(feel_arena *a, feel_kind kind, const char *text) {
    assert(a != NULL && text != NULL);
    Value v;
    /* Zones keep pointing at the text they were read from. */
    if (parse(bind_arena(a), kind, str_copy(bind_arena(a), str_of(text)), &v)) return bind_out(v);
    return bind_out(value_because(bind_arena(a), "domain", "The text is no %s.", value_kind_name((ValueKind)kind)));
}

feel_value feel_value_list(feel_arena *a, const feel_value *items, size_t n) {
    assert(a != NULL && (items != NULL || n == 0));
    ValueBuild b = {.a = bind_arena(a)};
    for (size_t i = 0; i < n; i++) build_item(&b, bind_in(items[i]));
    return bind_out(build_list(&b));
}

feel_value feel_value_context(feel_arena *a, const char *const *keys, const feel_value *values, size_t n) {
    assert(a != NULL && ((keys != NULL && values != NULL) || n == 0));
    ValueBuild b = {.a = bind_arena(a)};
    for (size_t i = 0; i < n; i++) build_entry(&b, feel_name(b.a, str_copy(b.a, str_of(keys[i]))), bind_in(values[i]));
    return bind_out(build_ctx(&b));
}

feel_value feel_value_copy(feel_arena *a, feel_value v) {
    assert(a != NULL);
    return bind_out(value_copy(bind_arena(a), bind_in(v)));
}

/* ---- values: reading ------------------------------------------------------------------------- */
feel_kind feel_value_kind(feel_value v) {
    return (feel_kind)bind_in(v).kind;
}

bool feel_value_to_boolean(feel_value v, bool *out) {
    if (bind_in(v).kind != VALUE_BOOL) return false;
    *out = value_is_true(bind_in(v));
    return true;
}

bool feel_value_to_integer(feel_value v, int64_t *out) {
    return bind_in(v).kind == VALUE_NUMBER && dec_to_int(bind_in(v), out);
}

bool feel_value_to_double(feel_value v, double *out) {
    if (bind_in(v).kind != VALUE_NUMBER) return false;
    *out = dec_to_double(bind_in(v));
    return true;
}

bool feel_value_to_string(feel_value v, feel_string *out) {
    if (bind_in(v).kind != VALUE_STRING) return false;
    *out = bind_text(value_text(bind_in(v)));
    return true;
}

size_t feel_value_size(feel_value v) {
    Value value = bind_in(v);
    return value.kind == VALUE_LIST || value.kind == VALUE_CONTEXT ? value.size : 0;
}

feel_value feel_value_item(feel_value list_or_context, size_t i) {
    Value v = bind_in(list_or_context);
    assert(i < feel_value_size(list_or_context));
    return bind_out(v.kind == VALUE_LIST ? v.u.list[i] : v.u.ctx[i].value);
}

feel_string feel_value_key(feel_value context, size_t i) {
    Value v = bind_in(context);
    assert(v.kind == VALUE_CONTEXT && i < v.size);
    return bind_text(v.u.ctx[i].key);
}

feel_value feel_value_member(feel_value context, const char *key) {
    return bind_out(value_get(bind_in(context), key));
}

feel_string feel_value_text(feel_arena *a, feel_value v, bool literal) {
    assert(a != NULL);
    return bind_text(feel_text(bind_arena(a), bind_in(v), literal));
}

/* ---- JSON ------------------------------------------------------------------------------------ */
bool feel_value_from_json(feel_arena *a, const char *json, size_t n, feel_value *out, feel_fault *fault) {
    assert(a != NULL && json != NULL && out != NULL);
    Value v;
    Err err = {0};
    if (json_parse((Str){json, n}, (JsonLimits){0}, bind_arena(a), &v, &err)) {
        *out = bind_out(v);
        return true;
    }
    if (fault != NULL) *fault = bind_fault(bind_arena(a), &err);
    return false;
}

feel_string feel_value_to_json(feel_arena *a, feel_value v) {
    assert(a != NULL);
    return bind_text(json_text(bind_arena(a), bind_in(v)));
}

/* ---- causes ---------------------------------------------------------------------------------- */
static bool cause_out(const ValueCause *cause, feel_cause *out) {
    if (cause == NULL) return false;
    *out = (feel_cause){cause->kind, bind_text(cause->text), cause->from, cause->to, cause->cause};
    return true;
}

bool feel_value_cause(feel_value null, feel_cause *out) {
    assert(out != NULL);
    Value v = bind_in(null);
    return v.kind == VALUE_NULL && cause_out(v.u.cause, out);
}

bool feel_cause_beneath(const feel_cause *cause, feel_cause *out) {
    assert(cause != NULL && out != NULL);
    return cause_out(cause->beneath, out);
}

/* ---- expressions ----------------------------------------------------------------------------- */
struct feel_expression {
    const FeelCode *code; /* compiled */
    Str *names;           /* canonical, one for each slot */
    size_t n;             /* of names */
};

static bool compile(feel_expression *e, Arena *a, const feel_settings *settings, Str text, Err *err) {
    FeelScope *scope = feel_scope_inner(a, feel_scope_root(a, bind_dialect(settings->dialect), NULL, NULL));
    e->n = settings->n_names;
    e->names = NEW_ARRAY(a, Str, e->n);
    for (size_t i = 0; i < e->n; i++) {
        e->names[i] = feel_name(a, str_copy(a, str_of(settings->names[i])));
        (void)feel_scope_add(scope, e->names[i], NULL);
    }
    ErrList notes = {.a = a};
    TRY(feel_compile(scope, settings->unary_tests ? FEEL_UNARY_TESTS : FEEL_EXPRESSION, text, a, &e->code, &notes,
                     err));
    if (notes.n > 0) *err = notes.items[0];
    return notes.n == 0;
}

const feel_expression *feel_expression_compile(feel_arena *a, const feel_settings *settings, const char *text, size_t n,
                                               feel_fault *fault) {
    static const feel_settings standard = {0};
    assert(a != NULL && text != NULL && (settings == NULL || settings->names != NULL || settings->n_names == 0));
    feel_expression *e = NEW(bind_arena(a), feel_expression);
    Err err = {0};
    if (compile(e, bind_arena(a), settings != NULL ? settings : &standard, (Str){text, n}, &err)) return e;
    if (fault != NULL) *fault = bind_fault(bind_arena(a), &err);
    return NULL;
}

static FeelFrame frame_of(const feel_expression *e, const Value *values) {
    assert(e != NULL && (values != NULL || e->n == 0));
    return (FeelFrame){.slots = (Value *)values};
}

feel_value feel_expression_eval(const feel_expression *e, const feel_value *values, const feel_run *run) {
    FeelFrame frame = frame_of(e, bind_values(values));
    FeelRun feel = bind_run(run);
    return bind_out(feel_eval(&feel, e->code, &frame));
}

feel_value feel_expression_eval_context(const feel_expression *e, feel_value context, const feel_run *run) {
    assert(e != NULL && run != NULL && run->arena != NULL);
    Value *values = NEW_ARRAY(bind_arena(run->arena), Value, e->n);
    for (size_t i = 0; i < e->n; i++)
        if (!value_find(bind_in(context), e->names[i], &values[i])) values[i] = value_null();
    FeelFrame frame = frame_of(e, values);
    FeelRun feel = bind_run(run);
    return bind_out(feel_eval(&feel, e->code, &frame));
}

bool feel_expression_test(const feel_expression *e, const feel_value *values, feel_value input, const feel_run *run) {
    FeelFrame frame = frame_of(e, bind_values(values));
    FeelRun feel = bind_run(run);
    return feel_test(&feel, e->code, &frame, bind_in(input));
}

/* ---- functions of the host ------------------------------------------------------------------- */
typedef struct Host {    /* behind a function value */
    feel_native call;    /* the host's */
    const void *context; /* and what it wants handed in */
} Host;

static Value call_host(FeelRun *run, const void *context, const Value *args, size_t n) {
    const Host *host = context;
    return bind_in(host->call((feel_arena *)run->arena, host->context, (const feel_value *)args, n));
}

feel_value feel_value_function(feel_arena *a, const char *name, const char *const *parameters, size_t n,
                               feel_native call, const void *context) {
    assert(a != NULL && name != NULL && call != NULL && (parameters != NULL || n == 0));
    Arena *arena = bind_arena(a);
    FeelParam *params = NEW_ARRAY(arena, FeelParam, n);
    for (size_t i = 0; i < n; i++) params[i].name = feel_name(arena, str_copy(arena, str_of(parameters[i])));
    Host *host = NEW(arena, Host);
    *host = (Host){call, context};
    Str own = str_copy(arena, str_of(name));
    return bind_out(feel_function(arena, own, params, n, NULL, call_host, host));
}
