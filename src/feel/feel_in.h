/* feel, inside: nodes of compiled code, the parser's state, and what the feel_*.c files share.
 * Code is a tree of nodes that each know the one small C function that runs them (a "step");
 * everything about names is settled while parsing. Must not be included by other rooms. */
#ifndef YC_FEEL_IN_H
#define YC_FEEL_IN_H

#include "feel/feel.h"

enum {
    FEEL_TEXT_MAX = 65536,  /* bytes of one expression */
    FEEL_NESTING_MAX = 128, /* brackets, branches, bodies within each other */
    FEEL_CALLS_MAX = 256,   /* function calls within each other */
    FEEL_HEIGHT_MAX = 8192, /* nodes on the C stack at once, over all calls */
    FEEL_SLOTS_MAX = 1024,  /* local names of one function */
    FEEL_ARGS_MAX = 64,     /* arguments of a call, parameters of a function */
    FEEL_NAME_MAX = 512,    /* bytes of a name */
    FEEL_RUN_MAX = 32,      /* tokens that may form one name */
};

typedef struct FeelNode FeelNode;
typedef struct FeelEval { /* one activation: of an expression or of a function body */
    FeelRun *run;         /* budget and clock */
    FeelFrame frame;      /* its own local slots; outer: the frame it was called with */
} FeelEval;
typedef Value (*FeelStep)(FeelEval *e, const FeelNode *n);

typedef enum FeelNodeKind {
    NODE_OTHER,      /* nothing anybody asks about */
    NODE_CONST,      /* value */
    NODE_VAR,        /* a name */
    NODE_TEST_ANY,   /* "-" */
    NODE_TEST_VALUE, /* a: equal to it, or in it */
    NODE_TEST_CMP,   /* op, a: an ordering against a */
    NODE_TEST_TRUE,  /* a: an expression over ? */
    NODE_TESTS,      /* kids: alternatives; op 'n' when negated */
    NODE_FUNCTION,   /* more: FeelLambda */
} FeelNodeKind;

struct FeelNode {
    FeelStep step;          /* runs the node */
    FeelNode *a, *b, *c;    /* operands */
    FeelNode **kids;        /* count of them: items, arguments, tests */
    const Str *names;       /* count of them: context keys, argument names */
    Value value;            /* a constant */
    Str name;               /* variable, member */
    const void *more;       /* whatever the step needs besides */
    const FeelType *type;   /* what is known of the result, or NULL */
    const FeelType *target; /* instance of, casts */
    int32_t from, to;       /* byte span in the text */
    int32_t count;          /* kids */
    int32_t slot;           /* local slot it reads or fills */
    int32_t height;         /* nodes below, on the longest path */
    int32_t cost;           /* nodes in all: what one pass uses of the fuel */
    int16_t up;             /* frames outward */
    uint8_t kind;           /* FeelNodeKind */
    uint8_t op;             /* operator: one character */
};

struct FeelCode {
    const FeelNode *root; /* the expression or NODE_TESTS */
    Str source;           /* the text */
    int32_t slots;        /* locals of the outermost activation; unary tests keep ? in slot 0 */
    FeelEntry entry;      /* what it was compiled as */
};

/* ---- functions as values ---- */
typedef struct FeelArg {
    const char *name; /* parameter name in named calls */
    char type;        /* see feel_call.c: s n b l c f a … */
} FeelArg;
typedef struct FeelBuiltin {
    const char *name;                                       /* FEEL name */
    Value (*fn)(FeelRun *run, const Value *args, size_t n); /* gets converted arguments */
    uint8_t min, max;                                       /* arguments of this signature */
    uint8_t flags;                                          /* FEEL_VARIADIC … */
    FeelArg args[5];                                        /* max of them */
} FeelBuiltin;
enum { FEEL_VARIADIC = 1, FEEL_REST = 2, FEEL_IMPURE = 4, FEEL_EXTRA = 8 };
typedef struct FeelLambda {  /* a function literal as compiled */
    const FeelParam *params; /* n of them, in slots 0 … n-1 */
    size_t n;                /* parameters */
    const FeelNode *body;    /* NULL when external */
    int32_t slots;           /* locals of the body's activation */
    int32_t captured;        /* locals of the surrounding activation */
} FeelLambda;
typedef struct FeelFn {
    const FeelBuiltin *rows;  /* built-in: signatures under one name */
    size_t n_rows;            /* how many */
    const FeelLambda *lambda; /* literal: its code */
    FeelFrame frame;          /* literal: what it closed over */
    Str name;                 /* for messages */
    const FeelParam *params;  /* foreign: parameters */
    size_t n;                 /* parameters (foreign, literal) */
    const FeelType *result;   /* foreign: result type or NULL */
    FeelNative native;        /* foreign: the function */
    const void *context;      /* foreign: handed back to it */
} FeelFn;

