/* page_form: a service's form as fields for shared/fields.html: which control, which words, what was
 * answered, what is wrong. What a field means and whether an answer fits is the form's own affair. */
#include "http/page_in.h"

#include <inttypes.h>

Value http_form_view(const HttpPage *p, const HttpForm *f) {
    FeelRun run = {.arena = p->a, .fuel = FEEL_FUEL, .now_us = p->r->now_us, .offset = p->r->offset};
    Value texts = value_with(p->a, http_word_texts(p, f->pack), STR("lang"), value_str(p->r->lang));
    return value_get(paper_view(f->form, f->given, f->answers, f->faults, texts, &run), "fields");
}

static bool is_type(Value part, const char *type) { return str_is(value_get_str(part, "type"), type); }
static bool has(Value part, const char *flag) { return value_get_bool(part, flag, false); }

/* ---- one field ---------------------------------------------------------------------------------------- */

typedef enum Control { /* which block of shared/fields.html draws a part */
    CONTROL_NONE, CONTROL_LINE, CONTROL_BOX, CONTROL_CHOICE, CONTROL_FIXED, CONTROL_FILES, CONTROL_GROUP, CONTROL_LIST,
    CONTROL_PROSE, CONTROL_TABLE, CONTROL_IMAGE, CONTROL_RULE,
} Control;

static const char *const control_names[] = {
    [CONTROL_NONE] = "is_none", [CONTROL_LINE] = "is_line", [CONTROL_BOX] = "is_box", [CONTROL_CHOICE] = "is_choice",
    [CONTROL_FIXED] = "is_fixed", [CONTROL_FILES] = "is_files", [CONTROL_GROUP] = "is_group", [CONTROL_LIST] = "is_list",
    [CONTROL_PROSE] = "is_prose", [CONTROL_TABLE] = "is_table", [CONTROL_IMAGE] = "is_image", [CONTROL_RULE] = "is_rule",
};

/* A button is the page's own affair; a spacer is the style's. */
static Control control_of(Value part) {
    static const struct { const char *type; Control control; } rows[] = {
        {"group", CONTROL_GROUP}, {"dynamiclist", CONTROL_LIST}, {"text", CONTROL_PROSE}, {"html", CONTROL_PROSE},
        {"table", CONTROL_TABLE}, {"image", CONTROL_IMAGE}, {"separator", CONTROL_RULE}, {"filepicker", CONTROL_FILES},
        {"checkbox", CONTROL_BOX}, {"radio", CONTROL_CHOICE}, {"checklist", CONTROL_CHOICE}, {"taglist", CONTROL_CHOICE},
        {"button", CONTROL_NONE}, {"spacer", CONTROL_NONE},
    };
    if (has(part, "locked")) return CONTROL_FIXED;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (is_type(part, rows[i].type)) return rows[i].control;
    return CONTROL_LINE;
}

static const char *input_type(Value field) {
    if (has(field, "is_moment")) return "datetime-local";
    if (has(field, "is_date")) return "date";
    if (has(field, "is_time")) return "time";
    if (has(field, "is_email")) return "email";
    return has(field, "is_phone") ? "tel" : "text";
}

static Str described(const HttpPage *p, Str key, bool hint, bool error) {
    Str a = hint ? str_join2(p->a, key, STR("-hint")) : STR("");
    if (!error) return a;
    return str_printf(p->a, STR_FMT "%s" STR_FMT "-error", STR_ARG(a), hint ? " " : "", STR_ARG(key));
}

static bool any_selected(Value options) {
    for (uint32_t i = 0; options.kind == VALUE_LIST && i < options.size; i++)
        if (has(options.u.list[i], "selected")) return true;
    return false;
}

