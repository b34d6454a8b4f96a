/* What changes with time: parameters with their periods, the history rule, and the expressions that fill
 * answers left out. It must never guess a value for a day that no period covers. */
#include <stdlib.h>

#include "pack/pack_in.h"

#define FILE_NAME STR("pack.json")

static const PackKey PARAMETER[] = {
    {"name", PACK_NAME, false},       {"value", PACK_ANY, false},       {"unit", PACK_TEXT, true},
    {"valid_from", PACK_DATE, false}, {"valid_to", PACK_DATE, true},    {"source", PACK_NAME, false},
    {"checked_on", PACK_TEXT, false}, {"checked_by", PACK_TEXT, false}, {"note", PACK_PAIR, true},
};
static const PackKey HISTORY[] = {
    {"key", PACK_NAME, false},     {"into", PACK_NAME, false},  {"occurred", PACK_NAME, false},
    {"when", PACK_TEXT, false},    {"window", PACK_ANY, false}, {"order", PACK_NAME, false},
    {"revoked", PACK_NAME, false},
};
static const PackKey DERIVE[] = {{"key", PACK_NAME, false}, {"feel", PACK_NAME, false}};
static const PackKey WINDOW[] = {{"parameter", PACK_NAME, false}};

/* ---- parameters ---------------------------------------------------------------------------------- */
static int by_name_and_day(const void *left, const void *right) {
    const PackParameter *x = left, *y = right;
    int names = str_cmp(x->name, y->name);
    return names ? names : (x->from > y->from) - (x->from < y->from);
}

static Str day_text(Arena *a, int64_t days) {
    Buf b = {.a = a};
    date_write(&b, (Value){.kind = VALUE_DATE, .u.i = days});
    return buf_str(&b);
}

/* Of two neighbours in time: the first must end the day before the second starts. */
static void check_neighbours(PackCompile *c, Str list, const PackParameter *first, const PackParameter *second) {
    if (!str_eq(first->name, second->name)) return;
    Str at = pack_at(c->a, list, first->name), day = day_text(c->a, second->from);
    if (first->to >= second->from)
        pack_fault(c, FILE_NAME, at, "Two periods overlap on " STR_FMT ".", STR_ARG(day));
    else if (first->to + 1 < second->from)
        pack_fault(c, FILE_NAME, at, "No value is in force from " STR_FMT " to the day before " STR_FMT ".",
                   STR_ARG(day_text(c->a, first->to + 1)), STR_ARG(day));
}

size_t pack_load_periods(PackCompile *c, Value list, Str at_list, const char *id_key, const char *value_key, const PackKey *keys, size_t n_keys,
                         PackParameter **out) {
    size_t n = 0;
    PackParameter *rows = *out = NEW_ARRAY(c->a, PackParameter, list.size + 1);
    for (uint32_t i = 0; i < list.size; i++) {
        Value v = list.u.list[i], to = value_get(v, "valid_to");
        Str at = pack_at_item(c->a, at_list, i);
        if (!pack_shape(c, FILE_NAME, at, v, keys, n_keys)) continue;
        PackParameter one = {.name = value_get_str(v, id_key),
                             .value = value_key ? value_get(v, value_key) : v,
                             .from = pack_days(value_get(v, "valid_from")),
                             .to = value_is_null(to) ? INT64_MAX : pack_days(to)};
        if (one.to < one.from) pack_fault(c, FILE_NAME, at, "The period ends before it starts.");
        rows[n++] = one;
    }
    qsort(rows, n, sizeof *rows, by_name_and_day);
    for (size_t i = 1; i < n; i++) check_neighbours(c, at_list, &rows[i - 1], &rows[i]);
    return n;
}

static void load_parameters(PackCompile *c) {
    Value list = pack_list_of(c->pack->json, "parameters");
    c->inside->n_parameters = pack_load_periods(c, list, STR("/parameters"), "name", "value", PARAMETER, COUNT_OF(PARAMETER), &c->inside->parameters);
}

Value pack_parameter(const Pack *p, Str name, int64_t date) {
    for (size_t i = 0; i < p->inside->n_parameters; i++) {
        const PackParameter *one = &p->inside->parameters[i];
        if (str_eq(one->name, name) && one->from <= date && date <= one->to) return one->value;
    }
    return value_null();
}

/* ---- expressions over answers ------------------------------------------------------------------------ */
/* Every form key is a name, typed as the model's input of that name when there is one. */
void pack_add_answers(const PackCompile *c, FeelScope *scope) {
    const Pack *p = c->pack;
    for (size_t i = 0; i < paper_fields(p->form); i++) {
        int input = p->model ? dmn_find(p->model, DMN_INPUT, paper_key(p->form, i)) : -1;
        (void)feel_scope_add(scope, paper_key(p->form, i),
                             input < 0 ? feel_type(FEEL_ANY) : dmn_input_type(p->model, input));
    }
}

/* An expression's fault: its place is inside the text, not in the file. */
static void expression_fault(PackCompile *c, Str at, const Err *err) {
    if (err->column > 0)
        pack_fault(c, FILE_NAME, at, "At character %d of line %d: %s", err->column, err->line, err->text);
    else
        pack_fault(c, FILE_NAME, at, "%s", err->text);
}

