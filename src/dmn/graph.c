/* dmn/graph: the nodes of the requirement graph (DMN 1.5 §6): input data, decisions, business
 * knowledge models, services; who requires whom, under which name, and in which order a decision's
 * requirements are evaluated. It never evaluates anything. Cycles refuse the model, lenient or not. */
#include "dmn/dmn_in.h"

#include <string.h>

static const struct {
    const char *element; /* XML name */
    DmnKind kind;        /* of the node */
} elements[] = {
    {"decision", DMN_DECISION},
    {"inputData", DMN_INPUT},
    {"businessKnowledgeModel", DMN_BKM},
    {"decisionService", DMN_SERVICE},
};

static bool kind_of(const XmlNode *x, DmnKind *kind) {
    for (size_t i = 0; i < COUNT_OF(elements); i++) {
        if (!str_is(x->name, elements[i].element)) continue;
        *kind = elements[i].kind;
        return true;
    }
    return false;
}

/* ---- nodes ----------------------------------------------------------------------------------- */
static void add_node(Loader *l, Module *mod, const XmlNode *x, DmnKind kind) {
    Node *node = &mod->nodes[mod->n_nodes++];
    const XmlNode *variable = xml_child(x, "variable");
    node->kind = kind;
    node->index = (int)l->m->n_kind[kind]++;
    node->name = xml_attr(x, "name");
    node->id = xml_attr(x, "id");
    node->variable = variable != NULL && xml_attr(variable, "name").n > 0 ? xml_attr(variable, "name") : node->name;
    node->module = mod;
    node->xml = x;
    node->model = l->m;
    node->type = variable != NULL ? dmn_type_ref(l, mod, variable) : NULL;
    for (size_t i = 0; i + 1 < mod->n_nodes; i++) {
        if (str_eq(mod->nodes[i].name, node->name)) {
            dmn_fault(l, mod, x, "", "Two nodes are called \"" STR_FMT "\".", STR_ARG(node->name));
        }
    }
}

static bool collect(Loader *l, Module *mod) {
    size_t n = 0;
    DmnKind kind;
    for (const XmlNode *x = mod->root->first; x != NULL; x = x->next) n += kind_of(x, &kind);
    TRY(dmn_within(l, mod, mod->root, n, DMN_MOST_NODES, "nodes"));
    mod->nodes = NEW_ARRAY(l->a, Node, n);
    for (const XmlNode *x = mod->root->first; x != NULL; x = x->next) {
        if (kind_of(x, &kind)) add_node(l, mod, x, kind);
    }
    return true;
}

bool dmn_graph_nodes(Loader *l) {
    DmnModel *m = l->m;
    for (size_t i = 0; i < m->n_modules; i++) TRY(collect(l, &m->modules[i]));
    for (int k = 0; k < 4; k++) m->by_kind[k] = NEW_ARRAY(l->a, Node *, m->n_kind[k]);
    for (size_t i = 0; i < m->n_modules; i++) {
        for (size_t j = 0; j < m->modules[i].n_nodes; j++) {
            Node *node = &m->modules[i].nodes[j];
            m->by_kind[node->kind][node->index] = node;
        }
    }
    return true;
}

/* ---- requirements ---------------------------------------------------------------------------- */
static const Module *target_module(const Module *mod, Str ns, Str *prefix) {
    *prefix = STR("");
    if (ns.n == 0 || str_eq(ns, mod->ns)) return mod;
    for (size_t i = 0; i < mod->n_imports; i++) {
        const Import *import = &mod->imports[i];
        if (import->module == NULL || !str_eq(import->module->ns, ns)) continue;
        *prefix = import->name;
        return import->module;
    }
    return NULL;
}

