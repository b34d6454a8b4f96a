/* yichuang decision analyse, coverage, generate-tests: what is wrong with the tables of a model, what a set of
 * cases shows of them, and cases that show all of it. Tells only what room dmn found. */
#include "main/decision_in.h"

#include <errno.h>
#include <string.h>

/* ---- analyse ------------------------------------------------------------------------------------------------------ */
static Str column_name(const DmnModel *m, int table, int input) {
    Str label = dmn_column_label(m, table, input);
    return label.n > 0 ? label : dmn_column_text(m, table, input);
}

static Value sides(const Decision *d, const DmnFinding *f, bool areas) {
    ValueBuild b = {.a = d->a};
    for (size_t c = 0; f->witness && c < dmn_columns(d->m, f->table); c++)
        build_entry(&b, dmn_column_text(d->m, f->table, (int)c), areas ? value_str(f->area[c]) : f->witness[c]);
    return build_ctx(&b);
}

static Str cell_text(const Decision *d, const DmnFinding *f) { return dmn_cell_text(d->m, f->table, f->rule, f->input); }

/* One sentence. */
static Str sentence(const Decision *d, const DmnFinding *f) {
    Arena *a = d->a;
    Str rule = f->rule >= 0 ? main_rule_name(d->m, f->table, f->rule, a) : STR("");
    Str other = f->other >= 0 ? main_rule_name(d->m, f->table, f->other, a) : STR("");
    Str column = f->input >= 0 ? column_name(d->m, f->table, f->input) : STR("");
    Str cell = f->input >= 0 ? cell_text(d, f) : STR("");
    switch (f->kind) {
    case DMN_GAP: return STR("No rule matches.");
    case DMN_OVERLAP: return str_printf(a, "Rules " STR_FMT " and " STR_FMT " overlap.", STR_ARG(rule), STR_ARG(other));
    case DMN_CONFLICT:
        return str_printf(a, "Rules " STR_FMT " and " STR_FMT " overlap with different outputs.", STR_ARG(rule), STR_ARG(other));
    case DMN_MASKED:
        return str_printf(a, "Rule " STR_FMT " never decides: wherever it matches, rule " STR_FMT " or another is preferred.", STR_ARG(rule), STR_ARG(other));
    case DMN_DEAD:
        return str_printf(a, "Rule " STR_FMT " never matches: " STR_FMT " cannot be " STR_FMT ".", STR_ARG(rule), STR_ARG(column), STR_ARG(cell));
    case DMN_INEXACT:
        return str_printf(a, "Rule " STR_FMT ", " STR_FMT ": \"" STR_FMT "\" is an expression and was not analysed exactly.", STR_ARG(rule),
                          STR_ARG(column), STR_ARG(cell));
    case DMN_UNFINISHED: return STR("The search was stopped: there may be more gaps and masked rules.");
    }
    return STR("");
}

static Value finding_value(const Decision *d, const DmnFinding *f) {
    ValueBuild b = {.a = d->a}, rules = {.a = d->a};
    if (f->rule >= 0) build_item(&rules, value_str(main_rule_name(d->m, f->table, f->rule, d->a)));
    if (f->other >= 0) build_item(&rules, value_str(main_rule_name(d->m, f->table, f->other, d->a)));
    build_c(&b, "kind", value_c(dmn_finding_name(f->kind)));
    build_c(&b, "table", value_str(dmn_table_name(d->m, f->table)));
    build_c(&b, "rules", build_list(&rules));
    if (f->input >= 0) {
        build_c(&b, "input", value_str(column_name(d->m, f->table, f->input)));
        build_c(&b, "cell", value_str(cell_text(d, f)));
    }
    build_c(&b, "text", value_str(sentence(d, f)));
    if (f->witness) {
        build_c(&b, "example", sides(d, f, false));
        build_c(&b, "where", sides(d, f, true));
    }
    return build_ctx(&b);
}

static void print_side(const Decision *d, const DmnFinding *f, const char *word, Value side, bool is_value) {
    Buf b = {.a = d->a};
    for (uint32_t i = 0; i < side.size; i++) {
        Str label = column_name(d->m, f->table, (int)i), text = feel_text(d->a, side.u.ctx[i].value, is_value);
        buf_printf(&b, "%s" STR_FMT ": " STR_FMT, i > 0 ? " | " : "", STR_ARG(label), STR_ARG(text));
    }
    Str line = buf_str(&b);
    printf("    %-7s  " STR_FMT "\n", word, STR_ARG(line));
}

