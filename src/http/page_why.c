/* page_why: the explanation of a decision as people read it: the rule that decided, its inputs, the articles,
 * and for each other rule the first cell that failed or the earlier rule. Recomputes nothing. */
#include "http/page_in.h"

#include <inttypes.h>

/* ---- words of a table ---------------------------------------------------------------------------------- */

static Str column_label(const HttpPage *p, const Pack *pack, Value table, int64_t column) {
    Value inputs = value_get(table, "inputs"), labels;
    Str otherwise = column >= 0 && column < inputs.size ? value_get_str(inputs.u.list[column], "label") : STR("");
    if (!value_find(value_get(http_word_texts(p, pack), "columns"), value_get_str(table, "table"), &labels)) return otherwise;
    if (labels.kind != VALUE_LIST || column < 0 || column >= labels.size) return otherwise;
    return labels.u.list[column].kind == VALUE_STRING ? value_text(labels.u.list[column]) : otherwise;
}

static Str column_key(Value table, int64_t column) {
    Value inputs = value_get(table, "inputs");
    return column >= 0 && column < inputs.size ? value_get_str(inputs.u.list[column], "expression") : STR("");
}

static Str column_value(const HttpPage *p, const Pack *pack, Value table, int64_t column) {
    Value inputs = value_get(table, "inputs");
    if (column < 0 || column >= inputs.size) return STR("");
    return http_word_value(p, pack, column_key(table, column), value_get(inputs.u.list[column], "value"));
}

/* "table C" when the condition rests on another table's result, else "registered fact". */
static Str source_of(const HttpPage *p, Value tables, Str expression) {
    for (uint32_t i = 0; i < tables.size; i++) {
        Str name = value_get_str(tables.u.list[i], "table");
        if (str_starts(expression, str_join2(p->a, name, STR("."))) || str_starts(expression, str_join2(p->a, name, STR(" "))))
            return http_page_say(p, "view.from_table", "table", name, NULL);
    }
    return http_page_text(p, "view.from_form");
}

static Value inputs_view(const HttpPage *p, const Pack *pack, Value tables, Value table) {
    Value inputs = value_get(table, "inputs");
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; i < inputs.size; i++) {
        ValueBuild b = {.a = p->a};
        build_c(&b, "label", value_str(column_label(p, pack, table, i)));
        build_c(&b, "value", value_str(column_value(p, pack, table, i)));
        build_c(&b, "source", value_str(source_of(p, tables, column_key(table, i))));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

/* ---- rules ------------------------------------------------------------------------------------------------ */

static Value failed_cell(const HttpPage *p, const Pack *pack, Value table, Value rule) {
    int64_t column = value_get_int(rule, "input", -1);
    ValueBuild b = {.a = p->a};
    build_c(&b, "label", value_str(column_label(p, pack, table, column)));
    build_c(&b, "wanted", value_str(http_word_wanted(p, pack, column_key(table, column), value_get_str(rule, "wanted"))));
    build_c(&b, "value", value_str(column_value(p, pack, table, column)));
    return build_ctx(&b);
}

static Value rule_view(const HttpPage *p, const Pack *pack, Value table, Value rule) {
    Str code = value_get_str(rule, "rule"), why = value_get_str(rule, "why");
    bool cell = str_is(why, "cell"), earlier = str_is(why, "earlier"), hit = str_is(why, "matched");
    ValueBuild b = {.a = p->a};
    build_c(&b, "rule", value_str(code));
    build_c(&b, "name", value_str(http_word(http_word_texts(p, pack), "rules", code, code)));
    build_c(&b, "hit", value_bool(hit));
    build_c(&b, "cell", cell ? failed_cell(p, pack, table, rule) : value_null());
    build_c(&b, "earlier", earlier ? value_get(rule, "earlier") : value_null());
    build_c(&b, "other", value_bool(!cell && !earlier && !hit));
    return build_ctx(&b);
}

static Value rules_view(const HttpPage *p, const Pack *pack, Value table, bool with_hit) {
    Value rules = value_get(table, "rules");
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; i < rules.size; i++) {
        bool hit = str_is(value_get_str(rules.u.list[i], "why"), "matched");
        if (with_hit || !hit) build_item(&list, rule_view(p, pack, table, rules.u.list[i]));
    }
    return build_list(&list);
}

