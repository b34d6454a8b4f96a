/* dmn/box: compiles boxed expressions (DMN 1.5 §7.3, §10.2.2) from XML. A faulty part is reported
 * and becomes a null with its cause, so that all faults of a model are found in one go. */
#include "dmn/dmn_in.h"

/* ---- common ---------------------------------------------------------------------------------- */
static Box *new_box(Loader *l, BoxKind kind) {
    Box *box = NEW(l->a, Box);
    box->kind = kind;
    return box;
}

Box *dmn_box_null(Loader *l, const char *kind, const char *why) {
    Box *box = new_box(l, BOX_CONSTANT);
    box->value = value_because(l->a, kind, "%s", why);
    return box;
}

void dmn_box_type(Loader *l, Box *box, const FeelType *type) {
    if (type == NULL) return;
    l->run.fuel = FEEL_FUEL; /* each constant may use as much as an evaluation */
    if (box->kind == BOX_CONSTANT)
        box->value = dmn_coerce(&l->run, box->value, type);
    else if (!dmn_type_within(box->known, type))
        box->type = type;
    box->known = type;
}

typedef Box *(*Compile)(Loader *l, const Module *mod, const Scope *scope, const XmlNode *xml);
static Compile compiler_of(Str element);

const XmlNode *dmn_box_in(const XmlNode *parent) {
    for (const XmlNode *x = parent->first; x != NULL; x = x->next) {
        if (str_eq(x->ns, parent->ns) && compiler_of(x->name) != NULL) return x;
    }
    return NULL;
}

static Box *compile_in(Loader *l, const Module *mod, const Scope *scope, const XmlNode *parent) {
    const XmlNode *xml = dmn_box_in(parent);
    if (xml != NULL) return dmn_box_compile(l, mod, scope, xml);
    dmn_fault(l, mod, parent, "", "The element \"" STR_FMT "\" holds no expression.", STR_ARG(parent->name));
    return dmn_box_null(l, "missing", "There is no expression.");
}

/* The expression inside a named wrapper such as <if> or <satisfies>. */
static Box *compile_part(Loader *l, const Module *mod, const Scope *scope, const XmlNode *xml, const char *wrapper) {
    const XmlNode *part = xml_child(xml, wrapper);
    if (part != NULL) return compile_in(l, mod, scope, part);
    dmn_fault(l, mod, xml, "", "The part \"%s\" is missing.", wrapper);
    return dmn_box_null(l, "missing", "A part is missing.");
}

static void room_for(Loader *l, Box *box, size_t n) {
    box->parts = NEW_ARRAY(l->a, Box *, n);
    box->names = NEW_ARRAY(l->a, Str, n);
}

/* ---- literals -------------------------------------------------------------------------------- */
Box *dmn_box_literal(Loader *l, const Module *mod, const Scope *scope, const XmlNode *at, const char *cell) {
    if (xml_child(at, "importedValues") != NULL) dmn_fault(l, mod, at, cell, "Imported values are not supported.");
    Str text = dmn_child_text(at, "text");
    if (text.n == 0) return dmn_box_null(l, "missing", "The expression is empty.");
    Box *box = new_box(l, BOX_SLOT);
    if (dmn_scope_find(l, scope, text, &box->depth, &box->slot, &box->known)) return box;
    box->kind = BOX_LITERAL;
    if (!dmn_code(l, mod, scope, FEEL_EXPRESSION, at, cell, &box->code)) {
        return dmn_box_null(l, "syntax", "The expression could not be read.");
    }
    if (feel_constant(box->code, &box->value)) box->kind = BOX_CONSTANT;
    return box;
}

static Box *compile_literal(Loader *l, const Module *mod, const Scope *scope, const XmlNode *xml) {
    return dmn_box_literal(l, mod, scope, xml, "");
}

/* ---- contexts, lists, relations -------------------------------------------------------------- */
static bool is_taken(const Str *names, size_t n, Str name) {
    for (size_t i = 0; i < n; i++) {
        if (str_eq(names[i], name)) return true;
    }
    return false;
}

