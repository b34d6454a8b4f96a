/* Both languages say everything: the same keys in texts/zh.json and texts/en.json, and a text for each
 * outcome, table, column, rule, field and option. It must never let a person meet a missing word. */
#include "pack/pack_in.h"

#define ZH STR("texts/zh.json")
#define EN STR("texts/en.json")
enum { DEPTH_MAX = 8 };

static const PackKey SECTIONS[] = {
    {"title", PACK_TEXT, false},      {"lead", PACK_TEXT, false},        {"steps", PACK_CONTEXT, false},  {"results", PACK_CONTEXT, true},
    {"states", PACK_CONTEXT, false},  {"outcomes", PACK_CONTEXT, false}, {"groups", PACK_CONTEXT, true},
    {"fields", PACK_CONTEXT, false},  {"hints", PACK_CONTEXT, true},     {"options", PACK_CONTEXT, true},
    {"tables", PACK_CONTEXT, false},  {"columns", PACK_CONTEXT, false},  {"rules", PACK_CONTEXT, false},
    {"reasons", PACK_CONTEXT, false}, {"texts", PACK_CONTEXT, true},
    {"faults", PACK_CONTEXT, true},
};

/* An outcome, or a result of the pre-check. */
static const PackKey OUTCOME_TEXTS[] = {{"name", PACK_NAME, false}, {"means", PACK_NAME, false}};
static const PackKey STATE_TEXTS[] = {{"title", PACK_NAME, false}, {"now", PACK_NAME, false}};

/* What `has` says and `lacks` does not, at any depth. */
static void compare(PackCompile *c, Str file, Str at, Value has, Value lacks, int depth) {
    for (uint32_t i = 0; has.kind == VALUE_CONTEXT && depth < DEPTH_MAX && i < has.size; i++) {
        Str key = pack_at(c->a, at, has.u.ctx[i].key);
        Value one = has.u.ctx[i].value, other;
        if (!value_find(lacks, has.u.ctx[i].key, &other))
            pack_fault(c, file, key, "The text is missing in this language.");
        else if (other.kind != one.kind || (one.kind == VALUE_LIST && other.size != one.size))
            pack_fault(c, file, key, "The other language has another shape here.");
        else if (other.kind == VALUE_STRING && other.size == 0)
            pack_fault(c, file, key, "The text is empty.");
        else
            compare(c, file, key, one, other, depth + 1);
    }
}

/* English stands for both: the comparison has found what only one language lacks. */
static void need(PackCompile *c, const char *section, Str key) {
    Value found;
    if (!value_find(value_get(c->pack->texts_en, section), key, &found))
        pack_fault(c, EN, str_printf(c->a, "/%s/" STR_FMT, section, STR_ARG(key)), "The text is missing.");
}

/* ---- the form ----------------------------------------------------------------------------------------- */
static void need_options(PackCompile *c, Str key, Value values) {
    Value options = value_null();
    (void)value_find(value_get(c->pack->texts_en, "options"), key, &options);
    for (uint32_t i = 0; i < values.size; i++) {
        Value label;
        Str value = value_get_str(values.u.list[i], "value");
        if (value.n > 0 && !value_find(options, value, &label))
            pack_fault(c, EN, str_printf(c->a, "/options/" STR_FMT "/" STR_FMT, STR_ARG(key), STR_ARG(value)),
                       "The option has no English label.");
    }
}

static void need_field(PackCompile *c, Value v, Str key) {
    Value values = value_get(v, "values"), found;
    if (!value_find(value_get(c->pack->texts_en, "fields"), key, &found))
        pack_fault(c, EN, str_printf(c->a, "/fields/" STR_FMT, STR_ARG(key)), "The field has no English label.");
    if (value_get_str(v, "description").n > 0) need(c, "hints", key);
    if (values.kind == VALUE_LIST) need_options(c, key, values);
}

/* What a part that takes no answer says: a title, or words of its own. */
static void need_words(PackCompile *c, Value v) {
    Str type = value_get_str(v, "type"), id = value_get_str(v, "id");
    bool titled = str_is(type, "group") || str_is(type, "dynamiclist") || (str_is(type, "table") && value_get_str(v, "label").n > 0);
    if (titled) need(c, "groups", id);
    if (str_is(type, "text") || str_is(type, "html") || str_is(type, "image")) need(c, "texts", id);
}

