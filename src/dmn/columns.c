/* dmn/columns: decides many cases at once. Each input value's row of rules is looked up once per entry of
 * its column, not once per case; then blocks of cases are narrowed column by column, in a loop without
 * branches. It must give exactly what dmn_decide gives: a case that is not plain is sent there. */
#include "dmn/direct_in.h"

#include <string.h>

enum { BLOCK = 256, RECENT = 64, MOST_ENTRIES = UINT16_MAX };

typedef enum Form { FORM_CODES, FORM_INTS, FORM_NEAR, FORM_BOOLS, FORM_NULLS } Form;
typedef struct Lookup {
    Form form;            /* how an entry is found: integers near each other have a way of their own */
    const DmnColumn *in;  /* the input */
    const Points *points; /* of integers: whose classes are the entries */
    size_t n;             /* entries: codes, classes, truth values */
    const Word **rows;    /* by entry; all rules where the index does not speak of the value */
    bool *strange;        /* by entry: it does not; NULL when it speaks of all */
    Word *words;          /* by entry: its row in tables of one word, the first head of its row in others */
} Lookup;
typedef struct Batch {
    const DmnModel *m;
    int decision;
    const DmnColumn *inputs; /* by slot */
    FeelRun *run;
    const Direct *d; /* NULL: every case goes to dmn_decide */
    Lookup *lookups; /* n_lookups columns that exclude something */
    size_t n_lookups;
    Word open; /* tables of one word: rules that dmn_decide must settle */
    DmnOutcomes *out;
    size_t plain;   /* outcomes made beforehand: no rule, then each rule */
    Arena *scratch; /* one case that is not plain */
    Value *values;  /* its inputs */
} Batch;

/* ---- from entries to rows -------------------------------------------------------------------- */
static Form form_of(const DmnColumn *in) {
    assert((in->codes != NULL) + (in->ints != NULL) + (in->bools != NULL) <= 1);
    if (in->codes != NULL) return FORM_CODES;
    if (in->ints != NULL) return FORM_INTS;
    return in->bools != NULL ? FORM_BOOLS : FORM_NULLS;
}

/* Integers near the points: the entry is the place of the integer itself, or of the end it lies beyond. */
static void near_entries(int64_t low, int64_t high, const int64_t *ints, size_t n, uint16_t *restrict room) {
    for (size_t i = 0; i < n; i++) {
        int64_t key = ints[i] < low ? low : ints[i];
        room[i] = (uint16_t)((key > high ? high : key) - low);
    }
}

/* The entries of a block of cases: the column's own codes, or made in `room`. */
static const uint16_t *entries_of(const Lookup *l, size_t from, size_t n, uint16_t *restrict room) {
    const DmnColumn *in = l->in;
    switch (l->form) {
    case FORM_CODES:
        return in->codes + from;
    case FORM_INTS:
        for (size_t i = 0; i < n; i++) room[i] = (uint16_t)dmn_class(l->points, value_int(in->ints[from + i]));
        break;
    case FORM_NEAR:
        near_entries(l->points->low, l->points->high, in->ints + from, n, room);
        break;
    case FORM_BOOLS:
        for (size_t i = 0; i < n; i++) room[i] = in->bools[from + i] != 0;
        break;
    case FORM_NULLS:
        memset(room, 0, n * sizeof *room);
        break;
    }
    return room;
}

/* The row of a value after both coercions it would meet; NULL when the index does not speak of it. */
static const Word *row_of(const Batch *b, const DirectColumn *column, size_t c, Value v) {
    v = dmn_coerce(b->run, v, b->m->by_kind[DMN_INPUT][column->input]->type);
    v = dmn_coerce(b->run, v, b->d->t->columns[c].input->type);
    return dmn_row(b->d->t->index, column->index, v);
}

static void fill_entries(const Batch *b, const DirectColumn *column, size_t c, Lookup *l) {
    const Index *index = b->d->t->index;
    for (size_t i = 0; i < l->n; i++) {
        Value v = value_null();
        if (l->form == FORM_CODES) v = l->in->values[i];
        if (l->form == FORM_BOOLS) v = value_bool(i == 1);
        size_t class = l->form == FORM_NEAR ? l->points->near[i] : i;
        l->rows[i] = l->points != NULL ? l->points->rows + class * index->stride : row_of(b, column, c, v);
        if (l->rows[i] == NULL) {
            if (l->strange == NULL) l->strange = NEW_ARRAY(b->run->arena, bool, l->n);
            l->strange[i] = true;
            l->rows[i] = index->all;
        }
        l->words[i] = l->rows[i][-(ptrdiff_t)index->heads];
    }
}

