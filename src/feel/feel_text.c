/* feel_text: any value as FEEL text, either as string() gives it or as a literal that reads back
 * (Source: DMN 1.5 §10.3.4.1 table 71, §10.3.2.3). Must never end up without a bound on depth. */
#include "feel/feel_in.h"

static void write(Buf *b, Value v, bool quote, int depth);

static void write_quoted(Buf *b, Str s) {
    buf_byte(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        switch (s.p[i]) {
        case '"':
            buf_c(b, "\\\"");
            break;
        case '\\':
            buf_c(b, "\\\\");
            break;
        case '\n':
            buf_c(b, "\\n");
            break;
        case '\r':
            buf_c(b, "\\r");
            break;
        case '\t':
            buf_c(b, "\\t");
            break;
        default:
            buf_byte(b, s.p[i]);
        }
    }
    buf_byte(b, '"');
}

static void write_list(Buf *b, Value v, int depth) {
    buf_byte(b, '[');
    for (uint32_t i = 0; i < v.size; i++) {
        if (i) buf_c(b, ", ");
        write(b, v.u.list[i], true, depth);
    }
    buf_byte(b, ']');
}

static void write_context(Buf *b, Value v, int depth) {
    buf_byte(b, '{');
    for (uint32_t i = 0; i < v.size; i++) {
        if (i) buf_c(b, ", ");
        if (feel_is_name(v.u.ctx[i].key))
            buf_add(b, v.u.ctx[i].key);
        else
            write_quoted(b, v.u.ctx[i].key);
        buf_c(b, ": ");
        write(b, v.u.ctx[i].value, true, depth);
    }
    buf_byte(b, '}');
}

static void write_range(Buf *b, const ValueRange *r, int depth) {
    static const struct {
        uint8_t op;       /* as in ValueRange */
        const char *text; /* as written */
    } ops[] = {{'<', "< "}, {'>', "> "}, {'l', "<= "}, {'g', ">= "}, {'=', "= "}, {'!', "!= "}};
    for (size_t i = 0; i < COUNT_OF(ops); i++)
        if (ops[i].op == r->op) {
            buf_c(b, ops[i].text);
            write(b, r->op == '<' || r->op == 'l' ? r->hi : r->lo, true, depth);
            return;
        }
    buf_byte(b, r->lo_in ? '[' : '(');
    write(b, r->lo, true, depth);
    buf_c(b, "..");
    write(b, r->hi, true, depth);
    buf_byte(b, r->hi_in ? ']' : ')');
}

/* A temporal value inside another text, or as a literal, is an at-literal. */
static void write_temporal(Buf *b, Value v, bool quote) {
    if (quote) buf_c(b, "@\"");
    date_write(b, v);
    if (quote) buf_byte(b, '"');
}

/* A function has no literal that reads back: its name or its parameters are shown. */
static void write_function(Buf *b, const FeelFn *fn) {
    buf_printf(b, "function " STR_FMT "(", STR_ARG(fn->name));
    for (size_t i = 0; i < fn->n; i++) buf_printf(b, "%s" STR_FMT, i ? ", " : "", STR_ARG(fn->params[i].name));
    buf_byte(b, ')');
}

static void write(Buf *b, Value v, bool quote, int depth) {
    if (depth > FEEL_NESTING_MAX || b->over) {
        buf_c(b, "...");
        return;
    }
    switch ((ValueKind)v.kind) {
    case VALUE_NULL:
        buf_c(b, "null");
        return;
    case VALUE_BOOL:
        buf_c(b, v.u.i ? "true" : "false");
        return;
    case VALUE_NUMBER:
        dec_write(b, v);
        return;
    case VALUE_STRING:
        if (quote)
            write_quoted(b, value_text(v));
        else
            buf_add(b, value_text(v));
        return;
    case VALUE_LIST:
        write_list(b, v, depth + 1);
        return;
    case VALUE_CONTEXT:
        write_context(b, v, depth + 1);
        return;
    case VALUE_RANGE:
        write_range(b, v.u.range, depth + 1);
        return;
    case VALUE_FUNCTION:
        write_function(b, v.u.fn);
        return;
    default:
        write_temporal(b, v, quote);
        return;
    }
}

Str feel_text(Arena *a, Value v, bool literal) {
    Buf b = {.a = a};
    write(&b, v, literal, 0);
    return buf_str(&b);
}
