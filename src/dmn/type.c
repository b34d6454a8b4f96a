/* dmn/type: item definitions → FEEL types (DMN 1.5 §7.3.3). Definitions may stand in any order and
 * refer to each other and to imported ones; one that contains itself is refused, unless a component that
 * is a list lies between: such a value can end. An unknown type is a fault and then counts as Any, so that
 * the remaining faults are still found. */
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
    dmn_fault(l, mod, at, "", "The type \"" STR_FMT "\" cannot be used: %s.", STR_ARG(text), err.text);
    return NULL;
}

const FeelType *dmn_type_ref(Loader *l, const Module *mod, const XmlNode *node) {
    if (xml_has(node, "typeRef")) return parse(l, mod, node, xml_attr(node, "typeRef"));
    return parse(l, mod, node, dmn_child_text(node, "typeRef"));
}

/* ---- static conformance ---------------------------------------------------------------------- */
static bool within(const FeelType *given, const FeelType *wanted, int depth);

static bool has_member_within(const FeelType *given, Str key, const FeelType *wanted, int depth) {
    for (size_t i = 0; i < given->n; i++) {
        if (str_eq(given->keys[i], key)) return within(given->members[i], wanted, depth);
    }
    return false;
}

static bool within(const FeelType *given, const FeelType *wanted, int depth) {
    if (wanted == NULL || given == wanted) return true;
    if (wanted->allowed != NULL || depth == DMN_MOST_TYPE_DEPTH) return false;
    if (wanted->kind == FEEL_ANY) return true;
    if (given == NULL || given->kind != wanted->kind) return false;
    if (wanted->kind == FEEL_LIST) return within(given->item, wanted->item, depth + 1);
    if (wanted->kind == FEEL_RANGE || wanted->kind == FEEL_FUNCTION) return false;
    for (size_t i = 0; wanted->kind == FEEL_CONTEXT && i < wanted->n; i++) {
        if (!has_member_within(given, wanted->keys[i], wanted->members[i], depth + 1)) return false;
    }
    return true;
}

/* Source: DMN 1.5 §10.3.2.9.4 (conformance). Says no where only the value can tell. */
bool dmn_type_within(const FeelType *given, const FeelType *wanted) {
    return within(given, wanted, 0);
}

/* ---- building -------------------------------------------------------------------------------- */
static const FeelType *or_any(const FeelType *type) {
    return type != NULL ? type : feel_type(FEEL_ANY);
}

static bool is_collection(const XmlNode *xml) {
    return str_is(xml_attr(xml, "isCollection"), "true");
}

/* Does the text name a component? Then it can only be checked beside the others. */
static bool names_one(Str text, const FeelType *whole) {
    for (size_t i = 0; whole != NULL && i < whole->n; i++) {
        if (str_find(text, whole->keys[i]) >= 0) return true;
    }
    return false;
}

/* In: whole: the context whose component this is, or NULL. */
static const FeelType *constrain(Loader *l, const Module *mod, const FeelType *base, const XmlNode *xml,
                                 const char *element, FeelType *whole) {
    const XmlNode *tests = xml_child(xml, element);
    const FeelCode *code;
    if (tests == NULL || dmn_child_text(tests, "text").n == 0) return base;
    const Scope *scope = &mod->root_scope;
    bool beside = names_one(dmn_child_text(tests, "text"), whole);
    if (beside) {
        whole->related = true;
        Scope *inner = dmn_scope_inner(l, scope);
        for (size_t i = 0; i < whole->n; i++) dmn_scope_add(l, inner, whole->keys[i], whole->members[i]);
        scope = inner;
    }
    if (!dmn_code(l, mod, scope, FEEL_UNARY_TESTS, tests, "", &code)) return base;
    FeelType *type = NEW(l->a, FeelType);
    *type = *base;
    type->allowed = code;
    type->base = base;
    type->beside = beside;
    return type;
}

