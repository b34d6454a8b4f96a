/* libdmn: the public names of yichuang/dmn.h over room dmn. It adds no meaning of its own but one: JSON
 * has no dates, so a text becomes one where the model declares its input so. */
#include "dmn/dmn.h"
#include "bind.h"

#include <yichuang/dmn.h>

static const DmnKind kinds[] = {
    [DMN_PART_DECISION] = DMN_DECISION, [DMN_PART_FUNCTION] = DMN_BKM, [DMN_PART_SERVICE] = DMN_SERVICE};

static const DmnModel *inner(const dmn_model *m) {
    assert(m != NULL);
    return (const DmnModel *)m;
}

/* ---- load ------------------------------------------------------------------------------------ */
typedef struct External { /* the caller's registry */
    dmn_external find;    /* its function */
    const void *context;  /* and what it wants handed in */
} External;

static Value find_external(const void *context, Arena *a, Str class_name, Str signature, const FeelParam *params,
                           size_t n) {
    const External *external = context;
    (void)params, (void)n;
    return bind_in(external->find(external->context, (feel_arena *)a, str_c(a, class_name), str_c(a, signature)));
}

static const FeelRegistry *registry_of(Arena *a, const dmn_settings *settings) {
    if (settings->external == NULL) return NULL;
    External *external = NEW(a, External);
    *external = (External){settings->external, settings->external_context};
    FeelRegistry *registry = NEW(a, FeelRegistry);
    *registry = (FeelRegistry){find_external, external};
    return registry;
}

static void faults_out(Arena *a, const ErrList *list, dmn_faults *out) {
    feel_fault *items = NEW_ARRAY(a, feel_fault, list->n);
    for (size_t i = 0; i < list->n; i++) items[i] = bind_fault(a, &list->items[i]);
    *out = (dmn_faults){items, list->n, list->more};
}

const dmn_model *dmn_model_load(feel_arena *a, const dmn_file *files, size_t n, const dmn_settings *settings,
                                dmn_faults *faults) {
    static const dmn_settings standard = {0};
    assert(a != NULL && files != NULL && n > 0);
    if (settings == NULL) settings = &standard;
    Arena *arena = bind_arena(a);
    DmnSource *sources = NEW_ARRAY(arena, DmnSource, n);
    for (size_t i = 0; i < n; i++) sources[i] = (DmnSource){str_of(files[i].name), {files[i].bytes, files[i].n}};
    ErrList list = {.a = arena};
    DmnOptions options = {.dialect = bind_dialect(settings->dialect), .registry = registry_of(arena, settings)};
    DmnModel *m;
    if (dmn_load(sources, n, options, arena, &list, &m)) return (const dmn_model *)m;
    if (faults != NULL) faults_out(arena, &list, faults);
    return NULL;
}

feel_string dmn_model_name(const dmn_model *m) {
    return bind_text(dmn_name(inner(m)));
}

feel_string dmn_model_hash(const dmn_model *m) {
    return bind_text(dmn_hash(inner(m)));
}

/* ---- inputs ---------------------------------------------------------------------------------- */
int dmn_model_find(const dmn_model *m, dmn_part part, const char *name_or_id) {
    assert((size_t)part < COUNT_OF(kinds) && name_or_id != NULL);
    return dmn_find(inner(m), kinds[part], str_of(name_or_id));
}

size_t dmn_model_inputs(const dmn_model *m) {
    return dmn_input_count(inner(m));
}

feel_string dmn_model_input_name(const dmn_model *m, size_t input) {
    return bind_text(dmn_input_name(inner(m), (int)input));
}

feel_string dmn_model_input_type(feel_arena *a, const dmn_model *m, size_t input) {
    assert(a != NULL);
    return bind_text(feel_type_text(bind_arena(a), dmn_input_type(inner(m), (int)input)));
}

static bool temporal(Arena *a, FeelKind kind, Str text, Value *out) {
    switch (kind) {
    case FEEL_DATE:
        return date_parse(text, out);
    case FEEL_TIME:
        return date_parse_time(a, text, out);
    case FEEL_DATETIME:
        return date_parse_datetime(a, text, out);
    case FEEL_DAYTIME:
        return date_parse_duration(text, out) && out->kind == VALUE_DAYTIME;
    case FEEL_MONTHS:
        return date_parse_duration(text, out) && out->kind == VALUE_MONTHS;
    default:
        return false;
    }
}

static Value typed(Arena *a, Value v, const FeelType *type);

