/* paper_in: what the files of room paper share. A form is one flat array of parts in document
 * order; a container's parts follow it directly and end at `end`. Answers live in *places*: the
 * form itself, or one row of a dynamic list. Never included by another room. */
#ifndef YC_PAPER_IN_H
#define YC_PAPER_IN_H

#include "paper/paper.h"

enum {
    PAPER_BYTES = 1 << 20, /* longest form */
    PAPER_PARTS = 1000,    /* most components of a form */
    PAPER_DEPTH = 12,      /* containers inside containers */
    PAPER_OPTIONS = 10000, /* most options of one field */
    PAPER_ROWS = 200,      /* most rows of one dynamic list in an answer */
    PAPER_ROWS_ALL = 2000, /* most rows of all dynamic lists of an answer, those in rows too */
    PAPER_LINE_MOST = 2000,     /* longest text of one line, in characters */
    PAPER_TEXT_MOST = 20000,    /* longest text of several lines */
    PAPER_TABLE_ROWS = 200,     /* most rows that a table shows */
    PAPER_ROUNDS = 8,      /* most times that computed fields are computed anew */
    PAPER_FAULTS = 200,    /* most faults told about one answer */
};

typedef enum PaperType {
    PAPER_TEXTFIELD,
    PAPER_NUMBER,
    PAPER_DATETIME,
    PAPER_TEXTAREA,
    PAPER_CHECKBOX,
    PAPER_RADIO,
    PAPER_SELECT,
    PAPER_CHECKLIST,
    PAPER_TAGLIST,
    PAPER_FILEPICKER,
    PAPER_EXPRESSION,
    PAPER_GROUP,
    PAPER_DYNAMICLIST,
    PAPER_TABLE,
    PAPER_TEXT,
    PAPER_HTML,
    PAPER_IMAGE,
    PAPER_BUTTON,
    PAPER_SPACER,
    PAPER_SEPARATOR,
    PAPER_TYPES,
} PaperType;

typedef struct PaperKind {  /* one component type */
    const char *name;       /* form-js: "textfield" */
    const char *properties; /* property names it may have, beside the common ones, blank-separated */
    const char *checks;     /* names that its `validate` may have */
    bool input;             /* has a key and takes an answer (or computes one) */
} PaperKind;
extern const PaperKind paper_kinds[PAPER_TYPES];

typedef struct PaperFeel { /* a property that is a constant or a FEEL expression */
    Value value;           /* the constant; null when not given */
    const FeelCode *code;  /* or this */
} PaperFeel;

typedef struct PaperWord { /* one piece of a text with {{expressions}} in it */
    Str text;             /* as it stands, when there is no code */
    const FeelCode *code; /* or a value to put in; NULL = none */
    size_t skip;          /* {{#if}}: when the value is not true, so many pieces are left out; 0 = it is put in */
} PaperWord;

typedef struct PaperWords {
    PaperWord *items; /* n of them */
    size_t n;
} PaperWords;

typedef struct PaperPart {
    PaperType type;
    int end;                                        /* index behind its last part: its own + 1 unless a container */
    int place;                                      /* index of the place its answer lives in */
    int rows;                                       /* dynamic list: index of the place of its rows, else -1 */
    Value json;                                     /* the component as written */
    Str id;                                         /* component id */
    Str key;                                        /* dotted path inside its place; "" for parts without an answer */
    int slot;                                       /* which of the place's names the key begins with */
    Str rest;                                       /* the key behind that name; "" when the name is all */
    Str full;                                       /* path from the top: "items[].name" */
    Str label;                                      /* as written */
    PaperWords label_words, hint_words, text_words; /* label, description, text or content */
    PaperWords prefix_words, suffix_words;          /* appearance: what stands before and behind the answer */
    Value fallback;                                 /* defaultValue, typed */
    Value options;                                  /* list of {value, label}; null when none are fixed */
    int options_slot;                               /* valuesKey: which of the form's names; -1 = none */
    const FeelCode *options_code;                   /* valuesExpression */
    const FeelCode *hide;                           /* conditional.hide */
    const FeelCode *compute;                        /* expression field; table: its rows */
    const FeelCode *columns_code;                   /* table: columnsExpression */
    PaperFeel locked;                               /* readonly or disabled: what is sent is not taken */
    PaperFeel min, max, min_length, max_length;     /* bounds */
    const FeelCode *pattern;                        /* matches(?, …) over the one name `value` */
    int digits;                                     /* number: most decimal digits, -1 any */
    int repeat;                                     /* dynamic list: rows to begin with */
    Value step;                                     /* number: increment, or null */
    bool required;                                  /* must be answered */
    bool disabled;                                  /* shown, never part of the answer */
    bool fixed_rows;                                /* dynamic list: rows cannot be added or removed */
    bool many;                                      /* filepicker: more than one file */
    bool as_text;                                   /* number: answered as text */
    bool not_past;                                  /* datetime: not before today */
    Str subtype;                                    /* datetime: "date" "time" "datetime" */
} PaperPart;

typedef struct PaperPlace {
    int outer;     /* place around it, -1 for the form */
    Str *names;    /* n: the first part of each key; then, for the form, the names of valuesKey up to n_all */
    size_t n;      /* of them */
    size_t n_all;  /* with the names of lists that the service gives */
} PaperPlace;

