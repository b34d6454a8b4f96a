/* libfeel: the expression language FEEL (DMN 1.5, chapter 10) for programs that embed it.
 * Compiled expressions are immutable and may be shared between threads; an arena and what lies in it
 * belong to one thread at a time. The library reads no clock, file or environment and keeps no state of
 * its own. Wrong use of it (a null pointer where none is allowed, a number out of range) stops the
 * program by an assertion; wrong input never does. docs/library.md tells the rest. */
#ifndef YICHUANG_FEEL_H
#define YICHUANG_FEEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- memory -------------------------------------------------------------------------------------- */
/* Everything the library gives out lies in an arena of the caller and lives until it is reset or freed. */
typedef struct feel_arena feel_arena;
/* first: bytes taken at once and kept over resets, so that work that fits in them needs no malloc
 * (0 = 16 KiB). limit: past it evaluations are null and loading is refused (0 = 1 GiB). */
feel_arena *feel_arena_new(size_t first, size_t limit);
void feel_arena_reset(feel_arena *a); /* forgets all that lies in it */
void feel_arena_free(feel_arena *a);  /* NULL is allowed */
size_t feel_arena_used(const feel_arena *a);

/* ---- text and faults --------------------------------------------------------------------------------- */
typedef struct feel_string {
    const char *p; /* UTF-8, not ended by a zero byte: printf("%.*s", (int)s.n, s.p) */
    size_t n;      /* bytes */
} feel_string;
typedef struct feel_fault { /* what is wrong with text or a file from outside */
    const char *code;       /* stable word: "input", "invalid", "limit" */
    const char *line;       /* all of it: "file:line:column: element: cell: text" */
    const char *text;       /* the sentence alone, English */
    const char *file;       /* "" when it concerns none */
    const char *element;    /* id or name of the XML element, or "" */
    const char *cell;       /* "rule D5, input 3", or "" */
    int line_number;        /* from 1; 0 = unknown */
    int column;             /* from 1; 0 = unknown */
} feel_fault;

/* ---- values ------------------------------------------------------------------------------------------ */
/* A value is two words, passed by value, immutable; what it points to lies in an arena. */
typedef struct __attribute__((may_alias)) feel_value {
    uint64_t w[2]; /* private */
} feel_value;
typedef enum feel_kind {
    FEEL_VALUE_NULL,
    FEEL_VALUE_BOOLEAN,
    FEEL_VALUE_NUMBER, /* decimal of 34 digits */
    FEEL_VALUE_STRING,
    FEEL_VALUE_DATE,
    FEEL_VALUE_TIME,
    FEEL_VALUE_DATE_TIME,
    FEEL_VALUE_DAYTIME, /* days and time duration */
    FEEL_VALUE_MONTHS,  /* years and months duration */
    FEEL_VALUE_LIST,
    FEEL_VALUE_CONTEXT,
    FEEL_VALUE_RANGE,
    FEEL_VALUE_FUNCTION,
} feel_kind;
feel_kind feel_value_kind(feel_value v);

feel_value feel_value_null(void);
feel_value feel_value_boolean(bool b);
feel_value feel_value_integer(int64_t i);
/* A copy; null when the bytes are not UTF-8 or more than 4 GiB. */
feel_value feel_value_string(feel_arena *a, const char *p, size_t n);
/* The other kinds from their text: "12.50", "2026-03-01", "P1Y2M", … Null when the text is none of that
 * kind. kind: NUMBER to MONTHS but not STRING. */
feel_value feel_value_parse(feel_arena *a, feel_kind kind, const char *text);
feel_value feel_value_list(feel_arena *a, const feel_value *items, size_t n);
feel_value feel_value_context(feel_arena *a, const char *const *keys, const feel_value *values, size_t n);
feel_value feel_value_copy(feel_arena *a, feel_value v); /* into another lifetime; functions are shared */

