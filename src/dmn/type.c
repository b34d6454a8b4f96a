/* dmn/type: item definitions → FEEL types (DMN 1.5 §7.3.3). Definitions may stand in any order and
 * refer to each other and to imported ones; a definition that contains itself is refused. An unknown
 * type is a fault and then counts as Any, so that the remaining faults are still found. */
#include "dmn/dmn_in.h"

static const FeelType *resolve(Loader *l, const Module *mod, TypeDef *def);

/* ---- looking names up ------------------------------------------------------------------------ */
static const FeelType *find_own(const Module *mod, Str name) {
    for (size_t i = 0; i < mod->n_types; i++) {
        if (str_eq(mod->types[i].name, name)) return resolve(mod->loader, mod, &mod->types[i]);
    }
    return NULL;
}

static const FeelType *find_imported(const Module *mod, Str name) {
    for (size_t i = 0; i < mod->n_imports; i++) {
        const Import *import = &mod->imports[i];
        if (import->module == NULL) continue;
        Str rest = name;
        if (import->name.n > 0) {
            if (!str_starts(name, import->name)) continue;
            rest = str_sub(name, import->name.n, name.n);
            if (!str_starts(rest, STR("."))) continue;
            rest = str_sub(rest, 1, rest.n);
        }
        const FeelType *type = find_own(import->module, rest);
        if (type != NULL) return type;
    }
    return NULL;
}

/* Source: DMN 1.5 §6.3.3: a local definition wins over an import without a name. */
const FeelType *dmn_type_lookup(const void *module, Str name) {
    const Module *mod = module;
    if (mod->loader == NULL) return NULL;
    const FeelType *own = find_own(mod, name);
    return own != NULL ? own : find_imported(mod, name);
}

/* DMN 1.1 wrote QNames: "feel:string", "own:tPerson", "other:tPerson". */
static Str without_prefix(Loader *l, const Module *mod, Str text) {
    Str local;
    Str prefix = str_cut(text, ':', &local);
    if (!mod->is_1_1 || local.n == 0) return text;
    Str ns = xml_attr_ns(mod->root, "http://www.w3.org/2000/xmlns/", str_c(l->a, prefix));
    for (size_t i = 0; i < mod->n_imports; i++) {
        const Import *import = &mod->imports[i];
        bool is_its = import->module != NULL && str_eq(import->module->ns, ns);
        if (is_its && import->name.n > 0)
            return str_printf(l->a, STR_FMT "." STR_FMT, STR_ARG(import->name), STR_ARG(local));
    }
    return local;
}

static const FeelType *parse(Loader *l, const Module *mod, const XmlNode *at, Str text) {
    text = without_prefix(l, mod, str_trim(text));
    if (text.n == 0) return NULL;
    const FeelType *type = NULL;
    Err err = {0};
    if (feel_type_parse(text, dmn_type_lookup, mod, l->a, &type, &err)) return type;
    dmn_fault(l, mod, at, "", "The type \"" STR_FMT "\" is unknown: %s", STR_ARG(text), err.text);
    return NULL;
}

const FeelType *dmn_type_ref(Loader *l, const Module *mod, const XmlNode *node) {
    if (xml_has(node, "typeRef")) return parse(l, mod, node, xml_attr(node, "typeRef"));
    return parse(l, mod, node, dmn_child_text(node, "typeRef"));
}

/* ---- static conformance ---------------------------------------------------------------------- */
static bool has_member_within(const FeelType *given, Str key, const FeelType *wanted) {
    for (size_t i = 0; i < given->n; i++) {
        if (str_eq(given->keys[i], key)) return dmn_type_within(given->members[i], wanted);
    }
    return false;
}

/* Source: DMN 1.5 §10.3.2.9.4 (conformance). Says no where only the value can tell. */
bool dmn_type_within(const FeelType *given, const FeelType *wanted) {
    if (wanted == NULL || given == wanted) return true;
    if (wanted->allowed != NULL) return false;
    if (wanted->kind == FEEL_ANY) return true;
    if (given == NULL || given->kind != wanted->kind) return false;
    if (wanted->kind == FEEL_LIST) return dmn_type_within(given->item, wanted->item);
    if (wanted->kind == FEEL_RANGE || wanted->kind == FEEL_FUNCTION) return false;
    for (size_t i = 0; wanted->kind == FEEL_CONTEXT && i < wanted->n; i++) {
        if (!has_member_within(given, wanted->keys[i], wanted->members[i])) return false;
    }
    return true;
}

/* ---- building -------------------------------------------------------------------------------- */
static const FeelType *or_any(const FeelType *type) {
    return type != NULL ? type : feel_type(FEEL_ANY);
}

