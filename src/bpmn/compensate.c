/* compensate: undoing what was done. An activity with a compensation event leaves a record when it ends: its token,
 * done. A sub-process with such records inside is kept too, with its variables. Whoever throws compensation sends a
 * token to each handler of its scope and waits until they are through (Source: Camunda 8.9, compensation events;
 * BPMN 2.0.2 §13.5.5, less compensation event sub-processes). */
#include "bpmn/bpmn_in.h"

static bool is_record_in(const BpmnToken *t, int64_t scope) {
    return t->wait == WAIT_DONE && t->scope == scope;
}

bool bpmn_is_record(const BpmnStep *s, int64_t id) {
    const BpmnToken *t = bpmn_token(s, id);
    const BpmnElement *node = &s->p->nodes[t->node];
    if (t->cause != 0 || node->undoes) return false; /* what undoes is not undone */
    if (node->undo >= 0 && !bpmn_is_one(s, t)) return true;
    bool holds = bpmn_is_body(s, t) || node->kind == NODE_SUBPROCESS || node->kind == NODE_ADHOC;
    for (size_t i = 1; holds && i < s->n; i++)
        if (is_record_in(&s->tokens[i], id)) return true;
    return false;
}

void bpmn_forget(BpmnStep *s, int64_t scope) {
    for (size_t i = 1; i < s->n; i++) {
        if (!is_record_in(&s->tokens[i], scope)) continue;
        s->tokens[i].wait = WAIT_GONE;
        bpmn_forget(s, s->tokens[i].id);
    }
}

static void undo_in(BpmnStep *s, int64_t scope, int only, int64_t cause);

/* What a record holds inside is undone in its scope, which opens again for that; then comes its own handler. */
static void undo(BpmnStep *s, int64_t record, int64_t cause) {
    const BpmnToken t = *bpmn_token(s, record);
    int handler = bpmn_is_one(s, &t) ? -1 : s->p->nodes[t.node].undo;
    size_t before = s->n;
    bpmn_token(s, record)->wait = WAIT_SCOPE;
    bpmn_token(s, record)->cause = cause;
    undo_in(s, record, -1, cause);
    if (s->n == before) bpmn_token(s, record)->wait = WAIT_GONE;
    if (handler < 0) return;
    int64_t id = bpmn_spawn(s, handler, t.scope, -1);
    bpmn_token(s, id)->cause = cause;
}

/* only: the activity meant, -1 all. */
static void undo_in(BpmnStep *s, int64_t scope, int only, int64_t cause) {
    for (size_t i = s->n; i > 1; i--)
        if (is_record_in(&s->tokens[i - 1], scope) && (only < 0 || s->tokens[i - 1].node == only))
            undo(s, s->tokens[i - 1].id, cause);
}

/* An event sub-process undoes what was done around it. */
void bpmn_compensate(BpmnStep *s, int64_t id) {
    BpmnToken *t = bpmn_token(s, id);
    int64_t scope = t->scope;
    int only = s->p->nodes[t->node].undone;
    t->wait = WAIT_COMPENSATION;
    bool outer = scope != BPMN_ROOT && bpmn_at(s, scope)->triggered;
    if (outer) undo_in(s, bpmn_token(s, scope)->scope, only, id);
    undo_in(s, scope, only, id);
}

/* A scope that was opened to undo something leads nowhere when that is done. */
void bpmn_close_undone(BpmnStep *s, int64_t id) {
    BpmnToken *t = bpmn_token(s, id);
    int64_t around = t->scope;
    bpmn_forget(s, id);
    t->wait = WAIT_GONE;
    bpmn_end_scope(s, around);
}

static bool is_under_way(const BpmnStep *s, int64_t cause) {
    for (size_t i = 1; i < s->n; i++)
        if (s->tokens[i].cause == cause && s->tokens[i].wait != WAIT_GONE) return true;
    return false;
}

void bpmn_call_off(BpmnStep *s, int64_t cause) {
    for (size_t i = 1; i < s->n; i++)
        if (s->tokens[i].cause == cause && s->tokens[i].wait != WAIT_GONE) bpmn_remove(s, s->tokens[i].id);
}

bool bpmn_look_at_compensation(BpmnStep *s) {
    for (size_t i = 1; i < s->n; i++) {
        const BpmnToken t = s->tokens[i];
        if (t.wait != WAIT_COMPENSATION || is_under_way(s, t.id)) continue;
        bpmn_complete(s, t.id, value_null());
        return true;
    }
    return false;
}

/* ---- loading --------------------------------------------------------------------------------------------------- */

static const XmlNode *association_from(const XmlNode *xml, Str id) {
    if (bpmn_is(xml, "association") && str_eq(xml_attr(xml, "sourceRef"), id)) return xml;
    for (const XmlNode *x = xml->first; x != NULL; x = x->next) {
        const XmlNode *found = association_from(x, id);
        if (found != NULL) return found;
    }
    return NULL;
}

/* A compensation event on an activity is associated with its handler, which no flow leads to. */
void bpmn_link_undo(BpmnLoad *l, int at) {
    BpmnElement *node = &l->p->nodes[at];
    const XmlNode *root = node->xml;
    while (root->parent != NULL) root = root->parent;
    const XmlNode *association = association_from(root, node->seen.id);
    int handler = association == NULL ? -1 : bpmn_find(l->p, node->file, xml_attr(association, "targetRef"));
    bool good = handler >= 0 && l->p->nodes[handler].undoes && l->p->nodes[handler].scope == node->scope;
    if (!good) bpmn_fault(l, node->xml, "a compensation event needs an association to an activity for compensation");
    if (!node->interrupting) bpmn_fault(l, node->xml, "cancelActivity does not go with compensation");
    if (node->n_out > 0) bpmn_fault(l, node->xml, "no flow leaves a compensation event");
    if (!good || node->host < 0) return;
    if (l->p->nodes[node->host].undo >= 0) bpmn_fault(l, node->xml, "a second compensation event");
    node->to = l->p->nodes[node->host].undo = handler;
}

/* The activity that a throwing event means stands in its scope, or around its event sub-process. */
void bpmn_link_throw(BpmnLoad *l, int at) {
    BpmnElement *node = &l->p->nodes[at];
    const BpmnElement *scope = &l->p->nodes[node->scope];
    Str id = node->name.text;
    if (id.n == 0) return;
    int found = bpmn_find(l->p, node->file, id);
    int around = found < 0 ? -1 : l->p->nodes[found].scope;
    bool good = found >= 0 && l->p->nodes[found].undo >= 0 &&
                (around == node->scope || (scope->triggered && around == scope->scope));
    node->name = (BpmnCode){0};
    if (good)
        node->undone = found;
    else
        bpmn_fault(l, node->xml, "activityRef names \"" STR_FMT "\", which is no activity here with a compensation event",
                   STR_ARG(str_head(id, 60)));
}
