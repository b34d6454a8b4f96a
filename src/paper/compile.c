/* compile: the second half of loading a form: the names each place offers, then every expression
 * (conditions, bounds, computed fields, words with {{…}}) and pattern. A name that no field has is
 * refused: the server could only ever see null there. */
#include "paper/paper_in.h"

#include <string.h>

/* Ours, not form-js's: its phone pattern lists country codes and refuses a plain local number. */
#define PAPER_EMAIL "^[^@\\s]+@[^@\\s]+\\.[^@\\s.]+$"
#define PAPER_PHONE "^\\+?[0-9][0-9 \\-]{4,19}$"

typedef struct PaperCompile {
    Paper *p;        /* under construction */
    Str file;        /* its file name */
    FeelScope *root; /* the built-ins */
    Arena *a;        /* owner */
    ErrList *faults; /* everything that is wrong */
} PaperCompile;

static void say(PaperCompile *c, const PaperPart *part, const char *text) {
    Err *err = paper_load_fault(c->faults, c->file, part);
    memcpy(err->text, text, strlen(text) + 1);
}

static bool has_name(const PaperPlace *place, Str name) {
    for (size_t i = 0; i < place->n; i++)
        if (str_eq(place->names[i], name)) return true;
    return false;
}

static void add_name(PaperPlace *place, Str name) {
    if (name.n == 0 || has_name(place, name)) return;
    place->names[place->n++] = name;
    (void)feel_scope_add(place->scope, name, feel_type(FEEL_ANY));
}

static void name_place(PaperCompile *c, size_t at) {
    Paper *p = c->p;
    PaperPlace *place = &p->places[at];
    place->scope = feel_scope_inner(c->a, place->outer < 0 ? c->root : p->places[place->outer].scope);
    place->names = NEW_ARRAY(c->a, Str, p->n_parts + 3);
    for (size_t i = 0; i < p->n_parts; i++) {
        Str rest;
        if (p->parts[i].place == (int)at) add_name(place, str_cut(p->parts[i].key, '.', &rest));
    }
    if (place->outer < 0) return;
    add_name(place, STR("this"));
    add_name(place, STR("parent"));
    add_name(place, STR("i"));
}

/* Pushes what the language found, with the component's name before it. */
static void language_faults(PaperCompile *c, const PaperPart *part, const ErrList *notes, const Err *err) {
    Str element = part->key.n > 0 ? part->key : part->id;
    for (size_t i = 0; i < notes->n; i++) {
        Err note = notes->items[i];
        err_file(&note, c->file);
        err_element(&note, element);
        errlist_push(c->faults, &note);
    }
    if (err == NULL) return;
    Err copy = *err;
    err_file(&copy, c->file);
    err_element(&copy, element);
    errlist_push(c->faults, &copy);
}

static const FeelCode *code_of(PaperCompile *c, const PaperPart *part, Str text) {
    ErrList notes = {.a = c->a};
    Err err = {0};
    const FeelCode *code = NULL;
    bool good = feel_compile(c->p->places[part->place].scope, FEEL_EXPRESSION, text, c->a, &code, &notes, &err);
    language_faults(c, part, &notes, good ? NULL : &err);
    return good ? code : NULL;
}

/* "=…" is an expression; without the sign form-js would never evaluate it. */
static const FeelCode *expression(PaperCompile *c, const PaperPart *part, Value text) {
    if (value_is_null(text)) return NULL;
    if (text.kind != VALUE_STRING || !str_starts(value_text(text), STR("="))) {
        say(c, part, "an expression that does not begin with =");
        return NULL;
    }
    return code_of(c, part, str_sub(value_text(text), 1, text.size));
}

static PaperFeel constant_or_code(PaperCompile *c, const PaperPart *part, Value v) {
    if (v.kind == VALUE_STRING && str_starts(value_text(v), STR("=")))
        return (PaperFeel){.code = expression(c, part, v)};
    Value number;
    if (v.kind == VALUE_STRING && v.size > 0 && dec_parse(c->a, value_text(v), &number))
        return (PaperFeel){.value = number};
    if (v.kind == VALUE_STRING && v.size > 0) say(c, part, "a bound that is neither a number nor an expression");
    return (PaperFeel){.value = v.kind == VALUE_STRING ? value_null() : v};
}