static Value tables_view(const HttpPage *p, const Pack *pack, Value tables) {
    Value texts = http_word_texts(p, pack);
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; i < tables.size; i++) {
        Value table = tables.u.list[i];
        Str name = value_get_str(table, "table"), title = http_word(texts, "tables", name, STR(""));
        Str head = http_page_say(p, "view.table", "table", name, NULL);
        ValueBuild b = {.a = p->a};
        build_c(&b, "label", value_str(str_printf(p->a, STR_FMT " · " STR_FMT, STR_ARG(head), STR_ARG(title))));
        build_c(&b, "inputs", inputs_view(p, pack, tables, table));
        build_c(&b, "rules", rules_view(p, pack, table, true));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

/* ---- the decision ------------------------------------------------------------------------------------------- */

static void add_refs(const HttpPage *p, ValueBuild *list, Value refs, bool lists_only) {
    (void)p;
    for (uint32_t i = 0; refs.kind == VALUE_LIST && i < refs.size; i++) {
        Value ref = refs.u.list[i];
        bool skip = ref.kind != VALUE_STRING || (lists_only && !str_starts(value_text(ref), STR("list:")));
        for (size_t k = 0; k < list->n && !skip; k++) skip = value_same(list->u.items[k], ref);
        if (!skip) build_item(list, ref);
    }
}

/* As in the letter: the deciding rule's articles, and of the other rules the lists they rest on. */
Value http_why_refs(HttpPage *p, Value rules) {
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; rules.kind == VALUE_LIST && i < rules.size; i++)
        add_refs(p, &list, value_get(rules.u.list[i], "articles"), i > 0);
    return build_list(&list);
}

Value http_why_reasons(const HttpPage *p, const Pack *pack, Value rules) {
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; rules.kind == VALUE_LIST && i < rules.size; i++) {
        Str sentence = http_word(http_word_texts(p, pack), "reasons", value_get_str(rules.u.list[i], "rule"), STR(""));
        if (sentence.n > 0) build_item(&list, value_str(sentence));
    }
    return build_list(&list);
}

/* D5 and, behind it, what other tables gave; the deciding rule first. */
static Value rule_names(const HttpPage *p, const Pack *pack, Value rules) {
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; rules.kind == VALUE_LIST && i < rules.size; i++) {
        Str code = value_get_str(rules.u.list[i], "rule");
        ValueBuild b = {.a = p->a};
        build_c(&b, "rule", value_str(code));
        build_c(&b, "name", value_str(http_word(http_word_texts(p, pack), "rules", code, STR(""))));
        build_c(&b, "last", value_bool(i + 1 == rules.size));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

static Value deciding_table(Value tables, Value rules) {
    Str name = rules.kind == VALUE_LIST && rules.size > 0 ? value_get_str(rules.u.list[0], "table") : STR("");
    for (uint32_t i = 0; i < tables.size; i++)
        if (str_eq(value_get_str(tables.u.list[i], "table"), name)) return tables.u.list[i];
    return value_null();
}

/* ---- the nearest change ------------------------------------------------------------------------------------- */

/* What people call an answer: the column that asks for nothing else, else the form's field. */
static Str answer_label(const HttpPage *p, const Pack *pack, Value tables, Str key) {
    for (uint32_t t = 0; t < tables.size; t++) {
        Value inputs = value_get(tables.u.list[t], "inputs");
        for (uint32_t i = 0; i < inputs.size; i++)
            if (str_eq(value_get_str(inputs.u.list[i], "expression"), key)) return column_label(p, pack, tables.u.list[t], i);
    }
    Str label = key;
    for (size_t i = 0; i < paper_fields(pack->form); i++)
        if (str_eq(paper_key(pack->form, i), key)) label = paper_label(pack->form, i);
    return http_word(http_word_texts(p, pack), "fields", key, label);
}

static void put_flip(HttpPage *p, const Pack *pack, Value tables, Value flip) {
    Str key = value_get_str(flip, "input");
    if (key.n == 0) return;
    Str value = http_word_value(p, pack, key, value_get(flip, "value")), from = http_word_value(p, pack, key, value_get(flip, "from"));
    Str outcome = http_word_outcome(p, pack, value_get_str(flip, "outcome"));
    http_page_str(p, "flip", http_page_say(p, "view.flip_text", "input", answer_label(p, pack, tables, key), "value", value, "from", from,
                                           "rule", value_get_str(flip, "rule"), "outcome", outcome, NULL));
}

void http_why_put(HttpPage *p, const Pack *pack, Value record, Value trace) {
    Value rules = value_get(record, "rules"), tables = value_get(trace, "tables"), table = deciding_table(tables, rules);
    Str rule = rules.kind == VALUE_LIST && rules.size > 0 ? value_get_str(rules.u.list[0], "rule") : STR("");
    Value why = inputs_view(p, pack, tables, table);
    ValueBuild b = {.a = p->a};
    build_c(&b, "outcome", value_str(http_word_outcome(p, pack, value_get_str(record, "outcome"))));
    build_c(&b, "rules", rule_names(p, pack, rules));
    http_page_put(p, "proposal", build_ctx(&b));
    http_page_put(p, "why", why);
    http_page_str(p, "why_note", http_page_say(p, "view.why_all", "rule", rule, "n", str_printf(p->a, "%" PRIu32, why.size), NULL));
    http_page_put(p, "nots", rules_view(p, pack, table, false));
    http_page_put(p, "tables", tables_view(p, pack, tables));
    put_flip(p, pack, tables, value_get(trace, "flip"));
    http_page_put(p, "articles", http_word_articles(p, pack, http_why_refs(p, rules)));
}
