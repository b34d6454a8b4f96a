/* Tells why a decision came out as it did: as JSON, and from the same JSON as text in Chinese or English. The
 * rule, its cells and values, the article, why each other rule did not decide, and the nearest change. */
#include "main/decision_in.h"

#include <string.h>

/* ---- causes of a null ------------------------------------------------------------------------------------------ */
static Value cause_value(const ValueCause *c, Arena *a) {
    ValueBuild b = {.a = a};
    build_c(&b, "kind", value_c(c->kind));
    build_c(&b, "text", value_str(c->text));
    if (c->from >= 0) {
        build_c(&b, "from", value_int(c->from));
        build_c(&b, "to", value_int(c->to));
    }
    if (c->left != VALUE_NULL || c->right != VALUE_NULL) {
        build_c(&b, "left", value_c(value_kind_name(c->left)));
        build_c(&b, "right", value_c(value_kind_name(c->right)));
    }
    return build_ctx(&b);
}

Value main_causes(Value v, Arena *a) {
    ValueBuild b = {.a = a};
    for (const ValueCause *c = v.kind == VALUE_NULL ? v.u.cause : NULL; c != NULL; c = c->cause) build_item(&b, cause_value(c, a));
    return build_list(&b);
}

void main_print_causes(FILE *to, Value v, Str source) {
    int depth = 0;
    for (const ValueCause *c = v.kind == VALUE_NULL ? v.u.cause : NULL; c != NULL; c = c->cause, depth++) {
        fprintf(to, "%*s%s: " STR_FMT, 2 * depth, "", c->kind, STR_ARG(c->text));
        if (c->left != VALUE_NULL || c->right != VALUE_NULL) fprintf(to, " (%s, %s)", value_kind_name(c->left), value_kind_name(c->right));
        if (c->from >= 0) fprintf(to, " at %d…%d", c->from + 1, c->to);
        if (c->from >= 0 && c->to >= c->from && (size_t)c->to <= source.n)
            fprintf(to, ": " STR_FMT, c->to - c->from, source.p + c->from);
        fputc('\n', to);
    }
}

void main_print_value(Value v, bool json, Arena *a) {
    Str text = json ? json_text(a, v) : feel_text(a, v, true);
    printf(STR_FMT "\n", STR_ARG(text));
}

/* ---- as a value ---------------------------------------------------------------------------------------------------- */
Str main_rule_name(const DmnModel *m, int table, int rule, Arena *a) {
    Str id = dmn_rule_id(m, table, rule);
    return id.n > 0 ? id : str_printf(a, "%d", rule + 1);
}

/* The annotation called Law, else the description, else the first annotation, else the table's source of law. */
static Str article_of(const DmnModel *m, int table, int rule) {
    Str text = dmn_rule_note(m, table, rule, STR("Law"));
    for (size_t i = 0; text.n == 0 && i < dmn_notes(m, table); i++) text = dmn_rule_note(m, table, rule, dmn_note_name(m, table, i));
    return text.n > 0 ? text : dmn_table_authority(m, table, 0);
}

static Str column_name(const DmnModel *m, int table, int input) {
    Str label = dmn_column_label(m, table, input);
    return label.n > 0 ? label : dmn_column_text(m, table, input);
}

