/* view: a form and what was answered as data for a page template. Markup is the template's; nothing here
 * knows HTML but the texts that a form writes in it. */
#include "paper/paper_in.h"

typedef struct PaperView {
    const Paper *p;            /* the form */
    FeelRun *run;              /* arena, clock, fuel */
    const PaperFaults *faults; /* to be shown at their fields, or NULL */
    Value texts;               /* words in the page's language, or null */
    Str lang;                  /* "zh" or "en" */
} PaperView;

/* texts.fields.plate, or "fields.plate" when the file is flat; else what the form says. */
static Str worded(const PaperView *v, const char *group, Str key, Str otherwise) {
    Value found = value_null();
    Str flat = str_printf(v->run->arena, "%s." STR_FMT, group, STR_ARG(key));
    bool any = value_find(value_get(v->texts, group), key, &found) || value_find(v->texts, flat, &found);
    return any && found.kind == VALUE_STRING ? value_text(found) : otherwise;
}

static const PaperFault *fault_of(const PaperView *v, Str key) {
    for (size_t i = 0; v->faults != NULL && i < v->faults->n; i++)
        if (str_eq(v->faults->items[i].key, key)) return &v->faults->items[i];
    return NULL;
}

static bool selected(const PaperPart *part, Value answer, Value option) {
    bool many = part->type == PAPER_CHECKLIST || part->type == PAPER_TAGLIST;
    for (size_t i = 0; many && answer.kind == VALUE_LIST && i < answer.size; i++)
        if (value_same(answer.u.list[i], option)) return true;
    return !many && value_same(answer, option) && !value_is_null(answer);
}

