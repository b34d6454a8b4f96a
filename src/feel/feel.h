/* feel: the expression language FEEL (DMN 1.5 §10): text → checked tree → code → Value.
 * Pure: no clock, disk, network, randomness, globals. Errors of evaluation are nulls that
 * carry their cause (base.h ValueCause); only compiling reports trouble. */
#ifndef YC_FEEL_H
#define YC_FEEL_H

#include "base/base.h"

/* ---- types (Source: DMN 1.5 §10.3.2.9) -------------------------------------------------------- */
typedef struct FeelType FeelType;
typedef enum FeelKind {
    FEEL_ANY,
    FEEL_NULL,
    FEEL_BOOLEAN,
    FEEL_NUMBER,
    FEEL_STRING,
    FEEL_DATE,
    FEEL_TIME,
    FEEL_DATETIME,
    FEEL_DAYTIME,
    FEEL_MONTHS,
    FEEL_LIST,
    FEEL_CONTEXT,
    FEEL_RANGE,
    FEEL_FUNCTION,
} FeelKind;
typedef struct FeelCode FeelCode;
struct FeelType {
    FeelKind kind;
    Str name;                 /* of the item definition it came from, or "" */
    const FeelType *item;     /* list, range: element; function: result */
    size_t n;                 /* context members or function parameters */
    const Str *keys;          /* context: member names */
    const FeelType **members; /* context members or function parameters */
    const FeelCode *allowed;  /* unary tests on the value (typeConstraint, allowedValues), or NULL */
    const FeelType *base;     /* set with `allowed`: the unconstrained type */
    bool beside;              /* `allowed` names other members of the context this is a member of, and reads them
                               * from a frame in the order of its keys; it is checked only there */
    bool related;             /* context: some member's type is such */
};
const FeelType *feel_type(FeelKind primitive); /* a shared primitive */
const FeelType *feel_type_list(Arena *a, const FeelType *item);
/* Resolves a typeRef text ("number", "list<string>", "tPerson", "imp.tX") by asking for user names.
 * lookup may return NULL: then the name is unknown and *out is untouched. */
typedef const FeelType *(*FeelTypeLookup)(const void *context, Str name);
bool feel_type_parse(Str text, FeelTypeLookup lookup, const void *context, Arena *a, const FeelType **out,
                     Err *err) MUST_USE;
Str feel_type_text(Arena *a, const FeelType *t);

/* ---- scopes: what names exist, decided before any data is seen --------------------------------- */
typedef struct FeelScope FeelScope;
typedef enum FeelDialect { FEEL_STANDARD, FEEL_CAMUNDA } FeelDialect;
/* The outermost scope: the built-ins of a dialect, plus types by name. */
FeelScope *feel_scope_root(Arena *a, FeelDialect dialect, FeelTypeLookup lookup, const void *lookup_context);
/* An inner scope; its names are numbered 0,1,2… in the order added and live in one FeelFrame. */
FeelScope *feel_scope_inner(Arena *a, const FeelScope *outer);
int feel_scope_add(FeelScope *scope, Str name, const FeelType *type); /* slot number */
/* FEEL's canonical spelling of a name: single blanks, none around symbols (§10.3.1.2). */
Str feel_name(Arena *a, Str raw);

/* ---- compiling ---------------------------------------------------------------------------------- */
typedef enum FeelEntry { FEEL_EXPRESSION, FEEL_UNARY_TESTS } FeelEntry;
/* In: text ≤ 64 KiB, nesting ≤ 128. Out: code in `a`, immutable, shareable between threads.
 * Err: ERR_INPUT with byte offset, line, column. Unknown names compile to a null with a cause and are
 * reported to `notes` when given (the caller decides whether that refuses a pack). */
bool feel_compile(const FeelScope *scope, FeelEntry entry, Str text, Arena *a, const FeelCode **out, ErrList *notes,
                  Err *err) MUST_USE;

