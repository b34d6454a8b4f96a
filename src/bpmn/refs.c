/* refs: references that nothing executes (data, operations, partners, lanes), but that a reader of the file relies on:
 * one that leads nowhere, or to a thing of another kind, shows a damaged file and is refused. */
#include "bpmn/bpmn_in.h"

typedef struct Reference { /* an element that refers by its text, or an attribute that does */
    const char *name;      /* the reference: element, or attribute when `inside` has it */
    const char *inside;    /* the element it stands in; "" any */
    const char *to;        /* kinds of thing that it may name, with blanks around each; "" any */
} Reference;
#define DATA " dataObject dataObjectReference dataStore dataStoreReference dataInput dataOutput property itemAwareElement "
#define ACTIVE                                                                                                         \
    " task userTask serviceTask sendTask receiveTask manualTask scriptTask businessRuleTask subProcess adHocSubProcess " \
    "transaction callActivity startEvent endEvent intermediateCatchEvent intermediateThrowEvent boundaryEvent "
#define GATEWAYS "exclusiveGateway parallelGateway inclusiveGateway eventBasedGateway complexGateway "

static const Reference texts[] = {
    {"sourceRef", "dataInputAssociation", DATA},
    {"targetRef", "dataInputAssociation", DATA},
    {"sourceRef", "dataOutputAssociation", DATA},
    {"targetRef", "dataOutputAssociation", DATA},
    {"inMessageRef", "operation", " message "},
    {"outMessageRef", "operation", " message "},
    {"errorRef", "operation", " error "},
    {"interfaceRef", "participant", " interface "},
    {"participantRef", "partnerEntity", " participant "},
    {"participantRef", "partnerRole", " participant "},
    {"dataInputRefs", "inputSet", " dataInput "},
    {"optionalInputRefs", "inputSet", " dataInput "},
    {"whileExecutingInputRefs", "inputSet", " dataInput "},
    {"dataOutputRefs", "outputSet", " dataOutput "},
    {"optionalOutputRefs", "outputSet", " dataOutput "},
    {"whileExecutingOutputRefs", "outputSet", " dataOutput "},
    {"correlationPropertyRef", "correlationKey", " correlationProperty "},
    {"flowNodeRef", "lane", ACTIVE GATEWAYS},
};
static const Reference attributes[] = {
    {"sourceRef", "association", ""},
    {"targetRef", "association", ""},
    {"sourceRef", "messageFlow", ACTIVE "participant "},
    {"targetRef", "messageFlow", ACTIVE "participant "},
    {"messageRef", "messageFlow", " message "},
    {"categoryValueRef", "group", " categoryValue "},
    {"processRef", "participant", " process "},
    {"definitionalCollaborationRef", "process", " collaboration "},
    {"dataObjectRef", "dataObjectReference", " dataObject "},
    {"dataStoreRef", "dataStoreReference", " dataStore "},
    {"itemSubjectRef", "", " itemDefinition "},
    {"itemRef", "message", " itemDefinition "},
    {"messageRef", "sendTask", " message "},
    {"operationRef", "", " operation "},
    {"correlationKeyRef", "correlationSubscription", " correlationKey "},
};

/* The name without the prefix of its file. */
Str bpmn_local(Str reference) {
    Str local, prefix = str_cut(reference, ':', &local);
    return local.n > 0 ? local : prefix;
}

static bool is_kind(const Reference *reference, Arena *a, Str kind) {
    return reference->to[0] == '\0' || str_find(str_of(reference->to), str_printf(a, " " STR_FMT " ", STR_ARG(kind))) >= 0;
}

/* What is not in this file may be in one that it imports. */
static void check(BpmnLoad *l, const XmlNode *x, const Reference *reference, Str text) {
    const XmlNode *found = bpmn_named(l, bpmn_local(text));
    Str shown = str_head(text, 60);
    bool elsewhere = xml_child(l->definitions, "import") != NULL;
    if (found == NULL && !elsewhere) bpmn_fault(l, x, "%s names \"" STR_FMT "\", which is not in this file", reference->name, STR_ARG(shown));
    if (found != NULL && !is_kind(reference, l->a, found->name))
        bpmn_fault(l, x, "%s names \"" STR_FMT "\", which is a " STR_FMT, reference->name, STR_ARG(shown), STR_ARG(str_head(found->name, 60)));
}

static void check_texts(BpmnLoad *l, const XmlNode *x) {
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (bpmn_is(x, texts[i].name) && bpmn_is(x->parent, texts[i].inside)) check(l, x, &texts[i], str_trim(x->text));
}

static void check_attributes(BpmnLoad *l, const XmlNode *x) {
    for (size_t i = 0; i < COUNT_OF(attributes); i++) {
        const Reference *r = &attributes[i];
        bool here = r->inside[0] == '\0' || bpmn_is(x, r->inside);
        if (here && xml_attr(x, r->name).n > 0) check(l, x, r, xml_attr(x, r->name));
    }
}

void bpmn_check_refs(BpmnLoad *l, const XmlNode *xml) {
    for (const XmlNode *x = xml->first; x != NULL; x = x->next) {
        if (!str_eq(x->ns, l->definitions->ns)) continue;
        check_texts(l, x);
        check_attributes(l, x);
        bpmn_check_refs(l, x);
    }
}
