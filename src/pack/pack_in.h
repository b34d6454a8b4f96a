/* Inside room pack: one compilation and what it leaves behind. */
#ifndef YC_PACK_IN_H
#define YC_PACK_IN_H

#include "pack/pack.h"

enum {
    PACK_ITEMS_MAX = 1000,  /* items of any list in pack.json */
    PACK_LAW_MAX = 10000,   /* articles of law.json */
    PACK_CASES_MAX = 10000, /* cases of cases.json */
    PACK_COMMON_MAX = 64,   /* JSON files of common/ that one pack takes from */
    PACK_SHARED_MAX = 500,  /* articles that it takes from there */
    PACK_XML_MAX = 4,       /* files whose elements several parts look at */
};
#define PACK_COMMON "common/" /* where the files of the folder above that are shared stand */

typedef struct PackDerive {
    size_t field;         /* form field that it fills */
    const FeelCode *code; /* over the answers, now, parameters */
} PackDerive;
typedef struct PackParameter {
    Str name;         /* what pack.json calls it */
    Value value;      /* in force from … to */
    int64_t from, to; /* days since 1970, both included; to = INT64_MAX while it has no end */
} PackParameter;
struct PackInside {
    PackDerive *derive;        /* in order */
    size_t n_derive;           /* of them */
    PackParameter *parameters; /* by name, then from */
    size_t n_parameters;       /* of them */
    const FeelCode *when;      /* history.when, NULL = always */
    PackParameter *fees;       /* by id, then from; value: the item */
    size_t n_fees;             /* of them */
    bool *shared;              /* by table of the model: it comes from common/ */
};

typedef struct PackShared { /* a JSON file of common/ that was read */
    Str name;   /* "common/fees.json" */
    Value json; /* its list or object; null when it is missing or broken */
} PackShared;

typedef struct PackXml { /* a file that was parsed */
    const PackFile *file; /* of the folder */
    const XmlNode *root;  /* NULL when it is no XML */
} PackXml;

typedef struct PackCompile {
    const PackFile *files; /* the folder, and common/ of the folder above */
    size_t n_files;        /* of them */
    bool *used;            /* by file: it belongs to this pack */
    PackShared shared[PACK_COMMON_MAX]; /* n_shared */
    size_t n_shared;       /* of them */
    PackXml xml[PACK_XML_MAX]; /* n_xml */
    size_t n_xml;          /* of them */
    Arena *a;              /* the pack's */
    ErrList *faults;       /* all that is wrong */
    Pack *pack;            /* under construction */
    PackInside *inside;    /* pack->inside */
    Value form_json;       /* form.json as data, its includes filled in */
    size_t law_room;       /* most articles that fit */
    Value letters;         /* list of letter entries of pack.json */
} PackCompile;

/* Adds a fault. element: JSON pointer, rule or element id; "" when the whole file is meant. */
void pack_fault(PackCompile *c, Str file, Str element, const char *format, ...) PRINTF_LIKE(4, 5);
const PackFile *pack_file(const PackCompile *c, Str name); /* NULL when missing; it belongs to the pack from now on */
/* Reads a JSON file of the folder; a missing or broken one is a fault. */
bool pack_json(PackCompile *c, Str name, Value *out);

/* ---- shape.c: which keys may stand where ---------------------------------------------------------- */
typedef enum PackShape {
    PACK_NAME,    /* text, not empty */
    PACK_TEXT,    /* text */
    PACK_FLAG,    /* true or false */
    PACK_DATE,    /* YYYY-MM-DD */
    PACK_PAIR,    /* {zh, en}, neither empty */
    PACK_LIST,    /* list of contexts, at most PACK_ITEMS_MAX */
    PACK_TEXTS,   /* list of texts */
    PACK_CONTEXT, /* context */
    PACK_ANY,
} PackShape;
typedef struct PackKey {
    const char *name; /* key */
    PackShape shape;  /* of its value */
    bool optional;    /* may be left out */
} PackKey;
/* Checks a context; every difference is a fault. Out: true when there was none. */
bool pack_shape(PackCompile *c, Str file, Str at, Value v, const PackKey *keys, size_t n);
/* The date of a checked PACK_DATE. */
int64_t pack_days(Value text);

/* The elements of an XML file, parsed once; NULL when there are none: the room that owns the file tells why. */
const XmlNode *pack_xml(PackCompile *c, const PackFile *file);

