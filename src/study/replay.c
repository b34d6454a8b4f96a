/* Runs a year of history again through a pack: read, order, decide, and with a second reading compare.
 * It must never change history: it reads columns and writes counts and verdicts. */
#include "study/study_in.h"

#define DAY_US INT64_C(86400000000)
enum { PROGRESS_ROWS = 1 << 16 };
typedef enum Skip { OTHER_YEAR, NOT_MINOR, REVOKED, SKIPS, DECIDED = SKIPS } Skip;
static const char *const SKIP_WORDS[SKIPS] = {"other_year", "not_minor", "revoked"};

typedef struct Replay {
    const StudyReplay *request;         /* what is asked */
    StudyFile file;                     /* what was read */
    StudyDecider *decider;              /* the model */
    uint32_t *priors, *other_priors;    /* of each row, under each reading */
    int64_t from, to;                   /* the year, microseconds, to excluded */
    int64_t skipped[SKIPS];             /* rows skipped */
    int64_t *outcomes, *other_outcomes; /* rows of each outcome of the pack */
    int64_t decided, changed;           /* rows */
    StudyOutput verdicts, changes;      /* result files */
} Replay;

static uint8_t flags_of(const Replay *r, uint32_t facts) {
    return *(uint8_t *)study_column_at(&r->file.fact_flags, facts);
}

/* ---- order ---------------------------------------------------------------------------------------------- */
/* Which facts are history under a reading: minor, and not revoked unless revoked ones count. */
static void count_priors(Replay *r, const PackHistory *reading, uint32_t **priors) {
    Arena *scratch = arena_new(0);
    bool *counts = NEW_ARRAY(scratch, bool, r->file.fact_flags.n + 1);
    for (size_t i = 0; i < r->file.fact_flags.n; i++) {
        uint8_t flags = flags_of(r, (uint32_t)i);
        counts[i] = (flags & STUDY_FACT_MINOR) && (reading->count_revoked || !(flags & STUDY_FACT_REVOKED));
    }
    *priors = NEW_ARRAY(r->file.a, uint32_t, r->file.table.rows.n + 1);
    study_priors(&r->file.table, reading, counts, scratch, *priors);
    arena_free(scratch);
}

/* ---- decide --------------------------------------------------------------------------------------------- */
static Skip skip_of(const Replay *r, const StudyRow *row) {
    uint8_t flags = flags_of(r, row->facts);
    if (row->occurred < r->from || row->occurred >= r->to) return OTHER_YEAR;
    if (!(flags & STUDY_FACT_MINOR)) return NOT_MINOR;
    return flags & STUDY_FACT_REVOKED ? REVOKED : DECIDED;
}

static Str code_of(const Replay *r, const StudyVerdict *v) {
    return r->request->pack->outcomes[v->outcome].code;
}

static void write_verdict(Replay *r, const StudyRow *row, const StudyVerdict *v) {
    char room[24];
    study_put_field(&r->verdicts, study_id_text(&r->file.table, row->id, room), ',');
    study_put_field(&r->verdicts, code_of(r, v), ',');
    study_put_field(&r->verdicts, v->rule, ',');
    study_put_field(&r->verdicts, v->article, '\n');
}

static void write_change(Replay *r, const StudyRow *row, const StudyVerdict *v, const StudyVerdict *other) {
    char room[24];
    study_put_field(&r->changes, study_id_text(&r->file.table, row->id, room), ',');
    study_put_field(&r->changes, code_of(r, v), ',');
    study_put_field(&r->changes, v->rule, ',');
    study_put_field(&r->changes, code_of(r, other), ',');
    study_put_field(&r->changes, other->rule, '\n');
}

static bool decide_row(Replay *r, size_t i, Err *err) {
    const StudyRow *row = study_row(&r->file.table, i);
    const StudyVerdict *verdict, *other;
    TRY(study_decide(r->decider, row, r->priors[i], &verdict, err));
    r->decided++;
    r->outcomes[verdict->outcome]++;
    if (r->verdicts.writer) write_verdict(r, row, verdict);
    if (!r->request->compare) return true;
    TRY(study_decide(r->decider, row, r->other_priors[i], &other, err));
    r->other_outcomes[other->outcome]++;
    if (other->outcome == verdict->outcome) return true;
    r->changed++;
    if (r->changes.writer) write_change(r, row, verdict, other);
    return true;
}

