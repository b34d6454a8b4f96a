/* post: what a browser posted, back into answers. Text becomes what its field asks for where that is plain; what
 * cannot be read stays as it was sent, so that the check can say so beside the field and nothing typed is lost. */
#include "paper/paper_in.h"

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
    /* A text that was emptied is answered with nothing; other fields are not answered. */
    bool writing = part->type == PAPER_TEXTFIELD || part->type == PAPER_TEXTAREA;
    if (writing && blank && part->fallback.kind == VALUE_STRING) return value_str(STR(""));
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

static bool any_under(Value posted, Str prefix) {
    for (size_t k = 0; k < posted.size; k++)
        if (str_starts(posted.u.ctx[k].key, prefix)) return true;
    return false;
}

/* Rows are posted as items[0].name, items[1].name …; "items" says how many there are (rows of boxes that are all
 * off post nothing). Without it the first number without a field ends them. */
static Value post_rows(const Paper *p, const PaperPart *part, Str name, Value sent, Value posted, Arena *a) {
    ValueBuild b = {.a = a};
    int64_t told = -1;
    bool counted = sent.kind == VALUE_STRING && str_to_int(value_text(sent), &told) && told >= 0 && told <= PAPER_ROWS;
    for (int i = 0; counted ? i < told : i < PAPER_ROWS; i++) {
        Str prefix = str_printf(a, STR_FMT "[%d].", STR_ARG(name), i);
        if (!counted && !any_under(posted, prefix)) break;
        build_item(&b, post_place(p, part->rows, (int)(part - p->parts) + 1, part->end, prefix, posted, a));
    }
    return b.n == 0 && !counted ? value_null() : build_list(&b);
}

static Value post_place(const Paper *p, int place, int from, int end, Str prefix, Value posted, Arena *a) {
    Value answers = value_ctx(NULL, 0);
    for (int i = from; i < end; i++) {
        const PaperPart *part = &p->parts[i];
        if (part->place != place || part->key.n == 0 || part->type == PAPER_EXPRESSION || part->disabled)
            continue;
        Str name = str_join2(a, prefix, part->key);
        Value sent = value_null();
        (void)value_find(posted, name, &sent);
        Value v = part->type == PAPER_DYNAMICLIST ? post_rows(p, part, name, sent, posted, a) : post_value(part, sent, a);
        if (!value_is_null(v)) answers = paper_put(a, answers, part->key, v);
    }
    return answers;
}

Value paper_from_post(const Paper *p, Value posted, Arena *a) {
    assert(p != NULL && a != NULL);
    if (posted.kind != VALUE_CONTEXT) return value_ctx(NULL, 0);
    return post_place(p, 0, 0, (int)p->n_parts, STR(""), posted, a);
}

/* ---- buttons of a list ---------------------------------------------------------------------------------- */

/* One row more at the end, or row `at` less. */
static Value edited(Arena *a, Value rows, int64_t at) {
    ValueBuild b = {.a = a};
    for (uint32_t i = 0; rows.kind == VALUE_LIST && i < rows.size; i++)
        if (at < 0 || i != at) build_item(&b, rows.u.list[i]);
    if (at < 0 && b.n < PAPER_ROWS) build_item(&b, value_ctx(NULL, 0));
    return build_list(&b);
}

/* "a.items[2].parts": splits before the first [; number -1 when there is none, -2 when it is no number. */
static Str split(Str path, int64_t *number, Str *rest) {
    ptrdiff_t open = str_find(path, STR("["));
    *number = -1;
    *rest = STR("");
    if (open < 0) return path;
    Str inside = str_cut(str_sub(path, (size_t)open + 1, path.n), ']', rest);
    if (!str_to_int(inside, number) || *number < 0 || *number >= PAPER_ROWS) *number = -2;
    if (rest->n > 0) *rest = str_sub(*rest, 1, rest->n);
    return str_sub(path, 0, (size_t)open);
}

static Value edit_path(Arena *a, Value answers, Str path, int depth) {
    int64_t number;
    Str rest, list = split(path, &number, &rest);
    Value rows = paper_at(answers, list);
    if (number == -2 || depth > PAPER_DEPTH) return answers;
    if (rest.n == 0) return paper_put(a, answers, list, edited(a, rows, number));
    if (rows.kind != VALUE_LIST || number < 0 || number >= rows.size) return answers;
    Value *items = NEW_ARRAY(a, Value, rows.size);
    for (uint32_t i = 0; i < rows.size; i++)
        items[i] = i == number ? edit_path(a, rows.u.list[i], rest, depth + 1) : rows.u.list[i];
    return paper_put(a, answers, list, value_list(items, rows.size));
}

/* Does a button's name mean a list whose rows may come and go? */
static bool may_edit(const Paper *p, Str name, Arena *a) {
    bool add = str_starts(name, STR("+")), remove = str_starts(name, STR("-"));
    Str path = str_sub(name, 1, name.n);
    bool ends_in_row = str_ends(path, STR("]"));
    if ((!add && !remove) || ends_in_row != remove) return false;
    while (remove && path.n > 0 && path.p[path.n - 1] != '[') path.n--;
    path.n -= remove && path.n > 0;
    const PaperPart *part = paper_part_of(p, path, a);
    return part && part->type == PAPER_DYNAMICLIST && !part->fixed_rows;
}

bool paper_post_rows(const Paper *p, Value posted, Value answers, Arena *a, Value *changed) {
    assert(p && a && changed);
    for (size_t i = 0; posted.kind == VALUE_CONTEXT && i < posted.size; i++) {
        Str name = posted.u.ctx[i].key;
        if (!may_edit(p, name, a)) continue;
        *changed = edit_path(a, answers, str_sub(name, 1, name.n), 0);
        return true;
    }
    return false;
}