/* In: n members under the box's names; NULL members are Any. */
static const FeelType *context_type(Loader *l, const Box *box, const FeelType *const *members, size_t n) {
    FeelType *type = NEW(l->a, FeelType);
    type->kind = FEEL_CONTEXT;
    type->n = n;
    type->keys = box->names;
    type->members = NEW_ARRAY(l->a, const FeelType *, n);
    for (size_t i = 0; i < n; i++) type->members[i] = members[i] != NULL ? members[i] : feel_type(FEEL_ANY);
    return type;
}

static Box *compile_context(Loader *l, const Module *mod, const Scope *outer, const XmlNode *xml) {
    Box *box = new_box(l, BOX_CONTEXT);
    size_t count = dmn_count(xml, "contextEntry");
    if (!dmn_within(l, mod, xml, count, DMN_MOST_ENTRIES, "entries"))
        return dmn_box_null(l, "limit", "The context is too large.");
    Scope *scope = dmn_scope_inner(l, outer);
    room_for(l, box, count);
    const FeelType **known = NEW_ARRAY(l->a, const FeelType *, count);
    for (const XmlNode *x = xml_child(xml, "contextEntry"); x != NULL; x = xml_next(x, "contextEntry")) {
        const XmlNode *variable = xml_child(x, "variable");
        Str name = variable != NULL ? feel_name(l->a, xml_attr(variable, "name")) : STR("");
        if (name.n == 0 && xml_next(x, "contextEntry") != NULL) {
            dmn_fault(l, mod, x, "", "Only the last entry of a context can be without a name.");
        }
        if (name.n > 0 && is_taken(box->names, box->n, name)) {
            dmn_fault(l, mod, x, "", "Two entries are called \"" STR_FMT "\".", STR_ARG(name));
            return dmn_box_null(l, "duplicate", "Two entries of the context have one name.");
        }
        box->parts[box->n] = compile_in(l, mod, scope, x);
        box->names[box->n] = name;
        dmn_box_type(l, box->parts[box->n], variable != NULL ? dmn_type_ref(l, mod, variable) : NULL);
        known[box->n] = box->parts[box->n]->known;
        if (name.n == 0) {
            box->known = known[box->n++];
            return box;
        }
        dmn_scope_add(l, scope, name, known[box->n++]);
    }
    box->known = context_type(l, box, known, box->n);
    return box;
}

static Box *compile_list(Loader *l, const Module *mod, const Scope *scope, const XmlNode *xml) {
    Box *box = new_box(l, BOX_LIST);
    size_t n = 0;
    for (const XmlNode *x = xml->first; x != NULL; x = x->next) n++;
    room_for(l, box, n);
    for (const XmlNode *x = xml->first; x != NULL; x = x->next) {
        if (compiler_of(x->name) != NULL) box->parts[box->n++] = dmn_box_compile(l, mod, scope, x);
    }
    return box;
}

static size_t compile_row(Loader *l, const Module *mod, const Scope *scope, const XmlNode *row, Box **cells,
                          size_t width) {
    size_t n = 0;
    for (const XmlNode *x = row->first; x != NULL; x = x->next) {
        if (compiler_of(x->name) == NULL) continue;
        if (n < width) cells[n] = dmn_box_compile(l, mod, scope, x);
        n++;
    }
    return n;
}