static Value typed_members(Arena *a, Value v, const FeelType *type) {
    ValueBuild b = {.a = a};
    for (uint32_t i = 0; i < v.size; i++) {
        const FeelType *member = feel_type(FEEL_ANY);
        for (size_t k = 0; k < type->n; k++)
            if (str_eq(type->keys[k], v.u.ctx[i].key)) member = type->members[k];
        build_entry(&b, v.u.ctx[i].key, typed(a, v.u.ctx[i].value, member));
    }
    return build_ctx(&b);
}

/* What does not fit is left as it is: deciding says why it is unsuitable. Cost: linear; as deep as JSON. */
static Value typed(Arena *a, Value v, const FeelType *type) {
    Value parsed;
    if (type == NULL) return v;
    if (v.kind == VALUE_STRING) return temporal(a, type->kind, value_text(v), &parsed) ? parsed : v;
    if (v.kind == VALUE_CONTEXT && type->kind == FEEL_CONTEXT) return typed_members(a, v, type);
    if (v.kind != VALUE_LIST || type->kind != FEEL_LIST) return v;
    ValueBuild b = {.a = a};
    for (uint32_t i = 0; i < v.size; i++) build_item(&b, typed(a, v.u.list[i], type->item));
    return build_list(&b);
}

/* The type of the inputs of that name, or NULL when there is none or they differ. */
static const FeelType *input_type(const DmnModel *m, Str name, bool *known) {
    const FeelType *type = NULL;
    *known = false;
    for (size_t i = 0; i < dmn_input_count(m); i++) {
        if (!str_eq(dmn_input_name(m, (int)i), name)) continue;
        const FeelType *one = dmn_input_type(m, (int)i);
        if (*known && one != type) return NULL;
        type = one;
        *known = true;
    }
    return type;
}

/* Inputs of an imported model lie in a context under the import's name. */
static Value typed_inputs(Arena *a, const DmnModel *m, Value v) {
    ValueBuild b = {.a = a};
    for (uint32_t i = 0; i < v.size; i++) {
        bool known;
        const FeelType *type = input_type(m, v.u.ctx[i].key, &known);
        Value member = v.u.ctx[i].value;
        bool is_import = !known && member.kind == VALUE_CONTEXT;
        build_entry(&b, v.u.ctx[i].key, is_import ? typed_inputs(a, m, member) : typed(a, member, type));
    }
    return build_ctx(&b);
}

bool dmn_model_read(const dmn_model *m, feel_arena *a, const char *json, size_t n, feel_value *out, feel_fault *fault) {
    assert(m != NULL && a != NULL && json != NULL && out != NULL);
    Arena *arena = bind_arena(a);
    Value v;
    Err err = {0};
    bool ok = json_parse((Str){json, n}, (JsonLimits){0}, arena, &v, &err);
    if (ok && v.kind != VALUE_CONTEXT)
        ok = err_set(&err, ERR_INPUT, "dmn", "The input must be a JSON object of values by name.");
    if (ok)
        *out = bind_out(typed_inputs(arena, inner(m), v));
    else if (fault != NULL)
        *fault = bind_fault(arena, &err);
    return ok;
}

/* ---- decide ---------------------------------------------------------------------------------- */
dmn_trace *dmn_trace_new(feel_arena *a) {
    assert(a != NULL);
    DmnTrace *t = NEW(bind_arena(a), DmnTrace);
    t->a = bind_arena(a);
    return (dmn_trace *)t;
}

feel_value dmn_model_decide(const dmn_model *m, int decision, const feel_value *inputs, const feel_run *run,
                            dmn_trace *trace) {
    FeelRun feel = bind_run(run);
    return bind_out(dmn_decide(inner(m), decision, bind_values(inputs), &feel, (DmnTrace *)trace));
}

feel_value dmn_model_invoke(const dmn_model *m, dmn_part part, int index, feel_value context, const feel_run *run,
                            dmn_trace *trace) {
    assert((size_t)part < COUNT_OF(kinds));
    FeelRun feel = bind_run(run);
    return bind_out(dmn_invoke(inner(m), kinds[part], index, bind_in(context), &feel, (DmnTrace *)trace));
}

bool dmn_model_answer(const dmn_model *m, int decision, const char *json, size_t n, const feel_run *run,
                      feel_string *out, feel_fault *fault) {
    assert(run != NULL && out != NULL);
    feel_value context;
    if (!dmn_model_read(m, run->arena, json, n, &context, fault)) return false;
    *out = feel_value_to_json(run->arena, dmn_model_invoke(m, DMN_PART_DECISION, decision, context, run, NULL));
    return true;
}

