/* dmn/java: the few functions of the Java library that models name by kind="Java", natively. A table
 * of class, method and parameter types; anything else is unknown. Open only to callers that pass the
 * registry; it must never reach files, clocks or processes. */
#include "dmn/dmn_in.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TYPES = 8, FORMAT_LIMIT = 65536 };

typedef struct JavaFn {
    const char *class_name; /* "java.lang.Math" */
    const char *method;     /* "max" */
    const char *types;      /* one letter a parameter, see type_letters */
    Value (*call)(FeelRun *run, const struct JavaFn *fn, const Value *args, size_t n);
    double (*math)(double); /* for call_unary */
} JavaFn;

static const struct {
    const char *name; /* Java's */
    char letter;      /* ours */
} type_letters[] = {
    {"double", 'd'},
    {"float", 'f'},
    {"long", 'l'},
    {"int", 'i'},
    {"short", 's'},
    {"byte", 'b'},
    {"char", 'c'},
    {"java.lang.String", 'S'},
    {"[Ljava.lang.Object;", 'O'},
};

/* ---- numbers --------------------------------------------------------------------------------- */
/* The shortest decimal that reads back as the same double or float, as Java prints it. */
static Value from_double(FeelRun *run, double d, bool is_float) {
    char text[40];
    Value v;
    if (!isfinite(d)) return value_because(run->arena, "domain", "The result is not a finite number.");
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, d);
        if (is_float ? strtof(text, NULL) == (float)d : strtod(text, NULL) == d) break;
    }
    if (!dec_parse(run->arena, str_of(text), &v))
        return value_because(run->arena, "domain", "The result is not a number.");
    return v;
}

static double to_double(Value v, char letter) {
    double d = dec_to_double(v);
    return letter == 'f' ? (double)(float)d : d;
}

static bool in_range(Value v, char letter) {
    int64_t i;
    if (!dec_to_int(v, &i)) return false;
    if (letter == 'i') return i >= INT32_MIN && i <= INT32_MAX;
    if (letter == 's') return i >= INT16_MIN && i <= INT16_MAX;
    if (letter == 'b') return i >= INT8_MIN && i <= INT8_MAX;
    return true;
}

static bool accepts(Value v, char letter) {
    switch (letter) {
    case 'd':
    case 'f':
        return v.kind == VALUE_NUMBER;
    case 'c':
        return v.kind == VALUE_STRING && utf8_count(value_text(v)) == 1;
    case 'S':
        return v.kind == VALUE_STRING;
    case 'O':
        return true;
    default:
        return v.kind == VALUE_NUMBER && in_range(v, letter);
    }
}

/* ---- the functions --------------------------------------------------------------------------- */
static Value call_unary(FeelRun *run, const JavaFn *fn, const Value *args, size_t n) {
    (void)n;
    return from_double(run, fn->math(to_double(args[0], 'd')), false);
}

static Value call_max_min(FeelRun *run, const JavaFn *fn, const Value *args, size_t n) {
    (void)n;
    bool first_is_larger = dec_cmp(args[0], args[1]) > 0;
    Value v = args[first_is_larger == str_is(STR("max"), fn->method) ? 0 : 1];
    char letter = fn->types[0];
    return letter == 'd' || letter == 'f' ? from_double(run, to_double(v, letter), letter == 'f') : v;
}

static Value call_pow(FeelRun *run, const JavaFn *fn, const Value *args, size_t n) {
    (void)fn, (void)n;
    return from_double(run, pow(to_double(args[0], 'd'), to_double(args[1], 'd')), false);
}

static Value call_same(FeelRun *run, const JavaFn *fn, const Value *args, size_t n) {
    (void)n;
    char letter = fn->types[0];
    return letter == 'd' || letter == 'f' ? from_double(run, to_double(args[0], letter), letter == 'f') : args[0];
}

static Value call_parse_int(FeelRun *run, const JavaFn *fn, const Value *args, size_t n) {
    (void)n;
    int64_t i;
    char letter = str_is(STR("java.lang.Integer"), fn->class_name) ? 'i' : 'l';
    bool ok = str_to_int(value_text(args[0]), &i) && in_range(value_int(i), letter);
    return ok ? value_int(i) : value_because(run->arena, "domain", "The text is not a whole number in range.");
}

static Value call_parse_double(FeelRun *run, const JavaFn *fn, const Value *args, size_t n) {
    (void)n;
    Value v;
    bool is_float = str_is(STR("java.lang.Float"), fn->class_name);
    if (!dec_parse(run->arena, value_text(args[0]), &v))
        return value_because(run->arena, "domain", "The text is not a number.");
    return from_double(run, to_double(v, is_float ? 'f' : 'd'), is_float);
}

/* String.format with %s and %%; any other conversion is an error, as an exception would be. */
static Value call_format(FeelRun *run, const JavaFn *fn, const Value *args, size_t n) {
    (void)fn;
    Str format = value_text(args[0]);
    Buf b = {.a = run->arena, .limit = FORMAT_LIMIT};
    size_t next = 1;
    for (size_t i = 0; i < format.n; i++) {
        if (format.p[i] != '%') {
            buf_byte(&b, format.p[i]);
            continue;
        }
        char c = ++i < format.n ? format.p[i] : '\0';
        if (c == '%')
            buf_byte(&b, '%');
        else if (c == 's' && next < n)
            buf_add(&b, feel_text(run->arena, args[next++], false));
        else
            return value_because(run->arena, "domain", "The format does not fit its arguments.");
    }
    if (b.over) return value_because(run->arena, "memory", "The text is too long.");
    return value_str(buf_str(&b));
}