/* Source: DMN 1.5 §7.3.3: allowedValues speak of each element of a collection, typeConstraint of the
 * whole. */
static const FeelType *finish(Loader *l, const Module *mod, const XmlNode *xml, const FeelType *type,
                              FeelType *whole) {
    type = constrain(l, mod, type, xml, "allowedValues", whole);
    if (is_collection(xml)) type = feel_type_list(l->a, type);
    return constrain(l, mod, type, xml, "typeConstraint", whole);
}

static const FeelType *build_plain(Loader *l, const Module *mod, const XmlNode *xml);

/* First all components as they are, then their constraints, which may name any of them (§7.3.3). */
static const FeelType *build_context(Loader *l, const Module *mod, const XmlNode *xml, size_t n) {
    FeelType *type = NEW(l->a, FeelType);
    FeelType plain = {.kind = FEEL_CONTEXT, .members = NEW_ARRAY(l->a, const FeelType *, n)};
    const FeelType **elements = NEW_ARRAY(l->a, const FeelType *, n);
    Str *keys = NEW_ARRAY(l->a, Str, n);
    l->path.components++;
    for (const XmlNode *x = xml_child(xml, "itemComponent"); x != NULL; x = xml_next(x, "itemComponent"), plain.n++) {
        const FeelType *element = elements[plain.n] = build_plain(l, mod, x);
        keys[plain.n] = feel_name(l->a, xml_attr(x, "name"));
        plain.members[plain.n] = is_collection(x) ? feel_type_list(l->a, element) : element;
    }
    l->path.components--;
    plain.keys = keys;
    *type = plain;
    type->members = NEW_ARRAY(l->a, const FeelType *, n);
    size_t i = 0;
    for (const XmlNode *x = xml_child(xml, "itemComponent"); x != NULL; x = xml_next(x, "itemComponent"), i++)
        type->members[i] = finish(l, mod, x, elements[i], &plain);
    type->related = plain.related;
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

/* Without constraints, and of a collection the element. */
static const FeelType *build_plain(Loader *l, const Module *mod, const XmlNode *xml) {
    size_t n = dmn_count(xml, "itemComponent");
    const XmlNode *function = xml_child(xml, "functionItem");
    const FeelType *type;
    l->path.lists += is_collection(xml);
    if (n > 0)
        type = build_context(l, mod, xml, n);
    else if (function != NULL)
        type = build_function(l, mod, function);
    else
        type = or_any(dmn_type_ref(l, mod, xml));
    l->path.lists -= is_collection(xml);
    return type;
}

/* A type met again while it is being built. Its values end only when a list, which may be empty, lies in
 * between; a list of nothing but itself is no use to anybody. */
static const FeelType *met_again(Loader *l, const Module *mod, const TypeDef *def) {
    if (l->path.lists > def->path.lists && l->path.components > def->path.components) return def->type;
    dmn_fault(l, mod, def->xml, "", "The type \"" STR_FMT "\" contains itself. Only a component that is a collection may hold it.",
              STR_ARG(def->name));
    return feel_type(FEEL_ANY);
}

static const FeelType *resolve(Loader *l, const Module *mod, TypeDef *def) {
    enum { UNTOUCHED, OPEN, DONE };
    if (def->state == DONE) return def->type;
    if (def->state == OPEN) return met_again(l, mod, def);
    if (l->depth == DMN_MOST_TYPE_DEPTH) {
        dmn_fault(l, mod, def->xml, "", "Types are nested more than %d deep.", DMN_MOST_TYPE_DEPTH);
        return feel_type(FEEL_ANY);
    }
    def->state = OPEN;
    def->path = l->path;
    def->type = NEW(l->a, FeelType);
    def->type->name = def->name;
    l->depth++;
    *def->type = *finish(l, mod, def->xml, build_plain(l, mod, def->xml), NULL);
    l->depth--;
    def->type->name = def->name;
    def->state = DONE;
    return def->type;
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
