/* zeebe: the extension elements of the Zeebe dialect (zeebe-bpmn-moddle 1.18). Each kind of element
 * has its own list; an extension that would change what happens but is not carried out is refused. */
#include "bpmn/bpmn_in.h"

#define ZEEBE_NS    "http://camunda.org/schema/zeebe/1.0"
#define CAMUNDA7_NS "http://camunda.org/schema/1.0/bpmn"

typedef void (*Reader)(BpmnLoad *l, BpmnElement *node, const XmlNode *x);
typedef struct Extension { /* one extension element, where it may stand and what reads it */
    const char *name;      /* zeebe: local name */
    uint32_t kinds;        /* bit per BpmnKind */
    Reader read;           /* NULL: nothing to execute */
} Extension;

#define ON(kind)    (1u << (kind))
#define ON_ALL      (~0u)
#define ON_WORK     (ON(NODE_JOB) | ON(NODE_RULE) | ON(NODE_SCRIPT) | ON(NODE_THROW) | ON(NODE_END))
#define ON_GATEWAYS (ON(NODE_EXCLUSIVE) | ON(NODE_PARALLEL) | ON(NODE_INCLUSIVE) | ON(NODE_EVENTS))

static BpmnMappings read_mappings(BpmnLoad *l, const XmlNode *io, const char *name) {
    size_t n = 0;
    for (const XmlNode *x = xml_child(io, name); x != NULL; x = xml_next(x, name)) n++;
    BpmnMappings m = {.items = NEW_ARRAY(l->a, BpmnMapping, n)};
    for (const XmlNode *x = xml_child(io, name); x != NULL; x = xml_next(x, name)) {
        BpmnMapping *item = &m.items[m.n++];
        *item = (BpmnMapping){bpmn_code(l, x, xml_attr(x, "source")), xml_attr(x, "target")};
        if (item->target.n == 0) bpmn_fault(l, x, "a mapping without a target");
        else bpmn_check_name(l, x, "target");
        if (item->source.text.n == 0 && str_is(x->name, "output")) bpmn_fault(l, x, "an output mapping without a source");
    }
    return m;
}

static void read_io(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    node->inputs = read_mappings(l, x, "input");
    node->outputs = read_mappings(l, x, "output");
    bool event = node->kind == NODE_START || node->kind == NODE_BOUNDARY;
    if (event && node->inputs.n > 0) bpmn_fault(l, x, "an event that waits takes no input mappings");
}

/* A pack has one version of each file: "latest" and "deployment" both mean it, a tag would mean another. */
static void check_binding(BpmnLoad *l, const XmlNode *x) {
    Str binding = xml_attr(x, "bindingType");
    bool known = binding.n == 0 || str_is(binding, "latest") || str_is(binding, "deployment");
    if (!known) bpmn_fault(l, x, "bindingType \"" STR_FMT "\" is not carried out: a service has one version of each file", STR_ARG(str_head(binding, 60)));
}

static void read_form(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    node->seen.form_id = xml_has(x, "formId") ? xml_attr(x, "formId") : xml_attr(x, "formKey");
    check_binding(l, x);
    if (node->seen.form_id.n == 0) bpmn_fault(l, x, "a form must be named by formId or formKey");
}

static void read_assignment(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    node->assignee = bpmn_code(l, x, xml_attr(x, "assignee"));
    node->groups = bpmn_code(l, x, xml_attr(x, "candidateGroups"));
    node->users = bpmn_code(l, x, xml_attr(x, "candidateUsers"));
    if (node->assignee.code == NULL) node->seen.assignee = node->assignee.text;
    if (node->groups.code == NULL) node->seen.groups = node->groups.text;
}

static void read_schedule(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    node->due = bpmn_code(l, x, xml_attr(x, "dueDate"));
    node->follow_up = bpmn_code(l, x, xml_attr(x, "followUpDate"));
}

static void read_priority(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    node->priority = bpmn_code(l, x, xml_attr(x, "priority"));
    int64_t n = -1;
    bool whole = node->priority.text.n <= 3 && str_to_int(node->priority.text, &n);
    if (node->priority.code == NULL && (!whole || n < 0 || n > 100)) bpmn_fault(l, x, "a priority is a whole number from 0 to 100");
}

static void read_tag(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    (void)node;
    if (xml_attr(x, "value").n == 0) bpmn_fault(l, x, "a version tag without a value");
}

/* Names that others look up when a pack is checked: they must stand in the file, not be computed. */
static Str fixed(BpmnLoad *l, const XmlNode *x, const char *attribute) {
    Str text = xml_attr(x, attribute);
    if (text.n == 0) bpmn_fault(l, x, "%s is missing", attribute);
    if (str_starts(text, STR("="))) bpmn_fault(l, x, "%s must be a constant", attribute);
    return text;
}

static Str result_of(BpmnLoad *l, const XmlNode *x) {
    Str name = fixed(l, x, "resultVariable");
    if (name.n > 0) bpmn_check_name(l, x, "resultVariable");
    return name;
}

static void read_decision(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    check_binding(l, x);
    node->seen.decision_id = fixed(l, x, "decisionId");
    node->seen.result_name = result_of(l, x);
}

static void read_script(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    node->script = bpmn_code_feel(l, x, xml_attr(x, "expression"));
    node->seen.result_name = result_of(l, x);
}

static void read_job(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    node->seen.job_type = fixed(l, x, "type");
    node->seen.retries = xml_attr(x, "retries");
}

