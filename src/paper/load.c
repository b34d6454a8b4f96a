/* load: form-js JSON becomes parts and places (Source: form-js schemaVersion 19). Every component
 * type and every property must be one the counter carries out: a form that asks for anything else
 * is refused with the component's name, never half obeyed. */
#include "paper/paper_in.h"

#include <string.h>

#define PAPER_FIELD  "key description disabled readonly validate defaultValue "
#define PAPER_CHOICE PAPER_FIELD "values valuesExpression "
#define PAPER_BOX    "path components showOutline verticalAlignment "

const PaperKind paper_kinds[PAPER_TYPES] = {
    [PAPER_TEXTFIELD] = {"textfield", PAPER_FIELD "appearance", true},
    [PAPER_NUMBER] = {"number", PAPER_FIELD "appearance decimalDigits increment serializeToString", true},
    [PAPER_DATETIME] = {"datetime",
                        PAPER_FIELD
                        "subtype dateLabel timeLabel use24h timeInterval timeSerializingFormat disallowPassedDates",
                        true},
    [PAPER_TEXTAREA] = {"textarea", PAPER_FIELD, true},
    [PAPER_CHECKBOX] = {"checkbox", PAPER_FIELD, true},
    [PAPER_RADIO] = {"radio", PAPER_CHOICE, true},
    [PAPER_SELECT] = {"select", PAPER_CHOICE "searchable", true},
    [PAPER_CHECKLIST] = {"checklist", PAPER_CHOICE, true},
    [PAPER_TAGLIST] = {"taglist", PAPER_CHOICE, true},
    [PAPER_FILEPICKER] = {"filepicker", PAPER_FIELD "accept multiple", true},
    [PAPER_EXPRESSION] = {"expression", "key expression computeOn", true},
    [PAPER_GROUP] = {"group", PAPER_BOX, false},
    [PAPER_DYNAMICLIST] = {"dynamiclist",
                           PAPER_BOX "isRepeating allowAddRemove defaultRepetitions disableCollapse nonCollapsedItems",
                           true},
    [PAPER_TABLE] = {"table", "dataSource columns columnsExpression rowCount", false},
    [PAPER_TEXT] = {"text", "text", false},
    [PAPER_HTML] = {"html", "content", false},
    [PAPER_IMAGE] = {"image", "source alt", false},
    [PAPER_BUTTON] = {"button", "action key", false},
    [PAPER_SPACER] = {"spacer", "height", false},
    [PAPER_SEPARATOR] = {"separator", "", false},
};
static const char paper_common[] = "type id label layout conditional properties";
static const char paper_top[] =
    "type id schemaVersion executionPlatform executionPlatformVersion versionTag exporter components";
static const char paper_checks[] = "required validationType pattern patternErrorMessage minLength maxLength min max";

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
static void fault(PaperLoad *l, const PaperPart *part, const char *text, Str what) {
    Err *err = paper_load_fault(l->faults, l->file, part);
    Str sentence = str_printf(l->a, text, STR_ARG(str_sub(what, 0, 80)));
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

static void check_names(PaperLoad *l, const PaperPart *part, Value context, const char *known, const char *also) {
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
    if (!given && value_is_null(value_get(part->json, "valuesExpression")))
        fault(l, part, "no options: values or valuesExpression is needed%.*s", STR(""));
    if (!given) return;
    if (values.size > PAPER_OPTIONS) {
        fault(l, part, "too many options%.*s", STR(""));
        return;
    }
    ValueBuild b = {.a = l->a};
    for (size_t i = 0; i < values.size; i++) build_item(&b, paper_option(l->a, values.u.list[i]));
    part->options = build_list(&b);
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
    if (part->step.kind == VALUE_STRING && !dec_parse(l->a, value_text(part->step), &part->step))
        fault(l, part, "increment is no number%.*s", STR(""));
    if (part->type == PAPER_DATETIME && !listed("date time datetime", part->subtype))
        fault(l, part, "no such subtype: \"%.*s\"", part->subtype);
    check_names(l, part, checks, paper_checks, "");
    check_names(l, part, value_get(json, "conditional"), "hide", "");
    if (listed(paper_kinds[part->type].properties, STR("values"))) read_options(l, part);
}

static const PaperPart *same_key(const Paper *p, const PaperPart *part) {
    for (size_t i = 0; i < p->n_parts; i++) {
        const PaperPart *other = &p->parts[i];
        if (other != part && other->place == part->place && other->key.n > 0 && str_eq(other->key, part->key))
            return other;
    }
    return NULL;
}

/* form-js finds a component by its id: an editor could not tell two alike apart. */
static bool id_taken(const Paper *p, const PaperPart *part) {
    for (const PaperPart *other = p->parts; other < part; other++)
        if (part->id.n > 0 && str_eq(other->id, part->id)) return true;
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
    if (same_key(l->p, part) != NULL) fault(l, part, "two fields have the key \"%.*s\"", part->key);
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

static void read_part(PaperLoad *l, Value json, PaperInside in) {
    PaperPart head = {.json = json,
                      .id = value_get_str(json, "id"),
                      .key = value_get_str(json, "key"),
                      .place = in.place,
                      .rows = -1};
    int type = type_of(value_get_str(json, "type"));
    if (type < 0) {
        fault(l, &head, "a component type that is not carried out: \"%.*s\"", value_get_str(json, "type"));
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
    check_names(l, part, json, paper_common, paper_kinds[type].properties);
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
    check_names(&l, NULL, form, paper_top, "");
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