static void print_findings(const Decision *d, const DmnFindings *found) {
    for (size_t i = 0; i < found->n; i++) {
        const DmnFinding *f = &found->items[i];
        Str table = dmn_table_name(d->m, f->table), text = sentence(d, f);
        printf("%s  table " STR_FMT ": " STR_FMT "\n", dmn_finding_name(f->kind), STR_ARG(table), STR_ARG(text));
        if (!f->witness) continue;
        print_side(d, f, "where", sides(d, f, true), false);
        print_side(d, f, "example", sides(d, f, false), true);
    }
    if (found->more) printf("and %zu more\n", found->more);
}

static Value faults_value(const Decision *d) {
    ValueBuild b = {.a = d->a};
    for (size_t i = 0; i < d->faults.n; i++) build_item(&b, value_str(err_line(d->a, &d->faults.items[i])));
    return build_list(&b);
}

static void print_findings_json(const Decision *d, const DmnFindings *found) {
    ValueBuild b = {.a = d->a}, list = {.a = d->a};
    for (size_t i = 0; i < found->n; i++) build_item(&list, finding_value(d, &found->items[i]));
    build_c(&b, "tables", value_int((int64_t)dmn_tables(d->m)));
    build_c(&b, "faults", faults_value(d));
    build_c(&b, "findings", build_list(&list));
    build_c(&b, "more", value_int((int64_t)found->more));
    main_print_value(build_ctx(&b), true, d->a);
}

int main_decision_analyse(Decision *d) {
    DmnFindings found = {.a = d->a};
    size_t wrong = d->faults.n, tables = 0;
    for (size_t t = 0; t < dmn_tables(d->m); t++) {
        if (d->decision >= 0 && dmn_table_decision(d->m, (int)t) != d->decision) continue;
        FeelRun run = main_feel_run(d->a);
        dmn_analyse(d->m, (int)t, &run, &found);
        tables++;
    }
    for (size_t i = 0; i < found.n; i++) wrong += found.items[i].kind != DMN_INEXACT;
    if (d->json) print_findings_json(d, &found);
    else {
        print_findings(d, &found);
        printf("%zu table%s, %zu finding%s\n", tables, tables == 1 ? "" : "s", found.n + found.more, found.n + found.more == 1 ? "" : "s");
    }
    return wrong > 0 ? EXIT_NO : EXIT_YES;
}

/* ---- coverage --------------------------------------------------------------------------------------------------------- */
static void decide_case(const Decision *d, const Value *slots, FeelRun *run, DmnCover *cover) {
    for (size_t i = 0; i < dmn_decision_count(d->m); i++) {
        if (d->decision >= 0 ? (int)i != d->decision : !dmn_is_top(d->m, (int)i)) continue;
        DmnTrace trace = {.a = run->arena};
        (void)dmn_decide(d->m, (int)i, slots, run, &trace);
        dmn_cover_add(cover, &trace, run);
    }
}

typedef struct Tally { /* over all tables */
    size_t rules, rules_hit, cells, cells_shown;
} Tally;

static void tally_rule(const Decision *d, const DmnTableCover *seen, int table, int rule, Tally *sum, ValueBuild *unhit, ValueBuild *unshown) {
    Str name = main_rule_name(d->m, table, rule, d->a);
    size_t n = dmn_columns(d->m, table);
    sum->rules++;
    sum->rules_hit += seen->rules[rule] > 0;
    if (seen->rules[rule] == 0) build_item(unhit, value_str(name));
    for (size_t c = 0; c < n; c++) {
        if (!dmn_cell_matters(d->m, table, rule, (int)c)) continue;
        bool shown = seen->cells[(size_t)rule * n + c];
        sum->cells++;
        sum->cells_shown += shown;
        Str column = column_name(d->m, table, (int)c);
        if (!shown) build_item(unshown, value_str(str_printf(d->a, STR_FMT " " STR_FMT, STR_ARG(name), STR_ARG(column))));
    }
}

static Value table_cover(const Decision *d, const DmnCover *cover, int table, Tally *all) {
    const DmnTableCover *seen = &cover->tables[table];
    ValueBuild b = {.a = d->a}, unhit = {.a = d->a}, unshown = {.a = d->a};
    Tally sum = {0};
    for (size_t r = 0; r < dmn_rules(d->m, table); r++) tally_rule(d, seen, table, (int)r, &sum, &unhit, &unshown);
    build_c(&b, "table", value_str(dmn_table_name(d->m, table)));
    build_c(&b, "evaluated", value_int((int64_t)seen->n_hits));
    build_c(&b, "no_rule", value_int((int64_t)seen->no_rule));
    build_c(&b, "rules", value_int((int64_t)sum.rules));
    build_c(&b, "rules_hit", value_int((int64_t)sum.rules_hit));
    build_c(&b, "cells", value_int((int64_t)sum.cells));
    build_c(&b, "cells_shown", value_int((int64_t)sum.cells_shown));
    build_c(&b, "unhit", build_list(&unhit));
    build_c(&b, "unshown", build_list(&unshown));
    *all = (Tally){all->rules + sum.rules, all->rules_hit + sum.rules_hit, all->cells + sum.cells, all->cells_shown + sum.cells_shown};
    return build_ctx(&b);
}

