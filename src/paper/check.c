/* check: is this answer right? The server repeats everything the form promises: it evaluates the
 * conditions, drops hidden fields, computes what is computed, and tests types, bounds, patterns and
 * options. Names the form does not know are refused. It never guesses what was meant. */
#include "paper/paper_in.h"

#include <string.h>

typedef struct PaperCheck {
    const Paper *p;     /* the form */
    FeelRun *run;       /* arena, clock, fuel */
    PaperFaults faults; /* found so far */
    size_t room;        /* faults.items has room for */
} PaperCheck;

typedef struct PaperAnswer { /* one field being checked */
    const PaperFill *f;      /* its place */
    const PaperPart *part;   /* the field */
    const PaperCell *cell;   /* what was sent, and what counts */
    Str prefix;              /* path of its place, with the last dot: "items[0]." */
} PaperAnswer;

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

static void refuse(PaperCheck *c, const PaperAnswer *x, const char *code, Str limit) {
    blame(c, x->prefix, x->part->key, code, limit);
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
    bool list = (v.kind == VALUE_LIST || v.kind == VALUE_STRING) && v.size == 0;
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

static void check_bound(PaperCheck *c, const PaperAnswer *x, Value v, PaperFeel bound, const char *code, int sign) {
    Value limit = paper_bound(x->f, bound);
    if (limit.kind != VALUE_NUMBER || dec_cmp(v, limit) * sign >= 0) return;
    refuse(c, x, code, feel_text(c->run->arena, limit, false));
}

static void check_number(PaperCheck *c, const PaperAnswer *x, Value v) {
    const PaperPart *part = x->part;
    if (v.kind == VALUE_STRING && !dec_parse(c->run->arena, str_trim(value_text(v)), &v)) return;
    check_bound(c, x, v, part->min, "min", 1);
    check_bound(c, x, v, part->max, "max", -1);
    if (part->step.kind != VALUE_NUMBER || dec_sign(part->step) <= 0) return;
    if (dec_sign(dec_mod(c->run->arena, v, part->step)) != 0)
        refuse(c, x, "step", feel_text(c->run->arena, part->step, false));
}

static void check_text(PaperCheck *c, const PaperAnswer *x, Value v) {
    size_t n = utf8_count(str_trim(value_text(v))), most = x->part->type == PAPER_TEXTAREA ? PAPER_TEXT_MOST : PAPER_LINE_MOST;
    Value length = value_int((int64_t)n);
    check_bound(c, x, length, x->part->min_length, "min_length", 1);
    if (n > most) {
        refuse(c, x, "max_length", str_printf(c->run->arena, "%zu", most));
        return;
    }
    check_bound(c, x, length, x->part->max_length, "max_length", -1);
    if (x->part->pattern == NULL) return;
    FeelFrame frame = {.slots = &v};
    if (!value_is_true(feel_eval(c->run, x->part->pattern, &frame)))
        refuse(c, x, "pattern", value_get_str(value_get(x->part->json, "validate"), "pattern"));
}

static void check_moment(PaperCheck *c, const PaperAnswer *x, Value v) {
    if (!x->part->not_past || v.kind == VALUE_TIME) return;
    Value now = date_from_unix_us(c->run->arena, c->run->now_us, c->run->offset);
    int64_t day = v.kind == VALUE_DATE ? v.u.i : v.u.time->days;
    if (day >= now.u.time->days) return;
    Value today = {.kind = VALUE_DATE, .u.i = now.u.time->days};
    refuse(c, x, "min", feel_text(c->run->arena, today, false));
}

/* A locked field was sent something else than it holds. */
static bool tampered(const PaperCell *cell) {
    if (!cell->locked || value_is_null(cell->sent)) return false;
    return cell->wrong != NULL || !value_same(cell->typed, cell->value);
}

static void check_field(PaperCheck *c, const PaperAnswer *x) {
    Value v = x->cell->value;
    if (tampered(x->cell)) refuse(c, x, "locked", STR(""));
    if (x->part->disabled) return;
    if (!x->cell->locked && x->cell->wrong) {
        bool digits = strcmp(x->cell->wrong, "digits") == 0;
        refuse(c, x, x->cell->wrong, digits ? str_printf(c->run->arena, "%d", x->part->digits) : STR(""));
        return;
    }
    if (x->part->required && unset(x->part, v)) refuse(c, x, "required", STR(""));
    if (value_is_null(v) || (v.kind == VALUE_STRING && v.size == 0 && x->part->type <= PAPER_TEXTAREA)) return;
    if (!chosen(x->f, x->part, v)) refuse(c, x, "option", STR(""));
    if (x->part->type == PAPER_NUMBER) check_number(c, x, v);
    if (x->part->type == PAPER_TEXTFIELD || x->part->type == PAPER_TEXTAREA) check_text(c, x, v);
    if (x->part->type == PAPER_DATETIME) check_moment(c, x, v);
}

/* ---- places --------------------------------------------------------------------------------------- */

static Value check_place(PaperCheck *c, const PaperFill *f, Str prefix);

/* How many rows a list has whose rows are fixed. */
static size_t rows_due(const PaperFill *f, const PaperPart *part) {
    Value given = paper_at(f->given, part->key);
    return given.kind == VALUE_LIST ? given.size : (size_t)part->repeat;
}

static Value check_rows(PaperCheck *c, const PaperAnswer *x) {
    Arena *a = c->run->arena;
    size_t due = rows_due(x->f, x->part), n = x->cell->n_rows;
    Value *rows = NEW_ARRAY(a, Value, n + 1);
    bool fixed = x->part->fixed_rows && x->cell->wrong == NULL && n != due;
    bool many = x->cell->wrong && strcmp(x->cell->wrong, "max") == 0;
    if (x->cell->wrong) refuse(c, x, x->cell->wrong, many ? str_printf(a, "%d", PAPER_ROWS) : STR(""));
    if (fixed) refuse(c, x, "rows", str_printf(a, "%zu", due));
    for (size_t i = 0; i < n; i++) {
        const PaperFill *row = &x->cell->rows[i];
        Str prefix = str_printf(a, STR_FMT STR_FMT "[%zu].", STR_ARG(x->prefix), STR_ARG(x->part->key), i);
        if (row->answers.kind != VALUE_CONTEXT && !value_is_null(row->answers))
            blame(c, str_sub(prefix, 0, prefix.n - 1), STR(""), "type", STR(""));
        rows[i] = check_place(c, row, prefix);
    }
    return value_list(rows, n);
}

static Value clean_value(const PaperPart *part, Value v) {
    bool text = part->type == PAPER_TEXTFIELD || part->type == PAPER_TEXTAREA;
    return text && v.kind == VALUE_STRING && v.size == 0 ? value_null() : v;
}

static Value check_place(PaperCheck *c, const PaperFill *f, Str prefix) {
    const PaperPlace *place = &c->p->places[f->place];
    Value *slots = NEW_ARRAY(c->run->arena, Value, place->n + 1);
    check_names(c, f->place, prefix, STR(""), f->answers);
    for (int i = f->from; i < f->end; i = paper_after(c->p, i)) {
        PaperAnswer x = {f, &c->p->parts[i], &f->cells[i - f->from], prefix};
        if (x.cell->hidden || x.part->key.n == 0) continue;
        Value v = clean_value(x.part, x.cell->value);
        if (x.part->type == PAPER_DYNAMICLIST) v = check_rows(c, &x);
        else check_field(c, &x);
        if (!value_is_null(v) && !x.part->disabled) paper_slot_put(c->run->arena, slots, x.part, v);
    }
    return paper_slot_ctx(c->run->arena, place, slots, true);
}

void paper_check(const Paper *p, Value given, Value answers, FeelRun *run, Value *clean, PaperFaults *faults) {
    assert(p != NULL && run != NULL && run->arena != NULL && clean != NULL && faults);
    PaperCheck c = {.p = p, .run = run};
    PaperSheet *sheet = paper_sheet(p, given, answers, run);
    Value good = check_place(&c, &sheet->form, STR(""));
    if (c.faults.n == 0) *clean = good;
    *faults = c.faults;
}
