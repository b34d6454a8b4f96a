/* check: is this answer right? The server repeats everything the form promises: it evaluates the
 * conditions, drops hidden fields, computes what is computed, and tests types, bounds, patterns and
 * options. Names the form does not know are refused. It never guesses what was meant. */
#include "paper/paper_in.h"

typedef struct PaperCheck {
    const Paper *p;     /* the form */
    FeelRun *run;       /* arena, clock, fuel */
    PaperFaults faults; /* found so far */
    size_t room;        /* faults.items has room for */
    const char **wrong; /* per part: a fault of shape, or NULL */
} PaperCheck;

static void blame(PaperCheck *c, Str prefix, Str key, const char *code, Str limit) {
    PaperFaults *f = &c->faults;
    if (f->n == PAPER_FAULTS) return;
    if (f->n == c->room) {
        size_t room = c->room == 0 ? 8 : c->room * 2;
        f->items = arena_grow(c->run->arena, f->items, c->room * sizeof *f->items, room * sizeof *f->items);
        c->room = room;
    }
    f->items[f->n++] = (PaperFault){str_join2(c->run->arena, prefix, key), code, limit};
}

/* ---- names --------------------------------------------------------------------------------------- */

typedef enum PaperKnown { KNOWN_NOT, KNOWN_FIELD, KNOWN_DEFAULT, KNOWN_ABOVE } PaperKnown;

static PaperKnown known(const PaperCheck *c, int place, Str path) {
    for (size_t i = 0; i < c->p->n_fields; i++) {
        const PaperPart *part = &c->p->parts[c->p->fields[i]];
        if (part->place != place || !str_starts(part->key, path)) continue;
        if (part->key.n == path.n) return value_is_null(paper_unanswered(part)) ? KNOWN_FIELD : KNOWN_DEFAULT;
        if (part->key.p[path.n] == '.') return KNOWN_ABOVE;
    }
    return KNOWN_NOT;
}

/* above: the dotted path to `answers` inside its place, with its last dot. */
static void check_names(PaperCheck *c, int place, Str prefix, Str above, Value answers) {
    for (size_t i = 0; answers.kind == VALUE_CONTEXT && i < answers.size && c->faults.n < PAPER_FAULTS; i++) {
        const ValueEntry *entry = &answers.u.ctx[i];
        Str path = str_join2(c->run->arena, above, entry->key);
        PaperKnown what = known(c, place, path);
        bool context = entry->value.kind == VALUE_CONTEXT, null = value_is_null(entry->value);
        if (what == KNOWN_NOT) blame(c, prefix, path, "unknown", STR(""));
        /* null says "no answer"; whether the default was meant instead would be a guess. */
        if (what == KNOWN_DEFAULT && null) blame(c, prefix, path, "type", STR(""));
        if (what == KNOWN_ABOVE && !context && !null) blame(c, prefix, path, "type", STR(""));
        if (what == KNOWN_ABOVE && context)
            check_names(c, place, prefix, str_join2(c->run->arena, path, STR(".")), entry->value);
    }
}

/* ---- one field ------------------------------------------------------------------------------------ */

static bool unset(const PaperPart *part, Value v) {
    bool list = v.kind == VALUE_LIST && v.size == 0;
    bool off = part->type == PAPER_CHECKBOX && !value_is_true(v);
    return value_is_null(v) || list || off;
}

static bool among(Value options, Value v) {
    for (size_t i = 0; i < options.size; i++)
        if (value_same(value_get(options.u.list[i], "value"), v)) return true;
    return false;
}

static bool chosen(const PaperFill *f, const PaperPart *part, Value v) {
    bool one = part->type == PAPER_RADIO || part->type == PAPER_SELECT;
    bool many = part->type == PAPER_CHECKLIST || part->type == PAPER_TAGLIST;
    if (!one && !many) return true;
    Value options = paper_options(f, part);
    if (one) return among(options, v);
    for (size_t i = 0; i < v.size; i++)
        if (!among(options, v.u.list[i])) return false;
    return true;
}

static void check_bound(PaperCheck *c, const PaperFill *f, Str prefix, const PaperPart *part, Value v, PaperFeel bound,
                        const char *code, int sign) {
    Value limit = paper_bound(f, bound);
    if (limit.kind != VALUE_NUMBER || dec_cmp(v, limit) * sign >= 0) return;
    blame(c, prefix, part->key, code, feel_text(c->run->arena, limit, false));
}

static void check_number(PaperCheck *c, const PaperFill *f, Str prefix, const PaperPart *part, Value v) {
    if (v.kind == VALUE_STRING && !dec_parse(c->run->arena, str_trim(value_text(v)), &v)) return;
    check_bound(c, f, prefix, part, v, part->min, "min", 1);
    check_bound(c, f, prefix, part, v, part->max, "max", -1);
    if (part->step.kind != VALUE_NUMBER || dec_sign(part->step) <= 0) return;
    if (dec_sign(dec_mod(c->run->arena, v, part->step)) != 0)
        blame(c, prefix, part->key, "step", feel_text(c->run->arena, part->step, false));
}

