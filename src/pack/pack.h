/* pack: one public service as data. Checks, compiles and versions a folder of standard files, given as
 * (name, bytes) pairs, with what it takes from common/; runs its worked cases; computes proposals, checklists,
 * fees, dated parameters and priors.
 * Knows no particular service: every word of law is in the files. Pure. Format: docs/formats/pack.md */
#ifndef YC_PACK_H
#define YC_PACK_H

#include "base/base.h"
#include "bpmn/bpmn.h"
#include "dmn/dmn.h"
#include "feel/feel.h"
#include "paper/paper.h"

typedef struct PackFile {
    Str name; /* path inside the pack: "letters/decision.zh.html" */
    Str bytes;
} PackFile;

/* How priors are counted (pack.json `history`); every member may be overridden for a replay. */
typedef enum PackWindow { PACK_WINDOW_MONTHS, PACK_WINDOW_DAYS, PACK_WINDOW_YEAR } PackWindow;
typedef struct PackHistory {
    Str key;            /* form key that identifies whose history: "plate" */
    Str into;           /* form key that receives the count: "priorVehicle" */
    Str occurred;       /* form key with the time of the act: "at" */
    Str when;           /* FEEL over a record's answers: counts at all? "" = always */
    PackWindow window;  /* months, days (24 h each) or same calendar year */
    int64_t window_n;   /* how many months or days */
    bool by_recorded;   /* order and window by the time recorded, not occurred */
    bool count_revoked; /* records later revoked still count */
} PackHistory;
/* "P12M", "P365D", "year". */
bool pack_history_window(Str text, PackHistory *history, Err *err) MUST_USE;
/* The first moment at which a prior no longer counts; later than the prior. A later prior may stop first,
 * where a month ends before its day. In: window_n ≥ 1, years 1…9998. */
int64_t pack_history_until(const PackHistory *history, int64_t prior_us);
/* Does a prior at `prior_us` still count at `now_us`? Microseconds of local civil time. P12M adds whole
 * months (29 Feb → 28 Feb). The one pure rule for the case (over events) and for replay (over columns). */
bool pack_history_counts(const PackHistory *history, int64_t prior_us, int64_t now_us);
/* The time of the act in answers (key history.occurred) as local civil microseconds; false when it is not there. */
bool pack_history_moment(const PackHistory *history, Value answers, int64_t *us);

typedef struct PackOutcome {
    Str code;        /* "WARNING" */
    Str zh, en;      /* shown to people */
    bool departable; /* an officer may choose it when departing */
    Value articles;  /* list of refs that are cited when an officer chooses it */
} PackOutcome;
typedef struct PackArticle {
    Str ref; /* "rtsl:90" */
    Str instrument_zh, instrument_en;
    Str number_zh, number_en;   /* 第九十条, article 90 */
    Str text_zh;                /* the article's real text */
    Str version, source;        /* date of the version copied, and from where */
    Str status;                 /* "text", or "sample" for a list that nobody adopted */
    Str checked_on, checked_by; /* "" = not verified */
} PackArticle;
enum { PACK_CLOCKS_MAX = 8 };
typedef struct PackTerm { /* length of a period */
    bool set;          /* false = no such period */
    int64_t n;         /* days; 0 = the same day */
    CalendarUnit unit; /* that they are counted in */
    Str calendar;      /* that says which days off: PACK_NATION, PACK_OFFICE or the id of a layer */
} PackTerm;
#define PACK_NATION "nation" /* the calendar of the whole country */
#define PACK_OFFICE "office" /* that of the office that decides */
typedef struct PackLayer { /* an authority's own days over those of the layer above */
    Str id;            /* "prefecture" */
    Str zh, en;        /* its name */
    Calendar calendar; /* with all layers above */
} PackLayer;
typedef struct PackClock { /* a deadline of the service */
    Str id;               /* "decide" */
    Str zh, en;           /* its name */
    Str start;            /* "created", "decided", a state of `states`, or the form key whose day starts it */
    Str stop;             /* "decided", a state of `states`, or "done": somebody says so */
    PackTerm statutory;   /* what the law allows */
    PackTerm promised;    /* what the authority promises */
    int64_t extension;    /* by how many days in all it may be extended; 0 = the pack does not say */
    Str letter;           /* id of the letter that tells of an extension; "" = none */
    Value law;            /* refs: the article that sets it, then those that say how to count */
    const FeelCode *when; /* over the answers and `outcome`; NULL = always */
} PackClock;
typedef struct PackSilence { /* what follows by law when nobody did in time */
    Str timer;   /* id of the timer event in the process */
    Str clock;   /* the deadline that it follows */
    Str outcome; /* code that the law then decides; "" = nothing is decided, the process goes on */
} PackSilence;
typedef struct PackResult { /* what the pre-check may say */
    Str code;      /* "RENEW" */
    bool eligible; /* may the person apply? */
} PackResult;
typedef struct PackDrafts { /* of applications that are not handed in yet */
    int64_t days;  /* after the last change, then it is deleted */
    int64_t files; /* most papers of one */
    int64_t bytes; /* most bytes of them together */
} PackDrafts;
typedef struct PackLetter {
    Str id, lang; /* "decision", "zh" */
    const Template *body;
} PackLetter;

