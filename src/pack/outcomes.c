/* Finds outcome codes in decision tables that pack.json does not list. Room dmn does not know what an
 * outcome is, so this looks at the model's text: the output column named outcome. */
#include <stdio.h>

#include "pack/pack_in.h"

enum { NO_COLUMN = -1 };

/* Index of the output named outcome. */
static int outcome_column(const XmlNode *table) {
    int i = 0;
    for (const XmlNode *output = xml_child(table, "output"); output; output = xml_next(output, "output"), i++)
        if (str_is(xml_attr(output, "name"), "outcome")) return i;
    return NO_COLUMN;
}

/* The text of a string literal without escapes; "" for any other expression. */
static Str literal(Str text) {
    text = str_trim(text);
    if (text.n < 2 || text.p[0] != '"' || text.p[text.n - 1] != '"') return STR("");
    Str inner = str_sub(text, 1, text.n - 2);
    return str_find(inner, STR("\"")) < 0 && str_find(inner, STR("\\")) < 0 ? inner : STR("");
}

static void check_rule(PackCompile *c, Str file, const XmlNode *rule, int column) {
    const XmlNode *entry = xml_child(rule, "outputEntry");
    for (int i = 0; entry && i < column; i++) entry = xml_next(entry, "outputEntry");
    const XmlNode *text = entry ? xml_child(entry, "text") : NULL;
    Str code = text ? literal(text->text) : STR("");
    if (code.n == 0 || pack_outcome(c->pack, code)) return;
    Err *err = errlist_add(c->faults, ERR_INVALID, "pack", "pack.json lists no outcome " STR_FMT ".",
                           STR_ARG(str_head(code, 100)));
    err_file(err, file);
    err_element(err, xml_attr(rule, "id"));
    err_at(err, text->line, text->column, -1);
    snprintf(err->cell, sizeof err->cell, "rule %.*s, output %d",
             (int)(xml_attr(rule, "id").n < 12 ? xml_attr(rule, "id").n : 12), xml_attr(rule, "id").p, column + 1);
}

static void walk(PackCompile *c, Str file, const XmlNode *node) {
    int column = str_is(node->name, "decisionTable") ? outcome_column(node) : NO_COLUMN;
    if (column != NO_COLUMN)
        for (const XmlNode *rule = xml_child(node, "rule"); rule; rule = xml_next(rule, "rule"))
            check_rule(c, file, rule, column);
    for (const XmlNode *child = node->first; child; child = child->next) walk(c, file, child);
}

void pack_check_outcomes(PackCompile *c) {
    const PackFile *file = pack_file(c, pack_named(c, "decisions", STR("decide.dmn")));
    const XmlNode *root = pack_xml(c, file);
    if (root && c->pack->n_outcomes > 0) walk(c, file->name, root);
}