/* ---- scopes ---- */
typedef struct FeelName {
    Str name;             /* canonical */
    const FeelType *type; /* or NULL */
} FeelName;
struct FeelScope {
    Arena *a;                     /* grows here */
    const FeelScope *outer;       /* NULL for the root */
    FeelName *names;              /* n of them, by slot */
    size_t n, cap;                /* used, allocated */
    FeelDialect dialect;          /* root's */
    FeelTypeLookup lookup;        /* root's */
    const void *lookup_context;   /* root's */
    const FeelRegistry *registry; /* root's external functions, or NULL */
};
const FeelScope *feel_scope_top(const FeelScope *scope);

/* ---- lexer ---- */
typedef enum FeelTokenKind {
    TOK_END = 0,
    TOK_NAME = 256, /* start of a name or a keyword; span is its first word */
    TOK_NUMBER,
    TOK_STRING,
    TOK_POWER, /* ** */
    TOK_DOTS,  /* .. */
    TOK_NE,
    TOK_LE,
    TOK_GE,
    TOK_ARROW,
    TOK_BAD, /* a byte that starts nothing; other kinds are the character itself */
} FeelTokenKind;
typedef struct FeelToken {
    int kind;        /* FeelTokenKind or a character */
    size_t from, to; /* bytes */
} FeelToken;
size_t feel_skip(Str text, size_t at);   /* past white space and comments */
FeelToken feel_lex(Str text, size_t at); /* the token at or after `at` */
/* All readings of a name at `at`, shortest first. */
typedef struct FeelReading {
    char text[FEEL_NAME_MAX]; /* canonical spelling of the longest */
    struct {
        uint16_t n;       /* bytes of canonical text */
        bool word;        /* the last token is a word */
        size_t end;       /* byte after it in the source */
    } cuts[FEEL_RUN_MAX]; /* one a token */
    size_t count;         /* of cuts */
} FeelReading;
void feel_read_name(Str text, size_t at, FeelReading *out);
bool feel_is_keyword(Str word);
/* Could this text stand bare as a key? */
bool feel_is_name(Str text);
/* Unescapes the inside of a string literal. */
Str feel_unescape(Arena *a, Str inside);

