/* base: the ground every room stands on: memory, text, errors, values, decimals,
 * calendars, JSON, XML and page templates. It knows no public service, reads no
 * clock, no file, no network. Everything here is pure and bounded. */
#ifndef YC_BASE_H
#define YC_BASE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef NDEBUG
#error "asserts stay on in release: they are part of the contract"
#endif

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
/* The one control-flow macro: straight-down code returns at the first trouble. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        if (!(call)) return false;                                                                 \
    } while (0)
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* ---- Str: pointer and length, UTF-8, never assumed NUL-ended ------------------------------- */
typedef struct Str {
    const char *p; /* bytes; may be NULL only when n is 0 */
    size_t n;      /* length in bytes */
} Str;
#define STR(literal) ((Str){(literal), sizeof(literal) - 1})
/* For static initialisers. */
#define STR_INIT(literal) {(literal), sizeof(literal) - 1}
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).n, (s).p

/* ---- Arena: all memory; named lifetimes house, pack, request -------------------------------- */
typedef struct Arena Arena;
/* A new arena. In: soft limit in bytes (0 = 1 GiB). Past it arena_full() turns true and
 * evaluators and commits refuse; allocation itself still succeeds up to 4x, then aborts. */
Arena *arena_new(size_t soft_limit);
/* The same with a first block of that many bytes (0 = 16 KiB), which resets keep: work that fits needs no malloc. */
Arena *arena_sized(size_t first_block, size_t soft_limit);
/* Returns every byte to the system. NULL is allowed. */
void arena_free(Arena *a);
/* Forgets everything allocated, keeps the first block; poisons it for ASan. */
void arena_reset(Arena *a);
/* n bytes aligned to 16, not zeroed. Never NULL. */
void *arena_alloc(Arena *a, size_t n);
/* n bytes, zeroed. */
void *arena_zero(Arena *a, size_t n);
/* Grows a block from old_n to new_n bytes (copied unless it is the last one). */
void *arena_grow(Arena *a, void *p, size_t old_n, size_t new_n);
/* True once the soft limit is passed. */
bool arena_full(const Arena *a);
/* Bytes handed out since the last reset. */
size_t arena_used(const Arena *a);
#define NEW(arena, type) ((type *)arena_zero((arena), sizeof(type)))
#define NEW_ARRAY(arena, type, count) ((type *)arena_zero((arena), sizeof(type) * (size_t)(count)))

/* ---- text ---------------------------------------------------------------------------------- */
Str str_of(const char *cstring);                         /* borrowed view of a C string; NULL gives "" */
bool str_eq(Str a, Str b);                               /* same bytes */
bool str_is(Str a, const char *cstring);                 /* same bytes as a C string */
int str_cmp(Str a, Str b);                               /* code point order (UTF-8 byte order), shorter prefix first */
bool str_starts(Str s, Str prefix);
bool str_ends(Str s, Str suffix);
ptrdiff_t str_find(Str s, Str needle);                   /* byte offset of the first occurrence, or -1 */
Str str_sub(Str s, size_t from, size_t n);               /* clamped byte slice */
Str str_head(Str s, size_t most);                        /* whole characters at the start, at most so many bytes: what is told and kept stays UTF-8 */
Str str_trim(Str s);                                     /* without ASCII white space at both ends */
/* Cuts s at the first separator byte: returns the head, *rest the tail (empty when none). */
Str str_cut(Str s, char separator, Str *rest);
Str str_copy(Arena *a, Str s);
char *str_c(Arena *a, Str s);                            /* NUL-ended copy */
Str str_join2(Arena *a, Str x, Str y);
Str str_printf(Arena *a, const char *format, ...) PRINTF_LIKE(2, 3);
bool str_to_int(Str s, int64_t *out) MUST_USE;           /* whole text an optionally signed decimal integer in range */
uint64_t str_hash(Str s);                                /* 64-bit, stable within one build, not for security */
/* Strict UTF-8 (no surrogates, no overlong forms). */
bool utf8_valid(Str s);
/* Next code point at *at (bytes), advancing it. In: valid UTF-8 and *at < s.n. */
uint32_t utf8_next(Str s, size_t *at);
size_t utf8_count(Str s);                                /* code points. Cost: linear */
size_t utf8_put(char out[4], uint32_t cp);               /* bytes written */

/* A growable text in an arena. Zero-initialise with .a set. Limit in bytes, 0 = 64 MiB; past
 * it `over` is set and further text is dropped, so check it once at the end. */
