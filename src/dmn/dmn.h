/* dmn: decision models (DMN 1.1–1.5): XML → compiled model; decide → value + the trace that
 * explains it. Pure. A model is immutable and shared between threads. */
#ifndef YC_DMN_H
#define YC_DMN_H

#include "base/base.h"
#include "feel/feel.h"

typedef struct DmnModel DmnModel;
typedef struct DmnSource {
    Str name;  /* file name for messages */
    Str bytes; /* the XML */
} DmnSource;
typedef struct DmnOptions {
    FeelDialect dialect;
    const FeelRegistry *registry; /* NULL = external functions closed */
    bool lenient;                 /* faulty elements evaluate to null instead of refusing the model (test kits);
                                   * unreadable XML, cycles and exceeded limits are refused even then */
} DmnOptions;
/* Loads files[0] and what it imports from files[1…]. All faults are reported with file, element id,
 * cell ("rule D5, input 3"), line. Out: NULL when refused. */
bool dmn_load(const DmnSource *files, size_t n, DmnOptions options, Arena *a, ErrList *faults, DmnModel **out) MUST_USE;
Str dmn_hash(const DmnModel *m);                            /* 64 hex digits over the source bytes */
Str dmn_name(const DmnModel *m);

typedef enum DmnKind { DMN_DECISION, DMN_INPUT, DMN_BKM, DMN_SERVICE } DmnKind;
/* By name or by id; -1 when absent. */
int dmn_find(const DmnModel *m, DmnKind kind, Str name_or_id);
size_t dmn_decision_count(const DmnModel *m);
Str dmn_decision_name(const DmnModel *m, int decision);
bool dmn_is_top(const DmnModel *m, int decision);           /* no other decision requires it */
size_t dmn_input_count(const DmnModel *m);                  /* input data of the whole model, slots 0… */
Str dmn_input_name(const DmnModel *m, int input);
const FeelType *dmn_input_type(const DmnModel *m, int input);

/* ---- decide ---------------------------------------------------------------------------------------- */
typedef struct DmnHit { /* one table evaluated on the way, in order of completion */
    int table;           /* table number in the model */
    Str decision;        /* name of the decision (or BKM) that holds it */
    Str decision_id;
    size_t n_inputs;
    const Value *inputs; /* values of the input clauses */
    size_t n_rules;      /* matched rules */
    const int *rules;    /* 0-based rule numbers that produced the result, best first; two when UNIQUE was broken */
    Value output;
    const FeelFrame *frame; /* scope of the table while the run lasts; NULL in a hit read back from an event:
                             * then dmn_why takes names that a cell uses beside its input as null */
} DmnHit;
typedef struct DmnTrace {
    Arena *a;            /* owner; set before deciding */
    DmnHit *hits;
    size_t n, cap;
} DmnTrace;
/* Decides one decision from input values in slot order (missing ones null).
 * Out: its value, null with cause on failure. trace may be NULL. Lazy: only what is needed runs. */
Value dmn_decide(const DmnModel *m, int decision, const Value *inputs, FeelRun *run, DmnTrace *trace);
/* The same from a context keyed by input name; a nested context under an import's name. */
Value dmn_decide_ctx(const DmnModel *m, int decision, Value inputs, FeelRun *run, DmnTrace *trace);
/* Input values in slot order from such a context; what is not there is null. */
void dmn_slots(const DmnModel *m, Value inputs, Value *slots);
Value dmn_invoke(const DmnModel *m, DmnKind kind, int index, Value args, FeelRun *run, DmnTrace *trace);