/* ---- parser ---- */
typedef struct FeelLocal FeelLocal;
struct FeelLocal {
    FeelLocal *outer;     /* next wider */
    Str name;             /* "" for a filter's item scope */
    const FeelType *type; /* or NULL */
    int32_t slot;         /* where it lives */
    int32_t level;        /* activation it lives in, 0 = the expression's own */
    bool item;            /* members of the value in `slot` are names too */
    bool used;            /* somebody referred to it */
};
typedef struct FeelParser {
    Str text;               /* the whole source */
    FeelToken tok;          /* current token */
    Arena *a;               /* code lives here */
    const FeelScope *scope; /* outer names */
    FeelLocal *locals;      /* innermost first */
    ErrList *notes;         /* unknown names, or NULL */
    Err *err;               /* first syntax error */
    FeelRun *fold;          /* budget for constant folding */
    bool failed;            /* a syntax error was met */
    int depth;              /* nesting */
    int32_t level;          /* function literals around */
    int32_t slots;          /* locals of the current activation so far */
} FeelParser;
void feel_fail(FeelParser *p, const char *wanted);
const char *feel_hint(const FeelParser *p); /* what may have been meant at the token, or NULL */
bool feel_is_wide(Str name); /* has it punctuation in it that was meant to be ( ) , < > = " ? */
/* Notes a call of a constructor with a constant text that is no such value. In: n: the call, not folded. */
void feel_note_constant(FeelParser *p, const FeelNode *n, const FeelFn *fn);
void feel_next(FeelParser *p);
bool feel_take(FeelParser *p, int kind);
bool feel_want(FeelParser *p, int kind, const char *wanted);
bool feel_at_word(const FeelParser *p, const char *word);
bool feel_take_word(FeelParser *p, const char *word);
Str feel_token_text(const FeelParser *p);
FeelNode *feel_node(FeelParser *p, FeelStep step, size_t from);
/* Closes a node: span end, height, cost; folds it to a constant when all operands are. */
FeelNode *feel_done(FeelParser *p, FeelNode *n);
FeelNode *feel_fold(FeelParser *p, FeelNode *n);
FeelNode *feel_const(FeelParser *p, Value v, size_t from);
FeelNode *feel_bad(FeelParser *p);
int32_t feel_new_slot(FeelParser *p);
FeelLocal *feel_bind(FeelParser *p, Str name, const FeelType *type);
bool feel_enter(FeelParser *p);
void feel_leave(FeelParser *p);
typedef struct FeelNodes { /* growing list of nodes */
    FeelNode **items;
    size_t n, cap;
} FeelNodes;
void feel_push(FeelParser *p, FeelNodes *list, FeelNode *n);
enum { LEVEL_ANY = 1, LEVEL_OR, LEVEL_AND, LEVEL_COMPARE, LEVEL_ADD, LEVEL_MULTIPLY, LEVEL_POWER };
FeelNode *feel_parse(FeelParser *p, int level);
FeelNode *feel_parse_primary(FeelParser *p);
FeelNode *feel_parse_name(FeelParser *p);
FeelNode *feel_parse_member(FeelParser *p, FeelNode *of);
FeelNode *feel_parse_call(FeelParser *p, FeelNode *f);
FeelNode *feel_parse_bracket(FeelParser *p);
FeelNode *feel_parse_brace(FeelParser *p);
FeelNode *feel_parse_interval_end(FeelParser *p, FeelNode *lo, bool lo_in, size_t from);
FeelNode *feel_parse_for(FeelParser *p);
FeelNode *feel_parse_quantified(FeelParser *p, bool every);
FeelNode *feel_parse_function(FeelParser *p);
FeelNode *feel_parse_filter(FeelParser *p, FeelNode *of);
FeelNode *feel_parse_in(FeelParser *p, FeelNode *left);
FeelNode *feel_parse_tests(FeelParser *p, int level);
FeelNode *feel_parse_unary_tests(FeelParser *p);
bool feel_parse_type(FeelParser *p, const FeelType **out);
/* Comparison operator of the current token as one character ('<' 'l' '>' 'g' '=' '!'), or 0. */
uint8_t feel_comparison(const FeelParser *p);
FeelNode *feel_parse_endpoint(FeelParser *p);

/* ---- steps that several files refer to ---- */
Value feel_step_const(FeelEval *e, const FeelNode *n);
Value feel_step_list(FeelEval *e, const FeelNode *n);
Value feel_step_context(FeelEval *e, const FeelNode *n);
Value feel_step_path(FeelEval *e, const FeelNode *n);
Value feel_step_interval(FeelEval *e, const FeelNode *n);
Value feel_step_unary_range(FeelEval *e, const FeelNode *n);
Value feel_step_if(FeelEval *e, const FeelNode *n);
Value feel_step_and(FeelEval *e, const FeelNode *n);
Value feel_step_or(FeelEval *e, const FeelNode *n);
Value feel_step_instance(FeelEval *e, const FeelNode *n);
Value feel_step_for(FeelEval *e, const FeelNode *n);
Value feel_step_some(FeelEval *e, const FeelNode *n);
Value feel_step_every(FeelEval *e, const FeelNode *n);
Value feel_step_filter(FeelEval *e, const FeelNode *n);
Value feel_step_lambda(FeelEval *e, const FeelNode *n);
Value feel_step_call(FeelEval *e, const FeelNode *n);
Value feel_step_call_named(FeelEval *e, const FeelNode *n);
Value feel_step_builtin(FeelEval *e, const FeelNode *n);
Value feel_step_compare(FeelEval *e, const FeelNode *n);
Value feel_step_between(FeelEval *e, const FeelNode *n);
Value feel_step_in(FeelEval *e, const FeelNode *n);
Value feel_step_tests(FeelEval *e, const FeelNode *n);
Value feel_step_test_any(FeelEval *e, const FeelNode *n);
Value feel_step_test_value(FeelEval *e, const FeelNode *n);
Value feel_step_test_cmp(FeelEval *e, const FeelNode *n);
Value feel_step_test_true(FeelEval *e, const FeelNode *n);
FeelStep feel_quick_step(FeelStep step, const FeelNode *left, const FeelNode *right);
Value feel_step_add(FeelEval *e, const FeelNode *n);
Value feel_step_sub(FeelEval *e, const FeelNode *n);
Value feel_step_mul(FeelEval *e, const FeelNode *n);
Value feel_step_div(FeelEval *e, const FeelNode *n);
Value feel_step_div_tens(FeelEval *e, const FeelNode *n);
int feel_power_of_ten(Value v);
Value feel_step_pow(FeelEval *e, const FeelNode *n);
Value feel_step_neg(FeelEval *e, const FeelNode *n);
/* What stands between an iterator and its list: see feel_iter.c. */
typedef struct FeelTurn {
    FeelNode *domain; /* a list */
    FeelNode *until;  /* or, with domain, a span of integers or dates; else NULL */
    int32_t slot;     /* the variable */
} FeelTurn;

