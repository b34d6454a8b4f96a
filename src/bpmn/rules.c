/* rules: what BPMN asks of the parts of a file that nothing executes: attributes that must be there, words that an
 * attribute may be, references that must lead to a thing of their kind. A file that breaks one was damaged or half
 * finished, and what runs of it might not be what its author drew. (Source: BPMN 2.0.2, the tables and schema of
 * §8–§12.) */
#include "bpmn/bpmn_in.h"

typedef struct Need {       /* an attribute or a child that an element must have */
    const char *element;    /* BPMN name */
    const char *part;       /* attribute, or child when it begins with "<" */
} Need;
static const Need needs[] = {
    {"import", "importType"},       {"import", "location"},        {"import", "namespace"},
    {"relationship", "type"},       {"relationship", "<source"},   {"relationship", "<target"},
    {"association", "sourceRef"},   {"association", "targetRef"},  {"messageFlow", "sourceRef"},
    {"messageFlow", "targetRef"},   {"resource", "name"},          {"interface", "name"},
    {"interface", "<operation"},    {"operation", "name"},         {"operation", "<inMessageRef"},
    {"ioSpecification", "<inputSet"}, {"ioSpecification", "<outputSet"},
    {"dataInputAssociation", "<targetRef"}, {"dataOutputAssociation", "<targetRef"},
    {"assignment", "<from"},        {"assignment", "<to"},         {"correlationKey", "<correlationPropertyRef"},
    {"correlationSubscription", "correlationKeyRef"},
};

typedef struct Choice {      /* an attribute that is one of a few words */
    const char *attribute;   /* its name */
    const char *words[5];    /* those it may be, then NULL */
} Choice;
#define YES_NO {"true", "false"}
static const Choice choices[] = {
    {"gatewayDirection", {"Unspecified", "Converging", "Diverging", "Mixed"}},
    {"eventGatewayType", {"Exclusive", "Parallel"}},
    {"processType", {"None", "Public", "Private"}},
    {"ordering", {"Parallel", "Sequential"}},
    {"itemKind", {"Information", "Physical"}},
    {"associationDirection", {"None", "One", "Both"}},
    {"triggeredByEvent", YES_NO},
    {"cancelActivity", YES_NO},
    {"isInterrupting", YES_NO},
    {"isForCompensation", YES_NO},
    {"isSequential", YES_NO},
    {"isExecutable", YES_NO},
    {"isClosed", YES_NO},
    {"isCollection", YES_NO},
    {"isImmediate", YES_NO},
    {"instantiate", YES_NO},
    {"parallelMultiple", YES_NO},
    {"cancelRemainingInstances", YES_NO},
    {"waitForCompletion", YES_NO},
};

static void check_needs(BpmnLoad *l, const XmlNode *x) {
    for (size_t i = 0; i < COUNT_OF(needs); i++) {
        if (!bpmn_is(x, needs[i].element)) continue;
        const char *part = needs[i].part;
        bool there = part[0] == '<' ? xml_child(x, part + 1) != NULL : xml_attr(x, part).n > 0;
        if (!there) bpmn_fault(l, x, "a " STR_FMT " needs %s", STR_ARG(x->name), part[0] == '<' ? part + 1 : part);
    }
}

static void check_choices(BpmnLoad *l, const XmlNode *x) {
    for (size_t i = 0; i < COUNT_OF(choices); i++) {
        const Choice *choice = &choices[i];
        if (!xml_has(x, choice->attribute)) continue;
        Str said = xml_attr(x, choice->attribute);
        bool known = false;
        for (size_t k = 0; choice->words[k] != NULL; k++) known = known || str_is(said, choice->words[k]);
        if (!known) bpmn_fault(l, x, "%s may not be \"" STR_FMT "\"", choice->attribute, STR_ARG(str_head(said, 60)));
    }
}

/* A set names inputs of its own specification, and each input is in a set (Source: BPMN 2.0.2 §10.4.2). */
static bool in_a_set(const XmlNode *specification, const char *set, const char *reference, Str id) {
    for (const XmlNode *s = xml_child(specification, set); s != NULL; s = xml_next(s, set))
        for (const XmlNode *r = xml_child(s, reference); r != NULL; r = xml_next(r, reference))
            if (str_eq(str_trim(r->text), id)) return true;
    return false;
}

static void check_specification(BpmnLoad *l, const XmlNode *x) {
    static const char *const sides[][3] = {{"dataInput", "inputSet", "dataInputRefs"}, {"dataOutput", "outputSet", "dataOutputRefs"}};
    if (!bpmn_is(x, "ioSpecification")) return;
    for (size_t i = 0; i < COUNT_OF(sides); i++)
        for (const XmlNode *d = xml_child(x, sides[i][0]); d != NULL; d = xml_next(d, sides[i][0]))
            if (!in_a_set(x, sides[i][1], sides[i][2], xml_attr(d, "id"))) bpmn_fault(l, d, "this %s is in no %s", sides[i][0], sides[i][1]);
}

static void check_multiplicity(BpmnLoad *l, const XmlNode *x) {
    if (!bpmn_is(x, "participantMultiplicity")) return;
    int64_t least = 0, most = 1;
    bool numbers = (!xml_has(x, "minimum") || str_to_int(xml_attr(x, "minimum"), &least)) &&
                   (!xml_has(x, "maximum") || str_to_int(xml_attr(x, "maximum"), &most));
    if (!numbers || least < 0 || most < 1 || most < least) bpmn_fault(l, x, "minimum and maximum leave no number of participants");
}

/* What a task sends or takes is what its operation does (Source: BPMN 2.0.2 §10.3.3). */
static void check_operation(BpmnLoad *l, const XmlNode *x) {
    bool sends = bpmn_is(x, "sendTask");
    if (!sends && !bpmn_is(x, "receiveTask")) return;
    Str wanted = xml_attr(x, "messageRef");
    const XmlNode *operation = bpmn_named(l, bpmn_local(xml_attr(x, "operationRef")));
    const XmlNode *message = operation == NULL ? NULL : xml_child(operation, "inMessageRef");
    if (wanted.n == 0 || message == NULL) return;
    if (!str_eq(bpmn_local(wanted), bpmn_local(str_trim(message->text))))
        bpmn_fault(l, x, "its message is not the one of its operation");
}

void bpmn_check_rules(BpmnLoad *l, const XmlNode *xml) {
    for (const XmlNode *x = xml->first; x != NULL; x = x->next) {
        if (!str_eq(x->ns, l->definitions->ns)) continue;
        check_needs(l, x);
        check_choices(l, x);
        check_specification(l, x);
        check_multiplicity(l, x);
        check_operation(l, x);
        bpmn_check_rules(l, x);
    }
}
