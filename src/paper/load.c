/* load: form-js JSON becomes parts and places (Source: form-js schemaVersion 19). Every component
 * type and every property must be one the counter carries out: a form that asks for anything else
 * is refused with the component's name, never half obeyed. */
#include "paper/paper_in.h"

#include <string.h>

#define PAPER_FIELD  "key description disabled readonly validate defaultValue "
#define PAPER_CHOICE PAPER_FIELD "values valuesKey valuesExpression "
#define PAPER_BOX    "path components showOutline verticalAlignment "
#define PAPER_TEXTS  "required validationType pattern patternErrorMessage minLength maxLength"

const PaperKind paper_kinds[PAPER_TYPES] = {
    [PAPER_TEXTFIELD] = {"textfield", PAPER_FIELD "appearance", PAPER_TEXTS, true},
    [PAPER_NUMBER] = {"number", PAPER_FIELD "appearance decimalDigits increment serializeToString", "required min max", true},
    [PAPER_DATETIME] = {"datetime",
                        PAPER_FIELD
                        "subtype dateLabel timeLabel use24h timeInterval timeSerializingFormat disallowPassedDates",
                        "required", true},
    [PAPER_TEXTAREA] = {"textarea", PAPER_FIELD, PAPER_TEXTS, true},
    [PAPER_CHECKBOX] = {"checkbox", PAPER_FIELD, "required", true},
    [PAPER_RADIO] = {"radio", PAPER_CHOICE, "required", true},
    [PAPER_SELECT] = {"select", PAPER_CHOICE "searchable", "required", true},
    [PAPER_CHECKLIST] = {"checklist", PAPER_CHOICE, "required", true},
    [PAPER_TAGLIST] = {"taglist", PAPER_CHOICE, "required", true},
    [PAPER_FILEPICKER] = {"filepicker", PAPER_FIELD "accept multiple", "required", true},
    [PAPER_EXPRESSION] = {"expression", "key expression computeOn", "", true},
    [PAPER_GROUP] = {"group", PAPER_BOX, "", false},
    [PAPER_DYNAMICLIST] = {"dynamiclist",
                           PAPER_BOX "isRepeating allowAddRemove defaultRepetitions disableCollapse nonCollapsedItems",
                           "", true},
    [PAPER_TABLE] = {"table", "dataSource columns columnsExpression rowCount", "", false},
    [PAPER_TEXT] = {"text", "text", "", false},
    [PAPER_HTML] = {"html", "content", "", false},
    [PAPER_IMAGE] = {"image", "source alt", "", false},
    [PAPER_BUTTON] = {"button", "action", "", false},
    [PAPER_SPACER] = {"spacer", "height", "", false},
    [PAPER_SEPARATOR] = {"separator", "", "", false},
};
static const char paper_common[] = "type id label layout conditional properties";
static const char paper_top[] =
    "type id schemaVersion executionPlatform executionPlatformVersion versionTag exporter components";
/* Source: HTML, autofill; WCAG 2.2 1.3.5. A purpose that no browser knows would help nobody. */
static const char paper_purposes[] =
    "on off name family-name given-name nickname username organization organization-title email tel tel-national "
    "street-address address-line1 address-line2 address-line3 address-level1 address-level2 address-level3 "
    "address-level4 country country-name postal-code bday bday-day bday-month bday-year sex language one-time-code";

typedef struct PaperLoad {
    Paper *p;        /* under construction */
    Str file;        /* its file name */
    Arena *a;        /* owner */
    ErrList *faults; /* everything that is wrong */
    size_t room;     /* most parts there can be */
} PaperLoad;

Err *paper_load_fault(ErrList *faults, Str file, const PaperPart *part) {
    Err *err = errlist_add(faults, ERR_INVALID, "paper", "%s", "");
    err_file(err, file);
    if (part != NULL) err_element(err, part->key.n > 0 ? part->key : part->id);
    return err;
}

/* Names the component and says what is wrong with it. */
/* text: a format with one %.*s. */
static void fault(PaperLoad *l, const PaperPart *part, const char *text, Str what) {
    Err *err = paper_load_fault(l->faults, l->file, part);
    Str sentence = str_printf(l->a, text, STR_ARG(str_head(what, 80)));
    size_t n = sentence.n < sizeof err->text - 1 ? sentence.n : sizeof err->text - 1;
    memcpy(err->text, sentence.p, n);
    err->text[n] = 0;
}

static bool listed(const char *names, Str name) {
    Str rest = str_of(names);
    while (rest.n > 0) {
        Str one = str_cut(rest, ' ', &rest);
        if (str_eq(one, name)) return true;
    }
    return false;
}