/* ---- running ---- */
static inline Value feel_step(FeelEval *e, const FeelNode *n) {
    return n->step(e, n);
}
/* value_bool and value_is_true without a call: steps are made of them. */
static inline Value feel_bool(bool b) {
    return (Value){.kind = VALUE_BOOL, .u.i = b};
}
static inline bool feel_true(Value v) {
    return v.kind == VALUE_BOOL && v.u.i;
}
typedef union FeelWords {
    Value value; /* as everybody sees it */
    struct {
        uint64_t head; /* kind in bits 0–7, flags, scale in bits 16–31, size (0 for numbers) above */
        int64_t i;     /* coefficient */
    } words;           /* as two registers */
} FeelWords;
static inline uint64_t feel_head(Value v) {
    return ((FeelWords){.value = v}).words.head;
}
static inline Value feel_from_words(uint64_t head, int64_t i) {
    return ((FeelWords){.words = {head, i}}).value;
}
/* A null that says why; text must be static. */
Value feel_because(FeelRun *run, const char *kind, const char *text, Value x, Value y);
/* Gives a null without a place the span of n. */
Value feel_place(FeelRun *run, const FeelNode *n, Value v);
/* Uses up fuel; false when none is left or memory is full. */
bool feel_spend(FeelRun *run, int64_t steps);
Value feel_exhausted(FeelRun *run);
Value feel_run_body(FeelRun *run, const FeelNode *body, int32_t slots, const FeelFrame *outer, const Value *args,
                    size_t n);
Value feel_arith(FeelRun *run, char op, Value x, Value y);
/* Which orders satisfy a comparison: bit 0 less, bit 1 same, bit 2 greater. */
int feel_orders(char op);
/* Whole seconds and nanoseconds of a days and time duration as a number. */
Value feel_seconds(FeelRun *run, Value d);
Value feel_compare(FeelRun *run, char op, Value x, Value y);
/* Order of two values of one ordered kind: *order <0, 0, >0. false: not comparable. */
bool feel_order(Value x, Value y, int *order);
/* Equal, with "not comparable" read as different. */
bool feel_alike(FeelRun *run, Value x, Value y);
Value feel_range(FeelRun *run, Value lo, Value hi, bool lo_in, bool hi_in);
/* `< e` and its like as a value (Source: DMN 1.5 §10.3.2.7). */
Value feel_unary_range(FeelRun *run, uint8_t op, Value end);
Value feel_member(FeelRun *run, Value of, Str name);
Value feel_property(FeelRun *run, Value of, Str name);
const FeelType *feel_member_type(Arena *a, const FeelType *of, Str name);
const FeelType *feel_merge_types(Arena *a, const FeelType *x, const FeelType *y);
bool feel_has_property(FeelKind kind, Str name);
const FeelBuiltin *feel_find_builtin(FeelDialect dialect, Str name, size_t *n_rows);
Value feel_call_builtin(FeelRun *run, const FeelBuiltin *rows, size_t n_rows, const Value *args, size_t n);
Value feel_call_builtin_named(FeelRun *run, const FeelBuiltin *rows, size_t n_rows, const Str *names, const Value *args,
                              size_t n);
Value feel_builtin_value(Arena *a, const FeelBuiltin *rows, size_t n_rows);
size_t feel_arity(const FeelFn *fn);
/* Text of a date, time … literal by its shape; null with a cause otherwise. */
Value feel_at_literal(Arena *a, Str text);
typedef struct FeelTable {
    const FeelBuiltin *rows; /* signatures; those of one name stand together */
    size_t n;                /* how many */
} FeelTable;
extern const FeelTable feel_table_lists, feel_table_strings, feel_table_numbers, feel_table_dates, feel_table_contexts,
    feel_table_ranges;
