/* The conformance kit's XML: cases read from it and written to it, so that other engines can run what was
 * made here. Its shape: testCases / testCase / inputNode and resultNode / value, list, component. */
#include "main/decision_in.h"

#include <string.h>

#define XSI "http://www.w3.org/2001/XMLSchema-instance"

/* ---- reading ------------------------------------------------------------------------------------------------- */
static Value read_value(const XmlNode *holder, Arena *a);

static Value read_simple(const XmlNode *node, Arena *a) {
    Str local, type = xml_attr_ns(node, XSI, "type"), text = str_trim(node->text), prefix = str_cut(type, ':', &local);
    Value v;
    if (local.n == 0) local = prefix;
    if (str_is(xml_attr_ns(node, XSI, "nil"), "true")) return value_null();
    if (str_is(local, "boolean")) return value_bool(str_is(text, "true"));
    if (str_is(local, "string")) return value_str(node->text);
    bool read = (str_is(local, "date") && date_parse(text, &v)) || (str_is(local, "time") && date_parse_time(a, text, &v)) ||
                (str_is(local, "dateTime") && date_parse_datetime(a, text, &v)) || (str_is(local, "duration") && date_parse_duration(text, &v)) ||
                dec_parse(a, text, &v);
    return read ? v : value_str(node->text);
}

static Value read_list(const XmlNode *list, Arena *a) {
    ValueBuild b = {.a = a};
    for (const XmlNode *x = xml_child(list, "item"); x != NULL; x = xml_next(x, "item")) build_item(&b, read_value(x, a));
    return build_list(&b);
}

/* Depth: that of the XML tree, which is limited. */
static Value read_value(const XmlNode *holder, Arena *a) {
    const XmlNode *value = xml_child(holder, "value"), *list = xml_child(holder, "list");
    if (value != NULL) return read_simple(value, a);
    if (list != NULL) return read_list(list, a);
    ValueBuild b = {.a = a};
    for (const XmlNode *x = xml_child(holder, "component"); x != NULL; x = xml_next(x, "component"))
        build_entry(&b, feel_name(a, xml_attr(x, "name")), read_value(x, a));
    return b.n > 0 ? build_ctx(&b) : value_null();
}

Value main_kit_inputs(const XmlNode *test, Arena *a) {
    Value inputs = value_ctx(NULL, 0);
    for (const XmlNode *x = xml_child(test, "inputNode"); x != NULL; x = xml_next(x, "inputNode"))
        inputs = value_with(a, inputs, xml_attr(x, "name"), read_value(x, a));
    return inputs;
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */
static const char *xsd_type(Value v) {
    switch (v.kind) {
    case VALUE_BOOL: return "boolean";
    case VALUE_NUMBER: return "decimal";
    case VALUE_DATE: return "date";
    case VALUE_TIME: return "time";
    case VALUE_DATETIME: return "dateTime";
    case VALUE_DAYTIME:
    case VALUE_MONTHS: return "duration";
    default: return "string";
    }
}

static void indent(Buf *b, int depth) {
    buf_byte(b, '\n');
    for (int i = 0; i < depth; i++) buf_c(b, "  ");
}

static void write_value(Buf *b, Value v, int depth) {
    if (v.kind == VALUE_LIST) {
        buf_c(b, "<list>");
        for (uint32_t i = 0; i < v.size; i++) {
            indent(b, depth);
            buf_c(b, "<item>");
            write_value(b, v.u.list[i], depth + 1);
            buf_c(b, "</item>");
        }
        buf_c(b, "</list>");
    } else if (v.kind == VALUE_CONTEXT) {
        for (uint32_t i = 0; i < v.size; i++) {
            indent(b, depth);
            buf_c(b, "<component name=\"");
            buf_html(b, v.u.ctx[i].key);
            buf_c(b, "\">");
            write_value(b, v.u.ctx[i].value, depth + 1);
            buf_c(b, "</component>");
        }
    } else if (v.kind == VALUE_NULL) {
        buf_c(b, "<value xsi:nil=\"true\"/>");
    } else {
        buf_printf(b, "<value xsi:type=\"xsd:%s\">", xsd_type(v));
        if (v.kind == VALUE_STRING) buf_html(b, value_text(v));
        else buf_html(b, feel_text(b->a, v, false));
        buf_c(b, "</value>");
    }
}

/* Results that the kit compares: those of tables, and of decisions that no other needs. */
static bool is_told(const Decision *d, int decision) {
    bool told = dmn_is_top(d->m, decision);
    for (size_t t = 0; t < dmn_tables(d->m); t++) told = told || dmn_table_decision(d->m, (int)t) == decision;
    return told;
}

/* In: run: of this case alone. */
static void write_case(const Decision *d, const Value *slots, size_t number, FeelRun *run, Buf *b) {
    buf_printf(b, "\n  <testCase id=\"%03zu\">", number);
    for (size_t i = 0; i < dmn_input_count(d->m); i++) {
        if (slots[i].kind == VALUE_NULL) continue;
        buf_c(b, "\n    <inputNode name=\"");
        buf_html(b, dmn_input_name(d->m, (int)i));
        buf_c(b, "\">");
        write_value(b, slots[i], 3);
        buf_c(b, "</inputNode>");
    }
    for (size_t i = 0; i < dmn_decision_count(d->m); i++) {
        if (!is_told(d, (int)i)) continue;
        run->fuel = FEEL_FUEL;
        Value result = dmn_decide(d->m, (int)i, slots, run, NULL);
        buf_c(b, "\n    <resultNode name=\"");
        buf_html(b, dmn_decision_name(d->m, (int)i));
        /* That no rule matches is an answer; any other cause is an error in the kit's words. */
        bool wrong = result.kind == VALUE_NULL && result.u.cause && strcmp(result.u.cause->kind, "no_rule") != 0;
        buf_printf(b, "\" type=\"decision\"%s><expected>", wrong ? " errorResult=\"true\"" : "");
        write_value(b, result, 4);
        buf_c(b, "</expected></resultNode>");
    }
    buf_c(b, "\n  </testCase>");
}

static Str last_part(const char *path) {
    Str name = str_of(path);
    for (size_t i = name.n; i > 0; i--)
        if (name.p[i - 1] == '/') return str_sub(name, i, name.n);
    return name;
}

void main_kit_write(const Decision *d, const DmnCases *cases, Buf *b) {
    FeelRun run = main_feel_run(arena_new(0));
    buf_c(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testCases xmlns=\"http://www.omg.org/spec/DMN/20160719/testcase\" "
             "xmlns:xsi=\"" XSI "\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">\n  <modelName>");
    buf_html(b, last_part(d->model_path));
    buf_c(b, "</modelName>");
    for (size_t i = 0; i < cases->n; i++) {
        write_case(d, cases->inputs[i], i + 1, &run, b);
        arena_reset(run.arena);
    }
    arena_free(run.arena);
    buf_c(b, "\n</testCases>\n");
}
