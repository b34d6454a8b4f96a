/* dmn/dmn_in: what the files of this room share: the loaded model (modules, nodes, boxes, tables),
 * the loader's state, and the few functions between files. A loaded model never changes, so none of
 * this may be written after dmn_load has returned. */
#ifndef YC_DMN_IN_H
#define YC_DMN_IN_H

#include "dmn/dmn.h"

/* A model of an authority has tens of nodes and hundreds of rules; these limits stop a hostile file
 * from taking long or filling the memory. */
enum {
    DMN_MOST_NODES = 5000,     /* per file */
    DMN_MOST_TYPES = 5000,     /* per file */
    DMN_MOST_TYPE_DEPTH = 100, /* item definitions inside item definitions */
    DMN_MOST_CHAIN = 1000,     /* requirements in a row */
    DMN_MOST_ENTRIES = 5000,   /* of one context */
    DMN_MOST_PARAMS = 500,     /* of one function */
    DMN_MOST_COLUMNS = 256,    /* inputs, outputs, annotations of a table; columns of a relation */
    DMN_MOST_CELLS = 2000000,  /* of a table or relation */
    DMN_MOST_INDEX = 16 << 20, /* bytes of one table's index */
    DMN_MOST_MODULES = 64,     /* instances of imported files */
};

typedef struct Module Module;
typedef struct Node Node;
typedef struct Box Box;
typedef struct Table Table;
typedef struct Index Index;
typedef struct Direct Direct;

/* ---- names that exist while compiling -------------------------------------------------------- */
typedef struct Scope Scope;
struct Scope {
    FeelScope *feel;        /* the same scope as room feel sees it */
    const Scope *outer;     /* NULL for a module's root, which has no frame */
    Str *names;             /* canonical names, by slot */
    const FeelType **types; /* by slot; NULL = Any */
    int n, cap;             /* slots in use, allocated */
};

/* ---- boxed expressions (Source: DMN 1.5 §7.3, §10.2.2) --------------------------------------- */
typedef enum BoxKind {
    BOX_CONSTANT, /* value: known at load, or the null of a faulty or missing box */
    BOX_SLOT,     /* a literal that is only a variable's name */
    BOX_LITERAL,
    BOX_CONTEXT,
    BOX_INVOCATION, /* parts[0] is called with parts[1…] */
    BOX_FUNCTION,
    BOX_LIST,
    BOX_RELATION,
    BOX_CONDITIONAL, /* parts: if, then, else */
    BOX_FILTER,      /* parts: in, match */
    BOX_FOR,         /* parts: in, return */
    BOX_SOME,        /* parts: in, satisfies */
    BOX_EVERY,
    BOX_TABLE,
} BoxKind;
struct Box {
    BoxKind kind;
    const FeelType *type;  /* the value is coerced to it; NULL = Any */
    const FeelType *known; /* the value is sure to be null or of this type; NULL = Any */
    Value value;           /* BOX_CONSTANT, of its type already */
    const FeelCode *code;  /* BOX_LITERAL */
    int depth, slot;       /* BOX_SLOT: frames outward, place in that frame */
    size_t n;              /* parts; of a relation: rows × columns */
    Box **parts;           /* children */
    Str *names;            /* context keys ("" = result), bindings, relation columns, item members ("" = item) */
    size_t width;          /* relation: columns; filter: names of item members */
    FeelParam *params;     /* BOX_FUNCTION: n_params of them */
    size_t n_params;
    const Table *table; /* BOX_TABLE */
};

/* ---- decision tables (Source: DMN 1.5 §8) ---------------------------------------------------- */
typedef enum HitPolicy {
    HIT_UNIQUE,
    HIT_ANY,
    HIT_PRIORITY,
    HIT_FIRST,
    HIT_RULE_ORDER,
    HIT_OUTPUT_ORDER,
    HIT_COLLECT
} HitPolicy;
typedef enum Aggregation { AGGREGATE_NONE, AGGREGATE_SUM, AGGREGATE_COUNT, AGGREGATE_MIN, AGGREGATE_MAX } Aggregation;
typedef struct Column {
    Str text, label;        /* input expression and its label */
    Box *input;             /* compiled input expression */
    const FeelType *type;   /* NULL = Any */
    const FeelCode *values; /* constants that may come; checked against cells at load, NULL = any */
} Column;
typedef struct Cell {
    Str text;             /* as written */
    const FeelCode *code; /* NULL: irrelevant ("-") */
    bool faulty;          /* did not compile: holds for no value */
} Cell;
typedef struct Output {
    Str name;               /* "" allowed when the only one */
    const FeelType *type;   /* NULL = Any */
    const FeelCode *values; /* constants that may result; checked against entries at load, NULL = any */
    const FeelTest *ranks;  /* n_ranks output values, best first */
    size_t n_ranks;         /* 0: this output does not count for priority */
    Box *otherwise;         /* default output, or NULL */
} Output;
typedef struct Rule {
    Str id, description; /* XML id; dmn-js keeps annotations in the description */
    Str *notes;          /* annotation entries, one per table annotation */
} Rule;
struct Table {
    int number;        /* in the model */
    const Node *owner; /* decision, BKM or none yet */
    HitPolicy policy;
    Aggregation aggregation; /* for HIT_COLLECT */
    size_t n_columns, n_outputs, n_rules, n_notes;
    Column *columns;
    Output *outputs;
    Rule *rules;
    Cell *cells;            /* n_rules × n_columns */
    Box **entries;          /* n_rules × n_outputs */
    Str *entry_texts;       /* n_rules × n_outputs */
    const Value *ready;     /* by rule: its output when all its entries are constant (see is_ready) */
    bool *is_ready;         /* by rule */
    Value none;             /* what it gives when no rule matches, when none_ready */
    bool none_ready;        /* its default outputs are constants, or there are none */
    Str *note_names;        /* n_notes annotation columns */
    const FeelFrame *blank; /* frames of the right shape with only nulls, for dmn_why on a kept hit */
    const Index *index;
};