/* Source: DMN 1.5 §6.3: href is "#id" or "namespace#id". DMN 1.1 files also have a bare id. */
static const Node *follow(Loader *l, const Module *mod, const XmlNode *ref, Str *prefix) {
    Str href = xml_attr(ref, "href"), ns = STR(""), id = href;
    ptrdiff_t hash = str_find(href, STR("#"));
    if (hash >= 0) {
        ns = str_sub(href, 0, (size_t)hash);
        id = str_sub(href, (size_t)hash + 1, href.n);
    }
    const Module *target = target_module(mod, ns, prefix);
    for (size_t i = 0; target != NULL && i < target->n_nodes; i++) {
        if (id.n > 0 && str_eq(target->nodes[i].id, id)) return &target->nodes[i];
    }
    dmn_fault(l, mod, ref, "", "It refers to \"" STR_FMT "\", which does not exist.", STR_ARG(href));
    return NULL;
}

static const XmlNode *requirement_ref(const XmlNode *requirement) {
    static const char *const names[] = {"requiredInput", "requiredDecision", "requiredKnowledge"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const XmlNode *ref = xml_child(requirement, names[i]);
        if (ref != NULL) return ref;
    }
    return NULL;
}

/* Source: DMN 1.5 §6.2.2: who may require whom. */
static bool may_require(const Node *node, const XmlNode *ref, const Node *target) {
    if (str_is(ref->name, "requiredInput")) return node->kind == DMN_DECISION && target->kind == DMN_INPUT;
    if (str_is(ref->name, "requiredDecision")) return node->kind == DMN_DECISION && target->kind == DMN_DECISION;
    return target->kind == DMN_BKM || target->kind == DMN_SERVICE;
}

static void add_slot(Loader *l, Node *node, Str prefix, Need need) {
    Slot *slot = NULL;
    for (size_t i = 0; prefix.n > 0 && i < node->n_slots; i++) {
        if (node->slots[i].is_import && str_eq(node->slots[i].name, prefix)) slot = &node->slots[i];
    }
    if (slot == NULL) {
        slot = &node->slots[node->n_slots++];
        slot->is_import = prefix.n > 0;
        slot->name = slot->is_import ? prefix : need.name;
        slot->source = slot->is_import ? -1 : need.source;
        slot->needs = NEW_ARRAY(l->a, Need, slot->is_import ? node->n_required : 1);
    }
    slot->needs[slot->n++] = need;
}

static void require(Loader *l, Node *node) {
    size_t n = dmn_count(node->xml, "informationRequirement") + dmn_count(node->xml, "knowledgeRequirement");
    node->required = NEW_ARRAY(l->a, Need, n);
    node->slots = NEW_ARRAY(l->a, Slot, n);
    Str *prefixes = NEW_ARRAY(l->a, Str, n);
    for (const XmlNode *x = node->xml->first; x != NULL; x = x->next) {
        bool is_requirement = str_is(x->name, "informationRequirement") || str_is(x->name, "knowledgeRequirement");
        const XmlNode *ref = is_requirement ? requirement_ref(x) : NULL;
        if (ref == NULL) continue;
        const Node *target = follow(l, node->module, ref, &prefixes[node->n_required]);
        if (target == NULL) continue;
        if (!may_require(node, ref, target)) {
            dmn_fault(l, node->module, ref, "", "\"" STR_FMT "\" cannot be required here.", STR_ARG(target->name));
            continue;
        }
        bool is_function = target->kind == DMN_BKM || target->kind == DMN_SERVICE;
        int source = is_function ? -1 : (int)dmn_source(l->m, target);
        node->required[node->n_required++] = (Need){target, feel_name(l->a, target->variable), source};
    }
    for (size_t i = 0; i < node->n_required; i++) add_slot(l, node, prefixes[i], node->required[i]);
}

static size_t gather(Loader *l, const Node *service, const char *element, DmnKind kind, const Node **out, Str *names) {
    size_t n = 0;
    for (const XmlNode *x = xml_child(service->xml, element); x != NULL; x = xml_next(x, element)) {
        Str prefix;
        const Node *target = follow(l, service->module, x, &prefix);
        if (target == NULL) continue;
        if (target->kind != kind) {
            dmn_fault(l, service->module, x, "", "\"" STR_FMT "\" cannot stand here.", STR_ARG(target->name));
            continue;
        }
        Str name = feel_name(l->a, target->variable);
        names[n] = prefix.n == 0 ? name : str_printf(l->a, STR_FMT "." STR_FMT, STR_ARG(prefix), STR_ARG(name));
        out[n++] = target;
    }
    return n;
}

