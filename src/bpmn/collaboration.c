/* collaboration: pools and the messages drawn between them. They are drawing, not execution, but a
 * drawing that contradicts itself or the processes is refused. Also what may stand at the top of a file. */
#include "bpmn/bpmn_in.h"

static const char *const tops[] = {
    "process",
    "collaboration",
    "message",
    "signal",
    "error",
    "escalation",
    "itemDefinition",
    "interface",
    "resource",
    "category",
    "dataStore",
    "import",
    "extension",
    "relationship",
    "endPoint",
    "documentation",
    "correlationProperty",
    "extensionElements",
    "partnerRole",
    "partnerEntity",
};

static bool is_top(const XmlNode *xml) {
    for (size_t i = 0; i < COUNT_OF(tops); i++)
        if (bpmn_is(xml, tops[i])) return true;
    return str_find(xml->ns, STR("/BPMN/20100524/MODEL")) < 0; /* diagrams and other people's */
}

/* The process of the pool that an end of a message flow is, or lies in; "" outside every process here. */
static Str pool_of(const BpmnLoad *l, const XmlNode *collaboration, Str id) {
    for (const XmlNode *p = xml_child(collaboration, "participant"); p != NULL; p = xml_next(p, "participant"))
        if (str_eq(xml_attr(p, "id"), id)) return xml_attr(p, "processRef");
    int node = bpmn_find(l->p, l->file, id);
    return node < 0 ? (Str){NULL, 0} : l->p->nodes[node].seen.process;
}

/* An event with no message in it neither sends nor takes one. */
static bool is_plain_event(const BpmnLoad *l, Str id) {
    int node = bpmn_find(l->p, l->file, id);
    if (node < 0) return false;
    BpmnKind kind = l->p->nodes[node].kind;
    return (kind == NODE_START || kind == NODE_END || kind == NODE_THROW || kind == NODE_CATCH) &&
           l->p->nodes[node].event != EVENT_MESSAGE;
}

static void check_flow(BpmnLoad *l, const XmlNode *collaboration, const XmlNode *flow) {
    Str from = xml_attr(flow, "sourceRef"), to = xml_attr(flow, "targetRef");
    Str pool = pool_of(l, collaboration, from);
    if (pool.n > 0 && str_eq(pool, pool_of(l, collaboration, to)))
        bpmn_fault(l, flow, "a message flow inside one pool");
    if (is_plain_event(l, from)) bpmn_fault(l, flow, "a message flow leaves an event that sends no message");
    if (is_plain_event(l, to)) bpmn_fault(l, flow, "a message flow leads to an event that waits for no message");
}

void bpmn_check_file(BpmnLoad *l, const XmlNode *definitions) {
    for (const XmlNode *x = definitions->first; x != NULL; x = x->next) {
        bool unused = bpmn_is_definition(x); /* an event definition to be referred to, which is refused where it is */
        if (!unused && !is_top(x))
            bpmn_fault(l, x, STR_FMT " at the top of a file is not carried out", STR_ARG(x->name));
        if (!bpmn_is(x, "collaboration")) continue;
        for (const XmlNode *f = xml_child(x, "messageFlow"); f != NULL; f = xml_next(f, "messageFlow"))
            check_flow(l, x, f);
    }
}
