/* libdmn: decision models (DMN 1.1 to 1.5) for programs that embed them: load, decide, explain, analyse.
 * It contains libfeel; a program links one of the two. A loaded model is immutable and may be shared
 * between threads, each with its own arena. The library opens no file: the caller brings the bytes. */
#ifndef YICHUANG_DMN_H
#define YICHUANG_DMN_H

#include <yichuang/feel.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- load ------------------------------------------------------------------------------------------- */
typedef struct dmn_model dmn_model;
typedef struct dmn_file {
    const char *name;  /* for messages */
    const char *bytes; /* the XML, at most 8 MiB; not needed after loading */
    size_t n;          /* of bytes */
} dmn_file;
/* What an external function of the model (kind="Java") stands for: a function value, or null when there
 * is none. Asked while loading; what it returns must outlive the model. */
typedef feel_value (*dmn_external)(const void *context, feel_arena *a, const char *class_name, const char *signature);
typedef struct dmn_settings {     /* all zero: the standard, nothing external */
    feel_dialect dialect;         /* whose FEEL */
    dmn_external external;        /* NULL = external functions are refused */
    const void *external_context; /* handed to it */
} dmn_settings;
typedef struct dmn_faults {
    const feel_fault *items; /* n of them, in the order found */
    size_t n;                /* of items */
    size_t more;             /* further ones that were only counted */
} dmn_faults;
/* Loads files[0] and what it imports from the others. NULL when anything is wrong: then *faults (may be
 * NULL) holds every fault of the model, each with file, element, cell and line. settings may be NULL. */
const dmn_model *dmn_model_load(feel_arena *a, const dmn_file *files, size_t n, const dmn_settings *settings,
                                dmn_faults *faults);
feel_string dmn_model_name(const dmn_model *m);
feel_string dmn_model_hash(const dmn_model *m); /* SHA-256 over the files, 64 hex digits: its version */

/* ---- decide ------------------------------------------------------------------------------------------ */
typedef enum dmn_part { DMN_PART_DECISION, DMN_PART_FUNCTION, DMN_PART_SERVICE } dmn_part; /* FUNCTION: BKM */
int dmn_model_find(const dmn_model *m, dmn_part part, const char *name_or_id);              /* -1: none */
size_t dmn_model_inputs(const dmn_model *m);                     /* input data of the whole model */
feel_string dmn_model_input_name(const dmn_model *m, size_t input);
feel_string dmn_model_input_type(feel_arena *a, const dmn_model *m, size_t input); /* "number", "tPerson", … */

/* Which tables were evaluated on the way. It lies in its arena and must not be used after a reset. */
typedef struct dmn_trace dmn_trace;
dmn_trace *dmn_trace_new(feel_arena *a);

/* The value of a decision. inputs: one for each input of the model, null where not needed. trace may be
 * NULL. A decision that fails is null with its cause. */
feel_value dmn_model_decide(const dmn_model *m, int decision, const feel_value *inputs, const feel_run *run,
                            dmn_trace *trace);
/* A decision, function or service from values by name. */
feel_value dmn_model_invoke(const dmn_model *m, dmn_part part, int index, feel_value context, const feel_run *run,
                            dmn_trace *trace);
/* The input context of a model from JSON: texts become dates, times and durations where the model declares
 * the input so. false: *fault tells why (may be NULL). */
bool dmn_model_read(const dmn_model *m, feel_arena *a, const char *json, size_t n, feel_value *out, feel_fault *fault);
/* JSON in, JSON out: dmn_model_read, dmn_model_invoke of a decision, feel_value_to_json. */
bool dmn_model_answer(const dmn_model *m, int decision, const char *json, size_t n, const feel_run *run,
                      feel_string *out, feel_fault *fault);

/* ---- explain ------------------------------------------------------------------------------------------- */
typedef struct dmn_step { /* one table evaluated, in order of completion */
    int table;               /* number of the table in the model */
    feel_string decision;    /* name of the decision or function that holds it */
    feel_string decision_id; /* its XML id */
    const feel_value *inputs; /* values of its input columns */
    size_t n_inputs;          /* of inputs */
    const int *rules;         /* rules that made the result, from 0, best first */
    size_t n_rules;           /* of rules */
    feel_value output;        /* the result */
} dmn_step;
size_t dmn_trace_steps(const dmn_trace *t);
dmn_step dmn_trace_step(const dmn_trace *t, size_t step);
typedef enum dmn_reason_kind {
    DMN_REASON_MATCHED,     /* the rule made the result */
    DMN_REASON_CELL_FAILED, /* its cell at `input` does not hold */
    DMN_REASON_EARLIER,     /* the rule `earlier` came first */
    DMN_REASON_NOT_CHOSEN,  /* it matches, but the hit policy took another */
} dmn_reason_kind;
typedef struct dmn_reason {
    dmn_reason_kind kind; /* why the rule did or did not decide */
    int input;            /* CELL_FAILED: the first column that failed, from 0; else -1 */
    int earlier;          /* EARLIER: that rule; else -1 */
} dmn_reason;
/* One reason for each rule of the step's table, in run->arena. */
const dmn_reason *dmn_trace_why(const dmn_model *m, const dmn_trace *t, size_t step, const feel_run *run);

size_t dmn_model_tables(const dmn_model *m);
size_t dmn_model_rules(const dmn_model *m, int table);
size_t dmn_model_columns(const dmn_model *m, int table); /* inputs */
size_t dmn_model_outputs(const dmn_model *m, int table);
feel_string dmn_model_table_name(const dmn_model *m, int table);
feel_string dmn_model_rule_id(const dmn_model *m, int table, int rule);
/* The rule's annotation of that name, such as "Law"; else its description; else "". */
feel_string dmn_model_rule_note(const dmn_model *m, int table, int rule, const char *name);
feel_string dmn_model_column_text(const dmn_model *m, int table, int input);
feel_string dmn_model_cell_text(const dmn_model *m, int table, int rule, int input);
feel_string dmn_model_output_text(const dmn_model *m, int table, int rule, int output);

/* ---- analyse ------------------------------------------------------------------------------------------- */
typedef struct dmn_finding {
    const char *kind;          /* "gap", "overlap", "conflict", "masked", "dead", "inexact", "unfinished" */
    int table;                 /* where */
    int rule;                  /* the rule meant, from 0; -1 for a gap */
    int other;                 /* the second rule concerned, or -1 */
    int input;                 /* the column of the cell meant, or -1 */
    const feel_value *witness; /* a value for each input column that shows it, or NULL */
} dmn_finding;
/* All that is wrong with one table. *n: how many; they lie in run->arena. */
const dmn_finding *dmn_model_analyse(const dmn_model *m, int table, const feel_run *run, size_t *n);

#ifdef __cplusplus
}
#endif
#endif