static const JavaFn functions[] = {
    {"java.lang.Math", "cos", "d", call_unary, cos},
    {"java.lang.Math", "sin", "d", call_unary, sin},
    {"java.lang.Math", "tan", "d", call_unary, tan},
    {"java.lang.Math", "sqrt", "d", call_unary, sqrt},
    {"java.lang.Math", "exp", "d", call_unary, exp},
    {"java.lang.Math", "log", "d", call_unary, log},
    {"java.lang.Math", "floor", "d", call_unary, floor},
    {"java.lang.Math", "ceil", "d", call_unary, ceil},
    {"java.lang.Math", "abs", "d", call_unary, fabs},
    {"java.lang.Math", "pow", "dd", call_pow, NULL},
    {"java.lang.Math", "max", "dd", call_max_min, NULL},
    {"java.lang.Math", "max", "ff", call_max_min, NULL},
    {"java.lang.Math", "max", "ii", call_max_min, NULL},
    {"java.lang.Math", "max", "ll", call_max_min, NULL},
    {"java.lang.Math", "min", "dd", call_max_min, NULL},
    {"java.lang.Math", "min", "ff", call_max_min, NULL},
    {"java.lang.Math", "min", "ii", call_max_min, NULL},
    {"java.lang.Math", "min", "ll", call_max_min, NULL},
    {"java.lang.Integer", "valueOf", "S", call_parse_int, NULL},
    {"java.lang.Integer", "valueOf", "i", call_same, NULL},
    {"java.lang.Long", "valueOf", "S", call_parse_int, NULL},
    {"java.lang.Long", "valueOf", "l", call_same, NULL},
    {"java.lang.Short", "valueOf", "s", call_same, NULL},
    {"java.lang.Byte", "valueOf", "b", call_same, NULL},
    {"java.lang.Float", "valueOf", "S", call_parse_double, NULL},
    {"java.lang.Float", "valueOf", "f", call_same, NULL},
    {"java.lang.Double", "valueOf", "S", call_parse_double, NULL},
    {"java.lang.Double", "valueOf", "d", call_same, NULL},
    {"java.lang.String", "valueOf", "c", call_same, NULL},
    {"java.lang.String", "format", "SO", call_format, NULL},
};

/* ---- finding --------------------------------------------------------------------------------- */
static char letter_of(Str type) {
    for (size_t i = 0; i < COUNT_OF(type_letters); i++) {
        if (str_is(type, type_letters[i].name)) return type_letters[i].letter;
    }
    return '\0';
}

/* "max(double, double)" → "max", "dd". */
static bool read_signature(Str signature, Str *method, char types[MOST_TYPES + 1]) {
    Str rest;
    *method = str_trim(str_cut(signature, '(', &rest));
    if (!str_ends(rest, STR(")"))) return false;
    rest = str_trim(str_sub(rest, 0, rest.n - 1));
    size_t n = 0;
    while (rest.n > 0) {
        char letter = letter_of(str_trim(str_cut(rest, ',', &rest)));
        if (letter == '\0' || n == MOST_TYPES) return false;
        types[n++] = letter;
    }
    types[n] = '\0';
    return true;
}

static Value call_java(FeelRun *run, const void *context, const Value *args, size_t n) {
    const JavaFn *fn = context;
    size_t declared = strlen(fn->types);
    for (size_t i = 0; i < n; i++) {
        char letter = fn->types[i < declared ? i : declared - 1];
        if (!accepts(args[i], letter))
            return value_because(run->arena, "type", "Argument %zu does not fit %s.", i + 1, fn->method);
    }
    return fn->call(run, fn, args, n);
}

/* Varargs take what is left of the parameters, which may be nothing. */
static bool takes(const JavaFn *fn, size_t n) {
    size_t declared = strlen(fn->types);
    bool is_open = declared > 0 && fn->types[declared - 1] == 'O';
    return is_open ? n + 1 >= declared : n == declared;
}

static Value find(const void *context, Arena *a, Str class_name, Str signature, const FeelParam *params, size_t n) {
    (void)context;
    Str method;
    char types[MOST_TYPES + 1];
    if (!read_signature(signature, &method, types))
        return value_because(a, "external", "The signature cannot be read.");
    for (size_t i = 0; i < COUNT_OF(functions); i++) {
        const JavaFn *fn = &functions[i];
        bool is_it = str_is(class_name, fn->class_name) && str_is(method, fn->method) && strcmp(types, fn->types) == 0;
        if (is_it && takes(fn, n)) return feel_function(a, method, params, n, NULL, call_java, fn);
    }
    return value_because(a, "external", "There is no such class, method or signature.");
}

const FeelRegistry *dmn_java_registry(void) {
    static const FeelRegistry registry = {find, NULL};
    return &registry;
}
