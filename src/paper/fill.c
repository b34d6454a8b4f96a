/* fill: answers take the types of their fields and become the data that a form's expressions see.
 * Nothing is refused here: a value of the wrong shape is noted and left out. What a fixed or
 * computed field is sent is not taken: the form decides it. */
#include "paper/paper_in.h"

Value paper_at(Value context, Str path) {
    while (path.n > 0) {
        Value member = value_null();
        if (!value_find(context, str_cut(path, '.', &path), &member)) return value_null();
        context = member;
    }
    return context;
}

Value paper_put(Arena *a, Value context, Str path, Value member) {
    Str rest;
    Str head = str_cut(path, '.', &rest);
    if (context.kind != VALUE_CONTEXT) context = value_ctx(NULL, 0);
    if (rest.n == 0) return value_with(a, context, head, member);
    Value inner = value_null();
    (void)value_find(context, head, &inner);
    return value_with(a, context, head, paper_put(a, inner, rest, member));
}

/* A browser writes 08:42 and 2026-11-16T08:42; FEEL wants the seconds. */
static Str with_seconds(Arena *a, Str text) {
    ptrdiff_t t = str_find(text, STR("T"));
    size_t at = t < 0 ? 5 : (size_t)t + 6;
    bool minutes_end = text.n >= at && text.p[at - 3] == ':' && (text.n == at || text.p[at] != ':');
    if (!minutes_end) return text;
    return str_printf(a, STR_FMT ":00" STR_FMT, (int)at, text.p, STR_ARG(str_sub(text, at, text.n)));
}

/* 24:00 is FEEL, but no time that a form-js field can hold: a day ends at 23:59 and the next begins at 00:00. */
static bool midnight_twice(Str text) {
    ptrdiff_t t = str_find(text, STR("T"));
    return str_starts(str_sub(text, (size_t)(t + 1), text.n - (size_t)(t + 1)), STR("24:"));
}

static const char *typed_moment(const PaperPart *part, Value sent, Arena *a, Value *typed) {
    bool date = str_is(part->subtype, "date"), time = str_is(part->subtype, "time");
    ValueKind wanted = date ? VALUE_DATE : time ? VALUE_TIME : VALUE_DATETIME;
    if (sent.kind == wanted) {
        *typed = sent;
        return NULL;
    }
    if (sent.kind != VALUE_STRING) return "type";
    Str text = str_trim(value_text(sent));
    if (midnight_twice(text)) return "date";
    bool good = date   ? date_parse(text, typed)
                : time ? date_parse_time(a, with_seconds(a, text), typed)
                       : str_find(text, STR("T")) > 0 && date_parse_datetime(a, with_seconds(a, text), typed);
    return good ? NULL : "date";
}

static const char *typed_number(const PaperPart *part, Value sent, Arena *a, Value *typed) {
    Value number = sent;
    bool text = part->as_text && sent.kind == VALUE_STRING;
    if (text && !dec_parse(a, str_trim(value_text(sent)), &number)) return "type";
    if (number.kind != VALUE_NUMBER) return "type";
    if (part->digits >= 0 && dec_cmp(dec_floor(a, number, part->digits), number) != 0) return "type";
    *typed = text ? sent : number;
    return NULL;
}

static const char *typed_list(Value sent, Value *typed) {
    if (sent.kind != VALUE_LIST) return "type";
    *typed = sent;
    return NULL;
}

static const char *typed_file(const PaperPart *part, Value sent, Value *typed) {
    bool list = sent.kind == VALUE_LIST;
    if (list && (!part->many || sent.size > PAPER_ROWS)) return "type";
    for (size_t i = 0; list && i < sent.size; i++)
        if (sent.u.list[i].kind != VALUE_STRING) return "type";
    if (!list && sent.kind != VALUE_STRING) return "type";
    *typed = sent;
    return NULL;
}

static const char *typed_text(Value sent, Value *typed) {
    if (sent.kind != VALUE_STRING) return "type";
    *typed = str_trim(value_text(sent)).n > 0 ? sent : value_null();
    return NULL;
}

