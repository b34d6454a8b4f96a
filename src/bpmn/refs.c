/* refs: references that nothing executes (data associations, operations, partners), but that a reader of the file
 * relies on: one that names a thing of another kind shows a damaged file and is refused. */
#include "bpmn/bpmn_in.h"

static const char *const data[] = {"dataObject", "dataObjectReference", "dataStore", "dataStoreReference",
                                   "dataInput", "dataOutput", "property", "itemAwareElement"};

typedef struct Reference {  /* an element that refers by its text */
    const char *name;       /* the reference */
    const char *inside;     /* what it stands in */
    const char *const *to;  /* n kinds of thing that it may name */
    size_t n;
} Reference;
static const char *const message[] = {"message"}, *const error[] = {"error"}, *const interface[] = {"interface"},
                         *const participant[] = {"participant"};
static const Reference references[] = {
    {"sourceRef", "dataInputAssociation", data, COUNT_OF(data)},
    {"targetRef", "dataInputAssociation", data, COUNT_OF(data)},
    {"sourceRef", "dataOutputAssociation", data, COUNT_OF(data)},
    {"targetRef", "dataOutputAssociation", data, COUNT_OF(data)},
    {"inMessageRef", "operation", message, 1},
    {"outMessageRef", "operation", message, 1},
    {"errorRef", "operation", error, 1},
    {"interfaceRef", "participant", interface, 1},
    {"participantRef", "partnerEntity", participant, 1},
    {"participantRef", "partnerRole", participant, 1},
};

/* What is not in this file may be in one that it imports. */
static void check(BpmnLoad *l, const XmlNode *x, const Reference *reference) {
    Str local, prefix = str_cut(str_trim(x->text), ':', &local);
    const XmlNode *found = bpmn_named(l, local.n > 0 ? local : prefix);
    bool good = found == NULL;
    for (size_t i = 0; !good && i < reference->n; i++) good = bpmn_is(found, reference->to[i]);
    if (!good)
        bpmn_fault(l, x, "%s names \"" STR_FMT "\", which is a " STR_FMT, reference->name,
                   STR_ARG(str_sub(str_trim(x->text), 0, 60)), STR_ARG(str_sub(found->name, 0, 60)));
}

void bpmn_check_refs(BpmnLoad *l, const XmlNode *xml) {
    for (const XmlNode *x = xml->first; x != NULL; x = x->next) {
        for (size_t i = 0; i < COUNT_OF(references); i++)
            if (bpmn_is(x, references[i].name) && bpmn_is(xml, references[i].inside)) check(l, x, &references[i]);
        bpmn_check_refs(l, x);
    }
}
