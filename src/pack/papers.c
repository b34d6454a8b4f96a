/* Which papers a service may ask for, and which answers ask for each: read from the rules that give the lines of its
 * checklist. Before anybody has answered it tells the conditions; it must never tell one that no cell has. */
#include "pack/pack_in.h"

typedef struct Papers { /* the rules of one service on their way */
    const Pack *p;      /* it */
    const DmnModel *m;  /* its model */
    Arena *a;           /* the caller's */
} Papers;

/* ---- what a rule says ----------------------------------------------------------------------------------------- */
/* The first text of a cell between its quotes; "" when it begins with none. */
static Str quoted(Str cell) {
    Str rest;
    cell = str_trim(cell);
    return cell.n > 1 && cell.p[0] == '"' ? str_cut(str_sub(cell, 1, cell.n - 1), '"', &rest) : STR("");
}

/* The constant text that a rule gives under an output; "" when it is none. */
static Str constant(const Papers *x, int table, int rule, const char *output) {
    for (size_t i = 0; i < dmn_outputs(x->m, table); i++)
        if (str_is(dmn_output_name(x->m, table, (int)i), output)) return quoted(dmn_output_text(x->m, table, rule, (int)i));
    return STR("");
}

/* The cell of a rule, "" when it asks for nothing. */
static Str asked_cell(const Papers *x, int table, int rule, int column) {
    Str cell = str_trim(dmn_cell_text(x->m, table, rule, column));
    return str_is(cell, "-") ? STR("") : cell;
}

static Value label(const Papers *x, const char *lang, int table, int column) {
    Value all = value_null();
    bool has = value_find(value_get(pack_texts(x->p, str_of(lang)), "columns"), dmn_table_name(x->m, table), &all) &&
               all.kind == VALUE_LIST && column < (int)all.size;
    return has ? all.u.list[column] : value_str(dmn_column_label(x->m, table, column));
}

static Value conditions(const Papers *x, int table, int rule) {
    ValueBuild list = {.a = x->a};
    for (int i = 0; i < (int)dmn_columns(x->m, table); i++) {
        Str cell = asked_cell(x, table, rule, i);
        if (cell.n == 0) continue;
        ValueBuild b = {.a = x->a};
        build_c(&b, "zh", label(x, "zh", table, i));
        build_c(&b, "en", label(x, "en", table, i));
        build_c(&b, "expression", value_str(dmn_column_text(x->m, table, i)));
        build_c(&b, "wanted", value_str(cell));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

/* ---- what the checklist makes of it --------------------------------------------------------------------------------- */
/* An answer that a cell holds for, where the cell begins with one. */
static bool answer_for(Str cell, Value *out) {
    bool text = quoted(cell).n > 0, flag = str_is(cell, "true") || str_is(cell, "false");
    if (text) *out = value_str(quoted(cell));
    if (flag) *out = value_bool(str_is(cell, "true"));
    return text || flag;
}

/* How a paper is needed, asked of the checklist with the answers that the rule names: the decision above a table may say
 * another thing of a line than the table does. "" when those answers do not bring the line. */
static Str needed_by_checklist(const Papers *x, int table, int rule, Str id) {
    FeelRun run = {.arena = x->a, .fuel = FEEL_FUEL};
    Value *inputs = pack_inputs(x->p, value_ctx(NULL, 0), STR(""), x->a);
    for (int i = 0; i < (int)dmn_columns(x->m, table); i++) {
        int slot = dmn_find(x->m, DMN_INPUT, dmn_column_text(x->m, table, i));
        Value v;
        if (slot >= 0 && answer_for(asked_cell(x, table, rule, i), &v)) inputs[slot] = v;
    }
    Value lines = dmn_decide(x->m, x->p->checklist, inputs, &run, NULL);
    for (uint32_t i = 0; lines.kind == VALUE_LIST && i < lines.size; i++)
        if (str_eq(value_get_str(lines.u.list[i], "evidence"), id)) return value_get_str(lines.u.list[i], "needed");
    return STR("");
}

static Value rule_view(const Papers *x, int table, int rule, Str id) {
    Str needed = needed_by_checklist(x, table, rule, id);
    ValueBuild b = {.a = x->a};
    build_c(&b, "rule", value_str(dmn_rule_id(x->m, table, rule)));
    build_c(&b, "needed", value_str(needed.n > 0 ? needed : constant(x, table, rule, "needed")));
    build_c(&b, "articles", pack_refs(dmn_rule_note(x->m, table, rule, STR("Law")), x->a));
    build_c(&b, "conditions", conditions(x, table, rule));
    return build_ctx(&b);
}

/* ---- papers ------------------------------------------------------------------------------------------------------------ */
/* A rule that calls a paper needless is no reason to bring it. */
static Value rules_for(const Papers *x, Str id) {
    ValueBuild list = {.a = x->a};
    for (int t = 0; x->p->checklist >= 0 && t < (int)dmn_tables(x->m); t++)
        for (int r = 0; r < (int)dmn_rules(x->m, t); r++)
            if (str_eq(constant(x, t, r, "evidence"), id) && !str_is(constant(x, t, r, "needed"), "not_needed"))
                build_item(&list, rule_view(x, t, r, id));
    return build_list(&list);
}

static bool is_always(Value rules) {
    for (uint32_t i = 0; i < rules.size; i++)
        if (value_get(rules.u.list[i], "conditions").size == 0) return true;
    return false;
}

Value pack_papers(const Pack *p, Arena *a) {
    assert(p && p->model && a);
    Papers x = {.p = p, .m = p->model, .a = a};
    Value evidence = pack_list_of(p->json, "evidence");
    ValueBuild list = {.a = a};
    for (uint32_t i = 0; i < evidence.size; i++) {
        Value rules = rules_for(&x, value_get_str(evidence.u.list[i], "id"));
        ValueBuild b = {.a = a};
        build_c(&b, "type", evidence.u.list[i]);
        build_c(&b, "always", value_bool(is_always(rules)));
        build_c(&b, "rules", rules);
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}
