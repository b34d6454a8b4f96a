/* page_form: a service's form as fields for shared/fields.html: which control, which words, what was
 * answered, what is wrong. What a field means and whether an answer fits is the form's own affair. */
#include "http/page_in.h"

#include <inttypes.h>

typedef struct FormPage { /* one form being shown */
    const HttpPage *p;   /* the page */
    const Pack *pack;    /* its service */
    bool deciding_only;  /* leave out groups that decide nothing */
} FormPage;

static Value form_view(const HttpPage *p, const Pack *pack, Value answers, const PaperFaults *faults) {
    FeelRun run = {.arena = p->a, .fuel = FEEL_FUEL, .now_us = p->r->now_us, .offset = p->r->offset};
    Value texts = value_with(p->a, http_word_texts(p, pack), STR("lang"), value_str(p->r->lang));
    return value_get(paper_view(pack->form, value_null(), answers, faults, texts, &run), "fields");
}

static bool is_type(Value field, const char *type) { return str_is(value_get_str(field, "type"), type); }

/* ---- one field ---------------------------------------------------------------------------------------- */

static const char *input_type(Value field) {
    if (value_get_bool(field, "is_moment", false)) return "datetime-local";
    if (value_get_bool(field, "is_date", false)) return "date";
    if (value_get_bool(field, "is_time", false)) return "time";
    return "text";
}

static Str described(const HttpPage *p, Str key, bool hint, bool error) {
    Str a = hint ? str_join2(p->a, key, STR("-hint")) : STR("");
    if (!error) return a;
    return str_printf(p->a, STR_FMT "%s" STR_FMT "-error", STR_ARG(a), hint ? " " : "", STR_ARG(key));
}

static bool any_selected(Value options) {
    for (uint32_t i = 0; options.kind == VALUE_LIST && i < options.size; i++)
        if (value_get_bool(options.u.list[i], "selected", false)) return true;
    return false;
}

static Value numbered(const HttpPage *p, Value options, Str key) {
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; options.kind == VALUE_LIST && i < options.size; i++) {
        Str id = i == 0 ? key : str_printf(p->a, STR_FMT "-%" PRIu32, STR_ARG(key), i);
        build_item(&list, value_with(p->a, options.u.list[i], STR("id"), value_str(id)));
    }
    return build_list(&list);
}

static void put_control(const HttpPage *p, Value field, Str key, ValueBuild *b) {
    bool radio = is_type(field, "radio"), many = is_type(field, "checklist") || is_type(field, "taglist");
    bool select = is_type(field, "select"), area = is_type(field, "textarea"), box = is_type(field, "checkbox");
    build_c(b, "is_checkbox", value_bool(box));
    build_c(b, "is_choice", value_bool(radio || many));
    build_c(b, "is_line", value_bool(!box && !radio && !many));
    build_c(b, "is_select", value_bool(select));
    build_c(b, "is_textarea", value_bool(area));
    build_c(b, "is_input", value_bool(!select && !area));
    build_c(b, "options", numbered(p, value_get(field, "options"), key));
    build_c(b, "chosen", value_bool(any_selected(value_get(field, "options"))));
    build_c(b, "box", value_c(radio ? "govuk-radios" : "govuk-checkboxes"));
    build_c(b, "input_type", value_c(radio ? "radio" : many ? "checkbox" : input_type(field)));
    build_c(b, "numeric", value_bool(is_type(field, "number")));
    build_c(b, "width", is_type(field, "number") ? value_int(5) : value_null());
}

/* Staff see what is required, residents what is not: the rarer of the two. */
static Str mark(const HttpPage *p, Value field) {
    bool required = value_get_bool(field, "required", false), preset = any_selected(value_get(field, "options"));
    if (p->staff) return required ? http_page_text(p, "new.required") : STR("");
    return required || preset ? STR("") : http_page_text(p, "precheck.optional");
}

static Value field_view(const HttpPage *p, Value field) {
    Str key = value_get_str(field, "key"), hint = value_get_str(field, "description"), error = value_get_str(field, "error");
    ValueBuild b = {.a = p->a};
    build_c(&b, "key", value_str(key));
    build_c(&b, "label", value_get(field, "label"));
    build_c(&b, "hint", value_str(hint));
    build_c(&b, "error", value_str(error));
    build_c(&b, "mark", value_str(mark(p, field)));
    build_c(&b, "value", value_get(field, "value"));
    build_c(&b, "checked", value_get(field, "checked"));
    build_c(&b, "described", value_str(described(p, key, hint.n > 0, error.n > 0)));
    put_control(p, field, key, &b);
    return build_ctx(&b);
}

/* ---- groups ------------------------------------------------------------------------------------------- */

typedef struct GroupTraits { /* what decides how a group is shown */
    bool decides;  /* some answer in it is an input of the decision */
    bool open;     /* something in it must be answered, or is wrong */
} GroupTraits;