static void names_known(PaperLoad *l, const PaperPart *part, Value context, const char *known, const char *also) {
    for (size_t i = 0; context.kind == VALUE_CONTEXT && i < context.size; i++) {
        Str name = context.u.ctx[i].key;
        if (!listed(known, name) && !listed(also, name))
            fault(l, part, "a property that is not carried out: \"%.*s\"", name);
    }
}

/* Letters, digits, _ and dots between them, as form-js asks of a key or path. */
static bool good_path(Str path) {
    bool part = false;
    for (size_t i = 0; i < path.n; i++) {
        char c = path.p[i];
        if (c == '.' && !part) return false;
        part = c != '.';
        bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                    (unsigned char)c >= 0x80;
        if (!word && c != '.') return false;
    }
    return part;
}

Value paper_option(Arena *a, Value json) {
    Value value = json, label = json;
    if (json.kind == VALUE_CONTEXT) {
        value = value_get(json, "value");
        label = value_get(json, "label");
    }
    if (value_is_null(label)) label = value;
    ValueBuild b = {.a = a};
    build_c(&b, "value", value);
    build_c(&b, "label", label.kind == VALUE_STRING ? label : value_str(feel_text(a, label, false)));
    return build_ctx(&b);
}

static void read_options(PaperLoad *l, PaperPart *part) {
    Value values = value_get(part->json, "values");
    bool given = values.kind == VALUE_LIST;
    part->options_slot = -1;
    if (!given && value_get_str(part->json, "valuesKey").n == 0 && value_is_null(value_get(part->json, "valuesExpression")))
        fault(l, part, "no options: values, valuesKey or valuesExpression is needed%.*s", STR(""));
    if (!given) return;
    if (values.size > PAPER_OPTIONS) {
        fault(l, part, "too many options%.*s", STR(""));
        return;
    }
    ValueBuild b = {.a = l->a};
    for (size_t i = 0; i < values.size; i++) build_item(&b, paper_option(l->a, values.u.list[i]));
    part->options = build_list(&b);
}

static void read_rows(PaperLoad *l, PaperPart *part) {
    int64_t repeat = value_get_int(part->json, "defaultRepetitions", 1);
    part->fixed_rows = !value_get_bool(part->json, "allowAddRemove", true);
    part->repeat = (int)repeat;
    if (repeat >= 0 && repeat <= PAPER_ROWS && value_get_bool(part->json, "isRepeating", true)) return;
    part->repeat = 1;
    fault(l, part, "a list whose rows do not repeat, or too often%.*s", STR(""));
}