static Box *compile_relation(Loader *l, const Module *mod, const Scope *scope, const XmlNode *xml) {
    Box *box = new_box(l, BOX_RELATION);
    size_t width = dmn_count(xml, "column"), rows = dmn_count(xml, "row");
    bool fits = dmn_within(l, mod, xml, width, DMN_MOST_COLUMNS, "columns") &&
                dmn_within(l, mod, xml, width * rows, DMN_MOST_CELLS, "cells");
    if (!fits) return dmn_box_null(l, "limit", "The relation is too large.");
    room_for(l, box, width);
    box->parts = NEW_ARRAY(l->a, Box *, width * rows);
    const FeelType **types = NEW_ARRAY(l->a, const FeelType *, width);
    for (const XmlNode *x = xml_child(xml, "column"); x != NULL; x = xml_next(x, "column")) {
        Str name = feel_name(l->a, xml_attr(x, "name"));
        if (is_taken(box->names, box->width, name)) {
            dmn_fault(l, mod, x, "", "Two columns are called \"" STR_FMT "\".", STR_ARG(name));
            return dmn_box_null(l, "duplicate", "Two columns of the relation have one name.");
        }
        box->names[box->width] = name;
        types[box->width++] = dmn_type_ref(l, mod, x);
    }
    for (const XmlNode *x = xml_child(xml, "row"); x != NULL; x = xml_next(x, "row")) {
        size_t n = compile_row(l, mod, scope, x, box->parts + box->n, width);
        if (n != width) {
            dmn_fault(l, mod, x, "", "The row has %zu cells, the relation has %zu columns.", n, width);
            return dmn_box_null(l, "shape", "A row of the relation has the wrong number of cells.");
        }
        for (size_t i = 0; i < width; i++) dmn_box_type(l, box->parts[box->n + i], types[i]);
        box->n += width;
    }
    box->known = feel_type_list(l->a, context_type(l, box, types, width));
    return box;
}

/* ---- functions ------------------------------------------------------------------------------- */
static Box *compile_invocation(Loader *l, const Module *mod, const Scope *scope, const XmlNode *xml) {
    Box *box = new_box(l, BOX_INVOCATION);
    size_t n = dmn_count(xml, "binding");
    room_for(l, box, n + 1);
    box->parts[box->n++] = compile_in(l, mod, scope, xml);
    for (const XmlNode *x = xml_child(xml, "binding"); x != NULL; x = xml_next(x, "binding")) {
        const XmlNode *parameter = xml_child(x, "parameter");
        if (parameter == NULL) dmn_fault(l, mod, x, "", "The binding names no parameter.");
        box->names[box->n - 1] = parameter != NULL ? feel_name(l->a, xml_attr(parameter, "name")) : STR("");
        /* Source: DMN 1.5 §7.3.8: a binding without an expression passes null. */
        box->parts[box->n++] =
            dmn_box_in(x) != NULL ? compile_in(l, mod, scope, x) : dmn_box_null(l, "missing", "It is not bound.");
    }
    return box;
}

static Box *compile_function(Loader *l, const Module *mod, const Scope *outer, const XmlNode *xml) {
    Box *box = new_box(l, BOX_FUNCTION);
    box->params = dmn_native_formal(l, mod, xml, &box->n_params);
    if (dmn_native_is_external(xml)) {
        box->kind = BOX_CONSTANT;
        box->value = dmn_native_external(l, mod, xml, box->params, box->n_params);
        return box;
    }
    Scope *scope = dmn_scope_inner(l, outer);
    for (size_t i = 0; i < box->n_params; i++) dmn_scope_add(l, scope, box->params[i].name, box->params[i].type);
    room_for(l, box, 1);
    box->n = 1;
    box->parts[0] = compile_in(l, mod, scope, xml);
    return box;
}

/* ---- conditions and iteration ---------------------------------------------------------------- */
static Box *compile_conditional(Loader *l, const Module *mod, const Scope *scope, const XmlNode *xml) {
    static const char *const wrappers[] = {"if", "then", "else"};
    Box *box = new_box(l, BOX_CONDITIONAL);
    room_for(l, box, 3);
    for (box->n = 0; box->n < 3; box->n++) box->parts[box->n] = compile_part(l, mod, scope, xml, wrappers[box->n]);
    return box;
}

/* What is known of the items, for the names in the body; a value that is no list is its own item. */
static const FeelType *item_type(const Box *list) {
    const FeelType *type = list->known;
    if (type == NULL && list->kind == BOX_LITERAL) type = feel_code_type(list->code);
    return type != NULL && type->kind == FEEL_LIST ? type->item : type;
}

