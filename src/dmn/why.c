/* dmn/why: what a table says of itself, rule by rule and cell by cell, and why each rule did or did
 * not decide. Recomputed from a hit's input values, so a kept event is enough; it changes nothing. */
#include "dmn/dmn_in.h"

static const Table *table_at(const DmnModel *m, int table) {
    assert(m != NULL && table >= 0 && (size_t)table < m->n_tables);
    return m->tables[table];
}

static const Rule *rule_at(const DmnModel *m, int table, int rule) {
    const Table *t = table_at(m, table);
    assert(rule >= 0 && (size_t)rule < t->n_rules);
    return &t->rules[rule];
}

static const Column *column_at(const DmnModel *m, int table, int input) {
    const Table *t = table_at(m, table);
    assert(input >= 0 && (size_t)input < t->n_columns);
    return &t->columns[input];
}

size_t dmn_tables(const DmnModel *m) {
    assert(m != NULL);
    return m->n_tables;
}

size_t dmn_rules(const DmnModel *m, int table) {
    return table_at(m, table)->n_rules;
}

size_t dmn_columns(const DmnModel *m, int table) {
    return table_at(m, table)->n_columns;
}

size_t dmn_outputs(const DmnModel *m, int table) {
    return table_at(m, table)->n_outputs;
}

Str dmn_table_name(const DmnModel *m, int table) {
    return table_at(m, table)->owner->name;
}

Str dmn_rule_id(const DmnModel *m, int table, int rule) {
    return rule_at(m, table, rule)->id;
}

Str dmn_rule_note(const DmnModel *m, int table, int rule, Str name) {
    const Table *t = table_at(m, table);
    const Rule *r = rule_at(m, table, rule);
    for (size_t i = 0; i < t->n_notes; i++) {
        if (str_eq(t->note_names[i], name) && r->notes[i].n > 0) return r->notes[i];
    }
    return r->description;
}

Str dmn_column_text(const DmnModel *m, int table, int input) {
    return column_at(m, table, input)->text;
}

Str dmn_column_label(const DmnModel *m, int table, int input) {
    return column_at(m, table, input)->label;
}

const FeelType *dmn_column_type(const DmnModel *m, int table, int input) {
    return column_at(m, table, input)->type;
}

Str dmn_cell_text(const DmnModel *m, int table, int rule, int input) {
    const Table *t = table_at(m, table);
    assert(rule >= 0 && (size_t)rule < t->n_rules && input >= 0 && (size_t)input < t->n_columns);
    return t->cells[(size_t)rule * t->n_columns + (size_t)input].text;
}

Str dmn_output_text(const DmnModel *m, int table, int rule, int output) {
    const Table *t = table_at(m, table);
    assert(rule >= 0 && (size_t)rule < t->n_rules && output >= 0 && (size_t)output < t->n_outputs);
    return t->entry_texts[(size_t)rule * t->n_outputs + (size_t)output];
}

Str dmn_output_name(const DmnModel *m, int table, int output) {
    const Table *t = table_at(m, table);
    assert(output >= 0 && (size_t)output < t->n_outputs);
    return t->outputs[output].name;
}

/* ---- why ------------------------------------------------------------------------------------- */
/* The first cell that fails, or -1. */
static int first_failed(FeelRun *run, const Table *t, const FeelFrame *frame, const Value *inputs, size_t rule) {
    for (size_t c = 0; c < t->n_columns; c++) {
        if (!dmn_cell_holds(run, &t->cells[rule * t->n_columns + c], frame, inputs[c])) return (int)c;
    }
    return -1;
}

static bool produced(const DmnHit *hit, size_t rule) {
    for (size_t i = 0; i < hit->n_rules; i++) {
        if ((size_t)hit->rules[i] == rule) return true;
    }
    return false;
}

/* Source: DMN 1.5 §8.2.10: under FIRST the lowest matching rule decides; under the other policies a
 * rule that matches and did not produce the result was outranked or contradicted. */
void dmn_why(const DmnModel *m, const DmnHit *hit, FeelRun *run, DmnRuleWhy *out) {
    assert(hit != NULL && run != NULL && out != NULL);
    const Table *t = table_at(m, hit->table);
    assert(hit->n_inputs == t->n_columns);
    const FeelFrame *frame = hit->frame != NULL ? hit->frame : t->blank;
    for (size_t r = 0; r < t->n_rules; r++) {
        out[r] = (DmnRuleWhy){.why = DMN_MATCHED, .input = -1, .earlier = -1};
        if (produced(hit, r)) continue;
        out[r].input = first_failed(run, t, frame, hit->inputs, r);
        if (out[r].input >= 0) {
            out[r].why = DMN_CELL_FAILED;
        } else if (t->policy == HIT_FIRST && hit->n_rules > 0) {
            out[r].why = DMN_EARLIER_RULE;
            out[r].earlier = hit->rules[0];
        } else {
            out[r].why = DMN_NOT_CHOSEN;
        }
    }
}
