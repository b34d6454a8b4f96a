/* Cases for decisions, one after the other, from NDJSON, CSV, a JSON list or the conformance kit's XML. A case
 * that does not fit is refused with its line and the name of the input; nothing is guessed or left out. */
#include "main/decision_in.h"

#include <string.h>

/* ---- values of the right type ------------------------------------------------------------------------------- */
/* JSON and CSV have no dates: a text stands for one where the type says so. */
static Value typed(Arena *a, Value v, const FeelType *type) {
    Value read;
    if (v.kind == VALUE_LIST && type->kind == FEEL_LIST) {
        Value *items = NEW_ARRAY(a, Value, v.size);
        for (uint32_t i = 0; i < v.size; i++) items[i] = typed(a, v.u.list[i], type->item);
        return value_list(items, v.size);
    }
    if (v.kind == VALUE_CONTEXT && type->kind == FEEL_CONTEXT) {
        for (size_t i = 0; i < type->n; i++)
            if (value_find(v, type->keys[i], &read)) v = value_with(a, v, type->keys[i], typed(a, read, type->members[i]));
        return v;
    }
    if (v.kind != VALUE_STRING) return v;
    Str text = value_text(v);
    bool ok = (type->kind == FEEL_DATE && date_parse(text, &read)) || (type->kind == FEEL_TIME && date_parse_time(a, text, &read)) ||
              (type->kind == FEEL_DATETIME && date_parse_datetime(a, text, &read)) ||
              ((type->kind == FEEL_DAYTIME || type->kind == FEEL_MONTHS) && date_parse_duration(text, &read));
    return ok ? read : v;
}

static bool fit(Str name, const FeelType *type, FeelRun *run, Value *slot, Err *err) {
    Value v = typed(run->arena, *slot, type);
    if (v.kind != VALUE_NULL && feel_coerce(run, v, type).kind == VALUE_NULL) {
        Str wanted = feel_type_text(run->arena, type), got = feel_text(run->arena, v, true);
        return err_set(err, ERR_INVALID, "main", "the input \"" STR_FMT "\" must be of the type " STR_FMT ", it is " STR_FMT, STR_ARG(name),
                       STR_ARG(wanted), STR_ARG(got));
    }
    *slot = v;
    return true;
}

static int input_named(const DmnModel *m, Str name) {
    for (size_t i = 0; i < dmn_input_count(m); i++)
        if (str_eq(dmn_input_name(m, (int)i), name)) return (int)i;
    return -1;
}

/* The values of an imported model's inputs stand in a context under the import's name, not beside the model's own. */
static bool reaches_an_input(const Decision *d, const ValueEntry *e, const Value *slots, FeelRun *run) {
    int input = input_named(d->m, feel_name(run->arena, e->key));
    if (input < 0) return d->n_files > 1 && e->value.kind == VALUE_CONTEXT;
    return e->value.kind == VALUE_NULL || slots[input].kind != VALUE_NULL;
}

bool main_decision_slots(const Decision *d, Value given, FeelRun *run, Value *slots, Err *err) {
    if (given.kind != VALUE_CONTEXT) return err_set(err, ERR_INPUT, "main", "a case is an object with a value for each input");
    dmn_slots(d->m, given, slots);
    for (uint32_t i = 0; i < given.size; i++) {
        const ValueEntry *e = &given.u.ctx[i];
        if (!reaches_an_input(d, e, slots, run))
            return err_set(err, ERR_INVALID, "main", "the model has no input \"" STR_FMT "\"", STR_ARG(e->key));
    }
    for (size_t i = 0; i < dmn_input_count(d->m); i++)
        TRY(fit(dmn_input_name(d->m, (int)i), dmn_input_type(d->m, (int)i), run, &slots[i], err));
    return true;
}

/* ---- CSV (RFC 4180) ------------------------------------------------------------------------------------------------ */
/* One field; *end: the byte that ended it, 0 at the end of the text. */
static bool csv_field(Cases *c, Arena *a, Str *field, char *end, Err *err) {
    Buf b = {.a = a};
    Str *t = &c->text;
    bool quoted = t->n > 0 && t->p[0] == '"';
    if (quoted) *t = str_sub(*t, 1, t->n);
    while (t->n > 0) {
        char byte = t->p[0];
        if (!quoted && (byte == ',' || byte == '\n')) break;
        *t = str_sub(*t, 1, t->n);
        if (quoted && byte == '"') {
            if (t->n == 0 || t->p[0] != '"') quoted = false;
            else *t = str_sub(*t, 1, t->n);
            if (!quoted) continue;
        }
        c->line += byte == '\n';
        buf_byte(&b, byte);
    }
    *end = t->n > 0 ? t->p[0] : 0;
    if (*end) *t = str_sub(*t, 1, t->n);
    c->line += *end == '\n';
    *field = buf_str(&b);
    if (*end != ',' && field->n > 0 && field->p[field->n - 1] == '\r') field->n--;
    return !quoted || err_set(err, ERR_INPUT, "main", "a quoted field has no end");
}

static bool csv_head(Cases *c, Err *err) {
    char end = ',';
    Str name;
    c->columns = NEW_ARRAY(c->d->a, int, dmn_input_count(c->d->m));
    while (end == ',') {
        TRY(csv_field(c, c->d->a, &name, &end, err));
        int input = input_named(c->d->m, str_trim(name));
        if (input < 0) return err_set(err, ERR_INVALID, "main", "line 1: the model has no input \"" STR_FMT "\"", STR_ARG(name));
        for (size_t i = 0; i < c->n_columns; i++)
            if (c->columns[i] == input) return err_set(err, ERR_INVALID, "main", "line 1: the column \"" STR_FMT "\" stands twice", STR_ARG(name));
        c->columns[c->n_columns++] = input;
    }
    return true;
}

