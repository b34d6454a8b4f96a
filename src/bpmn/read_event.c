/* read_event: what events wait for and do, and what repeats an activity. Which event may stand where
 * is one table (Source: BPMN 2.0.2 table 10.93, less what Camunda 8.9 leaves out). */
#include "bpmn/bpmn_in.h"

#define ON(kind) (1u << (kind))

typedef void (*EventReader)(BpmnLoad *l, BpmnElement *node, const XmlNode *x);
typedef struct Definition { /* one event definition and the elements it may stand on */
    const char *name;       /* without "EventDefinition" */
    uint32_t kinds;         /* bit per BpmnKind */
    EventReader read;
} Definition;

bool bpmn_is_definition(const XmlNode *xml) {
    return str_ends(xml->name, STR("EventDefinition")) || bpmn_is(xml, "eventDefinitionRef");
}

bool bpmn_waits_for(const BpmnElement *node) {
    return node->event > EVENT_NONE && node->event <= EVENT_CONDITION;
}

static void read_timer(BpmnLoad *l, BpmnElement *node, const XmlNode *definition) {
    static const struct {
        const char *name;
        BpmnEvent event;
    } forms[] = {{"timeDate", EVENT_DATE}, {"timeDuration", EVENT_DURATION}, {"timeCycle", EVENT_CYCLE}};
    int found = 0;
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        const XmlNode *x = xml_child(definition, forms[i].name);
        if (x == NULL) continue;
        found++;
        node->event = forms[i].event;
        node->timer = bpmn_code(l, x, str_trim(x->text));
        if (node->timer.text.n == 0) bpmn_fault(l, x, "a timer without a time");
    }
    if (found != 1) bpmn_fault(l, definition, "a timer needs one of timeDate, timeDuration, timeCycle");
}

/* The message, signal, error or escalation of this id, from the top of the file. */
static const XmlNode *look_for(BpmnLoad *l, Str id, const char *type) {
    Str prefix, local = str_cut(id, ':', &prefix);
    if (prefix.n > 0) local = prefix; /* a QName: its prefix is that of this very file */
    for (const XmlNode *d = l->definitions->first; d != NULL; d = d->next)
        if (bpmn_is(d, type) && str_eq(xml_attr(d, "id"), local)) return d;
    return NULL;
}

static const XmlNode *referred(BpmnLoad *l, const XmlNode *x, const char *attribute, const char *type) {
    Str id = xml_attr(x, attribute);
    const XmlNode *found = look_for(l, id, type);
    if (found == NULL)
        bpmn_fault(l, x, "%s names \"" STR_FMT "\", which is no %s of this file", attribute,
                   STR_ARG(str_head(id, 60)), type);
    return found;
}

void bpmn_read_message(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    node->event = EVENT_MESSAGE;
    if (node->kind == NODE_RECEIVE && !xml_has(x, "messageRef")) return; /* the host says when it is done */
    const XmlNode *message = referred(l, x, "messageRef", "message");
    if (message == NULL) return;
    node->name = bpmn_code(l, message, xml_attr(message, "name"));
    if (node->name.text.n == 0) bpmn_fault(l, node->xml, "its message has no name");
    const XmlNode *subscription = bpmn_zeebe(message, "subscription");
    if (subscription == NULL) return;
    node->key = bpmn_code(l, subscription, xml_attr(subscription, "correlationKey"));
    if (node->key.text.n == 0) bpmn_fault(l, node->xml, "its message has a zeebe:subscription without a correlationKey");
}

static void read_message(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    bool throws = node->kind == NODE_THROW || node->kind == NODE_END;
    bpmn_read_message(l, node, x);
    if (!throws) return;
    if (node->seen.job_type.n == 0) bpmn_fault(l, x, "a message is sent by a job: zeebe:taskDefinition is missing");
    node->kind = NODE_JOB;
}

static void read_signal(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    node->event = EVENT_SIGNAL;
    const XmlNode *signal = referred(l, x, "signalRef", "signal");
    if (signal == NULL) return;
    node->name = bpmn_code(l, signal, xml_attr(signal, "name"));
    if (node->name.text.n == 0) bpmn_fault(l, node->xml, "its signal has no name");
}

static void read_code(BpmnLoad *l, BpmnElement *node, const XmlNode *x, const char *type, const char *reference,
                      const char *attribute) {
    bool throws = node->kind == NODE_THROW || node->kind == NODE_END;
    if (!xml_has(x, reference) && !throws) return; /* catches every code */
    const XmlNode *found = look_for(l, xml_attr(x, reference), type);
    Str code = found == NULL ? xml_attr(x, reference) : xml_attr(found, attribute);
    /* A reference to nothing is itself the code. An element without a code is thrown by its id and catches all
     * (Source: Camunda 8.9, error events). */
    if (found != NULL && code.n == 0 && throws) code = xml_attr(found, "id");
    if (code.n == 0 && (throws || found == NULL)) bpmn_fault(l, x, "%s is missing", reference);
    node->name = bpmn_code(l, x, code);
    if (node->name.code != NULL && !throws) bpmn_fault(l, x, "%s must be a constant where it is caught", attribute);
}

