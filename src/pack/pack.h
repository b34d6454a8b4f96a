/* pack: one public service as data. Checks, compiles and versions a folder of standard files, given as
 * (name, bytes) pairs; runs its worked cases; computes proposals, dated parameters and priors.
 * Knows no particular service: every word of law is in the files. Pure. Format: docs/formats/pack.md */
#ifndef YC_PACK_H
#define YC_PACK_H

#include "base/base.h"
#include "bpmn/bpmn.h"
#include "dmn/dmn.h"
#include "feel/feel.h"
#include "paper/paper.h"

typedef struct PackFile {
    Str name;  /* path inside the pack: "letters/decision.zh.html" */
    Str bytes;
} PackFile;

/* How priors are counted (pack.json `history`); every member may be overridden for a replay. */
typedef enum PackWindow { PACK_WINDOW_MONTHS, PACK_WINDOW_DAYS, PACK_WINDOW_YEAR } PackWindow;
typedef struct PackHistory {
    Str key;              /* form key that identifies whose history: "plate" */
    Str into;             /* form key that receives the count: "priorVehicle" */
    Str occurred;         /* form key with the time of the act: "at" */
    Str when;             /* FEEL over a record's answers: counts at all? "" = always */
    PackWindow window;    /* months, days (24 h each) or same calendar year */
    int64_t window_n;     /* how many months or days */
    bool by_recorded;     /* order and window by the time recorded, not occurred */
    bool count_revoked;   /* records later revoked still count */
} PackHistory;
/* "P12M", "P365D", "year". */
bool pack_history_window(Str text, PackHistory *history, Err *err) MUST_USE;
/* The first moment at which a prior no longer counts. Never earlier for a later prior, so that a
 * sliding window may rely on it. In: window_n ≥ 1, years 1…9998. */
int64_t pack_history_until(const PackHistory *history, int64_t prior_us);
/* Does a prior at `prior_us` still count at `now_us`? Microseconds of local civil time. P12M adds whole
 * months (29 Feb → 28 Feb). The one pure rule for the case (over events) and for replay (over columns). */
bool pack_history_counts(const PackHistory *history, int64_t prior_us, int64_t now_us);
/* The time of the act in answers (key history.occurred) as local civil microseconds; false when it is not there. */
bool pack_history_moment(const PackHistory *history, Value answers, int64_t *us);

typedef struct PackOutcome {
    Str code;                  /* "WARNING" */
    Str zh, en;                /* shown to people */
    bool departable;           /* an officer may choose it when departing */
} PackOutcome;
typedef struct PackArticle {
    Str ref;                   /* "rtsl:90" */
    Str instrument_zh, instrument_en;
    Str number_zh, number_en;  /* 第九十条, article 90 */
    Str text_zh;               /* the article's real text */
    Str checked_on, checked_by;/* "" = not verified */
} PackArticle;
typedef struct PackLetter {
    Str id, lang;              /* "decision", "zh" */
    const Template *body;
} PackLetter;

typedef struct Pack {
    Str id;                    /* "traffic-first-violation" = folder name */
    Str version, hash;         /* hash: SHA-256 over all files */
    Str title_zh, title_en;
    Str status;                /* "sample": not adopted by an authority */
    Value json;                /* the whole pack.json */
    Paper *form;
    BpmnProcess *process;
    DmnModel *model;
    int decision;              /* the proposing decision in the model */
    PackHistory history;
    bool has_history;
    PackOutcome *outcomes;
    size_t n_outcomes;
    PackArticle *articles;
    size_t n_articles;
    PackLetter *letters;
    size_t n_letters;
    Value texts_zh, texts_en;  /* texts/<lang>.json: key → text or nested */
    Value cases;               /* cases.json */
    Value replay;              /* replay.json or null */
    Value search;              /* list of form keys that the worklist finds a case by */
    Value authority;           /* authority.json of the folder above, or null */
} Pack;

/* Compiles. All faults at once, with file, element, cell and a sentence. Out: NULL when refused. */
bool pack_compile(Str id, const PackFile *files, size_t n, Value authority, Arena *pack, ErrList *faults, Pack **out) MUST_USE;
/* Does one earlier record count at all? history.when over its answers, its decisions' values and its outcome. */
bool pack_history_applies(const Pack *p, Value answers, Value values, Str outcome, FeelRun *run, bool *out, Err *err) MUST_USE;
const PackArticle *pack_article(const Pack *p, Str ref);   /* NULL when the pack does not carry it */
const PackOutcome *pack_outcome(const Pack *p, Str code);
Value pack_texts(const Pack *p, Str lang);
/* The dated parameter in force at a date (days since 1970), null when none. */
Value pack_parameter(const Pack *p, Str name, int64_t date);

/* ---- proposal: answers → outcome with reasons ------------------------------------------------------- */
/* Fills what the answers leave out (pack.json `derive`: FEEL over answers, `now`, `parameters`). */
bool pack_complete(const Pack *p, Value answers, FeelRun *run, Value *complete, Err *err) MUST_USE;
typedef struct PackProposal {
    Str outcome;               /* code */
    Value values;              /* all decisions' results by name, as the process and letters see them */
    DmnTrace trace;
} PackProposal;
/* officer_outcome: "" while proposing; the code an officer chose, to compute what follows from it. */
bool pack_propose(const Pack *p, Value complete, Str officer_outcome, FeelRun *run, PackProposal *out, Err *err) MUST_USE;
/* What is kept in an event: {model, inputs, outcome, rules:[{table, rule, articles, decides}], values}.
 * The rule that decided comes first. */
Value pack_proposal_record(const Pack *p, Value complete, const PackProposal *proposal, Arena *a);
/* The whole explanation, recomputed from a kept record: {outcome, tables:[{table, label, inputs:[{label, expression, value}],
 * rules:[{rule, output, matched, articles, why: "matched"|"cell"|"earlier"|"not_chosen", column, wanted, value, earlier}]}]}. */
bool pack_explain(const Pack *p, Value record, FeelRun *run, Value *out, Err *err) MUST_USE;

/* ---- worked cases ------------------------------------------------------------------------------------ */
typedef struct PackTest {
    size_t passed, failed;
    size_t rules, rules_hit;   /* coverage of all tables */
    Value failures;            /* list of {case, text} */
    Value unhit;               /* list of "D5" never hit */
} PackTest;
bool pack_test(const Pack *p, int64_t now_us, Arena *a, PackTest *out, Err *err) MUST_USE;

#endif