/* These leave *out alone and return false when v is not of that kind, or not exactly an int64. */
bool feel_value_to_boolean(feel_value v, bool *out);
bool feel_value_to_integer(feel_value v, int64_t *out);
bool feel_value_to_double(feel_value v, double *out); /* nearest */
bool feel_value_to_string(feel_value v, feel_string *out);
size_t feel_value_size(feel_value v); /* items of a list, entries of a context, else 0 */
feel_value feel_value_item(feel_value list_or_context, size_t i);
feel_string feel_value_key(feel_value context, size_t i);
feel_value feel_value_member(feel_value context, const char *key); /* null when there is none */
/* Text of any value, as FEEL's string() gives it, or as a literal (strings quoted). */
feel_string feel_value_text(feel_arena *a, feel_value v, bool literal);

/* Strict JSON, numbers exact; at most 4 MiB and 64 deep. false: *fault tells why (may be NULL). */
bool feel_value_from_json(feel_arena *a, const char *json, size_t n, feel_value *out, feel_fault *fault);
/* Dates, times and durations are written as their texts. */
feel_string feel_value_to_json(feel_arena *a, feel_value v);

/* Why a null is null. A null that nobody's error made has no cause. */
typedef struct feel_cause {
    const char *kind;     /* stable word: "type", "domain", "missing", "division_by_zero", "fuel", … */
    feel_string text;     /* one sentence, English */
    int from, to;         /* bytes of the expression's text; -1 = unknown */
    const void *beneath;  /* private: the null that made this one */
} feel_cause;
bool feel_value_cause(feel_value null, feel_cause *out);
bool feel_cause_beneath(const feel_cause *cause, feel_cause *out);

/* ---- expressions ---------------------------------------------------------------------------------------- */
typedef enum feel_dialect { FEEL_DIALECT_STANDARD, FEEL_DIALECT_CAMUNDA } feel_dialect;
typedef struct feel_settings {  /* all zero: the standard, no names */
    feel_dialect dialect;       /* whose built-ins and rules */
    const char *const *names;   /* what the expression may name beside built-ins; blanks are allowed */
    size_t n_names;             /* of them */
    bool unary_tests;           /* the text is a cell of a table: tests of an input */
} feel_settings;
typedef struct feel_expression feel_expression;
/* Compiles at most 64 KiB of text. NULL when it is not FEEL or names what is unknown: *fault tells
 * where and why (may be NULL). settings may be NULL. */
const feel_expression *feel_expression_compile(feel_arena *a, const feel_settings *settings, const char *text,
                                               size_t n, feel_fault *fault);

typedef struct feel_run { /* what one evaluation may know and use up */
    feel_arena *arena;    /* results lie here */
    int64_t now_us;       /* the clock, microseconds since 1970 UTC: now(), today() */
    int32_t offset;       /* seconds east of UTC for now() */
    int64_t steps;        /* most steps before the answer is null "fuel"; 0 = 10,000,000 */
} feel_run;
/* values: one for each name, in their order. */
feel_value feel_expression_eval(const feel_expression *e, const feel_value *values, const feel_run *run);
/* The same with values looked up by name in a context; missing ones are null. */
feel_value feel_expression_eval_context(const feel_expression *e, feel_value context, const feel_run *run);
/* Of unary tests: does the input satisfy them? */
bool feel_expression_test(const feel_expression *e, const feel_value *values, feel_value input, const feel_run *run);

/* ---- functions of the host ------------------------------------------------------------------------------ */
/* Called with n arguments; results lie in the arena. A function must not keep state between calls. */
typedef feel_value (*feel_native)(feel_arena *a, const void *context, const feel_value *args, size_t n);
/* A function value to be given as the value of a name. context must outlive it. */
feel_value feel_value_function(feel_arena *a, const char *name, const char *const *parameters, size_t n,
                               feel_native call, const void *context);

#ifdef __cplusplus
}
#endif
#endif
