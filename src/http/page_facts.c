/* page_facts: what was answered, as a table of labels and values: a case's facts, the answers to be checked before they
 * are sent. Boxes that were not ticked are named together; what was left out is not shown. */
#include "http/page_in.h"

static bool is_type(Value field, const char *type) { return str_is(value_get_str(field, "type"), type); }

typedef struct Facts { /* rows under construction */
    const HttpPage *p;  /* the page */
    ValueBuild rows;    /* so far */
    Buf *absent;        /* labels of boxes that are not ticked */
} Facts;

static Str option_labels(const HttpPage *p, Value options) {
    Buf b = {.a = p->a};
    for (uint32_t i = 0; i < options.size; i++) {
        if (!value_get_bool(options.u.list[i], "selected", false)) continue;
        if (b.n > 0) buf_add(&b, http_page_text(p, "list_comma"));
        buf_add(&b, value_get_str(options.u.list[i], "label"));
    }
    return buf_str(&b);
}

/* 2026-11-16T08:42 as a table shows it. */
Str http_form_shown(const HttpPage *p, Value field) {
    Value options = value_get(field, "options");
    Str s = value_get_str(field, "value");
    if (is_type(field, "checkbox")) return http_page_text(p, value_get_bool(field, "checked", false) ? "yes" : "no");
    if (options.kind == VALUE_LIST) s = option_labels(p, options);
    bool moment = value_get_bool(field, "is_moment", false) && s.n >= 16;
    if (moment) s = str_printf(p->a, STR_FMT " " STR_FMT, STR_ARG(str_sub(s, 0, 10)), STR_ARG(str_sub(s, 11, 5)));
    if (s.n == 0) return s;
    return str_printf(p->a, STR_FMT "%s" STR_FMT "%s" STR_FMT, STR_ARG(value_get_str(field, "prefix")),
                      value_get_str(field, "prefix").n > 0 ? " " : "", STR_ARG(s), value_get_str(field, "suffix").n > 0 ? " " : "",
                      STR_ARG(value_get_str(field, "suffix")));
}

static void add_row(Facts *f, Str label, Str value) {
    if (value.n == 0) return;
    ValueBuild b = {.a = f->p->a};
    build_c(&b, "label", value_str(label));
    build_c(&b, "value", value_str(value));
    build_c(&b, "tag", value_str(http_word_tag(f->p, value)));
    build_item(&f->rows, build_ctx(&b));
}

static void add_fields(Facts *f, Value fields, Str before);

/* A row of a list: "Passenger 2 · Name". */
static void add_list(Facts *f, Value list, Str before) {
    Value rows = value_get(list, "rows");
    for (uint32_t i = 0; i < rows.size; i++) {
        Str name = str_printf(f->p->a, STR_FMT STR_FMT " %u · ", STR_ARG(before), STR_ARG(value_get_str(list, "label")), (unsigned)i + 1);
        add_fields(f, value_get(rows.u.list[i], "fields"), name);
    }
}

static void add_fields(Facts *f, Value fields, Str before) {
    for (uint32_t i = 0; fields.kind == VALUE_LIST && i < fields.size; i++) {
        Value field = fields.u.list[i];
        Str label = str_join2(f->p->a, before, value_get_str(field, "label"));
        bool unticked = is_type(field, "checkbox") && !value_get_bool(field, "checked", false);
        if (is_type(field, "group")) add_fields(f, value_get(field, "fields"), before);
        else if (is_type(field, "dynamiclist")) add_list(f, field, before);
        else if (unticked) {
            if (f->absent->n > 0) buf_add(f->absent, http_page_text(f->p, "list_comma"));
            buf_add(f->absent, label);
        } else if (value_get_str(field, "key").n > 0) add_row(f, label, http_form_shown(f->p, field));
    }
}

Value http_form_rows(const HttpPage *p, Value fields, Buf *absent) {
    Facts f = {.p = p, .rows = {.a = p->a}, .absent = absent};
    add_fields(&f, fields, STR(""));
    return build_list(&f.rows);
}

static void add_facts(const HttpPage *p, Value fields, Buf *absent, ValueBuild *list) {
    Value rows = http_form_rows(p, fields, absent);
    if (rows.size == 0) return;
    ValueBuild b = {.a = p->a};
    build_c(&b, "rows", rows);
    build_item(list, build_ctx(&b));
}

Value http_form_facts(HttpPage *p, const Pack *pack, Value answers, Str *absent) {
    Value fields = http_form_view(p, &(HttpForm){.pack = pack, .form = pack->form, .given = answers, .answers = answers});
    ValueBuild list = {.a = p->a};
    Buf unticked = {.a = p->a};
    add_facts(p, http_form_ungrouped(p, fields), &unticked, &list);
    for (uint32_t i = 0; i < fields.size; i++)
        if (is_type(fields.u.list[i], "group")) add_facts(p, value_get(fields.u.list[i], "fields"), &unticked, &list);
    *absent = buf_str(&unticked);
    return build_list(&list);
}