/* How history in columns becomes inputs of the proposing decision (replay.json). The columns that tell who,
 * when and whether are roles; any other is data that only the answers name. */
typedef enum PackRole {
    PACK_ID,
    PACK_VEHICLE,
    PACK_OCCURRED,
    PACK_RECORDED,
    PACK_MINOR,
    PACK_STATUS,
    PACK_ROLES
} PackRole;
enum { PACK_COLUMNS_MAX = 32 };
typedef enum PackAnswerKind {
    PACK_ANSWER_NONE,   /* null */
    PACK_ANSWER_VALUE,  /* a constant */
    PACK_ANSWER_COLUMN, /* the column's text, mapped when `map` is a context */
    PACK_ANSWER_DAYS,   /* whole days from occurred to recorded */
    PACK_ANSWER_PRIORS, /* the count of priors */
} PackAnswerKind;
typedef struct PackAnswer {
    PackAnswerKind kind;
    int column;  /* COLUMN: index into columns */
    Value value; /* VALUE; COLUMN with a map: for texts that the map lacks */
    Value map;   /* COLUMN: context text → value, or null: the text itself */
} PackAnswer;
typedef struct PackReplay {
    Str columns[PACK_COLUMNS_MAX]; /* names of the CSV columns: the roles first, then the others */
    Str names[PACK_COLUMNS_MAX];   /* what replay.json calls them */
    size_t n_columns;              /* of both */
    Str prefix;                    /* a readable subject is the prefix and then digits only */
    Str minor, not_minor;          /* the texts of column `minor`; any other breaks the row */
    Str revoked, valid;            /* the texts of column `status`; any other breaks the row */
    PackAnswer *answers;           /* one per input of the model, in slot order */
} PackReplay;

typedef struct PackInside PackInside; /* compiled expressions and parameters: room pack's own */
typedef struct Pack {
    Str id;            /* "traffic-first-violation" = folder name */
    Str version, hash; /* hash: SHA-256 over `files` */
    PackFile *files;   /* what it is made of: its own files and those of common/ that it takes */
    size_t n_files;    /* of them */
    Str title_zh, title_en;
    Str status; /* "sample": not adopted by an authority */
    Value json; /* the whole pack.json, entries of common/ in place of their names */
    Paper *form;
    BpmnProcess *process;
    DmnModel *model;
    int decision; /* the proposing decision in the model */
    Paper *questions;      /* the part of the form that the pre-check asks, or NULL: there is none */
    int eligibility;       /* the decision that answers it, -1 = none */
    int checklist, fees;   /* decisions that list what to bring and to pay, -1 = none */
    Str fees_before;       /* what waits until they are paid: "acceptance" "decision"; "" = nothing does */
    PackResult *results;   /* what the pre-check may say */
    size_t n_results;      /* of them */
    Value staff;           /* list of form keys that only staff may answer */
    PackHistory history;
    bool has_history;
    PackOutcome *outcomes;
    size_t n_outcomes;
    PackArticle *articles;
    size_t n_articles;
    PackLetter *letters;
    size_t n_letters;
    PackClock *clocks;
    size_t n_clocks;
    PackDrafts drafts; /* what one holds, and how long */
    PackSilence *silences;
    size_t n_silences;
    Value texts_zh, texts_en;  /* texts/<lang>.json: key → text or nested */
    Value cases;               /* cases.json */
    Value replay;              /* replay.json or null */
    const PackReplay *columns; /* the same compiled, or NULL */
    Str officer_outcome;       /* name of the DMN input for an officer's choice, or "" */
    const PackInside *inside;
    Value search;    /* list of form keys that the worklist finds a case by */
    Value mask;      /* list of form keys shown with their middle hidden: identity numbers */
    Value authority; /* authority.json of the folder above, or null */
    Calendar calendar; /* the nation's published years; none without an authority */
    PackLayer *layers; /* the authority's layers over it, upper ones first */
    size_t n_layers;   /* of them */
} Pack;