/* ---- common.c: what the services of an authority share -------------------------------------------------- */
/* A JSON file of common/; null when there is none. A broken one is a fault. */
Value pack_shared(PackCompile *c, Str name);
/* pack.json with the entries of common/ in place of their names. */
Value pack_with_entries(PackCompile *c, Value json);
/* Adds the article of common/law/<instrument>.json to the pack's. Out: false when there is none. */
bool pack_take_article(PackCompile *c, Str ref);
/* manifest.c: checks one article and adds it. */
bool pack_add_article(PackCompile *c, Str file, Str at, Value v);
/* A form with the components of the forms that its groups include. */
Value pack_with_includes(PackCompile *c, Value form);
/* A letter with the text of its partials. */
Str pack_with_partials(PackCompile *c, Str file, Str text, const char *lang);
/* The pack's own texts and those that it needs of the folder that pack.json names as `texts`; own ones win. */
Value pack_with_texts(PackCompile *c, Value own, const char *lang);
/* The pack's own table, not one of an imported model. */
bool pack_own_table(const Pack *p, size_t table);

/* ---- the parts, in this order ---------------------------------------------------------------------- */
void pack_load_manifest(PackCompile *c);   /* manifest.c: pack.json, its letters and outcomes */
void pack_check_authority(PackCompile *c);
void pack_load_drafts(PackCompile *c);
void pack_load_calendars(PackCompile *c); /* calendars.c: the nation's years and the layers over them */ /* authority.c: the folder above */
void pack_load_law(PackCompile *c);        /* manifest.c: law.json */
void pack_load_parts(PackCompile *c);      /* parts.c: form, process, model, letters, texts, cases */
void pack_load_dated(PackCompile *c);      /* dated.c: parameters, history, derive */
void pack_load_service(PackCompile *c);    /* service.c: what a catalogue tells of the service */
void pack_load_guide(PackCompile *c);      /* guide.c: pre-check, checklist, fees */
void pack_load_clocks(PackCompile *c);     /* clocks.c: deadlines */
void pack_load_replay(PackCompile *c);     /* columns.c: replay.json */
void pack_check_names(PackCompile *c);     /* names.c: every name points somewhere */
void pack_check_outcomes(PackCompile *c);  /* outcomes.c: codes in the tables */
void pack_check_texts(PackCompile *c);     /* texts.c: both languages say everything */

/* ---- shared small things ---------------------------------------------------------------------------- */
/* Every form key as a name of an expression, and the expression compiled; what is wrong becomes a fault. */
void pack_add_answers(const PackCompile *c, FeelScope *scope);
const FeelCode *pack_expression(PackCompile *c, const FeelScope *scope, Str text, Str at);
/* The answers in form order; null where there is none. `more` slots stay free behind them. */
Value *pack_answer_slots(const Pack *p, Value answers, size_t more, Arena *a);
/* Fills err when the run is out of fuel or memory. */
bool pack_spent(const FeelRun *run, Err *err);
/* Number of a form field, -1 when the form has no such key. */
int pack_field(const Pack *p, Str key);
/* How many rules of all tables have this code. */
size_t pack_rules_named(const Pack *p, Str rule);
/* The file that pack.json names under a key, or the customary one when it is silent. */
Str pack_named(const PackCompile *c, const char *key, Str customary);
/* A JSON pointer one step deeper. */
Str pack_at(Arena *a, Str at, Str key);
Str pack_at_item(Arena *a, Str at, size_t item);
/* Periods of dated entries of one name: sorted, no overlap, no gap. In: each {id_key, value_key (NULL: the whole entry),
 * valid_from, valid_to}; those with another shape are left out. */
size_t pack_load_periods(PackCompile *c, Value list, Str at, const char *id_key, const char *value_key, const PackKey *keys, size_t n_keys,
                         PackParameter **out);
/* The day on which parameters and fees are looked up: that of the answer `at`, else today. */
int64_t pack_day(const Pack *p, Value complete, const FeelRun *run);
/* What pack_proposal_record keeps of one table's matched rules. */
void pack_record_hit(const Pack *p, const DmnHit *hit, bool decides, Arena *a, ValueBuild *rules);
/* A list of pack.json; an empty one when it is none. */
Value pack_list_of(Value json, const char *key);
/* Next blank-separated ref of a citation; "" at its end. */
Str pack_next_ref(Str *citation);
/* The refs of a citation as a list. */
Value pack_refs(Str citation, Arena *a);
/* Is it an input that no answer fills but the authority: `calendar`, its published years? */
bool pack_given(const Pack *p, Str input);
/* The model's inputs in slot order from complete answers; the officer's outcome, or "". */
Value *pack_inputs(const Pack *p, Value complete, Str officer_outcome, Arena *a);
/* A JSON text as the date, time or duration that the input wants; any other value as it is. */
Value pack_typed(Arena *a, Value v, const FeelType *type);

#endif
