/* compile: the second half of loading a form: the names it offers, then every expression
 * (conditions, bounds, computed fields, words with {{…}}) and pattern. A name that no field has is
 * refused: the server could only ever see null there. */
#include "paper/paper_in.h"

#include <string.h>

/* Source: form-js Validator, EMAIL_PATTERN: the same. */
#define PAPER_EMAIL                                                              \
    "^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?" \
    "(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$"
/* Ours: form-js's lists country codes and refuses a number as people here write it. */
#define PAPER_PHONE "^\\+?[0-9][0-9 \\-]{4,19}$"

typedef struct PaperCompile {
    Paper *p;         /* under construction */
    Str file;         /* its file name */
    FeelScope *root;  /* the built-ins */
    FeelScope *scope; /* names of the form and of the place */
    Arena *a;         /* owner */
    ErrList *faults;  /* everything that is wrong */
} PaperCompile;

static void say(PaperCompile *c, const PaperPart *part, const char *text) {
    Err *err = paper_load_fault(c->faults, c->file, part);
    memcpy(err->text, text, strlen(text) + 1);
}

static int add_name(PaperPlace *place, Str name) {
    for (size_t i = 0; i < place->n_all; i++)
        if (str_eq(place->names[i], name)) return (int)i;
    place->names[place->n_all++] = name;
    return (int)place->n_all - 1;
}

static void name_place(PaperCompile *c, size_t at) {
    Paper *p = c->p;
    PaperPlace *place = &p->places[at];
    place->names = NEW_ARRAY(c->a, Str, p->n_parts + 1);
    for (size_t i = 0; i < p->n_parts; i++) {
        PaperPart *part = &p->parts[i];
        if (part->place != (int)at || part->key.n == 0) continue;
        Str head = str_cut(part->key, '.', &part->rest);
        part->slot = add_name(place, head);
    }
    place->n = place->n_all;
}

/* A list of options that the service gives is a name of the form too. */
static void name_lists(PaperCompile *c) {
    for (size_t i = 0; i < c->p->n_parts; i++) {
        Str name = value_get_str(c->p->parts[i].json, "valuesKey");
        if (name.n > 0) c->p->parts[i].options_slot = add_name(&c->p->places[0], name);
    }
}

/* Source: form-js buildExpressionContext: everywhere the form's own names, then this, parent and i. */
static void make_scope(PaperCompile *c) {
    static const char *const here[PAPER_HERE] = {"this", "parent", "i", "_this_", "_parent_", "_i_"};
    const PaperPlace *form = &c->p->places[0];
    FeelScope *names = feel_scope_inner(c->a, c->root);
    for (size_t i = 0; i < form->n_all; i++) (void)feel_scope_add(names, form->names[i], feel_type(FEEL_ANY));
    c->scope = feel_scope_inner(c->a, names);
    for (size_t i = 0; i < PAPER_HERE; i++) {
        bool taken = false;
        for (size_t k = 0; k < form->n_all; k++) taken |= str_is(form->names[k], here[i]);
        Str name = taken ? str_printf(c->a, "this form has a field %s", here[i]) : str_of(here[i]);
        (void)feel_scope_add(c->scope, name, feel_type(FEEL_ANY));
    }
    c->p->scope = c->scope;
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
    bool good = feel_compile(c->scope, FEEL_EXPRESSION, text, c->a, &code, &notes, &err);
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
    PaperWords w = {0};
    Err err = {0};
    ErrList notes = {.a = c->a};
    bool good = paper_words_compile((PaperWordsIn){c->scope, c->a, &notes}, text, &w, &err);
    language_faults(c, part, &notes, good ? NULL : &err);
    return w;
}

static Str quoted(Arena *a, Str s) {
    Buf b = {.a = a};
    buf_byte(&b, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"' || s.p[i] == '\\') buf_byte(&b, '\\');
        if ((unsigned char)s.p[i] < 0x20) buf_printf(&b, "\\u%04x", (unsigned)s.p[i]);
        else buf_byte(&b, s.p[i]);
    }
    buf_byte(&b, '"');
    return buf_str(&b);
}

