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
    bool input;             /* has a key and takes an answer (or computes one) */
} PaperKind;
extern const PaperKind paper_kinds[PAPER_TYPES];

typedef struct PaperFeel { /* a property that is a constant or a FEEL expression */
    Value value;           /* the constant; null when not given */
    const FeelCode *code;  /* or this */
} PaperFeel;

typedef struct PaperWords { /* text with {{expressions}} in it: words, code, words, code … */
    Str *words;             /* n of them */
    const FeelCode **codes; /* n; codes[i] stands behind words[i], may be NULL */
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
    Str full;                                       /* path from the top: "items[].name" */
    Str label;                                      /* as written */
    PaperWords label_words, hint_words, text_words; /* label, description, text */
    Value fallback;                                 /* defaultValue, typed */
    Value options;                                  /* list of {value, label}; null when none are fixed */
    const FeelCode *options_code;                   /* valuesExpression */
    const FeelCode *hide;                           /* conditional.hide */
    const FeelCode *compute;                        /* expression field */
    PaperFeel locked;                               /* readonly or disabled: what is sent is not taken */
    PaperFeel min, max, min_length, max_length;     /* bounds */
    const FeelCode *pattern;                        /* matches(?, …) over the one name `value` */
    int digits;                                     /* number: most decimal digits, -1 any */
    Value step;                                     /* number: increment, or null */
    bool required;                                  /* must be answered */
    bool many;                                      /* filepicker: more than one file */
    bool as_text;                                   /* number: answered as text */
    bool not_past;                                  /* datetime: not before today */
    Str subtype;                                    /* datetime: "date" "time" "datetime" */
} PaperPart;

typedef struct PaperPlace {
    int outer;        /* place around it, -1 for the form */
    FeelScope *scope; /* names that expressions here may use */
    Str *names;       /* n: the first part of each key, then for a row: this, parent, i */
    size_t n;
} PaperPlace;

struct Paper {
    Str id;           /* the form's id */
    PaperPart *parts; /* n_parts */
    size_t n_parts;
    PaperPlace *places; /* n_places; 0 is the form */
    size_t n_places;
    int *fields; /* n_fields parts that take an answer */
    size_t n_fields;
};

/* The second half of loading: every expression of the form. */
void paper_compile(Paper *p, Str file, Arena *a, ErrList *faults);
/* One fault of a component, to be worded by the caller. */
Err *paper_load_fault(ErrList *faults, Str file, const PaperPart *part);

/* What is known while one place is filled in. */
typedef struct PaperFill {
    const Paper *p;                /* the form */
    int place;                     /* which place */
    FeelRun *run;                  /* arena, clock, fuel */
    Value data;                    /* typed answers by key, hidden ones too */
    FeelFrame frame;               /* the same for FEEL */
    const struct PaperFill *outer; /* the place around a row, or NULL */
    int64_t row;                   /* 1-based number of the row */
} PaperFill;
/* Gives a sent value the field's type. Out: NULL and *typed (null when not answered), or a fault code. */
const char *paper_typed(const PaperPart *part, Value sent, Arena *a, Value *typed);
/* What a field holds when nothing is sent: its default; a box is off, a list of choices is empty. */
Value paper_unanswered(const PaperPart *part);
/* Puts typed answers into a fresh place, fixed and computed fields too. wrong[i] of a part that was
 * sent in a wrong shape gets its fault code. */
void paper_fill_place(PaperFill *f, int from, int end, Value answers, const char **wrong);
bool paper_hidden(const PaperFill *f, const PaperPart *part);
Value paper_option(Arena *a, Value json);                       /* {value, label} from either spelling */
Value paper_options(const PaperFill *f, const PaperPart *part); /* list of {value, label} */
Value paper_bound(const PaperFill *f, PaperFeel bound);
Str paper_words(const PaperFill *f, PaperWords words);

Value paper_at(Value context, Str path);                          /* member by dotted path, or null */
Value paper_put(Arena *a, Value context, Str path, Value member); /* with that member set */
const PaperPart *paper_part_of(const Paper *p, Str key);          /* by full path, "[3]" read as "[]" */

#endif