/* ---- the requirement graph (Source: DMN 1.5 §6) ---------------------------------------------- */
typedef struct Need { /* a required node as its user sees it */
    const Node *node;
    Str name;   /* variable name, without an import's prefix */
    int source; /* place of its value in a Pool; -1 for functions */
} Need;
typedef struct Slot { /* one name in the outermost scope of a node's logic */
    Str name;         /* variable name, or the import's name */
    Need *needs;      /* one; several under an import's name */
    size_t n;         /* needs */
    bool is_import;   /* the value is a context of its needs */
    int source;       /* place of its value in a Pool; -1 when it is made from its needs */
} Slot;
/* The values of one evaluation: first the input data, then the decisions, by index. */
typedef Value *Pool;
typedef struct Plan { /* what must be evaluated for one result, in order */
    int *steps;       /* decisions */
    size_t n_steps;
    int *inputs; /* input data to coerce first */
    size_t n_inputs;
    const Direct *direct; /* a shorter way to the same, or NULL */
} Plan;
struct Node {
    DmnKind kind;
    int index; /* among its kind */
    Str name, id;
    Str variable; /* its name inside logic */
    const Module *module;
    const XmlNode *xml;
    const FeelType *type;   /* of its variable, NULL = Any; of a BKM or service: of its result */
    const FeelType *result; /* decision: what its logic's value must be coerced to, NULL = nothing to do */
    Need *required;         /* information and knowledge requirements, document order */
    size_t n_required;
    Slot *slots; /* the frame of its logic */
    size_t n_slots;
    Box *body; /* decision, BKM */
    Plan plan; /* decision, service */
    /* BKM and service: */
    FeelParam *params;
    size_t n_params;
    Value function;                /* the value others see */
    const FeelType *function_type; /* its type */
    const FeelFrame *frame;        /* BKM: constant frame of its slots */
    /* service: */
    const Node **outputs; /* n_outputs output decisions */
    Str *output_names;    /* their variable names */
    size_t n_outputs;
    const Node **given;    /* n_params nodes: input data, then input decisions */
    const DmnModel *model; /* native functions find their way back */
    int mark;              /* graph search while loading */
};

typedef struct TypePath { /* what lies between the outermost definition being resolved and the place we are at */
    int lists, components;
} TypePath;
typedef struct TypeDef { /* an item definition */
    Str name;
    const XmlNode *xml;
    FeelType *type; /* filled when first asked for */
    int state;      /* 0 untouched, 1 being resolved, 2 done */
    TypePath path;  /* to it, while it is being resolved */
} TypeDef;
typedef struct Import {
    Str name;       /* prefix; "" merges into the default namespace */
    Module *module; /* NULL when it could not be found */
} Import;
struct Module { /* a file as one importer sees it: two importers have an instance each */
    Str file, name, ns;
    const XmlNode *root;
    bool is_1_1;            /* typeRefs are QNames */
    const Module *importer; /* NULL for the model itself */
    Import *imports;
    size_t n_imports;
    TypeDef *types;
    size_t n_types;
    Node *nodes; /* document order */
    size_t n_nodes;
    Scope root_scope;
    void *loader; /* struct Loader while loading (type lookups), NULL afterwards */
};
struct DmnModel {
    Str name;
    char hash[65];
    Module *modules; /* modules[0] is the model itself, the others are what it imports */
    size_t n_modules;
    Node **by_kind[4]; /* by DmnKind, then index */
    size_t n_kind[4];
    Table **tables;
    size_t n_tables, cap_tables;
};

typedef struct Loader {
    Arena *a;
    ErrList *faults;
    DmnOptions options;
    DmnModel *m;
    FeelRun run;   /* for constants: types, defaults, ranks */
    Module *files; /* n_files as read, before anybody imports them */
    size_t n_files;
    ErrList unread; /* what is wrong with files that perhaps nobody imports */
    const Node *owner; /* whose logic is being compiled */
    int depth;         /* of the recursion under way: types, requirements */
    TypePath path;     /* to the type being built */
} Loader;

/* load.c: reports a fault of a file at an element. cell may be "". */
void dmn_fault(Loader *l, const Module *mod, const XmlNode *at, const char *cell, const char *format, ...)
    PRINTF_LIKE(5, 6);