/* A list of the given values in the run's arena. */
Value feel_list_of(FeelRun *run, const Value *items, size_t n);
Value feel_domain(FeelRun *run, const char *text);
/* Upper or lower case of every character (feel_case.c). */
Str feel_change_case(Arena *a, Str s, bool up);
/* ---- Unicode tables, made by tools/unicode ---- */
typedef struct FeelUniRange {
    uint32_t lo, hi;  /* code points, sorted */
    uint8_t category; /* index of the two letters in feel_set.c */
} FeelUniRange;
typedef struct FeelUniPair {
    uint32_t key, member; /* what `member` folds to; characters without case variants are absent */
} FeelUniPair;
typedef struct FeelUniCase {
    uint32_t from, to[3]; /* 0-padded */
} FeelUniCase;
extern const FeelUniRange feel_uni_categories[];
extern const FeelUniPair feel_uni_folds[], feel_uni_members[]; /* the same, by key and by member */
extern const FeelUniCase feel_uni_upper[], feel_uni_lower[];
extern const size_t feel_uni_categories_n, feel_uni_folds_n, feel_uni_members_n, feel_uni_upper_n, feel_uni_lower_n;
uint32_t feel_fold_case(uint32_t cp);

/* ---- sets of code points (feel_set.c) ---- */
typedef struct FeelSetRange {
    uint32_t lo, hi; /* both included */
} FeelSetRange;
typedef struct FeelSet {  /* ranges, sorted and apart once feel_set_close was called */
    Arena *a;             /* owner */
    FeelSetRange *ranges; /* n of them */
    size_t n, cap;        /* used, allocated */
} FeelSet;
void feel_set_add(FeelSet *s, uint32_t lo, uint32_t hi);
void feel_set_close(FeelSet *s);
void feel_set_variants(FeelSet *s, uint32_t cp); /* adds cp and its case variants */
void feel_set_fold(FeelSet *s);                  /* adds every case variant */
void feel_set_join(FeelSet *s, const FeelSet *other);
FeelSet feel_set_not(const FeelSet *s);
FeelSet feel_set_minus(const FeelSet *s, const FeelSet *other);
bool feel_set_has(const FeelSet *s, uint32_t cp);
/* \d \w \s \i \c by letter; capitals negate. false: no such class. */
bool feel_set_class(FeelSet *s, char letter);
/* \p{name}: a category, one letter or two, or IsBlock. */
bool feel_set_property(FeelSet *s, Str name);

/* ---- regular expressions (feel_regex*.c; Source: XPath F&O §7.6, XML Schema Part 2 App. F) ---- */
typedef struct FeelRegex FeelRegex;
enum { FEEL_GROUPS_MAX = 100 };
typedef struct FeelMatch {
    ptrdiff_t at[FEEL_GROUPS_MAX * 2]; /* start and end of each group in bytes, -1 unset; group 0 is the match */
} FeelMatch;
/* Out: NULL when the pattern or a flag is wrong; *why says so. */
const FeelRegex *feel_regex(Arena *a, Str pattern, Str flags, const char **why);
size_t feel_regex_groups(const FeelRegex *r);
bool feel_regex_literal(const FeelRegex *r); /* flag q */
typedef enum FeelFound { FEEL_NOT_FOUND, FEEL_FOUND, FEEL_GAVE_UP } FeelFound;
/* One text to be searched, as often as wanted but always onward. */
typedef struct FeelSearch FeelSearch;
FeelSearch *feel_regex_open(FeelRun *run, const FeelRegex *r, Str text);
/* First match at or after byte `from`, which is 0 or the end of the last match. */
FeelFound feel_regex_find(FeelSearch *s, size_t from, FeelMatch *out);
extern const FeelTable feel_table_patterns, feel_table_camunda, feel_table_workdays;
/* Compiles the pattern of a call when it is a literal. */
void feel_prepare_pattern(FeelParser *p, FeelNode *call, const FeelFn *fn);
/* The standard's name for what dialect camunda calls otherwise. */
Str feel_camunda_name(Str name);

/* Largest length a built-in may produce before it refuses. */
enum { FEEL_LIST_MAX = 10000000 };

#endif
