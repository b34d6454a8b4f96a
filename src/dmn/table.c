/* dmn/table: compiles decision tables (DMN 1.5 §8) from XML. Every cell is compiled here, once; a
 * fault names the rule by its XML id (or number) and the column, and the faulty cell holds for no
 * value. Evaluating is done by match.c and hit.c. */
#include "dmn/dmn_in.h"

#include <stdio.h>
#include <string.h>

enum { MOST_TESTS = 256, CELL_TEXT = 32 };

/* ---- constants ------------------------------------------------------------------------------- */
/* The code of a clause's listed values when they are constants, else NULL. */
static const FeelCode *listed_values(Loader *l, const Module *mod, const Scope *scope, const XmlNode *clause,
                                     const char *element, const char *cell) {
    const XmlNode *values = xml_child(clause, element);
    const FeelCode *code;
    FeelTest tests[MOST_TESTS];
    bool negated;
    if (values == NULL || dmn_child_text(values, "text").n == 0) return NULL;
    if (!dmn_code(l, mod, scope, FEEL_UNARY_TESTS, values, cell, &code)) return NULL;
    return feel_cell(code, tests, MOST_TESTS, &negated) > 0 ? code : NULL;
}

/* A constant that is not of the clause's type or not among its values is most likely a slip: as an
 * input it never matches, as an output it is null or unforeseen. Said at load. */
static void check_constant(Loader *l, const Module *mod, const XmlNode *at, const char *cell, Value v,
                           const FeelType *type, const FeelCode *values) {
    if (v.kind == VALUE_NULL) return;
    l->run.fuel = FEEL_FUEL;
    Str text = feel_text(l->a, v, true);
    if (dmn_coerce(&l->run, v, type).kind == VALUE_NULL) {
        Str name = feel_type_text(l->a, type);
        dmn_fault(l, mod, at, cell, STR_FMT " is not of the type " STR_FMT ".", STR_ARG(text), STR_ARG(name));
    } else if (values != NULL && !feel_test(&l->run, values, NULL, v)) {
        dmn_fault(l, mod, at, cell, STR_FMT " is not among the values " STR_FMT ".", STR_ARG(text),
                  STR_ARG(feel_source(values)));
    }
}

/* ---- columns --------------------------------------------------------------------------------- */
static void compile_column(Loader *l, const Module *mod, const Scope *scope, const XmlNode *xml, Column *column,
                           size_t number) {
    char cell[CELL_TEXT];
    snprintf(cell, sizeof cell, "input %zu", number);
    const XmlNode *expression = xml_child(xml, "inputExpression");
    column->label = xml_attr(xml, "label");
    if (expression == NULL || dmn_child_text(expression, "text").n == 0) {
        dmn_fault(l, mod, xml, cell, "The input has no expression.");
        column->input = dmn_box_null(l, "missing", "The input has no expression.");
        return;
    }
    column->text = dmn_child_text(expression, "text");
    column->type = dmn_type_ref(l, mod, expression);
    column->input = dmn_box_literal(l, mod, scope, expression, cell);
    dmn_box_type(l, column->input, column->type);
    /* Source: DMN 1.5 §8.3.2: input values only describe what may come; they decide nothing. */
    column->values = listed_values(l, mod, scope, xml, "inputValues", cell);
}

/* Source: DMN 1.5 §8.2.10: the order of the output values is their priority. Without them the allowed
 * values of the type serve. */
static void find_ranks(Loader *l, Output *output) {
    const FeelCode *code = output->values;
    if (code == NULL && output->type != NULL) code = output->type->allowed;
    if (code == NULL) return;
    FeelTest tests[MOST_TESTS];
    bool negated;
    size_t n = feel_cell(code, tests, MOST_TESTS, &negated);
    if (n == 0 || negated) return;
    FeelTest *ranks = NEW_ARRAY(l->a, FeelTest, n);
    memcpy(ranks, tests, n * sizeof(FeelTest));
    output->ranks = ranks;
    output->n_ranks = n;
}

static void compile_output(Loader *l, const Module *mod, const Scope *scope, const XmlNode *xml, Output *output,
                           size_t number) {
    char cell[CELL_TEXT];
    snprintf(cell, sizeof cell, "output %zu", number);
    output->name = feel_name(l->a, xml_attr(xml, "name"));
    output->type = dmn_type_ref(l, mod, xml);
    output->values = listed_values(l, mod, scope, xml, "outputValues", cell);
    find_ranks(l, output);
    const XmlNode *entry = xml_child(xml, "defaultOutputEntry");
    if (entry == NULL || dmn_child_text(entry, "text").n == 0) return;
    output->otherwise = dmn_box_literal(l, mod, scope, entry, cell);
    if (output->otherwise->kind == BOX_CONSTANT)
        check_constant(l, mod, entry, cell, output->otherwise->value, output->type, NULL);
    dmn_box_type(l, output->otherwise, output->type);
}