/* Source: DMN 1.5 §10.4: the parameters are the input data, then the input decisions, each in
 * document order. */
static void require_service(Loader *l, Node *node) {
    size_t n_out = dmn_count(node->xml, "outputDecision");
    size_t n_in = dmn_count(node->xml, "inputData") + dmn_count(node->xml, "inputDecision");
    node->outputs = NEW_ARRAY(l->a, const Node *, n_out);
    node->output_names = NEW_ARRAY(l->a, Str, n_out);
    node->n_outputs = gather(l, node, "outputDecision", DMN_DECISION, node->outputs, node->output_names);
    node->given = NEW_ARRAY(l->a, const Node *, n_in);
    Str *names = NEW_ARRAY(l->a, Str, n_in);
    size_t n = gather(l, node, "inputData", DMN_INPUT, node->given, names);
    n += gather(l, node, "inputDecision", DMN_DECISION, node->given + n, names + n);
    node->params = NEW_ARRAY(l->a, FeelParam, n);
    node->n_params = n;
    for (size_t i = 0; i < n; i++) node->params[i] = (FeelParam){names[i], node->given[i]->type};
    size_t n_inner = dmn_count(node->xml, "encapsulatedDecision");
    const Node **inner = NEW_ARRAY(l->a, const Node *, n_inner);
    gather(l, node, "encapsulatedDecision", DMN_DECISION, inner, NEW_ARRAY(l->a, Str, n_inner));
    if (node->n_outputs == 0) dmn_fault(l, node->module, node->xml, "", "The service has no output decision.");
}

void dmn_graph_requirements(Loader *l) {
    DmnModel *m = l->m;
    for (size_t i = 0; i < m->n_kind[DMN_DECISION]; i++) require(l, m->by_kind[DMN_DECISION][i]);
    for (size_t i = 0; i < m->n_kind[DMN_BKM]; i++) require(l, m->by_kind[DMN_BKM][i]);
    for (size_t i = 0; i < m->n_kind[DMN_SERVICE]; i++) require_service(l, m->by_kind[DMN_SERVICE][i]);
}

/* ---- order ----------------------------------------------------------------------------------- */
enum { UNSEEN, OPEN, ACYCLIC, FIRST_EPOCH }; /* values of Node.mark; each plan then has its own epoch */

static Node *node_of(const DmnModel *m, const Node *node) {
    return m->by_kind[node->kind][node->index];
}

/* Source: DMN 1.5 §6.2.2: the graph is acyclic. */
static bool visit(Loader *l, Node *node) {
    if (node->mark == ACYCLIC) return true;
    if (node->mark == OPEN) {
        dmn_fault(l, node->module, node->xml, "", "\"" STR_FMT "\" requires itself, directly or through others.",
                  STR_ARG(node->name));
        return false;
    }
    if (l->depth == DMN_MOST_CHAIN) {
        dmn_fault(l, node->module, node->xml, "", "The chain of requirements is longer than %d.", DMN_MOST_CHAIN);
        return false;
    }
    node->mark = OPEN;
    l->depth++;
    for (size_t i = 0; i < node->n_required; i++) TRY(visit(l, node_of(l->m, node->required[i].node)));
    for (size_t i = 0; i < node->n_outputs; i++) TRY(visit(l, node_of(l->m, node->outputs[i])));
    l->depth--;
    node->mark = ACYCLIC;
    return true;
}

typedef struct Planner {
    DmnModel *m; /* whose marks are written */
    Plan *plan;  /* being filled; its arrays are large enough for the whole model */
    int epoch;   /* mark of nodes that are in it, or are given */
} Planner;