static Value inputs_value(const DmnModel *m, const DmnHit *hit, Arena *a) {
    ValueBuild list = {.a = a};
    for (size_t i = 0; i < hit->n_inputs; i++) {
        ValueBuild b = {.a = a};
        build_c(&b, "label", value_str(column_name(m, hit->table, (int)i)));
        build_c(&b, "expression", value_str(dmn_column_text(m, hit->table, (int)i)));
        build_c(&b, "value", hit->inputs[i]);
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

static Value outputs_value(const DmnModel *m, int table, int rule, Arena *a) {
    ValueBuild b = {.a = a};
    for (size_t i = 0; i < dmn_outputs(m, table); i++) build_item(&b, value_str(dmn_output_text(m, table, rule, (int)i)));
    return build_list(&b);
}

static Value cells_value(const DmnModel *m, int table, int rule, Arena *a) {
    ValueBuild b = {.a = a};
    for (size_t i = 0; i < dmn_columns(m, table); i++) build_item(&b, value_str(dmn_cell_text(m, table, rule, (int)i)));
    return build_list(&b);
}

static Value rule_value(const DmnModel *m, const DmnHit *hit, int rule, DmnRuleWhy why, Arena *a) {
    static const char *const words[] = {
        [DMN_MATCHED] = "matched", [DMN_CELL_FAILED] = "cell", [DMN_EARLIER_RULE] = "earlier", [DMN_NOT_CHOSEN] = "not_chosen"};
    ValueBuild b = {.a = a};
    build_c(&b, "rule", value_str(main_rule_name(m, hit->table, rule, a)));
    build_c(&b, "number", value_int(rule + 1));
    build_c(&b, "why", value_c(words[why.why]));
    build_c(&b, "cells", cells_value(m, hit->table, rule, a));
    build_c(&b, "outputs", outputs_value(m, hit->table, rule, a));
    build_c(&b, "article", value_str(article_of(m, hit->table, rule)));
    if (why.why == DMN_CELL_FAILED) {
        build_c(&b, "input", value_str(column_name(m, hit->table, why.input)));
        build_c(&b, "wanted", value_str(dmn_cell_text(m, hit->table, rule, why.input)));
        build_c(&b, "value", hit->inputs[why.input]);
    }
    if (why.why == DMN_EARLIER_RULE) build_c(&b, "earlier", value_str(main_rule_name(m, hit->table, why.earlier, a)));
    return build_ctx(&b);
}

static Value table_value(const DmnModel *m, const DmnHit *hit, FeelRun *run) {
    Arena *a = run->arena;
    size_t n = dmn_rules(m, hit->table);
    DmnRuleWhy *why = NEW_ARRAY(a, DmnRuleWhy, n);
    ValueBuild b = {.a = a}, rules = {.a = a};
    dmn_why(m, hit, run, why);
    for (size_t r = 0; r < n; r++) build_item(&rules, rule_value(m, hit, (int)r, why[r], a));
    build_c(&b, "table", value_str(hit->decision));
    build_c(&b, "inputs", inputs_value(m, hit, a));
    build_c(&b, "output", hit->output);
    build_c(&b, "rules", build_list(&rules));
    return build_ctx(&b);
}

/* The rule that the last table of a trace took: where the change shows. */
static void build_rule(const DmnModel *m, const DmnTrace *trace, Arena *a, ValueBuild *b) {
    for (size_t i = trace->n; i-- > 0;) {
        const DmnHit *hit = &trace->hits[i];
        if (hit->n_rules == 0) continue;
        build_c(b, "table", value_str(hit->decision));
        build_c(b, "rule", value_str(main_rule_name(m, hit->table, hit->rules[0], a)));
        return;
    }
}

static Value flip_value(const Decision *d, const Value *slots, FeelRun *run) {
    DmnFlip flip;
    ValueBuild b = {.a = run->arena};
    if (!dmn_flip(d->m, d->decision, slots, STR(""), -1, run, &flip)) return value_null();
    Str name = dmn_input_name(d->m, flip.input);
    if (flip.member.n > 0) name = str_printf(run->arena, STR_FMT "." STR_FMT, STR_ARG(name), STR_ARG(flip.member));
    build_c(&b, "input", value_str(name));
    build_c(&b, "from", flip.from);
    build_c(&b, "value", flip.value);
    build_c(&b, "result", flip.result);
    build_rule(d->m, &flip.trace, run->arena, &b);
    return build_ctx(&b);
}

Value main_explanation(const Decision *d, const Value *slots, Value result, const DmnTrace *trace, FeelRun *run) {
    ValueBuild b = {.a = run->arena}, tables = {.a = run->arena};
    for (size_t i = 0; i < trace->n; i++) build_item(&tables, table_value(d->m, &trace->hits[i], run));
    build_c(&b, "result", result);
    build_c(&b, "tables", build_list(&tables));
    build_c(&b, "flip", flip_value(d, slots, run));
    build_c(&b, "causes", main_causes(result, run->arena));
    return build_ctx(&b);
}

/* ---- as text ------------------------------------------------------------------------------------------------------------ */
typedef struct Words { /* of one language; {} are filled in order */
    const char *result, *table, *decided, *none, *article, *why_not, *cell, *earlier, *not_chosen, *flip, *no_flip, *rule, *output;
} Words;
static const Words english = {
    .result = "Result: {}", .table = "Table {}", .decided = "  Rule {} decided: {}", .none = "  No rule decided.", .article = "    Article: {}",
    .why_not = "  Why not another:", .cell = "    {}: {} is {}, the rule wants {}", .earlier = "    {}: rule {} came first",
    .not_chosen = "    {}: matches too, but the hit policy did not choose it",
    .flip = "Nearest change: if {} were {} instead of {}, the result would be {}", .no_flip = "Nearest change: none of a single input was found.",
    .rule = " (table {}, rule {})", .output = "  Output: {}",
};
static const Words chinese = {
    .result = "结果：{}", .table = "表 {}", .decided = "  由规则 {} 决定：{}", .none = "  没有规则符合。", .article = "    依据：{}",
    .why_not = "  为什么不是别的：", .cell = "    {}：{} 实为 {}，规则要求 {}", .earlier = "    {}：没有轮到，规则 {} 已先命中",
    .not_chosen = "    {}：也符合，但按命中策略没有采用",
    .flip = "最近的改变：{} 若为 {}（现为 {}），结果就是 {}", .no_flip = "最近的改变：没有找到只改一项就能改变结果的办法。",
    .rule = "（表 {}，规则 {}）", .output = "  输出：{}",
};

static void say(const char *pattern, const Str *parts) {
    for (; *pattern; pattern++) {
        if (pattern[0] != '{' || pattern[1] != '}') {
            putchar(*pattern);
            continue;
        }
        printf(STR_FMT, STR_ARG(*parts));
        parts++;
        pattern++;
    }
}

static Str literal(Arena *a, Value holder, const char *key) { return feel_text(a, value_get(holder, key), true); }

static Str joined(Arena *a, Value texts) {
    Buf b = {.a = a};
    for (uint32_t i = 0; i < texts.size; i++) {
        if (i > 0) buf_c(&b, ", ");
        buf_add(&b, value_text(texts.u.list[i]));
    }
    return buf_str(&b);
}

static bool print_matched(const Words *w, Value rules, Arena *a) {
    bool any = false;
    for (uint32_t i = 0; i < rules.size; i++) {
        Value rule = rules.u.list[i];
        Str article = value_get_str(rule, "article");
        if (!str_is(value_get_str(rule, "why"), "matched")) continue;
        any = true;
        say(w->decided, (Str[]){value_get_str(rule, "rule"), joined(a, value_get(rule, "outputs"))});
        putchar('\n');
        if (article.n == 0) continue;
        say(w->article, &article);
        putchar('\n');
    }
    return any;
}

static void print_others(const Words *w, Value rules, Arena *a) {
    bool headed = false;
    for (uint32_t i = 0; i < rules.size; i++) {
        Value rule = rules.u.list[i];
        Str name = value_get_str(rule, "rule"), why = value_get_str(rule, "why");
        if (str_is(why, "matched")) continue;
        if (!headed) puts(w->why_not);
        headed = true;
        if (str_is(why, "cell")) say(w->cell, (Str[]){name, value_get_str(rule, "input"), literal(a, rule, "value"), value_get_str(rule, "wanted")});
        else if (str_is(why, "earlier")) say(w->earlier, (Str[]){name, value_get_str(rule, "earlier")});
        else say(w->not_chosen, &name);
        putchar('\n');
    }
}

static void print_table(const Words *w, Value table, Arena *a) {
    Value inputs = value_get(table, "inputs"), rules = value_get(table, "rules");
    Str name = value_get_str(table, "table"), output = literal(a, table, "output");
    say(w->table, &name);
    putchar('\n');
    for (uint32_t i = 0; i < inputs.size; i++) {
        Str label = value_get_str(inputs.u.list[i], "label"), value = literal(a, inputs.u.list[i], "value");
        printf("    " STR_FMT " = " STR_FMT "\n", STR_ARG(label), STR_ARG(value));
    }
    if (!print_matched(w, rules, a)) puts(w->none);
    say(w->output, &output);
    putchar('\n');
    print_others(w, rules, a);
}

static void print_flip(const Words *w, Value flip, Arena *a) {
    if (value_is_null(flip)) {
        puts(w->no_flip);
        return;
    }
    say(w->flip, (Str[]){value_get_str(flip, "input"), literal(a, flip, "value"), literal(a, flip, "from"), literal(a, flip, "result")});
    Str table = value_get_str(flip, "table");
    if (table.n > 0) say(w->rule, (Str[]){table, value_get_str(flip, "rule")});
    putchar('\n');
}

void main_print_explanation(const Decision *d, Value explanation) {
    const Words *w = d->zh ? &chinese : &english;
    Value tables = value_get(explanation, "tables"), result = value_get(explanation, "result");
    Str text = feel_text(d->a, result, true);
    say(w->result, &text);
    putchar('\n');
    /* That no rule matched is told with its table. */
    bool told = result.kind == VALUE_NULL && result.u.cause && strcmp(result.u.cause->kind, "no_rule") == 0;
    if (!told) main_print_causes(stdout, result, STR(""));
    for (uint32_t i = 0; i < tables.size; i++) print_table(w, tables.u.list[i], d->a);
    print_flip(w, value_get(explanation, "flip"), d->a);
}