static bool make_lookup(const Batch *b, size_t c, Lookup *l) {
    const DirectColumn *column = &b->d->columns[c];
    const DmnColumn *in = &b->inputs[column->input];
    Form form = form_of(in);
    /* Integers are of no use to a column of another kind: null to all its cells. */
    if (form == FORM_INTS && column->kind != VALUE_NUMBER && column->kind != DMN_ANY_KIND) form = FORM_NULLS;
    *l = (Lookup){.form = form, .in = in, .n = form == FORM_CODES ? in->n_values : form == FORM_BOOLS ? 2 : 1};
    if (form == FORM_INTS) {
        l->points = &column->index->numbers;
        l->n = 2 * l->points->n + 1;
        if (l->points->near != NULL && l->points->scale == 0) {
            l->form = FORM_NEAR;
            l->n = (size_t)(l->points->high - l->points->low) + 1;
        }
    }
    TRY(l->n <= MOST_ENTRIES);
    l->rows = NEW_ARRAY(b->run->arena, const Word *, l->n);
    l->words = NEW_ARRAY(b->run->arena, Word, l->n);
    fill_entries(b, column, c, l);
    return true;
}

static bool make_lookups(Batch *b) {
    b->lookups = NEW_ARRAY(b->run->arena, Lookup, b->d->n);
    for (size_t c = 0; c < b->d->n; c++)
        if (b->d->columns[c].index != NULL) TRY(make_lookup(b, c, &b->lookups[b->n_lookups++]));
    return true;
}

/* ---- outcomes -------------------------------------------------------------------------------- */
static uint32_t add_outcome(Batch *b, int rule, Value v) {
    DmnOutcomes *out = b->out;
    for (size_t i = out->n; i-- > b->plain && i + RECENT >= out->n;)
        if (out->items[i].rule == rule && value_same(out->items[i].value, v)) return (uint32_t)i;
    if (out->n == out->cap) {
        size_t cap = out->cap > 0 ? 2 * out->cap : 16;
        out->items = arena_grow(b->run->arena, out->items, out->cap * sizeof(DmnOutcome), cap * sizeof(DmnOutcome));
        out->cap = cap;
    }
    out->items[out->n] = (DmnOutcome){rule, value_copy(b->run->arena, v)};
    return (uint32_t)out->n++;
}

static void add_plain_outcomes(Batch *b) {
    const Table *t = b->d->t;
    DmnOutcomes *out = b->out;
    out->cap = out->n = b->plain = t->n_rules + 1;
    out->items = NEW_ARRAY(b->run->arena, DmnOutcome, out->n);
    out->items[0] = (DmnOutcome){-1, t->none};
    for (size_t r = 0; r < t->n_rules; r++) {
        out->items[r + 1] = (DmnOutcome){(int)r, t->ready[r]};
        if (r < 64 && (!t->is_ready[r] || dmn_bit(t->index->residual, r))) b->open |= (Word)1 << r;
    }
}

/* ---- cases that are not plain ---------------------------------------------------------------- */
static Value value_at(const DmnColumn *in, size_t i) {
    switch (form_of(in)) {
    case FORM_CODES:
        return in->values[in->codes[i]];
    case FORM_INTS:
        return value_int(in->ints[i]);
    case FORM_BOOLS:
        return value_bool(in->bools[i] != 0);
    default:
        return value_null();
    }
}

static int deciding_rule(const Batch *b, const DmnTrace *trace) {
    const Box *body = b->m->by_kind[DMN_DECISION][b->decision]->body;
    if (body->kind != BOX_TABLE || trace->n == 0) return -1;
    const DmnHit *last = &trace->hits[trace->n - 1];
    return last->table == body->table->number && last->n_rules == 1 ? last->rules[0] : -1;
}

static uint32_t decide_one(Batch *b, size_t i) {
    for (size_t k = 0; k < dmn_input_count(b->m); k++) b->values[k] = value_at(&b->inputs[k], i);
    FeelRun run = *b->run;
    DmnTrace trace = {.a = b->scratch};
    run.arena = b->scratch;
    Value v = dmn_decide(b->m, b->decision, b->values, &run, &trace);
    uint32_t code = add_outcome(b, deciding_rule(b, &trace), v);
    arena_reset(b->scratch);
    return code;
}

/* ---- blocks of cases ------------------------------------------------------------------------- */
/* Two columns at a time: each pass over the block costs a read and a write. */
static void narrow(const Lookup *x, const Lookup *y, const uint16_t *of_x, const uint16_t *of_y, size_t n,
                   Word *restrict left) {
    const Word *words_x = x->words, *words_y = y->words;
    for (size_t i = 0; i < n; i++) left[i] &= words_x[of_x[i]] & words_y[of_y[i]];
}

/* Tables of one word. */
static void settle_words(Batch *b, size_t from, size_t n, const Word *left) {
    uint32_t *restrict codes = b->out->codes + from;
    const Word open = b->open, none_ready = b->d->t->none_ready;
    const bool first_decides = b->d->t->policy == HIT_FIRST;
    for (size_t i = 0; i < n; i++) {
        Word first = left[i] & -left[i], others = first_decides ? 0 : left[i] - first;
        bool settled = ((first & open) | others) == 0 && (first | none_ready) != 0;
        codes[i] = settled ? (uint32_t)__builtin_ffsll((long long)first) : decide_one(b, from + i);
    }
}