/* above: path of the groups and lists around, with the last dot: "items[].". */
static void check_components(PackCompile *c, Value components, Str above, int depth) {
    for (uint32_t i = 0; components.kind == VALUE_LIST && depth < DEPTH_MAX && i < components.size; i++) {
        Value v = components.u.list[i];
        Str path = value_get_str(v, "path"), key = str_join2(c->a, above, value_get_str(v, "key"));
        bool list = str_is(value_get_str(v, "type"), "dynamiclist");
        Str inside = path.n == 0 ? above : str_printf(c->a, STR_FMT STR_FMT "%s.", STR_ARG(above), STR_ARG(path), list ? "[]" : "");
        check_components(c, value_get(v, "components"), inside, depth + 1);
        if (value_get_str(v, "key").n > 0 && pack_field(c->pack, key) >= 0) need_field(c, v, key);
        else need_words(c, v);
    }
}

/* ---- the model ------------------------------------------------------------------------------------------ */
static void check_table(PackCompile *c, int table) {
    const DmnModel *m = c->pack->model;
    Str name = dmn_table_name(m, table);
    Value columns = value_null();
    need(c, "tables", name);
    need(c, "columns", name);
    if (value_find(value_get(c->pack->texts_en, "columns"), name, &columns) &&
        (columns.kind != VALUE_LIST || columns.size != dmn_columns(m, table)))
        pack_fault(c, EN, str_printf(c->a, "/columns/" STR_FMT, STR_ARG(name)),
                   "The table has %zu input columns: this must be as many texts.", dmn_columns(m, table));
    for (size_t r = 0; r < dmn_rules(m, table); r++) need(c, "rules", dmn_rule_id(m, table, (int)r));
}

/* Texts about rules that no table has. */
static void check_rule_keys(PackCompile *c, const char *section) {
    Value texts = value_get(c->pack->texts_en, section);
    for (uint32_t i = 0; texts.kind == VALUE_CONTEXT && i < texts.size; i++)
        if (pack_rules_named(c->pack, texts.u.ctx[i].key) == 0)
            pack_fault(c, EN, str_printf(c->a, "/%s/" STR_FMT, section, STR_ARG(texts.u.ctx[i].key)),
                       "No table has this rule.");
}

static void check_each(PackCompile *c, const char *section, const PackKey *keys, size_t n) {
    Value texts = value_get(c->pack->texts_en, section);
    for (uint32_t i = 0; texts.kind == VALUE_CONTEXT && i < texts.size; i++) {
        Str at = str_printf(c->a, "/%s/" STR_FMT, section, STR_ARG(texts.u.ctx[i].key));
        (void)pack_shape(c, EN, at, texts.u.ctx[i].value, keys, n);
    }
}

/* ---- the process --------------------------------------------------------------------------------------- */
static bool has_node(const BpmnProcess *process, Str id) {
    for (size_t i = 0; i < bpmn_nodes(process); i++)
        if (str_eq(bpmn_node(process, (int)i)->id, id)) return true;
    return false;
}

static void check_steps(PackCompile *c) {
    Value steps = value_get(c->pack->texts_en, "steps");
    for (uint32_t i = 0; steps.kind == VALUE_CONTEXT && i < steps.size; i++)
        if (!has_node(c->pack->process, steps.u.ctx[i].key))
            pack_fault(c, EN, pack_at(c->a, STR("/steps"), steps.u.ctx[i].key),
                       "The process has no element of this id.");
}

void pack_check_texts(PackCompile *c) {
    const Pack *p = c->pack;
    if (p->texts_zh.kind == VALUE_NULL || p->texts_en.kind == VALUE_NULL) return;
    (void)pack_shape(c, ZH, STR(""), p->texts_zh, SECTIONS, COUNT_OF(SECTIONS));
    (void)pack_shape(c, EN, STR(""), p->texts_en, SECTIONS, COUNT_OF(SECTIONS));
    compare(c, EN, STR(""), p->texts_zh, p->texts_en, 0);
    compare(c, ZH, STR(""), p->texts_en, p->texts_zh, 0);
    for (size_t i = 0; i < p->n_outcomes; i++) need(c, "outcomes", p->outcomes[i].code);
    check_each(c, "outcomes", OUTCOME_TEXTS, COUNT_OF(OUTCOME_TEXTS));
    for (size_t i = 0; i < p->n_results; i++) need(c, "results", p->results[i].code);
    check_each(c, "results", OUTCOME_TEXTS, COUNT_OF(OUTCOME_TEXTS));
    check_each(c, "states", STATE_TEXTS, COUNT_OF(STATE_TEXTS));
    if (p->process) check_steps(c);
    if (p->form) check_components(c, value_get(c->form_json, "components"), STR(""), 0);
    if (!p->model) return;
    for (size_t t = 0; t < dmn_tables(p->model); t++) check_table(c, (int)t);
    check_rule_keys(c, "rules");
    check_rule_keys(c, "reasons");
}