static Box *compile_iteration(Loader *l, const Module *mod, const Scope *outer, const XmlNode *xml, BoxKind kind) {
    Box *box = new_box(l, kind);
    room_for(l, box, 2);
    box->n = 2;
    box->parts[0] = compile_part(l, mod, outer, xml, "in");
    Scope *scope = dmn_scope_inner(l, outer);
    Str variable = xml_attr(xml, "iteratorVariable");
    if (variable.n == 0) dmn_fault(l, mod, xml, "", "The iterator has no variable.");
    dmn_scope_add(l, scope, variable, item_type(box->parts[0]));
    if (kind == BOX_FOR) dmn_scope_add(l, scope, STR("partial"), NULL);
    box->parts[1] = compile_part(l, mod, scope, xml, kind == BOX_FOR ? "return" : "satisfies");
    return box;
}

static Box *compile_for(Loader *l, const Module *mod, const Scope *scope, const XmlNode *xml) {
    return compile_iteration(l, mod, scope, xml, BOX_FOR);
}

static Box *compile_some(Loader *l, const Module *mod, const Scope *scope, const XmlNode *xml) {
    return compile_iteration(l, mod, scope, xml, BOX_SOME);
}

static Box *compile_every(Loader *l, const Module *mod, const Scope *scope, const XmlNode *xml) {
    return compile_iteration(l, mod, scope, xml, BOX_EVERY);
}

/* Source: DMN 1.5 §10.3.2.5: members of the item hide outer names, and `item` itself. */
static Box *compile_filter(Loader *l, const Module *mod, const Scope *outer, const XmlNode *xml) {
    Box *box = new_box(l, BOX_FILTER);
    room_for(l, box, 2);
    box->n = 2;
    box->parts[0] = compile_part(l, mod, outer, xml, "in");
    const FeelType *item = item_type(box->parts[0]);
    bool is_context = item != NULL && item->kind == FEEL_CONTEXT;
    size_t n = is_context ? item->n : 0;
    Scope *scope = dmn_scope_inner(l, outer);
    box->names = NEW_ARRAY(l->a, Str, n + 1);
    bool hidden = false;
    for (size_t i = 0; i < n; i++) {
        hidden = hidden || str_is(item->keys[i], "item");
        box->names[box->width++] = item->keys[i];
        dmn_scope_add(l, scope, item->keys[i], item->members[i]);
    }
    if (!hidden) {
        box->names[box->width++] = STR("");
        dmn_scope_add(l, scope, STR("item"), item);
    }
    box->parts[1] = compile_part(l, mod, scope, xml, "match");
    const FeelType *known = box->parts[0]->known;
    if (known != NULL && known->kind == FEEL_LIST) box->known = known;
    return box;
}

static Box *compile_table(Loader *l, const Module *mod, const Scope *scope, const XmlNode *xml) {
    Box *box = new_box(l, BOX_TABLE);
    box->table = dmn_table_compile(l, mod, scope, xml, &box->known);
    return box;
}

/* ---- dispatch -------------------------------------------------------------------------------- */
static Compile compiler_of(Str element) {
    static const struct {
        const char *element; /* XML name */
        Compile compile;
    } compilers[] = {
        {"literalExpression", compile_literal},
        {"decisionTable", compile_table},
        {"context", compile_context},
        {"invocation", compile_invocation},
        {"functionDefinition", compile_function},
        {"list", compile_list},
        {"relation", compile_relation},
        {"conditional", compile_conditional},
        {"filter", compile_filter},
        {"for", compile_for},
        {"some", compile_some},
        {"every", compile_every},
    };
    for (size_t i = 0; i < COUNT_OF(compilers); i++) {
        if (str_is(element, compilers[i].element)) return compilers[i].compile;
    }
    return NULL;
}

Box *dmn_box_compile(Loader *l, const Module *mod, const Scope *scope, const XmlNode *xml) {
    Box *box = compiler_of(xml->name)(l, mod, scope, xml);
    dmn_box_type(l, box, dmn_type_ref(l, mod, xml));
    return box;
}
