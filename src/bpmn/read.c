/* read: elements of a process and the flows between them, in document order. What the engine does
 * not execute is refused here, by name. References are only noted; link.c judges the whole. */
#include "bpmn/bpmn_in.h"

typedef struct Shape { /* an element's spelling and what it does */
    const char *name;  /* BPMN name */
    BpmnKind kind;
} Shape;

static const Shape shapes[] = {
    {"startEvent", NODE_START},
    {"endEvent", NODE_END},
    {"callActivity", NODE_CALL},
    {"receiveTask", NODE_RECEIVE},
    {"eventBasedGateway", NODE_EVENTS},
    {"intermediateCatchEvent", NODE_CATCH},
    {"intermediateThrowEvent", NODE_THROW},
    {"boundaryEvent", NODE_BOUNDARY},
    {"task", NODE_PASS},
    {"manualTask", NODE_PASS},
    {"userTask", NODE_USER},
    {"serviceTask", NODE_JOB},
    {"sendTask", NODE_JOB},
    {"businessRuleTask", NODE_RULE},
    {"scriptTask", NODE_SCRIPT},
    {"exclusiveGateway", NODE_EXCLUSIVE},
    {"parallelGateway", NODE_PARALLEL},
    {"inclusiveGateway", NODE_INCLUSIVE},
    {"subProcess", NODE_SUBPROCESS},
    {"adHocSubProcess", NODE_ADHOC},
};
/* Drawn for people, or read where they stand: nothing to execute. */
static const char *const quiet[] = {
    "documentation",
    "extensionElements",
    "laneSet",
    "textAnnotation",
    "association",
    "group",
    "incoming",
    "outgoing",
    "dataObject",
    "dataObjectReference",
    "dataStoreReference",
    "dataInputAssociation",
    "dataOutputAssociation",
    "ioSpecification",
    "property",
    "potentialOwner",
    "auditing",
    "monitoring",
    "script",
    "supportedInterfaceRef",
};

static const Shape *shape_of(const XmlNode *xml) {
    for (size_t i = 0; i < COUNT_OF(shapes); i++)
        if (bpmn_is(xml, shapes[i].name)) return &shapes[i];
    return NULL;
}

static bool is_quiet(const XmlNode *xml) {
    for (size_t i = 0; i < COUNT_OF(quiet); i++)
        if (bpmn_is(xml, quiet[i])) return true;
    return false;
}

/* ---- elements -------------------------------------------------------------------------------------------- */

static bool on(const XmlNode *xml, const char *attribute) {
    return str_is(xml_attr(xml, attribute), "true");
}

static void refuse_markers(BpmnLoad *l, const XmlNode *xml) {
    static const char *const quantities[] = {"startQuantity", "completionQuantity"};
    for (size_t i = 0; i < COUNT_OF(quantities); i++)
        if (xml_has(xml, quantities[i]) && !str_is(xml_attr(xml, quantities[i]), "1"))
            bpmn_fault(l, xml, "%s other than 1 is not carried out", quantities[i]);
}

static void add_index(BpmnLoad *l, int node) {
    BpmnProcess *p = l->p;
    Str id = p->nodes[node].seen.id;
    if (id.n == 0) {
        bpmn_fault(l, p->nodes[node].xml, "an element without an id");
        return;
    }
    size_t i = str_hash(id) & (p->n_index - 1);
    while (p->index[i] >= 0) i = (i + 1) & (p->n_index - 1);
    p->index[i] = node;
}

static bool interrupts(const XmlNode *xml) {
    return !str_is(xml_attr(xml, "cancelActivity"), "false") && !str_is(xml_attr(xml, "isInterrupting"), "false");
}

static bool is_activity(BpmnKind kind) {
    return kind >= NODE_SUBPROCESS && kind <= NODE_RECEIVE;
}

static int add_node(BpmnLoad *l, const XmlNode *xml, BpmnKind kind, int scope) {
    int at = (int)l->p->n_nodes++;
    Str process = scope < 0 ? xml_attr(xml, "id") : l->p->nodes[scope].seen.process;
    l->p->nodes[at] = (BpmnElement){
        .seen = {.id = xml_attr(xml, "id"), .name = xml_attr(xml, "name"), .type = xml->name, .process = process},
        .kind = kind,
        .scope = scope,
        .by_default = -1,
        .start = -1,
        .handler = -1,
        .host = -1,
        .boundary = -1,
        .next = -1,
        .to = -1,
        .undo = -1,
        .undone = -1,
        .undoes = is_activity(kind) && on(xml, "isForCompensation"),
        .interrupting = interrupts(xml),
        .triggered = on(xml, "triggeredByEvent"),
        .file = l->file,
        .xml = xml,
    };
    add_index(l, at);
    return at;
}

static void read_scope(BpmnLoad *l, int scope, int depth);

static bool is_event(BpmnKind kind) {
    return kind == NODE_START || kind == NODE_END || kind == NODE_CATCH || kind == NODE_THROW || kind == NODE_BOUNDARY;
}

