/* dmn/native: business knowledge models, decision services and external functions as function values
 * that FEEL can call (DMN 1.5 §6.3.9, §10.4, §10.2.1.7). They see their parameters and what they
 * require, never anything of the caller. */
#include "dmn/dmn_in.h"

#include <string.h>

FeelParam *dmn_native_formal(Loader *l, const Module *mod, const XmlNode *logic, size_t *n) {
    size_t count = dmn_count(logic, "formalParameter");
    *n = 0;
    if (!dmn_within(l, mod, logic, count, DMN_MOST_PARAMS, "parameters")) return NULL;
    FeelParam *params = NEW_ARRAY(l->a, FeelParam, count);
    for (const XmlNode *x = xml_child(logic, "formalParameter"); x != NULL; x = xml_next(x, "formalParameter")) {
        Str name = feel_name(l->a, xml_attr(x, "name"));
        for (size_t i = 0; i < *n; i++) {
            if (str_eq(params[i].name, name)) {
                dmn_fault(l, mod, x, "", "Two parameters are called \"" STR_FMT "\".", STR_ARG(name));
            }
        }
        params[(*n)++] = (FeelParam){name, dmn_type_ref(l, mod, x)};
    }
    return params;
}

/* ---- external functions ---------------------------------------------------------------------- */
bool dmn_native_is_external(const XmlNode *logic) {
    Str kind = xml_attr(logic, "kind");
    return str_is(kind, "Java") || str_is(kind, "PMML");
}

/* The text of a context entry such as class: "java.lang.Math". */
static Str external_entry(Loader *l, const Module *mod, const XmlNode *context, const char *name) {
    for (const XmlNode *x = xml_child(context, "contextEntry"); x != NULL; x = xml_next(x, "contextEntry")) {
        const XmlNode *variable = xml_child(x, "variable"), *literal = xml_child(x, "literalExpression");
        if (variable == NULL || literal == NULL || !str_is(xml_attr(variable, "name"), name)) continue;
        const FeelCode *code;
        Value v;
        bool is_text = dmn_code(l, mod, &mod->root_scope, FEEL_EXPRESSION, literal, "", &code) &&
                       feel_constant(code, &v) && v.kind == VALUE_STRING;
        return is_text ? value_text(v) : STR("");
    }
    return STR("");
}

Value dmn_native_external(Loader *l, const Module *mod, const XmlNode *logic, const FeelParam *params, size_t n) {
    const XmlNode *context = xml_child(logic, "context");
    Value function = value_null();
    Str class_name = STR(""), signature = STR("");
    if (context != NULL && str_is(xml_attr(logic, "kind"), "Java")) {
        class_name = external_entry(l, mod, context, "class");
        signature = external_entry(l, mod, context, "method signature");
        const FeelRegistry *registry = l->options.registry;
        if (registry != NULL) function = registry->find(registry->context, l->a, class_name, signature, params, n);
    }
    if (function.kind == VALUE_FUNCTION) return function;
    dmn_fault(l, mod, logic, "", "The external function \"" STR_FMT "\" of \"" STR_FMT "\" is not available.",
              STR_ARG(signature), STR_ARG(class_name));
    return value_because(l->a, "external", "The external function is not available.");
}

/* ---- calls ----------------------------------------------------------------------------------- */
static Value call_bkm(FeelRun *run, const void *context, const Value *args, size_t n) {
    const Node *node = context;
    assert(n == node->n_params);
    FeelFrame *frame = arena_alloc(run->arena, sizeof *frame);
    frame->outer = node->frame;
    frame->slots = arena_alloc(run->arena, n * sizeof(Value));
    if (n > 0) memcpy(frame->slots, args, n * sizeof(Value));
    return dmn_eval(run, node->body, frame);
}

static Value service_result(FeelRun *run, const Node *service, const Value *pool) {
    const DmnModel *m = service->model;
    if (service->n_outputs == 1) return pool[dmn_source(m, service->outputs[0])];
    ValueBuild b = {.a = run->arena};
    for (size_t i = 0; i < service->n_outputs; i++) {
        build_entry(&b, service->output_names[i], pool[dmn_source(m, service->outputs[i])]);
    }
    return build_ctx(&b);
}

/* Source: DMN 1.5 §10.4: the arguments stand in for input data and input decisions; everything else
 * is evaluated afresh and nothing leaks. */
static Value call_service(FeelRun *run, const void *context, const Value *args, size_t n) {
    const Node *service = context;
    const DmnModel *m = service->model;
    assert(n == service->n_params);
    Pool pool = NEW_ARRAY(run->arena, Value, m->n_kind[DMN_INPUT] + m->n_kind[DMN_DECISION]);
    for (size_t i = 0; i < n; i++) pool[dmn_source(m, service->given[i])] = args[i];
    dmn_plan_run(run, m, &service->plan, pool);
    return service_result(run, service, pool);
}

/* ---- function values ------------------------------------------------------------------------- */
static const FeelType *function_type(Loader *l, const Node *node) {
    FeelType *type = NEW(l->a, FeelType);
    type->kind = FEEL_FUNCTION;
    type->item = node->type != NULL ? node->type : feel_type(FEEL_ANY);
    type->n = node->n_params;
    type->members = NEW_ARRAY(l->a, const FeelType *, node->n_params);
    for (size_t i = 0; i < node->n_params; i++) {
        type->members[i] = node->params[i].type != NULL ? node->params[i].type : feel_type(FEEL_ANY);
    }
    return type;
}

/* Source: DMN 1.5 §6.3.9: the variable of a BKM has the type of the function; DMN 1.1 and 1.2 files
 * give the type of its result. */
static void make(Loader *l, Node *node) {
    if (node->type != NULL && node->type->kind == FEEL_FUNCTION) node->type = node->type->item;
    const XmlNode *logic = xml_child(node->xml, "encapsulatedLogic");
    if (node->kind == DMN_BKM && logic != NULL) {
        node->params = dmn_native_formal(l, node->module, logic, &node->n_params);
    }
    node->function_type = function_type(l, node);
    if (node->kind == DMN_BKM && logic == NULL) {
        dmn_fault(l, node->module, node->xml, "", "The business knowledge model has no logic.");
        node->function = value_because(l->a, "missing", "The business knowledge model has no logic.");
    } else if (node->kind == DMN_BKM && dmn_native_is_external(logic)) {
        node->function = dmn_native_external(l, node->module, logic, node->params, node->n_params);
    } else {
        FeelNative fn = node->kind == DMN_BKM ? call_bkm : call_service;
        node->function = feel_function(l->a, node->name, node->params, node->n_params, node->type, fn, node);
    }
}

void dmn_native_all(Loader *l) {
    DmnModel *m = l->m;
    for (size_t i = 0; i < m->n_kind[DMN_BKM]; i++) make(l, m->by_kind[DMN_BKM][i]);
    for (size_t i = 0; i < m->n_kind[DMN_SERVICE]; i++) make(l, m->by_kind[DMN_SERVICE][i]);
    for (size_t i = 0; i < m->n_kind[DMN_BKM]; i++) {
        Node *node = m->by_kind[DMN_BKM][i];
        node->frame = dmn_plan_frame(&l->run, node, NULL);
    }
}