/* ---- rules ----------------------------------------------------------------------------------- */
static void name_rule(char out[CELL_TEXT], const Rule *rule, size_t number) {
    if (rule->id.n > 0)
        snprintf(out, CELL_TEXT, "rule %.*s", (int)(rule->id.n < 12 ? rule->id.n : 12), rule->id.p);
    else
        snprintf(out, CELL_TEXT, "rule %zu", number + 1);
}

static bool is_irrelevant(Str text) {
    return text.n == 0 || str_is(text, "-");
}

/* The end of a range need not itself be an allowed value. */
static const FeelType *base_type(const FeelType *type) {
    return type != NULL && type->allowed != NULL ? type->base : type;
}

static void check_cell(Loader *l, const Module *mod, const XmlNode *at, const char *name, const Cell *cell,
                       const Column *column) {
    FeelTest tests[MOST_TESTS];
    bool negated;
    size_t n = feel_cell(cell->code, tests, MOST_TESTS, &negated);
    for (size_t i = 0; i < n; i++) {
        if (tests[i].kind == FEEL_TEST_EQUAL)
            check_constant(l, mod, at, name, tests[i].value, column->type, column->values);
        if (tests[i].kind != FEEL_TEST_RANGE) continue;
        const ValueRange *range = tests[i].value.u.range;
        check_constant(l, mod, at, name, range->lo.kind != VALUE_NULL ? range->lo : range->hi, base_type(column->type),
                       NULL);
    }
}

static void compile_inputs(Loader *l, const Module *mod, const Scope *scope, const XmlNode *xml, Table *t, size_t r) {
    char rule[CELL_TEXT], cell[CELL_TEXT];
    name_rule(rule, &t->rules[r], r);
    size_t i = 0;
    for (const XmlNode *x = xml_child(xml, "inputEntry"); x != NULL; x = xml_next(x, "inputEntry"), i++) {
        if (i >= t->n_columns) continue;
        Cell *c = &t->cells[r * t->n_columns + i];
        c->text = dmn_child_text(x, "text");
        if (is_irrelevant(c->text)) continue;
        snprintf(cell, sizeof cell, "%.18s, input %u", rule, (unsigned)(i + 1) % 10000);
        c->faulty = !dmn_code(l, mod, scope, FEEL_UNARY_TESTS, x, cell, &c->code);
        if (!c->faulty) check_cell(l, mod, x, cell, c, &t->columns[i]);
    }
    /* Source: DMN 1.5 §8.3.3: as many input entries as inputs, or none at all. */
    if (i != t->n_columns && i != 0) {
        dmn_fault(l, mod, xml, rule, "The rule has %zu input entries, the table has %zu inputs.", i, t->n_columns);
    }
}

static void compile_outputs(Loader *l, const Module *mod, const Scope *scope, const XmlNode *xml, Table *t, size_t r) {
    char rule[CELL_TEXT], cell[CELL_TEXT];
    name_rule(rule, &t->rules[r], r);
    size_t i = 0;
    for (const XmlNode *x = xml_child(xml, "outputEntry"); x != NULL; x = xml_next(x, "outputEntry"), i++) {
        if (i >= t->n_outputs) continue;
        snprintf(cell, sizeof cell, "%.17s, output %u", rule, (unsigned)(i + 1) % 10000);
        Box *entry = dmn_box_literal(l, mod, scope, x, cell);
        if (entry->kind == BOX_CONSTANT)
            check_constant(l, mod, x, cell, entry->value, t->outputs[i].type, t->outputs[i].values);
        dmn_box_type(l, entry, t->outputs[i].type);
        t->entries[r * t->n_outputs + i] = entry;
        t->entry_texts[r * t->n_outputs + i] = dmn_child_text(x, "text");
    }
    if (i == t->n_outputs) return;
    dmn_fault(l, mod, xml, rule, "The rule has %zu output entries, the table has %zu outputs.", i, t->n_outputs);
    for (; i < t->n_outputs; i++)
        t->entries[r * t->n_outputs + i] = dmn_box_null(l, "missing", "The rule has no output.");
}

/* A rule of constants has its output made once, here. */
static void make_ready(Loader *l, Table *t, size_t r, Value *ready) {
    Box **entries = &t->entries[r * t->n_outputs];
    for (size_t i = 0; i < t->n_outputs; i++) {
        if (entries[i]->kind != BOX_CONSTANT) return;
    }
    t->is_ready[r] = true;
    if (t->n_outputs == 1) {
        ready[r] = entries[0]->value;
        return;
    }
    ValueBuild b = {.a = l->a};
    for (size_t i = 0; i < t->n_outputs; i++) build_entry(&b, t->outputs[i].name, entries[i]->value);
    ready[r] = build_ctx(&b);
}

