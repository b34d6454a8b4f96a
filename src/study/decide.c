/* Decides rows through the pack's own model, in typed slots. A decision is a pure function of its inputs,
 * so each different set of inputs is decided once and remembered. It must never decide by a shortcut of
 * its own: every verdict comes out of the model with the rule that gave it. */
#include "study/study_in.h"

enum { SLOTS = 1 << 16, PROBES = 8, VERDICTS_MAX = 4096 };
#define DAY_US INT64_C(86400000000)

typedef struct Memo {
    uint32_t facts, priors; /* what differs between two rows' inputs, with days */
    int32_t days;           /* from act to record */
    uint32_t verdict;       /* number + 1; 0 = free */
} Memo;
struct StudyDecider {
    const StudyReplay *request; /* pack and its columns */
    const StudyTable *table;    /* texts of facts */
    Arena *scratch;             /* one decision */
    Value *inputs;              /* of the model, constants already in place */
    Memo *memo;                 /* SLOTS of them */
    StudyVerdict *verdicts;     /* the different ones */
    size_t n_verdicts;          /* of them */
};

StudyDecider *study_decider(const StudyReplay *request, const StudyTable *table, Arena *a) {
    const PackReplay *r = request->pack->columns;
    size_t n = dmn_input_count(request->pack->model);
    StudyDecider *d = NEW(a, StudyDecider);
    *d = (StudyDecider){.request = request,
                        .table = table,
                        .scratch = arena_new(0),
                        .inputs = NEW_ARRAY(a, Value, n + 1),
                        .memo = NEW_ARRAY(a, Memo, SLOTS),
                        .verdicts = NEW_ARRAY(a, StudyVerdict, VERDICTS_MAX)};
    for (size_t i = 0; i < n; i++)
        if (r->answers[i].kind == PACK_ANSWER_VALUE) d->inputs[i] = r->answers[i].value;
    return d;
}

void study_decider_free(StudyDecider *d) {
    arena_free(d->scratch);
}

/* Field `column` of a combination of facts. */
static Str fact(const StudyDecider *d, uint32_t facts, int column) {
    Str rest = study_word_text(&d->table->facts, facts), field;
    do field = str_cut(rest, '\x1f', &rest);
    while (column-- > PACK_MINOR);
    return field;
}

static Value mapped(const PackAnswer *answer, Str text) {
    Value v = answer->value;
    if (answer->map.kind != VALUE_CONTEXT) return value_str(text);
    (void)value_find(answer->map, text, &v);
    return v;
}

static void fill(StudyDecider *d, const Memo *key) {
    const Pack *p = d->request->pack;
    for (size_t i = 0; i < dmn_input_count(p->model); i++) {
        const PackAnswer *answer = &p->columns->answers[i];
        if (answer->kind == PACK_ANSWER_COLUMN) d->inputs[i] = mapped(answer, fact(d, key->facts, answer->column));
        if (answer->kind == PACK_ANSWER_DAYS) d->inputs[i] = value_int(key->days);
        if (answer->kind == PACK_ANSWER_PRIORS) d->inputs[i] = value_int(key->priors);
    }
}

/* Number of an equal verdict, a new one when there is none. */
static bool number_verdict(StudyDecider *d, StudyVerdict v, uint32_t *number, Err *err) {
    for (size_t i = 0; i < d->n_verdicts; i++)
        if (d->verdicts[i].outcome == v.outcome && str_eq(d->verdicts[i].rule, v.rule)) {
            *number = (uint32_t)i;
            return true;
        }
    if (d->n_verdicts == VERDICTS_MAX)
        return err_set(err, ERR_LIMIT, "study", "The model has more than %d deciding rules.", VERDICTS_MAX);
    d->verdicts[d->n_verdicts] = v;
    *number = (uint32_t)d->n_verdicts++;
    return true;
}

static bool run_model(StudyDecider *d, Memo *key, Err *err) {
    const Pack *p = d->request->pack;
    FeelRun run = {.arena = d->scratch, .fuel = FEEL_FUEL};
    PackProposal proposal;
    uint32_t number = 0;
    fill(d, key);
    TRY(pack_decide(p, d->inputs, &run, &proposal, err));
    StudyVerdict v = {.outcome = (size_t)(pack_outcome(p, proposal.outcome) - p->outcomes),
                      .rule = pack_deciding_rule(p, &proposal),
                      .article = pack_deciding_articles(p, &proposal)};
    arena_reset(d->scratch);
    TRY(number_verdict(d, v, &number, err));
    key->verdict = number + 1;
    return true;
}

bool study_decide(StudyDecider *d, const StudyRow *row, uint32_t priors, const StudyVerdict **out, Err *err) {
    int64_t span = row->recorded - row->occurred, days = span / DAY_US - (span % DAY_US < 0);
    Memo key = {.facts = row->facts, .priors = priors, .days = (int32_t)days};
    uint64_t hash =
        ((uint64_t)key.facts << 40 ^ (uint64_t)key.priors << 20 ^ (uint32_t)key.days) * UINT64_C(0x9E3779B97F4A7C15);
    Memo *slot = NULL;
    for (size_t i = 0; i < PROBES; i++) {
        slot = &d->memo[((hash >> 40) + i) % SLOTS];
        if (slot->verdict == 0) break;
        if (slot->facts == key.facts && slot->priors == key.priors && slot->days == key.days) {
            *out = &d->verdicts[slot->verdict - 1];
            return true;
        }
    }
    TRY(run_model(d, &key, err));
    *slot = key;
    *out = &d->verdicts[key.verdict - 1];
    return true;
}