/* The pattern as a FEEL call over one name; tried once, so that a bad pattern is refused here. */
static void pattern(PaperCompile *c, PaperPart *part) {
    Value checks = value_get(part->json, "validate");
    Str kind = value_get_str(checks, "validationType"), text = value_get_str(checks, "pattern");
    Err err = {0};
    if (str_is(kind, "email")) text = STR(PAPER_EMAIL);
    if (str_is(kind, "phone")) text = STR(PAPER_PHONE);
    if (text.n == 0) return;
    if (!paper_pattern(c->a, text, &text, &err)) {
        language_faults(c, part, &(ErrList){.a = c->a}, &err);
        return;
    }
    FeelScope *scope = feel_scope_inner(c->a, c->root);
    (void)feel_scope_add(scope, STR("value"), feel_type(FEEL_STRING));
    Str call = str_printf(c->a, "matches(value, " STR_FMT ")", STR_ARG(quoted(c->a, text)));
    FeelRun run = {.arena = c->a, .fuel = FEEL_FUEL};
    Value empty = value_str(STR(""));
    bool good = feel_compile(scope, FEEL_EXPRESSION, call, c->a, &part->pattern, NULL, &err);
    if (!good || feel_eval(&run, part->pattern, &(FeelFrame){.slots = &empty}).kind != VALUE_BOOL)
        say(c, part, "a pattern that cannot be read");
}

static void part_bounds(PaperCompile *c, PaperPart *part) {
    Value checks = value_get(part->json, "validate"), readonly = value_get(part->json, "readonly");
    part->locked.value = part->disabled ? value_bool(true) : readonly;
    if (!part->disabled && readonly.kind == VALUE_STRING) part->locked = (PaperFeel){.code = expression(c, part, readonly)};
    part->min = constant_or_code(c, part, value_get(checks, "min"));
    part->max = constant_or_code(c, part, value_get(checks, "max"));
    part->min_length = constant_or_code(c, part, value_get(checks, "minLength"));
    part->max_length = constant_or_code(c, part, value_get(checks, "maxLength"));
}

static void part_words(PaperCompile *c, PaperPart *part) {
    Value json = part->json, appearance = value_get(json, "appearance");
    part->label_words = words(c, part, part->label);
    part->hint_words = words(c, part, value_get_str(json, "description"));
    const char *text = part->type == PAPER_HTML ? "content" : part->type == PAPER_IMAGE ? "alt" : "text";
    part->text_words = words(c, part, value_get_str(json, text));
    part->prefix_words = words(c, part, value_get_str(appearance, "prefixAdorner"));
    part->suffix_words = words(c, part, value_get_str(appearance, "suffixAdorner"));
}

static void part_code(PaperCompile *c, PaperPart *part) {
    Value json = part->json;
    const char *compute = part->type == PAPER_EXPRESSION ? "expression" : part->type == PAPER_TABLE ? "dataSource" : "";
    part_words(c, part);
    part_bounds(c, part);
    part->hide = expression(c, part, value_get(value_get(json, "conditional"), "hide"));
    part->compute = expression(c, part, value_get(json, compute));
    part->options_code = expression(c, part, value_get(json, "valuesExpression"));
    part->columns_code = expression(c, part, value_get(json, "columnsExpression"));
    if (paper_kinds[part->type].input) pattern(c, part);
    if (*compute && part->compute == NULL) say(c, part, "a component without a good expression for its values");
    if (part->type != PAPER_DYNAMICLIST && paper_typed(part, value_get(json, "defaultValue"), c->a, &part->fallback) != NULL)
        say(c, part, "a defaultValue of the wrong type");
}

void paper_compile(Paper *p, Str file, Arena *a, ErrList *faults) {
    PaperCompile c = {.p = p, .file = file, .root = feel_scope_root(a, FEEL_CAMUNDA, NULL, NULL), .a = a, .faults = faults};
    for (size_t i = 0; i < p->n_places; i++) name_place(&c, i);
    name_lists(&c);
    make_scope(&c);
    for (size_t i = 0; i < p->n_parts; i++) part_code(&c, &p->parts[i]);
}