const char *paper_typed(const PaperPart *part, Value sent, Arena *a, Value *typed) {
    *typed = value_null();
    if (value_is_null(sent)) return NULL;
    switch (part->type) {
    case PAPER_TEXTFIELD:
    case PAPER_TEXTAREA:
        return typed_text(sent, typed);
    case PAPER_NUMBER:
        return typed_number(part, sent, a, typed);
    case PAPER_DATETIME:
        return typed_moment(part, sent, a, typed);
    case PAPER_CHECKBOX:
        if (sent.kind != VALUE_BOOL) return "type";
        break;
    case PAPER_CHECKLIST:
    case PAPER_TAGLIST:
    case PAPER_DYNAMICLIST:
        return typed_list(sent, typed);
    case PAPER_FILEPICKER:
        return typed_file(part, sent, typed);
    default:
        break;
    }
    *typed = sent;
    return NULL;
}

static void set_names(PaperFill *f) {
    const PaperPlace *place = &f->p->places[f->place];
    size_t own = place->outer < 0 ? place->n : place->n - 3;
    for (size_t i = 0; i < own; i++) f->frame.slots[i] = paper_at(f->data, place->names[i]);
    if (place->outer < 0) return;
    f->frame.slots[own] = f->data;
    f->frame.slots[own + 1] = f->outer->data;
    f->frame.slots[own + 2] = value_int(f->row);
}

Value paper_unanswered(const PaperPart *part) {
    if (!value_is_null(part->fallback)) return part->fallback;
    if (part->type == PAPER_CHECKBOX) return value_bool(false);
    if (part->type == PAPER_CHECKLIST || part->type == PAPER_TAGLIST) return value_list(NULL, 0);
    return value_null();
}

static void put(PaperFill *f, const PaperPart *part, Value v) {
    f->data = paper_put(f->run->arena, f->data, part->key, v);
}

void paper_fill_place(PaperFill *f, int from, int end, Value answers, const char **wrong) {
    const PaperPlace *place = &f->p->places[f->place];
    f->data = value_ctx(NULL, 0);
    f->frame = (FeelFrame){.outer = f->outer == NULL ? NULL : &f->outer->frame,
                           .slots = NEW_ARRAY(f->run->arena, Value, place->n + 1)};
    for (int i = from; i < end; i++) {
        const PaperPart *part = &f->p->parts[i];
        if (part->place != f->place || part->key.n == 0 || part->type == PAPER_EXPRESSION) continue;
        Value typed = value_null();
        wrong[i] = paper_typed(part, paper_at(answers, part->key), f->run->arena, &typed);
        put(f, part, value_is_null(typed) ? paper_unanswered(part) : typed);
    }
    set_names(f);
    for (int i = from; i < end; i++) {
        const PaperPart *part = &f->p->parts[i];
        if (part->place != f->place || part->key.n == 0 || !value_is_true(paper_bound(f, part->locked))) continue;
        wrong[i] = NULL;
        put(f, part, paper_unanswered(part));
    }
    set_names(f);
    for (int i = from; i < end; i++) {
        const PaperPart *part = &f->p->parts[i];
        if (part->place != f->place || part->compute == NULL) continue;
        put(f, part, feel_eval(f->run, part->compute, &f->frame));
        set_names(f);
    }
}

bool paper_hidden(const PaperFill *f, const PaperPart *part) {
    return part->hide != NULL && value_is_true(feel_eval(f->run, part->hide, &f->frame));
}

Value paper_bound(const PaperFill *f, PaperFeel bound) {
    return bound.code == NULL ? bound.value : feel_eval(f->run, bound.code, &f->frame);
}

Value paper_options(const PaperFill *f, const PaperPart *part) {
    if (part->options_code == NULL) return part->options;
    Value found = feel_eval(f->run, part->options_code, &f->frame);
    ValueBuild b = {.a = f->run->arena};
    size_t n = found.kind == VALUE_LIST && found.size <= PAPER_OPTIONS ? found.size : 0;
    for (size_t i = 0; i < n; i++) build_item(&b, paper_option(f->run->arena, found.u.list[i]));
    return build_list(&b);
}

Str paper_words(const PaperFill *f, PaperWords words) {
    Buf b = {.a = f->run->arena};
    for (size_t i = 0; i < words.n; i++) {
        buf_add(&b, words.words[i]);
        Value v = words.codes[i] == NULL ? value_null() : feel_eval(f->run, words.codes[i], &f->frame);
        if (!value_is_null(v)) buf_add(&b, feel_text(b.a, v, false));
    }
    return buf_str(&b);
}
