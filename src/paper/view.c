/* view: a form and what was answered as data for a page template, and a browser's post back into
 * answers. Markup is the template's; nothing here knows HTML. */
#include "paper/paper_in.h"

#include <string.h>

typedef struct PaperView {
    const Paper *p;            /* the form */
    FeelRun *run;              /* arena, clock, fuel */
    const PaperFaults *faults; /* to be shown at their fields, or NULL */
    Value texts;               /* words in the page's language, or null */
    Str lang;                  /* "zh" or "en" */
} PaperView;

/* ---- a browser's post ------------------------------------------------------------------------------ */

static Value post_choice(const PaperPart *part, Value sent, Arena *a) {
    for (size_t i = 0; i < part->options.size; i++) {
        Value option = value_get(part->options.u.list[i], "value");
        if (sent.kind == VALUE_STRING && str_eq(feel_text(a, option, false), value_text(sent))) return option;
    }
    return sent;
}

static Value post_list(const PaperPart *part, Value sent, Arena *a) {
    ValueBuild b = {.a = a};
    if (sent.kind != VALUE_LIST) build_item(&b, post_choice(part, sent, a));
    for (size_t i = 0; sent.kind == VALUE_LIST && i < sent.size; i++)
        build_item(&b, post_choice(part, sent.u.list[i], a));
    return build_list(&b);
}

/* What cannot be read stays as it was sent: the check will say so beside the field. */
static Value post_value(const PaperPart *part, Value sent, Arena *a) {
    bool text = sent.kind == VALUE_STRING, blank = text && str_trim(value_text(sent)).n == 0;
    if (part->type == PAPER_CHECKBOX) return value_bool(text && !str_is(value_text(sent), "false"));
    if (value_is_null(sent) || blank) return value_null();
    Value number;
    switch (part->type) {
    case PAPER_NUMBER:
        if (!part->as_text && text && dec_parse(a, str_trim(value_text(sent)), &number)) return number;
        return sent;
    case PAPER_RADIO:
    case PAPER_SELECT:
        return post_choice(part, sent, a);
    case PAPER_CHECKLIST:
    case PAPER_TAGLIST:
        return post_list(part, sent, a);
    default:
        return sent;
    }
}

static Value post_place(const Paper *p, int place, int from, int end, Str prefix, Value posted, Arena *a);

/* Rows are posted as items[0].name, items[1].name …; the first number without a field ends them. */
static Value post_rows(const Paper *p, const PaperPart *part, Str name, Value posted, Arena *a) {
    ValueBuild b = {.a = a};
    for (int i = 0; i < PAPER_ROWS; i++) {
        Str prefix = str_printf(a, STR_FMT "[%d].", STR_ARG(name), i);
        bool any = false;
        for (size_t k = 0; k < posted.size && !any; k++) any = str_starts(posted.u.ctx[k].key, prefix);
        if (!any) break;
        build_item(&b, post_place(p, part->rows, (int)(part - p->parts) + 1, part->end, prefix, posted, a));
    }
    return b.n == 0 ? value_null() : build_list(&b);
}

static Value post_place(const Paper *p, int place, int from, int end, Str prefix, Value posted, Arena *a) {
    Value answers = value_ctx(NULL, 0);
    for (int i = from; i < end; i++) {
        const PaperPart *part = &p->parts[i];
        if (part->place != place || part->key.n == 0 || part->type == PAPER_EXPRESSION) continue;
        Str name = str_join2(a, prefix, part->key);
        Value sent = value_null();
        (void)value_find(posted, name, &sent);
        Value v = part->type == PAPER_DYNAMICLIST ? post_rows(p, part, name, posted, a) : post_value(part, sent, a);
        if (!value_is_null(v)) answers = paper_put(a, answers, part->key, v);
    }
    return answers;
}

Value paper_from_post(const Paper *p, Value posted, Arena *a) {
    assert(p != NULL && a != NULL);
    if (posted.kind != VALUE_CONTEXT) return value_ctx(NULL, 0);
    return post_place(p, 0, 0, (int)p->n_parts, STR(""), posted, a);
}

/* ---- the page --------------------------------------------------------------------------------------- */

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

