/* adhoc: a sub-process whose elements somebody picks: a clerk chooses which enquiries to make. The names come
 * from a FEEL expression; it is over when all picked ones are, or when its completion condition holds
 * (Source: Camunda 8.7, zeebe:adHoc activeElementsCollection). */
#include "bpmn/bpmn_in.h"

enum { ADHOC_PICKED = 200 }; /* most elements at once */

static int element_in(const BpmnStep *s, int scope, Value name) {
    if (name.kind != VALUE_STRING) return -1;
    int node = bpmn_find(s->p, s->p->nodes[scope].file, value_text(name));
    return node >= 0 && s->p->nodes[node].scope == scope && s->p->nodes[node].n_in == 0 &&
                   s->p->nodes[node].kind != NODE_BOUNDARY && !s->p->nodes[node].undoes
               ? node
               : -1;
}

void bpmn_open_adhoc(BpmnStep *s, int64_t id) {
    int at = bpmn_token(s, id)->node;
    Value picked = bpmn_eval(s, id, &s->p->nodes[at].picked);
    bool good = picked.kind == VALUE_LIST && picked.size <= ADHOC_PICKED;
    for (size_t i = 0; good && i < picked.size; i++) good = element_in(s, at, picked.u.list[i]) >= 0;
    if (!good) {
        bpmn_trouble(s, id, "activeElementsCollection gives no list of elements that can begin in it");
        return;
    }
    bpmn_token(s, id)->wait = WAIT_SCOPE;
    for (size_t i = 0; i < picked.size; i++) (void)bpmn_spawn(s, element_in(s, at, picked.u.list[i]), id, -1);
    bpmn_listen_inside(s, id);
    if (picked.size == 0) bpmn_end_scope(s, id);
}

/* One of its elements is done: is that enough? */
void bpmn_look_at_adhoc(BpmnStep *s, int64_t scope) {
    const BpmnToken *t = bpmn_token(s, scope);
    if (t == NULL || t->cause != 0 || s->p->nodes[t->node].kind != NODE_ADHOC || bpmn_is_body(s, t)) return;
    const BpmnElement *node = &s->p->nodes[t->node];
    if (node->until.code == NULL || node->lets_finish || !value_is_true(bpmn_eval(s, scope, &node->until))) return;
    bpmn_empty(s, scope);
    bpmn_end_scope(s, scope);
}