/* Compiles an expression of pack.json; an unknown name in it is a fault too. */
const FeelCode *pack_expression(PackCompile *c, const FeelScope *scope, Str text, Str at) {
    const FeelCode *code = NULL;
    ErrList notes = {.a = c->a};
    Err err = {0};
    bool ok = feel_compile(scope, FEEL_EXPRESSION, text, c->a, &code, &notes, &err);
    for (size_t i = 0; i < notes.n; i++) expression_fault(c, at, &notes.items[i]);
    if (!ok) expression_fault(c, at, &err);
    return ok ? code : NULL;
}

static void load_derive(PackCompile *c) {
    PackInside *in = c->inside;
    Value list = value_get(c->pack->json, "derive");
    if (list.kind != VALUE_LIST || !c->pack->form) return;
    FeelScope *scope = feel_scope_inner(c->a, feel_scope_root(c->a, FEEL_STANDARD, NULL, NULL));
    pack_add_answers(c, scope);
    (void)feel_scope_add(scope, STR("now"), feel_type(FEEL_DATETIME));
    (void)feel_scope_add(scope, STR("parameters"), feel_type(FEEL_ANY));
    in->derive = NEW_ARRAY(c->a, PackDerive, list.size + 1);
    for (uint32_t i = 0; i < list.size; i++) {
        Value v = list.u.list[i];
        Str at = pack_at_item(c->a, STR("/derive"), i), key = value_get_str(v, "key");
        if (!pack_shape(c, FILE_NAME, at, v, DERIVE, COUNT_OF(DERIVE))) continue;
        int field = pack_field(c->pack, key);
        if (field < 0)
            pack_fault(c, FILE_NAME, pack_at(c->a, at, STR("key")), "The form has no field " STR_FMT ".", STR_ARG(key));
        const FeelCode *code = pack_expression(c, scope, value_get_str(v, "feel"), pack_at(c->a, at, STR("feel")));
        if (field >= 0 && code) in->derive[in->n_derive++] = (PackDerive){(size_t)field, code};
    }
}

/* ---- history ------------------------------------------------------------------------------------------ */
/* The newest value of the parameter that a window names. */
static Str window_text(PackCompile *c, Value window) {
    if (window.kind == VALUE_STRING) return value_text(window);
    if (!pack_shape(c, FILE_NAME, STR("/history/window"), window, WINDOW, COUNT_OF(WINDOW))) return STR("");
    Str name = value_get_str(window, "parameter");
    Value newest = value_null();
    bool found = false;
    for (size_t i = 0; i < c->inside->n_parameters; i++)
        if (str_eq(c->inside->parameters[i].name, name)) {
            newest = c->inside->parameters[i].value;
            found = true;
        }
    if (!found) pack_fault(c, FILE_NAME, STR("/history/window"), "There is no parameter " STR_FMT ".", STR_ARG(name));
    return newest.kind == VALUE_STRING ? value_text(newest) : STR("");
}

/* One of two words. Out: is it the second? */
static bool either(PackCompile *c, Value history, const char *key, const char *first, const char *second) {
    Str word = value_get_str(history, key);
    bool is_second = str_is(word, second);
    if (!is_second && !str_is(word, first))
        pack_fault(c, FILE_NAME, pack_at(c->a, STR("/history"), str_of(key)), "This must be %s or %s.", first, second);
    return is_second;
}

static void load_when(PackCompile *c, Str when) {
    if (when.n == 0 || !c->pack->form || !c->pack->model) return;
    FeelScope *scope = feel_scope_inner(c->a, feel_scope_root(c->a, FEEL_STANDARD, NULL, NULL));
    pack_add_answers(c, scope);
    for (size_t t = 0; t < dmn_tables(c->pack->model); t++)
        (void)feel_scope_add(scope, dmn_table_name(c->pack->model, (int)t), feel_type(FEEL_ANY));
    (void)feel_scope_add(scope, STR("proposal"), feel_type(FEEL_ANY));
    (void)feel_scope_add(scope, STR("outcome"), feel_type(FEEL_STRING));
    c->inside->when = pack_expression(c, scope, when, STR("/history/when"));
}

static void load_history(PackCompile *c) {
    Pack *p = c->pack;
    Value v;
    if (!value_find(p->json, STR("history"), &v) ||
        !pack_shape(c, FILE_NAME, STR("/history"), v, HISTORY, COUNT_OF(HISTORY)))
        return;
    Err err = {0};
    Str window = window_text(c, value_get(v, "window"));
    if (window.n > 0 && !pack_history_window(window, &p->history, &err)) {
        err_file(&err, FILE_NAME);
        err_element(&err, STR("/history/window"));
        errlist_push(c->faults, &err);
    }
    p->has_history = true;
    p->history.key = value_get_str(v, "key");
    p->history.into = value_get_str(v, "into");
    p->history.occurred = value_get_str(v, "occurred");
    p->history.when = value_get_str(v, "when");
    p->history.by_recorded = either(c, v, "order", "occurred", "recorded");
    p->history.count_revoked = either(c, v, "revoked", "ignore", "count");
    load_when(c, p->history.when);
}

void pack_load_dated(PackCompile *c) {
    load_parameters(c);
    load_derive(c);
    load_history(c);
}