/* Likewise what it gives when no rule matches. Not to match is common and no accident: the cause needs
 * no memory. Source: DMN 1.5 §8.2.11: without a default the result is null, for every policy. */
static void make_none(Loader *l, Table *t) {
    static const ValueCause no_rule = {
        .kind = "no_rule", .text = STR_INIT("No rule of the table matches."), .from = -1, .to = -1};
    ValueBuild b = {.a = l->a};
    bool any = false;
    for (size_t i = 0; i < t->n_outputs; i++) {
        const Box *otherwise = t->outputs[i].otherwise;
        if (otherwise != NULL && otherwise->kind != BOX_CONSTANT) return;
        any = any || otherwise != NULL;
        build_entry(&b, t->outputs[i].name, otherwise != NULL ? otherwise->value : value_null());
    }
    t->none_ready = true;
    if (!any)
        t->none = (Value){.kind = VALUE_NULL, .u.cause = &no_rule};
    else
        t->none = t->n_outputs == 1 ? b.u.entries[0].value : build_ctx(&b);
}

static void compile_rule(Loader *l, const Module *mod, const Scope *scope, const XmlNode *xml, Table *t, size_t r) {
    Rule *rule = &t->rules[r];
    rule->id = xml_attr(xml, "id");
    rule->description = dmn_child_text(xml, "description");
    rule->notes = NEW_ARRAY(l->a, Str, t->n_notes);
    size_t n = 0;
    for (const XmlNode *x = xml_child(xml, "annotationEntry"); x != NULL && n < t->n_notes;
         x = xml_next(x, "annotationEntry")) {
        rule->notes[n++] = dmn_child_text(x, "text");
    }
    compile_inputs(l, mod, scope, xml, t, r);
    compile_outputs(l, mod, scope, xml, t, r);
}

/* ---- the table ------------------------------------------------------------------------------- */
static const char *const policies[] = {"UNIQUE", "ANY", "PRIORITY", "FIRST", "RULE ORDER", "OUTPUT ORDER", "COLLECT"};
static const char *const aggregations[] = {"", "SUM", "COUNT", "MIN", "MAX"};

static bool index_of(Str text, const char *const *names, size_t n, unsigned *out) {
    for (unsigned i = 0; i < n; i++) {
        if (!str_is(text, names[i])) continue;
        *out = i;
        return true;
    }
    return false;
}

static void read_policy(Loader *l, const Module *mod, const XmlNode *xml, Table *t) {
    unsigned i = 0;
    Str policy = xml_attr(xml, "hitPolicy");
    if (policy.n > 0 && !index_of(policy, policies, COUNT_OF(policies), &i)) {
        dmn_fault(l, mod, xml, "",
                  "The hit policy \"" STR_FMT "\" is unknown; it may be UNIQUE, ANY, PRIORITY, FIRST, RULE ORDER, "
                  "OUTPUT ORDER or COLLECT.", STR_ARG(policy));
    }
    t->policy = (HitPolicy)i;
    Str aggregation = xml_attr(xml, "aggregation");
    i = 0;
    if (!index_of(aggregation, aggregations, COUNT_OF(aggregations), &i)) {
        dmn_fault(l, mod, xml, "",
                  "The aggregation \"" STR_FMT "\" is unknown; it may be SUM, COUNT, MIN or MAX.", STR_ARG(aggregation));
    }
    if (t->policy == HIT_COLLECT) t->aggregation = (Aggregation)i;
    /* Source: DMN 1.5 §8.2.10: aggregation is for a single output. */
    if (t->aggregation != AGGREGATE_NONE && t->n_outputs > 1) {
        dmn_fault(l, mod, xml, "", "A table that aggregates can have only one output.");
    }
}

static void read_notes(Loader *l, const XmlNode *xml, Table *t) {
    t->note_names = NEW_ARRAY(l->a, Str, dmn_count(xml, "annotation"));
    for (const XmlNode *x = xml_child(xml, "annotation"); x != NULL; x = xml_next(x, "annotation")) {
        t->note_names[t->n_notes++] = xml_attr(x, "name");
    }
}

static void number_table(Loader *l, Table *t) {
    DmnModel *m = l->m;
    if (m->n_tables == m->cap_tables) {
        size_t cap = m->cap_tables > 0 ? 2 * m->cap_tables : 8;
        m->tables = arena_grow(l->a, m->tables, m->cap_tables * sizeof(Table *), cap * sizeof(Table *));
        m->cap_tables = cap;
    }
    t->number = (int)m->n_tables;
    m->tables[m->n_tables++] = t;
}