/* Compiles. In: the pack's files, and those of the authority's common/ under that path. All faults at once, with
 * file, element, cell and a sentence. Out: NULL when refused. */
bool pack_compile(Str id, const PackFile *files, size_t n, Value authority, Arena *pack, ErrList *faults,
                  Pack **out) MUST_USE;
/* Does one earlier record count at all? history.when over its answers, its decisions' values and its outcome. */
bool pack_history_applies(const Pack *p, Value answers, Value values, Str outcome, FeelRun *run, bool *out,
                          Err *err) MUST_USE;
const PackArticle *pack_article(const Pack *p, Str ref); /* NULL when the pack does not carry it */
const PackOutcome *pack_outcome(const Pack *p, Str code);
const PackClock *pack_clock(const Pack *p, Str id); /* NULL when there is none */
bool pack_has_calendar(const Pack *p, Str id); /* may a term count by it? */
/* The days that a term counts by. In: its calendar; the case's office. */
const Calendar *pack_calendar(const Pack *p, Str id, Str office);
const PackLayer *pack_layer(const Pack *p, Str id, Str office); /* the same layer; NULL: the nation's */
const PackSilence *pack_silence(const Pack *p, Str timer); /* of this timer event; NULL when nothing follows by law */
/* Does the clock run in a case with these typed answers and this outcome ("" = none yet)? Err: ERR_LIMIT. */
bool pack_clock_applies(const Pack *p, const PackClock *clock, Value answers, Str outcome, FeelRun *run, bool *out,
                        Err *err) MUST_USE;
bool pack_does_job(Str type); /* a kind of job that a counter does: "letter" "sms" "mail" "webhook" "print" "payment-check" */
bool pack_decides(const Pack *p, Str key); /* is this form key an input of the decisions? */
Str pack_state(const Pack *p, Str element); /* state that an element of the process means, "" = none */
/* The fee item in force at a date (days since 1970): {id, name{zh,en}, fen, source, …}; null when none. */
Value pack_fee(const Pack *p, Str id, int64_t date);
Value pack_texts(const Pack *p, Str lang);
/* The dated parameter in force at a date (days since 1970), null when none. */
Value pack_parameter(const Pack *p, Str name, int64_t date);

/* ---- proposal: answers → outcome with reasons ------------------------------------------------------- */
/* Fills what the answers leave out (pack.json `derive`: FEEL over answers, `now`, `parameters`). `now` is the
 * run's clock as local civil time. Err: ERR_LIMIT when the run is out of fuel or memory. */
bool pack_complete(const Pack *p, Value answers, FeelRun *run, Value *complete, Err *err) MUST_USE;
typedef struct PackProposal {
    Str outcome;  /* code */
    Value values; /* every table's result by name, and `proposal`: the proposing decision's context */
    DmnTrace trace;
    size_t deciding; /* the hit of the trace whose first rule decided */
} PackProposal;
/* In: officer_outcome "" while proposing; the code an officer chose, to compute what follows from it.
 * Err: ERR_INVALID when the model gives no known outcome, ERR_LIMIT when the run is out of fuel or memory. */
bool pack_propose(const Pack *p, Value complete, Str officer_outcome, FeelRun *run, PackProposal *out,
                  Err *err) MUST_USE;
/* What is kept in an event: {model, inputs, outcome, rules:[{table, rule, articles, decides}], values}.
 * The rule that decided comes first. */
Value pack_proposal_record(const Pack *p, Value complete, const PackProposal *proposal, Arena *a);
/* The proposing decision from typed inputs in slot order; pack_propose and replay share it. Trace in run->arena. */
bool pack_decide(const Pack *p, const Value *inputs, FeelRun *run, PackProposal *out, Err *err) MUST_USE;
/* The rule that decided ("D5") and its citations ("rtsl:90 pts163:28"). */
Str pack_deciding_rule(const Pack *p, const PackProposal *proposal);
Str pack_deciding_articles(const Pack *p, const PackProposal *proposal);
/* The whole explanation, recomputed from a kept record: {outcome, tables:[{table, label, inputs:[{label, expression,
 * value}], rules:[{rule, output, matched, articles, why: "matched"|"cell"|"earlier"|"not_chosen", column, wanted,
 * value, earlier}]}], flip: the nearest change of one answer that changes the outcome, or null: {input, from, value,
 * outcome, table, rule}}. A record made by another version of the model is not recomputed: {outcome, other_version: true,
 * tables: []}. */