static void progress(const Replay *r, double fraction, const char *phase) {
    if (r->request->progress) r->request->progress(r->request->progress_context, fraction, phase);
}

static bool decide_all(Replay *r, Err *err) {
    size_t n = r->file.table.rows.n;
    study_put(&r->verdicts, STR("id,outcome,rule,article\n"));
    study_put(&r->changes, STR("id,outcome,rule,other_outcome,other_rule\n"));
    for (size_t i = 0; i < n; i++) {
        Skip skip = skip_of(r, study_row(&r->file.table, i));
        if (skip == DECIDED)
            TRY(decide_row(r, i, err));
        else
            r->skipped[skip]++;
        if (i % PROGRESS_ROWS == 0) progress(r, 0.9 + 0.1 * (double)i / (double)n, "decide");
    }
    progress(r, 1, "decide");
    TRY(study_output_close(&r->verdicts, err));
    return study_output_close(&r->changes, err);
}

/* ---- report --------------------------------------------------------------------------------------------- */
static Value count_words(Arena *a, const char *const *words, const int64_t *counts, size_t n) {
    ValueBuild b = {.a = a};
    for (size_t i = 0; i < n; i++) build_c(&b, words[i], value_int(counts[i]));
    return build_ctx(&b);
}

static Value count_outcomes(const Replay *r, const int64_t *counts, Arena *a) {
    ValueBuild b = {.a = a};
    for (size_t i = 0; i < r->request->pack->n_outcomes; i++)
        build_entry(&b, r->request->pack->outcomes[i].code, value_int(counts[i]));
    return build_ctx(&b);
}

static StudyReport report(const Replay *r, Arena *a) {
    return (StudyReport){.rows = r->file.rows,
                         .decided = r->decided,
                         .skipped = count_words(a, SKIP_WORDS, r->skipped, SKIPS),
                         .refused = count_words(a, study_reason_words, r->file.counts, STUDY_REASONS),
                         .outcomes = count_outcomes(r, r->outcomes, a),
                         .changed = r->changed,
                         .compare_outcomes =
                             r->request->compare ? count_outcomes(r, r->other_outcomes, a) : value_null()};
}

/* ---- the whole ------------------------------------------------------------------------------------------- */
static void prepare(Replay *r, const StudyReplay *request, Arena *work) {
    *r = (Replay){.request = request, .file = {.request = request, .a = work}};
    StudyTable *t = &r->file.table;
    t->rows = (StudyColumn){.a = work, .item = sizeof(StudyRow)};
    r->file.fact_flags = (StudyColumn){.a = work, .item = sizeof(uint8_t)};
    study_words_init(&t->subjects, work);
    study_words_init(&t->ids, work);
    study_words_init(&t->facts, work);
    study_output_open(&r->file.refused, request->refused, work);
    study_output_open(&r->verdicts, request->verdicts, work);
    study_output_open(&r->changes, request->compare ? request->changed : NULL, work);
    r->from = date_days(request->year, 1, 1) * DAY_US;
    r->to = date_days(request->year + 1, 1, 1) * DAY_US;
    r->outcomes = NEW_ARRAY(work, int64_t, request->pack->n_outcomes);
    r->other_outcomes = NEW_ARRAY(work, int64_t, request->pack->n_outcomes);
}

static bool run(Replay *r, Err *err) {
    TRY(study_read(&r->file, err));
    progress(r, 0.8, "order");
    count_priors(r, &r->request->reading, &r->priors);
    if (r->request->compare) count_priors(r, &r->request->other, &r->other_priors);
    r->decider = study_decider(r->request, &r->file.table, r->file.a);
    bool ok = decide_all(r, err);
    study_decider_free(r->decider);
    return ok;
}

bool study_replay(const StudyReplay *request, Arena *a, StudyReport *out, Err *err) {
    assert(request && request->pack && request->csv.read && request->clock && a && out);
    double start = request->clock();
    if (!request->pack->columns)
        return err_set(err, ERR_INVALID, "study",
                       "The pack has no replay.json: it does not say how columns become answers.");
    if (request->year < 1 || request->year > 9998)
        return err_set(err, ERR_INVALID, "study", "The year must be between 1 and 9998.");
    Arena *work = arena_new(0);
    Replay r;
    prepare(&r, request, work);
    bool ok = run(&r, err);
    if (ok) {
        *out = report(&r, a);
        out->seconds = request->clock() - start;
    }
    arena_free(work);
    return ok;
}