/* Is n ≤ most? If not, a fault says so. */
bool dmn_within(Loader *l, const Module *mod, const XmlNode *at, size_t n, size_t most, const char *what);
/* Compiles the text of an element; a fault is reported and false returned. */
bool dmn_code(Loader *l, const Module *mod, const Scope *scope, FeelEntry entry, const XmlNode *at, const char *cell,
              const FeelCode **out);
Str dmn_child_text(const XmlNode *node, const char *name); /* trimmed text of a child element, "" when absent */
size_t dmn_count(const XmlNode *node, const char *name);   /* children of that name */

/* graph.c: the nodes of the modules, their requirements, names and order. */
bool dmn_graph_nodes(Loader *l);
void dmn_graph_requirements(Loader *l);
bool dmn_graph_order(Loader *l);
Scope *dmn_graph_scope(Loader *l, Node *node);

/* type.c */
bool dmn_types_collect(Loader *l, Module *mod);
void dmn_types_resolve(Loader *l, Module *mod);
const FeelType *dmn_type_lookup(const void *module, Str name);
/* The type named by an attribute or child `typeRef` of a node; NULL when none (Any). */
const FeelType *dmn_type_ref(Loader *l, const Module *mod, const XmlNode *node);
/* Is every value of the given type sure to be of the wanted one? */
bool dmn_type_within(const FeelType *given, const FeelType *wanted);

/* scope.c */
Scope *dmn_scope_inner(Loader *l, const Scope *outer);
int dmn_scope_add(Loader *l, Scope *scope, Str name, const FeelType *type);
/* A whole text that is one variable's name: where it lives. */
bool dmn_scope_find(Loader *l, const Scope *scope, Str text, int *depth, int *slot, const FeelType **type);
const FeelFrame *dmn_scope_blank(Arena *a, const Scope *scope);

/* box.c, table.c, index.c: compiling */
const XmlNode *dmn_box_in(const XmlNode *parent); /* the expression element inside, NULL when none */
Box *dmn_box_compile(Loader *l, const Module *mod, const Scope *scope, const XmlNode *xml);
Box *dmn_box_literal(Loader *l, const Module *mod, const Scope *scope, const XmlNode *at, const char *cell);
Box *dmn_box_null(Loader *l, const char *kind, const char *why);
/* Gives a box its type: constants are coerced now, and what is sure to conform is never coerced. */
void dmn_box_type(Loader *l, Box *box, const FeelType *type);
/* Out: known: what its values are sure to be. */
const Table *dmn_table_compile(Loader *l, const Module *mod, const Scope *scope, const XmlNode *xml,
                               const FeelType **known);
const Index *dmn_index_build(Arena *a, const Table *t);

/* native.c: BKMs, services and external functions as function values */
void dmn_native_all(Loader *l);
FeelParam *dmn_native_formal(Loader *l, const Module *mod, const XmlNode *logic, size_t *n);
bool dmn_native_is_external(const XmlNode *logic);
Value dmn_native_external(Loader *l, const Module *mod, const XmlNode *logic, const FeelParam *params, size_t n);

/* eval.c, match.c, hit.c: running */
Value dmn_coerce(FeelRun *run, Value v, const FeelType *type);
bool dmn_spent(FeelRun *run, Value *why); /* out of fuel or memory */
Value dmn_eval(FeelRun *run, const Box *box, const FeelFrame *frame);
Value dmn_table_eval(FeelRun *run, const Table *t, const FeelFrame *frame);
/* Does a cell hold? */
bool dmn_cell_holds(FeelRun *run, const Cell *cell, const FeelFrame *frame, Value input);
/* Rules that match, ascending, at most `most` of them. */
size_t dmn_match(FeelRun *run, const Table *t, const FeelFrame *frame, const Value *inputs, size_t most, int *rules);
/* Applies the hit policy. In: n matching rules, ascending. Out: rules and n become those that produced
 * the value, best first. */
Value dmn_hit(FeelRun *run, const Table *t, const FeelFrame *frame, int *rules, size_t *n);

/* Adds a hit to the run's trace. In: what lives as long as the run. */
void dmn_note(FeelRun *run, const Table *t, const FeelFrame *frame, const Value *inputs, const int *rules, size_t n,
              Value output);

/* direct.c: the usual decision. NULL when it is not one. */
const Direct *dmn_direct_build(Arena *a, const DmnModel *m, const Node *node);
/* False when the case needs the general way; nothing has been done then. */
bool dmn_direct(FeelRun *run, const DmnModel *m, const Direct *d, const Value *inputs, Value *out) MUST_USE;

/* plan.c: evaluating nodes */
void dmn_plan_run(FeelRun *run, const DmnModel *m, const Plan *plan, Pool pool);
FeelFrame *dmn_plan_frame(FeelRun *run, const Node *node, const Value *pool);
static inline size_t dmn_source(const DmnModel *m, const Node *node) {
    return (node->kind == DMN_DECISION ? m->n_kind[DMN_INPUT] : 0) + (size_t)node->index;
}

#endif