/* The text of a cell as its input's type wants it; empty is null. */
static bool csv_value(Str text, const FeelType *type, Arena *a, Value *out) {
    *out = value_str(text);
    if (text.n == 0) *out = value_null();
    else if (type->kind == FEEL_NUMBER) return dec_parse(a, str_trim(text), out);
    else if (type->kind == FEEL_BOOLEAN) *out = value_bool(str_is(text, "true"));
    else if (type->kind == FEEL_LIST || type->kind == FEEL_CONTEXT) return json_parse(text, (JsonLimits){0}, a, out, NULL);
    return type->kind != FEEL_BOOLEAN || text.n == 0 || str_is(text, "true") || str_is(text, "false");
}

/* The rest of a refused line is skipped, so that the next one is read in step. */
static bool csv_case(Cases *c, FeelRun *run, Value *slots, Err *err) {
    char end = ',';
    Str text;
    bool ok = true;
    for (size_t i = 0; i < dmn_input_count(c->d->m); i++) slots[i] = value_null();
    size_t n = 0;
    for (; end == ','; n++) {
        TRY(csv_field(c, run->arena, &text, &end, err));
        if (!ok || n >= c->n_columns) continue;
        int input = c->columns[n];
        Str name = dmn_input_name(c->d->m, input);
        const FeelType *type = dmn_input_type(c->d->m, input);
        if (csv_value(text, type, run->arena, &slots[input])) ok = fit(name, type, run, &slots[input], err);
        else ok = err_set(err, ERR_INVALID, "main", "the input \"" STR_FMT "\" cannot be \"" STR_FMT "\"", STR_ARG(name), STR_ARG(text));
    }
    if (!ok || n == c->n_columns) return ok;
    return err_set(err, ERR_INPUT, "main", "the line has %zu fields, the head has %zu", n, c->n_columns);
}

/* ---- one case ------------------------------------------------------------------------------------------------------------ */
/* A worked case of a pack keeps its values under `inputs`. */
static Value values_of(const Cases *c, Value v) {
    Value inner;
    bool wrapped = value_find(v, STR("inputs"), &inner) && inner.kind == VALUE_CONTEXT && input_named(c->d->m, STR("inputs")) < 0;
    return wrapped ? inner : v;
}

static bool line_case(Cases *c, FeelRun *run, Value *slots, Err *err) {
    Value v;
    Str line = str_cut(c->text, '\n', &c->text);
    c->line++;
    TRY(json_parse(line, (JsonLimits){0}, run->arena, &v, err));
    return main_decision_slots(c->d, values_of(c, v), run, slots, err);
}

static bool one_case(Cases *c, FeelRun *run, Value *slots, Err *err) {
    Value v;
    switch (c->form) {
    case CASES_LINES: return line_case(c, run, slots, err);
    case CASES_CSV: return csv_case(c, run, slots, err);
    case CASES_JSON: v = values_of(c, c->list.u.list[c->line++ - 1]); break;
    case CASES_KIT:
    default:
        v = main_kit_inputs(c->test, run->arena);
        c->test = xml_next(c->test, "testCase");
        c->line++;
    }
    return main_decision_slots(c->d, v, run, slots, err);
}

static bool at_end(Cases *c) {
    if (c->form == CASES_JSON) return (size_t)c->line > c->list.size;
    if (c->form == CASES_KIT) return c->test == NULL;
    /* Empty lines are no cases. */
    for (; c->text.n > 0 && (c->text.p[0] == '\n' || c->text.p[0] == '\r'); c->text = str_sub(c->text, 1, c->text.n)) c->line += c->text.p[0] == '\n';
    return c->text.n == 0;
}

bool main_cases_next(Cases *c, FeelRun *run, Value *slots, int64_t *line, bool *bad, Err *err) {
    if (at_end(c)) return false;
    *line = c->line;
    *bad = !one_case(c, run, slots, err);
    return true;
}

double main_cases_left(const Cases *c, size_t whole) {
    return whole > 0 ? (double)c->text.n / (double)whole : 0;
}

/* ---- opening ----------------------------------------------------------------------------------------------------------------- */
static bool open_json(Cases *c, Err *err) {
    TRY(json_parse(c->text, (JsonLimits){.bytes = MAIN_TEXT_MAX}, c->d->a, &c->list, err));
    return c->list.kind == VALUE_LIST || err_set(err, ERR_INPUT, "main", "the file must hold a list of cases");
}

static bool open_kit(Cases *c, Err *err) {
    XmlNode *root;
    TRY(xml_parse(c->text, c->d->a, &root, err));
    c->test = xml_child(root, "testCase");
    return str_is(root->name, "testCases") || err_set(err, ERR_INPUT, "main", "the file must hold testCases");
}

bool main_cases_open(Cases *c, const Decision *d, const char *path, Err *err) {
    Str name = str_of(path);
    *c = (Cases){.d = d, .line = 1};
    TRY(main_read_file(path, MAIN_TEXT_MAX, d->a, &c->text, err));
    bool ok = true;
    if (str_ends(name, STR(".csv"))) c->form = CASES_CSV, ok = csv_head(c, err);
    if (str_ends(name, STR(".json"))) c->form = CASES_JSON, ok = open_json(c, err);
    if (str_ends(name, STR(".xml"))) c->form = CASES_KIT, ok = open_kit(c, err);
    if (!ok) err_file(err, name);
    return ok;
}