/* Source: DMN 1.5 §8.3.4: the names become the keys of the result. */
static void check_output_name(Loader *l, const Module *mod, const XmlNode *xml, const Table *t, size_t number) {
    Str name = t->outputs[number].name;
    if (name.n == 0) dmn_fault(l, mod, xml, "", "Each of several outputs needs a name.");
    for (size_t i = 0; name.n > 0 && i < number; i++) {
        if (str_eq(t->outputs[i].name, name))
            dmn_fault(l, mod, xml, "", "Two outputs are called \"" STR_FMT "\".", STR_ARG(name));
    }
}

static void compile_clauses(Loader *l, const Module *mod, const Scope *scope, const XmlNode *xml, Table *t) {
    size_t i = 0;
    for (const XmlNode *x = xml_child(xml, "input"); x != NULL; x = xml_next(x, "input"), i++) {
        compile_column(l, mod, scope, x, &t->columns[i], i + 1);
    }
    i = 0;
    for (const XmlNode *x = xml_child(xml, "output"); x != NULL; x = xml_next(x, "output"), i++) {
        compile_output(l, mod, scope, x, &t->outputs[i], i + 1);
        if (t->n_outputs > 1) check_output_name(l, mod, x, t, i);
    }
    if (t->n_outputs == 0) dmn_fault(l, mod, xml, "", "The table has no output.");
}

static bool read_size(Loader *l, const Module *mod, const XmlNode *xml, Table *t) {
    size_t n_columns = dmn_count(xml, "input"), n_outputs = dmn_count(xml, "output");
    size_t n_notes = dmn_count(xml, "annotation"), n_rules = dmn_count(xml, "rule");
    TRY(dmn_within(l, mod, xml, n_columns, DMN_MOST_COLUMNS, "inputs"));
    TRY(dmn_within(l, mod, xml, n_outputs, DMN_MOST_COLUMNS, "outputs"));
    TRY(dmn_within(l, mod, xml, n_notes, DMN_MOST_COLUMNS, "annotations"));
    TRY(dmn_within(l, mod, xml, n_rules * (n_columns + n_outputs + n_notes), DMN_MOST_CELLS, "cells"));
    t->n_columns = n_columns;
    t->n_outputs = n_outputs;
    t->n_rules = n_rules;
    return true;
}

/* What a single hit is sure to be; the result of several hits is a list or an aggregate. */
static const FeelType *known_type(Loader *l, const Table *t) {
    bool is_single =
        t->policy == HIT_UNIQUE || t->policy == HIT_ANY || t->policy == HIT_PRIORITY || t->policy == HIT_FIRST;
    if (!is_single || t->n_outputs == 0) return NULL;
    if (t->n_outputs == 1) return t->outputs[0].type;
    FeelType *type = NEW(l->a, FeelType);
    Str *keys = NEW_ARRAY(l->a, Str, t->n_outputs);
    type->kind = FEEL_CONTEXT;
    type->n = t->n_outputs;
    type->keys = keys;
    type->members = NEW_ARRAY(l->a, const FeelType *, t->n_outputs);
    for (size_t i = 0; i < t->n_outputs; i++) {
        keys[i] = t->outputs[i].name;
        type->members[i] = t->outputs[i].type != NULL ? t->outputs[i].type : feel_type(FEEL_ANY);
    }
    return type;
}

const Table *dmn_table_compile(Loader *l, const Module *mod, const Scope *scope, const XmlNode *xml,
                               const FeelType **known) {
    Table *t = NEW(l->a, Table);
    number_table(l, t);
    t->owner = l->owner;
    t->blank = dmn_scope_blank(l->a, scope);
    /* A table that is too large is reported and stays empty. */
    if (!read_size(l, mod, xml, t)) return t;
    t->columns = NEW_ARRAY(l->a, Column, t->n_columns);
    t->outputs = NEW_ARRAY(l->a, Output, t->n_outputs);
    t->rules = NEW_ARRAY(l->a, Rule, t->n_rules);
    t->cells = NEW_ARRAY(l->a, Cell, t->n_rules * t->n_columns);
    t->entries = NEW_ARRAY(l->a, Box *, t->n_rules * t->n_outputs);
    t->entry_texts = NEW_ARRAY(l->a, Str, t->n_rules * t->n_outputs);
    read_policy(l, mod, xml, t);
    read_notes(l, xml, t);
    compile_clauses(l, mod, scope, xml, t);
    size_t r = 0;
    Value *ready = NEW_ARRAY(l->a, Value, t->n_rules);
    t->ready = ready;
    t->is_ready = NEW_ARRAY(l->a, bool, t->n_rules);
    for (const XmlNode *x = xml_child(xml, "rule"); x != NULL; x = xml_next(x, "rule"), r++) {
        compile_rule(l, mod, scope, x, t, r);
        make_ready(l, t, r, ready);
    }
    make_none(l, t);
    *known = known_type(l, t);
    t->index = dmn_index_build(l->a, t);
    return t;
}