/* ---- many cases at once -------------------------------------------------------------------------------- */
typedef struct DmnColumn { /* one input of all cases; one of codes, ints, bools is set, or none: null in every case */
    const uint16_t *codes; /* by case: place in values */
    const Value *values;   /* n_values different ones */
    size_t n_values;
    const int64_t *ints;   /* by case: a number */
    const uint8_t *bools;  /* by case: 0 or 1 */
} DmnColumn;
typedef struct DmnOutcome {
    int rule;    /* of the decision's own table: the one that decided; -1 when none, or several */
    Value value; /* what dmn_decide gives */
} DmnOutcome;
typedef struct DmnOutcomes {
    uint32_t *codes;   /* by case: place in items. In: room for all cases, the caller's */
    DmnOutcome *items; /* n of them; some may be unused, some alike */
    size_t n, cap;     /* in use, allocated */
} DmnOutcomes;
/* Decides n cases from columns in slot order, exactly as dmn_decide decides each; every case may use what
 * the run has of fuel. Out: codes filled, items from the run's arena. Cost: a few nanoseconds a case when the
 * decision is one table of constants over input data, otherwise as dmn_decide. */
void dmn_decide_columns(const DmnModel *m, int decision, const DmnColumn *inputs, size_t n, FeelRun *run,
                        DmnOutcomes *out);

/* ---- explain ----------------------------------------------------------------------------------------- */
typedef enum DmnWhyNot { DMN_MATCHED, DMN_CELL_FAILED, DMN_EARLIER_RULE, DMN_NOT_CHOSEN } DmnWhyNot;
typedef struct DmnRuleWhy {
    DmnWhyNot why;
    int input;     /* DMN_CELL_FAILED: the first cell (0-based) that failed */
    int earlier;   /* DMN_EARLIER_RULE: the rule that matched first */
} DmnRuleWhy;
size_t dmn_tables(const DmnModel *m);
size_t dmn_rules(const DmnModel *m, int table);
Str dmn_rule_id(const DmnModel *m, int table, int rule);            /* "D5": the rule's XML id */
/* Annotation by name ("Law"), falling back to the rule's description; "" when none. */
Str dmn_rule_note(const DmnModel *m, int table, int rule, Str name);
size_t dmn_notes(const DmnModel *m, int table);                     /* annotation columns */
Str dmn_note_name(const DmnModel *m, int table, size_t note);
size_t dmn_columns(const DmnModel *m, int table);
size_t dmn_outputs(const DmnModel *m, int table);
const FeelType *dmn_column_type(const DmnModel *m, int table, int input); /* NULL = Any */
Str dmn_column_text(const DmnModel *m, int table, int input);       /* input expression text */
Str dmn_column_label(const DmnModel *m, int table, int input);
Str dmn_cell_text(const DmnModel *m, int table, int rule, int input);
Str dmn_output_text(const DmnModel *m, int table, int rule, int output);
Str dmn_output_name(const DmnModel *m, int table, int output);      /* "" allowed when it is the only one */
Str dmn_table_name(const DmnModel *m, int table);                   /* name of its decision */
Str dmn_table_file(const DmnModel *m, int table);                   /* name of the source that holds it */
int dmn_table_decision(const DmnModel *m, int table);               /* the decision that holds it; -1: a BKM does */
/* The location of the n-th knowledge source that the table's decision names as authority; "" past the last. */
Str dmn_table_authority(const DmnModel *m, int table, size_t n);
/* Recomputes from a hit why each rule of its table did or did not decide. Out: dmn_rules() entries. */
void dmn_why(const DmnModel *m, const DmnHit *hit, FeelRun *run, DmnRuleWhy *out);
/* Which rules of all tables have been hit by a set of traces is counted by the caller: see pack. */