/* What stands inside an element beside its extensions. true: it was read here. */
static bool read_part(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    bool event = is_event(node->kind) && bpmn_is_definition(x);
    bool many = is_activity(node->kind) && bpmn_is(x, "multiInstanceLoopCharacteristics");
    if (event) bpmn_read_event(l, node, x);
    if (many) bpmn_read_many(l, node, x);
    bool enough = node->kind == NODE_ADHOC && bpmn_is(x, "completionCondition");
    if (enough) node->until = bpmn_code_feel(l, x, str_trim(x->text));
    return event || many || enough || is_quiet(x);
}

/* A potentialOwner that names a resource is a candidate group of the resource's name. */
static void read_owner(BpmnLoad *l, BpmnElement *node) {
    const XmlNode *owner = xml_child(node->xml, "potentialOwner");
    const XmlNode *reference = owner == NULL ? NULL : xml_child(owner, "resourceRef");
    if (reference == NULL) return;
    for (const XmlNode *d = l->definitions->first; d != NULL; d = d->next)
        if (bpmn_is(d, "resource") && str_eq(xml_attr(d, "id"), str_trim(reference->text)))
            node->groups = (BpmnCode){.text = xml_attr(d, "name")};
    if (node->groups.text.n == 0) bpmn_fault(l, reference, "resourceRef names no resource of this file");
    node->seen.groups = node->groups.text;
}

static void read_inside(BpmnLoad *l, BpmnElement *node) {
    for (const XmlNode *x = node->xml->first; x != NULL; x = x->next)
        if (!read_part(l, node, x))
            bpmn_fault(l, x, STR_FMT " inside a " STR_FMT " is not carried out", STR_ARG(x->name),
                       STR_ARG(node->seen.type));
    if (node->kind == NODE_RECEIVE) bpmn_read_message(l, node, node->xml);
    if (node->kind == NODE_USER) read_owner(l, node);
    bool idle = node->seen.job_type.n > 0 && (node->kind == NODE_THROW || node->kind == NODE_END);
    if (idle) bpmn_fault(l, node->xml, "zeebe:taskDefinition without a message to send");
    bool waits = node->kind == NODE_CATCH || node->kind == NODE_BOUNDARY;
    if (waits && node->event == EVENT_NONE) bpmn_fault(l, node->xml, "an event that waits for nothing");
}

static void read_node(BpmnLoad *l, const XmlNode *xml, BpmnKind kind, int scope, int depth) {
    int at = add_node(l, xml, kind, scope);
    refuse_markers(l, xml);
    bpmn_read_zeebe(l, &l->p->nodes[at]);
    if (kind == NODE_SUBPROCESS || kind == NODE_ADHOC)
        read_scope(l, at, depth + 1);
    else
        read_inside(l, &l->p->nodes[at]);
}

static void read_scope(BpmnLoad *l, int scope, int depth) {
    const XmlNode *xml = l->p->nodes[scope].xml;
    if (depth > BPMN_DEPTH) {
        bpmn_fault(l, xml, "sub-processes more than %d deep", BPMN_DEPTH);
        return;
    }
    for (const XmlNode *x = xml->first; x != NULL; x = x->next) {
        const Shape *shape = shape_of(x);
        if (shape != NULL)
            read_node(l, x, shape->kind, scope, depth);
        else if (!read_part(l, &l->p->nodes[scope], x) && !bpmn_is(x, "sequenceFlow")) {
            bpmn_fault(l, x, "the element " STR_FMT " is not carried out", STR_ARG(x->name));
            l->refused = true;
        }
    }
}

/* ---- flows --------------------------------------------------------------------------------------------------- */

static int end_of(BpmnLoad *l, const XmlNode *xml, const char *attribute) {
    Str id = xml_attr(xml, attribute);
    int node = bpmn_find(l->p, l->file, id);
    bool told = l->refused && bpmn_named(l, id) != NULL;
    if (node < 0 && !told)
        bpmn_fault(l, xml, "%s names \"" STR_FMT "\", which is no element of this process", attribute,
                   STR_ARG(str_head(id, 60)));
    return node;
}

static void read_flow(BpmnLoad *l, const XmlNode *xml) {
    int from = end_of(l, xml, "sourceRef"), to = end_of(l, xml, "targetRef");
    if (from < 0 || to < 0) return;
    BpmnFlow *flow = &l->p->flows[l->p->n_flows++];
    *flow = (BpmnFlow){.id = xml_attr(xml, "id"), .from = from, .to = to, .xml = xml};
    const XmlNode *condition = xml_child(xml, "conditionExpression");
    if (condition != NULL) flow->condition = bpmn_code_feel(l, condition, str_trim(condition->text));
}

static void read_flows(BpmnLoad *l, const XmlNode *scope) {
    for (const XmlNode *x = scope->first; x != NULL; x = x->next) {
        if (bpmn_is(x, "sequenceFlow"))
            read_flow(l, x);
        else if (bpmn_is(x, "subProcess") || bpmn_is(x, "adHocSubProcess"))
            read_flows(l, x);
    }
}

void bpmn_read(BpmnLoad *l, const XmlNode *process) {
    int at = add_node(l, process, NODE_PROCESS, -1);
    bpmn_read_zeebe(l, &l->p->nodes[at]);
    read_scope(l, at, 0);
    read_flows(l, process);
}