bool pack_explain(const Pack *p, Value record, FeelRun *run, Value *out, Err *err) MUST_USE;

/* ---- before applying: may I, what to bring, what to pay, how long ------------------------------------- */
/* From complete answers: {result (code), eligible, table, rules:[{table, rule, articles, decides}], checklist:[{id,
 * zh, en, needed ("must" "one_of" "if_any"), group (lines of one group: one of them is enough), copies, accept,
 * max_bytes, exempt (what makes the line needless, or null), articles}], fee:{fen (null while an item has no amount in
 * force), items:[{id, name, n, fen, source, checked_on, checked_by, articles}]}, clocks:[{id, name, statutory, promised,
 * articles}]}. Err: ERR_INVALID when the model answers with none of the results, ERR_LIMIT. */
bool pack_guide(const Pack *p, Value complete, FeelRun *run, Value *out, Err *err) MUST_USE;
/* Its member `fee` alone; nothing to pay where the pack lists no fees. */
bool pack_fees(const Pack *p, Value complete, FeelRun *run, Value *out, Err *err) MUST_USE;
/* The same from the answers to the pre-check's questions alone; faults.n > 0: they do not fit. */
bool pack_precheck(const Pack *p, Value answers, FeelRun *run, PaperFaults *faults, Value *out, Err *err) MUST_USE;
/* Every paper that it may ask for, and when, read from the rules of tables with an output `evidence`: [{type (the entry of
 * pack.json), always (some rule without a condition asks for it), rules:[{rule, needed, articles, conditions:[{zh, en,
 * expression, wanted (the cell as written)}]}]}], in the order of pack.json. */
Value pack_papers(const Pack *p, Arena *a);
/* Everything in the pack that somebody has to verify, and who did when: [{kind ("article" "parameter" "fee" "claim"
 * "exempt" "retention" "promise"), id, zh, en, source, checked_on, checked_by ("" = nobody)}]. */
Value pack_checks(const Pack *p, Arena *a);

/* ---- finding a service -------------------------------------------------------------------------------- */
typedef struct PackFound { /* one service that was found */
    const Pack *pack; /* it */
    size_t terms;     /* how many of the words it answers to */
    int score;        /* how well; larger is better */
} PackFound;
/* Services that the words name, best first: exact, beginning, inside, Han characters in this order, initials of pinyin,
 * one letter wrong in English. Out: room for n; how many were found. Cost: linear in the packs' keywords. */
size_t pack_search(const Pack *const *packs, size_t n, Str words, PackFound *out);
/* When nothing is found: at most five keywords in that language ("zh", "en") that look alike. */
Value pack_near(const Pack *const *packs, size_t n, Str words, const char *lang, Arena *a);

/* ---- worked cases ------------------------------------------------------------------------------------ */
typedef struct PackTest {
    size_t passed, failed;
    size_t rules, rules_hit; /* coverage of all tables */
    Value failures;          /* list of {case, text} */
    Value unhit;             /* list of "D5" never hit */
    Value common;            /* {rule: hit} of tables that other packs share: not counted above */
} PackTest;
bool pack_test(const Pack *p, int64_t now_us, Arena *a, PackTest *out, Err *err) MUST_USE;

/* Which years of days off are published, from the first to the next one: [{calendar ("nation" or a layer's id), name{zh,en} (of the nation: null),
 * years:[{year, published, missing (deadlines of these days reach it and it is not published), rest, work (days that it names)}], missing (how
 * many)}]. In: today, days since 1970. */
Value pack_calendar_years(const Pack *p, int64_t today, Arena *a);
/* The days that a year names: [{date, kind ("rest" "work")}], by date. */
Value pack_calendar_days(const Calendar *c, int64_t year, Arena *a);

/* What changed between two versions. In: file name → text. Out: [{file, change ("added" "removed" "changed"), lines:[{sign ("-" "+"), line (its
 * number on that side), text}], more (lines left out past 5,000 in all)}]; files that are alike are not in it. */
Value pack_diff(Value was, Value is, Arena *a);

#endif