static GroupTraits traits(const FormPage *f, Value fields) {
    GroupTraits t = {0};
    for (uint32_t i = 0; i < fields.size; i++) {
        t.decides |= pack_decides(f->pack, value_get_str(fields.u.list[i], "key"));
        t.open |= value_get_bool(fields.u.list[i], "required", false) || value_get_str(fields.u.list[i], "error").n > 0;
    }
    return t;
}

static void add_group(const FormPage *f, Str title, Value fields, ValueBuild *groups) {
    GroupTraits t = traits(f, fields);
    if (fields.size == 0 || (f->deciding_only && !t.decides)) return;
    ValueBuild b = {.a = f->p->a}, list = {.a = f->p->a};
    for (uint32_t i = 0; i < fields.size; i++)
        if (value_get_str(fields.u.list[i], "key").n > 0) build_item(&list, field_view(f->p, fields.u.list[i]));
    build_c(&b, "group", value_int((int64_t)groups->n + 1));
    build_c(&b, "title", value_str(title));
    build_c(&b, "open", value_bool(t.open));
    build_c(&b, "fields", build_list(&list));
    build_item(groups, build_ctx(&b));
}

/* Fields outside any group come first, under no title of their own. */
static Value ungrouped(const HttpPage *p, Value fields) {
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; i < fields.size; i++)
        if (!is_type(fields.u.list[i], "group")) build_item(&list, fields.u.list[i]);
    return build_list(&list);
}

Value http_form_groups(HttpPage *p, const Pack *pack, Value answers, const PaperFaults *faults, bool deciding_only) {
    FormPage f = {p, pack, deciding_only};
    Value fields = form_view(p, pack, answers, faults);
    ValueBuild groups = {.a = p->a};
    add_group(&f, http_page_text(p, "new.facts"), ungrouped(p, fields), &groups);
    for (uint32_t i = 0; i < fields.size; i++)
        if (is_type(fields.u.list[i], "group"))
            add_group(&f, value_get_str(fields.u.list[i], "label"), value_get(fields.u.list[i], "fields"), &groups);
    return build_list(&groups);
}

Value http_form_errors(HttpPage *p, const Pack *pack, const PaperFaults *faults) {
    ValueBuild list = {.a = p->a};
    for (size_t i = 0; i < faults->n; i++) {
        const PaperFault *f = &faults->items[i];
        ValueBuild b = {.a = p->a};
        build_c(&b, "key", value_str(f->key));
        build_c(&b, "text", value_str(http_fault_text(p->r, pack, f)));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

/* ---- facts ------------------------------------------------------------------------------------------------ */

static Str option_label(Value field) {
    Value options = value_get(field, "options");
    for (uint32_t i = 0; options.kind == VALUE_LIST && i < options.size; i++)
        if (value_get_bool(options.u.list[i], "selected", false)) return value_get_str(options.u.list[i], "label");
    return value_get_str(field, "value");
}

/* 2026-11-16T08:42 as a table shows it. */
static Str fact_value(const HttpPage *p, Value field) {
    if (is_type(field, "checkbox")) return http_page_text(p, "yes");
    Str s = option_label(field);
    if (!value_get_bool(field, "is_moment", false) || s.n < 16) return s;
    return str_printf(p->a, STR_FMT " " STR_FMT, STR_ARG(str_sub(s, 0, 10)), STR_ARG(str_sub(s, 11, 5)));
}

static Value facts_of(const HttpPage *p, Value fields, Buf *absent) {
    ValueBuild rows = {.a = p->a};
    for (uint32_t i = 0; i < fields.size; i++) {
        Value field = fields.u.list[i];
        bool box = is_type(field, "checkbox"), ticked = value_get_bool(field, "checked", false);
        Str label = value_get_str(field, "label");
        if (box && !ticked) {
            if (absent->n > 0) buf_add(absent, http_page_text(p, "list_comma"));
            buf_add(absent, label);
            continue;
        }
        Str value = fact_value(p, field);
        if (value.n == 0 || is_type(field, "group")) continue;
        ValueBuild b = {.a = p->a};
        build_c(&b, "label", value_str(label));
        build_c(&b, "value", value_str(value));
        build_c(&b, "tag", value_str(http_word_tag(p, value)));
        build_item(&rows, build_ctx(&b));
    }
    return build_list(&rows);
}

static void add_facts(ValueBuild *list, Value rows) {
    if (rows.size == 0) return;
    ValueBuild b = {.a = list->a};
    build_c(&b, "rows", rows);
    build_item(list, build_ctx(&b));
}

Value http_form_facts(HttpPage *p, const Pack *pack, Value answers, Str *absent) {
    Value fields = form_view(p, pack, answers, NULL);
    ValueBuild list = {.a = p->a};
    Buf unticked = {.a = p->a};
    add_facts(&list, facts_of(p, ungrouped(p, fields), &unticked));
    for (uint32_t i = 0; i < fields.size; i++)
        if (is_type(fields.u.list[i], "group")) add_facts(&list, facts_of(p, value_get(fields.u.list[i], "fields"), &unticked));
    *absent = buf_str(&unticked);
    return build_list(&list);
}