typedef struct Buf {
    Arena *a;     /* owner of the bytes */
    char *p;      /* bytes */
    size_t n;     /* used */
    size_t cap;   /* allocated */
    size_t limit; /* most bytes ever; 0 = 64 MiB */
    bool over;    /* the limit was hit */
} Buf;
void buf_add(Buf *b, Str s);
void buf_c(Buf *b, const char *cstring);
void buf_byte(Buf *b, char c);
void buf_printf(Buf *b, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_html(Buf *b, Str s);                            /* escapes & < > " ' */
Str buf_str(const Buf *b);

/* ---- Err: trouble (never "the answer is no") ------------------------------------------------ */
typedef enum ErrCode {
    ERR_NONE = 0,
    ERR_INPUT,     /* bytes from outside are wrong: 400 */
    ERR_INVALID,   /* well formed but against a rule: 422 */
    ERR_LIMIT,     /* too large, too deep, too long, out of fuel: 413 */
    ERR_DENIED,    /* not allowed: 403 */
    ERR_NO_SESSION,/* sign in first: 401 */
    ERR_NOT_FOUND, /* no such thing, or none of yours: 404 */
    ERR_STALE,     /* somebody changed it: 412 */
    ERR_KEY_REUSED,/* idempotency key with another body: 422 */
    ERR_STATE,     /* the record is not in a state that allows it: 409 */
    ERR_CONFLICT,  /* store: an expectation of the batch did not hold */
    ERR_DISK_FULL, /* store: no space: 507 */
    ERR_READ_ONLY, /* store: the disk takes no writes: 507 */
    ERR_BUSY,      /* try again: 503 */
    ERR_IO,        /* file, database or network failed: 500 */
} ErrCode;
typedef struct Err {
    ErrCode code;      /* ERR_NONE when untouched */
    char room[12];     /* where it was noticed: "dmn" */
    char file[128];    /* file name inside a pack, or a path */
    char element[96];  /* element id, field key, JSON pointer */
    char cell[32];     /* decision table cell: "rule D5, input 3" */
    int line, column;  /* 1-based, 0 = unknown */
    int64_t offset;    /* byte position, -1 = unknown */
    char text[320];    /* one sentence for people, English */
    char cause[160];   /* what lay beneath, may be "" */
} Err;
/* Fills err (NULL allowed) and returns false, so `return err_set(...)` reads straight down. */
bool err_set(Err *err, ErrCode code, const char *room, const char *format, ...) PRINTF_LIKE(4, 5);
void err_file(Err *err, Str file);                       /* adds the file name unless already there */
void err_element(Err *err, Str element);
void err_at(Err *err, int line, int column, int64_t offset);
/* "file:line:column: element: cell: text (cause)", only the parts that are known. */
Str err_line(Arena *a, const Err *err);
const char *err_code_name(ErrCode code);                 /* "invalid", "not_found", … stable, for JSON */

/* All faults of one check, in the order found. Cap 1000, then `more` counts on. */
typedef struct ErrList {
    Arena *a;    /* owner of items */
    Err *items;  /* n of them */
    size_t n;
    size_t more; /* faults beyond the cap */
} ErrList;
Err *errlist_add(ErrList *list, ErrCode code, const char *room, const char *format, ...) PRINTF_LIKE(4, 5);
void errlist_push(ErrList *list, const Err *err);

/* ---- Value: FEEL's data model = JSON = form answer = process variable = event payload -------- */
typedef enum ValueKind {
    VALUE_NULL = 0, /* u.cause: why it is null, or NULL for a plain null */
    VALUE_BOOL,     /* u.i: 0 or 1 */
    VALUE_NUMBER,   /* u.i * 10^-scale, or u.dec when VALUE_SPILLED is set */
    VALUE_STRING,   /* u.s with `size` bytes, valid UTF-8 */
    VALUE_DATE,     /* u.i: days since 1970-01-01, proleptic Gregorian with a year 0 */
    VALUE_TIME,     /* u.time (days unused) */
    VALUE_DATETIME, /* u.time */
    VALUE_DAYTIME,  /* days and time duration: u.i whole seconds (floor), size = nanoseconds 0…999,999,999 */
    VALUE_MONTHS,   /* years and months duration: u.i months */
    VALUE_LIST,     /* u.list with `size` items */
    VALUE_CONTEXT,  /* u.ctx with `size` entries, in order, keys unique */
    VALUE_RANGE,    /* u.range */
    VALUE_FUNCTION, /* u.fn: owned by room feel */
} ValueKind;
enum { VALUE_SPILLED = 1 }; /* flag: the number lives in u.dec (decimal128) */

typedef struct Value Value;
typedef struct ValueEntry ValueEntry;
typedef struct ValueTime ValueTime;
typedef struct ValueRange ValueRange;
typedef struct ValueCause ValueCause;
typedef struct ValueDec { /* decimal128, BID encoding, canonical */
    uint64_t w[2];
} ValueDec;

struct Value {
    uint8_t kind;   /* ValueKind */
    uint8_t flags;  /* VALUE_SPILLED */
    int16_t scale;  /* inline number: digits after the point, -6111…6176 */
    uint32_t size;  /* string bytes, list items, context entries, nanoseconds */
    union {
        int64_t i;
        const char *s;
        const Value *list;
        const ValueEntry *ctx;
        const ValueTime *time;
        const ValueRange *range;
        const ValueDec *dec;
        const ValueCause *cause;
        const void *fn;
    } u;
};
_Static_assert(sizeof(Value) == 16, "Value is two words");

struct ValueEntry {
    Str key;     /* canonical spelling */
    Value value;
};
typedef enum ValueZone { ZONE_LOCAL, ZONE_OFFSET, ZONE_NAMED } ValueZone;
struct ValueTime {
    int64_t days;   /* date part; 0 for VALUE_TIME */
    int64_t nanos;  /* of the day, 0 … 86,399,999,999,999 */
    int32_t offset; /* seconds east of UTC, for ZONE_OFFSET */
    uint8_t form;   /* ValueZone */
    Str zone;       /* IANA name for ZONE_NAMED */
};
struct ValueRange {
    Value lo, hi;        /* null = unbounded */
    bool lo_in, hi_in;   /* included */
    uint8_t op;          /* 0 interval; '<' '>' 'l' (<=) 'g' (>=) '=' '!' unary forms */
};
/* Why a null is null. The chain is read by --explain and never lost. */
struct ValueCause {
    const char *kind;         /* stable word: "type", "domain", "missing", "division_by_zero", "fuel" … */
    Str text;                 /* one sentence, English */
    int32_t from, to;         /* byte span in the expression's text, -1 unknown */
    uint8_t left, right;      /* operand ValueKinds where they matter */
    const ValueCause *cause;  /* the null beneath, or NULL */
};

Value value_null(void);
Value value_because(Arena *a, const char *kind, const char *format, ...) PRINTF_LIKE(3, 4); /* null with a cause */
Value value_bool(bool b);
Value value_int(int64_t i);
Value value_str(Str s);          /* borrows the bytes; asserts n < 2^32 */
Value value_c(const char *literal);
Value value_list(const Value *items, size_t n);
Value value_ctx(const ValueEntry *entries, size_t n);
bool value_is_null(Value v);
bool value_is_true(Value v);
Str value_text(Value v);         /* of a string; asserts the kind */
const char *value_kind_name(ValueKind kind); /* FEEL's name: "days and time duration" */
/* Member of a context; plain null when absent or v is no context. */
Value value_get(Value v, const char *key);
bool value_find(Value v, Str key, Value *out);
/* value_get for strings: "" when absent or no string. */
Str value_get_str(Value v, const char *key);
bool value_get_bool(Value v, const char *key, bool otherwise);
/* Whole number in int64, else `otherwise`. */
int64_t value_get_int(Value v, const char *key, int64_t otherwise);
bool value_to_int(Value v, int64_t *out);
/* A new context = v plus/overwriting key. Cost: linear. */
Value value_with(Arena *a, Value v, Str key, Value member);
/* Deep copy into another lifetime (functions are shared). */
Value value_copy(Arena *a, Value v);
/* Deep equality as stored data: kinds and contents equal, numbers by value, context order ignored. */
bool value_same(Value a, Value b);

/* A list or context under construction. */
typedef struct ValueBuild {
    Arena *a;
    union {
        Value *items;
        ValueEntry *entries;
        void *p;
    } u;
    size_t n, cap;
} ValueBuild;
void build_item(ValueBuild *b, Value v);
void build_entry(ValueBuild *b, Str key, Value v);
void build_c(ValueBuild *b, const char *key, Value v); /* literal key */
Value build_list(const ValueBuild *b);
Value build_ctx(const ValueBuild *b);

/* ---- JSON ------------------------------------------------------------------------------------ */
typedef struct JsonLimits {
    size_t bytes; /* 0 = 4 MiB */
    int depth;    /* 0 = 64 */
} JsonLimits;
/* Strict RFC 8259 text → Value; numbers stay exact decimals; duplicate keys, bad UTF-8, depth and
 * size are refused with byte position, line and column. Err: ERR_INPUT, ERR_LIMIT. Borrows no input. */
bool json_parse(Str text, JsonLimits limits, Arena *a, Value *out, Err *err) MUST_USE;
/* Compact JSON. Temporal kinds are written as their FEEL strings, ranges as objects, functions as a word. */
void json_write(Buf *b, Value v);
Str json_text(Arena *a, Value v);

/* ---- decimals: FEEL numbers, 34 digits, half-even (Source: DMN 1.5 §10.3.2.3.1) --------------- */
/* Each returns null with a cause outside its domain (overflow, division by zero). */
Value dec_add(Arena *a, Value x, Value y);
Value dec_sub(Arena *a, Value x, Value y);
Value dec_mul(Arena *a, Value x, Value y);
Value dec_div(Arena *a, Value x, Value y);
Value dec_pow(Arena *a, Value x, Value y);
Value dec_neg(Arena *a, Value x);
Value dec_mod(Arena *a, Value x, Value y);               /* sign of the divisor */
Value dec_floor(Arena *a, Value x, int scale);
Value dec_ceiling(Arena *a, Value x, int scale);
typedef enum DecRound { DEC_HALF_EVEN, DEC_UP, DEC_DOWN, DEC_HALF_UP, DEC_HALF_DOWN } DecRound;
Value dec_round(Arena *a, Value x, int scale, DecRound mode);
Value dec_sqrt(Arena *a, Value x);
Value dec_exp(Arena *a, Value x);
Value dec_log(Arena *a, Value x);
int dec_cmp(Value x, Value y);                           /* <0, 0, >0; both numbers */
int dec_sign(Value x);
bool dec_is_int(Value x);
bool dec_to_int(Value x, int64_t *out);                  /* exact only */
double dec_to_double(Value x);
/* FEEL/JSON number text: [-]digits[.digits][e…] or .digits; whole text. */
bool dec_parse(Arena *a, Str text, Value *out) MUST_USE;
/* The same, but a number with more than 34 digits is refused instead of rounded. */
bool dec_parse_exact(Arena *a, Str text, Value *out) MUST_USE;
void dec_write(Buf *b, Value x);                         /* plain notation, no exponent */
uint64_t dec_hash(Value x);                              /* equal values hash equal */

/* ---- calendar, times, durations (Source: DMN 1.5 §10.3.2.3.4–9) ------------------------------ */
int64_t date_days(int64_t year, int month, int day);     /* civil → days; fields must be valid */
void date_civil(int64_t days, int64_t *year, int *month, int *day);
int date_month_length(int64_t year, int month);
int date_weekday(int64_t days);                          /* 1 Monday … 7 Sunday */
/* FEEL lexical forms; false when the text is none (no Err: the caller says what was wanted). */
bool date_parse(Str text, Value *out) MUST_USE;
bool date_parse_time(Arena *a, Str text, Value *out) MUST_USE;
bool date_parse_datetime(Arena *a, Str text, Value *out) MUST_USE;
bool date_parse_duration(Str text, Value *out) MUST_USE;
Value date_make(int64_t year, int month, int day);       /* null when no such day */
Value date_add_months(Arena *a, Value date_or_datetime, int64_t months); /* clamps to month end */
Value date_add_seconds(Arena *a, Value date_or_datetime_or_time, int64_t seconds, int64_t nanos);
/* Offset from UTC of a zone at a local or UTC moment, seconds. false: unknown zone. */
bool date_zone_offset(Str zone, int64_t unix_seconds, bool is_local, int32_t *offset);
bool date_zone_known(Str zone);
/* Moment of a datetime as seconds since 1970 UTC (local ones as if UTC) and nanoseconds. */
void date_instant(Value datetime, int64_t *seconds, int64_t *nanos);
/* Seconds east of UTC in force for a time or datetime; 0 for local ones. */
int32_t date_offset_of(const ValueTime *t);
/* A time or datetime value whose ValueTime the arena owns. */
Value date_of_time(Arena *a, ValueKind kind, ValueTime t);
#define DATE_NANOS INT64_C(1000000000)
/* A days and time duration. In: seconds and nanoseconds of the same sign. */
Value date_daytime(int64_t seconds, int64_t nanos);
/* A datetime with offset from microseconds since 1970 UTC. */
Value date_from_unix_us(Arena *a, int64_t us, int32_t offset_seconds);
void date_write(Buf *b, Value temporal_or_duration);     /* FEEL string() form */

/* ---- working-day calendars: the days off and make-up working days that a government publishes year by year ---- */
enum { CALENDAR_YEARS_MAX = 128, CALENDAR_YEAR_MIN = 1900, CALENDAR_YEAR_MAX = 9998, CALENDAR_PERIOD_MAX = 36600 };
typedef struct CalendarDay { /* a day that a published year names */
    int64_t day; /* since 1970-01-01 */
    bool works;  /* a make-up working day; else a day off */
} CalendarDay;
typedef struct CalendarYear { /* a year that was given */
    int16_t year; /* 2026 */
    bool known;   /* its days off are published */
} CalendarYear;
typedef struct Calendar { /* zero: nothing published, days follow the week */
    const CalendarDay *days;                /* by date */
    size_t n_days;                          /* of them */
    CalendarYear years[CALENDAR_YEARS_MAX]; /* in the order given */
    size_t n_years;                         /* of them */
} Calendar;
typedef enum CalendarUnit { CALENDAR_WORKING, CALENDAR_ALL } CalendarUnit; /* working days, calendar days */
typedef struct CalendarDue { /* the last day of a period */
    int64_t day;          /* since 1970-01-01 */
    bool provisional;     /* it rests on a year that is not published: days of that one follow the week */
    int64_t unknown_year; /* the first such year, 0 = none */
} CalendarDue;
/* A new calendar = base plus one year. In: {year, days: [{date, isOffDay}]} (holiday-cn) or {…, days: [{date, kind:
 * "rest"|"work"}]} (a pack's calendars/<year>.json); without days the year counts as not published. A year that
 * base has already, be it without days, is a layer over it: its days are said anew, and the year is known or not as before.
 * Err: ERR_INPUT with the element; ERR_LIMIT. Cost: days named times days known, in the worst case. */
bool calendar_with(Arena *a, const Calendar *base, Value published, Calendar *out, Err *err) MUST_USE;
bool calendar_knows(const Calendar *c, int64_t year); /* are the days off of that year published? */
/* Is it a working day? Days that no year names follow the week. */
bool calendar_works(const Calendar *c, int64_t day);
/* The last day of a period of n days after `start`. The start day is not counted; a period in calendar days that
 * ends on a day off ends on the next working day; 0 working days are the same day, or the next that works.
 * In: 0 ≤ n ≤ CALENDAR_PERIOD_MAX, start in years 1…9899.
 * Source: cpl:85, arl:88. Cost: linear in n. */
CalendarDue calendar_due(const Calendar *c, int64_t start, int64_t n, CalendarUnit unit);
/* Days of that unit after `from` until and with `to`; 0 when to ≤ from. */
int64_t calendar_count(const Calendar *c, int64_t from, int64_t to, CalendarUnit unit);

/* ---- XML: expat behind a thin tree; DOCTYPE refused, depth 64, 8 MiB --------------------------- */
typedef struct XmlAttr {
    Str ns, name, value; /* ns "" when unprefixed */
} XmlAttr;
typedef struct XmlNode XmlNode;
struct XmlNode {
    Str ns, name;               /* namespace URI and local name */
    XmlAttr *attrs;             /* n_attrs of them */
    size_t n_attrs;
    XmlNode *parent, *first, *next; /* element children in order */
    Str text;                   /* all character data directly inside, concatenated */
    int line, column;
};
bool xml_parse(Str bytes, Arena *a, XmlNode **root, Err *err) MUST_USE;
Str xml_attr(const XmlNode *node, const char *name);     /* unprefixed attribute, "" when absent */
Str xml_attr_ns(const XmlNode *node, const char *ns, const char *name);
bool xml_has(const XmlNode *node, const char *name);
const XmlNode *xml_child(const XmlNode *node, const char *name); /* first child of that local name */
const XmlNode *xml_next(const XmlNode *node, const char *name);  /* next sibling of that local name */

/* ---- Mustache templates (public spec: variables, sections, inverted, partials, comments, delimiters) */
typedef struct Template Template;
typedef struct TemplateSet { /* named partials, a borrowed array */
    const Str *names;
    const Template *const *templates;
    size_t n;
} TemplateSet;
bool template_parse(Str text, Arena *a, const Template **out, Err *err) MUST_USE;
/* Renders into b. Values are HTML-escaped by {{x}}, raw by {{{x}}}. Dotted names. Numbers plain. */
bool template_render(const Template *t, Value view, const TemplateSet *partials, Buf *b, Err *err) MUST_USE;

#endif
