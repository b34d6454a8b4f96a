/* Explains a kept proposal: for every table its inputs, and for every rule why it decided or not. All of
 * it is computed again from the record's inputs, so that a record stays small and an explanation complete. */
#include "pack/pack_in.h"

static Value text_of(Arena *a, Value v) {
    return value_str(feel_text(a, v, true));
}

static Value explain_inputs(const DmnModel *m, const DmnHit *hit, Arena *a) {
    ValueBuild list = {.a = a};
    for (size_t i = 0; i < hit->n_inputs; i++) {
        ValueBuild b = {.a = a};
        build_c(&b, "label", value_str(dmn_column_label(m, hit->table, (int)i)));
        build_c(&b, "expression", value_str(dmn_column_text(m, hit->table, (int)i)));
        build_c(&b, "value", hit->inputs[i]);
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

static void explain_cell(const DmnModel *m, const DmnHit *hit, int rule, int input, Arena *a, ValueBuild *b) {
    Str label = dmn_column_label(m, hit->table, input);
    build_c(b, "column", value_str(label.n > 0 ? label : dmn_column_text(m, hit->table, input)));
    build_c(b, "input", value_int(input));
    build_c(b, "wanted", value_str(dmn_cell_text(m, hit->table, rule, input)));
    build_c(b, "value", text_of(a, hit->inputs[input]));
}

static Value explain_rule(const DmnModel *m, const DmnHit *hit, int rule, DmnRuleWhy why, Arena *a) {
    static const char *const WORDS[] = {[DMN_MATCHED] = "matched",
                                        [DMN_CELL_FAILED] = "cell",
                                        [DMN_EARLIER_RULE] = "earlier",
                                        [DMN_NOT_CHOSEN] = "not_chosen"};
    ValueBuild b = {.a = a};
    build_c(&b, "rule", value_str(dmn_rule_id(m, hit->table, rule)));
    build_c(&b, "output", value_str(dmn_output_text(m, hit->table, rule, 0)));
    build_c(&b, "matched", value_bool(why.why == DMN_MATCHED));
    build_c(&b, "articles", pack_refs(dmn_rule_note(m, hit->table, rule, STR("Law")), a));
    build_c(&b, "why", value_c(WORDS[why.why]));
    if (why.why == DMN_CELL_FAILED) explain_cell(m, hit, rule, why.input, a, &b);
    if (why.why == DMN_EARLIER_RULE) build_c(&b, "earlier", value_str(dmn_rule_id(m, hit->table, why.earlier)));
    return build_ctx(&b);
}

static Value explain_table(const Pack *p, const DmnHit *hit, FeelRun *run) {
    const DmnModel *m = p->model;
    Arena *a = run->arena;
    size_t n = dmn_rules(m, hit->table);
    DmnRuleWhy *why = NEW_ARRAY(a, DmnRuleWhy, n + 1);
    ValueBuild b = {.a = a}, rules = {.a = a};
    dmn_why(m, hit, run, why);
    for (size_t r = 0; r < n; r++) build_item(&rules, explain_rule(m, hit, (int)r, why[r], a));
    build_c(&b, "table", value_str(hit->decision));
    build_c(&b, "label", value_str(dmn_table_name(m, hit->table)));
    build_c(&b, "inputs", explain_inputs(m, hit, a));
    build_c(&b, "rules", build_list(&rules));
    return build_ctx(&b);
}

/* ---- the nearest change ------------------------------------------------------------------------------- */
/* The first rule of the table that the proposal names as deciding. */
static Str deciding_rule(const Pack *p, const DmnTrace *trace, Str table) {
    for (size_t i = 0; i < trace->n; i++)
        if (str_eq(trace->hits[i].decision, table) && trace->hits[i].n_rules > 0)
            return dmn_rule_id(p->model, trace->hits[i].table, trace->hits[i].rules[0]);
    return STR("");
}

/* What an officer chose is no fact of the case and is left alone. */
static Value explain_flip(const Pack *p, Value inputs, Str officer, FeelRun *run) {
    DmnFlip flip;
    FeelRun again = *run; /* its fuel is its own: no nearest change is no trouble */
    Value *slots = pack_inputs(p, inputs, officer, run->arena);
    int skip = p->officer_outcome.n > 0 ? dmn_find(p->model, DMN_INPUT, p->officer_outcome) : -1;
    if (!dmn_flip(p->model, p->decision, slots, STR("outcome"), skip, &again, &flip)) return value_null();
    Str table = value_get_str(flip.result, "table");
    ValueBuild b = {.a = run->arena};
    build_c(&b, "input", value_str(dmn_input_name(p->model, flip.input)));
    build_c(&b, "from", flip.from);
    build_c(&b, "value", flip.value);
    build_c(&b, "outcome", value_get(flip.result, "outcome"));
    build_c(&b, "table", value_str(table));
    build_c(&b, "rule", value_str(deciding_rule(p, &flip.trace, table)));
    return build_ctx(&b);
}

bool pack_explain(const Pack *p, Value record, FeelRun *run, Value *out, Err *err) {
    assert(p && p->model && run && run->arena && out);
    Arena *a = run->arena;
    ValueBuild whole = {.a = a}, tables = {.a = a};
    Value outcome = value_get(record, "outcome"), inputs = value_get(record, "inputs"), flip = value_null();
    build_c(&whole, "outcome", outcome);
    if (!str_eq(value_get_str(record, "model"), dmn_hash(p->model))) {
        build_c(&whole, "other_version", value_bool(true));
    } else {
        PackProposal proposal;
        Str officer = p->officer_outcome.n > 0 ? value_get_str(inputs, str_c(a, p->officer_outcome)) : STR("");
        TRY(pack_propose(p, inputs, officer, run, &proposal, err));
        for (size_t i = 0; i < proposal.trace.n; i++)
            build_item(&tables, explain_table(p, &proposal.trace.hits[i], run));
        flip = explain_flip(p, inputs, officer, run);
    }
    build_c(&whole, "tables", build_list(&tables));
    build_c(&whole, "flip", flip);
    *out = build_ctx(&whole);
    return true;
}