static void plan_node(Planner *p, Node *node) {
    if (node->mark == p->epoch) return;
    node->mark = p->epoch;
    if (node->kind == DMN_INPUT) p->plan->inputs[p->plan->n_inputs++] = node->index;
    if (node->kind != DMN_DECISION) return;
    for (size_t i = 0; i < node->n_required; i++) plan_node(p, node_of(p->m, node->required[i].node));
    p->plan->steps[p->plan->n_steps++] = node->index;
}

static int *copy_ints(Arena *a, const int *from, size_t n) {
    int *to = arena_alloc(a, n * sizeof(int));
    if (n > 0) memcpy(to, from, n * sizeof(int));
    return to;
}

/* Decisions a service is given are not evaluated, nor what only they need (Source: DMN 1.5 §10.4). */
static void plan(Loader *l, Node *node, Plan room, int epoch) {
    Planner p = {l->m, &room, epoch};
    for (size_t i = 0; node->kind == DMN_SERVICE && i < node->n_params; i++)
        node_of(l->m, node->given[i])->mark = epoch;
    if (node->kind == DMN_DECISION) plan_node(&p, node);
    for (size_t i = 0; i < node->n_outputs; i++) plan_node(&p, node_of(l->m, node->outputs[i]));
    node->plan.n_steps = room.n_steps;
    node->plan.n_inputs = room.n_inputs;
    node->plan.steps = copy_ints(l->a, room.steps, room.n_steps);
    node->plan.inputs = copy_ints(l->a, room.inputs, room.n_inputs);
}

bool dmn_graph_order(Loader *l) {
    static const DmnKind order[] = {DMN_DECISION, DMN_BKM, DMN_SERVICE};
    DmnModel *m = l->m;
    for (size_t k = 0; k < COUNT_OF(order); k++) {
        for (size_t i = 0; i < m->n_kind[order[k]]; i++) {
            l->depth = 0;
            TRY(visit(l, m->by_kind[order[k]][i]));
        }
    }
    l->depth = 0;
    Plan room = {
        .steps = NEW_ARRAY(l->a, int, m->n_kind[DMN_DECISION]),
        .inputs = NEW_ARRAY(l->a, int, m->n_kind[DMN_INPUT]),
    };
    int epoch = FIRST_EPOCH;
    for (size_t i = 0; i < m->n_kind[DMN_DECISION]; i++) plan(l, m->by_kind[DMN_DECISION][i], room, epoch++);
    for (size_t i = 0; i < m->n_kind[DMN_SERVICE]; i++) plan(l, m->by_kind[DMN_SERVICE][i], room, epoch++);
    return true;
}

/* ---- names ----------------------------------------------------------------------------------- */
static const FeelType *seen_as(const Node *node) {
    bool is_function = node->kind == DMN_BKM || node->kind == DMN_SERVICE;
    const FeelType *type = is_function ? node->function_type : node->type;
    return type != NULL ? type : feel_type(FEEL_ANY);
}

static const FeelType *import_type(Loader *l, const Slot *slot) {
    FeelType *type = NEW(l->a, FeelType);
    Str *keys = NEW_ARRAY(l->a, Str, slot->n);
    type->kind = FEEL_CONTEXT;
    type->n = slot->n;
    type->keys = keys;
    type->members = NEW_ARRAY(l->a, const FeelType *, slot->n);
    for (size_t i = 0; i < slot->n; i++) {
        keys[i] = slot->needs[i].name;
        type->members[i] = seen_as(slot->needs[i].node);
    }
    return type;
}

/* Source: DMN 1.5 §10.3.2.11: the global context of a node's logic holds what it requires, no more. */
Scope *dmn_graph_scope(Loader *l, Node *node) {
    Scope *scope = dmn_scope_inner(l, &node->module->root_scope);
    for (size_t i = 0; i < node->n_slots; i++) {
        const Slot *slot = &node->slots[i];
        dmn_scope_add(l, scope, slot->name, slot->is_import ? import_type(l, slot) : seen_as(slot->needs[0].node));
    }
    return scope;
}
