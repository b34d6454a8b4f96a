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
        bpmn_trouble(s, id, "no_elements", STR(""), "activeElementsCollection gives no list of elements that can begin in it");
        return;
    }
    bpmn_token(s, id)->wait = WAIT_SCOPE;
    for (size_t i = 0; i < picked.size; i++) (void)bpmn_spawn(s, element_in(s, at, picked.u.list[i]), id, -1);
    bpmn_listen_inside(s, id);
    if (picked.size == 0) bpmn_end_scope(s, id);
}

static const BpmnElement *keeper(const BpmnStep *s, int64_t scope) {
    const BpmnToken *t = bpmn_token(s, scope);
    const BpmnElement *node = t == NULL ? NULL : &s->p->nodes[t->node];
    bool keeps = node != NULL && node->kind == NODE_ADHOC && node->results.n > 0 && !bpmn_is_body(s, t);
    return keeps ? node : NULL;
}

void bpmn_keep_adhoc(BpmnStep *s, int64_t id) {
    int64_t scope = bpmn_token(s, id)->scope;
    const BpmnElement *node = keeper(s, scope);
    if (node == NULL || bpmn_at(s, id)->n_out > 0) return;
    ValueBuild list = {.a = s->run->arena};
    Value old = value_null();
    (void)value_find(bpmn_token(s, scope)->vars, node->results, &old);
    for (size_t i = 0; old.kind == VALUE_LIST && i < old.size; i++) build_item(&list, old.u.list[i]);
    build_item(&list, bpmn_eval(s, id, &node->result));
    bpmn_token(s, scope)->vars = value_with(s->run->arena, bpmn_token(s, scope)->vars, node->results, build_list(&list));
}

/* A variable that is local no more goes out. */
static Value without(BpmnStep *s, Value variables, Str name) {
    ValueBuild b = {.a = s->run->arena};
    for (size_t i = 0; variables.kind == VALUE_CONTEXT && i < variables.size; i++)
        if (!str_eq(variables.u.ctx[i].key, name)) build_entry(&b, variables.u.ctx[i].key, variables.u.ctx[i].value);
    return build_ctx(&b);
}

Value bpmn_adhoc_results(BpmnStep *s, int64_t scope) {
    const BpmnElement *node = keeper(s, scope);
    Value list = value_list(NULL, 0);
    if (node == NULL) return value_null();
    (void)value_find(bpmn_token(s, scope)->vars, node->results, &list);
    if (node->outputs.n == 0) bpmn_token(s, scope)->vars = without(s, bpmn_token(s, scope)->vars, node->results);
    return value_with(s->run->arena, value_ctx(NULL, 0), node->results, list);
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
