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
    bool lenient;                 /* faulty elements evaluate to null instead of refusing the model (test kits) */
} DmnOptions;
/* Loads files[0] and what it imports from files[1…]. All faults are reported with file, element id,
 * cell ("rule D5, input 3"), line. Out: NULL when refused. */
bool dmn_load(const DmnSource *files, size_t n, DmnOptions options, Arena *a, ErrList *faults, DmnModel **out) MUST_USE;
Str dmn_hash(const DmnModel *m);                            /* 64 hex digits over the source bytes */
Str dmn_name(const DmnModel *m);

typedef enum DmnKind { DMN_DECISION, DMN_INPUT, DMN_BKM, DMN_SERVICE } DmnKind;
/* By name or by id; -1 when absent. */
int dmn_find(const DmnModel *m, DmnKind kind, Str name_or_id);
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
    const int *rules;    /* 0-based rule numbers that produced the result, best first */
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
Value dmn_invoke(const DmnModel *m, DmnKind kind, int index, Value args, FeelRun *run, DmnTrace *trace);

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
size_t dmn_columns(const DmnModel *m, int table);
Str dmn_column_text(const DmnModel *m, int table, int input);       /* input expression text */
Str dmn_column_label(const DmnModel *m, int table, int input);
Str dmn_cell_text(const DmnModel *m, int table, int rule, int input);
Str dmn_output_text(const DmnModel *m, int table, int rule, int output);
Str dmn_table_name(const DmnModel *m, int table);                   /* name of its decision */
/* Recomputes from a hit why each rule of its table did or did not decide. Out: dmn_rules() entries. */
void dmn_why(const DmnModel *m, const DmnHit *hit, FeelRun *run, DmnRuleWhy *out);
/* Which rules of all tables have been hit by a set of traces is counted by the caller: see pack. */

/* ---- external functions ------------------------------------------------------------------------------ */
/* Native functions that stand in for java.lang.Math, Integer, Double, String … (kind="Java"). They are
 * offered only when a caller passes this registry. */
const FeelRegistry *dmn_java_registry(void);

#endif