/* ---- running ------------------------------------------------------------------------------------ */
/* A function value keeps the frames it was made in: they must live as long as it does. */
typedef struct FeelFrame { /* the values of one scope; `outer` mirrors the scope chain (root has none) */
    const struct FeelFrame *outer;
    Value *slots;
} FeelFrame;
typedef struct FeelRun { /* everything an evaluation may use up or know of the world */
    Arena *arena;        /* results live here */
    int64_t fuel;        /* steps left; at 0 every evaluation is null "fuel" */
    int depth;           /* calls deep; limit 256 */
    int height;          /* nodes on the C stack, feel's own count; starts at 0 */
    int64_t now_us;      /* the caller's clock: now(), today() */
    int32_t offset;      /* seconds east of UTC for now() */
    void *trace;         /* where native functions note what they did: room dmn's; feel never looks */
} FeelRun;
enum { FEEL_FUEL = 10000000 };
Value feel_eval(FeelRun *run, const FeelCode *code, const FeelFrame *frame);
/* Unary tests against a value (§2.5 of the notes, DMN 1.5 §7.3.2): true only when satisfied. */
bool feel_test(FeelRun *run, const FeelCode *code, const FeelFrame *frame, Value input);

/* ---- what a table index wants to know of a cell ------------------------------------------------- */
typedef enum FeelTestKind {
    FEEL_TEST_ANY,   /* "-" */
    FEEL_TEST_EQUAL, /* value, a constant (number, string, boolean, null, date …) */
    FEEL_TEST_RANGE, /* range, constant endpoints, one or two sided */
    FEEL_TEST_OTHER, /* anything else: run feel_test */
} FeelTestKind;
typedef struct FeelTest {
    FeelTestKind kind;
    Value value; /* EQUAL: the constant; RANGE: a VALUE_RANGE */
} FeelTest;
/* Splits unary tests into alternatives. *negated: the whole is not(...). Returns how many were
 * written to tests (≤ cap); 0 when they do not fit or any is OTHER: then treat as OTHER. */
size_t feel_cell(const FeelCode *code, FeelTest *tests, size_t cap, bool *negated);
/* Are all alternatives ranges of constants that hold nothing, like [5..3]? Then the cell holds for no value. */
bool feel_cell_void(const FeelCode *code);
Str feel_source(const FeelCode *code); /* the text it was compiled from */
/* A string literal or other constant expression: true and the value. */
bool feel_constant(const FeelCode *code, Value *out);
const FeelType *feel_code_type(const FeelCode *code); /* what is known of the result; NULL = nothing */

/* ---- values as FEEL sees them -------------------------------------------------------------------- */
/* Three-valued: VALUE_BOOL or null with a cause. */
Value feel_equal(FeelRun *run, Value x, Value y); /* §10.3.2.13 table 53 ff */
Value feel_less(FeelRun *run, Value x, Value y);  /* < */
bool feel_conforms(FeelRun *run, Value v, const FeelType *t);
Value feel_coerce(FeelRun *run, Value v, const FeelType *t); /* implicit conversions, else null "type" */
Value feel_in(FeelRun *run, Value x, Value set);             /* range, list, value */
/* FEEL text of any value, as string() gives it (strings bare) or as a literal (strings quoted). */
Str feel_text(Arena *a, Value v, bool literal);

/* ---- functions from outside (BKM, decision service, registry of native functions) ---------------- */
typedef Value (*FeelNative)(FeelRun *run, const void *context, const Value *args, size_t n);
typedef struct FeelParam {
    Str name;
    const FeelType *type; /* NULL = Any */
} FeelParam;
/* A function value; arguments are coerced to the parameter types before fn runs. */
Value feel_function(Arena *a, Str name, const FeelParam *params, size_t n, const FeelType *result, FeelNative fn,
                    const void *context);
/* Positional call of any function value. Not a function → null. */
Value feel_call(FeelRun *run, Value function, const Value *args, size_t n);
/* Named call: names[i] goes with args[i]. */
Value feel_call_named(FeelRun *run, Value function, const Str *names, const Value *args, size_t n);
/* What external functions (kind="Java", `external`) may resolve to; NULL = none (closed by default).
 * Returns a function value or null. */
typedef struct FeelRegistry {
    Value (*find)(const void *context, Arena *a, Str class_name, Str signature, const FeelParam *params, size_t n);
    const void *context;
} FeelRegistry;
void feel_scope_registry(FeelScope *root, const FeelRegistry *registry);

#endif
