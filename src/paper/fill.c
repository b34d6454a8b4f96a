/* fill: answers take the types of their fields and become the data that a form's expressions see.
 * Nothing is refused here: a value of the wrong shape is noted and left out. What a locked or
 * computed field is sent is not taken: the service and the form decide it. */
#include "paper/paper_in.h"

static int64_t of_day(int64_t nanos) {
    int64_t day = INT64_C(86400) * DATE_NANOS;
    return (nanos % day + day) % day;
}

/* What a browser's clock time means where the office is. Source: form-js timeSerializingFormat. */
static Value zoned(const PaperPart *part, Value v, const FeelRun *run) {
    Str format = value_get_str(part->json, "timeSerializingFormat");
    bool moment = v.kind == VALUE_DATETIME || v.kind == VALUE_TIME;
    if (!moment || v.u.time->form != ZONE_LOCAL || format.n == 0 || str_is(format, "no_timezone")) return v;
    ValueTime t = *v.u.time;
    t.form = ZONE_OFFSET;
    if (str_is(format, "utc_offset")) {
        t.offset = run->offset;
        return date_of_time(run->arena, v.kind, t);
    }
    if (v.kind == VALUE_DATETIME) t = *date_add_seconds(run->arena, v, -(int64_t)run->offset, 0).u.time;
    if (v.kind == VALUE_TIME) t.nanos = of_day(t.nanos - (int64_t)run->offset * DATE_NANOS);
    t.form = ZONE_OFFSET;
    t.offset = 0;
    return date_of_time(run->arena, v.kind, t);
}

/* ---- places ----------------------------------------------------------------------------------------- */

int paper_after(const Paper *p, int part) {
    return p->parts[part].type == PAPER_DYNAMICLIST ? p->parts[part].end : part + 1;
}

static void open_place(PaperFill *f);

static Value row_of(Value rows, size_t i) {
    return rows.kind == VALUE_LIST && i < rows.size ? rows.u.list[i] : value_null();
}

/* A list nobody sent has the rows that the service gives, or as many as the form begins with. */
static void open_rows(PaperFill *f, int at, PaperCell *cell) {
    const PaperPart *part = &f->sheet->p->parts[at];
    Value given = paper_at(f->given, part->key), rows = value_is_null(cell->sent) ? given : cell->sent;
    size_t n = value_is_null(rows) ? (size_t)part->repeat : rows.kind == VALUE_LIST ? rows.size : 0;
    if (!value_is_null(cell->sent) && cell->sent.kind != VALUE_LIST) cell->wrong = "type";
    if (n > PAPER_ROWS || f->sheet->rows + n > PAPER_ROWS_ALL) {
        cell->wrong = "max";
        n = 0;
    }
    f->sheet->rows += n;
    cell->n_rows = n;
    cell->rows = NEW_ARRAY(f->sheet->run->arena, PaperFill, n + 1);
    for (size_t i = 0; i < n; i++) {
        cell->rows[i] = (PaperFill){.sheet = f->sheet, .outer = f, .place = part->rows, .from = at + 1, .end = part->end,
                                    .row = (int64_t)i + 1, .given = row_of(given, i), .answers = row_of(rows, i)};
        open_place(&cell->rows[i]);
    }
}

static void open_cell(PaperFill *f, int at, PaperCell *cell) {
    const PaperPart *part = &f->sheet->p->parts[at];
    FeelRun *run = f->sheet->run;
    if (part->key.n == 0) return;
    cell->sent = paper_at(f->answers, part->key);
    if (part->type == PAPER_DYNAMICLIST) open_rows(f, at, cell);
    if (part->type == PAPER_DYNAMICLIST || part->type == PAPER_EXPRESSION) return;
    cell->wrong = paper_typed(part, cell->sent, run->arena, &cell->typed);
    bool none = value_is_null(cell->sent) || value_is_null(cell->typed);
    if (none) cell->typed = paper_unanswered(part);
    else if (part->type == PAPER_DATETIME) cell->typed = zoned(part, cell->typed, run);
    cell->value = cell->typed;
}