struct Paper {
    Str id;           /* the form's id */
    PaperPart *parts; /* n_parts */
    size_t n_parts;
    PaperPlace *places; /* n_places; 0 is the form */
    size_t n_places;
    const FeelScope *scope; /* names that expressions may use: the form's, then PAPER_HERE */
    int *fields;            /* n_fields parts that take an answer */
    size_t n_fields;
};

/* The second half of loading: every expression of the form. */
void paper_compile(Paper *p, Str file, Arena *a, ErrList *faults);
/* One fault of a component, to be worded by the caller. */
Err *paper_load_fault(ErrList *faults, Str file, const PaperPart *part);

/* ---- filling in: a sheet is a form with one person's answers ---------------------------------------------- */
/* Names that every expression may use beside the form's own: this, parent, i and the same with _ around. */
enum { PAPER_HERE = 6 };
typedef struct PaperFill PaperFill;
typedef struct PaperSheet PaperSheet;

typedef struct PaperCell { /* one part of one place */
    Value sent;            /* as sent, null when nothing was */
    Value typed;           /* the same with the field's type; what holds when nothing was sent */
    Value value;           /* what counts: typed, or held by the service, or computed */
    const char *wrong;     /* fault of shape, or NULL */
    bool hidden;           /* it or a part around it is hidden */
    bool locked;           /* readonly or disabled */
    PaperFill *rows;       /* dynamic list: n_rows places */
    size_t n_rows;
} PaperCell;

struct PaperFill {          /* one place: the form, or one row of a dynamic list */
    PaperSheet *sheet;      /* what it is part of */
    const PaperFill *outer; /* the place around a row, or NULL */
    int place;              /* which place of the form */
    int from, end;          /* its parts, and parts of places inside it */
    int64_t row;            /* 1-based number of the row, 0 for the form */
    Value given;            /* what the service holds for this place: a context or null */
    Value answers;          /* as sent */
    PaperCell *cells;       /* per part, from `from` on */
    Value seen;             /* what expressions see of it: a context by key */
    Value here[PAPER_HERE]; /* slots of frame */
    FeelFrame frame;        /* for its expressions */
};

struct PaperSheet {
    const Paper *p;      /* the form */
    FeelRun *run;        /* arena, clock, fuel */
    PaperFill form;      /* the outermost place */
    FeelFrame frame;     /* the form's names */
    size_t rows;         /* rows of all lists so far */
    bool changed;        /* a computed or locked field took another value */
};

/* Answers in their places: typed, fixed fields set, computed fields computed, conditions evaluated.
 * In: given = what the service itself says: of locked fields, of the lists that valuesKey names. */
PaperSheet *paper_sheet(const Paper *p, Value given, Value answers, FeelRun *run);
/* The part after this one in the same place; rows of a list are places of their own. */
int paper_after(const Paper *p, int part);
/* Gives a sent value the field's type. Out: NULL and *typed (null when not answered), or a fault code. */
const char *paper_typed(const PaperPart *part, Value sent, Arena *a, Value *typed);
/* What a field holds when nothing is sent: its default; a box is off, a text is "", a list of choices is empty. */
Value paper_unanswered(const PaperPart *part);
Value paper_option(Arena *a, Value json);                       /* {value, label} from either spelling */
Value paper_options(const PaperFill *f, const PaperPart *part); /* list of {value, label} */
Value paper_bound(const PaperFill *f, PaperFeel bound);
/* Puts a member among a place's slots; the slots as a context, without nulls when `answered`. */
void paper_slot_put(Arena *a, Value *slots, const PaperPart *part, Value v);
Value paper_slot_ctx(Arena *a, const PaperPlace *place, const Value *slots, bool answered);

/* ---- words.c, markup.c, pattern.c ------------------------------------------------------------------------- */
typedef struct PaperWordsIn { /* where words are compiled */
    const FeelScope *scope;   /* names they may use */
    Arena *a;                 /* owner */
    ErrList *notes;           /* unknown names */
} PaperWordsIn;
/* Err: what is wrong with the template or an expression in it. */
bool paper_words_compile(PaperWordsIn in, Str text, PaperWords *out, Err *err) MUST_USE;
/* How a value is put into words: as it is, into HTML, into Markdown. */
typedef enum PaperQuote { PAPER_PLAIN, PAPER_INTO_HTML, PAPER_INTO_MARKDOWN } PaperQuote;
Str paper_words(const PaperFill *f, PaperWords words, PaperQuote quote);
/* The safe part of HTML, and Markdown as HTML: a small set of elements, no script, style, event or picture. */
Str paper_safe_html(Arena *a, Str html);
Str paper_markdown(Arena *a, Str text);
/* A JavaScript pattern as form-js writes it, in the syntax of FEEL's matches(). Err: what cannot be said there. */
bool paper_pattern(Arena *a, Str script, Str *out, Err *err) MUST_USE;

Value paper_at(Value context, Str path);                          /* member by dotted path, or null */
Value paper_put(Arena *a, Value context, Str path, Value member); /* with that member set */
const PaperPart *paper_part_of(const Paper *p, Str key, Arena *a); /* by full path, "[3]" read as "[]" */

#endif
