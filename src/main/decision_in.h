/* main_decision_in: what the files behind `yichuang feel` and `yichuang decision` share: the job as asked
 * for, the cases it reads, and how values and explanations are told. */
#ifndef YC_MAIN_DECISION_IN_H
#define YC_MAIN_DECISION_IN_H

#include "dmn/dmn.h"
#include "main/main_in.h"

#include <stdio.h>

enum { MAIN_TEXT_MAX = 1 << 30, MAIN_MODEL_MAX = 8 << 20 };

typedef struct Decision { /* one call of `yichuang decision` */
    Arena *a;             /* start to end */
    const char *model_path, *decision_name, *input, *in_path, *out_path;
    bool explain, json, zh; /* as asked for */
    FeelDialect dialect;
    DmnModel *m;
    size_t n_files;       /* model files read: more than one when it imports */
    int decision;         /* -1: every decision that no other requires */
    ErrList faults;       /* of the model */
} Decision;

/* ---- reading values (main_cases.c) ---- */
/* The values of a JSON object in slot order, of their types. Err: an unknown name, a value of another type. */
bool main_decision_slots(const Decision *d, Value given, FeelRun *run, Value *slots, Err *err) MUST_USE;
typedef enum CaseForm { CASES_LINES, CASES_CSV, CASES_JSON, CASES_KIT } CaseForm;
typedef struct Cases {     /* a file of cases being read */
    const Decision *d;
    CaseForm form;
    Str text;              /* what is left of lines and CSV */
    int64_t line;          /* of the next case; of JSON and kit: its number */
    int *columns;          /* CSV: input slot of each column */
    size_t n_columns;
    Value list;            /* JSON: all cases */
    const XmlNode *test;   /* kit: the next test case */
} Cases;
/* The form is told by the name's end: .csv, .json, .xml, else one JSON object a line. */
bool main_cases_open(Cases *c, const Decision *d, const char *path, Err *err) MUST_USE;
/* Out: false at the end. *bad: this case was refused, err says why. */
bool main_cases_next(Cases *c, FeelRun *run, Value *slots, int64_t *line, bool *bad, Err *err);
double main_cases_left(const Cases *c, size_t whole); /* fraction still to be read */

/* ---- the kit's XML (main_kit.c) ---- */
Value main_kit_inputs(const XmlNode *test, Arena *a);
/* The cases with every result that a table's decision gives. */
void main_kit_write(const Decision *d, const DmnCases *cases, Buf *b);

/* ---- telling (main_explain.c) ---- */
Value main_causes(Value v, Arena *a);                 /* the chain of a null: [{kind, text, from, to, left, right}] */
void main_print_causes(FILE *to, Value v, Str source); /* one line a cause, deepest last */
Value main_explanation(const Decision *d, const Value *slots, Value result, const DmnTrace *trace, FeelRun *run);
void main_print_explanation(const Decision *d, Value explanation);
Str main_rule_name(const DmnModel *m, int table, int rule, Arena *a); /* its id, else its number */
void main_print_value(Value v, bool json, Arena *a);

/* ---- verbs on tables (main_tables.c) ---- */
int main_decision_analyse(Decision *d);
int main_decision_coverage(Decision *d);
int main_decision_tests(Decision *d);
FeelRun main_feel_run(Arena *a);

int main_feel(int argc, char **argv);
int main_decision(int argc, char **argv);
extern const char main_feel_usage[], main_decision_usage[];

#endif