static PaperWords words(PaperCompile *c, const PaperPart *part, Str text) {
    size_t most = 1;
    for (size_t i = 0; i + 1 < text.n; i++) most += text.p[i] == '{' && text.p[i + 1] == '{';
    PaperWords w = {.words = NEW_ARRAY(c->a, Str, most), .codes = NEW_ARRAY(c->a, const FeelCode *, most)};
    if (str_starts(text, STR("="))) {
        w.codes[w.n++] = code_of(c, part, str_sub(text, 1, text.n));
        return w;
    }
    for (;;) {
        ptrdiff_t open = str_find(text, STR("{{"));
        size_t head = open < 0 ? text.n : (size_t)open;
        w.words[w.n++] = str_sub(text, 0, head);
        if (open < 0) return w;
        text = str_sub(text, head + 2, text.n);
        ptrdiff_t close = str_find(text, STR("}}"));
        Str inside = str_trim(str_sub(text, 0, close < 0 ? 0 : (size_t)close));
        if (close < 0 || inside.n == 0 || inside.p[0] == '#' || inside.p[0] == '/') {
            say(c, part, "of templating only {{expression}} is carried out");
            return w;
        }
        w.codes[w.n - 1] = code_of(c, part, inside);
        text = str_sub(text, (size_t)close + 2, text.n);
    }
}

static Str quoted(Arena *a, Str s) {
    Buf b = {.a = a};
    buf_byte(&b, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"' || s.p[i] == '\\') buf_byte(&b, '\\');
        buf_byte(&b, s.p[i]);
    }
    buf_byte(&b, '"');
    return buf_str(&b);
}

/* The pattern as a FEEL call over one name; tried once, so that a bad pattern is refused here. */
static void pattern(PaperCompile *c, PaperPart *part) {
    Value checks = value_get(part->json, "validate");
    Str kind = value_get_str(checks, "validationType"), text = value_get_str(checks, "pattern");
    if (str_is(kind, "email")) text = STR(PAPER_EMAIL);
    if (str_is(kind, "phone")) text = STR(PAPER_PHONE);
    if (text.n == 0) return;
    FeelScope *scope = feel_scope_inner(c->a, c->root);
    (void)feel_scope_add(scope, STR("value"), feel_type(FEEL_STRING));
    Str call = str_printf(c->a, "matches(value, " STR_FMT ")", STR_ARG(quoted(c->a, text)));
    Err err = {0};
    FeelRun run = {.arena = c->a, .fuel = FEEL_FUEL};
    Value empty = value_str(STR(""));
    bool good = feel_compile(scope, FEEL_EXPRESSION, call, c->a, &part->pattern, NULL, &err);
    if (!good || feel_eval(&run, part->pattern, &(FeelFrame){.slots = &empty}).kind != VALUE_BOOL)
        say(c, part, "a pattern that cannot be read");
}

static void part_code(PaperCompile *c, PaperPart *part) {
    Value json = part->json, checks = value_get(json, "validate"), readonly = value_get(json, "readonly");
    bool disabled = value_get_bool(json, "disabled", false);
    part->label_words = words(c, part, part->label);
    part->hint_words = words(c, part, value_get_str(json, "description"));
    part->text_words = words(c, part, value_get_str(json, "text"));
    part->hide = expression(c, part, value_get(value_get(json, "conditional"), "hide"));
    part->compute = part->type == PAPER_EXPRESSION ? expression(c, part, value_get(json, "expression")) : NULL;
    part->options_code = expression(c, part, value_get(json, "valuesExpression"));
    part->locked = disabled ? (PaperFeel){.value = value_bool(true)} : constant_or_code(c, part, readonly);
    part->min = constant_or_code(c, part, value_get(checks, "min"));
    part->max = constant_or_code(c, part, value_get(checks, "max"));
    part->min_length = constant_or_code(c, part, value_get(checks, "minLength"));
    part->max_length = constant_or_code(c, part, value_get(checks, "maxLength"));
    if (paper_kinds[part->type].input) pattern(c, part);
    if (part->type == PAPER_EXPRESSION && part->compute == NULL)
        say(c, part, "an expression field without a good expression");
    if (paper_typed(part, value_get(json, "defaultValue"), c->a, &part->fallback) != NULL)
        say(c, part, "a defaultValue of the wrong type");
}

void paper_compile(Paper *p, Str file, Arena *a, ErrList *faults) {
    PaperCompile c = {
        .p = p, .file = file, .root = feel_scope_root(a, FEEL_CAMUNDA, NULL, NULL), .a = a, .faults = faults};
    for (size_t i = 0; i < p->n_places; i++) name_place(&c, i);
    for (size_t i = 0; i < p->n_parts; i++) part_code(&c, &p->parts[i]);
}