static void read_called(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    Str id = fixed(l, x, "processId");
    check_binding(l, x);
    node->seen.called = id; /* link.c finds the process when all are read */
    node->keep_in = str_is(xml_attr(x, "propagateAllParentVariables"), "false");
    node->keep_out = str_is(xml_attr(x, "propagateAllChildVariables"), "false");
}

static void read_adhoc(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    node->picked = bpmn_code_feel(l, x, xml_attr(x, "activeElementsCollection"));
    node->lets_finish = str_is(xml_attr(node->xml, "cancelRemainingInstances"), "false");
    node->results = xml_attr(x, "outputCollection");
    if (xml_has(x, "outputElement")) node->result = bpmn_code_feel(l, x, xml_attr(x, "outputElement"));
    if ((node->results.n > 0) != (node->result.text.n > 0))
        bpmn_fault(l, x, "outputCollection and outputElement go together");
}

static void read_headers(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    ValueBuild b = {.a = l->a};
    for (const XmlNode *h = xml_child(x, "header"); h != NULL; h = xml_next(h, "header")) {
        Value old;
        Str key = xml_attr(h, "key");
        if (key.n == 0 || value_find(build_ctx(&b), key, &old))
            bpmn_fault(l, h, "a header without a key of its own");
        else
            build_entry(&b, key, value_str(xml_attr(h, "value")));
    }
    node->headers = build_ctx(&b);
}

static void read_properties(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    (void)l;
    for (const XmlNode *p = xml_child(x, "property"); p != NULL; p = xml_next(p, "property"))
        if (str_is(xml_attr(p, "name"), "camundaModeler:exampleOutputJson")) node->seen.example = xml_attr(p, "value");
}

static const Extension extensions[] = {
    {"ioMapping", ON_ALL & ~(ON(NODE_PROCESS) | ON_GATEWAYS), read_io},
    {"formDefinition", ON(NODE_USER) | ON(NODE_START), read_form},
    {"userTask", ON(NODE_USER), NULL},
    {"userTaskForm", ON(NODE_PROCESS), NULL},
    {"assignmentDefinition", ON(NODE_USER), read_assignment},
    {"taskSchedule", ON(NODE_USER), read_schedule},
    {"priorityDefinition", ON(NODE_USER), read_priority},
    {"calledDecision", ON(NODE_RULE), read_decision},
    {"script", ON(NODE_SCRIPT), read_script},
    {"taskDefinition", ON_WORK, read_job},
    {"taskHeaders", ON_WORK | ON(NODE_USER), read_headers},
    {"adHoc", ON(NODE_ADHOC), read_adhoc},
    {"calledElement", ON(NODE_CALL), read_called},
    {"properties", ON_ALL, read_properties},
    {"versionTag", ON(NODE_PROCESS), read_tag},
    {"modelerTemplate", ON_ALL, NULL},
};

static void read_one(BpmnLoad *l, BpmnElement *node, const XmlNode *x) {
    if (str_is(x->ns, CAMUNDA7_NS))
        bpmn_fault(l, x, "camunda:" STR_FMT " belongs to Camunda 7 and is not carried out", STR_ARG(x->name));
    if (!str_is(x->ns, ZEEBE_NS)) return;
    for (size_t i = 0; i < COUNT_OF(extensions); i++) {
        if (!str_is(x->name, extensions[i].name) || (extensions[i].kinds & ON(node->kind)) == 0) continue;
        if (extensions[i].read != NULL) extensions[i].read(l, node, x);
        return;
    }
    bpmn_fault(l, x, "zeebe:" STR_FMT " on a " STR_FMT " is not carried out", STR_ARG(x->name),
               STR_ARG(node->seen.type));
}

/* A rule or script task with a job type is work for somebody outside, like a service task. */
static void settle_work(BpmnLoad *l, BpmnElement *node) {
    bool job = node->seen.job_type.n > 0, own = node->seen.decision_id.n > 0 || node->script.code != NULL;
    if (job && own) bpmn_fault(l, node->xml, "both a job type and a decision or script");
    if (node->kind == NODE_JOB && !job)
        bpmn_fault(l, node->xml, "a " STR_FMT " needs zeebe:taskDefinition", STR_ARG(node->seen.type));
    if (node->kind == NODE_RULE && !job && !own)
        bpmn_fault(l, node->xml, "a businessRuleTask needs zeebe:calledDecision");
    if (node->kind == NODE_SCRIPT && !job && !own) bpmn_fault(l, node->xml, "a scriptTask needs zeebe:script");
    if (job) node->kind = NODE_JOB;
}

const XmlNode *bpmn_zeebe(const XmlNode *xml, const char *name) {
    for (const XmlNode *e = xml_child(xml, "extensionElements"); e != NULL; e = xml_next(e, "extensionElements"))
        for (const XmlNode *x = e->first; x != NULL; x = x->next)
            if (str_is(x->ns, ZEEBE_NS) && str_is(x->name, name)) return x;
    return NULL;
}

void bpmn_read_zeebe(BpmnLoad *l, BpmnElement *node) {
    for (const XmlNode *e = xml_child(node->xml, "extensionElements"); e != NULL; e = xml_next(e, "extensionElements"))
        for (const XmlNode *x = e->first; x != NULL; x = x->next) read_one(l, node, x);
    bool work = node->kind == NODE_JOB || node->kind == NODE_RULE || node->kind == NODE_SCRIPT;
    if (work) settle_work(l, node);
    if (node->kind == NODE_CALL && node->seen.called.n == 0) node->seen.called = xml_attr(node->xml, "calledElement");
    if (node->kind == NODE_CALL && node->seen.called.n == 0)
        bpmn_fault(l, node->xml, "a callActivity needs zeebe:calledElement");
}