/* ---- explain --------------------------------------------------------------------------------- */
static const DmnHit *hit_at(const dmn_trace *t, size_t step) {
    assert(t != NULL && step < ((const DmnTrace *)t)->n);
    return &((const DmnTrace *)t)->hits[step];
}

size_t dmn_trace_steps(const dmn_trace *t) {
    assert(t != NULL);
    return ((const DmnTrace *)t)->n;
}

dmn_step dmn_trace_step(const dmn_trace *t, size_t step) {
    const DmnHit *hit = hit_at(t, step);
    return (dmn_step){
        .table = hit->table,
        .decision = bind_text(hit->decision),
        .decision_id = bind_text(hit->decision_id),
        .inputs = (const feel_value *)hit->inputs,
        .n_inputs = hit->n_inputs,
        .rules = hit->rules,
        .n_rules = hit->n_rules,
        .output = bind_out(hit->output),
    };
}

static dmn_reason_kind reason_of(DmnWhyNot why) {
    switch (why) {
    case DMN_MATCHED:
        return DMN_REASON_MATCHED;
    case DMN_CELL_FAILED:
        return DMN_REASON_CELL_FAILED;
    case DMN_EARLIER_RULE:
        return DMN_REASON_EARLIER;
    case DMN_NOT_CHOSEN:
        break;
    }
    return DMN_REASON_NOT_CHOSEN;
}

const dmn_reason *dmn_trace_why(const dmn_model *m, const dmn_trace *t, size_t step, const feel_run *run) {
    const DmnHit *hit = hit_at(t, step);
    FeelRun feel = bind_run(run);
    size_t n = dmn_rules(inner(m), hit->table);
    DmnRuleWhy *why = NEW_ARRAY(feel.arena, DmnRuleWhy, n);
    dmn_reason *out = NEW_ARRAY(feel.arena, dmn_reason, n);
    dmn_why(inner(m), hit, &feel, why);
    for (size_t i = 0; i < n; i++) out[i] = (dmn_reason){reason_of(why[i].why), why[i].input, why[i].earlier};
    return out;
}

size_t dmn_model_tables(const dmn_model *m) {
    return dmn_tables(inner(m));
}

size_t dmn_model_rules(const dmn_model *m, int table) {
    return dmn_rules(inner(m), table);
}

size_t dmn_model_columns(const dmn_model *m, int table) {
    return dmn_columns(inner(m), table);
}

size_t dmn_model_outputs(const dmn_model *m, int table) {
    return dmn_outputs(inner(m), table);
}

feel_string dmn_model_table_name(const dmn_model *m, int table) {
    return bind_text(dmn_table_name(inner(m), table));
}

feel_string dmn_model_rule_id(const dmn_model *m, int table, int rule) {
    return bind_text(dmn_rule_id(inner(m), table, rule));
}

feel_string dmn_model_rule_note(const dmn_model *m, int table, int rule, const char *name) {
    assert(name != NULL);
    return bind_text(dmn_rule_note(inner(m), table, rule, str_of(name)));
}

feel_string dmn_model_column_text(const dmn_model *m, int table, int input) {
    return bind_text(dmn_column_text(inner(m), table, input));
}

feel_string dmn_model_cell_text(const dmn_model *m, int table, int rule, int input) {
    return bind_text(dmn_cell_text(inner(m), table, rule, input));
}

feel_string dmn_model_output_text(const dmn_model *m, int table, int rule, int output) {
    return bind_text(dmn_output_text(inner(m), table, rule, output));
}

/* ---- analyse --------------------------------------------------------------------------------- */
const dmn_finding *dmn_model_analyse(const dmn_model *m, int table, const feel_run *run, size_t *n) {
    assert(n != NULL);
    FeelRun feel = bind_run(run);
    DmnFindings found = {.a = feel.arena};
    dmn_analyse(inner(m), table, &feel, &found);
    dmn_finding *out = NEW_ARRAY(feel.arena, dmn_finding, found.n);
    for (size_t i = 0; i < found.n; i++) {
        const DmnFinding *f = &found.items[i];
        out[i] = (dmn_finding){dmn_finding_name(f->kind),     f->table, f->rule, f->other, f->input,
                               (const feel_value *)f->witness};
    }
    *n = found.n;
    return out;
}