/* images/name.png of the pack: no address, no picture within the text, no name that is computed. */
static bool file_name(Str name) {
    Str rest = str_sub(name, 7, name.n);
    bool plain = str_starts(name, STR("images/")) && rest.n > 4 && rest.n <= 80 && rest.p[0] != '.';
    for (size_t i = 0; i < rest.n; i++) {
        char c = rest.p[i];
        plain &= (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
    }
    return plain && (str_ends(name, STR(".png")) || str_ends(name, STR(".jpg")) || str_ends(name, STR(".svg")) ||
                     str_ends(name, STR(".webp")));
}

static void read_kind(PaperLoad *l, PaperPart *part) {
    Str action = value_get_str(part->json, "action"), source = value_get_str(part->json, "source");
    if (part->type == PAPER_DYNAMICLIST) read_rows(l, part);
    if (part->type == PAPER_BUTTON && !listed("submit reset", action))
        fault(l, part, "a button that neither submits nor resets: \"%.*s\"", action);
    if (part->type == PAPER_IMAGE && !file_name(source))
        fault(l, part, "a picture that is no file of the pack: \"%.*s\"", source);
    if (part->type == PAPER_IMAGE && value_get_str(part->json, "alt").n == 0)
        fault(l, part, "a picture without words for those who do not see it (alt)%.*s", STR(""));
}

static void read_details(PaperLoad *l, PaperPart *part) {
    Value json = part->json, checks = value_get(json, "validate");
    part->required = value_get_bool(checks, "required", false);
    part->digits = (int)value_get_int(json, "decimalDigits", -1);
    part->step = value_get(json, "increment");
    part->many = value_get_bool(json, "multiple", false);
    part->as_text = value_get_bool(json, "serializeToString", false);
    part->not_past = value_get_bool(json, "disallowPassedDates", false);
    part->subtype = value_get_str(json, "subtype");
    if (part->subtype.n == 0) part->subtype = STR("date");
    part->disabled = value_get_bool(json, "disabled", false);
    part->options_slot = -1;
    if (part->step.kind == VALUE_STRING && part->step.size == 0) part->step = value_null();
    if (part->step.kind == VALUE_STRING && !dec_parse(l->a, value_text(part->step), &part->step))
        fault(l, part, "increment is no number%.*s", STR(""));
    if (part->type == PAPER_DATETIME && !listed("date time datetime", part->subtype))
        fault(l, part, "no such subtype: \"%.*s\"", part->subtype);
    names_known(l, part, checks, paper_kinds[part->type].checks, "");
    names_known(l, part, value_get(json, "conditional"), "hide", "");
    names_known(l, part, value_get(json, "appearance"), "prefixAdorner suffixAdorner", "");
    Str purpose = value_get_str(value_get(json, "properties"), "autocomplete");
    if (purpose.n > 0 && !listed(paper_purposes, purpose))
        fault(l, part, "no such purpose of a field: \"%.*s\"", purpose);
    read_kind(l, part);
    if (listed(paper_kinds[part->type].properties, STR("values"))) read_options(l, part);
}

/* a and a.b cannot both be answered: one would lie in the other. */
static bool inside_key(Str outer, Str key) {
    return key.n > outer.n && str_starts(key, outer) && key.p[outer.n] == '.';
}

static const char *key_clash(const Paper *p, const PaperPart *part) {
    for (size_t i = 0; i < p->n_parts; i++) {
        const PaperPart *other = &p->parts[i];
        if (other == part || other->place != part->place || other->key.n == 0) continue;
        if (str_eq(other->key, part->key)) return "two fields have the key \"%.*s\"";
        if (inside_key(other->key, part->key) || inside_key(part->key, other->key))
            return "a key within another field's key: \"%.*s\"";
    }
    return NULL;
}

/* form-js finds a component by its id: an editor could not tell two alike apart. */
static bool id_taken(const Paper *p, const PaperPart *part) {
    for (const PaperPart *other = p->parts; other < part; other++)
        if (part->id.n > 0 && str_eq(other->id, part->id)) return true;
    return false;
}

static bool label_taken(const Paper *p, const PaperPart *part) {
    for (const PaperPart *other = p->parts; other < part; other++)
        if (other->place == part->place && paper_kinds[other->type].input && part->label.n > 0 && str_eq(other->label, part->label))
            return true;
    return false;
}

static Str dotted(Arena *a, Str prefix, Str key) {
    if (prefix.n == 0 || key.n == 0) return prefix.n == 0 ? key : prefix;
    return str_printf(a, STR_FMT "." STR_FMT, STR_ARG(prefix), STR_ARG(key));
}

static void read_key(PaperLoad *l, PaperPart *part, Str prefix, Str full_prefix) {
    Str key = value_get_str(part->json, part->type == PAPER_DYNAMICLIST ? "path" : "key");
    part->key = key;
    if (!good_path(key)) {
        fault(l, part, "no key, or one that is no name: \"%.*s\"", key);
        key = part->id;
    }
    part->key = dotted(l->a, prefix, key);
    part->full = str_join2(l->a, full_prefix, part->key);
    if (label_taken(l->p, part)) fault(l, part, "two fields have the label \"%.*s\": their faults would read alike", part->label);
    const char *clash = key_clash(l->p, part);
    if (clash) fault(l, part, clash, part->key);
}

typedef struct PaperInside { /* where a component stands */
    int place;               /* its place */
    Str prefix;              /* path of the groups around it inside that place */
    Str full;                /* path of that place from the top: "items[]." */
    int depth;               /* containers around it */
} PaperInside;

static void read_parts(PaperLoad *l, Value components, PaperInside in);

static void read_inside(PaperLoad *l, int at, PaperInside in) {
    PaperPart *part = &l->p->parts[at];
    Value components = value_get(part->json, "components");
    in.depth++;
    if (part->type == PAPER_GROUP) {
        Str path = value_get_str(part->json, "path");
        if (path.n > 0 && !good_path(path))
            fault(l, part, "a path that is no name: \"%.*s\"", path);
        else
            in.prefix = dotted(l->a, in.prefix, path);
    } else {
        l->p->places[l->p->n_places] = (PaperPlace){.outer = in.place};
        in = (PaperInside){.place = part->rows = (int)l->p->n_places++,
                           .full = str_join2(l->a, part->full, STR("[].")),
                           .depth = in.depth};
    }
    if (in.depth > PAPER_DEPTH)
        fault(l, part, "containers too deep%.*s", STR(""));
    else
        read_parts(l, components, in);
}

static int type_of(Str name) {
    for (int i = 0; i < PAPER_TYPES; i++)
        if (str_is(name, paper_kinds[i].name)) return i;
    return -1;
}

/* Why a type of form-js is none of ours. */
static const char *not_ours(Str type) {
    if (str_is(type, "iframe")) return "an iframe would show another site inside the form, and tell it who is here%.*s";
    if (str_is(type, "documentPreview")) return "a document preview needs a script and another server; use a filepicker%.*s";
    return "a component type that is not carried out: \"%.*s\"";
}

static void read_part(PaperLoad *l, Value json, PaperInside in) {
    PaperPart head = {.json = json,
                      .id = value_get_str(json, "id"),
                      .key = value_get_str(json, "key"),
                      .place = in.place,
                      .rows = -1};
    int type = type_of(value_get_str(json, "type"));
    if (type < 0) {
        Str name = value_get_str(json, "type");
        bool named = str_is(name, "iframe") || str_is(name, "documentPreview");
        fault(l, &head, not_ours(name), named ? STR("") : name);
        return;
    }
    if (l->p->n_parts == l->room) {
        fault(l, &head, "too many components%.*s", STR(""));
        return;
    }
    int at = (int)l->p->n_parts++;
    PaperPart *part = &l->p->parts[at];
    *part = head;
    part->type = (PaperType)type;
    part->label = value_get_str(json, "label");
    names_known(l, part, json, paper_common, paper_kinds[type].properties);
    if (id_taken(l->p, part)) fault(l, part, "two components have the id \"%.*s\"", part->id);
    part->key = (Str){NULL, 0};
    if (paper_kinds[type].input) read_key(l, part, in.prefix, in.full);
    if (paper_kinds[type].input) l->p->fields[l->p->n_fields++] = at;
    read_details(l, part);
    if (type == PAPER_GROUP || type == PAPER_DYNAMICLIST) read_inside(l, at, in);
    part->end = (int)l->p->n_parts;
}

static void read_parts(PaperLoad *l, Value components, PaperInside in) {
    if (components.kind != VALUE_LIST) return;
    for (size_t i = 0; i < components.size; i++) read_part(l, components.u.list[i], in);
}

/* How many components there are, so that parts never move while they are read. */
static size_t count(Value components, int depth) {
    size_t n = 0;
    if (components.kind != VALUE_LIST || depth > PAPER_DEPTH) return 0;
    for (size_t i = 0; i < components.size; i++)
        n += 1 + count(value_get(components.u.list[i], "components"), depth + 1);
    return n < PAPER_PARTS ? n : PAPER_PARTS;
}

bool paper_load_lenient(Str file, Str json, Arena *a, ErrList *faults, Paper **out) {
    assert(a != NULL && faults != NULL && out != NULL);
    Value form;
    Err err = {0};
    if (!json_parse(json, (JsonLimits){.bytes = PAPER_BYTES}, a, &form, &err)) {
        err_file(&err, file);
        errlist_push(faults, &err);
        return false;
    }
    Paper *p = NEW(a, Paper);
    PaperLoad l = {.p = p, .file = file, .a = a, .faults = faults};
    p->id = value_get_str(form, "id");
    l.room = count(value_get(form, "components"), 0);
    p->parts = NEW_ARRAY(a, PaperPart, l.room);
    p->fields = NEW_ARRAY(a, int, l.room);
    p->places = NEW_ARRAY(a, PaperPlace, l.room + 1);
    p->places[p->n_places++] = (PaperPlace){.outer = -1};
    names_known(&l, NULL, form, paper_top, "");
    if (value_get_int(form, "schemaVersion", 0) > 19) fault(&l, NULL, "schemaVersion is newer than 19%.*s", STR(""));
    if (value_get(form, "components").kind != VALUE_LIST) {
        fault(&l, NULL, "a form needs components%.*s", STR(""));
        return false;
    }
    read_parts(&l, value_get(form, "components"), (PaperInside){0});
    paper_compile(p, file, a, faults);
    *out = p;
    return true;
}

bool paper_load(Str file, Str json, Arena *a, ErrList *faults, Paper **out) {
    size_t before = faults->n + faults->more;
    Paper *p;
    if (!paper_load_lenient(file, json, a, faults, &p) || faults->n + faults->more > before) return false;
    *out = p;
    return true;
}

Str paper_picture(const Paper *p, size_t n) {
    for (size_t i = 0; i < p->n_parts; i++)
        if (p->parts[i].type == PAPER_IMAGE && n-- == 0) return value_get_str(p->parts[i].json, "source");
    return STR("");
}

Str paper_id(const Paper *p) {
    return p->id;
}

size_t paper_fields(const Paper *p) {
    return p->n_fields;
}

static const PaperPart *field(const Paper *p, size_t i) {
    assert(i < p->n_fields);
    return &p->parts[p->fields[i]];
}

Str paper_key(const Paper *p, size_t i) {
    return field(p, i)->full;
}

Str paper_label(const Paper *p, size_t i) {
    return field(p, i)->label;
}

Str paper_type(const Paper *p, size_t i) {
    return str_of(paper_kinds[field(p, i)->type].name);
}