/* ---- analyse ------------------------------------------------------------------------------------------ */
typedef enum DmnFindingKind {
    DMN_GAP,      /* no rule matches, and there is no default */
    DMN_OVERLAP,  /* two rules of a UNIQUE table match, with the same output */
    DMN_CONFLICT, /* two rules of a UNIQUE or ANY table match, with different outputs */
    DMN_MASKED,   /* the rule matches only where another rule is preferred */
    DMN_DEAD,     /* the rule has a cell that holds for no value that may come */
    DMN_INEXACT,  /* a cell is an expression: what follows from it was left out, not guessed */
    DMN_UNFINISHED, /* the search for gaps or masked rules was stopped: there may be more */
} DmnFindingKind;
typedef struct DmnFinding {
    DmnFindingKind kind;
    int table;
    int rule;             /* the rule meant, 0-based; -1 for a gap */
    int other;            /* overlap, conflict: the later rule; masked: the rule that decides instead; else -1 */
    int input;            /* dead, inexact: the column of the cell; else -1 */
    const Value *witness; /* a value for each input clause; NULL for inexact and unfinished */
    const Str *area;      /* for each input clause the tests that hold in the whole area; NULL likewise */
} DmnFinding;
enum { DMN_MOST_FINDINGS = 100 }; /* of one kind in one table; further ones are only counted */
typedef struct DmnFindings {
    Arena *a;          /* owner; set before analysing */
    DmnFinding *items; /* n of them, by table and kind */
    size_t n, cap;     /* in use, allocated */
    size_t more;       /* findings beyond DMN_MOST_FINDINGS */
} DmnFindings;
/* Adds what is wrong with one table. Exact where cells compare with constants (ranges, equality, lists of
 * them, not(…) of them); the input clauses count as independent of each other. Null is a value of a column
 * only where one of its cells names it. Cost: linear to quadratic in rules for usual tables; the search has
 * a budget and says when it ran out. */
void dmn_analyse(const DmnModel *m, int table, FeelRun *run, DmnFindings *findings);
const char *dmn_finding_name(DmnFindingKind kind); /* "gap", "overlap", … stable, for JSON */

/* ---- the nearest change ---------------------------------------------------------------------------------- */
typedef struct DmnFlip {
    int input;       /* slot of the input data to be changed */
    Str member;      /* the one member of it that changes; "" = the whole value */
    Value from;      /* what it is */
    Value value;     /* what it would have to be */
    Value result;    /* the decision's value then */
    DmnTrace trace;  /* and how it came about */
} DmnFlip;
/* The one change of a single input that changes the result (or only its member, when that is not "") with
 * the least distance: numbers and times by how far they move, a truth value after those that move little, then
 * texts, and what is unknown last. Each candidate is verified by deciding again. skip: an input to leave alone, or -1.
 * Out: false when no single change was found. Memory for candidates that fail is given back. */
bool dmn_flip(const DmnModel *m, int decision, const Value *inputs, Str member, int skip, FeelRun *run, DmnFlip *out) MUST_USE;

/* ---- coverage -------------------------------------------------------------------------------------------- */
typedef struct DmnTableCover {
    size_t n_hits;  /* times the table was evaluated */
    size_t no_rule; /* times no rule produced its result */
    size_t *rules;  /* by rule: times it produced the result */
    bool *cells;    /* rule × input: seen to be the only cell of its rule that failed (MC/DC) */
} DmnTableCover;
typedef struct DmnCover {
    const DmnModel *m;
    DmnTableCover *tables; /* one per table */
} DmnCover;
DmnCover *dmn_cover(const DmnModel *m, Arena *a);
/* Counts what one decided case shows. In: the trace of that run, before its arena is reset. */
void dmn_cover_add(DmnCover *cover, const DmnTrace *trace, FeelRun *run);
/* Does this cell exclude anything, so that a case could show it? */
bool dmn_cell_matters(const DmnModel *m, int table, int rule, int input);

/* ---- cases made from the model ------------------------------------------------------------------------------ */
typedef struct DmnCases {
    size_t n;                /* cases */
    const Value **inputs;    /* by case: input data in slot order */
    DmnCover *cover;         /* what they cover together */
} DmnCases;
/* Makes input data such that every rule decides once and every cell is once the only one of its rule that
 * fails, as far as a search with a budget finds them; what is missing shows in the coverage. */
void dmn_cases(const DmnModel *m, FeelRun *run, DmnCases *out);

/* ---- external functions ------------------------------------------------------------------------------ */
/* Native functions that stand in for java.lang.Math, Integer, Double, String … (kind="Java"). They are
 * offered only when a caller passes this registry. */
const FeelRegistry *dmn_java_registry(void);

#endif