/* What the rows of case i, `at` in its block, have in common in one word. */
static Word common(const Batch *b, const uint16_t *const *entries, size_t at, size_t word) {
    Word left = b->d->t->index->all[word];
    const Lookup *l = b->lookups;
    for (size_t c = 0; c < b->n_lookups; c++) left &= l[c].rows[entries[c][at]][word];
    return left;
}

static int rule_of_rows(const Batch *b, const uint16_t *const *entries, size_t at, Word words) {
    int found = DIRECT_NONE;
    for (; words != 0; words &= words - 1) {
        size_t w = (size_t)__builtin_ctzll(words);
        int rule = dmn_direct_rule(b->d->t, w, common(b, entries, at, w));
        if (rule == DIRECT_NONE) continue;
        if (rule == DIRECT_UNSURE || found != DIRECT_NONE) return DIRECT_UNSURE;
        if (b->d->t->policy == HIT_FIRST) return rule;
        found = rule;
    }
    return found;
}

/* In: the words that may hold a rule, as the heads tell. */
static void settle_rows(Batch *b, size_t i, Word words, const uint16_t *const *entries, size_t at) {
    const Table *t = b->d->t;
    int rule = rule_of_rows(b, entries, at, words);
    bool settled = rule >= 0 ? t->is_ready[rule] : rule == DIRECT_NONE && t->none_ready;
    b->out->codes[i] = settled ? (uint32_t)(rule + 1) : decide_one(b, i);
}

/* Decides again the cases with a value that the index does not speak of. */
static void settle_strange(Batch *b, const Lookup *l, const uint16_t *entries, size_t from, size_t n) {
    for (size_t i = 0; l->strange != NULL && i < n; i++)
        if (l->strange[entries[i]]) b->out->codes[from + i] = decide_one(b, from + i);
}

static void decide_block(Batch *b, size_t from, size_t n) {
    const Index *index = b->d->t->index;
    uint16_t room[DMN_MOST_DIRECT][BLOCK];
    const uint16_t *entries[DMN_MOST_DIRECT];
    Word left[BLOCK];
    for (size_t i = 0; i < n; i++) left[i] = index->all[-(ptrdiff_t)index->heads];
    for (size_t c = 0; c < b->n_lookups; c++) entries[c] = entries_of(&b->lookups[c], from, n, room[c]);
    for (size_t c = 0; c < b->n_lookups; c += 2) {
        size_t d = c + 1 < b->n_lookups ? c + 1 : c;
        narrow(&b->lookups[c], &b->lookups[d], entries[c], entries[d], n, left);
    }
    if (index->words == 1)
        settle_words(b, from, n, left);
    else
        for (size_t i = 0; i < n; i++) settle_rows(b, from + i, left[i], entries, i);
    for (size_t c = 0; c < b->n_lookups; c++) settle_strange(b, &b->lookups[c], entries[c], from, n);
}

/* ---- all ------------------------------------------------------------------------------------- */
static uint16_t largest(const uint16_t *codes, size_t n) {
    uint16_t most = 0;
    for (size_t i = 0; i < n; i++) most = codes[i] > most ? codes[i] : most;
    return most;
}

static void check_codes(const DmnModel *m, const DmnColumn *inputs, size_t n) {
    for (size_t c = 0; c < dmn_input_count(m); c++) {
        const DmnColumn *in = &inputs[c];
        assert(in->codes == NULL || n == 0 || largest(in->codes, n) < in->n_values);
    }
}

void dmn_decide_columns(const DmnModel *m, int decision, const DmnColumn *inputs, size_t n, FeelRun *run,
                        DmnOutcomes *out) {
    assert(m != NULL && run != NULL && run->arena != NULL && out != NULL && (out->codes != NULL || n == 0));
    assert(decision >= 0 && (size_t)decision < m->n_kind[DMN_DECISION]);
    assert(inputs != NULL || dmn_input_count(m) == 0);
    check_codes(m, inputs, n);
    Batch b = {.m = m, .decision = decision, .inputs = inputs, .run = run, .out = out, .scratch = arena_new(0)};
    b.values = NEW_ARRAY(run->arena, Value, dmn_input_count(m));
    b.d = m->by_kind[DMN_DECISION][decision]->plan.direct;
    out->items = NULL;
    out->n = out->cap = 0;
    bool plain =
        b.d != NULL && run->fuel > 0 && !arena_full(run->arena) && b.d->t->index->heads <= 1 && make_lookups(&b);
    if (plain) add_plain_outcomes(&b);
    for (size_t from = 0; from < n; from += BLOCK) {
        size_t some = n - from < BLOCK ? n - from : BLOCK;
        if (!plain)
            for (size_t i = from; i < from + some; i++) out->codes[i] = decide_one(&b, i);
        else
            decide_block(&b, from, some);
    }
    arena_free(b.scratch);
}