static void check_text(PaperCheck *c, const PaperFill *f, Str prefix, const PaperPart *part, Value v) {
    Value length = value_int((int64_t)utf8_count(str_trim(value_text(v))));
    check_bound(c, f, prefix, part, length, part->min_length, "min_length", 1);
    check_bound(c, f, prefix, part, length, part->max_length, "max_length", -1);
    if (part->pattern == NULL) return;
    FeelFrame frame = {.slots = &v};
    if (!value_is_true(feel_eval(c->run, part->pattern, &frame)))
        blame(c, prefix, part->key, "pattern", value_get_str(value_get(part->json, "validate"), "pattern"));
}

static void check_moment(PaperCheck *c, Str prefix, const PaperPart *part, Value v) {
    if (!part->not_past || v.kind == VALUE_TIME) return;
    Value now = date_from_unix_us(c->run->arena, c->run->now_us, c->run->offset);
    int64_t day = v.kind == VALUE_DATE ? v.u.i : v.u.time->days;
    if (day >= now.u.time->days) return;
    Value today = {.kind = VALUE_DATE, .u.i = now.u.time->days};
    blame(c, prefix, part->key, "min", feel_text(c->run->arena, today, false));
}

static void check_field(PaperCheck *c, const PaperFill *f, Str prefix, const PaperPart *part, Value v) {
    const char *wrong = c->wrong[part - c->p->parts];
    if (wrong) {
        blame(c, prefix, part->key, wrong, STR(""));
        return;
    }
    if (part->required && unset(part, v)) blame(c, prefix, part->key, "required", STR(""));
    if (value_is_null(v)) return;
    if (!chosen(f, part, v)) blame(c, prefix, part->key, "option", STR(""));
    if (part->type == PAPER_NUMBER) check_number(c, f, prefix, part, v);
    if (part->type == PAPER_TEXTFIELD || part->type == PAPER_TEXTAREA) check_text(c, f, prefix, part, v);
    if (part->type == PAPER_DATETIME) check_moment(c, prefix, part, v);
}

/* ---- places --------------------------------------------------------------------------------------- */

static void check_place(PaperCheck *c, PaperFill *f, int from, int end, Value answers, Str prefix, Value *clean);

static Value check_rows(PaperCheck *c, const PaperFill *f, const PaperPart *part, Value rows, Str prefix) {
    int at = (int)(part - c->p->parts);
    ValueBuild b = {.a = c->run->arena};
    bool many = rows.kind == VALUE_LIST && rows.size > PAPER_ROWS;
    if (c->wrong[at]) blame(c, prefix, part->key, c->wrong[at], STR(""));
    if (many) blame(c, prefix, part->key, "max", str_printf(c->run->arena, "%d", PAPER_ROWS));
    if (c->wrong[at] || many) return build_list(&b);
    for (size_t i = 0; rows.kind == VALUE_LIST && i < rows.size; i++) {
        Str row_prefix = str_printf(c->run->arena, STR_FMT STR_FMT "[%zu].", STR_ARG(prefix), STR_ARG(part->key), i);
        PaperFill row = {.p = c->p, .place = part->rows, .run = c->run, .outer = f, .row = (int64_t)i + 1};
        Value clean;
        if (rows.u.list[i].kind != VALUE_CONTEXT)
            blame(c, str_sub(row_prefix, 0, row_prefix.n - 1), STR(""), "type", STR(""));
        check_place(c, &row, at + 1, part->end, rows.u.list[i], row_prefix, &clean);
        build_item(&b, clean);
    }
    return build_list(&b);
}

static void check_place(PaperCheck *c, PaperFill *f, int from, int end, Value answers, Str prefix, Value *clean) {
    check_names(c, f->place, prefix, STR(""), answers);
    paper_fill_place(f, from, end, answers, c->wrong);
    *clean = value_ctx(NULL, 0);
    for (int i = from; i < end;) {
        const PaperPart *part = &c->p->parts[i];
        bool hidden = paper_hidden(f, part);
        i = part->type == PAPER_GROUP && !hidden ? i + 1 : part->end;
        if (hidden || part->key.n == 0) continue;
        Value v = paper_at(f->data, part->key);
        if (part->type == PAPER_DYNAMICLIST)
            v = check_rows(c, f, part, v, prefix);
        else
            check_field(c, f, prefix, part, v);
        if (!value_is_null(v)) *clean = paper_put(c->run->arena, *clean, part->key, v);
    }
}

void paper_check(const Paper *p, Value answers, FeelRun *run, Value *clean, PaperFaults *faults) {
    assert(p != NULL && run != NULL && run->arena != NULL && clean != NULL && faults);
    PaperCheck c = {.p = p, .run = run, .wrong = NEW_ARRAY(run->arena, const char *, p->n_parts + 1)};
    PaperFill form = {.p = p, .run = run};
    Value good;
    check_place(&c, &form, 0, (int)p->n_parts, answers, STR(""), &good);
    if (c.faults.n == 0) *clean = good;
    *faults = c.faults;
}