static void view_field(const PaperView *v, const PaperFill *f, const PaperPart *part, Str name, Value raw,
                       ValueBuild *b) {
    Value answer = paper_at(f->data, part->key);
    const PaperFault *fault = fault_of(v, name);
    Str label = worded(v, "fields", part->full, paper_words(f, part->label_words));
    build_c(b, "key", value_str(name));
    build_c(b, "label", value_str(label));
    build_c(b, "required", value_bool(part->required));
    build_c(b, "locked", value_bool(value_is_true(paper_bound(f, part->locked))));
    /* what was typed stays in its field, even when it cannot be taken */
    build_c(b, "value", view_value(v, part, fault != NULL && raw.kind == VALUE_STRING ? raw : answer));
    if (part->type == PAPER_CHECKBOX) build_c(b, "checked", value_bool(value_is_true(answer)));
    if (part->type == PAPER_DATETIME)
        build_flag(b, "is_", str_is(part->subtype, "datetime") ? STR("moment") : part->subtype);
    if (str_find(str_of(paper_kinds[part->type].properties), STR("values")) >= 0)
        build_c(b, "options", view_options(v, f, part, answer));
    if (fault == NULL) return;
    build_c(b, "error", value_str(paper_fault_say(v->p, fault, label, v->lang, v->run->arena)));
}

static Value view_place(const PaperView *v, const PaperFill *f, int from, int end, Str prefix, Value answers);

static Value view_rows(const PaperView *v, const PaperFill *f, const PaperPart *part, Str name) {
    Value rows = paper_at(f->data, part->key);
    int at = (int)(part - v->p->parts);
    ValueBuild list = {.a = v->run->arena};
    for (size_t i = 0; rows.kind == VALUE_LIST && i < rows.size && i < PAPER_ROWS; i++) {
        PaperFill row = {.p = v->p, .place = part->rows, .run = v->run, .outer = f, .row = (int64_t)i + 1};
        const char **wrong = NEW_ARRAY(v->run->arena, const char *, v->p->n_parts);
        paper_fill_place(&row, at + 1, part->end, rows.u.list[i], wrong);
        ValueBuild b = {.a = v->run->arena};
        build_c(&b, "number", value_int(row.row));
        build_c(&b, "fields",
                view_place(v, &row, at + 1, part->end, str_printf(v->run->arena, STR_FMT "[%zu].", STR_ARG(name), i),
                           rows.u.list[i]));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

static Value view_part(const PaperView *v, const PaperFill *f, const PaperPart *part, Str prefix, Value answers) {
    ValueBuild b = {.a = v->run->arena};
    Str name = str_join2(b.a, prefix, part->key), type = str_of(paper_kinds[part->type].name);
    int at = (int)(part - v->p->parts);
    bool box = part->type == PAPER_GROUP || part->type == PAPER_DYNAMICLIST;
    build_c(&b, "type", value_str(type));
    build_flag(&b, "is_", type);
    build_c(&b, "description",
            value_str(worded(v, "hints", part->key.n > 0 ? part->full : part->id, paper_words(f, part->hint_words))));
    if (part->text_words.n > 0)
        build_c(&b, "text", value_str(worded(v, "texts", part->id, paper_words(f, part->text_words))));
    if (box) build_c(&b, "label", value_str(worded(v, "groups", part->id, paper_words(f, part->label_words))));
    if (part->type == PAPER_GROUP) build_c(&b, "fields", view_place(v, f, at + 1, part->end, prefix, answers));
    if (part->type == PAPER_DYNAMICLIST) build_c(&b, "rows", view_rows(v, f, part, name));
    if (!box && part->key.n > 0) view_field(v, f, part, name, paper_at(answers, part->key), &b);
    return build_ctx(&b);
}

static Value view_place(const PaperView *v, const PaperFill *f, int from, int end, Str prefix, Value answers) {
    ValueBuild list = {.a = v->run->arena};
    for (int i = from; i < end; i = v->p->parts[i].end) {
        const PaperPart *part = &v->p->parts[i];
        if (!paper_hidden(f, part)) build_item(&list, view_part(v, f, part, prefix, answers));
    }
    return build_list(&list);
}

Value paper_view(const Paper *p, Value answers, const PaperFaults *faults, Value texts, FeelRun *run) {
    assert(p != NULL && run != NULL && run->arena != NULL);
    PaperView v = {.p = p, .run = run, .faults = faults, .texts = texts, .lang = value_get_str(texts, "lang")};
    PaperFill form = {.p = p, .run = run};
    paper_fill_place(&form, 0, (int)p->n_parts, answers, NEW_ARRAY(run->arena, const char *, p->n_parts + 1));
    ValueEntry entry = {STR("fields"), view_place(&v, &form, 0, (int)p->n_parts, STR(""), answers)};
    ValueBuild b = {.a = run->arena};
    build_entry(&b, entry.key, entry.value);
    return build_ctx(&b);
}