static void read_error(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    node->event = EVENT_ERROR;
    read_code(l, node, x, "error", "errorRef", "errorCode");
    if (!node->interrupting) bpmn_fault(l, x, "an error always interrupts");
}

static void read_escalation(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    node->event = EVENT_ESCALATION;
    read_code(l, node, x, "escalation", "escalationRef", "escalationCode");
}

static void read_condition(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    node->event = EVENT_CONDITION;
    const XmlNode *condition = xml_child(x, "condition");
    if (condition == NULL)
        bpmn_fault(l, x, "a conditional event without a condition");
    else
        node->condition = bpmn_code_feel(l, condition, str_trim(condition->text));
}

static void read_link(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    node->event = EVENT_LINK;
    node->name = (BpmnCode){.text = xml_attr(x, "name")};
    if (node->name.text.n == 0) bpmn_fault(l, x, "a link without a name");
}

static void read_terminate(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    (void)l;
    (void)x;
    node->event = EVENT_TERMINATE;
}

static void read_compensation(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    node->event = EVENT_COMPENSATION;
    if (node->kind != NODE_BOUNDARY) node->name.text = xml_attr(x, "activityRef");
    if (str_is(xml_attr(x, "waitForCompletion"), "false"))
        bpmn_fault(l, x, "an event that throws compensation waits until it is done");
}

#define ON_CATCHING (ON(NODE_START) | ON(NODE_CATCH) | ON(NODE_BOUNDARY))
#define ON_THROWING (ON(NODE_THROW) | ON(NODE_END))

static const Definition definitions[] = {
    {"timer", ON_CATCHING, read_timer},
    {"message", ON_CATCHING | ON_THROWING, read_message},
    {"signal", ON_CATCHING | ON_THROWING, read_signal},
    {"conditional", ON_CATCHING, read_condition},
    {"error", ON(NODE_START) | ON(NODE_BOUNDARY) | ON(NODE_END), read_error},
    {"escalation", ON(NODE_START) | ON(NODE_BOUNDARY) | ON_THROWING, read_escalation},
    {"link", ON(NODE_CATCH) | ON(NODE_THROW), read_link},
    {"compensate", ON(NODE_BOUNDARY) | ON_THROWING, read_compensation},
    {"terminate", ON(NODE_END), read_terminate},
};

void bpmn_read_event(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    if (node->event != EVENT_NONE) {
        bpmn_fault(l, x, "more than one event definition is not carried out");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(definitions); i++) {
        Str name = str_of(definitions[i].name);
        if (!str_starts(x->name, name) || x->name.n != name.n + 15 || (definitions[i].kinds & ON(node->kind)) == 0)
            continue;
        node->seen.event = name;
        definitions[i].read(l, node, x);
        if (node->name.code == NULL) node->seen.event_name = node->name.text;
        return;
    }
    bpmn_fault(l, x, "a " STR_FMT " with " STR_FMT " is not carried out", STR_ARG(node->seen.type), STR_ARG(x->name));
}

void bpmn_read_many(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    const XmlNode *loop = bpmn_zeebe(x, "loopCharacteristics"), *until = xml_child(x, "completionCondition");
    Str behaviour = xml_attr(x, "behavior");
    if (behaviour.n > 0 && !str_is(behaviour, "All"))
        bpmn_fault(l, x, "the behavior " STR_FMT " of a multi-instance is not carried out",
                   STR_ARG(str_head(behaviour, 20)));
    node->many.on = true;
    node->many.sequential = str_is(xml_attr(x, "isSequential"), "true");
    if (until != NULL) node->many.until = bpmn_code_feel(l, until, str_trim(until->text));
    if (xml_child(x, "loopCardinality") != NULL || loop == NULL) {
        bpmn_fault(l, x, "multi-instance needs zeebe:loopCharacteristics with an inputCollection");
        return;
    }
    node->many.items = bpmn_code_feel(l, loop, xml_attr(loop, "inputCollection"));
    node->many.item = xml_attr(loop, "inputElement");
    node->many.results = xml_attr(loop, "outputCollection");
    bpmn_check_name(l, loop, "inputElement");
    bpmn_check_name(l, loop, "outputCollection");
    if (xml_has(loop, "outputElement")) node->many.result = bpmn_code(l, loop, xml_attr(loop, "outputElement"));
    if ((node->many.results.n > 0) != (node->many.result.text.n > 0))
        bpmn_fault(l, loop, "outputCollection and outputElement go together");
}
