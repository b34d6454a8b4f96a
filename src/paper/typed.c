/* typed: what was sent takes the type of its field, or is said to have another. Also the paths by
 * which answers lie in contexts. Never looks at what a value means. */
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
    /* A number with too many digits is one: conditions see it. */
    *typed = text ? sent : part->as_text ? value_str(feel_text(a, number, false)) : number;
    bool fits = part->digits < 0 || dec_cmp(dec_floor(a, number, part->digits), number) == 0;
    return fits ? NULL : "digits";
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

/* A text of blanks is none: typed "", as a form-js field that was emptied. In one line breaks and tabs are blanks,
 * as form-js has it. */
static const char *typed_text(const PaperPart *part, Value sent, Arena *a, Value *typed) {
    if (sent.kind != VALUE_STRING) return "type";
    Str text = value_text(sent);
    *typed = str_trim(text).n > 0 ? sent : value_str(STR(""));
    size_t broken = 0;
    for (size_t i = 0; i < text.n; i++) broken += text.p[i] == '\n' || text.p[i] == '\r' || text.p[i] == '\t';
    if (part->type == PAPER_TEXTAREA || broken == 0 || typed->size == 0) return NULL;
    char *line = arena_alloc(a, text.n);
    for (size_t i = 0; i < text.n; i++)
        line[i] = text.p[i] == '\n' || text.p[i] == '\r' || text.p[i] == '\t' ? ' ' : text.p[i];
    *typed = value_str((Str){line, text.n});
    return NULL;
}

const char *paper_typed(const PaperPart *part, Value sent, Arena *a, Value *typed) {
    *typed = value_null();
    if (value_is_null(sent)) return NULL;
    switch (part->type) {
    case PAPER_TEXTFIELD:
    case PAPER_TEXTAREA:
        return typed_text(part, sent, a, typed);
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

Value paper_unanswered(const PaperPart *part) {
    if (!value_is_null(part->fallback)) return part->fallback;
    if (part->type == PAPER_TEXTFIELD || part->type == PAPER_TEXTAREA) return value_str(STR(""));
    if (part->type == PAPER_CHECKBOX) return value_bool(false);
    if (part->type == PAPER_CHECKLIST || part->type == PAPER_TAGLIST) return value_list(NULL, 0);
    return value_null();
}