static Value view_options(const PaperView *v, const PaperFill *f, const PaperPart *part, Value answer) {
    Value options = paper_options(f, part);
    ValueBuild list = {.a = v->run->arena};
    for (size_t i = 0; options.kind == VALUE_LIST && i < options.size; i++) {
        Value value = value_get(options.u.list[i], "value");
        Str text = feel_text(v->run->arena, value, false);
        Str key = str_printf(v->run->arena, STR_FMT "." STR_FMT, STR_ARG(part->full), STR_ARG(text));
        Value named = value_null();
        Str label = worded(v, "options", key, value_get_str(options.u.list[i], "label"));
        if (value_find(value_get(v->texts, "options"), part->full, &named) && value_find(named, text, &named) &&
            named.kind == VALUE_STRING)
            label = value_text(named);
        ValueBuild b = {.a = v->run->arena};
        build_c(&b, "value", value_str(text));
        build_c(&b, "label", value_str(label));
        build_c(&b, "selected", value_bool(selected(part, answer, value)));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

/* As an input element wants it: 2026-11-16T08:42 has no seconds when they are zero. */
static Value view_value(const PaperView *v, const PaperPart *part, Value answer) {
    if (value_is_null(answer) || answer.kind == VALUE_LIST) return value_null();
    Str text = feel_text(v->run->arena, answer, false);
    bool moment = part->type == PAPER_DATETIME && (answer.kind == VALUE_DATETIME || answer.kind == VALUE_TIME);
    ptrdiff_t t = str_find(text, STR("T"));
    if (moment && answer.u.time->form == ZONE_LOCAL && str_ends(text, STR(":00")))
        text = str_sub(text, 0, (size_t)(t + 1) + 5);
    return value_str(text);
}

static void build_flag(ValueBuild *b, const char *prefix, Str name) {
    build_entry(b, str_printf(b->a, "%s" STR_FMT, prefix, STR_ARG(name)), value_bool(true));
}

static void put_words(const PaperFill *f, ValueBuild *b, const char *key, PaperWords words) {
    if (words.n > 0) build_c(b, key, value_str(paper_words(f, words, PAPER_PLAIN)));
}

static void view_control(const PaperView *v, const PaperFill *f, const PaperPart *part, Value answer, ValueBuild *b) {
    put_words(f, b, "prefix", part->prefix_words);
    put_words(f, b, "suffix", part->suffix_words);
    Str purpose = value_get_str(value_get(part->json, "properties"), "autocomplete");
    if (purpose.n > 0) build_c(b, "purpose", value_str(purpose));
    Str kind = value_get_str(value_get(part->json, "validate"), "validationType");
    if (str_is(kind, "email") || str_is(kind, "phone")) build_flag(b, "is_", kind);
    if (part->type == PAPER_CHECKBOX) build_c(b, "checked", value_bool(value_is_true(answer)));
    if (part->type == PAPER_DATETIME)
        build_flag(b, "is_", str_is(part->subtype, "datetime") ? STR("moment") : part->subtype);
    if (str_find(str_of(paper_kinds[part->type].properties), STR("valuesKey")) >= 0)
        build_c(b, "options", view_options(v, f, part, answer));
    if (part->type == PAPER_NUMBER) build_c(b, "whole", value_bool(part->digits == 0));
    if (part->type != PAPER_FILEPICKER) return;
    ValueBuild files = {.a = v->run->arena};
    if (answer.kind == VALUE_STRING && answer.size > 0) build_item(&files, answer);
    build_c(b, "files", answer.kind == VALUE_LIST ? answer : build_list(&files));
    build_c(b, "accept", value_get(part->json, "accept"));
    build_c(b, "multiple", value_bool(part->many));
}

/* What was typed stays in its field, even when it cannot be taken. */
static Value shown(const PaperView *v, const PaperPart *part, const PaperCell *cell) {
    bool typed = cell->wrong && !cell->locked && cell->sent.kind == VALUE_STRING;
    return view_value(v, part, typed ? cell->sent : cell->value);
}

static void view_field(const PaperView *v, const PaperFill *f, int at, Str name, ValueBuild *b) {
    const PaperPart *part = &v->p->parts[at];
    const PaperCell *cell = &f->cells[at - f->from];
    const PaperFault *fault = fault_of(v, name);
    Str label = worded(v, "fields", part->full, paper_words(f, part->label_words, PAPER_PLAIN));
    build_c(b, "key", value_str(name));
    build_c(b, "label", value_str(label));
    build_c(b, "required", value_bool(part->required));
    build_c(b, "locked", value_bool(cell->locked));
    build_c(b, "disabled", value_bool(part->disabled));
    build_c(b, "value", shown(v, part, cell));
    view_control(v, f, part, cell->value, b);
    if (fault == NULL) return;
    build_c(b, "error", value_str(paper_fault_say(v->p, fault, label, v->lang, v->run->arena)));
}

static Value view_place(const PaperView *v, const PaperFill *f, int from, int end, Str prefix);

static void view_rows(const PaperView *v, const PaperFill *f, int at, Str name, ValueBuild *b) {
    const PaperPart *part = &v->p->parts[at];
    const PaperCell *cell = &f->cells[at - f->from];
    const PaperFault *fault = fault_of(v, name);
    ValueBuild list = {.a = v->run->arena};
    Str label = worded(v, "groups", part->id, paper_words(f, part->label_words, PAPER_PLAIN));
    for (size_t i = 0; i < cell->n_rows; i++) {
        const PaperFill *row = &cell->rows[i];
        ValueBuild one = {.a = v->run->arena};
        Str path = str_printf(v->run->arena, STR_FMT "[%zu]", STR_ARG(name), i);
        build_c(&one, "number", value_int(row->row));
        build_c(&one, "path", value_str(path));
        build_c(&one, "fields", view_place(v, row, row->from, row->end, str_join2(one.a, path, STR("."))));
        build_item(&list, build_ctx(&one));
    }
    build_c(b, "key", value_str(name));
    build_c(b, "rows", build_list(&list));
    build_c(b, "count", value_int((int64_t)cell->n_rows));
    build_c(b, "may_add", value_bool(!part->fixed_rows && cell->n_rows < PAPER_ROWS));
    build_c(b, "may_remove", value_bool(!part->fixed_rows));
    if (fault) build_c(b, "error", value_str(paper_fault_say(v->p, fault, label, v->lang, v->run->arena)));
}

/* ---- parts that only show ------------------------------------------------------------------------------- */

static Value view_columns(const PaperFill *f, const PaperPart *part) {
    Value columns = part->columns_code ? feel_eval(f->sheet->run, part->columns_code, &f->frame) : value_get(part->json, "columns");
    return columns.kind == VALUE_LIST && columns.size <= 40 ? columns : value_list(NULL, 0);
}

static void view_table(const PaperView *v, const PaperFill *f, const PaperPart *part, ValueBuild *b) {
    Arena *a = v->run->arena;
    Value columns = view_columns(f, part), data = feel_eval(v->run, part->compute, &f->frame);
    ValueBuild heads = {.a = a}, rows = {.a = a};
    for (size_t i = 0; i < columns.size; i++) {
        Str key = value_get_str(columns.u.list[i], "key"), label = value_get_str(columns.u.list[i], "label");
        Str path = str_printf(a, STR_FMT "." STR_FMT, STR_ARG(part->id), STR_ARG(key));
        build_item(&heads, value_str(worded(v, "columns", path, label.n > 0 ? label : key)));
    }
    for (size_t r = 0; data.kind == VALUE_LIST && r < data.size && r < PAPER_TABLE_ROWS; r++) {
        ValueBuild cells = {.a = a};
        for (size_t i = 0; i < columns.size; i++) {
            Value cell = paper_at(data.u.list[r], value_get_str(columns.u.list[i], "key"));
            build_item(&cells, value_str(value_is_null(cell) ? STR("") : feel_text(a, cell, false)));
        }
        build_item(&rows, build_list(&cells));
    }
    build_c(b, "columns", build_list(&heads));
    build_c(b, "rows", build_list(&rows));
}

/* Words of a form in the page's language: a pack's text takes the form's place and may hold {{…}} as well. */
static Str own_words(const PaperView *v, const PaperFill *f, const PaperPart *part, PaperQuote quote) {
    Str own = worded(v, "texts", part->id, STR(""));
    PaperWords words = part->text_words;
    if (own.n > 0 && !paper_words_compile((PaperWordsIn){v->p->scope, v->run->arena, NULL}, own, &words, NULL)) return own;
    return paper_words(f, words, quote);
}

static void view_shown(const PaperView *v, const PaperFill *f, const PaperPart *part, ValueBuild *b) {
    Arena *a = v->run->arena;
    if (part->type == PAPER_TEXT) {
        build_c(b, "text", value_str(own_words(v, f, part, PAPER_PLAIN)));
        build_c(b, "html", value_str(paper_markdown(a, own_words(v, f, part, PAPER_INTO_MARKDOWN))));
    }
    if (part->type == PAPER_HTML) build_c(b, "html", value_str(paper_safe_html(a, own_words(v, f, part, PAPER_INTO_HTML))));
    if (part->type == PAPER_TABLE) view_table(v, f, part, b);
    if (part->type == PAPER_BUTTON) build_c(b, "action", value_get(part->json, "action"));
    if (part->type == PAPER_SPACER) build_c(b, "height", value_int(value_get_int(part->json, "height", 60)));
    if (part->type != PAPER_IMAGE) return;
    build_c(b, "source", value_get(part->json, "source"));
    build_c(b, "alt", value_str(own_words(v, f, part, PAPER_PLAIN)));
}

static Value view_part(const PaperView *v, const PaperFill *f, int at, Str prefix) {
    const PaperPart *part = &v->p->parts[at];
    ValueBuild b = {.a = v->run->arena};
    Str name = str_join2(b.a, prefix, part->key), type = str_of(paper_kinds[part->type].name);
    bool list = part->type == PAPER_DYNAMICLIST, field = part->key.n > 0 && !list;
    build_c(&b, "type", value_str(type));
    build_flag(&b, "is_", type);
    Str hint = worded(v, "hints", part->key.n > 0 ? part->full : part->id, paper_words(f, part->hint_words, PAPER_PLAIN));
    build_c(&b, "description", value_str(hint));
    if (!field)
        build_c(&b, "label", value_str(worded(v, "groups", part->id, paper_words(f, part->label_words, PAPER_PLAIN))));
    if (part->type == PAPER_GROUP) build_c(&b, "fields", view_place(v, f, at + 1, part->end, prefix));
    if (list) view_rows(v, f, at, name, &b);
    if (field) view_field(v, f, at, name, &b);
    else if (!list) view_shown(v, f, part, &b);
    return build_ctx(&b);
}

static Value view_place(const PaperView *v, const PaperFill *f, int from, int end, Str prefix) {
    ValueBuild list = {.a = v->run->arena};
    for (int i = from; i < end; i = v->p->parts[i].end) {
        bool computed = v->p->parts[i].type == PAPER_EXPRESSION;
        if (!f->cells[i - f->from].hidden && !computed) build_item(&list, view_part(v, f, i, prefix));
    }
    return build_list(&list);
}

Value paper_view(const Paper *p, Value given, Value answers, const PaperFaults *faults, Value texts, FeelRun *run) {
    assert(p != NULL && run != NULL && run->arena != NULL);
    PaperView v = {.p = p, .run = run, .faults = faults, .texts = texts, .lang = value_get_str(texts, "lang")};
    PaperSheet *sheet = paper_sheet(p, given, answers, run);
    ValueBuild b = {.a = run->arena};
    build_c(&b, "fields", view_place(&v, &sheet->form, 0, (int)p->n_parts, STR("")));
    return build_ctx(&b);
}