static Value numbered(const HttpPage *p, Value options, Str key) {
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; options.kind == VALUE_LIST && i < options.size; i++) {
        Value option = options.u.list[i];
        Str id = i == 0 ? key : str_printf(p->a, STR_FMT "-%" PRIu32, STR_ARG(key), i);
        ValueBuild b = {.a = p->a};
        build_c(&b, "id", value_str(id));
        build_c(&b, "value", value_get(option, "value"));
        build_c(&b, "label", value_get(option, "label"));
        build_c(&b, "selected", value_get(option, "selected"));
        build_c(&b, "tag", value_str(http_word_tag(p, value_get_str(option, "label"))));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

static void put_line(const HttpPage *p, Value field, ValueBuild *b) {
    bool select = is_type(field, "select"), area = is_type(field, "textarea"), number = is_type(field, "number");
    Value options = value_get(field, "options");
    Str purpose = value_get_str(field, "purpose");
    const char *known = has(field, "is_email") ? "email" : has(field, "is_phone") ? "tel" : "off";
    build_c(b, "is_select", value_bool(select));
    build_c(b, "is_textarea", value_bool(area));
    build_c(b, "is_input", value_bool(!select && !area));
    build_c(b, "blank", value_bool(!any_selected(options) || !has(field, "required")));
    build_c(b, "input_type", value_c(input_type(field)));
    build_c(b, "inputmode", value_c(!number ? "" : has(field, "whole") ? "numeric" : "decimal"));
    build_c(b, "width", number ? value_int(has(field, "whole") ? 5 : 10) : value_null());
    build_c(b, "purpose", purpose.n > 0 && !p->staff ? value_str(purpose) : value_c(p->staff ? "off" : known));
    build_c(b, "prefix", value_str(value_get_str(field, "prefix")));
    build_c(b, "suffix", value_str(value_get_str(field, "suffix")));
}

static void put_choice(Value field, ValueBuild *b) {
    bool radio = is_type(field, "radio");
    build_c(b, "box", value_c(radio ? "govuk-radios" : "govuk-checkboxes"));
    build_c(b, "input_type", value_c(radio ? "radio" : "checkbox"));
}

/* Stored files of a field: what the page was told of each, else its reference. */
static Value stored(const HttpPage *p, const HttpForm *f, Value field) {
    Value refs = value_get(field, "files");
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; refs.kind == VALUE_LIST && i < refs.size; i++) {
        Value ref = refs.u.list[i], told = value_null();
        if (ref.kind != VALUE_STRING) continue;
        (void)value_find(f->files, value_text(ref), &told);
        Str name = value_get_str(told, "name");
        ValueBuild b = {.a = p->a};
        build_c(&b, "ref", ref);
        build_c(&b, "file", name.n > 0 ? value_str(name) : ref);
        build_c(&b, "note", value_str(value_get_str(told, "note")));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

static void put_files(const HttpPage *p, const HttpForm *f, Value field, ValueBuild *b) {
    Value files = stored(p, f, field);
    build_c(b, "files", files);
    build_c(b, "accept", value_str(value_get_str(field, "accept")));
    build_c(b, "multiple", value_bool(has(field, "multiple")));
    build_c(b, "may_add", value_bool(has(field, "multiple") || files.size == 0));
}

/* Staff see what is required, residents what is not: the rarer of the two. */
static Str mark(const HttpPage *p, Value field) {
    bool required = has(field, "required"), preset = any_selected(value_get(field, "options"));
    if (has(field, "locked")) return STR("");
    if (p->staff) return required ? http_page_text(p, "new.required") : STR("");
    return required || preset ? STR("") : http_page_text(p, "precheck.optional");
}

static void put_field(const HttpPage *p, Value field, Control control, ValueBuild *b) {
    Str key = value_get_str(field, "key");
    build_c(b, "mark", value_str(mark(p, field)));
    build_c(b, "value", value_str(value_get_str(field, "value")));
    build_c(b, "checked", value_bool(has(field, "checked")));
    build_c(b, "options", numbered(p, value_get(field, "options"), key));
    if (control != CONTROL_FIXED) return;
    Str words = http_form_shown(p, field);
    build_c(b, "shown", value_str(words));
    build_c(b, "shown_tag", value_str(http_word_tag(p, words)));
}

/* ---- any part ------------------------------------------------------------------------------------------ */


static Value rows_view(const HttpPage *p, const HttpForm *f, Value list) {
    Value rows = value_get(list, "rows");
    ValueBuild b = {.a = p->a};
    for (uint32_t i = 0; rows.kind == VALUE_LIST && i < rows.size; i++) {
        Value row = rows.u.list[i];
        ValueBuild one = {.a = p->a};
        build_c(&one, "number", value_get(row, "number"));
        build_c(&one, "path", value_get(row, "path"));
        build_c(&one, "may_remove", value_get(list, "may_remove"));
        build_c(&one, "fields", http_form_fields(p, f, value_get(row, "fields")));
        build_item(&b, build_ctx(&one));
    }
    return build_list(&b);
}

static Value cells_view(const HttpPage *p, Value table) {
    Value rows = value_get(table, "rows");
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; rows.kind == VALUE_LIST && i < rows.size; i++) {
        Value row = rows.u.list[i];
        ValueBuild b = {.a = p->a}, cells = {.a = p->a};
        for (uint32_t k = 0; k < row.size; k++) {
            ValueBuild cell = {.a = p->a};
            build_c(&cell, "text", row.u.list[k]);
            build_c(&cell, "tag", value_str(http_word_tag(p, value_text(row.u.list[k]))));
            build_item(&cells, build_ctx(&cell));
        }
        build_c(&b, "cells", build_list(&cells));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

static void put_part(const HttpPage *p, const HttpForm *f, Value part, Control control, ValueBuild *b) {
    switch (control) {
    case CONTROL_GROUP:
        build_c(b, "fields", http_form_fields(p, f, value_get(part, "fields")));
        break;
    case CONTROL_LIST:
        build_c(b, "rows", rows_view(p, f, part));
        build_c(b, "count", value_get(part, "count"));
        build_c(b, "may_add", value_get(part, "may_add"));
        break;
    case CONTROL_PROSE:
        build_c(b, "html", value_get(part, "html"));
        break;
    case CONTROL_TABLE:
        build_c(b, "columns", value_get(part, "columns"));
        build_c(b, "rows", cells_view(p, part));
        break;
    case CONTROL_IMAGE:
        build_c(b, "source", value_str(str_printf(p->a, "/services/" STR_FMT "/" STR_FMT, STR_ARG(f->pack->id),
                                                  STR_ARG(value_get_str(part, "source")))));
        build_c(b, "alt", value_get(part, "alt"));
        break;
    case CONTROL_LINE:
        put_line(p, part, b);
        break;
    case CONTROL_CHOICE:
        put_choice(part, b);
        break;
    case CONTROL_FILES:
        put_files(p, f, part, b);
        break;
    default:
        break;
    }
}

/* Every key that the template asks of a part is there, or it would see the one of a part around it. */
static Value part_view(const HttpPage *p, const HttpForm *f, Value part) {
    Control control = control_of(part);
    bool field = control >= CONTROL_LINE && control <= CONTROL_FILES;
    Str key = value_get_str(part, "key"), label = value_get_str(part, "label");
    Str hint = value_get_str(part, "description"), error = value_get_str(part, "error");
    ValueBuild b = {.a = p->a};
    for (size_t i = 0; i < COUNT_OF(control_names); i++) build_c(&b, control_names[i], value_bool(i == control));
    build_c(&b, "key", value_str(key));
    build_c(&b, "label", value_str(label));
    build_c(&b, "tag", value_str(http_word_tag(p, label)));
    build_c(&b, "hint", value_str(hint));
    build_c(&b, "error", value_str(error));
    build_c(&b, "described", value_str(described(p, key, hint.n > 0, error.n > 0)));
    build_c(&b, "action", value_str(f->action));
    if (field) put_field(p, part, control, &b);
    put_part(p, f, part, control, &b);
    return build_ctx(&b);
}

Value http_form_fields(const HttpPage *p, const HttpForm *f, Value parts) {
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; parts.kind == VALUE_LIST && i < parts.size; i++)
        if (control_of(parts.u.list[i]) != CONTROL_NONE) build_item(&list, part_view(p, f, parts.u.list[i]));
    return build_list(&list);
}

/* ---- groups ------------------------------------------------------------------------------------------- */

typedef struct GroupTraits { /* what decides how a group is shown */
    bool decides;  /* some answer in it is an input of the decision */
    bool open;     /* something in it must be answered, or is wrong */
} GroupTraits;

static void note_traits(const HttpForm *f, Value parts, GroupTraits *t) {
    for (uint32_t i = 0; parts.kind == VALUE_LIST && i < parts.size; i++) {
        Value part = parts.u.list[i], rows = value_get(part, "rows");
        Str key = value_get_str(part, "key");
        t->decides |= key.n > 0 && pack_decides(f->pack, key);
        t->open |= has(part, "required") || value_get_str(part, "error").n > 0;
        note_traits(f, value_get(part, "fields"), t);
        for (uint32_t k = 0; is_type(part, "dynamiclist") && k < rows.size; k++)
            note_traits(f, value_get(rows.u.list[k], "fields"), t);
    }
}

static void add_group(const HttpPage *p, const HttpForm *f, Str title, Value parts, ValueBuild *groups) {
    GroupTraits t = {0};
    note_traits(f, parts, &t);
    if (parts.size == 0 || (f->deciding_only && !t.decides)) return;
    ValueBuild b = {.a = p->a};
    build_c(&b, "group", value_int((int64_t)groups->n + 1));
    build_c(&b, "title", value_str(title));
    build_c(&b, "tag", value_str(http_word_tag(p, title)));
    build_c(&b, "open", value_bool(t.open));
    build_c(&b, "fields", http_form_fields(p, f, parts));
    build_item(groups, build_ctx(&b));
}

/* Parts outside any group come first, under no title of their own. */
Value http_form_ungrouped(const HttpPage *p, Value parts) {
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; i < parts.size; i++)
        if (!is_type(parts.u.list[i], "group")) build_item(&list, parts.u.list[i]);
    return build_list(&list);
}

Value http_form_groups(HttpPage *p, const HttpForm *f) {
    assert(f->form && f->pack);
    Value parts = http_form_view(p, f);
    ValueBuild groups = {.a = p->a};
    add_group(p, f, http_page_text(p, "new.facts"), http_form_ungrouped(p, parts), &groups);
    for (uint32_t i = 0; i < parts.size; i++)
        if (is_type(parts.u.list[i], "group"))
            add_group(p, f, value_get_str(parts.u.list[i], "label"), value_get(parts.u.list[i], "fields"), &groups);
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

/* ---- pictures ------------------------------------------------------------------------------------------- */

static const char *picture_type(Str name) {
    if (str_ends(name, STR(".png"))) return "image/png";
    if (str_ends(name, STR(".jpg"))) return "image/jpeg";
    return str_ends(name, STR(".svg")) ? "image/svg+xml" : "image/webp";
}

/* Only what the form shows: a pack's other files are not for everybody. */
bool http_picture_get(HttpRequest *r, HttpResponse *out, Err *err) {
    const Pack *pack = case_pack(r->site->house, http_param(r, "service"));
    Str name = str_join2(r->a, STR("images/"), http_param(r, "name"));
    bool shown = false;
    for (size_t i = 0; pack && paper_picture(pack->form, i).n > 0; i++) shown |= str_eq(paper_picture(pack->form, i), name);
    for (size_t i = 0; shown && i < pack->n_files; i++) {
        if (!str_eq(pack->files[i].name, name)) continue;
        out->type = picture_type(name);
        out->body = pack->files[i].bytes;
        out->cache = "public, max-age=3600";
        return true;
    }
    return err_set(err, ERR_NOT_FOUND, "http", "There is no such file.");
}