static const FeelType *constrain(Loader *l, const Module *mod, const FeelType *base, const XmlNode *xml,
                                 const char *element) {
    const XmlNode *tests = xml_child(xml, element);
    const FeelCode *code;
    if (tests == NULL || dmn_child_text(tests, "text").n == 0) return base;
    if (!dmn_code(l, mod, &mod->root_scope, FEEL_UNARY_TESTS, tests, "", &code)) return base;
    FeelType *type = NEW(l->a, FeelType);
    *type = *base;
    type->allowed = code;
    type->base = base;
    return type;
}

static const FeelType *build(Loader *l, const Module *mod, const XmlNode *xml);

static const FeelType *build_context(Loader *l, const Module *mod, const XmlNode *xml, size_t n) {
    FeelType *type = NEW(l->a, FeelType);
    Str *keys = NEW_ARRAY(l->a, Str, n);
    type->kind = FEEL_CONTEXT;
    type->members = NEW_ARRAY(l->a, const FeelType *, n);
    type->keys = keys;
    for (const XmlNode *x = xml_child(xml, "itemComponent"); x != NULL; x = xml_next(x, "itemComponent")) {
        keys[type->n] = feel_name(l->a, xml_attr(x, "name"));
        type->members[type->n++] = or_any(build(l, mod, x));
    }
    return type;
}

static const FeelType *build_function(Loader *l, const Module *mod, const XmlNode *xml) {
    FeelType *type = NEW(l->a, FeelType);
    Str output = xml_attr(xml, "outputTypeRef");
    if (output.n == 0) output = dmn_child_text(xml, "outputTypeRef");
    type->kind = FEEL_FUNCTION;
    type->item = or_any(parse(l, mod, xml, output));
    type->members = NEW_ARRAY(l->a, const FeelType *, dmn_count(xml, "parameters"));
    for (const XmlNode *x = xml_child(xml, "parameters"); x != NULL; x = xml_next(x, "parameters")) {
        type->members[type->n++] = or_any(dmn_type_ref(l, mod, x));
    }
    return type;
}

/* Source: DMN 1.5 §7.3.3: allowedValues speak of each element of a collection, typeConstraint of the
 * whole. */
static const FeelType *build(Loader *l, const Module *mod, const XmlNode *xml) {
    size_t n = dmn_count(xml, "itemComponent");
    const XmlNode *function = xml_child(xml, "functionItem");
    const FeelType *type;
    if (n > 0)
        type = build_context(l, mod, xml, n);
    else if (function != NULL)
        type = build_function(l, mod, function);
    else
        type = or_any(dmn_type_ref(l, mod, xml));
    type = constrain(l, mod, type, xml, "allowedValues");
    if (str_is(xml_attr(xml, "isCollection"), "true")) type = feel_type_list(l->a, type);
    return constrain(l, mod, type, xml, "typeConstraint");
}

static const FeelType *resolve(Loader *l, const Module *mod, TypeDef *def) {
    enum { UNTOUCHED, OPEN, DONE };
    if (def->state == DONE) return def->type;
    if (def->state == OPEN) {
        dmn_fault(l, mod, def->xml, "", "The type \"" STR_FMT "\" contains itself.", STR_ARG(def->name));
        return feel_type(FEEL_ANY);
    }
    if (l->depth == DMN_MOST_TYPE_DEPTH) {
        dmn_fault(l, mod, def->xml, "", "Types are nested more than %d deep.", DMN_MOST_TYPE_DEPTH);
        return feel_type(FEEL_ANY);
    }
    def->state = OPEN;
    l->depth++;
    FeelType *type = NEW(l->a, FeelType);
    *type = *build(l, mod, def->xml);
    l->depth--;
    type->name = def->name;
    def->type = type;
    def->state = DONE;
    return type;
}

bool dmn_types_collect(Loader *l, Module *mod) {
    size_t n = dmn_count(mod->root, "itemDefinition");
    TRY(dmn_within(l, mod, mod->root, n, DMN_MOST_TYPES, "types"));
    mod->types = NEW_ARRAY(l->a, TypeDef, n);
    for (const XmlNode *x = xml_child(mod->root, "itemDefinition"); x != NULL; x = xml_next(x, "itemDefinition")) {
        TypeDef *def = &mod->types[mod->n_types];
        *def = (TypeDef){.name = feel_name(l->a, xml_attr(x, "name")), .xml = x};
        for (size_t i = 0; i < mod->n_types; i++) {
            if (str_eq(mod->types[i].name, def->name)) {
                dmn_fault(l, mod, x, "", "Two types are called \"" STR_FMT "\".", STR_ARG(def->name));
            }
        }
        mod->n_types++;
    }
    return true;
}

void dmn_types_resolve(Loader *l, Module *mod) {
    for (size_t i = 0; i < mod->n_types; i++) resolve(l, mod, &mod->types[i]);
}