static void print_names(const char *head, Value names) {
    for (uint32_t i = 0; i < names.size; i++) printf("  %s " STR_FMT "\n", head, STR_ARG(value_text(names.u.list[i])));
}

static void print_cover(Value tables, const Tally *sum, size_t cases) {
    for (uint32_t i = 0; i < tables.size; i++) {
        Value t = tables.u.list[i];
        Str name = value_get_str(t, "table");
        printf("table " STR_FMT ": %lld of %lld rules, %lld of %lld cells\n", STR_ARG(name), (long long)value_get_int(t, "rules_hit", 0),
               (long long)value_get_int(t, "rules", 0), (long long)value_get_int(t, "cells_shown", 0), (long long)value_get_int(t, "cells", 0));
        print_names("never decided:", value_get(t, "unhit"));
        print_names("never the only cell that failed:", value_get(t, "unshown"));
    }
    printf("%zu cases, %zu of %zu rules, %zu of %zu cells\n", cases, sum->rules_hit, sum->rules, sum->cells_shown, sum->cells);
}

static int report_cover(const Decision *d, const DmnCover *cover, size_t cases, size_t refused) {
    ValueBuild b = {.a = d->a}, list = {.a = d->a};
    Tally sum = {0};
    for (size_t t = 0; t < dmn_tables(d->m); t++)
        if (d->decision < 0 || cover->tables[t].n_hits > 0) build_item(&list, table_cover(d, cover, (int)t, &sum));
    Value tables = build_list(&list);
    build_c(&b, "cases", value_int((int64_t)cases));
    build_c(&b, "refused", value_int((int64_t)refused));
    build_c(&b, "rules", value_int((int64_t)sum.rules));
    build_c(&b, "rules_hit", value_int((int64_t)sum.rules_hit));
    build_c(&b, "cells", value_int((int64_t)sum.cells));
    build_c(&b, "cells_shown", value_int((int64_t)sum.cells_shown));
    build_c(&b, "tables", tables);
    if (d->json) main_print_value(build_ctx(&b), true, d->a);
    else print_cover(tables, &sum, cases);
    return refused > 0 || sum.rules_hit < sum.rules ? EXIT_NO : EXIT_YES;
}

int main_decision_coverage(Decision *d) {
    Cases cases;
    Err err = {0};
    if (!main_cases_open(&cases, d, d->in_path, &err)) return main_trouble(&err);
    DmnCover *cover = dmn_cover(d->m, d->a);
    Value *slots = NEW_ARRAY(d->a, Value, dmn_input_count(d->m));
    Arena *a = arena_new(0);
    size_t n = 0, refused = 0;
    int64_t line;
    bool bad;
    FeelRun run = main_feel_run(a);
    for (; main_cases_next(&cases, &run, slots, &line, &bad, &err); n++) {
        if (bad) fprintf(stderr, "%s:%lld: %s\n", d->in_path, (long long)line, err.text);
        else decide_case(d, slots, &run, cover);
        refused += bad;
        err = (Err){0};
        run.fuel = FEEL_FUEL;
        arena_reset(a);
    }
    arena_free(a);
    return report_cover(d, cover, n, refused);
}

/* ---- generate-tests ------------------------------------------------------------------------------------------------------ */
int main_decision_tests(Decision *d) {
    DmnCases made;
    Err err = {0};
    FeelRun run = main_feel_run(d->a);
    dmn_cases(d->m, &run, &made);
    Buf b = {.a = d->a, .limit = MAIN_TEXT_MAX};
    main_kit_write(d, &made, &b);
    FILE *to = d->out_path ? fopen(d->out_path, "wb") : stdout;
    bool ok = to && fwrite(b.p, 1, b.n, to) == b.n && !b.over;
    ok = to && (d->out_path ? fclose(to) : fflush(to)) == 0 && ok;
    if (!ok) {
        err_set(&err, ERR_IO, "main", "the cases could not be written: %s", strerror(errno));
        return main_trouble(&err);
    }
    Tally sum = {0};
    for (size_t t = 0; t < dmn_tables(d->m); t++) (void)table_cover(d, made.cover, (int)t, &sum);
    fprintf(stderr, "%zu cases, %zu of %zu rules, %zu of %zu cells\n", made.n, sum.rules_hit, sum.rules, sum.cells_shown, sum.cells);
    return EXIT_YES;
}