static void open_place(PaperFill *f) {
    const Paper *p = f->sheet->p;
    f->cells = NEW_ARRAY(f->sheet->run->arena, PaperCell, (size_t)(f->end - f->from) + 1);
    f->frame = (FeelFrame){.outer = &f->sheet->frame, .slots = f->here};
    for (int i = f->from; i < f->end; i = paper_after(p, i)) open_cell(f, i, &f->cells[i - f->from]);
}

/* ---- what expressions see --------------------------------------------------------------------------- */

void paper_slot_put(Arena *a, Value *slots, const PaperPart *part, Value v) {
    slots[part->slot] = part->rest.n == 0 ? v : paper_put(a, slots[part->slot], part->rest, v);
}

Value paper_slot_ctx(Arena *a, const PaperPlace *place, const Value *slots, bool answered) {
    ValueEntry *entries = NEW_ARRAY(a, ValueEntry, place->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < place->n; i++)
        if (!answered || !value_is_null(slots[i])) entries[n++] = (ValueEntry){place->names[i], slots[i]};
    return value_ctx(entries, n);
}

static void see_place(PaperFill *f, Value *slots, bool all);

static Value see_rows(PaperFill *f, const PaperCell *cell, bool all) {
    Arena *a = f->sheet->run->arena;
    Value *items = NEW_ARRAY(a, Value, cell->n_rows + 1);
    for (size_t i = 0; i < cell->n_rows; i++) {
        PaperFill *row = &cell->rows[i];
        see_place(row, NEW_ARRAY(a, Value, f->sheet->p->places[row->place].n + 1), all);
        items[i] = row->seen;
    }
    return value_list(items, cell->n_rows);
}

/* all: hidden answers too. */
static void see_place(PaperFill *f, Value *slots, bool all) {
    const Paper *p = f->sheet->p;
    Arena *a = f->sheet->run->arena;
    for (size_t i = 0; i < p->places[f->place].n; i++) slots[i] = value_null();
    for (int i = f->from; i < f->end; i = paper_after(p, i)) {
        const PaperCell *cell = &f->cells[i - f->from];
        if (p->parts[i].key.n == 0 || (cell->hidden && !all)) continue;
        Value v = p->parts[i].type == PAPER_DYNAMICLIST ? see_rows(f, cell, all) : cell->value;
        paper_slot_put(a, slots, &p->parts[i], v);
    }
    f->seen = paper_slot_ctx(a, &p->places[f->place], slots, false);
}

/* Source: form-js LocalExpressionContext: this, parent, i (the numbers of the rows, from the outermost). */
static void name_here(PaperFill *f, const Value *numbers, size_t n) {
    Arena *a = f->sheet->run->arena;
    const Paper *p = f->sheet->p;
    Value *own = NEW_ARRAY(a, Value, n + 1);
    for (size_t i = 0; i < n; i++) own[i] = numbers[i];
    if (f->outer) own[n++] = value_int(f->row);
    f->here[0] = f->seen;
    f->here[1] = f->outer ? f->outer->seen : value_null();
    f->here[2] = value_list(own, n);
    for (int i = 0; i < PAPER_HERE / 2; i++) f->here[PAPER_HERE / 2 + i] = f->here[i];
    for (int i = f->from; i < f->end; i = paper_after(p, i)) {
        PaperCell *cell = &f->cells[i - f->from];
        for (size_t k = 0; k < cell->n_rows; k++) name_here(&cell->rows[k], own, n);
    }
}

static void see(PaperSheet *s, bool all) {
    see_place(&s->form, s->frame.slots, all);
    name_here(&s->form, NULL, 0);
}

/* ---- conditions, locks, computed fields --------------------------------------------------------------- */

/* Source: form-js FeelExpressionLanguage.evaluateUnaryTest: a condition is a unary test of nothing, so that an unknown
 * result (=age > 60 while age is empty) counts as true. */
static bool holds(const PaperFill *f, const FeelCode *condition) {
    Value v = feel_eval(f->sheet->run, condition, &f->frame);
    return value_is_null(v) || value_is_true(v);
}

static void hide_place(PaperFill *f, bool hidden) {
    const Paper *p = f->sheet->p;
    int hidden_end = hidden ? f->end : f->from;
    for (int i = f->from; i < f->end; i = paper_after(p, i)) {
        const PaperPart *part = &p->parts[i];
        PaperCell *cell = &f->cells[i - f->from];
        bool inside = i < hidden_end;
        cell->hidden = inside || (part->hide && holds(f, part->hide));
        if (cell->hidden && !inside) hidden_end = part->end;
        for (size_t k = 0; k < cell->n_rows; k++) hide_place(&cell->rows[k], cell->hidden);
    }
}

/* What a locked field holds: what the service says, else its default; never what was sent (CVE-2025-64515). */
static Value held(const PaperFill *f, const PaperPart *part) {
    Value typed = value_null(), given = paper_at(f->given, part->key);
    bool good = paper_typed(part, given, f->sheet->run->arena, &typed) == NULL;
    return good && !value_is_null(typed) ? typed : paper_unanswered(part);
}

static void set(PaperFill *f, PaperCell *cell, Value v) {
    bool same = value_same(cell->value, v);
    cell->value = v; /* 10.50 stays 10.50 when 10.5 was sent */
    if (same) return;
    f->sheet->changed = true;
    see(f->sheet, false);
}

static void work_place(PaperFill *f) {
    const Paper *p = f->sheet->p;
    for (int i = f->from; i < f->end; i = paper_after(p, i)) {
        const PaperPart *part = &p->parts[i];
        PaperCell *cell = &f->cells[i - f->from];
        if (part->key.n == 0) continue;
        if (part->type == PAPER_EXPRESSION && !cell->hidden)
            set(f, cell, feel_eval(f->sheet->run, part->compute, &f->frame));
        if (part->locked.code || !value_is_null(part->locked.value)) {
            cell->locked = part->locked.code ? holds(f, part->locked.code)
                                             : value_is_true(part->locked.value);
            set(f, cell, cell->locked ? held(f, part) : cell->typed);
        }
        for (size_t k = 0; k < cell->n_rows; k++) work_place(&cell->rows[k]);
    }
}

/* Source: form-js ConditionChecker and FormComponent: conditions are evaluated over all data; over what these
 * leave visible the fields are computed, and the conditions once more. */
static void settle(PaperSheet *s) {
    for (int round = 0; round < PAPER_ROUNDS; round++) {
        see(s, true);
        hide_place(&s->form, false);
        see(s, false);
        s->changed = false;
        work_place(&s->form);
        if (!s->changed) break;
    }
    hide_place(&s->form, false);
}

PaperSheet *paper_sheet(const Paper *p, Value given, Value answers, FeelRun *run) {
    PaperSheet *s = NEW(run->arena, PaperSheet);
    const PaperPlace *form = &p->places[0];
    *s = (PaperSheet){.p = p, .run = run, .frame = {.slots = NEW_ARRAY(run->arena, Value, form->n_all + 1)}};
    s->form = (PaperFill){.sheet = s, .end = (int)p->n_parts, .given = given, .answers = answers};
    for (size_t i = form->n; i < form->n_all; i++) (void)value_find(given, form->names[i], &s->frame.slots[i]);
    open_place(&s->form);
    settle(s);
    return s;
}

/* ---- what a part offers -------------------------------------------------------------------------------- */

Value paper_bound(const PaperFill *f, PaperFeel bound) {
    return bound.code == NULL ? bound.value : feel_eval(f->sheet->run, bound.code, &f->frame);
}

Value paper_options(const PaperFill *f, const PaperPart *part) {
    Arena *a = f->sheet->run->arena;
    if (part->options_slot < 0 && part->options_code == NULL) return part->options;
    Value found = part->options_slot >= 0 ? f->sheet->frame.slots[part->options_slot]
                                          : feel_eval(f->sheet->run, part->options_code, &f->frame);
    ValueBuild b = {.a = a};
    size_t n = found.kind == VALUE_LIST && found.size <= PAPER_OPTIONS ? found.size : 0;
    for (size_t i = 0; i < n; i++) {
        Value option = paper_option(a, found.u.list[i]);
        if (!value_is_null(value_get(option, "value"))) build_item(&b, option);
    }
    return build_list(&b);
}
